"""Draw `sleeping-baby.png`: the illustration that the demo dreams over when no photo is given.

    python examples/sleeping_baby.py [OUT.png]

Everything is drawn in code with the house hand (`dreamreel.dream.hand`), so the picture belongs to the project.
"""

# ruff: noqa: E501 - an outline is a row of points; wrapped, it is a column nobody can picture

from __future__ import annotations

import math
import sys
from pathlib import Path

import skia

from dreamreel.dream.hand import LOOKS, Brush, mix
from dreamreel.dream.motion import rng
from dreamreel.dream.shapes import Blob, Box, Capsule, Curve, Minus, Oval, Point, Star, Union, circle

# fmt: off

__all__ = ["draw"]

WIDTH, HEIGHT = 1600, 1200
SKIN, SKIN_SHADE, SKIN_LIGHT = 0xF7CFB4, 0xB9708A, 0xFFEAD6
WALL, WALL_LOW, WOOD, SHEET, BLANKET = 0x8F86BE, 0xC9A3BE, 0xC99A72, 0xFBF3EA, 0x8FB6DC
SUIT = 0xBFE0D2
HAIR, MOUTH, LASH = 0x8A5A44, 0xC9627A, 0x6B4256


def _wall(b: Brush) -> None:
    """An evening nursery wall with a faint pattern and the glow of a night light."""
    b.ramp(Box(0, 0, WIDTH, HEIGHT), [0x6F6AAE, WALL, WALL_LOW], [0, 0.45, 1], (0, 0), (240, HEIGHT))
    dice = rng("wallpaper")
    for row in range(6):
        for col in range(12):
            x, y = 70 + col * 142 + (row % 2) * 71, 60 + row * 118
            if dice.random() < 0.5:
                b.fill(Star(x, y, 13, 6, 5, 3, dice.uniform(-110, -70)), 0xFFF1D0, 0.13)
            else:
                b.fill(Minus(circle(x, y, 13), circle(x + 7, y - 4, 11)), 0xFFF1D0, 0.13)
    b.glow(1390, 470, 760, 0xFFD9A0, 0.55)


def _window(b: Brush) -> None:
    """A round-topped window with the evening outside."""
    frame = Union((Box(120, 150, 330, 330, 16), Oval(285, 160, 165, 150)))
    glass = Union((Box(142, 160, 286, 300, 10), Oval(285, 166, 143, 128)))
    b.soft(frame, 0xF3E7DC, shade=0x7B6190, light=0.8)
    b.ramp(glass, [0x2B2A74, 0x5B4FA8, 0xE39BB4], [0, 0.55, 1], (0, 40), (0, 470))
    with b.inside(glass):
        dice = rng("stars")
        for _ in range(34):
            b.fill(circle(dice.uniform(142, 428), dice.uniform(40, 360), dice.uniform(1, 2.6)), 0xFFF6DC, dice.uniform(0.4, 0.95))
        b.glow(352, 150, 120, 0xFFF0C0, 0.7)
        b.soft(Minus(circle(352, 150, 44), circle(374, 138, 37)), 0xFFE9A8, shade=0xC98BB0)
        b.fill(Blob(((120, 470), (200, 410), (300, 440), (450, 400), (450, 500), (120, 500))), 0x463F8C)
    b.fill(Box(279, 40, 12, 425), 0xF3E7DC)
    b.fill(Box(142, 278, 286, 12), 0xF3E7DC)
    b.soft(Box(96, 474, 378, 30, 12), 0xF3E7DC, shade=0x7B6190)


