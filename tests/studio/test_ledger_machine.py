"""The ledger against a model of itself: any order of calls by people, workers, crashes and a clock that jumps."""

from __future__ import annotations

import itertools
import shutil
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import settings
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, multiple, rule
from tests.studio.ledgers import Clock, broken_rules, wish

from dreamreel.errors import Conflict, NotFound
from dreamreel.studio.database import Database
from dreamreel.studio.ledger import STATES, Claim, Ledger

OWNERS = ("here:1", "here:2", "there:1")
TTL = 10.0
ERROR = {"type": "RenderFailed", "title": "Failed", "detail": "The encoder gave up.", "exit_code": 1}


class Broken(Exception):
    """What a commit says that could not store its item."""


@dataclass
class Known:
    """What the model knows of a job."""

    priority: int
    place: int
    state: str = "queued"
    wanted: str | None = None
    reason: str | None = None
    owner: str | None = None
    lease: float = 0.0
    token: int = 0
    attempts: int = 0
    stored: list[str] = field(default_factory=list)
    """Items that were committed for it; more than one is a doubled job."""

    def leave(self, state: str, reason: str | None = None) -> None:
        """Nobody works on it any more."""
        self.state, self.reason, self.wanted, self.owner = state, reason, None, None

    def settle(self) -> None:
        """Its worker is gone."""
        match self.wanted:
            case "cancel":
                self.leave("cancelled")
            case "pause":
                self.leave("paused", "user")
            case _:
                self.leave("queued")


