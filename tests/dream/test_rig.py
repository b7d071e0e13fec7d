"""Puppets: limits, follow-through, the face's place in the drawing order, mirror images, melting limbs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
import skia

from dreamreel.dream.cast import ActorWords
from dreamreel.dream.hand import LOOKS
from dreamreel.dream.outlines import path
from dreamreel.dream.rig import (
    Actor,
    Expression,
    Eye,
    Face,
    Mark,
    Part,
    Pose,
    Puppet,
    Turn,
    mirrored,
    recoloured,
)
from dreamreel.dream.shapes import Box, Capsule, circle

ARM = Part("arm", Capsule((0, 0), (40, 0), 6, 6), "arm", (0, 0), "body", 1, "arm_l", (-30, 30))
TOY = Actor(
    words=ActorWords(("toy",)),
    colours={"body": 0x88AAEE, "arm": 0xEE8866, "dark": 0x5577BB, "pale": 0xCCDDF8},
    parts=(Part("body", circle(0, 0, 20), "body", joint="body"), ARM),
    face=Face("body", (Eye(-6, 0, 4), Eye(6, 0, 4))),
    tints=("dark", "pale"),
)


def drawn(who: Actor, pose: Pose | Callable[[float], Pose], look: str = "plush") -> npt.NDArray[np.uint8]:
    surface = skia.Surface(160, 160)
    surface.getCanvas().translate(80, 80)
    at = pose if callable(pose) else lambda _: pose
    Puppet(who, recoloured(who, None), LOOKS[look], 1.0).draw(surface.getCanvas(), at, 5.0)
    return surface.toarray()


def test_a_joint_stops_at_its_limit():
    assert np.array_equal(drawn(TOY, Pose({"arm_l": Turn(90)})), drawn(TOY, Pose({"arm_l": Turn(30)})))
    assert np.any(drawn(TOY, Pose({"arm_l": Turn(20)})) != drawn(TOY, Pose({"arm_l": Turn(30)})))


def test_a_child_is_carried_by_its_parent():
    moved = drawn(TOY, Pose({"body": Turn(dx=25)}))
    assert np.array_equal(moved[:, 25:], drawn(TOY, Pose())[:, :-25])


def test_a_lagging_part_does_what_was_asked_earlier():
    slow = replace(TOY, parts=(TOY.parts[0], replace(ARM, lag=0.25)))

    def swinging(t: float) -> Pose:
        return Pose({"arm_l": Turn(100 * (t - 5.0))})

    assert np.array_equal(drawn(slow, swinging), drawn(TOY, Pose({"arm_l": Turn(-25)})))


@pytest.mark.parametrize(("z", "hidden"), [(1.0, True), (-1.0, False)])
def test_nearer_parts_cover_the_face(z: float, hidden: bool):
    mask = Part("mask", Box(-15, -8, 30, 16), "arm", z=z)
    who = replace(TOY, parts=(TOY.parts[0], mask))
    same = np.array_equal(drawn(who, Pose()), drawn(who, Pose(face=Expression(asleep=True))))
    assert same is hidden


def test_a_faded_actor_is_faded_as_a_whole():
    surface = skia.Surface(160, 160)
    surface.getCanvas().translate(80, 80)
    Puppet(TOY, recoloured(TOY, None), LOOKS["plush"], 1.0).draw(
        surface.getCanvas(), lambda _: Pose(), 0.0, alpha=0.5
    )
    assert abs(int(surface.toarray()[..., 3].max()) - 128) <= 1


def test_a_mirrored_part_is_its_mirror_image():
    part = replace(ARM, limits=(-10, 60), marks=(Mark(circle(30, 0, 3), "dark"),), melt=4)
    twin = mirrored(part, "other", "arm_r")
    bounds, flipped = path(part.shape).computeTightBounds(), path(twin.shape).computeTightBounds()
    assert (flipped.left(), flipped.right()) == pytest.approx((-bounds.right(), -bounds.left()))
    assert (twin.name, twin.joint, twin.limits, twin.melt) == ("other", "arm_r", (-60, 10), 4)
    assert path(twin.marks[0].shape).contains(-30, 0)


def test_a_melting_limb_has_no_seam_but_cut_paper_keeps_it():
    soft = replace(TOY, parts=(TOY.parts[0], replace(ARM, melt=12)))
    assert np.any(drawn(soft, Pose()) != drawn(TOY, Pose()))
    assert np.array_equal(drawn(soft, Pose(), "paper"), drawn(TOY, Pose(), "paper"))


def test_tinted_roles_keep_their_distance_from_the_body():
    colours = recoloured(TOY, "#9ad6a0")

    def brightness(role: str) -> int:
        return sum(colours[role].to_bytes(3, "big"))

    assert brightness("dark") < brightness("body") < brightness("pale")
    assert colours["arm"] == TOY.colours["arm"]


def test_everything_is_pulled_toward_the_scene():
    assert recoloured(TOY, None, 0x000000, 0.5)["body"] == 0x445577
