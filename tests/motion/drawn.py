"""A striped disc that moves over a wall: where it is at any instant is known."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from tests.motion.shaky import HEIGHT, WIDTH, wall

GROUND = wall(4)[:HEIGHT, :WIDTH] // 2 + 20


def disc(x: float, y: float = 60) -> NDArray[np.uint8]:
    """The disc at `x`, `y`, drawn at four times the size."""
    big = cv2.resize(GROUND, None, fx=4, fy=4, interpolation=cv2.INTER_LINEAR)
    for radius, light in ((88, 235), (66, 90), (44, 210), (22, 60)):
        cv2.circle(big, (round(4 * x), round(4 * y)), radius, light, -1)
    return np.asarray(cv2.resize(big, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA), np.uint8)


def psnr(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """In dB."""
    return float(10 * np.log10(255**2 / max(1e-9, np.mean((one.astype(float) - other) ** 2))))
