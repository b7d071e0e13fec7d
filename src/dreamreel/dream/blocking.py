"""Blocking: which roles a storyboard needs, how large each is, and where it begins.

cues ─► _cast (copies, place, entrance) ─► _sized ─► _placed (zone by zone) ─► _related (seats, hiding places) ─► roles
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from random import Random

from dreamreel.dream.beats import Beats
from dreamreel.dream.lexicon import colour_values
from dreamreel.dream.motion import lerp, rng
from dreamreel.dream.rig import Actor, action, actor
from dreamreel.dream.roles import Role, breadth, half_sight, seat
from dreamreel.dream.scenery import Place, Setting
from dreamreel.dream.storyboard import ActorCue, Mood, Size, Storyboard

__all__ = ["block"]

_SIZES: Mapping[Size, float] = {"tiny": 0.5, "small": 0.72, "normal": 1.0, "big": 1.4, "huge": 1.85}
_ENERGY: Mapping[Mood, float] = {
    "calm": 0.85,
    "happy": 1.0,
    "silly": 1.25,
    "wondrous": 0.9,
    "cosy": 0.75,
    "brave": 1.05,
}
_MOST_HEIGHT = 560.0
_LEAST_SHARE = 0.011
"""No cue covers less of the dream than this, so that a tiny butterfly is still seen (estimated from its boxes)."""
_BOX_FILL = 0.45
"""How much of its box an actor's silhouette fills, about."""
_LEAST_SQUEEZE = 0.4
_ZONES = ("sky", "air", "space", "under", "water", "ground")
_HABITATS: Mapping[str, tuple[str, ...]] = {
    "ground": ("ground", "water", "space", "air", "under"),
    "air": ("air", "space", "under", "ground"),
    "water": ("water", "under", "air", "ground"),
    "space": ("space", "air", "under", "ground"),
    "sky": ("sky", "air", "space", "under"),
}


def block(board: Storyboard, scene: Setting, width: float, beats: Beats, seed: int) -> tuple[Role, ...]:
    """Everyone on a stage `width` units wide. Pure; the same arguments give the same roles."""
    dice = rng("stage", seed, board.model_dump_json())
    roles: list[Role] = []
    for i, cue in enumerate(board.actors):
        roles += _cast(board, scene, cue, i, len(roles), beats, dice)
    roles = _placed(_sized(roles, width), scene, width, dice)
    return tuple(_related(role, roles) for role in roles)


# --- who is there ---


def _cast(
    board: Storyboard, scene: Setting, cue: ActorCue, i: int, first: int, beats: Beats, dice: Random
) -> list[Role]:
    """The copies of one cue, not yet placed."""
    who = actor(cue.kind)
    does = cue.action or who.words.habit
    place = _place(scene, who, does, cue)
    base = 1000 * who.size * _SIZES[cue.size] * place.scale
    last = min(beats.open + 0.4, lerp(beats.grow, beats.end, 0.5))
    entrances = [0.0, *sorted(lerp(beats.grow, last, dice.uniform(0.3, 1.0)) for _ in range(cue.count - 1))]
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
            height=base * (1 + dice.uniform(-0.08, 0.08) * (cue.count > 1)),
            x=0.0,
            y=0.0,
            travel=0.0,
            enter=min(entrances[k], beats.end),
            phase=dice.random(),
            energy=_ENERGY[board.mood],
            order=dice.random(),
            target=_target(board, cue, i),
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
    home = who.words.habitat
    wanted: Sequence[str] = _HABITATS[home]
    if home == "water" and who.body in ("bird", "biped", "quadruped"):
        # A duck without a pond walks.
        wanted = ("water", "ground", "under", "air")
    if home != "sky":
        # Only an action that was asked for moves an actor out of its element: a boat that is just there stays on water.
        boat = home == "water" and who.body == "vehicle" and does != "fly"
        travel = action(does).travel if cue.action and not boat else ""
        wanted = {
            "air": ("air", "space", "under"),
            "water": ("water", "under", "air"),
            "ground": wanted if home in ("water", "air") else _HABITATS["ground"],
        }.get(travel, wanted)
        if cue.relation == "over" and cue.to not in (None, "sky") and home != "water":
            wanted = ("air", "space", "under")
    return next((p for h in wanted for p in scene.places if p.habitat == h), scene.places[0])


