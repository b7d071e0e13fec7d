"""What a quality of 0 to 100 means to each encoder before the film has been looked at. Pure.

Measured on camera films of 432 and 480 lines; films of much noise or none are up to six steps away, which is why
`render.quality` looks.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from dreamreel.analyse.quality import xpsnr_for
from dreamreel.media.codecs import VideoCodec

__all__ = ["guess", "halving", "quality_of", "steps_per_point"]

_GUESS: Mapping[str, tuple[float, float, float]] = MappingProxyType({
    "h264": (22.0, 37.3, 1.8), "h265": (23.0, 37.5, 2.4), "av1": (36.0, 37.7, 6.5), "vp9": (31.0, 37.5, 5.0),
    "vp8": (20.0, 38.0, 4.5),
})  # fmt: skip
"""A crf, the XPSNR it gave in decibels, and steps of crf for each decibel less."""
_USUAL = 40.0
"""Decibels that the default crf of other codecs is taken to give."""
_REACH = 28
"""Decibels from one end of their scale to the other."""
_HALVING: Mapping[str, float] = MappingProxyType({"av1": 12.0, "vp9": 11.0, "vp8": 10.0})
_BITS = ((0.012, 50.0), (0.03, 65.0), (0.08, 80.0), (0.16, 90.0))


def guess(row: VideoCodec, quality: float) -> int:
    """The crf to begin with; what plans show until the film has been looked at."""
    low, high = row.crf_range
    crf, decibels, slope = _line(row)
    return min(high, max(low, round(crf + (decibels - xpsnr_for(quality)) * slope)))


def steps_per_point(row: VideoCodec) -> float:
    """How many steps of crf a point of quality is worth, about: from 90 to 50 it is 7 dB."""
    return _line(row)[2] * 7 / 40


def halving(row: VideoCodec) -> float:
    """Steps of crf that halve a file, about."""
    return _HALVING.get(row.key, 6.0)


def quality_of(bits: float) -> float:
    """The quality that so many bits per pixel give, very roughly: what a first look is made at."""
    return next((quality for most, quality in _BITS if bits < most), 95.0)


def _line(row: VideoCodec) -> tuple[float, float, float]:
    low, high = row.crf_range
    return _GUESS.get(row.key, (float(row.crf or low), _USUAL, (high - low) / _REACH))
