"""A beach: a bay with slow waves that roll up the sand, a sand castle and a parasol, palms at the edges."""

from __future__ import annotations

import math
from random import Random

from dreamreel.dream.cast import SettingWords
from dreamreel.dream.hand import mix
from dreamreel.dream.motion import TAU, cycle
from dreamreel.dream.scenery import MARGIN, Layer, Live, Palette, Place, Setting, View
from dreamreel.dream.settings._paint import (
    SHADE,
    clouds,
    haze,
    pebble,
    put,
    scatter,
    sky,
    spark,
    stars,
    twinkle,
)
from dreamreel.dream.shapes import Blob, Box, Minus, Oval, Point, Polygon, Star, Union, circle

__all__ = ["SETTING"]

_HORIZON = 520.0
_SHORE = 716.0
"""Where the sand begins, at the middle of the waves' run."""

_DAY: Palette = {
    "sky_top": 0x62B4EE, "sky_mid": 0xA8DCF6, "sky_low": 0xFFF3DA, "haze": 0xEAF6F2, "light": 0xFFEFC0,
    "accent": 0xFF8F86, "ambient": 0xF2DDB4, "sea_far": 0x8AD4DE, "sea": 0x52B9D2, "sea_near": 0x9DE3DC,
    "foam": 0xFFFFFF, "isle": 0x83BFBE, "cloud": 0xFFFFFF, "sand": 0xF9DDA6, "wet": 0xD9B98C,
    "palm": 0x57A77C, "trunk": 0xA9805F, "front": 0x2C6E6B,
}  # fmt: skip
_DUSK: Palette = {
    "sky_top": 0x5C56A8, "sky_mid": 0xD490BC, "sky_low": 0xFFCB94, "haze": 0xFFD0A8, "light": 0xFFCF90,
    "accent": 0xFF8F8A, "ambient": 0xE0A9A4, "sea_far": 0xF3B09C, "sea": 0xA57FBE, "sea_near": 0xD9A0C0,
    "foam": 0xFFEBDC, "isle": 0x9A7CA8, "cloud": 0xFFD6CE, "sand": 0xEBB594, "wet": 0xB98596,
    "palm": 0x6D5F92, "trunk": 0x7C5878, "front": 0x3E2C62,
}  # fmt: skip
_NIGHT: Palette = {
    "sky_top": 0x18174E, "sky_mid": 0x3C3C92, "sky_low": 0x8E86CE, "haze": 0x8890D0, "light": 0xD2D9FF,
    "accent": 0xF2A0BC, "ambient": 0x8088CA, "sea_far": 0x7684CA, "sea": 0x4264B6,
    "sea_near": 0x6F98CC, "foam": 0xE2ECFF, "isle": 0x4B5299, "cloud": 0x878CCC, "sand": 0x8E8FC4,
    "wet": 0x6068AC, "palm": 0x2E4480, "trunk": 0x3A3674, "front": 0x191B50,
}  # fmt: skip


def _sky(view: View) -> None:
    p, w = view.palette, view.width
    sky(view, (0, 0.3, 0.53), _HORIZON + 40)
    if view.night:
        stars(view, 110, 500)
    view.brush.glow(w * 0.5, _HORIZON - 10, 470, p["light"], 0.62)
    if not view.night:
        view.brush.glow(w * 0.5, _HORIZON - 46, 170, 0xFFFFFF, 0.5)


def _clouds(view: View) -> None:
    clouds(view, ((0.06, 300, 270), (0.33, 150, 170), (0.60, 330, 300), (0.84, 190, 220)), 0.36, 0.8)


