"""What a render will do and cost, in words and numbers, before it does anything. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar, cast

from dreamreel.graph import walk
from dreamreel.media.info import AudioInfo, ClipInfo, VideoInfo
from dreamreel.neural.catalog import network
from dreamreel.ops import op_of
from dreamreel.ops.base import Source
from dreamreel.ops.enlarge import multiplied
from dreamreel.ops.source import FileSource
from dreamreel.ops.text import Title
from dreamreel.render import tree
from dreamreel.render.local import worker_count
from dreamreel.render.plan import Plan, PlannedSound, source_path
from dreamreel.render.scale import halving
from dreamreel.render.tracks import TrackPlan
from dreamreel.time import timecode

__all__ = ["Estimate", "describe", "estimate", "explained", "inputs"]

_Kind = TypeVar("_Kind", tree.Enlarged, tree.Computed, tree.Interpolated)
_ENCODE = {
    "h264": 28e6,
    "h265": 7e6,
    "av1": 12e6,
    "vp9": 6e6,
    "vp8": 14e6,
    "ffv1": 40e6,
    "prores": 60e6,
    "mjpeg": 80e6,
}
"""Pixels per second and core at the default preset, measured on 720p of moderate motion."""
_BRISK = {"veryfast": 2.0, "superfast": 4.0}
"""How many times as fast presets are that are chosen where a network needs the cores."""
_DECODE = 150e6
_BETWEEN = 10e6
"""Pixels per second and core that are interpolated."""
_DRAW = 24e6
_BITS = {
    "h264": 0.12,
    "h265": 0.07,
    "av1": 0.06,
    "vp9": 0.08,
    "vp8": 0.15,
    "ffv1": 6.0,
    "prores": 4.5,
    "mjpeg": 1.5,
}
"""Bits per pixel at the default quality."""
_COPY = 200e6
"""Bytes per second that are copied."""
_PICTURE = 5_000_000
"""Bits per second of a picture whose file does not say."""
_OTHER_ENCODE, _OTHER_BITS = 60e6, 1.0
"""The same of codecs that are not listed."""
_START, _START_DRAWN = 1.0, 3.0
"""Seconds before and after the frames: reading, starting processes that draw, joining."""
_PCM = 1_400_000
"""Bits per second of sound that is not compressed."""
_BASE_MEMORY = 150 * 2**20


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a render costs, to within a factor of about two."""

    seconds: float
    """Wall time on this many cores."""
    size: int
    """Bytes of the output."""
    disk: int
    """Bytes needed while it runs: the output and its segments."""
    memory: int
    """Bytes of memory in all processes together."""
    workers: int
    """Processes that draw, or 1."""
    picture: int = 0
    """Of the output's bytes, those of an encoded picture."""


def estimate(plan: Plan, cores: int, memory: int) -> Estimate:
    """The cost of `plan` on a machine with `cores` and `memory` bytes to spare."""
    duration = float(plan.info.duration)
    sound = sum(int(duration * _sound_bits(plan, one) / 8) for one in plan.sounds)
    if plan.video is None:
        return Estimate(0.5 + duration / 100, sound, 2 * sound, _BASE_MEMORY, 1)
    if plan.copied is not None:
        size = sound + int(duration * _copied_bits(plan.copied) / 8)
        return Estimate(0.5 + size / _COPY, size, size + sound, _BASE_MEMORY, 1)
    pixels = plan.video.width * plan.video.height * plan.frames
    codec = plan.settings.codec if plan.settings else "mjpeg"
    passes = 2.5 if plan.look is not None else 1  # Looked at, encoded, and part of it corrected.
    brisk = _BRISK.get((plan.settings and plan.settings.preset) or "", 1.0)
    work = passes * (
        pixels / (_ENCODE.get(codec, _OTHER_ENCODE) * brisk) + pixels / (_DRAW if plan.processes else _DECODE)
    )
    work += sum(
        plan.frames
        * one.info.width
        * one.info.height
        * network(one.op.network).parameters
        / multiplied(one.op.precision)
        for one in _found(plan.picture, tree.Enlarged)
    )
    work += sum(
        plan.frames * (one.info.video.width * one.info.video.height / one.op.speed + one.op.each)
        for one in _found(plan.picture, tree.Computed)
        if one.info.video is not None
    )
    work += sum(pixels / _BETWEEN for _ in _found(plan.picture, tree.Interpolated))
    workers = worker_count(plan, cores, memory) if plan.processes else 1
    busy = workers if plan.processes else min(cores, 4)
    picture = _picture_bytes(plan, pixels)
    size = picture + sound
    each = 250 * 2**20 + 40 * plan.video.width * plan.video.height * 3 // 2
    start = _START_DRAWN if plan.processes else _START
    return Estimate(start + work / busy, size, 2 * size, _BASE_MEMORY + workers * each, workers, picture)


