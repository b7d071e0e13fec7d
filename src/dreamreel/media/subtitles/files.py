"""Subtitle files in and out: what a file is follows from its contents, what is written from its suffix.

bytes ─► size? ─► text (charset) ─► format by its first lines ─► Subtitles ─► text ─► UTF-8 file
TooLarge   NotMedia          NotMedia    TooLarge (cues)
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from dreamreel.errors import DamagedMedia, InputMissing, NotMedia, TooLarge, UnsafeMedia, UsageError
from dreamreel.media.atomic import atomic_write
from dreamreel.media.subtitles import blocks, lines
from dreamreel.media.subtitles.ass import parse, script
from dreamreel.media.subtitles.charset import decoded
from dreamreel.media.subtitles.model import MAX_CUES, Subtitles
from dreamreel.media.subtitles.ttml import read_ttml, write_ttml

__all__ = ["FORMATS", "MAX_BYTES", "TextFormat", "format_named", "is_subtitle_name", "read", "read_text", "sniffed",
           "write", "written"]  # fmt: skip

MAX_BYTES: Final = 64 * 2**20
"""Larger than any subtitle file; a film's dialogue is 100 kB."""


@dataclass(frozen=True, slots=True)
class TextFormat:
    """A format of subtitle files."""

    name: str
    title: str
    suffixes: tuple[str, ...]
    sniff: re.Pattern[str]
    """Found in the first lines of such a file."""
    read: Callable[[str], Subtitles]
    write: Callable[[Subtitles], str] | None
    mark: str = "-->"
    """What every cue has once at least; counting it tells how many there are."""
    keeps: str = "words"
    """What of the styling is kept: all, tags (bold, italic, colours, places), words."""


def _sniff(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE | re.MULTILINE)


_TIME: Final = r"\d{1,4}:\d{1,2}:\d{1,2}"

FORMATS: Final = (
    TextFormat("ass", "Advanced SubStation Alpha", ("ass",), _sniff(r"^\s*\[(script info|v4\+ styles)\]"),
               parse, script, "Dialogue:", "all"),
    TextFormat("ssa", "SubStation Alpha", ("ssa",), _sniff(r"^\s*\[v4 styles\]"), parse, None, "Dialogue:", "all"),
    TextFormat("vtt", "WebVTT", ("vtt",), _sniff(r"\A\ufeff?\s*WEBVTT"), blocks.read_vtt, blocks.write_vtt,
               keeps="tags"),
    TextFormat("ttml", "TTML", ("ttml", "dfxp", "xml"), _sniff(r"<(\w{1,20}:)?tt[\s>]"), read_ttml, write_ttml,
               "begin", "tags"),
    TextFormat("sami", "SAMI", ("smi", "sami"), _sniff(r"<sami|<sync\s"), lines.read_sami, None, "<", "tags"),
    TextFormat("srt", "SubRip", ("srt",), _sniff(rf"^\s*{_TIME}.{{0,12}}-->"), blocks.read_srt, blocks.write_srt,
               keeps="tags"),
    TextFormat("microdvd", "MicroDVD", ("sub",), _sniff(r"^\s*\{\d+\}\s*\{\d*\}"), lines.read_microdvd,
               lines.write_microdvd, "}"),
    TextFormat("subviewer", "SubViewer 2", ("subviewer",),
               _sniff(rf"\[information\]|^{_TIME}\.\d\d,{_TIME}\.\d\d\s*$"),
               blocks.read_subviewer, blocks.write_subviewer, ":"),
    TextFormat("sbv", "YouTube SBV", ("sbv",), _sniff(rf"^{_TIME}\.\d{{3}},{_TIME}\.\d{{3}}\s*$"),
               blocks.read_subviewer, blocks.write_sbv, ":"),
    TextFormat("mpl2", "MPL2", ("mpl", "mpl2"), _sniff(r"^\s*\[\d+\]\s*\[\d+\]"), lines.read_mpl2, lines.write_mpl2,
               "]"),
    TextFormat("lrc", "LRC lyrics", ("lrc",), _sniff(r"^\s*\[\d{1,4}:\d{1,2}([.:]\d{1,3})?\]"), lines.read_lrc,
               lines.write_lrc, "]"),
    TextFormat("tmp", "TMPlayer", ("tmp",), _sniff(rf"^\s*{_TIME}[:=]"), lines.read_tmp, lines.write_tmp, ":"),
)  # fmt: skip
"""In the order they are looked for. SSA and SAMI are read only."""


