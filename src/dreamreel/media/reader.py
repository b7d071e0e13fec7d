"""One open track of one file: what the readers of frames and of samples share."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Self

import av.error
from av.container import InputContainer
from av.stream import Discard, Stream

from dreamreel.errors import BadParameter, DamagedMedia
from dreamreel.media.libav import AnyPacket, demux
from dreamreel.media.open import open_media
from dreamreel.media.timing import is_cover, track_starts
from dreamreel.media.truncation import is_cut_short

__all__ = ["MediaReader", "expected_length"]


_FORGIVEN = 2
"""Bad packets at the very end that are a recorder's hurried stop and not damage."""


_CLOCK = re.compile(r"([0-9]{1,4}):([0-9]{1,2}):([0-9]{1,2}(?:\.[0-9]{1,12})?)")
"""A length as Matroska's statistics tags say it; a damaged one says nothing."""

_VAGUE = frozenset({"wav", "ogg"})
"""Formats whose length FFmpeg makes up: WAV from what is there, Ogg with the priming counted in."""


class MediaReader:
    """What both readers share: one open container with all other tracks switched off. A context manager."""

    def __init__(self, path: Path, kind: str, stream: int) -> None:
        self.path = path
        self.container: InputContainer = open_media(path)
        self._fresh = True
        self._bad_packets = 0
        """Packets in a row, up to the last one read, that could not be decoded."""
        tracks = [s for s in self.container.streams if s.type == kind and not is_cover(s)]
        if kind == "video" and not tracks:
            tracks = [s for s in self.container.streams if s.type == kind]
        if not 0 <= stream < len(tracks):
            self.container.close()
            what = "picture" if kind == "video" else "sound"
            raise BadParameter(f"{path.name} has no {what} track number {stream}; it has {len(tracks)}.")
        starts = track_starts(path, self.container)
        self.origin = min(starts.values(), default=Fraction(0))
        self._select(tracks[stream])
        self.time_base = self._stream.time_base or Fraction(1, 90_000)
        self.start = starts.get(self._stream.index, self.origin) - self.origin

    def close(self) -> None:
        """Close the file."""
        self.container.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _seek(self, time: Fraction) -> None:
        """Go to a key frame at or before `time` seconds since the file's start; to the very start when that fails."""
        self._fresh = False
        target = (time + self.origin) / self.time_base
        try:
            self.container.seek(target.numerator // target.denominator, stream=self._stream)
        except av.error.FFmpegError:
            self._rewind()

    def _rewind(self) -> None:
        """Go to the very first packet, by opening again: seeking there loses priming in Matroska and Opus."""
        if self._fresh:
            return
        index = self._stream.index
        self.container.close()
        self.container = open_media(self.path)
        self._select(self.container.streams[index])

    def _select(self, stream: Stream) -> None:
        self._stream: Stream = stream
        self._fresh = True
        for other in self.container.streams:
            if other.index != stream.index:
                other.discard = Discard.all

    def _packets(self) -> Iterator[AnyPacket]:
        """Packets of this track. A read error ends the track; the readers then see that it ended early."""
        self._fresh = False
        try:
            yield from demux(self.container, [self._stream])
        except av.error.FFmpegError:
            self._bad_packets += 1

    def _check_cut(self, reached: Fraction, wanted: Fraction | None, slack: Fraction) -> None:
        """Raise `DamagedMedia` when the track ended at `reached`, long before what was `wanted`, for want of data.

        A track may well end before the file does; it is damaged when its own header says that it goes on, when
        packets could not be read, or when the file is shorter than its own structure says.
        """
        claimed = expected_length(self._stream)
        if claimed is not None:
            end = self.start + claimed
            missing = end if wanted is None else min(end, wanted)
        elif self._bad_packets > _FORGIVEN or is_cut_short(self.path):
            missing = reached + 2 * slack if wanted is None else wanted
        else:
            return
        if missing - reached > slack:
            raise DamagedMedia(
                f"{self.path.name} is damaged: it could be read only up to {float(max(reached, Fraction(0))):.2f} s; "
                "copy or download it again, or cut it before that point."
            )


def expected_length(stream: Stream) -> Fraction | None:
    """The length in seconds that the header claims for this very track, or None when it makes no claim."""
    if stream.container.format.name in _VAGUE:
        return None
    if stream.duration is not None and stream.time_base:
        return stream.duration * stream.time_base
    if told := _CLOCK.fullmatch(stream.metadata.get("DURATION", "")):
        hours, minutes, secs = told.groups()
        return int(hours) * 3600 + int(minutes) * 60 + Fraction(secs)
    return None
