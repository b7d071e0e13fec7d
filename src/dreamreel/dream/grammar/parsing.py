"""Parsing: tagged terms to a draft, by recursive descent over phrases.

    clause    = {noun list | verb phrase | relation phrase | negation | remark}
    noun list = noun {("," | "and" | "or") noun}
    noun      = [determiner] [amount] {quality} head
    relation  = preposition noun list            ("with two cats and an owl") or one noun ("on a cloud")

English is read left to right with three memories: the subject (who acts), the latest noun phrase (what "who",
"it" and a participle refer to), and what came before any subject ("over the sea fly three sheep").
"""

from __future__ import annotations

from collections.abc import Sequence

from dreamreel.dream.grammar.draft import Draft, Mention, Place
from dreamreel.dream.grammar.nouns import NounReader
from dreamreel.dream.grammar.tagging import Term
from dreamreel.dream.lexicon.vocabulary import Tag

__all__ = ["parse"]

_ENDS_NEGATION = frozenset(
    {Tag.BUT, Tag.STOP, Tag.RELATION, Tag.WHO, Tag.THERE, Tag.NEGATION, Tag.SLEEPER, Tag.THEY}
)


def parse(terms: Sequence[Term], things: frozenset[str]) -> Draft:
    """What `terms` say. `things` are the actors that do not join in when someone acts with them."""
    reader = _Parser(terms, things)
    reader.run()
    return reader.draft


