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

from dreamreel.errors import BadParameter, UsageError
from dreamreel.graph import JSON, Node, digest_of, rewrite, walk
from dreamreel.media.compat import SEVERAL_SOUNDS, codec_of, holds
from dreamreel.media.encode import EncoderSettings, settings_for
from dreamreel.media.formats import (
    AUDIO_CODECS,
    AudioCodec,
    Container,
    VideoCodec,
    audio_codec,
    deeper,
    output_format,
    video_codec,
)
from dreamreel.media.info import AudioInfo, ClipInfo, VideoInfo
from dreamreel.neural.catalog import PRECISIONS, network
from dreamreel.ops import op_of
from dreamreel.ops.base import Frames, Source
from dreamreel.ops.enlarge import Enlarge
from dreamreel.ops.faces import EnlargeFaces
from dreamreel.ops.generate import drawing_version
from dreamreel.ops.motion import Interpolate
from dreamreel.ops.source import FileSource, Mark, Tag, Track
from dreamreel.render import tree
from dreamreel.render.budget import budgeted, h264_level
from dreamreel.render.fit import final_filters, fit_picture, fit_sound, with_hardware
from dreamreel.render.losses import losses
from dreamreel.render.lower import Lowered, fused, lower
from dreamreel.render.scale import guess, quality_of
from dreamreel.render.target import Target
from dreamreel.render.tracks import (
    TrackPlan,
    chapters,
    copied_picture,
    heard_nodes,
    kept_tracks,
    sound_copy,
    tags,
)
from dreamreel.time import Span

__all__ = ["ENGINE", "Plan", "PlannedSound", "Segment", "Target", "anonymous", "make_plan"]

ENGINE = "6"
"""Part of every segment's key; raised when the same plan would give other pixels or samples. Drawn clips carry
`drawing_version` besides, because what is drawn changes more often than how it is rendered."""

_FILE_SEGMENT = Fraction(30)
"""Seconds per segment of decoded sources. Each fills and empties an encoder, which at 8 s cost some per cent of the
whole (x264, preset medium), and a killed render begins the segment anew."""
_SHORT_SEGMENT = Fraction(8)
"""Seconds per segment where each gets its own share of a size, and where a second of film is many seconds of work."""
_LARGE = 2560 * 1440
_HUGE = 4096 * 2304
"""Pixels of a frame beyond which an encoder's usual ways take gigabytes."""
_LIGHTER = ("veryfast", {"rc-lookahead": "20", "trellis": "1"})
_LIGHTEST = ("superfast", {"rc-lookahead": "20", "mbtree": "1"})
"""Presets and options of x264 beside networks."""
_DRAWN_GROUP = 4
"""Drawn clips have a multiple of this many segments of 1 to 2 s, which keeps the usual numbers of cores busy."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A unit of work: a stretch of the picture in one file of the store."""

    number: int
    span: Span
    key: str
    suffix: str
    bitrate: int | None = None
    """Its own bits per second, where the film's are shared out by need."""
    look: str = ""
    """Key of what a first pass over it found, or empty when there is none."""
    looked_at: int | None = None
    """The crf of that pass."""


