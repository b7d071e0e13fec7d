"""What a spliced picture track is made of: stretches of packets that are copied, and stretches that are encoded.

Times are ticks of the source track's time base; a `shift` is added to them to get the time in the output.
"""

from __future__ import annotations

from dataclasses import dataclass

from dreamreel.media.index import Entry

__all__ = ["Copy", "Encode", "Piece", "Range"]


@dataclass(frozen=True, slots=True)
class Range:
    """The pictures shown in `[start, end)`, moved by `shift`."""

    start: int
    end: int
    shift: int


@dataclass(frozen=True, slots=True)
class Copy:
    """Packets from an entry up to, not including, number `stop`, its leading ones left out: all of `range`."""

    entry: Entry
    stop: int
    range: Range


@dataclass(frozen=True, slots=True)
class Encode:
    """Pictures that are decoded and encoded again, as one run that begins with a key frame."""

    ranges: tuple[Range, ...]


Piece = Copy | Encode
