"""Lists for people and for programs: columns with headings on a terminal; elsewhere tabs, whole words and exact times.

rows of cells ─► on a terminal: aligned, coloured, one column shortened to fit
              └► in a pipe:     a line a row, a tab between cells, no headings
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from dreamreel.cli.output import data, printable, width
from dreamreel.wording import duration_text, plural

__all__ = ["Cell", "ago", "table", "when"]

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
_LONG_AGO: Final = 30 * _DAY
_NARROWEST, _GAP = 12, 2


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that is shown in one way and printed in another."""

    shown: str
    plain: str | None = None
    """What programs read; None is the same as `shown`."""
    style: str = ""


def table(heads: Sequence[str], rows: Iterable[Sequence[Cell | str]], shorten: int) -> None:
    """Print rows on stdout. On a terminal the column `shorten` gives way where there is not enough room."""
    cells = [[cell if isinstance(cell, Cell) else Cell(cell) for cell in row] for row in rows]
    if not sys.stdout.isatty():
        for row in cells:
            data(
                "\t".join(printable(cell.shown if cell.plain is None else cell.plain) for cell in row).rstrip(
                    "\t"
                )
            )
        return
    _draw(heads, cells, shorten)


def _draw(heads: Sequence[str], cells: Sequence[Sequence[Cell]], shorten: int) -> None:
    from rich.cells import cell_len
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    texts = [[Text(printable(cell.shown), cell.style) for cell in row] for row in cells]
    # A column in which nobody has anything takes no room.
    columns = [number for number in range(len(heads)) if any(row[number] for row in texts)]
    wanted = {
        number: max(cell_len(heads[number]), *(row[number].cell_len for row in texts)) for number in columns
    }
    others = sum(wanted[number] + _GAP for number in columns if number != shorten)
    shown = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), header_style="dim")
    for number in columns:
        room = max(_NARROWEST, min(wanted[number], width() - others)) if number == shorten else None
        shown.add_column(heads[number], no_wrap=True, overflow="ellipsis", width=room)
    for row in texts:
        shown.add_row(*(row[number] for number in columns))
    Console(highlight=False, markup=False, emoji=False, width=width()).print(shown)


def ago(at: datetime, now: datetime | None = None) -> str:
    """How long ago something was, in one unit: `just now`, `5 min ago`, `3 days ago`; its date when that is long."""
    passed = ((now or datetime.now(UTC)) - at).total_seconds()
    if passed >= _LONG_AGO:
        return f"{at.astimezone():%Y-%m-%d}"
    if passed >= _DAY:
        return f"{plural(int(passed // _DAY), 'day')} ago"
    if passed >= _HOUR:
        return f"{int(passed // _HOUR)} h ago"
    if passed >= _MINUTE:
        return f"{int(passed // _MINUTE)} min ago"
    return f"{duration_text(passed)} ago" if passed >= 1 else "just now"


def when(at: datetime) -> Cell:
    """A time: how long ago for people, exactly for programs."""
    return Cell(ago(at), f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", "dim")
