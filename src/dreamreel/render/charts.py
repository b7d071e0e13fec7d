"""Measurements as pictures: a chart of every frame's quality, and the worst frames side by side.

Comparison ─► draw_chart() on a skia canvas ─► PNG, or SVG with its text as text
Comparison ─► worst_frames() ─► reference │ other │ what differs, one row a frame ─► PNG
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from dreamreel.errors import BadParameter
from dreamreel.media.atomic import atomic_write
from dreamreel.render.compare import Comparison, Measured, rgb_pair
from dreamreel.time import timecode

if TYPE_CHECKING:
    import skia

__all__ = ["CHART_SIZE", "write_chart", "write_worst"]

CHART_SIZE = (1280, 760)
_LEFT, _RIGHT = 78, 176
_PAPER, _INK, _FAINT, _GRID = "#ffffff", "#24292f", "#6e7781", "#e7eaee"
_WORST = "#cf222e"
_MARKS = 5
_CELL, _GAP, _HEAD, _STRONGER = 640, 16, 44, 8
"""Of the sheet of worst frames: widest picture, gaps, room for words, and how much the difference is multiplied."""
_TIME_STEPS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600)


@dataclass(frozen=True, slots=True)
class _Panel:
    """One chart under the other: a metric, its words, its colour and its place."""

    metric: str
    title: str
    colour: str
    top: int
    bottom: int
    floor: float
    """The axis reaches at least down to this far below the top value."""
    digits: int
    ceiling: float | None = None
    """The largest value there is."""


_PANELS = (
    _Panel("quality", "Quality, 0 to 100", "#7c3aed", 104, 400, 20.0, 1, 100.0),
    _Panel("xpsnr", "XPSNR, dB", "#0969da", 452, 564, 5.0, 1),
    _Panel("ssim", "SSIM", "#1a7f37", 600, 712, 0.02, 4, 1.0),
)


def write_chart(result: Comparison, names: tuple[str, str], path: Path) -> Path:
    """Draw the quality of every frame to `path`, .png or .svg. Raises `BadParameter` for another suffix."""
    import skia

    width, height = CHART_SIZE
    kind = path.suffix.lower()
    if kind not in (".png", ".svg"):
        raise BadParameter(f"{path.name} is no name for a chart; write .png or .svg.")
    with atomic_write(path) as part:
        if kind == ".svg":
            untyped = cast("Any", skia)  # The stubs know nothing of SVG.
            stream = untyped.DynamicMemoryWStream()
            canvas = untyped.SVGCanvas.Make(skia.Rect.MakeWH(width, height), stream)
            _draw(_Pen(canvas), result, names)
            del canvas  # Only its end writes the last tags.
            part.write_bytes(bytes(stream.detachAsData()))
        else:
            surface = skia.Surface(2 * width, 2 * height)
            canvas = surface.getCanvas()
            canvas.scale(2, 2)
            _draw(_Pen(canvas), result, names)
            part.write_bytes(_png(surface))
    return path


def _png(surface: skia.Surface) -> bytes:
    return bytes(cast("bytes", surface.makeImageSnapshot().encodeToData()))


class _Pen:
    """Lines, shapes and words on a canvas."""

    def __init__(self, canvas: skia.Canvas) -> None:
        import skia

        self.skia, self.canvas = skia, canvas
        self._face = skia.FontMgr().matchFamilyStyle("sans-serif", skia.FontStyle.Normal())
        self._bold = skia.FontMgr().matchFamilyStyle("sans-serif", skia.FontStyle.Bold())

    def paint(self, colour: str, *, stroke: float = 0, alpha: float = 1, dashed: bool = False) -> skia.Paint:
        value = int(colour[1:], 16)
        made = self.skia.Paint(AntiAlias=True, Color=self.skia.Color(
            value >> 16, value >> 8 & 255, value & 255, round(255 * alpha)))  # fmt: skip
        if stroke:
            made.setStyle(self.skia.Paint.kStroke_Style)
            made.setStrokeWidth(stroke)
            made.setStrokeJoin(self.skia.Paint.kRound_Join)
        if dashed:
            made.setPathEffect(self.skia.DashPathEffect.Make([5.0, 4.0], 0.0))
        return made

    def text(self, words: str, x: float, y: float, *, size: float = 13, colour: str = _INK, align: str = "left",
             bold: bool = False) -> None:  # fmt: skip
        font = self.skia.Font(self._bold if bold else self._face, size)
        font.setEdging(self.skia.Font.Edging.kAntiAlias)
        length = font.measureText(words)
        left = x - {"left": 0.0, "middle": length / 2, "right": length}[align]
        self.canvas.drawString(words, left, y, font, self.paint(colour))

    def line(self, x0: float, y0: float, x1: float, y1: float, paint: skia.Paint) -> None:
        self.canvas.drawLine(x0, y0, x1, y1, paint)


def _draw(pen: _Pen, result: Comparison, names: tuple[str, str]) -> None:
    width, height = CHART_SIZE
    pen.canvas.drawRect(pen.skia.Rect.MakeWH(width, height), pen.paint(_PAPER))
    pen.text(names[1], _LEFT, 40, size=21, bold=True)
    quality = result.pooled("quality")
    words = f"compared with {names[0]}: {len(result.frames)} frames, quality {quality.mean:.1f} on average"
    pen.text(words, _LEFT, 64, size=14, colour=_FAINT)
    start, end = result.frames[0].time, result.frames[-1].time
    length = float(end - start) or 1.0

    def across(time: Fraction) -> float:
        return _LEFT + float(time - start) / length * (width - _LEFT - _RIGHT)

    _draw_times(pen, float(start), length, across)
    for panel in _PANELS:
        _draw_panel(pen, panel, result, across)
    _draw_worst(pen, result, across)


def _range(panel: _Panel, values: Sequence[float]) -> tuple[float, float]:
    """The lowest and highest value of an axis."""
    high = (
        panel.ceiling if panel.ceiling is not None else max(values) + 0.08 * (max(values) - min(values)) + 0.2
    )
    low = min(min(values) - 0.08 * (high - min(values)), high - panel.floor)
    return (max(0.0, low) if panel.ceiling == 100.0 else low), high


def _draw_panel(pen: _Pen, panel: _Panel, result: Comparison, across: Callable[[Fraction], float]) -> None:
    values = [frame.value(panel.metric) for frame in result.frames]
    low, high = _range(panel, values)
    right = CHART_SIZE[0] - _RIGHT

    def down(value: float) -> float:
        return panel.bottom - (value - low) / (high - low) * (panel.bottom - panel.top)

    pen.text(panel.title, _LEFT, panel.top - 10, bold=True)
    for mark in _ticks(low, high, 6 if panel.bottom - panel.top > 200 else 4):
        pen.line(_LEFT, down(mark), right, down(mark), pen.paint(_GRID, stroke=1))
        pen.text(f"{mark:g}", _LEFT - 10, down(mark) + 4.5, colour=_FAINT, align="right")
    points = [(across(frame.time), down(value)) for frame, value in zip(result.frames, values, strict=True)]
    skia = pen.skia
    path = skia.Path()
    path.moveTo(*points[0])
    for point in points[1:]:
        path.lineTo(*point)
    area = skia.Path(path)
    area.lineTo(points[-1][0], panel.bottom)
    area.lineTo(points[0][0], panel.bottom)
    area.close()
    pen.canvas.drawPath(area, pen.paint(panel.colour, alpha=0.10))
    pen.canvas.drawPath(path, pen.paint(panel.colour, stroke=1.6))
    if len(points) == 1:
        pen.canvas.drawCircle(*points[0], 4, pen.paint(panel.colour))
    _draw_summary(pen, panel, result, down)


def _draw_summary(pen: _Pen, panel: _Panel, result: Comparison, down: Callable[[float], float]) -> None:
    """The mean as a dashed line, and the pooled values at the right."""
    found = result.pooled(panel.metric)
    right = CHART_SIZE[0] - _RIGHT
    pen.line(_LEFT, down(found.mean), right, down(found.mean),
             pen.paint(panel.colour, stroke=1.2, alpha=0.7, dashed=True))  # fmt: skip
    rows = (
        ("mean", found.mean),
        ("harmonic", found.harmonic),
        ("1 % below", found.low),
        ("worst", found.worst),
    )
    for number, (name, value) in enumerate(rows):
        y = panel.top + 14 + 21 * number
        pen.text(name, right + 22, y, colour=_FAINT)
        pen.text(f"{value:.{panel.digits}f}", CHART_SIZE[0] - 22, y, align="right", bold=number == 0,
                 colour=panel.colour if number == 0 else _INK)  # fmt: skip


def _ticks(low: float, high: float, count: int) -> list[float]:
    """About `count` round numbers from `low` to `high`."""
    rough = (high - low) / count
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * n for n in (1, 2, 2.5, 5, 10) if power * n >= rough * 0.999)
    first = int(-(-low // step))
    marks: list[float] = []
    while (mark := round(first * step, 10)) <= high + step * 1e-6:
        marks.append(mark)
        first += 1
    return marks


def _draw_times(pen: _Pen, start: float, length: float, across: Callable[[Fraction], float]) -> None:
    """The axis of time under the lowest panel, its marks through all panels."""
    step = next((step for step in _TIME_STEPS if length / step <= 10), 7200)
    number = int(-(-start // step))
    while (at := number * step) <= start + length + 1e-9:
        x = across(Fraction(number) * Fraction(str(step)))
        for panel in _PANELS:
            pen.line(x, panel.top, x, panel.bottom, pen.paint(_GRID, stroke=1))
        label = f"{at:g} s" if length < 60 else f"{int(at) // 60}:{int(at) % 60:02d}"
        pen.text(label, x, _PANELS[-1].bottom + 20, colour=_FAINT, align="middle")
        number += 1
    pen.text("time", CHART_SIZE[0] - _RIGHT + 22, _PANELS[-1].bottom + 20, colour=_FAINT)


def _draw_worst(pen: _Pen, result: Comparison, across: Callable[[Fraction], float]) -> None:
    """The worst frames on the first panel, the worst of all with its time."""
    panel = _PANELS[0]
    low, high = _range(panel, [frame.value(panel.metric) for frame in result.frames])
    right = CHART_SIZE[0] - _RIGHT
    for number, frame in enumerate(result.worst(_MARKS)):
        x = across(frame.time)
        y = panel.bottom - (frame.scores.quality - low) / (high - low) * (panel.bottom - panel.top)
        pen.canvas.drawCircle(x, y, 5.5, pen.paint(_PAPER))
        pen.canvas.drawCircle(x, y, 4, pen.paint(_WORST))
        if number == 0:
            words = f"worst: {frame.scores.quality:.1f} at {timecode(frame.time)}"
            pen.text(words, right, panel.top - 10, colour=_WORST, align="right", bold=True)


# ── the worst frames ──────────────────────────────────────────────────────────────────────────────────────────


def write_worst(result: Comparison, files: tuple[Path, Path], count: int, path: Path) -> Path:
    """The `count` worst frames: reference, other and their difference eight times as strong, a row each, to a PNG."""
    if path.suffix.lower() != ".png":
        raise BadParameter(f"{path.name} is no name for the picture of the worst frames; write .png.")
    rows = [_Row(frame, *rgb_pair(files, frame.time, result.offset)) for frame in result.worst(count)]
    surface = _sheet(rows, (files[0].name, files[1].name))
    with atomic_write(path) as part:
        part.write_bytes(_png(surface))
    return path


@dataclass(frozen=True, slots=True)
class _Row:
    """A frame's two pictures, RGB (height, width, 3), of one size."""

    frame: Measured
    one: NDArray[np.uint8]
    two: NDArray[np.uint8]

    @property
    def difference(self) -> NDArray[np.uint8]:
        far = np.abs(self.one.astype(np.int16) - self.two)
        return np.clip(far * _STRONGER, 0, 255).astype(np.uint8)


