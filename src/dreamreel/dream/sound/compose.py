"""A new cradle song from a seed.

    a   motif, its echo, a lift, a half close      I  vi IV V
    a'  motif, its echo, a fall, rest on the tonic I  vi V  I
    b   a second motif, higher, open               IV I  ii V
    a'  again

Strong beats take a chord note near the one before; the notes between them walk by step. Every bar of a phrase but
the last takes its rhythm from the phrase's motif, which is what makes it a tune rather than a series of notes.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from numpy.random import Generator

from dreamreel.dream.sound.score import CHORDS, Chord, Melody, Note, Phrase

__all__ = ["compose"]

Rhythm = tuple[Fraction, ...]

MAJOR = (0, 2, 4, 5, 7, 9, 11)
MINOR = (0, 2, 3, 5, 7, 8, 10)
LOWEST, HIGHEST = -1, 9
"""Scale steps around the tonic that the melody may use: from the seventh below to the tenth."""


def _rhythms(*texts: str) -> tuple[Rhythm, ...]:
    return tuple(tuple(Fraction(part) for part in text.split()) for text in texts)


MOTIFS: dict[int, tuple[Rhythm, ...]] = {
    3: _rhythms("2 1", "3/2 1/2 1", "1 1 1", "1 1/2 1/2 1"),
    6: _rhythms("2 1 2 1", "3 2 1", "1 1 1 3", "3 1 1 1", "2 1 3"),
}
"""Rhythms of a bar, by its length in written units (3/4 in quarters, 6/8 in eighths)."""

HARMONY: dict[bool, dict[str, tuple[tuple[str, ...], ...]]] = {
    False: {
        "a": (("C", "Am", "F", "G"), ("C", "C", "F", "G"), ("C", "Em", "F", "G"), ("C", "F", "Dm", "G")),
        "close": (("G7", "C"), ("Dm", "C"), ("F", "C")),
        "b": (("F", "C", "Dm", "G"), ("Am", "Em", "F", "G"), ("F", "C", "F", "G")),
        "miniature": (("C", "G7", "C"), ("C", "F", "C"), ("Am", "G7", "C")),
    },
    True: {
        "a": (("Cm", "Ab", "Fm", "Gm"), ("Cm", "Cm", "Ab", "Bb"), ("Cm", "Eb", "Fm", "Gm")),
        "close": (("Bb", "Cm"), ("Gm", "Cm"), ("Fm", "Cm")),
        "b": (("Eb", "Bb", "Ab", "Gm"), ("Ab", "Eb", "Fm", "Bb")),
        "miniature": (("Cm", "Bb", "Cm"), ("Cm", "Fm", "Cm"), ("Ab", "Bb", "Cm")),
    },
}


def compose(rng: Generator, minor: bool) -> Melody:
    """A melody of four four-bar phrases that comes home, with a three-bar miniature cut from the same cloth."""
    bar = int(rng.choice((3, 6)))
    answer, motif = sorted(
        (MOTIFS[bar][int(i)] for i in rng.choice(len(MOTIFS[bar]), 2, replace=False)), key=len
    )
    chords = HARMONY[minor]
    opening = _pick(rng, chords["a"])
    start = int(rng.choice((2, 4)))
    scale = MINOR if minor else MAJOR
    head = _line(rng, scale, opening[:2], [motif, motif], start)
    lift = _line(rng, scale, opening[2:3], [answer], head[-1])
    lift.append(_landing(scale, opening[3], head[-1]))
    closing = opening[:2] + _pick(rng, chords["close"])
    fall = [*_descent(len(motif), head[-1]), 0]
    bridge_chords = _pick(rng, chords["b"])
    bridge = _line(rng, scale, bridge_chords[:3], [answer, answer, motif], min(7, start + 3))
    bridge.append(_landing(scale, bridge_chords[3], bridge[-1]))
    last = (Fraction(bar),)
    small = _pick(rng, chords["miniature"])
    small_head = _line(rng, scale, small[:1], [motif], start)
    return Melody(
        title="A new lullaby",
        bar=bar,
        pulse=1 if bar == 3 else 3,
        phrases=(
            _phrase(scale, bar, (motif, motif, answer, last), head + lift, opening),
            _phrase(scale, bar, (motif, motif, motif, last), head + fall, closing),
            _phrase(scale, bar, (answer, answer, motif, last), bridge, bridge_chords),
        ),
        forms=((1,), (0, 1), (0, 1, 2, 1)),
        miniature=_miniature(scale, bar, motif, small_head, small),
        minor=minor,
    )


def _pick(rng: Generator, rows: tuple[tuple[str, ...], ...]) -> tuple[str, ...]:
    return rows[int(rng.integers(len(rows)))]


def _miniature(
    scale: tuple[int, ...], bar: int, motif: Rhythm, head: list[int], chords: tuple[str, ...]
) -> Phrase:
    """Motif, fall, rest. In 3/4 the fall takes one beat only, so that the rest still comes within five seconds."""
    if bar == 6:
        return _phrase(
            scale, bar, (motif, motif, (Fraction(6),)), [*head, *_descent(len(motif), head[-1]), 0], chords
        )
    step = 1 if head[-1] > 0 else -1
    fall = _phrase(scale, bar, (motif, (Fraction(1), Fraction(2))), [*head, step, 0], (chords[0], chords[1]))
    home = Chord(Fraction(bar + 1), Fraction(2), chords[2])
    return replace(fall, chords=(fall.chords[0], replace(fall.chords[1], length=Fraction(1)), home))


def _phrase(
    scale: tuple[int, ...], bar: int, rhythms: tuple[Rhythm, ...], steps: list[int], chords: tuple[str, ...]
) -> Phrase:
    lengths = [length for rhythm in rhythms for length in rhythm]
    notes: list[Note] = []
    clock = Fraction(0)
    for length, step in zip(lengths, steps, strict=True):
        notes.append(Note(clock, length, _semitones(scale, step)))
        clock += length
    harmony = tuple(Chord(Fraction(bar * i), Fraction(bar), name) for i, name in enumerate(chords))
    return Phrase(tuple(notes), harmony, clock)


def _semitones(scale: tuple[int, ...], step: int) -> int:
    return 12 * (step // 7) + scale[step % 7]


def _chord_steps(scale: tuple[int, ...], chord: str) -> list[int]:
    """Scale steps in the melody's range that belong to the chord."""
    tones = {tone % 12 for tone in CHORDS[chord]}
    return [step for step in range(LOWEST, HIGHEST + 1) if _semitones(scale, step) % 12 in tones]


