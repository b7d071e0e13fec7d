"""Staging: who stands where, how large, doing what, and when. Pure: a storyboard and a seed in, a value out.

    Storyboard ─┐
    Setting ────┼─► stage() ─► Staging(roles, beats) ── moment(role, t) ──► Spot (where, how big, which way) ─► painter
    seed, time ─┘

Everything is in stage units (see `scenery`): 1000 high, `width` wide, y down; t is seconds of the finished video.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from dreamreel.dream.motion import clamp01, cycle, ease_in_out, lerp, noise, rng, spring
from dreamreel.dream.rig import Action, Actor, Pose, Seat, action, actor
from dreamreel.dream.scenery import Place, Setting, setting
from dreamreel.dream.storyboard import ActorCue, Camera, Mood, Size, Storyboard
from dreamreel.dream.beats import Beats
from dreamreel.dream.lexicon import colour_values

__all__ = ["HORIZON", "Role", "Spot", "Staging", "stage"]

_SIZES: dict[Size, float] = {"tiny": 0.5, "small": 0.72, "normal": 1.0, "big": 1.4, "huge": 1.85}
_ENERGY: dict[Mood, float] = {
    "calm": 0.85,
    "happy": 1.0,
    "silly": 1.25,
    "wondrous": 0.9,
    "cosy": 0.75,
    "brave": 1.05,
}
_SAFE = (0.19, 0.81)
"""The middle of the stage that a cloud always shows, as fractions of its width."""
HORIZON = 560.0
"""y of the point that stays where it is when the stage's camera zooms."""
_MOST_HEIGHT = 560.0
_LEAST_SHARE = 0.011
"""No cue covers less of the dream than this, so that a tiny butterfly is still seen (estimated from its boxes)."""
_SLIDE = 45.0
"""Room at either side for the stage's camera, units."""
_ROUND = 2.6
"""Power of the superellipse that a cloud's window is about."""
_BOX_FILL = 0.45
"""How much of its box an actor's silhouette fills, about."""


@dataclass(frozen=True, slots=True)
class Spot:
    """One moment of a role: its foot or centre in stage units, height factor, degrees, facing and presence."""

    x: float
    y: float
    grow: float = 1.0
    """Scale on top of the role's own size: entrances spring through it."""
    rot: float = 0.0
    facing: float = 1.0
    """1 to the right, -1 to the left; passes through 0 when it turns around."""
    lift: float = 0.0
    """Units above the ground, for the shadow."""


@dataclass(frozen=True, slots=True)
class Role:
    """One copy of a cue, on stage."""

    index: int
    cue: int
    kind: str
    colour: str | None
    """`#rrggbb`, or None for the actor's own."""
    action: str
    place: Place
    height: float
    """Height of its box in stage units."""
    x: float
    y: float
    travel: float
    """Units it moves along x during the dream; negative to the left."""
    enter: float
    """Second at which it starts to appear."""
    phase: float
    energy: float
    order: float
    """Drawing order among roles of the same place: nearer ones later."""
    target: int | None = None
    """Index of the role its relation refers to."""
    relation: str = "alone"

    @property
    def who(self) -> Actor:
        """The actor's data."""
        return actor(self.kind)

    @property
    def does(self) -> Action:
        """The action's data."""
        return action(self.action)

    @property
    def unit(self) -> float:
        """Stage units per rig unit."""
        return self.height / self.who.height

    @property
    def swims(self) -> bool:
        """True when it is at the surface, what is below hidden by the water, and not riding on something."""
        return self.place.habitat == "water" and self.target is None

    def pose(self, t: float) -> Pose:
        """The pose at time `t`."""
        return self.does.pose(self.who, t, self.phase, self.energy)


