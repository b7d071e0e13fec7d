"""Tracks into one file, without encoding again: finished segments, finished sounds, copies of what files hold.

    segments ─► survey: same codec, no gap, no overlap ─► one dts line ─┐
    sounds ─► priming kept ─────────────────────────────────────────────┼─► interleaved ─► .part ─► recipe ─► rename
    copies ─► see `remux` ──────────────────────────────────────────────┘

Decoding times are laid out anew over the whole film: dts[i] = the i-th smallest pts, D frames earlier, with D the
reorder depth found. Each segment's own would run backwards at a seam between frames of different length.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av.error
from av.audio.stream import AudioStream
from av.bitstream import BitStreamFilterContext
from av.container import OutputContainer
from av.stream import Stream
from av.video.stream import VideoStream

from dreamreel.errors import OutputIsInput, RenderFailed
from dreamreel.media.atomic import atomic_write, output_error
from dreamreel.media.codecs import AUDIO_CODECS, VIDEO_CODECS
from dreamreel.media.encode import add_audio_stream
from dreamreel.media.formats import Container
from dreamreel.media.info import AudioInfo, Colour
from dreamreel.media.labels import NO_LABEL, Label, put_label
from dreamreel.media.libav import bitstream_filtered, copy_stream, demux, mux_one
from dreamreel.media.metadata import embed_recipe, is_place, recipe_tags
from dreamreel.media.open import open_media, open_output
from dreamreel.media.remux import (
    CopiedTrack,
    Piece,
    Timed,
    add_copies,
    copied_packets,
)
from dreamreel.media.timing import constant_rate, decoding_times
from dreamreel.time import Span, nearest

__all__ = ["AnyTrack", "ChapterMark", "FilmTrack", "PacketTrack", "SoundTrack", "check_not_input", "mux"]


_CHECK_EVERY = 256
"""Packets between two looks at whether to stop."""


@dataclass(frozen=True, slots=True)
class ChapterMark:
    """A named stretch of the output."""

    span: Span
    title: str


@dataclass(frozen=True, slots=True)
class FilmTrack:
    """The picture: files that start at `offsets` and last `durations` seconds, encoded alike."""

    parts: Sequence[Path]
    offsets: Sequence[Fraction]
    durations: Sequence[Fraction]
    colour: Colour | None = None
    """Written to the container where the codec's own header cannot say it."""
    label: Label = NO_LABEL


@dataclass(frozen=True, slots=True)
class SoundTrack:
    """Sound from a file of its own; its first heard sample is at `offset` seconds."""

    path: Path
    offset: Fraction = Fraction(0)
    label: Label = NO_LABEL


@dataclass(frozen=True, slots=True)
class PacketTrack:
    """A track whose packets somebody else makes: `start` adds its stream to the output and gives its packets."""

    start: Callable[[ExitStack, OutputContainer, Container], Iterator[Timed]]
    paths: Sequence[Path] = ()
    """The files it reads."""


AnyTrack = FilmTrack | SoundTrack | CopiedTrack | PacketTrack


def mux(
    tracks: Sequence[AnyTrack],
    out: Path,
    container: Container,
    *,
    tags: Mapping[str, str] | None = None,
    recipe: str | None = None,
    chapters: Sequence[ChapterMark] = (),
    inputs: Sequence[Path] = (),
    check: Callable[[], None] | None = None,
    places_of: Path | None = None,
) -> None:
    """Put `tracks` into one file, in their order, with `tags`, `chapters` and the recipe. `check` is called now and
    then, and raises to stop. `places_of` is the file whose tags that say a place are written as well.

    Raises `RenderFailed` when segments do not fit together or the muxer refuses a track, `OutputIsInput`, `NoSpace`,
    `NotWritable`. The output is complete or absent.
    """
    check_not_input(out, [*(path for track in tracks for path in _read(track)), *inputs])
    films = {id(track): _survey(track) for track in tracks if isinstance(track, FilmTrack)}
    options = {**dict(container.options), "fflags": "+bitexact"}
    if container.dts_durations:
        options["movie_timescale"] = "90000"
        for film in films.values():
            options["video_track_timescale"] = str(film.base.denominator)
    with atomic_write(out) as part:
        with _told_apart(out), ExitStack() as stack:
            target = stack.enter_context(open_output(part, container.muxer, options))
            target.metadata.update(tags or {})
            target.metadata.update(_places(places_of))
            target.metadata.update(recipe_tags(container, recipe, (tags or {}).get("comment", "")))
            _set_chapters(target, chapters)
            copies = _Copies(stack, target, container, tracks)
            feeds: list[Iterator[Timed]] = []
            for track in tracks:
                match track:
                    case FilmTrack():
                        feeds.append(_video_packets(stack, target, container, films[id(track)], track))
                    case SoundTrack():
                        feeds.append(_audio_packets(stack, target, container, track))
                    case PacketTrack():
                        feeds.append(track.start(stack, target, container))
                    case CopiedTrack():
                        copies.add(track)
            feeds += copies.feeds()
            for number, timed in enumerate(heapq.merge(*feeds, key=lambda timed: timed.time)):
                if check and number % _CHECK_EVERY == 0:
                    check()
                mux_one(target, timed.packet)
        if recipe is not None and container.recipe in ("box", "comment", "chunk"):
            embed_recipe(part, recipe)


