"""Two files side by side: which frames belong together, and how close they are.

    reference ─► upright frames ─┐
                                 ├─► pairs by time ─► one size and format ─► Meter ─► Comparison
    other ─────► upright frames ─┘      ▲
                                     offset: given, or found from small grey pictures of the first seconds

Every frame of the reference meets the frame of the other file that is nearest to it in time, so files of different
frame rates can be compared; what only one of them has is told. The other is scaled (bicubic) to the reference's size.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dreamreel.analyse.quality import Meter, Pooled, Scores, pooled
from dreamreel.errors import BadParameter
from dreamreel.media.colour import HD, Reformatter, complete, is_rgb
from dreamreel.media.info import Colour, VideoInfo
from dreamreel.ops.source import from_file
from dreamreel.render import tree
from dreamreel.render.frames import Room, Timed, frames
from dreamreel.render.lower import lower
from dreamreel.render.threads import Cancel
from dreamreel.time import Span, figure

if TYPE_CHECKING:
    import av

    from dreamreel.clip import Clip
    from dreamreel.graph import Node

__all__ = [
    "METRICS",
    "Comparison",
    "Measured",
    "comparable",
    "compare",
    "compare_clips",
    "paired",
    "rgb_pair",
]

METRICS = ("quality", "xpsnr", "ssim", "psnr")
"""What is measured of each frame, the one number first."""

_LOOK = Fraction(10)
"""Seconds looked at to find an offset."""
_SHIFT = Fraction(3)
"""Largest offset looked for, seconds."""
_MOST = 300
"""Frames of each file looked at, at most."""
_CLEARLY = 0.6
"""A shift is believed when pictures then differ by less than this much of what they differ by without one."""
_APART = Fraction(1, 2)
"""Seconds between frames that are named as the worst, so that one bad moment is named once."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A frame of the reference, and how close the other's is."""

    time: Fraction
    """Seconds since the reference's start."""
    scores: Scores

    def value(self, metric: str) -> float:
        """The number of that name, one of `METRICS`."""
        return float(getattr(self.scores, metric))


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that was measured of one pair of files."""

    reference: VideoInfo
    other: VideoInfo
    offset: Fraction
    """How many seconds later the other file shows the same picture."""
    frames: tuple[Measured, ...]
    notes: tuple[str, ...] = ()

    def pooled(self, metric: str) -> Pooled:
        """Mean, harmonic mean, first percentile and worst of one of `METRICS`."""
        return pooled([frame.value(metric) for frame in self.frames])

    def worst(self, count: int) -> list[Measured]:
        """The frames of lowest quality, worst first, at least half a second apart."""
        chosen: list[Measured] = []
        for frame in sorted(self.frames, key=lambda frame: (frame.scores.xpsnr, frame.time)):
            if len(chosen) == count:
                break
            if all(abs(frame.time - other.time) >= _APART for other in chosen):
                chosen.append(frame)
        return chosen


@dataclass(frozen=True, slots=True)
class _Side:
    """One of the two files."""

    name: str
    picture: tree.Picture
    video: VideoInfo
    duration: Fraction

    def frames(self, span: Span, cancel: Cancel) -> Generator[Timed]:
        return frames(self.picture, span, Room(cancel))

    @property
    def step(self) -> Fraction:
        """Seconds a frame usually lasts."""
        return 1 / (self.video.rate or Fraction(25))


def compare(
    reference: Path, other: Path, *, offset: Fraction | None = None, span: Span | None = None,
    cancel: Cancel | None = None, told: Callable[[int, int], None] | None = None,
) -> Comparison:  # fmt: skip
    """Measure `other` against `reference`, within `span` of the reference when given.

    `offset` is how many seconds later the other shows the same picture; None finds out. `told(done, all)` is called
    for every frame. Raises what opening and decoding raise, and `BadParameter` when there is nothing to compare.
    """
    cancel = cancel or Cancel()
    one, two = _side(reference), _side(other)
    shift = offset if offset is not None else _found_offset(one, two, cancel)
    return _compared(one, two, shift, _common(one, two, shift, span), cancel, told)


def compare_clips(reference: Clip, other: Clip, cancel: Cancel | None = None) -> Comparison:
    """Measure one clip against another, from beginning to end. Raises as `compare`."""
    one, two = _side_of("the reference", reference.node), _side_of("the other clip", other.node)
    return _compared(one, two, Fraction(0), _common(one, two, Fraction(0), None), cancel or Cancel(), None)


def paired(
    reference: Clip, other: Clip, cancel: Cancel | None = None
) -> Iterator[tuple[Fraction, av.VideoFrame, av.VideoFrame]]:
    """The frames of a clip, each with the nearest in time of another, in the first one's size and format."""
    one, two = _side_of("the reference", reference.node), _side_of("the other clip", other.node)
    return _pairs(one, two, _common(one, two, Fraction(0), None), Fraction(0), cancel or Cancel())


