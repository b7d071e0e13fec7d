"""The cast: which words call which actor, action and setting. Words only, nothing here draws.

    actors/sheep.py    ACTOR.words   = ActorWords(nouns=("sheep", "lamb"), ...)    ─┐
    actions/fly.py     ACTION.words  = ActionWords(verbs=("fly", "soar"), ...)     ─┼─► default_cast()
    settings/beach.py  SETTING.words = SettingWords(nouns=("beach", "shore"), ...) ─┘

A kind is the name of its file. Adding a file adds its words: nothing else needs a change. Every word is
written singular, in its base form and lower case; plurals and verb forms are the lexicon's business. A word
may hold spaces ("hot air balloon"); hyphens are read as spaces.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeVar

from dreamreel.dream.storyboard import TimeOfDay

__all__ = ["ActionWords", "ActorWords", "Cast", "Habitat", "SettingWords", "default_cast"]

Habitat = Literal["ground", "air", "water", "space", "sky"]


@dataclass(frozen=True, slots=True)
class ActorWords:
    """How people call an actor, and where it feels at home."""

    nouns: tuple[str, ...]
    """Singular nouns, the everyday one first: `("sheep", "lamb", "ewe")`."""
    emoji: tuple[str, ...] = ()
    """Emoji that mean this actor: `("🐑",)`."""
    habitat: Habitat = "ground"
    """Where it stays when the dream does not say; `sky` means fixed in the sky, as the moon is."""
    habit: str = "float"
    """The action kind it does when the dream does not say: a file name in `dream/actions/`."""
    alive: bool = True
    """False for things: a ball that someone dances with does not dance."""
    settings: tuple[str, ...] = ()
    """Settings it suggests when the dream names none, the best first: file names in `dream/settings/`."""


@dataclass(frozen=True, slots=True)
class ActionWords:
    """How people call an action."""

    verbs: tuple[str, ...]
    """Base forms, the everyday one first: `("fly", "soar", "glide")`."""
    adjectives: tuple[str, ...] = ()
    """Other words that say it is being done: `("asleep", "sleepy")`."""
    emoji: tuple[str, ...] = ()
    """Emoji that mean it: `("💤",)`."""


@dataclass(frozen=True, slots=True)
class SettingWords:
    """How people call a setting, and what in it an actor can be over, under, on or behind."""

    nouns: tuple[str, ...]
    """Singular nouns, the everyday one first: `("meadow", "field", "pasture")`."""
    emoji: tuple[str, ...] = ()
    """Emoji that mean this setting: `("🏖",)`."""
    times: tuple[TimeOfDay, ...] = ("day", "night", "dawn", "dusk")
    """Times of day it can be shown at, the one it has by default first."""
    parts: tuple[str, ...] = ()
    """Things in it that a relation may refer to: `("sea", "waves")`. "Over the ocean" means the first."""


@dataclass(frozen=True, slots=True, eq=False)
class Cast:
    """Everything that can be asked for, as kind → words. Two casts are equal only when they are the same one."""

    actors: Mapping[str, ActorWords]
    actions: Mapping[str, ActionWords]
    settings: Mapping[str, SettingWords]


_W = TypeVar("_W", ActorWords, ActionWords, SettingWords)


@functools.cache
def default_cast() -> Cast:
    """The cast of this installation: every file of `dream/actors/`, `dream/actions/` and `dream/settings/`.

    Files whose name starts with an underscore are skipped. Raises TypeError when a file declares no words.
    """
    return Cast(
        actors=_discover("actors", "ACTOR", ActorWords),
        actions=_discover("actions", "ACTION", ActionWords),
        settings=_discover("settings", "SETTING", SettingWords),
    )


def _discover(room: str, name: str, words: type[_W]) -> Mapping[str, _W]:
    package = importlib.import_module(f"dreamreel.dream.{room}")
    found: dict[str, _W] = {}
    for module in sorted(pkgutil.iter_modules(package.__path__), key=lambda module: module.name):
        if module.name.startswith("_"):
            continue
        declared = getattr(importlib.import_module(f"{package.__name__}.{module.name}"), name, None)
        value: object = getattr(declared, "words", None)
        if not isinstance(value, words):
            raise TypeError(f"{room}/{module.name}.py must declare {name} with .words: {words.__name__}")
        found[module.name] = value
    return found
