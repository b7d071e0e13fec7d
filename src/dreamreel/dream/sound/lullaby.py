"""Which lullaby is played and how: choice, form, tempo, accompaniment, touch. Score in, plucks out; no samples here.

    mood, seed ─► melody, key ─► form that fills the time ─► tempo ─► plucks (time, pitch, velocity)

A film of any length gets whole sentences. The form is chosen first and the tempo then stretched within 60–76 beats a
minute, so that the last note comes to rest shortly before the picture fades, or, in a loop, so that whole bars fill
the circle.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from numpy.random import Generator

from dreamreel.dream.sound.compose import compose
from dreamreel.dream.sound.field import generator
from dreamreel.dream.sound.melodies import MELODIES
from dreamreel.dream.sound.score import CHORDS, Chord, Melody, Note, Phrase
from dreamreel.dream.storyboard import Mood

__all__ = ["Lullaby", "Pluck", "plan_lullaby"]

_Clock = Callable[[float], float]
"""Beats to seconds."""

SLOWEST, QUICKEST = 60.0, 76.0
"""Beats a minute."""
LEAD_IN = 0.25
"""Seconds before the first note; a twentieth of a shorter film."""
RING_OUT = 1.5
"""Seconds the last note has, or a fifth of a shorter film; the picture fades over the last 1.2."""
RITARDANDO = 0.02
"""Beats of delay, times the square of the beats past the third-last: the last notes breathe."""


@dataclass(frozen=True)
class Pluck:
    """One tooth of the comb, struck once."""

    time: float
    """Seconds."""
    pitch: int
    """MIDI number."""
    velocity: float
    """0..1; louder is also brighter."""


@dataclass(frozen=True)
class Lullaby:
    """A lullaby ready to be played."""

    title: str
    tonic: int
    """MIDI number in the melody's octave."""
    minor: bool
    beat: float
    """Seconds."""
    first_beat: float
    """Seconds to the first down-beat."""
    plucks: tuple[Pluck, ...]


@dataclass(frozen=True)
class _Temper:
    """How a mood plays."""

    tempo: float
    known: float
    """Chance of a song everyone knows rather than a new one."""
    minor: float
    """Chance that a new one is in minor."""
    tonics: tuple[int, ...]
    touch: float
    """Melody velocity."""


TEMPERS: dict[Mood, _Temper] = {
    "calm": _Temper(66, 0.5, 0.1, (70, 72, 74, 75), 0.66),
    "cosy": _Temper(63, 0.7, 0.0, (67, 68, 70, 72), 0.60),
    "happy": _Temper(74, 0.5, 0.0, (72, 74, 76, 77), 0.74),
    "silly": _Temper(76, 0.6, 0.0, (74, 76, 77, 79), 0.76),
    "wondrous": _Temper(66, 0.2, 0.6, (70, 72, 74, 76), 0.66),
    "brave": _Temper(72, 0.4, 0.2, (69, 70, 72, 74), 0.76),
}

FIGURES: dict[str, tuple[tuple[int, ...], ...]] = {
    "rocking": ((0,), (2,), (4,), (2,)),
    "harp": ((0,), (2,), (3,), (4,)),
    "waltz": ((0,), (), (2, 4), (), (2, 4), ()),
    "bell": ((0,), (), (4,), (2,)),
}
"""Accompaniments, in half beats (thirds in 6/8). 0 1 2 are root, third, fifth; 3 and 4 the root and third above."""


@dataclass(frozen=True)
class _Setting:
    """A melody laid out for one length of film, in beats."""

    notes: tuple[Note, ...]
    chords: tuple[Chord, ...]
    length: float
    intro: float
    bpm: float


