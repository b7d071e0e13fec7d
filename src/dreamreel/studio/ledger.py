"""The ledger: what is to be done, who does it, what happened. May touch the database only.

                  ┌─ pause ─► paused ◄─ park ─┐
    submit ─► queued ◄─ resume, room ┘        │          every arrow and its event are one transaction
                │ ▲                           │
          claim ▼ │ give_up, release          │
              running ────────────────────────┴─► done (finish) · failed (fail) · cancelled (drop)
                                                     failed, cancelled ─ retry ─► queued

A claim is a lease and a number. Whoever is silent for longer than the lease may lose the job to another owner; each
claim raises the job's number (its token), and everything a worker says carries the number it was given. A worker that
was asleep while another one took over is told `False` or `"lost"`, and nothing of what it says is written.

Leases are times of the wall clock, because they must mean something after a restart. The clock may jump: forward, a job
may be given away too early, which costs work and nothing else; and an owner never loses a job to itself.

What a running job is asked for (`wanted`) is answered by its worker: `beat` tells, `park` and `drop` are the answers.
If the worker is gone, the answer is given when the job is taken from it.
"""

from __future__ import annotations

import secrets
import sqlite3
import time
from collections.abc import Callable, Collection
from typing import Final

from dreamreel.errors import BadParameter, Conflict
from dreamreel.graph import JSON, canonical
from dreamreel.studio._queue import (
    BEAT,
    CLAIM,
    HOLD,
    INSERT,
    PROGRESS,
    SILENT,
    WAYS,
    end_of_queue,
    find,
    gap_before,
    happened,
    held,
    in_queue,
    in_state,
    listed,
    renumber,
)
from dreamreel.studio._rows import (
    ACTIVE,
    FINISHED,
    STATES,
    Claim,
    Event,
    Job,
    NewJob,
    cursor_after,
    event_of,
    job_of,
    place_of,
)
from dreamreel.studio.database import Database

__all__ = ["ACTIVE", "FINISHED", "STATES", "Claim", "Event", "Job", "Ledger", "NewJob"]

_MOST: Final = 500
"""Jobs or events in one answer."""


