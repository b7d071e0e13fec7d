"""Pictures of sound: its waveform, and its spectrum over time.

samples ─► least, most and RMS of each column ─► an even shape on a skia canvas ─► pixels
samples ─► Hann windows, FFT ─► bands of equal steps in pitch, dB ─► a colour map ─► pixels
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain, pairwise, repeat
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from dreamreel.errors import BadParameter, DamagedMedia
from dreamreel.media.lettering import Colour, line
from dreamreel.time import Span, nearest, timecode

if TYPE_CHECKING:
    import skia

__all__ = ["GROUNDS", "Envelope", "Ground", "envelope", "spectrogram", "spectrum", "waveform"]

Block = NDArray[np.float32]
Pixels = NDArray[np.uint8]
"""(height, width, 3 or 4), sRGB; alpha is straight."""
Ground = Literal["dark", "light", "none"]

_WINDOW: Final = 4096
_AT_ONCE: Final = 256
"""Windows transformed together."""
_LOWEST: Final = 30.0
"""Hz, the lower edge of spectra."""
_RANGE: Final = 80.0
"""dB between the darkest and the brightest colour of spectra."""
_STEPS: Final = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200)
"""Seconds between marks."""
_HERTZ: Final = (50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000)
_HEAT: Final = ((0, 0, 4), (24, 15, 61), (68, 15, 118), (114, 31, 129), (158, 47, 127), (205, 64, 113), (241, 96, 93),
                (253, 150, 104), (254, 202, 141), (252, 253, 191))  # fmt: skip
"""Dark violet to pale yellow in steps that look even, after matplotlib's magma (van der Walt and Smith, CC0)."""


class _Paint(NamedTuple):
    ground: Colour
    wave: tuple[Colour, Colour]
    """The colour of peaks and of RMS, in the middle; peaks fade a little outwards."""
    ink: Colour
    rule: Colour


