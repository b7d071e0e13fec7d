"""Which stretch of which file is on at which time of a clip: what lets tracks be copied instead of computed. Pure.

    graph ──stretches(node, side)──► (file, its span) at output time, …   or None where something is computed

The three sides of a clip go different ways through the graph: a filter on the picture leaves the sound what it was in
the file, and subtitles and chapters follow the cuts whatever happens to picture and sound.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from dreamreel.graph import Node, walk
from dreamreel.media.info import ClipInfo
from dreamreel.ops import op_of
from dreamreel.ops.base import Arrange, Filter, Frames, Op
from dreamreel.ops.compose import Dissolve, Overlay
from dreamreel.ops.enlarge import Enlarge
from dreamreel.ops.motion import Interpolate
from dreamreel.ops.source import FileSource
from dreamreel.ops.subtitles import Caption
from dreamreel.ops.time_ import Fps, Speed
from dreamreel.time import Span

__all__ = ["Side", "Stretch", "is_whole", "stretches"]

Side = Literal["picture", "sound", "time"]

_MOST = 10_000


@dataclass(frozen=True, slots=True)
class Stretch:
    """`span` of `file`, played from the output time `at`, `factor` times as fast."""

    file: FileSource
    span: Span
    at: Fraction
    factor: Fraction = Fraction(1)

    @property
    def end(self) -> Fraction:
        """When it ends in the output."""
        return self.at + self.span.duration / self.factor


def stretches(node: Node, side: Side) -> tuple[Stretch, ...] | None:
    """The stretches of files that a clip's `side` consists of, in the order they play; None where it is computed.

    "picture" and "sound" are untouched samples; "time" is what subtitles and chapters follow.
    """
    made: dict[str, tuple[Stretch, ...] | None] = {}
    infos: dict[str, ClipInfo] = {}
    for one in walk([node]):
        op = op_of(one)
        given = [infos[source.digest] for source in one.inputs]
        infos[one.digest] = op.infer(*given)
        made[one.digest] = _through(op, side, given, [made[source.digest] for source in one.inputs])
    found = made[node.digest]
    return None if found is None else _joined(found)


def _through(
    op: Op, side: Side, infos: list[ClipInfo], inputs: list[tuple[Stretch, ...] | None]
) -> tuple[Stretch, ...] | None:
    match op:
        case FileSource():
            return (Stretch(op, Span(Fraction(0), op.info.duration), Fraction(0)),)
        case Arrange():
            return _arranged(op, infos, inputs)
        case Speed() if side == "time" or op.factor == 1:
            return _faster(inputs[0], op.factor)
        case Dissolve() if side == "time":
            return _crossing(op, infos, inputs)
        case _:
            return inputs[0] if inputs and _LEAVES[side](op, infos) else None


def _leaves_picture(op: Op, infos: list[ClipInfo]) -> bool:
    match op:
        case Fps():
            return infos[0].video is None or op.rate == infos[0].video.rate
        case Filter():
            return infos[0].video is None or not op.filters(infos[0])
        case _:
            return _only_sound(op)


def _leaves_sound(op: Op, infos: list[ClipInfo]) -> bool:
    match op:
        case Overlay() | Fps() | Caption() | Enlarge() | Frames() | Interpolate():
            return True
        case Filter():
            return infos[0].audio is None or not (op.gains(infos[0]) or _sound_filters(op, infos[0]))
        case _:
            return False


def _leaves_time(op: Op, infos: list[ClipInfo]) -> bool:
    del infos
    return isinstance(op, (Filter, Overlay, Fps, Caption, Enlarge, Frames, Interpolate)) or _only_sound(op)


_LEAVES: dict[Side, Callable[[Op, list[ClipInfo]], bool]] = {
    "picture": _leaves_picture, "sound": _leaves_sound, "time": _leaves_time,
}  # fmt: skip


def _only_sound(op: Op) -> bool:
    return op.name.startswith("sound.")


def _sound_filters(op: Filter, info: ClipInfo) -> bool:
    """True for a filter that also changes the sound by a graph of its own."""
    made = getattr(op, "sound_filters", None)
    return bool(made(info)) if callable(made) else False


def _arranged(
    op: Arrange, infos: list[ClipInfo], inputs: list[tuple[Stretch, ...] | None]
) -> tuple[Stretch, ...] | None:
    made: list[Stretch] = []
    at = Fraction(0)
    for piece in op.pieces(*infos):
        child = inputs[piece.source]
        if child is None or len(made) > _MOST:
            return None
        made += [replace(part, at=part.at + at - piece.span.start) for part in _cut(child, piece.span)]
        at += piece.span.duration
    return tuple(made)


def _cut(parts: tuple[Stretch, ...], span: Span) -> list[Stretch]:
    """The parts that play during `span`, at their own times."""
    kept: list[Stretch] = []
    for part in parts:
        low, high = max(part.at, span.start), min(part.end, span.end)
        if low < high:
            start = part.span.start + (low - part.at) * part.factor
            kept.append(replace(part, span=Span(start, start + (high - low) * part.factor), at=low))
    return kept


def _faster(parts: tuple[Stretch, ...] | None, factor: Fraction) -> tuple[Stretch, ...] | None:
    if parts is None:
        return None
    return tuple(replace(part, at=part.at / factor, factor=part.factor * factor) for part in parts)


def _crossing(
    op: Dissolve, infos: list[ClipInfo], inputs: list[tuple[Stretch, ...] | None]
) -> tuple[Stretch, ...] | None:
    first, second = inputs
    if first is None or second is None:
        return None
    shift = infos[0].duration - op.duration
    return (*first, *(replace(part, at=part.at + shift) for part in second))


def _joined(parts: tuple[Stretch, ...]) -> tuple[Stretch, ...]:
    """Stretches that continue each other made one."""
    made: list[Stretch] = []
    for part in parts:
        last = made[-1] if made else None
        if last and (last.file, last.factor, last.end, last.span.end) == (
            part.file, part.factor, part.at, part.span.start
        ):  # fmt: skip
            made[-1] = replace(last, span=Span(last.span.start, part.span.end))
        else:
            made.append(part)
    return tuple(made)


def is_whole(parts: tuple[Stretch, ...]) -> bool:
    """True when the stretches are one whole file, from its beginning to its end."""
    return (
        len(parts) == 1
        and parts[0].at == 0
        and parts[0].span == Span(Fraction(0), parts[0].file.info.duration)
    )
