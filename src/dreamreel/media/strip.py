"""A photo without what its camera wrote: place, time, camera, names, thumbnails. The pixels stay as they are.

    JPEG   APP1 (Exif, XMP), APP13 (IPTC) and comments go; ICC profile and Adobe's transform stay (ITU-T T.81 §B.1)
    PNG    eXIf, tEXt, zTXt, iTXt and tIME chunks go (PNG third edition §11.3)
    WebP   EXIF and XMP chunks go, their flags are cleared (RFC 9649 §2.7)
    other  decoded and written as a JPEG

A picture that the camera turned by a tag keeps that one tag, else it would lie on its side.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from dreamreel.errors import DamagedMedia
from dreamreel.media.atomic import atomic_write
from dreamreel.media.images import load_image, orientation, picture_info, save_image

__all__ = ["end_of_image", "stripped"]

_KEPT_MARKERS: Final = frozenset({0xE0, 0xE2, 0xEE})
"""JFIF, ICC profiles and Adobe's colour transform: without them colours change."""
_DROPPED_CHUNKS: Final = frozenset({b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"})
_EXIF_FLAG, _XMP_FLAG = 0x08, 0x04


def stripped(source: Path, target: Path) -> Path:
    """Write a clean copy of the photo `source` to `target` with the suffix that fits, and return its path.

    Raises what `media.images.load_image` raises for a file that is no picture or is broken.
    """
    kind, turn = picture_info(source).format, orientation(source)
    data = source.read_bytes()
    try:
        match kind:
            case "jpeg" | "mpo":
                clean, suffix = b"".join(_jpeg(data, turn)), ".jpg"
            case "png":
                clean, suffix = b"".join(_png(data, turn)), ".png"
            case "webp":
                clean, suffix = _webp(data, turn), ".webp"
            case _:
                out = target.with_suffix(".jpg")
                save_image(out, load_image(source).pixels, quality=95)
                return out
    except (struct.error, IndexError) as error:
        raise DamagedMedia(
            f"{source.name} is a damaged or truncated picture; copy or download it again."
        ) from error
    out = target.with_suffix(suffix)
    with atomic_write(out) as part:
        part.write_bytes(clean)
    return out


def _exif(turn: int) -> bytes:
    """A TIFF structure that holds the orientation and nothing else (CIPA DC-008 §4.6)."""
    return b"MM\0*\0\0\0\x08\0\x01" + struct.pack(">HHIHHI", 0x0112, 3, 1, turn, 0, 0)


def _jpeg(data: bytes, turn: int) -> Iterator[bytes]:
    yield data[:2]
    if turn != 1:
        payload = b"Exif\0\0" + _exif(turn)
        yield b"\xff\xe1" + struct.pack(">H", len(payload) + 2) + payload
    at = 2
    while data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:  # fill byte
            at += 1
            continue
        if marker == 0xDA:
            break
        size = struct.unpack_from(">H", data, at + 2)[0]
        if marker in _KEPT_MARKERS or not (0xE0 <= marker <= 0xEF or marker == 0xFE):
            yield data[at : at + 2 + size]
        at += 2 + size
    # What follows the end is no picture: phones hide films and depth maps there, with places of their own.
    yield data[at : end_of_image(data, at)]


def end_of_image(data: bytes, at: int) -> int:
    """Behind the end-of-image marker of the scans that begin at `at`; the end of the data when it is cut short."""
    while (at := data.find(b"\xff", at)) != -1 and at + 1 < len(data):
        marker = data[at + 1]
        if marker == 0xD9:
            return at + 2
        if marker == 0xFF:
            at += 1
        elif marker == 0 or 0xD0 <= marker <= 0xD7:  # a stuffed byte, a restart
            at += 2
        else:  # tables and headers between the scans of a progressive picture
            at += 2 + int.from_bytes(data[at + 2 : at + 4])
    return len(data)


def _png(data: bytes, turn: int) -> Iterator[bytes]:
    yield data[:8]
    at = 8
    while at + 12 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        if kind == b"IDAT" and turn != 1:
            yield _chunk(b"eXIf", _exif(turn))
            turn = 1
        if kind not in _DROPPED_CHUNKS:
            yield data[at : at + 12 + size]
        at += 12 + size
        if kind == b"IEND":
            return


def _chunk(kind: bytes, payload: bytes) -> bytes:
    return struct.pack(">I", len(payload)) + kind + payload + struct.pack(">I", zlib.crc32(kind + payload))


def _webp(data: bytes, turn: int) -> bytes:
    kept: list[bytes] = []
    at = 12
    while at + 8 <= len(data):
        kind, size = struct.unpack_from("<4sI", data, at)
        end = at + 8 + size + size % 2
        if kind == b"VP8X":
            flags = (data[at + 8] & ~(_EXIF_FLAG | _XMP_FLAG)) | (_EXIF_FLAG if turn != 1 else 0)
            kept.append(data[at : at + 8] + bytes((flags,)) + data[at + 9 : end])
        elif kind not in (b"EXIF", b"XMP "):
            kept.append(data[at:end])
        at = end
    if turn != 1:
        payload = _exif(turn)
        kept.append(struct.pack("<4sI", b"EXIF", len(payload)) + payload)
    body = b"WEBP" + b"".join(kept)
    return b"RIFF" + struct.pack("<I", len(body)) + body
