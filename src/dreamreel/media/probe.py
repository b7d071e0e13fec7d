"""What is in a file, found out without decoding more than one frame per track.

    open ─► header facts ─► timestamps (sample table, or packets) ─► exact length, constant rate or VFR ─► MediaFile

Headers say little that is exact: Matroska may give no duration, rounds every time to a millisecond, and calls a
variable rate a constant one. So timestamps are read: from the sample table of MP4, else from the packets of files up
to `SCAN_BYTES`, else from the first `SCAN_PACKETS` of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields, is_dataclass
from fractions import Fraction
from hashlib import blake2b
from pathlib import Path
from typing import Literal, cast

import av
import av.error
from av.audio.stream import AudioStream
from av.codec.context import CodecContext
from av.container import InputContainer
from av.stream import Disposition, Stream
from av.video.stream import VideoStream

from dreamreel.errors import DamagedMedia, NotMedia, ProtectedMedia
from dreamreel.media.audio import sample_bits, usual_layout
from dreamreel.media.colour import complete, frame_colour, names
from dreamreel.media.hdr import hdr_of
from dreamreel.media.images import is_still, picture_info
from dreamreel.media.info import AudioInfo, ClipInfo, Colour, Hdr, VideoInfo
from dreamreel.media.labels import track_title
from dreamreel.media.open import check_input, open_media
from dreamreel.media.protection import protection
from dreamreel.media.reader import expected_length
from dreamreel.media.rotation import Rotation, frame_rotation
from dreamreel.media.timing import constant_rate, is_cover, longest_gap, track_starts
from dreamreel.media.truncation import is_cut_short

__all__ = ["AudioTrack", "Chapter", "MediaFile", "OtherTrack", "VideoTrack", "probe"]

SCAN_BYTES = 512 * 2**20
"""Files up to this size are read whole when the header does not say enough: about a second from a disk."""
SCAN_PACKETS = 2000
"""Of larger files, this many packets decide whether the rate is constant."""

_SETTLE = Fraction(1, 20)
"""Sound that outlasts the picture by less than this is the encoder's last block, not a longer clip."""
_LONG = Fraction(10)
"""A last picture held for longer than this is rather a longer sound track."""
_PAUSE = 3600
"""Seconds without a single packet that are a broken clock."""
_FRAMES_TRIED = 30
"""Packets that may pass before the first picture; more means that it does not decode."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoTrack:
    """A picture track. Times are seconds since the file's start."""

    index: int
    codec: str
    """The codec's name, not that of a decoder: h264, av1 …"""
    setup: str
    """Digest of the codec's header: tracks that share it can be joined as they are."""
    bit_rate: int | None
    """Bits per second, where the file says it."""
    profile: str | None
    width: int
    """As displayed, after rotation; square pixels are not assumed, see `sar`."""
    height: int
    coded_width: int
    coded_height: int
    pix_fmt: str
    bits: int
    """Bits per component."""
    rate: Fraction | None
    """Frames per second, None for VFR."""
    average_rate: Fraction | None
    sar: Fraction
    """Sample aspect ratio as displayed."""
    colour: Colour
    """As the file says, unspecified codes included."""
    light: Hdr | None = None
    """HDR10's static metadata."""
    rotation: Rotation
    frames: int | None
    start: Fraction
    duration: Fraction
    time_base: Fraction
    cover: bool
    """True for cover art."""
    language: str | None
    title: str | None
    dispositions: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioTrack:
    """A sound track. Times are seconds since the file's start."""

    index: int
    codec: str
    setup: str
    """Digest of the codec's header."""
    profile: str | None
    sample_rate: int
    layout: str
    channels: int
    bits: int | None = None
    """Bits of a sample as stored; None for codecs that do not keep samples as they are."""
    bit_rate: int | None
    start: Fraction
    duration: Fraction
    language: str | None
    title: str | None
    dispositions: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherTrack:
    """Subtitles, data, or an attached file."""

    index: int
    kind: Literal["subtitle", "data", "attachment", "unknown"]
    codec: str | None
    language: str | None
    title: str | None
    dispositions: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """A named stretch, in seconds since the file's start."""

    start: Fraction
    end: Fraction
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaFile:
    """Everything known about a file."""

    path: Path
    format: str
    """FFmpeg's name of the container, or the image format."""
    size: int
    """Bytes."""
    start: Fraction
    """Where the file's own clock begins; all other times are relative to it."""
    duration: Fraction
    """Exact seconds; 0 for a still picture."""
    video: tuple[VideoTrack, ...] = ()
    audio: tuple[AudioTrack, ...] = ()
    others: tuple[OtherTrack, ...] = ()
    chapters: tuple[Chapter, ...] = ()
    tags: tuple[tuple[str, str], ...] = ()
    """Pairs of name and text; people see them, exports filter them."""
    still: VideoInfo | None = None
    """Set for a still picture instead of `video`."""
    notes: tuple[str, ...] = ()
    """What the user should know, such as that only the first frame is read."""

    @property
    def main_video(self) -> VideoTrack | None:
        """The first picture track that is not cover art."""
        return next((track for track in self.video if not track.cover), None)

    @property
    def main_audio(self) -> AudioTrack | None:
        """The default sound track: the first so marked, else the first."""
        marked = (track for track in self.audio if "default" in track.dispositions)
        return next(marked, self.audio[0] if self.audio else None)

    def clip_info(self) -> ClipInfo:
        """The file as a clip: main tracks, size as displayed, colour completed where the file does not say it."""
        if self.still:
            return ClipInfo(self.duration, self.still)
        sound, picture = self.main_audio, self.main_video
        return ClipInfo(
            self.duration,
            _video_info(picture) if picture else None,
            AudioInfo(sound.sample_rate, sound.layout, sound.channels, sound.bits or 0) if sound else None,
        )

    def as_json(self) -> dict[str, object]:
        """Plain JSON values; times and rates as exact `"num/den"` text, colours by name, the file by its name only."""
        values = {
            field.name: _plain(getattr(self, field.name)) for field in fields(self) if field.name != "path"
        }
        return {"name": self.path.name, **values}


