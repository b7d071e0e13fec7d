"""Under water: slow sunbeams, a reef in three distances, swaying weed, light that dances on the sand."""

from __future__ import annotations

import functools
import math

import skia

from dreamreel.dream.cast import SettingWords
from dreamreel.dream.hand import LOOKS, Brush, Sprite, bake, mix, rgba
from dreamreel.dream.motion import cycle
from dreamreel.dream.scenery import MARGIN, Layer, Live, Palette, Place, Setting, View
from dreamreel.dream.settings._paint import SHADE, beam, dot, haze, hill, lit, pebble, put, scatter, sky, veil
from dreamreel.dream.shapes import Blob, Box, Capsule, Curve, Minus, Oval, Point, Shape, Star, Union, circle

__all__ = ["SETTING"]

_DAY: Palette = {
    "sky_top": 0xB9F1EC, "sky_mid": 0x5CC6DE, "sky_low": 0x2F7FC4, "haze": 0x6FCCE0, "light": 0xEFFFEC,
    "accent": 0xFF9AA8, "ambient": 0x8FD6DC, "far": 0x4BA9D2, "mid": 0x3F8DC0, "sand": 0xE8DEB4,
    "weed": 0x4FB08C, "front": 0x1C4A84, "coral": 0xFF8FA6, "coral2": 0xFFB77E, "coral3": 0xB79CF0,
}  # fmt: skip
_DUSK: Palette = {
    "sky_top": 0xFFD9B0, "sky_mid": 0xB58CC8, "sky_low": 0x5658A8, "haze": 0xC49ACC, "light": 0xFFE9C4,
    "accent": 0xFF9A9A, "ambient": 0xC49CC4, "far": 0x8E7CC0, "mid": 0x6F66AE, "sand": 0xDDB6AC,
    "weed": 0x5F8F98, "front": 0x332A70, "coral": 0xFF8496, "coral2": 0xFFB080, "coral3": 0xC094E4,
}  # fmt: skip
_NIGHT: Palette = {
    "sky_top": 0x8FA6EC, "sky_mid": 0x3D54AC, "sky_low": 0x1F2A74, "haze": 0x4B66B8, "light": 0xCFE2FF,
    "accent": 0xF79AC8, "ambient": 0x6478C4, "far": 0x33489C, "mid": 0x2A3A88, "sand": 0x7C86C4,
    "weed": 0x2F7A96, "front": 0x14184E, "coral": 0xC878B8, "coral2": 0xC890A0, "coral3": 0x8C7CDC,
}  # fmt: skip


def _water(view: View) -> None:
    """From the bright surface down to the deep, light in the middle, broad still shafts far away."""
    p, w = view.palette, view.width
    sky(view, (0, 0.32, 0.95))
    view.brush.glow(w * 0.5, -60, 620, p["light"], 0.75)
    view.brush.glow(w * 0.5, 480, 460, p["haze"], 0.45)
    for u, slant, wide in ((0.2, -190, 40), (0.36, -80, 58), (0.55, 30, 46), (0.7, 120, 60), (0.85, 210, 40)):
        x = w * (0.5 + (u - 0.5) * 0.7)
        shaft = Blob(
            (
                (x - wide * 0.4, -80),
                (x + wide * 0.4, -80),
                (x + slant + wide * 1.9, 780),
                (x + slant - wide * 1.9, 780),
            )
        )
        veil(view.brush, shaft, p["light"], (0.24, 0.13, 0.05, 0), (x, 0), (x + slant, 760), 24)
    for _ in range(26):
        x, y = view.rng.uniform(-40, w + 40), view.rng.uniform(-4, 46) ** 1.0
        view.brush.fill(
            Oval(x, y, view.rng.uniform(50, 150), view.rng.uniform(2, 7)),
            0xFFFFFF,
            view.rng.uniform(0.12, 0.42),
            4,
        )


