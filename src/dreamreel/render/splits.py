"""Where a file is split: by length, number, size, or at given times. Pure.

duration, borders ─► spans that follow one another from 0 to the end
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable
from fractions import Fraction
from itertools import accumulate, pairwise

from dreamreel.errors import BadParameter
from dreamreel.media.index import PacketIndex
from dreamreel.time import Span

__all__ = ["at_borders", "by_length", "by_number", "by_size", "middles"]

SPARE = Fraction(97, 100)
"""How much of a wanted size is planned for: headers, and sound that is not spread evenly, take the rest."""


def at_borders(duration: Fraction, borders: Iterable[Fraction]) -> tuple[Span, ...]:
    """Spans between `borders`, those outside of the file or met twice left out."""
    inside = sorted({time for time in borders if 0 < time < duration})
    return tuple(Span(start, end) for start, end in pairwise([Fraction(0), *inside, duration]))


def by_length(duration: Fraction, length: Fraction) -> tuple[Span, ...]:
    """Spans of `length` seconds; the last is what is left. Raises `BadParameter`."""
    if length <= 0:
        raise BadParameter("The length of a part must be more than 0 seconds.")
    return at_borders(duration, (length * number for number in range(1, math.ceil(duration / length))))


def by_number(duration: Fraction, number: int) -> tuple[Span, ...]:
    """`number` spans of equal length. Raises `BadParameter`."""
    if number < 1:
        raise BadParameter("A file is split into at least one part.")
    return at_borders(duration, (duration * n / number for n in range(1, number)))


def middles(spans: Iterable[Span]) -> list[Fraction]:
    """The middles of stretches, such as silences."""
    return [(span.start + span.end) / 2 for span in spans]


def by_size(
    duration: Fraction, size: int, limit: int, index: PacketIndex | None, share: Fraction = SPARE
) -> tuple[Span, ...]:
    """Spans that take at most `limit` bytes each, of a file of `size` bytes.

    Borders are entries of the picture's `index`, so that nothing is encoded; without one, what there is is taken to be
    spread evenly. `share` of the limit is planned for. Raises `BadParameter` for a limit below what lies between two
    entries.
    """
    room = limit * share
    if size <= room:
        return (Span(Fraction(0), duration),)
    if index is None or not index.entries:
        return by_length(duration, duration * room / size)
    others = Fraction(max(0, size - sum(index.sizes))) / duration
    sums = [0, *accumulate(index.sizes)]
    places = [(entry.start * index.base - index.origin, sums[entry.packet]) for entry in index.entries]
    places = [(time, total + time * others) for time, total in places if time > 0]
    places.append((duration, sums[-1] + duration * others))
    totals = [total for _, total in places]
    borders: list[Fraction] = []
    done = Fraction(0)
    while done + room < totals[-1]:
        number = bisect_right(totals, done + room) - 1
        if number < 0 or totals[number] <= done:
            raise BadParameter(
                f"Parts of {limit} bytes are too small: between two key frames there is more; choose a larger size."
            )
        borders.append(places[number][0])
        done = Fraction(totals[number])
    return at_borders(duration, borders)
