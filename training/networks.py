"""The family of networks this project trains: plain 3×3 convolutions, one long skip, pixel shuffle.

    x ─ conv ─ relu ─┬─ (conv ─ relu) × depth ─ + ─ conv ─ pixel shuffle ─ + ─► y
    │                └──────────────────────────┘                          │
    └── nearest ───────────────────────────────────────────────────────────┘

Each convolution is trained as a wide linear block (3×3 to `expansion` channels, then 1×1, plus identity) that is
collapsed to a plain 3×3 before it is applied, after Bhardwaj et al., "Collapsible Linear Blocks for Super-Efficient
Super Resolution" (SESR), MLSys 2022. Only the plain ones are kept.

A network with a strength has a second bias per convolution, which is multiplied by the strength and added to the first:
one number steers the whole network, and once the number is known the network is as plain as any other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

__all__ = ["Layer", "Plain", "Shape"]


@dataclass(frozen=True, slots=True)
class Shape:
    """What a network looks like."""

    channels: int
    depth: int
    """Convolutions between the first and the last."""
    scale: int
    strength: bool = False
    """Whether a number from 0 to 1 steers it."""

    @property
    def parameters(self) -> int:
        """Numbers in the collapsed network."""
        c, out = self.channels, 3 * self.scale**2
        biases = (c * (self.depth + 1) + out) * (2 if self.strength else 1)
        return 9 * (3 * c + self.depth * c * c + c * out) + biases

    @property
    def halo(self) -> int:
        """Pixels around a tile that its result depends on."""
        return self.depth + 2


@dataclass(frozen=True, slots=True)
class Layer:
    """A collapsed convolution: `weight` (out, in, 3, 3), `bias` and `steer` (out,)."""

    weight: NDArray[np.float32]
    bias: NDArray[np.float32]
    steer: NDArray[np.float32] | None


class Block(nn.Module):
    """A 3×3 convolution that is trained wide and applied narrow."""

    def __init__(
        self, inputs: int, outputs: int, expansion: int, *, strength: bool, gain: float = 1.0
    ) -> None:
        super().__init__()
        self.wide = nn.Parameter(torch.empty(expansion, inputs, 3, 3))
        self.narrow = nn.Parameter(torch.empty(outputs, expansion))
        self.bias = nn.Parameter(torch.zeros(outputs))
        self.steer = nn.Parameter(torch.zeros(outputs)) if strength else None
        nn.init.normal_(self.wide, std=gain * (2 / (9 * inputs)) ** 0.5)
        nn.init.normal_(self.narrow, std=(1 / expansion) ** 0.5)
        self.register_buffer("identity", _identity(outputs) if inputs == outputs else None, persistent=False)

    def collapsed(self) -> Tensor:
        """The weight of the plain convolution this is."""
        weight = torch.einsum("oe,eikl->oikl", self.narrow, self.wide)
        return weight if self.identity is None else weight + self.identity

    def forward(self, x: Tensor, strength: Tensor | None) -> Tensor:
        """`x` (N, in, H, W); `strength` (N,) or None."""
        if self.steer is None or strength is None:
            return functional.conv2d(x, self.collapsed(), self.bias, padding=1)
        made = functional.conv2d(x, self.collapsed(), self.bias, padding=1)
        return made + (strength[:, None] * self.steer)[:, :, None, None].to(made.dtype)


class Plain(nn.Module):
    """The network of a `Shape`. Values from 0 to 1 in and, about, out."""

    def __init__(self, shape: Shape, expansion: int = 64) -> None:
        super().__init__()
        self.shape = shape
        c, wide, steered = shape.channels, expansion, shape.strength
        self.head = Block(3, c, wide, strength=steered)
        self.body = nn.ModuleList(Block(c, c, wide, strength=steered, gain=0.3) for _ in range(shape.depth))
        self.tail = Block(c, 3 * shape.scale**2, wide, strength=steered, gain=0.1)

    def forward(self, x: Tensor, strength: Tensor | None = None) -> Tensor:
        """`x` (N, 3, H, W) → (N, 3, scale·H, scale·W)."""
        first = made = functional.relu(self.head(x, strength))
        for block in self.body:
            made = functional.relu(block(made, strength))
        detail = functional.pixel_shuffle(self.tail(made + first, strength), self.shape.scale)
        return detail + functional.interpolate(x, scale_factor=self.shape.scale, mode="nearest")

    def whole(self, x: Tensor, strength: Tensor | None = None) -> Tensor:
        """`forward` for whole pictures: their edges mirrored as the program does, so that no zeros are seen."""
        rim, scale = self.shape.halo, self.shape.scale
        made = self(functional.pad(x, (rim, rim, rim, rim), mode="reflect"), strength)
        return made[..., scale * rim : -scale * rim, scale * rim : -scale * rim]

    def blocks(self) -> Iterator[Block]:
        """All convolutions, first to last."""
        yield self.head
        for block in self.body:
            assert isinstance(block, Block)
            yield block
        yield self.tail

    @torch.no_grad()
    def layers(self) -> list[Layer]:
        """The collapsed convolutions, first to last."""
        return [Layer(_plain(one.collapsed()), _plain(one.bias), None if one.steer is None else _plain(one.steer))
                for one in self.blocks()]  # fmt: skip


def _identity(channels: int) -> Tensor:
    return functional.pad(torch.eye(channels)[:, :, None, None], (1, 1, 1, 1))


def _plain(value: Tensor) -> NDArray[np.float32]:
    return value.detach().float().cpu().numpy().copy()
