"""Weather over a dream: rain, snow, fog, wind and passing clouds, drawn in stage units over the last layer."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from dreamreel.dream.motion import TAU, cycle, rng
from dreamreel.dream.scenery import MARGIN, View
from dreamreel.dream.shapes import Box, Curve, Oval, puff

__all__ = ["draw_weather"]


def _rain(view: View, t: float) -> None:
    """Slanted streaks in three distances; each falls at its own speed and wraps."""

    for k in range(64):
        dice = rng("rain", k)
        near = dice.choice((0.6, 0.8, 1.0))
        fall = (dice.random() + t * 0.85 * near) % 1.0
        x = dice.uniform(-MARGIN, view.width + MARGIN) - 90 * fall
        y = -60 + 1120 * fall
        length = 34 * near
        view.brush.line(((x, y), (x - length * 0.1, y + length * 0.5), (x - length * 0.2, y + length)), 0xDCE8FF, 2.6 * near, 0.42 * near)
    for k in range(9):
        dice = rng("ripple", k)
        age = (dice.random() + t / 1.4) % 1.0
        x, y = dice.uniform(0, view.width), dice.uniform(820, 960)
        view.brush.fill(Oval(x, y, 6 + 26 * age, 2 + 8 * age), 0xEAF2FF, 0.22 * math.sin(math.pi * age), 1.5)


def _snow(view: View, t: float) -> None:
    """Flakes of three sizes, drifting on sines as they fall."""
    for k in range(60):
        dice = rng("flake", k)
        near = dice.choice((0.5, 0.75, 1.0))
        fall = (dice.random() + t * 0.085 * near) % 1.0
        x = dice.uniform(-MARGIN, view.width + MARGIN) + 34 * near * cycle(t, dice.uniform(3, 6), dice.random())
        view.brush.fill(Oval(x, -20 + 1040 * fall, 6.5 * near, 6.5 * near), 0xFFFFFF, 0.85 * near, 1.2)


def _fog(view: View, t: float) -> None:
    """Long soft banks sliding past one another."""
    haze = view.palette["haze"]
    for k in range(5):
        dice = rng("fog", k)
        y = 430 + 120 * k + 14 * cycle(t, dice.uniform(7, 11), dice.random())
        x = view.width / 2 + 90 * cycle(t, dice.uniform(13, 19), dice.random())
        view.brush.fill(Oval(x, y, view.width * 0.85, 74), haze, 0.30, 34)


def _wind(view: View, t: float) -> None:
    """Curling strokes that run across and fade."""

    for k in range(7):
        dice = rng("gust", k)
        age = (dice.random() + t / dice.uniform(2.2, 3.4)) % 1.0
        x, y = -MARGIN + (view.width + 2 * MARGIN) * age, dice.uniform(140, 760)
        points = tuple((x - 150 + 50 * i, y + 13 * math.sin(TAU * (i / 5 + age))) for i in range(5))
        view.brush.fill(Curve(points, 4), 0xFFFFFF, 0.34 * math.sin(math.pi * age), 1.4)


def _cloudy(view: View, t: float) -> None:
    """A few slow clouds across the upper third."""
    for k in range(5):
        dice = rng("cloudy", k)
        span = view.width + 2 * MARGIN + 300
        x = (dice.random() * span + t * dice.uniform(9, 16)) % span - MARGIN - 150
        size = dice.uniform(150, 260)
        view.brush.fill(puff(x, dice.uniform(90, 280), size, size * 0.42), view.palette["haze"], 0.55, 5)


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
