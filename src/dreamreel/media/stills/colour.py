"""Colours, transparency and depth made to fit what a format holds; each change is said."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import Any

from dreamreel.errors import BadParameter
from dreamreel.media.stills.formats import StillFormat
from dreamreel.media.stills.options import StillOptions
from dreamreel.media.stills.page import Page, VipsImage

__all__ = ["Fitted", "background_of", "fitted", "profile_name", "to_srgb"]

_ICC = "icc-profile-data"


@dataclass(slots=True)
class Fitted:
    """A picture whose colours, transparency and depth the format holds."""

    image: VipsImage
    depth: int
    profile: str | None = None
    """Name of the colour profile that is in it."""
    kept: list[str] = field(default_factory=list[str])
    converted: list[str] = field(default_factory=list[str])
    lost: list[str] = field(default_factory=list[str])


def background_of(text: str) -> tuple[int, int, int]:
    """Red, green and blue of a colour's name or `#rrggbb`. Raises `BadParameter`."""
    from PIL import ImageColor

    try:
        red, green, blue, *_ = ImageColor.getrgb(text)
    except ValueError as error:
        raise BadParameter(f"background: {text[:40]!r} is not a colour; write white or #ffffff.") from error
    return red, green, blue


def profile_name(profile: bytes) -> str | None:
    """What a colour profile calls itself; None when it cannot be read."""
    from PIL import ImageCms

    try:
        opened: Any = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return (ImageCms.getProfileDescription(opened) or "").strip()[:80] or "without a name"
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None


def fitted(page: Page, image: VipsImage, row: StillFormat, options: StillOptions) -> Fitted:
    """`image`, which came from `page`, for the format `row`."""
    out = Fitted(image, page.depth)
    _colours(out, page, row, options)
    _transparency(out, row, options)
    _depth(out, row, options)
    return out


def _colours(out: Fitted, page: Page, row: StillFormat, options: StillOptions) -> None:
    image = out.image
    # A picture that was made RGB on the way has left its profile behind.
    profile = page.profile if _colours_in(image) == _colours_in(page.image) else None
    name = profile_name(profile) if profile else None
    if profile and name is None:
        image = image.copy()
        image.remove(_ICC)
        out.lost.append("a colour profile that cannot be read")
    kind = str(image.interpretation)
    deep = image.format != "uchar"
    if kind == "cmyk" and (options.srgb or not row.cmyk):
        image = to_srgb(image, deep=False)
        out.converted.append(f"CMYK{f' ({name})' if name else ''} to sRGB")
        name = None
    elif name and (options.srgb or not row.icc):
        if "srgb" not in name.lower():
            image = to_srgb(image, deep=deep)
            out.converted.append(f"the colours of {name} to sRGB")
        image = image.copy()
        image.remove(_ICC)
        name = None
    elif kind not in ("srgb", "rgb", "rgb16", "b-w", "grey16", "cmyk", "multiband"):
        image = image.colourspace("rgb16" if deep else "srgb")
        out.converted.append(f"{kind} colours to sRGB")
    if image.format not in ("uchar", "ushort"):
        image = _integers(image)
        out.converted.append("its numbers to 16 bits")
        out.depth = 16
    if image.bands == 2 - (not image.hasalpha()) and not row.grey:
        image = image.colourspace("rgb16" if image.format == "ushort" else "srgb")
    if name:
        out.profile = name
        out.kept.append(f"the colour profile {name}")
    out.image = image


def _colours_in(image: VipsImage) -> int:
    """Channels without transparency."""
    return image.bands - (1 if image.hasalpha() else 0)


def to_srgb(image: VipsImage, *, deep: bool) -> VipsImage:
    """A picture in sRGB of 8 bits, or with `deep` of 16, without a profile.

    Relative colorimetric with black point compensation; CMYK without a profile by libvips' own.
    """
    fallback = "cmyk" if image.interpretation == "cmyk" else "srgb"
    changed = image.icc_transform(
        "srgb", embedded=True, input_profile=fallback, intent="relative", black_point_compensation=True,
        depth=16 if deep else 8,
    ).copy()  # fmt: skip
    if changed.get_typeof(_ICC):
        changed.remove(_ICC)
    return changed


def _integers(image: VipsImage) -> VipsImage:
    """Floats of 0 to 1, and whole numbers, as 16 bits."""
    scale = 65_535 if image.format in ("float", "double") else 1
    kind = "grey16" if image.bands < 3 else "rgb16"
    return (image * scale).rint().cast("ushort").copy(interpretation=kind)


def _transparency(out: Fitted, row: StillFormat, options: StillOptions) -> None:
    image = out.image
    if row.name == "gif":
        out.converted.append("its colours to a palette of 256")
    if not image.hasalpha():
        return
    if row.name == "gif" and not options.flatten:
        out.converted.append("transparency to all or nothing per pixel")
        return
    if row.alpha and not options.flatten:
        out.kept.append("transparency")
        return
    red, green, blue = background_of(options.background)
    ink: list[float] = [red, green, blue]
    if image.bands == 2:
        ink = [0.2126 * red + 0.7152 * green + 0.0722 * blue]
    deep = 257 if image.format == "ushort" else 1
    out.image = image.flatten(background=[one * deep for one in ink], max_alpha=255 * deep)
    out.converted.append(f"transparent pixels, laid on {options.background}")


def _depth(out: Fitted, row: StillFormat, options: StillOptions) -> None:
    wanted = min(out.depth, options.depth or 16)
    # The smallest depth that holds all bits, else the largest there is.
    depth = next((depth for depth in row.depths if depth >= wanted), row.depths[-1])
    if out.image.format == "ushort" and depth == 8:
        grey = out.image.bands < 3
        out.image = (
            (out.image * (255 / 65_535)).rint().cast("uchar").copy(interpretation="b-w" if grey else "srgb")
        )
    if depth < out.depth:
        out.converted.append(f"{out.depth} bits per channel to {depth}")
    elif out.depth > 8:
        out.kept.append(f"{out.depth} bits per channel")
    out.depth = depth if out.image.format == "ushort" else 8
