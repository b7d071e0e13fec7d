"""Faces in a photo: where the sleeper's eyes, nose and mouth are, upright or lying.

    photo ─ small copy ─┬─ model file ─► YuNet at four turns ─► a second look, upright ─────┐
                        └─ else ─► Haar cascade at twelve turns ─► votes of three cascades ─┴─► faces

Both roads look twice: the first pass finds candidates, the second turns each one upright, looks again and
rejects what does not hold (a dog, a guitar, leaves). Cascades give a box only, so five points are estimated from the
proportions of a face and refined by where the picture is dark (eyes, lash lines) and dark or red (lips).
This room may read model files; it writes nothing and keeps no state.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from dreamreel.analyse import _face_points as points_of
from dreamreel.places import models_folder

__all__ = ["Face", "Point", "face_from_points", "find_faces", "sleeper"]

Point: TypeAlias = tuple[float, float]
Source: TypeAlias = Literal["yunet", "cascade", "hand"]
_U8: TypeAlias = NDArray[np.uint8]
_F64: TypeAlias = NDArray[np.float64]

YUNET_FILE = "yunet_n_640_640.onnx"

_YUNET_SIDE, _YUNET_LOOK = 384, 192
_YUNET_SURE, _YUNET_PLAUSIBLE = 0.90, 0.70
# Upright faces may be small; a lying sleeper fills more of the picture, so turned copies can be coarser.
_SCAN_UPRIGHT, _SCAN_TURNED = 320, 216
_VOTE_TURNS = (-24, -16, -8, 0, 8, 16, 24)
_VOTE_CASCADES = ("frontalface_alt2", "frontalface_alt", "frontalface_default")
# Measured on about fifty photos: real faces collect 12 to 18 of 21 votes, the best impostor 10.
_VOTES_NEEDED = (4, 3, 3)
_VOTES_TOTAL = 11
# The last stage's sum of the first cascade: impostors with many votes stayed below 54.8, faces above 55.3.
_WEIGHT = 55.0


@dataclass(frozen=True)
class Face:
    """One face, in pixels of the picture it was found in; right and left are the sleeper's own."""

    box: tuple[float, float, float, float]
    """x, y, width, height of an upright rectangle around brow, cheeks and chin."""
    right_eye: Point
    left_eye: Point
    nose: Point
    mouth_right: Point
    mouth_left: Point
    angle: float
    """Roll in degrees: 0 upright, positive clockwise as seen, -180..180."""
    score: float
    """How sure the detector is, 0..1."""
    source: Source
    youth: float = 0.5
    """0 adult .. 1 infant: wide-set eyes over a short lower face, and smooth cheeks."""

    @property
    def points(self) -> tuple[Point, Point, Point, Point, Point]:
        """Right eye, left eye, nose, right and left mouth corner."""
        return self.right_eye, self.left_eye, self.nose, self.mouth_right, self.mouth_left

    @property
    def centre(self) -> Point:
        """Middle of the box."""
        return self.box[0] + self.box[2] / 2, self.box[1] + self.box[3] / 2

    def moved(self, scale: float, dx: float = 0.0, dy: float = 0.0) -> Face:
        """The same face after the picture was scaled by `scale`, then shifted by `dx`, `dy`."""
        x, y, w, h = self.box
        box = (x * scale + dx, y * scale + dy, w * scale, h * scale)
        a, b, c, d, e = ((px * scale + dx, py * scale + dy) for px, py in self.points)
        return Face(box, a, b, c, d, e, self.angle, self.score, self.source, self.youth)


def find_faces(rgb: _U8, *, models: Path | None = None) -> tuple[Face, ...]:
    """Every face of an RGB picture (H×W×3, uint8), the most likely sleeper first.

    YuNet (Wu, Peng and Yu 2023) is used when its file lies in `models` (default: `models_folder()`), else
    OpenCV's Haar cascades (Viola and Jones 2001). The same picture gives the same faces. It costs about 0.1 s
    with YuNet and 0.4 s without, whatever the size.
    """
    height, width = rgb.shape[:2]
    if min(height, width) < 32:
        return ()
    shrink = min(1.0, 640 / max(height, width))
    small = rgb if shrink == 1 else _resized(rgb, shrink)
    model = (models or models_folder()) / YUNET_FILE
    faces = list(_with_yunet(small, model) if model.is_file() else _with_cascades(small))
    faces.sort(key=lambda face: (-_suitability(face, small.shape[1], small.shape[0]), face.box))
    # Pixel centres sit at half: scaling a coordinate by 1/shrink also moves it by half the growth.
    half = (1 / shrink - 1) / 2
    return tuple(face.moved(1 / shrink, half, half) for face in faces)


