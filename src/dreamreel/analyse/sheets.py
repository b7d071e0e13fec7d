"""Pictures of films: thumbnails, and contact sheets with times under a line that says what the film is.

    times spread over the film ─► frames, upright, in square pixels and sRGB ─► a grid on a skia canvas ─► pixels

HDR films are tone-mapped. A frame that is black gives way to one near it, because nobody looks for black.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dreamreel.analyse.black import is_black
from dreamreel.analyse.look import FilePicture, file_picture, luma, spread
from dreamreel.errors import BadParameter, BadTime, DamagedMedia
from dreamreel.media.lettering import Colour, line
from dreamreel.time import Span, nearest, timecode
from dreamreel.wording import size_text

if TYPE_CHECKING:
    import av
    import skia

    from dreamreel.media.decode import VideoReader
    from dreamreel.media.filters import FilterSpec

__all__ = [
    "THEMES",
    "Theme",
    "ThemeName",
    "best_time",
    "draw_sheet",
    "facts",
    "sheet",
    "shots",
    "thumbnail",
    "times",
]

Pixels = NDArray[np.uint8]
"""(height, width, 3 or 4), sRGB."""
ThemeName = Literal["dark", "light"]

_MOST = 40
"""Rows and columns."""
_TRIED = 24
"""Frames among which a thumbnail is chosen."""
_AROUND = (Fraction(0), Fraction(1, 4), Fraction(-1, 4))
"""Where else to look for a frame that is not black, in steps between frames of a sheet."""


class Theme(NamedTuple):
    """The colours of a picture."""

    ground: Colour
    ink: Colour
    faint: Colour
    edge: Colour


THEMES: Final[dict[str, Theme]] = {
    "dark": Theme((20, 21, 26, 255), (244, 244, 248, 255), (154, 158, 172, 255), (255, 255, 255, 26)),
    "light": Theme((250, 250, 252, 255), (24, 25, 31, 255), (104, 108, 122, 255), (0, 0, 0, 28)),
}


@dataclass(frozen=True, slots=True)
class Shot:
    """A frame of a film and when it is shown."""

    time: Fraction
    pixels: Pixels


def times(duration: Fraction, count: int) -> list[Fraction]:
    """The middles of `count` equal stretches."""
    return [duration * (2 * n + 1) / (2 * count) for n in range(count)]


def shots(path: Path, at: Sequence[Fraction], width: int, height: int | None = None) -> Iterator[Shot]:
    """The frames on show at times that only grow, as (height, width, 3) sRGB, upright.

    Without a `height` it follows from the picture's shape. Raises what opening the file raises, `BadParameter`
    without a moving picture, and `BadTime` for a time that is not inside the film.
    """
    from dreamreel.media.decode import VideoReader

    film = file_picture(path, "a picture of it")
    end = film.found.duration
    high = height or shape(film, width)
    step = (at[1] - at[0]) if len(at) > 1 else Fraction(1)
    made: _Rgb | None = None
    with VideoReader(path, film.number, rate=film.track.rate) as reader:
        for time in at:
            if not 0 <= time < max(end, Fraction(1, 1000)):
                raise BadTime(
                    f"{path.name} lasts {timecode(end)}, so there is no picture at {timecode(time)}."
                )
            tries = [time + step * part for part in _AROUND] if len(at) > 1 else [time]
            found = _first_lit(reader, [moment for moment in tries if 0 <= moment < end] or [time])
            if found is None:
                continue
            made = made if made is not None and made.takes(found[1]) else _Rgb(film, found[1], width, high)
            yield Shot(found[0], made(found[1]))


def _first_lit(reader: VideoReader, moments: Sequence[Fraction]) -> tuple[Fraction, av.VideoFrame] | None:
    """The first frame that is not black, at one of the moments; the first of all when all of them are."""
    first: tuple[Fraction, av.VideoFrame] | None = None
    for moment in moments:
        frame = _on_show(reader, moment)
        if frame is None:
            continue
        if not is_black(luma(frame)):
            return moment, frame
        first = first or (moment, frame)
    return first


def _on_show(reader: VideoReader, moment: Fraction) -> av.VideoFrame | None:
    try:
        return next((frame for _, frame in reader.frames(Span(moment, moment))), None)
    except DamagedMedia:
        return None


def shape(film: FilePicture, width: int) -> int:
    """The height of a film's picture that is `width` wide, in square pixels."""
    track = film.track
    return max(2, nearest(width * track.height / (track.width * track.sar)))


