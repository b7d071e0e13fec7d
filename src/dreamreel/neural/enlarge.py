"""Frames through a network, tile by tile.

    planes ─► edges mirrored ─► tiles with a halo ─► network ─► the middles, side by side ─► planes

A tile's halo is as wide as the network looks, so tiles give the very samples that the whole frame would, whatever their
size; and memory depends on the tile, not on the frame.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from dreamreel.media.colour import complete, frame_colour, tag
from dreamreel.neural.catalog import Network, Precision
from dreamreel.neural.graph import Form, TileModel, halo

__all__ = ["FORMATS", "TILE", "Enlarger", "Samples"]

Samples = NDArray[np.uint8 | np.uint16]

FORMATS: Final = {
    "yuv420p": (8, 2, 2), "yuv422p": (8, 2, 1), "yuv444p": (8, 1, 1),
    "yuv420p10le": (10, 2, 2), "yuv422p10le": (10, 2, 1), "yuv444p10le": (10, 1, 1),
    "yuva420p": (8, 2, 2), "yuva422p": (8, 2, 1), "yuva444p": (8, 1, 1),
    "yuva444p10le": (10, 1, 1), "yuva444p12le": (12, 1, 1),
}  # fmt: skip
"""Pixel formats that are read and written: bits, luma columns and luma rows per chroma sample."""

TILE: Final = 640 * 360
"""Samples of a tile, at most and about: less would repeat too much halo, more would not be faster."""


@dataclass(frozen=True, slots=True)
class _Grid:
    """Tiles of one size over a frame; the last of a row or column may reach beyond it."""

    width: int
    height: int
    columns: int
    rows: int

    @classmethod
    def over(cls, width: int, height: int, most: int) -> _Grid:
        """As few tiles of at most `most` samples as are about as wide as high; sides are even."""
        columns = rows = 1
        while math.ceil(width / columns) * math.ceil(height / rows) > most:
            if width / columns >= height / rows:
                columns += 1
            else:
                rows += 1
        return cls(_even(math.ceil(width / columns)), _even(math.ceil(height / rows)), columns, rows)

    def corners(self) -> Iterator[tuple[int, int]]:
        """The upper left corners, as x and y."""
        for row in range(self.rows):
            for column in range(self.columns):
                yield column * self.width, row * self.height


class Enlarger:
    """Makes frames of one size and format larger. It belongs to one thread at a time."""

    def __init__(self, network: Network, pix_fmt: str, width: int, height: int, precision: Precision,
                 strength: float = 1.0, tile: int = TILE) -> None:  # fmt: skip
        """`pix_fmt` is one of `FORMATS`; frames of `width`×`height` come, in tiles of about `tile` samples."""
        self._network, self._pix_fmt = network, pix_fmt
        self._width, self._height = width, height
        self._precision: Precision = precision
        self._strength = strength
        self._halo = halo(network)
        self._grid = _Grid.over(width, height, tile)
        self._model: TileModel | None = None
        self._form: Form | None = None

    def __call__(self, frame: av.VideoFrame) -> av.VideoFrame:
        """The frame made larger; its time, duration and colour are kept."""
        colour = complete(frame_colour(frame), self._pix_fmt, frame.height)
        form = Form(*FORMATS[self._pix_fmt], colour)
        if self._model is None or form != self._form:
            width, height = self._grid.width + 2 * self._halo, self._grid.height + 2 * self._halo
            self._form = form
            self._model = TileModel(self._network, form, width, height, self._precision, self._strength)
        scale = self._network.scale
        made = av.VideoFrame(self._width * scale, self._height * scale, self._pix_fmt)
        sources, targets = (_planes(one, form.sample) for one in (frame, made))
        self._enlarge(self._model, form, sources, targets)
        if len(sources) == 4:
            size = (self._width * scale, self._height * scale)
            cv2.resize(sources[3], size, dst=targets[3], interpolation=cv2.INTER_CUBIC)
        made.pts, made.duration = frame.pts, frame.duration
        if frame.time_base:
            made.time_base = frame.time_base
        return tag(made, colour)

    def _enlarge(self, model: TileModel, form: Form, sources: list[Samples], targets: list[Samples]) -> None:
        grid, rim, scale = self._grid, self._halo, self._network.scale
        y = _padded(sources[0], rim, rim, grid.width * grid.columns, grid.height * grid.rows)
        over, along = rim // form.across, rim // form.down
        whole = (grid.width * grid.columns // form.across, grid.height * grid.rows // form.down)
        uv = np.stack([_padded(plane, over, along, *whole) for plane in sources[1:3]])
        for left, top in grid.corners():
            small = y[top : top + grid.height + 2 * rim, left : left + grid.width + 2 * rim]
            x0, y0 = left // form.across, top // form.down
            chroma = uv[
                :,
                y0 : y0 + grid.height // form.down + 2 * along,
                x0 : x0 + grid.width // form.across + 2 * over,
            ]
            large, tint = model(np.ascontiguousarray(small), np.ascontiguousarray(chroma))
            _put(targets[0], large, left * scale, top * scale, rim * scale, rim * scale)
            for plane, part in zip(targets[1:3], tint, strict=True):
                _put(plane, part, x0 * scale, y0 * scale, over * scale, along * scale)


def _even(length: int) -> int:
    return length + length % 2


def _planes(frame: av.VideoFrame, sample: type[np.uint8 | np.uint16]) -> list[Samples]:
    """The planes as they lie in memory, (H, W) each, without the padding of their rows."""
    size = np.dtype(sample).itemsize
    return [
        np.frombuffer(memoryview(plane), sample).reshape(-1, plane.line_size // size)[
            : plane.height, : plane.width
        ]
        for plane in frame.planes
    ]


def _padded(plane: Samples, across: int, down: int, width: int, height: int) -> Samples:
    """`plane` grown to `width`×`height` and a rim around, its edges mirrored."""
    right, below = width - plane.shape[1] + across, height - plane.shape[0] + down
    return cv2.copyMakeBorder(plane, down, below, across, right, cv2.BORDER_REFLECT_101)  # pyright: ignore[reportReturnType]


def _put(target: Samples, made: Samples, left: int, top: int, across: int, down: int) -> None:
    """The middle of a tile into its place, as far as it lies inside."""
    height = min(made.shape[0] - 2 * down, target.shape[0] - top)
    width = min(made.shape[1] - 2 * across, target.shape[1] - left)
    target[top : top + height, left : left + width] = made[down : down + height, across : across + width]
