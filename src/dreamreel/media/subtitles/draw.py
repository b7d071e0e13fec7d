"""Cues as pictures: set by Skia's paragraph layout (HarfBuzz, ICU bidi, font fallback), outlined, and cropped to ink.

    Captions.at(time) ──► Layer …   transparent RGBA pieces with their place on the picture, the lowest first

A piece is drawn once and kept while it looks the same. The script's own pixels are scaled to the picture's height, as
libass does; a pixel that is not square is taken into account.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Final

import numpy as np

from dreamreel.media.subtitles.look import Look, plain_style
from dreamreel.media.subtitles.model import Cue, Style, Subtitles
from dreamreel.media.subtitles.shown import Shown, is_animated, shown
from dreamreel.media.subtitles.typeset import Set, Typesetter

if TYPE_CHECKING:
    import skia
    from numpy.typing import NDArray

    from dreamreel.media.subtitles.tracks import FontFile

__all__ = ["Captions", "Layer"]

_MOST: Final = 60
"""Cues at once that are drawn; a hostile file has more."""
_KEPT: Final = 48


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """A piece of a picture: compared by identity, because the same piece is handed out again."""

    pixels: NDArray[np.uint8]
    """Height×width×4 RGBA, straight alpha."""
    x: int
    y: int
    """Both even, as are the sides, for pictures with a colour sample for four pixels."""


@dataclass(frozen=True, slots=True)
class _Placed:
    """Where a cue stands, in display pixels."""

    number: int
    left: float
    top: float
    width: float
    height: float

    def meets(self, other: _Placed) -> bool:
        """True when the two would lie on each other."""
        across = self.left < other.left + other.width and other.left < self.left + self.width
        down = self.top < other.top + other.height - 0.5 and other.top < self.top + self.height - 0.5
        return across and down


class Captions:
    """The cues of `subtitles` on a picture of `width`×`height` pixels of the shape `sar`."""

    def __init__(self, subtitles: Subtitles, width: int, height: int, sar: Fraction = Fraction(1),
                 look: Look | None = None, fonts: Sequence[FontFile] = ()) -> None:  # fmt: skip
        self._size, self._squeeze = (width, height), 1 / float(sar)
        shape = (max(1, round(width * sar)), height)
        if subtitles.plain:
            style = plain_style(look or Look(), *shape)
            subtitles = replace(subtitles, styles=(style,), width=shape[0], height=shape[1])
        self._script = subtitles
        self._styles: Mapping[str, Style] = {style.name: style for style in subtitles.styles}
        self._default = self._styles.get("Default", subtitles.styles[0])
        self._setter = Typesetter(shape, (shape[0] / subtitles.width, shape[1] / subtitles.height),
                                  subtitles.scaled_border, fonts)  # fmt: skip
        self._cues = subtitles.cues
        self._edges = sorted({time for cue in self._cues for time in (cue.start, cue.end)})
        self._active: tuple[int, tuple[int, ...]] = (-1, ())
        self._begins = [cue.start for cue in self._cues]
        self._clusters = _clusters(self._cues)
        self._still: dict[int, Shown] = {}
        self._offsets: dict[int, float] = {}
        self._layers: OrderedDict[tuple[Shown, float], Layer | None] = OrderedDict()

    def changes(self, start: Fraction, end: Fraction) -> list[Fraction]:
        """The times after `start` and before `end` at which a cue appears or goes."""
        low = bisect_right(self._edges, start)
        return [time for time in self._edges[low : bisect_right(self._edges, end)] if time < end]

    def at(self, time: Fraction) -> list[Layer]:
        """The pieces on show at `time`, the lowest first."""
        found: list[Layer] = []
        for number in self._on(time):
            key = (self._shown(number, time), self._offset(number))
            if key not in self._layers:
                self._layers[key] = self._drawn(*key)
                while len(self._layers) > _KEPT:
                    self._layers.popitem(last=False)
            self._layers.move_to_end(key)
            layer = self._layers[key]
            if layer is not None:
                found.append(layer)
        return found

    def _on(self, time: Fraction) -> tuple[int, ...]:
        place = bisect_right(self._edges, time)
        if place != self._active[0]:
            last = bisect_right(self._begins, time)
            first = self._clusters[last - 1] if last else 0
            on = [n for n in range(first, last) if self._cues[n].end > time]
            on.sort(key=lambda n: self._cues[n].layer)
            self._active = (place, tuple(on[:_MOST]))
        return self._active[1]

    def _shown(self, number: int, time: Fraction) -> Shown:
        cue = self._cues[number]
        if number in self._still:
            return self._still[number]
        now = float(time - cue.start)
        made = shown(cue, self._styles, self._default, self._script.wrap, now)
        if not is_animated(cue):
            self._still[number] = made
        return made

    def _offset(self, number: int) -> float:
        """How far a cue is pushed from its place by those that were there before it, in display pixels."""
        if number not in self._offsets:
            # From where no earlier cue reaches, so that a film rendered in pieces is the same in every piece.
            placed: list[_Placed] = []
            for n in range(self._clusters[number], number + 1):
                self._offsets[n] = self._pushed(n, placed)
        return self._offsets[number]

    def _pushed(self, number: int, placed: list[_Placed]) -> float:
        cue = self._cues[number]
        made = self._shown(number, cue.start)
        if made.free or not made.runs or len(placed) > 4000:
            return 0.0
        box = self._setter.box(self._setter.laid(made), made)
        upwards = made.alignment <= 6
        placed[:] = [one for one in placed if self._cues[one.number].end > cue.start]
        rivals = [one for one in placed if self._cues[one.number].layer == cue.layer][:_MOST]
        own = _Placed(number, *box)
        for _ in rivals:
            hit = next((one for one in rivals if own.meets(one)), None)
            if hit is None:
                break
            own = replace(own, top=hit.top - own.height if upwards else hit.top + hit.height)
        placed.append(own)
        return own.top - box[1]

    def _drawn(self, made: Shown, offset: float) -> Layer | None:
        """The picture of a cue, or None when nothing of it is seen."""
        if made.opacity == 0 or not (made.shape or any(run.text.strip() for run in made.runs)):
            return None
        laid = self._setter.laid(made)
        left, top, width, height = self._setter.box(laid, made)
        top += offset
        bounds = self._bounds(laid, made, (left, top, width, height))
        if bounds is None:
            return None
        return _cropped(self._painted(laid, made, (left, top, width, height), bounds), bounds[0], bounds[1])

    def _bounds(
        self, laid: Set, made: Shown, box: tuple[float, float, float, float]
    ) -> tuple[int, int, int, int] | None:
        """The even rectangle of picture pixels that a cue can touch: left, top, right, bottom."""
        left, top, width, height = box
        reach = laid.reach
        corners = [(left - reach, top - reach), (left + width + reach, top - reach),
                   (left - reach, top + height + reach), (left + width + reach, top + height + reach)]  # fmt: skip
        if made.shear:
            corners = [(x + abs(made.shear) * height * sign, y) for x, y in corners for sign in (-1, 1)]
        if made.angle:
            corners = [_turned(corner, self._setter.pivot(made, box), made.angle) for corner in corners]
        xs, ys = [x * self._squeeze for x, _ in corners], [y for _, y in corners]
        wide, high = self._size
        low_x, low_y = max(0, math.floor(min(xs))) & ~1, max(0, math.floor(min(ys))) & ~1
        high_x, high_y = min(wide, math.ceil(max(xs)) + 1), min(high, math.ceil(max(ys)) + 1)
        return (low_x, low_y, high_x, high_y) if high_x > low_x and high_y > low_y else None

    def _painted(self, laid: Set, made: Shown, box: tuple[float, float, float, float],
                 bounds: tuple[int, int, int, int]) -> NDArray[np.uint8]:  # fmt: skip
        import skia

        width, height = bounds[2] - bounds[0], bounds[3] - bounds[1]
        surface = skia.Surface(width, height)
        canvas = surface.getCanvas()
        canvas.clear(skia.ColorTRANSPARENT)
        canvas.translate(-bounds[0], -bounds[1])
        canvas.scale(self._squeeze, 1)
        self._setter.paint(canvas, laid, made, box)
        return _read(surface, width, height)


def _clusters(cues: Sequence[Cue]) -> list[int]:
    """For each cue the first of the run of cues before it that reach each other."""
    firsts: list[int] = []
    reach = Fraction(-1)
    first = 0
    for number, cue in enumerate(cues):
        if cue.start >= reach:
            first = number
        firsts.append(first)
        reach = max(reach, cue.end)
    return firsts


def _turned(point: tuple[float, float], pivot: tuple[float, float], degrees: float) -> tuple[float, float]:
    turn = math.radians(-degrees)
    x, y = point[0] - pivot[0], point[1] - pivot[1]
    return (
        pivot[0] + x * math.cos(turn) - y * math.sin(turn),
        pivot[1] + x * math.sin(turn) + y * math.cos(turn),
    )


def _read(surface: skia.Surface, width: int, height: int) -> NDArray[np.uint8]:
    import skia

    pixels = np.zeros((height, width, 4), np.uint8)
    layout = skia.ImageInfo.Make(width, height, skia.kRGBA_8888_ColorType, skia.kUnpremul_AlphaType)
    surface.readPixels(layout, pixels, width * 4)
    return pixels


def _cropped(pixels: NDArray[np.uint8], x: int, y: int) -> Layer | None:
    """Only what is inked, on even edges, with even sides (padded with nothing)."""
    alpha = pixels[:, :, 3]
    rows, columns = np.flatnonzero(alpha.max(axis=1)), np.flatnonzero(alpha.max(axis=0))
    if not len(rows):
        return None
    left, above = int(columns[0]) & ~1, int(rows[0]) & ~1
    part = pixels[above : int(rows[-1]) + 1, left : int(columns[-1]) + 1]
    padded = np.pad(part, ((0, part.shape[0] % 2), (0, part.shape[1] % 2), (0, 0)))
    return Layer(np.ascontiguousarray(padded), x + left, y + above)
