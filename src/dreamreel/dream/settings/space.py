"""Space: a violet nebula, a ringed planet, far galaxies, and the round craters of a small moon to stand on."""

from __future__ import annotations

import math

from dreamreel.dream.cast import SettingWords
from dreamreel.dream.hand import mix
from dreamreel.dream.motion import cycle, ease_in_out
from dreamreel.dream.scenery import MARGIN, Layer, Live, Palette, Place, Setting, View
from dreamreel.dream.settings._paint import SHADE, dot, haze, hill, pebble, put, scatter, spark, twinkle
from dreamreel.dream.shapes import Blob, Box, Minus, Oval, circle

__all__ = ["SETTING"]

_NIGHT: Palette = {
    "sky_top": 0x150F45, "sky_mid": 0x35217E, "sky_low": 0x7A4FB4, "haze": 0x7B62C4, "light": 0xE6D8FF,
    "accent": 0xFFC98F, "ambient": 0x8A76CC, "cloud1": 0xC05FC8, "cloud2": 0x5C7CF0, "cloud3": 0xFF9EC4,
    "planet": 0xF2A488, "ring": 0xFFDDB0, "world": 0x6FC4D8, "moon": 0xA79ADC, "front": 0x231659,
}  # fmt: skip
_DUSK: Palette = {
    "sky_top": 0x2B1A5E, "sky_mid": 0x8A3F98, "sky_low": 0xF49A9C, "haze": 0xE08FB0, "light": 0xFFE0C8,
    "accent": 0xFFD08A, "ambient": 0xCC88B4, "cloud1": 0xFF7FA8, "cloud2": 0x9A6CF0, "cloud3": 0xFFC08C,
    "planet": 0xFFB06C, "ring": 0xFFE6C0, "world": 0x9C8CF0, "moon": 0xD8A0C0, "front": 0x3F1D62,
}  # fmt: skip
_DAY: Palette = {
    "sky_top": 0x2A3FA0, "sky_mid": 0x5B7FE0, "sky_low": 0xB9C4FA, "haze": 0xAEB8F6, "light": 0xFFF4E4,
    "accent": 0xFFC08F, "ambient": 0xA4AEEC, "cloud1": 0xC79CF8, "cloud2": 0x7FD8F4, "cloud3": 0xFFC4DC,
    "planet": 0xFFB29C, "ring": 0xFFEBCB, "world": 0x86E0D0, "moon": 0xCFC8F4, "front": 0x3A3A92,
}  # fmt: skip


def _sky(view: View) -> None:
    p, w = view.palette, view.width
    view.brush.ramp(
        Box(-40, -40, w + 80, 1080),
        [p["sky_top"], p["sky_mid"], p["sky_low"]],
        [0, 0.5, 0.95],
        (w * 0.1, 0),
        (0, 1000),
    )
    for k in range(22):
        u = k / 21
        x, y = w * (-0.08 + 1.16 * u), 560 - 420 * u + 60 * math.sin(5.5 * u)
        role = ("cloud1", "cloud2", "cloud3")[k % 3]
        spread = 50 + 60 * view.rng.random()
        view.brush.fill(
            Oval(x, y + view.rng.gauss(0, 40), w * 0.09 + spread, spread * 0.8, -24), p[role], 0.19, 48
        )
    for k in range(10):
        u = k / 9
        x, y = w * (0.02 + 0.96 * u), 545 - 400 * u + 60 * math.sin(5.5 * u)
        view.brush.fill(Oval(x, y, 66, 15, -22), p["light"], 0.09, 16)
    view.brush.glow(w * 0.5, 520, 430, p["cloud3"], 0.26)
    _stars(view)
    _galaxy(view, w * 0.30, 140, 62, -20)
    _galaxy(view, w * 0.60, 90, 34, 24)
    _galaxy(view, w * 0.93, 500, 40, 10)


