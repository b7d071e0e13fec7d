"""Tracks of files put into another file as they are: whole, or in stretches.

    file ─► one demuxer for all its tracks ─► times moved by the stretch ─► packets for the muxer
    attachments, covers ─► written with the header, or as one packet

Sound is cut between packets: where a container can say that the first samples are not to be heard (ISO-BMFF's edit
list) the cut is exact to the sample, elsewhere it is up to one packet late; its times are exact everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal, cast

from av.audio.codeccontext import AudioCodecContext
from av.audio.stream import AudioStream
from av.codec.context import Flags
from av.container import InputContainer, OutputContainer
from av.stream import AttachmentStream, Discard, Disposition, Stream

from dreamreel.errors import RenderFailed
from dreamreel.media.codecs import AUDIO_CODECS
from dreamreel.media.compat import holds
from dreamreel.media.encode import add_audio_stream
from dreamreel.media.formats import Container
from dreamreel.media.info import AudioInfo
from dreamreel.media.labels import NO_LABEL, Label, put_label
from dreamreel.media.libav import AnyPacket, copy_stream, demux
from dreamreel.media.open import open_media
from dreamreel.media.timing import track_starts
from dreamreel.time import Span, nearest

__all__ = ["CopiedTrack", "Piece", "Timed", "add_copies", "copied_packets"]

_AAC_PRIMING = 1024
"""Samples that FFmpeg's AAC encoder, and most others, put before the first."""
_LOOK_BACK = Fraction(10)
"""Words on show at a cut began at most this long before it, and so did the packet that sound needs first."""
_BEYOND = Fraction(5)
"""Tracks of one file are interleaved to within this."""
_HOUSEKEEPING = frozenset({
    "encoder", "duration", "number_of_frames", "number_of_bytes", "bps", "handler_name", "vendor_id", "rotate",
})  # fmt: skip
"""Tags of tracks that muxers write for themselves; Matroska's statistics have suffixes such as `-eng`."""


@dataclass(frozen=True, slots=True)
class Piece:
    """`span` of the file's time, from the output time `at`."""

    span: Span
    at: Fraction


@dataclass(frozen=True, slots=True)
class CopiedTrack:
    """A track of a file as it is."""

    path: Path
    index: int
    """FFmpeg's number of the stream."""
    kind: Literal["video", "audio", "subtitle", "cover", "attachment", "data"]
    pieces: tuple[Piece, ...] = ()
    """In order of output time; none for the whole track."""
    label: Label = NO_LABEL


@dataclass(frozen=True, slots=True)
class Timed:
    """A packet, and when it is to be written: its decoding time in seconds."""

    time: Fraction
    packet: AnyPacket


def add_copies(target: OutputContainer, container: Container, source: InputContainer,
               tracks: Sequence[CopiedTrack]) -> dict[int, Stream]:  # fmt: skip
    """Add a stream to `target` for each of `tracks`, all of the open file `source`; by their number in the source.

    Raises `RenderFailed` for a track the muxer refuses.
    """
    made: dict[int, Stream] = {}
    for track in tracks:
        template = source.streams[track.index]
        try:
            stream = _added(target, container, track, template)
        except ValueError as error:
            raise RenderFailed(
                f"{track.path.name}: track {track.index} cannot be put into {container.name} as it is ({error})."
            ) from error
        if stream is not None:
            made[track.index] = stream
    return made


def _added(
    target: OutputContainer, container: Container, track: CopiedTrack, template: Stream
) -> Stream | None:
    if track.kind == "attachment":
        attached = cast("AttachmentStream", template)
        name = attached.name or f"attachment-{track.index}"
        target.add_attachment(name, attached.mimetype or "application/octet-stream", attached.data)
        return None
    if track.kind == "cover" and holds(container.muxer).covers == "attachment":
        _attach_cover(target, track)
        return None
    stream = _primed(target, container, track, template) or cast(
        "Stream",
        copy_stream(target, template),  # pyright: ignore[reportArgumentType]
    )
    for key, value in template.metadata.items():
        if key.lower().split("-")[0] not in _HOUSEKEEPING and not key.startswith("_STATISTICS"):
            stream.metadata[key] = value
    put_label(stream, track.label, container.muxer)
    if track.kind == "cover":
        stream.disposition |= Disposition.attached_pic
    # QuickTime plays HEVC only under the tag hvc1; a template would get hev1.
    if container.dts_durations and stream.codec_context and stream.codec_context.name == "hevc":
        stream.codec_context.codec_tag = "hvc1"
    return stream


def _primed(
    target: OutputContainer, container: Container, track: CopiedTrack, template: Stream
) -> Stream | None:
    """For AAC into Matroska a stream that says its priming samples, which a stream read from a file has forgotten: the
    header of an encoder, where it is the same as the file's. None where there is nothing to say, or another header.
    """
    if container.muxer != "matroska" or not isinstance(template, AudioStream):
        return None
    context = template.codec_context
    row = next(row for row in AUDIO_CODECS if row.key == "aac")
    if context.name != "aac" or context.profile != "LC" or track.pieces:
        return None
    with open_media(track.path) as source:
        first = next(demux(source, [source.streams[track.index]]))
        primed = nearest((first.pts or 0) * (first.time_base or Fraction(0)) * context.sample_rate)
    if primed != -_AAC_PRIMING or (context.extradata or b"")[:2] != _aac_header(context):
        return None
    info = AudioInfo(context.sample_rate, context.layout.name, context.channels)
    return add_audio_stream(target, info, row, context.bit_rate)


