"""Measure Dreamreel against its peers, both sides in one run: `make bench`.

benchmarks ─► rows (figure, bar, spread) ─► a table for people, results.json for machines

python benchmarks/run.py [--only dream,transcode] [--pairs 3] [--quick] [--json results.json]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))
import cutting
import dreams
import startup
import videos
from pairs import Row

import studio

__all__ = ["main"]

_Bench = Callable[[Path, int, bool], Iterator[Row]]

BENCHMARKS: Mapping[str, _Bench] = {
    "startup": lambda folder, _pairs, _quick: startup.startup(folder),
    "dream": dreams.speed,
    "memory": lambda folder, _pairs, quick: dreams.memory(folder, quick),
    "transcode": videos.transcode,
    "composite": lambda folder, pairs, _quick: videos.composite(folder, pairs),
    "moviepy": lambda folder, pairs, _quick: videos.moviepy(folder, max(1, pairs - 2)),
    "cut": cutting.cutting,
    "studio": lambda folder, pairs, _quick: studio.studio(folder, pairs),
}


def main() -> int:
    """Run what was asked for; 1 when a bar is missed."""
    args = _arguments()
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="dreamreel-bench-") as scratch:
        for name in args.only:
            for row in BENCHMARKS[name](Path(scratch), args.pairs, args.quick):
                print(_line(row), flush=True)
                rows.append(row)
    if args.json:
        args.json.write_text(json.dumps(_report(rows), indent=1) + "\n", encoding="utf-8")
    return 0 if all(row.holds for row in rows) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure Dreamreel against its peers.")
    parser.add_argument(
        "--only", type=_names, default=list(BENCHMARKS), help=f"some of {','.join(BENCHMARKS)}"
    )
    parser.add_argument("--pairs", type=int, default=3, help="runs of either side (default 3)")
    parser.add_argument("--quick", action="store_true", help="one case of each")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    return parser.parse_args()


def _names(text: str) -> list[str]:
    names = text.split(",")
    if unknown := [name for name in names if name not in BENCHMARKS]:
        raise argparse.ArgumentTypeError(
            f"there is no benchmark {unknown[0]}; choose from {', '.join(BENCHMARKS)}"
        )
    return names


def _line(row: Row) -> str:
    figure = f"{row.figure:.0f}" if row.unit == "MiB" else f"{row.figure:.2f}"
    spread = f"{row.least:.2f} to {row.most:.2f}" if row.least is not None else ""
    cpu = f"cpu {row.cpu:.2f}" if row.cpu is not None else ""
    bar = f"{'≥' if row.at_least else '≤'} {row.bar:g}"
    verdict = "ok  " if row.holds else "MISS"
    return f"{verdict} {row.name:34s} {figure:>6s} {row.unit:21s} {bar:7s} {spread:13s} {cpu:9s} {row.note}"


def _report(rows: list[Row]) -> dict[str, object]:
    machine = {"system": platform.system(), "processor": platform.machine(), "cores": os.cpu_count(),
               "python": platform.python_version()}  # fmt: skip
    return {"machine": machine, "rows": [row.as_json() for row in rows]}


if __name__ == "__main__":
    sys.exit(main())
