"""A picture of few bytes and many pixels."""

from __future__ import annotations

import io
import struct
import zlib

__all__ = ["flat"]


def flat(side: int) -> bytes:
    """A square PNG of one colour, so many pixels wide."""

    def chunk(name: bytes, contents: bytes) -> bytes:
        return (
            struct.pack(">I", len(contents))
            + name
            + contents
            + struct.pack(">I", zlib.crc32(name + contents))
        )

    squeeze, row, data = zlib.compressobj(9), b"\0" + bytes((side + 7) // 8), io.BytesIO()
    for _ in range(side):
        data.write(squeeze.compress(row))
    data.write(squeeze.flush())
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data.getvalue()) + chunk(b"IEND", b"")
