"""Staging: relations hold, crowds fit, nobody leaves what a cloud shows, and any storyboard can be staged."""

from __future__ import annotations

import itertools
import math
import pkgutil
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dreamreel.dream.actions
import dreamreel.dream.actors
import dreamreel.dream.settings
from dreamreel.dream.beats import beats
from dreamreel.dream.roles import Role, breadth
from dreamreel.dream.stage import HORIZON, Staging, stage
from dreamreel.dream.storyboard import ActorCue, Camera, Mood, Relation, SettingCue, Size, Storyboard


def names(package: Any) -> tuple[str, ...]:
    return tuple(sorted(m.name for m in pkgutil.iter_modules(package.__path__) if not m.name.startswith("_")))


ACTORS, ACTIONS, SETTINGS = (
    names(p) for p in (dreamreel.dream.actors, dreamreel.dream.actions, dreamreel.dream.settings)
)
FIVE = beats(5.0, "auto", loop=False)
LATE = (3.4, 4.0, 4.9)
SKY = ("moon", "sun", "star", "rainbow")


def staged(*cues: dict[str, Any], place: str = "meadow", width: float = 1400.0, seed: int = 0) -> Staging:
    actors = tuple(ActorCue.model_validate(cue) for cue in cues)
    board = Storyboard(setting=SettingCue(kind=place, time="day"), actors=actors)
    return stage(board, width, FIVE, seed)


def box(
    staging: Staging, role: Role, t: float, camera: Camera = "still"
) -> tuple[float, float, float, float]:
    """Left, top, right, bottom on the stage as the camera shows it."""
    left, top, right, bottom = role.box(staging.moment(role, t))
    shift, zoom = staging.camera(camera, t)
    x = [(v - shift * role.place.depth - staging.width / 2) * zoom + staging.width / 2 for v in (left, right)]
    y = [(v - HORIZON) * zoom + HORIZON for v in (top, bottom)]
    return x[0], y[0], x[1], y[1]


Edges = tuple[float, float, float, float]


def shared(a: Edges, b: Edges) -> float:
    """Area that lies within both boxes."""
    wide = max(0.0, min(a[2], b[2]) - max(a[0], b[0]))
    return wide * max(0.0, min(a[3], b[3]) - max(a[1], b[1]))


def common(a: Edges, b: Edges) -> float:
    """Share of the smaller box that lies within the other."""
    return shared(a, b) / min((v[2] - v[0]) * (v[3] - v[1]) for v in (a, b))


# --- relations ---


@pytest.mark.parametrize(
    ("rider", "mount", "relation", "place"),
    [
        ("cat", "whale", "on", "open_sea"),
        ("teddy_bear", "hot_air_balloon", "in", "meadow"),
        ("bird", "elephant", "on", "meadow"),
        ("star", "rainbow", "on", "night_sky"),
        ("rabbit", "boat", "in", "open_sea"),
        ("castle", "cloud", "in", "snow_field"),
    ],
)
@pytest.mark.parametrize("seed", range(4))
def test_riders_stay_on_their_mounts(rider: str, mount: str, relation: str, place: str, seed: int) -> None:
    s = staged({"kind": rider, "relation": relation, "to": mount}, {"kind": mount}, place=place, seed=seed)
    above, below = s.roles
    assert above.target == below.index
    for t in LATE:
        a, b = box(s, above, t), box(s, below, t)
        assert b[0] <= (a[0] + a[2]) / 2 <= b[2]
        # Its feet are inside the mount's box, its head is not below the mount's middle.
        assert b[1] - 0.1 * below.height <= a[3] <= b[3] + 30
        assert relation == "in" or a[1] < (b[1] + b[3]) / 2


def test_a_rider_and_its_mount_arrive_together() -> None:
    s = staged({"kind": "cat", "relation": "on", "to": "whale"}, {"kind": "whale"}, place="open_sea")
    assert s.roles[0].enter == s.roles[1].enter == 0.0


def test_riders_of_one_mount_sit_side_by_side() -> None:
    s = staged(
        {"kind": "cat", "count": 3, "relation": "on", "to": "whale"}, {"kind": "whale"}, place="open_sea"
    )
    places = sorted(s.moment(role, 4.0).x for role in s.roles[:3])
    assert all(b - a > 0.3 * breadth(s.roles[0]) for a, b in itertools.pairwise(places))


@pytest.mark.parametrize("seed", range(6))
def test_who_leaps_over_passes_above_from_side_to_side(seed: int) -> None:
    s = staged(
        {"kind": "sheep", "action": "jump", "relation": "over", "to": "moon"}, {"kind": "moon"}, seed=seed
    )
    sheep, moon = s.roles
    times = [FIVE.grow + (5 - FIVE.grow) * k / 40 for k in range(41)]
    aside = [s.moment(sheep, t).x - s.moment(moon, t).x for t in times]
    assert aside[0] * aside[-1] < 0
    middle = min(times, key=lambda t: abs(s.moment(sheep, t).x - s.moment(moon, t).x))
    assert box(s, sheep, middle)[3] <= box(s, moon, middle)[1] + 0.25 * sheep.height


