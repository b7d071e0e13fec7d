"""A steady path near a shaken one: still where the camera stood, even where it moved.

    path (n, 4) ─► windows ─► least sum of |speed|, |acceleration|, |jerk| within what the crop allows ─► steady path

The path is the one of Grundmann, Kwatra and Essa, "Auto-directed video stabilization with robust L1 optimal camera
paths" (CVPR 2011): parts that stand still, move evenly, or go from one to the other, as on a tripod and a dolly. Here
the sum is minimised by Newton's method on a smoothed absolute value and a barrier at the crop's limit, which needs no
solver for linear programs and rounds the path's corners off.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["Path", "corners_inside", "jitter", "roughness", "steady", "zoom_needed"]

Path = NDArray[np.float64]
"""Rows of x and y (shares of the picture's width), angle (radians) and the logarithm of scale."""

_WEIGHTS = (10.0, 1.0, 100.0)
"""Of speed, acceleration and jerk, as in the paper."""
_WINDOW, _AHEAD, _KNOWN = 120, 40, 3
"""Frames solved at once; how many of them the next window solves again; how many it takes over."""
_STENCILS = {1: (-1, 1), 2: (1, -2, 1), 3: (-1, 3, -3, 1)}
_STAGES = ((3e-1, 1e-1), (3e-2, 1e-2), (5e-3, 1e-3), (1e-3, 1e-4))
"""How far the absolute value is rounded, and how strong the barrier is, from easy to exact."""


def steady(path: Path, limits: NDArray[np.float64]) -> Path:
    """The steadiest path that nowhere leaves `path` by more than `limits`, one for each column."""
    columns = [_steady_column(path[:, i] / limits[i]) * limits[i] for i in range(path.shape[1])]
    return np.stack(columns, axis=1)


def _steady_column(path: NDArray[np.float64]) -> NDArray[np.float64]:
    """One column in units of its limit."""
    made = np.empty_like(path)
    start, known = 0, 0
    while True:
        end = min(len(path), start + _WINDOW)
        piece = _solve(path[start:end], made[start : start + known])
        made[start + known : end] = piece[known:]
        if end == len(path):
            return made
        start, known = end - _AHEAD - _KNOWN, _KNOWN


def _solve(path: NDArray[np.float64], known: NDArray[np.float64]) -> NDArray[np.float64]:
    """A window whose first frames are `known`."""
    first = len(known)
    made = path.copy()
    made[:first] = known
    for rounding, barrier in _STAGES:
        value = _value(made, path, rounding, barrier, first)
        for _ in range(12):
            slope, curve = _model(made, path, rounding, barrier)
            step = np.zeros_like(made)
            # Not NumPy's solver: its threads wait for each other far longer than a small matrix takes.
            _, found = cv2.solve(curve[first:, first:], -slope[first:, None], flags=cv2.DECOMP_CHOLESKY)
            step[first:] = found[:, 0]
            size, before = 1.0, value
            while (value := _value(made + size * step, path, rounding, barrier, first)) >= before:
                size /= 2
                if size < 1e-6:
                    size, value = 0.0, before
                    break
            made = made + size * step
            if before - value < 1e-3 * abs(value):
                break
    return made


def _value(made: NDArray[np.float64], path: NDArray[np.float64], rounding: float, barrier: float, first: int
           ) -> float:  # fmt: skip
    """The rounded sum, and the barrier."""
    room = 1 - (made[first:] - path[first:]) ** 2
    if float(room.min(initial=1)) <= 0:
        return np.inf
    total = -barrier * float(np.log(room).sum())
    for order, weight in enumerate(_WEIGHTS, 1):
        total += weight * float(np.sqrt(np.diff(made, order) ** 2 + rounding**2).sum())
    return total


def _model(made: NDArray[np.float64], path: NDArray[np.float64], rounding: float, barrier: float
           ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:  # fmt: skip
    """Gradient and Hessian of `_value`; the latter has seven diagonals."""
    n = len(made)
    off = np.clip(made - path, -0.999999, 0.999999)
    room = 1 - off**2
    slope = barrier * 2 * off / room
    curve = np.zeros((n, n))
    diagonals = curve.reshape(-1)
    diagonals[:: n + 1] = barrier * (2 / room + 4 * off**2 / room**2)
    for order, weight in enumerate(_WEIGHTS, 1):
        told = np.diff(made, order)
        root = np.sqrt(told**2 + rounding**2)
        pull, stiff = weight * told / root, weight * rounding**2 / root**3
        for i, left in enumerate(_STENCILS[order]):
            slope[i : i + len(told)] += left * pull
            for j, right in enumerate(_STENCILS[order]):
                start = i * n + j
                diagonals[start : start + len(told) * (n + 1) : n + 1][: len(told)] += left * right * stiff
    return slope, curve


def roughness(path: Path, limits: NDArray[np.float64]) -> float:
    """The sum that `steady` makes small, over the columns."""
    scaled = path / limits
    told = (np.abs(np.diff(scaled, order, axis=0)).sum() for order in (1, 2, 3))
    return float(sum(weight * one for weight, one in zip(_WEIGHTS, told, strict=True)))


def jitter(path: Path, rate: float) -> float:
    """How much a path trembles: the root mean square of what is faster than half a second, as a share of the width."""
    if len(path) < 3:
        return 0.0
    reach = max(1, round(rate / 4))
    window = np.hanning(2 * reach + 3)[1:-1]
    window /= window.sum()
    # Mirrored through its ends, so that an even movement has no tremble at them.
    odd = np.pad(path, ((reach, reach), (0, 0)), "reflect", reflect_type="odd") if len(path) > reach else path
    if odd is path:
        slow = path.mean(axis=0, keepdims=True)
    else:
        slow = np.stack([np.convolve(odd[:, i], window, "valid") for i in range(path.shape[1])], axis=1)
    fast = path - slow
    return float(np.sqrt(np.mean(fast[:, 0] ** 2 + fast[:, 1] ** 2 + (fast[:, 2] / 2) ** 2)))


def corners_inside(moves: Path, zoom: float, aspect: float) -> NDArray[np.float64]:
    """How far the worst corner of each frame lies outside the picture, in shares of the width; ≤ 0 when inside.

    `moves` are corrections; the corner of the result is looked up where they came from. `aspect` is height / width.
    """
    x, y, angle, scale = moves.T
    half = np.array([0.5, aspect / 2])
    grow = np.exp(-scale) / zoom
    cos, sin = np.cos(-angle), np.sin(-angle)
    worst = np.full(len(moves), -np.inf)
    for side, end in ((1, 1), (1, -1), (-1, 1), (-1, -1)):
        px, py = side * half[0] - x * zoom, end * half[1] - y * zoom
        sx, sy = grow * (cos * px - sin * py), grow * (sin * px + cos * py)
        worst = np.maximum(worst, np.maximum(np.abs(sx) - half[0], np.abs(sy) - half[1]))
    return worst


def zoom_needed(moves: Path, aspect: float, most: float) -> float:
    """The least zoom, up to `most`, at which every corrected frame fills the picture."""
    low, high = 1.0, most
    if float(corners_inside(moves, low, aspect).max()) <= 0:
        return low
    for _ in range(24):
        middle = (low + high) / 2
        low, high = (
            (low, middle) if float(corners_inside(moves, middle, aspect).max()) <= 0 else (middle, high)
        )
    return high
