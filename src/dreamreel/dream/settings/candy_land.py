"""Candy land: gumdrop hills, candy canes, lollipop flowers, cotton candy, a chocolate river, and slow sprinkles."""

from __future__ import annotations

import functools
import math

from dreamreel.dream.cast import SettingWords
from dreamreel.dream.hand import LOOKS, Brush, Sprite, bake, mix
from dreamreel.dream.motion import cycle
from dreamreel.dream.scenery import MARGIN, Layer, Live, Palette, Place, Setting, View
from dreamreel.dream.settings._paint import (
    SHADE,
    clouds,
    haze,
    hill,
    lit,
    put,
    scatter,
    sky,
    spark,
    stars,
    twinkle,
)
from dreamreel.dream.shapes import Blob, Box, Capsule, Curve, Minus, Oval, Point, circle

__all__ = ["SETTING"]

_DAY: Palette = {
    "sky_top": 0x9FDCF0, "sky_mid": 0xF6D3EC, "sky_low": 0xFFF6CF, "haze": 0xFFEAF0, "light": 0xFFF8DE,
    "accent": 0xFF8FB0, "ambient": 0xFCDCE4, "cloud": 0xFFDDEC, "far": 0xF7CFE4, "mid": 0xCFEFDC,
    "near": 0xC8F0CE, "pink": 0xFFA3C4, "mint": 0x8FE0C4, "lemon": 0xFFE08A, "lilac": 0xC6AEF6,
    "choc": 0x9C6650, "front": 0xB0588C,
}  # fmt: skip
_DUSK: Palette = {
    "sky_top": 0x8478CC, "sky_mid": 0xF0A0C8, "sky_low": 0xFFD9A4, "haze": 0xFFC9C8, "light": 0xFFE6BC,
    "accent": 0xFF84A0, "ambient": 0xECB4C8, "cloud": 0xFFC0D4, "far": 0xDCA0CC, "mid": 0xC0C4C4,
    "near": 0xBCD2D0, "pink": 0xF890B4, "mint": 0x8CCCBC, "lemon": 0xFFD07C, "lilac": 0xB494E4,
    "choc": 0x845060, "front": 0x74407C,
}  # fmt: skip
_NIGHT: Palette = {
    "sky_top": 0x221A5C, "sky_mid": 0x5A4AA4, "sky_low": 0xC08CCC, "haze": 0x9C86CC, "light": 0xE4DCFF,
    "accent": 0xF490C0, "ambient": 0x9484CC, "cloud": 0xA486D0, "far": 0x7C68B8, "mid": 0x6C86B8,
    "near": 0x6CA0B4, "pink": 0xC07CBC, "mint": 0x64A8B8, "lemon": 0xD8B890, "lilac": 0x8C78D0,
    "choc": 0x5C4078, "front": 0x382468,
}  # fmt: skip
_SWEETS = ("pink", "mint", "lemon", "lilac")


def _sky(view: View) -> None:
    p, w = view.palette, view.width
    sky(view, (0, 0.36, 0.66))
    if view.night:
        stars(view, 100, 500)
    view.brush.glow(w * 0.5, 600, 500, p["light"], 0.55)
    squash = 0.86 * min(1.0, 540 / (0.4 * w + 70))
    for k, role in enumerate(("lilac", "mint", "lemon", "pink")):
        r = w * 0.40 - 22 * k + 70
        arch = [
            (w * 0.5 + r * math.cos(a), 660 + squash * r * math.sin(a))
            for a in (math.pi + math.pi * i / 24 for i in range(25))
        ]
        view.brush.line(arch, mix(p[role], p["light"], 0.3), 23, 0.26 if not view.night else 0.16, 4)


def _clouds(view: View) -> None:
    clouds(view, ((0.07, 210, 250), (0.34, 120, 170), (0.61, 250, 290), (0.87, 140, 220)), 0.46, 0.9)


