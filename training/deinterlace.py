"""`python -m training.deinterlace --clips FOLDER --photos FOLDER …`: train the network that deinterlaces.

    five fields, pairs of columns side by side ─ conv ─ relu ─┬─ (conv ─ relu) × depth ─ + ─ conv ─► told
                                                              └──────────────────────────┘
    told: moves, whence, detail
    wanted lines = moves · (between the field's own lines + detail) + (1 − moves) · (before or after, by whence)

Where nothing moves the wanted lines are in the fields before and after, so that the network need only know where that
is; elsewhere it adds detail to a plain cubic. It sees one plane at a time. `training.fields` makes what it learns from,
`training.unwoven` takes it into the program.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional

from training.fields import FIELDS, HELD_OUT, Material, Sample, clips, decoded, woven
from training.networks import Block, Weights
from training.optimiser import Optimiser
from training.photos import found, held_out

__all__ = ["RECIPE", "SLOPE", "Deinterlacer", "Recipe", "learned", "main", "tensors"]

_POOL, _AFRESH = 4096, 3
"""Samples in memory, and after how many steps some are replaced."""
_AT_ONCE = 16
SLOPE = 1.1
"""So much steeper than a sigmoid is what tells that something moves, and cut off: it can say that nothing does."""
_RIM = 3
"""Lines and pairs of columns around a patch whose error does not count."""
_WARM_UP, _SAVE_EVERY = 100, 180.0


@dataclass(frozen=True, slots=True)
class Recipe:
    """How the network is made."""

    name: str = "deinterlace-s"
    channels: int = 24
    depth: int = 4
    """Convolutions between the first and the last."""
    steps: int = 22000
    batch: int = 16
    side: int = 64
    """Pixels of a patch, along both sides of the woven frame."""
    rate: float = 1e-3
    matrix_rate: float = 4e-3
    fall: float = 0.4
    """Share of the steps over which the rate falls."""
    expansion: int = 64

    @property
    def parameters(self) -> int:
        """Numbers in the collapsed network."""
        c = self.channels
        return 9 * c * (2 * FIELDS + self.depth * c + 6) + c * (self.depth + 1) + 6

    @property
    def halo(self) -> int:
        """Lines of a field, and pairs of columns, around a place that its result depends on."""
        return self.depth + 2


RECIPE = Recipe()


class Deinterlacer(nn.Module):
    """The network of a recipe. Samples from 0 to 1."""

    def __init__(self, made_by: Recipe) -> None:
        super().__init__()
        c, wide = made_by.channels, made_by.expansion
        self.head = Block(2 * FIELDS, c, wide)
        self.body = nn.ModuleList(Block(c, c, wide, 0.3) for _ in range(made_by.depth))
        self.tail = Block(c, 6, wide, 0.1)

    def weights(self) -> Weights:
        """Weight and bias of the collapsed convolutions, first to last."""
        blocks = [self.head, *self.body, self.tail]
        return [(one.collapsed(), one.bias) for one in blocks if isinstance(one, Block)]

    def forward(self, fields: Tensor, bf16: bool = False) -> Tensor:
        """`fields` (N, 5, H, W) → the wanted lines (N, H, W). W is even."""
        n, _, height, width = fields.shape
        with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
            head, *body, tail = self.weights()
            x = fields.view(n, FIELDS, height, width // 2, 2).permute(0, 1, 4, 2, 3)
            x = (x.reshape(n, 2 * FIELDS, height, width // 2) - 0.5).contiguous(
                memory_format=torch.channels_last
            )
            first = made = functional.relu(functional.conv2d(x, *head, padding=1))
            for one in body:
                made = functional.relu(functional.conv2d(made, *one, padding=1))
            told = functional.conv2d(made + first, *tail, padding=1)
        told = (
            told.float().view(n, 3, 2, height, width // 2).permute(0, 1, 3, 4, 2).reshape(n, 3, height, width)
        )
        moves, whence, detail = torch.sigmoid(told[:, 0]), torch.sigmoid(told[:, 1]), told[:, 2]
        moves = (moves * SLOPE - (SLOPE - 1) / 2).clamp(0, 1)
        before, after = fields[:, 1], fields[:, 3]
        rest = torch.lerp(before, after, whence)
        return torch.lerp(rest, between(fields[:, 2]) + detail, moves)

    @torch.no_grad()
    def whole(self, fields: Tensor) -> Tensor:
        """`forward` for whole fields, their edges mirrored."""
        self.eval()
        rim = 2 * RECIPE.halo
        odd = fields.shape[-1] % 2
        padded = functional.pad(fields, (rim, rim + odd, rim, rim), mode="reflect")
        made = self(padded)
        return made[:, rim:-rim, rim : made.shape[-1] - rim - odd]


def between(field: Tensor) -> Tensor:
    """A cubic through the four lines around each wanted one: (N, H, W)."""
    lines = functional.pad(field[:, None], (0, 0, 1, 2), mode="replicate")[:, 0]
    height = field.shape[1]
    near, far = lines[:, 1 : height + 1] + lines[:, 2 : height + 2], lines[:, :height] + lines[:, 3:]
    return near * (9 / 16) - far / 16


def learned(runs: Path, made_by: Recipe = RECIPE) -> Deinterlacer:
    """The network as its run left it."""
    network = Deinterlacer(made_by)
    network.load_state_dict(_named(load_file(runs / made_by.name / "state.safetensors")))
    return network


def _named(state: dict[str, Tensor]) -> dict[str, Tensor]:
    return {key.removeprefix("network."): one for key, one in state.items() if key.startswith("network.")}


def _train(runs: Path, material: Material, watched: dict[str, list[Sample]], minutes: float) -> None:
    made_by, folder = RECIPE, runs / RECIPE.name
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(0)
    network, step = Deinterlacer(made_by), 0
    optimiser = Optimiser(network, made_by.rate, made_by.matrix_rate)
    if (folder / "state.safetensors").exists():
        state = load_file(folder / "state.safetensors")
        step = int(state.pop("step"))
        network.load_state_dict(_named(state))
        optimiser.restore(state)
    rng = np.random.default_rng([step, 7])
    batches = _batches(material, rng)
    until, saved, losses = time.monotonic() + 60 * minutes, time.monotonic(), []
    while step < made_by.steps and time.monotonic() < until:
        fields, wanted = next(batches)
        network.train()
        error = (network(fields, bf16=True) - wanted)[:, _RIM:-_RIM, 2 * _RIM : -2 * _RIM]
        loss = error.abs().mean()
        optimiser.clear()
        loss.backward()
        rest = (made_by.steps - step) / (made_by.steps * made_by.fall)
        optimiser.pace(min(1.0, (step + 1) / _WARM_UP, rest))
        optimiser.learn()
        step += 1
        losses.append(float(loss.detach()))
        if time.monotonic() - saved > _SAVE_EVERY or step == made_by.steps:
            row = {"step": step, "loss": round(float(np.mean(losses)), 6),
                   **{name: round(_watched(network, samples), 3) for name, samples in watched.items()}}  # fmt: skip
            with (folder / "curve.jsonl").open("a", encoding="utf-8") as file:
                file.write(json.dumps(row) + "\n")
            _save(folder, network, optimiser, step)
            saved, losses = time.monotonic(), []


def _save(folder: Path, network: Deinterlacer, optimiser: Optimiser, step: int) -> None:
    state = {f"network.{key}": one.detach() for key, one in network.named_parameters()} | optimiser.state()
    state["step"] = torch.tensor(step)
    part = folder / "state.part"
    save_file({key: one.contiguous() for key, one in state.items()}, part)
    part.replace(folder / "state.safetensors")


def _batches(material: Material, rng: np.random.Generator) -> Iterator[tuple[Tensor, Tensor]]:
    """Samples are made all the time, and the oldest forgotten."""
    pool: deque[Sample] = deque(
        (one for _ in range(32) for one in material.samples(_AT_ONCE, rng)), maxlen=_POOL
    )
    step = 0
    while True:
        if len(pool) < _POOL or step % _AFRESH == 0:
            pool.extend(material.samples(_AT_ONCE, rng))
        drawn = [pool[int(n)] for n in rng.integers(len(pool), size=RECIPE.batch)]
        step += 1
        yield tensors(drawn)


def tensors(samples: list[Sample]) -> tuple[Tensor, Tensor]:
    """Fields and wanted lines from 0 to 1, one sample after another."""
    fields = np.stack([one.fields for one in samples])
    wanted = np.stack([one.wanted for one in samples])
    return torch.from_numpy(fields).float() / 255, torch.from_numpy(wanted).float() / 255


def _watched(network: Deinterlacer, samples: list[Sample]) -> float:
    """Mean decibels of the wanted lines."""
    total = 0.0
    for sample in samples:
        fields, wanted = tensors([sample])
        error = (network.whole(fields) - wanted)[:, 2:-2, 4:-4]
        total += 10 * float(np.log10(1 / max(1e-7, float(error.square().mean()))))
    return total / len(samples)


def _kept(folder: Path, photos: list[NDArray[np.uint8]]) -> dict[str, list[Sample]]:
    """What is looked at while it trains: clips that are kept from it, and kept photos set in motion."""
    film: list[Sample] = []
    for path in sorted(folder.glob("*.m*")):
        if path.stem in HELD_OUT:
            frames = decoded(path, 40).astype(np.float32)
            film += [woven(frames[n : n + FIELDS]) for n in range(0, len(frames) - FIELDS, 12)]
    moved = Material([], photos, 128).samples(25, np.random.default_rng(5))
    return {"clips": film, "moved": moved}


def main() -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(prog="python -m training.deinterlace")
    parser.add_argument("--clips", type=Path, required=True, help="folder of progressive films")
    parser.add_argument("--photos", type=Path, nargs="+", default=[], help="folders of photos")
    parser.add_argument(
        "--minutes", type=float, default=1e9, help="stop after this time; the same command goes on"
    )
    parser.add_argument("--runs", type=Path, default=Path("runs"))
    parser.add_argument("--threads", type=int, default=1)
    told = parser.parse_args()
    torch.set_num_threads(told.threads)
    cv2.setNumThreads(told.threads)
    photos = [(path, cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)) for path in found(told.photos)]
    kept = [photo for path, photo in photos if held_out(path)]
    material = Material(
        clips(told.clips), [photo for path, photo in photos if not held_out(path)], RECIPE.side
    )
    _train(told.runs, material, _kept(told.clips, kept), told.minutes)


if __name__ == "__main__":
    main()
