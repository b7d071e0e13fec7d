"""A worker's way from a job to a finished file, and a world that ends or has no room at the nth dangerous moment.

    python crashing.py FOLDER POINT WHEN     dies there; POINT counts from 1, WHEN is `before` or `after`

Dangerous moments are the calls that make something last: `os.fsync`, `os.replace` and SQLite's COMMIT. They are counted
and interrupted here; the code under test knows nothing of it.
"""

from __future__ import annotations

import errno
import hashlib
import os
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from dreamreel.errors import NoSpace
from dreamreel.media.atomic import atomic_write
from dreamreel.studio.database import Database
from dreamreel.studio.ledger import Claim, Ledger

__all__ = ["DIED", "Points", "contents", "die", "no_room", "work"]

DIED = 77
"""How a process ends that died on purpose."""


class Points:
    """Counts dangerous moments, and lets something happen before or after one of them."""

    def __init__(
        self, point: int = 0, when: str = "before", act: Callable[[str], None] | None = None
    ) -> None:
        self.point, self.when, self.act = point, when, act
        self.seen: list[str] = []

    def passed(self, name: str, call: Callable[..., Any], *args: Any) -> Any:
        """Make a dangerous call."""
        self.seen.append(name)
        chosen = self.act if len(self.seen) == self.point else None
        if chosen and self.when == "before":
            chosen(name)
        found = call(*args)
        if chosen and self.when == "after":
            chosen(name)
        return found

    @contextmanager
    def watching(self) -> Iterator[None]:
        """While this is entered, the calls of this process pass by here."""
        points, fsync, replace, connect = self, os.fsync, os.replace, sqlite3.connect

        class Watched(sqlite3.Connection):
            def execute(self, sql: str, *args: Any) -> sqlite3.Cursor:
                if sql == "commit":
                    return points.passed("commit", super().execute, sql)
                return super().execute(sql, *args)

        with (
            patch.object(os, "fsync", lambda handle: points.passed("fsync", fsync, handle)),
            patch.object(os, "replace", lambda *names: points.passed("replace", replace, *names)),
            patch.object(sqlite3, "connect", lambda *a, **named: connect(*a, factory=Watched, **named)),
        ):
            yield


def die(_: str) -> None:
    """The process is gone, as after kill −9."""
    os._exit(DIED)


def no_room(name: str) -> None:
    """The disk is full, in the words of whom it is told by."""
    if name == "commit":
        raise sqlite3.OperationalError("database or disk is full")
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def contents(original: bytes) -> bytes:
    """What is made of an original."""
    return b"".join(hashlib.sha256(original + bytes([index])).digest() * 4096 for index in range(2))


def work(folder: Path) -> None:
    """Open the studio of a folder, as after a start, and do all its jobs."""
    database = Database(folder / "studio.db")
    try:
        ledger = Ledger(database)
        ledger.release("here:")
        ledger.room()
        while (claim := ledger.claim("here:1", 60)) is not None:
            try:
                make(ledger, claim, folder)
            except NoSpace as full:
                ledger.park(claim, "disk", str(full))
    finally:
        database.close()


def make(ledger: Ledger, claim: Claim, folder: Path) -> None:
    """Do one job: `.part`, fsync, rename, fsync of the folder, and then everything in the ledger at once."""
    made = contents((folder / "original").read_bytes())
    digest = hashlib.sha256(made).hexdigest()
    with atomic_write(folder / digest) as part, part.open("wb") as file:
        for half in (made[: len(made) // 2], made[len(made) // 2 :]):
            file.write(half)
            ledger.progress(claim, {"bytes": file.tell()})
            ledger.beat(claim, 60)

    def commit(rows: sqlite3.Connection) -> str:
        rows.execute("insert into setting (name, value) values (?, ?)", (f"i-{claim.job.id}", digest))
        ledger.tell("item", f"i-{claim.job.id}", "added", {}, rows)
        return f"i-{claim.job.id}"

    ledger.finish(claim, commit)


def main(folder: str, point: str, when: str) -> None:
    with Points(int(point), when, die).watching():
        work(Path(folder))


if __name__ == "__main__":
    main(*sys.argv[1:])
