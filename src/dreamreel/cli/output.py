"""What the commands print: data on stdout, everything else on stderr; a live bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, TaskID

    from dreamreel.graph import JSON
    from dreamreel.render.progress import Event

__all__ = ["ProgressView", "card", "complain", "confirm", "data", "duration_text", "say", "size_text"]


def _stderr() -> Console:
    from rich.console import Console

    return Console(stderr=True, highlight=False, markup=False, soft_wrap=True)


def complain(sentence: str) -> None:
    """One sentence about what went wrong, on stderr."""
    sys.stderr.write(f"dreamreel: {sentence}\n")


def say(sentence: str = "") -> None:
    """A line for the user, on stderr."""
    sys.stderr.write(sentence + "\n")


def data(value: JSON | str) -> None:
    """A line of data on stdout: a text as it is, anything else as one line of JSON."""
    sys.stdout.write((value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)) + "\n")
    sys.stdout.flush()


def size_text(count: int) -> str:
    """Bytes for people: `3.4 MB`."""
    value = float(count)
    for unit in ("bytes", "kB", "MB", "GB"):
        if value < 1000 or unit == "GB":
            return f"{value:.0f} {unit}" if unit == "bytes" else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} GB"


def duration_text(seconds: float) -> str:
    """A time span for people: `8 s`, `1 min 20 s`, `2 h 5 min`."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


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


class ProgressView:
    """Shows a render's events: JSON lines, a bar with fps and time left, or a plain line every tenth of the way."""

    def __init__(self, as_json: bool) -> None:
        self._json = as_json
        self._bar: Progress | None = None
        self._task: TaskID | None = None
        self._tenth = -1
        self._stage = ""

    def __enter__(self) -> ProgressView:
        if not self._json and sys.stderr.isatty():
            self._bar = _bar()
            self._bar.start()
            self._task = self._bar.add_task("Getting ready", total=None, note="")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, event: Event) -> None:
        """Show one event."""
        if self._json:
            data({"event": "progress", **event.as_json()})
        elif self._bar is not None and self._task is not None:
            left = f"{duration_text(event.eta)} left" if event.eta and event.stage == "picture" else ""
            note = f"{event.fps:5.1f} fps  {left}" if event.stage == "picture" else ""
            self._bar.update(
                self._task, description=_STAGES[event.stage], total=event.frames or None, completed=event.frame, note=note
            )
        else:
            self._plain(event)

    def _plain(self, event: Event) -> None:
        tenth = 10 * event.frame // event.frames if event.frames else -1
        if event.stage != self._stage or (event.stage == "picture" and tenth > self._tenth):
            where = f" {event.frame}/{event.frames}, {event.fps:.1f} fps" if event.stage == "picture" and event.frames else ""
            say(f"{_STAGES[event.stage]}{where}")
            self._stage, self._tenth = event.stage, tenth


_STAGES = {
    "plan": "Planning",
    "measure": "Looking closely",
    "sound": "Playing the lullaby",
    "picture": "Painting",
    "join": "Putting it together",
    "done": "Done",
}


def _bar() -> Progress:
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn

    return Progress(
        SpinnerColumn(style="magenta"),
        TextColumn("{task.description:<20}"),
        BarColumn(bar_width=32, complete_style="magenta", finished_style="green"),
        TextColumn("{task.percentage:>3.0f}%"),
        TextColumn("{task.fields[note]}"),
        console=_stderr(),
        transient=True,
    )


def listing(items: Sequence[str]) -> str:
    """`a, b and c`."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}" if items else ""