def _isles(view: View) -> None:
    p, w = view.palette, view.width
    for x, wide, high in ((0.16 * w, 210, 78), (0.24 * w, 130, 44), (0.87 * w, 230, 96)):
        points = (
            (x - wide, _HORIZON + 14),
            (x - wide * 0.5, _HORIZON - high * 0.5),
            (x, _HORIZON - high),
            (x + wide * 0.45, _HORIZON - high * 0.42),
            (x + wide, _HORIZON + 14),
        )
        view.brush.ramp(
            Blob(points),
            [mix(p["isle"], p["light"], 0.4), p["isle"]],
            [0, 1],
            (0, _HORIZON - high),
            (0, _HORIZON),
        )
    haze(view, _HORIZON - 70, _HORIZON, _HORIZON + 24, 0.85)


def _sea(view: View) -> None:
    """The bay, with a path of light that is wide and soft, and strokes that say how far away it is."""
    p, w = view.palette, view.width
    view.brush.ramp(
        Box(-MARGIN - 4, _HORIZON, w + 2 * MARGIN + 8, 300),
        [p["sea_far"], p["sea"], p["sea_near"]],
        [0, 0.45, 1],
        (0, _HORIZON),
        (0, _SHORE + 20),
    )
    for k in range(12):
        u = k / 11
        view.brush.fill(
            Oval(w * 0.5, _HORIZON + 10 + 190 * u, 70 + 130 * u, 12 + 16 * u),
            p["light"],
            0.26 * (1 - u) + 0.05,
            15 + 12 * u,
        )
    for _ in range(110):
        near = view.rng.random() ** 1.5
        x, y, r = view.rng.uniform(-MARGIN, w + MARGIN), _HORIZON + 6 + near * 180, 10 + 44 * near
        view.brush.fill(Oval(x, y, r, 1.1 + 2.2 * near), p["foam"], view.rng.uniform(0.06, 0.24))
    for x, y in ((0.35, 596), (0.68, 560)):
        _sail(view, w * x, y, 15 if y < 580 else 20)
    haze(view, _HORIZON - 4, _HORIZON + 6, _HORIZON + 64, 0.6)


def _sail(view: View, x: float, y: float, s: float) -> None:
    white = mix(0xFFFFFF, view.palette["ambient"], 0.3)
    view.brush.fill(Oval(x, y + s * 0.3, s * 1.1, s * 0.14), view.palette["foam"], 0.35, 1)
    view.brush.fill(
        Polygon(
            ((x - s * 0.1, y - s * 2.2), (x - s * 0.1, y - s * 0.2), (x - s * 1.1, y - s * 0.2)), s * 0.1
        ),
        white,
        0.95,
    )
    view.brush.fill(
        Polygon(
            ((x + s * 0.1, y - s * 2.0), (x + s * 0.1, y - s * 0.2), (x + s * 0.9, y - s * 0.2)), s * 0.1
        ),
        mix(white, view.palette["accent"], 0.5),
        0.95,
    )
    view.brush.fill(
        Blob(
            (
                (x - s, y - s * 0.1),
                (x + s, y - s * 0.1),
                (x + s * 0.6, y + s * 0.3),
                (x - s * 0.6, y + s * 0.3),
            )
        ),
        mix(view.palette["trunk"], white, 0.2),
    )


def _line(view: View, y: float, high: float, waves: float, phase: float, lift: float = 0.0) -> list[Point]:
    left, right, n = -MARGIN - 70, view.width + MARGIN + 70, 16
    out: list[Point] = []
    for k in range(n + 1):
        x = left + (right - left) * k / n
        a = TAU * (waves * x / 1000 + phase)
        out.append((x, y + high * (math.sin(a) + 0.4 * math.sin(2.3 * a + 1.1)) - lift))
    return out


def _rollers(view: View, t: float) -> None:
    """Two low waves that come in over the shallows, swell and thin out before the shore."""
    p, canvas = view.palette, view.brush
    for k in range(3):
        age = (t / 8.4 + k / 3) % 1.0
        y = 596 + 104 * age**1.3
        strength = math.sin(math.pi * age) ** 0.8
        thick = 3 + 9 * age
        top = _line(view, y, 4 + 3 * age, 1.1, k * 0.31 + 0.05 * math.sin(age * 3))
        low = _line(view, y + thick, 4 + 3 * age, 1.1, k * 0.31 + 0.05 * math.sin(age * 3) + 0.012)
        shade = [(x, b + thick * 1.5) for x, b in low]
        canvas.fill(Polygon((*low, *reversed(shade))), mix(p["sea"], SHADE, 0.25), 0.14 * strength)
        canvas.fill(Polygon((*top, *reversed(low))), p["foam"], 0.55 * strength)


