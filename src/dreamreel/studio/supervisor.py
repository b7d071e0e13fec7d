"""The supervisor: takes jobs from the ledger, runs each in a worker, and makes sure of their end.

    loop, one thread        claim what fits ─► a thread per job ─► Worker ─► finished file ─► ledger.finish
                            heartbeats; what the owner wants (pause, cancel); is there room again?

What a job made is kept in segments by their content, so a job that is run again goes on from the last finished one,
whoever died: a worker, this process, or the whole machine.
"""

from __future__ import annotations

import logging
import os
import secrets
import shutil
import socket
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, cast

from dreamreel.errors import DreamreelError, InputMissing, NoSpace, RenderFailed
from dreamreel.graph import JSON
from dreamreel.machine import cores, free_memory
from dreamreel.places import models_folder
from dreamreel.render.store import home
from dreamreel.studio.config import Folders, Settings
from dreamreel.studio.files import Derived, Files
from dreamreel.studio.items import Kind
from dreamreel.studio.ledger import Claim, Job, Ledger
from dreamreel.studio.library import Library, NewItem
from dreamreel.studio.process import Limits, Worker
from dreamreel.studio.reserve import Reserve

__all__ = ["Supervisor"]

_log = logging.getLogger(__name__)

_TTL_S: Final = 20.0
_BEAT_S: Final = 1.0
_TOLD_S: Final = 0.4
"""Progress is written down at most this often."""
_CRASHES: Final = 3
"""A job whose worker ended without a word this often has failed."""
_RESERVE: Final = 64 * 2**20
"""Free bytes beyond what a job needs before one that waits for room is tried again."""
_CORES_PER_JOB: Final = 8
_GROWN_S: Final = 20.0
"""After this long a job has taken the memory that it needs."""
_DRAWING: Final = Limits(nice=5)
"""Drawing takes all the time there is; the page comes first."""
_FRESH_S: Final = 3600.0
_MADE: Final[tuple[tuple[Derived, str], ...]] = (
    ("thumb", "thumb.jpg"),
    ("poster", "poster.jpg"),
    ("preview", "preview.mp4"),
    ("waves", "waves.png"),
)

End = Literal["pause", "cancel", "lost", "shutdown"]


@dataclass(slots=True)
class _Run:
    """A job that is being worked on."""

    claim: Claim
    thread: threading.Thread | None = None
    worker: Worker | None = None
    end: End | None = None
    begun: float = field(default_factory=time.monotonic)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def stop(self, end: End) -> None:
        """Stop its worker, for this reason; the first reason counts."""
        with self.lock:
            self.end = self.end or end
            worker = self.worker
        if worker is not None:
            worker.stop()

    def started(self, worker: Worker) -> None:
        """Its worker runs; one that was stopped meanwhile ends at once."""
        with self.lock:
            self.worker = worker
            ended = self.end
        if ended is not None:
            worker.stop()


