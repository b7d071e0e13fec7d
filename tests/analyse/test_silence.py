from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from tests.analyse.footage import film, shot, sound

from dreamreel.analyse import silence
from dreamreel.errors import BadParameter
from dreamreel.time import Span


def near(found, *expected):
    assert [(float(span.start), float(span.end)) for span in found] == [
        pytest.approx(pair, abs=0.011) for pair in expected
    ]


def test_gaps_are_found(tmp_path):
    path = sound(tmp_path / "a.wav", [(1, 0.5), (0.8, 0), (1, 0.5), (0.3, 0), (0.5, 0.5)])
    near(silence.detect(path), (1, 1.8))


def test_silence_at_both_ends_reaches_the_ends(tmp_path):
    path = sound(tmp_path / "a.wav", [(0.7, 0), (1, 0.5), (0.6, 0)])
    found = silence.detect(path)
    assert (found[0].start, found[-1].end) == (0, Fraction(23, 10))
    near(found, (0, 0.7), (1.7, 2.3))


def test_the_threshold_follows_the_noise(tmp_path):
    path = sound(tmp_path / "a.wav", [(1, 0.5), (1, 0), (1, 0.5)], hiss=0.01)
    near(silence.detect(path), (1, 2))
    assert silence.detect(path, threshold=-60.0) == []


def test_quiet_speech_in_a_quiet_room(tmp_path):
    path = sound(tmp_path / "a.wav", [(1, 0.02), (1, 0), (1, 0.02)], hiss=0.0005)
    near(silence.detect(path), (1, 2))


def test_steady_noise_is_not_silence(tmp_path):
    assert silence.detect(sound(tmp_path / "a.wav", [(2, 0)], hiss=0.05)) == []


def test_a_click_does_not_end_a_silence(tmp_path):
    path = sound(tmp_path / "a.wav", [(1, 0.5), (0.7, 0), (0.01, 0.5), (0.7, 0), (1, 0.5)])
    near(silence.detect(path), (1, 2.41))


def test_padding_is_left_to_the_sound_but_not_at_the_ends(tmp_path):
    path = sound(tmp_path / "a.wav", [(1, 0), (1, 0.5), (1, 0), (1, 0.5)])
    near(silence.detect(path, padding=Fraction(1, 10)), (0, 0.9), (2.1, 2.9))


def test_an_offset_is_not_heard():
    flat = np.full((1, 16_000), 0.3, np.float32)
    assert (silence.levels([flat], 16_000) == silence.FLOOR).all()


def test_one_loud_channel_is_enough():
    both = np.zeros((2, 16_000), np.float32)
    both[1] = 0.5 * np.sin(np.arange(16_000) * 0.1)
    assert silence.levels([both], 16_000).min() > -12


def test_blocks_of_any_size_give_the_same_levels():
    whole = np.random.default_rng(1).normal(0, 0.1, (2, 16_007)).astype(np.float32)
    pieces = np.split(whole, [17, 4000, 4001, 9999], axis=1)
    assert np.allclose(silence.levels([whole], 16_000), silence.levels(pieces, 16_000), atol=1e-3)


def test_what_is_loud_is_the_rest():
    spans = [Span(Fraction(0), Fraction(1)), Span(Fraction(2), Fraction(3))]
    assert silence.loud(spans, Fraction(5)) == [
        Span(Fraction(1), Fraction(2)),
        Span(Fraction(3), Fraction(5)),
    ]


def test_no_sound_and_a_wrong_threshold_are_told(tmp_path):
    with pytest.raises(BadParameter, match=r"a\.mp4 has no sound"):
        silence.detect(film(tmp_path / "a.mp4", shot(1, 3)))
    with pytest.raises(BadParameter, match="-120 to 0"):
        silence.detect(sound(tmp_path / "a.wav", [(1, 0.5)]), threshold=3.0)
