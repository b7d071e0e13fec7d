"""A star: five plump tips and a wide-eyed face, twinkling."""

from __future__ import annotations

from collections.abc import Mapping

from dreamreel.dream.cast import ActorWords
from dreamreel.dream.hand import Brush
from dreamreel.dream.motion import cycle
from dreamreel.dream.rig import Actor, Eye, Face, Mark, Part
from dreamreel.dream.shapes import Oval, Star, Union

__all__ = ["ACTOR"]

_BODY = Star(0, 4, 63, 34, 5, 21)


def _shine(brush: Brush, t: float, actor: Actor, colours: Mapping[str, int]) -> None:
    del actor
    brush.glow(0, 2, 92 + 5 * cycle(t, 3.1), colours["glow"], 0.36 + 0.07 * cycle(t, 2.3))


def _twinkle(brush: Brush, t: float, actor: Actor, colours: Mapping[str, int]) -> None:
    """Three tiny glints that take turns around it."""
    del actor
    for x, y, r, period, phase in ((-46, -34, 7, 2.9, 0.0), (50, -22, 5, 3.7, 0.4), (40, 48, 6, 3.3, 0.7)):
        size = max(0.0, cycle(t, period, phase)) ** 2
        if size > 0.02:
            with brush.at(x, y, 12 * cycle(t, period * 2, phase), r / 7 * size):
                brush.fill(
                    Union((Oval(0, 0, 7, 1.2), Oval(0, 0, 1.2, 7), Oval(0, 0, 2.2, 2.2))),
                    colours["light"],
                    0.95,
                )


ACTOR = Actor(
    words=ActorWords(
        nouns=("star", "starlet", "little star", "twinkling star"),
        emoji=("⭐", "🌟", "✨", "🌠"),
        habitat="sky",
        habit="float",
        settings=("night_sky", "space"),
    ),
    colours={"body": 0xFFD76E, "shade": 0xD5739A, "glow": 0xFFE9A8, "light": 0xFFFBEA},
    parts=(
        Part(
            "star",
            _BODY,
            "body",
            (0, 6),
            None,
            0,
            "body",
            (-30, 30),
            shade="shade",
            marks=(Mark(Oval(-10, -26, 7, 14, 22), "light", 0.42, 4),),
        ),
    ),
    face=Face("star", (Eye(-14, 3, 5.6), Eye(14, 3, 5.6)), (0, 10, 6), ((-24, 13, 6.5), (24, 13, 6.5))),
    body="sky",
    size=0.17,
    box=(-57, -56, 57, 54),
    foot=52,
    sided=False,
    behind=_shine,
    front=_twinkle,
)
