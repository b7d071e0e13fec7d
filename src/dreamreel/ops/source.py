"""Ops that make a clip from nothing: a file, a still picture, a colour, a gradient.

A file's op carries what probing found – size, rate, length, a hash of the contents – so that `infer` is a function of
the parameters and a recipe can be planned where the file is not.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from dreamreel.errors import BadDuration, BadParameter, InputMissing
from dreamreel.media.info import AudioInfo, ClipInfo, Colour, VideoInfo
from dreamreel.ops.base import Source
from dreamreel.ops.geometry import check_size, rgba
from dreamreel.time import figure

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dreamreel.media.probe import MediaFile

__all__ = ["ColourSource", "FileSource", "GradientSource", "ImageSource", "Mark", "Tag", "Track", "check_duration",
           "content_hash", "from_file", "from_found"]  # fmt: skip

_EDGE = 1 << 20
_LONGEST = 360_000


def content_hash(path: Path) -> str:
    """blake2b-160 of a file's size, first and last MiB: tells files apart quickly. Raises `InputMissing`."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            digest = blake2b(str(size).encode(), digest_size=20)
            file.seek(0)
            digest.update(file.read(_EDGE))
            if size > _EDGE:
                file.seek(max(_EDGE, size - _EDGE))
                digest.update(file.read(_EDGE))
    except OSError as error:
        raise InputMissing(f"{path.name} cannot be read ({error.strerror}); check the name.") from None
    return digest.hexdigest()


def from_file(path: Path) -> FileSource | ImageSource:
    """The source op of a file: what probing finds becomes its parameters. Raises what probing raises."""
    from dreamreel.media.probe import probe

    return from_found(probe(path), content_hash(path))


def from_found(found: MediaFile, content: str) -> FileSource | ImageSource:
    """The source op of a file that was probed and hashed before. Pure."""
    from dreamreel.media.metadata import export_tags

    whole = str(found.path.resolve())
    if found.still is not None:
        still = found.still
        return ImageSource(whole, content, still.width, still.height, alpha=still.alpha)
    video, audio = found.main_video, found.main_audio
    return FileSource(
        whole, content, found.clip_info(),
        rotation=video.rotation.degrees if video else 0,
        mirrored=video.rotation.mirrored if video else False,
        sound_track=found.audio.index(audio) if audio else 0,
        time_base=video.time_base if video else None,
        tags=tuple(Tag(key, value) for key, value in sorted(export_tags(dict(found.tags)).items())),
        chapters=tuple(Mark(mark.start, mark.end, mark.title) for mark in found.chapters),
        tracks=tuple(_tracks(found)),
    )  # fmt: skip


def _tracks(found: MediaFile) -> Iterator[Track]:
    """Every track of a file, in its order."""
    made: list[Track] = []
    for video in found.video:
        kind = "cover" if video.cover else "video"
        made.append(Track(video.index, kind, video.codec, video.setup, video.start, video.duration, video.language,
                          video.title, video.dispositions, bit_rate=video.bit_rate))  # fmt: skip
    for audio in found.audio:
        sound = AudioInfo(audio.sample_rate, audio.layout, audio.channels)
        made.append(Track(audio.index, "audio", audio.codec, audio.setup, audio.start, audio.duration, audio.language,
                          audio.title, audio.dispositions, sound, audio.bit_rate))  # fmt: skip
    made.extend(
        Track(other.index, other.kind, other.codec or "", language=other.language, title=other.title,
              dispositions=other.dispositions)
        for other in found.others
    )  # fmt: skip
    yield from sorted(made, key=lambda track: track.index)


def check_duration(op: str, duration: Fraction) -> None:
    """Raises `BadDuration` unless a clip can be that long: above 0 and up to 100 hours."""
    if not 0 < duration <= _LONGEST:
        raise BadDuration(
            f"{op}: a duration of {figure(duration)} s is out of range; choose up to {_LONGEST} s."
        )


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag of a file."""

    key: str
    value: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A chapter: a named stretch in seconds."""

    start: Fraction
    end: Fraction
    title: str


@dataclass(frozen=True, slots=True)
class Track:
    """A track of a file, as probing found it. Times are seconds since the file's start."""

    index: int
    """FFmpeg's number of the stream in the file."""
    kind: Literal["video", "audio", "cover", "subtitle", "attachment", "data", "unknown"]
    codec: str
    """FFmpeg's name of the codec, not of a decoder: h264, av1, aac …; empty when it has none."""
    setup: str = ""
    """Digest of the codec's own header; tracks with the same one can be joined."""
    start: Fraction = Fraction(0)
    duration: Fraction = Fraction(0)
    language: str | None = None
    title: str | None = None
    dispositions: tuple[str, ...] = ()
    sound: AudioInfo | None = None
    """Of a sound track."""
    bit_rate: int | None = None
    """Bits per second, where the file says it."""


