"""Where a picture track may be cut: every packet of it, and from which of them decoding may start.

    demux, once ─► pts, dts, sizes ─┐
    key packets' bits ─► entries ───┴─► PacketIndex ─► render.smart plans ─► media.splice

A demuxer's key flag is not enough: an I picture of an open GOP is followed by pictures that are shown before it and
need the GOP before. So the bits decide. Nothing is decoded.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Literal, NamedTuple

import av.error

from dreamreel.errors import BadParameter, DamagedMedia
from dreamreel.media import avc, hevc
from dreamreel.media.libav import AnyPacket, demux
from dreamreel.media.nal import split
from dreamreel.media.open import check_input, open_media
from dreamreel.media.timing import constant_rate, is_cover, reorder_depth
from dreamreel.media.timing import track_starts as starts_of

__all__ = [
    "INTRA",
    "Entry",
    "Kind",
    "PacketIndex",
    "entry_kind",
    "index_video",
    "sets_of",
]

Kind = Literal["closed", "open"]

INTRA = frozenset({
    "mjpeg", "prores", "dnxhd", "rawvideo", "v210", "huffyuv", "ffvhuff", "utvideo", "dvvideo", "jpeg2000", "png",
    "magicyuv", "qtrle_intra", "cfhd", "vc3", "hap", "tiff", "bmp", "jpegls", "r210", "v410", "webp",
})  # fmt: skip
"""Codecs, by FFmpeg's names, each of whose frames stands alone."""
_BY_FLAG = frozenset(
    {"ffv1", "vp8", "h263", "flv1", "msmpeg4v3", "msmpeg4v2", "wmv1", "wmv2", "svq3", "theora", "gif"}
)
"""Codecs without reordering, whose key flag can be trusted."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A packet from which decoding may start."""

    packet: int
    """Its number in decoding order."""
    kind: Kind
    start: int
    """The first time, in ticks, from which on every picture is whole."""
    leading: tuple[int, ...] = ()
    """Packets after it that must be left out when decoding starts here."""


@dataclass(frozen=True)
class PacketIndex:
    """All packets of a picture track, in decoding order. Times are ticks of `base` on the file's own clock."""

    stream: int
    """The track's number among all streams of the file."""
    codec: str
    base: Fraction
    origin: Fraction
    """Seconds on the file's own clock that the rest of the program calls 0."""
    pts: tuple[int, ...]
    dts: tuple[int, ...]
    sizes: tuple[int, ...]
    hidden: frozenset[int]
    """Packets that an edit list hides: needed for decoding, not shown."""
    entries: tuple[Entry, ...]
    end: int
    """Where the last picture's time ends."""
    rate: Fraction | None = None
    """Frames per second, or None for VFR."""
    exact: bool = field(default=True)
    """False when a packet has no time or two share one: then nothing can be copied."""

    @cached_property
    def shown(self) -> tuple[int, ...]:
        """The times of all pictures that are shown, in order."""
        return tuple(sorted(pts for number, pts in enumerate(self.pts) if number not in self.hidden))

    @property
    def depth(self) -> int:
        """How many pictures come before one that is shown earlier."""
        return reorder_depth(self.pts)

    @property
    def gop(self) -> Fraction:
        """The average number of frames between entries."""
        return Fraction(len(self.pts), max(1, len(self.entries)))

    def boundary(self, time: int) -> int:
        """The start of a picture, or the end of the last one, that is nearest to `time`."""
        edges = (*self.shown, self.end)
        at = bisect_left(edges, time)
        return min(edges[max(0, at - 1) : at + 1] or edges[-1:], key=lambda edge: (abs(edge - time), edge))

    def count(self, start: int, end: int) -> int:
        """How many pictures are shown in `[start, end)`."""
        return bisect_left(self.shown, end) - bisect_left(self.shown, start)


def sets_of(codec: str, extradata: bytes) -> tuple[int | None, list[bytes]]:
    """How packets give the length of NAL units (None: Annex B), and the parameter sets outside of packets."""
    if codec == "h264":
        return avc.parameter_sets(extradata)
    return hevc.parameter_sets(extradata) if codec == "hevc" else (None, [])


