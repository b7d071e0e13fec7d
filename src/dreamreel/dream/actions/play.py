"""Playing: two hops, a look around, a paw reaching for something, a play bow with a wagging tail."""

from __future__ import annotations

import math

from dreamreel.dream.actions._moves import Joints, awake, idle, keys, lifted, posed, squashed, swing, turns
from dreamreel.dream.cast import ActionWords
from dreamreel.dream.rig import Action, Actor, Pose, Turn

__all__ = ["ACTION"]

PERIOD = 6.0
"""Seconds of one round of the game."""

HOPS = ((0.035, 0.115, 13.0), (0.14, 0.225, 17.0), (0.93, 0.99, 8.0))
"""(take-off, landing, height) in parts of the round and rig units."""
PRESS = (
    (0.0, 0.02),
    (0.025, 0.08),
    (0.045, -0.06),
    (0.10, -0.03),
    (0.125, 0.09),
    (0.15, -0.06),
    (0.21, -0.03),
    (0.235, 0.11),
    (0.265, -0.03),
    (0.30, 0.0),
    (0.60, 0.0),
    (0.66, -0.02),
    (0.72, 0.0),
    (0.78, 0.075),
    (0.90, 0.07),
    (0.935, -0.04),
    (0.985, 0.05),
)
"""(moment, squash)."""


def pose(actor: Actor, t: float, phase: float, energy: float) -> Pose:
    """The game at time `t`."""
    u, much = turns(t, PERIOD, phase, energy), 0.75 + 0.25 * energy
    x = u % 1.0
    around = keys(
        x, (0.0, 0.0), (0.28, 0.0), (0.34, -1.0), (0.41, -0.9), (0.48, 1.0), (0.55, 0.9), (0.60, 0.1)
    )
    reach = keys(
        x,
        (0.0, 0.0),
        (0.55, 0.0),
        (0.61, 0.8),
        (0.64, 0.5),
        (0.67, 1.0),
        (0.70, 0.6),
        (0.73, 0.9),
        (0.78, 0.0),
    )
    bow = keys(x, (0.0, 0.0), (0.74, 0.0), (0.80, 1.0), (0.89, 1.0), (0.94, 0.0))
    up = sum(h * _air(x, a, b) for a, b, h in HOPS)
    sx, sy = squashed(much * keys(x, *PRESS))
    joints = idle(actor, u, PERIOD, 1.2) | _limbs(actor, u, up, around, reach, bow, much)
    wiggle = bow * swing(u, 14)
    heavy = 0.55 if actor.body in {"vehicle", "rooted"} else 1.0
    lean = 9 * bow * much + 3 * reach if actor.sided else 5 * around - 6 * reach + 4 * wiggle
    lean += 4 * swing(u, 3) * min(1.0, up / 12)
    root = Turn(lean * (0.5 if actor.body == "rooted" else 1.0), 1.6 * wiggle, -up * heavy * much, sx, sy)
    laugh = 0.55 * keys(
        x, (0.0, 0.3), (0.05, 0.9), (0.2, 0.9), (0.27, 0.0), (0.78, 0.0), (0.84, 0.9), (0.97, 0.7)
    )
    return posed(actor, joints, root, awake(t, phase, (around + 0.4 * reach, -0.5 * reach), laugh))


def _air(x: float, start: float, end: float) -> float:
    """The parabola of one hop, 0 outside it and 1 at its top."""
    s = min(max((x - start) / (end - start), 0.0), 1.0)
    return 4 * s * (1 - s)


def _limbs(actor: Actor, u: float, up: float, around: float, reach: float, bow: float, much: float) -> Joints:
    air = up / 17
    paw = reach + 0.25 * reach * swing(u, 12)
    wag = 8 + 16 * bow + 6 * air
    joints = {
        "leg_fl": Turn(-44 * paw * much - 18 * air - 26 * bow, dy=-4 * reach),
        "leg_fr": Turn(-15 * air - 22 * bow),
        "leg_bl": Turn(22 * air + 8 * bow),
        "leg_br": Turn(18 * air + 8 * bow),
        "head": Turn(
            (4 * around - 5 * reach - 10 * bow) if actor.sided else (7 * around + 3 * bow), dx=1.6 * around
        ),
        "tail": Turn(10 * bow + wag * much * math.sin(math.tau * 10 * u)),
        "tail_tip": Turn(1.1 * wag * much * math.sin(math.tau * (10 * u - 0.12))),
        "trunk": Turn(-30 * reach * much + 10 * around),
        "trunk_tip": Turn(-20 * reach * much),
        "fin_near": Turn(20 * paw + 8 * swing(u, 4)),
        "stem": Turn(5 * around - 4 * reach),
        "crown": Turn(4 * around),
        "crown_top": Turn(5 * around),
        "sail": Turn(5 * around),
        "flag": Turn(16 * swing(u, 6)),
        "wheel": Turn(60 * around + 60 * reach),
    }
    joints["arm_l"] = Turn(lifted(actor, "arm_l", 8 + 34 * air + 12 * bow + 10 * max(-around, 0.0)))
    joints["arm_r"] = Turn(lifted(actor, "arm_r", 8 + 34 * air + 12 * bow + 62 * paw * much))
    for name, much_more in (("wing_l", 0.2), ("wing_r", 1.0), ("wing_near", 1.0), ("wing_far", 0.4)):
        joints[name] = Turn(
            lifted(actor, name, 4 + 26 * air + 30 * paw * much_more + 8 * bow * swing(u, 14, 0.2))
        )
    for name, way in (("ear_l", 1), ("ear_r", -1)):
        joints[name] = Turn(lifted(actor, name, 8 * way * around + 12 * reach - 8 * bow + 10 * air))
    for name in ("leg_l", "leg_r"):
        joints[name] = Turn(-16 * air) if actor.sided else Turn(lifted(actor, name, 8 * air), dy=-2.5 * air)
    return joints


ACTION = Action(
    ActionWords(
        verbs=("play", "frolic", "romp", "explore", "laugh", "giggle", "wave", "have fun"),
        adjectives=("playful",),
        emoji=("🎉",),
    ),
    pose,
    travel="spot",
    speed=0.0,
    period=PERIOD,
)
