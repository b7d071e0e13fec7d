"""What an item is: a photo, a result or a draft, with what its owner says about it. Rows and texts; no decisions.

NewItem ──Library.add──► row in `item`, words in `tag` ──decoded──► Item
"""

from __future__ import annotations

import json
import re
import sqlite3
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, cast

from dreamreel.errors import BadParameter
from dreamreel.graph import JSON
from dreamreel.studio.search import fold, writable

__all__ = [
    "Item",
    "Kind",
    "NewItem",
    "Role",
    "State",
    "decoded",
    "encoded",
    "file_name",
    "line",
    "tag_names",
    "tags_of",
    "text",
    "tidied",
]

Role = Literal["original", "result", "draft"]
"""Uploaded, made, or made small and quick to choose from."""
Kind = Literal["photo", "video", "sound"]
"""What the contents are."""
State = Literal["ok", "missing", "changed"]
"""What the last integrity check found."""

LONGEST_TAG: Final = 60
MOST_TAGS: Final = 50
_BATCH: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class NewItem:
    """Contents that the files have adopted, on their way into the library."""

    role: Role
    kind: Kind
    sha256: str
    bytes: int
    media_type: str
    suffix: str
    """With its dot: ".mp4"."""
    name: str
    """As a file would be called."""
    title: str = ""
    """In the owner's words, for a result: the dream."""
    width: int | None = None
    height: int | None = None
    duration: str | None = None
    """Exact seconds: "5", "24/5"; None for a photo."""
    fps: str | None = None
    """Exact frames a second: "24", "30000/1001"."""
    facts: dict[str, JSON] = field(default_factory=dict[str, JSON])
    """What was found in it: faces, notes."""
    request: dict[str, JSON] | None = None
    """What was asked for, for a result or draft."""
    photo: str | None = None
    """The item that it was made from."""
    job: str | None = None
    batch: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An item as it stands in the library."""

    id: str
    role: Role
    kind: Kind
    sha256: str
    bytes: int
    media_type: str
    suffix: str
    name: str
    title: str
    width: int | None
    height: int | None
    duration: str | None
    fps: str | None
    facts: dict[str, JSON]
    request: dict[str, JSON] | None
    photo: str | None
    job: str | None
    batch: str | None
    created: float
    favourite: bool
    rating: int
    note: str
    trashed: float | None
    """When it was put into the trash."""
    state: State
    tags: tuple[str, ...]


def tags_of(rows: sqlite3.Connection, ids: Sequence[str]) -> dict[str, list[str]]:
    """The tags of items."""
    tags: dict[str, list[str]] = {item_id: [] for item_id in ids}
    for start in range(0, len(ids), _BATCH):
        part = ids[start : start + _BATCH]
        marks = ", ".join("?" * len(part))
        for item, name in rows.execute(f"select item, name from tag where item in ({marks})", part):  # noqa: S608
            tags[item].append(name)
    return tags


def decoded(row: sqlite3.Row, tags: Iterable[str]) -> Item:
    """A row of `item` as an item."""
    request = cast("str | None", row["request"])
    return Item(
        id=row["id"],
        role=row["role"],
        kind=row["kind"],
        sha256=row["sha256"],
        bytes=row["bytes"],
        media_type=row["media_type"],
        suffix=row["suffix"],
        name=row["name"],
        title=row["title"],
        width=row["width"],
        height=row["height"],
        duration=row["duration"],
        fps=row["fps"],
        facts=json.loads(row["facts"]),
        request=None if request is None else json.loads(request),
        photo=row["photo"],
        job=row["job"],
        batch=row["batch"],
        created=row["created"],
        favourite=bool(row["favourite"]),
        rating=row["rating"],
        note=row["note"],
        trashed=row["trashed"],
        state=row["state"],
        tags=tuple(sorted(tags, key=fold)),
    )


def encoded(value: dict[str, JSON] | None) -> str | None:
    """JSON as it is stored."""
    return None if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def tidied(value: str, longest: int) -> str:
    """A text of one line from somewhere else, made storable: what cannot stand in a line becomes a space."""
    kept = "".join(" " if _breaks(letter) else letter for letter in unicodedata.normalize("NFC", value))
    return " ".join(kept.split())[:longest].strip()


def file_name(value: str, suffix: str, longest: int) -> str:
    """A file name from somewhere else, made storable: without folders, not too long, never empty."""
    tidy = tidied(re.split(r"[/\\]", value)[-1], len(value))
    if len(tidy) > longest:
        tidy = f"{tidy[: longest - len(suffix)].strip()}{suffix}"
    return tidy or f"untitled{suffix}"


def line(value: str, what: str, longest: int, *, empty: bool = False, without: str = "") -> str:
    """A text of one line from the owner, trimmed, letters written one way.

    Raises:
        BadParameter: it is empty, too long, or holds what cannot stand in a line, or a sign in `without`.
    """
    tidy = unicodedata.normalize("NFC", value).strip()
    if not tidy and not empty:
        raise BadParameter(f"The {what} is empty; give it at least one letter.")
    if len(tidy) > longest:
        raise BadParameter(f"The {what} has {len(tidy)} characters; use {longest} or fewer.")
    if any(_breaks(letter) for letter in tidy):
        raise BadParameter(
            f"The {what} has characters that cannot stand in a line; use letters, digits and signs."
        )
    if found := [sign for sign in without if sign in tidy]:
        raise BadParameter(f"The {what} cannot have a {found[0]} in it; use another sign.")
    return tidy


def text(value: str, what: str, longest: int) -> str:
    """A text that may have lines and be empty.

    Raises:
        BadParameter: it is too long, or cannot be stored.
    """
    tidy = unicodedata.normalize("NFC", value)
    if len(tidy) > longest:
        raise BadParameter(f"The {what} has {len(tidy)} characters; use {longest} or fewer.")
    if not writable(tidy):
        raise BadParameter(f"The {what} has characters that cannot be stored; use letters, digits and signs.")
    return tidy


def tag_names(given: Iterable[str], known: Iterable[str]) -> tuple[str, ...]:
    """Tags as they are stored: tidy, each once whatever its case, spelled as the library spells them already.

    Raises:
        BadParameter: a tag is empty or too long, or there are too many.
    """
    spelling = {fold(name): name for name in known}
    found: dict[str, str] = {}
    for name in given:
        tidy = " ".join(line(name, "tag", LONGEST_TAG).split())
        found.setdefault(fold(tidy), spelling.get(fold(tidy), tidy))
    if len(found) > MOST_TAGS:
        raise BadParameter(f"An item can have {MOST_TAGS} tags, not {len(found)}; leave some out.")
    return tuple(sorted(found.values(), key=fold))


def _breaks(letter: str) -> bool:
    """Whether a character ends a line, controls a terminal, or is none: half of a surrogate pair."""
    return unicodedata.category(letter) in {"Cc", "Cs", "Zl", "Zp"}
