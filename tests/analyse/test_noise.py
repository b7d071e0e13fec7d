"""How much noise a film has, by noise that was put into it."""

import cv2
import numpy as np
import pytest
from tests.analyse.footage import film, scene, sound
from tests.retouch.pictures import noised, panned, stored, yuv

from dreamreel.analyse.noise import detect, measure, of_pair, of_plane, parts
from dreamreel.errors import BadParameter


def run(sigma, dx=0.0, chroma=None, pix_fmt="yuv420p"):
    clean = [yuv(picture, pix_fmt) for picture in panned(4, dx, 0)]
    return [noised(frame, n, sigma, sigma / 2 if chroma is None else chroma) for n, frame in enumerate(clean)]


@pytest.mark.parametrize("sigma", [1, 3, 8, 15])
@pytest.mark.parametrize("pix_fmt", ["yuv420p", "yuv422p10le"])
def test_noise_on_what_stands_still_is_measured(sigma, pix_fmt):
    found = measure([[parts(frame) for frame in run(sigma, pix_fmt=pix_fmt)]])
    assert found.luma == pytest.approx(sigma, rel=0.12)
    assert found.chroma == pytest.approx(sigma / 2, rel=0.3, abs=0.2)


@pytest.mark.parametrize("sigma", [4, 12])
def test_where_all_moves_flat_places_tell(sigma):
    found = measure([[parts(frame) for frame in run(sigma, dx=3.3)]])
    assert found.luma == pytest.approx(sigma, rel=0.3)


def test_texture_that_stands_still_is_no_noise():
    assert measure([[parts(frame) for frame in run(0)]]).luma < 0.1


def test_frames_shown_twice_do_not_hide_the_noise():
    noisy = [parts(frame) for frame in run(5)]
    twice = [frame for frame in noisy for _ in range(2)]
    assert measure([twice]).luma == pytest.approx(5, rel=0.15)


def test_coarse_grain_is_told_from_fine():
    rng = np.random.default_rng(3)
    flat = [np.full((96, 128), 120, np.float32)] * 3
    sizes = []
    for sigma in (0, 0.7, 1.2):
        frames = []
        for _ in range(2):
            grain = rng.normal(0, 6, (96, 128)).astype(np.float32)
            frames.append([flat[0] + (cv2.GaussianBlur(grain, (0, 0), sigma) if sigma else grain), *flat[1:]])
        sizes.append(of_pair(*frames).size)
    assert sizes[0] < 0.35
    assert sizes[1:] == pytest.approx([0.7, 1.2], abs=0.25)


def test_a_film_is_measured_all_over(tmp_path):
    path = stored(tmp_path / "a.mkv", [frame for _ in range(12) for frame in run(4)])
    assert detect(path).luma == pytest.approx(4, rel=0.15)
    assert detect(film(tmp_path / "b.mp4", [scene(1)] * 4)).luma < 0.5


def test_what_is_too_small_or_all_black_has_no_noise():
    assert of_plane(np.zeros((4, 4), np.float32)) == 0
    assert of_plane(np.full((64, 64), 16, np.float32)) == 0
    assert of_pair([np.zeros((4, 4), np.float32)], [np.zeros((4, 4), np.float32)]) is None


def test_sound_has_no_noise_to_see(tmp_path):
    with pytest.raises(BadParameter, match="no moving picture"):
        detect(sound(tmp_path / "a.wav", [(0.1, 0.5)]))
