"""How large the result is, and in which steps it gets there: pure arithmetic.

A size by name is a class of screens: within 1920×1080 for 1080p, whatever the shape, so that a wide film becomes as
wide as the screen and an upright one as high.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from dreamreel.enhance.asked import goal_of
from dreamreel.time import nearest

__all__ = ["Aim", "aim", "size_class"]

Size = tuple[int, int]

_GOOD = 900
"""Lines from which a film is large enough to be only cleaned."""
_SMALL = 640
"""Lines below which a film is brought to 1080p; between the two it is doubled."""
_USUAL, _USUAL_TIMES = 1080, 4
_WIDEST = 3840
"""Nothing becomes wider than this unless asked for."""
_PHOTO = 4_000_000
"""Pixels up to which a photo is doubled."""
_WIDE = Fraction(16, 9)


@dataclass(frozen=True, slots=True)
class Aim:
    """A size to reach."""

    width: int
    height: int
    times: Fraction
    """How many times larger than displayed, along a side."""


def size_class(display: Size) -> int:
    """Lines of the smallest 16:9 screen, upright or not, that shows the whole picture: 1080 for 1920×800."""
    long, short = max(display), min(display)
    return max(short, -(-long * 9 // 16))


def aim(display: Size, to: str, *, still: bool = False) -> Aim:
    """The size for a picture of `display` square pixels when `to` is asked for; sides are even, of stills they need
    not be. Raises `BadSize`.
    """
    goal = goal_of(to)
    width, height = display
    if goal.box is not None:
        times = min(Fraction(goal.box[0], width), Fraction(goal.box[1], height))
    elif goal.times is not None:
        times = Fraction(goal.times)
    elif goal.short_side is not None:
        times = _to_class(display, goal.short_side)
    else:
        times = _usual_photo(display) if still else _usual(display)
    return _sized(display, times, 1 if still else 2)


def _to_class(display: Size, short: int) -> Fraction:
    return min(Fraction(short, min(display)), short * _WIDE / max(display))


def _usual(display: Size) -> Fraction:
    lines = size_class(display)
    if lines >= _GOOD:
        return Fraction(1)
    wanted = _to_class(display, _USUAL) if lines < _SMALL else Fraction(2)
    return max(Fraction(1), min(wanted, Fraction(_USUAL_TIMES), Fraction(_WIDEST, max(display))))


def _usual_photo(display: Size) -> Fraction:
    return Fraction(2 if display[0] * display[1] <= _PHOTO else 1)


def _sized(display: Size, times: Fraction, step: int) -> Aim:
    width, height = (max(step, nearest(side * times / step) * step) for side in display)
    return Aim(width, height, times)
