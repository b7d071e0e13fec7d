"""From a staged dream to frames: the photo underneath, the dream in its cloud above, one planar picture out.

    Portrait ── paint(state) ──────────────► Y, UV planes ─┐
    World (backdrop, puppets) ─► BGRA ─ Cloud ─► YUVA ─────┴─ blend ─► av.VideoFrame (yuv420p, BT.709 limited)

A `Painter` is built once for a request; `frame(n)` is then a pure function of the frame number, so that any process can
draw any part of the video. Skia holds the interpreter lock: use processes, not threads, to draw faster.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import cast

import av
import cv2
import numpy as np
import skia
from av.video.plane import VideoPlane
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter
from numpy.typing import NDArray

from dreamreel.analyse.faces import Face
from dreamreel.dream.beats import beats
from dreamreel.dream.cloud import Cloud, place_cloud
from dreamreel.dream.fit import fit_face, fit_photo
from dreamreel.dream.hand import LOOKS, NATIVE
from dreamreel.dream.planes import Planes, halved, lerp_planes, over, toward, yuv
from dreamreel.dream.portrait import Portrait
from dreamreel.dream.sleeper import Light, PortraitState, portrait_state
from dreamreel.dream.stage import stage
from dreamreel.dream.storyboard import Camera, Storyboard
from dreamreel.dream.world import World

__all__ = ["Painter", "Scene"]

Box = tuple[int, int, int, int]
"""Left, top, right, bottom in frame pixels, all even."""
Edges = tuple[float, float, float, float]
"""Left, top, right, bottom in frame pixels."""
_Plane = NDArray[np.uint8]
_BUBBLES = 4


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything that decides the pictures, besides the photo's pixels."""

    storyboard: Storyboard
    width: int
    """Output pixels, even."""
    height: int
    """Output pixels, even."""
    rate: Fraction
    """Frames per second."""
    duration: Fraction
    """Seconds."""
    seed: int = 0
    look: str = "plush"
    """A name of `hand.LOOKS`."""
    camera: Camera | None = None
    """Overrides the storyboard's camera."""
    loop: bool = False
    face: Face | None = None
    """The sleeper's face in the photo's own pixels."""

    @property
    def frames(self) -> int:
        """Number of frames: ceil(duration x rate)."""
        return -(
            -self.duration.numerator
            * self.rate.numerator
            // (self.duration.denominator * self.rate.denominator)
        )


def _even(box: tuple[float, float, float, float], width: int, height: int) -> Box:
    """The box grown to even pixels and cut to the frame."""
    x0, y0 = max(0, int(box[0]) & ~1), max(0, int(box[1]) & ~1)
    x1, y1 = min(width, (int(box[2]) + 3) & ~1), min(height, (int(box[3]) + 3) & ~1)
    return x0, y0, max(x1, x0 + 2), max(y1, y0 + 2)


def _pixels(plane: VideoPlane) -> _Plane:
    """A frame's plane as an array over the same memory."""
    # The stub does not say that a plane is a buffer.
    flat: _Plane = np.frombuffer(cast("memoryview", plane), np.uint8)
    return flat.reshape(plane.height, plane.line_size)[:, : plane.width]


class _Sheet:
    """A BGRA surface over one rectangle of the frame, and its conversion to planes."""

    def __init__(self, box: Box, alpha: bool) -> None:
        self.box, self._alpha = box, alpha
        x0, y0, x1, y1 = box
        self.pixels = np.zeros((y1 - y0, x1 - x0, 4), np.uint8)
        info = skia.ImageInfo.Make(x1 - x0, y1 - y0, NATIVE, skia.kPremul_AlphaType)
        self.surface = skia.Surface.MakeRasterDirect(info, self.pixels)
        self._reformat = VideoReformatter()

    def canvas(self) -> skia.Canvas:
        """The canvas in frame pixels; cleared when the sheet has alpha."""
        canvas = self.surface.getCanvas()
        canvas.resetMatrix()
        if self._alpha:
            canvas.clear(0)
        canvas.translate(-self.box[0], -self.box[1])
        return canvas

    def planes(self) -> list[_Plane]:
        """Y, U, V and, with alpha, A of what was drawn; colours stay premultiplied."""
        frame = av.VideoFrame.from_numpy_buffer(self.pixels, "bgra")
        out = self._reformat.reformat(
            frame,
            format="yuva420p" if self._alpha else "yuv420p",
            dst_colorspace=Colorspace.ITU709,
            src_color_range=ColorRange.JPEG,
            dst_color_range=ColorRange.MPEG,
            interpolation=Interpolation.BILINEAR,
            threads=1,
        )
        return [_pixels(plane) for plane in out.planes]


