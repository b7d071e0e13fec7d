"""The ledger, method by method: what each does in every state, and what it says when it may not."""

from __future__ import annotations

import itertools
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from tests.studio.ledgers import Clock, broken_rules, wish

from dreamreel.errors import BadParameter, Conflict, NoSpace, NotFound
from dreamreel.studio.database import Database
from dreamreel.studio.ledger import STATES, Claim, Job, Ledger

ERROR = {"type": "RenderFailed", "title": "Failed", "detail": "The encoder gave up.", "exit_code": 1}


class Undone(Exception):
    """What ends a transaction that must leave nothing."""


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A database that must keep the ledger's rules to the end of the test."""
    found = Database(tmp_path / "studio.db")
    yield found
    found.close()
    assert broken_rules(found.path) == []


@pytest.fixture
def ledger(database: Database, clock: Clock) -> Ledger:
    return Ledger(database, clock)


def submitted(ledger: Ledger, title: str = "a whale", **changes: object) -> Job:
    job, new = ledger.submit(wish(title, **changes))
    assert new
    return job


def claimed(ledger: Ledger, owner: str = "w1", ttl: float = 10) -> Claim:
    claim = ledger.claim(owner, ttl)
    assert claim is not None
    return claim


def made(item: str) -> Callable[[sqlite3.Connection], str]:
    """What `finish` is given when the item is stored without trouble."""
    return lambda _: item


def in_state(ledger: Ledger, state: str) -> Job:
    """A job that has come to a state; `pausing` and `cancelling` are running jobs that were asked to."""
    job = submitted(ledger)
    match state:
        case "paused":
            ledger.pause(job.id)
        case "disk":
            ledger.park(claimed(ledger), "disk", "No room.")
        case "cancelled":
            ledger.cancel(job.id)
        case "running":
            claimed(ledger)
        case "pausing":
            claimed(ledger)
            ledger.pause(job.id)
        case "cancelling":
            claimed(ledger)
            ledger.cancel(job.id)
        case "done":
            ledger.finish(claimed(ledger), made("i1"))
        case "failed":
            ledger.fail(claimed(ledger), ERROR)
        case _:
            assert state == "queued"
    return ledger.get(job.id)


def told(ledger: Ledger, after: int = 0) -> list[str]:
    """The kinds of events after a number."""
    return [event.kind for event in ledger.events(after)]


def titles(ledger: Ledger) -> list[str]:
    return [job.title for job in ledger.jobs(limit=500)[0]]


# submit


def test_a_submitted_job_is_kept_as_it_was_given(ledger, clock):
    given = wish(
        photo="i1",
        batch="b1",
        draft=True,
        priority=1,
        idempotency="k",
        request={"dream": "ñ 鯨", "seed": None},
    )
    job, new = ledger.submit(given)
    assert new
    assert job == ledger.get(job.id)
    for name in given.__dataclass_fields__:
        assert getattr(job, name) == getattr(given, name), name
    assert (job.state, job.created, job.attempts, job.token) == ("queued", clock.now, 0, 0)
    assert job.id.startswith("j")
    assert (job.owner, job.lease, job.progress, job.error, job.result, job.wanted) == (None,) * 6


def test_a_wish_is_submitted_once(ledger):
    first, new = ledger.submit(wish(idempotency="k"))
    again, other = ledger.submit(wish(idempotency="k"))
    assert (new, other) == (True, False)
    assert first == again
    assert told(ledger) == ["queued"]


def test_a_known_wish_answers_with_the_job_as_it_is_now(ledger):
    job = submitted(ledger, idempotency="k")
    claim = claimed(ledger)
    ledger.finish(claim, made("i9"))
    assert ledger.submit(wish(idempotency="k")) == (ledger.get(job.id), False)


@pytest.mark.parametrize("changes", [{"request": {"dream": "x"}}, {"kind": "enhance"}, {"draft": True}])
def test_an_idempotency_key_belongs_to_one_request(ledger, changes):
    job = submitted(ledger, idempotency="k")
    with pytest.raises(Conflict, match=rf"used for another request \(job {job.id}\); send .* a new key\.$"):
        ledger.submit(wish(idempotency="k", **changes))
    assert ledger.counts()["queued"] == 1


def test_without_a_key_the_same_wish_is_two_jobs(ledger):
    assert submitted(ledger).id != submitted(ledger).id


def test_a_removed_job_frees_its_key(ledger):
    first = submitted(ledger, idempotency="k")
    ledger.cancel(first.id)
    ledger.remove(first.id)
    assert submitted(ledger, idempotency="k").id != first.id


@pytest.mark.parametrize("priority", [-2, 2, 100])
def test_there_are_three_priorities(ledger, priority):
    job = submitted(ledger)
    for call in (
        lambda: ledger.submit(wish(priority=priority)),
        lambda: ledger.prioritise(job.id, priority),
    ):
        with pytest.raises(BadParameter, match=rf"^{priority} is no priority; choose 1 \(first\), 0 or -1"):
            call()
    assert told(ledger) == ["queued"]


