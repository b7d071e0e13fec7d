"""A library in a folder of its own, with a clock that the test moves and the events it has told."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from dreamreel.graph import JSON
from dreamreel.studio.database import Database
from dreamreel.studio.files import Files
from dreamreel.studio.items import Item, NewItem
from dreamreel.studio.library import Library

HOUR = 3600.0


@dataclass
class Clock:
    now: float = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


def tell(rows: sqlite3.Connection, subject: str, kind: str, data: dict[str, JSON]) -> None:
    rows.execute(
        "insert into event (topic, subject, kind, at, data) values ('item', ?, ?, 0, ?)",
        [subject, kind, json.dumps(data)],
    )


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


class Shelf:
    """A data folder with a database, files and a library. Open it again with another `Shelf` of the same folder."""

    def __init__(self, root: Path, clock: Clock | None = None) -> None:
        self.root = root
        self.clock = clock or Clock()
        self.database = Database(root / "studio.db")
        self.files = Files(root, self.clock)
        self.library = Library(self.database, self.files, tell, self.clock)

    def part(self, content: bytes) -> Path:
        path = self.root / "uploads" / "u1.part"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        return path

    def adopt(self, content: bytes) -> str:
        return self.files.adopt(self.part(content))[0]

    def new(self, content: bytes = b"a photo", **told: object) -> NewItem:
        """What the library is given, after its contents were adopted."""
        usual: dict[str, object] = {
            "role": "result", "kind": "video", "sha256": self.adopt(content), "bytes": len(content),
            "media_type": "video/mp4", "suffix": ".mp4", "name": "anna.mp4",
        }  # fmt: skip
        return NewItem(**(usual | told))  # type: ignore[arg-type]

    def put(self, content: bytes = b"a photo", **told: object) -> Item:
        return self.library.add(self.new(content, **told))

    def photo(self, content: bytes = b"a photo", **told: object) -> Item:
        usual = {
            "role": "original",
            "kind": "photo",
            "media_type": "image/png",
            "suffix": ".png",
            "name": "anna.png",
        }
        return self.put(content, **(usual | told))

    def job(self, photo: str | None = None, state: str = "queued", name: str = "j1") -> None:
        with self.database.write() as rows:
            rows.execute(
                "insert into job (id, kind, title, request, recipe, output, photo, state, position, created) "
                "values (?, 'generate', '', '{}', '', '{}', ?, ?, 0, 0)",
                [name, photo, state],
            )

    def events(self) -> list[tuple[str, str]]:
        with self.database.read() as rows:
            return [(row["subject"], row["kind"]) for row in rows.execute("select * from event order by seq")]

    def blobs(self) -> list[str]:
        return [sha256 for sha256, _ in self.files.every()]
