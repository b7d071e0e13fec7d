"""Words on pictures: Skia's paragraph layout (HarfBuzz shaping, ICU bidi and line breaks) over the installed fonts.

paragraph() ─► laid out at a width ─► painted on a canvas at a place
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    import skia

__all__ = ["FALLBACK", "Align", "Colour", "line", "paragraph"]

Colour = tuple[int, int, int, int]
"""Red, green, blue, alpha, 0 to 255."""

Align = Literal["left", "center", "right"]

FALLBACK: Final = ("Inter", "Helvetica Neue", "Segoe UI", "Noto Sans", "DejaVu Sans", "Apple Color Emoji",
                   "Segoe UI Emoji", "Noto Color Emoji")  # fmt: skip
"""Plain families, the first that is installed wins; a glyph that it lacks is taken from the next."""


def paragraph(
    text: str, size: float, colour: Colour, *, bold: bool = False, italic: bool = False,
    font: str | None = None, align: Align = "left",
) -> skia.textlayout.Paragraph:  # fmt: skip
    """A paragraph, not yet laid out: letters `size` pixels high in `colour`."""
    import skia

    layout = skia.textlayout
    fonts = layout.FontCollection()
    fonts.setDefaultFontManager(skia.FontMgr())
    whole = layout.ParagraphStyle()
    sides = {
        "left": layout.TextAlign.kLeft,
        "center": layout.TextAlign.kCenter,
        "right": layout.TextAlign.kRight,
    }
    whole.setTextAlign(sides[align])
    style = layout.TextStyle()
    style.setFontFamilies([*([font] if font else []), *FALLBACK])
    style.setFontSize(size)
    weight = skia.FontStyle.kBold_Weight if bold else skia.FontStyle.kNormal_Weight
    slant = skia.FontStyle.kItalic_Slant if italic else skia.FontStyle.kUpright_Slant
    style.setFontStyle(skia.FontStyle(weight, skia.FontStyle.kNormal_Width, slant))
    red, green, blue, alpha = colour
    style.setColor(skia.Color(red, green, blue, alpha))
    builder = layout.ParagraphBuilder(whole, fonts, skia.Unicodes.ICU.Make())
    builder.pushStyle(style)
    builder.addText(text)
    return builder.Build()


def line(
    canvas: skia.Canvas, text: str, at: tuple[float, float], size: float, colour: Colour, *, bold: bool = False,
    align: Align = "left", widest: float | None = None,
) -> float:  # fmt: skip
    """Draw one line whose left end, middle or right end is at `at` and its top below it; returns how wide it is.

    What is longer than `widest` loses letters in its middle, where names of files differ least.
    """
    made = _laid(text, size, colour, bold)
    if widest is not None and made.MaxIntrinsicWidth > widest:
        low, high = 0, len(text)
        while low < high:
            keep = (low + high + 1) // 2
            made = _laid(_shortened(text, keep), size, colour, bold)
            low, high = (keep, high) if made.MaxIntrinsicWidth <= widest else (low, keep - 1)
        made = _laid(_shortened(text, low), size, colour, bold)
    width = float(made.MaxIntrinsicWidth)
    left = {"left": 0.0, "center": width / 2, "right": width}[align]
    made.paint(canvas, at[0] - left, at[1])
    return width


def _laid(text: str, size: float, colour: Colour, bold: bool) -> skia.textlayout.Paragraph:
    made = paragraph(text, size, colour, bold=bold)
    made.layout(100_000)
    return made


def _shortened(text: str, keep: int) -> str:
    """`keep` letters of a text, two thirds of them from its start."""
    head = (2 * keep + 2) // 3
    return f"{text[:head]}…{text[len(text) - keep + head :]}" if keep < len(text) else text