def plan_lullaby(seed: int, mood: Mood, seconds: float, loop: bool) -> Lullaby:
    """The lullaby for a seed and a mood, laid out for that many seconds."""
    temper = TEMPERS[mood]
    rng = generator("lullaby", seed, mood)
    tonic = int(rng.choice(temper.tonics))
    minor = bool(rng.random() < temper.minor)
    known = rng.random() < temper.known
    melody = MELODIES[int(rng.integers(len(MELODIES)))] if known else compose(rng, minor)
    lead = 0.0 if loop else min(LEAD_IN, seconds * 0.05)
    laid = _lay_out(melody, temper.tempo, seconds, lead, loop)
    beat = 60 / laid.bpm
    plucks = _arrange(laid, melody, tonic, temper.touch, rng, lead, loop)
    return Lullaby(
        title=melody.title,
        tonic=tonic,
        minor=melody.minor,
        beat=beat,
        first_beat=lead + beat * melody.pickup / melody.pulse,
        plucks=tuple(plucks),
    )


def _lay_out(melody: Melody, tempo: float, seconds: float, lead: float, loop: bool) -> _Setting:
    """The form, introduction and tempo that fill the time best."""
    room = seconds if loop else seconds - lead - min(RING_OUT, seconds * 0.21)
    bar = melody.bar / melody.pulse
    best: tuple[float, tuple[Phrase, ...], float, float] | None = None
    for phrases in _forms(melody, room * QUICKEST / 60):
        again = 6.0 * (phrases[:2] == (melody.miniature,) * 2)
        length = sum(part.length for part in phrases)
        last = float(length - phrases[-1].length + phrases[-1].notes[-1].start) / melody.pulse
        span = float(length) / melody.pulse if loop else last + RITARDANDO * min(3.0, last) ** 2
        for bars in range(3):
            bpm = 60 * (span + bars * bar) / room
            if bpm > QUICKEST + (6 if loop else 0.5):
                break
            cost = again + abs(bpm - tempo) + 5 * bars + 3 * max(0.0, SLOWEST - bpm)
            if best is None or cost < best[0]:
                best = cost, phrases, bars * bar, bpm if loop else max(bpm, SLOWEST)
    if best is None:
        return _cut(melody, room, loop)
    return _Setting(*_join(best[1], melody.pulse), intro=best[2], bpm=best[3])


def _forms(melody: Melody, beats: float) -> list[tuple[Phrase, ...]]:
    """Every whole form that could fit, and the longest repeated, alone or after a shorter one."""
    small = (melody.miniature,)
    forms = [tuple(melody.phrases[i] for i in form) for form in melody.forms]
    longest = forms[-1]
    found: list[tuple[Phrase, ...]] = [small, small * 2, *forms, *(a + b for a in forms for b in forms)]
    turn = float(sum(part.length for part in longest)) / melody.pulse
    for times in range(1, math.ceil(beats / turn) + 1):
        found += [head + longest * times for head in ((), small, *forms)]
    return found


def _join(phrases: tuple[Phrase, ...], pulse: int) -> tuple[tuple[Note, ...], tuple[Chord, ...], float]:
    """Phrases after one another, in beats. A harmony holds until the next one, through rests and pickups."""
    notes: list[Note] = []
    chords: list[Chord] = []
    clock = Fraction(0)
    for part in phrases:
        notes += [Note((clock + n.start) / pulse, n.length / pulse, n.pitch) for n in part.notes]
        chords += [Chord((clock + c.start) / pulse, c.length / pulse, c.name) for c in part.chords]
        clock += part.length
    ends = [chord.start for chord in chords[1:]] + [clock / pulse]
    held = tuple(Chord(c.start, end - c.start, c.name) for c, end in zip(chords, ends, strict=True))
    return tuple(notes), held, float(clock / pulse)


def _cut(melody: Melody, room: float, loop: bool) -> _Setting:
    """The end of the miniature, for films too short for all of it: coming to rest matters more than setting out."""
    notes, chords, length = _join((melody.miniature,), melody.pulse)
    whole = max(1, round(room * QUICKEST / 60))
    last = notes[-1].start
    begin = (
        Fraction(math.ceil(length) - whole)
        if loop
        else max(last - Fraction(room * QUICKEST / 60), Fraction(0))
    )
    kept = [note for note in notes if note.start >= begin] or [notes[-1]]
    first = begin if loop else kept[0].start
    return _Setting(
        tuple(Note(note.start - first, note.length, note.pitch) for note in kept),
        (Chord(Fraction(0), Fraction(whole), chords[-1].name),),
        float(whole),
        0.0,
        60 * whole / room if loop else QUICKEST,
    )


