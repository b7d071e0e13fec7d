"""The library: items over contents, what their owner calls them, and the way out through the trash.

    add ──► item ──change──► title, stars, tags, note          draft ──promote──► result
             │ ▲
        trash│ │restore
             ▼ │
            trash ──delete, empty_trash──► gone; its contents too, if no other item has them

First the database forgets an item, then the disk does: a crash between the two leaves contents that nobody needs,
which `check` finds and `clean` removes. Contents are never changed. What happens is told in its own transaction.
"""

from __future__ import annotations

import re
import secrets
import sqlite3
import threading
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import Path
from typing import Final

from dreamreel.errors import BadParameter, Conflict, NotFound
from dreamreel.graph import JSON
from dreamreel.studio import integrity, storage
from dreamreel.studio.database import Database
from dreamreel.studio.files import Files
from dreamreel.studio.integrity import Integrity, Tell
from dreamreel.studio.items import (
    Item,
    NewItem,
    decoded,
    encoded,
    file_name,
    line,
    tag_names,
    tags_of,
    text,
    tidied,
)
from dreamreel.studio.search import ORDERS, Order, fold, matches, writable
from dreamreel.studio.storage import Storage

__all__ = ["Item", "Library", "NewItem", "Tell"]

LONGEST_NAME: Final = 200
LONGEST_TITLE: Final = 1000
LONGEST_NOTE: Final = 10_000
MOST_STARS: Final = 5
MOST_A_PAGE: Final = 500

_ID: Final = re.compile(r"[a-z0-9]{1,40}")
_BATCH: Final = 200
_COLUMNS: Final = (
    "id", "role", "kind", "sha256", "bytes", "media_type", "suffix", "name", "title", "width", "height", "duration",
    "fps", "facts", "request", "photo", "job", "batch", "created",
)  # fmt: skip
_ACTIVE: Final = "('queued', 'running', 'paused')"


