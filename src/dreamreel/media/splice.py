"""One picture track made of copied packets and encoded runs, as a stream of packets that a muxer takes.

    pieces ─► runs encoded ─► spool ─┐
    source ─► packets, read once ────┼─► parameter sets that do not clash ─► one dts line ─► packets
    index ─► their times ────────────┘

Copied packets keep their bits. Exceptions: a picture that starts a copy in an open GOP is made what it now is (an IDR,
BLA or closed group), and for H.264 the numbers of the pictures that count from it. Runs have parameter sets with ids of
their own, so both kinds can be in the header at once, and neither changes what the other means.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Self, TypeAlias

import av.error
from av.packet import Packet
from av.video.stream import VideoStream

from dreamreel.errors import RenderFailed
from dreamreel.media import avc, hevc
from dreamreel.media.index import PacketIndex, sets_of
from dreamreel.media.libav import AnyPacket, demux
from dreamreel.media.nal import annex_b, join, split
from dreamreel.media.open import open_media
from dreamreel.media.pieces import Copy, Encode, Piece
from dreamreel.media.runs import CannotSplice, Coded, Look, RunEncoder, Spool
from dreamreel.media.timing import decoding_times, reorder_depth
from dreamreel.time import nearest

__all__ = ["CannotSplice", "Part", "Shown", "Splice", "Stamp"]

_Bytes: TypeAlias = Callable[[bytes], bytes]
_Change: TypeAlias = Callable[[bytes, bool], bytes | None]
"""Changes packets at the start of a copy: (data, whether it is the first) to the new data, or None once it is over."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """The times of one packet of the output, in ticks of the source's time base."""

    pts: int
    dts: int
    duration: int


