"""One file from start to end: what is written, what it is called, what is reported."""

from __future__ import annotations

import os
from fractions import Fraction

import pytest
from PIL import Image
from tests.analyse.footage import film as footage
from tests.analyse.test_interlace import fields
from tests.cli.terminal import photo
from tests.media.make import cfr_timing, click_track, write_film
from tests.render.damage import damaged

from dreamreel.convert.job import convert_one, output_for, prepared, suffix_for
from dreamreel.convert.presets.model import Limits, Preset
from dreamreel.convert.presets.shelf import OWN, save
from dreamreel.convert.wish import Wish
from dreamreel.errors import NotWritable, OutputIsInput, UsageError
from dreamreel.graph import walk
from dreamreel.media.probe import probe


@pytest.fixture
def film(tmp_path):
    path = tmp_path / "party.mp4"
    write_film(path, cfr_timing(50, Fraction(25)), sound=click_track(), tags={"title": "Anna"})
    os.utime(path, (1_000_000_000, 1_000_000_000))
    return path


@pytest.fixture
def scan(tmp_path):
    path = tmp_path / "scan.tif"
    Image.new("RGB", (40, 30)).save(path, save_all=True, append_images=[Image.new("RGB", (40, 30), "red")])
    return path


def test_a_film_becomes_another_and_the_report_says_so(film, tmp_path):
    report = convert_one(Wish(end=Fraction(1), short_side=32), film, tmp_path / "out.mkv")
    found = probe(tmp_path / "out.mkv")
    assert (found.duration, found.main_video.height) == (1, 32)
    assert report["path"] == str(tmp_path / "out.mkv")
    assert report["bytes"] == (tmp_path / "out.mkv").stat().st_size
    assert "h264" in report["explained"]
    assert dict(found.tags)["title"] == "Anna"


def test_what_is_inside_the_limits_is_the_same_packets_and_as_old_as_its_source(film, tmp_path):
    out = tmp_path / "out.mp4"
    convert_one(Wish(preset="android"), film, out)
    assert probe(out).main_video.setup == probe(film).main_video.setup
    assert out.stat().st_mtime == 1_000_000_000


def test_pictures_that_cannot_be_decoded_are_part_of_the_report(tmp_path):
    path = damaged(tmp_path, (20,))
    told = convert_one(Wish(container="mkv", codec="h264", crf=30), path, tmp_path / "a.mkv")
    assert told["concealed"] == 1
    assert "1 picture is damaged; what is beside or before stands in" in told["notes"]


def test_a_picture_becomes_a_picture(tmp_path):
    source = photo(tmp_path / "anna.png", (160, 120))
    report = convert_one(Wish(preset="thumbnail", short_side=60), source, tmp_path / "anna.webp")
    made = probe(tmp_path / "anna.webp")
    assert (made.format, made.still.width, made.still.height) == ("webp", 80, 60)
    assert report["width"] == 80


def test_a_picture_gets_its_shape_by_bars_and_does_not_grow(tmp_path):
    source = photo(tmp_path / "anna.png", (160, 120))
    convert_one(Wish(preset="instagram-photo"), source, tmp_path / "anna.jpg")
    made = probe(tmp_path / "anna.jpg").still
    assert (made.width, made.height) == (160, 200)


def test_a_picture_becomes_a_film(tmp_path):
    source = photo(tmp_path / "anna.png", (64, 48))
    convert_one(Wish(), source, tmp_path / "anna.mp4")
    assert probe(tmp_path / "anna.mp4").duration == 5


def test_names_are_free_and_say_the_preset(film, tmp_path):
    assert output_for(Wish(container="webm"), film, tmp_path).name == "party.webm"
    assert output_for(Wish(preset="iphone"), film, tmp_path).name == "party-iphone.mp4"
    (tmp_path / "party-iphone.mp4").touch()
    assert output_for(Wish(preset="iphone"), film, tmp_path).name == "party-iphone-2.mp4"
    assert output_for(Wish(crf=20), film, tmp_path).name == "party-converted.mp4"


@pytest.mark.parametrize(
    ("wish", "name", "suffix"),
    [({}, "a.mov", ".mov"), ({}, "a.m2v", ".mp4"), ({"container": "m4v"}, "a.mov", ".m4v"),
     ({"container": "jpg"}, "a.png", ".jpg"), ({"container": "avif"}, "a.png", ".avif"), ({}, "a.heic", ".heic"),
     ({"preset": "opus-voice"}, "a.wav", ".opus"), ({"preset": "gif"}, "a.mov", ".gif"),
     ({"preset": "tiff"}, "a.png", ".tiff"), ({"preset": "thumbnail"}, "a.png", ".jpg")],
)  # fmt: skip
def test_suffixes(tmp_path, wish, name, suffix):
    assert suffix_for(Wish(**wish), tmp_path / name) == suffix


def test_a_source_without_a_suffix_needs_a_format(tmp_path):
    with pytest.raises(UsageError, match="--to"):
        suffix_for(Wish(), tmp_path / "party")


def test_originals_and_other_files_are_not_replaced(film, tmp_path):
    with pytest.raises(OutputIsInput):
        prepared(Wish(), film, film)
    (tmp_path / "out.mp4").write_bytes(b"mine")
    with pytest.raises(NotWritable):
        convert_one(Wish(), film, tmp_path / "out.mp4")
    assert (tmp_path / "out.mp4").read_bytes() == b"mine"


def test_no_page_takes_the_place_of_a_file(scan, tmp_path):
    (tmp_path / "b-2.png").write_bytes(b"mine")
    with pytest.raises(NotWritable, match="exists already"):
        convert_one(Wish(), scan, tmp_path / "b.png")
    assert (tmp_path / "b-2.png").read_bytes() == b"mine"
    assert not (tmp_path / "b-1.png").exists()
    convert_one(Wish(), scan, tmp_path / "b.png", overwrite=True)
    assert (tmp_path / "b-2.png").read_bytes() != b"mine"


def test_what_an_output_is_called_wins_over_a_preset(film, tmp_path):
    assert prepared(Wish(preset="iphone"), film, tmp_path / "a.mkv").composed.container.name == "mkv"


def test_auto_is_looked_for_before_and_leaves_a_clean_film_alone(film, tmp_path):
    job = prepared(Wish(deinterlace="auto"), film, tmp_path / "a.mp4")
    assert not job.composed.clip.node.inputs


def test_a_network_is_told_which_field_comes_first(tmp_path):
    woven = footage(tmp_path / "woven.mkv", fields(20, "bff"), codec="ffv1", options={}, pix_fmt="yuv422p")
    for asked in ("auto", "on"):
        wish = Wish(deinterlace=asked, deinterlace_by="network")
        (op,) = [
            node
            for node in walk([prepared(wish, woven, tmp_path / "a.mp4").composed.clip.node])
            if node.inputs
        ]
        assert (op.op, op.params["order"]) == ("clean.unweave", "bff")


def test_an_own_preset_is_used(film, tmp_path):
    save(Preset(name="mine", title="Mine", description="Own.", family=OWN, limits=Limits(short_side=24),
                wish=Wish(container="mkv", codec="h264", crf=30)))  # fmt: skip
    convert_one(Wish(preset="mine"), film, tmp_path / "a.mkv")
    assert probe(tmp_path / "a.mkv").main_video.height == 24
