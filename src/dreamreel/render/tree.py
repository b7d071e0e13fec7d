"""The render tree: what is to be computed, after planning and before any effect. Pure, frozen data.

    picture   FileFrames │ Still │ Drawn ─► Joined, Retimed, Sampled, Filtered, Enlarged, Computed, Overlaid …
    sound     FileSound  │ Silence │ DrawnSound ─► Joined, Tempo, BackwardsSound, Gained, FilteredSound, Mixed, Limited

Every value is a function of exact time. `Joined` is the only place where time is cut, for picture and sound alike.
Trees are compared by identity: lowering builds one object per distinct node, so shared work is shared objects.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Generic, TypeVar, cast

from dreamreel.media.filters import FilterSpec
from dreamreel.media.info import AudioInfo, ClipInfo, VideoInfo
from dreamreel.ops.base import Frames, Gain
from dreamreel.ops.enlarge import Enlarge
from dreamreel.ops.generate import Generate
from dreamreel.ops.source import ColourSource, GradientSource, ImageSource
from dreamreel.ops.subtitles import Caption
from dreamreel.ops.text import Title
from dreamreel.time import Span

__all__ = [
    "Backwards", "BackwardsSound", "Captioned", "Computed", "Dissolved", "Drawn", "DrawnSound", "Enlarged",
    "FileFrames", "FileSound", "Filtered", "FilteredSound", "Gained", "Interpolated", "Joined", "Layer",
    "Limited", "Mixed", "Overlaid", "Part", "Picture", "Retimed", "Sampled", "Silence", "Sound", "Still",
    "StillOp", "Tempo", "children", "cut", "is_still", "join", "on_grid", "sampled",
]  # fmt: skip

StillOp = ImageSource | ColourSource | GradientSource | Title
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, eq=False)
class FileFrames:
    """The frames of a file as decoded, at their own times."""

    path: Path
    info: VideoInfo
    duration: Fraction
    content: str


@dataclass(frozen=True, slots=True, eq=False)
class Still:
    """One picture, held for ever."""

    op: StillOp
    info: VideoInfo


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """Frames n / rate drawn by code that holds the interpreter's lock."""

    op: Generate
    info: VideoInfo
    duration: Fraction


@dataclass(frozen=True, slots=True, eq=False)
class Part(Generic[_T]):
    """`length` seconds of `child` from its time `start`."""

    child: _T
    start: Fraction
    length: Fraction


@dataclass(frozen=True, slots=True, eq=False)
class Joined(Generic[_T]):
    """Parts one after another."""

    parts: tuple[Part[_T], ...]

    @property
    def duration(self) -> Fraction:
        """Length in seconds."""
        return sum((part.length for part in self.parts), Fraction(0))


@dataclass(frozen=True, slots=True, eq=False)
class Retimed:
    """The frame at `t` is the child's at `t * factor`."""

    child: Picture
    factor: Fraction


@dataclass(frozen=True, slots=True, eq=False)
class Backwards:
    """The frame at `t` is the child's at `duration - t`."""

    child: Picture
    duration: Fraction
    info: VideoInfo


@dataclass(frozen=True, slots=True, eq=False)
class Sampled:
    """Frames at n / rate: each is the child's at that time."""

    child: Picture
    rate: Fraction


@dataclass(frozen=True, slots=True, eq=False)
class Filtered:
    """One FFmpeg filter graph, one frame out for one frame in, or two."""

    child: Picture
    specs: tuple[FilterSpec, ...]
    timed: bool = False
    """True when the result depends on more than the frame itself: on its time, or on its neighbours."""
    reach: Fraction = Fraction(0)
    """Seconds of neighbours on both sides that the filters look at."""
    second: Fraction | None = None
    """For two frames out of one: seconds from the first to the second."""


@dataclass(frozen=True, slots=True, eq=False)
class Enlarged:
    """Each frame of `child`, made larger by the network of `op`."""

    child: Picture
    op: Enlarge
    info: VideoInfo
    """The child's."""


@dataclass(frozen=True, slots=True, eq=False)
class Computed:
    """Each frame of `child`, made anew by the code of `op` out of it and its neighbours."""

    child: Picture
    op: Frames
    info: ClipInfo
    """The child's; its duration is where neighbours end."""

    @property
    def alone(self) -> bool:
        """True when the result depends on the frame alone."""
        return not (self.op.before or self.op.after or self.op.timed)


@dataclass(frozen=True, slots=True, eq=False)
class Interpolated:
    """Frames at n / rate: those of `child` that begin there, else what their motion makes of the two around it."""

    child: Picture
    rate: Fraction
    info: ClipInfo
    """The child's; its duration is where neighbours end."""