def _target(board: Storyboard, cue: ActorCue, i: int) -> int | None:
    """Index of the cue a relation refers to; the first copy of it is what counts."""
    if cue.relation == "alone" or cue.to is None:
        return None
    return next((j for j, other in enumerate(board.actors) if other.kind == cue.to and j != i), None)


# --- how large ---


def _sized(roles: Sequence[Role], width: float) -> list[Role]:
    """Heights corrected for company: a soloist is larger, a crowd is smaller, nobody vanishes or fills the stage."""
    crowd = len(roles)
    factor = 1.75 if crowd <= 1 else 1.5 if crowd == 2 else 1.25 if crowd <= 5 else 1.0
    if crowd > 1:
        factor *= min(1.0, max(0.74, width / 1450))  # a round cloud has room for less
    out: list[Role] = []
    for role in roles:
        copies = sum(r.cue == role.cue for r in roles)
        share = _BOX_FILL * copies * role.height * breadth(role) / (1000 * width)
        boost = max(1.0, math.sqrt(_LEAST_SHARE / max(share, 1e-6)))
        height = min(role.height * max(factor, boost), _MOST_HEIGHT)
        height = _mount(role, roles, height)
        wide = breadth(replace(role, height=height))
        out.append(replace(role, height=height * min(1.0, 0.62 * width / wide)))
    return out


def _mount(role: Role, roles: Sequence[Role], height: float) -> float:
    """The height of what carries others: room is left above it, and it is large enough that they do not shrink."""
    riders = [r for r in roles if r.target == role.cue and r.relation in ("on", "in")]
    if not riders or role.index != min(r.index for r in roles if r.cue == role.cue):
        return height
    needed = max(0.75 * r.height / seat(role.who, r.relation).size for r in riders)
    return max(0.82 * height, min(needed, 1.9 * height, 0.8 * _MOST_HEIGHT))


def _carries(role: Role, roles: Sequence[Role]) -> bool:
    """True when someone is on or in it; `target` is still the index of a cue."""
    return any(r.target == role.cue and r.relation in ("on", "in") for r in roles)


# --- where ---


def _placed(roles: Sequence[Role], scene: Setting, width: float, dice: Random) -> list[Role]:
    """Positions for every role: zone by zone, evenly spread over what is seen, in rows when it is full."""
    out = list(roles)
    way = dice.choice((-1.0, 1.0))
    above = 0.0
    for habitat in _ZONES:
        zone = [r for r in roles if r.place.habitat == habitat]
        if not zone:
            continue
        centred = [r for r in zone if _is_centre(r, roles)]
        spread = [r for r in zone if r not in centred]
        placed = [_in_the_middle(r, roles, scene, width, dice) for r in centred]
        if habitat == "sky" and len(spread) <= 3:
            placed += _hung(spread, width, way, dice)
        else:
            placed += _spread(spread, roles, width, way, above, dice)
        for role in placed:
            out[role.index] = role
        if habitat == "sky":
            # What flies keeps below the moon, so that neither hides the other.
            above = min(380.0, max(r.y + 0.42 * r.height for r in placed))
    return out


def _is_centre(role: Role, roles: Sequence[Role]) -> bool:
    """True for what floats and others are about: jumped over, circled; in the sky also sat upon."""
    about = {r.relation for r in roles if r.target == role.cue}
    if role.stands or role.index != min(r.index for r in roles if r.cue == role.cue):
        return False
    sky = role.place.habitat == "sky" and (about & {"on", "in"} or len(roles) == 2)
    return bool(about & {"over", "around"} or (about and sky))


def _in_the_middle(role: Role, roles: Sequence[Role], scene: Setting, width: float, dice: Random) -> Role:
    about = {r.relation for r in roles if r.target == role.cue}
    if about & {"on", "in"}:
        # What is ridden comes near: a cloud that carries a castle does not hang behind the mountains.
        near = next((p for p in scene.places if p.habitat in ("air", "space", "under")), role.place)
        role = replace(role, place=replace(role.place, after=near.after, depth=near.depth))
    y = 500.0 + 0.22 * role.height if about & {"on", "in"} else 500.0 if about & {"over", "around"} else 330.0
    return replace(role, x=width * (0.5 + dice.uniform(-0.03, 0.03)), y=y)


