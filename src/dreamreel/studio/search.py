"""Finding items: words, orders, and pages that neither repeat nor skip while items come and go.

    order  = the columns that a list is sorted by; the last is always the id, so that no two items are equal
    cursor = those columns of the last item seen; the next page is what lies behind them

Pages are cut by values, never by counting, so an item that is added or deleted meanwhile moves nobody else.
"""

from __future__ import annotations

import base64
import json
import sqlite3
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal, cast

from dreamreel.errors import BadParameter
from dreamreel.graph import JSON

__all__ = ["ORDERS", "Order", "Sort", "fold", "matches", "writable"]

Sort = Literal["newest", "oldest", "rating", "name", "size"]
"""How a list is sorted: by time, by stars, by name, largest first."""


@dataclass(frozen=True, slots=True)
class Order:
    """A way to sort items."""

    name: str
    columns: tuple[str, ...]
    """SQL over `item`; all in one direction."""
    kinds: tuple[type, ...]
    """What a cursor must hold for each column."""
    down: bool = True
    """Largest first."""

    @property
    def clause(self) -> str:
        """What stands behind `order by`."""
        return ", ".join(f"{column} {'desc' if self.down else 'asc'}" for column in self.columns)

    @property
    def keys(self) -> str:
        """The columns under names of their own, for `select`."""
        return ", ".join(f"{column} as key{number}" for number, column in enumerate(self.columns))

    @property
    def behind(self) -> str:
        """The condition that an item lies behind a cursor, with one `?` for each column."""
        marks = ", ".join("?" * len(self.columns))
        return f"({', '.join(self.columns)}) {'<' if self.down else '>'} ({marks})"

    def cursor(self, row: sqlite3.Row) -> str:
        """Where a row stands, as an opaque text for the next request."""
        said = json.dumps([self.name, *self.position(row)], separators=(",", ":"))
        return base64.urlsafe_b64encode(said.encode()).decode("ascii").rstrip("=")

    def position(self, row: sqlite3.Row) -> list[str | float]:
        """Where a row stands: its values in this order's columns."""
        return [row[f"key{number}"] for number in range(len(self.columns))]

    def read(self, cursor: str) -> list[str | float]:
        """The position that a cursor names.

        Raises:
            BadParameter: it is not one that `cursor` of this order made.
        """
        try:
            said = cast("JSON", json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))))
        except (ValueError, RecursionError) as error:
            raise _not_ours() from error
        if not isinstance(said, list) or len(said) != len(self.columns) + 1 or said[0] != self.name:
            raise _not_ours()
        found: list[str | float] = []
        for value, kind in zip(said[1:], self.kinds, strict=True):
            if isinstance(value, str) and kind is str and writable(value):
                found.append(value)
            elif type(value) in {int, float} and kind is float and abs(cast("float", value)) < 2**62:
                found.append(cast("float", value))
            else:
                raise _not_ours()
        return found


ORDERS: Final[dict[str, Order]] = {
    order.name: order
    for order in (
        Order("newest", ("created", "id"), (float, str)),
        Order("oldest", ("created", "id"), (float, str), down=False),
        Order("rating", ("rating", "created", "id"), (float, float, str)),
        Order("name", ("lower(name)", "id"), (str, str), down=False),
        Order("size", ("bytes", "id"), (float, str)),
    )
}


def fold(text: str) -> str:
    """A text as it is compared: without case, and with one way to write each letter (Unicode's NFKC casefold)."""
    if text.isascii():
        return text.lower()  # The same, and most of what is searched.
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def matches(words: Iterable[str], texts: Iterable[str]) -> bool:
    """Whether every word, folded already, is somewhere in the texts. No character means anything but itself."""
    whole = fold("\n".join(texts))
    return all(word in whole for word in words)


def writable(text: str) -> bool:
    """Whether a text can be stored at all; JSON may carry half of a surrogate pair, which is no character."""
    return "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)


def _not_ours() -> BadParameter:
    return BadParameter(
        "This list cannot be continued from here (unknown cursor); load it from its beginning."
    )
