"""`dreamreel explain`: say what rendering a recipe, or making a file again, would do."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dreamreel.cli.help import Command, examples
from dreamreel.cli.output import data, say

if TYPE_CHECKING:
    from dreamreel.clip import Clip

__all__ = ["add"]

_EXAMPLES = examples(
    "dreamreel explain anna-dream.mp4",
    "dreamreel explain party.mov -o party.webm",
    "dreamreel explain anna-dream.mp4 --recipe > anna.recipe.json",
)


def add(root: typer.Typer) -> None:
    """Add the command to the application."""
    root.command("explain", cls=Command, epilog=_EXAMPLES)(explain)


def explain(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="A recipe, a file Dreamreel made, or any media file.", show_default=False
        ),
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help="What would be written; its suffix says the format.",
            show_default="an mp4",
        ),
    ] = None,
    recipe: Annotated[
        bool, typer.Option("--recipe", help="Print the recipe itself, as JSON.", show_default=False)
    ] = False,
) -> None:  # fmt: skip
    """Say what goes in, what comes out, what is converted and what is left out. Nothing is computed."""
    clip = _clip(source)
    data(clip.recipe.to_json() if recipe else clip.explain(output))


def _clip(source: Path) -> Clip:
    from dreamreel.errors import NoRecipe
    from dreamreel.making import again, load, open  # noqa: A004 - the word of the contract
    from dreamreel.media.probe import probe

    if source.suffix.lower() == ".json":
        return load(source)
    try:
        return again(source)
    except NoRecipe:
        clip = open(source)
        for note in probe(source).notes:
            say(f"{source.name}: {note}.")
        return clip
