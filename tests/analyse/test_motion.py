"""The measures of motion tell good clips from each of the ways a clip can be bad."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import cv2
import numpy as np
import pytest
from skimage import data

from dreamreel.analyse.motion import GATES, Meter, Motion, measure

RATE = Fraction(24)
HEIGHT, WIDTH, COUNT = 160, 200, 48
Y, X = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)


def photo() -> np.ndarray:
    grey = cv2.cvtColor(data.astronaut()[:400, :500], cv2.COLOR_RGB2GRAY)
    return cv2.resize(grey, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)


PHOTO = photo()


def clip(frame: Callable[[int], np.ndarray], count: int = COUNT) -> Motion:
    return measure((frame(n) for n in range(count)), RATE)


def moved(dx: float, dy: float) -> np.ndarray:
    turn = np.array([[1, 0, dx], [0, 1, dy]], np.float32)
    return cv2.warpAffine(PHOTO, turn, (WIDTH, HEIGHT), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT)


def breathing(n: int, cycles: int = 2) -> np.ndarray:
    chest = np.exp(-(((X - 100) / 50) ** 2 + ((Y - 110) / 40) ** 2))
    shift = 2.0 * chest * np.float32(1 - np.cos(2 * np.pi * cycles * n / COUNT))
    return cv2.remap(PHOTO, X, Y + shift, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT)


def lit(factor: float) -> np.ndarray:
    return np.rint(PHOTO * factor).astype(np.uint8)


def test_breathing_passes_every_gate_and_closes() -> None:
    assert GATES.broken(clip(breathing), loops=True) == ()


def test_a_picture_that_stands_still_has_no_motion() -> None:
    motion = clip(lambda _: PHOTO, 12)
    assert motion == Motion(0.0, 0.0, 0.0, 0.0, 0.0, 1.0)
    assert GATES.broken(motion) == ("amount",)


def test_light_that_flickers_by_half_a_percent_is_found() -> None:
    dice = np.random.default_rng(1)
    motion = clip(lambda _: lit(1 - 0.005 * abs(dice.standard_normal())))
    assert motion.flicker > 4 * GATES.flicker


def test_light_that_changes_evenly_is_no_flicker() -> None:
    assert clip(lambda n: lit(1 - 0.3 * n / COUNT)).flicker < GATES.flicker


def test_half_a_pixel_of_jitter_is_found() -> None:
    dice = np.random.default_rng(2)
    assert clip(lambda _: moved(*dice.normal(0, 0.5, 2))).acceleration > 2 * GATES.acceleration


def test_a_steady_pan_is_no_jitter() -> None:
    motion = clip(lambda n: moved(0.4 * n, 0.0), 24)
    assert motion.acceleration < GATES.acceleration
    # An eighth of a second is three frames.
    assert motion.amount == pytest.approx(1.2, abs=0.35)


def test_a_cut_is_found() -> None:
    motion = clip(lambda n: breathing(n) if n < COUNT // 2 else breathing(n)[:, ::-1])
    assert "jump" in GATES.broken(motion)
    assert motion.jump > 10


def test_a_clip_that_ends_elsewhere_does_not_close() -> None:
    assert GATES.broken(clip(lambda n: moved(0.4 * n, 0.0), 24), loops=True) == ("closure",)


def test_the_last_step_back_to_the_first_frame_counts_as_one_step() -> None:
    # Frame 40 would be frame 0 again.
    motion = clip(lambda n: np.roll(PHOTO, 5 * n, axis=1), 40)
    assert motion.closure == pytest.approx(1.0, abs=0.01)


def test_stills_between_moves_are_counted() -> None:
    assert clip(lambda n: moved(float(n // 2), 0.0), 11).still == pytest.approx(0.5)


def test_frames_of_different_sizes_are_refused() -> None:
    meter = Meter(RATE)
    meter.add(PHOTO)
    with pytest.raises(ValueError, match="one size"):
        meter.add(PHOTO[:-2])


def test_two_frames_are_too_few() -> None:
    with pytest.raises(ValueError, match="three frames"):
        measure([PHOTO, PHOTO], RATE)


def test_tiny_frames_are_refused() -> None:
    with pytest.raises(ValueError, match="too small"):
        measure([PHOTO[:20]] * 3, RATE)
