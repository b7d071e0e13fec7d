"""What `enhance` says: rows of its card with what was found and what is done, and the report with numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, cast

from dreamreel.wording import plural

if TYPE_CHECKING:
    from dreamreel.enhance.findings import Findings
    from dreamreel.enhance.job import Prepared
    from dreamreel.graph import JSON
    from dreamreel.neural.catalog import Precision

__all__ = ["faces_line", "facts", "report", "rows"]

_MOST = 12
"""Stretches that are told one by one."""


def facts(job: Prepared) -> dict[str, JSON]:
    """What was found and proposed, and what computes the networks, as data."""
    from dreamreel.enhance.data import dump

    return {"findings": dump(job.findings), "proposal": dump(job.proposal), "precision": _precision(job)}


def _precision(job: Prepared) -> Precision | None:
    """What the networks of this program are computed in; None when there are none."""
    from dreamreel.graph import walk
    from dreamreel.neural.machine import preferred
    from dreamreel.ops import op_of
    from dreamreel.ops.enlarge import Enlarge
    from dreamreel.ops.faces import EnlargeFaces

    if job.composed is None:
        own = any(
            step.verb in ("upscale", "restore") and "model" not in step.args for step in job.proposal.steps()
        )
        return preferred() if own else None
    ops = (op_of(node) for node in walk([job.composed.clip.node]))
    ops = (op.base if isinstance(op, EnlargeFaces) else op for op in ops)
    return next((op.precision for op in ops if isinstance(op, Enlarge)), None)


def rows(job: Prepared, *, preview: bool) -> list[tuple[str, str]]:
    """What was found, the steps with their reasons, what would be better, and what could be asked for."""
    proposal = job.proposal
    table = [("found", text) for text in _found(job.findings)]
    table += [("do", text) for text in _steps(job)]
    table += [("better", text) for text in proposal.better]
    table += [("could", text) for text in proposal.offers]
    if preview:
        hard = job.findings.hard
        table.append(("preview", f"only {_clock(hard.start)} to {_clock(hard.end)}, the hardest seconds"))
    return _blanked(table)


def _blanked(table: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The rows with a name only where it changes."""
    before = ""
    made: list[tuple[str, str]] = []
    for name, text in table:
        made.append(("" if name == before else name, text))
        before = name
    return made


def _found(findings: Findings) -> Iterator[str]:
    plain = "a photo" if findings.still else "a camera's film"
    kind = f"a drawn {'picture' if findings.still else 'film'}" if findings.is_drawn else plain
    words = [kind, *([plural(len(findings.shots), "shot")] if len(findings.shots) > 1 else [])]
    if findings.scan != "progressive":
        words.append({"telecine": "telecined", "tff": "interlaced", "bff": "interlaced"}[findings.scan])
    noise = max((shot.noise for shot in findings.shots), default=0.0)
    words.append(f"noise σ {noise:.1f} of 255" if noise >= 0.5 else "no noise")
    if findings.coarse is not None:
        words.append(_compression(findings.coarse))
    sharp = findings.mean("sharpness")
    words.append("crisp" if sharp >= 0.7 else "a little soft" if sharp >= 0.4 else "soft")
    if findings.held >= 0.3:
        words.append(f"{findings.held:.0%} of frames repeat")
    if any(shot.faces for shot in findings.shots):
        words.append("faces")
    yield ", ".join(words)


def _compression(coarse: float) -> str:
    marks = ((0.2, "lightly compressed"), (0.45, "compressed"), (0.7, "strongly compressed"))
    return next((words for mark, words in marks if coarse < mark), "very strongly compressed")


def _steps(job: Prepared) -> Iterator[str]:
    """The chain: what is done to the whole, to each stretch, and to the whole again."""
    proposal = job.proposal
    yield from (step.reason for step in proposal.before)
    for stretch in proposal.stretches[:_MOST]:
        what = "; ".join(step.reason for step in stretch.steps) or "left as it is"
        yield f"{_clock(stretch.start)}–{_clock(stretch.end)}: {what}"
    if len(proposal.stretches) > _MOST:
        yield f"and {len(proposal.stretches) - _MOST} more stretches; --json tells them all"
    yield from (step.reason for step in proposal.after)
    if (precision := _precision(job)) is not None:
        from dreamreel.neural.runtimes.chosen import told

        yield f"the network is computed by {told(precision)}"


def _clock(time: Fraction) -> str:
    """`1:02.5`."""
    tenths = int(time * 10)
    return f"{tenths // 600}:{tenths // 10 % 60:02d}.{tenths % 10}"


def faces_line(faces: Mapping[str, JSON]) -> str:
    """What was done about faces, in a sentence."""
    where = (
        f"in {_clock(Fraction(str(faces['seconds'])))} of film"
        if "seconds" in faces
        else f"around {plural(int(str(faces['count'])), 'face')}"
    )
    return f"Faces: {float(str(faces['share'])):g} of {faces['network']} inside soft masks, {where}"


def report(numbers: JSON) -> Iterator[str]:
    """The numbers of a result in sentences."""
    facts = cast("dict[str, JSON]", numbers)
    test = cast("dict[str, float] | None", facts.get("self_test"))
    start, end = (Fraction(str(facts[name])) for name in ("start", "end"))
    yield f"Measured from {_clock(start)} to {_clock(end)}, where it was hardest:"
    if test is not None:
        gain = test["psnr"] - test["psnr_plain"]
        yield (f"  self-test: the source at half the size comes back with {test['psnr']:.2f} dB, "
               f"plainly enlarged with {test['psnr_plain']:.2f} dB ({gain:+.2f}; XPSNR {test['xpsnr']:.2f} and "
               f"{test['xpsnr_plain']:.2f})")  # fmt: skip
    if (returned := facts.get("returned")) is not None:
        yield f"  invented: made small again, the result is {float(str(returned)):.1f} dB from the source"
    if (flicker := facts.get("flicker")) is not None:
        yield f"  flicker: {float(str(flicker)):.2f} of 255 more than the source, where it stands still"
    if (colour := facts.get("colour")) is not None:
        worst = float(str(facts.get("colour_worst")))
        yield f"  colours: ΔE2000 {float(str(colour)):.2f}, at most {worst:.2f} in 99 of 100 places"
