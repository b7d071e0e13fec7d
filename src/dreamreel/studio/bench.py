"""The bench: work that is no job, done while its owner watches, such as a close look at an item or a preview.

    begin(key, …) ─► a thread, one at a time ─► Worker in its sandbox ─► State.done, and files in State.folder
                                └─ told: how far it is, at most twice a second; and its end

Nothing of it lasts: its folders lie in `work` and are swept like all that nobody uses. Whoever needs what was found
keeps it in `kept`, which is called before the work counts as done.
"""

from __future__ import annotations

import logging
import secrets
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, Literal, cast

from dreamreel.errors import DreamreelError, NotFound, RenderFailed
from dreamreel.graph import JSON
from dreamreel.studio.process import Limits, Worker

__all__ = ["Bench", "State", "Work"]

_log = logging.getLogger(__name__)

_LIMITS: Final = Limits(file_size=2**33, nice=5)
_TOLD_S: Final = 0.5
_MOST: Final = 24
"""Pieces of work that are remembered; of older ones the files go too."""

Stand = Literal["waiting", "working", "done", "failed", "stopped"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What is to be done."""

    task: str
    """One of `tasks.TASKS`."""
    order: dict[str, JSON]
    read: tuple[Path, ...] = ()
    """What the worker may read."""
    group: str = ""
    """Of a group only the latest goes on: a preview of other choices ends the one before."""
    told: dict[str, JSON] = field(default_factory=dict[str, JSON])
    """What whoever asks for its state should know."""
    kept: Callable[[dict[str, JSON]], None] = field(default=lambda _: None)
    """Called with what was found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """How a piece of work stands."""

    key: str
    state: Stand
    folder: Path
    part: float | None = None
    """How much is done, 0 to 1; None while nobody knows."""
    done: dict[str, JSON] | None = None
    error: str | None = None
    """A sentence."""
    told: dict[str, JSON] = field(default_factory=dict[str, JSON])

    @property
    def active(self) -> bool:
        """Whether it goes on."""
        return self.state in ("waiting", "working")


class Bench:
    """Work that is no job. Safe to use from any thread until `close`."""

    def __init__(self, work: Path, told: Callable[[State], None]) -> None:
        """`work` is the folder for folders; `told` hears of every change."""
        self._work, self._told = work, told
        self._states: dict[str, State] = {}
        self._groups: dict[str, str] = {}
        self._workers: dict[str, Worker] = {}
        self._threads: set[threading.Thread] = set()
        self._lock = threading.RLock()
        self._place = threading.Semaphore(1)
        self._closed = False

    def begin(self, key: str, work: Work) -> State:
        """Begin a piece of work, unless it goes on or is done already."""
        with self._lock:
            known = self._states.get(key)
            if known is not None and (known.active or (known.state == "done" and known.folder.is_dir())):
                return known
            if work.group:
                if (before := self._groups.get(work.group)) is not None and before != key:
                    self.stop(before)
                self._groups[work.group] = key
            folder = self._work / f"bench-{secrets.token_hex(6)}"
            state = State(key=key, state="waiting", folder=folder, told=work.told)
            self._put(state)
            self._forget()
            thread = threading.Thread(
                target=self._run, args=(state, work), name="dreamreel-bench", daemon=True
            )
            self._threads.add(thread)
        thread.start()
        return state

    def get(self, key: str) -> State:
        """How a piece of work stands. Raises `NotFound` when nobody began it, or its files were swept."""
        with self._lock:
            found = self._states.get(key)
        if found is None or (found.state == "done" and not found.folder.is_dir()):
            raise NotFound("This was not begun, or is too long ago; begin it again.")
        return found

    def stop(self, key: str) -> None:
        """End a piece of work, if it goes on."""
        with self._lock:
            found = self._states.get(key)
            if found is None or not found.active:
                return
            self._put(replace(found, state="stopped"))
            worker = self._workers.get(key)
        if worker is not None:
            worker.stop()

    def close(self) -> None:
        """End all work and wait for it."""
        with self._lock:
            self._closed = True
            keys, threads = list(self._states), list(self._threads)
        for key in keys:
            self.stop(key)
        for thread in threads:
            thread.join()

    # ── one piece of work ───────────────────────────────────────────────────────────────────────────────────────

    def _run(self, state: State, work: Work) -> None:
        try:
            with self._place:
                if self._mine(state):
                    self._do(state, work)
        except DreamreelError as error:
            self._end(state, error=str(error))
        except Exception as error:  # noqa: BLE001 - a worker can say anything
            _log.warning("work on the bench failed (%s)", type(error).__name__)
            self._end(state, error="The work failed; nothing was lost, please report it.")
        finally:
            with self._lock:
                now = self._states.get(state.key)
                kept = now is not None and now.folder == state.folder and now.state == "done"
                self._threads.discard(threading.current_thread())
            if not kept:
                shutil.rmtree(state.folder, ignore_errors=True)

    def _do(self, state: State, work: Work) -> None:
        state.folder.mkdir(parents=True, mode=0o700)
        if not self._further(state, state="working"):
            return
        with Worker(work.task, state.folder, work.order, read=work.read, limits=_LIMITS) as worker:
            with self._lock:
                self._workers[state.key] = worker
                mine = self._mine(state)
            try:
                if mine:
                    self._listen(state, work, worker)
            finally:
                with self._lock:
                    self._workers.pop(state.key, None)

    def _listen(self, state: State, work: Work, worker: Worker) -> None:
        told = 0.0
        for line in worker.lines():
            if isinstance(part := line.get("part"), int | float) and time.monotonic() - told >= _TOLD_S:
                told = time.monotonic()
                self._further(state, state="working", part=float(part))
            elif isinstance(done := line.get("done"), dict):
                work.kept(done)
                self._end(state, done=done)
                return
            elif isinstance(error := line.get("error"), dict):
                self._end(state, error=str(cast("dict[str, JSON]", error).get("detail")))
                return
        if self._mine(state):
            raise RenderFailed(
                "The process that did this ended without a word; if memory is short, choose a smaller size."
            )

    def _end(self, state: State, *, done: dict[str, JSON] | None = None, error: str | None = None) -> None:
        self._further(state, state="failed" if error else "done", part=1.0, done=done, error=error)

    def _further(self, state: State, /, **changes: object) -> bool:
        """Let a piece of work get on, unless it was stopped."""
        with self._lock:
            if not self._mine(state):
                return False
            self._put(replace(state, **changes))  # pyright: ignore[reportArgumentType]
            return True

    def _mine(self, state: State) -> bool:
        """Whether the key still stands for this piece of work, and it was not stopped."""
        with self._lock:
            now = self._states.get(state.key)
            return now is not None and now.folder == state.folder and now.active

    def _put(self, state: State) -> None:
        with self._lock:
            self._states.pop(state.key, None)
            self._states[state.key] = state
            if self._closed and state.active:
                return
        self._told(state)

    def _forget(self) -> None:
        ended = [key for key, state in self._states.items() if not state.active]
        for key in ended[: max(0, len(self._states) - _MOST)]:
            shutil.rmtree(self._states.pop(key).folder, ignore_errors=True)
