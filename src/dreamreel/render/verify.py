"""A finished file looked at as a stranger would: everything decoded, and compared with what was planned.

    part ─► every packet of every track decoded ─► frames, length, start of each track, tags, chapters ─► fault or fine

A file that fails never gets its name: the render that made it fails, and nothing is left.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av.error
from av.audio.stream import AudioStream
from av.video.stream import VideoStream

from dreamreel.errors import DreamreelError, RenderFailed
from dreamreel.media.compat import holds
from dreamreel.media.libav import decode_audio, decode_video, demux
from dreamreel.media.open import open_media
from dreamreel.media.probe import MediaFile, probe
from dreamreel.media.timing import is_cover
from dreamreel.render.plan import Plan
from dreamreel.render.threads import Cancel
from dreamreel.time import timecode

__all__ = ["frames_of", "verified"]

_SLACK = Fraction(1, 10)
"""Seconds by which a length or a start may differ: blocks of sound, and pictures that last until the next."""


def verified(path: Path, plan: Plan, frames: int | None, name: str, cancel: Cancel) -> None:
    """Decode all of `path` and compare it with `plan` and the number of `frames` its picture should have.

    `name` is what the file will be called. Raises `RenderFailed` with the first thing that is wrong.
    """
    try:
        counted = _decoded(path, cancel)
        found = probe(path)
    except av.error.FFmpegError as error:
        raise RenderFailed(
            f"{name} was written but cannot be decoded ({error.strerror}); try again."
        ) from error
    except DreamreelError as error:
        raise RenderFailed(f"{name} was written but cannot be read again: {error}") from error
    for fault in _faults(plan, found, counted, frames):
        raise RenderFailed(f"{name} was written but is not what was planned: {fault}.")


def frames_of(path: Path, index: int) -> int:
    """How many pictures the track `index` of a file holds: its packets."""
    with open_media(path) as source:
        stream = source.streams[index]
        return sum(1 for packet in demux(source, [stream]) if packet.size and not packet.is_discard)


def _decoded(path: Path, cancel: Cancel) -> dict[int, int]:
    """Every track decoded to its end: pictures, or samples, by track."""
    counted: dict[int, int] = {}
    with open_media(path) as source:
        streams = [
            s for s in source.streams if s.type in ("video", "audio") and s.codec_context and not is_cover(s)
        ]
        for stream in streams:
            stream.codec_context.thread_type = "AUTO"  # pyright: ignore[reportAttributeAccessIssue]
        for packet in demux(source, streams):
            cancel.check()
            stream = packet.stream
            if isinstance(stream, VideoStream):
                counted[stream.index] = counted.get(stream.index, 0) + len(decode_video(stream, packet))
            elif isinstance(stream, AudioStream):
                made = sum(frame.samples for frame in decode_audio(stream, packet))
                counted[stream.index] = counted.get(stream.index, 0) + made
    return counted


def _faults(plan: Plan, found: MediaFile, counted: dict[int, int], frames: int | None) -> Iterator[str]:
    picture = found.main_video
    if (plan.video is not None) != (picture is not None):
        yield "it has no picture" if plan.video is not None else "it has a picture"
    if picture is not None and frames is not None and counted.get(picture.index, 0) != frames:
        yield f"it has {counted.get(picture.index, 0)} pictures instead of {frames}"
    if len(found.audio) != len(plan.sounds):
        yield f"it has {len(found.audio)} sound tracks instead of {len(plan.sounds)}"
    silent = [track.index for track in found.audio if not counted.get(track.index)]
    if silent:
        yield f"sound track {silent[0]} has nothing in it"
    frame = 1 / (picture.rate or picture.average_rate or Fraction(25)) if picture else Fraction(0)
    if abs(found.duration - plan.info.duration) > _SLACK + frame:
        yield f"it lasts {timecode(found.duration)} instead of {timecode(plan.info.duration)}"
    yield from _words(plan, found)


def _words(plan: Plan, found: MediaFile) -> Iterator[str]:
    if plan.container.chapters and len(found.chapters) != len(plan.chapters):
        yield f"it has {len(found.chapters)} chapters instead of {len(plan.chapters)}"
    kept = sum(one.action != "drop" and one.kind == "subtitle" for one in plan.others)
    subtitles = sum(track.kind == "subtitle" for track in found.others)
    if subtitles != kept:
        yield f"it has {subtitles} subtitle tracks instead of {kept}"
    if holds(plan.container.muxer).tags != "none":
        titles = {key.lower(): value for key, value in found.tags}
        wanted = next((tag.value for tag in plan.tags if tag.key == "title"), None)
        if wanted is not None and "title" in titles and titles["title"] != wanted:
            yield "its title is another one"
