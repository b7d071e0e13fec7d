"""Written music, new music, and how both are laid out in time."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import get_args

import pytest

from dreamreel.dream.sound.compose import HIGHEST, LOWEST, compose
from dreamreel.dream.sound.field import generator
from dreamreel.dream.sound.lullaby import Lullaby, plan_lullaby
from dreamreel.dream.sound.melodies import MELODIES
from dreamreel.dream.sound.score import CHORDS, Melody, phrase
from dreamreel.dream.storyboard import Mood

NEW = [compose(generator("test", i), minor=i % 2 == 1) for i in range(40)]
EVERY = [*MELODIES, *NEW]
TITLES = [melody.title for melody in MELODIES] + [f"new {i}" for i in range(len(NEW))]


def tune(lullaby: Lullaby) -> list[tuple[int, int]]:
    """(sixteenth, pitch) of everything played, free of touch and human timing."""
    return sorted(
        (round(4 * pluck.time / lullaby.beat), pluck.pitch - lullaby.tonic) for pluck in lullaby.plucks
    )


@pytest.mark.parametrize("melody", EVERY, ids=TITLES)
def test_bars_add_up(melody: Melody):
    for part in melody.phrases:
        assert part.length % melody.bar == 0
        assert sum((chord.length for chord in part.chords), Fraction(0)) + melody.pickup == part.length
        assert part.notes[-1].start + part.notes[-1].length == part.length
        for one, two in pairwise(part.notes):
            assert one.start + one.length == two.start
    assert melody.miniature.length % melody.bar == 0


@pytest.mark.parametrize("melody", EVERY, ids=TITLES)
def test_every_form_comes_home(melody: Melody):
    assert len(melody.forms) >= 2
    for form in melody.forms:
        assert melody.phrases[form[-1]].closes
    tonic = {0, 3, 4, 7}
    assert melody.miniature.notes[-1].pitch % 12 in tonic
    assert melody.miniature.chords[-1].name == ("Cm" if melody.minor else "C")


@pytest.mark.parametrize("melody", EVERY, ids=TITLES)
def test_long_notes_agree_with_their_harmony(melody: Melody):
    """A note held for two felt beats or more belongs to the chord that sounds with its beginning or its end."""
    for part in (*melody.phrases, melody.miniature):
        for note in part.notes:
            if note.length < 2 * melody.pulse:
                continue
            over = [
                c
                for c in part.chords
                if c.start < note.start + note.length and note.start < c.start + c.length
            ]
            assert any(note.pitch % 12 in {tone % 12 for tone in CHORDS[chord.name]} for chord in over), (
                melody.title
            )


@pytest.mark.parametrize("melody", NEW, ids=TITLES[len(MELODIES) :])
def test_a_new_melody_sings(melody: Melody):
    """Small range, mostly steps, no leap beyond a sixth."""
    for part in melody.phrases:
        pitches = [note.pitch for note in part.notes]
        leaps = [abs(two - one) for one, two in pairwise(pitches)]
        assert max(leaps) <= 9
        assert sum(leap <= 4 for leap in leaps) >= 0.6 * len(leaps)
        assert max(pitches) - min(pitches) <= 12 * (HIGHEST - LOWEST) / 7 + 2


def test_new_melodies_differ():
    assert len({tuple(note.pitch for note in melody.phrases[0].notes) for melody in NEW}) > 30


def test_the_opening_phrase_returns():
    for melody in NEW:
        first, answer = melody.phrases[0].notes, melody.phrases[1].notes
        shared = [note for note in first if note.start < 2 * melody.bar]
        assert list(answer[: len(shared)]) == shared


def test_a_known_melody_is_what_it_says():
    twinkle = next(melody for melody in MELODIES if "maman" in melody.title)
    assert [note.pitch for note in twinkle.phrases[0].notes] == [0, 0, 7, 7, 9, 9, 7, 5, 5, 4, 4, 2, 2, 0]


def test_notation_is_read():
    part = phrase("c5 | bb4:3/2 r:1/2 | g5", "C:2 G7:2")
    assert [(n.start, n.length, n.pitch) for n in part.notes] == [
        (0, 1, 0),
        (1, Fraction(3, 2), -2),
        (3, 1, 7),
    ]


@pytest.mark.parametrize(("notes", "chords"), [("h5", "C"), ("c", "C"), ("c5:2", "C:3")])
def test_wrong_notation_is_refused(notes: str, chords: str):
    with pytest.raises(ValueError, match=r"not a pitch|lasts"):
        phrase(notes, chords)


@pytest.mark.parametrize("mood", get_args(Mood))
@pytest.mark.parametrize("seconds", [1.0, 3.0, 5.0, 8.0, 13.7, 30.0, 60.0])
def test_a_film_ends_on_a_note_that_has_time_to_ring(mood: Mood, seconds: float):
    for seed in range(3):
        lullaby = plan_lullaby(seed, mood, seconds, loop=False)
        assert 59 < 60 / lullaby.beat < 77
        last = max(pluck.time for pluck in lullaby.plucks if pluck.velocity > 0.33)
        assert last < seconds - min(0.9, 0.15 * seconds)
        assert min(pluck.time for pluck in lullaby.plucks) < 0.3
        end = max(lullaby.plucks, key=lambda pluck: pluck.time)
        assert (end.pitch - lullaby.tonic) % 12 == 0


@pytest.mark.parametrize("seconds", [1.0, 3.0, 5.0, 12.0, 30.0, 60.0])
def test_whole_bars_fill_a_loop(seconds: float):
    for seed in range(8):
        lullaby = plan_lullaby(seed, "calm", seconds, loop=True)
        beats = seconds / lullaby.beat
        assert beats == pytest.approx(round(beats), abs=1e-6)
        assert 55 < 60 / lullaby.beat < 90
        assert all(0 <= pluck.time < seconds for pluck in lullaby.plucks)


def test_five_seconds_hold_a_whole_miniature():
    for seed in range(30):
        lullaby = plan_lullaby(seed, "calm", 5.0, loop=False)
        melody = next((m for m in MELODIES if m.title == lullaby.title), None)
        if melody:
            plucked = {pluck.pitch - lullaby.tonic for pluck in lullaby.plucks}
            assert {note.pitch for note in melody.miniature.notes} <= plucked


def test_same_seed_same_lullaby_and_another_seed_another():
    assert plan_lullaby(5, "calm", 8.0, False) == plan_lullaby(5, "calm", 8.0, False)
    assert len({tuple(tune(plan_lullaby(seed, "calm", 8.0, False))) for seed in range(20)}) >= 14


def test_mood_decides_tempo_and_height():
    cosy = [plan_lullaby(seed, "cosy", 40.0, False) for seed in range(12)]
    silly = [plan_lullaby(seed, "silly", 40.0, False) for seed in range(12)]
    assert sum(song.beat for song in cosy) > sum(song.beat for song in silly)
    assert max(song.tonic for song in cosy) < min(song.tonic for song in silly)


def test_both_known_and_new_songs_are_played():
    titles = {plan_lullaby(seed, "calm", 8.0, False).title for seed in range(40)}
    assert "A new lullaby" in titles
    assert len(titles) > 5


def test_wonder_may_be_in_minor_and_comfort_never_is():
    assert any(plan_lullaby(seed, "wondrous", 8.0, False).minor for seed in range(12))
    assert not any(plan_lullaby(seed, "cosy", 8.0, False).minor for seed in range(12))