@dataclass(frozen=True, slots=True, eq=False)
class Overlaid:
    """`top` over `base` during `window` (in the base's time; the top begins with it)."""

    base: Picture
    top: Picture
    window: Span
    x: int
    y: int
    info: VideoInfo
    """The base's."""


@dataclass(frozen=True, slots=True, eq=False)
class Dissolved:
    """`first`, whose last `overlap` seconds up to `seam` melt into the start of `second`."""

    first: Picture
    second: Picture
    seam: Fraction
    overlap: Fraction


@dataclass(frozen=True, slots=True, eq=False)
class Captioned:
    """The words of `op` over `base`, at their times."""

    base: Picture
    op: Caption
    form: tuple[FilterSpec, ...]
    """What turns drawn words into the base's samples."""
    info: VideoInfo
    """The base's."""
    fonts: Path | None = None
    """The film whose attached fonts are used."""


Picture = (
    FileFrames
    | Still
    | Drawn
    | Joined["Picture"]
    | Retimed
    | Backwards
    | Sampled
    | Filtered
    | Enlarged
    | Computed
    | Interpolated
    | Overlaid
    | Captioned
    | Dissolved
)


@dataclass(frozen=True, slots=True, eq=False)
class FileSound:
    """The samples of a file's sound track number `track`."""

    path: Path
    track: int
    duration: Fraction
    content: str


@dataclass(frozen=True, slots=True, eq=False)
class Silence:
    """Nothing, for ever."""


@dataclass(frozen=True, slots=True, eq=False)
class DrawnSound:
    """Sound made by code, whole."""

    op: Generate
    duration: Fraction


@dataclass(frozen=True, slots=True, eq=False)
class Tempo:
    """`factor` times as fast, pitch kept, over the child's first `duration` seconds."""

    child: Sound
    factor: Fraction
    duration: Fraction


@dataclass(frozen=True, slots=True, eq=False)
class BackwardsSound:
    """The child's first `duration` seconds from the end to the beginning."""

    child: Sound
    duration: Fraction


