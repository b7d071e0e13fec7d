"""An elephant: a round baby elephant with big pink-lined ears and a curl in its trunk."""

from __future__ import annotations

from dreamreel.dream.actors._anatomy import four_legs
from dreamreel.dream.cast import ActorWords
from dreamreel.dream.rig import Actor, Eye, Face, Mark, Part, Seat
from dreamreel.dream.shapes import Blob, Curve, Oval, union

__all__ = ["ACTOR"]

_TOES = tuple(Mark(Oval(x, 0, 3.4, 4), "toe", 0.9) for x in (-4, 3, 10))
_NEAR_EAR = Blob(
    ((14, -34), (-2, -48), (-24, -45), (-37, -26), (-36, -2), (-24, 14), (-8, 15), (6, 4), (16, -12))
)
_FAR_EAR = Blob(((50, -36), (60, -46), (74, -44), (82, -28), (81, -8), (72, 6), (60, 5), (50, -8)))

ACTOR = Actor(
    words=ActorWords(
        nouns=("elephant", "baby elephant"),
        emoji=("🐘",),
        habitat="ground",
        habit="walk",
        settings=("meadow", "forest"),
    ),
    colours={"body": 0xAFBBEA, "far": 0x919CD2, "inner": 0xF6BBCB, "toe": 0xFBEBDD, "fold": 0x8D96CC},
    parts=(
        Part(
            "tail_tip",
            union(Oval(-66, 20, 5.5, 8, 20), Curve(((-62, 8), (-65, 18)), 5)),
            "far",
            (-62, 9),
            "tail",
            -3,
            "tail_tip",
            (-50, 50),
            0.28,
        ),
        Part(
            "tail",
            Curve(((-44, -8), (-56, -4), (-62, 9)), 6.5),
            "body",
            (-46, -7),
            "body",
            -2,
            "tail",
            (-40, 45),
            0.15,
        ),
        *four_legs(
            ((10, 16), (11, 54)), ((-31, 18), (-32, 54)), (13, 11), far=14, toe=1, melt=18, marks=_TOES
        ),
        Part(
            "body",
            Blob(
                (
                    (-48, -6),
                    (-34, -25),
                    (-8, -30),
                    (18, -22),
                    (30, 2),
                    (26, 28),
                    (0, 38),
                    (-34, 38),
                    (-50, 20),
                )
            ),
            "body",
            (-10, 34),
            None,
            0,
            "body",
            (-15, 15),
            marks=(Mark(Oval(-8, 42, 36, 11), "inner", 0.32, 4),),
        ),
        Part(
            "ear_r",
            _FAR_EAR,
            "far",
            (51, -20),
            "head",
            2,
            "ear_r",
            (-30, 30),
            0.24,
            (
                Mark(
                    Blob(((54, -30), (63, -38), (74, -34), (77, -20), (73, -4), (62, -2), (54, -10))),
                    "inner",
                    0.8,
                    1.2,
                ),
            ),
        ),
        Part(
            "ear_l",
            _NEAR_EAR,
            "body",
            (12, -16),
            "head",
            2.5,
            "ear_l",
            (-30, 30),
            0.2,
            (
                Mark(
                    Blob(
                        ((6, -30), (-6, -40), (-22, -36), (-30, -20), (-27, -2), (-16, 8), (-4, 4), (6, -10))
                    ),
                    "inner",
                    0.85,
                    1.2,
                ),
            ),
        ),
        Part(
            "head",
            Blob(
                (
                    (33, -47),
                    (51, -41),
                    (61, -24),
                    (61, -6),
                    (52, 9),
                    (34, 14),
                    (15, 9),
                    (6, -6),
                    (5, -24),
                    (15, -41),
                )
            ),
            "body",
            (22, 2),
            "body",
            3,
            "head",
            (-20, 20),
            0.12,
        ),
        Part(
            "trunk",
            Curve(((34, -4), (34, 10), (40, 24), (48, 30)), 16),
            "body",
            (34, 0),
            "head",
            5,
            "trunk",
            (-45, 45),
            0.12,
            (
                Mark(Curve(((25, 12), (33, 14), (42, 11)), 1.8), "fold", 0.6),
                Mark(Curve(((28, 20), (36, 21), (44, 16)), 1.8), "fold", 0.6),
            ),
            melt=16,
        ),
        Part(
            "trunk_tip",
            Curve(((47, 30), (58, 33), (68, 27), (69, 17)), 13),
            "body",
            (48, 30),
            "trunk",
            6,
            "trunk_tip",
            (-50, 50),
            0.28,
            (Mark(Oval(69, 12, 5, 3), "inner", 0.9, 0.6),),
            melt=8,
        ),
    ),
    face=Face("head", (Eye(18, -13, 4.9), Eye(50, -13, 4.9)), (21, 0.5, 4.6), ((12, -3, 5.5), (56, -3, 5.5))),
    body="quadruped",
    size=0.34,
    box=(-72, -49, 83, 54),
    foot=53,
    tints=("far", "fold"),
    seats={"on": Seat(-22, -30)},
)