def _mobile(b: Brush) -> None:
    """A little mobile above the bed."""
    b.line([(905, 0), (905, 92)], 0xF6E9DC, 4, 0.8)
    b.line([(770, 112), (905, 92), (1040, 112)], 0xF6E9DC, 7, 0.9)
    for x, y, kind in ((770, 205, "star"), (862, 250, "cloud"), (950, 225, "moon"), (1040, 190, "heart")):
        top = 112 - 20 * (1 - abs(x - 905) / 135)
        hook = x - 12 if kind == "moon" else x
        b.line([(hook, top), (hook, y - 24)], 0xF6E9DC, 3, 0.7)
        if kind == "star":
            b.soft(Star(x, y, 34, 18, 5, 9), 0xFFDE8A, shade=0xC98B70)
        elif kind == "cloud":
            b.soft(Union((circle(x - 20, y + 5, 20), circle(x + 2, y - 8, 25), circle(x + 24, y + 4, 19))), 0xF4F0FF, shade=0x8C7BC0)
        elif kind == "moon":
            b.soft(Minus(circle(x, y, 32), circle(x + 16, y - 8, 27)), 0xFFE9A8, shade=0xC98BB0)
        else:
            b.soft(Blob(((x, y + 28), (x - 30, y), (x - 26, y - 22), (x - 8, y - 24), (x, y - 12), (x + 8, y - 24), (x + 26, y - 22), (x + 30, y))),
                   0xF59BB0, shade=0x9A4B80)  # fmt: skip


def _bed(b: Brush) -> None:
    """Headboard rails, mattress and the big pillow."""
    b.soft(Box(70, 628, 1460, 34, 17), WOOD, shade=0x6B4256)
    for x in range(120, 1500, 118):
        b.soft(Box(x, 650, 26, 250, 13), mix(WOOD, 0xFFE9CC, 0.12), shade=0x6B4256, light=0.9)
    b.soft(Box(40, 600, 62, 420, 28), WOOD, shade=0x6B4256)
    b.soft(Box(1498, 600, 62, 420, 28), WOOD, shade=0x6B4256)
    b.soft(circle(71, 596, 40), WOOD, shade=0x6B4256)
    b.soft(circle(1529, 596, 40), WOOD, shade=0x6B4256)
    b.soft(Box(-60, 842, 1720, 520, 70), SHEET, shade=0x9A86C0, light=0.9)
    pillow = Blob(((300, 800), (330, 690), (560, 650), (820, 640), (1080, 668), (1150, 760), (1120, 900), (900, 960), (560, 965), (350, 920)))
    b.fill(Oval(720, 930, 430, 70), 0x6B5A9E, 0.35, 26)
    b.soft(pillow, 0xFFFBF4, shade=0x9A86C0, light=0.85)
    with b.inside(pillow):
        for points in (((380, 900), (450, 850), (500, 860)), ((1060, 880), (1000, 840), (950, 850)), ((360, 720), (430, 760), (470, 750))):
            b.line(points, 0xB9A7D8, 9, 0.35, 5)


