"""Many files at once, on a terminal: what `convert` does when it is given folders, patterns, or more than one file."""

from __future__ import annotations

import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dreamreel.cli.output import data, printable, say
from dreamreel.wording import duration_text, plural, size_text

if TYPE_CHECKING:
    from types import TracebackType

    from rich.progress import Progress, TaskID

    from dreamreel.convert.batch import Naming, Result, Task, Work
    from dreamreel.convert.wish import Wish
    from dreamreel.render.progress import Event

__all__ = ["BATCH", "Flat", "How", "Name", "NoTree", "Report", "SkipDone", "Watch", "Workers", "convert_many",
           "folder_of", "several"]  # fmt: skip

BATCH = "Many files"

Flat = Annotated[
    bool,
    typer.Option("--flat", help="Of a folder, leave out what is in its folders.", rich_help_panel=BATCH,
                 show_default=False),
]  # fmt: skip
Name = Annotated[
    str,
    typer.Option("--name", metavar="TEMPLATE", rich_help_panel=BATCH,
                 help="What results are called, of {name}, {ext}, {parent}, {preset}, {date} and {n} ({n:3} is 001)."),
]  # fmt: skip
NoTree = Annotated[
    bool,
    typer.Option("--no-tree", help="Put all results into one folder, without the folders of the sources.",
                 rich_help_panel=BATCH, show_default=False),
]  # fmt: skip
SkipDone = Annotated[
    bool,
    typer.Option("--skip-done", help="Leave out what an earlier run made of the same files in the same way.",
                 rich_help_panel=BATCH, show_default=False),
]  # fmt: skip
Watch = Annotated[
    bool,
    typer.Option("--watch", help="Go on looking into the folders for new files, until Ctrl-C.", rich_help_panel=BATCH,
                 show_default=False),
]  # fmt: skip
Workers = Annotated[
    int | None,
    typer.Option("--workers", metavar="N", min=1, max=256, help="Files at once.", rich_help_panel=BATCH,
                 show_default="as the cores allow"),
]  # fmt: skip
Report = Annotated[
    Path | None,
    typer.Option("--report", metavar="FILE", help="Write what became of each file, as JSON or CSV.",
                 rich_help_panel=BATCH, show_default=False),
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """How many files are gone through."""

    recursive: bool = True
    skip_done: bool = False
    watch: bool = False
    workers: int | None = None
    report: Path | None = None
    recipe: bool = True
    verify: bool = False
    dry_run: bool = False
    as_json: bool = False
    yes: bool = False


def several(files: list[Path]) -> bool:
    """Whether more than one file is named: by several names, a folder or a pattern."""
    (only, *more) = files
    return bool(more) or only.is_dir() or (not only.exists() and any(mark in only.name for mark in "*?["))


def folder_of(output: Path | None) -> Path | None:
    """The folder that an output names, made where it is not there yet; None where it names a file, or nothing."""
    if output is None or (output.suffix and not output.is_dir()):
        return None
    output.mkdir(parents=True, exist_ok=True)
    return output


def convert_many(
    wish: Wish | Work, inputs: list[Path], naming: Naming, how: How, *, done: str = "converted"
) -> None:
    """Convert all of them, or do another work to them, showing how far it is; `done` says what was done.

    Raises `Incomplete` when one failed, `Cancelled` when stopped.
    """
    from dreamreel.convert.batch import found, named, save_report, watch
    from dreamreel.errors import NotMedia
    from dreamreel.render.threads import Cancel

    cancel = Cancel()
    if how.watch:
        made: list[Result] = []
        if not how.as_json:
            say("Watching; Ctrl-C ends it.")
        try:
            watch(inputs, wish, naming, cancel, lambda tasks: made.extend(_all(tasks, wish, how, cancel)),
                  recursive=how.recursive)  # fmt: skip
        except KeyboardInterrupt:
            cancel.set()
        if how.report:
            save_report(made, how.report)
        return
    tasks = named(found(inputs, wish, recursive=how.recursive), wish, naming)
    if not tasks:
        raise NotMedia(
            f"There is nothing to be {done} in there; name a folder with films, sounds or pictures."
        )
    if how.dry_run:
        for task in tasks:
            data({"event": "plan", "source": str(task.source), "path": str(task.out)} if how.as_json
                 else f"{printable(str(task.source))} → {printable(str(task.out))}")  # fmt: skip
        return
    results = _all(tasks, wish, how, cancel)
    if how.report:
        save_report(results, how.report)
    _end(results, how, done)


def _all(tasks: list[Task], wish: Wish | Work, how: How, cancel: object) -> list[Result]:
    from dreamreel.convert.batch import run
    from dreamreel.render.threads import Cancel

    assert isinstance(cancel, Cancel)
    with _View(len(tasks), how.as_json) as view:
        return run(tasks, wish, workers=how.workers, overwrite=how.yes, skip_done=how.skip_done, embed=how.recipe,
                   verify=how.verify, cancel=cancel, tell=view.tell)  # fmt: skip


def _end(results: list[Result], how: How, done: str) -> None:
    """The last lines, and the exit code: 0 only when every file was dealt with."""
    from dreamreel.convert.batch import summary
    from dreamreel.errors import Cancelled, Incomplete

    failed = [one for one in results if one.state == "failed"]
    stopped = sum(one.state == "stopped" for one in results)
    if how.as_json:
        whole = summary(results)
        data({"event": "done", **{key: whole[key] for key in whole if key != "results"}})
    else:
        made = [one for one in results if one.state == "done"]
        skipped = sum(one.state == "skipped" for one in results)
        before, after = sum(one.bytes_in for one in made), sum(one.bytes for one in made)
        words = f"{plural(len(made), 'file')} {done}, {size_text(before)} → {size_text(after)}"
        say(f"{words}{f', {skipped} done before' if skipped else ''}.")
    if stopped:
        raise Cancelled(
            f"Stopped; {stopped} of {len(results)} files are left. Run the same with --skip-done to go on."
        )
    if failed:
        raise Incomplete(
            f"{len(failed)} of {len(results)} files could not be {done}; the sentences above say why."
        )


class _View:
    """A bar for all files and one for each that is under way; without a terminal a line for each that ends."""

    def __init__(self, files: int, as_json: bool) -> None:
        self._json, self._files = as_json, files
        self._lock = threading.Lock()
        self._bars: dict[Task, TaskID] = {}
        self._ended = 0
        self._progress: Progress | None = None
        if not as_json and sys.stderr.isatty():
            from dreamreel.cli.output import batch_bars

            self._progress = batch_bars()
            self._whole = self._progress.add_task(f"{files} files", total=files, note="")

    def __enter__(self) -> _View:
        if self._progress is not None:
            self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._progress is not None:
            self._progress.stop()

    def tell(self, task: Task, what: Event | Result | None) -> None:
        """Called from the threads that convert."""
        from dreamreel.convert.batch import Result

        with self._lock:
            if isinstance(what, Result):
                self._over(task, what)
            elif self._progress is not None:
                self._under_way(task, what)

    def _under_way(self, task: Task, event: Event | None) -> None:
        assert self._progress is not None
        name = printable(task.source.name)
        if task not in self._bars:
            self._bars[task] = self._progress.add_task(f"  {name}", total=None, note="")
        if event is not None and event.frames:
            left = f"{duration_text(event.eta)} left" if event.eta is not None else ""
            self._progress.update(self._bars[task], total=event.frames, completed=event.frame, note=left)

    def _over(self, task: Task, result: Result) -> None:
        self._ended += 1
        if self._progress is not None:
            if task in self._bars:
                self._progress.remove_task(self._bars.pop(task))
            self._progress.update(self._whole, completed=self._ended)
        if self._json:
            data({"event": "file", "state": result.state, "source": result.source, "path": result.path,
                  "error": result.error, "code": result.code, "bytes": result.bytes, "seconds": result.seconds,
                  "notes": list(result.notes)})  # fmt: skip
            return
        if result.state == "stopped":
            return
        words = {"done": f"{size_text(result.bytes_in)} → {size_text(result.bytes)}",
                 "skipped": result.notes[-1] if result.notes else "done before",
                 "failed": result.error}[result.state]  # fmt: skip
        line = f"[{self._ended}/{self._files}] {task.source.name}: {words}"
        if self._progress is not None:
            self._progress.console.print(printable(line), markup=False, highlight=False)
        else:
            say(line)
