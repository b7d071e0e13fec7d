"""Faces in films: linked from look to look, faded, and kept short."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
import skimage
from tests.motion.shaky import filmed

from dreamreel.analyse.face_tracks import Box, Look, Watch, between, detect, faces_of, in_picture, linked
from dreamreel.analyse.look import every, file_picture

STEP = Fraction(2, 5)
END = 12 * STEP


def looks(*rows: list[tuple[float, float]], sure: float = 0.9) -> list[Look]:
    """Looks at faces a tenth of the picture wide, whose middles are given for each look."""
    return [Look(n * STEP, tuple(Box(x, y, 0.1, 0.15, sure) for x, y in row)) for n, row in enumerate(rows)]


def test_a_face_that_moves_evenly_is_told_by_where_it_begins_and_ends() -> None:
    (track,) = linked(looks(*([(0.2 + 0.02 * n, 0.5)] for n in range(12))), [], END)
    assert [(one.time, round(one.box.x, 2), one.weight) for one in track] == [
        (0, 0.2, 1.0), (END, 0.44, 1.0)
    ]  # fmt: skip


def test_what_lies_beside_the_straight_line_is_kept() -> None:
    path = [0.3, 0.3, 0.3, 0.36, 0.3, 0.3, 0.3, 0.3]
    (track,) = linked(looks(*([(x, 0.5)] for x in path)), [], 8 * STEP)
    for n, x in enumerate(path):
        one, other = next((a, b) for a, b in pairwise(track) if a.time <= n * STEP < b.time)
        assert between(one, other, n * STEP).box.x == pytest.approx(x, abs=0.006)


def test_a_face_that_comes_and_goes_fades_from_look_to_look() -> None:
    (track,) = linked(looks([], [], [(0.5, 0.5)], [(0.5, 0.5)], [], []), [], 6 * STEP)
    assert [(one.time, one.weight) for one in track] == [
        (STEP, 0),
        (2 * STEP, 1),
        (3 * STEP, 1),
        (4 * STEP, 0),
    ]


def test_at_a_cut_a_face_ends_and_another_begins_at_once() -> None:
    cut = Fraction(51, 50)
    first, second = linked(looks(*[[(0.5, 0.5)]] * 6), [cut], 6 * STEP)
    assert [(one.time, one.weight) for one in first] == [(0, 1), (cut, 1)]
    assert [(one.time, one.weight) for one in second] == [(cut, 1), (6 * STEP, 1)]


def test_a_fast_face_is_met_from_a_cut_on_and_up_to_the_next() -> None:
    cuts = [STEP / 2, 5 * STEP / 2]
    (track,) = linked(looks([], [(0.3, 0.5)], [(0.36, 0.5)], [], []), cuts, 5 * STEP)
    assert [(one.time, round(one.box.x, 2), one.weight) for one in track] == [
        (cuts[0], 0.27, 1.0), (cuts[1], 0.39, 1.0)
    ]  # fmt: skip
    alone, missed = linked(looks([(0.3, 0.5)], [(0.6, 0.5)], [], [], [(0.7, 0.5)], []), cuts[:1], 6 * STEP)
    assert {one.box.x for one in alone} == {0.3}
    assert missed[0].box.x == 0.6


def test_what_changes_suddenly_is_looked_at_sooner_and_once(tmp_path: Path) -> None:
    """Also where it changes in a picture that was due to be looked at anyway."""
    dark, light = (np.full((24, 32), value, np.uint8) for value in (40, 200))
    path = filmed(tmp_path / "cuts.mp4", [*[dark] * 2, *[light] * 3, *[dark] * 4])
    for apart, wanted in ((STEP / 2, (0, 2, 4, 5, 6, 8)), (STEP / 4, (0, 2, 4, 5, 8))):
        watch = Watch(file_picture(path, "it"), tmp_path)
        for number, (_, frame) in enumerate(every(path)):
            watch(number * apart, frame)
        assert [look.time / apart for look in watch.looks] == list(wanted)


def test_a_face_may_be_missed_for_a_moment_but_not_for_long() -> None:
    there = [(0.5, 0.5)]
    assert len(linked(looks(there, [], [], [], there, there), [], 6 * STEP)) == 1
    assert len(linked(looks(there, [], [], [], [], there), [], 6 * STEP)) == 2


def test_two_faces_side_by_side_stay_two() -> None:
    rows = [[(0.3 + 0.02 * n, 0.5), (0.45 + 0.02 * n, 0.5)] for n in range(6)]
    tracks = linked(looks(*(row[:: (-1) ** n] for n, row in enumerate(rows))), [], 6 * STEP)
    assert sorted(round(track[0].box.x, 2) for track in tracks) == [0.3, 0.45]
    assert all(len(track) == 2 for track in tracks)


def test_what_is_never_surely_a_face_is_none() -> None:
    doubtful = looks(*[[(0.5, 0.5)]] * 5, sure=0.7)
    assert linked(doubtful, [], 5 * STEP) == ()
    sure = [*doubtful[:4], *looks([], [], [], [], [(0.5, 0.5)])[4:]]
    assert len(linked(sure, [], 5 * STEP)) == 1
    assert (faces_of(doubtful)[0], faces_of(sure)) == (0, (1, 0.15))


def test_faces_of_a_picture_are_found_once_however_large_it_is(tmp_path: Path) -> None:
    photo = cv2.imread(str(Path(skimage.__file__).parent / "data" / "astronaut.png"))
    assert photo is not None
    small = np.ascontiguousarray(photo[:256, 64:448], np.uint8)
    for scale in (1, 3):
        large = np.asarray(cv2.resize(small, None, fx=scale, fy=scale), np.uint8)
        (box,) = in_picture(large, tmp_path)
        assert (box.x * 384, box.y * 256) == pytest.approx((160, 108), abs=14)
    assert in_picture(np.zeros((20, 300, 3), np.uint8), tmp_path) == ()


def test_a_face_is_followed_through_a_film(tmp_path: Path) -> None:
    """A still photo of a person, panned by a camera, found by cascades."""
    photo = cv2.imread(str(Path(skimage.__file__).parent / "data" / "astronaut.png"), cv2.IMREAD_GRAYSCALE)
    assert photo is not None
    pictures = [np.ascontiguousarray(photo[0:240, 80 + 4 * n : 400 + 4 * n], np.uint8) for n in range(21)]
    path = filmed(tmp_path / "pan.mp4", pictures)
    (track,) = detect(path, models=tmp_path)
    assert (track[0].time, track[-1].time) == (0, Fraction(21, 25))
    assert track[0].box.x * 320 == pytest.approx(144, abs=10)
    assert track[0].box.x - between(track[0], track[1], STEP).box.x == pytest.approx(40 / 320, abs=0.02)
    wall = np.full((240, 320), 200, np.uint8)
    cut = filmed(tmp_path / "cut.mp4", [*[wall] * 8, *pictures])
    (after,) = detect(cut, models=tmp_path)
    assert after[0].time == Fraction(8, 25)
    for one, other in pairwise(after):
        assert one.box.x * 320 == pytest.approx(144 - 4 * float(one.time * 25 - 8), abs=10)
        assert one.weight == other.weight == 1
    (late,) = detect(path, Fraction(10, 25), Fraction(20, 25), models=tmp_path)
    assert (late[0].time, late[-1].time) == (0, Fraction(10, 25))
    assert late[0].box.x == pytest.approx(104 / 320, abs=0.03)
