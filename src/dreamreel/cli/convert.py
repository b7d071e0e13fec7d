"""`dreamreel convert`: any video, sound or picture into any other."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dreamreel.cli.convert_options import taking, wish_of
from dreamreel.cli.help import OUTPUT, Command, examples
from dreamreel.cli.options import DryRun, JsonEvents, NoRecipe, Output, Yes
from dreamreel.cli.output import data, say

if TYPE_CHECKING:
    from dreamreel.convert.job import Prepared
    from dreamreel.convert.wish import Wish

__all__ = ["Verify", "add", "make"]

_EXAMPLES = examples(
    "dreamreel convert party.mov party.mp4",
    "dreamreel convert party.mov --preset iphone",
    "dreamreel convert party.mov --to webm --quality 80",
    "dreamreel convert party.mov --target-size 25MB --size 720p",
    "dreamreel convert party.mov party.mp3 --loudness -16",
)

Verify = Annotated[
    bool,
    typer.Option("--verify", help="Decode the result and compare it with the plan.", rich_help_panel=OUTPUT,
                 show_default=False),
]  # fmt: skip


def add(root: typer.Typer) -> None:
    """Add the command to the application."""
    root.command("convert", cls=Command, epilog=_EXAMPLES)(convert)


@taking()
def convert(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE…", help="What to convert; with two names, the second is the result.", show_default=False
        ),
    ],
    output: Output = None,
    no_recipe: NoRecipe = False,
    verify: Verify = False,
    dry_run: DryRun = False,
    as_json: JsonEvents = False,
    yes: Yes = False,
    **said: object,
) -> None:  # fmt: skip
    """Convert videos, sounds and pictures. What nothing asks to change is copied, and nothing is lost silently."""
    wish = wish_of(said)
    sources, out = _names(files, output, wish)
    make(wish, sources, out, recipe=not no_recipe, verify=verify, dry_run=dry_run, as_json=as_json, yes=yes)


def _names(files: list[Path], output: Path | None, wish: Wish) -> tuple[list[Path], Path | None]:
    """What is read and what is written: of two names without anything else that says the format, the second is the
    result; so is a last name that does not exist.
    """
    if output is not None or len(files) < 2:
        return files, output
    last = files[-1]
    formless = not (wish.container or wish.preset)
    result = last.suffix and not last.is_dir() and (not last.exists() or (len(files) == 2 and formless))
    return (files[:-1], last) if result else (files, None)


def make(wish: Wish, sources: list[Path], out: Path | None, *, recipe: bool, verify: bool, dry_run: bool,
         as_json: bool, yes: bool) -> None:  # fmt: skip
    """Convert what was named. Raises every `DreamreelError` there is."""
    from dreamreel.convert.job import output_for
    from dreamreel.errors import UsageError

    if len(sources) > 1 and out is not None and out.suffix and not out.is_dir():
        raise UsageError(
            f"{len(sources)} files cannot all become {out.name}; give a folder with -o, or leave it out."
        )
    for source in sources:
        folder = out if out is not None and (out.is_dir() or not out.suffix) else None
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
        target = out if out is not None and folder is None else output_for(wish, source, folder or Path())
        _one(wish, source, target, recipe=recipe, verify=verify, dry_run=dry_run, as_json=as_json, yes=yes)


def _one(wish: Wish, source: Path, out: Path, *, recipe: bool, verify: bool, dry_run: bool, as_json: bool,
         yes: bool) -> None:  # fmt: skip
    from dreamreel.cli.run import run
    from dreamreel.convert.job import finish, prepared

    job = prepared(wish, source, out)
    if job.composed is None:
        _picture(wish, job, dry_run=dry_run, as_json=as_json, yes=yes)
        return
    done = run(
        job.composed.clip, out, target=job.composed.target, told=job.notes, recipe=recipe, dry_run=dry_run,
        as_json=as_json, yes=yes, finish=lambda: finish(job),
    )  # fmt: skip
    if done and verify:
        _verify(job)


def _verify(job: Prepared) -> None:
    """Decode the result and compare its length with the plan's. Raises `DamagedMedia`, `RenderFailed`."""
    from dreamreel.errors import RenderFailed
    from dreamreel.media.probe import probe

    assert job.composed is not None
    found, wanted = probe(job.out), job.composed.clip.duration
    if abs(found.duration - wanted) > 1:
        raise RenderFailed(
            f"{job.out.name} lasts {float(found.duration):.3f} s and should last {float(wanted):.3f} s."
        )


def _picture(wish: Wish, job: Prepared, *, dry_run: bool, as_json: bool, yes: bool) -> None:
    """Pictures are quick: no card, one line."""
    from dreamreel.cli.run import may_replace
    from dreamreel.convert.job import convert_one
    from dreamreel.media.atomic import check_writable
    from dreamreel.wording import size_text

    if dry_run:
        data(
            {"event": "plan", "source": str(job.source), "path": str(job.out)}
            if as_json
            else f"{job.source.name} → {job.out.name}"
        )
        return
    check_writable(job.out)
    may_replace(job.out, yes)
    report = convert_one(wish, job.source, job.out, overwrite=True)
    if as_json:
        data({"event": "done", **report})
        return
    for key in ("converted", "lost"):
        for words in report.get(key) or ():  # pyright: ignore[reportGeneralTypeIssues, reportUnknownVariableType, reportOptionalIterable]
            say(f"{key}: {words}")
    say(f"Done, {size_text(int(str(report['bytes'])))}:")
    data(str(report["path"]))
