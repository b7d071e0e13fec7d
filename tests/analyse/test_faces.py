"""Faces: found upright or lying, never in a dog or a city, and always placeable by hand."""

from __future__ import annotations

import math
import os
from pathlib import Path

import cv2
import numpy as np
import pytest
from skimage import data, io

from dreamreel.analyse.faces import Face, face_from_points, find_faces, sleeper
from dreamreel.places import models_folder

MEDIA = Path(os.environ.get("DREAMREEL_MEDIA", Path(__file__).parents[2] / "../shared/media"))
MODELS = Path(os.environ.get("DREAMREEL_MODELS", MEDIA / "models"))
NO_MODELS = Path("no-models-here")
ASTRONAUT_EYES = ((143.0, 103.0), (184.0, 103.0))
ASTRONAUT_MOUTH = (164.0, 143.0)

needs_photos = pytest.mark.skipif(not (MEDIA / "photos").is_dir(), reason="the shared photos are not here")
needs_yunet = pytest.mark.skipif(
    not (MODELS / "yunet_n_640_640.onnx").is_file(), reason="the YuNet file is not here"
)


def astronaut() -> np.ndarray:
    return np.ascontiguousarray(data.astronaut()[:300, 60:400])


def photo(name: str) -> np.ndarray:
    return np.ascontiguousarray(io.imread(MEDIA / "photos" / f"gb82-{name}.png")[..., :3])


def turned(rgb: np.ndarray, clockwise: float) -> tuple[np.ndarray, np.ndarray]:
    h, w = rgb.shape[:2]
    matrix = cv2.getRotationMatrix2D((w / 2, h / 2), -clockwise, 1.0)
    side = int(math.hypot(h, w))
    matrix[:, 2] += (side - w) / 2, (side - h) / 2
    return cv2.warpAffine(rgb, matrix, (side, side), borderValue=(150, 150, 150)), matrix


def near(a: tuple[float, float], b: tuple[float, float], tolerance: float) -> bool:
    return math.hypot(a[0] - b[0], a[1] - b[1]) <= tolerance


def assert_is_the_astronaut(face: Face) -> None:
    (rx, ry), (lx, ly) = ASTRONAUT_EYES
    mouth = ((face.mouth_right[0] + face.mouth_left[0]) / 2, (face.mouth_right[1] + face.mouth_left[1]) / 2)
    assert near(face.right_eye, (rx, ry), 5)
    assert near(face.left_eye, (lx, ly), 5)
    assert near(mouth, ASTRONAUT_MOUTH, 6)
    assert abs(face.angle) < 12


def test_cascades_place_eyes_and_mouth_of_an_upright_face() -> None:
    (face,) = find_faces(astronaut(), models=NO_MODELS)
    assert face.source == "cascade"
    assert_is_the_astronaut(face)


@needs_yunet
def test_yunet_is_used_when_its_file_is_present() -> None:
    (face,) = find_faces(astronaut(), models=MODELS)
    assert face.source == "yunet"
    assert_is_the_astronaut(face)


@pytest.mark.parametrize("clockwise", [-90, 60, 150])
def test_a_lying_face_is_found_with_its_roll(clockwise: float) -> None:
    picture, matrix = turned(astronaut(), clockwise)
    (face,) = find_faces(picture, models=NO_MODELS)
    eye = matrix @ np.array([ASTRONAUT_EYES[0][0], ASTRONAUT_EYES[0][1], 1])
    assert abs((face.angle - clockwise + 180) % 360 - 180) < 15
    assert near(face.right_eye, (eye[0], eye[1]), 9)


@needs_yunet
@pytest.mark.parametrize("clockwise", [-90, 60, 180])
def test_yunet_tells_which_way_up_a_face_lies(clockwise: float) -> None:
    picture, _ = turned(astronaut(), clockwise)
    (face,) = find_faces(picture, models=MODELS)
    assert abs((face.angle - clockwise + 180) % 360 - 180) < 12


