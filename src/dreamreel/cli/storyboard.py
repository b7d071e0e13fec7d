"""`dreamreel storyboard`: show how a dream is understood, without drawing it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from dreamreel.cli.output import data, listing

if TYPE_CHECKING:
    from dreamreel.dream.storyboard import ActorCue, Storyboard

__all__ = ["add", "describe"]


def add(root: typer.Typer) -> None:
    """Add the command to the application."""
    root.command("storyboard")(storyboard)


def storyboard(
    dream: Annotated[str, typer.Argument(help="The dream, in plain English.", show_default=False)],
    as_json: Annotated[bool, typer.Option("--json", help="Print the storyboard as JSON; save it, edit it, and give it to generate --storyboard.")] = False,
) -> None:
    """Show how a dream is understood: setting, actors, what they do, and what was not understood."""
    from dreamreel.dream.prompt import read_prompt

    board = read_prompt(dream)
    if as_json:
        data(board.model_dump(mode="json"))
    else:
        for line in describe(board):
            data(line)


def describe(board: Storyboard) -> list[str]:
    """The storyboard in a few lines of plain English."""
    setting = board.setting
    place = f"{setting.kind.replace('_', ' ')}, {setting.time}" + ("" if setting.weather == "clear" else f", {setting.weather}")
    lines = [f"Setting   {place}"]
    lines += [f"{'Actors' if i == 0 else '':<10}{_cue(cue)}" for i, cue in enumerate(board.actors)]
    lines += [f"Mood      {board.mood}", f"Camera    {board.camera}"]
    if board.not_understood:
        from dreamreel.dream.prompt import suggest

        for word in board.not_understood:
            near = suggest(word)
            lines.append(f"Unknown   “{word}”" + (f"; near to it: {listing(near)}" if near else ""))
    lines += [f"Note      {note}" for note in board.notes]
    return lines


def _cue(cue: ActorCue) -> str:
    words = [str(cue.count)] if cue.count > 1 else []
    words += [cue.size] if cue.size != "normal" else []
    words += [cue.colour] if cue.colour else []
    words.append(cue.kind.replace("_", " "))
    words += [f"({cue.action})"] if cue.action else []
    words += [cue.relation, "the", cue.to.replace("_", " ")] if cue.to and cue.relation != "alone" else []
    return " ".join(words)
