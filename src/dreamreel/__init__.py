"""Dreamreel turns a photo and a dream into a video, and makes any video better: one library, on your own machine.

    import dreamreel

    dreamreel.open("x.mp4")[2:5].resize(height=720).write("y.webm")

Everything is a `Clip`: an immutable description that computes nothing until `write`. Rooms below are loaded when first
used, so that importing this costs next to nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dreamreel import errors
    from dreamreel.clip import Clip, concat
    from dreamreel.graph import Node, Recipe
    from dreamreel.making import again, colour, generate, gradient, image, load, open, title  # noqa: A004
    from dreamreel.time import Span

__version__ = "0.1.0"

__all__ = ["Clip", "Node", "Recipe", "Span", "__version__", "again", "colour", "concat", "errors", "generate",
           "gradient", "image", "load", "open", "title"]  # fmt: skip

_HOMES = {
    "Clip": "clip", "concat": "clip", "Node": "graph", "Recipe": "graph", "Span": "time", "again": "making",
    "colour": "making", "generate": "making", "gradient": "making", "image": "making", "load": "making",
    "open": "making", "title": "making",
}  # fmt: skip


def __getattr__(name: str) -> object:
    if name == "errors":
        return importlib.import_module("dreamreel.errors")
    if name not in _HOMES:
        raise AttributeError(f"module 'dreamreel' has no attribute {name!r}")
    return getattr(importlib.import_module(f"dreamreel.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
