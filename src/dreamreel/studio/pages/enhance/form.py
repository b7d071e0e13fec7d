"""The form of an enhancement, and how it becomes a recipe: proposed from what a close look found; no file is opened.

    item ─ look (a worker) ─► facts ─┐
    form ─► Asked, changes ──────────┴─► propose ─► what the owner changes ─► compose ─► recipe

Steps that must measure the file first are composed by the job's worker; the recipe then has all the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Final, Literal, cast

from pydantic import BaseModel, ConfigDict, Field

from dreamreel import __version__
from dreamreel.clip import Clip
from dreamreel.enhance.able import able
from dreamreel.enhance.asked import Asked
from dreamreel.enhance.compose import compose, enhanced
from dreamreel.enhance.data import dump, load
from dreamreel.enhance.findings import Findings
from dreamreel.enhance.job import suffix_for
from dreamreel.enhance.proposal import Proposal, Step
from dreamreel.enhance.propose import propose
from dreamreel.errors import BadParameter, Conflict, NotMedia
from dreamreel.graph import JSON, Recipe, freeze
from dreamreel.machine import cores, free_memory
from dreamreel.media.probe import MediaFile
from dreamreel.neural.catalog import PRECISIONS, Precision
from dreamreel.ops.params import from_params
from dreamreel.ops.source import from_found
from dreamreel.render.explain import estimate
from dreamreel.render.plan import Plan, anonymous, make_plan
from dreamreel.render.target import Target
from dreamreel.studio.kinds import Kind, Originals, Prepared
from dreamreel.studio.library import Item

__all__ = [
    "ENHANCE",
    "FOUND",
    "Change",
    "EnhanceForm",
    "Planned",
    "Seen",
    "changed",
    "known",
    "planned",
    "proposed",
    "seen",
    "unmeasured",
]

FOUND: Final = "enhance"
"""Where an item's facts hold what a close look found."""
_LONGEST_NAME: Final = 80
_MOST_CHANGES: Final = 400
_PURE: Final = frozenset(
    {"resize", "crop", "deblock", "deband", "dehalo", "sharpen", "grain", "upscale", "restore"}
)
"""Verbs that ask the file nothing, given what a proposal gives them."""

Verb = Annotated[str, Field(pattern=r"^[a-z_]{1,32}$")]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Moment = Annotated[str, Field(pattern=r"^\d{1,12}(/[1-9]\d{0,11})?$")]


class Change(BaseModel):
    """What the owner wants otherwise about one kind of step."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    verb: Verb
    start: Moment | None = None
    """Exact seconds at which the stretch begins that it is about; absent for the whole."""
    on: bool = True
    strength: Share | None = None
    face: Share | None = None
    """How much of the network for faces shows, of an enlargement that has one."""


class EnhanceForm(BaseModel):
    """What to make of an item of the library that was looked at closely. What is not said is what was found best."""

    model_config = ConfigDict(extra="forbid", frozen=True, title="Enhance")

    source: Annotated[str, Field(pattern=r"^[a-z0-9]{1,40}$")]
    """An item of the library that is a film or a photo."""
    to: Annotated[str, Field(pattern=r"^[0-9a-zA-Z×]{1,12}$")] = "auto"
    """auto, same, 720p, 1080p, 2K, 4K, 8K, x2 to x8, or WxH."""
    model: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,254}$")] = "auto"
    """A family of networks, or the name of weights that were added."""
    size: Literal["auto", "s", "m", "l"] = "auto"
    """Of the network."""
    strength: Share | None = None
    """How much to clean; absent for as much as was found to be needed."""
    face: Share | None = None
    """How much of a network for faces shows inside soft masks around them; absent for what was found best."""
    deinterlace_by: Literal["network", "bwdif"] = "network"
    """What makes whole pictures of an interlaced film: the network is nearer to what was there, the filter faster."""
    stabilize: bool = False
    crop: bool = False
    """Black bars away."""
    auto_colour: bool = False
    colourise: bool = False
    """Colours by the first installed weights that give them."""
    restore_film: bool = False
    hdr: bool = False
    fps: Annotated[int, Field(ge=1, le=240)] | None = None
    grain: Share | None = None
    changes: Annotated[list[Change], Field(max_length=_MOST_CHANGES)] = []
    """What the proposal is changed by, in order."""


_ASKED: Final = (
    "to",
    "model",
    "size",
    "strength",
    "face",
    "deinterlace_by",
    "stabilize",
    "crop",
    "auto_colour",
    "restore_film",
    "hdr",
    "grain",
)


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of an item after a close look."""

    item: Item
    findings: Findings
    media: MediaFile
    content: str
    precision: Precision


@dataclass(frozen=True, slots=True)
class Planned:
    """An enhancement, decided."""

    seen: Seen
    proposal: Proposal
    plan: Plan
    target: Target
    name: str
    """What the result is called."""
    notes: tuple[str, ...]
    late: bool
    """Whether some steps measure the file first."""


def seen(item: Item) -> Seen:
    """What a close look found in an item. Raises `NotMedia` for a sound, `Conflict` when nobody has looked yet."""
    if item.kind not in ("video", "photo"):
        raise NotMedia(f"{item.name} has no picture to enhance; choose a film or a photo.")
    found = known(item)
    if found is None:
        raise Conflict(f"{item.name} was not looked at closely yet; open it on the Enhance page.")
    return found


