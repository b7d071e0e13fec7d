"""Deinterlacing by the network, next to FFmpeg's `bwdif`, `yadif`, `w3fdif` and `estdif`.

    benchmarks/deinterlacing.py [--clips FOLDER] [--photos FOLDER] [--frames 40] [--speed 24] [--rounds 2]

Quality: progressive films are woven, every frame of theirs one field, and each field is made a whole frame again: PSNR
of luma of the lines that were made, and of whole frames, the mean over the frames without the first and last four.
The films are the clips that the network never learned from, once more as if a camera had softened the lines and MPEG-2
had encoded the fields; photos it never saw, panned, tilted and zoomed; letters that roll by; photos that stand still.
Speed: fields a second of a woven clip at 720×576, frames in memory to frames in memory, in turns, the best counts.
The bars: no film worse than `bwdif` by more than 0.1 dB, and 1 dB better on the mean of those that move.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import partial
from pathlib import Path

import av
import av.filter
import cv2
import numpy as np
from numpy.typing import NDArray
from pairs import rates

from dreamreel.neural.catalog import deinterlacer
from dreamreel.neural.unweave import FieldWorker

__all__ = ["main"]

_MEDIA = Path(os.environ.get("DREAMREEL_MEDIA") or Path(__file__).resolve().parents[2] / "shared" / "media")
_CLIPS = ("asl-night", "asl-walk", "car-detection")
_PHOTOS = ("100099", "118072", "135037", "253036")
"""Those that were kept from training: see `training.fields` and `training.photos.held_out`."""
_PEERS = {
    "bwdif": "mode=send_field",
    "yadif": "mode=send_field",
    "w3fdif": "mode=field:deint=all",
    "estdif": "mode=field",
}
_OURS = "network"
_EDGE = 4
_SIZE = (640, 480)
_PHOTO = (320, 208)
"""Pixels of a film of a photo: small enough for it to be sharp."""
_Luma = NDArray[np.uint8]


def _film(path: Path, count: int) -> list[_Luma]:
    """Lumas of a clip, from a third of it on, as many as there are up to `count`; an even number."""
    with av.open(str(path)) as source:
        stream = source.streams.video[0]
        skip = max(0, min((stream.frames or 0) // 3, (stream.frames or 0) - count))
        frames = [frame.reformat(format="gray", threads=1).to_ndarray()
                  for number, frame in enumerate(source.decode(stream)) if skip <= number < skip + count]  # fmt: skip
    return [frame[: frame.shape[0] // 4 * 4] for frame in frames[: len(frames) // 2 * 2]]


def _moved(
    photo: NDArray[np.uint8], count: int, step: tuple[float, float], growth: float = 0.0
) -> list[_Luma]:
    """A camera over a photo: pixels right and down from field to field, and growth; halved at the end, to be sharp."""
    made: list[_Luma] = []
    wide, high = 2 * _PHOTO[0], 2 * _PHOTO[1]
    scale = max(wide / photo.shape[1], high / photo.shape[0]) * 1.15
    for n in range(count):
        size = scale * (1 + growth * n)
        x, y = (wide - photo.shape[1] * size) / 2, (high - photo.shape[0] * size) / 2
        shift = [2 * one * (n - count / 2) for one in step]
        place = np.array([[size, 0, x + shift[0]], [0, size, y + shift[1]]])
        large = cv2.warpAffine(
            photo, place, (wide, high), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101
        )
        made.append(cv2.resize(large, _PHOTO, interpolation=cv2.INTER_AREA))
    return made


def _letters(count: int, step: float) -> list[_Luma]:
    """Credits that roll up."""
    sheet = np.full((2 * _SIZE[1] * 3, 2 * _SIZE[0]), 16, np.uint8)
    for row in range(34):
        words = f"{row:02} In the order of appearance & more"
        cv2.putText(
            sheet, words, (60 + 7 * row, 60 + 84 * row), cv2.FONT_HERSHEY_SIMPLEX, 1.6, 235, 3, cv2.LINE_AA
        )
    made = []
    for n in range(count):
        place = np.array([[1, 0, 0], [0, 1, -2 * step * n]], float)
        large = cv2.warpAffine(sheet, place, (2 * _SIZE[0], 2 * _SIZE[1]), flags=cv2.INTER_CUBIC)
        made.append(cv2.resize(large, _SIZE, interpolation=cv2.INTER_AREA))
    return made


def _soft(film: Sequence[_Luma]) -> list[_Luma]:
    """Lines blended with their neighbours, as interlaced cameras do against flicker."""
    taps = np.array([[0.25], [0.5], [0.25]])
    return [cv2.filter2D(one, -1, taps, borderType=cv2.BORDER_REFLECT) for one in film]


def _woven(film: Sequence[_Luma]) -> list[av.VideoFrame]:
    """The top field first."""
    frames: list[av.VideoFrame] = []
    for n in range(0, len(film) - 1, 2):
        luma = film[n].copy()
        luma[1::2] = film[n + 1][1::2]
        grey = np.full((luma.shape[0] // 2, luma.shape[1]), 128, np.uint8)
        frame = av.VideoFrame.from_ndarray(np.concatenate([luma, grey]), "yuv420p")
        frame.pts, frame.time_base = n // 2, Fraction(1, 25)
        frames.append(frame)
    return frames


def _encoded(frames: Sequence[av.VideoFrame]) -> list[av.VideoFrame]:
    """As they come out of interlaced MPEG-2 of a good quality."""
    coder, decoder = av.CodecContext.create("mpeg2video", "w"), av.CodecContext.create("mpeg2video", "r")
    assert isinstance(coder, av.VideoCodecContext)
    assert isinstance(decoder, av.VideoCodecContext)
    coder.width, coder.height = frames[0].width, frames[0].height
    coder.pix_fmt, coder.time_base, coder.framerate = "yuv420p", Fraction(1, 25), Fraction(25)
    coder.options = {"qmin": "3", "qmax": "3", "b": "50M", "flags": "+ildct+ilme"}
    packets = [packet for frame in (*frames, None) for packet in coder.encode(frame)]
    shown = [frame for packet in (*packets, None) for frame in decoder.decode(packet)]
    for number, frame in enumerate(shown):
        frame.pts, frame.time_base = number, Fraction(1, 25)
    return shown


def _theirs(name: str) -> Callable[[Sequence[av.VideoFrame]], list[_Luma]]:
    def run(frames: Sequence[av.VideoFrame]) -> list[_Luma]:
        graph = av.filter.Graph()
        first = frames[0]
        start = graph.add_buffer(width=first.width, height=first.height, format="yuv420p", time_base="1/25")
        middle, end = graph.add(name, f"{_PEERS[name]}:parity=tff"), graph.add("buffersink")
        start.link_to(middle)
        middle.link_to(end)
        graph.configure()
        made: list[_Luma] = []

        def pull() -> None:
            while True:
                try:
                    frame = graph.pull()
                except (BlockingIOError, EOFError):
                    return
                assert isinstance(frame, av.VideoFrame)
                made.append(frame.to_ndarray()[: frame.height])

        for frame in frames:
            graph.push(frame)
            pull()
        graph.push(None)
        pull()
        return made

    return run


def _ours(frames: Sequence[av.VideoFrame]) -> list[_Luma]:
    worker = FieldWorker(deinterlacer(), 0, Fraction(50), "int8", still=False)
    twice = [frame for frame in frames for _ in (0, 1)]
    made: list[_Luma] = []
    for n in range(len(twice)):
        low = max(0, n - 2)
        made.append(worker(twice[low : n + 3], n - low, Fraction(n, 50)).to_ndarray()[: frames[0].height])
    return made


_ALL: Mapping[str, Callable[[Sequence[av.VideoFrame]], list[_Luma]]] = {
    _OURS: _ours, **{name: _theirs(name) for name in _PEERS},
}  # fmt: skip


def _psnr(one: _Luma, other: _Luma) -> float:
    return 10 * float(np.log10(255**2 / max(1e-2, float(np.mean((one.astype(float) - other) ** 2)))))


def _films(clips: Path, photos: Path, count: int) -> Iterator[tuple[str, list[_Luma], bool]]:
    """What each is called, its pictures, and whether it goes through MPEG-2."""
    for name in _CLIPS:
        for path in clips.glob(f"{name}.*"):
            yield name, _film(path, count), False
            yield f"{name}, soft, MPEG-2", _soft(_film(path, count)), True
    for name in _PHOTOS:
        for path in photos.rglob(f"{name}.*"):
            photo = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
            assert photo is not None
            grey = photo.astype(np.uint8)
            yield f"{name}, panned", _moved(grey, count, (1.7, 0.0)), False
            yield f"{name}, panned aslant", _moved(grey, count, (4.3, 1.6)), False
            yield f"{name}, tilted", _moved(grey, count, (0.0, 0.75)), False
            yield f"{name}, zoomed", _moved(grey, count, (0.0, 0.0), 0.006), False
            yield f"{name}, still", _moved(grey, count, (0.0, 0.0)), False
    yield "credits, rolling", _letters(count, 0.8), False
    yield "credits, rolling, soft", _soft(_letters(count, 1.3)), False


def _quality(clips: Path, photos: Path, count: int) -> None:
    print(f"{'PSNR of luma, dB: made lines / frames':38}" + "".join(f"{name:>16}" for name in _ALL))
    rows: list[list[tuple[float, float]]] = []
    moving: list[list[tuple[float, float]]] = []
    for name, film, coded in _films(clips, photos, count):
        frames = _encoded(_woven(film)) if coded else _woven(film)
        row: list[tuple[float, float]] = []
        for run in _ALL.values():
            pairs = list(enumerate(zip(run(frames), film, strict=True)))[_EDGE:-_EDGE]
            lines = [_psnr(one[1 - n % 2 :: 2], other[1 - n % 2 :: 2]) for n, (one, other) in pairs]
            row.append((float(np.mean(lines)), float(np.mean([_psnr(*pair) for _, pair in pairs]))))
        rows.append(row)
        if "still" not in name:
            moving.append(row)
        print(f"{name:38}" + "".join(f"{one:8.2f} {other:7.2f}" for one, other in row))
    for name, chosen in (("mean", rows), ("mean of those that move", moving)):
        print(f"{name:38}" + "".join(f"{one:8.2f} {other:7.2f}" for one, other in np.mean(chosen, axis=0)))


def _speed(path: Path, count: int, rounds: int) -> None:
    film = [cv2.resize(one, (720, 576), interpolation=cv2.INTER_AREA) for one in _film(path, 2 * count)]
    frames = _woven(film)
    ways = {name: partial(run, frames) for name, run in _ALL.items()}
    rates(f"720×576, fields a second ({path.name})", ways, rounds)


def main() -> None:
    """Run what the arguments ask for and print tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--clips", type=Path, default=_MEDIA / "clips")
    parser.add_argument("--photos", type=Path, default=_MEDIA.parent / "training" / "bsds500")
    parser.add_argument("--frames", type=int, default=40)
    parser.add_argument("--speed", type=int, default=24, help="frames of the speed test; 0 leaves it out")
    parser.add_argument("--rounds", type=int, default=2)
    asked = parser.parse_args()
    if asked.frames:
        _quality(asked.clips, asked.photos, asked.frames)
    if asked.speed:
        _speed(next(asked.clips.glob("asl-walk.*")), asked.speed, asked.rounds)


if __name__ == "__main__":
    main()
