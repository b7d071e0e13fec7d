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

__all__ = ["fit_face", "fit_photo", "salient_point"]

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
    place = _placement(w, h, width, height, face, None if face else salient_point(rgb))
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


def salient_point(rgb: _U8) -> tuple[float, float]:
    """Centre of what stands out, in pixels: local contrast and unusual colour, drawn a little to the middle."""
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


_SOFTNESS = ((0.004, 0.006), (0.012, 0.02), (0.035, 0.07), (0.1, 0.22))
"""Blur and the distance from the photo at which it is reached, both in shares of the short side."""


def _continued(picture: _U8, width: int, height: int, x: int, y: int) -> _U8:
    """The picture at `x`, `y` on a larger canvas; its edges run on, softer and darker the farther out.

    A mirror would show a second, ghostly face and folded patterns; running edges stay calm.
    """
    h, w = picture.shape[:2]
    canvas = np.asarray(
        cv2.copyMakeBorder(picture, y, height - h - y, x, width - w - x, cv2.BORDER_REPLICATE), np.uint8
    )
    for rows, columns in (
        (slice(0, y), slice(0, width)),
        (slice(y + h, height), slice(0, width)),
        (slice(0, height), slice(0, x)),
        (slice(0, height), slice(x + w, width)),
    ):
        if rows.stop > rows.start and columns.stop > columns.start:
            _soften(canvas, picture.shape, (x, y), rows, columns)
    return canvas


def _soften(
    canvas: _U8, inner: tuple[int, ...], corner: tuple[int, int], rows: slice, columns: slice
) -> None:
    """Blur and darken one side of the canvas by its distance from the picture; at distance 0 nothing changes."""
    (x, y), (h, w), side = corner, inner[:2], min(canvas.shape[:2])
    down = np.arange(rows.start, rows.stop, dtype=np.float32)[:, None]
    along = np.arange(columns.start, columns.stop, dtype=np.float32)[None]
    away = (
        np.maximum(np.maximum(y - down, down - (y + h - 1)), np.maximum(x - along, along - (x + w - 1)))
        / side
    )
    # A little of the picture joins in, so that the blur is continuous across the seam.
    margin = math.ceil(0.3 * side)
    top, left = max(0, rows.start - margin), max(0, columns.start - margin)
    near = canvas[top : rows.stop + margin, left : columns.stop + margin]
    out = canvas[rows, columns].astype(np.float32)
    reached = 0.0
    for blur, distance in _SOFTNESS:
        soft = _blurred(near, blur * side)[rows.start - top :, columns.start - left :][
            : out.shape[0], : out.shape[1]
        ]
        share = np.clip((away - reached) / (distance - reached), 0, 1)[..., None]
        out += (soft - out) * share
        reached = distance
    # The dark begins without a kink, which would show as a line.
    out *= (1 - 0.55 * away**2 / (away**2 + 0.2**2))[..., None]
    canvas[rows, columns] = np.clip(out + 0.5, 0, 255).astype(np.uint8)


def _blurred(picture: _U8, sigma: float) -> _F32:
    """A Gaussian blur that costs the same at any width: on a copy small enough that sigma is about 3 px."""
    h, w = picture.shape[:2]
    step = max(1.0, sigma / 3)
    size = (max(1, round(w / step)), max(1, round(h / step)))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    soft = cv2.GaussianBlur(small, (0, 0), sigma / step, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.resize(soft, (w, h), interpolation=cv2.INTER_LINEAR), np.float32)
