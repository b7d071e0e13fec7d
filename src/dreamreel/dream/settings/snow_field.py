"""A snow field: round white hills, firs under snow, a frozen pond, and at night a soft aurora."""

from __future__ import annotations

import functools
import math

from dreamreel.dream.cast import SettingWords
from dreamreel.dream.hand import LOOKS, Brush, Sprite, bake, mix
from dreamreel.dream.motion import cycle
from dreamreel.dream.scenery import MARGIN, Layer, Live, Palette, Place, Setting, View
from dreamreel.dream.settings._paint import (
    SHADE,
    dot,
    haze,
    hill,
    put,
    scatter,
    sky,
    spark,
    stars,
    twinkle,
    veil,
)
from dreamreel.dream.shapes import Blob, Box, Oval, Point, circle

__all__ = ["SETTING"]

_DAY: Palette = {
    "sky_top": 0x7FBDF0, "sky_mid": 0xBFE2FA, "sky_low": 0xFFF2E4, "haze": 0xF0F7FC, "light": 0xFFFAEA,
    "accent": 0xFF9F9F, "ambient": 0xD3E6F4, "peak": 0xB4CFEA, "far": 0xD4E5F5, "mid": 0xE1EEF9,
    "near": 0xF0F6FD, "shadow": 0x8FAEDC, "fir": 0x5C9C98, "front": 0x4A7FA8, "aurora": 0xBFF0E0,
    "aurora2": 0xE8D8FF,
}  # fmt: skip
_DUSK: Palette = {
    "sky_top": 0x6667B4, "sky_mid": 0xD49CC6, "sky_low": 0xFFD4AC, "haze": 0xFFD9CC, "light": 0xFFE2BC,
    "accent": 0xFF9A92, "ambient": 0xDDB4C8, "peak": 0xB292C4, "far": 0xDCB2CC, "mid": 0xE6C0D0,
    "near": 0xF3D2D8, "shadow": 0x8A76B8, "fir": 0x74759E, "front": 0x54478C, "aurora": 0xFFC8D8,
    "aurora2": 0xC8A0F0,
}  # fmt: skip
_NIGHT: Palette = {
    "sky_top": 0x141650, "sky_mid": 0x2F3C90, "sky_low": 0x7C90D4, "haze": 0x7F92D4, "light": 0xD4E6FF,
    "accent": 0xFFC98F, "ambient": 0x8094D2, "peak": 0x5163B4, "far": 0x6C80C8, "mid": 0x8094D4,
    "near": 0x98ABE2, "shadow": 0x3B48A0, "fir": 0x3A5A94, "front": 0x222A70, "aurora": 0x74F0C4,
    "aurora2": 0xA884F4,
}  # fmt: skip


def _sky(view: View) -> None:
    p, w = view.palette, view.width
    sky(view, (0, 0.36, 0.64))
    if view.night:
        stars(view, 130, 560)
    view.brush.glow(w * 0.5, 600, 480, p["light"], 0.5)
    if not view.night:
        view.brush.glow(w * 0.5, 540, 190, 0xFFFFFF, 0.4)


def _peak(view: View, x: float, y: float, wide: float, high: float, colour: int) -> None:
    """A mountain with a round top and a scalloped cap of snow."""
    light = view.palette["light"]
    body = Blob(
        (
            (x - wide, y),
            (x - wide * 0.5, y - high * 0.52),
            (x - wide * 0.12, y - high * 0.96),
            (x + wide * 0.1, y - high * 0.97),
            (x + wide * 0.48, y - high * 0.5),
            (x + wide, y),
            (x, y + 60),
        )
    )
    view.brush.ramp(
        body, [mix(colour, light, 0.3), colour], [0, 1], (x - wide * 0.3, y - high), (x + wide * 0.3, y)
    )
    with view.brush.inside(body):
        edge = [
            (
                x + wide * (-0.62 + 0.155 * k),
                y - high * (0.52 if k % 2 else 0.66) + high * 0.16 * abs(k - 4) / 4,
            )
            for k in range(9)
        ]
        cap = Blob((*edge, (x + wide, y - high * 1.3), (x - wide, y - high * 1.3)))
        view.brush.fill(cap, mix(colour, 0xFFFFFF, 0.62), 0.9, 2)
        view.brush.fill(
            Blob(
                (
                    (x + wide * 0.04, y - high),
                    (x + wide, y - high * 0.3),
                    (x + wide, y),
                    (x + wide * 0.2, y - high * 0.3),
                )
            ),
            view.palette["shadow"],
            0.24,
            14,
        )


