"""How long a user waits before anything happens."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Iterator
from pathlib import Path

from pairs import Row, command, environment, ours

__all__ = ["startup"]

_TIMES = 7


def startup(folder: Path) -> Iterator[Row]:
    """`import dreamreel` and `dreamreel --help` in fresh processes, the interpreter's own start included."""
    cases: tuple[tuple[str, float, list[str | Path]], ...] = (
        ("import dreamreel", 0.3, [sys.executable, "-c", "import dreamreel"]),
        ("dreamreel --help", 0.5, ours("--help")),
    )
    for name, bar, args in cases:
        env = environment(folder / "startup")
        command(args, env)
        costs = [command(args, env) for _ in range(_TIMES)]
        walls = [cost.wall for cost in costs]
        cpu = statistics.median(cost.cpu for cost in costs)
        yield Row(name, statistics.median(walls), "s", bar, least=min(walls), most=max(walls),
                  note=f"{cpu:.2f} processor seconds")  # fmt: skip
