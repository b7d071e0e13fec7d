"""The best picture within so many bytes: the highest quality that fits, and a smaller picture when none does."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

__all__ = ["Found", "within"]

_LOWEST: Final = 25
"""Below this quality a smaller picture looks better."""
_SHRUNK: Final = 60
"""Quality of pictures that had to be made smaller."""
_TRIES: Final = 20
_NEAR: Final = 0.97
"""A file of this share of the target is near enough."""


@dataclass(frozen=True, slots=True)
class Found:
    """What fits."""

    data: bytes
    quality: int
    scale: float
    """Of both sides."""


def within(encode: Callable[[int, float], bytes], target: int, best: int, *, lossy: bool) -> Found | None:
    """The file that `encode(quality, scale)` makes of the highest quality, at most `best`, and then of the largest
    scale, that is no larger than `target` bytes; None when even a few pixels are too many.
    """
    data = encode(best, 1.0)
    if len(data) <= target:
        return Found(data, best, 1.0)
    if lossy and best > _LOWEST:
        lowest = encode(_LOWEST, 1.0)
        if len(lowest) <= target:
            return _quality(encode, target, Found(lowest, _LOWEST, 1.0), (best, len(data)))
    return _scale(encode, target, min(best, _SHRUNK))


def _quality(encode: Callable[[int, float], bytes], target: int, fits: Found, over: tuple[int, int]) -> Found:
    """Between a quality that fits and one that does not: the logarithm of the size is nearly a straight line."""
    high, large = over
    for turn in range(_TRIES):
        if high - fits.quality <= 1 or len(fits.data) >= target * _NEAR:
            break
        share = math.log(target / len(fits.data)) / math.log(large / len(fits.data))
        # Every third guess halves the range, so that a bent curve cannot make it crawl.
        guess = (
            (fits.quality + high) // 2 if turn % 3 == 2 else int(fits.quality + share * (high - fits.quality))
        )
        guess = min(max(guess, fits.quality + 1), high - 1)
        data = encode(guess, 1.0)
        if len(data) <= target:
            fits = Found(data, guess, 1.0)
        else:
            high, large = guess, len(data)
    return fits


def _scale(encode: Callable[[int, float], bytes], target: int, quality: int) -> Found | None:
    scale = 1.0
    data = encode(quality, scale)
    for _ in range(_TRIES):
        if len(data) <= target:
            return Found(data, quality, scale)
        scale *= min(0.9, math.sqrt(target / len(data)) * 0.98)
        if scale < 0.002:
            break
        data = encode(quality, scale)
    return None
