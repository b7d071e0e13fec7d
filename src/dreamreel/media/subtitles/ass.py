"""SubStation Alpha scripts, ASS and SSA: read line by line, so that one bad line costs only itself.

The columns of `Style:` and `Dialogue:` lines are those their `Format:` line names. Codecs speak the same language:
`header()` is what a decoder hands out and an encoder wants, and `event()` reads a packet's line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, replace
from fractions import Fraction
from typing import Final

from dreamreel.media.subtitles.model import MAX_TEXT, Cue, Style, Subtitles
from dreamreel.time import nearest

__all__ = ["event", "header", "parse", "script", "styles_of"]

_STYLE: Final = ("Name", "Fontname", "Fontsize", "PrimaryColour", "SecondaryColour", "OutlineColour", "BackColour",
                 "Bold", "Italic", "Underline", "StrikeOut", "ScaleX", "ScaleY", "Spacing", "Angle", "BorderStyle",
                 "Outline", "Shadow", "Alignment", "MarginL", "MarginR", "MarginV", "Encoding")  # fmt: skip
_SSA_STYLE: Final = ("Name", "Fontname", "Fontsize", "PrimaryColour", "SecondaryColour", "TertiaryColour", "BackColour",
                     "Bold", "Italic", "BorderStyle", "Outline", "Shadow", "Alignment", "MarginL", "MarginR", "MarginV",
                     "AlphaLevel", "Encoding")  # fmt: skip
_EVENT: Final = ("Layer", "Start", "End", "Style", "Name", "MarginL", "MarginR", "MarginV", "Effect", "Text")
_FIELDS: Final = {
    "name": "name", "fontname": "font", "fontsize": "size", "primarycolour": "primary", "secondarycolour": "secondary",
    "outlinecolour": "outline_colour", "tertiarycolour": "outline_colour", "backcolour": "back_colour", "bold": "bold",
    "italic": "italic", "underline": "underline", "strikeout": "strike", "scalex": "scale_x", "scaley": "scale_y",
    "spacing": "spacing", "angle": "angle", "borderstyle": "border", "outline": "outline", "shadow": "shadow",
    "alignment": "alignment", "marginl": "left", "marginr": "right", "marginv": "vertical",
}  # fmt: skip
_SSA_ALIGNMENTS: Final = {1: 1, 2: 2, 3: 3, 9: 4, 10: 5, 11: 6, 5: 7, 6: 8, 7: 9}
_CLOCK: Final = re.compile(r"\s*(\d{1,4}):(\d{1,2}):(\d{1,2})[.:,](\d{1,3})\s*")
_KINDS: Final = {field.name: str(field.type) for field in fields(Style)}
_LIMIT: Final = 100_000.0


def parse(text: str) -> Subtitles:
    """The script in `text`. Lines that make no sense are left out and counted in a note."""
    info: dict[str, str] = {}
    styles: dict[str, Style] = {}
    cues: list[Cue] = []
    notes: dict[str, int] = {}
    section = ""
    columns: dict[str, Sequence[str]] = {"style": _STYLE, "event": _EVENT}
    ssa = False
    for line in text.splitlines():
        line = line.strip("\ufeff \t")
        if line.startswith("[") and line.endswith("]") and len(line) < 40:
            section = line[1:-1].strip().lower()
            if section == "v4 styles":
                ssa, columns["style"] = True, _SSA_STYLE
            continue
        key, colon, value = line.partition(":")
        key, value = key.strip().lower(), value.strip()
        if not colon or line.startswith((";", "!")):
            continue
        if section == "script info":
            info[key] = value
        elif key == "format":
            columns["style" if "style" in section else "event"] = [one.strip() for one in value.split(",")]
        elif key == "style" and "style" in section and (style := _style(value, columns["style"], ssa)):
            styles[style.name] = style
        elif key == "dialogue" and section == "events":
            cue = _dialogue(value, columns["event"])
            if cue is None:
                notes["line"] = notes.get("line", 0) + 1
            else:
                cues.append(cue)
        elif section == "fonts" and key == "fontname":
            notes["font"] = notes.get("font", 0) + 1
    return _made(info, styles, cues, notes)


def _made(
    info: Mapping[str, str], styles: Mapping[str, Style], cues: list[Cue], notes: Mapping[str, int]
) -> Subtitles:
    words: list[str] = []
    if count := notes.get("line"):
        words.append(f"{count} line{'s' if count > 1 else ''} without a readable time left out")
    if count := notes.get("font"):
        words.append(f"{count} font{'s' if count > 1 else ''} inside the script left out")
    width, height = _whole(info.get("playresx"), 0), _whole(info.get("playresy"), 0)
    if not width and not height:
        width, height = 384, 288
    # As VSFilter and libass fill in the one that is missing.
    elif not width:
        width = 1280 if height == 1024 else max(1, height * 4 // 3)
    elif not height:
        height = 1024 if width == 1280 else max(1, width * 3 // 4)
    title = info.get("title", "").strip()
    return Subtitles(
        tuple(sorted(cues, key=lambda cue: cue.start)), tuple(styles.values()) or (Style(),),
        min(width, 20_000), min(height, 20_000), _whole(info.get("wrapstyle"), 0) % 4,
        info.get("scaledborderandshadow", "yes").lower() != "no",
        title=title if title and title.lower() not in ("default aegisub file", "untitled", "<untitled>") else None,
        notes=tuple(words),
    )  # fmt: skip


def _whole(text: str | None, default: int) -> int:
    found = re.match(r"\s*(-?\d{1,6})", text or "")
    return int(found[1]) if found else default


def _number(text: str, default: float) -> float:
    found = re.match(r"\s*(-?\d{0,9}(?:\.\d{0,9})?)", text)
    try:
        return max(-_LIMIT, min(_LIMIT, float(found[1]))) if found else default
    except ValueError:
        return default


def _colour(text: str) -> int:
    """`&HAABBGGRR`, or SSA's decimal."""
    digits = text.strip().lower().strip("&h")
    try:
        return int(digits[-8:] or "0", 16 if "&" in text or "h" in text.lower() else 10) & 0xFFFFFFFF
    except ValueError:
        return 0


