"""Whether a file is shorter than its own structure says: the sign of a broken copy or download.

FFmpeg reads such files to their end without a word. Only outer lengths are looked at: the boxes of ISO-BMFF, the
segment of Matroska, the chunk of RIFF.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO

__all__ = ["is_cut_short"]


def is_cut_short(path: Path) -> bool:
    """True when an outer length points past the end of the file; False for formats that have none."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(0)
        head = file.read(64)
        if head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free"):
            return _boxes_end(file, size) > size
        if head[:4] == b"\x1aE\xdf\xa3":
            return _segment_end(head) > size
        if head[:4] == b"RIFF" and head[8:12] in (b"AVI ", b"WAVE", b"WEBP"):
            length = int.from_bytes(head[4:8], "little")
            return length not in (0, 0xFFFFFFFF) and 8 + length > size
    return False


def _boxes_end(file: BinaryIO, size: int) -> int:
    at = 0
    while at + 8 <= size:
        file.seek(at)
        length, _ = struct.unpack(">I4s", file.read(8))
        if length == 1:
            length = int.from_bytes(file.read(8))
        if length == 0:
            return size
        if length < 8:
            return at
        at += length
    return at


def _segment_end(head: bytes) -> int:
    """Where the Segment element ends (RFC 8794 §6.2); 0 when the file leaves it open, as live recordings do."""
    length, width = _variable(head, 4)
    at = 4 + width + length
    if head[at : at + 4] != b"\x18S\x80g":
        return 0
    length, width = _variable(head, at + 4)
    unknown = length == (1 << 7 * width) - 1
    return 0 if unknown else at + 4 + width + length


def _variable(head: bytes, at: int) -> tuple[int, int]:
    """An EBML variable-size integer and its width in bytes."""
    first = head[at] if at < len(head) else 0
    width = 9 - first.bit_length() if first else 8
    return int.from_bytes(head[at : at + width]) & (1 << 7 * width) - 1, width