def sleeper(faces: Iterable[Face], number: int | None = None) -> Face | None:
    """The face the dream belongs to: the first of `faces`, or the `number`-th (from 1) when the user names one.

    `find_faces` puts a child before an adult, a big face before a small one. None when there is no such face.
    """
    ordered = tuple(faces)
    index = 0 if number is None else number - 1
    return ordered[index] if 0 <= index < len(ordered) else None


def face_from_points(
    right_eye: Point, left_eye: Point, nose: Point, mouth_right: Point, mouth_left: Point
) -> Face:
    """A face from five points placed by hand; right and left may be the viewer's, they are told apart.

    Raises `ValueError` when the points do not form a face.
    """
    points = np.array([right_eye, left_eye, nose, mouth_right, mouth_left], np.float64)
    eyes, mouth = points[1] - points[0], points[3:].mean(0) - points[:2].mean(0)
    if eyes[0] * mouth[1] - eyes[1] * mouth[0] < 0:
        points = points[[1, 0, 2, 4, 3]]
    face = _face(points, 1.0, "hand", 0.5)
    if not np.isfinite(points).all() or face.box[2] < 4:
        raise ValueError("the five points lie on one another; place them on eyes, nose and mouth corners")
    return face


def _face(points: _F64, score: float, source: Source, youth: float) -> Face:
    """Box and roll follow from the points, so that every source means the same by them."""
    eyes, mouth = (points[0] + points[1]) / 2, (points[3] + points[4]) / 2
    down = mouth - eyes
    reach = max(float(np.hypot(*down)), 0.9 * float(np.hypot(*(points[1] - points[0]))))
    across = points[1] - points[0] + points[4] - points[3]
    roll = math.degrees(math.atan2(across[1], across[0]))
    centre = eyes + 0.42 * down
    side = 2.3 * reach
    box = (float(centre[0] - side / 2), float(centre[1] - side / 2), side, side)
    five = [(float(x), float(y)) for x, y in points]
    return Face(box, five[0], five[1], five[2], five[3], five[4], roll, score, source, youth)


def _suitability(face: Face, width: int, height: int) -> float:
    """The sleeper is young, large and not at the rim of the picture."""
    size = face.box[2] / math.sqrt(width * height)
    off = math.hypot((face.centre[0] - width / 2) / width, (face.centre[1] - height / 2) / height)
    return face.score * math.sqrt(size) * (0.35 + face.youth) * (1.15 - 0.5 * min(1.0, off))


def _resized(rgb: _U8, scale: float) -> _U8:
    size = (max(1, round(rgb.shape[1] * scale)), max(1, round(rgb.shape[0] * scale)))
    return np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.uint8)


def _turn(shape: tuple[int, ...], degrees: float) -> tuple[_F64, int]:
    """The matrix that turns a picture counter-clockwise on a square canvas, and the square's side."""
    h, w = shape[:2]
    side = math.ceil(math.hypot(h, w)) if degrees % 90 else max(h, w)
    matrix = np.asarray(cv2.getRotationMatrix2D((w / 2 - 0.5, h / 2 - 0.5), degrees, 1.0), np.float64)
    matrix[:, 2] += (side - w) / 2, (side - h) / 2
    return matrix, side


def _apply(matrix: _F64, points: _F64) -> _F64:
    return points @ matrix[:, :2].T + matrix[:, 2]


def _inverse(matrix: _F64) -> _F64:
    return np.asarray(cv2.invertAffineTransform(matrix), np.float64)


