"""Room on the disk: what takes how much of it, and what may go.

originals  results  drafts  trash     contents, each counted once: where it matters most
derived                               thumbs; made again when they are looked at
uploads                               files on their way in; left for an hour, they are given up
segments                              finished moments of films; they save time, and cost only time
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dreamreel.errors import Conflict
from dreamreel.render.store import Store
from dreamreel.studio.database import Database
from dreamreel.studio.files import FRESH_S, Files, unlink

__all__ = [
    "CLEANABLE",
    "Storage",
    "measure",
    "refuse_while_running",
    "sweep_derived",
    "sweep_segments",
    "sweep_uploads",
]

CLEANABLE: Final = ("trash", "drafts", "uploads", "segments", "derived", "orphans")
"""What `Library.clean` takes: "orphans" are contents that no item has, as the integrity check finds them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Storage:
    """Bytes on the disk."""

    originals: int
    results: int
    drafts: int
    trash: int
    derived: int
    segments: int
    uploads: int
    free: int


def measure(database: Database, files: Files, segments: Path) -> Storage:
    """What takes how much room. Contents that several items share count once, for the first of: originals, results,
    drafts, trash.
    """
    with database.read() as rows:
        found = rows.execute(
            "select place, sum(bytes) as bytes from (select min(case when trashed is not null then 3 "
            "when role = 'original' then 0 when role = 'result' then 1 else 2 end) as place, max(bytes) as bytes "
            "from item group by sha256) as contents group by place"
        ).fetchall()
    sums = {row["place"]: int(row["bytes"]) for row in found}
    return Storage(
        originals=sums.get(0, 0),
        results=sums.get(1, 0),
        drafts=sums.get(2, 0),
        trash=sums.get(3, 0),
        derived=sum(size for _, size, _ in _files(files.root / "thumbs")),
        segments=sum(size for _, size, _ in _files(segments)),
        uploads=sum(size for _, size, _ in _files(files.root / "uploads")),
        free=shutil.disk_usage(files.root).free,
    )


def refuse_while_running(database: Database) -> None:
    """Segments of a film that is being made are not taken away.

    Raises:
        Conflict: a job is running.
    """
    with database.read() as rows:
        if rows.execute("select 1 from job where state = 'running'").fetchone():
            raise Conflict(
                "A running job needs its finished moments; clean them when it is done, or pause it."
            )


def sweep_uploads(database: Database, files: Files, now: float) -> int:
    """Give up uploads to which nothing was added for an hour. Returns the bytes freed."""
    freed = 0
    for path, _, changed in list(_files(files.root / "uploads")):
        if now - changed >= FRESH_S:
            freed += unlink(path)
            with database.write() as rows:
                rows.execute("delete from upload where id = ? and item is null", [path.stem])
    return freed


def sweep_derived(files: Files) -> int:
    """Delete all thumbs. Returns the bytes freed."""
    return sum(unlink(path) for path, _, _ in list(_files(files.root / "thumbs")))


def sweep_segments(segments: Path) -> int:
    """Delete all finished segments. Returns the bytes freed."""
    return Store(segments.parent).sweep(max_bytes=0, max_age=0)


def _files(folder: Path) -> Iterator[tuple[Path, int, float]]:
    """All files below a folder that may not exist, with their sizes and when they were last changed."""
    for place, _, names in os.walk(folder):
        for name in names:
            path = Path(place, name)
            try:
                facts = path.lstat()
            except OSError:
                continue
            yield path, facts.st_size, facts.st_mtime
