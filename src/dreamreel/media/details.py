"""What a file holds beyond what a conversion needs: what people look for when a player or an editor refuses it.

    probe (lenient) ─┐
    headers ─────────┼─► Details: the file's facts, and more facts for every track
    one frame each ──┤     HDR, captions, field order
    outer boxes ─────┤     brands, colour of a dream's depth: Dolby Vision, spherical, stereo
    some packets ────┘     key frames, reordering, bit rates

Like `probe`, nothing is decoded beyond the first frame of each track, and of large files only the beginning is read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

import av.error
from av.audio.stream import AudioStream
from av.stream import AttachmentStream, Stream
from av.video.stream import VideoStream

from dreamreel.errors import DreamreelError
from dreamreel.media.audio import sample_bits
from dreamreel.media.boxes import boxes, bytes_of, find_all, find_box, sample_entries
from dreamreel.media.hdr import Light, dolby_vision, light_of
from dreamreel.media.levels import level_name
from dreamreel.media.metadata import read_recipe
from dreamreel.media.open import open_media
from dreamreel.media.probe import SCAN_PACKETS, MediaFile, probe
from dreamreel.media.protection import Protection, protection

if TYPE_CHECKING:
    from av.codec.context import CodecContext
    from av.container import InputContainer

    from dreamreel.graph import JSON

__all__ = ["Details", "Spread", "describe"]

_SCAN_BYTES: Final = 64 * 2**20
"""Packets of this many bytes at most are looked at for key frames and bit rates, where there is no sample table."""
_FIELDS: Final = {1: "progressive", 2: "top field first", 3: "bottom field first",
                  4: "top field coded first, shown second", 5: "bottom field coded first, shown second"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Spread:
    """The least, mean and most of something."""

    least: Fraction
    mean: Fraction
    most: Fraction

    def as_json(self) -> dict[str, JSON]:
        """Exact `"num/den"` texts."""
        return {"min": str(self.least), "mean": str(self.mean), "max": str(self.most)}


@dataclass(frozen=True, slots=True)
class Details:
    """A file's facts for people."""

    file: MediaFile
    protection: Protection | None
    bit_rate: int | None
    """Bits per second of the whole file."""
    created: str | None
    """As the file says, usually ISO 8601."""
    modified: str
    """When the file was last written, ISO 8601 in UTC."""
    encoder: str | None
    brands: tuple[str, ...]
    """ISO-BMFF's major brand, then the compatible ones."""
    faststart: bool | None
    """True when players can start before all is downloaded; None for containers without an index of their own."""
    recipe: bool
    tracks: Mapping[int, Mapping[str, JSON]] = field(default_factory=dict[int, Mapping[str, "JSON"]])
    """Further facts of each track by its index; plain JSON values, named as in docs/reference.md."""

    def as_json(self) -> dict[str, JSON]:
        """`MediaFile.as_json` with these facts added to it and to its tracks."""
        values = cast("dict[str, JSON]", self.file.as_json())
        for name in ("video", "audio", "others"):
            rows = cast("list[dict[str, JSON]]", values[name])
            values[name] = [{**row, **self.tracks.get(cast("int", row["index"]), {})} for row in rows]
        locked: JSON = None
        if self.protection:
            locked = {"tracks": list(self.protection.tracks), "systems": list(self.protection.systems),
                      "scheme": self.protection.scheme}  # fmt: skip
        return {
            **values, "bit_rate": self.bit_rate, "created": self.created, "modified": self.modified,
            "encoder": self.encoder, "brands": list(self.brands), "faststart": self.faststart, "protection": locked,
            "recipe": self.recipe,
        }  # fmt: skip