def _closeup(
    picture: _U8, centre: _F64, size: float, degrees: float, side: int, share: float
) -> tuple[_U8, _F64]:
    """A square of `side` px; in it a face of `size` px at `centre`, turned upright, takes `share` of it."""
    scale = share * side / size
    matrix = np.asarray(
        cv2.getRotationMatrix2D((float(centre[0]), float(centre[1])), degrees, scale), np.float64
    )
    matrix[:, 2] += side / 2 - centre
    look = cv2.warpAffine(
        picture, matrix, (side, side), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(look, np.uint8), matrix


# --- YuNet ---


def _with_yunet(small: _U8, model: Path) -> Iterator[Face]:
    detector = cv2.FaceDetectorYN.create(str(model), "", (320, 320), 0.6, 0.3, 200)
    bgr = np.ascontiguousarray(small[..., ::-1])
    shrink = min(1.0, _YUNET_SIDE / max(bgr.shape[:2]))
    base = bgr if shrink == 1 else _resized(bgr, shrink)
    found: list[tuple[float, _F64]] = []
    for degrees in (0, 90, 180, -90):
        matrix, side = _turn(base.shape, degrees)
        turned = cv2.warpAffine(base, matrix, (side, side)) if degrees else base
        back = _inverse(matrix) if degrees else np.eye(2, 3)
        found += [(s, _apply(back, p) / shrink) for s, p in _yunet(detector, np.asarray(turned, np.uint8))]
    for points in _apart(found):
        yield from _yunet_again(detector, bgr, points)


def _yunet(detector: cv2.FaceDetectorYN, bgr: _U8) -> Iterator[tuple[float, _F64]]:
    detector.setInputSize((bgr.shape[1], bgr.shape[0]))
    _, rows = detector.detect(bgr)
    # OpenCV returns None, not an empty array, when there is no face; its type stub does not say so.
    for row in () if rows is None else np.asarray(rows, np.float64):  # pyright: ignore[reportUnnecessaryComparison]
        yield float(row[14]), row[4:14].reshape(5, 2)


def _apart(found: list[tuple[float, _F64]]) -> Iterator[_F64]:
    """The best detection of each face: a later one whose middle lies within an earlier one is the same."""
    kept: list[_F64] = []
    for _, points in sorted(found, key=lambda item: -item[0]):
        middle, span = points.mean(0), max(_span(points), 1.0)
        if all(math.hypot(*(middle - other.mean(0))) > max(span, _span(other)) for other in kept):
            kept.append(points)
            yield points


def _span(points: _F64) -> float:
    eyes, mouth = (points[0] + points[1]) / 2, (points[3] + points[4]) / 2
    return max(math.hypot(*(points[1] - points[0])), math.hypot(*(mouth - eyes)))


def _yunet_again(detector: cv2.FaceDetectorYN, bgr: _U8, points: _F64) -> Iterator[Face]:
    """Turn the candidate upright and look again: the points get better and impostors lose their score.

    YuNet also answers, only weaker, to a face on its head; so both ways up are tried and the stronger counts.
    """
    across = points[1] - points[0] + points[4] - points[3]
    roll = math.degrees(math.atan2(across[1], across[0]))
    tries = [_yunet_closeup(detector, bgr, points, roll + flip) for flip in (0, 180)]
    score, points = max(tries, key=lambda item: item[0])
    if score > 0:
        across = points[1] - points[0] + points[4] - points[3]
        score, points = _yunet_closeup(detector, bgr, points, math.degrees(math.atan2(across[1], across[0])))
    if score < _YUNET_PLAUSIBLE or not points_of.frontal(points):
        return
    rgb = np.ascontiguousarray(bgr[..., ::-1])
    evidence = points_of.evidence(rgb, points)
    if score >= _YUNET_SURE or evidence.human:
        yield _face(points_of.with_lips(rgb, points), min(1.0, score), "yunet", evidence.youth)


def _yunet_closeup(detector: cv2.FaceDetectorYN, bgr: _U8, points: _F64, roll: float) -> tuple[float, _F64]:
    """Score and points of the face around `points` with `roll` taken out; score 0 when it is gone."""
    look, matrix = _closeup(bgr, points.mean(0), 2.6 * _span(points), roll, _YUNET_LOOK, 0.6)
    middle = np.full(2, _YUNET_LOOK / 2)
    near = [(s, p) for s, p in _yunet(detector, look) if math.hypot(*(p.mean(0) - middle)) < _YUNET_LOOK / 5]
    if not near:
        return 0.0, points
    score, seen = max(near, key=lambda item: item[0])
    return score, _apply(_inverse(matrix), seen)


# --- Haar cascades ---


def _cascade(name: str) -> cv2.CascadeClassifier:
    # `cv2.data` holds only the folder's name and is missing from OpenCV's type stubs.
    folder = Path(cv2.__file__).parent / "data"
    return cv2.CascadeClassifier(str(folder / f"haarcascade_{name}.xml"))


def _with_cascades(small: _U8) -> Iterator[Face]:
    judges = [_cascade(_VOTE_CASCADES[0])]
    grey = np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.uint8)
    kept: list[_F64] = []
    candidates = sorted(_candidates(grey, judges[0]), reverse=True)
    looked = 0
    for weight, degrees, x, y, size in candidates:
        if weight < _WEIGHT:
            break
        centre = np.array([x, y])
        if any(math.hypot(*(centre - other[:2])) < 0.5 * max(size, other[2]) for other in kept):
            continue
        kept.append(np.array([x, y, size]))
        looked += 1
        if len(judges) == 1:
            judges += [_cascade(name) for name in _VOTE_CASCADES[1:]]
        verdict = _votes(grey, judges, centre, size, degrees)
        if verdict is not None:
            score, roll, centre, size = verdict
            points = points_of.estimate(small, centre, size, roll)
            youth = points_of.evidence(small, points).youth
            yield _face(points_of.with_lips(small, points), score, "cascade", youth)
        if looked == 5:
            return


