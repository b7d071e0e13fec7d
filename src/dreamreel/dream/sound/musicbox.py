"""The instrument: a steel comb on a wooden board, by adding up its modes.

    pluck ─► tooth (fundamental pair, board resonances, clamped-bar overtones, the pin's click) ─► stereo bus

A comb tooth is a bar clamped at one end, whose flexural modes stand at 1 : 6.27 : 17.55 (Fletcher & Rossing, "The
Physics of Musical Instruments", 2.8); the softer partials near 2 and 3 are the board answering. High modes die within
tens of milliseconds, which is the "ting"; the fundamental, split in two by the tooth's asymmetry, beats slowly.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from dreamreel.dream.sound.field import RATE, Field, Mono, Stereo, add, blank, generator, hertz, ringing
from dreamreel.dream.sound.lullaby import Pluck

__all__ = ["play", "tooth"]

BODY: tuple[tuple[float, float, float], ...] = (
    (1.0, 0.80, 1.00),
    (1.0011, 0.22, 0.85),
    (2.003, 0.20, 0.42),
    (3.011, 0.05, 0.28),
)
"""(ratio, amplitude, decay relative to the fundamental's) of what sings."""
TING: tuple[tuple[float, float, float], ...] = (
    (3.011, 0.06, 0.20),
    (6.267, 0.20, 0.14),
    (17.55, 0.05, 0.03),
)
"""The same for what a harder pluck adds."""
ATTACK = 0.0012
"""Seconds; the pin lets go quickly, not instantly."""
HIGHEST_PARTIAL = 15_000.0


def play(field: Field, plucks: Iterable[Pluck], seed: int) -> Stereo:
    """All plucks on one comb: low teeth to the left, high ones to the right."""
    bus = blank(field)
    teeth: dict[int, tuple[Mono, Mono]] = {}
    for pluck in plucks:
        if pluck.pitch not in teeth:
            teeth[pluck.pitch] = tooth(pluck.pitch, seed)
        body, ting = teeth[pluck.pitch]
        at, pan = round(pluck.time * RATE), (pluck.pitch - 74) / 30
        add(bus, at, body, pan, pluck.velocity, field.loop)
        add(bus, at, ting, pan, pluck.velocity * (0.25 + pluck.velocity), field.loop)
    return bus


def tooth(pitch: int, seed: int) -> tuple[Mono, Mono]:
    """What one tooth sings, and the ting that a hard pluck adds. Each tooth is filed a cent or two off, by the seed."""
    rng = generator("tooth", seed, pitch)
    frequency = hertz(pitch + float(np.clip(rng.normal(0, 0.012), -0.03, 0.03)))
    decay = float(np.clip(0.52 * (523 / frequency) ** 0.55, 0.20, 0.65))
    body = _partials(BODY, frequency, decay, 0)
    ting = _partials(TING, frequency, decay, round(0.03 * RATE))
    ting[: round(0.03 * RATE)] += _click(frequency, seed, pitch)
    return _attack(body), _attack(ting)


def _partials(
    table: tuple[tuple[float, float, float], ...], frequency: float, decay: float, shortest: int
) -> Mono:
    sounding = [
        (ratio, level, decay * part) for ratio, level, part in table if ratio * frequency < HIGHEST_PARTIAL
    ]
    total = np.zeros(max(shortest, round(max(tau for _, _, tau in sounding) * 6.0 * RATE)), np.float32)
    for ratio, level, tau in sounding:
        count = min(len(total), round(tau * 6.0 * RATE))
        wave = ringing(frequency * ratio, tau, count)
        # Six time constants down is −52 dB; a short cosine takes the rest away without a step.
        tail = min(count, 2400)
        wave[-tail:] *= np.cos(np.linspace(0, np.pi / 2, tail, dtype=np.float32))
        total[:count] += np.float32(level) * wave
    return total


def _click(frequency: float, seed: int, pitch: int) -> Mono:
    """The pin leaving the tooth: a breath of noise and a knock of the board, 30 ms."""
    count = round(0.03 * RATE)
    time = np.arange(count) / RATE
    hiss = np.convolve(generator("pin", seed, pitch).standard_normal(count), np.hanning(9) / 4, "same")
    knock = np.sin(2 * np.pi * 310 * time) * np.exp(-time / 0.008)
    return (0.035 * hiss * np.exp(-time / 0.004) + 0.05 * knock * (523 / frequency) ** 0.3).astype(np.float32)


def _attack(wave: Mono) -> Mono:
    ramp = round(ATTACK * RATE)
    wave[:ramp] *= np.sin(np.linspace(0, np.pi / 2, ramp, dtype=np.float32)) ** 2
    return wave