@dataclass(frozen=True, slots=True)
class PlannedSound:
    """A sound track of the output: encoded into a file of the store, or copied."""

    audio: AudioInfo
    """As it will be written."""
    codec: AudioCodec | None = None
    """None when it is copied."""
    sound: tree.Sound | None = None
    key: str = ""
    copied: TrackPlan | None = None
    track: Track | None = None
    """The track of the file it is of."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that will be done, decided."""

    node: Node
    info: ClipInfo
    container: Container
    picture: tree.Picture | None
    copied: TrackPlan | None
    """The picture when it is copied; then there are no settings and no segments."""
    sounds: tuple[PlannedSound, ...]
    """The sound tracks, in the order of the file."""
    others: tuple[TrackPlan, ...]
    """Subtitles, covers, attachments, data; those that are left out as well."""
    video: VideoInfo | None
    """The picture as it will be written."""
    settings: EncoderSettings | None
    look: EncoderSettings | None
    """Settings of the first of two passes, or None when there is one."""
    audio_bitrate: int | None
    segments: tuple[Segment, ...]
    notes: tuple[str, ...]
    tags: tuple[Tag, ...]
    chapters: tuple[Mark, ...]
    processes: bool
    """True when frames are drawn by code that only more processes make faster."""

    @property
    def audio(self) -> AudioInfo | None:
        """The first sound as it will be written."""
        return self.sounds[0].audio if self.sounds else None

    @property
    def audio_codec(self) -> AudioCodec | None:
        """How the first sound is encoded; None when it is copied, or there is none."""
        return self.sounds[0].codec if self.sounds else None

    @property
    def sound_key(self) -> str:
        """What tells the sounds of this plan, and the code that draws them, from those of another."""
        return digest_of([sound.key for sound in self.sounds])

    @property
    def frames(self) -> int:
        """Frames that will be encoded; an estimate when the rate varies."""
        if self.video is None or self.copied is not None:
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
    node, target, shared = budgeted(node, container, target)
    lowered = lower(node)
    notes = [*shared, *lowered.notes]
    picture, video, settings, copied = _picture_side(node, lowered, container, target, notes)
    sounds = _sounds(node, lowered, container, target, notes)
    if video is None and not sounds:
        raise BadParameter(
            f"nothing of this clip can go into a {container.name} file; choose another format."
        )
    others = tuple(kept_tracks(node, container, target)) if container.kind in ("video", "audio") else ()
    plan = Plan(
        node=node, info=lowered.info, container=container, picture=picture, copied=copied, sounds=sounds, others=others,
        video=video, settings=settings, look=_look(settings, target, _drawn(node)),
        audio_bitrate=target.audio_bitrate, segments=(), notes=(),
        tags=_edited(tags(node) if target.tracks.tags else (), target.metadata),
        chapters=chapters(node) if target.tracks.chapters else (), processes=_drawn(node),
    )  # fmt: skip
    notes += losses(plan, target)
    return _cut(replace(plan, notes=tuple(dict.fromkeys(notes))), target.segment_bitrates)


def _edited(own: tuple[Tag, ...], edits: tuple[tuple[str, str], ...]) -> tuple[Tag, ...]:
    """The tags with those of `edits` set, or removed where they are empty."""
    values = {tag.key: tag.value for tag in own} | dict(edits)
    return tuple(Tag(key, value) for key, value in sorted(values.items()) if value)


def _picture_side(
    node: Node, lowered: Lowered, container: Container, target: Target, notes: list[str]
) -> tuple[tree.Picture | None, VideoInfo | None, EncoderSettings | None, TrackPlan | None]:
    video, picture = lowered.info.video, lowered.picture
    if video is None or picture is None or container.kind == "audio":
        if video is not None:
            notes.append(f"the picture is left out: {container.name} holds only sound")
        return None, None, None, None
    if container.kind == "picture":
        return picture, video, None, None
    if container.kind in ("animation", "sequence"):
        rate = video.rate or (Fraction(25) if video.still else None)
        steady = _on_rate(picture, video, rate) if rate and not video.still else picture
        return steady, video, None, None
    must_copy = target.codec == "copy"
    wanted = None if must_copy or target.codec is None else video_codec(target.codec, container)
    if copied := copied_picture(node, container, target, codec_of(wanted.encoder) if wanted else None):
        return None, video, None, copied
    if must_copy:
        raise UsageError(
            f"the picture cannot be copied into {container.name}: something about it has to change; name a codec."
        )
    row = wanted or video_codec(None, container)
    shown = fit_picture(video, row, container, target, notes)
    filters = final_filters(video, shown)
    if filters:
        picture = fused(picture, filters)
    if shown.rate:
        picture = _on_rate(picture, video, shown.rate)
    preset, options = _shared(node, row, target)
    options |= _frugal(shown, row) if _drawn(node) or shown.width * shown.height > _HUGE else {}
    if target.video_bitrate and row.encoder == "libx264":
        rate = shown.rate or Fraction(25)
        # One header for all segments, whatever bits each gets and whatever a first pass found.
        options["level"] = h264_level(shown.width, shown.height, rate, target.video_bitrate)
        options["x264opts"] = ":".join(filter(None, (options.get("x264opts"), "stitchable=1")))
    crf = target.crf
    if crf is None and target.quality is not None and row.crf is not None:
        crf = guess(row, target.quality)
        notes.append(
            f"crf {crf} is a guess at quality {target.quality:g}; the film's own is looked for on samples"
        )
    settings = settings_for(shown, row, crf=crf, preset=preset, time_base=_time_base(node),
                            threads=target.threads, bitrate=target.video_bitrate, max_bitrate=target.max_bitrate,
                            profile=target.profile, options=options, reorders=container.reorders)  # fmt: skip
    settings = with_hardware(settings, target.hardware, notes)
    if target.two_pass and _by_statistics(settings) and not _drawn(node):
        settings = replace(settings, pass_=2)
    return picture, shown, settings, None


