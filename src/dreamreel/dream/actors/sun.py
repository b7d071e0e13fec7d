"""A sun: a warm round face in two wreaths of rays that turn against each other."""

from __future__ import annotations

import math
from collections.abc import Mapping

from dreamreel.dream.cast import ActorWords
from dreamreel.dream.hand import Brush
from dreamreel.dream.motion import cycle
from dreamreel.dream.rig import Actor, Eye, Face, Mark, Part
from dreamreel.dream.shapes import Capsule, Oval, Union, circle

__all__ = ["ACTOR"]

_FREE = (-math.inf, math.inf)


def _wreath(n: int, start: float, reach: float, thick: float) -> Union:
    """`n` rays, fat at the disc and slender outside."""
    angles = [math.radians(start + k * 360 / n) for k in range(n)]
    return Union(
        tuple(
            Capsule(
                (33 * math.cos(a), 33 * math.sin(a)),
                (reach * math.cos(a), reach * math.sin(a)),
                thick,
                thick * 0.6,
            )
            for a in angles
        )
    )


def _shine(brush: Brush, t: float, actor: Actor, colours: Mapping[str, int]) -> None:
    del actor
    brush.glow(0, 0, 112 + 5 * cycle(t, 4.7), colours["glow"], 0.42 + 0.05 * cycle(t, 3.1))


ACTOR = Actor(
    words=ActorWords(
        nouns=("sun", "sunshine"),
        emoji=("☀", "☀️", "🌞", "🌅"),
        habitat="sky",
        habit="float",
        settings=("meadow", "beach"),
    ),
    colours={
        "body": 0xFFCB57,
        "ray": 0xFFB04A,
        "ray_light": 0xFFDD86,
        "shade": 0xE2647C,
        "glow": 0xFFE3A0,
        "light": 0xFFF8E2,
    },
    parts=(
        Part(
            "rays_low",
            _wreath(10, 18, 47, 7.8),
            "ray",
            (0, 0),
            None,
            -2,
            "rays_low",
            _FREE,
            light=0.6,
            shade="shade",
        ),
        Part(
            "rays",
            _wreath(10, 0, 53, 8),
            "ray_light",
            (0, 0),
            None,
            -1,
            "rays",
            _FREE,
            light=0.7,
            shade="shade",
        ),
        Part(
            "disc",
            circle(0, 0, 38),
            "body",
            (0, 0),
            None,
            0,
            "body",
            (-25, 25),
            shade="shade",
            marks=(Mark(Oval(-13, -19, 13, 8, -32), "light", 0.4, 4),),
        ),
    ),
    face=Face("disc", (Eye(-13, -1, 5.4), Eye(13, -1, 5.4)), (0, 7, 7), ((-23, 10, 7), (23, 10, 7))),
    body="sky",
    size=0.24,
    box=(-60, -60, 60, 60),
    foot=58,
    sided=False,
    tints=("ray", "ray_light"),
    behind=_shine,
)
