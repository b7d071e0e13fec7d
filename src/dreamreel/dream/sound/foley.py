"""Small sounds for what happens in the picture: musical glints in the lullaby's key, never noises from life."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, get_args

import numpy as np
from numpy.random import Generator

from dreamreel.dream.sound.field import (
    RATE,
    Field,
    Mono,
    Stereo,
    add,
    blank,
    generator,
    hertz,
    ringing,
    soften,
)
from dreamreel.errors import BadParameter

__all__ = ["EventKind", "SoundEvent", "render_events"]

EventKind = Literal["bounce", "close", "open", "pop", "sparkle", "splash", "whoosh"]
"""A landing on something soft; the cloud closing and opening; a small arrival; magic; water; something passing."""


@dataclass(frozen=True)
class SoundEvent:
    """Something in the picture that is heard."""

    time: Fraction | float
    """Seconds from the start. Outside the film it is silent; in a loop time goes round."""
    kind: EventKind
    pan: float = 0.0
    """−1 left … 1 right."""


Part = tuple[float, Mono, float, float]
"""(seconds after the event, sound, gain, pan offset)."""


def render_events(field: Field, events: Sequence[SoundEvent], seed: int) -> Stereo:
    """All events on one bus.

    Raises:
        BadParameter: an event of a kind that does not exist.
    """
    bus = blank(field)
    for i, event in enumerate(events):
        if event.kind not in MAKERS:
            raise BadParameter(
                f"There is no sound {event.kind!r}; choose one of {', '.join(get_args(EventKind))}."
            )
        if not field.loop and not 0 <= event.time * RATE < field.n:
            continue
        for after, sound, gain, aside in MAKERS[event.kind](field, generator("event", seed, i, event.kind)):
            add(bus, round((float(event.time) + after) * RATE), sound, event.pan + aside, gain, field.loop)
    return bus


def _bell(pitch: int, decay: float) -> Mono:
    count = round(decay * 5.5 * RATE)
    wave = ringing(hertz(pitch), decay, count)
    wave += np.float32(0.25) * ringing(hertz(pitch) * 2.76, decay * 0.25, count)
    return soften(wave, 0.002)


def _open(field: Field, _: Generator) -> list[Part]:
    """A glissando up two octaves, gathering speed, that blossoms on the tonic."""
    steps = [(0.075 * i - 0.0022 * i * i, field.pitch(i) + 12) for i in range(11)]
    rise = [(at, _bell(pitch, 0.35), 0.10 + 0.006 * i, 0.05 * (i - 5)) for i, (at, pitch) in enumerate(steps)]
    return [
        *rise,
        (0.66, _bell(field.tonic + 36, 0.8), 0.10, 0.2),
        (0.66, _bell(field.tonic + 24, 0.9), 0.12, -0.2),
    ]


def _close(field: Field, _: Generator) -> list[Part]:
    """The same way down, slower and softer."""
    return [
        (0.09 * i, _bell(field.pitch(8 - i) + 12, 0.45), 0.13 - 0.008 * i, 0.05 * (4 - i)) for i in range(9)
    ]


def _sparkle(field: Field, rng: Generator) -> list[Part]:
    steps = rng.choice(8, 5, replace=False)
    return [
        (
            0.07 * i + rng.uniform(0, 0.025),
            _bell(field.pitch(int(step)) + 24, 0.4),
            0.09,
            rng.uniform(-0.4, 0.4),
        )
        for i, step in enumerate(steps)
    ]


def _pop(field: Field, rng: Generator) -> list[Part]:
    """A round plop, and the note it seems to be."""
    pitch = field.pitch(int(rng.integers(0, 5)))
    return [(0.0, _plop(hertz(pitch - 12), 1.9, 0.055), 0.28, 0.0), (0.02, _bell(pitch + 12, 0.3), 0.07, 0.0)]


def _bounce(field: Field, _: Generator) -> list[Part]:
    """Down onto something soft, and up again an octave."""
    low = hertz(field.tonic - 12)
    return [(0.0, _plop(low, 0.55, 0.09), 0.30, 0.0), (0.13, _plop(low, 2.2, 0.08), 0.18, 0.0)]


def _plop(frequency: float, glide: float, decay: float) -> Mono:
    """A sine that glides to `glide` × its frequency as it fades."""
    time = np.arange(round(decay * 6 * RATE)) / RATE
    now = frequency * (1 + (glide - 1) * (1 - np.exp(-time / decay)))
    return soften(
        (np.sin(2 * np.pi * np.cumsum(now) / RATE) * np.exp(-time / decay)).astype(np.float32), 0.004
    )


def _splash(field: Field, rng: Generator) -> list[Part]:
    """A breath of spray and drops of the scale."""
    spray = _breath(rng, 0.55, 700, 4200, peak=0.12)
    drops = [
        (
            rng.uniform(0.05, 0.5),
            _plop(hertz(field.pitch(int(step)) + 12), 1.35, 0.035),
            0.10,
            rng.uniform(-0.5, 0.5),
        )
        for step in rng.integers(0, 8, 9)
    ]
    return [(0.0, spray, 0.10, 0.0), *drops]


def _whoosh(_: Field, rng: Generator) -> list[Part]:
    """Something soft passing from one side to the other."""
    wind = _breath(rng, 0.9, 350, 1900, peak=0.45)
    near, far = np.linspace(1, 0, len(wind), dtype=np.float32), np.linspace(0, 1, len(wind), dtype=np.float32)
    return [(0.0, wind * near, 0.13, -0.6), (0.0, wind * far, 0.13, 0.6)]


def _breath(rng: Generator, seconds: float, low: float, high: float, peak: float) -> Mono:
    """Noise between two frequencies that rises to its loudest at the fraction `peak` of its length."""
    count = round(seconds * RATE)
    frequencies = np.maximum(np.fft.rfftfreq(count, 1 / RATE), 1.0)
    shape = 1 / np.sqrt((1 + (low / frequencies) ** 6) * (1 + (frequencies / high) ** 6))
    noise = np.fft.irfft(np.fft.rfft(rng.standard_normal(count)) * shape, count)
    x = np.linspace(0, 1, count)
    curve = np.where(x < peak, np.sin(np.pi / 2 * x / peak), np.cos(np.pi / 2 * (x - peak) / (1 - peak))) ** 2
    return (noise / np.std(noise) * curve).astype(np.float32)


MAKERS: dict[str, Callable[[Field, Generator], list[Part]]] = {
    "bounce": _bounce,
    "close": _close,
    "open": _open,
    "pop": _pop,
    "sparkle": _sparkle,
    "splash": _splash,
    "whoosh": _whoosh,
}
