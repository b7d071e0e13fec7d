"""Dust, dirt and hairs of old film: what is on one frame only, filled with what was there before and after.

    the frames before and after, laid over the frame ─► beyond all of both, while the two agree? ─► spots
    ─► a spot that is found again nearby, before and after, is a thing that moves ─► the rest is filled

Sources: the detector is the simplified rank order detector (sROD) of A. Kokaram and others, after M. Nadenau, S. Mitra,
"Blotch and scratch detection in image sequences based on rank ordered differences", 1997; that both neighbours must
agree is from SDIp (R. Storey, BBC, 1985; A. Kokaram, "Motion Picture Restoration", 1998).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from dreamreel.media.planes import planes
from dreamreel.retouch.align import Aligner, shifted
from dreamreel.retouch.samples import Floats, levels, made

if TYPE_CHECKING:
    from fractions import Fraction

    import av

__all__ = ["Duster", "spots"]

Mask = NDArray[np.uint8]

_STRICT, _EAGER = 44.0, 12.0
"""8-bit steps a spot stands out by, at a strength of 0 and of 1."""
_GROW = 0.45
"""Of that, so much still belongs to a spot that was found."""
_AGREE = 0.6
"""Of that, so far may the neighbours differ from each other."""
_LARGEST = 0.02
"""Of the picture, the largest spot."""
_SEARCH = 28
"""Pixels around a spot, in 480 lines, in which a thing that moves is looked for."""
_LIKE = 0.8
"""Correlation from which it is the same thing."""
_NEAR, _RESTLESS = 12, 0.1
"""Pixels around a spot, in 480 lines, that are looked at, and the share of them that may have changed as well."""
_LARGE, _LEAST_LARGE = 150, 90
"""Pixels of a spot, in 480 lines, from which only half as much may have: it is more likely to be a thing."""
_RING, _UNLIKE = 10, 12.0
"""Pixels around a spot that tell its light, and 8-bit steps beyond which they show something else."""
_MOST = 400
"""Spots in a frame; more of them are no dust."""


class Duster:
    """Takes spots off frames. It belongs to one thread at a time."""

    def __init__(self, strength: float) -> None:
        """`strength` is 0 to 1: how faint the spots are that go."""
        self._limit = _STRICT + (_EAGER - _STRICT) * strength
        self._aligner: Aligner | None = None
        self._size = (0, 0)

    def __call__(self, window: Sequence[av.VideoFrame], at: int, time: Fraction) -> av.VideoFrame:
        """`window[at]` without spots; as it is at the ends of a clip, where there is nothing to compare with."""
        del time
        frame = window[at]
        if not 0 < at < len(window) - 1:
            return frame
        scale = levels(frame)
        if self._aligner is None or self._size != (frame.width, frame.height):
            self._size = (frame.width, frame.height)
            self._aligner = Aligner(*self._size, smooth=2.0)
        before, now, after = (
            [scale.floats(plane) for plane in planes(each)[:3]] for each in window[at - 1 : at + 2]
        )
        moved = [self._over(now, other) for other in (before, after)]
        mask = spots(now[0], moved[0][0], moved[1][0], self._limit)
        if mask.any():
            # Grain differs everywhere; the means of small patches do not.
            soft, *laid = (cv2.blur(plane, (3, 3)) for plane in (now[0], moved[0][0], moved[1][0]))
            unlike = np.minimum(cv2.absdiff(soft, laid[0]), cv2.absdiff(soft, laid[1]))
            mask = _calm(mask, np.asarray(unlike, np.float32), self._limit)
        if mask.any():
            mask = _unmoved(mask, now[0], before[0], after[0])
        if not mask.any():
            return frame
        return made(frame, [scale.stored(plane) for plane in _filled(mask, now, moved)])

    def _over(self, now: list[Floats], other: list[Floats]) -> list[Floats]:
        """The planes of a neighbour laid over the frame. The frame's own spots must not bend what is laid there."""
        assert self._aligner is not None
        flow = self._aligner.flow(self._aligner.reduced(now[0]), self._aligner.reduced(other[0]))
        if self._aligner.able:
            middle = [cv2.medianBlur(np.ascontiguousarray(flow[..., n]), 5) for n in (0, 1)]
            flow = np.stack(middle, axis=-1).astype(np.float32)
        return [shifted(plane, flow, self._size) for plane in other]


