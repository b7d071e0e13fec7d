"""A worker seen from the studio: started with an order, listened to, stopped for certain.

    order ─► Worker.start ─► lines(): progress …, then done or error ─► the process group is gone

The worker's standard input stays open as long as the studio lives; with the studio it ends, and so does the worker.
"""

from __future__ import annotations

import json
import os
import signal
import site
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from dreamreel import errors
from dreamreel.errors import DreamreelError, RenderFailed
from dreamreel.graph import JSON
from dreamreel.places import models_folder

__all__ = ["Limits", "Worker", "raised", "run_task"]

_KEPT = (
    "PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "SYSTEMROOT", "DREAMREEL_MEMORY", "DREAMREEL_DEBUG",
)  # fmt: skip
"""Variables that a worker inherits."""
_LONGEST_LINE = 2**20
_GRACE_S = 2.0
"""How long a worker may take to stop in order before its group is killed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a worker may use. None is no limit."""

    memory: int | None = None
    """Bytes of address space of each process."""
    file_size: int | None = None
    """Bytes of one file."""
    cpu: int | None = None
    """Seconds of processor time of each process."""
    nice: int = 0
    """How far it stands back when others want the processor."""


class Worker:
    """One worker process with its group. Use as a context manager: leaving it ends the group."""

    def __init__(
        self, task: str, folder: Path, order: dict[str, JSON], *, read: Sequence[Path] = (),
        write: Sequence[Path] = (), limits: Limits = Limits(), cwd: Path | None = None,
    ) -> None:  # fmt: skip
        """Start a worker on `task` that may read `read` and write `folder` and `write`."""
        self._stopped = threading.Event()
        policy: dict[str, JSON] = {
            "read": [str(path) for path in read], "write": [str(path) for path in (folder, *write)],
            "memory": limits.memory, "file_size": limits.file_size, "cpu": limits.cpu, "nice": limits.nice,
        }  # fmt: skip
        self._process = subprocess.Popen(
            [sys.executable, "-m", "dreamreel.studio.worker"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL if os.environ.get("DREAMREEL_DEBUG") != "1" else None, text=True,
            encoding="utf-8", errors="replace", start_new_session=True, env=_environment(folder), cwd=cwd or folder,
        )  # fmt: skip
        line = json.dumps({"task": task, "folder": str(folder), "policy": policy, **order})
        with suppress(OSError):  # One that has died already is told by the end of its lines.
            stdin = cast("IO[str]", self._process.stdin)
            stdin.write(line + "\n")
            stdin.flush()

    @property
    def pid(self) -> int:
        """Its process and group number."""
        return self._process.pid

    def lines(self) -> Iterator[dict[str, JSON]]:
        """What it says, until it ends. What is no message, or too long for one, is left out."""
        voice = cast("IO[str]", self._process.stdout)
        while line := voice.readline(_LONGEST_LINE):
            with suppress(ValueError, RecursionError):
                if isinstance(found := json.loads(line), dict):
                    yield cast("dict[str, JSON]", found)

    def stop(self) -> None:
        """Ask it to stop, and make sure that it does; returns at once. Safe from any thread, any number of times."""
        if self._stopped.is_set():
            return
        self._stopped.set()
        with suppress(ProcessLookupError):
            self._process.terminate()
        threading.Thread(target=self._enforce, name="dreamreel-stop", daemon=True).start()

    def _enforce(self) -> None:
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_GRACE_S)
        self._kill_group()

    def _kill_group(self) -> None:
        if hasattr(os, "killpg"):
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
        else:
            self._process.kill()

    def close(self) -> None:
        """End the whole group and reap it."""
        self._kill_group()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def run_task(worker: Worker) -> dict[str, JSON]:
    """Wait for a worker's answer. Raises the error it met, `RenderFailed` when it ended without a word."""
    with worker:
        for line in worker.lines():
            if isinstance(done := line.get("done"), dict):
                return done
            if isinstance(error := line.get("error"), dict):
                raise raised(error)
    raise RenderFailed(
        "The file made the process that looked at it end; it is damaged, too large, or made to do harm. "
        "Nothing else was touched; try another copy."
    )


def raised(error: dict[str, JSON]) -> DreamreelError:
    """The exception that a worker's error line stands for."""
    kind = getattr(errors, str(error.get("type")), RenderFailed)
    if not (isinstance(kind, type) and issubclass(kind, DreamreelError)):
        kind = RenderFailed
    return kind(str(error.get("detail")))


def _environment(folder: Path) -> dict[str, str]:
    """The worker's environment: the same package, a home of its own, of the owner's only the locale and paths."""
    package = str(Path(__file__).resolve().parents[2])
    own = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return {
        **own, "PYTHONUSERBASE": site.getuserbase(), "PYTHONPATH": package, "DREAMREEL_HOME": str(folder),
        "HOME": str(folder), "TMPDIR": str(folder), "DREAMREEL_MODELS": str(models_folder()),
        # A graphics card's driver is out of reach of who is locked in.
        "DREAMREEL_GPU": "off", "PYTHONDONTWRITEBYTECODE": "1", "OPENCV_LOG_LEVEL": "SILENT",
        **{name: value for name, value in os.environ.items() if name.startswith(("OPENBLAS_", "OMP_"))},
    }  # fmt: skip
