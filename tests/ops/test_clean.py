"""Deinterlacing, denoising and sharpening, by what comes out of the render tree."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import cv2
import numpy as np
import pytest
from tests.analyse.footage import film, noisy, scene
from tests.analyse.test_interlace import fields, instants, telecine
from tests.media.make import vfr_timing, write_film

import dreamreel
from dreamreel.clip import Clip
from dreamreel.errors import BadParameter
from dreamreel.ops.clean import unweave
from dreamreel.ops.source import ColourSource
from dreamreel.render.frames import Room, frames
from dreamreel.render.lower import lower
from dreamreel.time import Span


def shown(clip, start=Fraction(0), end=None):
    """(time, luma) of every frame of a clip."""
    picture = lower(clip.node).picture
    span = Span(start, clip.duration if end is None else end)
    return [
        (time, frame.to_ndarray(format="gray").astype(float)) for time, frame in frames(picture, span, Room())
    ]


def stored(tmp_path, pictures, rate=Fraction(25)):
    return film(tmp_path / "a.mkv", pictures, rate, codec="ffv1", options={}, pix_fmt="yuv422p")


def combed(picture):
    """How much lines differ from those around them."""
    return float(np.abs(2 * picture[1:-1] - picture[:-2] - picture[2:]).mean())


def test_a_progressive_film_is_left_alone(tmp_path):
    clip = dreamreel.open(stored(tmp_path, instants(20)))
    assert clip.deinterlace() is clip


@pytest.mark.parametrize("first", ["tff", "bff"])
def test_woven_fields_become_whole_frames(tmp_path, first):
    woven = dreamreel.open(stored(tmp_path, fields(20, first)))
    clean = woven.deinterlace()
    assert clean.node.params["order"] == first
    before, after = shown(woven), shown(clean)
    assert [time for time, _ in after] == [Fraction(n, 25) for n in range(20)]
    assert combed(after[10][1]) < 0.7 * combed(before[10][1])


def test_every_field_can_be_shown(tmp_path):
    clip = dreamreel.open(stored(tmp_path, fields(10, "tff"))).deinterlace(double=True)
    assert clip.info.video.rate == 50
    seen = shown(clip)
    assert [time for time, _ in seen] == [Fraction(n, 50) for n in range(20)]
    instant = [cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(float) for picture in instants(20)]
    for n in range(4, 16):
        error = [np.abs(seen[n][1] - other).mean() for other in instant]
        assert int(np.argmin(error)) == n


@pytest.mark.parametrize("first", ["tff", "bff"])
def test_the_network_makes_whole_frames_too(tmp_path, first):
    woven = dreamreel.open(stored(tmp_path, fields(12, first)))
    clean = woven.deinterlace(method="network")
    assert (clean.node.op, clean.node.params["order"]) == ("clean.unweave", first)
    before, after = shown(woven), shown(clean)
    assert [time for time, _ in after] == [Fraction(n, 25) for n in range(12)]
    kept = 0 if first == "tff" else 1
    assert np.array_equal(before[6][1][kept::2], after[6][1][kept::2])
    assert combed(after[6][1]) < 0.7 * combed(before[6][1])


def test_every_field_can_be_shown_by_the_network(tmp_path):
    clip = dreamreel.open(stored(tmp_path, fields(6, "bff"))).deinterlace(
        "bff", double=True, method="network"
    )
    assert clip.info.video.rate == 50
    seen = shown(clip)
    assert [time for time, _ in seen] == [Fraction(n, 50) for n in range(12)]
    instant = [cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(float) for picture in instants(12)]
    for n in range(2, 10):
        error = [np.abs(seen[n][1] - other).mean() for other in instant]
        assert int(np.argmin(error)) == n
    part = shown(clip, Fraction(5, 50), Fraction(8, 50))
    assert [time for time, _ in part] == [Fraction(n, 50) for n in range(5, 8)]
    assert all(np.array_equal(picture, seen[n][1]) for n, (_, picture) in zip(range(5, 8), part, strict=True))


def test_the_network_gives_the_same_frames_however_a_film_is_cut(tmp_path):
    clip = dreamreel.open(stored(tmp_path, fields(8, "tff"))).deinterlace("tff", method="network")
    whole = shown(clip)
    for n in (0, 3, 7):
        ((time, alone),) = shown(clip, Fraction(n, 25), Fraction(n + 1, 25))
        assert time == Fraction(n, 25)
        assert np.array_equal(alone, whole[n][1])


def test_the_network_keeps_varying_times(tmp_path):
    write_film(tmp_path / "a.mkv", vfr_timing(8))
    clip = dreamreel.open(tmp_path / "a.mkv")
    assert clip.info.video.rate is None
    assert [time for time, _ in shown(clip.deinterlace("tff", method="network"))] == [
        time for time, _ in shown(clip)
    ]
    with pytest.raises(BadParameter, match="constant frame rate"):
        clip.deinterlace("tff", double=True, method="network")


def test_what_the_network_needs_is_said(tmp_path):
    clip = dreamreel.open(stored(tmp_path, fields(6, "tff")))
    with pytest.raises(BadParameter, match="say tff or bff"):
        (clip + clip).deinterlace(method="network")
    with pytest.raises(BadParameter, match="bwdif or network"):
        clip.deinterlace("tff", method="yadif")
    with pytest.raises(BadParameter, match="has changed"):
        clip._with(replace(unweave("tff", double=False), weights="00ff00ff"))
    still = Clip.of(ColourSource("red", 64, 48, Fraction(1)))
    assert still.deinterlace(method="network") is still


def test_film_on_ntsc_is_put_together_again(tmp_path):
    clip = dreamreel.open(stored(tmp_path, telecine(8), Fraction(30000, 1001))).deinterlace()
    assert (clip.node.params["film"], clip.node.params["order"]) == (True, "tff")
    seen = shown(clip)
    assert len(seen) == 40
    assert max(combed(picture) for _, picture in seen[5:35]) < 1.2 * np.median([combed(p) for _, p in seen])


def test_a_stretch_is_the_same_whether_rendered_alone_or_with_the_rest(tmp_path):
    clip = dreamreel.open(stored(tmp_path, fields(20, "tff"))).deinterlace()
    whole = dict(shown(clip))
    for time, picture in shown(clip, Fraction(8, 25), Fraction(12, 25)):
        assert np.array_equal(picture, whole[time])
    assert [t for t, _ in shown(clip, Fraction(8, 25), Fraction(12, 25))] == [
        Fraction(n, 25) for n in range(8, 12)
    ]


def test_a_trimmed_and_joined_clip_keeps_its_frames(tmp_path):
    clip = dreamreel.open(stored(tmp_path, fields(20, "tff"))).deinterlace()
    part = clip[Fraction(5, 25) : Fraction(9, 25)]
    both = part + part.reverse()
    assert [time for time, _ in shown(both)] == [Fraction(n, 25) for n in range(8)]
    assert np.array_equal(shown(part)[0][1], shown(clip)[5][1])


def test_doubled_frames_are_encoded_at_their_rate(tmp_path):
    clip = dreamreel.open(stored(tmp_path, fields(10, "tff"))).deinterlace(double=True)
    found = dreamreel.open(clip.write(tmp_path / "b.mp4"))
    assert (found.info.video.rate, found.duration) == (50, Fraction(2, 5))


def test_double_needs_a_rate_and_no_film(tmp_path):
    clip = dreamreel.open(stored(tmp_path, fields(6, "tff")))
    with pytest.raises(BadParameter, match="not both"):
        clip.deinterlace("tff", double=True, film=True)


@pytest.mark.parametrize("method", ["fast", "fine"])
def test_denoise_takes_noise_and_leaves_edges(tmp_path, method):
    clean = scene(4, 192, 128)
    clean[40:80, 60:120] = 220
    noise = [noisy(clean, n, 6) for n in range(3)]
    clip = dreamreel.open(film(tmp_path / "a.mkv", noise, codec="ffv1", options={}))
    truth = shown(dreamreel.open(film(tmp_path / "b.mkv", [clean], codec="ffv1", options={})))[0][1]
    before, after = shown(clip)[1][1], shown(clip.denoise(0.4, method))[1][1]
    assert np.abs(after - truth).mean() < 0.75 * np.abs(before - truth).mean()
    assert after[60, 64:76].mean() - after[60, 44:56].mean() > 0.9 * (
        truth[60, 64:76].mean() - truth[60, 44:56].mean()
    )


def test_sharpen_makes_edges_steeper(tmp_path):
    soft = np.zeros((64, 96, 3), np.uint8) + 60
    soft[:, 48:] = 180
    soft = cv2.GaussianBlur(soft, (0, 0), 1.2)
    clip = dreamreel.open(film(tmp_path / "a.mkv", [soft] * 2, codec="ffv1", options={}))
    slope = [np.abs(np.diff(shown(one)[0][1][32])).max() for one in (clip, clip.sharpen(0.8))]
    assert slope[1] > 1.1 * slope[0]


def test_ten_bits_stay_ten_bits(tmp_path):
    clip = dreamreel.open(
        film(tmp_path / "a.mkv", [scene(1)] * 2, codec="ffv1", options={}, pix_fmt="yuv420p10le")
    )
    for changed in (
        clip.denoise(0.3),
        clip.denoise(0.3, "fine"),
        clip.sharpen(),
        clip.adjust(0.1),
        clip.deinterlace("tff"),
    ):
        picture = lower(changed.node).picture
        _, frame = next(iter(frames(picture, Span(Fraction(0), Fraction(1, 25)), Room())))
        assert frame.format.name == changed.info.video.pix_fmt == "yuv420p10le"


def test_nothing_is_done_at_strength_0(tmp_path):
    clip = dreamreel.open(film(tmp_path / "a.mkv", [scene(1)] * 2, codec="ffv1", options={}))
    assert lower(clip.denoise(0).node).picture.__class__.__name__ == "FileFrames"
    with pytest.raises(BadParameter, match="0 to 1"):
        clip.sharpen(1.5)
