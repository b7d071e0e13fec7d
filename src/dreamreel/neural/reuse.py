"""What of a picture has changed, and in which rectangles to compute it anew.

    two pictures ─► what is stale ─► rectangles around it ─► packed side by side on sheets

A network's result at one place depends on a few samples around it and on nothing else. So where those are what they
were, the result is what it was, and only the rest need be computed: to the bit what computing everything would give.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = [
    "CELL",
    "COMPILED",
    "FLEXIBLE",
    "UNIT",
    "Part",
    "Patch",
    "Sheet",
    "Sizes",
    "Steady",
    "Terms",
    "changed",
    "parts",
    "sheets",
    "split",
    "stale",
]

CELL: Final = 4
"""Samples along a side of the cells that are held still together; sides of pictures are multiples."""
UNIT: Final = 2
"""Samples along a side of what is stale or not."""
_BLOCK: Final = 16
"""Units along a side of the blocks in which what is stale is enclosed together."""
_MOST: Final = 0.7
"""Share of changed units beyond which rectangles are not looked for."""
_CALL: Final = 200
"""Samples that could be computed in the time that one more rectangle takes to be copied in and out."""
_WORTH: Final = 0.9
"""Share of the whole's cost up to which rectangles are computed instead."""
_START: Final = 500
"""Samples that could be computed in the time that one more sheet takes."""

Mask = NDArray[np.bool_]
_Box = tuple[int, int, int, int]
"""Left, top, right and bottom; the last two lie outside."""


@dataclass(frozen=True, slots=True)
class Part:
    """A rectangle that is computed anew, in samples of the padded picture."""

    wanted: _Box
    """What changes in the result."""
    given: _Box
    """What goes into the network for it; sides are even."""

    @property
    def width(self) -> int:
        """Of what goes in."""
        return self.given[2] - self.given[0]

    @property
    def height(self) -> int:
        """Of what goes in."""
        return self.given[3] - self.given[1]


@dataclass(frozen=True, slots=True)
class Patch:
    """A part at its place on a sheet."""

    part: Part
    left: int
    top: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """Parts side by side, that go through the network at once."""

    width: int
    height: int
    patches: tuple[Patch, ...]


def changed(one: NDArray[np.generic], other: NDArray[np.generic], wide: int, high: int) -> Mask:
    """Which cells of `wide`×`high` samples differ anywhere, for planes (…, H, W) whose sides are multiples of that."""
    unit = np.dtype(f"u{one.itemsize * wide}")
    differ: Mask = one.view(unit) != other.view(unit)
    found: Mask = differ[..., ::high, :]
    for row in range(1, high):
        found = found | differ[..., row::high, :]
    return np.logical_or.reduce(found.reshape(-1, *found.shape[-2:]), 0)


