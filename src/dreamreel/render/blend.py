"""Weighted means of two frames, plane by plane, without leaving their own samples."""

from __future__ import annotations

import av
import numpy as np

from dreamreel.media.filters import FilterSpec
from dreamreel.media.planes import like, planes
from dreamreel.render.graphs import Chain

__all__ = ["cropped_to_ink", "mixed"]


def mixed(first: av.VideoFrame, second: av.VideoFrame, weight: float) -> av.VideoFrame:
    """`(1 - weight) * first + weight * second`, in the samples as they are stored (as FFmpeg's `xfade` does)."""
    import cv2  # A tenth of the memory of a render that mixes nothing.

    result = like(first)
    for one, two, out in zip(planes(first), planes(second), planes(result), strict=True):
        out[:] = cv2.addWeighted(one, 1 - weight, two, weight, 0)
    return result


def cropped_to_ink(frame: av.VideoFrame) -> tuple[av.VideoFrame | None, int, int]:
    """The part of a planar frame that is not wholly transparent, and its left and top edge; None when nothing is left.

    Edges are even, for 4:2:0. A frame without alpha is returned as it is.
    """
    if not frame.format.name.startswith("yuva"):
        return frame, 0, 0
    alpha = planes(frame)[3]
    rows, columns = np.flatnonzero(alpha.max(axis=1)), np.flatnonzero(alpha.max(axis=0))
    if not len(rows):
        return None, 0, 0
    left, above = int(columns[0]) & ~1, int(rows[0]) & ~1
    width = min(frame.width - left, (int(columns[-1]) - left + 2) & ~1)
    height = min(frame.height - above, (int(rows[-1]) - above + 2) & ~1)
    if (width, height) == (frame.width, frame.height):
        return frame, 0, 0
    return Chain((FilterSpec.of("crop", w=width, h=height, x=left, y=above),), frame).one(frame), left, above
