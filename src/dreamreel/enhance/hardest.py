"""The seconds of a clip that are hardest to make good: the most noise, detail and motion together. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from dreamreel.time import Span

__all__ = ["LENGTH", "Moment", "hardest"]

LENGTH: Final = Fraction(5)
"""Seconds that are shown before and after."""
_NOISE, _DETAIL, _MOTION = 6.0, 8.0, 6.0
"""What counts as much, in steps, steps for a pixel, and pixels for a frame at 640 pixels of width."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What was seen at one time."""

    time: Fraction
    noise: float
    detail: float
    motion: float

    @property
    def weight(self) -> float:
        """How hard it is, 0 to 3; each of the three counts alike and up to 1."""
        return sum(min(1.0, value / much) for value, much in
                   ((self.noise, _NOISE), (self.detail, _DETAIL), (self.motion, _MOTION)))  # fmt: skip


def hardest(moments: Sequence[Moment], duration: Fraction, length: Fraction = LENGTH) -> Span:
    """The `length` seconds with the largest mean weight, the first of equals; all of a clip that is no longer.

    It begins at one of `moments`, which are in order of time, or so early that it ends with the clip.
    """
    if duration <= length or not moments:
        return Span(Fraction(0), min(duration, length))
    times = [one.time for one in moments]
    best: tuple[float, Span] | None = None
    for first in times:
        start = min(first, duration - length)
        inside = moments[bisect_left(times, start) : bisect_left(times, start + length)]
        mean = sum(one.weight for one in inside) / len(inside) if inside else 0.0
        if best is None or mean > best[0] + 1e-9:
            best = mean, Span(start, start + length)
    assert best is not None
    return best[1]
