import numpy as np
import pytest
from tests.motion.shaky import trembling

from dreamreel.motion.paths import corners_inside, jitter, roughness, steady, zoom_needed
from dreamreel.motion.plan import STEADY, largest_zoom, steadied

LIMITS = np.array([0.06, 0.04, 0.03, 0.02])
ASPECT = 0.75


def test_a_trembling_camera_that_stands_is_put_on_a_tripod():
    made = steady(trembling(100, 3, 0.01), LIMITS)
    assert np.ptp(made, axis=0).max() < 1e-3


def test_a_pan_goes_on_evenly_and_does_not_lag():
    pan = np.zeros((150, 4))
    pan[:, 0] = np.clip(np.arange(150) - 50, 0, 50) * 0.01
    path = pan + trembling(150, 2)
    made = steady(path, LIMITS)
    assert np.abs(made - path).max() < LIMITS[0]
    assert jitter(made, 25) < 0.1 * jitter(path, 25)
    # In the middle of the pan the camera moves with it.
    assert np.diff(made[70:80, 0]) == pytest.approx(0.01, rel=0.35)
    assert roughness(made, LIMITS) < 0.01 * roughness(path, LIMITS)


def test_a_long_path_has_no_step_where_windows_meet():
    path = trembling(400, 3).cumsum(axis=0) * 0.2 + trembling(400, 2, seed=8)
    made = steady(path, LIMITS)
    assert (np.abs(made - path) <= LIMITS + 1e-9).all()
    assert np.abs(np.diff(made, 2, axis=0)).max() < 0.1 * np.abs(np.diff(path, 2, axis=0)).max()


def test_one_frame_is_a_path():
    assert steady(np.zeros((1, 4)), LIMITS).shape == (1, 4)


def test_an_even_movement_does_not_tremble():
    line = np.linspace(0, 1, 60)[:, None] * np.array([1.0, 0.5, 0.1, 0.1])
    assert jitter(line, 25) < 1e-9
    assert jitter(line + trembling(60, 3), 25) > 1e-3


@pytest.mark.parametrize("strength", [0.0, 0.5, 1.0])
def test_the_crop_is_as_small_as_it_can_be_and_never_too_large(strength):
    moves = np.diff(trembling(60, 6, 0.02), axis=0, prepend=0)
    shot = steadied(moves, 25, ASPECT, strength, crop=True)
    assert 1 < shot.zoom <= largest_zoom(strength)
    assert corners_inside(shot.corrections, shot.zoom, ASPECT).max() <= 1e-9
    assert corners_inside(shot.corrections, shot.zoom * 0.98, ASPECT).max() > 0


def test_no_correction_needs_no_zoom():
    assert zoom_needed(np.zeros((5, 4)), ASPECT, 1.3) == 1


def test_a_shot_that_does_not_tremble_is_left_alone():
    moves = np.diff(trembling(60, 160 * STEADY / 4), axis=0, prepend=0)
    shot = steadied(moves, 25, ASPECT, 1.0, crop=True)
    assert shot.zoom == 1
    assert not shot.corrections.any()
