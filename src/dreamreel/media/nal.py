"""NAL units and their bits: what H.264 and HEVC streams are cut into, and how the numbers in them are written.

    packet ─► split(form) ─► [NAL unit …] ─► unescaped ─► Bits ─► u(n), ue(v) …
                                   └──────── join(form) ◄── escaped

ITU-T H.264 §7.3.1, §9.1 and Annex B; the same in H.265. Pure: bytes in, bytes out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

__all__ = ["Bits", "annex_b", "escaped", "join", "packed", "split", "ue_text", "unescaped"]

_START = re.compile(rb"\x00\x00\x01")
_UNSAFE = re.compile(rb"\x00\x00(?=[\x00-\x03])")


def split(data: bytes, length: int | None) -> list[bytes]:
    """The NAL units of a packet, each with its header; `length` bytes before each say its size, or None for Annex B."""
    if length is None:
        marks = [(found.start(), found.end()) for found in _START.finditer(data)]
        ends = [*(start for start, _ in marks[1:]), len(data)][: len(marks)]
        # Zeros before a start code belong to it and not to the unit, whose last byte is never zero.
        return [data[begin:end].rstrip(b"\0") for (_, begin), end in zip(marks, ends, strict=True)]
    units: list[bytes] = []
    at = 0
    while at + length <= len(data):
        size = int.from_bytes(data[at : at + length])
        units.append(data[at + length : at + length + size])
        at += length + size
    return units


def join(units: Iterable[bytes], length: int | None) -> bytes:
    """A packet of `units`, in the form that `split` reads."""
    if length is None:
        return annex_b(units)
    return b"".join(len(unit).to_bytes(length) + unit for unit in units)


def annex_b(units: Iterable[bytes]) -> bytes:
    """`units`, each after a start code."""
    return b"".join(b"\0\0\0\1" + unit for unit in units)


def unescaped(unit: bytes) -> bytes:
    """The unit without the bytes that keep start codes out of it."""
    return unit.replace(b"\0\0\3", b"\0\0")


def escaped(raw: bytes) -> bytes:
    """The unit with the bytes that keep start codes out of it."""
    return _UNSAFE.sub(b"\0\0\3", raw)


def ue_text(value: int) -> str:
    """`value` as an unsigned Exp-Golomb code, in zeros and ones."""
    code = bin(value + 1)[2:]
    return "0" * (len(code) - 1) + code


def packed(text: str, *, trailing: bool = False) -> bytes:
    """Zeros and ones as bytes; with `trailing`, the stop bit comes first. Padded with zeros to whole bytes."""
    text += "1" if trailing else ""
    text += "0" * (-len(text) % 8)
    return int(text or "0", 2).to_bytes(len(text) // 8)


class Bits:
    """Reads an unescaped unit from a bit onwards. Raises `ValueError` where the unit is too short."""

    def __init__(self, raw: bytes, start: int = 0) -> None:
        self.text = bin(int.from_bytes(b"\1" + raw))[3:]
        self.at = start

    def u(self, count: int) -> int:
        """An unsigned number of `count` bits."""
        self.at += count
        if self.at > len(self.text):
            raise ValueError("the unit is cut short")
        return int(self.text[self.at - count : self.at], 2) if count else 0

    def ue(self) -> int:
        """An unsigned Exp-Golomb number."""
        one = self.text.find("1", self.at)
        if one < 0 or one - self.at > 32:
            raise ValueError("not an Exp-Golomb number")
        zeros, self.at = one - self.at, one
        return self.u(zeros + 1) - 1

    def se(self) -> int:
        """A signed Exp-Golomb number."""
        code = self.ue()
        return (code + 1) // 2 if code % 2 else -(code // 2)
