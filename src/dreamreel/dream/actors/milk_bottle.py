"""A baby's bottle: warm milk that sloshes behind frosted glass, a soft teat, a content face."""

from __future__ import annotations

from collections.abc import Mapping

from dreamreel.dream.cast import ActorWords
from dreamreel.dream.hand import Brush
from dreamreel.dream.motion import cycle
from dreamreel.dream.rig import Actor, Eye, Face, Mark, Part
from dreamreel.dream.shapes import Blob, Box, Capsule, Curve, Polygon, Union

__all__ = ["ACTOR"]

_GLASS = Box(-28, -26, 56, 84, 19)
_INSIDE = Box(-24.5, -22, 49, 76.5, 16)
_TEAT = Union(
    (
        Blob(
            (
                (-15, -36),
                (-12, -44),
                (-5, -50),
                (-5, -60),
                (0, -65),
                (5, -60),
                (5, -50),
                (12, -44),
                (15, -36),
                (0, -34),
            )
        ),
        Capsule((-14, -38), (14, -38), 4.5, 4.5),
    )
)


def _milk(brush: Brush, t: float, actor: Actor, colours: Mapping[str, int]) -> None:
    """The back of the glass and the milk in it: two waves of different periods meet on its surface."""
    del actor
    brush.soft(_GLASS, colours["glass"], light=0.6)
    with brush.inside(_INSIDE):
        for depth, colour, turn in ((-3.0, "milk_back", 0.5), (0.0, "milk", 0.0)):
            line = [
                (x, -6 + depth + 0.09 * x * cycle(t, 1.7, turn * 0.3) + 1.5 * cycle(x, 34, t / 1.1 + turn))
                for x in range(-30, 31, 5)
            ]
            brush.fill(Polygon((*line, (30, 60), (-30, 60))), colours[colour])
        brush.fade(Box(-26, 10, 52, 48), colours["shade"], (0, 0.32), (0, 1), (-6, 14), (8, 58))


ACTOR = Actor(
    words=ActorWords(
        nouns=("milk bottle", "bottle", "baby bottle", "bottle of milk", "milk"),
        emoji=("🍼", "🥛"),
        habitat="ground",
        habit="hop",
        alive=False,
        settings=("bedroom", "candy_land"),
    ),
    colours={
        "body": 0xF58FA8,
        "teat": 0xFFDDB0,
        "glass": 0xCFE3F7,
        "milk": 0xFFFAF0,
        "milk_back": 0xE6DDF3,
        "shade": 0x8F7CC8,
        "light": 0xFFFFFF,
        "mark": 0xB7A3DC,
        "amber": 0xC27B6A,
    },
    parts=(
        Part("teat", _TEAT, "teat", (0, -34), "glass", 1, "teat", (-18, 18), lag=0.17, shade="amber"),
        Part(
            "collar",
            Box(-24, -38, 48, 15, 6.5),
            "body",
            (0, -30),
            "glass",
            2,
            marks=tuple(
                Mark(Capsule((x, -33), (x, -26), 0.9, 0.9), "light", 0.35) for x in range(-18, 19, 6)
            ),
        ),
        Part("base", Box(-25, 51, 50, 9, 4.5), "body", (0, 55), "glass", -1),
        Part(
            "glass",
            _GLASS,
            "glass",
            (0, 58),
            None,
            0,
            alpha=0.0,
            marks=(
                Mark(Curve(((-21, -14), (-22.5, 12), (-21, 38)), 4.2), "light", 0.7, 1.4),
                *(Mark(Capsule((17, y), (23, y), 1, 1), "mark", 0.8) for y in (2, 26, 50)),
                *(Mark(Capsule((19.5, y), (23, y), 0.8, 0.8), "mark", 0.7) for y in (14, 38)),
                Mark(Curve(((26, -18), (27.5, 20), (24, 52)), 3.5), "shade", 0.28, 2.2),
            ),
        ),
    ),
    face=Face("glass", (Eye(-10.5, 18, 5), Eye(10.5, 18, 5)), (0, 25, 5.6), ((-18, 28, 5.4), (18, 28, 5.4))),
    body="toy",
    size=0.2,
    box=(-30, -66, 30, 60),
    foot=60,
    sided=False,
    behind=_milk,
)
