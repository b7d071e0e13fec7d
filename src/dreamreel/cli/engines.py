"""`dreamreel engines`: what can generate a video here."""

from __future__ import annotations

import typer

from dreamreel.cli.help import Command
from dreamreel.cli.options import Json
from dreamreel.cli.output import aligned, data

__all__ = ["add"]


def add(root: typer.Typer) -> None:
    """Add the command to the application."""
    root.command("engines", cls=Command)(engines)


def engines(as_json: Json = False) -> None:
    """List the engines that turn a photo and a dream into a video. With --json, one object a line."""
    from dreamreel.engines import ENGINES

    for engine in ENGINES.values():
        if as_json:
            data(engine.as_json())
            continue
        rows = [
            (engine.name, engine.summary),
            ("  needs", engine.needs),
            ("  sizes", engine.sizes),
            ("  length", engine.length),
            ("  looks", ", ".join(engine.looks)),
            ("  cameras", ", ".join(engine.cameras)),
            ("  sounds", f"{', '.join(engine.sounds)}, or a file"),
        ]
        for line in aligned(rows):
            data(line)
