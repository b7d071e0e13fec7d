"""Words set in lines and painted: the part of drawing subtitles that knows Skia.

    Shown ── laid() ──► Set (paragraphs for fill, outline, shadow; lines balanced) ── paint() ──► canvas

Sizes are ASS sizes: the height of a line, so that the em is smaller by what the font's ascent and descent say.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final, cast

from dreamreel.media.subtitles.shown import Face, Run, Shown

if TYPE_CHECKING:
    import skia

    from dreamreel.media.subtitles.tracks import FontFile

__all__ = ["Set", "Typesetter"]

_FALLBACK: Final = ("Noto Sans", "Arial", "Helvetica Neue", "Segoe UI", "DejaVu Sans", "Noto Sans CJK SC",
                    "Noto Color Emoji", "Apple Color Emoji", "Segoe UI Emoji")  # fmt: skip
_WIDE: Final = 1_000_000.0

Box = tuple[float, float, float, float]
"""Left, top, width, height in display pixels."""


@dataclass(frozen=True, slots=True, eq=False)
class Set:
    """A cue in lines, `width`×`height` display pixels; painted by kinds."""

    fill: skia.textlayout.Paragraph | skia.Path
    outline: skia.textlayout.Paragraph | None
    shadow: tuple[skia.textlayout.Paragraph, ...]
    width: float
    height: float
    stretch: float
    """How much wider the letters are painted than they were set."""
    reach: float
    """How far ink can lie outside."""


@cache
def _installed() -> tuple[skia.FontMgr, skia.textlayout.FontCollection, skia.Unicode]:
    """The fonts of this machine, looked up once: fontconfig takes 50 ms. Skia keeps the lock throughout."""
    import skia

    manager = skia.FontMgr()
    fonts = skia.textlayout.FontCollection()
    fonts.setDefaultFontManager(manager)
    return manager, fonts, skia.Unicodes.ICU.Make()


class Typesetter:
    """Sets cues for one picture and one script."""

    def __init__(self, picture: tuple[int, int], scale: tuple[float, float], scaled_border: bool,
                 fonts: Sequence[FontFile]) -> None:  # fmt: skip
        self._picture, self._scale = picture, scale
        self._border_scale = scale[1] if scaled_border else 1.0
        self._manager, self._system, self._unicode = _installed()
        self._attached: dict[str, skia.Typeface] = {}
        self._own = self._with(fonts)
        self._heights: dict[tuple[str, int, bool, bool], float] = {}

    def _with(self, fonts: Sequence[FontFile]) -> skia.textlayout.FontCollection | None:
        """A collection of attached fonts; a file that is no font is passed over."""
        import skia

        provider = skia.textlayout.TypefaceFontProvider()
        for font in fonts:
            face = cast("skia.Typeface | None", self._manager.makeFromData(skia.Data.MakeWithCopy(font.data)))
            if face is not None:
                name = face.getFamilyName()
                provider.registerTypeface(face, name)
                self._attached[name.casefold()] = face
        if not self._attached:
            return None
        own = skia.textlayout.FontCollection()
        own.setDefaultFontManager(provider, next(iter(self._attached.values())).getFamilyName())
        return own

    # ── setting ───────────────────────────────────────────────────────────────────────────────────────────

    def laid(self, made: Shown) -> Set:
        """The lines of a cue."""
        face = made.runs[0].face
        if made.shape:
            return self._shape(made, face)
        stretch = min(20.0, max(0.05, face.scale_x / face.scale_y))
        runs = _directed(made.runs)
        room = max(1.0, (self._picture[0] - (made.left + made.right) * self._scale[0]) / stretch)
        fill = self._paragraph(runs, made, self._filled)
        width = self._measured(fill, made, room)
        outlined = made.border == 1 and any(run.face.outline > 0 for run in runs)
        shadowed = made.border == 1 and any(run.face.shadow_x or run.face.shadow_y for run in runs)
        outline = self._paragraph(runs, made, self._outlined) if outlined else None
        shadow = [self._paragraph(runs, made, self._shadowed)] if shadowed else []
        shadow += [self._paragraph(runs, made, self._shadow_edge)] if shadowed and outlined else []
        for part in (*shadow, *([outline] if outline else [])):
            part.layout(width)
        largest = max(run.face.size for run in runs) * self._scale[1]
        edge = max(run.face.outline + run.face.blur * 3 + max(abs(run.face.shadow_x), abs(run.face.shadow_y))
                   for run in runs) * self._border_scale  # fmt: skip
        return Set(
            fill, outline, tuple(shadow), width * stretch, fill.Height, stretch, edge + largest * 0.4 + 2
        )

    def _shape(self, made: Shown, face: Face) -> Set:
        """A drawing: its box reaches from the origin to its farthest point."""
        x, y = (
            scale * made.shape_scale / 100
            for scale in (self._scale[0] * face.scale_x, self._scale[1] * face.scale_y)
        )
        path = outline_of(made.shape, x, y)
        bounds = path.getBounds()
        edge = face.outline + face.blur * 3 + max(abs(face.shadow_x), abs(face.shadow_y))
        before = max(0.0, -min(bounds.left(), bounds.top()))
        return Set(path, None, (), max(0.0, bounds.right()), max(0.0, bounds.bottom()), 1.0,
                   edge * self._border_scale + before + 2)  # fmt: skip

    def _measured(self, fill: skia.textlayout.Paragraph, made: Shown, room: float) -> float:
        """Break the lines, and return the width of the widest."""
        fill.layout(_WIDE)
        unbroken = fill.Height
        if made.wrap != 2 and fill.LongestLine > room:
            fill.layout(room)
            if made.wrap != 1 and fill.Height > unbroken + 0.5:
                room = _balanced(fill, room)
                fill.layout(room)
        height, longest = fill.Height, fill.LongestLine
        # As narrow as the lines are, unless rounding would break them anew.
        for width in (longest + 0.5, longest + 2, longest + 8, room):
            fill.layout(width)
            if abs(fill.Height - height) < 0.5:
                return width
        return _WIDE

    def _paragraph(
        self, runs: Sequence[Run], made: Shown, paint: Callable[[Face], skia.Paint]
    ) -> skia.textlayout.Paragraph:
        import skia

        layout = skia.textlayout
        aligns = (layout.TextAlign.kLeft, layout.TextAlign.kCenter, layout.TextAlign.kRight)
        style = layout.ParagraphStyle()
        style.setTextAlign(aligns[(made.alignment - 1) % 3])
        own = self._own is not None and all(map(self._covered, runs))
        fonts = self._own if own and self._own is not None else self._system
        builder = layout.ParagraphBuilder(style, fonts, self._unicode)
        for run in runs:
            builder.pushStyle(self._style(run.face, paint(run.face), own))
            builder.addText(run.text)
            builder.pop()
        return builder.Build()

    def _covered(self, run: Run) -> bool:
        """True when the run's font is attached and has every letter; a mixture of collections cannot be set."""
        font = self._attached.get(run.face.font.casefold())
        seen = (mark for mark in run.text if not mark.isspace() and unicodedata.category(mark) != "Cf")
        return font is not None and all(font.unicharToGlyph(ord(mark)) for mark in seen)

    def _style(self, face: Face, paint: skia.Paint, own: bool) -> skia.textlayout.TextStyle:
        import skia

        style = skia.textlayout.TextStyle()
        family = self._attached[face.font.casefold()].getFamilyName() if own else face.font
        style.setFontFamilies([family, *_FALLBACK])
        height = max(1.0, face.size * self._scale[1] * face.scale_y / 100)
        em = height / self._line_height(face, own)
        style.setFontSize(em)
        style.setHeightOverride(True)
        style.setHeight(height / em)
        style.setHalfLeading(True)
        style.setFontStyle(_cut(face))
        style.setLetterSpacing(face.spacing * self._scale[1])
        style.setForegroundPaint(paint)
        lines = skia.textlayout.TextDecoration
        kinds = {(True, True): lines.kUnderlineLineThrough, (True, False): lines.kUnderline,
                 (False, True): lines.kLineThrough}  # fmt: skip
        if kind := kinds.get((face.underline, face.strike)):
            style.setDecoration(kind)
            style.setDecorationColor(paint.getColor())
        return style

    def _line_height(self, face: Face, own: bool) -> float:
        """Ascent and descent of the font over its em."""
        import skia

        key = (face.font, face.weight, face.italic, own)
        if key not in self._heights:
            matches = (self._manager.matchFamilyStyle(name, _cut(face)) for name in (face.font, *_FALLBACK))
            found = (
                self._attached[face.font.casefold()] if own else next((one for one in matches if one), None)
            )
            metrics = skia.Font(found, 1000).getMetrics() if found else None
            share = (metrics.fDescent - metrics.fAscent) / 1000 if metrics else 1.2
            self._heights[key] = min(3.0, max(0.5, share))
        return self._heights[key]

    # ── paints ────────────────────────────────────────────────────────────────────────────────────────────

    def _filled(self, face: Face) -> skia.Paint:
        return _paint(face.fill)

    def _outlined(self, face: Face) -> skia.Paint:
        return self._stroked(face, face.outline_colour)

    def _shadowed(self, face: Face) -> skia.Paint:
        return _paint(face.back_colour)

    def _shadow_edge(self, face: Face) -> skia.Paint:
        return self._stroked(face, face.back_colour)

    def _stroked(self, face: Face, colour: int) -> skia.Paint:
        import skia

        # A stroke of no width is Skia's hairline; letters without an outline are painted see-through.
        paint = _paint(colour if face.outline > 0 else 0xFF000000)
        paint.setStyle(skia.Paint.kStroke_Style)
        paint.setStrokeWidth(2 * face.outline * self._border_scale)
        paint.setStrokeJoin(skia.Paint.kRound_Join)
        return paint

    # ── placing and painting ──────────────────────────────────────────────────────────────────────────────

    def box(self, laid: Set, made: Shown) -> Box:
        """Where the lines stand, as nothing else were there."""
        row, column = divmod(made.alignment - 1, 3)
        wide, high = self._picture
        x_scale, y_scale = self._scale
        if made.at is not None:
            left = made.at[0] * x_scale - laid.width * column / 2
            top = made.at[1] * y_scale - laid.height * (2 - row) / 2
            return left, top, laid.width, laid.height
        low, high_x = made.left * x_scale, wide - made.right * x_scale
        left = (low, (low + high_x - laid.width) / 2, high_x - laid.width)[column]
        margin = made.vertical * y_scale
        top = (high - margin - laid.height, (high - laid.height) / 2, margin)[row]
        return left, top, laid.width, laid.height

    def pivot(self, made: Shown, box: Box) -> tuple[float, float]:
        """What a turned cue turns around."""
        if made.origin is not None:
            return made.origin[0] * self._scale[0], made.origin[1] * self._scale[1]
        row, column = divmod(made.alignment - 1, 3)
        return box[0] + box[2] * column / 2, box[1] + box[3] * (2 - row) / 2

    def paint(self, canvas: skia.Canvas, laid: Set, made: Shown, box: Box) -> None:
        """Paint the cue with its box, shadow, outline and letters, in that order."""
        import skia

        canvas.save()
        if made.clip is not None:
            x_scale, y_scale = self._scale
            x1, y1, x2, y2 = made.clip
            canvas.clipRect(skia.Rect.MakeLTRB(x1 * x_scale, y1 * y_scale, x2 * x_scale, y2 * y_scale))
        if made.opacity < 255:
            canvas.saveLayerAlpha(None, made.opacity)
        if made.angle:
            canvas.rotate(-made.angle, *self.pivot(made, box))
        left, top, width, height = box
        canvas.translate(left, top)
        if made.shear:
            canvas.skew(made.shear, 0)
        face = made.runs[0].face
        if made.border in (3, 4):
            pad = max(1.0, face.outline * self._border_scale)
            colour = face.outline_colour if made.border == 3 else face.back_colour
            area = skia.Rect.MakeLTRB(-pad, -pad / 2, width + pad, height + pad / 2)
            canvas.drawRoundRect(area, pad / 2, pad / 2, _paint(colour))
        canvas.scale(laid.stretch, 1)
        if isinstance(laid.fill, skia.Path):
            self._filled_shape(canvas, laid.fill, face)
        else:
            self._letters(canvas, laid, laid.fill, face)
        canvas.restoreToCount(1)

    def _filled_shape(self, canvas: skia.Canvas, path: skia.Path, face: Face) -> None:
        across, down = (step * self._border_scale for step in (face.shadow_x, face.shadow_y))
        edged = face.outline > 0
        if across or down:
            canvas.save()
            canvas.translate(across, down)
            for paint in (self._shadow_edge(face), self._shadowed(face))[0 if edged else 1 :]:
                canvas.drawPath(path, paint)
            canvas.restore()
        for paint in (self._outlined(face), self._filled(face))[0 if edged else 1 :]:
            canvas.drawPath(path, paint)

    def _letters(self, canvas: skia.Canvas, laid: Set, fill: skia.textlayout.Paragraph, face: Face) -> None:
        import skia

        soft = face.blur * self._border_scale
        blurred = skia.Paint(ImageFilter=skia.ImageFilters.Blur(soft, soft)) if soft > 0.05 else None
        across, down = (step * self._border_scale for step in (face.shadow_x, face.shadow_y))
        for part in laid.shadow:
            _layered(canvas, blurred, part, across / laid.stretch, down)
        if laid.outline is not None:
            _layered(canvas, blurred, laid.outline, 0, 0)
        _layered(canvas, blurred if laid.outline is None else None, fill, 0, 0)


