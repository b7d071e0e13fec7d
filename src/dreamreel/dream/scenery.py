"""Settings: the layered place a dream plays in.

    Setting (palettes, layers, places: data + small drawing functions)
        └─► Backdrop: every layer drawn once at the size needed ── draw(canvas, layer, shift) ──► every frame

Stage units: the dream is 1000 units high and `width` = 1000 x aspect wide (562 upright phone … 1778 wide screen);
(0, 0) is its top left. A layer is drawn from -MARGIN to width + MARGIN so that it can slide: farther layers slide
less (`depth`).

A setting file in `dream/settings/` holds one `SETTING = Setting(...)` and is found by name.
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random

import numpy as np
import skia

from dreamreel.dream.cast import SettingWords
from dreamreel.dream.hand import NATIVE, Brush, Look, Sprite, bake, mix
from dreamreel.dream.storyboard import TimeOfDay

__all__ = [
    "MARGIN",
    "TINTS",
    "Backdrop",
    "Layer",
    "Live",
    "Palette",
    "Place",
    "Setting",
    "View",
    "setting",
    "tinted",
]

MARGIN = 120.0
"""Stage units drawn beyond either side, so that sliding layers never show an edge."""

Palette = Mapping[str, int]
"""Role → 0xRRGGBB. Every palette has: sky_top, sky_mid, sky_low (the sky's or water's own gradient), haze (between
layers), light (what falls on things and on the sleeper's face), accent, ambient (what actors' colours are pulled
toward); a setting adds its own roles."""


@dataclass(frozen=True, slots=True)
class View:
    """What a layer's drawing function is given."""

    brush: Brush
    width: float
    """Width of the stage in units; its height is 1000."""
    palette: Palette
    rng: Random
    """Seeded for this layer: the same dream draws the same tufts."""
    night: bool


@dataclass(frozen=True, slots=True)
class Layer:
    """One sheet of the backdrop, drawn once."""

    name: str
    depth: float
    """0 never moves (sky), 1 moves with the camera (where actors stand), above 1 is nearer than they are."""
    draw: Callable[[View], None]
    drift: float = 0.0
    """Own speed in units a second, to the right; a drifting layer must tile: what leaves right comes in left."""
    box: tuple[float, float] = (0.0, 1000.0)
    """Top and bottom in units of what it draws (kept small: memory)."""
    sway: tuple[float, float] = (0.0, 0.0)
    """Amplitude in units and period in seconds of a slow sideways sway (grass, water, clouds)."""


@dataclass(frozen=True, slots=True)
class Live:
    """What moves by itself and is drawn every frame: stars that twinkle, waves, bubbles, fireflies."""

    after: str
    """Name of the layer it is drawn on top of."""
    draw: Callable[[View, float], None]
    """`draw(view, t)`: view.rng is freshly seeded for every call, so the same draws give the same things each frame."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where actors can be: a line on the ground, a water surface, or a band of air or water."""

    habitat: str
    """ground, water (surface), under (under water), air, space, sky (fixed far things: moon, sun, rainbow, clouds)."""
    y: tuple[float, float]
    """Top and bottom of the band in units; a line when both are equal. On the ground: where feet stand."""
    scale: float
    """Size of actors here, 1 is the normal size; farther places are smaller."""
    after: str
    """Name of the layer actors here are drawn on top of."""
    depth: float = 1.0
    """As a layer's depth: how far they slide with the camera."""
    name: str = ""
    """What it is called in relations ("sea", "hill", "bed"); empty for plain ground or air."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One kind of place."""

    words: SettingWords
    palettes: Mapping[TimeOfDay, Palette]
    """At least one; a time of day without its own uses the nearest."""
    layers: tuple[Layer, ...]
    """Back to front."""
    places: tuple[Place, ...]
    """Best first for each habitat."""
    live: tuple[Live, ...] = ()
    ambience: str = ""
    """Name of its ambience in `dream/sound`; empty means the setting's own name."""

    def palette(self, time: TimeOfDay) -> Palette:
        """The palette at that time of day, or the nearest there is."""
        order: dict[TimeOfDay, tuple[TimeOfDay, ...]] = {
            "dawn": ("dawn", "dusk", "day", "night"),
            "day": ("day", "dawn", "dusk", "night"),
            "dusk": ("dusk", "dawn", "night", "day"),
            "night": ("night", "dusk", "dawn", "day"),
        }
        return next(self.palettes[t] for t in order[time] if t in self.palettes)


TINTS: Mapping[str, tuple[int, float]] = {
    "warm": (0xFFB070, 0.2),
    "cool": (0x6FA8FF, 0.2),
    "pastel": (0xFFF3F6, 0.28),
}
"""Palette words → what every colour of a setting leans to, and how far."""


def tinted(palette: Palette, mood: str | None) -> Palette:
    """The palette leaning warm, cool or pastel; None and unknown names leave it as it is."""
    if mood is None or mood not in TINTS:
        return palette
    colour, amount = TINTS[mood]
    return {role: mix(value, colour, amount) for role, value in palette.items()}


