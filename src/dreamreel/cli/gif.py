"""`dreamreel gif`: a small animation from a stretch of a film."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dreamreel.cli.convert import convert_file
from dreamreel.cli.convert_options import taking, wish_of
from dreamreel.cli.help import PICTURE, Command, examples
from dreamreel.cli.many import How
from dreamreel.cli.options import DryRun, JsonEvents, NoRecipe, Output, Yes

if TYPE_CHECKING:
    from fractions import Fraction

__all__ = ["add"]

_EXAMPLES = examples(
    "dreamreel gif party.mov --start 0:02 --for 3",
    "dreamreel gif party.mov -o party.webp --width 640 --fps 15",
)
_TAKEN = ("colours", "loop", "start", "crop", "rotate", "flip", "speed", "reverse", "watermark_text")


def add(root: typer.Typer) -> None:
    """Add the command to the application."""
    root.command("gif", cls=Command, epilog=_EXAMPLES)(gif)


@taking(*_TAKEN)
def gif(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The film.", show_default=False)],
    length: Annotated[
        str | None,
        typer.Option("--for", metavar="SECONDS", help="How long.", rich_help_panel="Time", show_default="to the end"),
    ] = None,
    width: Annotated[
        int, typer.Option(metavar="PIXELS", help="At most this wide.", rich_help_panel=PICTURE, min=16, max=4096)
    ] = 480,
    fps: Annotated[
        str, typer.Option(metavar="RATE", help="At most this many frames a second.", rich_help_panel=PICTURE)
    ] = "12",
    output: Output = None,
    no_recipe: NoRecipe = False,
    dry_run: DryRun = False,
    as_json: JsonEvents = False,
    yes: Yes = False,
    **said: object,
) -> None:  # fmt: skip
    """Make a GIF, or with -o an animated WebP or PNG, of a film or a part of it."""
    from dreamreel.errors import BadParameter
    from dreamreel.media.formats import output_format

    out = output or _free(file)
    if output_format(out).kind != "animation":
        raise BadParameter(
            f"{out.name} is not an animation; name a .gif, .webp or .png with -o, or use convert."
        )
    wish = wish_of(said, max_width=width, max_rate=fps, audio="none")
    if length is not None:
        wish = wish_of(said, max_width=width, max_rate=fps, audio="none", end=_end(file, wish.start, length))
    convert_file(wish, file, out, How(recipe=not no_recipe, dry_run=dry_run, as_json=as_json, yes=yes))


def _free(file: Path) -> Path:
    from dreamreel.cli.run import free_name

    return free_name(file.stem, ".gif")


def _end(file: Path, start: Fraction | None, length: str) -> Fraction:
    """Where a stretch of that length ends; no later than the film does."""
    from dreamreel.media.probe import probe
    from dreamreel.time import seconds

    whole = probe(file).duration
    begin = seconds(start or 0)
    begin = begin + whole if begin < 0 else begin
    return min(whole, begin + seconds(length))
