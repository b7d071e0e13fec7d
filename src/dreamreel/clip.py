"""Clip: a moving picture with sound that has not been computed yet.

A clip is an immutable value – a node of the graph and what is known about it. Every verb returns a new clip at once and
finds mistakes at once; a pixel is computed only by `write`.

    party = dreamreel.open("party.mov")[3:12].resize(height=720).fade_in(0.5)
    film = party + dreamreel.title("The end", 1280, 720, 2)
    film.write("party.mp4")
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol, cast

from dreamreel.errors import BadParameter, BadTime
from dreamreel.graph import Node, Recipe
from dreamreel.media.info import ClipInfo
from dreamreel.ops import infer, op_of
from dreamreel.ops.base import Op, need_video
from dreamreel.ops.compose import Anchor, Dissolve, Overlay
from dreamreel.ops.fade import FadeIn, FadeOut
from dreamreel.ops.geometry import Crop, Flip, Pad, Resize, Rotate
from dreamreel.ops.sound import Mix, Mute, Normalise, ReplaceSound, Volume
from dreamreel.ops.text import Title
from dreamreel.ops.time_ import Concat, Fps, Loop, Reverse, Speed, Trim
from dreamreel.time import RateLike, TimeLike, figure, frame_rate, seconds

if TYPE_CHECKING:
    from types import ModuleType

__all__ = ["Clip", "Option", "Renderer", "concat"]

Option = str | int | float | bool | None | Callable[..., None]
"""A value of `Clip.write`'s options; `render.run.Options` names them all."""


class Renderer(Protocol):
    """What a clip asks of the renderer, which lives in a room above this one."""

    def write(self, clip: Clip, path: Path, **options: Option) -> Path:
        """Compute the clip into a file and return where it is."""
        ...

    def explain(self, clip: Clip, path: Path | None, **options: Option) -> str:
        """Say in words what `write` would do."""
        ...


