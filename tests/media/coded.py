"""Small films of every codec that is cut: a pattern that moves, so that no two pictures are the same."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from dreamreel.media.priority import ordinary_priority

WIDTH, HEIGHT, RATE = 64, 48, 25
_FIXED = "scenecut=0:b-adapt=0:keyint=20"


@dataclass(frozen=True)
class Coding:
    """How a film is encoded."""

    encoder: str
    options: dict[str, str] = field(default_factory=dict)
    pix_fmt: str = "yuv420p"
    suffix: str = ".mp4"


CODINGS = {
    "h264": Coding("libx264", {"x264-params": f"bframes=3:{_FIXED}"}),
    "h264 open": Coding("libx264", {"x264-params": f"open-gop=1:bframes=3:b-pyramid=normal:{_FIXED}"}),
    "h264 open cavlc slices": Coding(
        "libx264", {"x264-params": f"open-gop=1:bframes=3:cabac=0:slices=3:{_FIXED}"}),
    "h264 open ts": Coding("libx264", {"x264-params": f"open-gop=1:bframes=2:{_FIXED}"}, suffix=".ts"),
    "h264 baseline": Coding("libx264", {"profile": "baseline", "g": "20"}),
    "h264 interlaced": Coding("libx264", {"x264-params": f"tff=1:open-gop=1:bframes=3:{_FIXED}"}),
    "h265": Coding("libx265", {"x265-params": f"open-gop=0:bframes=4:log-level=error:{_FIXED}"}, "yuv420p10le", ".mkv"),
    "h265 open": Coding("libx265", {"x265-params": f"open-gop=1:bframes=3:log-level=error:{_FIXED}"}),
    "h265 open ts": Coding("libx265", {"x265-params": f"open-gop=1:bframes=3:log-level=error:{_FIXED}"}, suffix=".ts"),
    "av1": Coding("libsvtav1", {"preset": "12", "g": "20"}, suffix=".mkv"),
    "vp9": Coding("libvpx-vp9", {"cpu-used": "8", "g": "20", "lag-in-frames": "8"}, suffix=".webm"),
    "vp8": Coding("libvpx", {"cpu-used": "8", "g": "20", "b": "1M"}, suffix=".webm"),
    "mpeg2": Coding("mpeg2video", {"bf": "2", "g": "12"}, suffix=".ts"),
    "mpeg4": Coding("mpeg4", {"bf": "2", "g": "12"}),
    "mjpeg": Coding("mjpeg", {}, "yuvj420p", ".mov"),
    "prores": Coding("prores_ks", {}, "yuv422p10le", ".mov"),
    "ffv1": Coding("ffv1", {"g": "20"}, suffix=".mkv"),
}  # fmt: skip


def pattern(number: int) -> NDArray[np.uint8]:
    """The picture of this number: noise, moved."""
    noise = np.random.default_rng(0).integers(0, 128, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    return np.roll(noise, number, axis=1)


def coded(path: Path, name: str, count: int = 60, stamps: Sequence[int] | None = None,
          base: Fraction = Fraction(1, RATE), *, sound: bool = False) -> Path:  # fmt: skip
    """A film at `path` (its suffix is the coding's) of `count` pictures, at `stamps` of `base` when the rate varies."""
    os.environ.setdefault("SVT_LOG", "1")
    coding = CODINGS[name]
    path = path.with_suffix(coding.suffix)
    with av.open(str(path), "w", format="mpegts" if coding.suffix == ".ts" else None) as out:
        stream = out.add_stream(coding.encoder, rate=RATE, options=coding.options)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, coding.pix_fmt
        stream.codec_context.time_base = stream.time_base = base
        with ordinary_priority():
            stream.codec_context.open()
        heard = out.add_stream("aac", rate=48_000, layout="stereo") if sound else None
        for number in range(count):
            frame = av.VideoFrame.from_ndarray(pattern(number), "rgb24").reformat(format=coding.pix_fmt)
            frame.pts, frame.time_base = stamps[number] if stamps else number, base
            out.mux(stream.encode(frame))
            if heard is not None:
                out.mux(heard.encode(_second(number)))
        out.mux(stream.encode(None))
        if heard is not None:
            out.mux(heard.encode(None))
    return path


def _second(number: int) -> av.AudioFrame:
    """The sound during a picture: a quiet tone, with a loud one for a moment at each full second."""
    size = 48_000 // RATE
    time = np.arange(number * size, (number + 1) * size)
    tone = np.where(time % 48_000 < 480, 0.9 * np.sin(time * 0.3), 0.02 * np.sin(time * 0.05)).astype(
        np.float32
    )
    frame = av.AudioFrame.from_ndarray(np.stack([tone, tone]), "fltp", "stereo")
    frame.sample_rate, frame.pts, frame.time_base = 48_000, number * size, Fraction(1, 48_000)
    return frame


def pictures(path: Path) -> list[tuple[Fraction, NDArray[np.uint8]]]:
    """Time since the first, and samples, of every picture, decoded from the beginning."""
    with av.open(str(path)) as source:
        found = [(frame.pts * frame.time_base, frame.to_ndarray()) for frame in source.decode(video=0)]
    return [(time - found[0][0], picture) for time, picture in found]


def loud_times(path: Path) -> list[Fraction]:
    """When the loud moments begin, by the timestamps of the sound, to a hundredth of a second."""
    found: list[Fraction] = []
    with av.open(str(path)) as source:
        zero = min(s.start_time * s.time_base for s in source.streams if s.start_time is not None)
        for frame in source.decode(audio=0):
            loud = np.flatnonzero(np.abs(frame.to_ndarray()[0]) > 0.4)
            if len(loud):
                time = frame.pts * frame.time_base + Fraction(int(loud[0]), 48_000) - zero
                if not found or time - found[-1] > Fraction(1, 4):
                    found.append(time)
    return found


def tracks(path: Path) -> list[str]:
    """The kinds of a file's tracks, in their order."""
    with av.open(str(path)) as source:
        return [stream.type for stream in source.streams]


def heard_packets(path: Path) -> list[bytes]:
    """The packets of a file's first sound."""
    with av.open(str(path)) as source:
        return [bytes(packet) for packet in source.demux(audio=0) if packet.size]
