"""Whether a picture is a drawing or a camera's: told by what lies on both sides of its edges.

    frame ─► 640 pixels ─► its edges ─► luma on three lines across each, colour on one ─► a judge of edges ─► the mean

In a drawing an edge is a line, or a hard step, between two fields that are flat, and so it is a little further along.
Beside a camera's edges there is texture, light that changes, and blur. Compression takes texture away, blurs and
ripples, but all along an edge; so single edges are judged and not the whole picture's statistics.

The judge is a network of three layers for one edge. It was taught by `training/drawn.py`, on drawings made by chance
and on photos, panned, worsened and encoded.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from dreamreel.analyse.look import small

if TYPE_CHECKING:
    import av

__all__ = ["JUDGE", "SHAPE", "clues", "drawn", "picture", "profiles"]

Floats = NDArray[np.float32]

JUDGE: Final = "drawing.f32"
"""Its numbers: of each layer the weights, inputs × outputs, then the biases; 32 bits each, the lowest byte first."""
SHAPE: Final = (106, 24, 12, 1)
"""How many numbers go into each layer, and come out of the last."""
_WIDTH: Final = 640
"""Pixels of the longer side at which edges are looked for."""
_STRONG: Final = 7.0
"""Steps of brightness for a pixel that make an edge."""
_REACH: Final = 10
"""Pixels to either side of an edge that are looked at."""
_BESIDE: Final = (-4, 0, 4)
"""Pixels along the edge from one line across it to the next."""
_FEWEST, _MOST = 30, 400
"""Edges from which anything can be told, and that are judged; they are spread over the picture."""
_STEEP: Final = 4.0
"""How fast the result goes from 0 to 1 around the judge's own threshold."""


def picture(frame: av.VideoFrame) -> NDArray[np.uint8]:
    """Luma and colour of a frame as edges are looked for in them, (3, H, W)."""
    share = min(1.0, _WIDTH / max(frame.width, frame.height))
    return small(frame, max(1, round(frame.width * share)), max(1, round(frame.height * share)))


def drawn(shown: NDArray[np.uint8]) -> float:
    """How much a picture, as `picture` gives it, looks like a drawing: 0 to 1. One without edges is none."""
    found = profiles(shown, _MOST)
    if found is None:
        return 0.0
    values = clues(found.astype(np.float32))
    for number, (weight, bias) in enumerate(_judge()):
        values = (values if number == 0 else np.maximum(values, 0)) @ weight + bias
    return float(1 / (1 + np.exp(-_STEEP * values.mean())))


def profiles(shown: NDArray[np.uint8], most: int) -> NDArray[np.uint8] | None:
    """What lies across up to `most` edges, (N, 5, 21): luma on three lines and, between them, colour on the middle one.

    None where there are too few edges. An edge is where brightness rises fastest (Canny's, IEEE PAMI 8, 1986).
    """
    soft = np.asarray(cv2.GaussianBlur(shown[0], (0, 0), 0.8), np.uint8)
    right, down = (np.asarray(cv2.Scharr(soft, cv2.CV_32F, *way), np.float32) for way in ((1, 0), (0, 1)))
    slope = np.asarray(cv2.magnitude(right, down), np.float32)
    edge = _REACH + max(_BESIDE) + 2
    if min(slope.shape) <= 2 * edge:
        return None
    rows, columns = np.nonzero(slope[edge:-edge, edge:-edge] >= 32 * _STRONG)
    rows, columns = rows + edge, columns + edge
    here, across = slope[rows, columns], np.abs(right[rows, columns]) >= np.abs(down[rows, columns])
    x, y = across.astype(np.intp), 1 - across.astype(np.intp)
    tops = (here >= slope[rows - y, columns - x]) & (here > slope[rows + y, columns + x])
    rows, columns = rows[tops], columns[tops]
    if len(rows) < _FEWEST:
        return None
    few = np.linspace(0, len(rows) - 1, min(most, len(rows))).astype(np.intp)
    rows, columns = rows[few], columns[few]
    x, y = (part[rows, columns] / slope[rows, columns] for part in (right, down))
    steps = np.arange(-_REACH, _REACH + 1, dtype=np.float32)
    lines: list[NDArray[np.uint8]] = []
    for beside in _BESIDE:
        at = [np.rint(rows[:, None] + np.outer(y, steps) + beside * x[:, None]).astype(np.intp),
              np.rint(columns[:, None] + np.outer(x, steps) - beside * y[:, None]).astype(np.intp)]  # fmt: skip
        lines += [plane[at[0], at[1]] for plane in (shown if beside == 0 else shown[:1])]
    return np.stack(lines, 1)


def clues(found: Floats) -> Floats:
    """What the judge is told of edges: their `profiles` (…, 5, 21) → (…, 106)."""
    luma, colour = found[..., [0, 1, 4], :], found[..., 2:4, :]
    luma = luma - luma[..., 1:2, :].mean(-1, keepdims=True)
    contrast = np.ptp(luma[..., 1, :], -1)[..., None] + np.float32(6)
    colour = colour - colour.mean(-1, keepdims=True)
    rise = colour[..., _REACH + 3 :].mean(-1, keepdims=True) - colour[..., : _REACH - 2].mean(
        -1, keepdims=True
    )
    # Which of two colours a side has says nothing.
    colour = colour * np.where(rise < 0, np.float32(-1 / 16), np.float32(1 / 16))
    flat = (*found.shape[:-2], -1)
    parts = (
        (luma / contrast[..., None]).reshape(flat),
        colour.reshape(flat),
        np.log(contrast) - np.float32(3.5),
    )
    return np.concatenate(parts, -1).astype(np.float32)


@cache
def _judge() -> list[tuple[Floats, Floats]]:
    """The weight and bias of each layer; the last bias has the threshold in it."""
    stored = np.frombuffer(resources.files("dreamreel.analyse").joinpath(JUDGE).read_bytes(), "<f4")
    layers: list[tuple[Floats, Floats]] = []
    for inputs, outputs in pairwise(SHAPE):
        count = inputs * outputs
        layers.append((stored[:count].reshape(inputs, outputs), stored[count : count + outputs]))
        stored = stored[count + outputs :]
    return layers
