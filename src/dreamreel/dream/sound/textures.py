"""What ambiences are woven from: a handful of sound-makers, each a frozen description that fills a field.

Beds (`Air`, `Waves`, `Pad`) have an RMS of 1; single events have a peak of about 1 before distance is applied.
Everything is seeded, circular when the field is a loop, and float32 stereo.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import reduce
from typing import Protocol

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from dreamreel.dream.sound.field import (
    RATE,
    Field,
    Mono,
    Stereo,
    add,
    blank,
    drift,
    fast_length,
    hertz,
    ringing,
    soften,
)

__all__ = [
    "Air",
    "Buzz",
    "Calls",
    "Chimes",
    "Clock",
    "Crickets",
    "Drops",
    "Pad",
    "SleighBells",
    "Syllable",
    "Texture",
    "Waves",
]

LONGEST_BED = 20.0
"""Seconds of noise before it repeats in a film that does not loop; under a slow swell no ear finds the period."""


class Texture(Protocol):
    """Anything that can fill a field."""

    def render(self, field: Field, rng: Generator) -> Stereo:
        """The sound, (2, n) float32."""
        ...


@dataclass(frozen=True)
class Air:
    """Wind, breeze, room tone, rumble: noise between two frequencies that comes and goes."""

    low: float
    high: float
    gust: float = 0.5
    """0 steady … 1 swells from nothing."""
    period: float = 6.0
    """Seconds between swells."""
    width: float = 0.7
    """0 mono … 1 unrelated sides."""
    slope: float = 1.0
    """0 flat … 1 pink … 2 brown between `low` and `high`."""

    def render(self, field: Field, rng: Generator) -> Stereo:
        """The sound, (2, n) float32."""
        bed = _noise(field, rng, self.low, self.high, self.slope, self.width)
        if self.gust:
            swell = 1 - self.gust + self.gust * drift(field, self.period, rng)
            bed *= swell / np.float32(np.sqrt(np.mean(swell**2)))
        return bed


@dataclass(frozen=True)
class Waves:
    """Waves on a beach: each gathers, breaks with a hiss, and draws back over the sand."""

    period: float = 5.5
    hiss: float = 0.6

    def render(self, field: Field, rng: Generator) -> Stereo:
        """The sound, (2, n) float32."""
        count = max(1, round(field.seconds / self.period))
        grid = np.arange(max(64, int(field.seconds * 50))) / (field.seconds * 50)
        swell, foam = np.full_like(grid, 0.22), np.full_like(grid, 0.06)
        for i in range(count):
            strength = rng.uniform(0.7, 1.0)
            # Periods before or after this wave breaks; the circle is cut where it is quiet, ahead of the wave.
            phase = ((grid * count - i - 0.35 + rng.uniform(-0.1, 0.1)) + 0.4) % count - 0.4
            swell += strength * np.exp(-((phase / np.where(phase < 0, 0.17, 0.26)) ** 2))
            late = phase - 0.06
            foam += strength * np.exp(-((late / np.where(late < 0, 0.10, 0.24)) ** 2))
        body = _noise(field, rng, 90, 620, 1.2, 0.6) * _stretch(swell, field.n)
        spray = _noise(field, rng, 900, 5200, 0.7, 0.9) * _stretch(foam, field.n)
        return _level(_level(body) + np.float32(self.hiss) * _level(spray))


@dataclass(frozen=True)
class Pad:
    """A slow chord far away: sines in slow beats, a shimmer above."""

    register: int = -12
    """Semitones from the tonic."""
    shimmer: float = 0.25

    def render(self, field: Field, rng: Generator) -> Stereo:
        """The sound, (2, n) float32."""
        bus = blank(field)
        steps = (0, 2 if not field.minor else 3, 3 if not field.minor else 4, 5, 8, 10)
        for i, step in enumerate(steps):
            pitch = field.pitch(step) + self.register + (12 if i > 3 else 0)
            level = 0.8 / (1 + 0.6 * i) * (self.shimmer if i > 3 else 1)
            slow = np.float32(level) * (np.float32(0.35) + np.float32(0.65) * drift(field, 5 + i, rng))
            for side in range(2):
                # A whole number of turns, so that the loop closes; the sides differ by a fraction of a hertz.
                turns = round(hertz(pitch) * field.seconds) + (
                    max(1, round(0.3 * field.seconds)) if side else 0
                )
                bus[side] += slow * ringing(turns / field.seconds, math.inf, field.n, rng.random())
        return _level(bus)


@dataclass(frozen=True)
class Syllable:
    """A glide of a voice: `start` → `end` in Hz over `length` seconds, then `gap` seconds of nothing."""

    start: float
    end: float
    length: float
    gap: float = 0.05
    bend: float = 0.0
    """How far the middle lies above the straight glide, as a fraction of `start`."""
    rough: float = 0.0
    """Amount of second and third harmonic."""


@dataclass(frozen=True)
class Calls:
    """Animals calling now and then from different places: birds, an owl, gulls."""

    song: tuple[Syllable, ...]
    every: float
    """Seconds between calls, on average."""
    voices: int = 2
    least: int = 1
    """Calls in even the shortest film."""
    repeat: tuple[int, int] = (1, 1)
    """How often the song is repeated in one call, at least and at most."""

    def render(self, field: Field, rng: Generator) -> Stereo:
        """The sound, (2, n) float32."""
        bus = blank(field)
        voices = [
            (rng.uniform(0.9, 1.12), rng.uniform(-0.85, 0.85), rng.uniform(0.4, 1.0))
            for _ in range(self.voices)
        ]
        for at in _moments(field, self.every, self.least, rng):
            height, pan, near = voices[int(rng.integers(len(voices)))]
            song = self.song * int(rng.integers(self.repeat[0], self.repeat[1] + 1))
            for syllable in song:
                tune = height * rng.uniform(0.98, 1.02)
                add(bus, at, _glide(syllable, tune), pan, near * rng.uniform(0.75, 1.0), field.loop)
                at += round((syllable.length + syllable.gap * rng.uniform(0.85, 1.2)) * RATE)
        return bus


@dataclass(frozen=True)
class Crickets:
    """A far chorus of crickets, each chirping three or four pulses in its own rhythm."""

    pitch: float = 4100.0
    count: int = 4

    def render(self, field: Field, rng: Generator) -> Stereo:
        """The sound, (2, n) float32."""
        bus = blank(field)
        for i in range(self.count):
            tune = self.pitch * rng.uniform(0.9, 1.12)
            chirps = max(1, round(field.seconds / rng.uniform(0.62, 1.05)))
            chirp = _chirp(tune, int(rng.integers(3, 5)))
            pan, near = (-0.9 + 1.8 * i / max(1, self.count - 1)), rng.uniform(0.35, 1.0)
            start = rng.random()
            for k in range(chirps):
                at = round((k + start + rng.normal(0, 0.02)) / chirps * field.n)
                add(bus, at, chirp, pan, near * rng.uniform(0.8, 1.0), field.loop)
        return bus


@dataclass(frozen=True)
class Buzz:
    """A bumblebee drifting past."""

    pitch: float = 165.0

    def render(self, field: Field, rng: Generator) -> Stereo:
        """The sound, (2, n) float32."""
        time = np.arange(field.n, dtype=np.float64) / RATE
        turns = np.round(self.pitch * field.seconds) / field.seconds
        wobble = 2.5 * (drift(field, 1.7, rng) - 0.5)
        voice = np.zeros(field.n, np.float32)
        for harmonic, level in ((1, 0.5), (2, 1.0), (3, 0.7), (4, 0.5), (5, 0.3), (6, 0.2)):
            phase = ((time * turns * harmonic + harmonic * wobble) % 1.0 * 2 * np.pi).astype(np.float32)
            voice += np.float32(level * 0.4) * np.sin(phase)
        near = drift(field, 4.0, rng) ** 3
        place = drift(field, 5.0, rng) * np.float32(np.pi / 2)
        return np.stack((voice * near * np.cos(place), voice * near * np.sin(place)))


@dataclass(frozen=True)
class Drops:
    """Bubbles or raindrops: short tones whose pitch rises or stays (Minnaert resonance of an air bubble)."""

    per_second: float
    low: float
    high: float
    decay: float = 0.02
    rise: float = 0.0
    """Relative rise of the pitch over one decay time."""

    def render(self, field: Field, rng: Generator) -> Stereo:
        """The sound, (2, n) float32."""
        bus = blank(field)
        kinds = [
            _drop(self.low * (self.high / self.low) ** (i / 11), self.decay, self.rise) for i in range(12)
        ]
        count = max(1, round(self.per_second * field.seconds))
        for at, kind, pan, near in zip(
            rng.integers(0, field.n, count),
            rng.integers(0, len(kinds), count),
            rng.uniform(-0.95, 0.95, count),
            rng.random(count) ** 2.2,
            strict=True,
        ):
            add(bus, int(at), kinds[int(kind)], float(pan), 0.08 + 0.92 * float(near), field.loop)
        return bus


@dataclass(frozen=True)
class Chimes:
    """Single notes of the lullaby's scale, high and far: stars, sparkles, pizzicato."""

    every: float
    register: int = 24
    """Semitones above the tonic."""
    decay: float = 0.9
    overtone: float = 2.76
    """Ratio of the second mode: 2.76 is a free bar, 2 a string."""
    cluster: int = 2
    """Notes in one glint, at most."""

    def render(self, field: Field, rng: Generator) -> Stereo:
        """The sound, (2, n) float32."""
        bus = blank(field)
        for at in _moments(field, self.every, 1, rng):
            for _ in range(int(rng.integers(1, self.cluster + 1))):
                pitch = field.pitch(int(rng.integers(0, 6))) + self.register
                count = round(self.decay * 5 * RATE)
                note = ringing(hertz(pitch), self.decay, count)
                note += np.float32(0.22) * ringing(hertz(pitch) * self.overtone, self.decay * 0.3, count)
                add(bus, at, soften(note, 0.003), rng.uniform(-0.9, 0.9), rng.uniform(0.25, 0.6), field.loop)
                at += round(rng.uniform(0.07, 0.19) * RATE)
        return bus


