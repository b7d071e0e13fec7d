"""SDR made HDR: where light comes to lie, and that tone mapping gives the picture back."""

from __future__ import annotations

from fractions import Fraction

import cv2
import numpy as np
import pytest
from PIL import Image
from skimage.color import deltaE_ciede2000, rgb2lab
from tests.retouch.pictures import shown, stored, textured, yuv

import dreamreel
from dreamreel.errors import BadParameter
from dreamreel.media import inverse, tonemap
from dreamreel.media.filters import FilterSpec
from dreamreel.media.info import Colour
from dreamreel.media.planes import planes
from dreamreel.render.lower import lower


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory, monkeypatch):
    """One folder for all tests of the file, because a cube takes half a second."""
    monkeypatch.setenv("DREAMREEL_HOME", str(tmp_path_factory.getbasetemp() / "cubes"))
    tonemap._file.cache_clear()


def clip_of(path, picture, pix_fmt="yuv420p10le"):
    return dreamreel.open(stored(path, [yuv(picture, pix_fmt)] * 2))


@pytest.mark.parametrize("peak", [300, 1000, 4000])
def test_the_curve_is_the_eetf_turned_round(peak):
    codes = np.linspace(0, float(tonemap.to_pq(np.array(peak))), 500)
    there = tonemap.eetf(codes, peak, tonemap.WHITE)
    back = inverse.expanded(there, peak)
    gentle = np.gradient(back, there, edge_order=1) < 4.5
    gentle[there < 1e-6] = True
    assert gentle.sum() > 250
    assert np.allclose(back[gentle], codes[gentle], atol=1e-3)
    # Where it would be too steep it stays a little under, and comes back to within 1.5 steps of 8 bits.
    returned = tonemap.from_pq(tonemap.eetf(back, peak, tonemap.WHITE)), tonemap.from_pq(there)
    steps = [(np.minimum(light, 203) / 203) ** (1 / 2.4) * 219 for light in returned]
    assert np.abs(steps[0] - steps[1]).max() < 5
    assert (np.diff(back) >= 0).all()


def test_without_room_above_white_nothing_is_stretched():
    codes = np.linspace(0, 0.58, 20)
    assert np.array_equal(inverse.expanded(codes, 203), codes)


@pytest.mark.parametrize(
    ("grey", "least", "most"),
    [(0, 0, 0.1), (128, 36, 41), (178, 80, 90), (230, 170, 235), (255, 440, 540)],
    ids=["black", "grey", "skin", "diffuse white", "white"],
)
@pytest.mark.parametrize("form", ["pq", "hlg"])
def test_light_lies_where_it_belongs(tmp_path, grey, least, most, form):
    picture = np.full((32, 48, 3), grey, np.uint8)
    frame = shown(clip_of(tmp_path / "a.mkv", picture).to_hdr(form))[0]
    code = (float(planes(frame)[0][10, 10]) - 64) / 876
    if form == "pq":
        light = float(tonemap.from_pq(np.array(code)))
    else:
        light = float(tonemap._hlg_light(np.array([code, code, code]))[0])
    assert least <= light <= most


@pytest.mark.parametrize("form", ["pq", "hlg"])
def test_tone_mapping_gives_the_picture_back(tmp_path, form):
    """ΔE2000 of 1 in the mean, with colours as hard as bars; greys to within 2 steps of 8 bits."""
    bars = [
        (192, 192, 192),
        (192, 192, 0),
        (0, 192, 192),
        (0, 192, 0),
        (192, 0, 192),
        (192, 0, 0),
        (0, 0, 192),
    ]
    stripes = np.repeat(np.repeat(np.array([bars], np.uint8), 24, 0), 24, 1)
    ramp = np.repeat(np.repeat(np.linspace(0, 255, 168).astype(np.uint8)[None, :, None], 24, 0), 3, 2)
    soft = cv2.GaussianBlur(textured(3, 168, 80), (0, 0), 2)
    picture = np.concatenate([stripes, ramp, soft])
    clip = clip_of(tmp_path / "a.mkv", picture)
    there_and_back = clip.to_hdr(form, 1000).tone_map(1000)
    before, after = (rgb2lab(shown(one)[0].to_ndarray(format="rgb24")) for one in (clip, there_and_back))
    error = deltaE_ciede2000(before, after)
    # At the borders of the bars 4:2:0 mixes colours, before and after.
    inside = np.concatenate([error[4:20, 12::24].ravel(), error[28:].ravel()])
    assert inside.mean() < 1
    assert np.quantile(inside, 0.99) < 4
    assert np.abs(after[30:40, 2:-2, 0] - before[30:40, 2:-2, 0]).max() < 1.2


