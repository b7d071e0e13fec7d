"""Faces by a network of their own: boxes that are the whole frame's, soft masks, and nothing else changed."""

from __future__ import annotations

from fractions import Fraction

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from tests.neural.moving import still

from dreamreel.media.planes import planes
from dreamreel.neural.catalog import Precision, network
from dreamreel.neural.enlarge import FORMATS, Enlarger
from dreamreel.neural.faces import SPACE, Faces, FacesEnlarger, Spot, mask

BASE, FACE = network("clean-s-x2"), network("general-m-x2")
"""Another network stands for that of faces."""
WIDTH, HEIGHT = 161, 122


def frame(pix_fmt: str = "yuv420p", width: int = WIDTH, height: int = HEIGHT) -> av.VideoFrame:
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    noise = np.random.default_rng(3).normal(0, 12, (height, width, 3))
    waves = np.stack([128 + 70 * np.sin(x / 5), 128 + 60 * np.cos((x + y) / 9), x * 255 / width], -1)
    rgb = (waves + noise).clip(0, 255).astype(np.uint8)
    made = av.VideoFrame.from_ndarray(rgb, "rgb24").reformat(format=pix_fmt, threads=1)
    made.colorspace, made.color_range = 1, 1
    return made


def enlarger(one: object, pix_fmt: str = "yuv420p", precision: Precision = "f32") -> Enlarger:
    return Enlarger(one, pix_fmt, WIDTH, HEIGHT, precision, reuse=False)  # pyright: ignore[reportArgumentType]


def table(*rows: tuple[int, int, float, float, float, float, int]) -> NDArray[np.int64]:
    """Faces: number, milliseconds, middle and size in shares of the picture, weight in hundredths."""
    return np.array([(n, ms, *(round(v * SPACE) for v in box), weight) for n, ms, *box, weight in rows])


def held(x: float = 0.5, y: float = 0.5, wide: float = 0.2, high: float = 0.25) -> Faces:
    """A face that stays for a second."""
    return Faces(table((0, 0, x, y, wide, high, 100), (0, 1000, x, y, wide, high, 100)))


def made(
    faces: Faces, source: av.VideoFrame, share: float = 1.0, time: Fraction = Fraction(1, 2)
) -> av.VideoFrame:
    name = source.format.name
    both = FacesEnlarger(enlarger(BASE, name), enlarger(FACE, name), faces, share, 2)
    return both([source], 0, time)


