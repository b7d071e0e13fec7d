"""Footage made in code: shots of soft shapes with noise, cuts where they are wanted, sound with gaps."""

from __future__ import annotations

import wave
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

Frame = NDArray[np.uint8]
WIDTH, HEIGHT = 96, 64


def scene(seed: int, width: int = WIDTH, height: int = HEIGHT, low: int = 30, high: int = 225) -> Frame:
    """A picture of soft blobs, (height, width, 3), unlike that of any other seed."""
    rng = np.random.default_rng(seed)
    blobs = rng.uniform(low, high, (5, 7, 3)).astype(np.float32)
    return np.clip(cv2.resize(blobs, (width, height), interpolation=cv2.INTER_CUBIC), 0, 255).astype(np.uint8)


def noisy(picture: Frame, seed: int, sigma: float = 4.0) -> Frame:
    """The picture with a camera's noise."""
    grain = np.random.default_rng(seed).normal(0, sigma, picture.shape)
    return np.clip(picture + grain, 0, 255).astype(np.uint8)


def shot(seed: int, count: int, pan: int = 0, sigma: float = 4.0) -> list[Frame]:
    """`count` frames of one scene, moved by `pan` pixels a frame."""
    wide = scene(seed, WIDTH + abs(pan) * count)
    return [noisy(wide[:, abs(pan) * n : abs(pan) * n + WIDTH], 1000 * seed + n, sigma) for n in range(count)]


def film(
    path: Path, frames: Iterable[Frame], rate: Fraction = Fraction(25), codec: str = "libx264",
    options: dict[str, str] | None = None, pix_fmt: str = "yuv420p",
) -> Path:  # fmt: skip
    """A file of RGB frames."""
    with av.open(str(path), "w") as out:
        stream = out.add_stream(codec, rate=rate, options=options or {"crf": "16", "preset": "ultrafast"})
        stream.pix_fmt = pix_fmt
        for number, picture in enumerate(frames):
            if not number:
                stream.width, stream.height = picture.shape[1], picture.shape[0]
            frame = av.VideoFrame.from_ndarray(picture, "rgb24")
            frame.pts, frame.time_base = number, 1 / rate
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path


def sound(path: Path, parts: Iterable[tuple[float, float]], rate: int = 16_000, hiss: float = 0.0) -> Path:
    """A mono WAV of (seconds, amplitude) of a 300 Hz tone one after another, with noise of RMS `hiss` all over it."""
    pieces = [
        amplitude * np.sin(np.arange(round(length * rate)) * (2 * np.pi * 300 / rate))
        for length, amplitude in parts
    ]
    whole = np.concatenate(pieces)
    whole = whole + np.random.default_rng(1).normal(0, hiss, whole.shape) if hiss else whole
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes((np.clip(whole, -1, 1) * 32_767).astype("<i2").tobytes())
    return path


def hdr(path: Path, nits: float = 1000.0) -> Path:
    """A film of one bright stripe, PQ in BT.2020."""
    from tests.media.test_tonemap import ramp

    with av.open(str(path), "w") as out:
        stream = out.add_stream("ffv1", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 32, "yuv420p10le"
        context = stream.codec_context
        context.colorspace, context.color_primaries, context.color_trc, context.color_range = 9, 9, 16, 1
        for n in range(3):
            made = ramp([1, 50, 203, nits])
            made.pts = n
            out.mux(stream.encode(made))
        out.mux(stream.encode(None))
    return path