class Ledger:
    """The jobs and events of a studio. Any number of ledgers, threads and processes may share one database."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    # What a person wants done

    def submit(self, new: NewJob) -> tuple[Job, bool]:
        """Put a job at the end of the queue. False: this wish was submitted before; here is its job.

        Raises:
            Conflict: the idempotency key came with another request before.
            BadParameter: a priority that is none.
        """
        _check_priority(new.priority)
        with self._database.write() as rows:
            if new.idempotency is not None:
                known = rows.execute("select * from job where idempotency=?", (new.idempotency,)).fetchone()
                if known is not None:
                    return _same_wish(job_of(known), new), False
            job_id = f"j{secrets.token_hex(8)}"
            _, last = end_of_queue(rows)
            values = (
                job_id, new.kind, new.title, canonical(new.request), new.recipe, canonical(new.output), new.photo,
                new.batch, int(new.draft), new.priority, new.idempotency, self._clock(), last,
            )  # fmt: skip
            rows.execute(INSERT, values)
            return self._told(rows, job_id), True

    def pause(self, job_id: str) -> Job:
        """Stop a job so that it can go on later; a running one is asked to.

        Raises:
            NotFound: there is no such job.
            Conflict: it is finished, or it is being cancelled.
        """
        with self._database.write() as rows:
            job = find(rows, job_id)
            match job.state:
                case "queued":
                    return self._turn(rows, "paused", job_id, "user", None)
                case "paused" if job.reason != "user":  # Room on the disk does not start it again now.
                    return self._turn(rows, "reason", job_id, "user")
                case "running" if job.wanted is None:
                    return self._turn(rows, "wanted", job_id, "pause")
                case "running" if job.wanted == "cancel":
                    raise Conflict(
                        f"Job {job_id} is being cancelled and cannot be paused; retry it afterwards."
                    )
                case "running" | "paused":
                    return job
                case _:
                    raise Conflict(f"Job {job_id} is {job.state} and cannot be paused; {_way_out(job)}.")

    def resume(self, job_id: str) -> Job:
        """Let a paused job go on at its place, or take back a pause that was asked for.

        Raises:
            NotFound: there is no such job.
            Conflict: it is finished, or it is being cancelled.
        """
        with self._database.write() as rows:
            job = find(rows, job_id)
            match job.state:
                case "paused":
                    return self._turn(rows, "fresh", job_id)
                case "running" if job.wanted == "pause":
                    return self._turn(rows, "wanted", job_id, None)
                case "running" if job.wanted == "cancel":
                    raise Conflict(f"Job {job_id} is being cancelled and cannot go on; retry it afterwards.")
                case "queued" | "running":
                    return job
                case _:
                    raise Conflict(f"Job {job_id} is {job.state} and cannot go on; {_way_out(job)}.")

    def cancel(self, job_id: str) -> Job:
        """End a job without a result; a running one is asked to end.

        Raises:
            NotFound: there is no such job.
            Conflict: it is done or failed.
        """
        with self._database.write() as rows:
            job = find(rows, job_id)
            match job.state:
                case "queued" | "paused":
                    return self._turn(rows, "cancelled", job_id, self._clock())
                case "running" if job.wanted != "cancel":
                    return self._turn(rows, "wanted", job_id, "cancel")
                case "running" | "cancelled":
                    return job
                case _:
                    raise Conflict(f"Job {job_id} is {job.state} and cannot be cancelled; {_way_out(job)}.")

    def retry(self, job_id: str) -> Job:
        """Put a failed or cancelled job at the end of the queue again.

        Raises:
            NotFound: there is no such job.
            Conflict: it is in any other state.
        """
        with self._database.write() as rows:
            job = find(rows, job_id)
            if job.state not in {"failed", "cancelled"}:
                raise Conflict(f"Job {job_id} is {job.state} and cannot be retried; {_way_out(job)}.")
            _, last = end_of_queue(rows)
            return self._turn(rows, "again", job_id, last)

    def move(self, job_id: str, before: str | None) -> Job:
        """Put a job right before another one, or last. It takes the priority of that place.

        Raises:
            NotFound: there is no such job.
            Conflict: one of the two is finished and has no place.
        """
        with self._database.write() as rows:
            job = in_queue(rows, job_id)
            if before == job_id:
                return job
            if before is None:
                return self._turn(rows, "place", job_id, *end_of_queue(rows), kind="moved")
            priority = in_queue(rows, before).priority
            place = gap_before(rows, job_id, before)
            if place is None:
                renumber(rows)
                place = gap_before(rows, job_id, before)
                assert place is not None, "whole numbers leave gaps"
            return self._turn(rows, "place", job_id, priority, place, kind="moved")

    def prioritise(self, job_id: str, priority: int) -> Job:
        """Take a job before (1), among (0) or after (-1) the others.

        Raises:
            NotFound: there is no such job.
            Conflict: it is finished.
            BadParameter: another priority.
        """
        _check_priority(priority)
        with self._database.write() as rows:
            job = in_queue(rows, job_id)
            if job.priority == priority:
                return job
            return self._turn(rows, "place", job_id, priority, job.position, kind="moved")

    def remove(self, job_id: str) -> None:
        """Forget a finished job; what it made stays.

        Raises:
            NotFound: there is no such job.
            Conflict: it is not finished.
        """
        with self._database.write() as rows:
            job = find(rows, job_id)
            if job.state not in FINISHED:
                raise Conflict(f"Job {job_id} is {job.state} and cannot be removed; cancel it first.")
            self._forget(rows, job_id)

    def clear(self, states: Collection[str]) -> int:
        """Forget all jobs in these states, which must be finished ones; returns how many.

        Raises:
            BadParameter: a state in which jobs cannot be forgotten.
        """
        wrong = sorted(set(states) - set(FINISHED))
        if wrong:
            raise BadParameter(
                f"Jobs that are {wrong[0]} cannot be cleared; choose from {', '.join(FINISHED)}."
            )
        with self._database.write() as rows:
            found = [job for state in sorted(set(states)) for job in in_state(rows, state)]
            for job in found:
                self._forget(rows, job.id)
            return len(found)

    def hold(self, paused: bool) -> None:
        """Pause the whole queue, or let it go on: while it is paused, nothing new is claimed."""
        with self._database.write() as rows:
            if self.held() == paused:
                return
            value = "paused" if paused else "running"
            rows.execute(HOLD, (value,))
            self.tell("queue", "queue", value, {"paused": paused}, rows)

    def held(self) -> bool:
        """Whether the whole queue is paused."""
        with self._database.read() as rows:
            found = rows.execute("select value from setting where name='queue'").fetchone()
        return found is not None and found["value"] == "paused"

    # What a worker says

    def claim(self, owner: str, ttl: float) -> Claim | None:
        """The next job for `owner`, who must not be silent for longer than `ttl` seconds; None when there is none.

        A running job whose lease has passed is taken from its owner, but never from `owner` itself.
        """
        with self._database.write() as rows:
            now = self._clock()
            for row in rows.execute(SILENT, (now, owner)).fetchall():
                self._settle(rows, job_of(row))
            if self.held():
                return None
            row = rows.execute(CLAIM, (owner, now + ttl, now, now, owner)).fetchone()
            if row is None:
                return None
            job = job_of(row)
            self._tell_of(rows, job, "running")
            return Claim(job, job.token, owner)

    def beat(self, claim: Claim, ttl: float) -> str:
        """Say that the work goes on. Answers `go`, `pause`, `cancel`, or `lost` when it is somebody else's now."""
        with self._database.write() as rows:
            row = rows.execute(BEAT, (self._clock() + ttl, claim.job.id, claim.token)).fetchone()
            return "lost" if row is None else row["wanted"] or "go"

    def progress(self, claim: Claim, progress: dict[str, JSON]) -> bool:
        """Say how far the work is. Here and below, False means lost: the claim is stale and nothing was written."""
        with self._database.write() as rows:
            row = rows.execute(PROGRESS, (canonical(progress), claim.job.id, claim.token)).fetchone()
            if row is None:
                return False
            self._tell_of(rows, job_of(row), "progress")
            return True

    def finish(self, claim: Claim, commit: Callable[[sqlite3.Connection], str]) -> bool:
        """The work is done: `commit` stores what it made and returns the item's id, in the same transaction.

        When `commit` raises, nothing has happened and the claim holds.
        """
        return self._by_holder(
            claim, lambda rows, job: self._turn(rows, "done", job.id, commit(rows), self._clock())
        )

    def fail(self, claim: Claim, error: dict[str, JSON]) -> bool:
        """The work cannot be done; `error` holds `type`, `title`, `detail` and `exit_code`."""
        told = canonical(error)
        return self._by_holder(
            claim, lambda rows, job: self._turn(rows, "failed", job.id, told, self._clock())
        )

    def park(self, claim: Claim, reason: str, detail: str) -> bool:
        """The work stopped and can go on: `user` answers a pause, `disk` waits for room and says so in `detail`.

        What was asked for meanwhile counts: a cancel, a pause, or that the pause was taken back (the job is queued).
        """
        error: dict[str, JSON] = {
            "type": "NoSpace",
            "title": "No room left",
            "detail": detail,
            "exit_code": 5,
        }

        def change(rows: sqlite3.Connection, job: Job) -> None:
            if reason == "disk" and job.wanted is None:
                self._turn(rows, "paused", job.id, reason, canonical(error))
            else:
                self._settle(rows, job)

        return self._by_holder(claim, change)

    def drop(self, claim: Claim) -> bool:
        """The work stopped because it was cancelled."""
        return self._by_holder(claim, lambda rows, job: self._turn(rows, "cancelled", job.id, self._clock()))

    def give_up(self, claim: Claim) -> bool:
        """The worker died: the job waits again, or gets what was asked of it. The caller counts `attempts`."""
        return self._by_holder(claim, self._settle)

    def release(self, owner_prefix: str) -> int:
        """After a restart: give up everything that owners of this prefix were working on; returns how many."""
        with self._database.write() as rows:
            found = [job for job in in_state(rows, "running") if (job.owner or "").startswith(owner_prefix)]
            for job in found:
                self._settle(rows, job)
            return len(found)

    def room(self) -> int:
        """There is room on the disk again: everything that waited for it is queued; returns how many."""
        with self._database.write() as rows:
            found = [job for job in in_state(rows, "paused") if job.reason == "disk"]
            for job in found:
                self._turn(rows, "fresh", job.id)
            return len(found)

    # What is known

    def get(self, job_id: str) -> Job:
        """One job. Raises `NotFound`."""
        with self._database.read() as rows:
            return find(rows, job_id)

    def jobs(
        self,
        *,
        states: Collection[str] = (),
        batch: str | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> tuple[list[Job], str | None]:
        """A page of jobs and the cursor of the next page: the queue in its order, then what is finished, newest first.

        Raises:
            BadParameter: an unknown state, or a cursor that was not given here.
        """
        wrong = sorted(set(states) - set(STATES))
        if wrong:
            raise BadParameter(f"There is no job state {wrong[0]!r}; choose from {', '.join(STATES)}.")
        place, limit = place_of(cursor), max(1, min(limit, _MOST))
        with self._database.read() as rows:
            found = listed(rows, states or STATES, batch, place, limit + 1)
        return found[:limit], cursor_after(found[limit - 1]) if len(found) > limit else None

    def counts(self) -> dict[str, int]:
        """How many jobs are in each state."""
        with self._database.read() as rows:
            found = rows.execute("select state, count(*) as n from job group by state").fetchall()
        return dict.fromkeys(STATES, 0) | {row["state"]: row["n"] for row in found}

    # What happened

    def tell(
        self,
        topic: str,
        subject: str,
        kind: str,
        data: dict[str, JSON],
        rows: sqlite3.Connection | None = None,
    ) -> int:
        """Write down an event, in the transaction of `rows` if given; returns its number."""
        if rows is None:
            with self._database.write() as own:
                return self.tell(topic, subject, kind, data, own)
        row = rows.execute(
            "insert into event (topic, subject, kind, at, data) values (?, ?, ?, ?, ?) returning seq",
            (topic, subject, kind, self._clock(), canonical(data)),
        ).fetchone()
        return int(row["seq"])

    def events(self, after: int, limit: int = _MOST, subject: str | None = None) -> list[Event]:
        """The events with numbers above `after`, in order; only those about `subject` if given."""
        with self._database.read() as rows:
            return [event_of(row) for row in happened(rows, after, limit, subject)]

    def newest(self) -> int:
        """The number of the last event, 0 before the first one."""
        with self._database.read() as rows:
            return int(rows.execute("select coalesce(max(seq), 0) from event").fetchone()[0])

    def oldest(self) -> int:
        """The number of the first event that is still there, 0 before the first one."""
        with self._database.read() as rows:
            return int(rows.execute("select coalesce(min(seq), 0) from event").fetchone()[0])

    def prune(self, keep: int = 20_000) -> int:
        """Forget all but the last `keep` events, at least one; returns how many."""
        with self._database.write() as rows:
            return rows.execute("delete from event where seq<=?", (self.newest() - max(1, keep),)).rowcount

    # How rows change

    def _by_holder(self, claim: Claim, change: Callable[[sqlite3.Connection, Job], object]) -> bool:
        """Change the job of a claim, unless the claim is stale."""
        with self._database.write() as rows:
            job = held(rows, claim)
            if job is None:
                return False
            change(rows, job)
            return True

    def _turn(
        self, rows: sqlite3.Connection, way: str, job_id: str, *values: object, kind: str | None = None
    ) -> Job:
        """Change a job's row in one of the ways of `WAYS`, and tell."""
        rows.execute(WAYS[way], (*values, job_id))
        return self._told(rows, job_id, kind)

    def _told(self, rows: sqlite3.Connection, job_id: str, kind: str | None = None) -> Job:
        job = find(rows, job_id)
        self._tell_of(rows, job, kind or job.state)
        return job

    def _tell_of(self, rows: sqlite3.Connection, job: Job, kind: str) -> None:
        data: dict[str, JSON] = {"state": job.state, "reason": job.reason, "wanted": job.wanted}
        if kind == "progress":
            data["progress"] = job.progress
        elif kind == "moved":
            data |= {"priority": job.priority, "position": job.position}
        elif kind == "done":
            data["result"] = job.result
        self.tell("job", job.id, kind, data, rows)

    def _settle(self, rows: sqlite3.Connection, job: Job) -> None:
        """Nobody works on a running job any more: give it what was asked, or queue it again."""
        if job.wanted == "cancel":
            self._turn(rows, "cancelled", job.id, self._clock())
        elif job.wanted == "pause":
            self._turn(rows, "paused", job.id, "user", None)
        else:
            self._turn(rows, "queued", job.id)

    def _forget(self, rows: sqlite3.Connection, job_id: str) -> None:
        rows.execute("delete from job where id=?", (job_id,))
        self.tell("job", job_id, "removed", {"state": None}, rows)


def _check_priority(priority: int) -> None:
    if priority not in {-1, 0, 1}:
        raise BadParameter(f"{priority} is no priority; choose 1 (first), 0 or -1 (last).")


def _same_wish(known: Job, new: NewJob) -> Job:
    """The job that was made of this wish before."""
    if (known.kind, canonical(known.request), known.draft) != (new.kind, canonical(new.request), new.draft):
        raise Conflict(
            f"This idempotency key was used for another request (job {known.id}); send the request with a new key."
        )
    return known


def _way_out(job: Job) -> str:
    """What can be done with a job in this state instead."""
    return {"done": "ask for it again as a new job", "failed": "retry it", "cancelled": "retry it"}.get(
        job.state, "cancel it first"
    )
