"""The portrait: its first frame is the photo, only what should move moves, and it moves smoothly."""

from __future__ import annotations

import itertools
from functools import lru_cache

import cv2
import numpy as np
import pytest
from skimage import data

from dreamreel.analyse.faces import Face, face_from_points
from dreamreel.dream.portrait import (
    Light,
    Portrait,
    PortraitState,
    Stir,
    View,
    photo_planes,
    portrait_state,
)

WIDTH, HEIGHT = 400, 300
# The astronaut's eyes, nose and mouth corners in the crop used here.
FACE = face_from_points((171, 103), (212, 103), (192, 126), (172, 141), (212, 141))


@lru_cache(maxsize=1)
def photo() -> np.ndarray:
    return np.ascontiguousarray(data.astronaut()[:HEIGHT, 32 : 32 + WIDTH])


def drawing() -> tuple[np.ndarray, Face]:
    """A drawn child lying on its side on a patterned blanket, so that motion shows everywhere."""
    noise = np.random.default_rng(1).integers(0, 255, (300, 400, 3), dtype=np.uint8)
    rgb = cv2.addWeighted(cv2.GaussianBlur(noise, (0, 0), 2), 0.7, np.full_like(noise, 120), 0.3, 0)
    cv2.ellipse(rgb, (150, 150), (75, 62), 0, 0, 360, (236, 190, 168), -1, cv2.LINE_AA)
    for y in (126, 174):
        cv2.ellipse(rgb, (150, y), (4, 9), 0, 0, 360, (90, 60, 60), -1, cv2.LINE_AA)
    cv2.ellipse(rgb, (196, 150), (5, 16), 0, 0, 360, (190, 80, 80), -1, cv2.LINE_AA)
    return rgb, face_from_points((150, 174), (150, 126), (172, 150), (196, 168), (196, 132))


