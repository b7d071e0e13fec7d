"""A beach ball: six curved panels that roll under a light that stays."""

from __future__ import annotations

import math

from dreamreel.dream.cast import ActorWords
from dreamreel.dream.rig import Actor, Eye, Face, Mark, Part
from dreamreel.dream.shapes import Minus, Oval, Point, Polygon, circle

__all__ = ["ACTOR"]

_R = 48.0
_POLE = (-5.0, -15.0)
_PANELS = ("body", "cream", "sky", "cream_b", "butter", "cream_c")


def _meridian(angle: float) -> list[Point]:
    """A seam from the pole to the rim, bowed as on a sphere."""
    a = math.radians(angle)
    end = (_R * 1.06 * math.cos(a), _R * 1.06 * math.sin(a))
    dx, dy = end[0] - _POLE[0], end[1] - _POLE[1]
    bow = 7 * math.sin(a - 0.6)
    length = math.hypot(dx, dy)
    return [
        (
            _POLE[0] + dx * s - dy / length * bow * 4 * s * (1 - s),
            _POLE[1] + dy * s + dx / length * bow * 4 * s * (1 - s),
        )
        for s in (k / 8 for k in range(9))
    ]


def _panel(index: int) -> Mark:
    first, last = index * 60.0 + 8, (index + 1) * 60.0 + 8
    rim = [
        (_R * 1.06 * math.cos(math.radians(a)), _R * 1.06 * math.sin(math.radians(a)))
        for a in range(int(first), int(last) + 1, 4)
    ]
    return Mark(Polygon((*_meridian(first), *rim, *reversed(_meridian(last)))), _PANELS[index])


_DISC = circle(0, 0, _R)
_LIGHT = (
    Mark(Minus(circle(0, 0, _R + 14), circle(-9, -13, _R + 1)), "shade", 0.55, 8),
    Mark(Minus(circle(0, 0, _R + 6), circle(1.5, 2.5, _R - 1.5)), "glint", 0.55, 2.2),
    Mark(Oval(-20, -27, 12, 6.5, -42), "glint", 0.75, 2.6),
)


ACTOR = Actor(
    words=ActorWords(
        nouns=("ball", "beach ball", "toy ball", "bouncy ball"),
        emoji=("🏐", "⚽", "🏀"),
        habitat="ground",
        habit="hop",
        alive=False,
        settings=("beach", "meadow", "bedroom"),
    ),
    colours={
        "body": 0xF0647F,
        "cream": 0xFFF6E6,
        "sky": 0x74BDEB,
        "cream_b": 0xFFF6E6,
        "butter": 0xFFD36B,
        "cream_c": 0xFFF6E6,
        "shade": 0x4A2C80,
        "glint": 0xFFFDF4,
    },
    parts=(
        Part(
            "panels",
            _DISC,
            "body",
            (0, 0),
            None,
            0,
            "wheel",
            (-math.inf, math.inf),
            light=0.0,
            marks=(*(_panel(k) for k in range(6)), Mark(circle(*_POLE, 8.5), "butter")),
        ),
        Part("light", _DISC, "glint", (0, 0), None, 1, alpha=0.0, marks=_LIGHT),
    ),
    face=Face("light", (Eye(-13, 5, 5.4), Eye(13, 5, 5.4)), (0, 12, 6.2), ((-22, 16, 6.4), (22, 16, 6.4))),
    body="toy",
    size=0.15,
    box=(-48, -48, 48, 48),
    foot=48,
    sided=False,
)
