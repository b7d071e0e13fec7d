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
import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol, cast

from dreamreel.errors import BadParameter, BadTime
from dreamreel.graph import Node, Recipe
from dreamreel.looks import Looks
from dreamreel.media.info import ClipInfo
from dreamreel.media.subtitles.look import Look, Place
from dreamreel.ops import infer, op_of
from dreamreel.ops.base import Op, need_audio, need_video
from dreamreel.ops.compose import ANCHORS, Anchor, Dissolve, Overlay
from dreamreel.ops.fade import FadeIn, FadeOut
from dreamreel.ops.geometry import Crop, Flip, Pad, Resize, Rotate
from dreamreel.ops.hearing import Channels, DenoiseSound, FadeSound, loudness_named
from dreamreel.ops.sound import Mix, Mute, Normalise, ReplaceSound, Volume
from dreamreel.ops.subtitles import captions_from, track_of
from dreamreel.ops.text import Title
from dreamreel.ops.time_ import Concat, Fps, Loop, Reverse, Speed, Trim
from dreamreel.time import RateLike, TimeLike, figure, frame_rate, seconds

if TYPE_CHECKING:
    from types import ModuleType

__all__ = ["Clip", "Option", "Renderer", "concat"]

Option = str | int | float | bool | None | Callable[..., None]
"""A value of `Clip.write`'s options; `render.run.Options` names them all."""


