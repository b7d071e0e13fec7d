"""The form of a dream, and how it becomes a recipe: planned from what is known of the photo, which stays closed."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Final, cast

from pydantic import BaseModel, ConfigDict, Field

from dreamreel.analyse.faces import Face
from dreamreel.dream.storyboard import Storyboard
from dreamreel.dream.telling import sentence
from dreamreel.engines import (
    ENGINES,
    LONGEST,
    SHORTEST,
    CameraName,
    LookName,
    PhotoFacts,
    Request,
    SoundName,
    find_engine,
)
from dreamreel.errors import BadParameter, NotMedia
from dreamreel.graph import JSON, Recipe, freeze
from dreamreel.machine import cores, free_memory
from dreamreel.ops.params import from_params
from dreamreel.render.explain import estimate
from dreamreel.render.plan import anonymous, make_plan
from dreamreel.render.target import Target
from dreamreel.studio.kinds import Kind, Originals, Prepared
from dreamreel.studio.library import Item

__all__ = ["GENERATE", "GenerateForm", "photo_facts"]

_DRAFT_RESOLUTION, _DRAFT_FPS = "360p", 12
_LONGEST_TITLE: Final = 160
_SEEDS: Final = 10**9
_SAFE: Final = 2**53 - 1
"""The largest whole number that JavaScript keeps exact."""


class GenerateForm(BaseModel):
    """What is asked for: `engines.Request`, with an item of the library as the photo."""

    model_config = ConfigDict(extra="forbid", frozen=True, title="Generate")

    photo: Annotated[str, Field(pattern=r"^[a-z0-9]{1,40}$")]
    """An item of the library that is a photo."""
    dream: Annotated[str, Field(max_length=2000)] = ""
    storyboard: Storyboard | None = None
    """A storyboard to use instead of reading `dream`."""
    resolution: Annotated[str, Field(max_length=16)] = "720p"
    aspect: Annotated[str, Field(max_length=16)] = "photo"
    duration: Annotated[float, Field(ge=SHORTEST, le=LONGEST, allow_inf_nan=False)] = 5
    fps: Annotated[float, Field(ge=1, le=120, allow_inf_nan=False)] = 24
    seed: Annotated[int | None, Field(ge=-_SAFE, le=_SAFE)] = None
    """None chooses one."""
    look: LookName = "plush"
    camera: CameraName = "auto"
    sound: SoundName = "lullaby"
    loop: bool = False
    face: int | Annotated[list[float], Field(min_length=10, max_length=10)] | None = None
    """The number of a face, or x and y of right eye, left eye, nose, right and left mouth corner, in pixels."""
    engine: Annotated[str, Field(max_length=40, examples=list(ENGINES))] = "dream"


def photo_facts(item: Item) -> PhotoFacts:
    """What the library knows of a photo. Raises `NotMedia` for an item that is none."""
    if item.kind != "photo":
        raise NotMedia(f"{item.name} is not a photo; choose one of the photos in the library.")
    facts = cast("Mapping[str, JSON]", item.facts)
    faces = cast("list[dict[str, JSON]]", facts.get("faces", []))
    return PhotoFacts(
        width=item.width or 0,
        height=item.height or 0,
        content=str(facts["content"]),
        see_through=bool(facts.get("see_through")),
        faces=tuple(from_params(Face, cast("Mapping[str, JSON]", freeze(face))) for face in faces),  # pyright: ignore[reportArgumentType]
        notes=tuple(str(note) for note in cast("list[JSON]", facts.get("notes", []))),
    )


def _exact(value: float) -> Fraction:
    """A number as it was written: 0.1 is a tenth."""
    return Fraction(repr(value))


def prepare(form: BaseModel, originals: Originals) -> Prepared:
    """The recipe of a dream. Raises what the engine raises before it opens a photo."""
    assert isinstance(form, GenerateForm)
    item = originals.get(form.photo)
    facts = photo_facts(item)
    face = tuple(form.face) if isinstance(form.face, list) else form.face
    if isinstance(face, tuple) and not _inside(face, facts):
        raise BadParameter("A point of the face lies outside the photo; drag all five onto it.")
    seed = secrets.randbelow(_SEEDS) if form.seed is None else form.seed
    made = find_engine(form.engine).generate(
        Request(
            photo=Path(item.name), dream=form.dream, storyboard=form.storyboard, resolution=form.resolution,
            aspect=form.aspect, duration=_exact(form.duration), fps=_exact(form.fps), seed=seed, look=form.look,
            camera=form.camera, sound=form.sound, loop=form.loop, face=face, engine=form.engine, facts=facts,
        )
    )  # fmt: skip
    node = anonymous(made.clip.node)
    name = f"{Path(item.name).stem[:80]}-dream.mp4"
    plan = make_plan(node, Path(name), Target())
    words = " ".join(form.dream.split()) or sentence(made.storyboard)
    return Prepared(
        title=words[:_LONGEST_TITLE],
        request={**form.model_dump(mode="json"), "seed": seed},
        recipe=Recipe.of(node).to_json(),
        inputs={item.name: item.sha256},
        name=name,
        photo=item.id,
        plan=plan,
        cost=estimate(plan, cores(), free_memory()),
        notes=(*made.notes, *plan.notes),
    )


def _inside(points: tuple[float, ...], facts: PhotoFacts) -> bool:
    return all(0 <= x <= facts.width for x in points[::2]) and all(
        0 <= y <= facts.height for y in points[1::2]
    )


def draft(form: BaseModel, seed: int) -> GenerateForm:
    """A small, quick attempt: fewer pixels, fewer frames, another staging."""
    assert isinstance(form, GenerateForm)
    exact = re.fullmatch(r"(\d+)x(\d+)", form.resolution.strip().lower().replace("×", "x"))
    aspect = f"{exact[1]}:{exact[2]}" if exact else form.aspect
    changed = {
        "seed": seed,
        "resolution": _DRAFT_RESOLUTION,
        "fps": min(form.fps, _DRAFT_FPS),
        "aspect": aspect,
    }
    return form.model_copy(update=changed)


GENERATE = Kind(name="generate", form=GenerateForm, prepare=prepare, draft=draft)
