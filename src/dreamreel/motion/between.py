"""The frame at an instant between two frames.

motion ─► both frames moved to the instant ─► mixed where they agree; where one is hidden the other alone
       ─► where nothing is known the nearer one, so that nothing is seen twice
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from dreamreel.media.planes import Samples, like, peak, planes
from dreamreel.motion.flow import LEAST, Flow, Map, Motion, between, moved, outside, velocity

if TYPE_CHECKING:
    import av

__all__ = ["Pair", "alike", "luma8"]

_LOST = 24.0
"""Steps of luma by which frames may differ when everything has been moved where it belongs; else they are two shots."""
_CALM = 2.0
"""Steps of luma that are noise, averaged over a few pixels of the small pictures."""
_SAME, _BLOCK, _WHOLE = 3.2, 16, 0.25
"""Two frames are one drawing, encoded twice, when no block of so many pixels changes by more than so many steps of 8
bits, and the whole picture by hardly any."""


def luma8(frame: av.VideoFrame) -> NDArray[np.uint8]:
    """The luma of a planar frame in 8 bits."""
    plane = planes(frame)[0]
    shift = peak(frame).bit_length() - 8
    return np.ascontiguousarray(plane if shift == 0 else plane >> shift, np.uint8)


def alike(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> bool:
    """True when two luma planes are the same drawing, encoded twice."""
    if one.shape != other.shape:
        return False
    steps = cv2.absdiff(one, other)
    size = (max(1, one.shape[1] // _BLOCK), max(1, one.shape[0] // _BLOCK))
    blocks = np.asarray(cv2.resize(steps.astype(np.float32), size, interpolation=cv2.INTER_AREA))
    return float(blocks.max()) < _SAME and float(steps.mean()) < _WHOLE


class Pair:
    """Two frames that follow each other, and everything between them."""

    def __init__(self, first: av.VideoFrame, second: av.VideoFrame, cut: bool = False) -> None:
        """`cut` is True when they are known to be of two shots."""
        self._first, self._second = first, second
        self._motion: Motion | None = None
        fits = (first.width, first.height, first.format.name) == (
            second.width,
            second.height,
            second.format.name,
        )
        if fits and not cut and min(first.width, first.height) >= LEAST:
            motion = between(luma8(first), luma8(second))
            self._motion = motion if motion.lost < _LOST else None

    def at(self, part: float) -> av.VideoFrame | None:
        """The frame at `part` (0 … 1) of the way; None when there is none, and the first stays on show."""
        motion = self._motion
        if motion is None:
            return None
        flow = velocity(motion, part)
        weight = _share(motion, flow, part)
        rest = _rest(motion, flow, weight, part)
        made = like(self._first)
        for number, (one, two, out) in enumerate(
            zip(planes(self._first), planes(self._second), planes(made), strict=True)
        ):
            method = cv2.INTER_CUBIC if number in (0, 3) else cv2.INTER_LINEAR
            whole, share = _scaled(flow, out), _resized(weight, out)
            before, after = _moved(one, -part * whole, method), _moved(two, (1 - part) * whole, method)
            # Half a step goes up, as in the codecs that made the mean of two frames before.
            mixed = before + share * (after - before)
            plain = cv2.addWeighted(one, 1 - part, two, part, 0, dtype=cv2.CV_32F)
            mixed += _resized(rest, out) * (plain - mixed) + np.float32(0.5)
            out[:] = np.clip(mixed, 0, peak(made)).astype(out.dtype)
        return made


def _share(motion: Motion, flow: Flow, part: float) -> Map:
    """For each place the share of the second frame."""
    before, after = -part * flow, (1 - part) * flow
    only_first, only_second = moved(motion.hidden_after, before), moved(motion.hidden_before, after)
    miss = cv2.absdiff(moved(motion.first, before), moved(motion.second, after)).astype(np.float32)
    doubt = np.clip((cv2.GaussianBlur(miss, (0, 0), 1.0) - 24) / 32, 0, 1)
    lean = np.log(part / (1 - part)) + 3 * doubt * (only_second - only_first)
    lean = lean + 12 * (outside(before) - outside(after))
    return np.asarray(1 / (1 + np.exp(-np.clip(lean, -12, 12))), np.float32)


def _rest(motion: Motion, flow: Flow, share: Map, part: float) -> Map:
    """1 where nothing but noise changes, and moving would show the same: there the plain mean is the cleanest."""
    one, two = motion.first.astype(np.float32), motion.second.astype(np.float32)
    before, after = moved(one, -part * flow), moved(two, (1 - part) * flow)
    other = np.abs(before + share * (after - before) - ((1 - part) * one + part * two))
    steps, apart = (cv2.blur(each, (5, 5)) for each in (np.abs(one - two), other))
    return np.asarray(np.clip(2 - steps / _CALM, 0, 1) * np.clip(2 - apart / _CALM, 0, 1), np.float32)


def _moved(plane: Samples, flow: Flow, method: int) -> Map:
    return moved(np.asarray(plane, np.float32), flow, method)


def _scaled(flow: Flow, plane: Samples) -> Flow:
    """The flow in pixels of a plane."""
    height, width = plane.shape
    if flow.shape[:2] == plane.shape:
        return flow
    made = np.asarray(cv2.resize(flow, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
    return made * np.array([width / flow.shape[1], height / flow.shape[0]], np.float32)


def _resized(weights: Map, plane: Samples) -> Map:
    height, width = plane.shape
    return np.asarray(cv2.resize(weights, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
