"""Where a file's clock starts, and whether its frames keep a constant rate.

A Matroska file rounds 23.976 fps to 41 and 42 ms steps; asked for frame 1 at exactly 1001/24000 s it would give frame
0. So a rate is looked for that explains every timestamp to within one tick, and times are put back on its grid.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

import numpy as np
from av.container import InputContainer
from av.stream import Disposition

from dreamreel.time import nearest

__all__ = ["Grid", "constant_rate", "is_cover", "origin"]

_STANDARD = tuple(Fraction(n * 1000, 1001) for n in (24, 30, 48, 60, 120, 240)) + tuple(
    Fraction(n) for n in range(1, 241)
)  # fmt: skip


class _Stream(Protocol):
    @property
    def type(self) -> str: ...
    @property
    def disposition(self) -> Disposition: ...


def is_cover(stream: _Stream) -> bool:
    """True for cover art, which is a picture and not a track in time."""
    return stream.type == "video" and bool(stream.disposition & Disposition.attached_pic)


def origin(container: InputContainer) -> Fraction:
    """The file's time zero in seconds: the earliest start of its picture and sound tracks.

    Priming samples do not count: FFmpeg's start time is that of the first sample heard.
    """
    starts = [
        stream.start_time * stream.time_base
        for stream in container.streams
        if stream.type in ("video", "audio")
        and not is_cover(stream)
        and stream.start_time is not None
        and stream.time_base
    ]
    return min(starts, default=Fraction(0))


def constant_rate(
    stamps: Iterable[int], base: Fraction, hints: Sequence[Fraction | None] = ()
) -> Fraction | None:
    """The frame rate whose grid explains all `stamps` (in units of `base` seconds) to within one tick, else None.

    Hints (what the header says) are tried first, then the standard rates next to the measured mean, then the mean.
    """
    times = np.sort(np.fromiter(stamps, np.int64))
    if len(times) < 2 or times[-1] == times[0]:
        return next((hint for hint in hints if hint), None)
    mean = (len(times) - 1) / (int(times[-1] - times[0]) * base)
    near = sorted(
        (rate for rate in _STANDARD if abs(rate / mean - 1) < Fraction(1, 50)), key=lambda r: abs(r - mean)
    )
    tries = [hint for hint in hints if hint and abs(hint / mean - 1) < Fraction(1, 20)]
    for rate in (*tries, *near, mean.limit_denominator(1001)):
        if _explains(times - times[0], base, rate):
            return rate
    return None


def _explains(times: np.ndarray[tuple[int], np.dtype[np.int64]], base: Fraction, rate: Fraction) -> bool:
    # Whole numbers of 1 / (base.denominator * rate.numerator) seconds, so that nothing is rounded here.
    index = np.arange(len(times), dtype=np.int64)
    residual = times * (base.numerator * rate.numerator) - index * (rate.denominator * base.denominator)
    return int(residual.max() - residual.min()) <= base.numerator * rate.numerator


@dataclass(frozen=True, slots=True)
class Grid:
    """Frame times `start + n / rate` that a container rounded to its ticks."""

    start: Fraction
    rate: Fraction
    tick: Fraction

    def snap(self, time: Fraction) -> Fraction:
        """The grid time that was rounded to `time`; `time` itself when it is not within one tick of the grid."""
        exact = self.start + nearest((time - self.start) * self.rate) / self.rate
        return exact if abs(exact - time) <= self.tick else time
