"""`convert`, `compress`, `gif` and `presets` as a user types them."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest
from PIL import Image
from tests.cli.terminal import photo, typed
from tests.media.make import cfr_timing, click_track, write_film

from dreamreel.cli.convert_options import OPTIONS, bits, bytes_of, wish_of
from dreamreel.errors import BadParameter
from dreamreel.media.probe import probe


@pytest.fixture
def film(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_film(tmp_path / "party.mp4", cfr_timing(50, Fraction(25)), sound=click_track())
    return tmp_path / "party.mp4"


def test_of_two_names_the_second_is_the_result(film, capsys):
    ran = typed(capsys, "convert", "party.mp4", "party.mkv")
    assert (ran.code, ran.out) == (0, "party.mkv\n")
    assert "H.264, copied" in ran.err
    assert probe(film.with_suffix(".mkv")).main_video.codec == "h264"


def test_options_reach_the_file(film, capsys):
    ran = typed(capsys, "convert", "party.mp4", "a.mkv", "--size", "24p", "--end", "1", "--no-audio", "--video-codec",
                "h264", "--metadata", "title=Anna", "--metadata", "artist=Ben", "--rotate", "right")  # fmt: skip
    assert ran.code == 0
    found = probe(film.with_name("a.mkv"))
    assert (found.main_video.width, found.main_video.height, found.duration, found.audio) == (24, 32, 1, ())
    assert {"title": "Anna", "artist": "Ben"}.items() <= {k.lower(): v for k, v in found.tags}.items()


def test_a_dry_run_writes_nothing(film, capsys):
    ran = typed(capsys, "convert", "party.mp4", "--preset", "discord", "--dry-run", "--json")
    (plan,) = ran.events
    assert (plan["event"], plan["copied"]) == ("plan", ["h264", "aac"])
    assert [path.name for path in film.parent.iterdir()] == ["party.mp4"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("a.mkv", "recipe inside"),
        ("a.ts", "no recipe"),
        ("a.png", "recipe inside"),
        ("a%03d.png", "no recipe"),
    ],
)
def test_a_recipe_is_promised_only_where_one_fits(film, capsys, name, words):
    ran = typed(capsys, "convert", "party.mp4", name, "--end", "0.2", "--dry-run")
    assert (ran.code, f", {words}" in ran.err) == (0, True)


def test_a_picture_is_one_line(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    photo(tmp_path / "anna.png")
    ran = typed(capsys, "convert", "anna.png", "anna.jpg", "--width", "80")
    assert ran.out == "anna.jpg\n"
    made = probe(tmp_path / "anna.jpg").still
    assert (made.width, made.height) == (80, 60)


def test_every_page_is_named_and_none_takes_the_place_of_a_file(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Image.new("RGB", (40, 30)).save("scan.tif", save_all=True, append_images=[Image.new("RGB", (40, 30))])
    (tmp_path / "page-2.png").write_bytes(b"precious")
    line = ("convert", "scan.tif", "page.png")
    assert typed(capsys, *line, "--dry-run").out == "scan.tif → page-1.png, page-2.png\n"
    assert "page-2.png exists" in typed(capsys, *line).complaint
    assert [path.name for path in tmp_path.glob("*.png")] == ["page-2.png"]
    assert typed(capsys, *line, "--yes").out == "page-1.png\npage-2.png\n"


@pytest.mark.parametrize(
    ("args", "words"),
    [(["--size", "large"], "720p"), (["--quality", "best"], "quality"), (["--target-size", "few"], "25MB"),
     (["--preset", "iphon"], "iphone"), (["--to", "xyz"], "output format"), (["--rotate", "45"], "rotate"),
     (["--metadata", "title"], "NAME=TEXT"), (["--fps", "fast"], "rate"), (["--loudness", "loud"], "loud")],
)  # fmt: skip
def test_wrong_options_are_told_in_a_sentence(film, capsys, args, words):
    ran = typed(capsys, "convert", "party.mp4", *args)
    assert ran.code == 2
    assert words in ran.complaint


def test_compress_to_a_size(film, capsys):
    ran = typed(capsys, "compress", "party.mp4", "--to", "20kB", "--json")
    assert ran.code == 0
    assert (film.with_name("party-small.mp4")).stat().st_size <= 20_000


def test_a_gif_of_a_part(film, capsys):
    ran = typed(
        capsys,
        "gif",
        "party.mp4",
        "--start",
        "0.5",
        "--for",
        "1",
        "--fps",
        "5",
        "--colours",
        "8",
        "--loop",
        "3",
    )
    assert (ran.code, ran.out) == (0, "party.gif\n")
    made = film.with_suffix(".gif").read_bytes()
    assert probe(film.with_suffix(".gif")).main_video.frames == 5
    # The format counts how often it is played again.
    assert made.partition(b"NETSCAPE2.0\x03\x01")[2][:2] == b"\x02\x00"


def test_a_gif_is_a_gif(film, capsys):
    assert "animation" in typed(capsys, "gif", "party.mp4", "-o", "a.mp4").complaint


def test_presets_are_listed_shown_kept_and_given_away(film, capsys):
    listed = typed(capsys, "presets", "list").out
    assert listed.startswith("General and web\n")
    assert "  iphone " in listed
    assert typed(capsys, "presets", "list", "apple tv").out.count("apple-tv") == 2
    assert len(typed(capsys, "presets", "list", "--json").events) >= 60
    assert (
        typed(capsys, "presets", "save", "mine", "--from", "tv", "--fps", "10", "--title", "My TV").code == 0
    )
    shown = json.loads(typed(capsys, "presets", "show", "mine", "--json").out)
    assert (shown["title"], shown["wish"]["rate"], shown["limits"]["rate"]) == ("My TV", 10, 30)
    assert typed(capsys, "presets", "export", "mine", "-o", "mine.toml").code == 0
    assert typed(capsys, "presets", "remove", "mine").code == 0
    assert typed(capsys, "presets", "import", "mine.toml").out == "mine\n"
    assert typed(capsys, "convert", "party.mp4", "--preset", "mine.toml", "-o", "a.mp4").code == 0
    assert probe(film.with_name("a.mp4")).main_video.rate == 10


def test_presets_of_handbrake_say_what_was_left_out(tmp_path, capsys):
    row = {"PresetName": "Mine", "VideoEncoder": "x265", "VideoTune": "grain"}
    (tmp_path / "hb.json").write_text(json.dumps({"PresetList": [row]}))
    ran = typed(capsys, "presets", "import", tmp_path / "hb.json")
    assert ran.out == "mine\n"
    assert "tuning (grain) is left out" in ran.err


@pytest.mark.parametrize(
    ("text", "count"),
    [("25MB", 25_000_000), ("700k", 700_000), ("1.5 GB", 1_500_000_000), ("2MiB", 2 * 2**20), ("9", 9)],
)
def test_sizes(text, count):
    assert bytes_of(text) == count


def test_rates_and_wrong_amounts():
    assert bits("192k") == 192_000
    for text in ("", "-1", "0", "1e9", "MB", "1..2"):
        with pytest.raises(BadParameter):
            bytes_of(text)


def test_every_option_sets_fields_of_a_wish():
    flags = {name: True for name, row in OPTIONS.items() if row.kind == "flag"}
    wish = wish_of(flags, container="mp4")
    assert (wish.reverse, wish.covers, wish.audio, wish.two_pass) == (True, False, "none", True)
    told = wish_of({"add_subtitles": ["a.srt:eng", "b.ass"], "size": "4K", "channels": "Left"})
    assert [(one.path, one.language) for one in told.subtitle_files] == [("a.srt", "eng"), ("b.ass", None)]
    assert (told.short_side, told.channels) == (2160, "left")
