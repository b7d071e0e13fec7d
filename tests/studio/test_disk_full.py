"""A disk that is full: what waits for room says so, what was there stays, and all goes on by itself when there is room.

On a small file system in memory, which only root may mount.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.studio.calling import ENDED, begun, caller, family, films, job_in, part, sent, submitted
from tests.studio.films import astronaut, eventually
from tests.studio.serving import Serving, running_studio

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="only root on Linux mounts a small disk"
)

SIZE = 320 * 2**20
KIB = 2**10
LARGE: dict[str, Any] = {"resolution": "480p", "duration": 4, "fps": 12}
"""A dream that needs more room than a disk has that is nearly full."""


class Disk:
    """A small disk, and something that fills it."""

    def __init__(self, place: Path) -> None:
        self.place, self.filling = place, place / "filling"

    @property
    def free(self) -> int:
        return shutil.disk_usage(self.place).free

    def fill(self, left: int) -> None:
        """Take all room but `left` bytes."""
        with self.filling.open("ab") as file, suppress(OSError):
            while (more := self.free - left) > 0:
                file.write(bytes(min(more, 2**20)))
                file.flush()

    def empty(self) -> None:
        self.filling.unlink()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "none", place],
        capture_output=True,
        text=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.strip()}")
    yield Disk(place)
    subprocess.run(["umount", "-l", place], check=True)


@pytest.fixture
def studio(disk: Disk) -> Iterator[Serving]:
    with running_studio(disk.place / "home") as started:
        yield started


@pytest.fixture
def client(studio: Serving) -> Iterator[httpx2.Client]:
    with caller(studio) as made:
        yield made


def waiting(client: httpx2.Client, job: str) -> dict[str, Any]:
    """Wait until a job says that it waits for room."""
    found = job_in(client, job, "paused", *ENDED)
    assert (found["state"], found["reason"]) == ("paused", "disk")
    assert found["error"]["type"] == "NoSpace"
    assert found["error"]["detail"].endswith(".")
    return found


def test_a_job_without_room_waits_and_goes_on_by_itself(
    disk: Disk, client: httpx2.Client, tmp_path: Path
) -> None:
    contents = astronaut(tmp_path / "anna.png").read_bytes()
    photo = sent(client, tmp_path / "anna.png")
    disk.fill(256 * KIB)
    job = submitted(client, photo, **LARGE)
    assert "free" in waiting(client, job)["error"]["detail"]
    assert client.get(f"/items/{photo}/file").content == contents
    disk.empty()
    done = job_in(client, job, *ENDED)
    assert (done["state"], done["reason"], len(films(client))) == ("done", None, 1)


def test_a_disk_that_fills_up_in_the_middle_loses_nothing(
    disk: Disk, studio: Serving, client: httpx2.Client, tmp_path: Path
) -> None:
    photo = sent(client, astronaut(tmp_path / "anna.png"))
    store = studio.home / "segments"
    job = submitted(client, photo, **LARGE)
    eventually(lambda: list(store.glob("*/*.json")), "a finished segment")
    # To the last byte: the database cannot be written either.
    disk.fill(0)
    waiting(client, job)
    kept = {path: path.stat().st_ino for path in store.glob("*/*.mp4")}
    disk.empty()
    done = job_in(client, job, *ENDED)
    assert (done["state"], len(films(client))) == ("done", 1)
    assert kept
    assert {path: path.stat().st_ino for path in kept} == kept
    client.post("/integrity")
    check = eventually(
        lambda: (now := client.get("/integrity").json())["state"] == "done" and now, "the check"
    )
    assert (check["missing"], check["changed"]) == ([], [])


def test_a_job_whose_end_could_not_be_written_is_not_forgotten(
    disk: Disk, studio: Serving, client: httpx2.Client, tmp_path: Path
) -> None:
    photo = sent(client, astronaut(tmp_path / "anna.png"))
    job = submitted(client, photo, **LARGE)
    eventually(lambda: list((studio.home / "segments").glob("*/*.json")), "a finished segment")
    disk.fill(0)
    # Not even the room that is kept for this moment is there.
    (studio.folder / "reserve").unlink(missing_ok=True)
    disk.fill(0)
    eventually(lambda: not family(studio), "the end of the worker")
    assert client.get(f"/jobs/{job}").json()["state"] == "running"
    disk.empty()
    assert job_in(client, job, "done", "failed", "cancelled")["state"] == "done"
    assert len(films(client)) == 1


def test_uploads_are_refused_and_can_be_gone_on_with(
    disk: Disk, client: httpx2.Client, tmp_path: Path
) -> None:
    contents = astronaut(tmp_path / "anna.png").read_bytes()
    where = begun(client, "anna.png", len(contents)).headers["Location"]
    disk.fill(64 * KIB)
    refused = begun(client, "other.png", len(contents))
    assert (refused.status_code, refused.json()["code"]) == (507, "NoSpace")
    cut = part(client, where, 0, contents)
    assert (cut.status_code, cut.json()["code"]) == (507, "NoSpace")
    disk.empty()
    offset = int(client.head(where.removeprefix("/api/v1")).headers["Upload-Offset"])
    answer = part(client, where, offset, contents[offset:])
    assert answer.status_code == 204
    assert client.get(f"/items/{answer.headers['Dreamreel-Item']}/file").content == contents


def test_a_photo_that_has_arrived_is_not_lost_because_its_thumbnail_has_no_room(
    disk: Disk, client: httpx2.Client, tmp_path: Path
) -> None:
    contents = astronaut(tmp_path / "anna.png").read_bytes()
    where = begun(client, "anna.png", len(contents)).headers["Location"]
    assert part(client, where, 0, contents[:-1]).status_code == 204
    disk.fill(4 * KIB)
    last = part(client, where, len(contents) - 1, contents[-1:])
    assert (last.status_code, last.json()["code"]) == (507, "NoSpace"), last.text
    disk.empty()
    offset = int(client.head(where.removeprefix("/api/v1")).headers["Upload-Offset"])
    assert part(client, where, offset, contents[offset:]).headers["Dreamreel-Item"]


def test_a_full_database_is_said_and_the_server_lives(
    disk: Disk, studio: Serving, client: httpx2.Client, tmp_path: Path
) -> None:
    photo = sent(client, astronaut(tmp_path / "anna.png", 128))
    client.post("/queue/pause")
    disk.fill(0)
    told = [client.patch(f"/items/{photo}", json={"note": "x" * 10_000}) for _ in range(60)]
    assert {answer.status_code for answer in told} <= {200, 507}
    refused = [answer.json() for answer in told if answer.status_code == 507]
    assert refused, "a database that never gets full proves nothing"
    assert {one["code"] for one in refused} == {"NoSpace"}
    for path in ("/status", "/items", "/jobs", f"/items/{photo}/file", f"/items/{photo}/thumb"):
        assert client.get(path).status_code == 200, path
    disk.empty()
    assert client.patch(f"/items/{photo}", json={"note": "there is room"}).json()["note"] == "there is room"
    assert studio.process.poll() is None
