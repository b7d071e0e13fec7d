"""The corrections of shots put on frames, in their own planes.

    Y, U, V ─► gains of R'G'B' as one matrix ─► luma through a table ─► colour scaled by as much as luma was

A gain of light is a gain of R'G'B' as well, because they are powers of light; so all is done without leaving YUV, and a
grade that does nothing changes nothing.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from dreamreel.media.colour import complete, frame_colour, luma
from dreamreel.media.grade import Grade
from dreamreel.media.planes import Samples, planes
from dreamreel.retouch.samples import Floats, Levels, levels, made

if TYPE_CHECKING:
    import av

    from dreamreel.media.info import Colour

__all__ = ["Grader"]

_COLOUR_FOLLOWS = 0.8
"""Power of luma's change that colour is scaled by: a little less, so that lifted shadows are not gaudy."""


class Grader:
    """Corrects frames, each by the grade of its shot."""

    def __init__(self, starts: Sequence[Fraction], grades: Sequence[Grade]) -> None:
        """`starts` are the times from which `grades` hold, growing; the first holds before as well."""
        self._starts, self._grades = list(starts), list(grades)
        self._tables: dict[tuple[Grade, int, bool], tuple[Samples, Floats]] = {}

    def __call__(self, window: Sequence[av.VideoFrame], at: int, time: Fraction) -> av.VideoFrame:
        """`window[at]` corrected."""
        frame = window[at]
        grade = self._grades[max(0, bisect_right(self._starts, time) - 1)] if self._grades else Grade()
        if grade.neutral:
            return frame
        scale = levels(frame)
        stored = list(planes(frame)[:3])
        if max(abs(gain - 1) for gain in (grade.red, grade.green, grade.blue)) > 0.002:
            colour = complete(frame_colour(frame), frame.format.name, frame.height)
            stored = _balanced(stored, _matrix(grade, colour, scale), scale)
        if grade.low or grade.high != 1 or grade.lift:
            stored = self._curved(stored, grade, scale)
        return made(frame, stored)

    def _curved(self, stored: list[Samples], grade: Grade, scale: Levels) -> list[Samples]:
        key = (grade, scale.bits, scale.full)
        if key not in self._tables:
            if len(self._tables) > 8:
                self._tables.clear()
            self._tables[key] = _table(grade, scale)
        curve, ratio = self._tables[key]
        size = (stored[1].shape[1], stored[1].shape[0])
        whole = stored[0].shape == stored[1].shape
        under = stored[0] if whole else cv2.resize(stored[0], size, interpolation=cv2.INTER_AREA)
        factor = ratio[np.asarray(under, np.intp)]
        middle = np.float32(128)
        colours = [scale.stored((scale.floats(plane) - middle) * factor + middle) for plane in stored[1:]]
        return [curve[stored[0]], *colours]


def _matrix(grade: Grade, colour: Colour, scale: Levels) -> NDArray[np.float64]:
    """Gains of R'G'B' as a matrix on (Y − black, U − 128, V − 128)."""
    red, green, blue = luma(colour)
    span = 1.0 if scale.full else 219 / 224
    to_yuv = np.array([
        [red, green, blue],
        [-red / (2 - 2 * blue), -green / (2 - 2 * blue), 0.5],
        [0.5, -green / (2 - 2 * red), -blue / (2 - 2 * red)],
    ])  # fmt: skip
    if not scale.full:
        to_yuv[1:] /= span
    gains = np.diag([grade.red, grade.green, grade.blue])
    return to_yuv @ gains @ np.linalg.inv(to_yuv)


def _balanced(stored: list[Samples], matrix: NDArray[np.float64], scale: Levels) -> list[Samples]:
    y, u, v = (
        np.asarray(scale.floats(plane) - np.float32(zero), np.float32)
        for plane, zero in zip(stored, (scale.black, 128, 128), strict=True)
    )
    m = matrix.astype(np.float32)
    height, width = u.shape
    under = y if y.shape == u.shape else cv2.resize(y, (width, height), interpolation=cv2.INTER_AREA)
    tint: Floats = np.asarray(m[0, 1] * u + m[0, 2] * v, np.float32)
    if y.shape != u.shape:
        wide = cv2.resize(tint, (y.shape[1], y.shape[0]), interpolation=cv2.INTER_LINEAR)
        tint = np.asarray(wide, np.float32)
    return [
        scale.stored(np.asarray(m[0, 0] * y + tint + np.float32(scale.black), np.float32)),
        scale.stored(np.asarray(m[1, 0] * under + m[1, 1] * u + m[1, 2] * v + np.float32(128), np.float32)),
        scale.stored(np.asarray(m[2, 0] * under + m[2, 1] * u + m[2, 2] * v + np.float32(128), np.float32)),
    ]


def _table(grade: Grade, scale: Levels) -> tuple[Samples, Floats]:
    """For each stored luma: what becomes of it, and what colour beside it is multiplied by."""
    code = np.arange(scale.top + 1) / scale.unit
    level = (code - scale.black) / (scale.white - scale.black)
    stretched = np.clip((level - grade.low) / (grade.high - grade.low), 0, None)
    # Above white the curve goes on straight, so that headroom keeps its steps.
    inside = np.minimum(stretched, 1)
    bent = (1 + grade.lift) * inside / (1 + grade.lift * inside) + (stretched - inside) / (1 + grade.lift)
    ratio = np.ones_like(bent)
    dark = 0.02
    np.divide(bent, level, out=ratio, where=level > dark)
    ratio[level <= dark] = ratio[np.searchsorted(level, dark, side="right")]
    curve = scale.stored((bent * (scale.white - scale.black) + scale.black).astype(np.float32))
    follow = np.clip(ratio, 0.2, 4.0) ** _COLOUR_FOLLOWS
    return curve.reshape(-1), follow.astype(np.float32)