@contextmanager
def _told_apart(out: Path) -> Generator[None]:
    """Turn what is damaged in a source, or refused by the muxer, into `RenderFailed`; a full disk stays one."""
    try:
        yield
    except av.error.FFmpegError as error:
        if output_error(error, out):
            raise
        raise RenderFailed(
            f"{out.name}: a packet of the source is damaged and cannot be copied; encode it, or use "
            "`dreamreel repair` on the source first."
        ) from error


def _places(path: Path | None) -> dict[str, str]:
    """The tags of a file that say where it was made. They are read here, because recipes may not carry them."""
    if path is None:
        return {}
    with open_media(path) as source:
        return {key: value for key, value in source.metadata.items() if is_place(key, value)}


def _read(track: AnyTrack) -> Sequence[Path]:
    match track:
        case FilmTrack():
            return track.parts
        case PacketTrack():
            return track.paths
        case _:
            return (track.path,)


class _Copies:
    """Copied tracks by the file they come from: one demuxer serves all that are cut alike."""

    def __init__(
        self, stack: ExitStack, target: OutputContainer, container: Container, tracks: Sequence[AnyTrack]
    ) -> None:
        self._target, self._container = target, container
        copied = [track for track in tracks if isinstance(track, CopiedTrack)]
        keys = dict.fromkeys((track.path, track.pieces) for track in copied)
        self._sources = {key: stack.enter_context(open_media(key[0], repair_times=True)) for key in keys}
        self._tracks = {key: [track for track in copied if (track.path, track.pieces) == key] for key in keys}
        self._streams: dict[tuple[Path, tuple[Piece, ...]], dict[int, Stream]] = {key: {} for key in keys}

    def add(self, track: CopiedTrack) -> None:
        """Add its stream now, so that tracks keep their order."""
        key = (track.path, track.pieces)
        self._streams[key] |= add_copies(self._target, self._container, self._sources[key], [track])

    def feeds(self) -> list[Iterator[Timed]]:
        """The packets of each file."""
        return [copied_packets(source, self._container, self._tracks[key], self._streams[key])
                for key, source in self._sources.items()]  # fmt: skip


def check_not_input(out: Path, inputs: Sequence[Path]) -> None:
    """Raise `OutputIsInput` when `out` is one of `inputs`, by whatever name or link."""
    for path in inputs:
        if out.exists() and path.exists() and out.samefile(path):
            raise OutputIsInput(
                f"{out.name} is also an input; originals are never overwritten, choose another name."
            )


@dataclass(frozen=True, slots=True)
class _Film:
    """The picture track of the output: for every packet in decoding order its pts, dts and duration, in ticks."""

    parts: tuple[Path, ...]
    base: Fraction
    pts: tuple[int, ...]
    dts: tuple[int, ...]
    durations: tuple[int, ...]
    rate: Fraction | None


@dataclass(frozen=True, slots=True)
class _Format:
    """What must be equal in all segments of one track."""

    codec: str
    size: tuple[int, int]
    pix_fmt: str | None
    extradata: bytes | None
    base: Fraction


def _survey(track: FilmTrack) -> _Film:
    """Read all timestamps (no pictures), check the seams, lay out the decoding times."""
    parts, offsets, durations = track.parts, track.offsets, track.durations
    if not len(parts) == len(offsets) == len(durations):
        raise RenderFailed(
            "The plan names different numbers of segments, offsets and durations; this is a bug."
        )
    stamps: list[int] = []
    form: _Format | None = None
    for path, offset, duration in zip(parts, offsets, durations, strict=True):
        own_form, own = _part(path)
        form = form or own_form
        if own_form != form:
            raise RenderFailed(
                f"{path.name} was encoded differently from the first segment; render it again."
            )
        if not own or min(own) > 1 or max(own) * form.base >= duration + form.base:
            raise RenderFailed(f"{path.name} does not fill its {float(duration):.3f} s; render it again.")
        stamps += [nearest(offset / form.base) + pts for pts in own]
    assert form is not None
    for start, length, following in zip(offsets, durations, offsets[1:], strict=False):
        if abs(start + length - following) > form.base:
            raise RenderFailed(f"Segments do not meet at {float(following):.3f} s; render again.")
    ordered = sorted(stamps)
    if any(one == two for one, two in pairwise(ordered)):
        raise RenderFailed("Two frames fall on one tick at a seam; render again.")
    end = max(nearest((offsets[-1] + durations[-1]) / form.base), ordered[-1] + 1)
    lasting = {pts: after - pts for pts, after in pairwise([*ordered, end])}
    return _Film(tuple(parts), form.base, tuple(stamps), tuple(decoding_times(stamps)),
                 tuple(lasting[pts] for pts in stamps), constant_rate(ordered, form.base))  # fmt: skip


