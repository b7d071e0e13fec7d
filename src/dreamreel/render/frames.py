"""From picture trees to frames: lazily, in order, at exact times.

    frames(tree, span) ──► (time, frame) …     the first holds at span.start, each holds until the next

Every frame handed out belongs to the receiver alone: a picture shown twice is handed out as two references to the same
pixels. Files are decoded in threads of their own (see `threads`); the rest runs in the caller's thread.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Generator, Iterator
from contextlib import closing
from fractions import Fraction
from typing import TypeVar

import av

from dreamreel.errors import RenderFailed
from dreamreel.ops.base import Stream
from dreamreel.render import stills, tree
from dreamreel.render.blend import cropped_to_ink, mixed
from dreamreel.render.conform import Conform
from dreamreel.render.graphs import Chain, Over
from dreamreel.render.threads import Ahead, Cancel
from dreamreel.time import Span

__all__ = ["Room", "Timed", "frames"]

Timed = tuple[Fraction, av.VideoFrame]
Frames = Generator[Timed]
_Item = TypeVar("_Item")

_CHUNK_BYTES = 192 * 2**20
"""Frames held at once when playing backwards."""

_LARGE = 1920 * 1080
"""Pixels of a frame beyond which only one that was made of it waits."""
_ANEW = Fraction(4)
"""Seconds after which an enlarged picture that may be near enough to what it was is computed anew."""


class Room:
    """What one render shares: the flag that stops it, and the pictures that are drawn once."""

    def __init__(self, cancel: Cancel | None = None) -> None:
        self.cancel = cancel or Cancel()
        self.damage: list[str] = []
        """Pictures of files that could not be decoded, in the order in which that was found: file and time."""
        self._drawn: dict[int, av.VideoFrame] = {}
        self._copiers: list[Chain] = []

    def still(self, picture: tree.Still) -> av.VideoFrame:
        """The one frame of a still, drawn at first use."""
        if id(picture) not in self._drawn:
            self._drawn[id(picture)] = stills.draw(picture.op)
        return self.again(self._drawn[id(picture)])

    def again(self, frame: av.VideoFrame) -> av.VideoFrame:
        """Another reference to the same pixels, with properties of its own."""
        for copier in self._copiers:
            if copier.takes(frame):
                return copier.one(frame)
        self._copiers.append(Chain((), frame))
        return self._copiers[-1].one(frame)


def frames(picture: tree.Picture, span: Span, room: Room) -> Frames:  # noqa: C901 - one case for each kind
    """The frames of `picture` during `span`. Raises what decoding raises, and `Cancelled`."""
    match picture:
        case tree.FileFrames():
            return _file(picture, span, room)
        case tree.Still():
            return _still(picture, room)
        case tree.Drawn():
            return _drawn(picture, span, room)
        case tree.Joined():
            return _joined(picture, span, room)
        case tree.Retimed():
            return _retimed(picture, span, room)
        case tree.Backwards():
            return _backwards(picture, span, room)
        case tree.Sampled():
            return _sampled(picture, span, room)
        case tree.Filtered():
            return _filtered(picture, span, room)
        case tree.Enlarged():
            return _enlarged(picture, span, room)
        case tree.Computed():
            return _computed(picture, span, room)
        case tree.Interpolated():
            return _interpolated(picture, span, room)
        case tree.Overlaid():
            return _overlaid(picture, span, room)
        case tree.Captioned():
            return _captioned(picture, span, room)
        case tree.Dissolved():
            return _dissolved(picture, span, room)


def _file(picture: tree.FileFrames, span: Span, room: Room) -> Frames:
    from dreamreel.media.decode import VideoReader
    from dreamreel.render.conceal import concealed

    def read() -> Frames:
        conform, own = Conform(picture.info), Room()

        def note(time: Fraction) -> None:
            room.damage.append(f"{picture.content[:16]} {time}")

        with VideoReader(picture.path, rate=picture.info.rate) as reader:
            for time, frame in concealed(reader, span, own.again, note):
                yield time, conform(frame, reader.rotation)

    with Ahead(read, room.cancel, 4, name="decode") as items:
        yield from items


def _still(picture: tree.Still, room: Room) -> Frames:
    yield Fraction(0), room.still(picture)


def _drawn(picture: tree.Drawn, span: Span, room: Room) -> Frames:
    from dreamreel.ops.generate import painter

    artist = painter(picture.op)
    rate = picture.op.fps
    for n in range(math.floor(span.start * rate), math.ceil(min(span.end, picture.duration) * rate)):
        room.cancel.check()
        yield n / rate, artist.frame(n)


def _joined(picture: tree.Joined[tree.Picture], span: Span, room: Room) -> Frames:
    at = Fraction(0)
    for part in picture.parts:
        low, high = max(span.start, at), min(span.end, at + part.length)
        if low < high:
            shift = at - part.start
            with closing(frames(part.child, Span(low - shift, high - shift), room)) as items:
                first = True
                for time, frame in items:
                    yield _placed(time + shift, at, low) if first else time + shift, frame
                    first = False
        at += part.length


def _placed(time: Fraction, at: Fraction, low: Fraction) -> Fraction:
    """When the first frame of a part is on show: not before the part, and at once when a later file begins late."""
    if at and time > low:
        return low
    return max(time, at)


def _retimed(picture: tree.Retimed, span: Span, room: Room) -> Frames:
    with closing(frames(picture.child, span.scale(picture.factor), room)) as items:
        for time, frame in items:
            yield time / picture.factor, frame


def _sampled(picture: tree.Sampled, span: Span, room: Room) -> Frames:
    rate = picture.rate
    first = math.floor(span.start * rate)
    with closing(frames(picture.child, Span(first / rate, span.end), room)) as items:
        held = next(items, None)
        ahead = next(items, None)
        fresh = True
        for n in range(first, math.ceil(span.end * rate)):
            if held is None:
                return
            while ahead is not None and ahead[0] * rate <= n:
                held, ahead, fresh = ahead, next(items, None), True
            room.cancel.check()
            # The last showing could hand out the frame itself, but whether it is the last is not known yet.
            yield n / rate, room.again(held[1]) if not fresh or _stays(ahead, n, rate) else held[1]
            fresh = False


def _stays(ahead: Timed | None, n: int, rate: Fraction) -> bool:
    """True when the frame on show at n is on show at n + 1 as well."""
    return ahead is None or ahead[0] * rate > n + 1


def _filtered(picture: tree.Filtered, span: Span, room: Room) -> Frames:
    if not picture.reach:
        return _through(picture, span, room)
    early = max(Fraction(0), span.start - picture.reach)
    return _during(_through(picture, Span(early, span.end + picture.reach), room), span)


def _during(items: Frames, span: Span) -> Frames:
    """Of frames that begin earlier and end later those on show during `span`."""
    held: Timed | None = None
    with closing(items):
        for time, frame in items:
            if held is not None and time > span.start:
                yield held
            held = time, frame
            if time >= span.end:
                return
    if held is not None:
        yield held


def _through(picture: tree.Filtered, span: Span, room: Room) -> Frames:
    chain: Chain | None = None
    times: deque[Fraction] = deque()
    with closing(frames(picture.child, span, room)) as items:
        for time, frame in items:
            if chain is None or not chain.takes(frame):
                if chain is not None:
                    yield from _paired(times, chain.end())
                chain = Chain(picture.specs, frame)
            times.append(time)
            if picture.second is not None:
                times.append(time + picture.second)
            yield from _paired(times, chain.push(frame, time))
    if chain is not None:
        yield from _paired(times, chain.end())


def _paired(times: deque[Fraction], made: Iterator[av.VideoFrame]) -> Iterator[Timed]:
    for frame in made:
        if not times:
            raise RenderFailed("a filter made more frames than it was given; this is a bug in the plan.")
        yield times.popleft(), frame


def _enlarged(picture: tree.Enlarged, span: Span, room: Room) -> Frames:
    from dreamreel.neural.catalog import network
    from dreamreel.neural.enlarge import LANES, Enlarger

    op, video = picture.op, picture.info
    enlarge = Enlarger(network(op.network), video.pix_fmt, video.width, video.height, op.precision, op.strength,
                       tolerance=op.tolerance, lanes=LANES)  # fmt: skip

    def given() -> Frames:
        if not op.tolerance:
            with closing(frames(picture.child, span, room)) as items:
                for timed in items:
                    room.cancel.check()
                    yield timed
            return
        period = -1
        with closing(_with_those_before(picture, span, room)) as items:
            following = next(items, None)
            while following is not None:
                (time, frame), following = following, next(items, None)
                room.cancel.check()
                if (now := math.floor(time / _ANEW)) != period:
                    enlarge.forget()
                    period = now
                if following is not None and following[0] <= span.start:
                    enlarge.watch(frame)
                else:
                    yield time, frame

    def made() -> Frames:
        with closing(given()) as items:
            yield from enlarge.through(items)

    large = picture.info.width * picture.info.height > _LARGE
    with Ahead(made, room.cancel, 1 if large else 2, name="enlarge") as items:
        yield from items


def _with_those_before(picture: tree.Enlarged, span: Span, room: Room) -> Frames:
    """The frames during `span`, and all before that the one on show at its start may depend on.

    What is near enough to an earlier frame depends on those since the last whole multiple of `_ANEW`: so a film is the
    same wherever its rendering begins.
    """
    early = max(Fraction(0), math.floor(span.start / _ANEW) * _ANEW)
    while True:
        with closing(frames(picture.child, Span(early, span.end), room)) as items:
            first, second = next(items, None), next(items, None)
            shown = first if second is None or second[0] > span.start else second
            if first is None or shown is None or shown[0] >= early or not early:
                yield from (one for one in (first, second) if one is not None)
                yield from items
                return
            early = max(Fraction(0), math.floor(shown[0] / _ANEW) * _ANEW)


def _computed(picture: tree.Computed, span: Span, room: Room) -> Frames:
    from dreamreel.render.windows import windows

    def made() -> Frames:
        op, info = picture.op, picture.info
        worker = op.worker(info)
        rate = info.video.rate if info.video else None
        with closing(windows(lambda part: frames(picture.child, part, room), span, info.duration, rate,
                             op.before, op.after)) as items:  # fmt: skip
            given = _unless(room.cancel, items)
            if isinstance(worker, Stream):
                yield from worker.through(given)
            else:
                yield from ((time, worker(window, at, time)) for time, window, at in given)

    with Ahead(made, room.cancel, 2, name="compute") as items:
        yield from items


def _unless(cancel: Cancel, items: Iterator[_Item]) -> Iterator[_Item]:
    """The items, until everything is to stop."""
    for item in items:
        cancel.check()
        yield item


def _interpolated(picture: tree.Interpolated, span: Span, room: Room) -> Frames:
    from dreamreel.render.between import interpolated

    def made() -> Frames:
        with closing(interpolated(lambda part: frames(picture.child, part, room), span, picture)) as items:
            for time, frame, again in items:
                room.cancel.check()
                yield time, room.again(frame) if again else frame

    with Ahead(made, room.cancel, 2, name="interpolate") as items:
        yield from items


def _overlaid(picture: tree.Overlaid, span: Span, room: Room) -> Frames:
    window = picture.window
    over: Over | None = None
    top: _Held | None = None
    with closing(frames(picture.base, span, room)) as items:
        try:
            for time, frame in items:
                if not window.start <= time < window.end:
                    yield time, frame
                    continue
                if top is None:
                    ahead = Span(time - window.start, max(window.end, time) - window.start)
                    top = _Held(frames(picture.top, ahead, room), tree.is_still(picture.top), room)
                    over = Over(picture.x + top.left, picture.y + top.above)
                held = top.at(time - window.start)
                if held is None or over is None:
                    yield time, frame
                else:
                    yield time, over(frame, held, still=top.still)
        finally:
            if top is not None:
                top.close()


class _Held:
    """Asks a stream of frames what is on show, at times that only grow."""

    def __init__(self, items: Frames, still: bool, room: Room) -> None:
        self._items, self._room = items, room
        self.still = still
        self._now = next(items, None)
        self._next = next(items, None)
        self.left = self.above = 0
        if still and self._now is not None:
            # Composing only what can be seen: a title covers a tenth of its canvas.
            inked, self.left, self.above = cropped_to_ink(self._now[1])
            self._now = (self._now[0], inked) if inked is not None else None

    def at(self, time: Fraction) -> av.VideoFrame | None:
        """The frame on show at `time`, as a reference of its own; None when there is nothing at all."""
        while self._next is not None and self._next[0] <= time:
            self._now, self._next = self._next, next(self._items, None)
        if self._now is None:
            return None
        return self._now[1] if self.still else self._room.again(self._now[1])

    def following(self) -> Timed | None:
        """The frame after the one on show, already taken from the stream."""
        return self._next

    def close(self) -> None:
        """Stop what the stream needs."""
        self._items.close()


def _captioned(picture: tree.Captioned, span: Span, room: Room) -> Frames:
    from dreamreel.render.captions import captioned

    with closing(frames(picture.base, span, room)) as items:
        yield from captioned(picture, items, span, room.again)


def _dissolved(picture: tree.Dissolved, span: Span, room: Room) -> Frames:
    start = picture.seam - picture.overlap
    second: Frames | None = None
    held: _Held | None = None
    if span.end > start:
        begin = max(span.start, start)
        second = frames(picture.second, Span(begin - start, span.end - start), room)
    try:
        if span.start < picture.seam:
            until = Span(span.start, min(span.end, picture.seam))
            with closing(frames(picture.first, until, room)) as items:
                for time, frame in items:
                    if time < start or second is None:
                        yield time, frame
                        continue
                    held = held or _Held(second, False, room)
                    other = held.at(time - start)
                    weight = float((time - start) / picture.overlap)
                    yield time, frame if other is None else mixed(frame, other, weight)
        if second is not None and span.end > picture.seam:
            yield from _rest(held, second, start, max(span.start, picture.seam), room)
    finally:
        if second is not None:
            second.close()


def _rest(held: _Held | None, second: Frames, start: Fraction, begin: Fraction, room: Room) -> Frames:
    """What follows the dissolve; the frame on show when it ends begins there."""
    if held is not None and (now := held.at(begin - start)) is not None:
        yield begin, now
        if (after := held.following()) is not None:
            yield after[0] + start, after[1]
    for time, frame in second:
        room.cancel.check()
        yield time + start, frame


def _backwards(picture: tree.Backwards, span: Span, room: Room) -> Frames:
    """Chunks from the end to the beginning, each decoded forwards and handed out backwards; memory stays bounded."""
    size = picture.info.width * picture.info.height * 3 // 2
    count = max(8, min(250, _CHUNK_BYTES // max(1, size)))
    step = count / (picture.info.rate or Fraction(30))
    low, high = picture.duration - span.end, picture.duration - span.start
    while high > low:
        start = max(low, high - step)
        with closing(frames(picture.child, Span(start, high), room)) as items:
            chunk = list(items)
        if not chunk:
            return
        ends = [*(time for time, _ in chunk[1:]), high]
        # A frame that began before this chunk is left to the next one, unless the whole chunk is that frame.
        whole = 0 if chunk[0][0] >= start or start == low else 1
        if whole == len(chunk):
            start, whole = max(low, chunk[0][0]), 0
        for (_, frame), end in reversed(list(zip(chunk, ends, strict=True))[whole:]):
            yield picture.duration - end, frame
        high = ends[0] if whole else start
        del chunk
