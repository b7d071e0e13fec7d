"""Grain like that of film: drawn anew for every frame, by the frame's own time, so that it is the same anywhere.

    seed ─► one large tile of grain (normal noise, blurred to its size)
    seed and time ─► for each block of a frame a place in the tile ─► strength by brightness ─► added

Film has most grain in the middle tones and little in deep shadow and bright light, as densities have it; see
A. Newson, N. Faraj, J. Delon, B. Galerne, "Realistic Film Grain Rendering", Image Processing On Line 7, 2017.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from dreamreel.media.planes import Samples, planes
from dreamreel.retouch.samples import Floats, Levels, levels, made

if TYPE_CHECKING:
    import av

__all__ = ["Grainer", "by_light"]

_TILE = 1024
_BLOCK = 256
"""Pixels along the sides of the blocks that are cut out of the tile; no two frames, and few blocks, are alike."""
_PER_SECOND = 1_000_000
"""Times are told apart to a microsecond."""
_LEAST = 0.30
"""Of the grain in the middle tones, what black and white have."""


class Grainer:
    """Puts grain on frames. It belongs to one thread at a time."""

    def __init__(self, luma: float, chroma: float, size: float, seed: int) -> None:
        """`luma` and `chroma` are standard deviations in 8-bit steps in the middle tones, `size` a blur in pixels."""
        self._sigmas = (luma, chroma, chroma)
        self._seed = seed
        rng = np.random.default_rng([seed, 0])
        self._tile = _grain(rng, size)
        self._tables: dict[tuple[int, bool], Floats] = {}

    def __call__(self, window: Sequence[av.VideoFrame], at: int, time: Fraction) -> av.VideoFrame:
        """`window[at]` with grain."""
        frame = window[at]
        scale = levels(frame)
        rng = np.random.default_rng([self._seed, 1, round(time * _PER_SECOND)])
        stored = planes(frame)[:3]
        light = stored[0]
        result: list[Samples] = []
        for plane, sigma in zip(stored, self._sigmas, strict=False):
            if sigma <= 0:
                result.append(plane)
                continue
            if light.shape != plane.shape:
                size = (plane.shape[1], plane.shape[0])
                light = cv2.resize(stored[0], size, interpolation=cv2.INTER_AREA)
            strength = self._by_light(scale)[np.asarray(light, np.intp)] * np.float32(sigma)
            grain = self._field(rng, plane.shape[0], plane.shape[1])
            result.append(scale.stored(np.asarray(scale.floats(plane) + strength * grain, np.float32)))
        return made(frame, result)

    def _by_light(self, scale: Levels) -> Floats:
        key = (scale.bits, scale.full)
        if key not in self._tables:
            code = np.arange(scale.top + 1) / scale.unit
            self._tables[key] = by_light((code - scale.black) / (scale.white - scale.black))
        return self._tables[key]

    def _field(self, rng: np.random.Generator, height: int, width: int) -> Floats:
        """Grain for a plane, each block from its own place in the tile."""
        field = np.empty((height, width), np.float32)
        for top in range(0, height, _BLOCK):
            for left in range(0, width, _BLOCK):
                tall, wide = min(_BLOCK, height - top), min(_BLOCK, width - left)
                y, x = (int(n) for n in rng.integers(0, _TILE - _BLOCK, 2))
                part = self._tile[y : y + tall, x : x + wide]
                field[top : top + tall, left : left + wide] = part if rng.integers(2) else -part
        return field


def by_light(level: NDArray[np.float64]) -> Floats:
    """How strong grain is at a level of light, 0 (black) to 1 (white), beside the middle tones."""
    inside = np.clip(level, 0, 1)
    # Most at 0.42, where the middle of a film's curve lies.
    bent = inside**0.8
    return (_LEAST + (1 - _LEAST) * 4 * bent * (1 - bent)).astype(np.float32)


def _grain(rng: np.random.Generator, size: float) -> Floats:
    """A tile of grain with a standard deviation of 1."""
    noise = rng.standard_normal((_TILE, _TILE), np.float32)
    if size >= 0.3:
        noise = cv2.GaussianBlur(noise, (0, 0), size, borderType=cv2.BORDER_REFLECT_101)
    grain = np.asarray(noise, np.float32)
    return np.asarray(grain / grain.std(), np.float32)
