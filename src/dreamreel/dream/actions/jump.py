"""Jumping: crouch, shoot up, hang, land, settle; the second jump of a round is the higher one."""

from __future__ import annotations

import math

from dreamreel.dream.actions._moves import Joints, awake, beats, idle, keys, lifted, posed, squashed, turns
from dreamreel.dream.cast import ActionWords
from dreamreel.dream.motion import ease_in_out
from dreamreel.dream.rig import Action, Actor, Pose, Turn

__all__ = ["ACTION"]

PERIOD = 3.2
"""Seconds of two jumps."""
TAKE_OFF, TOUCH_DOWN = 0.30, 0.70
"""The part of a jump that is in the air."""
HEIGHTS = (34.0, 46.0)
"""Of the two jumps, in rig units."""

PRESS = (
    (0.0, 0.0),
    (0.08, 0.03),
    (0.20, 0.15),
    (0.24, 0.14),
    (0.31, -0.15),
    (0.40, -0.05),
    (0.50, 0.01),
    (0.62, -0.05),
    (0.69, -0.09),
    (0.755, 0.155),
    (0.84, -0.05),
    (0.92, 0.022),
)
"""(moment, squash): anticipation, stretch, hang, stretch, landing, two swings of a spring."""


def pose(actor: Actor, t: float, phase: float, energy: float) -> Pose:
    """The jump at time `t`."""
    u, much = turns(t, PERIOD, phase, energy), 0.75 + 0.25 * energy
    x = beats(u, 2)
    heavy = 0.5 if actor.body in {"vehicle", "rooted"} else 0.75 if actor.body == "quadruped" else 1.0
    sx, sy = squashed(much * (0.3 + 0.7 * heavy) * keys(x, *PRESS))
    air = min(max((x - TAKE_OFF) / (TOUCH_DOWN - TAKE_OFF), 0.0), 1.0)
    height = HEIGHTS[math.floor(u * 2) % 2] * (0.25 + 0.75 * heavy) * much
    lean = (
        3.5 * keys(x, (0.0, 0.0), (0.2, 0.7), (0.36, -1.0), (0.66, 0.8), (0.85, 0.0)) if actor.sided else 0.0
    )
    joints = idle(actor, u, PERIOD, 1.0) | _limbs(actor, x, much)
    joints["wheel"] = Turn(180 * (math.floor(u * 2) + ease_in_out(air)))
    look = (0.2, keys(x, (0.0, 0.0), (0.2, 0.6), (0.42, -0.8), (0.62, 0.5), (0.9, 0.0)))
    cheer = keys(x, (0.0, 0.0), (0.28, 0.0), (0.42, 0.65), (0.6, 0.6), (0.74, 0.0))
    return posed(
        actor,
        joints,
        Turn(lean, dy=-4 * height * air * (1 - air), sx=sx, sy=sy),
        awake(t, phase, look, cheer),
    )


def _limbs(actor: Actor, x: float, much: float) -> Joints:
    """Legs push, trail, tuck, reach for the ground; what hangs is late: down on the way up, up on the way down."""
    tuck = much * keys(
        x,
        (0.0, 0.0),
        (0.2, 0.25),
        (0.30, -0.5),
        (0.46, 1.0),
        (0.58, 0.9),
        (0.70, 0.05),
        (0.76, 0.2),
        (0.9, 0.0),
    )
    drag = much * keys(
        x,
        (0.0, 0.0),
        (0.2, 0.3),
        (0.34, -1.0),
        (0.5, 0.0),
        (0.68, 1.0),
        (0.78, -0.7),
        (0.88, 0.25),
        (0.96, 0.0),
    )
    reach = much * keys(x, (0.0, 0.0), (0.2, -0.35), (0.36, 1.0), (0.6, 0.9), (0.77, -0.2), (0.9, 0.0))
    joints = {
        "leg_fl": Turn(-38 * tuck, dy=-2.5 * max(tuck, 0.0)),
        "leg_fr": Turn(-32 * tuck, dy=-2.5 * max(tuck, 0.0)),
        "leg_bl": Turn(-34 * tuck, dy=-2.5 * max(tuck, 0.0)),
        "leg_br": Turn(-28 * tuck, dy=-2.5 * max(tuck, 0.0)),
        "head": Turn(-5 * reach - 4 * drag) if actor.sided else Turn(dy=-2 * drag),
        "tail": Turn(22 * drag),
        "tail_tip": Turn(26 * drag),
        "trunk": Turn(16 * reach),
    }
    for name in ("ear_l", "ear_r"):
        joints[name] = Turn(lifted(actor, name, 20 * drag))
    for name in ("arm_l", "arm_r"):
        joints[name] = Turn(lifted(actor, name, 58 * reach))
    for name in ("wing_l", "wing_r", "wing_near", "wing_far"):
        joints[name] = Turn(lifted(actor, name, 34 * reach))
    for name in ("leg_l", "leg_r"):
        joints[name] = (
            Turn(-26 * tuck) if actor.sided else Turn(lifted(actor, name, 15 * tuck), dy=-4 * max(tuck, 0.0))
        )
    return joints


ACTION = Action(
    ActionWords(verbs=("jump", "leap", "bounce", "spring"), emoji=("🤸",)),
    pose,
    travel="ground",
    speed=0.35,
    period=PERIOD,
)
