"""A forest: trunks in four distances around a bright clearing, soft shafts of light, ferns and mushrooms."""

from __future__ import annotations

import math

from dreamreel.dream.cast import SettingWords
from dreamreel.dream.hand import mix
from dreamreel.dream.motion import cycle
from dreamreel.dream.scenery import MARGIN, Layer, Live, Palette, Place, Setting, View
from dreamreel.dream.settings._paint import (
    SHADE,
    blades,
    dot,
    haze,
    hill,
    lit,
    pebble,
    put,
    scatter,
    sky,
    stars,
    twinkle,
    veil,
)  # fmt: skip
from dreamreel.dream.shapes import Blob, Oval, Polygon, circle

__all__ = ["SETTING"]

_DAY: Palette = {
    "sky_top": 0x8FCBA8, "sky_mid": 0xD3EDC4, "sky_low": 0xFFF6D2, "haze": 0xEAF4CC, "light": 0xFFF0B4,
    "accent": 0xFF8F86, "ambient": 0xC4DFA4, "far": 0xAFD8AC, "mid": 0x78B98F, "near": 0x86685F,
    "leaf": 0x55A86C, "floor": 0x8CC274, "front": 0x22594F, "fern": 0x63B26A,
}  # fmt: skip
_DUSK: Palette = {
    "sky_top": 0x7C6BB0, "sky_mid": 0xE0A0B0, "sky_low": 0xFFD9A0, "haze": 0xF8C6A4, "light": 0xFFCF8C,
    "accent": 0xFF8F7A, "ambient": 0xDDA79A, "far": 0xCF9CB4, "mid": 0x99779F, "near": 0x694C74,
    "leaf": 0x8A6C92, "floor": 0xB5917F, "front": 0x3A2B5C, "fern": 0x8F9C74,
}  # fmt: skip
_NIGHT: Palette = {
    "sky_top": 0x1D2060, "sky_mid": 0x3E4A9A, "sky_low": 0x8FA0D8, "haze": 0x6F80C4, "light": 0xC6D6FF,
    "accent": 0xFF9FB0, "ambient": 0x7484C4, "far": 0x5A6CB8, "mid": 0x3F5294, "near": 0x33306E,
    "leaf": 0x345C86, "floor": 0x3F6E92, "front": 0x191B4E, "fern": 0x4C86A0,
}  # fmt: skip


def _trunk(view: View, x: float, foot: float, wide: float, colour: int, lean: float = 0.0) -> None:
    """A trunk from above the stage to its foot, wider at the root, lit on the side of the clearing."""
    top, w = -60.0, wide / 2
    inward = 1.0 if x < view.width / 2 else -1.0
    body = Blob(
        (
            (x + lean - w * 0.7, top),
            (x + lean * 0.5 - w * 0.76, foot * 0.5),
            (x - w, foot - wide * 0.9),
            (x - w * 2.1, foot + 4),
            (x - w * 0.5, foot - 2),
            (x + w * 0.6, foot + 8),
            (x + w * 2.0, foot),
            (x + w, foot - wide * 0.9),
            (x + lean * 0.5 + w * 0.76, foot * 0.5),
            (x + lean + w * 0.7, top),
        )
    )
    light = view.palette["light"]
    edge = [mix(colour, light, 0.34), colour, mix(colour, SHADE, 0.3)]
    view.brush.ramp(body, edge, [0, 0.45, 1], (x + w * inward, 0), (x - w * inward, 0))
    with view.brush.inside(body):
        line = [
            (x + lean + w * 0.66 * inward, top),
            (x + lean * 0.5 + w * 0.7 * inward, foot * 0.5),
            (x + w * 0.9 * inward, foot - wide),
        ]
        view.brush.line(line, light, wide * 0.12, 0.42, wide * 0.06)
        for k in range(round(wide / 14)):
            y = foot * (0.2 + 0.7 * view.rng.random())
            dx = view.rng.uniform(-0.45, 0.45) * w
            bark = [(x + dx, y), (x + dx + wide * 0.04, y + 26), (x + dx - wide * 0.02, y + 52 + 6 * k)]
            view.brush.line(bark, mix(colour, SHADE, 0.5), wide * 0.035 + 1, 0.28, 1.4)


