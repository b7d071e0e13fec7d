"""The night sky: the milky way above a sea of moonlit clouds."""

from __future__ import annotations

import math

from dreamreel.dream.cast import SettingWords
from dreamreel.dream.hand import mix
from dreamreel.dream.motion import cycle, ease_in_out
from dreamreel.dream.scenery import MARGIN, Layer, Live, Palette, Place, Setting, View
from dreamreel.dream.settings._paint import dot, put
from dreamreel.dream.shapes import Box, Oval, Shape, Star, Union, circle

__all__ = ["SETTING"]

_NIGHT: Palette = {
    "sky_top": 0x14124A, "sky_mid": 0x3A2F8F, "sky_low": 0xA57CCB, "haze": 0x9A86D4, "light": 0xDCD2FF,
    "accent": 0xFFE08F, "ambient": 0x8A80D0, "band": 0xB9A7F0, "cloud_far": 0x7C6CC0, "cloud_mid": 0x9C8CDA,
    "cloud_near": 0xBDB0EC, "front": 0x4A3F98,
}  # fmt: skip
_DUSK: Palette = {
    "sky_top": 0x3B3A92, "sky_mid": 0xB37CC0, "sky_low": 0xFFC9A6, "haze": 0xF5BDBB, "light": 0xFFD6A8,
    "accent": 0xFFE08F, "ambient": 0xD9A0C0, "band": 0xFFD9E8, "cloud_far": 0xC38FC0, "cloud_mid": 0xE6ACC0,
    "cloud_near": 0xFFD2C8, "front": 0x7A5AA0,
}  # fmt: skip
_DAWN: Palette = {
    "sky_top": 0x6C8FD8, "sky_mid": 0xB9B8EA, "sky_low": 0xFFDFC2, "haze": 0xFFE4DA, "light": 0xFFEAC8,
    "accent": 0xFFD98F, "ambient": 0xD8C8E8, "band": 0xFFFFFF, "cloud_far": 0xC8C0EA, "cloud_mid": 0xE6D6F0,
    "cloud_near": 0xFFF3EC, "front": 0x9A94CC,
}  # fmt: skip
_DAY: Palette = {
    "sky_top": 0x5AA6EA, "sky_mid": 0x97CFF6, "sky_low": 0xEAF7FF, "haze": 0xE6F4FC, "light": 0xFFF2CC,
    "accent": 0xFFD98F, "ambient": 0xC4DFF2, "band": 0xFFFFFF, "cloud_far": 0xC2DFF4, "cloud_mid": 0xDDEEFA,
    "cloud_near": 0xFFFFFF, "front": 0x8FB8DE,
}  # fmt: skip


def _sky(view: View) -> None:
    p, w = view.palette, view.width
    view.brush.ramp(
        Box(0, 0, w, 1000),
        [p["sky_top"], p["sky_mid"], p["sky_low"]],
        [0, 0.5, 0.95],
        (0, 0),
        (w * 0.1, 1000),
    )
    strong = 1.0 if view.night else 0.35
    for k in range(15):
        u = k / 14
        x, y = w * (-0.05 + 1.1 * u), 470 - 380 * u + 40 * math.sin(5 * u)
        view.brush.fill(Oval(x, y, 120, 62, -24), p["band"], 0.075 * strong, 46)
    count = 210 if view.night else 46
    for k in range(count):
        u = view.rng.random()
        if k % 2:
            x, y = w * (-0.05 + 1.1 * u) + view.rng.gauss(0, 60), 470 - 380 * u + view.rng.gauss(0, 62)
        else:
            x, y = view.rng.uniform(0, w), 760 * view.rng.random()
        r = view.rng.choice((0.9, 1.2, 1.2, 1.7, 2.3))
        colour = view.rng.choice((0xFFFFFF, 0xFFF1CF, 0xD9E2FF, 0xFFE0F0))
        view.brush.fill(circle(x, y, r), colour, view.rng.uniform(0.35, 0.95) * (1 if view.night else 0.5))
    view.brush.glow(w * 0.5, 1000, 620, p["sky_low"], 0.5)


def _sparkle(view: View, x: float, y: float, size: float, shine: float) -> None:
    put(view.brush, dot(view.palette["accent"], 0.03, 0.30), x, y, size * 5, shine)
    view.brush.fill(
        Star(x, y, size * (1 + 0.6 * shine), size * 0.28, 4, 0.4, 45 - 90), 0xFFF9E6, 0.45 + 0.55 * shine
    )