def _sand(view: View) -> None:
    p, w = view.palette, view.width
    line = _line(view, _SHORE - 8, 7, 0.9, 0.2)
    body = Blob(((line[0][0], 1400), *line, (line[-1][0], 1400)))
    sand = p["sand"]
    view.brush.ramp(
        body,
        [
            mix(p["wet"], p["sea_near"], 0.25),
            p["wet"],
            mix(sand, p["light"], 0.25),
            sand,
            mix(sand, SHADE, 0.22),
        ],
        [0, 0.12, 0.3, 0.55, 1],
        (0, _SHORE - 16),
        (0, 1000),
    )
    with view.brush.inside(body):
        for _ in range(15):
            x, y = view.rng.uniform(-MARGIN, w + MARGIN), view.rng.uniform(800, 1000)
            view.brush.fill(
                Oval(x, y, view.rng.uniform(110, 220), view.rng.uniform(12, 22)), p["light"], 0.26, 14
            )
            view.brush.fill(Oval(x + 50, y + 26, 150, 13), mix(sand, SHADE, 0.4), 0.16, 12)
        view.brush.fill(Oval(w * 0.5, 862, w * 0.28, 60), p["light"], 0.32, 36)
    for x, y, near in scatter(view.rng, 90, 790, 985, w):
        view.brush.fill(
            circle(x, y, 0.9 + 1.4 * near), mix(sand, view.rng.choice((SHADE, 0xFFFFFF)), 0.4), 0.5
        )


def _shell(view: View, x: float, y: float, r: float, colour: int, rot: float) -> None:
    """A fan shell with ribs."""
    view.brush.fill(Oval(x + r * 0.2, y + r * 0.45, r, r * 0.3), SHADE, 0.22, r * 0.2)
    with view.brush.at(x, y, rot, r):
        fan = Blob(
            (
                (0, 0.6),
                (-0.62, 0.2),
                (-0.98, -0.3),
                (-0.62, -0.72),
                (0, -0.9),
                (0.62, -0.72),
                (0.98, -0.3),
                (0.62, 0.2),
            )
        )
        view.brush.soft(Union((fan, Oval(0, 0.6, 0.34, 0.16))), colour)
        for a in (-0.6, -0.3, 0, 0.3, 0.6):
            view.brush.line(
                [(0, 0.5), (a * 0.7, -0.1), (a * 1.15, -0.72 + 0.2 * abs(a))],
                mix(colour, SHADE, 0.35),
                0.06,
                0.5,
                0.02,
            )


def _starfish(view: View, x: float, y: float, r: float, colour: int, rot: float) -> None:
    view.brush.fill(Oval(x + r * 0.12, y + r * 0.3, r * 0.95, r * 0.55), SHADE, 0.22, r * 0.2)
    with view.brush.at(x, y, 0, r, r * 0.72):
        view.brush.soft(Star(0, 0, 1.05, 0.44, 5, 0.34, rot), colour)
        for k in range(5):
            a = math.radians(rot + 72 * k)
            for d in (0.25, 0.5):
                view.brush.fill(circle(d * math.cos(a), d * math.sin(a), 0.06), 0xFFF4DC, 0.7)


