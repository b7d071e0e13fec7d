"""From how a camera shook to what is done about it.

    moves of a shot ─► does it tremble? ─► steady path in the smallest crop that is nearly as good ─► corrections

What is decided here goes into the recipe as numbers; `steady` only carries it out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dreamreel.motion.paths import Path, corners_inside, jitter, roughness, steady, zoom_needed

__all__ = ["STEADY", "Steadied", "largest_zoom", "steadied"]

STEADY = 3e-4
"""A shot that trembles by less than this share of its width is left alone: measuring a still camera gives that much."""
_GOOD = 1.25
"""A path may be rougher than the best by this factor when it needs only half the crop."""


@dataclass(frozen=True, slots=True)
class Steadied:
    """A shot's corrections."""

    corrections: Path
    path: Path
    """Where the camera was."""
    zoom: float


def largest_zoom(strength: float) -> float:
    """How far a picture may be enlarged: 1.05 at the weakest, 1.2 in the middle, 1.35 at the strongest."""
    return 1.05 + 0.3 * strength


def steadied(moves: Path, rate: float, aspect: float, strength: float, crop: bool) -> Steadied:
    """The corrections of one shot.

    Args:
        moves: from each frame to the next (shares of the width, radians, logarithm of scale).
        rate: frames a second, about.
        aspect: height over width.
        strength: 0 to 1; how much of the picture may be given up.
        crop: True to enlarge the picture until no border shows.
    """
    path = moves.cumsum(axis=0)
    if len(path) < 3 or jitter(path, rate) < STEADY:
        return Steadied(np.zeros_like(path), path, 1.0)
    most = largest_zoom(strength)
    whole = _limits(most, aspect)
    best = _within(moves, whole)
    less = _within(moves, whole / 2)
    found = less if _rough(moves, less, whole) <= _GOOD * _rough(moves, best, whole) else best
    if not crop:
        return Steadied(found, path, 1.0)
    while float(corners_inside(found, most, aspect).max()) > 0:
        found = found * 0.98
    return Steadied(found, path, zoom_needed(found, aspect, most))


def _limits(zoom: float, aspect: float) -> NDArray[np.float64]:
    """How far x, y, angle and scale may be off, so that together they stay in the picture."""
    margin = (1 - 1 / zoom) / 2
    return np.array([0.75 * margin, 0.55 * margin * aspect, 0.5 * margin * aspect, 0.3 * margin])


def _within(moves: Path, limits: NDArray[np.float64]) -> Path:
    """Corrections within limits: first of turn and size, then of the shifts as they look after those."""
    turned = moves[:, 2:].cumsum(axis=0)
    kept = steady(turned, limits[2:]) - turned
    shifts = _seen(moves, kept).cumsum(axis=0)
    return np.concatenate([steady(shifts, limits[:2]) - shifts, kept], axis=1)


def _seen(moves: Path, kept: Path) -> Path:
    """The shifts of a camera whose turn and size have been put right."""
    grow = np.exp(kept[:, 1])
    cos, sin = grow * np.cos(kept[:, 0]), grow * np.sin(kept[:, 0])
    return np.stack([cos * moves[:, 0] - sin * moves[:, 1], sin * moves[:, 0] + cos * moves[:, 1]], axis=1)


def _rough(moves: Path, corrections: Path, limits: NDArray[np.float64]) -> float:
    """How rough the corrected path is."""
    shifts = _seen(moves, corrections[:, 2:]).cumsum(axis=0)
    path = np.concatenate([shifts, moves[:, 2:].cumsum(axis=0)], axis=1) + corrections
    return roughness(path, limits) + 1.0