@dataclass(frozen=True)
class SleighBells:
    """A sleigh a long way off: a shake of tiny bells on every beat, a lighter one between."""

    def render(self, field: Field, rng: Generator) -> Stereo:
        """The sound, (2, n) float32."""
        bus = blank(field)
        shakes: list[Mono] = []
        for _ in range(3):
            shake = np.zeros(round(0.35 * RATE), np.float32)
            for pitch in rng.uniform(2900, 6800, 9):
                begin = int(rng.integers(0, round(0.02 * RATE)))
                bell = ringing(float(pitch), float(rng.uniform(0.03, 0.07)), len(shake) - begin)
                shake[begin:] += np.float32(0.2) * soften(bell, 0.002)
            shakes.append(shake)
        halves = max(1, round((field.seconds - field.first_beat) / field.beat * 2))
        for k in range(halves):
            at = round((field.first_beat + k * field.beat / 2 + rng.normal(0, 0.006)) * RATE)
            level = (0.8 if k % 2 == 0 else 0.4) * rng.uniform(0.8, 1.0)
            add(bus, at, shakes[int(rng.integers(3))], rng.uniform(-0.3, 0.5), level, field.loop)
        return bus


@dataclass(frozen=True)
class Clock:
    """A wooden clock in the next room, on the beat."""

    def render(self, field: Field, rng: Generator) -> Stereo:
        """The sound, (2, n) float32."""
        bus = blank(field)
        sounds = [_knock(rng, pitch) for pitch in (1250.0, 980.0)]
        for k in range(max(1, round((field.seconds - field.first_beat) / field.beat))):
            at = round((field.first_beat + k * field.beat) * RATE)
            add(bus, at, sounds[k % 2], 0.55, 0.9, field.loop)
        return bus


