"""Where a photo can move and where its light changes: smooth fields on a coarse grid, computed once per photo.

    face ─► Anatomy (axes, head, chest) ─► breath, follow, smile, turn, head   displacements in pixels
         photo + Anatomy ─► matte       ─► person against background
                                        ─► falloff of evening and glow

A displacement field `d` means: the pixel now at `p` was at `p - d(p)`. Pure functions of the photo; no state.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from dreamreel.analyse.faces import Face

__all__ = ["Anatomy", "Grid", "breath_fields", "head_mask", "matte", "smile_field", "turn_field"]

_F32: TypeAlias = NDArray[np.float32]
_F64: TypeAlias = NDArray[np.float64]
_U8: TypeAlias = NDArray[np.uint8]

SMILE = 0.9
"""The amount that a full smile reaches; 0.6 to 1.0 looks natural, 1.6 is a caricature."""
_STILL = 1 / 64
"""Shifts below this round to nothing in the warp (it works in 1/32 px), so they are cut to exactly nothing."""


@dataclass(frozen=True)
class Grid:
    """Sample points `step` pixels apart covering a picture plus one cell all around."""

    width: int
    height: int
    step: int

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns, rim included."""
        return math.ceil(self.height / self.step) + 2, math.ceil(self.width / self.step) + 2

    def points(self) -> tuple[_F32, _F32]:
        """X (1×columns) and y (rows×1) of the samples in pixels; broadcast them."""
        rows, columns = self.shape
        offset = -self.step / 2 - 0.5
        x = np.arange(columns, dtype=np.float32) * self.step + offset
        y = np.arange(rows, dtype=np.float32) * self.step + offset
        return x[None, :], y[:, None]


@dataclass(frozen=True)
class Anatomy:
    """The person in the picture's pixels. Without a face: a soft guess in the middle, facing up."""

    face: Face | None
    eyes: tuple[float, float]
    """Between the eyes."""
    down: tuple[float, float]
    """Unit vector from the eyes to the chin."""
    unit: float
    """The ruler of the face: eyes to mouth, or the distance of the eyes when that is longer."""
    head: tuple[float, float]
    head_half: tuple[float, float]
    """Half width across the face and half height along it."""
    chest: tuple[float, float]
    chest_half: tuple[float, float]

    @property
    def across(self) -> tuple[float, float]:
        """Unit vector from the sleeper's right to its left."""
        return self.down[1], -self.down[0]

    @classmethod
    def of(cls, face: Face | None, width: int, height: int, centre: tuple[float, float]) -> Anatomy:
        """Proportions: the crown is 1.75 (adult) to 2.1 (infant) units above the eyes, the chin 1.75 below.

        `centre` stands in for the head when there is no face.
        """
        if face is None:
            side = min(width, height)
            x = min(max(centre[0], 0.3 * width), 0.7 * width)
            y = min(max(centre[1], 0.35 * height), 0.6 * height)
            half, chest_half = (side / 4, side / 3.5), (0.36 * side, 0.26 * side)
            return cls(None, (x, y), (0, 1), side / 8, (x, y), half, (x, 0.8 * height), chest_half)
        eyes, mouth = _middle(face.right_eye, face.left_eye), _middle(face.mouth_right, face.mouth_left)
        drop = math.hypot(mouth[0] - eyes[0], mouth[1] - eyes[1])
        apart = math.dist(face.right_eye, face.left_eye)
        unit = max(drop, apart, 2.0)
        # The line of the eyes and the line to the mouth both tell the roll; their sum tells it better than either.
        ex, ey = face.left_eye[0] - face.right_eye[0], face.left_eye[1] - face.right_eye[1]
        dx, dy = (mouth[0] - eyes[0]) - ey, (mouth[1] - eyes[1]) + ex
        length = math.hypot(dx, dy) or 1.0
        down = (dx / length, dy / length)
        crown, chin = 1.75 + 0.35 * face.youth, 1.75
        head = _along(eyes, down, (chin - crown) / 2 * unit)
        half = ((1.35 + 0.25 * face.youth) * unit, (crown + chin) / 2 * unit)
        chest = _inside(_along(eyes, down, 3.4 * unit), width, height)
        return cls(face, eyes, down, unit, head, half, chest, (2.5 * unit, 1.7 * unit))

    def local(self, grid: Grid, centre: tuple[float, float]) -> tuple[_F32, _F32]:
        """Coordinates of the grid's points in the face's axes: across and down from `centre`, in pixels."""
        x, y = grid.points()
        x, y = x - np.float32(centre[0]), y - np.float32(centre[1])
        ax, ay, dx, dy = (np.float32(part) for part in (*self.across, *self.down))
        return np.asarray(x * ax + y * ay, np.float32), np.asarray(x * dx + y * dy, np.float32)