def probe(path: Path, *, lenient: bool = False) -> MediaFile:
    """Find out what is in `path`. Raises what `open_media` raises, `ProtectedMedia` for an encrypted file, and
    `DamagedMedia` or `NotMedia` when there is nothing that can be decoded or played.

    `lenient` is for looking only: tracks that cannot be decoded are listed as well, with a note, and nothing of that
    is an error.
    """
    head = check_input(path)
    if is_still(path, head):
        picture = picture_info(path)
        info = VideoInfo(picture.width, picture.height, "rgba" if picture.has_alpha else "rgb24", None,
                         colour=Colour(0, 2, 1, 13), alpha=picture.has_alpha, still=True)  # fmt: skip
        return MediaFile(path=path, format=picture.format, size=path.stat().st_size, start=Fraction(0),
                         duration=Fraction(0), still=info, notes=picture.notes)  # fmt: skip
    with open_media(path) as container:
        return _probe_container(path, container, lenient)


def _probe_container(path: Path, container: InputContainer, lenient: bool) -> MediaFile:
    locked = protection(path)
    if locked and not lenient:
        raise ProtectedMedia(
            f"{path.name} is {locked.sentence}: only its shop's players can open it; use a copy without protection."
        )
    clock = _Clock(track_starts(path, container))
    frames = _first_frames(path)
    stamps = _stamps(path, container)
    if not lenient:
        _check_clock(path, container, stamps)
    video = tuple(
        _video_track(stream, clock, frames.get(stream.index), stamps.get(stream.index), container)
        for stream in container.streams.video
        if stream.codec_context and (lenient or stream.index in frames or is_cover(stream))
    )
    audio = tuple(
        _audio_track(stream, clock, stamps.get(stream.index), container)
        for stream in container.streams.audio
        if stream.codec_context and stream.codec_context.sample_rate
    )
    if not lenient and not audio and not any(not track.cover for track in video):
        raise _nothing(path, bool(video))
    notes = [f"track {s.index} is in a format that cannot be decoded" for s in container.streams.video
             if s.index not in frames and not is_cover(s)]  # fmt: skip
    if locked:
        notes = [f"the file is {locked.sentence}; only its shop's players can open it"]
    if is_cut_short(path):
        notes.append("the file is cut short; what is missing at its end is lost")
    return MediaFile(
        path=path, format=container.format.name, size=path.stat().st_size, start=clock.zero,
        duration=_length(video, audio), video=video, audio=audio,
        others=tuple(
            _other_track(stream) for stream in container.streams
            if stream.type not in ("video", "audio") and not _is_chapter_track(stream, container)
        ),
        chapters=_chapters(container, clock.zero),
        tags=tuple((key, _text(value)) for key, value in container.metadata.items()),
        notes=tuple(notes),
    )  # fmt: skip


