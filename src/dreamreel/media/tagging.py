"""Tags edited: titles, names, covers, languages and flags, in a copy whose tracks are untouched.

    names    title ◄─► ©nam (iTunes), TIT2 (ID3), TITLE (Vorbis, Matroska), INAM (RIFF)      one table
    Edit     what to set and to remove          ─┐
    file     tracks, tags, chapters, recipe     ─┴─► tagged(): the same tracks, other words around them

A tag that says where something was recorded stays behind unless it is asked for.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final, Literal, cast

from av.container import OutputContainer
from av.stream import Disposition, Stream

from dreamreel.errors import BadParameter, NoRecipe, NotMedia
from dreamreel.media.compat import holds
from dreamreel.media.formats import Container, output_format
from dreamreel.media.images import is_still
from dreamreel.media.labels import Label
from dreamreel.media.libav import copy_stream, demux
from dreamreel.media.metadata import export_tags, read_recipe
from dreamreel.media.mux import AnyTrack, ChapterMark, PacketTrack, mux
from dreamreel.media.open import check_input, open_media
from dreamreel.media.probe import AudioTrack, MediaFile, OtherTrack, VideoTrack, probe
from dreamreel.media.remux import CopiedTrack, Timed
from dreamreel.time import Span

__all__ = ["FAMILIES", "NAMES", "Edit", "Family", "TagName", "family", "known_name", "storable", "tagged"]

Family = Literal["itunes", "id3", "vorbis", "matroska", "riff"]
"""The ways in which containers name their tags."""


@dataclass(frozen=True, slots=True)
class TagName:
    """One tag and what each family calls it; None where it has no place for it."""

    name: str
    words: str
    itunes: str | None
    id3: str | None
    vorbis: str | None
    matroska: str | None
    riff: str | None


NAMES: Final[tuple[TagName, ...]] = (
    TagName("title", "what it is called", "©nam", "TIT2", "TITLE", "TITLE", "INAM"),
    TagName("artist", "who plays or made it", "©ART", "TPE1", "ARTIST", "ARTIST", "IART"),
    TagName("album", "the collection it belongs to", "©alb", "TALB", "ALBUM", "ALBUM", "IPRD"),
    TagName("album_artist", "whose collection it is", "aART", "TPE2", "ALBUMARTIST", "ALBUM_ARTIST", None),
    TagName("composer", "who wrote it", "©wrt", "TCOM", "COMPOSER", "COMPOSER", None),
    TagName("date", "year, or year-month-day", "©day", "TDRC", "DATE", "DATE", "ICRD"),
    TagName("genre", "its kind", "©gen", "TCON", "GENRE", "GENRE", "IGNR"),
    TagName("track", "number, or number/all", "trkn", "TRCK", "TRACKNUMBER", "PART_NUMBER", "IPRT"),
    TagName("disc", "number, or number/all", "disk", "TPOS", "DISCNUMBER", "DISC", None),
    TagName("comment", "anything", "©cmt", "COMM", "COMMENT", "COMMENT", "ICMT"),
    TagName("description", "what happens in it", "desc", "TXXX:description", "DESCRIPTION", "DESCRIPTION", None),
    TagName("synopsis", "the same at length", "ldes", "TXXX:synopsis", "SYNOPSIS", "SYNOPSIS", None),
    TagName("copyright", "whose it is", "cprt", "TCOP", "COPYRIGHT", "COPYRIGHT", "ICOP"),
    TagName("lyrics", "the words", "©lyr", "USLT", "LYRICS", "LYRICS", None),
    TagName("grouping", "the work it is part of", "©grp", "TIT1", "GROUPING", "GROUPING", None),
    TagName("publisher", "who brought it out", None, "TPUB", "PUBLISHER", "PUBLISHER", None),
    TagName("performer", "who performs", None, "TPE3", "PERFORMER", "PERFORMER", None),
    TagName("show", "the series", "tvsh", "TXXX:show", "SHOW", "SHOW", None),
    TagName("episode_id", "the episode's own number", "tven", "TXXX:episode_id", "EPISODE_ID", "EPISODE_ID", None),
    TagName("season_number", "number", "tvsn", "TXXX:season_number", "SEASON_NUMBER", "SEASON_NUMBER", None),
    TagName("episode_sort", "number", "tves", "TXXX:episode_sort", "EPISODE_SORT", "EPISODE_SORT", None),
    TagName("network", "the channel", "tvnn", "TXXX:network", "NETWORK", "NETWORK", None),
    TagName("keywords", "words to find it by", "keyw", "TXXX:keywords", "KEYWORDS", "KEYWORDS", "IKEY"),
    TagName("compilation", "1 when of several artists", "cpil", "TCMP", "COMPILATION", "COMPILATION", None),
    TagName("language", "of the whole file", None, "TLAN", "LANGUAGE", "LANGUAGE", "ILNG"),
    TagName("encoded_by", "who encoded it", None, "TENC", "ENCODED_BY", "ENCODED_BY", "ITCH"),
    TagName("creation_time", "recorded when", "mvhd", "TXXX:creation_time", "CREATION_TIME", "DATE_RECORDED", None),
)  # fmt: skip
"""The names that mean the same everywhere. Sources: FFmpeg `movenc.c`, `id3v2.c`, `riff.c`; the Vorbis comment field
recommendations; Matroska's tag registry (RFC 9559 §27)."""

