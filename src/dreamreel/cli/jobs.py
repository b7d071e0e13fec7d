"""`dreamreel jobs`: the queue of the studio that is running.

list show log watch     look        submit                        a photo and a dream, as `generate` takes them
cancel pause resume     steer       move priority remove clear    order
retry
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Final, cast

import typer

from dreamreel.cli import submit
from dreamreel.cli.help import Command, examples, group
from dreamreel.cli.options import JobId, JobIds, Json, JsonLines
from dreamreel.cli.output import aligned, data, printable, say
from dreamreel.cli.tables import Cell, ago, table, when
from dreamreel.cli.watching import MARKS, STAGES, check_outcome, percent, time_left
from dreamreel.cli.watching import watch as watched
from dreamreel.wording import duration_text, plural

if TYPE_CHECKING:
    from datetime import datetime

    from dreamreel.graph import JSON
    from dreamreel.studio.client import Client
    from dreamreel.studio.models import EventOut, JobOut

__all__ = ["add"]

_EXAMPLES = examples(
    'dreamreel jobs submit anna.jpg "three sheep over the moon"',
    "dreamreel jobs watch",
    "dreamreel jobs list --state failed",
)
_PRIORITIES: Final = {"later": -1, "usual": 0, "sooner": 1}
_STATES: Final = ("queued", "running", "paused", "done", "failed", "cancelled")
_FINISHED: Final = ("done", "failed", "cancelled")

Queue = Annotated[
    bool,
    typer.Option("--queue", help="The whole queue: begin no more jobs, or begin again.", show_default=False),
]
SomeJobs = Annotated[
    list[str] | None,
    typer.Argument(metavar="JOB…", help="Ids of jobs, from `dreamreel jobs list`.", show_default=False),
]


def add(root: typer.Typer) -> None:
    """Add the commands to the application."""
    jobs = group(root, "jobs", "Look at and steer the jobs of the studio that is running.", _EXAMPLES)
    commands: tuple[Callable[..., None], ...] = (
        list_, show, submit.submit, watch, log, cancel, pause, resume, retry, move, priority, remove, clear,
    )  # fmt: skip
    for command in commands:
        epilog = submit.EXAMPLES if command is submit.submit else None
        jobs.command(command.__name__.strip("_"), cls=Command, epilog=epilog)(command)


def list_(
    state: Annotated[
        list[str] | None,
        typer.Option(
            metavar="STATE",
            help="Only queued, running, paused, done, failed or cancelled ones; may be given again.",
            show_default=False,
        ),
    ] = None,
    batch: Annotated[
        str | None, typer.Option(metavar="BATCH", help="Only those of a batch.", show_default=False)
    ] = None,
    limit: Annotated[int, typer.Option(metavar="NUMBER", help="At most so many; 0 is all.", min=0)] = 30,
    as_json: JsonLines = False,
) -> None:
    """List the queue in its order, then what is finished, newest first."""
    with _connected() as studio:
        found = _some(studio.iter_jobs(states=_states(state, _STATES), batch=batch), limit)
        if as_json:
            for job in found:
                data(_json(job))
            return
        shown = list(found)
    if not shown:
        say("There are no such jobs; `dreamreel jobs submit` makes one.")
        return
    table(("job", "state", "dream", "when"), (_row(job) for job in shown), shorten=2)
    if limit and len(shown) == limit:
        say(f"These are the first {limit}; --limit 0 shows all.")


def _row(job: JobOut) -> list[Cell | str]:
    mark, style = MARKS[job.state]
    running = job.state == "running"
    words = f"{mark} {job.state}" + (f" {percent(job.progress)}%" if running and job.progress else "")
    title = f"{job.title} (draft)" if job.draft else job.title
    left = time_left(job)
    at = when(job.finished or (job.started if running else None) or job.created)
    time = Cell(f"{duration_text(left)} left", at.plain, "magenta") if left is not None else at
    return [job.id, Cell(words, job.state, style), Cell(title), time]


def show(job: JobId, as_json: Json = False) -> None:
    """Show everything about a job."""
    with _connected() as studio:
        found = studio.job(job)
    if as_json:
        data(_json(found))
        return
    for line in aligned(_rows(found)):
        data(line)


def _rows(job: JobOut) -> Iterator[tuple[str, str]]:
    mark, _ = MARKS[job.state]
    why = {"disk": ", waits for room on the disk", "user": ""}.get(job.reason or "", "")
    yield "job", f"{job.id}{' (a draft)' if job.draft else ''}"
    yield "state", f"{mark} {job.state}{why}" + (f", asked to {job.wanted}" if job.wanted else "")
    yield "dream", printable(job.title)
    if job.photo:
        yield "photo", job.photo
    if options := _options(job.request):
        yield "options", options
    yield "asked", _moment(job.created)
    if job.started:
        yield (
            "begun",
            _moment(job.started) + (f", {plural(job.attempts, 'attempt')}" if job.attempts > 1 else ""),
        )
    if job.progress and job.state == "running":
        yield "now", _progress(job)
    if job.finished:
        spent = (job.finished - job.started).total_seconds() if job.started else 0
        yield "finished", _moment(job.finished) + (f", after {duration_text(spent)}" if spent >= 1 else "")
    if job.result:
        yield "result", f"{job.result}: `dreamreel library download {job.result}`"
    if job.batch:
        yield "batch", job.batch
    if job.error:
        yield "why", printable(job.error.detail or job.error.title)
    yield from (("note" if number == 0 else "", note) for number, note in enumerate(job.notes))


def _options(request: dict[str, JSON]) -> str:
    """The form in a line: `720p, 5 s, 24 fps, plush, seed 7`."""
    told = [str(request[name]) for name in ("resolution", "look") if request.get(name)]
    told += [f"{request['duration']:g} s"] if isinstance(request.get("duration"), int | float) else []
    told += [f"{request['fps']:g} fps"] if isinstance(request.get("fps"), int | float) else []
    told += [str(request["sound"])] if request.get("sound") not in (None, "none") else []
    return ", ".join([*told, *([f"seed {request['seed']}"] if request.get("seed") is not None else [])])


def _progress(job: JobOut) -> str:
    assert job.progress is not None
    words = STAGES.get(job.progress.stage, job.progress.stage)
    return f"{words}, frame {job.progress.frame} of {job.progress.frames}, {percent(job.progress)}%"


def _moment(at: datetime) -> str:
    return f"{at.astimezone():%Y-%m-%d %H:%M:%S} ({ago(at)})"


def watch(jobs: SomeJobs = None, as_json: JsonLines = False) -> None:
    """Watch jobs until they are finished; without JOB, all that are not. Prints the ids of the films.

    Ctrl-C stops the watching only. A job that failed ends with the exit code of its failure.
    """
    with _connected() as studio:
        found = watched(studio, jobs or (), as_json)
    if not found:
        say("There is nothing to watch; `dreamreel jobs list` shows what is done.")
    if not as_json:
        for job in found:
            if job.result:
                data(job.result)
    check_outcome(found)


def log(job: JobId, as_json: JsonLines = False) -> None:
    """Show what happened to a job, and when."""
    with _connected() as studio:
        events = studio.log(job).events
    for event in events:
        if as_json:
            data(cast("JSON", event.model_dump(mode="json")))
        else:
            data(f"{event.at.astimezone():%Y-%m-%d %H:%M:%S}  {_happened(event)}")


def _happened(event: EventOut) -> str:
    progress = event.data.get("progress")
    if event.kind == "progress" and isinstance(progress, dict):
        stage = str(progress.get("stage"))
        return f"{STAGES.get(stage, stage)} {progress.get('frame')}/{progress.get('frames')}"
    reason = event.data.get("reason")
    wanted = event.data.get("wanted")
    return event.kind + (f" ({reason})" if reason else "") + (f", asked to {wanted}" if wanted else "")


def cancel(jobs: JobIds, as_json: JsonLines = False) -> None:
    """Stop jobs for good. What is finished of them is kept for a while, so that a retry goes on."""
    with _connected() as studio:
        _steer(jobs, studio.cancel, as_json)


def pause(jobs: SomeJobs = None, queue: Queue = False, as_json: JsonLines = False) -> None:
    """Stop jobs until they are resumed; with --queue, begin no more jobs."""
    _check_some(jobs, queue, "pause")
    with _connected() as studio:
        _steer(jobs or (), studio.pause, as_json)
        if queue:
            _tell_queue(studio.pause_queue(), as_json)


def resume(jobs: SomeJobs = None, queue: Queue = False, as_json: JsonLines = False) -> None:
    """Go on with paused jobs; with --queue, begin jobs again."""
    _check_some(jobs, queue, "resume")
    with _connected() as studio:
        _steer(jobs or (), studio.resume, as_json)
        if queue:
            _tell_queue(studio.resume_queue(), as_json)


def retry(jobs: JobIds, as_json: JsonLines = False) -> None:
    """Try failed or cancelled jobs again; they go on from what is done."""
    with _connected() as studio:
        _steer(jobs, studio.retry, as_json)


def move(
    job: JobId,
    before: Annotated[
        str | None,
        typer.Option(metavar="JOB", help="In front of this job.", show_default="the end of the queue"),
    ] = None,
    as_json: Json = False,
) -> None:
    """Give a job another place in the queue."""
    with _connected() as studio:
        _steer([job], lambda name: studio.move(name, before), as_json)


def priority(
    job: JobId,
    level: Annotated[
        str,
        typer.Argument(metavar="LEVEL", help="later, usual or sooner than others.", show_default=False),
    ],
    as_json: Json = False,
) -> None:
    """Take a job sooner or later than the others."""
    from dreamreel.errors import BadParameter

    if level not in _PRIORITIES:
        raise BadParameter(f"{level!r} is not a priority; choose one of {', '.join(_PRIORITIES)}.")
    with _connected() as studio:
        _steer([job], lambda name: studio.prioritise(name, _PRIORITIES[level]), as_json)


def remove(jobs: JobIds) -> None:
    """Take finished jobs off the list; their films stay in the library."""
    with _connected() as studio:
        for job in jobs:
            studio.remove(job)
            say(f"Job {job} is off the list.")


def clear(
    state: Annotated[
        list[str] | None,
        typer.Option(
            metavar="STATE", help="done, failed or cancelled; may be given again.", show_default="all three"
        ),
    ] = None,
) -> None:
    """Take all finished jobs off the list; their films stay in the library."""
    with _connected() as studio:
        removed = studio.clear(_states(state, _FINISHED) or _FINISHED)
    say(f"{plural(removed, 'job')} taken off the list.")


def _connected() -> Client:
    from dreamreel.studio.client import Client

    return Client.connect()


def _steer(jobs: Iterable[str], do: Callable[[str], JobOut], as_json: bool) -> None:
    """Do something to each job and say how it is now."""
    for name in jobs:
        job = do(name)
        if as_json:
            data(_json(job))
        elif job.wanted is not None:
            say(f"Job {job.id} is being {'cancelled' if job.wanted == 'cancel' else 'paused'}.")
        else:
            say(f"Job {job.id} is {job.state}.")


def _tell_queue(paused: bool, as_json: bool) -> None:
    if as_json:
        data({"paused": paused})
    else:
        say("The queue is paused; jobs that run go on." if paused else "The queue goes on.")


def _check_some(jobs: Sequence[str] | None, queue: bool, command: str) -> None:
    from dreamreel.errors import BadParameter

    if not jobs and not queue:
        raise BadParameter(
            f"JOB is missing; name jobs, or the whole queue with `dreamreel jobs {command} --queue`."
        )


def _states(wanted: Sequence[str] | None, known: tuple[str, ...]) -> tuple[str, ...]:
    from dreamreel.errors import BadParameter

    for state in wanted or ():
        if state not in known:
            raise BadParameter(f"{state!r} is not a state to choose; use one of {', '.join(known)}.")
    return tuple(wanted or ())


def _some(jobs: Iterator[JobOut], limit: int) -> Iterator[JobOut]:
    for number, job in enumerate(jobs):
        if limit and number >= limit:
            return
        yield job


def _json(job: JobOut) -> JSON:
    return cast("JSON", job.model_dump(mode="json"))
