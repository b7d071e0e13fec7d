"""Many files: which ones, what each becomes, and doing it all without one bad file stopping the rest.

    files, folders, patterns ──found()──► sources ──named()──► tasks ──run()──► results ─► report
                                                                        └ journal: what is done already

Finding and naming are apart from doing, so that what would happen can be shown before anything does.
"""

from __future__ import annotations

import datetime as dt
import glob
import json
import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol, cast

from dreamreel.convert.job import convert_one, output_kind, suffix_for
from dreamreel.convert.kinds import FILMS, PICTURES, SOUNDS
from dreamreel.convert.wish import Wish, said
from dreamreel.errors import BadParameter, Cancelled, DreamreelError, InputMissing, UsageError
from dreamreel.graph import digest_of
from dreamreel.machine import cores
from dreamreel.media.atomic import atomic_write
from dreamreel.places import state_file
from dreamreel.render.threads import Cancel

if TYPE_CHECKING:
    from dreamreel.graph import JSON
    from dreamreel.render.progress import Event, Listener

__all__ = [
    "Found",
    "Naming",
    "Result",
    "Task",
    "Work",
    "found",
    "named",
    "run",
    "save_report",
    "summary",
    "watch",
]

_FIELDS = re.compile(r"\{([a-z]+)(?::0?(\d))?\}")
_SAFE = re.compile(r"[\x00-\x1f/\\:*?\"<>|]")
_PLAIN = "converted"
_JOURNAL = "batches.jsonl"
_MOST_LINES = 20_000
_LOOK_EVERY = 2.0
_CLIP_CORES = 4
"""Encoders of pictures in motion use about this many cores each."""


@dataclass(frozen=True, slots=True)
class Found:
    """A source, and the folder it was found under; its own for a file that was named."""

    path: Path
    root: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """What results are called and where they go."""

    folder: Path | None = None
    """None: beside each source."""
    template: str = "{name}"
    """May hold {name}, {ext}, {parent}, {preset}, {date} and {n}, {n:3} for a number with leading zeros."""
    keep_tree: bool = True
    """In `folder`, keep the folders that a source was found under."""


@dataclass(frozen=True, slots=True)
class Task:
    """One file to make of another."""

    source: Path
    out: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of a task."""

    source: str
    path: str
    state: Literal["done", "skipped", "failed", "stopped"]
    error: str = ""
    """The sentence of what went wrong."""
    code: int = 0
    """Its exit code."""
    seconds: float = 0.0
    bytes_in: int = 0
    bytes: int = 0
    notes: tuple[str, ...] = ()
    """What was converted, left out or lost."""


class Make(Protocol):
    """Makes a task's output and says what became of it; raises every `DreamreelError` there is."""

    def __call__(
        self, task: Task, *, overwrite: bool, embed: bool, verify: bool, on_event: Listener, cancel: Cancel
    ) -> dict[str, JSON]:
        """`{"nothing": True}` in what it says means that there was nothing to do."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What is done to each of many files. A wish is such a work; see `work_of`."""

    make: Make
    key: JSON
    """What tells this work from another: with the same key and the same contents the result is the same."""
    suffix: Callable[[Path], str]
    wanted: frozenset[str]
    """Suffixes of what is taken out of folders, without their dots."""
    label: str = "converted"
    """What a template's {preset} is, and a name where there is one like it already."""
    alone: bool = False
    """One file at a time, because each takes all cores."""


def work_of(wish: Wish) -> Work:
    """Converting as a work."""

    def make(
        task: Task, *, overwrite: bool, embed: bool, verify: bool, on_event: Listener, cancel: Cancel
    ) -> dict[str, JSON]:
        return convert_one(wish, task.source, task.out, overwrite=overwrite, embed=embed, verify=verify,
                           on_event=on_event, cancel=cancel)  # fmt: skip

    return Work(make=make, key=cast("JSON", json.loads(json.dumps(said(wish), default=str, sort_keys=True))),
                suffix=lambda source: suffix_for(wish, source), wanted=_wanted(wish),
                label=Path(wish.preset).stem if wish.preset else "converted")  # fmt: skip


# ── which files ───────────────────────────────────────────────────────────────────────────────────────────


