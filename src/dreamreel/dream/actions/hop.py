"""Hopping: a big hop and a little one, a breath, and again, as rabbits go."""

from __future__ import annotations

import math

from dreamreel.dream.actions._moves import awake, beats, idle, keys, lifted, posed, squashed, swing, turns
from dreamreel.dream.cast import ActionWords
from dreamreel.dream.rig import Action, Actor, Pose, Turn

__all__ = ["ACTION"]

PERIOD = 2.8
"""Seconds of two pairs of hops."""

PRESS = (
    (0.0, 0.0),
    (0.08, 0.09),
    (0.13, -0.06),
    (0.27, 0.0),
    (0.40, -0.04),
    (0.465, 0.11),
    (0.53, -0.05),
    (0.65, 0.0),
    (0.76, -0.03),
    (0.82, 0.09),
    (0.90, -0.025),
    (0.96, 0.008),
)
"""(moment, squash) of one pair: crouch, stretch, touch, crouch, stretch, touch, settle."""

PITCH = (
    (0.0, 0.0),
    (0.08, 2.0),
    (0.18, -7.0),
    (0.38, 6.0),
    (0.47, 1.0),
    (0.56, -5.0),
    (0.74, 5.0),
    (0.86, 0.0),
)
"""(moment, degrees): nose up as it leaves the ground, down as it comes back."""

PUSH = (
    (0.0, 0.0),
    (0.10, -0.3),
    (0.20, 1.0),
    (0.42, -0.3),
    (0.5, -0.2),
    (0.58, 0.8),
    (0.78, -0.2),
    (0.9, 0.0),
)
"""(moment, share): how far the legs are stretched out behind; below 0 they are gathered under the body."""

LATE = (
    (0.0, 0.0),
    (0.16, -1.0),
    (0.28, 0.0),
    (0.40, 1.0),
    (0.49, -0.8),
    (0.60, -0.3),
    (0.74, 0.8),
    (0.84, -0.6),
    (0.93, 0.15),
)
"""(moment, share): what hangs loose (ears, tail) follows a moment later."""


def pose(actor: Actor, t: float, phase: float, energy: float) -> Pose:
    """The hop at time `t`."""
    u, much = turns(t, PERIOD, phase, energy), 0.75 + 0.25 * energy
    x = beats(u, 2)
    first, second = _air(x, 0.12, 0.42), _air(x, 0.52, 0.78)
    up = 19 * first + 12 * second
    press = keys(x, *PRESS)
    sx, sy = squashed(press * much)
    pitch = keys(x, *PITCH) * (much if actor.sided else 0.0)
    push = keys(x, *PUSH) * much
    late = keys(x - 0.05, *LATE) * much
    joints = idle(actor, u, PERIOD, 0.8)
    joints |= {
        "leg_fl": Turn(-26 * push),
        "leg_fr": Turn(-22 * push),
        "leg_bl": Turn(34 * push),
        "leg_br": Turn(30 * push),
        "head": Turn(-0.5 * pitch + 2 * late) if actor.sided else Turn(3 * swing(u, 2), dy=-1.4 * late),
        "tail": Turn(15 * late),
        "tail_tip": Turn(18 * late),
        "wheel": Turn(
            180 * (2 * u - x)
            + 180 * keys(min(x, 0.999), (0.0, 0.0), (0.1, 0.0), (0.46, 0.6), (0.82, 1.0), (0.9999, 1.0))
        ),
    }
    for name in ("ear_l", "ear_r"):
        joints[name] = Turn(lifted(actor, name, 16 * late))
    for name in ("arm_l", "arm_r", "wing_l", "wing_r", "wing_near", "wing_far"):
        joints[name] = Turn(lifted(actor, name, 12 + 20 * push))
    for name in ("leg_l", "leg_r"):
        joints[name] = Turn(-18 * push) if actor.sided else Turn(dy=-2.5 * max(push, 0.0))
    tilt = pitch if actor.sided else 4.5 * much * (first - second) * (1 if math.floor(u * 2) % 2 else -1)
    heavy = 0.6 if actor.body in {"vehicle", "rooted"} else 1.0
    return posed(
        actor, joints, Turn(tilt, dy=-up * heavy * much, sx=sx, sy=sy), awake(t, phase, (0.3, -0.2 * push))
    )


def _air(x: float, start: float, end: float) -> float:
    """The parabola of one hop, 0 outside it and 1 at its top."""
    s = min(max((x - start) / (end - start), 0.0), 1.0)
    return 4 * s * (1 - s)


ACTION = Action(
    ActionWords(verbs=("hop", "skip", "bob", "bunny hop"), emoji=("🦘",)),
    pose,
    travel="ground",
    speed=0.4,
    period=PERIOD,
)
