"""Tracks in every container: written, read back with their times to the millisecond, styling and facts kept."""

from __future__ import annotations

from fractions import Fraction

import av
import numpy as np
import pytest
from tests.media.subtitles.words import film_with, said, texts, times

from dreamreel import errors
from dreamreel.media.formats import output_format
from dreamreel.media.subtitles.model import Cue, Style, Subtitles
from dreamreel.media.subtitles.packets import codec_for, encoded
from dreamreel.media.subtitles.tracks import fonts_of, read_track, subtitle_tracks

WORDS = said(
    ("0.333", "0.833", "{\\i1}Grüße{\\i0} {\\c&H0000FF&}red{\\c}\\Ntwo 😀"), ("1.234", "1.934", "plain"),
    language="deu", title="Deutsch", flags=("default", "forced", "hearing_impaired"),
)  # fmt: skip
STYLED = Subtitles(
    (Cue(Fraction(1, 2), Fraction(3, 2), "{\\pos(10,20)}Sign, with commas", "Sign", 2, 3, 4, 5, "Anna"),),
    (Style(), Style("Sign", "Inter", 33.5, 0x00FF00, alignment=7)), 1920, 1080,
)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("a.mp4", "mov_text"),
        ("a.mov", "mov_text"),
        ("a.m4v", "mov_text"),
        ("a.mkv", "subrip"),
        ("a.webm", "webvtt"),
    ],
)
def test_a_track_comes_back_with_its_times_and_styling(name, codec, tmp_path):
    path = film_with(tmp_path / name, WORDS)
    (track,) = subtitle_tracks(path)
    assert (track.number, track.codec, track.words) == (1, codec, True)
    found = read_track(path, number=1)
    assert times(found) == times(WORDS)
    assert texts(found)[1] == "plain"
    first = texts(found)[0].replace("{\\r}", "{\\i0}", 1)
    assert first.startswith("{\\i1}Grüße{\\i0} {\\")
    assert first.endswith("\\Ntwo 😀")
    assert any(red in first for red in ("c&HFF&}red", "c&H0000FF&}red"))


@pytest.mark.parametrize(
    ("name", "language", "flags"),
    [
        ("a.mp4", "deu", ("default", "forced", "hearing_impaired")),
        ("a.mkv", "ger", ("default", "forced", "hearing_impaired")),
        ("a.webm", "ger", ("default", "forced")),
        ("a.mov", "ger", ("default",)),
    ],
)
def test_language_title_and_flags_are_kept(name, language, flags, tmp_path):
    found = read_track(film_with(tmp_path / name, WORDS), number=1)
    assert (found.language, found.title, found.flags) == (language, "Deutsch", flags)


def test_matroska_keeps_an_ass_track_whole(tmp_path):
    path = film_with(tmp_path / "a.mkv", STYLED)
    found = read_track(path, number=1)
    assert found.cues == STYLED.cues
    assert found.styles == STYLED.styles
    assert (found.width, found.height) == (1920, 1080)


def test_tracks_are_counted_and_named_by_stream(tmp_path):
    path = film_with(tmp_path / "a.mkv", said((0, 1, "one")), said((0, 1, "two"), language="eng"))
    assert [track.index for track in subtitle_tracks(path)] == [1, 2]
    assert texts(read_track(path, number=2)) == texts(read_track(path, index=2)) == ["two"]
    with pytest.raises(errors.BadParameter, match="no subtitle track 3; it has 2"):
        read_track(path, number=3)


def test_cues_at_once_share_a_sample_in_mp4(tmp_path):
    found = read_track(film_with(tmp_path / "a.mp4", said((0, "1.5", "a"), (1, "1.5", "b"))), number=1)
    assert [(cue.start, cue.end, cue.text) for cue in found.cues] == [
        (0, 1, "a"),
        (1, Fraction(3, 2), "b\\Na"),
    ]


def test_times_between_ticks_go_to_the_nearest(tmp_path):
    third = said(("1/3", "2/3", "a"))
    found = read_track(film_with(tmp_path / "a.mkv", third), number=1)
    assert times(found) == [(Fraction(333, 1000), Fraction(667, 1000))]


def test_a_film_without_subtitles_says_so(film):
    assert subtitle_tracks(film) == ()
    assert fonts_of(film) == ()
    with pytest.raises(errors.BadParameter, match="it has none"):
        read_track(film, number=1)


def test_the_codec_follows_from_the_container_and_the_styles():
    def chosen(name, words):
        return codec_for(output_format(name_path(name)).muxer, words)

    assert [chosen(name, WORDS) for name in ("a.mp4", "a.mkv", "a.webm", "a.avi")] == [
        "mov_text",
        "subrip",
        "webvtt",
        None,
    ]
    assert [chosen(name, STYLED) for name in ("a.mp4", "a.mkv", "a.webm")] == ["mov_text", "ass", "webvtt"]
    with pytest.raises(errors.RenderFailed, match="mov_text, subrip"):
        encoded(WORDS, "hdmv_pgs_subtitle")


def name_path(name):
    from pathlib import Path

    return Path(name)


def rewritten(path, out, later=0, attachments=()):
    """The same packets in another file, `later` seconds later."""
    with av.open(str(path)) as source, av.open(str(out), "w") as target:
        copies = {stream.index: target.add_stream_from_template(stream) for stream in source.streams}
        for attachment in attachments:
            target.add_attachment(*attachment)
        for packet in source.demux():
            if packet.size:
                packet.stream = copies[packet.stream.index]
                shift = int(later / packet.time_base)
                packet.pts, packet.dts = packet.pts + shift, packet.dts + shift
                target.mux(packet)


def test_times_are_those_of_the_clip_wherever_the_file_begins(tmp_path):
    path = film_with(tmp_path / "a.mkv", WORDS)
    rewritten(path, tmp_path / "b.mkv", later=10)
    assert times(read_track(tmp_path / "b.mkv", number=1)) == times(WORDS)


def test_fonts_travel_in_matroska(tmp_path):
    path = film_with(tmp_path / "a.mkv", STYLED)
    fonts = [("sign.ttf", "font/ttf", b"font data"), ("note.txt", "text/plain", b"no font")]
    rewritten(path, tmp_path / "b.mkv", attachments=fonts)
    assert [(font.name, font.data) for font in fonts_of(tmp_path / "b.mkv")] == [("sign.ttf", b"font data")]
    assert read_track(tmp_path / "b.mkv", number=1).cues == STYLED.cues


@pytest.mark.parametrize("name", ["a.mkv", "a.mp4", "a.webm"])
def test_a_broken_track_is_read_as_far_as_it_goes_or_refused(name, tmp_path):
    whole = film_with(
        tmp_path / name, said(*((n / 10, n / 10 + 0.1, f"words {n}") for n in range(20)))
    ).read_bytes()
    random = np.random.default_rng(7)
    for number in range(25):
        broken = bytearray(whole)
        for place in random.integers(0, len(whole), 40):
            broken[place] = random.integers(0, 256)
        path = tmp_path / f"{number}-{name}"
        path.write_bytes(broken if number % 2 else broken[: random.integers(1, len(whole))])
        try:
            found = read_track(path, number=1)
        except errors.DreamreelError:
            continue
        assert all(0 <= cue.start < cue.end for cue in found.cues)
