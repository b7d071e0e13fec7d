"""What the actions share: cycles that close, keyed curves, squash, and the small life that never stops.

    t, phase, energy ── turns() ──► u (cycles) ── swing(u, 3), keys(u, …) ──► joints, root ── posed() ──► Pose
                                        └── idle(u, period): sails, petals, tails, flames …──┘

Every action repeats after `period / energy` seconds: each wave of it runs a whole number of times in that span, so a
looping dream only has to round the period to a whole fraction of its length. Blinks alone do not repeat. A period
holds several strides or flaps, which leaves room for tails and ears to keep time of their own.

Signs, for an actor that looks right: a hanging leg swings back when positive; a head nods down when positive.
"""

from __future__ import annotations

import functools
import math
from bisect import bisect_right
from dataclasses import dataclass, replace

from dreamreel.dream.motion import blink, clamp01, ease_in_out
from dreamreel.dream.outlines import path
from dreamreel.dream.rig import Actor, Expression, Pose, Turn
from dreamreel.dream.shapes import Point

__all__ = [
    "Joints",
    "awake",
    "beats",
    "centred",
    "eased_turns",
    "flapping",
    "idle",
    "keys",
    "lifted",
    "opened",
    "posed",
    "squashed",
    "stepping",
    "striding",
    "swept",
    "swing",
    "turns",
]

Joints = dict[str, Turn]


def turns(t: float, period: float, phase: float, energy: float) -> float:
    """Cycles since the start: one every `period / energy` seconds, `phase` of one ahead."""
    return t * energy / period + phase


def swing(u: float, harmonic: int = 1, offset: float = 0.0) -> float:
    """A sine that runs `harmonic` times a cycle; `offset` in its own turns."""
    return math.sin(math.tau * (harmonic * u + offset))


def beats(u: float, n: int) -> float:
    """Progress 0..1 within the current of `n` equal parts of a cycle."""
    return (u * n) % 1.0


def keys(u: float, *points: Point) -> float:
    """A smooth closed curve through (moment 0..1, value) that never overshoots a key.

    Monotone cubic Hermite interpolation (Fritsch and Carlson 1980), periodic with period 1; moments must increase.
    """
    at, values, slopes = _curve(points)
    u %= 1.0
    i = bisect_right(at, u) - 1
    x0, x1 = at[i], at[i + 1]
    w = x1 - x0
    s = (u - x0) / w
    a, b = values[i], values[i + 1]
    s2, s3 = s * s, s * s * s
    return (
        a * (2 * s3 - 3 * s2 + 1)
        + b * (3 * s2 - 2 * s3)
        + w * (slopes[i] * (s3 - 2 * s2 + s) + slopes[i + 1] * (s3 - s2))
    )


@functools.lru_cache(maxsize=512)
def _curve(points: tuple[Point, ...]) -> tuple[list[float], list[float], list[float]]:
    """Moments, values and slopes, with the neighbours across the seam repeated on both sides."""
    ring = [(x - 1, y) for x, y in points[-2:]] + list(points) + [(x + 1, y) for x, y in points[:2]]
    at, values = [x for x, _ in ring], [y for _, y in ring]
    rise = [(values[i + 1] - values[i]) / (at[i + 1] - at[i]) for i in range(len(ring) - 1)]
    slopes = [0.0] * len(ring)
    for i in range(1, len(ring) - 1):
        before, after = rise[i - 1], rise[i]
        slopes[i] = 2 * before * after / (before + after) if before * after > 0 else 0.0
    return at, values, slopes


def squashed(amount: float) -> tuple[float, float]:
    """(sx, sy) of a body pressed down by `amount` (negative stretches it up), its area kept."""
    sy = 1.0 - amount
    return 1.0 / sy, sy


def centred(
    actor: Actor, rot: float = 0.0, dx: float = 0.0, dy: float = 0.0, sx: float = 1.0, sy: float = 1.0
) -> Turn:
    """A turn of the whole actor about the middle of its box, as the root wants it: about its foot."""
    arm = actor.foot - (actor.box[1] + actor.box[3]) / 2
    a = math.radians(rot)
    return Turn(rot, dx - math.sin(a) * sy * arm, dy + math.cos(a) * sy * arm - arm, sx, sy)


@dataclass(frozen=True, slots=True)
class _Plan:
    """What an action asks about an actor's joints, worked out once."""

    limits: dict[str, tuple[float, float]]
    """Joint → the degrees every part of it can turn."""
    raising: dict[str, float]
    """Joint → the sign of the rotation that raises its tip."""
    blown: dict[str, float]
    """Joint → the rotation, per degree, that blows its tip back when travelling right."""


