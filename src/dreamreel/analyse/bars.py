"""Black bars around a picture: letterbox, pillarbox, both.

    luma of frames all over the film ─► which lines and columns are ever lit ─► the box that holds them, even-aligned

A bar is black in every frame, so a dark scene cannot be mistaken for one as long as some other scene is lit. A logo or
a ticker's clock in a bar lights only a small share of a line; the picture lights much of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dreamreel.analyse.look import Luma, file_picture, luma, spread, upright

__all__ = ["Box", "box_of", "detect"]

_FRAMES = 40
_ABOVE = 14
"""8-bit steps above black from which a pixel is lit: over noise, poor blacks and what compression leaves."""
_SHARE = 0.12
"""Of a line, so much must be lit for it to be picture."""
_LIT = 0.04
"""Of a frame, so much must be lit for it to say anything."""
_THINNEST = 0.008
"""Of a side; a thinner bar is an edge that was filmed or scaled badly, and not worth a crop."""
_LEAST = 0.2
"""Of the area; a box smaller than this is not the picture."""
_SEEN = 2
"""Frames in which a line must be lit; one alone may be a flash or damage."""


@dataclass(frozen=True, slots=True)
class Box:
    """A part of a picture in pixels, as displayed."""

    x: int
    y: int
    width: int
    height: int

    def __str__(self) -> str:
        return f"{self.width}x{self.height}+{self.x}+{self.y}"


def detect(path: Path, frames: int = _FRAMES) -> Box:
    """The picture without its black bars, sides and corner even; the whole frame when there are none.

    Looks at about `frames` frames all over the film. Raises what opening it raises, `BadParameter` without a picture.
    """
    film = file_picture(path, "finding bars")
    seen = (luma(frame) for _, frame in spread(path, frames))
    turned = (Luma(upright(one.plane, film), one.black, one.white) for one in seen)
    return box_of(turned, film.track.width, film.track.height)


def box_of(frames: Iterable[Luma], width: int, height: int) -> Box:
    """The box of what is ever lit in `frames` of `width`×`height`; all of it when nothing is."""
    whole = Box(0, 0, width, height)
    lit = [picture for one in frames if (picture := _lit(one)).mean() >= _LIT]
    if not lit:
        return whole
    need = min(_SEEN, len(lit))
    top, bottom, left, right = 0, height, 0, width
    # The columns of a letterboxed picture are judged without the bars above and below, and the lines likewise.
    for _ in range(2):
        top, bottom = _edges([one[:, left:right].mean(axis=1) for one in lit], need)
        left, right = _edges([one[top:bottom].mean(axis=0) for one in lit], need)
    top, bottom = _tidied(top, bottom, height)
    left, right = _tidied(left, right, width)
    box = Box(left, top, right - left, bottom - top)
    return box if box.width * box.height >= _LEAST * width * height else whole


def _lit(one: Luma) -> NDArray[np.bool_]:
    return one.plane > one.black + _ABOVE


def _edges(shares: list[NDArray[np.float64]], need: int) -> tuple[int, int]:
    """The first line that is lit in at least `need` frames, and the one after the last."""
    counts = np.sum([share >= _SHARE for share in shares], axis=0)
    lines = np.flatnonzero(counts >= need)
    return (int(lines[0]), int(lines[-1]) + 1) if len(lines) else (0, len(counts))


def _tidied(first: int, last: int, side: int) -> tuple[int, int]:
    """Both edges even and inside the picture, because half the films in the world store one colour for four pixels."""
    thin = _THINNEST * side
    start = 0 if first <= thin else first + first % 2
    end = side if side - last <= thin else last - last % 2
    end -= (end - start) % 2
    return start, end
