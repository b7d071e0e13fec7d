"""Moving pictures without sound: GIF, animated WebP, PNG and AVIF, with bounded memory.

    GIF   frames ─► palettegen (one palette for the film) ─┐
          frames again ──────────────────────────────────► paletteuse, error diffused ─► encoder
    WebP  frames ─► libwebp_anim, which keeps only compressed frames; PNG and AVIF likewise

FFmpeg and not Pillow: Pillow collects all frames before it writes, and chooses a palette per frame, which makes flat
areas flicker. A GIF is therefore read twice, so frames come from a function and not from an iterator.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from pathlib import Path

import av
import av.error
from av.container import OutputContainer
from av.video.stream import VideoStream

from dreamreel.errors import BadParameter, RenderFailed
from dreamreel.media.atomic import atomic_write
from dreamreel.media.colour import SRGB, Reformatter, is_rgb
from dreamreel.media.filters import Chain, FilterSpec, GraphInput, VideoGraph, build_graph
from dreamreel.media.formats import Container
from dreamreel.media.info import Colour
from dreamreel.media.libav import AnyPacket, add_video, encode_video, mux_one
from dreamreel.media.metadata import embed_recipe
from dreamreel.media.open import open_output
from dreamreel.media.priority import ordinary_priority
from dreamreel.time import nearest

__all__ = ["DITHERS", "Frames", "TimedFrame", "write_animation"]

TimedFrame = tuple[Fraction, Fraction, av.VideoFrame]
"""Start and duration in seconds, and the frame."""
Frames = Callable[[], Iterable[TimedFrame]]
"""Gives all frames in order of time, from the start, each time it is called."""

_GIF_TICK = Fraction(1, 100)
_SHORTEST = 2
"""Browsers show a GIF frame of less than 2/100 s for 10/100 s, so shorter ones are dropped."""
_PALETTE_STEP = Fraction(1, 25)
"""Frames nearer than this to the last one looked at add nothing to the palette."""
_TICK = Fraction(1, 1000)
"""Of WebP, APNG and AVIF."""
_AVIF = Colour(matrix=1, range=1, primaries=1, transfer=13)
"""sRGB as video: BT.709's matrix."""
DITHERS = ("sierra2", "sierra2_4a", "floyd_steinberg", "bayer", "none")
"""Ways to mix a GIF's few colours; `bayer` makes smaller files, `none` the smallest."""


@dataclass(frozen=True, slots=True)
class _Asked:
    quality: int
    loop: int
    colours: int
    dither: str


def write_animation(
    path: Path,
    frames: Frames,
    container: Container,
    *,
    quality: int = 85,
    loop: int = 0,
    colours: int = 256,
    dither: str = "sierra2",
    recipe: str | None = None,
) -> int:
    """Write `frames` as the `container` gif, webp, apng or avif, complete or absent; returns how many were written.

    Times are rounded one by one, so rounding never adds up: a 24 fps GIF alternates 4/100 and 5/100 s. `quality` 1 to
    100 is for WebP and AVIF, `colours` 2 to 256 and `dither`, one of `DITHERS`, for GIF. `loop` is how often it plays,
    0 for ever.

    Raises `BadParameter`, `RenderFailed`, `NoSpace`, `NotWritable`.
    """
    if dither not in DITHERS:
        raise BadParameter(f"dither {dither!r} is unknown; choose one of {', '.join(DITHERS)}.")
    write = {"gif": _write_gif, "webp": _write_webp, "apng": _write_apng, "avif": _write_avif}.get(
        container.name
    )
    if write is None:
        raise RenderFailed(f"{path.name} is not an animation; write gif, webp, apng or avif.")
    with atomic_write(path) as part:
        written = write(part, frames, _Asked(quality, loop, colours, dither))
        if not written:
            raise RenderFailed(f"{path.name} has no frames; this is a bug in the plan.")
        if recipe is not None:
            embed_recipe(part, recipe)
    return written


def _write_gif(part: Path, frames: Frames, asked: _Asked) -> int:
    kept = _ticked(frames(), _GIF_TICK, _SHORTEST)
    first = next(kept, None)
    if first is None:
        return 0
    width, height = first[2].width, first[2].height
    rgb = Reformatter("bgra", SRGB, width=width, height=height)
    source = GraphInput(width=width, height=height, pix_fmt="bgra", time_base=_GIF_TICK, colour=SRGB)
    palette = _palette(frames, rgb, source, asked.colours)
    paint = build_graph(
        [source, GraphInput(width=16, height=16, pix_fmt="bgra", time_base=_GIF_TICK, colour=SRGB)],
        [Chain(("0", "1"), (FilterSpec.of("paletteuse", dither=asked.dither, diff_mode="rectangle"),))],
    )
    paint.push(1, palette)
    paint.push(1, None)
    # The muxer's loop counts repetitions after the first showing, and -1 is none.
    loop = asked.loop
    options = {"loop": str(0 if loop == 0 else loop - 1 if loop > 1 else -1)}
    with open_output(part, "gif", options) as target:
        stream = _add_stream(target, _Kind("gif", "gif", "pal8", SRGB, {}, {}), width, height, _GIF_TICK)
        return _encode(target, stream, _painted(paint, rgb, first, kept))