def _found(picture: tree.Picture | None, kind: type[_Kind]) -> Iterator[_Kind]:
    """Every part of a picture that is of a kind."""
    if picture is None:
        return
    if isinstance(picture, kind):
        yield picture
    for child in tree.children(picture):
        yield from _found(cast("tree.Picture", child), kind)


def _picture_bytes(plan: Plan, pixels: int) -> int:
    """Bytes of the picture: what is asked for, else what films of its size take at that quality."""
    settings = plan.settings
    if settings is not None and settings.bitrate is not None:
        return int(settings.bitrate * plan.info.duration / 8)
    codec = settings.codec if settings else "mjpeg"
    bits = pixels * _BITS.get(codec, _OTHER_BITS) * (0.5 if plan.processes else 1)
    if settings is not None and settings.crf is not None and settings.row.crf is not None:
        bits *= 2 ** ((settings.row.crf - settings.crf) / halving(settings.row))
    return int(bits / 8)


def _sound_bits(plan: Plan, sound: PlannedSound) -> int:
    """Bits per second of a sound as it will be written."""
    if sound.copied is not None:
        return (sound.copied.track.bit_rate if sound.copied.track else None) or _PCM // 8
    return plan.audio_bitrate or (sound.codec.bitrate if sound.codec else None) or _PCM


def _copied_bits(one: TrackPlan) -> int:
    """Bits per second of a picture that is copied; a guess where the file does not say it."""
    return (one.track.bit_rate if one.track else None) or _PICTURE


def explained(plan: Plan) -> str:
    """The plan for people: in, out, what is done, what is converted, what is left out."""
    lines = [*inputs(plan), f"out: {plan.container.name}, {describe(_outgoing(plan))}"]
    if plan.settings is not None:
        quality = f" crf {plan.settings.crf}" if plan.settings.crf is not None else ""
        form = f"{plan.settings.codec}{quality} {plan.settings.pix_fmt}"
        lines.append(
            f"  picture: {form}, {len(plan.segments)} segment{'s' if len(plan.segments) > 1 else ''}"
        )
    if plan.copied is not None:
        lines.append(f"  picture: {plan.copied.codec}, {_WAYS[plan.copied.action]}")
    lines += [f"  sound: {_sound_line(sound)}" for sound in plan.sounds]
    lines += [
        f"  {one.told()}: {one.codec or 'as it is'}, {_WAYS[one.action]}"
        for one in plan.others
        if one.action != "drop"
    ]
    if plan.picture is not None:
        lines += [f"  {step}" for step in _steps(plan.picture)]
    lines += [f"note: {note}" for note in plan.notes]
    if plan.chapters and plan.container.chapters:
        lines.append(f"kept: {len(plan.chapters)} chapters")
    if plan.tags:
        lines.append(f"kept: tags {', '.join(tag.key for tag in plan.tags)}")
    return "\n".join(lines)


