"""What must be true of every actor: sound data, true bounds, nothing that comes off, a shape of its own."""

from __future__ import annotations

import itertools
from functools import cache

import numpy as np
import numpy.typing as npt
import pytest
import skia

from dreamreel.dream.cast import default_cast
from dreamreel.dream.hand import LOOKS
from dreamreel.dream.outlines import path
from dreamreel.dream.rig import Actor, Expression, Part, Pose, Puppet, Turn, actor, recoloured

KINDS = sorted(default_cast().actors)
SETTINGS = {
    "beach", "bedroom", "candy_land", "forest", "meadow", "night_sky", "open_sea", "snow_field", "space", "underwater"
}  # fmt: skip
JOINTS = frozenset(
    [
        "leg_fl",
        "leg_fr",
        "leg_bl",
        "leg_br",
        "leg_l",
        "leg_r",
        "arm_l",
        "arm_r",
        "wing_l",
        "wing_r",
        "wing_near",
        "wing_far",
        "fin_l",
        "fin_r",
        "fin_near",
        "fin_far",
        "body",
        "head",
        "jaw",
        "ear_l",
        "ear_r",
        "horn",
        "mane",
        "crest",
        "tuft",
        "trunk",
        "trunk_tip",
        "tail",
        "tail_tip",
        "dorsal",
        "hat",
        "hat_tip",
        "tag",
        "wheel",
        "cab",
        "chimney",
        "wagon",
        "load",
        "puff_l",
        "puff_r",
        "flame",
        "flame_core",
        "sail",
        "jib",
        "mast",
        "flag",
        "basket",
        "charm",
        "charm_tip",
        "rider",
        "stem",
        "crown",
        "crown_top",
        "apple",
        "petal_0",
        "petal_1",
        "petal_low_0",
        "petal_low_1",
        "rays",
        "rays_low",
        "tower_l",
        "tower_r",
        "teat",
    ]
)
LIMBS = frozenset(
    [
        "leg",
        "arm",
        "wing",
        "fin",
        "ear",
        "head",
        "tail",
        "trunk",
        "mane",
        "horn",
        "hat",
        "dorsal",
        "crest",
        "tuft",
        "jaw",
    ]
)
REST = Pose()
every = pytest.mark.parametrize("kind", KINDS)
Picture = npt.NDArray[np.uint8]


def painted(
    who: Actor, pose: Pose = REST, *, colour: str | None = None, t: float = 1.0, size: int = 64
) -> Picture:
    """The actor in a square picture of `size` pixels that its box fits into."""
    left, top, right, bottom = who.box
    scale = size / max(right - left, bottom - top)
    surface = skia.Surface(size, size)
    canvas = surface.getCanvas()
    canvas.scale(scale, scale)
    canvas.translate((size / scale - left - right) / 2, (size / scale - top - bottom) / 2)
    Puppet(who, recoloured(who, colour), LOOKS["plush"], scale).draw(canvas, lambda _: pose, t)
    return surface.toarray()


@cache
def silhouette(kind: str) -> npt.NDArray[np.bool_]:
    """Where the parts of an actor are, without what floats around it."""
    who = actor(kind)
    left, top, right, bottom = who.box
    scale = 64 / max(right - left, bottom - top)
    surface = skia.Surface(64, 64)
    canvas = surface.getCanvas()
    canvas.scale(scale, scale)
    canvas.translate((64 / scale - left - right) / 2, (64 / scale - top - bottom) / 2)
    for part in who.parts:
        canvas.drawPath(path(part.shape), skia.Paint(AntiAlias=True))
    return surface.toarray()[..., 3] > 127


def outline(who: Actor) -> skia.Rect:
    """The bounds of all parts at rest."""
    bounds = path(who.parts[0].shape).computeTightBounds()
    for part in who.parts:
        bounds.join(path(part.shape).computeTightBounds())
    return bounds


