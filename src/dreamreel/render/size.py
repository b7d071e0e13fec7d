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
from dreamreel.render.budget import stepped
from dreamreel.render.pipeline import encode_segments, runs
from dreamreel.render.plan import Plan, Segment, Target
from dreamreel.render.scale import guess, halving
from dreamreel.render.store import Entry, Store
from dreamreel.render.threads import Cancel
from dreamreel.wording import size_text

__all__ = ["Try", "corrected", "look", "reach", "shared", "step_for"]

WINDOW = 0.02
"""How much smaller than asked for a file may be."""
_AIM = 0.99
"""Share of the size that corrections aim at: the middle of the window."""
_MOST = 14
"""Tries at most. Four are enough but for very short or very plain films, which take no time."""
_GENTLE = 0.12
"""A stretch is corrected by itself by at most this much, so that no seam shows; what is more, all share."""
_STEEPEST, _FLATTEST, _DEAF = 2.5, 0.35, 0.12
"""Bounds of how strongly size answers to what is asked, as the exponent of a power, and what counts as no answer."""
_LEAST_RATE = 500
"""Bits per second asked of a stretch at the least."""


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


def step_for(plan: Plan, needs: Sequence[int], target: Target) -> tuple[int, int] | None:
    """The smaller side and slower rate with which the picture fits better, or None when it fits as it is."""
    if plan.video is None or plan.settings is None or not target.step_down:
        return None
    bits = float((plan.settings.bitrate or 0) * plan.info.duration)
    assert plan.look is not None
    needed = (
        8.0 * sum(needs) / 2 ** ((guess(plan.look.row, 50) - (plan.look.crf or 0)) / halving(plan.look.row))
    )
    return stepped(plan.video, bits, needed, target.fit_slower)


def shared(bitrate: int, needs: Sequence[int], lengths: Sequence[Fraction]) -> tuple[int, ...]:
    """Bits per second for stretches of `lengths` seconds that average to `bitrate`, shared out as `needs` are."""
    total, whole = sum(needs), sum(lengths)
    if not total:
        return tuple(bitrate for _ in needs)
    return tuple(
        max(_LEAST_RATE, int(bitrate * whole * need / total / length))
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


def corrected(tries: Sequence[Try], size: int) -> tuple[int, ...]:
    """What to ask for next, so that the file becomes a little under `size` bytes.

    Small corrections are made by the fewest stretches that can take them gently, the largest first; a stretch that did
    not answer to what it was asked is left alone. Raises `WillNotFit` when what cannot be changed is too large already.
    """
    last = tries[-1]
    wanted = int(size * _AIM) - last.fixed
    if wanted <= 0:
        raise _impossible(size, last.fixed)
    change = wanted - sum(last.got)
    chosen = _chosen(tries, change)
    part = min(4.0, max(0.25, 1 + change / max(1, sum(last.got[n] for n in chosen))))
    return tuple(
        _asked_for([(one.asked[n], one.got[n]) for one in tries], last.got[n] * part) if n in chosen else rate
        for n, rate in enumerate(last.asked)
    )


def _chosen(tries: Sequence[Try], change: float) -> set[int]:
    """The stretches that take a change of so many bytes."""
    last = tries[-1]
    alive = {n for n, got in enumerate(last.got) if got}
    answering = {n for n in alive if _slope([(one.asked[n], one.got[n]) for one in tries]) > _DEAF}
    chosen: set[int] = set()
    room = 0.0
    for n in sorted(answering, key=lambda n: -last.got[n]):
        chosen.add(n)
        room += last.got[n] * _GENTLE
        if room >= abs(change):
            return chosen
    return answering if room > abs(change) / 4 else alive


_Point = tuple[int, int]
"""Bits per second asked of a stretch, and the bytes it became."""


def _asked_for(points: Sequence[_Point], wanted: float) -> int:
    """Bits per second that make a stretch `wanted` bytes: between tries on either side of it, else beyond the nearest.

    Size grows by about a power of what is asked.
    """
    # Encoders are not quite monotonous, so brackets go by what was asked: each try makes one smaller.
    high = min((point for point in points if point[1] > wanted), default=None)
    low = max(
        (point for point in points if 0 < point[1] <= wanted and (not high or point[0] < high[0])),
        default=None,
    )
    if low and high:
        share = math.log(wanted / low[1]) / math.log(high[1] / low[1])
        return max(_LEAST_RATE, round(low[0] * (high[0] / low[0]) ** min(max(share, 0.15), 0.85)))
    rate, got = points[-1]
    slope = min(_STEEPEST, max(_FLATTEST, _slope(points)))
    return max(_LEAST_RATE, round(rate * min(8.0, max(0.125, (wanted / max(1, got)) ** (1 / slope)))))


def _slope(points: Sequence[_Point]) -> float:
    """By which power a stretch grows with what is asked, over its last two different tries; 1 until two tell."""
    rate, got = points[-1]
    for before, then in reversed(points[:-1]):
        if abs(math.log(before / rate)) > 0.02 and then and got:
            return math.log(got / then) / math.log(rate / before)
    return 1.0


def _impossible(size: int, least: int) -> WillNotFit:
    return WillNotFit(
        f"{size_text(size)} cannot be reached: this comes to {size_text(least)} at the least; "
        "choose a larger size, a smaller resolution, less sound or a shorter cut."
    )


def _stuck(tries: Sequence[Try]) -> bool:
    """True when much more or less was asked for twice running and the encoder gave the same."""
    if len(tries) < 3:
        return False
    first, last = tries[-3], tries[-1]
    asked = math.log(sum(last.asked) / sum(first.asked))
    return abs(asked) > 0.4 and abs(math.log(max(1, sum(last.got)) / max(1, sum(first.got)))) < 0.02


def reach(
    out: Path, size: int, asked: tuple[int, ...],
    make: Callable[[tuple[int, ...], Path], tuple[int, ...]], tell: Callable[[str], None],
) -> list[Try]:  # fmt: skip
    """Make `out` a file of `size` bytes or up to 2 % less, and tell what was tried.

    `make(asked, path)` encodes and joins to `path` and returns the bytes of each stretch. When the encoder cannot spend
    as many bytes the file stays smaller. Raises `WillNotFit` when it cannot be made as small, and what `make` raises.
    """
    trial, best = (
        out.with_name(f".{out.stem}.{os.getpid()}.{word}{out.suffix}") for word in ("trial", "best")
    )
    tries: list[Try] = []
    kept = 0
    try:
        while len(tries) < _MOST:
            got = make(asked, trial)
            tries.append(Try(asked, got, written := trial.stat().st_size))
            if kept < written <= size:
                kept = written
                trial.replace(best)
            if kept > size * (1 - WINDOW) or (_stuck(tries) and written <= size):
                break
            if _stuck(tries):
                raise _impossible(size, written)
            asked = corrected(tries, size)
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
