"""What to make of a picture, and what became of it: two plain values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal

from dreamreel.errors import BadParameter

__all__ = ["Fit", "StillOptions", "StillReport", "options_from"]

Fit = Literal["fit", "fill", "stretch", "pad"]
"""Into a box: whole inside it, covering it (the rest is cut off), distorted, or inside with bars."""

Chroma = Literal["420", "444"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StillOptions:
    """What to make of a picture; the defaults keep everything. Raises `BadParameter` for values out of range."""

    format: str | None = None
    """Name of a row of `formats.FORMATS`; None: that of the suffix."""
    width: int | None = None
    height: int | None = None
    """Exactly this, larger than the source if it must be; one side given keeps the shape. Pixels."""
    max_width: int | None = None
    max_height: int | None = None
    """Never larger than this; never enlarged to it."""
    short_side: int | None = None
    """The shorter side is at most this."""
    fit: Fit = "fit"
    """How `width` and `height`, both given, are reached."""
    crop: str | None = None
    """`"WxH"` from the middle or `"WxH+X+Y"`, in pixels of the upright source."""
    rotate: Literal[0, 90, 180, 270] = 0
    """Degrees clockwise, after the camera's own turn."""
    flip: Literal["horizontal", "vertical"] | None = None
    background: str = "white"
    """Colour under transparent pixels where the format holds none, and of the bars of `"pad"`."""
    flatten: bool = False
    """Lay transparent pixels on `background` even where the format could keep them."""
    quality: float | None = None
    """1 to 100, on the scale of JPEG for every format. None: 90, which few eyes tell from the source."""
    lossless: bool = False
    """Every pixel as it is, for the formats that can (WebP, AVIF, HEIC; PNG and TIFF always are)."""
    target_size: int | None = None
    """Bytes of each file, never exceeded."""
    effort: int | None = None
    """0 (fast) to 9 (small) for encoders that have a choice. None: what is worth its time."""
    progressive: bool = True
    """JPEG that is sharp at once in small and gets finer, PNG stays plain."""
    chroma: Chroma | None = None
    """Colour resolution of JPEG, AVIF and HEIC. None: "444" from quality 90 on, else "420"."""
    depth: Literal[8, 10, 12, 16] | None = None
    """Bits per channel at most. None: those of the source, as far as the format holds them."""
    srgb: bool = False
    """Convert the colours to sRGB and leave the profile out; else the profile travels with the pixels."""
    tags: bool = True
    """Dates, camera, names and words in EXIF, XMP and IPTC travel along."""
    keep_location: bool = False
    """Also where it was taken, and the camera maker's own notes, which can tell."""
    dpi: float | None = None
    """Dots per inch written into the file, and at which PDF pages and drawings are drawn. None: the source's, 150
    for PDF pages, 96 for drawings."""
    pages: str = "all"
    """Pages of PDF and TIFF files: `"all"`, or numbers from 1 such as `"1,3-5"`."""
    copy: bool = True
    """Copy the compressed pixels untouched when nothing asks to change them. False: encode anew."""

    def __post_init__(self) -> None:
        for name, (low, high) in _RANGES.items():
            value = getattr(self, name)
            if value is not None and not low <= value <= high:
                raise BadParameter(
                    f"{name.replace('_', ' ')}: {value:g} is out of range; choose {low:g} to {high:g}."
                )
        if self.crop is not None and not _CROP.fullmatch(self.crop):
            raise BadParameter(f"crop: {self.crop[:40]!r} is not WxH or WxH+X+Y, such as 800x600+10+20.")
        if not _PAGES.fullmatch(self.pages):
            raise BadParameter(f"pages: {self.pages[:40]!r} is not a list of pages, such as 1,3-5, or all.")
        if self.lossless and self.target_size is not None:
            raise BadParameter("lossless and target size exclude each other; choose one of the two.")

    @property
    def reshapes(self) -> bool:
        """True when something asks for other pixels than the source's."""
        sides = (self.width, self.height, self.max_width, self.max_height, self.short_side, self.crop)
        return any(side is not None for side in sides) or bool(self.rotate) or self.flip is not None

    @property
    def reencodes(self) -> bool:
        """True when something asks for other bytes of the same pixels."""
        asked = (self.quality, self.target_size, self.effort, self.chroma, self.depth, self.dpi)
        return any(one is not None for one in asked) or self.srgb or self.flatten or not self.copy


