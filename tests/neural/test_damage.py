"""How damaged a film is, as a network sees it; and what a network with a strength takes away."""

from __future__ import annotations

import av
import numpy as np
import pytest

from dreamreel.media.planes import planes
from dreamreel.neural.catalog import network
from dreamreel.neural.damage import measured, strength_of
from dreamreel.neural.enlarge import Enlarger

GENERAL = network("general-m-x2")
WIDTH, HEIGHT = 160, 96


def shapes(noise: float, pix_fmt: str = "yuv420p", seed: int = 0) -> av.VideoFrame:
    """A few soft shapes, with noise of so many steps."""
    y, x = np.mgrid[:HEIGHT, :WIDTH].astype(float)
    light = 120 + 60 * np.tanh((np.hypot(x - 60, y - 48) - 30) / 3) + 20 * np.sin(x / 25)
    light += np.random.default_rng(seed).normal(0, noise, light.shape) if noise else 0
    picture = np.repeat(light[..., None], 3, -1).clip(0, 255).astype(np.uint8)
    made = av.VideoFrame.from_ndarray(picture, "rgb24").reformat(format=pix_fmt, threads=1)
    made.colorspace = made.color_range = 1
    return made


def flatness(frame: av.VideoFrame, left: int) -> float:
    """How uneven the luma of a part without shapes is, steps of 255."""
    part = planes(frame)[0][:24, left : left + 40].astype(float)
    return float((part - part.mean(0)).std())


def test_a_whole_picture_needs_nothing() -> None:
    assert measured([shapes(0)], GENERAL, "f32") == 0


def test_the_noisier_a_picture_the_more_it_needs() -> None:
    needs = [measured([shapes(noise)], GENERAL, "f32") for noise in (0, 3, 12)]
    assert needs == sorted(needs)
    assert needs[-1] > 0.7


def test_deep_and_coloured_forms_are_measured_alike() -> None:
    found = {measured([shapes(6, form)], GENERAL, "f32") for form in ("yuv420p", "yuv444p10le", "yuv422p")}
    assert max(found) - min(found) <= 0.1


def test_a_film_is_judged_by_its_middle_frame() -> None:
    frames = [shapes(0), shapes(0, seed=1), shapes(20)]
    assert measured(frames, GENERAL, "f32") == 0


def test_without_frames_nothing_is_needed() -> None:
    assert measured([], GENERAL, "f32") == 0


@pytest.mark.parametrize(("decibels", "strength"), [(60, 0), (41.5, 0), (40, 0.5), (38.5, 1), (20, 1)])
def test_decibels_become_a_strength(decibels: float, strength: float) -> None:
    assert strength_of(decibels) == pytest.approx(strength)


def test_the_stronger_a_network_is_set_the_more_noise_goes() -> None:
    left = [
        flatness(Enlarger(GENERAL, "yuv420p", WIDTH, HEIGHT, "int8", strength)(shapes(8)), 200)
        for strength in (0.0, 0.5, 1.0)
    ]
    assert left[0] > left[1] > left[2]
    assert left[2] < left[0] / 2
