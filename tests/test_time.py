"""Exact time: what is read, what is refused, and how spans behave."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreamreel.errors import BadTime
from dreamreel.time import FLICKS, Span, frame_rate, nearest, seconds, ticks, timecode

TIMES = st.fractions(min_value=0, max_value=10_000, max_denominator=10_000)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5", Fraction(5)),
        ("2.5", Fraction(5, 2)),
        (0.1, Fraction(1, 10)),
        ("5/3", Fraction(5, 3)),
        ("1:02.5", Fraction(125, 2)),
        ("01:02:03", Fraction(3723)),
        ("90s", Fraction(90)),
        ("500ms", Fraction(1, 2)),
        (" 7 ", Fraction(7)),
    ],
)
def test_a_time_is_read_exactly(text, value):
    assert seconds(text) == value


@pytest.mark.parametrize(
    "text", ["", "soon", "1/0", "1:2:3:4", "nan", "inf", "1e999999999", "9" * 5000, float("inf")]
)
def test_what_is_no_time_is_told_in_one_short_sentence(text):
    with pytest.raises(BadTime) as told:
        seconds(text)
    assert len(str(told.value)) < 200


@pytest.mark.parametrize(
    ("text", "rate"),
    [("29.97", Fraction(30000, 1001)), (23.976, Fraction(24000, 1001)), ("25", Fraction(25))],
)
def test_ntsc_rates_are_exact(text, rate):
    assert frame_rate(text) == rate


@pytest.mark.parametrize("rate", [0, -1, 1001, "fast"])
def test_impossible_rates_are_refused(rate):
    with pytest.raises(BadTime):
        frame_rate(rate)


@pytest.mark.parametrize(
    "rate", [24, 25, 30, 50, 60, Fraction(24000, 1001), Fraction(60000, 1001), 44_100, 48_000]
)
def test_flicks_hold_every_rate_in_use(rate):
    assert (FLICKS / Fraction(rate)).denominator == 1


def test_halves_are_rounded_up():
    assert [nearest(Fraction(n, 2)) for n in (-1, 1, 3)] == [0, 1, 2]


@given(TIMES)
def test_ticks_come_back_within_half_a_tick(time):
    base = Fraction(1, 90_000)
    assert abs(ticks(time, base) * base - time) <= base / 2


@given(TIMES, TIMES, TIMES)
def test_spans_move_and_meet(a, b, by):
    span = Span(min(a, b), max(a, b))
    assert span.shift(by).duration == span.duration
    assert span.clamp(Span(Fraction(0), by)).duration <= span.duration
    assert span.meets(span) == (span.duration > 0)


def test_a_span_cannot_end_before_it_starts():
    with pytest.raises(BadTime):
        Span(Fraction(2), Fraction(1))


def test_a_timecode_is_for_people():
    assert timecode(Fraction(7325) + Fraction(1, 3)) == "2:02:05.333"
