"""Pictures whose size changes in the middle of a file, as broadcasts and calls do: all are shown in the first size.

The new picture is scaled to fit, and black fills what its shape leaves free, so that nothing is stretched.
"""

from __future__ import annotations

import av

from dreamreel.media.filters import FilterSpec
from dreamreel.media.info import VideoInfo
from dreamreel.media.rotation import Rotation
from dreamreel.render.graphs import Chain

__all__ = ["Conform"]


class Conform:
    """Gives every frame the size that the file's first frame has."""

    def __init__(self, info: VideoInfo) -> None:
        """`info` is the file's picture as displayed."""
        self._info = info
        self._chain: Chain | None = None

    def __call__(self, frame: av.VideoFrame, rotation: Rotation) -> av.VideoFrame:
        """`frame` as it is, or in the size that the file began with."""
        width, height = self._info.width, self._info.height
        if rotation.swaps_sides:
            width, height = height, width
        if (frame.width, frame.height) == (width, height):
            return frame
        if self._chain is None or not self._chain.takes(frame):
            self._chain = Chain(_fitted(width, height, self._info.pix_fmt), frame)
        return self._chain.one(frame)


def _fitted(width: int, height: int, pix_fmt: str) -> tuple[FilterSpec, ...]:
    return (
        FilterSpec.of("scale", w=width, h=height, force_original_aspect_ratio="decrease"),
        FilterSpec.of("pad", w=width, h=height, x="(ow-iw)/2", y="(oh-ih)/2"),
        FilterSpec.of("setsar", sar="1"),
        FilterSpec.of("format", pix_fmts=pix_fmt),
    )
