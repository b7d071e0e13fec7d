"""A file of a wanted size: bits shared out by need, then measured and corrected until it fits.

    plan ─► look: every stretch once at constant quality ─► bits for each by what it needed
         ─► encode ─► join ─► measure ─┬─ within (−2 %, 0] ─► done
                 ▲                     └─ else: a few stretches, or all, asked for more or fewer bits ─┐
                 └─────────────────────────────────────────────────────────────────────────────────────┘

Stretches are the segments of the store, each with an encoder and, for x264 and x265, a statistics file of its own, so
a correction encodes again only the stretches it changes, and all of it goes on after a stop. Sharing bits by what
constant quality needed is what a second pass over the whole film would do. VP8, VP9 and AV1, whose statistics PyAV 18
does not hand on, are looked at as well and then encoded in one pass, corrected by measuring.
"""

from __future__ import annotations

import gc
import math
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from dreamreel.errors import RenderFailed, WillNotFit
from dreamreel.render.pipeline import encode_segments, runs
from dreamreel.render.plan import Plan, Segment
from dreamreel.render.store import Entry, Store
from dreamreel.render.threads import Cancel
from dreamreel.wording import size_text

__all__ = ["Try", "corrected", "look", "reach", "shared"]

WINDOW = 0.02
"""How much smaller than asked for a file may be."""
_AIM = 0.99
"""Share of the size that corrections aim at: the middle of the window."""
_MOST = 8
"""Tries at most. Four are enough but for very short or very plain films."""
_GENTLE = 0.12
"""A stretch is corrected by itself by at most this much, so that no seam shows; what is more, all share."""
_STEEPEST, _FLATTEST = 2.5, 0.35
"""Bounds of how strongly size answers to what is asked, as the exponent of a power."""


def look(plan: Plan, store: Store, cancel: Cancel, drawn: Callable[[int], None]) -> tuple[int, ...]:
    """Encode every stretch once at constant quality, unless that was done, and tell how many bytes each took."""
    assert plan.look is not None
    assert plan.picture is not None
    looks = [replace(segment, key=segment.look, bitrate=None) for segment in plan.segments]
    passes = bool(plan.look.pass_)
    missing = [one for one in looks if not _looked(store, one, passes)]
    for run in runs(missing):
        encode_segments(plan.picture, plan.look, run, store, cancel, drawn, _ignored)
    # An encoder puts its statistics into place when it is freed.
    gc.collect()
    if any(not _looked(store, one, passes) for one in looks):
        raise RenderFailed("The encoder wrote no statistics in its first pass; encode without two passes.")
    return tuple(_size(store.find(one.key, one.suffix)) for one in looks)


def _ignored(segment: Segment, entry: Entry) -> None:
    del segment, entry


def _looked(store: Store, one: Segment, passes: bool) -> bool:
    found = store.find(one.key, one.suffix)
    return found is not None and (not passes or not found.frames or store.path(one.look, ".stats").exists())


def _size(entry: Entry | None) -> int:
    return entry.path.stat().st_size if entry is not None and entry.frames else 0


def shared(bitrate: int, needs: Sequence[int], lengths: Sequence[Fraction]) -> tuple[int, ...]:
    """Bits per second for stretches of `lengths` seconds that average to `bitrate`, shared out as `needs` are."""
    total, whole = sum(needs), sum(lengths)
    if not total:
        return tuple(bitrate for _ in needs)
    return tuple(
        max(500, int(bitrate * whole * need / total / length))
        for need, length in zip(needs, lengths, strict=True)
    )


@dataclass(frozen=True, slots=True)
class Try:
    """One encoding: what each stretch was asked for and what came of it."""

    asked: tuple[int, ...]
    """Bits per second."""
    got: tuple[int, ...]
    """Bytes."""
    written: int
    """Bytes of the file."""

    @property
    def fixed(self) -> int:
        """Bytes that no correction changes: sound, index, tags, copied tracks."""
        return self.written - sum(self.got)

    def bits(self, lengths: Sequence[Fraction]) -> float:
        """All bits asked for."""
        return float(sum(rate * length for rate, length in zip(self.asked, lengths, strict=True)))


def corrected(tries: Sequence[Try], size: int, lengths: Sequence[Fraction]) -> tuple[int, ...]:
    """What to ask for next, so that the file becomes a little under `size` bytes.

    Raises `WillNotFit` when what cannot be changed is too large already.
    """
    last = tries[-1]
    wanted = int(size * _AIM) - last.fixed
    if wanted <= 0:
        raise _impossible(size, last.fixed)
    bits = last.bits(lengths)
    factor = _next_bits(tries, wanted, lengths) / bits
    change = (factor - 1) * sum(last.got)
    chosen = _chosen(last, change, lengths) if len(last.asked) > 1 and abs(factor - 1) <= _GENTLE else None
    if chosen is None:
        return tuple(max(500, int(rate * factor)) for rate in last.asked)
    part = 1 + change / sum(last.got[n] for n in chosen)
    return tuple(max(500, int(rate * part)) if n in chosen else rate for n, rate in enumerate(last.asked))


