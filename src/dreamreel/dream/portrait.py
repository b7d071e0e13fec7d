"""The photo of the sleeper, alive: breath, smile, stirs, camera, evening and the dream's light, frame by frame.

    once:   photo ──► float planes (BT.709 limited)     face ──► fields, matte, falloffs on a coarse grid
    frame:  state ──► one displacement on the grid ──► map ──► remap of luma and chroma ──► graded ──► uint8 planes

Frames are made in planar Y'CbCr 4:2:0, the encoder's own form, in strips that stay in the cache. A state in which
nothing has happened yet gives the photo's planes bit for bit.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from dreamreel.analyse.faces import Face
from dreamreel.dream import fields
from dreamreel.dream.fit import fit_face, fit_photo, salient_point
from dreamreel.dream.motion import clamp01
from dreamreel.dream.sleeper import DARK, Light, PortraitState, Stir, View, portrait_state

__all__ = [
    "DARK",
    "Light",
    "Portrait",
    "PortraitState",
    "Stir",
    "View",
    "fit_face",
    "fit_photo",
    "photo_planes",
    "portrait_state",
]

_U8: TypeAlias = NDArray[np.uint8]
_F32: TypeAlias = NDArray[np.float32]
Kind: TypeAlias = Literal["breath", "smile", "stir"]

_STRIP = 192
"""Rows per strip: a multiple of every grid step, small enough that a strip's planes stay in the second-level cache."""
_PARALLAX = 0.009
"""Shift of the person against the background at full offset, in shares of the width."""
_GAMMA = 2.4
_KR, _KB = 0.2126, 0.0722


def photo_planes(rgb: _U8) -> tuple[_U8, _U8]:
    """An RGB photo (H×W×3, even sizes) as Y' (H×W) and interleaved CbCr (H/2×W/2×2), BT.709 limited range.

    Chroma is sited left, as MPEG-2 and H.264 expect: on even columns, between two rows.
    """
    luma, chroma = _float_planes(rgb)
    return _rounded(luma, 16.0), _rounded(chroma, 128.0)


@dataclass(frozen=True)
class _Camera:
    """Frame pixel p shows the photo's pixel `p / zoom + (x, y)`."""

    zoom: float
    x: float
    y: float

    @classmethod
    def of(cls, view: View, width: int, height: int) -> _Camera:
        """Any view, limited so that it stays inside the photo."""
        zoom = max(1.0, view.zoom)
        x = min(max((view.cx - 0.5 / zoom) * width, 0.0), width * (1 - 1 / zoom))
        y = min(max((view.cy - 0.5 / zoom) * height, 0.0), height * (1 - 1 / zoom))
        centre = 0.5 / zoom - 0.5
        return cls(zoom, x + centre, y + centre)

    @property
    def rests(self) -> bool:
        return self.zoom == 1.0

    def through(self, field: _F32, grid: fields.Grid) -> _F32:
        """A field of the photo as the frame's grid sees it."""
        if self.rests:
            return field
        first = -grid.step / 2 - 0.5
        turn = np.array([[1 / self.zoom, 0, 0], [0, 1 / self.zoom, 0]])
        turn[:, 2] = [(first / self.zoom + at - first) / grid.step for at in (self.x, self.y)]
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        size = (grid.shape[1], grid.shape[0])
        return np.asarray(
            cv2.warpAffine(field, turn, size, flags=flags, borderMode=cv2.BORDER_REPLICATE), np.float32
        )


@dataclass(frozen=True)
class _Grade:
    """How the frame's light differs from the photo's, on the grid."""

    luma: _F32
    """Factor of Y' - 16."""
    chroma: _F32
    """Factor of both chroma planes (rows×columns×2)."""
    tint: _F32
    """Added to the chroma planes; 128 included (rows×columns×2)."""


