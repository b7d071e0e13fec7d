"""The studio behind its API: what can be asked of it, in one place. Knows no HTTP.

take_in    a finished upload ─► looked at in a sandbox ─► an item          submit    a form ─► a job
estimate   a form ─► the pre-flight card                                   vary      a result ─► drafts with other seeds
"""

from __future__ import annotations

import random
import secrets
import shutil
import sqlite3
import statistics
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, cast

from dreamreel.errors import Conflict, DreamreelError, OutputFailed, WillNotFit
from dreamreel.graph import JSON
from dreamreel.machine import cores, free_memory
from dreamreel.render.explain import Estimate, estimate
from dreamreel.render.plan import Plan
from dreamreel.render.preflight import must_fit
from dreamreel.render.store import home
from dreamreel.sizes import RESOLUTIONS
from dreamreel.studio.bench import Bench, State
from dreamreel.studio.config import Folders, Settings
from dreamreel.studio.database import Database
from dreamreel.studio.events import Bus
from dreamreel.studio.files import Derived, Files, digest
from dreamreel.studio.integrity import Integrity
from dreamreel.studio.items import Kind
from dreamreel.studio.kinds import Prepared, filled
from dreamreel.studio.ledger import Job, Ledger, NewJob
from dreamreel.studio.library import Item, Library, NewItem
from dreamreel.studio.process import Limits, Worker, run_task
from dreamreel.studio.supervisor import Supervisor
from dreamreel.studio.uploads import Uploads

__all__ = ["Check", "Estimated", "Studio", "models"]

_LOOK: Final = Limits(memory=6 * 2**30, file_size=256 * 2**20, cpu=120)
"""What looking at one file may use; the largest photo that is read takes about 2 GB."""
_PICTURES: Final[tuple[tuple[Derived, str], ...]] = (
    ("thumb", "thumb.jpg"), ("poster", "poster.jpg"), ("preview", "preview.mp4"), ("waves", "waves.png"),
)  # fmt: skip
_LATEST: Final = 9
_CHORE_S: Final = 3600.0
_STALE_UPLOAD_S: Final = 7 * 86_400.0
_KEPT_EVENTS: Final = 20_000


@dataclass(frozen=True, slots=True)
class Estimated:
    """A prepared job, and whether it fits."""

    prepared: Prepared
    problem: str | None
    nearest: str | None
    """The largest resolution that fits when this one does not."""
    pace: float
    """By how much the latest jobs took longer than their estimate."""


@dataclass(slots=True)
class Check:
    """How the integrity check stands."""

    state: str = "idle"
    checked: int = 0
    total: int = 0
    found: Integrity | None = None
    at: float | None = None
    stop: threading.Event = field(default_factory=threading.Event)


