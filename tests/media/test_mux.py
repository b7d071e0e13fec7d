"""Segments become one film: every frame, every time, sound in sync, nothing private, complete or absent."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from tests.media.make import (
    CLICK,
    SAMPLE_RATE,
    bar,
    cfr_timing,
    click_track,
    loudest,
    number_of,
    vfr_timing,
    write_film,
    write_video,
)

from dreamreel.errors import NotWritable, OutputIsInput, RenderFailed
from dreamreel.media.audio import AudioReader
from dreamreel.media.decode import VideoReader
from dreamreel.media.encode import VideoSegmentWriter, encode_audio, settings_for
from dreamreel.media.formats import CONTAINERS, VIDEO_CODECS, audio_codec, output_format
from dreamreel.media.info import AudioInfo, Colour, VideoInfo
from dreamreel.media.metadata import read_recipe
from dreamreel.media.mux import ChapterMark, FilmTrack, SoundTrack, mux
from dreamreel.media.open import open_media
from dreamreel.media.probe import probe
from dreamreel.time import Span

ALL = Span(Fraction(0), Fraction(1000))
NTSC = Fraction(30000, 1001)
MP4 = output_format(Path("a.mp4"))
PAIRS = [
    (row.name, codec) for row in CONTAINERS for codec in row.video if codec not in ("theora", "dnxhd", "h263")
]
DECODERS = {"h265": "hevc", "av1": "libdav1d", "mpeg2": "mpeg2video", "mpeg1": "mpeg1video", "dnxhr": "dnxhd",
            "cineform": "cfhd", "animation": "qtrle", "raw": "rawvideo"}  # fmt: skip


def times(path: Path, rate: Fraction | None = None) -> list[tuple[Fraction, int]]:
    with VideoReader(path, rate=rate) as reader:
        return [(time, number_of(frame)) for time, frame in reader.frames(ALL)]


@pytest.mark.parametrize(("container", "codec"), PAIRS)
def test_joined_segments_are_one_film(tmp_path: Path, container: str, codec: str) -> None:
    row = next(row for row in CONTAINERS if row.name == container)
    path = tmp_path / f"a{row.suffix}"
    write_film(path, cfr_timing(24, NTSC), rate=NTSC, video=codec, pieces=3)
    assert times(path, NTSC) == [(n / NTSC, n % 16) for n in range(24)]
    assert probe(path).video[0].codec in (codec, DECODERS.get(codec))


@pytest.mark.parametrize("codec", ["h264", "h265", "av1", "vp9"])
def test_variable_times_survive_exactly(tmp_path: Path, codec: str) -> None:
    path = tmp_path / "a.mp4"
    timing = vfr_timing()
    write_film(path, timing, video=codec, pieces=2)
    assert [time for time, _ in times(path)] == [time for time, _ in timing]
    assert probe(path).duration == sum(duration for _, duration in timing)


def test_variable_times_survive_in_matroska_to_its_millisecond(tmp_path: Path) -> None:
    path = tmp_path / "a.mkv"
    timing = vfr_timing()
    write_film(path, timing, pieces=2)
    for (got, _), (wanted, _) in zip(times(path), timing, strict=True):
        assert abs(got - wanted) <= Fraction(1, 2000)


def test_a_second_generation_has_the_same_times(tmp_path: Path) -> None:
    first, second = tmp_path / "a.mp4", tmp_path / "b.mp4"
    timing = vfr_timing()
    write_film(first, timing)
    info = probe(first)
    base = info.video[0].time_base
    video = info.clip_info().video
    assert video
    settings = settings_for(video, VIDEO_CODECS[0], time_base=base)
    with VideoReader(first) as reader, VideoSegmentWriter(tmp_path / "s", settings) as writer:
        frames = list(reader.frames(ALL))
        ends = [time for time, _ in frames[1:]] + [info.duration]
        for (time, frame), end in zip(frames, ends, strict=True):
            writer.write(frame, time, end - time)
    mux([FilmTrack([tmp_path / "s"], [Fraction(0)], [info.duration])], second, MP4)
    assert times(second) == times(first)
    assert probe(second).duration == info.duration


def test_reordered_frames_of_different_length_join(tmp_path: Path) -> None:
    # Long frames right after a seam: each segment's own decoding times would run backwards here.
    early = [(Fraction(n, 100), Fraction(1, 100)) for n in range(20)]
    late = [(Fraction(1, 5) + Fraction(n, 2), Fraction(1, 2)) for n in range(6)]
    path = tmp_path / "a.mp4"
    parts = [tmp_path / "0", tmp_path / "1"]
    write_video(parts[0], early, preset="medium")
    write_video(parts[1], [(t - Fraction(1, 5), d) for t, d in late], preset="medium", start=20)
    mux([FilmTrack(parts, [Fraction(0), Fraction(1, 5)], [Fraction(1, 5), Fraction(3)])], path, MP4)
    assert [time for time, _ in times(path)] == [time for time, _ in early + late]
    with av.open(str(path)) as source:
        stamps = [packet.dts for packet in source.demux(video=0) if packet.size]
    assert stamps == sorted(set(stamps))


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv", ".webm"])
def test_sound_and_picture_are_in_sync_to_the_millisecond(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    rate = Fraction(24)
    write_film(path, cfr_timing(48, rate), rate=rate, sound=click_track(), pieces=2)
    info = probe(path)
    with AudioReader(path) as reader:
        heard = np.concatenate(list(reader.blocks(Fraction(0), SAMPLE_RATE, "stereo")), axis=1)
    with VideoReader(path, rate=rate) as reader:
        seen = next(time for time, frame in reader.frames(ALL) if number_of(frame) == 5)
    click = Fraction(loudest(heard), SAMPLE_RATE)
    assert abs((click - seen) - (Fraction(CLICK, SAMPLE_RATE) - Fraction(5, 24))) <= Fraction(1, 1000)
    assert info.duration == 2


def test_a_sound_that_starts_later_does(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    write_video(tmp_path / "v", cfr_timing(75, Fraction(25)), rate=Fraction(25))
    encode_audio(tmp_path / "s", [click_track()], AudioInfo(), audio_codec("aac", MP4))
    tracks = [
        FilmTrack([tmp_path / "v"], [Fraction(0)], [Fraction(3)]),
        SoundTrack(tmp_path / "s", Fraction(1, 2)),
    ]
    mux(tracks, path, MP4)
    with AudioReader(path) as reader:
        heard = np.concatenate(list(reader.blocks(Fraction(1, 2), SAMPLE_RATE, "stereo")), axis=1)
    assert abs(loudest(heard) - CLICK) <= SAMPLE_RATE // 1000


@pytest.mark.parametrize(
    ("suffix", "codec"), [(".mp4", "h264"), (".mp4", "h265"), (".mp4", "vp9"), (".mkv", "h264")]
)
def test_colour_and_pixel_shape_survive(tmp_path: Path, suffix: str, codec: str) -> None:
    path = tmp_path / f"a{suffix}"
    colour = Colour(6, 1, 6, 6)
    write_film(path, cfr_timing(8, NTSC), rate=NTSC, video=codec, sar=Fraction(4, 3), colour=colour)
    track = probe(path).video[0]
    assert track.colour == colour
    assert track.sar == Fraction(4, 3)


def test_rotation_is_baked_not_repeated(tmp_path: Path) -> None:
    write_film(tmp_path / "a.mp4", cfr_timing(4, NTSC), rate=NTSC)
    assert not probe(tmp_path / "a.mp4").video[0].rotation


@pytest.mark.parametrize("suffix", [".mp4", ".mov"])
def test_hevc_is_tagged_for_quicktime(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    write_film(path, cfr_timing(4, NTSC), rate=NTSC, video="h265")
    with open_media(path) as source:
        assert source.streams.video[0].codec_context.codec_tag == "hvc1"


def test_the_index_comes_first(film: Path) -> None:
    content = film.read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")


@pytest.mark.parametrize(
    "row",
    [
        row
        for row in CONTAINERS
        if row.kind in ("video", "audio") and row.recipe != "none" and row.name != "ogv"
    ],
    ids=lambda row: row.name,
)
def test_the_recipe_comes_back(tmp_path: Path, row: object) -> None:
    path = tmp_path / f"a{row.suffix}"
    recipe = '{"schema": 1, "prompt": "über den Wolken 🐑", "long": "' + "z" * 70_000 + '"}'
    timing = cfr_timing(4, Fraction(4)) if row.kind == "video" else []
    write_film(path, timing, rate=Fraction(4), sound=click_track(1), recipe=recipe)
    assert read_recipe(path) == recipe
    assert probe(path).duration == pytest.approx(1, abs=0.025)


def test_two_runs_give_the_same_bytes(tmp_path: Path) -> None:
    for suffix in (".mp4", ".mkv"):
        for name in ("a", "b"):
            write_film(
                tmp_path / f"{name}{suffix}",
                cfr_timing(8, NTSC),
                rate=NTSC,
                sound=click_track(1),
                recipe="{}",
            )
        assert (tmp_path / f"a{suffix}").read_bytes() == (tmp_path / f"b{suffix}").read_bytes()


def test_chapters(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    write_video(tmp_path / "v", cfr_timing(50, Fraction(25)), rate=Fraction(25))
    marks = [
        ChapterMark(Span(Fraction(0), Fraction(1)), "Evening"),
        ChapterMark(Span(Fraction(1), Fraction(2)), "Night"),
    ]
    mux([FilmTrack([tmp_path / "v"], [Fraction(0)], [Fraction(2)])], path, MP4, chapters=marks)
    assert [(c.start, c.end, c.title) for c in probe(path).chapters] == [(0, 1, "Evening"), (1, 2, "Night")]


def joined(tmp_path: Path, offsets: list[Fraction], durations: list[Fraction], out: str = "a.mp4") -> Path:
    parts = [tmp_path / "0", tmp_path / "1"]
    for part in parts:
        write_video(part, cfr_timing(5, Fraction(25)), rate=Fraction(25))
    mux([FilmTrack(parts, offsets, durations)], tmp_path / out, MP4)
    return tmp_path / out


FIFTH = Fraction(1, 5)


@pytest.mark.parametrize(
    ("offsets", "durations"),
    [
        ([Fraction(0), Fraction(1, 2)], [FIFTH, FIFTH]),
        ([Fraction(0), Fraction(1, 10)], [FIFTH, FIFTH]),
        ([Fraction(0), FIFTH], [FIFTH, Fraction(1, 10)]),
        ([Fraction(0)], [FIFTH, FIFTH]),
    ],
    ids=["gap", "overlap", "frames beyond the end", "a part too many"],
)
def test_seams_that_do_not_meet_are_found(
    tmp_path: Path, offsets: list[Fraction], durations: list[Fraction]
) -> None:
    with pytest.raises(RenderFailed):
        joined(tmp_path, offsets, durations)
    assert not (tmp_path / "a.mp4").exists()


def test_segments_of_different_encoders_are_found(tmp_path: Path) -> None:
    for name, width in (("0", 64), ("1", 80)):
        settings = settings_for(VideoInfo(width, 48), VIDEO_CODECS[0])
        with VideoSegmentWriter(tmp_path / name, settings) as writer:
            writer.write(av.VideoFrame.from_ndarray(bar(0, width), "rgb24"), Fraction(0), Fraction(1, 25))
    parts = [tmp_path / "0", tmp_path / "1"]
    film = FilmTrack(parts, [Fraction(0), Fraction(1, 25)], [Fraction(1, 25)] * 2)
    with pytest.raises(RenderFailed, match="encoded differently"):
        mux([film], tmp_path / "a.mp4", MP4)


def test_an_output_is_never_an_input(tmp_path: Path, film: Path) -> None:
    before = film.read_bytes()
    link = tmp_path / "link.mp4"
    link.symlink_to(film)
    write_video(tmp_path / "v", cfr_timing(5, Fraction(25)), rate=Fraction(25))
    with pytest.raises(OutputIsInput, match="originals are never overwritten"):
        mux([FilmTrack([tmp_path / "v"], [Fraction(0)], [FIFTH])], link, MP4, inputs=[film])
    assert film.read_bytes() == before


def test_a_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(NotWritable, match="folder gone does not exist"):
        joined(tmp_path, [Fraction(0), FIFTH], [FIFTH, FIFTH], "gone/a.mp4")
