"""Scratches of old film: thin vertical lines from top to bottom that stay where they are while the picture moves.

    each frame: what is thinner than a few pixels across ─► its mean down each of several strips ─► ridges
    ─► ridges of one sign that go on through nearly all strips, in nearly all frames ─► scratches
    ─► taken off: what stands out there along the line, so that the picture under it stays

Source: A. Kokaram, "Motion Picture Restoration", 1998, ch. 9 (lines as persistent ridges of a sum down the picture).
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

__all__ = ["Scratcher", "ridges"]

_STRIPS = 8
_NEEDED = 7
"""Strips a scratch goes through at least."""
_STRICT, _EAGER = 14.0, 3.0
"""8-bit steps that a scratch stands out by, at a strength of 0 and of 1."""
_HIDDEN = 4.0
"""Room beside black or white, in limits, under which a line may be hidden."""
_BUSY = 0.6
"""Spread of thin things in a strip, in limits, over which it is too busy for a line to be seen."""
_WEAVE = 2
"""Pixels a scratch may wander from strip to strip, and from frame to frame."""
_AROUND = 31
"""Pixels to both sides that a ridge is compared with."""
_MOST = 24
"""Scratches in a frame; more are texture."""
_ALONG = 25
"""Rows over which a scratch is taken to be as strong."""


class Scratcher:
    """Takes vertical lines off frames."""

    def __init__(self, strength: float) -> None:
        """`strength` is 0 to 1: how faint the lines are that go."""
        self._limit = _STRICT + (_EAGER - _STRICT) * strength

    def __call__(self, window: Sequence[av.VideoFrame], at: int, time: Fraction) -> av.VideoFrame:
        """`window[at]` without lines."""
        del time
        frame = window[at]
        scale = levels(frame)
        reach = max(2, round(frame.height / 270))
        if frame.width < 4 * _AROUND or frame.height < 4 * _STRIPS:
            return frame
        luma = scale.floats(planes(frame)[0])
        bright, dark = (_thin(luma, reach, sign) for sign in (1, -1))
        own = [self._lines(luma, thin, sign, scale) for thin, sign in ((bright, 1), (dark, -1))]
        if not any(len(lines) for lines in own):
            return frame
        others = [scale.floats(planes(other)[0]) for n, other in enumerate(window) if n != at]
        lasting = [
            _lasting(lines, [self._lines(other, _thin(other, reach, sign), sign, scale) for other in others])
            for lines, sign in zip(own, (1, -1), strict=True)
        ]
        if not any(len(lines) for lines in lasting):
            return frame
        for lines, thin, sign in zip(lasting, (bright, dark), (1, -1), strict=True):
            luma = _without(luma, lines, thin, reach, sign)
        return made(frame, [scale.stored(luma)])

    def _lines(self, luma: Floats, thin: Floats, sign: int, scale: Levels) -> list[NDArray[np.intp]]:
        """The ridges of one sign. On black no dark line is seen, on white no bright one: there they may be hidden."""
        room = scale.white - luma if sign > 0 else luma - scale.black
        return ridges(thin, self._limit, np.asarray(room, np.float32))


def _thin(luma: Floats, reach: int, sign: int) -> Floats:
    """What is brighter (or darker) than all beside it and not wider than `2 * reach` pixels."""
    across = np.ones((1, 2 * reach + 1), np.uint8)
    if sign > 0:
        return np.asarray(luma - cv2.morphologyEx(luma, cv2.MORPH_OPEN, across), np.float32)
    return np.asarray(cv2.morphologyEx(luma, cv2.MORPH_CLOSE, across) - luma, np.float32)


def ridges(thin: Floats, limit: float, room: Floats) -> list[NDArray[np.intp]]:
    """Lines from top to bottom: for each its column in every strip. `room` is how far each pixel could stand out."""
    profiles = _strips(np.minimum(thin, 4 * limit))
    usual = np.asarray(cv2.blur(profiles, (_AROUND, 1)), np.float32)
    calm = np.minimum(profiles, usual + np.float32(limit / 2))  # So that a line does not hide itself.
    square = np.asarray(cv2.blur((calm - usual) ** 2, (_AROUND, 1)), np.float32)
    spread = np.sqrt(np.maximum(square, 0.05))
    beyond = profiles - usual
    high = (beyond > limit * 0.5) & (beyond > 1.5 * spread)
    hidden = (np.asarray(cv2.blur(_strips(room), (_AROUND, 1))) < _HIDDEN * limit) | (spread > _BUSY * limit)
    hidden &= hidden.sum(axis=0) <= _STRIPS // 2
    wide = np.ones((1, 2 * _WEAVE + 1), np.uint8)
    near = np.asarray(cv2.dilate(high.astype(np.uint8), wide), np.bool_) | hidden
    mean = np.where(near, beyond, 0).mean(axis=0)
    shown = np.where(hidden, 0, beyond).sum(axis=0) / np.maximum((~hidden).sum(axis=0), 1)
    # The fewer strips can tell, the clearer they must.
    needed = limit * (0.4 + 0.15 * hidden.sum(axis=0))
    candidates = np.flatnonzero((near.sum(axis=0) >= _NEEDED) & (shown > needed))
    found: list[NDArray[np.intp]] = []
    for column in sorted(candidates, key=lambda x: -mean[x]):
        low, high_end = max(0, column - _WEAVE), min(thin.shape[1], column + _WEAVE + 1)
        path = low + np.argmax(beyond[:, low:high_end], axis=1)
        path = np.where(hidden[:, column], column, path)
        if all(np.abs(path - other).max() > 2 * _WEAVE for other in found):
            found.append(path)
    return found if len(found) <= _MOST else []


def _strips(plane: Floats) -> Floats:
    """The mean of each strip, column by column."""
    return np.stack([strip.mean(axis=0) for strip in np.array_split(plane, _STRIPS, axis=0)]).astype(
        np.float32
    )


def _lasting(lines: list[NDArray[np.intp]], others: list[list[NDArray[np.intp]]]) -> list[NDArray[np.intp]]:
    """The lines that most of the other frames have at the same place."""
    needed = (len(others) + 1) // 2
    return [
        line for line in lines
        if sum(any(np.abs(np.median(line - other)) <= _WEAVE for other in found) for found in others) >= needed
    ]  # fmt: skip


def _without(luma: Floats, lines: list[NDArray[np.intp]], thin: Floats, reach: int, sign: int) -> Floats:
    """Luma less what stands out along lines."""
    height, width = luma.shape
    result = luma.copy()
    rows = np.arange(height, dtype=np.float64)
    middles: NDArray[np.float64] = (np.arange(_STRIPS, dtype=np.float64) + 0.5) * (height / _STRIPS)
    for line in lines:
        columns = np.asarray(np.interp(rows, middles, line.astype(np.float64)), np.float64)
        low = max(0, int(columns.min()) - 2 * reach)
        high = min(width, int(columns.max()) + 2 * reach + 2)
        part = np.asarray(cv2.blur(thin[:, low:high], (1, _ALONG)), np.float32)
        far: NDArray[np.float64] = np.abs(np.arange(low, high, dtype=np.float64)[None, :] - columns[:, None])
        share = np.asarray(np.clip(reach + 1.5 - far, 0, 1), np.float32)
        result[:, low:high] -= np.float32(sign) * share * part
    return result
