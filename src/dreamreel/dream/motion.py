"""Motion as pure functions: easings, springs, cycles and seeded randomness. Nothing here keeps state.

Progress `x` runs 0..1, time `t` and periods are seconds. These are drawing times: floats are right here, because a
frame's time was computed exactly (`n / fps`) before it came in.
"""

from __future__ import annotations

import functools
import hashlib
import math
from random import Random

__all__ = [
    "arc",
    "blink",
    "bump",
    "clamp01",
    "cycle",
    "ease_in",
    "ease_in_out",
    "ease_out",
    "glide",
    "lerp",
    "noise",
    "rng",
    "smoothstep",
    "spring",
]

TAU = 2 * math.pi


def clamp01(x: float) -> float:
    """`x` limited to 0..1."""
    return 0.0 if x < 0 else 1.0 if x > 1 else x


def lerp(a: float, b: float, x: float) -> float:
    """From `a` at 0 to `b` at 1."""
    return a + (b - a) * x


def ease_in(x: float) -> float:
    """Cubic start from rest."""
    return clamp01(x) ** 3


def ease_out(x: float) -> float:
    """Cubic arrival at rest."""
    return 1 - (1 - clamp01(x)) ** 3


def ease_in_out(x: float) -> float:
    """Quintic smootherstep (Perlin 2002): zero speed and acceleration at both ends."""
    x = clamp01(x)
    return x * x * x * (x * (6 * x - 15) + 10)


def glide(x: float, rise: float = 0.25) -> float:
    """0 to 1 from rest to rest at an even speed between: smootherstep in speed, not in place.

    `rise`, up to 0.5, is the share of the way in which it gathers speed, and again in which it loses it.
    """
    x = clamp01(x)
    if x > 0.5:
        return 1 - glide(1 - x, rise)
    if x >= rise:
        return (x - rise / 2) / (1 - rise)
    u = x / rise
    return rise * u**4 * (u * u - 3 * u + 2.5) / (1 - rise)


def smoothstep(lo: float, hi: float, x: float) -> float:
    """0 below `lo`, 1 above `hi`, `ease_in_out` between."""
    return ease_in_out((x - lo) / (hi - lo)) if hi > lo else float(x >= hi)


def spring(x: float, overshoot: float = 0.12, swings: float = 1.5) -> float:
    """An arrival that overshoots by about `overshoot` and settles at 1: a damped harmonic step response."""
    x = clamp01(x)
    decay = math.exp(-x * 6.0)
    return (
        1 - decay * math.cos(TAU * swings * x * 0.5) * (1 - x) + overshoot * decay * math.sin(math.pi * x) * 2
    )


def bump(x: float, rise: float = 0.3, fall: float = 0.3) -> float:
    """Up from 0 to 1 within `rise`, hold, down within `fall`, over x in 0..1."""
    return smoothstep(0, rise, x) * (1 - smoothstep(1 - fall, 1, x))


def arc(a: tuple[float, float], b: tuple[float, float], x: float, height: float) -> tuple[float, float]:
    """From `a` to `b` along a parabola `height` above the straight line (y grows downward)."""
    return lerp(a[0], b[0], x), lerp(a[1], b[1], x) - 4 * height * x * (1 - x)


def cycle(t: float, period: float, phase: float = 0.0) -> float:
    """A sine of that period in seconds; `phase` in turns."""
    return math.sin(TAU * (t / period + phase))


def blink(t: float, *keys: object) -> float:
    """Lids, 0 open to 1 shut: a blink of 120 ms every 2 to 5 s, seeded by `keys` so that a crowd never blinks as one.

    Time is cut into slots of 3.5 s with one blink in the first 1.5 s of each, so gaps are 2 to 5 s. It does not repeat.
    """
    t += _lid(3.5, *keys)
    slot = math.floor(t / 3.5)
    x = (t - slot * 3.5 - _lid(1.5, slot, *keys)) / 0.12
    return bump(x, 0.4, 0.45) if 0 < x < 1 else 0.0


@functools.lru_cache(maxsize=4096)
def _lid(most: float, *keys: object) -> float:
    """A seeded moment in 0..most; remembered, since every frame of a blinking crowd asks for it."""
    return rng("blink", *keys).uniform(0, most)


def rng(*keys: object) -> Random:
    """A generator that depends only on `keys`, the same in every process and on every machine."""
    return Random(int.from_bytes(hashlib.blake2b(repr(keys).encode(), digest_size=8).digest(), "big"))


def noise(t: float, *keys: object) -> float:
    """Smooth one-dimensional value noise in -1..1 with about one bend per unit of `t`, seeded by `keys`."""
    i = math.floor(t)
    a, b = rng("noise", i, *keys).uniform(-1, 1), rng("noise", i + 1, *keys).uniform(-1, 1)
    return lerp(a, b, ease_in_out(t - i))