_WAYS = {"copy": "copied", "cut": "copied in stretches", "convert": "converted", "encode": "encoded"}


def _sound_line(sound: PlannedSound) -> str:
    language = f" ({sound.track.language})" if sound.track and sound.track.language else ""
    if sound.copied is not None:
        return f"{sound.copied.codec}{language}, {_WAYS[sound.copied.action]}"
    return f"{sound.codec.key if sound.codec else ''}{language}"


def inputs(plan: Plan) -> Iterator[str]:
    """One line for each source: what it is called and what it is."""
    for node in walk([plan.node]):
        op = op_of(node)
        if not isinstance(op, Source):
            continue
        path = source_path(node)
        name = path.name if path else f"“{op.text}”" if isinstance(op, Title) else node.op
        info = op.info if isinstance(op, FileSource) else op.infer()
        yield f"in: {name}, a photo" if op.processes else f"in: {name}, {describe(info)}"


def _outgoing(plan: Plan) -> ClipInfo:
    return ClipInfo(plan.info.duration, plan.video, plan.audio)


def describe(info: ClipInfo) -> str:
    """`1280×720, 25 fps, 0:00:05.000, 48000 Hz stereo`."""
    words = [_picture(info.video)] if info.video else []
    words.append(timecode(info.duration))
    words += [_sound(info.audio)] if info.audio else ["no sound"]
    return ", ".join(words)


def _picture(video: VideoInfo) -> str:
    if video.still:
        return f"{video.width}×{video.height}, still"
    rate = f"{float(video.rate):g} fps" if video.rate else "variable frame rate"
    return f"{video.width}×{video.height}, {rate}"


def _sound(audio: AudioInfo) -> str:
    return f"{audio.rate} Hz {audio.layout}"


def _steps(picture: tree.Picture, depth: int = 0) -> Iterator[str]:
    """The tree from the output down, one line each, stretches of sources with their times."""
    indent = "  " * depth
    yield indent + _step(picture)
    if isinstance(picture, tree.Joined):
        for part in picture.parts:
            span = f"{timecode(part.start)} + {timecode(part.length)}"
            yield f"{indent}  part {span}"
            yield from _steps(part.child, depth + 2)
        return
    for child in tree.children(picture):
        yield from _steps(child, depth + 1)  # pyright: ignore[reportArgumentType]


def _step(picture: tree.Picture) -> str:  # noqa: C901 - one case for each kind
    match picture:
        case tree.FileFrames():
            return f"decode {picture.path.name}"
        case tree.Still():
            return f"draw once {picture.op.name}"
        case tree.Drawn():
            return f"draw {picture.op.name} in worker processes"
        case tree.Joined():
            return f"join {len(picture.parts)} parts" if len(picture.parts) > 1 else "cut"
        case tree.Retimed():
            return f"play {_times(picture.factor)} as fast"
        case tree.Backwards():
            return "play backwards"
        case tree.Sampled():
            return f"sample at {float(picture.rate):g} frames per second"
        case tree.Filtered():
            return f"one graph: {', '.join(spec.name for spec in picture.specs)}"
        case tree.Enlarged():
            near = f", what differs by {picture.op.tolerance} steps at most counts as the same"
            return f"enlarge with {picture.op.network}, {picture.op.precision}{near if picture.op.tolerance else ''}"
        case tree.Computed():
            return picture.op.told()
        case tree.Interpolated():
            return f"interpolate at {float(picture.rate):g} frames per second"
        case tree.Overlaid():
            window = picture.window
            return (
                f"overlay at {picture.x},{picture.y} from {timecode(window.start)} to {timecode(window.end)}"
            )
        case tree.Captioned():
            return f"draw {len(picture.op.lines)} subtitles"
        case tree.Dissolved():
            return f"dissolve over {float(picture.overlap):g} s"


def _times(factor: Fraction) -> str:
    return f"{float(factor):g} ×"
