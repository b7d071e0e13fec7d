"""The shapes of the API: what goes out, what comes in, and the one shape of every error (RFC 9457)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final, Literal

from pydantic import BaseModel, Field, JsonValue

from dreamreel.studio.given import Given

__all__ = [
    "REFUSED",
    "Batch",
    "Card",
    "Change",
    "CleanUp",
    "CleanedUp",
    "ClearJobs",
    "CostOut",
    "DiskOut",
    "EventOut",
    "FaceOut",
    "IntegrityOut",
    "ItemOut",
    "ItemsOut",
    "JobErrorOut",
    "JobOut",
    "JobsOut",
    "KindOut",
    "Log",
    "MachineOut",
    "Move",
    "Nearest",
    "NewJobIn",
    "PageOut",
    "Priority",
    "ProblemOut",
    "ProgressOut",
    "QueueOut",
    "QueueState",
    "Removed",
    "SandboxOut",
    "SettingsIn",
    "SettingsOut",
    "StatusOut",
    "StorageOut",
    "TagOut",
    "Vary",
    "WantedJob",
]  # fmt: skip

Id = Annotated[str, Field(pattern=r"^[a-z0-9]{1,40}$")]


class FieldProblem(BaseModel):
    """What is wrong with one field of a request."""

    field: str
    message: str


class ProblemOut(BaseModel):
    """Why something was not done (RFC 9457, `application/problem+json`)."""

    type: str
    """`urn:dreamreel:` and the name of the error, or `about:blank`."""
    title: str
    status: int
    detail: str
    """One sentence: what happened and what to do next."""
    code: str
    """The error's name."""
    errors: list[FieldProblem] = []


REFUSED: Final[dict[int | str, dict[str, object]]] = {
    code: {"model": ProblemOut, "description": words}
    for code, words in {
        400: "It cannot be understood",
        403: "The token is missing, or the request came from another site",
        404: "It does not exist",
        409: "Its state does not allow this",
        413: "Too large",
        422: "A value does not fit",
        507: "There is not enough room",
    }.items()
}
"""The refusals that any route may give, for its documentation."""


class FaceOut(BaseModel):
    """A face in a photo."""

    points: list[float]
    """x and y of right eye, left eye, nose, right and left mouth corner, in the photo's pixels."""
    score: float


class ItemOut(BaseModel):
    """A photo, a result or a draft."""

    id: str
    role: Literal["original", "result", "draft"]
    kind: Literal["photo", "video", "sound"]
    name: str
    title: str
    bytes: int
    media_type: str
    width: int | None
    height: int | None
    duration: float | None
    """Seconds."""
    fps: float | None
    created: datetime
    photo: str | None
    """The photo it was made from."""
    job: str | None
    batch: str | None
    favourite: bool
    rating: int
    """0 to 5 stars."""
    note: str
    tags: list[str]
    trashed: datetime | None
    state: Literal["ok", "missing", "changed"]
    faces: list[FaceOut]
    notes: list[str]
    request: dict[str, JsonValue] | None
    """The form that made it."""


class ItemsOut(BaseModel):
    """A page of items."""

    items: list[ItemOut]
    next: str | None
    """The cursor of the next page."""


class Change(Given):
    """What an owner may change about an item; what is absent stays."""

    name: Annotated[str | None, Field(max_length=200)] = None
    title: Annotated[str | None, Field(max_length=1000)] = None
    favourite: bool | None = None
    rating: Annotated[int | None, Field(ge=0, le=5)] = None
    note: Annotated[str | None, Field(max_length=10_000)] = None
    tags: Annotated[list[str] | None, Field(max_length=50)] = None


class TagOut(BaseModel):
    """A word on items."""

    name: str
    count: int


class ProgressOut(BaseModel):
    """Where a render stands, as `render.progress.Event` says it."""

    stage: str = "plan"
    frame: int = 0
    frames: int = 0
    fps: float = 0
    eta: float | None = None
    segment: int = 0
    segments: int = 0
    message: str = ""
    concealed: int = 0


class JobErrorOut(BaseModel):
    """Why a job failed, or what it waits for."""

    type: str
    title: str
    detail: str


class JobOut(BaseModel):
    """A job."""

    id: str
    kind: str
    title: str
    state: Literal["queued", "running", "paused", "done", "failed", "cancelled"]
    reason: str | None
    wanted: str | None
    priority: int
    created: datetime
    started: datetime | None
    finished: datetime | None
    attempts: int
    progress: ProgressOut | None
    photo: str | None
    result: str | None
    batch: str | None
    draft: bool
    request: dict[str, JsonValue]
    notes: list[str]
    error: JobErrorOut | None
    has_preview: bool
    """True when `/jobs/{id}/preview` has something to show."""


class JobsOut(BaseModel):
    """A page of jobs: those in the queue first, then the finished ones, newest first."""

    jobs: list[JobOut]
    next: str | None


