"""The dream cloud: where it hangs, how it grows from the sleeper's head, and its fluffy, lit edge.

    keep-clear boxes ─► place_cloud() ─► Hang (centre, radii) ─► Cloud: mask, rim, puffs, glow baked once
                                                                  ├─ puffs(): the fluffy edge, drawn
                                                                  └─ fields(): mask, rim and glow as opacities

All coordinates are output pixels.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

import cv2
import numpy as np
import skia
from numpy.typing import NDArray

from dreamreel.dream.hand import Look, Sprite, bake, mix
from dreamreel.dream.motion import cycle, lerp, rng
from dreamreel.dream.shapes import circle

__all__ = ["Bubble", "Cloud", "Field", "Hang", "Opacity", "place_cloud"]

KeepClear = tuple[float, float, float, float, float]
"""x, y, width, height in pixels and how much it costs to cover it."""


@dataclass(frozen=True, slots=True)
class Hang:
    """Where the open cloud hangs: centre and half axes, pixels."""

    x: float
    y: float
    rx: float
    ry: float


def place_cloud(
    width: int, height: int, clear: Sequence[KeepClear], anchor: tuple[float, float], seed: int
) -> Hang:
    """The largest good place for the cloud: inside the frame, off the face, not far from the head.

    Every candidate on a coarse grid of centres, sizes and aspects is scored at once.
    """
    dice = rng("hang", seed)
    side = dice.choice((-1, 1))
    sizes = np.array([0.17, 0.19, 0.21, 0.24, 0.27, 0.30, 0.33, 0.36, 0.40])
    aspects = np.array([1.0, 1.2, 1.4, 1.6])
    fx, fy = np.linspace(0.18, 0.82, 17), np.linspace(0.16, 0.72, 15)
    s, a, cx, cy = (v.ravel() for v in np.meshgrid(sizes, aspects, fx * width, fy * height, indexing="ij"))
    short = math.sqrt(width * height)
    rx, ry = s * short * np.sqrt(a), s * short / np.sqrt(a)
    area = math.pi * rx * ry / (width * height)
    pad = 0.02 * short
    outside = sum(np.maximum(0, v) for v in (pad + rx - cx, cx + rx - width + pad)) / rx
    outside = outside + sum(np.maximum(0, v) for v in (pad + ry - cy, cy + ry - height + pad)) / ry
    score = 3.2 * np.minimum(area, 0.33) + 0.10 * np.minimum(a, 1.4) - 2.2 * outside
    for x, y, w, h, weight in clear:
        ox = np.maximum(0, np.minimum(cx + rx * 0.96, x + w) - np.maximum(cx - rx * 0.96, x)) / w
        oy = np.maximum(0, np.minimum(cy + ry * 0.96, y + h) - np.maximum(cy - ry * 0.96, y)) / h
        # Any part of eyes or mouth is too much; a little of the hair is not.
        score -= 2.2 * weight * np.sqrt(ox * oy) if weight >= 1 else 1.7 * weight * ox * oy
    reach = np.hypot((cx - anchor[0]) / width, (cy - anchor[1]) / height)
    # A dream rises: beside the head is good, below the chin is not.
    score -= 0.18 * reach + 2.2 * np.maximum(0, (cy - anchor[1]) / height - 0.22)
    gap = np.hypot(cx - anchor[0], cy - anchor[1]) - _radius(cx - anchor[0], cy - anchor[1], rx, ry)
    score -= 1.3 * np.clip(0.10 - gap / short, 0, 0.25)
    score -= 2.4 * _crossing(cx, cy, rx, ry, clear, anchor)
    score += 0.02 * side * (cx / width - 0.5) + 0.02 * np.abs(cx / width - 0.5)
    best = int(np.argmax(score))
    return Hang(float(cx[best]), float(cy[best]), float(rx[best]), float(ry[best]))


def _crossing(
    cx: _Many, cy: _Many, rx: _Many, ry: _Many, clear: Sequence[KeepClear], anchor: tuple[float, float]
) -> _Many:
    """How much of the bubbles' way from the anchor to each cloud lies over a face, 0..1."""
    dx, dy = cx - anchor[0], cy - anchor[1]
    along = np.maximum(0.0, 1 - _radius(dx, dy, rx, ry) / np.maximum(np.hypot(dx, dy), 1e-9))
    out = np.zeros_like(cx)
    for u in (0.3, 0.5, 0.7, 0.9, 1.0):
        x, y = anchor[0] + dx * along * u, anchor[1] + dy * along * u
        for left, top, w, h, weight in clear:
            if weight >= 1:
                inside = (x > left) & (x < left + w) & (y > top) & (y < top + h)
                out += 0.2 * inside
    return out