@dataclass(frozen=True, slots=True)
class Staging:
    """A whole dream, blocked out."""

    setting: Setting
    width: float
    beats: Beats
    roles: tuple[Role, ...]
    seed: int

    def camera(self, camera: Camera, t: float) -> tuple[float, float]:
        """How far the stage's own camera has moved to the right, in units, and its zoom about (width / 2, `HORIZON`).

        At an even speed, so that nothing in the dream ever stands quite still.
        """
        if camera == "still":
            return 0.0, 1.0
        u = _progress(self, t)
        long = min(1.4, max(1.0, self.beats.end / 5))
        near = {"push": 0.10, "pull": 0.10}.get(camera, 0.06) * long
        zoom = 1 + near * (1 - u if camera == "pull" else u)
        way = 1 if self.seed % 2 else -1
        return (26.0 if camera in ("push", "pull") else 50.0) * way * (long * u - (1 - u)), zoom

    def moment(self, role: Role, t: float) -> Spot:
        """Where `role` is at time `t`."""
        if role.target is not None:
            beside = _RELATED.get(role.relation)
            if beside is not None:
                spot = beside(self, role, self.roles[role.target], t)
                return spot if role.relation in ("on", "in") else _in_view(self, role, spot)
        spot = _own_way(self, role, t)
        return _in_view(self, role, spot) if role.place.habitat in ("air", "space", "under", "sky") else spot


def _grow(role: Role, t: float) -> float:
    return spring((t - role.enter) / 0.9) if t < role.enter + 0.9 else 1.0


def _progress(staging: Staging, t: float) -> float:
    beats = staging.beats
    return clamp01((t - beats.grow) / max(beats.end - beats.grow, 0.01))


def _own_way(staging: Staging, role: Role, t: float) -> Spot:
    """Along its path: strolling on the ground, soaring on a wavy arc in air and water, bobbing in place otherwise."""
    u = _progress(staging, t)
    x = role.x + role.travel * (u - 0.5)
    facing = -1.0 if role.travel < 0 else 1.0
    if role.place.habitat == "ground":
        return Spot(x, role.y, _grow(role, t), 0.0, facing)
    if role.place.habitat == "sky":
        return Spot(x, role.y + 4 * cycle(t, 5.3, role.phase), _grow(role, t), 0.0, facing)
    if role.place.habitat == "water":
        heave = 7 * cycle(t, 2.9, role.phase) + 3 * cycle(t, 1.7, role.phase * 2)
        return Spot(x, role.y + heave, _grow(role, t), 2.2 * cycle(t, 3.3, role.phase + 0.2), facing)
    period = 3.4 + 1.3 * role.phase
    sway = 26 if role.does.travel != "spot" else 12
    y = (
        role.y
        + sway * cycle(t, period, role.phase)
        - 30 * math.sin(math.pi * u) * min(1.0, abs(role.travel) / 200)
    )
    climb = -math.cos(math.tau * (t / period + role.phase)) * 5.0
    drift = 10 * noise(t * 0.5, staging.seed, role.index)
    return Spot(
        x + drift, y, _grow(role, t), climb * facing * -1 if abs(role.travel) > 40 else climb * 0.4, facing
    )


def _in_view(staging: Staging, role: Role, spot: Spot) -> Spot:
    """The spot moved toward the middle until the whole actor is inside the part of the stage a cloud shows.

    That part is about a superellipse; within it nothing is moved, and across its border the move is continuous.
    """
    rx, ry = 0.46 * staging.width - _SLIDE, 425.0
    half = _width(role) / 2 / rx, role.height / 2 / ry
    dx, dy = spot.x - staging.width / 2, spot.y - 500
    alone = _norm(*half)
    far = _norm(abs(dx) / rx + half[0], abs(dy) / ry + half[1])
    if far <= 1:
        return spot
    # The norm is convex, so this share of the way out is inside.
    share = max(0.0, 1 - alone) / (far - alone)
    return replace(spot, x=staging.width / 2 + dx * share, y=500 + dy * share)


def _norm(u: float, v: float) -> float:
    return (u**_ROUND + v**_ROUND) ** (1 / _ROUND)


def _top(target: Role, spot: Spot) -> float:
    """y of the target's top edge."""
    unit = target.unit * spot.grow
    reference = target.who.foot if target.place.habitat in ("ground", "water") else _middle(target.who)
    return spot.y - (reference - target.who.box[1]) * unit


