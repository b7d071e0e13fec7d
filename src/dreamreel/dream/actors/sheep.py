"""A sheep: a cloud of wool on four stick legs."""

from __future__ import annotations

import math

from dreamreel.dream.cast import ActorWords
from dreamreel.dream.rig import Actor, Eye, Face, Mark, Part
from dreamreel.dream.shapes import Capsule, Curve, Oval, Union, circle, union

__all__ = ["ACTOR"]

_WOOL = Union((circle(0, 0, 36), *(Oval(math.cos(a) * 40, math.sin(a) * 24, 20, 19) for a in (0.1, 0.8, 1.5, 2.2, 2.9, 3.6, 4.3, 5.0, 5.7))))
_CURLS = tuple(
    Mark(Curve(((x - r, y + r * 0.3), (x - r * 0.5, y - r * 0.6), (x + r * 0.5, y - r * 0.6), (x + r, y + r * 0.3)), 3), "curl", 0.3)
    for x, y, r in ((-16, -4, 11), (6, -10, 13), (-28, 8, 8), (14, 10, 9), (-8, 14, 10))
)


def _leg(name: str, x: float, z: float) -> Part:
    return Part(name, Capsule((x, 26), (x, 52), 6.5, 5.5), "skin", (x, 24), None, z, name)


ACTOR = Actor(
    words=ActorWords(nouns=("sheep", "lamb", "ewe", "ram"), emoji=("🐑", "🐏"), habitat="ground", habit="walk", settings=("meadow",)),
    colours={"body": 0xF6EFE6, "curl": 0xA995D0, "skin": 0x7B6190, "wool_shade": 0x8C7BC0},
    parts=(
        _leg("leg_fr", 30, -3),
        _leg("leg_br", -26, -3),
        Part("tail", circle(-46, -2, 9), "body", (-38, 0), None, -1, "tail", lag=0.2, shade="wool_shade"),
        Part("wool", _WOOL, "body", (0, 0), None, 0, "body", marks=_CURLS, shade="wool_shade"),
        _leg("leg_fl", 18, 1),
        _leg("leg_bl", -36, 1),
        Part("ear_l", Oval(30, -22, 13, 7, -30), "skin", (38, -20), "head", 2, "ear_l", lag=0.17),
        Part("ear_r", Oval(61, -24, 12, 6, 25), "skin", (55, -22), "head", 2, "ear_r", lag=0.2),
        Part("head", Oval(46, -10, 19, 23), "skin", (34, -2), "wool", 3, "head", (-25, 25)),
        Part("tuft", union(circle(40, -31, 9), circle(51, -33, 10), circle(46, -28, 10)), "body", (46, -28), "head", 5, "tuft", lag=0.17, shade="wool_shade"),
    ),
    face=Face("head", (Eye(40, -12, 4.6), Eye(54, -12, 4.6)), (48, -2, 5), ((36, -3, 5), (58, -3, 5))),
    body="quadruped",
    size=0.2,
    box=(-60, -46, 72, 58),
    foot=57,
)
