"""Pages read from files: one small function per format, each told a size that is enough.

A size below the picture's own lets JPEG decode at a half, a quarter or an eighth, and drawings and PDF pages be drawn
at the size that is wanted.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from dreamreel.errors import CapabilityMissing, DamagedMedia, TooLarge, UsageError
from dreamreel.media.images import MAX_PIXELS, opened
from dreamreel.media.stills import exif, pdfium, raw
from dreamreel.media.stills.formats import StillFormat, can_read
from dreamreel.media.stills.options import StillOptions
from dreamreel.media.stills.page import Page, VipsImage, as_image, guarded, vips
from dreamreel.media.stills.sniff import source_format
from dreamreel.media.stills.tags import Tags

__all__ = ["Source", "open_source"]

_MOST_SVG: Final = 32 * 2**20
_SVG_DPI: Final = 96.0


@dataclass(frozen=True, slots=True)
class Source:
    """A picture file that was looked at but not decoded."""

    path: Path
    format: StillFormat
    pages: tuple[int, ...]
    """Numbers from 0 of the pages that are wanted."""
    total: int
    read: Callable[[int, float, bool], Page]

    def page(self, number: int, *, factor: float = 1.0, streamed: bool = False) -> Page:
        """Page `number`, decoded at a size not below `factor` of its own where the format can do that.

        `streamed`: rows are asked for once, from top to bottom. Raises `DamagedMedia`, `TooLarge`.
        """
        with guarded(self.path):
            page = self.read(number, factor, streamed)
            if page.image.width * page.image.height > MAX_PIXELS:
                raise too_large(self.path)
        return page


def open_source(path: Path, options: StillOptions) -> Source:
    """Look at the picture `path`. Raises `InputMissing`, `NotMedia`, `UnsafeMedia`, `DamagedMedia`, `ProtectedMedia`,
    `TooLarge`, `CapabilityMissing`, and `UsageError` for pages that it does not have.
    """
    row = source_format(path)
    if not can_read(row):
        raise CapabilityMissing(
            f"{path.name} is {row.title}, which this installation cannot read; install dreamreel anew."
        )
    with guarded(path):
        total, read = _READERS[row.name](path, options)
    return Source(path, row, _wanted(path, options.pages, total), total, read)


def too_large(path: Path) -> TooLarge:
    """The sentence for a picture beyond `MAX_PIXELS`."""
    return TooLarge(
        f"{path.name} has more than {MAX_PIXELS // 1_000_000} million pixels; ask for fewer dots per inch or a "
        "smaller picture."
    )


def _wanted(path: Path, pages: str, total: int) -> tuple[int, ...]:
    if pages == "all":
        return tuple(range(total))
    found: list[int] = []
    for part in pages.split(","):
        first, _, last = part.partition("-")
        found += range(int(first), min(int(last or first), total + 1) + 1)
    if not found or min(found) < 1 or max(found) > total:
        raise UsageError(f"{path.name} has {total} page{'s' * (total != 1)}; pages: {pages} asks for others.")
    return tuple(number - 1 for number in found)


_Opened = tuple[int, Callable[[int, float, bool], Page]]


def _simple(loader: str, path: Path, _options: StillOptions) -> _Opened:
    """Formats that libvips reads, with their tags in its fields."""
    total = _pages(_load(loader, path)) if loader in ("tiffload", "gifload", "webpload") else 1

    def read(number: int, factor: float, streamed: bool) -> Page:
        chosen: dict[str, Any] = {"page": number} if loader == "tiffload" else {}
        if loader == "jpegload" and (shrink := _shrink(factor)) > 1:
            chosen["shrink"] = shrink
        image = _load(loader, path, access="sequential" if streamed else "random", **chosen)
        return _page(image, path, loader, number, total)

    # The frames of an animation are no pages: only the first is read.
    return (total if loader == "tiffload" else 1), read


def _load(loader: str, path: Path, **chosen: int | str) -> VipsImage:
    return getattr(vips().Image, loader)(str(path), fail_on="error", **chosen)


def _pages(image: VipsImage) -> int:
    return int(image.get("n-pages")) if image.get_typeof("n-pages") else 1


def _shrink(factor: float) -> int:
    """How much a JPEG is shrunk while decoding: at least a halving stays for the good filter, as in vipsthumbnail."""
    return next((shrink for shrink in (8, 4, 2) if factor * shrink * 2 <= 1), 1)


def _page(image: VipsImage, path: Path, loader: str, number: int, total: int) -> Page:
    photo = _field(image, "exif-data")
    if loader == "tiffload":
        photo = _own_tags(path) if number == 0 else None
    turn = int(image.get("orientation")) if image.get_typeof("orientation") else 1
    lost = [] if loader == "tiffload" or total == 1 else [f"all but the first of its {total} frames"]
    if any(str(name).startswith("png-comment") for name in image.get_fields()):
        lost.append("its PNG texts")
    return Page(
        image=_bare(image),
        turn=turn if 1 <= turn <= 8 else 1,
        tags=Tags(
            exif=photo.removeprefix(b"Exif\0\0") if photo else None,
            xmp=_field(image, "xmp-data"), iptc=_field(image, "iptc-data"),
        ),
        profile=_field(image, "icc-profile-data"),
        depth=_depth(image),
        dpi=_dpi(image, loader, path),
        lost=tuple(lost),
    )  # fmt: skip


def _field(image: VipsImage, name: str) -> bytes | None:
    return bytes(image.get(name)) if image.get_typeof(name) else None


def _bare(image: VipsImage) -> VipsImage:
    """The image with no field but the profile; tags are written by this package, once."""
    copy = image.copy()
    for name in image.get_fields():
        if name in _FIELDS or str(name).startswith(("exif-", "png-comment")):
            copy.remove(name)
    return copy


_FIELDS: Final = frozenset({
    "exif-data", "xmp-data", "iptc-data", "photoshop-data", "orientation", "jpeg-thumbnail-data", "n-pages", "delay",
    "page-height", "gif-palette", "heif-primary", "image-description",
})  # fmt: skip


def _depth(image: VipsImage) -> int:
    if image.format == "uchar":
        return 8
    bits = int(image.get("bits-per-sample")) if image.get_typeof("bits-per-sample") else 16
    return bits if 8 < bits <= 16 else 16


def _own_tags(path: Path) -> bytes | None:
    """The EXIF of a TIFF file is the file itself."""
    parsed = exif.parse(path.read_bytes())
    return exif.serialise(*parsed) if parsed else None


def _dpi(image: VipsImage, loader: str, path: Path) -> float | None:
    """Dots per inch; None when the file says none (libvips then says 72 for JPEG, 1 per mm for others)."""
    dots = float(image.xres) * 25.4
    if loader in ("webpload", "heifload", "gifload"):
        return None
    if loader == "jpegload" and _jfif_unit(path) == 0 and abs(dots - 72) < 0.1:
        return None
    unsaid = abs(float(image.xres) - 1) < 1e-6
    return None if unsaid else round(dots, 2)


def _jfif_unit(path: Path) -> int:
    with path.open("rb") as file:
        head = file.read(20)
    return head[13] if len(head) == 20 and head[6:11] == b"JFIF\0" else 0


def _svg(path: Path, options: StillOptions) -> _Opened:
    data = path.read_bytes() if path.stat().st_size <= _MOST_SVG else b""
    if data[:2] == b"\x1f\x8b":
        unpacker = zlib.decompressobj(31)
        try:
            data = unpacker.decompress(data, _MOST_SVG)
        except zlib.error as error:
            raise DamagedMedia(f"{path.name} is a damaged drawing; copy or download it again.") from error
        data = b"" if unpacker.unconsumed_tail else data
    if not data:
        raise TooLarge(f"{path.name} is a drawing of more than {_MOST_SVG >> 20} MB; simplify it first.")
    dpi = options.dpi or _SVG_DPI

    def read(_number: int, factor: float, _streamed: bool) -> Page:
        scale = max(factor, 1e-3) * dpi / _SVG_DPI
        return Page(
            image=_bare(vips().Image.svgload_buffer(data, scale=scale)), dpi=None if options.dpi is None else dpi,
            converted=("the drawing to pixels",),
        )  # fmt: skip

    return 1, read


@contextmanager
def _decoding(path: Path) -> Generator[None]:
    try:
        yield
    except (OSError, SyntaxError, ValueError, EOFError, IndexError, RuntimeError, struct.error) as error:
        raise DamagedMedia(
            f"{path.name} is a damaged or truncated picture; copy or download it again."
        ) from error


def _heif(path: Path, _options: StillOptions) -> _Opened:
    import numpy as np
    import pillow_heif

    def read(_number: int, _factor: float, _streamed: bool) -> Page:
        with _decoding(path):
            file: Any = pillow_heif.open_heif(path, convert_hdr_to_8bit=False)  # pyright: ignore[reportUnknownMemberType]
            primary = file[file.primary_index]
            width, height = primary.size
            if width * height > MAX_PIXELS:
                raise too_large(path)
            pixels = np.asarray(primary)
        info: dict[str, Any] = primary.info
        nclx: dict[str, int] = info.get("nclx_profile") or {}
        lost = [f"{len(file) - 1} more pictures in it"] if len(file) > 1 else []
        lost += ["its depth maps"] if info.get("depth_images") else []
        if nclx.get("transfer_characteristics") in (16, 18):
            lost.append("the mark that its brightness is HDR")
        image = as_image(pixels, alpha=primary.mode.startswith(("RGBA", "LA")))
        profile = info.get("icc_profile") or None
        if profile:
            image = image.copy()
            image.set_type(vips().GValue.blob_type, "icc-profile-data", profile)
        return Page(
            image=image, profile=profile, depth=int(info.get("bit_depth", 8)),
            tags=Tags(exif=(info.get("exif") or b"").removeprefix(b"Exif\0\0") or None, xmp=info.get("xmp") or None),
            lost=tuple(lost),
        )  # fmt: skip

    return 1, read


def _pillow(path: Path, _options: StillOptions) -> _Opened:
    """BMP and icons."""
    import numpy as np

    def read(_number: int, _factor: float, _streamed: bool) -> Page:
        with opened(path, ("BMP", "DIB", "ICO")) as picture, _decoding(path):
            sizes: set[tuple[int, int]] = getattr(picture, "info", {}).get("sizes", set())
            alpha = picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info
            mode = "L" if picture.mode in ("1", "L") else "RGBA" if alpha else "RGB"
            pixels = np.asarray(picture.convert(mode))
            dpi = picture.info.get("dpi")
        lost = (f"{len(sizes) - 1} smaller sizes of the icon",) if len(sizes) > 1 else ()
        return Page(
            image=as_image(pixels, alpha=alpha),
            dpi=round(float(dpi[0]), 2) if dpi and dpi[0] > 1 else None,
            lost=lost,
        )

    return 1, read


_READERS: Final[dict[str, Callable[[Path, StillOptions], _Opened]]] = {
    "jpeg": partial(_simple, "jpegload"), "png": partial(_simple, "pngload"), "webp": partial(_simple, "webpload"),
    "avif": partial(_simple, "heifload"), "tiff": partial(_simple, "tiffload"), "gif": partial(_simple, "gifload"),
    "svg": _svg, "heic": _heif, "bmp": _pillow, "ico": _pillow, "pdf": pdfium.opened, "raw": raw.opened,
}  # fmt: skip
