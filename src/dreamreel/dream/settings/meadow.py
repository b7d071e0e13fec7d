"""A meadow: rolling hills, a far line of trees, a path of light, flowers in the grass."""

from __future__ import annotations

import math

from dreamreel.dream.cast import SettingWords
from dreamreel.dream.hand import mix
from dreamreel.dream.motion import cycle
from dreamreel.dream.scenery import MARGIN, Layer, Live, Palette, Place, Setting, View
from dreamreel.dream.settings._paint import dot, put
from dreamreel.dream.shapes import Blob, Box, Curve, Oval, Point, circle, puff

__all__ = ["SETTING"]

_DAY: Palette = {
    "sky_top": 0x6FB7EE, "sky_mid": 0xA9D8F5, "sky_low": 0xFDF1D6, "haze": 0xE8F1EA, "light": 0xFFE9B0,
    "accent": 0xFF9FB8, "ambient": 0xCFE6B8, "far": 0x9CCFC0, "mid": 0x86C88F, "near": 0x6FBB73,
    "front": 0x3F7F6B, "cloud": 0xFFFFFF, "tree": 0x6FAE9B,
}  # fmt: skip
_DUSK: Palette = {
    "sky_top": 0x5B5AA8, "sky_mid": 0xC58BC0, "sky_low": 0xFFD3A3, "haze": 0xF3C3B8, "light": 0xFFC98F,
    "accent": 0xFF8FA0, "ambient": 0xD9A3B0, "far": 0x9A8FC0, "mid": 0x7FA39A, "near": 0x6B9A78,
    "front": 0x3B4F6B, "cloud": 0xFFE0DC, "tree": 0x7C7FAE,
}  # fmt: skip
_NIGHT: Palette = {
    "sky_top": 0x1F1B58, "sky_mid": 0x453A8F, "sky_low": 0x9A7CC4, "haze": 0x7E78BE, "light": 0xBFC8FF,
    "accent": 0xFFD98F, "ambient": 0x7B78C0, "far": 0x5B61A8, "mid": 0x4A6FA0, "near": 0x3F7F8F,
    "front": 0x25305F, "cloud": 0x8F8FD0, "tree": 0x47559A,
}  # fmt: skip


def _hill(view: View, points: tuple[Point, ...], role: str, deep: float) -> None:
    """A rolling hill from a wavy top line, lit above and shaded below, with a light line along its crest."""
    w = view.width
    scaled = tuple((x * w, y) for x, y in points)
    body = Blob(
        (
            (-MARGIN - 300, 1300),
            (-MARGIN - 200, scaled[0][1]),
            *scaled,
            (w + MARGIN + 200, scaled[-1][1]),
            (w + MARGIN + 300, 1300),
        )
    )
    colour = view.palette[role]
    top = min(y for _, y in points)
    view.brush.ramp(
        body,
        [mix(colour, view.palette["light"], 0.34), colour, mix(colour, 0x2B1B57, deep)],
        [0, 0.35, 1],
        (0, top),
        (0, 1000),
    )
    with view.brush.inside(body):
        crest = [
            (-MARGIN, scaled[0][1] + 6),
            *((x, y + 8) for x, y in scaled),
            (w + MARGIN, scaled[-1][1] + 6),
        ]
        view.brush.line(crest, view.palette["light"], 10, 0.28, 7)


def _sky(view: View) -> None:
    p = view.palette
    view.brush.ramp(
        Box(0, 0, view.width, 1000),
        [p["sky_top"], p["sky_mid"], p["sky_low"]],
        [0, 0.42, 0.72],
        (0, 0),
        (0, 1000),
    )
    if view.night:
        for _ in range(70):
            r = view.rng.choice((1.2, 1.6, 2.4))
            view.brush.fill(
                circle(view.rng.uniform(0, view.width), view.rng.uniform(0, 520) ** 1.02, r),
                0xFFF6DC,
                view.rng.uniform(0.35, 0.9),
            )
    view.brush.glow(view.width * 0.72, 560, 460, p["light"], 0.42)


def _twinkle(view: View, t: float) -> None:
    if not view.night:
        return
    for _ in range(14):
        x, y, period, phase = (
            view.rng.uniform(0, view.width),
            view.rng.uniform(20, 420),
            view.rng.uniform(2.2, 5.1),
            view.rng.random(),
        )
        shine = 0.5 + 0.5 * cycle(t, period, phase)
        put(view.brush, dot(0xFFF6DC, 0.34, 0.3), x, y, 7 + 4 * shine, 0.35 + 0.6 * shine)


def _clouds(view: View) -> None:
    span = view.width + 2 * MARGIN
    for k, (u, y, size) in enumerate(
        ((0.10, 170, 210), (0.46, 110, 150), (0.74, 230, 250), (0.93, 120, 130))
    ):
        x = -MARGIN + (u + view.rng.uniform(-0.03, 0.03)) * span
        for wrap in (-span, 0, span):
            view.brush.soft(
                puff(x + wrap, y + 8 * k, size, size * 0.46),
                view.palette["cloud"],
                shade=view.palette["sky_mid"],
                light=0.7,
                alpha=0.86,
            )


