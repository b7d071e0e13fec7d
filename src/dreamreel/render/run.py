"""Rendering: the one way to make a file.

check output ─► plan ─► measure ─► segments (store, else executor) ─► sound ─► join, recipe inside ─► rename
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from pathlib import Path

from dreamreel.errors import BadParameter, Cancelled, DamagedMedia
from dreamreel.graph import Node, Recipe
from dreamreel.media.atomic import atomic_write, check_writable
from dreamreel.media.mux import ChapterMark, check_not_input, mux
from dreamreel.media.splice import Splice
from dreamreel.media.truncation import is_cut_short
from dreamreel.render import local, sources
from dreamreel.render.assemble import assembled
from dreamreel.render.cutting import CannotSplice, checked, encoded_instead, spliced
from dreamreel.render.pipeline import encode_sounds
from dreamreel.render.plan import Plan, Segment, anonymous, make_plan
from dreamreel.render.prepare import prepare
from dreamreel.render.progress import Event, Finished, Listener, Meter
from dreamreel.render.quality import search
from dreamreel.render.size import look, reach, shared, step_for
from dreamreel.render.spare import Spare
from dreamreel.render.store import Entry, Store
from dreamreel.render.target import Target
from dreamreel.render.threads import Cancel
from dreamreel.render.verify import frames_of, verified
from dreamreel.time import Span
from dreamreel.wording import damage_text

__all__ = ["Options", "Preflight", "Rendered", "render"]

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
    verify: bool = False
    """Decode the finished file and compare it with the plan before it gets its name."""
    spare: Spare | None = None
    """Worker processes that were started ahead."""

    @property
    def target(self) -> Target:
        """The part that decides what is made."""
        return Target(**{item.name: getattr(self, item.name) for item in fields(Target)})


@dataclass(frozen=True, slots=True)
class Rendered:
    """What a render made."""

    path: Path
    concealed: int = 0
    """Pictures of its sources that could not be decoded, so that what is beside them stands in; also those of segments
    that were finished before, or by other processes. A picture that is shown twice counts once.
    """

    @property
    def notes(self) -> tuple[str, ...]:
        """What the user should know of it, in sentences."""
        return (damage_text(self.concealed),) if self.concealed else ()


def render(node: Node, out: Path, options: Options) -> Rendered:
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
            options = _looked_for(node, out, options, cancel)
            plan = make_plan(node, out, options.target)
            if options.preflight:
                options.preflight(plan)
            concealed = _make(plan, node, out, options, cancel)
        except Cancelled:
            raise Cancelled(
                f"Stopped before {out.name} was finished; run the same again and it goes on from what is done."
            ) from None
    return Rendered(out, concealed)


def _looked_for(node: Node, out: Path, options: Options, cancel: Cancel) -> Options:
    """The options with the crf that has the wanted quality, found on samples."""

    def tell(words: str) -> None:
        if options.on_event:
            options.on_event(Event("measure", message=words))

    found = search(node, out, options.target, Store(options.store), cancel, tell)
    if found is None or options.quality is None:
        return options
    tell(found.told(options.quality))
    return replace(options, crf=found.crf)


def _make(plan: Plan, node: Node, out: Path, options: Options, cancel: Cancel) -> int:
    """Everything made and written. Returns how many pictures of the sources could not be decoded."""
    if plan.container.kind in ("animation", "picture", "sequence"):
        from dreamreel.render.pictures import write_pictures

        concealed = write_pictures(
            plan, out, options.target, _recipe(plan) if options.embed else None, cancel, options.on_event
        )
        sources.remember(plan)
        return concealed
    store = Store(options.store)
    if options.target_size is not None or plan.look is not None:
        made = _make_sized(plan, node, out, options, store, cancel)
    else:
        made = _write(plan, out, options, store, cancel)
    sources.remember(plan)
    store.sweep()
    return len({one for entry in made for one in entry.damage})


def _write(plan: Plan, out: Path, options: Options, store: Store, cancel: Cancel) -> list[Entry]:
    """Everything encoded, found or made, and joined into `out`. Returns the segments, or else the sounds."""
    if plan.copied is None or plan.copied.action != "cut":
        return _written(plan, out, options, store, cancel, None)
    try:
        with spliced(plan.copied, options.threads) as splice:
            return _written(plan, out, options, store, cancel, splice)
    except CannotSplice as error:
        Meter(0, 0, options.on_event).tell("plan", f"the whole picture is encoded: {error}")
    instead = encoded_instead(plan, options.target)
    options = replace(options, codec=instead.codec, pix_fmt=instead.pix_fmt)
    return _written(make_plan(plan.node, out, options.target), out, options, store, cancel, None)


def _written(
    plan: Plan, out: Path, options: Options, store: Store, cancel: Cancel, splice: Splice | None
) -> list[Entry]:
    _check_whole(plan)
    meter = Meter(plan.frames, len(plan.segments), options.on_event, options.on_segment)
    meter.tell("plan")
    with ThreadPoolExecutor(1, "dreamreel-sound") as beside:
        # Beside the picture: it keeps one core busy for a moment, and the end need not wait for it.
        sound = beside.submit(encode_sounds, plan, store, cancel)
        entries = _pictures(plan, out, options, store, cancel, meter)
        meter.tell("sound")
        heard = sound.result()
    meter.tell("join")
    if splice is None and not options.verify:
        _join(plan, out, entries, heard, options, cancel)
    else:
        with atomic_write(out) as part:
            _join(plan, part, entries, heard, options, cancel, splice)
            if splice is not None:
                checked(part, splice)
            if options.verify:
                meter.tell("join", "looking at the finished file")
                verified(part, plan, _frames(plan, entries, splice), out.name, cancel)
    if splice is not None:
        # Of a picture that is cut only the edges were encoded; they have no file of their own.
        meter.damaged(splice.damage)
        meter.tell("done")
        return [Entry(out, 0, Fraction(0), splice.damage), *heard.values()]
    meter.tell("done")
    return [entry for _, entry in entries] or list(heard.values())


def _frames(plan: Plan, entries: list[tuple[Segment, Entry]], splice: Splice | None) -> int | None:
    """How many pictures the output should have."""
    if splice is not None:
        return len(splice.shown())
    if plan.copied is not None and plan.copied.track is not None:
        paths = {part.file.path for part in plan.copied.stretches}
        return sum(frames_of(Path(path), plan.copied.track.index) for path in paths)
    return sum(entry.frames for _, entry in entries) if plan.settings is not None else None


def _make_sized(
    plan: Plan, node: Node, out: Path, options: Options, store: Store, cancel: Cancel
) -> list[Entry]:
    """In two passes, as often as it takes to reach the wanted size. Returns what `_write` does, of the last time."""
    meter = Meter(plan.frames, len(plan.segments), options.on_event)
    needs: tuple[int, ...] = ()
    if plan.look is not None:
        meter.tell("measure", "looking at the whole film for what needs bits")
        needs = look(plan, store, cancel, meter.drawn)
        while options.target_size and (step := step_for(plan, needs, options.target)):
            options = replace(options, fit_side=step[0], fit_slower=step[1])
            plan = make_plan(node, out, options.target)
            meter.tell("measure", f"looking again at {step[0]} lines, which fit the size better")
            needs = look(plan, store, cancel, meter.drawn)
    pictured = plan.settings is not None
    lengths = [one.span.duration for one in plan.segments] or [plan.info.duration]
    bitrate = (plan.settings.bitrate if plan.settings else plan.audio_bitrate) or 0
    last: list[Entry] = []
    asked = shared(bitrate, needs, lengths) if needs else tuple(bitrate for _ in lengths)

    def make(asked: tuple[int, ...], path: Path) -> tuple[int, ...]:
        way = (
            replace(options, segment_bitrates=asked) if pictured else replace(options, audio_bitrate=asked[0])
        )
        last[:] = _write(make_plan(node, out, way.target), path, way, store, cancel)
        sizes = tuple(entry.path.stat().st_size if entry.frames else 0 for entry in last)
        return sizes if pictured else (sum(sizes),)

    if options.target_size is None:
        make(asked, out)
    else:
        reach(out, options.target_size, asked, make, lambda words: meter.tell("measure", words))
    return last


def _pictures(
    plan: Plan, out: Path, options: Options, store: Store, cancel: Cancel, meter: Meter
) -> list[tuple[Segment, Entry]]:
    """All segments of the picture, found or made, in order."""
    entries: dict[int, Entry] = {}
    missing: list[Segment] = []
    for segment in plan.segments:
        if (found := store.find(segment.key, segment.suffix)) is not None:
            entries[segment.number] = found
            meter.found(found.frames, found.path, found.damage)
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
    cancel: Cancel, splice: Splice | None = None,
) -> None:  # fmt: skip
    shown = [entry for _, entry in entries if entry.frames]
    if plan.settings is not None and not shown:
        raise DamagedMedia("no picture could be decoded; is the source cut short?")
    mux(
        assembled(plan, shown, heard, splice), out, plan.container,
        tags={tag.key: tag.value for tag in plan.tags}, recipe=_recipe(plan) if options.embed else None,
        chapters=[ChapterMark(Span(mark.start, mark.end), mark.title) for mark in plan.chapters]
        if plan.container.chapters else [],
        inputs=plan.sources, check=cancel.check,
        places_of=plan.sources[0] if options.keep_location and len(plan.sources) == 1 else None,
    )  # fmt: skip


def _check_whole(plan: Plan) -> None:
    """Decoding notices a file that breaks off; copying would not, and would make a shorter film of it in silence.

    Raises `DamagedMedia`.
    """
    copied = [plan.copied, *(sound.copied for sound in plan.sounds)]
    for path in sorted({Path(part.file.path) for one in copied if one for part in one.stretches}):
        if is_cut_short(path):
            raise DamagedMedia(
                f"{path.name} is damaged: it is cut short, and its end is lost; `dreamreel repair` keeps what is there."
            )


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
