"""Shapes as paths: each is where its numbers say, and sets of points do what their names say."""

from __future__ import annotations

import pytest

from dreamreel.dream.outlines import path, round_pen
from dreamreel.dream.shapes import (
    Blob,
    Both,
    Box,
    Capsule,
    Curve,
    Minus,
    Moved,
    Oval,
    Polygon,
    Shape,
    Star,
    Union,
)

SQUARE = Box(0, 0, 10, 10, 0)
ROUND = Oval(10, 5, 4, 4)


@pytest.mark.parametrize(
    ("shape", "box"),
    [
        (SQUARE, (0, 0, 10, 10)),
        (Oval(1, 2, 3, 4), (-2, -2, 4, 6)),
        (Oval(0, 0, 6, 2, 90), (-2, -6, 2, 6)),
        (Polygon(((0, 0), (8, 0), (0, 6)), 0), (0, 0, 8, 6)),
        (Capsule((0, 0), (10, 0), 2, 2), (-2, -2, 12, 2)),
        (Curve(((0, 0), (5, 0), (10, 0)), 4), (-2, -2, 12, 2)),
        (Star(0, 0, 5, 2, 4, 0, 0), (-5, -5, 5, 5)),
        (Moved(SQUARE, 3, 4, 90, 2, 1), (-7, 4, 3, 24)),
        (Union((SQUARE, ROUND)), (0, 0, 14, 10)),
        (Both(SQUARE, ROUND), (6, 1, 10, 9)),
    ],
)
def test_a_path_lies_where_its_shape_says(shape: Shape, box: tuple[float, float, float, float]):
    bounds = path(shape).computeTightBounds()
    found = (bounds.left(), bounds.top(), bounds.right(), bounds.bottom())
    assert found == pytest.approx(box, abs=0.05)


def test_what_is_taken_away_is_not_inside():
    bitten = path(Minus(SQUARE, ROUND))
    assert bitten.contains(2, 5)
    assert not bitten.contains(9, 5)


def test_a_blob_goes_through_its_points():
    points = ((0.0, 0.0), (10.0, 2.0), (9.0, 12.0), (-3.0, 8.0))
    blob = path(Blob(points))
    assert all(
        any(abs(q.x() - x) < 1e-4 and abs(q.y() - y) < 1e-4 for q in blob.getPoints(99)) for x, y in points
    )


def test_rounding_cuts_the_corners():
    assert path(Polygon(((0, 0), (10, 0), (10, 10), (0, 10)), 0)).contains(0.2, 0.2)
    assert not path(Polygon(((0, 0), (10, 0), (10, 10), (0, 10)), 4)).contains(0.2, 0.2)


def test_a_pen_is_as_wide_as_asked():
    assert round_pen(3.5).getStrokeWidth() == 3.5