def _sheet(rows: Sequence[_Row], names: tuple[str, str]) -> skia.Surface:
    import skia

    height, width = rows[0].one.shape[:2]
    scale = min(1.0, _CELL / width)
    cell = round(width * scale), round(height * scale)
    surface = skia.Surface(3 * cell[0] + 4 * _GAP, len(rows) * (cell[1] + _HEAD) + _GAP)
    canvas = surface.getCanvas()
    canvas.clear(skia.ColorWHITE)
    pen = _Pen(canvas)
    sampling = skia.SamplingOptions(skia.CubicResampler.Mitchell())
    for number, row in enumerate(rows):
        top = number * (cell[1] + _HEAD)
        cells = ((row.one, f"{timecode(row.frame.time)}  {names[0]}", _INK),
                 (row.two, f"quality {row.frame.scores.quality:.1f}  {names[1]}", _WORST),
                 (row.difference, f"difference × {_STRONGER}", _INK))  # fmt: skip
        for column, (pixels, words, colour) in enumerate(cells):
            left = _GAP + column * (cell[0] + _GAP)
            rgba = np.dstack([pixels, np.full(pixels.shape[:2], 255, np.uint8)])
            image = skia.Image.fromarray(np.ascontiguousarray(rgba), skia.kRGBA_8888_ColorType)
            canvas.drawImageRect(image, skia.Rect.MakeXYWH(left, top + _HEAD, *cell), sampling)
            canvas.save()
            canvas.clipRect(skia.Rect.MakeXYWH(left, top, cell[0], _HEAD))
            pen.text(words, left, top + 30, size=15, colour=colour, bold=column == 1)
            canvas.restore()
    return surface
