"""Colour conversions around a network, on samples that are not woven yet."""

import cv2
import numpy as np
import pytest

from dreamreel.neural.colours import _blur


@pytest.mark.parametrize("scale", [1, 2, 3])
def test_a_blur_of_what_each_sample_became_is_the_blur_of_the_woven_picture(scale):
    rows, columns, softer = 6, 8, 0.45
    picture = np.random.default_rng(1).random((rows * scale, columns * scale), np.float32)
    parts = (
        picture.reshape(rows, scale, columns, scale).transpose(1, 3, 0, 2).reshape(scale**2, rows, columns)
    )
    around = np.pad(parts, ((0, 0), (1, 1), (1, 1)))
    windows = np.lib.stride_tricks.sliding_window_view(around, (3, 3), (1, 2))
    made = np.einsum("pqyx,qhwyx->phw", _blur(scale, softer), windows)
    woven = made.reshape(scale, scale, rows, columns).transpose(2, 0, 3, 1).reshape(picture.shape)
    taps = np.array([1, 2, 1], np.float32) / 4
    blurred = cv2.sepFilter2D(picture, -1, taps, taps, borderType=cv2.BORDER_CONSTANT)
    assert np.allclose(woven, picture + softer * (blurred - picture), atol=1e-6)
