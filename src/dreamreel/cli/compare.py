"""`dreamreel compare`: how close a file is to the one it was made from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dreamreel.cli.help import Command, examples
from dreamreel.cli.options import Json
from dreamreel.cli.output import aligned, bytes_bar, data, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dreamreel.graph import JSON
    from dreamreel.render.compare import Comparison

__all__ = ["add"]

_EXAMPLES = examples(
    "dreamreel compare party.mov party.mp4",
    "dreamreel compare party.mov party.mp4 --plot quality.png --worst 5 --picture worst.png",
    "dreamreel compare party.mov party.mp4 --at-least 75 --json",
)
_DIGITS = {"quality": 1, "xpsnr": 2, "ssim": 4, "psnr": 2}
_WORDS = {"quality": "quality", "xpsnr": "XPSNR dB", "ssim": "SSIM", "psnr": "PSNR dB"}


def add(root: typer.Typer) -> None:
    """Add the command to the application."""
    root.command("compare", cls=Command, epilog=_EXAMPLES)(compare)


_Reference = Annotated[Path, typer.Argument(metavar="REFERENCE", help="The original.", show_default=False)]
_Other = Annotated[Path, typer.Argument(metavar="OTHER", help="What was made of it.", show_default=False)]
_Plot = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Draw every frame's quality to a .png or .svg.", show_default=False),
]
_Worst = Annotated[
    int, typer.Option(metavar="COUNT", help="Name so many of the worst frames, 0 to 100.", min=0, max=100)
]
_Picture = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Write the worst frames side by side to a .png.", show_default=False),
]
_Offset = Annotated[
    str,
    typer.Option(
        metavar="SECONDS", help="How much later OTHER shows the same picture; auto finds out, up to 3 s."
    ),
]
_From = Annotated[str, typer.Option("--from", metavar="TIME", help="Where in REFERENCE to begin.")]
_To = Annotated[
    str | None,
    typer.Option("--to", metavar="TIME", help="Where in REFERENCE to end.", show_default="its end"),
]
_AtLeast = Annotated[
    float | None,
    typer.Option(
        metavar="QUALITY", help="Fail with exit code 1 when the mean quality is lower.", show_default=False
    ),
]


def compare(
    reference: _Reference, other: _Other, plot: _Plot = None, worst: _Worst = 3, picture: _Picture = None,
    offset: _Offset = "auto", start: _From = "0", end: _To = None, at_least: _AtLeast = None, as_json: Json = False,
) -> None:  # fmt: skip
    """Measure OTHER against REFERENCE frame by frame: quality 0–100, XPSNR, SSIM and PSNR.

    Frames meet by time; another size is scaled to the reference's. Quality 90 looks like the original, 75 is good, 50
    is small and shows it.
    """
    from dreamreel.errors import RenderFailed
    from dreamreel.media.mux import check_not_input
    from dreamreel.render.compare import compare as measure
    from dreamreel.time import Span, seconds

    for made in (plot, picture):
        if made is not None:
            check_not_input(made, [reference, other])
    shift = None if offset == "auto" else seconds(offset)
    span = Span(seconds(start), seconds(end if end is not None else "1e6"))
    with bytes_bar("Comparing", unit=str) as tell:
        result = measure(reference, other, offset=shift, span=span, told=tell)
    if plot is not None:
        from dreamreel.render.charts import write_chart

        write_chart(result, (reference.name, other.name), plot)
    if picture is not None:
        from dreamreel.render.charts import write_worst

        write_worst(result, (reference, other), max(1, worst), picture)
    if as_json:
        data(_as_json(result, reference, other, worst))
    else:
        _show(result, reference, other, worst)
        for made in (plot, picture):
            if made is not None:
                say(f"Drawn: {made}")
    quality = result.pooled("quality").mean
    if at_least is not None and quality < at_least:
        raise RenderFailed(
            f"{other.name} comes to quality {quality:.1f}, less than the {at_least:g} asked for."
        )


def _show(result: Comparison, reference: Path, other: Path, worst: int) -> None:
    data(f"{other.name} against {reference.name}: {len(result.frames)} frames")
    for line in aligned(_rows(result, worst)):
        data(line)


def _rows(result: Comparison, worst: int) -> Iterator[tuple[str, str]]:
    from dreamreel.render.compare import METRICS
    from dreamreel.time import timecode

    yield "", f"{'mean':>9}{'harmonic':>10}{'1 % below':>11}{'worst':>9}"
    for metric in METRICS:
        found, digits = result.pooled(metric), _DIGITS[metric]
        values = ((found.mean, 9), (found.harmonic, 10), (found.low, 11), (found.worst, 9))
        yield _WORDS[metric], "".join(f"{value:{wide}.{digits}f}" for value, wide in values)
    for number, frame in enumerate(result.worst(worst)):
        words = f"{frame.scores.quality:.1f} at {timecode(frame.time)}"
        yield "worst" if number == 0 else "", words
    yield from (("note", note) for note in result.notes)


def _as_json(result: Comparison, reference: Path, other: Path, worst: int) -> dict[str, JSON]:
    from dreamreel.render.compare import METRICS
    from dreamreel.time import fraction_text

    frames: list[JSON] = [
        {"time": fraction_text(frame.time),
         **{metric: round(frame.value(metric), 4) for metric in METRICS}} for frame in result.frames
    ]  # fmt: skip
    pooled: dict[str, JSON] = {metric: {**result.pooled(metric).as_json()} for metric in METRICS}
    lowest: list[JSON] = [
        {"time": fraction_text(frame.time), "quality": round(frame.scores.quality, 4)}
        for frame in result.worst(worst)
    ]
    return {"reference": reference.name, "other": other.name, "offset": fraction_text(result.offset),
            "pooled": pooled, "worst": lowest, "notes": list(result.notes), "frames": frames}  # fmt: skip
