"""Noun phrases: determiner, amount, qualities and head, and lists of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dreamreel.dream.grammar.draft import Draft, Mention, Place
from dreamreel.dream.grammar.tagging import Term
from dreamreel.dream.lexicon.data import words
from dreamreel.dream.lexicon.vocabulary import Sense, Tag, implied_time

__all__ = ["NounReader"]

_HEADS = frozenset({Tag.ACTOR, Tag.PLACE, Tag.SLEEPER, Tag.THEY, Tag.UNKNOWN})
_AMOUNTS = frozenset({Tag.NUMBER, Tag.MULTIPLIER, Tag.GROUP})
_LOOKS = frozenset({Tag.COLOUR, Tag.SHADE, Tag.SIZE})
_PASSING = frozenset(
    {Tag.FLAVOUR, Tag.INTENSIFIER, Tag.MOOD, Tag.WEATHER, Tag.TIME, Tag.REACTION, Tag.LEFT_OUT}
)
_JOINS = frozenset({Tag.COMMA, Tag.AND, Tag.OR})
_NOTHING = Term(Sense(Tag.STOP), (), 0, 0)


class NounReader:
    """A cursor over terms that reads noun phrases into the draft."""

    def __init__(self, terms: Sequence[Term]) -> None:
        self.terms = terms
        self.at = 0
        self.draft = Draft()
        self.sleeper = Mention("baby", shown=False, count=1)
        self.latest: list[Mention] = []

    @property
    def term(self) -> Term | None:
        """The term at the cursor."""
        return self.terms[self.at] if self.at < len(self.terms) else None

    def peek(self, ahead: int) -> Term | None:
        """The term `ahead` places from the cursor."""
        return self.terms[self.at + ahead] if self.at + ahead < len(self.terms) else None

    def take(self) -> Term:
        """The term at the cursor, which moves on."""
        self.at += 1
        return self.terms[self.at - 1]

    def term_before(self) -> Term:
        """The term just read."""
        return self.terms[self.at - 1] if self.at else _NOTHING

    def skip(self, *tags: Tag) -> None:
        """Pass over terms with these tags."""
        while self.term and self.term.tag in tags:
            self.at += 1

    # lists

    def noun_list(self, many: bool) -> tuple[list[Mention], list[Place]]:
        """One noun, or a whole list of them when `many`. Adjectives reach over "and" to bare nouns."""
        mentions: list[Mention] = []
        places: list[Place] = []
        while True:
            head = self.noun()
            if isinstance(head, Place):
                places.append(head)
            elif head is not None:
                self.distribute(mentions, head)
                mentions += head
            if not many or not self.list_goes_on():
                return mentions, places
            self.skip(*_JOINS)

    def distribute(self, mentions: list[Mention], found: list[Mention]) -> None:
        """“pink cats and dogs”: the dogs are pink too."""
        if mentions and len(found) == 1 and found[0].bare and found[0] not in mentions:
            found[0].colours = found[0].colours or list(mentions[-1].colours)
            found[0].size = found[0].size or mentions[-1].size

    def list_goes_on(self) -> bool:
        """Whether the next terms are a joint and another noun."""
        ahead = 0
        while (term := self.peek(ahead)) and term.tag in _JOINS:
            ahead += 1
        if ahead == 0:
            term = self.peek(0)
            return term is not None and term.tag is Tag.ACTOR
        return self.opens_noun(ahead)

    def opens_noun(self, ahead: int = 0) -> bool:
        """Whether a noun phrase starts `ahead` terms from here."""
        term = self.peek(ahead)
        if term is None:
            return False
        if term.tag in {Tag.DETERMINER, *_AMOUNTS, *_LOOKS, *_HEADS}:
            return not (term.tag is Tag.UNKNOWN and self.dangles(ahead))
        if term.tag is Tag.VERB:
            return self.is_adjective(ahead)
        if term.tag in _PASSING and term.tag not in (Tag.REACTION, Tag.TIME):
            following = self.peek(ahead + 1)
            return following is not None and following.tag in {Tag.ACTOR, *_LOOKS}
        return False

    def dangles(self, ahead: int) -> bool:
        """An unknown word right behind a noun is what it does, not someone new."""
        at = self.at + ahead - 1
        return at >= 0 and self.terms[at].tag in {
            Tag.ACTOR,
            Tag.SLEEPER,
            Tag.THEY,
            Tag.WHO,
            Tag.BE,
            Tag.MODAL,
            Tag.VERB,
        }

    def is_adjective(self, ahead: int) -> bool:
        """“flying sheep”, but not “she is flying”, nor “playing ball”."""
        term, before = self.peek(ahead), self.terms[self.at + ahead - 1] if self.at + ahead else _NOTHING
        if term is None or term.sense.form not in ("ing", "past"):
            return False
        if before.tag in {Tag.ACTOR, Tag.SLEEPER, Tag.THEY, Tag.BE, Tag.WHO, Tag.PLACE}:
            return False
        step = ahead + 1
        while (following := self.peek(step)) and following.tag in {*_LOOKS, Tag.FLAVOUR, Tag.MOOD}:
            step += 1
        if following is None or following.tag is not Tag.ACTOR:
            return False
        takes_object = term.sense.value in words("grammar", "also", "with_object") or term.sense.relation
        article = before.tag in {Tag.DETERMINER, *_AMOUNTS, *_LOOKS}
        return article or (not takes_object and step == ahead + 1)

    # one phrase

    def noun(self) -> list[Mention] | Place | None:
        """One noun phrase; None when it holds nothing to show."""
        start = self.at
        owner = self.take() if self.term and self.term.tag is Tag.DETERMINER else None
        count = self.amount()
        mention = Mention(None, count, bare=owner is None and count is None)
        mention.plural = owner is not None and owner.sense.form == "many"
        mention.colours, mention.size = self.qualities(mention)
        if count is None and mention.count is None:
            mention.count = self.amount()
        mention.bare = mention.bare and not mention.colours and not mention.size
        head = self.term
        if head is None or head.tag not in _HEADS:
            return self.headless(mention, start)
        self.at += 1
        if head.tag is Tag.SLEEPER:
            if head.sense.value == "name":
                self.draft.names.append(head.text.capitalize())
            return [self.sleeper]
        if head.tag is Tag.THEY:
            return self.latest or None
        if head.tag is Tag.PLACE:
            sense = head.sense
            self.told_time(head)
            return Place(sense.value, sense.kinds, sense.whole, head.text, sense.played)
        if head.tag is Tag.UNKNOWN:
            self.draft.unknown.append(head)
            while self.term and self.term.tag is Tag.UNKNOWN:
                self.draft.unknown.append(self.take())
            return [mention]
        return self.actor(mention, head, owner)

    def actor(self, mention: Mention, head: Term, owner: Term | None) -> list[Mention]:
        """The mention of an actor, or the earlier one that "the" points back to."""
        self.told_time(head)
        sense = head.sense
        mention.kind = sense.value
        definite = owner is not None and owner.text not in ("a", "an", "another", "each", "every")
        same = [each for each in self.draft.mentions if each.kind == sense.value]
        if definite and same and mention.count is None and not mention.colours and sense.form != "many":
            same[-1].action = same[-1].action or mention.action
            return [same[-1]]
        if not head.text.isascii() and not head.text.isalpha():
            mention.count = self.repeated(head, mention.count)
        either = sense.form == "either" and owner is None
        mention.plural = mention.plural or sense.form == "many" or either
        if sense.played:
            self.draft.notes.append(_played(sense.played, sense.value))
        return self.in_colours(mention)

    def repeated(self, head: Term, count: int | None) -> int:
        """“🐑🐑🐑” are three."""
        count = count or 1
        while self.term and self.term.phrase == head.phrase:
            self.at, count = self.at + 1, count + 1
        return count

    def in_colours(self, mention: Mention) -> list[Mention]:
        """One mention for each colour of "four pink and blue butterflies"; they share the number."""
        self.draft.mentions.append(mention)
        colours = mention.colours
        if len(colours) < 2 or (mention.count or 4) < 2 or not (mention.plural or mention.count):
            return [mention]
        total = max(mention.count or 4, len(colours))
        group = [mention]
        for i, colour in enumerate(colours):
            share = total // len(colours) + (i < total % len(colours))
            if i == 0:
                mention.count, mention.colours = share, [colour]
                continue
            other = Mention(mention.kind, share, True, [colour], mention.size, mention.action)
            self.draft.mentions.append(other)
            group.append(other)
        return group

    def headless(self, mention: Mention, start: int) -> list[Mention] | None:
        """“three sheep, one black”: a quality without a noun picks from the nouns before it."""
        plain = [
            each for each in self.draft.mentions if each is not self.sleeper and not _says_more(each, mention)
        ]
        if plain and (mention.colours or mention.size):
            self.pick(plain[-1], mention)
            return None
        looks = (*_LOOKS, *_AMOUNTS)
        self.draft.unknown += [term for term in self.terms[start : self.at] if term.tag in looks]
        if self.at == start:
            self.at += 1
        return None

    def pick(self, whole: Mention, some: Mention) -> None:
        """Give the qualities of `some` to as many of `whole` as it counts, or to all of them."""
        number, total = some.count or 0, whole.count or 0
        if 0 < number < total:
            whole.count = total - number
            whole = replace(whole, count=number, colours=list(whole.colours))
            self.draft.mentions.append(whole)
        whole.colours, whole.size = some.colours or whole.colours, some.size or whole.size

    def amount(self) -> int | None:
        """“three”, “two hundred”, “twenty-one”, “a flock of”, “two dozen”; None when no number stands here."""
        total: int | None = None
        while self.term and self.term.tag in _AMOUNTS:
            term = self.take()
            value = int(term.sense.value)
            if term.tag is Tag.MULTIPLIER or (term.tag is Tag.GROUP and total):
                total = (total or 1) * value
            else:
                total = (total or 0) + value
            self.skip(Tag.OF)
            if self.term and self.term.text in ("x", "times"):
                self.at += 1
        if total is not None:
            self.skip(Tag.DETERMINER)
        return total

    def qualities(self, mention: Mention | None = None) -> tuple[list[str], str]:
        """Colours and size in front of a noun; mood, weather and time on the way go to the draft."""
        colours: list[str] = []
        size = ""
        while (term := self.term) is not None:
            if term.tag is Tag.COLOUR:
                colours.append(term.sense.value)
            elif term.tag is Tag.SHADE:
                self.at += 1
                colour = self.term
                colours.append(f"{term.text} {colour.sense.value}" if colour else term.text)
            elif term.tag is Tag.SIZE:
                size = size if size in ("tiny", "huge") else term.sense.value
                size = "huge" if size == "big" and self.term_before().tag is Tag.INTENSIFIER else size
            elif term.tag is Tag.VERB and mention and self.is_adjective(0):
                mention.action = mention.action or term.sense.value
            elif term.tag in _PASSING:
                self.note_quality(term)
            elif term.tag is Tag.UNKNOWN and self.before_head():
                self.draft.unknown.append(term)
            elif not (term.tag in (Tag.AND, Tag.COMMA) and (colours or size) and self.quality_goes_on()):
                return colours, size
            self.at += 1
        return colours, size

    def quality_goes_on(self) -> bool:
        """“pink and blue butterflies”, “big, pink sheep”: a joint between two qualities of one noun."""
        ahead = 1
        while (term := self.peek(ahead)) and term.tag in {*_LOOKS, Tag.FLAVOUR, Tag.AND, Tag.COMMA}:
            ahead += 1
        following = self.peek(1)
        return (
            following is not None
            and following.tag in _LOOKS
            and term is not None
            and term.tag is Tag.ACTOR
            and self.peek(ahead - 1) is not None
            and self.terms[self.at + ahead - 1].tag in {*_LOOKS, Tag.FLAVOUR}
        )

    def before_head(self) -> bool:
        """Whether an unknown word stands in front of an actor, as an adjective does."""
        ahead = 1
        while (term := self.peek(ahead)) and ahead < 4 and term.tag in {*_LOOKS, Tag.FLAVOUR, Tag.UNKNOWN}:
            ahead += 1
        return term is not None and term.tag is Tag.ACTOR

    # words that stand for themselves

    def told_time(self, term: Term) -> None:
        """Note the time of day that a noun brings along."""
        time = implied_time(term.text)
        if time:
            self.draft.times.append(time)

    def note_quality(self, term: Term) -> None:
        """Time, weather, mood and the like, wherever they stand."""
        draft = self.draft
        lists = {
            Tag.TIME: draft.times,
            Tag.WEATHER: draft.weathers,
            Tag.MOOD: draft.moods,
            Tag.CAMERA: draft.cameras,
            Tag.PALETTE: draft.palettes,
            Tag.REACTION: draft.reactions,
        }
        if term.tag in lists:
            lists[term.tag].append(term.sense.value)
        elif term.tag is Tag.UNKNOWN:
            draft.unknown.append(term)
        elif term.tag is Tag.FOREIGN:
            draft.foreign = True
        elif term.tag is Tag.LEFT_OUT:
            draft.notes.append(f"Dreams here stay gentle, so “{term.text}” was left out.")


def _says_more(mention: Mention, looks: Mention) -> bool:
    """Whether `mention` already has a quality of the sort that `looks` brings."""
    return bool((looks.colours and mention.colours) or (looks.size and mention.size))


def _played(word: str, kind: str) -> str:
    return f"There is no {word} in the cast yet, so {_article(kind.replace('_', ' '))} plays its part."


def _article(noun: str) -> str:
    """“an owl”, but “a unicorn”."""
    return f"an {noun}" if noun[0] in "aeiou" and not noun.startswith("uni") else f"a {noun}"
