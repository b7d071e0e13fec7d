"""A teddy bear: honey plush with stitched pads and a red bow."""

from __future__ import annotations

from dreamreel.dream.cast import ActorWords
from dreamreel.dream.rig import Actor, Eye, Face, Mark, Part, mirrored
from dreamreel.dream.shapes import Blob, Capsule, Curve, Oval, circle, union

__all__ = ["ACTOR"]

_EAR = Part(
    "ear_l",
    circle(-26, -46, 13.5),
    "body",
    (-22, -40),
    "head",
    2,
    "ear_l",
    (-25, 25),
    0.17,
    (Mark(circle(-26, -45, 8), "pad", 0.95, 0.6),),
)
_ARM = Part(
    "arm_l",
    union(Capsule((-20, 10), (-35, 27), 9, 9.5), circle(-35, 28, 9.5)),
    "body",
    (-20, 9),
    "body",
    1,
    "arm_l",
    (-60, 170),
    0.05,
    (Mark(circle(-38, 31, 6), "pad", 0.85, 0.6),),
)
_LEG = Part(
    "leg_l",
    union(Capsule((-12, 36), (-17, 42), 10, 11), Oval(-18, 45, 13, 10.5, -8)),
    "body",
    (-11, 33),
    "body",
    1.5,
    "leg_l",
    (-60, 60),
    marks=(Mark(Oval(-18.5, 45.5, 8.4, 6.6, -8), "pad", 0.95, 0.4),),
)
_LOOP = Blob(((0, 6), (-6, -1), (-16, -3), (-18, 6), (-16, 15), (-6, 12)))
_STITCH = tuple(Mark(Curve(((-1.6, y), (1.6, y)), 1.1), "thread", 0.4) for y in (18, 24, 30, 36))

ACTOR = Actor(
    words=ActorWords(
        nouns=("teddy bear", "teddy", "bear", "bear cub", "plush bear", "cuddly bear", "stuffed bear"),
        emoji=("🧸", "🐻"),
        habitat="ground",
        habit="dance",
        settings=("bedroom", "night_sky", "candy_land"),
    ),
    colours={"body": 0xD49F6C, "pad": 0xF8DDB2, "nose": 0x5F3F58, "thread": 0x9A6A55, "bow": 0xE8708A},
    parts=(
        _EAR,
        mirrored(_EAR, "ear_r", "ear_r"),
        Part(
            "body",
            Oval(0, 23, 26, 26),
            "body",
            (0, 44),
            None,
            0,
            "body",
            (-20, 20),
            marks=(Mark(Oval(0, 27, 16, 17), "pad", 0.95, 0.8), *_STITCH),
        ),
        _ARM,
        mirrored(_ARM, "arm_r", "arm_r"),
        _LEG,
        mirrored(_LEG, "leg_r", "leg_r"),
        Part(
            "head",
            Blob(
                (
                    (0, -53),
                    (22, -48),
                    (35, -30),
                    (36, -12),
                    (22, 3),
                    (0, 7),
                    (-22, 3),
                    (-36, -12),
                    (-35, -30),
                    (-22, -48),
                )
            ),
            "body",
            (0, 2),
            "body",
            3,
            "head",
            (-25, 25),
            0.1,
            (
                Mark(Oval(0, -9, 16, 12.5), "pad", soft=True),
                Mark(Oval(0, -15, 6.2, 4.4), "nose"),
                Mark(Oval(-1.6, -16.4, 2.3, 1.2, -15), "pad", 0.55),
            ),
        ),
        Part(
            "bow_l",
            _LOOP,
            "bow",
            (0, 4),
            "head",
            4,
            marks=(Mark(Curve(((-13, 7), (-5, 6)), 1.4), "nose", 0.25),),
        ),
        Part(
            "bow_r",
            mirrored(Part("", _LOOP), "", "").shape,
            "bow",
            (0, 4),
            "head",
            4,
            marks=(Mark(Curve(((13, 7), (5, 6)), 1.4), "nose", 0.25),),
        ),
        Part("knot", Oval(0, 6, 4.6, 4.8), "bow", (0, 4), "head", 4.2),
    ),
    face=Face("head", (Eye(-17, -19, 5), Eye(17, -19, 5)), (0, -10, 4.8), ((-24, -8, 6.5), (24, -8, 6.5))),
    body="biped",
    size=0.25,
    box=(-45, -60, 45, 56),
    foot=54,
    sided=False,
    tints=("thread",),
)
