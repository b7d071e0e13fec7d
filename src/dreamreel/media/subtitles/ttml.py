"""TTML (W3C Timed Text, also called DFXP): paragraphs with times in XML.

Read: `par` and `seq` times in any of its notations, bold, italic, underline and colour of styles and spans, regions as
one of nine places. Written: the same, as IMSC's text profile has it. A document type is refused: entities can be
made to fill the memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final
from xml.etree import ElementTree as ET

from dreamreel.errors import DamagedMedia, UnsafeMedia
from dreamreel.media.subtitles.blocks import alignment_of, clock
from dreamreel.media.subtitles.markup import BREAK, from_plain, pieces, rgb_of
from dreamreel.media.subtitles.model import MAX_TEXT, Cue, Subtitles
from dreamreel.time import nearest

__all__ = ["read_ttml", "write_ttml"]

_CLOCK: Final = re.compile(r"(\d{1,4}):(\d{2}):(\d{2})(?:\.(\d{1,9})|:(\d{1,4})(?:\.\d+)?)?")
_OFFSET: Final = re.compile(r"(\d{1,12}(?:\.\d{1,9})?)(h|ms|m|s|f|t)")
_UNITS: Final = {"h": Fraction(3600), "m": Fraction(60), "s": Fraction(1), "ms": Fraction(1, 1000)}
_DEEPEST: Final = 50


@dataclass(frozen=True, slots=True)
class _Clock:
    """What the root says about time."""

    frames: Fraction = Fraction(30)
    ticks: Fraction = Fraction(1)

    def time(self, text: str | None) -> Fraction | None:
        """Seconds of a time expression (TTML2 §12.3.1)."""
        if text is None:
            return None
        text = text.strip()
        if found := _CLOCK.fullmatch(text):
            hours, minutes, seconds, part, frames = found.groups()
            whole = Fraction(int(hours) * 3600 + int(minutes) * 60 + int(seconds))
            return whole + (Fraction(int(part), 10 ** len(part)) if part else int(frames or 0) / self.frames)
        if found := _OFFSET.fullmatch(text):
            unit = {**_UNITS, "f": 1 / self.frames, "t": 1 / self.ticks}[found[2]]
            return Fraction(found[1]) * unit
        return None


@dataclass(frozen=True, slots=True)
class _Look:
    """What is known of the style at a place of the tree."""

    bold: bool = False
    italic: bool = False
    underline: bool = False
    colour: int | None = None
    place: int = 2


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _attributes(element: ET.Element) -> dict[str, str]:
    return {_local(key): value for key, value in element.attrib.items()}


def read_ttml(text: str) -> Subtitles:
    """The paragraphs of a document. Raises `DamagedMedia` for what is not XML, `UnsafeMedia` for a document type."""
    if re.search(r"<!(DOCTYPE|ENTITY)", text[:100_000], re.IGNORECASE):
        raise UnsafeMedia("the TTML file has a document type, which could fill the memory; save it without.")
    try:
        root = ET.fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", text))  # noqa: S314 - no document type, so no entities
    except (ET.ParseError, ValueError, RecursionError) as error:
        raise DamagedMedia(
            f"the TTML file is not complete XML ({error}); copy or download it again."
        ) from None
    reader = _Reader(root)
    body = next((one for one in root if _local(one.tag) == "body"), None)
    if body is not None:
        reader.walk(body, Fraction(0), None, _Look(), 0)
    language = next((value for key, value in root.attrib.items() if _local(key) == "lang" and value), None)
    return Subtitles(tuple(sorted(reader.cues, key=lambda cue: cue.start)), language=language)


class _Reader:
    def __init__(self, root: ET.Element) -> None:
        said = _attributes(root)
        self.clock = _clock(said)
        self.cues: list[Cue] = []
        self._styles: dict[str, Mapping[str, str]] = {}
        for element in root.iter():
            name, key = _local(str(element.tag)), _attributes(element)
            if name in ("style", "region") and "id" in key:
                nested = {
                    k: v
                    for child in element
                    if _local(child.tag) == "style"
                    for k, v in _attributes(child).items()
                }
                self._styles[key["id"]] = {**nested, **key}

    def walk(
        self, element: ET.Element, begin: Fraction, end: Fraction | None, look: _Look, depth: int
    ) -> Fraction:
        """Read what lies below `element`, which may be shown from `begin` to `end`; returns when it is over."""
        said = _attributes(element)
        start = begin + (self.clock.time(said.get("begin")) or 0)
        stop = self._end(said, begin, start, end)
        look = self.look(said, look)
        if _local(element.tag) == "p" and (
            stop is not None or any("begin" in _attributes(one) for one in element)
        ):
            self._paragraph(element, start, stop, look)
            return stop if stop is not None else start
        if depth > _DEEPEST:
            return start
        at = start
        for child in element:
            if _local(str(child.tag)) in ("div", "p"):
                over = self.walk(
                    child, at if said.get("timeContainer") == "seq" else start, stop, look, depth + 1
                )
                at = max(at, over)
        return stop if stop is not None else at

    def _end(
        self, said: Mapping[str, str], begin: Fraction, start: Fraction, outer: Fraction | None
    ) -> Fraction | None:
        ends = [outer] if outer is not None else []
        if (time := self.clock.time(said.get("end"))) is not None:
            ends.append(begin + time)
        if (time := self.clock.time(said.get("dur"))) is not None:
            ends.append(start + time)
        return min(ends, default=None)

    def look(self, said: Mapping[str, str], outer: _Look) -> _Look:
        """The style after an element's own attributes and those of the styles and the region it names."""
        named = [*said.get("region", "").split()[:1], *said.get("style", "").split()[:8]]
        for key in [*(self._styles.get(name, {}) for name in named), said]:
            if "fontWeight" in key:
                outer = replace(outer, bold=key["fontWeight"] == "bold")
            if "fontStyle" in key:
                outer = replace(outer, italic=key["fontStyle"] in ("italic", "oblique"))
            if "textDecoration" in key:
                outer = replace(outer, underline="underline" in key["textDecoration"].split())
            if (colour := rgb_of(key.get("color", ""))) is not None:
                outer = replace(outer, colour=colour)
            outer = replace(outer, place=_place(key, outer.place))
        return outer

    def _paragraph(self, element: ET.Element, start: Fraction, stop: Fraction | None, look: _Look) -> None:
        spans = [one for one in element if _local(str(one.tag)) == "span" and "begin" in _attributes(one)]
        if spans:
            # Words with times of their own, as karaoke and live captions have: each is a cue.
            for span in spans:
                said = _attributes(span)
                low = start + (self.clock.time(said["begin"]) or 0)
                high = self._end(said, start, low, stop)
                if high is not None:
                    self._add(span, low, high, self.look(said, look))
        elif stop is not None:
            self._add(element, start, stop, look)

    def _add(self, element: ET.Element, start: Fraction, stop: Fraction, look: _Look) -> None:
        words = "".join(
            self._text(element, look, look, element.get("{http://www.w3.org/XML/1998/namespace}space"), 0)
        )
        words = re.sub(r"\s*\\N\s*", r"\\N", words).strip()[:MAX_TEXT]
        opening = _opening(look)
        if words and stop > start:
            low, high = (Fraction(nearest(time * 1000), 1000) for time in (start, stop))
            self.cues.append(Cue(low, high, (f"{{{opening}}}" if opening else "") + words))

    def _text(
        self, element: ET.Element, look: _Look, outer: _Look, space: str | None, depth: int
    ) -> Iterator[str]:
        def letters(text: str | None) -> str:
            return from_plain(text or "" if space == "preserve" else re.sub(r"\s+", " ", text or ""))

        yield letters(element.text)
        for child in element:
            name = _local(str(child.tag))
            if name == "br":
                yield "\\N"
            elif name == "span" and depth < _DEEPEST:
                own = self.look(_attributes(child), look)
                tags = _change(look, own)
                yield f"{{{tags}}}" if tags else ""
                yield from self._text(child, own, outer, space, depth + 1)
                tags = _change(own, look)
                yield f"{{{tags}}}" if tags else ""
            yield letters(child.tail)


