"""What must be true of every action on every kind of body: alive, closed, continuous, within reach, and its own."""

from __future__ import annotations

import itertools
import math
from functools import cache

import pytest

from dreamreel.dream.cast import default_cast
from dreamreel.dream.rig import Actor, Pose, Turn, action, actor

ACTIONS = sorted(default_cast().actions)
BODIES = ("sheep", "teddy_bear", "baby", "bird", "whale", "moon", "rocket", "toy_train", "tree", "ball")
FRAME = 1 / 24
pairs = pytest.mark.parametrize(("does", "kind"), list(itertools.product(ACTIONS, BODIES)))


@cache
def film(does: str, kind: str, energy: float = 1.0, step: float = FRAME) -> tuple[Pose, ...]:
    """One whole round of an action, frame by frame."""
    act, who = action(does), actor(kind)
    count = math.ceil(act.period / energy / step) + 1
    return tuple(act.pose(who, 3.0 + n * step, 0.3, energy) for n in range(count))


def turns_of(pose: Pose) -> dict[str, Turn]:
    return {**pose.joints, "": pose.root}


def numbers(turn: Turn) -> tuple[float, ...]:
    return turn.rot, turn.dx, turn.dy, turn.sx, turn.sy


def angle_between(a: float, b: float) -> float:
    """Degrees from a to b the short way: whole turns of a wheel do not show."""
    return abs((b - a + 180) % 360 - 180)


def middle(who: Actor, root: Turn) -> tuple[float, float]:
    """Where the middle of the actor's box goes."""
    x, y = (who.box[0] + who.box[2]) / 2 * root.sx, ((who.box[1] + who.box[3]) / 2 - who.foot) * root.sy
    a = math.radians(root.rot)
    return (
        x * math.cos(a) - y * math.sin(a) + root.dx,
        x * math.sin(a) + y * math.cos(a) + root.dy + who.foot,
    )


def test_there_are_twelve_actions_each_with_words_and_a_period():
    assert {
        "fly",
        "float",
        "swim",
        "walk",
        "run",
        "jump",
        "hop",
        "dance",
        "spin",
        "sleep",
        "sing",
        "play",
    } <= set(ACTIONS)
    assert all(action(does).words.verbs and action(does).period > 0 for does in ACTIONS)


def test_whoever_travels_has_a_speed():
    assert all((action(does).travel == "spot") == (action(does).speed == 0) for does in ACTIONS)


@pairs
def test_every_number_of_a_pose_is_finite(does, kind):
    assert all(
        math.isfinite(x)
        for pose in film(does, kind)
        for turn in turns_of(pose).values()
        for x in numbers(turn)
    )


@pairs
def test_joints_stay_within_their_limits(does, kind):
    limits = {part.joint: part.limits for part in actor(kind).parts if part.joint}
    for pose in film(does, kind, 1.5):
        assert set(pose.joints) <= set(limits)
        assert all(limits[j][0] <= turn.rot <= limits[j][1] for j, turn in pose.joints.items())


@pairs
def test_nothing_jumps_from_one_frame_to_the_next(does, kind):
    for before, after in itertools.pairwise(film(does, kind, 1.5)):
        assert set(before.joints) == set(after.joints)
        old, new = turns_of(before), turns_of(after)
        for joint, turn in new.items():
            most = 36  # half a spoke of a wheel: beyond that it would seem to turn backward
            assert angle_between(old[joint].rot, turn.rot) < most, joint
            assert math.hypot(turn.dx - old[joint].dx, turn.dy - old[joint].dy) < 26, joint
            assert abs(turn.sy - old[joint].sy) < 0.27, joint
            assert abs(turn.sx - old[joint].sx) < 0.66, joint


@pytest.mark.parametrize("does", ACTIONS)
@pytest.mark.parametrize("kind", ["sheep", "teddy_bear", "bird", "rocket", "ball"])
def test_motion_is_continuous_between_frames(does, kind):
    """A pop stays as big however short the step; a movement shrinks with it."""
    for before, after in itertools.pairwise(film(does, kind, 1.0, FRAME / 6)):
        old, new = turns_of(before), turns_of(after)
        for joint, turn in new.items():
            assert angle_between(old[joint].rot, turn.rot) < 9, joint
            assert (
                max(abs(a - b) for a, b in zip(numbers(old[joint])[1:3], numbers(turn)[1:3], strict=True))
                < 4.4
            ), joint
            assert (
                max(abs(a - b) for a, b in zip(numbers(old[joint])[3:], numbers(turn)[3:], strict=True)) < 0.1
            ), joint


@pairs
def test_an_action_repeats_after_its_period(does, kind):
    act, who = action(does), actor(kind)
    for t, energy in ((0.0, 0.7), (0.77, 1.0), (1.9, 1.4)):
        one, two = act.pose(who, t, 0.2, energy), act.pose(who, t + act.period / energy, 0.2, energy)
        for joint, turn in turns_of(one).items():
            again = turns_of(two)[joint]
            assert angle_between(turn.rot, again.rot) < 1e-6, joint
            assert numbers(turn)[1:] == pytest.approx(numbers(again)[1:], abs=1e-9), joint
        assert (one.face.sing, *one.face.look) == pytest.approx((two.face.sing, *two.face.look), abs=1e-9)
        assert one.face.asleep == two.face.asleep


