"""Which precision is fastest on this machine: found by trying, once, and written down."""

from __future__ import annotations

import json
import platform
import time
from contextlib import suppress
from functools import lru_cache

import numpy as np

from dreamreel.media.atomic import atomic_write
from dreamreel.media.info import Colour
from dreamreel.neural.catalog import PRECISIONS, Precision, networks
from dreamreel.neural.graph import Form, TileModel
from dreamreel.places import state_file

__all__ = ["fastest", "settle", "settled", "settled_before"]

_CHOICE = "precision.json"
_SIDE = 192
_RUNS = 3


def settled() -> Precision:
    """The precision that networks are computed in on this machine: found once, and the same from then on.

    A render that goes on after it was stopped must make the same samples, so what was the fastest is written down.
    """
    if (known := settled_before()) is not None:
        return known
    choice = fastest()
    settle(choice)
    return choice


def settled_before() -> Precision | None:
    """The precision that was written down; None when nobody has tried yet."""
    try:
        known = json.loads(state_file(_CHOICE).read_text(encoding="utf-8"))
        return (
            known["precision"]
            if known["machine"] == _machine() and known["precision"] in PRECISIONS
            else None
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None  # Not written yet, or not by this program.


def settle(choice: Precision) -> None:
    """Write a precision down; where that cannot be, it is found anew next time."""
    path = state_file(_CHOICE)
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with atomic_write(path) as part:
            part.write_text(json.dumps({"machine": _machine(), "precision": choice}), encoding="utf-8")


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


def _machine() -> str:
    return f"{platform.machine()} {platform.processor()} {platform.node()}"
