"""Samples found in the media of an MP4 that never got its index: a camera that fell, a full card, an empty battery.

    good.mp4 of the same camera ─► what its tracks are like ─┐
    the broken file's mdat ──────────────────────────────────┴─► where each picture and each sound frame lies

H.264 and HEVC pictures tell where they end: units with their length in front, and a bit that says where the next
picture begins (ITU-T H.264 §7.4.1.2.4, H.265 §7.4.2.4.4). AAC frames do not; but a decoder knows: it fails on every
piece shorter than the frame and on none that is longer, so the end is found by halving. What is neither is passed
over to the next picture.
"""

from __future__ import annotations

import mmap
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Final

import av
import av.error
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Stream
from av.video.stream import VideoStream

from dreamreel.media.timing import is_cover

__all__ = ["Found", "Model", "model_of", "samples"]

_AAC_FRAME: Final = 768 + 8
"""Bytes of one channel in an AAC frame at most (ISO/IEC 14496-3: 6144 bits), and its headers."""
_TRIED: Final = 64
"""Packets of the good file from which is learnt how sound frames begin."""
_SEARCHED: Final = 4096
"""Bytes of garbage before a picture that are searched for sound."""
_PCM_SECONDS: Final = 4
"""No camera puts more sound than this between two pictures."""


@dataclass(frozen=True, slots=True)
class Model:
    """What a track of the good file is like."""

    index: int
    """Number of the stream in the good file."""
    codec: str
    step: Fraction
    """Seconds of a picture or of a sound frame."""
    prefix: int = 0
    """Bytes of the length in front of each unit, for pictures."""
    largest: int = 0
    """Bytes of its largest sample."""
    starts: frozenset[int] = frozenset()
    """The first three bits of its frames, for AAC."""
    frame_bytes: int = 0
    """Bytes of one moment of all channels, for uncompressed sound."""
    rate: int = 0
    channels: int = 0
    begin: Fraction = Fraction(0)
    """Seconds at which its first sample is placed; below 0 where an encoder's priming is not to be heard."""


@dataclass(frozen=True, slots=True)
class Found:
    """A sample in the broken file."""

    track: int
    """Index of the model's stream."""
    start: int
    end: int
    key: bool


def model_of(good: InputContainer) -> tuple[Model | None, Model | None, list[int]]:
    """The picture and the sound track to look for, and the numbers of the tracks that cannot be found."""
    picture: Model | None = None
    sound: Model | None = None
    others: list[int] = []
    for stream in good.streams:
        if isinstance(stream, VideoStream) and not is_cover(stream) and picture is None:
            picture = _picture_model(stream)
            others += [] if picture else [stream.index]
        elif isinstance(stream, AudioStream) and sound is None:
            sound = _sound_model(good, stream)
            others += [] if sound else [stream.index]
        else:
            others.append(stream.index)
    return picture, sound, others


def _picture_model(stream: VideoStream) -> Model | None:
    context = stream.codec_context
    name, header = context.codec.canonical_name, context.extradata or b""
    at = {"h264": 4, "hevc": 21}.get(name)
    if at is None or len(header) <= at or header[0] != 1:
        return None
    step, largest = _usual(stream)
    return Model(
        stream.index, name, step or 1 / (stream.average_rate or Fraction(25)), (header[at] & 3) + 1, largest
    )