def found(inputs: Iterable[Path], wish: Wish | Work, *, recursive: bool = True) -> list[Found]:
    """The sources that files, folders and patterns such as `*.mov` name, each once, in order.

    Of folders those whose suffix is known and which the wish can be for: pictures when pictures are made, else films
    and sounds. Hidden files and folders are left alone. Raises `InputMissing` for what names nothing.
    """
    wanted = wish.wanted if isinstance(wish, Work) else _wanted(wish)
    made: dict[Path, Found] = {}
    for given in inputs:
        paths = [given] if given.exists() else _matched(given)
        if not paths:
            raise InputMissing(f"{given.name} was not found; check the name and the folder.")
        for path in paths:
            for one in _under(path, wanted, recursive) if path.is_dir() else [Found(path, path.parent)]:
                made.setdefault(one.path.resolve(), one)
    return list(made.values())


def _matched(pattern: Path) -> list[Path]:
    if not glob.has_magic(str(pattern)):
        return []
    root = Path(*pattern.parts[: next(n for n, part in enumerate(pattern.parts) if glob.has_magic(part))])
    paths = (path for path in root.glob(str(pattern.relative_to(root))) if path.is_file())
    return sorted(path for path in paths if not _hidden(path.relative_to(root)))


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _wanted(wish: Wish) -> frozenset[str]:
    from dreamreel.convert.presets.shelf import preset
    from dreamreel.media.stills import is_picture_target

    name = wish.container or (preset(wish.preset).wish.container if wish.preset else None)
    if name is None:
        return PICTURES | SOUNDS | FILMS
    if output_kind(name) == "audio":
        return SOUNDS | FILMS
    # WebP and AVIF are pictures first; a GIF is made of films.
    return PICTURES if name != "gif" and is_picture_target(Path(f"x.{name}")) else FILMS | {"gif"}


def _under(folder: Path, wanted: frozenset[str], recursive: bool) -> Iterator[Found]:
    walk = sorted(folder.rglob("*") if recursive else folder.glob("*"))
    for path in walk:
        if (
            path.suffix.lower().lstrip(".") in wanted
            and not _hidden(path.relative_to(folder))
            and path.is_file()
        ):
            yield Found(path, folder)


# ── what they become ──────────────────────────────────────────────────────────────────────────────────────


def named(sources: Sequence[Found], wish: Wish | Work, naming: Naming) -> list[Task]:
    """What each source becomes; no two results have the same name. Raises `BadParameter` for a wrong template."""
    work = wish if isinstance(wish, Work) else work_of(wish)
    taken: set[Path] = set()
    originals = {one.path.resolve() for one in sources}
    tasks: list[Task] = []
    for number, one in enumerate(sources, 1):
        folder = naming.folder or one.path.parent
        if naming.folder is not None and naming.keep_tree:
            folder = folder / one.path.parent.relative_to(one.root)
        suffix, stem = work.suffix(one.path), _stem(naming.template, one.path, work.label, number)
        ext = one.path.suffix.lstrip(".").lower() or "file"
        choices = (
            stem,
            f"{stem}-{ext}",
            f"{stem}-{_PLAIN if isinstance(wish, Wish) else work.label}",
            *(f"{stem}-{n}" for n in range(2, 100_000)),
        )
        out = next(path for choice in choices
                   if (path := folder / f"{choice}{suffix}").resolve() not in taken | originals)  # fmt: skip
        taken.add(out.resolve())
        tasks.append(Task(one.path, out))
    return tasks


def _stem(template: str, source: Path, label: str, number: int) -> str:
    values = {
        "name": source.stem, "ext": source.suffix.lstrip("."), "parent": source.resolve().parent.name,
        "preset": label,
        "date": dt.datetime.fromtimestamp(source.stat().st_mtime, dt.UTC).strftime("%Y-%m-%d"),
    }  # fmt: skip

    def filled(match: re.Match[str]) -> str:
        if match[1] == "n":
            return f"{number:0{match[2] or 1}d}"
        if match[1] not in values:
            raise BadParameter(f"{{{match[1]}}} is not part of a name; use {{name}}, {{ext}}, {{parent}}, {{preset}}, "
                               "{date} or {n}.")  # fmt: skip
        return values[match[1]]

    stem = _SAFE.sub("_", _FIELDS.sub(filled, template)).strip(" .")
    if not stem or "{" in stem.replace(source.stem, ""):
        raise BadParameter(f"{template!r} does not make a name; write for example {{name}}-small.")
    return stem


