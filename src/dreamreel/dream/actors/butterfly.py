"""A butterfly: a shy face between four stained-glass wings."""

from __future__ import annotations

from dreamreel.dream.cast import ActorWords
from dreamreel.dream.rig import Actor, Eye, Face, Mark, Part, mirrored
from dreamreel.dream.shapes import Blob, Capsule, Curve, Oval, circle, union

__all__ = ["ACTOR"]

_UPPER = Part(
    "wing_l",
    Blob(((0, 2), (-6, -20), (-22, -42), (-44, -52), (-60, -44), (-62, -24), (-48, -4), (-24, 8))),
    "body",
    (-2, 2),
    "body",
    -1,
    "wing_l",
    (-45, 45),
    0.0,
    (
        Mark(
            Blob(((-4, -2), (-14, -22), (-28, -36), (-44, -42), (-52, -34), (-50, -22), (-38, -8), (-20, 0))),
            "inner",
            0.9,
            2.5,
        ),
        *(
            Mark(circle(x, y, r), "dot", 0.95, 0.4)
            for x, y, r in ((-54, -40, 3.4), (-56, -28, 3), (-47, -46, 2.8), (-50, -15, 2.6))
        ),
        Mark(Oval(-34, -26, 8, 6, 40), "spot", 0.9, 0.8),
        Mark(Oval(-36, -28, 3, 2.2, 40), "dot", 0.8, 0.4),
    ),
)
_LOWER = Part(
    "wing_l_low",
    Blob(((0, 2), (-18, 4), (-38, 8), (-47, 22), (-40, 38), (-26, 44), (-14, 36), (-5, 20))),
    "lower",
    (-2, 4),
    "body",
    -2,
    "wing_l",
    (-45, 45),
    0.06,
    (
        Mark(
            Blob(((-4, 8), (-20, 10), (-34, 14), (-38, 24), (-32, 33), (-22, 34), (-12, 26))),
            "inner",
            0.75,
            2.5,
        ),
        Mark(Oval(-25, 22, 6.5, 5, 60), "spot", 0.9, 0.8),
        *(Mark(circle(x, y, 2.6), "dot", 0.95, 0.4) for x, y in ((-41, 22), (-38, 32), (-29, 39))),
    ),
)
_FEELER = Part(
    "ear_l",
    union(Curve(((-5, -22), (-9, -34), (-18, -42)), 2.6), circle(-19, -43, 4)),
    "torso",
    (-5, -23),
    "head",
    2,
    "ear_l",
    (-30, 30),
    0.2,
)

ACTOR = Actor(
    words=ActorWords(
        nouns=("butterfly", "moth"), emoji=("🦋",), habitat="air", habit="fly", settings=("meadow", "forest")
    ),
    colours={
        "body": 0xF2A0C6,
        "lower": 0xC79CEB,
        "inner": 0xFFE0D2,
        "spot": 0xFFC06E,
        "dot": 0xFFF6E6,
        "torso": 0x8C6BB4,
        "skin": 0xFFE3CC,
    },
    parts=(
        _LOWER,
        mirrored(_LOWER, "wing_r_low", "wing_r"),
        _UPPER,
        mirrored(_UPPER, "wing_r", "wing_r"),
        Part(
            "body",
            Capsule((0, 0), (0, 26), 9, 5),
            "torso",
            (0, 4),
            None,
            0,
            "body",
            (-20, 20),
            marks=tuple(
                Mark(Curve(((-10, y), (0, y + 2), (10, y)), 2.6), "lower", 0.6) for y in (10, 17, 24)
            ),
        ),
        _FEELER,
        mirrored(_FEELER, "ear_r", "ear_r"),
        Part("head", Oval(0, -11, 17, 15.5), "skin", (0, 0), "body", 3, "head", (-20, 20), 0.06),
    ),
    face=Face(
        "head", (Eye(-8, -10, 4), Eye(8, -10, 4)), (0, -6.5, 3.4), ((-11.5, -4.5, 3.4), (11.5, -4.5, 3.4))
    ),
    body="insect",
    size=0.13,
    box=(-63, -53, 63, 45),
    foot=40,
    sided=False,
    tints=("lower", "inner"),
)
