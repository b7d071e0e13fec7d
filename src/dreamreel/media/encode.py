"""Frames and samples into intermediate files: one picture segment, or the whole sound, per file.

    frames ─► format and colour checked ─► encoder ─► packets ─► .part ─► fsync ─► rename

Intermediates are MP4 (MOV or NUT for codecs it does not hold), because their ticks are exact where Matroska would round
to a millisecond. The muxer joins them without encoding again, so all segments of one output share their settings.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from typing import Self

import av
import av.error
import numpy as np
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.codec.context import Flags
from av.container import OutputContainer
from av.video.frame import PictureType
from av.video.stream import VideoStream

from dreamreel.errors import BadParameter, RenderFailed
from dreamreel.media import lame
from dreamreel.media.atomic import atomic_write
from dreamreel.media.audio import Block
from dreamreel.media.codecs import VIDEO_CODECS, AudioCodec, Profile, VideoCodec
from dreamreel.media.colour import (
    ALPHA,
    HD,
    Reformatter,
    complete,
    deep,
    frame_colour,
    is_rgb,
    output_colour,
    same_samples,
    tag,
)
from dreamreel.media.control import Ask, options_for
from dreamreel.media.dnxhd import dnxhd_bitrate
from dreamreel.media.hardware import hardware_options
from dreamreel.media.info import AudioInfo, Colour, Hdr, VideoInfo
from dreamreel.media.libav import AnyPacket, add_audio, add_video, encode_samples, encode_video, mux_one
from dreamreel.media.open import open_output
from dreamreel.media.priority import ordinary_priority
from dreamreel.media.steady import steady
from dreamreel.time import nearest

__all__ = [
    "VFR_BASE",
    "EncoderSettings",
    "VideoSegmentWriter",
    "add_audio_stream",
    "encode_audio",
    "profile_for",
    "settings_for",
]

VFR_BASE = Fraction(1, 90_000)
"""Time base of variable-rate output when the source suggests none: that of MPEG, 11 µs."""

_COARSE_BASE = Fraction(1, 60_000)
"""The same for codecs whose clock has 16 bits, such as MPEG-4 ASP."""

_MAX_TIMESCALE = 1_000_000
"""Finer source time bases (FLV's are coarse, NUT's can be nanoseconds) would overflow MP4's 32-bit frame durations."""
_HDR = (16, 18)
"""Transfer characteristics, PQ and HLG, for which a mastering display means something."""
_KEY_SECONDS = 2
"""Longest distance between key frames: seeking never decodes more than this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EncoderSettings:
    """Everything that decides the bits of a segment; part of its key in the store."""

    codec: str
    """Key of a row in `formats.VIDEO_CODECS`."""
    width: int
    height: int
    pix_fmt: str
    time_base: Fraction
    """Seconds per tick of the intermediate file."""
    rate: Fraction | None = None
    """Constant frame rate, or None for VFR."""
    nominal_rate: Fraction = Fraction(25)
    """What rate control and key frame distance assume when `rate` is None."""
    crf: int | None = None
    preset: str | None = None
    sar: Fraction = Fraction(1)
    colour: Colour = HD
    gop: int = 50
    """Most frames between key frames."""
    threads: int = 0
    """Encoder threads; 0 lets the encoder choose."""
    bitrate: int | None = None
    """Average bits per second, instead of `crf`."""
    max_bitrate: int | None = None
    """Bits per second never exceeded for longer than a second (the decoder's buffer, VBV)."""
    profile: str | None = None
    """Key of one of the codec's profiles."""
    pass_: int = 0
    """0 for one pass, 1 to look only, 2 to encode with what pass 1 wrote to `stats`."""
    stats: str | None = None
    """File of what the first pass found out; not part of what is made."""
    hdr: Hdr | None = None
    """HDR10's static metadata, where the codec carries it."""
    hardware: str | None = None
    """The hardware encoder to use instead of the codec's own, such as h264_nvenc."""
    options: tuple[tuple[str, str], ...] = ()
    """More private options of the encoder, as (name, value)."""

    def as_json(self) -> dict[str, object]:
        """Plain JSON values; fractions as text. `threads` and `stats` are left out: they may not change what is made,
        and what is at its default is left out as well, so that keys stay what they were.
        """
        values: dict[str, object] = asdict(self)
        for name in ("threads", "stats"):
            del values[name]
        for name in ("bitrate", "max_bitrate", "profile", "pass_", "hdr", "hardware"):
            if not values[name]:
                del values[name]
        values.update(time_base=str(self.time_base), rate=str(self.rate) if self.rate else None, sar=str(self.sar),
                      nominal_rate=str(self.nominal_rate), options=[list(pair) for pair in self.options])  # fmt: skip
        return values

    @property
    def row(self) -> VideoCodec:
        """The codec's row of data."""
        return next(row for row in VIDEO_CODECS if row.key == self.codec)


def settings_for(
    video: VideoInfo, codec: VideoCodec, *, crf: int | None = None, preset: str | None = None,
    time_base: Fraction | None = None, threads: int = 0, options: Mapping[str, str] | None = None,
    bitrate: int | None = None, max_bitrate: int | None = None, profile: str | None = None,
    hardware: str | None = None, reorders: bool = True,
) -> EncoderSettings:  # fmt: skip
    """Settings that encode pictures like `video`: its pixel format where the codec takes it, its rate, colour, shape.

    `time_base` is the source's, kept for VFR unless it is finer than a microsecond; `reorders` False keeps frames in
    the order in which they are shown. Bitrates are bits per second.
    Raises `BadParameter` for a `crf` outside the codec's scale, a profile the codec does not have, or a size and rate
    for which DNxHD has no form.
    """
    low, high = codec.crf_range
    if crf is not None and not low <= crf <= high:
        raise BadParameter(f"quality {crf} is outside the {low} to {high} of {codec.key}; lower is better.")
    chosen = profile_for(codec, profile, video.pix_fmt)
    taken = chosen.pix_fmts if chosen else codec.pix_fmts
    pix_fmt = video.pix_fmt if video.pix_fmt in taken else taken[0]
    rate = video.rate
    # One tick per 1/numerator: a frame of 30000/1001 fps is exactly 1001 ticks of 1/30000 s.
    base = Fraction(1, rate.numerator) if rate else (time_base or VFR_BASE)
    finest = codec.finest or _MAX_TIMESCALE
    if base.numerator != 1 or base.denominator > finest:
        base = VFR_BASE if VFR_BASE.denominator <= finest else _COARSE_BASE
    nominal = rate or Fraction(25)
    colour = codec.colour or output_colour(complete(video.colour, video.pix_fmt, video.height), pix_fmt)
    if codec.key == "dnxhd":
        bitrate = dnxhd_bitrate(video.width, video.height, rate, chosen.key if chosen else "sq")
    more = dict(options or {})
    if not reorders and not codec.intra:
        more["bf"] = "0"
    return EncoderSettings(
        codec=codec.key, width=video.width, height=video.height, pix_fmt=pix_fmt, time_base=base, rate=rate,
        nominal_rate=nominal, crf=codec.crf if crf is None else crf, preset=preset or codec.preset, sar=video.sar,
        colour=colour, gop=max(1, int(nominal * _KEY_SECONDS)), threads=threads, bitrate=bitrate,
        max_bitrate=max_bitrate, profile=chosen.key if chosen else None,
        hdr=video.hdr if codec.hdr and colour.transfer in _HDR else None,
        hardware=hardware, options=tuple(sorted(more.items())),
    )  # fmt: skip


def profile_for(codec: VideoCodec, key: str | None, pix_fmt: str) -> Profile | None:
    """The profile `key`; without one, the first that takes `pix_fmt`, else one of its depth, else the default.

    Raises `BadParameter` for a profile the codec does not have.
    """
    if key is not None:
        if (found := codec.profile(key)) is not None:
            return found
        known = ", ".join(row.key for row in codec.profiles)
        raise BadParameter(
            f"{codec.key} has no profile {key!r}; choose one of {known}."
            if known
            else f"{codec.key} has no profiles to choose from; leave the profile out."
        )
    if not codec.profiles:
        return None
    fitting = next((row for row in codec.profiles if pix_fmt in row.pix_fmts), None)
    if fitting is None and pix_fmt.startswith(ALPHA):
        fitting = next(
            (row for row in codec.profiles if any(one.startswith(ALPHA) for one in row.pix_fmts)), None
        )
    if fitting is None and deep(pix_fmt):
        full = "444" in pix_fmt or is_rgb(pix_fmt)
        fitting = next((row for row in codec.profiles if any(deep(one) for one in row.pix_fmts)
                        and any("444" in one for one in row.pix_fmts) == full), None)  # fmt: skip
    return fitting or codec.profiles[0]


class VideoSegmentWriter:
    """Writes one picture-only intermediate file; complete after `close`, absent otherwise. A context manager."""

    def __init__(self, path: Path, settings: EncoderSettings) -> None:
        """Start the encoder. Raises `RenderFailed` when it refuses the settings, `NotWritable`, `NoSpace`."""
        self.settings = settings
        self._path = path
        self._convert = Reformatter(
            settings.pix_fmt, settings.colour, width=settings.width, height=settings.height
        )
        self._last: int | None = None
        self._spans: dict[int, int] = {}
        with ExitStack() as stack:
            part = stack.enter_context(atomic_write(path))
            self._container = stack.enter_context(
                open_output(part, settings.row.segment, _segment_options(settings))
            )
            self._stream = _add_video_stream(self._container, settings)
            # Encoders of few rates count frames, of which each is several ticks of the file.
            self._ticks = int(
                (self._stream.codec_context.time_base or settings.time_base) / settings.time_base
            )
            self._stack = stack.pop_all()

    def write(self, frame: av.VideoFrame, time: Fraction, duration: Fraction) -> None:
        """Encode `frame`, shown from `time` (seconds since the segment's start) for `duration` seconds.

        Frames come in order of time. The frame must not be written to afterwards: the encoder keeps it.
        """
        base = self.settings.time_base
        pts = nearest(time / base)
        if self._last is not None and pts <= self._last:
            raise RenderFailed(
                f"{self._path.name}: frames at {self._last * base} s and {time} s fall on one tick."
            )
        frame = self._prepared(frame)
        frame.pts, frame.time_base, frame.dts = pts, base, None
        frame.duration = max(1, nearest((time + duration) / base) - pts)
        # A source's frame type is a command to the encoder: its I-frames would all become key frames.
        frame.pict_type = PictureType.I if self._last is None else PictureType.NONE
        self._last = pts
        self._spans[pts] = frame.duration
        self._mux(encode_video(self._stream, frame))

    def close(self) -> None:
        """Flush the encoder and put the file into its place. Raises `NoSpace`, `NotWritable`, `RenderFailed`."""
        with self._stack:
            if self._last is None:
                raise RenderFailed(f"{self._path.name} has no frames; this is a bug in the plan.")
            self._mux(encode_video(self._stream, None))
        # Only an encoder that is gone has written down what its first pass found.
        del self._stream, self._container

    def abort(self) -> None:
        """Drop what was written; nothing is left on the disk."""
        try:
            with self._stack:
                raise _Aborted
        except _Aborted:
            return

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if error is None:
            self.close()
        else:
            self.abort()

    def _prepared(self, frame: av.VideoFrame) -> av.VideoFrame:
        wanted = self.settings
        same = (frame.format.name, frame.width, frame.height) == (wanted.pix_fmt, wanted.width, wanted.height)
        if same and same_samples(complete(frame_colour(frame), wanted.pix_fmt, frame.height), wanted.colour):
            return tag(frame, wanted.colour)
        return self._convert(frame)

    def _mux(self, packets: Iterable[AnyPacket]) -> None:
        for packet in packets:
            # Encoders that do not carry durations would leave VFR frames with 1/rate.
            if packet.pts is not None and (span := self._spans.pop(packet.pts * self._ticks, 0)):
                packet.duration = span // self._ticks
            mux_one(self._container, packet)


class _Aborted(Exception):
    """Leaves the context managers by their error path."""


def _segment_options(settings: EncoderSettings) -> dict[str, str]:
    if settings.row.segment not in ("mp4", "mov"):
        return {}
    return {"video_track_timescale": str(settings.time_base.denominator), "movie_timescale": "90000"}


def _add_video_stream(container: OutputContainer, settings: EncoderSettings) -> VideoStream:
    row, encoder = settings.row, settings.hardware or settings.row.encoder
    os.environ.setdefault("SVT_LOG", "1")  # SVT-AV1 prints its banner past FFmpeg's log; 1 keeps only errors.
    try:
        stream = add_video(container, encoder, settings.nominal_rate, _encoder_options(settings))
    except (av.error.FFmpegError, ValueError) as error:
        raise RenderFailed(f"The encoder {encoder} cannot be started: {error}.") from error
    context = stream.codec_context
    context.width, context.height, context.pix_fmt = settings.width, settings.height, settings.pix_fmt
    stream.time_base = settings.time_base
    context.time_base = 1 / settings.rate if row.rates and settings.rate else settings.time_base
    context.framerate = settings.nominal_rate
    context.sample_aspect_ratio = settings.sar
    context.colorspace, context.color_range = settings.colour.matrix, settings.colour.range
    context.color_primaries, context.color_trc = settings.colour.primaries, settings.colour.transfer
    context.gop_size = 1 if row.intra else settings.gop
    context.flags |= int(Flags.frame_duration)
    if not row.intra:
        # Closed groups, so that no frame of a segment ever refers across its seam.
        context.flags |= int(Flags.closed_gop)
    context.thread_type = "AUTO"
    context.thread_count = settings.threads
    if row.tag:
        context.codec_tag = row.tag
    try:
        with ordinary_priority():
            context.open()
    except (av.error.FFmpegError, ValueError) as error:
        raise RenderFailed(
            f"{encoder} refuses {settings.width}×{settings.height} {settings.pix_fmt} ({error}); "
            "choose another size or codec."
        ) from error
    return stream


def _encoder_options(settings: EncoderSettings) -> dict[str, str]:
    row = settings.row
    ask = Ask(crf=settings.crf, bitrate=settings.bitrate, max_bitrate=settings.max_bitrate, pass_=settings.pass_,
              stats=settings.stats, hdr=settings.hdr)  # fmt: skip
    if settings.hardware is not None:
        return hardware_options(settings.hardware, ask) | dict(settings.options)
    options = dict(row.options)
    for name, value in options_for(row.control, ask).items():
        listed = name.endswith("-params") and name in options
        options[name] = f"{options[name]}:{value}" if listed else value
    if settings.preset is not None:
        options[row.preset_option] = settings.preset
    if (profile := row.profile(settings.profile)) is not None:
        options[profile.option] = profile.value
    if settings.pix_fmt.startswith(("yuv420", "yuv422", "yuv444")) and "mjpeg" not in row.encoder:
        options["chroma_sample_location"] = "left"
    options.update(settings.options)
    return steady(row.encoder, options)


def encode_audio(
    path: Path, blocks: Iterable[Block], info: AudioInfo, codec: AudioCodec, bitrate: int | None = None
) -> int:
    """Encode `blocks` (float32, (channels, n), at `info.rate`) to a sound-only intermediate file.

    Returns the number of samples written. Priming is written down, so sample 0 is heard at time 0. Raises
    `RenderFailed` when there is nothing to encode or the encoder refuses, `NoSpace`, `NotWritable`.
    """
    with atomic_write(path) as part, open_output(part, codec.segment, {}) as container:
        stream = add_audio_stream(container, info, codec, bitrate)
        context = stream.codec_context
        mp3 = codec.encoder == lame.ENCODER
        convert = AudioResampler(
            format=lame.SAMPLES if mp3 else codec.sample_fmt,
            layout=info.layout,
            rate=info.rate,
            frame_size=(lame.BLOCK if mp3 else context.frame_size) or 4096,
        )
        total = 0

        def converted() -> Iterator[av.AudioFrame | None]:
            nonlocal total
            for block in blocks:
                if block.shape[1]:
                    yield from convert.resample(_audio_frame(block, info, total))
                    total += block.shape[1]
            yield from convert.resample(None)
            yield None

        encoded = lame.encode_mp3(stream, converted()) if mp3 else encode_samples(stream, converted())
        for packet in encoded:
            mux_one(container, packet)
        if not total:
            raise RenderFailed(f"{path.name} has no sound in it; this is a bug in the plan.")
    return total


def _audio_frame(block: Block, info: AudioInfo, start: int) -> av.AudioFrame:
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(block, np.float32), "fltp", info.layout)
    frame.sample_rate, frame.time_base, frame.pts = info.rate, Fraction(1, info.rate), start
    return frame


def add_audio_stream(
    container: OutputContainer, info: AudioInfo, codec: AudioCodec, bitrate: int | None
) -> AudioStream:
    """Add an opened sound encoder to `container`. Raises `RenderFailed` when it refuses the rate or layout."""
    try:
        stream = add_audio(container, codec.encoder, info.rate, info.layout, dict(codec.options))
        context = stream.codec_context
        context.format = codec.sample_fmt
        context.time_base = Fraction(1, info.rate)
        if codec.bitrate:
            context.bit_rate = bitrate or codec.bitrate * max(1, info.channels) // 2
        context.open()
    except (av.error.FFmpegError, ValueError) as error:
        raise RenderFailed(
            f"{codec.key} cannot encode {info.layout} sound at {info.rate} Hz ({error}); choose another rate or codec."
        ) from error
    return stream
