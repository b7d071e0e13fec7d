"""A tree: a round crown in three heaps that sway one after the other, with apples and a quiet face."""

from __future__ import annotations

from dreamreel.dream.cast import ActorWords
from dreamreel.dream.rig import Actor, Eye, Face, Mark, Part
from dreamreel.dream.shapes import Blob, Capsule, Curve, Oval, Union, circle

__all__ = ["ACTOR"]

_TRUNK = Blob(
    (
        (-9, 2),
        (-9, 30),
        (-13, 46),
        (-22, 56),
        (-8, 57),
        (0, 55),
        (9, 57),
        (22, 56),
        (13, 46),
        (9, 30),
        (10, 2),
    )
)


def _apple(name: str, x: float, y: float, parent: str, z: float) -> tuple[Part, Part]:
    return (
        Part(
            f"{name}_stalk",
            Capsule((x, y - 10), (x + 0.6, y - 3), 0.9, 0.9),
            "bark",
            (x, y - 10),
            parent,
            z,
            "apple",
            (-25, 25),
            lag=0.25,
            light=0.3,
        ),
        Part(
            name,
            Union((circle(x - 2.2, y, 5.4), circle(x + 2.2, y, 5.4))),
            "apple",
            (x, y - 10),
            f"{name}_stalk",
            z + 0.1,
            marks=(Mark(Oval(x - 3, y - 2.4, 1.6, 1.1, -30), "light", 0.8, 0.4),),
        ),
    )


def _leaves(*spots: tuple[float, float, float]) -> tuple[Mark, ...]:
    return tuple(
        Mark(
            Curve(
                (
                    (x - r, y + r * 0.35),
                    (x - r * 0.4, y - r * 0.5),
                    (x + r * 0.4, y - r * 0.5),
                    (x + r, y + r * 0.35),
                ),
                2.6,
            ),
            "leaf_dark",
            0.24,
        )
        for x, y, r in spots
    )


ACTOR = Actor(
    words=ActorWords(
        nouns=("tree", "apple tree", "oak", "oak tree"),
        emoji=("🌳", "🌲", "🌴"),
        habitat="ground",
        habit="dance",
        alive=False,
        settings=("forest", "meadow"),
    ),
    colours={
        "body": 0x86CC92,
        "top": 0x9BDAA0,
        "leaf_dark": 0x3F7E73,
        "shade": 0x3C5A8C,
        "bark": 0xA9774F,
        "bark_dark": 0x6D4466,
        "apple": 0xF0647F,
        "light": 0xFFF8E0,
    },
    parts=(
        Part(
            "trunk",
            _TRUNK,
            "bark",
            (0, 56),
            None,
            -1,
            "stem",
            (-12, 12),
            shade="bark_dark",
            marks=(
                Mark(Curve(((-3, 22), (-4, 36), (-8, 48)), 1.8), "bark_dark", 0.3),
                Mark(Curve(((4, 26), (5, 40)), 1.6), "bark_dark", 0.25),
            ),
        ),
        Part(
            "crown_top",
            Union((circle(-16, -44, 22), circle(14, -48, 23), circle(0, -34, 24))),
            "top",
            (0, -30),
            "crown",
            0.5,
            "crown_top",
            (-14, 14),
            lag=0.25,
            shade="shade",
            marks=_leaves((-14, -50, 8), (14, -52, 9)),
        ),
        Part(
            "crown",
            Union(
                (
                    circle(-32, -8, 23),
                    circle(32, -10, 24),
                    circle(-16, 6, 20),
                    circle(18, 6, 20),
                    circle(0, -16, 32),
                )
            ),
            "body",
            (0, 18),
            "trunk",
            1,
            "crown",
            (-14, 14),
            lag=0.12,
            shade="shade",
            marks=_leaves((-34, -10, 8), (36, -6, 8)),
        ),
        *_apple("apple_1", -33, 4, "crown", 2),
        *_apple("apple_2", 33, 8, "crown", 2.2),
        *_apple("apple_3", 24, -40, "crown_top", 0.6),
    ),
    face=Face(
        "crown", (Eye(-12, -10, 4.6), Eye(12, -10, 4.6)), (0, -3.5, 5), ((-20, -2, 5.6), (20, -2, 5.6))
    ),
    body="rooted",
    size=0.36,
    box=(-56, -72, 57, 57),
    foot=56,
    sided=False,
    tints=("top", "leaf_dark"),
)