def _peaks(view: View) -> None:
    p, w = view.palette, view.width
    colour = mix(p["peak"], p["haze"], 0.25)
    for u, wide, high in (
        (0.02, 230, 210),
        (0.3, 190, 130),
        (0.98, 260, 230),
        (0.72, 200, 146),
        (0.16, 170, 150),
        (0.86, 170, 150),
    ):
        _peak(view, u * w, 640, wide, high, colour)
    haze(view, 470, 640, 720, 0.9)


def _fir(
    view: View, x: float, foot: float, h: float, colour: int, snow: float = 1.0, blur: float = 0.0
) -> None:
    """A fir of four scalloped tiers, each under a cushion of snow."""
    p = view.palette
    white = mix(p["near"], 0xFFFFFF, 0.35)
    if blur:
        for k in range(4):
            y, half = foot - h * (0.08 + 0.22 * k), h * (0.34 - 0.07 * k)
            view.brush.fill(
                Blob(((x - half, y), (x, y - h * 0.36), (x + half, y), (x, y + h * 0.05))), colour, 0.9, blur
            )
        return
    view.brush.fill(Oval(x + h * 0.06, foot, h * 0.34, h * 0.05), p["shadow"], 0.4, h * 0.02)
    view.brush.soft(
        Box(x - h * 0.04, foot - h * 0.14, h * 0.08, h * 0.15, h * 0.02), mix(p["accent"], SHADE, 0.55)
    )
    for k in range(4):
        y, half, tall = foot - h * (0.1 + 0.205 * k), h * (0.33 - 0.066 * k), h * (0.36 - 0.015 * k)
        hem = [
            (
                x - half + 2 * half * i / 6,
                y + (h * 0.022 if i % 2 else -h * 0.008) + h * 0.03 * (1 - abs(i - 3) / 3),
            )
            for i in range(7)
        ]
        tier = Blob(
            (*hem, (x + half * 0.42, y - tall * 0.52), (x, y - tall), (x - half * 0.42, y - tall * 0.52))
        )
        view.brush.soft(tier, mix(colour, p["haze"], 0.06 * k), shade=p["front"], light=0.8)
        rim = [
            (
                x - half * 0.66 + 1.32 * half * i / 4,
                y - tall * (0.34 if i % 2 else 0.46) + tall * 0.2 * abs(i - 2) / 2,
            )
            for i in range(5)
        ]
        top = Blob(
            (
                *rim,
                (x + half * 0.34, y - tall * 0.66),
                (x, y - tall * 1.02),
                (x - half * 0.34, y - tall * 0.66),
            )
        )
        with view.brush.inside(tier):
            view.brush.fill(top, white, 0.93 * snow, h * 0.005)
            view.brush.fill(
                Oval(x + half * 0.35, y - tall * 0.5, half * 0.3, tall * 0.3), p["shadow"], 0.25, h * 0.02
            )


def _snow(view: View, line: tuple[Point, ...], role: str, deep: float) -> Blob:
    """A hill of snow: its shade is blue, never grey."""
    p, w = view.palette, view.width
    body = hill(view, line, p[role], 0.0, 0.5, 0.5)
    top = min(y for _, y in line)
    with view.brush.inside(body):
        view.brush.fade(
            Box(-MARGIN - 4, top, w + 2 * MARGIN + 8, 1000 - top),
            p["shadow"],
            [0, 0.1 * deep, deep],
            [0, 0.4, 1],
            (0, top),
            (0, top + 330),
        )
    return body


def _far(view: View) -> None:
    p, w, dice = view.palette, view.width, view.rng
    for k in range(round(w / 34)):
        x = -MARGIN + dice.random() * (w + 2 * MARGIN)
        if abs(x - w / 2) > 0.1 * w:
            y = 640 + 16 * math.sin(x / w * 11)
            _fir(view, x, y, dice.uniform(40, 78), mix(p["fir"], p["haze"], 0.5), 0.6)
        if k == 0:
            haze(view, 560, 640, 700, 0.3)
    _snow(view, ((0, 628), (0.2, 652), (0.42, 634), (0.66, 656), (1, 626)), "far", 0.35)
    haze(view, 560, 670, 780, 0.6)


