"""Where the picture is black.

luma of each frame ─► share of pixels that are near black ─► black frames ─► spans long enough
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

from dreamreel.analyse.look import Luma, every, luma
from dreamreel.time import Span

__all__ = ["detect", "is_black", "spans"]

_NEAR = 0.08
"""How far above black a pixel may be, as a share of the way to white: noise and poor blacks."""
_SHARE = 0.98
"""Of a black frame's pixels, so many are black; a logo in a corner stays allowed."""
_THIN = 4
"""Every fourth pixel of every fourth line is looked at."""


def detect(path: Path, shortest: Fraction = Fraction(1, 10)) -> list[Span]:
    """The stretches of at least `shortest` seconds during which a film is black, in seconds since the file's start.

    Decodes the whole film. Raises what opening it raises, and `BadParameter` when it has no picture.
    """
    from dreamreel.media.probe import probe

    seen = [(time, is_black(luma(frame))) for time, frame in every(path)]
    return spans(seen, probe(path).duration, shortest)


def is_black(picture: Luma, near: float = _NEAR, share: float = _SHARE) -> bool:
    """True when at least `share` of the pixels are no more than `near` of the way from black to white."""
    limit = picture.black + near * (picture.white - picture.black)
    thin = picture.plane[::_THIN, ::_THIN]
    return bool((thin <= limit).mean() >= share)


def spans(seen: Iterable[tuple[Fraction, bool]], duration: Fraction, shortest: Fraction) -> list[Span]:
    """Runs of what is true of frames at given times, each until the next frame that it is not true of."""
    found: list[Span] = []
    start: Fraction | None = None
    for time, black in [*seen, (duration, False)]:
        if black and start is None:
            start = time
        elif not black and start is not None:
            if time - start >= shortest and time > start:
                found.append(Span(start, time))
            start = None
    return found
