"""Which networks, one after another, make a picture as large as it is wanted: pure arithmetic."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["stages"]

_MOST = 4
"""Networks one after another."""


def stages(times: Fraction, first: Sequence[int], then: Sequence[int] | None = None, *,
           enough: Fraction = Fraction(1), exact: bool = False) -> tuple[int, ...]:  # fmt: skip
    """The scales of networks that make a picture `times` as large along a side: one of `first`, then any of `then`.

    Of all that reach `enough` of it (with `exact`: that hit it) the cheapest, and of these the smallest: a network
    costs as much as the pixels that go into it. None when the picture is `enough` as it is, or nothing hits it.
    """
    then = first if then is None else then
    if times * enough <= 1 or not first:
        return ()
    chains: list[tuple[int, ...]] = [()]
    for number in range(_MOST):
        chains = [(*chain, scale) for chain in chains for scale in (then if number else first)]
        fits = [chain for chain in chains if _reaches(_product(chain), times, enough, exact=exact)]
        if fits:
            return min(fits, key=lambda chain: (_cost(chain), _product(chain), chain))
    return () if exact or not chains else max(chains, key=_product)


def _reaches(made: int, times: Fraction, enough: Fraction, *, exact: bool) -> bool:
    return made == times if exact else made >= enough * times


def _product(chain: Sequence[int]) -> int:
    made = 1
    for scale in chain:
        made *= scale
    return made


def _cost(chain: Sequence[int]) -> int:
    return sum(_product(chain[:number]) ** 2 for number in range(len(chain)))