def _chosen(last: Try, change: float, lengths: Sequence[Fraction]) -> set[int] | None:
    """The fewest stretches that can take `change` bytes gently: those first that missed most in that direction."""

    def missed(n: int) -> float:
        over = last.got[n] - float(last.asked[n] * lengths[n]) / 8
        return over if change > 0 else -over

    chosen: set[int] = set()
    room = 0.0
    for n in sorted(range(len(last.got)), key=missed):
        if not last.got[n]:
            continue
        chosen.add(n)
        room += last.got[n] * _GENTLE
        if room >= abs(change):
            return chosen
    return None


def _next_bits(tries: Sequence[Try], wanted: int, lengths: Sequence[Fraction]) -> float:
    """All bits to ask for so that the stretches take `wanted` bytes: between tries on either side, else beyond."""
    points = sorted((one.bits(lengths), sum(one.got)) for one in tries)
    below = [point for point in points if point[1] <= wanted]
    above = [point for point in points if point[1] > wanted]
    low = max(below, default=None, key=lambda point: (point[1], point[0]))
    high = min(above, default=None, key=lambda point: (point[1], -point[0]))
    if low and high and low[0] < high[0] and low[1]:
        share = math.log(wanted / low[1]) / math.log(high[1] / low[1])
        return low[0] * (high[0] / low[0]) ** min(max(share, 0.08), 0.92)
    bits, got = tries[-1].bits(lengths), max(1, sum(tries[-1].got))
    return bits * min(8.0, max(0.125, (wanted / got) ** (1 / _slope(points))))


def _slope(points: Sequence[tuple[float, int]]) -> float:
    """By which power size grows with what is asked; 1 until two tries tell."""
    if len(points) < 2 or points[0][0] == points[-1][0] or not points[0][1] or not points[-1][1]:
        return 1.0
    rise = math.log(points[-1][1] / points[0][1]) / math.log(points[-1][0] / points[0][0])
    return min(_STEEPEST, max(_FLATTEST, rise))


def _impossible(size: int, least: int) -> WillNotFit:
    return WillNotFit(
        f"{size_text(size)} cannot be reached: this comes to {size_text(least)} at the least; "
        "choose a larger size, a smaller resolution, less sound or a shorter cut."
    )


def _stuck(tries: Sequence[Try], lengths: Sequence[Fraction]) -> bool:
    """True when a quarter more or less was asked for and the encoder gave the same."""
    if len(tries) < 2:
        return False
    (before, got), (now, given) = ((one.bits(lengths), max(1, sum(one.got))) for one in tries[-2:])
    return abs(math.log(now / before)) > 0.22 and abs(math.log(given / got)) < 0.015


def reach(
    out: Path, size: int, asked: tuple[int, ...], lengths: Sequence[Fraction],
    make: Callable[[tuple[int, ...], Path], tuple[int, ...]], tell: Callable[[str], None],
) -> list[Try]:  # fmt: skip
    """Make `out` a file of `size` bytes or up to 2 % less, and tell what was tried.

    `make(asked, path)` encodes and joins to `path` and returns the bytes of each stretch. When the encoder cannot spend
    as many bytes the file stays smaller. Raises `WillNotFit` when it cannot be made as small, and what `make` raises.
    """
    trial, best = (out.with_name(f".{out.name}.{os.getpid()}.{word}") for word in ("trial", "best"))
    tries: list[Try] = []
    kept = 0
    try:
        while len(tries) < _MOST:
            got = make(asked, trial)
            tries.append(Try(asked, got, written := trial.stat().st_size))
            if kept < written <= size:
                kept = written
                trial.replace(best)
            if kept > size * (1 - WINDOW) or (_stuck(tries, lengths) and written <= size):
                break
            if _stuck(tries, lengths):
                raise _impossible(size, written)
            asked = corrected(tries, size, lengths)
            tell(f"{size_text(written)} of {size_text(size)}; once more with {_direction(written, size)}")
        if not kept:
            raise _impossible(size, min(one.written for one in tries))
        best.replace(out)
    finally:
        trial.unlink(missing_ok=True)
        best.unlink(missing_ok=True)
    if kept <= size * (1 - WINDOW):
        tell(f"{size_text(kept)}: the encoder cannot make it larger, and more would not look better")
    return tries


def _direction(written: int, size: int) -> str:
    return "fewer bits" if written > size else "more bits"