FAMILIES: Final[Mapping[str, Family]] = {
    "mp4": "itunes", "mov": "itunes", "3gp": "itunes", "mp3": "id3", "aiff": "id3", "flac": "vorbis",
    "ogg": "vorbis", "ogv": "vorbis", "matroska": "matroska", "webm": "matroska", "wav": "riff", "avi": "riff",
    "w64": "riff", "nut": "matroska", "caf": "vorbis", "flv": "matroska", "asf": "matroska",
}  # fmt: skip
"""How a muxer names tags; those that are missing keep none."""


def family(container: Container) -> Family | None:
    """How a container names its tags, None for one that keeps none."""
    return FAMILIES.get(container.muxer)


def known_name(text: str) -> str:
    """The common name of a tag given by any family's: `©nam`, `TIT2`, `INAM` and `Title` are all `title`.

    Names that no family knows stay as they are, in small letters.
    """
    plain = text.strip()
    for row in NAMES:
        if plain in (row.itunes, row.id3, row.riff) or plain.lower() == row.name:
            return row.name
        if plain.upper() in (row.vorbis, row.matroska):
            return row.name
    return plain.lower()


def storable(name: str, container: Container) -> bool:
    """True when a container has a place for the tag `name`."""
    own = family(container)
    if own is None:
        return False
    row = next((row for row in NAMES if row.name == name), None)
    if row is None:
        return container.any_tags
    return cast("str | None", getattr(row, own)) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What to change. Tracks are named by their numbers as `dreamreel info` shows them."""

    values: tuple[tuple[str, str], ...] = ()
    """Names and texts to set."""
    remove: tuple[str, ...] = ()
    """Names to remove; `"all"` removes all that were there."""
    cover: Path | None = None
    """A picture that takes the place of the covers there are."""
    no_cover: bool = False
    """Remove the covers."""
    languages: tuple[tuple[int, str], ...] = ()
    """Track and its language, as three letters (ISO 639-2); empty removes it."""
    titles: tuple[tuple[int, str], ...] = ()
    default: tuple[int, ...] = ()
    """Tracks that players take first; others of their kind no longer are."""
    forced: tuple[int, ...] = ()
    keep_location: bool = False

    @property
    def empty(self) -> bool:
        """True when nothing is changed."""
        return self == Edit(keep_location=self.keep_location)


def tagged(path: Path, out: Path, edit: Edit) -> list[str]:
    """Write `path` to `out` with other tags; its tracks, chapters, recipe and file times stay.

    Returns notes for the user. Raises `BadParameter` for a track that is not there and a tag that the container cannot
    hold, `NotMedia` for a cover that is no picture, and what `probe` and `mux` raise.
    """
    found = probe(path)
    container = output_format(out)
    _check(found, edit, container)
    tags = _tags(found, edit)
    tracks: list[AnyTrack] = [_copied(path, track, edit, found) for track in _kept(found, edit)]
    if edit.cover:
        _check_cover(edit.cover)
        tracks.append(_cover(edit.cover))
    chapters = [ChapterMark(Span(mark.start, mark.end), mark.title) for mark in found.chapters]
    mux(tracks, out, container, tags={k: v for k, v in tags.items() if storable(k, container)},
        recipe=_recipe(path), chapters=chapters, inputs=[path, *([edit.cover] if edit.cover else [])])  # fmt: skip
    times = path.stat()
    os.utime(out, ns=(times.st_atime_ns, times.st_mtime_ns))
    return [f"{container.name} has no place for the tag {name}; it is left out" for name in tags
            if not storable(name, container) and name not in _OF_WRITERS]  # fmt: skip


_OF_WRITERS: Final = frozenset({"software", "encoder", "encoded_by", "creation_time"})
"""Tags that programs write and nobody misses."""


def _recipe(path: Path) -> str | None:
    try:
        return read_recipe(path)
    except NoRecipe:
        return None


_Track = VideoTrack | AudioTrack | OtherTrack


def _all(found: MediaFile) -> list[_Track]:
    return sorted((*found.video, *found.audio, *found.others), key=lambda track: track.index)


def _kept(found: MediaFile, edit: Edit) -> list[_Track]:
    gone = edit.no_cover or edit.cover is not None
    tracks = _all(found)
    return [track for track in tracks if not (gone and isinstance(track, VideoTrack) and track.cover)]


def _check(found: MediaFile, edit: Edit, container: Container) -> None:
    if found.still:
        raise NotMedia(f"{found.path.name} is a picture; tags can be edited in videos and sounds.")
    numbers = {track.index for track in _all(found)}
    named = [*(n for n, _ in (*edit.languages, *edit.titles)), *edit.default, *edit.forced]
    for number in named:
        if number not in numbers:
            has = ", ".join(map(str, sorted(numbers)))
            raise BadParameter(f"{found.path.name} has no track {number}; its tracks are {has}.")
    for number, language in edit.languages:
        if language and not (
            len(language) == 3 and language.isascii() and language.isalpha() and language.islower()
        ):
            raise BadParameter(
                f"{language!r} is no language for track {number}; give three letters such as deu or eng."
            )
    if edit.cover and holds(container.muxer).covers == "none":
        raise BadParameter(f"A {container.name} file has no place for a cover; write mp4, mkv, mp3 or flac.")
    for name, value in edit.values:
        if value and not storable(known_name(name), container):
            raise BadParameter(
                f"{container.name} has no place for the tag {name!r}; write mkv, which keeps any."
            )


def _tags(found: MediaFile, edit: Edit) -> dict[str, str]:
    kept = export_tags(dict(found.tags), keep_location=edit.keep_location)
    tags = {} if "all" in edit.remove else {known_name(name): value for name, value in kept.items()}
    for name in edit.remove:
        tags.pop(known_name(name), None)
    for name, value in edit.values:
        tags[known_name(name)] = value
    return {name: value for name, value in tags.items() if value}


def _copied(path: Path, track: _Track, edit: Edit, found: MediaFile) -> CopiedTrack:
    kind = "cover" if isinstance(track, VideoTrack) and track.cover else _kind(track)
    flags = [flag for flag in track.dispositions if not _loses_default(track, edit, found, flag)]
    flags += ["default"] if track.index in edit.default and "default" not in flags else []
    flags += ["forced"] if track.index in edit.forced and "forced" not in flags else []
    label = Label(
        dict(edit.languages).get(track.index, track.language) or None,
        dict(edit.titles).get(track.index, track.title) or None, tuple(flags),
    )  # fmt: skip
    return CopiedTrack(path, track.index, kind, label=label)


def _kind(track: _Track) -> Literal["video", "audio", "subtitle", "attachment", "data"]:
    if isinstance(track, VideoTrack):
        return "video"
    if isinstance(track, AudioTrack):
        return "audio"
    return "data" if track.kind == "unknown" else track.kind


def _loses_default(track: _Track, edit: Edit, found: MediaFile, flag: str) -> bool:
    """Only one track of a kind is the default."""
    chosen = {_kind(other) for other in _all(found) if other.index in edit.default}
    return flag == "default" and track.index not in edit.default and _kind(track) in chosen


def _check_cover(picture: Path) -> None:
    if not is_still(picture, check_input(picture)):
        raise NotMedia(f"{picture.name} is not a picture; a cover is a JPEG or a PNG.")


def _cover(picture: Path) -> PacketTrack:
    """A picture file as a cover track, or as an attachment where covers are attachments."""

    def start(stack: ExitStack, target: OutputContainer, container: Container) -> Iterator[Timed]:
        source = stack.enter_context(open_media(picture))
        template = source.streams.video[0]
        packet = next(packet for packet in demux(source, [template]) if packet.size)
        if container.muxer in ("matroska", "webm"):
            png = template.codec_context.name == "png"
            name, mime = ("cover.png", "image/png") if png else ("cover.jpg", "image/jpeg")
            target.add_attachment(name, mime, bytes(packet))
            return iter(())
        stream = cast("Stream", copy_stream(target, template))
        stream.disposition = Disposition.attached_pic
        packet.stream, packet.pts, packet.dts = stream, 0, 0
        return iter((Timed(Fraction(0), packet),))

    return PacketTrack(start, (picture,))
