"""The colour lock: the low frequencies of a picture that a network made are those of its source.

    made ─► shrunk to the source's size ─► minus the source ─► blurred ─► enlarged ─► taken off what was made

Networks that are trained to look real shift hues and brightness a little, and from frame to frame. What they add lies
in fine detail, which stays.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from dreamreel.neural.community.compiled import Picture

__all__ = ["locked"]

_SIGMA: Final = 3.0
"""Of the blur, in pixels of the source: structures twice as wide and wider keep their colour."""


def locked(made: Picture, source: Picture) -> Picture:
    """`made`, a whole number of times as large as `source`, with the source's low frequencies; both 0 to 1."""
    height, width = source.shape[:2]
    small = np.asarray(cv2.resize(made, (width, height), interpolation=cv2.INTER_AREA), np.float32)
    drift = cv2.GaussianBlur(small - source, (0, 0), _SIGMA, borderType=cv2.BORDER_REFLECT_101)
    wide = np.asarray(
        cv2.resize(drift, (made.shape[1], made.shape[0]), interpolation=cv2.INTER_LINEAR), np.float32
    )
    np.subtract(made, wide, out=wide)
    return np.clip(wide, 0, 1, out=wide)
