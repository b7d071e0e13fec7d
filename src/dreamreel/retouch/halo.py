"""Halos beside edges taken away: the bright and dark lines that sharpening and old broadcasts leave.

    opening ─► what is brighter than everything around, and thin  ┐  as far as it is small beside the edge next to it
    closing ─► what is darker than everything around, and thin    ┘  ─► taken off

A halo is an overshoot: thin, and a fraction of the edge that it accompanies. A line that is drawn in the picture is as
strong as its own edges, so it stays.

Sources: overshoot is found by top-hats (J. Serra, "Image Analysis and Mathematical Morphology", 1982) and limited, not
blurred, as in Didée's DeHalo_alpha for AviSynth.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from dreamreel.media.planes import planes
from dreamreel.retouch.samples import Floats, levels, made

if TYPE_CHECKING:
    from fractions import Fraction

    import av

__all__ = ["Dehaloer", "dehaloed"]

_LINES = 480
"""Lines of a picture in which halos are two pixels wide; they grow with the picture."""
_WIDTH = 2.0
_PART = 0.35
"""Of the edge beside it, the greatest overshoot that is a halo for sure."""
_LINE = 0.6
"""Of the edge beside it, so much is a line of the picture."""
_FINE = 4.0
"""8-bit steps of overshoot that are texture and stay."""
_EDGE = 24.0
"""8-bit steps of the weakest edges that have halos."""

_CALM, _BUSY = 0.08, 0.15
"""Of the edge, the mean of all thin things around: less is an edge in the open, more is texture, which has no halos."""


class Dehaloer:
    """Takes halos off the luma of frames."""

    def __init__(self, strength: float) -> None:
        """`strength` is 0 to 1: how much of each halo goes."""
        self._strength = strength

    def __call__(self, window: Sequence[av.VideoFrame], at: int, time: Fraction) -> av.VideoFrame:
        """`window[at]` with less of its halos."""
        del time
        frame = window[at]
        scale = levels(frame)
        luma = scale.floats(planes(frame)[0])
        return made(frame, [scale.stored(dehaloed(luma, self._strength))])


def dehaloed(luma: Floats, strength: float) -> Floats:
    """Luma in 8-bit steps with halos taken off by `strength`, 0 to 1."""
    reach = max(2, round(_WIDTH * min(luma.shape) / _LINES))
    thin = _disc(2 * reach + 1)
    opened = cv2.morphologyEx(luma, cv2.MORPH_OPEN, thin)
    closed = cv2.morphologyEx(luma, cv2.MORPH_CLOSE, thin)
    # The edge beside a pixel, halos left out: how far light goes up and down around it.
    around = _disc(4 * reach + 1)
    rise = cv2.dilate(opened, around) - cv2.erode(closed, around)
    edge = np.maximum(np.asarray(rise, np.float32), 1e-3)
    over = np.asarray(luma - opened, np.float32)
    under = np.asarray(closed - luma, np.float32)
    wide = 8 * reach + 1
    busy = np.asarray(cv2.blur(over + under, (wide, wide)), np.float32) / edge
    calm = strength * np.clip((_BUSY - busy) / (_BUSY - _CALM), 0, 1)
    return np.asarray(luma - calm * (_halo(over, edge) - _halo(under, edge)), np.float32)


def _halo(overshoot: Floats, edge: Floats) -> Floats:
    """How much of an overshoot is halo."""
    share = overshoot / edge
    certain = np.clip((_LINE - share) / (_LINE - _PART), 0, 1) * np.clip(edge / _EDGE - 1, 0, 1)
    # Softly from texture to halo, so that nothing appears or vanishes between frames.
    return np.asarray(certain * np.maximum(overshoot - _FINE, 0), np.float32)


def _disc(size: int) -> NDArray[np.uint8]:
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)), np.uint8)
