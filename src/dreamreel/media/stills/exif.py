"""EXIF as the TIFF structure it is: read, cleaned, written anew (CIPA DC-008-2023 §4.5, TIFF 6.0 §2).

Cleaning keeps dates, camera, lens, exposure, names and words. It drops what tells the place: the GPS directory and
the maker's own notes (undocumented; several hold places, all hold serial numbers). Thumbnails go always: they show the
picture as it was before it was cropped.

Tags are copied as bytes in the file's own byte order, so unknown types and odd values pass through unchanged. A TIFF or
DNG file is such a structure itself, and gives its tags the same way.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import Final, Literal

__all__ = [
    "EXIF_IFD",
    "GPS_IFD",
    "ORIENTATION",
    "Directory",
    "Entry",
    "Order",
    "cleaned",
    "parse",
    "serialise",
    "write_directory",
]

Order = Literal["<", ">"]

_SIZES: Final = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
_MOST_ENTRIES: Final = 2000
_MOST_BYTES: Final = 8 * 2**20

EXIF_IFD, GPS_IFD, INTEROP_IFD = 0x8769, 0x8825, 0xA005
ORIENTATION, SOFTWARE = 0x0112, 0x0131
_MAKER_NOTE: Final = 0x927C
_WIDTH, _HEIGHT, _COLOUR_SPACE = 0xA002, 0xA003, 0xA001
_POINTERS: Final = frozenset({EXIF_IFD, GPS_IFD, INTEROP_IFD})
_DESCRIBING: Final = frozenset({
    0x010E, 0x010F, 0x0110, ORIENTATION, 0x011A, 0x011B, 0x0128, SOFTWARE, 0x0132, 0x013B, 0x013C, 0x4746, 0x4749,
    0x8298, 0x9C9B, 0x9C9C, 0x9C9D, 0x9C9E, 0x9C9F, EXIF_IFD, GPS_IFD,
})  # fmt: skip
"""Tags of the first directory that describe the picture; the rest describe how a TIFF file stores it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One tag: its TIFF type, how many values, and their bytes in the structure's byte order."""

    type: int
    count: int
    data: bytes


@dataclass(slots=True)
class Directory:
    """A directory of tags; those that point to directories hold them in `children`."""

    entries: dict[int, Entry] = field(default_factory=dict[int, Entry])
    children: dict[int, Directory] = field(default_factory=dict[int, "Directory"])


def parse(data: bytes) -> tuple[Order, Directory] | None:
    """The first directory of a TIFF structure and those below it; None when it is none.

    Entries that point outside the data are left out, so damaged structures give what is whole in them.
    """
    data = data.removeprefix(b"Exif\0\0")
    order: Order
    if data[:4] == b"II*\0":
        order = "<"
    elif data[:4] == b"MM\0*":
        order = ">"
    else:
        return None
    if len(data) < 8:
        return None
    (at,) = struct.unpack_from(f"{order}I", data, 4)
    return order, _directory(data, at, order, depth=0)


def cleaned(
    data: bytes, *, keep_location: bool = False, turn: int | None = None, size: tuple[int, int] | None = None,
    uncalibrated: bool | None = None,
) -> bytes | None:  # fmt: skip
    """`data` without thumbnail, and without places and maker's notes unless `keep_location`; None when none is left.

    `turn` sets the orientation (1: the tag goes), `size` the width and height, `uncalibrated` whether the colours are
    those of a profile and not sRGB. What is None stays.
    """
    parsed = parse(data)
    if parsed is None:
        return None
    order, first = parsed
    first.entries = {tag: entry for tag, entry in first.entries.items() if tag in _DESCRIBING}
    first.children = {tag: child for tag, child in first.children.items() if tag in _DESCRIBING}
    photo = first.children.get(EXIF_IFD)
    if not keep_location:
        first.children.pop(GPS_IFD, None)
        if photo:
            photo.entries.pop(_MAKER_NOTE, None)
    if photo:
        for tag, side in zip((_WIDTH, _HEIGHT), size or (), strict=False):
            if tag in photo.entries:
                photo.entries[tag] = Entry(4, 1, struct.pack(f"{order}I", side))
        if uncalibrated is not None and _COLOUR_SPACE in photo.entries:
            value = 0xFFFF if uncalibrated else 1
            photo.entries[_COLOUR_SPACE] = Entry(3, 1, struct.pack(f"{order}H", value))
    if turn is not None:
        first.entries.pop(ORIENTATION, None)
        if turn != 1:
            first.entries[ORIENTATION] = Entry(3, 1, struct.pack(f"{order}H", turn))
    return serialise(order, first) if first.entries or first.children else None


def serialise(order: Order, first: Directory) -> bytes:
    """The TIFF structure of `first`, without the `Exif` prefix that JPEG puts before it."""
    out = bytearray((b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}I", 8))
    write_directory(out, first, order)
    return bytes(out)


def _directory(data: bytes, at: int, order: Order, depth: int) -> Directory:
    found = Directory()
    if at + 2 > len(data):
        return found
    (count,) = struct.unpack_from(f"{order}H", data, at)
    for index in range(min(count, _MOST_ENTRIES)):
        place = at + 2 + 12 * index
        if place + 12 > len(data):
            break
        tag, kind, values = struct.unpack_from(f"{order}HHI", data, place)
        if tag in _POINTERS:
            (child,) = struct.unpack_from(f"{order}I", data, place + 8)
            if depth < 3 and child > 0:
                found.children[tag] = _directory(data, child, order, depth + 1)
            continue
        size = _SIZES.get(kind, 0) * values
        if not 0 < size <= _MOST_BYTES:
            continue
        start = place + 8 if size <= 4 else struct.unpack_from(f"{order}I", data, place + 8)[0]
        if start + size <= len(data):
            found.entries[tag] = Entry(kind, values, data[start : start + size])
    return found


def write_directory(out: bytearray, directory: Directory, order: Order) -> None:
    """Append `directory`: its table, then the values that do not fit in it, then the directories it points to."""
    tags = sorted({*directory.entries, *directory.children})
    table = len(out)
    out += struct.pack(f"{order}H", len(tags)) + bytes(12 * len(tags) + 4)
    for index, tag in enumerate(tags):
        place = table + 2 + 12 * index
        if tag in directory.children:
            struct.pack_into(f"{order}HHII", out, place, tag, 4, 1, len(out))
            write_directory(out, directory.children[tag], order)
            continue
        entry = directory.entries[tag]
        struct.pack_into(f"{order}HHI", out, place, tag, entry.type, entry.count)
        if len(entry.data) <= 4:
            out[place + 8 : place + 8 + len(entry.data)] = entry.data
        else:
            struct.pack_into(f"{order}I", out, place + 8, len(out))
            out += entry.data + bytes(len(entry.data) % 2)
