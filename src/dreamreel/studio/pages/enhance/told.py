"""What was found in an item and what is proposed for it, as the API says it: numbers and names, no sentences.

The page has the words, in the language of who reads it; `reason` and the notes are for programs and in English.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel, JsonValue

from dreamreel.time import fraction_text

if TYPE_CHECKING:
    from dreamreel.enhance.findings import Findings, Shot
    from dreamreel.enhance.proposal import Proposal, Step, Stretch

__all__ = ["FindingsOut", "ProposalOut", "ShotOut", "StepOut", "StretchOut", "findings_out", "proposal_out"]


class ShotOut(BaseModel):
    """What was found in one stretch without a cut."""

    start: float
    end: float
    noise: float
    """Steps of 255."""
    blocking: float
    """This and what follows: 0 to 1."""
    ringing: float
    sharpness: float
    brightness: float
    drawn: float
    faces: int | None


class FindingsOut(BaseModel):
    """What was found in an item."""

    width: int
    height: int
    """In square pixels."""
    fps: float | None
    duration: float
    codec: str
    bits: int
    coarse: float | None
    """How coarsely it was compressed, 0 to 1."""
    hdr: bool
    still: bool
    scan: str
    held: float
    """Share of frames that repeat the one before."""
    crop: str | None
    """The picture without black bars."""
    shake: float | None
    """Per cent of the picture's width."""
    drawn: bool
    sampled: bool
    """Whether only parts of a long film were looked at."""
    hard_start: float
    hard_end: float
    shots: list[ShotOut]


class StepOut(BaseModel):
    """One step of a chain."""

    verb: str
    args: dict[str, JsonValue]
    reason: str


class StretchOut(BaseModel):
    """Shots in a row that are treated alike."""

    key: str
    """Its exact beginning, as a change names it."""
    start: float
    end: float
    shots: int
    steps: list[StepOut]


class ProposalOut(BaseModel):
    """What is proposed."""

    before: list[StepOut]
    stretches: list[StretchOut]
    after: list[StepOut]
    width: int
    height: int
    plain: bool
    """Whether it is a plain resize."""
    network: str
    nothing: bool
    notes: list[str]
    better: list[str]
    """What would do better and is not installed."""


def findings_out(found: Findings) -> FindingsOut:
    """Findings as the API says them."""
    width, height = found.display
    return FindingsOut(
        width=width, height=height, fps=float(found.rate) if found.rate else None, duration=float(found.duration),
        codec=found.codec, bits=found.bits, coarse=found.coarse, hdr=found.hdr, still=found.still,
        scan=found.scan, held=found.held, crop=found.crop, shake=found.shake, drawn=found.is_drawn,
        sampled=found.sampled, hard_start=float(found.hard_start), hard_end=float(found.hard_end),
        shots=[_shot(one) for one in found.shots],
    )  # fmt: skip


def _shot(one: Shot) -> ShotOut:
    return ShotOut(
        start=float(one.start), end=float(one.end), noise=one.noise, blocking=one.blocking, ringing=one.ringing,
        sharpness=one.sharpness, brightness=one.brightness, drawn=one.drawn,
        faces=one.faces,
    )  # fmt: skip


def proposal_out(made: Proposal) -> ProposalOut:
    """A proposal as the API says it."""
    return ProposalOut(
        before=[_step(one) for one in made.before], stretches=[_stretch(one) for one in made.stretches],
        after=[_step(one) for one in made.after], width=made.width, height=made.height, plain=made.plain,
        network=made.network, nothing=made.nothing, notes=list(made.notes), better=list(made.better),
    )  # fmt: skip


def _step(one: Step) -> StepOut:
    return StepOut(verb=one.verb, args=dict(one.args), reason=one.reason)  # pyright: ignore[reportArgumentType]


def _stretch(one: Stretch) -> StretchOut:
    return StretchOut(key=fraction_text(one.start), start=float(one.start), end=float(one.end), shots=one.shots,
                      steps=[_step(step) for step in one.steps])  # fmt: skip