def _nothing(path: Path, covers: bool) -> DamagedMedia | NotMedia:
    if covers:
        return NotMedia(f"{path.name} holds a cover picture and nothing that plays; use the picture itself.")
    return DamagedMedia(f"{path.name} holds no track that can be decoded; convert it, or download it again.")


def _check_clock(path: Path, container: InputContainer, stamps: Mapping[int, _Stamps]) -> None:
    gap = longest_gap((own.times, container.streams[index].time_base) for index, own in stamps.items())
    if gap > _PAUSE:
        raise DamagedMedia(f"{path.name} is damaged: its clock jumps by {gap / 3600:.1f} hours; "
                           "`dreamreel repair` puts its times in order.")  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Clock:
    """Where the tracks begin on the file's own clock, in seconds."""

    starts: Mapping[int, Fraction]

    @property
    def zero(self) -> Fraction:
        """The earliest start: what the rest of the program calls 0."""
        return min(self.starts.values(), default=Fraction(0))

    def begin(self, stream: Stream) -> Fraction:
        """Where `stream` begins."""
        return self.starts.get(stream.index, self.zero)


@dataclass(frozen=True, slots=True)
class _Stamps:
    """Timestamps of one track in ticks: those that were read, where the last ends, and whether they are all."""

    times: Sequence[int]
    end: int
    whole: bool


def _first_frames(path: Path) -> dict[int, av.VideoFrame]:
    """The first picture of every picture track, by stream index: only it says rotation and colour for sure."""
    found: dict[int, av.VideoFrame] = {}
    with open_media(path) as container, suppress(av.error.FFmpegError):
        # A file that is damaged on the way has shown what it has.
        wanted = [s for s in container.streams.video if s.codec_context and not is_cover(s)]
        tried = 0
        for packet in container.demux(wanted) if wanted else ():
            if packet.stream_index in found:
                continue
            try:
                frames = packet.decode()
            except av.error.FFmpegError:
                frames = []
            tried += 1
            if frames and isinstance(frame := frames[0], av.VideoFrame):
                found[packet.stream_index] = frame
            if len(found) == len(wanted) or tried > _FRAMES_TRIED * len(wanted):
                break
    return found


def _stamps(path: Path, container: InputContainer) -> dict[int, _Stamps]:
    """The timestamps of all timed tracks: out of the sample table where there is one, else by reading packets."""
    timed = [
        s for s in container.streams if s.type in ("video", "audio") and s.codec_context and not is_cover(s)
    ]
    if "mp4" in container.format.name and all(s.duration is not None and len(s.index_entries) for s in timed):
        result: dict[int, _Stamps] = {}
        for stream in timed:
            times = [entry.timestamp for entry in stream.index_entries if not entry.is_discard]
            result[stream.index] = _Stamps(times, (stream.start_time or 0) + (stream.duration or 0), True)
        # The table has decoding times only. Where the rate varies, the last picture's own time can lie beyond the
        # length that the header adds up from them.
        varying = [s.index for s in timed if s.type == "video" and s.time_base and path.stat().st_size <= SCAN_BYTES
                   and constant_rate(result[s.index].times, s.time_base) is None]  # fmt: skip
        return result | (_scan(path, varying, whole=True) if varying else {})
    return _scan(path, [s.index for s in timed], whole=path.stat().st_size <= SCAN_BYTES)