def format_named(name: str) -> TextFormat:
    """The format of a name or suffix. Raises `UsageError` with all there are."""
    key = name.lower().removeprefix(".")
    for row in FORMATS:
        if key == row.name or key in row.suffixes:
            return row
    names = ", ".join(row.suffixes[0] for row in FORMATS if row.write)
    raise UsageError(f"{name[:40]} is not a subtitle format this program writes; choose one of {names}.")


def is_subtitle_name(path: Path) -> bool:
    """True when the suffix is that of a subtitle format."""
    return any(path.suffix.lower().removeprefix(".") in row.suffixes for row in FORMATS)


def read(path: Path, encoding: str | None = None) -> Subtitles:
    """The subtitles of a file, whatever its suffix says; `notes` tells what had to be guessed or left out.

    `encoding` names the character set instead of guessing. A language between two dots of the name (`film.de.srt`) is
    taken over. Raises `InputMissing`, `NotMedia`, `DamagedMedia`, `UnsafeMedia`, and `TooLarge` above `MAX_BYTES` or
    `MAX_CUES`.
    """
    if not path.is_file():
        what = "is a folder" if path.is_dir() else "was not found"
        raise InputMissing(f"{path.name} {what}; check the name of the subtitle file.")
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputMissing(f"{path.name} cannot be read ({error.strerror}); check its permissions.") from None
    if len(data) > MAX_BYTES:
        raise TooLarge(
            f"{path.name} is larger than {MAX_BYTES >> 20} MiB, as no subtitle file is; name another one."
        )
    if not data.strip():
        raise NotMedia(f"{path.name} is empty; copy or download it again.")
    text, note = decoded(data, path.name, encoding)
    found = read_text(text, path.name)
    notes = (*((note,) if note else ()), *found.notes)
    return replace(found, notes=notes, language=found.language or _language(path))


def _language(path: Path) -> str | None:
    parts = path.name.split(".")
    if len(parts) < 3:
        return None
    said = parts[-2].lower()
    return said if re.fullmatch(r"[a-z]{2,3}([-_][a-z0-9]{2,4})?", said) else None


def sniffed(text: str) -> TextFormat | None:
    """The format that the beginning of `text` looks like."""
    head = text[:65_536]
    return next((row for row in FORMATS if row.sniff.search(head)), None)


def read_text(text: str, name: str) -> Subtitles:
    """The subtitles in a text that came from a file called `name`. Raises as `read` does."""
    row = sniffed(text)
    if row is None:
        raise NotMedia(
            f"{name} is not a subtitle file this program reads; save it as SubRip (.srt) or WebVTT."
        )
    if (row.mark in ("-->", "Dialogue:") and text.count(row.mark) > MAX_CUES) or text.count(
        "\n"
    ) > MAX_CUES * 20:
        raise _too_many(name)
    try:
        found = row.read(text)
    except (DamagedMedia, UnsafeMedia) as error:
        raise type(error)(str(error).replace(f"the {row.title} file", name)) from None
    if len(found.cues) > MAX_CUES:
        raise _too_many(name)
    if not found.cues:
        raise NotMedia(f"{name} looks like {row.title} but shows nothing at any time; was it cut off?")
    return found


def _too_many(name: str) -> TooLarge:
    return TooLarge(f"{name} has more than {MAX_CUES} cues, which no film has; split it first.")


def written(subtitles: Subtitles, row: TextFormat) -> str:
    """The text of a file in a format. Raises `UsageError` for a format that is only read."""
    if row.write is None:
        raise UsageError(f"{row.title} is only read; write ass, srt or vtt instead.")
    return row.write(subtitles)


def write(subtitles: Subtitles, path: Path, form: str | None = None) -> None:
    """Write a UTF-8 file in the format of its suffix, or `form`; complete or absent.

    Raises `UsageError`, `NotWritable`, `NoSpace`.
    """
    text = written(subtitles, format_named(form or path.suffix or path.name))
    with atomic_write(path) as part:
        part.write_text(text, encoding="utf-8", newline="\n")
