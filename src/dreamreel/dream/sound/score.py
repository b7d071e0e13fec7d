"""Written music: notes, chords, phrases and melodies as values, and the small notation they are written in.

    "e5:1/2 e5:1/2 | g5:3/2 e5:1/2 e5"      pitch, then length in written units (1 when left out); r is a rest
    "C:3 F:3 G7:2 C"                        chords with lengths

Everything is written in C (or A minor's parallel, C minor) and moved to the key of the evening when it is played.
Bar lines are checked by the tests, not needed to play.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

__all__ = ["CHORDS", "Chord", "Melody", "Note", "Phrase", "phrase"]

WRITTEN_TONIC = 72
"""c5."""
STEPS = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}

CHORDS: dict[str, tuple[int, int, int]] = {
    "C": (0, 4, 7),
    "Dm": (2, 5, 9),
    "Em": (4, 7, 11),
    "F": (5, 9, 12),
    "G": (7, 11, 14),
    "G7": (7, 11, 17),
    "Am": (9, 12, 16),
    "Cm": (0, 3, 7),
    "Eb": (3, 7, 10),
    "Fm": (5, 8, 12),
    "Gm": (7, 10, 14),
    "Ab": (8, 12, 15),
    "Bb": (10, 14, 17),
}
"""Semitones above the tonic: root, third, fifth (seventh for G7)."""


@dataclass(frozen=True)
class Note:
    """One melody note. Times are written units from the start of its phrase; pitch is semitones above the tonic c5."""

    start: Fraction
    length: Fraction
    pitch: int


@dataclass(frozen=True)
class Chord:
    """One harmony and how long it holds."""

    start: Fraction
    length: Fraction
    name: str


@dataclass(frozen=True)
class Phrase:
    """A musical sentence. Melody and chords fill the same whole bars, pickup included."""

    notes: tuple[Note, ...]
    chords: tuple[Chord, ...]
    length: Fraction

    @property
    def closes(self) -> bool:
        """Whether it comes to rest on the tonic."""
        return self.notes[-1].pitch % 12 == 0


@dataclass(frozen=True)
class Melody:
    """A tune as it would be printed."""

    title: str
    bar: int
    """Written units in a bar."""
    pulse: int
    """Written units in a felt beat: 1 for quarters in 3/4, 2 for alla breve, 3 for 6/8."""
    phrases: tuple[Phrase, ...]
    forms: tuple[tuple[int, ...], ...]
    """Sequences of phrases that make a whole, from short to complete."""
    miniature: Phrase
    """A few bars that can stand alone in a five-second film."""
    pickup: int = 0
    """Written units before the first bar line."""
    minor: bool = False


def phrase(notes: str, chords: str) -> Phrase:
    """Read one phrase from its notation.

    Raises:
        ValueError: a token is not a pitch, or melody and chords differ in length.
    """
    read: list[Note] = []
    clock = Fraction(0)
    for token in notes.replace("|", " ").split():
        name, _, size = token.partition(":")
        length = Fraction(size or 1)
        if name != "r":
            read.append(Note(clock, length, _pitch(name)))
        clock += length
    harmony: list[Chord] = []
    under = Fraction(0)
    for token in chords.replace("|", " ").split():
        name, _, size = token.partition(":")
        if name != "r":
            harmony.append(Chord(under, Fraction(size or 1), name))
        under += Fraction(size or 1)
    if clock != under:
        raise ValueError(f"melody lasts {clock} but its chords {under}: {notes!r}")
    return Phrase(tuple(read), tuple(harmony), clock)


def _pitch(name: str) -> int:
    step, rest = name[0], name[1:]
    flat = rest.startswith("b")
    if step not in STEPS or not rest.removeprefix("b").isdigit():
        raise ValueError(f"{name!r} is not a pitch")
    return 12 * (int(rest.removeprefix("b")) + 1) + STEPS[step] - flat - WRITTEN_TONIC