def _head(b: Brush) -> None:
    """The sleeping face, about (0, 0), the crown up; the whole head is then tilted on the pillow."""
    b.soft(Oval(-196, 34, 34, 48, -8), SKIN, shade=SKIN_SHADE)
    b.soft(Oval(196, 34, 34, 48, 8), SKIN, shade=SKIN_SHADE)
    b.fill(Oval(-198, 38, 16, 28, -8), 0xE39A94, 0.55, 5)
    b.fill(Oval(198, 38, 16, 28, 8), 0xE39A94, 0.55, 5)
    skull = Blob(((0, -228), (112, -208), (188, -120), (204, 0), (186, 98), (120, 176), (0, 206), (-120, 176), (-186, 98), (-204, 0), (-188, -120), (-112, -208)))
    b.soft(skull, SKIN, shade=SKIN_SHADE, light=0.85)
    with b.inside(skull):
        b.fill(Oval(-40, -110, 130, 80), SKIN_LIGHT, 0.55, 34)
        hair = Blob(((-230, -60), (-210, -260), (0, -290), (210, -260), (230, -60), (176, -112), (120, -158), (40, -176), (-36, -150), (-120, -150), (-180, -104)))
        b.fill(hair, HAIR, 0.42, 13)
        for k in range(44):
            a = math.radians(196 + k * 3.4)
            x, y = 206 * math.cos(a), 236 * math.sin(a)
            b.line([(x, y), (x * 0.92 + 6, y * 0.88), (x * 0.84 + 16, y * 0.78)], HAIR, 6, 0.10, 4)
        for s in (-1, 1):
            b.fill(Oval(s * 112, 66, 56, 42), 0xFF8A98, 0.42, 20)
            b.fill(Oval(s * 84, -10, 52, 30), 0xD99A9A, 0.30, 12)
            b.fill(Oval(s * 84, -6, 46, 22), SKIN_LIGHT, 0.5, 10)
        b.fill(Oval(0, 176, 70, 22), 0xD98F88, 0.35, 12)
        b.fill(Oval(0, 150, 40, 14), SKIN_LIGHT, 0.5, 8)
    for s in (-1, 1):
        lid: list[Point] = [(s * 46, -2), (s * 62, 14), (s * 86, 20), (s * 110, 13), (s * 126, -4)]
        b.line(lid, LASH, 7.5, 0.95)
        for x, y, dx, dy in ((56, 10, -5, 12), (74, 18, -3, 15), (92, 19, 3, 15), (108, 14, 8, 13), (121, 4, 12, 9)):
            b.line([(s * x, y), (s * (x + dx * 0.6), y + dy * 0.7), (s * (x + dx), y + dy)], LASH, 4, 0.85)
        b.line([(s * 52, -64), (s * 86, -76), (s * 120, -64)], HAIR, 8, 0.40, 3)
    b.fill(Oval(0, 66, 30, 18), 0xE39A94, 0.35, 7)
    b.fill(Oval(-4, 52, 15, 13), SKIN_LIGHT, 0.9, 6)
    for s in (-1, 1):
        b.line([(s * 20, 58), (s * 25, 68), (s * 17, 75)], 0xC77F84, 4.5, 0.55, 1.2)
        b.fill(Oval(s * 9, 74, 5, 3.4), 0xB0666F, 0.6, 1.2)
    upper = Blob(((-30, 113), (-15, 104), (-6, 102), (0, 105), (6, 102), (15, 104), (30, 113), (12, 116), (0, 116), (-12, 116)))
    lower = Blob(((-24, 114), (0, 117), (24, 114), (15, 128), (0, 132), (-15, 128)))
    b.fill(lower, 0xEFA3A6, 0.9, 2.2)
    b.fill(upper, 0xE58F96, 0.9, 2.2)
    b.fill(Oval(0, 124, 10, 3.4), 0xFFD2D2, 0.75, 2)
    b.line([(-31, 112), (-14, 115.5), (0, 115), (14, 115.5), (31, 112)], 0xA8566B, 3.6, 0.75)
    for s in (-1, 1):
        b.fill(circle(s * 36, 110, 6), 0xC4767C, 0.4, 3.5)
    b.line([(-6, -226), (-16, -250), (-6, -270), (14, -268), (18, -252), (8, -246)], HAIR, 7, 0.62, 1)
    b.line([(4, -228), (20, -240), (36, -238)], HAIR, 5.5, 0.5, 1)

def _baby(b: Brush) -> None:
    """Sleep suit, arm and head."""
    b.fill(Oval(720, 906, 300, 60), 0x6B5A9E, 0.32, 24)
    body = Blob(((760, 840), (900, 800), (1040, 838), (1100, 960), (1080, 1120), (700, 1120), (690, 930)))
    b.soft(body, SUIT, shade=0x5B6FA8)
    with b.inside(body):
        for x, y in ((880, 880), (960, 850), (1030, 900), (930, 950), (1010, 990), (860, 960), (1080, 960)):
            b.fill(circle(x, y, 9), 0xFFFFFF, 0.55, 0.8)
    with b.at(690, 760, -13):
        _head(b)
    b.soft(Capsule((940, 900), (845, 968), 50, 40), SUIT, shade=0x5B6FA8)
    b.soft(Capsule((842, 968), (818, 952), 36, 33), SKIN, shade=SKIN_SHADE)
    for x, y in ((794, 930), (786, 948), (790, 966), (804, 980)):
        b.soft(circle(x, y, 15), SKIN, shade=SKIN_SHADE, light=0.8)
    b.line([(838, 922), (864, 950), (860, 990)], 0xFFFFFF, 12, 0.6, 2)