def _gumdrop(view: View, x: float, y: float, s: float, colour: int, sugar: float = 1.0) -> None:
    """A round sugared hill or sweet that stands on y."""
    body = Blob(
        (
            (x - s, y + s * 0.06),
            (x - s * 0.94, y - s * 0.5),
            (x - s * 0.5, y - s * 1.08),
            (x, y - s * 1.24),
            (x + s * 0.5, y - s * 1.08),
            (x + s * 0.94, y - s * 0.5),
            (x + s, y + s * 0.06),
            (x, y + s * 0.16),
        )
    )
    view.brush.soft(body, colour)
    with view.brush.inside(body):
        for _ in range(round(34 * sugar)):
            a, b = view.rng.uniform(-0.95, 0.95), view.rng.uniform(-1.2, 0.1)
            view.brush.fill(
                circle(x + a * s, y + b * s, max(0.9, s * 0.02)), 0xFFFFFF, view.rng.uniform(0.25, 0.7)
            )


def _far(view: View) -> None:
    p, w = view.palette, view.width
    for u, s, role in (
        (0.0, 190, "lilac"),
        (0.16, 130, "pink"),
        (0.30, 90, "mint"),
        (0.71, 96, "lemon"),
        (0.84, 150, "pink"),
        (1.01, 190, "mint"),
    ):
        _gumdrop(view, u * w, 660, s, mix(p[role], p["haze"], 0.5), 0.6)
    hill(
        view,
        ((0, 640), (0.25, 656), (0.5, 640), (0.75, 658), (1, 636)),
        mix(p["far"], p["haze"], 0.3),
        0.05,
        0.3,
        0.3,
    )
    haze(view, 500, 660, 780, 0.7)


def _cane(view: View, x: float, foot: float, h: float, way: float, colour: int) -> None:
    """A candy cane: a white stick with a hook and slanting stripes."""
    r, thick = h * 0.16, h * 0.085
    top = foot - h + r
    stick = [(x, foot), (x, foot - h * 0.4), (x, top)]
    hook: list[Point] = [
        (x + way * (r - r * math.cos(a)), top - r * math.sin(a))
        for a in (math.pi * 1.12 * k / 10 for k in range(1, 11))
    ]
    line = (*stick, *hook)
    body = Curve(tuple(line), thick)
    view.brush.fill(Oval(x + h * 0.03, foot + h * 0.02, h * 0.14, h * 0.03), SHADE, 0.28, h * 0.014)
    cream = mix(0xFFFFFF, view.palette["ambient"], 0.35)
    view.brush.soft(body, cream)
    with view.brush.inside(body):
        step = h * 0.105
        for k in range(8):
            y = foot - step * (k + 0.4)
            if y > top - thick:
                view.brush.line(
                    [(x - thick, y + thick * 0.62), (x, y), (x + thick, y - thick * 0.62)],
                    colour,
                    step * 0.44,
                    0.9,
                    h * 0.003,
                )
        for k in range(5):
            a = math.pi * (0.1 + 0.23 * k)
            cx, cy = x + way * r, top
            inner, outer = r - thick, r + thick
            view.brush.line(
                [
                    (cx - way * inner * math.cos(a), cy - inner * math.sin(a)),
                    (cx - way * outer * math.cos(a + 0.2), cy - outer * math.sin(a + 0.2)),
                ],
                colour,
                step * 0.42,
                0.9,
                h * 0.003,
            )
        shade = [(a + thick * 0.34, b) for a, b in line]
        view.brush.line(shade, SHADE, thick * 0.3, 0.2, thick * 0.14)
        view.brush.line([(a - thick * 0.22, b) for a, b in line], 0xFFFFFF, thick * 0.16, 0.7, thick * 0.06)


