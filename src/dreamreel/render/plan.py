"""The plan of a render: pure data from a clip, an output name and options. No file is opened, no frame decoded.

    Clip + Target ──► render trees (lower) ─► formats chosen ─► segments cut ─► Plan ─► explain(), estimate

Segment borders follow from the clip and the settings alone, never from the machine, so that a render goes on anywhere.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import cast

from dreamreel.errors import BadParameter
from dreamreel.graph import JSON, Node, digest_of, rewrite, walk
from dreamreel.media.encode import EncoderSettings, settings_for
from dreamreel.media.filters import FilterSpec
from dreamreel.media.formats import (
    AudioCodec,
    Container,
    VideoCodec,
    audio_codec,
    keeps_sar,
    output_format,
    video_codec,
)
from dreamreel.media.info import AudioInfo, ClipInfo, VideoInfo
from dreamreel.ops import op_of
from dreamreel.ops.base import Filter, Source
from dreamreel.ops.compose import Overlay
from dreamreel.ops.generate import drawing_version
from dreamreel.ops.sound import Mix, ReplaceSound
from dreamreel.ops.source import FileSource, Mark, Tag
from dreamreel.ops.time_ import Fps, Speed, Trim
from dreamreel.render import tree
from dreamreel.render.lower import Lowered, fused, into, lower
from dreamreel.time import Span

__all__ = ["ENGINE", "Plan", "Segment", "SubtitleFile", "Target", "Tracks", "anonymous", "make_plan"]

ENGINE = "1"
"""Part of every segment's key; raised when the same plan would give other pixels or samples. Drawn clips carry
`drawing_version` besides, because what is drawn changes more often than how it is rendered."""

_FILE_SEGMENT = Fraction(8)
"""Seconds per segment of decoded sources: starting an encoder costs a few frames, losing a segment a few seconds."""
_LARGE = 2560 * 1440
_DRAWN_GROUP = 4
"""Drawn clips have a multiple of this many segments of 1 to 2 s, which keeps the usual numbers of cores busy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracks:
    """Which of a source's tracks go in. A choice of tracks is `"all"`, `"none"`, numbers from 1 (`"1,3"`) or
    languages (`"eng,deu"`).
    """

    audio: str = "all"
    subtitles: str = "all"
    covers: bool = True
    attachments: bool = True
    data: bool = True
    chapters: bool = True
    tags: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SubtitleFile:
    """A file of subtitles that becomes a track."""

    path: str
    language: str | None = None
    title: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What to make of a clip, as a user says it. None means: as the format does by default."""

    container: str | None = None
    codec: str | None = None
    """Picture codec: h264, h265, av1, vp9, vp8, ffv1, prores, mjpeg."""
    crf: int | None = None
    """Quality on the codec's own scale; lower is better."""
    preset: str | None = None
    """The codec's speed preset."""
    pix_fmt: str | None = None
    audio_codec: str | None = None
    audio_bitrate: int | None = None
    """Bits per second."""
    threads: int = 0
    """Encoder threads per worker; 0 lets the encoder choose."""
    quality: float | None = None
    """How it looks, 0 to 100, on one perceptual scale for all codecs; instead of `crf`."""
    video_bitrate: int | None = None
    """Average bits per second of the picture; instead of `crf`."""
    max_bitrate: int | None = None
    """Bits per second that the picture never exceeds for longer than a second."""
    target_size: int | None = None
    """Bytes of the whole file, never exceeded."""
    two_pass: bool = False
    """Look at the whole picture once before encoding it."""
    profile: str | None = None
    """The codec's profile, such as ProRes `hq` or DNxHR `sq`."""
    hardware: str = "off"
    """Encoders of the graphics card: off, auto, nvenc, qsv, amf, videotoolbox, vaapi."""
    sample_rate: int | None = None
    """Samples per second of the sound."""
    channels: str | None = None
    """FFmpeg's name of a channel layout."""
    tracks: Tracks = Tracks()
    """Which of the source's tracks go in."""
    keep_location: bool = False
    """Keep the tags and tracks that say where something was recorded."""
    copy: bool = True
    """Copy the tracks that nothing asked to change; False encodes them all."""
    metadata: tuple[tuple[str, str], ...] = ()
    """Tags to set; an empty value removes one."""
    subtitle_files: tuple[SubtitleFile, ...] = ()
    """Subtitles to put in as tracks."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A unit of work: a stretch of the picture in one file of the store."""

    number: int
    span: Span
    key: str
    suffix: str


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that will be done, decided."""

    node: Node
    info: ClipInfo
    container: Container
    picture: tree.Picture | None
    sound: tree.Sound | None
    video: VideoInfo | None
    """The picture as it will be written."""
    audio: AudioInfo | None
    """The sound as it will be written."""
    settings: EncoderSettings | None
    audio_codec: AudioCodec | None
    audio_bitrate: int | None
    segments: tuple[Segment, ...]
    sound_key: str
    notes: tuple[str, ...]
    tags: tuple[Tag, ...]
    chapters: tuple[Mark, ...]
    processes: bool
    """True when frames are drawn by code that only more processes make faster."""

    @property
    def frames(self) -> int:
        """Frames that will be written; an estimate when the rate varies."""
        if self.video is None:
            return 0
        if self.container.kind == "picture":
            return 1
        return math.ceil(self.info.duration * (self.video.rate or Fraction(30)))

    @property
    def sources(self) -> tuple[Path, ...]:
        """The files that will be read."""
        return tuple(sorted({path for node in walk([self.node]) if (path := source_path(node)) is not None}))


def source_path(node: Node) -> Path | None:
    """The file a source node reads."""
    for name in ("path", "photo"):
        if node.op.startswith(("source.", "dream.")) and isinstance(value := node.params.get(name), str):
            return Path(value)
    return None


def anonymous(node: Node) -> Node:
    """The same graph with files named by their last name only; their contents are known by hash. For recipes that
    travel inside videos, which must not carry their owner's folders, and for the keys of segments.
    """

    def bare(one: Node) -> Node:
        path = source_path(one)
        if path is None:
            return one
        name = "path" if "path" in one.params else "photo"
        return Node(one.op, one.version, {**one.params, name: path.name}, one.inputs)

    return rewrite(node, bare)


def make_plan(node: Node, out: Path, target: Target) -> Plan:
    """Decide everything about rendering `node` to `out`. Raises `UsageError`s, `EncoderMissing`, `RecipeInvalid`."""
    container = output_format(out, target.container)
    lowered = lower(node)
    info = lowered.info
    notes = list(lowered.notes)
    picture, video, settings = _picture_side(node, lowered, container, target, notes)
    sound_row, audio = _sound_side(lowered, container, target, notes)
    if video is None and audio is None:
        raise BadParameter(
            f"nothing of this clip can go into a {container.name} file; choose another format."
        )
    plan = Plan(
        node=node, info=info, container=container, picture=picture, sound=lowered.sound if audio else None, video=video,
        audio=audio, settings=settings, audio_codec=sound_row, audio_bitrate=target.audio_bitrate, segments=(),
        sound_key="", notes=(), tags=_tags(node), chapters=_chapters(node, info), processes=_drawn(node),
    )  # fmt: skip
    notes += _losses(node, plan)
    return _cut(replace(plan, notes=tuple(dict.fromkeys(notes))))


def _picture_side(
    node: Node, lowered: Lowered, container: Container, target: Target, notes: list[str]
) -> tuple[tree.Picture | None, VideoInfo | None, EncoderSettings | None]:
    video, picture = lowered.info.video, lowered.picture
    if video is None or picture is None or container.kind == "audio":
        if video is not None:
            notes.append(f"the picture is left out: {container.name} holds only sound")
        return None, None, None
    if container.kind == "picture":
        return picture, video, None
    if container.kind == "animation":
        rate = video.rate or (Fraction(25) if video.still else None)
        steady = _on_rate(picture, video, rate) if rate and not video.still else picture
        return steady, video, None
    row = video_codec(target.codec, container)
    shown = _encodable(video, row, container, target, notes)
    filters = _final_filters(video, shown)
    if filters:
        picture = fused(picture, filters)
    if shown.rate:
        picture = _on_rate(picture, video, shown.rate)
    settings = settings_for(shown, row, crf=target.crf, preset=target.preset, time_base=_time_base(node),
                            threads=target.threads, options=_frugal(shown, row) if _drawn(node) else None)  # fmt: skip
    return picture, shown, settings


def _frugal(video: VideoInfo, row: VideoCodec) -> dict[str, str]:
    """Options for encoding beside painters, which want the memory: x264 keeps a frame for each it looks ahead at (40).

    On drawn 720p pictures 20 instead of 40 costs 0.08 dB of luma PSNR; in large ones a frame takes 27 MB.
    """
    if row.encoder != "libx264":
        return {}
    return {"rc-lookahead": "10" if video.width * video.height > _LARGE else "20"}


def _on_rate(picture: tree.Picture, video: VideoInfo, rate: Fraction) -> tree.Picture:
    return tree.Sampled(picture, rate) if tree.is_still(picture) else tree.sampled(picture, rate, video.rate)


def _encodable(
    video: VideoInfo, row: VideoCodec, container: Container, target: Target, notes: list[str]
) -> VideoInfo:
    """The picture in a form the codec takes: pixel format, even sides, square pixels where others cannot be said."""
    from dreamreel.media.colour import is_rgb, output_colour

    wanted = target.pix_fmt or video.pix_fmt
    pix_fmt = wanted if wanted in row.pix_fmts else _nearest(wanted, row.pix_fmts)
    colour = output_colour(video.colour, pix_fmt)
    width, height, sar = video.width, video.height, video.sar
    if sar != 1 and not keeps_sar(container, row):
        width, sar = max(2, round(width * sar)), Fraction(1)
        notes.append(f"pixels become square: {video.width}×{video.height} is written as {width}×{height}")
    if "420" in pix_fmt or "422" in pix_fmt:
        even = width + width % 2, height + (height % 2 if "420" in pix_fmt else 0)
        if even != (width, height):
            notes.append(f"{width}×{height} is padded to {even[0]}×{even[1]}: {row.key} needs even sides")
            width, height = even
    if video.alpha and not pix_fmt.startswith(("yuva", "rgba", "bgra", "gbrap")):
        notes.append("transparency is lost: what is see-through becomes black")
    if pix_fmt != video.pix_fmt and not is_rgb(video.pix_fmt):
        notes.append(f"pixels {video.pix_fmt} → {pix_fmt}")
    return replace(video, width=width, height=height, sar=sar, pix_fmt=pix_fmt, colour=colour,
                   rate=video.rate or (Fraction(25) if video.still else None))  # fmt: skip


def _nearest(pix_fmt: str, taken: tuple[str, ...]) -> str:
    """The codec's format that keeps most of `pix_fmt`: its depth first, then its chroma."""
    plain = pix_fmt.replace("yuva", "yuv").replace("yuvj", "yuv")
    if plain in taken:
        return plain
    deep = any(mark in pix_fmt for mark in ("10", "12", "14", "16", "f32"))
    for choice in ("yuv420p10le", "yuv422p10le") if deep else ("yuv420p", "yuvj420p"):
        if choice in taken:
            return choice
    return taken[0]