def _mid(view: View) -> None:
    p, w = view.palette, view.width
    spots = sorted(
        (
            (u, y + 6, h)
            for u, y, h in (
                (0.03, 704, 170),
                (0.12, 716, 130),
                (0.2, 712, 160),
                (0.275, 716, 96),
                (0.74, 714, 104),
                (0.81, 710, 156),
                (0.9, 716, 128),
                (0.985, 702, 180),
            )
        ),
        key=lambda s: s[1],
    )
    _snow(view, ((0, 696), (0.25, 712), (0.5, 704), (0.75, 712), (1, 694)), "mid", 0.3)
    for u, y, h in spots:
        _fir(view, u * w, y, h, mix(p["fir"], p["haze"], 0.26), 0.9)
    _cottage(view, w * 0.655, 716, 44)
    haze(view, 620, 740, 840, 0.4)


def _cottage(view: View, x: float, y: float, s: float) -> None:
    """A far cottage with a lit window and smoke: someone is at home."""
    p = view.palette
    wall = mix(mix(p["accent"], SHADE, 0.35), p["haze"], 0.25)
    for k in range(5):
        view.brush.fill(
            Oval(
                x + s * (0.44 + 0.12 * k),
                y - s * (1.5 + 0.34 * k),
                s * (0.11 + 0.05 * k),
                s * (0.09 + 0.04 * k),
            ),
            p["haze"],
            0.5 - 0.08 * k,
            s * 0.06,
        )
    view.brush.soft(Box(x + s * 0.3, y - s * 1.32, s * 0.2, s * 0.5, s * 0.03), wall)
    view.brush.soft(Box(x - s * 0.6, y - s * 0.72, s * 1.2, s * 0.76, s * 0.06), wall)
    roof = Blob(
        (
            (x - s * 0.86, y - s * 0.6),
            (x - s * 0.4, y - s * 1.02),
            (x, y - s * 1.32),
            (x + s * 0.4, y - s * 1.02),
            (x + s * 0.86, y - s * 0.6),
            (x, y - s * 0.66),
        )
    )
    view.brush.soft(roof, mix(p["near"], 0xFFFFFF, 0.3), shade=p["shadow"])
    for dx in (-0.34, 0.18):
        view.brush.glow(x + s * (dx + 0.1), y - s * 0.38, s * 0.7, 0xFFC86E, 0.7)
        view.brush.soft(Box(x + s * dx, y - s * 0.52, s * 0.22, s * 0.26, s * 0.04), 0xFFD98C, light=0.4)


def _near(view: View) -> None:
    p, w = view.palette, view.width
    body = _snow(view, ((0, 764), (0.24, 782), (0.5, 774), (0.76, 784), (1, 760)), "near", 0.5)
    with view.brush.inside(body):
        view.brush.fill(Oval(w * 0.5, 868, w * 0.28, 56), p["light"], 0.5, 36)
        for _ in range(16):
            x, y = view.rng.uniform(-MARGIN, w + MARGIN), view.rng.uniform(820, 1000)
            r = view.rng.uniform(70, 170)
            view.brush.fill(Oval(x, y, r, 13), p["light"], 0.4, 11)
            view.brush.fill(Oval(x + r * 0.2, y + 20, r, 10), p["shadow"], 0.2, 11)
        for k in range(13):
            u = k / 12
            x, y = w * (0.665 + 0.12 * math.sin(2.2 * u)) + (12 + 8 * u if k % 2 else 0), 790 + 190 * u
            view.brush.fill(Oval(x, y, 5 + 7 * u, 2.4 + 3 * u), p["shadow"], 0.34, 1.2)
    for x, y, near in scatter(view.rng, 44, 800, 985, w):
        view.brush.fill(circle(x, y, 1.2 + 1.2 * near), 0xFFFFFF, view.rng.uniform(0.5, 1.0))


def _trees(view: View) -> None:
    """Two tall firs frame the field, with small ones and drifts at their feet."""
    p, w = view.palette, view.width
    for side in (0, 1):
        x0, way = (0.0, 1.0) if side == 0 else (w, -1.0)
        _fir(view, x0 + way * (20 - 26 * side), 860, 560 - 60 * side, p["fir"])
        _fir(view, x0 + way * 128, 884, 210 - 50 * side, mix(p["fir"], p["front"], 0.15))
        for dx, y, rx in ((-30, 902, 190), (132, 896, 80)):
            view.brush.fill(Oval(x0 + way * dx, y + 8, rx * 0.9, 15), p["shadow"], 0.3, 11)
            view.brush.fill(
                Oval(x0 + way * dx, y - 8, rx * 0.92, 16), mix(p["near"], p["light"], 0.5), 0.9, 8
            )


def _front(view: View) -> None:
    """Drifts out of focus in the lower corners."""
    colour, w = view.palette["front"], view.width
    for u, y, rx, ry in (
        (-0.03, 1020, 190, 74),
        (0.11, 1050, 150, 56),
        (0.89, 1050, 150, 58),
        (1.03, 1016, 190, 80),
    ):
        view.brush.fill(Oval(u * w, y, rx, ry), mix(colour, view.palette["shadow"], 0.4), 0.8, 16)


