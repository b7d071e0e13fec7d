"""A flower: a shy round face in two rings of petals, on a stem with two leaves for arms."""

from __future__ import annotations

from dreamreel.dream.cast import ActorWords
from dreamreel.dream.rig import Actor, Eye, Face, Mark, Part, mirrored
from dreamreel.dream.shapes import Blob, Curve, Moved, Oval, circle

__all__ = ["ACTOR"]

_X, _Y = 0.0, -22.0


def _petal(name: str, turn: float, role: str, reach: float, wide: float, z: float, joint: str) -> Part:
    """One petal, drawn pointing up and turned about the flower's heart."""
    shape = Moved(Oval(0, -reach * 0.62, wide, reach * 0.44), _X, _Y, turn)
    vein = Mark(Moved(Oval(0, -reach * 0.5, wide * 0.32, reach * 0.34), _X, _Y, turn), "vein", 0.3, 2.2)
    return Part(name, shape, role, (_X, _Y), "heart", z, joint, (-16, 16), lag=0.17, marks=(vein,), light=0.8)


_LEAF = Part(
    "leaf_l",
    Blob(((-1, 40), (-12, 26), (-29, 20), (-38, 23), (-30, 34), (-16, 43))),
    "leaf",
    (-1, 41),
    "stem",
    -1,
    "arm_l",
    (-38, 26),
    lag=0.2,
    marks=(Mark(Curve(((-4, 38), (-18, 30), (-32, 25)), 1.6), "leaf_dark", 0.35),),
)

ACTOR = Actor(
    words=ActorWords(
        nouns=("flower", "daisy", "blossom", "tulip", "rose"),
        emoji=("🌸", "🌼", "🌷", "🌺", "🌹", "🌻", "💐"),
        habitat="ground",
        habit="dance",
        settings=("meadow", "forest"),
    ),
    colours={
        "body": 0xFF9DB8,
        "petal_low": 0xF07FA6,
        "vein": 0xFFF1F2,
        "disc": 0xFFD36B,
        "amber": 0xD5739A,
        "leaf": 0x86CC92,
        "leaf_dark": 0x3F7E73,
        "green_shade": 0x3C5A8C,
        "light": 0xFFF8E0,
    },
    parts=(
        Part(
            "stem",
            Curve(((0, 57), (2, 36), (-1, 14), (0, -18)), 6.4),
            "leaf",
            (0, 57),
            None,
            -2,
            "stem",
            (-14, 14),
            shade="green_shade",
        ),
        _LEAF,
        mirrored(_LEAF, "leaf_r", "arm_r"),
        Part("heart", circle(_X, _Y, 14), "disc", (_X, _Y + 12), "stem", -1.5, "head", (-18, 18), lag=0.12),
        *(
            _petal(f"low_{k}", k * 45 + 22.5, "petal_low", 40, 10.5, -0.5, f"petal_low_{k % 2}")
            for k in range(8)
        ),
        *(_petal(f"petal_{k}", k * 45, "body", 41, 11.5, 0, f"petal_{k % 2}") for k in range(8)),
        Part(
            "disc",
            circle(_X, _Y, 20),
            "disc",
            (_X, _Y),
            "heart",
            1,
            shade="amber",
            marks=(Mark(Oval(-7, -31, 7, 4.4, -35), "light", 0.5, 2),),
        ),
    ),
    face=Face(
        "disc", (Eye(-7.6, -23, 4), Eye(7.6, -23, 4)), (0, -18, 4.4), ((-13, -16, 4.2), (13, -16, 4.2))
    ),
    body="rooted",
    size=0.24,
    box=(-46, -66, 46, 60),
    foot=57,
    sided=False,
    tints=("petal_low",),
)