def _arrange(
    laid: _Setting, melody: Melody, tonic: int, touch: float, rng: Generator, lead: float, loop: bool
) -> list[Pluck]:
    """Both hands as plucks, with the small unevenness of something wound by hand."""
    last = laid.intro + float(laid.notes[-1].start)

    def at(beats: float) -> float:
        late = 0.0 if loop else RITARDANDO * max(0.0, min(beats, last) - max(0.0, last - 3)) ** 2
        human = float(rng.normal(0, 0.006)) if beats > 0 else 0.0
        return max(0.0, lead + 60 / laid.bpm * (beats + late) + max(-0.014, min(0.014, human)))

    plucks = _right_hand(laid, melody, tonic, touch, rng, at)
    plucks += _left_hand(laid, melody, tonic, touch, rng, at, laid.length + laid.intro if loop else last)
    if not loop:
        plucks += _last_chord(laid, tonic, touch, melody.minor, at(last))
    return plucks


def _right_hand(
    laid: _Setting, melody: Melody, tonic: int, touch: float, rng: Generator, at: _Clock
) -> list[Pluck]:
    plucks: list[Pluck] = []
    bar = Fraction(melody.bar, melody.pulse)
    doubling = float(rng.uniform(0.12, 0.5))
    for note in laid.notes:
        start = float(note.start)
        arch = math.sin(math.pi * (start + 1) / (laid.length + 1))
        down_beat = (note.start - Fraction(melody.pickup, melody.pulse)) % bar == 0
        velocity = touch * (0.84 + 0.1 * arch + 0.08 * down_beat) * float(rng.uniform(0.93, 1.05))
        when = at(laid.intro + start)
        plucks.append(Pluck(when, tonic + note.pitch, min(1.0, velocity)))
        if down_beat and rng.random() < doubling:
            plucks.append(Pluck(when + 0.012, tonic + note.pitch + 12, velocity * 0.34))
    return plucks


def _left_hand(
    laid: _Setting, melody: Melody, tonic: int, touch: float, rng: Generator, at: _Clock, until: float
) -> list[Pluck]:
    """The figure over each harmony, from the introduction up to the last melody note."""
    names = [name for name in FIGURES if name != "waltz" or melody.pulse == 1]
    figure = FIGURES[names[int(rng.integers(len(names)))]]
    step = Fraction(1, 3) if melody.pulse == 3 else Fraction(1, 2)
    home = Chord(Fraction(0), Fraction(laid.intro) + laid.chords[0].start, "Cm" if melody.minor else "C")
    shift = Fraction(laid.intro)
    chords = [Chord(c.start + shift, c.length, c.name) for c in laid.chords]
    if laid.intro:
        chords.insert(0, home)
    plucks: list[Pluck] = []
    for chord in chords:
        for place in range(math.ceil(chord.length / step)):
            beats = float(chord.start + place * step)
            if beats >= until - 1e-6:
                break
            for voice in figure[place % len(figure)]:
                velocity = touch * (0.34 if voice == 0 else 0.28) * float(rng.uniform(0.88, 1.08))
                plucks.append(Pluck(at(beats), _voice(tonic, chord.name, voice), velocity))
    return plucks


def _last_chord(laid: _Setting, tonic: int, touch: float, minor: bool, when: float) -> list[Pluck]:
    """The tonic, rolled upward under and after the last note."""
    roll = 0.09 * 72 / laid.bpm
    name = "Cm" if minor else "C"
    under = [
        Pluck(when + roll * i, _voice(tonic, name, voice), touch * 0.4) for i, voice in enumerate((0, 2, 4))
    ]
    return [*under, Pluck(when + roll * 5, tonic + 12, touch * 0.3)]


def _voice(tonic: int, chord: str, voice: int) -> int:
    """Pitch of a chord voice below the melody."""
    tones = CHORDS[chord]
    root = tonic - 12 + (tones[0] - 12 if tones[0] > 7 else tones[0])
    return root + tones[voice % 3] - tones[0] + 12 * (voice // 3)
