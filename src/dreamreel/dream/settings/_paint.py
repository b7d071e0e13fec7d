"""What several settings are painted with: skies, stars, hills, haze, soft light, and small lights drawn every frame.

Painted once (`sky` … `blades`) or baked once and moved (`spark`, `dot`, `beam`): no live draw blurs anything.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from random import Random

import skia

from dreamreel.dream.hand import LOOKS, Brush, Sprite, bake, mix, rgba
from dreamreel.dream.motion import cycle
from dreamreel.dream.outlines import path
from dreamreel.dream.scenery import MARGIN, View
from dreamreel.dream.shapes import Blob, Box, Oval, Point, Polygon, Shape, Star, Union, circle, puff

__all__ = [
    "SHADE",
    "beam",
    "blades",
    "clouds",
    "dot",
    "haze",
    "hill",
    "hill_line",
    "lit",
    "pebble",
    "put",
    "scatter",
    "sky",
    "spark",
    "stars",
    "twinkle",
    "veil",
]

SHADE = 0x2B1B57
"""Violet: what shadows lean to, never grey or black."""
STARLIGHT = 0xFFF6DC


def sky(view: View, stops: Sequence[float] = (0, 0.42, 0.75), bottom: float = 1000) -> None:
    """The gradient of the three sky roles, from the top of the stage down to `bottom`."""
    p = view.palette
    view.brush.ramp(
        Box(-40, -40, view.width + 80, bottom + 80),
        [p["sky_top"], p["sky_mid"], p["sky_low"]],
        stops,
        (0, 0),
        (0, 1000),
    )


def stars(view: View, count: int, bottom: float, alpha: float = 0.9) -> None:
    """Small stars of three sizes, denser toward the top."""
    for _ in range(count):
        y = bottom * view.rng.random() ** 1.35
        fade = 1 - 0.75 * y / bottom
        r = view.rng.choice((0.9, 1.2, 1.2, 1.7, 2.3))
        colour = view.rng.choice((0xFFFFFF, 0xFFF1CF, 0xD9E2FF, 0xFFE0F0))
        strength = alpha * fade * view.rng.uniform(0.4, 1.0)
        view.brush.fill(circle(view.rng.uniform(0, view.width), y, r), colour, strength)


def clouds(
    view: View, row: Sequence[tuple[float, float, float]], flat: float = 0.42, alpha: float = 0.85
) -> None:
    """Clouds of a drifting layer at (share of the span, y, size), drawn so that they wrap."""
    span = view.width + 2 * MARGIN
    for u, y, size in row:
        x = -MARGIN + (u + view.rng.uniform(-0.03, 0.03)) * span
        for wrap in (-span, 0, span):
            view.brush.soft(
                puff(x + wrap, y, size, size * flat),
                view.palette["cloud"],
                shade=view.palette["sky_mid"],
                light=0.7,
                alpha=alpha,
            )


def hill_line(view: View, line: Sequence[Point]) -> Blob:
    """The body under a rolling top line given as (share of the width, y)."""
    w = view.width
    points = tuple((x * w, y) for x, y in line)
    return Blob(
        (
            (-MARGIN - 300, 1400),
            (-MARGIN - 200, points[0][1]),
            *points,
            (w + MARGIN + 200, points[-1][1]),
            (w + MARGIN + 300, 1400),
        )
    )


def hill(
    view: View, line: Sequence[Point], colour: int, deep: float, crest: float = 0.3, lift: float = 0.34
) -> Blob:
    """A rolling body lit along its crest and shaded below.

    Args:
        view: what is drawn on.
        line: top line as (share of the width, y), from left to right.
        colour: its own colour.
        deep: how far its foot leans to the shade.
        crest: opacity of the light along the top.
        lift: how far its top leans to the light.
    """
    body, light = hill_line(view, line), view.palette["light"]
    top = min(y for _, y in line)
    view.brush.ramp(
        body,
        [mix(colour, light, lift), colour, mix(colour, SHADE, deep)],
        [0, 0.4, 1],
        (0, top),
        (0, top + 420),
    )
    inner = [(x * view.width, y + 9) for x, y in line]
    with view.brush.inside(body):
        ends = ((-MARGIN - 60, inner[0][1]), (view.width + MARGIN + 60, inner[-1][1]))
        view.brush.line([ends[0], *inner, ends[1]], light, 15, crest * 0.6, 11)
        view.brush.line([ends[0], *inner, ends[1]], light, 5, crest * 0.7, 4)
    return body


def haze(
    view: View, top: float, middle: float, bottom: float, alpha: float, colour: int | None = None
) -> None:
    """A band of mist that is thickest at `middle`."""
    span = max(bottom - top, 1)
    view.brush.fade(
        Box(-MARGIN - 4, top, view.width + 2 * MARGIN + 8, bottom - top),
        view.palette["haze"] if colour is None else colour,
        [0, alpha * 0.5, alpha, alpha * 0.5, 0],
        [0, 0.5 * (middle - top) / span, (middle - top) / span, 0.5 + 0.5 * (middle - top) / span, 1],
        (0, top),
        (0, bottom),
    )


def veil(
    brush: Brush,
    shape: Shape,
    colour: int,
    alphas: Sequence[float],
    a: Point,
    b: Point,
    blur: float,
    add: bool = False,
) -> None:
    """A shape without edges: faded from `a` to `b` and blurred; light shafts, glows, reflections."""
    stops = [k / (len(alphas) - 1) for k in range(len(alphas))]
    shader = skia.GradientShader.MakeLinear(
        [skia.Point(*a), skia.Point(*b)], [rgba(colour, x) for x in alphas], stops
    )
    paint = skia.Paint(AntiAlias=True, Shader=shader, Dither=True)
    if blur > 0:
        paint.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, blur))
    if add:
        paint.setBlendMode(skia.BlendMode.kScreen)
    brush.canvas.drawPath(path(shape), paint)


def lit(
    view: View, parts: Sequence[Oval], colour: int, shade: int, alpha: float = 1.0, light: float = 0.3
) -> None:
    """A mass of rounded lumps (foliage, bushes, coral): one body, each lump lit above and shaded below."""
    body = Union(tuple(parts))
    bounds = path(body).computeTightBounds()
    p = view.palette
    view.brush.ramp(
        body,
        [mix(colour, p["light"], light), colour, mix(colour, shade, 0.55)],
        [0, 0.45, 1],
        (0, bounds.top()),
        (0, bounds.bottom()),
        alpha,
    )
    with view.brush.inside(body):
        for o in parts:
            lower = Oval(o.x + o.rx * 0.25, o.y + o.ry * 0.55, o.rx * 0.8, o.ry * 0.5)
            upper = Oval(o.x - o.rx * 0.2, o.y - o.ry * 0.34, o.rx * 0.55, o.ry * 0.42)
            view.brush.fill(lower, mix(colour, shade, 0.75), 0.3 * alpha, o.rx * 0.28)
            view.brush.fill(upper, mix(colour, p["light"], 0.75), 0.36 * alpha, o.rx * 0.22)


def pebble(view: View, x: float, y: float, r: float, colour: int) -> None:
    """A small round stone with its shadow on the ground."""
    view.brush.fill(Oval(x + r * 0.25, y + r * 0.34, r * 1.2, r * 0.4), SHADE, 0.25, r * 0.3)
    view.brush.soft(Oval(x, y, r, r * 0.66, -6), colour, light=0.8)


def blades(view: View, x: float, y: float, h: float, colour: int, alpha: float = 0.9) -> None:
    """A tuft of five grass blades rooted at (x, y)."""
    for lean in (-0.7, -0.3, 0.05, 0.4, 0.75):
        tip = h * (1 - 0.35 * abs(lean))
        bend = lean * h * 0.55
        blade = Polygon(
            ((x + lean * 9 - 2.6, y), (x + lean * 9 + bend, y - tip), (x + lean * 9 + 2.6, y)), 1.2
        )
        view.brush.fill(blade, colour, alpha)


def scatter(
    dice: Random, count: int, top: float, bottom: float, width: float
) -> list[tuple[float, float, float]]:
    """Places on the ground as (x, y, nearness 0..1), sorted so that nearer ones are drawn later."""
    spots: list[tuple[float, float, float]] = []
    for _ in range(count):
        near = dice.random()
        spots.append((dice.uniform(-MARGIN, width + MARGIN), top + near * (bottom - top), near))
    return sorted(spots, key=lambda spot: spot[1])


@functools.cache
def spark(colour: int = 0xFFE08F, tips: int = 4) -> Sprite:
    """A star with a glow, one unit in radius; drawn large or small with `put`."""

    def draw(brush: Brush) -> None:
        brush.glow(0, 0, 1, colour, 0.42)
        body = Star(0, 0, 0.36, 0.06, 4, 0.02, -90) if tips == 4 else Star(0, 0, 0.34, 0.17, 5, 0.06)
        brush.fill(body, mix(colour, 0xFFFFFF, 0.75), 1.0, 0.012)

    return bake(draw, (-1, -1, 1, 1), 30, LOOKS["plush"])


@functools.cache
def dot(colour: int, core: float = 0.16, glow: float = 0.5) -> Sprite:
    """A small light: a soft core in a wide glow, one unit in radius."""

    def draw(brush: Brush) -> None:
        brush.glow(0, 0, 1, colour, glow)
        brush.fill(circle(0, 0, core), mix(colour, 0xFFFFFF, 0.7), 0.95, core * 0.35)

    return bake(draw, (-1, -1, 1, 1), 26, LOOKS["plush"])


@functools.cache
def beam(colour: int, spread: float, length: float) -> Sprite:
    """A shaft of light from the origin downward, `length` units long and 90 to 90 + `spread` wide, without edges."""

    def draw(brush: Brush) -> None:
        shape = Polygon(((-45, -60), (45, -60), (45 + spread / 2, length), (-45 - spread / 2, length)))
        veil(brush, shape, colour, (0.0, 0.55, 0.3, 0.1, 0.0), (0, -40), (0, length * 0.97), 26)

    half = 45 + spread / 2 + 50
    return bake(draw, (-half, -90, half, length + 20), 0.3, LOOKS["plush"])


def put(
    brush: Brush, sprite: Sprite, x: float, y: float, size: float, alpha: float, rot: float = 0.0
) -> None:
    """Draw a baked small thing at (x, y), `size` times as large, `alpha` visible."""
    if alpha < 0.01:
        return
    with brush.at(x, y, rot, size):
        sprite.draw(brush.canvas, alpha)


def twinkle(view: View, t: float, count: int, bottom: float, colour: int = STARLIGHT) -> None:
    """Larger stars, each in its own rhythm."""
    for k in range(count):
        x, y = view.rng.uniform(0.02, 0.98) * view.width, view.rng.uniform(24, bottom)
        shine = 0.5 + 0.5 * cycle(t, view.rng.uniform(2.2, 5.1), view.rng.random())
        put(view.brush, spark(colour), x, y, (9, 12, 16)[k % 3] * (0.7 + 0.3 * shine), 0.25 + 0.75 * shine)
