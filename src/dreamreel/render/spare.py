"""Starting worker processes, also before there is work for them: their libraries load while the photo is looked at.

spare_workers() ─► python and its libraries, 0.5 s on other cores ─┬─► Options(spare=…): a render takes them
read the dream, find the face, plan ───────────────────────────────┘   what is left over ends with the block
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import deque
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from dreamreel.render.machine import cores, free_memory
from dreamreel.render.store import Store

__all__ = ["Spare", "spare_workers", "start_worker"]

_MOST = 4
"""The shortest dreams have this many segments at most, so more workers may find nothing to do."""
_ROOM = 2**30
"""Free memory per process that is started on the chance of being used."""


def start_worker(store: Store) -> subprocess.Popen[str]:
    """A new worker process for `store`; see `render.worker` for how to talk to it."""
    return subprocess.Popen(
        [sys.executable, "-m", "dreamreel.render.worker"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env=_environment(store), encoding="utf-8",
    )  # fmt: skip


class Spare:
    """Worker processes that wait for work; `take` hands them out."""

    def __init__(self, store: Store, count: int) -> None:
        """Start `count` workers for `store`."""
        self._root = store.root
        self._idle = deque(start_worker(store) for _ in range(count))

    def take(self, store: Store) -> subprocess.Popen[str]:
        """A worker for `store`, which now belongs to the caller: one of those that wait, or a new one."""
        if store.root == self._root and self._idle:
            return self._idle.popleft()
        return start_worker(store)

    def close(self) -> None:
        """End those that nobody took."""
        while self._idle:
            with self._idle.popleft() as process:
                process.kill()


@contextmanager
def spare_workers() -> Generator[Spare]:
    """As many waiting workers as this machine has cores and memory for."""
    spare = Spare(Store(), max(1, min(_MOST, cores(), free_memory() // _ROOM)))
    try:
        yield spare
    finally:
        spare.close()


def _environment(store: Store) -> dict[str, str]:
    """The workers' environment: the same package, the same store, and one thread per library, since processes share the
    cores already.
    """
    package = str(Path(__file__).resolve().parents[2])
    paths = [package, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(dict.fromkeys(paths)), "DREAMREEL_HOME": str(store.root.parent),
            "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}  # fmt: skip
