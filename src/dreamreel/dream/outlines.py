"""Shapes as Skia paths: what `shapes` says in numbers, as outlines that can be filled, clipped to and measured.

    Shape ── path() ──► skia.Path ── hand.Brush ──► pixels

Nothing here has a colour.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence

import skia

from dreamreel.dream import shapes
from dreamreel.dream.shapes import Point, Shape

__all__ = ["path", "round_pen"]


def _catmull(points: Sequence[Point], closed: bool) -> skia.Path:
    out, n = skia.Path(), len(points)

    def at(i: int) -> Point:
        return points[i % n] if closed else points[min(max(i, 0), n - 1)]

    out.moveTo(*points[0])
    for i in range(n if closed else n - 1):
        a, b, c, d = at(i - 1), at(i), at(i + 1), at(i + 2)
        out.cubicTo(
            b[0] + (c[0] - a[0]) / 6,
            b[1] + (c[1] - a[1]) / 6,
            c[0] - (d[0] - b[0]) / 6,
            c[1] - (d[1] - b[1]) / 6,
            *c,
        )
    if closed:
        out.close()
    return out


def _filled(line: skia.Path, paint: skia.Paint) -> skia.Path:
    out = skia.Path()
    paint.getFillPath(line, out)
    return out


def _rounded(points: Sequence[Point], radius: float) -> skia.Path:
    line = skia.Path.Polygon([skia.Point(*q) for q in points], True)
    return _filled(line, skia.Paint(PathEffect=skia.CornerPathEffect.Make(radius))) if radius > 0 else line


def round_pen(width: float) -> skia.Paint:
    """A pen of that width whose ends and corners are round."""
    return skia.Paint(
        Style=skia.Paint.kStroke_Style,
        StrokeWidth=width,
        StrokeCap=skia.Paint.kRound_Cap,
        StrokeJoin=skia.Paint.kRound_Join,
    )


def _capsule(s: shapes.Capsule) -> skia.Path:
    (ax, ay), (bx, by) = s.a, s.b
    length = math.hypot(bx - ax, by - ay) or 1.0
    nx, ny = (ay - by) / length, (bx - ax) / length
    side = skia.Path.Polygon(
        [
            skia.Point(ax + nx * s.ra, ay + ny * s.ra),
            skia.Point(bx + nx * s.rb, by + ny * s.rb),
            skia.Point(bx - nx * s.rb, by - ny * s.rb),
            skia.Point(ax - nx * s.ra, ay - ny * s.ra),
        ],
        True,
    )
    out = skia.Op(side, skia.Path.Circle(ax, ay, s.ra), skia.PathOp.kUnion_PathOp)
    return skia.Op(out, skia.Path.Circle(bx, by, s.rb), skia.PathOp.kUnion_PathOp)


def _star(s: shapes.Star) -> skia.Path:
    points = [
        (
            s.x + r * math.cos(math.radians(s.rot + k * 180 / s.n)),
            s.y + r * math.sin(math.radians(s.rot + k * 180 / s.n)),
        )
        for k in range(2 * s.n)
        for r in (s.outer if k % 2 == 0 else s.inner,)
    ]
    return _rounded(points, s.round)


def _combine(op: skia.PathOp, parts: Sequence[Shape]) -> skia.Path:
    out = path(parts[0])
    for other in parts[1:]:
        out = skia.Op(out, path(other), op)
    return out


@functools.lru_cache(maxsize=8192)
def path(shape: Shape) -> skia.Path:
    """The Skia path of a shape. Cached and shared: callers must not change it."""
    match shape:
        case shapes.Oval(x, y, rx, ry, rot):
            out = skia.Path.Oval(skia.Rect.MakeLTRB(x - rx, y - ry, x + rx, y + ry))
            out.transform(skia.Matrix.RotateDeg(rot, skia.Point(x, y)))
            return out
        case shapes.Blob(points):
            return _catmull(points, closed=True)
        case shapes.Polygon(points, radius):
            return _rounded(points, radius)
        case shapes.Box(x, y, w, h, r):
            out = skia.Path()
            out.addRoundRect(skia.Rect.MakeXYWH(x, y, w, h), r, r)
            return out
        case shapes.Capsule():
            return _capsule(shape)
        case shapes.Curve(points, width):
            return _filled(_catmull(points, closed=False), round_pen(width))
        case shapes.Star():
            return _star(shape)
        case shapes.Union(parts):
            return _combine(skia.PathOp.kUnion_PathOp, parts)
        case shapes.Minus(a, b):
            return _combine(skia.PathOp.kDifference_PathOp, (a, b))
        case shapes.Both(a, b):
            return _combine(skia.PathOp.kIntersect_PathOp, (a, b))
        case shapes.Moved(inner, dx, dy, rot, sx, sy):
            out = skia.Path(path(inner))
            matrix = skia.Matrix()
            matrix.setScale(sx, sy)
            matrix.postRotate(rot)
            matrix.postTranslate(dx, dy)
            out.transform(matrix)
            return out
