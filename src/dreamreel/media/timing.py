"""Where a file's clock starts, and whether its frames keep a constant rate.

A Matroska file rounds 23.976 fps to 41 and 42 ms steps; asked for frame 1 at exactly 1001/24000 s it would give frame
0. So a rate is looked for that explains every timestamp to within one tick, and times are put back on its grid.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Protocol

import av.error
import numpy as np
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Disposition

from dreamreel.media.libav import AnyPacket, decode_audio, demux
from dreamreel.media.open import open_media
from dreamreel.time import nearest

__all__ = ["Grid", "constant_rate", "is_cover", "longest_gap", "track_starts"]

_REORDER = 16
"""Packets in decoding order among which the earliest picture is found: the deepest reordering codecs allow."""

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


def track_starts(path: Path, container: InputContainer) -> dict[int, Fraction]:
    """Where each picture and sound track of the open file `path` begins, in seconds on the file's own clock.

    Priming samples do not count: a track starts with the first sample heard. The earliest start is the file's zero.
    Matroska often does not say; then the first packets are read, through a second opening.
    """
    tracks = [
        s for s in container.streams if s.type in ("video", "audio") and s.codec_context and not is_cover(s)
    ]
    starts = {s.index: s.start_time * s.time_base for s in tracks if s.start_time is not None and s.time_base}
    missing = [s.index for s in tracks if s.index not in starts]
    if missing:
        starts.update(_first_stamps(path, missing))
    return starts


def _first_stamps(path: Path, indexes: Sequence[int]) -> dict[int, Fraction]:
    stamps: dict[int, list[Fraction]] = {index: [] for index in indexes}
    with open_media(path) as container, suppress(av.error.FFmpegError):
        # A damaged start ends the search: what was read has to do, and the readers report the damage.
        for packet in demux(container, [container.streams[index] for index in indexes]):
            stamps[packet.stream_index] += _stamps_of(packet)
            if all(len(own) >= (_REORDER if container.streams[i].type == "video" else 1)
                   for i, own in stamps.items()):  # fmt: skip
                break
    return {index: min(own) for index, own in stamps.items() if own}


def _stamps_of(packet: AnyPacket) -> list[Fraction]:
    """The time of a packet; for sound those of its decoded frames, from which the priming was cut."""
    stream = packet.stream
    base = stream.time_base or Fraction(0)
    if isinstance(stream, AudioStream):
        return [frame.pts * base for frame in decode_audio(stream, packet) if frame.pts is not None]
    return [packet.pts * base] if packet.pts is not None else []


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


def longest_gap(tracks: Iterable[tuple[Sequence[int], Fraction | None]]) -> float:
    """The longest time, in seconds, in which no track has a packet; of each its timestamps and their unit."""
    seconds = [np.asarray(times, np.float64) * float(base or 0) for times, base in tracks]
    moments = np.sort(np.concatenate([np.zeros(0), *seconds]))
    return float(np.diff(moments).max(initial=0))


def _explains(times: np.ndarray[tuple[int], np.dtype[np.int64]], base: Fraction, rate: Fraction) -> bool:
    # Whole numbers of 1 / (base.denominator * rate.numerator) seconds, so that nothing is rounded here.
    index = np.arange(len(times), dtype=np.int64)
    residual = times * (base.numerator * rate.numerator) - index * (rate.denominator * base.denominator)
    return int(residual.max() - residual.min()) <= base.numerator * rate.numerator


def reorder_depth(stamps: Sequence[int]) -> int:
    """How many pictures come before one that is shown earlier, for distinct `stamps` in decoding order."""
    ordered = sorted(stamps)
    depth = 0
    for i, pts in enumerate(stamps):
        while ordered[max(0, i - depth)] > pts:
            depth += 1
    return depth


def decoding_times(stamps: Sequence[int]) -> list[int]:
    """The latest increasing times not after any picture's pts, for distinct `stamps` in decoding order."""
    ordered, depth = sorted(stamps), reorder_depth(stamps)
    step = ordered[1] - ordered[0] if len(ordered) > 1 else 1
    lead = [ordered[0] - step * (depth - i) for i in range(depth)]
    return [*lead, *ordered[: len(ordered) - depth]]


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
