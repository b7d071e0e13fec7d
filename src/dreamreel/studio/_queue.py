"""The ledger's statements, and where jobs stand in the queue. Works on a connection that is in a transaction already.

Only plain SQL that PostgreSQL takes too. SQLite lets one writer in at a time, so that what was selected in a
transaction still holds when it is changed; where several may write, `find` and `held` select `for update`.
"""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Collection
from types import MappingProxyType
from typing import Final

from dreamreel.errors import Conflict, NotFound
from dreamreel.studio._rows import ACTIVE, FINISHED, Claim, Job, Place, job_of

__all__ = [
    "BEAT",
    "CLAIM",
    "HOLD",
    "INSERT",
    "PROGRESS",
    "SILENT",
    "WAYS",
    "end_of_queue",
    "find",
    "gap_before",
    "happened",
    "held",
    "in_queue",
    "in_state",
    "listed",
    "renumber",
]

WAYS: Final = MappingProxyType({
    "queued": "update job set state='queued', owner=null, lease=null, wanted=null, reason=null where id=?",
    "fresh": """update job set state='queued', owner=null, lease=null, wanted=null, reason=null, error=null, attempts=0
        where id=?""",
    "again": """update job set state='queued', owner=null, lease=null, wanted=null, reason=null, error=null, attempts=0,
        progress=null, started=null, finished=null, position=? where id=?""",
    "paused": """update job set state='paused', owner=null, lease=null, wanted=null, reason=?, error=? where id=?""",
    "failed": """update job set state='failed', owner=null, lease=null, wanted=null, error=?, finished=? where id=?""",
    "cancelled": """update job set state='cancelled', owner=null, lease=null, wanted=null, reason=null, error=null,
        finished=? where id=?""",
    "done": "update job set state='done', owner=null, lease=null, wanted=null, result=?, finished=? where id=?",
    "wanted": "update job set wanted=? where id=?",
    "reason": "update job set reason=?, error=null where id=?",
    "place": "update job set priority=?, position=? where id=?",
})  # fmt: skip
"""The ways a job changes; the last parameter is its id. A `fresh` one has all its attempts before it."""

INSERT: Final = """insert into job (id, kind, title, request, recipe, output, photo, batch, draft, priority,
    idempotency, created, position) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""

HOLD: Final = """insert into setting (name, value) values ('queue', ?)
    on conflict (name) do update set value=excluded.value"""

CLAIM: Final = """update job set state='running', owner=?, lease=?, token=token+1, attempts=attempts+1, wanted=null,
    reason=null, error=null, started=coalesce(started, ?) where id=(
        select id from job where state='queued' or (state='running' and lease<? and owner<>?)
        order by priority desc, position, id limit 1
    ) returning *"""

SILENT: Final = "select * from job where state='running' and lease<? and owner<>? and wanted is not null"

BEAT: Final = "update job set lease=? where id=? and token=? and state='running' returning wanted"

PROGRESS: Final = "update job set progress=? where id=? and token=? and state='running' returning *"

_QUEUE: Final = """select * from job where state in (?, ?, ?) and (cast(? as text) is null or batch=?)
    and (priority<? or (priority=? and (position>? or (position=? and id>?))))
    order by priority desc, position, id limit ?"""

_HISTORY: Final = """select * from job where state in (?, ?, ?) and (cast(? as text) is null or batch=?)
    and (finished<? or (finished=? and id<?)) order by finished desc, id desc limit ?"""

_START: Final = (math.inf, "")
"""The place in the history before which nothing is."""


def find(rows: sqlite3.Connection, job_id: str) -> Job:
    """The job of this id. Raises `NotFound`."""
    row = rows.execute("select * from job where id=?", (job_id,)).fetchone()
    if row is None:
        raise NotFound(f"There is no job {job_id[:40]!r} in this studio; look at the list of jobs.")
    return job_of(row)


def held(rows: sqlite3.Connection, claim: Claim) -> Job | None:
    """The job that `claim` gives a right to, as it is now, or None when the claim is stale."""
    row = rows.execute(
        "select * from job where id=? and token=? and state='running'", (claim.job.id, claim.token)
    ).fetchone()
    return None if row is None else job_of(row)


def in_state(rows: sqlite3.Connection, state: str) -> list[Job]:
    """All jobs in a state, in the order of the queue."""
    found = rows.execute("select * from job where state=? order by priority desc, position, id", (state,))
    return [job_of(row) for row in found.fetchall()]


def in_queue(rows: sqlite3.Connection, job_id: str) -> Job:
    """The job of this id, which has a place in the queue. Raises `NotFound` and `Conflict`."""
    job = find(rows, job_id)
    if job.state not in ACTIVE:
        raise Conflict(
            f"Job {job_id} is {job.state} and has no place in the queue; choose one that is waiting."
        )
    return job


def listed(
    rows: sqlite3.Connection, states: Collection[str], batch: str | None, place: Place, limit: int
) -> list[Job]:
    """Jobs in these states after `place`: the queue in its order, then what is finished, newest first."""
    found: list[Job] = []
    active, finished = _chosen(ACTIVE, states), _chosen(FINISHED, states)
    if place.history is None and active:
        priority, position, job_id = place.queue
        after = (priority, priority, position, position, job_id)
        found += map(job_of, rows.execute(_QUEUE, (*active, batch, batch, *after, limit)))
    if len(found) < limit and finished:
        when, job_id = place.history or _START
        after = (when, when, job_id)
        found += map(job_of, rows.execute(_HISTORY, (*finished, batch, batch, *after, limit - len(found))))
    return found


def _chosen(group: tuple[str, ...], states: Collection[str]) -> list[str]:
    """Those of a group of three that are in `states`, repeated until there are three; empty if there are none."""
    found = [state for state in group if state in states]
    return (found * 3)[:3]


def end_of_queue(rows: sqlite3.Connection) -> tuple[int, float]:
    """The lowest priority in the queue and the position after all others."""
    lowest, last = rows.execute(
        "select coalesce(min(priority), 0), coalesce(max(position), 0) + 1 from job"
        " where state in ('queued', 'running', 'paused')"
    ).fetchone()
    return lowest, last


def gap_before(rows: sqlite3.Connection, job_id: str, before: str) -> float | None:
    """A position between job `before` and the one that precedes it, `job_id` left out; None when no number is left.

    Positions are unique among all jobs in the queue, whatever their priority.
    """
    here = find(rows, before).position
    found = rows.execute(
        "select max(position) from job where state in ('queued', 'running', 'paused') and position<? and id<>?",
        (here, job_id),
    ).fetchone()[0]
    if found is None:
        return here - 1
    middle = (found + here) / 2
    return middle if found < middle < here else None


def renumber(rows: sqlite3.Connection) -> None:
    """Give the jobs in the queue whole positions, in the order they have."""
    found = rows.execute(
        "select id from job where state in ('queued', 'running', 'paused') order by position, id"
    ).fetchall()
    rows.executemany(
        "update job set position=? where id=?", [(float(n), row["id"]) for n, row in enumerate(found, 1)]
    )


def happened(rows: sqlite3.Connection, after: int, limit: int, subject: str | None) -> list[sqlite3.Row]:
    """Rows of events with numbers above `after`, in order, about one subject or about all."""
    if subject is None:
        return rows.execute("select * from event where seq>? order by seq limit ?", (after, limit)).fetchall()
    return rows.execute(
        "select * from event where subject=? and seq>? order by seq limit ?", (subject, after, limit)
    ).fetchall()