def describe(path: Path) -> Details:
    """Everything that can be said about `path`. Raises what `open_media` raises, nothing about single tracks."""
    found = probe(path, lenient=True)
    written = datetime.fromtimestamp(path.stat().st_mtime, UTC).replace(microsecond=0)
    modified = written.isoformat().replace("+00:00", "Z")
    if found.still:
        return Details(found, None, None, None, modified, None, (), None, _has_recipe(path))
    tags = {name.lower(): value for name, value in found.tags}
    facts, streams = _tracks(path, found)
    brands = tuple(
        dict.fromkeys([tags.get("major_brand", "").strip(), *_fours(tags.get("compatible_brands", ""))])
    )
    return Details(
        file=found, protection=protection(path), bit_rate=_overall(found),
        created=_first(tags, "creation_time", "com.apple.quicktime.creationdate", "date_recorded"),
        modified=modified, encoder=_first(tags, "encoder", "encoded_by", "com.apple.quicktime.software", "software"),
        brands=tuple(brand for brand in brands if brand), faststart=_faststart(path), recipe=_has_recipe(path),
        tracks={index: {**facts.get(index, {}), **more} for index, more in streams.items()},
    )  # fmt: skip


def _has_recipe(path: Path) -> bool:
    try:
        return bool(read_recipe(path))
    except DreamreelError:
        return False


def _fours(text: str) -> list[str]:
    return [text[at : at + 4].strip() for at in range(0, len(text), 4)]


def _first(tags: Mapping[str, str], *names: str) -> str | None:
    return next((tags[name] for name in names if tags.get(name)), None)


def _overall(found: MediaFile) -> int | None:
    return round(found.size * 8 / found.duration) if found.duration else None


def _faststart(path: Path) -> bool | None:
    with path.open("rb") as file:
        size = file.seek(0, 2)
        for box in boxes(file, 0, size):
            if box.kind in (b"moov", b"moof"):
                return True
            if box.kind == b"mdat":
                return False
            if not box.kind.isalnum():
                return None
    return None


def _tracks(path: Path, found: MediaFile) -> tuple[dict[int, dict[str, JSON]], dict[int, dict[str, JSON]]]:
    """Facts by stream index: those of the packets and of the outer boxes, and those of headers and first frames."""
    measured = _measured(path)
    with open_media(path) as container:
        streams = {s.index: _stream_facts(s, container) for s in container.streams}
    for index, facts in _box_facts(path).items():
        if index in streams:
            streams[index].update(facts)
    lights = _lights(path, [track.index for track in found.video if not track.cover])
    for track in found.video:
        light = lights.get(track.index, Light())
        light = light.with_config(cast("str | None", streams.get(track.index, {}).pop("dolby_vision", None)))
        streams.setdefault(track.index, {}).update(light.as_json(track.colour))
    return measured, streams


def _stream_facts(stream: Stream, container: InputContainer) -> dict[str, JSON]:
    facts: dict[str, JSON] = {"tags": [[k, _text(v)] for k, v in stream.metadata.items()]}
    if isinstance(stream, AttachmentStream):
        return facts | {"name": _text(stream.metadata.get("filename", "")), "mime": stream.mimetype,
                        "size": len(stream.data)}  # fmt: skip
    context = stream.codec_context
    if context is None:  # pyright: ignore[reportUnnecessaryComparison] - tracks without a decoder have none
        return facts | {"long_name": None, "tag": None}
    facts |= {"long_name": context.codec.long_name, "tag": _codec_tag(context)}
    if isinstance(stream, VideoStream):
        facts |= _video_facts(stream)
    elif isinstance(stream, AudioStream):
        facts |= _audio_facts(stream, container)
    elif stream.type == "subtitle":
        facts |= {"form": "bitmap" if context.codec.bitmap_sub else "text"}
    return facts


def _codec_tag(context: CodecContext) -> str | None:
    """The four letters of a codec; None for a tag that is a number, as those of sound in AVI are."""
    try:
        plain = context.codec_tag.strip("\0 ")
    except UnicodeDecodeError:
        return None
    return plain if plain.isprintable() and plain else None


