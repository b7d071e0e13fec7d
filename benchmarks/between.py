"""Frame interpolation, next to FFmpeg's `minterpolate` (mci, aobmc, bidir, vsbmc): dropped frames, and speed.

    benchmarks/between.py [--clips FOLDER] [--frames 61] [--keep 2,4] [--speed 48] [--rounds 2]

Quality: of each film every second (fourth) frame is kept, the frame in the middle is made anew by both, and compared
with the one that was left out: PSNR and SSIM of luma, the mean over the frames. Speed: a film scaled to 1280×720, its
rate doubled, from decoded frames in memory to frames in memory, both in turns, the best of each counts.
The films are those
in `DREAMREEL_MEDIA` or `../shared/media`. The bars: no film worse in PSNR by more than 0.2 dB, better on the mean of
all, and more frames a second.
"""

from __future__ import annotations

import argparse
import os
from collections import deque
from collections.abc import Sequence
from fractions import Fraction
from functools import partial
from itertools import pairwise
from pathlib import Path

import av
import av.error
import av.filter
import cv2
import numpy as np
from numpy.typing import NDArray
from pairs import rates

from dreamreel.motion.between import Pair

__all__ = ["main"]

_MEDIA = os.environ.get("DREAMREEL_MEDIA") or Path(__file__).resolve().parents[2] / "shared" / "media"
_CLIPS = Path(_MEDIA) / "clips"
_SKIP = 60
"""Frames at the beginning that are left out where a film is long enough: in some nothing moves there."""
_PEER = "mi_mode=mci:mc_mode=aobmc:me_mode=bidir:vsbmc=1"
_Luma = NDArray[np.float32]


def _decoded(path: Path, count: int, size: tuple[int, int] | None = None) -> list[av.VideoFrame]:
    width, height = size or (None, None)
    with av.open(str(path)) as source:
        found: deque[av.VideoFrame] = deque(maxlen=count)
        for number, frame in enumerate(source.decode(video=0), 1):
            found.append(frame.reformat(format="yuv420p", width=width, height=height, threads=1))
            if number == _SKIP + count:
                break
    return list(found)


def _luma(frame: av.VideoFrame) -> _Luma:
    return frame.to_ndarray()[: frame.height].astype(np.float32)


def _psnr(one: _Luma, other: _Luma) -> float:
    return float(10 * np.log10(255**2 / max(1e-6, float(np.mean((one - other) ** 2)))))


def _ssim(one: _Luma, other: _Luma) -> float:
    """Wang et al. 2004, a Gaussian window of 11 × 11."""
    mean = [cv2.GaussianBlur(each, (11, 11), 1.5) for each in (one, other)]
    square = [cv2.GaussianBlur(a * b, (11, 11), 1.5) for a, b in ((one, one), (other, other), (one, other))]
    product = mean[0] * mean[1]
    spread = square[0] + square[1] - mean[0] ** 2 - mean[1] ** 2
    top = (2 * product + 6.5025) * (2 * (square[2] - product) + 58.5225)
    return float(np.mean(top / ((mean[0] ** 2 + mean[1] ** 2 + 6.5025) * (spread + 58.5225))))


def _theirs(kept: Sequence[av.VideoFrame]) -> dict[int, av.VideoFrame]:
    """The frames of twice the rate, by their number. The last one is given twice: the filter withholds the end."""
    graph = av.filter.Graph()
    first = kept[0]
    start = graph.add_buffer(width=first.width, height=first.height, format="yuv420p", time_base="1/1000")
    middle, end = graph.add("minterpolate", f"fps=20:{_PEER}"), graph.add("buffersink")
    start.link_to(middle)
    middle.link_to(end)
    graph.configure()
    made: dict[int, av.VideoFrame] = {}

    def pull() -> None:
        while True:
            try:
                frame = graph.pull()
            except (av.error.BlockingIOError, av.error.EOFError):
                return
            assert isinstance(frame, av.VideoFrame)
            made[round(float((frame.pts or 0) * (frame.time_base or 0) * 20))] = frame

    for number, frame in enumerate([*kept, kept[-1]]):
        copy = frame.reformat(format="yuv420p", threads=1)
        copy.pts, copy.time_base = number * 100, Fraction(1, 1000)
        graph.push(copy)
        pull()
    graph.push(None)
    pull()
    return made


def _ours(kept: Sequence[av.VideoFrame]) -> dict[int, av.VideoFrame]:
    made = {2 * number: frame for number, frame in enumerate(kept)}
    for number, (one, two) in enumerate(pairwise(kept)):
        made[2 * number + 1] = Pair(one, two).at(0.5) or one
    return made


def _quality(paths: Sequence[Path], count: int, keep: int) -> None:
    print(f"\none frame in {keep} kept; PSNR dB / SSIM of the middle one")
    print(f"{'':36}{'ours':>16}{'minterpolate':>16}{'mean of two':>16}")
    totals: list[list[float]] = []
    for path in paths:
        frames = _decoded(path, count)
        kept, left = frames[::keep], frames[keep // 2 :: keep]
        rows = []
        for made in (_ours(kept), _theirs(kept)):
            pairs = [
                (_luma(made[2 * n + 1]), _luma(left[n])) for n in range(len(kept) - 1) if 2 * n + 1 in made
            ]
            rows.append(
                (np.mean([_psnr(*pair) for pair in pairs]), np.mean([_ssim(*pair) for pair in pairs]))
            )
        plain = [((_luma(a) + _luma(b)) / 2, _luma(c)) for a, b, c in zip(kept, kept[1:], left, strict=False)]
        rows.append((np.mean([_psnr(*pair) for pair in plain]), np.mean([_ssim(*pair) for pair in plain])))
        totals.append([float(row[0]) for row in rows])
        print(f"{path.name:36}" + "".join(f"{row[0]:9.2f} {row[1]:.4f}" for row in rows))
    print(f"{'mean':36}" + "".join(f"{one:9.2f}       " for one in np.mean(totals, axis=0)))


def _speed(path: Path, count: int, rounds: int) -> None:
    frames = _decoded(path, count, (1280, 720))
    ways = {"ours": partial(_ours, frames), "minterpolate": partial(_theirs, frames)}
    rates(f"1280×720, rate doubled, frames a second ({path.name})", ways, rounds)


def main() -> None:
    """Run what the arguments ask for and print tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--clips", type=Path, default=_CLIPS)
    parser.add_argument("--frames", type=int, default=61)
    parser.add_argument("--keep", default="2,4")
    parser.add_argument("--speed", type=int, default=48, help="frames of the speed test; 0 leaves it out")
    parser.add_argument("--rounds", type=int, default=2)
    asked = parser.parse_args()
    paths = sorted(path for path in asked.clips.iterdir() if path.suffix in (".mkv", ".mp4", ".mov"))
    for keep in (int(one) for one in asked.keep.split(",") if one):
        _quality(paths, asked.frames, keep)
    if asked.speed:
        _speed(next((path for path in paths if "car" in path.name), paths[0]), asked.speed, asked.rounds)


if __name__ == "__main__":
    main()
