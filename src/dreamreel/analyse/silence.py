"""Where nothing is heard.

    samples ─► loudest channel's level in each hundredth of a second, dB ─► under the threshold? ─► spans long enough

The threshold is found by itself unless it is given: what counts as silence in a bedroom is not silence in a studio.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dreamreel.errors import BadParameter
from dreamreel.time import Span

if TYPE_CHECKING:
    from dreamreel.media.probe import MediaFile

__all__ = ["FLOOR", "STEP", "detect", "levels", "loud", "noise_floor", "spans", "threshold_of"]

STEP = Fraction(1, 100)
"""Seconds for which one level is told."""
FLOOR = -120.0
"""dB; the level of nothing at all."""

_RATE = 16_000
_QUIETEST, _LOUDEST = -70.0, -25.0
"""The range of thresholds that are found by themselves, dB of full scale."""
_CLEAR = 12.0
"""A noise floor this far, dB, under what is loud can be told from it."""
_BLIP = 3
"""Steps of sound in the middle of silence that are a click and not speech."""


def detect(
    path: Path, threshold: float | None = None, shortest: Fraction = Fraction(1, 2), padding: Fraction = Fraction(0)
) -> list[Span]:  # fmt: skip
    """The stretches of at least `shortest` seconds in which a file's main sound is silent, in seconds since its start.

    `threshold` is in dB of full scale (RMS), −120 to 0; None finds one between the noise and what is loud. `padding`
    seconds of each end that meets sound are left to the sound. Raises what opening the file raises, and `BadParameter`
    when it has no sound.
    """
    from dreamreel.media.probe import probe

    found = probe(path)
    heard = _heard(path, found)
    if threshold is None:
        threshold = threshold_of(heard)
    elif not FLOOR <= threshold <= 0:
        raise BadParameter(f"silence: a threshold of {threshold:g} dB is out of range; choose -120 to 0.")
    return spans(heard, threshold, found.duration, shortest, padding)


def noise_floor(path: Path) -> float:
    """How loud the noise under a file's main sound is, RMS in dB of full scale, −80 to −20: its quiet tenth.

    Raises what opening the file raises, and `BadParameter` when it has no sound.
    """
    from dreamreel.media.probe import probe

    heard = _heard(path, probe(path))
    audible = heard[heard > -90]
    floor = float(np.percentile(audible, 10)) if len(audible) else -80.0
    return round(min(max(floor, -80.0), -20.0), 1)


def _heard(path: Path, found: MediaFile) -> NDArray[np.float32]:
    if found.main_audio is None:
        raise BadParameter(f"{path.name} has no sound to listen to; choose another file.")
    return levels(_blocks(path, found.audio.index(found.main_audio)), _RATE)


def loud(silent: list[Span], duration: Fraction) -> list[Span]:
    """What is left of `[0, duration)` between silences."""
    borders = [Fraction(0), *(edge for span in silent for edge in (span.start, span.end)), duration]
    pairs = zip(borders[::2], borders[1::2], strict=True)
    return [Span(start, end) for start, end in pairs if end > start]


def _blocks(path: Path, track: int) -> Iterable[NDArray[np.float32]]:
    from dreamreel.errors import DamagedMedia
    from dreamreel.media.audio import AudioReader

    with AudioReader(path, track) as reader:
        try:
            yield from reader.blocks(Fraction(0), _RATE, reader.layout)
        except DamagedMedia:
            return


def levels(blocks: Iterable[NDArray[np.float32]], rate: int) -> NDArray[np.float32]:
    """The level of each hundredth of a second of `blocks` (channels, n): RMS of the loudest channel, in dB."""
    size = rate * STEP.numerator // STEP.denominator
    rest: NDArray[np.float32] | None = None
    made: list[NDArray[np.float32]] = []
    for block in blocks:
        whole = block if rest is None else np.concatenate([rest, block], axis=1)
        count = whole.shape[1] // size
        if count:
            made.append(_rms(whole[:, : count * size].reshape(whole.shape[0], count, size)))
        rest = whole[:, count * size :]
    if rest is not None and rest.shape[1]:
        made.append(_rms(rest[:, None, :]))
    return np.concatenate(made) if made else np.zeros(0, np.float32)


def _rms(parts: NDArray[np.float32]) -> NDArray[np.float32]:
    # A constant offset of a poor recorder is not heard.
    power = parts.astype(np.float64).var(axis=2).max(axis=0)
    return (10 * np.log10(np.maximum(power, 10 ** (FLOOR / 10)))).astype(np.float32)


def threshold_of(heard: NDArray[np.float32]) -> float:
    """A threshold between the noise floor and what is loud, in dB of full scale."""
    audible = heard[heard > FLOOR + 1]
    if not len(audible):
        return _QUIETEST
    floor, top = (float(value) for value in np.percentile(audible, (5, 90)))
    if top - floor < _CLEAR:
        # All of it is about as loud: there is nothing quiet but true silence.
        return min(_QUIETEST, floor - 6)
    return min(max(floor + max(6.0, 0.3 * (top - floor)), _QUIETEST), _LOUDEST)


def spans(
    heard: NDArray[np.float32], threshold: float, duration: Fraction, shortest: Fraction,
    padding: Fraction = Fraction(0),
) -> list[Span]:  # fmt: skip
    """The runs of levels under `threshold` that last `shortest` seconds after `padding` was left on their ends."""
    quiet = _without_blips(heard < threshold, max(1, math.ceil(shortest / STEP) // 2))
    edges = np.flatnonzero(np.diff(np.concatenate([[False], quiet, [False]]).astype(np.int8)))
    found: list[Span] = []
    for first, last in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        start, end = first * STEP, min(last * STEP, duration)
        if last >= len(heard):
            end = duration
        start += padding if start > 0 else 0
        end -= padding if end < duration else 0
        if end - start >= shortest and end > start:
            found.append(Span(start, end))
    if not len(heard) and duration >= shortest > 0:
        return [Span(Fraction(0), duration)]
    return found


def _without_blips(quiet: NDArray[np.bool_], beside: int) -> NDArray[np.bool_]:
    """The same with short clicks silent that have at least `beside` silent steps on both sides."""
    result = quiet.copy()
    edges = np.flatnonzero(np.diff(np.concatenate([[True], quiet, [True]]).astype(np.int8)))
    for first, last in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        before, after = quiet[max(0, first - beside) : first], quiet[last : last + beside]
        alone = len(before) == len(after) == beside and before.all() and after.all()
        if last - first <= _BLIP and alone:
            result[first:last] = True
    return result
