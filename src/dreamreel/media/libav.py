"""The typed edge to PyAV: the few calls whose stubs leave type parameters open, given types once, here.

Nothing else lives here; what a call does is PyAV's business. The ignored reports name exactly what the stubs lack.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TypeAlias, TypeVar, cast

import av
from av.audio.stream import AudioStream
from av.bitstream import BitStreamFilterContext
from av.container import InputContainer, OutputContainer
from av.packet import Packet
from av.stream import Stream
from av.subtitles.codeccontext import SubtitleCodecContext
from av.subtitles.stream import SubtitleStream
from av.subtitles.subtitle import AssSubtitle
from av.video.stream import VideoStream

__all__ = [
    "AnyPacket",
    "add_audio",
    "add_video",
    "add_words",
    "bitstream_filtered",
    "copy_stream",
    "decode_audio",
    "decode_video",
    "decode_words",
    "demux",
    "display_matrix",
    "encode_frame",
    "encode_samples",
    "encode_video",
    "mux_one",
]

AnyPacket: TypeAlias = "Packet[Stream]"
"""A packet of whatever track; PyAV's class is invariant, so one type serves all."""

_S = TypeVar("_S", VideoStream, AudioStream)


def add_video(
    target: OutputContainer, encoder: str, rate: Fraction, options: Mapping[str, str]
) -> VideoStream:
    """`OutputContainer.add_stream` for pictures."""
    stream = target.add_stream(encoder, rate=rate, options=dict(options))  # pyright: ignore[reportUnknownMemberType]
    return cast("VideoStream", stream)


def add_audio(
    target: OutputContainer, encoder: str, rate: int, layout: str, options: Mapping[str, str]
) -> AudioStream:
    """`OutputContainer.add_stream` for sound."""
    stream = target.add_stream(  # pyright: ignore[reportUnknownMemberType]
        encoder, rate=rate, options=dict(options), layout=layout
    )
    return cast("AudioStream", stream)


def add_words(target: OutputContainer, codec: str, header: bytes, tick: Fraction) -> Stream:
    """`OutputContainer.add_stream` for subtitles made of words; `header` is the ASS header the encoder starts from."""
    stream = target.add_stream(codec)  # pyright: ignore[reportUnknownMemberType]
    context = cast("SubtitleCodecContext", stream.codec_context)
    context.subtitle_header = header
    stream.time_base = context.time_base = tick
    return cast("Stream", stream)


def copy_stream(target: OutputContainer, template: _S) -> _S:
    """`add_stream_from_template`, copying the codec's parameters as they are."""
    return target.add_stream_from_template(template, opaque=True)  # pyright: ignore[reportUnknownMemberType]


def demux(source: InputContainer, streams: Sequence[Stream]) -> Iterator[AnyPacket]:
    """Packets of `streams` in file order; an empty packet of each ends them."""
    return source.demux(list(streams))


def decode_video(stream: VideoStream, packet: AnyPacket) -> list[av.VideoFrame]:
    """`VideoStream.decode`."""
    return stream.decode(packet)  # pyright: ignore[reportUnknownMemberType]


def decode_audio(stream: AudioStream, packet: AnyPacket) -> list[av.AudioFrame]:
    """`AudioStream.decode`."""
    return stream.decode(packet)  # pyright: ignore[reportUnknownMemberType]


def decode_words(stream: SubtitleStream, packet: AnyPacket) -> list[bytes]:
    """`SubtitleStream.decode`: the ASS lines of a packet."""
    found = stream.decode(packet)  # pyright: ignore[reportUnknownMemberType]
    return [line.ass for line in found if isinstance(line, AssSubtitle) and line.ass]


def bitstream_filtered(change: BitStreamFilterContext, packet: AnyPacket) -> list[AnyPacket]:
    """`BitStreamFilterContext.filter`."""
    return cast("list[AnyPacket]", change.filter(packet))  # pyright: ignore[reportUnknownMemberType]


def encode_video(stream: VideoStream, frame: av.VideoFrame | None) -> list[AnyPacket]:
    """`VideoStream.encode`; None flushes."""
    return cast("list[AnyPacket]", stream.encode(frame))  # pyright: ignore[reportUnknownMemberType]


def encode_frame(context: av.VideoCodecContext, frame: av.VideoFrame | None) -> list[AnyPacket]:
    """`VideoCodecContext.encode`; None flushes."""
    return cast("list[AnyPacket]", context.encode(frame))  # pyright: ignore[reportUnknownMemberType]


def encode_samples(
    stream: AudioStream | av.AudioCodecContext, frames: Iterable[av.AudioFrame | None]
) -> Iterator[AnyPacket]:
    """`AudioStream.encode` for each of `frames`; None flushes."""
    for frame in frames:
        yield from cast("list[AnyPacket]", stream.encode(frame))  # pyright: ignore[reportUnknownMemberType]


def mux_one(target: OutputContainer, packet: AnyPacket) -> None:
    """`OutputContainer.mux_one`."""
    target.mux_one(packet)  # pyright: ignore[reportUnknownMemberType]


def display_matrix(frame: av.VideoFrame) -> bytes:
    """The 36 bytes of the frame's display matrix, or none. Raises `ValueError` for side data PyAV does not know."""
    try:
        data = cast("Mapping[str, bytes]", frame.side_data)["DISPLAYMATRIX"]
    except KeyError:
        return b""
    return bytes(data)
