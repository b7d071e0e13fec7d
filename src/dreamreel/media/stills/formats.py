"""Formats of pictures as data: what each can hold, and whether this installation reads and writes it.

A row says everything that decides what is kept, converted or lost. Animations of GIF, WebP and PNG are films and
belong to `media.formats`; here they are single pictures.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

from dreamreel.errors import CapabilityMissing, UsageError

__all__ = ["FORMATS", "StillFormat", "can_read", "can_write", "is_picture_target", "still_format"]

Library = Literal["vips", "pillow", "heif", "pdfium", "raw", "own", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StillFormat:
    """A kind of picture file."""

    name: str
    title: str
    """The name people know."""
    extensions: tuple[str, ...]
    reader: Library
    writer: Library
    depths: tuple[int, ...] = (8,)
    """Bits per channel it is written with."""
    alpha: bool = False
    icc: bool = False
    """True when a colour profile travels in it."""
    exif: bool = False
    xmp: bool = False
    iptc: bool = False
    dpi: bool = False
    pages: bool = False
    """True when one file holds several pages."""
    grey: bool = False
    cmyk: bool = False
    lossy: bool = False
    """True when it has a quality."""
    lossless: bool = True
    most: int = 65_535
    """Longest side in pixels."""

    @property
    def suffix(self) -> str:
        """The usual file name suffix, with its dot."""
        return self.extensions[0]


FORMATS: Final[tuple[StillFormat, ...]] = (
    StillFormat(name="jpeg", title="JPEG", extensions=(".jpg", ".jpeg", ".jpe", ".jfif"), reader="vips", writer="vips",
                icc=True, exif=True, xmp=True, iptc=True, dpi=True, grey=True, cmyk=True, lossy=True, lossless=False),
    StillFormat(name="png", title="PNG", extensions=(".png",), reader="vips", writer="vips", depths=(8, 16),
                alpha=True, icc=True, exif=True, xmp=True, dpi=True, grey=True, most=2**31 - 1),
    StillFormat(name="webp", title="WebP", extensions=(".webp",), reader="vips", writer="vips", alpha=True, icc=True,
                exif=True, xmp=True, lossy=True, most=16_383),
    StillFormat(name="avif", title="AVIF", extensions=(".avif",), reader="vips", writer="pillow", depths=(8, 10, 12),
                alpha=True, icc=True, exif=True, xmp=True, lossy=True),
    StillFormat(name="heic", title="HEIC", extensions=(".heic", ".heif"), reader="heif", writer="heif",
                depths=(8, 10), alpha=True, icc=True, exif=True, xmp=True, lossy=True, most=16_384),
    StillFormat(name="tiff", title="TIFF", extensions=(".tif", ".tiff"), reader="vips", writer="own", depths=(8, 16),
                alpha=True, icc=True, exif=True, xmp=True, iptc=True, dpi=True, pages=True, grey=True, cmyk=True,
                most=2**31 - 1),
    StillFormat(name="bmp", title="BMP", extensions=(".bmp", ".dib"), reader="pillow", writer="pillow", dpi=True,
                grey=True, most=2**31 - 1),
    StillFormat(name="gif", title="GIF", extensions=(".gif",), reader="vips", writer="vips", alpha=True),
    StillFormat(name="ico", title="icon", extensions=(".ico",), reader="pillow", writer="pillow", alpha=True, most=256),
    StillFormat(name="pdf", title="PDF", extensions=(".pdf",), reader="pdfium", writer="own", alpha=True, icc=True,
                dpi=True, pages=True, grey=True, cmyk=True, lossy=True),
    StillFormat(name="svg", title="SVG", extensions=(".svg", ".svgz"), reader="vips", writer="none", alpha=True),
    StillFormat(name="raw", title="camera RAW",
                extensions=(".dng", ".cr2", ".cr3", ".crw", ".nef", ".nrw", ".arw", ".srf", ".sr2", ".raf", ".orf",
                            ".rw2", ".pef", ".srw", ".3fr", ".iiq", ".mef", ".mos", ".erf", ".kdc", ".dcr", ".x3f"),
                reader="raw", writer="none", depths=(16,)),
)  # fmt: skip
"""Every kind of picture, the usual ones first."""


def still_format(path: Path, name: str | None = None) -> StillFormat:
    """The format to write `path` as: the one named, else the one of its suffix. Raises `UsageError`, and
    `CapabilityMissing` when this installation cannot write it.
    """
    wanted = (name or path.suffix).lower().lstrip(".")
    row = _row(wanted)
    writable = ", ".join(row.name for row in FORMATS if row.writer != "none")
    if row is None:
        what = f"{wanted!r} is not a picture format" if wanted else f"{path.name} has no suffix"
        raise UsageError(f"{what}; choose one of {writable}.")
    if row.writer == "none":
        raise UsageError(f"{row.title} pictures are read, not written; choose one of {writable}.")
    if not can_write(row):
        raise CapabilityMissing(
            f"This installation cannot write {row.title}; choose png or jpeg, or install dreamreel anew."
        )
    return row


def is_picture_target(path: Path, name: str | None = None) -> bool:
    """True when an output of this name (or format `name`) is a picture. GIF and WebP are films when their source is
    one: ask `sniff.is_picture_source` too.
    """
    row = _row((name or path.suffix).lower().lstrip("."))
    return row is not None and row.writer != "none"


def can_read(row: StillFormat) -> bool:
    """True when this installation has what reads the format."""
    return row.reader == "own" or _PROBES[row.reader]()


def can_write(row: StillFormat) -> bool:
    """True when this installation has what writes the format; encoders are asked, not believed by name."""
    if row.writer == "none":
        return False
    return _vips() and (row.writer == "own" or _PROBES[row.writer]())


def _row(wanted: str) -> StillFormat | None:
    return next(
        (row for row in FORMATS if wanted and (wanted == row.name or f".{wanted}" in row.extensions)), None
    )


@cache
def _vips() -> bool:
    from dreamreel.media.stills.page import vips

    try:
        vips()
    except CapabilityMissing:
        return False
    return True


@cache
def _pillow() -> bool:
    from PIL import features

    return bool(features.check("avif"))


@cache
def _heif() -> bool:
    try:
        import pillow_heif
    except ImportError:
        return False
    module: Any = pillow_heif
    found: dict[str, str] = module.libheif_info()
    return bool(found.get("HEIF"))


@cache
def _pdfium() -> bool:
    return _imports("pypdfium2")


@cache
def _raw() -> bool:
    return _imports("rawpy")


def _imports(name: str) -> bool:
    import importlib

    try:
        importlib.import_module(name)
    except (ImportError, OSError):
        return False
    return True


_PROBES: Final[dict[str, Callable[[], bool]]] = {
    "vips": _vips, "pillow": _pillow, "heif": _heif, "pdfium": _pdfium, "raw": _raw,
}  # fmt: skip