class Library:
    """All items of a studio. Safe to use from any thread; what removes contents opens transactions of its own."""

    def __init__(
        self, database: Database, files: Files, tell: Tell, clock: Callable[[], float] = time.time
    ) -> None:
        self.files = files
        self._database = database
        self._tell = tell
        self._clock = clock

    # ── coming in ──

    def add(self, new: NewItem, rows: sqlite3.Connection | None = None) -> Item:
        """Write down an item whose contents have been adopted; in the caller's transaction when `rows` is given.

        An original that is here already is that item, out of the trash again if it was there.
        """
        if rows is None:
            with self._database.write() as own:
                return self._add(own, new)
        return self._add(rows, new)

    def original(self, sha256: str) -> Item | None:
        """The uploaded item with these contents, out of the trash again if it was there; None when its contents have
        to be uploaded, because it is new or its file is missing or damaged.
        """
        with self._database.write() as rows:
            found = _original(rows, sha256)
            if found is None or found["state"] != "ok" or not self.files.path(sha256).is_file():
                return None
            return self._welcomed(rows, found)

    # ── looking ──

    def get(self, item_id: str) -> Item:
        """An item, also one in the trash.

        Raises:
            NotFound: there is none with this id.
        """
        with self._database.read() as rows:
            return _get(rows, item_id)

    def items(
        self,
        *,
        query: str = "",
        role: str | None = None,
        kind: str | None = None,
        tag: str | None = None,
        favourite: bool | None = None,
        min_rating: int = 0,
        photo: str | None = None,
        trashed: bool = False,
        sort: str = "newest",
        cursor: str | None = None,
        limit: int = 60,
    ) -> tuple[list[Item], str | None]:
        """A page of items and the cursor of the next, None at the end.

        All words of `query` must be somewhere in an item's title, name, note or tags; case does not matter.

        Raises:
            BadParameter: an unknown order, a cursor of another list, or a limit outside 1 to 500.
        """
        order = ORDERS.get(sort)
        if order is None:
            raise BadParameter(f"Items cannot be sorted by {sort!r}; use one of: {', '.join(ORDERS)}.")
        if not 1 <= limit <= MOST_A_PAGE:
            raise BadParameter(f"A page holds 1 to {MOST_A_PAGE} items, not {limit}.")
        wanted: dict[str, str | float | None] = {
            "role = ?": role,
            "kind = ?": kind,
            "photo = ?": photo,
            "favourite = ?": None if favourite is None else int(favourite),
            "rating >= ?": min_rating or None,
            "exists (select 1 from tag where tag.item = item.id and tag.name = ?)": tag,
        }
        given = {clause: value for clause, value in wanted.items() if value is not None}
        if any(isinstance(value, str) and not writable(value) for value in given.values()):
            return [], None
        clauses = [f"trashed is {'not ' if trashed else ''}null", *given]
        behind = order.read(cursor) if cursor else None
        with self._database.read() as rows:
            return _page(rows, order, clauses, list(given.values()), behind, fold(query).split(), limit)

    def tags(self) -> list[tuple[str, int]]:
        """All tags of items that are not in the trash, with how many have them; the most used first."""
        with self._database.read() as rows:
            found = rows.execute(
                "select tag.name, count(*) as uses from tag join item on item.id = tag.item "
                "where item.trashed is null group by tag.name order by uses desc, tag.name"
            ).fetchall()
        return [(row["name"], row["uses"]) for row in found]

    # ── what the owner says ──

    def change(
        self,
        item_id: str,
        *,
        name: str | None = None,
        title: str | None = None,
        favourite: bool | None = None,
        rating: int | None = None,
        note: str | None = None,
        tags: Sequence[str] | None = None,
    ) -> Item:
        """Change what is given and leave the rest.

        Raises:
            NotFound: there is no such item.
            BadParameter: a text is too long or cannot be stored, or there are more than five stars.
        """
        if rating is not None and not 0 <= rating <= MOST_STARS:
            raise BadParameter(f"An item has 0 to {MOST_STARS} stars, not {rating}.")
        wanted: dict[str, str | int | None] = {
            "name": None if name is None else line(name, "name", LONGEST_NAME, without="/\\"),
            "title": None if title is None else line(title, "title", LONGEST_TITLE, empty=True),
            "note": None if note is None else text(note, "note", LONGEST_NOTE),
            "favourite": None if favourite is None else int(favourite),
            "rating": rating,
        }
        given = {column: value for column, value in wanted.items() if value is not None}
        with self._database.write() as rows:
            _get(rows, item_id)
            if given:
                sets = ", ".join(f"{column} = ?" for column in given)
                rows.execute(f"update item set {sets} where id = ?", [*given.values(), item_id])  # noqa: S608
            if tags is not None:
                known = [row[0] for row in rows.execute("select distinct name from tag")]
                names = tag_names(tags, known)
                rows.execute("delete from tag where item = ?", [item_id])
                rows.executemany(
                    "insert into tag (item, name) values (?, ?)", [(item_id, name) for name in names]
                )
            if given or tags is not None:
                self._tell(rows, item_id, "changed", {})
            return _get(rows, item_id)

    def learn(self, item_id: str, found: dict[str, JSON]) -> Item:
        """Keep what was found in an item beside what is known of it already. Raises `NotFound`."""
        with self._database.write() as rows:
            facts = {**_get(rows, item_id).facts, **found}
            rows.execute("update item set facts = ? where id = ?", [encoded(facts), item_id])
            return _get(rows, item_id)

    def promote(self, item_id: str) -> Item:
        """Keep a draft: it becomes a result.

        Raises:
            NotFound: there is no such item.
            Conflict: it is a photo, or in the trash.
        """
        with self._database.write() as rows:
            item = _get(rows, item_id)
            if item.role == "original":
                raise Conflict("A photo is no draft; only a draft can be kept as a result.")
            if item.trashed is not None:
                raise Conflict("This draft is in the trash; restore it before keeping it.")
            if item.role == "draft":
                rows.execute("update item set role = 'result' where id = ?", [item_id])
                self._tell(rows, item_id, "changed", {"role": "result"})
            return _get(rows, item_id)

    # ── going out ──

    def trash(self, item_id: str) -> Item:
        """Put an item into the trash; nothing is removed. Raises `NotFound`."""
        return self._move(item_id, self._clock(), "trashed")

    def restore(self, item_id: str) -> Item:
        """Take an item out of the trash. Raises `NotFound`."""
        return self._move(item_id, None, "restored")

    def delete(self, item_id: str) -> None:
        """Remove an item from the trash for ever, and its contents if no other item has them.

        Results made from a photo stay; they just do not say any more which photo it was.

        Raises:
            NotFound: there is no such item.
            Conflict: it is not in the trash, or a job that is not finished needs it.
        """
        with self._database.write() as rows:
            item = _get(rows, item_id)
            if item.trashed is None:
                raise Conflict("This item is not in the trash; put it there before deleting it for ever.")
            if not self._forget(rows, [item_id]):
                raise Conflict(
                    "A job that is not finished needs this photo; cancel the job, or wait until it is done."
                )
        self._drop([item.sha256])

    def empty_trash(self, older_than: float | None = None) -> int:
        """Delete for ever what is in the trash, or has been there for at least `older_than` seconds.

        What an unfinished job needs stays. Returns how many items were removed.
        """
        return self._empty(older_than)[0]

    # ── room on the disk ──

    def storage(self, segments: Path) -> Storage:
        """What takes how much room; `segments` is the folder of finished segments."""
        return storage.measure(self._database, self.files, segments)

    def clean(self, what: Collection[str], segments: Path) -> int:
        """Make room; `what` is any of `storage.CLEANABLE`. Returns the bytes freed.

        Raises:
            BadParameter: an unknown word.
            Conflict: the segments are wanted while a job is running.
        """
        if unknown := sorted(set(what) - set(storage.CLEANABLE)):
            raise BadParameter(
                f"{unknown[0]!r} cannot be cleaned; use any of: {', '.join(storage.CLEANABLE)}."
            )
        if "segments" in what:
            storage.refuse_while_running(self._database)
        freed = 0
        if "drafts" in what:
            freed += self._clean_drafts()
        if "trash" in what:
            freed += self._empty(None)[1]
        if "orphans" in what:
            freed += self._drop(integrity.orphans(self._database, self.files, self._clock()))
        if "uploads" in what:
            freed += storage.sweep_uploads(self._database, self.files, self._clock())
        if "derived" in what:
            freed += storage.sweep_derived(self.files)
        if "segments" in what:
            freed += storage.sweep_segments(segments)
        return freed

    def check(
        self, progress: Callable[[int, int], None] | None = None, stop: threading.Event | None = None
    ) -> Integrity:
        """Read everything and compare it with its hash; see `integrity.check`."""
        return integrity.check(self._database, self.files, self._tell, self._clock(), progress, stop)

    # ── within ──

    def _add(self, rows: sqlite3.Connection, new: NewItem) -> Item:
        # Tidied, never refused: the contents are here, and a result must not be lost over its name.
        name, title = file_name(new.name, new.suffix, LONGEST_NAME), tidied(new.title, LONGEST_TITLE)
        self.files.settled(new.sha256)
        healed = rows.execute(
            "update item set state = 'ok' where sha256 = ? and state <> 'ok' returning id", [new.sha256]
        ).fetchall()
        for row in healed:
            self._tell(rows, row["id"], "changed", {"state": "ok"})
        if new.role == "original" and (found := _original(rows, new.sha256)) is not None:
            return self._welcomed(rows, found)
        photo = rows.execute("select id from item where id = ?", [new.photo]).fetchone()
        item_id = f"i{secrets.token_hex(8)}"
        values = (
            item_id, new.role, new.kind, new.sha256, new.bytes, new.media_type, new.suffix, name, title, new.width,
            new.height, new.duration, new.fps, encoded(new.facts), encoded(new.request), photo and photo["id"],
            new.job, new.batch, self._clock(),
        )  # fmt: skip
        marks = ", ".join("?" * len(values))
        rows.execute(f"insert into item ({', '.join(_COLUMNS)}) values ({marks})", values)  # noqa: S608
        self._tell(rows, item_id, "added", {"role": new.role, "kind": new.kind})
        return _get(rows, item_id)

    def _welcomed(self, rows: sqlite3.Connection, found: sqlite3.Row) -> Item:
        if found["trashed"] is not None:
            rows.execute("update item set trashed = null where id = ?", [found["id"]])
            self._tell(rows, found["id"], "restored", {})
        return _get(rows, found["id"])

    def _move(self, item_id: str, trashed: float | None, kind: str) -> Item:
        with self._database.write() as rows:
            item = _get(rows, item_id)
            if (item.trashed is None) == (trashed is None):
                return item
            rows.execute("update item set trashed = ? where id = ?", [trashed, item_id])
            self._tell(rows, item_id, kind, {})
            return _get(rows, item_id)

    def _clean_drafts(self) -> int:
        """All drafts go through the trash, and out of it."""
        with self._database.write() as rows:
            found = rows.execute(
                "update item set trashed = ? where role = 'draft' and trashed is null returning id",
                [self._clock()],
            ).fetchall()
            for row in found:
                self._tell(rows, row["id"], "trashed", {})
        return self._empty(None, " and role = 'draft'")[1]

    def _empty(self, older_than: float | None, only: str = "") -> tuple[int, int]:
        latest = self._clock() - (older_than or 0.0)
        query = (
            "select id, sha256 from item where trashed is not null and trashed <= ? and not exists "  # noqa: S608
            f"(select 1 from job where job.photo = item.id and job.state in {_ACTIVE}){only} "
            f"order by trashed, id limit {_BATCH}"
        )
        removed = freed = 0
        while True:
            with self._database.write() as rows:
                found = rows.execute(query, [latest]).fetchall()
                self._forget(rows, [row["id"] for row in found])
            if not found:
                return removed, freed
            removed += len(found)
            freed += self._drop(row["sha256"] for row in found)

    def _forget(self, rows: sqlite3.Connection, ids: Iterable[str]) -> bool:
        """Take items out of the database; False when an unfinished job needs one, which then stays."""
        gone = True
        for item_id in ids:
            needed = f"select 1 from job where photo = ? and state in {_ACTIVE}"  # noqa: S608
            if rows.execute(needed, [item_id]).fetchone():
                gone = False
                continue
            made = rows.execute(
                "update item set photo = null where photo = ? returning id", [item_id]
            ).fetchall()
            for row in made:
                self._tell(rows, row["id"], "changed", {"photo": None})
            rows.execute("delete from tag where item = ?", [item_id])
            rows.execute("delete from item where id = ?", [item_id])
            self._tell(rows, item_id, "deleted", {})
        return gone

    def _drop(self, hashes: Iterable[str]) -> int:
        """Remove contents that no item has. While the transaction is open nobody can write down an item that does;
        contents on their way to one are known to the files.
        """
        freed = 0
        with self._database.write() as rows:
            for sha256 in set(hashes):
                if not rows.execute("select 1 from item where sha256 = ?", [sha256]).fetchone():
                    freed += self.files.remove(sha256)
        return freed


