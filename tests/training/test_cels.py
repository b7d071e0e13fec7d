"""Drawings by chance: the same for the same chance, flat within lines."""

import numpy as np
from training.cels import cel


def test_the_same_chance_draws_the_same():
    one, again, other = (cel(np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert one.shape == (384, 544, 3)
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


def test_most_of_a_drawing_is_flat_and_some_of_it_is_edge():
    rows = [cel(np.random.default_rng(seed)).astype(int) for seed in range(3)]
    steps = np.concatenate([np.abs(np.diff(one, axis=1)).max(2).ravel() for one in rows])
    assert (steps <= 4).mean() > 0.75
    assert (steps > 40).mean() > 0.005


def test_a_photo_is_painted_over():
    noise = np.random.default_rng(0).integers(0, 256, (321, 481, 3)).astype(np.uint8)
    for seed in range(8):  # Four in ten have no photo behind them.
        if not np.array_equal(cel(np.random.default_rng(seed), noise), cel(np.random.default_rng(seed))):
            return
    raise AssertionError
