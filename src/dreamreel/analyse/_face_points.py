"""Inside a face: five points from a box, and what the pixels say about whose face it is. Pure functions.

Everything is measured on a close-up turned upright and scaled so that sizes do not depend on the photo.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["Evidence", "estimate", "evidence", "frontal", "with_lips"]

_U8: TypeAlias = NDArray[np.uint8]
_F32: TypeAlias = NDArray[np.float32]
_F64: TypeAlias = NDArray[np.float64]

_SIDE = 160
_BOX = 96.0
"""A cascade's box takes this many of the close-up's pixels."""
_EYES = 48.0
"""Distance of the eyes in the close-up used for evidence."""


@dataclass(frozen=True)
class Evidence:
    """What the pixels around five points say."""

    human: bool
    """Skin colours and a nose about as bright as the cheeks; a dog's nose is far darker than its fur."""
    youth: float
    """0 adult .. 1 infant."""


def frontal(points: _F64) -> bool:
    """Whether five points stand as on a face seen from the front or three-quarters, not in profile."""
    right, left, nose = points[0], points[1], points[2]
    eyes, mouth = (right + left) / 2, (points[3] + points[4]) / 2
    apart = math.hypot(*(left - right))
    drop = math.hypot(*(mouth - eyes))
    if apart < 3 or not 0.55 < drop / apart < 2.0:
        return False
    along = (left - right) / apart
    nose_at = float(np.dot(nose - right, along)) / apart
    lips = float(np.dot(points[4] - points[3], along)) / apart
    return 0.05 < nose_at < 0.95 and 0.35 < lips < 1.7


def evidence(rgb: _U8, points: _F64) -> Evidence:
    """Measure skin, nose and age on the upright close-up of the face at `points`."""
    right, left = points[0], points[1]
    across = left - right
    apart = max(1.0, math.hypot(*across))
    eyes, mouth = (right + left) / 2, (points[3] + points[4]) / 2
    look, matrix = _upright(
        rgb, (eyes + mouth) / 2, math.degrees(math.atan2(across[1], across[0])), _EYES / apart
    )
    lab = np.asarray(cv2.cvtColor(look, cv2.COLOR_RGB2LAB), np.float32)
    at = points @ matrix[:, :2].T + matrix[:, 2]
    cheeks = [(at[0] + 2 * at[3]) / 3 - (5, 0), (at[1] + 2 * at[4]) / 3 + (5, 0)]
    patches = np.concatenate([_patch(lab, cheek, 6) for cheek in cheeks])
    light = float(np.median(patches[:, 0]))
    red, yellow = float(np.median(patches[:, 1])) - 128, float(np.median(patches[:, 2])) - 128
    nose = float(np.median(_patch(lab, at[2], 4)[:, 0]))
    grey_photo = abs(red) < 3 and abs(yellow) < 3
    skin = grey_photo or (red > 1 and yellow > -4 and math.hypot(red, yellow) < 55)
    return Evidence(skin and light > 25 and nose > 0.6 * light, _youth(lab, at, cheeks, light))


def _youth(lab: _F32, at: _F64, cheeks: list[_F64], light: float) -> float:
    """An infant's lower face is short for the distance of its eyes, and its cheeks are smooth."""
    eyes, mouth = (at[0] + at[1]) / 2, (at[3] + at[4]) / 2
    drop = math.hypot(*(mouth - eyes)) / max(1.0, math.hypot(*(at[1] - at[0])))
    short = np.clip((1.22 - drop) / 0.34, 0, 1)
    fine = lab[..., 0] - cv2.GaussianBlur(lab[..., 0], (0, 0), 3)
    rough = float(np.mean([np.std(_patch(fine[..., None], spot, 7)) for spot in cheeks])) / max(20.0, light)
    smooth = np.clip((0.05 - rough) / 0.045, 0, 1)
    return float(0.6 * short + 0.4 * smooth)


