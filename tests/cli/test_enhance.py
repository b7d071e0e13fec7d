"""`enhance` as a user types it."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest
from PIL import Image
from tests.analyse.footage import film as footage
from tests.analyse.footage import noisy, scene, shot
from tests.cli.terminal import typed
from tests.media.make import cfr_timing, click_track, write_film
from tests.neural.community.colouring import colouriser
from tests.render.damage import damaged

from dreamreel.cli.enhance_options import OPTIONS, asked_of
from dreamreel.errors import BadParameter, BadSize, BadTime
from dreamreel.media.probe import probe
from dreamreel.media.stills import StillOptions
from dreamreel.media.stills.read import open_source


@pytest.fixture
def film(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return footage(tmp_path / "party.mp4", shot(1, 6, sigma=0))


def test_the_file_alone_is_enough(film, capsys):
    ran = typed(capsys, "enhance", "party.mp4", "--size", "s")
    assert (ran.code, ran.out) == (0, "party-enhanced.mp4\n")
    assert "size: 2 × larger by the network clean s" in ran.err
    assert "self-test" in ran.err
    assert "ΔE2000" in ran.err
    assert probe(film.with_name("party-enhanced.mp4")).main_video.height == 256


def test_a_dry_run_shows_the_card_and_writes_nothing(film, capsys):
    ran = typed(capsys, "enhance", "party.mp4", "--to", "x2", "--dry-run")
    assert (ran.code, ran.out) == (0, "")
    assert "found" in ran.err
    assert "192×128" in ran.err
    assert [path.name for path in film.parent.iterdir()] == ["party.mp4"]


def test_json_tells_findings_proposal_and_numbers(film, capsys):
    ran = typed(capsys, "enhance", "party.mp4", "-o", "a.mkv", "--to", "x2", "--json")
    plan, done = ran.events[0], ran.events[-1]
    assert plan["proposal"]["before"][0]["verb"] == "upscale"
    assert plan["findings"]["shots"][0]["noise"] < 1
    assert (done["event"], done["path"]) == ("done", "a.mkv")
    assert done["numbers"]["self_test"]["psnr"] > 20


def test_pictures_that_cannot_be_decoded_are_told_at_the_end(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    damaged(tmp_path, (20,))
    ran = typed(capsys, "enhance", "bad.mp4", "-o", "a.mp4", "--to", "x2", "--size", "s", "--no-numbers")
    assert "In the source 1 picture is damaged; what is beside or before stands in." in ran.err
    ran = typed(capsys, "convert", "bad.mp4", "-o", "b.mkv", "--crf", "40", "--json")
    assert ran.events[-1]["concealed"] == 1


def test_what_is_good_is_left_alone(film, capsys):
    ran = typed(capsys, "enhance", "party.mp4", "--to", "same")
    assert (ran.code, ran.out) == (0, "")
    assert "is good already: there is nothing to do" in ran.err
    assert [path.name for path in film.parent.iterdir()] == ["party.mp4"]
    assert typed(capsys, "enhance", "party.mp4", "--to", "same", "--json").events[0]["nothing"] is True


def test_a_black_and_white_film_gets_colours(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DREAMREEL_MODELS", str(tmp_path / "models"))
    footage(tmp_path / "old.mp4", shot(1, 3, sigma=0))
    asked = ("enhance", "old.mp4", "--to", "same", "--colourise", "auto", "--no-numbers")
    ran = typed(capsys, *asked)
    assert ran.code == 4
    assert "No weights that give colours are installed" in ran.err
    (tmp_path / "sepia.onnx").write_bytes(colouriser())
    assert (
        "Use it with --colourise sepia."
        in typed(capsys, "models", "add", "sepia.onnx", "--accept-licence").err
    )
    assert "gives black-and-white pictures colours" in typed(capsys, "models").out
    ran = typed(capsys, *asked)
    assert "asked for: colours by the weights that give them" in ran.err
    assert ran.code == 0
    assert probe(tmp_path / "old-enhanced.mp4").main_video.height == 64


def test_a_smaller_size_is_a_plain_resize(film, capsys):
    ran = typed(capsys, "enhance", "party.mp4", "--to", "48x32", "--no-numbers")
    assert "a plain resize; nothing is enhanced" in " ".join(ran.err.replace("│", " ").split())
    assert probe(film.with_name("party-enhanced.mp4")).main_video.width == 48


def test_a_preview_is_the_hardest_seconds_only(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    write_film(tmp_path / "party.mp4", cfr_timing(70, Fraction(10)), sound=click_track(7))
    ran = typed(capsys, "enhance", "party.mp4", "--preview", "--to", "x2", "--size", "s", "--no-numbers")
    assert (ran.code, ran.out) == (0, "party-preview.mp4\n")
    assert probe(tmp_path / "party-preview.mp4").duration == pytest.approx(5, abs=0.1)


def test_before_and_after_as_a_film_and_as_a_page(film, capsys):
    assert (
        typed(capsys, "enhance", "party.mp4", "--compare", "--to", "x2", "--size", "s").out
        == "party-compare.mp4\n"
    )
    assert probe(film.with_name("party-compare.mp4")).main_video.width == 192
    ran = typed(capsys, "enhance", "party.mp4", "--compare", "--to", "x2", "--size", "s", "-o", "a.html")
    assert (ran.code, ran.out) == (0, "a.html\n")
    assert "data:video/mp4" in film.with_name("a.html").read_text(encoding="utf-8")


def test_every_network_side_by_side_with_scores(film, capsys):
    ran = typed(capsys, "enhance", "party.mp4", "--bake-off", "--to", "x2", "--json", "-o", "a.mp4")
    assert ran.code == 0
    sides = ran.events[-1]["sides"]
    assert sides[0]["label"] == "source"
    assert len(sides) >= 3
    assert all(side["psnr"] > 15 for side in sides)


def test_photos(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Image.fromarray(noisy(scene(1, 60, 40), 1, 1)).save("anna.jpg")
    ran = typed(capsys, "enhance", "anna.jpg", "--size", "s")
    assert (ran.code, ran.out) == (0, "anna-enhanced.jpg\n")
    assert probe(tmp_path / "anna-enhanced.jpg").still.width == 120
    assert typed(capsys, "enhance", "anna.jpg", "--compare", "-o", "a.html").code == 0
    assert "data:image/png" in (tmp_path / "a.html").read_text(encoding="utf-8")
    assert ".html" in typed(capsys, "enhance", "anna.jpg", "--compare").complaint
    assert "│ note" in typed(capsys, "enhance", "anna.jpg", "--stabilize", "--dry-run").err


def test_photos_of_several_pages(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    pages = [Image.fromarray(scene(number, 40, 30)) for number in (1, 2)]
    pages[0].save("scan.tif", save_all=True, append_images=pages[1:])
    line = ("enhance", "scan.tif", "--size", "s", "--to", "x2")
    assert typed(capsys, *line, "--compare", "-o", "a.html").code == 0
    (tmp_path / "b-2.png").write_bytes(b"precious")
    assert "b-2.png exists" in typed(capsys, *line, "-o", "b.png").complaint
    ran = typed(capsys, *line, "-o", "b.png", "--yes")
    assert (ran.code, ran.out) == (0, "b-1.png\nb-2.png\n")
    assert typed(capsys, *line, "-o", "c.tif").out == "c.tif\n"
    assert len(open_source(tmp_path / "c.tif", StillOptions()).pages) == 2


def test_folders_are_gone_through_once(film, capsys):
    (film.parent / "holiday").mkdir()
    film.rename(film.parent / "holiday" / "one.mp4")
    Image.fromarray(scene(1, 32, 24)).save(film.parent / "holiday" / "two.png")
    (film.parent / "holiday" / "three.mp4").write_bytes(b"no film")
    args = ("enhance", "holiday", "-o", "better", "--to", "x2", "--size", "s", "--no-numbers")
    ran = typed(capsys, *args, "--report", "report.json")
    assert ran.code == 6
    assert sorted(path.name for path in (film.parent / "better").iterdir()) == [
        "one-enhanced.mp4",
        "two-enhanced.png",
    ]
    report = json.loads((film.parent / "report.json").read_text(encoding="utf-8"))
    assert (report["done"], report["failed"]) == (2, 1)
    assert "2 done before" in typed(capsys, *args, "--skip-done").err


@pytest.mark.parametrize(
    ("args", "words"),
    [(("--to", "huge"), "is not a size"), (("--strength", "2"), "out of range"), (("--model", "gold"), "no network"),
     (("--preview", "--compare"), "Choose one of"), (("--denoise", "perhaps"), "denoise"), (("--size", "q"), "size"),
     (("-o", "a.xyz"), "not an output format")],
)  # fmt: skip
def test_what_cannot_be_asked_is_one_sentence(film, capsys, args, words):
    ran = typed(capsys, "enhance", "party.mp4", *args)
    assert ran.code in (2, 4)
    assert words in ran.complaint


def test_what_is_not_there(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert typed(capsys, "enhance", "party.mp4").code == 3
    (tmp_path / "party.mp4").write_bytes(b"no film at all")
    assert typed(capsys, "enhance", "party.mp4").code == 3


def test_every_option_is_read():
    texts = {"to": "4K", "fps": "29.97", "deinterlace": "tff", "grain": "0.2", "model": "clean", "size": "s",
             "strength": "0.5", "crf": "20", "video_codec": "h265", "deinterlace_by": "bwdif",
             "face": "0.5"}  # fmt: skip
    said = {name: texts.get(name, "on" if row.kind == "text" else True) for name, row in OPTIONS.items()}
    with pytest.raises(BadParameter, match="exclude each other"):
        asked_of(said)
    asked = asked_of({**said, "crop": False})
    assert (asked.to, asked.strength, asked.crf, asked.codec, asked.crop, asked.stabilize) == (
        "4k", 0.5, 20, "h265", False, True,
    )  # fmt: skip
    assert asked_of({"grain": "match"}).match_grain


def test_wrong_texts():
    for said, error in (({"strength": "much"}, BadParameter), ({"crf": "x"}, BadParameter), ({"to": "x99"}, BadSize),
                        ({"fps": "never"}, BadTime)):  # fmt: skip
        if set(said) <= set(OPTIONS):
            with pytest.raises(error):
                asked_of(said)