_TWO_PASS = ("x264", "x265")
"""Families of encoders whose second pass reads what the first wrote. Of the others PyAV 18 hands on no statistics."""
_COARSE, _THIN = 150_000, 0.03
"""Bits per second, and per pixel, below which x264 and x265, which count in thousands of bits, miss a size."""
_QUICK = {"av1": "12", "vp9": "5", "vp8": "5"}
"""Presets for looking only, where the second pass reads nothing of the first but how much each stretch needs."""


def _by_statistics(settings: EncoderSettings) -> bool:
    """True when a second pass reads what the first wrote; else it is told only how large each stretch was."""
    bitrate, pixels = settings.bitrate or 0, settings.width * settings.height * settings.nominal_rate
    return settings.row.control in _TWO_PASS and bitrate >= _COARSE and bitrate >= _THIN * pixels


def _look(settings: EncoderSettings | None, target: Target, drawn: bool) -> EncoderSettings | None:
    """Settings of a first pass at constant quality, which tells how many bits each stretch needs.

    What is drawn is not drawn twice.
    """
    if settings is None or drawn or not (target.two_pass and target.video_bitrate):
        return None
    bits = target.video_bitrate / float(settings.width * settings.height * settings.nominal_rate)
    return replace(settings, pass_=1 if settings.pass_ else 0, bitrate=None, max_bitrate=None,
                   crf=guess(settings.row, quality_of(bits)),
                   preset=_QUICK.get(settings.codec, settings.preset))  # fmt: skip


def _shared(node: Node, row: VideoCodec, target: Target) -> tuple[str | None, dict[str, str]]:
    """Preset and options of an encoder, lighter ones where a network needs the same cores and nothing was asked for.

    Of enlarged 720p x264 makes these at half the work of its preset medium, and beside small networks, which leave it
    the larger share, at a quarter; see "What it takes" in docs/enhance.md.
    """
    networks = (op.base if isinstance(op, EnlargeFaces) else op for op in map(op_of, walk([node])))
    ours = [op.network for op in networks if isinstance(op, Enlarge) and op.precision in PRECISIONS]
    if target.preset or target.video_bitrate or row.encoder != "libx264" or not ours:
        return target.preset, {}
    small = all(network(name).size == "s" for name in ours)
    return _LIGHTEST if small else _LIGHTER


def _frugal(video: VideoInfo, row: VideoCodec) -> dict[str, str]:
    """Options for encoding where memory is wanted, by painters or by huge frames: x264 keeps a frame for each it looks
    ahead at (40), and several for each frame it encodes at a time.

    On drawn 720p pictures 20 instead of 40 costs 0.08 dB of luma PSNR; in large ones a frame takes 27 MB. Of 8K its
    usual ways take 3 GB, and these 1.7: four slices of one frame at a time, on any machine.
    """
    if row.encoder != "libx264":
        return {}
    pixels = video.width * video.height
    if pixels > _HUGE:
        return {"rc-lookahead": "4", "x264opts": "threads=4:sliced-threads=1:sync-lookahead=0"}
    return {"rc-lookahead": "10" if pixels > _LARGE else "20"}


def _on_rate(picture: tree.Picture, video: VideoInfo, rate: Fraction) -> tree.Picture:
    return tree.Sampled(picture, rate) if tree.is_still(picture) else tree.sampled(picture, rate, video.rate)


def _time_base(node: Node) -> Fraction | None:
    """The clock of the only file there is, so that a variable rate keeps its ticks."""
    bases = {
        op.time_base for one in walk([node]) if isinstance(op := op_of(one), FileSource) and op.info.video
    }
    return bases.pop() if len(bases) == 1 else None


