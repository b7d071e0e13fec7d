"""`python -m training NAME --photos FOLDER …`: train the network NAME of recipes.toml, for as long as wished.

    python -m training clean-m --photos ~/photos --minutes 120     go on for two hours
    python -m training --list                                      the recipes, and how far each is

Everything about a run is kept in `runs/NAME`; the same command goes on where it stopped.
"""

from __future__ import annotations

import argparse
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count, islice
from pathlib import Path

import cv2
import numpy as np
import torch

from training.evaluate import psnr
from training.networks import Plain
from training.photos import Draw, Pair, any_of, damaged, found, held_out, paired, pairs, patches
from training.resident import Recorded, Resident
from training.train import Batch, Recipe, Run, recipe, recipes, seed

_WATCHED = 24
"""Photos that are kept from training and looked at while it runs."""
_FULL = 0.7
"""Share of batches that a network with a strength learns at full strength."""
_POOL, _AFRESH = 1200, 4
"""Damaged pictures in memory, and after how many steps one is replaced."""


def main() -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(
        prog="python -m training", description=__doc__.splitlines()[0] if __doc__ else None
    )
    parser.add_argument("name", nargs="?")
    parser.add_argument(
        "--photos", type=Path, nargs="+", default=[], help="folders of photos, looked through to the bottom"
    )
    parser.add_argument(
        "--minutes", type=float, default=1e9, help="stop after this time; the same command goes on"
    )
    parser.add_argument("--runs", type=Path, default=Path("runs"))
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--list", action="store_true")
    told = parser.parse_args()
    if told.list or told.name is None:
        _list(told.runs)
        return
    if told.threads:
        torch.set_num_threads(told.threads)
        cv2.setNumThreads(told.threads)
    made_by = recipe(told.name)
    run = Run(made_by, told.runs / told.name)
    photos = found(told.photos)
    kept = [path for path in photos if held_out(path)]
    others = [path for path in photos if path not in set(kept)]
    scale = made_by.shape.scale
    whole = list(pairs(kept[:_WATCHED], scale, (1.0,)))
    watched = {"watched": whole}
    if made_by.strength:
        worse = damaged(_source(made_by, kept), scale, np.random.default_rng(0))
        watched = {"spared": whole, "damaged": list(islice(worse, 2 * _WATCHED))}
    run.train(
        _steps(made_by, run, others),
        time.monotonic() + told.minutes * 60,
        lambda: {name: _watched(run, looked) for name, looked in watched.items()},
    )


def _source(made_by: Recipe, photos: list[Path]) -> Draw:
    """What the pictures that are to be worsened are made of."""
    if made_by.data == "cels":
        from training.cels import cels

        return cels(photos)
    if made_by.data == "faces":
        from training.faces import faces

        return faces(photos)
    return any_of(photos)


def _steps(made_by: Recipe, run: Run, photos: list[Path]) -> Callable[[], torch.Tensor]:
    """What goes one step."""
    if made_by.strength or run.device.type == "cpu":
        batches = _batches(made_by, run, photos)
        return lambda: run.learn(next(batches))
    return Recorded(run, Resident(_clean(made_by, photos, run.teacher()), run.device)).learn


def _clean(made_by: Recipe, photos: list[Path], teacher: Plain | None) -> list[Pair]:
    """The photos, and the drawings among them, which are always the same ones."""
    draw, rng = _source(replace(made_by, data="cels"), photos), np.random.default_rng(0)
    drawn = [paired(draw(rng), made_by.shape.scale) for _ in range(made_by.drawn)]
    made = [*pairs(photos, made_by.shape.scale), *drawn]
    return made if teacher is None else [_taught(pair, teacher) for pair in made]


@torch.no_grad()
def _taught(pair: Pair, teacher: Plain) -> Pair:
    """Halfway between the photo and what a larger network makes of the small one: less of what nobody can know.

    After Hinton et al., "Distilling the Knowledge in a Neural Network", 2015.
    """
    device = next(teacher.parameters()).device
    made = teacher.whole(pair.small[None].to(device).float() / 255)[0].clamp(0, 1).cpu() * 255
    return Pair(pair.small, ((pair.large.float() + made) / 2).round().byte())


def _batches(made_by: Recipe, run: Run, photos: list[Path]) -> Iterator[Batch]:
    rng = seed(run)
    if not made_by.strength:
        source = _clean(made_by, photos, run.teacher())
        while True:
            yield Batch(*patches(source, rng, made_by.batch, made_by.side))
    # Damaged pictures are made all the time, and the oldest forgotten, so that none is learned by heart.
    worse = damaged(_source(made_by, photos), made_by.shape.scale, rng)
    pool = deque(islice(worse, _POOL // 8), maxlen=_POOL)
    for step in count():
        if step % (1 if len(pool) < _POOL else _AFRESH) == 0:
            pool.append(next(worse))
        strength = float(rng.random()) if run.origin is not None and rng.random() > _FULL else 1.0
        yield Batch(*patches(pool, rng, made_by.batch, made_by.side), strength)


@torch.no_grad()
def _watched(run: Run, source: list[Pair]) -> float:
    """Mean decibels of the luma, at full strength."""
    total, weights = 0.0, run.network.weights()
    for pair in source:
        made = run.network.whole(pair.small[None].to(run.device).float() / 255, weights)[0].cpu()
        total += psnr(_bytes(made), _bytes(pair.large.float() / 255), run.recipe.shape.scale)
    return total / len(source)


def _bytes(picture: torch.Tensor) -> np.ndarray:
    return (picture * 255).round().clamp(0, 255).byte().permute(1, 2, 0).numpy()


def _list(runs: Path) -> None:
    for one in recipes():
        curve = runs / one.name / "curve.jsonl"
        last = curve.read_text(encoding="utf-8").splitlines()[-1] if curve.exists() else "not begun"
        print(f"{one.name:12} {one.shape.parameters:8,} numbers, {one.steps + one.again:7,} steps: {last}")


if __name__ == "__main__":
    main()
