"""Flying: wings that lift the body they hang on; everyone without wings flies the way a child would play it."""

from __future__ import annotations

from dreamreel.dream.actions._moves import (
    Joints,
    awake,
    centred,
    flapping,
    idle,
    lifted,
    posed,
    swept,
    swing,
    turns,
)
from dreamreel.dream.cast import ActionWords
from dreamreel.dream.rig import Action, Actor, Pose, Turn

__all__ = ["ACTION"]

PERIOD = 3.6
"""Seconds of four wing beats."""
FLAPS = 4


def pose(actor: Actor, t: float, phase: float, energy: float) -> Pose:
    """The flight at time `t`."""
    u, much = turns(t, PERIOD, phase, energy), 0.7 + 0.3 * energy
    joints = idle(actor, u, PERIOD, 1.5) | _limbs(actor, u, much)
    root = _winged(actor, u, much) if _has_wings(actor) else _wingless(actor, u, much)
    return posed(actor, joints, root, awake(t, phase, (0.3, -0.2 + 0.2 * swing(u, 1))))


def _has_wings(actor: Actor) -> bool:
    return not actor.joints().isdisjoint(("wing_l", "wing_r", "wing_near", "wing_far"))


def _limbs(actor: Actor, u: float, much: float) -> Joints:
    """Wings beat, front legs reach ahead and paddle, hind legs and tail stream behind, ears are blown back."""
    flutter = 3 if actor.body == "insect" else 1
    blown = 20 + 6 * swing(u, 3)
    paddle = 11 * much
    joints = flapping(actor, u, FLAPS * flutter, 46 * much, 38 * much)
    joints |= {
        "leg_fl": Turn(-42 + paddle * swing(u, 2)),
        "leg_fr": Turn(-36 + paddle * swing(u, 2, 0.45)),
        "leg_bl": Turn(44 + paddle * swing(u, 2, 0.2)),
        "leg_br": Turn(38 + paddle * swing(u, 2, 0.7)),
        "head": Turn(-5 + 3 * swing(u, 2, 0.1)) if actor.sided else Turn(3 * swing(u, 1, 0.1)),
        "tail": Turn(10 + 12 * swing(u, 3)),
        "tail_tip": Turn(14 * swing(u, 3, -0.14)),
        "ear_l": Turn(swept(actor, "ear_l", blown)),
        "ear_r": Turn(swept(actor, "ear_r", blown - 6 * swing(u, 3, 0.2))),
        "body": Turn(1.2 * swing(u, 2, 0.3)) if actor.body == "fish" else Turn(),
        "wheel": Turn(360 * u),
    }
    return joints | _starfish(actor, u, paddle) | (_trailing(u, paddle) if actor.sided else {})


def _trailing(u: float, paddle: float) -> Joints:
    """Two legs streaming behind."""
    return {"leg_l": Turn(34 + paddle * swing(u, 2)), "leg_r": Turn(28 + paddle * swing(u, 2, 0.5))}


def _starfish(actor: Actor, u: float, paddle: float) -> Joints:
    """Arms out like wings, legs apart."""
    arms = 46 + 18 * swing(u, FLAPS // 2, 0.1)
    return {
        "leg_l": Turn(lifted(actor, "leg_l", 14 + paddle * 0.6 * swing(u, 2))),
        "leg_r": Turn(lifted(actor, "leg_r", 14 + paddle * 0.6 * swing(u, 2, 0.4))),
        "arm_l": Turn(lifted(actor, "arm_l", arms)),
        "arm_r": Turn(lifted(actor, "arm_r", arms)),
    }


def _winged(actor: Actor, u: float, much: float) -> Turn:
    """The body rises while the wings push down, and sinks as they recover."""
    quick = 1.4 if actor.body == "insect" else 4.5
    bob = quick * much * swing(u, FLAPS, 0.22) + 3 * swing(u, 1)
    lean = 9.0 if actor.body == "bird" else -6.0
    lean *= actor.sided
    return centred(actor, lean + 2.4 * swing(u, 1, 0.2) + 1.2 * swing(u, FLAPS, 0.4), dy=bob)


def _wingless(actor: Actor, u: float, much: float) -> Turn:
    bob = 4.5 * much * swing(u, 2) + 2 * swing(u, 1, 0.3)
    if "flame" in actor.joints():
        return centred(actor, 48 + 3 * swing(u, 1), 0.8 * swing(u, 5), 0.5 * bob)
    breath = 0.012 * swing(u, 2, 0.25)
    if actor.body in {"quadruped", "biped", "fish"} and actor.sided:
        lean = 9 if actor.body == "biped" else -8
        return centred(actor, lean + 3 * swing(u, 2, 0.2), dy=bob, sx=1 - breath, sy=1 + breath)
    tilt = {"vehicle": 2.5, "rooted": 4.0, "toy": 9.0}.get(actor.body, 6.0)
    return centred(actor, tilt * swing(u, 1, 0.1), 2 * swing(u, 1), bob, 1 - breath, 1 + breath)


ACTION = Action(
    ActionWords(
        verbs=("fly", "soar", "glide", "flutter", "flap", "zoom", "hover"),
        adjectives=("flying", "airborne"),
        emoji=("🛫", "🪽"),
    ),
    pose,
    travel="air",
    speed=0.6,
    period=PERIOD,
)
