"""Photos as pairs of small and large pictures, kept in memory as bytes and cut into random patches."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from training.resize import bicubic

__all__ = ["Draw", "Pair", "any_of", "damaged", "held_out", "paired", "pairs", "patches", "read"]

Draw = Callable[[np.random.Generator], NDArray[np.uint8]]
"""Gives a picture (H, W, 3), another each time."""

_SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff"}
_SHRUNK = (1.0, 0.8, 0.6)
"""Each photo is used at these sizes as well: a shrunk photo is sharper than the camera's own pixels."""


@dataclass(frozen=True, slots=True)
class Pair:
    """`small` (3, h, w) and `large` (3, scale·h, scale·w), 8 bits."""

    small: Tensor
    large: Tensor


def read(path: Path) -> NDArray[np.uint8]:
    """A photo as (H, W, 3)."""
    with Image.open(path) as image:
        return np.array(image.convert("RGB"))


def held_out(path: Path) -> bool:
    """Whether a photo is kept from training, to watch it by: about one in twenty, by the name."""
    return sum(path.stem.encode()) % 20 == 7


def found(folders: Sequence[Path]) -> list[Path]:
    """All photos in and below the folders, in order. Raises `FileNotFoundError` when there are none."""
    photos = sorted(
        path for folder in folders for path in folder.rglob("*") if path.suffix.lower() in _SUFFIXES
    )
    if not photos:
        raise FileNotFoundError(f"no photos in {', '.join(map(str, folders))}")
    return photos


def pairs(photos: Sequence[Path], scale: int, sizes: Sequence[float] = _SHRUNK) -> Iterator[Pair]:
    """Every photo at every size, and what bicubic shrinking by `scale` leaves of it."""
    for path in photos:
        photo = read(path)
        for size in sizes:
            height, width = (round(side * size) // scale * scale for side in photo.shape[:2])
            yield paired(bicubic(photo, height, width) if size != 1 else photo[:height, :width], scale)


def paired(picture: NDArray[np.uint8], scale: int) -> Pair:
    """A picture (H, W, 3) and what bicubic shrinking leaves of it; rows and columns beyond a multiple are left out."""
    height, width = (side // scale for side in picture.shape[:2])
    large = picture[: height * scale, : width * scale]
    return Pair(_planes(bicubic(large, height, width)), _planes(large))


def any_of(photos: Sequence[Path]) -> Draw:
    """A photo by chance, at one of three sizes."""
    sizes = (1.0, 0.8, 0.65)
    whole = [read(path) for path in photos]

    def draw(rng: np.random.Generator) -> NDArray[np.uint8]:
        photo = whole[int(rng.integers(len(whole)))]
        size = sizes[int(rng.integers(len(sizes)))]
        height, width = (round(side * size) for side in photo.shape[:2])
        return bicubic(photo, height, width) if size != 1 else photo

    return draw


def damaged(draw: Draw, scale: int, rng: np.random.Generator) -> Iterator[Pair]:
    """Pictures worsened by chance, without end."""
    from training.worsen import worsened  # Only this needs codecs.

    while True:
        made = worsened(draw(rng), scale, rng)
        yield Pair(_planes(made.small), _planes(made.large))


def patches(source: Sequence[Pair], rng: np.random.Generator, count: int, side: int) -> tuple[Tensor, Tensor]:
    """`count` random patches of `side`² small pixels, turned and mirrored: (N, 3, …) from 0 to 1, small and large."""
    room = np.array([pair.small.shape[1] * pair.small.shape[2] for pair in source], float)
    smalls, larges = [], []
    for number in rng.choice(len(source), count, p=room / room.sum()):
        pair = source[number]
        scale = pair.large.shape[1] // pair.small.shape[1]
        y = int(rng.integers(pair.small.shape[1] - side + 1))
        x = int(rng.integers(pair.small.shape[2] - side + 1))
        small = pair.small[:, y : y + side, x : x + side]
        large = pair.large[:, y * scale : (y + side) * scale, x * scale : (x + side) * scale]
        flips = [axis for axis in (1, 2) if rng.random() < 0.5]
        small, large = small.flip(flips), large.flip(flips)
        if rng.random() < 0.5:
            small, large = small.transpose(1, 2), large.transpose(1, 2)
        smalls.append(small)
        larges.append(large)
    return torch.stack(smalls).float() / 255, torch.stack(larges).float() / 255


def _planes(image: NDArray[np.uint8]) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(image.transpose(2, 0, 1)))
