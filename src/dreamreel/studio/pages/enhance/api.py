"""The Enhance page's part of the API: a close look at an item, the plan, and the hardest seconds before and after.

POST /enhance/looks ─► a worker looks ─► event bench.done ─► GET /enhance/looks/{item}
POST /enhance/plan  ─► found, proposed, what it costs            (nothing is opened)
POST /enhance/previews ─► a worker shows ─► bench.done ─► GET …/{preview}/before, …/after
"""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Final, Literal, cast

from fastapi import APIRouter
from fastapi.responses import FileResponse
from pydantic import BaseModel, Field

from dreamreel.enhance.able import able
from dreamreel.enhance.data import dump
from dreamreel.errors import BadParameter, NotFound, NotMedia
from dreamreel.graph import JSON, digest_of
from dreamreel.studio.api.contents import FILE, Wanted, sent
from dreamreel.studio.bench import State, Work
from dreamreel.studio.given import Given
from dreamreel.studio.models import REFUSED
from dreamreel.studio.pages.enhance.form import FOUND, EnhanceForm, known, planned, proposed
from dreamreel.studio.pages.enhance.told import FindingsOut, ProposalOut, findings_out, proposal_out
from dreamreel.studio.service import Studio, models
from dreamreel.time import fraction_text

__all__ = ["router"]

_SIZES: Final = ("720p", "1080p", "2K", "4K", "8K", "x2", "x3", "x4")
_SHOWN: Final = {"photo": ("image/jpeg", ".jpg"), "video": ("video/mp4", ".mp4")}


class LookIn(Given):
    """Which item to look at."""

    source: Annotated[str, Field(pattern=r"^[a-z0-9]{1,40}$")]


class Stand(BaseModel):
    """How a piece of work stands."""

    key: str
    """The subject of its events `bench.…`."""
    state: Literal["waiting", "working", "done", "failed", "stopped"]
    part: float | None
    error: str | None


class LookOut(Stand):
    """How a close look stands, and what it found."""

    findings: FindingsOut | None


class PreviewOut(Stand):
    """How a preview stands."""

    kind: Literal["photo", "video"]
    start: float
    end: float
    """The seconds of the film that it shows."""


class EnhancePlanOut(BaseModel):
    """What an enhancement would do, before it does anything."""

    name: str
    proposal: ProposalOut
    """With the form's changes."""
    offered: ProposalOut
    """Without them, so that a step that was left out can be put back."""
    width_in: int
    height_in: int
    width: int
    height: int
    fps: float | None
    frames: int
    bytes_in: int
    bytes: int
    seconds: float
    """About how long it takes, as far as the latest jobs tell."""
    memory: int
    notes: list[str]
    problem: str | None
    """Why it does not fit, if it does not."""


class FamilyOut(BaseModel):
    """A family of networks that is installed, or weights that were added."""

    name: str
    sizes: list[str]
    """Of a family, smallest first."""


class EnhanceChoices(BaseModel):
    """Everything there is to choose from."""

    sizes: list[str]
    families: list[FamilyOut]
    verbs: list[str]
    """What a chain may hold on this machine."""
    faces: bool
    """Whether there is a network for faces."""
    fields: bool
    """Whether there is a network that makes whole pictures of woven ones."""


def router(studio: Studio) -> APIRouter:
    """The routes."""
    routes = APIRouter(prefix="/enhance", tags=["enhance"], responses=REFUSED)
    _looks(routes, studio)
    _plans(routes, studio)
    _previews(routes, studio)
    return routes


def _looks(routes: APIRouter, studio: Studio) -> None:
    @routes.post("/looks", operation_id="lookClosely", status_code=202)
    def look_closely(wanted: LookIn) -> LookOut:
        """Look at an item closely, unless that was done."""
        item = studio.library.get(wanted.source)
        if item.kind not in ("video", "photo"):
            raise NotMedia(f"{item.name} has no picture to enhance; choose a film or a photo.")
        if known(item) is None:
            path = studio.files.path(item.sha256)
            from dreamreel.neural.machine import settled_before

            order: dict[str, JSON] = {"path": str(path), "name": item.name, "precision": settled_before()}

            def keep(found: dict[str, JSON]) -> None:
                studio.library.learn(item.id, {FOUND: found})

            studio.bench.begin(
                _look(item.id), Work(task="look", order=order, read=(path, *models()), kept=keep)
            )
        return get_look(item.id)

    @routes.get("/looks/{item}", operation_id="getLook")
    def get_look(item: str) -> LookOut:
        """How a look stands, and what it found."""
        if (found := known(studio.library.get(item))) is not None:
            told = findings_out(found.findings)
            return LookOut(key=_look(item), state="done", part=1.0, error=None, findings=told)
        state = studio.bench.get(_look(item))
        return LookOut(key=state.key, state=state.state, part=state.part, error=state.error, findings=None)

    @routes.delete("/looks/{item}", operation_id="stopLook", status_code=204)
    def stop_look(item: str) -> None:
        """Look no further."""
        studio.bench.stop(_look(item))