# claim


def test_nothing_to_do_is_none(ledger):
    assert ledger.claim("w1", 10) is None
    assert ledger.newest() == 0


def test_a_claim_is_a_lease_and_a_number(ledger, clock):
    job = submitted(ledger)
    claim = claimed(ledger)
    assert claim == Claim(ledger.get(job.id), 1, "w1")
    assert (claim.job.state, claim.job.owner, claim.job.lease) == ("running", "w1", clock.now + 10)
    assert (claim.job.attempts, claim.job.started) == (1, clock.now)
    assert ledger.claim("w2", 10) is None


def test_jobs_are_taken_by_priority_and_then_in_order(ledger):
    for title, priority in (("c", 0), ("e", -1), ("a", 1), ("d", 0), ("b", 1)):
        submitted(ledger, title, priority=priority)
    assert titles(ledger) == ["a", "b", "c", "d", "e"]
    assert [claimed(ledger).job.title for _ in range(5)] == ["a", "b", "c", "d", "e"]


@pytest.mark.parametrize("state", ["paused", "disk", "done", "failed", "cancelled", "running", "cancelling"])
def test_only_what_waits_is_claimed(ledger, state):
    in_state(ledger, state)
    assert ledger.claim("w2", 10) is None


def test_a_job_whose_worker_fell_silent_is_taken_by_another(ledger, clock):
    job = submitted(ledger)
    old = claimed(ledger)
    clock.now += 10.1
    new = claimed(ledger, "w2")
    assert (new.job.id, new.token, new.job.attempts) == (job.id, old.token + 1, 2)
    assert ledger.get(job.id).owner == "w2"


def test_a_lease_holds_to_its_last_moment(ledger, clock):
    submitted(ledger)
    claimed(ledger)
    clock.now += 10
    assert ledger.claim("w2", 10) is None


def test_a_beat_makes_the_lease_new(ledger, clock):
    submitted(ledger)
    claim = claimed(ledger)
    clock.now += 9
    assert ledger.beat(claim, 10) == "go"
    clock.now += 9
    assert ledger.claim("w2", 10) is None


def test_a_late_beat_saves_the_lease_if_nobody_took_the_job(ledger, clock):
    submitted(ledger)
    claim = claimed(ledger)
    clock.now += 1000
    assert ledger.beat(claim, 10) == "go"
    assert ledger.claim("w2", 10) is None


@pytest.mark.parametrize("jump", [86_400.0, -86_400.0, 1e9, -1e9])
def test_an_owner_never_takes_its_own_job_again_when_the_clock_jumps(ledger, clock, jump):
    job = submitted(ledger)
    claim = claimed(ledger)
    clock.now += jump
    assert ledger.claim("w1", 10) is None
    assert ledger.get(job.id).token == claim.token
    assert ledger.beat(claim, 10) == "go"
    assert ledger.get(job.id).lease == clock.now + 10
    assert ledger.finish(claim, made("i1"))


def test_after_a_jump_back_a_beat_gives_a_lease_of_the_new_time(ledger, clock):
    submitted(ledger)
    claim = claimed(ledger)
    clock.now -= 86_400
    ledger.beat(claim, 10)
    clock.now += 11
    assert claimed(ledger, "w2").token == claim.token + 1


def test_a_silent_job_is_taken_in_the_order_of_the_queue(ledger, clock):
    submitted(ledger, "old")
    claimed(ledger)
    submitted(ledger, "new")
    submitted(ledger, "urgent", priority=1)
    clock.now += 11
    assert [claimed(ledger, "w2").job.title for _ in range(3)] == ["urgent", "old", "new"]


@pytest.mark.parametrize(("wanted", "state"), [("pause", "paused"), ("cancel", "cancelled")])
def test_a_silent_job_gets_what_it_was_asked_for(ledger, clock, wanted, state):
    job = submitted(ledger)
    old = claimed(ledger)
    getattr(ledger, wanted)(job.id)
    clock.now += 11
    assert ledger.claim("w2", 10) is None
    assert ledger.get(job.id).state == state
    assert ledger.beat(old, 10) == "lost"


def test_nothing_is_claimed_while_the_queue_is_held(ledger, clock):
    submitted(ledger)
    ledger.hold(True)
    ledger.hold(True)
    assert ledger.held()
    assert ledger.claim("w1", 10) is None
    ledger.hold(False)
    assert not ledger.held()
    assert claimed(ledger)
    assert [event.kind for event in ledger.events(0) if event.topic == "queue"] == ["paused", "running"]


def test_what_runs_goes_on_while_the_queue_is_held(ledger):
    submitted(ledger)
    claim = claimed(ledger)
    ledger.hold(True)
    assert ledger.beat(claim, 10) == "go"
    assert ledger.finish(claim, made("i1"))


