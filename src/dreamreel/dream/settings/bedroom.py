"""A nursery at night: the moon in a big window, a bed, a rug, toys on a shelf, a lamp, and stars on the walls."""

from __future__ import annotations

import math

from dreamreel.dream.cast import SettingWords
from dreamreel.dream.hand import mix
from dreamreel.dream.motion import cycle
from dreamreel.dream.scenery import MARGIN, Layer, Live, Palette, Place, Setting, View
from dreamreel.dream.settings._nursery import basket, bed_half, block, lamp, shelf
from dreamreel.dream.settings._paint import SHADE, dot, put, spark, veil
from dreamreel.dream.shapes import (
    Blob,
    Box,
    Capsule,
    Minus,
    Oval,
    Polygon,
    Star,
    Union,
    circle,
    puff,
)

__all__ = ["SETTING"]

_FLOOR = 742.0
"""Where the wall meets the floor."""

_NIGHT: Palette = {
    "sky_top": 0x1B1B5A, "sky_mid": 0x3E3C96, "sky_low": 0x8A80CC, "haze": 0x6C62AE, "light": 0xFFDFA8,
    "accent": 0xE88CA8, "ambient": 0x8C7AB8, "wall": 0x4A428C, "wall_low": 0x64549C, "trim": 0x9C8CCC,
    "floor": 0x7C5C8C, "wood": 0xA8788C, "cloth": 0xB4A8E4, "quilt": 0x6C74C4, "rug": 0xC08CB8,
    "moon": 0xFFF0CC, "front": 0x221A52,
}  # fmt: skip
_DUSK: Palette = {
    "sky_top": 0x7470BC, "sky_mid": 0xE49CB8, "sky_low": 0xFFD8A0, "haze": 0xE0A8B4, "light": 0xFFE0A8,
    "accent": 0xF08C98, "ambient": 0xD8A8B0, "wall": 0x9C78AC, "wall_low": 0xC494AC, "trim": 0xECC4C4,
    "floor": 0xB47C80, "wood": 0xC8907C, "cloth": 0xF0D4D8, "quilt": 0x9490CC, "rug": 0xE4A0A4,
    "moon": 0xFFF2D4, "front": 0x46305F,
}  # fmt: skip
_DAY: Palette = {
    "sky_top": 0x7CC0F0, "sky_mid": 0xBCE4FA, "sky_low": 0xFFF6E0, "haze": 0xFBEDE4, "light": 0xFFF4D2,
    "accent": 0xF79AA2, "ambient": 0xF4DCCC, "wall": 0xC9DDEE, "wall_low": 0xF6E6DA, "trim": 0xFFFAF2,
    "floor": 0xE2B88C, "wood": 0xE0AE84, "cloth": 0xFFF8F0, "quilt": 0x9CC4EA, "rug": 0xF6B4B0,
    "moon": 0xFFF6DC, "front": 0x7C6A9A,
}  # fmt: skip


def _wall(view: View) -> None:
    """Wallpaper with small stars above a panelled lower wall."""
    p, w = view.palette, view.width
    view.brush.ramp(
        Box(-MARGIN - 40, -40, w + 2 * MARGIN + 80, _FLOOR + 66),
        [mix(p["wall"], SHADE, 0.25), p["wall"], mix(p["wall"], p["light"], 0.14)],
        [0, 0.5, 1],
        (0, 0),
        (0, _FLOOR),
    )
    for row in range(7):
        for k in range(-2, round(w / 105) + 3):
            x, y = 105 * k + 52 * (row % 2), 50 + 84 * row
            star = Star(x, y, 9, 4, 5, 2, -90 + 14 * ((k + row) % 3)) if (k + row) % 2 else circle(x, y, 4)
            view.brush.fill(star, mix(p["wall"], p["trim"], 0.5), 0.34)
    view.brush.ramp(
        Box(-MARGIN - 4, 575, w + 2 * MARGIN + 8, 175),
        [p["wall_low"], mix(p["wall_low"], SHADE, 0.2)],
        [0, 1],
        (0, 575),
        (0, _FLOOR),
    )
    for k in range(-2, round(w / 80) + 3):
        view.brush.line(
            [(80 * k, 600), (80 * k, 660), (80 * k, 738)], mix(p["wall_low"], SHADE, 0.4), 3, 0.3, 1
        )
        view.brush.line([(80 * k + 3, 600), (80 * k + 3, 660), (80 * k + 3, 738)], p["trim"], 2, 0.24, 1)
    view.brush.ramp(
        Box(-MARGIN - 4, 564, w + 2 * MARGIN + 8, 22),
        [mix(p["trim"], p["light"], 0.3), mix(p["trim"], SHADE, 0.25)],
        [0, 1],
        (0, 564),
        (0, 586),
    )
    _bunting(view)