def _part(path: Path) -> tuple[_Format, list[int]]:
    with open_media(path) as source:
        stream = source.streams.video[0]
        context = stream.codec_context
        assert stream.time_base is not None
        form = _Format(context.name, (context.width, context.height), context.pix_fmt, context.extradata,
                       stream.time_base)  # fmt: skip
        return form, [packet.pts for packet in source.demux(stream) if packet.size and packet.pts is not None]


def _set_chapters(target: OutputContainer, chapters: Sequence[ChapterMark]) -> None:
    base = Fraction(1, 1000)
    target.set_chapters([
        {"id": number, "start": nearest(mark.span.start / base), "end": nearest(mark.span.end / base),
         "time_base": base, "metadata": {"title": mark.title}}
        for number, mark in enumerate(chapters)
    ])  # fmt: skip


def _video_packets(
    stack: ExitStack, target: OutputContainer, container: Container, film: _Film, track: FilmTrack
) -> Iterator[Timed]:
    """Add the picture track to `target` now, and yield its packets later, in decoding order."""
    template = stack.enter_context(open_media(film.parts[0])).streams.video[0]
    stream = copy_stream(target, template)
    codec = template.codec_context.name
    changed = next((name for own, name in container.filters if own == codec), None)
    # Sets the stream up anew, so it comes first.
    change = BitStreamFilterContext(changed, template, stream) if changed else None
    # AVI and MXF count frames, so their tick is one frame.
    stream.time_base = 1 / film.rate if container.constant and film.rate else film.base
    context = stream.codec_context
    context.framerate = film.rate or Fraction(0)
    context.sample_aspect_ratio = template.sample_aspect_ratio or Fraction(1)
    put_label(stream, track.label, container.muxer)
    if colour := track.colour:
        context.colorspace, context.color_range = colour.matrix, colour.range
        context.color_primaries, context.color_trc = colour.primaries, colour.transfer
    # QuickTime plays HEVC only under the tag hvc1; a template would get hev1.
    if container.dts_durations and codec == "hevc":
        context.codec_tag = "hvc1"
    row = next((row for row in VIDEO_CODECS if codec in (row.key, row.encoder)), None)
    if row is not None and row.own_tag and not container.dts_durations:
        context.codec_tag = template.codec_context.codec_tag
    durations = _dts_steps(film) if container.dts_durations else film.durations
    return _placed(film, stream, durations, change)


def _placed(
    film: _Film, stream: VideoStream, durations: Sequence[int], change: BitStreamFilterContext | None
) -> Iterator[Timed]:
    number = 0
    for path in film.parts:
        with open_media(path) as source:
            for packet in demux(source, [source.streams.video[0]]):
                if not packet.size:
                    continue
                if change is not None:
                    (packet,) = bitstream_filtered(change, packet)
                packet.pts, packet.dts, packet.duration = (
                    film.pts[number],
                    film.dts[number],
                    durations[number],
                )
                packet.time_base, packet.stream = film.base, stream
                yield Timed(film.dts[number] * film.base, packet)
                number += 1


def _dts_steps(film: _Film) -> list[int]:
    """Durations whose sum is the film's length: ISO-BMFF stores only the steps between decoding times."""
    steps = [after - dts for dts, after in pairwise(film.dts)]
    end = max(pts + lasting for pts, lasting in zip(film.pts, film.durations, strict=True))
    return [*steps, max(1, end - min(film.pts) - sum(steps))]


def _audio_packets(
    stack: ExitStack, target: OutputContainer, container: Container, track: SoundTrack
) -> Iterator[Timed]:
    """Add the sound track to `target` now, and yield its packets later."""
    source = stack.enter_context(open_media(track.path))
    template = source.streams.audio[0]
    stream = _audio_stream(target, container, template)
    put_label(stream, track.label, container.muxer)
    assert template.time_base is not None
    base, heard = template.time_base, template.start_time or 0

    def packets() -> Iterator[Timed]:
        for packet in demux(source, [template]):
            if not packet.size or packet.pts is None:
                continue
            # Priming lies before the first heard sample, thus before the offset; muxers write it down from there.
            pts = packet.pts - heard + nearest(track.offset / base)
            if container.from_zero and pts < 0:
                if -pts * 2 > (packet.duration or 0):
                    continue
                pts = 0
            packet.pts = packet.dts = pts
            packet.stream = stream
            yield Timed(packet.pts * base, packet)

    return packets()


def _audio_stream(target: OutputContainer, container: Container, template: AudioStream) -> AudioStream:
    context = template.codec_context
    row = next((row for row in AUDIO_CODECS if row.key == context.name or row.encoder == context.name), None)
    if row is None or not row.encoder_header or container.dts_durations:
        return copy_stream(target, template)
    info = AudioInfo(context.sample_rate, context.layout.name, context.channels)
    return add_audio_stream(target, info, row, context.bit_rate)
