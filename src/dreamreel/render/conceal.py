"""Pictures that could not be decoded: their neighbours stand in, and it is said how many.

A film at a constant rate keeps every one of its frames, so that it is never shorter than what it was made of. At a
variable rate the frame before a lost one is simply shown for longer. Each such picture is told by its time in its file:
who counts them counts each once, however often it was decoded.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterator
from fractions import Fraction

import av

from dreamreel.media.decode import VideoReader
from dreamreel.time import Span
from dreamreel.wording import damage_text

__all__ = ["concealed"]

_log = logging.getLogger(__name__)


def concealed(
    reader: VideoReader, span: Span, again: Callable[[av.VideoFrame], av.VideoFrame],
    note: Callable[[Fraction], None] = lambda _: None,
) -> Iterator[tuple[Fraction, av.VideoFrame]]:  # fmt: skip
    """The frames of `reader` during `span`, with copies (`again`) of those beside them for those that are missing.

    `note` is told the time of each picture that is damaged or missing. Raises what decoding raises.
    """
    held: tuple[Fraction, av.VideoFrame] | None = None
    damaged: set[Fraction] = set()
    known = 0

    def bad(*times: Fraction) -> None:
        for at in times:
            damaged.add(at)
            note(at)

    try:
        for time, frame in reader.frames(span):
            if frame.is_corrupt:
                bad(time)
            if held is None:
                missing = _before(reader, time, span)
                yield from [(at, again(frame)) for at in missing]
            else:
                missing = _between(reader, held[0], time)
                copies = [(at, again(held[1])) for at in missing]
                yield held
                yield from copies
            bad(*missing)
            held, known = (time, frame), reader.lost
        if held is not None:
            step, rest = reader.frame_time, reader.lost - known if reader.rate else 0
            missing = [held[0] + n * step for n in range(1, rest + 1) if held[0] + n * step < span.end]
            bad(*missing)
            copies = [(at, again(held[1])) for at in missing]
            yield held
            yield from copies
        if reader.rate is None:
            bad(*(at for at in reader.lost_at if span.start <= at < span.end))
    finally:
        if damaged:
            _log.warning("%s: %s", reader.path.name, damage_text(len(damaged)))


def _before(reader: VideoReader, time: Fraction, span: Span) -> list[Fraction]:
    """When the frames were due that are missing before the first."""
    if not (reader.lost and reader.rate):
        return []
    low = max(reader.start, span.start)
    count = math.ceil((time - low) * reader.rate - Fraction(1, 2))
    if reader.start < span.start < time:
        count += 1  # The one on show when the span begins.
    times = [time - n / reader.rate for n in range(count, 0, -1)]
    return [at for at in times if at >= reader.start]


def _between(reader: VideoReader, time: Fraction, following: Fraction) -> list[Fraction]:
    """When the frames were due that are missing between two."""
    if not (reader.lost and reader.rate):
        return []
    count = math.ceil((following - time) * reader.rate - Fraction(1, 2)) - 1
    return [time + n / reader.rate for n in range(1, count + 1)]