def _final_filters(video: VideoInfo, shown: VideoInfo) -> tuple[FilterSpec, ...]:
    """What turns the clip's picture into what is encoded."""
    specs: list[FilterSpec] = []
    if shown.sar != video.sar:
        specs += [FilterSpec.of("scale", w=round(video.width * video.sar), h=video.height, flags="lanczos"),
                  FilterSpec.of("setsar", sar=1)]  # fmt: skip
    if (shown.pix_fmt, shown.colour) != (video.pix_fmt, video.colour):
        specs += into(shown)
    if (shown.width, shown.height) != (round(video.width * video.sar / shown.sar), video.height):
        specs.append(FilterSpec.of("pad", w=shown.width, h=shown.height))
    return tuple(specs)


def _time_base(node: Node) -> Fraction | None:
    """The clock of the only file there is, so that a variable rate keeps its ticks."""
    bases = {
        op.time_base for one in walk([node]) if isinstance(op := op_of(one), FileSource) and op.info.video
    }
    return bases.pop() if len(bases) == 1 else None


def _sound_side(
    lowered: Lowered, container: Container, target: Target, notes: list[str]
) -> tuple[AudioCodec | None, AudioInfo | None]:
    audio = lowered.info.audio
    if audio is None:
        return None, None
    if not container.audio:
        notes.append(f"the sound is left out: {container.name} holds none")
        return None, None
    row = audio_codec(target.audio_codec, container)
    rate = row.rate_for(audio.rate)
    layout = audio.layout if not row.layouts or audio.layout in row.layouts else row.layouts[-1]
    if (rate, layout) != (audio.rate, audio.layout):
        notes.append(f"sound {audio.rate} Hz {audio.layout} → {rate} Hz {layout}")
    return row, AudioInfo(rate, layout, audio.channels if layout == audio.layout else _channels(layout))


