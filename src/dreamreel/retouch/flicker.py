"""Flicker taken out: the light of each frame, as a whole and in large parts, brought to where it is going anyway.

    small pictures of a frame and its neighbours ─► those of the same shot ─► how much brighter each is, cell by cell
    (the median over pixels, so that what moves does not count) ─► a line through time ─► what a frame is off it

A line leaves fades as they are; neighbours beyond a cut are not asked.

Source: P. van Roosmalen, R. Lagendijk, J. Biemond, "Correction of intensity flicker in old film sequences", IEEE Trans.
Circuits and Systems for Video Technology 9, 1999 (gains of large blocks, smoothed over place), with medians and a line
in place of its recursion.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from dreamreel.media.planes import planes
from dreamreel.retouch.samples import Floats, Levels, levels, made

if TYPE_CHECKING:
    from fractions import Fraction

    import av

__all__ = ["REACH", "Deflickerer", "gains"]

REACH = 7
"""Neighbours on each side."""
_SIZE = (64, 48)
"""Pixels of the small pictures."""
_CELLS = (4, 3)
"""Large parts whose light is corrected by itself."""
_SAME_SHOT = 0.75
"""Correlation of two small pictures from which they show the same."""
_SAME_LIGHT = 10.0
"""8-bit steps between them, once equally bright, up to which they do as well: dull pictures correlate badly."""
_DARK = 6.0
"""8-bit steps over black under which light cannot be compared."""
_MOST = 0.4
"""Logarithm of the greatest change of light."""
_LOCAL = 0.12
"""The same of a part beside the whole: more is something that moves."""
_LEAST = 0.002
"""Changes of light that nobody sees."""
_STEADY, _UNSTEADY = 0.006, 0.015
"""Second differences of light, in the middle, where there is no flicker, and where there surely is some."""


class Deflickerer:
    """Evens out the light of frames. It belongs to one thread at a time."""

    def __init__(self, strength: float) -> None:
        """`strength` is 0 to 1: how much of the flicker goes."""
        self._strength = strength
        self._seen: dict[int, tuple[av.VideoFrame, Floats]] = {}

    def __call__(self, window: Sequence[av.VideoFrame], at: int, time: Fraction) -> av.VideoFrame:
        """`window[at]` in an even light."""
        del time
        frame = window[at]
        scale = levels(frame)
        small = self._smalls(window, scale)
        field = gains(small, at) * self._strength
        if np.abs(field).max() < _LEAST:
            return frame
        result: list[Floats] = []
        for number, plane in enumerate(planes(frame)[:3]):
            size = (plane.shape[1], plane.shape[0])
            gain = np.exp(cv2.resize(field, size, interpolation=cv2.INTER_CUBIC))
            zero = np.float32(128.0 if number else scale.black)
            result.append(np.asarray((scale.floats(plane) - zero) * gain + zero, np.float32))
        return made(frame, [scale.stored(plane) for plane in result])

    def _smalls(self, window: Sequence[av.VideoFrame], scale: Levels) -> list[Floats]:
        """The window in small, over black. What was made small is kept as long as the frame is in the window."""
        kept: dict[int, tuple[av.VideoFrame, Floats]] = {}
        for frame in window:
            known = self._seen.get(id(frame))
            kept[id(frame)] = known if known is not None else (frame, _small(frame, scale))
        self._seen = kept
        return [kept[id(frame)][1] for frame in window]


def _small(frame: av.VideoFrame, scale: Levels) -> Floats:
    luma = cv2.resize(planes(frame)[0], _SIZE, interpolation=cv2.INTER_AREA)
    return np.asarray(luma, np.float32) / np.float32(scale.unit) - np.float32(scale.black)


def gains(small: Sequence[Floats], at: int) -> Floats:
    """The logarithm of what each cell of `small[at]` must be multiplied by; (rows, columns)."""
    shot = _shot(small, at)
    now = small[at]
    whole = _offset([_steps(now, small[n]) for n in shot], [n - at for n in shot])
    field = np.full((_CELLS[1], _CELLS[0]), np.clip(whole, -_MOST, _MOST), np.float32)
    rows, columns = _SIZE[1] // _CELLS[1], _SIZE[0] // _CELLS[0]
    for row in range(_CELLS[1]):
        for column in range(_CELLS[0]):
            part = np.s_[row * rows : (row + 1) * rows, column * columns : (column + 1) * columns]
            own = _offset([_steps(now[part], small[n][part]) for n in shot], [n - at for n in shot])
            field[row, column] += (
                np.clip(own - field[row, column], -_LOCAL, _LOCAL) if np.isfinite(own) else 0
            )
    return field


def _shot(small: Sequence[Floats], at: int) -> list[int]:
    """The frames around `at` that show the same scene, up to the first on each side that does not."""
    found = [at]
    for step in (-1, 1):
        n = at + step
        while 0 <= n < len(small) and _alike(small[n - step], small[n]):
            found.append(n)
            n += step
    return sorted(found)


def _alike(one: Floats, other: Floats) -> bool:
    """True when two small pictures show the same, in whatever light."""
    spread = float(one.std() * other.std())
    if spread < 1 or float(((one - one.mean()) * (other - other.mean())).mean()) / spread > _SAME_SHOT:
        return True
    lit = other * np.float32(np.median(one) / max(float(np.median(other)), 1.0))
    return float(np.abs(lit - one).mean()) < _SAME_LIGHT


def _steps(now: Floats, other: Floats) -> float:
    """The logarithm of how much brighter another frame is; not a number where both are dark."""
    bright = (now > _DARK) & (other > _DARK) & (now < 215) & (other < 215)
    if bright.sum() < 0.1 * bright.size:
        return float("nan")
    return float(np.median(np.log(other[bright] / now[bright])))


def _offset(steps: list[float], places: list[int]) -> float:
    """Where a line through the steps of light passes the frame at 0: what is to be added to it. Outliers count less."""
    y, x = np.array(steps), np.array(places, np.float64)
    there = np.isfinite(y)
    if there.sum() < 3:
        return 0.0
    y, x = y[there], x[there]
    weight: NDArray[np.float64] = np.ones_like(x)
    offset = 0.0
    for _ in range(3):
        slope, offset = np.polyfit(x, y, 1, w=weight)
        off = np.abs(y - (slope * x + offset))
        scale = max(1.4826 * float(np.median(off)), 1e-3)
        weight = 1 / np.maximum(off / (1.5 * scale), 1)
    usual = float(np.median(np.abs(np.diff(y, 2))))
    return float(offset) * min(max((usual - _STEADY) / (_UNSTEADY - _STEADY), 0.0), 1.0)
