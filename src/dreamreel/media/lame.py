"""MP3 by LAME itself.

    samples of 16 bits ─► lameenc ─► frames, told apart by their headers ─► packets like those of FFmpeg's encoder

The LAME inside PyAV's wheels does the same work in about three times the time (measured with PyAV 18.1); the packets
differ in nothing else, so the muxer and its gapless header stay FFmpeg's. Only the first frame's time, the priming, and
the samples too many in the last frame must be told by hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Final

import av
import numpy as np
from av.packet import PacketSideData

from dreamreel.media.libav import AnyPacket
from dreamreel.media.libav import encode_samples as encoded

__all__ = ["BLOCK", "ENCODER", "SAMPLES", "encode_mp3"]

ENCODER: Final = "libmp3lame"
SAMPLES: Final = "s16"
"""What LAME is given: interleaved."""

BLOCK: Final = 16_384
"""Samples at a time; it needs no particular number, and large blocks cost fewer calls."""

_QUALITY: Final = 3
"""LAME's own default, and FFmpeg's; what lameenc takes if it is not told, 2, needs twice the time."""

_PRIMING: Final = 1105
"""Samples before the first real one: LAME's 576 of delay and the decoder's 529, as FFmpeg counts them."""

_KBPS: Final = {
    3: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
"""By version, MPEG-1 is 3 and MPEG-2 and 2.5 the other: the rates of a layer III header (ISO 11172-3, 13818-3)."""

_HERTZ: Final = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}


def encode_mp3(stream: av.AudioStream, frames: Iterable[av.AudioFrame | None]) -> Iterator[AnyPacket]:
    """Packets for an opened `libmp3lame` stream from frames of `SAMPLES` without gaps; None flushes, and comes last."""
    import lameenc

    context = stream.codec_context
    rate, channels = context.sample_rate, context.layout.nb_channels
    encoder = lameenc.Encoder()
    encoder.silence()
    encoder.set_in_sample_rate(rate)
    encoder.set_out_sample_rate(rate)
    encoder.set_channels(channels)
    encoder.set_quality(_QUALITY)
    encoder.set_bit_rate(round((context.bit_rate or 192_000) / 1000))
    size = 1152 if rate >= 32_000 else 576
    waiting, number, total = bytearray(), 0, 0
    last: AnyPacket | None = None
    for frame in frames:
        if frame is not None:
            total += frame.samples
            waiting += encoder.encode(np.ascontiguousarray(frame.to_ndarray()).tobytes())
        elif total:
            waiting += encoder.flush()
        while (length := _length(waiting)) and length <= len(waiting):
            if frame is None and number * size - _PRIMING >= total:
                break  # LAME flushes a frame of nothing where the last one was just filled.
            if last is not None:
                yield last
            last = _packet(stream, bytes(waiting[:length]), number * size - _PRIMING, size)
            del waiting[:length]
            if not number:
                _skip(last, start=_PRIMING)
            number += 1
    if last is not None:
        yield _ended(last, total)


def _length(data: bytearray) -> int:
    """Bytes of the frame that begins here; 0 when that cannot be told yet."""
    if len(data) < 4:
        return 0
    version, coded = data[1] >> 3 & 3, data[2]
    kbps = _KBPS[3 if version == 3 else 2][coded >> 4]
    hertz = _HERTZ[version][coded >> 2 & 3]
    return (144_000 if version == 3 else 72_000) * kbps // hertz + (coded >> 1 & 1)


def _packet(stream: av.AudioStream, data: bytes, pts: int, samples: int) -> AnyPacket:
    packet: AnyPacket = av.Packet(data)
    packet.stream = stream
    packet.time_base = Fraction(1, stream.codec_context.sample_rate)
    packet.pts = packet.dts = pts
    packet.duration = samples
    packet.is_keyframe = True
    return packet


def _ended(packet: AnyPacket, total: int) -> AnyPacket:
    """The last packet, with the number of samples at its end that are nobody's."""
    assert packet.pts is not None
    assert packet.duration is not None
    extra = packet.pts + packet.duration - total
    if extra > 0:
        packet.duration -= extra
        _skip(packet, end=extra)
    return packet


def _skip(packet: AnyPacket, start: int = 0, end: int = 0) -> None:
    """Tell who reads `packet` to leave out samples at its start or end; the muxer's gapless header says so too.

    PyAV gives side data only as part of a packet, so FFmpeg's own encoder makes one to be filled anew.
    """
    context = av.AudioCodecContext.create(ENCODER, "w")
    context.sample_rate, context.layout, context.format = 44_100, "mono", "fltp"
    frame = av.AudioFrame.from_ndarray(np.zeros((1, 1000), np.float32), "fltp", "mono")
    frame.sample_rate = 44_100
    first = next(encoded(context, (frame, None)))
    told = PacketSideData.from_packet(first, "skip_samples")
    told.update(start.to_bytes(4, "little") + end.to_bytes(4, "little") + bytes(2))
    told.to_packet(packet)  # pyright: ignore[reportUnknownMemberType]
