"""An owl: an egg of plum feathers with very round eyes."""

from __future__ import annotations

from dreamreel.dream.cast import ActorWords
from dreamreel.dream.rig import Actor, Eye, Face, Mark, Part, mirrored
from dreamreel.dream.shapes import Blob, Curve, Oval, circle, union

__all__ = ["ACTOR"]

_WING = Part(
    "wing_l",
    Blob(((-20, -4), (-32, -2), (-43, 12), (-49, 31), (-45, 44), (-35, 40), (-26, 28), (-19, 12))),
    "far",
    (-27, 3),
    "body",
    1,
    "wing_l",
    (-25, 115),
    0.04,
    tuple(
        Mark(Curve(((x + 9, y - 8), (x + 4, y), (x - 3, y + 3)), 2), "body", 0.7)
        for x, y in ((-40, 24), (-41, 34), (-32, 30))
    ),
)
_EAR = Part(
    "ear_l",
    Blob(((-12, -34), (-20, -46), (-34, -58), (-38, -52), (-37, -36), (-34, -22), (-18, -24))),
    "far",
    (-24, -34),
    "head",
    2,
    "ear_l",
    (-25, 25),
    0.17,
)
_FOOT = Part(
    "leg_l",
    union(*(Oval(-12 + k * 5.2, 51, 3.8, 5.6, -k * 9) for k in (-1, 0, 1)), Oval(-12, 47, 6, 5)),
    "beak",
    (-12, 45),
    "body",
    -1,
    "leg_l",
    (-45, 45),
)
_SCALLOPS = tuple(
    Mark(Curve(((x - 5.5, y - 3), (x - 3, y + 1.6), (x + 3, y + 1.6), (x + 5.5, y - 3)), 2), "feather", 0.75)
    for y, row in ((16, (-11, 0, 11)), (25, (-16.5, -5.5, 5.5, 16.5)), (34, (-11, 0, 11)), (42, (-5.5, 5.5)))
    for x in row
)

ACTOR = Actor(
    words=ActorWords(
        nouns=("owl", "owlet", "barn owl"),
        emoji=("🦉",),
        habitat="air",
        habit="fly",
        settings=("forest", "night_sky"),
    ),
    colours={
        "body": 0xB294DA,
        "far": 0x977AC6,
        "face": 0xFFF3E4,
        "feather": 0xCBB0E2,
        "beak": 0xFFBA6B,
        "beak_low": 0xE2894F,
    },
    parts=(
        _FOOT,
        mirrored(_FOOT, "leg_r", "leg_r"),
        Part(
            "body",
            Blob(
                (
                    (0, -20),
                    (22, -12),
                    (34, 10),
                    (33, 32),
                    (20, 47),
                    (0, 51),
                    (-20, 47),
                    (-33, 32),
                    (-34, 10),
                    (-22, -12),
                )
            ),
            "body",
            (0, 44),
            None,
            0,
            "body",
            (-20, 20),
            marks=(Mark(Oval(0, 29, 23, 25), "face", 0.95, 1), *_SCALLOPS),
        ),
        _WING,
        mirrored(_WING, "wing_r", "wing_r"),
        _EAR,
        mirrored(_EAR, "ear_r", "ear_r"),
        Part(
            "head",
            Blob(
                (
                    (0, -44),
                    (24, -43),
                    (38, -30),
                    (40, -12),
                    (28, 3),
                    (0, 9),
                    (-28, 3),
                    (-40, -12),
                    (-38, -30),
                    (-24, -43),
                )
            ),
            "body",
            (0, 2),
            "body",
            3,
            "head",
            (-30, 30),
            0.08,
            (
                Mark(
                    union(circle(-15.5, -17, 17.5), circle(15.5, -17, 17.5), Oval(0, -7, 13, 10)),
                    "face",
                    soft=True,
                ),
                Mark(Curve(((-5, -40), (-2.5, -34)), 2.4), "far", 0.6),
                Mark(Curve(((5, -40), (2.5, -34)), 2.4), "far", 0.6),
            ),
        ),
        Part(
            "jaw",
            Blob(((0, -9), (4.2, -8), (3, -2), (0, 1), (-3, -2), (-4.2, -8))),
            "beak_low",
            (0, -9),
            "head",
            3.8,
            "jaw",
            (0, 0),
        ),
        Part(
            "beak",
            Blob(((0, -13.5), (6, -10.5), (4.5, -4), (0, 1.5), (-4.5, -4), (-6, -10.5))),
            "beak",
            (0, -10),
            "head",
            4,
        ),
    ),
    face=Face("head", (Eye(-15, -17, 8.2), Eye(15, -17, 8.2)), None, ((-27, -5, 5), (27, -5, 5))),
    body="bird",
    size=0.21,
    box=(-50, -59, 50, 57),
    foot=55,
    sided=False,
    tints=("far", "feather"),
)
