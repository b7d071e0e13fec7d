"""Muon for the matrices, Adam for the biases.

Muon takes the momentum of a matrix to the nearest orthogonal one before it is added, so that every direction learns at
the same pace: Jordan et al., "Muon: An optimizer for hidden layers in neural networks", 2024.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

__all__ = ["Optimiser"]

_MOMENTUM = 0.95
_COEFFICIENTS = (3.4445, -4.7750, 2.0315)
"""Of the quintic Newton–Schulz step, from the same source."""


class Optimiser:
    """Steps for all parameters of a network."""

    def __init__(self, network: nn.Module, rate: float, matrix_rate: float) -> None:
        named = dict(network.named_parameters())
        self._rate, self._matrix_rate = rate, matrix_rate
        self._matrices = {name: one for name, one in named.items() if one.ndim > 1}
        self._vectors = {name: one for name, one in named.items() if one.ndim == 1}
        self._momentum = {name: torch.zeros_like(one) for name, one in self._matrices.items()}
        self._adam = torch.optim.Adam(self._vectors.values(), lr=rate, betas=(0.9, 0.99))

    def clear(self) -> None:
        """Forget the gradients."""
        for one in (*self._matrices.values(), *self._vectors.values()):
            one.grad = None

    @torch.no_grad()
    def learn(self, share: float) -> None:
        """One step at `share` of the full rates."""
        for group in self._adam.param_groups:
            group["lr"] = self._rate * share
        self._adam.step()
        for name, one in self._matrices.items():
            assert one.grad is not None
            momentum = self._momentum[name].mul_(_MOMENTUM).add_(one.grad)
            step = _orthogonal(one.grad.add(momentum, alpha=_MOMENTUM).flatten(1))
            one.add_(step.view_as(one), alpha=-self._matrix_rate * share * 0.2 * max(step.shape) ** 0.5)

    def state(self) -> dict[str, Tensor]:
        """Everything to go on from, by name."""
        state = {f"momentum.{name}": one for name, one in self._momentum.items()}
        for name, one in self._vectors.items():
            for key, value in self._adam.state.get(one, {}).items():
                state[f"adam.{key}.{name}"] = value
        return state

    def restore(self, state: dict[str, Tensor]) -> None:
        """Go on from what `state` told."""
        for name, one in self._momentum.items():
            one.copy_(state[f"momentum.{name}"])
        for name, one in self._vectors.items():
            found = {key: state.get(f"adam.{key}.{name}") for key in ("step", "exp_avg", "exp_avg_sq")}
            self._adam.state[one] = {key: value.cpu() if key == "step" else value.clone()
                                     for key, value in found.items() if value is not None}  # fmt: skip


def _orthogonal(matrix: Tensor) -> Tensor:
    """About the nearest matrix whose singular values are all one."""
    a, b, c = _COEFFICIENTS
    tall = matrix.shape[0] > matrix.shape[1]
    made = matrix.T if tall else matrix
    made = made / (made.norm() + 1e-7)
    for _ in range(5):
        square = made @ made.T
        made = a * made + (b * square + c * square @ square) @ made
    return made.T if tall else made
