"""The network for fields: what stays, what is made, edges, depths, colours, tiles."""

from __future__ import annotations

from fractions import Fraction

import av
import cv2
import numpy as np
import pytest

from dreamreel.errors import CapabilityMissing
from dreamreel.media.planes import planes
from dreamreel.neural import catalog
from dreamreel.neural.catalog import deinterlacer, networks
from dreamreel.neural.unweave import FieldWorker, Unweaver


def picture(at, width=96, height=64):
    """A picture of slanted stripes and a disc, `at` pixels on."""
    y, x = np.mgrid[:height, :width].astype(float)
    stripes = 110 + 50 * np.sin((x - at + 0.6 * y) / 5)
    disc = ((x - 30 - at) ** 2 + (y - height / 2) ** 2 < 15**2).astype(float)
    return cv2.GaussianBlur(stripes + disc * (215 - stripes), (0, 0), 0.7)


def frame(luma, pix_fmt="yuv420p", pts=0):
    """A frame with a plane of luma, and colours that are made of it."""
    made = av.VideoFrame(luma.shape[1], luma.shape[0], pix_fmt)
    bits = made.format.components[0].bits
    for number, plane in enumerate(planes(made)):
        small = (
            luma
            if plane.shape == luma.shape
            else cv2.resize(luma, plane.shape[::-1], interpolation=cv2.INTER_AREA)
        )
        plane[:] = np.rint((small if number % 2 == 0 else 250 - small) * 2 ** (bits - 8))
    made.pts, made.time_base = pts, Fraction(1, 25)
    return made


def woven(top, bottom, pix_fmt="yuv420p"):
    """A frame with the even lines of one picture and the odd ones of another, in every plane."""
    made, other = frame(top, pix_fmt), frame(bottom, pix_fmt)
    for plane, lines in zip(planes(made), planes(other), strict=True):
        plane[1::2] = lines[1::2]
    return made


def film(speed, pix_fmt="yuv420p", width=96, height=64):
    """Three frames, the top field first, and the six pictures they are made of."""
    shown = [picture(speed * n, width, height) for n in range(6)]
    return [woven(shown[n], shown[n + 1], pix_fmt) for n in (0, 2, 4)], [frame(one, pix_fmt) for one in shown]


def error(one, other, number=0):
    one, other = planes(one)[number].astype(float), planes(other)[number].astype(float)
    return float(np.sqrt(np.mean((one - other) ** 2)))


@pytest.mark.parametrize(
    ("kept", "first", "precision"), [(0, True, "f32"), (1, False, "f32"), (0, True, "int8")]
)
def test_the_kept_field_stays_and_the_picture_is_whole(kept, first, precision):
    frames, shown = film(2.0)
    made = Unweaver(deinterlacer(), precision)(*frames, kept, first=first)
    truth = shown[2 if first else 3]
    for number in range(3):
        assert np.array_equal(planes(made)[number][kept::2], planes(frames[1])[number][kept::2])
        assert error(made, truth, number) < 0.25 * error(frames[1], truth, number)


def test_upside_down_is_the_other_field():
    frames, shown = film(2.0)
    turned = [woven(np.flipud(shown_bottom), np.flipud(shown_top)) for shown_top, shown_bottom in
              [(picture(2.0 * n), picture(2.0 * n + 2)) for n in (0, 2, 4)]]  # fmt: skip
    one = Unweaver(deinterlacer())(*frames, 0, first=True)
    other = Unweaver(deinterlacer())(*turned, 1, first=True)
    truth = planes(shown[2])[0].astype(float)
    errors = [np.abs(made - truth).mean() for made in (planes(one)[0], np.flipud(planes(other)[0]))]
    assert errors[1] == pytest.approx(errors[0], rel=0.1)


def test_what_stands_still_is_woven():
    frames, shown = film(0.0)
    for precision in ("f32", "int8"):
        made = Unweaver(deinterlacer(), precision)(*frames, 0, first=True)
        assert all(
            np.array_equal(one, other) for one, other in zip(planes(made), planes(shown[2]), strict=True)
        )


@pytest.mark.parametrize(
    ("missing", "kept", "first"), [(0, 0, True), (2, 0, True), (0, 1, False), (2, 1, False)]
)
def test_the_first_and_the_last_frame_are_whole_too(missing, kept, first):
    frames, shown = film(2.0)
    near = [None if number == missing else one for number, one in enumerate(frames)]
    made = Unweaver(deinterlacer())(*near, kept, first=first)
    truth = shown[2 if first else 3]
    assert error(made, truth) < 0.5 * error(frames[1], truth)


@pytest.mark.parametrize(
    "pix_fmt", ["yuv422p", "yuv444p", "yuv411p", "yuva420p", "yuv420p10le", "yuv444p16le"]
)
def test_every_layout_and_depth(pix_fmt):
    frames, shown = film(2.0, pix_fmt)
    made = Unweaver(deinterlacer())(*frames, 0, first=True)
    assert made.format.name == pix_fmt
    for number in range(len(planes(made))):
        assert error(made, shown[2], number) < 0.25 * error(frames[1], shown[2], number)


@pytest.mark.parametrize(("width", "height"), [(1, 1), (1, 2), (3, 5), (33, 7), (97, 65)])
def test_odd_and_tiny_frames(width, height):
    frames, _ = film(2.0, "yuv444p", width, height)
    for kept in (0, 1):
        made = Unweaver(deinterlacer())(*frames, kept, first=kept == 0)
        assert (made.width, made.height) == (width, height)
        assert np.array_equal(planes(made)[0][kept::2], planes(frames[1])[0][kept::2])


def test_tiles_do_not_show():
    frames, _ = film(3.0, width=160, height=128)
    whole = Unweaver(deinterlacer())(*frames, 0, first=True)
    tiled = Unweaver(deinterlacer(), tile=40 * 30)(*frames, 0, first=True)
    assert all(np.array_equal(one, other) for one, other in zip(planes(whole), planes(tiled), strict=True))


def test_frames_that_come_twice_show_both_fields():
    frames, shown = film(2.0)
    window = [one for one in frames for _ in (0, 1)]
    worker = FieldWorker(deinterlacer(), 0, Fraction(50), still=False)
    for at, truth in ((2, shown[2]), (3, shown[3])):
        assert error(worker(window[at - 2 : at + 3], 2, Fraction(at, 50)), truth) < 0.25 * error(
            frames[1], truth
        )


def test_pictures_that_are_still_stay_as_they_are():
    (_, now, _), _ = film(2.0)
    assert FieldWorker(deinterlacer(), 0, None, still=True)([now], 0, Fraction(0)) is now


def test_it_is_not_among_those_that_enlarge():
    assert deinterlacer() not in networks()


def test_a_changed_file_is_not_trusted(monkeypatch, tmp_path):
    (tmp_path / deinterlacer().file).write_bytes(b"other")
    monkeypatch.setattr(catalog, "_FOLDER", tmp_path)
    frames, _ = film(1.0)
    with pytest.raises(CapabilityMissing, match="changed or is damaged"):
        Unweaver(deinterlacer())(*frames, 0, first=True)
