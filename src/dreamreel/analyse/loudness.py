"""How loud a piece of audio is, by ITU-R BS.1770-4: programme loudness in LUFS and true peak in dBTP.

    samples ─► K-weighting ─► energy per 100 ms ─► 400 ms blocks, 75 % overlap ─► gates −70 LUFS, −10 LU ─► LUFS
    samples ─► 4 × band-limited interpolation ─► largest magnitude ─► dBTP

Pure functions on arrays, numpy only. Long programmes are read a few seconds at a time, so memory stays small.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

__all__ = ["integrated_loudness", "true_peak"]

Samples = NDArray[np.floating]

ABSOLUTE_GATE = -70.0
"""LUFS; blocks below it are silence."""
RELATIVE_GATE = -10.0
"""LU below the mean of what passed the absolute gate."""
OFFSET = -0.691
"""Makes a full-scale 997 Hz sine in one channel read −3.01 LUFS (BS.1770-4, note to formula 2)."""
STEPS_PER_BLOCK = 4
STEPS_PER_READ = 12
"""At most; short reads keep each FFT inside the cache."""
WARM_UP = 0.1
"""Seconds of history each read gets. The slowest pole of the K filter, at 38 Hz, has fallen by 200 dB after them."""

CHANNEL_WEIGHTS: dict[int, tuple[float, ...]] = {
    5: (1.0, 1.0, 1.0, 1.41, 1.41),
    6: (1.0, 1.0, 1.0, 0.0, 1.41, 1.41),
    8: (1.0, 1.0, 1.0, 0.0, 1.41, 1.41, 1.41, 1.41),
}
"""By channel count, in FFmpeg's order (L R C [LFE] surrounds); any other count weighs every channel 1."""

OVERSAMPLING = 4
HALF_TAPS = 16


