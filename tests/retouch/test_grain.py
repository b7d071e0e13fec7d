"""Grain: as strong as told, the same wherever it is drawn, another in every frame, and that of the source put back."""

from __future__ import annotations

from fractions import Fraction

import cv2
import numpy as np
import pytest
from tests.retouch.pictures import luma, noised, panned, shown, stored, yuv

import dreamreel
from dreamreel.analyse.noise import of_pair, parts
from dreamreel.errors import BadParameter
from dreamreel.ops.film import Grain
from dreamreel.retouch.grain import Grainer, by_light

NOW = Fraction(1, 25)


def flat(value, pix_fmt="yuv420p", size=(120, 160)):
    return yuv(np.full((*size, 3), value, np.uint8), pix_fmt)


def grain(frame, sigma=6.0, size=0.0, seed=1, time=NOW):
    return luma(Grainer(sigma, sigma / 3, size, seed)([frame], 0, time)) - luma(frame)


@pytest.mark.parametrize("pix_fmt", ["yuv420p", "yuv422p10le", "yuv444p"])
def test_it_is_as_strong_as_told_in_the_middle_tones(pix_fmt):
    assert grain(flat(118, pix_fmt)).std() == pytest.approx(6, rel=0.06)
    assert abs(grain(flat(118, pix_fmt)).mean()) < 0.3


def test_shadows_and_lights_have_less():
    assert grain(flat(4)).std() < 0.6 * grain(flat(118)).std() > 0.5
    assert grain(flat(245)).std() < 0.6 * grain(flat(118)).std()
    strengths = by_light(np.linspace(0, 1, 101))
    assert 0.35 < np.argmax(strengths) / 100 < 0.5
    assert strengths.max() == pytest.approx(1, abs=0.01)


def test_every_frame_has_its_own_and_every_seed_too():
    frame = flat(118)
    one = grain(frame)
    for other in (grain(frame, time=2 * NOW), grain(frame, seed=2)):
        assert abs(np.corrcoef(one.ravel(), other.ravel())[0, 1]) < 0.05
    assert np.array_equal(one, grain(frame))


def test_coarse_grain_is_coarse():
    one = [parts(Grainer(6, 2, 1.2, 1)([flat(118)], 0, n * NOW)) for n in (1, 2)]
    assert of_pair(*one).size == pytest.approx(1.2, abs=0.35)


def test_a_stretch_has_the_grain_of_the_whole(tmp_path):
    clip = dreamreel.open(stored(tmp_path / "a.mkv", [yuv(panned(1)[0]) for _ in range(8)])).grain(0.5, 3)
    whole = shown(clip)
    part = shown(clip, Fraction(4, 25), Fraction(6, 25))
    assert [np.array_equal(luma(a), luma(b)) for a, b in zip(part, whole[4:6], strict=True)] == [True, True]
    cut = shown(clip[Fraction(4, 25) :])
    assert np.array_equal(luma(cut[0]), luma(whole[4]))
    assert not np.array_equal(luma(whole[0]), luma(whole[1]))
    assert "grain" in clip.explain()


@pytest.mark.parametrize("scale", [1, 2])
def test_the_grain_of_the_source_is_put_back(tmp_path, scale):
    still = yuv(panned(1, size=(128, 96))[0])
    coarse = []
    for n in range(6):
        noise = cv2.GaussianBlur(np.random.default_rng(n).normal(0, 1, (96, 128)), (0, 0), 0.7)
        made = noised(still, n, 0)
        from dreamreel.media.planes import planes

        planes(made)[0][:] = np.clip(np.rint(planes(made)[0] + 5 * noise / noise.std()), 0, 255).astype(
            np.uint8
        )
        coarse.append(made)
    clip = dreamreel.open(stored(tmp_path / "a.mkv", coarse))
    ready = clip.denoise(method="temporal").resize(128 * scale, 96 * scale).grain("match", seed=4)
    op = ready.node.params
    assert op["luma"] == pytest.approx(5, rel=0.2)
    assert op["size"] == pytest.approx(0.7 * scale, rel=0.35)
    frames = [parts(frame) for frame in shown(ready)]
    found = of_pair(frames[2], frames[3])
    assert found.luma == pytest.approx(5, rel=0.35)


def test_a_film_without_grain_gets_none_back(tmp_path):
    clip = dreamreel.open(stored(tmp_path / "a.mkv", [yuv(panned(1)[0]) for _ in range(4)]))
    assert clip.grain("match") is clip
    assert clip.grain(0) is clip


def test_a_picture_keeps_its_grain_still():
    clip = dreamreel.colour("grey", 64, 48, 1).grain(0.8)
    assert clip.info.video.still
    assert len(shown(clip)) == 1
    assert luma(shown(clip)[0]).std() > 2


def test_what_cannot_be_is_said():
    clip = dreamreel.colour("grey", 64, 48, 1)
    with pytest.raises(BadParameter, match="give it a strength"):
        clip.grain("match")
    with pytest.raises(BadParameter, match="0 to 1"):
        clip.grain(2)
    with pytest.raises(BadParameter, match="seed of -1"):
        clip.grain(0.5, -1)
    with pytest.raises(BadParameter, match="out of range"):
        Grain(100.0).infer(clip.info)


@pytest.mark.parametrize("size", [(1, 1), (5, 3), (300, 700)])
def test_any_size_is_grained(size):
    assert grain(flat(118, size=size)).shape == size
