"""Walking: four feet in the order of a true walk, the body rocking over them, the head nodding against it."""

from __future__ import annotations

import math

from dreamreel.dream.actions._moves import (
    awake,
    idle,
    lifted,
    posed,
    squashed,
    stepping,
    striding,
    swing,
    turns,
)
from dreamreel.dream.cast import ActionWords
from dreamreel.dream.rig import Action, Actor, Pose, Turn

__all__ = ["ACTION"]

PERIOD = 4.4
"""Seconds of four strides."""
STRIDES = 4


def pose(actor: Actor, t: float, phase: float, energy: float) -> Pose:
    """The walk at time `t`."""
    u, much = turns(t, PERIOD, phase, energy), 0.7 + 0.3 * energy
    joints = idle(actor, u, PERIOD, 0.8)
    joints |= striding(u, STRIDES, 24 * much, (0.0, 0.25, 0.5, 0.75))
    joints |= stepping(actor, u, STRIDES, 24 * much)
    joints |= {
        "head": Turn(
            3.2 * swing(u, 2 * STRIDES, 0.2) + 1.5 * swing(u, 1), dy=0.8 * swing(u, 2 * STRIDES, 0.1)
        ),
        "tail": Turn(13 * swing(u, 3)),
        "tail_tip": Turn(15 * swing(u, 3, -0.12)),
        "ear_l": Turn(lifted(actor, "ear_l", 6 * swing(u, 2 * STRIDES))),
        "ear_r": Turn(lifted(actor, "ear_r", 6 * swing(u, 2 * STRIDES, 0.1))),
        "wheel": Turn(360 * STRIDES * u),
    }
    return posed(actor, joints, _root(actor, u, much), awake(t, phase, (0.4 * swing(u, 1), 0.0)))


def _root(actor: Actor, u: float, much: float) -> Turn:
    """How the whole body goes along: legs carry it, wheels rattle, everything else waddles from foot to foot."""
    step = 0.5 + 0.5 * math.cos(math.tau * 2 * STRIDES * u)
    names = actor.joints()
    if "wheel" in names:
        lively = 0.35 if actor.body == "vehicle" else 1.0
        sx, sy = squashed(0.012 * swing(u, 2 * STRIDES) * lively)
        return Turn(0.5 * swing(u, 7), dy=-1.3 * step * lively, sx=sx, sy=sy)
    if "leg_fl" in names or ("leg_l" in names and actor.sided):
        sx, sy = squashed(0.012 * swing(u, 2 * STRIDES, 0.3))
        return Turn(1.3 * swing(u, STRIDES), dy=-2.6 * much * step, sx=sx, sy=sy)
    sx, sy = squashed(0.05 * (0.45 - step) * much)
    return Turn(5.5 * much * swing(u, STRIDES), 1.6 * swing(u, STRIDES), -4.5 * much * step, sx, sy)


ACTION = Action(
    ActionWords(
        verbs=("walk", "stroll", "wander", "wade", "march", "go", "roll", "drive", "stride"), emoji=("🚶",)
    ),
    pose,
    travel="ground",
    speed=0.55,
    period=PERIOD,
)