def _bunting(view: View) -> None:
    p, w = view.palette, view.width
    for k in range(2):
        a, b = (-60.0, w * 0.5 - 250) if k == 0 else (w * 0.5 + 250, w + 60)
        if b - a < 120:
            continue
        n = max(3, round((b - a) / 62))
        points = [(a + (b - a) * i / n, 96 + 70 * math.sin(math.pi * i / n)) for i in range(n + 1)]
        view.brush.line(points, p["trim"], 3, 0.8)
        for i in range(n):
            (x0, y0), (x1, y1) = points[i], points[i + 1]
            x, y = (x0 + x1) / 2, (y0 + y1) / 2
            colour = mix((p["accent"], p["quilt"], 0xFFDFA0, p["cloth"])[i % 4], p["wall"], 0.22)
            view.brush.soft(Polygon(((x - 22, y), (x + 22, y), (x, y + 46)), 5), colour, light=0.7)


def _window(view: View) -> None:
    """The window: sky, moon or sun, far hills, curtains, and a sill."""
    p, cx = view.palette, view.width / 2
    top, bottom, half = 70.0, 452.0, 186.0
    view.brush.glow(cx, 260, 430, p["moon"], 0.30)
    arch = Union(
        (Box(cx - half, top + 130, 2 * half, bottom - top - 130, 10), Oval(cx, top + 150, half, 150))
    )
    frame = Union(
        (
            Box(cx - half - 20, top + 130, 2 * half + 40, bottom - top - 116, 12),
            Oval(cx, top + 150, half + 20, 170),
        )
    )
    view.brush.soft(frame, p["trim"], light=0.8)
    view.brush.ramp(arch, [p["sky_top"], p["sky_mid"], p["sky_low"]], [0, 0.55, 1], (0, top), (0, bottom))
    with view.brush.inside(arch):
        _outside(view, top, half)
        for x, y, wide, high in ((cx - 6, top, 12, 400), (cx - half, 292, 2 * half, 11)):
            view.brush.soft(Box(x, y, wide, high, 4), p["trim"], light=0.7)
    view.brush.soft(Box(cx - half - 44, bottom + 4, 2 * half + 88, 26, 10), mix(p["trim"], p["wood"], 0.15))
    for way in (-1, 1):
        _curtain(view, cx + way * (half + 30), way)
    view.brush.soft(Capsule((cx - half - 112, 58), (cx + half + 112, 58), 9, 9), p["wood"])
    for way in (-1, 1):
        view.brush.soft(circle(cx + way * (half + 120), 58, 16), p["wood"])


