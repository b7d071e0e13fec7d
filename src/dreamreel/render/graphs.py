"""Filter graphs over single frames: one frame out for one frame in, times in FLICKS.

FLICKS are the one time base in which film, video and audio rates are whole, so frames of different files meet exactly.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import av

from dreamreel.errors import RenderFailed
from dreamreel.media import filters
from dreamreel.media.colour import complete, frame_colour
from dreamreel.media.filters import FilterSpec, GraphInput, VideoGraph, build_graph
from dreamreel.time import FLICKS, nearest

__all__ = ["Chain", "Over"]

_BASE = Fraction(1, FLICKS)


def _input(frame: av.VideoFrame) -> GraphInput:
    pix_fmt = frame.format.name
    colour = complete(frame_colour(frame), pix_fmt, frame.height)
    return GraphInput(width=frame.width, height=frame.height, pix_fmt=pix_fmt, time_base=_BASE, colour=colour)


def _kind(frame: av.VideoFrame) -> tuple[int, int, str, int, int]:
    return frame.width, frame.height, frame.format.name, int(frame.colorspace), int(frame.color_range)


class Chain:
    """One input, a run of filters, one output; one frame out for one frame in."""

    def __init__(self, specs: tuple[FilterSpec, ...], like: av.VideoFrame) -> None:
        """A graph for frames like `like`. Raises `RenderFailed` when FFmpeg refuses it."""
        self._given = _kind(like)
        self._input = _input(like)
        self._graph = build_graph([self._input], [filters.Chain(("0",), specs or (FilterSpec("null"),))])
        self._tagged: tuple[int, int, str, int, int] | None = None
        self._at = -1

    def takes(self, frame: av.VideoFrame) -> bool:
        """True while frames are as large and of the same samples as the first."""
        return _kind(frame) in (self._given, self._tagged)

    def push(self, frame: av.VideoFrame, time: Fraction) -> Iterator[av.VideoFrame]:
        """Give a frame shown from `time` and take what is ready."""
        frame.pts = nearest(time * FLICKS)
        self._graph.push(0, frame)
        # The graph completes what a file left unsaid about its colours, on the frame itself.
        self._tagged = _kind(frame)
        return self._graph.frames()

    def end(self) -> Iterator[av.VideoFrame]:
        """Take what filters still hold."""
        return self._graph.feed(0, None)

    def one(self, frame: av.VideoFrame) -> av.VideoFrame:
        """The result for one frame, of filters that hold nothing back."""
        self._at += 1
        frame.pts = self._at
        self._graph.push(0, frame)
        self._tagged = _kind(frame)
        made = self._graph.pull()
        if made is None:
            raise RenderFailed("a filter held back the only frame it was given; this is a bug in the plan.")
        return made


_FORMATS = {"yuv420p": "yuv420", "yuva420p": "yuv420", "yuv422p": "yuv422", "yuva422p": "yuv422", "yuv444p": "yuv444",
            "yuva444p": "yuv444", "yuv420p10le": "yuv420p10", "yuv422p10le": "yuv422p10"}  # fmt: skip


class Over:
    """FFmpeg's overlay: one picture on another, its top left corner at `x`, `y`."""

    def __init__(self, x: int, y: int) -> None:
        self._x, self._y = x, y
        self._graph: VideoGraph | None = None
        self._kinds: tuple[GraphInput, GraphInput] | None = None
        self._held = False
        self._tick = 0

    def __call__(self, base: av.VideoFrame, top: av.VideoFrame, *, still: bool) -> av.VideoFrame:
        """`top` over `base`. A still `top` is given to the graph once and held there."""
        kinds = (_input(base), _input(top))
        if self._graph is None or kinds != self._kinds:
            self._graph, self._kinds = self._build(*kinds), kinds
            self._held, self._tick = False, 0
        graph = self._graph
        self._tick += 1
        if not still or not self._held:
            self._held = True
            top.pts = self._tick
            graph.push(1, top)
            if still:
                graph.push(1, None)
        # Both inputs carry the same time, so that the graph never waits for a frame to come.
        base.pts = self._tick
        graph.push(0, base)
        made = graph.pull()
        if made is None:
            raise RenderFailed("the overlay held a frame back; this is a bug in the plan.")
        return made

    def _build(self, base: GraphInput, top: GraphInput) -> VideoGraph:
        form = _FORMATS.get(base.pix_fmt, "auto")
        overlay = FilterSpec.of("overlay", x=self._x, y=self._y, format=form, eof_action="repeat")
        return build_graph([base, top], [filters.Chain(("0", "1"), (overlay,))])
