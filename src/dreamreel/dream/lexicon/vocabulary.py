"""The vocabulary: every form of every word, with what it can mean, for one cast.

    cast + tables ──► {("hot", "air", "balloon"): (Sense(ACTOR, "hot_air_balloon"),), ("flies",): (…), …}

A phrase may have several senses; the first is the usual one and the tagger chooses by the neighbours.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Literal

from dreamreel.dream.cast import Cast
from dreamreel.dream.lexicon.colours import colour_names, shade_names
from dreamreel.dream.lexicon.data import numbers, table, values, words, words_by_value
from dreamreel.dream.lexicon.morphology import invariant, plurals, verb_forms

__all__ = ["Form", "Phrase", "Sense", "Tag", "Vocabulary", "vocabulary"]

Phrase = tuple[str, ...]
Form = Literal["", "one", "many", "either", "base", "third", "past", "ing"]


class Tag(Enum):
    """What a word does in a sentence."""

    ACTOR = auto()
    PLACE = auto()
    TIME = auto()
    WEATHER = auto()
    MOOD = auto()
    CAMERA = auto()
    PALETTE = auto()
    REACTION = auto()
    COLOUR = auto()
    SHADE = auto()
    SIZE = auto()
    NUMBER = auto()
    MULTIPLIER = auto()
    GROUP = auto()
    VERB = auto()
    LINK = auto()
    MODAL = auto()
    BE = auto()
    THERE = auto()
    RELATION = auto()
    NEGATION = auto()
    AND = auto()
    OR = auto()
    BUT = auto()
    COMMA = auto()
    STOP = auto()
    DETERMINER = auto()
    SLEEPER = auto()
    THEY = auto()
    WHO = auto()
    DREAM = auto()
    OF = auto()
    INTENSIFIER = auto()
    FLAVOUR = auto()
    LEFT_OUT = auto()
    FOREIGN = auto()
    FILLER = auto()
    UNKNOWN = auto()


@dataclass(frozen=True, slots=True)
class Sense:
    """One meaning of a phrase."""

    tag: Tag
    value: str = ""
    """The kind, relation, literal or amount, as text."""
    form: Form = ""
    """Grammatical number of a noun, form of a verb."""
    kinds: tuple[str, ...] = ()
    """Of a PLACE: the settings it belongs to, those it names before those that only contain it."""
    whole: bool = True
    """Of a PLACE: whether it names a setting, rather than a thing in one."""
    played: str = ""
    """The word itself when something else plays its part."""
    relation: str = ""
    """Of a VERB: the relation it brings along (ride: on)."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Phrase → senses, and the length of the longest phrase in words."""

    senses: Mapping[Phrase, tuple[Sense, ...]]
    longest: int
    drawable: tuple[str, ...]
    """Everyday names of what can be asked for, for suggestions."""


@dataclass(slots=True)
class _Builder:
    cast: Cast
    senses: dict[Phrase, list[Sense]] = field(default_factory=dict[Phrase, list[Sense]])

    def add(self, text: str, sense: Sense) -> None:
        phrase = tuple(text.replace("-", " ").casefold().split())
        if not phrase:
            return
        known = self.senses.setdefault(phrase, [])
        if all((old.tag, old.form) != (sense.tag, sense.form) for old in known):
            known.append(sense)

    def add_all(self, texts: Iterable[str], tag: Tag, value: str = "") -> None:
        for text in texts:
            self.add(text, Sense(tag, value or text))

    def has(self, text: str, tag: Tag) -> bool:
        return any(sense.tag is tag for sense in self.senses.get(tuple(text.split()), ()))

    def noun(self, text: str, sense: Sense) -> None:
        """The noun in its singular and plural forms."""
        text = text.replace("-", " ").casefold()
        own: Form = "either" if invariant(text) else "one"
        self.add(text, _formed(sense, own))
        for form in plurals(text):
            if form != text:
                self.add(form, _formed(sense, "many"))

    def verb(self, text: str, sense: Sense) -> None:
        """The verb in all its forms."""
        forms = verb_forms(text.replace("-", " ").casefold())
        self.add(forms.base, _formed(sense, "base"))
        for form in forms.third:
            self.add(form, _formed(sense, "third"))
        for form in forms.past:
            self.add(form, _formed(sense, "past"))
        for form in forms.ing:
            self.add(form, _formed(sense, "ing"))

    def signs(self, signs: Iterable[str], sense: Sense) -> None:
        """Emoji, without the marks that only choose how they look."""
        for sign in signs:
            self.add(sign[:1], sense)


def _formed(sense: Sense, form: Form) -> Sense:
    return Sense(sense.tag, sense.value, form, sense.kinds, sense.whole, sense.played, sense.relation)


