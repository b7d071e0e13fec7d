"""The samples of planar frames as arrays, and new frames like a given one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import av

__all__ = ["Samples", "is_planar", "like", "peak", "planes", "steps"]

Samples = NDArray[np.uint8] | NDArray[np.uint16]
"""One plane, (height, width)."""

_PLANAR = re.compile(r"yuva?4[0-4][0-4]p((9|10|12|14|16)le)?")


def is_planar(pix_fmt: str) -> bool:
    """True for planar YUV of 8 to 16 bits, with or without alpha: what `planes` reads and writes."""
    return _PLANAR.fullmatch(pix_fmt) is not None


def planes(frame: av.VideoFrame) -> list[Samples]:
    """Views on a planar frame's samples, without padding. Writing to them writes the frame."""
    views: list[Samples] = []
    for plane in frame.planes:
        # PyAV's planes offer the buffer protocol, which its types do not say before Python 3.12.
        memory = memoryview(cast("bytearray", plane))
        wide = frame.format.components[0].bits > 8
        flat: Samples = np.frombuffer(memory, np.uint16) if wide else np.frombuffer(memory, np.uint8)
        views.append(flat.reshape(plane.height, -1)[:, : plane.width])
    return views


def peak(frame: av.VideoFrame) -> int:
    """The largest value a sample can have, such as 255."""
    return (1 << frame.format.components[0].bits) - 1


def steps(pix_fmt: str) -> tuple[int, int]:
    """How many columns and rows of luma share a sample of colour: (2, 2) in 4:2:0."""
    digits = re.sub(r"^yuva?", "", pix_fmt)[:3]
    return {"420": (2, 2), "422": (2, 1), "440": (1, 2), "411": (4, 1), "410": (4, 4)}.get(digits, (1, 1))


def like(frame: av.VideoFrame, width: int | None = None, height: int | None = None) -> av.VideoFrame:
    """A new frame of the same format, colour and time, its samples yet to be written."""
    import av

    made = av.VideoFrame(width or frame.width, height or frame.height, frame.format.name)
    made.colorspace, made.color_range = frame.colorspace, frame.color_range
    made.color_primaries, made.color_trc = frame.color_primaries, frame.color_trc
    made.pts, made.duration = frame.pts, frame.duration
    if frame.time_base:
        made.time_base = frame.time_base
    return made
