"""Pictures with detail to hold on to, moved by parts of a pixel, and what is done to them."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from dreamreel.render.frames import Room, frames
from dreamreel.render.lower import lower
from dreamreel.time import Span

Picture = NDArray[np.uint8]
WIDTH, HEIGHT = 160, 120


def textured(seed: int = 1, width: int = WIDTH, height: int = HEIGHT) -> Picture:
    """A picture (H, W, 3) with soft light, texture and a few hard shapes."""
    rng = np.random.default_rng(seed)
    whole = np.zeros((height, width, 3), np.float32) + 115
    for size, strength in ((6, 45), (20, 22), (60, 9)):
        grid = rng.normal(0, strength, (size * height // width + 1, size, 3)).astype(np.float32)
        whole += cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC)
    for _ in range(9):
        x, y = rng.integers(0, width), rng.integers(0, height)
        colour = rng.integers(50, 210, 3).tolist()
        cv2.circle(whole, (int(x), int(y)), int(rng.integers(5, 16)), colour, -1, cv2.LINE_AA)
    return np.clip(cv2.GaussianBlur(whole, (0, 0), 0.7), 30, 225).astype(np.uint8)


def panned(
    count: int, dx: float = 1.7, dy: float = 0.6, seed: int = 1, size: tuple[int, int] = (WIDTH, HEIGHT)
) -> list[Picture]:
    """`count` frames of a camera that moves by `dx`, `dy` pixels a frame."""
    width, height = size
    wide = textured(seed, width + 80, height + 60)
    moves = [np.array([[1, 0, -10 - dx * n], [0, 1, -10 - dy * n]], np.float32) for n in range(count)]
    return [cv2.warpAffine(wide, move, size, flags=cv2.INTER_CUBIC) for move in moves]


def yuv(picture: Picture, pix_fmt: str = "yuv420p") -> av.VideoFrame:
    """A frame of BT.709 in limited range."""
    made = av.VideoFrame.from_ndarray(picture, "rgb24").reformat(
        format=pix_fmt, dst_colorspace="ITU709", dst_color_range="MPEG", threads=1
    )
    made.colorspace, made.color_range, made.color_primaries, made.color_trc = 1, 1, 1, 1
    return made


def noised(frame: av.VideoFrame, seed: int, luma: float, chroma: float = 0.0) -> av.VideoFrame:
    """The frame with normal noise, in 8-bit steps."""
    from dreamreel.media.planes import like, planes

    rng = np.random.default_rng(seed)
    made, unit = like(frame), 1 << (frame.format.components[0].bits - 8)
    for number, (target, source) in enumerate(zip(planes(made), planes(frame), strict=True)):
        sigma = unit * (chroma if number else luma)
        grain = rng.normal(0, 1, source.shape) * sigma
        target[:] = np.clip(np.rint(source + grain), 0, 256 * unit - 1).astype(target.dtype)
    return made


def luma(frame: av.VideoFrame) -> NDArray[np.float64]:
    """Y in 8-bit steps."""
    from dreamreel.media.planes import planes

    return planes(frame)[0].astype(float) / (1 << (frame.format.components[0].bits - 8))


def psnr(one: av.VideoFrame, other: av.VideoFrame) -> float:
    """Of luma, in dB."""
    error = np.mean((luma(one) - luma(other)) ** 2)
    return float(10 * np.log10(255**2 / max(error, 1e-9)))


def stored(path, given: Sequence[av.VideoFrame], rate: Fraction = Fraction(25)):
    """A lossless file of the frames."""
    first = given[0]
    with av.open(str(path), "w") as out:
        stream = out.add_stream("ffv1", rate=rate)
        stream.width, stream.height, stream.pix_fmt = first.width, first.height, first.format.name
        context = stream.codec_context
        context.colorspace, context.color_range = first.colorspace, first.color_range
        context.color_primaries, context.color_trc = first.color_primaries, first.color_trc
        for n, frame in enumerate(given):
            frame.pts, frame.time_base = n, 1 / rate
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path


def shown(clip, start: Fraction = Fraction(0), end: Fraction | None = None) -> list[av.VideoFrame]:
    """The frames of a clip."""
    span = Span(start, clip.duration if end is None else end)
    return [frame for _, frame in frames(lower(clip.node).picture, span, Room())]