# stale claims


def every_word(ledger: Ledger, claim: Claim) -> list[object]:
    """All that a worker can say, and the answers."""
    return [
        ledger.beat(claim, 10),
        ledger.progress(claim, {"frame": 1}),
        ledger.finish(claim, lambda _: pytest.fail("a stale claim stored something")),
        ledger.fail(claim, ERROR),
        ledger.park(claim, "user", ""),
        ledger.park(claim, "disk", "No room."),
        ledger.drop(claim),
        ledger.give_up(claim),
    ]


def lost_to_another(ledger: Ledger, clock: Clock, claim: Claim) -> None:
    clock.now += 11
    claimed(ledger, "w2")


def lost_to_another_who_finished(ledger: Ledger, clock: Clock, claim: Claim) -> None:
    clock.now += 11
    ledger.finish(claimed(ledger, "w2"), made("i1"))


WAYS_TO_LOSE = {
    "taken": lost_to_another,
    "done by another": lost_to_another_who_finished,
    "done": lambda ledger, _, claim: ledger.finish(claim, made("i1")),
    "failed": lambda ledger, _, claim: ledger.fail(claim, ERROR),
    "parked": lambda ledger, _, claim: ledger.park(claim, "disk", ""),
    "dropped": lambda ledger, _, claim: ledger.drop(claim),
    "given up": lambda ledger, _, claim: ledger.give_up(claim),
    "released": lambda ledger, _, __: ledger.release("w"),
    "retaken by itself": lambda ledger, _, claim: (ledger.give_up(claim), claimed(ledger)),
    "removed": lambda ledger, _, claim: (ledger.drop(claim), ledger.remove(claim.job.id)),
}


@pytest.mark.parametrize("way", WAYS_TO_LOSE)
def test_a_stale_claim_changes_nothing(ledger, clock, way):
    submitted(ledger)
    claim = claimed(ledger)
    WAYS_TO_LOSE[way](ledger, clock, claim)
    before, newest = ledger.jobs()[0], ledger.newest()
    assert every_word(ledger, claim) == ["lost"] + [False] * 7
    assert ledger.jobs()[0] == before
    assert ledger.newest() == newest


# what a worker says


@pytest.mark.parametrize(("asked", "answer"), [(None, "go"), ("pause", "pause"), ("cancel", "cancel")])
def test_a_beat_tells_what_is_wanted(ledger, asked, answer):
    job = submitted(ledger)
    claim = claimed(ledger)
    if asked:
        getattr(ledger, asked)(job.id)
    assert ledger.beat(claim, 10) == answer


def test_progress_is_kept_and_told(ledger):
    job = submitted(ledger)
    claim = claimed(ledger)
    after = ledger.newest()
    assert ledger.progress(claim, {"frame": 12, "frames": 120, "eta": None})
    assert ledger.get(job.id).progress == {"frame": 12, "frames": 120, "eta": None}
    (event,) = ledger.events(after)
    assert (event.topic, event.subject, event.kind) == ("job", job.id, "progress")
    assert event.data["progress"] == {"frame": 12, "frames": 120, "eta": None}


def test_a_finished_job_knows_what_it_made(ledger, clock):
    job = submitted(ledger)
    claim = claimed(ledger)
    clock.now += 5
    assert ledger.finish(claim, made("i1"))
    found = ledger.get(job.id)
    assert (found.state, found.result, found.finished, found.owner) == ("done", "i1", clock.now, None)
    assert ledger.events(0)[-1].data["result"] == "i1"


def test_finishing_and_storing_are_one_transaction(ledger, database):
    job = submitted(ledger)
    claim = claimed(ledger)
    newest = ledger.newest()

    def commit(rows: sqlite3.Connection) -> str:
        rows.execute("insert into setting (name, value) values ('half', 'done')")
        ledger.tell("item", "i1", "added", {}, rows)
        raise NoSpace("There is no room left to write out.mp4; free some disk space.")

    with pytest.raises(NoSpace):
        ledger.finish(claim, commit)
    with database.read() as rows:
        assert rows.execute("select count(*) from setting").fetchone()[0] == 0
    assert ledger.get(job.id) == claim.job
    assert ledger.newest() == newest
    assert ledger.finish(claim, made("i1"))


def test_what_finish_stores_is_there_together_with_the_job(ledger, database):
    submitted(ledger)
    ledger.finish(
        claimed(ledger), lambda rows: str(rows.execute("select count(*) from job where state='running'").fetchone()[0])
    )  # fmt: skip
    assert ledger.jobs()[0][0].result == "1"


def test_a_finished_job_wins_over_a_late_cancel(ledger):
    job = in_state(ledger, "cancelling")
    assert ledger.finish(Claim(job, job.token, "w1"), made("i1"))
    found = ledger.get(job.id)
    assert (found.state, found.wanted) == ("done", None)


