"""Frames between frames: in the right place, once, in every form of picture."""

import av
import numpy as np
import pytest
from tests.motion.drawn import GROUND, disc, psnr
from tests.motion.shaky import wall

from dreamreel.media.planes import planes
from dreamreel.motion.between import Pair, alike, luma8
from dreamreel.motion.flow import between, velocity


def framed(luma, pix_fmt="yuv420p"):
    frame = av.VideoFrame(luma.shape[1], luma.shape[0], pix_fmt)
    deep = frame.format.components[0].bits - 8
    for number, plane in enumerate(planes(frame)):
        plane[:] = 128 << deep
        if number in (0, 3):
            plane[:] = luma.astype(plane.dtype) << deep
    return frame


@pytest.mark.parametrize("part", [0.25, 0.5, 0.8])
def test_what_moves_is_where_it_is_at_that_instant(part):
    one, two, true = disc(50), disc(56), disc(50 + 6 * part)
    made = luma8(Pair(framed(one), framed(two)).at(part))
    mixed = np.rint((1 - part) * one + part * two).astype(np.uint8)
    assert psnr(made, true) > psnr(mixed, true) + 5


def test_the_ground_that_was_hidden_is_seen_and_nothing_is_seen_twice():
    made = luma8(Pair(framed(disc(50)), framed(disc(56))).at(0.5)).astype(int)
    ground = GROUND.astype(int)
    # The disc's radius is 22: at 50 it ended on the left at 28, at 56 on the right at 78; halfway it spans 31 to 75.
    assert np.abs(made[56:64, 26:30] - ground[56:64, 26:30]).mean() < 8
    assert np.abs(made[56:64, 77:81] - ground[56:64, 77:81]).mean() < 8


def test_the_motion_is_measured():
    motion = between(disc(50), disc(56))
    # Flow is kept at half the size.
    assert velocity(motion, 0.5)[30, 28] == pytest.approx([3, 0], abs=0.7)
    assert np.abs(velocity(motion, 0.5)[5, 5]).max() < 0.3


def test_what_is_written_on_a_moving_picture_stays():
    first, second = wall(6)[:120, 20:180].copy(), wall(6)[:120, 12:172].copy()
    for picture in (first, second):
        picture[96:112, 16:64] = 16
        picture[100:108, 20:60:4] = 235
    made = luma8(Pair(framed(first), framed(second)).at(0.5)).astype(int)
    assert np.abs(made[98:110, 20:60] - first[98:110, 20:60]).mean() < 6


@pytest.mark.parametrize("pix_fmt", ["yuv422p", "yuv444p10le", "yuva420p", "yuv420p16le"])
def test_every_form_is_kept(pix_fmt):
    made = Pair(framed(disc(50), pix_fmt), framed(disc(58), pix_fmt)).at(0.5)
    assert made.format.name == pix_fmt
    assert psnr(luma8(made), disc(54)) > 26
    if pix_fmt.startswith("yuva"):
        assert psnr(planes(made)[3], disc(54)) > 26


def test_pictures_that_have_nothing_in_common_have_nothing_between_them():
    noise = np.random.default_rng(2).integers(0, 256, (2, 120, 160)).astype(np.uint8)
    assert Pair(framed(noise[0]), framed(noise[1])).at(0.5) is None
    assert Pair(framed(disc(50)), framed(disc(52)), cut=True).at(0.5) is None
    assert Pair(framed(disc(50)), framed(disc(52)[:100])).at(0.5) is None
    assert Pair(framed(disc(50)[:20]), framed(disc(52)[:20])).at(0.5) is None


def test_the_same_drawing_encoded_twice_is_one_and_a_mouth_that_moves_is_not():
    noisy = np.clip(disc(50) + 0.5 + np.random.default_rng(1).normal(0, 0.3, GROUND.shape), 0, 255).astype(
        np.uint8
    )
    assert alike(disc(50), noisy)
    mouth = disc(50)
    mouth[10:18, 10:22] = 200
    assert not alike(disc(50), mouth)
    assert not alike(disc(50), disc(50)[:100])