@dataclass(frozen=True, slots=True)
class Part:
    """What is taken from one file, in the order it plays. Shifts are in ticks of the first part's time base."""

    path: Path
    index: PacketIndex
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture of the output: its time in ticks, and the one it is a copy of."""

    pts: int
    part: int
    source: int | None
    """Ticks in the source, or None for a picture that was encoded."""


class Splice:
    """A spliced picture track. A context manager; `packets` may be read once.

    Everything that can fail for want of an encoder or a form that is not understood fails on construction, with
    `CannotSplice`: then plan again with `render.smart.encode_all`, or leave the track to a full encode.
    """

    def __init__(self, parts: Sequence[Part], *, threads: int = 0) -> None:
        """Encode the runs and lay out all times. `threads` is for decoder and encoder; 0 takes all cores."""
        self.parts = tuple(parts)
        self.base = parts[0].index.base
        self._stack = ExitStack()
        self._spool = Spool()
        self._stack.callback(self._spool.close)
        self.damage: tuple[str, ...] = ()
        """Pictures of the runs that could not be decoded, so that what is beside them stands in: each by a name."""
        try:
            self._form = self._common_form()
            self._runs = self._encoded(threads)
            self.stamps = self._laid_out()
        except (ValueError, IndexError) as error:
            self._stack.close()
            raise CannotSplice(
                f"{parts[0].path.name} cannot be cut without encoding it all ({error})."
            ) from error
        except BaseException:
            self._stack.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Forget the encoded runs."""
        self._stack.close()

    @property
    def extradata(self) -> bytes:
        """The output's codec header: the parameter sets of the source and those of the runs."""
        return self._form.extradata

    @property
    def end(self) -> int:
        """Where the last picture ends, in ticks."""
        return max(stamp.pts + stamp.duration for stamp in self.stamps)

    @property
    def depth(self) -> int:
        """The deepest reordering of the output."""
        return reorder_depth([stamp.pts for stamp in self.stamps])

    def shown(self) -> tuple[Shown, ...]:
        """All pictures of the output, in the order they are shown."""
        found: list[Shown] = []
        for number, part, at, piece in self._pieces():
            if isinstance(piece, Encode):
                found += [Shown(coded.pts, number, None) for coded in self._runs[number, at]]
            else:
                found += [Shown(self._moved(part, part.index.pts[one], piece), number, part.index.pts[one])
                          for one in _numbers(piece)]  # fmt: skip
        return tuple(sorted(found, key=lambda picture: picture.pts))

    def seams(self) -> tuple[int, ...]:
        """The times, in ticks, at which another piece begins; the first is the beginning of the output."""
        return tuple(self._begin(part, piece) for _, part, _, piece in self._pieces())

    def packets(self) -> Iterator[AnyPacket]:
        """The packets in decoding order, with times, duration, time base and key flag; their stream is not set."""
        stamps = iter(self.stamps)
        after_run = False
        for number, part in enumerate(self.parts):
            with _Source(part.path, part.index) as source:
                for at, piece in enumerate(part.pieces):
                    if isinstance(piece, Encode):
                        made = self._run_packets(self._runs[number, at])
                    else:
                        made = self._copied(source, piece, after_run)
                    after_run = isinstance(piece, Encode)
                    for packet in made:
                        stamp = next(stamps)
                        packet.pts, packet.dts, packet.duration = stamp.pts, stamp.dts, stamp.duration
                        packet.time_base = self.base
                        yield packet

    def _pieces(self) -> Iterator[tuple[int, Part, int, Piece]]:
        for number, part in enumerate(self.parts):
            for at, piece in enumerate(part.pieces):
                yield number, part, at, piece

    def _moved(self, part: Part, pts: int, piece: Copy) -> int:
        return nearest(pts * part.index.base / self.base) + piece.range.shift

    def _begin(self, part: Part, piece: Piece) -> int:
        span = piece.range if isinstance(piece, Copy) else piece.ranges[0]
        return nearest(span.start * part.index.base / self.base) + span.shift

    def _end(self, part: Part, piece: Piece) -> int:
        span = piece.range if isinstance(piece, Copy) else piece.ranges[-1]
        return nearest(span.end * part.index.base / self.base) + span.shift

    def _common_form(self) -> _Form:
        forms: list[tuple[str, bytes]] = []
        for part in self.parts:
            with open_media(part.path) as source:
                context = source.streams[part.index.stream].codec_context
                forms.append((part.index.codec, bytes(context.extradata or b"") if context else b""))
            if forms[-1] != forms[0] and (
                forms[-1][0] != forms[0][0] or sets_of(*forms[-1]) != sets_of(*forms[0])
            ):
                raise CannotSplice(
                    f"{part.path.name} was encoded differently from {self.parts[0].path.name}."
                )
        return _Form(*forms[0], any(_opened(piece) for _, _, _, piece in self._pieces()))

    def _encoded(self, threads: int) -> Mapping[tuple[int, int], list[Coded]]:
        runs: dict[tuple[int, int], list[Coded]] = {}
        header = b""
        for number, part in enumerate(self.parts):
            if not any(isinstance(piece, Encode) for piece in part.pieces):
                continue
            with open_media(part.path) as source:
                track = source.streams[part.index.stream]
                assert isinstance(track, VideoStream)
                look = Look.of(track, part.index, sps_id=self._form.free_id, level=self._form.level)
            encoder = RunEncoder(part.path, part.index, look, self._spool, base=self.base, threads=threads)
            with closing(encoder):
                for at, piece in enumerate(part.pieces):
                    if isinstance(piece, Encode):
                        runs[number, at] = encoder.run(piece.ranges)
            self.damage += tuple(f"{part.path} {pts}" for pts in sorted(encoder.damage))
            if header not in (b"", encoder.header):
                raise CannotSplice(f"{part.path.name}: two runs were encoded differently.")
            header = encoder.header
        if runs:
            whole = not any(isinstance(piece, Copy) for _, _, _, piece in self._pieces())
            self._form.add_run_header(header, alone=whole)
        return runs

    def _laid_out(self) -> tuple[Stamp, ...]:
        order: list[int] = []
        end = 0
        for number, part, at, piece in self._pieces():
            if isinstance(piece, Encode):
                order += [coded.pts for coded in self._runs[number, at]]
            else:
                order += [self._moved(part, part.index.pts[one], piece) for one in _numbers(piece)]
            end = self._end(part, piece)
        shown = sorted(order)
        if any(one == two for one, two in pairwise(shown)):
            raise CannotSplice(f"{self.parts[0].path.name}: two pictures fall on one tick at a seam.")
        lasting = {pts: after - pts for pts, after in pairwise([*shown, max(end, shown[-1] + 1)])}
        return tuple(Stamp(pts, dts, lasting[pts])
                     for pts, dts in zip(order, decoding_times(order), strict=True))  # fmt: skip

    def _run_packets(self, run: Iterable[Coded]) -> Iterator[AnyPacket]:
        for number, coded in enumerate(run):
            packet = Packet(self._form.of_run(self._spool.get(coded), first=not number))
            packet.is_keyframe = coded.key
            yield packet

    def _copied(self, source: _Source, piece: Copy, after_run: bool) -> Iterator[AnyPacket]:
        change = self._form.starting(piece, after_run=after_run)
        for at, packet in source.packets(_numbers(piece)):
            if change is not None:
                data = change(bytes(packet), at == piece.entry.packet)
                if data is None:
                    change = None
                else:
                    key = packet.is_keyframe
                    packet = Packet(data)
                    packet.is_keyframe = key
            if at == piece.entry.packet:
                packet.is_keyframe = True
            yield packet


