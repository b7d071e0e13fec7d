"""Frames laid where a steady camera would have seen them.

    correction of a frame ─► one map for each plane, true to where its samples lie ─► warped ─► (fill) what is missing

Moves are about the picture's middle and counted in display pixels, so that pictures with oblong pixels turn without
being bent. Samples of colour are taken to lie where H.264 and MPEG-2 put them: on the left one of their luma pair.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from dreamreel.media.planes import Samples, like, peak, planes, steps

if TYPE_CHECKING:
    import av

__all__ = ["Corrections", "Steadier", "matrix"]

_Matrix = NDArray[np.floating[Any]]
_NEAR = 2_000
"""Microseconds within which a time is that of a frame."""
_FEATHER = 0.012
"""Share of the width over which a filled border melts into the picture."""


@dataclass(frozen=True, slots=True)
class Corrections:
    """What moves each frame of a film to where it belongs."""

    times: list[int]
    """Microseconds at which frames begin."""
    moves: _Matrix
    """For each x, y (shares of the width), angle, logarithm of scale."""
    paths: _Matrix | None = None
    """Where the camera was, in the same units: what lays a neighbour over a frame. Only where borders are filled."""
    shots: NDArray[np.int64] | None = None
    """The number of each frame's shot."""

    def at(self, time: Fraction) -> _Matrix:
        """The correction at a time in seconds; between two frames a mean of theirs."""
        number, part = self.place(time)
        if not part:
            return self.moves[number]
        return (1 - part) * self.moves[number] + part * self.moves[number + 1]

    def place(self, time: Fraction) -> tuple[int, float]:
        """The frame on show at a time, and how far it is on the way to the next."""
        stamp = round(time * 1_000_000)
        number = min(len(self.times) - 1, max(0, bisect_right(self.times, stamp + _NEAR) - 1))
        after = min(number + 1, len(self.times) - 1)
        if stamp - self.times[number] <= _NEAR or after == number:
            return number, 0.0
        return number, (stamp - self.times[number]) / (self.times[after] - self.times[number])


def matrix(move: _Matrix, zoom: float = 1.0) -> _Matrix:
    """A move as a 3 × 3 matrix on display coordinates about the middle, in shares of the width."""
    x, y, angle, scale = (float(one) for one in move)
    a, b = np.exp(scale) * np.cos(angle), np.exp(scale) * np.sin(angle)
    grow = np.diag([zoom, zoom, 1.0])
    return grow @ np.array([[a, -b, x], [b, a, y], [0, 0, 1.0]])


class _Box(NamedTuple):
    """A part of the picture, in luma pixels."""

    left: int
    top: int
    width: int
    height: int


