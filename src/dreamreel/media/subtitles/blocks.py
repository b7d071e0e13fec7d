"""SubRip, WebVTT and SubViewer: blocks of a line with two times and the lines that follow.

1                                  WEBVTT
00:00:01,000 --> 00:00:02,500
<i>Hello</i>                       00:01.000 --> 00:02.500 line:0 align:start
<i>Hello</i>
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Final

from dreamreel.media.subtitles.markup import from_html, from_plain, pieces, plain, to_html
from dreamreel.media.subtitles.model import MAX_TEXT, Cue, Style, Subtitles
from dreamreel.time import nearest

__all__ = ["alignment_of", "clock", "read_srt", "read_subviewer", "read_vtt", "write_sbv", "write_srt",
           "write_subviewer", "write_vtt"]  # fmt: skip

_TIME: Final = r"(?:(\d{1,4})\s?:\s?)?(\d{1,2})\s?:\s?(\d{1,2})(?:\s?[,.:]\s?(\d{1,3}))?"
_SRT_LINE: Final = re.compile(rf"\s*{_TIME}\s*-{{1,3}}>\s*{_TIME}(?P<rest>.*)")
_VIEWER_LINE: Final = re.compile(rf"\s*{_TIME}\s*,\s*{_TIME}\s*")
_INDEX: Final = re.compile(r"\s*\d{1,9}\s*")
_LEFT, _RIGHT = ("start", "left"), ("end", "right")


def clock(time: Fraction, mark: str, *, hours: int = 2) -> str:
    """`HH:MM:SS,mmm`, to the nearest millisecond."""
    whole, milli = divmod(max(0, nearest(time * 1000)), 1000)
    return f"{whole // 3600:0{hours}d}:{whole // 60 % 60:02d}:{whole % 60:02d}{mark}{milli:03d}"


def _moment(hours: str | None, minutes: str, seconds: str, part: str | None) -> Fraction:
    fraction = Fraction(int(part), 10 ** len(part)) if part else Fraction(0)
    return int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds) + fraction


def _blocks(text: str, line: re.Pattern[str]) -> Iterator[tuple[Fraction, Fraction, str, list[str]]]:
    """Start, end, what follows the times on their line, and the lines until the next times."""
    found: re.Match[str] | None = None
    body: list[str] = []
    for row in text.splitlines():
        # Only a line that has its sign is worth a look; this keeps long texts cheap.
        following = line.fullmatch(row) if len(row) < 400 else None
        if following is None:
            if found is not None:
                body.append(row)
            continue
        if found is not None:
            yield _block(found, body)
        found, body = following, []
    if found is not None:
        yield _block(found, [*body, ""])


def _block(found: re.Match[str], body: list[str]) -> tuple[Fraction, Fraction, str, list[str]]:
    parts = found.groups()
    rest = (found.groupdict().get("rest") or "").strip()
    return _moment(*parts[:4]), _moment(*parts[4:8]), rest, body


def read_srt(text: str) -> Subtitles:
    """SubRip; the number above each block may be missing."""
    cues: list[Cue] = []
    for start, end, _, body in _blocks(text, _SRT_LINE):
        # The last line belongs to the next block when it is a number after an empty line, or alone.
        if body and _INDEX.fullmatch(body[-1]) and (len(body) == 1 or not body[-2].strip()):
            body.pop()
        words = "\n".join(row.strip() for row in body).strip("\n")
        words = re.sub(r"\n{2,}", "\n", words)[:MAX_TEXT]
        if words and end > start:
            cues.append(Cue(start, end, from_html(words)))
    return Subtitles(_sorted(cues))


def _sorted(cues: list[Cue]) -> tuple[Cue, ...]:
    return tuple(sorted(cues, key=lambda cue: cue.start))


def read_vtt(text: str) -> Subtitles:
    """WebVTT (W3C): notes, styles and regions are left out, positions become one of nine places."""
    cues: list[Cue] = []
    rows = text.splitlines()
    at = 0
    while at < len(rows):
        found = _SRT_LINE.fullmatch(rows[at]) if "-->" in rows[at] and len(rows[at]) < 400 else None
        at += 1
        if found is None:
            continue
        start, end, rest, _ = _block(found, [])
        body: list[str] = []
        # A block ends with an empty line, or where a writer forgot it and the next times stand.
        while at < len(rows) and rows[at].strip() and "-->" not in rows[at]:
            body.append(rows[at].strip())
            at += 1
        words = from_html("\n".join(body)[:MAX_TEXT], entities=True).strip()
        if plain(words) and end > start:
            place = _placed(rest)
            cues.append(Cue(start, end, words if place == 2 else f"{{\\an{place}}}{words}"))
    return Subtitles(_sorted(cues))


def _placed(settings: str) -> int:
    """The keypad place of WebVTT's `line` and `align`."""
    row, column = 0, 1
    for setting in settings.split():
        name, _, value = setting.partition(":")
        value = value.split(",")[0]
        if name == "align":
            column = 0 if value in _LEFT else 2 if value in _RIGHT else 1
        elif name == "line" and value.endswith("%"):
            share = float(value[:-1]) if re.fullmatch(r"\d{1,3}(\.\d{1,6})?%", value) else 100.0
            row = 2 if share < 35 else 1 if share < 65 else 0
        elif name == "line" and re.fullmatch(r"\d{1,4}", value):
            row = 2 if int(value) < 8 else 0
    return row * 3 + column + 1


