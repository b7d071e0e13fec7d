"""Spinning: wind up, whirl with everything flying outward, come to rest with a sway."""

from __future__ import annotations

import math

from dreamreel.dream.actions._moves import (
    awake,
    centred,
    eased_turns,
    idle,
    keys,
    lifted,
    posed,
    squashed,
    turns,
)
from dreamreel.dream.cast import ActionWords
from dreamreel.dream.rig import Action, Actor, Pose, Turn

__all__ = ["ACTION"]

PERIOD = 3.2
"""Seconds of one whirl and its rest."""
REST = 0.2
"""The part of it spent standing."""


def pose(actor: Actor, t: float, phase: float, energy: float) -> Pose:
    """The spin at time `t`."""
    u, much = turns(t, PERIOD, phase, energy), 0.75 + 0.25 * energy
    x = u % 1.0
    whirl = keys(x, (0.0, 0.0), (0.12, 0.0), (0.35, 0.75), (0.5, 1.0), (0.65, 0.75), (0.9, 0.0))
    sway = keys(
        x,
        (0.0, 0.0),
        (0.06, -0.5),
        (0.12, -1.0),
        (0.22, 0.6),
        (0.4, 0.0),
        (0.84, 0.0),
        (0.91, 1.0),
        (0.97, -0.3),
    )
    sx, sy = squashed(
        much * (0.06 * keys(x, (0.0, 0.0), (0.11, 1.0), (0.22, 0.0), (0.88, 0.0), (0.94, 0.7)) - 0.05 * whirl)
    )
    joints = idle(actor, u, PERIOD, 0.8 + whirl)
    out = 40 * whirl * much
    for name in ("arm_l", "arm_r", "wing_l", "wing_r", "wing_near", "wing_far"):
        joints[name] = Turn(lifted(actor, name, 4 + out))
    for name in ("ear_l", "ear_r"):
        joints[name] = Turn(lifted(actor, name, 0.5 * out + 4 * sway))
    for name, way in (("leg_fl", -1), ("leg_fr", -1), ("leg_bl", 1), ("leg_br", 1)):
        joints[name] = Turn(0.35 * way * out)
    for name in ("leg_l", "leg_r"):
        joints[name] = Turn(lifted(actor, name, 0.2 * out))
    joints |= {
        "tail": Turn(0.6 * out + 8 * sway),
        "tail_tip": Turn(0.4 * out + 10 * sway),
        "head": Turn(3 * sway, dy=-1.5 * whirl),
        "rays": Turn(24 * whirl),
        "rays_low": Turn(14 * whirl),
        "wheel": Turn(360 * eased_turns(u, 2, REST)),
    }
    up = -10 * whirl * much
    if _rolls(actor):
        root = centred(actor, 360 * eased_turns(u, 1, REST) + 9 * sway * much, 0, up, sx, sy)
    else:
        root = Turn(4 * sway * much, 0, up, sx * math.cos(math.tau * eased_turns(u, 2, REST)), sy)
    return posed(actor, joints, root, awake(t, phase, (0.0, -0.2 * whirl), 0.5 * max(0.0, whirl - 0.3)))


def _rolls(actor: Actor) -> bool:
    """Whether it turns like a wheel: round things do, everyone else turns on their toes, panels turn by themselves."""
    width, height = actor.box[2] - actor.box[0], actor.height
    return actor.body in {"sky", "toy"} and 0.85 < width / height < 1.18 and "wheel" not in actor.joints()


ACTION = Action(
    ActionWords(verbs=("spin", "twirl", "whirl", "turn", "rotate", "pirouette"), emoji=("🌀",)),
    pose,
    travel="spot",
    period=PERIOD,
)
