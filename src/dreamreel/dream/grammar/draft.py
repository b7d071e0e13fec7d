"""The draft: what a text says, before the cast and the stage have their say."""

from __future__ import annotations

from dataclasses import dataclass, field

from dreamreel.dream.grammar.tagging import Term

__all__ = ["Draft", "Mention", "Place"]


@dataclass(eq=False, slots=True)
class Mention:
    """One noun phrase: who, how many, how, doing what and where. Compared by identity."""

    kind: str | None
    """The actor, or None for someone who cannot be drawn but may still be the subject."""
    count: int | None = None
    plural: bool = False
    colours: list[str] = field(default_factory=list[str])
    size: str = ""
    action: str = ""
    relation: str = ""
    to: str = ""
    shown: bool = True
    bare: bool = False
    """Whether nothing stands before the noun, so that adjectives further left may reach it."""


@dataclass(eq=False, slots=True)
class Place:
    """One named place and the settings it belongs to."""

    part: str
    kinds: tuple[str, ...]
    whole: bool
    text: str
    played: str = ""
    relation: str = ""
    visitor: Mention | None = None


@dataclass(slots=True)
class Draft:
    """Everything a text says."""

    mentions: list[Mention] = field(default_factory=list[Mention])
    places: list[Place] = field(default_factory=list[Place])
    times: list[str] = field(default_factory=list[str])
    weathers: list[str] = field(default_factory=list[str])
    moods: list[str] = field(default_factory=list[str])
    cameras: list[str] = field(default_factory=list[str])
    palettes: list[str] = field(default_factory=list[str])
    reactions: list[str] = field(default_factory=list[str])
    refused: list[Term] = field(default_factory=list[Term])
    """What stood behind a negation."""
    unknown: list[Term] = field(default_factory=list[Term])
    notes: list[str] = field(default_factory=list[str])
    names: list[str] = field(default_factory=list[str])
    """What was taken for the sleeper's name, as read."""
    foreign: bool = False
