"""`sheet`, `thumbnail` and `waveform`: pictures of films and sounds, and what is told when they cannot be made."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.analyse.footage import film, shot, sound
from tests.cli.terminal import typed

from dreamreel.media.images import load_image


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def size(path):
    picture = load_image(Path(path))
    return (picture.width, picture.height), "RGBA" if picture.has_alpha else "RGB"


def test_a_sheet(tmp_path, capsys):
    film(tmp_path / "party.mp4", shot(1, 12))
    told = typed(
        capsys, "sheet", "party.mp4", "-o", "sheet.png", "--columns", "3", "--rows", "2", "--width", "480"
    )
    assert told.out.strip() == "sheet.png"
    assert size("sheet.png")[0][0] == 480


def test_pictures_get_names_of_their_own(tmp_path, capsys):
    film(tmp_path / "party.mp4", shot(1, 6))
    assert (
        typed(capsys, "sheet", "party.mp4", "--width", "480", "--columns", "2").out.strip()
        == "party-sheet.jpg"
    )
    assert typed(capsys, "thumbnail", "party.mp4").out.strip() == "party-thumbnail.jpg"
    assert typed(capsys, "thumbnail", "party.mp4").out.strip() == "party-thumbnail-2.jpg"
    assert size("party-thumbnail.jpg")[0] == (640, 427)


def test_a_thumbnail_at_a_time_has_the_films_size(tmp_path, capsys):
    film(tmp_path / "party.mp4", shot(1, 6))
    typed(capsys, "thumbnail", "party.mp4", "--at", "0.1", "-o", "cake.png")
    assert size("cake.png")[0] == (96, 64)


def test_a_waveform_and_a_spectrum(tmp_path, capsys):
    sound(tmp_path / "song.wav", [(0.5, 0.5)])
    typed(
        capsys,
        "waveform",
        "song.wav",
        "-o",
        "wave.png",
        "--size",
        "300x80",
        "--theme",
        "none",
        "--colour",
        "teal",
    )
    assert size("wave.png") == ((300, 80), "RGBA")
    typed(capsys, "waveform", "song.wav", "--spectrum", "--size", "300x200", "--start", "0.1", "--end", "0.3")
    assert size("song-spectrum.png") == ((300, 200), "RGB")


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("sheet", "party.mp4", "-o", "a.mp4"), 2, "a.mp4 is not a picture"),
        (("sheet", "party.mp4", "--theme", "pink"), 2, "choose dark or light"),
        (("sheet", "gone.mp4"), 3, "gone.mp4"),
        (("thumbnail", "party.mp4", "--at", "99"), 2, "no picture at 0:01:39"),
        (("thumbnail", "party.mp4", "-o", "there.png"), 5, "there.png exists already"),
        (("waveform", "party.mp4"), 2, "has no sound to draw"),
        (("waveform", "song.wav", "--size", "big"), 2, "1600x360"),
        (("waveform", "song.wav", "--start", "3", "--end", "1"), 2, "--end after --start"),
        (("waveform", "song.wav", "--colour", "nocolour"), 2, "not a colour"),
        (("waveform", "song.wav", "-o", "song.wav"), 2, "song.wav"),
    ],
)
def test_what_cannot_be_done_is_told(tmp_path, capsys, words, code, told):
    film(tmp_path / "party.mp4", shot(1, 6))
    sound(tmp_path / "song.wav", [(0.3, 0.5)])
    (tmp_path / "there.png").write_bytes(b"x")
    found = typed(capsys, *words)
    assert found.code == code
    assert told in found.complaint
    assert sorted(item.name for item in tmp_path.iterdir()) == ["party.mp4", "song.wav", "there.png"]
