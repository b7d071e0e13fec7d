"""Cutting without encoding: which packets are copied, and which few pictures at the edges are encoded again.

    source  |I..P..P..|I..P..P..|I..P..P..|I..P..P..|      one span:   [-----------------)
    plan                                                             encode|copy      |encode

A copy begins at an entry and ends wherever all pictures decoded so far are also all that were shown so far, so the end
of a span mostly costs nothing. Pure: it reads an index and makes a list.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from dreamreel.errors import BadTime
from dreamreel.media.index import Entry, PacketIndex
from dreamreel.media.pieces import Copy, Encode, Piece, Range
from dreamreel.time import Span, nearest

__all__ = [
    "Cost",
    "Placed",
    "cost",
    "encode_all",
    "kept",
    "lossless",
    "placed",
    "plan",
    "ranges",
    "snap",
    "worth_it",
]

SCAN = 32
"""Reading a packet costs about this much less than decoding and encoding a picture."""
DECODE = 8
"""Decoding a picture costs about this much less than encoding it."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A span of the source and where it begins in the output, in exact seconds."""

    source: Span
    start: Fraction

    @property
    def shift(self) -> Fraction:
        """What is added to a time in the source."""
        return self.start - self.source.start


@dataclass(frozen=True, slots=True)
class Cost:
    """What a plan does, in pictures."""

    copied: int
    encoded: int
    runs: int

    @property
    def total(self) -> int:
        """All pictures of the output."""
        return self.copied + self.encoded


def kept(spans: Iterable[Span], duration: Fraction, *, remove: bool = False) -> tuple[Span, ...]:
    """The spans to keep within `[0, duration)`: those given, in their order, or with `remove` all the others.

    Spans that follow one another without a gap become one. Raises `BadTime` when nothing is left.
    """
    inside = [Span(max(span.start, Fraction(0)), min(span.end, duration))
              for span in spans if min(span.end, duration) > max(span.start, Fraction(0))]  # fmt: skip
    chosen = _others(inside, duration) if remove else inside
    joined: list[Span] = []
    for span in chosen:
        if joined and joined[-1].end == span.start:
            joined[-1] = Span(joined[-1].start, span.end)
        else:
            joined.append(span)
    if not joined:
        raise BadTime(f"Nothing would be left; the file lasts {float(duration):.3f} s.")
    return tuple(joined)


def _others(spans: Sequence[Span], duration: Fraction) -> list[Span]:
    found: list[Span] = []
    at = Fraction(0)
    for span in sorted(spans):
        if span.start > at:
            found.append(Span(at, span.start))
        at = max(at, span.end)
    return [*found, Span(at, duration)] if at < duration else found


def snap(index: PacketIndex, spans: Iterable[Span]) -> tuple[Span, ...]:
    """The spans, each end put to the nearest edge between pictures; outside of the track they stay as they are.

    Raises `BadTime` for a span that holds no picture.
    """
    found: list[Span] = []
    for span in spans:
        snapped = Span(_snapped(index, span.start), _snapped(index, span.end))
        if not snapped.duration:
            raise BadTime(
                f"Between {float(span.start):.3f} s and {float(span.end):.3f} s there is no picture."
            )
        found.append(snapped)
    return tuple(found)


def _snapped(index: PacketIndex, time: Fraction) -> Fraction:
    first = index.shown[0] * index.base - index.origin
    last = index.end * index.base - index.origin
    if time <= first or time >= last:
        return time
    return index.boundary(nearest((time + index.origin) / index.base)) * index.base - index.origin


def placed(spans: Iterable[Span]) -> tuple[Placed, ...]:
    """The spans one after the other: the time map that all tracks follow."""
    found: list[Placed] = []
    at = Fraction(0)
    for span in spans:
        found.append(Placed(span, at))
        at += span.duration
    return tuple(found)


def ranges(index: PacketIndex, places: Iterable[Placed], base: Fraction | None = None) -> tuple[Range, ...]:
    """The time map in ticks of a picture track; spans without a picture are left out.

    `base` is that of the output, when it is not the track's own. The first picture of a span that begins on the track
    is shown when the span begins.
    """
    base = base or index.base
    found: list[Range] = []
    for place in places:
        start, end = (_tick(index, time) for time in (place.source.start, place.source.end))
        if not index.count(start, end):
            continue
        inside = place.source.start >= index.shown[0] * index.base - index.origin
        at = place.start if inside else start * index.base - index.origin + place.shift
        found.append(Range(start, end, nearest(at / base) - nearest(start * index.base / base)))
    return tuple(found)


