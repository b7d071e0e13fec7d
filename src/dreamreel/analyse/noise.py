"""How much noise or grain a film has: its strength in luma and chroma, and how coarse it is.

    pairs of neighbouring frames all over the film ─► static places: what differs is noise
                                                   ─► flat places: what a Laplacian leaves is noise
    ─► the median of the pairs

Where enough stands still, time tells best: texture is not taken for noise. Elsewhere the flat places of single frames
tell. All spreads are medians of absolute deviations, which a few edges or moving things do not sway.

Source of the mask: J. Immerkær, "Fast Noise Variance Estimation", Computer Vision and Image Understanding 64, 1996.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dreamreel.analyse.look import every, file_picture

if TYPE_CHECKING:
    import av

__all__ = ["Noise", "detect", "measure", "of_pair", "of_plane", "parts"]

Plane = NDArray[np.float32]
"""One plane in 8-bit steps."""

_RUNS, _LENGTH = 8, 3
_BLOCK = 8
"""Pixels along the sides of the blocks that are static or flat as a whole."""
_STATIC = 0.05
"""Of a frame, so much must stand still for time to tell."""
_FLAT = 0.2
"""Of the blocks, the flattest share that single frames are measured on."""
_MAD = 1.4826
"""Standard deviation of normal noise over its median absolute deviation."""
_MEAN = 1.2533
"""Standard deviation of normal noise over its mean absolute deviation."""
_ENDS = 6
"""Steps from black and white where noise is cut off."""
_LEAST = 16
"""Pixels along a side under which nothing can be told."""


@dataclass(frozen=True, slots=True)
class Noise:
    """The noise of a film."""

    luma: float
    """Standard deviation in 8-bit steps."""
    chroma: float
    """The same of the colour planes, the stronger of the two."""
    size: float = 0.0
    """How coarse its grain is: sigma of the blur that would make white noise like it, in pixels of luma."""


def detect(path: Path) -> Noise:
    """The noise of a film's main picture, from eight runs of three frames.

    Raises what opening it raises, and `BadParameter` when it has no picture.
    """
    film = file_picture(path, "measuring noise")
    rate = film.track.rate or film.track.average_rate or Fraction(25)
    length = (_LENGTH + 1) / rate
    free = film.found.duration - length
    starts = [max(free, Fraction(0)) * (2 * run + 1) / (2 * _RUNS) for run in range(_RUNS)]
    if free <= _RUNS * length:
        return measure([_frames(path, Fraction(0), None)])
    return measure(_frames(path, start, start + length) for start in starts)


def _frames(path: Path, start: Fraction, end: Fraction | None) -> Iterator[list[Plane]]:
    return (parts(frame) for _, frame in islice(every(path, start, end), _RUNS * _LENGTH))


def parts(frame: av.VideoFrame) -> list[Plane]:
    """Y, U and V of a frame in 8-bit steps, each in its own size; only Y of grey."""
    from dreamreel.media.planes import is_planar, planes

    if not is_planar(frame.format.name.replace("yuvj", "yuv")):
        frame = frame.reformat(format="yuv444p", threads=1)
    unit = np.float32(1 / (1 << (frame.format.components[0].bits - 8)))
    return [plane.astype(np.float32) * unit for plane in planes(frame)[:3]]


def measure(runs: Iterable[Iterable[list[Plane]]]) -> Noise:
    """The noise of runs of consecutive frames, as planes in 8-bit steps."""
    found: list[Noise] = []
    single: list[Noise] = []
    for run in runs:
        before: list[Plane] | None = None
        for now in run:
            single.append(_of_frame(now))
            if before is not None and (pair := of_pair(before, now)) is not None:
                found.append(pair)
            before = now
    # Frames that are shown twice, or blocks that a codec only repeats, have no noise of their own.
    telling = [one for one in found if one.luma > 0.02] or found
    return _middle(telling if len(telling) * 3 >= len(single) else single)


def _middle(found: Sequence[Noise]) -> Noise:
    if not found:
        return Noise(0.0, 0.0)
    values = np.median([(one.luma, one.chroma, one.size) for one in found], axis=0)
    return Noise(*(round(float(value), 3) for value in values))


def _of_frame(frame: list[Plane]) -> Noise:
    spread = [of_plane(plane) for plane in frame]
    return Noise(spread[0], max(spread[1:], default=0.0))


def of_plane(plane: Plane) -> float:
    """The standard deviation of the noise in one picture, from its flattest places, in its own steps."""
    import cv2

    if min(plane.shape) < _LEAST:
        return 0.0
    mask = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
    left = np.abs(cv2.filter2D(plane, cv2.CV_32F, mask))
    soft = _soft(plane)
    slope = cv2.magnitude(cv2.Scharr(soft, cv2.CV_32F, 1, 0), cv2.Scharr(soft, cv2.CV_32F, 0, 1))
    slope = np.asarray(slope, np.float32)
    slopes, inside = _blocks(slope).max(axis=1), _unclipped(soft)
    if not inside.any():
        return 0.0
    flat = inside & (slopes <= np.quantile(slopes[inside], _FLAT))
    return float(_MAD * np.median(_blocks(left)[flat]) / 6)


def of_pair(before: list[Plane], now: list[Plane]) -> Noise | None:
    """The noise of two neighbouring frames, from what stands still in them; None when too little does."""
    if min(now[0].shape) < _LEAST or before[0].shape != now[0].shape:
        return None
    step = now[0] - before[0]
    blocks = _blocks(step)
    means, spreads = np.abs(blocks.mean(axis=1)), blocks.std(axis=1)
    # A block of pure noise has a mean of about its spread over 8, and no more of it than its neighbours.
    usual = float(np.median(spreads[spreads <= np.quantile(spreads, 0.5)])) if len(spreads) else 0.0
    inside = _unclipped(_soft(now[0]))
    still = inside & (means <= max(usual, 0.5) * 3 / _BLOCK) & (spreads <= max(1.6 * usual, 0.5))
    if still.mean() < _STATIC:
        return None
    chroma = [_chroma(one, other, still, step.shape) for one, other in zip(before[1:], now[1:], strict=True)]
    return Noise(_spread(blocks[still]), max(chroma, default=0.0), _size(step, still))


def _chroma(before: Plane, now: Plane, still: NDArray[np.bool_], whole: tuple[int, ...]) -> float:
    import cv2

    rows, columns = whole[0] // _BLOCK, whole[1] // _BLOCK
    grid = still.reshape(rows, columns).astype(np.uint8)
    mask = cv2.resize(grid, (now.shape[1], now.shape[0]), interpolation=cv2.INTER_NEAREST) > 0
    return _spread((now - before)[mask])


def _spread(steps: Plane) -> float:
    """The standard deviation of noise from differences between two noisy pictures.

    The mean of magnitudes, held against the few that are large: medians of whole steps are too coarse for weak noise.
    """
    if not steps.size:
        return 0.0
    far = np.abs(steps)
    return float(np.minimum(far, 4 * np.median(far) + 2).mean() * _MEAN / np.sqrt(2))


def _size(step: Plane, still: NDArray[np.bool_]) -> float:
    """How coarse the grain is: correlation r of pixels side by side is that of a blur of sigma √(−1 / (4 ln r))."""
    tiles = _blocks(step).reshape(-1, _BLOCK, _BLOCK)[still]
    power = float(np.mean(tiles**2))
    if power <= 0.01:
        return 0.0
    shared = float(np.mean(tiles[:, :, 1:] * tiles[:, :, :-1]) + np.mean(tiles[:, 1:] * tiles[:, :-1])) / 2
    alike = min(max(shared / power, 0.0), 0.95)
    return float(np.sqrt(-1 / (4 * np.log(alike)))) if alike > 0.1 else 0.0


def _soft(plane: Plane) -> Plane:
    import cv2

    return np.asarray(cv2.GaussianBlur(plane, (0, 0), 2), np.float32)


def _unclipped(soft: Plane) -> NDArray[np.bool_]:
    """Blocks that are neither near black nor near white."""
    blocks = _blocks(soft)
    return (blocks.min(axis=1) > 16 + _ENDS) & (blocks.max(axis=1) < 235 - _ENDS)


def _blocks(plane: Plane) -> Plane:
    """(blocks, 64): the plane in blocks, what is left over at the right and bottom left out."""
    rows, columns = plane.shape[0] // _BLOCK, plane.shape[1] // _BLOCK
    cut = plane[: rows * _BLOCK, : columns * _BLOCK].reshape(rows, _BLOCK, columns, _BLOCK)
    return cut.swapaxes(1, 2).reshape(rows * columns, _BLOCK * _BLOCK)
