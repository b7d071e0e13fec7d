"""The last pictures that went through a network and what came of them, and what of the next is there already.

    picture ─► what is stale against the last one ─► against older ones as well ─► sheets
                        │                                 │
                  the rest: copied from its result        from theirs

Codecs rest a picture on others than the last: a B-frame between two drawings, the frame after it on the one before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dreamreel.neural.reuse import UNIT, Mask, Sheet, Sizes, parts, stale

__all__ = ["Kept", "Past"]

Samples = NDArray[np.uint8 | np.uint16]

_DEEP: Final = 6
"""Pictures that are kept at most."""
_BYTES: Final = 64 * 2**20
"""What they may take together; one is kept always."""
_LITTLE: Final = 0.01
"""Share of a picture: where less is stale, older ones are not looked at, and less is not copied from them."""
_PATIENCE: Final = 8
"""Frames in which nothing was as before until results are no longer kept; where something is, they are again."""
_LOOKS: Final = 36
"""Times in a row that the picture so far back gave nothing, after which it is looked at only now and then."""
_RARELY: Final = 9
"""Frames from one such look to the next."""


@dataclass(slots=True, eq=False)
class Kept:
    """What comes of a picture, to be kept: planes that are first filled with what is there already."""

    planes: list[Samples]
    """As many whole units as there are, so they may reach beyond the result."""
    before: list[Samples] | None = None
    """The last result, where anything is taken from it."""
    older: list[tuple[list[Samples], Mask]] = field(default_factory=list[tuple["list[Samples]", "Mask"]])
    """Results further back, and which units are taken from them."""

    def begin(self) -> None:
        """Fill the planes, once; what is to be computed anew is put in afterwards. Results before must be complete."""
        if self.before is not None and self.before is not self.planes:
            for plane, was in zip(self.planes, self.before, strict=True):
                plane[:] = was
        for result, units in self.older:
            for plane, was in zip(self.planes, result, strict=True):
                _copied(was, units, plane)
        self.abandon()

    def abandon(self) -> None:
        """Take nothing from results before."""
        self.before = None
        self.older.clear()


@dataclass(frozen=True, slots=True, eq=False)
class _Picture:
    """What went in, padded, and what came of it."""

    given: tuple[Samples, Samples]
    result: list[Samples] | None
    """None where it was not kept."""


class Past:
    """Of pictures of one size: those before the next one."""

    def __init__(
        self, width: int, height: int, rim: int, reach: int, of_luma: int | None = None, *, whole: bool
    ) -> None:
        """Pictures of `width`×`height` with a rim of `rim` samples; results depend on samples as far away as `reach`,
        `of_luma` where less is told. With `whole` a picture is as one before it, or is not.
        """
        self._within = (rim, rim, rim + width, rim + height)
        self._inside = tuple(slice(rim // UNIT, -(-(rim + side) // UNIT)) for side in (height, width))
        self._units = tuple(one.stop - one.start for one in self._inside)
        self._reach, self._whole = reach, whole
        self._of_luma = reach if of_luma is None else of_luma
        self._pictures: list[_Picture] = []
        self._vain = 0
        """Pictures since one in which something was as before."""
        self._useless = [0] * _DEEP
        """Times in a row that older pictures gave nothing, by how far back they are."""

    def clear(self) -> None:
        """Know of no picture."""
        self._pictures.clear()
        self._vain = 0
        self._useless = [0] * _DEEP

    def next(
        self, y: Samples, uv: Samples, shapes: Sequence[tuple[int, ...]], sizes: Sizes | None
    ) -> tuple[list[Sheet] | None, Kept | None]:
        """What to compute of the next picture, None for everything; and where its result is kept, None for nowhere.

        `shapes` are those of the result's planes; without `sizes` there are no sheets.
        """
        kept = Kept([])
        count = self._deep(y.nbytes + uv.nbytes, shapes, y.itemsize)
        plan = self._plan((y, uv), sizes, kept, count)
        self._vain = self._vain + 1 if plan is None else 0
        if self._vain > _PATIENCE:
            self._pictures = [_Picture((y, uv), None)]
            return None, None
        if self._pictures and self._pictures[0].result is None:
            self._pictures.clear()
            plan = None
        if plan is None:
            kept.abandon()
        out = self._pictures[count - 1 :]
        if out and out[0].result is not None:
            kept.planes = out[0].result
        else:
            kept.planes = [np.empty(self._padded(shape), y.dtype) for shape in shapes]
        self._pictures = [_Picture((y, uv), kept.planes), *self._pictures[: count - 1]]
        return plan, kept

    def _deep(self, given: int, shapes: Sequence[tuple[int, ...]], itemsize: int) -> int:
        each = given + sum(high * wide * itemsize for high, wide in map(self._padded, shapes))
        return max(1, min(_DEEP, _BYTES // each))

    def _padded(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Rows and columns of a plane, rounded up to the same number of samples in each unit."""
        return tuple(-(-side // many) * many for side, many in zip(shape, self._units, strict=True))

    def _plan(
        self, now: tuple[Samples, Samples], sizes: Sizes | None, kept: Kept, count: int
    ) -> list[Sheet] | None:
        """Sheets, and into `kept` what is taken from results before; None for everything."""
        if self._whole:
            return self._same(now, kept)
        if not self._pictures or sizes is None:
            return None
        kept.before = self._pictures[0].result
        units = stale(now, self._pictures[0].given, self._reach, self._of_luma)
        if units is None:
            return None
        left = units[self._inside]
        for back, older in enumerate(self._pictures[1 : count - 1]):
            if np.count_nonzero(left) < _LITTLE * left.size:
                break
            self._useless[back] += 1
            if self._useless[back] > _LOOKS and self._useless[back] % _RARELY:
                continue
            units = stale(now, older.given, self._reach, self._of_luma)
            if units is None or older.result is None:
                continue
            there: Mask = left & ~units[self._inside]
            if np.count_nonzero(there) > _LITTLE * left.size:
                kept.older.append((older.result, there))
                left = left & ~there
                self._useless[back] = 0
        return sizes.lay(parts(left, self._within, self._reach, sizes.largest))

    def _same(self, now: tuple[Samples, Samples], kept: Kept) -> list[Sheet] | None:
        for one in self._pictures:
            if all(map(np.array_equal, now, one.given)):
                kept.before = one.result
                return []
        return None


def _copied(source: Samples, units: Mask, target: Samples) -> None:
    """What lies in `units`, which cover the planes; what a unit has in one line is copied as one."""
    rows, columns = units.shape
    line = np.dtype((np.void, source.shape[1] // columns * source.itemsize))
    into, out = (plane.view(line).reshape(rows, -1, columns) for plane in (target, source))
    np.copyto(into, out, where=units[:, None])