def entry_kind(codec: str, data: bytes, length: int | None = None) -> Kind | None:
    """Whether decoding may start at a packet whose demuxer says that it is a key packet, from its bits.

    `closed`: everything after it can be decoded. `open`: all that is shown after it can. None: it cannot be told.
    """
    if codec in INTRA or codec in _BY_FLAG:
        return "closed"
    judge = _JUDGES.get(codec)
    try:
        return judge(data, length) if judge else None
    except (ValueError, IndexError):
        return None


def _avc(data: bytes, length: int | None) -> Kind | None:
    return _known(avc.entry(split(data, length)))


def _hevc(data: bytes, length: int | None) -> Kind | None:
    return _known(hevc.entry(split(data, length)))


def _known(found: str | None) -> Kind | None:
    return "closed" if found == "closed" else "open" if found == "open" else None


def _av1(data: bytes, length: int | None) -> Kind | None:
    """A key frame that is shown at once: AV1 specification §5.9.2 in the OBUs of a temporal unit, §5.3."""
    del length
    at = 0
    while at < len(data):
        head, form = data[at], data[at] >> 3 & 15
        at += 2 if head & 4 else 1
        size, at = _leb128(data, at) if head & 2 else (len(data) - at, at)
        if form in (3, 6):  # OBU_FRAME_HEADER, OBU_FRAME
            first = data[at]
            # show_existing_frame 0, frame_type KEY_FRAME 0, show_frame 1
            return "closed" if first >> 4 == 1 else None
        at += size
    return None


def _leb128(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 56, 7):
        value |= (data[at] & 127) << shift
        at += 1
        if not data[at - 1] & 128:
            break
    return value, at


def _vp9(data: bytes, length: int | None) -> Kind | None:
    """The uncompressed header, VP9 specification §6.2: a frame that is not repeated, of type key."""
    del length
    bits = format(data[0], "08b")
    profile = int(bits[3] + bits[2], 2)
    at = 5 if profile == 3 else 4
    return "closed" if bits[:2] == "10" and bits[at : at + 2] == "00" else None


def _mpeg2(data: bytes, length: int | None) -> Kind | None:
    """The closed_gop flag of the group header, ISO/IEC 13818-2 §6.2.2.6; an I picture without one counts as open."""
    del length
    at = data.find(b"\0\0\1\xb8")
    if at >= 0:
        return "closed" if data[at + 7] & 0x40 else "open"
    at = data.find(b"\0\0\1\0")
    return "open" if at >= 0 and data[at + 5] >> 3 & 7 == 1 else None


def _mpeg4(data: bytes, length: int | None) -> Kind | None:
    """The closed_gov flag, ISO/IEC 14496-2 §6.2.4; an I picture without one counts as open."""
    del length
    at = data.find(b"\0\0\1\xb3")
    if at >= 0:
        # time_code is 18 bits, then the flag.
        return "closed" if data[at + 6] & 0x20 else "open"
    at = data.find(b"\0\0\1\xb6")
    return "open" if at >= 0 and data[at + 4] >> 6 == 0 else None


_JUDGES: Mapping[str, Callable[[bytes, int | None], Kind | None]] = {
    "h264": _avc, "hevc": _hevc, "av1": _av1, "vp9": _vp9, "mpeg2video": _mpeg2, "mpeg1video": _mpeg2,
    "mpeg4": _mpeg4,
}  # fmt: skip


def index_video(path: Path, stream: int | None = None) -> PacketIndex:
    """Index a picture track of `path`: the one of number `stream` among all streams, else the first that is no cover.

    The last few are remembered as long as their files stay as they are. Raises what `open_media` raises,
    `BadParameter` for a file without pictures and `DamagedMedia` for one that cannot be read to its end.
    """
    check_input(path)
    facts = path.stat()
    return _indexed(path.resolve(), facts.st_mtime_ns, facts.st_size, stream)


