"""How roles move: along their own way, or in relation to another. Functions of time, without pictures.

moment(stage, role, t) ─┬─ _own_way                      strolling, soaring, bobbing
└─ _RELATED[relation]            riding, circling, leaping over, keeping beside
└─► _in_view: nobody leaves the part of the stage that a cloud shows
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from dreamreel.dream.beats import Beats
from dreamreel.dream.motion import clamp01, cycle, lerp, noise, spring
from dreamreel.dream.roles import Role, Spot, breadth, half_sight, middle, norm, seat, sight

__all__ = ["Blocked", "moment", "progress"]


class Blocked(Protocol):
    """What paths need to know of a staging."""

    @property
    def width(self) -> float:
        """Of the stage, units."""
        ...

    @property
    def seen(self) -> float:
        """Of the middle of the stage that is in the picture all the time, units."""
        ...

    @property
    def beats(self) -> Beats:
        """When things happen."""
        ...

    @property
    def roles(self) -> Sequence[Role]:
        """Everyone."""
        ...

    @property
    def seed(self) -> int:
        """Of the dream."""
        ...


def moment(on: Blocked, role: Role, t: float) -> Spot:
    """Where `role` is at time `t`."""
    if role.target is None:
        return _in_view(on, role, _own_way(on, role, t))
    spot = _RELATED.get(role.relation, _apart)(on, role, on.roles[role.target], t)
    # A rider stays on its mount, which is in view itself.
    return spot if role.relation in ("on", "in") else _in_view(on, role, spot)


def progress(beats: Beats, t: float) -> float:
    """How much of the dream has passed at `t`, 0..1."""
    return clamp01((t - beats.grow) / max(beats.end - beats.grow, 0.01))


def _grow(role: Role, t: float) -> float:
    return spring((t - role.enter) / 0.9) if t < role.enter + 0.9 else 1.0


def _own_way(on: Blocked, role: Role, t: float) -> Spot:
    """Along its path: strolling on the ground, soaring on a wavy arc in air and water, bobbing in place otherwise."""
    u, grow = progress(on.beats, t), _grow(role, t)
    x = role.x + role.travel * (u - 0.5)
    facing = -1.0 if role.travel < 0 else 1.0
    if role.place.habitat == "ground":
        return Spot(x, role.y, grow, 0.0, facing)
    if role.place.habitat == "sky":
        return Spot(x, role.y + 4 * cycle(t, 5.3, role.phase), grow, 0.0, facing)
    if role.place.habitat == "water":
        heave = 7 * cycle(t, 2.9, role.phase) + 3 * cycle(t, 1.7, role.phase * 2)
        return Spot(x, role.y + heave, grow, 2.2 * cycle(t, 3.3, role.phase + 0.2), facing)
    period = 3.4 + 1.3 * role.phase
    sway = 26 if role.does.travel != "spot" else 12
    rise = 30 * math.sin(math.pi * u) * min(1.0, abs(role.travel) / 200)
    y = role.y + sway * cycle(t, period, role.phase) - rise
    climb = -math.cos(math.tau * (t / period + role.phase)) * 5.0
    drift = 10 * noise(t * 0.5, on.seed, role.index)
    return Spot(x + drift, y, grow, climb * facing * -1 if abs(role.travel) > 40 else climb * 0.4, facing)


def _in_view(on: Blocked, role: Role, spot: Spot) -> Spot:
    """The spot moved toward the middle until the whole actor is inside the part of the stage that is seen.

    Within that part nothing is moved, and across its border the move is continuous. What stands stays on its ground.
    """
    left, top, right, bottom = role.box(replace(spot, grow=1.0))
    rx, ry = sight(on.seen)
    if role.stands:
        # Feet may be in the mist of the cloud's rim; two thirds of the way up nothing may be cut off.
        room = max(0.0, half_sight(on.seen, lerp(bottom, top, 0.35)) - (right - left) / 2)
        return replace(spot, x=on.width / 2 + min(max(spot.x - on.width / 2, -room), room))
    half = (right - left) / 2 / rx, (bottom - top) / 2 / ry
    dx, dy = spot.x - on.width / 2, spot.y - 500
    far = norm(abs(dx) / rx + half[0], abs(dy) / ry + half[1])
    if far <= 1:
        return spot
    # The norm is convex, so this share of the way out is inside.
    alone = norm(*half)
    share = max(0.0, 1 - alone) / (far - alone)
    return replace(spot, x=on.width / 2 + dx * share, y=500 + dy * share)


def _siblings(on: Blocked, role: Role) -> tuple[int, int]:
    """This role's number among the copies of its cue, and how many there are."""
    same = [r.index for r in on.roles if r.cue == role.cue]
    return same.index(role.index), len(same)


