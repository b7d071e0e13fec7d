"""A baby: the dreaming child itself, in a starry romper and a night cap."""

from __future__ import annotations

from dreamreel.dream.cast import ActorWords
from dreamreel.dream.rig import Actor, Eye, Face, Mark, Part
from dreamreel.dream.shapes import Blob, Capsule, Curve, Oval, Star, circle, union

__all__ = ["ACTOR"]

_STARS = tuple(
    Mark(Star(x, y, r, r * 0.5, round=1.2, rot=lean), "star", 0.9)
    for x, y, r, lean in (
        (1, 15, 4, -80),
        (9, 27, 4.6, -100),
        (-13, 33, 3.6, -70),
        (17, 13, 3.2, -95),
        (19, 36, 3, -80),
    )
)
_BAND = Curve(((-27, -31), (-12, -40), (8, -43), (27, -39), (39, -30)), 10)


def _arm(
    name: str, shoulder: tuple[float, float], wrist: tuple[float, float], z: float, role: str
) -> tuple[Part, Part]:
    dx, dy = (wrist[0] - shoulder[0]) * 0.36, (wrist[1] - shoulder[1]) * 0.36
    hand = Part(f"hand_{name[-1]}", circle(wrist[0] + dx, wrist[1] + dy, 6.6), "skin", wrist, name, z - 0.1)
    return hand, Part(
        name,
        Capsule(shoulder, wrist, 8.5, 7),
        role,
        shoulder,
        "body",
        z,
        name,
        (-170, 170),
        0.04,
        (Mark(Curve(((wrist[0] - 8, wrist[1] + 6), (wrist[0] + 8, wrist[1] + 5)), 3), "cuff", 0.9),),
        melt=0 if z < 0 else 5,
    )


def _leg(name: str, x: float, z: float, role: str) -> Part:
    shape = union(Capsule((x, 33), (x, 45), 10, 8), Oval(x + 3, 48, 10.5, 6.6))
    return Part(
        name,
        shape,
        role,
        (x, 33),
        "body",
        z,
        name,
        (-80, 80),
        0.04,
        (Mark(Oval(x + 4, 52, 12, 5), "cuff", 0.9, 0.8),),
    )


ACTOR = Actor(
    words=ActorWords(
        nouns=("baby", "infant", "child", "kid", "toddler", "newborn", "boy", "girl"),
        emoji=("👶", "🧒", "👧", "👦"),
        habitat="ground",
        habit="fly",
        settings=("night_sky", "bedroom", "meadow"),
    ),
    colours={
        "body": 0x9DB8F2,
        "far": 0x829CDD,
        "skin": 0xFDDABF,
        "skin_far": 0xEFBDA2,
        "cuff": 0xFFF4E4,
        "star": 0xFFE3A1,
        "hair": 0xA87360,
    },
    parts=(
        *_arm("arm_r", (17, 10), (31, 24), -2, "far"),
        _leg("leg_r", 13, -1, "far"),
        _leg("leg_l", -8, -0.5, "body"),
        Part(
            "body",
            Blob(((2, -4), (18, 2), (26, 20), (23, 36), (4, 42), (-16, 39), (-23, 26), (-20, 8), (-10, 0))),
            "body",
            (2, 34),
            None,
            0,
            "body",
            (-20, 20),
            marks=_STARS,
        ),
        *_arm("arm_l", (-13, 11), (-27, 26), 1, "body"),
        Part(
            "collar", union(Oval(-6, 3.5, 10, 6, 10), Oval(12, 3.5, 10, 6, -10)), "cuff", (3, 2), "body", 1.5
        ),
        Part("ear_r", circle(38, -14, 5), "skin_far", (36, -14), "head", 2, "ear_r", (-20, 20)),
        Part(
            "head",
            Blob(
                (
                    (6, -48),
                    (26, -43),
                    (37, -27),
                    (40, -12),
                    (29, 2),
                    (7, 6),
                    (-16, 2),
                    (-28, -12),
                    (-26, -28),
                    (-14, -43),
                )
            ),
            "skin",
            (3, 2),
            "body",
            3,
            "head",
            (-25, 25),
            0.08,
            shade="hair",
        ),
        Part(
            "ear_l",
            circle(-27, -14, 6),
            "skin",
            (-24, -14),
            "head",
            3.1,
            "ear_l",
            (-20, 20),
            marks=(Mark(circle(-26, -13, 3), "skin_far", 0.7, 0.8),),
            shade="hair",
        ),
        Part(
            "curl",
            Curve(((10, -38), (15, -31), (11, -26), (6, -28), (8, -32)), 3.4),
            "hair",
            (10, -38),
            "head",
            4,
            "tuft",
            (-20, 20),
            0.15,
        ),
        Part(
            "cap_tip",
            union(circle(-46, -33, 8), circle(-50, -30, 6), circle(-43, -28, 6)),
            "cuff",
            (-42, -38),
            "cap_fold",
            4.4,
            "hat_tip",
            (-30, 30),
            0.33,
        ),
        Part(
            "cap",
            Blob(((-27, -32), (-22, -46), (-8, -57), (10, -59), (28, -52), (39, -32), (8, -42))),
            "body",
            (6, -40),
            "head",
            4.3,
            "hat",
            (-12, 12),
            0.17,
        ),
        Part(
            "cap_fold",
            Blob(
                ((6, -58), (-12, -62), (-32, -56), (-46, -40), (-42, -32), (-32, -36), (-18, -44), (0, -46))
            ),
            "body",
            (-2, -50),
            "cap",
            4.25,
            "hat_tip",
            (-30, 30),
            0.28,
            (Mark(Star(-24, -49, 3.4, 1.7, round=1), "star", 0.9),),
        ),
        Part("cap_band", _BAND, "cuff", (6, -38), "head", 4.6, light=0.8),
    ),
    face=Face("head", (Eye(-8, -14, 5.2), Eye(22, -14, 5.2)), (7, -6.5, 5.2), ((-17, -4, 6.5), (30, -4, 6))),
    body="biped",
    size=0.26,
    box=(-57, -63, 45, 55),
    foot=53,
    tints=("far",),
)