def _castle(view: View, x: float, y: float, s: float) -> None:
    """A sand castle: three towers, battlements, and a flag."""
    p = view.palette
    sand = mix(p["sand"], p["wet"], 0.35)
    view.brush.fill(Oval(x + s * 0.3, y + s * 0.04, s * 1.35, s * 0.2), SHADE, 0.25, s * 0.1)
    view.brush.soft(
        Blob(
            (
                (x - s * 1.2, y + s * 0.08),
                (x - s * 0.8, y - s * 0.24),
                (x, y - s * 0.34),
                (x + s * 0.8, y - s * 0.24),
                (x + s * 1.2, y + s * 0.08),
            )
        ),
        sand,
    )
    for dx, wide, high in ((-0.58, 0.25, 0.95), (0.58, 0.25, 0.9), (0.0, 0.33, 1.35)):
        left, top = x + s * (dx - wide), y - s * high
        teeth = tuple(
            Box(left + s * wide * (0.78 * k), top - s * 0.13, s * wide * 0.46, s * 0.2, s * 0.03)
            for k in range(3)
        )
        view.brush.soft(Union((Box(left, top, s * wide * 2, s * (high - 0.04), s * 0.05), *teeth)), sand)
        view.brush.fill(
            Union(
                (
                    circle(x + s * dx, top + s * 0.34, s * 0.07),
                    Box(x + s * (dx - 0.07), top + s * 0.34, s * 0.14, s * 0.14),
                )
            ),
            mix(sand, SHADE, 0.5),
            0.6,
        )
    view.brush.fill(
        Box(x - s * 0.02, y - s * 2.05, s * 0.045, s * 0.62, s * 0.02), mix(p["trunk"], SHADE, 0.1)
    )
    view.brush.soft(
        Polygon(
            ((x + s * 0.02, y - s * 2.04), (x + s * 0.5, y - s * 1.88), (x + s * 0.02, y - s * 1.7)), s * 0.04
        ),
        p["accent"],
    )


def _parasol(view: View, x: float, y: float, s: float) -> None:
    """A striped parasol, its towel, and its shadow."""
    p = view.palette
    cream = mix(0xFFF8E8, p["ambient"], 0.3)
    view.brush.fill(Oval(x + s * 0.45, y + s * 0.08, s * 1.0, s * 0.16), SHADE, 0.28, s * 0.08)
    towel = Polygon(
        (
            (x - s * 0.9, y + s * 0.12),
            (x + s * 0.1, y + s * 0.06),
            (x + s * 0.36, y + s * 0.24),
            (x - s * 0.75, y + s * 0.32),
        ),
        s * 0.04,
    )
    view.brush.soft(towel, mix(p["sea"], cream, 0.35), light=0.6)
    with view.brush.at(x, y, 10, s):
        view.brush.soft(Box(-0.03, -1.7, 0.06, 1.75, 0.03), cream)
        dome = Minus(
            Oval(0, -1.15, 1.05, 0.78),
            Union((Box(-2, -1.13, 4, 2), *(Oval(-0.79 + 0.525 * k, -1.09, 0.27, 0.1) for k in range(4)))),
        )
        view.brush.soft(dome, p["accent"])
        with view.brush.inside(dome):
            for a, b in ((-0.55, -0.22), (0.22, 0.55)):
                view.brush.fill(
                    Blob(
                        ((0, -1.95), (a * 1.1, -1.5), (a * 1.22, -1.08), (b * 1.22, -1.08), (b * 1.1, -1.5))
                    ),
                    cream,
                    0.8,
                )
        view.brush.fill(circle(0, -1.93, 0.05), cream)


def _things(view: View) -> None:
    """What lies on the sand: far left and right things for the eye to find, the middle left to the actors."""
    p, w = view.palette, view.width
    _castle(view, max(w * 0.79, w * 0.5 + 150), 778, 56)
    _parasol(view, min(w * 0.2, w * 0.5 - 140), 776, 92)
    for u, y, r, role, rot in (
        (0.30, 925, 15, 0xFFC9B8, -18),
        (0.64, 945, 19, 0xFFE2C8, 12),
        (0.90, 860, 15, 0xE9C4E4, -30),
        (0.12, 880, 17, 0xFFD9A8, 20),
    ):
        _shell(view, u * w, y, r, mix(role, p["ambient"], 0.25), rot)
    _starfish(view, w * 0.385, 958, 24, mix(p["accent"], p["ambient"], 0.2), -70)
    _starfish(view, w * 0.86, 930, 19, mix(0xFFC070, p["ambient"], 0.25), -100)
    for u, y, r in ((0.235, 862, 9), (0.25, 868, 6), (0.73, 868, 10), (0.55, 975, 8)):
        pebble(view, u * w, y, r, mix(p["ambient"], p["wet"], 0.5))


