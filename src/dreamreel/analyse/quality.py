"""How close a picture is to the one it was made from: PSNR, SSIM, XPSNR, VMAF where it is built in, and one number.

    reference ─┐
               ├─► Meter.add ─► FFmpeg's xpsnr → psnr → ssim in one graph ─► Scores of the frame ─► pooled()
    other ─────┘

PSNR and SSIM are those of luma; XPSNR is that of all three planes. Both frames have the same size and pixel format,
which is the caller's business, as is which frames belong together.

SSIM: Z. Wang, A. C. Bovik, H. R. Sheikh, E. P. Simoncelli, "Image quality assessment: from error visibility to
structural similarity", IEEE TIP 13(4), 2004. XPSNR: C. R. Helmrich, M. Siekmann, S. Becker, S. Bosse, D. Marpe,
T. Wiegand, "XPSNR: a low-complexity extension of the perceptually weighted peak signal-to-noise ratio for
high-resolution video quality assessment", IEEE ICASSP, 2020.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from dreamreel.errors import EncoderMissing, RenderFailed

if TYPE_CHECKING:
    import av
    import av.filter

__all__ = ["IDENTICAL", "SCALE", "Meter", "Pooled", "Scores", "pooled", "score", "xpsnr_for"]

IDENTICAL = 100.0
"""Decibels of two equal frames, whose true value is infinite."""

SCALE: tuple[tuple[float, float], ...] = (
    (24.0, 0.0), (28.0, 25.0), (33.0, 50.0), (37.0, 75.0), (40.0, 90.0), (46.0, 100.0),
)  # fmt: skip
"""XPSNR in decibels and what it is called on the scale of 0 to 100; straight lines between.

90 looks like the original at an ordinary distance, 75 is good, 50 is small and shows it. Measured on camera films of
432 and 480 lines: x264 at crf 18 comes to 38.5–41.7 dB, at 23 to 36.3–39.0, at 28 to 34.2–36.1, at 34 to 31–33."""

_LEAST_PIXELS = 2025
"""Pictures with fewer have no block that XPSNR could weigh by what is in it: FFmpeg's filter would divide by nothing,
and end the process. Of them it is the unweighted PSNR of all planes."""

_CHROMA = (6.0, 1.0, 1.0)
"""Weights of the planes' errors in XPSNR of a frame, as JVET weighs them."""


@dataclass(frozen=True, slots=True)
class Scores:
    """One frame against its reference."""

    psnr: float
    """Decibels of luma, at most 100."""
    ssim: float
    """Of luma, at most 1."""
    xpsnr: float
    """Decibels of all planes, at most 100."""

    @property
    def quality(self) -> float:
        """The one number, 0 to 100."""
        return score(self.xpsnr)


@dataclass(frozen=True, slots=True)
class Pooled:
    """Many frames as a few numbers."""

    mean: float
    harmonic: float
    """Harmonic mean, which bad frames pull down."""
    low: float
    """First percentile: nearly all frames are better."""
    worst: float

    def as_json(self) -> dict[str, float]:
        """Plain values, rounded."""
        return {"mean": round(self.mean, 4), "harmonic_mean": round(self.harmonic, 4),
                "percentile_1": round(self.low, 4), "worst": round(self.worst, 4)}  # fmt: skip


def score(xpsnr: float) -> float:
    """XPSNR in decibels as quality from 0 to 100; see `SCALE`."""
    return _along(xpsnr, SCALE)


def xpsnr_for(quality: float) -> float:
    """The decibels that are called `quality`; the inverse of `score`."""
    return _along(quality, tuple((mark, decibels) for decibels, mark in SCALE))


def _along(x: float, line: Sequence[tuple[float, float]]) -> float:
    if x <= line[0][0]:
        return line[0][1]
    for (x0, y0), (x1, y1) in pairwise(line):
        if x <= x1:
            return y0 + (y1 - y0) * (x - x0) / (x1 - x0)
    return line[-1][1]


def pooled(values: Sequence[float]) -> Pooled:
    """Mean, harmonic mean, first percentile (linear between ranks) and minimum. Raises `ValueError` for none."""
    if not values:
        raise ValueError("no frames to pool")
    ordered = sorted(values)
    place = 0.01 * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    low = ordered[below] + (ordered[above] - ordered[below]) * (place - below)
    # A frame that shares nothing scores 0, and one such frame must not make the whole mean 0.
    harmonic = len(ordered) / sum(1 / max(value, 1e-3) for value in ordered)
    return Pooled(sum(ordered) / len(ordered), harmonic, low, ordered[0])


