"""The open sea: slow swells in five distances, a path of light to the horizon, far islands."""

from __future__ import annotations

import math

from dreamreel.dream.cast import SettingWords
from dreamreel.dream.hand import mix
from dreamreel.dream.motion import TAU, cycle
from dreamreel.dream.scenery import MARGIN, Layer, Live, Palette, Place, Setting, View
from dreamreel.dream.shapes import Blob, Box, Curve, Oval, Point, circle, puff

__all__ = ["SETTING"]

HORIZON = 560.0

_DAY: Palette = {
    "sky_top": 0x5FA9E8, "sky_mid": 0x9ED3F4, "sky_low": 0xFFF2D8, "haze": 0xE6F3F2, "light": 0xFFEBB8,
    "accent": 0xFFB38F, "ambient": 0xB8DDE8, "sea_far": 0x8FD0DC, "sea": 0x4FA3CF, "sea_near": 0x2F6FB0,
    "foam": 0xFFFFFF, "isle": 0x86B9C4, "cloud": 0xFFFFFF,
}  # fmt: skip
_DUSK: Palette = {
    "sky_top": 0x4C4C9E, "sky_mid": 0xC184BC, "sky_low": 0xFFC997, "haze": 0xF7C6B4, "light": 0xFFC98F,
    "accent": 0xFF9E8A, "ambient": 0xD69CB4, "sea_far": 0xE9A9A6, "sea": 0x8573B8, "sea_near": 0x463F8C,
    "foam": 0xFFE6D8, "isle": 0x9277A8, "cloud": 0xFFD9D2,
}  # fmt: skip
_NIGHT: Palette = {
    "sky_top": 0x17154A, "sky_mid": 0x37358A, "sky_low": 0x8A7CC8, "haze": 0x7D82C8, "light": 0xCFD4FF,
    "accent": 0xFFD98F, "ambient": 0x7C84CC, "sea_far": 0x6F7CC4, "sea": 0x3B5CA8, "sea_near": 0x22357C,
    "foam": 0xDCE6FF, "isle": 0x4A4F98, "cloud": 0x8488CC,
}  # fmt: skip


def _sky(view: View) -> None:
    p = view.palette
    view.brush.ramp(
        Box(0, 0, view.width, HORIZON + 60),
        [p["sky_top"], p["sky_mid"], p["sky_low"]],
        [0, 0.55, 1],
        (0, 0),
        (0, HORIZON),
    )
    if view.night:
        for _ in range(80):
            y = 500 * view.rng.random() ** 1.4
            view.brush.fill(
                circle(view.rng.uniform(0, view.width), y, view.rng.choice((1.2, 1.7, 2.5))),
                0xFFF6DC,
                view.rng.uniform(0.3, 0.9),
            )
    view.brush.glow(view.width * 0.5, HORIZON, 520, p["light"], 0.6)


def _clouds(view: View) -> None:
    span = view.width + 2 * MARGIN
    for u, y, size, alpha in (
        (0.08, 330, 300, 0.75),
        (0.36, 140, 170, 0.8),
        (0.62, 380, 340, 0.7),
        (0.86, 190, 230, 0.85),
    ):
        x = -MARGIN + (u + view.rng.uniform(-0.03, 0.03)) * span
        for wrap in (-span, 0, span):
            view.brush.soft(
                puff(x + wrap, y, size, size * 0.34),
                view.palette["cloud"],
                shade=view.palette["sky_mid"],
                light=0.75,
                alpha=alpha,
            )


def _isles(view: View) -> None:
    w = view.width
    for x, wide, high in ((0.13 * w, 190, 74), (0.21 * w, 130, 46), (0.9 * w, 240, 92)):
        hill = Blob(
            (
                (x - wide, HORIZON + 14),
                (x - wide * 0.5, HORIZON - high * 0.5),
                (x, HORIZON - high),
                (x + wide * 0.45, HORIZON - high * 0.42),
                (x + wide, HORIZON + 14),
            )
        )
        view.brush.ramp(
            hill,
            [mix(view.palette["isle"], view.palette["light"], 0.35), view.palette["isle"]],
            [0, 1],
            (0, HORIZON - high),
            (0, HORIZON),
        )
    view.brush.fade(
        Box(-MARGIN, HORIZON - 60, w + 2 * MARGIN, 80),
        view.palette["haze"],
        [0, 0.85],
        [0, 1],
        (0, HORIZON - 60),
        (0, HORIZON + 10),
    )


def _water(view: View) -> None:
    p, w = view.palette, view.width
    sea = Box(-MARGIN, HORIZON, w + 2 * MARGIN, 1000 - HORIZON)
    view.brush.ramp(sea, [p["sea_far"], p["sea"], p["sea_near"]], [0, 0.35, 1], (0, HORIZON), (0, 1000))
    for k in range(9):
        u = k / 8
        view.brush.fill(
            Oval(w * 0.5, HORIZON + 8 + 230 * u, 46 + 120 * u, 16 + 22 * u),
            p["light"],
            0.30 * (1 - u) + 0.05,
            16 + 14 * u,
        )
    for _ in range(90):
        near = view.rng.random() ** 1.6
        y = HORIZON + 6 + near * 190
        x = view.rng.uniform(-MARGIN, w + MARGIN)
        r = 10 + 46 * near
        view.brush.fill(Oval(x, y, r, 1.2 + 2.4 * near), p["foam"], view.rng.uniform(0.05, 0.22))
    view.brush.fade(
        Box(-MARGIN, HORIZON - 8, w + 2 * MARGIN, 70),
        p["haze"],
        [0.7, 0],
        [0, 1],
        (0, HORIZON),
        (0, HORIZON + 60),
    )


