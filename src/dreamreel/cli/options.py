"""Options that several commands share, so that they read the same everywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dreamreel.cli.help import OUTPUT

__all__ = ["DryRun", "Json", "JsonEvents", "NoRecipe", "Output", "Yes"]

Output = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="The result; its suffix says the format: mp4, webm, mkv, mov, gif, webp …",
        rich_help_panel=OUTPUT,
        show_default="a new name in this folder",
    ),
]
DryRun = Annotated[
    bool,
    typer.Option(
        "--dry-run", help="Say what would be done, and stop.", rich_help_panel=OUTPUT, show_default=False
    ),
]
JsonEvents = Annotated[
    bool,
    typer.Option(
        "--json",
        help="Print events as JSON, one a line, instead of words.",
        rich_help_panel=OUTPUT,
        show_default=False,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.", show_default=False)]
Yes = Annotated[
    bool,
    typer.Option(
        "--yes",
        "-y",
        help="Replace an existing output without asking.",
        rich_help_panel=OUTPUT,
        show_default=False,
    ),
]
NoRecipe = Annotated[
    bool,
    typer.Option(
        "--no-recipe",
        help="Do not write the recipe into the file.",
        rich_help_panel=OUTPUT,
        show_default=False,
    ),
]