class _Same:
    """An actor as a cache key: equal only to itself."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor

    def __hash__(self) -> int:
        return id(self.actor)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.actor is self.actor


@functools.lru_cache(maxsize=256)
def _plan(key: _Same) -> _Plan:
    plan = _Plan({}, {}, {})
    for part in key.actor.parts:
        if not part.joint:
            continue
        lo, hi = plan.limits.get(part.joint, part.limits)
        plan.limits[part.joint] = (max(lo, part.limits[0]), min(hi, part.limits[1]))
        if part.joint not in plan.raising:
            bounds = path(part.shape).computeTightBounds()
            x, y = bounds.centerX() - part.pivot[0], bounds.centerY() - part.pivot[1]
            plan.raising[part.joint] = -1.0 if x >= 0 else 1.0
            upright = abs(y) > abs(x)
            plan.blown[part.joint] = (-1.0 if y < 0 else 1.0) if upright else (-0.6 if x >= 0 else 0.6)
    return plan


def lifted(actor: Actor, joint: str, degrees: float) -> float:
    """The rotation that raises the tip of a limb by `degrees`, whichever side it is on."""
    return _plan(_Same(actor)).raising.get(joint, -1.0) * degrees


def opened(actor: Actor, joint: str) -> float:
    """Degrees from rest up to the middle of a limb's reach: how far a folded wing is spread in the air."""
    plan = _plan(_Same(actor))
    low, high = plan.limits.get(joint, (0.0, 0.0))
    return max(0.0, plan.raising.get(joint, -1.0) * (low + high) / 2)


def swept(actor: Actor, joint: str, degrees: float) -> float:
    """The rotation that blows an ear back in the wind of travelling right, however it is carried."""
    return _plan(_Same(actor)).blown.get(joint, 1.0) * degrees


def awake(
    t: float, phase: float, look: Point = (0.0, 0.0), sing: float = 0.0, closed: float = 0.0
) -> Expression:
    """An open face that blinks."""
    return Expression(closed=max(closed, blink(t, phase)), sing=sing, look=look)


def posed(actor: Actor, joints: Joints, root: Turn, face: Expression) -> Pose:
    """The pose with only the joints this actor has, each eased into its limits instead of hitting them."""
    kept: Joints = {}
    for joint, limits in _plan(_Same(actor)).limits.items():
        turn = joints.get(joint)
        if turn is not None:
            kept[joint] = Turn(_within(turn.rot, limits), turn.dx, turn.dy, turn.sx, turn.sy)
    return Pose(kept, root, face)


def _within(rot: float, limits: tuple[float, float]) -> float:
    edge = limits[1] if rot > 0 else -limits[0]
    if math.isinf(edge):
        return rot
    return math.copysign(edge * math.tanh(abs(rot) / edge), rot) if edge > 0 else 0.0


_SWAYS: dict[str, tuple[float, float, float]] = {
    "tail": (9, 1.7, 0),
    "tail_tip": (12, 1.7, -0.12),
    "tuft": (5, 1.9, 0.2),
    "trunk": (8, 2.1, 0),
    "trunk_tip": (12, 2.1, -0.15),
    "mane": (4, 2.2, 0.1),
    "crest": (4, 2.0, 0.1),
    "hat": (2.5, 2.4, 0.1),
    "hat_tip": (9, 1.9, -0.1),
    "tag": (8, 1.3, 0.2),
    "dorsal": (6, 1.8, 0.1),
    "fin_near": (9, 1.6, 0),
    "fin_far": (9, 1.6, 0.2),
    "flag": (13, 1.1, 0),
    "sail": (2.2, 3.1, 0),
    "jib": (2.6, 2.7, 0.2),
    "mast": (1.4, 3.3, 0),
    "stem": (3.2, 3.3, 0),
    "crown": (3.0, 2.9, -0.1),
    "crown_top": (3.6, 2.9, -0.2),
    "apple": (7, 1.5, 0.15),
    "charm": (9, 2.3, 0),
    "charm_tip": (12, 1.6, 0.2),
    "basket": (3.4, 2.8, 0.1),
    "rider": (6, 2.2, 0),
    "teat": (3, 1.7, 0),
    "wagon": (1.6, 0.8, 0),
    "load": (4, 0.9, 0.3),
    "chimney": (1.5, 0.7, 0),
}
"""Joint → degrees, seconds, offset in turns."""

_BREATHS: dict[str, tuple[float, float, float, float]] = {
    "petal_0": (0.03, 2.6, 0.0, 2.0),
    "petal_1": (0.03, 2.6, 0.25, -2.0),
    "petal_low_0": (0.03, 3.4, 0.5, 1.6),
    "petal_low_1": (0.03, 3.4, 0.75, -1.6),
    "rays": (0.03, 3.2, 0.0, 6.0),
    "rays_low": (0.05, 3.2, -0.06, 4.5),
    "puff_l": (0.05, 2.9, 0.1, 0.0),
    "puff_r": (0.05, 3.7, 0.5, 0.0),
}
"""Joint → growth, seconds, offset in turns, degrees."""

_ARMS = ("ear_l", "ear_r", "arm_l", "arm_r")


