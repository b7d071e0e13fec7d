"""What a deinterlacing network learns from: short films woven into fields, and the lines that were left out.

    clips, photos ─► six instants ─► softened, noisy ─► alternate lines ─► sometimes MPEG-2 ─► five fields
                          └──────── the middle one's other lines: what should come out

The five fields are those at instants −2 to 2. Those at −2, 0 and 2 are the even lines; those at −1 and 1 the odd ones,
which are wanted at 0. A bottom field is the same thing one line further down.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["FIELDS", "HELD_OUT", "Material", "Sample", "clips", "decoded", "woven"]

FIELDS = 5
HELD_OUT = ("asl-night", "asl-walk", "car-detection")
"""Clips that are measured with and never learned from."""
_INSTANTS = 6
_CLIP = 0.45
"""Share of samples that are cut from clips; the others are photos set in motion."""
_TEXT = 0.2
"""Share of the latter that are letters."""
_ROOM = 2
"""Times as large as it will be in which a photo is moved: it is as sharp as a camera's picture afterwards."""
_PATTERNS = (
    (0.6, ((0, 1, 2, 3, 4, 5),)),
    (0.14, ((1, 1, 2, 2, 3, 3), (1, 2, 2, 3, 3, 4))),
    (0.14, ((1, 1, 2, 2, 2, 3), (1, 2, 2, 2, 3, 3), (2, 2, 2, 3, 3, 4), (1, 1, 1, 2, 2, 2))),
    (0.08, ((2, 2, 2, 2, 2, 2),)),
    (0.04, ((0, 1, 2, 1, 0, 0), (4, 3, 2, 3, 4, 4), (0, 1, 2, 3, 0, 0), (4, 1, 2, 3, 4, 4))),
)
"""Which picture each of six fields is of: video, film shown twice, 2:3 pulldown, nothing moving, a film's ends."""
_SOFT = ((0.5, (0.0, 1.0, 0.0)), (0.3, (0.25, 0.5, 0.25)), (0.2, (0.12, 0.76, 0.12)))
"""Interlaced cameras blend neighbouring lines against flicker: shares and taps."""
_CODED, _NOISY, _CUT = 0.3, 0.3, 0.04

Film = NDArray[np.float32]
"""(instants, H, W), 0 to 255."""


@dataclass(frozen=True, slots=True)
class Sample:
    """`fields` (5, h, w) and `wanted` (h, w), 8 bits."""

    fields: NDArray[np.uint8]
    wanted: NDArray[np.uint8]


def clips(folder: Path, most: int = 200) -> list[NDArray[np.uint8]]:
    """The lumas of the clips to learn from, (frames, H, W) each; of long ones the last `most` frames of two thirds."""
    return [decoded(path, most) for path in sorted(folder.glob("*.m*")) if path.stem not in HELD_OUT]