def test_a_failed_job_says_why(ledger):
    job = submitted(ledger)
    assert ledger.fail(claimed(ledger), ERROR)
    found = ledger.get(job.id)
    assert (found.state, found.error, found.result) == ("failed", ERROR, None)


PARKED = {
    ("running", "user"): ("queued", None),
    ("running", "disk"): ("paused", "disk"),
    ("pausing", "user"): ("paused", "user"),
    ("pausing", "disk"): ("paused", "user"),
    ("cancelling", "user"): ("cancelled", None),
    ("cancelling", "disk"): ("cancelled", None),
}


@pytest.mark.parametrize(("state", "reason"), PARKED)
def test_a_parked_job_waits_for_what_was_asked(ledger, state, reason):
    job = in_state(ledger, state)
    assert ledger.park(Claim(job, job.token, "w1"), reason, "There is no room left.")
    found = ledger.get(job.id)
    assert (found.state, found.reason) == PARKED[state, reason]
    assert found.wanted is None


def test_a_job_that_waits_for_room_says_so(ledger):
    job = submitted(ledger)
    ledger.park(claimed(ledger), "disk", "There is no room left for the film; free 2 GB.")
    error = ledger.get(job.id).error
    assert error is not None
    assert (error["type"], error["detail"]) == ("NoSpace", "There is no room left for the film; free 2 GB.")


@pytest.mark.parametrize(
    ("state", "after"), [("running", "queued"), ("pausing", "paused"), ("cancelling", "cancelled")]
)
@pytest.mark.parametrize("way", ["give_up", "release"])
def test_a_job_whose_worker_died_waits_again_or_gets_what_was_asked(ledger, way, state, after):
    job = in_state(ledger, state)
    if way == "give_up":
        assert ledger.give_up(Claim(job, job.token, "w1"))
    else:
        assert ledger.release("w") == 1
    found = ledger.get(job.id)
    assert (found.state, found.attempts, found.position) == (after, 1, job.position)


def test_release_takes_only_jobs_of_that_prefix(ledger):
    for owner in ("here:1", "here:2", "there:1"):
        submitted(ledger, owner)
        claimed(ledger, owner)
    assert ledger.release("here:") == 2
    assert {job.title: job.state for job in ledger.jobs()[0]} == {
        "here:1": "queued", "here:2": "queued", "there:1": "running",
    }  # fmt: skip
    assert ledger.release("%") == 0


def test_attempts_count_starts_until_somebody_asks_for_more(ledger):
    job = submitted(ledger)
    for attempts in (1, 2, 3):
        claim = claimed(ledger)
        assert claim.job.attempts == attempts
        ledger.give_up(claim)
    ledger.pause(job.id)
    assert ledger.resume(job.id).attempts == 0
    claim = claimed(ledger)
    assert (claim.job.attempts, claim.token) == (1, 4)


def test_started_is_the_first_start(ledger, clock):
    job = submitted(ledger)
    first = clock.now
    ledger.give_up(claimed(ledger))
    clock.now += 5
    claimed(ledger)
    assert ledger.get(job.id).started == first


def test_room_starts_what_waited_for_the_disk_and_nothing_else(ledger):
    disk, user = in_state(ledger, "disk"), in_state(ledger, "paused")
    assert ledger.room() == 1
    found = ledger.get(disk.id)
    assert (found.state, found.reason, found.error, found.attempts) == ("queued", None, None, 0)
    assert ledger.get(user.id).state == "paused"
    assert ledger.room() == 0


# what a person asks for, in every state

ASKED = {
    "pause": {
        "queued": ("paused", "user", None), "paused": ("paused", "user", None), "disk": ("paused", "user", None),
        "running": ("running", None, "pause"), "pausing": ("running", None, "pause"),
        "cancelling": "is being cancelled and cannot be paused; retry it afterwards.",
        "done": "is done and cannot be paused; ask for it again as a new job.",
        "failed": "is failed and cannot be paused; retry it.",
        "cancelled": "is cancelled and cannot be paused; retry it.",
    },
    "resume": {
        "queued": ("queued", None, None), "paused": ("queued", None, None), "disk": ("queued", None, None),
        "running": ("running", None, None), "pausing": ("running", None, None),
        "cancelling": "is being cancelled and cannot go on; retry it afterwards.",
        "done": "is done and cannot go on; ask for it again as a new job.",
        "failed": "is failed and cannot go on; retry it.",
        "cancelled": "is cancelled and cannot go on; retry it.",
    },
    "cancel": {
        "queued": ("cancelled", None, None), "paused": ("cancelled", None, None), "disk": ("cancelled", None, None),
        "running": ("running", None, "cancel"), "pausing": ("running", None, "cancel"),
        "cancelling": ("running", None, "cancel"),
        "done": "is done and cannot be cancelled; ask for it again as a new job.",
        "failed": "is failed and cannot be cancelled; retry it.",
        "cancelled": ("cancelled", None, None),
    },
    "retry": {
        "queued": "is queued and cannot be retried; cancel it first.",
        "paused": "is paused and cannot be retried; cancel it first.",
        "disk": "is paused and cannot be retried; cancel it first.",
        "running": "is running and cannot be retried; cancel it first.",
        "pausing": "is running and cannot be retried; cancel it first.",
        "cancelling": "is running and cannot be retried; cancel it first.",
        "done": "is done and cannot be retried; ask for it again as a new job.",
        "failed": ("queued", None, None), "cancelled": ("queued", None, None),
    },
}  # fmt: skip
"""For what is asked, by the state before: state, reason and wanted afterwards, or the sentence that refuses."""