def _get(rows: sqlite3.Connection, item_id: str) -> Item:
    found = None
    if _ID.fullmatch(item_id):
        found = rows.execute("select * from item where id = ?", [item_id]).fetchone()
    if found is None:
        raise NotFound(
            "There is no such item in the library; it may have been deleted. Load the library again."
        )
    return decoded(found, tags_of(rows, [item_id])[item_id])


def _original(rows: sqlite3.Connection, sha256: str) -> sqlite3.Row | None:
    return rows.execute(
        "select id, state, trashed from item where sha256 = ? and role = 'original' "
        "order by trashed is not null, created, id limit 1",
        [sha256],
    ).fetchone()


def _page(
    rows: sqlite3.Connection,
    order: Order,
    clauses: list[str],
    values: list[str | float],
    behind: list[str | float] | None,
    words: list[str],
    limit: int,
) -> tuple[list[Item], str | None]:
    """Read on in the order, a batch at a time, until one more item than wanted has all the words.

    Words are compared here and not in SQL, whose idea of case ends with ASCII in SQLite and differs elsewhere.
    """
    batch = MOST_A_PAGE if words else limit + 1
    found: list[Item] = []
    cursors: list[str] = []
    while len(found) <= limit:
        where = " and ".join([*clauses, order.behind] if behind else clauses)
        read = rows.execute(
            f"select item.*, {order.keys} from item where {where} order by {order.clause} limit {batch}",  # noqa: S608
            [*values, *(behind or [])],
        ).fetchall()
        tags = tags_of(rows, [row["id"] for row in read])
        for row in read:
            own = tags[row["id"]]
            if not words or matches(words, [row["title"], row["name"], row["note"], *own]):
                found.append(decoded(row, own))
                cursors.append(order.cursor(row))
        if len(read) < batch:
            break
        behind = order.position(read[-1])
    return found[:limit], cursors[limit - 1] if len(found) > limit else None
