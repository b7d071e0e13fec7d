"""Muon for the matrices, Adam for the biases.

Muon takes the momentum of a matrix to the nearest orthogonal one before it is added, so that every direction learns at
the same pace: Jordan et al., "Muon: An optimizer for hidden layers in neural networks", 2024. Matrices of one shape are
worked on together, and nothing is read back from the device, so that a step can be recorded (see `resident`).
"""

from __future__ import annotations

from collections.abc import Iterator

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
        device = next(iter(named.values())).device
        self._matrix_rate, self._rate = matrix_rate, rate
        self._share = torch.ones((), device=device)
        self._vector_rate = torch.tensor(rate, device=device)
        self._matrices = {name: one for name, one in named.items() if one.ndim > 1}
        self._vectors = {name: one for name, one in named.items() if one.ndim == 1}
        self._alike: dict[tuple[int, int], list[str]] = {}
        for name, one in self._matrices.items():
            rows, columns = one.flatten(1).shape
            self._alike.setdefault((rows, columns), []).append(name)
        self._momenta = {
            shape: torch.zeros(len(names), *shape, device=device) for shape, names in self._alike.items()
        }
        self._capturable = device.type == "cuda"
        self._adam = torch.optim.Adam(
            self._vectors.values(), lr=self._vector_rate, betas=(0.9, 0.99), capturable=self._capturable
        )

    def clear(self) -> None:
        """Forget the gradients."""
        for one in (*self._matrices.values(), *self._vectors.values()):
            one.grad = None

    def pace(self, share: float) -> None:
        """Steps from now on are at `share` of the full rates."""
        self._share.fill_(share)
        self._vector_rate.fill_(self._rate * share)

    @torch.no_grad()
    def learn(self) -> None:
        """One step."""
        self._adam.step()
        for shape, names in self._alike.items():
            matrices, momenta = [self._matrices[name] for name in names], self._momenta[shape]
            slopes = torch.stack([one.grad.flatten(1) for one in matrices if one.grad is not None])
            momenta.mul_(_MOMENTUM).add_(slopes)
            steps = _orthogonal(slopes.add(momenta, alpha=_MOMENTUM))
            steps *= self._share * (-self._matrix_rate * 0.2 * max(shape) ** 0.5)
            for one, step in zip(matrices, steps, strict=True):
                one.add_(step.view_as(one))

    def state(self) -> dict[str, Tensor]:
        """Everything to go on from, by name."""
        state = {f"momentum.{name}": one.view_as(self._matrices[name]) for name, one in self._momentum()}
        for name, one in self._vectors.items():
            for key, value in self._adam.state.get(one, {}).items():
                state[f"adam.{key}.{name}"] = value
        return state

    def restore(self, state: dict[str, Tensor]) -> None:
        """Go on from what `state` told."""
        for name, one in self._momentum():
            one.copy_(state[f"momentum.{name}"].flatten(1))
        for name, one in self._vectors.items():
            found = {key: state.get(f"adam.{key}.{name}") for key in ("step", "exp_avg", "exp_avg_sq")}
            self._adam.state[one] = {
                key: value.cpu() if key == "step" and not self._capturable else value.clone()
                for key, value in found.items()
                if value is not None
            }

    def _momentum(self) -> Iterator[tuple[str, Tensor]]:
        """Of each matrix, by its name."""
        for shape, names in self._alike.items():
            yield from zip(names, self._momenta[shape], strict=True)


def _orthogonal(matrices: Tensor) -> Tensor:
    """About the nearest matrices whose singular values are all one: (N, rows, columns)."""
    a, b, c = _COEFFICIENTS
    tall = matrices.shape[1] > matrices.shape[2]
    made = matrices.mT if tall else matrices
    made = made / (made.norm(dim=(1, 2), keepdim=True) + 1e-7)
    for _ in range(5):
        square = made @ made.mT
        made = a * made + (b * square + c * square @ square) @ made
    return made.mT if tall else made
