"""`dreamreel explain`: say what rendering a recipe, or making a file again, would do."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dreamreel.cli.output import data

__all__ = ["add"]


def add(root: typer.Typer) -> None:
    """Add the command to the application."""
    root.command("explain")(explain)


def explain(
    source: Annotated[Path, typer.Argument(help="A recipe, a file Dreamreel made, or any media file.", show_default=False)],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="What would be written; its suffix says the format.", show_default=False)] = None,
) -> None:
    """Say what goes in, what comes out, what is converted and what is left out. Nothing is computed."""
    from dreamreel.errors import NoRecipe
    from dreamreel.making import again, load, open

    if source.suffix == ".json":
        clip = load(source)
    else:
        try:
            clip = again(source)
        except NoRecipe:
            clip = open(source)
    data(clip.explain(output))
