"""How damaged a film is, as the networks that take a strength understand it: found by asking such a network.

    frame ─► network at strength s ─► shrunk to the frame's size ─► what it took away, in decibels ─► s, again and again

The network was trained with true strengths, so at the right one it takes away as much as that one says.
A strength that it agrees with is searched.
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

__all__ = ["damage", "measured"]

WHOLE: Final = 46.0
"""Decibels of luma at which a picture counts as whole."""
LOST: Final = 22.0
"""Decibels at which it counts as wholly damaged; see `training/worsen.py`."""
_ROUNDS: Final = 4
_WIDTH, _HEIGHT = 640, 360
"""Of large pictures the middle is looked at."""
_HALVING: Final = np.array([-0.01171875, -0.03515625, 0.11328125, 0.43359375])
"""Keys' kernel (a = −½) for half the size: taps at 3½, 2½, 1½ and ½ samples on either side."""


def measured(frames: Iterable[av.VideoFrame], network: Network, precision: Precision) -> float:
    """The strength for `network`, 0 (nothing to take away) to 1; 0 when there are no frames.

    The frames are of one size and format. More is taken away the more is asked for, so halving finds where both agree.
    """
    middles = [_middle(frame) for frame in frames]
    if not middles:
        return 0.0
    low, high = 0.0, 1.0
    for _ in range(_ROUNDS):
        strength = (low + high) / 2
        first = middles[0]
        enlarge = Enlarger(network, first.format.name, first.width, first.height, precision, strength)
        if statistics.median(_taken(frame, enlarge) for frame in middles) >= strength:
            low = strength
        else:
            high = strength
    return round((low + high) * 10) / 20


def damage(before: NDArray[np.generic], after: NDArray[np.generic], white: float) -> float:
    """The strength at which as much would be taken away as lies between two planes whose range is `white` steps."""
    error = float(np.mean((before.astype(np.float32) - after.astype(np.float32)) ** 2)) / white**2
    decibels = -10 * math.log10(max(error, 1e-9))
    return min(1.0, max(0.0, (WHOLE - decibels) / (WHOLE - LOST)))


def _taken(frame: av.VideoFrame, enlarge: Enlarger) -> float:
    """How much a network takes away from a frame, as a strength."""
    small, large = planes(frame)[0], planes(enlarge(frame))[0].astype(np.float32)
    taps = np.concatenate([_HALVING, _HALVING[::-1]])
    soft = cv2.sepFilter2D(large, -1, taps, taps, anchor=(3, 3), borderType=cv2.BORDER_REFLECT)
    white = (1 << frame.format.components[0].bits) - 1
    return damage(small, soft[::2, ::2], white if int(frame.color_range) == 2 else white * 219 / 255)


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
