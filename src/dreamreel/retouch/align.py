"""Neighbouring frames laid over a frame: optical flow at a reduced size, then every plane moved by it.

Source: T. Kroeger, R. Timofte, D. Dai, L. Van Gool, "Fast Optical Flow using Dense Inverse Search", ECCV 2016 (DIS),
as OpenCV has it; its result does not depend on the number of threads.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from dreamreel.retouch.samples import Floats

__all__ = ["Aligner", "Flow", "shifted"]

Flow = NDArray[np.float32]
"""(height, width, 2): where a pixel of the frame lies in its neighbour, in pixels from its own place."""

_WIDEST = 480
"""Pixels along the longer side of what motion is looked for in."""
_LEAST = 32
"""Pixels along the shorter side under which nothing can be followed."""


class Aligner:
    """Finds the motion between pictures of one size. It belongs to one thread at a time."""

    def __init__(self, width: int, height: int, smooth: float = 1.0) -> None:
        """`smooth` is the sigma of the blur before motion is looked for, in pixels of the reduced picture."""
        share = min(1.0, _WIDEST / max(width, height))
        self._size = (max(1, round(width * share)), max(1, round(height * share)))
        self._full = (width, height)
        self._smooth = smooth
        self.able = min(self._size) >= _LEAST
        """False for pictures too small to follow anything in; they are taken as they lie."""
        self._dis = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
        self._dis.setVariationalRefinementIterations(2)

    def reduced(self, luma: Floats) -> NDArray[np.uint8]:
        """Luma in 8-bit steps in the size and form that `flow` takes."""
        small = (
            luma if self._size == self._full else cv2.resize(luma, self._size, interpolation=cv2.INTER_AREA)
        )
        if self._smooth:
            small = cv2.GaussianBlur(small, (0, 0), self._smooth)
        return np.asarray(cv2.convertScaleAbs(small), np.uint8)

    def flow(self, frame: NDArray[np.uint8], neighbour: NDArray[np.uint8]) -> Flow:
        """The motion from one reduced picture to another, in pixels of the whole picture, at the reduced size."""
        if not self.able:
            return np.zeros((*frame.shape, 2), np.float32)
        found = np.asarray(
            self._dis.calc(frame, neighbour, np.zeros((*frame.shape, 2), np.float32)), np.float32
        )
        scale = (self._full[0] / self._size[0], self._full[1] / self._size[1])
        return found * np.array(scale, np.float32)


def shifted(plane: Floats, flow: Flow, whole: tuple[int, int], cubic: bool = True) -> Floats:
    """A plane of the neighbour as it lies over the frame; `flow` is in pixels of the `whole` picture (width, height).

    Planes of chroma are smaller, and moved by as much less.
    """
    height, width = plane.shape
    large = cv2.resize(flow, (width, height), interpolation=cv2.INTER_LINEAR)
    x = np.arange(width, dtype=np.float32)[None, :] + large[..., 0] * np.float32(width / whole[0])
    y = np.arange(height, dtype=np.float32)[:, None] + large[..., 1] * np.float32(height / whole[1])
    how = cv2.INTER_CUBIC if cubic else cv2.INTER_LINEAR
    return np.asarray(cv2.remap(plane, x, y, how, borderMode=cv2.BORDER_REPLICATE), np.float32)
