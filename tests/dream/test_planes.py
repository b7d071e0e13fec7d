"""Blending planes: nothing is changed where nothing is laid over, and colours are BT.709's own."""

from __future__ import annotations

import numpy as np
import pytest

from dreamreel.dream.planes import halved, lerp_planes, over, toward, yuv

EVERY = np.arange(256, dtype=np.uint8).reshape(16, 16)
NOTHING = np.zeros_like(EVERY)
ALL = np.full_like(EVERY, 255)


@pytest.mark.parametrize(
    ("colour", "expected"),
    [
        (0xFFFFFF, (235, 128, 128)),
        (0x000000, (16, 128, 128)),
        (0xFF0000, (63, 102, 240)),
        (0x00FF00, (173, 42, 26)),
        (0x0000FF, (32, 240, 118)),
    ],
)
def test_colours_are_bt709_limited(colour: int, expected: tuple[int, int, int]) -> None:
    assert yuv(colour) == expected


def test_no_opacity_is_exactly_the_picture_below() -> None:
    assert np.array_equal(toward(EVERY, 77, NOTHING), EVERY)
    assert np.array_equal(lerp_planes(EVERY, EVERY[::-1].copy(), NOTHING), EVERY)
    for zero in (16, 128):
        assert np.array_equal(over(EVERY, np.full_like(EVERY, zero), ALL, zero), EVERY)


def test_full_opacity_is_exactly_what_lies_above() -> None:
    assert (toward(EVERY, 77, ALL) == 77).all()
    assert np.array_equal(lerp_planes(EVERY, EVERY[::-1].copy(), ALL), EVERY[::-1])
    assert np.array_equal(over(EVERY, EVERY[::-1].copy(), NOTHING, 16), EVERY[::-1])


@pytest.mark.parametrize("opacity", [1, 64, 128, 200, 254])
def test_between_them_it_is_the_mean_by_opacity(opacity: int) -> None:
    alpha = np.full_like(EVERY, opacity)
    share = opacity / 255
    wanted = EVERY * (1 - share) + 77 * share
    assert np.abs(toward(EVERY, 77, alpha) - wanted).max() <= 1
    wanted = EVERY * (1 - share) + (255.0 - EVERY) * share
    assert np.abs(lerp_planes(EVERY, 255 - EVERY, alpha) - wanted).max() <= 1


def test_premultiplied_colour_is_laid_over_like_its_straight_self() -> None:
    # Half a cover of luma 200, premultiplied about black (16).
    above = np.full_like(EVERY, round(16 + (200 - 16) * 0.5))
    got = over(EVERY, above, np.full_like(EVERY, 255 - 128), 16).astype(float)
    assert np.abs(got - (EVERY / 255 * 127 + 200 / 255 * 128)).max() <= 2


def test_halving_takes_the_mean_of_four() -> None:
    plane = np.array([[0, 4, 10, 10], [8, 12, 10, 10]], np.uint8)
    assert halved(plane).tolist() == [[6, 10]]
