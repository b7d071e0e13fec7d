"""How much of a film is damage: found by asking a network that takes damage away.

    frame ─► network at full strength ─► shrunk to the frame's size ─► what it took away, in decibels ─► strength

A network that was trained to leave whole pictures alone tells by what it takes away how damaged a picture is.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from dreamreel.media.planes import planes, steps
from dreamreel.neural.catalog import Network, Precision
from dreamreel.neural.enlarge import FORMATS, Enlarger

if TYPE_CHECKING:
    import av

__all__ = ["measured", "strength_of"]

_SPARED: Final = 41.5
"""Decibels between a picture and what is left of it from which nothing was taken away."""
_FULL: Final = 38.5
"""Decibels at which so much was taken away that all of it should be."""
_WIDTH, _HEIGHT = 640, 360
"""Of large pictures the middle is looked at."""
_HALVING: Final = np.array([-0.01171875, -0.03515625, 0.11328125, 0.43359375])
"""Keys' kernel (a = −½) for half the size: taps at 3½, 2½, 1½ and ½ samples on either side."""


def measured(frames: Iterable[av.VideoFrame], network: Network, precision: Precision) -> float:
    """The strength that `network` should have for a film, 0 (it is whole) to 1; 0 when there are no frames.

    `frames` are a few of it; those of another size or format than the first do not count.
    """
    middles = [_middle(frame) for frame in frames]
    if not middles:
        return 0.0
    first = middles[0]
    middles = [one for one in middles if (one.width, one.height, one.format.name) == _form(first)]
    enlarge = Enlarger(network, first.format.name, first.width, first.height, precision, strength=1.0)
    return round(statistics.median(strength_of(_left(frame, enlarge)) for frame in middles) * 20) / 20


def _form(frame: av.VideoFrame) -> tuple[int, int, str]:
    return frame.width, frame.height, frame.format.name


def strength_of(decibels: float) -> float:
    """The strength for a picture of which a network leaves something as near to it as `decibels`."""
    return min(1.0, max(0.0, (_SPARED - decibels) / (_SPARED - _FULL)))


def _left(frame: av.VideoFrame, enlarge: Enlarger) -> float:
    """How near to a frame's luma the network's result is, shrunk to its size; decibels."""
    small, large = planes(frame)[0], planes(enlarge(frame))[0].astype(np.float32)
    taps = np.concatenate([_HALVING, _HALVING[::-1]])
    soft = cv2.sepFilter2D(large, -1, taps, taps, anchor=(3, 3), borderType=cv2.BORDER_REFLECT)
    white = (1 << frame.format.components[0].bits) - 1
    return _decibels(small, soft[::2, ::2], white if int(frame.color_range) == 2 else white * 219 / 255)


def _decibels(one: NDArray[np.generic], other: NDArray[np.generic], white: float) -> float:
    error = float(np.mean((one.astype(np.float32) - other.astype(np.float32)) ** 2)) / white**2
    return -10 * math.log10(max(error, 1e-9))


def _middle(frame: av.VideoFrame) -> av.VideoFrame:
    """The middle of a frame, in a form that goes into networks."""
    import av

    if frame.format.name not in FORMATS:
        frame = frame.reformat(format="yuv420p", threads=1)
    across, down = steps(frame.format.name)
    width, height = min(frame.width, _WIDTH), min(frame.height, _HEIGHT)
    left, top = ((whole - part) // 4 * 2 for whole, part in ((frame.width, width), (frame.height, height)))
    made = av.VideoFrame(width, height, frame.format.name)
    made.colorspace, made.color_range = frame.colorspace, frame.color_range
    for number, (target, source) in enumerate(zip(planes(made), planes(frame), strict=True)):
        x, y = (left // across, top // down) if number in (1, 2) else (left, top)
        target[:] = source[y : y + target.shape[0], x : x + target.shape[1]]
    return made