class LedgerMachine(RuleBasedStateMachine):
    """Each rule calls the ledger and the model; invariants compare the two after every step."""

    jobs = Bundle("jobs")
    claims = Bundle("claims")

    def __init__(self) -> None:
        super().__init__()
        self.clean = ExitStack()
        folder = Path(tempfile.mkdtemp(prefix="ledger-"))
        self.clean.callback(shutil.rmtree, folder)
        self.path = folder / "studio.db"
        self.clock = Clock()
        self.ledgers = [self.opened() for _ in range(2)]  # Two processes, as it were.
        self.turns = itertools.cycle(self.ledgers)
        self.known: dict[str, Known] = {}
        self.removed: set[str] = set()
        self.keys: dict[str, str] = {}
        self.places = itertools.count(1)
        self.items = itertools.count(1)
        self.given: list[Claim] = []
        self.words = itertools.cycle((
            lambda claim: self.ledger.progress(claim, {"frame": 1}),
            lambda claim: self.ledger.finish(claim, lambda _: pytest.fail("a stale claim stored something")),
            lambda claim: self.ledger.fail(claim, ERROR),
            lambda claim: self.ledger.park(claim, "disk", "No room."),
            self.ledger.drop,
            self.ledger.give_up,
        ))  # fmt: skip

    def opened(self) -> Ledger:
        database = Database(self.path)
        # A crash of the whole machine is not what is tested here, and waiting for the disk a thousand times is slow.
        with database.read() as rows:
            rows.execute("rollback")
            rows.execute("pragma synchronous=off")
            rows.execute("begin")
        self.clean.callback(database.close)
        return Ledger(database, self.clock)

    @property
    def ledger(self) -> Ledger:
        """One of the two, in turn."""
        return next(self.turns)

    def teardown(self) -> None:
        try:
            assert broken_rules(self.path) == []
        finally:
            self.clean.close()

    # people

    @initialize(target=jobs, count=st.integers(1, 4))
    def begin(self, count):
        return multiple(*(self.submit(0, None) for _ in range(count)))

    @rule(target=jobs, priority=st.sampled_from((-1, 0, 0, 1)), key=st.sampled_from((None, None, "k1", "k2")))
    def submits(self, priority, key):
        return self.submit(priority, key)

    def submit(self, priority: int, key: str | None) -> str:
        job, new = self.ledger.submit(wish(priority=priority, idempotency=key))
        assert new == (key is None or key not in self.keys)
        if new:
            self.known[job.id] = Known(priority, next(self.places))
            if key:
                self.keys[key] = job.id
        else:
            assert job.id == self.keys[key]
        return job.id

    def asked(self, verb: str, job_id: str) -> Known | None:
        """Ask for something; the model's job if it should have been allowed, after checking what was answered."""
        if job_id in self.removed:
            refused: type[Exception] | None = NotFound
        else:
            job = self.known[job_id]
            cancelling = job.wanted == "cancel"
            fine = {
                "pause": job.state in {"queued", "paused", "running"} and not cancelling,
                "resume": job.state in {"queued", "paused", "running"} and not cancelling,
                "cancel": job.state not in {"done", "failed"},
                "retry": job.state in {"failed", "cancelled"},
                "remove": job.state in {"done", "failed", "cancelled"},
            }[verb]
            refused = None if fine else Conflict
        if refused is not None:
            with pytest.raises(refused):
                getattr(self.ledger, verb)(job_id)
            return None
        getattr(self.ledger, verb)(job_id)
        return self.known[job_id]

    @rule(job_id=jobs)
    def pauses(self, job_id):
        if job := self.asked("pause", job_id):
            if job.state == "running":
                job.wanted = "pause"
            else:
                job.leave("paused", "user")

    @rule(job_id=jobs)
    def resumes(self, job_id):
        if job := self.asked("resume", job_id):
            job.wanted = None
            if job.state == "paused":
                job.leave("queued")
                job.attempts = 0

    @rule(job_id=jobs)
    def cancels(self, job_id):
        if job := self.asked("cancel", job_id):
            if job.state == "running":
                job.wanted = "cancel"
            else:
                job.leave("cancelled")

    @rule(job_id=jobs)
    def retries(self, job_id):
        if job := self.asked("retry", job_id):
            job.leave("queued")
            job.attempts, job.place = 0, next(self.places)

    @rule(job_id=jobs)
    def removes(self, job_id):
        if self.asked("remove", job_id):
            del self.known[job_id]
            self.removed.add(job_id)
            self.keys = {key: kept for key, kept in self.keys.items() if kept != job_id}

    @rule(job_id=jobs, priority=st.sampled_from((-1, 0, 1)))
    def prioritises(self, job_id, priority):
        if job_id in self.known and self.known[job_id].state in {"queued", "running", "paused"}:
            self.ledger.prioritise(job_id, priority)
            self.known[job_id].priority = priority

    @rule(job_id=jobs)
    def moves_last(self, job_id):
        if job_id in self.known and self.known[job_id].state in {"queued", "running", "paused"}:
            self.ledger.move(job_id, None)
            job = self.known[job_id]
            job.place = next(self.places)
            job.priority = min(each.priority for _, each in self.queue())

    # workers

    @rule(target=claims, owner=st.sampled_from(OWNERS))
    def claims_next(self, owner):
        return self.claimed(owner)

    @rule(target=claims, claim=claims)
    def loses_to_another(self, claim):
        """A worker is silent for longer than its lease, and somebody else asks for work."""
        self.clock.now += TTL + 1
        return self.claimed(OWNERS[OWNERS.index(claim.owner) - 1])

    def claimed(self, owner: str):
        now = self.clock.now
        for job in self.known.values():
            if self.silent(job, owner) and job.wanted:
                job.settle()
        waiting = [job_id for job_id, job in self.queue() if job.state == "queued" or self.silent(job, owner)]
        claim = self.ledger.claim(owner, TTL)
        if not waiting:
            assert claim is None
            return multiple()
        assert claim is not None, "work was there"
        assert claim.job.id == waiting[0]
        job = self.known[claim.job.id]
        job.state, job.reason, job.wanted = "running", None, None
        job.owner, job.lease = owner, now + TTL
        job.token, job.attempts = job.token + 1, job.attempts + 1
        assert (claim.token, claim.owner) == (job.token, owner)
        self.given.append(claim)
        return claim

    def silent(self, job: Known, owner: str) -> bool:
        """Whether `owner` may take a running job from the one who has it."""
        return job.state == "running" and job.lease < self.clock.now and job.owner != owner

    def queue(self) -> list[tuple[str, Known]]:
        """Jobs with a place, in the order in which they are taken."""
        active = [pair for pair in self.known.items() if pair[1].state in {"queued", "running", "paused"}]
        return sorted(active, key=lambda pair: (-pair[1].priority, pair[1].place))

    def holder(self, claim: Claim) -> Known | None:
        """The model's job, if the claim is worth something."""
        job = self.known.get(claim.job.id)
        return job if job and job.state == "running" and job.token == claim.token else None

    @rule(claim=claims)
    def beats(self, claim):
        job = self.holder(claim)
        assert self.ledger.beat(claim, TTL) == ((job.wanted or "go") if job else "lost")
        if job:
            job.lease = self.clock.now + TTL

    @rule(claim=claims, frame=st.integers(0, 99))
    def progresses(self, claim, frame):
        assert self.ledger.progress(claim, {"frame": frame}) == bool(self.holder(claim))

    @rule(claim=claims, breaks=st.booleans())
    def finishes(self, claim, breaks):
        job = self.holder(claim)
        item = f"i{next(self.items)}"

        def commit(rows):
            rows.execute("insert into setting (name, value) values (?, ?)", (item, claim.job.id))
            if breaks:
                raise Broken
            return item

        if job and breaks:
            with pytest.raises(Broken):
                self.ledger.finish(claim, commit)
            return
        assert self.ledger.finish(claim, commit) == bool(job)
        if job:
            job.stored.append(item)
            job.leave("done")

    @rule(claim=claims)
    def fails(self, claim):
        job = self.holder(claim)
        assert self.ledger.fail(claim, ERROR) == bool(job)
        if job:
            job.leave("failed")

    @rule(claim=claims, reason=st.sampled_from(("user", "disk")))
    def parks(self, claim, reason):
        job = self.holder(claim)
        assert self.ledger.park(claim, reason, "No room.") == bool(job)
        if job and reason == "disk" and job.wanted is None:
            job.leave("paused", "disk")
        elif job:
            job.settle()

    @rule(claim=claims)
    def drops(self, claim):
        job = self.holder(claim)
        assert self.ledger.drop(claim) == bool(job)
        if job:
            job.leave("cancelled")

    @rule(claim=claims)
    def gives_up(self, claim):
        job = self.holder(claim)
        assert self.ledger.give_up(claim) == bool(job)
        if job:
            job.settle()

    # the world

    @rule(claim=consumes(claims))
    def crashes(self, claim):
        """A worker is gone without a word: its claim is never used again."""

    @rule(prefix=st.sampled_from(("here:", "there:", "here:1", "")))
    def restarts(self, prefix):
        mine = [job for job in self.known.values() if job.state == "running" and job.owner.startswith(prefix)]
        assert self.ledger.release(prefix) == len(mine)
        for job in mine:
            job.settle()

    @rule()
    def gets_room(self):
        mine = [job for job in self.known.values() if (job.state, job.reason) == ("paused", "disk")]
        assert self.ledger.room() == len(mine)
        for job in mine:
            job.leave("queued")
            job.attempts = 0

    @rule(seconds=st.sampled_from((0.5, 9.0, 11.0)))
    def time_passes(self, seconds):
        self.clock.now += seconds

    @rule(seconds=st.sampled_from((-86_400.0, -15.0, 86_400.0)))
    def the_clock_jumps(self, seconds):
        self.clock.now += seconds

    @rule()
    def opens_again(self):
        """A process starts anew: what the file holds is all there is."""
        self.ledgers[0] = self.opened()
        self.turns = itertools.cycle(self.ledgers)

    # what always holds

    @invariant()
    def stale_claims_are_worth_nothing(self):
        """Whatever a late worker says is refused; that nothing came of it is seen by the other invariants."""
        for claim in self.given:
            if not self.holder(claim):
                assert self.ledger.beat(claim, TTL) == "lost"
                assert not next(self.words)(claim)

    @invariant()
    def two_claims_are_never_alive(self):
        held = [claim.job.id for claim in self.given if self.holder(claim)]
        assert len(held) == len(set(held))

    @invariant()
    def the_model_and_the_ledger_agree(self):
        found, cursor = self.ledgers[0].jobs(limit=500)
        assert cursor is None
        assert {job.id for job in found} == self.known.keys(), "nothing is lost and nothing appears"
        for job in found:
            model = self.known[job.id]
            assert (job.state, job.wanted, job.reason, job.owner, job.token, job.attempts, job.priority) == (
                model.state, model.wanted, model.reason, model.owner, model.token, model.attempts, model.priority,
            ), job.id  # fmt: skip
            assert job.lease == (model.lease if model.state == "running" else None)
        queue = [job.id for job in found if job.state in {"queued", "running", "paused"}]
        assert queue == [job_id for job_id, _ in self.queue()]
        counts = dict.fromkeys(STATES, 0)
        for model in self.known.values():
            counts[model.state] += 1
        assert self.ledgers[1].counts() == counts

    @invariant()
    def a_job_is_done_at_most_once(self):
        for job_id, model in self.known.items():
            assert len(model.stored) <= 1
            assert self.ledgers[0].get(job_id).result == (model.stored[0] if model.stored else None)
        with self.ledgers[0]._database.read() as rows:
            kept = sorted(row["value"] for row in rows.execute("select value from setting"))
        assert len(kept) == len(set(kept)), "a job stored two items"

    @invariant()
    def events_tell_what_is(self):
        assert broken_rules(self.path) == []


LedgerMachine.TestCase.settings = settings(max_examples=120, stateful_step_count=50)
TestLedgerMachine = LedgerMachine.TestCase
