"""A cat: a little tabby with a question mark for a tail."""

from __future__ import annotations

from dreamreel.dream.actors._anatomy import four_legs
from dreamreel.dream.cast import ActorWords
from dreamreel.dream.rig import Actor, Eye, Face, Mark, Part, Seat
from dreamreel.dream.shapes import Blob, Curve, Oval, Polygon

__all__ = ["ACTOR"]

_STRIPES = tuple(
    Mark(Curve(((x, y), (x + 2, y + 9), (x - 1, y + 17)), 6), "stripe", 0.6, 0.6)
    for x, y in ((-32, -2), (-19, -7), (-6, -8))
)
_BROW = tuple(
    Mark(Curve(((24 + d * 9, -46 + abs(d) * 2), (24 + d * 7, -34 - abs(d))), 4.6), "stripe", 0.7, 0.4)
    for d in (-1, 0, 1)
)
_WHISKERS = tuple(
    Mark(Curve(((24 + side * 19, -6 + k * 3.4), (24 + side * 31, -8 + k * 5)), 1.1), "muzzle", 0.8)
    for side in (-1, 1)
    for k in (0, 1)
)
_CHEEKS = (
    Mark(Oval(24, -4, 15, 9.5), "muzzle", 0.92, 1.2),
    Mark(Polygon(((20.6, -11.5), (27.4, -11.5), (24, -7)), 2), "nose"),
)

ACTOR = Actor(
    words=ActorWords(
        nouns=("cat", "kitten", "kitty", "pussycat", "tomcat", "tabby"),
        emoji=("🐱", "🐈", "😺", "😸"),
        habitat="ground",
        habit="walk",
        settings=("bedroom", "night_sky", "meadow"),
    ),
    colours={
        "body": 0xF6B982,
        "far": 0xDD9A6C,
        "stripe": 0xDD8E5C,
        "muzzle": 0xFFF1DF,
        "inner": 0xF6A9AC,
        "nose": 0xE87F93,
    },
    parts=(
        Part(
            "tail_tip",
            Curve(((-60, -12), (-61, -26), (-54, -37), (-44, -37)), 11),
            "muzzle",
            (-60, -12),
            "tail",
            -3,
            "tail_tip",
            (-50, 50),
            0.3,
        ),
        Part(
            "tail",
            Curve(((-30, 16), (-46, 18), (-57, 8), (-60, -12)), 12),
            "body",
            (-32, 16),
            "body",
            -2,
            "tail",
            (-45, 45),
            0.18,
            (
                Mark(Curve(((-64, 4), (-50, -2)), 5), "stripe", 0.6),
                Mark(Curve(((-52, 20), (-44, 8)), 5), "stripe", 0.6),
            ),
        ),
        *four_legs(
            ((9, 18), (10, 52)),
            ((-26, 20), (-27, 52)),
            (10, 7.5),
            far=10,
            melt=16,
            marks=(Mark(Oval(2, -2, 12, 7), "muzzle", 0.9, 0.6),),
        ),
        Part(
            "body",
            Blob(
                ((-36, 2), (-20, -7), (2, -8), (20, 0), (25, 20), (12, 35), (-14, 37), (-35, 33), (-43, 18))
            ),
            "body",
            (-8, 30),
            None,
            0,
            "body",
            (-20, 20),
            marks=(Mark(Oval(-4, 40, 28, 9), "muzzle", 0.55, 3), *_STRIPES),
        ),
        Part(
            "ear_l",
            Polygon(((-3, -24), (-7, -59), (23, -40)), 9),
            "body",
            (6, -34),
            "head",
            2,
            "ear_l",
            (-30, 30),
            0.17,
            (Mark(Polygon(((2, -26), (-2, -50), (17, -38)), 6), "inner", 0.9),),
        ),
        Part(
            "ear_r",
            Polygon(((51, -24), (55, -59), (25, -40)), 9),
            "body",
            (42, -34),
            "head",
            2,
            "ear_r",
            (-30, 30),
            0.2,
            (Mark(Polygon(((46, -26), (50, -50), (31, -38)), 6), "inner", 0.9),),
        ),
        Part(
            "head",
            Blob(
                (
                    (24, -46),
                    (42, -41),
                    (54, -25),
                    (58, -8),
                    (44, 5),
                    (24, 8),
                    (4, 5),
                    (-10, -8),
                    (-6, -25),
                    (6, -41),
                )
            ),
            "body",
            (18, 4),
            "body",
            3,
            "head",
            (-25, 25),
            0.1,
            _BROW + _CHEEKS + _WHISKERS,
        ),
    ),
    face=Face("head", (Eye(9, -15, 5), Eye(39, -15, 5)), (24, -6.5, 4.6), ((2, -5, 6), (46, -5, 6))),
    body="quadruped",
    size=0.21,
    box=(-67, -56, 58, 52),
    foot=51,
    tints=("far", "stripe"),
    seats={"on": Seat(-24, 12)},
)