def breath_fields(who: Anatomy, grid: Grid) -> tuple[_F32, _F32]:
    """The chest's rise at full breath, and the head's answer to it: 2 to 4 px for every 600 of the short side.

    The chest swells about its middle, as seen from above, and lifts toward the head. A Gaussian has no hinge.
    """
    u, v = who.local(grid, who.chest)
    su, sv = who.chest_half
    bell = np.exp(-((u / su) ** 2) - (v / sv) ** 2)
    size = (3.6 if who.face else 2.2) * min(grid.width, grid.height) / 600
    # Peaks of u·bell lie at su/√2 and are 0.43 su high: divide by that, so that `size` means pixels.
    du, dv = 0.55 * size * u / (0.43 * su) * bell, size * (0.35 * v / (0.43 * sv) - 0.75) * bell
    chest = _in_picture(who, grid, du, dv)
    head = head_mask(who, grid) if who.face else np.zeros(grid.shape, np.float32)
    return chest, _in_picture(who, grid, np.zeros_like(head), -0.3 * size * head)


def smile_field(who: Anatomy, grid: Grid) -> _F32:
    """A full smile: corners out and up, cheeks and lower lids up, the middle of the lips a little down.

    Gaussians in the face's axes, all sizes in mouth widths; see `SMILE` for the amount.
    """
    field = np.zeros((*grid.shape, 2), np.float32)
    if who.face is None:
        return field
    right, left = who.face.mouth_right, who.face.mouth_left
    # A corner found too far in or out must not make the smile small or wide.
    mouth = min(max(math.dist(right, left), 0.62 * who.unit), 1.15 * who.unit)

    def push(at: tuple[float, float], du: float, dv: float, su: float, sv: float) -> None:
        u, v = who.local(grid, at)
        bell = np.exp(-((u / (su * mouth)) ** 2) - (v / (sv * mouth)) ** 2) * (SMILE * mouth)
        field[..., 0] += bell * (du * who.across[0] + dv * who.down[0])
        field[..., 1] += bell * (du * who.across[1] + dv * who.down[1])

    for corner, side in ((right, -1), (left, 1)):
        push(corner, side * 0.085, -0.10, 0.34, 0.30)
        cheek = _along(_along(corner, who.across, side * 0.42 * mouth), who.down, -0.62 * mouth)
        push(cheek, 0, -0.075, 0.55, 0.45)
    push(_middle(right, left), 0, 0.045, 0.42, 0.22)
    for eye in (who.face.right_eye, who.face.left_eye):
        push(_along(eye, who.down, 0.22 * mouth), 0, -0.05, 0.38, 0.16)
    return _cut(field)


def turn_field(who: Anatomy, grid: Grid) -> _F32:
    """The head turned by one degree around the neck."""
    mask = head_mask(who, grid)
    u, v = who.local(grid, _along(who.head, who.down, 0.9 * who.head_half[1]))
    degree = math.radians(1)
    return _in_picture(who, grid, -v * degree * mask, u * degree * mask)


def head_mask(who: Anatomy, grid: Grid) -> _F32:
    """1 on the head, falling smoothly to 0 at twice its size."""
    u, v = who.local(grid, who.head)
    away = np.sqrt((u / who.head_half[0]) ** 2 + (v / who.head_half[1]) ** 2)
    x = np.clip((2.0 - away) / 1.1, 0, 1)
    return (x * x * x * (x * (6 * x - 15) + 10)).astype(np.float32)


def matte(rgb: _U8, who: Anatomy, grid: Grid) -> _F32:
    """0 background .. 1 person, feathered wide so that a shift between them stretches instead of tearing.

    A head ellipse and shoulders from the face, refined by GrabCut (Rother, Kolmogorov and Blake 2004) on a copy of
    192 px; where GrabCut loses the person, the ellipse stands.
    """
    if who.face is None:
        return np.zeros(grid.shape, np.float32)
    shrink = 192 / max(grid.width, grid.height)
    size = (max(8, round(grid.width * shrink)), max(8, round(grid.height * shrink)))
    across, down = (((np.arange(n) + 0.5) / shrink - 0.5).astype(np.float64) for n in size)
    x, y = (np.asarray(part, np.float64) for part in np.meshgrid(across, down))
    prior = _silhouette(who, x, y)
    cut = _grab(np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.uint8), prior, who, x, y)
    soft = cv2.GaussianBlur(0.75 * cut + 0.25 * (prior > 0.5), (0, 0), 0.045 * min(size))
    # The grid's rim lies outside the picture: sample by coordinates, the border repeated.
    gx, gy = grid.points()
    mx, my = np.broadcast_arrays((gx + 0.5) * shrink - 0.5, (gy + 0.5) * shrink - 0.5)
    field = cv2.remap(
        np.asarray(soft, np.float32), np.ascontiguousarray(mx, np.float32), np.ascontiguousarray(my, np.float32),
        cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE,
    )  # fmt: skip
    return np.asarray(field, np.float32)


