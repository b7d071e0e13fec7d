"""Faces in films: where each face is from moment to moment.

    frames ─► two and a half times a second: a small copy ─► YuNet, else two cascades ─► boxes with how sure they are
           ─► linked from look to look within a shot ─► faces that are sure at least once ─► tracks

Looks are as cheap as they can be: upright faces only, no points of them. Between looks a face moves evenly, and before
the first and after the last as beside them; where it comes or goes it fades from one look to the next, and at a cut it
begins and ends at once. What changes suddenly is looked at sooner, so that a shot is seen from its first picture on. A
track holds only what cannot be told from the rest of it.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from dreamreel.analyse.faces import YUNET_FILE
from dreamreel.analyse.look import FilePicture, every, file_picture, luma, small
from dreamreel.analyse.scenes import HEIGHT, WIDTH, cuts
from dreamreel.places import models_folder

if TYPE_CHECKING:
    import av
    from cv2.typing import MatLike

__all__ = [
    "Box",
    "Look",
    "Seen",
    "Track",
    "Watch",
    "between",
    "detect",
    "faces_of",
    "finder",
    "in_picture",
    "linked",
    "thinned",
]

_U8: TypeAlias = NDArray[np.uint8]

_STEP: Final = Fraction(2, 5)
"""Seconds from one look to the next."""
_SOONER: Final = Fraction(1, 10)
"""The same where a picture is unlike the one before."""
_UNLIKE: Final = 14.0
"""Steps of 255 by which it is, in the mean."""
_POINTS: Final = (18, 32)
"""Rows and columns of samples that are compared."""
_LONGEST: Final = 640
"""Pixels of the longer side of what is looked at."""
_COARSER: Final = 480
"""The same for cascades, which are slow."""
_LEAST: Final = 32
"""Pixels of the shorter side, below which no face is looked for."""
_SMALLEST: Final = 12
"""Pixels of a face, in what is looked at."""
_SURE, _PLAUSIBLE = 0.85, 0.6
"""How sure a detector must be of a face once, and each time."""
_MISSED: Final = 3
"""Looks in a row in which a face may be missed, as when it turns away, and still be the same."""
_NEAR: Final = 0.8
"""Widths by which a face may move from one look to the next."""
_ALIKE: Final = 1.6
"""How many times as large it may become."""
_OFF: Final = 0.06
"""Of a face's size, by how much a box may lie beside the straight line between two others that make it needless."""


@dataclass(frozen=True, slots=True)
class Box:
    """A face in one picture, in shares of the picture's width and height."""

    x: float
    """Of its middle."""
    y: float
    wide: float
    high: float
    sure: float = 1.0
    """0 to 1."""


@dataclass(frozen=True, slots=True)
class Look:
    """All that was seen at one time."""

    time: Fraction
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """Where a face is at one time."""

    time: Fraction
    box: Box
    weight: float = 1.0
    """0 where it is not there yet, or any more, to 1."""


Track: TypeAlias = tuple[Seen, ...]
"""One face, in the order of time; it is there from the first time up to, and without, the last."""

Finder: TypeAlias = Callable[[_U8], list[Box]]
"""Finds the upright faces of a picture (H, W, 3), BGR."""


def detect(path: Path, start: Fraction = Fraction(0), end: Fraction | None = None, *,
           models: Path | None = None) -> tuple[Track, ...]:  # fmt: skip
    """The faces of a film in `[start, end)`; times count from `start`. Decodes that part whole.

    YuNet is used when its file lies in `models` (default: `models_folder()`), else OpenCV's Haar cascades. The same
    film gives the same tracks. Raises what opening the file raises, and `BadParameter` when it has no picture.
    """
    film = file_picture(path, "looking for faces")
    watch = Watch(film, models)
    times: list[Fraction] = []

    def thumbnails() -> Iterator[_U8]:
        for time, frame in every(path, start, end):
            now = max(time - start, Fraction(0))
            times.append(now)
            watch(now, frame)
            yield small(frame, WIDTH, HEIGHT)

    borders = [times[number] for number in cuts(times, thumbnails())]
    length = (film.found.duration if end is None else end) - start
    return linked(watch.looks, borders, max(length, Fraction(0)))