def _outside(view: View, top: float, half: float) -> None:
    """What is seen through the window: stars, moon or sun, clouds, far hills, and a gleam on the glass."""
    p, cx = view.palette, view.width / 2
    if view.night:
        for _ in range(46):
            view.brush.fill(
                circle(
                    cx + view.rng.uniform(-half, half),
                    view.rng.uniform(top, 400),
                    view.rng.choice((1.1, 1.5, 2.2)),
                ),
                0xFFF6DC,
                view.rng.uniform(0.4, 0.95),
            )
    mx, my = cx - 76, 196.0
    view.brush.glow(mx, my, 190, p["moon"], 0.7)
    view.brush.soft(circle(mx, my, 50), p["moon"], shade=p["sky_mid"], light=0.6)
    if view.night:
        for dx, dy, r in ((-14, -12, 9), (16, 6, 12), (-6, 20, 7), (20, -22, 5)):
            view.brush.fill(circle(mx + dx, my + dy, r), mix(p["moon"], p["sky_low"], 0.4), 0.5, 1.5)
    for x, y, size in ((cx + 84, 262, 120), (cx - 120, 320, 100)):
        view.brush.soft(
            puff(x, y, size, size * 0.4),
            mix(p["cloth"], p["sky_mid"], 0.3),
            shade=p["sky_mid"],
            light=0.7,
            alpha=0.8,
        )
    for colour, base, k in (
        (mix(p["quilt"], p["sky_low"], 0.4), 398, 0.4),
        (mix(p["quilt"], p["sky_mid"], 0.1), 424, 2.2),
    ):
        ridge = tuple((cx - 220 + 44 * i, base + 13 * math.sin(0.9 * i + k)) for i in range(11))
        view.brush.ramp(
            Blob(((cx - 260, 520), *ridge, (cx + 260, 520))),
            [mix(colour, p["moon"], 0.2), colour],
            [0, 1],
            (0, base - 14),
            (0, 460),
        )
    view.brush.fill(
        Polygon(((cx - 120, top - 20), (cx - 60, top - 20), (cx - 170, 470), (cx - 250, 470))),
        0xFFFFFF,
        0.06,
        6,
    )


def _curtain(view: View, x: float, way: float) -> None:
    """A curtain tied back, in soft folds."""
    p = view.palette
    colour = mix(p["accent"], p["wall"], 0.25)
    cloth = Blob(
        (
            (x - way * 62, 58),
            (x + way * 84, 58),
            (x + way * 92, 250),
            (x + way * 84, 350),
            (x + way * 100, 516),
            (x + way * 14, 520),
            (x + way * 34, 360),
            (x + way * 4, 200),
        )
    )
    view.brush.soft(cloth, colour)
    with view.brush.inside(cloth):
        for k in range(5):
            a = -40 + 30 * k
            fold = [
                (x + way * a, 40),
                (x + way * (26 + a * 0.5), 240),
                (x + way * (58 + a * 0.16), 350),
                (x + way * (40 + a * 0.5), 530),
            ]
            view.brush.line(fold, mix(colour, SHADE, 0.5), 10, 0.3, 6)
            view.brush.line([(u - way * 11, v) for u, v in fold], p["light"], 6, 0.2, 4)
    view.brush.soft(Capsule((x + way * 34, 352), (x + way * 88, 346), 9, 9), mix(p["light"], p["wood"], 0.35))


def _floor(view: View) -> None:
    p, w = view.palette, view.width
    view.brush.ramp(
        Box(-MARGIN - 40, _FLOOR, w + 2 * MARGIN + 80, 320),
        [mix(p["floor"], p["light"], 0.16), p["floor"], mix(p["floor"], SHADE, 0.4)],
        [0, 0.35, 1],
        (0, _FLOOR),
        (0, 1000),
    )
    for k in range(5):
        y = _FLOOR + 14 + 9 * k + 11 * k * k
        view.brush.line(
            [(-MARGIN, y), (w / 2, y), (w + MARGIN, y)], mix(p["floor"], SHADE, 0.5), 2 + 0.5 * k, 0.3, 1
        )
        for j in range(-1, round(w / 190) + 2):
            x = 190 * j + 90 * (k % 2) + 20 * k
            view.brush.line(
                [(x, y), (x + (x - w / 2) * 0.02, y + 6 + 5 * k), (x + (x - w / 2) * 0.04, y + 11 + 10 * k)],
                mix(p["floor"], SHADE, 0.5),
                2,
                0.26,
                1,
            )
    view.brush.ramp(
        Box(-MARGIN - 4, _FLOOR - 26, w + 2 * MARGIN + 8, 28),
        [mix(p["trim"], p["light"], 0.2), mix(p["trim"], SHADE, 0.25)],
        [0, 1],
        (0, _FLOOR - 26),
        (0, _FLOOR + 2),
    )
    view.brush.fill(Oval(w / 2, _FLOOR + 66, bed_half(view) * 1.12, 28), SHADE, 0.4, 14)


