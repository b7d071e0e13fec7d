"""Tagging: longest phrases first, then one sense for each by its neighbours.

tokens ──match──► phrases with every sense ──choose──► Terms with one ──names──► Terms, sleeper's name known
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from dreamreel.dream.grammar.tokens import HYPHENS, Token
from dreamreel.dream.lexicon.data import words
from dreamreel.dream.lexicon.vocabulary import Form, Phrase, Sense, Tag, Vocabulary

__all__ = ["Term", "tag"]

_NOUNS = frozenset({Tag.ACTOR, Tag.PLACE})
_QUALITIES = frozenset(
    {Tag.COLOUR, Tag.SHADE, Tag.SIZE, Tag.FLAVOUR, Tag.INTENSIFIER, Tag.NUMBER, Tag.MULTIPLIER}
)
_OPENS_NOUN = _NOUNS | _QUALITIES | {Tag.UNKNOWN, Tag.GROUP, Tag.MOOD}
_ACTS = frozenset({Tag.VERB, Tag.BE, Tag.LINK, Tag.DREAM, Tag.MODAL})
_STANDS_ALONE = (
    _NOUNS | _QUALITIES | {Tag.AND, Tag.WEATHER, Tag.TIME, Tag.VERB, Tag.GROUP, Tag.OF, Tag.SLEEPER}
) - {Tag.FLAVOUR, Tag.INTENSIFIER}
_BREAKS = frozenset({Tag.COMMA, Tag.STOP, Tag.AND, Tag.OR, Tag.BUT})


@dataclass(frozen=True, slots=True)
class Term:
    """A phrase of the text with its one sense."""

    sense: Sense
    phrase: Phrase
    start: int
    end: int
    glued: bool = False
    capital: bool = False

    @property
    def tag(self) -> Tag:
        """What it does in the sentence."""
        return self.sense.tag

    @property
    def text(self) -> str:
        """The phrase as it is read: lower case, single spaces."""
        return " ".join(self.phrase)


@dataclass(frozen=True, slots=True)
class _Match:
    senses: tuple[Sense, ...]
    phrase: Phrase
    start: int
    end: int
    glued: bool
    capital: bool

    def can(self, *tags: Tag) -> Sense | None:
        """Its first sense with one of these tags."""
        return next((sense for sense in self.senses if sense.tag in tags), None)


def tag(text: str, tokens: Sequence[Token], vocabulary: Vocabulary) -> list[Term]:
    """One term for every phrase of `tokens`, which were cut from `text`."""
    matches = _match(text, tokens, vocabulary)
    terms: list[Term] = []
    for i, match in enumerate(matches):
        after = matches[i + 1] if i + 1 < len(matches) else None
        sense = _choose(terms, match, after)
        terms.append(Term(sense, match.phrase, match.start, match.end, match.glued, match.capital))
    return _names(terms)


def _match(text: str, tokens: Sequence[Token], vocabulary: Vocabulary) -> list[_Match]:
    matches: list[_Match] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        length, senses = 1, _lone(token)
        if not senses:
            length, senses = _longest(tokens, at, vocabulary)
        run = tokens[at : at + length]
        phrase = tuple(each.word for each in run)
        match = _Match(senses, phrase, token.start, run[-1].end, token.glued, token.capital)
        matches.append(match)
        at += length
    return _compounds(text, matches)


def _compounds(text: str, matches: list[_Match]) -> list[_Match]:
    """Hyphened words that do not all mean something on their own are one unknown word: "merry-go-round"."""
    whole: list[_Match] = []
    chain: list[_Match] = []
    for match in matches:
        if chain and not (
            match.glued and chain[-1].end == match.start - 1 and text[match.start - 1] in HYPHENS
        ):
            whole += _compound(chain)
            chain = []
        chain.append(match)
    return whole + _compound(chain)


def _compound(chain: list[_Match]) -> list[_Match]:
    if len(chain) < 2 or all(match.can(*_STANDS_ALONE) for match in chain):
        return chain
    return [replace(chain[0], senses=(Sense(Tag.UNKNOWN),), end=chain[-1].end)]


def _lone(token: Token) -> tuple[Sense, ...]:
    marks = {"comma": Tag.COMMA, "stop": Tag.STOP, "and": Tag.AND}
    if token.kind in marks:
        return (Sense(marks[token.kind]),)
    if token.kind == "number":
        return (Sense(Tag.NUMBER, str(min(int(token.word), 1_000_000))),)
    return ()


def _longest(tokens: Sequence[Token], at: int, vocabulary: Vocabulary) -> tuple[int, tuple[Sense, ...]]:
    """The longest known phrase that starts here, within one stretch of words."""
    end = at
    while end < len(tokens) and end - at < vocabulary.longest and tokens[end].kind == tokens[at].kind:
        end += 1
    for length in range(end - at, 0, -1):
        senses = vocabulary.senses.get(tuple(token.word for token in tokens[at : at + length]))
        if senses:
            return length, senses
    return 1, (Sense(Tag.UNKNOWN),)


def _choose(before: Sequence[Term], match: _Match, after: _Match | None) -> Sense:
    """The sense of `match` that its neighbours allow."""
    previous = before[-1] if before else None
    last = previous.tag if previous else Tag.STOP
    person = _person(before, match, after)
    if person:
        return person
    return (
        _small_word(last, match, after)
        or _noun_or_verb(last, match, after)
        or _quality(match, after)
        or match.senses[0]
    )


def _person(before: Sequence[Term], match: _Match, after: _Match | None) -> Sense | None:
    """“the baby” sleeps, “a baby” is an actor, a “baby elephant” is small."""
    sleeper = match.can(Tag.SLEEPER)
    if sleeper is None:
        return None
    if sleeper.value == "pronoun":
        owned = match.can(Tag.DETERMINER)
        return owned if owned and after and after.can(*_OPENS_NOUN, Tag.SLEEPER) else sleeper
    actor = match.can(Tag.ACTOR)
    if match.phrase == ("baby",) and after and after.can(Tag.ACTOR):
        return Sense(Tag.SIZE, "small")
    owner = _owner(before)
    acting = after is not None and bool(after.can(*_ACTS) or after.glued)
    if sleeper.value == "kin" or (
        owner in words("grammar", "sleeper", "behind") and (acting or actor is not None)
    ):
        return sleeper
    if owner == "" and acting:
        return sleeper
    return actor or Sense(Tag.UNKNOWN)


def _owner(before: Sequence[Term]) -> str:
    """The determiner in front of a noun, qualities skipped; "-" for anything else, "" at the start of a clause."""
    for term in reversed(before):
        if (
            term.tag in {Tag.SIZE, Tag.FLAVOUR, Tag.INTENSIFIER, Tag.MOOD, Tag.VERB}
            and term.sense.form != "base"
        ):
            continue
        if term.tag is Tag.DETERMINER:
            return term.text
        return "" if term.tag in _BREAKS else "-"
    return ""


def _small_word(last: Tag, match: _Match, after: _Match | None) -> Sense | None:
    """Words whose reading hangs on the very next one."""
    group = match.can(Tag.GROUP)
    if group:
        counted = bool(after and after.can(Tag.OF))
        others = tuple(sense for sense in match.senses if sense.tag is not Tag.GROUP)
        return group if counted else others[0] if others else Sense(Tag.UNKNOWN)
    relation = match.can(Tag.RELATION)
    if relation and relation.value == "to" and after:
        base = after.can(Tag.VERB, Tag.LINK, Tag.DREAM, Tag.BE)
        return (
            Sense(Tag.FILLER) if base and base.form in ("base", "") and not after.can(*_NOUNS) else relation
        )
    if relation and match.can(Tag.FLAVOUR):
        return match.can(Tag.FLAVOUR) if last is Tag.DETERMINER else relation
    return match.can(Tag.REACTION, Tag.DREAM, Tag.WHO)


def _noun_or_verb(last: Tag, match: _Match, after: _Match | None) -> Sense | None:
    noun, place = match.can(Tag.ACTOR), match.can(Tag.PLACE)
    verb = match.can(Tag.VERB, Tag.UNKNOWN, Tag.LINK)
    before_noun = bool(after and after.can(*_NOUNS, *_QUALITIES))
    if match.phrase[0] in words("grammar", "also", "nouns") and not noun:
        counted = last in {Tag.DETERMINER, Tag.NUMBER} or (last is Tag.RELATION and not before_noun)
        return Sense(Tag.UNKNOWN) if counted and not before_noun else None
    if noun and match.can(Tag.COLOUR):
        return match.can(Tag.COLOUR) if before_noun or last is Tag.BE else noun
    if noun and match.can(Tag.LINK):
        return match.can(Tag.LINK) if last in {Tag.SLEEPER, Tag.THEY, Tag.ACTOR, Tag.MODAL} else noun
    if noun and verb:
        acts = last in {Tag.ACTOR, Tag.SLEEPER, Tag.THEY} and bool(after and after.can(Tag.RELATION))
        return verb if acts or last in {Tag.MODAL, Tag.WHO} else noun
    if place and match.can(Tag.WEATHER, Tag.TIME):
        return (
            place if last in {Tag.RELATION} and match.can(Tag.WEATHER) else match.can(Tag.TIME, Tag.WEATHER)
        )
    if verb and match.can(Tag.MOOD):
        return (
            verb
            if verb.tag is Tag.VERB and (last in {Tag.BE, Tag.ACTOR} or before_noun)
            else match.can(Tag.MOOD)
        )
    return noun


def _quality(match: _Match, after: _Match | None) -> Sense | None:
    shade = match.can(Tag.SHADE)
    if shade is None:
        return None
    if after and after.can(Tag.COLOUR):
        return shade
    others = tuple(sense for sense in match.senses if sense.tag is not Tag.SHADE)
    return others[0] if others else Sense(Tag.UNKNOWN)


def _names(terms: list[Term]) -> list[Term]:
    """A capital word that acts like a person is the sleeper's name, there and wherever it stands again."""
    named = {term.text for i, term in enumerate(terms) if _is_name(terms, i)}
    name = Sense(Tag.SLEEPER, "name")
    found = [
        replace(term, sense=name) if term.tag is Tag.UNKNOWN and term.text in named else term
        for term in terms
    ]
    for i, term in enumerate(found[2:], start=2):
        # "Anna and Ben fly": the second name stands behind the first.
        if (
            term.tag is Tag.UNKNOWN
            and term.capital
            and found[i - 1].tag is Tag.AND
            and found[i - 2].sense == name
        ):
            found[i] = replace(term, sense=name)
    return found


