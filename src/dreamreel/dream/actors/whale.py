"""A whale: a big round one with a smile, a grooved belly and a small fountain."""

from __future__ import annotations

from collections.abc import Mapping

from dreamreel.dream.cast import ActorWords
from dreamreel.dream.hand import Brush
from dreamreel.dream.motion import smoothstep
from dreamreel.dream.rig import Actor, Eye, Face, Mark, Part, Seat
from dreamreel.dream.shapes import Blob, Capsule, Curve, Oval, circle

__all__ = ["ACTOR"]

_BODY = Blob(
    (
        (70, 4),
        (65, -16),
        (46, -32),
        (14, -38),
        (-18, -30),
        (-38, -12),
        (-50, 2),
        (-40, 18),
        (-14, 33),
        (22, 38),
        (54, 29),
    )
)
_BELLY = Blob(((80, 12), (62, 15), (42, 14), (18, 17), (-14, 22), (-46, 16), (-46, 48), (20, 56), (80, 44)))
_GROOVES = tuple(
    Mark(Curve(((x, 20 + abs(x - 36) * 0.05), (x - 1, 30), (x - 5, 44)), 1.7), "groove", 0.6)
    for x in (2, 14, 26, 38, 50, 61)
)
_FLUKES = Blob(
    (
        (-58, -6),
        (-68, -11),
        (-84, -11),
        (-92, -22),
        (-84, -31),
        (-70, -28),
        (-62, -21),
        (-59, -33),
        (-50, -45),
        (-38, -45),
        (-36, -34),
        (-44, -21),
        (-50, -10),
    )
)
_FIN = Blob(((18, 15), (8, 12), (-6, 22), (-16, 36), (-14, 46), (-2, 46), (12, 36), (20, 25)))


def _spout(brush: Brush, t: float, _who: Actor, colours: Mapping[str, int]) -> None:
    """A fountain of twelve drops on two arcs that swells and rests: drops rise, part and fade."""
    swell = 0.55 + 0.45 * smoothstep(0, 0.3, t / 5 % 1) * (1 - smoothstep(0.55, 0.95, t / 5 % 1))
    for k in range(12):
        age = (t / 1.5 + k / 12 + 0.13 * (k % 3)) % 1
        side, high = (-1 if k % 2 else 1) * (8 + 7 * (k % 3)), (15 + 3 * (k % 4)) * swell
        x, y = 16 + side * age, -37 - 4.4 * high * age * (1 - 0.85 * age)
        brush.fill(
            circle(x, y, 1.6 + 2.6 * age * swell),
            colours["spray"],
            0.9 * (1 - age) ** 0.6 * smoothstep(0, 0.12, age),
        )


ACTOR = Actor(
    words=ActorWords(
        nouns=("whale", "blue whale", "humpback"),
        emoji=("🐳", "🐋"),
        habitat="water",
        habit="swim",
        settings=("open_sea", "underwater", "night_sky"),
    ),
    colours={"body": 0x7FB2EC, "far": 0x6795D6, "belly": 0xFBF6F0, "groove": 0xB9C6EA, "spray": 0xDDF0FA},
    parts=(
        Part(
            "fin_far",
            Blob(((46, 26), (54, 24), (64, 34), (68, 45), (60, 48), (50, 42), (42, 34))),
            "far",
            (48, 27),
            "body",
            -2,
            "fin_far",
            (-45, 45),
            0.1,
        ),
        Part("tail_tip", _FLUKES, "body", (-56, -10), "tail", -1, "tail_tip", (-45, 45), 0.28),
        Part(
            "tail",
            Capsule((-30, 2), (-58, -11), 14, 7),
            "body",
            (-30, 2),
            "body",
            0.5,
            "tail",
            (-30, 30),
            0.17,
            melt=17,
        ),
        Part(
            "body",
            _BODY,
            "body",
            (0, 6),
            None,
            0,
            "body",
            (-20, 20),
            marks=(
                Mark(_BELLY, "belly", 0.97, 0.5),
                *_GROOVES,
                Mark(Oval(-8, -22, 3, 2, -20), "belly", 0.35, 0.4),
                Mark(Oval(0, -28, 4, 2.4, -14), "belly", 0.35, 0.4),
                Mark(Oval(-14, -12, 2.2, 1.6), "belly", 0.3, 0.4),
            ),
        ),
        Part("fin_near", _FIN, "body", (13, 17), "body", 3, "fin_near", (-50, 50), 0.12, melt=8),
    ),
    face=Face("body", (Eye(28, -1, 5.2), Eye(59, -2, 5.2)), (45, 3.5, 6), ((20, 8, 6.5), (66, 7, 5.5))),
    body="fish",
    size=0.36,
    box=(-92, -64, 71, 48),
    foot=14,
    tints=("far",),
    behind=_spout,
    seats={"on": Seat(-10, -32)},
)
