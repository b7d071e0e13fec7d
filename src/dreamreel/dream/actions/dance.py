"""Dancing: a sway from side to side on the beat, arms in the air, and a turn at the end of every bar."""

from __future__ import annotations

import math

from dreamreel.dream.actions._moves import (
    Joints,
    awake,
    beats,
    idle,
    keys,
    lifted,
    posed,
    squashed,
    swing,
    turns,
)
from dreamreel.dream.cast import ActionWords
from dreamreel.dream.motion import smoothstep
from dreamreel.dream.rig import Action, Actor, Pose, Turn

__all__ = ["ACTION"]

PERIOD = 4.0
"""Seconds of one bar of four beats."""
BEATS = 4


def pose(actor: Actor, t: float, phase: float, energy: float) -> Pose:
    """The dance at time `t`."""
    u, much = turns(t, PERIOD, phase, energy), 0.7 + 0.3 * energy
    side, beat = swing(u, BEATS // 2), beats(u, BEATS)
    bounce = keys(beat, (0.0, 0.0), (0.2, 0.35), (0.5, 1.0), (0.8, 0.35))
    sx, sy = squashed(much * keys(beat, (0.0, 0.085), (0.16, 0.02), (0.45, -0.05), (0.8, -0.01)))
    facing, twirl = _turning(actor, u)
    joints = idle(actor, u, PERIOD, 1.4) | _limbs(actor, u, side, much, twirl)
    if actor.body == "rooted":
        root = Turn(2.2 * much * side, dy=-1.5 * bounce, sx=1 + (sx - 1) * 0.5, sy=1 / (1 + (sx - 1) * 0.5))
    else:
        root = Turn(
            8 * much * side * (1 - 0.7 * twirl), 3.5 * side, -(6 * bounce + 7 * twirl) * much, sx * facing, sy
        )
    sing = 0.5 * keys(beat, (0.0, 0.0), (0.3, 1.0), (0.6, 0.0)) if (u * BEATS) % BEATS > BEATS - 2 else 0.0
    return posed(actor, joints, root, awake(t, phase, (0.5 * side, -0.1), sing))


def _turning(actor: Actor, u: float) -> tuple[float, float]:
    """Horizontal foreshortening, and how much of a turn is going on, 0..1.

    Seen from the front it is one twirl on the last beat; seen from the side a half turn, and two beats later one back.
    """
    if actor.body == "rooted":
        return 1.0, 0.0
    x = u % 1.0
    if actor.sided:
        there, back = smoothstep(0.38, 0.50, x), smoothstep(0.88, 1.0, x)
        return math.cos(math.pi * (there + back)), 4 * there * (1 - there) + 4 * back * (1 - back)
    turn = smoothstep(0.73, 0.99, x)
    return math.cos(math.tau * turn), 4 * turn * (1 - turn)


def _limbs(actor: Actor, u: float, side: float, much: float, twirl: float) -> Joints:
    step = swing(u, BEATS // 2, 0.05)
    joints = {
        "leg_fl": Turn(-16 * much * max(step, 0.0), dy=-4 * max(step, 0.0)),
        "leg_br": Turn(14 * much * max(step, 0.0), dy=-3 * max(step, 0.0)),
        "leg_fr": Turn(-16 * much * max(-step, 0.0), dy=-4 * max(-step, 0.0)),
        "leg_bl": Turn(14 * much * max(-step, 0.0), dy=-3 * max(-step, 0.0)),
        "leg_l": Turn(lifted(actor, "leg_l", 12 * max(step, 0.0)), dy=-4 * max(step, 0.0)),
        "leg_r": Turn(lifted(actor, "leg_r", 12 * max(-step, 0.0)), dy=-4 * max(-step, 0.0)),
        "head": Turn(-7 * much * swing(u, BEATS // 2, -0.08), dy=1.2 * swing(u, BEATS, 0.4)),
        "tail": Turn(20 * much * swing(u, BEATS)),
        "tail_tip": Turn(22 * much * swing(u, BEATS, -0.12)),
        "trunk": Turn(14 * side),
        "fin_near": Turn(18 * much * swing(u, BEATS)),
        "fin_far": Turn(18 * much * swing(u, BEATS, 0.3)),
        "stem": Turn(6 * much * side),
        "crown": Turn(6 * much * swing(u, BEATS // 2, -0.08)),
        "crown_top": Turn(7 * much * swing(u, BEATS // 2, -0.16)),
        "wheel": Turn(40 * much * side),
    }
    for name, mine in (("l", 1), ("r", -1)):
        high = 30 + 26 * much * mine * swing(u, BEATS // 2, -0.06) + 24 * twirl
        joints[f"arm_{name}"] = Turn(lifted(actor, f"arm_{name}", high))
        joints[f"wing_{name}"] = Turn(lifted(actor, f"wing_{name}", high * 0.7))
        joints[f"ear_{name}"] = Turn(lifted(actor, f"ear_{name}", 9 * swing(u, BEATS, -0.15) + 14 * twirl))
    joints |= {
        "wing_near": Turn(lifted(actor, "wing_near", 20 + 16 * side)),
        "wing_far": Turn(lifted(actor, "wing_far", 20 - 16 * side)),
    }
    return joints


ACTION = Action(
    ActionWords(verbs=("dance", "sway", "waltz", "groove", "boogie"), emoji=("💃", "🕺")),
    pose,
    travel="spot",
    period=PERIOD,
)