@dataclass(frozen=True, slots=True)
class FileSource(Source):
    """A video or sound file: its first picture track and one of its sound tracks; the others are listed."""

    name = "source.file"
    version = 2
    path: str
    """An absolute path, or only the file's name in a recipe that travels."""
    content: str
    """`content_hash` of the file."""
    info: ClipInfo
    """What probing found, as displayed."""
    rotation: int = 0
    """Degrees the stored picture must be turned counter-clockwise to stand upright."""
    mirrored: bool = False
    """True when it is mirrored left to right before that."""
    sound_track: int = 0
    """Which of the file's sound tracks."""
    time_base: Fraction | None = None
    """The picture's own clock, kept for a variable rate."""
    tags: tuple[Tag, ...] = ()
    """Title, artist and the like; never a place."""
    chapters: tuple[Mark, ...] = ()
    tracks: tuple[Track, ...] = ()
    """Every track of the file."""

    def infer(self, *inputs: ClipInfo) -> ClipInfo:
        del inputs
        check_duration("open", self.info.duration)
        if self.info.video is None and self.info.audio is None:
            raise BadParameter("open: the recipe describes a file without a picture and without sound.")
        if self.info.video is not None:
            check_size("open", self.info.video.width, self.info.video.height)
        return self.info


@dataclass(frozen=True, slots=True)
class ImageSource(Source):
    """A picture file, upright, held for `duration` seconds."""

    name = "source.image"
    path: str
    content: str
    width: int
    height: int
    duration: Fraction = Fraction(5)
    alpha: bool = False
    rate: Fraction = Fraction(25)

    def infer(self, *inputs: ClipInfo) -> ClipInfo:
        del inputs
        check_duration("image", self.duration)
        check_size("image", self.width, self.height)
        return ClipInfo(self.duration, _still(self.width, self.height, self.rate, self.alpha))


@dataclass(frozen=True, slots=True)
class ColourSource(Source):
    """One colour, `"#rrggbb"`, `"#rrggbbaa"` or a CSS name."""

    name = "source.colour"
    colour: str
    width: int
    height: int
    duration: Fraction
    rate: Fraction = Fraction(25)

    def infer(self, *inputs: ClipInfo) -> ClipInfo:
        del inputs
        check_duration("colour", self.duration)
        check_size("colour", self.width, self.height)
        alpha = rgba(self.colour)[3] < 255
        return ClipInfo(self.duration, _still(self.width, self.height, self.rate, alpha))

    def draw(self) -> NDArray[np.uint8]:
        """height×width×4 RGBA."""
        return np.broadcast_to(np.array(rgba(self.colour), np.uint8), (self.height, self.width, 4)).copy()


@dataclass(frozen=True, slots=True)
class GradientSource(Source):
    """A straight blend from one colour to another, at `angle` degrees (0 left to right, 90 downwards).

    Ordered noise of less than one step hides the bands that eight bits would show.
    """

    name = "source.gradient"
    start: str
    end: str
    width: int
    height: int
    duration: Fraction
    angle: int = 90
    rate: Fraction = Fraction(25)

    def infer(self, *inputs: ClipInfo) -> ClipInfo:
        del inputs
        check_duration("gradient", self.duration)
        check_size("gradient", self.width, self.height)
        alpha = min(rgba(self.start)[3], rgba(self.end)[3]) < 255
        return ClipInfo(self.duration, _still(self.width, self.height, self.rate, alpha))

    def draw(self) -> NDArray[np.uint8]:
        """height×width×4 RGBA."""
        turn = np.deg2rad(self.angle)
        across = np.linspace(-1, 1, self.width, dtype=np.float32)[None, :] * np.float32(np.cos(turn))
        down = np.linspace(-1, 1, self.height, dtype=np.float32)[:, None] * np.float32(np.sin(turn))
        along = across + down
        along = (along - along.min()) / max(float(along.max() - along.min()), 1e-6)
        ends = np.array([rgba(self.start), rgba(self.end)], np.float32)
        blend = ends[0] + (ends[1] - ends[0]) * along[:, :, None]
        return np.clip(blend + _noise(self.height, self.width), 0, 255).astype(np.uint8)


def _noise(height: int, width: int) -> NDArray[np.float32]:
    """Interleaved gradient noise in [0, 1), Jimenez 2014: even, cheap, the same everywhere."""
    x = np.arange(width, dtype=np.float32)[None, :]
    y = np.arange(height, dtype=np.float32)[:, None]
    return np.mod(52.9829189 * np.mod(0.06711056 * x + 0.00583715 * y, 1), 1).astype(np.float32)[:, :, None]


def _still(width: int, height: int, rate: Fraction, alpha: bool) -> VideoInfo:
    srgb = Colour(0, 2, 1, 13)
    video = VideoInfo(width, height, "rgba" if alpha else "rgb24", rate, colour=srgb, still=True)
    return replace(video, alpha=alpha)
