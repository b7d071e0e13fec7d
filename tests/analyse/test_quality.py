"""Quality: known distortions have known values, and those of other implementations."""

import math

import av
import numpy as np
import pytest
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from dreamreel.analyse.quality import IDENTICAL, SCALE, Meter, pooled, score, xpsnr_for

WIDTH, HEIGHT = 160, 96


def frame(luma, chroma=128):
    planes = np.full((HEIGHT * 3 // 2, WIDTH), chroma, np.uint8)
    planes[:HEIGHT] = np.clip(np.rint(luma), 0, 255)
    return av.VideoFrame.from_ndarray(planes, "yuv420p")


def scene(number=0):
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    return 120 + 60 * np.sin((x + 2 * number) / 9) + 30 * np.cos(y / 5) + 10 * np.sin((x + number) * y / 90)


def meter():
    return Meter(WIDTH, HEIGHT, "yuv420p")


def test_equal_pictures_are_identical():
    scores = meter().add(frame(scene()), frame(scene()))
    assert (scores.psnr, scores.xpsnr, scores.ssim, scores.quality) == (IDENTICAL, IDENTICAL, 1.0, 100.0)


def test_an_error_of_four_steps_everywhere_is_36_decibels():
    scores = meter().add(frame(scene()), frame(scene() + 4))
    assert scores.psnr == pytest.approx(20 * math.log10(255 / 4), abs=0.02)


@pytest.mark.parametrize("noise", [1, 3, 6])
def test_psnr_and_ssim_agree_with_scikit_image(noise):
    clean = np.rint(scene())
    noisy = np.clip(np.rint(clean + np.random.default_rng(1).normal(0, noise, clean.shape)), 0, 255)
    scores = meter().add(frame(clean), frame(noisy))
    assert scores.psnr == pytest.approx(peak_signal_noise_ratio(clean, noisy, data_range=255), abs=0.01)
    assert scores.ssim == pytest.approx(
        structural_similarity(clean, noisy, data_range=255, win_size=7), abs=0.02
    )


def test_xpsnr_minds_errors_in_plain_places_more_than_in_busy_ones():
    picture = np.full((HEIGHT, WIDTH), 120.0)
    picture[:, WIDTH // 2 :] += np.random.default_rng(2).normal(0, 30, (HEIGHT, WIDTH // 2))
    wrong = np.random.default_rng(3).normal(0, 4, (HEIGHT, WIDTH // 2))
    plain, busy = picture.copy(), picture.copy()
    plain[:, : WIDTH // 2] += wrong
    busy[:, WIDTH // 2 :] += wrong
    seen, hidden = (meter().add(frame(picture), frame(bad)) for bad in (plain, busy))
    assert seen.psnr == pytest.approx(hidden.psnr, abs=0.3)
    assert hidden.xpsnr > seen.xpsnr + 4


def test_errors_of_colour_count():
    grey = meter().add(frame(scene()), frame(scene(), chroma=110))
    assert grey.psnr == IDENTICAL
    assert grey.xpsnr < 40


def test_the_first_frame_is_measured_like_the_rest():
    gauge = meter()
    values = [gauge.add(frame(scene()), frame(scene() + 5)).xpsnr for _ in range(4)]
    assert values == pytest.approx([values[0]] * 4, abs=0.01)


def test_the_scale_goes_there_and_back():
    assert [score(decibels) for decibels, _ in SCALE] == [mark for _, mark in SCALE]
    assert [score(xpsnr_for(quality)) for quality in (0, 12, 50, 75, 90, 100)] == pytest.approx(
        [0, 12, 50, 75, 90, 100]
    )
    assert (score(5.0), score(80.0)) == (0.0, 100.0)


def test_pooling():
    found = pooled([40.0, 20.0, 40.0, 40.0])
    assert (found.mean, found.worst) == (35.0, 20.0)
    assert found.harmonic == pytest.approx(4 / (3 / 40 + 1 / 20))
    assert found.low == pytest.approx(20 + 0.03 * 20)
    assert found.as_json()["percentile_1"] == 20.6


def test_nothing_cannot_be_pooled():
    with pytest.raises(ValueError, match="no frames"):
        pooled([])


@pytest.mark.parametrize(("width", "height"), [(1, 1), (2, 40), (45, 44)])
def test_small_pictures_are_measured_as_well(width, height):
    planes = [np.full((height, width), value, np.uint8) for value in (100, 104)]
    first, second = (av.VideoFrame.from_ndarray(plane, "gray") for plane in planes)
    scores = Meter(width, height, "gray").add(first, second)
    assert scores.xpsnr == pytest.approx(20 * math.log10(255 / 4), abs=0.1)
