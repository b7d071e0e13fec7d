"""`dreamreel info`: what media files hold."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dreamreel.cli.help import Command, examples
from dreamreel.cli.options import Json
from dreamreel.cli.output import aligned, complain, data

if TYPE_CHECKING:
    from dreamreel.cli.told import Row
    from dreamreel.media.details import Details

__all__ = ["add"]

_EXAMPLES = examples(
    "dreamreel info anna-dream.mp4", "dreamreel info party.mov --json", "dreamreel info *.mkv --track 1"
)


_COLUMN = 12
"""Where the second column begins."""


def add(root: typer.Typer) -> None:
    """Add the command to the application."""
    root.command("info", cls=Command, epilog=_EXAMPLES)(info)


def info(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE…", help="Videos, sounds or pictures.", show_default=False),
    ],
    track: Annotated[
        int | None,
        typer.Option(
            metavar="NUMBER", help="Only this track, as numbered in the output.", show_default="all of them"
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Show what files hold: tracks, lengths, colour, HDR, key frames, tags, chapters, protection, recipe.

    Nothing is decoded beyond a picture of each track, so that large files take no longer than small ones.
    """
    from dreamreel.errors import DreamreelError
    from dreamreel.media.details import describe

    failed = 0
    for number, file in enumerate(files):
        try:
            told = describe(file)
            if track is not None:
                told = _only(told, track)
        except DreamreelError as error:
            if len(files) == 1:
                raise
            complain(str(error))
            failed = failed or error.exit_code
            continue
        if as_json:
            data(told.as_json())
        else:
            data("\n".join(([""] if number else []) + _lines(told, file)))
    if failed:
        raise typer.Exit(failed)


def _lines(told: Details, file: Path) -> list[str]:
    from dreamreel.cli.told import rows, title

    return [title(told, file), *aligned(map(_indented, rows(told)), _COLUMN)]


def _indented(row: Row) -> tuple[str, str]:
    return f"  {row[0]}", row[1]


def _only(told: Details, index: int) -> Details:
    """The details of one track. Raises `BadParameter`."""
    from dataclasses import replace

    from dreamreel.cli.told import track_names
    from dreamreel.errors import BadParameter

    found = told.file
    kept = replace(
        found,
        video=tuple(t for t in found.video if t.index == index),
        audio=tuple(t for t in found.audio if t.index == index),
        others=tuple(t for t in found.others if t.index == index),
    )
    if not (kept.video or kept.audio or kept.others):
        has = f"its tracks are {names}" if (names := track_names(told)) else "it has no tracks"
        raise BadParameter(f"{found.path.name} has no track {index}; {has}.")
    return replace(told, file=kept)
