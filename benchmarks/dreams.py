"""How fast a dream is made, against encoding its frames alone; and how much memory that takes."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO, cast

import psutil
from pairs import ROOT, Cost, Row, command, compare, environment, ours

__all__ = ["memory", "speed"]

PHOTO = ROOT / "examples" / "sleeping-baby.png"
PROMPT = "flying over the sea with three sheep and a smiling moon"
DREAMS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("sea at night", PROMPT, ()),
    ("meadow by day", "two rabbits hopping on a sunny meadow with a butterfly", ()),
    ("underwater", "swimming under water with a whale and five little fish", ()),
    ("opened to the whole frame", PROMPT, ("--camera", "into")),
)
"""Name, dream and further options."""
_MIB = 2**20


def _args(prompt: str, out: Path, options: tuple[str, ...]) -> list[str | Path]:
    return ours("generate", PHOTO, prompt, "--aspect", "16:9", "--yes", "-o", out, *options)


def speed(folder: Path, pairs: int, quick: bool) -> Iterator[Row]:
    """A 5 s dream at 1280×720, 24 fps, with sound, from a fresh process and an empty store."""
    for number, (name, prompt, options) in enumerate(DREAMS[:1] if quick else DREAMS):
        home = folder / f"dream-{number}"
        out = home / "dream.mp4"
        home.mkdir()

        dream = partial(_once, _args(prompt, out, options), home)
        dream()  # Compiles the modules, as installing does.
        with _floor(out, home) as floor:
            # Wall time only: what forked drawing processes used is not counted among this process's children.
            wall, _, costs = compare(dream, floor, pairs)
        note = (
            f"{_middle([a.wall for a, _ in costs]):.1f} s against {_middle([b.wall for _, b in costs]):.1f} s"
        )
        yield Row(f"dream, {name}", wall.median, "× encoding alone", 2.5, least=wall.least, most=wall.most,
                  note=note)  # fmt: skip


def _once(args: list[str | Path], home: Path) -> Cost:
    """One dream with a store that is gone again afterwards."""
    with tempfile.TemporaryDirectory(dir=home) as store:
        return command(args, environment(Path(store)))


def _middle(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]


@contextmanager
def _floor(video: Path, folder: Path) -> Iterator[Callable[[], Cost]]:
    """A process that holds the frames of the dream in `video` and encodes them when called."""
    from dreamreel.media.metadata import read_recipe

    recipe = json.loads(read_recipe(video))
    for node in recipe["nodes"]:
        if "photo" in node.get("params", {}):
            node["params"]["photo"] = str(PHOTO)
    path = folder / "recipe.json"
    path.write_text(json.dumps(recipe), encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("floor.py")), str(path)], env=environment(folder / "floor"),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    into, out = cast("IO[str]", process.stdin), cast("IO[str]", process.stdout)
    try:
        if out.readline().strip() != "ready":
            raise RuntimeError("the frames could not be drawn for the floor")

        def once() -> Cost:
            into.write("encode\n")
            into.flush()
            return Cost(*json.loads(out.readline()))

        yield once
    finally:
        into.close()
        process.wait()
        out.close()


def memory(folder: Path, quick: bool) -> Iterator[Row]:
    """The most memory that all processes of a dream hold at once; shared pages count in every process that has them."""
    cases: list[tuple[str, float, tuple[str, ...]]] = [("720p", 700, ("--resolution", "720p"))]
    if not quick:
        # Two seconds are enough to have the dream open and every encoder's look-ahead full.
        cases += [("720p, opened to the whole frame", 700, ("--camera", "into")),
                  ("2160p", 1536, ("--resolution", "2160p", "--duration", "2"))]  # fmt: skip
    for name, bar, options in cases:
        home = folder / f"memory-{len(list(folder.iterdir()))}"
        rss, pss = _peak(_args(PROMPT, folder / "memory.mp4", options), home)
        yield Row(f"memory, {name}", rss, "MiB", bar, note=f"{pss:.0f} MiB with shared pages counted once")


def _peak(args: list[str | Path], home: Path) -> tuple[float, float]:
    """The largest sum of resident and of proportional memory over the whole tree of processes, MiB."""
    process = psutil.Popen([str(a) for a in args], env=environment(home), stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL)  # fmt: skip
    rss = pss = 0.0
    tick = threading.Event()
    count = 0
    while process.poll() is None:
        rss = max(rss, _sum(process, "rss"))
        if count % 5 == 0:
            pss = max(pss, _sum(process, "pss"))
        count += 1
        tick.wait(0.03)
    if process.returncode:
        raise RuntimeError(f"the dream for the memory benchmark failed with exit code {process.returncode}")
    return rss / _MIB, pss / _MIB


def _sum(process: psutil.Process, kind: str) -> float:
    total = 0
    try:
        tree = [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0.0
    for one in tree:
        try:
            total += one.memory_info().rss if kind == "rss" else one.memory_full_info().pss
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue  # It has ended between the listing and the look.
    return float(total)
