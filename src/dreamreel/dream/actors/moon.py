"""A moon: a plump crescent with a drowsy face, and a small star hanging from its horn."""

from __future__ import annotations

from collections.abc import Mapping

from dreamreel.dream.cast import ActorWords
from dreamreel.dream.hand import Brush
from dreamreel.dream.motion import cycle
from dreamreel.dream.rig import Actor, Eye, Face, Mark, Part, Seat
from dreamreel.dream.shapes import Capsule, Minus, Star, circle

__all__ = ["ACTOR"]

_CRESCENT = Minus(circle(0, 0, 56), circle(31, -16, 43))
_SPOTS = tuple(
    Mark(circle(x, y, r), "spot", 0.42, 0.8)
    for x, y, r in ((-22, -42, 5), (-9, -47, 2.6), (6, 44, 6), (19, 40, 2.8), (-33, -31, 3))
)


def _shine(brush: Brush, t: float, actor: Actor, colours: Mapping[str, int]) -> None:
    """Moonlight, breathing."""
    del actor
    brush.glow(-6, 2, 104 + 4 * cycle(t, 5.3), colours["glow"], 0.34 + 0.05 * cycle(t, 4.1))


ACTOR = Actor(
    words=ActorWords(
        nouns=("moon", "crescent moon", "crescent", "half moon"),
        emoji=("🌙", "🌛", "🌜", "🌝", "🌕"),
        habitat="sky",
        habit="sleep",
        settings=("night_sky", "meadow"),
    ),
    colours={
        "body": 0xFFE7A3,
        "spot": 0xEDC07E,
        "shade": 0xC47FAE,
        "glow": 0xFFEFBE,
        "star": 0xFFF6D8,
        "thread": 0xE9D6F2,
    },
    parts=(
        Part(
            "thread",
            Capsule((12, -54), (12, -20), 0.8, 0.8),
            "thread",
            (12, -52),
            "moon",
            -1,
            "charm",
            lag=0.2,
            light=0.2,
        ),
        Part(
            "charm",
            Star(12, -10, 11.5, 6.2, 5, 3),
            "star",
            (12, -20),
            "thread",
            -1,
            "charm_tip",
            lag=0.3,
            shade="shade",
            glow="glow",
        ),
        Part("moon", _CRESCENT, "body", (0, 0), None, 0, "body", (-25, 25), marks=_SPOTS, shade="shade"),
    ),
    face=Face("moon", (Eye(-43, -3, 4.8), Eye(-23, -1, 4.8)), (-33, 7.5, 5.4), ((-47, 9, 5), (-21, 11, 5))),
    body="sky",
    size=0.26,
    box=(-58, -58, 58, 58),
    foot=56,
    sided=False,
    tints=("spot",),
    behind=_shine,
    seats={"on": Seat(16, 26, 0.6), "in": Seat(16, 26, 0.6)},
)
