"""How a camera moved: from each frame to the next a shift, a turn and a change of size, and where shots begin.

    small luma ─► corners all over the picture ─► followed into the next frame and back ─► what most of them agree on

Corners are those of Shi and Tomasi (CVPR 1994), followed by Lucas and Kanade's method in a pyramid; the move is found
by RANSAC, so that what moves by itself is left out of it. A picture in which nothing can be followed is taken as still.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from dreamreel.analyse.look import FilePicture, every, file_picture, luma, small, upright
from dreamreel.analyse.scenes import HEIGHT, WIDTH, cuts
from dreamreel.motion.paths import Path as Moves

__all__ = ["Shake", "detect", "follow", "step"]

_Luma = NDArray[np.uint8]
_Points = NDArray[np.float32]

_LONGEST = 640
"""Pixels of the longer side of what is looked at."""
_CELLS = (8, 6)
"""Across and down: corners are taken from every part of the picture, so that its background outweighs its subject."""
_EACH = 12
"""Corners in each part."""
_BACK = 0.5
"""Pixels by which a corner may miss where it came from, followed into the next frame and back."""
_NEAR = 0.6
"""Pixels by which a corner may miss the move and still agree with it."""
_WIDE, _LOCAL = 0.5, 0.1
"""Shares of the picture: what moves within less than the first may be its subject, within the second it surely is."""
_LEAST = 32
"""Pixels of the shorter side, below which nothing is followed."""
_FEWEST = 12
"""Corners that have to agree on a move."""


@dataclass(frozen=True, slots=True)
class Shake:
    """How the camera of a film moved."""

    times: tuple[Fraction, ...]
    """When each frame begins, in seconds."""
    moves: Moves
    """For each frame the move from the one before: x, y (shares of the width), angle, logarithm of scale."""
    cuts: tuple[int, ...]
    """Numbers of the frames that begin a shot, the first frame not counted."""

    def shots(self) -> Iterator[tuple[int, int]]:
        """The first frame of each shot and the one after its last."""
        borders = [0, *self.cuts, len(self.times)]
        yield from ((low, high) for low, high in pairwise(borders) if high > low)


def detect(path: Path, start: Fraction = Fraction(0), end: Fraction | None = None) -> Shake:
    """The moves of a film's camera in `[start, end)`; times count from `start`. Decodes that part whole.

    Raises what opening the file raises, and `BadParameter` when it has no picture.
    """
    film = file_picture(path, "steadying")

    def seen() -> Iterator[tuple[Fraction, _Luma, NDArray[np.uint8]]]:
        for time, frame in every(path, start, end):
            yield time - start, _shrunk(luma(frame).plane, film), small(frame, WIDTH, HEIGHT)

    return follow(seen())


def follow(frames: Iterable[tuple[Fraction, _Luma, NDArray[np.uint8]]]) -> Shake:
    """The moves between pictures in a row, each with its time and its thumbnail as `scenes.cuts` wants it."""
    times: list[Fraction] = []
    moves: list[NDArray[np.float64]] = []

    def thumbnails() -> Iterator[NDArray[np.uint8]]:
        before: _Luma | None = None
        for time, picture, thumbnail in frames:
            same = before is not None and before.shape == picture.shape
            moves.append(step(before, picture) if same and before is not None else np.zeros(4))
            times.append(time)
            before = picture
            yield thumbnail

    found = cuts(times, thumbnails())
    table = np.array(moves).reshape(-1, 4)
    table[found] = 0
    return Shake(tuple(times), table, tuple(found))


def step(before: _Luma, after: _Luma) -> NDArray[np.float64]:
    """The move from one picture to the next; zeros where nothing can be followed."""
    still = np.zeros(4)
    points = _corners(before)
    if len(points) < _FEWEST or min(before.shape) < _LEAST:
        return still
    sources, targets = _followed(before, after, points)
    if len(sources) < _FEWEST:
        return still
    centre = np.array([(before.shape[1] - 1) / 2, (before.shape[0] - 1) / 2], np.float32)
    sources, targets = sources - centre, targets - centre
    _, inside = cv2.estimateAffinePartial2D(
        sources, targets, method=cv2.RANSAC, ransacReprojThreshold=_NEAR, maxIters=500, confidence=0.995,
        refineIters=10,
    )  # fmt: skip
    if np.count_nonzero(inside) < max(_FEWEST, len(sources) // 5):
        return still
    agreed = sources[inside.ravel() > 0]
    calm = np.abs(targets - sources).max(axis=1) < _NEAR / 2
    rests = int(calm.sum()) >= len(sources) // 4 or (
        _spread(agreed, before) < _WIDE and int(calm.sum()) >= 6 and
        _spread(sources[calm], before) > _spread(agreed, before)
    )  # fmt: skip
    if not rests and _spread(agreed, before) < _LOCAL:
        return still
    # Before a camera that stands still, much may move: there what rests decides.
    chosen = calm if rests else inside.ravel() > 0
    method = cv2.LMEDS if rests else cv2.RANSAC
    return _read(cv2.estimateAffinePartial2D(sources[chosen], targets[chosen], method=method, refineIters=10)[0],
                 before.shape[1])  # fmt: skip


def _read(move: cv2.typing.MatLike | None, width: int) -> NDArray[np.float64]:
    """A move as shares of the width, angle and logarithm of scale."""
    if move is None:
        return np.zeros(4)
    a, b = float(move[0, 0]), float(move[1, 0])
    scale = float(np.hypot(a, b))
    if not 0.8 < scale < 1.25:
        return np.zeros(4)
    return np.array([move[0, 2] / width, move[1, 2] / width, np.arctan2(b, a), np.log(scale)])


def _corners(picture: _Luma) -> _Points:
    """The strongest corners of every part of a picture."""
    height, width = picture.shape
    strong = cv2.cornerMinEigenVal(picture, 5)
    peaks = (strong >= cv2.dilate(strong, np.ones((9, 9), np.uint8))) & (
        strong > max(1e-5, 0.003 * float(strong.max()))
    )
    rows, columns = np.nonzero(peaks)
    cells = rows * _CELLS[1] // height * _CELLS[0] + columns * _CELLS[0] // width
    order = np.lexsort((-strong[rows, columns], cells))
    cells = cells[order]
    rank = np.arange(len(order)) - np.asarray(np.searchsorted(cells, cells), np.int64)
    best = order[rank < _EACH]
    return np.stack([columns[best], rows[best]], axis=1).astype(np.float32)


def _spread(points: _Points, picture: _Luma) -> float:
    """The share of a picture that points span."""
    hull = cv2.convexHull(points) if len(points) > 2 else None
    return 0.0 if hull is None else float(cv2.contourArea(hull)) / picture.size


def _followed(before: _Luma, after: _Luma, points: _Points) -> tuple[_Points, _Points]:
    """The corners that are found again, and come back to where they were."""
    there, ok = _tracked(before, after, points)
    back, again = _tracked(after, before, there)
    close = np.abs(back - points).max(axis=1) < _BACK
    kept = ok & again & close
    return points[kept], there[kept]


def _tracked(before: _Luma, after: _Luma, points: _Points) -> tuple[_Points, NDArray[np.bool_]]:
    there = np.empty_like(points)
    stop = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 20, 0.01)
    there, ok, _ = cv2.calcOpticalFlowPyrLK(
        before, after, points, there, winSize=(15, 15), maxLevel=4, criteria=stop
    )
    return np.asarray(there, np.float32), np.asarray(ok, np.uint8).ravel() == 1


def _shrunk(plane: _Luma, film: FilePicture) -> _Luma:
    """A plane upright, with square pixels, no longer than `_LONGEST`."""
    sar = 1 / film.track.sar if film.track.rotation.swaps_sides else film.track.sar
    height, width = plane.shape
    scale = min(1.0, _LONGEST / max(float(width * sar), height))
    size = (max(1, round(float(width * sar) * scale)), max(1, round(height * scale)))
    plane = plane if size == (width, height) else np.asarray(
        cv2.resize(plane, size, interpolation=cv2.INTER_AREA), np.uint8
    )  # fmt: skip
    return np.ascontiguousarray(upright(plane, film))