class Painter:
    """Draws the frames of one dream."""

    def __init__(self, scene: Scene, photo: NDArray[np.uint8]) -> None:
        """Build everything that does not change.

        Args:
            scene: what to draw.
            photo: HxWx3 uint8 sRGB, any size; it is fitted to the scene's size without stretching.
        """
        self.scene = scene
        self._seconds = float(scene.duration)
        camera: Camera = scene.camera or scene.storyboard.camera
        self.beats = beats(self._seconds, camera, scene.loop)
        fitted = fit_photo(photo, scene.width, scene.height, scene.face)
        high, wide = photo.shape[:2]
        face = fit_face(scene.face, wide, high, scene.width, scene.height) if scene.face else None
        self.portrait = Portrait(fitted, face)
        self._camera: Camera = camera
        anchor = self.portrait.head_anchor()
        self._anchor = (anchor[0], anchor[1])
        hang = place_cloud(scene.width, scene.height, self.portrait.keep_clear(), self._anchor, scene.seed)
        window = hang.rx / hang.ry
        full = self.beats.into is not None
        aspect = max(window, scene.width / scene.height) if full else window
        seen = min(window, scene.width / scene.height) if full else window
        self.staging = stage(scene.storyboard, 1000 * aspect, self.beats, scene.seed, 1000 * seen)
        self._full = full
        largest = 2 * hang.ry / 1000
        if full:
            largest = max(largest, scene.height / 1000, scene.width / (1000 * aspect))
        self.world = World(
            self.staging,
            scene.storyboard,
            LOOKS[scene.look],
            largest,
            scene.seed,
            self.portrait.mean_chroma(),
        )
        self.cloud = Cloud(hang, self._anchor, self.world.light, LOOKS[scene.look], scene.seed)
        box = _even(self._reach(), scene.width, scene.height)
        self._inside, self._around = _Sheet(box, alpha=False), _Sheet(box, alpha=True)
        whole = (0, 0, scene.width, scene.height)
        self._wide = (
            (_Sheet(whole, alpha=False), _Sheet(whole, alpha=True)) if full else (self._inside, self._around)
        )
        self._sizes = self.cloud.sizes(scene.width, scene.height)
        self._mist, self._shine = yuv(self.cloud.mist), yuv(self.cloud.shine)
        self._y = np.empty((scene.height, scene.width), np.uint8)
        self._uv = np.empty((scene.height // 2, scene.width // 2, 2), np.uint8)

    def _reach(self) -> tuple[float, float, float, float]:
        """The cloud's box, with the bubbles between it and the head."""
        x0, y0, x1, y1 = self.cloud.reach
        ax, ay = self._anchor
        pad = 0.14 * min(self.cloud.hang.rx, self.cloud.hang.ry)
        return min(x0, ax - pad), min(y0, ay - pad), max(x1, ax + pad), max(y1, ay + pad)

    def frame(self, n: int) -> av.VideoFrame:
        """Frame `n` of the video, yuv420p, BT.709, limited range. The first frame is the photo."""
        y, u, v = self.planes(n)
        out = av.VideoFrame(self.scene.width, self.scene.height, "yuv420p")
        for plane, data in zip(out.planes, (y, u, v), strict=True):
            _pixels(plane)[...] = data
        out.colorspace, out.color_range, out.color_primaries, out.color_trc = 1, 1, 1, 1
        return out

    def planes(self, n: int) -> Planes:
        """Y (HxW), U and V (H/2xW/2) of frame `n`, uint8. Y is reused by the next call."""
        t = n * self.scene.rate.denominator / self.scene.rate.numerator
        fullness = self.beats.fullness(t)
        state = self.state(t)
        if fullness < 0.999:
            self.portrait.paint(state, self._y, self._uv)
        u, v = np.ascontiguousarray(self._uv[..., 0]), np.ascontiguousarray(self._uv[..., 1])
        if self._visible(t):
            self._dream(t, fullness, state, (self._y, u, v))
        return self._y, u, v

    def _visible(self, t: float) -> bool:
        return self.beats.openness(t) > 0.002 or self.beats.bubble(t, 0, _BUBBLES) > 0.01

    def state(self, t: float) -> PortraitState:
        """What the photo under the dream looks like `t` seconds into the video."""
        hang, light = self.cloud.hang, self.world.light
        glow = Light(
            (light >> 16 & 255, light >> 8 & 255, light & 255), self.beats.openness(t), hang.x, hang.y
        )
        return portrait_state(
            t,
            self._seconds,
            camera=self._camera,
            seed=self.scene.seed,
            loop=self.scene.loop,
            smile_times=self.beats.smiles if self.scene.storyboard.reaction == "smile" else (),
            dream_open=self.beats.evening(t),
            light=glow,
            focus=self.portrait.focus,
        )

    def _dream(self, t: float, fullness: float, state: PortraitState, picture: Planes) -> None:
        """Put the dream, its cloud and the bubbles over the photo's planes."""
        inside, around = self._wide if fullness > 0 else (self._inside, self._around)
        openness = self.beats.openness(t)
        here = _windows(picture, inside.box)
        if openness > 0.002:
            canvas = inside.canvas()
            canvas.save()
            canvas.clipRect(skia.Rect.MakeLTRB(*self._shown(openness, fullness)))
            self._into(canvas, self._window(openness, fullness))
            self.world.draw(canvas, t, self._camera)
            canvas.restore()
        if fullness >= 0.999:
            for plane, drawn in zip(here, inside.planes(), strict=True):
                plane[...] = drawn
            return
        canvas = around.canvas()
        swell = self._swell(fullness)
        if openness > 0.002:
            self.cloud.puffs(canvas, t, openness, swell)
        if fullness < 0.6:
            x, y = self.portrait.project(state, *self._anchor)
            shift = (x - self._anchor[0], y - self._anchor[1])
            for b in self.cloud.bubbles(
                t, [self.beats.bubble(t, k, _BUBBLES) for k in range(_BUBBLES)], shift
            ):
                self.cloud.ball(canvas, b)
        mask, rim, glow = self.cloud.fields(inside.box, openness, swell)
        *edge, cover = around.planes()
        keep = np.asarray(cv2.bitwise_not(cover), np.uint8)
        for k, (plane, dream, soft) in enumerate(zip(here, inside.planes(), edge, strict=True)):
            m, r, g, kept = (
                (mask, rim, glow, keep) if k == 0 else (halved(mask), halved(rim), halved(glow), halved(keep))
            )
            below = over(toward(plane, self._shine[k], g), soft, kept, 16 if k == 0 else 128)
            plane[...] = lerp_planes(below, toward(dream, self._mist[k], r), m)

    def _swell(self, fullness: float) -> float:
        """The cloud's size while it opens: it takes even shares of the picture until its edge has left it."""
        return float(np.interp(fullness, np.linspace(0, 1, len(self._sizes)), self._sizes))

    def _shown(self, openness: float, fullness: float) -> Edges:
        """The rectangle around the cloud's inside now, frame pixels."""
        x, y, scale = self.cloud.centre(openness)
        h, scale = self.cloud.hang, scale * self._swell(fullness)
        return x - h.rx * scale, y - h.ry * scale, x + h.rx * scale, y + h.ry * scale

    def _window(self, openness: float, fullness: float) -> Edges:
        """The rectangle the dream fills now, frame pixels.

        While the cloud grows the dream behind it hangs still, as behind a window that is wiped free, and moves only as
        far as the small cloud reaches beyond it: what is drawn at every size at once would seem to rush.
        """
        h, (x0, y0, x1, y1) = self.cloud.hang, self.cloud.window()
        if openness < 1:
            left, top, right, bottom = self._shown(openness, 0.0)
            dx = _reaching(0.0, (x1 - x0) / 2, left - h.x, right - h.x)
            dy = _reaching(0.0, (y1 - y0) / 2, top - h.y, bottom - h.y)
            return x0 + dx, y0 + dy, x1 + dx, y1 + dy
        shown = self._shown(openness, fullness)
        wide, high = float(self.scene.width), float(self.scene.height)
        return max(shown[0], 0.0), max(shown[1], 0.0), min(shown[2], wide), min(shown[3], high)

    def _into(self, canvas: skia.Canvas, box: Edges) -> None:
        """Stage units, covering `box`."""
        x0, y0, x1, y1 = box
        scale = max((x1 - x0) / self.staging.width, (y1 - y0) / 1000)
        canvas.translate((x0 + x1) / 2, (y0 + y1) / 2)
        canvas.scale(scale, scale)
        canvas.translate(-self.staging.width / 2, -500)

    def coverage(self, n: int) -> Mapping[str, float]:
        """Share of the visible dream that each kind of actor covers in frame `n`, 0..1, occlusion ignored."""
        t = n * self.scene.rate.denominator / self.scene.rate.numerator
        return self.world.coverage(t, self.cloud.hang.rx / self.cloud.hang.ry)


def _reaching(middle: float, half: float, low: float, high: float) -> float:
    """The middle, moved as little as needed so that `half` to either side of it reaches `low` and `high`."""
    return max(min(middle, low + half), high - half)


def _windows(picture: Planes, box: Box) -> tuple[_Plane, _Plane, _Plane]:
    """The three planes inside a box of even pixels, as views."""
    x0, y0, x1, y1 = box
    y, u, v = picture
    half = np.s_[y0 // 2 : y1 // 2, x0 // 2 : x1 // 2]
    return y[y0:y1, x0:x1], u[half], v[half]
