"""`dreamreel render`: compute a saved recipe."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dreamreel.cli.run import run

__all__ = ["add"]


def add(root: typer.Typer) -> None:
    """Add the command to the application."""
    root.command("render")(render)


def render(
    recipe: Annotated[Path, typer.Argument(help="A recipe saved with `Clip.save`, or a storyboard's recipe.", show_default=False)],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="The result; its suffix says the format. [default: the recipe's name with .mp4]", show_default=False)] = None,
    no_recipe: Annotated[bool, typer.Option("--no-recipe", help="Do not write the recipe into the file.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and stop.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print events as JSON, one a line.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask; replace an existing output.")] = False,
) -> None:
    """Compute a recipe into a file."""
    from dreamreel.making import load

    name = recipe.name.removesuffix(".json").removesuffix(".recipe")
    run(load(recipe), output or Path(f"{name}.mp4"), as_json=as_json, dry_run=dry_run, yes=yes, recipe=not no_recipe)
