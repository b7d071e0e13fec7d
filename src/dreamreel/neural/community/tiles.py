"""A picture through a network in tiles, so that memory depends on the tile and not on the picture.

    the network looks so far and no farther    tiles with a halo as wide: to the bit what the whole picture would give
    it looks far, or nobody knows              tiles that overlap; across the overlap one fades into the next

A tile that is what it was in the picture before is not computed again: held drawings and still cameras cost little.
When memory runs out tiles are made half as large, and that is said.
"""

from __future__ import annotations

import logging
import math
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from dreamreel.errors import WillNotFit
from dreamreel.neural.community.compiled import Picture, Runner
from dreamreel.neural.tiling import parted, up

__all__ = ["Tiled"]

_log: Final = logging.getLogger("dreamreel")
_MARGIN, _FADE = 8, 16
"""Pixels at the border of a tile that are not used, and those behind them over which two tiles are mixed."""
_LEAST: Final = 48 * 48
_HELD: Final = 2**28
"""Bytes of a result up to which its tiles are kept for the next picture."""
_SMALLEST: Final = 16
"""What both sides of a tile are at least, whatever the picture's are."""


@dataclass(frozen=True, slots=True)
class _Axis:
    """Tiles along one side: all of one length, that reach beyond the picture by `rim` on both sides."""

    starts: tuple[int, ...]
    """Where the tiles begin, in pixels of the picture with its rim."""
    length: int
    rim: int

    @classmethod
    def over(cls, side: int, parts: int, rim: int, even: int) -> _Axis:
        """`parts` tiles over `side` pixels, each with a rim of its own."""
        step = up(max(math.ceil(side / parts), _SMALLEST), even)
        starts = tuple(range(0, side, step))
        return cls(starts, step + 2 * rim, rim)

    @property
    def step(self) -> int:
        """Pixels from one tile to the next."""
        return self.length - 2 * self.rim


class Tiled:
    """Pictures of any size through a network. It belongs to one thread at a time."""

    def __init__(self, run: Runner, most: int | None = None) -> None:
        """`most` is how many pixels a tile has at most and about; what suits the network unless told."""
        self._run = run
        self._most = most or run.most
        self._held: dict[tuple[int, int], tuple[Picture, Picture]] = {}
        """Where each tile lies: what went in last, and what came out."""
        self.scale, self.halo = run.scale, run.halo

    def __call__(self, picture: Picture) -> Picture:
        """The picture larger. Raises `WillNotFit` when even small tiles do not fit into memory."""
        while True:
            try:
                return self._tiled(picture)
            except (MemoryError, RuntimeError) as error:
                if not _full(error):
                    raise
            if self._most <= _LEAST:
                raise WillNotFit("There is not enough memory for this network; choose a smaller one.")
            self._most //= 2
            self._held.clear()
            _log.warning("Memory ran out: the network now works in tiles of about %d pixels.", self._most)

    def _tiled(self, picture: Picture) -> Picture:
        height, width = picture.shape[:2]
        halo, even, scale = self._run.halo, self._run.even, self._run.scale
        exact = halo is not None
        rim = up(halo if halo is not None else _MARGIN + _FADE // 2, even)
        columns, rows = parted(width, height, self._most)
        across, down = _Axis.over(width, columns, rim, even), _Axis.over(height, rows, rim, even)
        wide, high = across.step * len(across.starts), down.step * len(down.starts)
        around = _mirrored(picture, rim, wide - width + rim, high - height + rim)
        made = np.zeros((height * scale, width * scale, 3), np.float32)
        shares = [_shares(axis, scale, exact) for axis in (down, across)]
        for top in down.starts:
            for left in across.starts:
                tile = np.ascontiguousarray(around[top : top + down.length, left : left + across.length])
                large = self._larger((top, left), tile, keep=made.nbytes <= _HELD)
                self._put(made, large, (top, left), (down, across), shares)
        return made

    def _larger(self, place: tuple[int, int], tile: Picture, *, keep: bool) -> Picture:
        """A tile through the network, or what came out the last time if the same goes in."""
        given, made = self._held.get(place, (None, None))
        if given is not None and made is not None and np.array_equal(given, tile):
            return made
        large = self._run(tile)
        if keep:
            self._held[place] = tile, np.array(large)
        return large

    def _put(self, made: Picture, large: Picture, at: tuple[int, int], axes: tuple[_Axis, _Axis],
             shares: list[dict[int, NDArray[np.float32]]]) -> None:  # fmt: skip
        """Add a tile, each pixel times its share, as far as it lies inside."""
        spans: list[tuple[slice, slice, NDArray[np.float32]]] = []
        for start, axis, share, whole in zip(at, axes, shares, made.shape, strict=False):
            first = (start - axis.rim) * self.scale
            low, high = max(0, first), min(whole, first + axis.length * self.scale)
            weight = share[start][low - first : high - first]
            used = np.flatnonzero(weight)
            inner = slice(low - first + int(used[0]), low - first + int(used[-1]) + 1)
            spans.append(
                (slice(first + inner.start, first + inner.stop), inner, weight[used[0] : used[-1] + 1])
            )
        (rows, inner_rows, down), (columns, inner_columns, across) = spans
        part = large[inner_rows, inner_columns]
        if (down == 1).all() and (across == 1).all():
            made[rows, columns] = part
        else:
            made[rows, columns] += part * (down[:, None, None] * across[None, :, None])


def _shares(axis: _Axis, scale: int, exact: bool) -> dict[int, NDArray[np.float32]]:
    """For each tile how much of each of its samples is taken; over all tiles they add up to one."""
    found: dict[int, NDArray[np.float32]] = {}
    place = (np.arange(axis.length * scale, dtype=np.float64) + 0.5) / scale - axis.rim
    for start in axis.starts:
        if exact:
            share = ((place > 0) & (place < axis.step)).astype(np.float64)
        else:
            rise = (
                np.clip((place + _FADE / 2) / _FADE, 0, 1) if start != axis.starts[0] else np.ones_like(place)
            )
            fall = np.clip((axis.step - place + _FADE / 2) / _FADE, 0, 1)
            share = np.minimum(rise, fall) if start != axis.starts[-1] else rise
        found[start] = share.astype(np.float32)
    return found


def _mirrored(picture: Picture, rim: int, right: int, below: int) -> Picture:
    """The picture with `rim` pixels before it and more behind, mirrored at its edges, the outermost ones twice."""
    return np.asarray(cv2.copyMakeBorder(picture, rim, below, rim, right, cv2.BORDER_REFLECT), np.float32)


def _full(error: Exception) -> bool:
    """Whether it was memory that was missing: OpenVINO and torch say so in words."""
    words = str(error).lower()
    return isinstance(error, MemoryError) or any(one in words for one in ("memory", "bad_alloc", "alloc"))