class _Parser(NounReader):
    def __init__(self, terms: Sequence[Term], things: frozenset[str]) -> None:
        super().__init__(terms)
        self.things = things
        self.subject: list[Mention] = []
        self.latest: list[Mention] = []
        self.latest_with = False
        self.ahead: list[tuple[str, list[Mention], Place | None]] = []
        self.waiting: Term | None = None
        self.copula = False

    def run(self) -> None:
        """Read every term; each step takes at least one."""
        steps = {
            Tag.VERB: self.verb,
            Tag.RELATION: self.relation,
            Tag.NEGATION: self.negation,
            Tag.LINK: self.link,
            Tag.DREAM: self.frame,
            Tag.STOP: self.stop,
            Tag.WHO: self.who,
            Tag.BE: self.be,
            Tag.THERE: self.frame,
        }
        while self.term:
            at, start = self.at, self.term
            if self.opens_noun():
                self.nouns()
            elif start.tag in steps:
                steps[start.tag]()
            else:
                self.remark()
            if start.tag not in (Tag.BE, Tag.INTENSIFIER, Tag.NEGATION, Tag.MODAL):
                self.copula = False
            self.at = max(self.at, at + 1)

    # who

    def nouns(self) -> None:
        """A list of nouns becomes the subject, and takes what was said before it."""
        if self.takes_quality():
            return
        group, places = self.noun_list(many=True)
        for place in places:
            self.place(place, "")
        if not group:
            return
        self.subject = self.latest = group
        self.latest_with = False
        if self.waiting and any(member.shown for member in group):
            self.act(group, self.waiting)
            self.waiting = None
        self.settle(group)

    def takes_quality(self) -> bool:
        """“the cat is pink”: a quality behind a copula belongs to the subject."""
        term = self.term
        if not (self.copula and self.subject and term and term.tag in (Tag.COLOUR, Tag.SHADE, Tag.SIZE)):
            return False
        colours, size = self.qualities()
        for mention in self.subject:
            mention.colours = mention.colours or colours
            mention.size = mention.size or size
        return True

    def settle(self, group: list[Mention]) -> None:
        """Relations that came before their subject now have one."""
        for relation, targets, place in self.ahead:
            self.relate(group, relation, targets, place)
        self.ahead = []

    def who(self) -> None:
        """“sheep who dance”: the clause is about the latest noun phrase."""
        self.at += 1
        if self.latest:
            self.subject = self.latest

    def be(self) -> None:
        self.at += 1
        self.copula = True

    def frame(self) -> None:
        """“she dreams of”, “there are”: the dream begins after it."""
        self.at += 1
        self.subject = [] if self.term_before().tag is Tag.DREAM else self.subject
        self.skip(Tag.OF)

    def stop(self) -> None:
        self.at += 1
        self.subject, self.ahead, self.waiting = [], [], None

    def link(self) -> None:
        """“she sees three sheep”: the sleeper only looks on, what follows is the dream."""
        self.at += 1
        if self.subject == [self.sleeper]:
            self.subject = []

    # doing what

    def verb(self) -> None:
        """An action for the subject; for the sleeper when there is none."""
        term = self.take()
        if self.at > 1 and self.terms[self.at - 2].tag is Tag.WEATHER:
            return  # "snow falling": the weather does what weather does
        subject = self.actors_of(term)
        if not subject:
            if self.ahead and term.sense.form != "ing" and self.opens_noun():
                self.waiting = term
                return
            subject = [self.sleeper]
        following = self.term
        rests = term.sense.value == "sleep" and subject == [self.sleeper] and not self.sleeper.shown
        if rests and (following is None or following.tag is not Tag.RELATION):
            # The sleeper sleeps anyway; only a place to sleep on makes it part of the dream.
            self.subject = [] if following and following.tag in (Tag.AND, Tag.COMMA) else subject
            return
        self.act(subject, term)
        self.subject = subject
        self.settle(subject)
        if (
            self.opens_noun()
            and self.term
            and self.term.tag is not Tag.UNKNOWN
            and self.term.tag is not Tag.THEY
        ):
            relation = term.sense.relation or "with"
            group, places = self.noun_list(many=True)
            self.relate(subject, relation, group, places[0] if places else None)

    def actors_of(self, term: Term) -> list[Mention]:
        """Who does it: the subject, or the noun right before a participle when the subject is busy already."""
        before = self.terms[self.at - 2] if self.at >= 2 else None
        near = bool(self.latest) and before is not None and before.tag in (Tag.ACTOR, Tag.UNKNOWN)
        busy = any(mention.action for mention in self.subject)
        if (
            near
            and term.sense.form == "ing"
            and self.latest is not self.subject
            and (busy or self.latest_with)
        ):
            return self.latest
        return self.subject

    def act(self, subject: list[Mention], term: Term) -> None:
        action = term.sense.value
        self.show(subject)
        free = [mention for mention in subject if not mention.action]
        for mention in free:
            mention.action = action
        if action and not free and any(mention.action != action for mention in subject):
            self.draft.notes.append(f"Everyone does one thing at a time, so “{term.text}” had to wait.")

    def show(self, group: Sequence[Mention]) -> None:
        """The sleeper enters the dream when it acts in it."""
        if self.sleeper in group and not self.sleeper.shown:
            self.sleeper.shown = True
            self.draft.mentions.append(self.sleeper)

    # where

    def relation(self) -> None:
        """A preposition and what it refers to."""
        term = self.take()
        relation = term.sense.value
        self.skip(Tag.OF)
        if not self.opens_noun():
            return
        group, places = self.noun_list(many=relation == "with")
        place = places[0] if places else None
        for other in places[1:]:
            self.place(other, "")
        owner = self.owner(relation)
        if not owner and relation != "with":
            self.ahead.append((relation, group, place))
            if place:
                self.place(place, relation)
            return
        self.relate(owner, relation, group, place)

    def owner(self, relation: str) -> list[Mention]:
        """Who stands there: the subject, or the noun just named when the subject has its place."""
        placed = any(mention.relation for mention in self.subject)
        free = [mention for mention in self.latest if not mention.relation and mention is not self.sleeper]
        if placed and free and self.latest is not self.subject and relation != "with":
            return free
        return self.subject

    def relate(self, owner: list[Mention], relation: str, group: list[Mention], place: Place | None) -> None:
        """`owner` is over, under, with … `group` or `place`."""
        if place and place not in self.draft.places:
            self.place(place, relation, owner[0] if owner else None)
        elif place:
            place.visitor = owner[0] if owner else None
        if (
            place
            and owner
            and not group
            and place.part
            and not (place.whole and relation in ("in", "with", "through"))
        ):
            self.stand(owner, relation, place.part)
        if not group:
            return
        if relation == "with" and owner and self.sleeper not in group:
            self.accompany(owner, group)
        elif owner and not (owner == [self.sleeper] and self.sleeper in group):
            if self.sleeper in group:
                self.show(group)
                self.sleeper.action = self.sleeper.action or next((m.action for m in owner if m.action), "")
            self.stand(owner, relation, group[0].kind or "")
        self.latest, self.latest_with = group, relation == "with"

    def stand(self, owner: list[Mention], relation: str, to: str) -> None:
        for mention in owner:
            if to and not mention.relation and mention.kind != to:
                mention.relation, mention.to = relation, to
                if mention is self.sleeper and not mention.shown and relation in ("on", "in", "over"):
                    self.show([mention])

    def accompany(self, owner: list[Mention], group: list[Mention]) -> None:
        """“flying with three sheep”: they come along and do the same, unless they are things."""
        lead = next((mention for mention in owner if mention.kind and mention.shown), None)
        action = next((mention.action for mention in owner if mention.action), "")
        for mention in group:
            if not mention.action and mention.kind not in self.things:
                mention.action = action
            if lead and mention is not lead and not mention.relation and mention.kind != lead.kind:
                mention.relation, mention.to = "with", lead.kind or ""

    def place(self, place: Place, relation: str, visitor: Mention | None = None) -> None:
        place.relation, place.visitor = relation, visitor
        self.draft.places.append(place)

    # what not

    def negation(self) -> None:
        """Everything in the scope of "no" is understood and left out."""
        self.at += 1
        found = False
        while self.term and self.term.tag not in _ENDS_NEGATION:
            term = self.term
            if term.tag in (Tag.COMMA, Tag.AND, Tag.OR):
                if not found or not self.negation_goes_on():
                    return
            elif found and term.tag in (Tag.VERB, Tag.NUMBER, Tag.DETERMINER, Tag.BE):
                return
            elif term.tag not in (
                Tag.DETERMINER,
                Tag.FILLER,
                Tag.OF,
                Tag.LINK,
                Tag.MODAL,
                Tag.BE,
                Tag.FLAVOUR,
            ):
                self.draft.refused.append(term)
                found = found or term.tag not in (
                    Tag.COLOUR,
                    Tag.SIZE,
                    Tag.NUMBER,
                    Tag.SHADE,
                    Tag.INTENSIFIER,
                )
            self.at += 1

    def negation_goes_on(self) -> bool:
        """“no clouds or rain”, “without cats and dogs”, “no cats, dogs or owls” – but “no rain, three sheep”."""
        here, one, two = self.term, self.peek(1), self.peek(2)
        if here is None or one is None:
            return False
        if here.tag is Tag.OR or (here.tag is Tag.COMMA and one.tag is Tag.OR):
            return True
        bare = one.tag in (Tag.ACTOR, Tag.UNKNOWN, Tag.LEFT_OUT, Tag.WEATHER)
        if here.tag is Tag.AND:
            return bare and (two is None or two.tag in (Tag.STOP, Tag.COMMA, Tag.BUT, Tag.AND))
        return bare and two is not None and two.tag in (Tag.OR, Tag.COMMA) and self.or_ahead()

    def or_ahead(self) -> bool:
        """Whether the list that goes on here ends in "or"."""
        for term in self.terms[self.at : self.at + 12]:
            if term.tag is Tag.OR:
                return True
            if term.tag in _ENDS_NEGATION or term.tag in (Tag.VERB, Tag.NUMBER, Tag.DETERMINER):
                return False
        return False

    # everything else

    def remark(self) -> None:
        """A word that stands for itself: time, weather, mood, camera; or one nobody knows."""
        term = self.take()
        self.note_quality(term)
