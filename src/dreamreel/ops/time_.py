"""Ops on time: trim, concat, loop, reverse, speed, fps. None of them touches a pixel."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from functools import reduce

from dreamreel.errors import BadParameter, BadTime
from dreamreel.media.info import ClipInfo, VideoInfo
from dreamreel.ops.base import Arrange, Piece, Retime, need_video
from dreamreel.ops.forms import planar
from dreamreel.time import Span, figure

__all__ = ["Concat", "Fps", "Loop", "Reverse", "Speed", "Trim", "shared_video"]

_MAX_LOOPS = 10_000
_MAX_INPUTS = 10_000


@dataclass(frozen=True, slots=True)
class Trim(Arrange):
    """The part `[start, end)` of a clip, in seconds."""

    name = "time.trim"
    start: Fraction
    end: Fraction

    def infer(self, *inputs: ClipInfo) -> ClipInfo:
        (info,) = inputs
        if not 0 <= self.start < self.end <= info.duration:
            raise BadTime(
                f"the part from {figure(self.start)} s to {figure(self.end)} s is not inside a clip of "
                f"{figure(info.duration)} s; choose times between 0 and its end, the first before the second."
            )
        return replace(info, duration=self.end - self.start)

    def pieces(self, *inputs: ClipInfo) -> tuple[Piece, ...]:
        del inputs
        return (Piece(0, Span(self.start, self.end)),)


@dataclass(frozen=True, slots=True)
class Concat(Arrange):
    """Clips one after another. The first picture and the first sound decide the format; the others are converted."""

    name = "time.concat"
    arity = (1, _MAX_INPUTS)

    def infer(self, *inputs: ClipInfo) -> ClipInfo:
        videos = [info.video for info in inputs if info.video is not None]
        audios = [info.audio for info in inputs if info.audio is not None]
        if videos and len(videos) != len(inputs):
            raise BadParameter(
                "concat: some clips have a picture and some only sound; give those a picture first."
            )
        return ClipInfo(
            duration=sum((info.duration for info in inputs), Fraction(0)),
            video=shared_video(videos) if videos else None,
            audio=audios[0] if audios else None,
        )

    def pieces(self, *inputs: ClipInfo) -> tuple[Piece, ...]:
        return tuple(Piece(i, Span(Fraction(0), info.duration)) for i, info in enumerate(inputs))


@dataclass(frozen=True, slots=True)
class Loop(Arrange):
    """The clip `times` times in a row."""

    name = "time.loop"
    times: int

    def infer(self, *inputs: ClipInfo) -> ClipInfo:
        (info,) = inputs
        if not 1 <= self.times <= _MAX_LOOPS:
            raise BadParameter(f"loop: {self.times} times is out of range; choose 1 to {_MAX_LOOPS}.")
        return replace(info, duration=info.duration * self.times)

    def pieces(self, *inputs: ClipInfo) -> tuple[Piece, ...]:
        (info,) = inputs
        return (Piece(0, Span(Fraction(0), info.duration)),) * self.times


@dataclass(frozen=True, slots=True)
class Speed(Retime):
    """`factor` times as fast, the pitch of the sound kept (FFmpeg's atempo, WSOLA); 1/100 to 100."""

    name = "time.speed"
    factor: Fraction

    def infer(self, *inputs: ClipInfo) -> ClipInfo:
        (info,) = inputs
        if not Fraction(1, 100) <= self.factor <= 100:
            raise BadParameter(
                f"speed: a factor of {figure(self.factor)} is out of range; choose 0.01 to 100."
            )
        return replace(info, duration=info.duration / self.factor)


@dataclass(frozen=True, slots=True)
class Reverse(Retime):
    """Picture and sound from the end to the beginning."""

    name = "time.reverse"

    def infer(self, *inputs: ClipInfo) -> ClipInfo:
        (info,) = inputs
        return info


@dataclass(frozen=True, slots=True)
class Fps(Retime):
    """A constant frame rate: each new frame shows what was on screen at its time."""

    name = "time.fps"
    rate: Fraction

    def infer(self, *inputs: ClipInfo) -> ClipInfo:
        (info,) = inputs
        if not 0 < self.rate <= 1000:
            raise BadParameter(f"fps: {figure(self.rate)} is out of range; choose above 0 and up to 1000.")
        return replace(info, video=replace(need_video("fps", info), rate=self.rate))


def shared_video(videos: list[VideoInfo]) -> VideoInfo:
    """The format that clips in a row are brought to: the first's, at the highest rate of the moving ones.

    Stills do not decide colours or rates when there is anything that moves.
    """
    first = videos[0]
    moving = [video for video in videos if not video.still]
    if not moving:
        return replace(first, still=len(videos) == 1)
    lead = planar(moving[0])
    rate = reduce(_faster, (video.rate for video in moving))
    return replace(lead, width=first.width, height=first.height, sar=first.sar, rate=rate)


def _faster(one: Fraction | None, other: Fraction | None) -> Fraction | None:
    # A clip with its own time stamps keeps them, so one such clip makes the whole variable.
    return None if one is None or other is None else max(one, other)