def _hung(zone: Sequence[Role], width: float, way: float, dice: Random) -> list[Role]:
    """Up to three things of the sky, left, right and middle at different heights."""
    slots = [0.33, 0.67, 0.5] if way > 0 else [0.67, 0.33, 0.5]
    out: list[Role] = []
    for k, role in enumerate(zone):
        lo, hi = role.place.y
        wide = role.who.box[2] - role.who.box[0] > 2.2 * role.who.height
        share = 0.5 if wide else slots[k]
        y = lerp(lo, hi, dice.uniform(0.1, 0.5) if k % 2 == 0 else dice.uniform(0.35, 0.9))
        x = width * (share + dice.uniform(-0.03, 0.03))
        out.append(replace(role, x=x, y=max(y, role.height * 0.5 + 90)))
    return out


def _spread(
    zone: Sequence[Role], roles: Sequence[Role], width: float, way: float, above: float, dice: Random
) -> list[Role]:
    """The roles of one zone in one to three rows, each filling what is seen at its height."""
    order = list(zone)
    dice.shuffle(order)
    # Riders are placed by what carries them.
    total = sum(breadth(r) for r in order if not (r.relation in ("on", "in") and r.target is not None))
    room = 1.7 * half_sight(width, 640)
    rows = min(3 if not order or not order[0].stands else 2, max(1, math.ceil(total / room - 0.05)))
    if len(order) <= 2:
        rows = 1
    # Rows are cut short where the cloud is round, and stand in one another's gaps.
    squeeze = min(1.0, rows * room * (1.0 if rows == 1 else 0.92) / max(total, 1.0))
    order = [replace(r, height=r.height * max(squeeze, _LEAST_SQUEEZE)) for r in order]
    out: list[Role] = []
    for row in range(rows):
        out += _in_row(order[row::rows], roles, row, rows, width, way, above, dice)
    return out


def _in_row(
    row: Sequence[Role],
    roles: Sequence[Role],
    number: int,
    rows: int,
    width: float,
    way: float,
    above: float,
    dice: Random,
) -> list[Role]:
    """One row, evenly spaced; a second row stands in the first one's gaps."""
    heights = [_height_of(role, roles, number, rows, above, dice) for role in row]
    ends = [(y - r.height, y - 0.2 * r.height) if r.stands else (y - 0.4 * r.height, y + 0.4 * r.height)
            for y, r in zip(heights, row, strict=True)]  # fmt: skip
    room = 1.9 * min((half_sight(width, y) for pair in ends for y in pair), default=0.0)
    shift = 0.25 * (1 if number % 2 else -1) * room / (len(row) + 0.5) if rows > 1 else 0.0
    room -= 2 * abs(shift)
    total = sum(breadth(r) for r in row)
    loose = total < room or len(row) == 1
    gap = (room - total) / (len(row) + 1 if loose else len(row) - 1)
    x = (width - room) / 2 + (gap if loose else 0.0)
    out: list[Role] = []
    for role, y in zip(row, heights, strict=True):
        wide = breadth(role)
        at = x + wide / 2 + shift + dice.uniform(-0.2, 0.2) * max(gap, 0.0)
        travel = way * _distance(role, max(gap, 0.0), width)
        out.append(replace(role, x=at, y=y, travel=travel, order=number + y / 2000))
        x += wide + gap
    return out


def _height_of(
    role: Role, roles: Sequence[Role], number: int, rows: int, above: float, dice: Random
) -> float:
    """Y of a role in row `number` of `rows`."""
    lo, hi = role.place.y
    if role.stands:
        if rows == 1:
            return lerp(lo, hi, dice.uniform(0.25, 0.75))
        front = lerp(lo, hi, 0.95)
        # The heads of those behind look out over those in front; tall ones do so anyway, and the ground ends somewhere.
        return front if number else max(lo - 60, min(lo, front - 0.45 * role.height))
    head = role.height * (1.0 if _carries(role, roles) else 0.5)
    lowest = 860 - role.height * 0.5
    if rows > 1:
        lo, hi = max(lo, head + (above or 110)), min(hi + 60, lowest)
        if role.place.habitat == "sky":
            lo, hi = 230.0, 500.0
        return lerp(lo, max(lo, hi), number / (rows - 1)) + dice.uniform(-12, 12)
    return min(max(lerp(lo, hi, dice.uniform(0.25, 0.75)), head + (above or 70)), lowest)