@pytest.mark.parametrize(
    ("asked", "state", "outcome"),
    [(asked, state, outcome) for asked, table in ASKED.items() for state, outcome in table.items()],
)
def test_what_is_asked_of_a_job(ledger, asked, state, outcome):
    job = in_state(ledger, state)
    newest = ledger.newest()
    if isinstance(outcome, str):
        with pytest.raises(Conflict) as refused:
            getattr(ledger, asked)(job.id)
        assert str(refused.value) == f"Job {job.id} {outcome}"
        assert ledger.get(job.id) == job
        assert ledger.newest() == newest
        return
    after = getattr(ledger, asked)(job.id)
    assert after == ledger.get(job.id)
    assert (after.state, after.reason, after.wanted) == outcome
    changed = outcome != (job.state, job.reason, job.wanted)
    assert told(ledger, newest) == ([after.state] if changed else [])


def test_a_retried_job_begins_anew_at_the_end(ledger, clock):
    job = submitted(ledger, "again")
    claim = claimed(ledger)
    ledger.progress(claim, {"frame": 3})
    ledger.fail(claim, ERROR)
    submitted(ledger, "other")
    after = ledger.retry(job.id)
    assert (after.error, after.progress, after.started, after.finished, after.attempts) == (
        None,
        None,
        None,
        None,
        0,
    )
    assert titles(ledger) == ["other", "again"]
    assert every_word(ledger, claim) == ["lost"] + [False] * 7


def test_a_resumed_job_keeps_its_place(ledger):
    first = submitted(ledger, "first")
    submitted(ledger, "second")
    ledger.pause(first.id)
    ledger.resume(first.id)
    assert titles(ledger) == ["first", "second"]


def test_a_pause_taken_back_is_not_told_to_the_worker(ledger):
    job = in_state(ledger, "pausing")
    ledger.resume(job.id)
    assert ledger.beat(Claim(job, job.token, "w1"), 10) == "go"


@pytest.mark.parametrize("call", ["get", "pause", "resume", "cancel", "retry", "remove"])
def test_an_unknown_job_is_not_found(ledger, call):
    with pytest.raises(NotFound, match=r"^There is no job 'j00' in this studio; look at the list of jobs\.$"):
        getattr(ledger, call)("j00")


def test_unknown_jobs_have_no_place(ledger):
    job = submitted(ledger)
    for call in (
        lambda: ledger.move("j00", None),
        lambda: ledger.move(job.id, "j00"),
        lambda: ledger.prioritise("j00", 1),
    ):
        with pytest.raises(NotFound):
            call()


# order


def test_a_job_moves_before_another(ledger):
    a, b, c, d = (submitted(ledger, title) for title in "abcd")
    ledger.move(d.id, b.id)
    assert titles(ledger) == ["a", "d", "b", "c"]
    ledger.move(a.id, None)
    assert titles(ledger) == ["d", "b", "c", "a"]
    ledger.move(c.id, d.id)
    assert titles(ledger) == ["c", "d", "b", "a"]
    ledger.move(c.id, d.id)
    assert titles(ledger) == ["c", "d", "b", "a"]
    assert ledger.move(b.id, b.id) == ledger.get(b.id)
    assert told(ledger, 4) == ["moved"] * 4


def test_claims_follow_the_moves(ledger):
    a, _, c = (submitted(ledger, title) for title in "abc")
    ledger.move(c.id, a.id)
    assert [claimed(ledger).job.title for _ in range(3)] == ["c", "a", "b"]


def test_a_job_takes_the_priority_of_its_new_place(ledger):
    jobs = {title: submitted(ledger, title, priority=p) for title, p in (("a", 1), ("b", 0), ("c", -1))}
    assert ledger.move(jobs["c"].id, jobs["a"].id).priority == 1
    assert titles(ledger) == ["c", "a", "b"]
    assert ledger.move(jobs["c"].id, None).priority == 0
    assert titles(ledger) == ["a", "b", "c"]