def _noise(field: Field, rng: Generator, low: float, high: float, slope: float, width: float) -> Stereo:
    """Band-limited Gaussian noise of RMS 1, made in the frequency domain and therefore periodic."""
    period = _bed_length(field)
    frequencies = np.maximum(np.fft.rfftfreq(period, 1 / RATE), 1.0)
    edges = (1 + (low / frequencies) ** 6) * (1 + (frequencies / high) ** 4)
    shape = (frequencies / low) ** (-slope / 2) / np.sqrt(edges)
    shape[0] = 0.0
    sides: list[Mono] = []
    for _ in range(2):
        parts = rng.standard_normal((len(shape), 2), np.float32)
        parts *= shape.astype(np.float32)[:, None]
        sides.append(np.fft.irfft(parts.view(np.complex64)[:, 0], period).astype(np.float32, copy=False))
    middle, apart = np.float32(np.cos(width * np.pi / 4)), np.float32(np.sin(width * np.pi / 4))
    bed = _level(np.stack((middle * sides[0] + apart * sides[1], middle * sides[0] - apart * sides[1])))
    return bed if period == field.n else np.tile(bed, -(-field.n // period))[:, : field.n]


def _bed_length(field: Field) -> int:
    """Samples before the noise repeats: in a loop a whole part of it."""
    longest = round(LONGEST_BED * RATE)
    if not field.loop:
        return fast_length(min(field.n, longest))
    parts = -(-field.n // longest)
    return next((field.n // k for k in range(parts, 2 * parts) if field.n % k == 0), field.n)


def _rms(bus: NDArray[np.floating]) -> float:
    return max(1e-9, float(np.sqrt(np.mean(np.square(bus, dtype=np.float64)))))


def _level(bus: NDArray[np.floating]) -> Stereo:
    """At an RMS of 1."""
    return (bus / _rms(bus)).astype(np.float32)


def _stretch(curve: NDArray[np.float64], n: int) -> Mono:
    """A circular curve given at few points, at every sample."""
    every = np.arange(n) * (len(curve) / n)
    return np.interp(every, np.arange(len(curve) + 1), np.append(curve, curve[0])).astype(np.float32)


def _moments(field: Field, every: float, least: int, rng: Generator) -> list[int]:
    """Where events begin: about evenly spread, none in the first instants or just before the end of a film."""
    first, last = (0.0, 1.0) if field.loop else (0.06, max(0.1, 1 - 1.2 / field.seconds))
    count = max(least, int(field.seconds / every + rng.random()))
    return [
        round((first + (last - first) * (i + rng.uniform(0.1, 0.9)) / count) * field.n) for i in range(count)
    ]


def _glide(syllable: Syllable, tune: float) -> Mono:
    count = round(syllable.length * RATE)
    x = np.linspace(0, 1, count)
    frequency = tune * (syllable.start + (syllable.end - syllable.start) * x)
    frequency += tune * syllable.bend * syllable.start * np.sin(np.pi * x)
    phase = 2 * np.pi * np.cumsum(frequency) / RATE
    voice = np.sin(phase) + syllable.rough * (0.6 * np.sin(2 * phase) + 0.4 * np.sin(3 * phase))
    return (voice / (1 + syllable.rough) * np.sin(np.pi * x**0.8) ** 1.5).astype(np.float32)


def _chirp(tune: float, pulses: int) -> Mono:
    pulse, gap = round(0.016 * RATE), round(0.029 * RATE)
    time = np.arange(pulse) / RATE
    one = np.sin(2 * np.pi * tune * time) * np.sin(np.pi * np.arange(pulse) / pulse) ** 2
    chirp = np.zeros(gap * pulses, np.float32)
    for i in range(pulses):
        chirp[i * gap : i * gap + pulse] += (0.6 + 0.4 * i / pulses) * one
    return chirp


def _drop(frequency: float, decay: float, rise: float) -> Mono:
    time = np.arange(round(decay * 6 * RATE)) / RATE
    phase = 2 * np.pi * frequency * (time + rise * time**2 / (2 * decay))
    return soften((np.sin(phase) * np.exp(-time / decay)).astype(np.float32), min(0.004, decay / 4))


def _knock(rng: Generator, pitch: float) -> Mono:
    """Wood on wood: three short modes."""
    count = round(0.06 * RATE)
    modes = [(pitch * ratio, decay) for ratio, decay in ((1.0, 0.009), (1.62, 0.006), (2.4, 0.004))]
    waves = [ringing(frequency * rng.uniform(0.99, 1.01), decay, count) for frequency, decay in modes]
    return soften(reduce(np.add, waves) / np.float32(2), 0.001)
