"""Into how many tiles a picture is cut."""

from __future__ import annotations

import math

__all__ = ["parted", "up"]


def parted(width: int, height: int, most: int) -> tuple[int, int]:
    """As few columns and rows as make tiles of at most `most` samples that are about as wide as high."""
    columns = rows = 1
    while math.ceil(width / columns) * math.ceil(height / rows) > most:
        if width / columns >= height / rows:
            columns += 1
        else:
            rows += 1
    return columns, rows


def up(length: int, unit: int) -> int:
    """The next multiple of `unit`."""
    return -(-length // unit) * unit