def _middle(who: Actor) -> float:
    return (who.box[1] + who.box[3]) / 2


def _width(role: Role) -> float:
    return (role.who.box[2] - role.who.box[0]) * role.unit


def _siblings(staging: Staging, role: Role) -> tuple[int, int]:
    """This role's number among the copies of its cue, and how many there are."""
    same = [r.index for r in staging.roles if r.cue == role.cue]
    return same.index(role.index), len(same)


def _riding(staging: Staging, role: Role, target: Role, t: float) -> Spot:
    """On or in the target: carried by it, a little late, leaning with it. Several riders sit side by side."""
    lead = staging.moment(target, t - 0.06)
    k, n = _siblings(staging, role)
    seat = _seat(target.who, role.relation)
    who, unit = target.who, target.unit * lead.grow
    anchor = who.foot if target.place.habitat in ("ground", "water") else _middle(who)
    facing = lead.facing if who.sided else 1.0
    root = target.pose(t - 0.06).root
    x = (seat.x + root.dx - (who.box[0] + who.box[2]) / 2) * unit * facing
    y = (seat.y + root.dy - anchor) * unit
    x += (k - (n - 1) / 2) * min(_width(role) * 0.75, _width(target) * 0.62 / max(n, 1))
    turn = math.radians(lead.rot + root.rot * facing)
    lifted = (
        0.0 if role.place.habitat in ("ground", "water") else (role.who.foot - _middle(role.who)) * role.unit
    )
    return Spot(
        lead.x + x * math.cos(turn) - y * math.sin(turn),
        lead.y + x * math.sin(turn) + y * math.cos(turn) - lifted + 2 * cycle(t, 1.9, role.phase),
        _grow(role, t),
        (lead.rot + root.rot * facing) * 0.8,
        lead.facing,
    )


def _seat(who: Actor, relation: str) -> Seat:
    """Where a rider's feet are; actors without a seat are stood upon."""
    return who.seats.get(relation) or Seat((who.box[0] + who.box[2]) / 2, who.box[1] + 0.16 * who.height)


def _orbiting(staging: Staging, role: Role, target: Role, t: float) -> Spot:
    """Around the target on a tilted ellipse, evenly spaced with its siblings."""
    centre = staging.moment(target, t)
    k, n = _siblings(staging, role)
    turn = math.tau * ((t / 5.2) * role.energy + k / n + role.phase * 0.1)
    rx, ry = _width(target) * 0.5 + _width(role) * 0.75, target.height * 0.22 + role.height * 0.35
    middle = centre.y - (target.height * 0.45 if target.place.habitat in ("ground", "water") else 0)
    x, y = centre.x + rx * math.cos(turn), middle + ry * math.sin(turn)
    return Spot(
        x,
        y,
        _grow(role, t) * (1 + 0.1 * math.sin(turn)),
        6 * math.cos(turn),
        -1.0 if math.sin(turn) > 0 else 1.0,
    )


def _over(staging: Staging, role: Role, target: Role, t: float) -> Spot:
    """Past the target on an arc above it, from side to side."""
    centre = staging.moment(target, t)
    u = _progress(staging, t)
    way = 1.0 if role.travel >= 0 else -1.0
    k, n = _siblings(staging, role)
    u = clamp01(u * (1 + 0.18 * n) - 0.18 * k)
    reach = _width(target) * 0.5 + _width(role) * 0.6 + 90
    x = centre.x + way * lerp(-reach, reach, ease_in_out(u))
    peak = _top(target, centre) - role.height * 0.35
    low = max(peak + 60, min(centre.y, role.y))
    y = low - (low - peak) * math.sin(math.pi * ease_in_out(u))
    y = max(y, role.height * 0.55 + 40)
    tilt = -way * 16 * math.cos(math.pi * u)
    return Spot(x, y + 6 * cycle(t, 2.3, role.phase), _grow(role, t), tilt, way)


