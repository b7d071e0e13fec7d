from __future__ import annotations

import numpy as np
import pytest
from tests.analyse.footage import film, hdr, scene, sound

from dreamreel.analyse.light import peak, peak_of
from dreamreel.analyse.look import Luma
from dreamreel.errors import BadParameter


def test_the_peak_is_what_the_frames_show(tmp_path):
    assert peak(hdr(tmp_path / "a.mkv", 600)) == pytest.approx(690, rel=0.12)
    assert peak(hdr(tmp_path / "b.mkv", 4000)) == pytest.approx(4600, rel=0.12)


def test_a_dim_film_has_the_peak_of_white(tmp_path):
    assert peak(hdr(tmp_path / "a.mkv", 60)) == pytest.approx(233, abs=31)


def test_single_bright_pixels_are_not_the_peak():
    plane = np.full((400, 400), 120, np.uint8)
    plane[5, 5:9] = 235
    assert peak_of([Luma(plane, 16, 235)]) < 150


def test_the_brightest_frame_counts():
    dim, bright = np.full((64, 64), 90, np.uint8), np.full((64, 64), 180, np.uint8)
    assert peak_of([Luma(dim, 16, 235), Luma(bright, 16, 235)]) == peak_of([Luma(bright, 16, 235)])


def test_sound_has_no_light(tmp_path):
    with pytest.raises(BadParameter, match="no moving picture"):
        peak(sound(tmp_path / "a.wav", [(0.1, 0.5)]))


def test_an_sdr_film_has_a_peak_in_the_range(tmp_path):
    assert 203 <= peak(film(tmp_path / "a.mp4", [scene(1)] * 3)) <= 10_000
