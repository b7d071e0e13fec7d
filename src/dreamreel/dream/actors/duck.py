"""A duck: a butter-yellow duckling that floats as well as it waddles."""

from __future__ import annotations

from dreamreel.dream.cast import ActorWords
from dreamreel.dream.rig import Actor, Eye, Face, Mark, Part, Seat
from dreamreel.dream.shapes import Blob, Capsule, Curve, Moved, Oval, union

__all__ = ["ACTOR"]

_WING = Blob(
    (
        (4, 8),
        (-8, 2),
        (-24, 4),
        (-40, 12),
        (-44, 18),
        (-36, 20),
        (-34, 26),
        (-25, 26),
        (-19, 31),
        (-8, 28),
        (2, 20),
    )
)


def _leg(name: str, x: float, z: float, role: str) -> Part:
    web = union(
        Capsule((x, 34), (x, 46), 4, 3.4),
        Blob(((x - 5, 44), (x + 4, 44), (x + 13, 48), (x + 12, 52), (x, 53), (x - 7, 51))),
    )
    return Part(name, web, role, (x, 35), "body", z, name, (-50, 50))


ACTOR = Actor(
    words=ActorWords(
        nouns=("duck", "duckling", "ducky", "duckie", "rubber duck", "mallard"),
        emoji=("🦆",),
        habitat="water",
        habit="swim",
        settings=("meadow", "open_sea"),
    ),
    colours={
        "body": 0xFFD877,
        "far": 0xF2BC5E,
        "belly": 0xFFF0C4,
        "bill": 0xFFA463,
        "bill_low": 0xE5814F,
        "far_foot": 0xE88E55,
    },
    parts=(
        _leg("leg_r", 12, -3, "far_foot"),
        Part("wing_far", Moved(_WING, 18, -6), "far", (6, 6), "body", -2, "wing_far", (-25, 115), 0.03),
        Part(
            "tail",
            Blob(((-30, 10), (-44, 4), (-56, -6), (-61, 0), (-56, 14), (-46, 28), (-32, 30))),
            "body",
            (-32, 20),
            "body",
            -0.2,
            "tail",
            (-30, 30),
            0.15,
        ),
        _leg("leg_l", -8, -0.5, "bill"),
        Part(
            "body",
            Blob(
                (
                    (-4, 2),
                    (14, -4),
                    (30, 4),
                    (36, 20),
                    (28, 36),
                    (6, 43),
                    (-22, 41),
                    (-42, 30),
                    (-46, 14),
                    (-28, 6),
                )
            ),
            "body",
            (-4, 36),
            None,
            0,
            "body",
            (-20, 20),
            marks=(Mark(Oval(10, 44, 36, 16, -12), "belly", 0.8, 3),),
        ),
        Part(
            "tuft",
            union(Capsule((14, -46), (4, -56), 4, 2), Capsule((17, -48), (14, -60), 4, 2)),
            "body",
            (16, -46),
            "head",
            2,
            "tuft",
            (-30, 30),
            0.2,
        ),
        Part(
            "head",
            Oval(19, -22, 29, 27),
            "body",
            (14, 4),
            "body",
            3,
            "head",
            (-22, 22),
            0.08,
            (Mark(Oval(12, -40, 12, 5, -20), "belly", 0.35, 3),),
        ),
        Part(
            "jaw",
            Blob(((17, -11), (32, -12), (40, -7), (33, 0), (22, -1))),
            "bill_low",
            (22, -9),
            "head",
            4.4,
            "jaw",
            (0, 20),
        ),
        Part(
            "beak",
            Blob(((14, -13), (21, -19), (31, -20), (41, -16), (48, -10), (42, -6), (28, -6), (17, -8))),
            "bill",
            (24, -12),
            "head",
            4.6,
            marks=(
                Mark(Oval(26, -15.5, 1.2, 0.9, 20), "bill_low", 0.8),
                Mark(Oval(33, -16, 1.2, 0.9, 20), "bill_low", 0.8),
            ),
        ),
        Part(
            "wing_near",
            _WING,
            "body",
            (-10, 15),
            "body",
            2,
            "wing_near",
            (-25, 115),
            0.03,
            tuple(
                Mark(Curve(((x + 12, y - 8), (x, y)), 1.8), "far", 0.6)
                for x, y in ((-36, 19), (-27, 24), (-16, 27))
            ),
            melt=6,
        ),
    ),
    face=Face("head", (Eye(8, -23, 5), Eye(40, -24.5, 4.8)), None, ((4, -13, 6), (43, -14, 4))),
    body="bird",
    size=0.17,
    box=(-61, -62, 48, 53),
    foot=40,
    tints=("far",),
    seats={"on": Seat(-22, 12)},
)
