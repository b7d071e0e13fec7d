"""Floating: weightless, every limb drifting at its own pace."""

from __future__ import annotations

from dreamreel.dream.actions._moves import awake, centred, flapping, idle, lifted, posed, swing, turns
from dreamreel.dream.cast import ActionWords
from dreamreel.dream.rig import Action, Actor, Pose, Turn

__all__ = ["ACTION"]

PERIOD = 8.0
"""Seconds of one slow round of drifting."""


def pose(actor: Actor, t: float, phase: float, energy: float) -> Pose:
    """The drift at time `t`."""
    u, much = turns(t, PERIOD, phase, energy), 0.7 + 0.3 * energy
    joints = idle(actor, u, PERIOD, 0.9) | flapping(actor, u, 5, 14 * much, 10 * much)
    side = 1.0 if actor.sided else 0.0
    for name, rest, offset in (
        ("leg_fl", -18, 0.0),
        ("leg_fr", -10, 0.3),
        ("leg_bl", 16, 0.55),
        ("leg_br", 9, 0.8),
    ):
        joints[name] = Turn(rest + 9 * much * swing(u, 3, offset))
    for name, offset in (("leg_l", 0.0), ("leg_r", 0.35)):
        joints[name] = Turn(lifted(actor, name, (1 - side) * 6 + 7 * much * swing(u, 3, offset)))
    for name, offset in (("arm_l", 0.1), ("arm_r", 0.5)):
        joints[name] = Turn(lifted(actor, name, 24 + 10 * much * swing(u, 2, offset)))
    joints |= {
        "head": Turn(4 * swing(u, 2, 0.15), dy=0.8 * swing(u, 3)),
        "tail": Turn(10 * swing(u, 3)),
        "tail_tip": Turn(14 * swing(u, 3, -0.15)),
        "wheel": Turn(14 * swing(u, 1)),
    }
    breath = 0.016 * swing(u, 2, 0.4)
    tilt = 2.6 if actor.body in {"vehicle", "rooted"} else 4.5
    root = centred(
        actor,
        much * (tilt * swing(u, 1) + 0.3 * tilt * swing(u, 3, 0.2)),
        2.5 * swing(u, 1, 0.3),
        much * (5 * swing(u, 2) + 2 * swing(u, 1, 0.6)),
        1 - breath,
        1 + breath,
    )
    return posed(actor, joints, root, awake(t, phase, (0.5 * swing(u, 1, 0.4), 0.2 * swing(u, 2))))


ACTION = Action(
    ActionWords(
        verbs=("float", "drift", "hang", "levitate", "shine", "glow", "twinkle"),
        adjectives=("weightless", "floating"),
    ),
    pose,
    travel="air",
    speed=0.16,
    period=PERIOD,
)
