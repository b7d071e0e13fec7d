"""A hot air balloon: a striped envelope with a sleepy smile, and a small bear looking over the basket."""

from __future__ import annotations

from dreamreel.dream.cast import ActorWords
from dreamreel.dream.hand import INK
from dreamreel.dream.rig import Actor, Eye, Face, Mark, Part, Seat
from dreamreel.dream.shapes import Blob, Box, Capsule, Curve, Oval, Point, Shape, Union, circle

__all__ = ["ACTOR"]

_OUTLINE: tuple[Point, ...] = (
    (0, -78),
    (36, -68),
    (54, -38),
    (48, -8),
    (26, 18),
    (12, 32),
    (-12, 32),
    (-26, 18),
    (-48, -8),
    (-54, -38),
    (-36, -68),
)


def _gore(left: float, right: float) -> Shape:
    """A meridian stripe: the outline squeezed between two fractions of its half width."""
    right_side = tuple((x * right, y) for x, y in _OUTLINE if x > 0)
    left_side = tuple((x * left, y) for x, y in reversed(_OUTLINE) if x > 0)
    return Blob(((0, -78), *right_side, (12 * (left + right) / 2, 36), *left_side))


_STRIPES = tuple(
    Mark(_gore(a, b), "stripe", soft=True) for a, b in ((-0.96, -0.62), (-0.24, 0.24), (0.62, 0.96))
)
_WEAVE = tuple(Mark(Curve(((-20, y), (0, y + 1.5), (20, y)), 1.3), "weave", 0.5) for y in (59, 64, 69))
_BEAR = (
    Mark(circle(-3.4, 46.6, 1.15), "ink"),
    Mark(circle(3.4, 46.6, 1.15), "ink"),
    Mark(Oval(0, 50.2, 4, 3.2), "muzzle"),
    Mark(Oval(0, 49, 1.5, 1.1), "ink"),
)


def _rope(name: str, x: float) -> Part:
    return Part(
        name, Capsule((x * 0.9, 28), (x, 58), 0.9, 0.9), "rope", (x * 0.9, 28), "basket", -0.5, light=0.3
    )


ACTOR = Actor(
    words=ActorWords(
        nouns=("hot air balloon", "balloon", "air balloon", "airship"),
        emoji=("🎈",),
        habitat="air",
        habit="float",
        alive=False,
        settings=("meadow", "night_sky"),
    ),
    colours={
        "body": 0xF28BA0,
        "stripe": 0xFFE3B8,
        "shade": 0x8A4FA8,
        "skirt": 0xB9A7E8,
        "rope": 0x9A7A9B,
        "wicker": 0xC98F5E,
        "weave": 0x7A4E63,
        "bear": 0xB98058,
        "muzzle": 0xF5DDB8,
        "ink": INK,
        "light": 0xFFF9EC,
    },
    parts=(
        Part(
            "skirt",
            Blob(((-13, 27), (0, 29), (13, 27), (10, 37), (0, 39), (-10, 37))),
            "skirt",
            (0, 28),
            "envelope",
            -1,
        ),
        Part(
            "envelope",
            Blob(_OUTLINE),
            "body",
            (0, 20),
            None,
            0,
            "body",
            (-20, 20),
            shade="shade",
            marks=(*_STRIPES, Mark(Oval(-22, -56, 12, 8, -38), "light", 0.42, 4)),
        ),
        _rope("rope_l", -15),
        _rope("rope_r", 15),
        Part(
            "bear",
            Union((circle(0, 47, 8.6), circle(-6.5, 40.5, 3.6), circle(6.5, 40.5, 3.6))),
            "bear",
            (0, 56),
            "basket",
            -0.4,
            "rider",
            (-18, 18),
            marks=_BEAR,
            lag=0.2,
        ),
        Part(
            "basket",
            Box(-16, 56, 32, 19, 6.5),
            "wicker",
            (0, 30),
            "envelope",
            1,
            "basket",
            (-14, 14),
            lag=0.3,
            marks=_WEAVE,
        ),
        Part("brim", Box(-18, 54, 36, 6, 3), "wicker", (0, 57), "basket", 1.2, light=0.8),
    ),
    face=Face(
        "envelope", (Eye(-15, -26, 5), Eye(15, -26, 5)), (0, -18, 6), ((-25, -16, 6.5), (25, -16, 6.5))
    ),
    body="vehicle",
    size=0.38,
    box=(-56, -80, 56, 76),
    foot=75,
    sided=False,
    seats={"on": Seat(0, 60, 0.36), "in": Seat(0, 60, 0.36)},
)
