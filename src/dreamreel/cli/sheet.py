"""`dreamreel sheet` and what it shares with `thumbnail` and `waveform`: a picture of a file, written beside it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dreamreel.cli.help import OUTPUT, Command, examples
from dreamreel.cli.options import Yes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Film", "PictureFile", "add", "picture_name", "written"]

_EXAMPLES = examples(
    "dreamreel sheet party.mov",
    "dreamreel sheet party.mov -o sheet.jpg --columns 5 --rows 6",
    "dreamreel sheet party.mov --theme light --width 2400",
)

Film = Annotated[Path, typer.Argument(metavar="FILE", help="A video.", show_default=False)]
PictureFile = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="The picture, PNG or JPEG by its suffix.",
        rich_help_panel=OUTPUT,
        show_default="a new name in this folder",
    ),
]


def add(root: typer.Typer) -> None:
    """Add the command to the application."""
    root.command("sheet", cls=Command, epilog=_EXAMPLES)(sheet)


def sheet(
    file: Film,
    output: PictureFile = None,
    columns: Annotated[int, typer.Option(metavar="NUMBER", help="Pictures side by side, 1 to 40.")] = 4,
    rows: Annotated[int, typer.Option(metavar="NUMBER", help="Pictures one below the other, 1 to 40.")] = 4,
    width: Annotated[int, typer.Option(metavar="PIXELS", help="Of the whole sheet, 320 to 8192.")] = 1600,
    theme: Annotated[str, typer.Option(metavar="dark|light", help="The colours of the sheet.")] = "dark",
    yes: Yes = False,
) -> None:
    """Draw a contact sheet: pictures from all over a film with their times, and what the film is."""
    from dreamreel.analyse.sheets import sheet as make
    from dreamreel.errors import BadParameter

    if theme not in ("dark", "light"):
        raise BadParameter(f"{theme!r} is not a theme; choose dark or light.")
    target = picture_name(file, output, "sheet", ".jpg", yes)
    written(target, make(file, columns, rows, width, theme))


def picture_name(file: Path, output: Path | None, what: str, suffix: str, yes: bool) -> Path:
    """Where the picture goes: `output`, else `party-sheet.jpg`. Raises before any work when it cannot be written."""
    from dreamreel.cli.run import free_name, may_replace
    from dreamreel.errors import BadParameter
    from dreamreel.media.atomic import check_writable
    from dreamreel.media.formats import output_format
    from dreamreel.media.mux import check_not_input

    target = output or free_name(f"{file.stem}-{what}", suffix)
    if output_format(target).kind != "picture":
        raise BadParameter(f"{target.name} is not a picture; choose a name that ends in .png or .jpg.")
    check_not_input(target, [file])
    check_writable(target)
    may_replace(target, yes)
    return target


def written(target: Path, pixels: NDArray[np.uint8]) -> None:
    """Write the picture and say where it is."""
    from dreamreel.cli.output import data
    from dreamreel.media.images import save_image

    save_image(target, pixels)
    data(str(target))
