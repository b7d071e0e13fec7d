"""Motion: pure functions of time, the same in every process."""

from __future__ import annotations

import itertools

import pytest

from dreamreel.dream.motion import (
    arc,
    blink,
    bump,
    clamp01,
    cycle,
    ease_in,
    ease_in_out,
    ease_out,
    lerp,
    noise,
    rng,
    smoothstep,
    spring,
)

STEP = 0.01


def blinks(*keys: object, seconds: float = 120.0) -> list[tuple[float, float]]:
    """(start, end) of every blink."""
    out: list[tuple[float, float]] = []
    start = None
    for n in range(int(seconds / STEP)):
        shut = blink(n * STEP, *keys) > 0
        if shut and start is None:
            start = n * STEP
        elif not shut and start is not None:
            out.append((start, n * STEP))
            start = None
    return out


@pytest.mark.parametrize("key", range(5))
def test_blinks_come_every_two_to_five_seconds(key):
    starts = [start for start, _ in blinks(key)]
    gaps = [b - a for a, b in itertools.pairwise(starts)]
    assert len(gaps) > 20
    assert min(gaps) > 1.95
    assert max(gaps) < 5.05


def test_a_blink_lasts_an_eighth_of_a_second_and_shuts_the_eye():
    assert all(0.09 < end - start < 0.14 for start, end in blinks("a"))
    assert max(blink(n / 1000, "a") for n in range(8000)) > 0.99


def test_lids_move_smoothly():
    lids = [blink(n / 1000, "a") for n in range(8000)]
    assert max(abs(b - a) for a, b in itertools.pairwise(lids)) < 0.05


def test_two_of_a_crowd_do_not_blink_together():
    one, two = blinks(0.1), blinks(0.2)
    together = sum(any(a < d and c < b for c, d in two) for a, b in one)
    assert together < len(one) / 3


@pytest.mark.parametrize("ease", [ease_in, ease_out, ease_in_out, spring])
def test_easings_go_from_zero_to_one(ease):
    assert ease(0.0) == pytest.approx(0, abs=1e-9)
    assert ease(1.0) == pytest.approx(1, abs=1e-9)


def test_a_spring_overshoots_and_comes_back():
    assert 1.0 < max(spring(n / 100) for n in range(101)) < 1.4


def test_a_smoothstep_runs_between_its_ends():
    assert smoothstep(2, 4, 1.9) == 0
    assert smoothstep(2, 4, 3) == pytest.approx(0.5)
    assert smoothstep(2, 4, 4.1) == 1


def test_a_bump_rises_holds_and_falls():
    assert [bump(x) for x in (0.0, 0.5, 1.0)] == [0, 1, 0]


def test_an_arc_ends_where_it_should_and_is_high_in_the_middle():
    assert arc((0, 0), (10, 4), 0, 6) == (0, 0)
    assert arc((0, 0), (10, 4), 1, 6) == (10, 4)
    assert arc((0, 0), (10, 4), 0.5, 6) == (5, 2 - 6)


def test_a_cycle_repeats():
    assert cycle(0.3, 1.7) == pytest.approx(cycle(0.3 + 1.7, 1.7))
    assert cycle(0, 2, 0.25) == pytest.approx(1)


def test_noise_is_smooth_seeded_and_bounded():
    values = [noise(n / 100, "wind") for n in range(2000)]
    assert max(abs(b - a) for a, b in itertools.pairwise(values)) < 0.05
    assert -1 <= min(values) < -0.3
    assert 0.3 < max(values) <= 1
    assert noise(0.5, "wind") != noise(0.5, "rain")


def test_seeded_numbers_are_the_same_in_every_process():
    assert rng("a", 1).random() == rng("a", 1).random()
    assert rng("seed", 7).randrange(10**6) == 453272


def test_clamp_and_lerp():
    assert [clamp01(x) for x in (-1, 0.4, 2)] == [0, 0.4, 1]
    assert lerp(2, 6, 0.25) == 3