def _scan(path: Path, indexes: Sequence[int], *, whole: bool) -> dict[int, _Stamps]:
    times: dict[int, list[int]] = {index: [] for index in indexes}
    ends: dict[int, int] = {}
    with open_media(path) as container:
        try:
            for number, packet in enumerate(container.demux([container.streams[index] for index in indexes])):
                stamp = packet.dts if packet.pts is None else packet.pts
                if stamp is None or not packet.size:
                    continue
                times[packet.stream_index].append(stamp)
                end = stamp + (packet.duration or 0)
                ends[packet.stream_index] = max(end, ends.get(packet.stream_index, end))
                if not whole and number >= SCAN_PACKETS:
                    break
        except av.error.FFmpegError:
            whole = False  # Damaged on the way; what was read still tells the rate.
    return {index: _Stamps(own, ends[index], whole) for index, own in times.items() if own}


def _video_track(
    stream: VideoStream,
    clock: _Clock,
    frame: av.VideoFrame | None,
    stamps: _Stamps | None,
    container: InputContainer,
) -> VideoTrack:
    context = stream.codec_context
    base = stream.time_base or Fraction(1, 90_000)
    rotation = frame_rotation(frame) if frame else Rotation()
    sizes = (frame.width, frame.height) if frame else (context.width, context.height)
    rate = constant_rate(stamps.times, base, (stream.average_rate, stream.guessed_rate)) if stamps else None
    count = stream.frames or (len(stamps.times) if stamps and stamps.whole else 0)
    sar = stream.sample_aspect_ratio or Fraction(1)
    if rate and count:
        duration = count / rate
    else:
        duration = _track_length(
            stream, clock.begin(stream), stamps, container, 1 / (rate or stream.average_rate or Fraction(25))
        )
    width, height = sizes[::-1] if rotation.swaps_sides else sizes
    form = frame.format if frame else context.format
    return VideoTrack(
        index=stream.index, codec=context.codec.canonical_name, setup=_setup(context), profile=context.profile,
        bit_rate=context.bit_rate or None, width=width, height=height,
        coded_width=sizes[0], coded_height=sizes[1], pix_fmt=form.name if form else "yuv420p",
        bits=form.components[0].bits if form else 8, rate=rate, average_rate=stream.average_rate or None,
        sar=1 / sar if rotation.swaps_sides else sar, colour=frame_colour(frame) if frame else Colour(2, 0, 2, 2),
        light=hdr_of(frame) if frame else None,
        rotation=rotation, frames=count or None, start=clock.begin(stream) - clock.zero, duration=duration,
        time_base=base, cover=is_cover(stream), language=_tag(stream, "language"), title=_title(stream),
        dispositions=_dispositions(stream),
    )  # fmt: skip


def _audio_track(
    stream: AudioStream, clock: _Clock, stamps: _Stamps | None, container: InputContainer
) -> AudioTrack:
    context = stream.codec_context
    return AudioTrack(
        index=stream.index, codec=context.codec.canonical_name, setup=_setup(context), profile=context.profile,
        sample_rate=context.sample_rate,
        layout=usual_layout(context.layout.name, context.channels), channels=context.channels,
        bits=sample_bits(stream), bit_rate=context.bit_rate or None, start=clock.begin(stream) - clock.zero,
        duration=_track_length(stream, clock.begin(stream), stamps, container, Fraction(0)),
        language=_tag(stream, "language"), title=_title(stream), dispositions=_dispositions(stream),
    )  # fmt: skip


