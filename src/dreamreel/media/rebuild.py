"""An MP4 or MOV without its index made whole: its samples found, put in order, and written under a new index.

    good file ─► models, codec headers          broken file ─► mdat ─► samples (media/mdat.py)
                              └──► pictures decoded once: their order of showing ──► new file

Pictures follow each other at the good file's rate and sound runs on from frame to frame, since the times themselves
were in the lost index. Pictures that cannot be decoded are left out, and their time with them.
"""

from __future__ import annotations

import heapq
import mmap
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import av.error
from av.container import OutputContainer
from av.stream import Stream

from dreamreel.errors import DamagedMedia
from dreamreel.media.boxes import boxes
from dreamreel.media.formats import Container
from dreamreel.media.libav import AnyPacket, copy_stream, decode_video, mux_one
from dreamreel.media.mdat import Found, Model, model_of, samples
from dreamreel.media.open import open_media, open_output
from dreamreel.time import nearest

__all__ = ["Rebuilt", "media_span", "rebuild"]

_LIKELY = Fraction(1, 2)
"""When fewer pictures than this part decode, the good file is not of the same camera and setting."""


_OUTER = frozenset({b"moov", b"moof", b"mdat", b"free", b"wide", b"skip", b"uuid", b"mfra", b"udta", b"meta"})
"""Boxes that stand beside `mdat`."""


@dataclass(slots=True)
class Rebuilt:
    """What was found."""

    pictures: int = 0
    frames: int = 0
    """Sound frames, or stretches of uncompressed sound."""
    undecodable: int = 0
    """Pictures found that could not be decoded, and were left out."""
    skipped: int = 0
    """Bytes that were neither picture nor sound."""
    seconds: Fraction = Fraction(0)
    missing: list[str] = field(default_factory=list[str])
    """Tracks of the good file that cannot be found in bytes alone."""


