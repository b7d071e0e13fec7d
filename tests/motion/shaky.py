"""Films of a textured wall seen by a camera whose every move is known."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from dreamreel.motion.paths import Path as Moves
from dreamreel.motion.steady import matrix

WIDTH, HEIGHT, RATE = 160, 120, Fraction(25)


def wall(seed: int = 1, size: int = 480) -> NDArray[np.uint8]:
    """Blots of many sizes: corners all over."""
    rng = np.random.default_rng(seed)
    made = np.full((size, size), 128, np.uint8)
    for _ in range(900):
        x, y, radius = rng.integers(0, size), rng.integers(0, size), int(rng.integers(2, 16))
        cv2.rectangle(made, (x, y), (x + radius, y + radius), int(rng.integers(30, 226)), -1)
    return np.asarray(cv2.GaussianBlur(made, (0, 0), 0.8), np.uint8)


def trembling(count: int, pixels: float, angle: float = 0.0, seed: int = 5) -> Moves:
    """A hand's path: sums of sines between 1 and 8 Hz; x, y (shares of the width), angle, logarithm of scale."""
    rng = np.random.default_rng(seed)
    t = np.arange(count) / float(RATE)
    path = np.zeros((count, 4))
    for column, size in enumerate((pixels / WIDTH, pixels / WIDTH, angle)):
        for pitch in (1.1, 2.3, 4.7, 7.9):
            path[:, column] += size * np.sin(2 * np.pi * (pitch * t + rng.random())) / np.sqrt(pitch)
    return path


def seen(picture: NDArray[np.uint8], place: NDArray[np.float64]) -> NDArray[np.uint8]:
    """What the camera shows of a wall that has moved to `place`."""
    shift = np.array([[WIDTH, 0, (WIDTH - 1) / 2], [0, WIDTH, (HEIGHT - 1) / 2], [0, 0, 1.0]])
    middle = (picture.shape[0] - 1) / 2
    centre = np.array([[1 / WIDTH, 0, -middle / WIDTH], [0, 1 / WIDTH, -middle / WIDTH], [0, 0, 1.0]])
    onto = (shift @ matrix(place) @ centre)[:2]
    return np.asarray(cv2.warpAffine(picture, onto, (WIDTH, HEIGHT), flags=cv2.INTER_CUBIC), np.uint8)


def filmed(path: Path, pictures: list[NDArray[np.uint8]]) -> Path:
    """A film of grey pictures."""
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=RATE, options={"crf": "10", "preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = pictures[0].shape[1], pictures[0].shape[0], "yuv420p"
        for picture in pictures:
            frame = av.VideoFrame.from_ndarray(picture, "gray").reformat(format="yuv420p", threads=1)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path
