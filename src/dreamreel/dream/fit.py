"""A photo brought to the video's size: never stretched, the head never cut.

same shape ──► resized          a little wider or taller ──► cropped around the head
a very different shape ──► whole photo, continued to the sides by a soft, darkened echo of itself
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from dreamreel.analyse.faces import Face

__all__ = ["fit_face", "fit_photo"]

_U8: TypeAlias = NDArray[np.uint8]
_F32: TypeAlias = NDArray[np.float32]

MOST_CROPPED = 0.35
"""A crop may cost this share of the photo's area; beyond it the photo is kept whole and continued."""
_HEAD_REACH = 0.80
"""Half the room a head takes, as a share of the face box's side: brow to crown, ears and chin."""


@dataclass(frozen=True)
class _Placement:
    """Where the photo lands: `scale` times its size, its corner at `x`, `y` of the output (negative when cropped)."""

    scale: float
    x: int
    y: int
    width: int
    height: int


def fit_photo(rgb: _U8, width: int, height: int, face: Face | None = None) -> _U8:
    """An RGB photo (H×W×3, uint8) at exactly `width`×`height`; `face` is where it must not be cut.

    Area averaging when it shrinks, Lanczos when it grows. Without a face the crop keeps what stands out most.
    """
    h, w = rgb.shape[:2]
    if (w, h) == (width, height):
        return rgb.copy()
    place = _placement(w, h, width, height, face, None if face else _salient(rgb))
    method = cv2.INTER_AREA if place.scale < 1 else cv2.INTER_LANCZOS4
    scaled = cv2.resize(rgb, (place.width, place.height), interpolation=method)
    x, y = max(0, -place.x), max(0, -place.y)
    cut = np.asarray(scaled, np.uint8)[y : y + height, x : x + width]
    if cut.shape[:2] == (height, width):
        return np.ascontiguousarray(cut)
    return _continued(cut, width, height, max(0, place.x), max(0, place.y))


def fit_face(face: Face, photo_width: int, photo_height: int, width: int, height: int) -> Face:
    """`face` of the photo in pixels of what `fit_photo` returns for the same face."""
    if (photo_width, photo_height) == (width, height):
        return face
    place = _placement(photo_width, photo_height, width, height, face, None)
    half = (place.scale - 1) / 2
    return face.moved(place.scale, place.x + half, place.y + half)


def _placement(
    w: int, h: int, width: int, height: int, face: Face | None, centre: tuple[float, float] | None
) -> _Placement:
    cover, contain = max(width / w, height / h), min(width / w, height / h)
    if 1 - contain / cover <= MOST_CROPPED:
        reach = _HEAD_REACH * face.box[2] * cover if face else 0.0
        middle = face.centre if face else centre or (w / 2, h / 2)
        cropped_wide = w * cover > width + 0.5
        if (
            2 * reach <= (width if cropped_wide else height)
            or 2 * reach >= (w if cropped_wide else h) * cover
        ):
            size = (max(width, round(w * cover)), max(height, round(h * cover)))
            x = _window(size[0], width, middle[0] * cover, 0.5, reach)
            y = _window(size[1], height, middle[1] * cover, 0.46, reach)
            return _Placement(cover, -x, -y, *size)
    size = (min(width, round(w * contain)), min(height, round(h * contain)))
    return _Placement(contain, (width - size[0]) // 2, (height - size[1]) // 2, *size)


def _window(full: int, part: int, middle: float, share: float, reach: float) -> int:
    """Start of a window of `part` in `full` with `middle` at `share` of it and `middle` ± `reach` inside."""
    start = min(max(middle - share * part, middle + reach - part), middle - reach)
    return round(min(max(0.0, start), full - part))


def _salient(rgb: _U8) -> tuple[float, float]:
    """Centre of what stands out: local contrast and colour against the picture's mean, drawn a little to the middle."""
    h, w = rgb.shape[:2]
    scale = min(1.0, 128 / max(h, w))
    size = (max(2, round(w * scale)), max(2, round(h * scale)))
    lab = cv2.cvtColor(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2LAB).astype(
        np.float32
    )
    colour = np.linalg.norm(lab - lab.mean((0, 1)), axis=2)
    detail = np.abs(lab[..., 0] - cv2.GaussianBlur(lab[..., 0], (0, 0), 3))
    weight = np.asarray(cv2.GaussianBlur(colour + 2 * detail, (0, 0), 4), np.float32) ** 2 + 1e-3
    y, x = np.mgrid[0 : size[1], 0 : size[0]]
    total = float(weight.sum())
    found = float((x * weight).sum()) / total, float((y * weight).sum()) / total
    return (0.7 * found[0] + 0.3 * size[0] / 2) / scale, (0.7 * found[1] + 0.3 * size[1] / 2) / scale


def _continued(picture: _U8, width: int, height: int, x: int, y: int) -> _U8:
    """The picture at `x`, `y` on a larger canvas, mirrored outward, softer and darker the farther from it."""
    h, w = picture.shape[:2]
    sides = (y, height - h - y, x, width - w - x)
    canvas = np.asarray(cv2.copyMakeBorder(picture, *sides, cv2.BORDER_REFLECT), np.uint8)
    side = min(width, height)
    step = max(1, side // 90)
    small = cv2.resize(
        canvas, (math.ceil(width / step), math.ceil(height / step)), interpolation=cv2.INTER_AREA
    )
    soft = np.asarray(cv2.GaussianBlur(small, (0, 0), 0.045 * side / step), np.float32)
    soft = np.asarray(cv2.resize(soft, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)
    for window in ((slice(0, y), slice(0, width)), (slice(y + h, height), slice(0, width)),
                   (slice(0, height), slice(0, x)), (slice(0, height), slice(x + w, width))):  # fmt: skip
        rows = np.arange(height, dtype=np.float32)[window[0], None]
        columns = np.arange(width, dtype=np.float32)[None, window[1]]
        away = np.maximum(
            np.maximum(y - rows, rows - (y + h - 1)), np.maximum(x - columns, columns - (x + w - 1))
        )
        if away.size:
            canvas[window] = _echo(canvas[window], soft[window], away / side)
    return canvas


def _echo(sharp: _U8, soft: _F32, away: _F32) -> _U8:
    """`away` is the distance from the picture in shares of the short side. At 0 the echo equals the mirror: no seam."""
    blur = np.clip(away / 0.09, 0, 1)[..., None]
    blur = blur * blur * (3 - 2 * blur)
    light = 1 - 0.5 * (1 - np.exp(-away / 0.22))[..., None]
    return np.clip((sharp + (soft - sharp) * blur) * light + 0.5, 0, 255).astype(np.uint8)
