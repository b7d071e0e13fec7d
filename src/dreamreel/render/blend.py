"""Weighted means of two frames, plane by plane, without leaving their own samples."""

from __future__ import annotations

import av
import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["mixed", "planes"]


def planes(frame: av.VideoFrame) -> list[NDArray[np.uint8] | NDArray[np.uint16]]:
    """Views on a planar frame's samples, without padding. Writing to them writes the frame."""
    views: list[NDArray[np.uint8] | NDArray[np.uint16]] = []
    for plane in frame.planes:
        wide = frame.format.components[0].bits > 8
        flat = np.frombuffer(plane, np.uint16 if wide else np.uint8)  # pyright: ignore[reportArgumentType, reportCallIssue, reportUnknownVariableType]
        rows = flat.reshape(plane.height, -1)
        views.append(rows[:, : plane.width])
    return views


def mixed(first: av.VideoFrame, second: av.VideoFrame, weight: float) -> av.VideoFrame:
    """`(1 - weight) * first + weight * second`, in the samples as they are stored (as FFmpeg's `xfade` does)."""
    result = av.VideoFrame(first.width, first.height, first.format.name)
    for one, two, out in zip(planes(first), planes(second), planes(result), strict=True):
        out[:] = cv2.addWeighted(one, 1 - weight, two, weight, 0)
    result.colorspace, result.color_range = first.colorspace, first.color_range
    result.color_primaries, result.color_trc = first.color_primaries, first.color_trc
    return result