def _stars(view: View) -> None:
    for k in range(260):
        u = view.rng.random()
        y = 760 * view.rng.random()
        x = view.rng.uniform(0, view.width)
        if k % 2:
            x, y = (
                view.width * (-0.05 + 1.1 * u),
                560 - 420 * u + 60 * math.sin(5.5 * u) + view.rng.gauss(0, 62),
            )
        r = view.rng.choice((0.8, 1.1, 1.1, 1.6, 2.2))
        colour = view.rng.choice((0xFFFFFF, 0xFFF1CF, 0xD9E2FF, 0xFFD8EA))
        view.brush.fill(circle(x, y, r), colour, view.rng.uniform(0.3, 0.95))


def _galaxy(view: View, x: float, y: float, r: float, rot: float) -> None:
    """A small spiral seen at a slant: two arms of soft dots around a bright heart."""
    p = view.palette
    with view.brush.at(x, y, rot, 1, 0.5):
        view.brush.glow(0, 0, r * 1.25, p["cloud3"], 0.5)
        for arm in (0.0, math.pi):
            for k in range(30):
                s = k / 29
                a = arm + 4.3 * s
                d = r * (0.12 + 0.95 * s)
                view.brush.fill(
                    circle(d * math.cos(a), d * math.sin(a), r * 0.11 * (1.2 - s)),
                    mix(p["light"], p["cloud1"], s),
                    0.34 * (1.1 - s),
                    r * 0.05,
                )
        view.brush.glow(0, 0, r * 0.45, 0xFFF6E0, 0.9)


def _ball(view: View, x: float, y: float, r: float, colour: int, bands: int) -> None:
    """A planet lit from the upper left, with soft bands and a rim of air."""
    p = view.palette
    view.brush.glow(x, y, r * 1.7, colour, 0.34)
    body = circle(x, y, r)
    view.brush.soft(body, colour)
    with view.brush.inside(body):
        for k in range(bands):
            v = -0.75 + 1.5 * k / max(bands - 1, 1)
            tint = mix(colour, p["light"] if k % 2 else SHADE, 0.34)
            view.brush.fill(
                Oval(x - r * 0.1, y + v * r, r * 1.25, r * (0.11 + 0.05 * (k % 3)), -12), tint, 0.34, r * 0.05
            )
        view.brush.fill(
            Minus(circle(x, y, r * 2), circle(x - r * 0.34, y - r * 0.34, r * 1.12)), SHADE, 0.5, r * 0.22
        )
        view.brush.fill(Oval(x - r * 0.4, y - r * 0.45, r * 0.42, r * 0.3, -40), p["light"], 0.45, r * 0.16)


def _ring(view: View, x: float, y: float, r: float, front: bool) -> None:
    """The half of the rings before or behind the planet."""
    p = view.palette
    with view.brush.at(x, y, -18):
        half = Box(-3 * r, 0, 6 * r, 3 * r) if front else Box(-3 * r, -3 * r, 6 * r, 3 * r)
        with view.brush.inside(half):
            for outer, inner, alpha, shade in (
                (2.05, 1.78, 0.55, 0.2),
                (1.74, 1.42, 0.9, 0.0),
                (1.39, 1.28, 0.5, 0.3),
            ):
                band = Minus(Oval(0, 0, outer * r, outer * r * 0.27), Oval(0, 0, inner * r, inner * r * 0.27))
                view.brush.ramp(
                    band,
                    [
                        mix(p["ring"], 0xFFFFFF, 0.3),
                        mix(p["ring"], p["planet"], 0.3 + shade),
                        mix(p["ring"], SHADE, 0.5),
                    ],
                    [0, 0.5, 1],
                    (-2 * r, 0),
                    (2 * r, 0),
                    alpha,
                )


def _planets(view: View) -> None:
    p, w = view.palette, view.width
    x, y, r = w * 0.8, 250.0, 104.0
    _ring(view, x, y, r, False)
    _ball(view, x, y, r, p["planet"], 6)
    _ring(view, x, y, r, True)
    _ball(view, w * 0.13, 330, 62, p["world"], 4)
    _ball(view, w * 0.205, 262, 15, mix(p["moon"], p["light"], 0.4), 0)
    _ball(view, w * 0.42, 196, 22, p["cloud3"], 3)


