"""A bird: a plump blue fledgling with a crest."""

from __future__ import annotations

from dreamreel.dream.cast import ActorWords
from dreamreel.dream.rig import Actor, Eye, Face, Mark, Part
from dreamreel.dream.shapes import Blob, Capsule, Curve, Moved, Oval, Polygon, union

__all__ = ["ACTOR"]

_WING = Moved(
    Blob(
        (
            (10, 2),
            (2, -8),
            (-14, -8),
            (-32, 0),
            (-46, 14),
            (-44, 20),
            (-36, 19),
            (-34, 26),
            (-26, 24),
            (-21, 30),
            (-12, 26),
            (2, 22),
            (10, 14),
        )
    ),
    -1,
    -1,
    0,
    1.13,
    1.13,
)
_FEATHERS = tuple(
    Mark(Curve(((x + 13, y - 10), (x, y)), 1.9), "far", 0.55) for x, y in ((-42, 19), (-32, 25), (-19, 28))
)


def _leg(name: str, x: float, z: float) -> Part:
    toes = union(
        Capsule((x, 32), (x, 44), 4, 3.2),
        Oval(x + 5.5, 46.4, 5.4, 3.2, 10),
        Oval(x + 1, 47, 5, 3.4),
        Oval(x - 4, 46.2, 4.4, 3, -10),
    )
    return Part(name, toes, "beak", (x, 33), "body", z, name, (-50, 50))


ACTOR = Actor(
    words=ActorWords(
        nouns=("bird", "birdie", "little bird", "songbird", "bluebird", "nestling", "chick"),
        emoji=("🐦", "🐤", "🐥"),
        habitat="air",
        habit="fly",
        settings=("forest", "meadow", "night_sky"),
    ),
    colours={
        "body": 0x8CC6EE,
        "far": 0x6FA5DA,
        "wing": 0x7DB7E6,
        "belly": 0xFFF3E2,
        "beak": 0xFFB765,
        "beak_low": 0xE8934F,
    },
    parts=(
        _leg("leg_r", 8, -3),
        Part("wing_far", Moved(_WING, 14, -4), "far", (6, 4), "body", -2, "wing_far", (-25, 115), 0.03),
        Part(
            "tail",
            Blob(((-24, 10), (-36, 10), (-54, 14), (-62, 22), (-56, 28), (-44, 28), (-28, 26))),
            "far",
            (-26, 18),
            "body",
            -1,
            "tail",
            (-35, 35),
            0.17,
            (Mark(Curve(((-34, 18), (-60, 22)), 1.8), "body", 0.6),),
        ),
        _leg("leg_l", -6, -0.5),
        Part(
            "body",
            Blob(
                ((2, -14), (22, -6), (31, 10), (26, 28), (10, 38), (-12, 37), (-29, 26), (-36, 10), (-26, -4))
            ),
            "body",
            (0, 30),
            None,
            0,
            "body",
            (-20, 20),
            marks=(Mark(Oval(16, 26, 21, 20, -14), "belly", 0.95, 1.5),),
        ),
        Part(
            "crest",
            union(Capsule((10, -38), (2, -50), 6, 2.6), Capsule((14, -40), (12, -55), 6, 2.8)),
            "body",
            (13, -38),
            "head",
            2,
            "crest",
            (-30, 30),
            0.2,
        ),
        Part(
            "head",
            Oval(14, -17, 28, 25),
            "body",
            (8, 6),
            "body",
            3,
            "head",
            (-20, 20),
            0.08,
            (Mark(Oval(8, -32, 12, 6, -20), "belly", 0.16, 3),),
        ),
        Part(
            "jaw",
            Polygon(((18, -10), (31, -11), (27, -1.5)), 3),
            "beak_low",
            (21, -10),
            "head",
            4.4,
            "jaw",
            (0, 22),
        ),
        Part(
            "beak",
            Blob(((16, -12), (23, -16.5), (31, -13.5), (35, -6), (27, -5.5), (19, -7))),
            "beak",
            (22, -10),
            "head",
            4.6,
        ),
        Part(
            "wing_near", _WING, "wing", (-6, 9), "body", 2, "wing_near", (-25, 115), 0.03, _FEATHERS, melt=6
        ),
    ),
    face=Face("head", (Eye(9, -17, 5), Eye(34, -18, 4.7)), None, ((4, -8, 5.5), (37, -9, 4))),
    body="bird",
    size=0.16,
    box=(-62, -58, 42, 50),
    foot=49,
    tints=("far", "wing"),
)
