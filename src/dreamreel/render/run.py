"""Rendering: the one way to make a file.

check output ─► plan ─► measure ─► segments (store, else executor) ─► sound ─► join, recipe inside ─► rename
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path

from dreamreel.errors import BadParameter, Cancelled, DamagedMedia
from dreamreel.graph import Node, Recipe
from dreamreel.media.atomic import check_writable
from dreamreel.media.mux import ChapterMark, check_not_input, mux
from dreamreel.render import local, sources
from dreamreel.render.assemble import assembled
from dreamreel.render.pipeline import encode_sounds
from dreamreel.render.plan import Plan, Segment, anonymous, make_plan
from dreamreel.render.prepare import prepare
from dreamreel.render.progress import Finished, Listener, Meter
from dreamreel.render.spare import Spare
from dreamreel.render.store import Entry, Store
from dreamreel.render.target import Target
from dreamreel.render.threads import Cancel
from dreamreel.time import Span

__all__ = ["Options", "Preflight", "render"]

Preflight = Callable[[Plan], None]
"""Looks at the plan before work starts; raises to stop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options(Target):
    """What `Clip.write` takes, besides the format."""

    on_event: Listener | None = None
    """Called with every `progress.Event`."""
    on_segment: Finished | None = None
    """Called with the file of each finished segment of a video, from the thread that renders."""
    preflight: Preflight | None = None
    cancel: Cancel | None = None
    """Raise its flag from any thread to stop."""
    store: Path | None = None
    """Where segments are kept; the user's cache by default."""
    embed: bool = True
    """Write the recipe into the file."""
    spare: Spare | None = None
    """Worker processes that were started ahead."""

    @property
    def target(self) -> Target:
        """The part that decides what is made."""
        return Target(**{item.name: getattr(self, item.name) for item in fields(Target)})


def render(node: Node, out: Path, options: Options) -> Path:
    """Compute `node` into `out`. The file is complete or absent; what was finished is kept when this is stopped.

    Raises every `DreamreelError` there is; `Cancelled` says how to go on.
    """
    cancel = options.cancel or Cancel()
    check_writable(out)
    node = sources.located(node, out)
    plan = make_plan(node, out, options.target)
    check_not_input(out, plan.sources)
    with _interruptible(cancel):
        try:
            node = prepare(node, cancel, options.on_event)
            plan = make_plan(node, out, options.target)
            if options.preflight:
                options.preflight(plan)
            _make(plan, out, options, cancel)
        except Cancelled:
            raise Cancelled(
                f"Stopped before {out.name} was finished; run the same again and it goes on from what is done."
            ) from None
    return out


def _make(plan: Plan, out: Path, options: Options, cancel: Cancel) -> None:
    if plan.container.kind in ("animation", "picture"):
        from dreamreel.render.pictures import write_pictures

        write_pictures(plan, out, _recipe(plan) if options.embed else None, cancel, options.on_event)
        sources.remember(plan)
        return
    store = Store(options.store)
    meter = Meter(plan.frames, len(plan.segments), options.on_event, options.on_segment)
    meter.tell("plan")
    with ThreadPoolExecutor(1, "dreamreel-sound") as beside:
        # Beside the picture: it keeps one core busy for a moment, and the end need not wait for it.
        sound = beside.submit(encode_sounds, plan, store, cancel)
        entries = _pictures(plan, out, options, store, cancel, meter)
        meter.tell("sound")
        heard = sound.result()
    meter.tell("join")
    _join(plan, out, entries, heard, options, cancel)
    sources.remember(plan)
    store.sweep()
    meter.tell("done")


def _pictures(
    plan: Plan, out: Path, options: Options, store: Store, cancel: Cancel, meter: Meter
) -> list[tuple[Segment, Entry]]:
    """All segments of the picture, found or made, in order."""
    entries: dict[int, Entry] = {}
    missing: list[Segment] = []
    for segment in plan.segments:
        if (found := store.find(segment.key, segment.suffix)) is not None:
            entries[segment.number] = found
            meter.found(found.frames, found.path)
        else:
            missing.append(segment)
    if entries:
        meter.tell("plan", f"{len(entries)} of {len(plan.segments)} segments are there from before")
    if missing:
        work = local.Work(plan, out, options.target)
        entries |= local.render_segments(work, missing, store, cancel, meter, options.spare)
    return [(segment, entries[segment.number]) for segment in plan.segments]


def _join(
    plan: Plan, out: Path, entries: list[tuple[Segment, Entry]], heard: dict[str, Entry], options: Options,
    cancel: Cancel,
) -> None:  # fmt: skip
    shown = [entry for _, entry in entries if entry.frames]
    if plan.settings is not None and not shown:
        raise DamagedMedia("no picture could be decoded; is the source cut short?")
    mux(
        assembled(plan, shown, heard), out, plan.container,
        tags={tag.key: tag.value for tag in plan.tags}, recipe=_recipe(plan) if options.embed else None,
        chapters=[ChapterMark(Span(mark.start, mark.end), mark.title) for mark in plan.chapters]
        if plan.container.chapters else [],
        inputs=plan.sources, check=cancel.check,
    )  # fmt: skip


def _recipe(plan: Plan) -> str:
    """The recipe that travels inside the file: what was measured is in it, the owner's folders are not."""
    return Recipe.of(anonymous(plan.node)).to_json()


@contextmanager
def _interruptible(cancel: Cancel) -> Generator[None]:
    """Ctrl-C raises the flag, so that threads and workers end in order; a second one interrupts at once."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGINT)
    if before is not signal.default_int_handler:
        yield
        return

    def stop(number: int, frame: object) -> None:
        del number, frame
        if cancel.is_set:
            raise KeyboardInterrupt
        cancel.set()

    signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def as_options(given: dict[str, object]) -> Options:
    """Keyword arguments of `Clip.write` as options. Raises `BadParameter` for a name that is none."""
    known = {item.name for item in fields(Options)}
    if unknown := sorted(set(given) - known):
        raise BadParameter(f"write has no option {unknown[0]!r}; it has {', '.join(sorted(known))}.")
    return Options(**given)  # pyright: ignore[reportArgumentType]
