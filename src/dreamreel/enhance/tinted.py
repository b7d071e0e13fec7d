"""Photos in colours that a network gives them: each pixel keeps its light.

photo ─► small, grey ─► network ─► a, b ─► for each strip enlarged ─► chroma ─► R'G'B' of the photo's own luma
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from dreamreel.enhance.strips import Rows

__all__ = ["coloured_rows", "colours_of"]

_LUMA: Final = np.array([0.2126, 0.7152, 0.0722], np.float32)
"""BT.709."""

Plane = NDArray[np.float32]


def colours_of(model: str | None, picture: NDArray[np.uint8]) -> Plane:
    """CIELAB's a and b that installed weights give a small copy (H, W, 3), RGB, of a photo; (h, w, 2).

    Raises what `neural.community.store.colouring` raises, and `BadWeights`.
    """
    from dreamreel.neural.community.colourise import CommunityColouriser
    from dreamreel.neural.community.store import colouring

    one = colouring(model)
    network = CommunityColouriser(one.card.name, one.card.sha256[:16], 1.0)
    grey = picture.astype(np.float32) @ _LUMA / np.float32(255)
    shrinks = network.size[0] * network.size[1] < grey.size
    small = cv2.resize(grey, network.size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
    return network.colours(np.asarray(small, np.float32))


def coloured_rows(rows: Iterator[Rows], width: int, height: int, colours: Plane) -> Generator[Rows]:
    """Rows of a picture of `width`×`height` in RGB, with CIELAB's a and b; transparency, depth and luma are kept.

    A colour that has no place at the light of a pixel becomes paler, not darker.
    """
    at = 0
    high, wide = colours.shape[:2]
    across = (np.arange(width, dtype=np.float32) + np.float32(0.5)) * np.float32(wide / width) - np.float32(
        0.5
    )
    for part in rows:
        lines = part.shape[0]
        down = (np.arange(at, at + lines, dtype=np.float32) + 0.5) * np.float32(high / height) - np.float32(
            0.5
        )
        grid = np.meshgrid(across, down.astype(np.float32))
        near = cv2.remap(colours, grid[0], grid[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        yield _in_colours(part, np.asarray(near, np.float32))
        at += lines


def _in_colours(part: Rows, colours: Plane) -> Rows:
    from dreamreel.neural.community.colours import lightness

    top = np.float32(65_535 if part.dtype == np.uint16 else 255)
    alpha = part[..., -1:] if part.shape[2] in (2, 4) else part[..., :0]
    unit = part.astype(np.float32) / top
    luma = unit[..., 0] if part.shape[2] < 3 else unit[..., :3] @ _LUMA
    lab = np.dstack([lightness(luma), colours]).astype(np.float32)
    rgb = np.asarray(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB), np.float32).clip(0, 1)
    away = rgb - (rgb @ _LUMA)[..., None]
    room = np.where(away > 0, 1 - luma[..., None], luma[..., None])
    fits = np.min(room / np.maximum(np.abs(away), np.float32(1e-6)), axis=2).clip(0, 1)
    made = luma[..., None] + away * fits[..., None]
    return np.concatenate([np.rint(made * top).clip(0, top).astype(part.dtype), alpha], axis=2)