def idle(actor: Actor, u: float, period: float, vigour: float = 1.0) -> Joints:
    """The small life under every action: what hangs sways, what is soft breathes, what burns flickers.

    Args:
        actor: whose joints.
        u: cycles of the action.
        period: seconds of one cycle, so that each sway finds a whole number of swings near its own pace.
        vigour: 0 still … 1 a breeze … 2 wind.
    """

    def wave(seconds: float, offset: float = 0.0) -> float:
        return swing(u, max(1, round(period / seconds)), offset)

    names = _plan(_Same(actor)).limits
    joints: Joints = {}
    for joint in names:
        if joint in _SWAYS:
            degrees, seconds, offset = _SWAYS[joint]
            joints[joint] = Turn(vigour * degrees * wave(seconds, offset))
        elif joint in _BREATHS:
            growth, seconds, offset, degrees = _BREATHS[joint]
            now = wave(seconds, offset)
            joints[joint] = Turn(vigour * degrees * now, sx=1 + growth * now, sy=1 + growth * now)
        elif joint in _ARMS and (joint[0] == "e" or actor.body == "rooted"):
            big, seconds = (4.0, 2.3) if joint[0] == "e" else (9.0, 2.2)
            joints[joint] = Turn(
                lifted(actor, joint, big * vigour * wave(seconds, 0.13 * (joint[-1] == "r")))
            )
    for sail in ("sail", "jib"):
        if sail in joints:
            joints[sail] = replace(joints[sail], sx=1 + 0.04 * wave(3.1, 0.1 + 0.2 * (sail == "jib")))
    if "flame" in names:
        lick = 0.09 * wave(0.46) + 0.06 * wave(0.31, 0.3)
        joints["flame"] = Turn(3 * wave(0.51), sx=1 - 0.4 * lick, sy=1 + lick * (0.8 + 0.6 * vigour))
        joints["flame_core"] = Turn(sx=1 + 0.3 * lick, sy=1 - 0.7 * lick)
    return joints


def flapping(actor: Actor, u: float, harmonic: int, up: float, down: float, offset: float = 0.0) -> Joints:
    """Wings beating `harmonic` times a cycle, from `up` degrees above their middle to `down` below; down is the quicker
    stroke. Wings that rest folded are opened first.

    An insect seen from the front closes its wings instead: they narrow toward the body.
    """
    if actor.body == "insect":
        wide = 1 - (up + down) / 84 * 0.28 * (1 + swing(u, harmonic, offset))
        tip = 0.12 * up * swing(u, harmonic, offset + 0.1)
        return {name: Turn(lifted(actor, name, tip), sx=wide) for name in ("wing_l", "wing_r")}
    angle = keys(harmonic * u + offset, (0.0, up), (0.42, -down), (0.55, -down * 0.86))
    late = keys(harmonic * u + offset - 0.07, (0.0, up), (0.42, -down), (0.55, -down * 0.86))
    return {
        name: Turn(lifted(actor, name, opened(actor, name) + (late if name == "wing_far" else angle)))
        for name in ("wing_l", "wing_r", "wing_near", "wing_far")
    }


def striding(
    u: float, harmonic: int, reach: float, order: tuple[float, float, float, float], lift: float = 3.0
) -> Joints:
    """Four legs, each on its own moment of a stride; a foot is lifted while it comes forward.

    `order` gives the moments in turns: hind near, fore near, hind far, fore far.
    """
    joints: Joints = {}
    for name, offset in zip(("leg_bl", "leg_fl", "leg_br", "leg_fr"), order, strict=True):
        forward = max(0.0, -math.cos(math.tau * (harmonic * u + offset)))
        joints[name] = Turn(reach * swing(u, harmonic, offset), dy=-lift * forward * forward)
    return joints


def stepping(
    actor: Actor, u: float, harmonic: int, reach: float, lift: float = 4.0, arms: float = 0.8
) -> Joints:
    """Two legs and two arms: seen from the side they swing, seen from the front they are lifted in turn."""
    wave = swing(u, harmonic)
    left, right = max(0.0, wave) ** 2, max(0.0, -wave) ** 2
    if actor.sided:
        return {
            "leg_l": Turn(reach * wave, dy=-lift * max(0.0, -swing(u, harmonic, 0.25)) ** 2),
            "leg_r": Turn(-reach * wave, dy=-lift * max(0.0, swing(u, harmonic, 0.25)) ** 2),
            "arm_l": Turn(-arms * reach * wave),
            "arm_r": Turn(arms * reach * wave),
        }
    return {
        "leg_l": Turn(lifted(actor, "leg_l", reach * 0.3 * left), dy=-lift * left),
        "leg_r": Turn(lifted(actor, "leg_r", reach * 0.3 * right), dy=-lift * right),
        "arm_l": Turn(lifted(actor, "arm_l", arms * reach * (0.3 + 0.5 * swing(u, harmonic, 0.45)))),
        "arm_r": Turn(lifted(actor, "arm_r", arms * reach * (0.3 - 0.5 * swing(u, harmonic, 0.45)))),
    }


def eased_turns(u: float, n: int, rest: float) -> float:
    """`n` whole turns in a cycle that start and end at rest, with `rest` of the cycle spent still: 0..n."""
    return n * ease_in_out(clamp01((u % 1.0 - rest / 2) / (1 - rest)))
