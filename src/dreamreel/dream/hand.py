"""The house hand: how every part of every actor and every layer is drawn, with Skia.

    Shape ── outlines.path() ──► skia.Path ── Brush.soft() ──► shaded part ── bake() ──► Sprite (drawn many times)

No outlines. Each part is one closed path shaded by one recipe: a gradient (light above-left, colour, shade below-
right), a blurred inner shade along the lower edge and a blurred warm rim along the upper-left edge, clipped to the
path. A `Look` is the set of numbers of that recipe, so one change restyles the world. Colours are 0xRRGGBB integers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
import skia

from dreamreel.dream import shapes
from dreamreel.dream.outlines import path, round_pen
from dreamreel.dream.shapes import Point, Shape

__all__ = ["INK", "LOOKS", "NATIVE", "Brush", "Look", "Sprite", "bake", "hex_colour", "mix", "rgba"]

Pixels = npt.NDArray[np.uint8]

NATIVE = skia.kBGRA_8888_ColorType
"""The order of bytes Skia has fast code for: sampling another order costs eight times as much (skia-python's kN32 names
RGBA)."""
INK = 0x3A2A5C
"""Plum: eyes and mouths, never black."""


@dataclass(frozen=True, slots=True)
class Look:
    """The numbers of the shading recipe."""

    name: str
    light: int = 0xFFF4DC
    shade: int = 0x2B1B57
    top: float = 0.30
    """How far the gradient's upper end goes toward the light."""
    bottom: float = 0.30
    """How far its lower end goes toward the shade."""
    inner: float = 0.52
    """Opacity of the inner shade along the lower edge."""
    rim: float = 0.50
    """Opacity of the rim light along the upper-left edge."""
    soften: float = 1.0
    """Width of both blurs; below 1 is crisper."""
    saturation: float = 1.0
    """Applied to every colour."""
    shadow: float = 0.0
    """Opacity of a soft shadow under each part: cut paper when above 0."""


LOOKS: dict[str, Look] = {
    look.name: look
    for look in (
        Look("plush"),
        Look(
            "pastel",
            light=0xFFFAF2,
            shade=0x5B4A8C,
            top=0.38,
            bottom=0.20,
            inner=0.34,
            rim=0.55,
            saturation=0.78,
        ),
        Look("paper", top=0.10, bottom=0.10, inner=0.16, rim=0.34, soften=0.35, saturation=0.95, shadow=0.34),
        Look(
            "glow",
            light=0xFFE7B8,
            shade=0x1B1450,
            top=0.34,
            bottom=0.46,
            inner=0.66,
            rim=0.85,
            soften=1.25,
            saturation=1.08,
        ),
    )
}


def rgba(colour: int, alpha: float = 1.0) -> int:
    """Skia's 0xAARRGGBB for a 0xRRGGBB colour and an opacity 0..1."""
    return (round(min(max(alpha, 0.0), 1.0) * 255) << 24) | colour


def mix(a: int, b: int, x: float) -> int:
    """`a` at 0, `b` at 1, per channel."""
    x = min(max(x, 0.0), 1.0)
    return sum(round((a >> s & 255) * (1 - x) + (b >> s & 255) * x) << s for s in (16, 8, 0))


def hex_colour(text: str) -> int:
    """0xRRGGBB from `"#rrggbb"`."""
    return int(text.removeprefix("#"), 16)


def _saturate(colour: int, by: float) -> int:
    if by == 1.0:
        return colour
    r, g, b = (colour >> s & 255 for s in (16, 8, 0))
    grey = 0.299 * r + 0.587 * g + 0.114 * b
    return sum(min(255, max(0, round(grey + (c - grey) * by))) << s for c, s in ((r, 16), (g, 8), (b, 0)))


def _blur(sigma: float) -> skia.MaskFilter:
    return skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, max(sigma, 0.05))


def _fill_paint(colour: int, alpha: float = 1.0, blur: float = 0.0) -> skia.Paint:
    paint = skia.Paint(AntiAlias=True, Color=rgba(colour, alpha))
    if blur > 0:
        paint.setMaskFilter(_blur(blur))
    return paint