def _wash(view: View, t: float) -> None:
    """The sheet of water that slides up the sand and back, with its rim of foam."""
    p = view.palette
    for k in range(2):
        reach = 0.5 + 0.5 * cycle(t, 6.3, 0.5 * k)
        y = _SHORE - 2 + 30 * reach**1.2 - 6 * k
        line = _line(view, y, 6 + 3 * reach, 0.85, 0.13 * k + 0.03 * cycle(t, 9.1))
        sheet = Blob(((line[0][0], _SHORE - 40), *line, (line[-1][0], _SHORE - 40)))
        view.brush.fill(sheet, p["sea_near"], 0.34)
        low = tuple((x, b + 3 + 4 * reach) for x, b in reversed(line))
        view.brush.fill(Polygon((*line, *low)), p["foam"], 0.4 + 0.35 * reach)


def _glints(view: View, t: float) -> None:
    for _ in range(12):
        near = view.rng.random()
        x = view.width * (0.5 + view.rng.uniform(-0.12, 0.12) * (0.4 + near))
        shine = max(0.0, cycle(t, view.rng.uniform(1.5, 3.1), view.rng.random()))
        put(view.brush, spark(0xFFFFFF), x, _HORIZON + 12 + 120 * near, 10 + 8 * near, 0.85 * shine)


def _twinkle(view: View, t: float) -> None:
    if view.night:
        twinkle(view, t, 12, 360)


def _leaf(view: View, x: float, y: float, angle: float, long: float, colour: int, blur: float = 0.0) -> None:
    """A palm leaf that arches out and hangs, feathered below."""
    a = math.radians(angle)
    spine = [
        (x + long * s * math.cos(a), y + long * (s * math.sin(a) + 0.62 * s * s))
        for s in (k / 16 for k in range(17))
    ]
    view.brush.line(spine, mix(colour, view.palette["light"], 0.25), long * 0.024, 1, blur)
    for k in range(1, 17):
        (ax, ay), (bx, by) = spine[k - 1], spine[k]
        along = math.atan2(by - ay, bx - ax)
        size = long * 0.34 * math.sin(math.pi * min(1.0, 0.14 + k / 19)) ** 0.8
        for side in (-1, 1):
            turn = along + side * (0.95 - 0.4 * k / 16) + 0.16 * (1 if math.cos(a) > 0 else -1)
            tip = (bx + size * math.cos(turn), by + size * math.sin(turn) + size * 0.18)
            mid = (bx + size * 0.5 * math.cos(turn), by + size * 0.5 * math.sin(turn))
            n = (-math.sin(turn) * size * 0.09, math.cos(turn) * size * 0.09)
            tint = mix(colour, view.palette["light"], 0.22 if side * math.cos(a) < 0 else 0.04)
            view.brush.fill(
                Blob(((bx, by), (mid[0] + n[0], mid[1] + n[1]), tip, (mid[0] - n[0], mid[1] - n[1]))),
                tint,
                0.97,
                blur,
            )


