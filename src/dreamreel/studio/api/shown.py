"""What the library and the ledger know, as the API shows it."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from typing import Literal, cast

from pydantic import JsonValue

from dreamreel.studio.items import Item
from dreamreel.studio.ledger import Event, Job
from dreamreel.studio.models import EventOut, FaceOut, ItemOut, JobErrorOut, JobOut, ProgressOut
from dreamreel.wording import damage_text

__all__ = ["event_out", "item_out", "job_out"]


def _time(at: float | None) -> datetime | None:
    return None if at is None else datetime.fromtimestamp(at, UTC)


def item_out(item: Item) -> ItemOut:
    """An item as the API shows it."""
    faces = cast("list[dict[str, JsonValue]]", item.facts.get("faces", []))
    names = ("right_eye", "left_eye", "nose", "mouth_right", "mouth_left")
    return ItemOut(
        id=item.id, role=item.role, kind=item.kind, name=item.name, title=item.title, bytes=item.bytes,
        media_type=item.media_type, width=item.width, height=item.height,
        duration=float(Fraction(item.duration)) if item.duration else None,
        fps=float(Fraction(item.fps)) if item.fps else None, created=datetime.fromtimestamp(item.created, UTC),
        photo=item.photo, job=item.job, batch=item.batch, favourite=item.favourite, rating=item.rating, note=item.note,
        tags=list(item.tags), trashed=_time(item.trashed), state=item.state,
        faces=[
            FaceOut(points=[value for name in names for value in cast("list[float]", face[name])],
                    score=cast("float", face.get("score", 0)))
            for face in faces
        ],
        notes=cast("list[str]", item.facts.get("notes", [])), request=cast("dict[str, JsonValue] | None", item.request),
    )  # fmt: skip


def job_out(job: Job, has_preview: bool) -> JobOut:
    """A job as the API shows it."""
    progress = ProgressOut.model_validate(job.progress) if job.progress else None
    error = JobErrorOut.model_validate({"title": "", **job.error}) if job.error else None
    notes = cast("list[str]", job.output.get("notes", []))
    if progress and progress.concealed:
        notes = [*notes, damage_text(progress.concealed)]
    return JobOut(
        id=job.id, kind=job.kind, title=job.title, state=cast("Literal['queued']", job.state), reason=job.reason,
        wanted=job.wanted, priority=job.priority, created=datetime.fromtimestamp(job.created, UTC),
        started=_time(job.started), finished=_time(job.finished), attempts=job.attempts, progress=progress,
        photo=job.photo, result=job.result, batch=job.batch, draft=job.draft,
        request=cast("dict[str, JsonValue]", job.request), notes=notes,
        error=error, has_preview=has_preview,
    )  # fmt: skip


def event_out(event: Event) -> EventOut:
    """An event as the API shows it."""
    return EventOut(
        seq=event.seq, at=datetime.fromtimestamp(event.at, UTC), kind=event.kind,
        data=cast("dict[str, JsonValue]", event.data),
    )  # fmt: skip
