"""Halos taken off edges, by halos that were put there."""

from fractions import Fraction

import cv2
import numpy as np
import pytest
from tests.retouch.pictures import luma, psnr, shown, stored, yuv

import dreamreel
from dreamreel.errors import BadParameter
from dreamreel.retouch.halo import dehaloed


def edges(width=160, height=120):
    """A few large shapes with soft light on them."""
    picture = np.zeros((height, width), np.float32) + 90 + np.linspace(0, 40, width, dtype=np.float32)
    cv2.rectangle(picture, (30, 25), (90, 95), 200, -1, cv2.LINE_AA)
    cv2.circle(picture, (120, 60), 22, 45, -1, cv2.LINE_AA)
    return cv2.GaussianBlur(picture, (0, 0), 0.8)


def haloed(picture, amount=0.9):
    return np.clip(picture + amount * (picture - cv2.GaussianBlur(picture, (0, 0), 1.2)), 16, 235)


def error(one, other):
    return float(np.sqrt(np.mean((one - other) ** 2)))


def test_overshoot_goes():
    clean = edges()
    broken = haloed(clean)
    most, least = cv2.dilate(clean, np.ones((7, 7))), cv2.erode(clean, np.ones((7, 7)))
    over = [float((np.maximum(x - most, 0) + np.maximum(least - x, 0)).mean())
            for x in (broken, dehaloed(broken, 1.0))]  # fmt: skip
    assert over[1] < 0.7 * over[0]
    assert dehaloed(broken, 1.0).max() < broken.max() - 8


def test_half_the_strength_takes_half():
    broken = haloed(edges())
    half, whole = dehaloed(broken, 0.5), dehaloed(broken, 1.0)
    assert np.allclose(broken - half, (broken - whole) / 2, atol=1e-3)


def test_clean_edges_and_fine_texture_stay():
    clean = edges()
    assert error(dehaloed(clean, 1.0), clean) < 0.8
    texture = np.random.default_rng(1).integers(60, 190, (120, 160)).astype(np.float32)
    assert error(dehaloed(texture, 1.0), texture) < 1


def test_a_thin_line_of_the_picture_stays():
    picture = np.full((120, 160), 90, np.float32)
    picture[:, 80:82] = 190
    assert dehaloed(picture, 1.0)[60, 80] > 180


@pytest.mark.parametrize("pix_fmt", ["yuv420p", "yuv444p10le"])
def test_a_clip_loses_its_halos_and_keeps_its_colours(tmp_path, pix_fmt):
    clean, broken = (np.repeat(x[..., None], 3, 2).astype(np.uint8) for x in (edges(), haloed(edges())))
    broken[..., 2] //= 2
    clip = dreamreel.open(stored(tmp_path / "a.mkv", [yuv(broken, pix_fmt)] * 2))
    made = clip.dehalo(1.0)
    before, after = shown(clip)[0], shown(made)[0]
    assert luma(after).max() < luma(before).max() - 4
    assert np.array_equal(after.to_ndarray(format="yuv444p")[1], before.to_ndarray(format="yuv444p")[1])
    assert "halos" in made.explain()
    assert clip.dehalo(0) is clip
    with pytest.raises(BadParameter, match="0 to 1"):
        clip.dehalo(-1)
    del clean


@pytest.mark.parametrize("size", [(1, 1), (2, 30), (9, 3)])
def test_the_smallest_pictures_are_made_too(size):
    assert dehaloed(np.full(size, 100, np.float32), 1.0).shape == size


def test_a_picture_loses_its_halos_too():
    made = shown(dreamreel.colour("red", 64, 48, Fraction(1)).dehalo())
    assert psnr(made[0], made[0]) > 90
