"""Ops that correct light and colour shot by shot, with numbers that were measured before."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import ClassVar

from dreamreel.errors import BadParameter
from dreamreel.media.grade import Grade
from dreamreel.media.info import ClipInfo
from dreamreel.media.tonemap import is_hdr
from dreamreel.ops.base import Frames, Worker, need_video

__all__ = ["AutoColour", "Graded"]


@dataclass(frozen=True, slots=True)
class Graded:
    """The correction of one shot."""

    start: Fraction
    """When it begins, in seconds of the clip."""
    grade: Grade


@dataclass(frozen=True, slots=True)
class AutoColour(Frames):
    """Every shot corrected by its own numbers, which do not change within it; see `analyse.grading`."""

    name = "colour.auto"
    speed: ClassVar[float] = 100e6
    shots: tuple[Graded, ...]

    @property
    def timed(self) -> bool:  # pyright: ignore[reportIncompatibleVariableOverride]
        """One correction for all needs no times, so that a still picture is corrected once."""
        return len(self.shots) > 1

    def infer(self, *inputs: ClipInfo) -> ClipInfo:
        video = need_video("auto colour", inputs[0])
        if is_hdr(video.colour):
            raise BadParameter("auto colour works on SDR, and this picture is HDR; tone_map it first.")
        for one in self.shots:
            _check(one.grade)
        if any(one.start >= other.start for one, other in pairwise(self.shots)):
            raise BadParameter("auto colour: the shots do not follow one another; measure them anew.")
        return Frames.infer(self, *inputs)

    def worker(self, info: ClipInfo) -> Worker:
        from dreamreel.retouch.grading import Grader

        del info
        return Grader([one.start for one in self.shots], [one.grade for one in self.shots])

    def told(self) -> str:
        count = sum(not one.grade.neutral for one in self.shots)
        many = f"{count} of {len(self.shots)} shots" if len(self.shots) > 1 else "the picture"
        return f"correct light and colour of {many}"


def _check(grade: Grade) -> None:
    gains = (grade.red, grade.green, grade.blue)
    fits = all(0.1 <= gain <= 10 for gain in gains) and 0 <= grade.low < 0.5
    if not (fits and grade.low + 0.05 < grade.high <= 1 and -0.5 <= grade.lift <= 4):
        raise BadParameter("auto colour: the numbers of a shot are out of range; measure them anew.")
