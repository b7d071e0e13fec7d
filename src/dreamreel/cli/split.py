"""`dreamreel split`: one file into several."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dreamreel.cli.help import Command, examples
from dreamreel.cli.options import JsonEvents, NoRecipe, Output, Yes

if TYPE_CHECKING:
    from dreamreel.clip import Clip
    from dreamreel.time import Span

__all__ = ["add"]

_EXAMPLES = examples(
    "dreamreel split concert.mkv --every 10:00",
    "dreamreel split concert.mkv --size 25MB -o part.mp4",
    "dreamreel split concert.mkv --chapters",
)
_TRIES = 5
"""How often parts are made smaller when one turned out too large."""


def add(root: typer.Typer) -> None:
    """Add the command to the application."""
    root.command("split", cls=Command, epilog=_EXAMPLES)(split)


def _flag(name: str, text: str) -> object:
    return typer.Option(name, help=text, show_default=False)


def split(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A video or sound.", show_default=False)],
    every: Annotated[
        str | None,
        typer.Option("--every", metavar="TIME", help="Parts of this length.", show_default=False),
    ] = None,
    parts: Annotated[
        int | None,
        typer.Option("--parts", metavar="NUMBER", help="So many parts of equal length.", show_default=False),
    ] = None,
    size: Annotated[
        str | None,
        typer.Option(
            "--size", metavar="SIZE", help="Parts of at most this size, such as 25MB.", show_default=False
        ),
    ] = None,
    at: Annotated[
        list[str] | None,
        typer.Option("--at", metavar="TIME", help="At this time; may be given again.", show_default=False),
    ] = None,
    chapters: Annotated[bool, _flag("--chapters", "Where chapters begin.")] = False,
    scenes: Annotated[bool, _flag("--scenes", "Where another shot begins.")] = False,
    silence: Annotated[bool, _flag("--silence", "In the middle of silences.")] = False,
    black: Annotated[bool, _flag("--black", "In the middle of black stretches.")] = False,
    output: Output = None,
    no_recipe: NoRecipe = False,
    as_json: JsonEvents = False,
    yes: Yes = False,
) -> None:
    """Split a file into several, exactly to the picture; only pictures at the edges are encoded again. The parts are
    named `name-1`, `name-2` … after FILE or the name given with -o.
    """
    from dreamreel.errors import UsageError
    from dreamreel.making import open as open_clip

    ways = [name for name, value in (("--every", every), ("--parts", parts), ("--size", size), ("--at", at),
                                     ("--chapters", chapters), ("--scenes", scenes), ("--silence", silence),
                                     ("--black", black)) if value]  # fmt: skip
    if len(ways) != 1:
        raise UsageError("Say once how to split: --every, --parts, --size, --at, --chapters, --scenes, "
                         "--silence or --black.")  # fmt: skip
    clip = open_clip(file)
    out = output or Path(file.name)
    way = _Way(clip, file, out, recipe=not no_recipe, as_json=as_json, yes=yes)
    if size is not None:
        way.by_size(size)
    else:
        way.write(_spans(file, clip.duration, ways[0], every=every, parts=parts, at=at or []))


def _spans(
    file: Path, duration: Fraction, way: str, *, every: str | None, parts: int | None, at: Sequence[str]
) -> tuple[Span, ...]:
    from dreamreel.render import splits
    from dreamreel.time import seconds

    if every is not None:
        return splits.by_length(duration, seconds(every))
    if parts is not None:
        return splits.by_number(duration, parts)
    return splits.at_borders(duration, [seconds(text) for text in at] or _found(file, way))


def _found(file: Path, way: str) -> list[Fraction]:
    """Borders that are found in the file. Raises `BadParameter` when there are none."""
    from dreamreel.analyse import black, scenes, silence
    from dreamreel.errors import BadParameter
    from dreamreel.media.probe import probe
    from dreamreel.render.splits import middles

    match way:
        case "--chapters":
            borders = [mark.start for mark in probe(file).chapters if mark.start > 0]
        case "--scenes":
            borders = [span.start for span in scenes.detect(file) if span.start > 0]
        case "--silence":
            borders = middles(silence.detect(file))
        case _:
            borders = middles(black.detect(file))
    if not borders:
        raise BadParameter(
            f"{file.name} has no {way.removeprefix('--')} to split it at; name times with --at."
        )
    return borders


class _Way:
    """How the parts are written."""

    def __init__(self, clip: Clip, file: Path, out: Path, *, recipe: bool, as_json: bool, yes: bool) -> None:
        self._clip, self._file, self._out = clip, file, out
        self._recipe, self._json, self._yes = recipe, as_json, yes

    def by_size(self, text: str) -> None:
        """Write parts of at most the size that `text` says; smaller ones when one turns out too large."""
        from dreamreel.errors import RenderFailed
        from dreamreel.media.index import index_video
        from dreamreel.render import splits

        limit = _bytes(text)
        index = index_video(self._file) if self._clip.info.video else None
        share = splits.SPARE
        for _ in range(_TRIES):
            spans = splits.by_size(self._clip.duration, self._file.stat().st_size, limit, index, share)
            made = self.write(spans, tell=False)
            largest = max(path.stat().st_size for path in made)
            if largest <= limit:
                self._tell(made)
                return
            for path in made:
                path.unlink()
            share *= Fraction(limit, largest) * Fraction(99, 100)
        raise RenderFailed(f"{self._file.name} cannot be split into parts of {text}; choose a larger size.")

    def write(self, spans: Sequence[Span], *, tell: bool = True) -> list[Path]:
        """Write one file for each span."""
        from dreamreel.cli.output import ProgressView
        from dreamreel.cli.run import may_replace
        from dreamreel.media.atomic import check_writable
        from dreamreel.render.cutting import cut_spans
        from dreamreel.render.run import Options, render

        names = self._names(len(spans))
        for name in names:
            check_writable(name)
            may_replace(name, self._yes)
        for span, name in zip(spans, names, strict=True):
            (exact,) = cut_spans(self._file, [span], self._clip.duration)
            with ProgressView(self._json) as view:
                render(
                    self._clip[exact.start : exact.end].node,
                    name,
                    Options(on_event=view, embed=self._recipe),
                )
            if tell:
                self._tell([name])
        return names

    def _names(self, count: int) -> list[Path]:
        digits = len(str(count))
        return [self._out.with_name(f"{self._out.stem}-{number:0{digits}}{self._out.suffix}")
                for number in range(1, count + 1)]  # fmt: skip

    def _tell(self, made: Sequence[Path]) -> None:
        from dreamreel.cli.output import data

        for path in made:
            data(
                {"event": "done", "path": str(path), "bytes": path.stat().st_size}
                if self._json
                else str(path)
            )


def _bytes(text: str) -> int:
    """`25MB` in bytes: powers of 1000, or of 1024 with `MiB`. Raises `BadParameter`."""
    from dreamreel.errors import BadParameter

    plain = text.strip().lower().removesuffix("b")
    factor = 1
    for mark, value in (
        ("ki", 2**10),
        ("mi", 2**20),
        ("gi", 2**30),
        ("k", 10**3),
        ("m", 10**6),
        ("g", 10**9),
    ):
        if plain.endswith(mark):
            plain, factor = plain.removesuffix(mark), value
            break
    try:
        size = int(Fraction(plain.strip()) * factor)
    except (ValueError, ZeroDivisionError):
        size = 0
    if size < 1:
        raise BadParameter(f"{text!r} is not a size; write it as 25MB, 700k or 4GiB.")
    return size
