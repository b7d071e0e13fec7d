"""Faces of a film by a network of their own, inside soft masks over what another network makes of the whole.

    frame ─┬─► the ordinary network ───────────────────────────► the whole, larger ─┬─► result
           └─► boxes around the faces ─► the network for faces ─► boxes, larger ─────┘   inside ellipses with soft rims

Only the boxes are computed by the second network, with all around them that they depend on. Where no face is, the
result is that of the ordinary network, to the bit; where one is, it is base + mask · share · (face − base), in planes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from dreamreel.media.planes import planes, steps

if TYPE_CHECKING:
    import av

    from dreamreel.neural.enlarge import Enlarger

__all__ = ["COLUMNS", "SPACE", "Faces", "FacesEnlarger", "FacesOver", "Spot", "mask"]

COLUMNS: Final = 7
"""Of a table of faces: number of the face, milliseconds, x, y, width, height in `SPACE`ths, weight in hundredths."""
SPACE: Final = 10_000
"""Parts of the picture's width, or height."""
_WIDE, _HIGH = 0.58, 0.62
"""Half axes of the ellipse inside which a mask is whole, in widths and heights of a face's box."""
_OUT: Final = 1.8
"""How many times as far from the middle it is nothing."""
_TINY, _SEEN = 12, 20
"""Samples of a face's shorter side at which there is nothing to be seen of it, and enough."""

