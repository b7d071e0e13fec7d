"""Encoded runs: the few pictures at the edges of a cut, encoded so that they fit to packets of the source.

    VideoReader ─► pictures of the ranges, counted ─► the source's codec, profile, colour ─► packets ─► spool

Same codec, profile, level, pixel format, colour and pixel shape; closed groups; no deeper reordering than the source's.
"""

from __future__ import annotations

import os
import tempfile
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import av.error
from av.codec.context import Flags
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType
from av.video.stream import VideoStream

from dreamreel.errors import RenderFailed
from dreamreel.media.decode import VideoReader
from dreamreel.media.index import PacketIndex
from dreamreel.media.libav import AnyPacket
from dreamreel.media.open import open_media
from dreamreel.media.pieces import Range
from dreamreel.media.priority import ordinary_priority
from dreamreel.media.steady import steady
from dreamreel.media.timing import is_cover
from dreamreel.time import Span, nearest

__all__ = ["CannotSplice", "Coded", "Look", "RunEncoder", "Spool", "can_encode", "track_reader"]

_KEY_SECONDS = 2


class CannotSplice(RenderFailed):
    """Packets of this source and encoded runs do not fit together; the whole has to be encoded."""


@dataclass(frozen=True, slots=True)
class _Encoder:
    name: str
    options: tuple[tuple[str, str], ...] = ()
    quantiser: int | None = None
    """Constant quantiser of encoders that have no crf."""
    counted: bool = False
    """True when it wants whole frame numbers for times: MPEG's headers have no room for finer ones."""


# Closed groups do not go with a search for scene changes in FFmpeg's own MPEG encoders.
_MPEG = (("strict", "unofficial"), ("sc_threshold", "1000000000"))
_ENCODERS = {
    "h264": _Encoder("libx264", (("crf", "15"), ("preset", "veryfast"))),
    "hevc": _Encoder("libx265", (("crf", "16"), ("preset", "veryfast"))),
    "av1": _Encoder("libsvtav1", (("crf", "18"), ("preset", "8"))),
    "vp9": _Encoder("libvpx-vp9", (("crf", "15"), ("b", "0"), ("cpu-used", "3"), ("row-mt", "1"),
                                   ("deadline", "good"))),
    "vp8": _Encoder("libvpx", (("crf", "6"), ("b", "20M"), ("cpu-used", "3"), ("deadline", "good"))),
    "mpeg2video": _Encoder("mpeg2video", _MPEG, 2, counted=True),
    "mpeg1video": _Encoder("mpeg1video", _MPEG, 2, counted=True),
    "mpeg4": _Encoder("mpeg4", _MPEG, 2, counted=True),
    "ffv1": _Encoder("ffv1", (("level", "3"),)),
}  # fmt: skip
_PROFILES = {
    "Baseline": "baseline", "Constrained Baseline": "baseline", "Main": "main", "High": "high", "High 10": "high10",
    "High 4:2:2": "high422", "High 4:4:4 Predictive": "high444",
}  # fmt: skip


def can_encode(codec: str) -> bool:
    """True when runs of `codec` can be made."""
    return codec in _ENCODERS


