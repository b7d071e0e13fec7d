"""The local executor: segments by threads in this process, or by worker processes when frames are drawn.

    plan ─ missing segments ─┬─ files only:  runs of segments, here
                             └─ drawn:       queue ─► worker │ worker │ …   (recipe and numbers go out, never frames)

A worker that dies is replaced once per segment; the second time the render fails with one sentence.
"""

from __future__ import annotations

import json
import queue
import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import IO, cast

from dreamreel import errors
from dreamreel.errors import DreamreelError, RenderFailed
from dreamreel.graph import JSON, Node, Recipe, walk
from dreamreel.neural.catalog import DEVICE_PRECISIONS
from dreamreel.ops.params import to_params
from dreamreel.render.pipeline import encode_segments, runs
from dreamreel.render.plan import Plan, Segment
from dreamreel.render.progress import Meter
from dreamreel.render.spare import Spare, Twin, WorkerProcess, end, start_worker
from dreamreel.render.store import Entry, Store
from dreamreel.render.target import Target
from dreamreel.render.threads import Cancel

__all__ = ["Work", "render_segments", "worker_count"]

_TRIES = 2
_WORKER_BYTES = 250 * 2**20
_LARGE = 2560 * 1440
_SHARING = 3
"""Processes that compute on one graphics card at once, at most: each has a context, networks and tiles there."""


@dataclass(frozen=True, slots=True)
class Work:
    """What a worker needs to make the same plan: data, no frames."""

    plan: Plan
    out: Path
    target: Target

    def to_json(self) -> str:
        """One line for a worker's standard input."""
        data: JSON = {
            "recipe": Recipe.of(self.plan.node).to_data(),
            "out": self.out.name,
            "target": to_params(self.target),
            "sound_key": self.plan.sound_key,
        }
        return json.dumps(data)


