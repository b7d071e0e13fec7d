"""Times of cues: moved, stretched, cut by a map of stretches, laid one over the other; exactly."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.media.subtitles.words import said, texts, times

from dreamreel.errors import BadParameter
from dreamreel.media.subtitles.model import (
    Cue,
    Stretch,
    Style,
    Subtitles,
    apart,
    merged,
    scaled,
    shifted,
    sliced,
)
from dreamreel.time import Span

THREE = said((1, 2, "a"), (3, 5, "b"), (6, 8, "c"))


def test_a_shift_cuts_at_the_beginning():
    assert times(shifted(THREE, Fraction(1, 3)))[0] == (Fraction(4, 3), Fraction(7, 3))
    earlier = shifted(THREE, Fraction(-4))
    assert times(earlier) == [(0, 1), (2, 4)]
    assert texts(earlier) == ["b", "c"]


def test_a_film_at_another_rate_is_exact():
    slowed = scaled(THREE, Fraction(25) / Fraction(24000, 1001))
    assert times(slowed)[1] == (3 * Fraction(25025, 24000), 5 * Fraction(25025, 24000))
    with pytest.raises(BadParameter):
        scaled(THREE, Fraction(0))


def test_a_cut_slices_the_cues_at_its_edges():
    cut = [
        Stretch(Span(Fraction(4), Fraction(7)), Fraction(0)),
        Stretch(Span(Fraction(0), Fraction(3, 2)), Fraction(3)),
    ]
    assert [(cue.start, cue.end, cue.text) for cue in sliced(THREE, cut).cues] == [
        (0, 1, "b"),
        (2, 3, "c"),
        (4, Fraction(9, 2), "a"),
    ]


def test_a_faster_stretch_shows_its_cues_for_less_long():
    cut = [Stretch(Span(Fraction(2), Fraction(8)), Fraction(10), Fraction(2))]
    assert times(sliced(THREE, cut)) == [(Fraction(21, 2), Fraction(23, 2)), (12, 13)]


def test_a_cue_over_a_seam_that_continues_is_one_cue():
    seam = [
        Stretch(Span(Fraction(0), Fraction(4)), Fraction(0)),
        Stretch(Span(Fraction(4), Fraction(9)), Fraction(4)),
    ]
    assert sliced(THREE, seam) == THREE


@given(
    st.lists(st.tuples(st.integers(0, 100), st.integers(1, 30)), max_size=12),
    st.integers(0, 100),
    st.integers(1, 60),
)
def test_a_slice_keeps_exactly_what_is_inside(cues, low, length):
    whole = said(*((start, start + lasting, "x") for start, lasting in sorted(cues)))
    found = sliced(whole, [Stretch(Span(Fraction(low), Fraction(low + length)), Fraction(0))])
    inside = sum(max(0, min(e, low + length) - max(s, low)) for s, e in times(whole))
    assert sum((cue.end - cue.start for cue in found.cues), Fraction(0)) == inside
    assert all(0 <= cue.start < cue.end <= length for cue in found.cues)


def test_two_tracks_at_once_keep_their_own_styles():
    one = Subtitles((Cue(Fraction(1), Fraction(2), "a"),), (Style(),))
    two = Subtitles((Cue(Fraction(0), Fraction(1), "b"),), (Style(size=40.0), Style("Sign")))
    both = merged(one, two)
    assert [(cue.text, cue.style) for cue in both.cues] == [("b", "Default_"), ("a", "Default")]
    assert [(style.name, style.size) for style in both.styles] == [
        ("Default", 20),
        ("Default_", 40),
        ("Sign", 20),
    ]


def test_cues_at_once_share_a_cue_where_only_one_fits():
    found = apart(said((0, 3, "{\\i1}a"), (1, 2, "b"), (3, 4, "c")))
    assert [(cue.start, cue.end, cue.text) for cue in found.cues] == [
        (0, 1, "{\\i1}a"),
        (1, 2, "b\\N{\\i1}a"),
        (2, 3, "{\\i1}a"),
        (3, 4, "c"),
    ]


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 20)), max_size=20))
def test_apart_never_overlaps_and_shows_as_long(cues):
    whole = said(*((start, start + lasting, "x") for start, lasting in sorted(cues)))
    found = apart(whole)
    assert all(one.end <= two.start for one, two in zip(found.cues, found.cues[1:], strict=False))
    shown = {moment for s, e in times(whole) for moment in range(int(s), int(e))}
    assert sum(cue.end - cue.start for cue in found.cues) == len(shown)


def test_facts_of_the_track_stay_with_it():
    facts = replace(THREE, language="deu", title="Deutsch", flags=("forced",))
    moved = shifted(scaled(facts, Fraction(2)), Fraction(1))
    assert (moved.language, moved.title, moved.flags) == ("deu", "Deutsch", ("forced",))