def _distance(role: Role, gap: float, width: float) -> float:
    """How far a role travels: its action's speed, kept inside the stage."""
    does = role.does
    if does.travel == "spot" or not does.speed or role.who.body == "rooted" or role.place.habitat == "sky":
        return 0.0
    longest = max(gap * 0.8, 0.11 * width)
    return min(does.speed * max(breadth(role), role.height) * 3.2, longest)


# --- in relation to others ---


def _beside_it(role: Role, first: Role, roles: Sequence[Role]) -> float:
    """The most height for those who leap over or circle `first`, so that they hide neither it nor one another."""
    copies = sum(r.cue == role.cue for r in roles)
    shape = role.height / breadth(role)
    if role.relation == "over":
        above = first.y - first.height * (1.0 if first.stands else 0.5) - 90
        return max(130.0, min(above, shape * 1000 / (copies + 1)))
    return max(0.14 * shape * 1000, shape * breadth(first) * (0.55 if copies <= 2 else 0.36))


def _leader(role: Role, roles: Sequence[Role]) -> Role | None:
    """The role a relation refers to; None for company, which shares a zone anyway, and for circles."""
    if role.target is None or role.relation == "with":
        return None
    seen, here = {role.cue}, role
    for here in _chain(role, roles):
        if here.cue in seen:
            return None
        seen.add(here.cue)
    return next(r for r in roles if r.cue == role.target)


def _chain(role: Role, roles: Sequence[Role]) -> Iterator[Role]:
    """What a role refers to, what that refers to, and so on; endless in a circle."""
    here = role
    while here.target is not None:
        here = next(r for r in roles if r.cue == here.target)
        yield here


def _related(role: Role, roles: Sequence[Role]) -> Role:
    """Cue indices of targets become role indices; seats, hiding places and drawing order are set."""
    first = _leader(role, roles)
    if first is None:
        return replace(role, target=None, relation="alone")
    role = replace(role, target=first.index)
    if role.relation in ("over", "around"):
        place = first.place if role.relation == "around" and role.stands and not first.stands else role.place
        return replace(role, height=min(role.height, _beside_it(role, first, roles)), place=place)
    if role.relation in ("on", "in"):
        place = seat(first.who, role.relation)
        # Who sits behind a cloud's edge must look out over it.
        share = max(place.size, 1.05) if place.behind and first.who.body == "sky" else place.size
        height = min(role.height, first.height * share)
        copies = sum(r.cue == role.cue for r in roles)
        # A family on one back sits close, but nobody inside another.
        height *= min(1.0, max(0.45, 1.5 * breadth(first) / (copies * breadth(replace(role, height=height)))))
        return replace(
            role, height=height, order=first.order + (-0.5 if place.behind else 0.5), place=first.place
        )
    if role.relation not in ("behind", "under"):
        return role
    copies = [r for r in roles if r.cue == role.cue]
    k = copies.index(next(r for r in copies if r.index == role.index))
    side = (1 if role.phase < 0.5 else -1) if len(copies) == 1 else 1 if k % 2 else -1
    if role.relation == "behind":
        away = 0.26 * breadth(first) + 0.34 * breadth(role) + 0.7 * breadth(role) * (k // 2)
        y = first.y - 12 if first.stands else first.y
        return replace(
            role, x=first.x + side * away, y=y, travel=0.0, order=first.order - 1, place=first.place
        )
    x = first.x + (side * breadth(role) * 0.85 * ((k + 1) // 2) if len(copies) > 1 else 0.0)
    if first.stands:
        # Under a tree is in front of its trunk, to one side.
        x = first.x + side * (0.22 * breadth(first) + 0.5 * breadth(role) * (k // 2))
        height = min(role.height, 0.5 * first.height)
        return replace(
            role, x=x, y=first.y + 10, height=height, travel=0.0, order=first.order + 1, place=first.place
        )
    return replace(role, x=x)