def _candidates(
    grey: _U8, cascade: cv2.CascadeClassifier
) -> Iterator[tuple[float, int, float, float, float]]:
    """Weight, turn, centre and size of everything the cascade takes for a face at twelve turns."""
    for degrees in range(-150, 181, 30):
        shrink = min(1.0, (_SCAN_TURNED if degrees else _SCAN_UPRIGHT) / max(grey.shape))
        base = grey if shrink == 1 else _resized(grey, shrink)
        # Local contrast: an evening photo's face is darker than its window.
        base = np.asarray(cv2.createCLAHE(2.0, (4, 4)).apply(base), np.uint8)
        matrix, side = _turn(base.shape, degrees)
        if degrees:
            base = cv2.warpAffine(base, matrix, (side, side), borderValue=(128.0,))
        boxes, _, weights = cascade.detectMultiScale3(base, 1.2, 2, 0, (28, 28), outputRejectLevels=True)
        back = _inverse(matrix) if degrees else np.eye(2, 3)
        for (x, y, w, h), weight in zip(boxes, weights, strict=True):
            centre = _apply(back, np.array([[x + w / 2, y + h / 2]]))[0] / shrink
            yield float(weight), degrees, float(centre[0]), float(centre[1]), float(w) / shrink


def _votes(
    grey: _U8, judges: list[cv2.CascadeClassifier], centre: _F64, size: float, degrees: int
) -> tuple[float, float, _F64, float] | None:
    """Score, roll, centre and size when enough cascades agree over enough small turns, else None."""
    counts = [0, 0, 0]
    boxes: list[_F64] = []
    turns: list[float] = []
    for turn in _VOTE_TURNS:
        look, matrix = _closeup(grey, centre, size, degrees + turn, 120, 0.55)
        look = np.asarray(cv2.equalizeHist(look), np.uint8)
        for judge, cascade in enumerate(judges):
            seen, _, weights = cascade.detectMultiScale3(
                look, 1.1, 2, 0, (44, 44), (96, 96), outputRejectLevels=True
            )
            if len(seen) == 0:
                continue
            counts[judge] += 1
            turns.append(degrees + turn)
            if judge == 0:
                x, y, w, h = (float(v) for v in seen[int(np.argmax(weights))])
                middle = _apply(_inverse(matrix), np.array([[x + w / 2, y + h / 2]]))[0]
                boxes.append(np.array([middle[0], middle[1], w * size / (0.55 * 120)]))
    if (
        any(count < need for count, need in zip(counts, _VOTES_NEEDED, strict=True))
        or sum(counts) < _VOTES_TOTAL
    ):
        return None
    middle = np.median(boxes, axis=0)
    # A picture turned counter-clockwise to stand upright was rolled clockwise by as much.
    return min(1.0, 0.4 + sum(counts) / 30), float(np.mean(turns)), middle[:2], float(middle[2])