def _channels(layout: str) -> int:
    import av

    return av.AudioLayout(layout).nb_channels


def _drawn(node: Node) -> bool:
    ops = (op_of(one) for one in walk([node]))
    return any(isinstance(op, Source) and op.processes for op in ops)


def _cut(plan: Plan) -> Plan:
    """The plan with its segments and their keys."""
    base: JSON = [anonymous(plan.node).digest, drawing_version() if plan.processes else ""]
    codec = plan.audio_codec.key if plan.audio_codec else None
    heard: JSON = [ENGINE, "sound", base, codec, plan.audio_bitrate or 0,
                   [plan.audio.rate, plan.audio.layout] if plan.audio else None]  # fmt: skip
    plan = replace(plan, sound_key=digest_of(heard))
    if plan.settings is None or plan.video is None:
        return plan
    # Settings hold only texts, numbers and lists of them.
    settings = cast("JSON", plan.settings.as_json())
    segments: list[Segment] = []
    for number, span in enumerate(_spans(plan)):
        key = digest_of([ENGINE, "picture", base, str(span.start), str(span.end), settings])
        segments.append(Segment(number, span, key, f".{plan.settings.row.segment}"))
    return replace(plan, segments=tuple(segments))


def _spans(plan: Plan) -> list[Span]:
    """Stretches of the output, cut on its frames."""
    assert plan.video is not None
    duration, rate = plan.info.duration, plan.video.rate
    if plan.processes:
        count = _DRAWN_GROUP * (int(duration) // _DRAWN_GROUP) or max(1, int(duration))
        step = duration / count
    else:
        step = _FILE_SEGMENT
    if rate:
        step = max(1, math.ceil(step * rate)) / rate
    borders = [step * n for n in range(math.ceil(duration / step))]
    # A last stretch shorter than a second is not worth an encoder of its own.
    if len(borders) > 1 and duration - borders[-1] < 1:
        borders.pop()
    return [Span(start, end) for start, end in zip(borders, [*borders[1:], duration], strict=True)]


def _tags(node: Node) -> tuple[Tag, ...]:
    """The tags of the only file the clip is made of; of several, none would be true of the whole."""
    files = [op for one in walk([node]) if isinstance(op := op_of(one), FileSource)]
    return files[0].tags if len(files) == 1 else ()


def _chapters(node: Node, info: ClipInfo) -> tuple[Mark, ...]:
    """The chapters of a clip that is one stretch of one file, moved with it."""
    # The output's time t is the file's shift + t * factor; walking down, each op is applied to both.
    shift, factor = Fraction(0), Fraction(1)
    while node.inputs:
        op = op_of(node)
        if isinstance(op, Trim):
            shift += op.start
        elif isinstance(op, Speed):
            shift, factor = shift * op.factor, factor * op.factor
        elif not isinstance(op, (Filter, Overlay, Mix, ReplaceSound, Fps)):
            return ()
        node = node.inputs[0]
    source = op_of(node)
    if not isinstance(source, FileSource):
        return ()
    moved: list[Mark] = []
    for mark in source.chapters:
        start = max(Fraction(0), (mark.start - shift) / factor)
        end = min(info.duration, (mark.end - shift) / factor)
        if start < end:
            moved.append(Mark(start, end, mark.title))
    return tuple(moved)


def _losses(node: Node, plan: Plan) -> list[str]:
    """What the files have and the output will not."""
    words: list[str] = []
    for one in walk([node]):
        op = op_of(one)
        if not isinstance(op, FileSource):
            continue
        name = Path(op.path).name
        words += [f"{name}: {what} not carried over" for what in op.dropped]
        if op.chapters and not plan.chapters:
            words.append(f"{name}: {len(op.chapters)} chapters not carried over")
        elif op.chapters and not plan.container.chapters:
            words.append(f"{name}: {len(op.chapters)} chapters left out, {plan.container.name} holds none")
    return words