def test_greys_stay_grey(tmp_path):
    picture = np.repeat(np.repeat(np.linspace(0, 255, 64).astype(np.uint8)[None, :, None], 16, 0), 3, 2)
    frame = shown(clip_of(tmp_path / "a.mkv", picture).to_hdr())[0]
    assert all(np.abs(plane.astype(int) - 512).max() <= 2 for plane in planes(frame)[1:])


@pytest.mark.parametrize(
    ("pix_fmt", "deep"),
    [
        ("yuv420p", "yuv420p10le"),
        ("yuv422p", "yuv422p10le"),
        ("yuv444p", "yuv444p10le"),
        ("yuv420p10le", "yuv420p10le"),
    ],
)
def test_it_says_what_it_is(tmp_path, pix_fmt, deep):
    made = clip_of(tmp_path / "a.mkv", textured(1, 64, 48), pix_fmt).to_hdr(peak=600)
    video = made.info.video
    assert (video.pix_fmt, video.colour) == (deep, Colour(9, 1, 9, 16))
    assert (video.hdr.brightest, video.hdr.max_cll) == (6_000_000, 600)
    assert shown(made)[0].format.name == deep
    assert FilterSpec.of("inverse_map", transfer=16, peak="600") in lower(made.node).picture.specs
    hlg = clip_of(tmp_path / "b.mkv", textured(1, 64, 48), pix_fmt).to_hdr("hlg").info.video
    assert (hlg.colour.transfer, hlg.hdr) == (18, None)


def test_a_file_carries_its_light(tmp_path):
    frames = [yuv(textured(1, 128, 96)) for _ in range(8)]
    made = dreamreel.open(stored(tmp_path / "a.mkv", frames)).to_hdr()
    path = made.write(tmp_path / "b.mp4", codec="h265", preset="ultrafast")
    video = dreamreel.open(path).info.video
    assert (video.colour, video.pix_fmt) == (Colour(9, 1, 9, 16), "yuv420p10le")
    assert video.hdr == made.info.video.hdr


def test_a_photo_becomes_hdr_too():
    frame = shown(dreamreel.colour("white", 64, 48, 1).to_hdr())[0]
    assert frame.format.name == "yuv444p10le" or frame.format.name == "yuv420p10le"


def test_what_is_see_through_stays_so_there_and_back(tmp_path):
    pixels = np.full((48, 64, 4), 128, np.uint8)
    pixels[..., 3] = np.linspace(0, 255, 64, dtype=np.uint8)
    Image.fromarray(pixels).save(tmp_path / "a.png")
    clip = dreamreel.image(tmp_path / "a.png", 1)
    bright = clip.to_hdr()
    assert (bright.info.video.pix_fmt, bright.info.video.alpha) == ("yuva444p10le", True)
    for made in (bright, bright.tone_map(1000)):
        assert made.info.video.alpha
        alpha = planes(shown(made)[0])[3].astype(float)
        assert np.abs(alpha / 1023 - pixels[..., 3] / 255).max() < 0.01
    written = bright.write(tmp_path / "b.mov", codec="prores")
    kept = dreamreel.open(written).info.video
    assert (kept.alpha, kept.colour.transfer) == (True, 16)
    assert "transparency is lost" in str(bright.explain(tmp_path / "c.mp4", codec="h265"))


def test_hdr_is_left_alone_and_peaks_have_bounds(tmp_path):
    from tests.analyse.footage import hdr

    clip = dreamreel.open(hdr(tmp_path / "a.mkv"))
    assert clip.to_hdr() is clip
    plain = clip_of(tmp_path / "b.mkv", textured(1, 64, 48))
    for form, peak, said in (("pq", 100, "203 to 10000"), ("hlg", 2000, "203 to 1000")):
        with pytest.raises(BadParameter, match=said):
            plain.to_hdr(form, peak)
    assert Fraction(2, 25) == plain.duration