def _clock(said: Mapping[str, str]) -> _Clock:
    rate = _ratio(said.get("frameRate", "30"), Fraction(30))
    times = said.get("frameRateMultiplier", "1 1").replace(":", " ").split()
    multiplier = Fraction(1)
    if len(times) == 2 and all(one.isdecimal() and int(one[:9]) > 0 for one in times):
        multiplier = Fraction(int(times[0][:9]), int(times[1][:9]))
    frames = rate * multiplier
    ticks = _ratio(said.get("tickRate", ""), frames if "frameRate" in said else Fraction(1))
    return _Clock(frames, ticks)


def _ratio(text: str, default: Fraction) -> Fraction:
    return Fraction(int(text)) if re.fullmatch(r"[1-9]\d{0,11}", text.strip()) else default


def _place(said: Mapping[str, str], before: int) -> int:
    row, column = divmod(before - 1, 3)
    align, display = said.get("textAlign"), said.get("displayAlign")
    column = {"left": 0, "start": 0, "center": 1, "right": 2, "end": 2}.get(align or "", column)
    row = {"before": 2, "center": 1, "after": 0}.get(display or "", row)
    return row * 3 + column + 1


def _bgr(colour: int) -> str:
    return f"\\c&H{(colour & 0xFF) << 16 | colour & 0xFF00 | colour >> 16:06X}&"


