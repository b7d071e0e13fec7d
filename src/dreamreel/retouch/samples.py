"""What the numbers in a frame mean, whatever its depth, and frames made of new ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from dreamreel.media.planes import Samples, like, planes

if TYPE_CHECKING:
    import av

__all__ = ["Floats", "Levels", "levels", "made"]

Floats: TypeAlias = "NDArray[np.float32]"
"""One plane in 8-bit steps, whatever the depth."""


class Levels:
    """What the numbers of a planar frame mean."""

    __slots__ = ("bits", "full", "top", "unit")

    def __init__(self, bits: int, full: bool) -> None:
        self.bits, self.full = bits, full
        self.unit = float(1 << (bits - 8))
        """Stored steps in an 8-bit step."""
        self.top = (1 << bits) - 1
        """The largest number there is."""

    @property
    def black(self) -> float:
        """Luma of black, in 8-bit steps."""
        return 0.0 if self.full else 16.0

    @property
    def white(self) -> float:
        """Luma of white, in 8-bit steps."""
        return 255.0 if self.full else 235.0

    def stored(self, plane: Floats) -> Samples:
        """A plane in 8-bit steps as it is stored, rounded and clipped."""
        import cv2

        scaled = plane if self.unit == 1 else plane * np.float32(self.unit)
        if self.bits == 8:
            return np.asarray(cv2.convertScaleAbs(np.maximum(scaled, 0)), np.uint8)
        return np.clip(np.rint(scaled), 0, self.top).astype(np.uint16)

    def floats(self, plane: Samples) -> Floats:
        """A stored plane in 8-bit steps."""
        return plane.astype(np.float32) if self.unit == 1 else plane * np.float32(1 / self.unit)


def levels(frame: av.VideoFrame) -> Levels:
    """What the numbers of a frame in planar YUV mean."""
    full = frame.format.name.startswith("yuvj") or int(frame.color_range) == 2
    return Levels(frame.format.components[0].bits, full)


def made(frame: av.VideoFrame, samples: Sequence[Samples | None]) -> av.VideoFrame:
    """A new frame of the same form, colour and time; None, or no plane at all, takes that of `frame`."""
    result = like(frame)
    for number, (target, source) in enumerate(zip(planes(result), planes(frame), strict=True)):
        given = samples[number] if number < len(samples) else None
        target[:] = source if given is None else given
    return result
