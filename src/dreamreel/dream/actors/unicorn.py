"""A unicorn: a cream foal with a golden horn and a mane in three pastels that sparkles."""

from __future__ import annotations

import math
from collections.abc import Mapping

from dreamreel.dream.actors._anatomy import four_legs
from dreamreel.dream.cast import ActorWords
from dreamreel.dream.hand import Brush
from dreamreel.dream.rig import Actor, Eye, Face, Mark, Part, Seat
from dreamreel.dream.shapes import Blob, Box, Capsule, Curve, Oval, Polygon, Star, union

__all__ = ["ACTOR"]

_BODY = union(
    Blob(((-36, 0), (-20, -7), (2, -6), (18, -2), (25, 16), (12, 31), (-12, 33), (-34, 30), (-43, 14))),
    Capsule((8, 10), (16, -12), 16, 14),
)
_HORN = Polygon(((19, -42), (35, -42), (33, -80)), 4)
_RINGS = tuple(Mark(Curve(((16, y + 3), (27, y), (38, y - 5)), 2.2), "ring", 0.75) for y in (-48, -56, -64))


def _strand(
    shape: Blob, *bands: tuple[str, tuple[tuple[float, float], ...], float]
) -> tuple[Blob, tuple[Mark, ...]]:
    return shape, tuple(Mark(Curve(points, width), role, 0.95, 0.5) for role, points, width in bands)


_MANE, _MANE_BANDS = _strand(
    Blob(
        (
            (22, -51),
            (8, -55),
            (-6, -50),
            (-12, -40),
            (-9, -35),
            (-19, -28),
            (-20, -15),
            (-14, -11),
            (-22, -3),
            (-20, 9),
            (-9, 15),
            (-4, 8),
            (4, 4),
            (6, -10),
            (10, -28),
        )
    ),
    ("lilac", ((14, -52), (0, -44), (-4, -30), (-10, -14), (-12, 0), (-14, 16)), 8),
    ("aqua", ((20, -44), (8, -34), (2, -18), (-1, -4), (-3, 12)), 7),
)
_LOCK, _LOCK_BANDS = _strand(
    Blob(((28, -52), (14, -50), (4, -40), (2, -28), (8, -26), (20, -32), (30, -40), (34, -48))),
    ("lilac", ((26, -48), (12, -40), (4, -26)), 5),
)
_TAIL, _TAIL_BANDS = _strand(
    Blob(((-32, 0), (-46, -8), (-60, -2), (-66, 12), (-62, 24), (-50, 22), (-48, 12), (-40, 8))),
    ("lilac", ((-36, 2), (-50, 2), (-56, 14), (-56, 26)), 6),
    ("aqua", ((-36, 6), (-46, 8), (-50, 24)), 5),
)
_TIP, _TIP_BANDS = _strand(
    Blob(((-66, 12), (-70, 26), (-66, 40), (-56, 46), (-58, 36), (-50, 30), (-49, 16), (-56, 10))),
    ("lilac", ((-57, 8), (-60, 24), (-60, 46)), 6),
    ("aqua", ((-51, 10), (-53, 24), (-56, 34)), 5),
)


def _sparkle(brush: Brush, t: float, _who: Actor, colours: Mapping[str, int]) -> None:
    """Four small stars that come and go along the mane, each in its own rhythm."""
    for k, (x, y, size) in enumerate(((-20, -30, 5.5), (-26, 2, 4), (0, -56, 4.5), (-66, 20, 4))):
        shine = max(0.0, math.sin(math.tau * (t / (2.3 + 0.4 * k) + 0.27 * k))) ** 2
        if shine > 0.03:
            brush.glow(x, y, size * 2, colours["horn"], 0.5 * shine)
            brush.fill(Star(x, y, size, size * 0.26, 4, 0.6), 0xFFF8E4, shine)


ACTOR = Actor(
    words=ActorWords(
        nouns=("unicorn", "alicorn"),
        emoji=("🦄",),
        habitat="ground",
        habit="run",
        settings=("night_sky", "candy_land", "meadow"),
    ),
    colours={
        "body": 0xFBF1F4,
        "far": 0xDCCBE6,
        "mane": 0xF7A9C9,
        "lilac": 0xC7ABF2,
        "hoof": 0xBFA0EC,
        "aqua": 0x9FDDE3,
        "horn": 0xFFDB8C,
        "ring": 0xF0AE63,
        "muzzle": 0xFBD3DB,
        "nostril": 0xE391AE,
    },
    parts=(
        Part("tail_tip", _TIP, "mane", (-57, 16), "tail", -2, "tail_tip", (-45, 45), 0.3, _TIP_BANDS),
        Part("tail", _TAIL, "mane", (-36, 4), "body", -1, "tail", (-45, 45), 0.16, _TAIL_BANDS),
        *four_legs(
            ((8, 16), (9, 54)),
            ((-28, 17), (-29, 54)),
            (9.5, 7.5),
            far=11,
            toe=1.5,
            melt=14,
            marks=(Mark(Box(-14, -7, 30, 12), "hoof"),),
            shade="lilac",
        ),
        Part("body", _BODY, "body", (-8, 28), None, 0, "body", (-20, 20), shade="lilac"),
        Part(
            "ear_r",
            Polygon(((36, -40), (52, -62), (50, -34)), 7),
            "body",
            (44, -40),
            "head",
            2,
            "ear_r",
            (-30, 30),
            0.2,
            (Mark(Polygon(((41, -42), (50, -55), (48, -38)), 4), "muzzle"),),
        ),
        Part("mane", _MANE, "mane", (6, -36), "head", 2.6, "mane", (-25, 25), 0.25, _MANE_BANDS),
        Part(
            "ear_l",
            Polygon(((4, -38), (0, -63), (20, -44)), 7),
            "body",
            (9, -42),
            "head",
            2.8,
            "ear_l",
            (-30, 30),
            0.17,
            (Mark(Polygon(((7, -42), (4, -56), (16, -45)), 4), "muzzle"),),
        ),
        Part(
            "head",
            Blob(
                (
                    (25, -50),
                    (40, -46),
                    (49, -33),
                    (57, -18),
                    (60, -4),
                    (50, 7),
                    (34, 7),
                    (16, 3),
                    (3, -8),
                    (0, -26),
                    (8, -43),
                )
            ),
            "body",
            (16, -2),
            "body",
            3,
            "head",
            (-25, 25),
            0.1,
            (
                Mark(Oval(46, -3, 19, 12, 14), "muzzle", 0.9, 1.5),
                Mark(Oval(40, -6, 1.3, 1.8), "nostril", 0.8),
                Mark(Oval(54, -6, 1.3, 1.8), "nostril", 0.8),
            ),
            shade="lilac",
        ),
        Part("horn", _HORN, "horn", (27, -46), "head", 2.9, "horn", (-15, 15), 0.0, _RINGS, shade="ring"),
        Part("lock", _LOCK, "mane", (26, -47), "head", 5, "mane", (-15, 15), 0.2, _LOCK_BANDS),
    ),
    face=Face("head", (Eye(17, -19, 4.9), Eye(42, -21, 4.9)), (47, -3.5, 4.8), ((11, -9, 5.5), (52, -14, 4))),
    body="quadruped",
    size=0.26,
    box=(-71, -78, 60, 54),
    foot=53,
    tints=("far",),
    front=_sparkle,
    seats={"on": Seat(-20, 14)},
)
