"""The whole sound: length, level, silence at its ends, seams, and the same samples for the same request."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from fractions import Fraction
from typing import get_args

import numpy as np
import pytest

from dreamreel.analyse.loudness import integrated_loudness, true_peak
from dreamreel.dream.sound import RATE, EventKind, SoundEvent, render_sound
from dreamreel.dream.sound.ambience import AMBIENCES
from dreamreel.dream.storyboard import Mood, SettingCue, Storyboard, TimeOfDay, Weather
from dreamreel.errors import BadDuration, BadParameter

PLACES = [(kind, time) for kind in AMBIENCES for time in ("day", "night")]


def board(
    kind: str = "meadow", time: TimeOfDay = "night", weather: Weather = "clear", mood: Mood = "calm"
) -> Storyboard:
    return Storyboard(setting=SettingCue(kind=kind, time=time, weather=weather), mood=mood)


def assert_level(samples: np.ndarray, target: float = -18.0) -> None:
    assert integrated_loudness(samples, RATE) == pytest.approx(target, abs=0.5)
    assert true_peak(samples) <= -2.0 + 0.01
    assert np.all(np.isfinite(samples))


@pytest.mark.parametrize(
    "duration", [Fraction(1), Fraction(5), Fraction(1001, 240), Fraction(1, 7), Fraction(1, RATE)]
)
@pytest.mark.parametrize("loop", [False, True])
def test_length_is_exact(duration: Fraction, loop: bool):
    sound = render_sound(board(), duration, 1, loop=loop)
    assert sound.shape == (2, round(duration * RATE))
    assert sound.dtype == np.float32
    assert np.all(np.isfinite(sound))


@pytest.mark.parametrize(("kind", "time"), PLACES)
def test_level_of_five_seconds_everywhere(kind: str, time: TimeOfDay):
    assert_level(render_sound(board(kind, time), Fraction(5), 4))


@pytest.mark.parametrize(("kind", "time"), PLACES[1::5])
def test_level_of_half_a_minute(kind: str, time: TimeOfDay):
    assert_level(render_sound(board(kind, time), Fraction(30), 5))


@pytest.mark.parametrize("weather", get_args(Weather))
def test_level_in_every_weather(weather: Weather):
    assert_level(render_sound(board("forest", "day", weather), Fraction(3), 6))


@pytest.mark.parametrize("mood", get_args(Mood))
def test_level_in_every_mood_and_in_loops(mood: Mood):
    assert_level(render_sound(board(mood=mood), Fraction(4), 7, loop=True))


def test_level_holds_when_a_crowd_of_events_pushes_the_peaks():
    crowd = [SoundEvent(Fraction(2), "bounce") for _ in range(12)]
    assert_level(render_sound(board(), Fraction(5), 8, events=crowd))


def test_ambience_alone_is_quieter():
    assert_level(render_sound(board("beach"), Fraction(5), 9, lullaby=False), -26.0)


def test_a_setting_without_a_sound_of_its_own_still_sounds():
    assert_level(render_sound(board("attic"), Fraction(3), 9))


def test_nothing_asked_for_is_silence():
    assert not np.any(render_sound(board(), Fraction(2), 1, lullaby=False, ambience=False))


def test_begins_and_ends_in_silence():
    sound = render_sound(board("beach"), Fraction(5), 3)
    assert not np.any(sound[:, :900])
    assert not np.any(sound[:, -900:])
    assert np.max(np.abs(sound[:, : RATE // 20])) < 0.02
    assert np.max(np.abs(sound[:, -RATE // 10 :])) < 0.02


@pytest.mark.parametrize("kind", ["beach", "space", "candy_land"])
def test_a_loop_has_no_seam(kind: str):
    """The step over the seam, and its slope, are no larger than steps and slopes are inside."""
    sound = render_sound(board(kind), Fraction(41, 10), 3, loop=True)
    assert np.sqrt(np.mean(sound[:, :2400] ** 2)) > 0.003, "a loop does not fade"
    around = np.concatenate((sound[:, -2400:], sound[:, :2400]), axis=1)
    for order in (1, 2):
        inside = np.abs(np.diff(sound[:, 2400:-2400], n=order))
        over = np.abs(np.diff(around, n=order))[:, 2398:2401]
        assert np.max(over) <= np.max(inside)
        assert np.max(over) <= 12 * np.sqrt(np.mean(np.diff(around, n=order) ** 2))


def test_same_request_same_samples_in_another_process():
    script = (
        "import hashlib; from fractions import Fraction; from dreamreel.dream.sound import *; "
        "from dreamreel.dream.storyboard import *; "
        "b = Storyboard(setting=SettingCue(kind='forest', time='day', weather='rain'), mood='happy'); "
        "e = [SoundEvent(1.5, 'sparkle'), SoundEvent(2, 'splash', 0.4)]; "
        "print(hashlib.sha256(render_sound(b, Fraction(5), 11, events=e).tobytes()).hexdigest())"
    )
    there = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    ).stdout.strip()
    events = [SoundEvent(1.5, "sparkle"), SoundEvent(2, "splash", 0.4)]
    here = render_sound(board("forest", "day", "rain", "happy"), Fraction(5), 11, events=events)
    assert hashlib.sha256(here.tobytes()).hexdigest() == there


def test_another_seed_is_another_sound():
    one, two = (render_sound(board(), Fraction(3), seed, ambience=False) for seed in (1, 2))
    assert not np.array_equal(one, two)


@pytest.mark.parametrize("loop", [False, True])
def test_no_clicks(loop: bool):
    """Nowhere does the second difference leap out of its surroundings as an edit or a cut-off note would."""
    sound = render_sound(board("bedroom"), Fraction(8), 12, loop=loop, ambience=False)
    assert np.max(np.abs(np.diff(sound))) < 0.15
    assert abs(float(np.mean(sound))) < 1e-3


def test_both_sides_sound_and_differ():
    left, right = render_sound(board("forest"), Fraction(5), 3)
    assert 0.2 < np.corrcoef(left, right)[0, 1] < 0.98
    assert abs(20 * np.log10(np.std(left) / np.std(right))) < 3


def test_the_lullaby_stands_well_above_the_ambience():
    """Between 12 and 20 dB in every setting, measured on what is added by the ambience."""
    alone = render_sound(board(), Fraction(5), 4, ambience=False)
    for kind, time in PLACES[::4]:
        whole = render_sound(board(kind, time), Fraction(5), 4)
        gain = np.vdot(alone, whole) / np.vdot(alone, alone)
        under = integrated_loudness(alone, RATE) - integrated_loudness(whole - np.float32(gain) * alone, RATE)
        assert 11 < under < 20, kind


@pytest.mark.parametrize("kind", get_args(EventKind))
def test_an_event_is_heard_at_its_time_and_on_its_side(kind: EventKind):
    events = [SoundEvent(Fraction(1), kind, -0.8)]
    left, right = render_sound(board(), Fraction(4), 1, events=events, lullaby=False, ambience=False)
    assert np.max(np.abs(left[: RATE - 100])) < 1e-5
    assert np.sum(left[RATE : 2 * RATE] ** 2) > 1e-3
    if kind != "whoosh":
        assert np.sum(left**2) > 2 * np.sum(right**2)


def test_an_event_after_the_end_is_not_heard():
    events = [SoundEvent(Fraction(9), "pop"), SoundEvent(Fraction(-1), "pop")]
    assert not np.any(render_sound(board(), Fraction(2), 1, events=events, lullaby=False, ambience=False))


def test_an_event_at_the_end_of_a_loop_rings_into_its_beginning():
    events = [SoundEvent(Fraction(19, 10), "open")]
    sound = render_sound(board(), Fraction(2), 1, events=events, loop=True, lullaby=False, ambience=False)
    assert np.sum(sound[:, : RATE // 2] ** 2) > 1e-3


def test_an_unknown_event_is_refused():
    with pytest.raises(BadParameter, match="sparkle"):
        render_sound(board(), Fraction(1), 1, events=[SoundEvent(0.5, "growl")])  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("duration", [Fraction(0), Fraction(-1), Fraction(1, 200_000)])
def test_no_time_at_all_is_refused(duration: Fraction):
    with pytest.raises(BadDuration):
        render_sound(board(), duration, 1)
