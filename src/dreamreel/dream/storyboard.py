"""The storyboard: what a dream shows, as data.

    prompt ── prompt.read_prompt ──┐
    form, language model, file ────┼──► Storyboard ──► stage (who stands where, and when) ──► frames, sound
    an edited JSON file ───────────┘

Kinds of settings, actors and actions are open words checked against the registries at the edge, so that a new
file in `actors/` needs no change here.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = [
    "ActorCue",
    "Camera",
    "Mood",
    "Reaction",
    "Relation",
    "SettingCue",
    "Size",
    "Storyboard",
    "TimeOfDay",
    "Weather",
]

TimeOfDay = Literal["dawn", "day", "dusk", "night"]
Weather = Literal["clear", "cloudy", "rain", "snow", "fog", "wind"]
Size = Literal["tiny", "small", "normal", "big", "huge"]
Relation = Literal["alone", "on", "in", "over", "under", "around", "with", "behind", "to", "from", "through"]
Camera = Literal["auto", "still", "drift", "push", "pull", "into"]
Mood = Literal["calm", "happy", "silly", "wondrous", "cosy", "brave"]
Reaction = Literal["smile", "calm", "none"]


class _Cue(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SettingCue(_Cue):
    """Where the dream plays."""

    kind: str = "night_sky"
    """A file name in `dream/settings/`."""
    time: TimeOfDay = "night"
    weather: Weather = "clear"


class ActorCue(_Cue):
    """One kind of actor and what it does. `count` copies of it share the cue."""

    kind: str
    """A file name in `dream/actors/`."""
    count: int = Field(default=1, ge=1, le=12)
    colour: str | None = None
    """A colour word of the lexicon (`"pink"`) or `"#rrggbb"`; None means the actor's own."""
    size: Size = "normal"
    action: str | None = None
    """A file name in `dream/actions/`; None means the actor's own habit."""
    relation: Relation = "alone"
    to: str | None = None
    """What the relation refers to: the kind of another cue, or of a part of the setting (`"sea"`)."""


class Storyboard(_Cue):
    """A whole dream. Everything that makes the pictures except the photo, the seed and the size."""

    setting: SettingCue = SettingCue()
    actors: tuple[ActorCue, ...] = ()
    camera: Camera = "auto"
    mood: Mood = "calm"
    palette: str | None = None
    """A palette name, or None for the setting's own at this time of day."""
    reaction: Reaction = "smile"
    """How the sleeper answers the dream."""
    not_understood: tuple[str, ...] = ()
    """Words of the prompt that could not be placed, as written."""
    notes: tuple[str, ...] = ()
    """Plain sentences for the user about choices made on their behalf."""
