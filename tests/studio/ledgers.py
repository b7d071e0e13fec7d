"""Small things for tests of the ledger: a clock that obeys, wishes, and what must hold of every ledger's file."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from pathlib import Path
from typing import Any

from dreamreel.studio.ledger import FINISHED, NewJob

__all__ = ["Clock", "broken_rules", "wish"]


class Clock:
    """Seconds since 1970 as the test says."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


def wish(title: str = "a whale", **changes: Any) -> NewJob:
    """A job nobody has any special wishes about."""
    plain: dict[str, Any] = {
        "kind": "generate",
        "title": title,
        "request": {"dream": title, "seed": 7},
        "recipe": '{"nodes":[]}',
        "output": {"suffix": ".mp4"},
    }
    return NewJob(**plain | changes)


NEXT = {
    "queued": {"running", "paused", "cancelled"},
    "running": {"queued", "paused", "done", "failed", "cancelled"},
    "paused": {"queued", "cancelled"},
    "failed": {"queued"},
    "cancelled": {"queued"},
    "done": set(),
    None: {"queued"},
}
"""Which state may follow which."""


def broken_rules(path: Path) -> list[str]:
    """What is wrong in a ledger's file, read without the ledger: no list is good news.

    Jobs and their events must tell the same story, from beginning to end, if no events were pruned.
    """
    rows = sqlite3.connect(path)
    rows.row_factory = sqlite3.Row
    try:
        if (found := rows.execute("pragma integrity_check").fetchone()[0]) != "ok":
            return [f"integrity: {found}"]
        told: dict[str, list[tuple[str, dict[str, Any]]]] = defaultdict(list)
        for event in rows.execute("select * from event where topic='job' order by seq"):
            told[event["subject"]].append((event["kind"], json.loads(event["data"])))
        jobs = {row["id"]: row for row in rows.execute("select * from job")}
    finally:
        rows.close()
    removed = {subject for subject, events in told.items() if events[-1][0] == "removed"}
    wrong = [f"{job}: no events" for job in jobs.keys() - told.keys()]
    wrong += [f"{job}: lost" for job in told.keys() - removed - jobs.keys()]
    for job_id, row in jobs.items():
        wrong += [f"{job_id}: {text}" for text in (*_row_rules(row), *_story_rules(row, told[job_id]))]
    places = [row["position"] for row in jobs.values() if row["state"] not in FINISHED]
    if len(places) != len(set(places)):
        wrong.append("two jobs have one place in the queue")
    return wrong


def _row_rules(row: sqlite3.Row) -> list[str]:
    running, done, over = (row["state"] == "running", row["state"] == "done", row["state"] in FINISHED)
    rules = {
        "only a running job has an owner": (row["owner"] is not None) == running,
        "only a running job has a lease": (row["lease"] is not None) == running,
        "only a running job is asked for something": row["wanted"] is None or running,
        "only a paused job has a reason": (row["reason"] is not None) == (row["state"] == "paused"),
        "only a done job has a result": (row["result"] is not None) == done,
        "only a finished job has an end": (row["finished"] is not None) == over,
        "attempts are claims": 0 <= row["attempts"] <= row["token"],
    }
    return [text for text, holds in rules.items() if not holds]


def _story_rules(row: sqlite3.Row, events: list[tuple[str, dict[str, Any]]]) -> list[str]:
    wrong: list[str] = []
    state = None
    for _, data in events:
        if data["state"] != state and data["state"] not in NEXT[state]:
            wrong.append(f"{state} became {data['state']}")
        state = data["state"]
    last = events[-1][1]
    wrong += [
        f"its last event says {name} {last[name]}, its row {row[name]}"
        for name in ("state", "reason", "wanted")
        if last[name] != row[name]
    ]
    if sum(kind == "done" for kind, _ in events) != (row["state"] == "done"):
        wrong.append("done is told once, when it is")
    return wrong
