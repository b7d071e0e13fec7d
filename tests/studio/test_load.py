"""Two hundred clients at once while a job is drawn: everybody hears the same, nothing is refused, nothing leaks."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import httpx2
import psutil
import pytest
from tests.studio.calling import caller, sent, submitted
from tests.studio.crowd import Wave, crowd, percentile
from tests.studio.films import astronaut, eventually
from tests.studio.serving import Serving, running_studio

LISTENERS = READERS = 100
MIB = 2**20
SPARE_MIB = 24
"""How much memory may come and go between two equal waves; a leak of a kilobyte an answer is more."""
SPARE_FILES = 6
"""Threads that answer come and go, each with its connection to the database."""


def newest(client: httpx2.Client) -> int:
    """The number of the last event."""
    with client.stream("GET", "/events", params={"after": 0}) as events:
        last = 0
        for line in events.iter_lines():
            if line.startswith("id: "):
                last = int(line[4:])
            if line == "event: settings.changed":
                return last
    raise AssertionError


def settled(process: psutil.Process) -> int:
    """How many files are open once the crowd's connections are closed."""
    eventually(lambda: len(process.net_connections("tcp")) <= 2, "closed connections")
    return process.num_fds()


def wave(studio: Serving, client: httpx2.Client, photo: str, seed: int) -> Wave:
    """One crowd during one job."""
    client.patch("/settings", json={"theme": "dark"})
    after = newest(client)
    job = submitted(client, photo, seed=seed, duration=8, fps=12)
    return asyncio.run(crowd(studio, after, job, LISTENERS, READERS))


@pytest.mark.skipif(sys.platform == "win32", reason="open files are counted in another way")
def test_a_crowd_hears_the_same_and_leaves_nothing_behind(tmp_path: Path) -> None:
    with running_studio(tmp_path / "home") as studio, caller(studio) as client:
        photo = sent(client, astronaut(tmp_path / "anna.png", 128))
        process = psutil.Process(studio.process.pid)
        first = wave(studio, client, photo, 1)
        memory, files = process.memory_info().rss, settled(process)
        second = wave(studio, client, photo, 2)
        grown = (process.memory_info().rss - memory) / MIB
        for each in (first, second):
            assert each.statuses == {200}
            assert len(each.heard[0]) > 5
            assert each.heard[0] == sorted(set(each.heard[0]))
            assert all(heard == each.heard[0] for heard in each.heard)
        assert first.heard[0][-1][1] == second.heard[0][-1][1] == "job.done"
        assert grown < SPARE_MIB
        # Everybody has gone: what is open is what the studio itself needs.
        eventually(lambda: process.num_fds() <= files + SPARE_FILES, "closed files")
        waits = [1000 * wait for wait in second.waits]
        told = ", ".join(f"p{100 * part:.0f} {percentile(waits, part):.0f} ms" for part in (0.5, 0.95, 0.99))
        sys.stdout.write(f"\n{len(waits)} answers, {told}, memory +{grown:.1f} MiB, {files} files\n")