def _canopy(view: View, y: float, size: float, colour: int, open_at: float, far: float) -> None:
    """Foliage hanging from the top, thinner above the clearing: clumps of lumps with a fringe of leaves."""
    w, p = view.width, view.palette
    shade = mix(mix(p["front"], colour, 0.25), p["haze"], far * 0.6)
    x = -MARGIN - size * 0.5
    while x < w + MARGIN + size:
        aside = abs(x - w / 2) / (w / 2)
        drop = y * (open_at + (1 - open_at) * min(1.0, aside) ** 1.5)
        for row in range(4, -1, -1):
            foot = drop - size * 0.3 * row + view.rng.uniform(-0.1, 0.1) * size
            spots = [
                (
                    x + size * (0.42 * k + view.rng.uniform(-0.14, 0.14)),
                    foot + view.rng.uniform(-0.12, 0.12) * size,
                )
                for k in (-1, 0, 1)
            ]
            tint = mix(colour, shade, 0.13 * row)
            _leaves(view, x, foot, size, tint)
            lit(
                view,
                [Oval(a, b - size * 0.2, size * 0.31, size * 0.25) for a, b in spots],
                tint,
                shade,
                1.0,
                0.2,
            )
        x += size * view.rng.uniform(0.62, 0.78)


def _leaves(view: View, x: float, y: float, size: float, colour: int) -> None:
    """Single leaves that break the edge of a clump, some catching the light."""
    for _ in range(9):
        a = x + view.rng.uniform(-0.75, 0.75) * size
        b = y - size * view.rng.uniform(-0.1, 0.22)
        tint = mix(colour, view.palette["light"], view.rng.choice((0.05, 0.15, 0.4)))
        view.brush.fill(Oval(a, b, size * 0.085, size * 0.042, view.rng.uniform(20, 160)), tint, 0.9)


def _bush(view: View, x: float, y: float, size: float, colour: int) -> None:
    lumps = [
        Oval(x + dx * size, y + dy * size, r * size, r * size * 0.84)
        for dx, dy, r in (
            (-0.7, 0.1, 0.42),
            (-0.25, -0.2, 0.52),
            (0.3, -0.12, 0.48),
            (0.75, 0.14, 0.4),
            (0.0, 0.2, 0.6),
        )
    ]
    _leaves(view, x, y - size * 0.45, size * 0.9, colour)
    lit(view, lumps, colour, mix(view.palette["front"], colour, 0.3))


def _fern(view: View, x: float, y: float, h: float, colour: int, blur: float = 0.0) -> None:
    """Arching fronds with paired leaflets."""
    for lean in (-1.0, -0.55, 0.08, 0.6, 1.0):
        spine = [
            (x + lean * h * (0.2 * s + 0.62 * s * s), y - h * (1.45 * s - (0.45 + 0.3 * abs(lean)) * s * s))
            for s in (k / 12 for k in range(13))
        ]
        tint = mix(colour, view.palette["light"], 0.10 + 0.12 * (lean + 1))
        view.brush.line(spine, tint, h * 0.022 + 0.6, 0.95, blur)
        for k in range(2, 12):
            (ax, ay), (bx, by) = spine[k - 1], spine[k]
            angle = math.degrees(math.atan2(by - ay, bx - ax))
            size = h * 0.17 * math.sin(math.pi * (0.16 + 0.8 * k / 12))
            for side in (-1, 1):
                a = math.radians(angle + side * 62)
                leaf = Oval(
                    bx + math.cos(a) * size * 0.5,
                    by + math.sin(a) * size * 0.5,
                    size * 0.56,
                    size * 0.19,
                    angle + side * 62,
                )
                view.brush.fill(leaf, mix(tint, view.palette["light"], 0.1 * (side < 0)), 0.95, blur)


