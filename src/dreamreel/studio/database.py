"""The database: one SQLite file in WAL mode, opened once per thread, changed in short transactions only.

    with database.read() as rows:   a consistent view             rows.execute("select …").fetchall()
    with database.write() as rows:  BEGIN IMMEDIATE … COMMIT      everything in the block happens, or nothing

Every commit is synced (`synchronous=FULL`): what was answered is on the disk. Writers wait for each other, never fail.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from dreamreel.errors import DatabaseTooNew, NoSpace, NotWritable
from dreamreel.media.atomic import output_error
from dreamreel.studio.schema import MIGRATIONS, VERSION

__all__ = ["Database"]

_WAIT_MS = 30_000
_FULL = ("disk is full", "database or disk is full")


class Database:
    """The studio's database. Safe to use from any thread."""

    def __init__(self, path: Path) -> None:
        """Open `path`, making or upgrading it.

        Raises:
            DatabaseTooNew: a newer program wrote it; nothing was changed.
            NotWritable: the folder or the file cannot be written, or it is no database.
            NoSpace: the disk is full.
        """
        self.path = path
        self._local = threading.local()
        self._every: dict[threading.Thread, sqlite3.Connection] = {}
        self._lock = threading.Lock()
        self._users = 0
        self._unused = threading.Condition()
        try:
            # Made by hand so that nobody else can read it, whatever the umask; an existing one stays as it is.
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        except OSError as error:
            told = output_error(error, path)
            raise told or NotWritable(f"{path.name} cannot be written: {error.strerror}.") from error
        with _told(path):
            self._migrate()

    @contextmanager
    def read(self) -> Generator[sqlite3.Connection]:
        """A connection for looking; several statements see the same state."""
        with self._using() as rows, _told(self.path):
            if rows.in_transaction:
                yield rows
                return
            # Looking at anything is what fixes the state that is seen.
            _begin(rows, "begin", "pragma schema_version")
            try:
                yield rows
            finally:
                rows.execute("rollback")

    @contextmanager
    def write(self) -> Generator[sqlite3.Connection]:
        """A connection for changing: committed when the block ends, undone when it raises. Blocks may be nested."""
        with self._using() as rows, _told(self.path):
            if rows.in_transaction:
                yield rows
                return
            _begin(rows, "begin immediate")
            try:
                yield rows
                rows.execute("commit")
            except BaseException:
                # After a failed commit SQLite may have undone everything already.
                if rows.in_transaction:
                    rows.execute("rollback")
                raise

    @contextmanager
    def _using(self) -> Generator[sqlite3.Connection]:
        """This thread's connection, which stays open meanwhile: closing one that works ends the whole process."""
        with self._unused:
            self._users += 1
        try:
            yield self._connection()
        finally:
            with self._unused:
                self._users -= 1
                self._unused.notify_all()

    def close(self) -> None:
        """Close the connections of all threads, when what they are doing is done."""
        with self._unused:
            self._unused.wait_for(lambda: not self._users)
            self._close_all()

    def _close_all(self) -> None:
        with self._lock:
            for connection in self._every.values():
                with suppress(sqlite3.Error):
                    connection.close()
            self._every.clear()
        self._local = threading.local()

    def _connection(self) -> sqlite3.Connection:
        found: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if found is None:
            found = sqlite3.connect(
                self.path, timeout=_WAIT_MS / 1000, isolation_level=None, check_same_thread=False
            )
            found.row_factory = sqlite3.Row
            for pragma in (
                f"busy_timeout={_WAIT_MS}",
                "journal_mode=wal",
                "synchronous=full",
                "foreign_keys=on",
            ):
                found.execute(f"pragma {pragma}")
            self._local.connection = found
            with self._lock:
                # Threads come and go with requests and jobs; what they leave behind are open files.
                for thread in [thread for thread in self._every if not thread.is_alive()]:
                    self._every.pop(thread).close()
                self._every[threading.current_thread()] = found
        return found

    def _migrate(self) -> None:
        rows = self._connection()
        _begin(rows, "begin immediate")
        try:
            version = int(rows.execute("pragma user_version").fetchone()[0])
            if version > VERSION:
                raise DatabaseTooNew(
                    f"The studio's data were written by a newer Dreamreel (format {version}, this program knows "
                    f"{VERSION}); update Dreamreel, or restore a backup made by this version."
                )
            for statements in MIGRATIONS[version:]:
                for statement in statements:
                    rows.execute(statement)
            rows.execute(f"pragma user_version={VERSION}")
            rows.execute("commit")
        except BaseException:
            if rows.in_transaction:
                rows.execute("rollback")
            raise


def _begin(rows: sqlite3.Connection, *statements: str) -> None:
    """Begin a transaction, with its lock.

    Where another process is stopped while it holds a lock, SQLite gives up after ten seconds with `SQLITE_PROTOCOL`,
    whatever the busy timeout: it is asked again until that has passed.
    """
    latest = time.monotonic() + _WAIT_MS / 1000
    while True:
        try:
            for statement in statements:
                rows.execute(statement)
        except sqlite3.OperationalError as error:
            if rows.in_transaction:
                rows.execute("rollback")
            stopped = getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_PROTOCOL
            if not stopped or time.monotonic() > latest:
                raise
        else:
            return


@contextmanager
def _told(path: Path) -> Generator[None]:
    """What SQLite says about the disk, as a sentence."""
    try:
        yield
    except sqlite3.OperationalError as error:
        text = str(error)
        if any(words in text for words in _FULL):
            raise NoSpace("There is no room left for the studio's database; free some disk space.") from error
        if "readonly" in text or "unable to open" in text or "disk I/O" in text:
            raise NotWritable(
                f"The studio's database in {path.parent} cannot be written ({text}); check the folder's permissions."
            ) from error
        raise
    except sqlite3.DatabaseError as error:
        if "not a database" in str(error) or "malformed" in str(error):
            raise NotWritable(
                f"{path.name} is damaged ({error}); restore a backup with `dreamreel restore`."
            ) from error
        raise
