"""Two ways to the same result, timed in turns: a busy machine then slows both, and the ratio stays true.

    A B │ B A │ A B …  ─► one ratio per pair ─► median, smallest, largest

Processor seconds are counted as well: they hardly depend on what else the machine does.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence, Sized
from dataclasses import asdict, dataclass
from pathlib import Path

__all__ = ["ROOT", "Cost", "Ratio", "Row", "command", "compare", "environment", "ours", "rates", "spread"]

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run took, in seconds."""

    wall: float
    cpu: float
    """User and system time of the process and everything it started."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """The ratios of several pairs."""

    median: float
    least: float
    most: float


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: a figure and the bar it is held to."""

    name: str
    figure: float
    unit: str
    bar: float
    """At most this, or at least when `at_least`."""
    at_least: bool = False
    least: float | None = None
    most: float | None = None
    cpu: float | None = None
    """The same ratio in processor seconds."""
    note: str = ""

    @property
    def holds(self) -> bool:
        """True when the bar is met."""
        return self.figure >= self.bar if self.at_least else self.figure <= self.bar

    def as_json(self) -> dict[str, object]:
        """Plain data."""
        return {**asdict(self), "holds": self.holds}


def spread(values: Sequence[float]) -> Ratio:
    """Median, smallest and largest."""
    return Ratio(statistics.median(values), min(values), max(values))


def compare(
    one: Callable[[], Cost], two: Callable[[], Cost], pairs: int
) -> tuple[Ratio, Ratio, list[tuple[Cost, Cost]]]:
    """How many times as long `one` takes as `two`: wall time, processor time, and every pair measured."""
    costs: list[tuple[Cost, Cost]] = []
    for n in range(pairs):
        if n % 2:
            second = two()
            costs.append((one(), second))
        else:
            costs.append((one(), two()))
    return spread([a.wall / b.wall for a, b in costs]), spread([a.cpu / b.cpu for a, b in costs]), costs


def environment(home: Path) -> dict[str, str]:
    """The environment of a user who installed Dreamreel, with an empty store of its own in `home`."""
    kept = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPATH": str(ROOT / "src"), "DREAMREEL_HOME": str(home)}


def command(args: Sequence[str | Path], env: Mapping[str, str] | None = None) -> Cost:
    """Run a command to its end in a fresh process. Raises `CalledProcessError` with what it said."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run([str(a) for a in args], env=env, capture_output=True, text=True, check=False)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.stderr.write(done.stderr[-2000:])
        raise subprocess.CalledProcessError(done.returncode, args[0])
    return Cost(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def ours(*args: str | Path) -> list[str | Path]:
    """The `dreamreel` command line, without relying on where it is installed."""
    return [sys.executable, "-c", "import sys; from dreamreel.cli import main; sys.exit(main())", *args]


def rates(title: str, ways: Mapping[str, Callable[[], Sized]], rounds: int) -> None:
    """Print how many frames a second each way makes, by the clock and by the processor: in turns, the best counts.

    A way gives the frames that it made.
    """
    best = dict.fromkeys(ways, 0.0)
    used = dict(best)
    for _ in range(rounds):
        for name, run in ways.items():
            wall, work = time.perf_counter(), time.process_time()
            made = len(run())
            wall, work = time.perf_counter() - wall, time.process_time() - work
            best[name], used[name] = max(best[name], made / wall), max(used[name], made / work)
    print(f"\n{title}")
    for name, rate in best.items():
        print(f"{name:16} {rate:7.1f}   per processor second {used[name]:7.1f}")
