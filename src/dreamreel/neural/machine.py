"""Which precision is fastest on this machine, found by trying, once per process."""

from __future__ import annotations

import time
from functools import lru_cache

import numpy as np

from dreamreel.media.info import Colour
from dreamreel.neural.catalog import PRECISIONS, Precision, networks
from dreamreel.neural.graph import Form, TileModel

__all__ = ["fastest"]

_SIDE = 192
_RUNS = 3


@lru_cache(maxsize=1)
def fastest() -> Precision:
    """The quickest of the precisions; less than a second. Processors without the instructions are slower, not wrong."""
    return min(PRECISIONS, key=_seconds)


def _seconds(precision: Precision) -> float:
    form = Form(8, 2, 2, Colour(matrix=1, range=1, primaries=1, transfer=1))
    smallest = min(networks(), key=lambda network: network.parameters)
    model = TileModel(smallest, form, _SIDE, _SIDE, precision)
    y, uv = np.zeros((_SIDE, _SIDE), np.uint8), np.zeros((2, _SIDE // 2, _SIDE // 2), np.uint8)
    model(y, uv)
    taken: list[float] = []
    for _ in range(_RUNS):
        start = time.perf_counter()
        model(y, uv)
        taken.append(time.perf_counter() - start)
    return min(taken)
