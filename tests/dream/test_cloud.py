"""The cloud hangs inside the picture, beside the face, and its bubbles lead to it without crossing the face."""

from __future__ import annotations

import itertools
import math
from functools import lru_cache

import numpy as np
import pytest

from dreamreel.analyse.faces import Face, face_from_points
from dreamreel.dream.cloud import Bubble, Cloud, Hang, place_cloud
from dreamreel.dream.hand import LOOKS
from dreamreel.dream.portrait import Portrait

SIZES = ((320, 180), (180, 320), (240, 240), (240, 300), (320, 240))
FACES = ((0.3, 0.5, 0.2, 35.0), (0.5, 0.42, 0.14, 0.0), (0.7, 0.5, 0.2, -60.0), (0.35, 0.7, 0.12, 90.0))
"""Where, how large, and turned how far."""


def face_at(width: int, height: int, x: float, y: float, large: float, turn: float = 0.0) -> Face:
    """A face at shares of the picture, its eyes `large` of the shorter side apart, turned by degrees."""
    unit = large * min(width, height)
    c, s = math.cos(math.radians(turn)), math.sin(math.radians(turn))
    flat = ((-0.5, -0.35), (0.5, -0.35), (0.0, 0.15), (-0.42, 0.6), (0.42, 0.6))
    points = [(x * width + unit * (a * c - b * s), y * height + unit * (a * s + b * c)) for a, b in flat]
    return face_from_points(*points)


@lru_cache(maxsize=256)
def hung(size: tuple[int, int], face: Face | None, seed: int = 0) -> tuple[Portrait, Hang, Cloud]:
    width, height = size
    portrait = Portrait(np.full((height, width, 3), 150, np.uint8), face)
    x, y, *_ = portrait.head_anchor()
    hang = place_cloud(width, height, portrait.keep_clear(), (x, y), seed)
    return portrait, hang, Cloud(hang, (x, y), 0xCFE4FF, LOOKS["plush"], seed)


def covers(cloud: Cloud, x: float, y: float) -> bool:
    """Whether the open cloud, mist and puffs included, lies over that point."""
    mask, _, _ = cloud.fields((int(x), int(y), int(x) + 2, int(y) + 2), 1.0)
    return bool(mask.max() > 8)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("face", FACES)
def test_the_cloud_leaves_eyes_and_mouth_free(size: tuple[int, int], face: tuple[float, ...]) -> None:
    who = face_at(*size, *face)
    _, _, cloud = hung(size, who)
    for x, y in (who.right_eye, who.left_eye, who.nose, who.mouth_right, who.mouth_left):
        assert not covers(cloud, x, y)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("face", FACES)
def test_the_cloud_is_inside_the_picture(size: tuple[int, int], face: tuple[float, ...]) -> None:
    width, height = size
    for who in (None, face_at(*size, *face)):
        _, hang, _ = hung(size, who)
        assert hang.x >= hang.rx
        assert hang.y >= hang.ry
        assert hang.x + hang.rx <= width
        assert hang.y + hang.ry <= height
        # Large enough to tell a story in.
        assert math.pi * hang.rx * hang.ry > 0.085 * width * height


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("face", FACES)
def test_no_bubble_crosses_the_face(size: tuple[int, int], face: tuple[float, ...]) -> None:
    who = face_at(*size, *face)
    _, _, cloud = hung(size, who)
    points = (who.right_eye, who.left_eye, who.nose, who.mouth_right, who.mouth_left)
    for bubble in cloud.bubbles(1.0, [1.0] * 4):
        for x, y in points:
            assert math.hypot(bubble.x - x, bubble.y - y) > bubble.r


def test_bubbles_grow_on_their_way_from_the_head_to_the_cloud() -> None:
    portrait, hang, cloud = hung((320, 240), face_at(320, 240, 0.3, 0.6, 0.12))
    x, y, *_ = portrait.head_anchor()
    bubbles = cloud.bubbles(0.0, [1.0] * 4)
    sizes = [b.r for b in bubbles]
    assert sizes == sorted(sizes)
    nearer = [math.hypot(b.x - hang.x, b.y - hang.y) for b in bubbles]
    assert nearer == sorted(nearer, reverse=True)
    assert math.hypot(bubbles[0].x - x, bubbles[0].y - y) < 0.3 * hang.ry
    assert all(math.hypot(b.x - a.x, b.y - a.y) > 0.5 * (a.r + b.r) for a, b in itertools.pairwise(bubbles))


def test_absent_bubbles_are_not_there() -> None:
    _, _, cloud = hung((320, 240), None)
    assert cloud.bubbles(0.0, [0.0, 0.005, 0.0]) == []
    assert isinstance(cloud.bubbles(0.0, [0.0, 0.5])[0], Bubble)


def test_the_growing_cloud_stays_within_its_reach() -> None:
    _, _, cloud = hung((320, 240), face_at(320, 240, 0.3, 0.6, 0.12))
    left, top, right, bottom = cloud.reach
    for k in range(1, 21):
        x, y, scale = cloud.centre(k / 20)
        if scale > 0.2:
            assert left <= x - cloud.hang.rx * scale
            assert right >= x + cloud.hang.rx * scale
            assert top <= y - cloud.hang.ry * scale
            assert bottom >= y + cloud.hang.ry * scale


@pytest.mark.parametrize("size", SIZES)
def test_at_its_largest_the_cloud_covers_the_whole_picture(size: tuple[int, int]) -> None:
    _, _, cloud = hung(size, face_at(*size, *FACES[0]))
    sizes = cloud.sizes(*size)
    assert sizes[0] == 1.0
    assert (np.diff(sizes) >= 0).all()
    mask, rim, _ = cloud.fields((0, 0, *size), 1.0, float(sizes[-1]))
    assert (mask == 255).all()
    assert (rim < 40).all()


def test_even_steps_take_even_shares_of_the_picture() -> None:
    size = (320, 240)
    _, _, cloud = hung(size, face_at(*size, *FACES[3]))
    taken = [float((cloud.fields((0, 0, *size), 1.0, s)[0] > 127).mean()) for s in cloud.sizes(*size)]
    assert max(np.diff(taken)) < 3 * (taken[-1] - taken[0]) / (len(taken) - 1)


def test_fields_are_kept_while_the_cloud_rests() -> None:
    _, _, cloud = hung((320, 240), None)
    box = (0, 0, 320, 240)
    first = cloud.fields(box, 1.0)
    assert cloud.fields(box, 1.0)[0] is first[0]
    assert not np.array_equal(cloud.fields(box, 0.5)[0], first[0])


def test_another_seed_makes_another_cloud() -> None:
    masks = [hung((320, 240), None, seed)[2].fields((0, 0, 320, 240), 1.0)[0] for seed in range(3)]
    assert not np.array_equal(masks[0], masks[1])
    assert not np.array_equal(masks[1], masks[2])
