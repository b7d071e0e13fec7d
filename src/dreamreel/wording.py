"""Numbers and lists as people read them; used wherever a sentence is made."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["damage_text", "duration_text", "listing", "plural", "size_text"]


def size_text(count: int) -> str:
    """Bytes for people: `980 bytes`, `3.4 MB`, `420 MB`."""
    value = float(count)
    for unit in ("bytes", "kB", "MB", "GB", "TB"):
        if value < 1000 or unit == "TB":
            break
        value /= 1000
    return f"{value:.0f} {unit}" if unit == "bytes" or value >= 100 else f"{value:.1f} {unit}"


def duration_text(seconds: float) -> str:
    """A time span for people: `8 s`, `1 min 20 s`, `2 h 5 min`."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def plural(count: int, one: str, many: str | None = None) -> str:
    """`1 face`, `2 faces`."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def damage_text(count: int) -> str:
    """What is said of pictures that could not be decoded."""
    return f"{plural(count, 'picture is', 'pictures are')} damaged; what is beside or before stands in"


def listing(items: Sequence[str]) -> str:
    """`a, b and c`."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}" if items else ""