@functools.cache
def setting(kind: str) -> Setting:
    """The setting of that name. Raises ModuleNotFoundError for a kind that has no file."""
    return importlib.import_module(f"dreamreel.dream.settings.{kind}").SETTING


class Backdrop:
    """A setting at one width, time of day and look: every layer baked once."""

    def __init__(
        self,
        what: Setting,
        width: float,
        time: TimeOfDay,
        look: Look,
        seed: int,
        scale: float,
        mood: str | None = None,
    ) -> None:
        """`scale` is pixels per stage unit at the largest size it will be shown; `mood` a name of `TINTS` or None."""
        self.setting, self.width, self.look = what, width, look
        self.palette = tinted(what.palette(time), mood)
        self._night, self._seed = time == "night", seed
        self._sheets = {layer.name: _pieces(self._bake(layer, scale)) for layer in what.layers}
        self._live = {
            layer.name: [item for item in what.live if item.after == layer.name] for layer in what.layers
        }

    def _view(self, brush: Brush, name: str) -> View:
        return View(brush, self.width, self.palette, Random(f"{self._seed}:{name}"), self._night)

    def _bake(self, layer: Layer, scale: float) -> Sprite:
        margin = 0.0 if layer.depth == 0 and not layer.drift and not layer.sway[0] else MARGIN
        box = (-margin, layer.box[0], self.width + margin, layer.box[1])
        return bake(lambda brush: layer.draw(self._view(brush, layer.name)), box, scale, self.look)

    def draw(self, canvas: skia.Canvas, layer: Layer, shift: float, t: float) -> None:
        """Draw one layer and its live things, in stage units.

        Args:
            canvas: scaled to stage units.
            layer: one of the setting's layers.
            shift: how far the stage camera moved to the right, in units.
            t: seconds.
        """
        from dreamreel.dream.motion import cycle

        x = -shift * layer.depth
        if layer.sway[0]:
            x += layer.sway[0] * cycle(t, layer.sway[1])
        canvas.save()
        pieces = self._sheets[layer.name]
        if layer.drift:
            span = self.width + 2 * MARGIN
            x = (x + layer.drift * t) % span
            # Both neighbours are cut at the same pixel, so that nothing is drawn twice and nothing is left out.
            join = x - MARGIN
            _draw_tile(canvas, pieces, x, skia.Rect.MakeLTRB(join, -1e4, 1e4, 1e4))
            _draw_tile(canvas, pieces, x - span, skia.Rect.MakeLTRB(-1e4, -1e4, join, 1e4))
            canvas.translate(x, 0)
        else:
            canvas.translate(x, 0)
            _draw_all(canvas, pieces)
        brush = Brush(canvas, self.look)
        for i, item in enumerate(self._live[layer.name]):
            item.draw(self._view(brush, f"{layer.name}/{i}"), t)
        canvas.restore()


def _pieces(sheet: Sprite) -> tuple[Sprite, ...]:
    """The parts of a sheet that hold anything, cut along empty columns: trees left and right cost no middle."""
    assert sheet.pixels is not None
    alpha = sheet.pixels[..., 3]
    filled = np.flatnonzero(alpha.any(axis=0))
    if not filled.size:
        return ()
    gaps = np.flatnonzero(np.diff(filled) > _GAP)
    starts = [int(filled[0]), *(int(filled[i + 1]) for i in gaps)]
    stops = [*(int(filled[i]) for i in gaps), int(filled[-1])]
    out: list[Sprite] = []
    for left, right in zip(starts, stops, strict=True):
        rows = np.flatnonzero(alpha[:, left : right + 1].any(axis=1))
        # A pixel of nothing around it, where there is one, so that edges stay soft between the pixels.
        x, y = max(left - 1, 0), max(int(rows[0]) - 1, 0)
        part = np.ascontiguousarray(sheet.pixels[y : int(rows[-1]) + 2, x : right + 2])
        image = skia.Image.fromarray(part, NATIVE, skia.kPremul_AlphaType, copy=False)
        out.append(
            Sprite(
                image.withDefaultMipmaps(),
                sheet.x + x / sheet.scale,
                sheet.y + y / sheet.scale,
                sheet.scale,
                part,
            )
        )
    return tuple(out)


_GAP = 48
"""Empty columns from which a sheet is cut."""


def _draw_all(canvas: skia.Canvas, pieces: tuple[Sprite, ...]) -> None:
    for piece in pieces:
        piece.draw(canvas)


def _draw_tile(canvas: skia.Canvas, pieces: tuple[Sprite, ...], x: float, window: skia.Rect) -> None:
    """One of the two neighbours that a drifting layer is made of, `x` to the right, as far as `window` shows it."""
    canvas.save()
    canvas.clipRect(window, False)
    canvas.translate(x, 0)
    _draw_all(canvas, pieces)
    canvas.restore()
