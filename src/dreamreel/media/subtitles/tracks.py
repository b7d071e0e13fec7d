"""Subtitle tracks of media files, as values; and the fonts that travel with them.

    container ─► one stream, the rest switched off ─► packets ─┬─ words: FFmpeg's decoder ─► ASS lines ─► Subtitles
                                                               └─ TTML: documents ─────────► read_ttml
Pictures of words (PGS, DVB, DVD) stay packets; they have no text to read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

import av.error
from av.stream import AttachmentStream, Discard, Disposition

from dreamreel.errors import BadParameter, DamagedMedia, NotMedia, TooLarge, UnsafeMedia
from dreamreel.media.compat import BITMAP_SUBTITLES
from dreamreel.media.labels import track_title
from dreamreel.media.libav import AnyPacket, decode_words, demux
from dreamreel.media.open import open_media
from dreamreel.media.subtitles.ass import event, styles_of
from dreamreel.media.subtitles.markup import from_html
from dreamreel.media.subtitles.model import FLAGS, MAX_CUES, MAX_TEXT, Cue, Subtitles
from dreamreel.media.subtitles.ttml import read_ttml
from dreamreel.media.timing import track_starts

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.stream import Stream
    from av.subtitles.stream import SubtitleStream

__all__ = ["FontFile", "SubtitleTrack", "fonts_of", "read_track", "subtitle_tracks"]

_OPEN_END: Final = Fraction(5)
"""How long words without an end of their own are shown, unless others follow."""
_MAX_FONTS: Final = 64 * 2**20
_STYLED: Final = ("ass", "ssa")


@dataclass(frozen=True, slots=True)
class SubtitleTrack:
    """What a container says of one of its subtitle tracks."""

    number: int
    """1 for the first of the subtitle tracks."""
    index: int
    """FFmpeg's number among all streams."""
    codec: str
    """FFmpeg's name; empty when it has none."""
    language: str | None
    title: str | None
    flags: tuple[str, ...]

    @property
    def words(self) -> bool:
        """True when it has text, False for pictures of it."""
        return self.codec not in BITMAP_SUBTITLES and self.codec not in ("dvb_teletext", "eia_608")


@dataclass(frozen=True, slots=True)
class FontFile:
    """A font attached to a file."""

    name: str
    data: bytes


def subtitle_tracks(path: Path) -> tuple[SubtitleTrack, ...]:
    """The subtitle tracks of a media file, in its order. Raises what opening raises."""
    with open_media(path) as container:
        return _tracks(container)


def _tracks(container: InputContainer) -> tuple[SubtitleTrack, ...]:
    found: list[SubtitleTrack] = []
    for stream in container.streams:
        if stream.type != "subtitle":
            continue
        flags = tuple(name for name in FLAGS if stream.disposition & Disposition[name])
        said = stream.metadata
        found.append(SubtitleTrack(len(found) + 1, stream.index, _codec(stream), _spoken(said.get("language")),
                                   track_title(said), flags))  # fmt: skip
    return tuple(found)


def _spoken(language: str | None) -> str | None:
    """None for what MP4 calls undetermined."""
    return language if language and language != "und" else None


def _codec(stream: Stream) -> str:
    """FFmpeg's name of the codec; PyAV says the decoder's, and has no context for TTML."""
    context = cast("SubtitleStream", stream).codec_context
    if not context:
        return ""
    return {"srt": "subrip", "ssa": "ass", "pgssub": "hdmv_pgs_subtitle", "dvbsub": "dvb_subtitle",
            "dvdsub": "dvd_subtitle"}.get(context.name, context.name)  # fmt: skip


