"""A small film with detail, motion and noise, which takes bits: what rate control and quality are tried on."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from dreamreel.media.codecs import VIDEO_CODECS
from dreamreel.media.encode import VideoSegmentWriter, settings_for
from dreamreel.media.info import VideoInfo

WIDTH, HEIGHT = 128, 96


def noisy(path: Path, frames: int, noise: float = 4) -> Path:
    """`frames` frames at 25 a second, nearly lossless."""
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    rng = np.random.default_rng(1)
    row = next(row for row in VIDEO_CODECS if row.key == "h264")
    settings = settings_for(VideoInfo(WIDTH, HEIGHT, rate=Fraction(25)), row, crf=3, preset="ultrafast")
    with VideoSegmentWriter(path, settings) as writer:
        for number in range(frames):
            grey = 120 + 60 * np.sin((x + 2 * number) / 7) * np.cos(y / 5) + rng.normal(0, noise, x.shape)
            pixels = np.repeat(np.clip(grey, 0, 255).astype(np.uint8)[:, :, None], 3, axis=2)
            writer.write(av.VideoFrame.from_ndarray(pixels, "rgb24"), Fraction(number, 25), Fraction(1, 25))
    return path
