"""Jobs: submit, watch, order, stop. `/jobs`, `/queue`, `/estimates`, `/kinds`."""

from __future__ import annotations

from typing import Annotated, Literal, cast

from fastapi import APIRouter, Header, Query, Response
from fastapi.responses import FileResponse

from dreamreel.errors import NotFound
from dreamreel.graph import JSON
from dreamreel.render.explain import inputs
from dreamreel.studio.api.shown import event_out, job_out
from dreamreel.studio.kinds import kinds
from dreamreel.studio.ledger import Job
from dreamreel.studio.models import (
    REFUSED,
    Card,
    ClearJobs,
    CostOut,
    JobOut,
    JobsOut,
    KindOut,
    Log,
    Move,
    Nearest,
    NewJobIn,
    Priority,
    QueueState,
    Removed,
    WantedJob,
)
from dreamreel.studio.service import Estimated, Studio

__all__ = ["Key", "router", "shown"]

Key = Annotated[str | None, Header(alias="Idempotency-Key", max_length=200, pattern=r"^[\x21-\x7e]+$")]
State = Literal["queued", "running", "paused", "done", "failed", "cancelled"]


def shown(studio: Studio, job: Job) -> JobOut:
    """A job as the API shows it."""
    return job_out(job, job.state in ("running", "paused") and studio.supervisor.live(job.id).is_file())


def router(studio: Studio) -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["jobs"], responses=REFUSED)
    _submitting(routes, studio)
    _looking(routes, studio)
    _changing(routes, studio)
    _queue(routes, studio)
    return routes


def _submitting(routes: APIRouter, studio: Studio) -> None:
    @routes.get("/kinds", operation_id="listKinds")
    def list_kinds() -> list[KindOut]:
        """The kinds of job and the JSON Schema of their forms."""
        return [KindOut(name=kind.name, form=kind.form.model_json_schema()) for kind in kinds().values()]

    @routes.post("/estimates", operation_id="estimateJob")
    def estimate_job(wanted: NewJobIn) -> Card:
        """The pre-flight card: what goes in, what comes out, what it costs, whether it fits."""
        return _card(studio.estimate(wanted.kind, cast("dict[str, JSON]", wanted.request)))

    @routes.post("/jobs", operation_id="submitJob", status_code=202)
    def submit_job(wanted: WantedJob, response: Response, idempotency_key: Key = None) -> JobOut:
        """Put a job into the queue. The same `Idempotency-Key` gives the same job."""
        job, _ = studio.submit(
            wanted.kind, cast("dict[str, JSON]", wanted.request), batch=wanted.batch, priority=wanted.priority,
            idempotency=idempotency_key,
        )  # fmt: skip
        response.headers["Location"] = f"/api/v1/jobs/{job.id}"
        return shown(studio, job)


