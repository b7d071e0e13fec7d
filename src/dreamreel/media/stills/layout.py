"""Where the pixels go: sizes and boxes as plain arithmetic, and the libvips calls that follow them.

upright ─► crop ─► quarter turns and flips ─► resize ─► cut to a box, or put into one
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from dreamreel.errors import BadSize
from dreamreel.media.stills.options import StillOptions
from dreamreel.media.stills.page import VipsImage

__all__ = ["Grow", "Layout", "laid_out", "resized", "scaled", "shaped", "turned", "upright"]

Box = tuple[int, int, int, int]
"""Left, top, width, height."""
Grow = Callable[[VipsImage, int, int], VipsImage]
"""Makes a picture as large as it shall be, or better: to a width and height. It may give a grey one colours."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How an upright picture becomes the finished one."""

    crop: Box | None
    """Of the upright source."""
    rotate: int
    flip: str | None
    source: tuple[int, int]
    """Width and height after crop and turn."""
    size: tuple[int, int]
    """Width and height they are scaled to."""
    canvas: tuple[int, int]
    """Of the finished picture: `size`, or the middle of it, or around it."""

    @property
    def factor(self) -> float:
        """The larger of both scales; 1 when nothing is scaled."""
        return max(self.size[0] / self.source[0], self.size[1] / self.source[1])

    @property
    def streams(self) -> bool:
        """True when rows are needed once and in order."""
        return not self.rotate and not self.flip


def laid_out(width: int, height: int, options: StillOptions, most: int) -> Layout:
    """The layout of a picture of this size as displayed; no side of the result is longer than `most`.

    Raises `BadSize` for a crop that lies outside, and for a size beyond `most` that was asked for.
    """
    crop = _crop(width, height, options.crop) if options.crop else None
    if crop:
        width, height = crop[2:]
    if options.rotate in (90, 270):
        width, height = height, width
    size, canvas = _sized(width, height, options)
    if max(canvas) > most:
        if options.width or options.height:
            raise BadSize(f"{canvas[0]}x{canvas[1]} is larger than this format holds; choose at most {most}.")
        size = canvas = _scaled(width, height, most / max(width, height))
    return Layout(crop, options.rotate, options.flip, (width, height), size, canvas)


def upright(image: VipsImage, turn: int) -> VipsImage:
    """The picture as displayed, from its EXIF orientation (CIPA DC-008 §4.6.5)."""
    angle, mirrored = _TURNS[turn]
    if mirrored:
        image = image.flip("horizontal")
    return turned(image, angle)


def turned(image: VipsImage, angle: int) -> VipsImage:
    """The picture turned clockwise by 0, 90, 180 or 270 degrees."""
    return image.rot(f"d{angle}") if angle else image


def shaped(
    image: VipsImage, layout: Layout, background: tuple[int, int, int], grow: Grow | None = None
) -> VipsImage:
    """The upright `image` as `layout` says; it may have been decoded at another size when there is no crop.

    Where it becomes no smaller, `grow` does it instead of Lanczos, also when its size stays.
    """
    if layout.crop:
        image = image.crop(*layout.crop)
    image = turned(image, layout.rotate)
    if layout.flip:
        image = image.flip(layout.flip)
    if grow and layout.factor >= 1:
        image = grow(image, *layout.size)
    elif (image.width, image.height) != layout.size:
        image = resized(image, *layout.size)
    width, height = layout.canvas
    if layout.canvas == layout.size:
        return image
    left, top = (width - image.width) // 2, (height - image.height) // 2
    if left <= 0 and top <= 0:
        return image.crop(-left, -top, width, height)
    return _padded(image, (left, top, width, height), background)


_TURNS: Final = {
    1: (0, False), 2: (0, True), 3: (180, False), 4: (180, True), 5: (270, True), 6: (90, False), 7: (90, True),
    8: (270, False),
}  # fmt: skip
"""Clockwise degrees, after a mirroring left to right."""


def resized(image: VipsImage, width: int, height: int) -> VipsImage:
    """Lanczos, in the picture's own values; transparent pixels count by what is seen of them."""
    alpha, kind = image.hasalpha(), image.format
    if alpha:
        image = image.premultiply()
    image = image.resize(width / image.width, vscale=height / image.height)
    return image.unpremultiply().cast(kind) if alpha else image


def scaled(image: VipsImage, scale: float) -> VipsImage:
    """The picture with both sides times `scale`, at least a pixel each."""
    if scale == 1:
        return image
    return resized(image, *_scaled(image.width, image.height, scale))


def _padded(image: VipsImage, place: Box, background: tuple[int, int, int]) -> VipsImage:
    deep = 257 if image.format == "ushort" else 1
    colours = image.bands - (1 if image.hasalpha() else 0)
    if colours == 4:
        cyan = [255 - one for one in background]
        ink: list[float] = [*cyan, 0]
    else:
        red, green, blue = background
        ink = [red, green, blue] if colours == 3 else [0.2126 * red + 0.7152 * green + 0.0722 * blue]
    if image.hasalpha():
        ink.append(255)
    return image.embed(*place, extend="background", background=[one * deep for one in ink])


def _crop(width: int, height: int, text: str) -> Box:
    size, *corner = text.split("+")
    wide, high = map(int, size.split("x"))
    left, top = map(int, corner) if corner else ((width - wide) // 2, (height - high) // 2)
    if left < 0 or top < 0 or left + wide > width or top + high > height:
        raise BadSize(f"The crop {text} reaches outside the picture of {width}x{height} pixels.")
    return left, top, wide, high


def _sized(width: int, height: int, options: StillOptions) -> tuple[tuple[int, int], tuple[int, int]]:
    """The size pixels are scaled to, and that of the finished picture."""
    wide, high = options.width, options.height
    if wide and high:
        box = (wide, high)
        if options.fit == "stretch":
            return box, box
        pick = max if options.fit == "fill" else min
        size = _scaled(width, height, pick(wide / width, high / height))
        return size, (size if options.fit == "fit" else box)
    scale = wide / width if wide else high / height if high else 1.0
    for most, side in (
        (options.max_width, width), (options.max_height, height), (options.short_side, min(width, height)),
    ):  # fmt: skip
        if most:
            scale = min(scale, most / side)
    size = _scaled(width, height, scale)
    return size, size


def _scaled(width: int, height: int, scale: float) -> tuple[int, int]:
    return max(1, round(width * scale)), max(1, round(height * scale))
