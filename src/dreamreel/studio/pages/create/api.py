"""The Create page's part of the API: reading a dream as one types, and everything that can be dreamt of."""

from __future__ import annotations

from functools import cache
from typing import Annotated, get_args

from fastapi import APIRouter
from pydantic import BaseModel, Field

from dreamreel.dream.cast import default_cast
from dreamreel.dream.lexicon.colours import colour_names, colour_value
from dreamreel.dream.prompt import LONGEST_PROMPT, read_prompt, suggest
from dreamreel.dream.storyboard import (
    Camera,
    Mood,
    Reaction,
    Relation,
    Size,
    Storyboard,
    TimeOfDay,
    Weather,
)
from dreamreel.dream.telling import sentence
from dreamreel.engines import ENGINES, LONGEST, SHORTEST
from dreamreel.sizes import ASPECTS, RESOLUTIONS
from dreamreel.studio.given import Given
from dreamreel.studio.models import REFUSED
from dreamreel.studio.service import Studio

__all__ = ["router"]


class DreamText(Given):
    """A dream, as it is being typed."""

    text: Annotated[str, Field(max_length=LONGEST_PROMPT)]


class Unknown(BaseModel):
    """A word that could not be placed."""

    word: str
    near: list[str]
    """Names of things that can be drawn, the nearest first."""


class ReadDream(BaseModel):
    """How a dream is understood."""

    storyboard: Storyboard
    sentence: str
    unknown: list[Unknown]
    notes: list[str]


class SettingOut(BaseModel):
    """A place where dreams play."""

    kind: str
    word: str
    emoji: str
    times: list[str]
    picture: str


class ActorOut(BaseModel):
    """Someone or something that can be dreamt of."""

    kind: str
    word: str
    words: list[str]
    emoji: str
    picture: str
    habit: str


class ActionOut(BaseModel):
    """Something actors can do."""

    kind: str
    word: str


class ColourOut(BaseModel):
    """A colour word."""

    name: str
    value: str


class CastOut(BaseModel):
    """Everything that a storyboard may hold."""

    settings: list[SettingOut]
    actors: list[ActorOut]
    actions: list[ActionOut]
    colours: list[ColourOut]
    sizes: list[str]
    relations: list[str]
    times: list[str]
    weathers: list[str]
    moods: list[str]
    cameras: list[str]
    reactions: list[str]


class EngineOut(BaseModel):
    """An engine and what it can do."""

    name: str
    summary: str
    needs: str
    sizes: str
    length: str
    looks: list[str]
    cameras: list[str]
    sounds: list[str]


class Range(BaseModel):
    """From, and up to and with."""

    min: float
    max: float


class EnginesOut(BaseModel):
    """The choices of the form."""

    engines: list[EngineOut]
    resolutions: list[str]
    aspects: list[str]
    duration: Range
    fps: Range


def router(studio: Studio) -> APIRouter:
    """The routes; none of them needs the studio's data."""
    del studio
    routes = APIRouter(tags=["create"])

    @routes.post("/dream", operation_id="readDream", responses=REFUSED)
    def read_dream(wanted: DreamText) -> ReadDream:
        """How a dream is understood: storyboard, unknown words and what is near to them."""
        board = read_prompt(wanted.text)
        unknown = [Unknown(word=word, near=suggest(word)) for word in board.not_understood]
        return ReadDream(storyboard=board, sentence=sentence(board), unknown=unknown, notes=list(board.notes))

    @routes.get("/cast", operation_id="getCast")
    def get_cast() -> CastOut:
        """Everything that can be dreamt of."""
        return _cast()

    @routes.get("/engines", operation_id="getEngines")
    def get_engines() -> EnginesOut:
        """The engines and the choices they offer."""
        rows = [EngineOut.model_validate(engine.as_json()) for engine in ENGINES.values()]
        return EnginesOut(
            engines=rows, resolutions=list(RESOLUTIONS), aspects=["photo", *ASPECTS],
            duration=Range(min=SHORTEST, max=LONGEST), fps=Range(min=1, max=120),
        )  # fmt: skip

    return routes


@cache
def _cast() -> CastOut:
    cast = default_cast()
    return CastOut(
        settings=[
            SettingOut(kind=kind, word=words.nouns[0], emoji=next(iter(words.emoji), ""), times=list(words.times),
                       picture=f"/web/settings/{kind}.webp")
            for kind, words in sorted(cast.settings.items())
        ],
        actors=[
            ActorOut(kind=kind, word=words.nouns[0], words=list(words.nouns), emoji=next(iter(words.emoji), ""),
                     picture=f"/web/cast/{kind}.webp", habit=words.habit)
            for kind, words in sorted(cast.actors.items())
        ],
        actions=[ActionOut(kind=kind, word=words.verbs[0]) for kind, words in sorted(cast.actions.items())],
        colours=[ColourOut(name=name, value=colour_value(name)) for name in colour_names()],
        sizes=list(get_args(Size)), relations=list(get_args(Relation)), times=list(get_args(TimeOfDay)),
        weathers=list(get_args(Weather)), moods=list(get_args(Mood)), cameras=list(get_args(Camera)),
        reactions=list(get_args(Reaction)),
    )  # fmt: skip