def _mushroom(view: View, x: float, y: float, r: float, colour: int) -> None:
    view.brush.fill(Oval(x + r * 0.3, y, r * 1.1, r * 0.26), SHADE, 0.28, r * 0.2)
    cream = mix(0xFFF3DE, view.palette["ambient"], 0.3)
    view.brush.soft(
        Blob(
            (
                (x - r * 0.3, y - r),
                (x + r * 0.3, y - r),
                (x + r * 0.42, y),
                (x, y + r * 0.12),
                (x - r * 0.42, y),
            )
        ),
        cream,
    )
    cap = Blob(
        (
            (x - r, y - r * 0.82),
            (x - r * 0.72, y - r * 1.5),
            (x, y - r * 1.85),
            (x + r * 0.72, y - r * 1.5),
            (x + r, y - r * 0.82),
            (x, y - r * 0.6),
        )
    )
    view.brush.soft(cap, colour)
    with view.brush.inside(cap):
        for dx, dy, s in ((-0.45, -1.3, 0.17), (0.1, -1.5, 0.2), (0.5, -1.1, 0.16), (-0.08, -0.98, 0.13)):
            view.brush.fill(Oval(x + dx * r, y + dy * r, s * r, s * r * 0.8), cream, 0.9, r * 0.03)


def _sky(view: View) -> None:
    p, w = view.palette, view.width
    sky(view, (0, 0.34, 0.62))
    if view.night:
        stars(view, 50, 420)
    view.brush.glow(w * 0.5, 470, 480, p["light"], 0.62)
    view.brush.glow(w * 0.5, 540, 240, 0xFFFFFF, 0.30)
    for _ in range(26):
        x = view.rng.uniform(-0.05, 1.05) * w
        wide = view.rng.uniform(9, 20)
        tint = mix(p["far"], p["sky_low"], 0.42)
        view.brush.fill(
            Polygon(
                ((x - wide * 0.4, -20), (x + wide * 0.4, -20), (x + wide * 0.6, 660), (x - wide * 0.6, 660))
            ),
            tint,
            0.42,
            3,
        )
    haze(view, 380, 640, 760, 0.8)


def _far(view: View) -> None:
    p, w = view.palette, view.width
    colour = mix(p["far"], p["haze"], 0.2)
    n = max(5, round(w / 115))
    for k in range(n):
        u = (k + view.rng.uniform(0.15, 0.85)) / n
        if abs(u - 0.5) > 0.09:
            _trunk(
                view,
                -MARGIN + u * (w + 2 * MARGIN),
                640 + 16 * math.sin(9 * u),
                view.rng.uniform(20, 34),
                colour,
                view.rng.uniform(-26, 26),
            )
    _canopy(view, 250, 80, colour, 0.42, 0.8)
    for k in range(n + 3):
        x = -MARGIN + (k + view.rng.random()) / (n + 2) * (w + 2 * MARGIN)
        if abs(x - w / 2) > 0.13 * w:
            _bush(view, x, 648, view.rng.uniform(34, 56), colour)
    hill(
        view,
        ((0, 648), (0.25, 632), (0.5, 652), (0.75, 630), (1, 646)),
        mix(p["floor"], p["haze"], 0.5),
        0.05,
    )
    haze(view, 470, 668, 800, 0.85)