class _Rgb:
    """Stored frames to sRGB pixels of one size, upright."""

    def __init__(self, film: FilePicture, like: av.VideoFrame, width: int, height: int) -> None:
        from dreamreel.media.colour import complete, frame_colour
        from dreamreel.media.filters import Chain, FilterSpec, GraphInput, build_graph
        from dreamreel.media.rotation import rotation_filters

        self._key = self._kind(like)
        colour = complete(frame_colour(like), like.format.name, like.height)
        source = GraphInput(width=like.width, height=like.height, pix_fmt=like.format.name,
                            time_base=Fraction(1, 1000), colour=colour)  # fmt: skip
        size = FilterSpec.of("scale", w=width, h=height, flags="area+accurate_rnd+full_chroma_int")
        specs = (*rotation_filters(film.track.rotation), size, *_to_sdr(colour.transfer))
        self._graph = build_graph([source], [Chain(("0",), specs)], pix_fmt="rgb24")
        self._count = 0

    @staticmethod
    def _kind(frame: av.VideoFrame) -> tuple[int, int, str, int, int]:
        return frame.width, frame.height, frame.format.name, int(frame.colorspace), int(frame.color_trc)

    def takes(self, frame: av.VideoFrame) -> bool:
        """True while frames are of the same kind as the first."""
        return self._kind(frame) == self._key

    def __call__(self, frame: av.VideoFrame) -> Pixels:
        frame.pts = self._count
        self._count += 1
        (made,) = self._graph.feed(0, frame)
        self._key = self._kind(frame)
        return made.to_ndarray().astype(np.uint8)


def _to_sdr(transfer: int) -> tuple[FilterSpec, ...]:
    from dreamreel.media.filters import FilterSpec
    from dreamreel.media.tonemap import DEFAULT_PEAK, HLG, PQ, tone_map_spec

    if transfer not in (PQ, HLG):
        return ()
    return FilterSpec.of("format", pix_fmts="gbrp12le"), tone_map_spec(transfer, DEFAULT_PEAK)


# ── thumbnails ────────────────────────────────────────────────────────────────────────────────────────────


def thumbnail(path: Path, at: Fraction | None = None, width: int = 640) -> Shot:
    """The frame on show at `at`, or one that says most, `width` pixels wide. Raises as `shots`."""
    if not 16 <= width <= 8192:
        raise BadParameter(f"a thumbnail of {width} pixels is out of range; choose 16 to 8192.")
    shot = next(shots(path, [best_time(path) if at is None else at], width), None)
    if shot is None:
        raise DamagedMedia(
            f"no picture of {path.name} can be read there; choose another time, or repair the file."
        )
    return shot


def best_time(path: Path) -> Fraction:
    """When a film shows a picture that is sharp, lit and full of contrast: the best of two dozen, black bars aside."""
    found = [(_worth(frame), time) for time, frame in spread(path, _TRIED)]
    # The very first and last pictures are rarely what a film is about.
    inner = found[1:-1] if len(found) > 4 else found
    return max(inner, key=lambda item: (item[0], -item[1]))[1] if inner else Fraction(0)


def _worth(frame: av.VideoFrame) -> float:
    """Contrast times sharpness; nothing for what is nearly black or nearly white all over."""
    import cv2

    seen = luma(frame)
    plane = cv2.resize(seen.plane, (320, 180), interpolation=cv2.INTER_AREA).astype(np.float32)
    mean = float(plane.mean())
    if mean < seen.black + 18 or mean > seen.white - 12:
        return 0.0
    detail = float(np.abs(np.asarray(cv2.Laplacian(plane, cv2.CV_32F))).mean())
    return float(plane.std()) * min(detail, 12.0)


# ── sheets ────────────────────────────────────────────────────────────────────────────────────────────────


def sheet(
    path: Path, columns: int = 4, rows: int = 4, width: int = 1600, theme: ThemeName = "dark"
) -> Pixels:
    """A contact sheet of `columns`×`rows` frames spread over a film, `width` pixels wide, as (height, width, 3).

    Raises `BadParameter` for a grid or width out of range, and as `shots`.
    """
    if not (1 <= columns <= _MOST and 1 <= rows <= _MOST):
        raise BadParameter(
            f"a sheet of {columns}×{rows} pictures is out of range; choose 1 to {_MOST} each way."
        )
    grid = _Grid.of(columns, width)
    if not 320 <= width <= 8192 or grid.cell < 64:
        raise BadParameter(
            f"{columns} pictures do not fit side by side in {width} pixels; choose a wider sheet."
        )
    film = file_picture(path, "a contact sheet")
    high = shape(film, grid.cell)
    seen = list(shots(path, times(film.found.duration, columns * rows), grid.cell, high))
    if not seen:
        raise DamagedMedia(f"no picture of {path.name} can be read; repair the file first.")
    return draw_sheet(path.name, facts(film), seen, columns, width, theme)


