"""How detectors read a file: luma planes without a conversion, frames spread over a film, levels of a sound.

every(path) ─► (time, frame) …      all frames in order
spread(path, count) ─► (time, frame) …      key frames all over the film, quick even in long ones
luma(frame) ─► Luma      the brightness plane as 8-bit values, and where black and white are
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from dreamreel.errors import BadParameter, DamagedMedia

if TYPE_CHECKING:
    import av

    from dreamreel.media.probe import MediaFile, VideoTrack

__all__ = ["FilePicture", "Luma", "Pixels", "every", "file_picture", "luma", "small", "spread", "upright"]

Pixels = NDArray[np.uint8]
"""One plane, (height, width)."""

_STEP = Fraction(1, 4)
"""Of a film with few key frames, one frame in so many seconds is looked at, at the most."""


@dataclass(frozen=True, slots=True)
class Luma:
    """The brightness of a frame in 8 bits."""

    plane: Pixels
    black: int
    """The value of black: 16 in limited range, 0 in full range."""
    white: int
    """The value of white: 235 or 255."""


@dataclass(frozen=True, slots=True)
class FilePicture:
    """What a detector needs to know of a film."""

    found: MediaFile
    track: VideoTrack

    @property
    def number(self) -> int:
        """Which of the picture tracks that are not covers."""
        return [track for track in self.found.video if not track.cover].index(self.track)


def file_picture(path: Path, needs: str) -> FilePicture:
    """The main picture track of a file. Raises what probing raises, `BadParameter` when there is none."""
    from dreamreel.media.probe import probe

    found = probe(path)
    if found.main_video is None:
        raise BadParameter(f"{path.name} has no moving picture, which {needs} needs; choose a video.")
    return FilePicture(found, found.main_video)


def every(
    path: Path, start: Fraction = Fraction(0), end: Fraction | None = None
) -> Iterator[tuple[Fraction, av.VideoFrame]]:
    """The frames of a film's main picture in `[start, end)`, each with its exact time. A damaged end just ends them."""
    from dreamreel.media.decode import VideoReader
    from dreamreel.time import Span

    film = file_picture(path, "looking at it")
    with VideoReader(path, film.number, rate=film.track.rate) as reader, suppress(DamagedMedia):
        yield from reader.frames(Span(start, film.found.duration if end is None else end))


def spread(path: Path, count: int) -> Iterator[tuple[Fraction, av.VideoFrame]]:
    """About `count` frames from all over a film, key frames where there are enough of them. Times only grow."""
    film = file_picture(path, "looking at it")
    shots = list(_keys(path, film, count))
    if len(shots) * 2 >= count:
        yield from shots
        return
    step = max(film.found.duration / count, Fraction(0)) if film.found.duration else _STEP
    after = Fraction(0)
    for time, frame in every(path):
        if time >= after:
            yield time, frame
            after += step


def _keys(path: Path, film: FilePicture, count: int) -> Iterator[tuple[Fraction, av.VideoFrame]]:
    """The key frames before `count` evenly spread times; none twice. The first and last hundredth are left out."""
    import av.error

    from dreamreel.media.libav import decode_video, demux
    from dreamreel.media.open import open_media

    last = -1
    with open_media(path) as container:
        tracks = [s for s in container.streams.video if s.index == film.track.index]
        stream = tracks[0]
        stream.codec_context.thread_type = "AUTO"
        base = stream.time_base or Fraction(1, 90_000)
        for number in range(count):
            time = film.found.start + film.found.duration * (2 * number + 1) / (2 * count)
            with suppress(av.error.FFmpegError):
                container.seek(int(time / base), stream=stream)
                packets = demux(container, [stream])
                frame = next((made for packet in packets for made in decode_video(stream, packet)), None)
                if frame is not None and frame.pts is not None and frame.pts > last:
                    last = frame.pts
                    yield frame.pts * base - film.found.start, frame


def luma(frame: av.VideoFrame) -> Luma:
    """The brightness plane of a frame; deep pictures are brought to 8 bits, coloured ones weighed by BT.601."""
    name = frame.format.name
    if name.startswith(("yuv", "gray", "ya", "p010", "p016", "nv")):
        full = name.startswith(("yuvj", "gray", "ya")) or int(frame.color_range) == 2
        plane = _plane(frame, 0)
    else:
        full = False
        plane = _plane(frame.reformat(format="yuv420p", threads=1), 0)
    return Luma(plane, 0 if full else 16, 255 if full else 235)


def _plane(frame: av.VideoFrame, number: int) -> Pixels:
    """A plane of planar YUV as 8-bit values. A view where the frame has 8 bits: do not write to it."""
    plane = frame.planes[number]
    bits = frame.format.components[number].bits
    if bits <= 8:
        raw = np.frombuffer(cast("bytes", plane), np.uint8)
        return raw.reshape(-1, plane.line_size)[: plane.height, : plane.width]
    deep = np.frombuffer(cast("bytes", plane), np.uint16)
    rows = deep.reshape(-1, plane.line_size // 2)[: plane.height, : plane.width]
    high = 8 if frame.format.name.startswith(("p010", "p016")) else bits - 8
    return (rows >> high).astype(np.uint8)


def small(frame: av.VideoFrame, width: int, height: int) -> NDArray[np.uint8]:
    """A frame as (3, height, width) of small Y, U and V planes, averaged; grey frames have flat colour."""
    import cv2

    if not frame.format.name.startswith("yuv"):
        frame = frame.reformat(format="yuv420p", threads=1)
    planes = [cv2.resize(_plane(frame, i), (width, height), interpolation=cv2.INTER_AREA) for i in range(3)]
    return np.stack(planes).astype(np.uint8, copy=False)


def upright(plane: Pixels, film: FilePicture) -> Pixels:
    """A stored plane as it is displayed, turned and mirrored."""
    rotation = film.track.rotation
    turned = plane[:, ::-1] if rotation.mirrored else plane
    return np.rot90(turned, rotation.degrees // 90)
