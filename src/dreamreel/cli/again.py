"""`dreamreel again`: make a video once more from the recipe it carries."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dreamreel.cli.help import Command, examples
from dreamreel.cli.options import DryRun, JsonEvents, NoRecipe, Output, Yes
from dreamreel.cli.run import free_name, run

__all__ = ["add"]

_EXAMPLES = examples("dreamreel again anna-dream.mp4", "dreamreel again anna-dream.mp4 -o anna-dream.webm")


def add(root: typer.Typer) -> None:
    """Add the command to the application."""
    root.command("again", cls=Command, epilog=_EXAMPLES)(again)


def again(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="Something that Dreamreel made.", show_default=False)
    ],
    output: Output = None,
    no_recipe: NoRecipe = False,
    dry_run: DryRun = False,
    as_json: JsonEvents = False,
    yes: Yes = False,
) -> None:
    """Make a file once more from the recipe inside it, frame for frame the same.

    The original photo must be where it was, beside the file, or in this folder.
    """
    from dreamreel.making import again as clip_of

    clip = clip_of(file)
    out = output or free_name(f"{file.stem}-again", file.suffix)
    run(clip, out, as_json=as_json, dry_run=dry_run, yes=yes, recipe=not no_recipe)