def spots(now: Floats, before: Floats, after: Floats, limit: float) -> Mask:
    """1 where luma stands out by `limit` 8-bit steps from both neighbours, which are laid over it already."""
    near = np.ones((3, 1), np.uint8)
    top = np.maximum(cv2.dilate(before, near), cv2.dilate(after, near))
    low = np.minimum(cv2.erode(before, near), cv2.erode(after, near))
    out = np.maximum(now - top, low - now)
    agree = cv2.blur(cv2.absdiff(before, after), (3, 3)) < limit * _AGREE
    seeds = np.asarray((out > limit) & agree, np.uint8)
    if not seeds.any():
        return seeds
    loose = np.asarray(out > limit * _GROW, np.uint8)
    count, labels, facts, _ = cv2.connectedComponentsWithStats(loose, connectivity=8)
    if count > 20 * _MOST:
        return np.zeros_like(seeds)
    seeded = np.bincount(labels.ravel(), weights=seeds.ravel(), minlength=count) > 0
    seeded[0] = False
    areas = np.asarray(facts)[:, cv2.CC_STAT_AREA]
    kept = seeded & (areas >= 2) & (areas <= _LARGEST * now.size)
    if kept.sum() > _MOST:
        return np.zeros_like(seeds)
    return kept.astype(np.uint8)[np.asarray(labels, np.intp)]


def _calm(mask: Mask, unlike: Floats, limit: float) -> Mask:
    """The spots around which the neighbours are as the frame is; where they are not, something moves unfollowed."""
    # Fast things are torn into many spots with strips of change between them; dust lies alone.
    free = 1 - cv2.dilate(mask, np.ones((7, 7), np.uint8)).astype(np.float32)
    reach = 2 * max(9, round(_NEAR * min(mask.shape) / 480)) + 1
    around = cv2.blur(free, (reach, reach))
    restless = cv2.blur(free * (unlike > limit * _GROW), (reach, reach))
    count, labels, _, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    flat = np.asarray(labels, np.intp).ravel()
    room = np.bincount(flat, weights=np.asarray(around).ravel(), minlength=count)
    large = np.bincount(flat, minlength=count) > max(_LEAST_LARGE, _LARGE * (min(mask.shape) / 480) ** 2)
    share = np.where(large, _RESTLESS / 2, _RESTLESS)
    moves = np.bincount(flat, weights=np.asarray(restless).ravel(), minlength=count) > share * room
    moves[0] = True
    return (~moves).astype(np.uint8)[np.asarray(labels, np.intp)]


def _unmoved(mask: Mask, now: Floats, before: Floats, after: Floats) -> Mask:
    """The spots that are not seen again in their neighbourhood, both before and after."""
    count, labels, facts, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    reach = max(16, round(_SEARCH * min(now.shape) / 480))
    kept = mask.copy()
    for number in range(1, count):
        left, top, width, height = (int(value) for value in np.asarray(facts)[number, :4])
        box = (max(0, top - 3), top + height + 3, max(0, left - 3), left + width + 3)
        if all(_seen(box, now, other, reach) for other in (before, after)):
            kept[labels == number] = 0
    return kept


def _seen(box: tuple[int, int, int, int], now: Floats, other: Floats, reach: int) -> bool:
    """True when what is in `box` is near it in the other frame as well."""
    top, bottom, left, right = box
    pattern = now[top:bottom, left:right]
    area = other[max(0, top - reach) : bottom + reach, max(0, left - reach) : right + reach]
    if pattern.std() < 1 or pattern.shape[0] > area.shape[0] or pattern.shape[1] > area.shape[1]:
        return False
    return float(cv2.matchTemplate(area, pattern, cv2.TM_CCOEFF_NORMED).max()) > _LIKE


def _filled(mask: Mask, now: list[Floats], moved: list[list[Floats]]) -> list[Floats]:
    """The planes with the mean of both neighbours where the mask is, softly at its border."""
    wide = cv2.dilate(mask, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 5)))
    soft = cv2.GaussianBlur(wide.astype(np.float32), (0, 0), 1.0)
    share = np.maximum(
        np.asarray(soft, np.float32), cv2.dilate(mask, np.ones((3, 3), np.uint8)).astype(np.float32)
    )
    result: list[Floats] = []
    for number, plane in enumerate(now):
        size = (plane.shape[1], plane.shape[0])
        part = share if plane.shape == share.shape else cv2.resize(share, size, interpolation=cv2.INTER_AREA)
        if plane.shape != share.shape:
            part = np.minimum(part * 1.5, 1)  # Samples of colour that a spot only touches are spoilt as well.
        there = (moved[0][number] + moved[1][number]) * np.float32(0.5)
        part = np.asarray(part, np.float32)
        there += _light(plane, there, part)
        result.append(np.asarray(plane + part * (there - plane), np.float32))
    return result


def _light(plane: Floats, there: Floats, part: Floats) -> Floats:
    """How much brighter a plane is than what it is filled with, told by what lies around the spots."""
    around = np.asarray(1 - part, np.float32)
    step = np.clip(plane - there, -_UNLIKE, _UNLIKE) * around
    size = (2 * _RING + 1, 2 * _RING + 1)
    return np.asarray(cv2.blur(step, size) / np.maximum(cv2.blur(around, size), 1e-3), np.float32)
