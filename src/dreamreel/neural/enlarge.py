"""Frames through a network, tile by tile, and only what has changed.

    planes ─► edges mirrored ─► what differs from the frame before ─► tiles with a halo ─► network
           ─► the middles, side by side ─► planes

A tile's halo is as wide as the network looks, so tiles give the very samples that the whole frame would, whatever their
size; and memory depends on the tile, not on the frame. For the same reason what has not changed is taken from the frame
before (`reuse`): to the bit what computing it again would give.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from dreamreel.errors import RenderFailed
from dreamreel.media.colour import complete, frame_colour, tag
from dreamreel.media.planes import planes
from dreamreel.neural.catalog import Network, Precision
from dreamreel.neural.graph import Form, halo, reach
from dreamreel.neural.reuse import CELL, Sheet, Steady, changed, parts, sheets, split
from dreamreel.neural.runtimes.chosen import Tile, on_device, tile_model
from dreamreel.neural.tiling import parted, up

__all__ = ["FORMATS", "TILE", "Enlarger"]

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
_DEVICE_TILES: Final = 4
"""How many times as large tiles are on a graphics card, which small ones would not keep busy."""
_SMALLEST: Final = 48 * 48
"""Samples of a tile below which smaller ones would not help where memory is short."""
_SHEETS: Final = (1, 2, 3, 4, 5, 6, 8)
"""Eighths of a tile's height that the sheets have on which changed rectangles are computed; they are half as wide."""
_WORTH: Final = 0.9
"""Share of the whole's cost up to which rectangles are computed instead."""
_MOST: Final = 0.7
"""Share of changed cells beyond which rectangles are not looked for."""
_PATIENCE: Final = 8
"""Frames in which nothing was as before until results are no longer kept; where something is, they are again."""
_SIDE: Final = 32
"""Pictures less wide or high are computed whole."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Grid:
    """Tiles of one size over a frame; the last of a row or column may overlap the one before."""

    width: int
    height: int
    columns: int
    rows: int

    @classmethod
    def over(cls, width: int, height: int, most: int) -> _Grid:
        """As few tiles of at most `most` samples as are about as wide as high; sides are even."""
        columns, rows = parted(width, height, most)
        return cls(up(math.ceil(width / columns), 2), up(math.ceil(height / rows), 2), columns, rows)

    def corners(self, width: int, height: int) -> Iterator[tuple[int, int]]:
        """The upper left corners, as x and y, over a frame of even sides."""
        for row in range(self.rows):
            for column in range(self.columns):
                yield (
                    min(column * self.width, width - self.width),
                    min(row * self.height, height - self.height),
                )


class Enlarger:
    """Makes frames of one size and format larger. It belongs to one thread at a time."""

    def __init__(self, network: Network, pix_fmt: str, width: int, height: int, precision: Precision,
                 strength: float = 1.0, tile: int = TILE, *, reuse: bool = True,
                 tolerance: int = 0) -> None:  # fmt: skip
        """`pix_fmt` is one of `FORMATS`; frames of `width`×`height` come, in tiles of about `tile` samples, four times
        as many on a graphics card. There a frame is computed whole unless it is the very one before: sums of tiles of
        other sizes may differ in their last bit.

        With `reuse` what is as in the frame before is not computed again; the result is the same. With a `tolerance`,
        in steps of 8 bits, samples that differ no more than that from those which were last computed count as those;
        see `Steady`.
        """
        self._network, self._pix_fmt = network, pix_fmt
        self._width, self._height = width, height
        self._precision: Precision = precision
        self._strength = strength
        self._halo = halo(network)
        self._whole = on_device(precision)
        self._tile = tile = tile * _DEVICE_TILES if self._whole else tile
        self._grid = _Grid.over(width, height, tile)
        self._models: dict[tuple[int, int], Tile] = {}
        self._form: Form | None = None
        self._reuse = reuse
        self._tolerance = tolerance
        self._steady: Steady | None = None
        self._before: tuple[Samples, Samples] | None = None
        """Luma and chroma that went in last, padded."""
        self._result: list[Samples] | None = None
        """What came of it, where that is kept."""
        self._vain = 0
        """Frames since one in which something was as before."""
        self.computed = 0
        """Samples that went through the network so far, halos included."""

    def forget(self) -> None:
        """Let the next frame be computed as if it were the first."""
        self._steady = self._before = self._result = None
        self._vain = 0

    def watch(self, frame: av.VideoFrame) -> None:
        """Let a frame pass that is not wanted itself, but whose samples those after it may be as."""
        if self._tolerance:
            form = self._formed(frame)
            self._read(planes(frame), form)
            self._before = self._result = None

    def __call__(self, frame: av.VideoFrame) -> av.VideoFrame:
        """The frame made larger; its time, duration and colour are kept. Raises `RenderFailed` for want of memory."""
        form = self._formed(frame)
        scale = self._network.scale
        made = av.VideoFrame(self._width * scale, self._height * scale, self._pix_fmt)
        sources, targets = (planes(one) for one in (frame, made))
        self._enlarge(form, *self._read(sources, form), targets[:3])
        if len(sources) == 4:
            size = (self._width * scale, self._height * scale)
            cv2.resize(sources[3], size, dst=targets[3], interpolation=cv2.INTER_CUBIC)
        made.pts, made.duration = frame.pts, frame.duration
        if frame.time_base:
            made.time_base = frame.time_base
        return tag(made, form.colour)

    def within(
        self, frame: av.VideoFrame, boxes: Sequence[tuple[int, int, int, int]], targets: Sequence[Samples]
    ) -> None:
        """Fill `targets`, planes of luma and chroma as large as those of the whole result, inside `boxes` alone.

        A box is its left, top, right and bottom in samples of the frame; even ones, or the frame's edges. On the
        processor the samples there are those of the whole result.
        """
        form = self._formed(frame)
        y, uv = self._read(planes(frame), form)
        self._before = self._result = None
        if min(self._grid.width, self._grid.height) < _SIDE:
            self._compute(form, y, uv, targets, None)
            return
        width, heights = self._sheet()
        heights = [
            *heights[1:-1:2],
            heights[-1],
        ]  # Boxes change all the time, and each height is a model of its own.
        rim, (_, far) = self._halo, reach(self._network, form)
        wanted = [
            part for box in boxes
            for part in split((box[0] + rim, box[1] + rim, box[2] + rim, box[3] + rim), far, (width, heights[-1]))
        ]  # fmt: skip
        self._compute(form, y, uv, targets, sheets(wanted, width, heights))

    def _formed(self, frame: av.VideoFrame) -> Form:
        form = Form(*FORMATS[self._pix_fmt], complete(frame_colour(frame), self._pix_fmt, frame.height))
        if form != self._form:
            self._form = form
            self._models.clear()
            self.forget()
        return form

    def _read(self, sources: Sequence[Samples], form: Form) -> tuple[Samples, Samples]:
        """Luma and chroma with a mirrored rim, and sides that are multiples of a cell's."""
        rim = self._halo
        width, height = (up(up(side, 2) + 2 * rim, CELL) for side in (self._width, self._height))
        y = np.empty((height, width), form.sample)
        uv = np.empty((2, height // form.down, width // form.across), form.sample)
        _pad(sources[0], y, rim, rim)
        for plane, target in zip(sources[1:3], uv, strict=True):
            _pad(plane, target, rim // form.across, rim // form.down)
        if self._tolerance:
            self._steady = self._steady or Steady(self._tolerance << (form.bits - 8), form.across, form.down)
            self._steady(y, uv)
        return y, uv

    def _enlarge(self, form: Form, y: Samples, uv: Samples, targets: Sequence[Samples]) -> None:
        plan = self._plan(form, y, uv)
        self._vain = self._vain + 1 if plan is None else 0
        kept, self._result = self._result, None
        if not self._reuse or self._vain > _PATIENCE:
            kept = None
            self._compute(form, y, uv, targets, None)
        else:
            if kept is None:
                kept, plan = [np.empty(plane.shape, form.sample) for plane in targets], None
            self._compute(form, y, uv, kept, plan)
            for plane, target in zip(kept, targets, strict=True):
                target[:] = plane
        self._before, self._result = (y, uv) if self._reuse else None, kept

    def _plan(self, form: Form, y: Samples, uv: Samples) -> list[Sheet] | None:
        """What to compute anew, or None for everything."""
        if self._before is None or min(self._grid.width, self._grid.height) < _SIDE:
            return None
        if self._whole:
            same = np.array_equal(y, self._before[0]) and np.array_equal(uv, self._before[1])
            return [] if same else None
        luma = changed(y, self._before[0], CELL, CELL)
        chroma = changed(uv, self._before[1], CELL // form.across, CELL // form.down)
        if np.count_nonzero(luma) > _MOST * luma.size:
            return None
        rim, grid = self._halo, self._grid
        width, heights = self._sheet()
        within = (rim, rim, rim + self._width, rim + self._height)
        even = self._network.scale % 2 == 1
        wanted = parts(luma, chroma, reach(self._network, form), within, (width, heights[-1]), even)
        plan = sheets(wanted, width, heights)
        cost = sum(width * sheet.height for sheet in plan)
        whole = (grid.width + 2 * rim) * (grid.height + 2 * rim) * grid.columns * grid.rows
        return plan if cost <= _WORTH * whole else None

    def _sheet(self) -> tuple[int, list[int]]:
        """The width of sheets, and their heights, rising."""
        width, height = self._grid.width + 2 * self._halo, self._grid.height + 2 * self._halo
        least = 4 * self._halo  # Less would hardly hold more than what surrounds a rectangle.
        heights = {max(min(least, height), up(height * part // 8, CELL)) for part in _SHEETS[:-1]}
        return max(min(least, width), up(width // 2, CELL)), sorted({*heights, height})

    def _compute(
        self, form: Form, y: Samples, uv: Samples, targets: Sequence[Samples], plan: list[Sheet] | None
    ) -> None:
        """Fill `targets` anew as planned, with smaller tiles if memory does not suffice."""
        while True:
            try:
                if plan is None:
                    self._tiles(form, y, uv, targets)
                else:
                    self._patch(form, y, uv, targets, plan)
            except (MemoryError, RuntimeError) as error:
                self._models.clear()
                if self._tile <= _SMALLEST:
                    raise RenderFailed(
                        f"the network {self._network.name} cannot be computed here, probably for want of memory; "
                        "close other programs or choose a smaller network."
                    ) from error
                grid = self._grid
                self._tile = min(self._tile, self._width * self._height) // 2
                self._grid, plan = _Grid.over(self._width, self._height, self._tile), None
                sides = (grid.width, grid.height, self._grid.width, self._grid.height)
                _log.warning("not enough memory for tiles of %d×%d; going on with tiles of %d×%d", *sides)
                _log.debug("%s", error)
            else:
                return

    def _model(self, form: Form, width: int, height: int) -> Tile:
        model = self._models.get((width, height))
        if model is None:
            model = tile_model(self._network, form, width, height, self._precision, self._strength)
            self._models[width, height] = model
        self.computed += width * height
        return model

    def _tiles(self, form: Form, y: Samples, uv: Samples, targets: Sequence[Samples]) -> None:
        grid, rim = self._grid, self._halo
        width, height = grid.width + 2 * rim, grid.height + 2 * rim
        for left, top in grid.corners(up(self._width, 2), up(self._height, 2)):
            small = y[top : top + height, left : left + width]
            x, y0 = left // form.across, top // form.down
            tint = uv[:, y0 : y0 + height // form.down, x : x + width // form.across]
            made = self._model(form, width, height)(np.ascontiguousarray(small), np.ascontiguousarray(tint))
            box = (left, top, min(self._width, left + grid.width), min(self._height, top + grid.height))
            self._put(form, made, targets, box, rim, rim)

    def _patch(
        self, form: Form, y: Samples, uv: Samples, targets: Sequence[Samples], plan: list[Sheet]
    ) -> None:
        (width, _), rim = self._sheet(), self._halo
        over, along = form.across, form.down
        for sheet in plan:
            small = np.zeros((sheet.height, width), form.sample)
            tint = np.zeros((2, sheet.height // along, width // over), form.sample)
            for one in sheet.patches:
                left, top, right, bottom = one.part.given
                wide, high = right - left, bottom - top
                small[one.top : one.top + high, one.left : one.left + wide] = y[top:bottom, left:right]
                tint[
                    :,
                    one.top // along : (one.top + high) // along,
                    one.left // over : (one.left + wide) // over,
                ] = uv[:, top // along : bottom // along, left // over : right // over]
            made = self._model(form, width, sheet.height)(small, tint)
            for one in sheet.patches:
                wanted, given = one.part.wanted, one.part.given
                box = (wanted[0] - rim, wanted[1] - rim, wanted[2] - rim, wanted[3] - rim)
                self._put(
                    form, made, targets, box, one.left + wanted[0] - given[0], one.top + wanted[1] - given[1]
                )

    def _put(
        self, form: Form, made: tuple[Samples, Samples], targets: Sequence[Samples], box: tuple[int, int, int, int],
        left: int, top: int,
    ) -> None:  # fmt: skip
        """What was made of the samples `box` of the frame, found at `left` and `top` of the tile, into its place."""
        scale = self._network.scale
        for number, plane in enumerate((made[0], *made[1])):
            across, down = (form.across, form.down) if number else (1, 1)
            x0, y0 = box[0] * scale // across, box[1] * scale // down
            x1, y1 = -(-box[2] * scale // across), -(-box[3] * scale // down)
            x, y = left * scale // across, top * scale // down
            targets[number][y0:y1, x0:x1] = plane[y : y + y1 - y0, x : x + x1 - x0]


def _pad(plane: Samples, target: Samples, across: int, down: int) -> None:
    """`plane` into `target`, `across` and `down` from its corner; around it its edges mirrored."""
    right, below = target.shape[1] - plane.shape[1] - across, target.shape[0] - plane.shape[0] - down
    cv2.copyMakeBorder(plane, down, below, across, right, cv2.BORDER_REFLECT_101, dst=target)