def known(item: Item) -> Seen | None:
    """What a close look of this version of the program found in an item; None when there was none."""
    facts = cast("dict[str, JSON] | None", item.facts.get(FOUND))
    if facts is None or facts.get("program") != __version__:
        return None
    media = from_params(MediaFile, cast("Mapping[str, JSON]", freeze(facts["media"])))  # pyright: ignore[reportArgumentType]
    from dreamreel.neural.machine import settle, settled_before

    precision = settled_before()
    if precision is None:
        precision = PRECISIONS[PRECISIONS.index(cast("Precision", facts["precision"]))]
        settle(precision)
    return Seen(item, load(Findings, facts["findings"]), media, str(facts["content"]), precision)


def proposed(form: EnhanceForm, found: Seen) -> Proposal:
    """What is proposed for a form, before its changes. Raises what proposing raises."""
    wishes = {name: getattr(form, name) for name in _ASKED}
    colourise = "auto" if form.colourise else ""
    asked = Asked(**wishes, colourise=colourise, fps=Fraction(form.fps) if form.fps else None)
    return propose(found.findings, asked, able())


def planned(form: EnhanceForm, originals: Originals) -> Planned:
    """What a form makes of its item; nothing is opened. Raises `NotMedia`, `Conflict` and `UsageError`s."""
    found = seen(originals.get(form.source))
    proposal = changed(proposed(form, found), form.changes)
    source = Clip.of(from_found(found.media, found.content))
    still = found.findings.still
    # Faces of photos, and their colours, are seen to while the photo is written.
    pure = unmeasured(replace(proposal, faces="") if still else proposal)
    name = f"{Path(found.item.name).stem[:_LONGEST_NAME]}-enhanced{suffix_for(found.media)}"
    if still:
        clip, target, notes = enhanced(source, pure), Target(), pure.notes
    else:
        made = compose(found.media, pure, Asked(hdr=form.hdr), container=Path(name).suffix[1:], source=source)
        clip, target, notes = made.clip, made.target, made.notes
    # Photos are written by `media.stills`, which has formats that films have not; what it takes is the same.
    plan = make_plan(anonymous(clip.node), Path("photo.png" if still else name), target)
    late = pure.steps() != proposal.steps() or still
    return Planned(found, proposal, plan, target, name, notes, late)


def changed(proposal: Proposal, changes: Iterable[Change]) -> Proposal:
    """A proposal with what the owner wants otherwise."""
    for change in changes:
        start = Fraction(change.start) if change.start else None
        if not change.on:
            proposal = proposal.without(change.verb, start)
            continue
        for name in ("strength", "face"):
            if (value := getattr(change, name)) is not None:
                proposal = _stronger(proposal, change.verb, name, value, start)
    return proposal


def _stronger(proposal: Proposal, verb: str, name: str, value: float, start: Fraction | None) -> Proposal:
    def set_in(steps: tuple[Step, ...]) -> tuple[Step, ...]:
        done = False
        made: list[Step] = []
        for step in steps:
            # Of two networks the first cleans, and sees to faces; what comes out of it is clean.
            if step.verb == verb and name in step.args and not done:
                step, done = replace(step, args={**step.args, name: value}), True
            made.append(step)
        return tuple(made)

    stretches = tuple(
        replace(one, steps=set_in(one.steps)) if start in (None, one.start) else one
        for one in proposal.stretches
    )
    if start is not None:
        return replace(proposal, stretches=stretches)
    return replace(
        proposal, before=set_in(proposal.before), stretches=stretches, after=set_in(proposal.after)
    )


def unmeasured(proposal: Proposal) -> Proposal:
    """A proposal without the steps that measure the file."""

    def kept(steps: tuple[Step, ...]) -> tuple[Step, ...]:
        return tuple(plain(step) for step in steps if not _measures(step))

    def plain(step: Step) -> Step:
        """Where faces are is known, or else it is found in the file."""
        if proposal.faces or not step.args.get("face"):
            return step
        return replace(step, args={name: value for name, value in step.args.items() if name != "face"})

    stretches = tuple(replace(one, steps=kept(one.steps)) for one in proposal.stretches)
    return replace(proposal, before=kept(proposal.before), stretches=stretches, after=kept(proposal.after))


def _measures(step: Step) -> bool:
    if step.verb == "deinterlace":
        return step.args.get("order", "auto") == "auto" and not step.args.get("film")
    if step.verb == "denoise":
        return step.args.get("method") == "temporal"
    return step.verb not in _PURE


def prepare(form: BaseModel, originals: Originals) -> Prepared:
    """The recipe of an enhancement. Raises what planning raises."""
    assert isinstance(form, EnhanceForm)
    made = planned(form, originals)
    if made.proposal.nothing:
        raise BadParameter(
            f"{made.seen.item.name} is good already; there is nothing to do. Choose a larger size."
        )
    plan, found = made.plan, made.seen
    late: dict[str, JSON] = {
        "file": found.media.path.name, "proposal": dump(made.proposal), "precision": found.precision,
        "still": found.findings.still,
    }  # fmt: skip
    return Prepared(
        title=made.name, request=form.model_dump(mode="json"), recipe=Recipe.of(plan.node).to_json(),
        inputs={found.media.path.name: found.item.sha256}, name=made.name, photo=found.item.id, plan=plan,
        cost=estimate(plan, cores(), free_memory()), notes=(*made.notes, *plan.notes), target=made.target,
        late=late if made.late else None,
    )  # fmt: skip


def draft(form: BaseModel, seed: int) -> BaseModel:
    """Enhancements have no drafts. Raises `BadParameter`."""
    del form, seed
    raise BadParameter("An enhancement has no drafts to choose from; its preview shows what becomes of it.")


ENHANCE: Final = Kind(name="enhance", form=EnhanceForm, prepare=prepare, draft=draft)
