"""Frames at exact times, from anywhere in a file."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import pytest
from tests.media.make import bar, cfr_timing, number_of, packed, vfr_timing, write_film

from dreamreel.errors import BadParameter, DamagedMedia
from dreamreel.media.decode import VideoReader
from dreamreel.media.probe import probe
from dreamreel.time import Span

ALL = Span(Fraction(0), Fraction(10_000))
NTSC = Fraction(24000, 1001)


def seen(path: Path, span: Span, rate: Fraction | None = None) -> list[tuple[Fraction, int]]:
    with VideoReader(path, rate=rate) as reader:
        return [(time, number_of(frame)) for time, frame in reader.frames(span)]


def test_all_frames_in_order(film: Path) -> None:
    assert seen(film, ALL) == [(Fraction(n, 24), n % 16) for n in range(48)]


@pytest.mark.parametrize("number", [0, 1, 7, 23, 24, 40, 47])
def test_a_span_on_the_frame_grid(film: Path, number: int) -> None:
    at = Fraction(number, 24)
    assert seen(film, Span(at, at + Fraction(1, 24))) == [(at, number % 16)]


def test_a_span_between_frames_begins_with_the_one_on_show(film: Path) -> None:
    span = Span(Fraction(101, 240), Fraction(121, 240))
    assert [time for time, _ in seen(film, span)] == [Fraction(10, 24), Fraction(11, 24), Fraction(12, 24)]


def test_an_instant_is_one_frame(film: Path) -> None:
    assert seen(film, Span(Fraction(1), Fraction(1))) == [(Fraction(1), 24 % 16)]


def test_beyond_the_end_the_last_frame_is_on_show(film: Path) -> None:
    assert seen(film, Span(Fraction(30), Fraction(31))) == [(Fraction(47, 24), 47 % 16)]


def test_one_reader_goes_back_and_forth(film: Path) -> None:
    with VideoReader(film) as reader:
        for number in (40, 3, 47, 0, 25):
            at = Fraction(number, 24)
            time, frame = next(iter(reader.frames(Span(at, at + Fraction(1, 24)))))
            assert (time, number_of(frame)) == (at, number % 16)


def test_reordered_frames_are_exact_everywhere(tmp_path: Path) -> None:
    # A medium preset gives B-pyramids; 100 frames at 25 fps give two groups of pictures.
    path = tmp_path / "b.mp4"

    def b_frames(stream: av.VideoStream) -> None:
        stream.options = {"preset": "medium", "bf": "3", "b-pyramid": "normal", "g": "30"}

    packed(path, "mp4", [(n, 1) for n in range(100)], Fraction(1, 25), b_frames)
    for number in (1, 29, 30, 31, 62, 99):
        at = Fraction(number, 25)
        assert seen(path, Span(at, at + Fraction(1, 25))) == [(at, number % 16)]


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".mov", ".webm"])
def test_ntsc_times_are_exact_in_every_container(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    write_film(path, cfr_timing(30, NTSC), rate=NTSC)
    info = probe(path).clip_info()
    assert info.video
    assert info.video.rate == NTSC
    assert seen(path, ALL, info.video.rate) == [(n / NTSC, n % 16) for n in range(30)]
    assert seen(path, Span(17 / NTSC, 18 / NTSC), info.video.rate) == [(17 / NTSC, 1)]


def test_vfr_times_are_the_files_own(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    write_film(path, vfr_timing())
    assert [time for time, _ in seen(path, ALL)] == [time for time, _ in vfr_timing()]


def test_a_picture_that_starts_late_keeps_its_place(tmp_path: Path) -> None:
    path = tmp_path / "a.mkv"
    packed(path, "matroska", [(500 + 40 * n, 40) for n in range(5)], Fraction(1, 1000))
    with VideoReader(path) as reader:
        # Alone in its file it is the earliest track, so its start is the file's.
        assert reader.origin == Fraction(1, 2)
        assert next(iter(reader.frames(ALL)))[0] == 0


def test_repeated_timestamps_are_moved_apart(tmp_path: Path) -> None:
    path = tmp_path / "a.ts"
    packed(path, "mpegts", [(n * 3600, 3600) for n in range(10)], Fraction(1, 90_000))
    times = [time for time, _ in seen(path, ALL)]
    assert times == [Fraction(n, 25) for n in range(10)]
    assert times == sorted(set(times))


def test_colour_rotation_and_format_are_told_not_applied(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    packed(path, "mp4", [(n, 1) for n in range(3)], Fraction(1, 25), lambda s: s.set_display_rotation(90))
    with VideoReader(path) as reader:
        assert reader.rotation.degrees == 90
        frame = next(iter(reader.frames(ALL)))[1]
        assert (frame.width, frame.height, frame.format.name) == (64, 48, "yuv420p")


def test_a_film_cut_off_in_the_middle_gives_what_it_has_then_says_so(tmp_path: Path) -> None:
    whole = tmp_path / "whole.mp4"
    write_film(whole, cfr_timing(100, Fraction(25)), rate=Fraction(25))
    path = tmp_path / "cut.mp4"
    path.write_bytes(whole.read_bytes()[: whole.stat().st_size * 2 // 3])
    times: list[Fraction] = []
    with (
        VideoReader(path) as reader,
        pytest.raises(DamagedMedia, match=r"cut\.mp4 is damaged: .* up to \d\.\d\d s"),
    ):
        times.extend(time for time, _ in reader.frames(ALL))
    assert 20 < len(times) < 100
    with VideoReader(path) as reader:
        early = Span(Fraction(0), Fraction(1, 2))
        assert len(list(reader.frames(early))) == 13


def test_a_matroska_cut_off_in_the_middle(tmp_path: Path) -> None:
    whole = tmp_path / "whole.mkv"
    write_film(whole, cfr_timing(100, Fraction(25)), rate=Fraction(25))
    path = tmp_path / "cut.mkv"
    path.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    with VideoReader(path) as reader, pytest.raises(DamagedMedia):
        list(reader.frames(Span(Fraction(0), Fraction(4))))
    assert any("cut short" in note for note in probe(path).notes)


def test_an_unknown_track(film: Path) -> None:
    with pytest.raises(BadParameter, match="no picture track number 3"):
        VideoReader(film, 3)


def test_real_clips_without_a_duration(media_dir: Path) -> None:
    for clip in sorted((media_dir / "clips").glob("asl-*.mkv"))[:2]:
        info = probe(clip)
        assert info.main_video
        frames = seen(clip, ALL, info.main_video.rate)
        assert len(frames) == info.main_video.frames
        assert frames[-1][0] + Fraction(1, 30) == info.duration


def reordered(path: Path, encoder: str, options: dict[str, str], muxer: str | None = None) -> Path:
    """60 bars at 25 fps, packed with the bare library, which lets pictures be reordered even in AVI."""
    with av.open(str(path), "w", format=muxer) as target:
        stream = target.add_stream(encoder, rate=25, options={"g": "12", "threads": "1", **options})
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for number in range(60):
            frame = av.VideoFrame.from_ndarray(bar(number), "rgb24")
            frame.pts, frame.time_base = number, Fraction(1, 25)
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
    return path


@pytest.mark.parametrize(
    ("encoder", "options"),
    [
        ("libx264", {"bf": "0"}),
        ("libx264", {"bf": "3", "b-pyramid": "normal"}),
        ("libx264", {"bf": "2", "x264-params": "open-gop=1"}),
        ("mpeg2video", {"bf": "0"}),
        ("mpeg2video", {"bf": "2"}),
        ("mpeg4", {"bf": "0"}),
        ("mpeg4", {"bf": "2"}),
    ],
)
@pytest.mark.parametrize("threads", [1, 4])
def test_pictures_in_avi_are_counted(
    tmp_path: Path, encoder: str, options: dict[str, str], threads: int
) -> None:
    path = reordered(tmp_path / "a.avi", encoder, options)
    with VideoReader(path, rate=Fraction(25), threads=threads) as reader:
        for first in (0, 31, 13, 58):
            found = [
                (time, number_of(frame)) for time, frame in reader.frames(Span(Fraction(first, 25), ALL.end))
            ]
            assert found == [(Fraction(n, 25), n % 16) for n in range(first, 60)], first


@pytest.mark.parametrize("options", [{"bf": "0"}, {"bf": "2"}])
def test_times_in_program_streams_hold_from_anywhere(tmp_path: Path, options: dict[str, str]) -> None:
    path = reordered(tmp_path / "a.mpg", "mpeg2video", options, "vob")
    with VideoReader(path) as reader:
        for first in (40, 0, 25, 12, 59):
            at = Fraction(first, 25)
            found = [
                (time, number_of(frame)) for time, frame in reader.frames(Span(at, at + Fraction(2, 25)))
            ]
            assert found == [(Fraction(n, 25), n % 16) for n in range(first, min(first + 2, 60))], first