def worker_count(plan: Plan, cores: int, memory: int) -> int:
    """How many processes draw at once: one per core, as many as half the free memory (in bytes) holds, at least one.

    A worker holds its libraries (250 MB) and about forty pictures: layers, and the frames its encoder looks ahead at.
    Above 2560×1440 each also keeps a second core busy with encoding while it draws, and memory is what runs out.
    A graphics card that computes is shared by three at most.
    """
    assert plan.video is not None
    pixels = plan.video.width * plan.video.height
    each = _WORKER_BYTES + 40 * pixels * 3 // 2
    if pixels > _LARGE:
        cores = -(-cores // 2)
    if _on_card(plan.node):
        cores = min(cores, _SHARING)
    return max(1, min(cores, memory // 2 // each, len(plan.segments)))


def _on_card(node: Node) -> bool:
    """Whether a network of a clip is computed by a graphics card."""
    return any(one.params.get("precision") in DEVICE_PRECISIONS for one in walk([node]))


def render_segments(
    work: Work,
    missing: Sequence[Segment],
    store: Store,
    cancel: Cancel,
    meter: Meter,
    spare: Spare | None = None,
) -> dict[int, Entry]:
    """Make all `missing` segments, first with the processes of `spare` where frames are drawn.

    Raises what rendering raises, and `Cancelled`; what is finished stays finished.
    """
    made: dict[int, Entry] = {}

    def finished(segment: Segment, entry: Entry) -> None:
        made[segment.number] = entry
        meter.segment(entry.frames, entry.path, entry.damage)

    if work.plan.processes and missing:
        return _Pool(work, missing, store, cancel, meter, spare).run()
    assert work.plan.picture is not None
    assert work.plan.settings is not None
    for run in runs(missing):
        encode_segments(work.plan.picture, work.plan.settings, run, store, cancel, meter.drawn, finished)
    return made


@dataclass(slots=True)
class _Worker:
    process: WorkerProcess
    segment: Segment | None = None


_Message = tuple["_Worker", dict[str, JSON] | None]


class _Pool:
    """Worker processes and what they are doing."""

    def __init__(
        self,
        work: Work,
        missing: Sequence[Segment],
        store: Store,
        cancel: Cancel,
        meter: Meter,
        spare: Spare | None,
    ) -> None:
        self._spare = spare
        self._work, self._store, self._cancel, self._meter = work, store, cancel, meter
        self._todo = deque(missing)
        self._tries = dict.fromkeys((segment.number for segment in missing), 0)
        self._made: dict[int, Entry] = {}
        self._messages: queue.SimpleQueue[_Message] = queue.SimpleQueue()
        self._workers: list[_Worker] = []
        self._readers: list[threading.Thread] = []

    def run(self) -> dict[int, Entry]:
        """Draw everything; on any error all workers are gone before it is raised."""
        from dreamreel.machine import cores, free_memory, return_memory

        return_memory()  # From here on this process only waits; the workers need it more.
        wanted = len(self._tries)
        count = min(wanted, worker_count(self._work.plan, cores(), free_memory()))
        try:
            for _ in range(count):
                self._start()
            if self._spare:
                self._spare.close()
            while len(self._made) < wanted:
                self._cancel.check()
                try:
                    worker, message = self._messages.get(timeout=0.1)
                except queue.Empty:
                    continue
                self._handle(worker, message)
        finally:
            self._stop()
        return self._made

    def _start(self) -> None:
        process = self._spare.take(self._store) if self._spare else start_worker(self._store)
        worker = _Worker(process)
        self._workers.append(worker)
        reader = threading.Thread(target=self._read, args=(worker,), name="dreamreel-worker", daemon=True)
        self._readers.append(reader)
        reader.start()
        self._tell(worker, self._work.to_json())
        self._next(worker)

    def _read(self, worker: _Worker) -> None:
        for line in cast("IO[str]", worker.process.stdout):
            message = json.loads(line)
            if "pid" in message and isinstance(worker.process, Twin):
                worker.process.born(int(message["pid"]))
            else:
                self._messages.put((worker, message))
        self._messages.put((worker, None))

    def _tell(self, worker: _Worker, line: str) -> None:
        try:
            stdin = cast("IO[str]", worker.process.stdin)
            stdin.write(line + "\n")
            stdin.flush()
        except OSError:
            return  # It has died; its reader says so, and `_lost` takes it from there.

    def _next(self, worker: _Worker) -> None:
        worker.segment = self._todo.popleft() if self._todo else None
        if worker.segment is not None:
            self._tries[worker.segment.number] += 1
            self._tell(worker, json.dumps({"segment": worker.segment.number}))

    def _handle(self, worker: _Worker, message: dict[str, JSON] | None) -> None:
        if message is None:
            self._lost(worker)
        elif "error" in message:
            kind = getattr(errors, str(message["error"]), RenderFailed)
            raise cast("type[DreamreelError]", kind)(str(message["message"]))
        elif "drawn" in message:
            self._meter.drawn(int(cast("int", message["drawn"])))
        elif worker.segment is not None:
            path = self._store.path(worker.segment.key, worker.segment.suffix)
            damage = tuple(str(one) for one in cast("list[JSON]", message["damage"]))
            entry = Entry(path, int(cast("int", message["done"])), Fraction(str(message["first"])), damage)
            self._made[worker.segment.number] = entry
            self._meter.segment(entry.frames, entry.path, entry.damage)
            self._next(worker)

    def _lost(self, worker: _Worker) -> None:
        """A worker's output ended. Its segment is tried once more by a new one."""
        self._workers.remove(worker)
        code = worker.process.wait()
        end(worker.process)
        segment = worker.segment
        if segment is None:
            return
        if self._tries[segment.number] >= _TRIES:
            raise RenderFailed(
                f"A drawing process ended twice (exit {code}) at {float(segment.span.start):.1f} s; "
                "if memory is short, choose a smaller size. What is finished is kept."
            )
        self._todo.appendleft(segment)
        self._start()

    def _stop(self) -> None:
        for worker in self._workers:
            worker.process.kill()
        for worker in self._workers:
            worker.process.wait()
        for reader in self._readers:
            reader.join()
        for worker in self._workers:
            end(worker.process)
        for number, segment in ((segment.number, segment) for segment in self._work.plan.segments):
            if number not in self._made:
                path = self._store.path(segment.key, segment.suffix)
                for part in path.parent.glob(f".{path.name}.*.part"):
                    part.unlink(missing_ok=True)
