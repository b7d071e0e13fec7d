"""HEVC streams that are cut: where one may start, its parameter sets, and ids that do not clash.

A CRA picture is spliced in by calling it what it has become, a BLA picture without leading ones: only the type in its
NAL header changes, H.265 §7.4.2.2. Encoded runs get parameter sets of their own: every PPS id moves from 0 to one that
takes exactly eight bits more, so slice headers stay aligned and need not be read to their end.

ITU-T H.265 §7.3. Pure: bytes in, bytes out.
"""

from __future__ import annotations

from collections.abc import Iterable

from dreamreel.media.nal import Bits, annex_b, escaped, join, packed, split, ue_text, unescaped

__all__ = ["as_bla", "entry", "free_ids", "hvcc", "ids", "parameter_sets", "renamed"]

_VPS, _SPS, _PPS = 32, 33, 34
_BLA_W_LP, _BLA_N_LP, _CRA = 16, 18, 21
_IRAP = range(16, 24)
_SLICES = range(32)
_SEI = (39, 40)
_PPS_IDS = range(15, 31)
"""PPS ids of nine bits; id 0 has one."""


def kind(unit: bytes) -> int:
    """The type of a NAL unit."""
    return unit[0] >> 1 & 63 if len(unit) > 2 else 63


def entry(units: Iterable[bytes]) -> str | None:
    """`closed` for IDR and BLA pictures whose leading ones can be decoded, `open` for CRA, else None."""
    for unit in units:
        if kind(unit) in (_BLA_W_LP, _CRA):
            return "open"
        if kind(unit) in _IRAP:
            return "closed"
    return None


def as_bla(packet: bytes, length: int | None) -> bytes:
    """A CRA picture as a BLA picture without leading pictures."""
    units = split(packet, length)
    return join((bytes([unit[0] & 0x81 | _BLA_N_LP << 1]) + unit[1:] if kind(unit) in (_BLA_W_LP, _CRA) else unit
                 for unit in units), length)  # fmt: skip


def parameter_sets(extradata: bytes) -> tuple[int | None, list[bytes]]:
    """How packets give the length of units (None: Annex B), and the VPS, SPS and PPS of `extradata`."""
    if extradata[:1] == b"\1" and len(extradata) > 22:
        units: list[bytes] = []
        at = 23
        for _ in range(extradata[22]):
            count, at = int.from_bytes(extradata[at + 1 : at + 3]), at + 3
            for _ in range(count):
                size = int.from_bytes(extradata[at : at + 2])
                units.append(extradata[at + 2 : at + 2 + size])
                at += 2 + size
        return (extradata[21] & 3) + 1, [unit for unit in units if kind(unit) in (_VPS, _SPS, _PPS)]
    return None, [unit for unit in split(extradata, None) if kind(unit) in (_VPS, _SPS, _PPS)]


def hvcc(data: bytes, units: Iterable[bytes]) -> bytes:
    """The record `data` (or Annex B extradata) with `units` as its parameter sets, ISO/IEC 14496-15 §8.3.3."""
    units = list(units)
    if data[:1] != b"\1":
        return annex_b(units)
    made = data[:22] + bytes([3])
    for form in (_VPS, _SPS, _PPS):
        own = [unit for unit in units if kind(unit) == form]
        made += bytes([0x80 | form]) + len(own).to_bytes(2)
        made += b"".join(len(unit).to_bytes(2) + unit for unit in own)
    return made


def ids(unit: bytes) -> tuple[int, int]:
    """The type of a parameter set and its own id."""
    return kind(unit), _read_id(unit)


def _read_id(unit: bytes) -> int:
    bits = Bits(unescaped(unit), 16)
    if kind(unit) == _VPS:
        return bits.u(4)
    if kind(unit) == _SPS:
        _skip_to_sps_id(bits)
    return bits.ue()


def _skip_to_sps_id(bits: Bits) -> None:
    bits.u(4)
    layers = bits.u(3)
    bits.u(1 + 88 + 8)
    present = [(bits.u(1), bits.u(1)) for _ in range(layers)]
    if layers:
        bits.u(2 * (8 - layers))
    for profile, level in present:
        bits.u(88 * profile + 8 * level)


def free_ids(units: Iterable[bytes]) -> tuple[int, int, int]:
    """Ids of a VPS, an SPS and a PPS that none of `units` has. Raises `ValueError` when all are taken."""
    taken = {ids(unit) for unit in units}
    vps = next((n for n in range(1, 16) if (_VPS, n) not in taken), None)
    sps = next((n for n in range(1, 16) if (_SPS, n) not in taken), None)
    pps = next((n for n in _PPS_IDS if (_PPS, n) not in taken), None)
    if vps is None or sps is None or pps is None:
        raise ValueError("all ids of parameter sets are taken")
    return vps, sps, pps


def renamed(unit: bytes, new: tuple[int, int, int]) -> bytes | None:
    """A unit whose parameter sets all have the id 0, with the `new` ids of VPS, SPS and PPS; None for SEI messages.

    Raises `ValueError` for a unit of other ids.
    """
    form = kind(unit)
    if form in _SEI:
        return None
    if form in _SLICES:
        return _slice(unit, new[2])
    if form not in (_VPS, _SPS, _PPS):
        return unit
    raw = unescaped(unit)
    bits = Bits(raw)
    text = bits.text.rstrip("0")
    if form == _VPS:
        return escaped(packed(text[:16] + format(new[0], "04b") + text[20:]))
    bits.at = 16
    if form == _SPS:
        _skip_to_sps_id(bits)
        head, tail = text[16 : bits.at], text[bits.at :]
        _must_be_zero(tail)
        return escaped(packed(text[:16] + format(new[0], "04b") + head[4:] + ue_text(new[1]) + tail[1:]))
    _must_be_zero(text[16:])
    _must_be_zero(text[17:])
    return escaped(packed(text[:16] + ue_text(new[2]) + ue_text(new[1]) + text[18:]))


def _slice(unit: bytes, pps: int) -> bytes:
    whole = unescaped(unit)
    text = Bits(whole[:3]).text
    at = 18 if kind(unit) in _IRAP else 17
    _must_be_zero(text[at:])
    # Nine bits for one: everything after moves by exactly a byte.
    head = text[:at] + ue_text(pps) + text[at + 1 :]
    return escaped(packed(head) + whole[3:])


def _must_be_zero(text: str) -> None:
    if not text.startswith("1"):
        raise ValueError("a parameter set id that is not 0")
