"""What is wrong with a broken file: told from its outer structure and from the times of its packets.

Nothing is decoded, and nothing written; `media.repair` makes it whole.
"""

from __future__ import annotations

import mmap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO, Final, Literal

from av.container import InputContainer

from dreamreel.errors import DreamreelError, ProtectedMedia
from dreamreel.media.boxes import Box, boxes, elements
from dreamreel.media.mend import Mended, survey
from dreamreel.media.open import check_input, known_format, open_media
from dreamreel.media.protection import protection
from dreamreel.media.truncation import is_cut_short
from dreamreel.wording import plural, size_text

__all__ = ["Diagnosis", "Trouble", "diagnose", "riff_chunks"]

Kind = Literal["index", "length", "times", "damage", "junk"]


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that is wrong."""

    kind: Kind
    words: str


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What is wrong with a file."""

    format: str
    """The container's name, such as MP4."""
    troubles: tuple[Trouble, ...]
    readable: bool
    """False when no track can be found without a good file of the same kind."""
    claimed: Fraction | None
    """Seconds that the file's header promises."""

    @property
    def fine(self) -> bool:
        """True when there is nothing to repair."""
        return not self.troubles


def diagnose(path: Path) -> Diagnosis:
    """Look at the outside of `path` and at all of its packets, without decoding them.

    Raises `InputMissing`, `NotMedia` (no format this program knows), `UnsafeMedia`; `ProtectedMedia` for files whose
    tracks are encrypted.
    """
    head = check_input(path)
    if locked := protection(path):
        raise ProtectedMedia(
            f"{path.name} is {locked.sentence}; it is not broken, and cannot be repaired here."
        )
    name = known_format(head) or path.suffix.lstrip(".").upper()
    troubles = list(_outside(path, head))
    try:
        with open_media(path) as container:
            name = known_format(head) or container.format.long_name
            claimed = _claimed(path, container)
            told = survey(path)
    except DreamreelError:
        if not troubles and not known_format(head):
            raise
        troubles = troubles or [Trouble("damage", "it cannot be opened at all")]
        return Diagnosis(name, tuple(troubles), False, None)
    troubles += _inside(told, claimed, {trouble.kind for trouble in troubles})
    return Diagnosis(name, tuple(troubles), True, claimed)


def _claimed(path: Path, container: InputContainer) -> Fraction | None:
    """Seconds that the header promises, None where it does not say."""
    name = container.format.name
    if name == "avi":  # FFmpeg corrects it by the file's size; the header is asked (avih, OpenDML 1.02).
        with path.open("rb") as file:
            head = file.read(64)
        step, frames = (int.from_bytes(head[at : at + 4], "little") for at in (32, 48))
        return Fraction(step * frames, 1_000_000) if head[24:28] == b"avih" and step and frames else None
    if name in _GUESSED or not container.duration:
        return None
    return Fraction(container.duration, 1_000_000)


def _outside(path: Path, head: bytes) -> list[Trouble]:
    """What the outer structure says: a missing index, wrong lengths."""
    for looks, look in _LOOKS:
        if looks(head):
            with path.open("rb") as file:
                return look(path, file, file.seek(0, 2))
    return []


def _cut(path: Path) -> list[Trouble]:
    return [Trouble("length", "it is cut short: its end is missing")] if is_cut_short(path) else []


def _of_boxes(path: Path, file: BinaryIO, size: int) -> list[Trouble]:
    kinds = {box.kind for box in boxes(file, 0, size) if box.whole or box.kind == b"mdat"}
    if not {b"moov", b"moof"} & kinds:
        return [
            Trouble("index", "its index (moov) is missing, as when a recording was never finished"),
            *_cut(path),
        ]
    return _cut(path)


def _of_avi(path: Path, file: BinaryIO, size: int) -> list[Trouble]:
    found = _cut(path)
    file.seek(4)
    claimed = int.from_bytes(file.read(4), "little") + 8
    if claimed < 64:
        found.append(Trouble("length", "its header says a length of nothing"))
    if not any(chunk.kind == b"idx1" for chunk in riff_chunks(file, size)) and not _has_open_dml(file, size):
        found.append(Trouble("index", "its index (idx1) is missing, so that players cannot jump in it"))
    return found


