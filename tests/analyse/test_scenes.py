from __future__ import annotations

from fractions import Fraction

import cv2
import numpy as np
import pytest
from tests.analyse.footage import film, noisy, scene, shot

from dreamreel.analyse import scenes
from dreamreel.errors import BadParameter
from dreamreel.time import Span

RATE = Fraction(25)


def cut(frames):
    """The numbers of the frames that begin a shot, found in frames that were never encoded."""
    small = [
        np.moveaxis(cv2.resize(picture, (24, 16), interpolation=cv2.INTER_AREA), 2, 0) for picture in frames
    ]
    return scenes.cuts([n / RATE for n in range(len(small))], small)


def test_cuts_are_found_to_the_frame(tmp_path):
    path = film(tmp_path / "a.mp4", [*shot(1, 20), *shot(2, 13, pan=2), *shot(3, 27)], RATE)
    assert scenes.detect(path) == [
        Span(Fraction(0), Fraction(20, 25)),
        Span(Fraction(20, 25), Fraction(33, 25)),
        Span(Fraction(33, 25), Fraction(60, 25)),
    ]


def test_a_film_without_cuts_is_one_scene(tmp_path):
    path = film(tmp_path / "a.mp4", shot(1, 20), RATE)
    assert scenes.detect(path) == [Span(Fraction(0), Fraction(20, 25))]


def test_noise_alone_is_no_cut():
    assert cut(shot(1, 40, sigma=25)) == []


def test_a_cut_in_heavy_noise_is_found():
    assert cut([*shot(1, 20, sigma=25), *shot(2, 20, sigma=25)]) == [20]


def test_a_quick_pan_is_no_cut():
    assert cut(shot(5, 40, pan=8)) == []


def test_a_cut_between_two_pans_is_found():
    assert cut([*shot(5, 20, pan=6), *shot(6, 20, pan=6)]) == [20]


@pytest.mark.parametrize("length", [1, 2, 3])
def test_a_flash_is_no_cut(length):
    frames = shot(1, 30)
    for n in range(12, 12 + length):
        frames[n] = np.full_like(frames[n], 250)
    assert cut(frames) == []


def test_a_cut_beside_a_flash_is_found():
    frames = [*shot(1, 30), *shot(2, 30)]
    frames[12] = np.full_like(frames[12], 250)
    assert cut(frames) == [30]


def test_a_dissolve_and_a_fade_are_no_cut():
    one, two = scene(1).astype(float), scene(2).astype(float)
    melt = [noisy(one * (1 - n / 25) + two * n / 25, n) for n in range(26)]
    fade = [noisy(two * (1 - n / 25), n) for n in range(26)]
    assert cut([*shot(1, 10), *melt, *fade]) == []


def test_two_cuts_that_are_too_close_are_one():
    assert len(cut([*shot(1, 20), *shot(2, 5), *shot(3, 20)])) == 1


def test_a_cut_in_the_second_frame_and_in_the_last_one():
    assert cut([*shot(1, 1), *shot(2, 20), *shot(3, 1)]) == [1, 21]


def test_times_of_a_variable_rate_are_kept():
    times = [Fraction(0), Fraction(1, 10), Fraction(3, 2), Fraction(2)]
    assert scenes.spans(times, Fraction(3), [2]) == [
        Span(Fraction(0), Fraction(3, 2)),
        Span(Fraction(3, 2), Fraction(3)),
    ]


def test_sound_alone_has_no_scenes(tmp_path):
    from tests.analyse.footage import sound

    with pytest.raises(BadParameter, match=r"a\.wav has no moving picture"):
        scenes.detect(sound(tmp_path / "a.wav", [(0.2, 0.5)]))
