"""Starting worker processes, also before there is work for them: their libraries load while the photo is looked at.

spare_workers() ─► python and its libraries, 0.5 s on other cores ─┬─► Options(spare=…): a render takes them
read the dream, find the face, plan ───────────────────────────────┘   what is left over ends with the block
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Protocol

from dreamreel.machine import cores, free_memory
from dreamreel.render.store import Store

__all__ = ["Spare", "Twin", "WorkerProcess", "end", "spare_workers", "start_worker", "start_workers"]

_MOST = 4
"""The shortest dreams have this many segments at most, so more workers may find nothing to do."""
_ROOM = 2**30
"""Free memory per process that is started on the chance of being used."""


class WorkerProcess(Protocol):
    """What a render needs of a worker: the part of `subprocess.Popen` that twins have too."""

    @property
    def stdin(self) -> IO[str] | None:
        """Where its work is written."""
        ...

    @property
    def stdout(self) -> IO[str] | None:
        """Where its answers come from."""
        ...

    def kill(self) -> None:
        """End it now."""
        ...

    def wait(self) -> int:
        """Wait for its end; its exit code, or -1 when that cannot be known."""
        ...


class Twin:
    """A worker that another one forked: known by its pipes, and by its number once it has said who it is."""

    def __init__(self, to: int, back: int) -> None:
        """`to` and `back` are the open ends of the pipes to it and from it."""
        self.stdin: IO[str] = os.fdopen(to, "w", encoding="utf-8")
        self.stdout: IO[str] = os.fdopen(back, encoding="utf-8")
        self._pid: int | None = None
        self._unwanted = False

    def born(self, pid: int) -> None:
        """It has begun, and this is its number."""
        self._pid = pid
        if self._unwanted:
            self.kill()

    def kill(self) -> None:
        """End it now, or as soon as it says that it has begun; one that has no work ends with its pipe."""
        self._unwanted = True
        if self._pid is not None:
            with suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGKILL)

    def wait(self) -> int:
        """Nothing to wait for: it is not our child. The end of its output is the sign that it has gone."""
        return -1


def start_worker(store: Store) -> WorkerProcess:
    """A new worker process for `store`; see `render.worker` for how to talk to it."""
    return start_workers(store, 1)[0]


def start_workers(store: Store, count: int) -> list[WorkerProcess]:
    """`count` new worker processes for `store`, twins of the first one where forking is safe."""
    if not sys.platform.startswith("linux"):
        return [_popen(store, ()) for _ in range(count)]
    twins: list[Twin] = []
    theirs: list[int] = []
    for _ in range(count - 1):
        (read, to), (back, write) = os.pipe(), os.pipe()
        twins.append(Twin(to, back))
        theirs += [read, write]
    first = _popen(store, theirs)
    for end in theirs:
        os.close(end)
    return [first, *twins]


def _popen(store: Store, twins: Sequence[int]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "dreamreel.render.worker", *(str(end) for end in twins)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=_environment(store), encoding="utf-8",
        pass_fds=twins,
    )  # fmt: skip


def end(process: WorkerProcess) -> None:
    """Kill a worker, wait for its end and close its pipes, which nobody must be reading."""
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            # A pipe to a killed process may refuse its last flush.
            with suppress(OSError):
                pipe.close()


class Spare:
    """Worker processes that wait for work; `take` hands them out."""

    def __init__(self, store: Store, count: int) -> None:
        """Start `count` workers for `store`."""
        self._root = store.root
        self._idle = deque(start_workers(store, count))

    def take(self, store: Store) -> WorkerProcess:
        """A worker for `store`, which now belongs to the caller: one of those that wait, or a new one."""
        if store.root == self._root and self._idle:
            return self._idle.popleft()
        return start_worker(store)

    def close(self) -> None:
        """End those that nobody took."""
        # The last ones first: a twin that has not been forked yet ends with the one that would have forked it.
        while self._idle:
            end(self._idle.pop())


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
