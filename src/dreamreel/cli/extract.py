"""`dreamreel extract`: single tracks out of a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dreamreel.cli.help import Command, examples
from dreamreel.cli.options import Output, Yes
from dreamreel.cli.output import data

__all__ = ["add"]

_EXAMPLES = examples(
    "dreamreel extract film.mkv audio:2",
    "dreamreel extract film.mkv subtitle:deu -o film.srt",
    "dreamreel extract film.mkv all",
)


def add(root: typer.Typer) -> None:
    """Add the command to the application."""
    root.command("extract", cls=Command, epilog=_EXAMPLES)(extract)


def extract(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A video or sound.", show_default=False)],
    tracks: Annotated[
        list[str],
        typer.Argument(
            metavar="TRACK…",
            help="video, audio, subtitle, cover, attachment or data, with a number or language if there are several "
            "(audio:2, subtitle:deu); or all.",
            show_default=False,
        ),
    ],
    output: Output = None,
    yes: Yes = False,
) -> None:
    """Take tracks out of a file as they are, each into a file of its own: nothing is encoded."""
    from dreamreel.cli.run import may_replace
    from dreamreel.errors import UsageError
    from dreamreel.media import tracks as room
    from dreamreel.media.atomic import check_writable

    found = [track for wanted in tracks for track in room.find_tracks(file, wanted)]
    if output is not None and len(found) > 1:
        raise UsageError(f"{len(found)} tracks do not fit into {output.name}; name one, or leave out -o.")
    for track in found:
        named = Path(track.name).name if track.kind == "attachment" else ""
        usual = f"{file.stem}-{track.kind}-{track.number}{room.usual_suffix(track, file)}"
        out = output or Path(named or usual)
        check_writable(out)
        may_replace(out, yes)
        room.extract(file, track, out)
        data(str(out))