def _lolly(view: View, x: float, foot: float, h: float, colour: int, leaf: bool = True) -> None:
    """A lollipop flower: a swirl on a stick, with two leaves."""
    r = h * 0.3
    y = foot - h + r
    p = view.palette
    cream = mix(0xFFFFFF, p["ambient"], 0.3)
    view.brush.fill(Oval(x + h * 0.03, foot + h * 0.01, h * 0.16, h * 0.03), SHADE, 0.26, h * 0.014)
    view.brush.soft(Box(x - h * 0.022, y, h * 0.044, foot - y, h * 0.02), cream)
    if leaf:
        for way in (-1, 1):
            view.brush.soft(
                Blob(
                    (
                        (x, foot - h * 0.06),
                        (x + way * h * 0.13, foot - h * 0.2),
                        (x + way * h * 0.25, foot - h * 0.2),
                        (x + way * h * 0.15, foot - h * 0.09),
                    )
                ),
                p["mint"],
            )
    disc = circle(x, y, r)
    view.brush.soft(disc, mix(colour, cream, 0.55))
    with view.brush.inside(disc):
        for arm in range(4):
            swirl = [
                (
                    x + r * 1.04 * s * math.cos(arm * math.pi / 2 + 3.0 * s),
                    y + r * 1.04 * s * math.sin(arm * math.pi / 2 + 3.0 * s),
                )
                for s in (k / 9 for k in range(10))
            ]
            view.brush.line(swirl, colour, r * 0.27, 0.85, r * 0.02)
        view.brush.fill(
            Minus(circle(x, y, r * 2), circle(x - r * 0.14, y - r * 0.18, r * 0.98)),
            mix(colour, SHADE, 0.6),
            0.4,
            r * 0.13,
        )
        view.brush.fill(Oval(x - r * 0.4, y - r * 0.48, r * 0.32, r * 0.18, -38), 0xFFFFFF, 0.6, r * 0.06)


def _cotton(view: View, x: float, foot: float, h: float, colour: int) -> None:
    """A tree of cotton candy on a paper stick."""
    view.brush.fill(Oval(x + h * 0.05, foot, h * 0.24, h * 0.035), SHADE, 0.26, h * 0.016)
    view.brush.soft(
        Capsule((x, foot), (x, foot - h * 0.5), h * 0.035, h * 0.05),
        mix(0xFFFFFF, view.palette["ambient"], 0.4),
    )
    parts = [
        Oval(x + dx * h, foot - h * dy, r * h, r * h * 0.9)
        for dx, dy, r in (
            (-0.2, 0.52, 0.17),
            (0.2, 0.54, 0.17),
            (0.0, 0.5, 0.2),
            (-0.14, 0.72, 0.18),
            (0.15, 0.74, 0.17),
            (0.0, 0.88, 0.14),
        )
    ]
    lit(view, parts, colour, mix(SHADE, colour, 0.45), 1.0, 0.4)


def _mid(view: View) -> None:
    p, w = view.palette, view.width
    hill(
        view,
        ((0, 690), (0.22, 712), (0.5, 694), (0.78, 712), (1, 688)),
        mix(p["mid"], p["haze"], 0.2),
        0.06,
        0.4,
        0.3,
    )
    for u, h, kind, role in (
        (0.05, 170, "cotton", "pink"),
        (0.13, 130, "cane", "accent"),
        (0.2, 120, "lolly", "lilac"),
        (0.27, 110, "cotton", "lemon"),
        (0.73, 110, "lolly", "lemon"),
        (0.8, 140, "cotton", "lilac"),
        (0.87, 130, "cane", "mint"),
        (0.95, 180, "cotton", "pink"),
    ):
        colour, x, y = mix(p[role], p["haze"], 0.22), u * w, 716 + 6 * math.sin(9 * u)
        if kind == "cane":
            _cane(view, x, y, h, 1 if u < 0.5 else -1, colour)
        elif kind == "lolly":
            _lolly(view, x, y, h, colour)
        else:
            _cotton(view, x, y, h, colour)
    haze(view, 600, 720, 790, 0.4)
    _river(view)