def _upright(rgb: _U8, centre: _F64, roll: float, scale: float) -> tuple[_U8, _F64]:
    matrix = np.asarray(
        cv2.getRotationMatrix2D((float(centre[0]), float(centre[1])), roll, scale), np.float64
    )
    matrix[:, 2] += _SIDE / 2 - centre
    look = cv2.warpAffine(rgb, matrix, (_SIDE, _SIDE), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(look, np.uint8), matrix


def _patch(picture: _F32, centre: _F64, radius: int) -> _F32:
    """Pixels of a square around `centre` as rows; at least one pixel even at the rim."""
    x, y = (int(np.clip(v, 0, _SIDE - 1)) for v in centre)
    window = picture[max(0, y - radius) : y + radius + 1, max(0, x - radius) : x + radius + 1]
    return window.reshape(-1, picture.shape[2])


def estimate(rgb: _U8, centre: _F64, size: float, roll: float) -> _F64:
    """Five points (eyes, nose, mouth corners; right before left) in a cascade's box of `size` px at `roll`.

    Starts from a face's proportions and moves each point toward the darkest place near it: pupils and lash
    lines for eyes (so closed eyes count too), the line and the redness of the lips for the mouth.
    """
    look, matrix = _upright(rgb, centre, roll, _BOX / size)
    lab = np.asarray(cv2.cvtColor(look, cv2.COLOR_RGB2LAB), np.float32)
    light = cv2.GaussianBlur(lab[..., 0], (0, 0), 1.2)
    kernel = np.ones((13, 13), np.uint8)
    dark = np.asarray(cv2.morphologyEx(light, cv2.MORPH_CLOSE, kernel), np.float32) - light
    origin = np.full(2, _SIDE / 2 - _BOX / 2)
    eyes = [_eye(dark, origin + np.array(place) * _BOX) for place in ((0.31, 0.40), (0.69, 0.40))]
    eyes = _level(eyes, origin)
    mouth = _mouth(dark, np.asarray(cv2.GaussianBlur(lab[..., 1], (0, 0), 1.5), np.float32), eyes[0], eyes[1])
    middle, lips = (eyes[0] + eyes[1]) / 2, (mouth[0] + mouth[1]) / 2
    points = np.array([eyes[0], eyes[1], middle + 0.58 * (lips - middle), mouth[0], mouth[1]])
    back = np.asarray(cv2.invertAffineTransform(matrix), np.float64)
    return points @ back[:, :2].T + back[:, 2]


def _grid(shape: tuple[int, ...]) -> tuple[_F32, _F32]:
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    return x, y


def _eye(dark: _F32, prior: _F64) -> _F64:
    """Centre of darkness near the expected eye; squared, so that iris or lashes outweigh a soft shadow."""
    x, y = _grid(dark.shape)
    weight = dark**2 * np.exp(-(((x - prior[0]) / 11) ** 2) - ((y - prior[1]) / 9) ** 2)
    total = float(weight.sum())
    if total < 1e-3:
        return prior
    found = np.array([float((x * weight).sum()), float((y * weight).sum())]) / total
    return 0.25 * prior + 0.75 * found


def _level(eyes: list[_F64], origin: _F64) -> list[_F64]:
    """Keep the pair plausible: 0.30 to 0.46 of the box apart and at most 12° off the box's own roll."""
    middle, half = (eyes[0] + eyes[1]) / 2, (eyes[1] - eyes[0]) / 2
    middle[1] = np.clip(middle[1], origin[1] + 0.33 * _BOX, origin[1] + 0.49 * _BOX)
    reach = float(np.clip(half[0], 0.15 * _BOX, 0.23 * _BOX))
    tilt = float(np.clip(half[1] / max(half[0], 1e-3), -0.21, 0.21))
    half = np.array([reach, reach * tilt])
    return [middle - half, middle + half]


def _mouth(dark: _F32, red: _F32, right_eye: _F64, left_eye: _F64) -> tuple[_F64, _F64]:
    """Both corners: the row below the nose where lips are darkest and reddest, then how far it reaches."""
    middle, across = (right_eye + left_eye) / 2, left_eye - right_eye
    apart = math.hypot(*across)
    along = across / apart
    down = np.array([-along[1], along[0]])
    x, y = _grid(dark.shape)
    u = ((x - middle[0]) * along[0] + (y - middle[1]) * along[1]) / apart
    v = ((x - middle[0]) * down[0] + (y - middle[1]) * down[1]) / apart
    region = (np.abs(u) < 0.7) & (v > 0.6) & (v < 1.6)
    mark = dark / (float(dark[region].max()) + 4) + np.clip(red - np.median(red[region]), 0, None) / 12
    prior = np.exp(-((u / 0.32) ** 2) - ((v - 1.03) / 0.20) ** 2)
    weight = mark * prior
    rows = np.array([float(weight[np.abs(v - at) < 0.04].sum()) for at in np.arange(0.75, 1.45, 0.02)])
    drop = 0.75 + 0.02 * int(np.argmax(np.convolve(rows, np.ones(3) / 3, "same")))
    drop = 0.25 * 1.03 + 0.75 * drop
    lips = np.where(np.abs(v - drop) < 0.13, mark, 0) * np.exp(-((u / 0.5) ** 2))
    total = float(lips.sum()) + 1e-6
    centre = float(np.clip((u * lips).sum() / total, -0.12, 0.12))
    spread = math.sqrt(float(((u - centre) ** 2 * lips).sum()) / total)
    half = float(np.clip(1.75 * spread, 0.33, 0.50))
    at = middle + along * centre * apart + down * drop * apart
    return at - along * half * apart, at + along * half * apart


def with_lips(rgb: _U8, points: _F64) -> _F64:
    """The points with the mouth corners moved to the ends of the lips, where these stand out by their colour.

    Detectors place an infant's corners too wide and too high, on the cheeks; a smile pulled there is no smile.
    """
    right, left = points[0], points[1]
    across = left - right
    apart = max(1.0, math.hypot(*across))
    look, matrix = _upright(
        rgb, points[3:].mean(0), math.degrees(math.atan2(across[1], across[0])), 64 / apart
    )
    lab = np.asarray(cv2.cvtColor(look, cv2.COLOR_RGB2LAB), np.float32)
    at = points @ matrix[:, :2].T + matrix[:, 2]
    ends = _lip_ends(lab, at)
    if ends is None:
        return points
    back = np.asarray(cv2.invertAffineTransform(matrix), np.float64)
    return np.concatenate([points[:3], ends @ back[:, :2].T + back[:, 2]])


def _lip_ends(lab: _F32, at: _F64) -> _F64 | None:
    """Both ends of the lips on a close-up with the eyes 64 px apart, or None when no mouth-like mark is found."""
    centre, nose = at[3:].mean(0), at[2]
    x, y = _grid(lab.shape)
    u, v = (x - centre[0]) / 64, (y - centre[1]) / 64
    # Pale or darker than the skin around: lips are redder, and the line between them is darker.
    red = np.asarray(cv2.GaussianBlur(lab[..., 1], (0, 0), 1.5), np.float32)
    light = np.asarray(cv2.GaussianBlur(lab[..., 0], (0, 0), 1.5), np.float32)
    region = (np.abs(u) < 0.62) & (np.abs(v) < 0.42) & (y > nose[1] + 8)
    if int(region.sum()) < 500:
        return None
    mark = (red - np.median(red[region])) + 0.25 * np.clip(np.median(light[region]) - light, 0, 60)
    mark = np.where(region, mark, 0) * np.exp(-((u / 0.55) ** 2) - (v / 0.3) ** 2)
    peak = float(np.percentile(mark[region], 97))
    if peak < 5:
        return None
    lips = _blob((mark > 0.4 * peak).astype(np.uint8), mark)
    if not lips.any():
        return None
    us, vs, weight = u[lips], v[lips], mark[lips]
    low, high = (float(q) for q in np.percentile(us, (1.5, 98.5)))
    if not 0.42 < high - low < 1.1 or abs(low + high) / 2 > 0.25 or float(np.ptp(vs)) > 0.62:
        return None
    ends: list[list[float]] = []
    for end, inner in ((low, low + 0.12 * (high - low)), (high, high - 0.12 * (high - low))):
        tip = (us - inner) * (end - inner) > 0
        ends.append([centre[0] + 64 * end, centre[1] + 64 * float(np.average(vs[tip], weights=weight[tip]))])
    return np.array(ends)


def _blob(mask: _U8, weight: _F32) -> NDArray[np.bool_]:
    """The connected part that carries the most weight."""
    count, labels = cv2.connectedComponents(mask)
    carried = [float(weight[labels == label].sum()) for label in range(1, count)]
    return np.asarray(labels == (1 + int(np.argmax(carried))) if carried else mask > 1)