@pytest.mark.parametrize("pix_fmt", ["yuv420p", "yuv422p10le", "yuva444p"])
@pytest.mark.parametrize("precision", ["f32", "int8"])
def test_a_box_holds_what_the_whole_frame_would(pix_fmt: str, precision: Precision) -> None:
    source = frame(pix_fmt)
    whole = planes(enlarger(FACE, pix_fmt, precision)(source))[:3]
    parts = [np.zeros_like(plane) for plane in whole]
    boxes = [(0, 0, 40, 30), (60, 20, 130, 122), (150, 90, 161, 122)]
    enlarger(FACE, pix_fmt, precision).within(source, boxes, parts)
    _, across, down = FORMATS[pix_fmt]
    for number, (one, other) in enumerate(zip(whole, parts, strict=True)):
        wide, high = (across, down) if number else (1, 1)
        for left, top, right, bottom in boxes:
            area = np.s_[top * 2 // high : bottom * 2 // high, left * 2 // wide : right * 2 // wide]
            assert np.array_equal(one[area], other[area])
    assert not parts[0][:30, 100:110].any()


@pytest.mark.parametrize("pix_fmt", ["yuv420p", "yuv444p10le"])
def test_inside_it_is_the_one_network_outside_the_other(pix_fmt: str) -> None:
    source = frame(pix_fmt)
    base, face = (planes(enlarger(one, pix_fmt)(source))[:3] for one in (BASE, FACE))
    for number, plane in enumerate(planes(made(held(), source))[:3]):
        high, wide = plane.shape
        middle = np.s_[high // 2 - 8 : high // 2 + 8, wide // 2 - 8 : wide // 2 + 8]
        assert np.array_equal(plane[middle], face[number][middle])
        assert not np.array_equal(plane[middle], base[number][middle])
        for rim in (np.s_[: high // 5], np.s_[:, : wide // 5], np.s_[-high // 5 :], np.s_[:, -wide // 5 :]):
            assert np.array_equal(plane[rim], base[number][rim])


def test_a_share_lies_between_the_two() -> None:
    source = frame()
    base, face, half = (planes(one)[0].astype(int) for one in (enlarger(BASE)(source), enlarger(FACE)(source),
                                                                made(held(), source, 0.25)))  # fmt: skip
    middle = np.s_[HEIGHT - 10 : HEIGHT + 10, WIDTH - 10 : WIDTH + 10]
    assert np.abs(half - (0.75 * base + 0.25 * face))[middle].max() <= 0.51


def test_a_mask_is_whole_inside_and_ends_softly() -> None:
    row = mask([Spot(50, 50, 20, 30, 1)], np.arange(101, dtype=np.float32), np.array([50], np.float32))[0]
    assert row[40:61].min() == 1
    assert not row[[0, 28, 72, 100]].any()
    assert np.abs(np.diff(row)).max() < 0.2
    assert np.array_equal(row, row[::-1])


def test_where_two_faces_meet_the_stronger_mask_counts() -> None:
    spots = [Spot(45, 50, 20, 20, 1), Spot(60, 50, 20, 20, 0.5)]
    x, y = np.arange(101, dtype=np.float32), np.array([50], np.float32)
    both, one, two = (mask(some, x, y) for some in (spots, spots[:1], spots[1:]))
    assert np.array_equal(both, np.maximum(one, two))
    meeting = Faces(np.concatenate([
        table((0, 0, 0.4, 0.5, 0.2, 0.25, 100), (0, 1000, 0.4, 0.5, 0.2, 0.25, 100)),
        table((1, 0, 0.6, 0.5, 0.2, 0.25, 100), (1, 1000, 0.6, 0.5, 0.2, 0.25, 100)),
    ]))  # fmt: skip
    source = frame()
    face, result = (planes(one)[0] for one in (enlarger(FACE)(source), made(meeting, source)))
    for x in (0.4, 0.6):
        at = np.s_[HEIGHT - 6 : HEIGHT + 6, round(2 * x * WIDTH) - 6 : round(2 * x * WIDTH) + 6]
        assert np.array_equal(result[at], face[at])


def test_faces_move_evenly_and_are_there_up_to_their_end() -> None:
    faces = Faces(table((0, 0, 0.2, 0.5, 0.2, 0.2, 0), (0, 400, 0.4, 0.5, 0.2, 0.2, 100),
                        (0, 900, 0.4, 0.5, 0.4, 0.2, 100), (1, 900, 0.8, 0.8, 0.2, 0.2, 100),
                        (1, 950, 0.8, 0.8, 0.2, 0.2, 100)))  # fmt: skip
    (spot,) = faces.at(Fraction(1, 5), 1000, 500)
    assert (spot.x, spot.y, spot.wide, spot.high, spot.weight) == (300, 250, 200, 100, 0.5)
    assert [round(spot.x) for spot in faces.at(Fraction(9, 10), 1000, 500)] == [800]
    assert faces.at(Fraction(19, 20), 1000, 500) == []


def test_what_is_too_small_to_be_seen_is_left_alone() -> None:
    assert held().at(Fraction(0), 50, 40) == []
    assert 0 < held().at(Fraction(0), 80, 64)[0].weight < 1
    assert held().at(Fraction(0), 400, 300)[0].weight == 1


@pytest.mark.parametrize(("width", "height"), [(1, 1), (24, 30), (31, 301)])
def test_odd_and_tiny_pictures(width: int, height: int) -> None:
    source = frame("yuv420p", width, height)
    one, other = (Enlarger(net, "yuv420p", width, height, "f32") for net in (BASE, FACE))
    faces = held(0.9, 0.9, 0.9, 0.9)
    result = FacesEnlarger(one, other, faces, 1.0, 2)([source], 0, Fraction(0))
    assert (result.width, result.height) == (2 * width, 2 * height)
    if width > 20:
        face = planes(Enlarger(FACE, "yuv420p", width, height, "f32")(source))[0]
        assert np.array_equal(planes(result)[0][-4:, -4:], face[-4:, -4:])


def test_luma_and_colour_change_about_the_middle_of_the_face() -> None:
    source = frame()
    base, result = enlarger(BASE)(source), made(held(0.4, 0.55), source)
    for number, (one, other) in enumerate(zip(planes(result), planes(base), strict=True)):
        rows, columns = np.nonzero(one != other)
        middle = np.array([(columns.min() + columns.max() + 1) / 2, (rows.min() + rows.max() + 1) / 2])
        size = np.array([2 * WIDTH, 2 * HEIGHT]) / (2 if number else 1)
        assert middle == pytest.approx(np.array([0.4, 0.55]) * size, abs=3)


def test_several_frames_at_a_time_are_those_that_come_one_by_one() -> None:
    film = [still("yuv420p", WIDTH, HEIGHT, seed) for seed in range(4)]
    one, several = (
        FacesEnlarger(
            Enlarger(BASE, "yuv420p", WIDTH, HEIGHT, "int8", lanes=lanes),
            Enlarger(FACE, "yuv420p", WIDTH, HEIGHT, "int8", reuse=False, lanes=lanes), held(), 1.0, 2,
        )
        for lanes in (1, 2)
    )  # fmt: skip
    times = [Fraction(number, 25) for number in range(len(film))]
    made = list(several.through((time, [source], 0) for time, source in zip(times, film, strict=True)))
    assert [time for time, _ in made] == times
    for (time, result), source in zip(made, film, strict=True):
        for plane, other in zip(planes(result), planes(one([source], 0, time)), strict=True):
            assert np.array_equal(plane, other)
