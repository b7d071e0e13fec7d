"""Constant rates are recognised through any container's rounding, variable ones are not mistaken for them."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreamreel.media.timing import Grid, constant_rate
from dreamreel.time import nearest

MILLI = Fraction(1, 1000)
RATES = [
    Fraction(24000, 1001),
    Fraction(24),
    Fraction(25),
    Fraction(30000, 1001),
    Fraction(50),
    Fraction(60000, 1001),
]


@pytest.mark.parametrize("rate", RATES)
def test_rates_survive_milliseconds(rate: Fraction) -> None:
    stamps = [nearest(n / rate / MILLI) for n in range(240)]
    assert constant_rate(stamps, MILLI) == rate


@pytest.mark.parametrize("rate", RATES)
def test_rates_survive_truncated_milliseconds(rate: Fraction) -> None:
    stamps = [int(n / rate / MILLI) for n in range(240)]
    assert constant_rate(stamps, MILLI) == rate


def test_an_odd_camera_rate_is_found_exactly() -> None:
    assert constant_rate([n * 6 for n in range(100)], Fraction(1, 179)) == Fraction(179, 6)


def test_decoding_order_does_not_matter() -> None:
    assert constant_rate([0, 120, 40, 80, 160], MILLI) == 25


def test_a_pause_makes_it_variable() -> None:
    assert constant_rate([0, 40, 80, 120, 400, 440, 480], MILLI) is None


def test_a_header_that_lies_is_not_believed() -> None:
    assert constant_rate([n * 50 for n in range(20)], MILLI, [Fraction(25)]) == 20


def test_one_frame_takes_the_headers_word() -> None:
    assert constant_rate([7], MILLI, [None, Fraction(30)]) == 30


@given(st.sampled_from(RATES), st.integers(0, 100_000), st.integers(0, 999))
def test_snapping_undoes_the_rounding(rate: Fraction, number: int, start: int) -> None:
    grid = Grid(start * MILLI, rate, MILLI)
    exact = start * MILLI + number / rate
    assert grid.snap(nearest(exact / MILLI) * MILLI) == exact


def test_a_frame_off_the_grid_stays_where_it_is() -> None:
    assert Grid(Fraction(0), Fraction(25), MILLI).snap(Fraction(17, 1000)) == Fraction(17, 1000)