def _numbers(piece: Copy) -> list[int]:
    skipped = frozenset(piece.entry.leading)
    return [at for at in range(piece.entry.packet, piece.stop) if at not in skipped]


def _opened(piece: Piece) -> bool:
    return isinstance(piece, Copy) and piece.entry.kind == "open"


class _Source:
    """The packets of the source by number, read forwards; seeks where much would be read in vain."""

    def __init__(self, path: Path, index: PacketIndex) -> None:
        self._path, self._index = path, index
        self._at = 0
        self._open()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._container.close()

    def packets(self, numbers: Sequence[int]) -> Iterator[tuple[int, AnyPacket]]:
        """The packets of these rising numbers."""
        wanted = iter(numbers)
        following = next(wanted, None)
        if following is not None and (following < self._at or following - self._at > _FAR):
            self._seek(following)
        while following is not None:
            packet = self._next()
            if self._at - 1 == following:
                yield following, packet
                following = next(wanted, None)

    def _open(self) -> None:
        self._container = open_media(self._path)
        self._track = self._container.streams[self._index.stream]
        self._feed = demux(self._container, [self._track])
        self._at = 0

    def _next(self) -> AnyPacket:
        for packet in self._feed:
            if packet.size:
                self._at += 1
                return packet
        raise RenderFailed(f"{self._path.name} changed while it was cut; run the same again.")

    def _seek(self, number: int) -> None:
        """Go to packet `number` or before it; a packet is known by its times, so a wrong seek only costs time."""
        index = self._index
        try:
            self._container.seek(index.dts[number], stream=self._track, backward=True)
            self._feed = demux(self._container, [self._track])
            found = next((packet for packet in self._feed if packet.size), None)
        except av.error.FFmpegError:
            found = None
        places = {} if found is None else {
            (index.pts[at], index.dts[at], index.sizes[at]): at
            for at in range(max(0, number - 100_000), number)
        }  # fmt: skip
        at = places.get((found.pts or 0, found.dts or 0, found.size)) if found is not None else None
        if at is None or at >= number:
            self._container.close()
            self._open()
        else:
            self._at = at + 1


_FAR = 500
"""Packets that are rather read past than sought over."""


