"""Draw the studio's pictures into `src/dreamreel/studio/web`; run by hand, the results are committed.

python tools/studio_pictures.py

cast/<actor>.webp        every actor in its habit, on nothing
settings/<setting>.webp  every setting at its own time of day
icons/*.png              the logo as programs want it; `logo.svg` and `favicon.svg` are made by hand
"""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import cast

import numpy as np
import skia
from PIL import Image

from dreamreel.dream.cast import default_cast
from dreamreel.dream.hand import LOOKS
from dreamreel.dream.rig import Puppet, action, actor, recoloured
from dreamreel.dream.scenery import Backdrop, setting

__all__ = ["main"]

WEB = Path(__file__).resolve().parent.parent / "src" / "dreamreel" / "studio" / "web"

ACTOR, ACTOR_ROOM, ACTOR_BYTES = 128, 120, 5_000
"""Pixels of an actor's picture, of the square it fills, and what the file may weigh."""

SETTING, SETTING_BYTES = (320, 200), 12_000

ALONE = 0.15
"""Opacity from which something counts as the actor and not as its glow."""

GUESTS = {"night_sky": ("moon", 0.72, 0.3, 0.42), "open_sea": ("boat", 0.5, 0.6, 0.2)}
"""Settings that are mostly sky or water → who makes them a place: actor, x, y and height as parts of the picture."""

EDGE = 26
"""Pixels over which a glow fades before its picture ends."""

DAWN = (0xFFF3E2, 0xD9CCFF)
"""Above and below: the ground of icons."""

ICONS = {
    "icon-192.png": (192, 0.9, 0.22),
    "icon-512.png": (512, 0.9, 0.22),
    "icon-maskable-512.png": (512, 0.7, 0.0),
    "apple-touch-icon.png": (180, 0.86, 0.0),
}
"""File → pixels, the part that the logo fills, and how round the ground's corners are; systems that cut icons
to a shape themselves want square ones."""


def pixels(surface: skia.Surface) -> Image.Image:
    """A surface as a picture with straight alpha."""
    wanted = {"colorType": skia.kRGBA_8888_ColorType, "alphaType": skia.kUnpremul_AlphaType}
    snapshot = cast("np.ndarray", surface.makeImageSnapshot().toarray(**wanted))
    return Image.fromarray(np.ascontiguousarray(snapshot), "RGBA")


def pose_on(canvas: skia.Canvas, kind: str, centre: tuple[float, float], scale: float) -> None:
    """Draw an actor in its habit, rig point `centre` at the canvas's origin."""
    who = actor(kind)
    does = action(who.words.habit)
    canvas.scale(scale, scale)
    canvas.translate(-centre[0], -centre[1])
    puppet = Puppet(who, recoloured(who, None), LOOKS["plush"], scale)
    puppet.draw(canvas, lambda t: does.pose(who, t, 0.0, 1.0), 2.1)


def extent(kind: str) -> tuple[float, float, float, float]:
    """What an actor covers in its habit, in rig units: a box around all that is not only glow."""
    left, top, right, bottom = actor(kind).box
    centre, side, scale = ((left + right) / 2, (top + bottom) / 2), 800, 3.0
    surface = skia.Surface(side, side)
    canvas = surface.getCanvas()
    canvas.translate(side / 2, side / 2)
    pose_on(canvas, kind, centre, scale)
    solid = np.asarray(pixels(surface))[..., 3] > 255 * ALONE
    rows, columns = np.flatnonzero(solid.any(axis=1)), np.flatnonzero(solid.any(axis=0))
    at = [(value - side / 2) / scale for value in (columns[0], rows[0], columns[-1] + 1, rows[-1] + 1)]
    return (at[0] + centre[0], at[1] + centre[1], at[2] + centre[0], at[3] + centre[1])


