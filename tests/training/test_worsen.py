"""Pictures for training are worsened as films are, in known measure."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from training.resize import bicubic
from training.worsen import CODECS, damage, through, worsened


def photo(height: int = 150, width: int = 210) -> NDArray[np.uint8]:
    """Soft shapes with an edge through the middle."""
    y, x = np.mgrid[:height, :width]
    waves = np.stack([np.sin(x / 7 + n) + np.cos(y / (9 + n)) for n in range(3)], -1)
    return (128 + 50 * waves + 25 * (x > width // 2)[..., None]).clip(0, 255).astype(np.uint8)


def many(count: int, seed: int = 3) -> list[tuple[float, bool]]:
    """Strengths, and whether the picture is only shrunk."""
    rng = np.random.default_rng(seed)
    made = [worsened(photo(), 2, rng) for _ in range(count)]
    return [
        (one.strength, np.array_equal(one.small, bicubic(one.large, *one.small.shape[:2]))) for one in made
    ]


def test_the_same_seed_gives_the_same_picture() -> None:
    one, two = (worsened(photo(), 2, np.random.default_rng(5)) for _ in range(2))
    assert np.array_equal(one.small, two.small)
    assert one.strength == two.strength


def test_the_small_picture_is_as_many_times_smaller_as_asked() -> None:
    made = worsened(photo(), 3, np.random.default_rng(1))
    assert made.large.shape == (made.small.shape[0] * 3, made.small.shape[1] * 3, 3)


def test_some_pictures_are_only_shrunk_and_count_as_whole() -> None:
    found = many(30)
    assert 2 <= sum(strength == 0 for strength, _ in found) <= 14
    assert all(strength == 0 for strength, whole in found if whole)


def test_damaged_pictures_have_every_strength_between() -> None:
    strengths = [strength for strength, _ in many(30) if strength]
    assert min(strengths) < 0.4
    assert max(strengths) > 0.6


@pytest.mark.parametrize("noise", [2.0, 5.0, 15.0])
def test_damage_is_the_noise_in_decibels(noise: float) -> None:
    whole = np.full((64, 64, 3), 128, np.uint8)
    grain = np.random.default_rng(0).normal(0, noise, (64, 64, 1)).round()
    found = damage((whole + grain).astype(np.uint8), whole)
    assert found == pytest.approx((46 - 20 * np.log10(255 / noise)) / 24, abs=0.03)


@pytest.mark.parametrize("codec", [name for name, _ in CODECS])
def test_every_codec_gives_back_all_frames_nearly_as_they_were(codec: str) -> None:
    frames = [bicubic(photo(), 72, 104)] * 3
    shown = through(frames, codec, np.random.default_rng(2))
    assert len(shown) == 3
    assert all(damage(frame, frames[0]) < 0.9 and (frame != frames[0]).any() for frame in shown)
