"""Drawings are told from a camera's pictures by their edges."""

from fractions import Fraction
from itertools import pairwise

import av
import cv2
import numpy as np
import pytest
import skimage.data
from tests.enhance.drawings import cel

from dreamreel.analyse.drawing import JUDGE, SHAPE, drawn, picture, profiles

PHOTOS = ("astronaut", "chelsea", "coffee", "rocket")


def frame(rgb):
    return av.VideoFrame.from_ndarray(np.ascontiguousarray(rgb, np.uint8), "rgb24")


def through(rgb, crf):
    """A frame as H.264 leaves it."""
    coder, decoder = av.CodecContext.create("libx264", "w"), av.CodecContext.create("h264", "r")
    coder.height, coder.width = (side // 2 * 2 for side in rgb.shape[:2])
    coder.pix_fmt, coder.time_base, coder.options = (
        "yuv420p",
        Fraction(1, 25),
        {"crf": str(crf), "preset": "veryfast"},
    )
    rgb = rgb[: coder.height, : coder.width]
    packets = [*coder.encode(frame(rgb).reformat(format="yuv420p", threads=1)), *coder.encode(None)]
    (shown,) = [one for packet in (*packets, None) for one in decoder.decode(packet)]
    return shown


@pytest.mark.parametrize("crf", [12, 23, 30, 34])
@pytest.mark.parametrize("size", [(320, 240), (640, 480)])
def test_drawings_are_told_however_hard_they_were_compressed(crf, size):
    assert drawn(picture(through(cel(3, *size), crf))) > 0.8


@pytest.mark.parametrize("name", PHOTOS)
def test_photos_are_none_sharp_soft_dark_or_compressed(name):
    photo = np.asarray(getattr(skimage.data, name)()[..., :3], np.uint8)
    soft = cv2.GaussianBlur(photo, (0, 0), 2)
    denoised = cv2.bilateralFilter(photo, 9, 35, 5)
    dark = np.asarray((photo / 255) ** 1.6 * 100, np.uint8)
    for worse in (photo, soft, denoised, dark):
        for crf in (18, 32):
            assert drawn(picture(through(worse, crf))) < 0.2


def test_without_colour_drawings_are_still_drawings():
    grey = cv2.cvtColor(cv2.cvtColor(cel(3), cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    assert drawn(picture(frame(grey))) > 0.5


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (20, 20), (240, 320)])
def test_where_there_are_no_edges_there_is_no_drawing(shape):
    assert drawn(picture(frame(np.full((*shape, 3), 120)))) == 0


@pytest.mark.parametrize("pix_fmt", ["gray", "yuv444p10le", "yuva420p", "rgba", "nv12"])
def test_any_form_of_frames_is_judged(pix_fmt):
    assert 0 <= drawn(picture(frame(cel(1)).reformat(format=pix_fmt, threads=1))) <= 1


def test_profiles_go_from_dark_to_light_across_an_edge():
    shown = np.zeros((3, 120, 120), np.uint8)
    shown[0, :, 60:] = 200
    found = profiles(shown, 50)
    assert found is not None
    assert found.shape == (50, 5, 21)
    assert (found[:, [0, 1, 4], :9] == 0).all()
    assert (found[:, [0, 1, 4], 12:] == 200).all()


def test_the_judge_has_as_many_numbers_as_its_shape_needs():
    from importlib import resources

    size = len(resources.files("dreamreel.analyse").joinpath(JUDGE).read_bytes())
    assert size == 4 * sum((a + 1) * b for a, b in pairwise(SHAPE))