class Studio:
    """Everything behind one data folder. Safe to use from any thread between `open` and `close`."""

    def __init__(self, folders: Folders, clock: Callable[[], float] = time.time) -> None:
        """Open the database; nothing runs yet. The folder is locked by whoever serves it."""
        folders.ensure()
        self.folders, self.clock = folders, clock
        self.database = Database(folders.database)
        self.settings = Settings(self.database)
        self.ledger = Ledger(self.database, clock)
        self.files = Files(folders.root, clock)
        self.library = Library(self.database, self.files, self._tell_item, clock)
        self.uploads = Uploads(self.database, folders.uploads, lambda: self.settings.get().upload_max, clock)
        self.bus = Bus(self.ledger)
        self.supervisor = Supervisor(
            self.ledger, self.library, self.files, folders, self.settings, self.bus.ring
        )
        self.bench = Bench(folders.work, self._tell_bench)
        self.check = Check()
        self._looking = threading.BoundedSemaphore(2)
        self._checking = threading.Lock()
        self._ended = threading.Event()
        self._chores: threading.Thread | None = None
        self._checker: threading.Thread | None = None

    def open(self) -> None:
        """Start working on jobs."""
        self.supervisor.start()
        self._chores = threading.Thread(target=self._tidy, name="dreamreel-chores", daemon=True)
        self._chores.start()

    def close(self) -> None:
        """Stop all work in order; jobs go on with the next start."""
        self._ended.set()
        self.check.stop.set()
        self.bench.close()
        self.supervisor.stop()
        for thread in (self._chores, self._checker):
            if thread is not None:
                thread.join()
        self.database.close()

    def _tell_bench(self, state: State) -> None:
        # A page that misses one of these asks for itself; a full disk is no reason to stop the work.
        with suppress(DreamreelError, sqlite3.Error):
            self.ledger.tell("bench", state.key, state.state, {"part": state.part})
            self.bus.ring()

    def _tell_item(self, rows: sqlite3.Connection, subject: str, kind: str, data: dict[str, JSON]) -> None:
        self.ledger.tell("item", subject, kind, data, rows)

    # ── photos ──────────────────────────────────────────────────────────────────────────────────────────────────

    def take_in(self, upload_id: str) -> Item:
        """A finished upload becomes an item. Raises what the upload or the look at it raises; then it is gone."""
        upload = self.uploads.get(upload_id)
        if upload.item is not None:
            return self.library.get(upload.item)
        part = self.uploads.complete(upload_id)
        try:
            with self._looking:
                item = self._looked_at(part, upload.name)
        except OutputFailed:
            raise  # Nothing is wrong with the file: it stays, and its sender may ask again when there is room.
        except DreamreelError as error:
            self.uploads.failed(upload_id, str(error))
            raise
        self.uploads.done(upload_id, item.id)
        self.bus.ring()
        return item

    def _looked_at(self, part: Path, name: str) -> Item:
        if (known := self.library.original(digest(part) or "")) is not None:
            part.unlink(missing_ok=True)
            return known
        folder = self.folders.work / f"look-{secrets.token_hex(6)}"
        folder.mkdir(mode=0o700)
        try:
            order: dict[str, JSON] = {"path": str(part), "name": name}
            found = run_task(Worker("inspect", folder, order, read=(part, *models()), limits=_LOOK))
            sha256, size = self.files.adopt(part)
            for derived, file in _PICTURES:
                target = self.files.derived(sha256, derived)
                target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                if (folder / file).exists():
                    (folder / file).replace(target)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        suffix = str(found["suffix"])
        new = NewItem(
            role="original", kind=cast("Kind", found["kind"]), sha256=sha256, bytes=size,
            media_type=str(found["media_type"]), suffix=suffix, name=_named(name, suffix), title=Path(name).stem,
            width=cast("int | None", found["width"]), height=cast("int | None", found["height"]),
            duration=cast("str | None", found.get("duration")), fps=cast("str | None", found.get("fps")),
            facts=cast("dict[str, JSON]", found["facts"]),
        )  # fmt: skip
        return self.library.add(new)

    def without_place(self, item: Item) -> tuple[Path, str]:
        """A copy of a photo without what its camera wrote, and its name. The caller deletes the copy's folder."""
        if item.kind != "photo":
            raise Conflict("Only photos can be cleaned of their place; download it as it is.")
        folder = self.folders.work / f"clean-{secrets.token_hex(6)}"
        folder.mkdir(mode=0o700)
        source = self.files.path(item.sha256)
        try:
            order: dict[str, JSON] = {"path": str(source)}
            found = run_task(Worker("strip", folder, order, read=(source,), limits=_LOOK))
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        clean = folder / Path(str(found["file"])).name
        return clean, str(Path(item.name).with_suffix(clean.suffix))

    # ── jobs ────────────────────────────────────────────────────────────────────────────────────────────────────

    def estimate(self, kind: str, request: dict[str, JSON]) -> Estimated:
        """What a job would cost. Raises what preparing raises."""
        prepared = _prepared(kind, request, self.library)
        problem = self._problem(prepared.cost)
        nearest = None
        if problem is not None:
            for name in reversed(RESOLUTIONS):
                try:
                    smaller = _prepared(kind, {**request, "resolution": name}, self.library)
                except DreamreelError:
                    continue
                if smaller.cost.memory < prepared.cost.memory and self._problem(smaller.cost) is None:
                    nearest = name
                    break
        return Estimated(prepared, problem, nearest, self._pace())

    def _pace(self) -> float:
        """How much longer than estimated the latest jobs took: machines differ, and have other things to do."""
        done = [job for job in self.ledger.jobs(states=("done",), limit=_LATEST)[0] if job.attempts == 1]
        ratios = [
            (job.finished - job.started) / cast("float", estimate["seconds"])
            for job in done
            if job.started and job.finished and (estimate := cast("dict[str, JSON]", job.output["estimate"]))
        ]
        return min(10.0, max(0.5, statistics.median(ratios))) if ratios else 1.0

    def weigh(self, plan: Plan) -> tuple[Estimate, str | None, float]:
        """What a plan costs, why it does not fit if it does not, and the pace as in `Estimated`."""
        cost = estimate(plan, cores(), free_memory())
        return cost, self._problem(cost), self._pace()

    def _problem(self, cost: Estimate) -> str | None:
        try:
            must_fit(cost, self.folders.work / "film.mp4", home())
        except WillNotFit as error:
            return str(error)
        return None

    def submit(
        self, kind: str, request: dict[str, JSON], *, batch: str | None = None, priority: int = 0,
        idempotency: str | None = None, full: dict[str, JSON] | None = None,
    ) -> tuple[Job, bool]:  # fmt: skip
        """Put a job into the queue; False when this wish was known. Raises what preparing raises.

        With `full` it is a draft: a small attempt at that request.
        """
        prepared = _prepared(kind, request, self.library)
        new = NewJob(
            kind=kind, title=prepared.title, request=prepared.request, recipe=prepared.recipe,
            output={**prepared.output(), "full": full}, photo=prepared.photo, batch=batch, draft=full is not None,
            priority=priority, idempotency=idempotency,
        )  # fmt: skip
        job, fresh = self.ledger.submit(new)
        self.changed()
        return job, fresh

    def vary(self, item_id: str, count: int, idempotency: str | None = None) -> tuple[str, list[Job]]:
        """Quick drafts of the same wish with other seeds. Raises `Conflict` for an item that no job made."""
        kind, request = self._made_by(self.library.get(item_id))
        # The same wish has the same seeds: asked twice by one key, it is one set of drafts.
        dice = random.Random(idempotency) if idempotency else random.SystemRandom()  # noqa: S311 - not a secret
        batch = f"b{dice.getrandbits(64):016x}"
        jobs: list[Job] = []
        row, form = filled(kind, request)
        for number in range(count):
            seed = dice.randrange(10**9)
            small = row.draft(form, seed).model_dump(mode="json")
            key = f"{idempotency}-{number}" if idempotency else None
            full = {**request, "seed": seed}
            jobs.append(self.submit(kind, small, batch=batch, priority=1, idempotency=key, full=full)[0])
        return batch, jobs

    def finish(self, item_id: str, idempotency: str | None = None) -> Job:
        """A draft's staging at its full size. Raises `Conflict` for anything but a draft."""
        item = self.library.get(item_id)
        if item.role != "draft":
            raise Conflict(f"{item.name} is not a draft; make it again instead.")
        kind, request = self._made_by(item)
        return self.submit(kind, request, idempotency=idempotency)[0]

    def _made_by(self, item: Item) -> tuple[str, dict[str, JSON]]:
        """The kind of job and the whole request that made an item; a draft's is that of its full size."""
        made = cast("dict[str, JSON]", item.facts.get("made") or {})
        request = cast("dict[str, JSON] | None", made.get("full")) or item.request
        if request is None:
            raise Conflict(f"{item.name} was not made here, so there is nothing to make again.")
        return str(made.get("kind") or "generate"), request

    def changed(self) -> None:
        """Something was asked for: let the supervisor and the pages know at once."""
        self.bus.ring()
        self.supervisor.wake()

    # ── the house ───────────────────────────────────────────────────────────────────────────────────────────────

    def begin_check(self) -> None:
        """Check all contents in the background, unless that is being done."""
        with self._checking:
            if self.check.state == "running":
                return
            self.check = Check(state="running")
            self._checker = threading.Thread(
                target=self._check, args=(self.check,), name="dreamreel-check", daemon=True
            )
            self._checker.start()

    def _check(self, check: Check) -> None:
        def progress(checked: int, total: int) -> None:
            check.checked, check.total = checked, total

        try:
            with suppress(DreamreelError):
                check.found = self.library.check(progress, check.stop)
        finally:
            check.at, check.state = self.clock(), "done"
            self.bus.ring()

    def _tidy(self) -> None:
        """Once an hour: old trash, uploads nobody finished, events nobody will ask for."""
        while not self._ended.is_set():
            with suppress(DreamreelError, OSError):
                days = self.settings.get().trash_days
                if days:
                    self.library.empty_trash(days * 86_400.0)
                self.uploads.sweep(_STALE_UPLOAD_S)
                self.ledger.prune(_KEPT_EVENTS)
                self.supervisor.sweep()
                self.bus.ring()
            self._ended.wait(_CHORE_S)


def _prepared(kind: str, request: dict[str, JSON], library: Library) -> Prepared:
    row, form = filled(kind, request)
    return row.prepare(form, library)


def _named(name: str, suffix: str) -> str:
    """The owner's name for a photo with the suffix of what it really is."""
    return f"{Path(name).stem or 'photo'}{suffix}"


def models() -> tuple[Path, ...]:
    """The folder of models that were added to the program, for workers to read."""
    from dreamreel.places import models_folder

    folder = models_folder()
    return (folder,) if folder.is_dir() else ()
