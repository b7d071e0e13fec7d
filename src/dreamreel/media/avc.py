"""H.264 streams that are cut: where one may start, its parameter sets, and an I picture made an IDR picture.

A recovery point (open GOP) decodes exactly from its own time on, but it is not an IDR picture: its frame number and
picture order count go on from what is no longer there. So it becomes one, and the pictures up to the next IDR are
counted from it. Only fixed-length fields of slice headers change in those; their slices' data stay as they are.

ITU-T H.264 §7.3. Pure: bytes in, bytes out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dreamreel.media.nal import Bits, annex_b, escaped, join, packed, split, ue_text, unescaped

__all__ = ["Pps", "Renumber", "Sps", "avcc", "avcc_sets", "entry", "parameter_sets", "read_pps", "read_sps"]

_SLICE, _IDR, _SEI, _SPS, _PPS = 1, 5, 6, 7, 8
_HIGH = frozenset({100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135})
"""Profiles whose SPS says the chroma format."""
_HEAD = 48
"""Bytes of a slice within which the fields that are changed lie."""
_OTHER_IDR = 40
"""`idr_pic_id` of pictures made IDR: neighbours must differ, and encoders count from 0."""


def kind(unit: bytes) -> int:
    """The type of a NAL unit."""
    return unit[0] & 31 if unit else 0


def entry(units: Iterable[bytes]) -> str | None:
    """`closed` for an IDR picture, `open` for a recovery point that is exact at once, else None."""
    for unit in units:
        if kind(unit) == _IDR:
            return "closed"
        if kind(unit) == _SEI and _recovers_at_once(unescaped(unit[1:])):
            return "open"
    return None


def _recovers_at_once(sei: bytes) -> bool:
    at = 0
    while at + 2 < len(sei):
        form, at = _sei_number(sei, at)
        size, at = _sei_number(sei, at)
        if form == 6 and at < len(sei):
            return sei[at] & 0x80 != 0  # recovery_frame_cnt 0 is the single bit 1.
        at += size
    return False


def _sei_number(sei: bytes, at: int) -> tuple[int, int]:
    total = 0
    while at < len(sei) and sei[at] == 0xFF:
        total, at = total + 255, at + 1
    return (total + sei[at], at + 1) if at < len(sei) else (total, at)


@dataclass(frozen=True, slots=True)
class Sps:
    """What of a sequence parameter set slice headers depend on."""

    id: int
    separate_planes: bool
    frame_num_bits: int
    poc_type: int
    poc_bits: int
    gaps_at: int
    """Which bit of the unescaped unit, header included, allows gaps in frame numbers."""
    frames_only: bool


@dataclass(frozen=True, slots=True)
class Pps:
    """What of a picture parameter set slice headers depend on."""

    id: int
    sps: int
    cabac: bool
    bottom_poc: bool
    groups: int
    deblocking: bool
    redundant: bool


def read_sps(unit: bytes) -> Sps:
    """Read an SPS. Raises `ValueError` for one that cannot be read."""
    bits = Bits(unescaped(unit), 8)
    profile = bits.u(8)
    bits.u(16)
    number, planes = bits.ue(), False
    if profile in _HIGH:
        chroma = bits.ue()
        planes = chroma == 3 and bits.u(1) == 1
        bits.ue()
        bits.ue()
        bits.u(1)
        if bits.u(1):
            for index in range(12 if chroma == 3 else 8):
                if bits.u(1):
                    _skip_scaling_list(bits, 16 if index < 6 else 64)
    frame_num_bits = bits.ue() + 4
    poc_type, poc_bits = bits.ue(), 0
    if poc_type == 0:
        poc_bits = bits.ue() + 4
    elif poc_type == 1:
        bits.u(1)
        bits.se()
        bits.se()
        for _ in range(bits.ue()):
            bits.se()
    bits.ue()
    gaps_at = bits.at
    bits.u(1)
    bits.ue()
    bits.ue()
    return Sps(number, planes, frame_num_bits, poc_type, poc_bits, gaps_at, bits.u(1) == 1)


def _skip_scaling_list(bits: Bits, size: int) -> None:
    last = following = 8
    for _ in range(size):
        if following:
            following = (last + bits.se()) % 256
        last = following or last


def read_pps(unit: bytes) -> Pps:
    """Read a PPS. Raises `ValueError` for one that cannot be read."""
    bits = Bits(unescaped(unit), 8)
    number, sps = bits.ue(), bits.ue()
    cabac, bottom = bits.u(1) == 1, bits.u(1) == 1
    groups = bits.ue() + 1
    if groups > 1:
        return Pps(number, sps, cabac, bottom, groups, False, False)
    bits.ue()
    bits.ue()
    bits.u(3)
    for _ in range(3):
        bits.se()
    deblocking = bits.u(1) == 1
    bits.u(1)
    return Pps(number, sps, cabac, bottom, groups, deblocking, bits.u(1) == 1)


def parameter_sets(extradata: bytes) -> tuple[int | None, list[bytes]]:
    """How packets give the length of units (None: Annex B), and the SPS and PPS of `extradata`."""
    if extradata[:1] == b"\1" and len(extradata) > 6:
        return avcc_sets(extradata)
    return None, [unit for unit in split(extradata, None) if kind(unit) in (_SPS, _PPS)]


def avcc_sets(data: bytes) -> tuple[int, list[bytes]]:
    """The length size and the parameter sets of an `avcC` record, ISO/IEC 14496-15 §5.3.3."""
    units: list[bytes] = []
    at = 5
    for mask in (31, 255):
        count, at = data[at] & mask, at + 1
        for _ in range(count):
            size = int.from_bytes(data[at : at + 2])
            units.append(data[at + 2 : at + 2 + size])
            at += 2 + size
    return (data[4] & 3) + 1, units


def avcc(data: bytes, units: Iterable[bytes]) -> bytes:
    """The record `data` (or Annex B extradata) with `units` as its parameter sets."""
    units = list(units)
    if data[:1] != b"\1":
        return annex_b(units)
    sps = [unit for unit in units if kind(unit) == _SPS]
    pps = [unit for unit in units if kind(unit) == _PPS]
    _, old = avcc_sets(data)
    at = 7 + sum(2 + len(unit) for unit in old)
    made = data[:5] + bytes([0xE0 | len(sps)])
    made += b"".join(len(unit).to_bytes(2) + unit for unit in sps)
    made += bytes([len(pps)]) + b"".join(len(unit).to_bytes(2) + unit for unit in pps)
    return made + data[at:]


class Renumber:
    """Makes a recovery point an IDR picture, and counts the pictures after it from there.

    Raises `ValueError` for streams it does not understand: field pictures, slice groups, other PPS than those known.
    """

    def __init__(self, sets: Iterable[bytes], length: int | None) -> None:
        self._length = length
        self._sps: dict[int, Sps] = {}
        self._pps: dict[int, Pps] = {}
        self._frame_num = self._poc = 0
        self._learn(sets)

    def first(self, packet: bytes) -> bytes:
        """The recovery point as an IDR picture."""
        units: list[bytes] = []
        for unit in split(packet, self._length):
            self._learn([unit])
            units.append(self._as_idr(unit) if kind(unit) == _SLICE else unit)
        return join((self._with_gaps(unit) for unit in units), self._length)

    def following(self, packet: bytes) -> bytes | None:
        """A later picture, counted from the first; None at the next IDR, from which on nothing changes."""
        units: list[bytes] = []
        for unit in split(packet, self._length):
            if kind(unit) == _IDR:
                return None
            self._learn([unit])
            units.append(self._counted(unit) if kind(unit) == _SLICE else unit)
        return join((self._with_gaps(unit) for unit in units), self._length)

    def _learn(self, units: Iterable[bytes]) -> None:
        for unit in units:
            if kind(unit) == _SPS:
                sps = read_sps(unit)
                self._sps[sps.id] = sps
            elif kind(unit) == _PPS:
                pps = read_pps(unit)
                self._pps[pps.id] = pps

    def _with_gaps(self, unit: bytes) -> bytes:
        return allow_gaps(unit) if kind(unit) == _SPS else unit

    def _start(self, bits: Bits) -> tuple[Sps, Pps, int]:
        """Read a slice header up to the frame number; also gives the slice's type."""
        bits.ue()
        form = bits.ue() % 5
        pps = self._pps.get(bits.ue())
        sps = self._sps.get(pps.sps) if pps else None
        if not pps or not sps or pps.groups > 1:
            raise ValueError("a slice of a kind that cannot be renumbered")
        if sps.separate_planes:
            bits.u(2)
        return sps, pps, form

    def _as_idr(self, unit: bytes) -> bytes:
        raw = unescaped(unit)
        bits = Bits(raw, 8)
        sps, pps, form = self._start(bits)
        if form != 2 or not unit[0] & 0x60:
            raise ValueError("a recovery point that is not all I slices")
        head = bits.text[8 : bits.at]
        self._frame_num = bits.u(sps.frame_num_bits)
        head += "0" * sps.frame_num_bits
        if not sps.frames_only:
            if bits.u(1):
                raise ValueError("field pictures")
            head += "0"
        head += ue_text(_OTHER_IDR)
        if sps.poc_type == 0:
            self._poc = bits.u(sps.poc_bits)
            head += "0" * sps.poc_bits
        middle = bits.at
        if pps.bottom_poc and sps.poc_type != 2:
            bits.se()
        if pps.redundant:
            bits.ue()
        head += bits.text[middle : bits.at] + "00"
        if bits.u(1):
            _skip_marking(bits)
        middle = bits.at
        bits.se()
        if pps.deblocking and bits.ue() != 1:
            bits.se()
            bits.se()
        head += bits.text[middle : bits.at]
        mark = bytes([unit[0] & 0x60 | _IDR])
        if pps.cabac:
            head += "1" * (-len(head) % 8)
            return escaped(mark + packed(head) + raw[(bits.at + 7) // 8 :])
        return escaped(mark + packed(head + bits.text[bits.at :].rstrip("0")))

    def _counted(self, unit: bytes) -> bytes:
        raw = unescaped(unit)
        start = raw[:_HEAD]
        bits = Bits(start, 8)
        sps, _, _ = self._start(bits)
        changed, at = bits.text, bits.at
        number = (bits.u(sps.frame_num_bits) - self._frame_num) % (1 << sps.frame_num_bits)
        changed = _put(changed, at, number, sps.frame_num_bits)
        if not sps.frames_only and bits.u(1):
            raise ValueError("field pictures")
        if sps.poc_type == 0:
            at = bits.at
            count = (bits.u(sps.poc_bits) - self._poc) % (1 << sps.poc_bits)
            changed = _put(changed, at, count, sps.poc_bits)
        return escaped(packed(changed) + raw[_HEAD:])


def allow_gaps(unit: bytes) -> bytes:
    """An SPS that allows gaps in frame numbers: reference pictures before a recovery point are gone."""
    raw = unescaped(unit)
    at = read_sps(unit).gaps_at
    return escaped(packed(_put(Bits(raw).text, at, 1, 1)))


def _put(text: str, at: int, value: int, count: int) -> str:
    return text[:at] + format(value, f"0{count}b") + text[at + count :]


def _skip_marking(bits: Bits) -> None:
    """Skip memory management control operations."""
    while op := bits.ue():
        if op in (1, 2, 3, 4, 6):
            bits.ue()
        if op == 3:
            bits.ue()
        if op > 6:
            raise ValueError("an unknown memory management operation")
