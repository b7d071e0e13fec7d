"""`dreamreel render`: compute a saved recipe."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dreamreel.cli.help import Command, examples
from dreamreel.cli.options import DryRun, JsonEvents, NoRecipe, Output, Yes
from dreamreel.cli.run import free_name, run

__all__ = ["add"]

_EXAMPLES = examples(
    "dreamreel explain film.mp4 --recipe > film.recipe.json",
    "dreamreel render film.recipe.json -o film.webm",
)


def add(root: typer.Typer) -> None:
    """Add the command to the application."""
    root.command("render", cls=Command, epilog=_EXAMPLES)(render)


def render(
    recipe: Annotated[
        Path,
        typer.Argument(
            metavar="RECIPE",
            help="A recipe saved with `Clip.save` or `dreamreel explain --recipe`.",
            show_default=False,
        ),
    ],
    output: Output = None,
    no_recipe: NoRecipe = False,
    dry_run: DryRun = False,
    as_json: JsonEvents = False,
    yes: Yes = False,
) -> None:
    """Compute a saved recipe into a file."""
    from dreamreel.making import load

    name = recipe.name.removesuffix(".json").removesuffix(".recipe")
    clip = load(recipe)
    suffix = ".mp4" if clip.info.video else ".m4a"
    run(
        clip,
        output or free_name(name, suffix),
        as_json=as_json,
        dry_run=dry_run,
        yes=yes,
        recipe=not no_recipe,
    )