def drawn_bounds(who: Actor) -> tuple[float, float, float, float]:
    """Left, top, right, bottom in rig units of every pixel that is touched within some seconds."""
    half, scale = 180, 0.8
    surface = skia.Surface(int(2 * half * scale), int(2 * half * scale))
    canvas = surface.getCanvas()
    canvas.translate(half * scale, half * scale)
    canvas.scale(scale, scale)
    puppet = Puppet(who, recoloured(who, None), LOOKS["plush"], scale)
    for tenths in range(0, 60, 7):
        puppet.draw(canvas, lambda _: REST, tenths / 10)
    ys, xs = np.nonzero(surface.toarray()[..., 3] > 12)
    left, top = xs.min() / scale - half, ys.min() / scale - half
    return float(left), float(top), float((xs.max() + 1) / scale - half), float((ys.max() + 1) / scale - half)


def turned(part: Part, degrees: float, pivot: tuple[float, float]) -> skia.Path:
    out = skia.Path(path(part.shape))
    out.transform(skia.Matrix.RotateDeg(degrees, skia.Point(*pivot)))
    return out


def widened(outline: skia.Path) -> skia.Path:
    """A path and a seam's width around it."""
    seam = skia.Path()
    skia.Paint(Style=skia.Paint.kStroke_Style, StrokeWidth=3).getFillPath(outline, seam)
    return skia.Op(outline, seam, skia.PathOp.kUnion_PathOp)


def touches(one: skia.Path, other: skia.Path) -> bool:
    return not skia.Op(one, other, skia.PathOp.kIntersect_PathOp).isEmpty()


def hangs_on(who: Actor, part: Part, name: str) -> bool:
    """Whether `part` is, or is carried along by, the part of that name."""
    parents = {p.name: p.parent for p in who.parts}
    above: str | None = part.name
    while above is not None and above != name:
        above = parents[above]
    return above == name


@every
def test_the_body_can_take_the_colour_of_a_prompt(kind: str):
    who = actor(kind)
    assert any(part.role == "body" for part in who.parts)
    assert np.any(painted(who, colour="#4fd07a") != painted(who))


@every
def test_every_role_has_a_colour(kind: str):
    who = actor(kind)
    roles = set(who.tints)
    for part in who.parts:
        roles |= {part.role, *(mark.role for mark in part.marks)} | {r for r in (part.shade, part.glow) if r}
    assert roles <= set(who.colours)


@every
def test_nothing_is_cut_from_pure_grey(kind: str):
    who = actor(kind)
    for part in who.parts:
        red, green, blue = who.colours[part.role].to_bytes(3, "big")
        assert max(red, green, blue) - min(red, green, blue) > 2


@every
def test_parts_have_names_of_their_own_and_hang_on_each_other_without_a_circle(kind: str):
    parents = {part.name: part.parent for part in actor(kind).parts}
    assert len(parents) == len(actor(kind).parts)
    for name in parents:
        seen: list[str] = []
        above: str | None = name
        while above is not None:
            assert above in parents
            assert above not in seen
            seen.append(above)
            above = parents[above]


@every
def test_joints_are_known_and_their_limits_allow_rest(kind: str):
    for part in actor(kind).parts:
        low, high = part.limits
        assert low <= 0 <= high
        assert part.joint in JOINTS | {""}
        assert 0 <= part.lag < 0.5


@every
def test_the_box_is_what_is_drawn(kind: str):
    who = actor(kind)
    left, top, right, bottom = who.box
    parts, (x0, y0, x1, y1) = outline(who), drawn_bounds(who)
    assert left - 3 <= parts.left()
    assert top - 3 <= parts.top()
    assert parts.right() <= right + 3
    assert parts.bottom() <= bottom + 3
    assert x0 <= left + 8
    assert y0 <= top + 8
    assert right - 8 <= x1
    assert bottom - 8 <= y1


@every
def test_it_stands_on_its_own_foot(kind: str):
    who = actor(kind)
    assert who.box[1] < who.foot <= who.box[3] + 1
    assert 0.08 <= who.size <= 0.5


