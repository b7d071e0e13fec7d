"""Noise taken out of a frame with the help of its neighbours in time.

    neighbours ─► laid over the frame (align) ─► weight per pixel: alike as far as noise allows? ─► weighted mean
    ─► what noise is left, where little could be averaged, shrunk within the frame (local Wiener filter)

A pixel of a neighbour counts by how much the small patches around both differ beyond what two noisy pictures of one
thing differ anyway; where something was hidden or moved otherwise than thought it does not count, so nothing ghosts.

Sources: A. Buades, B. Coll, J.-M. Morel, "A non-local algorithm for image denoising", CVPR 2005 (patch weights), after
motion compensation as in M. Maggioni et al., "Video denoising … through nonlocal transforms" (VBM4D), IEEE TIP 2012;
J.-S. Lee, "Digital image enhancement and noise filtering by use of local statistics", IEEE PAMI 1980 (the second step).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from dreamreel.media.planes import planes
from dreamreel.retouch.align import Aligner, shifted
from dreamreel.retouch.samples import Floats, Levels, levels, made

if TYPE_CHECKING:
    from fractions import Fraction

    import av

__all__ = ["REACH", "TemporalDenoiser"]

REACH = 2
"""Neighbours on each side."""
_PATCH = 5
"""Pixels along the sides of the patches that are compared."""
_TOLERANCE = 1.0
"""How fast weights fall, in variances of noise beyond what noise explains."""
_SLACK = 0.35
"""Of the noise's variance, that much more is still taken for noise: what interpolation and flow add."""
_INSIDE = 3
"""Pixels along the sides of the neighbourhood of the second step."""
_BITE = 0.9
"""Of the noise that is left, so much is believed to be noise."""
_USUAL = 0.3
"""The strength that takes the noise for as strong as it is told to be."""
_FINEST = 0.5
"""Steps that rounding makes; weaker noise is taken for so much when patches are compared."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """One frame of the window."""

    frame: av.VideoFrame
    planes: list[Floats]
    """Y, U and V in 8-bit steps."""
    small: NDArray[np.uint8]
    """What motion is looked for in."""


class TemporalDenoiser:
    """Takes noise of a known strength out of frames. It belongs to one thread at a time."""

    def __init__(self, strength: float, luma: float, chroma: float) -> None:
        """`strength` is 0 to 1; `luma` and `chroma` are the noise's standard deviations in 8-bit steps."""
        reach = (strength / _USUAL) ** 0.5
        self._sigma = (luma * reach, chroma * reach, chroma * reach)
        self._aligner: Aligner | None = None
        self._size = (0, 0)
        self._seen: dict[int, _Seen] = {}

    def __call__(self, window: Sequence[av.VideoFrame], at: int, time: Fraction) -> av.VideoFrame:
        """`window[at]` with less noise."""
        del time
        frame = window[at]
        scale = levels(frame)
        size = (frame.width, frame.height)
        if self._aligner is None or size != self._size:
            self._aligner, self._size = Aligner(*size), size
        seen = [self._looked(each, scale, self._aligner) for each in window]
        self._seen = {id(one.frame): one for one in seen}
        others = [one for number, one in enumerate(seen) if number != at]
        return made(frame, [scale.stored(plane) for plane in self._clean(seen[at], others, self._aligner)])

    def _looked(self, frame: av.VideoFrame, scale: Levels, aligner: Aligner) -> _Seen:
        """A frame as it is worked on; remembered as long as it is in the window, which holds it five times."""
        known = self._seen.get(id(frame))
        if known is not None:
            return known
        found = [scale.floats(plane) for plane in planes(frame)[:3]]
        return _Seen(frame, found, aligner.reduced(found[0]))

    def _clean(self, frame: _Seen, others: list[_Seen], aligner: Aligner) -> list[Floats]:
        """Planes in 8-bit steps with less noise; `others` are the neighbours."""
        now = frame.planes
        sums = [plane.copy() for plane in now]
        totals = [np.ones_like(plane) for plane in now]
        for neighbour in others:
            flow = aligner.flow(frame.small, neighbour.small)
            other = neighbour.planes
            moved = [shifted(plane, flow, self._size) for plane in other]
            weight = self._weight(now, moved)
            for number, plane in enumerate(moved):
                own = weight if plane.shape == weight.shape else _fit(weight, plane)
                sums[number] += own * plane
                totals[number] += own
        mixed = [np.divide(one, total) for one, total in zip(sums, totals, strict=True)]
        return [
            self._rest(plane, total, sigma)
            for plane, total, sigma in zip(mixed, totals, self._sigma, strict=False)
        ]

    def _weight(self, now: list[Floats], moved: list[Floats]) -> Floats:
        """How much each pixel of a neighbour counts, 0 to 1."""
        far = np.zeros_like(now[0])
        for number, (one, other) in enumerate(zip(now, moved, strict=True)):
            variance = max(self._sigma[number], _FINEST) ** 2
            step = cv2.blur(cv2.absdiff(one, other) ** 2, (_PATCH, _PATCH))
            beyond = np.maximum(step / np.float32(2 * variance) - np.float32(1 + _SLACK), 0)
            far = np.maximum(far, beyond if beyond.shape == far.shape else _fit(beyond, far))
        return np.exp(far * np.float32(-1 / _TOLERANCE))

    def _rest(self, plane: Floats, total: Floats, sigma: float) -> Floats:
        """What noise is left, shrunk towards the mean around it where nothing but noise is seen."""
        variance = np.float32((_BITE * sigma) ** 2) / total
        mean = cv2.blur(plane, (_INSIDE, _INSIDE))
        spread = np.maximum(cv2.blur(plane * plane, (_INSIDE, _INSIDE)) - mean * mean, 1e-6)
        keep = np.maximum(1 - variance / spread, 0)
        return mean + keep * (plane - mean)


def _fit(plane: Floats, like: Floats) -> Floats:
    size = (like.shape[1], like.shape[0])
    return np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_AREA), np.float32)
