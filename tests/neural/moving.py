"""Pictures that mostly stand still."""

from __future__ import annotations

from fractions import Fraction

import av
import numpy as np

from dreamreel.neural.enlarge import FORMATS

__all__ = ["held", "samples", "still"]


def still(pix_fmt: str, width: int, height: int, seed: int = 1) -> av.VideoFrame:
    """A picture of soft noise in any of the formats that are enlarged."""
    rng = np.random.default_rng(seed)
    made = av.VideoFrame(width, height, pix_fmt)
    bits = FORMATS[pix_fmt][0]
    for plane in made.planes:
        wide = plane.line_size // (2 if bits > 8 else 1)
        values = rng.integers(60 << bits - 8, 190 << bits - 8, (plane.height, wide))
        plane.update(values.astype(np.uint16 if bits > 8 else np.uint8).tobytes())
    made.colorspace = made.color_range = 1
    return made


def samples(frame: av.VideoFrame) -> list[np.ndarray]:
    """Copies of the planes, without padding."""
    kind = np.uint16 if FORMATS[frame.format.name][0] > 8 else np.uint8
    size = np.dtype(kind).itemsize
    return [
        np.frombuffer(plane, kind).reshape(plane.height, plane.line_size // size)[:, : plane.width].copy()
        for plane in frame.planes
    ]


def held(
    pix_fmt: str, width: int, height: int, marks: list[tuple[int, int, int] | None]
) -> list[av.VideoFrame]:
    """The same picture again and again, each with one more sample changed, (plane, x, y) for each; None for none."""
    kind = np.uint16 if FORMATS[pix_fmt][0] > 8 else np.uint8
    made = [still(pix_fmt, width, height)]
    changed: list[tuple[int, int, int]] = []
    for number, mark in enumerate(marks):
        frame = still(pix_fmt, width, height)
        changed += [mark] if mark else []
        for plane, x, y in changed:
            whole = frame.planes[plane]
            values = np.frombuffer(whole, kind).reshape(whole.height, -1).copy()
            values[y, x] += 20
            whole.update(values.tobytes())
        frame.pts, frame.time_base = number + 1, Fraction(1, 25)
        made.append(frame)
    return made