@functools.lru_cache(maxsize=8)
def vocabulary(cast: Cast) -> Vocabulary:
    """The vocabulary of a cast. Built once per cast, in a few milliseconds."""
    build = _Builder(cast)
    _actors(build)
    _places(build)
    _verbs(build)
    _qualities(build)
    _numbers(build)
    _small_words(build)
    found = {phrase: tuple(senses) for phrase, senses in build.senses.items()}
    names = [
        words_of.nouns[0] for words_of in (*cast.actors.values(), *cast.settings.values()) if words_of.nouns
    ]
    names += [action.verbs[0] for action in cast.actions.values() if action.verbs]
    return Vocabulary(found, max(map(len, found)), tuple(dict.fromkeys(names)))


def _actors(build: _Builder) -> None:
    actors = build.cast.actors
    for kind, declared in actors.items():
        for noun in (*declared.nouns, kind.replace("_", " ")):
            if not _qualified(noun, declared.nouns[0]):
                build.noun(noun, Sense(Tag.ACTOR, kind))
        build.signs(declared.emoji, Sense(Tag.ACTOR, kind))
    _implied_actors(build)
    _stand_ins(build)
    for kind, signs in words_by_value("emoji", "actors").items():
        build.signs(signs if kind in actors else (), Sense(Tag.ACTOR, kind))


def _implied_actors(build: _Builder) -> None:
    """Words that put an actor into the picture without naming it: "moonlit"."""
    many = words("senses", "implied_many", "words")
    for text, kind in values("senses", "implied").items():
        if kind not in build.cast.actors:
            continue
        if text in many:
            build.add(text, Sense(Tag.ACTOR, kind, "many"))
        else:
            build.noun(text, Sense(Tag.ACTOR, kind))


def _stand_ins(build: _Builder) -> None:
    """Relatives of actors, unless an actor of that very name exists."""
    for room in ("same", "played_by"):
        for kind, nouns in words_by_value("stand_ins", room).items():
            free = (
                [noun for noun in nouns if not build.has(noun, Tag.ACTOR)]
                if kind in build.cast.actors
                else []
            )
            for noun in free:
                build.noun(noun, Sense(Tag.ACTOR, kind, played=noun if room == "played_by" else ""))


def _qualified(noun: str, plain: str) -> bool:
    """Whether a noun is only a quality before the plain one: "little star" is read as a small star."""
    quality, _, rest = noun.partition(" ")
    sizes = {word for listed in words_by_value("senses", "size").values() for word in listed}
    return rest == plain and (quality == "baby" or quality in sizes or quality in colour_names())


def _places(build: _Builder) -> None:
    settings = build.cast.settings
    whole = {noun: [kind] for noun, (kind, _) in _setting_relatives(build.cast).items()}
    played = {noun: noun for noun, (_, other) in _setting_relatives(build.cast).items() if other}
    parts: dict[str, list[str]] = {}
    for kind, declared in settings.items():
        for noun in dict.fromkeys(_plain(noun) for noun in (*declared.nouns, kind.replace("_", " "))):
            whole[noun] = [*whole.get(noun, ()), kind]
        for part in declared.parts:
            parts.setdefault(_plain(part), []).append(kind)
        build.signs(declared.emoji, Sense(Tag.PLACE, "", kinds=(kind,)))
    vague = words("grammar", "sky", "parts")
    for noun, kinds in whole.items():
        own = settings[kinds[0]].parts
        to = noun if noun in own else own[0] if own else ""
        every = tuple(dict.fromkeys([*kinds, *parts.get(noun, [])]))
        place = Sense(Tag.PLACE, to, kinds=every, whole=noun not in vague, played=played.get(noun, ""))
        build.noun(noun, place)
    for part in (*parts, *vague):
        build.noun(part, Sense(Tag.PLACE, part, kinds=tuple(parts.get(part, ())), whole=False))
    for kind, signs in words_by_value("emoji", "settings").items():
        build.signs(signs if kind in settings else (), Sense(Tag.PLACE, "", kinds=(kind,)))


def _plain(text: str) -> str:
    return text.replace("-", " ").casefold()


def _setting_relatives(cast: Cast) -> Mapping[str, tuple[str, bool]]:
    """Other nouns for settings no setting declares itself: noun → its kind, and whether that only plays its part."""
    declared = {_plain(noun) for setting in cast.settings.values() for noun in setting.nouns}
    return {
        noun: (kind, room == "played_by")
        for room in ("same", "played_by")
        for kind, nouns in words_by_value("stand_ins", "settings", room).items()
        if kind in cast.settings
        for noun in nouns
        if noun not in declared
    }


