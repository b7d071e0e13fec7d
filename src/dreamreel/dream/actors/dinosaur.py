"""A dinosaur: a small mint one with apricot back plates, too friendly to roar."""

from __future__ import annotations

from dreamreel.dream.actors._anatomy import leg
from dreamreel.dream.cast import ActorWords
from dreamreel.dream.rig import Actor, Eye, Face, Mark, Part, Seat
from dreamreel.dream.shapes import Blob, Capsule, Curve, Moved, Oval, Shape, Union

__all__ = ["ACTOR"]


def _plate(x: float, y: float, lean: float, size: float = 10) -> Shape:
    """A petal of the crest, rooted at (x, y), leaning `lean` degrees from straight up."""
    return Moved(
        Blob(((0, 5), (-5, 1), (-4.5, -5), (0, -11), (4.5, -5), (5, 1))), x, y, lean, size / 10, size / 10
    )


_SPOTS = tuple(
    Mark(Oval(x, y, r, r * 0.8), "far", 0.5, 0.6) for x, y, r in ((-14, 16, 4), (-18, 26, 3), (-9, 25, 2.4))
)
_TOES = tuple(Mark(Oval(x, 52, 2.8, 3.2), "belly", 0.95) for x in (3, 9, 15))

ACTOR = Actor(
    words=ActorWords(
        nouns=("dinosaur", "dino", "t rex", "trex", "tyrannosaurus", "baby dinosaur"),
        emoji=("🦖", "🦕"),
        habitat="ground",
        habit="walk",
        settings=("forest", "meadow"),
    ),
    colours={"body": 0x9FDDB3, "far": 0x7CC49C, "belly": 0xFFF4D6, "plate": 0xFFB98E, "nostril": 0x5E9C86},
    parts=(
        leg("leg_r", (14, 28), (18, 50), (12, 9), role="far", z=-4, toe=4),
        Part(
            "arm_r", Capsule((22, 8), (36, 15), 5.5, 5), "far", (22, 9), "body", -3, "arm_r", (-120, 60), 0.05
        ),
        Part(
            "tail_tip",
            Capsule((-44, 34), (-66, 21), 9.5, 3.6),
            "body",
            (-45, 33),
            "tail",
            -1,
            "tail_tip",
            (-45, 45),
            0.26,
        ),
        Part(
            "plates_tail",
            Union((_plate(-30, 13, -30, 9.5), _plate(-41, 20, -28, 8.5), _plate(-51, 25, -26, 7))),
            "plate",
            (-30, 24),
            "tail",
            -2,
        ),
        Part(
            "tail",
            Capsule((-10, 26), (-45, 34), 19, 9),
            "body",
            (-12, 27),
            "body",
            -0.5,
            "tail",
            (-30, 30),
            0.14,
        ),
        Part(
            "plates",
            Union((_plate(-15, -6, -62, 11), _plate(-22, 4, -56, 10.5))),
            "plate",
            (-12, 6),
            "body",
            -0.8,
        ),
        Part(
            "body",
            Blob(
                ((4, -16), (20, -10), (29, 10), (30, 32), (16, 45), (-8, 45), (-25, 34), (-24, 12), (-12, -6))
            ),
            "body",
            (0, 36),
            None,
            0,
            "body",
            (-20, 20),
            marks=(
                Mark(Oval(16, 22, 17, 25, -6), "belly", 0.95, 1),
                *(Mark(Curve(((2, y), (16, y + 3), (32, y)), 1.5), "far", 0.35) for y in (12, 21, 30)),
                *_SPOTS,
            ),
        ),
        leg("leg_l", (-5, 30), (-1, 54), (14, 10), z=1, toe=5, melt=8, marks=_TOES),
        Part(
            "arm_l",
            Capsule((5, 8), (18, 18), 6.5, 5.8),
            "body",
            (4, 8),
            "body",
            2,
            "arm_l",
            (-120, 60),
            0.05,
            melt=4,
        ),
        Part(
            "crest",
            Union(
                (
                    _plate(11, -53, -24, 9),
                    _plate(1, -44, -50, 10),
                    _plate(-4, -31, -72, 10.5),
                    _plate(-4, -17, -88, 10),
                )
            ),
            "plate",
            (6, -34),
            "head",
            2.5,
            "crest",
            (-15, 15),
            0.15,
        ),
        Part(
            "head",
            Blob(
                (
                    (18, -57),
                    (34, -57),
                    (46, -48),
                    (52, -36),
                    (61, -28),
                    (65, -15),
                    (55, -3),
                    (32, 1),
                    (10, -2),
                    (-3, -14),
                    (-3, -36),
                    (5, -50),
                )
            ),
            "body",
            (10, -6),
            "body",
            3,
            "head",
            (-25, 25),
            0.1,
            (
                Mark(Oval(48, -6, 25, 14, -6), "belly", 0.85, 2),
                Mark(Oval(48, -21, 1.4, 1.9), "nostril", 0.8),
                Mark(Oval(58, -21, 1.4, 1.9), "nostril", 0.8),
                Mark(Oval(13, -47, 3.4, 2.4, -30), "far", 0.5, 0.5),
                Mark(Oval(21, -50, 2.4, 1.8, -20), "far", 0.5, 0.5),
            ),
        ),
    ),
    face=Face("head", (Eye(14, -27, 5.2), Eye(42, -30, 5)), (46, -14, 6), ((9, -15, 6), (60, -12, 4))),
    body="biped",
    size=0.27,
    box=(-70, -63, 65, 54),
    foot=53,
    tints=("far", "nostril"),
    seats={"on": Seat(-14, 4)},
)
