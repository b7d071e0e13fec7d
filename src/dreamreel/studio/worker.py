"""A worker: a process that puts itself into a sandbox and does one task there.

    → {"task": "render", "folder": …, "policy": {…}, …}     one line on standard input, which then stays open
    ← {"progress": …}                                        as the work goes on
    ← {"done": {…}} | {"error": {"type", "detail", "exit_code"}}   the last line

When its standard input ends, its studio has gone: the worker and everything it started end at once. SIGTERM asks it to
stop in order. It is the leader of a process group of its own, which its studio can kill.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO, cast

from dreamreel.errors import DreamreelError, RenderFailed
from dreamreel.graph import JSON

__all__ = ["main"]


def _voice() -> Callable[[dict[str, JSON]], None]:
    """The way back, kept apart from standard output, onto which libraries may print."""
    out: IO[str] = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    lock = threading.Lock()

    def say(message: dict[str, JSON]) -> None:
        with lock:
            try:
                out.write(json.dumps(message) + "\n")
                out.flush()
            except BrokenPipeError:
                _end_all()

    return say


def _end_all() -> None:
    """End this process and all it has started."""
    if hasattr(os, "killpg") and os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


def _watch() -> None:
    """Wait for the end of standard input in a thread, and end with it."""

    def wait() -> None:
        while os.read(0, 4096):
            continue
        _end_all()

    threading.Thread(target=wait, name="dreamreel-watch", daemon=True).start()


def _first_line() -> str:
    """The order, read byte by byte so that nothing behind it is taken from the watcher."""
    line = bytearray()
    while (byte := os.read(0, 1)) not in (b"", b"\n"):
        line += byte
    return line.decode()


def _stand_back(order: dict[str, JSON]) -> None:
    """Let others go first, as far as the order says; what this process starts does the same."""
    nice = cast("int", cast("dict[str, JSON]", order["policy"]).get("nice", 0))
    if nice and hasattr(os, "nice"):
        os.nice(nice)
        # Linux gives each session the same share, and niceness counts within a session only: this one is nice as a
        # whole (sched(7), "The autogroup feature").
        with suppress(OSError):
            Path("/proc/self/autogroup").write_text(str(nice), encoding="ascii")


def _confine(order: dict[str, JSON]) -> None:
    from dreamreel.lockdown import Policy, confine, system_paths

    wanted = cast("dict[str, JSON]", order["policy"])

    def paths(name: str) -> tuple[Path, ...]:
        return tuple(Path(str(path)) for path in cast("list[JSON]", wanted[name]))

    confine(
        Policy(
            read=(*system_paths(), *paths("read")), write=paths("write"),
            memory=cast("int | None", wanted["memory"]), file_size=cast("int | None", wanted["file_size"]),
            cpu=cast("int | None", wanted["cpu"]),
        )
    )  # fmt: skip


def main() -> int:
    """Do one task. Returns the exit code."""
    from dreamreel.render.threads import Cancel
    from dreamreel.studio.tasks import TASKS, Desk

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    cancel = Cancel()

    def stop(number: int, frame: object) -> None:
        del number, frame
        cancel.set()

    signal.signal(signal.SIGTERM, stop)
    line = _first_line()
    if not line:
        return 0
    say = _voice()
    try:
        order = cast("dict[str, JSON]", json.loads(line))
        _stand_back(order)
        # Before any other thread is there: the sandbox holds for this one and those that come.
        _confine(order)
        _watch()
        done = TASKS[str(order["task"])](Desk(order, Path(str(order["folder"])), say, cancel))
        say({"done": done})
    except DreamreelError as error:
        say({"error": {"type": type(error).__name__, "detail": str(error), "exit_code": error.exit_code}})
        return error.exit_code
    except Exception as error:  # noqa: BLE001 - a bug must reach the owner as a sentence
        traceback.print_exc()
        sentence = f"The work failed ({type(error).__name__}); nothing was lost, please report it."
        say({"error": {"type": RenderFailed.__name__, "detail": sentence, "exit_code": 1}})
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
