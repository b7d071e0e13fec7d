"""Pictures made in code: cel art, and the footage of `tests.analyse.footage`."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray


def cel(number: int, width: int = 320, height: int = 240) -> NDArray[np.uint8]:
    """A drawn picture, RGB: flat colours with dark outlines; every second `number` is the one before."""
    at = number // 2 * 2
    picture = np.full((2 * height, 2 * width, 3), (120, 180, 220), np.uint8)
    for n, colour in enumerate(((230, 90, 80), (90, 200, 120), (240, 210, 90))):
        centre = (width // 3 + n * width // 2 + 6 * at, height + 40 * (n - 1))
        size = (height // 3, height // 2)
        cv2.ellipse(picture, centre, size, 0, 0, 360, colour, -1, cv2.LINE_AA)
        cv2.ellipse(picture, centre, size, 0, 0, 360, (20, 15, 25), 5, cv2.LINE_AA)
        cv2.line(
            picture,
            (centre[0] - 30, centre[1]),
            (centre[0] + 30, centre[1] + 8),
            (20, 15, 25),
            5,
            cv2.LINE_AA,
        )
    return np.asarray(cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
