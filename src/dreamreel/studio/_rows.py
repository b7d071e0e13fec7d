"""What the ledger's rows mean: a job, a claim on one, an event, a place in a list. Values only; touches nothing.

row of the table `job` ──job_of──► Job        row of the table `event` ──event_of──► Event
the last job of a page ──cursor_after──► opaque text ──place_of──► where the next page begins
"""

from __future__ import annotations

import base64
import json
import sqlite3
from contextlib import suppress
from dataclasses import dataclass, fields
from typing import Final

from dreamreel.errors import BadParameter
from dreamreel.graph import JSON

__all__ = [
    "ACTIVE",
    "FINISHED",
    "STATES",
    "Claim",
    "Event",
    "Job",
    "NewJob",
    "Place",
    "cursor_after",
    "event_of",
    "job_of",
    "place_of",
]

ACTIVE: Final = ("queued", "running", "paused")
"""States of jobs that have a place in the queue."""

FINISHED: Final = ("done", "failed", "cancelled")
"""States of jobs that nothing happens to by itself."""

STATES: Final = ACTIVE + FINISHED


@dataclass(frozen=True, slots=True, kw_only=True)
class NewJob:
    """What is to be done, before the ledger knows it."""

    kind: str
    """Which page's task it is, such as `generate`."""
    title: str
    request: dict[str, JSON]
    """The filled-in form, as it was sent."""
    recipe: str
    """The clip to render, as a recipe's text."""
    output: dict[str, JSON]
    """How the file is to be written."""
    photo: str | None = None
    batch: str | None = None
    draft: bool = False
    priority: int = 0
    """-1, 0 or 1; a higher one is taken first."""
    idempotency: str | None = None
    """A name for the wish itself: submitting it twice makes one job."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job as it is now: every column of its row, decoded."""

    id: str
    kind: str
    title: str
    request: dict[str, JSON]
    recipe: str
    output: dict[str, JSON]
    photo: str | None
    batch: str | None
    draft: bool
    state: str
    """`queued`, `running`, `paused`, `done`, `failed` or `cancelled`."""
    wanted: str | None
    """What a running job was asked for and has not done yet: `pause` or `cancel`."""
    reason: str | None
    """Why it is paused: `user` or `disk`."""
    priority: int
    position: float
    """Its place among jobs of its priority; lower is sooner."""
    created: float
    """Seconds since 1970, like all times here."""
    started: float | None
    finished: float | None
    owner: str | None
    lease: float | None
    """Until when its owner may be silent."""
    token: int
    """How often it was claimed; a claim with a lower number is worth nothing any more."""
    attempts: int
    """Starts since it was submitted, resumed or retried."""
    progress: dict[str, JSON] | None
    error: dict[str, JSON] | None
    """`type`, `title`, `detail`, `exit_code` of what made it fail, or of what made it wait."""
    result: str | None
    """The id of the item it made."""
    idempotency: str | None


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to work on a job, until somebody claims it again."""

    job: Job
    token: int
    owner: str


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened. Numbers rise and are never given twice."""

    seq: int
    topic: str
    subject: str
    kind: str
    at: float
    data: dict[str, JSON]


_LONGEST_CURSOR: Final = 200
_JSON_COLUMNS: Final = frozenset({"request", "output", "progress", "error"})


def job_of(row: sqlite3.Row) -> Job:
    """The job that a row of its table describes."""
    values: dict[str, object] = {}
    for column in fields(Job):
        value = row[column.name]
        if column.name in _JSON_COLUMNS and value is not None:
            value = json.loads(value)
        values[column.name] = value
    values["draft"] = bool(values["draft"])
    return Job(**values)  # pyright: ignore[reportArgumentType]


def event_of(row: sqlite3.Row) -> Event:
    """The event that a row of its table describes."""
    return Event(row["seq"], row["topic"], row["subject"], row["kind"], row["at"], json.loads(row["data"]))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of jobs begins: after this one. Finished jobs come after the queue, newest first."""

    queue: tuple[int, float, str] = (2, 0.0, "")
    """Priority, position and id; the default is before everything."""
    history: tuple[float, str] | None = None
    """Time of finishing and id, or None while the page begins in the queue."""


def cursor_after(job: Job) -> str:
    """The place after `job`, as text that is safe in a URL."""
    place = [job.priority, job.position, job.id] if job.state in ACTIVE else [job.finished or 0.0, job.id]
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def place_of(cursor: str | None) -> Place:
    """The place that `cursor_after` wrote down; None is the beginning.

    Raises:
        BadParameter: the text did not come from there.
    """
    if cursor is None:
        return Place()
    found: list[object] = []
    with suppress(ValueError, TypeError, RecursionError):
        if len(cursor) <= _LONGEST_CURSOR:
            text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True)
            found = [*json.loads(text)]
    match found:
        case [int() as priority, float() as position, str() as job_id] if (
            job_id.isascii() and abs(priority) <= 1
        ):
            return Place((priority, position, job_id))
        case [float() as finished, str() as job_id] if job_id.isascii():
            return Place(history=(finished, job_id))
        case _:
            raise BadParameter(
                "The list's cursor was not given by this studio; read the list from its beginning."
            )