def _branch(
    parts: list[Shape], x: float, y: float, angle: float, long: float, thick: float, depth: int, dice: float
) -> None:
    a = math.radians(angle)
    bx, by = x + long * math.cos(a), y + long * math.sin(a)
    parts.append(Capsule((x, y), (bx, by), thick, thick * 0.82))
    if depth:
        for turn in (-30 - 10 * dice, 24 + 12 * dice):
            _branch(parts, bx, by, angle + turn, long * 0.76, thick * 0.8, depth - 1, 1 - dice)


def _tree_coral(view: View, x: float, y: float, s: float, colour: int) -> None:
    """A coral that branches, each tip rounded."""
    parts: list[Shape] = []
    for angle, dice in ((-112, 0.3), (-66, 0.7), (-90, 0.5)):
        _branch(parts, x, y, angle, s * 0.42, s * 0.085, 2, dice)
    view.brush.soft(Union(tuple(parts)), colour)


def _tubes(view: View, x: float, y: float, s: float, colour: int) -> None:
    """Tube sponges, the front ones shorter."""
    for dx, high, r in (
        (-0.3, 0.95, 0.15),
        (0.32, 0.8, 0.14),
        (0.02, 1.2, 0.17),
        (-0.5, 0.5, 0.13),
        (0.18, 0.55, 0.15),
    ):
        cx, top = x + dx * s, y - high * s
        view.brush.soft(Capsule((cx, y), (cx + dx * s * 0.25, top), r * s * 0.8, r * s), colour)
        mouth = Oval(cx + dx * s * 0.25, top - r * s * 0.2, r * s * 0.72, r * s * 0.4)
        view.brush.fill(mouth, mix(colour, SHADE, 0.5), 0.85, 0.6)


def _fan(view: View, x: float, y: float, s: float, colour: int) -> None:
    """A sea fan: a round lace of ribs."""
    parts = [
        Curve(
            (
                (x, y),
                (x + s * 0.5 * math.sin(a), y - s * 0.55 * math.cos(a)),
                (x + s * math.sin(a * 1.15), y - s * math.cos(a * 1.15)),
            ),
            s * 0.05,
        )
        for a in (k * 0.24 for k in range(-5, 6))
    ]
    body = Minus(circle(x, y, s * 1.03), Box(x - 2 * s, y, 4 * s, 2 * s))
    view.brush.fill(body, colour, 0.35, 2)
    for rib in parts:
        view.brush.fill(rib, mix(colour, view.palette["light"], 0.15), 0.9)
    for r in (0.35, 0.6, 0.82):
        ring = [(x + s * r * math.sin(a), y - s * r * math.cos(a)) for a in (k * 0.26 for k in range(-5, 6))]
        view.brush.line(ring, colour, s * 0.03, 0.8)


def _brain(view: View, x: float, y: float, s: float, colour: int) -> None:
    """A round coral with soft grooves."""
    view.brush.fill(Oval(x, y + s * 0.2, s * 1.1, s * 0.22), SHADE, 0.25, s * 0.1)
    dome = Blob(
        (
            (x - s, y),
            (x - s * 0.72, y - s * 0.6),
            (x, y - s * 0.82),
            (x + s * 0.72, y - s * 0.6),
            (x + s, y),
            (x + s * 0.6, y + s * 0.22),
            (x, y + s * 0.28),
            (x - s * 0.6, y + s * 0.22),
        )
    )
    view.brush.soft(dome, colour)
    with view.brush.inside(dome):
        for k in range(-3, 4):
            groove = [
                (x + s * (0.24 * k + 0.07 * math.sin(i * 1.9 + k)), y - s * 0.8 + s * 0.2 * i)
                for i in range(6)
            ]
            view.brush.line(groove, mix(colour, SHADE, 0.5), s * 0.06, 0.3, s * 0.02)