def _renderer() -> Renderer:
    # Found by name when first needed: rooms import only rooms below them, and making a clip must not load a renderer.
    module: ModuleType = importlib.import_module("dreamreel.render.renderer")
    return cast("Renderer", module)


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """A description of a moving picture with sound. Equal when it is made of the same nodes."""

    node: Node
    info: ClipInfo
    """Size, rate, length, colour and sound, known without decoding."""

    @classmethod
    def of(cls, op: Op, *inputs: Clip) -> Clip:
        """`op` applied to `inputs`. Raises what the op raises when that cannot be."""
        info = op.infer(*(clip.info for clip in inputs))
        return cls(op.node(*(clip.node for clip in inputs)), info)

    @classmethod
    def from_node(cls, node: Node) -> Clip:
        """The clip of a node that was read from a recipe. Raises `RecipeInvalid` and what its ops raise."""
        return cls(node, infer(node)[node.digest])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Clip) and self.node == other.node

    def __hash__(self) -> int:
        return hash(self.node)

    def __repr__(self) -> str:
        video, audio = self.info.video, self.info.audio
        picture = f" {video.width}×{video.height}" if video else ""
        sound = " with sound" if audio and video else " sound" if audio else ""
        return f"<Clip {self.node.op}{picture} {figure(self.duration)} s{sound}>"

    @property
    def duration(self) -> Fraction:
        """Exact length in seconds."""
        return self.info.duration

    @property
    def recipe(self) -> Recipe:
        """The clip as data."""
        return Recipe.of(self.node)

    # ── time ──────────────────────────────────────────────────────────────────────────────────────────────

    def __getitem__(self, part: slice) -> Clip:
        """`clip[2:5]`, `clip["0:02":]`, `clip[:-1]`: a part by time; negative times count from the end."""
        if part.step is not None:
            raise BadTime(
                "a clip is cut by two times, clip[start:end]; use speed() or reverse() for the rest."
            )
        start = self._moment(cast("TimeLike | None", part.start), Fraction(0))
        end = self._moment(cast("TimeLike | None", part.stop), self.duration)
        return self._trim(start, end)

    def _moment(self, value: TimeLike | None, default: Fraction) -> Fraction:
        if value is None:
            return default
        time = seconds(value)
        return time + self.duration if time < 0 else time

    def _trim(self, start: Fraction, end: Fraction) -> Clip:
        trim = Trim(start, end)
        info = trim.infer(self.info)
        if (start, end) == (0, self.duration):
            return self
        if self.node.op != Trim.name:
            return Clip(trim.node(self.node), info)
        # A cut of a cut is one cut, so that clip[a:b][c:d] and clip[a + c:a + d] are the same value.
        outer = cast("Trim", op_of(self.node))
        return Clip(Trim(outer.start + start, outer.start + end).node(*self.node.inputs), info)

    def trim(self, start: TimeLike = 0, end: TimeLike | None = None) -> Clip:
        """The part from `start` to `end` in seconds, as `clip[start:end]`."""
        return self[start:end]

    def __add__(self, other: Clip) -> Clip:
        """This clip, then the other."""
        return concat([self, other])

    def __mul__(self, times: int) -> Clip:
        """This clip, `times` times in a row."""
        return self.loop(times)

    def loop(self, times: int) -> Clip:
        """This clip, `times` times in a row, 1 to 10 000."""
        return self if times == 1 else Clip.of(Loop(times), self)

    def reverse(self) -> Clip:
        """From the end to the beginning, with its sound."""
        return Clip.of(Reverse(), self)

    def speed(self, factor: TimeLike) -> Clip:
        """`factor` times as fast, 1/100 to 100, pitch kept."""
        return Clip.of(Speed(seconds(factor)), self)

    def fps(self, rate: RateLike) -> Clip:
        """At a constant frame rate: 25, 29.97, `"30000/1001"`."""
        return Clip.of(Fps(frame_rate(rate)), self)

    # ── shape ─────────────────────────────────────────────────────────────────────────────────────────────

    def resize(self, width: int | None = None, height: int | None = None,
               mode: Literal["fit", "fill", "stretch"] = "fit") -> Clip:  # fmt: skip
        """Scaled (Lanczos) into, over, or exactly to a box; one side given keeps the shape."""
        return Clip.of(Resize(width, height, mode), self)

    def crop(self, width: int, height: int, x: int | None = None, y: int | None = None) -> Clip:
        """The part of `width`×`height` pixels at `x`, `y`, or in the middle."""
        video = need_video("crop", self.info)
        left = max(0, video.width - width) // 4 * 2 if x is None else x
        top = max(0, video.height - height) // 4 * 2 if y is None else y
        return Clip.of(Crop(width, height, left, top), self)

    def pad(
        self, width: int, height: int, x: int | None = None, y: int | None = None, colour: str = "black"
    ) -> Clip:
        """On a canvas of `width`×`height` pixels, in the middle or at `x`, `y`."""
        return Clip.of(Pad(width, height, x, y, colour), self)

    def rotate(self, degrees: int) -> Clip:
        """Turned clockwise by 90, 180 or 270 degrees."""
        return Clip.of(Rotate(degrees % 360), self)

    def flip(self, axis: Literal["horizontal", "vertical"] = "horizontal") -> Clip:
        """Mirrored left to right, or top to bottom."""
        return Clip.of(Flip(axis), self)

    # ── looks and layers ──────────────────────────────────────────────────────────────────────────────────

    def fade_in(self, duration: TimeLike = 1, colour: str = "black") -> Clip:
        """Picture from `colour` and sound from silence, over `duration` seconds."""
        return Clip.of(FadeIn(seconds(duration), colour), self)

    def fade_out(self, duration: TimeLike = 1, colour: str = "black") -> Clip:
        """Picture to `colour` and sound to silence, over the last `duration` seconds."""
        return Clip.of(FadeOut(seconds(duration), colour), self)

    def dissolve(self, other: Clip, duration: TimeLike = 1) -> Clip:
        """Then the other clip, the two melting into each other for `duration` seconds."""
        return Clip.of(Dissolve(seconds(duration)), self, other)

    def overlay(self, other: Clip, at: TimeLike = 0, *, anchor: Anchor = "center", x: int = 0, y: int = 0,
                opacity: float = 1.0, width: int | None = None, height: int | None = None) -> Clip:  # fmt: skip
        """Another clip on top, from `at` for as long as it lasts; scaled first when `width` or `height` is given."""
        top = other if width is None and height is None else other.resize(width, height)
        return Clip.of(Overlay(seconds(at), anchor, x, y, float(opacity)), self, top)

    def title(self, text: str, at: TimeLike = 0, for_: TimeLike | None = None, *, font: str | None = None,
              size: int | None = None, colour: str = "white", anchor: Anchor = "bottom", bold: bool = True,
              italic: bool = False, shadow: bool = True, fade: TimeLike = 0) -> Clip:  # fmt: skip
        """Words over the picture from `at`, for `for_` seconds or to the end, fading in and out over `fade` seconds."""
        video, start, blend = need_video("title", self.info), seconds(at), seconds(fade)
        if start >= self.duration or start < 0:
            raise BadTime(f"title: {figure(start)} s is not inside a clip of {figure(self.duration)} s.")
        length = self.duration - start if for_ is None else seconds(for_)
        words = Clip.of(
            Title(
                text,
                video.width,
                video.height,
                length,
                font,
                size,
                bold,
                italic,
                colour,
                anchor,
                shadow,
                video.rate or Fraction(30),
            )
        )
        if blend > 0:
            words = words.fade_in(blend).fade_out(blend)
        return self.overlay(words, start, anchor="top-left")

    # ── sound ─────────────────────────────────────────────────────────────────────────────────────────────

    def volume(self, db: float) -> Clip:
        """Louder (above 0) or quieter (below 0) by decibels."""
        return Clip.of(Volume(float(db)), self)

    def mute(self) -> Clip:
        """Without sound."""
        return self if self.info.audio is None else Clip.of(Mute(), self)

    def mix(self, other: Clip, at: TimeLike = 0, db: float = 0.0) -> Clip:
        """With the other clip's sound added from `at`, by `db` louder or quieter."""
        return Clip.of(Mix(seconds(at), float(db)), self, other)

    def replace_sound(self, other: Clip) -> Clip:
        """With the other clip's sound in place of its own."""
        return Clip.of(ReplaceSound(), self, other)

    def normalise(self, target: float = -16.0, peak: float = -1.0) -> Clip:
        """At a loudness of `target` LUFS (EBU R 128) with true peaks under `peak` dBTP."""
        return Clip.of(Normalise(float(target), float(peak)), self)

    # ── out ───────────────────────────────────────────────────────────────────────────────────────────────

    def write(self, path: str | os.PathLike[str], **options: Option) -> Path:
        """Compute the clip into a file; its suffix says the format. The options are those of `render.run.Options`."""
        return _renderer().write(self, Path(path), **options)

    def explain(self, path: str | os.PathLike[str] | None = None, **options: Option) -> str:
        """What `write` would do: what goes in, what comes out, what is converted, how long it takes."""
        return _renderer().explain(self, Path(path) if path is not None else None, **options)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the clip down as a recipe that `dreamreel.load` reads."""
        self.recipe.save(path)
        return Path(path)


def concat(clips: list[Clip] | tuple[Clip, ...], transition: Literal["cut", "dissolve"] = "cut",
           duration: TimeLike = 1) -> Clip:  # fmt: skip
    """Clips one after another, cut hard or with dissolves of `duration` seconds."""
    if not clips:
        raise BadParameter("concat: give at least one clip.")
    if transition == "dissolve":
        film = clips[0]
        for clip in clips[1:]:
            film = film.dissolve(clip, duration)
        return film
    flat = [part for clip in clips for part in _parts(clip)]
    return flat[0] if len(flat) == 1 else Clip.of(Concat(), *flat)


def _parts(clip: Clip) -> list[Clip]:
    """The clips of a plain concat, so that `a + b + c` is one node whichever way it is bracketed."""
    if clip.node.op != Concat.name:
        return [clip]
    infos = infer(clip.node)
    return [Clip(node, infos[node.digest]) for node in clip.node.inputs]
