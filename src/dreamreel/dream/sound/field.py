"""What every sound-maker shares: the stretch of time being filled, seeded randomness, and adding a sound into a bus.

A bus is a float32 array (2, n) at `RATE`. In a loop time is a circle: whatever rings past the end is heard at the
beginning, noise has the loop as its period, and so no seam exists that would have to be hidden.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.random import PCG64, Generator
from numpy.typing import NDArray

__all__ = [
    "RATE",
    "Field",
    "Mono",
    "Stereo",
    "add",
    "blank",
    "decibels",
    "drift",
    "fast_length",
    "generator",
    "hertz",
    "ringing",
    "soften",
]

RATE = 48_000
"""Samples per second of everything in this room."""

Mono = NDArray[np.float32]
Stereo = NDArray[np.float32]


@dataclass(frozen=True)
class Field:
    """The stretch of time to fill, and the music it has to agree with."""

    n: int
    """Length in samples."""
    loop: bool
    """The end flows into the beginning."""
    tonic: int
    """MIDI number of the lullaby's key note, in the octave above middle C."""
    minor: bool
    beat: float
    """Seconds."""
    first_beat: float = 0.0
    """Seconds from the start to the first down-beat."""

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return self.n / RATE

    def pitch(self, step: int) -> int:
        """MIDI number of the pentatonic `step` above the tonic; any sequence of them is in tune with the lullaby."""
        scale = (0, 3, 5, 7, 10) if self.minor else (0, 2, 4, 7, 9)
        return self.tonic + 12 * (step // 5) + scale[step % 5]


def generator(*keys: object) -> Generator:
    """A numpy generator that depends only on `keys`, the same in every process."""
    return Generator(
        PCG64(int.from_bytes(hashlib.blake2b(repr(keys).encode(), digest_size=16).digest(), "big"))
    )


def decibels(db: float) -> float:
    """Amplitude factor of a level in dB."""
    return 10 ** (db / 20)


def hertz(midi: float) -> float:
    """Frequency of a MIDI note number; 69 is 440 Hz."""
    return 440 * 2 ** ((midi - 69) / 12)


def blank(field: Field) -> Stereo:
    """A silent bus."""
    return np.zeros((2, field.n), np.float32)


def add(bus: Stereo, at: int, sound: Mono, pan: float, gain: float, loop: bool) -> None:
    """Mix `sound` into `bus` from sample `at` on; `pan` −1 left … 1 right, at equal power."""
    n = bus.shape[1]
    angle = (max(-1.0, min(1.0, pan)) + 1) * np.pi / 4
    sides = (gain * np.cos(angle) * np.sqrt(2), gain * np.sin(angle) * np.sqrt(2))
    if loop and len(sound) > n:
        sound = np.pad(sound, (0, -len(sound) % n)).reshape(-1, n).sum(axis=0)
    at, begin = (at % n, 0) if loop else (max(at, 0), max(-at, 0))
    while begin < len(sound) and at < n:
        count = min(len(sound) - begin, n - at)
        for side, level in enumerate(sides):
            bus[side, at : at + count] += np.float32(level) * sound[begin : begin + count]
        begin += count
        at = 0 if loop else n


def ringing(frequency: float, decay: float, count: int, phase: float = 0.0) -> Mono:
    """`count` samples of a sine (phase in turns) that falls by 1/e in `decay` seconds.

    Computed as z^(512a + b) = z^(512a) · z^b, so that a second of sound costs some six hundred exponentials instead
    of 48 000 sines.
    """
    stride = 512
    power = complex(-1 / decay, 2 * np.pi * frequency) / RATE
    coarse: NDArray[np.complex128] = np.exp(
        power * stride * np.arange(-(-count // stride)) + 2j * np.pi * phase
    )
    fine: NDArray[np.complex128] = np.exp(power * np.arange(stride))
    wave = np.multiply.outer(coarse.imag.astype(np.float32), fine.real.astype(np.float32))
    wave += np.multiply.outer(coarse.real.astype(np.float32), fine.imag.astype(np.float32))
    return wave.reshape(-1)[:count]


def soften(wave: Mono, seconds: float) -> Mono:
    """`wave` itself, its beginning and end rounded over that many seconds."""
    ramp = min(len(wave) // 2, round(seconds * RATE))
    window = np.sin(np.linspace(0, np.pi / 2, ramp, dtype=np.float32)) ** 2
    wave[:ramp] *= window
    wave[len(wave) - ramp :] *= window[::-1]
    return wave


def drift(field: Field, period: float, rng: Generator) -> Mono:
    """A slow wandering between 0 and 1 over the field with swells about `period` seconds apart; circular."""
    turns = max(1, round(field.seconds / period))
    at = np.linspace(0, 2 * np.pi, max(64, int(field.seconds * 50)), endpoint=False)
    slow = np.zeros_like(at)
    for multiple, weight in ((1, 1.0), (2, 0.5), (3, 0.3)):
        slow += weight * np.sin(turns * multiple * at + rng.uniform(0, 2 * np.pi))
    slow = (slow - slow.min()) / (slow.max() - slow.min())
    every = np.arange(field.n) * (len(at) / field.n)
    return np.interp(every, np.arange(len(at) + 1), np.append(slow, slow[0])).astype(np.float32)


def fast_length(n: int) -> int:
    """The smallest even 5-smooth number ≥ n: lengths whose FFT is quick."""
    best = 1 << max(1, (n - 1).bit_length())
    fives = 1
    while fives < best:
        threes = fives
        while threes < best:
            twos = 2
            while twos * threes < n:
                twos *= 2
            best = min(best, twos * threes)
            threes *= 3
        fives *= 5
    return best