def riff_chunks(file: BinaryIO, size: int) -> Iterator[Box]:
    """RIFF's outer chunks."""
    at = 12
    for _ in range(1000):
        file.seek(at)
        head = file.read(8)
        if len(head) < 8:
            return
        claimed = at + 8 + int.from_bytes(head[4:], "little")
        yield Box(head[:4], at, at + 8, min(claimed, size), claimed)
        at = claimed + (claimed & 1)


def _has_open_dml(file: BinaryIO, size: int) -> bool:
    file.seek(0)
    return b"indx" in file.read(min(size, 1 << 16))


_SEGMENT, _CUES, _CLUSTER = b"\x18\x53\x80\x67", b"\x1c\x53\xbb\x6b", b"\x1f\x43\xb6\x75"


def _of_matroska(path: Path, file: BinaryIO, size: int) -> list[Trouble]:
    found = _cut(path)
    segment = next((e for e in elements(file, 0, size) if e.kind == _SEGMENT), None)
    if segment is None:
        return [*found, Trouble("damage", "its segment is missing")]
    kinds = [element.kind for element in elements(file, segment.body, segment.end)]
    if _CLUSTER in kinds and _CUES not in kinds:
        found.append(Trouble("index", "its index (Cues) is missing, so that players cannot jump in it"))
    return found


def _of_wave(path: Path, file: BinaryIO, size: int) -> list[Trouble]:
    found = _cut(path)
    file.seek(0)
    if int.from_bytes(file.read(8)[4:], "little") + 8 < size - 1:
        found.append(Trouble("length", "its header says less than it holds"))
    data = next((chunk for chunk in riff_chunks(file, size) if chunk.kind == b"data"), None)
    if data is None or found:
        return found
    if data.claimed in (data.body, data.body + 0xFFFF_FFFF) or not data.whole:
        return [Trouble("length", "the length of its sound was never written")]
    file.seek(data.claimed + (data.claimed & 1))
    following = file.read(4)
    if len(following) == 4 and not following.replace(b" ", b"").isalnum():
        found.append(Trouble("length", "its header says less than it holds"))
    return found


def _of_mp3(path: Path, file: BinaryIO, size: int) -> list[Trouble]:
    """Junk between the tag and the first frame."""
    del path
    file.seek(0)
    head = file.read(10)
    at = 0
    if head[:3] == b"ID3" and len(head) == 10:
        at = 10 + sum(byte << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True))
    file.seek(at)
    start = file.read(min(size, 1 << 16)).lstrip(b"\0")
    sync = start[:1] == b"\xff" and len(start) > 1 and start[1] & 0xE0 == 0xE0
    return (
        []
        if sync or not start
        else [Trouble("junk", "something that is not sound comes before its first frame")]
    )


def _of_flv(path: Path, file: BinaryIO, size: int) -> list[Trouble]:
    """A tag that goes past the end, or a last back pointer that is wrong."""
    del path
    file.seek(max(0, size - 4))
    back = int.from_bytes(file.read(4))
    if 11 <= back < size - 4:
        file.seek(size - 4 - back)
        head = file.read(4)
        if len(head) == 4 and head[0] in (8, 9, 18) and int.from_bytes(head[1:]) + 11 == back:
            return []
    return [Trouble("length", "it is cut short: its last tag is broken off")]


_PACK: Final = b"\0\0\1\xba"