def _reef(view: View, y: float, size: float, colour: int, gap: float) -> None:
    """A far reef: rounded rocks that rise to both sides of a free middle, with silhouettes of coral on top."""
    w = view.width
    x = -MARGIN - size
    while x < w + MARGIN + size:
        aside = abs(x - w / 2) / (w / 2)
        rise = size * (0.25 + 2.1 * max(0.0, aside - gap) ** 1.2)
        if aside > gap:
            if view.rng.random() < 0.6:
                parts: list[Shape] = []
                for angle, dice in ((-115, 0.3), (-65, 0.6), (-90, 0.5)):
                    _branch(parts, x, y - rise * 0.9, angle, size * 0.3, size * 0.06, 2, dice)
                view.brush.fill(Union(tuple(parts)), mix(colour, view.palette["light"], 0.08), 0.95)
            lit(
                view,
                [
                    Oval(x + dx * size, y - rise * (0.45 + dy), size * r, size * r * 0.86)
                    for dx, dy, r in ((-0.5, -0.2, 0.5), (0.1, 0.15, 0.58), (0.55, -0.25, 0.46))
                ],
                colour,
                mix(SHADE, colour, 0.4),
                1.0,
                0.16,
            )
        x += size * view.rng.uniform(0.6, 0.85)


def _far(view: View) -> None:
    p = view.palette
    _reef(view, 700, 96, mix(p["far"], p["haze"], 0.35), 0.3)
    hill(
        view,
        ((0, 680), (0.25, 712), (0.5, 716), (0.75, 708), (1, 682)),
        mix(p["far"], p["haze"], 0.4),
        0.05,
        0.1,
        0.12,
    )
    haze(view, 480, 720, 860, 0.75)


def _mid(view: View) -> None:
    p, w = view.palette, view.width
    _reef(view, 766, 120, mix(p["mid"], p["far"], 0.3), 0.52)
    hill(
        view,
        ((0, 748), (0.25, 768), (0.5, 758), (0.75, 770), (1, 748)),
        mix(p["sand"], p["far"], 0.55),
        0.1,
        0.16,
        0.2,
    )
    for u, s, role in ((0.1, 70, "coral3"), (0.245, 50, "coral"), (0.75, 54, "coral2"), (0.87, 74, "coral")):
        _tree_coral(view, u * w, 770, s, mix(p[role], p["haze"], 0.45))
    haze(view, 600, 780, 880, 0.5)


def _floor(view: View) -> None:
    p, w = view.palette, view.width
    body = hill(view, ((0, 790), (0.3, 806), (0.5, 800), (0.7, 808), (1, 788)), p["sand"], 0.4, 0.25, 0.25)
    with view.brush.inside(body):
        view.brush.fill(Oval(w * 0.5, 880, w * 0.3, 60), p["light"], 0.3, 38)
        for _ in range(12):
            x, y = view.rng.uniform(-MARGIN, w + MARGIN), view.rng.uniform(830, 1000)
            view.brush.fill(Oval(x, y, view.rng.uniform(90, 180), 13), mix(p["sand"], SHADE, 0.35), 0.16, 10)
    for x, y, near in scatter(view.rng, 60, 820, 985, w):
        view.brush.fill(
            circle(x, y, 1 + 1.6 * near), mix(p["sand"], view.rng.choice((SHADE, 0xFFFFFF)), 0.4), 0.5
        )
    view.brush.fill(Oval(w * 0.655, 956, 26, 9), SHADE, 0.22, 6)
    with view.brush.at(w * 0.655, 948, 0, 23, 16):
        view.brush.soft(Star(0, 0, 1.05, 0.44, 5, 0.34, -74), mix(p["coral2"], p["ambient"], 0.15))
    for u, y, r in ((0.31, 942, 17), (0.335, 950, 10), (0.70, 868, 12), (0.245, 858, 13), (0.79, 960, 18)):
        pebble(view, u * w, y, r, mix(p["ambient"], p["mid"], 0.35))


def _caustics(view: View) -> None:
    """The net of light that waves throw on the sand: bright soft loops, smaller farther away."""
    w = view.width
    for x, y, near in scatter(view.rng, round(w / 15), 818, 990, w):
        r = 20 + 44 * near
        loop = [
            (
                x + r * (1 + 0.3 * math.sin(3 * a + x)) * math.cos(a),
                y + r * 0.3 * (1 + 0.3 * math.cos(2 * a + y)) * math.sin(a),
            )
            for a in (k * math.tau / 9 for k in range(10))
        ]
        view.brush.line(loop, view.palette["light"], 1.6 + 2.4 * near, 0.22 + 0.1 * near, 1.5 + near)


