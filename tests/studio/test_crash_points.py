"""The world ends, or the disk is full, before and after each moment that makes something last; then a new start.

Afterwards the job is done or runs again, what it makes is complete or absent, and what it was made from is untouched.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from tests.studio import crashing
from tests.studio.crashing import DIED, Points, contents, no_room, work
from tests.studio.ledgers import broken_rules, wish

from dreamreel.errors import NoSpace
from dreamreel.studio.database import Database
from dreamreel.studio.ledger import Job, Ledger

ROOT = Path(__file__).resolve().parents[2]
ORIGINAL = b"a photo of somebody's child"
MADE = contents(ORIGINAL)
NAME = hashlib.sha256(MADE).hexdigest()

POINTS = (
    "commit",  # opening the database
    "commit",  # release
    "commit",  # room
    "commit",  # claim
    "commit",  # progress
    "commit",  # beat
    "commit",  # progress
    "commit",  # beat
    "fsync",  # of the part
    "replace",
    "fsync",  # of the folder
    "commit",  # finish: the item, the job and their events
    "commit",  # claim: nothing is left
)
EVERY = [
    pytest.param(point, when, id=f"{when} {point} {name}")
    for point, name in enumerate(POINTS, 1)
    for when in ("before", "after")
]


@pytest.fixture
def studio(tmp_path: Path) -> Path:
    """A folder with an original and one job."""
    (tmp_path / "original").write_bytes(ORIGINAL)
    database = Database(tmp_path / "studio.db")
    Ledger(database).submit(wish())
    database.close()
    return tmp_path


def look(studio: Path) -> tuple[Job, dict[str, str], list[str]]:
    """The job, the items that are stored, and the kinds of events."""
    database = Database(studio / "studio.db")
    ledger = Ledger(database)
    (job,) = ledger.jobs()[0]
    with database.read() as rows:
        items = {row["name"]: row["value"] for row in rows.execute("select * from setting")}
    kinds = [f"{event.topic} {event.kind}" for event in ledger.events(0)]
    database.close()
    return job, items, kinds


def check_nothing_is_half_done(studio: Path) -> Job:
    """What holds at every moment, whatever happened."""
    assert broken_rules(studio / "studio.db") == []
    assert (studio / "original").read_bytes() == ORIGINAL
    names = {path.name for path in studio.iterdir() if not path.name.startswith((".", "studio.db"))}
    assert names in ({"original"}, {"original", NAME})
    if NAME in names:
        assert (studio / NAME).read_bytes() == MADE, "a file that has its name is complete"
    job, items, kinds = look(studio)
    done = job.state == "done"
    assert items == ({f"i-{job.id}": NAME} if done else {}), "the item is there with the job, or neither"
    assert (kinds.count("job done"), kinds.count("item added")) == (int(done), int(done))
    assert not done or NAME in names, "a job that is done has its file"
    return job


def check_a_new_start_ends_well(studio: Path) -> None:
    """The next start does what is left to do, once."""
    work(studio)
    job = check_nothing_is_half_done(studio)
    assert (job.state, job.result) == ("done", f"i-{job.id}")


def test_the_points_are_these(studio):
    points = Points()
    with points.watching():
        work(studio)
    assert tuple(points.seen) == POINTS
    assert check_nothing_is_half_done(studio).state == "done"


@pytest.mark.parametrize(("point", "when"), EVERY)
def test_the_world_ends(studio, point, when):
    words = [sys.executable, crashing.__file__, str(studio), str(point), when]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (DIED, "", "")
    job = check_nothing_is_half_done(studio)
    assert job.state in {"queued", "running", "done"}
    check_a_new_start_ends_well(studio)
    assert len(list(studio.glob(".*.part"))) <= 1, "a crash leaves one part at most"


@pytest.mark.parametrize(("point", "when"), EVERY)
def test_the_disk_is_full(studio, point, when):
    # The studio cannot start, or its loop ends with the sentence, where the ledger itself has no room.
    with Points(point, when, no_room).watching(), suppress(NoSpace):
        work(studio)
    job = check_nothing_is_half_done(studio)
    assert job.state in {"queued", "running", "paused", "done"}
    assert list(studio.glob(".*.part")) == [], "who has no room leaves no litter"
    check_a_new_start_ends_well(studio)


@pytest.mark.parametrize("point", [POINTS.index("fsync") + 1, POINTS.index("replace") + 1])
def test_a_job_without_room_waits_and_says_why(studio, point):
    with Points(point, "before", no_room).watching():
        work(studio)
    job = check_nothing_is_half_done(studio)
    assert (job.state, job.reason) == ("paused", "disk")
    assert job.error is not None
    assert str(job.error["detail"]).startswith("There is no room left to write ")