def _sounds(
    node: Node, lowered: Lowered, container: Container, target: Target, notes: list[str]
) -> tuple[PlannedSound, ...]:
    """Every sound track that goes in, copied where nothing asks for a change."""
    if lowered.info.audio is None:
        return ()
    if not container.audio:
        notes.append(f"the sound is left out: {container.name} holds none")
        return ()
    heard = heard_nodes(node, target.tracks.audio)
    most = (
        1
        if container.kind == "audio" and container.name not in SEVERAL_SOUNDS
        else holds(container.muxer).sounds
    )
    if most is not None and len(heard) > most:
        notes.append(f"{len(heard) - most} further sound tracks are left out: {container.name} holds {most}")
        heard = [pair for pair in heard if pair[0] == node][:most] or heard[:most]
    return tuple(_sound(one, track, container, target, notes) for one, track in heard)


def _sound(
    node: Node, track: Track | None, container: Container, target: Target, notes: list[str]
) -> PlannedSound:
    must_copy = target.audio_codec == "copy"
    wanted = None if must_copy or target.audio_codec is None else audio_codec(target.audio_codec, container)
    lowered = lower(node)
    audio = lowered.info.audio
    assert audio is not None
    if copied := sound_copy(node, track, container, target, codec_of(wanted.encoder) if wanted else None):
        return PlannedSound(audio, copied=copied, track=track)
    if must_copy:
        raise UsageError(
            f"the sound cannot be copied into {container.name}: something about it has to change; name a codec."
        )
    row = wanted or audio_codec(_same_codec(track, container), container)
    row = row if target.audio_codec else deeper(row, container, audio.bits)
    shown = fit_sound(audio, row, container, target, notes)
    base: JSON = [anonymous(node).digest, drawing_version() if _drawn(node) else ""]
    key = digest_of([ENGINE, "sound", base, row.key, target.audio_bitrate or 0, [shown.rate, shown.layout]])
    return PlannedSound(shown, row, lowered.sound, key, track=track)


def _same_codec(track: Track | None, container: Container) -> str | None:
    """The key of the codec a track has already, where the container takes it: what is cut stays what it was."""
    if track is None:
        return None
    rows = (
        row for row in AUDIO_CODECS if row.key in container.audio and codec_of(row.encoder) == track.codec
    )
    return next((row.key for row in rows), None)


def _drawn(node: Node) -> bool:
    ops = (op_of(one) for one in walk([node]))
    return any(isinstance(op, Source) and op.processes for op in ops)


def _laborious(node: Node) -> bool:
    """True when a second of film is many seconds of work."""
    return any(isinstance(op_of(one), (Enlarge, Frames, Interpolate)) for one in walk([node]))


def _cut(plan: Plan, bitrates: tuple[int, ...]) -> Plan:
    """The plan with its segments and their keys; `bitrates` are those of the segments, or none."""
    base: JSON = [anonymous(plan.node).digest, drawing_version() if plan.processes else ""]
    if plan.settings is None or plan.video is None:
        return plan
    segments: list[Segment] = []
    for number, span in enumerate(_spans(plan)):
        bitrate = bitrates[number] if number < len(bitrates) else None
        settings = replace(plan.settings, bitrate=bitrate or plan.settings.bitrate)
        key, look = (
            # Settings hold only texts, numbers and lists of them.
            digest_of([ENGINE, "picture", base, str(span.start), str(span.end), cast("JSON", each.as_json())])
            if each else ""
            for each in (settings, plan.look)
        )  # fmt: skip
        segments.append(Segment(number, span, key, f".{plan.settings.row.segment}", bitrate, look,
                                plan.look.crf if plan.look else None))  # fmt: skip
    return replace(plan, segments=tuple(segments))


def _spans(plan: Plan) -> list[Span]:
    """Stretches of the output, cut on its frames."""
    assert plan.video is not None
    assert plan.settings is not None
    duration, rate = plan.info.duration, plan.video.rate
    if plan.processes:
        count = _DRAWN_GROUP * (int(duration) // _DRAWN_GROUP) or max(1, int(duration))
        step = duration / count
    else:
        steered = plan.look is not None or plan.settings.bitrate is not None
        step = _SHORT_SEGMENT if steered or _laborious(plan.node) else _FILE_SEGMENT
    if rate:
        step = max(1, math.ceil(step * rate)) / rate
    borders = [step * n for n in range(math.ceil(duration / step))]
    # A last stretch shorter than a second is not worth an encoder of its own.
    if len(borders) > 1 and duration - borders[-1] < 1:
        borders.pop()
    return [Span(start, end) for start, end in zip(borders, [*borders[1:], duration], strict=True)]