def _bed(view: View) -> None:
    """The bed behind: headboard, mattress and pillow; the quilt comes after those who sit in it."""
    p, cx, half = view.palette, view.width / 2, bed_half(view)
    view.brush.soft(
        Blob(
            (
                (cx - half - 30, 792),
                (cx - half - 32, 600),
                (cx - half - 26, 520),
                (cx - half + 14, 496),
                (cx - half + 40, 530),
                (cx - half + 40, 792),
            )
        ),
        p["wood"],
    )
    view.brush.soft(
        Blob(
            (
                (cx + half - 34, 792),
                (cx + half - 34, 640),
                (cx + half - 8, 606),
                (cx + half + 26, 622),
                (cx + half + 30, 680),
                (cx + half + 28, 792),
            )
        ),
        p["wood"],
    )
    view.brush.soft(Box(cx - half, 690, 2 * half, 84, 24), p["wood"])
    view.brush.soft(Box(cx - half + 14, 650, 2 * half - 34, 90, 34), p["cloth"])
    view.brush.soft(Oval(cx - half + 96, 636, 92, 42, -8), mix(p["cloth"], 0xFFFFFF, 0.3))
    view.brush.soft(Oval(cx - half + 76, 612, 62, 34, -14), mix(p["accent"], p["cloth"], 0.45))


def _quilt(view: View) -> None:
    """The patched quilt over the front of the bed, and its legs."""
    p, cx, half = view.palette, view.width / 2, bed_half(view)
    left, right = cx - half + 150, cx + half - 40
    for x in (cx - half - 8, cx + half + 2):
        view.brush.soft(Capsule((x, 770), (x, 806), 14, 11), p["wood"])
    hem = [(left - 22 + (right - left + 36) * k / 10, 782 + (7 if k % 2 else -3)) for k in range(11)]
    quilt = Blob(
        (
            (left - 14, 690),
            (left + 30, 658),
            (left + 120, 664),
            (cx + half * 0.4, 660),
            (right - 20, 656),
            (right + 16, 690),
            *reversed(hem),
        )
    )
    view.brush.fill(Oval(cx, 796, half, 14), SHADE, 0.3, 9)
    view.brush.soft(quilt, p["quilt"])
    with view.brush.inside(quilt):
        for row in range(3):
            for k in range(14):
                x, y = left - 40 + 58 * k, 654 + 50 * row
                tint = (p["accent"], p["cloth"], mix(p["quilt"], p["light"], 0.4), p["quilt"])[
                    (k + 2 * row) % 4
                ]
                view.brush.fill(Box(x + 3, y + 3, 52, 44, 10), tint, 0.42, 1.5)
                view.brush.fill(Star(x + 29, y + 25, 11, 5, 5, 2), mix(tint, 0xFFFFFF, 0.5), 0.4)
        view.brush.fill(
            Minus(Box(left - 100, 600, 900, 300), Oval(cx, 640, half * 1.3, 130)), SHADE, 0.22, 18
        )
        view.brush.line([(left - 30, 706), (cx, 690), (right + 40, 704)], p["light"], 10, 0.22, 8)
    fold = Blob(
        (
            (left - 26, 690),
            (left - 4, 656),
            (left + 46, 652),
            (left + 62, 700),
            (left + 44, 784),
            (left - 28, 782),
        )
    )
    view.brush.soft(fold, mix(p["cloth"], p["light"], 0.2))


