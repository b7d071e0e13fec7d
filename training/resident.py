"""Training where everything stays on the graphics card: pictures, the choice of patches, and a recorded step.

A step of these small networks is some hundred operations of a few microseconds each, which take longer to ask for than
to do. So a step is recorded once, as a CUDA graph, and then only played; chance is part of the recording, as the
generator of the device goes on from one playing to the next.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from training.photos import Pair
from training.train import Batch

if TYPE_CHECKING:
    from training.train import Run

__all__ = ["Recorded", "Resident"]

_TRIALS = 3
"""Steps before recording: libraries choose and allocate in the first ones."""


class Resident:
    """Pairs in the memory of a device, from which patches are drawn there, as `photos.patches` does."""

    def __init__(self, pairs: Sequence[Pair], device: torch.device) -> None:
        self.scale = pairs[0].large.shape[1] // pairs[0].small.shape[1]
        rows = torch.tensor([pair.small.shape[1] for pair in pairs], device=device)
        columns = torch.tensor([pair.small.shape[2] for pair in pairs], device=device)
        room = rows * columns
        self._rows, self._columns = rows, columns
        self._start = room.cumsum(0) - room
        self._odds = (room.double().cumsum(0) / room.sum()).float()
        self._small = torch.cat([_pixels(pair.small) for pair in pairs]).to(device)
        self._large = torch.cat([_pixels(pair.large) for pair in pairs]).to(device)

    def patches(self, count: int, side: int) -> tuple[Tensor, Tensor]:
        """`count` random patches of `side`² small pixels, turned and mirrored; small and large, from 0 to 1."""
        chance = torch.rand(6, count, device=self._odds.device)
        number = torch.searchsorted(self._odds, chance[0]).clamp_(max=len(self._odds) - 1)
        rows, columns, start = self._rows[number], self._columns[number], self._start[number]
        y = (chance[1] * (rows - side + 1)).long()
        x = (chance[2] * (columns - side + 1)).long()
        turns = chance[3:] < 0.5
        large = self.scale
        return (
            self._cut(self._small, side, start, columns, y, x, turns),
            self._cut(
                self._large, side * large, start * large**2, columns * large, y * large, x * large, turns
            ),
        )

    @staticmethod
    def _cut(
        pixels: Tensor, side: int, start: Tensor, columns: Tensor, y: Tensor, x: Tensor, turns: Tensor
    ) -> Tensor:
        along = torch.arange(side, device=pixels.device)
        down, across = along[None, :, None], along[None, None, :]
        upside, mirrored, turned = (one[:, None, None] for one in turns)
        down, across = torch.where(turned, across, down), torch.where(turned, down, across)
        down = torch.where(upside, side - 1 - down, down) + y[:, None, None]
        across = torch.where(mirrored, side - 1 - across, across) + x[:, None, None]
        where = start[:, None, None] + down * columns[:, None, None] + across
        return pixels[where].permute(0, 3, 1, 2).float() / 255


class Recorded:
    """Steps of a run, recorded on its device and played."""

    def __init__(self, run: Run, pictures: Resident) -> None:
        self._run, self._pictures = run, pictures
        self._graph: torch.cuda.CUDAGraph | None = None
        self._loss = torch.zeros((), device=run.device)
        self._manner = (False, False)
        torch.manual_seed(run.step)  # Other patches after every stop, as by `train.seed`.
        torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = True

    def learn(self) -> Tensor:
        """One step; its loss, which the next step overwrites."""
        if self._graph is None or self._manner != (self._run.exact, self._run.decibels):
            return self._recorded()
        self._graph.replay()
        return self._loss

    def _once(self) -> Tensor:
        recipe = self._run.recipe
        return self._run.learn(Batch(*self._pictures.patches(recipe.batch, recipe.side)))

    def _recorded(self) -> Tensor:
        """Record a step. Those gone before it count as one together, as they are few."""
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(_TRIALS):
                gone = self._once()
        torch.cuda.current_stream().wait_stream(side)
        self._graph = torch.cuda.CUDAGraph()
        self._manner = (self._run.exact, self._run.decibels)
        with torch.cuda.graph(self._graph):
            self._loss = self._once()
        return gone


def _pixels(picture: Tensor) -> Tensor:
    """(3, H, W) → (H · W, 3)."""
    return picture.permute(1, 2, 0).reshape(-1, 3)