_Box = tuple[int, int, int, int]
"""Left, top, right and bottom; the last two lie outside."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A face in one frame, in samples: its middle, its size, and how much of it there is, 0 to 1."""

    x: float
    y: float
    wide: float
    high: float
    weight: float

    def box(self, width: int, height: int) -> _Box:
        """What its mask touches of a frame of that size: even sides, or the frame's edges."""
        across, down = _OUT * _WIDE * self.wide, _OUT * _HIGH * self.high
        left, top = (max(0, int(low) // 2 * 2) for low in (self.x - across, self.y - down))
        right, bottom = (-(-int(high + 1) // 2) * 2 for high in (self.x + across, self.y + down))
        return left, top, min(width, right), min(height, bottom)


class Faces:
    """Where the faces of a film are at any time."""

    def __init__(self, table: NDArray[np.int64]) -> None:
        """`table` has `COLUMNS` columns, and a row for each place that a face moves evenly from or to.

        Rows are in the order of faces, those of a face in the order of time.
        """
        borders = np.flatnonzero(np.diff(table[:, 0])) + 1
        self._tracks = np.split(table[:, 1:], borders)
        self._begins = np.array([track[0, 0] for track in self._tracks])
        self._ends = np.array([track[-1, 0] for track in self._tracks])

    def at(self, time: Fraction, width: int, height: int) -> list[Spot]:
        """The faces on show at a time in seconds, in a frame of that size; those too small to be seen left out."""
        now = time * 1000
        moment = float(now)
        there = np.flatnonzero((self._begins <= moment) & (moment < self._ends))
        spots = (self._spot(self._tracks[number], moment, width, height) for number in there)
        return [spot for spot in spots if spot.weight > 0]

    def _spot(self, track: NDArray[np.int64], moment: float, width: int, height: int) -> Spot:
        x, y, wide, high, weight = [
            float(np.interp(moment, track[:, 0], track[:, column])) for column in range(1, COLUMNS - 1)
        ]
        wide, high = wide / SPACE * width, high / SPACE * height
        seen = min(1.0, max(0.0, (min(wide, high) - _TINY) / (_SEEN - _TINY)))
        return Spot(x / SPACE * width, y / SPACE * height, wide, high, weight / 100 * seen)


def mask(spots: Iterable[Spot], x: NDArray[np.float32], y: NDArray[np.float32]) -> NDArray[np.float32]:
    """How much of the faces shows at each of the columns `x` and rows `y`: 1 inside them, smoothly 0 around them."""
    made = np.zeros((len(y), len(x)), np.float32)
    for spot in spots:
        across = ((x - np.float32(spot.x)) / np.float32(_WIDE * spot.wide)) ** 2
        down = ((y - np.float32(spot.y)) / np.float32(_HIGH * spot.high)) ** 2
        rim = np.clip((_OUT - np.sqrt(down[:, None] + across)) / np.float32(_OUT - 1), 0, 1)
        np.maximum(made, rim * rim * (3 - 2 * rim) * np.float32(spot.weight), out=made)
    return made


class FacesEnlarger:
    """Makes frames of a film larger by two networks of the same scale. It belongs to one thread."""

    def __init__(self, whole: Enlarger, face: Enlarger, faces: Faces, share: float, scale: int) -> None:
        """`faces` says where they are at which time; the rest as of `FacesOver`."""
        self._faces = faces
        self._over = FacesOver(whole, face, share, scale)

    def __call__(self, window: Sequence[av.VideoFrame], at: int, time: Fraction) -> av.VideoFrame:
        """The frame larger; it begins at `time`, in the seconds of the clip that the faces were found in."""
        frame = window[at]
        return self._over(frame, self._faces.at(time, frame.width, frame.height))

    def through(
        self, windows: Iterable[tuple[Fraction, Sequence[av.VideoFrame], int]]
    ) -> Iterator[tuple[Fraction, av.VideoFrame]]:
        """The frames of many windows, with their times; a few that follow are computed meanwhile."""

        def given() -> Iterator[tuple[tuple[Fraction, av.VideoFrame], av.VideoFrame]]:
            for time, window, at in windows:
                yield (time, window[at]), window[at]

        for (time, frame), made in self._over.whole.through(given()):
            yield time, self._over.laid(made, frame, self._faces.at(time, frame.width, frame.height))


class FacesOver:
    """Makes pictures of one size and format larger by two networks of the same scale. It belongs to one thread."""

    def __init__(self, whole: Enlarger, face: Enlarger, share: float, scale: int) -> None:
        """`share` is how much of what the network `face` makes shows inside the masks, 0 to 1."""
        self.whole, self._face = whole, face
        self._share, self._scale = share, scale
        self._sheet: list[NDArray[np.uint8 | np.uint16]] = []
        """Planes as large as the result's; of them only boxes are filled, and those read at once."""

    def __call__(self, frame: av.VideoFrame, spots: Sequence[Spot]) -> av.VideoFrame:
        """The frame larger, with the faces in it at `spots`; these may lie beyond its edges."""
        return self.laid(self.whole(frame), frame, spots)

    def laid(self, made: av.VideoFrame, frame: av.VideoFrame, spots: Sequence[Spot]) -> av.VideoFrame:
        """`made`, which the network `whole` made of the frame, with its faces laid over it."""
        boxes = _apart([spot.box(frame.width, frame.height) for spot in spots])
        if not boxes:
            return made
        targets = planes(made)[:3]
        if not self._sheet:
            self._sheet = [np.empty(plane.shape, plane.dtype) for plane in targets]
        self._face.within(frame, boxes, self._sheet)
        for number, (target, face) in enumerate(zip(targets, self._sheet, strict=True)):
            across, down = steps(made.format.name) if number else (1, 1)
            for box in boxes:
                self._blend(target, face, box, spots, across, down)
        return made

    def _blend(
        self, target: NDArray[np.uint8 | np.uint16], face: NDArray[np.uint8 | np.uint16], box: _Box,
        spots: Sequence[Spot], across: int, down: int,
    ) -> None:  # fmt: skip
        scale = self._scale
        left, top = box[0] * scale // across, box[1] * scale // down
        right, bottom = -(-box[2] * scale // across), -(-box[3] * scale // down)
        # Where samples lie, in samples of the frame: colour beside the left one of two columns, between two rows.
        x = (np.arange(left, right, dtype=np.float32) * across + 0.5) / scale
        y = (np.arange(top, bottom, dtype=np.float32) * down + down / 2) / scale
        part = np.s_[top:bottom, left:right]
        share = mask(spots, x.astype(np.float32), y.astype(np.float32)) * np.float32(self._share)
        base = target[part].astype(np.float32)
        target[part] = np.rint(base + share * (face[part].astype(np.float32) - base))


def _apart(boxes: list[_Box]) -> list[_Box]:
    """Boxes that do not meet: those that do, made one; empty ones left out."""
    boxes = [box for box in boxes if box[0] < box[2] and box[1] < box[3]]
    while True:
        pair = next((pair for pair in combinations(boxes, 2) if _meet(*pair)), None)
        if pair is None:
            return boxes
        one, other = pair
        joint = (min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3]))
        boxes = [box for box in boxes if box not in pair] + [joint]


def _meet(one: _Box, other: _Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
