"""Jobs of a studio while they are worked on: a bar for each on a terminal, plain lines elsewhere, or JSON.

events ─► which job ─► the job as it is now ─► JobsView      until all that are watched are finished
"""

from __future__ import annotations

import sys
from collections.abc import Collection
from types import TracebackType
from typing import TYPE_CHECKING, Final, cast

from dreamreel.cli.output import data, printable, say, width
from dreamreel.wording import duration_text

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from dreamreel.errors import DreamreelError
    from dreamreel.graph import JSON
    from dreamreel.studio.client import Client
    from dreamreel.studio.models import JobOut, ProgressOut

__all__ = ["MARKS", "STAGES", "JobsView", "check_outcome", "percent", "time_left", "watch"]

MARKS: Final = {
    "queued": ("○", "dim"), "running": ("●", "magenta"), "paused": ("‖", "yellow"), "done": ("✓", "green"),
    "failed": ("✗", "red"), "cancelled": ("–", "dim"),
}  # fmt: skip
"""The sign and the colour of each state."""
STAGES: Final = {
    "plan": "getting ready",
    "measure": "listening to it all",
    "sound": "playing the sound",
    "picture": "painting",
    "join": "putting it together",
    "done": "putting it away",
}
"""What a running job is doing, in a word or two."""
_TITLE: Final = 40
_SURE: Final = 10
"""Frames that must have been painted before a time left is worth telling."""


def watch(client: Client, jobs: Collection[str], as_json: bool) -> list[JobOut]:
    """Show jobs until they are finished, and return them as they are then; without any, all that are not finished.

    Raises:
        NotFound: there is no such job.
        Cancelled: Ctrl-C; the jobs go on.
        StudioUnavailable: the studio has gone.
    """
    from dreamreel.errors import Cancelled

    try:
        return _watched(client, jobs, as_json)
    except KeyboardInterrupt:
        raise Cancelled("Stopped watching; the studio goes on without you.") from None


def _watched(client: Client, jobs: Collection[str], as_json: bool) -> list[JobOut]:
    from dreamreel.errors import NotFound
    from dreamreel.studio.client import ACTIVE, FINISHED

    # First where the story is, then the jobs: what happens between the two is heard again.
    begin = client.newest()
    found = [client.job(job) for job in jobs] if jobs else list(client.iter_jobs(states=ACTIVE))
    known = {job.id: job for job in found}
    with JobsView(as_json) as view:
        for job in found:
            view.show(job)
        if all(job.state in FINISHED for job in found):
            return found
        for happening in client.events(begin):
            again = list(known) if happening.topic == "reset" else [happening.subject]
            for name in again:
                if name not in known:
                    continue
                if happening.kind == "removed":
                    raise NotFound(f"Job {name} was removed from the list; look in the library for its film.")
                known[name] = client.job(name)
                view.show(known[name])
            if all(job.state in FINISHED for job in known.values()):
                break
    return list(known.values())


def check_outcome(jobs: Collection[JobOut]) -> None:
    """Raise what kept a job from being done, as the error that it is; `Incomplete` for several jobs."""
    from dreamreel.errors import Incomplete

    wrong = [job for job in jobs if job.state != "done"]
    if wrong and len(jobs) == 1:
        raise _failure(wrong[0])
    if wrong:
        raise Incomplete(
            f"{len(wrong)} of {len(jobs)} jobs did not come to their end; `dreamreel jobs show` says why, and "
            "`dreamreel jobs retry` goes on from what is done."
        )


def _failure(job: JobOut) -> DreamreelError:
    from dreamreel import errors

    way = f"`dreamreel jobs retry {job.id}` goes on from what is done."
    if job.error is None or job.state == "cancelled":
        return errors.Cancelled(f"Job {job.id} was cancelled; {way}")
    named = getattr(errors, job.error.type, None) if job.error.type in errors.__all__ else None
    kind = (
        named if isinstance(named, type) and issubclass(named, errors.DreamreelError) else errors.RenderFailed
    )
    return kind(job.error.detail or job.error.title or f"Job {job.id} failed; {way}")


def percent(progress: ProgressOut | None) -> int:
    """How much of a job's picture is painted, in hundredths."""
    return 100 * progress.frame // progress.frames if progress and progress.frames else 0


def time_left(job: JobOut) -> float | None:
    """Seconds until the picture of a running job is painted; None while there is not enough to tell it from."""
    progress = job.progress
    if job.state != "running" or progress is None or progress.stage != "picture" or progress.frame < _SURE:
        return None
    return progress.eta


class JobsView:
    """Shows jobs as they change."""

    def __init__(self, as_json: bool) -> None:
        self._json = as_json
        self._live = not as_json and sys.stderr.isatty()
        self._bars: Progress | None = None
        self._tasks: dict[str, TaskID] = {}
        self._told: dict[str, str] = {}

    def __enter__(self) -> JobsView:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bars is not None:
            self._bars.stop()

    def show(self, job: JobOut) -> None:
        """Show a job as it is now."""
        if self._json:
            data(cast("JSON", job.model_dump(mode="json")))
        elif self._live:
            self._draw(job)
        else:
            self._say(job)

    def _draw(self, job: JobOut) -> None:
        if self._bars is None:
            self._bars = _bars()
            self._bars.start()
        if job.id not in self._tasks:
            self._tasks[job.id] = self._bars.add_task("", total=100, mark="", name="", note="")
        mark, style = MARKS[job.state]
        self._bars.update(
            self._tasks[job.id], total=100, completed=100 if job.state == "done" else percent(job.progress),
            mark=f"[{style}]{mark}[/]", name=_escaped(printable(job.title) or job.id), note=_escaped(_note(job)),
        )  # fmt: skip

    def _say(self, job: JobOut) -> None:
        """A line for each change of state, and for every tenth of the picture."""
        tenth = percent(job.progress) // 10 if job.state == "running" else 0
        stage = job.progress.stage if job.progress and job.state == "running" else ""
        told = f"{job.state} {job.reason} {job.wanted} {stage} {tenth}"
        if self._told.get(job.id) == told:
            return
        self._told[job.id] = told
        at = f" {job.progress.frame}/{job.progress.frames}" if job.progress and job.state == "running" else ""
        say(f"{job.id} {_note(job)}{at}")


def _note(job: JobOut) -> str:
    """`painting, 12 s left`; or what it waits for."""
    if job.wanted is not None:
        return "is being cancelled" if job.wanted == "cancel" else "is being paused"
    if job.state == "paused":
        return "waits for room on the disk" if job.reason == "disk" else "is paused"
    if job.state == "queued":
        return "waits in the queue"
    if job.state != "running":
        return job.state
    progress = job.progress
    words = STAGES.get(progress.stage, progress.stage) if progress else STAGES["plan"]
    left = time_left(job)
    return f"{words}, {duration_text(left)} left" if left is not None else words


def _escaped(text: str) -> str:
    from rich.markup import escape

    return escape(text)


def _bars() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn
    from rich.table import Column

    names = max(12, min(_TITLE, width() // 3))
    return Progress(
        TextColumn("{task.fields[mark]}", table_column=Column(no_wrap=True)),
        TextColumn("{task.fields[name]}", table_column=Column(no_wrap=True, overflow="ellipsis", max_width=names)),
        BarColumn(bar_width=None, complete_style="magenta", finished_style="green"),
        TextColumn("{task.percentage:>3.0f}%", table_column=Column(no_wrap=True)),
        TextColumn("{task.fields[note]}", table_column=Column(no_wrap=True)),
        console=Console(stderr=True, highlight=False, emoji=False, width=width()), expand=True,
    )  # fmt: skip
