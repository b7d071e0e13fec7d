from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from tests.analyse.footage import film, shot, sound

from dreamreel.analyse import waveform
from dreamreel.analyse.waveform import envelope, spectrum
from dreamreel.errors import BadParameter
from dreamreel.time import Span

RATE = 16_000


def tone(hertz, seconds, amplitude=0.5):
    return (amplitude * np.sin(np.arange(round(seconds * RATE)) * (2 * np.pi * hertz / RATE))).astype(
        np.float32
    )[None]


def test_the_envelope_of_each_column():
    samples = np.array([[0.1, -0.2, 0.3, 0.4, -0.5, 0.0, 0.7, -0.8]], np.float32)
    shape = envelope([samples], 8, 4)
    assert shape.most.tolist() == [pytest.approx([0.1, 0.4, 0, 0.7])]
    assert shape.least.tolist() == [pytest.approx([-0.2, 0, -0.5, -0.8])]
    assert shape.rms[0, 3] == pytest.approx(((0.49 + 0.64) / 2) ** 0.5)


def test_blocks_may_be_of_any_size():
    samples = np.random.default_rng(1).normal(0, 0.2, (2, 10_007)).astype(np.float32)
    whole = envelope([samples], 10_007, 97)
    pieces = envelope(np.split(samples, [1, 50, 51, 5000, 9999], axis=1), 10_007, 97)
    assert np.array_equal(whole.most, pieces.most)
    assert np.array_equal(whole.least, pieces.least)
    assert np.allclose(whole.rms, pieces.rms, atol=1e-6)


def test_there_may_be_fewer_samples_than_columns_or_none():
    assert envelope([np.ones((1, 3), np.float32)], 3, 10).most.max() == 1
    assert envelope([], 100, 10).most.tolist() == [[0.0] * 10]
    assert envelope([np.ones((1, 50), np.float32)], 100, 10).most.tolist() == [[1.0] * 5 + [0.0] * 5]


@pytest.mark.parametrize("hertz", [100, 440, 2000, 6000])
def test_a_tone_is_in_its_band_at_its_level(hertz):
    levels = spectrum([tone(hertz, 1)], RATE, RATE, 20, 100)
    band = int(levels[:, 10].argmax())
    low, high = (30 * (8000 / 30) ** (edge / 100) for edge in (band - 1, band + 2))
    assert low <= hertz <= high
    assert levels[band, 10] == pytest.approx(-8, abs=8)


def test_a_spectrum_follows_time():
    both = np.concatenate([tone(200, 1), tone(3000, 1)], axis=1)
    levels = spectrum(np.split(both, 7, axis=1) if both.shape[1] % 7 == 0 else [both], RATE, 2 * RATE, 40, 60)
    assert levels[:, 8].argmax() < 30 < levels[:, 32].argmax()


def test_blocks_give_the_same_spectrum():
    samples = np.random.default_rng(1).normal(0, 0.2, (2, 30_000)).astype(np.float32)
    whole = spectrum([samples], RATE, 30_000, 50, 40)
    pieces = spectrum(np.split(samples, [3, 900, 17_000], axis=1), RATE, 30_000, 50, 40)
    assert np.allclose(whole, pieces, atol=1e-3)


def test_a_long_sound_is_looked_at_between_columns_too():
    quiet = np.zeros((1, 30 * RATE), np.float32)
    quiet[:, RATE * 3 : RATE * 4] = tone(1000, 1)
    levels = spectrum([quiet], RATE, 30 * RATE, 10, 40)
    assert levels[:, 1].max() > -20


def test_a_waveform_is_as_high_as_the_sound(tmp_path):
    path = sound(tmp_path / "a.wav", [(1, 0.8), (1, 0.2), (1, 0)])
    picture = waveform.waveform(path, 300, 100, "none", plain=True)
    assert picture.shape == (100, 300, 4)
    heights = [int((picture[:, x, 3] > 128).sum()) for x in (50, 150, 250)]
    assert heights == [pytest.approx(80, abs=4), pytest.approx(20, abs=4), pytest.approx(1, abs=1)]


def test_a_sound_over_full_scale_stays_inside(tmp_path):
    shape = waveform.Envelope(*(np.full((1, 100), value, np.float32) for value in (-2, 2, 1.5)))
    picture = waveform._drawn(
        shape, Span(Fraction(0), Fraction(1)), (100, 60), 0, waveform.GROUNDS["none"], plain=False
    )
    assert picture[0, 50, 3] == 0


def test_grounds_and_colours(tmp_path):
    path = sound(tmp_path / "a.wav", [(1, 0.8)])
    assert waveform.waveform(path, 200, 80, "dark")[0, 0, :3].max() < 40
    assert waveform.waveform(path, 200, 80, "light")[0, 0, :3].min() > 240
    assert waveform.waveform(path, 200, 80, "none")[0, 0, 3] == 0
    red = waveform.waveform(path, 200, 80, "none", colour=(255, 0, 0, 255), plain=True)[40, 100]
    assert red.tolist() == [255, 0, 0, 255]


def test_channels_by_themselves(tmp_path):
    import wave

    left = tone(300, 1)[0]
    both = np.stack([left, np.zeros_like(left)], axis=1)
    with wave.open(str(tmp_path / "a.wav"), "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes((both * 32_767).astype("<i2").tobytes())
    picture = waveform.waveform(tmp_path / "a.wav", 200, 120, "none", split=True, plain=True)
    column = picture[:, 100, 3] > 200
    assert column[:60].sum() > 20
    assert column[60:].sum() <= 2


def test_a_part_of_a_sound(tmp_path):
    path = sound(tmp_path / "a.wav", [(1, 0.8), (1, 0)])
    part = Span(Fraction(1), Fraction(9))
    picture = waveform.waveform(path, 200, 100, "none", plain=True, span=part)
    assert (picture[:, 20:180, 3] > 128).sum(axis=0).max() <= 2
    with pytest.raises(BadParameter, match="no sound there"):
        waveform.waveform(path, 200, 100, span=Span(Fraction(5), Fraction(6)))


def test_a_spectrogram_glows_where_the_sound_is(tmp_path):
    path = sound(tmp_path / "a.wav", [(1, 0.8), (1, 0)])
    picture = waveform.spectrogram(path, 200, 100, plain=True)
    assert picture.shape == (100, 200, 4)
    # 300 Hz is two fifths of the way from 30 Hz to 8 kHz, seen from below.
    lit = picture[:, 50, :3].astype(int).sum(axis=1)
    assert 100 - int(lit.argmax()) == pytest.approx(41, abs=4)
    assert picture[:, 180, :3].astype(int).sum(axis=1).max() < 100


def test_what_cannot_be_drawn_is_told(tmp_path):
    with pytest.raises(BadParameter, match=r"a\.mp4 has no sound"):
        waveform.waveform(film(tmp_path / "a.mp4", shot(1, 3)))
    with pytest.raises(BadParameter, match="64×32 to"):
        waveform.waveform(sound(tmp_path / "a.wav", [(0.2, 0.5)]), 10, 10)
