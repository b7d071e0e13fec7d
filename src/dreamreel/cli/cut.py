"""`dreamreel cut`: parts of a video or sound, without encoding more than the edges."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dreamreel.cli.help import OUTPUT, Command, examples
from dreamreel.cli.options import DryRun, JsonEvents, NoRecipe, Output, Yes

if TYPE_CHECKING:
    from fractions import Fraction

    from dreamreel.time import Span

__all__ = ["add", "span_of"]

_EXAMPLES = examples(
    "dreamreel cut party.mov 0:03-0:12 1:00-1:30 -o best.mov",
    "dreamreel cut party.mov 0:40-0:55 --remove",
    "dreamreel cut party.mov 5- --keyframes",
)


def add(root: typer.Typer) -> None:
    """Add the command to the application."""
    root.command("cut", cls=Command, epilog=_EXAMPLES)(cut)


def cut(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A video or sound.", show_default=False)],
    spans: Annotated[
        list[str],
        typer.Argument(
            metavar="SPAN…",
            help="From-to, such as 0:03-0:12 or 61.5-90; without the second time it goes on to the end.",
            show_default=False,
        ),
    ],
    output: Output = None,
    remove: Annotated[
        bool, typer.Option("--remove", help="Remove the spans and keep the rest.", show_default=False)
    ] = False,
    keyframes: Annotated[
        bool,
        typer.Option(
            "--keyframes",
            help="Encode nothing at all: each span grows to the key frame before it.",
            rich_help_panel=OUTPUT,
            show_default=False,
        ),
    ] = False,
    no_recipe: NoRecipe = False,
    dry_run: DryRun = False,
    as_json: JsonEvents = False,
    yes: Yes = False,
) -> None:
    """Cut parts out of a file, exactly to the picture, and put them one after another. Only the few pictures between
    a cut and the next key frame are encoded again; all others, the sound, subtitles and chapters are copied.
    """
    from dreamreel.cli.run import free_name, run
    from dreamreel.clip import concat
    from dreamreel.making import open as open_clip
    from dreamreel.render.cutting import cut_spans

    clip = open_clip(file)
    wanted = [span_of(text, clip.duration) for text in spans]
    kept = cut_spans(file, wanted, clip.duration, remove=remove, keyframes=keyframes)
    run(
        concat([clip[span.start : span.end] for span in kept]),
        output or free_name(f"{file.stem}-cut", file.suffix),
        as_json=as_json,
        dry_run=dry_run,
        yes=yes,
        recipe=not no_recipe,
    )


def span_of(text: str, duration: Fraction) -> Span:
    """A span such as `0:03-0:12`, `5-` or `-10`, within `duration` seconds. Raises `BadTime`."""
    from dreamreel.errors import BadTime
    from dreamreel.time import Span, seconds

    first, dash, second = text.strip().partition("-")
    if not dash:
        raise BadTime(f"{text!r} is not a span; write two times with a dash between them, such as 0:03-0:12.")
    start = seconds(first) if first.strip() else seconds(0)
    end = seconds(second) if second.strip() else duration
    if end <= start:
        raise BadTime(f"The span {text!r} ends before it starts; the file lasts {float(duration):.3f} s.")
    return Span(start, end)