def test_a_gap_is_never_used_up(ledger):
    a, b, c = (submitted(ledger, title) for title in "abc")
    for _ in range(120):  # A double halves about 52 times.
        ledger.move(c.id, b.id)
        ledger.move(b.id, c.id)
        assert titles(ledger) == ["a", "b", "c"]
    for _ in range(120):
        ledger.move(c.id, a.id)
        ledger.move(a.id, c.id)
    assert titles(ledger) == ["a", "c", "b"]


def test_places_are_unique_across_priorities(ledger):
    a, b, c = (submitted(ledger, title) for title in "abc")
    ledger.prioritise(b.id, 1)
    ledger.move(c.id, None)
    ledger.move(a.id, c.id)
    ledger.prioritise(b.id, 0)
    positions = [job.position for job in ledger.jobs()[0]]
    assert len(set(positions)) == 3


def test_priority_changes_the_order_and_is_told(ledger):
    a, _, c = (submitted(ledger, title) for title in "abc")
    ledger.prioritise(c.id, 1)
    ledger.prioritise(a.id, -1)
    newest = ledger.newest()
    assert ledger.prioritise(a.id, -1).priority == -1
    assert ledger.newest() == newest
    assert titles(ledger) == ["c", "b", "a"]
    assert told(ledger, 3) == ["moved", "moved"]


@pytest.mark.parametrize("state", ["done", "failed", "cancelled"])
def test_a_finished_job_has_no_place(ledger, state):
    over, waiting = in_state(ledger, state), submitted(ledger)
    for call in (
        lambda: ledger.move(over.id, waiting.id),
        lambda: ledger.move(waiting.id, over.id),
        lambda: ledger.move(over.id, None),
        lambda: ledger.prioritise(over.id, 1),
    ):
        with pytest.raises(
            Conflict, match=rf"^Job {over.id} is {state} and has no place in the queue; choose one"
        ):
            call()


# forgetting


@pytest.mark.parametrize("state", ["queued", "paused", "disk", "running", "pausing", "cancelling"])
def test_an_unfinished_job_is_not_removed(ledger, state):
    job = in_state(ledger, state)
    with pytest.raises(
        Conflict, match=rf"^Job {job.id} is {job.state} and cannot be removed; cancel it first\.$"
    ):
        ledger.remove(job.id)
    assert ledger.get(job.id) == job


@pytest.mark.parametrize("state", ["done", "failed", "cancelled"])
def test_a_finished_job_is_removed(ledger, state):
    job = in_state(ledger, state)
    newest = ledger.newest()
    ledger.remove(job.id)
    assert ledger.jobs() == ([], None)
    assert told(ledger, newest) == ["removed"]
    with pytest.raises(NotFound):
        ledger.remove(job.id)


def test_clearing_forgets_the_named_states(ledger):
    for state in ("done", "done", "failed", "cancelled", "paused", "running", "queued"):
        in_state(ledger, state)
    assert ledger.clear(["done", "failed", "done"]) == 3
    assert ledger.counts() == {
        "queued": 1, "running": 1, "paused": 1, "done": 0, "failed": 0, "cancelled": 1,
    }  # fmt: skip
    assert told(ledger)[-3:] == ["removed"] * 3
    assert ledger.clear([]) == 0


def test_only_finished_jobs_are_cleared(ledger):
    in_state(ledger, "done")
    with pytest.raises(
        BadParameter, match=r"^Jobs that are queued cannot be cleared; choose from done, failed, canc"
    ):
        ledger.clear(["done", "queued"])
    assert ledger.counts()["done"] == 1


# lists


def pages(ledger: Ledger, limit: int, **named: object) -> list[list[Job]]:
    found: list[list[Job]] = []
    cursor = None
    while True:
        page, cursor = ledger.jobs(cursor=cursor, limit=limit, **named)
        found.append(page)
        if cursor is None:
            return found


def a_bit_of_everything(ledger: Ledger, clock: Clock) -> None:
    for number, state in enumerate(itertools.islice(itertools.cycle(["done", "failed", "cancelled"]), 7)):
        clock.now += number % 2  # Some finish in the same moment.
        in_state(ledger, state)
    for state in ("running", "paused", "queued", "queued"):
        in_state(ledger, state)
    submitted(ledger, "urgent", priority=1)


def test_the_queue_comes_first_and_then_the_newest(ledger, clock):
    a_bit_of_everything(ledger, clock)
    found = ledger.jobs()[0]
    active = [job for job in found if job.state in {"queued", "running", "paused"}]
    assert found[: len(active)] == active
    assert active == sorted(active, key=lambda job: (-job.priority, job.position))
    assert active[0].title == "urgent"
    history = found[len(active) :]
    assert history == sorted(history, key=lambda job: (job.finished, job.id), reverse=True)
    assert (len(active), len(history)) == (5, 7)


@pytest.mark.parametrize("limit", range(1, 14))
def test_pages_put_together_are_the_list(ledger, clock, limit):
    a_bit_of_everything(ledger, clock)
    found = pages(ledger, limit)
    assert [job for page in found for job in page] == ledger.jobs()[0]
    assert {len(page) for page in found[:-1]} <= {limit}
    assert found[-1]