def _mid(view: View) -> None:
    p, w = view.palette, view.width
    n = max(4, round(w / 190))
    for k in range(n):
        u = (k + view.rng.uniform(0.25, 0.75)) / n
        if abs(u - 0.5) > 0.15:
            _trunk(
                view,
                -MARGIN + u * (w + 2 * MARGIN),
                706,
                view.rng.uniform(44, 64),
                p["mid"],
                view.rng.uniform(-34, 34),
            )
    _canopy(view, 205, 100, mix(p["leaf"], p["far"], 0.4), 0.25, 0.4)
    hill(view, ((0, 700), (0.22, 716), (0.5, 700), (0.8, 718), (1, 698)), mix(p["floor"], p["mid"], 0.3), 0.1)
    for u in (0.02, 0.15, 0.25, 0.77, 0.88, 1.0):
        _bush(
            view,
            u * w + view.rng.uniform(-20, 20),
            712,
            view.rng.uniform(48, 70),
            mix(p["leaf"], p["far"], 0.25),
        )
    for x, y, near in scatter(view.rng, 26, 716, 780, w):
        blades(view, x, y, 14 + 8 * near, mix(p["fern"], p["light"], view.rng.uniform(0.1, 0.4)), 0.8)
    haze(view, 610, 726, 830, 0.42)
    strength = 0.20 if view.night else 0.34
    for u, spread, slant in ((0.30, 70, -150), (0.42, 110, -60), (0.56, 90, 40), (0.69, 76, 150)):
        x = u * w
        shaft = Polygon(
            ((x - 16, -40), (x + 20, -40), (x + slant * 1.5 + spread, 800), (x + slant * 1.5 - spread, 800))
        )
        veil(
            view.brush,
            shaft,
            p["light"],
            (strength, strength * 0.75, strength * 0.4, 0),
            (x, 60),
            (x, 800),
            18,
        )


def _ground(view: View) -> None:
    p, w = view.palette, view.width
    body = hill(view, ((0, 752), (0.28, 772), (0.5, 764), (0.75, 774), (1, 750)), p["floor"], 0.42)
    with view.brush.inside(body):
        view.brush.fill(Oval(w * 0.5, 862, w * 0.27, 66), p["light"], 0.30 if not view.night else 0.2, 40)
        for _ in range(9):
            x = w * view.rng.choice((view.rng.uniform(-0.05, 0.25), view.rng.uniform(0.75, 1.05)))
            view.brush.fill(Oval(x, view.rng.uniform(800, 1000), 120, 30), SHADE, 0.12, 24)
    for x, y, near in scatter(view.rng, 48, 790, 985, w):
        blades(view, x, y, 13 + 15 * near, mix(p["fern"], p["light"], view.rng.uniform(0.0, 0.34)), 0.85)
    for u, y, r in ((0.27, 822, 13), (0.70, 948, 20), (0.745, 955, 12), (0.36, 962, 15)):
        pebble(view, u * w, y, r, mix(p["ambient"], p["near"], 0.4))
    for u, y, r in (
        (0.205, 860, 26),
        (0.235, 872, 17),
        (0.18, 878, 14),
        (0.80, 846, 24),
        (0.825, 860, 15),
        (0.62, 962, 15),
    ):
        _mushroom(view, u * w, y, r, mix(p["accent"], p["ambient"], 0.18))
    for _ in range(24):
        x, y = view.rng.uniform(0, w), view.rng.uniform(800, 975)
        view.brush.fill(circle(x, y, 3.4), mix(0xFFFFFF, p["ambient"], 0.25), 0.85)
        view.brush.fill(circle(x, y, 1.4), 0xFFD978, 0.9)


def _near(view: View) -> None:
    """Two great trees that frame the clearing, with ferns at their roots."""
    p, w = view.palette, view.width
    for side in (0, 1):
        x = -0.005 * w if side == 0 else 1.005 * w
        way = 1 if side == 0 else -1
        _trunk(view, x - way * 10, 880, 118, p["near"], -way * 30)
        _trunk(view, x + way * 92, 838, 60, mix(p["near"], p["mid"], 0.3), way * 26)
        _bush(view, x + way * 20, 884, 74, p["leaf"])
        _fern(view, x + way * 96, 892, 108, p["fern"])
        _fern(view, x + way * 30, 930, 140, mix(p["fern"], p["front"], 0.3))