def _garden(view: View) -> None:
    """Corals left and right of the actors."""
    p, w = view.palette, view.width
    for side in (0, 1):
        x0, way = (0.0, 1.0) if side == 0 else (w, -1.0)
        lit(
            view,
            [
                Oval(x0 + way * dx, 900 + dy, r, r * 0.8)
                for dx, dy, r in (
                    (-30, 20, 130),
                    (64, 40, 84),
                    (130, 66, 60),
                    (-60, -80, 96),
                    (40, 130, 150),
                    (150, 120, 70),
                )
            ],
            mix(p["mid"], p["front"], 0.3),
            p["front"],
            1.0,
            0.14,
        )
        _fan(view, x0 + way * 30, 800, 150 - 20 * side, p["coral3" if side == 0 else "coral"])
        _tubes(view, x0 + way * 92, 892, 96, p["coral2" if side == 0 else "coral3"])
        _tree_coral(view, x0 + way * 148, 900, 92, p["coral" if side == 0 else "coral2"])
        _brain(view, x0 + way * 50, 950, 52, p["accent" if side == 0 else "coral2"])
        _brain(view, x0 + way * 182, 934, 28, p["coral3"])


def _front(view: View) -> None:
    """Dark weed out of focus in the corners, and a rock shelf above."""
    colour, w = view.palette["front"], view.width
    for u, way in ((-0.01, 1), (1.01, -1)):
        for _ in range(9):
            x = u * w + way * view.rng.uniform(-40, 130)
            h = view.rng.uniform(220, 420) * (1 - 0.0035 * abs(x - u * w))
            wave = way * view.rng.uniform(10, 34)
            spine = [(x + wave * math.sin(4.4 * s), 1030 - h * s) for s in (k / 7 for k in range(8))]
            leaf = Blob(
                (
                    *((a - 19 * (1 - k / 7.5), b) for k, (a, b) in enumerate(spine)),
                    *((a + 19 * (1 - k / 7.5), b) for k, (a, b) in reversed(list(enumerate(spine)))),
                )
            )
            view.brush.fill(leaf, colour, 0.82, 7)


def _beams(view: View, t: float) -> None:
    """Sunbeams that swing and come and go."""
    w = view.width
    shaft = beam(view.palette["light"], 100, 560)
    for k in range(3):
        u = (k + 0.5) / 3 + 0.03 * cycle(t, 11 + 2.1 * k, view.rng.random())
        alpha = 0.2 + 0.25 * (0.5 + 0.5 * cycle(t, 5.3 + 1.1 * k, view.rng.random()))
        put(
            view.brush,
            shaft,
            w * (0.5 + (u - 0.5) * 0.8),
            -20,
            1,
            alpha,
            -24 * (u - 0.5) * 2 + 2 * cycle(t, 9.1 + k, 0.2 * k),
        )


def _weed(view: View, t: float) -> None:
    """Ribbons of weed that sway from the root, the tip last."""
    p, w = view.palette, view.width
    for k in range(12):
        side = k % 2
        x = view.rng.uniform(-10, 190) if side == 0 else w + 10 - view.rng.uniform(0, 190)
        y, h, phase = view.rng.uniform(885, 930), view.rng.uniform(110, 240), view.rng.random()
        colour = mix(p["weed"], p["light"] if k % 3 == 0 else p["front"], 0.22)
        left = skia.Path()
        right: list[Point] = []
        for i in range(8):
            s = i / 7
            a = (
                x
                + s**1.4 * h * 0.16 * cycle(t, 4.9 + 0.3 * phase, phase - 0.32 * s)
                + 7 * math.sin(5 * s + 6 * phase)
            )
            half = 8.5 * (1 - s) ** 0.7 * (0.75 + 0.25 * math.sin(9 * s)) * min(1.0, 0.25 + 4 * s) + 0.8
            right.append((a + half, y - h * s))
            left.lineTo(a - half, y - h * s) if i else left.moveTo(a - half, y)
        for a, b in reversed(right):
            left.lineTo(a, b)
        view.brush.canvas.drawPath(
            left,
            skia.Paint(AntiAlias=True, Color=rgba(colour, 0.95), PathEffect=skia.CornerPathEffect.Make(24)),
        )