def frame(portrait: Portrait, state: PortraitState) -> tuple[np.ndarray, np.ndarray]:
    y = np.zeros((portrait.height, portrait.width), np.uint8)
    uv = np.zeros((portrait.height // 2, portrait.width // 2, 2), np.uint8)
    portrait.paint(state, y, uv)
    return y, uv


@lru_cache(maxsize=2)
def astronaut(with_face: bool = True) -> Portrait:
    return Portrait(photo(), FACE if with_face else None)


# --- the photo itself ---


def test_planes_of_known_colours_are_bt709_limited() -> None:
    colours = [(255, 255, 255), (0, 0, 0), (255, 0, 0), (0, 255, 0), (0, 0, 255)]
    expected = [(235, 128, 128), (16, 128, 128), (63, 102, 240), (173, 42, 26), (32, 240, 118)]
    for colour, (luma, cb, cr) in zip(colours, expected, strict=True):
        y, uv = photo_planes(np.full((4, 4, 3), colour, np.uint8))
        assert (y == luma).all()
        assert (uv == (cb, cr)).all()


def test_chroma_is_sited_on_even_columns() -> None:
    rgb = np.zeros((4, 8, 3), np.uint8)
    rgb[:, 3:] = (255, 0, 0)
    cr = photo_planes(rgb)[1][0, :, 1].astype(int)
    # The sample on column 2 sees one quarter of column 3; the one on column 4 only red.
    assert list(cr) == [128, 156, 240, 240]


def test_the_first_frame_is_the_photo_bit_for_bit() -> None:
    y, uv = frame(astronaut(), portrait_state(0.0, 5.0, seed=4, camera="push", smile_times=[0.0]))
    expected_y, expected_uv = photo_planes(photo())
    assert np.array_equal(y, expected_y)
    assert np.array_equal(uv, expected_uv)


def test_a_state_that_moves_by_nothing_goes_through_the_warp_unchanged() -> None:
    state = PortraitState(camera=View(1.0, 0.5, 0.5), stir=Stir(rot=1e-9))
    y, uv = frame(astronaut(), state)
    expected_y, expected_uv = photo_planes(photo())
    assert np.array_equal(y, expected_y)
    assert np.array_equal(uv, expected_uv)


def test_odd_sizes_are_refused() -> None:
    with pytest.raises(ValueError, match="even"):
        Portrait(photo()[:, :-1], FACE)


def test_painting_is_deterministic() -> None:
    state = portrait_state(1.7, 5.0, seed=2, smile_times=[0.5], dream_open=0.8)
    again = Portrait(photo(), FACE)
    for a, b in zip(frame(astronaut(), state), frame(again, state), strict=True):
        assert np.array_equal(a, b)


# --- what moves, and what must not ---


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        ("breath", PortraitState(breath=1.0, follow=0.9)),
        ("smile", PortraitState(smile=1.0)),
        ("stir", PortraitState(stir=Stir(0.02, -0.01, 0.9))),
    ],
)
def test_nothing_outside_the_moving_mask_changes(kind: str, state: PortraitState) -> None:
    rgb, face = drawing()
    portrait = Portrait(rgb, face)
    mask = portrait.moving_mask([kind])  # type: ignore[list-item]
    y, uv = frame(portrait, state)
    still_y, still_uv = photo_planes(rgb)
    moved = y != still_y
    assert moved.sum() > 200
    assert not moved[~mask].any()
    pairs = mask.reshape(mask.shape[0] // 2, 2, mask.shape[1] // 2, 2).any(axis=(1, 3))
    assert not (uv != still_uv)[~pairs].any()
    assert 0.01 < mask.mean() < 0.95


def displacement(portrait: Portrait, state: PortraitState, at: tuple[float, float]) -> tuple[float, float]:
    """Where the photo's content at `at` went, by template matching to a quarter pixel."""
    base, moved = (cv2.resize(frame(portrait, s)[0], None, fx=4, fy=4) for s in (PortraitState(), state))
    x, y, r, reach = int(at[0] * 4), int(at[1] * 4), 32, 40
    patch = base[y - r : y + r, x - r : x + r]
    window = moved[y - r - reach : y + r + reach, x - r - reach : x + r + reach]
    _, _, best, _ = cv2.minMaxLoc(cv2.matchTemplate(window, patch, cv2.TM_SQDIFF))
    return (best[0] - reach) / 4, (best[1] - reach) / 4


def test_a_smile_lifts_and_widens_the_corners() -> None:
    portrait = astronaut()
    right = displacement(portrait, PortraitState(smile=1.0), FACE.mouth_right)
    left = displacement(portrait, PortraitState(smile=1.0), FACE.mouth_left)
    assert right[0] < -1
    assert left[0] > 1
    assert right[1] < -1
    assert left[1] < -1


def test_a_smile_on_a_lying_face_goes_along_its_own_axes() -> None:
    rgb, face = drawing()
    portrait = Portrait(rgb, face)
    # The chin points right in the picture, so "up" on the face is left, and its left corner is the upper one.
    upper = displacement(portrait, PortraitState(smile=1.0), face.mouth_left)
    assert upper[0] < -1
    assert upper[1] < -0.5


def test_without_a_face_nothing_smiles_but_something_breathes() -> None:
    portrait = astronaut(with_face=False)
    assert np.array_equal(frame(portrait, PortraitState(smile=1.0))[0], photo_planes(photo())[0])
    assert not np.array_equal(frame(portrait, PortraitState(breath=1.0))[0], photo_planes(photo())[0])


def test_the_chest_breathes_along_the_axis_of_a_lying_body() -> None:
    rgb, face = drawing()
    dx, dy = displacement(Portrait(rgb, face), PortraitState(breath=1.0), (300, 150))
    assert dx < -0.7
    assert abs(dy) < 0.5


@pytest.mark.parametrize("view", [View(1.06, 0.0, 0.0), View(1.06, 1.0, 1.0), View(1.03, 0.5, 0.9)])
def test_no_camera_shows_an_edge(view: View) -> None:
    rgb = np.full((120, 160, 3), 200, np.uint8)
    rgb[:, :, 0] = np.linspace(60, 220, 160)
    rgb[:, :, 1] = np.linspace(60, 220, 120)[:, None]
    portrait = Portrait(rgb)
    y, _ = frame(portrait, PortraitState(camera=view))
    # A mirrored or repeated edge would stop the ramps from rising.
    assert (np.diff(y.astype(int).mean(0)) > 0).all()
    assert (np.diff(y.astype(int).mean(1)) > 0).all()


def test_the_camera_projects_points_to_where_it_shows_them() -> None:
    rgb = np.zeros((200, 300, 3), np.uint8)
    cv2.circle(rgb, (220, 60), 6, (255, 255, 255), -1, cv2.LINE_AA)
    state = PortraitState(camera=View(1.05, 0.6, 0.3))
    portrait = Portrait(rgb)
    y, _ = frame(portrait, state)
    weight = y.astype(float) - 16
    rows, columns = np.mgrid[0:200, 0:300]
    seen = (columns * weight).sum() / weight.sum(), (rows * weight).sum() / weight.sum()
    assert portrait.project(state, 220, 60) == pytest.approx(seen, abs=0.15)


def test_parallax_moves_the_person_and_leaves_the_far_background() -> None:
    portrait = astronaut()
    state = PortraitState(parallax=(1.0, 0.0))
    assert displacement(portrait, state, (192, 122))[0] > 2
    assert displacement(portrait, state, (360, 40)) == (0, 0)


# --- light ---


def test_evening_darkens_the_far_more_than_the_face_and_cools_it() -> None:
    rgb = np.full((HEIGHT, WIDTH, 3), 190, np.uint8)
    portrait = Portrait(rgb, FACE)
    day, day_uv = frame(portrait, PortraitState())
    dusk, dusk_uv = frame(portrait, PortraitState(evening=1.0))
    face, corner = (122, 192), (290, 390)
    on_face = (dusk[face] - 16) / (float(day[face]) - 16)
    away = (dusk[corner] - 16) / (float(day[corner]) - 16)
    assert 0.65 < away < 0.85
    assert 0.9 < on_face < 0.99
    assert dusk_uv[145, 195, 0] > day_uv[145, 195, 0] + 2
    assert abs(int(dusk_uv[61, 96, 0]) - int(day_uv[61, 96, 0])) <= 1


def test_the_dream_lights_the_side_of_the_face_turned_to_it() -> None:
    rgb = np.full((HEIGHT, WIDTH, 3), 150, np.uint8)
    portrait = Portrait(rgb, FACE)
    state = PortraitState(light=Light((255, 214, 150), 1.0, 380, 30))
    day, lit = (frame(portrait, s)[0].astype(float) - 16 for s in (PortraitState(), state))
    gain = lit / day
    assert 1.05 < gain[115, 230] < 1.16
    assert gain[115, 230] > gain[130, 150] + 0.02
    warm = frame(portrait, state)[1][57, 115]
    assert warm[0] < 128 < warm[1]


def test_dark_stays_black_and_white_stays_legal_under_every_grade() -> None:
    for value, low, high in ((0, 16, 17), (255, 100, 236)):
        portrait = Portrait(np.full((120, 160, 3), value, np.uint8))
        y, _ = frame(portrait, PortraitState(evening=0.5, light=Light((255, 255, 255), 1.0, 80, 60)))
        assert low <= y.min() <= y.max() <= high


def test_evening_leaves_no_visible_steps_on_a_plain_wall() -> None:
    portrait = Portrait(np.full((240, 320, 3), 205, np.uint8), FACE.moved(0.6))
    y, _ = frame(portrait, PortraitState(evening=1.0))
    smooth = cv2.GaussianBlur(y.astype(np.float32), (0, 0), 4)[20:-20, 20:-20]
    # With bands the blurred gradient would stand still between steps of one level.
    slope = np.abs(np.diff(smooth, axis=1))
    assert np.percentile(np.abs(np.diff(slope, axis=1)), 99) < 0.03


# --- where the dream goes ---


def test_the_dream_starts_at_the_crown_of_the_head() -> None:
    x, y, radius, up = astronaut().head_anchor()
    assert 170 < x < 215
    assert 5 < y < 60
    assert 35 < radius < 90
    assert up == pytest.approx((0, -1), abs=0.06)


def test_the_crown_of_a_lying_child_points_sideways() -> None:
    rgb, face = drawing()
    x, y, _, up = Portrait(rgb, face).head_anchor()
    assert up[0] < -0.95
    assert x < face.right_eye[0] - 40
    assert abs(y - 150) < 10


def test_an_anchor_is_always_inside_the_picture() -> None:
    for face in (FACE.moved(3.0, -380, -330), None):
        x, y, _, _ = Portrait(photo(), face).head_anchor()
        assert 0 <= x < WIDTH
        assert 0 <= y < HEIGHT


def test_clouds_are_asked_to_keep_off_the_features_first() -> None:
    core, head = astronaut().keep_clear()
    for x, y in FACE.points:
        assert core[0] < x < core[0] + core[2]
        assert core[1] < y < core[1] + core[3]
    assert core[4] > head[4]
    assert core[2] * core[3] < head[2] * head[3]
    portrait = astronaut(with_face=False)
    ((x, y, w, h, weight),) = portrait.keep_clear()
    assert x < portrait.focus[0] * portrait.width < x + w
    assert y < portrait.focus[1] * portrait.height < y + h
    assert weight < 1


def test_mean_chroma_tells_the_photos_tint() -> None:
    cb, cr = Portrait(np.full((64, 64, 3), (255, 180, 120), np.uint8)).mean_chroma()
    assert cb < -10
    assert cr > 10


# --- over time (the measures of smooth, living pictures) ---


@lru_cache(maxsize=4)
def clip(kind: str) -> np.ndarray:
    """Luma of three seconds at 24 fps."""
    if kind == "drawing":
        rgb, face = drawing()
        portrait = Portrait(rgb, face)
    else:
        portrait = astronaut(kind == "face")
    states = (
        portrait_state(n / 24, 3.0, seed=5, camera="drift", smile_times=[0.4], loop=kind == "drawing")
        for n in range(72)
    )
    return np.stack([frame(portrait, state)[0] for state in states])


KINDS = ["face", "no face", "drawing"]


@pytest.mark.parametrize("kind", KINDS)
def test_light_does_not_flicker(kind: str) -> None:
    means = clip(kind).mean(axis=(1, 2))
    assert np.abs(np.diff(means, n=2)).mean() < 0.05


def flows(frames: np.ndarray, stride: int) -> list[np.ndarray]:
    dis = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    half = [cv2.resize(f, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA) for f in frames[::stride]]
    return [dis.calc(a, b, None) for a, b in itertools.pairwise(half)]


@pytest.mark.parametrize("kind", KINDS)
def test_motion_is_smooth(kind: str) -> None:
    moves = flows(clip(kind), 1)
    jerk = [float(np.linalg.norm(b - a, axis=2).mean()) for a, b in itertools.pairwise(moves)]
    assert float(np.mean(jerk)) < 0.15


@pytest.mark.parametrize("kind", KINDS)
def test_no_frame_jumps(kind: str) -> None:
    frames = clip(kind).astype(np.int16)
    steps = np.array([np.abs(b - a).mean() for a, b in itertools.pairwise(frames)])
    assert steps.max() / np.median(steps) < 2.5


@pytest.mark.parametrize("kind", KINDS)
def test_there_is_life_in_every_clip(kind: str) -> None:
    amounts: list[float] = []
    for move in flows(clip(kind), 3):
        length = np.sort(np.linalg.norm(move, axis=2).ravel())
        amounts.append(2 * float(length[-len(length) // 20 :].mean()))
    assert float(np.mean(amounts)) >= 0.3


def test_a_loop_closes() -> None:
    frames = clip("drawing").astype(np.int16)
    steps = np.array([np.abs(b - a).mean() for a, b in itertools.pairwise(frames)])
    assert np.abs(frames[0] - frames[-1]).mean() / np.median(steps) <= 1.6