@dataclass(frozen=True, slots=True)
class Sprite:
    """A baked picture: drawn once, moved many times. `x, y` is its top left in the units of what was baked, `scale` its
    pixels per unit, `pixels` the premultiplied pixels that `image` shares.
    """

    image: skia.Image
    x: float
    y: float
    scale: float
    pixels: Pixels | None = None

    def draw(self, canvas: skia.Canvas, alpha: float = 1.0) -> None:
        """Draw in the canvas's current units."""
        paint = skia.Paint(Alphaf=alpha) if alpha < 1 else None
        if self.pixels is not None and _draw_turned(canvas, self, self.pixels, paint):
            return
        box = skia.Rect.MakeXYWH(
            self.x, self.y, self.image.width() / self.scale, self.image.height() / self.scale
        )
        canvas.drawImageRect(self.image, box, _SAMPLING, paint)


def _draw_turned(canvas: skia.Canvas, sprite: Sprite, pixels: Pixels, paint: skia.Paint | None) -> bool:
    """Draw a sprite that is turned, or large; False leaves it to Skia: small upright ones and those shown much smaller.

    Skia's raster pipeline samples a picture that does not lie on the pixel grid at about 45 ns a pixel; OpenCV moves
    it and Skia copies the result in about 7.
    """
    place = canvas.getTotalMatrix()
    place.preTranslate(sprite.x, sprite.y)
    place.preScale(1 / sprite.scale, 1 / sprite.scale)
    a, b, c, d = place.getScaleX(), place.getSkewX(), place.getSkewY(), place.getScaleY()
    upright = abs(b) < 1e-6 and abs(c) < 1e-6
    if (upright and pixels.size < _LARGE) or place.hasPerspective() or not 0.35 < abs(a * d - b * c) < 16:
        return False
    clip = canvas.getDeviceClipBounds()
    if not clip.intersect(place.mapRect(skia.Rect.MakeWH(pixels.shape[1], pixels.shape[0])).roundOut()):
        return True
    # OpenCV counts from the centre of the first pixel, Skia from its corner.
    e = place.getTranslateX() + (a + b - 1) / 2 - clip.left()
    f = place.getTranslateY() + (c + d - 1) / 2 - clip.top()
    turned = cv2.warpAffine(pixels, np.array(((a, b, e), (c, d, f))), (clip.width(), clip.height()))
    image = skia.Image.fromarray(turned, NATIVE, skia.kPremul_AlphaType, copy=False)
    canvas.save()
    canvas.resetMatrix()
    canvas.drawImage(image, clip.left(), clip.top(), skia.SamplingOptions(), paint)
    canvas.restore()
    return True


_LARGE = 4 * 400 * 400
"""Bytes of pixels from which moving an upright sprite with OpenCV is quicker than with Skia."""
_SAMPLING = skia.SamplingOptions(skia.FilterMode.kLinear, skia.MipmapMode.kNearest)


def bake(
    draw: Callable[[Brush], None], box: tuple[float, float, float, float], scale: float, look: Look
) -> Sprite:
    """Draw once into a picture of its own.

    Args:
        draw: draws in its own units.
        box: left, top, right, bottom of what is drawn, glow included, in those units.
        scale: pixels per unit at the largest size it will be shown.
        look: the shading recipe.
    """
    x0, y0, x1, y1 = box[0] - 2 / scale, box[1] - 2 / scale, box[2] + 2 / scale, box[3] + 2 / scale
    pixels = np.zeros(
        (max(1, math.ceil((y1 - y0) * scale)), max(1, math.ceil((x1 - x0) * scale)), 4), np.uint8
    )
    surface = skia.Surface(pixels, NATIVE, skia.kPremul_AlphaType)
    canvas = surface.getCanvas()
    canvas.scale(scale, scale)
    canvas.translate(-x0, -y0)
    draw(Brush(canvas, look))
    image = skia.Image.fromarray(pixels, NATIVE, skia.kPremul_AlphaType, copy=False)
    return Sprite(image.withDefaultMipmaps(), x0, y0, scale, pixels)


