"""What one frame, or a frame and the one before it, tells about a film: small pure measures of luma and colour.

All are taken from the middle of the picture, at most 1280×720 of it, in steps of 255.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from cv2.typing import MatLike

    from dreamreel.analyse.look import Luma, Pixels

__all__ = ["Seen", "middle", "motion", "repeats", "seen", "sharpness"]

_WIDEST, _HIGHEST = 1280, 720
_CRISP = 0.5
"""What the two residuals come to where the finest detail is all there."""
_SOFT = 0.15
_REPEAT, _REPEAT_WORST = 0.35, 12.0
"""Mean and largest difference of small pictures of frames that repeat; compression changes a little."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What one frame shows."""

    sharpness: float
    brightness: float
    detail: float


def middle(plane: Pixels) -> Pixels:
    """The middle of a plane."""
    over, down = max(0, plane.shape[1] - _WIDEST) // 4 * 2, max(0, plane.shape[0] - _HIGHEST) // 4 * 2
    return plane[down : plane.shape[0] - down, over : plane.shape[1] - over]


def seen(one: Luma, noise: float) -> Seen:
    """What the luma of a frame shows; `noise` is its standard deviation, which is no detail."""
    plane = np.ascontiguousarray(middle(one.plane))
    bright = (float(plane.mean()) - one.black) / (one.white - one.black)
    slopes = _slopes(cv2.medianBlur(plane, 3) if min(plane.shape) >= 3 else plane)
    detail = max(0.0, float(slopes.mean()) - noise / 2)
    return Seen(sharpness(plane, noise), min(1.0, max(0.0, bright)), detail)


def _slopes(plane: MatLike) -> NDArray[np.float32]:
    """Gradient in steps for a pixel (Scharr's weights)."""
    dx, dy = (cv2.Scharr(plane, cv2.CV_32F, *way) for way in ((1, 0), (0, 1)))
    return np.asarray(cv2.magnitude(dx, dy), np.float32) / np.float32(32)


def sharpness(plane: Pixels, noise: float = 0.0) -> float:
    """Share of the finest detail that is there, 0 to 1.

    What is lost at half the size over what is lost at a quarter, at edges: of a picture that was enlarged, half the
    size loses next to nothing.
    """
    if min(plane.shape) < 16:
        return 1.0
    whole = plane.astype(np.float32)
    slopes = _slopes(cv2.GaussianBlur(whole, (0, 0), 1.5))
    edges = slopes >= max(1.0, float(np.quantile(slopes, 0.9)))
    if not edges.any():
        return 1.0
    fine, coarse = (float((_lost(whole, times)[edges] ** 2).mean()) for times in (2, 4))
    fine, coarse = fine - 0.8 * noise**2, coarse - 0.95 * noise**2
    if coarse <= 1.0:
        return 1.0
    ratio = math.sqrt(max(0.0, fine) / coarse)
    return min(1.0, max(0.0, (ratio - _SOFT) / (_CRISP - _SOFT)))


def _lost(whole: NDArray[np.float32], times: int) -> NDArray[np.float32]:
    height, width = whole.shape
    small = cv2.resize(whole, (width // times, height // times), interpolation=cv2.INTER_AREA)
    return whole - cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)


def motion(before: Pixels, now: Pixels) -> float:
    """How far a small picture moved from one frame to the next, mean of pixels of the small picture (DIS flow)."""
    if min(now.shape) < 32:
        return 0.0
    flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST)
    moved = np.asarray(flow.calc(before, now, np.zeros((*now.shape, 2), np.float32)), np.float32)
    return float(np.linalg.norm(moved, axis=2).mean())


def repeats(before: Pixels, now: Pixels) -> bool:
    """Whether a small picture shows what the one before shows."""
    steps = np.abs(before.astype(np.int16) - now)
    return float(steps.mean()) <= _REPEAT and float(steps.max()) <= _REPEAT_WORST