def _video_facts(stream: VideoStream) -> dict[str, JSON]:
    context = stream.codec_context
    form = context.format
    order = int(getattr(context, "field_order", 0))
    shape = stream.display_aspect_ratio
    return {
        "level": level_name(context.codec.canonical_name, context.level),
        "chroma": _chroma(form) if form else None,
        "display_aspect": f"{shape.numerator}:{shape.denominator}" if shape else None,
        "field_order": _FIELDS.get(order), "interlaced": order > 1, "reorder_depth": int(context.has_b_frames),
        "max_bit_rate": context.max_bit_rate or None,
    }  # fmt: skip


def _chroma(form: av.VideoFormat) -> str:
    """`4:2:0` and its kin, `rgb`, or `grey`."""
    if form.is_rgb:
        return "rgb"
    if len(form.components) < 3:
        return "grey"
    across, down = form.chroma_width(8), form.chroma_height(8)
    return {(8, 8): "4:4:4", (4, 8): "4:2:2", (4, 4): "4:2:0", (2, 8): "4:1:1", (8, 4): "4:4:0",
            (2, 4): "4:1:0"}.get((across, down), "other")  # fmt: skip


def _audio_facts(stream: AudioStream, container: InputContainer) -> dict[str, JSON]:
    context = stream.codec_context
    form = cast("av.AudioFormat | None", context.format)  # Damaged headers leave it open.
    base = stream.time_base or Fraction(1)
    before = (
        min((entry.timestamp for entry in stream.index_entries[:1]), default=0) if stream.index_entries else 0
    )
    start = stream.start_time or 0
    priming = round((start - before) * base * context.sample_rate) if "mp4" in container.format.name else 0
    return {
        "sample_format": form.name if form else None, "bits": sample_bits(stream),
        "frame_samples": context.frame_size or None, "priming_samples": max(0, priming),
        "lossless": context.codec.lossless and not context.codec.lossy,
    }  # fmt: skip


def _text(value: str) -> str:
    return value.encode("utf-8", "replace").decode()


# ── outer boxes ─────────────────────────────────────────────────────────────────────────────────────────────────


def _box_facts(path: Path) -> dict[int, dict[str, JSON]]:
    """By stream index, what ISO-BMFF says in boxes of its own and FFmpeg keeps to itself."""
    facts: dict[int, dict[str, JSON]] = {}
    with path.open("rb") as file:
        size = file.seek(0, 2)
        moov = find_box(file, 0, size, b"moov")
        if moov is None:
            return facts
        for number, track in enumerate(find_all(file, moov.body, moov.end, b"trak")):
            own: dict[str, JSON] = {}
            for entry, inside in sample_entries(file, track):
                own["sample_entry"] = entry.kind.decode("latin-1").strip()
                for box in boxes(file, inside, entry.end):
                    if box.kind in (b"dvcC", b"dvvC", b"dvwC"):
                        own["dolby_vision"] = dolby_vision(bytes_of(file, box))
                    elif box.kind == b"sv3d":
                        own["spherical"] = _projection(file, box.body, box.end)
                    elif box.kind == b"st3d":
                        mode = bytes_of(file, box)[4:5]
                        own["stereo"] = {b"\1": "top and bottom", b"\2": "side by side"}.get(mode, "mono")
            for box in find_all(file, track.body, track.end, b"uuid"):
                if b"<GSpherical:Spherical>true" in bytes_of(file, box)[:4096]:
                    own["spherical"] = "equirectangular"
            facts[number] = own
    return facts


def _projection(file: object, start: int, end: int) -> str:
    from typing import BinaryIO

    projection = find_box(cast("BinaryIO", file), start, end, b"proj")
    if projection:
        for box in boxes(cast("BinaryIO", file), projection.body, projection.end):
            name = {b"equi": "equirectangular", b"cbmp": "cube map", b"mshp": "mesh"}.get(box.kind)
            if name:
                return name
    return "unknown"


# ── first frames ────────────────────────────────────────────────────────────────────────────────────────────────