def _roof(view: View) -> None:
    """The leaves of the great trees: a sheet of their own, since the trunks' has an empty middle that costs nothing."""
    _canopy(view, 165, 120, mix(view.palette["leaf"], view.palette["front"], 0.2), -0.3, 0.0)


def _front(view: View) -> None:
    """Fronds and leaves so near that they are out of focus."""
    w, colour = view.width, view.palette["front"]
    for u, y, h in ((-0.02, 1040, 250), (0.09, 1060, 190), (0.91, 1060, 200), (1.02, 1040, 260)):
        for k in range(9):
            lean = (k - 4) / 4 + view.rng.uniform(-0.08, 0.08)
            tall = h * (1 - 0.45 * abs(lean))
            root, bend, tip = (
                (u * w, y),
                (u * w + lean * h * 0.3, y - tall * 0.7),
                (u * w + lean * h * 0.85, y - tall * 0.92),
            )
            leaf = Blob((root, (bend[0] - 9, bend[1]), tip, (bend[0] + 9, bend[1] + 16)))
            view.brush.fill(leaf, colour, 0.85, 6)
    for u, y, r in ((-0.02, -10, 130), (0.08, -50, 110), (0.93, -45, 110), (1.02, -5, 140)):
        view.brush.fill(Oval(u * w, y, r, r * 0.7), colour, 0.85, 15)


def _fireflies(view: View, t: float) -> None:
    """Fireflies in the dark; by day, dust that glitters in the light shafts."""
    lamp = dot(0xFFE58A) if view.night else dot(0xFFF3C4, 0.12, 0.25)
    for k in range(15):
        x0, y0, phase = view.rng.uniform(0.06, 0.94), view.rng.uniform(420, 900), view.rng.random()
        x = x0 * view.width + 42 * cycle(t, 6.1 + k * 0.37, phase) + 14 * cycle(t, 2.3, phase * 3)
        y = y0 + 30 * cycle(t, 4.7 + k * 0.29, phase + 0.25)
        shine = (0.5 + 0.5 * cycle(t, 2.3 + 0.13 * k, phase)) ** 1.5
        if view.night:
            put(view.brush, lamp, x, y, 26, shine)
        else:
            put(view.brush, lamp, x, y - 130, 16, 0.2 + 0.55 * shine)


def _twinkle(view: View, t: float) -> None:
    if view.night:
        twinkle(view, t, 8, 330)


SETTING = Setting(
    words=SettingWords(
        nouns=("forest", "wood", "jungle", "woodland", "grove", "clearing", "rainforest", "enchanted forest"),
        emoji=("🌲", "🌳"),
        times=("day", "night", "dusk", "dawn"),
        parts=("clearing", "trees", "moss"),
    ),
    palettes={"day": _DAY, "dusk": _DUSK, "night": _NIGHT},
    layers=(
        Layer("sky", 0.0, _sky, box=(0, 700)),
        Layer("far", 0.22, _far, box=(0, 720)),
        Layer("mid", 0.5, _mid, box=(0, 790)),
        Layer("ground", 1.0, _ground, box=(735, 1000)),
        Layer("near", 1.1, _near, box=(0, 1000)),
        Layer("roof", 1.1, _roof, box=(0, 240)),
        Layer("front", 1.5, _front, box=(0, 1000), sway=(6.0, 6.1)),
    ),
    places=(
        Place("ground", (830, 900), 1.0, "near", 1.0, "clearing"),
        Place("ground", (716, 728), 0.6, "mid", 0.5, "trees"),
        Place("air", (270, 600), 1.0, "ground"),
        Place("sky", (140, 260), 0.9, "sky", 0.05),
    ),
    live=(Live("sky", _twinkle), Live("near", _fireflies)),
)
