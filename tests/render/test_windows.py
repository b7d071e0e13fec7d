"""Frames made by code: which neighbours it is shown, whatever the span, the cut or the rate."""

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.render.film import barcode, film, number

import dreamreel
from dreamreel.media.info import ClipInfo, VideoInfo
from dreamreel.ops.base import Frames
from dreamreel.render import tree
from dreamreel.render.frames import Room, frames
from dreamreel.render.lower import lower
from dreamreel.render.windows import windows
from dreamreel.time import Span

RATE, COUNT = Fraction(25), 30
LENGTH = COUNT / RATE


@dataclass(frozen=True, slots=True)
class Noted(Frames):
    """Writes down what it is shown."""

    name = "test.noted"
    before: ClassVar[int] = 2
    after: ClassVar[int] = 1
    seen: tuple[str, ...] = ()

    def worker(self, info):
        del info

        def noted(window, at, time):
            frame = barcode(number(window[at]))
            frame.opaque = [number(one) for one in window], at, time
            return frame

        return noted


@dataclass(frozen=True, slots=True)
class Alone(Noted):
    before: ClassVar[int] = 0
    after: ClassVar[int] = 0


@dataclass(frozen=True, slots=True)
class Timed(Alone):
    timed: ClassVar[bool] = True


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    return dreamreel.open(film(tmp_path_factory.mktemp("film") / "count.mp4", COUNT, RATE))


def computed(clip, op):
    return tree.Computed(lower(clip.node).picture, op, clip.info)


def shown(picture, start=Fraction(0), end=LENGTH):
    return [frame.opaque for _, frame in frames(picture, Span(start, end), Room())]


def test_a_frame_is_made_with_its_neighbours(clip):
    seen = shown(computed(clip, Noted()))
    assert seen[:3] == [
        ([0, 1], 0, Fraction(0)),
        ([0, 1, 2], 1, Fraction(1, 25)),
        ([0, 1, 2, 3], 2, Fraction(2, 25)),
    ]
    assert seen[-1] == ([27, 28, 29], 2, Fraction(29, 25))
    assert len(seen) == COUNT


@pytest.mark.parametrize(("start", "end"), [(0, 1), (9, 15), (20, 60), (59, 60)])
def test_a_span_of_a_film_shows_what_the_whole_shows(clip, start, end):
    start, end = Fraction(start, 50), Fraction(end, 50)
    wanted = [one for one in shown(computed(clip, Noted())) if start - 1 / RATE < one[2] < end]
    assert shown(computed(clip, Noted()), start, end) == wanted


def reader(times):
    """What reads frames that are their own times."""

    def read(span):
        first = max((time for time in times if time <= span.start), default=times[0])
        yield from ((time, time) for time in times if first <= time < span.end)

    return read


@given(st.sets(st.integers(0, 99), min_size=1), st.integers(0, 99), st.integers(1, 20), st.integers(0, 4),
       st.integers(0, 4))  # fmt: skip
def test_a_span_shows_what_the_whole_shows(times, start, length, before, after):
    times, end = [Fraction(time) for time in sorted(times)], Fraction(100)

    def windowed(span):
        return list(windows(reader(times), span, end, None, before, after))

    whole = windowed(Span(Fraction(0), end))
    assert [one[0] for one in whole] == times
    assert all(window[at] == time for time, window, at in whole)
    span = Span(Fraction(start), Fraction(start + length))
    first = max((time for time in times if time <= span.start), default=times[0])
    assert windowed(span) == [one for one in whole if first <= one[0] < span.end]


def test_frames_that_last_long_are_found_far_back():
    times = [Fraction(0), Fraction(1, 10), Fraction(5), Fraction(9), Fraction(10)]
    got = list(windows(reader(times), Span(Fraction(19, 2), Fraction(10)), Fraction(11), Fraction(25), 3, 1))
    assert got == [(Fraction(9), times, 3)]


def test_a_cut_clip_has_no_neighbours_outside_the_cut(clip):
    cut = clip[Fraction(10, 25) : Fraction(13, 25)]
    assert [seen for seen, _, _ in shown(computed(cut, Noted()), end=cut.duration)] == [
        [10, 11], [10, 11, 12], [10, 11, 12],
    ]  # fmt: skip


def test_a_cut_of_the_result_is_the_result_cut(clip):
    made = tree.cut(computed(clip, Noted()), Fraction(10, 25), Fraction(1, 25), LENGTH)
    assert [seen for seen, _, _ in shown(made, end=Fraction(1, 25))] == [[8, 9, 10, 11]]


def test_a_cut_goes_below_code_that_looks_at_one_frame_only(clip):
    start, length = Fraction(10, 25), Fraction(3, 25)
    alone, timed = (tree.cut(computed(clip, op), start, length, LENGTH) for op in (Alone(), Timed()))
    assert isinstance(alone, tree.Computed)
    assert alone.info.duration == length
    assert isinstance(timed, tree.Joined)
    assert [one[0] for one in shown(alone, end=length)] == [one[0] for one in shown(timed, end=length)]
    assert next(one[2] for one in shown(timed, end=length)) == start


def test_a_lower_rate_goes_below_code_that_looks_at_one_frame_only(clip):
    half = RATE / 2
    assert isinstance(tree.sampled(computed(clip, Alone()), half, RATE), tree.Computed)
    assert isinstance(tree.sampled(computed(clip, Noted()), half, RATE), tree.Sampled)
    assert tree.on_grid(computed(clip, Noted()), RATE)


def test_a_picture_stays_one_picture_unless_time_matters():
    still = dreamreel.colour("red", 64, 64, 1)
    assert tree.is_still(computed(still, Noted()))
    assert not tree.is_still(computed(still, Timed()))


def test_planar_samples_are_kept_and_others_converted():
    for given_, wanted in (("yuv444p12le", "yuv444p12le"), ("rgb24", "yuv444p"), ("nv12", "yuv420p")):
        info = ClipInfo(Fraction(1), VideoInfo(64, 64, given_))
        assert Alone().infer(info).video.pix_fmt == wanted
