"""How much a film has suffered from compression: how coarsely it was quantised, blocks that show, ringing at edges.

    a few runs of frames ─► the quantiser that each block was coded with (where the decoder tells)
                         ─► steps at every eighth line beside those between them ─► blocks
                         ─► ripples beside strong edges beside those in open places ─► ringing

The quantiser only knows of the last time a film was encoded; what shows in the picture also of those before.

Source of the blocks' measure: Z. Wang, A. C. Bovik, B. L. Evans, "Blind measurement of blocking artifacts in images",
ICIP 2000 (periodic steps on the grid of 8), here against the other seven phases, so that content does not count.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

import numpy as np
from numpy.typing import NDArray

from dreamreel.analyse.look import file_picture, luma

if TYPE_CHECKING:
    import av
    from av.sidedata.sidedata import SideData

__all__ = ["Compression", "blocks", "detect", "quantiser", "ringing"]

Plane = NDArray[np.float32]

_RUNS, _LENGTH = 5, 6
_GRID = 8
_STEP = 12.0
"""8-bit steps that a single jump counts at most: edges that lie on the grid by chance say little."""
_CLEAN_BLOCKS, _WORST_BLOCKS = 0.75, 3.5
_CLEAN_STEP, _WORST_STEP = 2.7, 6.4
"""Of the quantiser's step, logarithms to 2: about CRF 20, and about CRF 42."""
_CLEAN_RINGING, _WORST_RINGING = 0.5, 3.0
_USUAL_RINGING = 0.25
_EDGE = 60.0
"""8-bit steps over three pixels that make a strong edge."""
_ENOUGH = 50
"""Pixels that must be near edges, and away from them, to tell."""
_PARAMS: Final = struct.Struct("=I4xQQii")
"""AVVideoEncParams (libavutil/video_enc_params.h): count of blocks, their offset and size, type, quantiser."""
_BLOCK: Final = struct.Struct("=iiiii")
"""AVVideoBlockParams: place and size, then the difference from the frame's quantiser."""
_H264, _MPEG2 = 1, 2
_MOST_BLOCKS = 400


@dataclass(frozen=True, slots=True)
class Compression:
    """What compression has done to a film; 0 is nothing, 1 is ruin."""

    blocks: float
    """How much the grid of 8×8 blocks shows."""
    ringing: float
    """How much edges ripple."""
    coarse: float | None = None
    """How coarsely it was quantised the last time; None where the decoder does not tell."""

    @property
    def amount(self) -> float:
        """All of it as one number: the worst of the three; edges ripple a little in every sharp picture."""
        return max(self.blocks, self.coarse or 0.0, self.ringing - _USUAL_RINGING)


def detect(path: Path) -> Compression:
    """What compression has done to a film's main picture, from five runs of six frames.

    Raises what opening it raises, and `BadParameter` when it has no picture.
    """
    shown: list[float] = []
    ripples: list[float] = []
    steps: list[float] = []
    for frame in _frames(path):
        plane = luma(frame).plane
        shown.append(blocks(plane))
        ripples.append(ringing(plane))
        if (step := quantiser(frame)) is not None:
            steps.append(step)
    coarse = round(_share(float(np.log2(np.mean(steps))), _CLEAN_STEP, _WORST_STEP), 3) if steps else None
    return Compression(_upper(shown), _upper(ripples), coarse)


def _upper(values: Sequence[float]) -> float:
    """What the worse half of the frames shows: codecs spare some frames."""
    return round(float(np.quantile(values, 0.75)), 3) if values else 0.0


def _frames(path: Path) -> Iterator[av.VideoFrame]:
    import av.error

    from dreamreel.media.libav import decode_video, demux
    from dreamreel.media.open import open_media

    film = file_picture(path, "measuring compression")
    with open_media(path) as container:
        stream = next(s for s in container.streams.video if s.index == film.track.index)
        stream.codec_context.options = {"export_side_data": "venc_params"}
        stream.codec_context.thread_type = "AUTO"
        base = stream.time_base or Fraction(1, 90_000)
        for number in range(_RUNS):
            at = film.found.start + film.found.duration * (2 * number + 1) / (2 * _RUNS + 2)
            with suppress(av.error.FFmpegError):
                container.seek(int(at / base), stream=stream)
                made = (
                    frame for packet in demux(container, [stream]) for frame in decode_video(stream, packet)
                )
                yield from islice(made, _LENGTH)


