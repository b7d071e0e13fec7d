"""A rocket: a plump hull with a round window, three fins and a live flame."""

from __future__ import annotations

from collections.abc import Mapping

from dreamreel.dream.cast import ActorWords
from dreamreel.dream.hand import Brush
from dreamreel.dream.motion import cycle
from dreamreel.dream.rig import Actor, Eye, Face, Mark, Part, Seat, mirrored
from dreamreel.dream.shapes import Blob, Box, Capsule, Curve, Oval, circle

__all__ = ["ACTOR"]

_HULL = Blob(
    ((0, -66), (17, -42), (25, -10), (24, 18), (14, 37), (-14, 37), (-24, 18), (-25, -10), (-17, -42))
)
_FIN = Part(
    "fin_l",
    Blob(((-17, 6), (-33, 20), (-41, 42), (-34, 47), (-24, 38), (-14, 34))),
    "body",
    (-18, 20),
    "hull",
    -1,
    "fin_l",
    (-14, 14),
    lag=0.17,
)


def _sparks(brush: Brush, t: float, actor: Actor, colours: Mapping[str, int]) -> None:
    """A glow at the nozzle, and sparks that fall behind and go out."""
    del actor
    brush.glow(0, 52, 46 + 3 * cycle(t, 0.31), colours["flame"], 0.5)
    for k in range(5):
        age = (t / 0.9 + k / 5) % 1
        x = 7 * cycle(k, 2.6) * (0.4 + age) + 2 * cycle(t, 0.7, k / 5)
        with brush.at(x, 50 + 46 * age, 0, (1 - age) * min(1.0, age * 6)):
            brush.fill(circle(0, 0, 3.4), colours["core"], 0.85 * (1 - age))


ACTOR = Actor(
    words=ActorWords(
        nouns=("rocket", "spaceship", "space ship", "rocket ship", "spacecraft", "space shuttle"),
        emoji=("🚀", "🛸"),
        habitat="space",
        habit="fly",
        settings=("space", "night_sky"),
    ),
    colours={
        "body": 0xEB6079,
        "hull": 0xF6F2FB,
        "shade": 0x7B6FC0,
        "ring": 0xB9A7E8,
        "glass": 0x79CDEC,
        "deep": 0x4E8FC7,
        "light": 0xFFFFFF,
        "flame": 0xFF9F43,
        "core": 0xFFE58A,
        "nozzle": 0x8F7FC4,
    },
    parts=(
        Part(
            "flame",
            Blob(((-11, 40), (0, 37), (11, 40), (9, 58), (2.5, 74), (-2.5, 74), (-9, 58))),
            "flame",
            (0, 40),
            "hull",
            -3,
            "flame",
            (-20, 20),
            light=0.4,
            glow="flame",
        ),
        Part(
            "flame_core",
            Blob(((-6, 41), (0, 38), (6, 41), (4, 50), (0, 62), (-4, 50))),
            "core",
            (0, 40),
            "flame",
            -2.5,
            "flame_core",
            (-20, 20),
            light=0.3,
        ),
        Part("nozzle", Box(-13, 31, 26, 12, 5), "nozzle", (0, 36), "hull", -2),
        _FIN,
        mirrored(_FIN, "fin_r", "fin_r"),
        Part(
            "hull",
            _HULL,
            "hull",
            (0, 0),
            None,
            0,
            "body",
            (-25, 25),
            shade="shade",
            marks=(
                Mark(Box(-40, -80, 80, 42.5, 0), "body", soft=True),
                Mark(Box(-40, 22, 80, 6, 0), "body", 0.92),
                Mark(Curve(((-16, -28), (-19, -8), (-18, 14)), 3.2), "light", 0.75, 1.2),
            ),
        ),
        Part("ring", circle(0, -10, 16.5), "ring", (0, -10), "hull", 1),
        Part(
            "glass",
            circle(0, -10, 12.6),
            "glass",
            (0, -10),
            "hull",
            1.1,
            shade="deep",
            marks=(Mark(Oval(-5, -16, 5, 2.4, -38), "light", 0.85, 0.5),),
        ),
        Part("fin", Capsule((0, 24), (0, 44), 4.2, 3), "body", (0, 24), "hull", 2),
    ),
    face=Face(
        "glass", (Eye(-4.8, -9.5, 2.5), Eye(4.8, -9.5, 2.5)), (0, -6, 2.8), ((-8, -5.5, 2.3), (8, -5.5, 2.3))
    ),
    body="vehicle",
    size=0.3,
    box=(-44, -68, 44, 78),
    foot=78,
    behind=_sparks,
    seats={"on": Seat(20, 12, 0.5), "in": Seat(20, 12, 0.5, behind=True)},
)
