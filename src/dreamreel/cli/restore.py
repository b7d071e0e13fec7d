"""`dreamreel restore`: a studio from a backup."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dreamreel.cli.help import Command, examples
from dreamreel.cli.options import Json
from dreamreel.cli.output import bytes_bar, data, say
from dreamreel.wording import plural, size_text

__all__ = ["add"]

_EXAMPLES = examples("dreamreel restore studio.tar", "dreamreel restore studio.tar --replace")


def add(root: typer.Typer) -> None:
    """Add the command to the application."""
    root.command("restore", cls=Command, epilog=_EXAMPLES)(restore)


def restore(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="What `dreamreel backup` wrote.", show_default=False)
    ],
    replace: Annotated[
        bool,
        typer.Option(
            "--replace", help="Move a studio that is there already aside; it is kept.", show_default=False
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    """Put a backup in the place of the studio's data folder: all of it, or nothing. No studio may be running."""
    from dreamreel.studio.backup import restore as put_back
    from dreamreel.studio.config import Folders, data_folder

    folders = Folders(data_folder())
    with bytes_bar(file.name) as progress:
        done = put_back(file, folders, replace, progress)
    kept = str(done.kept) if done.kept else None
    if as_json:
        data({"path": str(folders.root), "files": done.files, "bytes": done.bytes, "kept": kept})
        return
    say(f"{plural(done.files, 'file')}, {size_text(done.bytes)} restored to:")
    data(str(folders.root))
    if kept:
        say(f"The studio that was there before is in {kept}.")
