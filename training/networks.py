"""The family of networks this project trains: plain 3×3 convolutions, one long skip, pixel shuffle.

    x ─ conv ─ relu ─┬─ (conv ─ relu) × depth ─ + ─ conv ─ pixel shuffle ─ + ─► y
    │                └──────────────────────────┘                          │
    └── nearest ───────────────────────────────────────────────────────────┘

Each convolution is trained as a wide linear block (3×3 to `expansion` channels, then 1×1, plus identity) that is
collapsed to a plain 3×3 before it is applied, after Bhardwaj et al., "Collapsible Linear Blocks for Super-Efficient
Super Resolution" (SESR), MLSys 2022. Only the plain ones are kept.

A network with a strength is two networks of one shape, and what is applied lies between them, weight by weight: Wang
et al., "Deep Network Interpolation for Continuous Imagery Effect Transition", CVPR 2019. `weights` and `between` make
that, and once the strength is known the network is as plain as any other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

__all__ = ["Layer", "Plain", "Shape", "Weights", "between", "layers"]

Weights = list[tuple[Tensor, Tensor]]


@dataclass(frozen=True, slots=True)
class Shape:
    """What a network looks like."""

    channels: int
    depth: int
    """Convolutions between the first and the last."""
    scale: int

    @property
    def parameters(self) -> int:
        """Numbers in the collapsed network."""
        c, out = self.channels, 3 * self.scale**2
        return 9 * (3 * c + self.depth * c * c + c * out) + c * (self.depth + 1) + out

    @property
    def halo(self) -> int:
        """Pixels around a tile that its result depends on."""
        return self.depth + 2


@dataclass(frozen=True, slots=True)
class Layer:
    """A collapsed convolution: `weight` (out, in, 3, 3) and `bias` (out,)."""

    weight: NDArray[np.float32]
    bias: NDArray[np.float32]


class Block(nn.Module):
    """A 3×3 convolution that is trained wide and applied narrow."""

    def __init__(self, inputs: int, outputs: int, expansion: int, gain: float = 1.0) -> None:
        super().__init__()
        self.wide = nn.Parameter(torch.empty(expansion, inputs, 3, 3))
        self.narrow = nn.Parameter(torch.empty(outputs, expansion))
        self.bias = nn.Parameter(torch.zeros(outputs))
        nn.init.normal_(self.wide, std=gain * (2 / (9 * inputs)) ** 0.5)
        nn.init.normal_(self.narrow, std=(1 / expansion) ** 0.5)
        self.register_buffer("identity", _identity(outputs) if inputs == outputs else None, persistent=False)

    def collapsed(self) -> Tensor:
        """The weight of the plain convolution this is."""
        weight = torch.einsum("oe,eikl->oikl", self.narrow, self.wide)
        return weight if self.identity is None else weight + self.identity


class Plain(nn.Module):
    """The network of a `Shape`. Values from 0 to 1 in and, about, out."""

    def __init__(self, shape: Shape, expansion: int = 64) -> None:
        super().__init__()
        self.shape = shape
        c = shape.channels
        self.head = Block(3, c, expansion)
        self.body = nn.ModuleList(Block(c, c, expansion, 0.3) for _ in range(shape.depth))
        self.tail = Block(c, 3 * shape.scale**2, expansion, 0.1)

    def forward(self, x: Tensor, weights: Weights | None = None) -> Tensor:
        """`x` (N, 3, H, W) → (N, 3, scale·H, scale·W), with other weights than its own if given."""
        (head, *body, tail), scale = weights or self.weights(), self.shape.scale
        first = made = functional.relu(functional.conv2d(x, *head, padding=1))
        for one in body:
            made = functional.relu(functional.conv2d(made, *one, padding=1))
        detail = functional.conv2d(made + first, *tail, padding=1)
        return functional.pixel_shuffle(detail, scale) + functional.interpolate(
            x, scale_factor=scale, mode="nearest"
        )

    def whole(self, x: Tensor, weights: Weights | None = None) -> Tensor:
        """`forward` for whole pictures: their edges mirrored as the program does, so that no zeros are seen.

        The pixels at the edge come twice. So a mirrored picture that is shrunk is the shrunk picture mirrored, where
        shrinking treats edges like that, as `resize` does; with another mirror the network sees a fold.
        """
        rim, scale = self.shape.halo, self.shape.scale
        rows, columns = (_mirrored(side, rim).to(x.device) for side in x.shape[-2:])
        made = self(x[..., rows[:, None], columns], weights)
        return made[..., scale * rim : -scale * rim, scale * rim : -scale * rim]

    def weights(self) -> Weights:
        """Weight and bias of the collapsed convolutions, first to last."""
        return [(one.collapsed(), one.bias) for one in self.blocks()]

    def blocks(self) -> Iterator[Block]:
        """All convolutions, first to last."""
        yield self.head
        for block in self.body:
            assert isinstance(block, Block)
            yield block
        yield self.tail


def between(one: Weights, other: Weights, share: float) -> Weights:
    """What lies between two networks of one shape: `one` at a share of 0, `other` at 1."""
    return [
        (torch.lerp(w0, w1, share), torch.lerp(b0, b1, share))
        for (w0, b0), (w1, b1) in zip(one, other, strict=True)
    ]


@torch.no_grad()
def layers(weights: Weights) -> list[Layer]:
    """Numbers to keep."""
    return [Layer(_plain(weight), _plain(bias)) for weight, bias in weights]


def _mirrored(side: int, rim: int) -> Tensor:
    """Which pixels lie along a side and `rim` before and behind it."""
    return torch.from_numpy(np.pad(np.arange(side), rim, mode="symmetric"))


def _identity(channels: int) -> Tensor:
    return functional.pad(torch.eye(channels)[:, :, None, None], (1, 1, 1, 1))


def _plain(value: Tensor) -> NDArray[np.float32]:
    return value.detach().float().cpu().numpy().copy()