def _plans(routes: APIRouter, studio: Studio) -> None:
    @routes.post("/plan", operation_id="planEnhancement")
    def plan_enhancement(form: EnhanceForm) -> EnhancePlanOut:
        """What was proposed, what it makes of the item, and what that costs."""
        made = planned(form, studio.library)
        offered = proposed(form, made.seen)
        plan, found = made.plan, made.seen.findings
        cost, problem, pace = studio.weigh(plan)
        video = plan.video
        assert video is not None
        return EnhancePlanOut(
            name=made.name, proposal=proposal_out(made.proposal), offered=proposal_out(offered),
            width_in=found.display[0], height_in=found.display[1], width=video.width, height=video.height,
            fps=None if found.still or not video.rate else float(video.rate), frames=plan.frames,
            bytes_in=made.seen.item.bytes, bytes=cost.size, seconds=round(cost.seconds * pace, 1), memory=cost.memory,
            notes=list(dict.fromkeys([*made.notes, *plan.notes])), problem=problem,
        )  # fmt: skip

    @routes.get("/choices", operation_id="getEnhanceChoices")
    def get_choices() -> EnhanceChoices:
        """Sizes, networks, and what can be done on this machine."""
        can = able()
        families = [FamilyOut(name=name, sizes=list(can.sizes(name))) for name in can.families()]
        families += [FamilyOut(name=net.family, sizes=[]) for net in can.others]
        faces = any(net.family == "face" for net in can.nets)
        return EnhanceChoices(sizes=list(_SIZES), families=families, verbs=list(can.verbs), faces=faces,
                              fields=can.fields)  # fmt: skip


def _previews(routes: APIRouter, studio: Studio) -> None:
    @routes.post("/previews", operation_id="previewEnhancement", status_code=202)
    def preview(form: EnhanceForm) -> PreviewOut:
        """Make the hardest seconds as they are and as they will be. Of an item only the latest goes on."""
        made = planned(form, studio.library)
        if made.proposal.nothing:
            raise BadParameter(f"{made.seen.item.name} is good already; there is nothing to show.")
        path, found = studio.files.path(made.seen.item.sha256), made.seen.findings
        order: dict[str, JSON] = {
            "path": str(path), "proposal": dump(made.proposal), "precision": made.seen.precision,
            "start": fraction_text(found.hard_start), "end": fraction_text(found.hard_end),
        }  # fmt: skip
        key = f"preview-{digest_of({**order, 'item': made.seen.item.id})}"
        kind = "photo" if found.still else "video"
        told: dict[str, JSON] = {"kind": kind, "start": order["start"], "end": order["end"]}
        group = f"preview {made.seen.item.id}"
        state = studio.bench.begin(
            key, Work(task="compare", order=order, read=(path, *models()), group=group, told=told)
        )
        return _preview(state)

    @routes.get("/previews/{preview}", operation_id="getPreview")
    def get_preview(preview: str) -> PreviewOut:
        """How a preview stands."""
        return _preview(studio.bench.get(preview))

    @routes.delete("/previews/{preview}", operation_id="stopPreview", status_code=204)
    def stop_preview(preview: str) -> None:
        """Make it no further."""
        studio.bench.stop(preview)

    @routes.get(
        "/previews/{preview}/{side}",
        operation_id="getPreviewFile",
        response_class=FileResponse,
        responses=FILE,
    )
    def get_preview_file(preview: str, side: Literal["before", "after"], part: Wanted = None) -> FileResponse:
        """One of the two."""
        state = studio.bench.get(preview)
        if state.state != "done":
            raise NotFound("This preview is not finished; ask again when it is.")
        media_type, suffix = _SHOWN[str(state.told["kind"])]
        return sent(state.folder / f"{side}{suffix}", media_type, f"{preview}-{side}", part)


def _look(item: str) -> str:
    return f"look-{item}"


def _preview(state: State) -> PreviewOut:
    start, end = (float(Fraction(str(state.told[name]))) for name in ("start", "end"))
    kind = cast("Literal['photo', 'video']", state.told["kind"])
    return PreviewOut(
        key=state.key, state=state.state, part=state.part, error=state.error, kind=kind, start=start, end=end
    )  # fmt: skip
