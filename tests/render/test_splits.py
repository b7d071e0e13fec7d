"""Where a file is split."""

from __future__ import annotations

from fractions import Fraction

import pytest
from tests.render.test_smart import closed, span

from dreamreel.errors import BadParameter
from dreamreel.render import splits


def test_parts_of_a_length_the_last_is_what_is_left():
    assert splits.by_length(Fraction(10), Fraction(4)) == (span(0, 4), span(4, 8), span(8, 10))
    assert splits.by_length(Fraction(8), Fraction(4)) == (span(0, 4), span(4, 8))
    with pytest.raises(BadParameter):
        splits.by_length(Fraction(8), Fraction(0))


def test_so_many_parts():
    assert splits.by_number(Fraction(9), 3) == (span(0, 3), span(3, 6), span(6, 9))
    assert splits.by_number(Fraction(9), 1) == (span(0, 9),)
    with pytest.raises(BadParameter):
        splits.by_number(Fraction(9), 0)


def test_at_times_those_outside_are_left_out():
    assert splits.at_borders(Fraction(9), [Fraction(n) for n in (5, 0, 5, 9, 12)]) == (span(0, 5), span(5, 9))


def test_in_the_middle_of_silences():
    assert splits.middles([span(2, 4), span(7, 8)]) == [3, Fraction(15, 2)]


def test_parts_of_a_size_begin_at_entries():
    index = closed(4, 10)  # 40 bytes of picture in 40 s, and as much of other tracks
    parts = splits.by_size(Fraction(40), 80, 45, index, share=Fraction(1))
    assert parts == (span(0, 20), span(20, 40))
    assert splits.by_size(Fraction(40), 80, 100, index) == (span(0, 40),)
    with pytest.raises(BadParameter, match="too small"):
        splits.by_size(Fraction(40), 80, 15, index)


def test_sound_is_taken_to_be_spread_evenly():
    assert splits.by_size(Fraction(40), 80, 40, None, share=Fraction(1)) == (span(0, 20), span(20, 40))
