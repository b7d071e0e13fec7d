"""The published tables' measure: PSNR of the luma, of what a network makes of bicubically shrunk photos.

    python -m training.evaluate clean-s --tests FOLDER …     the mean of each folder of PNG photos

Luma of BT.601 in studio range, as many pixels as the scale left out at the border (see `resize` for the shrinking).
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from training.photos import read
from training.resize import bicubic
from training.train import applied, learned, recipe

__all__ = ["Enlarge", "luma", "main", "psnr", "table"]

Enlarge = Callable[[NDArray[np.uint8]], NDArray[np.uint8]]
"""(H, W, 3) of 8 bits → (scale·H, scale·W, 3)."""


def luma(image: NDArray[np.uint8]) -> NDArray[np.float64]:
    """(H, W, 3) → (H, W), 16 to 235."""
    return image @ np.array([65.481, 128.553, 24.966]) / 255 + 16


def psnr(one: NDArray[np.uint8], other: NDArray[np.uint8], border: int) -> float:
    """Decibels between the lumas of two pictures, `border` pixels left out at each edge."""
    error = (luma(one) - luma(other))[border:-border, border:-border]
    return float(10 * np.log10(255**2 / np.mean(error**2)))


def table(folder: Path, scale: int, enlarge: Enlarge) -> dict[str, float]:
    """The decibels of each photo of a folder, by name."""
    made = {}
    for path in sorted(folder.glob("*.png")):
        photo = read(path)
        height, width = (side // scale * scale for side in photo.shape[:2])
        photo = photo[:height, :width]
        made[path.stem] = psnr(enlarge(bicubic(photo, height // scale, width // scale)), photo, scale)
    return made


def main() -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(prog="python -m training.evaluate")
    parser.add_argument("name")
    parser.add_argument("--tests", type=Path, nargs="+", required=True)
    parser.add_argument("--runs", type=Path, default=Path("runs"))
    told = parser.parse_args()
    made_by = recipe(told.name)
    network = learned(made_by, told.runs)
    weights = applied(made_by, told.runs, 0.0)

    @torch.no_grad()
    def enlarge(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        made = network.whole(torch.from_numpy(image).permute(2, 0, 1)[None].float() / 255, weights)[0]
        return (made * 255).round().clamp(0, 255).byte().permute(1, 2, 0).numpy()

    for folder in told.tests:
        found = table(folder, made_by.shape.scale, enlarge)
        print(f"{folder.name}: {np.mean(list(found.values())):.3f} dB over {len(found)} photos")


if __name__ == "__main__":
    main()
