"""Pictures for training are worsened as films are."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from training.resize import bicubic
from training.worsen import CODECS, through, worsened


def photo(height: int = 150, width: int = 210) -> NDArray[np.uint8]:
    """Soft shapes with an edge through the middle."""
    y, x = np.mgrid[:height, :width]
    waves = np.stack([np.sin(x / 7 + n) + np.cos(y / (9 + n)) for n in range(3)], -1)
    return (128 + 50 * waves + 25 * (x > width // 2)[..., None]).clip(0, 255).astype(np.uint8)


def test_the_same_seed_gives_the_same_picture() -> None:
    one, two = (worsened(photo(), 2, np.random.default_rng(5)) for _ in range(2))
    assert np.array_equal(one.small, two.small)


def test_the_small_picture_is_as_many_times_smaller_as_asked() -> None:
    made = worsened(photo(), 3, np.random.default_rng(1))
    assert made.large.shape == (made.small.shape[0] * 3, made.small.shape[1] * 3, 3)


def test_about_a_fifth_of_the_pictures_are_only_shrunk() -> None:
    rng = np.random.default_rng(3)
    made = [worsened(photo(), 2, rng) for _ in range(40)]
    whole = [np.array_equal(one.small, bicubic(one.large, *one.small.shape[:2])) for one in made]
    assert 3 <= sum(whole) <= 16


@pytest.mark.parametrize("codec", [name for name, _ in CODECS])
def test_every_codec_gives_back_all_frames_nearly_as_they_were(codec: str) -> None:
    frames = [bicubic(photo(), 72, 104)] * 3
    shown = through(frames, codec, np.random.default_rng(2))
    assert len(shown) == 3
    errors = [np.abs(frame.astype(int) - frames[0]).mean() for frame in shown]
    assert all(0 < error < 8 for error in errors)
