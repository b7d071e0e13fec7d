"""`dreamreel thumbnail`: one picture of a film."""

from __future__ import annotations

from typing import Annotated

import typer

from dreamreel.cli.help import Command, examples
from dreamreel.cli.options import Yes
from dreamreel.cli.sheet import Film, PictureFile, picture_name, written

__all__ = ["add"]

_EXAMPLES = examples(
    "dreamreel thumbnail party.mov",
    "dreamreel thumbnail party.mov --at 0:05 -o cake.png --width 1920",
)


def add(root: typer.Typer) -> None:
    """Add the command to the application."""
    root.command("thumbnail", cls=Command, epilog=_EXAMPLES)(thumbnail)


def thumbnail(
    file: Film,
    output: PictureFile = None,
    at: Annotated[
        str | None,
        typer.Option(
            metavar="TIME",
            help="When: seconds or a clock such as 1:02.5.",
            show_default="a sharp, well lit picture",
        ),
    ] = None,
    width: Annotated[
        int | None,
        typer.Option(
            metavar="PIXELS", help="16 to 8192.", show_default="640, or the film's own width with --at"
        ),
    ] = None,
    yes: Yes = False,
) -> None:
    """Take one picture out of a film: at a time, or the one that shows most."""
    from dreamreel.analyse.look import file_picture
    from dreamreel.analyse.sheets import thumbnail as take
    from dreamreel.time import seconds

    moment = None if at is None else seconds(at)
    target = picture_name(file, output, "thumbnail", ".jpg", yes)
    own = file_picture(file, "a thumbnail").track if width is None and moment is not None else None
    wide = width or (min(8192, max(16, round(own.width * own.sar))) if own else 640)
    written(target, take(file, moment, wide).pixels)
