"""Colours come out as they went in, by numbers."""

from __future__ import annotations

import av
import numpy as np
import pytest

from dreamreel.media.colour import (
    HD,
    PAL,
    SD,
    SRGB,
    Reformatter,
    complete,
    frame_colour,
    luma,
    matrix_name,
    names,
    output_colour,
    same_samples,
    tag,
)
from dreamreel.media.info import Colour

UNSAID = Colour(2, 0, 2, 2)


def flat(*rgb: int) -> av.VideoFrame:
    picture = np.empty((32, 32, 3), np.uint8)
    picture[:] = rgb
    return av.VideoFrame.from_ndarray(picture, "rgb24")


def planes(frame: av.VideoFrame) -> tuple[int, ...]:
    return tuple(int(np.frombuffer(plane, np.uint8)[0]) for plane in frame.planes)


@pytest.mark.parametrize("colour", [HD, SD, Colour(9, 1, 9, 14), Colour(1, 2, 1, 1)])
@pytest.mark.parametrize("rgb", [(200, 30, 90), (0, 0, 0), (255, 255, 255), (10, 240, 128)])
def test_rgb_reaches_yuv_by_the_right_matrix(colour: Colour, rgb: tuple[int, int, int]) -> None:
    red, green, blue = (value / 255 for value in rgb)
    weight = luma(colour)
    y = weight.red * red + weight.green * green + weight.blue * blue
    scale, chroma, black = (219, 224, 16) if colour.range == 1 else (255, 255, 0)
    wanted = (
        black + scale * y,
        128 + chroma * (blue - y) / (2 * (1 - weight.blue)),
        128 + chroma * (red - y) / (2 * (1 - weight.red)),
    )
    got = planes(Reformatter("yuv420p", colour)(flat(*rgb)))
    # Full-range chroma reaches 256 by the formula.
    assert np.abs(np.array(got) - np.clip(wanted, 0, 255)).max() <= 1


@pytest.mark.parametrize("colour", [HD, SD, Colour(9, 1, 9, 14)])
def test_a_round_trip_comes_back_within_two(colour: Colour) -> None:
    generator = np.random.default_rng(7)
    there, back = Reformatter("yuv444p", colour), Reformatter("rgb24", SRGB)
    picture = generator.integers(0, 256, (32, 32, 3), np.uint8)
    frame = back(there(av.VideoFrame.from_ndarray(picture, "rgb24")))
    assert np.abs(frame.to_ndarray().astype(int) - picture).max() <= 2


def test_greys_stay_grey() -> None:
    there, back = Reformatter("yuv420p", HD), Reformatter("rgb24", SRGB)
    for value in range(0, 256, 15):
        got = back(there(flat(value, value, value))).to_ndarray()[0, 0]
        assert np.abs(got.astype(int) - value).max() <= 1


def test_changing_the_matrix_keeps_the_colour() -> None:
    sd = Reformatter("yuv420p", SD)(flat(200, 30, 90))
    hd = Reformatter("yuv420p", HD)(sd)
    assert frame_colour(hd) == HD
    assert np.abs(np.array(planes(hd)) - planes(Reformatter("yuv420p", HD)(flat(200, 30, 90)))).max() <= 2


def test_the_source_frame_is_left_as_it_was() -> None:
    frame = tag(flat(1, 2, 3), Colour(0, 2, 9, 16))
    Reformatter("yuv420p", HD)(frame)
    assert frame_colour(frame) == Colour(0, 2, 9, 16)


@pytest.mark.parametrize(("height", "wanted"), [(240, SD), (480, SD), (576, PAL), (577, HD), (1080, HD)])
def test_unsaid_colour_follows_the_size(height: int, wanted: Colour) -> None:
    assert complete(UNSAID, "yuv420p", height) == wanted


def test_what_is_said_is_kept() -> None:
    assert complete(Colour(9, 2, 9, 16), "yuv420p10le", 480) == Colour(9, 2, 9, 16)
    assert complete(Colour(2, 0, 2, 18), "yuv420p", 1080) == Colour(1, 1, 1, 18)


def test_pictures_are_full_range_srgb() -> None:
    assert complete(UNSAID, "rgb24", 480) == SRGB
    assert complete(UNSAID, "yuvj420p", 1080).range == 2


def test_pictures_become_hd_video_and_video_stays() -> None:
    assert output_colour(SRGB, "yuv420p") == HD
    assert output_colour(SD, "yuv420p") == SD
    assert output_colour(SD, "bgra").matrix == 0


def test_two_names_of_bt601_are_the_same_samples() -> None:
    assert same_samples(SD, PAL)
    assert not same_samples(SD, HD)


def test_names_for_people() -> None:
    assert names(HD) == {"matrix": "bt709", "range": "tv", "primaries": "bt709", "transfer": "bt709"}
    assert names(UNSAID)["matrix"] == "unknown"
    assert matrix_name(SD) == "smpte170m"
