"""Fades of picture and sound, in from nothing and out to nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from dreamreel.errors import BadDuration
from dreamreel.media.filters import FilterSpec
from dreamreel.media.info import ClipInfo
from dreamreel.ops.base import Filter, Gain
from dreamreel.ops.geometry import ffmpeg_colour
from dreamreel.time import Span, figure, nearest

__all__ = ["FadeIn", "FadeOut"]


def _decimal(time: Fraction) -> str:
    """Seconds to the microsecond, which is how FFmpeg holds a duration option."""
    micro = nearest(time * 1_000_000)
    return f"{micro // 1_000_000}.{micro % 1_000_000:06d}"


def _checked(info: ClipInfo, duration: Fraction) -> ClipInfo:
    if not 0 < duration <= info.duration:
        raise BadDuration(
            f"a fade of {figure(duration)} s does not fit a clip of {figure(info.duration)} s; choose a shorter one."
        )
    video = replace(info.video, still=False) if info.video else None
    return replace(info, video=video)


def _fade(
    kind: str, start: Fraction, duration: Fraction, colour: str, info: ClipInfo
) -> tuple[FilterSpec, ...]:
    if info.video is None:
        return ()
    options = {"t": kind, "st": _decimal(start), "d": _decimal(duration)}
    # A picture with alpha fades into what lies under it, not into a colour.
    options |= {"alpha": "1"} if info.video.alpha else {"c": ffmpeg_colour(colour)}
    return (FilterSpec.of("fade", **options),)


@dataclass(frozen=True, slots=True)
class FadeIn(Filter):
    """From `colour` and silence, over the first `duration` seconds."""

    name = "fade.in"
    timed = True
    duration: Fraction
    colour: str = "black"

    def infer(self, *inputs: ClipInfo) -> ClipInfo:
        (info,) = inputs
        ffmpeg_colour(self.colour)
        return _checked(info, self.duration)

    def filters(self, info: ClipInfo) -> tuple[FilterSpec, ...]:
        return _fade("in", Fraction(0), self.duration, self.colour, info)

    def active(self, info: ClipInfo) -> Span:
        del info
        return Span(Fraction(0), self.duration)

    def gains(self, info: ClipInfo) -> tuple[Gain, ...]:
        return (Gain(self.active(info), 0.0, 1.0),)


@dataclass(frozen=True, slots=True)
class FadeOut(Filter):
    """To `colour` and silence, over the last `duration` seconds."""

    name = "fade.out"
    timed = True
    duration: Fraction
    colour: str = "black"

    def infer(self, *inputs: ClipInfo) -> ClipInfo:
        (info,) = inputs
        ffmpeg_colour(self.colour)
        return _checked(info, self.duration)

    def filters(self, info: ClipInfo) -> tuple[FilterSpec, ...]:
        return _fade("out", info.duration - self.duration, self.duration, self.colour, info)

    def active(self, info: ClipInfo) -> Span:
        return Span(info.duration - self.duration, info.duration)

    def gains(self, info: ClipInfo) -> tuple[Gain, ...]:
        return (Gain(self.active(info), 1.0, 0.0),)
