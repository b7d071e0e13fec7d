"""Tracks put into a new file packet by packet, with times that a player can follow.

    packets ─► no time? made up ─► clock jumped? moved back into line ─► times backwards? one tick later ─► muxer

What is heard and seen is copied as it is. A jump is told from a pause by its size, and moves all tracks alike, so that
picture and sound stay together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Final, cast

import av.error
from av.container import InputContainer, OutputContainer
from av.stream import AttachmentStream, Disposition, Stream

from dreamreel.errors import RenderFailed
from dreamreel.media.formats import Container
from dreamreel.media.libav import AnyPacket, copy_stream, demux, mux_one
from dreamreel.media.open import open_media, open_output
from dreamreel.media.timing import is_cover
from dreamreel.time import nearest

__all__ = ["Mended", "Times", "mend", "survey"]

_JUMP: Final = Fraction(10)
"""Seconds of a step in time that is a broken clock and not a pause."""
_DEEP: Final = 32
"""Packets of one track that may lack a decoding time until the first that has one: the deepest reordering, twice."""
_CONCEALED: Final = frozenset({"mpegts", "mpeg"})
"""Formats in which a damaged packet is one that lacks some bytes: decoders make do with the rest."""
_BACK_TO_BACK: Final = frozenset({"mp3", "aac", "ac3", "eac3"})
"""Formats of nothing but frames, one after the other."""


@dataclass(slots=True)
class Mended:
    """What was done to times, and what was copied, by track."""

    packets: Counter[int] = field(default_factory=Counter[int])
    made_up: int = 0
    """Packets that had no time."""
    backwards: int = 0
    """Decoding times that did not grow."""
    jumps: int = 0
    """Times that the clock jumped."""
    negative: Fraction = Fraction(0)
    """Seconds before zero at which the file began."""
    damaged: int = 0
    """Packets that the container marks as damaged."""
    junk: int = 0
    """Bytes between sound frames that are none."""
    cut: int = 0
    """Damaged packets that were left out."""
    broke_off: bool = False
    """True when the file could not be read to its end."""
    ends: dict[int, Fraction] = field(default_factory=dict[int, Fraction])
    """Seconds at which each track ends."""
    dropped: list[str] = field(default_factory=list[str])
    """Tracks that the new file cannot hold, in words."""

    @property
    def length(self) -> Fraction:
        """Seconds that were copied."""
        return max(self.ends.values(), default=Fraction(0))

    @property
    def wrong(self) -> bool:
        """True when any time had to be repaired."""
        return bool(self.made_up or self.backwards or self.jumps or self.negative)


class Times:
    """Repairs the times of the packets of one file, in place."""

    def __init__(self, container: InputContainer, told: Mended) -> None:
        self._told = told
        self._shift: dict[int, Fraction] = {}
        self._shifts = [Fraction(0)]
        """What was added to times so far, and by track what is added now."""
        self._last: dict[int, int] = {}
        self._steps = {s.index: _usual_step(s) for s in container.streams if s.time_base}
        # The streams of AVI and raw video say one time only; of a picture track that is the decoding time.
        self._jumps_matter = not any(name in container.format.name for name in ("matroska", "mp4", "gif"))
        self._concealed = container.format.name in _CONCEALED
        self._raw = container.format.name in _BACK_TO_BACK
        self._next_byte: int | None = None
        self._held: dict[int, list[AnyPacket]] = {}

    def repaired(self, packets: Iterable[AnyPacket]) -> Iterator[AnyPacket]:
        """The packets that are worth copying, with times that grow."""
        for packet in packets:
            for ready in self._counted_back(packet):
                if self._kept(ready) and self.repair(ready):
                    yield ready
        for held in self._held.values():
            yield from (packet for packet in held if self._kept(packet) and self.repair(packet))

    def _counted_back(self, packet: AnyPacket) -> list[AnyPacket]:
        """Hold pictures without a decoding time until one has it; then they lie as many steps before that."""
        index, base = packet.stream_index, packet.time_base
        if not packet.size or not base or packet.stream.type != "video" or index in self._last:
            return [packet]
        held = self._held.setdefault(index, [])
        held.append(packet)
        if packet.dts is None and len(held) < _DEEP:
            return []
        del self._held[index]
        if packet.dts is not None:
            for number, early in enumerate(reversed(held[:-1]), 1):
                early.dts = packet.dts - number * (self._steps.get(index) or 1)
        return held

    def _kept(self, packet: AnyPacket) -> bool:
        """False for a packet that is not whole; uncompressed sound is as good as what is left of it."""
        if not packet.size:
            return False
        if self._raw and packet.pos is not None:
            self._told.junk += max(
                0, packet.pos - (packet.pos if self._next_byte is None else self._next_byte)
            )
            self._next_byte = packet.pos + packet.size
        if not packet.is_corrupt:
            return True
        self._told.damaged += 1
        context = packet.stream.codec_context
        if self._concealed or (context and context.name.startswith("pcm_")):
            return True
        self._told.cut += 1
        return False

    def repair(self, packet: AnyPacket) -> bool:
        """Give the packet times that grow; False for a packet that is none."""
        base = packet.time_base
        if not packet.size or not base:
            return False
        told, index = self._told, packet.stream_index
        step = self._steps.get(index) or max(1, packet.duration or 1)
        last = self._last.get(index)
        if packet.dts is None and packet.pts is None:
            told.made_up += 1
            packet.dts = packet.pts = 0 if last is None else last + step
        else:
            self._shifted(packet, base, last, step)
        dts = packet.dts if packet.dts is not None else packet.pts
        assert dts is not None
        if last is not None and dts <= last:
            # A missing decoding time next to a picture shown earlier is reordering and no fault of the clock.
            told.backwards += packet.dts is not None
            dts = last + 1
        packet.dts = dts
        if packet.pts is None or packet.pts < dts:
            told.made_up += packet.pts is None
            packet.pts = dts
        self._last[index] = dts
        told.packets[index] += 1
        told.ends[index] = max(
            told.ends.get(index, Fraction(0)), (packet.pts + (packet.duration or step)) * base
        )
        return True

    def _shifted(self, packet: AnyPacket, base: Fraction, last: int | None, step: int) -> None:
        stamp = packet.dts if packet.dts is not None else packet.pts
        assert stamp is not None
        index, time = packet.stream_index, stamp * base
        if not self._shift and not self._last and time < -1:
            self._told.negative = -time
            self._shifts = [-time]
        shift = self._shift.get(index, self._shifts[0])
        if self._jumps_matter and last is not None and abs(time + shift - last * base) > _JUMP:
            # Tracks are interleaved: one may still be on this side of a jump that another has made.
            shift = min(self._shifts, key=lambda known: abs(time + known - last * base))
            if abs(time + shift - last * base) > _JUMP:
                self._told.jumps += 1
                shift = (last + step) * base - time
                self._shifts.append(shift)
        self._shift[index] = shift
        if moved := nearest(shift / base):
            packet.dts = packet.dts + moved if packet.dts is not None else None
            packet.pts = packet.pts + moved if packet.pts is not None else None


def _usual_step(stream: Stream) -> int:
    base = stream.time_base
    if stream.type == "video" and base and stream.average_rate:
        return max(1, nearest(1 / stream.average_rate / base))
    return 0


def survey(path: Path) -> Mended:
    """What `mend` would find, without writing anything."""
    told = Mended()
    with open_media(path) as source:
        times = Times(source, told)
        for _ in times.repaired(_packets(source, told)):
            pass
    return told


def _packets(source: InputContainer, told: Mended) -> Iterator[AnyPacket]:
    wanted = [s for s in source.streams if s.type in ("video", "audio", "subtitle") and s.codec_context]
    try:
        yield from demux(source, [s for s in wanted if not is_cover(s)])
    except av.error.FFmpegError:
        told.broke_off = True


def mend(path: Path, part: Path, container: Container) -> Mended:
    """Copy what can be read of `path` into the new file `part`, with repaired times.

    Raises `RenderFailed` when nothing of it can be put into such a file.
    """
    told = Mended()
    options = dict(container.options)
    if container.muxer in ("matroska", "webm"):
        # It writes no decoding times; those below zero would move all others.
        options["avoid_negative_ts"] = "disabled"
    with open_media(path) as source, open_output(part, container.muxer, options) as target:
        made = _streams(source, target, told)
        if not made:
            raise RenderFailed(f"Nothing in {path.name} can be put into a {container.name} file; choose mkv.")
        for key, value in source.metadata.items():
            target.metadata[key] = value
        if chapters := source.chapters():
            target.set_chapters(chapters)
        times = Times(source, told)
        for index in [s.index for s in source.streams.video if is_cover(s) and s.index in made]:
            _cover(path, index, target, made[index])
        own = (packet for packet in _packets(source, told) if packet.stream_index in made)
        for packet in times.repaired(own):
            packet.stream = made[packet.stream_index]
            mux_one(target, packet)
    return told


def _cover(path: Path, index: int, target: OutputContainer, made: Stream) -> None:
    with open_media(path) as source:
        for packet in demux(source, [source.streams[index]]):
            if packet.size:
                packet.stream = made
                packet.pts = packet.dts = 0
                mux_one(target, packet)
                return


def _streams(source: InputContainer, target: OutputContainer, told: Mended) -> dict[int, Stream]:
    made: dict[int, Stream] = {}
    for stream in source.streams:
        if isinstance(stream, AttachmentStream):
            try:
                target.add_attachment(
                    stream.name or "file", stream.mimetype or "application/octet-stream", stream.data
                )
            except (ValueError, av.error.FFmpegError):
                told.dropped.append(f"attachment {stream.name or stream.index}")
            continue
        if stream.type not in ("video", "audio", "subtitle") or not stream.codec_context:
            told.dropped.append(f"{stream.type} track {stream.index}")
            continue
        try:
            new = cast("Stream", copy_stream(target, stream))  # pyright: ignore[reportArgumentType]
        except (ValueError, av.error.FFmpegError):
            told.dropped.append(f"{stream.type} track {stream.index}")
            continue
        new.metadata.update({k: v for k, v in stream.metadata.items() if k.lower() in ("language", "title")})
        new.disposition = Disposition(stream.disposition)
        if stream.time_base:
            new.time_base = stream.time_base
        made[stream.index] = new
    return made
