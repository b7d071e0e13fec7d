"""`cut`, `join`, `split` and `extract`: parts of files, files put together, single tracks."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from tests.cli.terminal import typed
from tests.media.coded import coded, heard_packets, loud_times, pictures, tracks

from dreamreel.cli.cut import span_of
from dreamreel.errors import BadTime
from dreamreel.time import Span


@pytest.fixture
def film(tmp_path, monkeypatch):
    """Four seconds of film with sound in the current folder."""
    monkeypatch.chdir(tmp_path)
    return coded(tmp_path / "film", "h264 open", 100, sound=True)


def length(path) -> int:
    return len(pictures(path))


def test_spans_as_they_are_typed():
    assert span_of("0:03-0:12", Fraction(60)) == Span(Fraction(3), Fraction(12))
    assert span_of("5-", Fraction(60)) == Span(Fraction(5), Fraction(60))
    assert span_of("1.5 - 2.25", Fraction(60)) == Span(Fraction(3, 2), Fraction(9, 4))
    for wrong in ("5", "9-3", "a-b", "70-"):
        with pytest.raises(BadTime):
            span_of(wrong, Fraction(60))


def test_cut_keeps_the_spans_in_their_order(film, capsys):
    ran = typed(capsys, "cut", film, "2-3", "0.2-1", "-o", "best.mov")
    assert (ran.code, ran.out.splitlines()[-1]) == (0, "best.mov")
    originals = [picture for _, picture in pictures(film)]
    made = [picture for _, picture in pictures("best.mov")]
    numbers = [*range(50, 75), *range(5, 25)]
    assert len(made) == len(numbers)
    assert sum(np.array_equal(originals[n], picture) for n, picture in zip(numbers, made, strict=True)) >= 10


def test_cut_removes_the_spans(film, capsys):
    assert typed(capsys, "cut", film, "1-2", "--remove").code == 0
    assert length("film-cut.mp4") == 75


def test_cut_at_key_frames_encodes_nothing(film, capsys):
    assert typed(capsys, "cut", film, "1.1-2", "--keyframes", "-o", "keys.mkv").code == 0
    originals = [picture for _, picture in pictures(film)]
    made = [picture for _, picture in pictures("keys.mkv")]
    assert all(np.array_equal(originals[20 + n], picture) for n, picture in enumerate(made))
    assert len(made) >= 30


def test_cut_says_what_is_wrong(film, capsys):
    assert "span" in typed(capsys, "cut", film, "3").complaint
    ran = typed(capsys, "cut", film, "0-4", "--remove")
    assert (ran.code, "Nothing would be left" in ran.complaint) == (2, True)
    ran = typed(capsys, "cut", film, "1-2", "-o", film)
    assert (ran.code, ran.complaint.startswith("film.mp4 is also an input")) == (2, True)


def test_join_copies_files_encoded_alike(film, tmp_path, capsys):
    coded(tmp_path / "more", "h264 open", 30, sound=True)
    assert typed(capsys, "join", film, "more.mp4", "--copy", "-o", "all.mp4").code == 0
    assert length("all.mp4") == 130


def test_join_brings_others_to_the_first(film, tmp_path, capsys):
    coded(tmp_path / "more", "vp9", 30)
    ran = typed(capsys, "join", film, "more.webm", "--copy", "-o", "all.mp4")
    assert (ran.code, "cannot be copied" in ran.complaint) == (2, True)
    assert typed(capsys, "join", film, "more.webm").code == 0
    assert length("film-joined.mp4") == 130


def test_join_puts_another_sound_in_place(film, tmp_path, capsys):
    coded(tmp_path / "more", "h264", 50, sound=True)
    assert typed(capsys, "extract", "more.mp4", "audio", "-o", "more.m4a").code == 0
    assert typed(capsys, "join", film, "--sound", "more.m4a", "-o", "all.mp4").code == 0
    assert len([time for time in loud_times("all.mp4") if time < 3]) == 2


@pytest.mark.parametrize(
    ("option", "lengths"),
    [
        (["--every", "1.5"], [37, 38, 25]),
        (["--parts", "4"], [25] * 4),
        (["--at", "1", "--at", "3"], [25, 50, 25]),
    ],
)
def test_split_by_length_number_and_times(film, option, lengths, capsys):
    ran = typed(capsys, "split", film, *option, "-o", "part.mp4")
    assert ran.code == 0
    assert ran.out.splitlines() == [f"part-{n + 1}.mp4" for n in range(len(lengths))]
    assert [length(name) for name in ran.out.splitlines()] == lengths


def test_split_by_size_never_exceeds_it(film, tmp_path, capsys):
    limit = film.stat().st_size * 6 // 10
    ran = typed(capsys, "split", film, "--size", str(limit), "-o", "part.mp4")
    names = ran.out.splitlines()
    assert len(names) >= 2
    assert all((tmp_path / name).stat().st_size <= limit for name in names)
    assert sum(map(length, names)) == 100


def test_split_at_silences(film, capsys):
    ran = typed(capsys, "split", film, "--black")
    assert (ran.code, "no black" in ran.complaint) == (2, True)


def test_split_wants_one_way(film, capsys):
    assert "Say once how" in typed(capsys, "split", film).complaint
    assert "Say once how" in typed(capsys, "split", film, "--parts", "2", "--every", "1").complaint
    assert "not a size" in typed(capsys, "split", film, "--size", "much").complaint


def test_extract_copies_tracks(film, capsys):
    ran = typed(capsys, "extract", film, "all")
    assert ran.out.splitlines() == ["film-video-1.mp4", "film-audio-1.m4a"]
    assert length("film-video-1.mp4") == 100
    assert tracks(Path("film-video-1.mp4")) == ["video"]
    assert heard_packets(Path("film-audio-1.m4a")) == heard_packets(film)


def test_extract_says_what_there_is(film, capsys):
    assert typed(capsys, "extract", film, "audio:2").complaint == (
        "film.mp4 has no track audio:2; it has video:1, audio:1."
    )
    assert "is not a track" in typed(capsys, "extract", film, "smell").complaint
    assert "as it is" in typed(capsys, "extract", film, "audio", "-o", "tone.mp3").complaint
    assert "do not fit" in typed(capsys, "extract", film, "all", "-o", "all.mkv").complaint
