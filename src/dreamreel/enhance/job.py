"""One file, start to end: look at it, propose, compose, render, and report what became of it.

    source ─► findings ─► proposal ─► clip and target ─► the renderer ─► numbers
           └► a photo ─► the same, through enhance.photo

`prepared` decides and writes nothing; `enhance_one` does it all and is what a batch calls for each of its files.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from dreamreel.enhance.able import Able, able
from dreamreel.enhance.asked import Asked
from dreamreel.enhance.compose import Composed, compose, container_for
from dreamreel.enhance.data import dump
from dreamreel.enhance.faces import faces_done
from dreamreel.enhance.findings import Findings
from dreamreel.enhance.look import look
from dreamreel.enhance.proposal import Proposal
from dreamreel.enhance.propose import propose
from dreamreel.media.atomic import check_absent

if TYPE_CHECKING:
    from collections.abc import Callable

    from dreamreel.clip import Clip
    from dreamreel.graph import JSON
    from dreamreel.media.probe import MediaFile
    from dreamreel.render.progress import Listener
    from dreamreel.render.threads import Cancel

__all__ = ["Prepared", "enhance_one", "judged_job", "output_for", "part_of", "prepared", "suffix_for"]


@dataclass(frozen=True, slots=True)
class Prepared:
    """An enhancement that is decided and not begun."""

    source: Path
    out: Path
    asked: Asked
    findings: Findings
    proposal: Proposal
    composed: Composed | None
    """None for a photo."""
    clip: Clip | None = None
    """The source, untouched; None for a photo."""


def prepared(
    source: Path, out: Path | None, asked: Asked, *, folder: Path | None = None, findings: Findings | None = None,
    proposal: Proposal | None = None, can: Able | None = None, tell: Callable[[int, int], None] | None = None,
    cancel: Cancel | None = None,
) -> Prepared:  # fmt: skip
    """Everything about enhancing `source`, decided; `findings` and `proposal` where somebody has them already.

    Raises what opening it raises, and `UsageError`s for what cannot be done.
    """
    from dreamreel.clip import Clip
    from dreamreel.media.mux import check_not_input
    from dreamreel.media.probe import probe
    from dreamreel.ops.source import content_hash, from_found

    found = probe(source)
    out = out or output_for(found, folder or Path())
    check_not_input(out, (source,))
    findings = findings or look(source, tell=tell, cancel=cancel)
    proposal = proposal or propose(findings, asked, can or able())
    if found.still is not None:
        return Prepared(source, out, asked, findings, proposal, None)
    clip = Clip.of(from_found(found, content_hash(source)))
    composed = compose(found, proposal, asked, container=_container(out), source=clip)
    return Prepared(source, out, asked, findings, proposal, composed, clip)


def part_of(job: Prepared, start: Fraction, end: Fraction) -> Prepared:
    """The same for a part of the source only, in its seconds."""
    assert job.composed is not None
    end = min(end, job.composed.clip.duration)
    return replace(job, composed=replace(job.composed, clip=job.composed.clip[start:end]))


def _container(out: Path) -> str | None:
    """The format an output's name says; None for a name that says none, and for pages."""
    name = out.suffix.lower().lstrip(".")
    return None if name in ("", "htm", "html") else name


def enhance_one(
    asked: Asked, source: Path, out: Path | None = None, *, folder: Path | None = None, overwrite: bool = False,
    embed: bool = True, verify: bool = False, judge: bool = True, on_event: Listener | None = None,
    cancel: Cancel | None = None,
) -> dict[str, JSON]:  # fmt: skip
    """Enhance one file and say what became of it, as plain data; `{"nothing": True …}` when it was good already.

    With `judge` the hardest seconds of the result are measured against the source. Raises every `DreamreelError` there
    is; the output is complete or absent.
    """
    from dreamreel.convert.job import Prepared as Conversion
    from dreamreel.convert.job import finish

    started = time.monotonic()
    if out is not None and not overwrite:
        check_absent([out])
    job = prepared(source, out, asked, folder=folder, cancel=cancel)
    told: dict[str, JSON] = {"findings": dump(job.findings), "proposal": dump(job.proposal),
                             "notes": list(job.proposal.notes)}  # fmt: skip
    if job.proposal.nothing:
        words = f"{source.name} is good already; there is nothing to do"
        return {**told, "nothing": True, "source": str(source), "notes": [*job.proposal.notes, words]}
    if job.composed is None:
        from dreamreel.enhance.photo import enhance_photo
        from dreamreel.media.stills.convert import outputs_of

        if not overwrite:
            check_absent(outputs_of(job.source, job.out))
        return {**told, **enhance_photo(job.source, job.out, job.proposal, on_event=on_event, cancel=cancel)}
    from dreamreel.render.plan import make_plan
    from dreamreel.render.run import as_options, render
    from dreamreel.render.sources import located

    node = located(job.composed.clip.node, job.out)
    plan = make_plan(node, job.out, job.composed.target)
    told["notes"] = list(dict.fromkeys([*job.composed.notes, *plan.notes]))
    options = {item.name: getattr(job.composed.target, item.name) for item in fields(job.composed.target)}
    run: dict[str, object] = {"on_event": on_event, "cancel": cancel, "embed": embed, "verify": verify}
    made = render(node, job.out, as_options({**options, **run}))
    told["concealed"] = made.concealed
    told["notes"] = [*told["notes"], *made.notes]
    if faces := faces_done(job.composed.clip):
        told["faces"] = faces
    if judge:
        told["numbers"] = judged_job(job, cancel)
    done = finish(Conversion(source, job.out))
    return {**told, **done, "seconds": round(time.monotonic() - started, 3)}


def judged_job(
    job: Prepared, cancel: Cancel | None = None, *, shift: Fraction = Fraction(0)
) -> dict[str, JSON]:
    """The numbers of a finished film; `shift` as in `judge.judged`."""
    from dreamreel.enhance.judge import judged

    assert job.clip is not None
    return dump(judged(job.clip, job.out, job.findings.hard, job.proposal, cancel, shift=shift))


# ── names ─────────────────────────────────────────────────────────────────────────────────────────────────────


def output_for(found: MediaFile, folder: Path) -> Path:
    """A name in `folder` that is free: `party-enhanced.mp4`, else with a number."""
    suffix, stem = suffix_for(found), found.path.stem
    names = (f"{stem}-enhanced", *(f"{stem}-enhanced-{number}" for number in range(2, 10_000)))
    return next(path for name in names if not (path := folder / f"{name}{suffix}").exists())


def suffix_for(found: MediaFile) -> str:
    """The suffix of what a file becomes: its own where that can hold it."""
    if found.still is not None:
        from dreamreel.enhance.photo import photo_suffix

        return photo_suffix(found.path)
    return f".{container_for(found)}"
