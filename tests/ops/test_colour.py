"""Brightness and colour, watermarks and tone mapping of clips, by the frames that come out."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from PIL import Image
from tests.analyse.footage import film, hdr, scene

import dreamreel
from dreamreel.errors import BadParameter
from dreamreel.media.filters import FilterSpec
from dreamreel.ops.colour import bits_of
from dreamreel.render import tree
from dreamreel.render.frames import Room, frames
from dreamreel.render.lower import lower
from dreamreel.time import Span


def frame(clip):
    picture = lower(clip.node).picture
    _, made = next(iter(frames(picture, Span(Fraction(0), Fraction(1, 25)), Room())))
    return made


def planes(clip):
    return [p.astype(int) for p in _planes(frame(clip))]


def _planes(made):
    deep = made.format.components[0].bits > 8
    for plane in made.planes:
        rows = np.frombuffer(plane, np.uint16 if deep else np.uint8).reshape(plane.height, -1)
        yield rows[:, : plane.width]


def grey(tmp_path, value=120, pix_fmt="yuv420p", name="a.mkv"):
    picture = np.full((48, 64, 3), value, np.uint8)
    return dreamreel.open(film(tmp_path / name, [picture] * 3, codec="ffv1", options={}, pix_fmt=pix_fmt))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"brightness": 0.1}, lambda n: n + 0.1),
        ({"contrast": 1.5}, lambda n: (n - 0.5) * 1.5 + 0.5),
        ({"gamma": 2}, lambda n: n**0.5),
        ({"brightness": -1}, lambda n: n * 0),
    ],
)
@pytest.mark.parametrize("pix_fmt", ["yuv420p", "yuv420p10le"])
def test_light_is_changed_as_it_says(tmp_path, change, expected, pix_fmt):
    clip = grey(tmp_path, pix_fmt=pix_fmt)
    unit = 4 if pix_fmt.endswith("10le") else 1
    before, after = planes(clip)[0][10, 10], planes(clip.adjust(**change))[0][10, 10]
    share = (before - 16 * unit) / (219 * unit)
    assert after == pytest.approx(16 * unit + 219 * unit * expected(share), abs=unit)


def test_saturation_moves_colour_and_not_light(tmp_path):
    clip = dreamreel.open(film(tmp_path / "a.mkv", [scene(2)] * 2, codec="ffv1", options={}))
    before, none, double = planes(clip), planes(clip.adjust(saturation=0)), planes(clip.adjust(saturation=2))
    assert np.array_equal(before[0], none[0])
    assert (none[1] == 128).all()
    near = np.abs(before[1] - 128) < 50
    assert np.abs((double[1] - 128)[near] - 2 * (before[1] - 128)[near]).max() <= 1


def test_nothing_changed_is_nothing_done(tmp_path):
    clip = grey(tmp_path)
    assert isinstance(lower(clip.adjust().node).picture, tree.FileFrames)
    with pytest.raises(BadParameter, match="gamma of 20"):
        clip.adjust(gamma=20)


def test_a_picture_of_rgb_is_adjusted_too():
    red = dreamreel.colour("red", 64, 48, 1)
    made = frame(red.adjust(saturation=0)).to_ndarray(format="rgb24")[10, 10].astype(int)
    assert made.max() - made.min() <= 2


@pytest.mark.parametrize(
    ("name", "bits"),
    [("yuv420p", 8), ("yuv420p10le", 10), ("gray12le", 12), ("gbrp16be", 16), ("yuvj422p", 8)],
)
def test_depths_by_name(name, bits):
    assert bits_of(name) == bits


def logo(path):
    mark = np.zeros((20, 40, 4), np.uint8)
    mark[:, :, 3] = 255
    mark[:, :, 0] = mark[:, :, 1] = mark[:, :, 2] = 255
    Image.fromarray(mark).save(path)
    return path


@pytest.mark.parametrize(
    ("corner", "inside"),
    [("top-left", (4, 4)), ("bottom-right", (40, 56)), ("bottom-left", (40, 4)), ("center", (24, 32))],
)
def test_a_watermark_sits_in_its_corner(tmp_path, corner, inside):
    clip = grey(tmp_path, 20).watermark(
        logo(tmp_path / "logo.png"), corner, size=0.25, opacity=1, margin=0.05
    )
    luma = planes(clip)[0]
    assert luma[inside] > 200
    assert (luma > 200).sum() == pytest.approx(16 * 8, abs=30)
    assert clip.info.video.width == 64


def test_a_watermark_scales_with_the_picture_and_lets_it_through(tmp_path):
    clip = grey(tmp_path, 20).resize(128, 96).watermark(logo(tmp_path / "logo.png"), size=0.25, opacity=0.5)
    luma = planes(clip)[0]
    assert (luma > 90).sum() == pytest.approx(32 * 16, abs=60)
    assert 100 < luma.max() < 160
    # It is there in the last frame as well.
    *_, (_, last) = frames(lower(clip.node).picture, Span(Fraction(0), clip.duration), Room())
    assert last.to_ndarray(format="gray").max() > 90


def test_words_as_a_watermark(tmp_path):
    clip = grey(tmp_path, 20).resize(320, 240).watermark_text("Anna", size=0.1)
    luma = planes(clip)[0]
    assert luma[180:, 160:].max() > 100
    assert luma[:120, :160].max() < 60


def test_a_film_is_no_watermark(tmp_path):
    clip = grey(tmp_path)
    with pytest.raises(BadParameter, match="not a picture"):
        clip.watermark(tmp_path / "a.mkv")
    with pytest.raises(BadParameter, match="size"):
        clip.watermark(logo(tmp_path / "logo.png"), size=2)


def test_an_hdr_film_becomes_sdr_with_the_peak_it_shows(tmp_path):
    clip = dreamreel.open(hdr(tmp_path / "a.mkv"))
    mapped = clip.tone_map()
    assert 900 <= mapped.node.params["peak"] <= 1300
    assert (mapped.info.video.colour.transfer, mapped.info.video.pix_fmt) == (1, "yuv420p10le")
    luma = planes(mapped)[0][8, [8, 24, 40, 56]]
    assert luma.tolist() == sorted(luma.tolist())
    assert luma[2] < luma[3] - 20


def test_an_sdr_film_is_not_tone_mapped(tmp_path):
    clip = grey(tmp_path)
    assert clip.tone_map() is clip


def test_tone_mapping_is_data_until_it_is_run(tmp_path):
    picture = lower(dreamreel.open(hdr(tmp_path / "a.mkv")).tone_map(800).node).picture
    assert FilterSpec.of("tone_map", transfer=16, peak="800") in picture.specs


def test_a_tone_mapped_film_is_written(tmp_path, monkeypatch):
    monkeypatch.setenv("DREAMREEL_HOME", str(tmp_path / "home"))
    path = dreamreel.open(hdr(tmp_path / "a.mkv")).tone_map(1000).write(tmp_path / "b.mp4", pix_fmt="yuv420p")
    found = dreamreel.open(path).info.video
    assert (found.pix_fmt, found.colour.matrix, found.colour.transfer) == ("yuv420p", 1, 1)