def _tick(index: PacketIndex, time: Fraction) -> int:
    return index.boundary(nearest((time + index.origin) / index.base))


def lossless(index: PacketIndex, spans: Iterable[Span]) -> tuple[Span, ...]:
    """The spans made longer until nothing must be encoded: back to the entry before, on to where a copy may end."""
    found: list[Span] = []
    starts = [entry.start for entry in index.entries]
    for span in spans:
        start = _tick(index, span.start)
        number = max(0, bisect_right(starts, start) - 1)
        if not starts:
            raise BadTime(
                "This track has no key frame that a copy could begin at; cut it without that option."
            )
        end, entry = _tick(index, span.end), index.entries[number]
        stop = next((time for _, time in _ends(index, entry) if time >= end), index.end)
        widened = Span(entry.start * index.base - index.origin, stop * index.base - index.origin)
        last = found[-1] if found else None
        if last and last.start <= widened.start < last.end:
            found[-1] = Span(last.start, max(last.end, widened.end))  # They grew into each other.
            continue
        found.append(widened)
    return tuple(found)


def plan(index: PacketIndex, wanted: Sequence[Range]) -> tuple[Piece, ...]:
    """Pieces that give the pictures of all ranges, in order. Encoded pieces that meet are one run."""
    pieces: list[Piece] = []
    for part in wanted:
        for piece in _planned(index, part):
            last = pieces[-1] if pieces else None
            if isinstance(piece, Encode) and isinstance(last, Encode):
                pieces[-1] = Encode(last.ranges + piece.ranges)
            else:
                pieces.append(piece)
    return tuple(pieces)


def encode_all(wanted: Sequence[Range]) -> tuple[Piece, ...]:
    """The plan that copies nothing."""
    return (Encode(tuple(wanted)),)


def _planned(index: PacketIndex, part: Range) -> Iterator[Piece]:
    starts = [entry.start for entry in index.entries]
    at = part.start
    while at < part.end:
        number = bisect_left(starts, at)
        copied = _copy(index, index.entries[number], part) if number < len(starts) else None
        if copied is None:
            yield Encode((Range(at, part.end, part.shift),))
            return
        if copied.range.start > at and index.count(at, copied.range.start):
            yield Encode((Range(at, copied.range.start, part.shift),))
        yield copied
        at = copied.range.end


def _copy(index: PacketIndex, entry: Entry, part: Range) -> Copy | None:
    """The longest copy from `entry` that ends inside `part`."""
    best: tuple[int, int] | None = None
    for stop, time in _ends(index, entry):
        if time > part.end:
            break
        best = stop, time
    return Copy(entry, best[0], Range(entry.start, best[1], part.shift)) if best else None


def _ends(index: PacketIndex, entry: Entry) -> Iterator[tuple[int, int]]:
    """Where a copy from `entry` may end: the packet after the last, and the time at which its pictures end."""
    skipped, shown = frozenset(entry.leading), index.shown
    first = bisect_left(shown, entry.start)
    count, top = 0, entry.start
    for number in range(entry.packet, len(index.pts)):
        if number in skipped:
            continue
        if number in index.hidden or index.pts[number] < entry.start:
            return
        count, top = count + 1, max(top, index.pts[number])
        if shown[first + count - 1] == top:
            yield number + 1, shown[first + count] if first + count < len(shown) else index.end


def cost(index: PacketIndex, pieces: Iterable[Piece]) -> Cost:
    """How many pictures are copied, how many encoded, in how many runs."""
    copied = encoded = runs = 0
    for piece in pieces:
        if isinstance(piece, Copy):
            copied += index.count(piece.range.start, piece.range.end)
        else:
            encoded += sum(index.count(part.start, part.end) for part in piece.ranges)
            runs += 1
    return Cost(copied, encoded, runs)


def worth_it(index: PacketIndex, pieces: Sequence[Piece]) -> bool:
    """True when the plan costs less than encoding everything. Each run decodes on average one group beside its own.

    The model is that of auto-editor: encoded pictures, a scan of the rest, and a group of pictures for each run.
    """
    found = cost(index, pieces)
    if not found.copied:
        return False
    return found.encoded + Fraction(found.total, SCAN) + found.runs * index.gop / DECODE <= found.total