def integrated_loudness(samples: Samples, rate: int) -> float:
    """Programme loudness of `samples` (channels, n), full scale ±1, in LUFS; `-inf` when all of it is silence.

    A clip shorter than one 400 ms block is measured as a single block without gates, which the standard leaves open.

    Raises:
        ValueError: `samples` is not two-dimensional or `rate` is not positive.
    """
    _check(samples, rate)
    if not samples.size:
        return -math.inf
    step = (rate + 5) // 10
    if samples.shape[1] < STEPS_PER_BLOCK * step:
        return _lufs(_weighted_energy(samples, rate, samples.shape[1], 1)[0])
    energy = _weighted_energy(samples, rate, step, samples.shape[1] // step)
    blocks = np.convolve(energy, np.full(STEPS_PER_BLOCK, 1 / STEPS_PER_BLOCK), "valid")
    loud = blocks[blocks > _energy(ABSOLUTE_GATE)]
    if not loud.size:
        return -math.inf
    loud = loud[loud > float(np.mean(loud)) * 10 ** (RELATIVE_GATE / 10)]
    return _lufs(float(np.mean(loud)))


def true_peak(samples: Samples) -> float:
    """The largest magnitude of `samples` (channels, n) between as well as on the samples, in dBTP; `-inf` for silence.

    Interpolates 4 × with a Kaiser-windowed sinc of 32 taps per phase (BS.1770-4 annex 2 asks for 12 or more).

    Raises:
        ValueError: `samples` is not two-dimensional.
    """
    _check(samples, 1)
    if not samples.size:
        return -math.inf
    peak = float(np.max(np.abs(samples)))
    phases = _interpolator()
    # No interpolated value can exceed the sum of the taps' magnitudes times its neighbourhood's largest sample, so
    # stretches too quiet to hold the peak are skipped without changing the answer.
    bound = max(float(np.sum(np.abs(taps))) for taps in phases)
    size = 8192
    for channel in samples:
        padded = np.pad(channel.astype(np.float32), HALF_TAPS)
        for start in range(0, len(channel), size):
            part = padded[start : start + size + 2 * HALF_TAPS]
            if float(np.max(np.abs(part))) * bound > peak:
                peak = max(
                    peak, *(float(np.max(np.abs(np.convolve(part, taps, "valid")))) for taps in phases)
                )
    return 20 * math.log10(peak) if peak > 0 else -math.inf


def _check(samples: Samples, rate: int) -> None:
    if samples.ndim != 2:
        raise ValueError(f"expected samples shaped (channels, n), not {samples.shape}")
    if rate <= 0:
        raise ValueError(f"expected a positive sample rate, not {rate}")


def _energy(lufs: float) -> float:
    return 10 ** ((lufs - OFFSET) / 10)


def _lufs(energy: float) -> float:
    return OFFSET + 10 * math.log10(energy) if energy > 0 else -math.inf


def _weighted_energy(samples: Samples, rate: int, step: int, steps: int) -> NDArray[np.float64]:
    """Mean square of the K-weighted channels, summed with the channel weights, for each of `steps` stretches."""
    weights = CHANNEL_WEIGHTS.get(len(samples), (1.0,) * len(samples))
    history = math.ceil(WARM_UP * rate)
    at_once = -(-steps // -(-steps // STEPS_PER_READ))
    read = step * at_once
    size = _quick_length(history + read)
    response = _k_response(rate, size)
    energy = np.zeros(steps)
    for first in range(0, steps, at_once):
        count = min(at_once, steps - first)
        lo, hi = first * step - history, (first + count) * step
        for channel, weight in zip(samples, weights, strict=True):
            part = np.zeros(size)
            part[max(0, -lo) : hi - lo] = channel[max(0, lo) : hi][: hi - max(0, lo)]
            heard = np.fft.irfft(np.fft.rfft(part) * response, size)[history : history + count * step]
            energy[first : first + count] += weight * np.mean(heard.reshape(count, step) ** 2, axis=1)
    return energy


def _quick_length(n: int) -> int:
    """The smallest odd number up to 15 times a power of two that is ≥ n: an even length whose FFT is quick."""
    return min(odd << max(1, (-(-n // odd) - 1).bit_length()) for odd in (1, 3, 5, 9, 15))


def _k_response(rate: int, size: int) -> NDArray[np.complex128]:
    """The K filter at the `size // 2 + 1` frequencies of a real FFT.

    The standard gives coefficients at 48 kHz only; these are the analogue prototypes behind them, put through the
    bilinear transform at any rate (B. De Man, "Evaluation of implementations of the EBU R128 loudness measurement",
    AES convention 145, 2018).
    """
    z = np.exp(-2j * np.pi * np.arange(size // 2 + 1) / size)
    k = math.tan(math.pi * min(1681.974450955533 / rate, 0.49))
    high = 10 ** (3.999843853973347 / 20)
    band = high**0.4996667741545416
    kq = k / 0.7071752369554196
    shelf = ((high + band * kq + k * k) + 2 * (k * k - high) * z + (high - band * kq + k * k) * z * z) / (
        (1 + kq + k * k) + 2 * (k * k - 1) * z + (1 - kq + k * k) * z * z
    )
    k = math.tan(math.pi * min(38.13547087602444 / rate, 0.49))
    kq = k / 0.5003270373238773
    # BS.1770's high-pass has the numerator 1, −2, 1 as it stands, not scaled by the bilinear transform's gain.
    cut = (
        (1 - 2 * z + z * z)
        * (1 + kq + k * k)
        / ((1 + kq + k * k) + 2 * (k * k - 1) * z + (1 - kq + k * k) * z * z)
    )
    return shelf * cut


def _interpolator() -> list[NDArray[np.float32]]:
    """The three fractional phases between samples; the phase on the samples is the samples themselves."""
    taps: list[NDArray[np.float32]] = []
    for phase in range(1, OVERSAMPLING):
        at = np.arange(-HALF_TAPS, HALF_TAPS + 1) + phase / OVERSAMPLING
        window = np.i0(8.0 * np.sqrt(np.clip(1 - (at / (HALF_TAPS + 1)) ** 2, 0, None))) / np.i0(8.0)
        kernel = np.sinc(at) * window
        taps.append((kernel / kernel.sum()).astype(np.float32))
    return taps
