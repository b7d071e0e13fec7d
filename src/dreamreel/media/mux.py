"""Finished segments into one file, without encoding again.

    parts ─► survey: same codec, no gap, no overlap ─► one dts line ─┐
    audio ─► priming kept ───────────────────────────────────────────┴─► interleaved ─► .part ─► recipe ─► rename

Decoding times are laid out anew over the whole film: dts[i] = the i-th smallest pts, D frames earlier, with D the
reorder depth found. Each segment's own would run backwards at a seam between frames of different length.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.stream import VideoStream

from dreamreel.errors import OutputIsInput, RenderFailed
from dreamreel.media.atomic import atomic_write
from dreamreel.media.encode import add_audio_stream
from dreamreel.media.formats import AUDIO_CODECS, Container
from dreamreel.media.info import AudioInfo, Colour
from dreamreel.media.libav import AnyPacket, copy_stream, demux, mux_one
from dreamreel.media.metadata import embed_recipe, export_tags, recipe_tags
from dreamreel.media.open import open_media, open_output
from dreamreel.media.timing import constant_rate
from dreamreel.time import Span, nearest

__all__ = ["ChapterMark", "check_not_input", "mux"]


@dataclass(frozen=True, slots=True)
class ChapterMark:
    """A named stretch of the output."""

    span: Span
    title: str


def mux(
    parts: Sequence[Path],
    offsets: Sequence[Fraction],
    audio: Path | None,
    out: Path,
    container: Container,
    *,
    durations: Sequence[Fraction],
    tags: Mapping[str, str] | None = None,
    recipe: str | None = None,
    chapters: Sequence[ChapterMark] = (),
    colour: Colour | None = None,
    audio_offset: Fraction = Fraction(0),
    inputs: Sequence[Path] = (),
) -> None:
    """Join the picture files `parts`, each starting at its offset and lasting its duration, with the sound of `audio`.

    All in seconds. `parts` may be empty for a sound file; `audio` None for a silent film. `colour` is written to the
    container where the codec's own header cannot say it. Only tags that `export_tags` lets through are written.
    Raises `RenderFailed` when segments do not fit together, `OutputIsInput`, `NoSpace`, `NotWritable`. The output is
    complete or absent.
    """
    check_not_input(out, [*parts, *([audio] if audio else []), *inputs])
    film = _survey(parts, offsets, durations) if parts else None
    options = {**dict(container.options), "fflags": "+bitexact"}
    if film and container.dts_durations:
        options["video_track_timescale"] = str(film.base.denominator)
    with atomic_write(out) as part:
        with ExitStack() as stack:
            target = stack.enter_context(open_output(part, container.muxer, options))
            target.metadata.update(export_tags(tags or {}))
            target.metadata.update(recipe_tags(container, recipe))
            _set_chapters(target, chapters)
            tracks: list[Iterator[_Timed]] = []
            if film:
                tracks.append(_video_packets(stack, target, container, film, colour))
            if audio:
                tracks.append(_audio_packets(stack, target, container, audio, audio_offset))
            for timed in heapq.merge(*tracks, key=lambda timed: timed.time):
                mux_one(target, timed.packet)
        if recipe is not None and container.recipe != "tag":
            embed_recipe(part, recipe)


def check_not_input(out: Path, inputs: Sequence[Path]) -> None:
    """Raise `OutputIsInput` when `out` is one of `inputs`, by whatever name or link."""
    for path in inputs:
        if out.exists() and path.exists() and out.samefile(path):
            raise OutputIsInput(
                f"{out.name} is also an input; originals are never overwritten, choose another name."
            )


@dataclass(frozen=True, slots=True)
class _Timed:
    time: Fraction
    packet: AnyPacket


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


def _survey(parts: Sequence[Path], offsets: Sequence[Fraction], durations: Sequence[Fraction]) -> _Film:
    """Read all timestamps (no pictures), check the seams, lay out the decoding times."""
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
    return _Film(tuple(parts), form.base, tuple(stamps), tuple(_decoding_times(stamps, ordered)),
                 tuple(lasting[pts] for pts in stamps), constant_rate(ordered, form.base))  # fmt: skip


def _part(path: Path) -> tuple[_Format, list[int]]:
    with open_media(path) as source:
        stream = source.streams.video[0]
        context = stream.codec_context
        assert stream.time_base is not None
        form = _Format(context.name, (context.width, context.height), context.pix_fmt, context.extradata,
                       stream.time_base)  # fmt: skip
        return form, [packet.pts for packet in source.demux(stream) if packet.size and packet.pts is not None]


def _decoding_times(stamps: Sequence[int], ordered: Sequence[int]) -> list[int]:
    """The latest increasing times not after any frame's pts, for frames in decoding order `stamps`."""
    depth = 0
    for i, pts in enumerate(stamps):
        while ordered[max(0, i - depth)] > pts:
            depth += 1
    step = ordered[1] - ordered[0] if len(ordered) > 1 else 1
    lead = [ordered[0] - step * (depth - i) for i in range(depth)]
    return [*lead, *ordered[: len(ordered) - depth]]