def _is_chapter_track(stream: Stream, container: InputContainer) -> bool:
    """True for the track of words in which QuickTime keeps its chapters; they are told as chapters."""
    handler = stream.metadata.get("handler_name")
    return stream.type == "data" and handler == "SubtitleHandler" and bool(container.chapters())


def _other_track(stream: Stream) -> OtherTrack:
    kind = stream.type if stream.type in ("subtitle", "data", "attachment") else "unknown"
    # Tracks of no known kind have no name at all.
    name = cast("str | None", getattr(stream, "name", None))
    codec = stream.codec_context.codec.canonical_name if stream.codec_context else name
    return OtherTrack(index=stream.index, kind=kind, codec=codec, language=_tag(stream, "language"),
                      title=_title(stream), dispositions=_dispositions(stream))  # fmt: skip


def _track_length(
    stream: Stream, begin: Fraction, stamps: _Stamps | None, container: InputContainer, frame: Fraction
) -> Fraction:
    """Seconds a track lasts: as its header says, else to the end of its last packet, else as the container says."""
    base = stream.time_base or Fraction(1, 90_000)
    claimed = expected_length(stream)
    file = Fraction(container.duration or 0, av.time_base)
    if stream.duration is not None and claimed is not None:
        last = max(stamps.times) * base - begin if stamps and stamps.whole and frame else None
        return claimed if last is None or last < claimed else last + frame
    if stamps and stamps.whole:
        last, end = max(stamps.times) * base, stamps.end * base
        if end == last:
            # Matroska leaves out the duration of the last picture; it lasts to the end of the file when that is near.
            end = file if last < file < last + _LONG else last + frame
        return end - begin
    return claimed or file or frame


def _length(video: Sequence[VideoTrack], audio: Sequence[AudioTrack]) -> Fraction:
    """The clip's length: that of the picture, unless the sound goes on for longer than an encoder's last block."""
    picture = max((track.start + track.duration for track in video if not track.cover), default=Fraction(0))
    sound = max((track.start + track.duration for track in audio), default=Fraction(0))
    return picture if picture and sound - picture < _SETTLE else max(picture, sound)


def _video_info(track: VideoTrack) -> VideoInfo:
    colour = complete(track.colour, track.pix_fmt, track.coded_height)
    alpha = track.pix_fmt.startswith(("yuva", "rgba", "bgra", "argb", "abgr", "gbrap", "ya", "pal8"))
    return VideoInfo(track.width, track.height, track.pix_fmt, track.rate, track.sar, colour, alpha,
                     hdr=track.light)  # fmt: skip


def _chapters(container: InputContainer, zero: Fraction) -> tuple[Chapter, ...]:
    return tuple(
        Chapter(start=c["start"] * c["time_base"] - zero, end=c["end"] * c["time_base"] - zero,
                title=_text(c["metadata"].get("title", "")))
        for c in container.chapters()
        if c["time_base"]
    )  # fmt: skip


def _setup(context: CodecContext) -> str:
    return blake2b(context.extradata or b"", digest_size=10).hexdigest()


def _dispositions(stream: Stream) -> tuple[str, ...]:
    return tuple(flag.name for flag in Disposition if flag in stream.disposition and flag.name)


def _title(stream: Stream) -> str | None:
    name = track_title(stream.metadata)
    return _text(name) if name else None


def _tag(stream: Stream, name: str) -> str | None:
    value = stream.metadata.get(name)
    return _text(value) if value else None


def _text(value: str) -> str:
    """Bytes that are not UTF-8 come as lone surrogates, which neither JSON nor a terminal takes."""
    return value.encode("utf-8", "replace").decode()


def _plain(value: object) -> object:
    if isinstance(value, Colour):
        return names(value)
    if isinstance(value, Fraction):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    return [_plain(item) for item in cast("tuple[object, ...]", value)] if isinstance(value, tuple) else value
