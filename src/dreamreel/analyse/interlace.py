"""Whether a film is progressive, interlaced (and which field comes first) or telecined.

    runs of frames all over the film ─► combing of each frame against itself and its neighbours ─► verdict per frame
    ─► the majority, or the 2:3 pattern of film on NTSC

The measures are those of FFmpeg's idet (libavfilter/vf_idet.c): a line that fits the lines above and below it of the
frame before, or after, better than those of its own frame belongs to another instant.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from dreamreel.analyse.look import Pixels, every, file_picture, luma

__all__ = ["Look", "Scan", "ScanKind", "combing", "detect", "judge"]

ScanKind = Literal["progressive", "tff", "bff", "telecine"]
"""tff and bff: interlaced, the top or the bottom field first. telecine: film with two combed frames in five."""
Look = Literal["progressive", "tff", "bff", "unknown"]
"""What one frame looks like; unknown when nothing moves."""

_FIELD = 1.04
"""How much better one field order must explain a frame than the other (idet's intl_thres)."""
_CLEAN = 1.5
"""How much smoother a frame must be than its weaves with others to be progressive (idet's prog_thres)."""
_MOVES = 10
"""8-bit steps between frames that are motion and not noise, in the mean of a small neighbourhood."""
_LEAST_MOVING = 0.002
"""Of a frame, so much must move for it to tell something."""
_RUNS, _LENGTH = 8, 17
_SHARE = 0.2
"""Of the frames that tell something, so many must be interlaced for the film to be."""
_WIDEST = 720
"""Pixels of a line that are looked at, in the middle of wider ones."""
_CYCLE = 5
_RELIABLE = 0.8


@dataclass(frozen=True, slots=True)
class Scan:
    """How a film is scanned, and how sure that is."""

    kind: ScanKind
    confidence: float
    """0 to 1: the share of frames that agree; 0 when nothing moves, so that nothing can be told."""
    order: Literal["tff", "bff"] | None = None
    """Which field comes first; also of telecined film."""


def detect(path: Path) -> Scan:
    """How a film's main picture is scanned, from eight runs of frames spread over it.

    Raises what opening it raises, and `BadParameter` when it has no picture.
    """
    film = file_picture(path, "finding interlacing")
    rate = film.track.rate or film.track.average_rate or Fraction(25)
    length = (_LENGTH + 2) / rate
    if film.found.duration <= _RUNS * length:
        return judge([list(combing(_planes(path, Fraction(0), None)))])
    free = film.found.duration - length
    starts = [free * (2 * run + 1) / (2 * _RUNS) for run in range(_RUNS)]
    return judge([list(combing(_planes(path, start, start + length))) for start in starts])


def _planes(path: Path, start: Fraction, end: Fraction | None) -> Iterator[Pixels]:
    longest = _RUNS * (_LENGTH + 2)
    for _, frame in islice(every(path, start, end), longest):
        plane = luma(frame).plane
        spare = max(0, plane.shape[1] - _WIDEST) // 2
        yield plane[:, spare : plane.shape[1] - spare].copy()


def combing(planes: Iterable[Pixels]) -> Iterator[Look]:
    """What each frame looks like beside its neighbours; the first and the last have too few and are left out."""
    window: list[NDArray[np.int16]] = []
    for plane in planes:
        window.append(plane.astype(np.int16))
        if len(window) == 3:
            yield _look(*window)
            window.pop(0)


def _look(before: NDArray[np.int16], now: NDArray[np.int16], after: NDArray[np.int16]) -> Look:
    """One frame against its neighbours: idet's measures, but only where something moves, so that detail that stands
    still does not drown them.
    """
    moves = _moves(before, now) | _moves(now, after)
    if moves.mean() < _LEAST_MOVING:
        return "unknown"
    around = now[:-2] + now[2:]
    # Line y of another frame between lines y - 1 and y + 1 of this one; even and odd lines by themselves.
    from_before = np.where(moves, np.abs(around - 2 * before[1:-1]), 0).sum(axis=1, dtype=np.int64)
    from_after = np.where(moves, np.abs(around - 2 * after[1:-1]), 0).sum(axis=1, dtype=np.int64)
    own = int(np.where(moves, np.abs(around - 2 * now[1:-1]), 0).sum(dtype=np.int64))
    # Row 0 of these arrays is line 1: odd, of the bottom field.
    top = float(from_before[1::2].sum() + from_after[0::2].sum())
    bottom = float(from_before[0::2].sum() + from_after[1::2].sum())
    least, most = sorted((top, bottom))
    if least > _CLEAN * own:
        return "progressive"
    # A frame of two instants is hardly smoother by itself than woven with the right neighbours.
    if most > _FIELD * least and most - least > 2 * (least - own):
        return "tff" if top > bottom else "bff"
    if most > _CLEAN * own:
        return "progressive"
    return "unknown"


def _moves(one: NDArray[np.int16], other: NDArray[np.int16]) -> NDArray[np.bool_]:
    """Where two frames differ by more than noise, without the first and the last line."""
    import cv2

    steps = cv2.blur(np.abs(one - other).astype(np.float32), (7, 7))
    return np.asarray(steps)[1:-1] > _MOVES


def judge(runs: Sequence[Sequence[Look]]) -> Scan:
    """The verdict on a film from what the frames of several runs look like."""
    counts = Counter(look for run in runs for look in run)
    told = sum(counts.values()) - counts["unknown"]
    if not told:
        return Scan("progressive", 0.0)
    order: Literal["tff", "bff"] = "tff" if counts["tff"] >= counts["bff"] else "bff"
    combed = counts["tff"] + counts["bff"]
    if combed < _SHARE * told:
        return Scan("progressive", counts["progressive"] / told)
    if (fit := _film_pattern(runs)) >= _RELIABLE:
        return Scan("telecine", fit, order)
    return Scan(order, counts[order] / told, order)


def _film_pattern(runs: Sequence[Sequence[Look]]) -> float:
    """The share of frames that follow three clean and two combed frames in turn, each run at its own phase."""
    fits = total = 0
    for run in runs:
        told = [(n, look != "progressive") for n, look in enumerate(run) if look != "unknown"]
        if len(told) < _CYCLE or not any(combed for _, combed in told):
            continue
        fits += max(
            sum(((n - phase) % _CYCLE >= 3) == combed for n, combed in told) for phase in range(_CYCLE)
        )
        total += len(told)
    return fits / total if total else 0.0
