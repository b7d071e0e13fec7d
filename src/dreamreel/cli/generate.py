"""`dreamreel generate`: a photo and a dream become a video."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dreamreel.cli.output import data, say
from dreamreel.cli.run import run

if TYPE_CHECKING:
    from dreamreel.dream.storyboard import Storyboard

__all__ = ["add"]


def add(root: typer.Typer) -> None:
    """Add the command to the application."""
    root.command("generate")(generate)


def generate(
    photo: Annotated[Path, typer.Argument(help="A photo of the sleeper.", show_default=False)],
    dream: Annotated[str, typer.Argument(help="The dream, in plain English.")] = "",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="The video; its suffix says the format. [default: the photo's name with -dream.mp4]", show_default=False)] = None,
    resolution: Annotated[str, typer.Option(help="The shorter side, 360p to 2160p, or a size such as 1280x720.")] = "720p",
    duration: Annotated[str, typer.Option(help="Seconds, 1 to 60.")] = "5",
    fps: Annotated[str, typer.Option(help="Frames per second.")] = "24",
    aspect: Annotated[str, typer.Option(help="photo, 16:9, 9:16, 1:1 or 4:5.")] = "photo",
    seed: Annotated[int, typer.Option(help="Another number stages the same dream differently.")] = 0,
    look: Annotated[str, typer.Option(help="plush, pastel, paper or glow.")] = "plush",
    camera: Annotated[str, typer.Option(help="auto, still, drift, push, pull, or into (opens the dream to the whole frame).")] = "auto",
    sound: Annotated[str, typer.Option(help="lullaby, ambience, none, or a sound file.")] = "lullaby",
    face: Annotated[str | None, typer.Option(help="Which face dreams (1, 2 …), or ten numbers x,y of right eye, left eye, nose, right and left mouth corner.", show_default=False)] = None,
    storyboard: Annotated[Path | None, typer.Option(help="A storyboard saved with `dreamreel storyboard --json`, instead of the dream.", show_default=False)] = None,
    engine: Annotated[str, typer.Option(help="See `dreamreel engines`.")] = "dream",
    loop: Annotated[bool, typer.Option("--loop", help="End where it began, so that it repeats without a seam.")] = False,
    no_recipe: Annotated[bool, typer.Option("--no-recipe", help="Do not write the dream's recipe into the file.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and stop.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print events as JSON, one a line.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask; replace an existing output.")] = False,
) -> None:
    """Turn a photo and a dream into a video."""
    from dreamreel.engines import Request, find_engine, request_times

    maker = find_engine(engine)
    length, rate = request_times(duration, fps)
    request = Request(
        photo=photo,
        dream=dream,
        storyboard=_read(storyboard) if storyboard else None,
        resolution=resolution,
        aspect=aspect,
        duration=length,
        fps=rate,
        seed=seed,
        look=look,
        camera=camera,
        sound=sound,
        loop=loop,
        face=_face(face),
        engine=engine,
    )
    made = maker.generate(request)
    board = made.storyboard
    if as_json:
        data({"event": "storyboard", **board.model_dump(mode="json")})
    else:
        for word in board.not_understood:
            say(f"Not understood: “{word}”.")
        for note in made.notes:
            say(note)
    run(made.clip, output or _beside(photo), as_json=as_json, dry_run=dry_run, yes=yes, recipe=not no_recipe)


def _beside(photo: Path) -> Path:
    """A name in the current folder that no file has yet."""
    first = Path(f"{photo.stem}-dream.mp4")
    return next((p for p in (first, *(Path(f"{photo.stem}-dream-{n}.mp4") for n in range(2, 1000))) if not p.exists()), first)


def _face(text: str | None) -> int | tuple[float, ...] | None:
    from dreamreel.errors import BadParameter

    if text is None:
        return None
    try:
        return int(text) if text.strip().isdigit() else tuple(float(v) for v in text.split(","))
    except ValueError:
        raise BadParameter(f"--face {text!r} is neither a number nor ten numbers separated by commas.") from None


def _read(path: Path) -> Storyboard:
    from pydantic import ValidationError

    from dreamreel.dream.storyboard import Storyboard
    from dreamreel.errors import InputMissing, RecipeInvalid

    try:
        return Storyboard.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise InputMissing(f"{path.name} cannot be read ({error.strerror}); check the name.") from None
    except (ValueError, ValidationError) as error:
        reason = error.errors()[0]["msg"] if isinstance(error, ValidationError) else "it is not JSON"
        raise RecipeInvalid(f"{path.name} is not a storyboard ({reason}); make one with `dreamreel storyboard DREAM --json`.") from None