_Many = NDArray[np.float64]
Opacity = NDArray[np.uint8]
"""HxW, 0 clear to 255 solid."""


@dataclass(frozen=True, slots=True)
class Field:
    """Opacities around a middle, `scale` pixels for each pixel of the frame."""

    pixels: Opacity
    scale: float

    def over(self, box: tuple[int, int, int, int], x: float, y: float, zoom: float) -> Opacity:
        """What falls on the pixels of `box` when the middle is at x, y and the field is `zoom` times as large."""
        high, wide = self.pixels.shape
        s = zoom / self.scale
        # Pixel centres: the field's middle lies between pixels, at (size - 1) / 2.
        to = np.array(
            [[s, 0, x - box[0] - 0.5 - s * (wide - 1) / 2], [0, s, y - box[1] - 0.5 - s * (high - 1) / 2]]
        )
        size = (box[2] - box[0], box[3] - box[1])
        return np.asarray(cv2.warpAffine(self.pixels, to, size, flags=cv2.INTER_LINEAR), np.uint8)


@dataclass(frozen=True, slots=True)
class _Puff:
    """A ball of the cloud's edge: place on the unit superellipse, radius as a share of the smaller half axis."""

    angle: float
    size: float
    period: float
    phase: float


@dataclass(frozen=True, slots=True)
class Bubble:
    """A small puff between head and cloud."""

    x: float
    y: float
    r: float


def _radius(dx: _Many | float, dy: _Many | float, rx: _Many | float, ry: _Many | float) -> _Many:
    """Distance from the middle of an ellipse to its edge in the direction (dx, dy)."""
    return np.asarray(np.hypot(dx, dy) / np.maximum(np.hypot(dx / rx, dy / ry), 1e-9), np.float64)


_SQUARE = 2.6
"""Power of the superellipse that the cloud's edge follows: 2 is an ellipse, more is squarer."""
_NEARING = 5.0
"""What coming nearer by a factor of e changes, against covering as much of the picture anew; measured."""
_CORE = 0.80
"""Share of that superellipse that is dream everywhere; the puffs add the rest."""


def _squircle(angle: float) -> tuple[float, float]:
    c, s = math.cos(angle), math.sin(angle)
    k = (abs(c) ** _SQUARE + abs(s) ** _SQUARE) ** (-1 / _SQUARE)
    return c * k, s * k


def _puffs(dice: Random, aspect: float) -> list[_Puff]:
    """Puffs around the edge, spaced by their own sizes; fuller below, livelier above."""
    n = round(9 + 2.2 * max(aspect, 1 / aspect))
    start = dice.uniform(0, math.tau)
    out: list[_Puff] = []
    for k in range(n):
        angle = start + math.tau * (k + dice.uniform(-0.16, 0.16)) / n
        out.append(_Puff(angle, dice.uniform(0.24, 0.34), dice.uniform(3.6, 6.4), dice.random()))
    return out