def test_those_who_leap_do_so_in_single_file() -> None:
    s = staged({"kind": "sheep", "count": 3, "relation": "over", "to": "moon"}, {"kind": "moon"})
    for t in LATE:
        boxes = [box(s, role, t) for role in s.roles[:3]]
        assert all(common(a, b) < 0.35 for a, b in itertools.combinations(boxes, 2))


def test_who_circles_goes_all_around_in_front_and_behind() -> None:
    s = staged(
        {"kind": "fish", "count": 4, "relation": "around", "to": "whale"},
        {"kind": "whale"},
        place="underwater",
    )
    *fish, whale = s.roles
    sides = set()
    for t in (0.1 * k for k in range(120)):
        centre = s.moment(whale, t)
        for one in fish:
            spot = s.moment(one, t)
            sides.add((spot.x > centre.x, one.order + spot.nearer > whale.order))
    assert len(sides) == 4


def test_what_walks_around_stays_on_the_ground() -> None:
    s = staged({"kind": "toy_train", "relation": "around", "to": "castle"}, {"kind": "castle"})
    train, castle = s.roles
    feet = [s.moment(train, 0.2 * k).y for k in range(40)]
    assert max(abs(y - castle.y) for y in feet) < 60


@pytest.mark.parametrize("seed", range(8))
def test_who_is_behind_looks_out(seed: int) -> None:
    s = staged(
        {"kind": "rabbit", "relation": "behind", "to": "tree"}, {"kind": "tree"}, place="forest", seed=seed
    )
    rabbit, tree = s.roles
    assert rabbit.order < tree.order
    assert rabbit.place == tree.place
    for t in LATE:
        a, trunk = box(s, rabbit, t), s.moment(tree, t).x
        assert 0 < abs((a[0] + a[2]) / 2 - trunk) < breadth(tree)


def test_under_what_stands_is_beneath_its_top_and_in_front() -> None:
    s = staged({"kind": "duck", "relation": "under", "to": "tree"}, {"kind": "tree"})
    duck, tree = s.roles
    a, b = box(s, duck, 4.0), box(s, tree, 4.0)
    assert duck.order > tree.order
    assert a[1] > b[1] + 0.4 * (b[3] - b[1])
    assert b[0] < (a[0] + a[2]) / 2 < b[2]


def test_under_what_hangs_is_below_it() -> None:
    s = staged(
        {"kind": "unicorn", "relation": "under", "to": "rainbow"}, {"kind": "rainbow"}, place="candy_land"
    )
    unicorn, rainbow = s.roles
    assert s.moment(unicorn, 4.0).y > box(s, rainbow, 4.0)[3] - 0.3 * rainbow.height
    assert abs(s.moment(unicorn, 4.0).x - s.moment(rainbow, 4.0).x) < 0.3 * s.width


def test_company_stands_side_by_side() -> None:
    s = staged({"kind": "cat", "relation": "with", "to": "dog"}, {"kind": "dog"})
    assert all(role.target is None for role in s.roles)
    assert common(box(s, s.roles[0], 4.0), box(s, s.roles[1], 4.0)) < 0.2


@pytest.mark.parametrize("relation", ["on", "in", "around", "behind", "over"])
def test_circles_of_relations_are_cut(relation: str) -> None:
    s = staged(
        {"kind": "cat", "relation": relation, "to": "dog"},
        {"kind": "dog", "relation": relation, "to": "rabbit"},
        {"kind": "rabbit", "relation": relation, "to": "cat"},
    )
    assert all(math.isfinite(s.moment(role, 4.0).x) for role in s.roles)
    assert any(role.target is None for role in s.roles)


# --- company and size ---


@pytest.mark.parametrize("kind", ["rabbit", "bird", "fish", "star", "sheep", "duck"])
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("width", [1000.0, 1400.0])
def test_a_crowd_of_twelve_does_not_hide_itself(kind: str, seed: int, width: float) -> None:
    place = {"fish": "underwater", "duck": "open_sea", "star": "night_sky"}.get(kind, "meadow")
    s = staged({"kind": kind, "count": 12}, place=place, seed=seed, width=width)
    boxes = [box(s, role, 4.0) for role in s.roles]
    for a, b in itertools.combinations(boxes, 2):
        # Faces are in the upper half; boxes are about twice as large as what is drawn in them.
        assert common(a, b) < 0.72
    hidden = [sum(common(a, b) > 0.5 for b in boxes if b is not a) for a in boxes]
    assert sum(n > 0 for n in hidden) <= 4


def test_sizes_are_in_order() -> None:
    heights = [staged({"kind": "cat", "size": size}).roles[0].height for size in get_args(Size)]
    assert heights == sorted(heights)
    assert heights[-1] > 1.5 * heights[0]
    a, b = staged({"kind": "dog", "size": "tiny"}, {"kind": "cat", "size": "huge"}).roles
    assert b.height > 2.5 * a.height