@pairs
def test_the_actor_stays_near_its_place(does, kind):
    who = actor(kind)
    home = middle(who, Turn())
    assert max(math.dist(middle(who, pose.root), home) for pose in film(does, kind, 1.5)) < 64


@pairs
def test_squash_and_stretch_keep_the_area(does, kind):
    for pose in film(does, kind, 1.5):
        if does in {"spin", "dance"}:  # turning on the spot foreshortens
            assert abs(pose.root.sx) * pose.root.sy < 1.12
        else:
            assert pose.root.sx * pose.root.sy == pytest.approx(1, abs=0.12)


@pairs
def test_somebody_is_always_moving(does, kind):
    """Even a sleeper breathes: no second of the round stands still."""
    shots = film(does, kind)[::12]
    for before, after in itertools.pairwise(shots):
        old = turns_of(before)
        assert any(
            numbers(turn) != pytest.approx(numbers(old[joint]), abs=1e-3)
            for joint, turn in turns_of(after).items()
        )


@pytest.mark.parametrize("kind", BODIES)
def test_actions_differ_from_one_another(kind):
    def look(does: str) -> list[float]:
        act, who = action(does), actor(kind)
        joints = sorted(who.joints() - {"wheel"})
        out: list[float] = []
        for n in range(24):
            pose = act.pose(who, act.period * n / 24, 0.0, 1.0)
            for turn in (pose.root, *(pose.joints.get(j, Turn()) for j in joints)):
                out += [turn.rot / 4, turn.dx, turn.dy, turn.sx * 20, turn.sy * 20]
            out += [pose.face.sing * 8, pose.face.asleep * 8]
        return out

    looks = {does: look(does) for does in ACTIONS}
    for one, two in itertools.combinations(ACTIONS, 2):
        assert max(abs(a - b) for a, b in zip(looks[one], looks[two], strict=True)) > 2.0, (one, two)


@pairs
def test_a_copy_with_another_phase_is_not_in_step(does, kind):
    act, who = action(does), actor(kind)
    one, two = act.pose(who, 1.0, 0.0, 1.0), act.pose(who, 1.0, 0.37, 1.0)
    assert any(
        numbers(turn) != pytest.approx(numbers(turns_of(two)[j]), abs=1e-3)
        for j, turn in turns_of(one).items()
    )


@pytest.mark.parametrize("does", ACTIONS)
def test_only_sleepers_sleep(does):
    assert all(pose.face.asleep == (does == "sleep") for pose in film(does, "sheep"))


def test_singers_open_and_close_their_mouths_several_times():
    mouths = [pose.face.sing for pose in film("sing", "bird")]
    opened = sum(a < 0.4 <= b for a, b in itertools.pairwise(mouths))
    assert opened >= 4
    assert min(mouths) < 0.05
    assert max(mouths) > 0.9


def test_jumpers_crouch_before_they_leave_the_ground_and_when_they_land():
    poses = film("jump", "ball", 1.0, 1 / 96)
    air = [pose.root.dy < -1 for pose in poses]
    leaves = next(n for n in range(1, len(air)) if air[n] and not air[n - 1])
    lands = next(n for n in range(leaves, len(air)) if not air[n])
    assert min(pose.root.sy for pose in poses[:leaves] + poses[lands : lands + 20]) < 0.9
    assert min(pose.root.sy for pose in poses[lands : lands + 20]) < 0.9
    assert max(pose.root.sy for pose in poses[leaves:lands]) > 1.05


def test_a_jump_is_a_ballistic_arc():
    poses = film("jump", "sheep", 1.0, 1 / 240)
    ys = [-pose.root.dy for pose in poses]
    top = ys.index(max(ys))
    bends = [ys[n - 1] - 2 * ys[n] + ys[n + 1] for n in range(top - 40, top + 40)]
    assert max(bends) == pytest.approx(min(bends), rel=1e-3)


def test_a_flying_bird_rises_while_its_wings_push_down():
    poses, who = film("fly", "bird", 1.0, 1 / 96), actor("bird")
    wing = [
        pose.joints["wing_near"].rot for pose in poses
    ]  # it points back, so that turning clockwise raises it
    height = [-middle(who, pose.root)[1] for pose in poses]
    pushing = [height[n] - height[n - 1] for n in range(1, len(poses)) if wing[n] - wing[n - 1] < -0.5]
    recovering = [height[n] - height[n - 1] for n in range(1, len(poses)) if wing[n] - wing[n - 1] > 0.5]
    assert sum(pushing) > 0 > sum(recovering)


def test_legs_of_a_walker_take_turns():
    for pose in film("walk", "sheep"):
        angles = [pose.joints[leg].rot for leg in ("leg_fl", "leg_fr", "leg_bl", "leg_br")]
        assert max(angles) - min(angles) > 10


def test_wheels_roll_forward_steadily_when_a_train_drives():
    rolled = [
        b.joints["wheel"].rot - a.joints["wheel"].rot
        for a, b in itertools.pairwise(film("walk", "toy_train"))
    ]
    assert min(rolled) > 0
    assert max(rolled) == pytest.approx(min(rolled))


def test_energy_makes_an_action_quicker():
    act = action("walk")
    assert (
        act.pose(actor("ball"), 1.0, 0.0, 1.5).joints["wheel"].rot
        > act.pose(actor("ball"), 1.0, 0.0, 0.5).joints["wheel"].rot
    )
