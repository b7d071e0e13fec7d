"""Frames through a network, tile by tile, and only what has changed.

    planes ─► edges mirrored ─► what differs from the frame before ─► tiles with a halo ─► network
           ─► the middles, side by side ─► planes

A tile's halo is as wide as the network looks, so tiles give the very samples that the whole frame would, whatever their
size; and memory depends on the tile, not on the frame. For the same reason what has not changed is taken from the frame
before (`reuse`): to the bit what computing it again would give.

With several lanes tiles are computed at once, those of the frames that follow as well, and put into their frames in
order: a core that has something else to do in between keeps no other waiting.
"""

from __future__ import annotations

import logging
import math
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final, TypeVar

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from dreamreel.errors import RenderFailed
from dreamreel.machine import cores
from dreamreel.media.colour import complete, frame_colour, tag
from dreamreel.media.planes import planes
from dreamreel.neural.catalog import Network, Precision
from dreamreel.neural.colours import Form
from dreamreel.neural.graph import border, flexible, halo, reach, reach_of_luma
from dreamreel.neural.past import Kept, Past
from dreamreel.neural.reuse import CELL, COMPILED, FLEXIBLE, Sheet, Sizes, Steady, sheets, split
from dreamreel.neural.runtimes.chosen import Running, Tile, on_device, tile_model
from dreamreel.neural.tiling import parted, up

__all__ = ["FORMATS", "LANES", "TILE", "Enlarger"]

Samples = NDArray[np.uint8 | np.uint16]
_Label = TypeVar("_Label")
_Box = tuple[int, int, int, int]

FORMATS: Final = {
    "yuv420p": (8, 2, 2), "yuv422p": (8, 2, 1), "yuv444p": (8, 1, 1),
    "yuv420p10le": (10, 2, 2), "yuv422p10le": (10, 2, 1), "yuv444p10le": (10, 1, 1),
    "yuva420p": (8, 2, 2), "yuva422p": (8, 2, 1), "yuva444p": (8, 1, 1),
    "yuva444p10le": (10, 1, 1), "yuva444p12le": (12, 1, 1),
}  # fmt: skip
"""Pixel formats that are read and written: bits, luma columns and luma rows per chroma sample."""

TILE: Final = 640 * 360
"""Samples of a tile, at most and about: less would repeat too much halo, more would not be faster."""
LANES: Final = min(4, cores())
"""Tiles that are computed at once where many frames pass; each takes memory of its own, 30 to 50 MB."""
_DEVICE_TILES: Final = 4
"""How many times as large tiles are on a graphics card, which small ones would not keep busy."""
_SMALLEST: Final = 48 * 48
"""Samples of a tile below which smaller ones would not help where memory is short."""
_SHEETS: Final = (2, 4, 6, 8)
"""Eighths of a tile's height that the sheets have on which boxes are computed; they are half as wide."""
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


@dataclass(slots=True)
class _Flight:
    """A tile being computed, and where its samples go."""

    running: Running
    given: tuple[Samples, Samples]
    """What goes in, which must live as long."""
    places: list[tuple[_Box, int, int]]
    """Boxes of the frame, each with where it is found on the tile."""


@dataclass(slots=True, eq=False)
class _Job:
    """A frame on its way."""

    form: Form
    y: Samples
    uv: Samples
    targets: Sequence[Samples]
    plan: list[Sheet] | None
    """What to compute anew, or None for everything."""
    kept: Kept | None = None
    """Where the result is to be kept, and what of it is there already."""
    frame: av.VideoFrame | None = None
    flights: deque[_Flight] = field(default_factory=deque["_Flight"])
    sent: bool = False
    """Whether all its tiles are under way."""
    lost: bool = False
    """Whether all of it must be computed anew."""
    done: bool = False

    def lose(self) -> None:
        """Wait for its tiles, for what goes into them must live until then, and let go of them."""
        for flight in self.flights:
            with suppress(MemoryError, RuntimeError):
                flight.running.made()
        self.flights.clear()
        self.plan, self.lost = None, True
        if self.kept is not None:
            self.kept.abandon()


