"""Drawings for the anime network: cels over painted backgrounds, drawn by chance, so that nobody's art is needed.

    a photo, painted over, or flat colours ─► shapes: flat fills, hard shadows, highlights, outlines
    ─► characters: hair, eyes, clothes ─► letters, speed lines ─► drawn twice as large, shrunk by area

What matters for the network is what such pictures are made of: flat fields, hard edges between two tones, dark or
coloured lines of one to five pixels that swell and taper, soft gradients, and backgrounds with brush strokes. Drawings
of another kind can be put beside them: the stills of dreams that `training/dreams.py` makes.
"""

from __future__ import annotations

import colorsys
import string
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from training.photos import Draw

__all__ = ["cel", "cels"]

Picture = NDArray[np.uint8]
Points = NDArray[np.float64]
Colour = tuple[int, int, int]

_SIDES = (384, 544)
"""Rows and columns of a drawing: as large as what `worsen` pans over."""
_FINER = 2
"""How many times larger it is drawn before it is shrunk."""
_SHIFT = 4
"""Fractional bits of the coordinates that OpenCV draws with."""
_STILLS = 0.3
"""Share of pictures that are stills of other drawings, if there are any."""
_KEPT, _AGAIN = 240, 0.75
"""Drawings in memory, and the share of draws that give one of them again: drawing takes longer than learning."""
_STILL = "still-"
"""What the names of such stills begin with."""


def cels(paths: Sequence[Path]) -> Draw:
    """Draws a cel by chance, over one of the photos or flat colours; or takes one of the files called `still-…`."""
    from training.photos import read

    photos = [read(path) for path in paths if not path.name.startswith(_STILL)]
    stills = [path for path in paths if path.name.startswith(_STILL)]

    kept: deque[Picture] = deque(maxlen=_KEPT)

    def draw(rng: np.random.Generator) -> Picture:
        if stills and rng.random() < _STILLS:
            return read(stills[int(rng.integers(len(stills)))])
        if len(kept) < _KEPT // 4 or rng.random() > _AGAIN:
            kept.append(cel(rng, photos[int(rng.integers(len(photos)))] if photos else None))
            return kept[-1]
        return kept[int(rng.integers(len(kept)))]

    return draw


def cel(rng: np.random.Generator, photo: Picture | None = None) -> Picture:
    """One drawing, (384, 544, 3), over a photo (H, W, 3) that is painted over first, or over flat colours."""
    height, width = (side * _FINER for side in _SIDES)
    ground = (
        _sky(rng, height, width)
        if photo is None or rng.random() < 0.4
        else _painted(rng, photo, height, width)
    )
    canvas = ground.copy()
    for _ in range(int(rng.integers(4, 16))):
        _thing(canvas, rng)
    for _ in range(int(rng.integers(0, 4))):
        _character(canvas, rng)
    if rng.random() < 0.35:
        _letters(canvas, rng)
    if rng.random() < 0.2:
        _speed_lines(canvas, rng)
    return cv2.resize(canvas, _SIDES[::-1], interpolation=cv2.INTER_AREA)


# Colours


def _colour(rng: np.random.Generator, bright: tuple[float, float] = (0.35, 1.0)) -> Colour:
    red, green, blue = colorsys.hsv_to_rgb(rng.random(), rng.random() ** 1.3, rng.uniform(*bright))
    return round(255 * red), round(255 * green), round(255 * blue)


def _toned(colour: Colour, by: float, tint: tuple[float, float, float] = (1.0, 1.0, 1.0)) -> Colour:
    """Darker below 1, lighter above, towards white; `tint` leans the shade to a colour."""
    if by <= 1:
        red, green, blue = (
            round(max(0.0, min(255.0, one * by * lean))) for one, lean in zip(colour, tint, strict=True)
        )
    else:
        red, green, blue = (round(one + (255 - one) * (by - 1)) for one in colour)
    return red, green, blue


