"""A toy train: a round-nosed engine with a face, two wagons with toys' cargo, and puffs of steam."""

from __future__ import annotations

import math
from collections.abc import Mapping

from dreamreel.dream.cast import ActorWords
from dreamreel.dream.hand import Brush, mix
from dreamreel.dream.motion import cycle
from dreamreel.dream.rig import Actor, Eye, Face, Mark, Part, Seat
from dreamreel.dream.shapes import Blob, Box, Capsule, Curve, Oval, Star, Union, circle

__all__ = ["ACTOR"]

_FREE = (-math.inf, math.inf)


def _wheel(name: str, x: float, r: float, parent: str) -> Part:
    """A wheel with a hub and spokes, so that its turning shows."""
    y = 44 - r
    spokes = tuple(
        Mark(
            Capsule((x, y), (x + r * 0.66 * math.cos(a), y + r * 0.66 * math.sin(a)), r * 0.07, r * 0.07),
            "hub",
            0.8,
        )
        for a in (k * math.tau / 5 for k in range(5))
    )
    return Part(
        name,
        circle(x, y, r),
        "wheel",
        (x, y),
        parent,
        3,
        "wheel",
        _FREE,
        light=0.55,
        marks=(*spokes, Mark(circle(x, y, r * 0.3), "hub")),
    )


def _steam(brush: Brush, t: float, actor: Actor, colours: Mapping[str, int]) -> None:
    """Puffs that leave the chimney one by one, swell, drift back and melt."""
    del actor
    for k in range(5):
        age = (t / 2.6 + k / 5) % 1
        x = 66 - 62 * age**1.25 + 3 * cycle(t, 2.3, k * 0.37)
        y = -34 - 34 * age**0.7
        fade = min(1.0, age * 7) * (1 - age) ** 0.8
        r = 4 + 12 * age**0.7
        with brush.at(x, y, 0, r / 10):
            brush.fill(
                Union((circle(-5, 3, 7), circle(4, -1, 9), circle(9, 5, 6))),
                mix(colours["steam"], colours["shade"], 0.22),
                0.7 * fade,
                1.6,
            )
            brush.fill(Union((circle(-5, 1.5, 6), circle(3, -3, 8))), colours["steam"], 0.8 * fade, 2)


ACTOR = Actor(
    words=ActorWords(
        nouns=("toy train", "train", "choo choo", "choo choo train", "locomotive", "steam train", "railway"),
        emoji=("🚂", "🚃", "🚆", "🚄"),
        habitat="ground",
        habit="walk",
        alive=False,
        settings=("bedroom", "meadow", "candy_land"),
    ),
    colours={
        "body": 0x6FB7E9,
        "nose": 0x8ECAF2,
        "roof": 0xEF7088,
        "brass": 0xFFD57C,
        "wheel": 0xF07C74,
        "hub": 0xFFF1D6,
        "glass": 0xFFEFB8,
        "shade": 0x6A58B4,
        "wagon": 0xFFC56B,
        "wagon_b": 0x95D6A0,
        "frame": 0x7D6BB8,
        "steam": 0xFBF7FF,
        "load_a": 0xF58FA8,
        "load_b": 0xB9A0EA,
        "load_c": 0xFFE08A,
        "light": 0xFFFFFF,
    },
    parts=(
        # engine
        Part("frame", Box(-2, 24, 92, 10, 5), "frame", (44, 30), None, 0),
        Part(
            "catcher",
            Blob(((82, 24), (94, 38), (92, 42), (80, 40), (76, 28))),
            "roof",
            (82, 30),
            "frame",
            -0.5,
            light=0.8,
        ),
        Part(
            "chimney",
            Union((Capsule((66, -14), (66, -2), 6, 5.5), Capsule((58, -22), (74, -22), 4.6, 4.6))),
            "frame",
            (66, -2),
            "boiler",
            -0.4,
            "chimney",
            (-10, 10),
            lag=0.1,
        ),
        Part("dome", Oval(42, -6, 9, 10), "brass", (42, 0), "boiler", -0.3),
        Part(
            "boiler",
            Box(14, -8, 72, 38, 18),
            "body",
            (48, 28),
            "frame",
            1,
            "body",
            (-8, 8),
            shade="shade",
            marks=(
                Mark(Box(30, -12, 5, 46, 0), "brass", 0.9),
                Mark(Curve(((40, -2), (60, -3.5), (76, 1)), 3.4), "light", 0.5, 1.6),
            ),
        ),
        Part("cab", Box(-8, -26, 36, 56, 9), "body", (10, 28), "frame", 1.2, "cab", (-6, 6), shade="shade"),
        Part("window", Box(-1, -17, 22, 19, 7), "glass", (10, -8), "cab", 1.3, glow="glass", light=0.6),
        Part("roof", Box(-14, -36, 48, 13, 6.5), "roof", (10, -28), "cab", 1.4, lag=0.0),
        _wheel("wheel_1", 12, 14, "frame"),
        _wheel("wheel_2", 45, 10.5, "frame"),
        _wheel("wheel_3", 72, 10.5, "frame"),
        # wagons
        Part("coupling", Capsule((-20, 31), (2, 31), 2.6, 2.6), "frame", (0, 30), "frame", -1),
        Part(
            "wagon",
            Box(-52, 8, 38, 26, 8),
            "wagon",
            (-33, 34),
            "frame",
            1,
            "wagon",
            (-6, 6),
            lag=0.12,
            shade="shade",
            marks=(Mark(Capsule((-54, 15), (-10, 15), 1.6, 1.6), "light", 0.4),),
        ),
        Part("load_1", circle(-42, 4, 9.5), "load_a", (-42, 12), "wagon", 0.6, "load", (-12, 12), lag=0.2),
        Part(
            "load_2",
            Star(-24, 2, 12.5, 7.4, 5, 5),
            "load_c",
            (-24, 12),
            "wagon",
            0.5,
            "load",
            (-12, 12),
            lag=0.26,
        ),
        _wheel("wheel_4", -43, 9, "frame"),
        _wheel("wheel_5", -23, 9, "frame"),
        Part("coupling_2", Capsule((-66, 31), (-48, 31), 2.6, 2.6), "frame", (-50, 30), "frame", -1),
        Part(
            "wagon_2",
            Box(-98, 8, 38, 26, 8),
            "wagon_b",
            (-79, 34),
            "frame",
            1,
            "wagon",
            (-6, 6),
            lag=0.22,
            shade="shade",
            marks=(Mark(Capsule((-100, 15), (-56, 15), 1.6, 1.6), "light", 0.4),),
        ),
        Part(
            "load_3",
            Union((circle(-88, 4, 8), circle(-70, 5, 7.5), circle(-79, -2, 9.5))),
            "load_b",
            (-79, 12),
            "wagon_2",
            0.6,
            "load",
            (-12, 12),
            lag=0.3,
        ),
        _wheel("wheel_6", -89, 9, "frame"),
        _wheel("wheel_7", -69, 9, "frame"),
    ),
    face=Face("boiler", (Eye(55, 5, 4.6), Eye(74, 5, 4.6)), (64.5, 11, 5), ((48, 13, 5), (80, 12, 5))),
    body="vehicle",
    size=0.19,
    box=(-99, -40, 95, 45),
    foot=44,
    tints=("nose",),
    behind=_steam,
    seats={"on": Seat(-22, 6, 0.7, behind=True), "in": Seat(-22, 6, 0.7, behind=True)},
)
