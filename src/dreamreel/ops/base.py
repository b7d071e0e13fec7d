"""What an op is: frozen typed parameters, `infer`, and one of a few ways to be rendered.

    Op ─┬─ Source    makes a clip from nothing: file, picture, colour, title, dream
        ├─ Arrange   puts stretches of its inputs one after another: trim, concat, loop
        ├─ Retime    the same frames at other times: speed, reverse, frame rate
        ├─ Filter    one FFmpeg chain over the picture, gains over the sound; fused with its neighbours
        ├─ Frames    code that makes each frame of the picture anew, out of it and its neighbours
        └─ Compose   several inputs at the same instant: overlay, dissolve, mix

A clip is a function of exact time: the frame at `t` is the last one whose time is ≤ `t`. Arrange and Retime ops only
change the argument of that function, so their algebra is exact; they never touch a pixel.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar, Protocol, cast, runtime_checkable

from dreamreel.errors import BadParameter
from dreamreel.graph import FrozenJSON, Node
from dreamreel.media.filters import FilterSpec
from dreamreel.media.info import AudioInfo, ClipInfo, VideoInfo
from dreamreel.ops.forms import computed_in
from dreamreel.ops.params import to_params
from dreamreel.time import Span

if TYPE_CHECKING:
    import av

__all__ = [
    "Arrange",
    "Compose",
    "Filter",
    "Frames",
    "Gain",
    "Op",
    "Piece",
    "Retime",
    "Source",
    "Stream",
    "Worker",
    "need_audio",
    "need_video",
]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of one input: `span` in the input's own time."""

    source: int
    span: Span


@dataclass(frozen=True, slots=True)
class Gain:
    """A ramp of linear amplitude from `low` at `span.start` to `high` at `span.end`, held on both sides."""

    span: Span
    low: float
    high: float
    equal_power: bool = False
    """True for a quarter sine, so that two sounds crossing keep their power; False for a straight line."""


class Op:
    """One thing that can be done to clips. Subclasses are frozen dataclasses; their fields are the parameters."""

    name: ClassVar[str]
    version: ClassVar[int] = 1
    arity: ClassVar[tuple[int, int]] = (1, 1)
    """The least and the most number of inputs."""

    def infer(self, *inputs: ClipInfo) -> ClipInfo:
        """What the result will be, from what the inputs are; nothing is decoded. Raises when it cannot be done."""
        raise NotImplementedError

    def node(self, *inputs: Node) -> Node:
        """This op applied to `inputs`, as a node of the graph."""
        return Node(self.name, self.version, cast("Mapping[str, FrozenJSON]", to_params(self)), inputs)


class Source(Op):
    """Makes a clip from nothing."""

    arity = (0, 0)
    processes: ClassVar[bool] = False
    """True when drawing holds the interpreter's lock, so that only worker processes make it faster."""


class Arrange(Op):
    """Stretches of the inputs, one after another."""

    def pieces(self, *inputs: ClipInfo) -> tuple[Piece, ...]:
        """The stretches in the order they play."""
        raise NotImplementedError


class Retime(Op):
    """The same frames at other times."""


class Filter(Op):
    """One run of FFmpeg filters over the picture and ramps of gain over the sound."""

    timed: ClassVar[bool] = False
    """True when the result depends on when a frame is shown or on its neighbours, not only on the frame."""

    sound_delay: ClassVar[Fraction] = Fraction(0)
    """Seconds by which the sound's filters are late; made good where they run."""

    def filters(self, info: ClipInfo) -> tuple[FilterSpec, ...]:
        """The chain for an input of this kind; empty when nothing changes."""
        del info
        return ()

    def active(self, info: ClipInfo) -> Span:
        """When a timed filter changes anything; outside it a held picture is not drawn again."""
        return Span(Fraction(0), info.duration)

    def reach(self, info: ClipInfo) -> Fraction:
        """How many seconds before and after a frame a timed filter looks at."""
        del info
        return Fraction(0)

    def second(self, info: ClipInfo) -> Fraction | None:
        """For a timed filter that makes two frames of one: how many seconds the second comes after the first."""
        del info
        return None

    def sound_filters(self, info: ClipInfo) -> tuple[FilterSpec, ...]:
        """The chain over the sound of an input of this kind, before `gains`; empty when nothing changes."""
        del info
        return ()

    def gains(self, info: ClipInfo) -> tuple[Gain, ...]:
        """Factors multiplied onto the sound of an input of this kind."""
        del info
        return ()


class Worker(Protocol):
    """Makes one frame of a clip out of a window of its frames. It belongs to one thread."""

    def __call__(self, window: Sequence[av.VideoFrame], at: int, time: Fraction) -> av.VideoFrame:
        """The new frame for `window[at]`, which begins at `time` (in the clip's own seconds).

        The window reaches `before` and `after` frames to both sides, less at the clip's ends. Its frames are shared:
        they are read, never written. The result depends on the arguments alone, never on earlier calls, because a
        film is rendered in segments that each begin with a new worker.
        """
        ...


@runtime_checkable
class Stream(Protocol):
    """A worker that takes several windows at a time, where that is faster; the frames are the same."""

    def through(
        self, windows: Iterable[tuple[Fraction, Sequence[av.VideoFrame], int]]
    ) -> Iterator[tuple[Fraction, av.VideoFrame]]:
        """The new frames for many windows, each a time, frames and a place, in order and with their times."""
        ...


class Frames(Op):
    """One frame out for each frame in, made by code out of the frame and its neighbours; the sound is left alone."""

    before: ClassVar[int] = 0
    """How many frames before the one that is made are looked at; a property where it depends on parameters."""
    after: ClassVar[int] = 0
    """How many frames after it."""
    timed: ClassVar[bool] = False
    """True when the result depends on when a frame is shown, not only on it and its neighbours."""
    speed: ClassVar[float] = 10e6
    """Pixels made per second on one core, for estimates."""
    each: ClassVar[float] = 0.0
    """Seconds on one core that a frame takes besides, whatever its size."""

    def form(self, video: VideoInfo) -> VideoInfo:
        """The form the input is brought to, which is that of the result: planar YUV of any depth, unless overridden.

        At another rate than the input's, each frame is there as often as it is on show.
        """
        return computed_in(video)

    def infer(self, *inputs: ClipInfo) -> ClipInfo:
        (info,) = inputs
        return replace(info, video=self.form(need_video(self.name, info)))

    def worker(self, info: ClipInfo) -> Worker:
        """What makes the frames of an input of this kind, already in `form`."""
        raise NotImplementedError

    def told(self) -> str:
        """What is done, in a few words for `explain`."""
        return self.name


class Compose(Op):
    """Several inputs at the same instant; how each is combined is known to the planner."""

    arity = (2, 2)


def need_video(op: str, info: ClipInfo) -> VideoInfo:
    """The picture of a clip. Raises `BadParameter` when it has none."""
    if info.video is None:
        raise BadParameter(f"{op} needs a picture, and this clip has only sound.")
    return info.video


def need_audio(op: str, info: ClipInfo) -> AudioInfo:
    """The sound of a clip. Raises `BadParameter` when it has none."""
    if info.audio is None:
        raise BadParameter(f"{op} needs sound, and this clip has none.")
    return info.audio