def _rug(view: View) -> None:
    """A round rug with a fringe, in the light of the window."""
    p, w, cx = view.palette, view.width, view.width / 2
    rx = min(430.0, 0.43 * w)
    for k in range(64):
        a = math.tau * k / 64
        view.brush.fill(
            Oval(cx + (rx + 9) * math.cos(a), 892 + 80 * math.sin(a), 11, 5, math.degrees(a)),
            p["cloth"],
            0.75,
            0.8,
        )
    view.brush.fill(Oval(cx, 898, rx + 6, 82), SHADE, 0.3, 8)
    for scale, role in ((1.0, "rug"), (0.8, "cloth"), (0.72, "rug"), (0.4, "accent")):
        colour = mix(p[role], p["cloth"] if role == "accent" else p["rug"], 0.25)
        view.brush.ramp(
            Oval(cx, 892, rx * scale, 79 * scale),
            [mix(colour, p["light"], 0.28), colour, mix(colour, SHADE, 0.12)],
            [0, 0.5, 1],
            (cx, 892 - 79 * scale),
            (cx, 892 + 79 * scale),
        )
    pane = Polygon(((cx - 150, 830), (cx + 90, 830), (cx + 190, 965), (cx - 130, 965)))
    veil(view.brush, pane, p["moon"], (0.0, 0.26, 0.22, 0.0), (cx, 815), (cx, 975), 14)
    for x, y, s, role in ((0.16, 858, 22, "accent"), (0.19, 872, 19, "quilt"), (0.835, 866, 21, "rug")):
        block(view, x * w, y, s, p[role])


def _front(view: View) -> None:
    """Toys out of focus in the lower corners: a ball, a plush ear, the arm of a chair."""
    w, colour = view.width, view.palette["front"]
    for u, y, rx, ry in (
        (-0.01, 1010, 130, 104),
        (0.085, 1046, 74, 66),
        (1.02, 1000, 130, 130),
        (0.925, 1046, 80, 60),
        (0.965, 900, 24, 52),
    ):
        view.brush.fill(Oval(u * w, y, rx, ry), colour, 0.84, 11)


def _stars(view: View, t: float) -> None:
    """Stars that a night light throws on walls and ceiling, drifting; by day, dust in the sun."""
    dark = view.night or view.palette["wall"] == _DUSK["wall"]
    light = spark(0xFFE2A0, 5) if dark else dot(0xFFFFFF, 0.12, 0.3)
    for k in range(18):
        span = view.width + 100
        x = (view.rng.random() * span + t * (5 + 3 * (k % 3))) % span - 50
        y = view.rng.uniform(40, 640) + 10 * cycle(t, 7.3, view.rng.random())
        shine = 0.5 + 0.5 * cycle(t, view.rng.uniform(3.1, 5.9), view.rng.random())
        edge = min(1.0, (x + 50) / 80, (view.width + 50 - x) / 80)
        put(
            view.brush,
            light,
            x,
            y,
            (16, 22, 30)[k % 3] if dark else 12,
            (0.22 + 0.6 * shine) * max(0.0, edge),
            8 * cycle(t, 6.1, 0.1 * k),
        )


SETTING = Setting(
    words=SettingWords(
        nouns=("bedroom", "nursery", "room", "bed", "crib", "cot", "cradle", "playroom", "home", "house"),
        emoji=("🛏", "🧸"),
        times=("night", "dusk", "day"),
        parts=("bed", "rug", "window", "shelf"),
    ),
    palettes={"night": _NIGHT, "dusk": _DUSK, "day": _DAY},
    layers=(
        Layer("wall", 0.5, _wall, box=(0, _FLOOR + 4)),
        Layer("window", 0.5, _window, box=(0, 700)),
        Layer("shelf", 0.55, shelf, box=(230, 470)),
        Layer("floor", 0.75, _floor, box=(_FLOOR - 30, 1000)),
        Layer("bed", 0.75, _bed, box=(480, 812)),
        Layer("quilt", 0.75, _quilt, box=(560, 830)),
        Layer("rug", 1.0, _rug, box=(790, 990)),
        Layer("lamp", 0.8, lamp, box=(250, 900)),
        Layer("basket", 0.9, basket, box=(570, 880)),
        Layer("front", 1.5, _front, box=(820, 1000)),
    ),
    places=(
        Place("ground", (850, 905), 1.0, "basket"),
        Place("ground", (705, 712), 0.8, "bed", 0.75, "bed"),
        Place("air", (250, 560), 1.0, "rug"),
        Place("sky", (120, 280), 0.9, "window", 0.5, "window"),
    ),
    live=(Live("shelf", _stars),),
)