_REDUCTIONS = {"light": 8.0, "medium": 14.0, "strong": 22.0}
"""dB by which noise becomes quieter."""


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
class Clip(Looks):
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

    # ── fades and layers ──────────────────────────────────────────────────────────────────────────────────

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

    def subtitle(self, source: str | os.PathLike[str], *, font: str = "", size: float = 5.4, colour: str = "white",
                 outline: str = "black", bold: bool = False, box: bool = False, place: Place = "bottom",
                 encoding: str | None = None) -> Clip:  # fmt: skip
        """With the words of a subtitle file, or of `"track:2"`, the clip's second subtitle track, in the picture.

        Styles of ASS are drawn as they say; plain words take `font`, `size` (per cent of the picture's shorter side)
        and the rest. The cues become part of the clip. Raises what reading the file raises.
        """
        look = Look(font, float(size), colour, outline, bold, box, place)
        need_video("subtitle", self.info)
        if track := re.fullmatch(r"track:(\d{1,4})", str(source)):
            below = [self.node]
            while below[-1].inputs:
                below.append(below[-1].inputs[0])
            return Clip.of(track_of([op_of(node) for node in below], int(track[1]), look), self)
        return Clip.of(captions_from(Path(source), look, encoding), self)

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

    def watermark(self, path: str | os.PathLike[str], corner: Anchor = "bottom-right", *, size: float = 0.15,
                  opacity: float = 0.7, margin: float = 0.03) -> Clip:  # fmt: skip
        """A picture over the whole clip, `size` of its width wide, `margin` of its shorter side from the edges."""
        from dreamreel.ops.source import FileSource, ImageSource, from_file

        video = need_video("watermark", self.info)
        if not 0 < size <= 1 or not 0 <= margin < 0.5:
            raise BadParameter("watermark: choose a size above 0 and up to 1, and a margin of 0 to 0.5.")
        found = from_file(Path(path))
        if isinstance(found, FileSource):
            raise BadParameter(f"{Path(path).name} is not a picture; overlay() lays videos over a clip.")
        width = max(2, round(video.width * size / 2) * 2)
        mark = Clip.of(ImageSource(found.path, found.content, found.width, found.height, self.duration, found.alpha,
                                   video.rate or Fraction(25))).resize(width, video.height)  # fmt: skip
        x, y = _inwards(corner, round(min(video.width, video.height) * margin))
        return self.overlay(mark, anchor=corner, x=x, y=y, opacity=opacity)

    def watermark_text(self, text: str, corner: Anchor = "bottom-right", *, size: float = 0.04, opacity: float = 0.6,
                       colour: str = "white", font: str | None = None) -> Clip:  # fmt: skip
        """Words over the whole clip, letters `size` of its height high."""
        video = need_video("watermark", self.info)
        letters = max(4, round(video.height * size))
        words = Clip.of(Title(text, video.width, video.height, self.duration, font, letters, colour=colour,
                              anchor=corner, rate=video.rate or Fraction(25)))  # fmt: skip
        return self.overlay(words, anchor="top-left", opacity=opacity)

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

    def normalise(self, target: float | str = -16.0, peak: float | None = None) -> Clip:
        """At a loudness of `target` LUFS (EBU R 128) with true peaks under `peak` dBTP, −1 unless told.

        A name takes both from `ops.hearing.LOUDNESS`: ebu, streaming, podcast, apple, atsc, cinema …
        """
        if isinstance(target, str):
            row = loudness_named(target)
            return Clip.of(Normalise(row.target, row.peak if peak is None else float(peak)), self)
        return Clip.of(Normalise(float(target), -1.0 if peak is None else float(peak)), self)

    def channels(
        self, layout: str = "stereo", take: Literal["left", "right", "swap"] | tuple[int, ...] = ()
    ) -> Clip:
        """The sound as mono, stereo, 5.1 …, mixed by ITU-R BS.775; or made of chosen channels.

        `take` is `left`, `right` (that channel everywhere), `swap`, or for each new channel an old one's number from 0.
        """
        audio = need_audio("channels", self.info)
        if isinstance(take, str):
            chosen = {"left": (0,), "right": (1,), "swap": (1, 0)}.get(take)
            if chosen is None or (take != "left" and audio.channels < 2):
                raise BadParameter(
                    "channels: take left, right or swap of a sound with two channels, or numbers."
                )
            count = {"mono": 1}.get(layout, 2)
            take = chosen if take == "swap" else chosen * count
        op = Channels(layout, tuple(take))
        return self if not take and layout == audio.layout else Clip.of(op, self)

    def denoise_sound(self, strength: Literal["light", "medium", "strong"] | float = "medium",
                      floor: float | None = None) -> Clip:  # fmt: skip
        """With steady noise lowered by 8, 14 or 22 dB, or by so many dB.

        `floor` is how loud the noise is, dB of full scale; without it, it is measured in the file now.
        """
        need_audio("denoise sound", self.info)
        if isinstance(strength, str) and strength not in _REDUCTIONS:
            raise BadParameter(
                f"denoise sound: {strength!r} is no strength; choose {', '.join(_REDUCTIONS)} or dB."
            )
        reduction = _REDUCTIONS[strength] if isinstance(strength, str) else float(strength)
        if floor is not None:
            return Clip.of(DenoiseSound(reduction, float(floor)), self)
        from dreamreel.ops.found import denoise_for

        return Clip.of(denoise_for(self.node, reduction), self)

    def fade_sound(self, start: TimeLike = 0, end: TimeLike = 0) -> Clip:
        """The sound alone from silence over the first `start` seconds, and to silence over the last `end` seconds."""
        return Clip.of(FadeSound(seconds(start), seconds(end)), self)

    def trim_silence(self, where: Literal["ends", "all"] = "ends", *, threshold: float | None = None,
                     shortest: TimeLike = Fraction(1, 2), padding: TimeLike = Fraction(1, 10)) -> Clip:  # fmt: skip
        """Without the silence at both ends, or with `all` without every silence of at least `shortest` seconds.

        `threshold` is in dB of full scale, found by itself when not given; `padding` seconds are left around sound. The
        clip must be (a part of) a file, which is listened to now.
        """
        from dreamreel.ops.found import loud_parts

        need_audio("trim silence", self.info)
        parts = loud_parts(self.node, threshold, seconds(shortest), seconds(padding))
        if where == "ends":
            return self[parts[0].start : parts[-1].end]
        return concat([self[part.start : part.end] for part in parts])

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


def _inwards(corner: Anchor, margin: int) -> tuple[int, int]:
    """What moves a layer at an anchor `margin` pixels away from the edges it touches."""
    across, down = ANCHORS[corner]
    return margin * (1 - across), margin * (1 - down)


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
