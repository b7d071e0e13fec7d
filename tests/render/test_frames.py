"""Which frame is on show when: every verb on time against the arithmetic of functions of time."""

import math
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.render.film import film, shown

import dreamreel
from dreamreel.clip import Clip, concat
from dreamreel.render.lower import lower

RATE, COUNT = Fraction(25), 50
LENGTH = COUNT / RATE


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return film(tmp_path_factory.mktemp("film") / "count.mp4", COUNT, RATE)


@pytest.fixture(scope="module")
def clip(path):
    return dreamreel.open(path)


def sampled(clip: Clip) -> list[int]:
    """The numbers a viewer sees at n / rate, which is what is written."""
    fixed = clip.fps(RATE)
    return [number for _, number in shown(lower(fixed.node).picture, Fraction(0), clip.duration)]


def test_a_film_is_its_frames(clip):
    assert clip.duration == LENGTH
    assert shown(lower(clip.node).picture, Fraction(0), LENGTH) == [(n / RATE, n) for n in range(COUNT)]


def test_any_span_starts_with_the_frame_on_show(clip):
    times = shown(lower(clip.node).picture, Fraction(1, 3), Fraction(1, 2))
    assert times == [(n / RATE, n) for n in range(8, 13)]


def test_a_cut_between_frames_shows_the_earlier_one(clip):
    cut = clip[Fraction(1, 50) : Fraction(3, 25)]
    assert shown(lower(cut.node).picture, Fraction(0), cut.duration) == [
        (Fraction(0), 0),
        (Fraction(1, 50), 1),
        (Fraction(3, 50), 2),
    ]
    assert sampled(cut) == [0, 1, 2]


def test_two_neighbouring_cuts_are_one(clip):
    a, b, d = Fraction(1, 7), Fraction(5, 7), Fraction(9, 7)
    joined, whole = clip[a:b] + clip[b:d], clip[a:d]
    assert len(lower(joined.node).picture.parts) == 1
    assert sampled(joined) == sampled(whole)


def test_reverse_plays_every_frame_backwards(clip):
    assert sampled(clip.reverse()) == list(reversed(range(COUNT)))


def test_reverse_twice_is_nothing(clip):
    assert lower(clip.reverse().reverse().node).picture is not None
    assert sampled(clip.reverse().reverse()) == list(range(COUNT))


def test_double_speed_shows_every_second_frame(clip):
    assert sampled(clip.speed(2)) == list(range(0, COUNT, 2))


