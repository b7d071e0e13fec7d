"""A server that dies, at any moment, in any way: what it was doing goes on, nothing is done twice, nothing is left."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import psutil
import pytest
from tests.cli.terminal import environment
from tests.studio.bomb import flat
from tests.studio.calling import ENDED, caller, family, films, job_in, sent, submitted
from tests.studio.crashing import DIED, Points, die
from tests.studio.films import PATIENCE, astronaut, eventually, new_studio
from tests.studio.serving import Serving, running_studio

from dreamreel.studio.database import Database
from dreamreel.studio.ledger import Claim, Ledger, NewJob
from dreamreel.studio.service import Studio

pytestmark = pytest.mark.skipif(os.name != "posix", reason="processes end in other ways elsewhere")

FILM: dict[str, Any] = {"duration": 6, "fps": 10}
"""A dream of seven segments, in the middle of which a server can die."""
SHORT: dict[str, Any] = {**FILM, "duration": 3}
KILLS, SEED = 6, 20


def report(**told: object) -> None:
    """Print what happened, and add it to the file that `STUDIO_KILL_REPORT` names."""
    line = json.dumps(told)
    sys.stdout.write(f"\n{line}\n")
    if place := os.environ.get("STUDIO_KILL_REPORT"):
        with Path(place).open("a", encoding="utf-8") as file:
            file.write(line + "\n")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The hash of the film that nobody disturbs."""
    folder = tmp_path_factory.mktemp("undisturbed")
    with running_studio(folder / "home") as studio, caller(studio) as client:
        job = submitted(client, sent(client, astronaut(folder / "anna.png")), **FILM)
        assert job_in(client, job, *ENDED)["state"] == "done"
        return content_of(client, films(client)[0])


def content_of(client: httpx2.Client, film: dict[str, Any]) -> str:
    return hashlib.sha256(client.get(f"/items/{film['id']}/file").content).hexdigest()


def finished(home: Path) -> dict[Path, tuple[int, int]]:
    """The finished segments, and which files they are."""
    found = {}
    for facts in (home / "segments").glob("*/*.json"):
        for media in facts.parent.glob(f"{facts.stem}.*"):
            if media.suffix != ".json":
                found[media] = media.stat().st_ino, media.stat().st_mtime_ns
    return found