def _crater(view: View, x: float, y: float, r: float, colour: int) -> None:
    """A crater seen at a slant: a light rim, a shaded bowl, light on its far wall."""
    light = view.palette["light"]
    view.brush.fill(Oval(x, y, r * 1.2, r * 0.42), mix(colour, light, 0.45), 0.8, r * 0.06)
    bowl = Oval(x, y + r * 0.01, r, r * 0.32)
    view.brush.ramp(
        bowl,
        [mix(colour, SHADE, 0.52), mix(colour, SHADE, 0.12)],
        [0, 1],
        (x - r * 0.4, y - r * 0.3),
        (x + r * 0.4, y + r * 0.32),
    )
    with view.brush.inside(bowl):
        view.brush.fill(
            Oval(x + r * 0.15, y + r * 0.2, r * 0.8, r * 0.2), mix(colour, light, 0.35), 0.55, r * 0.1
        )


def _far(view: View) -> None:
    """A far ridge of round hills."""
    p, w = view.palette, view.width
    colour = mix(p["moon"], p["haze"], 0.62)
    hill(
        view,
        ((0, 700), (0.14, 652), (0.3, 700), (0.5, 716), (0.68, 690), (0.85, 640), (1, 690)),
        colour,
        0.1,
        0.3,
        0.25,
    )
    for u, y, r in ((0.1, 705, 34), (0.86, 694, 46), (0.72, 722, 22)):
        _crater(view, u * w, y, r, colour)
    haze(view, 590, 740, 850, 0.6)


def _mid(view: View) -> None:
    p, w = view.palette, view.width
    colour = mix(p["moon"], p["haze"], 0.3)
    hill(view, ((0, 736), (0.2, 758), (0.45, 748), (0.75, 762), (1, 728)), colour, 0.2, 0.3, 0.3)
    for u, y, r in ((0.06, 768, 46), (0.26, 782, 30), (0.8, 778, 54), (0.95, 760, 30)):
        _crater(view, u * w, y, r, colour)
    haze(view, 690, 790, 860, 0.3)


def _ground(view: View) -> None:
    p, w = view.palette, view.width
    body = hill(view, ((0, 822), (0.22, 800), (0.5, 790), (0.78, 800), (1, 824)), p["moon"], 0.44, 0.4, 0.4)
    with view.brush.inside(body):
        view.brush.fill(Oval(w * 0.5, 868, w * 0.27, 52), p["light"], 0.36, 34)
        for _ in range(14):
            x, y = view.rng.uniform(-MARGIN, w + MARGIN), view.rng.uniform(840, 1000)
            view.brush.fill(Oval(x, y, view.rng.uniform(60, 150), 14), mix(p["moon"], SHADE, 0.4), 0.18, 12)
    for u, y, r in (
        (0.05, 878, 74),
        (0.185, 850, 34),
        (0.30, 950, 46),
        (0.62, 968, 62),
        (0.83, 862, 52),
        (0.95, 930, 86),
        (0.715, 842, 20),
    ):
        _crater(view, u * w, y, r, p["moon"])
    for x, y, near in scatter(view.rng, 34, 830, 985, w):
        pebble(
            view,
            x,
            y,
            3 + 5 * near * view.rng.random() + 1,
            mix(p["moon"], SHADE, view.rng.uniform(0.05, 0.3)),
        )


def _rocks(view: View) -> None:
    """Rounded rocks and crystals at the edges."""
    p, w = view.palette, view.width
    for side in (0, 1):
        x0, way = (0.0, 1.0) if side == 0 else (w, -1.0)
        for dx, y, wide, high in ((-20, 900, 100, 210), (78, 915, 62, 110), (136, 925, 34, 50)):
            x = x0 + way * dx
            rock = Blob(
                (
                    (x - wide, y + 20),
                    (x - wide * 0.85, y - high * 0.5),
                    (x - wide * 0.2, y - high),
                    (x + wide * 0.6, y - high * 0.72),
                    (x + wide, y + 20),
                    (x, y + 44),
                )
            )
            view.brush.fill(Oval(x, y + 26, wide * 1.2, 18), SHADE, 0.3, 10)
            view.brush.soft(rock, mix(p["moon"], p["front"], 0.42))
        for dx, y, h, lean in ((112, 918, 92, 12), (134, 924, 62, 26), (94, 922, 54, -14)):
            _crystal(view, x0 + way * dx, y, h, way * lean, p["cloud2"] if side else p["cloud3"])


