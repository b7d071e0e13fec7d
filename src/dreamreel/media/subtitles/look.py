"""How plain subtitles look: large enough, white, outlined, at the bottom of the part of the picture that is safe."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dreamreel.media.subtitles.model import Style

__all__ = ["Look", "Place", "plain_style"]

Place = Literal["bottom", "middle", "top"]


@dataclass(frozen=True, slots=True)
class Look:
    """How plain subtitles look: those that bring no styles of their own."""

    font: str = ""
    """A family installed on the system; empty takes a plain one."""
    size: float = 5.4
    """Height of the letters' em in per cent of the picture's shorter side."""
    colour: str = "#ffffff"
    outline: str = "#000000"
    bold: bool = False
    box: bool = False
    """A half-transparent dark box behind the words in place of an outline."""
    place: Place = "bottom"


def plain_style(look: Look, width: int, height: int) -> Style:
    """The style of plain words on a picture of this size, in its pixels."""
    em = max(8.0, min(width, height) * look.size / 100)
    return Style(
        font=look.font or "Noto Sans", size=em * 1.32, primary=_abgr(look.colour), bold=look.bold,
        outline_colour=0x66000000 if look.box else _abgr(look.outline), back_colour=0x80000000,
        border=3 if look.box else 1, outline=em * (0.28 if look.box else 0.085), shadow=0.0 if look.box else em * 0.045,
        alignment={"top": 8, "middle": 5}.get(look.place, 2), left=round(width * 0.08), right=round(width * 0.08),
        vertical=round(height * 0.055),
    )  # fmt: skip


def _abgr(colour: str) -> int:
    digits = colour.lstrip("#").ljust(8, "f")
    red, green, blue, alpha = (int(digits[at : at + 2], 16) for at in (0, 2, 4, 6))
    return (255 - alpha) << 24 | blue << 16 | green << 8 | red
