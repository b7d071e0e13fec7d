"""How clips begin: opening files, pictures, colours, titles, recipes, dreams."""

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from dreamreel.clip import Clip
from dreamreel.errors import BadParameter, InputMissing
from dreamreel.ops import load_recipe
from dreamreel.ops.source import ColourSource, FileSource, GradientSource, ImageSource, from_file
from dreamreel.ops.text import Title
from dreamreel.time import RateLike, TimeLike, frame_rate, seconds

if TYPE_CHECKING:
    from dreamreel.dream.storyboard import Storyboard
    from dreamreel.graph import Recipe

__all__ = ["again", "colour", "generate", "gradient", "image", "load", "open", "title"]

PathLike = str | os.PathLike[str]


def open(path: PathLike) -> Clip:  # noqa: A001 - the word of the contract, always written dreamreel.open
    """A video or sound file as a clip. A picture becomes a clip of 5 s; `image` takes other lengths.

    Raises `InputMissing`, `NotMedia`, `UnsafeMedia`, `DamagedMedia`.
    """
    return Clip.of(from_file(Path(path)))


def image(path: PathLike, duration: TimeLike = 5, rate: RateLike = 25) -> Clip:
    """A picture file held for `duration` seconds, upright, with its transparency. Raises as `open` does."""
    source = from_file(Path(path))
    if isinstance(source, FileSource):
        raise BadParameter(f"{Path(path).name} is not a picture; use open() for videos and sounds.")
    held = ImageSource(source.path, source.content, source.width, source.height, seconds(duration), source.alpha,
                       frame_rate(rate))  # fmt: skip
    return Clip.of(held)


def colour(name: str, width: int, height: int, duration: TimeLike = 5, rate: RateLike = 25) -> Clip:
    """One colour: a CSS name, `"#rrggbb"` or `"#rrggbbaa"`."""
    return Clip.of(ColourSource(name, width, height, seconds(duration), frame_rate(rate)))


def gradient(start: str, end: str, width: int, height: int, duration: TimeLike = 5, angle: int = 90,
             rate: RateLike = 25) -> Clip:  # fmt: skip
    """A straight blend between two colours at `angle` degrees: 0 from left to right, 90 downwards."""
    return Clip.of(GradientSource(start, end, width, height, seconds(duration), angle, frame_rate(rate)))


def title(text: str, width: int, height: int, duration: TimeLike = 3, *, background: str | None = "black",
          font: str | None = None, size: int | None = None, colour: str = "white", bold: bool = True,
          rate: RateLike = 25) -> Clip:  # fmt: skip
    """Words in the middle of a picture of their own; with `background` None on nothing, to lay over another clip."""
    words = Title(text, width, height, seconds(duration), font, size, bold, colour=colour, anchor="center",
                  shadow=False, rate=frame_rate(rate))  # fmt: skip
    if background is None:
        return Clip.of(words)
    ground = Clip.of(ColourSource(background, width, height, seconds(duration), frame_rate(rate)))
    return ground.overlay(Clip.of(words), Fraction(0), anchor="top-left")


def load(source: PathLike | Recipe) -> Clip:
    """The clip of a recipe: a saved file, or a `Recipe`. Raises `InputMissing`, `RecipeInvalid`."""
    if not isinstance(source, (str, os.PathLike)):
        return Clip.from_node(source.main)
    path = Path(source)
    try:
        text = path.read_bytes()
    except OSError as error:
        raise InputMissing(
            f"the recipe {path.name} cannot be read ({error.strerror}); check the name."
        ) from None
    return Clip.from_node(load_recipe(text).main)


def generate(photo: PathLike, dream: str = "", *, duration: TimeLike = 5, resolution: str = "720p",
             aspect: str = "photo", fps: RateLike = 24, seed: int = 0, look: str = "plush", camera: str = "auto",
             sound: PathLike = "lullaby", loop: bool = False, face: int | tuple[float, ...] | None = None,
             storyboard: Storyboard | None = None, engine: str = "dream") -> Clip:  # fmt: skip
    """A photo and a dream as a clip; `engines.Request` says what each option means.

    Raises `EmptyPrompt`, `BadDuration`, `BadSize`, `EngineMissing`, and what opening the photo raises.
    """
    from dreamreel.engines import Request, find_engine, request_times

    length, rate = request_times(seconds(duration), frame_rate(fps))
    request = Request(photo=Path(photo), dream=dream, storyboard=storyboard, resolution=resolution, aspect=aspect,
                      duration=length, fps=rate, seed=seed, look=look, camera=camera, sound=os.fspath(sound),
                      loop=loop, face=face, engine=engine)  # fmt: skip
    return find_engine(engine).generate(request).clip


def again(path: PathLike) -> Clip:
    """The clip that made a video, from the recipe inside it. Raises `NoRecipe`, `RecipeInvalid`."""
    from dreamreel.media.metadata import read_recipe

    return Clip.from_node(load_recipe(read_recipe(Path(path))).main)