def _crystal(view: View, x: float, y: float, h: float, lean: float, colour: int) -> None:
    view.brush.glow(x + lean * 0.5, y - h * 0.5, h * 0.9, colour, 0.5)
    with view.brush.at(x, y, lean):
        body = Blob(
            (
                (-h * 0.14, 0),
                (-h * 0.17, -h * 0.55),
                (0, -h),
                (h * 0.17, -h * 0.55),
                (h * 0.14, 0),
                (0, h * 0.05),
            )
        )
        view.brush.soft(body, mix(colour, view.palette["light"], 0.25))
        view.brush.line(
            [(-h * 0.05, -h * 0.1), (-h * 0.06, -h * 0.5), (0, -h * 0.86)],
            0xFFFFFF,
            h * 0.035,
            0.5,
            h * 0.015,
        )


def _front(view: View) -> None:
    """Rocks out of focus in the lower corners."""
    for u, y, rx, ry in (
        (-0.03, 1030, 170, 96),
        (0.1, 1056, 120, 64),
        (0.91, 1056, 120, 66),
        (1.03, 1026, 180, 100),
    ):
        view.brush.fill(Oval(u * view.width, y, rx, ry), view.palette["front"], 0.84, 15)


def _lights(view: View, t: float) -> None:
    """Stars that twinkle, and now and then one that falls."""
    twinkle(view, t, 20, 640, view.palette["accent"])
    start = view.rng.uniform(0.8, 2.0)
    age = ((t - start) % 4.9) / 1.0
    if 0 <= age <= 1:
        x0, y0 = view.width * view.rng.uniform(0.2, 0.5), view.rng.uniform(60, 220)
        fade = math.sin(math.pi * age)
        for k in range(9):
            back = ease_in_out(age) - 0.035 * k
            put(
                view.brush,
                dot(0xFFF0C8, 0.3, 0.6),
                x0 + 360 * back,
                y0 + 120 * back,
                22 - 2.1 * k,
                fade * (1 - k / 9),
            )


def _dust(view: View, t: float) -> None:
    """Stardust that floats up from the ground."""
    for k in range(12):
        age = (view.rng.random() + t / view.rng.uniform(8, 13)) % 1.0
        x = view.width * view.rng.random() + 24 * cycle(t, 5.3 + 0.3 * k, view.rng.random())
        put(view.brush, spark(view.palette["cloud3"]), x, 880 - 420 * age, 12, 0.9 * math.sin(math.pi * age))


SETTING = Setting(
    words=SettingWords(
        nouns=("space", "outer space", "galaxy", "universe", "cosmos", "planet", "nebula", "orbit"),
        emoji=("🪐", "🛸", "☄"),
        times=("night", "dusk", "day"),
        parts=("moon surface", "crater", "stars"),
    ),
    palettes={"night": _NIGHT, "dusk": _DUSK, "day": _DAY},
    layers=(
        Layer("sky", 0.0, _sky, box=(0, 750)),
        Layer("planets", 0.12, _planets, box=(66, 440)),
        Layer("far", 0.3, _far, box=(585, 800)),
        Layer("mid", 0.6, _mid, box=(685, 860)),
        Layer("ground", 1.0, _ground, box=(780, 1000)),
        Layer("rocks", 1.1, _rocks, box=(680, 1000)),
        Layer("front", 1.5, _front, box=(840, 1000)),
    ),
    places=(
        Place("space", (260, 620), 1.0, "mid"),
        Place("ground", (840, 900), 1.0, "rocks", 1.0, "moon surface"),
        Place("ground", (762, 772), 0.6, "mid", 0.6, "crater"),
        Place("air", (250, 600), 1.0, "mid"),
        Place("sky", (130, 300), 1.0, "sky", 0.05, "stars"),
    ),
    live=(Live("sky", _lights), Live("ground", _dust)),
)
