"""`dreamreel engines`: what can generate a video here."""

from __future__ import annotations

from typing import Annotated

import typer

from dreamreel.cli.output import data

__all__ = ["add"]


def add(root: typer.Typer) -> None:
    """Add the command to the application."""
    root.command("engines")(engines)


def engines(as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False) -> None:
    """List the engines that turn a photo and a dream into a video."""
    from dreamreel.engines import ENGINES

    for engine in ENGINES.values():
        if as_json:
            data(engine.as_json())
        else:
            data(f"{engine.name:<10} {engine.summary}")
            data(f"{'':<10} needs: {engine.needs}; sizes: {engine.sizes}; length: {engine.length}")
            data(f"{'':<10} looks: {', '.join(engine.looks)}; cameras: {', '.join(engine.cameras)}")
