"""Workers that are killed and put to sleep at random: every job is done, once, and late sleepers change nothing."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest
from tests.studio.ledger_worker import contents
from tests.studio.ledgers import broken_rules, wish

from dreamreel.studio.database import Database
from dreamreel.studio.ledger import Ledger

ROOT = Path(__file__).resolve().parents[2]
UNITS, WORKERS, TTL_S = 300, 6, 0.6
LATEST_S = 3 * TTL_S
"""How long anybody sleeps at the most."""
TICK_S = 0.02
EACH, KILL, STOP = 2, 0.11, 0.45
"""Whenever so many jobs more are done, how likely fate kills a worker or puts one to sleep."""
LONGEST_S = 180
"""The test takes a fraction of this; it only keeps a broken ledger from hanging it."""


@dataclass
class Report:
    """What happened, in one line."""

    units: int = UNITS
    workers: int = WORKERS
    kills: int = 0
    stops: int = 0
    retried: int = 0
    fenced: int = 0
    done: int = 0
    doubled: int = 0
    lost: int = 0
    seconds: float = 0.0

    def publish(self) -> None:
        """Print it, and write it where `STUDIO_KILL_REPORT` says."""
        sys.stdout.write("\n" + ", ".join(f"{name} {value}" for name, value in asdict(self).items()) + "\n")
        if place := os.environ.get("STUDIO_KILL_REPORT"):
            Path(place).write_text(json.dumps(asdict(self)) + "\n", "utf-8")


class Crew:
    """Six workers, however often fate takes one."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.logs, self.number = folder, folder / "logs", 0
        for each in (folder / "out", self.logs):
            each.mkdir()
        self.workers = [self.hired() for _ in range(WORKERS)]
        self.asleep: dict[subprocess.Popen[bytes], float] = {}
        """Those who sleep, and until when at the latest."""

    def hired(self) -> subprocess.Popen[bytes]:
        self.number += 1
        owner = f"w{self.number}"
        words = [sys.executable, str(ROOT / "tests/studio/ledger_worker.py"), str(self.folder / "studio.db")]
        with (self.logs / owner).open("wb") as log:
            return subprocess.Popen(
                [*words, str(self.folder / "out"), owner, str(TTL_S)], stdout=log, stderr=subprocess.STDOUT,
                env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
            )  # fmt: skip

    def kill(self, index: int) -> None:
        """One dies in the middle of whatever it does; another one is hired."""
        old = self.workers[index]
        old.kill()
        old.wait()
        self.asleep.pop(old, None)
        self.workers[index] = self.hired()

    def stop(self, index: int) -> bool:
        """One falls asleep in the middle of whatever it does, unless it is asleep already."""
        if self.workers[index] in self.asleep:
            return False
        worker = self.workers[index]
        worker.send_signal(signal.SIGSTOP)
        self.asleep[worker] = time.monotonic() + LATEST_S
        # By itself as well: who sleeps with a lock of the database keeps waiting whoever would wake it by what it says.
        alarm = threading.Timer(LATEST_S, worker.send_signal, [signal.SIGCONT])
        alarm.daemon = True
        alarm.start()
        return True

    def wake(self, working: set[str | None]) -> None:
        """Sleepers go on as if nothing had happened as soon as somebody took their job, or after a long while."""
        now = time.monotonic()
        for worker, latest in list(self.asleep.items()):
            if str(worker.args[-2]) not in working or latest <= now:
                worker.send_signal(signal.SIGCONT)
                del self.asleep[worker]

    def said(self) -> list[str]:
        return [line for log in self.logs.iterdir() for line in log.read_text("utf-8").splitlines()]


def torment(crew: Crew, ledger: Ledger, report: Report) -> None:
    """Kill and stop workers until all jobs are done; then let those who are left end by themselves."""
    fate, tick, begun = random.Random(2), threading.Event(), time.monotonic()
    try:
        done = 0
        while done < UNITS and time.monotonic() - begun < LONGEST_S:
            tick.wait(TICK_S)
            crew.wake({job.owner for job in ledger.jobs(states=["running"])[0]})
            before, done = done, ledger.counts()["done"]
            for _ in range(done // EACH - before // EACH):
                draw, index = fate.random(), fate.randrange(WORKERS)
                if draw < KILL:
                    crew.kill(index)
                    report.kills += 1
                elif draw < KILL + STOP:
                    report.stops += crew.stop(index)
        crew.wake(set())
        for worker in crew.workers:
            assert worker.wait(LONGEST_S) == 0
    finally:
        for worker in crew.workers:
            worker.kill()
            worker.wait()
    report.seconds = round(time.monotonic() - begun, 1)


@pytest.mark.skipif(os.name != "posix", reason="SIGSTOP is a thing of POSIX")
def test_killed_and_sleeping_workers_do_every_job_once(tmp_path):
    database = Database(tmp_path / "studio.db")
    ledger, report = Ledger(database), Report()
    ids = [ledger.submit(wish(str(number)))[0].id for number in range(UNITS)]
    crew = Crew(tmp_path)
    torment(crew, ledger, report)

    jobs = ledger.jobs(states=["done"], limit=500)[0]
    with database.read() as rows:
        items = {row["name"]: row["value"] for row in rows.execute("select * from setting")}
    stored = Counter(items.values())
    said = Counter(crew.said())
    report.retried = sum(job.attempts > 1 for job in jobs)
    report.fenced = sum(said.values())
    report.done = len(jobs)
    report.doubled = sum(count > 1 for count in stored.values())
    report.lost = len(set(ids) - stored.keys())
    report.publish()

    assert (report.done, report.doubled, report.lost) == (UNITS, 0, 0)
    assert {job.result: job.id for job in jobs} == items
    late = [job.title for job in jobs if job.result != f"i{job.title}-{job.token}"]
    assert late == [], "only whoever claimed a job last may finish it"
    assert broken_rules(database.path) == []
    assert said.keys() <= {"fenced beat", "fenced finish"}, "nobody says anything else, such as a traceback"
    assert min(report.kills, report.stops, report.retried, report.fenced) > 0, (
        "fate was too kind to test anything"
    )
    size = len(contents(0))
    sizes = {path.name: path.stat().st_size for path in (tmp_path / "out").glob("[!.]*")}
    assert sizes == {f"{number:03d}": size for number in range(UNITS)}
    for number in range(0, UNITS, 10):
        assert (tmp_path / "out" / f"{number:03d}").read_bytes() == contents(number)
    assert len(list((tmp_path / "out").glob(".*.part"))) <= report.kills
    database.close()
