"""`dreamreel waveform`: a picture of a sound."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from dreamreel.cli.help import Command, examples
from dreamreel.cli.options import Yes
from dreamreel.cli.sheet import PictureFile, picture_name, written

if TYPE_CHECKING:
    from dreamreel.analyse.waveform import Ground
    from dreamreel.time import Span

__all__ = ["add"]

_EXAMPLES = examples(
    "dreamreel waveform song.mp3 -o wave.png",
    "dreamreel waveform song.mp3 --theme none --plain --size 800x160 --colour teal",
    "dreamreel waveform party.mov --spectrum --start 0:10 --end 0:20",
)
_WAVE, _SPECTRUM = (1600, 360), (1600, 600)
_GROUNDS: Final[dict[str, Ground]] = {"dark": "dark", "light": "light", "none": "none"}


def add(root: typer.Typer) -> None:
    """Add the command to the application."""
    root.command("waveform", cls=Command, epilog=_EXAMPLES)(waveform)


def waveform(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A sound, or a video with sound.", show_default=False)
    ],
    output: PictureFile = None,
    spectrum: Annotated[
        bool, typer.Option("--spectrum", help="Draw pitches over time instead.", show_default=False)
    ] = False,
    size: Annotated[
        str | None,
        typer.Option(
            metavar="WxH",
            help="Width and height in pixels.",
            show_default="1600x360, or 1600x600 with --spectrum",
        ),
    ] = None,
    theme: Annotated[
        str, typer.Option(metavar="dark|light|none", help="The background; none is see-through, for PNG.")
    ] = "dark",
    colour: Annotated[
        str | None,
        typer.Option(metavar="COLOUR", help="Of the wave: a name or #rrggbb.", show_default="violet"),
    ] = None,
    split: Annotated[
        bool, typer.Option("--split", help="Draw each channel by itself.", show_default=False)
    ] = False,
    plain: Annotated[
        bool, typer.Option("--plain", help="Leave out times and marks.", show_default=False)
    ] = False,
    start: Annotated[
        str | None, typer.Option(metavar="TIME", help="Draw from here.", show_default="the beginning")
    ] = None,
    end: Annotated[
        str | None, typer.Option(metavar="TIME", help="Draw up to here.", show_default="the end")
    ] = None,
    yes: Yes = False,
) -> None:
    """Draw a sound: its waveform, or its spectrum over time."""
    from dreamreel.analyse.waveform import spectrogram
    from dreamreel.analyse.waveform import waveform as draw
    from dreamreel.errors import BadParameter
    from dreamreel.ops.geometry import rgba

    if theme not in _GROUNDS:
        raise BadParameter(f"{theme!r} is not a theme; choose dark, light or none.")
    wide, high = _size(size) if size else _SPECTRUM if spectrum else _WAVE
    span = _span(start, end)
    paint = rgba(colour) if colour else None
    target = picture_name(file, output, "spectrum" if spectrum else "waveform", ".png", yes)
    if spectrum:
        pixels = spectrogram(file, wide, high, _GROUNDS[theme], plain=plain, span=span)
    else:
        pixels = draw(file, wide, high, _GROUNDS[theme], colour=paint, split=split, plain=plain, span=span)
    written(target, pixels if theme == "none" else pixels[:, :, :3])


def _size(text: str) -> tuple[int, int]:
    from dreamreel.errors import BadSize

    wide, mark, high = text.lower().replace("×", "x").partition("x")
    if not (mark and wide.isascii() and wide.isdigit() and high.isascii() and high.isdigit()):
        raise BadSize(f"{text!r} is not a size; write width and height such as 1600x360.")
    return int(wide[:6]), int(high[:6])


def _span(start: str | None, end: str | None) -> Span | None:
    from dreamreel.errors import BadTime
    from dreamreel.time import Span, seconds

    if start is None and end is None:
        return None
    first = seconds(start) if start is not None else seconds(0)
    # As late as any file ends; it is cut to the file's length.
    last = seconds(end) if end is not None else first + 1_000_000
    if not 0 <= first < last:
        raise BadTime("the part to draw must end after it begins; choose --end after --start.")
    return Span(first, last)
