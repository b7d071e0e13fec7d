"""The Convert page's part of the API: what would become of a file, and what there is to choose from. `/convert/…`."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from typing import Final, Literal

from fastapi import APIRouter
from pydantic import BaseModel

from dreamreel.convert.presets.shelf import families
from dreamreel.machine import cores, free_memory
from dreamreel.media.formats import CONTAINERS
from dreamreel.render.explain import estimate
from dreamreel.render.plan import Plan
from dreamreel.studio.models import REFUSED
from dreamreel.studio.pages.convert.form import ConvertForm, Planned, planned
from dreamreel.studio.service import Studio

__all__ = ["router"]

_ANY: Final = 2**60
_EDGES: Final = 50
"""What two encoded edges and another container may add, as a part of the file."""
Action = Literal["copy", "cut", "convert", "encode", "drop"]


class TrackOut(BaseModel):
    """What becomes of one track."""

    kind: str
    action: Action
    codec: str
    language: str | None
    title: str | None
    why: str
    """Why it changes or is left out; empty when it is copied."""


class PlanOut(BaseModel):
    """What a conversion would do, before it does anything."""

    name: str
    container: str
    width: int | None
    height: int | None
    fps: float | None
    duration: float
    bytes: int
    """About how large the result will be."""
    bytes_in: int
    seconds: float
    """About how long it takes."""
    tracks: list[TrackOut]
    notes: list[str]
    whole: bool
    """True when every track is copied, so that nothing is lost at all."""


class PresetOut(BaseModel):
    """A preset."""

    name: str
    title: str
    description: str
    container: str | None
    size: int | None
    """The most bytes, when it has a limit."""


class FamilyOut(BaseModel):
    """Presets of one kind."""

    title: str
    presets: list[PresetOut]


class FormatOut(BaseModel):
    """A kind of file that can be written."""

    name: str
    title: str
    kind: str
    suffix: str
    video: list[str]
    audio: list[str]


class ConvertChoices(BaseModel):
    """Everything there is to choose from."""

    families: list[FamilyOut]
    formats: list[FormatOut]


def router(studio: Studio) -> APIRouter:
    """The routes."""
    routes = APIRouter(prefix="/convert", tags=["convert"])

    @routes.post("/plan", operation_id="planConversion", responses=REFUSED)
    def plan_conversion(form: ConvertForm) -> PlanOut:
        """What would be copied, encoded, lost, and how large it gets."""
        return _told(planned(form, studio.library))

    @routes.get("/choices", operation_id="getConvertChoices")
    def get_choices() -> ConvertChoices:
        """Presets by family, and the kinds of file that can be written."""
        return _choices()

    return routes


def _told(made: Planned) -> PlanOut:
    plan = made.plan
    cost = estimate(plan, cores(), free_memory())
    tracks = list(_tracks(plan))
    size = made.composed.target.target_size or min(cost.size, _at_most(made))
    video = plan.video
    return PlanOut(
        name=made.name, container=plan.container.name, width=video.width if video else None,
        height=video.height if video else None, fps=float(video.rate) if video and video.rate else None,
        duration=float(plan.info.duration), bytes=size, bytes_in=made.item.bytes, seconds=round(cost.seconds, 1),
        tracks=tracks, notes=list(dict.fromkeys([*made.composed.notes, *plan.notes])),
        whole=all(track.action == "copy" for track in tracks),
    )  # fmt: skip


def _at_most(made: Planned) -> int:
    """The most bytes of a result: its share of a file of which picture, or all sound, is copied; else any number."""
    plan, whole = made.plan, Fraction(made.item.duration or 0)
    copied = [plan.copied] if plan.video else [sound.copied for sound in plan.sounds]
    if not whole or not all(copied):
        return _ANY
    share = min(Fraction(1), plan.info.duration / whole)
    return round(made.item.bytes * share) + made.item.bytes // _EDGES


def _tracks(plan: Plan) -> list[TrackOut]:
    found: list[TrackOut] = []
    if plan.copied is not None:
        found.append(_one("video", plan.copied.action, plan.copied.codec))
    elif plan.video is not None:
        found.append(_one("video", "encode", plan.settings.codec if plan.settings else plan.container.name))
    for sound in plan.sounds:
        track, codec = sound.track, sound.codec.key if sound.codec else ""
        action = sound.copied.action if sound.copied else "encode"
        found.append(_one("audio", action, sound.copied.codec if sound.copied else codec,
                          track.language if track else None, track.title if track else None))  # fmt: skip
    found += [_one(one.kind, one.action, one.codec, one.language, one.title, one.why) for one in plan.others]
    return found


def _one(kind: str, action: Action, codec: str, language: str | None = None, title: str | None = None,
         why: str = "") -> TrackOut:  # fmt: skip
    return TrackOut(kind=kind, action=action, codec=codec, language=language, title=title, why=why)


@cache
def _choices() -> ConvertChoices:
    return ConvertChoices(
        families=[
            FamilyOut(title=title, presets=[
                PresetOut(name=one.name, title=one.title, description=one.description, container=one.wish.container,
                          size=one.limits.size)
                for one in presets if one.wish.container not in _PICTURES
            ])
            for title, presets in families().items()
        ],
        formats=[
            FormatOut(name=row.name, title=row.title, kind=row.kind, suffix=row.suffix, video=list(row.video),
                      audio=list(row.audio))
            for row in CONTAINERS if row.kind in ("video", "audio") or row.name == "gif"
        ],
    )  # fmt: skip


_PICTURES = frozenset({"jpg", "jpeg", "png", "webp", "avif", "tiff", "pdf", "heic"})
