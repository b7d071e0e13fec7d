"""`dreamreel convert`: any video, sound or picture into any other."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dreamreel.cli.convert_options import taking, wish_of
from dreamreel.cli.help import OUTPUT, Command, examples
from dreamreel.cli.many import (
    Flat,
    How,
    Name,
    NoTree,
    Report,
    SkipDone,
    Watch,
    Workers,
    convert_many,
    folder_of,
    several,
)
from dreamreel.cli.options import DryRun, JsonEvents, NoRecipe, Output, Yes
from dreamreel.cli.output import data, say

if TYPE_CHECKING:
    from dreamreel.convert.job import Prepared
    from dreamreel.convert.wish import Wish

__all__ = ["Verify", "add", "convert_file"]

_EXAMPLES = examples(
    "dreamreel convert party.mov party.mp4",
    "dreamreel convert party.mov --preset iphone",
    "dreamreel convert party.mov --to webm --quality 80",
    "dreamreel convert party.mov --target-size 25MB --size 720p",
    "dreamreel convert party.mov party.mp3 --loudness -16",
    "dreamreel convert holiday/ --to webp -o small/ --size 1080p --skip-done",
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
            metavar="FILE…", show_default=False,
            help="What to convert: files, folders, patterns; of two files, the second is the result.",
        ),
    ],
    output: Output = None,
    no_recipe: NoRecipe = False,
    verify: Verify = False,
    flat: Flat = False,
    name: Name = "{name}",
    no_tree: NoTree = False,
    skip_done: SkipDone = False,
    watch: Watch = False,
    workers: Workers = None,
    report: Report = None,
    dry_run: DryRun = False,
    as_json: JsonEvents = False,
    yes: Yes = False,
    **said: object,
) -> None:  # fmt: skip
    """Convert videos, sounds and pictures, folders of them too. What nothing asks to change is copied, and nothing is
    lost silently.
    """
    wish = wish_of(said)
    sources, out = _names(files, output, wish)
    how = How(recursive=not flat, skip_done=skip_done, watch=watch, workers=workers, report=report,
              recipe=not no_recipe, verify=verify, dry_run=dry_run, as_json=as_json, yes=yes)  # fmt: skip
    _make(wish, sources, out, name, how, tree=not no_tree)


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


def _make(
    wish: Wish, sources: list[Path], out: Path | None, name: str, how: How, *, tree: bool = True
) -> None:
    """Convert what was named: one file by itself, more of them together. Raises every `DreamreelError` there is."""
    from dreamreel.convert.batch import Naming
    from dreamreel.convert.job import output_for
    from dreamreel.errors import UsageError

    only, many = sources[0], several(sources)
    if many or how.watch or how.skip_done or how.report or name != "{name}":
        if many and out is not None and out.suffix and not out.is_dir():
            raise UsageError(
                f"Many files cannot all become {out.name}; give a folder with -o, or leave it out."
            )
        convert_many(wish, sources, Naming(folder=out, template=name, keep_tree=tree), how)
        return
    folder = folder_of(out)
    target = out if out is not None and folder is None else output_for(wish, only, folder or Path())
    convert_file(wish, only, target, how)


def convert_file(wish: Wish, source: Path, out: Path, how: How) -> None:
    """Convert one file, with its card and its progress. Raises every `DreamreelError` there is."""
    from dreamreel.cli.run import run
    from dreamreel.convert.job import finish, prepared

    job = prepared(wish, source, out)
    if job.composed is None:
        _picture(wish, job, dry_run=how.dry_run, as_json=how.as_json, yes=how.yes)
        return
    run(
        job.composed.clip, out, target=job.composed.target, told=job.notes, recipe=how.recipe, dry_run=how.dry_run,
        as_json=how.as_json, yes=how.yes, verify=how.verify, finish=lambda: finish(job) and None,
    )  # fmt: skip


def _picture(wish: Wish, job: Prepared, *, dry_run: bool, as_json: bool, yes: bool) -> None:
    """Pictures are quick: no card, one line."""
    from dreamreel.cli.run import may_replace
    from dreamreel.convert.job import convert_one, outputs
    from dreamreel.media.atomic import check_writable
    from dreamreel.wording import size_text

    paths = outputs(job)
    if dry_run:
        data(
            {
                "event": "plan",
                "source": str(job.source),
                "path": str(paths[0]),
                "paths": [str(one) for one in paths],
            }
            if as_json
            else f"{job.source.name} → {', '.join(one.name for one in paths)}"
        )
        return
    for path in paths:
        check_writable(path)
        may_replace(path, yes)
    report = convert_one(wish, job.source, job.out, overwrite=True)
    if as_json:
        data({"event": "done", **report})
        return
    for key in ("converted", "lost"):
        for words in report.get(key) or ():  # pyright: ignore[reportGeneralTypeIssues, reportUnknownVariableType, reportOptionalIterable]
            say(f"{key}: {words}")
    say(f"Done, {size_text(int(str(report['bytes'])))}:")
    for path in paths:
        data(str(path))
