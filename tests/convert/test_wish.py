"""A wish is a value that survives being written down, and says what is wrong with it in a sentence."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreamreel.convert.wish import Wish, overlaid, said
from dreamreel.errors import BadParameter
from dreamreel.render.target import SubtitleFile

TIMES = st.fractions(min_value=0, max_value=10_000, max_denominator=1001)
WISHES = st.builds(
    Wish,
    preset=st.none() | st.text(max_size=20),
    width=st.none() | st.integers(2, 16_384),
    fit=st.sampled_from(["fit", "fill", "stretch", "pad"]),
    rate=st.none() | st.fractions(min_value=1, max_value=120, max_denominator=1001),
    start=st.none() | TIMES,
    speed=st.fractions(min_value=Fraction(1, 100), max_value=100, max_denominator=100),
    reverse=st.booleans(),
    loudness=st.none() | st.floats(-70, -5),
    quality=st.none() | st.floats(0, 100),
    metadata=st.lists(st.tuples(st.text(max_size=5), st.text(max_size=5)), max_size=3).map(tuple),
    subtitle_files=st.lists(
        st.builds(SubtitleFile, path=st.text(min_size=1, max_size=9), language=st.none() | st.just("eng")),
        max_size=2,
    ).map(tuple),
    covers=st.booleans(),
)


@given(WISHES)
def test_a_wish_survives_json(wish):
    assert Wish.from_json(json.loads(json.dumps(wish.as_json()))) == wish


def test_what_was_not_said_is_not_written_down():
    assert Wish().as_json() == {}
    assert said(Wish(width=640)) == {"width": 640}


def test_what_is_said_over_a_wish_wins_and_tags_are_put_together():
    base = Wish(codec="h264", crf=21, metadata=(("title", "Sea"), ("artist", "Ben")))
    over = overlaid(base, Wish(crf=18, metadata=(("title", "Anna"),)))
    assert (over.codec, over.crf) == ("h264", 18)
    assert dict(over.metadata) == {"title": "Anna", "artist": "Ben"}


def test_times_and_rates_are_exact():
    wish = Wish.from_json({"rate": 29.97, "start": "1:02.5", "speed": 0.1})
    assert (wish.rate, wish.start, wish.speed) == (Fraction(30000, 1001), Fraction(125, 2), Fraction(1, 10))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ([], "table"),
        ({"colour": "red"}, "'colour'"),
        ({"width": 1}, "width"),
        ({"width": 10.5}, "whole number"),
        ({"width": True}, "whole number"),
        ({"reverse": 1}, "yes or no"),
        ({"fit": "squeeze"}, "fit, fill, stretch, pad"),
        ({"rotate": 45}, "0, 90, 180, 270"),
        ({"aspect": "wide"}, "9:16"),
        ({"rate": "fast"}, "rate"),
        ({"rate": 0}, "frame rate"),
        ({"start": "later"}, "start"),
        ({"quality": 101}, "0 to 100"),
        ({"loudness": 3}, "loudness"),
        ({"metadata": [["title"]]}, "pair"),
        ({"metadata": "title=Anna"}, "list"),
        ({"subtitle_files": [{"language": "eng"}]}, "path"),
        ({"hardware": "steam"}, "nvenc"),
        ({"speed": 0}, "speed"),
    ],
)
def test_wrong_values_are_told_in_a_sentence(data, words):
    with pytest.raises(BadParameter) as told:
        Wish.from_json(data)
    assert words in str(told.value)
    assert str(told.value).endswith(".")
