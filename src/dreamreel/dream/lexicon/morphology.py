"""English inflection, forward only: a known word gives all its forms, so reading is an exact look-up."""

from __future__ import annotations

import functools
from typing import NamedTuple

from dreamreel.dream.lexicon.data import words, words_by_value

__all__ = ["VerbForms", "invariant", "plurals", "verb_forms"]

_VOWELS = frozenset("aeiou")


class VerbForms(NamedTuple):
    """The forms of one verb; each may be spelled in more than one way."""

    base: str
    third: tuple[str, ...]
    past: tuple[str, ...]
    ing: tuple[str, ...]


def invariant(noun: str) -> bool:
    """Whether the noun is its own plural, as sheep is. Looks at the last word of several."""
    return noun.rsplit(" ", 1)[-1] in words("morphology", "invariant", "nouns")


@functools.cache
def _irregular_plurals() -> dict[str, tuple[str, ...]]:
    return dict(words_by_value("morphology", "plurals"))


@functools.cache
def _irregular_verbs() -> dict[str, tuple[str, ...]]:
    return dict(words_by_value("morphology", "verbs"))


def plurals(noun: str) -> tuple[str, ...]:
    """Plural forms of a noun; of several words the last is inflected, "bottle of milk" inflects the first."""
    head, of, rest = noun.partition(" of ")
    if of:
        return tuple(f"{form} of {rest}" for form in plurals(head))
    front, space, last = noun.rpartition(" ")
    forms = _irregular_plurals().get(last) or (_add_s(last),)
    return tuple(front + space + form for form in forms)


def verb_forms(base: str) -> VerbForms:
    """Every form of a verb; of several words the first is inflected: "float along" → "floating along"."""
    head, space, rest = base.partition(" ")
    if space:
        forms = verb_forms(head)
        third, past, ing = (tuple(f"{form} {rest}" for form in group) for group in forms[1:])
        return VerbForms(base, third, past, ing)
    irregular = _irregular_verbs().get(base)
    if irregular:
        return VerbForms(base, (irregular[0],), tuple(irregular[1:3]), tuple(irregular[3:]))
    return VerbForms(base, (_add_s(base),), _past(base), _ing(base))


def _add_s(word: str) -> str:
    if word.endswith(("s", "x", "z", "ch", "sh")):
        return word + "es"
    if word.endswith("y") and len(word) > 1 and word[-2] not in _VOWELS:
        return word[:-1] + "ies"
    return word + "s"


def _past(base: str) -> tuple[str, ...]:
    if base.endswith("e"):
        return (base + "d",)
    if base.endswith("y") and len(base) > 1 and base[-2] not in _VOWELS:
        return (base[:-1] + "ied",)
    return (base + base[-1] + "ed",) if _doubles(base) else (base + "ed",)


def _ing(base: str) -> tuple[str, ...]:
    if base.endswith("ie"):
        return (base[:-2] + "ying",)
    if base.endswith("e") and not base.endswith(("ee", "oe", "ye")):
        return (base[:-1] + "ing",)
    return (base + base[-1] + "ing",) if _doubles(base) else (base + "ing",)


def _doubles(base: str) -> bool:
    """One syllable ending consonant-vowel-consonant doubles its last letter: hop, hopping."""
    syllables = sum(
        letter in _VOWELS and (i == 0 or base[i - 1] not in _VOWELS) for i, letter in enumerate(base)
    )
    return (
        syllables == 1
        and len(base) >= 3
        and base[-1] not in _VOWELS | set("wxy")
        and base[-2] in _VOWELS
        and base[-3] not in _VOWELS
    )
