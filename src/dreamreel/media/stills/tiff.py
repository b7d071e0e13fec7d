"""TIFF files put together from single pictures, so that pages may differ in size and each keeps its EXIF.

Every page was written by libvips as a TIFF of its own. Its strips are copied as they are, its directory is written anew
with the EXIF directory below it, and the directories are chained (TIFF 6.0 §2).
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Final

from dreamreel.errors import RenderFailed, TooLarge
from dreamreel.media.stills import exif
from dreamreel.media.stills.exif import Directory, Entry
from dreamreel.media.stills.tags import Tags, iim_of

__all__ = ["assembled"]

_STRIPS, _STRIP_SIZES = 0x0111, 0x0117
_PAGE: Final = 0x0129
_XMP, _IPTC = 0x02BC, 0x83BB
_MOST: Final = 2**32 - 2**20
_OWN: Final = frozenset({0x011A, 0x011B, 0x0128, exif.EXIF_IFD, exif.GPS_IFD})
"""Resolution, which libvips wrote, and the directories, which are children."""


def assembled(pages: Sequence[bytes], tags: Sequence[Tags]) -> bytes:
    """One TIFF file of `pages`, each a little-endian TIFF in strips, with the tags of the same place.

    Raises `TooLarge` beyond the four gigabytes that the format can count.
    """
    out = bytearray(b"II*\0\0\0\0\0")
    link = 4
    for index, (page, told) in enumerate(zip(pages, tags, strict=True)):
        parsed = exif.parse(page)
        if parsed is None or parsed[0] != "<":
            raise RenderFailed("A TIFF page was not written as expected; this is a bug.")
        first = parsed[1]
        _describe(first, told)
        if len(pages) > 1:
            first.entries[_PAGE] = Entry(3, 2, struct.pack("<HH", index, len(pages)))
        if len(out) + len(page) > _MOST:
            raise TooLarge("The pages make a TIFF file of more than 4 GB; write fewer pages per file.")
        first.entries[_STRIPS] = _moved(out, page, first)
        struct.pack_into("<I", out, link, len(out))
        link = len(out) + 2 + 12 * len({*first.entries, *first.children})
        exif.write_directory(out, first, "<")
    return bytes(out)


def _moved(out: bytearray, page: bytes, first: Directory) -> Entry:
    """Copy the strips of `page` and return where they now are."""
    starts, sizes = (_numbers(first.entries[tag]) for tag in (_STRIPS, _STRIP_SIZES))
    places: list[int] = []
    for start, size in zip(starts, sizes, strict=True):
        out += bytes(len(out) % 2)
        places.append(len(out))
        out += page[start : start + size]
    out += bytes(len(out) % 2)
    return Entry(4, len(places), struct.pack(f"<{len(places)}I", *places))


def _numbers(entry: Entry) -> tuple[int, ...]:
    return struct.unpack(f"<{entry.count}{'H' if entry.type == 3 else 'I'}", entry.data)


def _describe(first: Directory, told: Tags) -> None:
    """Add what the picture says about itself."""
    if told.xmp:
        first.entries[_XMP] = Entry(1, len(told.xmp), told.xmp)
    if told.iptc and (records := iim_of(told.iptc)):
        first.entries[_IPTC] = Entry(7, len(records), records)
    parsed = exif.parse(told.exif) if told.exif else None
    if parsed is None:
        return
    order, found = parsed
    turned = found if order == "<" else _little_endian(found)
    for tag, entry in turned.entries.items():
        if tag not in _OWN:
            first.entries[tag] = entry
    first.children.update(turned.children)


_WORDS: Final = {3: 2, 8: 2, 4: 4, 9: 4, 5: 4, 10: 4, 11: 4, 12: 8, 13: 4}
"""Bytes of what is turned round, by TIFF type; a rational is two words."""


def _little_endian(directory: Directory) -> Directory:
    def turned(entry: Entry) -> Entry:
        size = _WORDS.get(entry.type)
        if size is None:
            return entry
        words = (entry.data[at : at + size][::-1] for at in range(0, len(entry.data), size))
        return Entry(entry.type, entry.count, b"".join(words))

    return Directory(
        {tag: turned(entry) for tag, entry in directory.entries.items()},
        {tag: _little_endian(child) for tag, child in directory.children.items()},
    )
