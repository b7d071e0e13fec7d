"""Walking: legs in the order of a four-beat gait, the body bobbing twice a stride, the head nodding against it."""

from __future__ import annotations

from dreamreel.dream.cast import ActionWords
from dreamreel.dream.rig import Action, Actor, Pose, Turn, wave

__all__ = ["ACTION"]

PERIOD = 1.1
"""Seconds of one stride."""


def pose(actor: Actor, t: float, phase: float, energy: float) -> Pose:
    """The walk at time `t`."""
    p, swing = PERIOD / energy, 22 * (0.7 + 0.3 * energy)
    joints = {
        "leg_fl": Turn(swing * wave(t, p, phase)),
        "leg_br": Turn(swing * wave(t, p, phase + 0.08)),
        "leg_fr": Turn(swing * wave(t, p, phase + 0.5)),
        "leg_bl": Turn(swing * wave(t, p, phase + 0.58)),
        "leg_l": Turn(swing * wave(t, p, phase)),
        "leg_r": Turn(swing * wave(t, p, phase + 0.5)),
        "arm_l": Turn(0.8 * swing * wave(t, p, phase + 0.5)),
        "arm_r": Turn(0.8 * swing * wave(t, p, phase)),
        "head": Turn(3.5 * wave(t, p / 2, phase + 0.2)),
        "tail": Turn(14 * wave(t, p * 0.7, phase)),
        "tail_tip": Turn(16 * wave(t, p * 0.7, phase)),
        "ear_l": Turn(7 * wave(t, p / 2, phase)),
        "ear_r": Turn(-7 * wave(t, p / 2, phase + 0.1)),
        "wheel": Turn(360 * (t / p + phase)),
    }
    return Pose(joints, Turn(rot=1.2 * wave(t, p, phase), dy=-2.2 * abs(wave(t, p, phase))))


ACTION = Action(ActionWords(verbs=("walk", "stroll", "wander", "wade", "march", "go")), pose, travel="ground", speed=0.55, period=PERIOD)