_SHAPE: Final = re.compile(r"[mnlbspc]|-?\d{1,7}(?:\.\d{1,6})?")
_POINTS: Final = {"m": 1, "n": 1, "l": 1, "b": 3, "s": 3, "p": 1}


def outline_of(commands: str, x_scale: float, y_scale: float) -> skia.Path:
    """The path of an ASS drawing: `m` moves, `l` lines, `b` Bézier curves; splines (`s`, `p`) become lines."""
    import skia

    path = skia.Path()
    command, points, pair = "", list[tuple[float, float]](), list[float]()
    for word in _SHAPE.findall(commands):
        if word.isalpha():
            command, points, pair = word, [], []
            continue
        pair.append(max(-1e5, min(1e5, float(word))))
        if len(pair) == 2:
            points.append((pair[0] * x_scale, pair[1] * y_scale))
            pair = []
        if points and len(points) == _POINTS.get(command, 0):
            _step(path, command, points)
            points = []
    return path


def _step(path: skia.Path, command: str, points: list[tuple[float, float]]) -> None:
    if command in ("m", "n"):
        path.close()
        path.moveTo(*points[0])
    elif command == "b":
        path.cubicTo(*points[0], *points[1], *points[2])
    else:
        for point in points:
            path.lineTo(*point)


def _layered(
    canvas: skia.Canvas, blurred: skia.Paint | None, part: skia.textlayout.Paragraph, x: float, y: float
) -> None:
    if blurred is not None:
        canvas.saveLayer(paint=blurred)
    part.paint(canvas, x, y)
    if blurred is not None:
        canvas.restore()