def _riding(on: Blocked, role: Role, target: Role, t: float) -> Spot:
    """On or in the target: carried by it, a little late, leaning with it. Several riders sit side by side."""
    lead = moment(on, target, t - 0.06)
    k, n = _siblings(on, role)
    who, unit, place = target.who, target.unit * lead.grow, seat(target.who, role.relation)
    anchor = who.foot if target.stands else middle(who)
    facing = lead.facing if who.sided else 1.0
    root = target.pose(t - 0.06).root
    x = (place.x + root.dx - (who.box[0] + who.box[2]) / 2) * unit * facing
    y = (place.y + root.dy - anchor) * unit
    x += (k - (n - 1) / 2) * min(breadth(role) * 0.75, breadth(target) * 0.62 / max(n, 1))
    lean = lead.rot + root.rot * facing
    turn = math.radians(lean)
    lifted = 0.0 if role.stands else (role.who.foot - middle(role.who)) * role.unit
    return Spot(
        lead.x + x * math.cos(turn) - y * math.sin(turn),
        lead.y + x * math.sin(turn) + y * math.cos(turn) - lifted + 2 * cycle(t, 1.9, role.phase),
        _grow(role, t),
        lean * 0.8,
        lead.facing,
    )


def _orbiting(on: Blocked, role: Role, target: Role, t: float) -> Spot:
    """Around the target on a tilted ellipse, evenly spaced with its siblings; behind it on the far side."""
    centre = moment(on, target, t)
    k, n = _siblings(on, role)
    turn = math.tau * ((t / 6.4) * role.energy + k / n + role.phase * 0.1)
    rx = breadth(target) * 0.5 + breadth(role) * 0.62
    walks = role.stands and target.stands
    ry = 34.0 if walks else target.height * 0.26 + role.height * 0.3
    y = centre.y + 8 if walks else (sum(target.box(replace(centre, grow=1.0))[1::2])) / 2
    if role.stands and not walks:
        y = role.y
    # Near its ends the way turns back, and so does who walks it.
    facing = max(-1.0, min(1.0, -5 * math.sin(turn)))
    return Spot(
        centre.x + rx * math.cos(turn),
        y + (0.0 if role.stands and not walks else ry * math.sin(turn)),
        _grow(role, t) * (1 + 0.1 * math.sin(turn)),
        0.0 if walks else 6 * math.cos(turn),
        facing,
        target.order - role.order + (0.5 if math.sin(turn) > 0 else -0.5),
    )


def _over(on: Blocked, role: Role, target: Role, t: float) -> Spot:
    """Past the target on an arc above it, from side to side, its siblings in a row before and behind it."""
    left, top, right, bottom = target.box(replace(moment(on, target, t), grow=1.0))
    k, n = _siblings(on, role)
    gap = min(0.34, 0.8 / n)
    first, last = k * gap, 1 - (n - 1 - k) * gap
    way = 1.0 if role.travel >= 0 else -1.0
    s = (
        lerp(first, last, progress(on.beats, t))
        if way > 0
        else lerp(1 - first, 1 - last, progress(on.beats, t))
    )
    reach = max((right - left) / 2 + breadth(role) * 0.6 + 40, 0.3 * on.seen)
    reach = min(reach, sight(on.seen)[0] - breadth(role) * 0.5)
    foot = (role.who.box[3] - (role.who.foot if role.stands else middle(role.who))) * role.unit
    peak, low = top - foot - 14, (top + bottom) / 2 + 0.2 * (bottom - top)
    y = low - (low - peak) * math.sin(math.pi * s)
    hover = 6 * cycle(t, 2.3, role.phase)
    x = (left + right) / 2 - reach * math.cos(math.pi * s)
    return Spot(x, y + hover, _grow(role, t), -16 * math.cos(math.pi * s), way)


def _beside(on: Blocked, role: Role, target: Role, t: float) -> Spot:
    """Behind or under the target: its own movement, carried along with the target's."""
    own, lead = _own_way(on, role, t), moment(on, target, t)
    facing = lead.facing if target.travel else own.facing
    return replace(own, x=role.x + lead.x - target.x, facing=facing)


def _apart(on: Blocked, role: Role, target: Role, t: float) -> Spot:
    """On its own way; who stays where it is looks at the target."""
    own = _own_way(on, role, t)
    return own if role.travel else replace(own, facing=1.0 if target.x >= role.x else -1.0)


_RELATED: Mapping[str, Callable[[Blocked, Role, Role, float], Spot]] = {
    "on": _riding,
    "in": _riding,
    "around": _orbiting,
    "over": _over,
    "behind": _beside,
    "under": _beside,
}