def _landing(scale: tuple[int, ...], chord: str, near: int) -> int:
    """The chord note closest to `near`, the lower of two."""
    return min(_chord_steps(scale, chord), key=lambda step: (abs(step - near), step))


def _line(
    rng: Generator, scale: tuple[int, ...], chords: tuple[str, ...], rhythms: list[Rhythm], near: int
) -> list[int]:
    """Scale steps for whole bars: a chord note on each down-beat, steps and small skips between."""
    line: list[int] = []
    for chord, rhythm in zip(chords, rhythms, strict=True):
        choices = sorted(_chord_steps(scale, chord), key=lambda step: abs(step - near))[:3]
        here = int(rng.choice(choices)) if line else _landing(scale, chord, near)
        line.append(here)
        way = int(rng.choice((-1, 1))) if -1 < here < 6 else (1 if here < 3 else -1)
        for place in range(1, len(rhythm)):
            skip = 2 if rng.random() < 0.3 and place == 1 else 1
            if not LOWEST <= here + way * skip <= HIGHEST:
                way = -way
            here += way * skip
            line.append(here)
            # A neighbour note turns back; otherwise the walk goes on.
            way = -way if rng.random() < 0.45 else way
        near = here
    return line


def _descent(count: int, near: int) -> list[int]:
    """`count` steps from about where the line stands down to the second degree, ready to fall on the tonic."""
    top = max(min(count, 4), min(count + 1, near))
    return [round(top + (1 - top) * i / (count - 1)) for i in range(count)]
