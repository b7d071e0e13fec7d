"""Segments made: decode │ graph │ encode, each in its own thread, frames handed on through bounded queues.

    frames(tree) ──thread──► [≤ 6] ──► encoder ──► store
       └─ files: a decode thread each

A run of consecutive segments keeps its decoders and graphs; only the encoder is opened anew for each.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from fractions import Fraction

from dreamreel.errors import RenderFailed
from dreamreel.media.encode import EncoderSettings, VideoSegmentWriter, encode_audio
from dreamreel.render import tree
from dreamreel.render.frames import Room, Timed, frames
from dreamreel.render.plan import Plan, PlannedSound, Segment
from dreamreel.render.scale import halving
from dreamreel.render.sound import samples
from dreamreel.render.store import Entry, Store
from dreamreel.render.threads import Ahead, Cancel
from dreamreel.time import Span, nearest

__all__ = ["encode_segments", "encode_sounds", "runs"]

_DEPTH = 6
_WAITING = 160 * 2**20
"""Bytes of frames that wait for an encoder, at most and about."""


def runs(segments: Sequence[Segment]) -> Iterator[list[Segment]]:
    """Consecutive segments together."""
    run: list[Segment] = []
    for segment in segments:
        if run and segment.number != run[-1].number + 1:
            yield run
            run = []
        run.append(segment)
    if run:
        yield run


def encode_segments(
    picture: tree.Picture, settings: EncoderSettings, run: Sequence[Segment], store: Store, cancel: Cancel,
    drawn: Callable[[int], None], finished: Callable[[Segment, Entry], None], depth: int = _DEPTH,
) -> None:  # fmt: skip
    """Render consecutive segments into the store. `drawn(n)` is called for frames, `finished` for each segment; `depth`
    frames at most wait for the encoder.

    Raises what decoding and encoding raise, and `Cancelled`; then nothing unfinished is left.
    """
    whole = Span(run[0].span.start, run[-1].span.end)
    room = Room(cancel)

    def graph() -> Generator[Timed]:
        return frames(picture, whole, room)

    size = settings.width * settings.height * 3 // 2
    with Ahead(graph, cancel, max(1, min(depth, _WAITING // size)), name="graph") as items:
        ahead = _Shown(items, run[0].number == 0)
        # Decoding is ahead of encoding: what is found while a segment is made may be of the next one, so that one
        # is told as well. Counting takes each picture once.
        before = now = 0
        for segment in run:
            entry = _segment(segment, settings, ahead, store, drawn)
            damage = tuple(dict.fromkeys(room.damage[before:]))
            before, now = now, len(room.damage)
            finished(segment, store.record(replace(entry, damage=damage)))


class _Shown:
    """The frames of a run, one looked ahead at; frames that began before the run belong to the segment before."""

    def __init__(self, items: Iterator[Timed], from_zero: bool) -> None:
        self._items, self._from_zero = items, from_zero
        self._next: Timed | None = next(items, None)

    def within(self, span: Span) -> Iterator[tuple[Timed, Fraction]]:
        """The frames that begin during `span`, each with the time it is on show."""
        while self._next is not None and self._next[0] < span.end:
            (time, frame), self._next = self._next, next(self._items, None)
            if time < span.start:
                # Only where the clip itself begins is the frame already on show the first one.
                if span.start or not self._from_zero:
                    continue
                time = span.start
            until = span.end if self._next is None else min(span.end, self._next[0])
            if until > time:
                yield (time, frame), until - time


def _segment(
    segment: Segment, settings: EncoderSettings, ahead: _Shown, store: Store, drawn: Callable[[int], None]
) -> Entry:
    path = store.path(segment.key, segment.suffix)
    settings = _of_its_own(settings, segment, store)
    shown = ahead.within(segment.span)
    first = next(shown, None)
    if first is None:
        if settings.rate is not None:
            raise RenderFailed(
                f"no frame was made for {float(segment.span.start):.3f} s; is the source cut short?"
            )
        return Entry(path, 0, segment.span.start)
    start, count = first[0][0], 0
    with VideoSegmentWriter(path, settings) as writer:
        for (time, frame), duration in _chain(first, shown):
            writer.write(frame, time - start, duration)
            count += 1
            drawn(1)
    return Entry(path, count, start)


_DECIMAL = ("x264", "x265")
"""Families whose quality has decimals."""


def _of_its_own(settings: EncoderSettings, segment: Segment, store: Store) -> EncoderSettings:
    """The settings with the segment's own bitrate, and the file between two passes.

    Where bitrates are too coarse, it is encoded at the quality that comes to the bitrate, told by its first pass.
    """
    if settings.pass_:
        settings = replace(settings, stats=str(store.path(segment.look, ".stats")))
    if segment.bitrate is None or settings.bitrate is None:
        return settings
    looked = store.find(segment.look, segment.suffix) if segment.look else None
    if settings.pass_ or looked is None or settings.row.control not in _DECIMAL or segment.looked_at is None:
        return replace(settings, bitrate=segment.bitrate)
    wanted = segment.bitrate * segment.span.duration / 8
    crf = segment.looked_at + halving(settings.row) * math.log2(max(1, looked.path.stat().st_size) / wanted)
    option = ("crf", f"{min(51.0, max(0.5, crf)):.2f}")
    return replace(settings, bitrate=None, options=(*settings.options, option))


def _chain(
    first: tuple[Timed, Fraction], rest: Iterator[tuple[Timed, Fraction]]
) -> Iterator[tuple[Timed, Fraction]]:
    yield first
    yield from rest


def encode_sounds(plan: Plan, store: Store, cancel: Cancel) -> dict[str, Entry]:
    """Render each sound that is encoded into the store, unless it is there; by key."""
    made: dict[str, Entry] = {}
    for planned in plan.sounds:
        if planned.codec is None or planned.sound is None:
            continue
        suffix = f".{planned.codec.segment}"
        found = store.find(planned.key, suffix)
        made[planned.key] = found or _encode_sound(plan, planned, store, cancel)
    return made


def _encode_sound(plan: Plan, planned: PlannedSound, store: Store, cancel: Cancel) -> Entry:
    assert planned.codec is not None
    assert planned.sound is not None
    path = store.path(planned.key, f".{planned.codec.segment}")
    total = nearest(plan.info.duration * planned.audio.rate)
    with closing(samples(planned.sound, 0, total, planned.audio, cancel)) as blocks:
        count = encode_audio(path, blocks, planned.audio, planned.codec, plan.audio_bitrate)
    return store.record(Entry(path, count, Fraction(0)))
