r"""The text of a cue: ASS override tags taken apart, and the same words for HTML-like formats and for plain ones.

"{\i1}Who{\i0}'s there?\NMe."  ── pieces() ──►  Tags(("i", "1")) "Who" Tags(("i", "0")) "'s there?" BREAK "Me."
"<i>Who</i>'s there?\nMe."     ── from_html() / to_html() ──►  the ASS text above
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from dreamreel.media.subtitles.model import Style

__all__ = ["BREAK", "Tag", "from_html", "from_plain", "pieces", "plain", "rgb_of", "to_html"]

BREAK: Final = "\n"
Tag = tuple[str, str]
"""An override: its name and its argument, `("pos", "320,240")`."""

_NAMES: Final = (
    "alpha", "iclip", "xbord", "ybord", "xshad", "yshad", "blur", "bord", "clip", "fade", "fscx", "fscy",
    "move", "shad", "fad", "fax", "fay", "frx", "fry", "frz", "fsc", "fsp", "org", "pbo", "pos", "1a", "1c",
    "2a", "2c", "3a", "3c", "4a", "4c", "an", "be", "fe", "fn", "fr", "fs", "kf", "ko", "kt", "K", "a", "b",
    "c", "i", "k", "p", "q", "r", "s", "t", "u",
)  # fmt: skip
"""The longest first, so that `\\fscx` is not `\\fs`."""

_JOINER: Final = "\u2060"
"""Put after a backslash that is meant as one (FFmpeg does the same); nothing is drawn for it."""


def pieces(text: str) -> Iterator[str | list[Tag]]:
    """The runs of letters, the breaks (`BREAK`) and the override blocks of an ASS text, in order."""
    run: list[str] = []
    at, end = 0, len(text)
    while at < end:
        mark = text[at]
        if mark == "{" and (close := text.find("}", at)) >= 0:
            yield from _flushed(run)
            yield list(_tags(text[at + 1 : close]))
            at = close + 1
            continue
        following = text[at + 1 : at + 2]
        if mark == "\\" and following in ("N", "n"):
            yield from _flushed(run)
            yield BREAK
            at += 2
            continue
        if mark == "\\" and following in ("{", "}", "h"):
            run.append("\u00a0" if following == "h" else following)
            at += 2
            continue
        if mark != _JOINER or text[at - 1 : at] != "\\":
            run.append(mark)
        at += 1
    yield from _flushed(run)


def _flushed(run: list[str]) -> Iterator[str]:
    if run:
        yield "".join(run)
        run.clear()


def _tags(block: str) -> Iterator[Tag]:
    at = block.find("\\")
    while at >= 0:
        at += 1
        while block[at : at + 1] == " ":
            at += 1
        name = next((name for name in _NAMES if block.startswith(name, at)), None)
        if name is None:
            at = block.find("\\", at)
            continue
        at += len(name)
        if block[at : at + 1] == "(":
            close = _closing(block, at)
            yield name, block[at + 1 : close].strip()
            at = block.find("\\", close)
        else:
            stop = block.find("\\", at)
            yield name, block[at : stop if stop >= 0 else len(block)].strip()
            at = stop


def _closing(block: str, at: int) -> int:
    depth = 0
    for place in range(at, len(block)):
        depth += {"(": 1, ")": -1}.get(block[place], 0)
        if depth == 0:
            return place
    return len(block)


def plain(text: str) -> str:
    """The words alone, lines parted by line feeds; drawings are left out."""
    words: list[str] = []
    drawing = False
    for piece in pieces(text):
        if isinstance(piece, list):
            drawing = next(
                (value not in ("0", "") for name, value in reversed(piece) if name == "p"), drawing
            )
        elif not drawing:
            words.append(piece.replace("\u00a0", " "))
    return "\n".join(line.strip() for line in "".join(words).split("\n") if line.strip())


def from_plain(text: str) -> str:
    """ASS text of plain words: what would be taken for an override is marked as letters."""
    text = re.sub(r"\\(?=[Nnh{}])", "\\\\" + _JOINER, text)
    return text.replace("{", "\\{").replace("}", "\\}").replace("\r", "").replace("\n", "\\N")


# ── HTML-like: SubRip, WebVTT, SAMI ───────────────────────────────────────────────────────────────────────

_TOKEN: Final = re.compile(
    r"<(?P<close>/?)(?P<name>[A-Za-z0-9][A-Za-z0-9:]{0,40})(?P<rest>(?:[\s./=][^<>]{0,400})?)>"
    r"|\{(?P<ass>\\[^{}]{0,400})\}"
)
_ATTRIBUTE: Final = re.compile(r"""([a-z]{2,8})\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_SIMPLE: Final = {"i": "i", "em": "i", "b": "b", "strong": "b", "u": "u", "s": "s", "strike": "s"}
_COLOURS: Final = {
    "white": 0xFFFFFF, "black": 0x000000, "red": 0xFF0000, "lime": 0x00FF00, "green": 0x008000, "blue": 0x0000FF,
    "yellow": 0xFFFF00, "cyan": 0x00FFFF, "aqua": 0x00FFFF, "magenta": 0xFF00FF, "fuchsia": 0xFF00FF, "gray": 0x808080,
    "grey": 0x808080, "silver": 0xC0C0C0, "orange": 0xFFA500, "pink": 0xFFC0CB, "purple": 0x800080, "navy": 0x000080,
    "maroon": 0x800000, "olive": 0x808000, "teal": 0x008080,
}  # fmt: skip