@every
def test_the_face_is_on_a_part_with_two_eyes_inside_it(kind: str):
    who = actor(kind)
    assert who.face is not None
    ground = {part.name: part for part in who.parts}[who.face.part]
    assert len(who.face.eyes) == 2
    assert all(path(ground.shape).contains(eye.x, eye.y) for eye in who.face.eyes)


@every
def test_words_are_lower_case_and_lead_to_known_places(kind: str):
    words = actor(kind).words
    assert words.nouns
    assert all(noun == noun.lower().strip() and "-" not in noun for noun in words.nouns)
    assert words.settings
    assert set(words.settings) <= SETTINGS


@every
def test_it_can_be_seen_at_thumbnail_size_in_every_look(kind: str):
    who = actor(kind)
    for look in LOOKS.values():
        surface = skia.Surface(64, 64)
        surface.getCanvas().translate(32, 32)
        surface.getCanvas().scale(0.3, 0.3)
        Puppet(who, recoloured(who, None), look, 0.3).draw(surface.getCanvas(), lambda _: REST, 0.0)
        assert np.count_nonzero(surface.toarray()[..., 3] > 200) > 150


@every
def test_it_is_drawn_the_same_every_time(kind: str):
    pose = Pose({part.joint: Turn(9) for part in actor(kind).parts if part.joint}, Turn(4))
    assert np.array_equal(painted(actor(kind), pose, t=2.3), painted(actor(kind), pose, t=2.3))


@every
def test_it_falls_asleep_and_sings(kind: str):
    who = actor(kind)
    awake = painted(who, size=160)
    assert np.any(painted(who, Pose(face=Expression(asleep=True)), size=160) != awake)
    assert np.any(painted(who, Pose(face=Expression(sing=1.0)), size=160) != awake)


@every
def test_nothing_comes_off_however_far_it_turns(kind: str):
    who = actor(kind)
    for part in who.parts:
        if part.parent is None or not part.joint:
            continue
        rest = [path(other.shape) for other in who.parts if not hangs_on(who, other, part.name)]
        carried = [other for other in who.parts if hangs_on(who, other, part.name)]
        for limit in part.limits:
            degrees = min(max(limit, -180.0), 180.0)
            moved = [widened(turned(other, degrees, part.pivot)) for other in carried]
            assert any(touches(a, b) for a in moved for b in rest), f"{part.name} comes off at {limit:.0f}"


@every
def test_limbs_stay_on_the_very_part_they_grow_from(kind: str):
    parts = {part.name: part for part in actor(kind).parts}
    for part in parts.values():
        if part.parent is not None and part.joint.split("_")[0] in LIMBS:
            for limit in part.limits:
                moved = widened(turned(part, limit, part.pivot))
                assert touches(moved, path(parts[part.parent].shape)), f"{part.name} at {limit:.0f}"


def test_no_two_actors_have_the_same_silhouette():
    for one, other in itertools.combinations(KINDS, 2):
        a, b = silhouette(one), silhouette(other)
        assert np.count_nonzero(a & b) / np.count_nonzero(a | b) < 0.93, f"{one} looks like {other}"


def test_a_jaw_opens_with_the_song():
    closed, opened = (
        painted(actor("duck"), size=160),
        painted(actor("duck"), Pose(face=Expression(sing=1.0)), size=160),
    )
    ys = np.nonzero(np.any(closed != opened, axis=2))[0]
    assert ys.size > 20


def test_darker_and_lighter_roles_follow_the_new_colour():
    who = actor("cat")
    colours = recoloured(who, "#8fb8f0")
    assert colours["body"] == 0x8FB8F0
    assert sum(colours["far"].to_bytes(3, "big")) < sum(colours["body"].to_bytes(3, "big"))
    assert colours["far"] & 0xFF > colours["far"] >> 16
    assert colours["muzzle"] == who.colours["muzzle"]
