"""Pictures of faces and a little of what is around them, cut out of photos and films, for networks that learn faces.

    photos ─┐
    films ──┴─► frames ─► a detector ─► faces ─► shrunk to several sizes ─► cut out ─► pictures

A face is never enlarged: what is learned must be there. What comes out of a film was compressed, so its faces are
used only shrunk, which leaves nothing of that. `python -m training.faces PATH … --sheet FILE` shows what is found.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import av
import cv2
import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from training.photos import Draw

__all__ = ["around", "cuttings", "faces", "main"]

Picture: TypeAlias = NDArray[np.uint8]
Box: TypeAlias = tuple[float, float, float]
"""Middle of a face, x and y, and how wide it is."""
Finder: TypeAlias = Callable[[Picture], list[Box]]

_PHOTOS = {".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff"}
_FILMS = {".mkv", ".mp4", ".mov", ".webm", ".avi"}
_YUNET = "yunet_n_640_640.onnx"
_SIZES = (200.0, 140.0, 96.0, 66.0, 46.0, 32.0)
"""How wide faces are in the pictures."""
_AROUND = 2.2
"""Side of a picture, in widths of its face."""
_LEAST = 288
"""Side of a picture, at least: what is worsened pans, and is cut into patches."""
_SMALLEST = 28.0
"""Pixels of a face in a photo below which there is nothing to be learned of it."""
_SHRUNK = 0.6
"""What faces of films are shrunk to, at most."""
_FRAMES = 4
"""That are looked at in a film: the same people look much the same in all of them."""
_SURE = 0.86
_LARGEST = 1024
"""Side of a picture that a detector is shown."""


def faces(paths: Sequence[Path]) -> Draw:
    """One of the pictures of `cuttings` by chance."""
    cut = cuttings(paths)
    return lambda rng: cut[int(rng.integers(len(cut)))]


def cuttings(paths: Sequence[Path], model: Path | None = None) -> list[Picture]:
    """Surroundings of all faces in photos, films, and folders of both: (H, W, 3) of 8 bits, 288 px at least.

    In them a face is 32 to 200 px wide, and never larger than it was. Faces are found by YuNet (Wu, Peng and Yu 2023)
    from the file `model`, or from the folder `DREAMREEL_MODELS`; else by OpenCV's cascades (Viola and Jones 2001).
    Always the same pictures, in the same order. Raises `FileNotFoundError` where there is no face, or nothing to find
    one with.
    """
    find = _finder(model)
    cut = [
        picture
        for path in _files(paths)
        for frame, most in _frames(path)
        for picture in around(frame, find(frame), most)
    ]
    if not cut:
        raise FileNotFoundError(f"no faces in {len(paths)} files and folders, such as {paths[0].name}")
    return cut


def around(photo: Picture, found: Sequence[Box], most: float = 1.0) -> Iterator[Picture]:
    """Each of the faces `found` in a photo, at every size up to `most` of the one it has."""
    for x, y, wide in found:
        for size in _SIZES:
            if size <= wide * most:
                yield _cut(photo, x, y, wide, size / wide)


def _cut(photo: Picture, x: float, y: float, wide: float, scale: float) -> Picture:
    """The surroundings of one face, shrunk; where the photo ends it is mirrored."""
    half = max(_AROUND * wide, _LEAST / scale) / 2
    height, width = photo.shape[:2]
    left, right = _within(x - half, x + half, width)
    top, bottom = _within(y - half, y + half, height)
    part = photo[top:bottom, left:right]
    size = (max(1, round(part.shape[1] * scale)), max(1, round(part.shape[0] * scale)))
    small = cv2.resize(part, size, interpolation=cv2.INTER_AREA) if scale < 1 else part
    missing = [max(0, _LEAST - side) for side in small.shape[:2]]
    edges = [(one // 2, one - one // 2) for one in missing]
    return np.ascontiguousarray(np.pad(small, [*edges, (0, 0)], "symmetric"), np.uint8)


def _within(low: float, high: float, length: int) -> tuple[int, int]:
    """The stretch from `low` to `high`, moved into `length` where it does not lie in it."""
    low -= max(0.0, high - length)
    high += max(0.0, -low)
    return max(0, round(low)), min(length, round(high))


def _files(paths: Sequence[Path]) -> list[Path]:
    known = _PHOTOS | _FILMS
    inside = [path.rglob("*") if path.is_dir() else [path] for path in paths]
    return sorted(path for some in inside for path in some if path.suffix.lower() in known)


def _frames(path: Path) -> Iterator[tuple[Picture, float]]:
    """A photo, or a few frames of a film; and of what size their faces may be, at most, as a share of their own."""
    if path.suffix.lower() in _PHOTOS:
        yield np.asarray(cv2.imread(str(path), cv2.IMREAD_COLOR_RGB), np.uint8), 1.0
        return
    with av.open(path) as film:
        count = sum(packet.pts is not None for packet in film.demux(video=0))
    with av.open(path) as film:
        for frame in islice(film.decode(video=0), count // (2 * _FRAMES), None, max(1, count // _FRAMES)):
            yield np.asarray(frame.to_ndarray(format="rgb24"), np.uint8), _SHRUNK


def _finder(model: Path | None) -> Finder:
    path = model or Path(os.environ.get("DREAMREEL_MODELS", "")) / _YUNET
    if path.is_file():
        return _yunet(path)
    if model is not None:
        raise FileNotFoundError(f"there is no face model at {model}")
    if not hasattr(cv2, "CascadeClassifier"):
        raise FileNotFoundError(
            f"this OpenCV has no cascades: set DREAMREEL_MODELS to the folder that holds {_YUNET}"
        )
    return _cascades()


def _yunet(path: Path) -> Finder:
    detector = cv2.FaceDetectorYN.create(str(path), "", (320, 320), _SURE, 0.3, 200)

    def find(photo: Picture) -> list[Box]:
        small, scale = _seen(photo)
        detector.setInputSize((small.shape[1], small.shape[0]))
        _, rows = detector.detect(np.ascontiguousarray(small[..., ::-1]))
        # OpenCV gives None where there is no face; its types do not say so.
        table = np.zeros((0, 15)) if rows is None else np.asarray(rows, float)  # pyright: ignore[reportUnnecessaryComparison]
        boxes = table[:, :4] / scale
        return [(float(x + w / 2), float(y + h / 2), float(w)) for x, y, w, h in boxes if w >= _SMALLEST]

    return find


def _cascades() -> Finder:
    """Only what two cascades see counts."""
    folder = Path(cv2.__file__).parent / "data"
    first, second = (
        cv2.CascadeClassifier(str(folder / f"haarcascade_frontalface_{name}.xml"))
        for name in ("alt2", "default")
    )

    def find(photo: Picture) -> list[Box]:
        small, scale = _seen(photo)
        grey = cv2.equalizeHist(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY))
        one, two = (
            [(x + w / 2, y + h / 2, w) for x, y, w, h in cascade.detectMultiScale(grey, 1.1, 5, 0, (28, 28))]
            for cascade in (first, second)
        )
        agreed = [a for a in one if any(abs(a[0] - b[0]) + abs(a[1] - b[1]) < a[2] / 2 for b in two)]
        return [(x / scale, y / scale, w / scale) for x, y, w in agreed]

    return find


def _seen(photo: Picture) -> tuple[Picture, float]:
    """What a detector is shown of a photo, and at what scale."""
    scale = min(1.0, _LARGEST / max(photo.shape[:2]))
    if scale == 1:
        return photo, 1.0
    size = (round(photo.shape[1] * scale), round(photo.shape[0] * scale))
    return np.asarray(cv2.resize(photo, size, interpolation=cv2.INTER_AREA), np.uint8), scale


def main() -> None:
    """Finds the faces of some folders and draws them all on one sheet."""
    parser = argparse.ArgumentParser(prog="python -m training.faces", description=main.__doc__)
    parser.add_argument("paths", type=Path, nargs="+", help="photos, films, and folders of both")
    parser.add_argument("--model", type=Path, help=f"YuNet's file, {_YUNET}")
    parser.add_argument("--sheet", type=Path, default=Path("faces.jpg"))
    told = parser.parse_args()
    cut = cuttings(told.paths, told.model)
    tiles = [cv2.resize(one, (128, 128), interpolation=cv2.INTER_AREA) for one in cut]
    tiles += [np.zeros_like(tiles[0])] * (-len(tiles) % 16)
    rows = [np.hstack(tiles[n : n + 16]) for n in range(0, len(tiles), 16)]
    _, data = cv2.imencode(".jpg", np.vstack(rows)[..., ::-1])
    told.sheet.write_bytes(data.tobytes())
    print(f"{len(cut)} pictures, {sum(one.nbytes for one in cut) / 1e6:.0f} MB: {told.sheet}")


if __name__ == "__main__":
    main()
