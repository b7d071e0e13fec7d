"""What is known of weights that others have trained: the table in `catalogue.toml`, and the terms of their licences."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Final, Literal

__all__ = ["UNKNOWN", "USES", "Card", "Licence", "Use", "by_hash", "known", "licence"]

Use = Literal["enlarge", "restore", "faces", "colourise"]

USES: Final[Mapping[Use, str]] = MappingProxyType({
    "enlarge": "makes pictures larger",
    "restore": "repairs pictures at their own size",
    "faces": "finds faces",
    "colourise": "gives black-and-white pictures colours",
})  # fmt: skip
"""What weights are for."""

UNKNOWN: Final = "unknown"
"""The licence of weights of which nothing is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Licence:
    """The terms under which weights may be used, in short."""

    spdx: str
    """Its identifier in the SPDX list, or `unknown`."""
    title: str
    commercial: bool
    """Whether what is made with the weights may be sold."""
    terms: str
    """A few sentences, in plain words; the licence itself is what counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What is known of one file of weights."""

    name: str
    """What the user calls it: a–z, 0–9 and hyphens."""
    purpose: str
    use: Use
    architecture: str
    """As spandrel calls it, or `ONNX` where only the graph is known."""
    scale: int
    """How many times larger a picture becomes, along each side."""
    file: str
    """As its author called it."""
    sha256: str
    bytes: int
    licence: str
    """A key of the licences."""
    author: str
    origin: str
    """Where it comes from, in words."""

    @property
    def terms(self) -> Licence:
        """The licence itself."""
        return licence(self.licence)


@cache
def _table() -> Mapping[str, Mapping[str, Mapping[str, object]]]:
    text = (
        resources.files("dreamreel.neural.community").joinpath("catalogue.toml").read_text(encoding="utf-8")
    )
    return MappingProxyType(tomllib.loads(text))


@cache
def known() -> Mapping[str, Card]:
    """Every card of the catalogue, by name."""
    rows = _table()["models"]
    return MappingProxyType({name: Card(name=name, **row) for name, row in rows.items()})  # pyright: ignore[reportArgumentType]


def by_hash(sha256: str) -> Card | None:
    """The card of a file, by its SHA-256; None for one that the catalogue does not have."""
    return next((card for card in known().values() if card.sha256 == sha256), None)


def licence(spdx: str) -> Licence:
    """A licence by its key; that of weights whose licence is not in the table is called by its name, terms unknown."""
    rows = _table()["licences"]
    row = rows.get(spdx, {**rows[UNKNOWN], "title": spdx})
    return Licence(spdx=spdx, **row)  # pyright: ignore[reportArgumentType]
