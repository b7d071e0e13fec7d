"""`dreamreel repair`: a broken recording made whole."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dreamreel.cli.help import OUTPUT, Command, examples
from dreamreel.cli.options import DryRun, Json, Yes
from dreamreel.cli.output import aligned, data, say

if TYPE_CHECKING:
    from dreamreel.graph import JSON
    from dreamreel.media.repair import Diagnosis, Repair

__all__ = ["add"]

_EXAMPLES = examples(
    "dreamreel repair party.mp4",
    "dreamreel repair GOPR0042.MP4 --like GOPR0041.MP4",
    "dreamreel repair party.avi --dry-run",
)


def add(root: typer.Typer) -> None:
    """Add the command to the application."""
    root.command("repair", cls=Command, epilog=_EXAMPLES)(repair)


def repair(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A video or sound that does not play.", show_default=False)
    ],
    like: Annotated[
        Path | None,
        typer.Option(
            metavar="GOOD",
            help="A whole file of the same camera and settings, for a recording that lost its index.",
            show_default=False,
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help="The repaired file.", rich_help_panel=OUTPUT,
            show_default="FILE-repaired, beside it",
        ),
    ] = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:  # fmt: skip
    """Repair a file that is cut short, has lost its index, or has wrong lengths or times.

    Nothing is encoded again and the original stays as it is. What was rebuilt and what is lost is said; a file with
    nothing wrong is left alone.
    """
    from dreamreel.cli.run import may_replace
    from dreamreel.media.atomic import check_writable
    from dreamreel.media.mux import check_not_input
    from dreamreel.media.repair import check_like, diagnose, repaired_name
    from dreamreel.media.repair import repair as write

    found = diagnose(file)
    out = output or repaired_name(file)
    if found.fine or dry_run:
        _tell(found, file, as_json)
        return
    check_like(file, found, like)
    check_not_input(out, [file, *([like] if like else [])])
    check_writable(out)
    may_replace(out, yes)
    made = write(file, out, like, found)
    assert made is not None
    if as_json:
        data(_as_json(made))
        return
    for line in aligned(_rows(made)):
        say(line)
    data(str(out))


def _tell(found: Diagnosis, file: Path, as_json: bool) -> None:
    if as_json:
        troubles: list[JSON] = [{"kind": trouble.kind, "words": trouble.words} for trouble in found.troubles]
        data({"format": found.format, "fine": found.fine, "readable": found.readable, "troubles": troubles})
    elif found.fine:
        say(f"Nothing is wrong with {file.name}; nothing was written.")
    else:
        for line in aligned(("wrong", trouble.words) for trouble in found.troubles):
            data(line)
        if not found.readable:
            data("needs     a whole file of the same camera and settings: --like GOOD")


def _rows(made: Repair) -> list[tuple[str, str]]:
    from dreamreel.wording import plural

    rows = [("wrong", trouble.words) for trouble in made.troubles]
    rows += [("done", words) for words in made.done]
    rows += [("lost", words) for words in made.lost] or [("lost", "nothing")]
    plays = plural(made.pictures, "picture") if made.pictures else "the sound"
    return [*rows, ("checked", f"{float(made.seconds):.6g} s; {plays} decoded from beginning to end")]


def _as_json(made: Repair) -> dict[str, JSON]:
    return {
        "output": str(made.output), "troubles": [{"kind": t.kind, "words": t.words} for t in made.troubles],
        "done": list(made.done), "lost": list(made.lost), "seconds": str(made.seconds), "pictures": made.pictures,
        "undecodable": made.bad,
    }  # fmt: skip