def _lights(path: Path, indexes: Sequence[int]) -> dict[int, Light]:
    """What the first frame of each picture track says about its light."""
    found: dict[int, Light] = {}
    if not indexes:
        return found
    with open_media(path) as container:
        wanted = [s for s in container.streams.video if s.index in indexes and s.codec_context]
        try:
            for number, packet in enumerate(container.demux(wanted)):
                if number > 40 * len(wanted) or len(found) == len(wanted):
                    break
                if packet.stream_index in found:
                    continue
                try:
                    frames = packet.decode()
                except (av.error.FFmpegError, ValueError):
                    continue
                if frames and isinstance(frames[0], av.VideoFrame):
                    found[packet.stream_index] = light_of(frames[0])
        except av.error.FFmpegError:
            return found  # Damaged on the way: what was seen before is told, the rest is not said.
    return found


# ── packets ─────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(slots=True)
class _Seen:
    """What was read of one track: times in ticks, key frames, bytes."""

    base: Fraction
    kind: str
    times: list[int] = field(default_factory=list[int])
    keys: list[bool] = field(default_factory=list[bool])
    size: int = 0
    reordered: bool = False
    whole: bool = True


def _measured(path: Path) -> dict[int, dict[str, JSON]]:
    with open_media(path) as container:
        seen = _from_index(container) or _from_packets(path, container)
    return {index: _facts_of(own) for index, own in seen.items() if own.times}


def _from_index(container: InputContainer) -> dict[int, _Seen]:
    """The sample tables of ISO-BMFF: everything, without reading the media."""
    seen: dict[int, _Seen] = {}
    if "mp4" not in container.format.name:
        return seen
    for stream in container.streams:
        if len(stream.index_entries) == 0 or not stream.time_base:
            continue
        own = seen[stream.index] = _Seen(stream.time_base, stream.type)
        for entry in stream.index_entries:
            own.times.append(entry.timestamp)
            own.keys.append(entry.is_keyframe)
            own.size += entry.size
    return seen


def _from_packets(path: Path, container: InputContainer) -> dict[int, _Seen]:
    seen = {s.index: _Seen(s.time_base, s.type) for s in container.streams if s.time_base and s.codec_context}
    read, whole = 0, path.stat().st_size <= _SCAN_BYTES
    try:
        for number, packet in enumerate(container.demux([container.streams[index] for index in seen])):
            own = seen.get(packet.stream_index)
            stamp = packet.dts if packet.pts is None else packet.pts
            if own is None or not packet.size or stamp is None:
                continue
            own.reordered = own.reordered or (bool(own.times) and stamp < own.times[-1])
            own.times.append(stamp)
            own.keys.append(packet.is_keyframe)
            own.size += packet.size
            read += packet.size
            if not whole and (number >= SCAN_PACKETS or read > _SCAN_BYTES):
                break
    except av.error.FFmpegError:
        whole = False
    for own in seen.values():
        own.whole = whole
    return seen


def _facts_of(seen: _Seen) -> dict[str, JSON]:
    times = sorted(set(seen.times))
    length = (times[-1] - times[0]) * seen.base * len(times) / max(1, len(times) - 1)
    facts: dict[str, JSON] = {"measured_whole": seen.whole}
    if length:
        facts["bit_rate"] = round(seen.size * 8 / length)
    if seen.kind == "subtitle":
        facts["cues"] = len(seen.times) if seen.whole else None
    if seen.kind != "video":
        return facts
    steps = [after - now for now, after in pairwise(times)]
    rates = None
    if steps:
        rates = Spread(
            1 / (max(steps) * seen.base), len(steps) / (sum(steps) * seen.base), 1 / (min(steps) * seen.base)
        )
    places = [at for at, key in enumerate(seen.keys) if key]
    gaps = [after - at for at, after in pairwise(places)]
    interval = (
        Spread(Fraction(min(gaps)), Fraction(sum(gaps), len(gaps)), Fraction(max(gaps))) if gaps else None
    )
    facts |= {
        "rates": rates.as_json() if rates else None, "key_frames": len(places) if seen.whole else None,
        "key_interval": interval.as_json() if interval else None,
    }  # fmt: skip
    return facts
