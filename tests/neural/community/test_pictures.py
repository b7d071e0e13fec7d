"""Frames as R'G'B' and back: nothing is lost that need not be."""

import av
import numpy as np
import pytest

from dreamreel.media.planes import planes
from dreamreel.neural.community.pictures import from_rgb, to_rgb

FORMATS = ["yuv420p", "yuv422p", "yuv444p", "yuv440p", "yuv411p", "yuv420p10le", "yuv422p10le", "yuv444p12le"]


def frame(pix_fmt, width=48, height=32, code=1, span=1):
    """Ramps in all three planes."""
    made = av.VideoFrame(width, height, pix_fmt)
    made.colorspace, made.color_range = code, span
    bits = made.format.components[0].bits
    for number, plane in enumerate(planes(made)):
        rows, columns = plane.shape
        low, high = (60, 180) if number == 0 else (110, 146)
        ramp = np.add.outer(
            np.linspace(low, (low + high) / 2, rows), np.linspace(0, (high - low) / 2, columns)
        )
        plane[:] = np.rint(ramp * 2 ** (bits - 8))
    return made


@pytest.mark.parametrize("span", [1, 2])
@pytest.mark.parametrize("pix_fmt", FORMATS)
def test_there_and_back_is_the_same(pix_fmt, span):
    source = frame(pix_fmt, span=span)
    for one, other in zip(planes(from_rgb(to_rgb(source), source)), planes(source), strict=True):
        inner = np.abs(one.astype(int) - other)[:, 4:-4]
        assert inner.max() <= 1


@pytest.mark.parametrize(("code", "name"), [(1, "ITU709"), (5, "ITU601")])
def test_colours_are_those_that_others_see(code, name):
    source = frame("yuv444p", code=code)
    expected = source.reformat(format="rgb24", src_colorspace=name, threads=1).to_ndarray()
    assert np.abs(to_rgb(source) * 255 - expected).max() <= 1.6


def test_colour_time_and_form_are_kept():
    source = frame("yuv420p10le", code=9)
    source.color_primaries, source.color_trc = 9, 16
    source.pts, source.duration = 7, 2
    made = from_rgb(np.zeros((64, 96, 3), np.float32), source)
    assert (made.width, made.height, made.format.name) == (96, 64, "yuv420p10le")
    assert (int(made.colorspace), int(made.color_primaries), int(made.color_trc)) == (9, 9, 16)
    assert (made.pts, made.duration) == (7, 2)


def test_transparency_becomes_larger_too():
    source = frame("yuva444p", 8, 8)
    planes(source)[3][:] = 77
    assert (planes(from_rgb(np.zeros((16, 16, 3), np.float32), source))[3] == 77).all()


@pytest.mark.parametrize(("width", "height"), [(1, 1), (3, 1), (1, 3), (5, 7)])
@pytest.mark.parametrize("pix_fmt", ["yuv420p", "yuv422p10le"])
def test_odd_sides(pix_fmt, width, height):
    source = av.VideoFrame(width, height, pix_fmt)
    bits = source.format.components[0].bits
    for plane in planes(source):
        plane[:] = 128 << (bits - 8)
    grey = to_rgb(source)
    assert grey.shape == (height, width, 3)
    for scale in (1, 3):
        made = from_rgb(np.repeat(np.repeat(grey, scale, 0), scale, 1), source)
        assert all((plane == 128 << (bits - 8)).all() for plane in planes(made))


@pytest.mark.parametrize("pix_fmt", ["yuv420p", "yuv440p"])
def test_rows_of_chroma_lie_between_two_of_luma(pix_fmt):
    source = frame(pix_fmt, 16, 12)
    for number, plane in enumerate(planes(source)):
        plane[:] = 128 if number == 0 else np.linspace(78, 178, len(plane)).round()[:, None]
    for one, other in zip(planes(from_rgb(to_rgb(source), source))[1:], planes(source)[1:], strict=True):
        assert np.abs(one.astype(int) - other)[1:-1].max() <= 1