def _sound_model(good: InputContainer, stream: AudioStream) -> Model | None:
    context = stream.codec_context
    name = context.codec.canonical_name
    if name == "aac":
        step, largest = _usual(stream)
        starts: set[int] = set()
        for number, packet in enumerate(good.demux(stream)):
            if packet.size:
                starts.add(bytes(packet)[0] >> 5)
            if number > _TRIED:
                break
        return Model(stream.index, name, step or Fraction(1024, context.sample_rate), 0, largest, frozenset(starts),
                     0, context.sample_rate, context.channels, _begin(stream))  # fmt: skip
    if name.startswith("pcm_"):
        size = context.channels * (int("".join(filter(str.isdigit, name))) // 8 or 1)
        return Model(stream.index, name, Fraction(1, context.sample_rate), frame_bytes=size, rate=context.sample_rate,
                     channels=context.channels)  # fmt: skip
    return None


def _usual(stream: Stream) -> tuple[Fraction, int]:
    """The most frequent step between samples in seconds, and the size of the largest."""
    times = [entry.timestamp for entry in stream.index_entries]
    steps = [after - now for now, after in pairwise(times) if after > now]
    base = stream.time_base or Fraction(0)
    step = Counter(steps).most_common(1)[0][0] * base if steps else Fraction(0)
    return step, max((entry.size for entry in stream.index_entries), default=0)


def _begin(stream: Stream) -> Fraction:
    first = next((entry.timestamp for entry in stream.index_entries), 0)
    return first * (stream.time_base or Fraction(0))


class _Pictures:
    """Finds pictures of H.264 or HEVC."""

    def __init__(self, model: Model, data: mmap.mmap, end: int) -> None:
        self.model, self._data, self._end = model, data, end
        self._avc = model.codec == "h264"
        self._head = 1 if self._avc else 2
        self._limit = max(1 << 16, 4 * model.largest)
        heads = rb"[\x01\x06\x09\x21\x25\x27\x41\x45\x61\x65\x67\x68]" if self._avc else rb"[\x00-\x53]\x01"
        self._mark = re.compile(rb"\x00[\s\S]{%d}" % (model.prefix - 1) + heads)

    def _unit(self, at: int) -> int | None:
        """Where the unit at `at` ends, None when there is none that could be one."""
        prefix = self.model.prefix
        body = at + prefix
        if body + self._head > self._end:
            return None
        size = int.from_bytes(self._data[at:body])
        if not self._head < size <= self._limit or body + size > self._end:
            return None
        first = self._data[body]
        if first & 0x80:
            return None
        if self._avc:
            kind, weight = first & 31, first >> 5
            fine = (
                kind in _AVC
                and (weight > 0 or kind not in (5, 7, 8))
                and not (weight and kind in (6, 9, 10, 11, 12))
            )
        else:
            second = self._data[body + 1]
            fine = (first >> 1) in _HEVC and not first & 1 and second >> 3 == 0 and second & 7 > 0
        return body + size if fine else None

    def _slice(self, at: int) -> tuple[bool, bool, bool]:
        """Whether the unit at `at` is a slice, the first of its picture, and of a key picture."""
        body = at + self.model.prefix
        if self._avc:
            kind = self._data[body] & 31
            return kind in (1, 5), bool(self._data[body + 1] & 0x80), kind == 5
        kind = self._data[body] >> 1
        return kind < 32, bool(self._data[body + 2] & 0x80), 16 <= kind <= 21

    def _opens(self, at: int) -> bool:
        """True for units that only come before a picture's slices."""
        first = self._data[at + self.model.prefix]
        return (first & 31) in (6, 7, 8, 9) if self._avc else (first >> 1) in (32, 33, 34, 35, 39)

    def at(self, at: int) -> Found | None:
        """The picture that begins at `at`, or None."""
        place, slices, key = at, 0, False
        while (end := self._unit(place)) is not None:
            slice_, first, idr = self._slice(place)
            if slices and ((slice_ and first) or self._opens(place)):
                break
            if not slices and slice_ and not first:
                return None
            slices += slice_
            key = key or (slice_ and idr)
            place = end
        return Found(self.model.index, at, place, key) if slices else None

    def after(self, at: int, until: int) -> int:
        """The next place from `at` on where a picture begins, `until` when there is none before."""
        for match in self._mark.finditer(self._data, at, until):
            if self.at(match.start()) is not None:
                return match.start()
        return until


_AVC: Final = frozenset({1, 5, 6, 7, 8, 9, 10, 11, 12})
_HEVC: Final = frozenset({*range(10), *range(16, 22), *range(32, 41)})


class _AacFrames:
    """Finds frames of AAC, by asking a decoder."""

    def __init__(self, model: Model, header: bytes | None, data: mmap.mmap, end: int) -> None:
        self.model, self._data, self._end = model, data, end
        self._most = min(_AAC_FRAME * model.channels, max(256, 4 * model.largest))
        self._decoder = av.CodecContext.create("aac", "r")
        self._decoder.extradata = header

    def at(self, at: int) -> Found | None:
        """The frame that begins at `at`, or None."""
        piece = self._data[at : min(self._end, at + self._most)]
        if not piece or piece[0] >> 5 not in self.model.starts or not self._whole(piece):
            return None
        short, enough = 0, len(piece)
        while enough - short > 1:
            middle = (short + enough) // 2
            if self._whole(piece[:middle]):
                enough = middle
            else:
                short = middle
        return Found(self.model.index, at, at + enough, True) if self._alike(piece[:enough]) else None

    def leading_to(self, until: int, start: int) -> list[Found]:
        """The frames that end exactly at `until`, the first of them at `start` or later; none in long stretches."""
        if until - start > _SEARCHED:
            return []
        for place in range(start, until):
            chain: list[Found] = []
            at = place
            while at < until and (found := self.at(at)) is not None:
                chain.append(found)
                at = found.end
            if at == until:
                return chain
        return []

    def _whole(self, piece: bytes) -> bool:
        """True when `piece` begins with a whole frame, whatever follows it."""
        try:
            return bool(self._decoder.decode(av.Packet(piece)))  # pyright: ignore[reportUnknownMemberType]
        except av.error.FFmpegError as error:
            # The first frame came out; what lies behind it is none.
            return "receive_frame" in str(error)
        except ValueError:
            return False

    def _alike(self, piece: bytes) -> bool:
        """True when `piece` is a frame like those of the good file."""
        try:
            frames = self._decoder.decode(av.Packet(piece))  # pyright: ignore[reportUnknownMemberType]
        except (av.error.FFmpegError, ValueError):
            return False
        return bool(frames) and frames[0].sample_rate == self.model.rate and \
            frames[0].layout.nb_channels == self.model.channels  # fmt: skip


def samples(
    data: mmap.mmap,
    start: int,
    end: int,
    picture: Model | None,
    sound: Model | None,
    header: bytes | None,
) -> Iterator[Found | int]:
    """The samples between two places of the broken file, in order; a number for so many bytes that are none.

    `header` is the codec header of the AAC track. Garbage is passed over,
    never believed.
    """
    pictures = _Pictures(picture, data, end) if picture else None
    frames = _AacFrames(sound, header, data, end) if sound and sound.codec == "aac" else None
    at = start
    while at < end:
        found = (pictures.at(at) if pictures else None) or (frames.at(at) if frames else None)
        if found is not None:
            yield found
            at = found.end
            continue
        until = pictures.after(at + 1, end) if pictures else _next_frame(frames, at + 1, end)
        if sound and sound.frame_bytes and until - at <= sound.rate * _PCM_SECONDS * sound.frame_bytes:
            whole = (until - at) // sound.frame_bytes * sound.frame_bytes
            if whole:
                yield Found(sound.index, at, at + whole, True)
            if until - at > whole:
                yield until - at - whole
        else:
            heard = frames.leading_to(until, at + 1) if frames and pictures else []
            yield (heard[0].start if heard else until) - at
            yield from heard
        at = until


def _next_frame(frames: _AacFrames | None, at: int, end: int) -> int:
    """The next place where three sound frames follow each other."""
    while frames and at < end:
        place, count = at, 0
        while count < 3 and (found := frames.at(place)) is not None:
            place, count = found.end, count + 1
        if count == 3 or (count and place >= end):
            return at
        at += 1
    return end
