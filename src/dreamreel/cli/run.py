"""What `generate`, `render` and `again` share: the pre-flight card, the render with its progress, the last line."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING

from dreamreel.cli.output import ProgressView, card, confirm, data, duration_text, say, size_text

if TYPE_CHECKING:
    from dreamreel.clip import Clip
    from dreamreel.graph import JSON
    from dreamreel.render.explain import Estimate
    from dreamreel.render.plan import Plan

__all__ = ["run"]


def run(clip: Clip, output: Path, *, as_json: bool, dry_run: bool, yes: bool, recipe: bool = True) -> None:
    """Check, show the pre-flight card, render with progress, and say where the result is."""
    from dreamreel.render.run import Options, render

    started = time.monotonic()
    if dry_run:
        _dry(clip, output, as_json)
        return
    _may_replace(output, yes)

    def preflight(plan: Plan) -> None:
        cost = _estimate(plan)
        if as_json:
            data({"event": "plan", **_plan_json(plan, cost)})
        else:
            _card(plan, cost, output)
        _must_fit(plan, cost, output)

    with ProgressView(as_json) as view:
        render(clip.node, output, Options(on_event=view, preflight=preflight, embed=recipe))
    spent = time.monotonic() - started
    if as_json:
        data({"event": "done", "path": str(output), "bytes": output.stat().st_size, "seconds": round(spent, 3)})
    else:
        say(f"Done in {duration_text(spent)}, {size_text(output.stat().st_size)}:")
        data(str(output))


def _may_replace(output: Path, yes: bool) -> None:
    """Never replace a file without being told to. Raises `NotWritable`."""
    from dreamreel.errors import NotWritable

    if output.exists() and not output.is_dir() and not yes and not confirm(f"{output.name} exists. Replace it?"):
        raise NotWritable(f"{output.name} exists already; give another name with -o, or --yes to replace it.")


def _dry(clip: Clip, output: Path, as_json: bool) -> None:
    from dreamreel.render.explain import explained
    from dreamreel.render.plan import Target, make_plan

    plan = make_plan(clip.node, output, Target())
    cost = _estimate(plan)
    if as_json:
        data({"event": "plan", **_plan_json(plan, cost)})
        return
    _card(plan, cost, output)
    data(explained(plan))


def _estimate(plan: Plan) -> Estimate:
    from dreamreel.render.explain import estimate
    from dreamreel.render.machine import cores, free_memory

    return estimate(plan, cores(), free_memory())


def _card(plan: Plan, cost: Estimate, output: Path) -> None:
    from dreamreel.media.info import ClipInfo
    from dreamreel.render.explain import describe, inputs

    sources = list(inputs(plan))
    rows = [("in" if i == 0 else "", text) for i, text in enumerate(sources)]
    rows.append(("out", f"{output.name}: {describe(ClipInfo(plan.info.duration, plan.video, plan.audio))}"))
    rows += [("note" if i == 0 else "", note) for i, note in enumerate(plan.notes)]
    rows.append(("time", f"about {duration_text(cost.seconds)} on this computer"))
    rows.append(("size", f"about {size_text(cost.size)}; {size_text(cost.disk)} of disk while it works"))
    rows.append(("memory", f"about {size_text(cost.memory)} in {cost.workers} process{'es' if cost.workers > 1 else ''}"))
    card("Before we start", rows)


def _plan_json(plan: Plan, cost: Estimate) -> dict[str, JSON]:
    from dreamreel.graph import digest_of
    from dreamreel.time import fraction_text

    video = plan.video
    return {
        "container": plan.container.name,
        "width": video.width if video else None,
        "height": video.height if video else None,
        "fps": fraction_text(video.rate) if video and video.rate else None,
        "frames": plan.frames,
        "duration": fraction_text(plan.info.duration),
        "audio": plan.audio.layout if plan.audio else None,
        "segments": [segment.key for segment in plan.segments] or [digest_of(plan.node.digest)],
        "notes": list(plan.notes),
        "estimate": {
            "seconds": round(cost.seconds, 1),
            "bytes": cost.size,
            "disk": cost.disk,
            "memory": cost.memory,
            "workers": cost.workers,
        },
    }


def _must_fit(plan: Plan, cost: Estimate, output: Path) -> None:
    """Stop while nothing is lost yet. Raises `WillNotFit`."""
    from dreamreel.errors import WillNotFit
    from dreamreel.render.machine import free_memory
    from dreamreel.render.store import home

    memory = free_memory()
    if cost.memory > memory:
        raise WillNotFit(
            f"this needs about {size_text(cost.memory)} of memory and {size_text(memory)} is free; "
            "choose a smaller --resolution, or close other programs."
        )
    for folder in {output.resolve().parent, _existing(home())}:
        free = shutil.disk_usage(folder).free
        if cost.disk > free:
            raise WillNotFit(
                f"this needs about {size_text(cost.disk)} of disk in {folder} and {size_text(free)} is free; "
                "make room, choose a smaller size, or set DREAMREEL_HOME to a larger disk."
            )


def _existing(folder: Path) -> Path:
    """The nearest folder above that is there already."""
    return next(p for p in (folder, *folder.resolve().parents) if p.is_dir())