def _opening(look: _Look) -> str:
    tags = f"\\an{look.place}" if look.place != 2 else ""
    return tags + _change(_Look(), look)


def _change(old: _Look, new: _Look) -> str:
    tags = "".join(
        f"\\{mark}{int(on)}"
        for mark, on, was in (
            ("b", new.bold, old.bold),
            ("i", new.italic, old.italic),
            ("u", new.underline, old.underline),
        )
        if on != was
    )
    white = 0xFFFFFF
    if (new.colour if new.colour is not None else white) != (old.colour if old.colour is not None else white):
        tags += _bgr(new.colour) if new.colour is not None else "\\c"
    return tags


# ── writing ───────────────────────────────────────────────────────────────────────────────────────────────

_HEAD: Final = """<?xml version="1.0" encoding="UTF-8"?>
<tt xmlns="http://www.w3.org/ns/ttml" xmlns:tts="http://www.w3.org/ns/ttml#styling" xml:lang="{language}">
  <head>
    <layout>
{regions}    </layout>
  </head>
  <body>
    <div>
"""
_REGION: Final = """      <region xml:id="r{place}" tts:origin="10% 10%" tts:extent="80% 80%" tts:textAlign="{align}" \
tts:displayAlign="{display}"/>
"""


def _escaped(text: str) -> str:
    kept = "".join(mark for mark in text if mark.isprintable() or mark in "\t\n")
    return kept.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def write_ttml(subtitles: Subtitles) -> str:
    """A document with bold, italic, underline, colours and places."""
    styles = {style.name: style for style in subtitles.styles}
    places = dict.fromkeys(sorted({alignment_of(cue, styles.get(cue.style)) for cue in subtitles.cues}), "")
    regions = "".join(
        _REGION.format(place=place, align=("start", "center", "end")[(place - 1) % 3],
                       display=("after", "center", "before")[(place - 1) // 3])
        for place in places
    )  # fmt: skip
    parts = [_HEAD.format(language=_escaped(subtitles.language or ""), regions=regions)]
    for cue in subtitles.cues:
        style = styles.get(cue.style)
        base = _Look() if style is None else _Look(style.bold, style.italic, style.underline)
        if words := "".join(_spans(cue.text, base)):
            region = alignment_of(cue, style)
            parts.append(f'      <p begin="{clock(cue.start, ".")}" end="{clock(cue.end, ".")}" region="r{region}">'
                         f"{words}</p>\n")  # fmt: skip
    parts.append("    </div>\n  </body>\n</tt>\n")
    return "".join(parts)


def _spans(text: str, base: _Look) -> Iterator[str]:
    look, drawing = base, False
    for piece in pieces(text):
        if piece == BREAK:
            yield "<br/>"
        elif isinstance(piece, str):
            if not drawing:
                said = _said(look)
                words = _escaped(piece.replace("\u00a0", " "))
                yield f"<span{said}>{words}</span>" if said else words
        else:
            for name, value in piece:
                look = _after(look, base, name, value)
                drawing = value not in ("0", "") if name == "p" else drawing


def _after(look: _Look, base: _Look, name: str, value: str) -> _Look:
    on = value not in ("0", "", "100", "200", "300", "400")
    if name == "r":
        return base
    if name == "b":
        return replace(look, bold=on)
    if name == "i":
        return replace(look, italic=on)
    if name == "u":
        return replace(look, underline=on)
    if name in ("c", "1c"):
        digits = re.sub(r"[^0-9A-Fa-f]", "", value.replace("&H", ""))[-6:]
        number = int(digits, 16) if digits else None
        swapped = None if number is None else (number & 0xFF) << 16 | number & 0xFF00 | number >> 16
        return replace(look, colour=swapped)
    return look


def _said(look: _Look) -> str:
    words = ' tts:fontWeight="bold"' if look.bold else ""
    words += ' tts:fontStyle="italic"' if look.italic else ""
    words += ' tts:textDecoration="underline"' if look.underline else ""
    return words + (f' tts:color="#{look.colour:06x}"' if look.colour is not None else "")