def _verbs(build: _Builder) -> None:
    """Verbs that frame or relate come first: "watch" introduces, whatever action also claims the word."""
    actions = build.cast.actions
    for verb in words("grammar", "dream", "verbs"):
        build.verb(verb, Sense(Tag.DREAM))
    for verb in words("grammar", "links", "verbs"):
        build.verb(verb, Sense(Tag.LINK))
    declared = {verb: kind for kind, action in actions.items() for verb in action.verbs}
    looks = {verb: kind for verb, kind in values("grammar", "actions_of_verbs").items() if kind in actions}
    for verb, relation in values("grammar", "verbs_of_relation").items():
        action = declared.get(verb) or looks.get(verb, "")
        build.verb(verb, Sense(Tag.VERB, action, relation=relation))
    for verb, kind in declared.items():
        build.verb(verb, Sense(Tag.VERB, kind))
    for verb, kind in looks.items():
        if verb not in declared:
            build.verb(verb, Sense(Tag.VERB, kind))
    _other_action_words(build)
    for verb in words("grammar", "also", "verbs"):
        build.verb(verb, Sense(Tag.UNKNOWN, verb))
    for compound in words("grammar", "also", "unknown"):
        build.noun(compound, Sense(Tag.UNKNOWN))


def _other_action_words(build: _Builder) -> None:
    actions = build.cast.actions
    for kind, declared in actions.items():
        build.verb(kind.replace("_", " "), Sense(Tag.VERB, kind))
        for adjective in declared.adjectives:
            build.add(adjective, Sense(Tag.VERB, kind, "ing"))
        build.signs(declared.emoji, Sense(Tag.VERB, kind, "ing"))
    for kind, signs in words_by_value("emoji", "actions").items():
        build.signs(signs if kind in actions else (), Sense(Tag.VERB, kind, "ing"))


def _qualities(build: _Builder) -> None:
    rooms = (
        ("time", Tag.TIME),
        ("weather", Tag.WEATHER),
        ("camera", Tag.CAMERA),
        ("palette", Tag.PALETTE),
        ("reaction", Tag.REACTION),
        ("size", Tag.SIZE),
        ("mood", Tag.MOOD),
    )
    for room, tag in rooms:
        for value, listed in words_by_value("senses", room).items():
            build.add_all(listed, tag, value)
    for room, tag in (("weather", Tag.WEATHER), ("time", Tag.TIME), ("reaction", Tag.REACTION)):
        for value, signs in words_by_value("emoji", room).items():
            build.add_all(signs, tag, value)
    build.add_all(words("senses", "left_out", "words"), Tag.LEFT_OUT)
    for text in words("senses", "left_out", "words"):
        build.noun(text, Sense(Tag.LEFT_OUT, text))
    for name in colour_names():
        build.add(name, Sense(Tag.COLOUR, name))
        build.add(f"{name} coloured", Sense(Tag.COLOUR, name))
        build.add(f"{name} colored", Sense(Tag.COLOUR, name))
    build.add_all(words("colours", "rainbow", "words"), Tag.COLOUR, "rainbow")
    build.add_all(shade_names(), Tag.SHADE)


def _numbers(build: _Builder) -> None:
    for room, tag in (("words", Tag.NUMBER), ("amounts", Tag.NUMBER), ("multipliers", Tag.MULTIPLIER)):
        for text, value in numbers("numbers", room).items():
            build.add(text, Sense(tag, str(int(value))))
    for text, value in numbers("numbers", "groups").items():
        build.noun(text, Sense(Tag.GROUP, str(int(value))))


def _small_words(build: _Builder) -> None:
    for relation, listed in words_by_value("grammar", "relations").items():
        build.add_all(listed, Tag.RELATION, relation)
    rooms = {
        "and": Tag.AND,
        "or": Tag.OR,
        "but": Tag.BUT,
        "negation": Tag.NEGATION,
        "who": Tag.WHO,
        "they": Tag.THEY,
        "determiners": Tag.DETERMINER,
        "of": Tag.OF,
        "intensifiers": Tag.INTENSIFIER,
    }
    for room, tag in rooms.items():
        build.add_all(words("grammar", "words", room), tag)
    plural = words("grammar", "words", "plural_determiners")
    for text in plural:
        build.add(text, Sense(Tag.DETERMINER, text, "many"))
    build.add_all(words("grammar", "be", "words"), Tag.BE)
    build.add_all(words("grammar", "be", "there"), Tag.THERE)
    build.add_all(words("grammar", "links", "modals"), Tag.MODAL)
    build.add_all(words("grammar", "dream", "phrases"), Tag.DREAM)
    build.add_all(words("grammar", "sleeper", "pronouns"), Tag.SLEEPER, "pronoun")
    kin = words("grammar", "sleeper", "only_kin")
    for noun in words("grammar", "sleeper", "nouns"):
        build.add(noun, Sense(Tag.SLEEPER, "kin" if noun in kin else "noun"))
    build.add_all(words("grammar", "flavour", "words"), Tag.FLAVOUR)
    build.add_all(words("grammar", "filler", "words"), Tag.FILLER)
    build.add_all(words("emoji", "filler", "words"), Tag.FILLER)
    build.add_all(words("foreign", "latin", "words"), Tag.FOREIGN)


def implied_time(phrase: str) -> str:
    """The time of day that a word brings along ("moonlit": night), or an empty text."""
    return str(table("senses", "implied_time").get(phrase, ""))