def _cut(face: Face) -> skia.FontStyle:
    """The weight and slant of a font."""
    import skia

    slant = skia.FontStyle.kItalic_Slant if face.italic else skia.FontStyle.kUpright_Slant
    return skia.FontStyle(face.weight, skia.FontStyle.kNormal_Width, slant)


def _paint(colour: int) -> skia.Paint:
    """A paint of `0xAABBGGRR` with 0 opaque."""
    import skia

    red, green, blue, clear = (colour >> shift & 0xFF for shift in (0, 8, 16, 24))
    return skia.Paint(Color=skia.Color(red, green, blue, 255 - clear), AntiAlias=True)


def _balanced(fill: skia.textlayout.Paragraph, room: float) -> float:
    """The least width that takes no more lines than `room` does: lines of nearly one length."""
    height, low, high = fill.Height, room / 8, room
    for _ in range(9):
        middle = (low + high) / 2
        fill.layout(middle)
        if fill.Height > height + 0.5 or fill.LongestLine > middle:
            low = middle
        else:
            high = middle
    return high


def _directed(runs: Sequence[Run]) -> list[Run]:
    """Lines whose first letter is written from right to left are marked to run that way as a whole."""
    lines: list[list[Run]] = [[]]
    for run in runs:
        for number, part in enumerate(run.text.split("\n")):
            if number:
                lines[-1].append(Run("\n", run.face))
                lines.append([])
            if part:
                lines[-1].append(Run(part, run.face))
    made: list[Run] = []
    for line in lines:
        kinds = (unicodedata.bidirectional(mark) for run in line for mark in run.text)
        first = next((kind for kind in kinds if kind in ("L", "R", "AL")), "L")
        if first != "L":
            end = line[-1].text == "\n"
            line = [
                Run("\u2067", line[0].face),
                *line[: -1 if end else None],
                Run("\u2069", line[0].face),
                *line[-1:][:end],
            ]
        made += line
    return made
