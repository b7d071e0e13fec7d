"""A finished file is looked at: what is not as planned never gets its name."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from tests.render.film import film
from tests.render.keeping import rich

import dreamreel
from dreamreel.errors import RenderFailed
from dreamreel.render.plan import make_plan
from dreamreel.render.target import Target
from dreamreel.render.threads import Cancel
from dreamreel.render.verify import frames_of, verified


@pytest.mark.parametrize("options", [{}, {"crf": 30, "preset": "ultrafast"}], ids=["copied", "encoded"])
def test_a_good_file_passes(tmp_path, options):
    source = rich(tmp_path / "a.mkv")
    out = dreamreel.open(source).write(tmp_path / "b.mp4", verify=True, **options)
    assert frames_of(out, 0) == 60


def test_a_cut_file_passes(tmp_path):
    source = film(tmp_path / "a.mp4", 100)
    out = dreamreel.open(source)[1:3].write(tmp_path / "b.mp4", verify=True)
    assert frames_of(out, 0) == 50


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda plan: replace(plan, info=replace(plan.info, duration=Fraction(9))), "lasts 0:00:03"),
        (lambda plan: replace(plan, sounds=plan.sounds[:1]), "2 sound tracks instead of 1"),
        (lambda plan: replace(plan, chapters=()), "2 chapters instead of 0"),
        (lambda plan: replace(plan, others=()), "2 subtitle tracks instead of 0"),
        (lambda plan: replace(plan, video=None), "it has a picture"),
    ],
)
def test_what_is_not_as_planned_is_found(tmp_path, change, words):
    source = rich(tmp_path / "a.mkv")
    plan = make_plan(dreamreel.open(source).node, tmp_path / "b.mkv", Target())
    verified(source, plan, 60, "b.mkv", Cancel())
    with pytest.raises(RenderFailed, match=words):
        verified(source, change(plan), 60, "b.mkv", Cancel())


def test_a_missing_picture_is_found(tmp_path):
    source = rich(tmp_path / "a.mkv")
    plan = make_plan(dreamreel.open(source).node, tmp_path / "b.mkv", Target())
    with pytest.raises(RenderFailed, match="60 pictures instead of 61"):
        verified(source, plan, 61, "b.mkv", Cancel())


def test_a_file_that_does_not_decode_is_found(tmp_path):
    source = rich(tmp_path / "a.mkv")
    plan = make_plan(dreamreel.open(source).node, tmp_path / "b.mkv", Target())
    data = bytearray(source.read_bytes())
    middle = len(data) // 3
    data[middle : middle + len(data) // 3] = bytes(len(data) // 3)
    broken = tmp_path / "broken.mkv"
    broken.write_bytes(data)
    with pytest.raises(RenderFailed):
        verified(broken, plan, 60, "b.mkv", Cancel())
