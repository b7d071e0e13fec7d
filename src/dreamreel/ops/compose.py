"""Ops that show two clips at once: overlay and cross-dissolve."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final, Literal

from dreamreel.errors import BadDuration, BadParameter, BadTime
from dreamreel.media.info import ClipInfo, VideoInfo
from dreamreel.ops.base import Compose, need_video
from dreamreel.ops.forms import planar
from dreamreel.ops.time_ import Concat
from dreamreel.time import Span, figure

__all__ = ["ANCHORS", "Anchor", "Dissolve", "Overlay", "place"]

Anchor = Literal[
    "top-left", "top", "top-right", "left", "center", "right", "bottom-left", "bottom", "bottom-right"
]

ANCHORS: Final[dict[str, tuple[int, int]]] = {
    "top-left": (0, 0), "top": (1, 0), "top-right": (2, 0),
    "left": (0, 1), "center": (1, 1), "right": (2, 1),
    "bottom-left": (0, 2), "bottom": (1, 2), "bottom-right": (2, 2),
}  # fmt: skip
"""For each anchor, how many half free spaces lie to its left and above it."""


def place(anchor: Anchor, x: int, y: int, inner: tuple[int, int], outer: tuple[int, int]) -> tuple[int, int]:
    """The top left corner of `inner` on `outer`: at the anchor, moved `x` right and `y` down.

    Even, because half the pictures in the world store one colour for four pixels.
    """
    across, down = ANCHORS[anchor]
    left = (outer[0] - inner[0]) * across // 2 + x
    top = (outer[1] - inner[1]) * down // 2 + y
    return left // 2 * 2, top // 2 * 2


@dataclass(frozen=True, slots=True)
class Overlay(Compose):
    """The second clip on top of the first, from `at` while it lasts. The first sets size, rate, length and sound."""

    name = "compose.overlay"
    at: Fraction = Fraction(0)
    anchor: Anchor = "top-left"
    x: int = 0
    y: int = 0
    opacity: float = 1.0

    def infer(self, *inputs: ClipInfo) -> ClipInfo:
        base, top = inputs
        under, over = need_video("overlay", base), need_video("overlay", top)
        if not 0 <= self.at < base.duration:
            raise BadTime(f"overlay: {figure(self.at)} s is not inside a clip of {figure(base.duration)} s.")
        if not 0 <= self.opacity <= 1:
            raise BadParameter(f"overlay: an opacity of {self.opacity:g} is out of range; choose 0 to 1.")
        still = under.still and over.still and self.window(base, top) == Span(Fraction(0), base.duration)
        rate = over.rate if under.still and not over.still else under.rate
        return replace(base, video=replace(planar(under), still=still, rate=rate))

    def window(self, base: ClipInfo, top: ClipInfo) -> Span:
        """When the second clip is to be seen, in the first's time."""
        return Span(self.at, min(base.duration, self.at + top.duration))

    def corner(self, base: VideoInfo, top: VideoInfo) -> tuple[int, int]:
        """The top left corner of the second picture on the first; may lie outside it."""
        return place(self.anchor, self.x, self.y, (top.width, top.height), (base.width, base.height))


@dataclass(frozen=True, slots=True)
class Dissolve(Compose):
    """One clip after another with the end of the first melting into the start of the second over `duration` seconds."""

    name = "compose.dissolve"
    duration: Fraction

    def infer(self, *inputs: ClipInfo) -> ClipInfo:
        first, second = inputs
        need_video("dissolve", first)
        need_video("dissolve", second)
        if not 0 < self.duration <= min(first.duration, second.duration):
            shorter = min(first.duration, second.duration)
            raise BadDuration(
                f"a dissolve of {figure(self.duration)} s does not fit a clip of {figure(shorter)} s; "
                "choose a shorter one."
            )
        info = Concat().infer(first, second)
        video = need_video("dissolve", info)
        moving = replace(planar(video), still=False, rate=video.rate or Fraction(30))
        return replace(info, duration=info.duration - self.duration, video=moving)
