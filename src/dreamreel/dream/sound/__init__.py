"""The sound of a dream: a music-box lullaby, the setting's ambience, and glints for what happens in the picture.

    storyboard, duration, seed
      ├─ lullaby (melodies, compose, score) ─► plucks ─► musicbox ─┐
      ├─ ambience (textures) ──────────────────────────────────────┼─► room ─► fades ─► level ─► (2, n) at 48 kHz
      └─ events ─► foley ──────────────────────────────────────────┘

Everything is synthesised with numpy; there is no recording anywhere. May use `analyse.loudness` and the storyboard;
knows nothing of pictures or files.
"""

from __future__ import annotations

from dreamreel.dream.sound.field import RATE
from dreamreel.dream.sound.foley import EventKind, SoundEvent
from dreamreel.dream.sound.mix import render_sound

__all__ = ["RATE", "EventKind", "SoundEvent", "render_sound"]