class Portrait:
    """A fitted photo that can be painted in any `PortraitState`. Immutable after construction; safe for threads."""

    def __init__(self, rgb: _U8, face: Face | None = None) -> None:
        """`rgb` (H×W×3, uint8) already has the video's even size; `face` is in its pixels, None when there is none."""
        self.height, self.width = rgb.shape[:2]
        if self.width % 2 or self.height % 2:
            raise ValueError(f"a portrait needs even sizes, not {self.width}×{self.height}")
        self.face = face
        centre = face.centre if face else salient_point(rgb)
        self._who = fields.Anatomy.of(face, self.width, self.height, centre)
        # The finest detail of any field is the lower lid, a sixth of the mouth's width.
        mouth = self._who.unit if face else 96.0
        self._grid = fields.Grid(self.width, self.height, 2 if mouth < 40 else 4 if mouth < 160 else 8)
        self._luma, self._chroma = _float_planes(rgb)
        self._breath, self._follow = fields.breath_fields(self._who, self._grid)
        self._smile = fields.smile_field(self._who, self._grid)
        self._turn = fields.turn_field(self._who, self._grid) if face else np.zeros_like(self._smile)
        self._head = (
            fields.head_mask(self._who, self._grid) if face else np.zeros(self._grid.shape, np.float32)
        )
        self._matte = fields.matte(rgb, self._who, self._grid)
        # Light changes far more slowly over the picture than shapes do: a coarser grid is enough.
        self._soft = fields.Grid(self.width, self.height, max(8, min(16, 4 * self._grid.step)))
        self._lit = (
            fields.head_mask(self._who, self._soft) if face else np.zeros(self._soft.shape, np.float32)
        )
        self._near, self._dusk, self._bright = self._light_fields()
        noise = _noise(min(_STRIP, self.height), self.width)
        self._noise = noise + np.float32(16)
        self._fine_noise = np.repeat(noise[: noise.shape[0] // 2, : self.width // 2, None], 2, axis=2)

    # --- what the painter asks ---

    @property
    def focus(self) -> tuple[float, float]:
        """What the camera leans toward, in shares of the picture: the eyes, or a little above the middle."""
        x, y = self._who.eyes
        return min(max(x / self.width, 0.0), 1.0), min(max(y / self.height, 0.0), 1.0)

    def head_anchor(self) -> tuple[float, float, float, tuple[float, float]]:
        """Crown of the head as x, y in pixels of the photo, the head's radius, and the unit vector up along it.

        Without a face: above what stands out most. A crown outside the picture is moved to where the head leaves it.
        """
        who = self._who
        if who.face is None:
            y = max(0.14 * self.height, who.head[1] - who.head_half[1])
            return who.head[0], y, min(self.width, self.height) / 8, (0.0, -1.0)
        rim = 0.03 * min(self.width, self.height)
        reach = 0.88 * who.head_half[1]
        x, y = who.head
        while reach > 0.1 * who.unit:
            x, y = who.head[0] - who.down[0] * reach, who.head[1] - who.down[1] * reach
            if rim <= x <= self.width - rim and rim <= y <= self.height - rim:
                break
            reach *= 0.95
        x, y = min(max(x, rim), self.width - rim), min(max(y, rim), self.height - rim)
        return x, y, sum(who.head_half) / 2, (-who.down[0], -who.down[1])

    def keep_clear(self) -> list[tuple[float, float, float, float, float]]:
        """Rectangles (x, y, width, height, weight 0..1) that a cloud should leave free: the features, then the
        head; without a face, what stands out most.
        """
        who = self._who
        if who.face is None:
            x, y = self.focus
            wide, high = 0.34 * self.width, 0.34 * self.height
            return [(x * self.width - wide / 2, y * self.height - high / 2, wide, high, 0.6)]
        core = _around(
            who,
            (who.eyes[0] + 0.5 * who.unit * who.down[0], who.eyes[1] + 0.5 * who.unit * who.down[1]),
            1.15 * who.unit,
            1.05 * who.unit,
        )
        head = _around(who, who.head, *who.head_half)
        return [(*core, 1.0), (*head, 0.5)]

    def mean_chroma(self) -> tuple[float, float]:
        """Mean Cb and Cr of the photo, 0 = neutral, ±112."""
        cb, cr = self._chroma.mean((0, 1), dtype=np.float64)
        return float(cb), float(cr)

    def project(self, state: PortraitState, x: float, y: float) -> tuple[float, float]:
        """Where the frame of `state` shows the photo's point at `x`, `y`: what floats over the photo follows this."""
        camera = _Camera.of(state.camera, self.width, self.height)
        return (x - camera.x) * camera.zoom, (y - camera.y) * camera.zoom

    def moving_mask(self, kinds: Iterable[Kind] = ("breath", "smile", "stir")) -> NDArray[np.bool_]:
        """H×W: pixels that these kinds can alter while the camera and the grade rest."""
        parts = {
            "breath": (self._breath, self._follow),
            "smile": (self._smile,),
            "stir": (self._turn, np.repeat(self._head[..., None], 2, axis=2)),
        }
        moving = np.zeros(self._grid.shape, np.uint8)
        for kind in kinds:
            for field in parts[kind]:
                moving |= (field != 0).any(axis=2)
        # A pixel moves when any of the samples it is interpolated from does, chroma when its pair does.
        moving = cv2.dilate(moving, np.ones((3, 3), np.uint8))
        step = self._grid.step
        full = np.repeat(np.repeat(moving, step, axis=0), step, axis=1)
        return full[step : step + self.height, step : step + self.width] > 0

    # --- a frame ---

    def paint(self, state: PortraitState, y: _U8, uv: _U8) -> None:
        """Write the frame of `state` into `y` (H×W) and `uv` (H/2×W/2×2, Cb and Cr interleaved), in place."""
        camera = _Camera.of(state.camera, self.width, self.height)
        places = self._places(state, camera)
        grade = self._grade(state, camera)
        for top in range(0, self.height, _STRIP):
            rows = slice(top, min(top + _STRIP, self.height))
            half = slice(rows.start // 2, rows.stop // 2)
            if places is None:
                luma, chroma = self._luma[rows], self._chroma[half]
            else:
                luma, chroma = self._moved(places, camera.zoom, rows)
            if grade is None:
                y[rows], uv[half] = _rounded(luma, 16.0), _rounded(chroma, 128.0)
            else:
                self._graded(grade, luma, chroma, rows, y[rows], uv[half])

    def _places(self, state: PortraitState, camera: _Camera) -> _F32 | None:
        """Where in the photo each of the frame's grid points comes from (x, y), or None when nothing moved."""
        shift = self._displacement(state, camera.zoom)
        if shift is None and camera.rests:
            return None
        x, y = self._grid.points()
        places = np.empty((*self._grid.shape, 2), np.float32)
        places[..., 0] = x / np.float32(camera.zoom) + np.float32(camera.x)
        places[..., 1] = y / np.float32(camera.zoom) + np.float32(camera.y)
        return places if shift is None else places - camera.through(shift, self._grid)

    def _displacement(self, state: PortraitState, zoom: float) -> _F32 | None:
        """The sum of everything that moves within the photo, in the photo's own pixels."""
        total: _F32 | None = None
        parts = (
            (self._breath, state.breath),
            (self._follow, state.follow),
            (self._smile, state.smile),
            (self._turn, state.stir.rot),
        )
        for field, amount in parts:
            if amount:
                blank = np.zeros_like(field) if total is None else total
                total = np.asarray(cv2.scaleAdd(field, float(amount), blank), np.float32)
        unit, reach = self._who.unit, _PARALLAX * self.width
        for mask, dx, dy, swell in (
            (self._head, state.stir.dx * unit, state.stir.dy * unit, 0.0),
            # A person nearer to the camera grows a little faster than what is behind them.
            (self._matte, state.parallax[0] * reach, state.parallax[1] * reach, 0.2 * (zoom - 1)),
        ):
            if self.face and (dx or dy or swell):
                x, y = self._grid.points()
                total = np.zeros_like(self._breath) if total is None else total
                total[..., 0] += mask * (
                    np.float32(swell) * (x - np.float32(self._who.head[0])) + np.float32(dx)
                )
                total[..., 1] += mask * (
                    np.float32(swell) * (y - np.float32(self._who.head[1])) + np.float32(dy)
                )
        return total

    def _moved(self, places: _F32, zoom: float, rows: slice) -> tuple[_F32, _F32]:
        grid = self._grid
        luma = _warped(self._luma, _spread(places, grid, rows, 1), cv2.INTER_CUBIC)
        # Chroma sits on even columns and between two rows: half a pixel left of the middle of its four.
        halves = (places - np.array([0.5 / zoom, 0.5], np.float32)) * np.float32(0.5)
        return luma, _warped(self._chroma, _spread(halves, grid, rows, 2), cv2.INTER_LINEAR)

    def _graded(self, grade: _Grade, luma: _F32, chroma: _F32, rows: slice, y: _U8, uv: _U8) -> None:
        """Gain, tint and dither of some rows, rounded into `y` and `uv`."""
        grid, height = self._soft, rows.stop - rows.start
        lit = cv2.multiply(luma, _spread(grade.luma, grid, rows, 1))
        cv2.threshold(lit, 219, 0, cv2.THRESH_TRUNC, dst=lit)
        # Dither before rounding: a slow gradient over a plain wall would show its steps.
        y[:] = cv2.add(lit, self._noise[:height], dtype=cv2.CV_8U)
        tinted = cv2.multiply(chroma, _spread(grade.chroma, grid, rows, 2))
        cv2.add(tinted, _spread(grade.tint, grid, rows, 2), dst=tinted)
        uv[:] = cv2.add(tinted, self._fine_noise[: height // 2], dtype=cv2.CV_8U)

    # --- light ---

    def _grade(self, state: PortraitState, camera: _Camera) -> _Grade | None:
        """Gains are multiplied in linear light: a factor g there is g^(1/2.4) on Y' (BT.1886's display curve)."""
        evening, strength = np.float32(clamp01(state.evening)), clamp01(state.light.strength)
        if not evening and not strength:
            return None
        far = 1 - self._near
        gain, tint = 1 - evening * self._dusk, np.empty((*self._soft.shape, 2), np.float32)
        # Away from the face the evening is bluer and a little paler; on the skin it is neither.
        dim = evening * far
        tint[..., 0], tint[..., 1] = _DUSK_CB * dim, _DUSK_CR * dim
        if strength:
            glow = np.float32(strength) * self._glow(state.light, camera)
            gain = gain * (1 + glow)
            cb, cr = _chroma_of(state.light.colour)
            tint[..., 0] += np.float32(0.5 * cb) * glow
            tint[..., 1] += np.float32(0.5 * cr) * glow
        luma = np.asarray(cv2.pow(np.ascontiguousarray(gain), 1 / _GAMMA), np.float32)
        tint *= (self._bright * luma)[..., None]
        chroma = luma * (1 - np.float32(_PALER) * dim)
        both = camera.through(np.dstack([luma, chroma, tint + np.float32(128)]), self._soft)
        return _Grade(both[..., 0].copy(), np.dstack([both[..., 1]] * 2), both[..., 2:].copy())

    def _glow(self, light: Light, camera: _Camera) -> _F32:
        """The dream's light in shares of linear light: broad around its source, shaped on the head as on a ball."""
        sx, sy = light.x / camera.zoom + camera.x, light.y / camera.zoom + camera.y
        x, y = self._soft.points()
        side = 0.5 * math.hypot(self.width, self.height)
        glow = np.float32(0.16) / (
            1 + ((x - np.float32(sx)) ** 2 + (y - np.float32(sy)) ** 2) / np.float32(side**2 / 2)
        )
        if self.face:
            hx, hy = self._who.head
            away = math.hypot(sx - hx, sy - hy) or 1.0
            radius = sum(self._who.head_half) / 2
            toward = (x - np.float32(hx)) * np.float32((sx - hx) / away / radius)
            toward = toward + (y - np.float32(hy)) * np.float32((sy - hy) / away / radius)
            reach = 1 / (1 + (away / (2.2 * side)) ** 2)
            ball = np.clip(0.5 + 0.5 * toward, 0, 1) ** 2
            glow = glow + np.float32(0.22 * reach) * self._lit * ball
        return glow.astype(np.float32)

    def _light_fields(self) -> tuple[_F32, _F32, _F32]:
        """How near to the face (1..0), how much darker in the evening (linear, 0..1), and how bright the photo is."""
        who, grid = self._who, self._soft
        u, v = who.local(grid, who.head)
        away = (u / who.head_half[0]) ** 2 + (v / who.head_half[1]) ** 2
        floor = (0.42 * min(self.width, self.height)) ** 2
        # Around a small face the light pool keeps a size that the eye can read.
        away = np.minimum(away, (u**2 + v**2) / np.float32(floor) * 4.0)
        near = np.exp(-away / np.float32(2.3**2))
        x, y = grid.points()
        corner = ((x / self.width - 0.5) ** 2 + (y / self.height - 0.5) ** 2) * 2
        size = (grid.shape[1] - 2, grid.shape[0] - 2)
        small = cv2.resize(self._luma, size, interpolation=cv2.INTER_AREA)
        small = cv2.GaussianBlur(small, (0, 0), 0.012 * min(self.width, self.height) / grid.step + 0.5)
        bright = np.asarray(
            cv2.copyMakeBorder(small, 1, 1, 1, 1, cv2.BORDER_REPLICATE), np.float32
        ) / np.float32(219)
        # A photo taken at night is dark enough.
        much = min(max(float(bright.mean()) / 0.45, 0.35), 1.0)
        dusk = np.clip((0.12 + 0.40 * (1 - near) + 0.16 * corner) * much, 0, 0.7)
        return np.asarray(near, np.float32), np.asarray(dusk, np.float32), np.asarray(bright, np.float32)


_DUSK_CB, _DUSK_CR = np.float32(9.0), np.float32(-5.0)
"""The evening's blue on white, in chroma steps."""
_PALER = 0.14


def _float_planes(rgb: _U8) -> tuple[_F32, _F32]:
    """Y' - 16 and (Cb, Cr) - 128, not rounded, so that later steps lose nothing."""
    height, width = rgb.shape[:2]
    luma = np.empty((height, width), np.float32)
    chroma = np.empty((height // 2, width // 2, 2), np.float32)
    to_y = np.array([[_KR, 1 - _KR - _KB, _KB]]) * (219 / 255)
    kb, kr = 224 / 255 / (2 - 2 * _KB), 224 / 255 / (2 - 2 * _KR)
    to_c = np.array(
        [
            [-_KR * kb, -(1 - _KR - _KB) * kb, (1 - _KB) * kb],
            [(1 - _KR) * kr, -(1 - _KR - _KB) * kr, -_KB * kr],
        ]
    )
    for top in range(0, height, _STRIP):
        part = rgb[top : top + _STRIP].astype(np.float32)
        luma[top : top + _STRIP] = cv2.transform(part, to_y)
        rows = cv2.transform((part[0::2] + part[1::2]) * np.float32(0.5), to_c)
        even, odd = rows[:, 0::2], rows[:, 1::2]
        before = np.concatenate([even[:, :1], odd[:, :-1]], axis=1)
        chroma[top // 2 : (top + _STRIP) // 2] = 0.5 * even + 0.25 * (before + odd)
    return luma, chroma


def _rounded(plane: _F32, offset: float) -> _U8:
    """To 8 bits, nearest."""
    plus = (offset,) * 4
    # The stub knows no scalars as a second operand.
    total = cv2.add(plane, plus, dtype=cv2.CV_8U)  # pyright: ignore[reportCallIssue, reportArgumentType, reportUnknownVariableType]
    return np.asarray(total, np.uint8)


def _warped(plane: _F32, places: _F32, method: int) -> _F32:
    unused = np.empty(0, np.float32)
    return np.asarray(cv2.remap(plane, places, unused, method, borderMode=cv2.BORDER_REFLECT_101), np.float32)


def _noise(height: int, width: int) -> _F32:
    """±0.5 in a pattern without texture: interleaved gradient noise (Jimenez 2014)."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    inner = 0.06711056 * x + 0.00583715 * y
    return ((52.9829189 * (inner % 1)) % 1 - 0.5).astype(np.float32)


def _spread(field: _F32, grid: fields.Grid, rows: slice, halved: int) -> _F32:
    """A field of `grid` at every pixel of some rows (`halved` 2: at the middle of every four)."""
    first, cells = rows.start // grid.step, -(-(rows.stop - rows.start) // grid.step)
    part = field[first : first + cells + 2]
    rim, height = grid.step // halved, (rows.stop - rows.start) // halved
    full = cv2.resize(part, (part.shape[1] * rim, part.shape[0] * rim), interpolation=cv2.INTER_LINEAR)
    return np.asarray(full, np.float32)[rim : rim + height, rim : rim + grid.width // halved]


def _chroma_of(colour: tuple[int, int, int]) -> tuple[float, float]:
    """Cb and Cr of an sRGB colour at full brightness, 0 = neutral."""
    r, g, b = (c / max(1, *colour) for c in colour)
    y = _KR * r + (1 - _KR - _KB) * g + _KB * b
    return 224 * (b - y) / (2 - 2 * _KB), 224 * (r - y) / (2 - 2 * _KR)


def _around(
    who: fields.Anatomy, centre: tuple[float, float], across: float, down: float
) -> tuple[float, float, float, float]:
    """The upright rectangle around an ellipse in the face's axes."""
    half = [math.hypot(across * who.across[i], down * who.down[i]) for i in (0, 1)]
    return centre[0] - half[0], centre[1] - half[1], 2 * half[0], 2 * half[1]
