"""Where one shot ends and the next begins.

    small Y, U, V of each frame ─► step to the frame before ─► far above its neighbours? not a flash? ─► cuts ─► spans

A cut is a step that stands out from those around it (the adaptive rule of PySceneDetect's AdaptiveDetector): a
camera that pans makes large steps too, but all of them are large. A flash or a broken frame is two steps that lead back
to where they began.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dreamreel.analyse.look import every, small
from dreamreel.time import Span

__all__ = ["HEIGHT", "WIDTH", "Rules", "cuts", "detect", "spans"]

WIDTH, HEIGHT = 64, 36
"""What frames are averaged down to: noise is gone, and steps that stand out are large."""

_SIDE = 2
"""Steps looked at on each side of a step."""


@dataclass(frozen=True, slots=True)
class Rules:
    """When a step is a cut."""

    least: float = 6.0
    """The least mean difference of a cut, in 8-bit steps; a cut between two like pictures is smaller."""
    ratio: float = 3.0
    """How many times the mean of its neighbours."""
    flash: int = 3
    """Frames a flash may last."""
    shortest: Fraction = Fraction(1, 4)
    """Seconds; of cuts that are closer, the stronger stays."""


def detect(path: Path, rules: Rules | None = None) -> list[Span]:
    """The shots of a film, one after another, in exact seconds since the file's start; one when there is no cut.

    Decodes the whole film. Raises what opening it raises, and `BadParameter` when it has no picture.
    """
    times: list[Fraction] = []

    def seen() -> Iterator[NDArray[np.uint8]]:
        for time, frame in every(path):
            times.append(time)
            yield small(frame, WIDTH, HEIGHT)

    found = cuts(times, seen(), rules)
    return spans(times, _length(path), found)


def _length(path: Path) -> Fraction:
    from dreamreel.media.probe import probe

    return probe(path).duration


def spans(times: list[Fraction], duration: Fraction, at: Iterable[int]) -> list[Span]:
    """The stretches between cuts `at` (numbers of the frames that begin a shot), from 0 to `duration`."""
    borders = [Fraction(0), *(times[number] for number in at), duration]
    return [Span(start, end) for start, end in pairwise(borders) if end > start]


def cuts(
    times: Sequence[Fraction], frames: Iterable[NDArray[np.uint8]], rules: Rules | None = None
) -> list[int]:
    """The numbers of the frames that begin a new shot, the first frame not counted.

    `frames` are (3, height, width) of Y, U and V, averaged down, looked at once and not kept; `times` are theirs in
    seconds, at the latest when the frames have ended.
    """
    rules = rules or Rules()
    reach = rules.flash + 1
    steps = [0.0]
    lasting: list[int] = []
    held: deque[NDArray[np.uint8]] = deque(maxlen=2 * reach)

    def judge(number: int) -> None:
        """Note a large step when the frames around it say that it is no flash."""
        if 0 < number < len(steps) and steps[number] >= rules.least:
            first = len(steps) - len(held)
            around = [
                held[n - first] for n in range(max(first, number - reach), min(len(steps), number + reach))
            ]
            if not _is_flash(around, number - max(first, number - reach), steps[number]):
                lasting.append(number)

    for frame in frames:
        if held:
            steps.append(_distance(held[-1], frame))
        held.append(frame)
        judge(len(steps) - reach)
    for number in range(len(steps) - reach + 1, len(steps)):
        judge(number)
    told = np.array(steps)
    found = [number for number in lasting if told[number] >= rules.ratio * _around(told, number)]
    return _apart(found, told, times, rules.shortest)


def _distance(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """Mean difference; colour counts as much as brightness, because its steps are smaller."""
    steps = np.abs(one.astype(np.int16) - other).mean(axis=(1, 2))
    return float(0.6 * steps[0] + steps[1] + steps[2]) if len(steps) == 3 else float(steps[0])


def _around(steps: NDArray[np.float64], number: int) -> float:
    """The mean of the steps on both sides; the largest of them is left out, it may be a cut itself."""
    near = np.concatenate([steps[max(1, number - _SIDE) : number], steps[number + 1 : number + 1 + _SIDE]])
    if len(near) < 2:
        return float(near.mean()) if len(near) else 0.0
    return float(np.sort(near)[:-1].mean())


def _is_flash(frames: Sequence[NDArray[np.uint8]], number: int, step: float) -> bool:
    """True when the picture before the step comes back soon after it, or when the step leads back to an earlier one."""
    returns = any(_distance(frames[number - 1], later) < step / 3 for later in frames[number + 1 :])
    returned = any(_distance(earlier, frames[number]) < step / 3 for earlier in frames[: number - 1])
    return returns or returned


def _apart(
    found: list[int], steps: NDArray[np.float64], times: Sequence[Fraction], shortest: Fraction
) -> list[int]:
    kept: list[int] = []
    for number in found:
        if kept and times[number] - times[kept[-1]] < shortest:
            if steps[number] > steps[kept[-1]]:
                kept[-1] = number
            continue
        kept.append(number)
    return kept