def rgb_of(text: str) -> int | None:
    """`0xRRGGBB` of an HTML colour, or None."""
    name = text.strip().lower()
    if name in _COLOURS:
        return _COLOURS[name]
    found = re.fullmatch(r"#?([0-9a-f]{6})(?:[0-9a-f]{2})?", name)
    if found:
        return int(found[1], 16)
    short = re.fullmatch(r"#([0-9a-f])([0-9a-f])([0-9a-f])", name)
    return int("".join(digit * 2 for digit in short.groups()), 16) if short else None


def _swapped(colour: int) -> int:
    """RGB to BGR, or back."""
    return (colour & 0xFF) << 16 | colour & 0xFF00 | colour >> 16 & 0xFF


def from_html(text: str, *, entities: bool = False) -> str:
    """ASS text of SubRip or WebVTT words with `<i>`, `<font color=…>` and the like; other tags are left out.

    `entities` reads `&amp;` as `&`, which WebVTT and SAMI write and SubRip does not.
    """
    made: list[str] = []
    classes: list[bool] = []
    at = 0
    for found in _TOKEN.finditer(text):
        made.append(_letters(text[at : found.start()], entities))
        at = found.end()
        if found["ass"]:
            made.append("{" + found["ass"] + "}")
        elif found["name"].lower() == "c":
            made.append(_class(found, classes))
        else:
            made.append(_tag(found))
    made.append(_letters(text[at:], entities))
    return "".join(made)


def _letters(text: str, entities: bool) -> str:
    return from_plain(html.unescape(text) if entities else text)


def _tag(found: re.Match[str]) -> str:
    name, closing = found["name"].lower(), bool(found["close"])
    if name == "br":
        return "\\N"
    if name in _SIMPLE:
        return f"{{\\{_SIMPLE[name]}{0 if closing else 1}}}"
    if name == "font":
        return "{\\c\\fn\\fs}" if closing else _font(found["rest"])
    return ""


def _class(found: re.Match[str], classes: list[bool]) -> str:
    """WebVTT's classes, <c.yellow.bg_black>; `classes` tells of each open one whether it set a colour."""
    if found["close"]:
        return "{\\c}" if classes and classes.pop() else ""
    colour = next((_COLOURS[part] for part in found["rest"].lower().split(".") if part in _COLOURS), None)
    classes.append(colour is not None)
    return "" if colour is None else f"{{\\c&H{_swapped(colour):06X}&}}"


