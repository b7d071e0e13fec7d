"""Frames and samples out of files, at exact times.

    VideoReader.frames(span)     seek to the key frame before ─► decode forward ─► verify ─► (time, frame) …
    AudioReader.blocks(start)    seek with pre-roll ─► float planar ─► gaps filled, overlaps cut ─► resample ─► blocks

Times are seconds since the file's own start, which is that of its earliest track, so the offset between picture and
sound is kept. Frames keep their pixel format and colour properties; rotation is told, not applied. One reader
belongs to one thread.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from fractions import Fraction
from pathlib import Path

import av
import av.error
from av.video.stream import VideoStream

from dreamreel.media.audio import AudioReader
from dreamreel.media.libav import AnyPacket, decode_video
from dreamreel.media.reader import MediaReader
from dreamreel.media.rotation import Rotation, frame_rotation, rotation_filters
from dreamreel.media.timing import Grid
from dreamreel.time import Span

__all__ = ["AudioReader", "Rotation", "VideoReader", "rotation_filters"]

_BACK_OFF = (Fraction(0), Fraction(1), Fraction(4), Fraction(16))
"""How much earlier to seek, in seconds, each time the frame found was already too late (open GOPs, wrong indexes)."""
_MOST_HELD = 1000
"""Packets kept at most while the key frame before a moment is looked for; from more, all are decoded."""


_SHUFFLED = 6
"""Frames among which order is looked for once one was lost."""


def _stamp(frame: av.VideoFrame) -> int:
    return frame.pts or 0


class VideoReader(MediaReader):
    """The frames of one picture track."""

    def __init__(
        self, path: Path, stream: int = 0, *, rate: Fraction | None = None, threads: int = 0
    ) -> None:
        """Open picture track number `stream` (cover art not counted).

        With the constant `rate` found by `probe`, times that the container rounded are put back on its grid.
        `threads` is for the decoder; 0 takes all cores. Raises what `open_media` raises, and `BadParameter` when there
        is no such track.
        """
        super().__init__(path, "video", stream)
        self.rate = rate
        self._threads = threads
        self._reorder = self._video.codec_context.reorder_depth
        self._grid = Grid(self.start, rate, self.time_base) if rate else None
        self._rotation: Rotation | None = None
        self._counts = self.container.format.name == "avi"
        self.lost = 0
        """Packets so far that could not be decoded."""
        self.lost_at: list[Fraction] = []
        """When the pictures in them would have been shown, where they say so; seconds since the file's start."""
        self._newest = 0
        """Decoding time of the packet read last, in ticks."""

    @property
    def _video(self) -> VideoStream:
        assert isinstance(self._stream, VideoStream)
        return self._stream

    @property
    def rotation(self) -> Rotation:
        """How the frames must be turned to be displayed. Decodes one frame when none was read yet."""
        if self._rotation is None:
            for _ in self.frames(Span(self.start, self.start + self.time_base)):
                break
        return self._rotation or Rotation()

    @property
    def frame_time(self) -> Fraction:
        """The usual duration of one frame, in seconds."""
        return 1 / (self.rate or self._video.average_rate or self._video.guessed_rate or Fraction(25))

    def frames(self, span: Span) -> Iterator[tuple[Fraction, av.VideoFrame]]:
        """The frames shown during `span`, each with its own time in seconds since the file's start.

        The first is the one on show at `span.start` (its time may be earlier), or the first of the file. A file that
        breaks off gives what it has; then `DamagedMedia` is raised, which says how far it got. One iteration at a time:
        the next call seeks in the same file.
        """
        held: tuple[Fraction, av.VideoFrame] | None = None
        last, given = self.start, False
        for time, frame in self._from(span.start):
            last = time
            if held is not None and time > span.start:
                yield held
                given = True
            if time >= span.end and time > span.start:
                if not given:  # The file begins after the span: its first picture stands in.
                    yield time, frame
                return
            held = time, frame
        if held is not None:
            yield held
        self._check_end(last, span)

    def _from(self, start: Fraction) -> Iterator[tuple[Fraction, av.VideoFrame]]:
        """Frames in order of time, the first at or before `start` unless the file begins later."""
        if self.container.format.name == "mpeg":
            self._rewind()
            yield from self._decoded(self._walked(start))
            return
        for back in _BACK_OFF:
            early = start - back
            if early <= self.start:
                break
            self._seek(early)
            frames = self._decoded()
            first = next(frames, None)
            if first and first[0] <= start:
                yield first
                yield from frames
                return
        self._rewind()
        yield from self._decoded()

    def _walked(self, start: Fraction) -> Iterator[AnyPacket]:
        """Packets from the last key frame at or before `start`; the file is at its beginning, and read up to there.

        In a program stream only some pictures have times, and FFmpeg counts the others from those: after a jump it
        counts from the wrong one. Reading on is much faster than decoding.
        """
        packets = self._packets()
        held: list[AnyPacket] = []
        for packet in packets:
            if packet.is_keyframe and packet.pts is not None and self._clock(packet.pts) <= start:
                held.clear()
            held.append(packet)
            if len(held) > _MOST_HELD or (packet.dts is not None and self._clock(packet.dts) > start):
                break
        yield from held
        yield from packets

    def _clock(self, stamp: int) -> Fraction:
        return stamp * self.time_base - self.origin

    def _decoded(
        self, packets: Iterator[AnyPacket] | None = None
    ) -> Generator[tuple[Fraction, av.VideoFrame]]:
        """Frames as the decoder gives them, with repaired times that never run backwards."""
        packets = packets or self._packets()
        context = self._video.codec_context
        if not context.is_open:
            # PyAV's default, slices only, uses one core for most files.
            context.thread_type = "AUTO"
            context.thread_count = self._threads
        # Seeking makes FFmpeg forget the reorder depth, and frames of B-pyramids would be dropped (PyAV codec context).
        context.reorder_depth = self._reorder
        last: Fraction | None = None
        for frame in self._ordered(packets):
            time = self._time(frame, last)
            last = time
            if self._rotation is None:
                self._rotation = frame_rotation(frame)
            yield time, frame
        self._reorder = max(self._reorder, context.reorder_depth)

    def _ordered(self, packets: Iterator[AnyPacket]) -> Iterator[av.VideoFrame]:
        """The frames in `packets`. FFmpeg gives them in order, but for some after a lost one: those are sorted here."""
        waiting: list[av.VideoFrame] = []
        for packet in packets:
            self._newest = self._newest if packet.dts is None else packet.dts
            try:
                frames = decode_video(self._video, packet)
            except av.error.FFmpegError:
                self._bad_packets += 1
                self.lost += 1
                self.lost_at += [self._clock(packet.pts)] if packet.pts is not None else []
                continue
            self._bad_packets = 0
            if not self.lost or self._counts or any(frame.pts is None for frame in frames):
                yield from waiting
                waiting = []
                yield from frames
                continue
            waiting = sorted([*waiting, *frames], key=_stamp)
            yield from waiting[:-_SHUFFLED]
            waiting = waiting[-_SHUFFLED:]
        yield from waiting

    def _time(self, frame: av.VideoFrame, last: Fraction | None) -> Fraction:
        stamp = frame.pts
        if self._counts:
            # AVI numbers pictures in decoding order, which FFmpeg takes for times of showing. The number of the packet
            # that made the decoder give a picture away is that of the picture, plus those it holds back.
            number = self._newest + 1 if frame.dts is None and last is None else frame.dts
            stamp = None if number is None else number - self._video.codec_context.reorder_depth
        if stamp is None:
            return self.start if last is None else last + self.frame_time
        time = stamp * (frame.time_base or self.time_base) - self.origin
        if self._grid:
            time = self._grid.snap(time)
        # Broken AVI and MPEG-TS files repeat or reverse a timestamp; the picture is kept one tick later.
        return time if last is None or time > last else last + self.time_base

    def _check_end(self, last: Fraction, span: Span) -> None:
        """Raise `DamagedMedia` when the track ended long before both its header and `span` say."""
        reached = last + self.frame_time
        self._check_cut(reached, span.end, max(Fraction(1, 2), 2 * self.frame_time))