def _aac_header(like: AudioCodecContext) -> bytes:
    """The first two bytes of what FFmpeg's encoder writes for this kind of sound: profile, rate and channels."""
    encoder = AudioCodecContext.create("aac", "w")
    encoder.sample_rate, encoder.layout, encoder.format = like.sample_rate, like.layout.name, "fltp"
    encoder.time_base = Fraction(1, like.sample_rate)
    encoder.flags |= int(Flags.global_header)
    encoder.open()
    return (encoder.extradata or b"")[:2]


_PICTURE_FILES: Mapping[str, tuple[str, str]] = {
    "mjpeg": ("cover.jpg", "image/jpeg"), "png": ("cover.png", "image/png"), "webp": ("cover.webp", "image/webp"),
    "bmp": ("cover.bmp", "image/bmp"), "gif": ("cover.gif", "image/gif"),
}  # fmt: skip


def _attach_cover(target: OutputContainer, track: CopiedTrack) -> None:
    with open_media(track.path) as source:
        stream = source.streams[track.index]
        context = stream.codec_context
        name, mime = _PICTURE_FILES.get(
            context.codec.canonical_name if context else "", ("cover.jpg", "image/jpeg")
        )
        for packet in demux(source, [stream]):
            if packet.size:
                target.add_attachment(name, mime, bytes(packet))
                return


def copied_packets(source: InputContainer, container: Container, tracks: Sequence[CopiedTrack],
                   streams: Mapping[int, Stream]) -> Iterator[Timed]:  # fmt: skip
    """The packets of `tracks`, all of the open file `source` and all cut in the same pieces, ready for the muxer."""
    path = tracks[0].path
    wanted = [track for track in tracks if track.index in streams]
    if not wanted:
        return
    starts = track_starts(path, source)
    mover = _Mover(container, wanted, streams, min(starts.values(), default=Fraction(0)))
    for other in source.streams:
        if other.index not in streams:
            other.discard = Discard.all
    pieces = wanted[0].pieces
    if not pieces:
        for packet in demux(source, [source.streams[track.index] for track in wanted]):
            yield from mover.whole(packet)
        return
    for piece in pieces:
        yield from mover.piece(source, piece)


class _Mover:
    """Moves packets from the times of their file to those of the output."""

    def __init__(self, container: Container, tracks: Sequence[CopiedTrack], streams: Mapping[int, Stream],
                 origin: Fraction) -> None:  # fmt: skip
        self._kinds = {track.index: track.kind for track in tracks}
        self._streams, self._origin = streams, origin
        self._edit_lists = container.dts_durations
        self._last: dict[int, int] = {}
        self._time = Fraction(0)
        self._ends: dict[int, Fraction] = {}

    def whole(self, packet: AnyPacket) -> Iterator[Timed]:
        """A packet of a track that is copied from its beginning to its end."""
        if packet.size and packet.time_base:
            yield self._placed(packet, -self._origin)

    def piece(self, source: InputContainer, piece: Piece) -> Iterator[Timed]:
        """The packets of one stretch."""
        back = max(Fraction(0), piece.span.start - _LOOK_BACK)
        source.seek(nearest((back + self._origin) * 1_000_000))
        streams = [source.streams[index] for index in self._kinds]
        held: dict[int, AnyPacket] = {}
        for packet in demux(source, streams):
            base, stamp = packet.time_base, packet.pts if packet.pts is not None else packet.dts
            if not packet.size or not base or stamp is None:
                continue
            start = stamp * base - self._origin
            end = start + (packet.duration or 0) * base
            if start > piece.span.end + _BEYOND:
                return
            if start >= piece.span.end:
                continue
            if self._kinds[packet.stream_index] == "subtitle":
                yield from self._words(packet, base, start, end, piece)
            else:
                yield from self._sound(packet, base, start, piece, held)

    def _words(self, packet: AnyPacket, base: Fraction, start: Fraction, end: Fraction,
               piece: Piece) -> Iterator[Timed]:  # fmt: skip
        low, high = max(start, piece.span.start), min(end, piece.span.end)
        if low < high:
            packet.pts = packet.dts = nearest((low + self._origin) / base)
            packet.duration = nearest((high - low) / base)
            yield self._placed(packet, piece.at - piece.span.start - self._origin)

    def _sound(self, packet: AnyPacket, base: Fraction, start: Fraction, piece: Piece,
               held: dict[int, AnyPacket]) -> Iterator[Timed]:  # fmt: skip
        index = packet.stream_index
        shift = piece.at - piece.span.start - self._origin
        if start < piece.span.start:
            held[index] = packet
            return
        if (before := held.pop(index, None)) is not None and self._edit_lists and not piece.at:
            # The packet before the cut is decoded but not heard: an edit list hides what lies before zero.
            yield self._placed(before, shift)
        out = start - piece.span.start + piece.at
        # At a seam the packets of both sides are on grids of their own; one that overlaps the last goes.
        if out + base < self._ends.get(index, Fraction(-1)):
            return
        self._ends[index] = out + (packet.duration or 0) * base
        yield self._placed(packet, shift)

    def _placed(self, packet: AnyPacket, shift: Fraction) -> Timed:
        base = packet.time_base
        assert base
        index = packet.stream_index
        moved = nearest(shift / base)
        if packet.pts is not None:
            packet.pts += moved
        if packet.dts is not None:
            # Broken files repeat or reverse a decoding time, which no muxer takes.
            packet.dts = max(packet.dts + moved, self._last.get(index, packet.dts + moved - 1) + 1)
            self._last[index] = packet.dts
            if packet.pts is not None and packet.pts < packet.dts:
                packet.pts = packet.dts
            self._time = max(self._time, packet.dts * base)
        packet.stream = self._streams[index]
        return Timed(self._time, packet)
