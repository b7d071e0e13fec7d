"""The music box's tone, the makers of ambience, and the table they are in."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import numpy as np
import pytest

from dreamreel.dream.sound import RATE
from dreamreel.dream.sound.ambience import AMBIENCES, layers_of, render_ambience
from dreamreel.dream.sound.field import Field, add, blank, drift, fast_length, generator, hertz, ringing
from dreamreel.dream.sound.lullaby import Pluck
from dreamreel.dream.sound.musicbox import play
from dreamreel.dream.sound.textures import Crickets
from dreamreel.dream.storyboard import SettingCue, TimeOfDay, Weather

FIELD = Field(n=3 * RATE, loop=False, tonic=72, minor=False, beat=0.9, first_beat=0.25)
TEXTURES = sorted(
    {layer.texture for a in AMBIENCES.values() for layer in a.always + a.by_day + a.by_night}, key=repr
)


def strongest(wave: np.ndarray) -> float:
    size = 1 << 18
    return float(np.argmax(np.abs(np.fft.rfft(wave * np.hanning(len(wave)), size)))) * RATE / size


@pytest.mark.parametrize("pitch", [60, 69, 72, 84, 91])
def test_a_plucked_note_has_its_pitch(pitch: int):
    sound = play(FIELD, [Pluck(0.0, pitch, 0.7)], seed=1)
    assert 1200 * np.log2(strongest(sound.sum(axis=0)) / hertz(pitch)) == pytest.approx(0, abs=8)


def test_a_harder_pluck_is_brighter():
    def brightness(velocity: float) -> float:
        power = np.abs(np.fft.rfft(play(FIELD, [Pluck(0.0, 72, velocity)], 1)[0])) ** 2
        return float(power[round(2500 * FIELD.seconds) :].sum() / power.sum())

    assert brightness(0.9) > 1.5 * brightness(0.3)


def test_a_note_dies_away():
    sound = play(FIELD, [Pluck(0.0, 72, 0.7)], 1)[0]
    levels = [float(np.sqrt(np.mean(sound[i * 24_000 : (i + 1) * 24_000] ** 2))) for i in range(4)]
    assert levels == sorted(levels, reverse=True)
    assert levels[3] < 0.1 * levels[0]


def test_low_notes_stand_left_and_high_ones_right():
    low, high = (play(FIELD, [Pluck(0.0, pitch, 0.7)], 1) for pitch in (60, 91))
    assert np.std(low[0]) > np.std(low[1])
    assert np.std(high[1]) > np.std(high[0])


def test_a_note_at_the_end_of_a_loop_goes_on_at_its_beginning():
    sound = play(replace(FIELD, loop=True), [Pluck(2.9, 72, 0.7)], 1)
    assert np.max(np.abs(sound[:, :4800])) > 0.1
    assert np.max(np.abs(sound[:, RATE * 27 // 10 : RATE * 29 // 10 - 10])) < 0.05


@pytest.mark.parametrize("texture", TEXTURES, ids=[type(texture).__name__ for texture in TEXTURES])
def test_every_texture_fills_its_field_and_closes_its_circle(texture):
    field = replace(FIELD, loop=True)
    sound = texture.render(field, generator(1))
    assert sound.shape == (2, field.n)
    assert sound.dtype == np.float32
    assert 0.001 < float(np.sqrt(np.mean(sound**2))) < 1.5
    seam = float(np.max(np.abs(sound[:, 0] - sound[:, -1])))
    assert seam <= float(np.max(np.abs(np.diff(sound))))
    assert np.array_equal(sound, texture.render(field, generator(1)))


def test_crickets_sing_where_crickets_sing():
    assert 3000 < strongest(Crickets().render(FIELD, generator(1))[0]) < 5000


@pytest.mark.parametrize("kind", AMBIENCES)
def test_every_setting_sounds_like_itself(kind: str):
    others = [a for name, a in AMBIENCES.items() if name != kind]
    assert AMBIENCES[kind] not in others
    assert 12 <= AMBIENCES[kind].under <= 18


@pytest.mark.parametrize("time", get_args(TimeOfDay))
@pytest.mark.parametrize("weather", get_args(Weather))
def test_rain_and_wind_are_heard_outside_only(time: TimeOfDay, weather: Weather):
    def count(kind: str, weather: Weather) -> int:
        return len(layers_of(SettingCue(kind=kind, time=time, weather=weather)))

    audible = weather in {"rain", "wind", "snow"}
    assert (count("meadow", weather) > count("meadow", "clear")) == audible
    assert count("space", weather) == count("space", "clear")
    assert count("underwater", weather) == count("underwater", "clear")


def test_day_and_night_differ():
    for kind in ("meadow", "forest", "night_sky", "beach"):
        day, night = (layers_of(SettingCue(kind=kind, time=time)) for time in ("day", "night"))
        assert set(day) != set(night)
        assert layers_of(SettingCue(kind=kind, time="dusk")) == night


def test_ambience_follows_its_seed():
    one, again, two = (render_ambience(FIELD, SettingCue(kind="forest"), seed)[0] for seed in (1, 1, 2))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, two)


def test_ringing_is_a_decaying_sine():
    time = np.arange(5000) / RATE
    expected = np.exp(-time / 0.05) * np.sin(2 * np.pi * (440 * time + 0.25))
    assert np.max(np.abs(ringing(440, 0.05, 5000, 0.25) - expected)) < 1e-5


def test_sounds_outside_a_film_are_cut_and_inside_a_loop_folded():
    straight, circle = blank(FIELD), blank(FIELD)
    add(straight, FIELD.n - 10, np.ones(30, np.float32), 0, 1, loop=False)
    add(straight, -10, np.ones(15, np.float32), 0, 1, loop=False)
    add(circle, -10, np.ones(30, np.float32), 0, 1, loop=True)
    assert np.count_nonzero(straight[0, :5]) == 5
    assert np.count_nonzero(straight[0]) == 15
    assert np.count_nonzero(circle[0, :20]) == 20
    assert np.count_nonzero(circle[0, -10:]) == 10


def test_drift_is_circular_and_stays_between_zero_and_one():
    slow = drift(FIELD, 1.0, generator(2))
    assert float(slow.min()) >= 0
    assert float(slow.max()) <= 1
    assert abs(float(slow[0] - slow[-1])) < 0.001


@pytest.mark.parametrize("n", [1, 2, 7, 1000, 240_001, 2_880_000])
def test_fast_lengths_are_even_and_smooth(n: int):
    length = fast_length(n)
    assert length >= n
    assert length % 2 == 0
    assert length <= 1.3 * n + 2
    for prime in (2, 3, 5):
        while length % prime == 0:
            length //= prime
    assert length == 1
