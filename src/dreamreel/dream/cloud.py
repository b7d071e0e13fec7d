"""The dream cloud: where it hangs, how it grows from the sleeper's head, and its fluffy, lit edge.

    keep-clear boxes ─► place_cloud() ─► Hang (centre, radii) ─► Cloud: mask, rim, puffs, glow baked once
                                                                  └─ frame(): dream pixels ─ mask ─ rim ─ puffs behind ─ glow

All coordinates are output pixels.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
import skia

from dreamreel.dream.hand import Look, Sprite, bake, mix, rgba
from dreamreel.dream.motion import cycle, lerp, rng
from dreamreel.dream.shapes import circle

__all__ = ["Bubble", "Cloud", "Hang", "place_cloud"]

KeepClear = tuple[float, float, float, float, float]
"""x, y, width, height in pixels and how much it costs to cover it."""


@dataclass(frozen=True, slots=True)
class Hang:
    """Where the open cloud hangs: centre and half axes, pixels."""

    x: float
    y: float
    rx: float
    ry: float


def place_cloud(width: int, height: int, clear: Sequence[KeepClear], anchor: tuple[float, float], seed: int) -> Hang:
    """The largest good place for the cloud: inside the frame, off the face, not far from the head.

    Every candidate on a coarse grid of centres, sizes and aspects is scored at once.
    """
    dice = rng("hang", seed)
    side = dice.choice((-1, 1))
    sizes = np.array([0.23, 0.27, 0.31, 0.35, 0.39, 0.43])
    aspects = np.array([1.0, 1.2, 1.4, 1.6])
    fx, fy = np.linspace(0.18, 0.82, 17), np.linspace(0.16, 0.72, 15)
    s, a, cx, cy = (v.ravel() for v in np.meshgrid(sizes, aspects, fx * width, fy * height, indexing="ij"))
    short = math.sqrt(width * height)
    rx, ry = s * short * np.sqrt(a), s * short / np.sqrt(a)
    area = math.pi * rx * ry / (width * height)
    pad = 0.02 * short
    outside = sum(np.maximum(0, v) for v in (pad + rx - cx, cx + rx - width + pad)) / rx
    outside = outside + sum(np.maximum(0, v) for v in (pad + ry - cy, cy + ry - height + pad)) / ry
    score = 2.1 * np.minimum(area, 0.36) - 2.2 * outside
    for x, y, w, h, weight in clear:
        ox = np.maximum(0, np.minimum(cx + rx * 0.96, x + w) - np.maximum(cx - rx * 0.96, x)) / w
        oy = np.maximum(0, np.minimum(cy + ry * 0.96, y + h) - np.maximum(cy - ry * 0.96, y)) / h
        score -= 1.7 * weight * ox * oy
    reach = np.hypot((cx - anchor[0]) / width, (cy - anchor[1]) / height)
    score -= 0.18 * reach + 0.05 * np.maximum(0, cy / height - 0.45)
    score += 0.02 * side * (cx / width - 0.5) + 0.02 * np.abs(cx / width - 0.5)
    best = int(np.argmax(score))
    return Hang(float(cx[best]), float(cy[best]), float(rx[best]), float(ry[best]))


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


def _radius(dx: float, dy: float, rx: float, ry: float) -> float:
    """Distance from the middle of an ellipse to its edge in the direction (dx, dy)."""
    length = math.hypot(dx, dy) or 1.0
    return 1 / math.hypot(dx / length / rx, dy / length / ry)


def _squircle(angle: float, power: float = 2.6) -> tuple[float, float]:
    c, s = math.cos(angle), math.sin(angle)
    k = (abs(c) ** power + abs(s) ** power) ** (-1 / power)
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
        self._mask = self._bake_mask()
        self._rim = self._bake_rim()
        self._glow = self._bake_glow()
        self._ball = self._bake_ball()

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

    def _at(self, puff: _Puff, inset: float) -> tuple[float, float, float]:
        x, y = _squircle(puff.angle)
        r = puff.size * self._small
        return x * (self.hang.rx - r * inset), y * (self.hang.ry - r * inset), r

    def _union(self) -> skia.Path:
        """The cloud's outline about (0, 0)."""
        core = [_squircle(a * math.tau / 48) for a in range(48)]
        inner = 0.80
        out = skia.Path.Polygon([skia.Point(x * self.hang.rx * inner, y * self.hang.ry * inner) for x, y in core], True)
        for puff in self._edge:
            x, y, r = self._at(puff, 1.0)
            out = skia.Op(out, skia.Path.Circle(x, y, r), skia.PathOp.kUnion_PathOp)
        return out

    def _sheet(self, margin: float) -> tuple[skia.Surface, skia.Canvas, float, float]:
        w, h = self.hang.rx + margin, self.hang.ry + margin
        surface = skia.Surface(math.ceil(2 * w), math.ceil(2 * h))
        canvas = surface.getCanvas()
        canvas.translate(w, h)
        return surface, canvas, -w, -h

    def _bake_mask(self) -> Sprite:
        surface, canvas, x, y = self._sheet(4)
        feather = max(0.8, self._small * 0.012)
        blur = skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, feather)
        canvas.drawPath(self._outline, skia.Paint(AntiAlias=True, Color=0xFFFFFFFF, MaskFilter=blur))
        return Sprite(surface.makeImageSnapshot(), x, y, 1.0)

    def _bake_rim(self) -> Sprite:
        """Mist just inside the edge: white, tinted by the dream, thicker below."""
        surface, canvas, x, y = self._sheet(4)
        white = mix(0xFFFFFF, self.light, 0.22)
        outside = skia.Path.Rect(skia.Rect.MakeLTRB(2 * x, 2 * y, -2 * x, -2 * y))
        outside.addPath(self._outline)
        outside.setFillType(skia.PathFillType.kEvenOdd)
        for sigma, alpha, drop in ((0.10, 0.55, -0.05), (0.03, 0.85, -0.012)):
            blur = skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, sigma * self._small)
            canvas.save()
            canvas.translate(0, drop * self._small)
            canvas.drawPath(outside, skia.Paint(AntiAlias=True, Color=rgba(white, alpha), MaskFilter=blur))
            canvas.restore()
        return Sprite(surface.makeImageSnapshot(), x, y, 1.0)

    def _bake_glow(self) -> Sprite:
        """Light around the cloud, at half size: it is all blur."""
        margin = 0.34 * self._small
        w, h = self.hang.rx + margin, self.hang.ry + margin
        surface = skia.Surface(math.ceil(w), math.ceil(h))
        canvas = surface.getCanvas()
        canvas.scale(0.5, 0.5)
        canvas.translate(w, h)
        blur = skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, 0.13 * self._small)
        canvas.drawPath(self._outline, skia.Paint(AntiAlias=True, Color=rgba(mix(self.light, 0xFFFFFF, 0.35), 0.5), MaskFilter=blur))
        return Sprite(surface.makeImageSnapshot(), -w, -h, 0.5)

    def _bake_ball(self) -> Sprite:
        """One puff of radius 1 unit, shaded in the house hand, big enough for the largest."""
        scale = 0.36 * self._small
        white = mix(0xFFFFFF, self.light, 0.16)
        shade = mix(self.light, 0x6C5BA8, 0.55)
        return bake(lambda b: b.soft(circle(0, 0, 1), white, shade=shade, light=0.75), (-1.1, -1.1, 1.1, 1.1), scale, self.look)

    def centre(self, openness: float) -> tuple[float, float, float]:
        """Where the growing cloud is: centre and scale 0..1; it swells out of the last bubble and drifts to its place."""
        sx, sy = self._trail(1.15)
        rise = 1 - (1 - openness) ** 1.6
        return lerp(sx, self.hang.x, rise), lerp(sy, self.hang.y, rise), openness

    def _trail(self, u: float) -> tuple[float, float]:
        """A point of the bubbles' way: from the crown at 0 to the cloud's edge at 1, on a bow."""
        h = self.hang
        ax, ay = self.anchor
        dx, dy = h.x - ax, h.y - ay
        distance = math.hypot(dx, dy) or 1.0
        edge = distance - _radius(dx, dy, h.rx * 1.1, h.ry * 1.1)
        near = 0.05 * self._small
        span = min(max(edge - near, 0.24 * self._small), 1.1 * self._small)
        along = near + span * u
        bow = 0.14 * span * math.sin(math.pi * min(u, 1.0))
        side = 1 if dx < 0 else -1
        return ax + dx / distance * along - side * dy / distance * bow, ay + dy / distance * along + side * dx / distance * bow

    def bubbles(self, t: float, presence: Sequence[float], shift: tuple[float, float] = (0, 0)) -> list[Bubble]:
        """Small puffs from the head toward the cloud, each larger than the one before; `shift` is how far the head has moved."""
        out: list[Bubble] = []
        n = len(presence)
        for k, here in enumerate(presence):
            if here <= 0.01:
                continue
            u = (k + 0.4) / n
            x, y = self._trail(u)
            y += 0.012 * self._small * cycle(t, 2.3 + 0.4 * k, k * 0.31)
            x, y = x + shift[0] * (1 - u), y + shift[1] * (1 - u)
            out.append(Bubble(x, y, here * lerp(0.035, 0.11, u) * self._small))
        return out

    def ball(self, canvas: skia.Canvas, bubble: Bubble) -> None:
        """Draw one puff behind what is there."""
        canvas.save()
        canvas.translate(bubble.x, bubble.y)
        canvas.scale(bubble.r, bubble.r)
        _blend(canvas, self._ball, skia.BlendMode.kDstOver)
        canvas.restore()

    def frame(self, canvas: skia.Canvas, t: float, openness: float, swell: float = 1.0) -> None:
        """Cut the dream, already on the canvas, to the cloud, and draw its edge around it.

        Args:
            canvas: in output pixels, holding the dream's pixels on an otherwise transparent surface.
            t: seconds.
            openness: 0..1 while growing.
            swell: above 1 while opening to the whole frame.
        """
        x, y, scale = self.centre(openness)
        scale *= swell
        breathe = 1 + 0.006 * cycle(t, 4.7)
        canvas.save()
        canvas.translate(x, y)
        canvas.scale(scale * breathe, scale * breathe)
        _blend(canvas, self._mask, skia.BlendMode.kDstIn)
        _blend(canvas, self._rim, skia.BlendMode.kSrcATop)
        paint = skia.Paint(BlendMode=skia.BlendMode.kDstOver)
        for puff in self._edge:
            px, py, r = self._at(puff, 0.93)
            wobble = 0.03 * self._small
            px += wobble * cycle(t, puff.period, puff.phase)
            py += wobble * cycle(t, puff.period * 1.31, puff.phase + 0.3)
            canvas.save()
            canvas.translate(px, py)
            r *= 1.09 + 0.02 * cycle(t, puff.period * 0.83, puff.phase)
            canvas.scale(r, r)
            _blend(canvas, self._ball, skia.BlendMode.kDstOver, paint)
            canvas.restore()
        _blend(canvas, self._glow, skia.BlendMode.kDstOver)
        canvas.restore()


_LINEAR = skia.SamplingOptions(skia.FilterMode.kLinear, skia.MipmapMode.kNone)


def _blend(canvas: skia.Canvas, sprite: Sprite, mode: skia.BlendMode, paint: skia.Paint | None = None) -> None:
    box = skia.Rect.MakeXYWH(sprite.x, sprite.y, sprite.image.width() / sprite.scale, sprite.image.height() / sprite.scale)
    canvas.drawImageRect(sprite.image, box, _LINEAR, paint or skia.Paint(BlendMode=mode))