def _font(rest: str) -> str:
    tags = ""
    for key, *values in _ATTRIBUTE.findall(rest):
        value = next((value for value in values if value), "").replace("\\", "").replace("}", "")
        colour = rgb_of(value) if key.lower() == "color" else None
        if colour is not None:
            tags += f"\\c&H{_swapped(colour):06X}&"
        elif key.lower() == "face" and value:
            tags += f"\\fn{value[:60]}"
        elif key.lower() == "size" and value.isdecimal() and 0 < int(value[:4]) < 1000:
            tags += f"\\fs{value[:4]}"
    return f"{{{tags}}}" if tags else ""


@dataclass(slots=True)
class _Hand:
    """What is switched on while words are written out."""

    i: bool = False
    b: bool = False
    u: bool = False
    s: bool = False
    colour: int | None = None
    face: str | None = None


Flavour = Literal["srt", "vtt"]


def to_html(text: str, style: Style | None, flavour: Flavour) -> str:
    """The words with SubRip's or WebVTT's tags; other styling is left out. Lines are parted by line feeds."""
    base = _Hand() if style is None else _Hand(style.italic, style.bold, style.underline, style.strike)
    hand = _Hand(base.i, base.b, base.u, base.s)
    lines: list[str] = [""]
    drawing = False
    for piece in pieces(text):
        if isinstance(piece, list):
            for tag in piece:
                drawing = _switched(hand, base, tag, drawing)
        elif piece == BREAK:
            lines.append("")
        elif not drawing:
            lines[-1] += _wrapped(piece.replace("\u00a0", " "), hand, flavour)
    return "\n".join(_joined(line.strip()) for line in lines if line.strip())


def _joined(line: str) -> str:
    """Without tags that close only to open again."""
    for _ in range(3):
        line = re.sub(r"</([bius])><\1>", "", line)
    return re.sub(r"</font>(\s*)<font ([^>]*)>", r"</font>\1<font \2>", line)


def _switched(hand: _Hand, base: _Hand, tag: Tag, drawing: bool) -> bool:
    name, value = tag
    if name in ("i", "b", "u", "s"):
        on = getattr(base, name) if value == "" else value not in ("0", "400", "300", "200", "100")
        setattr(hand, name, on)
    elif name in ("c", "1c"):
        digits = re.sub(r"[^0-9A-Fa-f]", "", value.replace("&H", ""))[-6:]
        hand.colour = _swapped(int(digits, 16)) if digits else base.colour
    elif name == "fn":
        hand.face = value or None
    elif name == "r":
        hand.i, hand.b, hand.u, hand.s = base.i, base.b, base.u, base.s
        hand.colour = hand.face = None
    elif name == "p":
        return value not in ("0", "")
    return drawing


_WEBVTT_COLOURS: Final = {0xFFFFFF: "white", 0x00FF00: "lime", 0x00FFFF: "cyan", 0xFF0000: "red", 0xFFFF00: "yellow",
                          0xFF00FF: "magenta", 0x0000FF: "blue", 0x000000: "black"}  # fmt: skip
"""The classes that WebVTT §5.1 defines."""


def _wrapped(words: str, hand: _Hand, flavour: Flavour) -> str:
    if not words.strip():
        return words
    if flavour == "vtt":
        words = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    for name in "sub" + "i":
        if getattr(hand, name) and not (name == "s" and flavour == "vtt"):
            words = f"<{name}>{words}</{name}>"
    if flavour == "vtt":
        named = _WEBVTT_COLOURS.get(hand.colour) if hand.colour is not None else None
        return f"<c.{named}>{words}</c>" if named else words
    attributes = f' color="#{hand.colour:06x}"' if hand.colour is not None else ""
    attributes += f' face="{hand.face}"' if hand.face else ""
    return f"<font{attributes}>{words}</font>" if attributes else words