def _of_program(path: Path, file: BinaryIO, size: int) -> list[Trouble]:
    """Places of a programme stream where no packet begins when the one before has ended (ISO/IEC 13818-1 §2.5.3)."""
    del path
    lost = at = 0
    with mmap.mmap(file.fileno(), size, access=mmap.ACCESS_READ) as data:
        while at + 6 <= size and data[at : at + 4] != b"\0\0\1\xb9":
            head = data[at : at + 14]
            if head[:3] == b"\0\0\1" and head[3] >= 0xBB:
                at += 6 + int.from_bytes(head[4:6])
            elif head[:4] == _PACK and len(head) == 14:
                at += 14 + (head[13] & 7) if head[4] >> 6 == 1 else 12
            elif not any(head):
                at += 1
            else:
                lost += 1
                following = data.find(_PACK, at + 1)
                at = following if following > 0 else size
    return [Trouble("damage", f"{plural(lost, 'place')} in it hold no packets")] if lost else []


def _of_transport(path: Path, file: BinaryIO, size: int) -> list[Trouble]:
    """Places where packets do not begin every 188 bytes."""
    del path
    file.seek(0)
    lost, at = 0, 0
    while at < size:
        file.seek(at)
        block = file.read(188 * 4096)
        good = 0
        while good + 188 <= len(block) and block[good] == 0x47:
            good += 188
        if good + 188 > len(block):
            at += good or len(block)
            if good and len(block) - good and at + (len(block) - good) >= size:
                lost += 1
                break
            continue
        lost += 1
        next_sync = next(
            (i for i in range(good + 1, len(block) - 188) if block[i] == block[i + 188] == 0x47), -1
        )
        at += next_sync if next_sync > 0 else len(block)
    return [Trouble("damage", f"{plural(lost, 'place')} in it hold no packets")] if lost else []


_LOOKS: Final[tuple[tuple[Callable[[bytes], bool], Callable[[Path, BinaryIO, int], list[Trouble]]], ...]] = (
    (lambda head: head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"styp"), _of_boxes),
    (lambda head: head[:4] == b"RIFF" and head[8:12] == b"AVI ", _of_avi),
    (lambda head: head[:4] == b"RIFF" and head[8:12] == b"WAVE", _of_wave),
    (lambda head: head[:4] == b"\x1aE\xdf\xa3", _of_matroska),
    (lambda head: head[:4] == b"FLV\x01", _of_flv),
    (lambda head: len(head) > 376 and head[0] == head[188] == 0x47, _of_transport),
    (lambda head: head[:4] == _PACK, _of_program),
    (lambda head: head[:3] == b"ID3", _of_mp3),
)


def _inside(told: Mended, claimed: Fraction | None, known: set[Kind]) -> list[Trouble]:
    """What the packets say."""
    found: list[Trouble] = []
    if told.broke_off and "length" not in known:
        found.append(Trouble("damage", "it cannot be read to its end"))
    if told.damaged and not known & {"length", "damage"}:
        found.append(Trouble("damage", f"it has {plural(told.damaged, 'damaged packet')}"))
    if told.junk and "junk" not in known:
        found.append(Trouble("junk", f"it has {size_text(told.junk)} between its frames that are not sound"))
    if told.made_up:
        found.append(Trouble("times", f"it has {plural(told.made_up, 'packet')} without a time"))
    if told.backwards:
        found.append(Trouble("times", f"it has {plural(told.backwards, 'packet')} whose time goes back"))
    if told.jumps:
        found.append(Trouble("times", f"its clock jumps {plural(told.jumps, 'time')}"))
    if told.negative:
        found.append(Trouble("times", f"it begins {float(told.negative):g} s before zero"))
    missing = (claimed or Fraction(0)) - told.length
    if missing > _SHORT and told.packets and not known & {"length", "damage"} and not told.wrong:
        found.append(
            Trouble("length", f"the last {float(missing):.1f} s that its header promises are not there")
        )
    return found


_SHORT: Final = Fraction(1, 2)
"""Seconds: what an encoder's last block and a header's rounding come to, and no more."""
_GUESSED: Final = frozenset(
    {"mp3", "aac", "ac3", "eac3", "mpegts", "mpeg", "ogg", "h264", "hevc", "amr", "dv", "wav"}
)
"""Formats that do not say their length; FFmpeg guesses it."""
