"""Formats of one line a cue, and SAMI: MicroDVD, MPL2, TMPlayer, LRC lyrics.

Where a format has no end of its own, a cue lasts until the next, and no longer than its words take to read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from typing import Final

from dreamreel.errors import DamagedMedia
from dreamreel.media.subtitles.markup import from_html, from_plain, pieces, plain
from dreamreel.media.subtitles.model import MAX_TEXT, Cue, Subtitles
from dreamreel.time import nearest

__all__ = ["read_lrc", "read_microdvd", "read_mpl2", "read_sami", "read_tmp", "write_lrc", "write_microdvd",
           "write_mpl2", "write_tmp"]  # fmt: skip

_FILM: Final = Fraction(24000, 1001)
_NTSC: Final = {
    "23.976": _FILM,
    "23.98": _FILM,
    "29.97": Fraction(30000, 1001),
    "59.94": Fraction(60000, 1001),
}
_FRAMES: Final = re.compile(r"\s*\{\s*(\d{1,9})\s*\}\s*\{\s*(\d{0,9})\s*\}(.*)")
_TENTHS: Final = re.compile(r"\s*\[\s*(\d{1,9})\s*\]\s*\[\s*(\d{1,9})\s*\](.*)")
_TMP: Final = re.compile(r"\s*(\d{1,2}):(\d{2}):(\d{2})[:=](.*)")
_LRC: Final = re.compile(r"\[(\d{1,4}):(\d{1,2})(?:[.:](\d{1,3}))?\]")
_OFFSET: Final = re.compile(r"\[offset:\s*([+-]?\d{1,8})\s*\]", re.IGNORECASE)
_SYNC: Final = re.compile(r"<sync\s+start\s*=\s*[\"']?\s*(\d{1,9})[^<>]{0,200}>", re.IGNORECASE)


def _lasting(words: str) -> Fraction:
    """How long words are worth showing: half a second and 15 letters a second."""
    return Fraction(1, 2) + Fraction(len(words), 15)


def _until_next(rows: list[tuple[Fraction, str]]) -> tuple[Cue, ...]:
    """Cues that last until the next row; an empty row ends the one before it."""
    rows = sorted(rows, key=lambda row: row[0])
    cues: list[Cue] = []
    for (start, text), (following, _) in pairwise([*rows, (Fraction(10**9), "")]):
        end = min(following, start + max(Fraction(2), _lasting(plain(text))))
        if plain(text) and end > start:
            cues.append(Cue(start, end, text))
    return tuple(cues)


def read_microdvd(text: str) -> Subtitles:
    """MicroDVD: frames. The rate is the text of a first cue at frame 1, else 23.976 is taken and noted."""
    rate, note = _FILM, "the frame rate is not said; 23.976 was taken"
    cues: list[Cue] = []
    for row in text.splitlines():
        found = _FRAMES.match(row)
        if found is None:
            continue
        start, end, words = int(found[1]), int(found[2] or 0), found[3].strip()
        if not cues and start <= 1 and end <= 1 and (said := _rate(words)):
            rate, note = said, ""
            continue
        end = end or start + nearest(_lasting(words) * rate)
        if words and end > start:
            cues.append(Cue(Fraction(nearest(start / rate * 1000), 1000), Fraction(nearest(end / rate * 1000), 1000),
                            _microdvd(words[:MAX_TEXT])))  # fmt: skip
    return Subtitles(tuple(sorted(cues, key=lambda cue: cue.start)), notes=(note,) if note and cues else ())


def _rate(words: str) -> Fraction | None:
    if words in _NTSC:
        return _NTSC[words]
    if re.fullmatch(r"\d{1,3}([.,]\d{1,6})?", words):
        rate = Fraction(words.replace(",", "."))
        return rate if 1 <= rate <= 240 else None
    return None


def _microdvd(words: str) -> str:
    made: list[str] = []
    for row in words.split("|"):
        tags = ""
        while found := re.match(r"\{([YyCcSsFfPpHho]):([^{}]{0,60})\}", row):
            row = row[found.end() :]
            if found[1] in "Yy":
                tags += "".join(f"\\{one}1" for one in "bius" if one in found[2].lower())
            elif found[1] in "Cc" and re.fullmatch(r"\$[0-9A-Fa-f]{6}", found[2]):
                tags += f"\\c&H{found[2][1:]}&"
        italic = row.startswith("/")
        row = from_plain(row[1:] if italic else row)
        tags += "\\i1" if italic else ""
        made.append(f"{{{tags}}}{row}{{\\r}}" if tags else row)
    return "\\N".join(made).removesuffix("{\\r}")


def write_microdvd(subtitles: Subtitles) -> str:
    """MicroDVD at 23.976 frames a second, which its first line says."""
    rows = ["{1}{1}23.976"]
    for cue, words in _words(subtitles):
        italic = "{Y:i}" if _slanted(cue) else ""
        start, end = (nearest(time * _FILM) for time in (cue.start, cue.end))
        rows.append(f"{{{start}}}{{{max(end, start + 1)}}}{italic}{words.replace(chr(10), '|')}")
    return "\n".join(rows) + "\n"


def _slanted(cue: Cue) -> bool:
    first = next(pieces(cue.text), "")
    return isinstance(first, list) and ("i", "1") in first


def _words(subtitles: Subtitles) -> Iterator[tuple[Cue, str]]:
    for cue in subtitles.cues:
        if words := plain(cue.text):
            yield cue, words


def read_mpl2(text: str) -> Subtitles:
    """MPL2: tenths of a second in brackets."""
    cues: list[Cue] = []
    for row in text.splitlines():
        found = _TENTHS.match(row)
        if found and int(found[2]) > int(found[1]) and found[3].strip():
            words = _microdvd(found[3].strip()[:MAX_TEXT])
            cues.append(Cue(Fraction(int(found[1]), 10), Fraction(int(found[2]), 10), words))
    return Subtitles(tuple(sorted(cues, key=lambda cue: cue.start)))


def write_mpl2(subtitles: Subtitles) -> str:
    """MPL2; words only."""
    return "".join(
        f"[{nearest(cue.start * 10)}][{nearest(cue.end * 10)}]{words.replace(chr(10), '|')}\n"
        for cue, words in _words(subtitles)
    )


def read_tmp(text: str) -> Subtitles:
    """TMPlayer: whole seconds, no ends."""
    rows: list[tuple[Fraction, str]] = []
    for row in text.splitlines():
        if found := _TMP.match(row):
            start = Fraction(int(found[1]) * 3600 + int(found[2]) * 60 + int(found[3]))
            rows.append((start, "\\N".join(map(from_plain, found[4].strip()[:MAX_TEXT].split("|")))))
    return Subtitles(_until_next(rows))


def write_tmp(subtitles: Subtitles) -> str:
    """TMPlayer; words and whole seconds only."""
    rows: list[str] = []
    for cue, words in _words(subtitles):
        start = nearest(cue.start)
        rows.append(
            f"{start // 3600:02d}:{start // 60 % 60:02d}:{start % 60:02d}:{words.replace(chr(10), '|')}\n"
        )
    return "".join(rows)


def read_lrc(text: str) -> Subtitles:
    """LRC lyrics: a line may be sung at several times; word times inside a line are left out."""
    offset = Fraction(int(found[1]), 1000) if (found := _OFFSET.search(text[:10_000])) else Fraction(0)
    rows: list[tuple[Fraction, str]] = []
    for row in text.splitlines():
        times: list[Fraction] = []
        while found := _LRC.match(row):
            minutes, seconds, part = found.groups()
            fraction = Fraction(int(part), 10 ** len(part)) if part else Fraction(0)
            times.append(max(Fraction(0), int(minutes) * 60 + int(seconds) + fraction - offset))
            row = row[found.end() :]
        words = re.sub(r"<\d{1,4}:\d{1,2}(?:[.:]\d{1,3})?>\s?", "", row).strip()[:MAX_TEXT]
        rows += [(time, from_plain(words)) for time in times]
    title = re.search(r"\[ti:([^\]\n]{1,200})\]", text[:10_000])
    return Subtitles(_until_next(rows), title=title[1].strip() if title else None)


def write_lrc(subtitles: Subtitles) -> str:
    """LRC in hundredths; a gap is told by an empty line."""
    rows = [f"[ti:{subtitles.title.replace(']', ')')}]"] if subtitles.title else []
    end: Fraction | None = None
    for cue, words in _words(subtitles):
        if end is not None and end < cue.start:
            rows.append(_tag(end))
        rows.append(_tag(cue.start) + words.replace("\n", " "))
        end = cue.end
    rows += [_tag(end)] if end is not None else []
    return "\n".join(rows) + "\n"


def _tag(time: Fraction) -> str:
    whole, part = divmod(nearest(time * 100), 100)
    return f"[{whole // 60:02d}:{whole % 60:02d}.{part:02d}]"


def read_sami(text: str) -> Subtitles:
    """SAMI: `<SYNC Start=ms>` and HTML; of several languages the first is taken. Raises `DamagedMedia` without any."""
    marks = list(_SYNC.finditer(text))
    if not marks:
        raise DamagedMedia("the SAMI file has no <SYNC> times; save it again as SubRip.")
    rows: list[tuple[Fraction, str]] = []
    first: str | None = None
    for mark, following in pairwise([*marks, None]):
        assert mark is not None
        body = text[mark.end() : following.start() if following else len(text)][:MAX_TEXT]
        body = re.split(r"</(?:body|sami)>", body, maxsplit=1, flags=re.IGNORECASE)[0]
        language = re.search(r"<p\s[^<>]{0,100}?class\s*=\s*[\"']?(\w{1,40})", body, re.IGNORECASE)
        first = first or (language[1].lower() if language else None)
        if language and language[1].lower() != first:
            continue
        words = from_html(" ".join(body.split()), entities=True).replace("\u00a0", " ")
        rows.append((Fraction(int(mark[1]), 1000), words.strip()))
    return Subtitles(_until_next(rows))