def _palm(view: View, x: float, foot: float, top: Point, size: float) -> None:
    """A palm that leans into the picture, lit on its inner side."""
    p = view.palette
    (tx, ty), way = top, 1.0 if top[0] > x else -1.0
    spine = [(x + (tx - x) * s**1.7, foot + (ty - foot) * s) for s in (k / 18 for k in range(19))]
    left = [(a - (30 - 16 * k / 18), b) for k, (a, b) in enumerate(spine)]
    right = [(a + (30 - 16 * k / 18), b) for k, (a, b) in enumerate(spine)]
    trunk = Blob((*left, *reversed(right)))
    edge = [mix(p["trunk"], p["light"], 0.4), p["trunk"], mix(p["trunk"], SHADE, 0.4)]
    view.brush.ramp(trunk, edge, [0, 0.45, 1], (x + way * 40, 0), (x - way * 40 + (tx - x) * 0.4, 0))
    with view.brush.inside(trunk):
        for k in range(1, 18):
            a, b = spine[k]
            view.brush.line(
                [(a - 34, b - 4), (a, b + 7), (a + 34, b - 4)], mix(p["trunk"], SHADE, 0.5), 4, 0.32, 1.6
            )
    dice = Random(f"palm {x > 0}")
    for angle in (-168, -140, -112, -70, -40, -12, 12, 168):
        _leaf(view, tx, ty, angle + dice.uniform(-6, 6), size * dice.uniform(0.85, 1.1), p["palm"])
    for dx, dy in ((-16, 12), (14, 16), (0, 24)):
        view.brush.soft(circle(tx + dx, ty + dy, 17), mix(p["trunk"], SHADE, 0.12))


def _palms(view: View) -> None:
    w = view.width
    _palm(view, -36, 980, (min(96, w * 0.1), 230), 250)
    _palm(view, w + 40, 960, (w - min(60, w * 0.06), 330), 215)


def _front(view: View) -> None:
    """Beach grass out of focus in the corners."""
    colour = view.palette["front"]
    for u, n, way in ((-0.01, 13, 1), (1.01, 13, -1)):
        for _ in range(n):
            x = u * view.width + way * view.rng.uniform(-30, 150)
            h = view.rng.uniform(110, 250) * (1 - 0.004 * abs(x - u * view.width))
            lean = way * view.rng.uniform(-10, 80)
            view.brush.fill(
                Blob(
                    (
                        (x - 9, 1040),
                        (x + lean * 0.3 - 7, 1040 - h * 0.6),
                        (x + lean, 1040 - h),
                        (x + lean * 0.3 + 7, 1040 - h * 0.6),
                        (x + 9, 1040),
                    )
                ),
                colour,
                0.85,
                6,
            )


SETTING = Setting(
    words=SettingWords(
        nouns=("beach", "shore", "seaside", "coast", "sand", "seashore", "island", "lagoon"),
        emoji=("🏖", "🏝"),
        times=("day", "dusk", "night", "dawn"),
        parts=("sand", "sea", "waves", "horizon"),
    ),
    palettes={"day": _DAY, "dusk": _DUSK, "night": _NIGHT},
    layers=(
        Layer("sky", 0.0, _sky, box=(0, _HORIZON + 12)),
        Layer("clouds", 0.1, _clouds, drift=5.0, box=(60, 430)),
        Layer("isles", 0.2, _isles, box=(_HORIZON - 105, _HORIZON + 14)),
        Layer("sea", 0.4, _sea, box=(_HORIZON - 6, _SHORE + 24)),
        Layer("sand", 1.0, _sand, box=(_SHORE - 34, 1000)),
        Layer("things", 1.0, _things, box=(580, 1000)),
        Layer("palms", 1.12, _palms, box=(0, 1000)),
        Layer("front", 1.5, _front, box=(740, 1000), sway=(6.0, 5.7)),
    ),
    places=(
        Place("ground", (830, 900), 1.0, "things", 1.0, "sand"),
        Place("water", (636, 648), 0.6, "sea", 0.4, "sea"),
        Place("under", (640, 660), 0.6, "sea", 0.4, "waves"),
        Place("air", (230, 540), 1.0, "sand"),
        Place("sky", (120, 300), 1.0, "sky", 0.05),
    ),
    live=(Live("sky", _twinkle), Live("sea", _glints), Live("sea", _rollers), Live("sand", _wash)),
)