def _twinkle(view: View, t: float) -> None:
    """Large stars, each with its own rhythm, and now and then a shooting star."""
    for k in range(17):
        x, y = view.rng.uniform(0.02, 0.98) * view.width, view.rng.uniform(30, 640)
        shine = ease_in_out(0.5 + 0.5 * cycle(t, view.rng.uniform(2.1, 5.3), view.rng.random()))
        _sparkle(view, x, y, (3.2, 4.4, 6.0)[k % 3], shine)
    if not view.night:
        return
    start = view.rng.uniform(1.2, 2.2)
    age = ((t - start) % 4.6) / 0.9
    if 0 <= age <= 1:
        x0, y0 = view.width * view.rng.uniform(0.25, 0.6), view.rng.uniform(60, 180)
        head = (x0 + 330 * age, y0 + 130 * age)
        for k in range(9):
            back = age - 0.05 * k
            if back > 0:
                fade = math.sin(math.pi * age) * (1 - k / 9)
                view.brush.fill(
                    circle(x0 + 330 * back, y0 + 130 * back, 4.2 * (1 - k / 10)), 0xFFF6D8, 0.9 * fade
                )
        put(view.brush, dot(0xFFF0C8, 0.1, 0.6), *head, 34, math.sin(math.pi * age))


def _bank(view: View, base: float, size: float, role: str, step: float) -> None:
    """A bank of cumulus across the stage, lit from above."""
    p = view.palette
    colour = p[role]
    x = -MARGIN - size
    lumps: list[Shape] = []
    while x < view.width + MARGIN + size:
        r = size * view.rng.uniform(0.62, 1.15)
        lumps.append(Oval(x, base + view.rng.uniform(-0.25, 0.25) * size, r, r * 0.86))
        x += step * view.rng.uniform(0.75, 1.2)
    left, width = -MARGIN - 50, view.width + 2 * MARGIN + 100
    bank = Union((*lumps, Box(left, base - size * 0.02, width, 1000)))
    top = base - size * 1.2
    view.brush.ramp(
        bank,
        [mix(colour, p["light"], 0.62), colour, mix(colour, p["sky_mid"], 0.55)],
        [0, 0.42, 1],
        (0, top),
        (0, base + size * 2.2),
    )
    for lump in lumps:
        if isinstance(lump, Oval):
            with view.brush.inside(bank):
                view.brush.fill(
                    Oval(lump.x - lump.rx * 0.18, lump.y - lump.ry * 0.30, lump.rx * 0.62, lump.ry * 0.5),
                    p["light"],
                    0.30,
                    lump.rx * 0.26,
                )
                view.brush.fill(
                    Oval(lump.x + lump.rx * 0.3, lump.y + lump.ry * 0.55, lump.rx * 0.8, lump.ry * 0.5),
                    p["sky_mid"],
                    0.20,
                    lump.rx * 0.3,
                )
    view.brush.fade(
        Box(left, base + size * 0.4, width, 1000),
        p["haze"],
        [0, 0.5],
        [0, 1],
        (0, base + size * 0.4),
        (0, base + size * 2.4),
    )


def _front(view: View) -> None:
    """Out of focus wisps that frame the scene from below."""
    for x, y, r in ((-0.02, 1010, 190), (0.16, 1060, 150), (0.86, 1050, 170), (1.03, 1000, 200)):
        view.brush.fill(Oval(x * view.width, y, r * 1.5, r * 0.66), view.palette["front"], 0.62, 26)


def _motes(view: View, t: float) -> None:
    """Stardust that rises from the clouds."""
    for k in range(14):
        age = (view.rng.random() + t / view.rng.uniform(6, 10)) % 1.0
        x = view.rng.uniform(0, view.width) + 22 * cycle(t, 4.3 + 0.2 * k, view.rng.random())
        put(
            view.brush,
            dot(view.palette["accent"], 0.32, 0.3),
            x,
            900 - 480 * age,
            8,
            0.8 * math.sin(math.pi * age),
        )


SETTING = Setting(
    words=SettingWords(
        nouns=("night sky", "sky", "stars", "heaven", "clouds", "starry sky", "milky way"),
        emoji=("🌌", "🌃", "✨"),
        times=("night", "dusk", "dawn", "day"),
        parts=("sky", "clouds", "stars"),
    ),
    palettes={"night": _NIGHT, "dusk": _DUSK, "dawn": _DAWN, "day": _DAY},
    layers=(
        Layer("sky", 0.0, _sky, box=(0, 800)),
        Layer(
            "bank_far", 0.3, lambda v: _bank(v, 760, 74, "cloud_far", 84), box=(640, 880), sway=(9.0, 11.0)
        ),
        Layer(
            "bank_mid", 0.6, lambda v: _bank(v, 836, 96, "cloud_mid", 112), box=(700, 975), sway=(13.0, 8.7)
        ),
        Layer(
            "bank_near",
            1.0,
            lambda v: _bank(v, 924, 118, "cloud_near", 140),
            box=(760, 1000),
            sway=(17.0, 7.3),
        ),
        Layer("front", 1.5, _front, box=(770, 1000)),
    ),
    places=(
        Place("air", (240, 640), 1.0, "bank_mid"),
        Place("ground", (850, 905), 1.0, "bank_near", 1.0, "clouds"),
        Place("sky", (130, 330), 1.0, "sky", 0.05, "sky"),
    ),
    live=(Live("sky", _twinkle), Live("bank_mid", _motes)),
)
