"""What a picture says about itself beside its pixels, and how much of that travels.

    EXIF   dates, camera, lens, exposure       `exif`
    XMP    titles, ratings, edits: an RDF packet (ISO 16684-1)
    IPTC   captions and credits: IIM records in a Photoshop block (IPTC-IIM 4.2)

Places are named in all three; unless they are asked for, each is read through and the places are taken out.
"""

from __future__ import annotations

import struct
import xml.dom.minidom
import xml.parsers.expat
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from dreamreel.media.stills import exif

__all__ = ["Tags", "iim_of", "travelling"]


@dataclass(frozen=True, slots=True)
class Tags:
    """The tags of a picture as the bytes that its format stores."""

    exif: bytes | None = None
    """A TIFF structure, without JPEG's `Exif` prefix."""
    xmp: bytes | None = None
    iptc: bytes | None = None
    """A Photoshop block (`8BIM`), without JPEG's `Photoshop 3.0` prefix."""


def travelling(
    tags: Tags, *, keep_location: bool = False, turn: int | None = None, size: tuple[int, int] | None = None,
    uncalibrated: bool | None = None,
) -> tuple[Tags, tuple[str, ...]]:  # fmt: skip
    """The tags that go along, and what is left behind, in words; `turn`, `size` and `uncalibrated` as
    `exif.cleaned` takes them.
    """
    left = _left_of_exif(tags.exif, keep_location=keep_location) if tags.exif else []
    photo = tags.exif and exif.cleaned(
        tags.exif, keep_location=keep_location, turn=turn, size=size, uncalibrated=uncalibrated
    )
    packet, placed = _xmp(tags.xmp, keep_location=keep_location) if tags.xmp else (None, False)
    if tags.xmp and not packet:
        left.append("an XMP packet that cannot be read")
    block = tags.iptc and _iptc(tags.iptc, keep_location=keep_location)
    if placed or (
        not keep_location and any(key in _IPTC_PLACES for key, _ in _iim(iim_of(tags.iptc or b"")))
    ):
        left.append("the names of places")
    return Tags(photo or None, packet or None, block or None), tuple(left)


def _left_of_exif(data: bytes, *, keep_location: bool) -> list[str]:
    parsed = exif.parse(data)
    if parsed is None:
        return ["EXIF that cannot be read"]
    _, first = parsed
    photo = first.children.get(exif.EXIF_IFD)
    left: list[str] = []
    if not keep_location:
        left += ["the place (GPS)"] if exif.GPS_IFD in first.children else []
        left += ["the maker's own notes"] if photo and 0x927C in photo.entries else []
    return left


# ── XMP ────────────────────────────────────────────────────────────────────────────────────────────────────

_XMP_PLACES: Final = frozenset({
    "city", "state", "country", "countrycode", "location", "sublocation", "provincestate", "countryname",
    "locationcreated", "locationshown", "worldregion", "locationid", "locationname", "geo", "lat", "long", "latitude",
    "longitude", "altitude", "regions", "hierarchicalsubject",
})  # fmt: skip
"""Local names, in small letters: those of photoshop, Iptc4xmpCore, Iptc4xmpExt and geo that name a place."""


def _is_place(local: str) -> bool:
    name = local.lower()
    return name.startswith("gps") or name in _XMP_PLACES


def _xmp(packet: bytes, *, keep_location: bool) -> tuple[bytes | None, bool]:
    """The packet without places, and whether it had some; None when it is no XML.

    The orientation in it goes too: EXIF says it, once.
    """
    # Without a DOCTYPE there are no entities, which are what makes XML of strangers dangerous.
    if b"<!DOCTYPE" in packet or b"<!ENTITY" in packet or len(packet) > 4 * 2**20:
        return None, False
    try:
        document = xml.dom.minidom.parseString(packet.strip(b"\0 \r\n\t"))  # noqa: S318
    except (xml.parsers.expat.ExpatError, ValueError):
        return None, False
    placed = False
    for node in list(document.getElementsByTagName("*")):
        names = [attribute.name for attribute in node.attributes.values()]
        going = [name for name in names if _goes(name, keep_location=keep_location)]
        for name in going:
            node.removeAttribute(name)
        parent = node.parentNode
        gone = _goes(node.tagName, keep_location=keep_location)
        if gone and parent is not None:
            parent.removeChild(node)
        placed |= any(
            _is_place(name.rpartition(":")[2]) for name in (*going, *((node.tagName,) if gone else ()))
        )
    # The packet's own processing instructions are nodes of the document and come along.
    return b"".join(node.toxml("utf-8") for node in document.childNodes), placed


def _goes(name: str, *, keep_location: bool) -> bool:
    prefix, _, local = name.rpartition(":")
    if prefix in ("xmlns", "rdf", "x", "xml"):
        return False
    if name == "tiff:Orientation" or local in ("Thumbnails", "image"):
        return True
    return not keep_location and _is_place(local)


# ── IPTC ───────────────────────────────────────────────────────────────────────────────────────────────────

_IPTC_PLACES: Final = frozenset({(2, 26), (2, 27), (2, 90), (2, 92), (2, 95), (2, 100), (2, 101)})
_IIM_RESOURCE: Final = 0x0404


def _iptc(block: bytes, *, keep_location: bool) -> bytes | None:
    """A Photoshop block that holds the IIM records only: its other resources are thumbnails, paths, EXIF again."""
    records = b"".join(data for key, data in _iim(iim_of(block)) if keep_location or key not in _IPTC_PLACES)
    if not records:
        return None
    return b"8BIM" + struct.pack(">HHI", _IIM_RESOURCE, 0, len(records)) + records + bytes(len(records) % 2)


def iim_of(block: bytes) -> bytes:
    """The IIM records of a Photoshop block, or of bare IIM as TIFF stores it; empty when there are none."""
    block = block.removeprefix(b"Photoshop 3.0\0")
    if block[:1] == b"\x1c":
        return block
    at = 0
    while block[at : at + 4] == b"8BIM" and at + 12 <= len(block):
        (kind, named) = struct.unpack_from(">HB", block, at + 4)
        place = at + 7 + named + (named + 1) % 2
        if place + 4 > len(block):
            break
        (size,) = struct.unpack_from(">I", block, place)
        if kind == _IIM_RESOURCE:
            return block[place + 4 : place + 4 + size]
        at = place + 4 + size + size % 2
    return b""


def _iim(records: bytes) -> Iterator[tuple[tuple[int, int], bytes]]:
    """Each record's (number, dataset) with all its bytes."""
    at = 0
    while at + 5 <= len(records) and records[at] == 0x1C:
        record, dataset, size = struct.unpack_from(">BBH", records, at + 1)
        end = at + 5 + size
        if size & 0x8000:  # Extended: the low bits say how many bytes the length has.
            count = size & 0x7FFF
            end = at + 5 + count + int.from_bytes(records[at + 5 : at + 5 + count])
        if end > len(records):
            return
        yield (record, dataset), records[at:end]
        at = end