def _set_chapters(target: OutputContainer, chapters: Sequence[ChapterMark]) -> None:
    base = Fraction(1, 1000)
    target.set_chapters([
        {"id": number, "start": nearest(mark.span.start / base), "end": nearest(mark.span.end / base),
         "time_base": base, "metadata": {"title": mark.title}}
        for number, mark in enumerate(chapters)
    ])  # fmt: skip


def _video_packets(
    stack: ExitStack, target: OutputContainer, container: Container, film: _Film, colour: Colour | None
) -> Iterator[_Timed]:
    """Add the picture track to `target` now, and yield its packets later, in decoding order."""
    template = stack.enter_context(open_media(film.parts[0])).streams.video[0]
    stream = copy_stream(target, template)
    stream.time_base = film.base
    context = stream.codec_context
    context.framerate = film.rate or Fraction(0)
    context.sample_aspect_ratio = template.sample_aspect_ratio or Fraction(1)
    if colour:
        context.colorspace, context.color_range = colour.matrix, colour.range
        context.color_primaries, context.color_trc = colour.primaries, colour.transfer
    # QuickTime plays HEVC only under the tag hvc1; a template would get hev1.
    if container.dts_durations and context.name == "hevc":
        context.codec_tag = "hvc1"
    durations = _dts_steps(film) if container.dts_durations else film.durations
    return _placed(film, stream, durations)


def _placed(film: _Film, stream: VideoStream, durations: Sequence[int]) -> Iterator[_Timed]:
    number = 0
    for path in film.parts:
        with open_media(path) as source:
            for packet in demux(source, [source.streams.video[0]]):
                if not packet.size:
                    continue
                packet.pts, packet.dts, packet.duration = (
                    film.pts[number],
                    film.dts[number],
                    durations[number],
                )
                packet.time_base, packet.stream = film.base, stream
                yield _Timed(film.dts[number] * film.base, packet)
                number += 1


def _dts_steps(film: _Film) -> list[int]:
    """Durations whose sum is the film's length: ISO-BMFF stores only the steps between decoding times."""
    steps = [after - dts for dts, after in pairwise(film.dts)]
    end = max(pts + lasting for pts, lasting in zip(film.pts, film.durations, strict=True))
    return [*steps, max(1, end - min(film.pts) - sum(steps))]


def _audio_packets(
    stack: ExitStack, target: OutputContainer, container: Container, audio: Path, offset: Fraction
) -> Iterator[_Timed]:
    """Add the sound track to `target` now, and yield its packets later; its first heard sample is at `offset`."""
    source = stack.enter_context(open_media(audio))
    template = source.streams.audio[0]
    stream = _audio_stream(target, container, template)
    assert template.time_base is not None
    base, heard = template.time_base, template.start_time or 0

    def packets() -> Iterator[_Timed]:
        for packet in demux(source, [template]):
            if not packet.size or packet.pts is None:
                continue
            # Priming lies before the first heard sample, thus before the offset; muxers write it down from there.
            packet.pts = packet.dts = packet.pts - heard + nearest(offset / base)
            packet.stream = stream
            yield _Timed(packet.pts * base, packet)

    return packets()


def _audio_stream(target: OutputContainer, container: Container, template: AudioStream) -> AudioStream:
    context = template.codec_context
    row = next((row for row in AUDIO_CODECS if row.key == context.name or row.encoder == context.name), None)
    if row is None or not row.encoder_header or container.dts_durations:
        return copy_stream(target, template)
    info = AudioInfo(context.sample_rate, context.layout.name, context.channels)
    return add_audio_stream(target, info, row, context.bit_rate)
