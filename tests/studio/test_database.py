"""The database under its ledger and library: what closing it waits for."""

from __future__ import annotations

import threading

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