def test_half_speed_shows_every_frame_twice(clip):
    assert sampled(clip.speed(Fraction(1, 2))) == [n // 2 for n in range(2 * COUNT)]


def test_speed_and_its_inverse_are_nothing(clip):
    assert sampled(clip.speed(3).speed(Fraction(1, 3))) == list(range(COUNT))


def test_a_loop_plays_again(clip):
    assert sampled(clip[:1] * 3) == list(range(25)) * 3


def test_a_lower_rate_shows_what_is_on_screen(clip):
    times = shown(lower(clip.fps(10).node).picture, Fraction(0), LENGTH)
    assert times == [(Fraction(n, 10), math.floor(n * Fraction(25, 10))) for n in range(20)]


def test_a_higher_rate_repeats_frames(clip):
    assert [n for _, n in shown(lower(clip.fps(50).node).picture, Fraction(0), LENGTH)] == [
        n // 2 for n in range(100)
    ]


def test_filters_keep_every_frame_and_its_time(clip):
    changed = clip.resize(height=32).flip().flip().pad(192, 64).crop(192, 64)
    assert [time for time, _ in shown(lower(changed.node).picture, Fraction(0), LENGTH)] == [
        n / RATE for n in range(COUNT)
    ]


def test_a_resized_film_has_the_same_numbers(clip):
    assert sampled(clip.resize(96, 32)) == list(range(COUNT))


def test_a_mirrored_film_has_mirrored_numbers(clip):
    assert sampled(clip.flip())[:3] == [0, 1 << 11, 1 << 10]


def test_a_variable_rate_keeps_its_times(tmp_path):
    stamps = [0, 40, 50, 130, 131, 300, 301, 302, 700]
    path = film(tmp_path / "vfr.mp4", len(stamps), stamps=stamps, base=Fraction(1, 1000))
    clip = dreamreel.open(path)
    assert clip.info.video.rate is None
    assert shown(lower(clip.node).picture, Fraction(0), clip.duration) == [
        (Fraction(t, 1000), n) for n, t in enumerate(stamps)
    ]


def test_a_dissolve_goes_from_one_to_the_other(clip):
    both = clip[:1].dissolve(clip[1:], Fraction(2, 5))
    assert both.duration == Fraction(8, 5)
    numbers = [n for _, n in shown(lower(both.node).picture, Fraction(0), both.duration)]
    assert len(numbers) == 40
    assert numbers[:15] == list(range(15))
    assert numbers[25:] == list(range(35, 50))


def test_an_overlay_covers_its_window_only(clip):
    white = dreamreel.colour("white", 192, 64, Fraction(2, 5))
    numbers = sampled(clip.overlay(white, Fraction(1, 5)))
    assert numbers == [*range(5), *[4095] * 10, *range(15, COUNT)]


def test_an_overlay_plays_from_its_own_start(clip):
    assert sampled(clip.overlay(clip[1:], Fraction(1, 5)))[5:30] == list(range(25, 50))


def test_an_invisible_overlay_changes_nothing(clip):
    assert sampled(clip.overlay(dreamreel.colour("white", 192, 64, 2), opacity=0)) == list(range(COUNT))


def test_a_fade_starts_black_and_ends_untouched(clip):
    numbers = sampled(clip.fade_in(1))
    assert numbers[0] == 0
    assert numbers[25:] == list(range(25, COUNT))


@st.composite
def edits(draw: st.DrawFn) -> list[tuple[str, Fraction, Fraction]]:
    times = st.fractions(0, 1, max_denominator=60)
    verbs = st.sampled_from(["cut", "speed", "double"])
    return [(draw(verbs), draw(times), draw(times)) for _ in range(draw(st.integers(1, 4)))]


def edited(clip: Clip, steps: list[tuple[str, Fraction, Fraction]]):
    """The edited clip, and the function of time it must be: output time → input time, exact."""
    when = [lambda t: t]
    for verb, a, b in steps:
        inner, length = when[-1], clip.duration
        if verb == "cut" and a != b:
            low, high = sorted((a * length, b * length))
            clip = clip[low:high]
            when.append(lambda t, inner=inner, low=low: inner(t + low))
        elif verb == "speed":
            factor = Fraction(1, 2) + a
            clip = clip.speed(factor)
            when.append(lambda t, inner=inner, factor=factor: inner(t * factor))
        elif verb == "double" and length < 4:
            low = b * length
            clip = concat([clip, clip[:low]]) if low else clip
            when.append(lambda t, inner=inner, length=length: inner(t if t < length else t - length))
    return clip, when[-1]


@settings(max_examples=40)
@given(steps=edits())
def test_slices_joins_and_speeds_obey_exact_time(clip, steps):
    result, when = edited(clip, steps)
    expected = [math.floor(when(Fraction(n) / RATE) * RATE) for n in range(math.ceil(result.duration * RATE))]
    assert sampled(result) == expected


@settings(max_examples=15)
@given(
    a=st.fractions(0, 1, max_denominator=90),
    b=st.fractions(0, 1, max_denominator=90),
    c=st.fractions(0, 1, max_denominator=90),
)
def test_a_cut_and_its_complement_are_the_whole(clip, a, b, c):
    a, b, c = sorted((a * LENGTH, b * LENGTH, c * LENGTH))
    if a == b or b == c:
        return
    assert sampled(clip[a:b] + clip[b:c]) == sampled(clip[a:c])
    assert (clip[a:b] + clip[b:c]).duration == c - a