class Cloud:
    """The cloud at one place, with everything that does not change baked."""

    def __init__(self, hang: Hang, anchor: tuple[float, float], light: int, look: Look, seed: int) -> None:
        """`light` is the dream's own light, which tints the edge; `anchor` is the crown of the head."""
        self.hang, self.anchor, self.light, self.look = hang, anchor, light, look
        self._dice = rng("cloud", seed)
        self._edge = _puffs(self._dice, hang.rx / hang.ry)
        self._small = min(hang.rx, hang.ry)
        self._outline = self._union()
        self.mist, self.shine = mix(0xFFFFFF, light, 0.22), mix(light, 0xFFFFFF, 0.35)
        self._mask = self._bake_mask()
        self._rim = self._bake_rim()
        self._glow = self._bake_glow()
        self._ball = self._bake_ball()
        self._kept: tuple[object, tuple[Opacity, Opacity, Opacity]] | None = None

    @property
    def reach(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom of everything drawn when fully open, puffs and glow included."""
        m = 0.34 * self._small
        h = self.hang
        return h.x - h.rx - m, h.y - h.ry - m, h.x + h.rx + m, h.y + h.ry + m

    def window(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom of the rectangle the dream fills when fully open."""
        h = self.hang
        return h.x - h.rx, h.y - h.ry, h.x + h.rx, h.y + h.ry

    def sizes(self, width: int, height: int) -> NDArray[np.float64]:
        """257 sizes from 1 to beyond the frame, in which the picture changes by even steps.

        Two things change it: more of the photo is covered, and the dream inside comes nearer.
        """
        h = self.hang
        x, y = np.meshgrid((np.arange(96) + 0.5) * width / 96, (np.arange(96) + 0.5) * height / 96)
        away = (np.abs((x - h.x) / h.rx) ** _SQUARE + np.abs((y - h.y) / h.ry) ** _SQUARE) ** (1 / _SQUARE)
        # In the end past the corners, by the width of the rim and its puffs.
        size = np.linspace(1.0, 1.3 * float(away.max()) / _CORE, 512)
        taken = np.searchsorted(np.sort(away.ravel()), size * (_CORE + 0.1)) / away.size
        across = np.minimum(h.x + size * h.rx, width) - np.maximum(h.x - size * h.rx, 0)
        down = np.minimum(h.y + size * h.ry, height) - np.maximum(h.y - size * h.ry, 0)
        near = np.log(across * down) / 2
        change = np.diff(taken) + _NEARING * taken[1:] * np.diff(near)
        # Where all is covered the wide mist of the rim still has to leave.
        spent = np.concatenate([[0.0], np.cumsum(change + 0.3 * change.mean())])
        even = np.interp(np.linspace(0, float(spent[-1]), 257), spent, size)
        # Sides reach the frame one after another; what follows sets in softly.
        even[4:-4] = np.convolve(even, np.ones(9) / 9, "valid")
        return even

    def _at(self, puff: _Puff, inset: float) -> tuple[float, float, float]:
        x, y = _squircle(puff.angle)
        r = puff.size * self._small
        return x * (self.hang.rx - r * inset), y * (self.hang.ry - r * inset), r

    def _union(self) -> skia.Path:
        """The cloud's outline about (0, 0)."""
        core = [_squircle(a * math.tau / 48) for a in range(48)]
        inside = [skia.Point(x * self.hang.rx * _CORE, y * self.hang.ry * _CORE) for x, y in core]
        out = skia.Path.Polygon(inside, True)
        for puff in self._edge:
            x, y, r = self._at(puff, 1.0)
            out = skia.Op(out, skia.Path.Circle(x, y, r), skia.PathOp.kUnion_PathOp)
        return out

    def _field(self, draw: Callable[[skia.Canvas], None], margin: float, scale: float = 1.0) -> Field:
        """A map of opacities around the cloud's middle, from what `draw` paints in white."""
        w, h = math.ceil((self.hang.rx + margin) * scale), math.ceil((self.hang.ry + margin) * scale)
        surface = skia.Surface.MakeRaster(skia.ImageInfo.MakeA8(2 * w, 2 * h))
        canvas = surface.getCanvas()
        canvas.translate(w, h)
        canvas.scale(scale, scale)
        draw(canvas)
        pixels = np.zeros((2 * h, 2 * w), np.uint8)
        surface.readPixels(skia.ImageInfo.MakeA8(2 * w, 2 * h), pixels, 2 * w, 0, 0)
        return Field(pixels, scale)

    def _bake_mask(self) -> Field:
        blur = skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, max(0.8, self._small * 0.012))
        return self._field(
            lambda c: c.drawPath(self._outline, skia.Paint(AntiAlias=True, MaskFilter=blur)), 4
        )

    def _bake_rim(self) -> Field:
        """Mist just inside the edge, thicker above, where the light comes from."""
        outside = skia.Path.Rect(
            skia.Rect.MakeLTRB(-3 * self.hang.rx, -3 * self.hang.ry, 3 * self.hang.rx, 3 * self.hang.ry)
        )
        outside.addPath(self._outline)
        outside.setFillType(skia.PathFillType.kEvenOdd)

        def draw(canvas: skia.Canvas) -> None:
            for sigma, alpha, drop in ((0.10, 0.55, -0.05), (0.03, 0.85, -0.012)):
                blur = skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, sigma * self._small)
                canvas.save()
                canvas.translate(0, drop * self._small)
                canvas.drawPath(outside, skia.Paint(AntiAlias=True, Alphaf=alpha, MaskFilter=blur))
                canvas.restore()

        return self._field(draw, 4)

    def _bake_glow(self) -> Field:
        """Light around the cloud, at a quarter of the size: it is all blur."""
        blur = skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, 0.13 * self._small)
        paint = skia.Paint(AntiAlias=True, Alphaf=0.5, MaskFilter=blur)
        return self._field(lambda c: c.drawPath(self._outline, paint), 0.34 * self._small, 0.25)

    def _bake_ball(self) -> Sprite:
        """One puff of radius 1 unit, shaded in the house hand, big enough for the largest."""
        scale = 0.36 * self._small
        white = mix(0xFFFFFF, self.light, 0.16)
        shade = mix(self.light, 0x6C5BA8, 0.55)
        return bake(
            lambda b: b.soft(circle(0, 0, 1), white, shade=shade, light=0.75),
            (-1.1, -1.1, 1.1, 1.1),
            scale,
            self.look,
        )

    def centre(self, openness: float) -> tuple[float, float, float]:
        """Centre and scale.

        It swells out of the last bubble and drifts to its place; the scale is 0..1.
        """
        sx, sy = self._trail(1.15)
        rise = 1 - (1 - openness) ** 1.6
        return lerp(sx, self.hang.x, rise), lerp(sy, self.hang.y, rise), openness

    def _way(self) -> float:
        """How long the bubbles' way is, pixels."""
        h = self.hang
        dx, dy = h.x - self.anchor[0], h.y - self.anchor[1]
        edge = math.hypot(dx, dy) - float(_radius(dx, dy, h.rx * 1.1, h.ry * 1.1))
        return min(max(edge - 0.05 * self._small, 0.24 * self._small), 1.1 * self._small)

    def _trail(self, u: float) -> tuple[float, float]:
        """A point of the bubbles' way: from the crown at 0 to the cloud's edge at 1, on a bow."""
        h = self.hang
        ax, ay = self.anchor
        dx, dy = h.x - ax, h.y - ay
        distance = math.hypot(dx, dy) or 1.0
        near, span = 0.05 * self._small, self._way()
        along = near + span * u
        bow = 0.14 * span * math.sin(math.pi * min(u, 1.0))
        side = 1 if dx < 0 else -1
        return (
            ax + dx / distance * along - side * dy / distance * bow,
            ay + dy / distance * along + side * dx / distance * bow,
        )

    def bubbles(
        self, t: float, presence: Sequence[float], shift: tuple[float, float] = (0, 0)
    ) -> list[Bubble]:
        """Small puffs from the head toward the cloud, each larger than the last; `shift` is how far the head moved."""
        out: list[Bubble] = []
        n = len(presence)
        size = self._small * min(1.0, max(0.5, self._way() / (0.62 * self._small)))
        for k, here in enumerate(presence):
            if here <= 0.01:
                continue
            u = (k + 0.4) / n
            x, y = self._trail(u)
            y += 0.012 * self._small * cycle(t, 2.3 + 0.4 * k, k * 0.31)
            x, y = x + shift[0] * (1 - u), y + shift[1] * (1 - u)
            out.append(Bubble(x, y, here * lerp(0.035, 0.11, u) * size))
        return out

    def puffs(self, canvas: skia.Canvas, t: float, openness: float, swell: float = 1.0) -> None:
        """Draw the fluffy edge, which breathes; the dream covers its middle.

        Args:
            canvas: in output pixels.
            t: seconds.
            openness: 0..1 while growing.
            swell: above 1 while opening to the whole frame.
        """
        x, y, scale = self._place(openness, swell)
        for puff in self._edge:
            px, py, r = self._at(puff, 0.93)
            wobble = 0.03 * self._small
            px += wobble * cycle(t, puff.period, puff.phase)
            py += wobble * cycle(t, puff.period * 1.31, puff.phase + 0.3)
            r *= 1.09 + 0.02 * cycle(t, puff.period * 0.83, puff.phase)
            self.ball(canvas, Bubble(x + px * scale, y + py * scale, r * scale))

    def ball(self, canvas: skia.Canvas, bubble: Bubble) -> None:
        """Draw one puff."""
        canvas.save()
        canvas.translate(bubble.x, bubble.y)
        canvas.scale(bubble.r, bubble.r)
        self._ball.draw(canvas)
        canvas.restore()

    def _place(self, openness: float, swell: float) -> tuple[float, float, float]:
        x, y, scale = self.centre(openness)
        return x, y, scale * swell

    def fields(
        self, box: tuple[int, int, int, int], openness: float, swell: float = 1.0
    ) -> tuple[Opacity, Opacity, Opacity]:
        """Opacities over the pixels of `box` (left, top, right, bottom): the dream, the rim's mist, the glow around.

        They rest while the cloud hangs open, so the last ones are kept.
        """
        key = (box, openness, swell)
        if self._kept is None or self._kept[0] != key:
            place = self._place(openness, swell)
            self._kept = (
                key,
                (self._mask.over(box, *place), self._rim.over(box, *place), self._glow.over(box, *place)),
            )
        return self._kept[1]