def _river(view: View) -> None:
    """The chocolate river winds toward the viewer behind the meadow, with a cream bank."""
    p, w = view.palette, view.width
    top = tuple((w * u, 738 + 6 * math.sin(7 * u + 0.6)) for u in (-0.2, 0.0, 0.2, 0.4, 0.6, 0.8, 1.0, 1.2))
    low = tuple((w * u, 812 + 7 * math.sin(6 * u + 2)) for u in (1.2, 1.0, 0.8, 0.6, 0.4, 0.2, 0.0, -0.2))
    body = Blob((*top, *low))
    view.brush.line([(x, y - 2) for x, y in top], mix(0xFFF8EC, p["ambient"], 0.3), 14, 1.0, 2)
    view.brush.ramp(
        body,
        [mix(p["choc"], p["light"], 0.34), p["choc"], mix(p["choc"], SHADE, 0.3)],
        [0, 0.4, 1],
        (0, 734),
        (0, 816),
    )
    with view.brush.inside(body):
        for _ in range(26):
            x, y, r = (
                view.rng.uniform(-MARGIN, w + MARGIN),
                view.rng.uniform(744, 800),
                view.rng.uniform(30, 90),
            )
            view.brush.line(
                [(x - r, y + 2), (x, y - 2), (x + r, y + 2)],
                mix(p["choc"], p["light"], 0.6),
                2.6,
                view.rng.uniform(0.15, 0.45),
                1.2,
            )
        view.brush.fill(Oval(w * 0.5, 756, w * 0.16, 10), p["light"], 0.4, 10)


def _near(view: View) -> None:
    p, w = view.palette, view.width
    body = hill(view, ((0, 778), (0.22, 794), (0.5, 784), (0.78, 796), (1, 776)), p["near"], 0.26, 0.5, 0.4)
    with view.brush.inside(body):
        edge = [(w * (-0.2 + 0.02 * k), 786 + 6 * math.sin(0.3 * k) + 5 * (k % 2)) for k in range(71)]
        view.brush.line(edge, mix(0xFFFFFF, p["ambient"], 0.25), 12, 0.65, 3)
        view.brush.fill(Oval(w * 0.5, 872, w * 0.28, 54), p["light"], 0.5, 36)
        for _ in range(11):
            x, y = view.rng.uniform(-MARGIN, w + MARGIN), view.rng.uniform(840, 1000)
            view.brush.fill(
                Oval(x, y, view.rng.uniform(80, 160), 13), mix(p["near"], p["lilac"], 0.5), 0.3, 11
            )
    for x, y, near in scatter(view.rng, 70, 806, 985, w):
        colour, size = mix(p[view.rng.choice(_SWEETS)], 0xFFFFFF, 0.1), 2.2 + 2.6 * near
        with view.brush.at(x, y, view.rng.uniform(-70, 70), size):
            view.brush.fill(Capsule((-1.1, 0), (1.1, 0), 0.55, 0.55), colour, 0.95)
    for u, y, s, role in (
        (0.27, 850, 21, "pink"),
        (0.297, 858, 14, "lemon"),
        (0.715, 856, 20, "lilac"),
        (0.69, 952, 25, "mint"),
        (0.345, 962, 20, "lilac"),
        (0.55, 975, 15, "pink"),
    ):
        view.brush.fill(Oval(u * w + s * 0.2, y + 3, s * 1.1, s * 0.3), SHADE, 0.25, s * 0.15)
        _gumdrop(view, u * w, y, s, p[role], 0.5)


def _frame(view: View) -> None:
    """Great canes and lollipops at both edges, gumdrops at their feet; smaller where the stage is narrow."""
    p, w = view.palette, view.width
    f = max(0.62, min(1.0, w / 950))
    _cane(view, 6, 900, 640 * f, 1, p["accent"])
    _lolly(view, 108 * f, 896, 300 * f, p["lilac"])
    _lolly(view, w - 30 * f, 890, 470 * f, p["pink"])
    _cane(view, w - 122 * f, 900, 270 * f, -1, p["mint"])
    left = ((-14, 926, 74, "mint"), (70, 930, 44, "lemon"), (168, 922, 30, "pink"))
    right = ((-4, 930, 78, "lilac"), (84, 930, 46, "lemon"), (170, 920, 26, "mint"))
    sweets = [(dx * f, y, s * f, role) for dx, y, s, role in left]
    sweets += [(w - dx * f, y, s * f, role) for dx, y, s, role in right]
    for x, y, s, role in sweets:
        view.brush.fill(Oval(x + s * 0.2, y + 4, s * 1.12, s * 0.24), SHADE, 0.25, s * 0.12)
        _gumdrop(view, x, y, s, p[role])


