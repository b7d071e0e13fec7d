"""Swimming: a wave that runs from head to tail; whoever has paws paddles."""

from __future__ import annotations

from dreamreel.dream.actions._moves import Joints, awake, centred, idle, keys, lifted, posed, swing, turns
from dreamreel.dream.cast import ActionWords
from dreamreel.dream.rig import Action, Actor, Pose, Turn

__all__ = ["ACTION"]

PERIOD = 4.8
"""Seconds of four strokes."""
STROKES = 4


def pose(actor: Actor, t: float, phase: float, energy: float) -> Pose:
    """The swimmer at time `t`."""
    u, much = turns(t, PERIOD, phase, energy), 0.7 + 0.3 * energy
    joints = idle(actor, u, PERIOD, 1.0) | _limbs(actor, u, much)
    return posed(actor, joints, _root(actor, u, much), awake(t, phase, (0.3, 0.15 * swing(u, 1))))


def _limbs(actor: Actor, u: float, much: float) -> Joints:
    fish = actor.body == "fish"
    tail = (24 if fish else 14) * much
    joints = {
        "body": Turn((2.6 if fish else 1.2) * much * swing(u, STROKES, 0.18)),
        "tail": Turn(tail * swing(u, STROKES)),
        "tail_tip": Turn(1.2 * tail * swing(u, STROKES, -0.16)),
        "fin_near": Turn(20 * much * swing(u, STROKES // 2, 0.1)),
        "fin_far": Turn(18 * much * swing(u, STROKES // 2, 0.3)),
        "fin_top": Turn(6 * swing(u, STROKES, 0.1)),
        "head": Turn((-9 if actor.sided else 0) + 3 * swing(u, STROKES, 0.3)),
        "ear_l": Turn(lifted(actor, "ear_l", 6 + 5 * swing(u, STROKES, 0.1))),
        "ear_r": Turn(lifted(actor, "ear_r", 6 + 5 * swing(u, STROKES, 0.25))),
        "wheel": Turn(25 * swing(u, 1)),
    }
    for name, rest, offset in (
        ("leg_fl", -16, 0.0),
        ("leg_fr", -16, 0.5),
        ("leg_bl", 16, 0.3),
        ("leg_br", 16, 0.8),
    ):
        joints[name] = Turn(
            rest + 27 * much * swing(u, STROKES, offset), dy=-2 * (1 + swing(u, STROKES, offset + 0.25))
        )
    stroke = keys(STROKES // 2 * u, (0.0, 0.0), (0.22, 1.0), (0.5, 0.75), (0.8, 0.0))
    kick = keys(STROKES // 2 * u - 0.12, (0.0, 0.0), (0.25, 1.0), (0.45, 0.0))
    for side in ("l", "r"):
        joints[f"arm_{side}"] = Turn(lifted(actor, f"arm_{side}", 8 + 52 * much * stroke))
        joints[f"wing_{side}"] = Turn(lifted(actor, f"wing_{side}", 4 + 22 * much * stroke))
        joints[f"leg_{side}"] = Turn(lifted(actor, f"leg_{side}", 4 + 20 * much * kick))
    if actor.sided:
        joints |= {
            "leg_l": Turn(14 + 26 * much * swing(u, STROKES)),
            "leg_r": Turn(14 + 26 * much * swing(u, STROKES, 0.5)),
        }
    return joints


def _root(actor: Actor, u: float, much: float) -> Turn:
    """Rocked by the water, pushed by each stroke."""
    bob = 3.2 * much * swing(u, 2) + 1.5 * swing(u, 3, 0.2)
    surge = 2.2 * much * swing(u, STROKES, 0.4)
    if actor.body == "fish":
        return centred(
            actor,
            -2.6 * much * swing(u, STROKES) + 3 * swing(u, 1),
            surge,
            bob,
            1 + 0.02 * swing(u, STROKES, 0.1),
            1 - 0.02 * swing(u, STROKES, 0.1),
        )
    if actor.sided and actor.body in {"quadruped", "biped", "bird"}:
        return centred(actor, -9 + 2.4 * swing(u, STROKES, 0.1), surge, bob)
    tilt = 5.0 if actor.body in {"vehicle", "rooted"} else 8.0
    squeeze = 0.02 * swing(u, STROKES, 0.1)
    return centred(actor, tilt * much * swing(u, 2, 0.25), 2 * swing(u, 1), bob, 1 + squeeze, 1 - squeeze)


ACTION = Action(
    ActionWords(verbs=("swim", "dive", "paddle", "splash", "bathe", "snorkel"), emoji=("🏊",)),
    pose,
    travel="water",
    speed=0.5,
    period=PERIOD,
)
