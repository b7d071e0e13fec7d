"""The numbers of a result."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from skimage.color import deltaE_ciede2000
from tests.analyse.footage import film, shot

import dreamreel
from dreamreel.enhance.asked import Asked
from dreamreel.enhance.job import enhance_one
from dreamreel.enhance.judge import colour_difference, flicker_of, judged, self_test
from dreamreel.enhance.proposal import Proposal, Step
from dreamreel.render.threads import Cancel
from dreamreel.time import Span


def test_colour_difference_is_that_of_sharma_wu_and_dalal():
    rng = np.random.default_rng(1)
    one = rng.uniform((0, -90, -90), (100, 90, 90), (4000, 3))
    other = np.concatenate([one[:2000] + rng.normal(0, 5, (2000, 3)), rng.permutation(one[2000:])])
    one[:3], other[:3] = ((50, 0, 0), (50, 2.5, 0), (30, 0, 0)), ((50, -1, 2), (50, 0, -2.5), (70, 0, 0))
    assert np.abs(colour_difference(one, other) - deltaE_ciede2000(one, other)).max() < 1e-6


def test_flicker_is_what_still_places_change_more_than_in_the_source():
    still = np.zeros((32, 32), np.float32)
    assert flicker_of(still, still, still + 2, still) == pytest.approx(2)
    assert flicker_of(still, still, still + 2, still + 1) == pytest.approx(1)
    assert flicker_of(still, still, still, still + 9) is None
    assert flicker_of(still[:8], still[:8], still[:8], still[:8]) is None


def test_a_film_enhanced_is_near_its_source_and_better_than_plain(tmp_path):
    path = film(tmp_path / "a.mp4", shot(3, 12, pan=1, sigma=0), options={"crf": "8"})
    numbers = enhance_one(Asked(to="x2"), path, tmp_path / "b.mp4")["numbers"]
    assert numbers["frames"] == 12
    assert numbers["returned"] > 35
    assert numbers["flicker"] < 1
    assert numbers["colour"] < 1
    assert numbers["colour_worst"] < 3
    assert numbers["self_test"]["frames"] == 12


def test_a_result_that_lies_elsewhere_is_not_laid_over_its_source(tmp_path):
    path = film(tmp_path / "a.mp4", shot(3, 4))
    moved = Proposal(before=(Step("stabilize", {}, ""),))
    found = judged(dreamreel.open(path), path, Span(Fraction(0), Fraction(1)), moved)
    assert (found.returned, found.flicker, found.colour) == (None, None, None)


def test_a_picture_without_its_bars_is_compared_without_them(tmp_path):
    path = film(tmp_path / "a.mp4", shot(3, 4, sigma=0), options={"crf": "4"})
    cut = dreamreel.open(path).crop(64, 32, 16, 16).write(tmp_path / "b.mp4", crf=4)
    cropping = Proposal(before=(Step("crop", {"width": 64, "height": 32, "x": 16, "y": 16}, ""),))
    assert judged(dreamreel.open(path), cut, Span(Fraction(0), Fraction(1)), cropping).returned > 40


def test_what_is_too_small_has_no_self_test(tmp_path):
    clip = dreamreel.open(film(tmp_path / "a.mp4", shot(3, 4)))[0:0.1].resize(60, 40)
    enlarge = Proposal(before=(Step("upscale", {"scale": 2, "family": "clean", "size": "s"}, ""),))
    assert self_test(clip, enlarge, Span(Fraction(0), clip.duration), Cancel()) is None
    assert self_test(clip, Proposal(), Span(Fraction(0), clip.duration), Cancel()) is None
