"""Trains one network of `recipes.toml`; stops and goes on at any step.

    photos ─► pairs ─► patches ─► Plain ─► loss ─► Muon and Adam ─► state.safetensors, curve.jsonl

The rate of learning rises for a hundred steps, stays, and falls in a straight line over the last part, so that a run
can be made longer without being begun again: the state from before the fall is kept as `steady.safetensors`. After that
it may descend once more, from half of the rate to nothing, which is how a run learns from photos that came later, or
for another loss: Loshchilov & Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", ICLR 2017.
"""

from __future__ import annotations

import json
import time
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from training.networks import Plain, Shape, Weights, between
from training.optimiser import Optimiser

__all__ = ["Batch", "Recipe", "Run", "applied", "learned", "recipe", "recipes", "seed"]

_WARM_UP = 100
_AGAIN = 0.5
"""Of the full rate, where it descends for the second time."""
_RIM = 4
"""Small pixels around a patch whose error does not count: a network should not learn what it does at the edge of a
patch, because in a film there is more picture beyond."""
_SLIGHT = 1e-5
"""Squared error, 50 dB, below which making a patch better counts for less and less."""
_SAVE_EVERY = 120.0
"""Seconds."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How one network is made."""

    name: str
    shape: Shape
    steps: int
    batch: int = 16
    side: int = 48
    """Pixels of a patch that goes in."""
    rate: float = 1e-3
    matrix_rate: float = 4e-3
    fall: float = 0.4
    """Share of the steps over which the rate falls."""
    again: int = 0
    """Steps of a second descent."""
    decibels: bool = False
    """Whether the loss of the second descent is in decibels, patch by patch, and not the mean absolute error."""
    luma: float = 0.8
    """Share of the loss that is of the luma alone."""
    expansion: int = 64
    data: str = "clean"
    """`clean` for photos that are only shrunk; `damaged` for photos, `cels` and `faces` for those, worsened."""
    exact: float = 0.0
    """Share of the steps, the last before a second descent, in single precision; the others are in bfloat16."""
    drawn: int = 0
    """Drawings of `cels` among the photos of clean data."""
    teacher: str = ""
    """The recipe of a larger network, trained before, that this one learns from besides clean photos."""
    begin: str = ""
    """The recipe from whose network this one begins, as far as their shapes are the same."""

    @property
    def key(self) -> str:
        """What the program calls it: family, size and scale."""
        family, size, *_ = self.name.split("-")
        return f"{family}-{size}-x{self.shape.scale}"

    @property
    def strength(self) -> bool:
        """Whether a number from 0 to 1 steers it.

        At 0 it is the network it began from, at 1 it brings back the picture as it was before the damage. What lies
        between two networks of one shape is a network that does it in part.
        """
        return self.data != "clean"


@dataclass(frozen=True, slots=True)
class Batch:
    """What goes in, what should come out at full strength, and the strength."""

    small: Tensor
    large: Tensor
    strength: float = 1.0


def recipe(name: str) -> Recipe:
    """A recipe by its name. Raises `KeyError`."""
    return {one.name: one for one in recipes()}[name]


def recipes() -> list[Recipe]:
    """All of them, in the order they are written in."""
    with (Path(__file__).parent / "recipes.toml").open("rb") as file:
        rows = tomllib.load(file)
    looks = {field.name for field in fields(Shape)}
    return [Recipe(name, Shape(**{key: value for key, value in row.items() if key in looks}),
                   **{key: value for key, value in row.items() if key not in looks})
            for name, row in rows.items()]  # fmt: skip


