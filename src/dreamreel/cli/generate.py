"""`dreamreel generate`: a photo and a dream become a video."""

from __future__ import annotations

from contextlib import ExitStack
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
from dreamreel.cli.wish import face_of, seed_of, storyboard_of

if TYPE_CHECKING:
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
        photo=photo, dream=dream, storyboard=storyboard_of(storyboard) if storyboard else None, resolution=resolution,
        aspect=aspect, duration=length, fps=rate, seed=seed_of(seed), look=look, camera=camera, sound=sound, loop=loop,
        face=face_of(face), engine=engine,
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