def read_track(path: Path, *, number: int | None = None, index: int | None = None) -> Subtitles:
    """The words of a track: the `number`th subtitle track, counting from 1, or FFmpeg's stream `index`.

    Times are seconds since the file's start, as a clip of the file has them. Raises `BadParameter` when there is no
    such track, `NotMedia` for pictures of words, `TooLarge`, and what opening raises.
    """
    with open_media(path) as container:
        tracks = _tracks(container)
        track = next((one for one in tracks if one.number == number or one.index == index), None)
        if track is None:
            names = f"it has {len(tracks)}" if tracks else "it has none"
            raise BadParameter(
                f"{path.name} has no subtitle track {number if index is None else index}; {names}."
            )
        if not track.words:
            raise NotMedia(
                f"{path.name}: subtitle track {track.number} ({track.codec}) holds pictures, not words; "
                "it can only be copied as it is."
            )
        origin = min(track_starts(path, container).values(), default=Fraction(0))
        found = _read(path, container, track, origin)
    return replace(found, language=track.language, title=track.title, flags=track.flags)


def _read(path: Path, container: InputContainer, track: SubtitleTrack, origin: Fraction) -> Subtitles:
    for stream in container.streams:
        stream.discard = Discard.default if stream.index == track.index else Discard.all
    stream = container.streams[track.index]
    cues: list[Cue] = []
    bad = 0
    for packet in demux(container, [stream]):
        if packet.pts is None or not packet.size:
            continue
        start = packet.pts * packet.time_base - origin
        end = start + (packet.duration or 0) * packet.time_base
        try:
            cues += _words(stream, packet, start, end)
        except (av.error.FFmpegError, DamagedMedia, UnsafeMedia, ValueError):
            bad += 1
        if len(cues) > MAX_CUES:
            raise TooLarge(f"{path.name} has more than {MAX_CUES} cues in one track, which no film has.")
    notes = (f"{bad} damaged packet{'s' if bad > 1 else ''} of words left out",) if bad else ()
    context = cast("SubtitleStream", stream).codec_context
    looks = Subtitles(())
    if track.codec in _STYLED and context.subtitle_header:
        looks = styles_of(context.subtitle_header.decode("utf-8", "replace"))
    return replace(looks, cues=_ended(cues), notes=notes)


def _words(stream: Stream, packet: AnyPacket, start: Fraction, end: Fraction) -> Iterator[Cue]:
    subtitle = cast("SubtitleStream", stream)
    data = bytes(packet)
    if not subtitle.codec_context or data.lstrip()[:5] in (b"<?xml", b"<tt x", b"<tt>"):
        found = read_ttml(data.decode("utf-8", "replace"))
        yield from (replace(cue, end=min(cue.end, end) if end > start else cue.end) for cue in found.cues)
        return
    if subtitle.codec_context.name == "webvtt":
        # FFmpeg's decoder leaves out the colours.
        yield Cue(start, end, from_html(data.decode("utf-8", "replace").strip()[:MAX_TEXT], entities=True))
        return
    for line in decode_words(subtitle, packet):
        yield event(line.decode("utf-8", "replace")[: MAX_TEXT * 2], start, end)


def _ended(cues: list[Cue]) -> tuple[Cue, ...]:
    """In order, without what is empty or over before the film begins; open ends closed."""
    cues = sorted((cue for cue in cues if cue.text.strip()), key=lambda cue: cue.start)
    made: list[Cue] = []
    for number, cue in enumerate(cues):
        end = cue.end
        if end <= cue.start:
            later = (one.start for one in cues[number + 1 : number + 20] if one.start > cue.start)
            end = min(next(later, cue.start + _OPEN_END), cue.start + _OPEN_END)
        if end > 0:
            made.append(replace(cue, start=max(Fraction(0), cue.start), end=end))
    return tuple(made)


def fonts_of(path: Path) -> tuple[FontFile, ...]:
    """The fonts attached to a Matroska file, at most 64 MiB of them. Raises what opening raises."""
    fonts: list[FontFile] = []
    total = 0
    with open_media(path) as container:
        for stream in container.streams:
            if not isinstance(stream, AttachmentStream):
                continue
            name, kind = stream.name or "", (stream.mimetype or "").lower()
            if "font" not in kind and not name.lower().endswith((".ttf", ".otf", ".ttc", ".otc")):
                continue
            total += len(stream.data)
            if total > _MAX_FONTS:
                break
            fonts.append(FontFile(name, bytes(stream.data)))
    return tuple(fonts)
