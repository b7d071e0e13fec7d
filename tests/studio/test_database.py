"""The database under its ledger and library: what it waits for, and how long."""

from __future__ import annotations

import sqlite3
import threading
from typing import cast

import pytest

from dreamreel.studio import database as module
from dreamreel.studio.database import Database


def test_closing_waits_for_who_is_reading(tmp_path):
    database = Database(tmp_path / "studio.sqlite")
    reading, enough, closed = threading.Event(), threading.Event(), threading.Event()
    found: list[int] = []

    def read():
        with database.read() as rows:
            reading.set()
            enough.wait(30)
            found.append(rows.execute("select 7").fetchone()[0])

    def close():
        database.close()
        closed.set()

    threads = [threading.Thread(target=read), threading.Thread(target=close)]
    threads[0].start()
    assert reading.wait(30)
    threads[1].start()
    assert not closed.wait(0.2)
    enough.set()
    for thread in threads:
        thread.join(30)
    assert found == [7]
    assert closed.is_set()


class Held:
    """A connection to a database that another process keeps locked while it is stopped, some times as long as SQLite
    waits.
    """

    def __init__(self, times: int) -> None:
        self.times = times
        self.done: list[str] = []
        self.in_transaction = False

    def execute(self, statement: str) -> None:
        if statement == "rollback":
            self.in_transaction = False
        elif statement == "begin":
            self.in_transaction = True
        elif self.times:
            self.times -= 1
            error = sqlite3.OperationalError("locking protocol")
            error.sqlite_errorcode = sqlite3.SQLITE_PROTOCOL
            raise error
        self.done.append(statement)


def begun(times):
    held = Held(times)
    module._begin(cast("sqlite3.Connection", held), "begin", "pragma schema_version")
    return held


def test_a_process_that_is_stopped_with_a_lock_is_waited_for():
    assert begun(0).done == ["begin", "pragma schema_version"]
    assert begun(2).done == ["begin", "rollback"] * 2 + ["begin", "pragma schema_version"]


def test_it_is_not_waited_for_without_end(monkeypatch):
    monkeypatch.setattr(module, "_WAIT_MS", -1)
    with pytest.raises(sqlite3.OperationalError, match="locking protocol"):
        begun(2)