def _palette(frames: Frames, rgb: Reformatter, source: GraphInput, colours: int) -> av.VideoFrame:
    """One palette for all frames: every colour counts by how much of the film shows it."""
    spec = FilterSpec.of("palettegen", stats_mode="full", max_colors=colours, reserve_transparent=1)
    graph = build_graph([source], [Chain(("0",), (spec,))])
    due = Fraction(0)
    for time, _, frame in frames():
        if time >= due:
            ready = rgb(frame)
            ready.pts = nearest(time / _GIF_TICK)
            graph.push(0, ready)
            due = time + _PALETTE_STEP
    graph.push(0, None)
    palette = graph.pull()
    if palette is None:
        raise RenderFailed("No palette could be made for the GIF; write webp or mp4 instead.")
    palette.pts = 0
    return palette


_Ticked = tuple[int, int, av.VideoFrame]


def _ticked(frames: Iterable[TimedFrame], tick: Fraction, shortest: int) -> Iterator[_Ticked]:
    """Frames with start and duration in ticks; those shorter than `shortest` are dropped, the one before lasts."""
    held: tuple[int, av.VideoFrame] | None = None
    end = 0
    for time, duration, frame in frames:
        start = nearest(time / tick)
        end = nearest((time + duration) / tick)
        if held is None:
            held = start, frame
        elif start - held[0] >= shortest:
            yield held[0], start - held[0], held[1]
            held = start, frame
    if held is not None:
        yield held[0], max(shortest, end - held[0]), held[1]


def _painted(
    paint: VideoGraph, rgb: Reformatter, first: _Ticked, rest: Iterator[_Ticked]
) -> Iterator[_Ticked]:
    lasting: dict[int, int] = {}
    for start, ticks, frame in chain((first,), rest):
        ready = rgb(frame)
        ready.pts = start
        lasting[start] = ticks
        yield from _drained(paint.feed(0, ready), lasting)
    yield from _drained(paint.feed(0, None), lasting)


def _drained(ready: Iterator[av.VideoFrame], lasting: dict[int, int]) -> Iterator[_Ticked]:
    for frame in ready:
        start = frame.pts or 0
        yield start, lasting.pop(start), frame


def _write_webp(part: Path, frames: Frames, asked: _Asked) -> int:
    options = {"quality": str(asked.quality), "compression_level": "4"}
    kind = _Kind("webp", "libwebp_anim", "bgra", SRGB, options, {"loop": str(asked.loop)})
    return _write_frames(part, frames, kind)


def _write_apng(part: Path, frames: Frames, asked: _Asked) -> int:
    kind = _Kind("apng", "apng", "rgba", SRGB, {"pred": "mixed"}, {"plays": str(asked.loop)})
    return _write_frames(part, frames, kind)


def _write_avif(part: Path, frames: Frames, asked: _Asked) -> int:
    # 100 is crf 12, 85 is 20, 50 is 38: AV1's scale turned round.
    options = {"crf": str(max(1, round(63 - asked.quality * 0.51))), "preset": "7"}
    os.environ.setdefault("SVT_LOG", "1")
    return _write_frames(
        part, frames, _Kind("avif", "libsvtav1", "yuv420p10le", _AVIF, options, {"loop": str(asked.loop)})
    )


@dataclass(frozen=True, slots=True)
class _Kind:
    muxer: str
    encoder: str
    pix_fmt: str
    colour: Colour
    options: dict[str, str]
    muxer_options: dict[str, str]


def _write_frames(part: Path, frames: Frames, kind: _Kind) -> int:
    """Frames one by one through an encoder that needs no second look."""
    kept = _ticked(frames(), _TICK, 1)
    first = next(kept, None)
    if first is None:
        return 0
    width, height = first[2].width, first[2].height
    if "420" in kind.pix_fmt:
        width, height = width - width % 2 or 2, height - height % 2 or 2
    change = Reformatter(kind.pix_fmt, kind.colour, width=width, height=height)
    with open_output(part, kind.muxer, kind.muxer_options) as target:
        stream = _add_stream(target, kind, width, height, _TICK)
        return _encode(
            target, stream, ((start, ticks, change(frame)) for start, ticks, frame in chain((first,), kept))
        )


def _add_stream(target: OutputContainer, kind: _Kind, width: int, height: int, tick: Fraction) -> VideoStream:
    try:
        # A video encoder takes the rate for a pace and refuses a thousand a second; times are told in ticks anyway.
        rate = 1 / tick if is_rgb(kind.pix_fmt) else Fraction(25)
        stream = add_video(target, kind.encoder, rate, kind.options)
        context = stream.codec_context
        context.width, context.height, context.pix_fmt = width, height, kind.pix_fmt
        context.time_base = stream.time_base = tick
        if not is_rgb(kind.pix_fmt):
            context.colorspace, context.color_range = kind.colour.matrix, kind.colour.range
            context.color_primaries, context.color_trc = kind.colour.primaries, kind.colour.transfer
        with ordinary_priority():
            context.open()
    except (av.error.FFmpegError, ValueError) as error:
        raise RenderFailed(
            f"{kind.encoder} refuses {width}×{height} ({error}); choose another size."
        ) from error
    return stream


def _encode(target: OutputContainer, stream: VideoStream, frames: Iterable[_Ticked]) -> int:
    count = 0
    lasting: dict[int, int] = {}
    for start, ticks, frame in frames:
        frame.pts, frame.duration, frame.time_base = start, ticks, stream.codec_context.time_base
        lasting[start] = ticks
        count += 1
        _mux(target, encode_video(stream, frame), lasting)
    _mux(target, encode_video(stream, None), lasting)
    return count


def _mux(target: OutputContainer, packets: Iterable[AnyPacket], lasting: dict[int, int]) -> None:
    for packet in packets:
        if packet.pts is not None and packet.pts in lasting:
            packet.duration = lasting.pop(packet.pts)
        mux_one(target, packet)