@dataclass(frozen=True, slots=True, kw_only=True)
class StillReport:
    """What became of a picture: everything is kept, converted or lost, and each is said."""

    source: Path
    outputs: tuple[Path, ...]
    """One file, or one per page."""
    format: str
    width: int
    height: int
    """Of the first output, as displayed."""
    depth: int
    """Bits per channel."""
    alpha: bool
    pages: int
    size: int
    """Bytes of all outputs."""
    copied: bool = False
    """True when the compressed pixels are the source's own."""
    quality: int | None = None
    """1 to 100, where the format has one."""
    kept: tuple[str, ...] = ()
    converted: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    """Short phrases for people, such as "the colour profile Display P3"."""


def options_from(**given: object) -> StillOptions:
    """The options that a user's wish asks of a picture: names that pictures do not know are left out.

    Understands the words of `StillOptions`, and those of a film's wish that mean the same: `container` for `format`,
    `encode` for not `copy`. None means "not said"; give only what was said, for a film's defaults are not a picture's
    (its bars are black). Raises `BadParameter`.
    """
    found = {name: value for name, value in given.items() if name in _NAMES and value is not None}
    if given.get("container") is not None:
        found.setdefault("format", given["container"])
    if given.get("encode"):
        found["copy"] = False
    if isinstance(depth := _DEPTHS.get(str(given.get("pix_fmt"))), int):
        found.setdefault("depth", depth)
    if isinstance(effort := found.get("effort"), str):
        found["effort"] = _effort(effort)
    if found.get("crop") == "auto":
        raise BadParameter("crop: auto is for black bars of films; give WxH or WxH+X+Y for a picture.")
    return StillOptions(**found)  # pyright: ignore[reportArgumentType]


def _effort(text: str) -> int:
    """An encoder's speed preset as an effort: films know words for it, some encoders numbers."""
    if text.isdecimal():
        return int(text)
    if text not in _EFFORTS:
        raise BadParameter(f"effort: {text[:40]!r} is not known for pictures; choose 0 (fast) to 9 (small).")
    return _EFFORTS[text]


_EFFORTS: Final[Mapping[str, int]] = MappingProxyType({
    "ultrafast": 0, "superfast": 0, "veryfast": 1, "faster": 1, "fast": 2, "medium": 4, "slow": 6, "slower": 8,
    "veryslow": 9, "placebo": 9,
})  # fmt: skip
_NAMES: Final = frozenset(item.name for item in fields(StillOptions))
_CROP: Final = re.compile(r"[1-9]\d{0,5}x[1-9]\d{0,5}(\+\d{1,6}\+\d{1,6})?")
_PAGES: Final = re.compile(r"all|\d{1,6}(-\d{1,6})?(,\d{1,6}(-\d{1,6})?){0,999}")
_DEPTHS: Final[Mapping[str, int]] = MappingProxyType({
    "yuv420p": 8, "yuv444p": 8, "yuv420p10le": 10, "yuv444p10le": 10, "yuv420p12le": 12, "yuv444p12le": 12,
})  # fmt: skip
_SIDE: Final = (1, 65_535)
_RANGES: Final[Mapping[str, tuple[float, float]]] = MappingProxyType({
    "width": _SIDE, "height": _SIDE, "max_width": _SIDE, "max_height": _SIDE, "short_side": _SIDE, "quality": (1, 100),
    "target_size": (200, 10**12), "effort": (0, 9), "dpi": (1, 9600),
})  # fmt: skip