def media_span(path: Path) -> tuple[int, int]:
    """Where the media lie in a file whose index is lost: the content of its `mdat`, else all after its `ftyp`."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        after = 0
        for box in boxes(file, 0, size):
            if box.kind == b"mdat":
                # A length that was never filled in, or is wrong, does not end where another box begins.
                following = next(boxes(file, box.end, size), None)
                fits = following is not None and following.kind in _OUTER
                return box.body, box.end if fits else size
            if box.kind in (b"ftyp", b"free", b"wide", b"skip", b"uuid", b"styp"):
                after = box.end
    return after, size


def rebuild(path: Path, good: Path, part: Path, container: Container) -> Rebuilt:
    """Write the new file `part` with what is found in `path`, a file like `good`.

    Raises what `open_media` raises for `good`, and `DamagedMedia` when nothing is found or `good` does not fit.
    """
    told = Rebuilt()
    with ExitStack() as stack:
        reference = stack.enter_context(open_media(good))
        picture, sound, others = model_of(reference)
        if picture is None and (sound is None or sound.codec != "aac"):
            raise DamagedMedia(
                f"{good.name} has no H.264, HEVC or AAC track, so nothing can be looked for by it."
            )
        told.missing = [f"{reference.streams[index].type} track {index}" for index in others]
        file = stack.enter_context(path.open("rb"))
        data = stack.enter_context(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        header = reference.streams[sound.index].codec_context.extradata if sound else None
        found: dict[int, list[Found]] = {model.index: [] for model in (picture, sound) if model}
        for item in samples(data, *media_span(path), picture, sound, header):
            if isinstance(item, int):
                told.skipped += item
            else:
                found[item.track].append(item)
        _write(told, path, good, data, picture, sound, found, part, container)
    return told


def _write(told: Rebuilt, path: Path, good: Path, data: mmap.mmap, picture: Model | None, sound: Model | None,
           found: dict[int, list[Found]], part: Path, container: Container) -> None:  # fmt: skip
    options = {**dict(container.options), "fflags": "+bitexact"}
    with open_media(good) as template, open_output(part, container.muxer, options) as target:
        tracks: list[Iterator[tuple[Fraction, int, AnyPacket]]] = []
        if picture and (pictures := found[picture.index]):
            shown = _order(path, good, picture, data, pictures)
            told.undecodable, told.pictures = len(pictures) - len(shown), len(shown)
            tracks.append(_pictures(_copy(template.streams[picture.index], target), picture, data, shown))
            told.seconds = len(shown) * picture.step
        if sound and (frames := found[sound.index]):
            told.frames = len(frames)
            tracks.append(_sounds(_copy(template.streams[sound.index], target), sound, data, frames))
            told.seconds = max(told.seconds, _sound_length(sound, frames))
        if not tracks:
            raise DamagedMedia(
                f"Nothing like {good.name} was found in {path.name}; it holds no film, or another kind."
            )
        target.metadata.update({k: v for k, v in template.metadata.items() if "location" not in k.lower()})
        for key in ("creation_time", "com.apple.quicktime.creationdate"):
            target.metadata.pop(key, None)
        for _, _, packet in heapq.merge(*tracks, key=lambda item: item[:2]):
            mux_one(target, packet)


def _copy(template: Stream, target: OutputContainer) -> Stream:
    stream = cast("Stream", copy_stream(target, template))  # pyright: ignore[reportArgumentType]
    if template.time_base:
        stream.time_base = template.time_base
    return stream


def _order(
    path: Path, good: Path, model: Model, data: mmap.mmap, pictures: Sequence[Found]
) -> list[tuple[Found, int]]:
    """Each picture that decodes and its number in order of showing, in order of decoding."""
    shown: list[int] = []
    with open_media(good) as reference:
        stream = next(s for s in reference.streams.video if s.index == model.index)
        stream.codec_context.thread_type = "AUTO"
        for number, picture in enumerate([*pictures, None]):
            packet: AnyPacket = av.Packet(data[picture.start : picture.end] if picture else b"")
            packet.pts = packet.dts = number if picture else None
            try:
                frames = decode_video(stream, packet)
            except (av.error.FFmpegError, ValueError):
                continue
            shown += [frame.pts for frame in frames if frame.pts is not None and not frame.is_corrupt]
    if len(shown) < _LIKELY * len(pictures):
        raise DamagedMedia(
            f"{len(pictures)} pictures were found in {path.name}, but {good.name} does not tell how to decode them; "
            "take a file that the same camera made with the same settings."
        )
    place = {number: rank for rank, number in enumerate(shown)}
    return [(picture, place[number]) for number, picture in enumerate(pictures) if number in place]


def _pictures(stream: Stream, model: Model, data: mmap.mmap, shown: Sequence[tuple[Found, int]]
              ) -> Iterator[tuple[Fraction, int, AnyPacket]]:  # fmt: skip
    base = stream.time_base or Fraction(1, 90_000)
    step = model.step / base
    depth = max(number - rank for number, (_, rank) in enumerate(shown))
    for number, (picture, rank) in enumerate(shown):
        packet = _packet(data, picture, stream, base)
        packet.pts, packet.dts = nearest(rank * step), nearest((number - depth) * step)
        packet.duration, packet.is_keyframe = nearest(step), picture.key
        yield packet.dts * base, stream.index, packet


def _sounds(stream: Stream, model: Model, data: mmap.mmap, frames: Sequence[Found]
            ) -> Iterator[tuple[Fraction, int, AnyPacket]]:  # fmt: skip
    base = stream.time_base or Fraction(1, model.rate)
    at = model.begin
    for frame in frames:
        packet = _packet(data, frame, stream, base)
        lasts = _lasts(model, frame)
        packet.pts = packet.dts = nearest(at / base)
        packet.duration, packet.is_keyframe = nearest(lasts / base), True
        yield at, stream.index, packet
        at += lasts


def _packet(data: mmap.mmap, sample: Found, stream: Stream, base: Fraction) -> AnyPacket:
    packet: AnyPacket = av.Packet(data[sample.start : sample.end])
    packet.time_base, packet.stream = base, stream
    return packet


def _lasts(model: Model, frame: Found) -> Fraction:
    return (frame.end - frame.start) // model.frame_bytes * model.step if model.frame_bytes else model.step


def _sound_length(model: Model, frames: Sequence[Found]) -> Fraction:
    return sum((_lasts(model, frame) for frame in frames), model.begin)