@functools.cache
def _curtain(green: int, violet: int) -> Sprite:
    """One curtain of aurora, 1000 units wide: soft pleats that are brightest along a waving hem and fade upward."""

    def draw(brush: Brush) -> None:
        for k in range(58):
            u = k / 57
            hem = 250 + 56 * math.sin(4.6 * u + 0.6) + 20 * math.sin(13 * u)
            tall = 190 + 80 * (0.5 + 0.5 * math.sin(11 * u + 1.3))
            bright = math.sin(math.pi * u) ** 0.7 * (0.55 + 0.45 * math.sin(17 * u + 2))
            x = 1000 * u
            pleat = Box(x - 15, hem - tall, 30, tall + 22)
            colour = mix(green, violet, 0.5 + 0.5 * math.sin(5 * u))
            veil(
                brush,
                pleat,
                colour,
                (0.0, 0.16 * bright, 0.42 * bright, 0.8 * bright, 0.0),
                (x, hem - tall),
                (x, hem + 22),
                15,
            )

    return bake(draw, (-60, -110, 1060, 400), 0.3, LOOKS["plush"])


def _aurora(view: View, t: float) -> None:
    """Two curtains that pass one another and breathe; only at night."""
    if not view.night:
        return
    p, w = view.palette, view.width
    twinkle(view, t, 10, 380)
    for k, (green, violet) in enumerate(((p["aurora"], p["aurora2"]), (p["aurora2"], p["aurora"]))):
        stretch = w * 1.16 / 1000
        x = -0.08 * w + 42 * cycle(t, 13.7 + 4 * k, 0.3 * k)
        with view.brush.at(
            x, 40 + 90 * k + 8 * cycle(t, 9.1 + k, 0.4), 0, stretch, 0.95 + 0.06 * cycle(t, 7.9, 0.5 * k)
        ):
            _curtain(green, violet).draw(
                view.brush.canvas, (0.95, 0.6)[k] * (0.8 + 0.2 * cycle(t, 5.9 + k, 0.25 + 0.5 * k))
            )


def _flakes(view: View, t: float) -> None:
    """A few large slow flakes, and glints on the snow."""
    for k in range(22):
        near = (0.55, 0.75, 1.0)[k % 3]
        fall = (view.rng.random() + t * 0.042 * (0.6 + near)) % 1.0
        x = view.rng.uniform(-0.03, 1.03) * view.width + 30 * near * cycle(
            t, view.rng.uniform(4, 7), view.rng.random()
        )
        put(view.brush, dot(0xFFFFFF, 0.4, 0.35), x, -20 + 1040 * fall, 13 * near, 0.9)
    for _ in range(7):
        x, y = view.rng.uniform(0.05, 0.95) * view.width, view.rng.uniform(800, 960)
        shine = max(0.0, cycle(t, view.rng.uniform(2.1, 4.1), view.rng.random())) ** 2
        put(view.brush, spark(0xFFFFFF), x, y, 15, shine)


SETTING = Setting(
    words=SettingWords(
        nouns=(
            "snow field",
            "snow",
            "snowfield",
            "winter",
            "winter wonderland",
            "snowy hill",
            "north pole",
            "arctic",
            "mountain",
            "ice",
        ),
        emoji=("❄", "🏔", "🎿"),
        times=("day", "night", "dusk", "dawn"),
        parts=("snow", "hill", "cottage"),
    ),
    palettes={"day": _DAY, "dusk": _DUSK, "night": _NIGHT},
    layers=(
        Layer("sky", 0.0, _sky, box=(0, 690)),
        Layer("peaks", 0.15, _peaks, box=(390, 700)),
        Layer("far", 0.35, _far, box=(540, 750)),
        Layer("mid", 0.6, _mid, box=(520, 840)),
        Layer("near", 1.0, _near, box=(752, 1000)),
        Layer("trees", 1.1, _trees, box=(280, 1000)),
        Layer("front", 1.5, _front, box=(870, 1000)),
    ),
    places=(
        Place("ground", (830, 900), 1.0, "trees", 1.0, "snow"),
        Place("ground", (716, 728), 0.6, "mid", 0.6, "hill"),
        Place("air", (240, 580), 1.0, "near"),
        Place("sky", (120, 280), 1.0, "sky", 0.05),
    ),
    live=(Live("sky", _aurora), Live("trees", _flakes)),
)
