"""What `generate`, `render` and `again` share: the pre-flight card, the render with its progress, the last line.

find sources ─► may the output be written? ─► card ─► does it fit? ─► render ─► where it is
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from dreamreel.cli import card
from dreamreel.cli.output import ProgressView, confirm, data, say
from dreamreel.cli.output import card as show_card
from dreamreel.wording import duration_text, size_text

if TYPE_CHECKING:
    from dreamreel.clip import Clip
    from dreamreel.graph import JSON, Node
    from dreamreel.render.quality import Found
    from dreamreel.render.run import Rendered
    from dreamreel.render.spare import Spare
    from dreamreel.render.target import Target

__all__ = ["free_name", "may_replace", "run"]


def run(
    clip: Clip,
    output: Path,
    *,
    as_json: bool,
    dry_run: bool,
    yes: bool,
    recipe: bool = True,
    dream: str = "",
    spare: Spare | None = None,
    target: Target | None = None,
    told: Sequence[str] = (),
    steps: Sequence[tuple[str, str]] = (),
    facts: Mapping[str, JSON] | None = None,
    verify: bool = False,
    finish: Callable[[], object] | None = None,
) -> bool:
    """Check, show the pre-flight card, render with progress, and say where the result is; False after a dry run.

    `dream` says in a line what a generated clip shows; `spare` holds workers that were started ahead; `target` is what
    to make of the clip, `told` more notes for the card, `steps` more rows of it and `facts` the same as data; `verify`
    decodes the result before it gets its name; `finish` is called with the file in its place, and a table that it gives
    is part of the last event of `--json`. Raises what planning and rendering raise.
    """
    from dreamreel.machine import cores, free_memory
    from dreamreel.media.atomic import check_writable
    from dreamreel.media.mux import check_not_input
    from dreamreel.render.explain import estimate
    from dreamreel.render.plan import make_plan
    from dreamreel.render.preflight import must_fit
    from dreamreel.render.run import Options, render
    from dreamreel.render.sources import located
    from dreamreel.render.target import Target

    started = time.monotonic()
    node = located(clip.node, output)
    check_not_input(output, make_plan(node, output, target or Target()).sources)
    wanted, found = _looked_for(node, output, target or Target())
    plan = make_plan(node, output, wanted)
    said = [found.told(wanted.quality or 0)] if found else []
    plan = replace(plan, notes=tuple(dict.fromkeys([*told, *said, *plan.notes])))
    if not dry_run:
        check_writable(output)
        _check_store()
        may_replace(output, yes)
    cost = estimate(plan, cores(), free_memory())
    cost = found.predicted(cost) if found else cost
    if as_json:
        data({"event": "plan", **card.as_json(plan, cost, dream), **(facts or {})})
    else:
        show_card("Before we start", card.rows(plan, cost, output, dream, recipe, steps))
    must_fit(cost, output)
    if dry_run:
        return False
    options = {item.name: getattr(wanted, item.name) for item in fields(wanted)}
    with ProgressView(as_json) as view:
        own = Options(**options, on_event=view, embed=recipe, verify=verify, spare=spare)
        made = render(node, output, own)
    _done(made, started, as_json, finish() if finish else None)
    return True


def _looked_for(node: Node, output: Path, target: Target) -> tuple[Target, Found | None]:
    """The target with the crf of the wanted quality, found on samples, and what they foretell."""
    if target.quality is None:
        return target, None
    from dreamreel.render.quality import search
    from dreamreel.render.store import Store
    from dreamreel.render.threads import Cancel

    _check_store()
    found = search(node, output, target, Store(), Cancel(), lambda words: say(f"Looking: {words}"))
    return (replace(target, crf=found.crf), found) if found else (target, None)


def _done(made: Rendered, started: float, as_json: bool, more: object) -> None:
    from dreamreel.media.formats import written_files

    output, spent = made.path, time.monotonic() - started
    size = sum(path.stat().st_size for path in written_files(output))
    if as_json:
        facts = cast("dict[str, JSON]", more) if isinstance(more, dict) else {}
        data({"event": "done", **facts, "path": str(output), "bytes": size, "seconds": round(spent, 3),
              "concealed": made.concealed})  # fmt: skip
    else:
        for words in made.notes:
            say(f"In the source {words}.")
        say(f"Done in {duration_text(spent)}, {size_text(size)}:")
        data(str(output))


def _check_store() -> None:
    """Raise `NotWritable` now when finished segments could not be kept."""
    from dreamreel.errors import NotWritable
    from dreamreel.render.store import home

    folder = home()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".dreamreel-"):
            return
    except OSError as error:
        raise NotWritable(
            f"Finished parts cannot be kept in {folder} ({error.strerror}); "
            "set DREAMREEL_HOME to a folder that can be written."
        ) from error


def may_replace(output: Path, yes: bool) -> None:
    """Never replace a file without being told to. Raises `NotWritable`."""
    from dreamreel.errors import NotWritable

    if output.exists() and not yes and not confirm(f"{output.name} exists. Replace it?"):
        raise NotWritable(f"{output.name} exists already; give another name with -o, or --yes to replace it.")


def free_name(stem: str, suffix: str) -> Path:
    """The first of `stem.mp4`, `stem-2.mp4` … that the current folder does not have."""
    path, number = Path(f"{stem}{suffix}"), 1
    while path.exists():
        number += 1
        path = Path(f"{stem}-{number}{suffix}")
    return path
