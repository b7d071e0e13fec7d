"""A cloud: soft heaps of white, violet underneath, with a sleepy face."""

from __future__ import annotations

from dreamreel.dream.cast import ActorWords
from dreamreel.dream.rig import Actor, Eye, Face, Mark, Part, Seat
from dreamreel.dream.shapes import Oval, Union, circle

__all__ = ["ACTOR"]

_HEAP = Union(
    (
        circle(-38, 6, 23),
        circle(-20, -15, 26),
        circle(12, -22, 31),
        circle(40, 0, 25),
        circle(22, 14, 24),
        circle(-14, 16, 24),
        Oval(0, 24, 48, 15),
    )
)
_FOLDS = (
    Mark(circle(-44, 28, 21), "fold", 0.16, 4),
    Mark(circle(50, 26, 22), "fold", 0.16, 4),
    Mark(Oval(2, -34, 18, 9, -8), "light", 0.7, 5),
    Mark(Oval(-26, -25, 12, 6, -30), "light", 0.6, 4),
)


ACTOR = Actor(
    words=ActorWords(
        nouns=("cloud", "fluffy cloud", "little cloud"),
        emoji=("☁", "☁️", "⛅", "🌤"),
        habitat="sky",
        habit="float",
        alive=False,
        settings=("night_sky", "meadow"),
    ),
    colours={"body": 0xF3EEFB, "fold": 0xA58FD6, "shade": 0x9179C9, "light": 0xFFFBF2},
    parts=(
        Part(
            "puff_l",
            Union((circle(-52, 18, 15), circle(-38, 22, 15))),
            "body",
            (-34, 22),
            "heap",
            -1,
            "puff_l",
            lag=0.25,
            shade="shade",
        ),
        Part(
            "puff_r",
            Union((circle(58, 18, 14), circle(46, 22, 15))),
            "body",
            (38, 22),
            "heap",
            -1,
            "puff_r",
            lag=0.3,
            shade="shade",
        ),
        Part("heap", _HEAP, "body", (0, 20), None, 0, "body", (-20, 20), marks=_FOLDS, shade="shade"),
    ),
    face=Face("heap", (Eye(-12, 3, 5.4), Eye(18, 3, 5.4)), (3, 10, 6.2), ((-22, 14, 7), (28, 14, 7))),
    body="sky",
    size=0.17,
    box=(-69, -56, 75, 48),
    foot=44,
    sided=False,
    tints=("light",),
    seats={"on": Seat(0, -22), "in": Seat(0, 4, behind=True)},
)