def _beside(staging: Staging, role: Role, target: Role, t: float) -> Spot:
    """Behind or under the target: its own movement, carried along with the target's."""
    own, lead = _own_way(staging, role, t), staging.moment(target, t)
    moved = lead.x - target.x
    return replace(own, x=role.x + moved, facing=lead.facing if target.travel else own.facing)


_RELATED = {
    "on": _riding,
    "in": _riding,
    "around": _orbiting,
    "over": _over,
    "behind": _beside,
    "under": _beside,
}


def stage(board: Storyboard, width: float, beats: Beats, seed: int) -> Staging:
    """Block out a storyboard on a stage `width` units wide. Pure; the same arguments give the same staging."""
    scene = setting(board.setting.kind)
    dice = rng("stage", seed, board.model_dump_json())
    roles: list[Role] = []
    for i, cue in enumerate(board.actors):
        roles += _cast(board, scene, cue, i, len(roles), beats, dice)
    roles = _sized(roles, width)
    roles = _placed(roles, scene, width, dice)
    roles = [_related(role, board, roles, scene) for role in roles]
    return Staging(scene, width, beats, tuple(roles), seed)


def _cast(
    board: Storyboard, scene: Setting, cue: ActorCue, i: int, first: int, beats: Beats, dice: Random
) -> list[Role]:
    """The copies of one cue, not yet placed."""
    who = actor(cue.kind)
    does = cue.action or who.words.habit
    place = _place(scene, who, does, cue)
    target = _target(board, cue, i)
    energy = _ENERGY[board.mood]
    last = min(beats.open + 0.4, lerp(beats.grow, beats.end, 0.5))
    entrances = [0.0] + sorted(
        lerp(beats.grow, last, dice.uniform(0.3, 1.0)) for _ in range(cue.count - 1)
    )
    if i > 0 and cue.count == 1 and place.habitat != "sky" and not _awaited(board, cue):
        entrances = [lerp(beats.grow, beats.open, dice.uniform(0.3, 0.7))]
    return [
        Role(
            index=first + k,
            cue=i,
            kind=cue.kind,
            colour=_tint(cue.colour, k),
            action=does,
            place=place,
            height=1000
            * who.size
            * _SIZES[cue.size]
            * place.scale
            * (1 + dice.uniform(-0.08, 0.08) * (cue.count > 1)),
            x=0.0,
            y=0.0,
            travel=0.0,
            enter=min(entrances[k], beats.end),
            phase=dice.random(),
            energy=energy,
            order=dice.random(),
            target=target,
            relation=cue.relation,
        )
        for k in range(cue.count)
    ]


def _awaited(board: Storyboard, cue: ActorCue) -> bool:
    """True for what others sit on, jump over or go around, and for those who do: they come together."""
    related = cue.relation not in ("alone", "with") and cue.to is not None
    return related or any(other.to == cue.kind for other in board.actors)


def _tint(colour: str | None, copy: int) -> str | None:
    """The colour of one copy as `"#rrggbb"`: words that mean several colours give each copy the next one."""
    if colour is None:
        return None
    values = colour_values(colour)
    return values[copy % len(values)]


def _place(scene: Setting, who: Actor, does: str, cue: ActorCue) -> Place:
    """Where in the setting this actor belongs: by relation, then action, then habitat."""
    named = [p for p in scene.places if cue.to and p.name == cue.to and cue.relation in ("on", "in", "under")]
    if named and action(does).travel in ("spot", "ground", "water"):
        return named[0]
    wanted: Sequence[str] = _HABITATS[who.words.habitat]
    if who.words.habitat != "sky":
        # Only an action that was asked for moves an actor out of its element: a boat that merely is there stays on the water.
        boat = who.words.habitat == "water" and who.body == "vehicle" and does != "fly"
        travel = action(does).travel if cue.action and not boat else ""
        wanted = {
            "air": ("air", "space", "under"),
            "water": ("water", "under", "air"),
            "ground": wanted
            if who.words.habitat in ("water", "air")
            else ("ground", "water", "space", "air", "under"),
        }.get(travel, wanted)
        if cue.relation == "over" and cue.to not in (None, "sky") and who.words.habitat != "water":
            wanted = ("air", "space", "under")
    return next((p for h in wanted for p in scene.places if p.habitat == h), scene.places[0])