def portrait(kind: str) -> Image.Image:
    """One actor as large as its square allows."""
    left, top, right, bottom = extent(kind)
    surface = skia.Surface(ACTOR, ACTOR)
    canvas = surface.getCanvas()
    canvas.translate(ACTOR / 2, ACTOR / 2)
    middle = ((left + right) / 2, (top + bottom) / 2)
    pose_on(canvas, kind, middle, ACTOR_ROOM / max(right - left, bottom - top))
    return without_edge(pixels(surface))


def without_edge(picture: Image.Image) -> Image.Image:
    """The picture with its glow faded out toward the border; what is solid stays."""
    data = np.array(picture)
    wide = np.arange(ACTOR) + 0.5
    ramp = np.clip(np.minimum(wide, ACTOR - wide) / EDGE, 0, 1) ** 1.5
    alpha = data[..., 3] / 255
    fade = np.outer(ramp, ramp)
    solid = np.clip((alpha - 0.3) / 0.3, 0, 1)
    data[..., 3] = np.rint(255 * alpha * (solid + (1 - solid) * fade)).astype(np.uint8)
    return Image.fromarray(data, "RGBA")


def place(kind: str) -> Image.Image:
    """One setting, with its guest where it would be empty."""
    wide, high = SETTING
    what = setting(kind)
    scale = high / 1000
    backdrop = Backdrop(what, 1000 * wide / high, what.words.times[0], LOOKS["plush"], 7, scale)
    surface = skia.Surface(wide, high)
    canvas = surface.getCanvas()
    for layer in what.layers:
        canvas.save()
        canvas.scale(scale, scale)
        backdrop.draw(canvas, layer, 0.0, 3.0)
        canvas.restore()
    if guest := GUESTS.get(kind):
        who, x, y, tall = guest
        left, top, right, bottom = extent(who)
        canvas.translate(x * wide, y * high)
        pose_on(canvas, who, ((left + right) / 2, (top + bottom) / 2), tall * high / (bottom - top))
    return pixels(surface).convert("RGB")


def save_webp(picture: Image.Image, path: Path, most: int) -> int:
    """At the best quality that weighs no more than `most` bytes; returns what it weighs."""
    data = b""
    for quality in range(92, 40, -4):
        out = io.BytesIO()
        picture.save(out, "WEBP", quality=quality, alpha_quality=88, method=6)
        data = out.getvalue()
        if len(data) <= most:
            break
    path.write_bytes(data)
    return len(data)


def icon(size: int, part: float, corner: float) -> Image.Image:
    """The logo on a piece of dawn."""
    surface = skia.Surface(size, size)
    canvas = surface.getCanvas()
    above, below = (0xFF000000 | colour for colour in DAWN)
    ground = skia.Paint(AntiAlias=True)
    ground.setShader(skia.GradientShader.MakeLinear([(0, 0), (0, size)], [above, below]))
    canvas.drawRoundRect(skia.Rect.MakeWH(size, size), corner * size, corner * size, ground)
    drawing = skia.SVGDOM.MakeFromStream(skia.MemoryStream((WEB / "icons" / "logo.svg").read_bytes()))
    drawing.setContainerSize(skia.Size(size * part, size * part))
    canvas.translate(size * (1 - part) / 2, size * (1 - part) / 2)
    drawing.render(canvas)
    return pixels(surface)


def main() -> None:
    """Draw them all and say what they weigh."""
    total = 0
    for folder in ("cast", "settings", "icons"):
        (WEB / folder).mkdir(parents=True, exist_ok=True)
    for kind in sorted(default_cast().actors):
        total += save_webp(portrait(kind), WEB / "cast" / f"{kind}.webp", ACTOR_BYTES)
    for kind in sorted(default_cast().settings):
        total += save_webp(place(kind), WEB / "settings" / f"{kind}.webp", SETTING_BYTES)
    for name, (size, part, corner) in ICONS.items():
        picture = icon(size, part, corner)
        if not corner:
            picture = picture.convert("RGB")
        path = WEB / "icons" / name
        picture.save(path, optimize=True)
        total += path.stat().st_size
    sys.stdout.write(f"{total // 1000} kB\n")


if __name__ == "__main__":
    main()
