"""A media file in words: what `dreamreel info` prints, as titles and rows, made of `Details` and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from dreamreel.time import timecode
from dreamreel.wording import listing, plural, size_text

if TYPE_CHECKING:
    from dreamreel.graph import JSON
    from dreamreel.media.details import Details
    from dreamreel.media.probe import AudioTrack, OtherTrack, VideoTrack

__all__ = ["Row", "rate_text", "rows", "title", "track_names", "track_rows"]

Row = tuple[str, str]
"""A name, set in where the row tells more about the one above, and a text."""

_HOUSEKEEPING: Final = frozenset({"major_brand", "minor_version", "compatible_brands", "encoder", "dreamreel_recipe",
                                  "creation_time", "duration", "handler_name", "language", "title", "vendor_id",
                                  "filename", "mimetype", "bps", "number_of_frames", "number_of_bytes"})  # fmt: skip
"""Tags that containers write for themselves, or that are told elsewhere."""
_LONG: Final = 100
_INDENT: Final = "  "
_Facts = Mapping[str, "JSON"]


def title(told: Details, path: Path) -> str:
    """`party.mov: mov, 0:00:12.000, 420 kB, 280 kb/s`; of a format's many names, the one that the file goes by."""
    found = told.file
    names = found.format.split(",")
    suffix = path.suffix.lower().lstrip(".")
    parts = [suffix if suffix in names else names[0]]
    parts += [timecode(found.duration)] if found.duration else []
    parts += [size_text(found.size)]
    parts += [rate_text(told.bit_rate)] if told.bit_rate else []
    return f"{path.name}: {', '.join(parts)}"


def rate_text(bits: int) -> str:
    """Bits per second for people: `640 kb/s`, `12.4 Mb/s`."""
    if bits < 1_000_000:
        return f"{bits / 1000:.0f} kb/s" if bits >= 10_000 else f"{bits / 1000:.1f} kb/s"
    return f"{bits / 1_000_000:.1f} Mb/s"


def rows(told: Details) -> Iterator[Row]:
    """Everything about a file."""
    found = told.file
    if found.still:
        alpha = ", with transparency" if found.still.alpha else ""
        yield "picture", f"{found.still.width}×{found.still.height}{alpha}"
    for track in (*found.video, *found.audio, *found.others):
        yield from track_rows(told, track)
    for mark in found.chapters:
        yield "chapter", " ".join(part for part in (timecode(mark.start), _line(mark.title)) if part)
    yield from _file_rows(told)
    for key, value in found.tags:
        if key.lower() not in _HOUSEKEEPING or key.lower() == "title":
            yield "tag", f"{_line(key)}: {_line(value)}"
    yield from (("note", note) for note in found.notes)
    if told.recipe:
        yield "recipe", "yes: `dreamreel again` makes it once more"


def _line(text: str) -> str:
    """A tag on one line, and not too long."""
    from dreamreel.cli.output import printable

    plain = printable(text)
    return plain if len(plain) <= _LONG else plain[:_LONG] + "…"


def _file_rows(told: Details) -> Iterator[Row]:
    made = [f"made {told.created}"] if told.created else []
    made += [f"by {_line(told.encoder)}"] if told.encoder else []
    yield "file", ", ".join([*made, f"last written {told.modified}"])
    brands = [f"brands {' '.join(map(_line, told.brands))}"] if told.brands else []
    if told.faststart is not None:
        brands.append("index in front: plays while it loads" if told.faststart else "index at the end")
    if told.file.start:
        brands.append(f"its clock starts at {_seconds(told.file.start)}")
    if brands:
        yield "  format", ", ".join(brands)


def track_rows(told: Details, track: VideoTrack | AudioTrack | OtherTrack) -> Iterator[Row]:
    """A line for a track, and the lines of its details."""
    from dreamreel.media.probe import AudioTrack, VideoTrack

    facts = told.tracks.get(track.index, {})
    if isinstance(track, VideoTrack):
        yield "video", _video(track)
        parts = _video_details(track, facts)
    elif isinstance(track, AudioTrack):
        yield "sound", _audio(track)
        parts = _audio_details(track, facts)
    else:
        yield track.kind[:8], _other(track, facts)
        parts = iter(())
    yield from ((_INDENT + name, text) for name, text in parts if text)
    for key, value in cast("list[list[str]]", facts.get("tags", [])):
        if key.lower().removesuffix("-eng") not in _HOUSEKEEPING:
            yield f"{_INDENT}tag", f"{_line(key)}: {_line(value)}"


def _video(track: VideoTrack) -> str:
    rate = f"{float(track.rate):g} fps" if track.rate else "variable frame rate"
    words = [track.codec, f"{track.width}×{track.height}", *([] if track.cover else [rate]), track.pix_fmt]
    words += [f"turned {track.rotation.degrees}°"] if track.rotation.degrees else []
    words += [f"pixel aspect {track.sar}"] if track.sar != 1 else []
    words += ["cover art"] if track.cover else []
    return ", ".join([*words, *_extras(track)])


