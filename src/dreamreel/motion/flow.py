"""How everything moves from one frame to the next, and how it is on its way at any instant between.

    two luma planes ─► flow forth and back (small) ─► where they disagree ─► velocity at an instant

Flow is that of Kroeger, Timofte, Dai and van Gool, "Fast optical flow using dense inverse search" (ECCV 2016), found
both ways. Where the two disagree something is hidden in one of the frames (Sundaram, Brox and Keutzer, ECCV 2010).
For an instant between, both flows are splatted to where things are then, as in Niklaus and Liu's "Softmax splatting"
(CVPR 2020); what moves more against the whole picture is taken to be in front.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar, cast

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["LEAST", "Motion", "between", "moved", "outside", "velocity"]

Flow = NDArray[np.float32]
"""(height, width, 2): x and y in pixels."""
Map = NDArray[np.float32]
"""(height, width)."""
_Luma = NDArray[np.uint8]
Plane = TypeVar("Plane", NDArray[np.uint8], NDArray[np.uint16], NDArray[np.float32])

LEAST = 32
"""Pixels of the shorter side, below which nothing is followed."""
_LONGEST = 640
"""Pixels of the longer side at which flow is looked for."""
_NOISE = 0.2
"""Pixels of motion that are not seen, and are often none."""
_STILL, _DETAIL = 2.0, 6.0
"""Steps of luma by which what rests may change, and by which it has to stand out."""


@dataclass(frozen=True, slots=True)
class Motion:
    """What moved where between two frames, in pixels of the small pictures."""

    first: _Luma
    second: _Luma
    forth: Flow
    back: Flow
    hidden_after: Map
    """For each place of the first frame 0 … 1: surely hidden in the second."""
    hidden_before: Map
    """For each place of the second frame: surely hidden in the first."""
    whole: Flow
    """How the picture moves as a whole, (2,)."""

    @property
    def lost(self) -> float:
        """Mean difference of luma that is left after everything has been moved where it belongs."""
        left = np.abs(moved(self.second, self.forth).astype(np.float32) - self.first)
        return float(left.mean())


def between(first: _Luma, second: _Luma) -> Motion:
    """The motion between two luma planes of one size, at least `LEAST` pixels each way."""
    height, width = first.shape
    scale = min(1.0, _LONGEST / max(height, width))
    if scale < 1:
        size = (max(LEAST, round(width * scale)), max(LEAST, round(height * scale)))
        first, second = (np.asarray(cv2.resize(one, size, interpolation=cv2.INTER_AREA), np.uint8)
                         for one in (first, second))  # fmt: skip
    search = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    search.setFinestScale(1)
    none = np.zeros((*first.shape, 2), np.float32)
    steps = np.asarray(cv2.blur(cv2.absdiff(first, second).astype(np.float32), (7, 7)), np.float32)
    forth = np.asarray(search.calc(first, second, none.copy()), np.float32)
    back = np.asarray(search.calc(second, first, none), np.float32)
    forth, back = _rested(forth, first, steps), _rested(back, second, steps)
    # The search itself ends at every second pixel, so nothing is lost by going on with those.
    first, second = _halved(first), _halved(second)
    forth, back = _shrunk(_halved(forth)), _shrunk(_halved(back))
    whole = np.median(forth[::4, ::4].reshape(-1, 2), axis=0).astype(np.float32)
    return Motion(first, second, forth, back, _hidden(forth, back), _hidden(back, forth), whole)


def _halved(plane: Plane) -> Plane:
    return cast("Plane", cv2.resize(plane, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA))


def _shrunk(flow: Flow) -> Flow:
    """The flow in pixels twice as large, without what is only noise."""
    far = np.sqrt((flow * flow).sum(axis=2))
    return np.asarray(flow * (0.5 * np.clip((far - _NOISE) / _NOISE, 0, 1))[..., None], np.float32)


def _rested(flow: Flow, picture: _Luma, steps: Map) -> Flow:
    """The flow without that of places that do not change, where there is detail or hardly any motion.

    So what is written on a picture stays sharp, and what is only noise does not crawl.
    """
    plane = picture.astype(np.float32)
    mean = np.asarray(cv2.blur(plane, (7, 7)), np.float32)
    detail = np.sqrt(np.maximum(cv2.blur(plane * plane, (7, 7)) - mean * mean, 0))
    far = np.sqrt((flow * flow).sum(axis=2))
    sure = np.maximum(np.clip(detail / _DETAIL - 1, 0, 1), np.clip(2 - far, 0, 1))
    rests = np.clip(_STILL - steps, 0, 1) * sure
    return np.asarray(flow * (1 - rests)[..., None], np.float32)


def _grid(height: int, width: int) -> tuple[Map, Map]:
    return np.arange(width, dtype=np.float32)[None, :], np.arange(height, dtype=np.float32)[:, None]


def moved(picture: Plane, flow: Flow, method: int = cv2.INTER_LINEAR) -> Plane:
    """The picture looked up at each place plus its flow; its edges are repeated outwards."""
    x, y = _grid(*flow.shape[:2])
    found = cv2.remap(np.ascontiguousarray(picture), flow[..., 0] + x, flow[..., 1] + y, method,
                      borderMode=cv2.BORDER_REPLICATE)  # fmt: skip
    return cast("Plane", found)


def outside(flow: Flow) -> Map:
    """0 where a place plus its flow is inside the picture, 1 where it is a pixel or more outside."""
    x, y = _grid(*flow.shape[:2])
    height, width = flow.shape[:2]
    px, py = x + flow[..., 0], y + flow[..., 1]
    over = np.maximum(np.maximum(-px, px - (width - 1)), np.maximum(-py, py - (height - 1)))
    return np.asarray(np.clip(over, 0, 1), np.float32)


def _hidden(flow: Flow, other: Flow) -> Map:
    """0 where going and coming back ends near the start, 1 where it does not, or leaves the picture."""
    returned = flow + moved(other, flow)
    miss = (returned**2).sum(axis=2)
    allowed = 0.5 + 0.02 * (flow**2).sum(axis=2)
    told = np.maximum(np.clip(miss / allowed - 0.5, 0, 1), outside(flow))
    return np.asarray(cv2.GaussianBlur(told, (0, 0), 1.2), np.float32)


def velocity(motion: Motion, part: float) -> Flow:
    """How things move from the first frame to the second, seen where they are at `part` (0 … 1) of the way.

    Of what both flows say at a place and what was splatted to it, that counts more which makes both frames look alike.
    """
    near = _plain(motion, part)
    far = _splatted(motion, part)
    worse = _miss(motion, far, part) - _miss(motion, near, part)
    share = np.asarray(1 / (1 + np.exp(np.clip(worse, -20, 20))), np.float32)[..., None]
    return np.asarray(near + share * (far - near), np.float32)


def _plain(motion: Motion, part: float) -> Flow:
    """What both flows say at a place, wherever things are on their way."""
    return np.asarray((1 - part) * motion.forth - part * motion.back, np.float32)


def _miss(motion: Motion, flow: Flow, part: float) -> Map:
    """How unlike both frames are where a velocity leads to."""
    one, two = moved(motion.first, -part * flow), moved(motion.second, (1 - part) * flow)
    return np.asarray(cv2.blur(cv2.absdiff(one, two).astype(np.float32), (5, 5)), np.float32)


def _splatted(motion: Motion, part: float) -> Flow:
    """Both flows carried to where things are at `part` of the way; places that nothing reaches keep the plain mean."""
    height, width = motion.hidden_after.shape
    total = np.zeros(height * width + 1)
    sums = [total.copy(), total.copy()]
    for flow, hidden, way, sign in (
        (motion.forth, motion.hidden_after, part, np.float32(1)),
        (motion.back, motion.hidden_before, 1 - part, np.float32(-1)),
    ):
        apart = np.abs(sign * flow - motion.whole).sum(axis=2)
        weight = ((1 - hidden) ** 2 + 1e-3) * np.exp(np.minimum(apart, 12.0) / 1.5) * (1 - way + 0.05)
        places, shares = _splat(flow, way)
        heavy = shares * weight.reshape(-1)
        total += np.bincount(places, heavy.reshape(-1), len(total))
        for axis, one in enumerate(sums):
            value = heavy * (sign * flow[..., axis].reshape(-1))
            one += np.bincount(places, value.reshape(-1), len(total))
    found = total[:-1].reshape(height, width)
    planes = [(one[:-1].reshape(height, width) / (found + 1e-9)).astype(np.float32) for one in sums]
    plain = _plain(motion, part)
    known = np.clip(found * 20, 0, 1).astype(np.float32)[..., None]
    smooth = np.stack([np.asarray(cv2.medianBlur(one, 5), np.float32) for one in planes], axis=2)
    return np.asarray(plain + known * (smooth - plain), np.float32)


def _splat(flow: Flow, way: float) -> tuple[NDArray[np.int64], Map]:
    """Where each place is after `way` of its flow: the four pixels around it, and their shares, (4, places)."""
    height, width = flow.shape[:2]
    x, y = _grid(height, width)
    px, py = x + way * flow[..., 0], y + way * flow[..., 1]
    left, top = np.floor(px), np.floor(py)
    fx, fy = px - left, py - top
    places: list[NDArray[np.int64]] = []
    shares: list[Map] = []
    for dx, dy in ((0, 0), (1, 0), (0, 1), (1, 1)):
        cx, cy = (left + dx).astype(np.int64), (top + dy).astype(np.int64)
        inside = (cx >= 0) & (cx < width) & (cy >= 0) & (cy < height)
        place = cy * width + cx
        place[~inside] = height * width
        share = (fx if dx else 1 - fx) * (fy if dy else 1 - fy)
        places.append(place.reshape(-1))
        shares.append(np.asarray(share, np.float32).reshape(-1))
    return np.concatenate(places), np.stack(shares)