class Brush:
    """A canvas held in the house hand. Units are whatever the canvas is scaled to."""

    def __init__(self, canvas: skia.Canvas, look: Look) -> None:
        self.canvas = canvas
        self.look = look

    @contextmanager
    def at(
        self, dx: float = 0, dy: float = 0, rot: float = 0, sx: float = 1, sy: float | None = None
    ) -> Generator[None]:
        """Draw inside moved, turned and scaled units."""
        self.canvas.save()
        self.canvas.translate(dx, dy)
        if rot:
            self.canvas.rotate(rot)
        if sx != 1 or (sy is not None and sy != 1):
            self.canvas.scale(sx, sx if sy is None else sy)
        try:
            yield
        finally:
            self.canvas.restore()

    @contextmanager
    def inside(self, shape: Shape) -> Generator[None]:
        """Draw only inside a shape."""
        self.canvas.save()
        self.canvas.clipPath(path(shape), True)
        try:
            yield
        finally:
            self.canvas.restore()

    def fill(self, shape: Shape, colour: int, alpha: float = 1.0, blur: float = 0.0) -> None:
        """A flat shape, its edge blurred by `blur` units."""
        self.canvas.drawPath(path(shape), _fill_paint(_saturate(colour, self.look.saturation), alpha, blur))

    def line(
        self, points: Sequence[Point], colour: int, width: float, alpha: float = 1.0, blur: float = 0.0
    ) -> None:
        """An open smooth line with round ends."""
        self.fill(shapes.Curve(tuple(points), width), colour, alpha, blur)

    def soft(
        self,
        shape: Shape,
        colour: int,
        *,
        shade: int | None = None,
        light: float = 1.0,
        glow: int | None = None,
        alpha: float = 1.0,
    ) -> None:
        """A part of a soft toy: the shading recipe of the look.

        Args:
            shape: the outline.
            colour: its own colour.
            shade: what its dark side leans to; None means the look's violet.
            light: strength of gradient, shade and rim, 1 is the look's own.
            glow: a colour that shines around it.
            alpha: opacity of the whole part.
        """
        look, p = self.look, path(shape)
        colour = _saturate(colour, look.saturation)
        dark = look.shade if shade is None else _saturate(shade, look.saturation)
        b = p.computeTightBounds()
        w, h = b.width(), b.height()
        r = max(min(w, h) * 0.16, 0.4)
        if alpha < 1:
            self.canvas.saveLayer(None, skia.Paint(Alphaf=alpha))
        if glow is not None:
            self.canvas.drawPath(p, _fill_paint(glow, 0.5, r * 1.2))
        if look.shadow:
            with self.at(r * 0.25, r * 0.5):
                self.canvas.drawPath(p, _fill_paint(dark, look.shadow, r * 0.4))
        ramp = skia.GradientShader.MakeLinear(
            [skia.Point(b.left() + w * 0.3, b.top()), skia.Point(b.left() + w * 0.6, b.bottom())],
            [
                rgba(mix(colour, look.light, look.top * light)),
                rgba(colour),
                rgba(mix(colour, dark, look.bottom * light)),
            ],
            [0, 0.45, 1],
        )
        self.canvas.drawPath(p, skia.Paint(AntiAlias=True, Shader=ramp))
        self._edges(p, colour, dark, r, light)
        if alpha < 1:
            self.canvas.restore()

    def _edges(self, p: skia.Path, colour: int, dark: int, r: float, light: float) -> None:
        """Inner shade below-right and warm rim above-left: the blurred outside of the path, shifted and clipped."""
        look = self.look
        b = p.computeTightBounds()
        outside = skia.Path.Rect(b.makeOutset(b.width() + 4 * r, b.height() + 4 * r))
        outside.addPath(p)
        outside.setFillType(skia.PathFillType.kEvenOdd)
        self.canvas.save()
        self.canvas.clipPath(p, True)
        with self.at(-r * 0.22, -r * 0.45):
            self.canvas.drawPath(
                outside, _fill_paint(mix(colour, dark, 0.7), look.inner * light, r * 0.5 * look.soften)
            )
        with self.at(r * 0.16, r * 0.26):
            self.canvas.drawPath(outside, _fill_paint(look.light, look.rim * light, r * 0.22 * look.soften))
        self.canvas.restore()

    def melt(self, shape: Shape, pivot: Point, width: float) -> None:
        """Fade what was drawn from nothing at `pivot` to whole `width` units toward the middle of `shape`."""
        b = path(shape).computeTightBounds()
        dx, dy = b.centerX() - pivot[0], b.centerY() - pivot[1]
        far = width / (math.hypot(dx, dy) or 1.0)
        end = skia.Point(pivot[0] + dx * far, pivot[1] + dy * far)
        shader = skia.GradientShader.MakeLinear(
            [skia.Point(*pivot), end], [rgba(INK, x) for x in (0, 0.5, 1)]
        )
        self.canvas.drawPaint(skia.Paint(Shader=shader, BlendMode=skia.BlendMode.kDstIn))

    def ramp(
        self,
        shape: Shape,
        colours: Sequence[int],
        stops: Sequence[float],
        a: Point,
        b: Point,
        alpha: float = 1.0,
    ) -> None:
        """A shape filled with a linear gradient from point `a` to point `b`; skies, hills, water."""
        shader = skia.GradientShader.MakeLinear(
            [skia.Point(*a), skia.Point(*b)],
            [rgba(_saturate(c, self.look.saturation), alpha) for c in colours],
            list(stops),
        )
        self.canvas.drawPath(path(shape), skia.Paint(AntiAlias=True, Shader=shader, Dither=True))

    def fade(
        self, shape: Shape, colour: int, alphas: Sequence[float], stops: Sequence[float], a: Point, b: Point
    ) -> None:
        """A shape in one colour whose opacity runs along a line from `a` to `b`; haze, light beams, water paths."""
        colour = _saturate(colour, self.look.saturation)
        shader = skia.GradientShader.MakeLinear(
            [skia.Point(*a), skia.Point(*b)], [rgba(colour, x) for x in alphas], list(stops)
        )
        self.canvas.drawPath(path(shape), skia.Paint(AntiAlias=True, Shader=shader, Dither=True))

    def glow(self, x: float, y: float, r: float, colour: int, alpha: float = 0.5, add: bool = True) -> None:
        """Light around a point, falling off to nothing at radius `r`; `add` brightens (screen) instead of covering."""
        shader = skia.GradientShader.MakeRadial(
            skia.Point(x, y),
            r,
            [rgba(colour, alpha), rgba(colour, alpha * 0.36), rgba(colour, 0)],
            [0, 0.4, 1],
        )
        paint = skia.Paint(AntiAlias=True, Shader=shader, Dither=True)
        if add:
            paint.setBlendMode(skia.BlendMode.kScreen)
        self.canvas.drawCircle(x, y, r, paint)

    def eye(self, x: float, y: float, r: float, closed: float = 0.0, look: Point = (0, 0)) -> None:
        """An oval eye with a big and a small highlight; `closed` 0..1 shuts it into a downward arc; `look` moves it by
        fractions of its radius.
        """
        if closed > 0.82:
            self.canvas.drawArc(
                skia.Rect.MakeLTRB(x - r, y - r * 0.9, x + r, y + r * 0.9),
                20,
                140,
                False,
                self._pen(r * 0.38),
            )
            return
        tall = r * (1 - 0.85 * closed)
        x, y = x + look[0] * r * 0.22, y + look[1] * r * 0.18
        self.canvas.drawOval(
            skia.Rect.MakeLTRB(x - r * 0.82, y - tall, x + r * 0.82, y + tall), _fill_paint(INK)
        )
        if closed < 0.4:
            self.canvas.drawCircle(x - r * 0.25, y - tall * 0.35, r * 0.32, _fill_paint(0xFFFFFF))
            self.canvas.drawCircle(x + r * 0.25, y + tall * 0.30, r * 0.15, _fill_paint(0xFFFFFF, 0.67))

    def mouth(self, x: float, y: float, r: float, opened: float = 0.0) -> None:
        """A short round smile; `opened` 0..1 sings: the lower lip drops, the corners stay up, so it never frowns."""
        if opened > 0.06:
            half, top = r * (0.87 - 0.12 * opened), y + r * (0.5 - 0.06 * opened)
            lower = top + r * (0.62 + 1.35 * min(opened, 1.0))
            open_smile = skia.Path()
            open_smile.moveTo(x - half, top)
            open_smile.quadTo(x, top + r * 0.62, x + half, top)
            open_smile.cubicTo(x + half * 0.9, lower, x - half * 0.9, lower, x - half, top)
            open_smile.close()
            self.canvas.drawPath(open_smile, self._pen(r * 0.2, 0.86))
            self.canvas.drawPath(open_smile, _fill_paint(0x8A2F55))
            self.canvas.save()
            self.canvas.clipPath(open_smile, True)
            tongue = top + r * (0.55 + 0.62 * opened)
            self.canvas.drawOval(
                skia.Rect.MakeXYWH(x - half * 0.62, tongue, half * 1.24, r * 1.2), _fill_paint(0xFF8FA8)
            )
            self.canvas.restore()
            return
        self.canvas.drawArc(
            skia.Rect.MakeLTRB(x - r, y - r, x + r, y + r), 30, 120, False, self._pen(r * 0.28, 0.86)
        )

    def blush(self, x: float, y: float, r: float) -> None:
        """A blurred rosy cheek."""
        self.canvas.drawCircle(x, y, r, _fill_paint(0xFF7FA0, 0.4, r * 0.4))

    def _pen(self, width: float, alpha: float = 1.0) -> skia.Paint:
        pen = round_pen(width)
        pen.setAntiAlias(True)
        pen.setColor(rgba(INK, alpha))
        return pen
