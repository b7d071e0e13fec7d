"""How large a converted picture is, and at what rate: pure arithmetic on a wish and a picture.

    source, bounds, shape ──► a box ──► resize (fit, fill, stretch), then bars around it

Bounds only make smaller; only a width or height that was said exactly may make larger.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal

from dreamreel.convert.wish import Wish
from dreamreel.media.info import VideoInfo
from dreamreel.time import nearest

__all__ = ["Shape", "rate_for", "shape_of"]

Size = tuple[int, int]
_USUAL: Final = tuple(
    Fraction(rate)
    for rate in ("24000/1001", "24", "25", "30000/1001", "30", "48", "50", "60000/1001", "60", "120")
)
"""Frame rates that cameras and screens have."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What is done to reach a size; None: nothing."""

    resize: Size | None = None
    mode: Literal["fit", "fill", "stretch"] = "fit"
    pad: Size | None = None


def shape_of(wish: Wish, video: VideoInfo) -> Shape:
    """How `video` becomes what `wish` asks for."""
    wide, high = Fraction(video.width) * video.sar, Fraction(video.height)
    if wish.width or wish.height:
        return _exact(wish, wide, high, video)
    canvas = _canvas(wish, wide, high)
    scale = _scale(wish, *canvas)
    square = video.sar == 1 or not (wish.square_pixels or wish.aspect)
    if scale == 1 and canvas == (wide, high):
        return Shape() if square else Shape(_rounded(wide, high), "stretch")
    box = _rounded(canvas[0] * scale, canvas[1] * scale)
    if wish.aspect and wish.fit in ("fill", "stretch"):
        return Shape(box, wish.fit)
    if canvas == (wide, high):
        return Shape(box, "stretch")
    inside = _inside(wide * scale, high * scale, box)
    kept = scale == 1 and video.sar == 1 and box[0] >= video.width and box[1] >= video.height
    return Shape(None if kept else inside, "stretch", box)


def _exact(wish: Wish, wide: Fraction, high: Fraction, video: VideoInfo) -> Shape:
    width = wish.width or nearest(high and Fraction(wish.height or 0) * wide / high / 2) * 2 or 2
    height = wish.height or nearest(Fraction(wish.width or 0) * high / wide / 2) * 2 or 2
    box = (width, height)
    if not (wish.width and wish.height):
        return Shape() if (box, video.sar) == ((video.width, video.height), 1) else Shape(box, "stretch")
    if (box, video.sar) == ((video.width, video.height), 1):
        return Shape()
    if wish.fit in ("fill", "stretch"):
        return Shape(box, wish.fit)
    scale = min(width / wide, height / high)
    inside = _inside(wide * scale, high * scale, box)
    bars = box if wish.fit == "pad" and inside != box else None
    resize = None if (inside, video.sar) == ((video.width, video.height), 1) else inside
    return Shape(resize, "stretch", bars)


def _canvas(wish: Wish, wide: Fraction, high: Fraction) -> tuple[Fraction, Fraction]:
    """The finished picture before it is made smaller, bars included."""
    if wish.aspect is None:
        return wide, high
    left, _, right = wish.aspect.partition(":")
    shape = Fraction(int(left), int(right))
    wider = wide / high > shape
    if wish.fit in ("fill", "stretch"):
        return (high * shape, high) if wider else (wide, wide / shape)
    return (wide, wide / shape) if wider else (high * shape, high)


def _scale(wish: Wish, wide: Fraction, high: Fraction) -> Fraction:
    bounds = [Fraction(1)]
    bounds += [wish.max_width / wide] if wish.max_width else []
    bounds += [wish.max_height / high] if wish.max_height else []
    bounds += [wish.short_side / min(wide, high)] if wish.short_side else []
    return min(bounds)


def _rounded(wide: Fraction, high: Fraction) -> Size:
    return max(2, 2 * nearest(wide / 2)), max(2, 2 * nearest(high / 2))


def _inside(wide: Fraction, high: Fraction, box: Size) -> Size:
    width, height = _rounded(wide, high)
    return min(width, box[0]), min(height, box[1])


def rate_for(wish: Wish, rate: Fraction | None, average: Fraction | None) -> Fraction | None:
    """The constant rate to sample at, or None to keep what is there. `rate` is the picture's own, None when it varies.

    A rate above the most allowed one is halved where that is near it, so that 59.94 becomes 29.97 and not 30.
    """
    if wish.rate:
        return None if wish.rate == rate else wish.rate
    own = rate or average
    if own is None:
        return wish.max_rate if wish.constant_rate else None
    if wish.max_rate and own > wish.max_rate:
        parts = (own / n for n in range(2, 11))
        return next(
            (part for part in parts if wish.max_rate * Fraction(4, 5) <= part <= wish.max_rate), wish.max_rate
        )
    if rate is None and wish.constant_rate:
        usual = min(_USUAL, key=lambda one: abs(one - own))
        steady = usual if abs(usual - own) <= own / 50 else own.limit_denominator(1000)
        return min(steady, wish.max_rate) if wish.max_rate else steady
    return None
