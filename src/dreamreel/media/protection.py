"""Whether a file is locked: encrypted for a shop's players, so that nobody else can decode what is in it.

Told from the containers' own marks, never by trying: the sample entries and `pssh` boxes of ISO-BMFF (ISO/IEC
23001-7), ContentEncryption of Matroska (RFC 9559 §5.1.4.1.31.8), the encryption objects of ASF, the scrambling bits of
MPEG-TS (ISO/IEC 13818-1 §2.4.3.3).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final
from uuid import UUID

from dreamreel.media.boxes import Box, boxes, bytes_of, elements, find_all, find_box, sample_entries
from dreamreel.wording import listing

__all__ = ["Protection", "protection"]


@dataclass(frozen=True, slots=True)
class Protection:
    """What locks a file."""

    tracks: tuple[int, ...]
    """Numbers of the locked tracks, counted from 0; empty when the container does not say which."""
    systems: tuple[str, ...]
    """What could unlock it: Widevine, PlayReady, FairPlay …; may be empty."""
    scheme: str | None
    """The kind of encryption: cenc, cbcs, itun …"""

    @property
    def sentence(self) -> str:
        """`encrypted (Widevine and PlayReady, cenc)`."""
        inside = ", ".join(part for part in (listing(self.systems), self.scheme or "") if part)
        return f"encrypted ({inside})" if inside else "encrypted"


_SYSTEMS: Final = {
    UUID("edef8ba9-79d6-4ace-a3c8-27dcd51d21ed"): "Widevine",
    UUID("9a04f079-9840-4286-ab92-e65be0885f95"): "PlayReady",
    UUID("94ce86fb-07ff-4f43-adb8-93d2fa968ca2"): "FairPlay",
    UUID("1077efec-c0b2-4d02-ace3-3c1e52e2fb4b"): "Common PSSH",
    UUID("e2719d58-a985-b3c9-781a-b030af78d30e"): "ClearKey",
    UUID("f239e769-efa3-4850-9c16-a903c6932efb"): "Adobe Primetime",
    UUID("5e629af5-38da-4063-8977-97ffbd9902d4"): "Marlin",
}
_LOCKED: Final = frozenset({b"encv", b"enca", b"enct", b"encs", b"drms", b"drmi"})
_FAIRPLAY: Final = frozenset({b"drms", b"drmi"})
_PLAYREADY_ASF: Final = UUID("298ae614-2622-4c17-b935-dae07ee9289c").bytes_le
_DRM_ASF: Final = UUID("2211b3fb-bd23-11d2-b4b7-00a0c955fc6e").bytes_le
_ASF_HEAD: Final = 2**18
_TS_PACKETS: Final = 4000


def protection(path: Path) -> Protection | None:
    """What locks `path`, or None when nothing does. Reads the container's outside only."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(0)
        head = file.read(4096)
        if head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"styp"):
            return _of_boxes(file, size)
        if head[:4] == b"\x1aE\xdf\xa3":
            return _of_matroska(file, size)
        if head[:4] == b"\x30\x26\xb2\x75":
            file.seek(0)
            return _of_asf(file.read(_ASF_HEAD))
        if len(head) > 376 and head[0] == head[188] == head[376] == 0x47:
            file.seek(0)
            return _of_transport(file.read(188 * _TS_PACKETS))
    return None


def _of_boxes(file: BinaryIO, size: int) -> Protection | None:
    moov = find_box(file, 0, size, b"moov")
    if moov is None:
        return None
    tracks: list[int] = []
    schemes: list[str] = []
    systems: list[str] = []
    for number, track in enumerate(find_all(file, moov.body, moov.end, b"trak")):
        for entry, inside in sample_entries(file, track):
            if entry.kind in _LOCKED:
                tracks.append(number)
                systems += ["FairPlay"] if entry.kind in _FAIRPLAY else []
                schemes += _scheme(file, inside, entry.end)
    for box in _system_boxes(file, moov, size):
        systems.append(_system(bytes_of(file, box)[4:20]))
    if not tracks:
        return None
    return Protection(tuple(dict.fromkeys(tracks)), tuple(dict.fromkeys(systems)), next(iter(schemes), None))


def _system_boxes(file: BinaryIO, moov: Box, size: int) -> Iterator[Box]:
    yield from find_all(file, moov.body, moov.end, b"pssh")
    for number, box in enumerate(boxes(file, 0, size)):
        if box.kind == b"moof":
            yield from find_all(file, box.body, box.end, b"pssh")
        if number > 8:
            return


def _scheme(file: BinaryIO, start: int, end: int) -> list[str]:
    box = find_box(file, start, end, b"sinf", b"schm")
    return [bytes_of(file, box)[4:8].decode("latin-1").strip()] if box else []


def _system(name: bytes) -> str:
    return _SYSTEMS.get(UUID(bytes=name), "an unknown system") if len(name) == 16 else "an unknown system"


_SEGMENT, _TRACKS, _ENTRY = b"\x18\x53\x80\x67", b"\x16\x54\xae\x6b", b"\xae"
_ENCRYPTION: Final = (b"\x6d\x80", b"\x62\x40", b"\x50\x35")


def _of_matroska(file: BinaryIO, size: int) -> Protection | None:
    segment = next((e for e in elements(file, 0, size) if e.kind == _SEGMENT), None)
    if segment is None:
        return None
    for number, element in enumerate(elements(file, segment.body, segment.end)):
        if element.kind == _TRACKS:
            entries = [e for e in elements(file, element.body, element.end) if e.kind == _ENTRY]
            locked = tuple(n for n, entry in enumerate(entries) if _has(file, entry, _ENCRYPTION))
            return Protection(locked, (), None) if locked else None
        if number > 200:
            break
    return None


def _has(file: BinaryIO, parent: Box, path: tuple[bytes, ...]) -> bool:
    return not path or any(
        _has(file, child, path[1:])
        for child in elements(file, parent.body, parent.end)
        if child.kind == path[0]
    )


def _of_asf(head: bytes) -> Protection | None:
    if _PLAYREADY_ASF in head:
        return Protection((), ("PlayReady or Windows Media DRM",), None)
    return Protection((), ("Windows Media DRM",), None) if _DRM_ASF in head else None


def _of_transport(data: bytes) -> Protection | None:
    """Scrambled when most packets with a payload say so; a receiver's recording has a few at a channel change."""
    locked = free = 0
    for at in range(0, len(data) - 187, 188):
        if data[at] == 0x47 and data[at + 3] & 0x10 and (data[at + 1] & 0x1F, data[at + 2]) != (0x1F, 0xFF):
            if data[at + 3] & 0xC0:
                locked += 1
            else:
                free += 1
    return Protection((), ("conditional access",), None) if locked > max(8, 2 * free) else None
