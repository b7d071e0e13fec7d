"""Fitting: never stretched, the head never cut, no seam where the photo is continued."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from skimage import data

from dreamreel.analyse.faces import face_from_points
from dreamreel.dream.fit import fit_face, fit_photo

WIDTH, HEIGHT = 400, 300
FACE = face_from_points((171, 103), (212, 103), (192, 126), (172, 141), (212, 141))


def photo() -> np.ndarray:
    return np.ascontiguousarray(data.astronaut()[:HEIGHT, 32 : 32 + WIDTH])


@pytest.mark.parametrize("size", [(640, 360), (360, 640), (480, 480), (400, 320)])
def test_the_photo_is_never_stretched(size: tuple[int, int]) -> None:
    rgb = np.zeros((300, 400, 3), np.uint8)
    cv2.circle(rgb, (200, 150), 60, (255, 255, 255), -1)
    fitted = fit_photo(rgb, *size, FACE.moved(0.5, 100, 90))
    ys, xs = np.nonzero(fitted[..., 0] > 128)
    assert fitted.shape == (size[1], size[0], 3)
    assert np.ptp(xs) == pytest.approx(np.ptp(ys), abs=2)


def test_a_slightly_different_shape_is_cropped_around_the_face() -> None:
    rgb = np.zeros((300, 400, 3), np.uint8)
    rgb[:, :, 0] = np.arange(400) // 2
    face = FACE.moved(0.8, 170, 0)
    fitted = fit_photo(rgb, 300, 300, face)
    moved = fit_face(face, 400, 300, 300, 300)
    assert fitted[0, -1, 0] == 199, "the crop follows the face to the right"
    assert moved.box[0] > 0
    assert moved.box[0] + moved.box[2] < 300


def test_a_very_different_shape_keeps_the_whole_photo_and_continues_it() -> None:
    fitted = fit_photo(photo(), 1000, 300, FACE)
    assert np.array_equal(fitted[:, 300:700], photo())
    seam = np.abs(fitted[:, 299].astype(int) - fitted[:, 300]).mean()
    inside = np.abs(fitted[:, 300].astype(int) - fitted[:, 301]).mean()
    assert seam <= inside + 3, "no seam"
    assert fitted[:, 5].mean() < 0.8 * fitted[:, 300].mean(), "darker outward"
    assert np.abs(np.diff(fitted[:, 5].astype(int), axis=0)).mean() < 1.5, "soft outward"


def test_a_face_is_found_again_where_the_photo_was_fitted() -> None:
    rgb = np.zeros((300, 400, 3), np.uint8)
    cv2.circle(rgb, (171, 103), 5, (255, 255, 255), -1, cv2.LINE_AA)
    for size in ((800, 600), (640, 360), (300, 500), (200, 150)):
        weight = fit_photo(rgb, *size, FACE)[..., 0].astype(float)
        rows, columns = np.mgrid[0 : size[1], 0 : size[0]]
        seen = (columns * weight).sum() / weight.sum(), (rows * weight).sum() / weight.sum()
        assert fit_face(FACE, 400, 300, *size).right_eye == pytest.approx(seen, abs=0.8)


def test_without_a_face_the_crop_keeps_what_stands_out() -> None:
    rgb = np.full((200, 280, 3), 90, np.uint8)
    cv2.circle(rgb, (235, 100), 30, (240, 60, 40), -1)
    fitted = fit_photo(rgb, 200, 200)
    assert (fitted[..., 0] > 200).sum() > 0.95 * (rgb[..., 0] > 200).sum()


def test_a_photo_of_the_right_size_is_not_touched() -> None:
    assert np.array_equal(fit_photo(photo(), WIDTH, HEIGHT, FACE), photo())