class Run:
    """One network in training, in a folder of its own."""

    def __init__(self, made_by: Recipe, folder: Path) -> None:
        """Goes on where `folder` was left, or begins anew."""
        self.recipe, self.folder = made_by, folder
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        torch.manual_seed(0)
        self.network = Plain(made_by.shape, made_by.expansion)
        begun = _network(folder.parent / made_by.begin / "state.safetensors") if made_by.begin else {}
        _fill(self.network, begun)
        self.origin = self._origin(begun) if made_by.strength else None
        self.network.to(self.device, memory_format=torch.channels_last)
        self.optimiser = Optimiser(self.network, made_by.rate, made_by.matrix_rate)
        self.step = 0
        folder.mkdir(parents=True, exist_ok=True)
        state = folder / "state.safetensors"
        if state.exists():
            self._load(state)

    def train(self, learn: Callable[[], Tensor], until: float, watch: Callable[[], dict[str, float]]) -> None:
        """Until the recipe's steps are done or the clock (`time.monotonic`) says `until`.

        `learn` goes one step and gives the loss.
        """
        saved, seen, total = time.monotonic(), 0, torch.zeros((), device=self.device)
        while self.step < self.recipe.steps + self.recipe.again and time.monotonic() < until:
            self.optimiser.pace(self._share())
            total += learn()
            seen, self.step = seen + 1, self.step + 1
            if self.step == self._falls_at:
                self._save("steady.safetensors")
            if time.monotonic() - saved > _SAVE_EVERY:
                self._tell(float(total) / seen, watch)
                self._save("state.safetensors")
                saved, seen = time.monotonic(), 0
                total.zero_()
        if seen:
            self._tell(float(total) / seen, watch)
        self._save("state.safetensors")

    def learn(self, batch: Batch) -> Tensor:
        """One step at the optimiser's pace; its loss."""
        self.optimiser.clear()
        loss = self.loss(batch)
        loss.backward()
        self.optimiser.learn()
        return loss.detach()

    def teacher(self) -> Plain | None:
        """The network it learns from, if its recipe names one."""
        if not self.recipe.teacher:
            return None
        network = learned(recipe(self.recipe.teacher), self.folder.parent)
        return network.to(self.device, memory_format=torch.channels_last)

    @property
    def exact(self) -> bool:
        """Whether the step that comes is in single precision."""
        return self.recipe.steps * (1 - self.recipe.exact) <= self.step < self.recipe.steps

    @property
    def decibels(self) -> bool:
        """Whether the loss of the step that comes is in decibels."""
        return self.recipe.decibels and self.step >= self.recipe.steps

    @property
    def _falls_at(self) -> int:
        return round(self.recipe.steps * (1 - self.recipe.fall))

    def _share(self) -> float:
        """Of the full rate of learning, at this step."""
        step, steps = self.step, self.recipe.steps
        if step < steps:
            return min(1.0, (step + 1) / _WARM_UP, (steps - step) / max(1, steps - self._falls_at))
        step -= steps
        return min((step + 1) / _WARM_UP, _AGAIN * (1 - step / self.recipe.again))

    @torch.no_grad()
    def _origin(self, begun: dict[str, Tensor]) -> Plain:
        """The network that strength 0 is, its weights still."""
        network = Plain(self.recipe.shape, self.recipe.expansion)
        network.load_state_dict(begun)
        return network.to(self.device, memory_format=torch.channels_last).requires_grad_(requires_grad=False)

    def loss(self, batch: Batch) -> Tensor:
        """Of the network as it is, on a batch."""
        small = batch.small.to(self.device, memory_format=torch.channels_last)
        large = batch.large.to(self.device)
        with torch.autocast(self.device.type, torch.bfloat16, enabled=not self.exact, cache_enabled=False):
            weights = self.network.weights()
            if self.origin is not None and batch.strength < 1:
                origin = self.origin.weights()
                with torch.no_grad():
                    large = torch.lerp(self.origin(small, origin).float(), large, batch.strength)
                weights = between(origin, weights, batch.strength)
            made = self.network(small, weights)
        rim = _RIM * self.recipe.shape.scale
        error = (made.float() - large)[..., rim:-rim, rim:-rim]
        return _loss(error, self.recipe.luma, _decibels if self.decibels else _absolute)

    def _tell(self, loss: float, watch: Callable[[], dict[str, float]]) -> None:
        row = {
            "step": self.step,
            "loss": round(loss, 6),
            **{k: round(v, 3) for k, v in watch().items()},
        }
        with (self.folder / "curve.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")

    def _save(self, name: str) -> None:
        state = {f"network.{key}": one.detach() for key, one in self.network.named_parameters()}
        state |= self.optimiser.state()
        part = self.folder / f"{name}.part"
        save_file({key: one.contiguous().cpu() for key, one in state.items()}, part, {"step": str(self.step)})
        part.replace(self.folder / name)

    def _load(self, path: Path) -> None:
        from safetensors import safe_open

        state = load_file(path, str(self.device))
        with torch.no_grad():
            for name, one in self.network.named_parameters():
                one.copy_(state[f"network.{name}"])
        self.optimiser.restore(state)
        with safe_open(path, "pt") as file:
            self.step = int(file.metadata()["step"])


def learned(made_by: Recipe, runs: Path) -> Plain:
    """The network as the run of its recipe left it."""
    network = Plain(made_by.shape, made_by.expansion)
    network.load_state_dict(_network(runs / made_by.name / "state.safetensors"), strict=True)
    return network


def applied(made_by: Recipe, runs: Path, strength: float) -> Weights:
    """The weights of a recipe's network at a strength."""
    weights = learned(made_by, runs).weights()
    if not made_by.strength:
        return weights
    return between(learned(recipe(made_by.begin), runs).weights(), weights, strength)


def _network(path: Path) -> dict[str, Tensor]:
    """The parameters in a run's state."""
    state = load_file(path)
    return {key.removeprefix("network."): one for key, one in state.items() if key.startswith("network.")}


def _fill(network: Plain, begun: dict[str, Tensor]) -> None:
    """Take over what has the same shape."""
    own = network.state_dict()
    network.load_state_dict(
        {key: one for key, one in begun.items() if own[key].shape == one.shape}, strict=False
    )


def seed(run: Run) -> np.random.Generator:
    """Randomness that is another after every stop, and the same for the same stops."""
    return np.random.default_rng([run.step, *run.recipe.name.encode()])


def _loss(error: Tensor, luma: float, measure: Callable[[Tensor], Tensor]) -> Tensor:
    """Of an error (N, 3, H, W); `luma` of the loss is of the luma of BT.601."""
    plain = measure(error)
    if not luma:
        return plain
    red, green, blue = error.split(1, 1)
    return (1 - luma) * plain + luma * measure(0.299 * red + 0.587 * green + 0.114 * blue)


def _absolute(error: Tensor) -> Tensor:
    return error.abs().mean()


def _decibels(error: Tensor) -> Tensor:
    """The mean over the patches of the logarithm of their squared error: each patch counts by the share of its error
    that goes, as in a mean of decibels, and not by how hard it is.

    After Chen et al., "HINet: Half Instance Normalization Network for Image Restoration", CVPR workshops 2021.
    """
    return torch.log(error.square().mean((1, 2, 3)) + _SLIGHT).mean()