def _looking(routes: APIRouter, studio: Studio) -> None:
    @routes.get("/jobs", operation_id="listJobs")
    def list_jobs(
        state: Annotated[list[State] | None, Query()] = None,
        batch: Annotated[str | None, Query(max_length=40)] = None,
        cursor: Annotated[str | None, Query(max_length=300)] = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> JobsOut:
        """Jobs in the order of the queue, then the finished ones, newest first."""
        found, following = studio.ledger.jobs(states=state or (), batch=batch, cursor=cursor, limit=limit)
        return JobsOut(jobs=[shown(studio, job) for job in found], next=following)

    @routes.get("/jobs/{job}", operation_id="getJob")
    def get_job(job: str) -> JobOut:
        """One job."""
        return shown(studio, studio.ledger.get(job))

    @routes.get("/jobs/{job}/log", operation_id="getJobLog")
    def get_job_log(job: str) -> Log:
        """What happened to a job, without anything that its owner wrote."""
        studio.ledger.get(job)
        return Log(events=[event_out(event) for event in studio.ledger.events(0, 500, job)])

    @routes.get("/jobs/{job}/preview", operation_id="getJobPreview", response_class=FileResponse,
                responses={200: {"content": {"image/jpeg": {}}}})  # fmt: skip
    def get_job_preview(job: str) -> FileResponse:
        """The newest finished moment of a running job."""
        live = studio.supervisor.live(studio.ledger.get(job).id)
        if not live.is_file():
            raise NotFound("This job has nothing to show yet; ask again when a part of it is finished.")
        return FileResponse(live, media_type="image/jpeg", headers={"Cache-Control": "no-store"})


def _changing(routes: APIRouter, studio: Studio) -> None:
    def done(job: Job) -> JobOut:
        studio.changed()
        return shown(studio, job)

    @routes.post("/jobs/{job}/cancel", operation_id="cancelJob")
    def cancel_job(job: str) -> JobOut:
        """Stop a job for good; what is finished of it is kept for a while, so that a retry goes on."""
        return done(studio.ledger.cancel(job))

    @routes.post("/jobs/{job}/pause", operation_id="pauseJob")
    def pause_job(job: str) -> JobOut:
        """Stop a job until it is resumed."""
        return done(studio.ledger.pause(job))

    @routes.post("/jobs/{job}/resume", operation_id="resumeJob")
    def resume_job(job: str) -> JobOut:
        """Go on with a paused job."""
        return done(studio.ledger.resume(job))

    @routes.post("/jobs/{job}/retry", operation_id="retryJob")
    def retry_job(job: str) -> JobOut:
        """Try a failed or cancelled job again."""
        return done(studio.ledger.retry(job))

    @routes.post("/jobs/{job}/move", operation_id="moveJob")
    def move_job(job: str, to: Move) -> JobOut:
        """Another place in the queue."""
        return done(studio.ledger.move(job, to.before))

    @routes.post("/jobs/{job}/priority", operation_id="prioritiseJob")
    def prioritise_job(job: str, to: Priority) -> JobOut:
        """Sooner or later than others."""
        return done(studio.ledger.prioritise(job, to.priority))

    @routes.delete("/jobs/{job}", operation_id="removeJob", status_code=204)
    def remove_job(job: str) -> None:
        """Take a finished job off the list; its film stays."""
        studio.ledger.remove(job)
        studio.changed()

    @routes.post("/jobs/clear", operation_id="clearJobs")
    def clear_jobs(which: ClearJobs) -> Removed:
        """Take finished jobs off the list; their films stay."""
        removed = studio.ledger.clear(which.states)
        studio.changed()
        return Removed(removed=removed)


def _queue(routes: APIRouter, studio: Studio) -> None:
    @routes.post("/queue/pause", operation_id="pauseQueue")
    def pause_queue() -> QueueState:
        """Begin no more jobs; those that run go on."""
        return _queue_state(studio, paused=True)

    @routes.post("/queue/resume", operation_id="resumeQueue")
    def resume_queue() -> QueueState:
        """Begin jobs again."""
        return _queue_state(studio, paused=False)


def _queue_state(studio: Studio, *, paused: bool) -> QueueState:
    studio.ledger.hold(paused)
    studio.changed()
    return QueueState(paused=paused)


def _card(found: Estimated) -> Card:
    prepared = found.prepared
    plan, cost = prepared.plan, prepared.cost
    video = plan.video
    return Card(
        title=prepared.title, input=", ".join(prepared.inputs) or next(inputs(plan), ""),
        width=video.width if video else None, height=video.height if video else None,
        fps=float(video.rate or 0) if video else None, frames=plan.frames, duration=float(plan.info.duration),
        video_codec=plan.settings.codec if plan.settings else None, audio=plan.audio.layout if plan.audio else None,
        estimate=CostOut(seconds=round(cost.seconds * found.pace, 1), bytes=cost.size, disk=cost.disk,
                         memory=cost.memory, workers=cost.workers),
        notes=list(prepared.notes), fits=found.problem is None, problem=found.problem,
        nearest=Nearest(resolution=found.nearest) if found.nearest else None,
    )  # fmt: skip
