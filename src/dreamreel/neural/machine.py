"""Which precision is fastest on this machine: found by trying, once, and written down.

processor        settled     one of `PRECISIONS`, always there
graphics card    preferred   one of `DEVICE_PRECISIONS` if it is right and faster, else the processor's
"""

from __future__ import annotations

import json
import logging
import platform
import time
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache

import numpy as np

from dreamreel.media.atomic import atomic_write
from dreamreel.media.info import Colour
from dreamreel.neural.catalog import DEVICE_PRECISIONS, PRECISIONS, Precision, networks
from dreamreel.neural.colours import Form
from dreamreel.neural.runtimes.chosen import device_precision, tile_model
from dreamreel.places import state_file

__all__ = ["fastest", "preferred", "settle", "settled", "settled_before"]

_log = logging.getLogger("dreamreel")
_CHOICE = "precision.json"
_DEVICE = "device.json"
_SIDE = 192
_DEVICE_SIDE = 512
"""Of tiles by which graphics cards are compared: small ones would not keep them busy."""
_RUNS = 6
"""The first of each also allocates."""


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
    _write(_CHOICE, {"machine": _machine(), "precision": choice})


def _write(name: str, facts: dict[str, str]) -> None:
    path = state_file(name)
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with atomic_write(path) as part:
            part.write_text(json.dumps(facts), encoding="utf-8")


def preferred() -> Precision:
    """What new clips are computed in: a graphics card's precision where one computes right and faster than this
    machine's processor, else `settled`. What was found is written down until ONNX Runtime or its providers change; when
    it is no longer the same, that is said once.
    """
    from dreamreel.neural.runtimes.providers import available, version

    key, known = _device_before()
    there = {one.key for one in available()}
    if not there and not known:
        return settled()
    now = f"{_machine()} {version()} {' '.join(sorted(there))}"
    if key != now:
        was, known = (
            device_precision(known),
            _tried([name for name in DEVICE_PRECISIONS if _provider(name) in there]),
        )
        _write(_DEVICE, {"machine": now, "precision": known})
        if was is not None and was != known:
            _say_changed(was, device_precision(known) or settled())
    return device_precision(known) or settled()


def _provider(name: Precision) -> str:
    return name.partition("-")[0]


def _device_before() -> tuple[str, str]:
    """With what it was found, and what: a graphics card's precision, or nothing; both empty when nobody has tried."""
    try:
        known = json.loads(state_file(_DEVICE).read_text(encoding="utf-8"))
        return str(known["machine"]), str(known["precision"])
    except (OSError, ValueError, KeyError, TypeError):
        return "", ""


def _say_changed(was: Precision, now: Precision) -> None:
    from dreamreel.neural.runtimes.chosen import told
    from dreamreel.neural.runtimes.providers import fault

    why = fault(was) or f"{told(now)} is faster"
    _log.warning("networks were computed by %s here, from now on by %s: %s; a film that was begun begins anew",
                 told(was), told(now), why)  # fmt: skip


def _tried(names: list[Precision]) -> str:
    """The fastest of a graphics card's precisions that compute right; empty when the processor is faster."""
    from dreamreel.neural.runtimes.providers import fault

    right: list[Precision] = []
    for name in names:
        if why := fault(name):
            _log.warning("%s is left out: %s", name, why)
        else:
            right.append(name)
    seconds = _seconds([*right, settled()], _DEVICE_SIDE) if right else {}
    best = min(right, key=lambda name: seconds[name], default=None)
    if best is None or seconds[best] >= seconds[settled()]:
        return ""
    return best


@lru_cache(maxsize=1)
def fastest() -> Precision:
    """The quickest of the precisions; less than a second. Processors without the instructions are slower, not wrong:
    see `graph.overflows`.
    """
    seconds = _seconds(PRECISIONS)
    return min(PRECISIONS, key=lambda name: seconds[name])


def _seconds(names: Sequence[Precision], side: int = _SIDE) -> dict[Precision, float]:
    """What a tile takes in each at best, tried in turns: what else the machine does must not decide."""
    form = Form(8, 2, 2, Colour(matrix=1, range=1, primaries=1, transfer=1))
    smallest = min(networks(), key=lambda network: network.parameters)
    models = [tile_model(smallest, form, side, side, name, 1.0) for name in names]
    y, uv = np.zeros((side, side), np.uint8), np.zeros((2, side // 2, side // 2), np.uint8)
    taken: dict[Precision, list[float]] = {name: [] for name in names}
    for _ in range(_RUNS):
        for name, model in zip(names, models, strict=True):
            start = time.perf_counter()
            model(y, uv)
            taken[name].append(time.perf_counter() - start)
    return {name: min(times) for name, times in taken.items()}


def _machine() -> str:
    return f"{platform.machine()} {platform.processor()} {platform.node()}"
