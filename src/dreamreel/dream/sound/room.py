"""The room everything is heard in, and the last stage: reverberation, warmth, fades, level and a soft ceiling.

music ─► warmth ──────────────┐
send  ─► response of the room ┼─► + ambience ─► fades ─► loudness ─► ceiling −2 dBTP
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from dreamreel.analyse.loudness import integrated_loudness, true_peak
from dreamreel.dream.sound.field import RATE, Field, Mono, Stereo, decibels, fast_length, generator

__all__ = ["fade", "master", "reverberate"]

REVERB_SECONDS = 2.0
DECAYS: tuple[tuple[float, float, float], ...] = (
    (180.0, 900.0, 1.5),
    (900.0, 3000.0, 1.25),
    (3000.0, 7000.0, 0.7),
)
"""(low Hz, high Hz, seconds to −60 dB) of the diffuse field: high notes are absorbed sooner."""
REFLECTIONS: tuple[tuple[float, float, float], ...] = (
    (0.011, 0.30, -0.6),
    (0.017, 0.26, 0.7),
    (0.023, 0.20, 0.2),
    (0.031, 0.17, -0.3),
    (0.041, 0.13, 0.8),
    (0.053, 0.10, -0.8),
)
"""(seconds, amplitude, pan) of the first walls."""
WARMTH = 6500.0
"""Hz where the music box begins to lose its edge."""

SILENT = 0.02
FADE_IN, FADE_OUT = 0.4, 1.2
"""Seconds, as the picture; shortened in films of less than four seconds."""

CEILING = -2.0
"""dBTP."""
HOLD = 0.001
"""Seconds per step of the gain curve that keeps peaks under the ceiling."""


def reverberate(field: Field, dry: Stereo, send: Stereo) -> Stereo:
    """`dry`, softened above 5 kHz, plus `send` heard through the room."""
    size = field.n if field.loop else fast_length(field.n + round(REVERB_SECONDS * RATE))
    response = _response(size)
    warmth = (1 / np.sqrt(1 + (np.fft.rfftfreq(size, 1 / RATE) / WARMTH) ** 4)).astype(np.float32)
    out = np.empty_like(dry)
    for side in range(2):
        heard = np.fft.rfft(dry[side], size) * warmth
        heard += np.fft.rfft(send[side], size) * np.fft.rfft(response[side])
        out[side] = np.fft.irfft(heard, size)[: field.n]
    return out


def _response(size: int) -> Stereo:
    """The room's answer to a clap, folded onto `size` samples when time is a shorter circle than the reverberation."""
    count = fast_length(round(REVERB_SECONDS * RATE))
    rng = generator("room")
    time = np.linspace(0, count / RATE, count, endpoint=False, dtype=np.float64)
    frequencies = np.fft.rfftfreq(count, 1 / RATE)
    room = np.zeros((2, count), np.float32)
    onset = np.clip((time - 0.008) / 0.03, 0, 1)
    for side in range(2):
        white = np.fft.rfft(rng.standard_normal(count, np.float32))
        for low, high, to_silence in DECAYS:
            band = 1 / np.sqrt(
                (1 + (low / np.maximum(frequencies, 1)) ** 6) * (1 + (frequencies / high) ** 6)
            )
            tail = np.fft.irfft(white * band.astype(np.float32), count)
            room[side] += tail * onset * np.exp(time * (-6.91 / to_silence))
    room /= math.sqrt(float(np.sum(room**2)) / 2)
    for delay, level, pan in REFLECTIONS:
        room[0, round(delay * RATE)] += level * (1 - pan) / 2
        room[1, round(delay * RATE) + 7] += level * (1 + pan) / 2
    room[:, -4800:] *= np.linspace(1, 0, 4800, dtype=np.float32)
    return np.pad(room, ((0, 0), (0, -count % size))).reshape(2, -1, size).sum(axis=1)


def fade(samples: Stereo) -> Stereo:
    """Out of silence and back into it, with the picture."""
    shrink = min(1.0, samples.shape[1] / RATE / 4)
    faded = samples.copy()
    for edge, seconds in ((faded, FADE_IN), (faded[:, ::-1], FADE_OUT)):
        count = min(edge.shape[1], round((SILENT + seconds) * shrink * RATE))
        time = np.linspace(0, count / RATE, count, endpoint=False, dtype=np.float64)
        rise = np.clip((time - SILENT * shrink) / (seconds * shrink), 0, 1)
        edge[:, : len(rise)] *= np.sin(rise * np.pi / 2).astype(np.float32) ** 2
    return faded


def master(samples: Stereo, loop: bool, target: float) -> Stereo:
    """Bring the mix to `target` LUFS under the ceiling. Silence stays silence."""
    ceiling = decibels(CEILING - 0.4)
    for _ in range(4):
        loudness = integrated_loudness(samples, RATE)
        if math.isinf(loudness):
            return samples
        samples = samples * np.float32(decibels(target - loudness))
        if abs(loudness - target) < 0.1 or float(np.max(np.abs(samples))) <= ceiling:
            break
        samples = _limit(samples, ceiling, loop)
    return samples * np.float32(min(1.0, decibels(CEILING - true_peak(samples))))


def _limit(samples: Stereo, ceiling: float, loop: bool) -> Stereo:
    """Lower the gain smoothly around each peak above the ceiling, some milliseconds ahead of it and after it."""
    n = samples.shape[1]
    step = round(HOLD * RATE)
    blocks = -(-n // step)
    peaks = np.max(
        np.abs(np.pad(samples, ((0, 0), (0, blocks * step - n)))).reshape(2, blocks, step), axis=(0, 2)
    )
    gain = np.minimum(1.0, ceiling / np.maximum(peaks, 1e-9))
    lowest = gain
    for shift in range(-12, 13):
        lowest = np.minimum(lowest, np.roll(gain, shift))
    window = np.hanning(23)
    smooth = np.convolve(np.concatenate((lowest[-11:], lowest, lowest[:11])), window / window.sum(), "valid")
    curve = _spread(smooth, n, step, loop)
    return samples * curve


def _spread(smooth: NDArray[np.float64], n: int, step: int, loop: bool) -> Mono:
    """A gain per step as a gain per sample; in a loop the last leads into the first."""
    centres = np.linspace(step / 2, (len(smooth) - 0.5) * step, len(smooth))
    return np.interp(np.arange(n), centres, smooth, period=n if loop else None).astype(np.float32)
