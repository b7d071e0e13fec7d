"""Weather over a dream: rain, snow, fog, wind and passing clouds, drawn in stage units over the last layer.

Drawn every frame, so what is blurred is baked once and moved, and streaks of one distance are one path.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping

import skia

from dreamreel.dream.hand import LOOKS, Brush, Sprite, bake, rgba
from dreamreel.dream.motion import TAU, cycle, lerp, rng
from dreamreel.dream.scenery import MARGIN, View
from dreamreel.dream.shapes import Oval, circle, puff

__all__ = ["draw_weather"]


@functools.cache
def _dice(what: str, k: int) -> tuple[float, ...]:
    """Six fixed random numbers in 0..1 for thing number `k` of a kind."""
    dice = rng(what, k)
    return tuple(dice.random() for _ in range(6))


@functools.cache
def _flake() -> Sprite:
    return bake(
        lambda b: b.fill(circle(0, 0, 0.82), 0xFFFFFF, 1.0, 0.16), (-1.3, -1.3, 1.3, 1.3), 8, LOOKS["plush"]
    )


@functools.cache
def _ripple() -> Sprite:
    return bake(
        lambda b: b.fill(Oval(0, 0, 0.9, 0.3), 0xEAF2FF, 1.0, 0.05),
        (-1.1, -0.5, 1.1, 0.5),
        20,
        LOOKS["plush"],
    )


@functools.cache
def _bank(colour: int) -> Sprite:
    """A long bank of fog, 2000 units wide, without edges."""
    return bake(
        lambda b: b.fill(Oval(0, 0, 1000, 74), colour, 1.0, 34), (-1110, -180, 1110, 180), 0.2, LOOKS["plush"]
    )


@functools.cache
def _cloud(colour: int) -> Sprite:
    """A cloud of width 200 with a soft edge."""
    return bake(
        lambda b: b.fill(puff(0, 0, 200, 84), colour, 1.0, 5), (-170, -110, 170, 90), 0.6, LOOKS["plush"]
    )


def _put(brush: Brush, sprite: Sprite, x: float, y: float, sx: float, sy: float, alpha: float) -> None:
    with brush.at(x, y, 0, sx, sy):
        sprite.draw(brush.canvas, alpha)


def _rain(view: View, t: float) -> None:
    """Slanted streaks in three distances; each falls at its own speed and wraps. Rings where drops land.

    A bright day is dimmed: on a pale sky no streak would be seen.
    """
    if not view.night:
        view.brush.canvas.drawColor(rgba(0x6B7FB0, 0.26))
    streaks = {0.6: skia.Path(), 0.8: skia.Path(), 1.0: skia.Path()}
    for k in range(96):
        one, start, across, *_ = _dice("rain", k)
        near = (0.6, 0.8, 1.0)[int(one * 3)]
        fall = (start + t * 0.85 * near) % 1.0
        x = lerp(-MARGIN, view.width + MARGIN, across) - 90 * fall
        y = -60 + 1120 * fall
        streaks[near].moveTo(x, y)
        streaks[near].lineTo(x - 8.8 * near, y + 44 * near)
    for near, path in streaks.items():
        pen = skia.Paint(AntiAlias=True, Style=skia.Paint.kStroke_Style, StrokeCap=skia.Paint.kRound_Cap)
        pen.setStrokeWidth(3.4 * near)
        pen.setColor(rgba(0xDCE8FF, 0.5 * near) if view.night else rgba(0xF2F7FF, 0.72 * near))
        view.brush.canvas.drawPath(path, pen)
    for k in range(9):
        start, across, down, *_ = _dice("ripple", k)
        age = (start + t / 1.4) % 1.0
        size = 7 + 26 * age
        _put(
            view.brush,
            _ripple(),
            across * view.width,
            lerp(820, 960, down),
            size,
            size,
            0.24 * math.sin(math.pi * age),
        )


def _snow(view: View, t: float) -> None:
    """Flakes of three sizes, drifting on sines as they fall."""
    for k in range(60):
        one, start, across, pace, phase, _ = _dice("flake", k)
        near = (0.5, 0.75, 1.0)[int(one * 3)]
        fall = (start + t * 0.085 * near) % 1.0
        x = lerp(-MARGIN, view.width + MARGIN, across) + 34 * near * cycle(t, lerp(3, 6, pace), phase)
        _put(view.brush, _flake(), x, -20 + 1040 * fall, 7.9 * near, 7.9 * near, 0.85 * near)


def _fog(view: View, t: float) -> None:
    """Long soft banks sliding past one another."""
    for k in range(5):
        slow, phase, pace, start, *_ = _dice("fog", k)
        y = 430 + 120 * k + 14 * cycle(t, lerp(7, 11, slow), phase)
        x = view.width / 2 + 90 * cycle(t, lerp(13, 19, pace), start)
        _put(view.brush, _bank(view.palette["haze"]), x, y, view.width * 0.00085, 1, 0.30)


def _wind(view: View, t: float) -> None:
    """Curling strokes that run across and fade: a soft wide one under a narrow one."""
    for k in range(7):
        start, pace, down, *_ = _dice("gust", k)
        age = (start + t / lerp(2.2, 3.4, pace)) % 1.0
        x, y = -MARGIN + (view.width + 2 * MARGIN) * age, lerp(140, 760, down)
        path = skia.Path()
        for i in range(25):
            point = (x - 150 + 8.4 * i, y + 13 * math.sin(TAU * (i / 30 + age)))
            path.lineTo(*point) if i else path.moveTo(*point)
        pen = skia.Paint(AntiAlias=True, Style=skia.Paint.kStroke_Style, StrokeCap=skia.Paint.kRound_Cap)
        for width, alpha in ((6.2, 0.10), (4.4, 0.13), (2.6, 0.17)):
            pen.setStrokeWidth(width)
            pen.setColor(rgba(0xFFFFFF, alpha * math.sin(math.pi * age)))
            view.brush.canvas.drawPath(path, pen)


def _cloudy(view: View, t: float) -> None:
    """A few slow clouds across the upper third."""
    for k in range(5):
        start, pace, large, high, *_ = _dice("cloudy", k)
        span = view.width + 2 * MARGIN + 300
        x = (start * span + t * lerp(9, 16, pace)) % span - MARGIN - 150
        size = lerp(0.75, 1.3, large)
        _put(view.brush, _cloud(view.palette["haze"]), x, lerp(90, 280, high), size, size, 0.55)


_WEATHER: Mapping[str, Callable[[View, float], None]] = {
    "rain": _rain,
    "snow": _snow,
    "fog": _fog,
    "wind": _wind,
    "cloudy": _cloudy,
}


def draw_weather(kind: str, view: View, t: float) -> None:
    """Draw the weather of that name at time `t`; `clear` and unknown names draw nothing."""
    if kind in _WEATHER:
        _WEATHER[kind](view, t)
