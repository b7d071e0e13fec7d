"""A heart: a soft pillow of one, with a content face and two stub arms."""

from __future__ import annotations

from collections.abc import Mapping

from dreamreel.dream.cast import ActorWords
from dreamreel.dream.hand import Brush
from dreamreel.dream.motion import cycle
from dreamreel.dream.rig import Actor, Eye, Face, Mark, Part
from dreamreel.dream.shapes import Blob, Oval

__all__ = ["ACTOR"]

_HEART = Blob(
    (
        (0, -29),
        (9, -42),
        (28, -49),
        (48, -40),
        (55, -18),
        (46, 6),
        (25, 31),
        (8, 47),
        (0, 50),
        (-8, 47),
        (-25, 31),
        (-46, 6),
        (-55, -18),
        (-48, -40),
        (-28, -49),
        (-9, -42),
    )
)


def _shine(brush: Brush, t: float, actor: Actor, colours: Mapping[str, int]) -> None:
    del actor
    brush.glow(0, -2, 88 + 4 * cycle(t, 2.4), colours["body"], 0.26 + 0.05 * cycle(t, 2.4))


ACTOR = Actor(
    words=ActorWords(
        nouns=("heart", "love", "love heart", "little heart"),
        emoji=("❤", "❤️", "💖", "💗", "💕", "💛", "💙", "💜", "💚"),
        habitat="sky",
        habit="float",
        settings=("candy_land", "night_sky"),
    ),
    colours={"body": 0xF5718F, "shade": 0x8E3F9C, "light": 0xFFF3EE},
    parts=(
        Part(
            "heart",
            _HEART,
            "body",
            (0, 8),
            None,
            0,
            "body",
            (-25, 25),
            shade="shade",
            marks=(
                Mark(Oval(-31, -32, 12, 7, -38), "light", 0.55, 3.2),
                Mark(Oval(-43, -17, 3.4, 4.6, 12), "light", 0.5, 1.4),
            ),
        ),
    ),
    face=Face("heart", (Eye(-16, -10, 5.6), Eye(16, -10, 5.6)), (0, -2, 6.4), ((-27, 1, 7), (27, 1, 7))),
    body="sky",
    size=0.17,
    box=(-56, -50, 56, 51),
    foot=49,
    sided=False,
    behind=_shine,
)