class Enlarger:
    """Makes frames of one size and format larger. It belongs to one thread at a time."""

    def __init__(self, network: Network, pix_fmt: str, width: int, height: int, precision: Precision,
                 strength: float = 1.0, tile: int = TILE, *, reuse: bool = True,
                 tolerance: int = 0, lanes: int = 1) -> None:  # fmt: skip
        """`pix_fmt` is one of `FORMATS`; frames of `width`×`height` come, in tiles of about `tile` samples, four times
        as many on a graphics card. There a frame is computed whole unless it is the very one before: sums of tiles of
        other sizes may differ in their last bit.

        With `reuse` what is as in the frame before is not computed again; the result is the same. With a `tolerance`,
        in steps of 8 bits, samples that differ no more than that from those which were last computed count as those;
        see `Steady`. With several `lanes` as many tiles are computed at once, each by its share of the cores: faster
        for many frames that go `through`, slower for one.
        """
        self._network, self._pix_fmt = network, pix_fmt
        self._width, self._height = width, height
        self._precision: Precision = precision
        self._strength = strength
        self._halo = halo(network)
        self._whole = on_device(precision)
        self._border = 0 if self._whole else border(network)
        self._tile = tile = tile * _DEVICE_TILES if self._whole else tile
        self._grid = _Grid.over(width, height, tile)
        self._lanes = 1 if self._whole else lanes
        self._flexible = flexible(precision)
        self._models: dict[tuple[Form, int, int], Tile] = {}
        """By form, width and height; a flexible one, which takes all sizes, by 0 and 0."""
        self._jobs: deque[_Job] = deque()
        """Frames on their way, first to last."""
        self._form: Form | None = None
        self._reuse = reuse
        self._tolerance = tolerance
        self._steady: Steady | None = None
        self._past = Past(
            width, height, self._halo, reach(network), reach_of_luma(network), whole=self._whole
        )
        self._sizes = self._sizes_of_sheets()
        self.computed = 0
        """Samples that went through the network so far, halos included."""

    def forget(self) -> None:
        """Let the next frame be computed as if it were the first."""
        self._steady = None
        self._past.clear()

    def watch(self, frame: av.VideoFrame) -> None:
        """Let a frame pass that is not wanted itself, but whose samples those after it may be as."""
        if self._tolerance:
            form = self._formed(frame)
            self._read(planes(frame), form)
            self._past.clear()

    def __call__(self, frame: av.VideoFrame) -> av.VideoFrame:
        """The frame made larger; its time, duration and colour are kept. Raises `RenderFailed` for want of memory."""
        try:
            return self._finished(self._begun(frame))
        finally:
            self._drop()

    def through(
        self, frames: Iterable[tuple[_Label, av.VideoFrame]]
    ) -> Iterator[tuple[_Label, av.VideoFrame]]:
        """Frames made larger, in order, each with what it came with; a few that follow are computed meanwhile.

        Nothing else may be asked for until all are through, but what `frames` themselves do before they hand one out.
        """
        tiles = self._grid.columns * self._grid.rows
        ahead = -(-self._lanes // tiles) if self._lanes > 1 and tiles <= 4 * self._lanes else 0
        waiting: deque[tuple[_Label, _Job]] = deque()
        try:
            for label, frame in frames:
                waiting.append((label, self._begun(frame)))
                if len(waiting) > ahead:
                    first, job = waiting.popleft()
                    yield first, self._finished(job)
            for label, job in waiting:
                yield label, self._finished(job)
        finally:
            self._drop()

    def _begun(self, frame: av.VideoFrame) -> _Job:
        form = self._formed(frame)
        scale = self._network.scale
        made = av.VideoFrame(self._width * scale, self._height * scale, self._pix_fmt)
        sources, targets = (planes(one) for one in (frame, made))
        if len(sources) == 4:
            size = (self._width * scale, self._height * scale)
            cv2.resize(sources[3], size, dst=targets[3], interpolation=cv2.INTER_CUBIC)
            np.minimum(targets[3], 2**form.bits - 1, out=targets[3])  # It swings over hard edges.
        made.pts, made.duration = frame.pts, frame.duration
        if frame.time_base:
            made.time_base = frame.time_base
        job = self._job(form, *self._read(sources, form), targets[:3])
        job.frame = tag(made, form.colour)
        self._send(job)
        return job

    def _finished(self, job: _Job) -> av.VideoFrame:
        while not job.done:
            self._settle()
        assert job.frame is not None
        return job.frame

    def within(self, frame: av.VideoFrame, boxes: Sequence[_Box], targets: Sequence[Samples]) -> None:
        """Fill `targets`, planes of luma and chroma as large as those of the whole result, inside `boxes` alone.

        A box is its left, top, right and bottom in samples of the frame; even ones, or the frame's edges. On the
        processor the samples there are those of the whole result.
        """
        form = self._formed(frame)
        y, uv = self._read(planes(frame), form)
        self._past.clear()
        if min(self._grid.width, self._grid.height) < _SIDE:
            self._run(_Job(form, y, uv, targets, None))
            return
        width, heights = self._box_sheets()
        rim, far = self._halo, reach(self._network)
        wanted = [
            part for box in boxes
            for part in split((box[0] + rim, box[1] + rim, box[2] + rim, box[3] + rim), far, (width, heights[-1]))
        ]  # fmt: skip
        self._run(_Job(form, y, uv, targets, sheets(wanted, width, heights)))

    def _run(self, job: _Job) -> None:
        try:
            self._send(job)
            while not job.done:
                self._settle()
        finally:
            self._drop()

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

    def _job(self, form: Form, y: Samples, uv: Samples, targets: Sequence[Samples]) -> _Job:
        if not self._reuse:
            return _Job(form, y, uv, targets, None)
        plan, kept = self._past.next(y, uv, [plane.shape for plane in targets], self._sizes)
        return _Job(form, y, uv, targets, plan, kept)

    def _sizes_of_sheets(self) -> Sizes | None:
        """The sheets on which what is stale is computed; None for pictures that are too small for any."""
        grid, rim = self._grid, self._halo
        if min(grid.width, grid.height) < _SIDE:
            return None
        width, height = grid.width + 2 * rim, grid.height + 2 * rim
        terms = FLEXIBLE if self._flexible else COMPILED
        return Sizes(width, height, grid.columns * grid.rows, self._border, terms)

    def _box_sheets(self) -> tuple[int, list[int]]:
        """The width of sheets for boxes, and their heights, rising: few, for boxes change all the time."""
        width, height = self._grid.width + 2 * self._halo, self._grid.height + 2 * self._halo
        least = 4 * self._halo  # Less would hardly hold more than what surrounds a rectangle.
        heights = {max(min(least, height), up(height * part // 8, CELL)) for part in _SHEETS[:-1]}
        return max(min(least, width), up(width // 2, CELL)), sorted({*heights, height})

    def _send(self, job: _Job) -> None:
        """Begin to compute a frame; where enough is under way, the first is waited for."""
        self._jobs.append(job)
        try:
            for tile in self._planned(job):
                while sum(len(one.flights) for one in self._jobs) > self._lanes:
                    self._settle()
                if job.lost:
                    break
                job.flights.append(self._launched(job, *tile))
        except (MemoryError, RuntimeError) as error:
            self._shrink(error)
        job.sent = True

    def _settle(self) -> None:
        """Take the next step of the first frame on its way: a tile's samples into their places, or the last thing."""
        job = self._jobs[0]
        if job.kept is not None:
            job.kept.begin()
        # What failed is let go of, with its error, before it is computed again: memory is short.
        if job.lost:
            self._anew(job)
        elif job.flights:
            self._lands(job)
        elif job.sent:
            self._jobs.popleft()
            if job.kept is not None:
                for plane, target in zip(job.kept.planes, job.targets, strict=True):
                    target[:] = plane[: target.shape[0], : target.shape[1]]
            job.done = True

    def _lands(self, job: _Job) -> None:
        """The next tile's samples into their places."""
        try:
            self._landed(job, job.flights.popleft())
        except (MemoryError, RuntimeError) as error:
            self._shrink(error)

    def _anew(self, job: _Job) -> None:
        """Compute all of the first frame again, one tile after another."""
        try:
            for tile in self._planned(job):
                job.flights.append(self._launched(job, *tile))
                self._landed(job, job.flights.popleft())
            job.lost = False
        except (MemoryError, RuntimeError) as error:
            self._shrink(error)

    def _drop(self) -> None:
        """Let go of frames on their way that nobody waits for."""
        if self._jobs:
            self.forget()
        for job in self._jobs:
            job.lose()
        self._jobs.clear()

    def _shrink(self, error: Exception) -> None:
        """Go on with smaller tiles, also of frames that are on their way: these hold memory. Raises `RenderFailed` when
        they would not help.
        """
        for job in self._jobs:
            job.lose()
        self._models.clear()
        if self._tile <= _SMALLEST:
            self._drop()
            raise RenderFailed(
                f"the network {self._network.name} cannot be computed here, probably for want of memory; "
                "close other programs or choose a smaller network."
            ) from error
        grid = self._grid
        self._tile = min(self._tile, self._width * self._height) // 2
        self._grid = _Grid.over(self._width, self._height, self._tile)
        self._sizes = self._sizes_of_sheets()
        sides = (grid.width, grid.height, self._grid.width, self._grid.height)
        _log.warning("not enough memory for tiles of %d×%d; going on with tiles of %d×%d", *sides)
        _log.debug("%s", error)

    def _launched(self, job: _Job, y: Samples, uv: Samples, places: list[tuple[_Box, int, int]]) -> _Flight:
        height, width = y.shape
        key = (job.form, 0, 0) if self._flexible else (job.form, width, height)
        model = self._models.get(key)
        if model is None:
            model = self._models[key] = tile_model(
                self._network, job.form, width, height, self._precision, self._strength, self._lanes,
                trimmed=True, flexible=self._flexible,
            )  # fmt: skip
        self.computed += width * height
        return _Flight(model.start(y, uv), (y, uv), places)

    def _landed(self, job: _Job, flight: _Flight) -> None:
        made = flight.running.made()
        targets = job.targets if job.kept is None else job.kept.planes
        for box, left, top in flight.places:
            self._put(job.form, made, targets, box, left, top)
        flight.running.done()

    def _planned(self, job: _Job) -> Iterator[tuple[Samples, Samples, list[tuple[_Box, int, int]]]]:
        """What goes into the network for a job, tile by tile, each with where the results go."""
        return self._tiles(job) if job.plan is None else self._patched(job, job.plan)

    def _tiles(self, job: _Job) -> Iterator[tuple[Samples, Samples, list[tuple[_Box, int, int]]]]:
        form, grid, rim = job.form, self._grid, self._halo
        width, height = grid.width + 2 * rim, grid.height + 2 * rim
        for left, top in grid.corners(up(self._width, 2), up(self._height, 2)):
            small = job.y[top : top + height, left : left + width]
            x, y0 = left // form.across, top // form.down
            tint = job.uv[:, y0 : y0 + height // form.down, x : x + width // form.across]
            box = (left, top, min(self._width, left + grid.width), min(self._height, top + grid.height))
            yield np.ascontiguousarray(small), np.ascontiguousarray(tint), [(box, rim, rim)]

    def _patched(
        self, job: _Job, plan: list[Sheet]
    ) -> Iterator[tuple[Samples, Samples, list[tuple[_Box, int, int]]]]:
        rim = self._halo
        over, along = job.form.across, job.form.down
        for sheet in plan:
            small = np.zeros((sheet.height, sheet.width), job.form.sample)
            tint = np.zeros((2, sheet.height // along, sheet.width // over), job.form.sample)
            places: list[tuple[_Box, int, int]] = []
            for one in sheet.patches:
                left, top, right, bottom = given = one.part.given
                rows, columns = (
                    slice(one.top, one.top + bottom - top),
                    slice(one.left, one.left + right - left),
                )
                small[rows, columns] = job.y[top:bottom, left:right]
                rows, columns = _shared(rows, along), _shared(columns, over)
                tint[:, rows, columns] = job.uv[
                    :, top // along : bottom // along, left // over : right // over
                ]
                wanted = one.part.wanted
                box = (wanted[0] - rim, wanted[1] - rim, wanted[2] - rim, wanted[3] - rim)
                places.append((box, one.left + wanted[0] - given[0], one.top + wanted[1] - given[1]))
            yield small, tint, places

    def _put(
        self,
        form: Form,
        made: tuple[Samples, Samples],
        targets: Sequence[Samples],
        box: _Box,
        left: int,
        top: int,
    ) -> None:
        """What was made of the samples `box` of the frame, found at `left` and `top` of the tile, into its place."""
        scale = self._network.scale
        for number, plane in enumerate((made[0], *made[1])):
            across, down = (form.across, form.down) if number else (1, 1)
            x0, y0 = box[0] * scale // across, box[1] * scale // down
            x1, y1 = -(-box[2] * scale // across), -(-box[3] * scale // down)
            x, y = (left - self._border) * scale // across, (top - self._border) * scale // down
            targets[number][y0:y1, x0:x1] = plane[y : y + y1 - y0, x : x + x1 - x0]


def _shared(luma: slice, step: int) -> slice:
    """The chroma samples of a stretch of luma."""
    return slice(luma.start // step, luma.stop // step)


def _pad(plane: Samples, target: Samples, across: int, down: int) -> None:
    """`plane` into `target`, `across` and `down` from its corner; around it its edges mirrored.

    The outermost samples come twice: a mirror on their middle would fold what crosses an edge into a thin line, of
    which networks make another one.
    """
    right, below = target.shape[1] - plane.shape[1] - across, target.shape[0] - plane.shape[0] - down
    cv2.copyMakeBorder(plane, down, below, across, right, cv2.BORDER_REFLECT, dst=target)
