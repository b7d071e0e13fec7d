"""The cast of this installation: what each file declares fits together."""

from __future__ import annotations

import pkgutil
from collections import Counter

import dreamreel.dream.actions
import dreamreel.dream.actors
import dreamreel.dream.settings
from dreamreel.dream.cast import default_cast
from dreamreel.dream.prompt import read_prompt
from dreamreel.dream.storyboard import ActorCue


def _files(path: list[str]) -> set[str]:
    return {module.name for module in pkgutil.iter_modules(path) if not module.name.startswith("_")}


def test_every_file_is_in_the_cast() -> None:
    cast = default_cast()
    assert set(cast.actors) == _files(list(dreamreel.dream.actors.__path__))
    assert set(cast.actions) == _files(list(dreamreel.dream.actions.__path__))
    assert set(cast.settings) == _files(list(dreamreel.dream.settings.__path__))


def test_a_noun_belongs_to_one_actor() -> None:
    nouns = Counter(noun for words in default_cast().actors.values() for noun in set(words.nouns))
    assert [noun for noun, actors in nouns.items() if actors > 1] == []


def test_habits_are_actions() -> None:
    cast = default_cast()
    assert {words.habit for words in cast.actors.values()} <= set(cast.actions)


def test_every_actor_and_action_is_called_by_its_first_word() -> None:
    cast = default_cast()
    for kind, words in cast.actors.items():
        assert read_prompt(f"two {words.nouns[0]}", cast=cast).actors == (ActorCue(kind=kind, count=2),)
    for kind, action in cast.actions.items():
        assert read_prompt(f"a sheep can {action.verbs[0]}", cast=cast).actors[0].action == kind