_HABITATS: dict[str, tuple[str, ...]] = {
    "ground": ("ground", "water", "space", "air", "under"),
    "air": ("air", "space", "under", "ground"),
    "water": ("water", "under", "air", "ground"),
    "space": ("space", "air", "under", "ground"),
    "sky": ("sky", "air", "space", "under"),
}


def _target(board: Storyboard, cue: ActorCue, i: int) -> int | None:
    """Index of the cue a relation refers to; the first copy of it is what counts."""
    if cue.relation == "alone" or cue.to is None:
        return None
    return next((j for j, other in enumerate(board.actors) if other.kind == cue.to and j != i), None)


def _related(role: Role, board: Storyboard, roles: Sequence[Role], scene: Setting) -> Role:
    """Cue indices of targets become role indices; relations to the setting, and circles, are dropped."""
    if role.target is None or role.relation == "with":
        # Company shares a zone, which already spreads everyone side by side and lets them travel the same way.
        return replace(role, target=None, relation="alone")
    first = next(r for r in roles if r.cue == role.target)
    seen, here = {role.cue}, first
    while here.target is not None:
        if here.cue in seen:
            return replace(role, target=None, relation="alone")
        seen.add(here.cue)
        here = next(r for r in roles if r.cue == here.target)
    if first.cue in seen and first.cue == role.cue:
        return replace(role, target=None, relation="alone")
    height, order = role.height, {"behind": first.order - 1}.get(role.relation, role.order)
    if role.relation in ("on", "in"):
        seat = _seat(first.who, role.relation)
        height, order = (
            min(role.height, first.height * seat.size),
            first.order + (-0.5 if seat.behind else 0.5),
        )
    place = first.place if role.relation in ("on", "in", "behind") else role.place
    x, y = role.x, role.y
    if role.relation in ("behind", "under"):
        copies = [r for r in roles if r.cue == role.cue]
        k, n = copies.index(role), len(copies)
        side = 1 if k % 2 else -1
        x = first.x + side * _width(role) * 0.85 * (k // 2) if n > 1 else first.x
        if role.relation == "behind":
            x = first.x + _width(first) * 0.42
        if role.place.habitat == first.place.habitat:
            y = first.y + (role.y - first.y) * 0.5
    return replace(role, target=first.index, height=height, order=order, place=place, x=x, y=y)


def _sized(roles: list[Role], width: float) -> list[Role]:
    """Heights corrected for company: a soloist is larger, a crowd is smaller, nobody vanishes or fills the stage."""
    crowd = len(roles)
    factor = 1.75 if crowd <= 1 else 1.5 if crowd == 2 else 1.25 if crowd <= 5 else 1.0
    out: list[Role] = []
    for role in roles:
        copies = sum(r.cue == role.cue for r in roles)
        share = _BOX_FILL * copies * role.height * _width(role) / (1000 * width)
        boost = max(1.0, math.sqrt(_LEAST_SHARE / max(share, 1e-6)))
        height = min(role.height * max(factor, boost), _MOST_HEIGHT) * (
            0.82 if _carries(role, roles) else 1.0
        )
        wide = _width(replace(role, height=height))
        out.append(replace(role, height=height * min(1.0, 0.62 * width / wide)))
    return out


def _carries(role: Role, roles: Sequence[Role]) -> bool:
    """True when someone is on or in it; `target` is still the index of a cue."""
    return any(r.target == role.cue and r.relation in ("on", "in") for r in roles)


def _placed(roles: list[Role], scene: Setting, width: float, dice: Random) -> list[Role]:
    """Positions for every role: zone by zone, evenly spread over the safe middle, in two lanes when it is full."""
    out = list(roles)
    way = dice.choice((-1.0, 1.0))
    above = 0.0
    for habitat in ("sky", "air", "space", "under", "water", "ground"):
        zone = [r for r in roles if r.place.habitat == habitat]
        if zone:
            placed = (
                _spread_sky(zone, roles, width, way, dice)
                if habitat == "sky"
                else _spread(zone, roles, width, way, above, dice)
            )
            for role in placed:
                out[role.index] = role
            if habitat == "sky":
                # What flies keeps below the moon, so that neither hides the other.
                above = min(360.0, max(r.y + 0.30 * r.height for r in placed))
    return out


def _centre_of_attention(role: Role, zone: Sequence[Role], roles: Sequence[Role]) -> float:
    """The y in the middle of the sky for what others jump over, circle or sit on; 0 for everything else."""
    around = [r for r in roles if r.target == role.cue]
    if any(r.relation in ("over", "around") for r in around):
        return 450.0
    lonely = len(zone) == 1 and len(around) == len(roles) - 1
    return max(zone[0].place.y[1], 330.0) if lonely else 0.0


def _spread_sky(
    zone: list[Role], roles: Sequence[Role], width: float, way: float, dice: Random
) -> list[Role]:
    slots = [0.31, 0.69, 0.5, 0.22, 0.78, 0.40, 0.60, 0.26, 0.74, 0.35, 0.65, 0.45]
    if way < 0:
        slots = [1 - s for s in slots]
    lo, hi = zone[0].place.y
    out: list[Role] = []
    for k, role in enumerate(zone):
        middle = _centre_of_attention(role, zone, roles)
        wide = role.who.box[2] - role.who.box[0] > 2.2 * role.who.height
        share = 0.5 if middle or wide else slots[k % len(slots)]
        y = lerp(lo, hi, dice.uniform(0.1, 0.5) if k % 2 == 0 else dice.uniform(0.35, 0.9))
        x = width * (share + dice.uniform(-0.03, 0.03))
        out.append(replace(role, x=x, y=middle or max(y, role.height * 0.5 + 90)))
    return out


def _spread(
    zone: list[Role], roles: Sequence[Role], width: float, way: float, above: float, dice: Random
) -> list[Role]:
    lanes = 2 if sum(_width(r) for r in zone) > (_SAFE[1] - _SAFE[0]) * width * 1.05 and len(zone) > 2 else 1
    order = list(zone)
    dice.shuffle(order)
    out: list[Role] = []
    for lane in range(lanes):
        row = order[lane::lanes]
        total = sum(_width(r) for r in row)
        room = (_SAFE[1] - _SAFE[0]) * width
        squeeze = min(1.0, room * 1.08 / max(total, 1))
        gap = max(0.0, room - total * squeeze) / (len(row) + 1)
        x = _SAFE[0] * width + gap + (lane * 0.5 * total * squeeze / max(len(row), 1) if lanes > 1 else 0)
        for role in row:
            role = replace(role, height=role.height * max(squeeze, 0.62))
            wide = _width(role)
            lo, hi = role.place.y
            band = dice.uniform(0.25, 0.75) if lanes == 1 else (0.3 if lane == 0 else 0.85)
            y = lerp(lo, hi, band)
            if role.place.habitat in ("air", "space", "under"):
                head = role.height * (1.0 if _carries(role, roles) else 0.5)
                y = min(max(y, head + (above or 70)), 860 - role.height * 0.5)
            out.append(
                replace(
                    role,
                    x=x + wide / 2 + dice.uniform(-0.2, 0.2) * gap,
                    y=y,
                    travel=way * _distance(role, gap, width),
                    order=lane + y / 2000,
                )
            )
            x += wide * max(squeeze, 0.62) / max(squeeze, 0.62) + gap
    return out


def _distance(role: Role, gap: float, width: float) -> float:
    """How far a role travels: its action's speed, kept inside the stage."""
    does = role.does
    if does.travel == "spot" or not does.speed or role.who.body in ("rooted",):
        return 0.0
    longest = max(gap * 0.8, 0.11 * width)
    return min(does.speed * max(_width(role), role.height) * 3.2, longest)
