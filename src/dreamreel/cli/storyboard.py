"""`dreamreel storyboard`: show how a dream is understood, without drawing it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

import typer

from dreamreel.cli.help import Command, examples
from dreamreel.cli.output import aligned, data

if TYPE_CHECKING:
    from dreamreel.dream.storyboard import Storyboard

__all__ = ["add", "describe"]

_EXAMPLES = examples(
    'dreamreel storyboard "a rocket flies to the moon with 3 pink sheep"',
    'dreamreel storyboard "a rocket flies to the moon" --json > dream.json',
    "dreamreel generate anna.jpg --storyboard dream.json",
)


def add(root: typer.Typer) -> None:
    """Add the command to the application."""
    root.command("storyboard", cls=Command, epilog=_EXAMPLES)(storyboard)


def storyboard(
    dream: Annotated[
        str, typer.Argument(metavar="DREAM", help="The dream, in plain English.", show_default=False)
    ],
    as_json: Annotated[
        bool,
        typer.Option(
            "--json",
            help="Print JSON: save it, edit it, and give it to generate as --storyboard.",
            show_default=False,
        ),
    ] = False,
) -> None:
    """Show how a dream is understood: where it plays, who is in it, and what was not understood."""
    from dreamreel.dream.prompt import read_prompt

    board = read_prompt(dream)
    if as_json:
        data(board.model_dump(mode="json"))
    else:
        for line in describe(board):
            data(line)


def describe(board: Storyboard) -> list[str]:
    """The storyboard in a few aligned lines of plain English."""
    from dreamreel.dream.telling import cast_line, place, unknown

    rows = [("setting", place(board.setting))]
    rows += [("actors" if i == 0 else "", cast_line(cue)) for i, cue in enumerate(board.actors)]
    rows += [("mood", board.mood), ("camera", board.camera), ("sleeper", _REACTIONS[board.reaction])]
    if board.palette:
        rows.append(("palette", board.palette))
    asides = [*unknown(board), *board.notes]
    rows += [("note" if i == 0 else "", text) for i, text in enumerate(asides)]
    return aligned(rows)


_REACTIONS: Final = {"smile": "smiles", "calm": "stays calm", "none": "only breathes"}