def _line_colour(rng: np.random.Generator, fill: Colour) -> Colour:
    """Mostly near black; else the fill's own colour, much darker."""
    return _colour(rng, (0.03, 0.2)) if rng.random() < 0.7 else _toned(fill, rng.uniform(0.2, 0.5))


# Backgrounds


def _sky(rng: np.random.Generator, height: int, width: int) -> Picture:
    """A gradient between two colours along any direction, in some a band of flat steps."""
    ends = np.array([_colour(rng), _colour(rng)], float)
    angle = rng.uniform(0, np.pi)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    along = x / width * np.cos(angle) + y / height * np.sin(angle)
    along = (along - along.min()) / (along.max() - along.min() + 1e-6)
    if rng.random() < 0.3:
        steps = int(rng.integers(2, 7))
        along = np.floor(along * steps) / max(1, steps - 1)
    return np.clip(ends[0] + (ends[1] - ends[0]) * np.clip(along, 0, 1)[..., None], 0, 255).astype(np.uint8)


def _painted(rng: np.random.Generator, photo: Picture, height: int, width: int) -> Picture:
    """A photo as if it were painted: smoothed within its edges, with fewer colours, more or less of them."""
    rows, columns = photo.shape[:2]
    side = int(rng.uniform(0.5, 1) * min(rows, columns * height // width))
    wide = side * width // height
    top, left = int(rng.integers(rows - side + 1)), int(rng.integers(columns - wide + 1))
    part = cv2.resize(photo[top : top + side, left : left + wide], (width // _FINER, height // _FINER),
                      interpolation=cv2.INTER_CUBIC)  # fmt: skip
    part = cv2.pyrMeanShiftFiltering(part, float(rng.uniform(6, 14)), float(rng.uniform(14, 34)))
    if rng.random() < 0.4:
        part = cv2.medianBlur(part, int(rng.choice([5, 7, 9])))
    hue = cv2.cvtColor(part, cv2.COLOR_RGB2HSV).astype(np.float32)
    hue[..., 1] = np.clip(hue[..., 1] * rng.uniform(1.0, 1.8), 0, 255)
    hue[..., 2] = np.clip(hue[..., 2] * rng.uniform(0.8, 1.3), 0, 255)
    made = cv2.cvtColor(hue.astype(np.uint8), cv2.COLOR_HSV2RGB)
    return cv2.resize(made, (width, height), interpolation=cv2.INTER_LANCZOS4)


# Shapes


def _blob(rng: np.random.Generator, centre: tuple[float, float], radius: float, rough: float = 0.25,
          squash: float = 1.0, points: int = 96) -> Points:  # fmt: skip
    """A closed, smooth outline around a point: a circle with a few slow waves in it."""
    angle = np.linspace(0, 2 * np.pi, points, endpoint=False)
    reach = np.ones(points)
    for wave in range(2, 6):
        reach += rough * rng.uniform(-1, 1) / wave * np.cos(wave * angle + rng.uniform(0, 2 * np.pi))
    turn = rng.uniform(0, 2 * np.pi)
    x, y = radius * reach * np.cos(angle), radius * squash * reach * np.sin(angle)
    return np.stack(
        [centre[0] + x * np.cos(turn) - y * np.sin(turn), centre[1] + x * np.sin(turn) + y * np.cos(turn)], 1
    )


def _polygon(rng: np.random.Generator, centre: tuple[float, float], radius: float) -> Points:
    """Straight sides and hard corners: houses, crystals, machines."""
    count = int(rng.integers(3, 8))
    angle = np.sort(rng.uniform(0, 2 * np.pi, count))
    reach = radius * rng.uniform(0.5, 1.2, count)
    corners = np.stack([centre[0] + reach * np.cos(angle), centre[1] + reach * np.sin(angle)], 1)
    nexts = np.roll(corners, -1, 0)
    share = np.linspace(0, 1, 12, endpoint=False)[None, :, None]
    return (corners[:, None] * (1 - share) + nexts[:, None] * share).reshape(-1, 2)


def _moved(points: Points, x: float, y: float) -> Points:
    return points + np.array([x, y])


def _fixed(points: Points) -> NDArray[np.int32]:
    return np.round(points * 2**_SHIFT).astype(np.int32)


def _fill(canvas: Picture, points: Points, colour: Colour) -> None:
    cv2.fillPoly(canvas, [_fixed(points)], colour, cv2.LINE_AA, _SHIFT)


def _stroke(canvas: Picture, points: Points, colour: Colour, wide: float, rng: np.random.Generator,
            *, closed: bool = True) -> None:  # fmt: skip
    """A line along points that swells and tapers, `wide` pixels of the drawn canvas at its widest."""
    path = np.concatenate([points, points[:1]]) if closed else points
    slope = np.gradient(path, axis=0)
    across = np.stack([-slope[:, 1], slope[:, 0]], 1) / (np.linalg.norm(slope, axis=1, keepdims=True) + 1e-6)
    share = np.linspace(0, 1, len(path))
    swell = 0.65 + 0.35 * np.cos(2 * np.pi * (share * rng.integers(1, 4) + rng.random()))
    if not closed:
        swell *= np.sin(np.pi * np.clip(share, 0.02, 0.98)) ** 0.6
    half = across * (swell * wide / 2)[:, None]
    _fill(canvas, np.concatenate([path + half, (path - half)[::-1]]), colour)


def _shaded(canvas: Picture, outline: Points, fill: Colour, rng: np.random.Generator) -> None:
    """A flat fill, one or two hard shadows, in some a highlight, a gradient or a pattern, and its line."""
    low = np.maximum(np.floor(outline.min(0)).astype(int) - 2, 0)
    high = np.minimum(np.ceil(outline.max(0)).astype(int) + 3, np.array(canvas.shape[1::-1]))
    if (high - low < 3).any():
        return
    part = canvas[low[1] : high[1], low[0] : high[0]]
    shape = np.zeros(part.shape[:2], np.uint8)
    cv2.fillPoly(shape, [_fixed(outline - low)], 255, cv2.LINE_AA, _SHIFT)
    paint = np.empty_like(part)
    paint[:] = fill
    size = float(np.max(high - low))
    if rng.random() < 0.25:
        over = np.linspace(0, 1, part.shape[0])[:, None, None] ** rng.uniform(0.6, 2)
        paint = (paint * (1 - over) + np.array(_colour(rng)) * over).astype(np.uint8)
    if rng.random() < 0.15:
        _pattern(paint, fill, rng)
    lean = tuple(rng.uniform(0.85, 1.1, 3))
    away = rng.uniform(0, 2 * np.pi)
    for depth in range(int(rng.integers(0, 3))):
        far = size * (0.18 + 0.2 * depth) * rng.uniform(0.6, 1.2)
        shadow = outline - low + far * np.array([np.cos(away), np.sin(away)])
        kept = np.zeros_like(shape)
        cv2.fillPoly(kept, [_fixed(shadow)], 255, cv2.LINE_AA, _SHIFT)
        dark = (255 - kept.astype(np.float32))[..., None] / 255
        tone = np.array(_toned((255, 255, 255), 0.8 - 0.15 * depth, lean)) / 255
        paint = (paint * (1 - dark * (1 - tone))).astype(np.uint8)
    if rng.random() < 0.35:
        middle = (
            float(rng.uniform(0.25, 0.75) * part.shape[1]),
            float(rng.uniform(0.1, 0.5) * part.shape[0]),
        )
        _fill(
            paint,
            _blob(rng, middle, size * rng.uniform(0.04, 0.12), 0.3, 0.5),
            _toned(fill, rng.uniform(1.4, 2)),
        )
    cover = shape.astype(np.float32)[..., None] / 255
    part[:] = (part * (1 - cover) + paint * cover).round().astype(np.uint8)
    if rng.random() < 0.85:
        _stroke(canvas, outline, _line_colour(rng, fill), rng.uniform(1.0, 5.0) * _FINER, rng)


def _pattern(paint: Picture, fill: Colour, rng: np.random.Generator) -> None:
    """Stripes, checks or dots."""
    other = _toned(fill, rng.choice([0.7, 1.5]))
    step = int(rng.integers(5, 16)) * _FINER
    y, x = np.mgrid[0 : paint.shape[0], 0 : paint.shape[1]]
    turn = rng.uniform(0, np.pi)
    along, across = x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)
    stripes = along % step < step * 0.45
    rows = across % step < step * 0.45
    dots = (along % step - step / 2) ** 2 + (across % step - step / 2) ** 2 < (step * 0.3) ** 2
    where = (stripes, stripes ^ rows, dots)[int(rng.integers(3))]
    paint[where] = other


def _thing(canvas: Picture, rng: np.random.Generator) -> None:
    """A cloud, a leaf, a house, a ball: any closed shape."""
    height, width = canvas.shape[:2]
    centre = (float(rng.uniform(0, width)), float(rng.uniform(0, height)))
    radius = float(np.exp(rng.uniform(np.log(12), np.log(160)))) * _FINER
    squash = float(rng.uniform(0.3, 1))
    outline = (
        _polygon(rng, centre, radius) if rng.random() < 0.3 else _blob(rng, centre, radius, 0.45, squash)
    )
    _shaded(canvas, outline, _colour(rng), rng)


def _character(canvas: Picture, rng: np.random.Generator) -> None:
    """A head with hair, eyes, brows and a mouth, on shoulders; as large as a close-up or as small as in a crowd."""
    height, width = canvas.shape[:2]
    size = float(np.exp(rng.uniform(np.log(16), np.log(110)))) * _FINER
    x, y = float(rng.uniform(0.1, 0.9) * width), float(rng.uniform(0.15, 0.8) * height)
    skin = _toned((250, 222, 200), float(rng.uniform(0.45, 1.0)), (1.0, 0.97, 0.92))
    hair, cloth = _colour(rng, (0.1, 1.0)), _colour(rng)
    _shaded(canvas, _moved(_blob(rng, (0.0, 0.0), size, 0.12, 0.8), x, y + 1.75 * size), cloth, rng)
    _shaded(canvas, _blob(rng, (x, y - 0.15 * size), 1.12 * size, 0.2), hair, rng)
    _shaded(canvas, _blob(rng, (x, y), 0.86 * size, 0.06), skin, rng)
    turn = float(rng.uniform(-0.2, 0.2)) * size
    iris = _colour(rng, (0.3, 0.9))
    for side in (-1, 1):
        _eye(canvas, rng, (x + turn + side * 0.34 * size, y + 0.08 * size), 0.2 * size, iris)
        brow = np.stack(
            [np.linspace(-0.2, 0.2, 16) * size, -0.04 * size * np.cos(np.linspace(-1.5, 1.5, 16))], 1
        )
        brow = _moved(brow, x + turn + side * 0.34 * size, y - 0.22 * size)
        _stroke(canvas, brow, _toned(hair, 0.5), 0.05 * size, rng, closed=False)
    smile = np.stack(
        [np.linspace(-0.15, 0.15, 16) * size, 0.05 * size * np.cos(np.linspace(-1.5, 1.5, 16))], 1
    )
    _stroke(
        canvas, _moved(smile, x + turn, y + 0.45 * size), _toned(skin, 0.4), 0.045 * size, rng, closed=False
    )
    for number in range(int(rng.integers(3, 8))):
        _lock(canvas, rng, (x + (number / 3.5 - 1) * 0.9 * size, y - 0.95 * size), size, hair)


def _eye(
    canvas: Picture, rng: np.random.Generator, at: tuple[float, float], size: float, iris: Colour
) -> None:
    """White, iris in two tones, pupil, a glint or two, and a lid."""
    tall = float(rng.uniform(0.8, 1.5))
    _fill(canvas, _ring(at, size, size * tall), (250, 250, 250))
    _fill(canvas, _ring(at, 0.68 * size, 0.9 * size * tall), iris)
    _fill(
        canvas, _ring((at[0], at[1] - 0.3 * size * tall), 0.62 * size, 0.55 * size * tall), _toned(iris, 0.5)
    )
    _fill(canvas, _ring(at, 0.3 * size, 0.45 * size * tall), (20, 16, 28))
    _fill(
        canvas,
        _ring((at[0] + 0.25 * size, at[1] - 0.35 * size * tall), 0.2 * size, 0.22 * size),
        (255, 255, 255),
    )
    lid = _ring(at, 1.05 * size, 1.05 * size * tall)[48:]
    _stroke(canvas, lid, (24, 18, 30), 0.22 * size, rng, closed=False)


def _ring(at: tuple[float, float], wide: float, tall: float, points: int = 96) -> Points:
    """An ellipse; its upper half is the second half of its points."""
    angle = np.linspace(0, 2 * np.pi, points, endpoint=False)
    return np.stack([at[0] + wide * np.cos(angle), at[1] + tall * np.sin(angle)], 1)


def _lock(
    canvas: Picture, rng: np.random.Generator, at: tuple[float, float], size: float, hair: Colour
) -> None:
    """A pointed strand of hair that hangs down."""
    down = np.linspace(0, 1, 24)
    bend = float(rng.uniform(-0.35, 0.35)) * size
    long, wide = float(rng.uniform(0.5, 1.1)) * size, float(rng.uniform(0.12, 0.3)) * size
    spine = np.stack([at[0] + bend * down**2, at[1] + long * down], 1)
    half = np.stack([wide * (1 - down) ** 0.7, np.zeros(24)], 1)
    outline = np.concatenate([spine + half, (spine - half)[::-1]])
    _fill(canvas, outline, _toned(hair, float(rng.choice([0.85, 1.0, 1.15]))))
    _stroke(canvas, outline, _toned(hair, 0.4), float(rng.uniform(0.8, 2.5)) * _FINER, rng)


def _letters(canvas: Picture, rng: np.random.Generator) -> None:
    """A line of letters with an edge of another colour: titles and subtitles."""
    text = "".join(rng.choice(list(string.ascii_letters + string.digits + "  !?"), int(rng.integers(4, 18))))
    scale = float(rng.uniform(0.6, 2.6)) * _FINER
    thick = max(1, round(scale * rng.uniform(0.8, 2.2)))
    at = (int(rng.uniform(0, 0.5) * canvas.shape[1]), int(rng.uniform(0.1, 0.98) * canvas.shape[0]))
    font = int(rng.choice([cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_TRIPLEX]))
    edge = int(rng.integers(1, 4)) * _FINER
    cv2.putText(canvas, text, at, font, scale, _colour(rng, (0, 0.2)), thick + 2 * edge, cv2.LINE_AA)
    cv2.putText(canvas, text, at, font, scale, _colour(rng, (0.7, 1)), thick, cv2.LINE_AA)


def _speed_lines(canvas: Picture, rng: np.random.Generator) -> None:
    """Thin wedges that point at one place."""
    height, width = canvas.shape[:2]
    middle = np.array([rng.uniform(0.2, 0.8) * width, rng.uniform(0.2, 0.8) * height])
    colour = _colour(rng, (0, 1))
    for angle in rng.uniform(0, 2 * np.pi, int(rng.integers(10, 60))):
        toward = np.array([np.cos(angle), np.sin(angle)])
        across = np.array([-toward[1], toward[0]]) * rng.uniform(0.5, 4) * _FINER
        start, end = middle + toward * rng.uniform(0.2, 0.6) * height, middle + toward * 1.6 * width
        _fill(canvas, np.stack([start, end + across, end - across]), colour)
