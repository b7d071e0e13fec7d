"""`dreamreel again`: make a video once more from the recipe it carries."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dreamreel.cli.run import run

__all__ = ["add"]


def add(root: typer.Typer) -> None:
    """Add the command to the application."""
    root.command("again")(again)


def again(
    file: Annotated[Path, typer.Argument(help="Something Dreamreel made.", show_default=False)],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="The result. [default: the file's name with -again]", show_default=False)] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and stop.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print events as JSON, one a line.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask; replace an existing output.")] = False,
) -> None:
    """Make a file again from the recipe inside it. The original photo must still be where it was, or beside the file."""
    from dreamreel.making import again as clip_of

    out = output or Path(f"{file.stem}-again{file.suffix}")
    run(clip_of(file), out, as_json=as_json, dry_run=dry_run, yes=yes)