def _style(value: str, columns: Sequence[str], ssa: bool) -> Style | None:
    found: dict[str, object] = {}
    for column, text in zip(columns, value.split(","), strict=False):
        name = _FIELDS.get(column.lower())
        if name is None:
            continue
        kind = _KINDS[name]
        if "colour" in name or name in ("primary", "secondary"):
            found[name] = _colour(text)
        elif kind == "str":
            found[name] = text.strip().lstrip("*@") if name == "name" else text.strip().lstrip("@")[:100]
        elif kind == "bool":
            found[name] = _whole(text, 0) != 0
        elif kind == "int":
            found[name] = max(-20_000, min(20_000, _whole(text, 0)))
        else:
            found[name] = _number(text, 0.0)
    if not found.get("name"):
        return None
    style = Style(**found)  # pyright: ignore[reportArgumentType]
    alignment = _SSA_ALIGNMENTS.get(style.alignment, 2) if ssa else style.alignment
    return replace(style, alignment=alignment if 1 <= alignment <= 9 else 2)


def _moment(text: str) -> Fraction | None:
    found = _CLOCK.fullmatch(text)
    if found is None:
        return None
    hours, minutes, seconds, part = found.groups()
    return Fraction(int(hours) * 3600 + int(minutes) * 60 + int(seconds)) + Fraction(
        int(part), 10 ** len(part)
    )


def _dialogue(value: str, columns: Sequence[str]) -> Cue | None:
    row = dict(zip((one.lower() for one in columns), value.split(",", len(columns) - 1), strict=False))
    start, end = _moment(row.get("start", "")), _moment(row.get("end", ""))
    if start is None or end is None or end <= start:
        return None
    return _cue(row, start, end)


