"""Ops that take away what time, sensors and codecs have done to a picture."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from dreamreel.errors import BadParameter
from dreamreel.media.filters import FilterSpec
from dreamreel.media.info import ClipInfo
from dreamreel.ops.base import Filter, Frames, Worker, need_video
from dreamreel.ops.colour import in_planes
from dreamreel.ops.forms import planar

__all__ = ["USUAL_NOISE", "Deband", "Deblock", "Dehalo", "TemporalDenoise", "check_share"]

USUAL_NOISE = (3.0, 2.0)
"""Standard deviations of luma and chroma, in 8-bit steps, where there is no file to measure them in."""
_LARGEST_NOISE = 64.0
_DEBLOCK = 0.05
_BLOCKS = 16
"""Pixels along a side under which a picture has no blocks to speak of."""


@dataclass(frozen=True, slots=True)
class TemporalDenoise(Frames):
    """Noise averaged away over five frames that are laid over each other first; see `retouch.temporal`."""

    name = "clean.temporal"
    before: ClassVar[int] = 2
    after: ClassVar[int] = 2
    speed: ClassVar[float] = 6e6
    strength: float = 0.3
    """0 (nothing) to 1; 0.3 takes away as much noise as there is, more than that also what looks like it."""
    luma: float = USUAL_NOISE[0]
    """Standard deviation of the noise in 8-bit steps, 0 to 64."""
    chroma: float = USUAL_NOISE[1]

    def infer(self, *inputs: ClipInfo) -> ClipInfo:
        need_video("denoise", inputs[0])
        check_share("denoise", self.strength)
        if not (0 <= self.luma <= _LARGEST_NOISE and 0 <= self.chroma <= _LARGEST_NOISE):
            raise BadParameter(
                f"denoise: noise of {self.luma:g} and {self.chroma:g} is out of range; choose 0 to {_LARGEST_NOISE:g}."
            )
        return Frames.infer(self, *inputs)

    def worker(self, info: ClipInfo) -> Worker:
        from dreamreel.retouch.temporal import TemporalDenoiser

        del info
        return TemporalDenoiser(self.strength, self.luma, self.chroma)

    def told(self) -> str:
        return f"take out noise of {self.luma:.1f} steps in luma, {self.chroma:.1f} in colour, over 5 frames"


@dataclass(frozen=True, slots=True)
class Deblock(Filter):
    """The borders of a codec's 8×8 blocks smoothed where they are no edges of the picture (FFmpeg's deblock)."""

    name = "clean.deblock"
    strength: float = 0.5
    """0 (nothing) to 1."""

    def infer(self, *inputs: ClipInfo) -> ClipInfo:
        return _filtered("deblock", self.strength, inputs[0])

    def filters(self, info: ClipInfo) -> tuple[FilterSpec, ...]:
        if self.strength == 0:
            return ()
        video = need_video("deblock", info)
        if min(video.width, video.height) < _BLOCKS:
            return ()  # The filter reads past the end of smaller ones.
        share = 2 * self.strength
        limits = dict.fromkeys(("beta", "gamma", "delta"), f"{_DEBLOCK * share:.4f}")
        spec = FilterSpec.of("deblock", block=8, alpha=f"{0.098 * share:.4f}", **limits)
        return (*in_planes(video), spec)


@dataclass(frozen=True, slots=True)
class Deband(Filter):
    """Steps in what should be smooth, such as skies, broken up and averaged away (FFmpeg's deband)."""

    name = "clean.deband"
    strength: float = 0.4
    """0 (nothing) to 1."""

    def infer(self, *inputs: ClipInfo) -> ClipInfo:
        return _filtered("deband", self.strength, inputs[0])

    def filters(self, info: ClipInfo) -> tuple[FilterSpec, ...]:
        if self.strength == 0:
            return ()
        video = need_video("deband", info)
        limit = f"{0.003 + 0.03 * self.strength:.4f}"
        limits = dict.fromkeys(("1thr", "2thr", "3thr", "4thr"), limit)
        spec = FilterSpec.of("deband", range=max(4, min(32, video.height // 45)), blur=1, **limits)
        return (*in_planes(video), spec)


@dataclass(frozen=True, slots=True)
class Dehalo(Frames):
    """The bright and dark lines beside edges taken off that sharpening leaves; see `retouch.halo`."""

    name = "clean.dehalo"
    speed: ClassVar[float] = 25e6
    strength: float = 0.7
    """0 (nothing) to 1 (all of it)."""

    def infer(self, *inputs: ClipInfo) -> ClipInfo:
        need_video("dehalo", inputs[0])
        check_share("dehalo", self.strength)
        return Frames.infer(self, *inputs)

    def worker(self, info: ClipInfo) -> Worker:
        from dreamreel.retouch.halo import Dehaloer

        del info
        return Dehaloer(self.strength)

    def told(self) -> str:
        return f"take {self.strength:.0%} of the halos off edges"


def _filtered(op: str, strength: float, info: ClipInfo) -> ClipInfo:
    """What comes out of a filter over planes; the same at a strength of nothing."""
    video = need_video(op, info)
    check_share(op, strength)
    return info if strength == 0 else replace(info, video=replace(planar(video), still=video.still))


def check_share(op: str, strength: float) -> None:
    """Raises `BadParameter` for a strength that is not 0 to 1."""
    if not 0 <= strength <= 1:
        raise BadParameter(f"{op}: a strength of {strength:g} is out of range; choose 0 to 1.")