@pytest.mark.parametrize("kind", SKY)
def test_what_belongs_to_the_sky_stays_there_unhidden(kind: str) -> None:
    for seed in range(5):
        s = staged({"kind": "bird", "count": 3}, {"kind": kind}, {"kind": "cat", "count": 2}, seed=seed)
        thing = s.roles[3]
        assert thing.place.habitat == "sky"
        for t in LATE:
            mine = box(s, thing, t)
            assert (mine[1] + mine[3]) / 2 < 450
            covered = sum(shared(mine, box(s, r, t)) for r in s.roles if r is not thing)
            assert covered / ((mine[2] - mine[0]) * (mine[3] - mine[1])) < 0.3


# --- what a cloud shows ---


def outside(width: float, edges: tuple[float, float, float, float], stands: bool) -> float:
    """How far the middles of a box's sides are beyond the window's own superellipse: at most 1 is inside."""
    left, top, right, bottom = edges
    side = top + 0.6 * (bottom - top)
    points = [(left, side), (right, side), ((left + right) / 2, top)]
    # Feet may stand in the mist of the rim.
    points += [] if stands else [((left + right) / 2, bottom)]
    return max(
        (abs((x - width / 2) / (width / 2)) ** 2.6 + abs((y - 500) / 500) ** 2.6) ** (1 / 2.6)
        for x, y in points
    )


@pytest.mark.parametrize("place", SETTINGS)
def test_nobody_leaves_what_the_cloud_shows(place: str) -> None:
    for k, kind in enumerate(ACTORS):
        width = (1000.0, 1200.0, 1400.0, 1600.0)[k % 4]
        s = staged({"kind": kind, "count": 1 + 2 * (k % 3)}, place=place, width=width, seed=k)
        for role in s.roles:
            for t in (1.0, 2.0, 3.0, 4.0, 5.0):
                edges = box(s, role, t, "drift")
                assert outside(width, edges, role.stands) < 1.0, (kind, role.index, t)


def test_nothing_jumps_from_one_frame_to_the_next() -> None:
    for kind, relation in itertools.product(("bird", "sheep", "fish"), ("alone", "over", "around", "on")):
        s = staged({"kind": kind, "count": 3, "relation": relation, "to": "moon"}, {"kind": "moon"})
        for role in s.roles:
            spots = [s.moment(role, k / 24) for k in range(120)]
            steps = [math.hypot(b.x - a.x, b.y - a.y) for a, b in itertools.pairwise(spots)]
            assert max(steps) < 40, (kind, relation, role.index)


def test_a_narrow_frame_shows_everyone_of_a_wide_cloud() -> None:
    cues = (ActorCue(kind="sheep", count=5), ActorCue(kind="bird", count=3), ActorCue(kind="sun"))
    board = Storyboard(setting=SettingCue(kind="meadow", time="day"), actors=cues)
    s = stage(board, 1400.0, FIVE, 2, seen=900.0)
    for role in s.roles:
        for t in LATE:
            left, _, right, _ = box(s, role, t)
            assert left > 250 - 20
            assert right < 1150 + 20


# --- anything at all ---


def boards() -> st.SearchStrategy[Storyboard]:
    cue = st.builds(
        ActorCue,
        kind=st.sampled_from(ACTORS),
        count=st.integers(1, 12),
        size=st.sampled_from(get_args(Size)),
        action=st.none() | st.sampled_from(ACTIONS),
        relation=st.sampled_from(get_args(Relation)),
        to=st.none() | st.sampled_from(ACTORS) | st.sampled_from(("sea", "hill", "nowhere")),
    )
    place = st.builds(SettingCue, kind=st.sampled_from(SETTINGS))
    return st.builds(
        Storyboard,
        setting=place,
        actors=st.lists(cue, max_size=5).map(tuple),
        mood=st.sampled_from(get_args(Mood)),
    )


@given(board=boards(), width=st.floats(560, 2400), seed=st.integers(0, 2**40), t=st.floats(0, 5))
def test_any_storyboard_can_be_staged(board: Storyboard, width: float, seed: int, t: float) -> None:
    s = stage(board, width, FIVE, seed)
    assert len(s.roles) == sum(cue.count for cue in board.actors)
    for role in s.roles:
        spot = s.moment(role, t)
        assert all(map(math.isfinite, (spot.x, spot.y, spot.grow, spot.rot, spot.facing, spot.nearer)))
        assert role.height > 0
        left, top, right, bottom = role.box(s.moment(role, FIVE.end))
        assert left < width
        assert right > 0
        assert top < 1000
        assert bottom > 0


@given(board=boards(), seed=st.integers(0, 1000))
def test_staging_depends_on_nothing_else(board: Storyboard, seed: int) -> None:
    assert stage(board, 1200.0, FIVE, seed) == stage(board, 1200.0, FIVE, seed)


def test_another_seed_stages_another_dream() -> None:
    places = {
        tuple(round(role.x) for role in staged({"kind": "sheep", "count": 3}, seed=seed).roles)
        for seed in range(6)
    }
    assert len(places) == 6
