"""`python -m training NAME --photos FOLDER …`: train the network NAME of recipes.toml, for as long as wished.

    python -m training clean-m --photos ~/photos --minutes 120     go on for two hours
    python -m training --list                                      the recipes, and how far each is

Everything about a run is kept in `runs/NAME`; the same command goes on where it stopped.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch

from training.evaluate import psnr
from training.networks import Plain
from training.photos import Pair, found, held_out, pairs, patches
from training.train import Batch, Recipe, Run, recipe, recipes, seed

_WATCHED = 24
"""Photos that are kept from training and looked at while it runs."""


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
    made_by = recipe(told.name)
    run = Run(made_by, told.runs / told.name)
    photos = found(told.photos)
    kept = [path for path in photos if held_out(path)][:_WATCHED]
    watched = list(pairs(kept, made_by.shape.scale, (1.0,)))
    batches = _batches(made_by, run, [path for path in photos if path not in set(kept)])
    run.train(
        batches, time.monotonic() + told.minutes * 60, lambda network: {"watched": _watched(network, watched)}
    )


def _batches(made_by: Recipe, run: Run, photos: list[Path]) -> Iterator[Batch]:
    rng = seed(run)
    source = list(pairs(photos, made_by.shape.scale))
    while True:
        yield Batch(*patches(source, rng, made_by.batch, made_by.side))


@torch.no_grad()
def _watched(network: Plain, source: list[Pair]) -> float:
    """Mean decibels of the luma."""
    network.eval()
    total = 0.0
    for pair in source:
        made = network(pair.small[None].float() / 255)[0]
        total += psnr(_bytes(made), _bytes(pair.large.float() / 255), network.shape.scale)
    return total / len(source)


def _bytes(picture: torch.Tensor) -> np.ndarray:
    return (picture * 255).round().clamp(0, 255).byte().permute(1, 2, 0).numpy()


def _list(runs: Path) -> None:
    for one in recipes():
        curve = runs / one.name / "curve.jsonl"
        last = curve.read_text(encoding="utf-8").splitlines()[-1] if curve.exists() else "not begun"
        print(f"{one.name:12} {one.shape.parameters:8,} numbers, {one.steps:7,} steps: {last}")


if __name__ == "__main__":
    main()