def _crest(view: View, y: float, height: float, waves: float, phase: float) -> list[Point]:
    """Points of a rolling crest line whose tops are a little sharper than its troughs."""
    left, right, n = -MARGIN - 60, view.width + MARGIN + 60, 34
    out: list[Point] = []
    for k in range(n + 1):
        x = left + (right - left) * k / n
        a = TAU * (waves * (x / 1000) + phase)
        out.append((x, y - height * (math.sin(a) + 0.25 * math.sin(2 * a + 0.6))))
    return out


def _swell(view: View, y: float, height: float, waves: float, phase: float, near: float) -> None:
    p = view.palette
    crest = _crest(view, y, height, waves, phase)
    body = Blob(((crest[0][0], 1200), *crest, (crest[-1][0], 1200)))
    colour = mix(p["sea"], p["sea_near"], near)
    view.brush.ramp(
        body,
        [mix(colour, p["sea_far"], 0.55), colour, mix(colour, 0x1B1550, 0.22)],
        [0, 0.3, 1],
        (0, y - height),
        (0, y + 320),
    )
    with view.brush.inside(body):
        view.brush.line([(x, q + 5) for x, q in crest], p["light"], 9, 0.30, 5)
        view.brush.line([(x, q + 30) for x, q in crest], p["foam"], 5, 0.10, 4)
    for _ in range(round(9 + 7 * near)):
        k = view.rng.randrange(3, len(crest) - 3)
        (x, q), r = crest[k], view.rng.uniform(18, 44) * (0.6 + 0.6 * near)
        view.brush.line(
            [(x - r, q + 14), (x, q + 9), (x + r, q + 16)],
            p["foam"],
            3.2 + 2 * near,
            view.rng.uniform(0.16, 0.42),
            1.2,
        )


def _glints(view: View, t: float) -> None:
    """Sparkles on the light path and, at night, stars that twinkle."""
    for k in range(16):
        near = view.rng.random()
        x = view.width * (0.5 + view.rng.uniform(-0.07, 0.07) * (0.4 + 1.6 * near))
        y = HORIZON + 14 + 150 * near
        shine = max(0.0, cycle(t, view.rng.uniform(1.3, 2.9), view.rng.random()))
        view.brush.fill(Oval(x, y, 5 + 12 * near, 1.5 + 1.7 * near), 0xFFFFFF, 0.7 * shine)
        if view.night and k < 10:
            star = 0.5 + 0.5 * cycle(t, view.rng.uniform(2.2, 5.0), view.rng.random())
            view.brush.fill(
                circle(view.rng.uniform(0, view.width), view.rng.uniform(20, 380), 2.2 + 1.1 * star),
                0xFFF6DC,
                0.3 + 0.6 * star,
            )


def _gulls(view: View, t: float) -> None:
    """Two far gulls by day."""
    if view.night:
        return
    for k in range(2):
        span = view.width + 400
        x = (view.rng.random() * span + t * (17 + 6 * k)) % span - 200
        y = 250 + 90 * k + 12 * cycle(t, 4.1 + k, k * 0.4)
        beat = 8 * cycle(t, 0.9 + 0.1 * k, 0.3 * k)
        view.brush.fill(
            Curve(((x - 26, y - beat), (x - 11, y - 7), (x, y), (x + 11, y - 7), (x + 26, y - beat)), 4),
            0xFFFFFF,
            0.85,
        )


SETTING = Setting(
    words=SettingWords(
        nouns=("sea", "ocean", "open sea", "water", "lake", "waves", "pond", "bay"),
        emoji=("🌊",),
        times=("night", "dusk", "day", "dawn"),
        parts=("sea", "waves", "horizon"),
    ),
    palettes={"day": _DAY, "dusk": _DUSK, "night": _NIGHT},
    layers=(
        Layer("sky", 0.0, _sky, box=(0, HORIZON + 40)),
        Layer("clouds", 0.1, _clouds, drift=5.0, box=(40, 470)),
        Layer("isles", 0.2, _isles, box=(HORIZON - 110, HORIZON + 20)),
        Layer("water", 0.35, _water, box=(HORIZON - 10, 725)),
        Layer(
            "swell_far", 0.55, lambda v: _swell(v, 690, 9, 2.6, 0.1, 0.15), box=(660, 810), sway=(16.0, 6.3)
        ),
        Layer(
            "swell_mid", 0.85, lambda v: _swell(v, 770, 15, 1.8, 0.55, 0.5), box=(735, 925), sway=(24.0, 5.3)
        ),
        Layer(
            "swell_near", 1.2, lambda v: _swell(v, 868, 22, 1.25, 0.2, 0.9), box=(820, 1000), sway=(34.0, 4.7)
        ),
    ),
    places=(
        Place("water", (800, 812), 1.0, "swell_mid", 0.85, "sea"),
        Place("air", (230, 560), 1.0, "swell_far"),
        Place("under", (800, 840), 1.0, "swell_mid", 0.85, "waves"),
        Place("sky", (120, 300), 1.0, "sky", 0.05),
    ),
    live=(Live("sky", _gulls), Live("water", _glints)),
)
