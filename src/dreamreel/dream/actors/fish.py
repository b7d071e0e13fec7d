"""A fish: a round coral one with two cream bands and butter-yellow fins."""

from __future__ import annotations

from dreamreel.dream.cast import ActorWords
from dreamreel.dream.rig import Actor, Eye, Face, Mark, Part
from dreamreel.dream.shapes import Blob, Capsule, Curve

__all__ = ["ACTOR"]

_BODY = Blob(
    ((54, 3), (46, -19), (22, -33), (-8, -30), (-30, -14), (-42, 2), (-30, 18), (-8, 33), (22, 36), (46, 24))
)
_BANDS = (
    Mark(
        Blob(
            (
                (-6, -38),
                (6, -38),
                (3, -16),
                (5, 6),
                (4, 24),
                (8, 42),
                (-6, 42),
                (-10, 20),
                (-9, 0),
                (-10, -20),
            )
        ),
        "band",
        0.95,
        0.6,
    ),
    Mark(
        Blob(((-30, -24), (-22, -26), (-25, -8), (-24, 8), (-21, 28), (-30, 26), (-34, 2))), "band", 0.9, 0.6
    ),
)
_SCALES = tuple(
    Mark(
        Curve(((x - 3.6, y - 2.6), (x - 2.2, y + 0.6), (x + 2.2, y + 0.6), (x + 3.6, y - 2.6)), 1.5),
        "scale",
        0.5,
    )
    for x, y in ((-16, -12), (-16, 2), (-16, 16), (-19, -5), (-19, 9), (16, -22), (23, -19))
)
_RAYS = tuple(Mark(Curve(((-42, 2 + y * 0.2), (-66, 2 + y)), 1.6), "ray", 0.5) for y in (-20, -10, 10, 20))

ACTOR = Actor(
    words=ActorWords(
        nouns=("fish", "goldfish", "clownfish", "little fish", "tropical fish"),
        emoji=("🐟", "🐠", "🐡"),
        habitat="water",
        habit="swim",
        settings=("underwater", "open_sea"),
    ),
    colours={
        "body": 0xFFA48C,
        "band": 0xFFF3E0,
        "fin": 0xFFCB7C,
        "ray": 0xEFA45A,
        "scale": 0xE87F74,
        "deep": 0xB04F86,
    },
    parts=(
        Part(
            "tail_tip",
            Blob(
                (
                    (-38, 2),
                    (-46, -10),
                    (-57, -25),
                    (-69, -27),
                    (-70, -14),
                    (-63, 2),
                    (-70, 18),
                    (-69, 31),
                    (-57, 29),
                    (-46, 14),
                )
            ),
            "fin",
            (-44, 2),
            "tail",
            -1,
            "tail_tip",
            (-45, 45),
            0.2,
            _RAYS,
        ),
        Part(
            "tail",
            Capsule((-24, 2), (-45, 2), 15, 7),
            "body",
            (-24, 2),
            "body",
            0.5,
            "tail",
            (-35, 35),
            0.1,
            melt=13,
        ),
        Part(
            "dorsal",
            Blob(((-22, -18), (-16, -32), (-4, -44), (12, -46), (24, -38), (30, -26), (10, -18))),
            "fin",
            (4, -24),
            "body",
            -1.5,
            "dorsal",
            (-15, 15),
            0.17,
            tuple(Mark(Curve(((x, -24), (x - 5, -46)), 1.6), "ray", 0.5) for x in (-8, 2, 12, 22)),
        ),
        Part(
            "fin_far",
            Blob(((8, 26), (20, 26), (24, 38), (18, 48), (8, 44), (2, 34))),
            "fin",
            (14, 27),
            "body",
            -2,
            "fin_far",
            (-50, 50),
            0.12,
        ),
        Part("body", _BODY, "body", (0, 2), None, 0, "body", (-20, 20), marks=_BANDS + _SCALES, shade="deep"),
        Part(
            "fin_near",
            Blob(((4, 8), (8, 16), (2, 27), (-12, 33), (-20, 28), (-17, 17), (-8, 9))),
            "fin",
            (3, 13),
            "body",
            3,
            "fin_near",
            (-60, 60),
            0.12,
            tuple(
                Mark(Curve(((1, 14), (x, y)), 1.4), "ray", 0.45) for x, y in ((-18, 20), (-15, 28), (-5, 31))
            ),
        ),
    ),
    face=Face("body", (Eye(19, -2, 5.2), Eye(45, -3, 5.2)), (33, 3.5, 5), ((14, 8, 5.5), (48, 7, 5))),
    body="fish",
    size=0.17,
    box=(-71, -46, 54, 48),
    foot=10,
    tints=("scale", "deep"),
)