def _video_details(track: VideoTrack, facts: _Facts) -> Iterator[Row]:
    yield "codec", _joined(
        f"track {track.index}", _codec(track.profile, facts), f"level {facts['level']}" if facts.get("level") else "",
        _bits(facts), f"at most {rate_text(cast('int', facts['max_bit_rate']))}" if facts.get("max_bit_rate") else "",
    )  # fmt: skip
    if track.cover:
        return
    stored = (track.coded_width, track.coded_height)
    aspect = facts.get("display_aspect")
    yield "picture", _joined(
        f"{track.bits} bits, {facts['chroma']}" if facts.get("chroma") else f"{track.bits} bits",
        f"stored {stored[0]}×{stored[1]}" if stored != (track.width, track.height) else "",
        f"shown as {aspect}" if aspect else "",
        str(facts.get("field_order") or ("interlaced" if facts.get("interlaced") else "")),
        f"spherical ({facts['spherical']})" if facts.get("spherical") else "",
        f"stereo ({facts['stereo']})" if facts.get("stereo") else "",
        "closed captions" if facts.get("captions") else "",
    )  # fmt: skip
    yield from _colour_details(track, facts)
    yield "frames", _joined(f"{track.frames}" if track.frames else "", *_timing(track, facts))
    yield "time", _times(track)


def _colour_details(track: VideoTrack, facts: _Facts) -> Iterator[Row]:
    from dreamreel.media.colour import names

    named = names(track.colour)
    said = named["matrix"], named["primaries"], named["transfer"]
    if len(set(said)) == 1:
        known = ["matrix not said" if said[0] == "unknown" else said[0]]
    else:
        known = [
            f"{what} {named[what]}"
            for what in ("matrix", "primaries", "transfer")
            if named[what] != "unknown"
        ]
    reach = {"tv": "limited range", "pc": "full range"}.get(named["range"], "")
    yield "colour", _joined(str(facts.get("hdr") or ""), *known, reach)
    light = cast("dict[str, float] | None", facts.get("content_light"))
    display = cast("dict[str, float | None] | None", facts.get("mastering"))
    yield "light", _joined(
        f"mastered on {display['min_luminance']:g} to {display['max_luminance']:g} cd/m²"
        if display and display["max_luminance"] else "",
        f"MaxCLL {light['max_cll']}, MaxFALL {light['max_fall']} cd/m²" if light else "",
    )  # fmt: skip


def _timing(track: VideoTrack, facts: _Facts) -> Iterator[str]:
    rates = cast("dict[str, str] | None", facts.get("rates"))
    if track.rate is None and rates:
        low, mean, high = (float(Fraction(rates[name])) for name in ("min", "mean", "max"))
        yield f"{low:.4g} to {high:.4g} fps, {mean:.4g} on average"
    gaps = cast("dict[str, str] | None", facts.get("key_interval"))
    if gaps:
        low, mean, high = (Fraction(gaps[name]) for name in ("min", "mean", "max"))
        every = f"{low}" if low == high else f"{low} to {high} ({float(mean):.3g} on average)"
        yield "every frame a key frame" if high == 1 else f"a key frame every {every} frames"
    elif facts.get("key_frames") == 1:
        yield "one key frame"
    depth = cast("int", facts.get("reorder_depth") or 0)
    yield f"B-frames, reordered by {depth}" if depth else "no B-frames"


def _times(track: VideoTrack | AudioTrack) -> str:
    start = f"starts {_seconds(track.start)}, " if track.start else ""
    return f"{start}lasts {_seconds(track.duration)}" if track.duration else start.rstrip(", ")


def _seconds(time: Fraction) -> str:
    return f"{float(time):.6g} s"


def _audio(track: AudioTrack) -> str:
    return ", ".join([track.codec, f"{track.sample_rate} Hz", track.layout, *_extras(track)])


def _audio_details(track: AudioTrack, facts: _Facts) -> Iterator[Row]:
    yield "codec", _joined(
        f"track {track.index}", _codec(track.profile, facts), _bits(facts), plural(track.channels, "channel"),
        f"{facts['bits']} bits" if facts.get("bits") else "", "lossless" if facts.get("lossless") else "",
    )  # fmt: skip
    priming = cast("int", facts.get("priming_samples") or 0)
    yield "time", _joined(_times(track), f"{priming} priming samples" if priming else "")


def _codec(profile: str | None, facts: _Facts) -> str:
    """`Main 10 (hvc1)`."""
    tag = facts.get("sample_entry") or facts.get("tag")
    return " ".join(part for part in (profile or "", f"({_line(str(tag))})" if tag else "") if part)


def _bits(facts: _Facts) -> str:
    bits = cast("int | None", facts.get("bit_rate"))
    return rate_text(bits) if bits else ""


def _other(track: OtherTrack, facts: _Facts) -> str:
    words = [track.codec or "unknown", f"track {track.index}"]
    words += [str(facts["form"])] if facts.get("form") else []
    cues = cast("int | None", facts.get("cues"))
    words += [plural(cues, "cue")] if cues else []
    if track.kind == "attachment":
        size = cast("int", facts.get("size") or 0)
        words = [
            _line(str(facts.get("name") or "unnamed")),
            str(facts.get("mime") or "unknown kind"),
            size_text(size),
        ]
    return ", ".join([*words, *_extras(track)])


def _joined(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


def _extras(track: VideoTrack | AudioTrack | OtherTrack) -> list[str]:
    words = [text for text in (track.language, track.title) if text and text != "und"]
    shown = [flag.replace("_", " ") for flag in track.dispositions if flag != "attached_pic"]
    return [*map(_line, words), *shown]


def track_names(told: Details) -> str:
    """`0, 1 and 2`."""
    found = told.file
    return listing([str(track.index) for track in (*found.video, *found.audio, *found.others)])
