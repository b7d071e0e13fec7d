"""Every network that there is, as rows of data: those that ship with the program, and the weights of others."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from dreamreel.errors import NotFound
from dreamreel.neural import catalog
from dreamreel.neural.catalog import FAMILIES, Network, networks, shipped
from dreamreel.neural.community.catalog import Card, known
from dreamreel.neural.community.store import Installed, installed

if TYPE_CHECKING:
    from dreamreel.graph import JSON

__all__ = ["community_row", "listed", "row_of"]

_OWN_LICENCE = "MIT"
_FOR_FIELDS = "for interlaced films, whose half frames it makes whole"


def listed() -> list[dict[str, JSON]]:
    """All rows: shipped networks, then installed weights, then known ones that are not installed."""
    there = installed()
    rows = [_shipped(one) for one in shipped()]
    rows += [community_row(one.card, one) for one in there.values()]
    return rows + [community_row(card, None) for name, card in known().items() if name not in there]


def row_of(name: str) -> dict[str, JSON]:
    """The row of one network. Raises `NotFound`, with how to see all names."""
    for row in listed():
        if row["name"] == name:
            return row
    raise NotFound(
        f"there is no network called {name[:60]!r}; `dreamreel models` lists those that are known."
    )


def _shipped(one: Network) -> dict[str, JSON]:
    return {
        "name": one.name, "origin": "shipped", "installed": True, "use": _use(one),
        "purpose": dict(FAMILIES).get(one.family, _FOR_FIELDS), "architecture": "plain", "scale": one.scale,  # pyright: ignore[reportArgumentType, reportCallIssue]
        "parameters": one.parameters, "file": one.file, "sha256": one.sha256, "bytes": _size(one),
        "licence": _OWN_LICENCE, "licence_title": _OWN_LICENCE,
        "commercial": True, "terms": "Part of this program, under its licence.",
        "author": "Dreamreel", "source": "this program", "known": True, "accepted": "",
    }  # fmt: skip


def _use(one: Network) -> str:
    return "enlarge" if one in networks() else "deinterlace"


def _size(one: Network) -> int | None:
    path = Path(catalog.__file__).parent / "weights" / one.file
    return path.stat().st_size if path.is_file() else None


def community_row(card: Card, there: Installed | None) -> dict[str, JSON]:
    """The row of one card; `there` is its copy, if it is installed."""
    terms = card.terms
    return {
        "name": card.name, "origin": "community", "installed": there is not None, "use": card.use,
        "purpose": card.purpose, "architecture": card.architecture, "scale": card.scale,
        "parameters": there.parameters or None if there else None, "file": card.file, "sha256": card.sha256,
        "bytes": card.bytes, "licence": card.licence, "licence_title": terms.title, "commercial": terms.commercial,
        "terms": terms.terms, "author": card.author, "source": card.origin,
        "known": card.name in known() and known()[card.name].sha256 == card.sha256,
        "accepted": there.accepted if there else "",
    }  # fmt: skip
