"""Running: a gallop that gathers, stretches and hangs in the air, ears blown back."""

from __future__ import annotations

import math

from dreamreel.dream.actions._moves import (
    awake,
    beats,
    idle,
    keys,
    posed,
    squashed,
    stepping,
    striding,
    swept,
    swing,
    turns,
)
from dreamreel.dream.cast import ActionWords
from dreamreel.dream.rig import Action, Actor, Pose, Turn

__all__ = ["ACTION"]

PERIOD = 2.8
"""Seconds of four bounds."""
BOUNDS = 4


def pose(actor: Actor, t: float, phase: float, energy: float) -> Pose:
    """The run at time `t`."""
    u, much = turns(t, PERIOD, phase, energy), 0.7 + 0.3 * energy
    joints = idle(actor, u, PERIOD, 1.5)
    joints |= striding(u, BOUNDS, 40 * much, (0.0, 0.46, 0.1, 0.58), 5)
    joints |= stepping(actor, u, BOUNDS, 40 * much, 7, 0.9)
    blown = 22 + 7 * swing(u, BOUNDS, 0.2)
    joints |= {
        "head": Turn(-4 + 5 * swing(u, BOUNDS, 0.3), dx=1.5),
        "tail": Turn(16 + 12 * swing(u, BOUNDS, 0.1)),
        "tail_tip": Turn(8 + 14 * swing(u, BOUNDS, -0.05)),
        "ear_l": Turn(swept(actor, "ear_l", blown)),
        "ear_r": Turn(swept(actor, "ear_r", blown * 0.9)),
        "wheel": Turn(360 * BOUNDS * u),
    }
    return posed(actor, joints, _root(actor, u, much), awake(t, phase, (0.5, -0.1)))


def _root(actor: Actor, u: float, much: float) -> Turn:
    x = beats(u, BOUNDS)
    air = keys(x, (0.0, 0.0), (0.18, 0.25), (0.5, 1.0), (0.82, 0.25))
    names = actor.joints()
    if "wheel" in names and actor.body == "vehicle":
        sx, sy = squashed(-0.02 * swing(u, BOUNDS))
        return Turn(-1.6 + 0.9 * swing(u, 5), dy=-2.2 * air, sx=sx, sy=sy)
    if "leg_fl" in names:
        sx, sy = squashed(0.045 * much * math.cos(math.tau * (x - 0.44)))
        return Turn(4.2 * much * swing(u, BOUNDS, 0.12), dy=-11 * much * air, sx=sx, sy=sy)
    sx, sy = squashed(0.085 * much * (0.42 - air))
    lean = 8.0 if actor.sided else 0.0
    return Turn(
        lean + 6.5 * much * swing(u, BOUNDS // 2), 2 * swing(u, BOUNDS // 2), -12 * much * air, sx, sy
    )


ACTION = Action(
    ActionWords(
        verbs=("run", "race", "gallop", "dash", "sprint", "trot", "chase", "rush", "hurry"), emoji=("🏃",)
    ),
    pose,
    travel="ground",
    speed=1.15,
    period=PERIOD,
)
