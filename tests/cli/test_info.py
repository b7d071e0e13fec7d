"""`info`, `explain` and `engines`: what is in a file, what would be done, what there is."""

from __future__ import annotations

import json
from fractions import Fraction

from tests.cli.terminal import photo, typed
from tests.media.make import cfr_timing, click_track, write_film

from dreamreel.engines import ENGINES


def test_a_film_in_words(tmp_path, capsys):
    write_film(
        tmp_path / "party.mp4", cfr_timing(50, Fraction(25)), sound=click_track(), tags={"title": "Anna"}
    )
    lines = typed(capsys, "info", tmp_path / "party.mp4").out.splitlines()
    assert lines[0].startswith("party.mp4: mp4, 0:00:02.000, ")
    assert lines[1].split()[:4] == ["video", "h264,", "64×48,", "25"]
    assert next(line for line in lines if line.startswith("  sound")).split()[:3] == [
        "sound",
        "aac,",
        "48000",
    ]
    assert "  tag       title: Anna" in lines
    assert not any("major_brand" in line for line in lines)


def test_a_film_as_data(tmp_path, capsys):
    write_film(tmp_path / "party.mp4", cfr_timing(50, Fraction(25)), sound=click_track())
    found = json.loads(typed(capsys, "info", tmp_path / "party.mp4", "--json").out)
    assert {"name", "format", "size", "start", "duration", "video", "audio", "still", "others", "chapters", "tags",
            "notes", "recipe"} <= set(found)  # fmt: skip
    assert (found["duration"], found["video"][0]["rate"], found["audio"][0]["layout"]) == (
        "2",
        "25",
        "stereo",
    )
    assert found["recipe"] is False


def test_a_picture(tmp_path, capsys):
    lines = typed(capsys, "info", photo(tmp_path / "anna.png")).out.splitlines()
    assert lines[1] == "  picture   160×120"


def test_a_plan_in_words_and_as_a_recipe(tmp_path, capsys):
    write_film(tmp_path / "party.mp4", cfr_timing(50, Fraction(25)), sound=click_track())
    told = typed(capsys, "explain", tmp_path / "party.mp4", "-o", "party.gif").out
    assert told.splitlines()[0].startswith("in: party.mp4, 64×48, 25 fps")
    assert "the sound is left out" in told
    recipe = json.loads(typed(capsys, "explain", tmp_path / "party.mp4", "--recipe").out)
    assert recipe["nodes"]


def test_engines_in_words_and_as_data(capsys):
    assert typed(capsys, "engines").out.startswith("dream ")
    (row,) = [json.loads(line) for line in typed(capsys, "engines", "--json").out.splitlines()]
    assert row == ENGINES["dream"].as_json()
    assert set(row) == {"name", "summary", "needs", "sizes", "length", "looks", "cameras", "sounds"}
