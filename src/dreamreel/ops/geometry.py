"""Ops on the picture's shape: resize, crop, pad, rotate, flip. All are FFmpeg filters and fuse with each other."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from dreamreel.errors import BadParameter, BadSize
from dreamreel.media.filters import FilterSpec
from dreamreel.media.info import ClipInfo, VideoInfo
from dreamreel.ops.base import Filter, need_video
from dreamreel.time import nearest

__all__ = ["Crop", "Flip", "Pad", "Resize", "Rotate", "check_size", "fit_size"]

MAX_SIDE = 16_384
"""The longest side of a picture in pixels: what H.265 and AV1 can carry, and what memory bears."""


def check_size(op: str, width: int, height: int) -> tuple[int, int]:
    """The size when a picture can have it, else `BadSize`."""
    if not (2 <= width <= MAX_SIDE and 2 <= height <= MAX_SIDE):
        raise BadSize(
            f"{op}: {width}×{height} is not a size a picture can have; choose sides of 2 to {MAX_SIDE}."
        )
    return width, height


def _even(length: Fraction) -> int:
    return max(2, 2 * nearest(length / 2))


def fit_size(video: VideoInfo, width: int | None, height: int | None) -> tuple[int, int]:
    """The largest even size of the picture's shape inside `width`×`height`, in square pixels; None is free."""
    shape = Fraction(video.width) * video.sar / video.height
    if width is None:
        assert height is not None
        return _even(height * shape), height
    if height is None:
        return width, _even(width / shape)
    if Fraction(width, height) > shape:
        return min(width, _even(height * shape)), height
    return width, min(height, _even(width / shape))


@dataclass(frozen=True, slots=True)
class Resize(Filter):
    """Scale with Lanczos to square pixels. With one side given, the other follows the picture's shape.

    `fit` keeps the whole picture inside the box, `fill` covers the box and cuts what sticks out evenly,
    `stretch` takes the box exactly.
    """

    name = "geometry.resize"
    width: int | None = None
    height: int | None = None
    mode: Literal["fit", "fill", "stretch"] = "fit"

    def infer(self, *inputs: ClipInfo) -> ClipInfo:
        (info,) = inputs
        video = need_video("resize", info)
        if self.width is None and self.height is None:
            raise BadParameter("resize: give a width, a height, or both.")
        for side in (self.width, self.height):
            check_size("resize", side or 2, side or 2)
        width, height = check_size("resize", *self._box(video))
        return replace(info, video=replace(video, width=width, height=height, sar=Fraction(1)))

    def filters(self, info: ClipInfo) -> tuple[FilterSpec, ...]:
        video = need_video("resize", info)
        width, height = self._box(video)
        if (width, height, Fraction(1)) == (video.width, video.height, video.sar):
            return ()
        if self.mode != "fill":
            return _scale(width, height)
        cover_w, cover_h = _cover(video, width, height)
        cut = FilterSpec.of("crop", w=width, h=height)
        return (
            (*_scale(cover_w, cover_h), cut)
            if (cover_w, cover_h) != (width, height)
            else _scale(width, height)
        )

    def _box(self, video: VideoInfo) -> tuple[int, int]:
        if self.width is not None and self.height is not None and self.mode != "fit":
            return self.width, self.height
        return fit_size(video, self.width, self.height)


def _scale(width: int, height: int) -> tuple[FilterSpec, ...]:
    scale = FilterSpec.of("scale", w=width, h=height, flags="lanczos+accurate_rnd")
    return scale, FilterSpec.of("setsar", sar=1)


def _cover(video: VideoInfo, width: int, height: int) -> tuple[int, int]:
    shape = Fraction(video.width) * video.sar / video.height
    if Fraction(width, height) > shape:
        return width, max(height, _even(width / shape))
    return max(width, _even(height * shape)), height


@dataclass(frozen=True, slots=True)
class Crop(Filter):
    """The rectangle of `width`×`height` pixels whose top left corner is at `x`, `y`."""

    name = "geometry.crop"
    width: int
    height: int
    x: int = 0
    y: int = 0

    def infer(self, *inputs: ClipInfo) -> ClipInfo:
        (info,) = inputs
        video = need_video("crop", info)
        check_size("crop", self.width, self.height)
        inside = self.x >= 0 and self.y >= 0
        if not inside or self.x + self.width > video.width or self.y + self.height > video.height:
            raise BadSize(
                f"crop: {self.width}×{self.height} at {self.x},{self.y} is not inside a picture of "
                f"{video.width}×{video.height}; choose a smaller part."
            )
        return replace(info, video=replace(video, width=self.width, height=self.height))

    def filters(self, info: ClipInfo) -> tuple[FilterSpec, ...]:
        video = need_video("crop", info)
        if (self.width, self.height) == (video.width, video.height):
            return ()
        # Without `exact` FFmpeg moves an odd corner of a 4:2:0 picture to the even one beside it.
        return (FilterSpec.of("crop", w=self.width, h=self.height, x=self.x, y=self.y, exact=1),)


