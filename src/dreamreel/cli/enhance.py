"""`dreamreel enhance`: a film or photo made larger, cleaner and sharper, by itself."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from dreamreel.cli.enhance_options import asked_of, taking_enhance
from dreamreel.cli.help import OUTPUT, Command, examples
from dreamreel.cli.many import Flat, How, Name, NoTree, Report, SkipDone, Workers, folder_of, several
from dreamreel.cli.options import DryRun, JsonEvents, NoRecipe, Output, Yes
from dreamreel.cli.output import bytes_bar, data, say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dreamreel.enhance.asked import Asked
    from dreamreel.enhance.job import Prepared
    from dreamreel.graph import JSON

__all__ = ["add"]

_EXAMPLES = examples(
    "dreamreel enhance party.mov",
    "dreamreel enhance party.mov --to 1080p --preview",
    "dreamreel enhance party.mov --compare -o party.html",
    "dreamreel enhance anna.jpg --to x2",
    "dreamreel enhance holiday/ -o better/ --skip-done --report report.json",
)
_LOOK = "Look first"

Preview = Annotated[
    bool,
    typer.Option("--preview", help="Only the five seconds that are hardest to make good.", rich_help_panel=_LOOK,
                 show_default=False),
]  # fmt: skip
Compare = Annotated[
    bool,
    typer.Option("--compare", help="These seconds before and after: a split screen, or with -o x.html a page.",
                 rich_help_panel=_LOOK, show_default=False),
]  # fmt: skip
BakeOff = Annotated[
    bool,
    typer.Option("--bake-off", help="These seconds by every network there is, side by side with scores.",
                 rich_help_panel=_LOOK, show_default=False),
]  # fmt: skip
NoNumbers = Annotated[
    bool,
    typer.Option(
        "--no-numbers", help="Do not measure the result.", rich_help_panel=OUTPUT, show_default=False
    ),
]


def add(root: typer.Typer) -> None:
    """Add the command to the application."""
    root.command("enhance", cls=Command, epilog=_EXAMPLES)(enhance)


@taking_enhance
def enhance(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE…", show_default=False, help="What to enhance: films, photos, folders, patterns."),
    ],
    output: Output = None,
    preview: Preview = False,
    compare: Compare = False,
    bake_off: BakeOff = False,
    no_numbers: NoNumbers = False,
    no_recipe: NoRecipe = False,
    flat: Flat = False,
    name: Name = "{name}-enhanced",
    no_tree: NoTree = False,
    skip_done: SkipDone = False,
    workers: Workers = None,
    report: Report = None,
    dry_run: DryRun = False,
    as_json: JsonEvents = False,
    yes: Yes = False,
    **said: object,
) -> None:  # fmt: skip
    """Make films and photos larger, cleaner and sharper. What is wrong is found, what is good is left alone, and
    sound, subtitles, chapters and times stay as they are.
    """
    from dreamreel.errors import UsageError

    asked = asked_of(said)
    how = How(recursive=not flat, skip_done=skip_done, workers=workers, report=report, recipe=not no_recipe,
              dry_run=dry_run, as_json=as_json, yes=yes)  # fmt: skip
    looks = preview + compare + bake_off
    if looks > 1:
        raise UsageError("Choose one of --preview, --compare and --bake-off.")
    if several(files) or skip_done or report or name != "{name}-enhanced":
        if looks:
            raise UsageError("--preview, --compare and --bake-off take one film; name one.")
        _many(asked, files, output, name, how, judge=not no_numbers, tree=not no_tree)
        return
    job = _decided(
        asked, files[0], output, preview=preview, compare=compare, bake_off=bake_off, as_json=as_json
    )
    if compare or bake_off:
        from dreamreel.cli.enhance_looks import show

        show(job, how, every=bake_off)
        return
    _one(job, how, preview=preview, judge=not no_numbers)


def _decided(
    asked: Asked,
    source: Path,
    output: Path | None,
    *,
    preview: bool,
    compare: bool,
    bake_off: bool,
    as_json: bool,
) -> Prepared:
    """Look at the file and decide, telling how far that is."""
    from dreamreel.enhance.job import output_for, prepared
    from dreamreel.media.probe import probe

    folder = folder_of(output)
    out = output if output is not None and folder is None else output_for(probe(source), folder or Path())
    kind = "preview" if preview else "compare" if compare else "bake-off" if bake_off else ""
    if kind and (output is None or folder is not None):
        suffix = out.suffix if preview else ".mp4"
        out = out.with_name(out.name.removesuffix(out.suffix).replace("-enhanced", f"-{kind}") + suffix)
    if not as_json:
        say(f"Looking at {source.name} …")
    with bytes_bar("Looking", unit=str) as bar:
        return prepared(source, out, asked, tell=bar)


def _one(job: Prepared, how: How, *, preview: bool, judge: bool) -> None:
    """One file, with its card, its progress and its report."""
    from dreamreel.cli.enhance_card import faces_line, facts, report, rows
    from dreamreel.cli.run import run
    from dreamreel.convert.job import Prepared as Conversion
    from dreamreel.convert.job import finish
    from dreamreel.enhance.faces import faces_done
    from dreamreel.enhance.job import judged_job, part_of

    if job.proposal.nothing:
        _nothing(job, how)
        return
    if job.composed is None:
        _photo(job, how)
        return
    hard = job.findings.hard
    whole = job
    if preview:
        job = part_of(job, hard.start, hard.end)
        assert job.composed is not None
    assert job.composed is not None

    def end() -> dict[str, JSON]:
        told: dict[str, JSON] = {}
        if faces := faces_done(composed.clip):
            told["faces"] = faces
            if not how.as_json:
                say(faces_line(faces))
        if judge:
            if not how.as_json:
                say("Measuring the result …")
            told["numbers"] = judged_job(whole, shift=-hard.start if preview else Fraction(0))
            if not how.as_json:
                for line in report(told["numbers"]):
                    say(line)
        if not preview:
            finish(Conversion(job.source, job.out))
        return told

    composed = job.composed
    run(composed.clip, job.out, target=composed.target, told=composed.notes, steps=rows(job, preview=preview),
        facts=facts(job), recipe=how.recipe, dry_run=how.dry_run, as_json=how.as_json, yes=how.yes,
        finish=end)  # fmt: skip


def _nothing(job: Prepared, how: How) -> None:
    """Say that a file is good, and what could still be asked for."""
    from dreamreel.cli.enhance_card import facts

    if how.as_json:
        data({"event": "done", "nothing": True, **facts(job)})
        return
    say(f"{job.source.name} is good already: there is nothing to do.")
    for line in (*job.proposal.notes, *job.proposal.offers):
        say(f"  {line}")


def _photo(job: Prepared, how: How) -> None:
    """A photo: a short card, then the work."""
    from dreamreel.cli.enhance_card import faces_line, facts, rows
    from dreamreel.cli.output import ProgressView, card
    from dreamreel.cli.run import may_replace
    from dreamreel.enhance.photo import enhance_photo
    from dreamreel.errors import Cancelled
    from dreamreel.media.atomic import check_writable
    from dreamreel.media.stills.convert import outputs_of
    from dreamreel.wording import size_text

    found, proposal = job.findings, job.proposal
    if how.as_json:
        data({"event": "plan", "source": str(job.source), "path": str(job.out), **facts(job)})
    else:
        notes = [("note" if number == 0 else "", text) for number, text in enumerate(proposal.notes)]
        card("Before we start", [("in", f"{found.name}, {found.width}×{found.height}"), *rows(job, preview=False),
                                 ("out", f"{job.out.name}, {proposal.width}×{proposal.height}"), *notes])  # fmt: skip
    if how.dry_run:
        return
    check_writable(job.out)
    for path in outputs_of(job.source, job.out):
        may_replace(path, how.yes)
    try:
        with ProgressView(how.as_json) as view:
            made = enhance_photo(job.source, job.out, proposal, on_event=view)
    except KeyboardInterrupt as error:
        raise Cancelled(f"Stopped before {job.out.name} was finished.") from error
    if how.as_json:
        data({"event": "done", **made})
        return
    if faces := made.get("faces"):
        say(faces_line(cast("Mapping[str, JSON]", faces)))
    for words in (*_words(made["converted"]), *(f"lost: {one}" for one in _words(made["lost"]))):
        say(words)
    say(f"Done, {size_text(int(str(made['bytes'])))}:")
    for path in _words(made["paths"]):
        data(path)


def _words(value: JSON) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else []


def _many(
    asked: Asked, sources: list[Path], out: Path | None, name: str, how: How, *, judge: bool, tree: bool
) -> None:
    """Folders, patterns, several files: each by itself, one after another."""
    from dreamreel.cli.many import convert_many
    from dreamreel.convert.batch import Naming
    from dreamreel.enhance.many import work_of
    from dreamreel.errors import UsageError

    if out is not None and out.suffix and not out.is_dir():
        raise UsageError(f"Many files cannot all become {out.name}; give a folder with -o, or leave it out.")
    convert_many(work_of(asked, judge=judge), sources, Naming(folder=out, template=name, keep_tree=tree), how,
                 done="enhanced")  # fmt: skip
