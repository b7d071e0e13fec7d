"""Payloads inside finished files: one carrier per container family, each a pair of functions on an open file.

    MP4, MOV, M4A   a top-level `uuid` box at the end (ISO/IEC 14496-12 §11.1)
    GIF             a comment extension before the trailer (GIF89a §24)
    WebP            a chunk of our own after the frames; readers must ignore unknown chunks (RFC 9649 §2.7.1.5)
    PNG             a compressed iTXt chunk before IEND (PNG §11.3.3.4)
    JPEG            COM segments after SOI (ITU-T T.81 §B.2.4.5)

Readers walk lengths that a stranger wrote, so each step stays inside the file and moves forward.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

__all__ = ["Carrier", "carrier_for"]

_SEGMENT = 65_000
_MOST = 64 * 2**20


@dataclass(frozen=True, slots=True)
class Carrier:
    """How one family of files carries a named payload."""

    matches: Callable[[bytes], bool]
    """Whether the first 16 bytes are those of this family."""
    write: Callable[[BinaryIO, bytes, bytes], None]
    """Add payload under a 16-byte name to a file open for update."""
    read: Callable[[BinaryIO, bytes], bytes | None]
    """The payload of that name, or None."""


def carrier_for(head: bytes) -> Carrier | None:
    """The carrier for a file that begins with `head`, or None."""
    return next((carrier for carrier in _CARRIERS if carrier.matches(head)), None)


def _write_box(file: BinaryIO, name: bytes, payload: bytes) -> None:
    file.seek(0, 2)
    file.write(struct.pack(">I4s", 24 + len(payload), b"uuid") + name + payload)


def _read_box(file: BinaryIO, name: bytes) -> bytes | None:
    at, end = 0, file.seek(0, 2)
    while at + 8 <= end:
        file.seek(at)
        size, kind = struct.unpack(">I4s", file.read(8))
        header = 8
        if size == 1:
            size, header = struct.unpack(">Q", file.read(8).ljust(8, b"\0"))[0], 16
        if size < header:
            return None
        if kind == b"uuid" and size - header - 16 <= _MOST and file.read(16) == name:
            return file.read(size - header - 16)
        at += size
    return None


def _write_gif(file: BinaryIO, name: bytes, payload: bytes) -> None:
    data = name + payload
    blocks = (data[i : i + 255] for i in range(0, len(data), 255))
    file.seek(-1, 2)
    file.write(b"\x21\xfe" + b"".join(bytes((len(block),)) + block for block in blocks) + b"\0\x3b")


def _read_gif(file: BinaryIO, name: bytes) -> bytes | None:
    file.seek(10)
    flags = file.read(1)[0]
    file.seek(13 + _palette_bytes(flags))
    while kind := file.read(1):
        if kind == b"\x2c":
            file.seek(8, 1)
            file.seek(_palette_bytes(file.read(1)[0]) + 1, 1)
            _gif_blocks(file, keep=False)
        elif kind == b"\x21":
            label = file.read(1)
            data = _gif_blocks(file, keep=label == b"\xfe")
            if label == b"\xfe" and data.startswith(name):
                return data[len(name) :]
        else:
            return None
    return None


def _palette_bytes(flags: int) -> int:
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _gif_blocks(file: BinaryIO, *, keep: bool) -> bytes:
    parts: list[bytes] = []
    while size := int.from_bytes(file.read(1)):
        if keep:
            parts.append(file.read(size))
        else:
            file.seek(size, 1)
    return b"".join(parts)


def _write_webp(file: BinaryIO, name: bytes, payload: bytes) -> None:
    data = name + payload
    file.seek(0, 2)
    file.write(b"DRCP" + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2))
    size = file.tell() - 8
    file.seek(4)
    file.write(struct.pack("<I", size))


def _read_webp(file: BinaryIO, name: bytes) -> bytes | None:
    file.seek(12)
    while len(header := file.read(8)) == 8:
        kind, size = struct.unpack("<4sI", header)
        if kind == b"DRCP" and size <= _MOST:
            data = file.read(size)
            return data[len(name) :] if data.startswith(name) else None
        file.seek(size + size % 2, 1)
    return None


def _write_png(file: BinaryIO, name: bytes, payload: bytes) -> None:
    # Keyword, compressed, method deflate, no language, no translated keyword, text. The payload is Latin-1 safe in hex
    # only, so hex it is; deflate gives the doubling back.
    text = b"dreamreel\0\1\0\0\0" + zlib.compress((name + payload).hex().encode(), 9)
    file.seek(-12, 2)
    chunk = struct.pack(">I", len(text)) + b"iTXt" + text + struct.pack(">I", zlib.crc32(b"iTXt" + text))
    file.write(chunk + b"\0\0\0\0IEND\xaeB`\x82")


def _read_png(file: BinaryIO, name: bytes) -> bytes | None:
    file.seek(8)
    while len(header := file.read(8)) == 8:
        size, kind = struct.unpack(">I4s", header)
        if kind != b"iTXt" or size > _MOST:
            file.seek(size + 4, 1)
            continue
        text = file.read(size)
        file.seek(4, 1)
        if text.startswith(b"dreamreel\0\1\0\0\0"):
            data = _inflated_hex(text[14:])
            return data[len(name) :] if data.startswith(name) else None
    return None


def _inflated_hex(packed: bytes) -> bytes:
    try:
        return bytes.fromhex(zlib.decompressobj().decompress(packed, 2 * _MOST).decode("ascii"))
    except (zlib.error, ValueError):
        return b""


def _write_jpeg(file: BinaryIO, name: bytes, payload: bytes) -> None:
    file.seek(2)
    rest = file.read()
    file.seek(2)
    for start in range(0, len(payload), _SEGMENT):
        piece = name + payload[start : start + _SEGMENT]
        file.write(b"\xff\xfe" + struct.pack(">H", len(piece) + 2) + piece)
    file.write(rest)


def _read_jpeg(file: BinaryIO, name: bytes) -> bytes | None:
    pieces = [data[len(name) :] for data in _jpeg_comments(file) if data.startswith(name)]
    return b"".join(pieces) or None


def _jpeg_comments(file: BinaryIO) -> Iterator[bytes]:
    file.seek(2)
    while len(header := file.read(4)) == 4 and header[0] == 0xFF and header[1] not in (0xD9, 0xDA):
        size = struct.unpack(">H", header[2:])[0] - 2
        if size < 0:
            return
        if header[1] == 0xFE:
            yield file.read(size)
        else:
            file.seek(size, 1)


_CARRIERS = (
    Carrier(lambda head: head[4:8] == b"ftyp", _write_box, _read_box),
    Carrier(lambda head: head[:4] == b"GIF8", _write_gif, _read_gif),
    Carrier(lambda head: head[:4] == b"RIFF" and head[8:12] == b"WEBP", _write_webp, _read_webp),
    Carrier(lambda head: head[:8] == b"\x89PNG\r\n\x1a\n", _write_png, _read_png),
    Carrier(lambda head: head[:3] == b"\xff\xd8\xff", _write_jpeg, _read_jpeg),
)