@pytest.mark.parametrize("name", ["chelsea", "coffee", "brick", "gravel"])
def test_a_cat_or_a_wall_has_no_face(name: str) -> None:
    picture = getattr(data, name)()
    rgb = picture if picture.ndim == 3 else np.dstack([picture] * 3)
    assert find_faces(np.ascontiguousarray(rgb), models=NO_MODELS) == ()


@needs_photos
@pytest.mark.parametrize("name", ["dog", "city", "guitar", "mies", "sumac", "waves"])
def test_a_dog_a_city_or_leaves_have_no_face(name: str) -> None:
    assert find_faces(photo(name), models=NO_MODELS) == ()
    if (MODELS / "yunet_n_640_640.onnx").is_file():
        assert find_faces(photo(name), models=MODELS) == ()


@needs_photos
@needs_yunet
def test_the_infant_comes_before_the_grandfather() -> None:
    infant, grandfather = find_faces(photo("baby"), models=MODELS)
    assert infant.centre[1] > grandfather.centre[1]
    assert infant.youth > 0.7 > grandfather.youth
    assert -45 < infant.angle < -20


@needs_photos
def test_cascades_find_the_tilted_infant() -> None:
    face = find_faces(photo("baby"), models=NO_MODELS)[0]
    assert near(face.right_eye, (177, 464), 12)
    assert near(face.left_eye, (249, 416), 12)
    assert -45 < face.angle < -20


def test_points_are_pixels_of_the_picture_given() -> None:
    small = astronaut()
    large = cv2.resize(small, None, fx=4, fy=4, interpolation=cv2.INTER_CUBIC)
    one, four = (find_faces(p, models=NO_MODELS)[0] for p in (small, large))
    for a, b in zip(one.points, four.points, strict=True):
        assert near((a[0] * 4, a[1] * 4), b, 16)


def test_the_same_picture_gives_the_same_faces() -> None:
    assert find_faces(astronaut(), models=NO_MODELS) == find_faces(astronaut(), models=NO_MODELS)


def test_a_picture_too_small_for_a_face_has_none() -> None:
    assert find_faces(np.zeros((20, 400, 3), np.uint8), models=NO_MODELS) == ()


def test_hand_placed_points_make_a_face_with_roll_and_box() -> None:
    face = face_from_points((100, 120), (100, 60), (130, 90), (160, 110), (160, 70))
    assert face.source == "hand"
    assert face.angle == pytest.approx(-90)
    x, y, w, h = face.box
    assert all(x < px < x + w and y < py < y + h for px, py in face.points)


def test_right_and_left_may_be_swapped_by_hand() -> None:
    mine = face_from_points((10, 10), (30, 10), (20, 20), (14, 30), (26, 30))
    assert face_from_points((30, 10), (10, 10), (20, 20), (26, 30), (14, 30)) == mine


def test_hand_placed_points_on_one_spot_are_refused() -> None:
    with pytest.raises(ValueError, match="five points"):
        face_from_points((5, 5), (5, 5), (5, 5), (5, 5), (5, 5))


def test_the_user_chooses_among_faces_by_number() -> None:
    first = face_from_points((10, 10), (30, 10), (20, 20), (14, 30), (26, 30))
    second = first.moved(2.0)
    assert sleeper((first, second)) is first
    assert sleeper((first, second), 2) is second
    assert sleeper((first, second), 3) is None
    assert sleeper(()) is None


def test_a_moved_face_keeps_its_shape() -> None:
    face = face_from_points((10, 10), (30, 10), (20, 20), (14, 30), (26, 30)).moved(3.0, 5.0, -2.0)
    assert face.left_eye == (95.0, 28.0)
    assert face.angle == pytest.approx(0)


def test_models_are_looked_for_where_the_environment_says(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DREAMREEL_MODELS", str(tmp_path))
    assert models_folder() == tmp_path
    monkeypatch.delenv("DREAMREEL_MODELS")
    assert models_folder().name == "models"