def _far(view: View) -> None:
    _hill(view, ((0.0, 600), (0.2, 545), (0.45, 590), (0.7, 530), (1.0, 585)), "far", 0.05)
    for _ in range(26):
        x = view.rng.uniform(-MARGIN, view.width + MARGIN)
        y = 575 + 22 * math.sin(x / view.width * 9 + 1.4)
        h = view.rng.uniform(22, 46)
        view.brush.fill(
            Oval(x, y - h * 0.35, h * 0.42, h * 0.62),
            mix(view.palette["tree"], view.palette["haze"], view.rng.uniform(0.1, 0.35)),
            0.9,
            1.5,
        )
    view.brush.fade(
        Box(-MARGIN, 540, view.width + 2 * MARGIN, 180),
        view.palette["haze"],
        [0, 0.5, 0],
        [0, 0.6, 1],
        (0, 540),
        (0, 720),
    )


def _mid(view: View) -> None:
    _hill(view, ((0.0, 655), (0.25, 700), (0.5, 650), (0.78, 690), (1.0, 640)), "mid", 0.14)
    _dots(view, 40, 690, 800, 2.6)
    view.brush.fade(
        Box(-MARGIN, 640, view.width + 2 * MARGIN, 160),
        view.palette["haze"],
        [0, 0.28, 0],
        [0, 0.5, 1],
        (0, 640),
        (0, 800),
    )


def _near(view: View) -> None:
    _hill(view, ((0.0, 770), (0.3, 735), (0.6, 765), (1.0, 730)), "near", 0.26)
    for _ in range(46):
        _tuft(
            view,
            view.rng.uniform(-MARGIN, view.width + MARGIN),
            view.rng.uniform(790, 960),
            view.rng.uniform(14, 30),
        )
    _dots(view, 46, 790, 960, 5.0)


def _dots(view: View, n: int, top: float, bottom: float, r: float) -> None:
    """Small flowers, larger toward the viewer."""
    colours = (0xFFFFFF, 0xFFD978, view.palette["accent"], 0xC9B0FF)
    for _ in range(n):
        y = view.rng.uniform(top, bottom)
        size = r * (0.6 + 0.7 * (y - top) / (bottom - top))
        x = view.rng.uniform(-MARGIN, view.width + MARGIN)
        colour = mix(view.rng.choice(colours), view.palette["ambient"], 0.25 if not view.night else 0.5)
        for a in range(5):
            view.brush.fill(
                circle(x + size * math.cos(a * 1.257), y + size * 0.8 * math.sin(a * 1.257), size * 0.62),
                colour,
                0.95,
            )
        view.brush.fill(circle(x, y, size * 0.5), 0xFFC24B, 0.95)


def _tuft(view: View, x: float, y: float, h: float) -> None:
    colour = mix(view.palette["near"], view.palette["light"], view.rng.uniform(0.1, 0.35))
    for lean in (-0.5, -0.15, 0.2, 0.5):
        view.brush.fill(
            Curve(((x + lean * 8, y), (x + lean * 16, y - h * 0.6), (x + lean * 30, y - h)), 3.4),
            colour,
            0.85,
        )


def _front(view: View) -> None:
    colour = view.palette["front"]
    for _ in range(30):
        x = view.rng.choice(
            (
                view.rng.uniform(-MARGIN, 0.30 * view.width),
                view.rng.uniform(0.70 * view.width, view.width + MARGIN),
            )
        )
        edge = min(abs(x), abs(view.width - x)) / view.width
        h = view.rng.uniform(90, 190) * (1 - 1.6 * min(edge, 0.4))
        lean = view.rng.uniform(-40, 40)
        view.brush.fill(
            Curve(((x, 1030), (x + lean * 0.3, 1030 - h * 0.6), (x + lean, 1030 - h)), 13), colour, 0.9, 5
        )


def _fireflies(view: View, t: float) -> None:
    """Fireflies at night, drifting seeds by day."""
    for k in range(11):
        x0, y0, phase = view.rng.uniform(0, view.width), view.rng.uniform(560, 900), view.rng.random()
        x = x0 + 40 * cycle(t, 6.1 + k * 0.37, phase) + 14 * cycle(t, 2.3, phase * 3)
        y = y0 + 26 * cycle(t, 4.3 + k * 0.29, phase + 0.25)
        shine = (0.5 + 0.5 * cycle(t, 2.1 + 0.13 * k, phase)) ** 1.5
        if view.night:
            put(view.brush, dot(0xFFE58A, 0.13, 0.75), x, y, 26, 0.25 + 0.75 * shine)
        else:
            put(view.brush, dot(0xFFFFFF, 0.3, 0.25), x, y - 160, 10, 0.55 + 0.3 * shine)


SETTING = Setting(
    words=SettingWords(
        nouns=("meadow", "field", "pasture", "hill", "grass", "garden", "park", "countryside", "farm"),
        emoji=("🌾",),
        times=("day", "dusk", "night", "dawn"),
        parts=("hill", "grass"),
    ),
    palettes={"day": _DAY, "dusk": _DUSK, "night": _NIGHT},
    layers=(
        Layer("sky", 0.0, _sky, box=(0, 700)),
        Layer("clouds", 0.12, _clouds, drift=7.0, box=(20, 380)),
        Layer("far", 0.3, _far, box=(480, 740)),
        Layer("mid", 0.6, _mid, box=(600, 810)),
        Layer("near", 1.0, _near, box=(690, 1000)),
        Layer("front", 1.5, _front, box=(800, 1000), sway=(7.0, 5.1)),
    ),
    places=(
        Place("ground", (815, 905), 1.0, "near"),
        Place("ground", (690, 715), 0.62, "mid", 0.6, "hill"),
        Place("air", (230, 560), 1.0, "near"),
        Place("sky", (110, 260), 1.0, "sky", 0.05),
    ),
    live=(Live("sky", _twinkle), Live("near", _fireflies)),
)
