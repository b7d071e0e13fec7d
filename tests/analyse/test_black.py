from __future__ import annotations

from fractions import Fraction

import numpy as np
from tests.analyse.footage import film, noisy, shot

from dreamreel.analyse import black
from dreamreel.analyse.look import Luma
from dreamreel.time import Span

DARK = np.zeros((64, 96, 3), np.uint8)


def test_black_is_found_to_the_frame(tmp_path):
    path = film(tmp_path / "a.mp4", [*[DARK] * 10, *shot(1, 10), *[DARK] * 5, *shot(2, 5)])
    assert black.detect(path) == [Span(Fraction(0), Fraction(2, 5)), Span(Fraction(4, 5), Fraction(1))]


def test_black_at_the_end_lasts_to_the_end(tmp_path):
    path = film(tmp_path / "a.mp4", [*shot(1, 5), *[DARK] * 5])
    assert black.detect(path) == [Span(Fraction(1, 5), Fraction(2, 5))]


def test_noise_and_a_logo_are_still_black(tmp_path):
    frames = []
    for n in range(5):
        picture = noisy(DARK, n, sigma=6)
        picture[2:8, 80:92] = 255
        frames.append(picture)
    path = film(tmp_path / "a.mp4", [*frames, *shot(1, 5)])
    assert black.detect(path) == [Span(Fraction(0), Fraction(1, 5))]


def test_a_dark_room_is_not_black():
    room = np.full((64, 96), 20, np.uint8)
    room[20:40, 30:60] = 60
    assert not black.is_black(Luma(room, 16, 235))
    assert black.is_black(Luma(np.full((64, 96), 20, np.uint8), 16, 235))


def test_full_range_is_darker():
    grey = np.full((64, 96), 24, np.uint8)
    assert black.is_black(Luma(grey, 16, 235))
    assert not black.is_black(Luma(grey, 0, 255))


def test_short_black_is_left_out():
    seen = [(Fraction(n, 25), n == 3) for n in range(10)]
    assert black.spans(seen, Fraction(10, 25), Fraction(1, 10)) == []
    assert black.spans(seen, Fraction(10, 25), Fraction(1, 25)) == [Span(Fraction(3, 25), Fraction(4, 25))]


def test_ten_bits_are_measured_alike(tmp_path):
    path = film(
        tmp_path / "a.mkv", [*[DARK] * 5, *shot(1, 5)], codec="ffv1", options={}, pix_fmt="yuv420p10le"
    )
    assert black.detect(path) == [Span(Fraction(0), Fraction(1, 5))]
