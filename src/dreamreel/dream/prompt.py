"""The prompt reader: a sentence about a dream becomes a storyboard, by a grammar over a lexicon held as data.

    text ─► tokens ─► tagged terms ─► draft ─► Storyboard          lexicon/   the words
                      (longest phrase first)                       grammar/   the steps
                                                                   cast.py    the words of actors, actions, settings

Nothing is dropped silently: what could not be placed is in `not_understood`, choices are in `notes`.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping

from dreamreel.dream.cast import Cast, default_cast
from dreamreel.dream.grammar.composing import compose
from dreamreel.dream.grammar.parsing import parse
from dreamreel.dream.grammar.tagging import tag
from dreamreel.dream.grammar.tokens import tokenise
from dreamreel.dream.lexicon.colours import colour_names, colour_value
from dreamreel.dream.lexicon.data import words_by_value
from dreamreel.dream.lexicon.vocabulary import Tag, vocabulary
from dreamreel.dream.storyboard import Storyboard
from dreamreel.errors import BadParameter, EmptyPrompt, UsageError

__all__ = ["LONGEST_PROMPT", "check_storyboard", "read_prompt", "suggest"]

LONGEST_PROMPT = 2000
"""Characters of a prompt."""


def read_prompt(text: str, *, cast: Cast | None = None) -> Storyboard:
    """What a dream in plain English shows. A pure function of its arguments, linear in the length of `text`.

    Raises EmptyPrompt when there is no word, number or emoji in it, UsageError when it is longer than
    `LONGEST_PROMPT` characters. Everything else is read as far as it can be.
    """
    if len(text) > LONGEST_PROMPT:
        raise UsageError(
            f"The dream has {len(text)} characters; tell it in at most {LONGEST_PROMPT}, a sentence or two is plenty."
        )
    tokens = tokenise(text)
    if not any(token.kind in ("word", "number", "emoji") for token in tokens):
        raise EmptyPrompt(
            "The dream has no words in it; say what it shows, such as “three sheep over the sea”."
        )
    cast = cast or default_cast()
    things = frozenset(kind for kind, words in cast.actors.items() if not words.alive)
    terms = tag(text, tokens, vocabulary(cast))
    return compose(parse(terms, things), cast, text)


def suggest(word: str, n: int = 3, *, cast: Cast | None = None) -> list[str]:
    """Up to `n` everyday names of things that can be drawn and are near to `word`, the nearest first.

    Nearness is first of meaning (a table of relatives), then of spelling (difflib's ratio of matching blocks).
    """
    cast = cast or default_cast()
    words = vocabulary(cast)
    wanted = " ".join(token.word for token in tokenise(word[:100]))
    known = words.senses.get(tuple(wanted.split()), ())
    found = [cast.actors[sense.value].nouns[0] for sense in known if sense.tag is Tag.ACTOR]
    for room in ("same", "played_by"):
        for kind, relatives in words_by_value("stand_ins", room).items():
            if kind in cast.actors and difflib.get_close_matches(wanted, relatives, 1, 0.72):
                found.append(cast.actors[kind].nouns[0])
    found += difflib.get_close_matches(wanted, words.drawable, n, 0.6)
    return list(dict.fromkeys(found))[:n]


def check_storyboard(storyboard: Storyboard, cast: Cast | None = None) -> None:
    """Check the open words of a storyboard against the cast, as an edited file needs it.

    Raises UsageError naming the first kind, action or colour that does not exist and the nearest that do.
    """
    cast = cast or default_cast()
    _known("setting", storyboard.setting.kind, cast.settings)
    for cue in storyboard.actors:
        _known("actor", cue.kind, cast.actors)
        if cue.action is not None:
            _known("action", cue.action, cast.actions)
        if cue.colour is not None:
            _known_colour(cue.colour)


def _known(what: str, kind: str, kinds: Mapping[str, object]) -> None:
    if kind not in kinds:
        raise UsageError(
            f"The storyboard asks for the {what} “{kind}”, which does not exist; {_near(kind, kinds)}."
        )


def _known_colour(name: str) -> None:
    try:
        colour_value(name)
    except BadParameter as error:
        raise UsageError(
            f"The storyboard asks for the colour “{name}”, which does not exist; {_near(name, colour_names())}."
        ) from error


def _near(word: str, names: Iterable[str]) -> str:
    every = sorted(names)
    near = difflib.get_close_matches(word, every, 4, 0.5) or every[:6]
    return f"try {', '.join(near)}"