@lru_cache(maxsize=4)
def _indexed(path: Path, changed: int, size: int, stream: int | None) -> PacketIndex:
    del changed, size
    with open_media(path) as source:
        tracks = [s for s in source.streams.video if not is_cover(s) and stream in (None, s.index)]
        if not tracks:
            raise BadParameter(f"{path.name} has no picture track that could be cut.")
        track = tracks[0]
        codec = track.codec_context.codec.canonical_name
        length, _ = sets_of(codec, track.codec_context.extradata or b"")
        origin = min(starts_of(path, source).values(), default=Fraction(0))
        kinds: dict[int, Kind] = {}
        rows: list[_Row] = []
        try:
            for packet in demux(source, [track]):
                if not packet.size:
                    continue
                kind = _kind(codec, packet, length)
                if kind:
                    kinds[len(rows)] = kind
                rows.append(
                    _Row(packet.pts, packet.dts, packet.size, packet.duration or 0, packet.is_discard)
                )
        except av.error.FFmpegError as error:
            raise DamagedMedia(
                f"{path.name} is damaged and cannot be cut without encoding it again ({error})."
            ) from error
        base = track.time_base or Fraction(1, 90_000)
        hints = (track.average_rate, track.guessed_rate)
        # AVI gives packets decoding times only; with reordering they are not those at which pictures are shown.
        vague = source.format.name == "avi" and codec in ("h264", "hevc") and track.codec_context.has_b_frames
        return _assembled(track.index, codec, base, origin, [] if vague else rows, kinds, hints)


def _kind(codec: str, packet: AnyPacket, length: int | None) -> Kind | None:
    if not packet.is_keyframe and codec not in INTRA:
        return None
    return entry_kind(codec, bytes(packet), length)


class _Row(NamedTuple):
    pts: int | None
    dts: int | None
    size: int
    duration: int
    hidden: bool


def _assembled(
    stream: int, codec: str, base: Fraction, origin: Fraction,
    rows: Sequence[_Row], kinds: Mapping[int, Kind],
    hints: Sequence[Fraction | None],
) -> PacketIndex:  # fmt: skip
    stamps = [row.pts if row.pts is not None else -1 for row in rows]
    hidden = frozenset(number for number, row in enumerate(rows) if row.hidden)
    exact = bool(rows) and all(row.pts is not None for row in rows) and len(set(stamps)) == len(stamps)
    shown = sorted(pts for number, pts in enumerate(stamps) if number not in hidden)
    last = max(shown, default=0)
    rate = constant_rate(shown, base, hints) if len(shown) > 1 else None
    lasting = next((row.duration for row in rows if row.pts == last and row.duration), 0)
    step = (shown[-1] - shown[0]) // (len(shown) - 1) if len(shown) > 1 else 1
    return PacketIndex(
        stream=stream, codec=codec, base=base, origin=origin, pts=tuple(stamps),
        dts=tuple(row.dts if row.dts is not None else stamp for row, stamp in zip(rows, stamps, strict=True)),
        sizes=tuple(row.size for row in rows), hidden=hidden,
        entries=tuple(_entries(stamps, kinds, hidden)) if exact else (),
        end=last + max(1, lasting or step), rate=rate, exact=exact,
    )  # fmt: skip


def _entries(stamps: Sequence[int], kinds: Mapping[int, Kind], hidden: frozenset[int]) -> Iterable[Entry]:
    """Entries in decoding order; leading pictures lie before the next packet shown later than theirs is decoded."""
    for number, kind in kinds.items():
        if number in hidden:
            continue
        own = stamps[number]
        leading: list[int] = []
        for other in range(number + 1, len(stamps)):
            if stamps[other] < own:
                leading.append(other)
            elif other - number > _FAR:
                break
        if kind == "open":
            yield Entry(number, kind, own, tuple(leading))
        else:
            # Leading pictures of a closed entry can be decoded and are shown first.
            yield Entry(number, kind, min([own, *(stamps[other] for other in leading)]))


_FAR = 48
"""Leading pictures come within so many packets of their key picture: more than any codec's reorder buffer."""
