"""Films that say what they are: every frame carries its number as a barcode in luma, every sample its index."""

from __future__ import annotations

import wave
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from dreamreel.render import tree
from dreamreel.render.frames import Room, frames
from dreamreel.time import Span

BITS = 12
WIDTH, HEIGHT = 16 * BITS, 64


def barcode(number: int, width: int = WIDTH, height: int = HEIGHT) -> av.VideoFrame:
    """A yuv420p frame with `number` in twelve bars."""
    bars = np.array([200 if number >> bit & 1 else 40 for bit in range(BITS)], np.uint8)
    planes = np.full((height * 3 // 2, width), 128, np.uint8)
    planes[:height] = np.repeat(bars, width // BITS)[None, :]
    return av.VideoFrame.from_ndarray(planes, "yuv420p")


def number(frame: av.VideoFrame) -> int:
    """The number on a frame, at any size."""
    luma = frame.to_ndarray(format="gray")
    centres = ((np.arange(BITS) + 0.5) * frame.width / BITS).astype(int)
    row = luma[frame.height * 3 // 8 : frame.height * 5 // 8].mean(axis=0)
    return sum(1 << bit for bit, x in enumerate(centres) if row[x - 1 : x + 2].mean() > 120)


def film(
    path: Path, count: int = 50, rate: Fraction = Fraction(25), stamps: Sequence[int] | None = None,
    base: Fraction | None = None, size: tuple[int, int] = (WIDTH, HEIGHT), options: dict[str, str] | None = None,
    tags: dict[str, str] | None = None, sar: Fraction = Fraction(1),
) -> Path:  # fmt: skip
    """An H.264 film of `count` numbered frames; `stamps` in units of `base` give it a variable rate."""
    base = base or 1 / rate
    with av.open(str(path), "w", options={"video_track_timescale": str(base.denominator)}) as out:
        out.metadata.update(tags or {})
        stream = out.add_stream(
            "libx264", rate=rate, options={"crf": "12", "preset": "ultrafast", "g": "12", **(options or {})}
        )
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        stream.codec_context.time_base = stream.time_base = base
        context = stream.codec_context
        context.colorspace = context.color_primaries = context.color_trc = context.color_range = 1
        context.sample_aspect_ratio = sar
        for n in range(count):
            frame = barcode(n, *size)
            frame.pts, frame.time_base = stamps[n] if stamps else n, base
            frame.colorspace, frame.color_range = 1, 1
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path


def ramp(path: Path, samples: int = 32_000, rate: int = 8_000) -> Path:
    """A mono WAV whose sample k is k - 16384: every sample says where it comes from."""
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes((np.arange(samples) % 32_768 - 16_384).astype("<i2").tobytes())
    return path


def read(path: Path) -> list[tuple[Fraction, int]]:
    """Time and number of every frame of a file."""
    with av.open(str(path)) as source:
        return [(frame.pts * frame.time_base, number(frame)) for frame in source.decode(video=0)]


def heard(path: Path) -> NDArray[np.float32]:
    """All samples of a file."""
    with av.open(str(path)) as source:
        resampler = av.AudioResampler(format="fltp")
        blocks = [made.to_ndarray() for frame in source.decode(audio=0) for made in resampler.resample(frame)]
    return np.concatenate(blocks, axis=1)


def shown(picture: tree.Picture, start: Fraction, end: Fraction) -> list[tuple[Fraction, int]]:
    """Time and number of every frame of a tree."""
    return [(time, number(frame)) for time, frame in frames(picture, Span(start, end), Room())]