def _teddy(b: Brush) -> None:
    """A small bear tucked in beside the child."""
    fur, pale = 0xC08A5C, 0xF0D2A8
    with b.at(1205, 850, 12, 1.28):
        for s in (-1, 1):
            b.soft(circle(s * 52, -62, 28), fur)
            b.soft(circle(s * 52, -60, 15), pale)
        b.soft(Oval(0, 62, 74, 74), fur)
        b.soft(Oval(0, -14, 76, 66), fur)
        b.soft(Oval(0, 8, 36, 27), pale, light=0.8)
        b.soft(Oval(0, -4, 13, 9), 0x5A3A5C)
        for s in (-1, 1):
            b.eye(s * 32, -18, 11, 1.0)
            b.blush(s * 50, 6, 15)
        b.mouth(0, 6, 13)
        b.soft(Capsule((-58, 46), (-86, 84), 24, 20), fur)


def _blanket(b: Brush) -> None:
    """A quilt over both, with stars and a folded edge."""
    quilt = Blob(((-120, 1290), (-80, 1085), (180, 1040), (520, 1052), (700, 1030), (900, 985), (1120, 1000), (1400, 985), (1680, 1040), (1740, 1290)))
    b.fill(Blob(((-120, 1290), (-80, 1066), (180, 1020), (520, 1032), (700, 1010), (900, 965), (1120, 980), (1400, 965), (1680, 1020), (1740, 1290))), 0x4B3F86, 0.28, 18)
    b.soft(quilt, BLANKET, shade=0x4B3F86, light=0.9)
    with b.inside(quilt):
        dice = rng("quilt")
        for k in range(16):
            x, y = 40 + k * 104 + dice.uniform(-14, 14), 1120 + (k % 2) * 52 + dice.uniform(-8, 8)
            b.fill(Star(x, y, 22, 11, 5, 6, dice.uniform(-120, -60)), 0xFFF3D2, 0.8, 0.6)
        for x in range(-40, 1700, 190):
            b.line([(x, 1300), (x + 24, 1180), (x + 10, 1050)], 0x5B6FB0, 10, 0.22, 7)
    edge = Curve(((-90, 1092), (180, 1048), (520, 1060), (700, 1038), (900, 994), (1120, 1008), (1400, 994), (1690, 1050)), 46)
    b.soft(edge, 0xFBF3EA, shade=0x8C7BC0, light=0.9)


def _light(b: Brush) -> None:
    """The warm night light from the right, the cool evening from the left, and a quiet vignette."""
    b.glow(1500, 640, 900, 0xFFC98A, 0.26)
    b.glow(690, 700, 520, 0xFFE3C0, 0.16)
    whole = Box(0, 0, WIDTH, HEIGHT)
    b.fade(whole, 0x2B2A74, [0.30, 0.0], [0, 1], (0, 0), (700, 300))
    b.fade(whole, 0x1F1A4A, [0.0, 0.34], [0.55, 1], (WIDTH / 2, HEIGHT * 0.4), (WIDTH / 2, HEIGHT * 1.12))


def draw() -> skia.Image:
    """The whole picture, 1280x960."""
    surface = skia.Surface(WIDTH * 4 // 5, HEIGHT * 4 // 5)
    surface.getCanvas().scale(0.8, 0.8)
    brush = Brush(surface.getCanvas(), LOOKS["plush"])
    for part in (_wall, _window, _mobile, _bed, _teddy, _baby, _blanket, _light):
        part(brush)
    return surface.makeImageSnapshot()


if __name__ == "__main__":
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("sleeping-baby.png")
    draw().save(str(out), skia.kPNG)