def decoded(path: Path, most: int) -> NDArray[np.uint8]:
    """The luma of `most` frames of a film, those up to two thirds of it where there are more."""
    with av.open(str(path)) as source:
        stream = source.streams.video[0]
        skip = max(0, (stream.frames or 0) * 2 // 3 - most)
        frames = (frame.reformat(format="gray", threads=1).to_ndarray() for frame in source.decode(stream))
        return np.stack(list(islice(frames, skip, skip + most)))


def woven(film: Film, wanted: int = 2) -> Sample:
    """The fields around the instant `wanted` of a film, and the lines that the one there lacks."""
    pictures = np.clip(np.rint(film), 0, 255).astype(np.uint8)
    fields = [pictures[wanted + at, abs(at) % 2 :: 2] for at in range(-2, 3)]
    return Sample(np.stack(fields), pictures[wanted, 1::2])


class Material:
    """Samples by chance, without end."""

    def __init__(
        self, films: Sequence[NDArray[np.uint8]], photos: Sequence[NDArray[np.uint8]], side: int
    ) -> None:
        """From clips' lumas and photos' lumas, `side` pixels wide and high."""
        self._films, self._photos, self._side = films, photos, side
        self._room = np.array([len(film) for film in films], float)
        self._share = _CLIP if films else 0.0

    def samples(self, count: int, rng: np.random.Generator) -> list[Sample]:
        """`count` samples, a square number."""
        clean = [self._film(rng) for _ in range(count)]
        truth = [woven(film).wanted for film in clean]
        shown = [film + rng.normal(0, rng.uniform(0.5, 4), film.shape) if rng.random() < _NOISY else film
                 for film in clean]  # fmt: skip
        if rng.random() < _CODED:
            shown = _coded(shown, rng)
        return [Sample(woven(film).fields, wanted) for film, wanted in zip(shown, truth, strict=True)]

    def _film(self, rng: np.random.Generator) -> Film:
        film = self._one(rng)
        if rng.random() < _CUT:
            at = int(rng.integers(1, _INSTANTS))
            film = np.concatenate([film[:at], self._one(rng)[at:]])
        patterns = _drawn(_PATTERNS, rng)
        film = film[list(patterns[int(rng.integers(len(patterns)))])]
        taps = np.array(_drawn(_SOFT, rng), np.float32)
        return np.stack([cv2.filter2D(one, -1, taps[:, None], borderType=cv2.BORDER_REFLECT) for one in film])

    def _one(self, rng: np.random.Generator) -> Film:
        film = self._clip(rng) if rng.random() < self._share else _moved(self._photos, self._side, rng)
        if rng.random() < 0.5:
            film = film[::-1]
        if rng.random() < 0.5:
            film = film[:, :, ::-1]
        if rng.random() < 0.5:
            film = film[:, ::-1]
        if rng.random() < 0.3:
            film = film.transpose(0, 2, 1)
        return np.ascontiguousarray(film)

    def _clip(self, rng: np.random.Generator) -> Film:
        """A stretch of a clip, where something moves in most of them."""
        film = self._films[int(rng.choice(len(self._films), p=self._room / self._room.sum()))]
        shrink = rng.choice([1.0, 1.0, 1.4, 2.0])
        side = round(self._side * shrink)
        best, most = None, -1.0
        for _ in range(1 if rng.random() < 0.15 else 6):
            n = int(rng.integers(len(film) - _INSTANTS))
            y, x = (int(rng.integers(room - side + 1)) for room in film.shape[1:])
            part = film[n : n + _INSTANTS, y : y + side, x : x + side]
            moved = float(np.abs(part[2].astype(np.float32) - part[3]).mean())
            if moved > most:
                best, most = part, moved
        assert best is not None
        size = (self._side, self._side)
        return np.stack([one if shrink == 1 else cv2.resize(one, size, interpolation=cv2.INTER_AREA)
                         for one in best]).astype(np.float32)  # fmt: skip


def _drawn(rows: Sequence[tuple[float, object]], rng: np.random.Generator) -> tuple[tuple[float, ...], ...]:
    return rows[int(rng.choice(len(rows), p=[share for share, _ in rows]))][1]  # pyright: ignore[reportReturnType]


def _moved(photos: Sequence[NDArray[np.uint8]], side: int, rng: np.random.Generator) -> Film:
    """A photo that is panned, turned and zoomed, with things that move before it."""
    wide = side * _ROOM
    if rng.random() < _TEXT:
        return _rolling(photos, side, rng)
    film = _drifting(photos[int(rng.integers(len(photos)))], wide, rng)
    for _ in range(int(rng.choice([0, 0, 1, 1, 2]))):
        path = _path(rng)
        thing = _drifting(photos[int(rng.integers(len(photos)))], wide, rng, path)
        mask = _mask(wide, rng)
        for n in range(_INSTANTS):
            part = cv2.warpAffine(
                mask, _placed(path, n, wide, np.zeros(2)), (wide, wide), flags=cv2.INTER_LINEAR
            )
            film[n] += (thing[n] - film[n]) * part
    return np.stack([cv2.resize(one, (side, side), interpolation=cv2.INTER_AREA) for one in film])


def _rolling(photos: Sequence[NDArray[np.uint8]], side: int, rng: np.random.Generator) -> Film:
    """Lines of letters that roll, crawl or stand before a photo or a plain ground."""
    wide = side * _ROOM
    film = _drifting(photos[int(rng.integers(len(photos)))], wide, rng)
    if rng.random() < 0.5:
        film = np.full_like(film, rng.integers(0, 256))
    size, high = rng.uniform(0.5, 2.2), 0
    page = np.zeros((wide, wide), np.uint8)
    while high < wide + 40:
        text = "".join(chr(int(rng.integers(48, 123))) for _ in range(14))
        high += int(rng.uniform(20, 32) * size)
        cv2.putText(page, text, (int(rng.integers(-40, 10)), high), cv2.FONT_HERSHEY_SIMPLEX, size, 255,
                    int(rng.integers(1, 5)), cv2.LINE_AA)  # fmt: skip
    speed = (
        0.0
        if rng.random() < 0.1
        else float(np.exp(rng.uniform(np.log(0.2), np.log(6)))) * rng.choice([-1, 1])
    )
    path = np.array([speed, 0, 0, 0] if rng.random() < 0.3 else [0, speed, 0, 0], float)
    light = float(rng.integers(0, 256))
    made = []
    for n in range(_INSTANTS):
        mask = cv2.warpAffine(page.astype(np.float32) / 255, _placed(path, n, wide, np.zeros(2)), (wide, wide),
                              flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)  # fmt: skip
        made.append(
            cv2.resize(film[n] + (light - film[n]) * mask, (side, side), interpolation=cv2.INTER_AREA)
        )
    return np.stack(made)


def _path(rng: np.random.Generator) -> NDArray[np.float64]:
    """Pixels right and down, turn and growth for each instant: slow things more often than fast ones."""
    still = rng.random() < 0.15
    speed = 0 if still else np.exp(rng.uniform(np.log(0.15), np.log(10)))
    way = rng.uniform(0, 2 * np.pi) if rng.random() < 0.6 else rng.choice(4) * np.pi / 2
    turn, growth = (
        (rng.normal(0, 0.01), rng.normal(0, 0.01)) if rng.random() < 0.3 and not still else (0.0, 0.0)
    )
    return np.array([speed * np.cos(way), speed * np.sin(way), turn, growth])


def _placed(path: NDArray[np.float64], n: int, wide: int, corner: NDArray[np.float64]) -> NDArray[np.float64]:
    """Where a picture that moves along a path is at an instant; from the middle one, in the room's pixels."""
    at = n - 2
    grown, turned = 1 + path[3] * at, path[2] * at
    turn = grown * np.array([[np.cos(turned), -np.sin(turned)], [np.sin(turned), np.cos(turned)]])
    middle = np.full(2, wide / 2)
    shift = middle + path[:2] * _ROOM * at - turn @ (middle + corner)
    return np.concatenate([turn, shift[:, None]], 1)


def _drifting(photo: NDArray[np.uint8], wide: int, rng: np.random.Generator,
              path: NDArray[np.float64] | None = None) -> Film:  # fmt: skip
    path = _path(rng) if path is None else path
    high, broad = photo.shape
    corner = np.array([rng.uniform(0, max(1, broad - wide)), rng.uniform(0, max(1, high - wide))])
    return np.stack([
        cv2.warpAffine(photo, _placed(path, n, wide, corner), (wide, wide), flags=cv2.INTER_LINEAR,
                       borderMode=cv2.BORDER_REFLECT_101)
        for n in range(_INSTANTS)
    ]).astype(np.float32)  # fmt: skip


def _mask(wide: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """A shape with an edge of about a pixel: letters, a bar, or something round or angular."""
    mask = np.zeros((wide, wide), np.uint8)
    kind = rng.random()
    if kind < 0.25:
        text = "".join(chr(int(rng.integers(65, 91))) for _ in range(4))
        size = rng.uniform(0.6, 2)
        place = (int(rng.integers(-10, wide // 2)), int(rng.integers(20, wide)))
        cv2.putText(
            mask, text, place, cv2.FONT_HERSHEY_SIMPLEX, size, 255, int(rng.integers(1, 5)), cv2.LINE_AA
        )
    elif kind < 0.45:
        ends = [tuple(int(one) for one in rng.integers(0, wide, 2)) for _ in range(2)]
        cv2.line(mask, ends[0], ends[1], 255, int(rng.integers(2, 14)), cv2.LINE_AA)
    elif kind < 0.75:
        axes = tuple(int(one) for one in rng.integers(6, wide // 3, 2))
        middle = tuple(int(one) for one in rng.integers(0, wide, 2))
        cv2.ellipse(mask, middle, axes, float(rng.uniform(0, 180)), 0, 360, 255, -1, cv2.LINE_AA)
    else:
        corners = rng.integers(0, wide, (int(rng.integers(3, 6)), 2)).astype(np.int32)
        cv2.fillPoly(mask, [corners], 255, cv2.LINE_AA)
    return mask.astype(np.float32) / 255


def _coded(films: list[Film], rng: np.random.Generator) -> list[Film]:
    """Films as fields of MPEG-2: all side by side in one film of three woven frames, encoded and decoded."""
    side, across = films[0].shape[1], round(len(films) ** 0.5)
    frames: list[NDArray[np.uint8]] = []
    for first in range(0, _INSTANTS, 2):
        frame = np.zeros((side * across, side * across), np.uint8)
        for number, film in enumerate(films):
            y, x = (side * one for one in divmod(number, across))
            for line in (0, 1):
                lines = np.clip(np.rint(film[first + line, line::2]), 0, 255)
                frame[y + line : y + side : 2, x : x + side] = lines
        frames.append(frame)
    made = [np.array(film) for film in films]
    for first, frame in zip(range(0, _INSTANTS, 2), _mpeg2(frames, int(rng.integers(2, 8))), strict=True):
        for number, film in enumerate(made):
            y, x = (side * one for one in divmod(number, across))
            for line in (0, 1):
                film[first + line, line::2] = frame[y + line : y + side : 2, x : x + side]
    return made


def _mpeg2(frames: Sequence[NDArray[np.uint8]], steps: int) -> list[NDArray[np.uint8]]:
    """Luma as it comes out of interlaced MPEG-2 of a quantiser."""
    coder = av.CodecContext.create("mpeg2video", "w")
    assert isinstance(coder, av.VideoCodecContext)
    coder.height, coder.width = frames[0].shape
    coder.pix_fmt, coder.time_base, coder.framerate = "yuv420p", Fraction(1, 25), Fraction(25)
    coder.thread_count = 1
    coder.options = {
        "qmin": f"{steps}",
        "qmax": f"{steps}",
        "b": "50M",
        "flags": "+ildct+ilme",
        "alternate_scan": "1",
    }
    given: list[av.VideoFrame | None] = []
    for number, luma in enumerate(frames):
        grey = np.full((luma.shape[0] // 2, luma.shape[1]), 128, np.uint8)
        frame = av.VideoFrame.from_ndarray(np.concatenate([luma, grey]), "yuv420p")
        frame.pts = number
        given.append(frame)
    decoder = av.CodecContext.create("mpeg2video", "r")
    assert isinstance(decoder, av.VideoCodecContext)
    decoder.thread_count = 1
    packets = [packet for one in (*given, None) for packet in coder.encode(one)]
    shown = [frame for packet in (*packets, None) for frame in decoder.decode(packet)]
    return [frame.to_ndarray()[: frames[0].shape[0]] for frame in shown]