def _front(view: View) -> None:
    """Sweets out of focus in the lower corners."""
    colour, w = view.palette["front"], view.width
    for u, y, r in (
        (-0.02, 1020, 120),
        (0.07, 1050, 84),
        (0.14, 1062, 60),
        (0.88, 1060, 66),
        (0.94, 1050, 90),
        (1.02, 1020, 124),
    ):
        view.brush.fill(Oval(u * w, y, r, r * 0.86), colour, 0.8, 11)


@functools.cache
def _sprinkle(colour: int) -> Sprite:
    def draw(brush: Brush) -> None:
        brush.soft(Capsule((-1, 0), (1, 0), 0.52, 0.52), mix(colour, 0xFFFFFF, 0.2), light=0.4)

    return bake(draw, (-1.6, -0.6, 1.6, 0.6), 12, LOOKS["plush"])


def _sprinkles(view: View, t: float) -> None:
    """Sprinkles that sink slowly, turning."""
    for k in range(20):
        near = (0.6, 0.8, 1.0)[k % 3]
        fall = (view.rng.random() + t * 0.04 * (0.6 + near)) % 1.0
        x = view.rng.uniform(0, 1) * view.width + 24 * cycle(t, view.rng.uniform(4, 7), view.rng.random())
        colour = view.palette[_SWEETS[k % 4]]
        put(
            view.brush,
            _sprinkle(colour),
            x,
            -20 + 900 * fall,
            8.5 * near,
            min(1.0, 6 * (1 - fall)),
            360 * view.rng.random() + 40 * t * view.rng.choice((-1, 1)),
        )


def _glints(view: View, t: float) -> None:
    """Light that runs along the chocolate."""
    for _ in range(9):
        x = (view.rng.random() + t * 0.012) % 1.0 * view.width
        shine = max(0.0, cycle(t, view.rng.uniform(1.9, 3.7), view.rng.random()))
        put(view.brush, spark(0xFFF3DC), x, view.rng.uniform(748, 780), 15, 0.85 * shine)


def _twinkle(view: View, t: float) -> None:
    if view.night:
        twinkle(view, t, 14, 420)


SETTING = Setting(
    words=SettingWords(
        nouns=(
            "candy land",
            "candyland",
            "candy",
            "sweet land",
            "land of sweets",
            "lollipop",
            "sugar land",
            "chocolate factory",
        ),
        emoji=("🍭", "🍬"),
        times=("day", "dusk", "night", "dawn"),
        parts=("river", "chocolate river", "gumdrop"),
    ),
    palettes={"day": _DAY, "dusk": _DUSK, "night": _NIGHT},
    layers=(
        Layer("sky", 0.0, _sky, box=(0, 690)),
        Layer("clouds", 0.12, _clouds, drift=6.0, box=(40, 350)),
        Layer("far", 0.3, _far, box=(420, 760)),
        Layer("mid", 0.6, _mid, box=(520, 830)),
        Layer("near", 1.0, _near, box=(770, 1000)),
        Layer("frame", 1.1, _frame, box=(190, 1000)),
        Layer("front", 1.5, _front, box=(880, 1000)),
    ),
    places=(
        Place("ground", (836, 902), 1.0, "frame"),
        Place("ground", (722, 730), 0.6, "mid", 0.6, "gumdrop"),
        Place("water", (786, 794), 0.62, "mid", 0.6, "river"),
        Place("air", (240, 580), 1.0, "near"),
        Place("sky", (120, 280), 1.0, "sky", 0.05),
    ),
    live=(Live("sky", _twinkle), Live("mid", _glints), Live("frame", _sprinkles)),
)
