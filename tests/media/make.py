"""Small media made in code: moving bars, a sound with one loud sample, the ways a file can be broken."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from dreamreel.media.codecs import VIDEO_CODECS, VideoCodec
from dreamreel.media.colour import HD
from dreamreel.media.encode import VideoSegmentWriter, encode_audio, settings_for
from dreamreel.media.formats import audio_codec, output_format, video_codec
from dreamreel.media.info import AudioInfo, Colour, VideoInfo
from dreamreel.media.mux import FilmTrack, SoundTrack, mux

WIDTH, HEIGHT = 64, 48
SAMPLE_RATE = 48_000
CLICK = 10_000
"""The loud sample of `click_track`."""

Timing = list[tuple[Fraction, Fraction]]


def bar(number: int, width: int = WIDTH, height: int = HEIGHT) -> NDArray[np.uint8]:
    """A black picture with a white bar whose place tells `number` (0 to 15, then again)."""
    picture = np.zeros((height, width, 3), np.uint8)
    left = number % 16 * (width // 16)
    picture[:, left : left + width // 16] = 255
    return picture


def number_of(frame: av.VideoFrame) -> int:
    """Which `bar` a decoded frame shows."""
    columns = frame.to_ndarray(format="gray").mean(axis=0)
    return int(columns.argmax()) // (frame.width // 16)


def vfr_timing(count: int = 24) -> Timing:
    """Times and durations of frames that last 33, 100, 50 and 23 ms in turn."""
    lengths = [Fraction(n, 30_000) for n in (1001, 3003, 1500, 700)]
    timing: Timing = []
    at = Fraction(0)
    for number in range(count):
        timing.append((at, lengths[number % 4]))
        at += lengths[number % 4]
    return timing


def cfr_timing(count: int, rate: Fraction) -> Timing:
    return [(number / rate, 1 / rate) for number in range(count)]


def click_track(seconds: int = 2, at: int = CLICK) -> NDArray[np.float32]:
    """Stereo silence with one loud sample, then a quiet tone that codecs need to keep going."""
    total = seconds * SAMPLE_RATE
    time = np.arange(total)
    sound = np.where(time > at + 8000, 0.1 * np.sin(time * (2 * np.pi * 440 / SAMPLE_RATE)), 0)
    sound[at] = 0.9
    return np.stack([sound, sound]).astype(np.float32)


def loudest(samples: NDArray[np.float32]) -> int:
    return int(np.abs(samples[0, : CLICK + 7000]).argmax())


def write_video(
    path: Path, timing: Sequence[tuple[Fraction, Fraction]], *, rate: Fraction | None = None, codec: str = "h264",
    sar: Fraction = Fraction(1), colour: Colour = HD, preset: str | None = "ultrafast", start: int = 0,
    reorders: bool = True,
) -> None:  # fmt: skip
    """An intermediate file of bars, numbered from `start`."""
    row = next(row for row in VIDEO_CODECS if row.key == codec)
    width, height = size_of(row)
    info = VideoInfo(width, height, rate=rate, sar=sar, colour=colour)
    settings = settings_for(info, row, preset=preset if codec in ("h264", "h265") else None, threads=1,
                            reorders=reorders)  # fmt: skip
    with VideoSegmentWriter(path, settings) as writer:
        for number, (time, duration) in enumerate(timing, start):
            writer.write(av.VideoFrame.from_ndarray(bar(number, width, height), "rgb24"), time, duration)


def size_of(row: VideoCodec) -> tuple[int, int]:
    """The smallest usual picture the codec takes."""
    if row.sizes:
        return min(row.sizes, key=lambda size: (size[0] < WIDTH, size))
    return max(WIDTH, row.smallest[0]), max(HEIGHT, row.smallest[1])


def write_film(
    path: Path, timing: Timing, *, rate: Fraction | None = None, video: str | None = None, audio: str | None = None,
    sound: NDArray[np.float32] | None = None, pieces: int = 1, recipe: str | None = None,
    tags: dict[str, str] | None = None, sar: Fraction = Fraction(1), colour: Colour = HD,
) -> None:  # fmt: skip
    """A finished file at `path` in the format of its suffix, from `pieces` segments and an optional sound."""
    container = output_format(path)
    work = path.parent
    parts: list[Path] = []
    size = len(timing) // pieces
    groups = [timing[i * size : (i + 1) * size] for i in range(pieces)] if timing else []
    codec = video_codec(video, container).key if groups else ""
    for index, group in enumerate(groups):
        part = work / f"{path.name}.{index}.segment"
        zero = group[0][0]
        write_video(part, [(t - zero, d) for t, d in group], rate=rate, codec=codec, sar=sar, colour=colour,
                    start=index * size, reorders=container.reorders)  # fmt: skip
        parts.append(part)
    track = None
    if sound is not None:
        track = work / f"{path.name}.sound"
        row = audio_codec(audio, container)
        rate = row.rate_for(SAMPLE_RATE)
        info = AudioInfo(rate, "mono", 1) if row.layouts == ("mono",) else AudioInfo(rate, "stereo", 2)
        encode_audio(track, [sound[: info.channels, :: SAMPLE_RATE // rate]], info, row)
    lengths = [sum((d for _, d in group), Fraction(0)) for group in groups]
    film = [FilmTrack(parts, [group[0][0] for group in groups], lengths, colour)] if parts else []
    mux([*film, *([SoundTrack(track)] if track else [])], path, container, recipe=recipe, tags=tags)
    for part in [*parts, *([track] if track else [])]:
        part.unlink()


def packed(path: Path, muxer: str, frames: Iterable[tuple[int, int]], base: Fraction,
           change: Callable[[av.VideoStream], None] | None = None) -> None:  # fmt: skip
    """A file made with the bare library: (pts, duration) in `base`, to test readers on what others write."""
    with av.open(str(path), "w", format=muxer) as target:
        stream = target.add_stream("libx264", rate=25, options={"preset": "ultrafast", "bf": "0"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.time_base = stream.codec_context.time_base = base
        if change:
            change(stream)
        for number, (pts, duration) in enumerate(frames):
            frame = av.VideoFrame.from_ndarray(bar(number), "rgb24")
            frame.pts, frame.duration, frame.time_base = pts, duration, base
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
