"""The dream's world: backdrop, actors, shadows and weather, drawn in stage units at any moment."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

import numpy as np
import skia

from dreamreel.dream.hand import NATIVE, Brush, Look, bake, mix
from dreamreel.dream.motion import cycle
from dreamreel.dream.rig import Puppet, recoloured
from dreamreel.dream.roles import breadth, middle
from dreamreel.dream.scenery import Backdrop, View
from dreamreel.dream.shapes import Minus, Oval
from dreamreel.dream.stage import HORIZON, Role, Spot, Staging
from dreamreel.dream.storyboard import Camera, Storyboard
from dreamreel.dream.weather import draw_weather

__all__ = ["World"]

_BLUR_FROM = 26.0
"""Stage units a frame (1/24 s) from which an actor's movement is blurred: about 10 pixels at 720p in a cloud."""
_SUBFRAMES = 5
_SUNK = 0.42
"""Share of a swimmer's height that is under water."""


class World:
    """A staged dream with everything that does not change baked at one largest scale."""

    def __init__(
        self,
        staging: Staging,
        board: Storyboard,
        look: Look,
        scale: float,
        seed: int,
        chroma: tuple[float, float],
    ) -> None:
        """`scale` is pixels per stage unit at the largest; `chroma` the photo's mean Cb and Cr, to tint the scene."""
        self.staging, self.board, self.look = staging, board, look
        self.backdrop = Backdrop(
            staging.setting, staging.width, board.setting.time, look, seed, scale, board.palette
        )
        palette = self.backdrop.palette
        self.light = palette["light"]
        ambient = mix(palette["ambient"], _mid_tone(chroma), 0.1)
        self._puppets = self._cast(scale, ambient)
        self._shadow = bake(
            lambda b: b.fill(Oval(0, 0, 1, 0.26), look.shade, 0.5, 0.10),
            (-1.4, -0.6, 1.4, 0.6),
            160 * scale,
            look,
        )
        self._by_layer: dict[str, list[Role]] = {}
        for role in staging.roles:
            self._by_layer.setdefault(role.place.after, []).append(role)

    def _cast(self, scale: float, ambient: int) -> dict[int, Puppet]:
        """One puppet per kind and colour, shaded for its largest copy and shared by all copies."""
        largest: dict[tuple[str, str | None], float] = {}
        for role in self.staging.roles:
            key = (role.kind, role.colour)
            largest[key] = max(largest.get(key, 0.0), role.unit)
        made: dict[tuple[str, str | None], Puppet] = {}
        for (kind, colour), unit in largest.items():
            who = next(r.who for r in self.staging.roles if r.kind == kind)
            colours = recoloured(who, colour, ambient)
            made[kind, colour] = Puppet(who, colours, self.look, unit * scale * 1.08)
        return {role.index: made[role.kind, role.colour] for role in self.staging.roles}

    def draw(self, canvas: skia.Canvas, t: float, camera: Camera) -> None:
        """Draw the whole world at `t`; the canvas is in stage units."""
        shift, zoom = self.staging.camera(camera, t)
        canvas.save()
        canvas.translate(self.staging.width / 2, HORIZON)
        canvas.scale(zoom, zoom)
        canvas.translate(-self.staging.width / 2, -HORIZON)
        for layer in self.staging.setting.layers:
            self.backdrop.draw(canvas, layer, shift, t)
            here = self._by_layer.get(layer.name, ())
            spots = {role.index: self.staging.moment(role, t) for role in here}
            for role in sorted(here, key=lambda r: r.order + spots[r.index].nearer):
                self._act(canvas, role, spots[role.index], shift, t)
        view = View(
            Brush(canvas, self.look),
            self.staging.width,
            self.backdrop.palette,
            Random(0),
            self.board.setting.time == "night",
        )
        draw_weather(self.board.setting.weather, view, t)
        canvas.restore()

    def _act(self, canvas: skia.Canvas, role: Role, spot: Spot, shift: float, t: float) -> None:
        if spot.grow <= 0.01:
            return
        canvas.save()
        canvas.translate(-shift * role.place.depth, 0)
        if role.place.habitat == "ground" and role.relation not in ("on", "in", "over"):
            self._cast_shadow(canvas, role, spot, t)
        before = self.staging.moment(role, t - 1 / 48)
        after = self.staging.moment(role, t + 1 / 48)
        speed = abs(after.x - before.x) + abs(after.y - before.y)
        if speed > _BLUR_FROM:
            self._smear(canvas, role, t)
        else:
            self._put(canvas, role, spot, t)
        if role.swims:
            self._ripples(canvas, role, spot, t)
        canvas.restore()

    def _put(self, canvas: skia.Canvas, role: Role, spot: Spot, t: float) -> None:
        """Draw the puppet with its foot (ground, water) or its middle (air) at the spot."""
        who = role.who
        anchor = who.foot if role.stands else middle(who)
        unit = role.unit * spot.grow
        canvas.save()
        # What lives in the water has its water line where its foot is; others sink to their shoulders.
        sunk = _SUNK * role.height * spot.grow if role.swims and who.words.habitat != "water" else 0.0
        if role.swims:
            canvas.clipRect(skia.Rect.MakeLTRB(-1e4, -1e4, 1e4, spot.y))
        canvas.translate(spot.x, spot.y + sunk)
        canvas.rotate(spot.rot)
        canvas.scale(unit * (spot.facing if who.sided else 1.0), unit)
        canvas.translate(-(who.box[0] + who.box[2]) / 2, -anchor)
        self._puppets[role.index].draw(canvas, role.pose, t)
        canvas.restore()

    def _smear(self, canvas: skia.Canvas, role: Role, t: float) -> None:
        """Motion blur of a 180 degree shutter: sub-frames added up, each at its share of the light."""
        canvas.saveLayer(None, None)
        share = skia.Paint(Alphaf=1 / _SUBFRAMES, BlendMode=skia.BlendMode.kPlus)
        for k in range(_SUBFRAMES):
            when = t + (k / (_SUBFRAMES - 1) - 0.5) / 48
            canvas.saveLayer(None, share)
            self._put(canvas, role, self.staging.moment(role, when), when)
            canvas.restore()
        canvas.restore()

    def _cast_shadow(self, canvas: skia.Canvas, role: Role, spot: Spot, t: float) -> None:
        """A soft ellipse on the ground, smaller and fainter as its actor leaves the ground."""
        lift = max(0.0, -role.pose(t).root.dy) * role.unit
        near = 1 / (1 + lift / 70)
        half = breadth(role) * 0.42 * spot.grow * (0.6 + 0.4 * near)
        canvas.save()
        canvas.translate(spot.x, spot.y - 2)
        canvas.scale(half, half)
        self._shadow.draw(canvas, 0.75 * near * min(1.0, spot.grow))
        canvas.restore()

    def _ripples(self, canvas: skia.Canvas, role: Role, spot: Spot, t: float) -> None:
        """Foam along the water line of a swimmer, and two rings that widen and fade."""
        brush = Brush(canvas, self.look)
        half = breadth(role) * 0.42 * spot.grow
        for k, (x, wide) in enumerate(((-0.5, 0.42), (0.05, 0.5), (0.55, 0.4))):
            y = spot.y + 2 * cycle(t, 1.7 + 0.2 * k, role.phase + k / 3)
            brush.fill(Oval(spot.x + x * half, y, wide * half, 8), 0xFFFFFF, 0.5 * min(1.0, spot.grow), 4)
        for k in range(2):
            age = (t / 1.9 + role.phase + k / 2) % 1.0
            ring = Minus(Oval(0, 0, 1, 0.17), Oval(0, -0.012, 0.9, 0.14))
            with brush.at(spot.x, spot.y, sx=half * (0.85 + 0.5 * age)):
                brush.fill(ring, 0xFFFFFF, 0.42 * (1 - age) * min(1.0, 8 * age), 0.02)

    def coverage(self, t: float, aspect: float) -> Mapping[str, float]:
        """Share of the visible stage that each kind covers at `t`; `aspect` is the window's width over height."""
        high = 180
        wide = round(high * aspect)
        out: dict[str, float] = {}
        for role in self.staging.roles:
            out.setdefault(role.kind, 0.0)
        for kind in out:
            pixels = np.zeros((high, wide, 4), np.uint8)
            canvas = skia.Surface(pixels, colorType=NATIVE).getCanvas()
            canvas.translate(wide / 2, 0)
            canvas.scale(high / 1000, high / 1000)
            canvas.translate(-self.staging.width / 2, 0)
            for role in self.staging.roles:
                if role.kind == kind:
                    spot = self.staging.moment(role, t)
                    if spot.grow > 0.01:
                        self._put(canvas, role, spot, t)
            out[kind] = float((pixels[..., 3] > 96).mean())
        return out


def _mid_tone(chroma: tuple[float, float]) -> int:
    """The colour of that Cb and Cr at a medium brightness, 0xRRGGBB (BT.709)."""
    cb, cr = chroma
    r, g, b = 150 + 1.5748 * cr, 150 - 0.1873 * cb - 0.4681 * cr, 150 + 1.8556 * cb
    return sum(min(255, max(0, round(c))) << s for c, s in ((r, 16), (g, 8), (b, 0)))
