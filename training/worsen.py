"""What cameras, sites and codecs do to a picture: photos become short films, and those are worsened and encoded.

    photo ─► a few frames, panned ─► blur ─► shrunk ─► noise ─► halos ─► codec ─► (again) ─► the last frame

The codecs are real ones, over several frames, because what they leave behind depends on the frames before: Liu et al.,
"Video Compression Informed Super-Resolution" (VCISR), arXiv 2311.00996. The order follows Wang et al., "Real-ESRGAN",
ICCVW 2021. Every choice is drawn from the tables below.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import av
import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from training.resize import bicubic

__all__ = ["CODECS", "Worsened", "through", "worsened"]

Picture = NDArray[np.uint8]

_WINDOW = (288, 448)
"""Rows and columns of a frame before it is shrunk, at most; even after every scale."""
_CLEAN = 0.2
"""Share of pictures that are only shrunk, so that good sources stay as they are."""
_SHARES = {
    "blur": 0.25,
    "between": 0.25,
    "noise": 0.55,
    "halo": 0.2,
    "codec": 0.92,
    "again": 0.2,
    "still": 0.3,
}
CODECS = (("libx264", 0.72), ("mpeg2video", 0.12), ("mpeg4", 0.06), ("jpeg", 0.10))
"""What pictures are encoded with, and how often."""
_PRESETS = ("veryfast", "faster", "medium")
_FILTERS = (
    Image.Resampling.BOX,
    Image.Resampling.BILINEAR,
    Image.Resampling.BICUBIC,
    Image.Resampling.LANCZOS,
)


@dataclass(frozen=True, slots=True)
class Worsened:
    """`small` (h, w, 3) is what became of `large` (scale·h, scale·w, 3)."""

    small: Picture
    large: Picture


def worsened(photo: Picture, scale: int, rng: np.random.Generator) -> Worsened:
    """One picture out of `photo` (H, W, 3), worsened by chance."""
    frames = _film(photo, scale, rng)
    large = frames[-1]
    height, width = large.shape[0] // scale, large.shape[1] // scale
    if rng.random() < _CLEAN:
        return Worsened(bicubic(large, height, width), large)
    small = _shrunk(frames, height, width, rng)
    if _happens("noise", rng):
        small = _noisy(small, rng)
    if _happens("halo", rng):
        small = [_sharpened(frame, rng.uniform(0.2, 0.9)) for frame in small]
    if _happens("codec", rng):
        small = _encoded(small, rng)
    if _happens("again", rng):
        small = _again(small, rng)
    return Worsened(small[-1], large)


def _happens(what: str, rng: np.random.Generator) -> bool:
    return bool(rng.random() < _SHARES[what])


def _film(photo: Picture, scale: int, rng: np.random.Generator) -> list[Picture]:
    """Three to six frames of a camera that pans over the photo."""
    count = int(rng.integers(3, 7))
    unit = 2 * scale
    most = [0, 0] if _happens("still", rng) else [int(one) for one in rng.integers(-6, 7, 2)]
    height, width = (
        min(window, side - abs(step) * (count - 1)) // unit * unit
        for window, side, step in zip(_WINDOW, photo.shape[:2], most, strict=True)
    )
    top, left = (
        int(rng.integers(side - size - abs(step) * (count - 1) + 1)) + max(0, -step) * (count - 1)
        for side, size, step in zip(photo.shape[:2], (height, width), most, strict=True)
    )
    corners = [(top + most[0] * n, left + most[1] * n) for n in range(count)]
    return [np.ascontiguousarray(photo[y : y + height, x : x + width]) for y, x in corners]


def _shrunk(frames: list[Picture], height: int, width: int, rng: np.random.Generator) -> list[Picture]:
    filters = [_FILTERS[int(n)] for n in rng.integers(len(_FILTERS), size=2)]
    between = rng.uniform(0.5, 1.2) if _happens("between", rng) else None
    kernel = _blur(rng) if _happens("blur", rng) else None
    made = []
    for frame in frames:
        blurred = frame if kernel is None else cv2.filter2D(frame, -1, kernel, borderType=cv2.BORDER_REFLECT)
        image = Image.fromarray(blurred)
        if between is not None:
            size = (max(8, round(image.width * between)), max(8, round(image.height * between)))
            image = image.resize(size, filters[1])
        made.append(np.asarray(image.resize((width, height), filters[0])))
    return made


def _blur(rng: np.random.Generator) -> NDArray[np.float64]:
    """A Gaussian kernel, wider along one direction."""
    wide, narrow = sorted(rng.uniform(0.3, 1.3, 2))[::-1]
    angle = rng.uniform(0, np.pi)
    y, x = np.mgrid[-4:5, -4:5].astype(float)
    along, across = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
    kernel = np.exp(-(along**2) / (2 * wide**2) - across**2 / (2 * narrow**2))
    return kernel / kernel.sum()


def _noisy(frames: list[Picture], rng: np.random.Generator) -> list[Picture]:
    """Photon and sensor noise: weaker in colour than in luma, in a third of cases coarser than a pixel."""
    sigma = 15 * rng.random() ** 1.5
    photon = rng.random() * sigma
    coarse = rng.uniform(0.4, 0.9) if rng.random() < 0.33 else 0.0
    made = []
    for frame in frames:
        noise = 0.8 * rng.standard_normal((*frame.shape[:2], 1)) + 0.6 * rng.standard_normal(frame.shape)
        if coarse:
            soft = cv2.GaussianBlur(noise, (0, 0), coarse)
            noise = soft / soft.std()
        strength = np.sqrt(sigma**2 + photon**2 * frame / 128)
        made.append(_bytes(frame + noise * strength))
    return made


def _sharpened(frame: Picture, amount: float) -> Picture:
    soft = cv2.GaussianBlur(frame, (0, 0), 1.2).astype(np.float64)
    return _bytes(frame + amount * (frame - soft))


def _again(frames: list[Picture], rng: np.random.Generator) -> list[Picture]:
    """Taken from a site and put on another: another size, another encode, and back."""
    height, width = frames[0].shape[:2]
    share = rng.uniform(0.6, 1.3)
    size = (round(width * share / 2) * 2, round(height * share / 2) * 2)
    filters = [_FILTERS[int(n)] for n in rng.integers(len(_FILTERS), size=2)]
    other = [np.asarray(Image.fromarray(frame).resize(size, filters[0])) for frame in frames]
    return [
        np.asarray(Image.fromarray(frame).resize((width, height), filters[1]))
        for frame in _encoded(other, rng)
    ]


def _encoded(frames: list[Picture], rng: np.random.Generator) -> list[Picture]:
    names = [name for name, _ in CODECS]
    name = names[int(rng.choice(len(names), p=[share for _, share in CODECS]))]
    return through(frames, name, rng)


def through(frames: list[Picture], name: str, rng: np.random.Generator) -> list[Picture]:
    """Frames as they come out of a codec of `CODECS`, at a quality drawn by chance."""
    if name == "jpeg":
        return _jpeg(frames, int(rng.integers(40, 96)))
    coder = av.CodecContext.create(name, "w")
    assert isinstance(coder, av.VideoCodecContext)
    coder.height, coder.width = frames[0].shape[:2]
    coder.pix_fmt, coder.time_base, coder.framerate = "yuv420p", Fraction(1, 25), Fraction(25)
    coder.thread_count = 1
    if name == "libx264":
        preset = _PRESETS[int(rng.integers(len(_PRESETS)))]
        coder.options = {"crf": f"{rng.uniform(18, 35):.1f}", "preset": preset}
    else:
        steps = int(rng.integers(3, 13))
        coder.options = {"qmin": f"{steps}", "qmax": f"{steps}", "b": "20M"}
    matrix = "ITU709" if rng.random() < 0.5 else "ITU601"
    decoder = av.CodecContext.create(_DECODERS[name], "r")
    assert isinstance(decoder, av.VideoCodecContext)
    decoder.thread_count = 1
    packets = [packet for one in (*_planes(frames, matrix), None) for packet in coder.encode(one)]
    if coder.extradata:
        decoder.extradata = coder.extradata
    shown = [frame for packet in (*packets, None) for frame in decoder.decode(packet)]
    return [
        frame.reformat(format="rgb24", src_colorspace=matrix, src_color_range="MPEG", dst_color_range="JPEG",
                       interpolation=_SWSCALE, threads=1).to_ndarray()
        for frame in shown
    ]  # fmt: skip


_DECODERS = {"libx264": "h264", "mpeg2video": "mpeg2video", "mpeg4": "mpeg4"}
_SWSCALE = "BICUBIC"


def _planes(frames: list[Picture], matrix: str) -> list[av.VideoFrame]:
    made = []
    for number, picture in enumerate(frames):
        frame = av.VideoFrame.from_ndarray(picture, "rgb24").reformat(
            format="yuv420p", dst_colorspace=matrix, dst_color_range="MPEG", interpolation=_SWSCALE, threads=1
        )
        frame.pts, frame.time_base = number, Fraction(1, 25)
        made.append(frame)
    return made


def _jpeg(frames: list[Picture], quality: int) -> list[Picture]:
    made = []
    for frame in frames:
        _, data = cv2.imencode(".jpg", frame[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
        made.append(cv2.imdecode(data, cv2.IMREAD_COLOR)[..., ::-1].copy())
    return made


def _bytes(values: NDArray[np.float64]) -> Picture:
    return np.clip(np.round(values), 0, 255).astype(np.uint8)
