"""Which two frames the frame at an instant lies between, and how far along: what `Interpolated` is made of.

    frames ─► drawings (a frame shown two or three times is one) ─► n / rate ─► the drawing itself, or between two

Animation is often drawn on twos or threes: there the motion from one drawing to the next is spread over all the time
the first is shown. What is held longer rests until its last frame, so that a pause stays a pause. Across a cut, and
where two frames have nothing to do with each other, the first stays on show until the second begins.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Generator, Hashable
from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, TypeVar, cast

from dreamreel.analyse.look import small
from dreamreel.analyse.scenes import HEIGHT, WIDTH, cuts
from dreamreel.motion.between import Pair, alike, luma8
from dreamreel.render.windows import Window, windows
from dreamreel.time import Span

if TYPE_CHECKING:
    import av

    from dreamreel.render import tree

__all__ = ["interpolated"]

_HELD = 3
"""Times a drawing is shown, at the most, for the motion away from it to begin when it is first shown."""
_CLOSE = 1 / 64
"""A frame is taken as it is when the instant is no farther from it than this share of the way to the next."""

_Timed = tuple[Fraction, "av.VideoFrame"]
_Kept = TypeVar("_Kept")


class _Memory:
    """What is known of the last few frames, so that it is worked out once."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, object] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], _Kept]) -> _Kept:
        """What was made for a key, or is made now; the two dozen used last are kept."""
        if key not in self._kept:
            self._kept[key] = make()
        self._kept.move_to_end(key)
        while len(self._kept) > 24:
            self._kept.popitem(last=False)
        return cast("_Kept", self._kept[key])


@dataclass(frozen=True, slots=True)
class _Way:
    """From one drawing to the next."""

    first: _Timed
    second: _Timed | None
    """None when the first stays on show."""


def interpolated(
    read: Callable[[Span], Generator[_Timed]], span: Span, picture: tree.Interpolated
) -> Generator[tuple[Fraction, av.VideoFrame, bool]]:
    """The frames at n / rate during `span`; True with those that are the child's own and may be needed again."""
    rate, info = picture.rate, picture.info
    memory = _Memory()
    n, last = math.floor(span.start * rate), math.ceil(span.end * rate)

    def timed(part: Span) -> Generator[tuple[Fraction, _Timed]]:
        with closing(read(part)) as items:
            for item in items:
                yield item[0], item

    source = info.video.rate if info.video else None
    pair: tuple[_Way, Pair] | None = None
    with closing(windows(timed, span, info.duration, source, _HELD, _HELD + 1)) as items:
        for window in items:
            _, near, at = window
            end = near[at + 1][0] * rate if at + 1 < len(near) else last
            if n >= min(end, last):
                continue
            way = _way(window, memory)
            while n < min(end, last):
                part = _part(way, Fraction(n) / rate)
                if part <= _CLOSE or way.second is None:
                    yield Fraction(n) / rate, (near[at] if way.second is None else way.first)[1], True
                elif part >= 1 - _CLOSE:
                    yield Fraction(n) / rate, way.second[1], True
                else:
                    if pair is None or pair[0] != way:
                        pair = way, Pair(way.first[1], way.second[1])
                    made = pair[1].at(part)
                    yield Fraction(n) / rate, near[at][1] if made is None else made, made is None
                n += 1


def _part(way: _Way, time: Fraction) -> float:
    """How far along a way an instant is."""
    if way.second is None:
        return 0.0
    return max(0.0, float((time - way.first[0]) / (way.second[0] - way.first[0])))


def _way(window: Window[_Timed], memory: _Memory) -> _Way:
    """The drawing that is on show during a frame, and the next one."""
    _, near, at = window
    first, last = at, at
    while first > 0 and at - first < _HELD and _same(near, first, memory):
        first -= 1
    while last + 1 < len(near) and last - at < _HELD and _same(near, last + 1, memory):
        last += 1
    if last - first >= _HELD:
        # Held for long: it rests until its last frame.
        if last > at:
            return _Way(near[at], None)
        first = at
    if last + 1 >= len(near) or _is_cut(near, last + 1, memory):
        return _Way(near[at], None)
    return _Way(near[first], near[last + 1])


def _same(near: list[_Timed], number: int, memory: _Memory) -> bool:
    """True when a frame shows the drawing of the frame before it."""
    one, other = near[number - 1], near[number]

    def light(item: _Timed) -> object:
        return memory.get(("luma", item[0]), lambda: luma8(item[1]))

    return memory.get(("same", other[0]), lambda: alike(light(one), light(other)))  # pyright: ignore[reportArgumentType]


def _is_cut(near: list[_Timed], number: int, memory: _Memory) -> bool:
    """True when a frame begins a new shot, judged by the frames around it."""
    thumbnails = [
        memory.get(("small", time), lambda frame=frame: small(frame, WIDTH, HEIGHT)) for time, frame in near
    ]
    return number in cuts([time for time, _ in near], thumbnails)
