"""A file of a wanted size: what is shared out, how it is corrected, and that it is met."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from tests.render.film import ramp
from tests.render.noisy import noisy

import dreamreel
from dreamreel.errors import BadParameter, WillNotFit
from dreamreel.media.formats import output_format
from dreamreel.media.info import VideoInfo
from dreamreel.render.budget import budgeted, h264_level, stepped
from dreamreel.render.plan import Target, make_plan
from dreamreel.render.size import Try, corrected, reach, shared

FAST = {"preset": "ultrafast"}


def within(path, size):
    return size * 0.98 < path.stat().st_size <= size


@pytest.fixture(scope="module")
def count(tmp_path_factory):
    return noisy(tmp_path_factory.mktemp("film") / "count.mp4", 50, noise=1.5)


@pytest.fixture(scope="module")
def long(tmp_path_factory):
    return noisy(tmp_path_factory.mktemp("film") / "long.mp4", 450, noise=1.5)


# ── met ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("name", "codec"), [("a.mp4", "h264"), ("a.mkv", "h265"), ("a.mp4", "av1")])
def test_a_size_is_met(count, tmp_path, name, codec):
    preset = {} if codec == "av1" else FAST
    out = dreamreel.open(count).write(tmp_path / name, codec=codec, target_size=20_000, **preset)
    assert within(out, 20_000)
    assert dreamreel.open(out).info.duration == 2


def test_a_size_is_met_with_sound_and_several_segments(long, tmp_path):
    told = []
    clip = dreamreel.open(long).replace_sound(dreamreel.open(ramp(tmp_path / "r.wav", 144_000)))
    out = clip.write(tmp_path / "a.mp4", target_size=300_000, on_event=told.append, **FAST)
    assert within(out, 300_000)
    assert dreamreel.open(out).info.audio is not None
    assert any(event.stage == "measure" for event in told)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.mp4", "r.wav"]


def test_the_same_size_again_costs_nothing(count, tmp_path):
    clip, drawn = dreamreel.open(count), []
    clip.write(tmp_path / "a.mp4", target_size=20_000, **FAST)
    clip.write(tmp_path / "b.mp4", target_size=20_000, on_segment=drawn.append, on_event=drawn.append, **FAST)
    assert all(event.fps == 0 for event in drawn if hasattr(event, "fps"))
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()


def test_a_sound_of_a_size(tmp_path):
    sound = ramp(tmp_path / "r.wav", 80_000)
    out = dreamreel.open(sound).write(tmp_path / "a.m4a", target_size=25_000)
    assert within(out, 25_000)


def test_two_passes_come_near_a_bitrate(long, tmp_path):
    out = dreamreel.open(long).write(tmp_path / "a.mp4", two_pass=True, video_bitrate=200_000, **FAST)
    assert out.stat().st_size == pytest.approx(200_000 / 8 * 18, rel=0.15)


def test_a_cap_holds(count, tmp_path):
    free = dreamreel.open(count).write(tmp_path / "a.mp4", crf=4, **FAST)
    capped = dreamreel.open(count).write(tmp_path / "b.mp4", crf=4, max_bitrate=80_000, **FAST)
    assert capped.stat().st_size < free.stat().st_size / 2


# ── refused ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_cannot_fit_is_refused_and_leaves_nothing(count, tmp_path):
    with pytest.raises((BadParameter, WillNotFit), match="choose a larger size"):
        dreamreel.open(count).write(tmp_path / "a.mp4", target_size=3_000, **FAST)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "options", "words"),
    [
        ("a.gif", {}, "cannot be made to a size"),
        ("a.mp4", {"target_size": 400}, "its sound and index alone"),
        ("a.flac", {"audio_codec": "flac"}, "lossless"),
    ],
)
def test_what_has_no_size_is_refused(count, tmp_path, name, options, words):
    clip = dreamreel.open(count).replace_sound(dreamreel.open(ramp(tmp_path / "r.wav")))
    with pytest.raises(BadParameter, match=words):
        clip.write(tmp_path / name, **{"target_size": 20_000, **options})


# ── decided ───────────────────────────────────────────────────────────────────────────────────────────────────


def decided(clip, name, **target):
    out = output_format(Path(name))
    return budgeted(clip.node, out, Target(**target))


def test_little_room_means_little_sound(tmp_path):
    film_ = dreamreel.colour("red", 320, 240, 20).replace_sound(
        dreamreel.open(ramp(tmp_path / "r.wav", 160_000))
    )
    _, roomy, none = decided(film_, "a.mp4", target_size=20_000_000)
    _, tight, notes = decided(film_, "a.mp4", target_size=300_000)
    assert (roomy.audio_bitrate, none) == (None, [])
    assert tight.audio_bitrate <= 0.15 * 300_000 * 8 / 20
    assert "kbit/s" in notes[0]


def test_the_sound_asked_for_is_kept(tmp_path):
    film_ = dreamreel.colour("red", 320, 240, 20).replace_sound(
        dreamreel.open(ramp(tmp_path / "r.wav", 160_000))
    )
    _, target, notes = decided(film_, "a.mp4", target_size=600_000, audio_bitrate=96_000)
    assert (target.audio_bitrate, notes) == (96_000, [])


def test_a_hopeless_picture_becomes_smaller_unless_forbidden():
    clip = dreamreel.colour("red", 1920, 1080, 60, rate=50)
    node, _, notes = decided(clip, "a.mp4", target_size=500_000)
    assert any("lines instead of 1080" in note for note in notes)
    assert any("25 frames a second" in note for note in notes)
    assert decided(clip, "a.mp4", target_size=500_000, step_down=False)[0] == clip.node
    assert node != clip.node


def test_a_picture_is_brought_down_only_when_it_needs_more_than_there_is():
    video = VideoInfo(1920, 1080, rate=Fraction(25))
    assert stepped(video, bits=100.0, needed=120.0, slower=1) is None
    side, slower = stepped(video, bits=100.0, needed=400.0, slower=1)
    assert (side, slower) == (432, 1)
    assert stepped(VideoInfo(1920, 1080, rate=Fraction(60)), 100.0, 400.0, 1) == (1080, 2)
    assert stepped(VideoInfo(120, 96, rate=Fraction(25)), 1.0, 400.0, 1) is None


def test_segments_keep_their_bitrates_in_the_plan(long, tmp_path):
    target = Target(video_bitrate=200_000, two_pass=True, segment_bitrates=(100_000, 300_000))
    plan = make_plan(dreamreel.open(long).node, tmp_path / "a.mp4", target)
    assert [segment.bitrate for segment in plan.segments] == [100_000, 300_000, None]
    other = make_plan(
        dreamreel.open(long).node, tmp_path / "a.mp4", Target(video_bitrate=200_000, two_pass=True)
    )
    assert plan.segments[0].key != other.segments[0].key
    assert plan.segments[0].look == other.segments[0].look


@pytest.mark.parametrize(
    ("size", "bitrate", "level"),
    [((320, 240), 100_000, "2.1"), ((1920, 1080), 3_000_000, "4"), ((1920, 1080), 10_000_000, "4.1"),
     ((3840, 2160), 20_000_000, "5.1")],
)  # fmt: skip
def test_levels(size, bitrate, level):
    assert h264_level(*size, Fraction(25), bitrate) == level


# ── corrected ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_bits_are_shared_by_need():
    rates = shared(100_000, [100, 300], [Fraction(10), Fraction(10)])
    assert rates == (50_000, 150_000)
    assert shared(100_000, [100, 100], [Fraction(10), Fraction(5)]) == (75_000, 150_000)


def test_a_small_miss_is_corrected_by_the_largest_stretch_alone():
    last = Try((100_000, 200_000, 100_000), (100_000, 200_000, 100_000), 410_000)
    assert corrected([last], 420_000)[0::2] == (100_000, 100_000)
    assert corrected([last], 420_000)[1] == pytest.approx(205_800, rel=0.01)


def test_a_large_miss_is_corrected_by_all():
    last = Try((100_000, 200_000), (100_000, 200_000), 310_000)
    assert corrected([last], 200_000) == pytest.approx((62_667, 125_333), rel=0.01)


def test_tries_on_either_side_are_narrowed():
    over, under = Try((1000,), (1200,), 1300), Try((800,), (850,), 950)
    assert 800 < corrected([over, under], 1100)[0] < 1000


def test_what_does_not_answer_is_left_alone():
    tries = [Try((1000, 1000), (900, 1000), 1950), Try((1500, 1000), (905, 1000), 1955)]
    assert corrected(tries, 2100)[0] == 1500


def test_fixed_parts_alone_too_large():
    with pytest.raises(WillNotFit, match="cannot be reached"):
        corrected([Try((1000,), (100,), 5000)], 4000)


def encoder(answer):
    def make(asked, path):
        got = tuple(int(answer(rate)) for rate in asked)
        path.write_bytes(bytes(sum(got) + 500))
        return got

    return make


@pytest.mark.parametrize("power", [0.5, 1.0, 1.8])
def test_any_encoder_that_answers_is_brought_to_the_size(tmp_path, power):
    out = tmp_path / "o"
    tries = reach(
        out, 60_000, (8_000,), encoder(lambda rate: 40_000 * (rate / 40_000) ** power), lambda _: None
    )
    assert within(out, 60_000)
    assert len(tries) <= 5


def test_a_fickle_encoder_is_narrowed_down(tmp_path):
    rng = np.random.default_rng(4)
    reach(tmp_path / "o", 60_000, (40_000,), encoder(lambda r: r * rng.uniform(0.97, 1.03)), lambda _: None)
    assert within(tmp_path / "o", 60_000)


def test_an_encoder_that_cannot_spend_more_leaves_it_smaller(tmp_path):
    told = []
    reach(tmp_path / "o", 60_000, (50_000,), encoder(lambda rate: min(rate, 20_000)), told.append)
    assert (tmp_path / "o").stat().st_size == 20_500
    assert "cannot make it larger" in told[-1]
    assert [path.name for path in tmp_path.iterdir()] == ["o"]


def test_what_is_tried_has_the_suffix_of_the_output(tmp_path):
    """Worker processes plan anew from the name alone."""
    suffixes = []

    def make(asked, path):
        suffixes.append(path.suffix)
        path.write_bytes(bytes(59_500))
        return (59_000,)

    reach(tmp_path / "o.webm", 60_000, (8_000,), make, lambda _: None)
    assert suffixes == [".webm"]
