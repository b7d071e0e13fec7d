"""How a camera moved, told from pictures whose moves are known."""

from fractions import Fraction

import cv2
import numpy as np
import pytest
from tests.motion.shaky import HEIGHT, WIDTH, seen, wall

from dreamreel.analyse.scenes import HEIGHT as ROWS
from dreamreel.analyse.scenes import WIDTH as COLUMNS
from dreamreel.analyse.shake import follow, step

REST = np.zeros(4)


@pytest.mark.parametrize(
    "move", [(0.02, -0.01, 0, 0), (0, 0, 0.03, 0), (0, 0, 0, 0.02), (-0.01, 0.015, -0.02, -0.01)]
)
def test_a_move_is_found(move):
    found = step(seen(wall(), REST), seen(wall(), np.array(move)))
    assert found[:2] * WIDTH == pytest.approx(np.array(move[:2]) * WIDTH, abs=0.15)
    assert found[2:] == pytest.approx(move[2:], abs=0.002)


def test_where_nothing_can_be_followed_nothing_moves():
    flat = np.full((HEIGHT, WIDTH), 90, np.uint8)
    assert not step(flat, flat + 20).any()
    noise = np.random.default_rng(3).integers(0, 256, (2, HEIGHT, WIDTH)).astype(np.uint8)
    assert not step(noise[0], noise[1]).any()
    assert not step(wall()[:20, :20], wall()[1:21, :20]).any()


def test_a_subject_that_fills_much_of_a_plain_picture_is_not_the_camera():
    """Few corners of the ground at the rim, many on what moves."""
    pictures = []
    for x in (40, 46):
        picture = np.full((HEIGHT, WIDTH), 120, np.uint8)
        for at in ((8, 8), (148, 8), (8, 108), (148, 108), (78, 6), (78, 110), (10, 60), (146, 60)):
            cv2.rectangle(picture, at, (at[0] + 5, at[1] + 5), 230, -1)
        picture[35:85, x : x + 60] = wall(9)[:50, :60]
        pictures.append(picture)
    assert np.abs(step(pictures[0], pictures[1])[:2] * WIDTH).max() < 0.5


def test_a_cut_begins_a_shot_and_is_no_move():
    pictures = [seen(wall(1 if n < 6 else 2), np.array([0.005 * n, 0, 0, 0])) for n in range(12)]
    small = [
        np.stack([cv2.resize(one, (COLUMNS, ROWS), interpolation=cv2.INTER_AREA)] * 3) for one in pictures
    ]
    found = follow(
        (Fraction(n, 25), one, thumbnail)
        for n, (one, thumbnail) in enumerate(zip(pictures, small, strict=True))
    )
    assert list(found.shots()) == [(0, 6), (6, 12)]
    assert not found.moves[[0, 6]].any()
    assert found.moves[1:6, 0] == pytest.approx([0.005] * 5, abs=0.001)
