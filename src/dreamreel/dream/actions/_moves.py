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

from dreamreel.dream.hand import path
from dreamreel.dream.motion import blink, clamp01, ease_in_out
from dreamreel.dream.rig import Actor, Expression, Pose, Turn
from dreamreel.dream.shapes import Point, Shape

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


@functools.lru_cache(maxsize=2048)
def _reach(shape: Shape, pivot: Point) -> Point:
    """Where a part points at rest: from its pivot to its middle."""
    bounds = path(shape).computeTightBounds()
    return bounds.centerX() - pivot[0], bounds.centerY() - pivot[1]


def _pointing(actor: Actor, joint: str) -> Point:
    for part in actor.parts:
        if part.joint == joint:
            return _reach(part.shape, part.pivot)
    return 0.0, 1.0


def lifted(actor: Actor, joint: str, degrees: float) -> float:
    """The rotation that raises the tip of a limb by `degrees`, whichever side it is on."""
    return -degrees if _pointing(actor, joint)[0] >= 0 else degrees


def swept(actor: Actor, joint: str, degrees: float) -> float:
    """The rotation that blows an ear back in the wind of travelling right, however it is carried."""
    x, y = _pointing(actor, joint)
    if abs(y) > abs(x):
        return -degrees if y < 0 else degrees
    return -0.6 * degrees if x >= 0 else 0.6 * degrees


def awake(
    t: float, phase: float, look: Point = (0.0, 0.0), sing: float = 0.0, closed: float = 0.0
) -> Expression:
    """An open face that blinks."""
    return Expression(closed=max(closed, blink(t, phase)), sing=sing, look=look)


def posed(actor: Actor, joints: Joints, root: Turn, face: Expression) -> Pose:
    """The pose with only the joints this actor has, each eased into its limits instead of hitting them."""
    kept: Joints = {}
    for part in actor.parts:
        turn = joints.get(part.joint)
        if turn is None:
            continue
        seen = kept.get(part.joint, turn)
        kept[part.joint] = Turn(_within(seen.rot, part.limits), turn.dx, turn.dy, turn.sx, turn.sy)
    return Pose(kept, root, face)


def _within(rot: float, limits: tuple[float, float]) -> float:
    edge = limits[1] if rot > 0 else -limits[0]
    if math.isinf(edge):
        return rot
    return math.copysign(edge * math.tanh(abs(rot) / edge), rot) if edge > 0 else 0.0


def idle(actor: Actor, u: float, period: float, vigour: float = 1.0) -> Joints:
    """The small life under every action: what hangs sways, what is soft breathes, what burns flickers.

    Args:
        actor: whose joints.
        u: cycles of the action.
        period: seconds of one cycle, so that each sway finds a whole number of swings near its own pace.
        vigour: 0 still … 1 a breeze … 2 wind.
    """

    def sway(degrees: float, seconds: float, offset: float = 0.0) -> Turn:
        return Turn(vigour * degrees * swing(u, max(1, round(period / seconds)), offset))

    def breath(amount: float, seconds: float, offset: float = 0.0, rot: float = 0.0) -> Turn:
        wave = swing(u, max(1, round(period / seconds)), offset)
        return Turn(rot * wave * vigour, sx=1 + amount * wave, sy=1 + amount * wave)

    lick = 0.10 * swing(u, max(1, round(period / 0.34))) + 0.06 * swing(u, max(1, round(period / 0.23)), 0.3)
    joints = {
        "tail": sway(9, 1.7),
        "tail_tip": sway(12, 1.7, -0.12),
        "ear_l": Turn(lifted(actor, "ear_l", 4 * vigour * swing(u, max(1, round(period / 2.3))))),
        "ear_r": Turn(lifted(actor, "ear_r", 4 * vigour * swing(u, max(1, round(period / 2.3)), 0.13))),
        "tuft": sway(5, 1.9, 0.2),
        "trunk": sway(8, 2.1),
        "trunk_tip": sway(12, 2.1, -0.15),
        "mane": sway(4, 2.2, 0.1),
        "fin_near": sway(9, 1.6),
        "fin_far": sway(9, 1.6, 0.2),
        "flag": sway(13, 1.1),
        "sail": Turn(
            vigour * 2 * swing(u, max(1, round(period / 3.1))),
            sx=1 + 0.035 * swing(u, max(1, round(period / 3.1)), 0.1),
        ),
        "jib": Turn(
            vigour * 2.4 * swing(u, max(1, round(period / 2.7)), 0.2),
            sx=1 + 0.04 * swing(u, max(1, round(period / 2.7))),
        ),
        "mast": sway(1.4, 3.3),
        "stem": sway(3.2, 3.3),
        "crown": sway(3.0, 2.9, -0.1),
        "crown_top": sway(3.6, 2.9, -0.2),
        "apple": sway(7, 1.5, 0.15),
        "petal_0": breath(0.03, 2.6, 0.0, 2.0),
        "petal_1": breath(0.03, 2.6, 0.25, -2.0),
        "petal_low_0": breath(0.03, 3.4, 0.5, 1.6),
        "petal_low_1": breath(0.03, 3.4, 0.75, -1.6),
        "rays": breath(0.03, 3.2, 0.0, 9.0),
        "rays_low": breath(0.05, 3.2, 0.4, -9.0),
        "charm": sway(9, 2.3),
        "charm_tip": sway(12, 1.6, 0.2),
        "puff_l": breath(0.05, 2.9, 0.1),
        "puff_r": breath(0.05, 3.7, 0.5),
        "basket": sway(3.4, 2.8, 0.1),
        "rider": sway(6, 2.2),
        "teat": sway(3, 1.7),
        "wagon": sway(1.6, 0.8),
        "load": sway(4, 0.9, 0.3),
        "chimney": sway(1.5, 0.7),
        "flame": Turn(
            3 * swing(u, max(1, round(period / 0.51))), sx=1 - 0.4 * lick, sy=1 + lick * (0.8 + 0.6 * vigour)
        ),
        "flame_core": Turn(sx=1 + 0.3 * lick, sy=1 - 0.7 * lick),
    }
    if "arm_l" in actor.joints() and actor.body == "rooted":
        joints |= {
            side: Turn(lifted(actor, side, 9 * vigour * swing(u, max(1, round(period / 2.2)), 0.1)))
            for side in ("arm_l", "arm_r")
        }
    return joints


def flapping(actor: Actor, u: float, harmonic: int, up: float, down: float, offset: float = 0.0) -> Joints:
    """Wings beating `harmonic` times a cycle, from `up` degrees above rest to `down` below; the down stroke is the quicker one."""
    angle = keys(harmonic * u + offset, (0.0, up), (0.42, -down), (0.55, -down * 0.86))
    late = keys(harmonic * u + offset - 0.07, (0.0, up), (0.42, -down), (0.55, -down * 0.86))
    return {
        "wing_l": Turn(lifted(actor, "wing_l", angle)),
        "wing_r": Turn(lifted(actor, "wing_r", angle)),
        "wing_near": Turn(lifted(actor, "wing_near", angle)),
        "wing_far": Turn(lifted(actor, "wing_far", late)),
    }


def striding(
    u: float, harmonic: int, reach: float, order: tuple[float, float, float, float], lift: float = 3.0
) -> Joints:
    """Four legs, each on its own moment of a stride (`order`: hind near, fore near, hind far, fore far, in turns); a foot is
    lifted while it comes forward.
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
