"""Pictures that are drawn once: images, colours, gradients, titles."""

from __future__ import annotations

from pathlib import Path

import av

from dreamreel.media.colour import SRGB, tag
from dreamreel.ops.source import ImageSource
from dreamreel.ops.text import Title, draw_title
from dreamreel.render.tree import StillOp

__all__ = ["draw"]


def draw(op: StillOp) -> av.VideoFrame:
    """The picture as an RGBA frame, or RGB24 when it has no transparency. Raises what loading an image raises."""
    if isinstance(op, ImageSource):
        from dreamreel.media.images import load_image

        pixels = load_image(Path(op.path)).pixels
    else:
        pixels = draw_title(op) if isinstance(op, Title) else op.draw()
    opaque = pixels.shape[2] == 3 or bool(pixels[:, :, 3].min() == 255)
    if opaque and not isinstance(op, Title):
        return tag(av.VideoFrame.from_ndarray(pixels[:, :, :3].copy(), "rgb24"), SRGB)
    return tag(av.VideoFrame.from_ndarray(pixels, "rgba"), SRGB)