class _Form:
    """What codecs need so that packets of two encoders can follow one another."""

    def __init__(self, codec: str, extradata: bytes, opens: bool) -> None:
        self._codec, self._own, self._opens = codec, extradata, opens
        self._length, self._sets = sets_of(codec, extradata)
        self._run_sets: list[bytes] = []
        self._run_header = b""
        self._alone = False
        self._ids = (0, 0, 0)
        self.free_id = 0
        self.level: int | None = None
        if codec == "h264":
            taken = {avc.read_sps(u).id for u in self._sets if avc.kind(u) == 7}
            taken |= {avc.read_pps(u).id for u in self._sets if avc.kind(u) == 8}
            self.free_id = next(number for number in range(1, 32) if number not in taken)
            self.level = next((unit[3] for unit in self._sets if avc.kind(unit) == 7), None)
        elif codec == "hevc":
            self._ids = hevc.free_ids(self._sets)

    def add_run_header(self, header: bytes, *, alone: bool) -> None:
        """Take up the parameter sets of the runs; `alone` when nothing is copied."""
        self._run_header, self._alone = header, alone
        if self._codec == "h264":
            _, self._run_sets = avc.parameter_sets(header)
        elif self._codec == "hevc":
            _, sets = hevc.parameter_sets(header)
            self._run_sets = [unit for unit in (hevc.renamed(u, self._ids) for u in sets) if unit is not None]

    @property
    def extradata(self) -> bytes:
        """The header of the output."""
        if self._codec == "h264":
            own = [avc.allow_gaps(u) if self._opens and avc.kind(u) == 7 else u for u in self._sets]
            return avc.avcc(self._own, [*([] if self._alone else own), *self._run_sets])
        if self._codec == "hevc":
            return hevc.hvcc(self._own, [*([] if self._alone else self._sets), *self._run_sets])
        return self._run_header if self._alone and self._run_header else self._own

    def of_run(self, data: bytes, *, first: bool) -> bytes:
        """A packet of a run in the form of the source's packets."""
        if self._codec == "h264":
            units = split(data, None)
        elif self._codec == "hevc":
            found = (hevc.renamed(unit, self._ids) for unit in split(data, None))
            units = [unit for unit in found if unit is not None]
        else:
            return self._run_header + data if first and self._codec == "mpeg4" else data
        if first and self._length is None:
            units = [*self._run_sets, *units]
        return join(units, self._length)

    def starting(self, piece: Copy, *, after_run: bool) -> _Change | None:
        """How the packets at the start of a copy change, or None when they stay as they are.

        The function takes a packet and whether it is the first, and gives its new bytes; None means that no more
        packets change.
        """
        opened = piece.entry.kind == "open"
        if self._codec == "h264" and opened:
            return _Renumbered(self._sets, self._length, self._repeated)
        if self._codec == "hevc" and opened:
            return _First(lambda data: self._repeated(hevc.as_bla(data, self._length)))
        if self._codec in ("mpeg2video", "mpeg1video"):
            return _First(lambda data: _closed_group(self._headed(data, b"\0\0\1\xb3"), opened=opened))
        if self._codec == "mpeg4" and after_run:
            return _First(lambda data: self._own + data)
        return _First(self._repeated) if self._sets and self._length is None else None

    def _repeated(self, data: bytes) -> bytes:
        """An Annex B packet with the source's parameter sets, where it has none itself."""
        if self._length is not None:
            return data
        kinds, sets = (avc.kind, (7, 8)) if self._codec == "h264" else (hevc.kind, (33, 34))
        if any(kinds(unit) in sets for unit in split(data, None)):
            return data
        return annex_b(self._sets) + data

    def _headed(self, data: bytes, mark: bytes) -> bytes:
        return data if mark in data[:64] else self._own + data


def _closed_group(data: bytes, *, opened: bool) -> bytes:
    """An MPEG-2 packet whose group header says that it needs nothing from before."""
    at = data.find(b"\0\0\1\xb8")
    if at < 0 or not opened:
        return data
    return data[: at + 7] + bytes([data[at + 7] & 0x9F | 0x40]) + data[at + 8 :]


class _First:
    """Changes only the first packet."""

    def __init__(self, change: _Bytes) -> None:
        self._change = change

    def __call__(self, data: bytes, first: bool) -> bytes | None:
        return self._change(data) if first else None


class _Renumbered:
    """Makes an H.264 recovery point an IDR picture, and counts from it up to the next."""

    def __init__(self, sets: Iterable[bytes], length: int | None, repeated: _Bytes) -> None:
        self._renumber = avc.Renumber(sets, length)
        self._repeated = repeated

    def __call__(self, data: bytes, first: bool) -> bytes | None:
        return self._renumber.first(self._repeated(data)) if first else self._renumber.following(data)
