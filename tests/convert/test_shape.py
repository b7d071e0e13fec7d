"""Sizes and rates: bounds make smaller and never larger, shapes are reached as they were asked for."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreamreel.convert.shape import Shape, rate_for, shape_of
from dreamreel.convert.wish import Wish
from dreamreel.media.info import VideoInfo

HD = VideoInfo(1920, 1080)


@pytest.mark.parametrize(
    ("wish", "shape"),
    [
        ({}, Shape()),
        ({"short_side": 1080}, Shape()),
        ({"max_width": 4000, "max_height": 4000}, Shape()),
        ({"short_side": 720}, Shape((1280, 720), "stretch")),
        ({"max_width": 960}, Shape((960, 540), "stretch")),
        ({"width": 640}, Shape((640, 360), "stretch")),
        ({"height": 2160}, Shape((3840, 2160), "stretch")),
        ({"width": 1000, "height": 1000}, Shape((1000, 562), "stretch")),
        ({"width": 1000, "height": 1000, "fit": "pad"}, Shape((1000, 562), "stretch", (1000, 1000))),
        ({"width": 1000, "height": 1000, "fit": "fill"}, Shape((1000, 1000), "fill")),
        ({"width": 1000, "height": 1000, "fit": "stretch"}, Shape((1000, 1000), "stretch")),
        ({"aspect": "16:9"}, Shape()),
        ({"aspect": "1:1", "fit": "pad"}, Shape(None, "stretch", (1920, 1920))),
        ({"aspect": "1:1", "fit": "fill"}, Shape((1080, 1080), "fill")),
        ({"aspect": "9:16", "fit": "pad", "max_width": 1080, "max_height": 1920},
         Shape((1080, 608), "stretch", (1080, 1920))),
    ],
)  # fmt: skip
def test_a_landscape_film(wish, shape):
    assert shape_of(Wish(**wish), HD) == shape


def test_pixels_become_square_only_where_they_must():
    wide = VideoInfo(720, 576, sar=Fraction(64, 45))
    assert shape_of(Wish(), wide) == Shape()
    assert shape_of(Wish(square_pixels=True), wide) == Shape((1024, 576), "stretch")


@given(
    st.integers(2, 4096), st.integers(2, 4096), st.sampled_from([Fraction(1), Fraction(64, 45), Fraction(8, 9)]),
    st.integers(16, 4096), st.integers(16, 4096), st.sampled_from([None, "9:16", "1:1", "4:5", "16:9"]),
    st.sampled_from(["fit", "pad", "fill", "stretch"]),
)  # fmt: skip
def test_bounds_hold_and_nothing_grows(width, height, sar, most_wide, most_high, aspect, fit):
    video = VideoInfo(width, height, sar=sar)
    shape = shape_of(Wish(max_width=most_wide, max_height=most_high, aspect=aspect, fit=fit), video)
    box = shape.pad or shape.resize
    if box is None:
        assert width * sar <= most_wide
        assert height <= most_high
        return
    assert box[0] <= most_wide + 1
    assert box[1] <= most_high + 1
    if shape.resize and shape.mode == "stretch" and fit != "stretch":
        assert shape.resize[0] <= width * sar + 2
        assert shape.resize[1] <= height + 2
    if shape.pad and shape.resize:
        assert shape.resize[0] <= shape.pad[0]
        assert shape.resize[1] <= shape.pad[1]


@pytest.mark.parametrize(
    ("wish", "rate", "result"),
    [
        ({}, 25, None),
        ({"max_rate": Fraction(30)}, 25, None),
        ({"max_rate": Fraction(30)}, 50, 25),
        ({"max_rate": Fraction(30)}, Fraction(60000, 1001), Fraction(30000, 1001)),
        ({"max_rate": Fraction(30)}, 48, 24),
        ({"max_rate": Fraction(30)}, 35, 30),
        ({"rate": Fraction(30)}, 25, 30),
        ({"rate": Fraction(25)}, 25, None),
        ({"constant_rate": True}, 25, None),
    ],
)
def test_rates_are_halved_rather_than_bent(wish, rate, result):
    assert rate_for(Wish(**wish), Fraction(rate), Fraction(rate)) == result


def test_a_variable_rate_stays_so_unless_it_must_be_constant():
    average = Fraction(2991, 100)
    assert rate_for(Wish(max_rate=Fraction(60)), None, average) is None
    assert rate_for(Wish(constant_rate=True), None, average) == Fraction(30000, 1001)
