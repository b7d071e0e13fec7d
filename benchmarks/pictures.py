"""Batches of photos, next to the `vips` command with the same settings: wall time, processor time and peak memory.

    benchmarks/pictures.py [--photos FOLDER] [--count 50] [--rounds 2] [--only webp]

The photos are JPEG files of 12 megapixels, made here from those in a folder, or of gradients, shapes and grain. The
command runs once per file, as many at a time as there are processors; Dreamreel is one process with as many threads.
Both run in turn, the best of each counts. The bar is a wall time of at most 1.0 times the command's.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

__all__ = ["main"]

_SIZE = 4000, 3000
_OURS = """
import os, sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from dreamreel.media.stills import StillOptions, convert_still
suffix, options = sys.argv[1], StillOptions(**eval(sys.argv[2]))
photos, out = sorted(Path(sys.argv[3]).iterdir()), Path(sys.argv[4])
with ThreadPoolExecutor(os.cpu_count()) as pool:
    list(pool.map(lambda photo: convert_still(photo, out / (photo.stem + suffix), options), photos))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One batch, as each program is told it; `{}` stands for the photo and for the output."""

    name: str
    suffix: str
    ours: dict[str, object]
    theirs: tuple[str, ...]


TASKS = (
    Task(name="JPEG to 1600 pixels", suffix=".jpg",
         ours={"max_width": 1600, "quality": 85, "progressive": False},
         theirs=("thumbnail", "{in}", "{out}[Q=85,optimize_coding]", "1600")),
    Task(name="JPEG to WebP", suffix=".webp", ours={"quality": 75},
         theirs=("webpsave", "{in}", "{out}", "--Q", "77")),
    Task(name="JPEG to AVIF", suffix=".avif", ours={"quality": 75},
         theirs=("heifsave", "{in}", "{out}", "--Q", "61", "--compression", "av1", "--effort", "2")),
    Task(name="JPEG to PNG", suffix=".png", ours={"effort": 4},
         theirs=("pngsave", "{in}", "{out}", "--compression", "4", "--filter", "all")),
)  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print a table; 1 when a bar is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--photos", type=Path, help="folder of pictures to enlarge; else they are drawn")
    parser.add_argument("--count", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--only", default="", help="tasks whose name contains this")
    asked = parser.parse_args(arguments)
    command = shutil.which("vips")
    if command is None:
        sys.exit("The vips command is missing; install libvips-tools.")
    missed = False
    listed = subprocess.run([command, "list", "classes"], check=True, capture_output=True, text=True).stdout
    with tempfile.TemporaryDirectory(prefix="dreamreel-bench-") as folder:
        photos = Path(folder) / "photos"
        photos.mkdir()
        _make(photos, asked.photos, asked.count)
        print(f"{asked.count} photos of 12 megapixels, {os.cpu_count()} processors; best of {asked.rounds}")
        print("| batch | Dreamreel s | vips s | wall | processor s | vips | peak MB | vips | bytes |")
        print("|---|---:|---:|---:|---:|---:|---:|---:|---:|")
        for task in TASKS:
            if task.theirs[0] not in listed:
                print(f"| {task.name} | this vips command cannot write it |")
            elif asked.only.lower() in task.name.lower():
                missed |= _measured(task, command, photos, Path(folder), asked.rounds)
    return int(missed)


def _measured(task: Task, command: str, photos: Path, folder: Path, rounds: int) -> bool:
    runs: list[tuple[float, float, float, float]] = []
    for _ in range(rounds):
        ours, theirs = folder / "ours", folder / "theirs"
        for out in (ours, theirs):
            shutil.rmtree(out, ignore_errors=True)
            out.mkdir()
        mine = [sys.executable, "-c", _OURS, task.suffix, repr(task.ours), str(photos), str(ours)]
        runs.append(
            (*_timed([mine], 1), *_timed(_commands(task, command, photos, theirs), os.cpu_count() or 1))
        )
    wall, cpu, their_wall, their_cpu = (min(run[at] for run in runs) for at in range(4))
    peak, their_peak = _peak([mine]), _peak(_commands(task, command, photos, theirs)[:1])
    ratio = sum(one.stat().st_size for one in ours.iterdir()) / sum(
        one.stat().st_size for one in theirs.iterdir()
    )
    print(f"| {task.name} | {wall:.1f} | {their_wall:.1f} | {wall / their_wall:.2f} | {cpu:.1f} | {their_cpu:.1f} "
          f"| {peak} | {their_peak} | {ratio:.2f} |", flush=True)  # fmt: skip
    return wall > their_wall


def _commands(task: Task, command: str, photos: Path, out: Path) -> list[list[str]]:
    return [
        [
            command,
            *(
                part.replace("{in}", str(photo)).replace("{out}", str(out / (photo.stem + task.suffix)))
                for part in task.theirs
            ),
        ]
        for photo in sorted(photos.iterdir())
    ]


def _timed(commands: Sequence[list[str]], at_once: int) -> tuple[float, float]:
    """Wall and processor seconds of all commands."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    with ThreadPoolExecutor(at_once) as pool:
        list(pool.map(lambda one: subprocess.run(one, check=True, stdout=subprocess.DEVNULL), commands))
    wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _peak(commands: Sequence[list[str]]) -> int:
    """Largest resident memory of one process, in MB."""
    peak = 0
    for one in commands:
        process = subprocess.Popen(one, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        peak = max(peak, usage.ru_maxrss // 1024)
    return peak


def _make(folder: Path, photos: Path | None, count: int) -> None:
    sources = sorted(photos.glob("*.png")) + sorted(photos.glob("*.jpg")) if photos else []
    for number in range(count):
        if sources:
            with Image.open(sources[number % len(sources)]) as opened:
                small = opened.convert("RGB")
        else:
            small = _drawn(number)
        small.resize(_SIZE, Image.Resampling.BICUBIC).save(folder / f"{number:03}.jpg", quality=92)


def _drawn(number: int) -> Image.Image:
    """Light, shapes and grain at two megapixels."""
    rng = np.random.default_rng(number)
    y, x = np.mgrid[0:1200, 0:1600] / 1200
    waves = [np.sin(x * rng.uniform(2, 40) + y * rng.uniform(2, 40) + rng.uniform(0, 6)) for _ in range(6)]
    picture = np.stack([120 + 20 * (waves[n] + waves[n + 3]) for n in range(3)], axis=-1)
    for _ in range(40):
        inside = (x - rng.uniform(0, 1.33)) ** 2 + (y - rng.uniform()) ** 2 < rng.uniform(0.01, 0.15) ** 2
        picture[inside] = picture[inside] * 0.4 + rng.uniform(0, 255, 3) * 0.6
    return Image.fromarray(np.clip(picture + rng.normal(0, 5, picture.shape), 0, 255).astype(np.uint8))


if __name__ == "__main__":
    sys.exit(main())
