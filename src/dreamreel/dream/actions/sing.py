"""Singing: a phrase of long and short notes, the chest lifting for each, eyes shut on the longest."""

from __future__ import annotations

from dreamreel.dream.actions._moves import awake, idle, keys, lifted, posed, squashed, swing, turns
from dreamreel.dream.cast import ActionWords
from dreamreel.dream.rig import Action, Actor, Pose, Turn

__all__ = ["ACTION"]

PERIOD = 4.8
"""Seconds of one phrase."""

NOTES = (
    (0.0, 0.0),
    (0.05, 0.7),
    (0.11, 0.55),
    (0.15, 0.1),
    (0.19, 0.6),
    (0.24, 0.12),
    (0.28, 0.8),
    (0.35, 0.6),
    (0.40, 0.0),
    (0.46, 0.0),
    (0.51, 0.65),
    (0.56, 0.15),
    (0.60, 0.65),
    (0.64, 0.2),
    (0.70, 1.0),
    (0.84, 0.9),
    (0.91, 0.0),
)
"""(moment, mouth): da da-da daa, da-da daaaa."""


def pose(actor: Actor, t: float, phase: float, energy: float) -> Pose:
    """The singer at time `t`."""
    u, much = turns(t, PERIOD, phase, energy), 0.75 + 0.25 * energy
    mouth = keys(u, *NOTES)
    chest = keys(u - 0.02, *NOTES)
    held = keys(u, (0.0, 0.0), (0.62, 0.0), (0.70, 1.0), (0.86, 1.0), (0.94, 0.0))
    side = swing(u, 2)
    joints = idle(actor, u, PERIOD, 1.0)
    joints |= {
        "head": Turn(
            (-7 if actor.sided else 0) * chest * much - 4 * held * (1 if actor.sided else 0) + 3 * side,
            dy=-2 * chest,
        ),
        "tail": Turn(11 * swing(u, 4) + 6 * held),
        "tail_tip": Turn(13 * swing(u, 4, -0.12)),
        "trunk": Turn(-26 * chest * much),
        "trunk_tip": Turn(-16 * chest * much),
        "leg_l": Turn(dy=-2.5 * max(side, 0.0)),
        "leg_r": Turn(dy=-2.5 * max(-side, 0.0)),
        "leg_fl": Turn(-20 * held * much, dy=-3 * held),
        "teat": Turn(5 * side),
        "stem": Turn(4 * side),
        "crown": Turn(3 * side),
    }
    for name, mine in (("arm_l", 1), ("arm_r", -1)):
        joints[name] = Turn(lifted(actor, name, 16 + 10 * mine * side + 34 * held * much + 10 * chest))
    for name in ("wing_l", "wing_r", "wing_near", "wing_far"):
        joints[name] = Turn(lifted(actor, name, 4 + 18 * held * much + 8 * chest))
    for name in ("ear_l", "ear_r"):
        joints[name] = Turn(lifted(actor, name, 7 * chest - 3))
    sx, sy = squashed(0.012 - 0.045 * chest * much)
    lean = (2.2 if actor.body == "rooted" else 4.0) * much
    root = Turn(lean * side, 2.4 * side if actor.body != "rooted" else 0.0, -2.4 * chest * much, sx, sy)
    return posed(actor, joints, root, awake(t, phase, (0.3 * side, -0.3 * chest), mouth, 0.95 * held))


ACTION = Action(
    ActionWords(verbs=("sing", "hum", "croon", "chirp", "lullaby", "tweet"), emoji=("🎤", "🎶", "🎵")),
    pose,
    travel="spot",
    period=PERIOD,
)