def runs(process: psutil.Process) -> bool:
    """Whether a process still does anything; one that nobody has reaped yet does not."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def killed(studio: Serving) -> float:
    """Kill the server alone; returns how many seconds everything that it had started outlived it."""
    group = family(studio)
    studio.process.kill()
    studio.process.wait()
    began = time.monotonic()
    eventually(lambda: not any(map(runs, group)), "the end of all workers")
    return time.monotonic() - began


def ledger_of(studio: Serving) -> Iterator[Ledger]:
    database = Database(studio.folder / "studio.db")
    try:
        yield Ledger(database)
    finally:
        database.close()


def states_in(studio: Serving) -> list[str]:
    """The states of all jobs, read while no server runs."""
    for ledger in ledger_of(studio):
        return [job.state for job in ledger.jobs()[0]]
    raise AssertionError


def test_a_killed_server_goes_on_where_it_was(home: Path, tmp_path: Path, undisturbed: str) -> None:
    with running_studio(home) as studio, caller(studio) as client:
        job = submitted(client, sent(client, astronaut(tmp_path / "anna.png")), **FILM)
        eventually(lambda: len(finished(home)) >= 2, "two finished segments")
        outlived = killed(studio)
        before = finished(home)
        studio.restart()
        done = job_in(client, job, *ENDED)
        after = finished(home)
        made = films(client)
        assert (done["state"], done["attempts"], len(made)) == ("done", 2, 1)
        assert {path: after.get(path) for path in before} == before
        assert len(after) > len(before)
        assert content_of(client, made[0]) == undisturbed
        report(
            test="killed", kills=1, outlived_s=round(outlived, 2), resumed=len(before), segments=len(after)
        )


def test_a_worker_that_says_nothing_ends_with_its_studio(tmp_path: Path) -> None:
    picture, folder = tmp_path / "large.png", tmp_path / "work"
    picture.write_bytes(flat(12_000))
    folder.mkdir()
    script = (
        "import sys; from pathlib import Path; from dreamreel.studio.process import Worker\n"
        "path, folder = map(Path, sys.argv[1:])\n"
        "with Worker('inspect', folder, {'path': str(path), 'name': path.name}, read=(path,)) as worker:\n"
        "    print(worker.pid, flush=True)\n"
        "    sys.stdin.read()"
    )
    words = [sys.executable, "-c", script, str(picture), str(folder)]
    holder = subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment()
    )
    assert holder.stdout is not None
    assert holder.stdin is not None
    with holder.stdout, holder.stdin:
        worker = psutil.Process(int(holder.stdout.readline()))
        eventually(lambda: worker.memory_info().rss > 200 * 2**20, "the middle of the decoding")
        holder.kill()
        holder.wait()
    eventually(lambda: not runs(worker), "the end of the worker")
    # It did not come to the moment in which it had found that nobody listens.
    assert list(folder.glob("*.jpg")) == []


def test_a_server_that_is_told_to_end_closes_in_order(home: Path, tmp_path: Path) -> None:
    with running_studio(home) as studio, caller(studio) as client:
        job = submitted(client, sent(client, astronaut(tmp_path / "anna.png")), **FILM)
        with client.stream("GET", "/events", params={"after": 0}) as events:
            lines = events.iter_lines()
            assert any(line == "event: job.running" for line in lines)
            eventually(lambda: client.get(f"/jobs/{job}").json()["progress"], "the first progress")
            group = family(studio)
            assert group
            studio.process.send_signal(signal.SIGTERM)
            # The stream ends like any answer, it does not break.
            assert list(lines) is not None
        assert studio.process.wait(PATIENCE) == 0
        assert not any(map(runs, group))
        assert not (studio.folder / "address").exists()
        assert states_in(studio) == ["queued"]
        assert "Traceback" not in studio.log.read_text("utf-8")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_server_may_be_told_at_once(home: Path, number: int) -> None:
    with running_studio(home) as studio:
        studio.process.send_signal(number)
        assert studio.process.wait(PATIENCE) == 0
        assert "is closed" in studio.log.read_text("utf-8")
        assert not (studio.folder / "address").exists()


def test_kills_at_random_moments_make_no_job_lost_or_doubled(home: Path, tmp_path: Path) -> None:
    dice, pause = random.Random(SEED), threading.Event()
    resumed, outlived = 0, 0.0
    with running_studio(home) as studio, caller(studio) as client:
        photo = sent(client, astronaut(tmp_path / "anna.png", 256))
        jobs = [submitted(client, photo, **SHORT, seed=seed) for seed in range(3)]
        for _ in range(KILLS):
            pause.wait(dice.uniform(0.05, 2.5))
            outlived = max(outlived, killed(studio))
            before = finished(home)
            resumed += len(before)
            studio.restart()
            assert {path: facts for path, facts in finished(home).items() if path in before} == before
        ended = [job_in(client, job, *ENDED) for job in jobs]
        made = films(client)
        assert [job["state"] for job in ended] == ["done"] * 3
        assert sorted(item["job"] for item in made) == sorted(jobs)
        assert sorted(str(job["result"]) for job in ended) == sorted(item["id"] for item in made)
        client.post("/integrity")
        check = eventually(lambda: (now := client.get("/integrity").json())["state"] == "done" and now)
        assert (check["missing"], check["changed"]) == ([], [])
        eventually(lambda: not list((studio.folder / "work").iterdir()), "an empty work folder")
        told = {"seed": SEED, "kills": KILLS, "outlived_s": round(outlived, 2), "resumed": resumed}
        report(test="random kills", **told, jobs=len(jobs), results=len(made))


def test_what_a_crashed_machine_left_behind_is_no_obstacle(home: Path, tmp_path: Path) -> None:
    with running_studio(home) as studio, caller(studio) as client:
        client.post("/queue/pause")
        job = submitted(client, sent(client, astronaut(tmp_path / "anna.png", 256)))
        studio.kill()
        # It was running, on a machine of another name whose clock was far ahead.
        with Database(studio.folder / "studio.db").write() as rows:
            rows.execute(
                "update job set state='running', owner='elsewhere/1/x', lease=?, token=1, attempts=1",
                (time.time() + 10**8,),
            )
            rows.execute("update setting set value='running' where name='queue'")
        (studio.folder / "address").write_text("http://127.0.0.1:1", encoding="ascii")
        (studio.folder / "lock").write_text("1", encoding="ascii")
        old = time.time() - 10**6
        for name in ("look-0123", "j0123", job):
            (studio.folder / "work" / name / "out").mkdir(parents=True)
            (studio.folder / "work" / name / "out" / "film.mp4").write_bytes(b"half a film")
            os.utime(studio.folder / "work" / name, (old, old))
        studio.restart()
        assert (studio.folder / "address").read_text("ascii") == studio.address
        assert job_in(client, job, *ENDED)["state"] == "done"
        eventually(lambda: not list((studio.folder / "work").iterdir()), "an empty work folder")


# ── the moment in which a film is taken into the library ──

DONE: dict[str, Any] = {
    "kind": "video", "media_type": "video/mp4", "suffix": ".mp4", "width": 128, "height": 128, "duration": "1",
    "fps": "6",
}  # fmt: skip
MADE = {"film.mp4": b"the film", "thumb.jpg": b"small", "poster.jpg": b"large", "preview.mp4": b"short"}


def drawn(studio: Studio) -> Claim:
    """Claim the one job, as after a start, and finish its drawing."""
    studio.ledger.release("")
    claim = studio.ledger.claim("here/1", 60)
    assert claim is not None
    out = studio.folders.work / claim.job.id / "out"
    shutil.rmtree(out.parent, ignore_errors=True)
    out.mkdir(parents=True)
    for name, contents in MADE.items():
        (out / name).write_bytes(contents)
    return claim


def kept(home: Path, points: Points) -> None:
    """Keep the film while its calls are counted."""
    studio = new_studio(home)
    claim = drawn(studio)
    studio.database.close()
    with points.watching():
        studio.supervisor._keep(claim, DONE)


def in_a_child(act: Callable[[], None]) -> int:
    """Do something in a process of its own; returns how that ended."""
    child = os.fork()
    if child == 0:
        try:
            act()
        finally:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def queued(home: Path) -> None:
    """A new studio with one job."""
    studio = new_studio(home)
    wish = NewJob(
        kind="generate", title="a moon", request={}, recipe="", output={"name": "a.mp4", "notes": []}
    )
    studio.ledger.submit(wish)
    studio.database.close()


def test_a_crash_while_a_film_is_kept_loses_and_doubles_nothing(tmp_path: Path) -> None:
    counted = Points()
    queued(tmp_path / "whole")
    kept(tmp_path / "whole", counted)
    moments = [(point, when) for point in range(1, len(counted.seen) + 1) for when in ("before", "after")]
    for point, when in moments:
        home = tmp_path / f"{point}-{when}"
        queued(home)
        assert in_a_child(lambda: kept(home, Points(point, when, die))) == DIED  # noqa: B023
        studio = new_studio(home)
        found = studio.library.check()
        assert (found.missing, found.changed) == ((), ()), (point, when)
        if studio.ledger.jobs()[0][0].state != "done":
            studio.supervisor._keep(drawn(studio), DONE)
        (job,) = studio.ledger.jobs()[0]
        (item,) = studio.library.items()[0]
        assert (job.state, job.result) == ("done", item.id), (point, when)
        assert studio.files.path(item.sha256).read_bytes() == MADE["film.mp4"]
        assert studio.library.check() == type(found)()
        studio.close()
    report(test="crashes while keeping", moments=counted.seen, kills=len(moments), results=len(moments))