@dataclass(frozen=True, slots=True)
class Look:
    """What an encoded run must have in common with the source's packets."""

    codec: str
    width: int
    height: int
    pix_fmt: str
    rate: Fraction
    sar: Fraction
    profile: str | None
    colour: tuple[int, int, int, int]
    """Matrix, range, primaries, transfer."""
    depth: int
    """Deepest reordering."""
    sps_id: int = 0
    level: int | None = None
    """H.264 level times ten."""

    @classmethod
    def of(
        cls, stream: VideoStream, index: PacketIndex, *, sps_id: int = 0, level: int | None = None
    ) -> Look:
        """The look of an open track."""
        context = stream.codec_context
        rate = index.rate or stream.average_rate or stream.guessed_rate or Fraction(25)
        return cls(
            index.codec, context.width, context.height, context.pix_fmt or "yuv420p", rate,
            stream.sample_aspect_ratio or Fraction(1), context.profile,
            (context.colorspace, context.color_range, context.color_primaries, context.color_trc),
            index.depth, sps_id, level,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Coded:
    """A packet of an encoded run, in decoding order; its bytes are in the spool."""

    pts: int
    key: bool
    at: int
    size: int


class Spool:
    """Bytes of encoded runs, on the disk. A context manager."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(prefix="dreamreel-")  # noqa: SIM115
        self._end = 0

    def put(self, data: bytes) -> int:
        """Append `data`; returns where it is."""
        self._file.seek(self._end)
        self._file.write(data)
        self._end += len(data)
        return self._end - len(data)

    def get(self, coded: Coded) -> bytes:
        """The bytes of a packet."""
        self._file.seek(coded.at)
        return self._file.read(coded.size)

    def close(self) -> None:
        """Forget everything."""
        self._file.close()


def track_reader(path: Path, stream: int, threads: int = 0) -> VideoReader:
    """A reader of the picture track of number `stream` among all streams of `path`."""
    with open_media(path) as source:
        order = [one.index for one in source.streams.video if not is_cover(one)]
    return VideoReader(path, order.index(stream), threads=threads)


class RunEncoder:
    """Makes encoded runs of one source. Raises `CannotSplice` whenever a run would not fit."""

    def __init__(
        self, path: Path, index: PacketIndex, look: Look, spool: Spool, *, base: Fraction, threads: int = 0
    ) -> None:
        """Open `path` once for all runs. `base` is the time base of the output."""
        self._base = base
        self._path, self._index, self._look, self._spool, self._threads = path, index, look, spool, threads
        self._reader = track_reader(path, index.stream, threads)
        self.header = b""
        """The encoder's parameter sets; the same for all runs."""
        self.damage: set[int] = set()
        """Times, in ticks of the source, of pictures that could not be decoded: what is beside them stands in."""

    def close(self) -> None:
        """Close the source."""
        self._reader.close()

    def run(self, parts: Sequence[Range]) -> list[Coded]:
        """Encode the pictures of `parts` as one run; times are those of the output."""
        context = self._open()
        row = _ENCODERS[self._look.codec]
        times: list[int] = []
        found: list[Coded] = []
        try:
            for number, (pts, frame) in enumerate(self._frames(parts)):
                times.append(pts)
                frame.pts = number if row.counted else pts
                frame.time_base = context.time_base
                frame.dts = None
                # A source's frame type is a command to the encoder.
                frame.pict_type = PictureType.I if not number else PictureType.NONE
                found += self._kept(_encoded(context, frame), times, counted=row.counted)
            found += self._kept(_encoded(context, None), times, counted=row.counted)
        except (av.error.FFmpegError, ValueError) as error:
            raise CannotSplice(
                f"{self._path.name}: the edges of the cut cannot be encoded ({error})."
            ) from error
        if sorted(coded.pts for coded in found) != times:
            raise CannotSplice(f"{self._path.name}: the encoder lost a picture at an edge of the cut.")
        header = bytes(context.extradata or b"")
        if self.header not in (b"", header):
            raise CannotSplice(f"{self._path.name}: two runs were encoded differently.")
        self.header = header
        return found

    def _kept(self, packets: Iterable[AnyPacket], times: Sequence[int], *, counted: bool) -> Iterator[Coded]:
        for packet in packets:
            if packet.size and packet.pts is not None:
                data = bytes(packet)
                pts = times[packet.pts] if counted else packet.pts
                yield Coded(pts, packet.is_keyframe, self._spool.put(data), len(data))

    def _frames(self, parts: Sequence[Range]) -> Iterator[tuple[int, av.VideoFrame]]:
        index, shown = self._index, self._index.shown
        for part in parts:
            wanted = list(shown[bisect_left(shown, part.start) : bisect_left(shown, part.end)])
            # A little wider than wanted, because a reader may put times back on the grid of the frame rate.
            slack = 2 * index.base
            start = max(Fraction(0), wanted[0] * index.base - index.origin - slack)
            span = Span(start, wanted[-1] * index.base - index.origin + slack)
            for pts, frame in self._all(wanted, self._reader.frames(span)):
                yield nearest(pts * index.base / self._base) + part.shift, frame

    def _all(
        self, wanted: Sequence[int], frames: Iterable[tuple[Fraction, av.VideoFrame]]
    ) -> Iterator[tuple[int, av.VideoFrame]]:
        """The pictures at the times `wanted`; for one that is missing the one before, at the beginning the next."""
        done, places = 0, frozenset(wanted)
        held: av.VideoFrame | None = None
        for _, frame in frames:
            if frame.pts not in places or frame.pts < wanted[done]:
                continue
            if frame.is_corrupt:
                self.damage.add(frame.pts)
            while wanted[done] < frame.pts:
                self.damage.add(wanted[done])
                yield wanted[done], held or frame
                done += 1
            yield wanted[done], frame
            held, done = frame, done + 1
            if done == len(wanted):
                break
        if held is None:
            raise CannotSplice(
                f"{self._path.name}: the picture at {float(wanted[0] * self._index.base):.3f} s cannot be decoded."
            )
        for pts in wanted[done:]:
            self.damage.add(pts)
            yield pts, held

    def _open(self) -> VideoCodecContext:
        look = self._look
        row = _ENCODERS.get(look.codec)
        if row is None:
            raise CannotSplice(f"{self._path.name}: there is no encoder for {look.codec} here.")
        os.environ.setdefault("SVT_LOG", "1")
        try:
            context = cast("VideoCodecContext", av.CodecContext.create(row.name, "w"))
            context.options = steady(row.name, {**dict(row.options), **_private(look)})
            context.width, context.height, context.pix_fmt = look.width, look.height, look.pix_fmt
            context.time_base = 1 / look.rate if row.counted else self._base
            context.framerate = look.rate
            context.sample_aspect_ratio = look.sar
            context.colorspace, context.color_range, context.color_primaries, context.color_trc = look.colour
            context.gop_size = max(1, int(look.rate * _KEY_SECONDS))
            context.max_b_frames = min(2, look.depth)
            context.thread_type, context.thread_count = "AUTO", self._threads
            context.flags |= int(Flags.global_header) | int(Flags.closed_gop)
            if row.quantiser is not None:
                context.flags |= int(Flags.qscale)
                context.global_quality = row.quantiser * 118  # FF_QP2LAMBDA
            with ordinary_priority():
                context.open()
        except (av.error.FFmpegError, ValueError) as error:
            raise CannotSplice(
                f"{self._path.name}: {look.codec} like this cannot be encoded ({error})."
            ) from error
        return context


def _encoded(context: VideoCodecContext, frame: av.VideoFrame | None) -> list[AnyPacket]:
    return cast("list[AnyPacket]", context.encode(frame))  # pyright: ignore[reportUnknownMemberType]


def _private(look: Look) -> dict[str, str]:
    """Options that depend on the source."""
    bframes = min(2, look.depth)
    if look.codec == "h264":
        options = {"x264-params": f"sps-id={look.sps_id}:open-gop=0:b-pyramid=none:bframes={bframes}"}
        if look.profile in _PROFILES:
            options["profile"] = _PROFILES[look.profile]
        if look.level and look.level > 9:
            options["level"] = f"{look.level // 10}.{look.level % 10}"
        return options
    if look.codec == "hevc":
        return {
            "x265-params": f"log-level=error:info=0:open-gop=0:b-pyramid=0:bframes={bframes}:repeat-headers=0"
        }
    if look.codec == "av1":
        return {"svtav1-params": "enable-overlays=0"}
    return {}