def _cue(row: Mapping[str, str], start: Fraction, end: Fraction) -> Cue:
    def margin(side: str) -> int:
        return max(0, min(20_000, _whole(row.get(f"margin{side}"), 0)))

    return Cue(start, end, row.get("text", "")[:MAX_TEXT].replace("\r", "").replace("\n", "\\N"),
               row.get("style", "Default").strip().lstrip("*") or "Default",
               max(-1000, min(1000, _whole(row.get("layer"), 0))),
               margin("l"), margin("r"), margin("v"), row.get("name", "").strip()[:200],
               row.get("effect", "").strip()[:200])  # fmt: skip


def event(line: str, start: Fraction, end: Fraction) -> Cue:
    """The cue of a decoder's line, `ReadOrder,Layer,Style,Name,MarginL,MarginR,MarginV,Effect,Text`."""
    names = ("order", "layer", "style", "name", "marginl", "marginr", "marginv", "effect", "text")
    return _cue(dict(zip(names, line.split(",", 8), strict=False)), start, end)


def styles_of(text: str) -> Subtitles:
    """The styles and the picture size of a decoder's header; no cues."""
    return parse(text)


# ── writing ───────────────────────────────────────────────────────────────────────────────────────────────


def _clock(time: Fraction) -> str:
    """`H:MM:SS.cc`, to the nearest hundredth."""
    total = min(nearest(time * 100), 9 * 360_000 + 359_999)
    whole, part = divmod(max(0, total), 100)
    return f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}.{part:02d}"


def _figure(value: float) -> str:
    return f"{value:.6f}".rstrip("0").rstrip(".") or "0"


def _field(value: str) -> str:
    return value.replace(",", ";").replace("\n", " ").replace("\r", " ").strip()


def _style_line(style: Style) -> str:
    flags = (style.bold, style.italic, style.underline, style.strike)
    numbers = (style.scale_x, style.scale_y, style.spacing, style.angle)
    colours = (style.primary, style.secondary, style.outline_colour, style.back_colour)
    return ",".join([
        f"Style: {_field(style.name)}", _field(style.font), _figure(style.size), *(f"&H{one:08X}" for one in colours),
        *("-1" if flag else "0" for flag in flags), *map(_figure, numbers), str(style.border), _figure(style.outline),
        _figure(style.shadow), str(style.alignment), str(style.left), str(style.right), str(style.vertical), "1",
    ])  # fmt: skip


def header(subtitles: Subtitles) -> str:
    """Everything of a script but its lines."""
    rows = ["[Script Info]", "ScriptType: v4.00+"]
    rows += [f"Title: {_field(subtitles.title)}"] if subtitles.title else []
    rows += [f"PlayResX: {subtitles.width}", f"PlayResY: {subtitles.height}", f"WrapStyle: {subtitles.wrap}",
             f"ScaledBorderAndShadow: {'yes' if subtitles.scaled_border else 'no'}", "", "[V4+ Styles]",
             "Format: " + ", ".join(_STYLE)]  # fmt: skip
    rows += map(_style_line, subtitles.styles or (PLAIN,))
    rows += ["", "[Events]", "Format: " + ", ".join(_EVENT), ""]
    return "\n".join(rows)


PLAIN: Final = Style(size=16, outline=1, shadow=0, vertical=10)
"""What plain texts look like where a style must be named, on a picture of 384×288: FFmpeg's own choice."""


def script(subtitles: Subtitles) -> str:
    """A whole ASS script."""
    return header(subtitles) + "".join(_lines(subtitles.cues))


def _lines(cues: Sequence[Cue]) -> Iterator[str]:
    for cue in cues:
        columns = (str(cue.layer), _clock(cue.start), _clock(cue.end), _field(cue.style), _field(cue.name),
                   str(cue.left), str(cue.right), str(cue.vertical), _field(cue.effect),
                   cue.text.replace("\n", "\\N"))  # fmt: skip
        yield f"Dialogue: {','.join(columns)}\n"