@dataclass(frozen=True, slots=True)
class Pad(Filter):
    """A canvas of `width`×`height` with the picture on it, centred unless `x` and `y` place its top left corner."""

    name = "geometry.pad"
    width: int
    height: int
    x: int | None = None
    y: int | None = None
    colour: str = "black"

    def infer(self, *inputs: ClipInfo) -> ClipInfo:
        (info,) = inputs
        video = need_video("pad", info)
        check_size("pad", self.width, self.height)
        x, y = self._corner(video)
        if min(x, y) < 0 or x + video.width > self.width or y + video.height > self.height:
            raise BadSize(
                f"pad: a picture of {video.width}×{video.height} does not fit on a canvas of "
                f"{self.width}×{self.height} there; choose a larger one or resize first."
            )
        return replace(info, video=replace(video, width=self.width, height=self.height))

    def filters(self, info: ClipInfo) -> tuple[FilterSpec, ...]:
        video = need_video("pad", info)
        if (self.width, self.height) == (video.width, video.height):
            return ()
        x, y = self._corner(video)
        return (
            FilterSpec.of("pad", w=self.width, h=self.height, x=x, y=y, color=ffmpeg_colour(self.colour)),
        )

    def _corner(self, video: VideoInfo) -> tuple[int, int]:
        x = (self.width - video.width) // 4 * 2 if self.x is None else self.x
        y = (self.height - video.height) // 4 * 2 if self.y is None else self.y
        return x, y


_TURNS = {90: ("clock",), 180: ("clock", "clock"), 270: ("cclock",)}


@dataclass(frozen=True, slots=True)
class Rotate(Filter):
    """A turn by 0, 90, 180 or 270 degrees clockwise; no pixel is resampled."""

    name = "geometry.rotate"
    degrees: int

    def infer(self, *inputs: ClipInfo) -> ClipInfo:
        (info,) = inputs
        video = need_video("rotate", info)
        if self.degrees not in (0, 90, 180, 270):
            raise BadParameter(f"rotate: {self.degrees} degrees is not possible; choose 0, 90, 180 or 270.")
        if self.degrees in (0, 180):
            return info
        turned = replace(video, width=video.height, height=video.width, sar=1 / video.sar)
        return replace(info, video=turned)

    def filters(self, info: ClipInfo) -> tuple[FilterSpec, ...]:
        del info
        return tuple(FilterSpec.of("transpose", dir=turn) for turn in _TURNS.get(self.degrees, ()))


@dataclass(frozen=True, slots=True)
class Flip(Filter):
    """Mirrored left to right (`horizontal`) or top to bottom (`vertical`)."""

    name = "geometry.flip"
    axis: Literal["horizontal", "vertical"] = "horizontal"

    def infer(self, *inputs: ClipInfo) -> ClipInfo:
        (info,) = inputs
        need_video("flip", info)
        return info

    def filters(self, info: ClipInfo) -> tuple[FilterSpec, ...]:
        del info
        return (FilterSpec.of("hflip" if self.axis == "horizontal" else "vflip"),)


def ffmpeg_colour(colour: str) -> str:
    """A colour as FFmpeg writes it, from `"#rrggbb"`, `"#rrggbbaa"` or a CSS name. Raises `BadParameter`."""
    red, green, blue, alpha = rgba(colour)
    return f"0x{red:02x}{green:02x}{blue:02x}{alpha:02x}"


def rgba(colour: str) -> tuple[int, int, int, int]:
    """Red, green, blue, alpha, 0 to 255, of `"#rgb"`, `"#rrggbb"`, `"#rrggbbaa"` or a name. Raises `BadParameter`."""
    from PIL import ImageColor  # Pillow costs 30 ms and only colours need it here.

    try:
        parts = ImageColor.getcolor(colour, "RGBA")
    except ValueError:
        raise BadParameter(f"{colour!r} is not a colour; write a name such as navy, or #rrggbb.") from None
    assert isinstance(parts, tuple)
    assert len(parts) == 4
    return parts