def _compared(
    one: _Side,
    two: _Side,
    shift: Fraction,
    span: Span,
    cancel: Cancel,
    told: Callable[[int, int], None] | None,
) -> Comparison:
    pix_fmt, _ = comparable(one.video)
    meter = Meter(one.video.width, one.video.height, pix_fmt, one.video.rate or Fraction(25))
    expected = max(1, int(span.duration / one.step))
    measured: list[Measured] = []
    for time, first, second in _pairs(one, two, span, shift, cancel):
        measured.append(Measured(time, meter.add(first, second)))
        if told:
            told(min(len(measured), expected), expected)
    if not measured:
        raise BadParameter(f"{two.name} shows nothing while {one.name} does; check --offset.")
    return Comparison(one.video, two.video, shift, tuple(measured), tuple(_notes(one, two, shift)))


def _side(path: Path) -> _Side:
    return _side_of(path.name, from_file(path).node())


def _side_of(name: str, node: Node) -> _Side:
    lowered = lower(node)
    video = lowered.info.video
    if video is None or lowered.picture is None:
        raise BadParameter(f"{name} has no picture to compare.")
    length = Fraction(1, 25) if video.still else lowered.info.duration
    return _Side(name, lowered.picture, video, length)


def comparable(video: VideoInfo) -> tuple[str, Colour]:
    """The planar format and colour in which pictures like `video` are compared: its own chroma and depth."""
    form = video.pix_fmt
    chroma = "444" if "444" in form or is_rgb(form) else "422" if "422" in form else "420"
    deep = any(mark in form for mark in ("10", "12", "14", "16", "48", "64", "f32"))
    colour = HD if is_rgb(form) else complete(video.colour, form, video.height)
    return f"yuv{chroma}p{'10le' if deep else ''}", replace(colour, range=1)


def _common(one: _Side, two: _Side, shift: Fraction, span: Span | None) -> Span:
    """The stretch of the reference for which the other has pictures."""
    start = max(Fraction(0), -shift, span.start if span else Fraction(0))
    end = min(one.duration, two.duration - shift, span.end if span else one.duration)
    if end <= start:
        raise BadParameter(f"{two.name} shows nothing while {one.name} does; check the offset and the times.")
    return Span(start, end)


def _pairs(
    one: _Side, two: _Side, span: Span, shift: Fraction, cancel: Cancel
) -> Iterator[tuple[Fraction, av.VideoFrame, av.VideoFrame]]:
    """Frames of the first, each with the nearest of the second, both in the format and size that are compared."""
    pix_fmt, colour = comparable(one.video)
    width, height = one.video.width, one.video.height
    first = Reformatter(pix_fmt, colour, width=width, height=height)
    second = Reformatter(pix_fmt, colour, width=width, height=height)
    later = Span(max(Fraction(0), span.start + shift - one.step), span.end + shift + one.step)
    with closing(one.frames(span, cancel)) as mine, closing(two.frames(later, cancel)) as theirs:
        nearest = _Nearest(theirs)
        for time, frame in mine:
            if span.start <= time < span.end and (other := nearest.at(time + shift)) is not None:
                yield time, first(frame), second(other)