@pytest.mark.parametrize("states", [["done"], ["queued", "failed"], ["paused", "running"], STATES])
def test_lists_are_of_the_states_asked_for(ledger, clock, states):
    a_bit_of_everything(ledger, clock)
    wanted = [job for job in ledger.jobs()[0] if job.state in states]
    assert wanted
    assert [job for page in pages(ledger, 2, states=states) for job in page] == wanted


def test_lists_are_of_the_batch_asked_for(ledger):
    ids = [submitted(ledger, batch=batch).id for batch in ("b1", None, "b2", "b1")]
    ledger.cancel(ids[3])
    assert [job.id for page in pages(ledger, 1, batch="b1") for job in page] == [ids[0], ids[3]]
    assert ledger.jobs(batch="b3") == ([], None)


def test_a_page_stays_in_its_place_while_jobs_come_and_go(ledger):
    ids = [submitted(ledger, str(number)).id for number in range(6)]
    first, cursor = ledger.jobs(limit=3)
    ledger.cancel(ids[0])
    ledger.cancel(ids[4])
    submitted(ledger, "new")
    rest, _ = ledger.jobs(cursor=cursor, states=["queued"])
    assert [job.title for job in first + rest] == ["0", "1", "2", "3", "5", "new"]


def test_ten_thousand_jobs_are_listed_page_by_page(ledger, database):
    ids: list[str] = []
    with database.write():  # One transaction, because ten thousand take a while.
        for number in range(10_000):
            ids.append(submitted(ledger, str(number)).id)
            if number % 4:
                ledger.cancel(ids[-1])
    found = pages(ledger, 500)
    assert [len(page) for page in found] == [500] * 20
    assert sorted(job.id for page in found for job in page) == sorted(ids)
    assert [job.id for page in found[:5] for job in page] == ids[::4]
    assert claimed(ledger).job.id == ids[0]


@pytest.mark.parametrize(("limit", "size"), [(-5, 1), (0, 1), (1, 1), (500, 500), (10**9, 500)])
def test_a_page_has_a_reasonable_size(ledger, database, limit, size):
    with database.write():
        for _ in range(501):
            submitted(ledger)
    assert len(ledger.jobs(limit=limit)[0]) == size


@pytest.mark.parametrize(
    "cursor",
    ["", "x", "ä", "{}", "W10", "bnVsbA", "WzEsMiwzXQ", "Wzk5OTk5OTk5OTk5OTk5OTk5OTk5OSwxLjAsImoiXQ", "W1tb" * 5000,
     "WzEuMCwgIlx1ZDgwMCJd", "Wz" * 90],
)  # fmt: skip
def test_a_cursor_from_elsewhere_is_refused(ledger, cursor):
    with pytest.raises(
        BadParameter, match="cursor was not given by this studio; read the list from its beginning"
    ):
        ledger.jobs(cursor=cursor)


def test_an_unknown_state_is_refused(ledger):
    with pytest.raises(
        BadParameter, match=r"^There is no job state 'asleep'; choose from queued, running, paused,"
    ):
        ledger.jobs(states=["asleep"])


def test_counts_name_every_state(ledger):
    assert ledger.counts() == dict.fromkeys(STATES, 0)
    for state in ("done", "pausing", "disk", "queued", "queued"):
        in_state(ledger, state)
    assert ledger.counts() == {"queued": 2, "running": 1, "paused": 1, "done": 1, "failed": 0, "cancelled": 0}


# events


def test_a_life_is_told_in_order(ledger, clock):
    job = submitted(ledger)
    claim = claimed(ledger)
    ledger.progress(claim, {"frame": 1})
    ledger.pause(job.id)
    ledger.park(claim, "user", "")
    ledger.resume(job.id)
    ledger.finish(claimed(ledger), made("i1"))
    found = ledger.events(0)
    assert [event.kind for event in found] == [
        "queued", "running", "progress", "running", "paused", "queued", "running", "done",
    ]  # fmt: skip
    assert [event.seq for event in found] == list(range(1, 9))
    assert {(event.topic, event.subject, event.at) for event in found} == {("job", job.id, clock.now)}
    assert found[3].data == {"state": "running", "reason": None, "wanted": "pause"}
    assert found[4].data == {"state": "paused", "reason": "user", "wanted": None}


def test_events_say_nothing_about_what_is_dreamed(ledger):
    job = submitted(ledger, "secret", request={"dream": "secret"}, photo="secret", recipe="secret")
    claim = claimed(ledger)
    ledger.fail(claim, ERROR | {"detail": "secret"})
    ledger.remove(job.id)
    assert "secret" not in str(ledger.events(0))


