"""Ops that take away what time, sensors and codecs have done to a picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from dreamreel.errors import BadParameter
from dreamreel.media.info import ClipInfo
from dreamreel.ops.base import Frames, Worker, need_video

__all__ = ["USUAL_NOISE", "TemporalDenoise", "check_share"]

USUAL_NOISE = (3.0, 2.0)
"""Standard deviations of luma and chroma, in 8-bit steps, where there is no file to measure them in."""
_LARGEST_NOISE = 64.0


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


def check_share(op: str, strength: float) -> None:
    """Raises `BadParameter` for a strength that is not 0 to 1."""
    if not 0 <= strength <= 1:
        raise BadParameter(f"{op}: a strength of {strength:g} is out of range; choose 0 to 1.")
