"""Composing: a draft and a cast become a storyboard, and every choice made on the way becomes a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar, cast, get_args

from dreamreel.dream.cast import Cast
from dreamreel.dream.grammar.draft import Draft, Mention, Place
from dreamreel.dream.lexicon.data import numbers, values, words_by_value
from dreamreel.dream.lexicon.vocabulary import Tag
from dreamreel.dream.storyboard import (
    ActorCue,
    Camera,
    Mood,
    Reaction,
    Relation,
    SettingCue,
    Size,
    Storyboard,
    TimeOfDay,
    Weather,
)

__all__ = ["compose"]

MOST_COPIES = 12
MOST_CUES = 16
_T = TypeVar("_T")
_REFUSABLE = frozenset(
    {Tag.ACTOR, Tag.PLACE, Tag.VERB, Tag.TIME, Tag.WEATHER, Tag.MOOD, Tag.LEFT_OUT, Tag.UNKNOWN, Tag.COLOUR}
)


def compose(draft: Draft, cast_: Cast, text: str) -> Storyboard:
    """The storyboard of a draft read from `text`."""
    stage = _Composer(draft, cast_)
    setting = stage.setting()
    actors = stage.actors(setting)
    unknown = _unknown(draft, text)
    stage.foreign_note(unknown, understood=bool(draft.mentions or draft.places))
    return Storyboard(
        setting=setting,
        actors=actors,
        camera=cast("Camera", _first(draft.cameras, "auto")),
        mood=cast(
            "Mood", _first([mood for mood in draft.moods if mood not in stage.refused(Tag.MOOD)], "calm")
        ),
        palette=_first(draft.palettes, None),
        reaction=cast("Reaction", _first(draft.reactions, "smile")),
        not_understood=unknown,
        notes=tuple(dict.fromkeys(stage.notes)),
    )


def _first(found: Sequence[str], otherwise: _T) -> str | _T:
    return found[0] if found else otherwise


def _unknown(draft: Draft, text: str) -> tuple[str, ...]:
    terms = sorted(draft.unknown, key=lambda term: term.start)
    return tuple(dict.fromkeys(" ".join(text[term.start : term.end].split()) for term in terms))


@dataclass(slots=True)
class _Composer:
    draft: Draft
    cast: Cast
    notes: list[str] = field(default_factory=list[str])

    def __post_init__(self) -> None:
        self.notes += self.draft.notes
        names = list(dict.fromkeys(self.draft.names))
        if names:
            self.notes.append(f"{' and '.join(names)}: read as the one who sleeps.")
        refused = list(dict.fromkeys(term.text for term in self.draft.refused if term.tag in _REFUSABLE))
        if refused:
            self.notes.append(f"Left out, as you asked: {', '.join(refused)}.")

    def refused(self, tag: Tag) -> set[str]:
        """What of this tag was negated."""
        return {term.sense.value for term in self.draft.refused if term.tag is tag}

    # who

    def shown(self) -> list[Mention]:
        refused = self.refused(Tag.ACTOR)
        return [
            mention
            for mention in self.draft.mentions
            if mention.kind in self.cast.actors and mention.kind not in refused
        ]

    def actors(self, setting: SettingCue) -> tuple[ActorCue, ...]:
        mentions = self.shown()
        if not mentions and not self.draft.places and not self._has_weather_or_time():
            return self._nothing_known(setting)
        if len(mentions) > MOST_CUES:
            self.notes.append(
                f"One picture has room for {MOST_CUES} groups of actors; the first ones are shown."
            )
        merged = self._merge(mentions[:MOST_CUES])
        present = {mention.kind for mention in merged}
        return tuple(self._cue(mention, present) for mention in merged)

    def _merge(self, mentions: list[Mention]) -> list[Mention]:
        """“a star, a star”: the same said twice is one cue of two."""
        merged: dict[object, Mention] = {}
        for mention in mentions:
            key = (mention.kind, *mention.colours, mention.size, mention.action, mention.relation, mention.to)
            if key in merged:
                first = merged[key]
                first.count = self._number(first) + self._number(mention)
            else:
                merged[key] = mention
        return list(merged.values())

    def _number(self, mention: Mention) -> int:
        if mention.count is not None:
            return mention.count
        usual = numbers("numbers", "plurals")
        return int(usual.get(mention.kind or "", usual["default"])) if mention.plural else 1

    def _cue(self, mention: Mention, present: set[str | None]) -> ActorCue:
        kind = mention.kind or ""
        count = self._number(mention)
        name = kind.replace("_", " ")
        if count > MOST_COPIES:
            self.notes.append(
                f"At most {MOST_COPIES} of a kind fit in one picture: {name}, asked for {count}."
            )
        if len(mention.colours) > 1:
            self.notes.append(f"One colour each: the {name} is {mention.colours[0]}.")
        action = mention.action if mention.action not in self.refused(Tag.VERB) else ""
        to = mention.to if mention.to not in self.refused(Tag.ACTOR) else ""
        if to not in present and (to in self.cast.actors or to == "baby"):
            to = ""
        return ActorCue(
            kind=kind,
            count=max(1, min(count, MOST_COPIES)),
            colour=mention.colours[0] if mention.colours else None,
            size=cast("Size", mention.size or "normal"),
            action=action or None,
            relation=cast("Relation", mention.relation if to else "alone"),
            to=to or None,
        )

    def _nothing_known(self, setting: SettingCue) -> tuple[ActorCue, ...]:
        """A dream of which nothing could be read is a calm sky."""
        wanted = (("moon", 1), ("star", 7))
        refused = self.refused(Tag.ACTOR)
        self.notes.append(
            "Nothing in these words could be drawn, so this is a calm night sky with the moon and stars."
        )
        return tuple(
            ActorCue(kind=kind, count=count)
            for kind, count in wanted
            if kind in self.cast.actors and kind not in refused and setting.kind == "night_sky"
        )

    def _has_weather_or_time(self) -> bool:
        return bool(self.draft.weathers or self.draft.times)

    # where and when

    def setting(self) -> SettingCue:
        kind = self._named_setting() or self._weather_setting() or self._home_setting()
        return SettingCue(kind=kind, time=self._time(kind), weather=self._weather())

    def _refused_settings(self) -> set[str]:
        return {
            term.sense.kinds[0] for term in self.draft.refused if term.tag is Tag.PLACE and term.sense.kinds
        }

    def _named_setting(self) -> str | None:
        """The setting that fits most of the places named; a place named as a whole weighs more than a thing in it."""
        refused = self._refused_settings()
        places = [place for place in self.draft.places if place.kinds]
        fits: dict[str, float] = {}
        for place in places:
            kinds = [kind for kind in self._immersed(place) if kind not in refused]
            for i, kind in enumerate(kinds):
                fits[kind] = fits.get(kind, 0) + (2 if place.whole and i == 0 else 1 - 0.1 * min(i, 5))
        if not fits:
            return None
        best = max(fits, key=lambda kind: fits[kind])
        for place in places:
            if place.played and place.kinds[0] == best:
                self.notes.append(f"There is no {place.played} yet, so the dream plays {_where(best)}.")
            elif best not in self._immersed(place):
                self.notes.append(
                    f"One dream plays in one place, here {_where(best)}; “{place.text}” did not fit in."
                )
        return best

    def _immersed(self, place: Place) -> tuple[str, ...]:
        """Fish "in the sea" are under water; a boat is not."""
        inner = values("grammar", "immersed").get(place.kinds[0], "")
        actor = self.cast.actors.get(place.visitor.kind or "") if place.visitor else None
        at_home = actor is not None and actor.settings[:1] == (inner,)
        if inner in self.cast.settings and place.relation in ("in", "through") and at_home:
            return (inner, *place.kinds)
        return place.kinds

    def _weather_setting(self) -> str | None:
        """A setting that the weather alone brings along: it snows in a snow field."""
        brought = values("grammar", "weather_settings").get(self._weather(), "")
        return brought if brought in self.cast.settings and brought not in self._refused_settings() else None

    def _home_setting(self) -> str:
        """Without a named place, where its first actor with a home of its own feels at home."""
        refused = self._refused_settings()
        mentions = [mention for mention in self.shown() if mention.kind != "baby"]
        fallback = values("grammar", "sky")["kind"]
        votes: dict[str, float] = {}
        for i, mention in enumerate(mentions):
            # A cat can be anywhere; a whale or a rocket cannot, so where they are at home counts for more.
            bound = self.cast.actors[mention.kind or ""].habitat in ("space", "water")
            for rank, kind in enumerate(self._homes(mention)):
                if kind not in refused:
                    first = (0.6 if i == 0 else 0) + (0.7 if bound else 0) if rank == 0 else 0
                    votes[kind] = votes.get(kind, 0) + 1 / (1 + rank) + first
        if not votes:
            open_kinds = [kind for kind in self.cast.settings if kind not in refused]
            chosen = fallback if fallback in open_kinds else open_kinds[0] if open_kinds else fallback
            if self.shown() or self._has_weather_or_time():
                self.notes.append(f"No place was named, so the dream plays {_where(chosen)}.")
            return chosen
        chosen = max(votes, key=lambda kind: votes[kind])
        self.notes.append(f"No place was named, so the dream plays {_where(chosen)}.")
        return chosen

    def _homes(self, mention: Mention) -> list[str]:
        """Settings for this actor doing this, the best first."""
        words = self.cast.actors[mention.kind or ""]
        homes = list(words.settings) or [values("grammar", "habitats")[words.habitat]]
        wish, *ordinary = words_by_value("grammar", "suggests").get(mention.action, ("",))
        if wish and words.habitat not in ordinary:
            homes.insert(0, wish)
        return [kind for kind in homes if kind in self.cast.settings]

    def _time(self, setting: str) -> TimeOfDay:
        declared = self.cast.settings.get(setting)
        times: tuple[TimeOfDay, ...] = declared.times if declared and declared.times else get_args(TimeOfDay)
        asked = [time for time in self.draft.times if time not in self.refused(Tag.TIME)]
        if asked:
            time = cast("TimeOfDay", asked[0])
            if time in times:
                return time
            self.notes.append(f"There is no {time} {_where(setting)} yet, so it is {times[0]}.")
            return times[0]
        kinds = {mention.kind for mention in self.shown()}
        wish: TimeOfDay | None = (
            "day" if "sun" in kinds else "night" if kinds & {"moon", "star", "owl"} else None
        )
        return wish if wish and wish in times else times[0]

    def _weather(self) -> Weather:
        refused = self.refused(Tag.WEATHER) | (
            {"cloudy"} if "cloud" in self.refused(Tag.ACTOR) else set[str]()
        )
        asked = [weather for weather in self.draft.weathers if weather not in refused]
        return cast("Weather", _first(asked, "clear"))

    # language

    def foreign_note(self, unknown: tuple[str, ...], understood: bool) -> None:
        """Tell a prompt in another language that English is read."""
        other_script = any(letter.isalpha() and ord(letter) > 0x24F for word in unknown for letter in word)
        if unknown and (other_script or (self.draft.foreign and (len(unknown) > 1 or not understood))):
            self.notes.append("Dreams are read in English for now; please tell this one in English.")


def _where(setting: str) -> str:
    """“on the beach”: how a sentence says that something is in a setting."""
    return values("grammar", "where").get(setting, f"in the {setting.replace('_', ' ')}")
