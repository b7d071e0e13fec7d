"""A castle: three plump towers with pointed caps, waving pennants and windows where somebody is still awake."""

from __future__ import annotations

from collections.abc import Mapping

from dreamreel.dream.cast import ActorWords
from dreamreel.dream.hand import Brush
from dreamreel.dream.motion import noise
from dreamreel.dream.rig import Actor, Eye, Face, Mark, Part
from dreamreel.dream.shapes import Blob, Box, Capsule, Curve, Polygon, Union, circle

__all__ = ["ACTOR"]


def _cap(name: str, x: float, y: float, w: float, h: float, z: float, parent: str) -> Part:
    """A roof: a rounded cone with flared eaves."""
    return Part(
        name,
        Polygon(((x, y - h), (x + w, y), (x + w * 0.6, y + 4), (x - w * 0.6, y + 4), (x - w, y)), 6),
        "roof",
        (x, y),
        parent,
        z,
        shade="shade",
    )


def _pennant(name: str, x: float, y: float, parent: str, lag: float, z: float) -> tuple[Part, Part]:
    cloth = Blob(
        (
            (x, y),
            (x + 9, y + 1.5),
            (x + 19, y + 0),
            (x + 16, y + 5),
            (x + 18, y + 9.5),
            (x + 9, y + 9),
            (x, y + 10),
        )
    )
    return (
        Part(f"{name}_pole", Capsule((x, y - 1), (x, y + 18), 1.1, 1.1), "pole", (x, y + 18), parent, z),
        Part(name, cloth, "flag", (x, y + 5), f"{name}_pole", z - 0.05, "flag", (-24, 24), lag=lag),
    )


def _bricks(*spots: tuple[float, float]) -> tuple[Mark, ...]:
    return tuple(Mark(Box(x - 4, y - 1.8, 8, 3.6, 1.8), "stone", 0.35) for x, y in spots)


def _lit(x: float, y: float) -> tuple[Mark, Mark]:
    return Mark(Union((circle(x, y, 4.6), Box(x - 4.6, y, 9.2, 8, 1.5))), "lit"), Mark(
        circle(x, y + 5, 3), "glint", 0.8, 1.5
    )


def _lights(brush: Brush, t: float, actor: Actor, colours: Mapping[str, int]) -> None:
    """Candle light around the windows; each flickers to itself."""
    del actor
    for k, (x, y) in enumerate(((-39, -1), (39, -1), (0, -29))):
        brush.glow(x, y, 17, colours["lit"], 0.5 + 0.12 * noise(t * 1.3, "candle", k))


def _crenels(name: str, x0: float, x1: float, y: float, parent: str, z: float) -> Part:
    n = max(2, round((x1 - x0) / 14))
    step = (x1 - x0) / n
    teeth = tuple(Box(x0 + step * (k + 0.14), y - 8, step * 0.72, 12, 3) for k in range(n))
    return Part(
        name,
        Union((Box(x0 - 1, y - 1, x1 - x0 + 2, 8, 3), *teeth)),
        "wall_light",
        ((x0 + x1) / 2, y),
        parent,
        z,
        light=0.8,
    )


ACTOR = Actor(
    words=ActorWords(
        nouns=("castle", "palace", "fairy castle", "sand castle", "sandcastle", "fortress", "tower"),
        emoji=("🏰", "🏯"),
        habitat="ground",
        habit="sleep",
        alive=False,
        settings=("candy_land", "meadow"),
    ),
    colours={
        "body": 0xF3B8CF,
        "wall_light": 0xFBD5DF,
        "stone": 0xC287B4,
        "roof": 0x8E7BD8,
        "shade": 0x7A55A8,
        "lit": 0xFFE08A,
        "glint": 0xFFF8DC,
        "flag": 0xFFC56B,
        "pole": 0xE9D6F2,
        "door": 0x9A5F78,
        "arch": 0xFBE3D2,
        "knob": 0xFFE08A,
    },
    parts=(
        Part(
            "keep",
            Box(-20, -44, 40, 96, 8),
            "body",
            (0, 52),
            None,
            -1,
            "body",
            (-6, 6),
            shade="shade",
            marks=(*_lit(0, -33), *_bricks((-11, -18), (12, -24))),
        ),
        _cap("roof_m", 0, -44, 28, 38, -0.9, "keep"),
        *_pennant("flag_m", 0, -94, "roof_m", 0.2, -0.95),
        Part(
            "tower_l",
            Box(-54, -14, 31, 68, 8),
            "body",
            (-38, 54),
            "keep",
            1,
            "tower_l",
            (-6, 6),
            lag=0.1,
            shade="shade",
            marks=(*_lit(-39, -4), *_bricks((-46, 18), (-32, 28), (-44, 40))),
        ),
        _cap("roof_l", -38.5, -14, 22, 32, 1.1, "tower_l"),
        *_pennant("flag_l", -38.5, -58, "roof_l", 0.27, 1.05),
        Part(
            "tower_r",
            Box(23, -14, 31, 68, 8),
            "body",
            (38, 54),
            "keep",
            1,
            "tower_r",
            (-6, 6),
            lag=0.14,
            shade="shade",
            marks=(*_lit(39, -4), *_bricks((46, 20), (31, 32), (44, 42))),
        ),
        _cap("roof_r", 38.5, -14, 22, 32, 1.1, "tower_r"),
        *_pennant("flag_r", 38.5, -58, "roof_r", 0.33, 1.05),
        Part("wall", Box(-32, 2, 64, 52, 6), "body", (0, 54), "keep", 0.5, shade="shade"),
        _crenels("crenels", -26, 26, 2, "wall", 0.6),
        Part(
            "arch",
            Union((circle(0, 38, 13.5), Box(-13.5, 38, 27, 16, 1))),
            "arch",
            (0, 54),
            "wall",
            0.7,
            light=0.6,
        ),
        Part(
            "door",
            Union((circle(0, 39, 10), Box(-10, 39, 20, 15, 1))),
            "door",
            (0, 54),
            "wall",
            0.8,
            light=0.7,
            marks=(
                Mark(Curve(((0, 28), (0, 56)), 0.9), "shade", 0.6),
                Mark(circle(3.4, 43, 1.4), "knob"),
                Mark(circle(-3.4, 43, 1.4), "knob"),
            ),
        ),
    ),
    face=Face("wall", (Eye(-11, 14, 3.6), Eye(11, 14, 3.6)), (0, 17.5, 4), ((-18, 19.5, 4), (18, 19.5, 4))),
    body="rooted",
    size=0.42,
    box=(-61, -95, 61, 54),
    foot=53,
    sided=False,
    tints=("wall_light", "stone"),
    front=_lights,
)
