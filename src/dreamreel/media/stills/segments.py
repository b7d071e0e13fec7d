"""Tags put into finished JPEG, PNG and WebP files, and taken out, without touching a compressed pixel.

    JPEG   APP1 (Exif, XMP), APP13 (IPTC) are replaced; JFIF, ICC and Adobe's transform stay    ITU-T T.81 §B.1
    PNG    eXIf and the XMP text are replaced; words stay, raw profiles and unknown texts go    PNG third edition §11.3
    WebP   EXIF and XMP chunks are replaced, VP8X is made where it is missing                   RFC 9649 §2.7

What follows a JPEG's end goes: phones hide films, depth maps and gain maps there, with places of their own.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from typing import Final

from dreamreel.media.stills.tags import Tags
from dreamreel.media.strip import end_of_image

__all__ = ["REPLACE", "replaced", "trailing", "with_density"]

_EXIF, _XMP, _IPTC = b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0", b"Photoshop 3.0\0"
_ICC: Final = b"ICC_PROFILE\0"
_MOST_SEGMENT: Final = 65_533
_XMP_KEY: Final = b"XML:com.adobe.xmp"
_TEXTS: Final = frozenset({
    b"Title", b"Author", b"Description", b"Copyright", b"Creation Time", b"Software", b"Disclaimer", b"Warning",
    b"Source", b"Comment",
})  # fmt: skip
"""Keywords that the standard gives a meaning; others are programs' own."""
_EXIF_FLAG, _XMP_FLAG, _ALPHA_FLAG = 0x08, 0x04, 0x10


def replaced(kind: str, data: bytes, tags: Tags) -> bytes:
    """The JPEG, PNG or WebP file `data` with exactly `tags`.

    Raises `struct.error` or `IndexError` for a file whose structure is broken.
    """
    return REPLACE[kind](data, tags)


def trailing(data: bytes) -> int:
    """How many bytes follow the picture of a JPEG file."""
    return len(data) - end_of_image(data, _scan(data))


def with_density(data: bytes, dpi: float | None) -> bytes:
    """The JPEG file `data` with a JFIF segment that says the dots per inch; None says that they are not known.

    Not before Adobe's segment: the two do not go together.
    """
    if data[2:4] == b"\xff\xe0" or any(marker == 0xEE for marker, _ in _segments(data)):
        return data
    dots = min(65_535, max(1, round(dpi or 1)))
    return (
        data[:2]
        + _segment(0xE0, struct.pack(">5sHBHHH", b"JFIF\0", 0x0102, dpi is not None, dots, dots, 0))
        + data[2:]
    )


def _jpeg(data: bytes, tags: Tags) -> bytes:
    return b"".join(_jpeg_parts(data, tags))


def _jpeg_parts(data: bytes, tags: Tags) -> Iterator[bytes]:
    yield data[:2]
    segments = list(_segments(data))
    # JFIF must come first, where it is.
    yield from (
        _jfif(payload) for marker, payload in segments if marker == 0xE0 and payload.startswith(b"JFIF\0")
    )
    for marker, prefix, body in ((0xE1, _EXIF, tags.exif), (0xE1, _XMP, tags.xmp), (0xED, _IPTC, tags.iptc)):
        if body and len(prefix) + len(body) <= _MOST_SEGMENT:
            yield _segment(marker, prefix + body)
    for marker, payload in segments:
        named = 0xE0 <= marker <= 0xEF or marker == 0xFE
        if not named or marker == 0xEE or (marker == 0xE2 and payload.startswith(_ICC)):
            yield _segment(marker, payload)
    at = _scan(data)
    yield data[at : end_of_image(data, at)]


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Marker and payload of everything before the first scan."""
    at = 2
    while data[at] == 0xFF and data[at + 1] != 0xDA:
        if data[at + 1] == 0xFF:  # a fill byte
            at += 1
            continue
        (size,) = struct.unpack_from(">H", data, at + 2)
        yield data[at + 1], data[at + 4 : at + 2 + size]
        at += 2 + size


def _scan(data: bytes) -> int:
    """Where the first scan begins."""
    at = 2
    while data[at] == 0xFF and data[at + 1] != 0xDA:
        at += 1 if data[at + 1] == 0xFF else 2 + int(struct.unpack_from(">H", data, at + 2)[0])
    return at


def _jfif(payload: bytes) -> bytes:
    """The segment without its thumbnail."""
    return _segment(0xE0, payload[:12] + b"\0\0")


def _segment(marker: int, payload: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(payload) + 2) + payload


def _png(data: bytes, tags: Tags) -> bytes:
    return b"".join(_png_parts(data, tags))


def _png_parts(data: bytes, tags: Tags) -> Iterator[bytes]:
    yield data[:8]
    at, told = 8, False
    while at + 12 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        if kind == b"IDAT" and not told:
            told = True
            if tags.exif:
                yield _chunk(b"eXIf", tags.exif)
            if tags.xmp:
                yield _chunk(b"iTXt", _XMP_KEY + b"\0\0\0\0\0" + tags.xmp)
        if _stays(kind, data[at + 8 : at + 8 + 80]):
            yield data[at : at + 12 + size]
        at += 12 + size
        if kind == b"IEND":
            return


def _stays(kind: bytes, start: bytes) -> bool:
    if kind in (b"tEXt", b"zTXt", b"iTXt"):
        return start.split(b"\0", 1)[0] in _TEXTS
    # Private chunks (a small second letter, PNG third edition §5.4) are as unknown as makers' notes.
    return kind != b"eXIf" and not (kind[0] & 0x20 and kind[1] & 0x20)


def _chunk(kind: bytes, payload: bytes) -> bytes:
    return struct.pack(">I", len(payload)) + kind + payload + struct.pack(">I", zlib.crc32(kind + payload))


def _webp(data: bytes, tags: Tags) -> bytes:
    chunks = [(kind, body) for kind, body in _riff(data) if kind not in (b"EXIF", b"XMP ")]
    flags = (_EXIF_FLAG if tags.exif else 0) | (_XMP_FLAG if tags.xmp else 0)
    first, body = chunks[0]
    if first == b"VP8X":
        chunks[0] = (b"VP8X", bytes(((body[0] & ~(_EXIF_FLAG | _XMP_FLAG)) | flags,)) + body[1:])
    elif flags:
        width, height, alpha = _canvas(first, body)
        size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
        chunks.insert(0, (b"VP8X", bytes((flags | (_ALPHA_FLAG if alpha else 0), 0, 0, 0)) + size))
    chunks += [(kind, body) for kind, body in ((b"EXIF", tags.exif), (b"XMP ", tags.xmp)) if body]
    packed = b"WEBP" + b"".join(
        struct.pack("<4sI", kind, len(body)) + body + bytes(len(body) % 2) for kind, body in chunks
    )
    return b"RIFF" + struct.pack("<I", len(packed)) + packed


def _riff(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 12
    while at + 8 <= len(data):
        kind, size = struct.unpack_from("<4sI", data, at)
        yield kind, data[at + 8 : at + 8 + size]
        at += 8 + size + size % 2


def _canvas(kind: bytes, body: bytes) -> tuple[int, int, bool]:
    """Width, height and alpha of a picture without VP8X."""
    if kind == b"VP8L":
        (bits,) = struct.unpack_from("<I", body, 1)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1, bool(bits >> 28 & 1)
    width, height = struct.unpack_from("<HH", body, 6)
    return width & 0x3FFF, height & 0x3FFF, False


REPLACE: Final[dict[str, Callable[[bytes, Tags], bytes]]] = {"jpeg": _jpeg, "png": _png, "webp": _webp}
"""One function per format."""
