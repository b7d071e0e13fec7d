"""A rabbit: crouched on long hind feet, with ears that follow a moment later."""

from __future__ import annotations

from dreamreel.dream.actors._anatomy import leg
from dreamreel.dream.cast import ActorWords
from dreamreel.dream.rig import Actor, Eye, Face, Mark, Part
from dreamreel.dream.shapes import Blob, Moved, Oval, Polygon, Shape, circle, union

__all__ = ["ACTOR"]

_EAR = Blob(((0, 4), (-8, -8), (-10, -26), (-5, -42), (1, -46), (7, -40), (10, -24), (8, -8)))
_INNER = Blob(((0, 2), (-4, -10), (-5, -26), (-2, -38), (1, -40), (4, -36), (5, -24), (4, -10)))


def _ear(name: str, x: float, lean: float, lag: float) -> Part:
    return Part(
        name,
        Moved(_EAR, x, -32, lean),
        "body",
        (x, -32),
        "head",
        2,
        name,
        (-50, 50),
        lag,
        (Mark(Moved(_INNER, x, -32, lean), "inner", 0.9, 0.6),),
    )


def _hind(name: str, dx: float, role: str, z: float, melt: float) -> Part:
    shape: Shape = union(Oval(-23 + dx, 26, 17, 17), Oval(-17 + dx, 45, 17, 7))
    return Part(name, shape, role, (-24 + dx, 24), "body", z, name, (-50, 50), melt=melt)


ACTOR = Actor(
    words=ActorWords(
        nouns=("rabbit", "bunny", "hare", "bunny rabbit"),
        emoji=("🐰", "🐇"),
        habitat="ground",
        habit="hop",
        settings=("meadow", "forest"),
    ),
    colours={"body": 0xD9C8F0, "far": 0xBDA9DC, "belly": 0xFFF6EE, "inner": 0xF7B3C4, "nose": 0xE8839B},
    parts=(
        Part(
            "tail",
            union(circle(-41, 26, 9), circle(-46, 31, 7), circle(-38, 33, 7)),
            "belly",
            (-35, 27),
            "body",
            -1,
            "tail",
            (-45, 45),
            0.15,
        ),
        _hind("leg_br", 11, "far", -4, 0),
        leg("leg_fr", (19, 18), (24, 49), (8, 6.5), role="far", z=-4),
        Part(
            "body",
            Blob(((-34, 6), (-20, -6), (2, -8), (18, 2), (22, 22), (16, 38), (-6, 42), (-28, 41), (-41, 26))),
            "body",
            (-8, 32),
            None,
            0,
            "body",
            (-20, 20),
            marks=(Mark(Oval(18, 20, 10, 15, 10), "belly", 0.75, 3),),
        ),
        leg(
            "leg_fl",
            (10, 18),
            (13, 52),
            (9, 7),
            z=1,
            melt=16,
            marks=(Mark(Oval(16, 51, 12, 6), "belly", 0.8, 0.8),),
        ),
        _hind("leg_bl", 0, "body", 1, 14),
        _ear("ear_l", 9, -12, 0.17),
        _ear("ear_r", 36, 14, 0.22),
        Part(
            "head",
            Blob(
                (
                    (22, -38),
                    (40, -34),
                    (50, -20),
                    (53, -5),
                    (42, 8),
                    (22, 11),
                    (2, 8),
                    (-9, -5),
                    (-6, -20),
                    (4, -34),
                )
            ),
            "body",
            (14, 4),
            "body",
            3,
            "head",
            (-25, 25),
            0.1,
            (
                Mark(union(Oval(16.5, 1, 10, 8), Oval(28.5, 1, 10, 8)), "belly", 0.92, 0.8),
                Mark(Polygon(((19, -6), (26, -6), (22.5, -1.6)), 2), "nose"),
            ),
        ),
    ),
    face=Face("head", (Eye(7, -10, 4.9), Eye(38, -10, 4.9)), (22.5, -1.2, 4.6), ((0, 0, 5.5), (45, 0, 5.5))),
    body="quadruped",
    size=0.2,
    box=(-53, -77, 53, 52),
    foot=51,
    tints=("far",),
)
