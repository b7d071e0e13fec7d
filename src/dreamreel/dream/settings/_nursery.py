"""Furniture of the nursery: shelf, lamp, basket, blocks."""

from __future__ import annotations

from dreamreel.dream.hand import mix
from dreamreel.dream.scenery import View
from dreamreel.dream.settings._paint import SHADE
from dreamreel.dream.shapes import Blob, Both, Box, Capsule, Curve, Oval, Polygon, Star, circle

__all__ = ["basket", "bed_half", "block", "lamp", "shelf"]


def bed_half(view: View) -> float:
    """Half the length of the bed."""
    return min(320.0, 0.37 * view.width)


def shelf(view: View) -> None:
    """A shelf of toys on the right and a picture on the left, where the stage is wide enough for them."""
    p, cx, w = view.palette, view.width / 2, view.width
    if w < 950:
        return
    x0, y = cx + 350, 372.0
    view.brush.fill(Box(x0 - 4, y + 14, 268, 26, 8), SHADE, 0.3, 9)
    view.brush.soft(Box(x0, y, 260, 20, 7), p["wood"])
    for k, (wide, high, colour) in enumerate(
        ((22, 84, p["accent"]), (18, 74, p["quilt"]), (24, 92, 0xFFD89C), (17, 70, p["cloth"]))
    ):
        view.brush.soft(
            Box(x0 + 14 + 24 * k, y - high, wide, high, 4), mix(colour, p["wall"], 0.25), light=0.7
        )
    bx, by, fur = x0 + 150, y - 34, mix(0xC89870, p["ambient"], 0.3)
    for part in (
        circle(bx - 19, by - 44, 11),
        circle(bx + 19, by - 44, 11),
        Oval(bx, by, 28, 34),
        circle(bx, by - 30, 26),
    ):
        view.brush.soft(part, fur)
    view.brush.soft(Oval(bx, by - 22, 12, 9), mix(fur, p["cloth"], 0.6), light=0.5)
    view.brush.eye(bx - 10, by - 33, 3.4)
    view.brush.eye(bx + 10, by - 33, 3.4)
    view.brush.soft(circle(x0 + 218, y - 26, 26), mix(p["accent"], p["light"], 0.25))
    view.brush.fill(
        Both(
            circle(x0 + 218, y - 26, 26),
            Curve(((x0 + 190, y - 40), (x0 + 218, y - 28), (x0 + 246, y - 40)), 9),
        ),
        p["cloth"],
        0.8,
    )
    px = cx - 560
    view.brush.soft(Box(px, 240, 170, 210, 16), p["wood"])
    picture = Box(px + 16, 256, 138, 178, 8)
    view.brush.ramp(picture, [p["sky_mid"], p["sky_low"]], [0, 1], (0, 256), (0, 434))
    with view.brush.inside(picture):
        view.brush.soft(circle(px + 112, 302, 20), p["moon"], light=0.5)
        view.brush.soft(Oval(px + 60, 440, 110, 66), mix(p["quilt"], 0x8CD0A8, 0.5))


def lamp(view: View) -> None:
    """A lamp on a night table at the left; its light is warm and wide."""
    p, w = view.palette, view.width
    x = max(26.0, w / 2 - bed_half(view) - 140)
    strong = 0.62 if view.night else 0.42
    view.brush.soft(Box(x - 66, 700, 132, 150, 16), mix(p["wood"], p["front"], 0.12))
    view.brush.soft(Box(x - 76, 684, 152, 24, 10), p["wood"])
    view.brush.soft(Box(x - 48, 730, 96, 40, 9), mix(p["wood"], p["light"], 0.12), light=0.7)
    view.brush.soft(circle(x, 750, 6), p["trim"])
    view.brush.soft(Capsule((x, 676), (x, 610), 9, 7), p["trim"])
    view.brush.soft(Oval(x, 680, 34, 11), p["trim"])
    shade = Polygon(((x - 38, 520), (x + 38, 520), (x + 66, 618), (x - 66, 618)), 12)
    view.brush.soft(shade, mix(0xFFE2A8, p["light"], 0.5), shade=p["accent"], light=0.6, glow=0xFFD890)
    view.brush.glow(x, 590, 320, 0xFFCF86, strong)
    view.brush.glow(x, 570, 120, 0xFFF0C8, strong)


def basket(view: View) -> None:
    """A wicker basket of toys at the right of the bed, where there is room."""
    p, x = view.palette, view.width / 2 + bed_half(view) + 190
    if view.width < 1150:
        return
    view.brush.fill(Oval(x + 16, 846, 120, 18), SHADE, 0.35, 10)
    fur = mix(p["cloth"], p["accent"], 0.2)
    for dx, tilt in ((-44, -12), (-6, 10)):
        view.brush.soft(Oval(x + dx, 640, 15, 54, tilt), fur)
        view.brush.fill(Oval(x + dx, 646, 7, 36, tilt), mix(p["accent"], fur, 0.3), 0.8, 2)
    view.brush.soft(circle(x - 26, 708, 48), fur)
    for dx in (-44, -8):
        view.brush.eye(x + dx, 712, 5.5)
    view.brush.soft(circle(x + 54, 716, 40), p["quilt"])
    view.brush.soft(Star(x + 54, 714, 20, 9, 5, 3), mix(p["light"], p["cloth"], 0.3))
    body = Blob(((x - 106, 736), (x, 744), (x + 106, 736), (x + 88, 838), (x, 850), (x - 88, 838)))
    view.brush.soft(body, p["wood"])
    with view.brush.inside(body):
        for row in range(5):
            for k in range(-5, 6):
                tint = mix(p["wood"], p["light"] if (k + row) % 2 else SHADE, 0.3)
                view.brush.fill(Oval(x + 22 * k + 11 * (row % 2), 758 + 21 * row, 13, 7), tint, 0.4, 2)
    view.brush.soft(Capsule((x - 106, 738), (x + 106, 738), 11, 11), mix(p["wood"], p["light"], 0.15))


def block(view: View, x: float, y: float, s: float, colour: int) -> None:
    """A wooden block with a star."""
    view.brush.fill(Oval(x + s * 0.3, y + s, s * 1.3, s * 0.3), SHADE, 0.3, s * 0.16)
    view.brush.soft(Box(x - s, y - s, 2 * s, 2 * s, s * 0.3), colour)
    view.brush.fill(Star(x, y, s * 0.62, s * 0.29, 5, s * 0.1), mix(colour, 0xFFFFFF, 0.65), 0.9)