class Watch:
    """Looks for faces in frames that come by, as often as is enough."""

    def __init__(self, film: FilePicture, models: Path | None = None) -> None:
        """Of `film`; as in `detect`."""
        self._film, self._find = film, finder(models)
        self._due = self._sooner = Fraction(0)
        self._points: _U8 | None = None
        self.looks: list[Look] = []
        """What was seen so far."""

    def __call__(self, time: Fraction, frame: av.VideoFrame) -> None:
        """The next frame, which begins at `time`."""
        sudden = self._sudden(frame)
        if time >= self._due or (sudden and time >= self._sooner):
            self.looks.append(Look(time, tuple(self._find(_picture(frame, self._film)))))
            self._due = (time // _STEP + 1) * _STEP
            self._sooner = time + _SOONER

    def _sudden(self, frame: av.VideoFrame) -> bool:
        """Whether a frame is unlike the one before."""
        plane = luma(frame).plane
        steps = [max(1, side // count) for side, count in zip(plane.shape, _POINTS, strict=True)]
        before, self._points = self._points, plane[:: steps[0], :: steps[1]].copy()
        if before is None or before.shape != self._points.shape:
            return False
        return float(np.abs(self._points.astype(np.int16) - before).mean()) > _UNLIKE


def faces_of(looks: Iterable[Look]) -> tuple[int, float]:
    """How many faces were seen at once, at the most, and how high the highest was, as a share of the picture."""
    sure = [[box.high for box in look.boxes if box.sure >= _SURE] for look in looks]
    return max(map(len, sure), default=0), max((high for one in sure for high in one), default=0.0)


def in_picture(picture: _U8, models: Path | None = None) -> tuple[Box, ...]:
    """The upright faces of one picture (H, W, 3), BGR, of which the detector is sure; as in `detect`.

    It is looked at as it is and at the size of a film's looks: a face fills a portrait, and is lost in a group.
    """
    find = finder(models)
    share = _LONGEST / max(picture.shape[:2])
    found: list[Box] = []
    for scale in (share, 1.0) if share < 1 else (1.0,):
        size = tuple(max(1, round(side * scale)) for side in picture.shape[1::-1])
        looked = picture if scale == 1 else cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        for box in find(np.asarray(looked, np.uint8)):
            if box.sure >= _SURE and not any(_same(box, one) for one in found):
                found.append(box)
    return tuple(found)


def _same(one: Box, other: Box) -> bool:
    wide, high = max(one.wide, other.wide), max(one.high, other.high)
    return math.hypot((one.x - other.x) / wide, (one.y - other.y) / high) < _ALIKE / 4


def _picture(frame: av.VideoFrame, film: FilePicture) -> _U8:
    """A frame upright, with square pixels, small, as BGR."""
    sar = 1 / film.track.sar if film.track.rotation.swaps_sides else film.track.sar
    wide = float(frame.width * sar)
    scale = min(1.0, _LONGEST / max(wide, frame.height))
    size = (max(1, round(wide * scale)), max(1, round(frame.height * scale)))
    flat = frame.reformat(*size, "bgr24", interpolation="AREA", threads=1)
    pixels = np.asarray(flat.to_ndarray(), np.uint8)
    rotation = film.track.rotation
    turned = pixels[:, ::-1] if rotation.mirrored else pixels
    return np.ascontiguousarray(np.rot90(turned, rotation.degrees // 90))


# ── finding ───────────────────────────────────────────────────────────────────────────────────────────────────


def finder(models: Path | None = None) -> Finder:
    """What finds the upright faces of a small picture: quickly, and with how sure it is."""
    model = (models or models_folder()) / YUNET_FILE
    find = _yunet(model) if model.is_file() else _cascades()
    return lambda picture: find(picture) if min(picture.shape[:2]) >= _LEAST else []


def _yunet(model: Path) -> Finder:
    """Wu, Peng and Yu, "YuNet: A Tiny Millisecond-level Face Detector", Machine Intelligence Research 20, 2023."""
    detector = cv2.FaceDetectorYN.create(str(model), "", (320, 320), _PLAUSIBLE, 0.3, 200)

    def find(picture: _U8) -> list[Box]:
        height, width = picture.shape[:2]
        detector.setInputSize((width, height))
        _, rows = detector.detect(picture)
        # OpenCV returns None, not an empty array, when there is no face; its type stub does not say so.
        table = np.zeros((0, 15)) if rows is None else np.asarray(rows, np.float64)  # pyright: ignore[reportUnnecessaryComparison]
        return [
            _box((x, y, wide, high), float(sure), width, height)
            for (x, y, wide, high), sure in zip(table[:, :4].tolist(), table[:, 14], strict=True)
            if wide >= _SMALLEST and high > 0
        ]

    return find


def _cascades() -> Finder:
    """What one cascade sees is plausible, what two see is sure (Viola and Jones, CVPR 2001)."""
    folder = Path(cv2.__file__).parent / "data"
    judges = [
        cv2.CascadeClassifier(str(folder / f"haarcascade_frontalface_{name}.xml"))
        for name in ("alt2", "default")
    ]

    def find(picture: _U8) -> list[Box]:
        height, width = picture.shape[:2]
        share = min(1.0, _COARSER / max(height, width))
        grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
        grey = cv2.equalizeHist(cv2.resize(grey, None, fx=share, fy=share, interpolation=cv2.INTER_AREA))
        first = _squares(judges[0], grey)
        second = _squares(judges[1], grey) if first else []
        height, width = grey.shape
        return [
            _box(one, 0.9 if any(_meets(one, other) for other in second) else 0.65, width, height)
            for one in first
        ]

    return find


def _squares(judge: cv2.CascadeClassifier, grey: MatLike) -> list[tuple[float, float, float, float]]:
    return [
        (x, y, w, h) for x, y, w, h in np.asarray(judge.detectMultiScale(grey, 1.2, 4, 0, (24, 24))).tolist()
    ]


def _meets(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    middles = ((x + w / 2, y + h / 2) for x, y, w, h in (one, other))
    return math.dist(*middles) < one[2] / 3


def _box(box: tuple[float, float, float, float], sure: float, width: int, height: int) -> Box:
    x, y, wide, high = box
    return Box((x + wide / 2) / width, (y + high / 2) / height, wide / width, high / height, min(1.0, sure))


# ── linking ───────────────────────────────────────────────────────────────────────────────────────────────────


def linked(looks: Iterable[Look], borders: Sequence[Fraction], end: Fraction) -> tuple[Track, ...]:
    """The faces of a film that ends at `end` and has cuts at `borders`, out of all looks at it."""
    tracks: list[Track] = []
    seen = list(looks)
    times = [one.time for one in seen]
    for low, high in pairwise([Fraction(0), *borders, end]):
        inside = seen[bisect_left(times, low) : bisect_left(times, high)]
        shown = [one.time for one in inside]
        sure = (chain for chain in _chains(inside) if max(box.sure for _, box in chain) >= _SURE)
        tracks += [thinned(_faded(chain, shown, low, high)) for chain in sure]
    return tuple(tracks)


def _chains(looks: Sequence[Look]) -> list[list[tuple[int, Box]]]:
    """For each face the numbers of the looks that saw it, and where: nearest to nearest."""
    chains: list[list[tuple[int, Box]]] = []
    for number, look in enumerate(looks):
        open_ = [chain for chain in chains if number - chain[-1][0] <= _MISSED + 1]
        pairs = sorted(
            (far, at, place)
            for at, chain in enumerate(open_)
            for place, box in enumerate(look.boxes)
            if (far := _far(chain[-1][1], box)) < _NEAR * (1 + (number - chain[-1][0] - 1) / 2)
        )
        taken: set[int] = set()
        gone: set[int] = set()
        for _, at, place in pairs:
            if place not in taken and at not in gone:
                open_[at].append((number, look.boxes[place]))
                taken.add(place)
                gone.add(at)
        chains += [[(number, box)] for place, box in enumerate(look.boxes) if place not in taken]
    return chains


def _far(one: Box, other: Box) -> float:
    """How far two boxes are apart, in their mean sizes; infinitely where one is much larger."""
    wide, high = (one.wide + other.wide) / 2, (one.high + other.high) / 2
    ratio = one.wide / other.wide
    if not 1 / _ALIKE <= ratio <= _ALIKE:
        return math.inf
    return math.hypot((one.x - other.x) / wide, (one.y - other.y) / high)


def _faded(
    chain: Sequence[tuple[int, Box]], times: Sequence[Fraction], low: Fraction, high: Fraction
) -> Track:
    """A face that fades in from the look before it was seen first, and out until the look after the last.

    Within a shot it is there from its beginning on and to its end, moving on as it does between the nearest looks.
    """
    track = [Seen(times[number], box) for number, box in chain]
    first, after = chain[0][0], chain[-1][0] + 1
    begins, ends = times[first - 1] if first else low, times[after] if after < len(times) else high
    begin = replace(_beyond(track[:2], begins), weight=0.0 if first else 1.0)
    end = replace(_beyond(track[:-3:-1], ends), weight=0.0 if after < len(times) else 1.0)
    return (*([begin] if begin.time < track[0].time else []), *track, end)


def _beyond(two: Sequence[Seen], time: Fraction) -> Seen:
    """Where a face is at a time before the first of two looks, or after it when they come backwards.

    It goes on evenly, no farther than it moved between them; where there is one look only, or much between, it stays.
    """
    near = two[0]
    if len(two) < 2 or abs(two[1].time - near.time) > _STEP * 3 / 2:
        return replace(near, time=time)
    share = min(1.0, abs(float((near.time - time) / (two[1].time - near.time))))
    a, b = near.box, two[1].box
    grown = [side + share * (side - other) for side, other in ((a.wide, b.wide), (a.high, b.high))]
    if not all(side / 2 < now < side * 2 for now, side in zip(grown, (a.wide, a.high), strict=True)):
        grown = [a.wide, a.high]
    return Seen(time, Box(a.x + share * (a.x - b.x), a.y + share * (a.y - b.y), *grown))


def thinned(track: Track) -> Track:
    """The track without what straight lines between the rest of it give; Douglas and Peucker's way, 1973."""
    kept = {0, len(track) - 1}
    open_ = [(0, len(track) - 1)]
    while open_:
        low, high = open_.pop()
        offs = [_off(one, between(track[low], track[high], one.time)) for one in track[low + 1 : high]]
        if offs and max(offs) > _OFF:
            worst = low + 1 + offs.index(max(offs))
            kept.add(worst)
            open_ += [(low, worst), (worst, high)]
    return tuple(track[number] for number in sorted(kept))


def between(one: Seen, other: Seen, time: Fraction) -> Seen:
    """Where a face is between two times, moving evenly."""
    share = float((time - one.time) / (other.time - one.time)) if other.time > one.time else 0.0

    def mixed(low: float, high: float) -> float:
        return low + share * (high - low)

    a, b = one.box, other.box
    box = Box(*(mixed(getattr(a, name), getattr(b, name)) for name in ("x", "y", "wide", "high")))
    return replace(one, time=time, box=box, weight=mixed(one.weight, other.weight))


def _off(one: Seen, guess: Seen) -> float:
    a, b = one.box, guess.box
    return max(abs(a.x - b.x) / a.wide, abs(a.y - b.y) / a.high, abs(a.wide - b.wide) / a.wide,
               abs(a.high - b.high) / a.high, abs(one.weight - guess.weight))  # fmt: skip