def alignment_of(cue: Cue, style: Style | None) -> int:
    r"""The keypad place a cue is shown at: its own `\an`, else its style's."""
    for piece in pieces(cue.text):
        if isinstance(piece, list):
            for name, value in piece:
                if name == "an" and value.isdecimal() and 1 <= int(value[:2]) <= 9:
                    return int(value[:2])
    return style.alignment if style else 2


def _written(subtitles: Subtitles, text: Callable[[Cue, Style | None], str]) -> Iterator[tuple[Cue, str]]:
    styles = {style.name: style for style in subtitles.styles}
    for cue in subtitles.cues:
        if words := text(cue, styles.get(cue.style)):
            yield cue, words


def write_srt(subtitles: Subtitles) -> str:
    r"""SubRip with the tags that players know: `<i>`, `<b>`, `<u>`, `<s>`, `<font color>` and `{\an8}`."""

    def text(cue: Cue, style: Style | None) -> str:
        words, place = to_html(cue.text, style, "srt"), alignment_of(cue, style)
        return words if place == 2 or not words else f"{{\\an{place}}}{words}"

    return "".join(
        f"{number}\n{clock(cue.start, ',')} --> {clock(cue.end, ',')}\n{words}\n\n"
        for number, (cue, words) in enumerate(_written(subtitles, text), 1)
    )


def write_vtt(subtitles: Subtitles) -> str:
    """WebVTT with `<i>`, `<b>`, `<u>`, the eight colours it has names for, and positions."""
    parts = ["WEBVTT\n"]
    styles = {style.name: style for style in subtitles.styles}
    for cue, words in _written(subtitles, lambda cue, style: to_html(cue.text, style, "vtt")):
        row, column = divmod(alignment_of(cue, styles.get(cue.style)) - 1, 3)
        place = ("", " line:50%", " line:0")[row] + (" align:start", "", " align:end")[column]
        parts.append(f"{clock(cue.start, '.')} --> {clock(cue.end, '.')}{place}\n{words}\n")
    return "\n".join(parts)


def read_subviewer(text: str) -> Subtitles:
    """SubViewer 2 and YouTube's SBV: two times with a comma, lines parted by line feeds or `[br]`."""
    cues: list[Cue] = []
    for start, end, _, body in _blocks(text, _VIEWER_LINE):
        words: list[str] = []
        for row in body:
            if not row.strip() and words:
                break
            words += [row.strip()] if row.strip() else []
        joined = re.sub(r"\[br\]", "\n", "\n".join(words), flags=re.IGNORECASE)[:MAX_TEXT]
        if joined and end > start:
            cues.append(Cue(start, end, from_plain(joined)))
    return Subtitles(_sorted(cues))


def write_subviewer(subtitles: Subtitles) -> str:
    """SubViewer 2, in hundredths; words only."""
    rows = ["[INFORMATION]\n[END INFORMATION]\n[SUBTITLE]\n"]
    for cue, words in _written(subtitles, lambda cue, _: plain(cue.text)):
        start, end = (clock(Fraction(nearest(time * 100), 100), ".")[:-1] for time in (cue.start, cue.end))
        rows.append(f"{start},{end}\n{words.replace(chr(10), '[br]')}\n")
    return "\n".join(rows)


def write_sbv(subtitles: Subtitles) -> str:
    """YouTube's SBV; words only."""
    return "\n".join(
        f"{clock(cue.start, '.', hours=1)},{clock(cue.end, '.', hours=1)}\n{words}\n"
        for cue, words in _written(subtitles, lambda cue, _: plain(cue.text))
    )
