"""What the commands print: data on stdout, the rest on stderr; a live bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import json
import shutil
import sys
import textwrap
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Final

from dreamreel.wording import duration_text, size_text

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, TaskID

    from dreamreel.graph import JSON
    from dreamreel.render.progress import Event

__all__ = [
    "ProgressView",
    "aligned",
    "batch_bars",
    "bytes_bar",
    "card",
    "complain",
    "confirm",
    "data",
    "printable",
    "say",
    "width",
]

_COLUMN: Final = 10
_WIDEST, _NARROWEST = 96, 40
_SURE = 10
"""Frames that must have been made before a time left is worth telling."""


def width() -> int:
    """How many columns the help, cards and tables take."""
    return max(_NARROWEST, min(_WIDEST, shutil.get_terminal_size((80, 24)).columns))


def _stderr() -> Console:
    from rich.console import Console

    return Console(stderr=True, highlight=False, markup=False, emoji=False, width=width())


def complain(sentence: str) -> None:
    """One sentence about what went wrong, on stderr."""
    say(f"dreamreel: {sentence}")


def say(sentence: str = "") -> None:
    """A line for the user, on stderr; wrapped between words on a terminal, whole in a file."""
    if sys.stderr.isatty():
        sentence = textwrap.fill(sentence, width(), break_long_words=False, break_on_hyphens=False)
    sys.stderr.write(sentence + "\n")


def printable(text: str) -> str:
    """On one line, and without what a name could tell a terminal to do."""
    return " ".join("".join(mark if mark.isprintable() else " " for mark in text).split())


def data(value: JSON | str) -> None:
    """A line of data on stdout: a text as it is, anything else as one line of JSON."""
    if not isinstance(value, str):
        plain = (sys.stdout.encoding or "ascii").lower().replace("-", "") == "utf8"
        value = json.dumps(value, ensure_ascii=not plain)
    sys.stdout.write(value + "\n")
    sys.stdout.flush()


def aligned(rows: Iterable[tuple[str, str]], column: int = _COLUMN) -> list[str]:
    """Names and values in two columns, the values from `column` on and wrapped to the terminal."""
    lines: list[str] = []
    for name, value in rows:
        lines += textwrap.wrap(
            value, width(), initial_indent=f"{name:<{column}}", subsequent_indent=" " * column,
            break_long_words=False, break_on_hyphens=False,
        )  # fmt: skip
    return lines


def card(title: str, rows: Iterable[tuple[str, str]]) -> None:
    """The pre-flight card: a title and aligned rows, on stderr."""
    from rich.panel import Panel
    from rich.table import Table

    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in rows:
        table.add_row(name, value)
    _stderr().print(Panel(table, title=title, title_align="left", expand=False, border_style="magenta"))


def confirm(question: str) -> bool:
    """Ask on a terminal; without one the answer is no."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    sys.stderr.write(f"{question} [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


@contextmanager
def bytes_bar(words: str, unit: Callable[[int], str] = size_text) -> Generator[Callable[[int, int], None]]:
    """A bar for something that is copied or read; gone when it is done, and not there without a terminal.

    Gives a function that takes how much is done, and of how much.
    """
    if not sys.stderr.isatty():
        yield _untold
        return
    with _bar() as bar:
        task = bar.add_task(printable(words), total=None, note="")

        def tell(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total or None, note=f"{unit(done)} of {unit(total)}")

        yield tell


def _untold(done: int, total: int) -> None:
    """Without a terminal a copy is waited for in silence."""
    del done, total


class ProgressView:
    """Shows a render's events: JSON lines, a bar with fps and time left, or a plain line every tenth of the way."""

    def __init__(self, as_json: bool) -> None:
        self._json = as_json
        self._live = not as_json and sys.stderr.isatty()
        self._bar: Progress | None = None
        self._task: TaskID | None = None
        self._tenth = -1
        self._stage: str = ""
        self._message: str = ""
        self._found = 0

    def __enter__(self) -> ProgressView:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, event: Event) -> None:
        """Show one event."""
        if self._json:
            data({"event": "progress", **event.as_json()})
            return
        if event.stage == "plan" and event.segment:
            self._found = event.frame
            say(f"{event.frame} of {event.frames} frames are there from before.")
        if self._live:
            self._draw(event)
        else:
            self._plain(event)

    def _draw(self, event: Event) -> None:
        if self._bar is None or self._task is None:
            self._bar = _bar()
            self._bar.start()
            self._task = self._bar.add_task("", total=None, note="")
        self._bar.update(
            self._task, description=_stage(event), total=event.frames or None, completed=event.frame,
            note=self._note(event),
        )  # fmt: skip

    def _note(self, event: Event) -> str:
        """`24.1 fps, 12 s left`; the time only once there is enough to tell it from."""
        if event.stage == "photo":
            return f"{duration_text(event.eta)} left" if event.eta is not None else ""
        if event.stage != "picture":
            return ""
        sure = event.eta is not None and event.frame - self._found >= _SURE
        return f"{event.fps:.1f} fps" + (f", {duration_text(event.eta or 0)} left" if sure else "")

    def _plain(self, event: Event) -> None:
        tenth = 10 * event.frame // event.frames if event.frames else -1
        same = event.stage == self._stage and event.message == self._message
        self._message = event.message
        if same and (event.stage != "picture" or tenth <= self._tenth):
            return
        self._stage, self._tenth = event.stage, tenth
        if event.stage in ("plan", "done"):
            return
        where = f" {event.frame}/{event.frames}, {self._note(event)}" if event.stage == "picture" else ""
        say(f"{_stage(event)}{where}")


def _stage(event: Event) -> str:
    """What is being done; what is measured is told by the event itself."""
    said = event.message if event.stage == "measure" else ""
    return said[:1].upper() + said[1:] if said else _STAGES[event.stage]


_STAGES: Final = {
    "plan": "Getting ready",
    "measure": "Looking and listening",
    "sound": "Playing the sound",
    "picture": "Painting",
    "photo": "Working on the photo",
    "join": "Putting it together",
    "done": "Done",
}


def batch_bars() -> Progress:
    """Bars for many files at once; gone when they are done."""
    return _bar()


def _bar() -> Progress:
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn
    from rich.table import Column

    return Progress(
        SpinnerColumn(style="magenta"),
        TextColumn("{task.description}", table_column=Column(no_wrap=True)),
        BarColumn(bar_width=None, complete_style="magenta", finished_style="green"),
        TextColumn("{task.percentage:>3.0f}%", table_column=Column(no_wrap=True)),
        TextColumn("{task.fields[note]}", table_column=Column(no_wrap=True)),
        console=_stderr(),
        transient=True,
        expand=True,
    )
