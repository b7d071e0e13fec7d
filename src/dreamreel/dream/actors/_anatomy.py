"""Limbs that several actors share, as data: a leg with its paw, and the four legs of a walker seen from its side."""

from __future__ import annotations

from dataclasses import replace

from dreamreel.dream.rig import Mark, Part
from dreamreel.dream.shapes import Capsule, Moved, Oval, Point, union

__all__ = ["four_legs", "leg"]


def leg(
    joint: str,
    hip: Point,
    foot: Point,
    radii: tuple[float, float] = (9, 7),
    *,
    toe: float = 3,
    role: str = "body",
    parent: str = "body",
    z: float = 1,
    melt: float = 0,
    marks: tuple[Mark, ...] = (),
    limits: tuple[float, float] = (-60, 60),
    shade: str | None = None,
) -> Part:
    """A limb from `hip` to the sole at `foot`, its paw reaching `toe` units forward; joint and part share a name."""
    top, ankle = radii
    x, y = foot
    shape = union(
        Capsule(hip, (x, y - ankle), top, ankle),
        Oval(x + toe * 0.6, y - ankle * 0.75, ankle + toe, ankle * 0.75),
    )
    return Part(joint, shape, role, hip, parent, z, joint, limits, marks=marks, melt=melt, shade=shade)


def four_legs(
    front: tuple[Point, Point],
    back: tuple[Point, Point],
    radii: tuple[float, float] = (9, 7),
    *,
    far: float = 9,
    toe: float = 3,
    role: str = "body",
    far_role: str = "far",
    near_z: float = 1,
    melt: float = 10,
    parent: str = "body",
    marks: tuple[Mark, ...] = (),
    shade: str | None = None,
) -> tuple[Part, ...]:
    """The legs of a walker looking right, from hip and sole of its near pair.

    Args:
        front: hip and sole of the near front leg.
        back: hip and sole of the near hind leg.
        radii: of thigh and ankle.
        far: how much farther right the far pair stands; it is drawn behind the body and a little higher.
        toe: how far the paw reaches forward.
        role: colour role of the near pair.
        far_role: colour role of the far pair, a touch darker.
        near_z: drawing order of the near pair; below the body's it peeks out from under it.
        melt: units over which the near pair grows out of the body.
        parent: the part they hang on.
        marks: toes or socks, about a sole at (0, 0).
        shade: role of the colour their dark side leans to.
    """
    out: list[Part] = []
    for name, (hip, sole) in (("leg_fl", front), ("leg_bl", back)):
        near = leg(
            name,
            hip,
            sole,
            radii,
            toe=toe,
            role=role,
            parent=parent,
            z=near_z,
            melt=melt,
            marks=_placed(marks, sole),
            shade=shade,
        )
        hip_far, sole_far = (hip[0] + far, hip[1] - 1), (sole[0] + far, sole[1] - 3)
        twin = leg(
            name[:-1] + "r",
            hip_far,
            sole_far,
            radii,
            toe=toe,
            role=far_role,
            parent=parent,
            z=-4,
            shade=shade,
        )
        out += [near, replace(twin, marks=_placed(marks, sole_far))]
    return tuple(out)


def _placed(marks: tuple[Mark, ...], at: Point) -> tuple[Mark, ...]:
    return tuple(replace(mark, shape=Moved(mark.shape, *at)) for mark in marks)