class Steadier:
    """Makes the steady frames of a clip."""

    def __init__(self, found: Corrections, zooms: NDArray[np.float64], sar: Fraction, fill: bool) -> None:
        """`zooms` has one for each shot; `fill` shows neighbours where a frame does not reach."""
        self._found, self._zooms, self._sar, self._fill = found, zooms, float(sar), fill

    def __call__(self, window: Sequence[av.VideoFrame], at: int, time: Fraction) -> av.VideoFrame:
        """The steady frame for `window[at]`."""
        frame = window[at]
        number, _ = self._found.place(time)
        zoom = self._zoom(number)
        move = self._found.at(time)
        if zoom == 1 and not move.any():
            return frame
        onto = matrix(move, zoom)
        made = like(frame)
        whole = _Box(0, 0, frame.width, frame.height)
        for target, part in zip(planes(made), self._moved(frame, onto, whole), strict=True):
            target[:] = part
        if self._fill:
            self._complete(window, at, number, onto, made)
        return made

    def _zoom(self, number: int) -> float:
        return float(self._zooms[self._found.shots[number]]) if self._found.shots is not None else 1.0

    def _moved(self, frame: av.VideoFrame, onto: _Matrix, box: _Box) -> list[Samples]:
        """A part of what a frame looks like when it is moved; its edges are repeated outwards."""
        made: list[Samples] = []
        for number, source in enumerate(planes(frame)):
            across, down = _shared(frame, number)
            back = np.linalg.inv(_on_plane(onto, frame, number, self._sar))
            start = np.array([[1, 0, box.left // across], [0, 1, box.top // down], [0, 0, 1.0]])
            size = (-(-box.width // across), -(-box.height // down))
            flags = cv2.INTER_LANCZOS4 | cv2.WARP_INVERSE_MAP
            part = cv2.warpAffine(np.ascontiguousarray(source), (back @ start)[:2], size, flags=flags,
                                  borderMode=cv2.BORDER_REPLICATE)  # fmt: skip
            made.append(cast("Samples", np.minimum(part, peak(frame)).astype(source.dtype, copy=False)))
        return made

    def _complete(self, window: Sequence[av.VideoFrame], at: int, number: int, onto: _Matrix,
                  made: av.VideoFrame) -> None:  # fmt: skip
        """Show neighbours of the same shot where the frame does not reach, and a soft edge where none does."""
        frame = window[at]
        cover = self._reach(frame, onto, _Box(0, 0, frame.width, frame.height))
        for box in _bare(cover):
            parts = [plane[_rows(box, made, n)] for n, plane in enumerate(planes(made))]
            missing = 1 - cover[box.top : box.top + box.height, box.left : box.left + box.width]
            border = [_softened(part, frame.width) for part in parts]
            left = missing
            for far, across in self._neighbours(number, at, len(window), onto):
                gain = np.minimum(left, self._reach(frame, across, box))
                if float(gain.max()) < 0.05:
                    continue
                share = gain / np.maximum(missing, 1e-6)
                for old, new in zip(border, self._moved(window[far], across, box), strict=True):
                    _lay(old, new, share)
                left = left - gain
                if float(left.max()) < 0.05:
                    break
            for part, new in zip(parts, border, strict=True):
                _lay(part, new, missing)

    def _neighbours(self, number: int, at: int, count: int, onto: _Matrix) -> Iterator[tuple[int, _Matrix]]:
        """The frames of a window that are of the same shot, the nearest first, and what lays each over the result."""
        shots, paths = self._found.shots, self._found.paths
        for far in sorted(range(count), key=lambda n: (abs(n - at), n)):
            other = number + far - at
            if far == at or shots is None or paths is None or not 0 <= other < len(shots):
                continue
            if shots[other] == shots[number]:
                yield far, onto @ matrix(paths[number] - paths[other])

    def _reach(self, frame: av.VideoFrame, onto: _Matrix, box: _Box) -> NDArray[np.float32]:
        """How far each pixel of the result is inside a moved frame: 0 at its edge, 1 where its border has melted."""
        back = np.linalg.inv(_on_plane(onto, frame, 0, self._sar)).astype(np.float32)
        soft = max(2.0, _FEATHER * frame.width)
        x = np.arange(box.left, box.left + box.width, dtype=np.float32)
        y = np.arange(box.top, box.top + box.height, dtype=np.float32)[:, None]
        sx = back[0, 0] * x + back[0, 1] * y + back[0, 2]
        sy = back[1, 0] * x + back[1, 1] * y + back[1, 2]
        inside = np.minimum(np.minimum(sx, frame.width - 1 - sx), np.minimum(sy, frame.height - 1 - sy)) + 0.5
        return np.clip(inside / soft, 0, 1).astype(np.float32)


def _bare(cover: NDArray[np.float32]) -> list[_Box]:
    """The strips along the edges that a frame does not cover: above, below, left, right."""
    height, width = cover.shape
    core = np.count_nonzero(cover >= 1, axis=1) > width / 2
    if not core.any():
        return [_Box(0, 0, width, height)]
    top, bottom = int(core.argmax()), height - int(core[::-1].argmax())
    middle = cover[top:bottom]
    full = np.min(middle, axis=0) >= 1
    left = int(full.argmax()) if full.any() else width
    right = width - int(full[::-1].argmax()) if full.any() else width
    top, left = -(-top // 4) * 4, -(-left // 4) * 4
    bottom, right = bottom // 4 * 4, right // 4 * 4
    if top >= bottom or left >= right:
        return [_Box(0, 0, width, height)]
    boxes = (
        _Box(0, 0, width, top), _Box(0, bottom, width, height - bottom),
        _Box(0, top, left, bottom - top), _Box(right, top, width - right, bottom - top),
    )  # fmt: skip
    return [box for box in boxes if box.width > 0 and box.height > 0]


def _shared(frame: av.VideoFrame, number: int) -> tuple[int, int]:
    """How many luma columns and rows share a sample of a plane."""
    return steps(frame.format.name) if number in (1, 2) else (1, 1)


def _rows(box: _Box, frame: av.VideoFrame, number: int) -> tuple[slice, slice]:
    """Where a box lies in a plane. Its corner is a multiple of every step."""
    across, down = _shared(frame, number)
    top, left = box.top // down, box.left // across
    return slice(top, top + -(-box.height // down)), slice(left, left + -(-box.width // across))


def _on_plane(onto: _Matrix, frame: av.VideoFrame, number: int, sar: float) -> _Matrix:
    """A move as it maps the samples of a plane."""
    across, down = _shared(frame, number)
    width = frame.width * sar
    # A sample's place in luma pixels: its number times the step, shifted; then shares of the width about the middle.
    below = (down - 1) / 2
    place = np.array([
        [across * sar / width, 0, (0.5 - frame.width / 2) * sar / width],
        [0, down / width, (below + 0.5 - frame.height / 2) / width],
        [0, 0, 1.0],
    ])  # fmt: skip
    return np.linalg.inv(place) @ onto @ place


def _softened(part: Samples, width: int) -> Samples:
    """A strip whose repeated edges are blurred: what is shown where no picture is known."""
    reach = max(1, min(width // 24, *part.shape)) * 2 + 1
    blurred = np.asarray(cv2.blur(np.ascontiguousarray(part), (reach, reach)), part.dtype)
    return cast("Samples", blurred.reshape(part.shape))


def _lay(base: Samples, other: Samples, weight: _Matrix) -> None:
    """`other` laid over `base` by a weight for each pixel of luma."""
    height, width = base.shape
    share = weight if weight.shape == base.shape else cv2.resize(
        weight, (width, height), interpolation=cv2.INTER_AREA
    )  # fmt: skip
    base[:] = np.rint(base + share * (other.astype(np.float32) - base)).astype(base.dtype)
