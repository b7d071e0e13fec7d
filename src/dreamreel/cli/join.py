"""`dreamreel join`: files one after another, without encoding where they are alike."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dreamreel.cli.help import OUTPUT, Command, examples
from dreamreel.cli.options import DryRun, JsonEvents, NoRecipe, Output, Yes

if TYPE_CHECKING:
    from dreamreel.clip import Clip

__all__ = ["add"]

_EXAMPLES = examples(
    "dreamreel join day1.mp4 day2.mp4 day3.mp4 -o trip.mp4",
    "dreamreel join film.mp4 --sound mixed.wav -o film-mixed.mp4",
)


def add(root: typer.Typer) -> None:
    """Add the command to the application."""
    root.command("join", cls=Command, epilog=_EXAMPLES)(join)


def join(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE…", help="Videos or sounds, in their order.", show_default=False),
    ],
    output: Output = None,
    sound: Annotated[
        Path | None,
        typer.Option(
            "--sound", metavar="FILE", help="Put this sound in place of theirs.", show_default=False
        ),
    ] = None,
    copy: Annotated[
        bool,
        typer.Option(
            "--copy",
            help="Refuse files whose pictures would have to be encoded.",
            rich_help_panel=OUTPUT,
            show_default=False,
        ),
    ] = False,
    no_recipe: NoRecipe = False,
    dry_run: DryRun = False,
    as_json: JsonEvents = False,
    yes: Yes = False,
) -> None:
    """Put files one after another. Files that were encoded alike are copied, whole and without a loss; others are
    brought to the size, rate and colours of the first.
    """
    from dreamreel.cli.run import free_name, run
    from dreamreel.clip import concat
    from dreamreel.making import open as open_clip
    from dreamreel.render.target import Target

    clip = concat([open_clip(file) for file in files])
    run(
        _with_sound(clip, sound) if sound else clip,
        output or free_name(f"{files[0].stem}-joined", files[0].suffix),
        target=Target(codec="copy" if copy else None),
        as_json=as_json,
        dry_run=dry_run,
        yes=yes,
        recipe=not no_recipe,
    )


def _with_sound(clip: Clip, sound: Path) -> Clip:
    from dreamreel.making import open as open_clip

    return clip.replace_sound(open_clip(sound))