def stale(
    now: tuple[NDArray[np.generic], NDArray[np.generic]],
    before: tuple[NDArray[np.generic], NDArray[np.generic]],
    reach: int,
    of_luma: int,
) -> Mask | None:
    """Where results depend on something that differs between two pictures, each luma (H, W) and chroma (2, h, w).

    The mask is of `UNIT`×`UNIT` samples of luma each; `reach` is in samples, luma's but for the right side less. None
    where most of the picture differs.
    """
    across, down = (a // b for a, b in zip(now[0].shape[::-1], now[1].shape[:0:-1], strict=True))
    luma = changed(now[0], before[0], UNIT, UNIT)
    chroma = changed(now[1], before[1], UNIT // across, UNIT // down)
    if np.count_nonzero(luma | chroma) > _MOST * luma.size:
        return None
    far, near = -(-reach // UNIT), -(-of_luma // UNIT)
    return _spread(luma, near, far) | _spread(chroma, far, far)


def _spread(mask: Mask, around: int, right: int) -> Mask:
    """Also units that lie to the `right` of set ones, and as far `around` them."""
    kernel = np.ones((2 * around + 1, around + right + 1), np.uint8)
    return cv2.dilate(mask.view(np.uint8), kernel, anchor=(right, around)).view(np.bool_)


def parts(stale: Mask, within: _Box, rim: int, largest: tuple[int, int]) -> list[Part]:
    """Rectangles that hold all results that are stale, about as cheap together as can be.

    `stale` is of `UNIT`×`UNIT` samples each of the picture, `within` where that lies in the padded one; `rim` is how
    far results depend on samples, `largest` the most that goes into the network at once.
    """
    found: list[Part] = []
    across, down, right, bottom = within
    for box in _covered(stale, rim):
        one = (box[0] + across, box[1] + down, min(right, box[2] + across), min(bottom, box[3] + down))
        found += split(one, rim, largest)
    return found


def _covered(mask: Mask, rim: int) -> list[_Box]:
    """Boxes around all set units, in samples: those of neighbouring blocks made one where that is cheaper."""

    def cost(box: _Box) -> int:
        return (box[2] - box[0] + 2 * rim) * (box[3] - box[1] + 2 * rim) + _CALL

    ended: list[_Box] = []
    above: list[_Box] = []
    for row in _rows(mask):
        runs: list[_Box] = []
        for box in row:
            joint = _around(runs[-1], box) if runs else box
            if runs and cost(joint) <= cost(runs[-1]) + cost(box):
                runs[-1] = joint
            else:
                runs.append(box)
        # Each run goes to the box above with which it saves most.
        for run in runs:
            gains = [cost(box) + cost(run) - cost(_around(box, run)) for box in above]
            best = max(gains, default=-1)
            if best >= 0:
                place = gains.index(best)
                above[place] = _around(above[place], run)
            else:
                above.append(run)
        bottom = max((box[3] for box in row), default=0)
        ended += [box for box in above if box[3] < bottom - UNIT * _BLOCK - 2 * rim]
        above = [box for box in above if box[3] >= bottom - UNIT * _BLOCK - 2 * rim]
    return ended + above


def _rows(mask: Mask) -> Iterator[list[_Box]]:
    """The tight boxes of the set units of each block, in samples, row by row; rows without any are left out."""
    height, width = (-(-side // _BLOCK) * _BLOCK for side in mask.shape)
    whole = np.zeros((height, width), bool)
    whole[: mask.shape[0], : mask.shape[1]] = mask
    blocks = whole.reshape(height // _BLOCK, _BLOCK, width // _BLOCK, _BLOCK)
    lines: Mask = np.any(blocks, 3).transpose(0, 2, 1)
    columns: Mask = np.any(blocks, 1)
    down, across = np.nonzero(np.any(lines, 2))
    lines, columns = lines[down, across], columns[down, across]
    boxes = np.stack([
        across * _BLOCK + columns.argmax(1), down * _BLOCK + lines.argmax(1),
        (across + 1) * _BLOCK - columns[:, ::-1].argmax(1), (down + 1) * _BLOCK - lines[:, ::-1].argmax(1),
    ], 1) * UNIT  # fmt: skip
    row: list[_Box] = []
    last = -1
    for number, (left, top, right, bottom) in zip(down.tolist(), boxes.tolist(), strict=True):
        if number != last and row:
            yield row
            row = []
        last = number
        row.append((left, top, right, bottom))
    if row:
        yield row


def _around(one: _Box, other: _Box) -> _Box:
    return min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3])


def split(box: _Box, rim: int, largest: tuple[int, int]) -> Iterator[Part]:
    """A box as parts that fit into a sheet with all they depend on."""
    # As many as must be, and then about equal.
    wide, high = (
        _even(-(-length // -(-length // _even(side - 2 * rim - 3))))
        for length, side in zip((box[2] - box[0], box[3] - box[1]), largest, strict=True)
    )
    for top in range(box[1], box[3], high):
        for left in range(box[0], box[2], wide):
            one = (left, top, min(box[2], left + wide), min(box[3], top + high))
            low = ((one[0] - rim) // 2 * 2, (one[1] - rim) // 2 * 2)
            yield Part(one, (*low, -(-(one[2] + rim) // 2) * 2, -(-(one[3] + rim) // 2) * 2))


def _even(length: int) -> int:
    return length + length % 2


def sheets(given: Sequence[Part], width: int, heights: Sequence[int]) -> list[Sheet]:
    """The parts on sheets of `width` and one of the rising `heights`: long ones first, each as far up as it can be."""
    return [
        Sheet(width, next(height for height in heights if height >= sheet.used), tuple(sheet.patches))
        for sheet in _filled(given, width, heights[-1])
    ]


def _filled(given: Sequence[Part], width: int, height: int) -> list[_Filling]:
    open_: list[_Filling] = []
    for part in sorted(given, key=lambda one: -max(one.height, one.width)):
        if not any(sheet.takes(part) for sheet in open_):
            open_.append(_Filling(width, height))
            open_[-1].takes(part)
    return open_


class _Filling:
    """A sheet being filled: what lies on it, and how far down it reaches in each column (its skyline)."""

    def __init__(self, width: int, height: int) -> None:
        self._width, self._height = width, height
        self._line = [(0, 0)]
        """Where a stretch of columns begins, and how far down it is used; from left to right."""
        self.patches: list[Patch] = []
        self.used = 0

    def takes(self, part: Part) -> bool:
        """Lay the part where it reaches down least; False when there is no room."""
        wide, high, line = part.width, part.height, self._line
        top, place = self._height, 0
        for first, (left, used) in enumerate(line):
            if left + wide > self._width:
                break
            for low, other in line[first + 1 :]:
                if low >= left + wide:
                    break
                used = max(used, other)
            if used < top:
                top, place = used, left
        if top + high > self._height:
            return False
        self.patches.append(Patch(part, place, top))
        self._cover(place, place + wide, top + high)
        self.used = max(self.used, top + high)
        return True

    def _cover(self, left: int, right: int, bottom: int) -> None:
        beyond = [used for low, used in self._line if low <= right]
        kept = [one for one in self._line if not left <= one[0] < right]
        if right < self._width and not any(low == right for low, _ in kept):
            kept.append((right, beyond[-1]))
        self._line = sorted([*kept, (left, bottom)])


@dataclass(frozen=True, slots=True)
class Terms:
    """What sheets of a new size cost, and which there may be."""

    new: int
    """Samples that may be computed for want of a size until there is one: about a third of what that takes, for films
    are long.
    """
    most: int
    """Sizes there may be."""
    room: int
    """How many times as many samples as the largest sheet all others may have together."""
    widths: tuple[int, ...]
    """Eighths of the largest sheet's width that sheets have."""
    step: int
    """Heights of sheets are multiples of that, or the largest."""


COMPILED: Final = Terms(60_000, 24, 4, (2, 3, 4, 6, 8), 32)
"""Each size is a model of its own: 8 MB, and 200 bytes for each sample that goes in and each lane."""
FLEXIBLE: Final = Terms(7_000, 64, 64, (2, 3, 4, 5, 6, 7, 8), 16)
"""One model takes all sizes, and keeps 1 MB of code for each in each lane."""


class Sizes:
    """Which sizes sheets have. Something must be compiled for each, so there are few, and new ones come as they pay.

    What is lost for want of a size is added up, and once that is much it is there: the rule of those who rent skis
    until they have paid as much as a pair costs.
    """

    def __init__(self, width: int, height: int, tiles: int, border: int = 0, terms: Terms = COMPILED) -> None:
        """The largest sheet, how many such tiles everything is, and the border that models leave out."""
        self._width, self._height, self._border, self._terms = width, height, border, terms
        self._whole = tiles * self._cost((width, height))
        self._compile = min(terms.new, self._whole // 2)
        self._widths = sorted({min(width, -(-width * part // 64) * 8) for part in terms.widths})
        self._have = {(width, height)}
        """The largest is there, for everything is computed in tiles of that size."""
        self._lost: dict[tuple[int, int], int] = {}

    @property
    def largest(self) -> tuple[int, int]:
        """Width and height."""
        return self._width, self._height

    def lay(self, given: Sequence[Part]) -> list[Sheet] | None:
        """The parts on sheets; None where computing everything costs hardly more."""
        if not given:
            return []
        least, area = max(part.width for part in given), sum(part.width * part.height for part in given)
        if area > _WORTH * self._whole:
            return None
        widths = [width for width in self._widths if width >= least]
        near = [width for width in widths if area / 4 <= width * width <= area * 4] or widths[:1]
        ways = [self._way(_filled(given, width, self._height), width) for width in near]
        chosen, ideal = min(ways, key=lambda way: way.cost + way.new), min(ways, key=lambda way: way.least)
        taken = chosen.cost + chosen.new <= _WORTH * self._whole
        new = [size for size in ideal.wanted if size not in self._have]
        for size in new:
            lost = (chosen.cost if taken else self._whole) - ideal.least
            self._lost[size] = self._lost.get(size, 0) + lost // len(new)
        if not taken:
            return None
        self._have |= {(sheet.width, sheet.height) for sheet in chosen.sheets}
        return chosen.sheets

    def _cost(self, size: tuple[int, int]) -> int:
        """Samples that are computed on a sheet, on average of all convolutions, and those its call costs."""
        return (size[0] - self._border) * (size[1] - self._border) + _START

    def _fits(self, have: set[tuple[int, int]], size: tuple[int, int]) -> bool:
        """Whether there may be one more size."""
        samples = sum(wide * high for wide, high in (*have, size))
        return len(have) < self._terms.most and samples <= (self._terms.room + 1) * self._width * self._height

    def _way(self, filled: Sequence[_Filling], width: int) -> _Way:
        sheets: list[Sheet] = []
        wanted: list[tuple[int, int]] = []
        have, cost, new = set(self._have), 0, 0
        for one in filled:
            size = (width, min(self._height, -(-one.used // self._terms.step) * self._terms.step))
            wanted.append(size)
            best = min((it for it in have if it[0] >= width and it[1] >= one.used), key=self._cost)
            more = max(0, self._compile - self._lost.get(size, 0))
            if size not in have and self._fits(have, size) and self._cost(size) + more < self._cost(best):
                best, new = size, new + more
                have.add(size)
            cost += self._cost(best)
            sheets.append(Sheet(*best, tuple(one.patches)))
        return _Way(sheets, wanted, cost, new, sum(map(self._cost, wanted)))


@dataclass(frozen=True, slots=True)
class _Way:
    """One of the ways to lay parts on sheets."""

    sheets: list[Sheet]
    wanted: list[tuple[int, int]]
    """The sizes that would be best."""
    cost: int
    new: int
    """What compiling costs."""
    least: int
    """What the sheets would cost if all sizes were there."""


class Steady:
    """Holds cells still that hardly change: a sample is never further than `tolerance` from what is there for it.

    A cell takes the new picture's samples, all of them, as soon as one differs by more from what the cell holds, which
    is what was computed last and not merely the frame before: slow changes do not add up. Where more than half of the
    picture changes, all of it is taken.
    """

    def __init__(self, tolerance: int, across: int, down: int) -> None:
        """`tolerance` in steps of the samples; a chroma sample has `across` columns and `down` rows of luma."""
        self._tolerance = tolerance
        self._sides = (CELL // across, CELL // down)
        self._held: tuple[NDArray[np.generic], NDArray[np.generic]] | None = None

    def __call__(self, y: NDArray[np.generic], uv: NDArray[np.generic]) -> None:
        """Write what the cells hold into luma (H, W) and chroma (2, h, w). They must not be written to afterwards."""
        held, self._held = self._held, (y, uv)
        if held is None:
            return
        moved = self._moved(y, held[0], CELL, CELL) | self._moved(uv, held[1], *self._sides)
        if np.count_nonzero(moved) * 2 > moved.size:
            return
        for plane, was, (wide, high) in ((y, held[0], (CELL, CELL)), (uv, held[1], self._sides)):
            np.copyto(plane, was, where=~np.repeat(np.repeat(moved, high, 0), wide, 1))

    def _moved(self, one: NDArray[np.generic], other: NDArray[np.generic], wide: int, high: int) -> Mask:
        far: Mask = np.maximum(one, other) - np.minimum(one, other) > self._tolerance
        rows, columns = far.shape[-2] // high, far.shape[-1] // wide
        return np.any(far.reshape(-1, rows, high, columns, wide), (0, 2, 4))