def blocks(plane: NDArray[np.uint8]) -> float:
    """How much the grid of 8×8 blocks shows in a luma plane, 0 to 1."""
    whole = plane.astype(np.float32)
    told = [_grid(part) for part in (whole, whole.T) if part.shape[1] >= 4 * _GRID]
    return round(_share(max(told, default=0.0), _CLEAN_BLOCKS, _WORST_BLOCKS), 3)


def _grid(plane: Plane) -> float:
    """Jumps between columns 7 and 8 of every eight beside the usual jump, as a ratio; 0 where they are alike."""
    steps = np.abs(np.diff(plane, axis=1))
    jumps = np.clip(steps[:, 1:-1] - (steps[:, :-2] + steps[:, 2:]) / 2, 0, _STEP)
    means = [float(jumps[:, phase::_GRID].mean()) for phase in range(_GRID)]
    on_grid = means.pop(_GRID - 2)  # The first jump is the one between columns 1 and 2.
    usual = float(np.median(means))
    return (on_grid - usual) / (usual + 0.3)


def ringing(plane: NDArray[np.uint8]) -> float:
    """How much more a luma plane ripples a few pixels beside strong edges than in open places, 0 to 1."""
    import cv2

    if min(plane.shape) < 4 * _GRID:
        return 0.0
    whole = plane.astype(np.float32)
    near = np.ones((3, 3), np.uint8)
    rise = cv2.dilate(whole, near) - cv2.erode(whole, near)
    edges = (rise > _EDGE).astype(np.uint8)
    beside = cv2.dilate(edges, np.ones((13, 13), np.uint8)) - cv2.dilate(edges, np.ones((5, 5), np.uint8))
    far = cv2.dilate(edges, np.ones((25, 25), np.uint8)) == 0
    ripple: Plane = cv2.absdiff(whole, cv2.GaussianBlur(whole, (0, 0), 1.5)).astype(np.float32)
    calm = np.asarray(rise < _EDGE / 4, np.bool_)
    close = np.asarray(beside > 0, np.bool_) & calm
    away = np.asarray(far, np.bool_) & calm
    if min(int(close.sum()), int(away.sum())) < _ENOUGH:
        return 0.0
    more = float(ripple[close].mean() - ripple[away].mean())
    return round(_share(more, _CLEAN_RINGING, _WORST_RINGING), 3)


def quantiser(frame: av.VideoFrame) -> float | None:
    """The mean step by which a frame was quantised, in 8-bit steps; None where its decoder does not tell."""
    data = next((bytes(item) for item in _side_data(frame) if item.type.name == "VIDEO_ENC_PARAMS"), b"")
    if len(data) < _PARAMS.size:
        return None
    count, offset, size, kind, base = cast("tuple[int, int, int, int, int]", _PARAMS.unpack_from(data))
    few = range(0, count, max(1, count // _MOST_BLOCKS))
    fits = [offset + number * size for number in few if offset + (number + 1) * size <= len(data)]
    changes = [cast("int", _BLOCK.unpack_from(data, at)[4]) for at in fits] or [0]
    values = base + np.array(changes, np.float64)
    if kind == _H264:
        return float(np.mean(2 ** ((values - 4) / 6)))
    return float(np.mean(np.maximum(values, 1))) if kind == _MPEG2 else None


def _side_data(frame: av.VideoFrame) -> Iterable[SideData]:
    try:
        return list(cast("Iterable[SideData]", iter(frame.side_data)))
    except ValueError:  # A kind that PyAV does not know.
        return []


def _share(value: float, least: float, most: float) -> float:
    return min(max((value - least) / (most - least), 0.0), 1.0)