@dataclass(frozen=True, slots=True, eq=False)
class Gained:
    """The child times all `gains`."""

    child: Sound
    gains: tuple[Gain, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """A sound heard from `at` for `length` seconds, times `amplitude`."""

    sound: Sound
    at: Fraction
    length: Fraction
    amplitude: float


@dataclass(frozen=True, slots=True, eq=False)
class Mixed:
    """The sum of layers."""

    layers: tuple[Layer, ...]


@dataclass(frozen=True, slots=True, eq=False)
class FilteredSound:
    """One run of FFmpeg's sound filters over the child's first `duration` seconds."""

    child: Sound
    specs: tuple[FilterSpec, ...]
    duration: Fraction
    info: AudioInfo
    """What goes in; the rate is that of the render."""
    delay: Fraction = Fraction(0)
    """Seconds by which the filters are late."""


@dataclass(frozen=True, slots=True, eq=False)
class Limited:
    """Peaks kept under `ceiling` (dBTP) by a look-ahead limiter."""

    child: Sound
    ceiling: float
    duration: Fraction


Sound = (
    FileSound
    | Silence
    | DrawnSound
    | Joined["Sound"]
    | Tempo
    | BackwardsSound
    | Gained
    | FilteredSound
    | Mixed
    | Limited
)


def children(item: Picture | Sound) -> tuple[Picture | Sound, ...]:
    """What a value is made of directly."""
    match item:
        case Joined():
            return tuple(part.child for part in item.parts)
        case Overlaid():
            return item.base, item.top
        case Captioned():
            return (item.base,)
        case Dissolved():
            return item.first, item.second
        case Mixed():
            return tuple(layer.sound for layer in item.layers)
        case (
            Retimed()
            | Backwards()
            | Sampled()
            | Filtered()
            | Enlarged()
            | Computed()
            | Interpolated()
            | Tempo()
            | BackwardsSound()
            | Gained()
            | FilteredSound()
            | Limited()
        ):
            return (item.child,)
        case _:
            return ()


def is_still(picture: Picture) -> bool:
    """True when one frame is the whole of it."""
    while (
        isinstance(picture, Enlarged)
        or (isinstance(picture, Filtered) and not picture.timed)
        or (isinstance(picture, Computed) and not picture.op.timed)
    ):
        picture = picture.child
    return isinstance(picture, Still)


def join(parts: list[Part[_T]]) -> _T | Joined[_T]:
    """Parts one after another, flat, with parts that continue each other made one: `c[a:b] + c[b:d]` is `c[a:d]`."""
    flat: list[Part[_T]] = []
    for part in parts:
        for piece in _flatten(part):
            last = flat[-1] if flat else None
            if last is not None and (merged := _merge(last, piece)) is not None:
                flat[-1] = merged
            elif piece.length > 0:
                flat.append(piece)
    return Joined(tuple(flat))


def _flatten(part: Part[_T]) -> list[Part[_T]]:
    child: object = part.child
    if not isinstance(child, Joined):
        return [part]
    pieces: list[Part[_T]] = []
    at = Fraction(0)
    end = part.start + part.length
    inner = cast("Joined[_T]", child)
    for piece in inner.parts:
        low, high = max(at, part.start), min(at + piece.length, end)
        if low < high:
            pieces.append(Part(piece.child, piece.start + low - at, high - low))
        at += piece.length
    return pieces


def _merge(one: Part[_T], two: Part[_T]) -> Part[_T] | None:
    """One part when `two` goes on where `one` ends, or when both are the same chain of filters or the same still."""
    if one.child is two.child and one.start + one.length == two.start:
        return replace(one, length=one.length + two.length)
    first, second = one.child, two.child
    if isinstance(first, Still) and first is second:
        return replace(one, length=one.length + two.length)
    if not (isinstance(first, Filtered) and isinstance(second, Filtered)) or first.timed or second.timed:
        return None
    if first.specs != second.specs or is_still(first) != is_still(second):
        return None
    if is_still(first):
        return replace(one, length=one.length + two.length) if _same_still(first, second) else None
    inner: Picture = join(
        [Part(first.child, one.start, one.length), Part(second.child, two.start, two.length)]
    )
    return Part(cast("_T", Filtered(inner, first.specs)), Fraction(0), one.length + two.length)


def _same_still(one: Picture, two: Picture) -> bool:
    while isinstance(one, Filtered) and isinstance(two, Filtered):
        one, two = one.child, two.child
    return one is two


def cut(picture: Picture, start: Fraction, length: Fraction, duration: Fraction) -> Picture:
    """A part of a picture of `duration` seconds; moved below filters that do not know the time, so they still fuse."""
    if (start == 0 and length == duration) or is_still(picture):
        return picture
    if isinstance(picture, Filtered) and not picture.timed:
        return Filtered(cut(picture.child, start, length, duration), picture.specs)
    if isinstance(picture, Enlarged):
        return replace(picture, child=cut(picture.child, start, length, duration))
    if isinstance(picture, Computed) and picture.alone:
        info = replace(picture.info, duration=length)
        return replace(picture, child=cut(picture.child, start, length, duration), info=info)
    return join([Part(picture, start, length)])


def sampled(picture: Picture, rate: Fraction, source_rate: Fraction | None) -> Picture:
    """The picture on the grid n / rate; itself when it is there already, or when one frame is the whole of it."""
    if is_still(picture) or on_grid(picture, rate):
        return picture
    if (
        isinstance(picture, Filtered)
        and not picture.timed
        and source_rate is not None
        and rate <= source_rate
    ):
        # Dropping frames before filtering them; when frames are doubled, the graph sees each once.
        return Filtered(sampled(picture.child, rate, source_rate), picture.specs)
    if (
        (isinstance(picture, Enlarged) or (isinstance(picture, Computed) and picture.alone))
        and source_rate is not None
        and rate <= source_rate
    ):
        return replace(picture, child=sampled(picture.child, rate, source_rate))
    return Sampled(picture, rate)


def on_grid(picture: Picture, rate: Fraction) -> bool:
    """True when all frames begin at whole multiples of 1 / rate, one on each."""
    while isinstance(picture, (Filtered, Enlarged, Computed, Overlaid, Captioned)):
        if isinstance(picture, Filtered):
            rate = rate / 2 if picture.second is not None else rate
            picture = picture.child
        elif isinstance(picture, (Enlarged, Computed)):
            picture = picture.child
        else:
            picture = picture.base
    match picture:
        case FileFrames() | Drawn():
            return picture.info.rate == rate
        case Sampled() | Interpolated():
            return picture.rate == rate
        case Joined():
            last = picture.parts[-1]
            lengths = all(_whole(part.length, rate) for part in picture.parts if part is not last)
            return lengths and all(
                _whole(part.start, rate) and on_grid(part.child, rate) for part in picture.parts
            )
        case Dissolved():
            seams = _whole(picture.seam, rate) and _whole(picture.overlap, rate)
            return seams and on_grid(picture.first, rate) and on_grid(picture.second, rate)
        case _:
            return False


def _whole(time: Fraction, rate: Fraction) -> bool:
    return (time * rate).denominator == 1
