"""What a picture file is, by its first bytes; its name decides only where the bytes cannot.

RAW files of most cameras are TIFF files whose first picture is a thumbnail, so there the suffix or a tag decides.
"""

from __future__ import annotations

import re
import zlib
from pathlib import Path
from typing import Final

from dreamreel.errors import DreamreelError, NotMedia
from dreamreel.media.open import check_input, read_head
from dreamreel.media.stills.formats import FORMATS, StillFormat

__all__ = ["is_picture_source", "source_format"]

_HEIC: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"mif1"})
_RAW: Final = (b"FUJIFILMCCD-RAW", b"IIRO", b"IIRS", b"MMOR", b"IIU\0", b"\0MRM", b"FOVb")
"""Fujifilm, Olympus, Panasonic, Minolta, Sigma."""
_TIFF: Final = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_DNG_VERSION: Final = 0xC612
_SVG: Final = re.compile(
    rb"(<\?xml[^>]{0,200}\?>|<!--.{0,2000}?-->|<!DOCTYPE\s+svg[^>\[]{0,400}>|\s)*<(\w{1,20}:)?svg[\s>]", re.S
)
"""A drawing whose DOCTYPE defines entities is none: they can grow without end, and name files."""
_BITMAP_HEADERS: Final = frozenset({12, 16, 40, 52, 56, 64, 108, 124})


def source_format(path: Path) -> StillFormat:
    """The format of the picture `path`. Raises `InputMissing`, `NotMedia`, `UnsafeMedia`."""
    head = read_head(path)
    name = _name(path, head)
    if name is None:
        check_input(path)
        raise NotMedia(f"{path.name} is not a picture this program reads; convert it to JPEG or PNG.")
    return next(row for row in FORMATS if row.name == name)


def is_picture_source(path: Path) -> bool:
    """True when `path` holds still pictures; animated GIF, WebP, PNG and AVIF are films, and so is what is no file.

    Looks at the structure only and never raises.
    """
    try:
        head = read_head(path)
        name = _name(path, head)
        return name is not None and not _animated(path, head, name)
    except (DreamreelError, OSError):
        return False


def _name(path: Path, head: bytes) -> str | None:
    suffix = path.suffix.lower()
    raw = next(row for row in FORMATS if row.name == "raw")
    if head.startswith(_RAW) or head[4:12] == b"ftypcrx " or (head[:4] in _TIFF and suffix in raw.extensions):
        return "raw"
    if head[:4] in _TIFF:
        return "raw" if _is_dng(head) else "tiff"
    if head[4:8] == b"ftyp":
        return _isobmff(head)
    if b"%PDF-" in head[:1024]:
        return "pdf"
    for magic, name in _MAGIC:
        if head.startswith(magic):
            return name
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if head[:2] == b"BM" and int.from_bytes(head[14:18], "little") in _BITMAP_HEADERS:
        return "bmp"
    return "svg" if _is_svg(head) else None


_MAGIC: Final = (
    (b"\xff\xd8\xff", "jpeg"), (b"\x89PNG\r\n\x1a\n", "png"), (b"GIF87a", "gif"), (b"GIF89a", "gif"),
    (b"\0\0\1\0", "ico"),
)  # fmt: skip


def _isobmff(head: bytes) -> str | None:
    """AVIF or HEIC: by the brand, or by the compatible ones where that is the generic `mif1` (ISO/IEC 23008-12)."""
    size = int.from_bytes(head[:4])
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, min(size, 256), 4))]
    if b"avif" in brands[:1] or (b"avif" in brands and brands[0] == b"mif1") or brands[0] == b"avis":
        return "avif"
    return "heic" if brands[0] in _HEIC else None


def _is_dng(head: bytes) -> bool:
    order = "little" if head[:2] == b"II" else "big"
    at = int.from_bytes(head[4:8], order)
    count = int.from_bytes(head[at : at + 2], order)
    tags = (head[at + 2 + 12 * index : at + 4 + 12 * index] for index in range(count))
    return any(int.from_bytes(tag, order) == _DNG_VERSION for tag in tags)


def _is_svg(head: bytes) -> bool:
    if head[:2] == b"\x1f\x8b":
        try:
            head = zlib.decompressobj(31).decompress(head, 4096)
        except zlib.error:
            return False
    return _SVG.match(head.removeprefix(b"\xef\xbb\xbf")) is not None


def _animated(path: Path, head: bytes, name: str) -> bool:
    match name:
        case "webp":  # The flag of VP8X (RFC 9649 §2.7).
            return head[12:16] == b"VP8X" and bool(head[20] & 0x02)
        case "png":
            # An acTL chunk before the first IDAT (PNG third edition §11.3.4); what comes before it is short.
            return _png_animation(path)
        case "gif":
            from dreamreel.media.images import picture_info

            return picture_info(path).frames > 1
        case "avif":
            return head[8:12] == b"avis"
        case _:
            return False


def _png_animation(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(8)
        while len(chunk := file.read(8)) == 8 and chunk[4:] not in (b"IDAT", b"IEND"):
            if chunk[4:] == b"acTL":
                return True
            file.seek(int.from_bytes(chunk[:4]) + 4, 1)
    return False
