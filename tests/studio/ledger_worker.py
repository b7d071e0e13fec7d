"""A worker for tests that kill it: takes jobs from a ledger, makes a file of each, until all are finished.

    python ledger_worker.py DATABASE FOLDER OWNER TTL     says a line for everything it lost

A job's title is its number; what the file holds follows from that. Every other worker is stubborn: told that its job
belongs to somebody else now, it goes on and tries to finish all the same.
"""

from __future__ import annotations

import hashlib
import sqlite3
import sys
import threading
from pathlib import Path

from dreamreel.media.atomic import atomic_write
from dreamreel.studio.database import Database
from dreamreel.studio.ledger import Claim, Ledger

__all__ = ["contents"]

BLOCKS = 4
ROUNDS = 5_000
"""Hashes in a block: some milliseconds."""


def block(number: int, index: int) -> bytes:
    """One block of a job's file: a chain of hashes, so that it takes its time."""
    found = f"{number}/{index}".encode()
    for _ in range(ROUNDS):
        found = hashlib.sha256(found).digest()
    return found * 512


def contents(number: int) -> bytes:
    """What the file of a job must hold."""
    return b"".join(block(number, index) for index in range(BLOCKS))


class Lost(Exception):
    """The job is somebody else's now. Raised, so that the half-made file is removed and not put in its place."""


def make(ledger: Ledger, claim: Claim, folder: Path, ttl: float, stubborn: bool) -> None:
    """Do a job, or raise `Lost` with the word that was too late."""
    number = int(claim.job.title)
    with atomic_write(folder / f"{number:03d}") as part, part.open("wb") as file:
        for index in range(BLOCKS):
            file.write(block(number, index))
            file.flush()
            ledger.progress(claim, {"frame": index})
            if ledger.beat(claim, ttl) == "lost" and not stubborn:
                raise Lost("beat")

    def commit(rows: sqlite3.Connection) -> str:
        item = f"i{number}-{claim.token}"
        rows.execute("insert into setting (name, value) values (?, ?)", (item, claim.job.id))
        return item

    if not ledger.finish(claim, commit):
        raise Lost("finish")


def main(database: str, folder: str, owner: str, ttl: str) -> None:
    ledger, idle = Ledger(Database(Path(database))), threading.Event()
    stubborn = int(owner.lstrip("w")) % 2 == 0
    while True:
        claim = ledger.claim(owner, float(ttl))
        if claim is not None:
            try:
                make(ledger, claim, Path(folder), float(ttl), stubborn)
            except Lost as lost:
                sys.stdout.write(f"fenced {lost}\n")
                sys.stdout.flush()
        elif ledger.counts()["running"]:
            idle.wait(0.02)  # Somebody else has the last ones, and may not live to finish them.
        else:
            return


if __name__ == "__main__":
    main(*sys.argv[1:])