class Supervisor:
    """Runs jobs until `stop`. One per data folder; the folder's lock sees to that."""

    def __init__(
        self,
        ledger: Ledger,
        library: Library,
        files: Files,
        folders: Folders,
        settings: Settings,
        told: Callable[[], None],
    ) -> None:
        """`told` is called after every change that pages should hear of."""
        self._ledger, self._library, self._files = ledger, library, files
        self._folders, self._settings, self._told = folders, settings, told
        self._owner = f"{socket.gethostname()}/{os.getpid()}/{secrets.token_hex(4)}"
        self._runs: dict[str, _Run] = {}
        self._crashes: dict[str, int] = {}
        self._needs: dict[str, int] = {}
        self._reserve = Reserve(folders.root / "reserve")
        self._owed: list[Claim] = []
        """Jobs whose end could not be written down."""
        self._changed = threading.Condition()
        self._stopping = False
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Take over what an earlier studio left, and begin."""
        # Whatever is running was left behind: the folder's lock sees to it that nobody else works here.
        self._ledger.release("")
        self.sweep()
        self._thread = threading.Thread(target=self._loop, name="dreamreel-supervisor", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop all workers and wait for them; their jobs go back into the queue and go on with the next studio."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        for run in list(self._runs.values()):
            run.stop("shutdown")
        if self._thread is not None:
            self._thread.join()
        for run in list(self._runs.values()):
            if run.thread is not None:
                run.thread.join()

    def wake(self) -> None:
        """Look at the ledger now: something was submitted, cancelled or changed."""
        with self._changed:
            self._changed.notify_all()

    @property
    def running(self) -> int:
        """Jobs being worked on."""
        return len(self._runs)

    def live(self, job: str) -> Path:
        """Where the newest moment of a running job is, if there is one."""
        return self._folders.work / job / "out" / "live.jpg"

    # ── the loop ────────────────────────────────────────────────────────────────────────────────────────────────

    def _loop(self) -> None:
        while not self._stopping:
            try:
                self._beat()
                self._settle_owed()
                self._make_room()
                while not self._stopping and self._has_place() and self._begin():
                    pass
            except (DreamreelError, sqlite3.Error, OSError) as error:
                # A full disk also stops the ledger; the studio stays, and goes on when it can be written again.
                _log.warning("the queue has to wait (%s)", type(error).__name__)
            with self._changed:
                if not self._stopping:
                    self._changed.wait(_BEAT_S)

    def _has_place(self) -> bool:
        """Whether one more job may begin. A dream draws with all cores it can get, so few machines gain by more than
        one at a time; a further one also needs its memory beside what those that run will take. One may always begin:
        whether that fits at all is the worker's to say.
        """
        if not self._runs:
            return True
        places = self._settings.get().concurrency or max(1, cores() // _CORES_PER_JOB)
        coming = self._ledger.jobs(states=("queued",), limit=1)[0]
        if len(self._runs) >= places or not coming:
            return False
        fresh = [run.claim.job for run in self._runs.values() if time.monotonic() - run.begun < _GROWN_S]
        return sum(_memory(job) for job in (*coming, *fresh)) <= free_memory()

    def _beat(self) -> None:
        for run in list(self._runs.values()):
            wanted = self._ledger.beat(run.claim, _TTL_S)
            if wanted != "go":
                run.stop(cast("End", wanted))

    def _settle_owed(self) -> None:
        """Queue jobs again whose end could not be written down when it came; nobody else would."""
        while self._owed:
            if self._ledger.give_up(self._owed[0]):
                self._told()
            del self._owed[0]

    def _begin(self) -> bool:
        claim = self._ledger.claim(self._owner, _TTL_S)
        if claim is None:
            return False
        run = _Run(claim)
        self._runs[claim.job.id] = run
        run.thread = threading.Thread(target=self._run, args=(run,), name="dreamreel-job", daemon=True)
        run.thread.start()
        self._told()
        return True

    def _make_room(self) -> None:
        """Put jobs that wait for room back into the queue once there is some."""
        self._reserve.keep()
        waiting = self._ledger.jobs(states=("paused",), limit=200)[0]
        needed = [self._needs.get(job.id, _RESERVE) for job in waiting if job.reason == "disk"]
        if not needed:
            return
        free = min(shutil.disk_usage(folder).free for folder in (self._folders.root, _existing(home())))
        if free > min(needed) + _RESERVE and self._ledger.room():
            self._told()

    # ── one job ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _run(self, run: _Run) -> None:
        job = run.claim.job
        try:
            self._conclude(run, self._work(run))
        except Exception as error:  # noqa: BLE001 - a worker can say anything, and its job must come to an end
            _log.warning("job %s could not be concluded (%s)", job.id, type(error).__name__)
            try:
                self._settle_failure(run, error)
            except (DreamreelError, sqlite3.Error):
                self._settle_late(run, error)
        finally:
            self._runs.pop(job.id, None)
            self._told()
            self.wake()

    def _settle_late(self, run: _Run, error: Exception) -> None:
        """The database is full too: with the room that was kept for this moment, say so; else later."""
        self._reserve.give()
        try:
            self._settle_failure(run, error)
        except (DreamreelError, sqlite3.Error):
            self._owed.append(run.claim)

    def _work(self, run: _Run) -> dict[str, JSON] | None:
        """Run the worker to its end. Returns its last line, None when it ended without one."""
        job = run.claim.job
        inputs, out = self._desk(run.claim)
        store = home()
        (store / "segments").mkdir(parents=True, exist_ok=True, mode=0o700)
        order: dict[str, JSON] = {"recipe": job.recipe, "output": _file_of(job), "store": str(store),
                                  "target": job.output.get("target"), "late": job.output.get("late")}  # fmt: skip
        last: dict[str, JSON] | None = None
        told = 0.0
        desk = Worker(
            "render",
            out,
            order,
            read=(inputs, models_folder()),
            write=(store / "segments",),
            limits=_DRAWING,
            cwd=inputs,
        )
        with desk as worker:
            run.started(worker)
            for line in worker.lines():
                if isinstance(progress := line.get("progress"), dict):
                    now = time.monotonic()
                    if now - told >= _TOLD_S or progress.get("stage") != "picture":
                        told = now
                        self._progress(run, progress)
                elif "done" in line or "error" in line:
                    last = line
        return last

    def _progress(self, run: _Run, progress: dict[str, JSON]) -> None:
        try:
            if not self._ledger.progress(run.claim, progress):
                run.stop("lost")
        except DreamreelError:
            return  # The next one will be written, or the end will tell.
        self._told()

    def _desk(self, claim: Claim) -> tuple[Path, Path]:
        """The job's folders: what it may read, and where it writes."""
        folder = self._folders.work / claim.job.id
        inputs, out = folder / "in", folder / "out"
        for made in (inputs, out):
            made.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name, sha256 in cast("dict[str, str]", claim.job.output.get("inputs", {})).items():
            # A copy under the owner's name for it: the original is out of reach of whatever decodes it.
            target = inputs / name
            if not self._files.path(sha256).is_file():
                raise InputMissing(
                    f"The original of {name} is not in the studio any more; upload it again, then retry."
                )
            if not target.exists():
                part = inputs / f".{secrets.token_hex(4)}.part"
                shutil.copyfile(self._files.path(sha256), part)
                part.replace(target)
        return inputs, out

    def _conclude(self, run: _Run, last: dict[str, JSON] | None) -> None:
        claim, job = run.claim, run.claim.job
        done = last.get("done") if last else None
        error = last.get("error") if last else None
        if isinstance(done, dict):
            self._keep(claim, done)
        elif run.end == "lost":
            return
        elif run.end == "cancel":
            self._ledger.drop(claim)
            self._forget(job.id)
        elif run.end == "pause":
            self._ledger.park(claim, "user", "")
        elif run.end == "shutdown":
            self._ledger.give_up(claim)
        elif isinstance(error, dict):
            self._settle_error(claim, error)
        else:
            self._crashed(claim)

    def _keep(self, claim: Claim, done: dict[str, JSON]) -> None:
        """Take the finished film into the library, in the same moment in which the job is done."""
        job, out = claim.job, self._folders.work / claim.job.id / "out"
        sha256, size = self._files.adopt(out / _file_of(job))
        for name, file in _MADE:
            derived = self._files.derived(sha256, name)
            derived.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            if (out / file).exists():
                (out / file).replace(derived)
        made: dict[str, JSON] = {"kind": job.kind, "full": job.output.get("full")}
        told = [*cast("list[JSON]", job.output.get("notes", [])), *cast("list[JSON]", done.get("notes", []))]
        facts: dict[str, JSON] = {"notes": told, "concealed": done.get("concealed", 0), "made": made}
        new = NewItem(
            role="draft" if job.draft else "result", kind=cast("Kind", done["kind"]), sha256=sha256,
            bytes=size,
            media_type=str(done["media_type"]), suffix=str(done["suffix"]), name=str(job.output["name"]),
            title=job.title, width=cast("int | None", done["width"]), height=cast("int | None", done["height"]),
            duration=cast("str | None", done["duration"]), fps=cast("str | None", done["fps"]),
            facts=facts, request=job.request, photo=job.photo, job=job.id,
            batch=job.batch,
        )  # fmt: skip

        def commit(rows: sqlite3.Connection) -> str:
            return self._library.add(new, rows).id

        self._ledger.finish(claim, commit)
        self._forget(job.id)

    def _settle_failure(self, run: _Run, error: Exception) -> None:
        """The job's end could not be written as it was: wait for room when that is why, else fail."""
        told = error if isinstance(error, DreamreelError) else None
        if isinstance(error, OSError):
            from dreamreel.media.atomic import output_error

            told = output_error(error, self._folders.work)
        if told is None:
            told = RenderFailed("The finished film could not be kept; check the data folder and retry.")
        self._settle_error(
            run.claim, {"type": type(told).__name__, "detail": str(told), "exit_code": told.exit_code}
        )

    def _settle_error(self, claim: Claim, error: dict[str, JSON]) -> None:
        if error.get("type") == NoSpace.__name__:
            estimate = cast("dict[str, int]", claim.job.output.get("estimate", {}))
            self._needs[claim.job.id] = int(estimate.get("disk", 0))
            self._ledger.park(claim, "disk", str(error.get("detail")))
            return
        title = {1: "The film could not be made", 3: "The photo cannot be used"}.get(
            cast("int", error.get("exit_code", 1)), "This cannot be made here"
        )
        self._ledger.fail(claim, {**error, "title": title})
        self._forget(claim.job.id)

    def _crashed(self, claim: Claim) -> None:
        """The worker ended without a word: try again, but not for ever."""
        job = claim.job.id
        self._crashes[job] = self._crashes.get(job, 0) + 1
        if self._crashes[job] < _CRASHES:
            self._ledger.give_up(claim)
            return
        self._settle_error(
            claim,
            {
                "type": RenderFailed.__name__,
                "detail": "The process that drew this ended three times without a word; if memory is short, choose a "
                "smaller resolution. What is finished is kept.",
                "exit_code": 1,
            },
        )

    def _forget(self, job: str) -> None:
        """Remove a job's folder; its segments stay in the store."""
        self._crashes.pop(job, None)
        self._needs.pop(job, None)
        shutil.rmtree(self._folders.work / job, ignore_errors=True)

    def sweep(self) -> None:
        """Remove what was left of jobs that have ended, and of looks that never did."""
        if not self._folders.work.is_dir():
            return
        for folder in self._folders.work.iterdir():
            if folder.name not in self._runs and not self._waits(folder):
                shutil.rmtree(folder, ignore_errors=True)

    def _waits(self, folder: Path) -> bool:
        """Whether a folder belongs to a job that will go on, or to something that is going on now."""
        try:
            return self._ledger.get(folder.name).state in ("queued", "running", "paused")
        except DreamreelError:
            return time.time() - folder.stat().st_mtime < _FRESH_S


def _memory(job: Job) -> int:
    """Bytes that a job is expected to need."""
    return int(cast("dict[str, int]", job.output.get("estimate", {})).get("memory", 0))


def _existing(folder: Path) -> Path:
    return next(path for path in (folder, *folder.resolve().parents) if path.is_dir())


def _file_of(job: Job) -> str:
    """What a job's finished file is called in its folder."""
    return f"film{Path(str(job.output['name'])).suffix or '.mp4'}"
