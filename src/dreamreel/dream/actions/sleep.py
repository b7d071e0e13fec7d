"""Sleeping: lying low, breathing slowly; once in a while an ear twitches at a dream."""

from __future__ import annotations

from dreamreel.dream.actions._moves import Joints, centred, idle, keys, lifted, posed, swing, turns
from dreamreel.dream.cast import ActionWords
from dreamreel.dream.rig import Action, Actor, Expression, Pose, Turn

__all__ = ["ACTION"]

PERIOD = 8.4
"""Seconds of two breaths."""
BREATHS = 2


def pose(actor: Actor, t: float, phase: float, energy: float) -> Pose:
    """The sleeper at time `t`."""
    u = turns(t, PERIOD, phase, energy)
    breath = keys(u * BREATHS, (0.0, -1.0), (0.38, 1.0), (0.48, 0.92), (0.9, -0.96))
    twitch = keys(u, (0.0, 0.0), (0.60, 0.0), (0.618, 1.0), (0.636, -0.3), (0.654, 0.7), (0.69, 0.0))
    joints = idle(actor, u, PERIOD, 0.4) | _limbs(actor, u, breath, twitch)
    return posed(actor, joints, _root(actor, u, breath), Expression(asleep=True))


def _limbs(actor: Actor, u: float, breath: float, twitch: float) -> Joints:
    nod = (
        Turn(9 - 1.6 * breath, dy=4 - 0.8 * breath)
        if actor.sided
        else Turn(7 + 1.2 * swing(u, 1), dy=1.6 - 0.7 * breath)
    )
    joints = {
        "body": Turn(sx=1 - 0.008 * breath, sy=1 + 0.02 * breath),
        "head": nod,
        "leg_fl": Turn(-34, dx=2, sy=0.6),
        "leg_fr": Turn(-28, dx=3, sy=0.6),
        "leg_bl": Turn(-16, sx=1.12, sy=0.56),
        "leg_br": Turn(-10, sx=1.1, sy=0.58),
        "tail": Turn(-36 + 3 * swing(u, 1)),
        "tail_tip": Turn(-22 + 5 * swing(u, 1, -0.1)),
        "ear_l": Turn(lifted(actor, "ear_l", -9 + 11 * twitch)),
        "ear_r": Turn(lifted(actor, "ear_r", -9 - 1.5 * breath)),
        "trunk": Turn(-8 + 3 * breath),
        "stem": Turn(4 + 1.2 * swing(u, 1)),
        "sail": Turn(sx=0.95 + 0.02 * breath),
        "flame": Turn(sx=0.5, sy=0.34 + 0.05 * breath),
        "flame_core": Turn(sx=0.6, sy=0.5),
    }
    for name in ("arm_l", "arm_r"):
        joints[name] = Turn(lifted(actor, name, -7 + 2.5 * breath))
    for name in ("wing_l", "wing_r", "wing_near", "wing_far"):
        joints[name] = Turn(lifted(actor, name, -3 + 2.5 * breath))
    for name in ("leg_l", "leg_r"):
        tucked = Turn(-8, sy=0.5) if actor.body == "bird" else Turn(-40)
        joints[name] = tucked if actor.sided else Turn(lifted(actor, name, 9))
    return joints


def _root(actor: Actor, u: float, breath: float) -> Turn:
    sx, sy = 1 - 0.01 * breath, 1 + 0.012 * breath
    if "leg_fl" in actor.joints():
        return Turn(0.4 * swing(u, 1), dy=13, sx=sx, sy=sy)
    if actor.body in {"sky", "fish", "insect"} or (actor.body == "vehicle" and not actor.sided):
        return centred(actor, -6 + 2.2 * swing(u, 1), dy=2.2 * swing(u, 2, 0.2), sx=sx, sy=sy)
    if actor.body == "rooted" or "wheel" in actor.joints():
        return Turn(0.6 * swing(u, 1), sx=sx, sy=sy)
    sink = 0.0 if "leg_l" not in actor.joints() else 6.0 if actor.body == "bird" and actor.sided else 3.0
    return Turn(2.5 * swing(u, 1), dy=sink, sx=1.015 * sx, sy=0.985 * sy)


ACTION = Action(
    ActionWords(
        verbs=("sleep", "nap", "snooze", "doze", "rest", "dream", "snore", "lie", "cuddle", "snuggle"),
        adjectives=("asleep", "sleepy", "sleeping", "drowsy", "tired"),
        emoji=("💤", "😴", "🛌"),
    ),
    pose,
    travel="spot",
    period=PERIOD,
)