def test_events_are_read_from_a_number_on(ledger):
    for _ in range(5):
        submitted(ledger)
    assert [event.seq for event in ledger.events(2)] == [3, 4, 5]
    assert [event.seq for event in ledger.events(2, limit=2)] == [3, 4]
    assert ledger.events(5) == []
    assert (ledger.oldest(), ledger.newest()) == (1, 5)


def test_events_of_one_job_are_its_log(ledger):
    a, b = submitted(ledger, "a"), submitted(ledger, "b")
    ledger.cancel(a.id)
    assert [(event.seq, event.kind) for event in ledger.events(0, subject=a.id)] == [
        (1, "queued"),
        (3, "cancelled"),
    ]
    assert [event.seq for event in ledger.events(1, subject=b.id)] == [2]


def test_a_change_that_is_undone_is_not_told(ledger, database):
    job = submitted(ledger)
    with suppress(Undone), database.write():
        ledger.cancel(job.id)
        raise Undone
    assert ledger.get(job.id).state == "queued"
    assert ledger.newest() == 1


def test_others_may_tell_in_their_own_transaction(ledger, database):
    assert ledger.tell("item", "i1", "added", {"role": "original"}) == 1
    with suppress(Undone), database.write() as rows:
        ledger.tell("item", "i2", "added", {}, rows)
        raise Undone
    with database.write() as rows:
        ledger.tell("item", "i3", "added", {}, rows)
    assert [(event.topic, event.subject, event.data) for event in ledger.events(0)] == [
        ("item", "i1", {"role": "original"}), ("item", "i3", {}),
    ]  # fmt: skip


def test_old_events_are_pruned_and_numbers_go_on(ledger):
    for number in range(30):
        ledger.tell("item", "i1", "changed", {"n": number})
    assert ledger.prune(keep=10) == 20
    assert (ledger.oldest(), ledger.newest()) == (21, 30)
    assert ledger.prune(keep=10) == 0
    assert ledger.prune(keep=0) == 9
    assert (ledger.oldest(), ledger.newest()) == (30, 30)
    assert ledger.tell("item", "i1", "changed", {}) == 31


def test_an_empty_ledger_has_no_events(ledger):
    assert (ledger.oldest(), ledger.newest(), ledger.prune()) == (0, 0, 0)


# no room


def test_a_full_disk_leaves_the_ledger_as_it_was(ledger, database):
    job = submitted(ledger)
    claim = claimed(ledger)
    with database.read() as rows:
        size = rows.execute("pragma page_count").fetchone()[0]
    rows.execute(f"pragma max_page_count={size + 2}")  # What SQLite meets when the disk has no more blocks.
    big = {"text": "x" * 100_000}
    for call in (
        lambda: ledger.submit(wish(request=big)),
        lambda: ledger.progress(claim, big),
        lambda: ledger.fail(claim, ERROR | big),
        lambda: ledger.finish(claim, lambda rows: str(ledger.tell("item", "i1", "added", big, rows))),
    ):
        with pytest.raises(NoSpace, match="no room left for the studio's database; free some disk space"):
            call()
    assert ledger.get(job.id) == claim.job
    assert ledger.counts() == dict.fromkeys(STATES, 0) | {"running": 1}
    rows.execute("pragma max_page_count=1000000")
    assert ledger.finish(claim, made("i1"))


# several at once


def test_two_ledgers_on_one_file_are_one(tmp_path, clock):
    one, two = (Ledger(Database(tmp_path / "studio.db"), clock) for _ in range(2))
    job = submitted(one)
    assert two.submit(wish(idempotency="k"))[1]
    assert not one.submit(wish(idempotency="k"))[1]
    claim = claimed(two)
    assert claim.job.id == job.id
    one.cancel(job.id)
    assert two.beat(claim, 10) == "cancel"
    assert two.drop(claim)
    assert one.get(job.id).state == "cancelled"
    assert one.events(0) == two.events(0)
    assert broken_rules(tmp_path / "studio.db") == []


def test_a_crowd_does_every_job_once(ledger, database):
    for number in range(60):
        submitted(ledger, str(number))
    done: list[str] = []

    def work(owner: str) -> None:
        mine = Ledger(database)
        while (claim := mine.claim(owner, 600)) is not None:
            assert mine.finish(claim, made(f"i-{claim.job.title}"))
            done.append(claim.job.title)

    crowd = [threading.Thread(target=work, args=(f"w{number}",)) for number in range(6)]
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join()
    assert sorted(done, key=int) == [str(number) for number in range(60)]
    assert ledger.counts()["done"] == 60


def test_a_crowd_submits_one_wish_once(ledger, database):
    ready = threading.Barrier(6)
    found: list[tuple[str, bool]] = []

    def ask() -> None:
        ready.wait()
        job, new = Ledger(database).submit(wish(idempotency="k"))
        found.append((job.id, new))

    crowd = [threading.Thread(target=ask) for _ in range(6)]
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join()
    assert len({job_id for job_id, _ in found}) == 1
    assert sum(new for _, new in found) == 1
