"""One file, start to end: look at it, decide, write it, and report what became of it.

    source ─► probe ─► what must be looked for (bars, interlacing) ─► compose ─► render ─► file times ─► Report
           └► a picture ─► media.stills

`prepared` decides and writes nothing; `convert_one` does it all and is what a batch calls for each of its files.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from dreamreel.convert.compose import Composed, compose
from dreamreel.convert.wish import Wish, said
from dreamreel.errors import NotWritable, UsageError
from dreamreel.media.atomic import check_absent
from dreamreel.media.formats import output_format, written_files

if TYPE_CHECKING:
    from dreamreel.graph import JSON
    from dreamreel.media.probe import MediaFile
    from dreamreel.media.stills import StillOptions
    from dreamreel.render.progress import Listener
    from dreamreel.render.threads import Cancel

__all__ = ["Prepared", "convert_one", "finish", "output_for", "outputs", "prepared", "suffix_for"]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A conversion that is decided and not begun: of a film or sound, or of a picture."""

    source: Path
    out: Path
    composed: Composed | None = None
    still: StillOptions | None = None

    @property
    def notes(self) -> tuple[str, ...]:
        """What the user should know of it."""
        return self.composed.notes if self.composed else ()


def convert_one(
    wish: Wish, source: Path, out: Path | None = None, *, folder: Path | None = None, overwrite: bool = False,
    embed: bool = True, verify: bool = False, on_event: Listener | None = None, cancel: Cancel | None = None,
) -> dict[str, JSON]:  # fmt: skip
    """Convert one file and say what became of it, as plain data. Without `out` a name in `folder` is found.

    Raises every `DreamreelError` there is; the output is complete or absent.
    """
    started = time.monotonic()
    out = out or output_for(wish, source, folder or Path())
    job = prepared(wish, source, out)
    if not overwrite:
        check_absent(outputs(job))
    if job.composed is None:
        return {**_still(job), "seconds": round(time.monotonic() - started, 3)}
    from dreamreel.render.explain import explained
    from dreamreel.render.plan import make_plan
    from dreamreel.render.run import as_options, render
    from dreamreel.render.sources import located

    node = located(job.composed.clip.node, out)
    plan = make_plan(node, out, job.composed.target)
    run: dict[str, object] = {"on_event": on_event, "cancel": cancel, "embed": embed, "verify": verify}
    made = render(node, out, as_options({**_fields(job.composed), **run}))
    told: list[JSON] = [*job.notes, *plan.notes, *made.notes]
    done = {
        "concealed": made.concealed,
        "explained": explained(plan),
        "seconds": round(time.monotonic() - started, 3),
        "notes": told,
    }
    return {**finish(job), **done}


def prepared(wish: Wish, source: Path, out: Path) -> Prepared:
    """Everything about converting `source` into `out`, decided. Raises what opening it raises, and `UsageError`s."""
    from dreamreel.media.mux import check_not_input
    from dreamreel.media.stills import is_picture_source, is_picture_target

    check_not_input(out, (source,))
    wish = wish if wish.container else replace(wish, container=_container(wish, source, out))
    if is_picture_source(source) and is_picture_target(out, wish.container):
        return Prepared(source, out, still=_still_options(wish, source))
    from dreamreel.media.probe import probe

    found = probe(source)
    return Prepared(source, out, composed=compose(_looked_for(wish, found), found))


def outputs(job: Prepared) -> list[Path]:
    """The files that are written: one for each page of a picture where the format holds only one."""
    from dreamreel.media.stills.convert import outputs_of

    return [job.out] if job.still is None else outputs_of(job.source, job.out, job.still)


def finish(job: Prepared) -> dict[str, JSON]:
    """Give a finished output the times of its source, and say what it is."""
    from dreamreel.media.atomic import output_error

    try:
        times = job.source.stat()
        files = written_files(job.out)
        for one in files:
            os.utime(one, ns=(times.st_atime_ns, times.st_mtime_ns))
        size = sum(one.stat().st_size for one in files)
    except OSError as error:
        raise output_error(error, job.out) or NotWritable(
            f"{job.out.name} cannot be finished: {error.strerror}."
        ) from error
    return {"source": str(job.source), "path": str(job.out), "bytes_in": times.st_size, "bytes": size}


def _looked_for(wish: Wish, found: MediaFile) -> Wish:
    """The wish with what only the picture itself can tell: bars and interlacing."""
    if found.main_video is None:
        return wish
    if wish.crop == "auto":
        from dreamreel.analyse.bars import detect as bars

        box = bars(found.path)
        whole = (box.width, box.height) == (found.main_video.width, found.main_video.height)
        wish = replace(wish, crop=None if whole else str(box))
    if wish.deinterlace == "auto" or (wish.deinterlace == "on" and wish.deinterlace_by == "network"):
        from dreamreel.analyse.interlace import detect as scan

        kind = scan(found.path).kind
        plain = "off" if wish.deinterlace == "auto" else "tff"
        wish = replace(wish, deinterlace={"progressive": plain, "telecine": "film"}.get(kind, kind))
    return wish


