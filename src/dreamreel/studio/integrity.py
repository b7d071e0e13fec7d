"""Is everything still there, and still what it was? Three counters, as few as can say it all.

    missing    an item whose contents are gone
    orphaned   contents that no item has, an hour old or more (younger ones may be on their way to an item)
    changed    an item whose contents have another hash than when they came

Reads every byte, changes only the items' `state`; contents that are found whole again make their items "ok".
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from dreamreel.graph import JSON
from dreamreel.studio.database import Database
from dreamreel.studio.files import FRESH_S, Files, digest

__all__ = ["Integrity", "Tell", "check", "orphans"]

Tell = Callable[[sqlite3.Connection, str, str, dict[str, JSON]], None]
"""Write down, in the transaction of these rows, that an item (its id) had something happen to it (a kind): "added",
"changed", "trashed", "restored" or "deleted"."""


@dataclass(frozen=True, slots=True)
class Integrity:
    """What a check found."""

    missing: tuple[str, ...] = ()
    """Ids of items."""
    orphaned: tuple[str, ...] = ()
    """Hashes of contents."""
    changed: tuple[str, ...] = ()
    """Ids of items."""
    stopped: bool = False
    """It was stopped before everything had been read; what it did find stands."""


def check(
    database: Database,
    files: Files,
    tell: Tell,
    now: float,
    progress: Callable[[int, int], None] | None = None,
    stop: threading.Event | None = None,
) -> Integrity:
    """Compare all contents with their hashes and the items.

    Args:
        database: where the items are.
        files: where the contents are.
        tell: writes down that an item's state has changed.
        now: seconds since 1970, to tell an orphan's age.
        progress: called with how many contents have been read and how many there are.
        stop: when set, the check ends within a megabyte of reading.
    """
    with database.read() as rows:
        # Not one long view: reading may take hours, and the write-ahead log would grow all the while.
        hashes = [row[0] for row in rows.execute("select distinct sha256 from item order by sha256")]
    found: dict[str, list[str]] = {"missing": [], "changed": []}
    if progress:
        progress(0, len(hashes))
    for number, sha256 in enumerate(hashes, 1):
        state = _state(files.path(sha256), sha256, stop)
        if state is None:
            return Integrity(tuple(found["missing"]), (), tuple(found["changed"]), stopped=True)
        items = _record(database, tell, files.path(sha256), sha256, state)
        if state.word != "ok":
            found[state.word] += items
        if progress:
            progress(number, len(hashes))
    return Integrity(tuple(found["missing"]), orphans(database, files, now), tuple(found["changed"]))


def orphans(database: Database, files: Files, now: float) -> tuple[str, ...]:
    """Hashes of contents that no item has and that are an hour old or more."""
    with database.read() as rows:
        needed = {row[0] for row in rows.execute("select distinct sha256 from item")}
    return tuple(
        sha256 for sha256, path in files.every() if sha256 not in needed and _age(path, now) >= FRESH_S
    )


@dataclass(frozen=True, slots=True)
class _Found:
    word: str
    """ "ok", "missing" or "changed"."""
    stamp: tuple[int, int] | None
    """Which file that was."""


def _state(path: Path, sha256: str, stop: threading.Event | None) -> _Found | None:
    """What contents are; None when stopped."""
    if stop is not None and stop.is_set():
        return None
    stamp = _stamp(path)
    try:
        found = digest(path, stop)
    except (FileNotFoundError, NotADirectoryError):
        return _Found("missing", None)
    except OSError:
        # Something is in its place that cannot be read: a bad sector, a folder.
        return _Found("changed", stamp)
    if found is None:
        return None
    return _Found("ok" if found == sha256 else "changed", stamp)


def _record(database: Database, tell: Tell, path: Path, sha256: str, found: _Found) -> list[str]:
    """Write the state on the items with these contents that are still there, and return their ids."""
    with database.read() as rows:
        items = rows.execute("select id, state from item where sha256 = ? order by id", [sha256]).fetchall()
    if any(row["state"] != found.word for row in items):
        with database.write() as rows:
            if _stamp(path) != found.stamp:
                return []  # The same contents came in again meanwhile, whole; that has healed the items.
            changed = rows.execute(
                "update item set state = ? where sha256 = ? and state <> ? returning id",
                [found.word, sha256, found.word],
            ).fetchall()
            for row in changed:
                tell(rows, row["id"], "changed", {"state": found.word})
    return [row["id"] for row in items]


def _stamp(path: Path) -> tuple[int, int] | None:
    """What tells a file from another of the same name."""
    try:
        facts = path.stat()
    except OSError:
        return None
    return facts.st_ino, facts.st_mtime_ns


def _age(path: Path, now: float) -> float:
    try:
        return now - path.stat().st_mtime
    except OSError:
        return 0.0
