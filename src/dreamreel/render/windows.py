"""A window that slides over frames: each frame of a span with its neighbours, those outside the span as well.

    read(span) ─► frames ─► (time, [neighbours … frame … neighbours], where the frame is)

What is handed out for a frame does not depend on the span it is asked for in, so segments do not show.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator
from contextlib import closing
from fractions import Fraction
from typing import TypeVar

from dreamreel.time import Span

__all__ = ["Window", "windows"]

_Frame = TypeVar("_Frame")
"""What stands for a frame: itself, or the frame and more."""
Frames = Generator[tuple[Fraction, _Frame]]
Window = tuple[Fraction, list[_Frame], int]
"""When a frame begins, the frame with its neighbours, and its place among them."""

_USUAL = Fraction(25)
"""Frames per second where the rate varies; only how far back is looked at first."""


def windows(
    read: Callable[[Span], Frames[_Frame]], span: Span, duration: Fraction, rate: Fraction | None,
    before: int, after: int,
) -> Generator[Window[_Frame]]:  # fmt: skip
    """Each frame that `read` gives during `span`, with up to `before` and `after` neighbours inside `[0, duration)`."""
    reach = before / (rate or _USUAL)
    while True:
        early = max(Fraction(0), span.start - reach)
        with closing(read(Span(early, duration if after else span.end))) as items:
            lead, head = _lead(items, span.start, before + 1)
            # Frames that last longer than usual: look again, further back.
            if len(lead) > before or early == 0:
                yield from _slide(items, lead, head, span.end, before, after)
                return
        reach *= 2


def _lead(
    items: Frames[_Frame], start: Fraction, most: int
) -> tuple[deque[tuple[Fraction, _Frame]], tuple[Fraction, _Frame] | None]:
    """The last `most` frames up to the one on show at `start`, and the one after them."""
    lead: deque[tuple[Fraction, _Frame]] = deque(maxlen=most)
    for item in items:
        if lead and item[0] > start:
            return lead, item
        lead.append(item)
    return lead, None


def _slide(
    items: Frames[_Frame], lead: deque[tuple[Fraction, _Frame]], head: tuple[Fraction, _Frame] | None,
    end: Fraction, before: int, after: int,
) -> Generator[Window[_Frame]]:  # fmt: skip
    window = list(lead)
    at = max(0, len(window) - 1)
    if head is not None:
        window.append(head)
    more = True
    while at < len(window) and window[at][0] < end:
        while more and len(window) <= at + after:
            item = next(items, None)
            more = item is not None
            window += [item] if item is not None else []
        low = max(0, at - before)
        yield window[at][0], [frame for _, frame in window[low : at + after + 1]], at - low
        del window[:low]
        at += 1 - low
        if at == len(window) and more and (item := next(items, None)) is not None:
            window.append(item)