class Meter:
    """Measures pairs of frames one after another, in order of time. It belongs to one thread at a time.

    XPSNR looks at the reference's motion too, so pairs must be neighbours in time.
    """

    def __init__(self, width: int, height: int, pix_fmt: str, rate: Fraction = Fraction(25)) -> None:
        """For frames of this size and planar YUV or grey format; XPSNR weighs motion by `rate`.

        Raises `EncoderMissing` where FFmpeg lacks the filters, `RenderFailed` for a format they refuse.
        """
        import av.error

        self._failure = av.error.FFmpegError
        self._number = 0
        try:
            self._graph = _graph(width, height, pix_fmt, rate)
        except (self._failure, ValueError) as error:
            raise RenderFailed(
                f"Pictures of {width}×{height} {pix_fmt} cannot be compared: {error}."
            ) from error
        self._base = 1 / rate
        self._primed = False

    def add(self, reference: av.VideoFrame, other: av.VideoFrame) -> Scores:
        """The scores of `other`. The frames' times are overwritten."""
        if not self._primed:
            # xpsnr takes the picture before the first to be black, which would excuse any error in the first; of
            # standing pictures it needs two before (second differences above 32 frames a second).
            self._primed = True
            for _ in range(2):
                self._told(reference, other)
        return _scores(self._told(reference, other))

    def _told(self, reference: av.VideoFrame, other: av.VideoFrame) -> Mapping[str, str]:
        for frame in (reference, other):
            frame.pts, frame.time_base = self._number, self._base
        self._number += 1
        try:
            self._graph.vpush(reference, at=0)
            self._graph.vpush(other, at=1)
            return self._graph.vpull().metadata
        except (self._failure, BlockingIOError) as error:
            raise RenderFailed(f"Two frames cannot be compared: {error}.") from error


def _graph(width: int, height: int, pix_fmt: str, rate: Fraction) -> av.filter.Graph:
    """Reference through xpsnr, psnr and ssim, each of which writes what it found on the reference's frame.

    psnr and ssim are symmetric, so it does not matter that they take the reference for the main picture.
    """
    import av.filter

    if missing := [name for name in ("xpsnr", "psnr", "ssim") if name not in av.filter.filters_available]:
        raise EncoderMissing(
            f"This installation has no {missing[0]} filter; install the PyAV wheel from PyPI."
        )
    graph = av.filter.Graph()
    # Both inputs say the same colour, so that nothing is converted between them; only samples are compared.
    ends = [
        graph.add("buffer", name=name, video_size=f"{width}x{height}", pix_fmt=pix_fmt, time_base=str(1 / rate),
                  pixel_aspect="1", frame_rate=str(rate))
        for name in ("reference", "other")
    ]  # fmt: skip
    names = ("xpsnr", "psnr", "ssim") if width * height >= _LEAST_PIXELS else ("psnr", "ssim")
    split = graph.add("split", outputs=str(len(names)))
    ends[1].link_to(split)
    last = ends[0]
    for number, name in enumerate(names):
        measure = graph.add(name)
        last.link_to(measure, 0, 0)
        split.link_to(measure, number, 1)
        last = measure
    last.link_to(graph.add("buffersink"))
    graph.configure()
    return graph


def _scores(told: Mapping[str, str]) -> Scores:
    filter_ = "xpsnr" if "lavfi.xpsnr.xpsnr.y" in told else "psnr"
    planes = [float(told[name]) for plane in "yuv" if (name := f"lavfi.{filter_}.{filter_}.{plane}") in told]
    weights = _CHROMA[: len(planes)]
    error = sum(weight * 10 ** (-value / 10) for weight, value in zip(weights, planes, strict=True)) / sum(
        weights
    )
    return Scores(
        psnr=min(IDENTICAL, float(told["lavfi.psnr.psnr.y"])),
        ssim=float(told["lavfi.ssim.Y"]),
        xpsnr=min(IDENTICAL, -10 * math.log10(error)) if error > 0 else IDENTICAL,
    )