def facts(film: FilePicture) -> str:
    """A line about a film: `1920×1080 · 25 fps · h264 · 0:12:30 · 420 MB · aac stereo`."""
    track, sound = film.track, film.found.main_audio
    rate = track.rate or track.average_rate
    words = [
        f"{track.width}×{track.height}", f"{float(rate):.5g} fps" if rate else "variable rate", track.codec,
        timecode(film.found.duration).partition(".")[0], size_text(film.found.size),
        f"{sound.codec} {sound.layout}" if sound else "no sound",
    ]  # fmt: skip
    return "  ·  ".join(words)


class _Grid(NamedTuple):
    margin: int
    gap: int
    cell: int
    """Width of a picture."""
    head: int
    """Height of the two lines on top, without the margin."""

    @classmethod
    def of(cls, columns: int, width: int) -> _Grid:
        margin, gap = width // 50, max(4, width // 160)
        return cls(margin, gap, (width - 2 * margin - (columns - 1) * gap) // columns, width * 11 // 200)


def draw_sheet(
    name: str, told: str, seen: Sequence[Shot], columns: int, width: int, theme: ThemeName = "dark"
) -> Pixels:
    """The sheet of frames that are there already, all of one size."""
    import skia

    grid, colours = _Grid.of(columns, width), THEMES[theme]
    high = seen[0].pixels.shape[0]
    rows = -(-len(seen) // columns)
    height = 2 * grid.margin + grid.head + rows * high + (rows - 1) * grid.gap
    surface = skia.Surface(width, height)
    canvas = surface.getCanvas()
    canvas.clear(skia.Color(*colours.ground))
    room = width - 2 * grid.margin
    line(canvas, name, (grid.margin, grid.margin * 0.7), width * 0.0185, colours.ink, bold=True, widest=room)
    line(
        canvas,
        told,
        (grid.margin, grid.margin * 0.7 + width * 0.026),
        width * 0.0125,
        colours.faint,
        widest=room,
    )
    for number, shot in enumerate(seen):
        row, column = divmod(number, columns)
        left = grid.margin + column * (grid.cell + grid.gap)
        top = grid.margin + grid.head + row * (high + grid.gap)
        _draw_shot(canvas, shot, _clock(shot.time, seen), (left, top), colours)
    pixels = np.zeros((height, width, 4), np.uint8)
    form = skia.ImageInfo.Make(width, height, skia.kRGBA_8888_ColorType, skia.kPremul_AlphaType)
    surface.readPixels(form, pixels, width * 4)
    return np.ascontiguousarray(pixels[:, :, :3])


def _clock(time: Fraction, seen: Sequence[Shot]) -> str:
    """A time as short as it can be: hours only in long films, tenths only where pictures are close."""
    close = len(seen) > 1 and (seen[-1].time - seen[0].time) / (len(seen) - 1) < 1
    whole, milli = timecode(time).split(".")
    hours, rest = whole.split(":", 1)
    short = rest.removeprefix("0") if seen[-1].time < 3600 else f"{hours}:{rest}"
    return f"{short}.{milli[0]}" if close else short


def _draw_shot(canvas: skia.Canvas, shot: Shot, clock: str, at: tuple[int, int], colours: Theme) -> None:
    """A frame with round corners and its time in the lower right one."""
    import skia

    high, wide = shot.pixels.shape[:2]
    solid = np.dstack([shot.pixels, np.full((high, wide), 255, np.uint8)])
    image = skia.Image.fromarray(np.ascontiguousarray(solid), skia.kRGBA_8888_ColorType)
    round_ = max(2.0, wide / 64)
    frame = skia.RRect.MakeRectXY(skia.Rect.MakeXYWH(at[0], at[1], wide, high), round_, round_)
    canvas.save()
    canvas.clipRRect(frame, True)
    canvas.drawImage(image, at[0], at[1])
    canvas.restore()
    edge = skia.Paint(
        AntiAlias=True, Style=skia.Paint.kStroke_Style, StrokeWidth=1, Color=skia.Color(*colours.edge)
    )
    canvas.drawRRect(frame, edge)
    _draw_time(canvas, clock, (at[0] + wide, at[1] + high), max(9.0, min(wide / 22, 22.0)))


def _draw_time(canvas: skia.Canvas, clock: str, corner: tuple[int, int], size: float) -> None:
    """A time on a dark plate whose lower right corner is near `corner`."""
    import skia

    from dreamreel.media.lettering import paragraph

    words = paragraph(clock, size, (255, 255, 255, 255), bold=True)
    words.layout(10_000)
    wide, high = words.MaxIntrinsicWidth + size, words.Height + size * 0.3
    left, top = corner[0] - wide - size * 0.45, corner[1] - high - size * 0.45
    plate = skia.Rect.MakeXYWH(left, top, wide, high)
    canvas.drawRoundRect(
        plate, size * 0.4, size * 0.4, skia.Paint(AntiAlias=True, Color=skia.Color(0, 0, 0, 150))
    )
    words.paint(canvas, left + size * 0.5, top + size * 0.15)
