"""`enhance --compare` and `--bake-off`: the hardest seconds beside each other, as a film or as a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dreamreel.cli.output import ProgressView, aligned, data, say
from dreamreel.wording import size_text

if TYPE_CHECKING:
    from dreamreel.cli.many import How
    from dreamreel.enhance.beside import Side
    from dreamreel.enhance.job import Prepared
    from dreamreel.graph import JSON

__all__ = ["show"]

_PAGES = frozenset({".html", ".htm"})


def show(job: Prepared, how: How, *, every: bool) -> None:
    """Write what is compared: source and proposal, or the source and every network.

    Raises `UsageError` where there is nothing to compare, and all that rendering raises.
    """
    from dreamreel.cli.run import may_replace
    from dreamreel.errors import UsageError
    from dreamreel.media.atomic import check_writable

    if job.proposal.nothing:
        raise UsageError(
            f"{job.source.name} is good already, so there is nothing to compare; ask for a size with --to."
        )
    if job.composed is None:
        _photo(job, how, every=every)
        return
    sides, scores = _every(job) if every else _two(job)
    if not how.as_json:
        for line in aligned([(side.label, side.note) for side in sides], 16):
            say(line)
    if how.dry_run:
        data({"event": "plan", "path": str(job.out), "sides": scores} if how.as_json else str(job.out))
        return
    check_writable(job.out)
    may_replace(job.out, how.yes)
    _write(job, sides, how, every=every)
    size = job.out.stat().st_size
    if how.as_json:
        data({"event": "done", "path": str(job.out), "bytes": size, "sides": scores})
        return
    say(f"Done, {size_text(size)}:")
    data(str(job.out))


def _photo(job: Prepared, how: How, *, every: bool) -> None:
    """A photo before and after, as a page."""
    from dreamreel.cli.run import may_replace
    from dreamreel.enhance.beside import PLAIN, write_photo_page
    from dreamreel.errors import UsageError
    from dreamreel.media.atomic import check_writable

    if every or job.out.suffix.lower() not in _PAGES:
        raise UsageError(
            "Photos are compared on a page: use --compare with -o and a name that ends in .html."
        )
    if not how.dry_run:
        check_writable(job.out)
        may_replace(job.out, how.yes)
        write_photo_page(job.out, job, (PLAIN, f"enhanced, {job.proposal.network}".rstrip(", ")))
    data({"event": "plan" if how.dry_run else "done", "path": str(job.out)} if how.as_json else str(job.out))


def _two(job: Prepared) -> tuple[list[Side], list[JSON]]:
    from dreamreel.enhance.beside import PLAIN, Side, plainly

    assert job.composed is not None
    name = f"enhanced, {job.proposal.network}" if job.proposal.network else "enhanced"
    sides = [Side(PLAIN, "", plainly(job)), Side(name, "", job.composed.clip)]
    return sides, [{"label": side.label} for side in sides]


def _every(job: Prepared) -> tuple[list[Side], list[JSON]]:
    from dreamreel.enhance.bakeoff import contestants
    from dreamreel.enhance.data import dump

    found = list(contestants(job))
    return [side for side, _ in found], [{"label": side.label, **dump(test)} for side, test in found]


def _write(job: Prepared, sides: list[Side], how: How, *, every: bool) -> None:
    from dreamreel.enhance.beside import films, split, tiled, write_page
    from dreamreel.render.run import Options, render
    from dreamreel.render.sources import located

    shown = films(job, sides)
    with ProgressView(how.as_json) as view:
        if job.out.suffix.lower() in _PAGES:
            write_page(job.out, shown, f"{job.source.name}, before and after", on_event=view)
            return
        clip = (
            tiled(shown) if every else split(shown[0].clip, shown[1].clip, (shown[0].label, shown[1].label))
        )
        render(located(clip.node, job.out), job.out, Options(crf=16, embed=False, on_event=view))
