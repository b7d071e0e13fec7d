"""The form of a conversion, and how it becomes a recipe: planned from what was found in the file; that stays closed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Final, Literal, cast

from pydantic import BaseModel, ConfigDict, Field

from dreamreel.clip import Clip, concat
from dreamreel.convert.compose import Composed, compose
from dreamreel.convert.job import suffix_for
from dreamreel.convert.wish import Wish
from dreamreel.errors import BadParameter, NotMedia
from dreamreel.graph import JSON, Recipe, freeze
from dreamreel.machine import cores, free_memory
from dreamreel.media.probe import MediaFile
from dreamreel.ops.params import from_params
from dreamreel.ops.source import from_found
from dreamreel.render.explain import estimate
from dreamreel.render.plan import Plan, anonymous, make_plan
from dreamreel.studio.kinds import Kind, Originals, Prepared
from dreamreel.studio.library import Item

__all__ = ["CONVERT", "ConvertForm", "Part", "Planned", "planned"]

_MOST_PARTS: Final = 500
_LONGEST_NAME: Final = 80
Word = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]{0,63}$")]
Choice = Annotated[str, Field(pattern=r"^(all|none|[a-z0-9]{1,8}(,[a-z0-9]{1,8}){0,63})$")]
Seconds = Annotated[float, Field(ge=0, le=360_000, allow_inf_nan=False)]


class Part(BaseModel):
    """A stretch of the file, in seconds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    start: Seconds
    end: Seconds


class ConvertForm(BaseModel):
    """What to make of an item of the library. What is not said stays as it is, or as the preset has it."""

    model_config = ConfigDict(extra="forbid", frozen=True, title="Convert")

    source: Annotated[str, Field(pattern=r"^[a-z0-9]{1,40}$")]
    """An item of the library that is a film or a sound."""
    preset: Word | None = None
    """A preset by its name."""
    container: Word | None = None
    codec: Word | None = None
    audio_codec: Word | None = None
    quality: Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)] | None = None
    """How it looks, 0 to 100, the same for every codec."""
    target_size: Annotated[int, Field(ge=1000, le=2**50)] | None = None
    """Bytes, never exceeded."""
    short_side: Annotated[int, Field(ge=16, le=8640)] | None = None
    """The shorter side is at most this many pixels."""
    rate: Annotated[float, Field(gt=0, le=1000, allow_inf_nan=False)] | None = None
    """Frames a second."""
    rotate: Literal[0, 90, 180, 270] = 0
    deinterlace: Literal["off", "on"] = "off"
    speed: Annotated[float, Field(ge=0.01, le=100, allow_inf_nan=False)] = 1
    loudness: Annotated[float, Field(ge=-70, le=-5, allow_inf_nan=False)] | None = None
    """LUFS."""
    denoise_sound: Literal["off", "light", "medium", "strong"] = "off"
    audio: Choice = "all"
    subtitles: Choice = "all"
    keep_location: bool = False
    encode: bool = False
    """Encode what could be copied."""
    parts: Annotated[list[Part], Field(max_length=_MOST_PARTS)] = []
    """The stretches to keep, in the order they play; none for the whole file."""


_PLAIN: Final = ("preset", "container", "codec", "audio_codec", "quality", "target_size", "short_side", "loudness",
                 "audio", "subtitles", "keep_location", "encode", "rotate", "deinterlace", "denoise_sound")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Planned:
    """A conversion, decided."""

    item: Item
    file: str
    """What the item was called when it came in: a recipe names it so, whatever it is called now."""
    composed: Composed
    plan: Plan
    name: str
    """What the result is called."""


def planned(form: ConvertForm, originals: Originals) -> Planned:
    """What a form makes of its item; nothing is opened. Raises `NotMedia`, `UsageError`s."""
    item = originals.get(form.source)
    if item.kind not in ("video", "sound") or "media" not in item.facts:
        raise NotMedia(f"{item.name} is not a film or a sound that came in as a file; choose another one.")
    found = from_params(MediaFile, cast("Mapping[str, JSON]", freeze(item.facts["media"])))  # pyright: ignore[reportArgumentType]
    source = _cut(Clip.of(from_found(found, str(item.facts["content"]))), form.parts)
    wish = _wish(form)
    composed = compose(wish, found, source, look=False)
    name = _named(item, form, suffix_for(composed.wish, found.path))
    node = anonymous(composed.clip.node)
    return Planned(item, found.path.name, composed, make_plan(node, Path(name), composed.target), name)


def _wish(form: ConvertForm) -> Wish:
    more: dict[str, object] = {}
    if form.rate is not None:
        more["rate"] = Fraction(repr(form.rate)).limit_denominator(100_000)
    if form.speed != 1:
        more["speed"] = Fraction(repr(form.speed))
    return Wish(**{name: getattr(form, name) for name in _PLAIN}, **more)  # pyright: ignore[reportArgumentType]


def _cut(clip: Clip, parts: list[Part]) -> Clip:
    """The stretches one after another. Raises `BadTime` for one outside the file."""
    if not parts:
        return clip
    return concat([clip[part.start : min(Fraction(repr(part.end)), clip.duration)] for part in parts])


def _named(item: Item, form: ConvertForm, suffix: str) -> str:
    stem = Path(item.name).stem[:_LONGEST_NAME]
    if form.parts:
        stem += "-cut"
    elif Path(item.name).suffix.lower() == suffix:
        stem += f"-{form.preset}" if form.preset else "-converted"
    return f"{stem}{suffix}"


def prepare(form: BaseModel, originals: Originals) -> Prepared:
    """The recipe of a conversion. Raises what planning raises."""
    assert isinstance(form, ConvertForm)
    made = planned(form, originals)
    plan = made.plan
    return Prepared(
        title=made.name, request=form.model_dump(mode="json"), recipe=Recipe.of(plan.node).to_json(),
        inputs={made.file: made.item.sha256}, name=made.name, photo=made.item.id, plan=plan,
        cost=estimate(plan, cores(), free_memory()), notes=(*made.composed.notes, *plan.notes),
        target=made.composed.target,
    )  # fmt: skip


def draft(form: BaseModel, seed: int) -> BaseModel:
    """Conversions have no drafts. Raises `BadParameter`."""
    del form, seed
    raise BadParameter("A conversion has no drafts to choose from; convert it again with other settings.")


CONVERT = Kind(name="convert", form=ConvertForm, prepare=prepare, draft=draft)