def _still_options(wish: Wish, source: Path) -> StillOptions:
    """What a wish asks of a picture, its preset's limits included."""
    from dreamreel.convert.presets.shelf import preset
    from dreamreel.convert.resolve import merged
    from dreamreel.media.stills import options_from

    found = preset(wish.preset) if wish.preset else None
    whole = merged(wish, found)
    bounds: dict[str, object] = {}
    if found is not None and found.limits.long_side and not (whole.width or whole.height):
        long, short = found.limits.long_side, found.limits.short_side
        bounds = {"max_width": long, "max_height": long, "short_side": short}
    if whole.aspect and not (whole.width or whole.height):
        bounds = _shaped(replace(whole, **bounds), source)  # pyright: ignore[reportArgumentType]
    return options_from(**{**bounds, **said(whole)})


def _shaped(wish: Wish, source: Path) -> dict[str, object]:
    """The box in which a picture has the wanted shape without growing."""
    from dreamreel.convert.shape import shape_of
    from dreamreel.media.images import picture_info
    from dreamreel.media.info import VideoInfo

    found = picture_info(source)
    shape = shape_of(wish, VideoInfo(found.width, found.height))
    box = shape.pad or shape.resize
    return {"width": box[0], "height": box[1], "fit": "pad" if shape.pad else shape.mode} if box else {}


def _still(job: Prepared) -> dict[str, JSON]:
    from dreamreel.media.stills import convert_still

    assert job.still is not None
    made = convert_still(job.source, job.out, job.still)
    return {
        "source": str(job.source), "path": str(made.outputs[0]), "paths": [str(path) for path in made.outputs],
        "bytes_in": job.source.stat().st_size, "bytes": made.size, "width": made.width, "height": made.height,
        "copied": made.copied, "kept": list(made.kept), "converted": list(made.converted), "lost": list(made.lost),
    }  # fmt: skip


def _fields(composed: Composed) -> dict[str, object]:
    from dataclasses import fields

    return {item.name: getattr(composed.target, item.name) for item in fields(composed.target)}


# ── names ─────────────────────────────────────────────────────────────────────────────────────────────────


def output_for(wish: Wish, source: Path, folder: Path) -> Path:
    """A name in `folder` that is free: that of the source with the new suffix, else with the preset or a number."""
    suffix = suffix_for(wish, source)
    label = Path(wish.preset).stem if wish.preset else "converted"
    stems = (source.stem, f"{source.stem}-{label}", *(f"{source.stem}-{label}-{n}" for n in range(2, 10_000)))
    return next(path for stem in stems if not (path := folder / f"{stem}{suffix}").exists())


def suffix_for(wish: Wish, source: Path) -> str:
    """The suffix of what a wish makes of a file. Raises `UsageError` where nothing says the format."""
    name = _container(wish, source, None)
    if (still := _still_suffix(name)) is not None and output_kind(name) not in (
        "animation",
        "video",
        "audio",
    ):
        return still
    row = output_format(Path("x"), name)
    return f".{name}" if f".{name}" in row.extensions else row.suffix


def output_kind(name: str) -> str:
    """The kind of a container of `media.formats`, or an empty text for a name that is none."""
    try:
        return output_format(Path("x"), name).kind
    except UsageError:
        return ""


def _still_suffix(name: str) -> str | None:
    from dreamreel.media.stills import FORMATS

    rows = (
        row for row in FORMATS if row.writer != "none" and (row.name == name or f".{name}" in row.extensions)
    )
    return next((f".{name}" if f".{name}" in row.extensions else row.suffix for row in rows), None)


def _container(wish: Wish, source: Path, out: Path | None) -> str:
    """The format: what was asked, what the output is called, the preset's, the source's own."""
    from dreamreel.convert.presets.shelf import preset

    if wish.container:
        return wish.container
    if out is not None and out.suffix:
        return out.suffix.lower().lstrip(".")
    if wish.preset and (named := preset(wish.preset).wish.container):
        return named
    own = source.suffix.lower().lstrip(".")
    if own and (output_kind(own) or _still_suffix(own)):
        return own
    if not own:
        raise UsageError(f"{source.name} has no suffix that says its format; name one with --to.")
    from dreamreel.media.stills import is_picture_source

    return "jpeg" if is_picture_source(source) else "mp4"
