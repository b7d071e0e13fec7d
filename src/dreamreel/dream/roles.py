"""Who is on stage, and the part of the stage that is seen: plain values that casting, paths and drawing share.

Everything is in stage units (see `scenery`): 1000 high, `width` wide, y down.
"""

from __future__ import annotations

from dataclasses import dataclass

from dreamreel.dream.rig import Action, Actor, Pose, Seat, action, actor
from dreamreel.dream.scenery import Place

__all__ = ["Role", "Spot", "breadth", "half_sight", "middle", "norm", "seat", "sight"]

_SLIDE = 45.0
"""Room at either side for the stage's camera, units."""
_ROUND = 2.6
"""Power of the superellipse that a cloud's window is about."""


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
    nearer: float = 0.0
    """Added to the role's drawing order: above 0 in front of what it circles, below 0 behind it."""


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
    def stands(self) -> bool:
        """True when its spot is where its feet are (ground, water), false when it is its middle."""
        return self.place.habitat in ("ground", "water")

    @property
    def swims(self) -> bool:
        """True when it is at the surface, what is below hidden by the water, and not riding on something."""
        return self.place.habitat == "water" and self.target is None

    def pose(self, t: float) -> Pose:
        """The pose at time `t`."""
        return self.does.pose(self.who, t, self.phase, self.energy)

    def box(self, spot: Spot) -> tuple[float, float, float, float]:
        """Left, top, right, bottom of what is drawn of it at that spot, upright, in stage units."""
        unit = self.unit * spot.grow
        anchor = self.who.foot if self.stands else middle(self.who)
        half = breadth(self) / 2 * spot.grow
        bottom = spot.y if self.swims else spot.y + (self.who.box[3] - anchor) * unit
        return spot.x - half, spot.y + (self.who.box[1] - anchor) * unit, spot.x + half, bottom


def middle(who: Actor) -> float:
    """Y of the middle of an actor's box, rig units."""
    return (who.box[1] + who.box[3]) / 2


def breadth(role: Role) -> float:
    """Width of a role's box in stage units."""
    return (role.who.box[2] - role.who.box[0]) * role.unit


def seat(who: Actor, relation: str) -> Seat:
    """Where a rider's feet are; actors without a seat are stood upon."""
    return who.seats.get(relation) or Seat((who.box[0] + who.box[2]) / 2, who.box[1] + 0.16 * who.height)


def sight(width: float) -> tuple[float, float]:
    """Half axes, about (width / 2, 500), of what a cloud shows of the stage, whatever its camera does."""
    return 0.46 * width - _SLIDE, 425.0


def norm(u: float, v: float) -> float:
    """How far out (u, v) is, in half axes of the part that is seen: 1 at its edge."""
    return (abs(u) ** _ROUND + abs(v) ** _ROUND) ** (1 / _ROUND)


def half_sight(width: float, y: float) -> float:
    """Half the width that is seen at height `y`, units."""
    rx, ry = sight(width)
    return rx * max(0.0, 1 - (min(abs(y - 500) / ry, 1.0)) ** _ROUND) ** (1 / _ROUND)
