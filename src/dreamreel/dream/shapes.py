"""The outline of things, as data: small frozen shapes that actors and settings are written in.

Coordinates are the drawing's own units, x to the right and y down; angles are degrees, clockwise. Nothing here draws:
`outlines.path` turns a shape into a Skia path, once per shape.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "Blob",
    "Both",
    "Box",
    "Capsule",
    "Curve",
    "Minus",
    "Moved",
    "Oval",
    "Point",
    "Polygon",
    "Shape",
    "Star",
    "Union",
    "circle",
    "flip",
    "puff",
    "union",
]

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Oval:
    """An ellipse about (x, y)."""

    x: float
    y: float
    rx: float
    ry: float
    rot: float = 0


@dataclass(frozen=True, slots=True)
class Blob:
    """A closed smooth curve through the points (uniform Catmull-Rom)."""

    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Polygon:
    """A closed polygon whose corners are rounded by `round` units."""

    points: tuple[Point, ...]
    round: float = 0


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle with rounded corners; (x, y) is its top left."""

    x: float
    y: float
    w: float
    h: float
    r: float = 0


@dataclass(frozen=True, slots=True)
class Capsule:
    """A limb: the outline around two circles of radii ra and rb."""

    a: Point
    b: Point
    ra: float
    rb: float


@dataclass(frozen=True, slots=True)
class Curve:
    """An open smooth curve through the points, thickened to `width` with round ends."""

    points: tuple[Point, ...]
    width: float


@dataclass(frozen=True, slots=True)
class Star:
    """A star of `n` tips with radii `outer` and `inner`, corners rounded by `round` units."""

    x: float
    y: float
    outer: float
    inner: float
    n: int = 5
    round: float = 0
    rot: float = -90


@dataclass(frozen=True, slots=True)
class Union:
    """Everything inside any of the shapes."""

    shapes: tuple[Shape, ...]


@dataclass(frozen=True, slots=True)
class Minus:
    """What is inside `a` and outside `b`."""

    a: Shape
    b: Shape


@dataclass(frozen=True, slots=True)
class Both:
    """What is inside `a` and inside `b`."""

    a: Shape
    b: Shape


@dataclass(frozen=True, slots=True)
class Moved:
    """`shape` scaled by (sx, sy), turned by `rot` about its origin, then moved by (dx, dy)."""

    shape: Shape
    dx: float = 0
    dy: float = 0
    rot: float = 0
    sx: float = 1
    sy: float = 1


Shape = Oval | Blob | Polygon | Box | Capsule | Curve | Star | Union | Minus | Both | Moved


def circle(x: float, y: float, r: float) -> Oval:
    """A circle about (x, y)."""
    return Oval(x, y, r, r)


def union(*shapes: Shape) -> Union:
    """Everything inside any of the shapes."""
    return Union(shapes)


def flip(shape: Shape) -> Moved:
    """The mirror image of `shape` across the vertical axis x = 0."""
    return Moved(shape, sx=-1)


def puff(x: float, y: float, w: float, h: float) -> Union:
    """A cumulus: a union of circles, flat-bellied, about `w` wide and `h` high, centred on (x, y)."""
    parts = (
        (-0.36, 0.18, 0.34),
        (-0.16, -0.06, 0.46),
        (0.12, -0.14, 0.52),
        (0.36, 0.14, 0.36),
        (0.0, 0.22, 0.36),
    )
    return Union(tuple(Oval(x + px * w, y + py * h, r * h, r * h) for px, py, r in parts))
