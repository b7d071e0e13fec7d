"""`dreamreel storyboard`: show how a dream is understood, without drawing it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

import typer

from dreamreel.cli.help import Command, examples
from dreamreel.cli.output import aligned, data, listing

if TYPE_CHECKING:
    from dreamreel.dream.storyboard import ActorCue, SettingCue, Storyboard

__all__ = ["add", "describe", "sentence", "unknown"]

_EXAMPLES = examples(
    'dreamreel storyboard "a rocket flies to the moon with 3 pink sheep"',
    'dreamreel storyboard "a rocket flies to the moon" --json > dream.json',
    "dreamreel generate anna.jpg --storyboard dream.json",
)
_WEATHER: Final = {
    "clear": "", "cloudy": "under clouds", "rain": "in the rain", "snow": "in falling snow", "fog": "in the fog",
    "wind": "in the wind",
}  # fmt: skip
_TIME: Final = {"dawn": "at dawn", "day": "by day", "dusk": "at dusk", "night": "at night"}


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
    rows = [("setting", _place(board.setting))]
    rows += [("actors" if i == 0 else "", _cue(cue)) for i, cue in enumerate(board.actors)]
    rows += [("mood", board.mood), ("camera", board.camera), ("sleeper", _REACTIONS[board.reaction])]
    if board.palette:
        rows.append(("palette", board.palette))
    asides = [*unknown(board), *board.notes]
    rows += [("note" if i == 0 else "", text) for i, text in enumerate(asides)]
    return aligned(rows)


def sentence(board: Storyboard) -> str:
    """The storyboard in one line: `night sky at night: 3 pink sheep flying over the sea, a moon`."""
    actors = ", ".join(_cue(cue) for cue in board.actors)
    return f"{_place(board.setting)}{': ' if actors else ''}{actors}"


def unknown(board: Storyboard) -> list[str]:
    """A sentence for each word that could not be placed, with what is near to it."""
    from dreamreel.dream.prompt import suggest

    lines: list[str] = []
    for word in board.not_understood:
        near = suggest(word)
        lines.append(f"“{word}” was not understood" + (f"; near to it: {listing(near)}." if near else "."))
    return lines


_REACTIONS: Final = {"smile": "smiles", "calm": "stays calm", "none": "only breathes"}


def _place(setting: SettingCue) -> str:
    words = [setting.kind.replace("_", " "), _TIME[setting.time], _WEATHER[setting.weather]]
    return " ".join(word for word in words if word)


def _cue(cue: ActorCue) -> str:
    """`3 big pink sheep flying over the sea`."""
    from dreamreel.dream.lexicon.morphology import plurals

    noun = cue.kind.replace("_", " ")
    words = [
        str(cue.count) if cue.count > 1 else "",
        cue.size if cue.size != "normal" else "",
        cue.colour or "",
    ]
    words.append(noun if cue.count == 1 else plurals(noun)[0])
    words.append(_doing(cue.action) if cue.action else "")
    if cue.to and cue.relation != "alone":
        words += [cue.relation, "the", cue.to.replace("_", " ")]
    text = " ".join(word for word in words if word)
    if cue.count == 1:
        text = f"{'an' if text[0] in 'aeiou' and not text.startswith('uni') else 'a'} {text}"
    return text


def _doing(action: str) -> str:
    """The action as it goes on: running, dancing, flying."""
    from dreamreel.dream.lexicon.morphology import verb_forms

    return verb_forms(action.replace("_", " "))[3][0]
