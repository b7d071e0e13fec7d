"""Titles: any system font, emoji, right-to-left scripts; drawn once by Skia and held.

Skia's paragraph layout (HarfBuzz shaping, ICU bidi and line breaks) does the typography, with fallback over the fonts
that are installed.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from dreamreel.errors import BadParameter
from dreamreel.media.info import ClipInfo, Colour, VideoInfo
from dreamreel.media.lettering import Align, paragraph
from dreamreel.ops.base import Source
from dreamreel.ops.compose import ANCHORS, Anchor
from dreamreel.ops.geometry import check_size, rgba
from dreamreel.ops.source import check_duration

if TYPE_CHECKING:
    import skia
    from numpy.typing import NDArray

__all__ = ["Title", "draw_title"]

_MAX_TEXT = 10_000


@dataclass(frozen=True, slots=True)
class Title(Source):
    """Words on a transparent canvas of `width`×`height`. Lines break where they must, and at line feeds."""

    name = "text.title"
    text: str
    width: int
    height: int
    duration: Fraction
    font: str | None = None
    """A family installed on the system; None takes the first of a list of plain ones. Missing glyphs fall back."""
    size: int | None = None
    """Height of the letters' em in pixels; None takes a twelfth of the canvas."""
    bold: bool = True
    italic: bool = False
    colour: str = "white"
    anchor: Anchor = "bottom"
    shadow: bool = True
    """A soft dark shadow, so that light words can be read on a light picture."""
    rate: Fraction = Fraction(25)

    def infer(self, *inputs: ClipInfo) -> ClipInfo:
        del inputs
        check_size("title", self.width, self.height)
        check_duration("title", self.duration)
        rgba(self.colour)
        if not self.text.strip() or len(self.text) > _MAX_TEXT:
            raise BadParameter(f"title: write at least one letter and at most {_MAX_TEXT}.")
        if self.size is not None and not 4 <= self.size <= 2000:
            raise BadParameter(f"title: a size of {self.size} pixels is out of range; choose 4 to 2000.")
        video = VideoInfo(
            self.width, self.height, "rgba", self.rate, colour=Colour(0, 2, 1, 13), alpha=True, still=True
        )
        return ClipInfo(self.duration, video)


def draw_title(title: Title) -> NDArray[np.uint8]:
    """The title as height×width×4 RGBA, straight (not premultiplied) alpha."""
    import skia

    surface = skia.Surface(title.width, title.height)
    canvas = surface.getCanvas()
    canvas.clear(skia.ColorTRANSPARENT)
    size = title.size or max(4, title.height // 12)
    margin = max(2, title.height // 16)
    words = _paragraph(title, size)
    words.layout(max(1, title.width - 2 * margin))
    down = ANCHORS[title.anchor][1]
    top = margin + (title.height - 2 * margin - words.Height) * down / 2
    if title.shadow:
        blur = max(1.0, size / 12)
        shadow = skia.ImageFilters.DropShadow(0, size / 24, blur, blur, skia.Color(0, 0, 0, 200))
        canvas.saveLayer(paint=skia.Paint(ImageFilter=shadow))
    words.paint(canvas, margin, top)
    if title.shadow:
        canvas.restore()
    pixels = np.zeros((title.height, title.width, 4), np.uint8)
    layout = skia.ImageInfo.Make(
        title.width, title.height, skia.kRGBA_8888_ColorType, skia.kUnpremul_AlphaType
    )
    surface.readPixels(layout, pixels, title.width * 4)
    return pixels


def _paragraph(title: Title, size: int) -> skia.textlayout.Paragraph:
    sides: tuple[Align, Align, Align] = ("left", "center", "right")
    return paragraph(title.text, size, rgba(title.colour), bold=title.bold, italic=title.italic, font=title.font,
                     align=sides[ANCHORS[title.anchor][0]])  # fmt: skip
