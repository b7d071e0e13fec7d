"""`dreamreel generate`: a photo and a dream become a video."""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from dreamreel.cli.help import Command, examples
from dreamreel.cli.options import (
    Aspect,
    CameraName,
    DryRun,
    Duration,
    EngineName,
    FacePlace,
    Fps,
    JsonEvents,
    LookName,
    Loop,
    NoRecipe,
    Output,
    Photo,
    Resolution,
    Seed,
    Sound,
    StoryboardFile,
    Words,
    Yes,
)
from dreamreel.cli.output import data, say
from dreamreel.cli.run import free_name, run

if TYPE_CHECKING:
    from dreamreel.dream.storyboard import Storyboard
    from dreamreel.engines import Dream, Request

__all__ = ["add"]

_EXAMPLES = examples(
    'dreamreel generate anna.jpg "flying over the sea with three sheep"',
    'dreamreel generate anna.jpg "a train through candy land" -o anna.webm',
    'dreamreel generate anna.jpg "a blue whale" --aspect 9:16 --duration 10',
    'dreamreel generate anna.jpg "a rocket to the moon" --seed 7 --look paper',
    "dreamreel generate anna.jpg --storyboard dream.json --dry-run",
)


def add(root: typer.Typer) -> None:
    """Add the command to the application."""
    root.command("generate", cls=Command, epilog=_EXAMPLES)(generate)


def generate(
    photo: Photo,
    dream: Words = "",
    resolution: Resolution = "720p",
    aspect: Aspect = "photo",
    duration: Duration = "5",
    fps: Fps = "24",
    loop: Loop = False,
    seed: Seed = "0",
    look: LookName = "plush",
    camera: CameraName = "auto",
    sound: Sound = "lullaby",
    face: FacePlace = None,
    storyboard: StoryboardFile = None,
    engine: EngineName = "dream",
    output: Output = None,
    no_recipe: NoRecipe = False,
    dry_run: DryRun = False,
    as_json: JsonEvents = False,
    yes: Yes = False,
) -> None:
    """Turn a photo and a dream into a video.

    The sleeper breathes and smiles, a cloud grows, and in it the dream plays. Same request, same video.
    """
    from dreamreel.dream.telling import sentence
    from dreamreel.engines import Request, find_engine, request_times
    from dreamreel.errors import BadParameter
    from dreamreel.render.spare import spare_workers

    if storyboard is not None and dream.strip():
        raise BadParameter("Give the dream in words or as --storyboard, not both.")
    maker = find_engine(engine)
    length, rate = request_times(duration, fps)
    request = Request(
        photo=photo, dream=dream, storyboard=_read(storyboard) if storyboard else None, resolution=resolution,
        aspect=aspect, duration=length, fps=rate, seed=_seed(seed), look=look, camera=camera, sound=sound, loop=loop,
        face=_face(face), engine=engine,
    )  # fmt: skip
    with ExitStack() as until_done:
        # While the photo is looked at, the processes that will draw load their libraries.
        spare = None if dry_run else until_done.enter_context(spare_workers())
        made = maker.generate(request)
        _tell(made, request, as_json)
        run(made.clip, output or free_name(f"{photo.stem}-dream", ".mp4"), as_json=as_json, dry_run=dry_run, yes=yes,
            recipe=not no_recipe, dream=sentence(made.storyboard), spare=spare)  # fmt: skip


def _tell(made: Dream, request: Request, as_json: bool) -> None:
    """How the dream was understood, and what was chosen on the user's behalf."""
    from dreamreel.dream.telling import unknown

    board = made.storyboard
    if as_json:
        data(
            {
                "event": "storyboard",
                **board.model_dump(mode="json"),
                "seed": request.seed,
                "notes": list(made.notes),
            }
        )
        return
    for line in (*unknown(board), *made.notes):
        say(f"{line[0].upper()}{line[1:]}".rstrip(".") + ".")


def _seed(text: str) -> int:
    from dreamreel.errors import BadParameter

    if not text.strip().removeprefix("-").isdecimal() or len(text) > 18:
        raise BadParameter(f"--seed {text!r} is not a whole number; choose any, such as 7.")
    return int(text)


def _face(text: str | None) -> int | tuple[float, ...] | None:
    from dreamreel.errors import BadParameter

    if text is None:
        return None
    try:
        return int(text) if text.strip().isdecimal() else tuple(float(value) for value in text.split(","))
    except ValueError:
        raise BadParameter(
            f"--face {text!r} is neither the number of a face nor ten numbers separated by commas."
        ) from None


def _read(path: Path) -> Storyboard:
    from pydantic import ValidationError

    from dreamreel.dream.storyboard import Storyboard
    from dreamreel.errors import InputMissing, RecipeInvalid

    way = "make one with `dreamreel storyboard DREAM --json`."
    try:
        return Storyboard.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise InputMissing(f"{path.name} cannot be read ({error.strerror}); check the name.") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise RecipeInvalid(f"{path.name} is not a storyboard ({where}: {first['msg']}); {way}") from None
    except (ValueError, RecursionError):
        raise RecipeInvalid(f"{path.name} is not a storyboard (it is not JSON); {way}") from None
