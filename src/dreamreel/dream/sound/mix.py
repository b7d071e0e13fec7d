"""The whole sound of a dream, from its storyboard."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from dreamreel.analyse.loudness import integrated_loudness
from dreamreel.dream.sound.ambience import AMBIENCES, QUIET_AIR, render_ambience
from dreamreel.dream.sound.field import RATE, Field, Stereo, blank, decibels
from dreamreel.dream.sound.foley import SoundEvent, render_events
from dreamreel.dream.sound.lullaby import plan_lullaby
from dreamreel.dream.sound.musicbox import play
from dreamreel.dream.sound.room import fade, master, reverberate
from dreamreel.dream.storyboard import Storyboard
from dreamreel.errors import BadDuration

__all__ = ["render_sound"]

WET_MUSIC = 0.20
WET_EVENTS = 0.30
"""How much the room answers."""
TARGET = -18.0
TARGET_WITHOUT_MUSIC = -26.0
"""LUFS. A breeze brought up to the level of music would be a storm."""


def render_sound(
    storyboard: Storyboard,
    duration: Fraction,
    seed: int,
    *,
    loop: bool = False,
    events: Sequence[SoundEvent] = (),
    lullaby: bool = True,
    ambience: bool = True,
) -> Stereo:
    """The dream's sound: float32 (2, n) at 48 kHz, n = round(duration · 48 000).

    At −18 LUFS (−26 without the lullaby) and at most −2 dBTP. Begins and ends in silence, fading with the picture;
    with `loop` the end flows into the beginning instead. The same arguments give the same samples.

    Raises:
        BadDuration: `duration` is shorter than one sample.
        BadParameter: an event of a kind that does not exist.
    """
    n = round(duration * RATE)
    if n < 1:
        raise BadDuration(f"A sound cannot last {duration} s; give a duration above zero.")
    song = plan_lullaby(seed, storyboard.mood, n / RATE, loop)
    field = Field(n, loop, song.tonic, song.minor, song.beat, song.first_beat)
    music = play(field, song.plucks, seed) if lullaby else blank(field)
    glints = render_events(field, events, seed)
    dry = music + glints
    send = blank(field)
    send += music * WET_MUSIC + glints * WET_EVENTS
    air = blank(field)
    if ambience:
        air, far = render_ambience(field, storyboard.setting, seed)
        level = _beneath(music, air + far, AMBIENCES.get(storyboard.setting.kind, QUIET_AIR).under)
        air *= level
        send += far * level
    mixed = reverberate(field, dry, send) + air
    if not loop:
        mixed = fade(mixed)
    return master(mixed, loop, TARGET if lullaby else TARGET_WITHOUT_MUSIC)


def _beneath(music: Stereo, air: Stereo, under: float) -> float:
    """The gain that puts `air` that many LU below the music, or at the music's usual level when there is none."""
    above, below = integrated_loudness(music, RATE), integrated_loudness(air, RATE)
    if math.isinf(below):
        return 1.0
    return decibels((-22.0 if math.isinf(above) else above) - under - below)
