"""`dreamreel subtitles`: files, tracks and pictures of words, from the command line."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest
from tests.cli.terminal import typed
from tests.media.subtitles.words import film_with, said, texts, times

from dreamreel.media.subtitles import read, write
from dreamreel.media.subtitles.model import Cue, Style, Subtitles
from dreamreel.media.subtitles.tracks import read_track, subtitle_tracks

WORDS = said(("0.2", "0.8", "{\\i1}Hello{\\i0}"), (1, "1.5", "there"))


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def words(folder):
    write(WORDS, folder / "film.en.srt")
    return folder / "film.en.srt"


def test_converting_a_file(words, folder, capsys):
    ran = typed(capsys, "subtitles", "convert", words, folder / "film.vtt")
    assert (ran.code, ran.out.strip()) == (0, str(folder / "film.vtt"))
    assert read(folder / "film.vtt").cues == WORDS.cues


def test_converting_says_what_is_guessed_and_what_is_lost(folder, capsys):
    (folder / "old.srt").write_bytes("1\n00:00:01,000 --> 00:00:02,000\nГде ты был?\n".encode("cp1251"))
    assert (
        "read as Cyrillic (cp1251), a guess"
        in typed(capsys, "subtitles", "convert", "old.srt", "new.srt").err
    )
    write(Subtitles((Cue(Fraction(0), Fraction(1), "a"),), (Style(),)), folder / "a.ass")
    assert "keeps the words only" in typed(capsys, "subtitles", "convert", "a.ass", "a.lrc").err


def test_an_original_is_never_overwritten(words, folder, capsys):
    before = words.read_bytes()
    assert typed(capsys, "subtitles", "shift", words, "1", "-o", words, "--yes").code == 2
    assert words.read_bytes() == before
    (folder / "there.srt").write_text("mine")
    ran = typed(capsys, "subtitles", "convert", words, "there.srt")
    assert (ran.code, (folder / "there.srt").read_text()) == (5, "mine")


@pytest.mark.parametrize(
    ("time", "start"), [("+1.5s", "1.7"), ("1.5", "1.7"), ("-100ms", "0.1"), ("0:01", "1.2"), ("-0.5", "0")]
)
def test_shifting_a_file(time, start, words, folder, capsys):
    assert typed(capsys, "subtitles", "shift", words, time).code == 0
    assert times(read(folder / "film.en-shifted.srt"))[0][0] == Fraction(start)


def test_shifting_to_another_rate_and_before_the_beginning(words, folder, capsys):
    typed(capsys, "subtitles", "shift", words, "0", "--rate", "25:24", "-o", "slow.srt")
    assert times(read(folder / "slow.srt"))[1] == (Fraction(1042, 1000), Fraction(1563, 1000))
    ran = typed(capsys, "subtitles", "shift", words, "-0.9s", "-o", "early.srt")
    assert "1 cue would end before the film begins and is left out" in ran.err
    assert typed(capsys, "subtitles", "shift", words, "soon").code == 2
    assert typed(capsys, "subtitles", "shift", words, "0", "--rate", "25").code == 2


def test_listing_tracks_and_files(words, folder, capsys):
    film_with(
        folder / "film.mkv", said((0, 1, "a"), language="deu", title="Deutsch", flags=("forced",)), WORDS
    )
    out = typed(capsys, "subtitles", "list", "film.mkv").out.splitlines()
    assert out == ["1  subrip, words, ger, Deutsch, forced", "2  subrip, words"]
    rows = json.loads(typed(capsys, "subtitles", "list", "film.mkv", "--json").out)
    assert rows[0] == {
        "track": 1, "codec": "subrip", "words": True, "language": "ger", "title": "Deutsch", "flags": ["forced"],
    }  # fmt: skip
    assert typed(capsys, "subtitles", "list", words).out.strip() == "2 cues, to 0:00:01.500, en"


def test_extracting_every_track_of_words(folder, capsys):
    styled = Subtitles((Cue(Fraction(0), Fraction(1), "a", "Sign"),), (Style("Sign"),))
    film_with(folder / "film.mkv", said((0, 1, "a"), language="deu"), styled)
    out = typed(capsys, "subtitles", "extract", "film.mkv").out.split()
    assert out == ["film.ger.srt", "film.2.ass"]
    assert texts(read(folder / "film.ger.srt")) == ["a"]
    assert typed(capsys, "subtitles", "extract", "film.mkv", "-o", "one.srt").code == 2
    assert typed(capsys, "subtitles", "extract", "film.mkv", "--track", "2", "-o", "one.vtt").code == 0
    assert typed(capsys, "subtitles", "extract", "film.mkv", "--track", "7").code == 2


def test_extracting_from_a_film_without_words(folder, capsys):
    film_with(folder / "film.mp4")
    ran = typed(capsys, "subtitles", "extract", "film.mp4")
    assert (ran.code, "no subtitle track made of words" in ran.complaint) == (2, True)


@pytest.mark.parametrize("suffix", ["mkv", "mp4"])
def test_embedding_files_copies_the_film(suffix, words, folder, capsys):
    film_with(folder / "film.mp4")
    write(said((0, 1, "Hallo")), folder / "film.de.srt")
    ran = typed(capsys, "subtitles", "embed", "film.mp4", words, "film.de.srt", "-o", f"out.{suffix}",
                "--title", "English")  # fmt: skip
    assert ran.code == 0, ran.err
    path = folder / f"out.{suffix}"
    assert [(track.language, track.title) for track in subtitle_tracks(path)] == [
        ("eng", "English"),
        ("ger" if suffix == "mkv" else "deu", None),
    ]
    assert times(read_track(path, number=1)) == times(WORDS)
    assert texts(read_track(path, number=2)) == ["Hallo"]


def yellow(frame):
    """Whether there are yellow words on a frame; the bars of the film have no colour."""
    pixels = frame.to_ndarray(format="rgb24").astype(int)
    return bool(((pixels[:, :, 0] > 150) & (pixels[:, :, 2] < 110)).any())


def test_burning_a_file_and_a_track(words, folder, capsys):
    from dreamreel.media.decode import VideoReader
    from dreamreel.time import Span

    film_with(folder / "film.mkv", WORDS, said((0, 1, "other")))
    for name, source in (("one.mp4", words), ("two.mp4", "track:1")):
        ran = typed(
            capsys, "subtitles", "burn", "film.mkv", source, "-o", name, "--size", "20", "--colour", "yellow"
        )
        assert ran.code == 0, ran.err
        with VideoReader(folder / name) as reader:
            shown = dict(reader.frames(Span(Fraction(0), Fraction(2))))

        assert yellow(shown[Fraction(2, 5)])
        assert not yellow(shown[Fraction(0)])
    assert [texts(read_track(folder / "two.mp4", number=1))] == [["other"]]
    assert typed(capsys, "subtitles", "burn", "film.mkv", words, "--place", "left").code == 2
    assert typed(capsys, "subtitles", "burn", "film.mkv", "none.srt").code == 3
