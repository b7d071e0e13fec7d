"""How quick the studio's page stays while a film is drawn and two hundred clients are there."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import psutil
from pairs import Row
from tests.studio.calling import caller, sent, submitted
from tests.studio.crowd import crowd, percentile
from tests.studio.films import astronaut
from tests.studio.serving import running_studio

__all__ = ["studio"]

_LISTENERS = _READERS = 100
_MIB = 2**20
_DREAM = {"resolution": "720p", "fps": 24, "duration": 5}


def studio(folder: Path, pairs: int) -> Iterator[Row]:
    """100 clients that listen and 100 that read, each about once a second, while a dream of 720p is drawn."""
    waits: list[float] = []
    waves: list[float] = []
    with running_studio(folder / "studio-home") as running, caller(running) as client:
        process = psutil.Process(running.process.pid)
        photo = sent(client, astronaut(folder / "anna.png"))
        memory = 0
        for number in range(pairs):
            job = submitted(client, photo, seed=number, **_DREAM)
            wave = asyncio.run(crowd(running, 0, job, _LISTENERS, _READERS))
            assert wave.statuses == {200}
            assert all(heard == wave.heard[0] for heard in wave.heard)
            waits += wave.waits
            waves.append(1000 * percentile(wave.waits, 0.95))
            memory = memory or process.memory_info().rss
        grown = (process.memory_info().rss - memory) / _MIB
    told = f"{len(waits)} answers, median {1000 * percentile(waits, 0.5):.0f} ms, {memory / _MIB:.0f} MiB {grown:+.0f}"
    p95 = 1000 * percentile(waits, 0.95)
    yield Row("page, 200 clients, p95", p95, "ms", 150, least=min(waves), most=max(waves), note=told)


def _alone() -> None:
    """Be a session that goes before others, so that a busy machine is measured as if it were quiet (Linux, root)."""
    with suppress(OSError):
        os.setsid()
        Path("/proc/self/autogroup").write_text("-20", encoding="ascii")


if __name__ == "__main__":
    import tempfile

    if "--alone" in sys.argv:
        _alone()
    with tempfile.TemporaryDirectory() as scratch:
        for row in studio(Path(scratch), 3):
            sys.stdout.write(f"{row.as_json()}\n")