def rgb_pair(
    files: tuple[Path, Path], time: Fraction, offset: Fraction
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """The two pictures at a time of the reference, as RGB of its size."""
    one, two = _side(files[0]), _side(files[1])
    for _, first, second in _pairs(one, two, Span(time, time + one.step), offset, Cancel()):
        rgb = (np.asarray(frame.to_ndarray(format="rgb24", threads=1), np.uint8) for frame in (first, second))
        return next(rgb), next(rgb)
    raise BadParameter(f"{files[0].name} shows nothing at {figure(time)} s.")


class _Nearest:
    """Walks along frames in order of time, and gives the one nearest to a time that only grows."""

    def __init__(self, items: Iterator[Timed]) -> None:
        self._items = items
        self._now: Timed | None = next(items, None)
        self._next: Timed | None = next(items, None)

    def at(self, time: Fraction) -> av.VideoFrame | None:
        while self._now and self._next and abs(self._next[0] - time) <= abs(self._now[0] - time):
            self._now, self._next = self._next, next(self._items, None)
        return self._now[1] if self._now else None


# ── the offset ────────────────────────────────────────────────────────────────────────────────────────────────


def _found_offset(one: _Side, two: _Side, cancel: Cancel) -> Fraction:
    """How much later `two` shows what `one` shows, in whole frames of `one`; 0 unless another is clearly better."""
    if one.video.still or two.video.still:
        return Fraction(0)
    mine, theirs = _thumbs(one, cancel), _thumbs(two, cancel)
    step = max(one.step, _LOOK / _MOST)
    table = _on_grid(theirs, step)
    own = _on_grid(mine, step)
    reach = int(_SHIFT / step)
    costs = {shift: cost for shift in range(-reach, reach + 1)
             if (cost := _difference(own, table, shift)) is not None}  # fmt: skip
    if 0 not in costs:
        return Fraction(0)
    best = min(costs, key=lambda shift: (costs[shift], abs(shift)))
    return best * step if costs[best] < _CLEARLY * costs[0] else Fraction(0)


_Thumbs = list[tuple[Fraction, NDArray[np.float32]]]


def _thumbs(side: _Side, cancel: Cancel) -> _Thumbs:
    """Small grey pictures of the first seconds, without their mean, which exposure and range change."""
    small = Reformatter("gray", HD, width=32, height=18)
    made: _Thumbs = []
    span = Span(Fraction(0), min(side.duration, _LOOK + _SHIFT))
    with closing(side.frames(span, cancel)) as shown:
        for time, frame in shown:
            grey = small(frame).to_ndarray().astype(np.float32)
            made.append((time, grey - grey.mean()))
    return made


def _on_grid(thumbs: _Thumbs, step: Fraction) -> NDArray[np.float32]:
    """The pictures on show at every multiple of `step`."""
    count = int(thumbs[-1][0] / step) + 1
    rows: list[NDArray[np.float32]] = []
    at = 0
    for number in range(count):
        # Half a step of grace, because containers round times.
        while at + 1 < len(thumbs) and thumbs[at + 1][0] <= number * step + step / 2:
            at += 1
        rows.append(thumbs[at][1].ravel())
    return np.stack(rows)


def _difference(own: NDArray[np.float32], other: NDArray[np.float32], shift: int) -> float | None:
    """Mean difference of luma when the other is `shift` steps later; None when too little would overlap."""
    start, end = max(0, -shift), min(len(own), len(other) - shift)
    if end - start < max(3, min(len(own), len(other)) // 3):
        return None
    return float(np.abs(own[start:end] - other[start + shift : end + shift]).mean())


def _notes(one: _Side, two: _Side, shift: Fraction) -> Iterator[str]:
    if shift:
        word = "later" if shift > 0 else "earlier"
        yield f"{two.name} shows the same picture {figure(abs(shift))} s {word}; compared at that offset"
    size = (one.video.width, one.video.height)
    if (two.video.width, two.video.height) != size:
        yield f"{two.name} is {two.video.width}×{two.video.height}; scaled to {size[0]}×{size[1]} to be compared"
    if abs(missing := one.duration - (two.duration - shift)) > max(one.step, two.step):
        longer = one.name if missing > 0 else two.name
        yield f"{longer} goes on for {figure(abs(missing))} s more, which is not compared"
    if one.video.rate != two.video.rate:
        yield "frame rates differ; every frame of the reference is compared with the nearest in time"