# ── doing it ──────────────────────────────────────────────────────────────────────────────────────────────

Tell = Callable[[Task, "Event | Result | None"], None]
"""Hears of a task that begins (None), goes on (an event) and ends (a result), from whatever thread."""


def run(
    tasks: Sequence[Task], wish: Wish | Work, *, workers: int | None = None, overwrite: bool = False,
    skip_done: bool = False, embed: bool = True, verify: bool = False, cancel: Cancel | None = None,
    tell: Tell | None = None,
) -> list[Result]:  # fmt: skip
    """Convert every task, as many at once as the cores take, and say what became of each, in the order given.

    A file that fails is reported and the rest goes on. `skip_done` leaves out what an earlier run made from the same
    contents with the same wish. When `cancel` is raised, or Ctrl-C pressed, what runs is stopped and the rest is not
    begun; nothing half finished is left.
    """
    flag = cancel or Cancel()
    work = wish if isinstance(wish, Work) else work_of(wish)
    journal = _Journal(work)
    results: dict[int, Result] = {}

    def do(number: int) -> None:
        task = tasks[number]
        if tell:
            tell(task, None)
        results[number] = _one(
            task,
            work,
            journal,
            flag,
            tell,
            skip_done=skip_done,
            overwrite=overwrite,
            embed=embed,
            verify=verify,
        )
        if tell:
            tell(task, results[number])

    light = [n for n, task in enumerate(tasks) if task.source.suffix.lower().lstrip(".") in PICTURES | SOUNDS]
    heavy = [n for n in range(len(tasks)) if n not in set(light)]
    usual = (1, 1) if work.alone else (cores(), max(1, cores() // _CLIP_CORES))
    for numbers, at_once in ((light, workers or usual[0]), (heavy, workers or usual[1])):
        with ThreadPoolExecutor(at_once, "dreamreel-batch") as pool:
            waiting = [pool.submit(do, number) for number in numbers]
            try:
                for future in as_completed(waiting):
                    future.result()
            except KeyboardInterrupt:
                flag.set()
                for future in waiting:
                    future.cancel()
    return [results.get(n) or Result(source=str(task.source), path=str(task.out), state="stopped", code=130)
            for n, task in enumerate(tasks)]  # fmt: skip


def _one(task: Task, work: Work, journal: _Journal, cancel: Cancel, tell: Tell | None, *, skip_done: bool,
         overwrite: bool, embed: bool, verify: bool) -> Result:  # fmt: skip
    began = time.monotonic()
    source, path = str(task.source), str(task.out)
    try:
        cancel.check()
        if skip_done and journal.has(task):
            return Result(source=source, path=path, state="skipped", bytes=task.out.stat().st_size)
        task.out.parent.mkdir(parents=True, exist_ok=True)

        def hear(event: Event) -> None:
            if tell:
                tell(task, event)

        made = work.make(task, overwrite=overwrite, embed=embed, verify=verify, on_event=hear, cancel=cancel)
    except Cancelled as error:
        return Result(source=source, path=path, state="stopped", error=str(error), code=error.exit_code)
    except DreamreelError as error:
        return Result(source=source, path=path, state="failed", error=str(error), code=error.exit_code,
                      seconds=round(time.monotonic() - began, 3))  # fmt: skip
    except OSError as error:
        return Result(
            source=source, path=path, state="failed", error=f"{task.out.name}: {error.strerror}.", code=5
        )
    notes = [
        str(words)
        for key in ("notes", "converted", "lost")
        for words in cast("list[JSON]", made.get(key) or [])
    ]
    if made.get("nothing"):
        return Result(source=source, path=path, state="skipped", notes=tuple(notes))
    journal.add(task)
    return Result(
        source=source, path=path, state="done", seconds=round(time.monotonic() - began, 3), notes=tuple(notes),
        bytes_in=cast("int", made.get("bytes_in", 0)), bytes=cast("int", made.get("bytes", 0)),
    )  # fmt: skip


class _Journal:
    """What batches have made: for each result the contents it came from and the wish, in the user's private folder."""

    def __init__(self, work: Work) -> None:
        self._path = state_file(_JOURNAL)
        self._wish = digest_of(work.key)
        self._known: dict[str, JSON] = {}
        for line in _lines(self._path):
            if isinstance(line, dict) and isinstance(line.get("out"), str):
                self._known[cast("str", line["out"])] = line

    def _facts(self, task: Task) -> dict[str, JSON]:
        from dreamreel.ops.source import content_hash

        return {"out": str(task.out.resolve()), "content": content_hash(task.source), "wish": self._wish,
                "bytes": task.out.stat().st_size}  # fmt: skip

    def has(self, task: Task) -> bool:
        """True when the result is there, made from these contents with this wish."""
        return task.out.is_file() and self._known.get(str(task.out.resolve())) == self._facts(task)

    def add(self, task: Task) -> None:
        """Remember a result."""
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(self._facts(task)) + "\n")


def _lines(path: Path) -> Iterator[JSON]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()[-_MOST_LINES:]
    except (OSError, UnicodeDecodeError):
        return
    for line in lines:
        try:
            yield json.loads(line)
        except ValueError:
            continue  # A line that a crash cut short says nothing.


def watch(inputs: Sequence[Path], wish: Wish | Work, naming: Naming, cancel: Cancel,
          done: Callable[[list[Task]], None], *, recursive: bool = True,
          every: float = _LOOK_EVERY) -> None:  # fmt: skip
    """Look into folders until `cancel` is raised, and hand on what is new and no longer growing.

    Raises `UsageError` when there is no folder among `inputs`.
    """
    if not any(path.is_dir() for path in inputs):
        raise UsageError("There is no folder to watch; name one.")
    before: dict[Path, tuple[int, int]] = {}
    handed: dict[Path, tuple[int, int]] = {}
    while True:
        now: dict[Path, tuple[int, int]] = {}
        there = found(inputs, wish, recursive=recursive)
        inside = naming.folder.resolve() if naming.folder else None
        for one in there:
            path = one.path.resolve()
            if inside is not None and path.is_relative_to(inside):
                continue  # Results of its own.
            facts = one.path.stat()
            now[path] = facts.st_size, facts.st_mtime_ns
        ready = [one for one in there if _settled(one.path.resolve(), now, before, handed)]
        if ready:
            tasks = named(ready, wish, naming)
            handed |= {one.path.resolve(): now[one.path.resolve()] for one in ready}
            handed |= {task.out.resolve(): (0, 0) for task in tasks}
            done(tasks)
            # What was made here is not new, even beside its sources.
            for task in tasks:
                if task.out.exists():
                    facts = task.out.stat()
                    handed[task.out.resolve()] = facts.st_size, facts.st_mtime_ns
        before = now
        if cancel.wait(every):
            return


_Looks = dict[Path, tuple[int, int]]


def _settled(path: Path, now: _Looks, before: _Looks, handed: _Looks) -> bool:
    """True for a file that is as it was at the last look, and was not handed on like this."""
    return path in now and before.get(path) == now[path] != handed.get(path)


# ── the report ────────────────────────────────────────────────────────────────────────────────────────────


def summary(results: Sequence[Result]) -> dict[str, JSON]:
    """Totals, and every result, as plain data."""
    states = ("done", "skipped", "failed", "stopped")
    counts: dict[str, JSON] = {state: sum(one.state == state for one in results) for state in states}
    return {
        "files": len(results), **counts, "bytes_in": sum(one.bytes_in for one in results),
        "bytes": sum(one.bytes for one in results if one.state == "done"),
        "results": [cast("JSON", {**asdict(one), "notes": list(one.notes)}) for one in results],
    }  # fmt: skip


def save_report(results: Sequence[Result], path: Path) -> None:
    """The report as a file: JSON, or comma-separated values for a `.csv`. Raises `NotWritable`, `NoSpace`."""
    if path.suffix.lower() != ".csv":
        text = json.dumps(summary(results), indent=1, ensure_ascii=False) + "\n"
    else:
        import csv
        import io

        page = io.StringIO()
        writer = csv.writer(page)
        names = [item.name for item in fields(Result)]
        writer.writerow(names)
        for one in results:
            writer.writerow(
                ["; ".join(one.notes) if name == "notes" else getattr(one, name) for name in names]
            )
        text = page.getvalue()
    with atomic_write(path) as part:
        part.write_text(text, encoding="utf-8")
