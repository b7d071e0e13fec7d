"""A rainbow: six pillowy bands between two little clouds."""

from __future__ import annotations

from collections.abc import Mapping

from dreamreel.dream.cast import ActorWords
from dreamreel.dream.hand import INK, Brush
from dreamreel.dream.motion import cycle
from dreamreel.dream.rig import Actor, Eye, Face, Mark, Part
from dreamreel.dream.shapes import Both, Box, Curve, Minus, Oval, Union, circle

__all__ = ["ACTOR"]

_BANDS = ("body", "orange", "yellow", "green", "blue", "violet")
_WIDTH = 7.4
_GROUND = 26.0
_CLOUD = Union(
    (
        circle(-15, 2, 12),
        circle(-3, -7, 15),
        circle(13, -1, 13),
        circle(4, 6, 12),
        circle(-9, 7, 10),
        Oval(0, 10, 22, 7),
    )
)


_NAP = (
    *(
        Mark(Curve(((x - 3, 28), (x - 1.6, 29.6), (x + 1.6, 29.6), (x + 3, 28)), 1.3), "ink")
        for x in (42, 56)
    ),
    Mark(Curve(((47, 33), (48, 33.9), (50, 33.9), (51, 33)), 1.1), "ink", 0.86),
    *(Mark(circle(x, 33.5, 3.4), "rose", 0.4, 1.4) for x in (37, 61)),
)
"""The right-hand cloud is always asleep."""


def _band(index: int) -> Part:
    outer = 70 - index * _WIDTH
    ring = Minus(circle(0, _GROUND, outer), circle(0, _GROUND, outer - _WIDTH - 0.5))
    half = Both(ring, Box(-80, -60, 160, 60 + _GROUND))
    return Part(_BANDS[index], half, _BANDS[index], (0, _GROUND), "arch", index * 0.1, light=0.75)


def _shifted(x: float) -> Union:
    return Union(
        tuple(Oval(o.x + x, o.y + _GROUND, o.rx, o.ry) for o in _CLOUD.shapes if isinstance(o, Oval))
    )


def _shimmer(brush: Brush, t: float, actor: Actor, colours: Mapping[str, int]) -> None:
    del actor
    brush.glow(0, _GROUND - 20, 110, colours["light"], 0.16 + 0.04 * cycle(t, 4.3))


ACTOR = Actor(
    words=ActorWords(
        nouns=("rainbow",),
        emoji=("🌈",),
        habitat="sky",
        habit="float",
        alive=False,
        settings=("meadow", "candy_land"),
    ),
    colours={
        "body": 0xF4768C,
        "orange": 0xFFA566,
        "yellow": 0xFFDB7A,
        "green": 0x93D79B,
        "blue": 0x78BDEB,
        "violet": 0xB296E6,
        "cloud": 0xF6F1FC,
        "shade": 0x9179C9,
        "light": 0xFFF6E0,
        "ink": INK,
        "rose": 0xFF7FA0,
    },
    parts=(
        Part("arch", circle(0, _GROUND, 2), "cloud", (0, _GROUND), None, -1, "body", (-12, 12), alpha=0.0),
        *(_band(k) for k in range(len(_BANDS))),
        Part(
            "cloud_l", _shifted(-48), "cloud", (-48, _GROUND + 8), "arch", 3, "puff_l", lag=0.2, shade="shade"
        ),
        Part(
            "cloud_r",
            _shifted(48),
            "cloud",
            (48, _GROUND + 8),
            "arch",
            3,
            "puff_r",
            lag=0.27,
            shade="shade",
            marks=_NAP,
        ),
    ),
    face=Face(
        "cloud_l",
        (Eye(-56, 28, 3.4), Eye(-42, 28, 3.4)),
        (-49, 31.5, 3.8),
        ((-61, 33.5, 3.6), (-37, 33.5, 3.6)),
    ),
    body="sky",
    size=0.26,
    box=(-78, -46, 78, 45),
    foot=43,
    sided=False,
    tints=("orange", "yellow", "green", "blue", "violet"),
    behind=_shimmer,
)