@functools.cache
def _bubble() -> Sprite:
    def draw(brush: Brush) -> None:
        brush.fill(circle(0, 0, 0.92), 0xFFFFFF, 0.16)
        brush.fill(Minus(circle(0, 0, 0.95), circle(0.04, 0.06, 0.86)), 0xFFFFFF, 0.6, 0.03)
        brush.fill(Oval(-0.36, -0.4, 0.26, 0.17, -40), 0xFFFFFF, 0.9, 0.04)
        brush.fill(circle(0.38, 0.4, 0.1), 0xFFFFFF, 0.55, 0.03)

    return bake(draw, (-1, -1, 1, 1), 16, LOOKS["plush"])


def _bubbles(view: View, t: float) -> None:
    """Bubbles that wobble up in a few strings and fade below the surface; at night, lights of plankton too."""
    for k in range(16):
        speed, start, lane = (
            view.rng.uniform(9, 15),
            view.rng.random(),
            view.rng.choice((0.14, 0.3, 0.66, 0.86)),
        )
        age = (start + t / speed) % 1.0
        x = view.width * (lane + view.rng.uniform(-0.03, 0.03)) + (6 + 10 * age) * cycle(
            t, 2.3 + 0.1 * k, start
        )
        put(
            view.brush,
            _bubble(),
            x,
            880 - 860 * age,
            (5, 8, 12, 7)[k % 4] * (0.7 + 0.5 * age),
            min(1.0, 8 * age) * min(1.0, 5 * (1 - age)),
        )
    for k in range(12):
        x, y, phase = view.rng.uniform(0, view.width), view.rng.uniform(120, 820), view.rng.random()
        shine = 0.5 + 0.5 * cycle(t, 3.1 + 0.3 * k, phase)
        put(
            view.brush,
            dot(0xA8F5FF if view.night else 0xFFFFFF, 0.14, 0.4),
            x + 20 * cycle(t, 8.3, phase),
            y + 14 * cycle(t, 6.7, phase),
            15 if view.night else 9,
            (0.8 if view.night else 0.4) * shine,
        )


SETTING = Setting(
    words=SettingWords(
        nouns=(
            "underwater",
            "undersea",
            "under the sea",
            "coral reef",
            "reef",
            "sea floor",
            "seabed",
            "sea bed",
            "aquarium",
            "fish tank",
        ),
        emoji=("🪸", "🐚"),
        times=("day", "night", "dusk", "dawn"),
        parts=("sand", "reef", "surface", "weed"),
    ),
    palettes={"day": _DAY, "dusk": _DUSK, "night": _NIGHT},
    layers=(
        Layer("water", 0.0, _water, box=(0, 770)),
        Layer("far", 0.25, _far, box=(470, 800)),
        Layer("mid", 0.55, _mid, box=(560, 840)),
        Layer("floor", 1.0, _floor, box=(780, 1000)),
        Layer("caustics", 1.0, _caustics, box=(806, 1000), sway=(13.0, 6.1)),
        Layer("garden", 1.08, _garden, box=(640, 1000)),
        Layer("front", 1.5, _front, box=(570, 1000), sway=(8.0, 5.3)),
    ),
    places=(
        Place("under", (260, 620), 1.0, "caustics"),
        Place("ground", (850, 905), 1.0, "garden", 1.0, "sand"),
        Place("ground", (766, 776), 0.6, "mid", 0.55, "reef"),
        Place("air", (240, 600), 1.0, "caustics"),
        Place("sky", (130, 300), 0.9, "water", 0.1, "surface"),
    ),
    live=(Live("mid", _beams), Live("garden", _weed), Live("garden", _bubbles)),
)