def _silhouette(who: Anatomy, x: _F64, y: _F64) -> _F64:
    """About 1 inside head and body, 0.5 on their outline, 0 outside."""
    u, v = _axes(who, who.head, x, y)
    head = (u / who.head_half[0]) ** 2 + (v / who.head_half[1]) ** 2
    u, v = _axes(who, who.eyes, x, y)
    reach = (v / who.unit - 1.6).clip(0)
    # Shoulders spread from the neck and stay as wide as the body.
    half = who.unit * (0.9 + 2.4 * (1 - np.exp(-reach / 0.9)))
    body = np.where(reach > 0, (u / half) ** 2, np.inf)
    return np.exp(-np.log(2) * np.minimum(head, body))


def _grab(small: _U8, prior: _F64, who: Anatomy, x: _F64, y: _F64) -> _F64:
    u, v = _axes(who, who.head, x, y)
    far = np.hypot(u / who.head_half[0], v / who.head_half[1]) > 2.2
    label = np.where(prior > 0.5, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    label[far & (prior < 0.2)] = cv2.GC_BGD
    label[(u / (0.7 * who.head_half[0])) ** 2 + (v / (0.7 * who.head_half[1])) ** 2 < 1] = cv2.GC_FGD
    want = float((prior > 0.5).mean())
    if not (label == cv2.GC_BGD).any() or not (label == cv2.GC_FGD).any():
        return (prior > 0.5).astype(np.float64)
    # GrabCut clusters colours from random starts; the same photo must give the same matte.
    cv2.setRNGSeed(7)
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(
        np.ascontiguousarray(small[..., ::-1]), label, (0, 0, 1, 1), *models, 3, cv2.GC_INIT_WITH_MASK
    )
    cut = (label == cv2.GC_FGD) | (label == cv2.GC_PR_FGD)
    return (cut if 0.45 * want < float(cut.mean()) < 2.2 * want else prior > 0.5).astype(np.float64)


def _axes(who: Anatomy, centre: tuple[float, float], x: _F64, y: _F64) -> tuple[_F64, _F64]:
    x, y = x - centre[0], y - centre[1]
    return x * who.across[0] + y * who.across[1], x * who.down[0] + y * who.down[1]


def _in_picture(who: Anatomy, grid: Grid, du: _F32, dv: _F32) -> _F32:
    """From the face's axes to x and y; what would move across the picture's rim fades out before it."""
    field = np.empty((*grid.shape, 2), np.float32)
    field[..., 0] = du * who.across[0] + dv * who.down[0]
    field[..., 1] = du * who.across[1] + dv * who.down[1]
    return hold_rim(field, grid)


def hold_rim(field: _F32, grid: Grid) -> _F32:
    """Fade the component across each rim to 0 within 7 % of the short side, in place, so that no edge is uncovered."""
    x, y = grid.points()
    band = 0.07 * min(grid.width, grid.height)
    for axis, at, end in ((0, x, grid.width - 1), (1, y, grid.height - 1)):
        near = np.clip(np.minimum(at, end - at) / band, 0, 1)
        field[..., axis] *= near * near * (3 - 2 * near)
    return _cut(field)


def _cut(field: _F32) -> _F32:
    field[np.abs(field).max(axis=2) < _STILL] = 0
    return field


def _middle(a: tuple[float, float], b: tuple[float, float]) -> tuple[float, float]:
    return (a[0] + b[0]) / 2, (a[1] + b[1]) / 2


def _along(start: tuple[float, float], direction: tuple[float, float], length: float) -> tuple[float, float]:
    return start[0] + direction[0] * length, start[1] + direction[1] * length


def _inside(point: tuple[float, float], width: int, height: int) -> tuple[float, float]:
    return min(max(point[0], 0.0), float(width)), min(max(point[1], 0.0), float(height))