def _joins_person(terms: Sequence[Term], i: int) -> bool:
    """“and her cat”, “and Ben are”: what follows a name."""
    if i >= len(terms):
        return False
    acts = i + 1 < len(terms) and terms[i + 1].tag in _ACTS
    return terms[i].text in ("her", "his") or (terms[i].tag is Tag.UNKNOWN and terms[i].capital and acts)


_SINGULAR: frozenset[Form] = frozenset({"third", "past", "ing"})


def _is_name(terms: Sequence[Term], i: int) -> bool:
    term = terms[i]
    if term.tag is not Tag.UNKNOWN or not term.text.isalpha() or i + 1 == len(terms):
        return False
    opens = i == 0 or terms[i - 1].tag in _BREAKS | {Tag.DREAM, Tag.WHO}
    after = terms[i + 1]
    possessive = after.glued and after.text == "s"
    is_one = after.tag is Tag.BE and after.text not in words("grammar", "be", "plural")
    acts = after.tag in {Tag.VERB, Tag.LINK, Tag.DREAM, Tag.REACTION} and (
        after.sense.form in _SINGULAR or after.tag is Tag.REACTION
    )
    joined = after.tag is Tag.AND and _joins_person(terms, i + 2)
    if not opens or not (possessive or is_one or acts or joined or after.tag is Tag.MODAL):
        return False
    return term.capital or is_one or possessive or after.tag is Tag.DREAM
