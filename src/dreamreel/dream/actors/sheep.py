"""A sheep: a cloud of wool on four short legs."""

from __future__ import annotations

import math

from dreamreel.dream.actors._anatomy import four_legs
from dreamreel.dream.cast import ActorWords
from dreamreel.dream.rig import Actor, Eye, Face, Mark, Part, Seat
from dreamreel.dream.shapes import Blob, Curve, Oval, Union, circle, union

__all__ = ["ACTOR"]

_WOOL = Union(
    (
        Oval(-8, 3, 40, 30),
        *(
            circle(
                -8 + math.cos(k * math.tau / 11) * 37, 3 + math.sin(k * math.tau / 11) * 26, 15 - (k % 2) * 2
            )
            for k in range(11)
        ),
    )
)
_PUFFS = tuple(
    Mark(circle(x, y, r), "body", 0.5, soft=True)
    for x, y, r in (
        (-36, -10, 15),
        (-20, -17, 16),
        (2, -17, 15),
        (-40, 12, 13),
        (-30, 22, 13),
        (-8, 26, 13),
        (12, 20, 13),
        (-18, 3, 17),
        (4, 3, 15),
    )
)
_CURLS = tuple(
    Mark(
        Curve(
            tuple(
                (x + r * k / 9 * math.cos(0.62 * k), y + r * k / 9 * math.sin(0.62 * k)) for k in range(1, 10)
            ),
            1.8,
        ),
        "curl",
        0.42,
    )
    for x, y, r in ((-33, -9, 8), (-3, -15, 8), (-20, 5, 8.5), (-39, 14, 6), (1, 14, 7), (-14, 25, 6))
)

ACTOR = Actor(
    words=ActorWords(
        nouns=("sheep", "lamb", "ewe"),
        emoji=("🐑",),
        habitat="ground",
        habit="walk",
        settings=("meadow", "night_sky"),
    ),
    colours={
        "body": 0xFAF1E6,
        "curl": 0xA995D0,
        "skin": 0x9A7FB0,
        "skin_far": 0x836A9C,
        "inner": 0xE8A9BE,
        "wool_shade": 0x8C7BC0,
    },
    parts=(
        *four_legs(
            ((9, 22), (10, 53)),
            ((-31, 22), (-30, 53)),
            (7.5, 6.5),
            far=12,
            toe=2,
            role="skin",
            far_role="skin_far",
            near_z=-1,
            melt=0,
            parent="wool",
        ),
        Part(
            "tail",
            union(circle(-52, 6, 8), circle(-56, 11, 7)),
            "body",
            (-44, 4),
            "wool",
            -1,
            "tail",
            (-50, 50),
            lag=0.2,
            shade="wool_shade",
        ),
        Part(
            "wool",
            _WOOL,
            "body",
            (-8, 30),
            None,
            0,
            "body",
            (-20, 20),
            marks=_PUFFS + _CURLS,
            shade="wool_shade",
        ),
        Part(
            "ear_l",
            Blob(((22, -22), (10, -25), (0, -19), (2, -12), (14, -11), (23, -15))),
            "skin",
            (21, -18),
            "head",
            2,
            "ear_l",
            (-45, 45),
            0.17,
            (Mark(Oval(10, -17, 8, 3.4, 4), "inner", 0.75),),
        ),
        Part(
            "ear_r",
            Blob(((54, -22), (65, -26), (74, -21), (72, -14), (61, -12), (53, -15))),
            "skin",
            (54, -19),
            "head",
            2,
            "ear_r",
            (-45, 45),
            0.2,
            (Mark(Oval(65, -19, 7, 3.2, -6), "inner", 0.75),),
        ),
        Part(
            "head",
            Blob(
                (
                    (38, -34),
                    (53, -28),
                    (60, -12),
                    (55, 6),
                    (46, 14),
                    (38, 15),
                    (28, 13),
                    (20, 5),
                    (17, -12),
                    (24, -28),
                )
            ),
            "skin",
            (34, 2),
            "wool",
            3,
            "head",
            (-25, 25),
            0.1,
        ),
        Part(
            "tuft",
            Union(
                (
                    circle(26, -31, 10),
                    circle(38, -37, 12),
                    circle(50, -31, 10),
                    circle(33, -27, 9),
                    circle(44, -27, 9),
                )
            ),
            "body",
            (38, -28),
            "head",
            5,
            "tuft",
            (-20, 20),
            0.17,
            (Mark(circle(38, -34, 9), "body", 0.5, soft=True),),
            shade="wool_shade",
        ),
    ),
    face=Face("head", (Eye(29, -6, 4.8), Eye(49, -6, 4.8)), (39, 1.5, 5), ((24, 3, 5), (54, 3, 5))),
    body="quadruped",
    size=0.2,
    box=(-64, -49, 75, 53),
    foot=52,
    tints=("wool_shade",),
    seats={"on": Seat(-18, -28)},
)
