"""The outside of containers: the boxes of ISO-BMFF (ISO/IEC 14496-12) and the elements of Matroska (RFC 8794).

Only names, places and lengths are read, never the media inside, so a file of any size takes a few reads. Nothing is
believed: a length that leaves its parent is cut, a walk ends at the first that makes no sense, and no walk is longer
than `MOST`.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

__all__ = ["MOST", "Box", "boxes", "bytes_of", "elements", "find_all", "find_box", "sample_entries"]

MOST: Final = 100_000
"""Boxes of one parent that are looked at."""
_LARGEST: Final = 2**26
"""No box is read into memory beyond this."""


@dataclass(frozen=True, slots=True)
class Box:
    """A box or an element: where it is, in bytes from the start of the file."""

    kind: bytes
    """Four letters, or the element's id with its marker bits."""
    start: int
    body: int
    """Where its content begins."""
    end: int
    """Where it ends, never past its parent."""
    claimed: int
    """Where it says that it ends."""

    @property
    def whole(self) -> bool:
        """False when it is cut short."""
        return self.claimed <= self.end


def boxes(file: BinaryIO, start: int, end: int) -> Iterator[Box]:
    """The boxes between two places, as far as they make sense."""
    at = start
    for _ in range(MOST):
        if at + 8 > end:
            return
        file.seek(at)
        head = file.read(16)
        if len(head) < 8:
            return
        length, kind = struct.unpack(">I4s", head[:8])
        body = at + 8
        if length == 1:
            if len(head) < 16:
                return
            length, body = int.from_bytes(head[8:16]), at + 16
        claimed = at + length if length else end
        if claimed < body:
            return
        yield Box(kind, at, body, min(claimed, end), claimed)
        at = claimed


def find_all(file: BinaryIO, start: int, end: int, *path: bytes) -> Iterator[Box]:
    """All boxes at the end of `path`, such as `(b"moov", b"trak", b"tkhd")`."""
    for box in boxes(file, start, end):
        if box.kind == path[0]:
            if len(path) == 1:
                yield box
            else:
                yield from find_all(file, box.body, box.end, *path[1:])


def find_box(file: BinaryIO, start: int, end: int, *path: bytes) -> Box | None:
    """The first box at the end of `path`, or None."""
    return next(find_all(file, start, end, *path), None)


def bytes_of(file: BinaryIO, box: Box) -> bytes:
    """The content of a box, at most 64 MiB of it."""
    file.seek(box.body)
    return file.read(min(box.end - box.body, _LARGEST))


_CHILDREN_AT: Final = {b"vide": 78, b"soun": 28}
"""How many bytes of a sample entry come before its own boxes, by the kind of its track."""


def sample_entries(file: BinaryIO, track: Box) -> Iterator[tuple[Box, int]]:
    """The sample entries of a `trak`, each with where its own boxes begin."""
    handler = find_box(file, track.body, track.end, b"mdia", b"hdlr")
    kind = bytes_of(file, handler)[8:12] if handler else b""
    for table in find_all(file, track.body, track.end, b"mdia", b"minf", b"stbl", b"stsd"):
        for entry in boxes(file, table.body + 8, table.end):
            skip = _CHILDREN_AT.get(kind, 8)
            if kind == b"soun":
                file.seek(entry.body + 8)
                # QuickTime's sound entries, version 1 and 2, are longer.
                skip += {b"\0\1": 16, b"\0\2": 36}.get(file.read(2), 0)
            yield entry, entry.body + skip


def elements(file: BinaryIO, start: int, end: int) -> Iterator[Box]:
    """The elements of Matroska between two places; one of unknown length reaches to `end`."""
    at = start
    for _ in range(MOST):
        if at + 2 > end:
            return
        file.seek(at)
        head = file.read(16)
        if not head or not head[0]:
            return
        width = 9 - head[0].bit_length()
        if width > 4 or len(head) <= width or not head[width]:
            return
        kind = head[:width]
        length_width = 9 - head[width].bit_length()
        body = at + width + length_width
        if len(head) < width + length_width:
            return
        length = int.from_bytes(head[width : width + length_width]) & (1 << 7 * length_width) - 1
        claimed = end if length == (1 << 7 * length_width) - 1 else body + length
        yield Box(kind, at, body, min(claimed, end), claimed)
        at = claimed
