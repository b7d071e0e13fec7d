"""The TOML tables of this folder, read once and handed out by shape."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from importlib import resources
from types import MappingProxyType
from typing import cast

__all__ = ["numbers", "table", "values", "words", "words_by_value"]

_Tree = Mapping[str, object]


@functools.cache
def _file(name: str) -> _Tree:
    text = resources.files("dreamreel.dream.lexicon").joinpath(f"{name}.toml").read_text(encoding="utf-8")
    return MappingProxyType(tomllib.loads(text))


def table(name: str, *path: str) -> _Tree:
    """The table at `path` inside `name`.toml; `table("settings", "same")`. Raises KeyError when it is not there."""
    tree = _file(name)
    for step in path:
        tree = cast("_Tree", tree[step])
    return tree


def words(name: str, *path: str) -> tuple[str, ...]:
    """The list of words at `path`, in the order of the file."""
    return tuple(cast("list[str]", table(name, *path[:-1])[path[-1]]))


def words_by_value(name: str, *path: str) -> Mapping[str, tuple[str, ...]]:
    """A table of lists, value → words, leaving nested tables out."""
    tree = table(name, *path)
    return {
        value: tuple(cast("list[str]", listed)) for value, listed in tree.items() if isinstance(listed, list)
    }


def values(name: str, *path: str) -> Mapping[str, str]:
    """A table of texts."""
    return {key: str(value) for key, value in table(name, *path).items()}


def numbers(name: str, *path: str) -> Mapping[str, float]:
    """A table of numbers."""
    return {key: float(cast("float", value)) for key, value in table(name, *path).items()}