GROUNDS: Final[dict[Ground, _Paint]] = {
    "dark": _Paint((20, 21, 26, 255), ((124, 92, 255, 255), (190, 172, 255, 255)), (154, 158, 172, 255),
                   (255, 255, 255, 22)),
    "light": _Paint((250, 250, 252, 255), ((136, 108, 245, 255), (86, 56, 214, 255)), (104, 108, 122, 255),
                    (0, 0, 0, 20)),
    "none": _Paint((0, 0, 0, 0), ((136, 108, 245, 255), (96, 66, 226, 255)), (128, 132, 146, 255),
                   (128, 128, 140, 60)),
}  # fmt: skip
"""Backgrounds; none is see-through."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """The shape of a sound in columns: (channels, columns) each, full scale ±1."""

    least: NDArray[np.float32]
    most: NDArray[np.float32]
    rms: NDArray[np.float32]


def envelope(blocks: Iterable[Block], total: int, columns: int) -> Envelope:
    """The least, most and RMS value of each of `columns` equal stretches of `total` samples.

    `blocks` are (channels, n) one after another; what lies beyond `total` is left out, what is missing is silence.
    """
    edges = np.linspace(0, max(total, 1), columns + 1).round().astype(np.int64)
    least: NDArray[np.float64] | None = None
    most = power = np.zeros((1, columns))
    at = 0
    for block in blocks:
        if least is None:
            least, most, power = (np.zeros((len(block), columns)) for _ in range(3))
        column, end = int(np.searchsorted(edges, at, "right")) - 1, min(at + block.shape[1], total)
        while at < end and column < columns:
            stop = min(int(edges[column + 1]), end)
            part = (
                block[:, block.shape[1] - (end - at) : block.shape[1] - (end - stop)] if stop > at else None
            )
            if part is not None and part.shape[1]:
                least[:, column] = np.minimum(least[:, column], part.min(axis=1))
                most[:, column] = np.maximum(most[:, column], part.max(axis=1))
                power[:, column] += (part.astype(np.float64) ** 2).sum(axis=1)
            at, column = max(stop, at), column + 1
        at = end
    if least is None:
        least = np.zeros((1, columns))
    rms = np.sqrt(power / np.maximum(np.diff(edges), 1))
    return Envelope(least.astype(np.float32), most.astype(np.float32), rms.astype(np.float32))


def spectrum(blocks: Iterable[Block], rate: int, total: int, columns: int, bands: int) -> NDArray[np.float32]:
    """The level in dB of `bands` of equal width in pitch, the lowest first, for `columns` moments: (bands, columns).

    A full-scale sine has 0 dB. Bands run from 30 Hz to half of `rate`. Channels are mixed.
    """
    window = np.hanning(_WINDOW).astype(np.float32)
    # A column of a long sound shows more than one window: the loudest of a few.
    several = max(1, min(4, total // columns // _WINDOW))
    places = np.arange(columns * several)
    starts = ((places + 0.5) * total / len(places)).astype(np.int64) - _WINDOW // 2
    power = np.zeros((columns, _WINDOW // 2 + 1), np.float32)
    held: list[Block] = []
    first = 0
    for place, part in _windows(blocks, np.maximum(starts, 0)):
        held.append(part)
        if len(held) == _AT_ONCE or place == len(places) - 1:
            made = np.abs(np.fft.rfft(np.stack(held) * window, axis=1)).astype(np.float32) ** 2
            np.maximum.at(power, np.arange(first, place + 1) // several, made)
            held, first = [], place + 1
    full = (window.sum() / 2) ** 2
    return _banded(10 * np.log10(np.maximum(power / full, 1e-14)), rate, bands)


def _windows(blocks: Iterable[Block], starts: NDArray[np.int64]) -> Iterator[tuple[int, Block]]:
    """The samples of each window, channels mixed, silence after the end; no more is held than a window needs."""
    rest, at, place = np.zeros(0, np.float32), 0, 0
    for block in chain(blocks, repeat(np.zeros((1, 16 * _WINDOW), np.float32))):
        rest = np.concatenate([rest, block.mean(axis=0)])
        while place < len(starts) and starts[place] + _WINDOW <= at + len(rest):
            yield place, rest[starts[place] - at : starts[place] - at + _WINDOW]
            place += 1
        if place == len(starts):
            return
        gone = int(min(len(rest), max(0, starts[place] - at)))
        rest, at = rest[gone:], at + gone


def _banded(levels: NDArray[np.floating], rate: int, bands: int) -> NDArray[np.float32]:
    """Levels at FFT bins as levels in bands of pitch, between two bins where bands are narrow."""
    hertz = np.fft.rfftfreq(_WINDOW, 1 / rate)
    top = max(rate / 2, 2 * _LOWEST)
    edges = _LOWEST * (top / _LOWEST) ** (np.arange(bands + 1) / bands)
    rows: list[NDArray[np.floating]] = []
    for low, high in pairwise(edges.tolist()):
        first, last = np.searchsorted(hertz, (low, high))
        if last > first:
            within = levels[:, first:last]
            # The loudest bin shows a note, the mean power shows noise as quiet as it is heard.
            mean = 10 * np.log10((10 ** (within / 10)).mean(axis=1))
            rows.append((within.max(axis=1) + mean) / 2)
        else:
            middle = (low * high) ** 0.5 / (rate / _WINDOW)
            left = min(int(middle), levels.shape[1] - 2)
            rows.append(levels[:, left] + (levels[:, left + 1] - levels[:, left]) * (middle - left))
    return np.stack(rows).astype(np.float32)


# ── files ─────────────────────────────────────────────────────────────────────────────────────────────────


class _Heard(NamedTuple):
    blocks: Iterable[Block]
    rate: int
    total: int
    span: Span


def _heard(path: Path, span: Span | None) -> _Heard:
    from dreamreel.media.probe import probe

    found = probe(path)
    if found.main_audio is None:
        raise BadParameter(f"{path.name} has no sound to draw; choose another file.")
    whole = Span(Fraction(0), found.duration)
    part = whole if span is None else span.clamp(whole)
    if part.duration <= 0:
        raise BadParameter(f"{path.name} has no sound there; it lasts {timecode(found.duration)}.")
    rate = found.main_audio.sample_rate
    total = nearest(part.duration * rate)
    return _Heard(_blocks(path, found.audio.index(found.main_audio), part.start, total), rate, total, part)


def _blocks(path: Path, track: int, start: Fraction, total: int) -> Iterable[Block]:
    from dreamreel.media.audio import AudioReader

    left = total
    with AudioReader(path, track) as reader:
        try:
            for block in reader.blocks(start, reader.sample_rate, reader.layout):
                yield block[:, :left]
                left -= block.shape[1]
                if left <= 0:
                    return
        except DamagedMedia:
            return


def waveform(
    path: Path, width: int = 1600, height: int = 360, ground: Ground = "dark", *, colour: Colour | None = None,
    split: bool = False, plain: bool = False, span: Span | None = None,
) -> Pixels:  # fmt: skip
    """A file's main sound as a waveform, (height, width, 4).

    `colour` replaces the theme's; `split` draws each channel by itself; `plain` leaves out the times; `span` draws only
    a part. Raises what opening the file raises, `BadParameter` without sound or for a size out of range.
    """
    _check_size(width, height)
    heard = _heard(path, span)
    sides = 0 if plain else round(height * 0.06)
    columns = width - 2 * sides
    shape = envelope(heard.blocks, heard.total, columns)
    if not split:
        shape = Envelope(
            shape.least.min(axis=0, keepdims=True), shape.most.max(axis=0, keepdims=True),
            np.sqrt((shape.rms**2).mean(axis=0, keepdims=True)),
        )  # fmt: skip
    paint = GROUNDS[ground]
    if colour is not None:
        paint = paint._replace(wave=((*colour[:3], colour[3] * 5 // 8), colour))
    return _drawn(shape, heard.span, (width, height), sides, paint, plain)


def _check_size(width: int, height: int) -> None:
    if not (64 <= width <= 16_384 and 32 <= height <= 8192):
        raise BadParameter(f"a picture of {width}×{height} is out of range; choose 64×32 to 16384×8192.")


def _drawn(
    shape: Envelope, span: Span, size: tuple[int, int], sides: int, paint: _Paint, plain: bool
) -> Pixels:
    import skia

    width, height = size
    surface = skia.Surface(width, height)
    canvas = surface.getCanvas()
    canvas.clear(skia.Color(*paint.ground))
    foot = 0.0 if plain else max(18.0, height * 0.1)
    lanes = len(shape.most)
    room = (height - foot) / lanes
    if not plain:
        _times(canvas, span, (sides, width - sides), (0, height - foot), paint, foot)
    # A quiet sound is drawn no larger than it is, but an overfull one stays inside.
    loudest = max(1.0, float(np.abs(shape.least).max()), float(shape.most.max()))
    for lane in range(lanes):
        middle, half = (lane + 0.5) * room, room * (0.5 if plain else 0.44) / loudest
        canvas.drawLine(sides, middle, width - sides, middle, skia.Paint(Color=skia.Color(*paint.rule)))
        _fill(canvas, shape.most[lane], shape.least[lane], (sides, middle, half), paint.wave[0], fading=True)
        inner = np.minimum(shape.rms[lane], np.maximum(shape.most[lane], -shape.least[lane]))
        _fill(canvas, inner, -inner, (sides, middle, half), paint.wave[1], fading=False)
    return _pixels(surface, width, height)


def _fill(
    canvas: skia.Canvas, most: NDArray[np.float32], least: NDArray[np.float32], at: tuple[float, float, float],
    colour: Colour, *, fading: bool,
) -> None:  # fmt: skip
    """The area between two curves, at least a pixel high; `at` is its left edge, its middle and what 1 is worth."""
    import skia

    left, middle, half = at
    upper = middle - np.maximum(most * half, 0.5)
    lower = middle - np.minimum(least * half, -0.5)
    across = left + np.arange(len(most)) + 0.5
    points = [skia.Point(x, y) for x, y in zip(across.tolist(), upper.tolist(), strict=True)]
    points += [skia.Point(x, y) for x, y in zip(across[::-1].tolist(), lower[::-1].tolist(), strict=True)]
    path = skia.Path()
    path.addPoly(points, True)
    paint = skia.Paint(AntiAlias=True, Color=skia.Color(*colour))
    if fading:
        pale = skia.Color(*colour[:3], colour[3] * 3 // 5)
        ends = [skia.Point(0, middle - half), skia.Point(0, middle + half)]
        paint.setShader(skia.GradientShader.MakeLinear(ends, [pale, skia.Color(*colour), pale]))
    canvas.drawPath(path, paint)


def _times(
    canvas: skia.Canvas, span: Span, across: tuple[float, float], down: tuple[float, float], paint: _Paint,
    foot: float,
) -> None:  # fmt: skip
    """Marks of time: a rule down the picture and the time under it."""
    import skia

    size = foot * 0.5
    wide = across[1] - across[0]
    fine = next((step for step in _STEPS if wide * step / float(span.duration) > size * 9), _STEPS[-1])
    rule = skia.Paint(AntiAlias=False, Color=skia.Color(*paint.rule))
    at = Fraction(math.ceil(span.start / fine) * fine)
    while at <= span.end:
        x = across[0] + wide * float((at - span.start) / span.duration)
        canvas.drawLine(x, down[0], x, down[1], rule)
        words = _clock(at, span.end)
        if x + size * len(words) * 0.6 <= across[1] + size:
            edge = x - across[0] <= size * 2
            line(canvas, words, (x + (size * 0.2 if edge else 0), down[1] + foot * 0.12), size, paint.ink,
                 align="left" if edge else "center")  # fmt: skip
        at += fine


def _clock(at: Fraction, end: Fraction) -> str:
    whole = timecode(at).partition(".")[0]
    return whole.partition(":")[2].removeprefix("0") if end < 3600 else whole


def spectrogram(
    path: Path, width: int = 1600, height: int = 600, ground: Ground = "dark", *, plain: bool = False,
    span: Span | None = None,
) -> Pixels:  # fmt: skip
    """A file's main sound as a spectrum over time, low notes at the bottom, (height, width, 4).

    Raises as `waveform`.
    """
    import skia

    _check_size(width, height)
    heard = _heard(path, span)
    paint = GROUNDS[ground]
    foot = 0 if plain else max(18, round(height * 0.06))
    left, right, above = (0, 0, 0) if plain else (foot * 3, foot, foot // 2)
    columns, bands = width - left - right, height - foot - above
    levels = spectrum(heard.blocks, heard.rate, heard.total, columns, bands)
    surface = skia.Surface(width, height)
    canvas = surface.getCanvas()
    canvas.clear(skia.Color(*paint.ground))
    image = skia.Image.fromarray(_heated(levels[::-1]), skia.kRGBA_8888_ColorType)
    canvas.drawImage(image, left, above)
    if not plain:
        _times(canvas, heard.span, (left, width - right), (above, height - foot), paint, foot)
        _pitches(canvas, heard.rate, (left, width - right), (above, bands), paint, foot * 0.5)
    return _pixels(surface, width, height)


def _heated(levels: NDArray[np.float32]) -> Pixels:
    """Levels in dB as colours, the loudest brightest."""
    top = max(-30.0, float(np.percentile(levels, 99.9)))
    share = np.clip((levels - top + _RANGE) / _RANGE, 0, 1) * (len(_HEAT) - 1)
    heat = np.array(_HEAT, np.float32)
    low = np.minimum(share.astype(np.int64), len(_HEAT) - 2)
    mixed = heat[low] + (heat[low + 1] - heat[low]) * (share - low)[..., None]
    solid = np.full((*levels.shape, 1), 255, np.float32)
    return np.ascontiguousarray(np.concatenate([mixed, solid], axis=2).round().astype(np.uint8))


def _pitches(
    canvas: skia.Canvas,
    rate: int,
    across: tuple[float, float],
    down: tuple[int, int],
    paint: _Paint,
    size: float,
) -> None:
    import skia

    top, bands = down
    rule = skia.Paint(AntiAlias=False, Color=skia.Color(255, 255, 255, 34))
    whole = max(rate / 2, 2 * _LOWEST) / _LOWEST
    for hertz in _HERTZ:
        if hertz >= 0.97 * rate / 2:
            continue
        y = top + bands * (1 - float(np.log(hertz / _LOWEST) / np.log(whole)))
        canvas.drawLine(across[0], y, across[1], y, rule)
        words = f"{hertz // 1000} kHz" if hertz >= 1000 else f"{hertz} Hz"
        line(canvas, words, (across[0] - size * 0.6, y - size * 0.75), size, paint.ink, align="right")


def _pixels(surface: skia.Surface, width: int, height: int) -> Pixels:
    import skia

    pixels = np.zeros((height, width, 4), np.uint8)
    form = skia.ImageInfo.Make(width, height, skia.kRGBA_8888_ColorType, skia.kUnpremul_AlphaType)
    surface.readPixels(form, pixels, width * 4)
    return cast("Pixels", pixels)