class NewJobIn(Given):
    """A form of one kind."""

    kind: Annotated[str, Field(max_length=40)]
    request: dict[str, JsonValue]


class WantedJob(NewJobIn):
    """A job to put into the queue."""

    batch: Annotated[str | None, Field(pattern=r"^[a-z0-9]{1,40}$")] = None
    """A name that jobs which belong together share."""
    priority: Annotated[int, Field(ge=-1, le=1)] = 0


class Vary(Given):
    """How many drafts."""

    count: Annotated[int, Field(ge=1, le=8)] = 4


class Batch(BaseModel):
    """Jobs that belong together."""

    batch: str
    jobs: list[JobOut]


class Move(Given):
    """Where in the queue."""

    before: Id | None = None
    """In front of this job; null is the end."""


class Priority(Given):
    """-1 later, 0 usual, 1 sooner."""

    priority: Annotated[int, Field(ge=-1, le=1)]


class ClearJobs(Given):
    """Which finished jobs to take off the list."""

    states: Annotated[list[Literal["done", "failed", "cancelled"]], Field(max_length=3)]


class Removed(BaseModel):
    """How many went."""

    removed: int


class EventOut(BaseModel):
    """Something that happened."""

    seq: int
    at: datetime
    kind: str
    data: dict[str, JsonValue]


class Log(BaseModel):
    """What happened to one job."""

    events: list[EventOut]


class QueueState(BaseModel):
    """Whether the queue is paused."""

    paused: bool


class CostOut(BaseModel):
    """What a job costs, to within a factor of about two."""

    seconds: float
    bytes: int
    disk: int
    memory: int
    workers: int


class Nearest(BaseModel):
    """The largest setting that fits."""

    resolution: str


class Card(BaseModel):
    """The pre-flight card."""

    title: str
    input: str
    width: int | None
    """None for a sound, as are `height` and `fps`."""
    height: int | None
    fps: float | None
    frames: int
    duration: float
    video_codec: str | None
    audio: str | None
    estimate: CostOut
    notes: list[str]
    fits: bool
    problem: str | None
    nearest: Nearest | None


class KindOut(BaseModel):
    """A kind of job and the JSON Schema of its form."""

    name: str
    form: Annotated[dict[str, JsonValue], Field(serialization_alias="schema")]


class SandboxOut(BaseModel):
    """How well decoding is locked in on this machine."""

    level: str
    detail: str


class PageOut(BaseModel):
    """A page of the studio."""

    name: str
    order: int
    icon: str
    listed: bool
    """Whether the navigation shows it."""


class QueueOut(BaseModel):
    """The queue in numbers."""

    paused: bool
    queued: int
    running: int
    waiting: int
    """Paused jobs."""


class DiskOut(BaseModel):
    """The disk of the data folder."""

    free: int


class MachineOut(BaseModel):
    """What there is to work with."""

    cores: int
    memory: int


class StatusOut(BaseModel):
    """The studio at a glance."""

    version: str
    sandbox: SandboxOut
    connections: int
    """Connections to other machines that this studio has made since it started, counted; nothing here makes any."""
    pages: list[PageOut]
    languages: list[str]
    queue: QueueOut
    disk: DiskOut
    machine: MachineOut


class StorageOut(BaseModel):
    """Bytes by what they are for."""

    originals: int
    results: int
    drafts: int
    trash: int
    derived: int
    segments: int
    uploads: int
    free: int


class CleanUp(Given):
    """What to remove."""

    what: Annotated[
        list[Literal["trash", "drafts", "uploads", "segments", "derived", "orphans"]],
        Field(min_length=1, max_length=5),
    ]


class CleanedUp(BaseModel):
    """How much was freed."""

    freed: int


class IntegrityOut(BaseModel):
    """How the check of the library stands."""

    state: Literal["idle", "running", "done"]
    checked: int
    total: int
    missing: list[str]
    """Items whose contents are not there."""
    orphaned: list[str]
    """Contents that no item needs, by their hash."""
    changed: list[str]
    """Items whose contents are not what they were."""
    at: datetime | None


class SettingsIn(Given):
    """What the owner chooses; what is absent stays."""

    language: Annotated[str | None, Field(max_length=20)] = None
    theme: Literal["auto", "light", "dark", "contrast"] | None = None
    tour_done: bool | None = None
    concurrency: Annotated[int | None, Field(ge=0, le=64)] = None
    trash_days: Annotated[int | None, Field(ge=0, le=3650)] = None
    upload_max: Annotated[int | None, Field(ge=10**6, le=10**13)] = None


class SettingsOut(BaseModel):
    """What the owner chose, and where things are."""

    language: str
    theme: str
    tour_done: bool
    concurrency: int
    trash_days: int
    upload_max: int
    data_folder: str
    segments_folder: str
