"""How a clip moves: whether it flickers, jitters, jumps, stands still or fails to close, as five numbers.

    luma planes ─► Meter.add ─► means, steps between neighbours, optical flow at half size ─► Motion

The thresholds were measured on clips that are known to be good (slow breathing, an eased zoom) and known to be bad
(2 % luma flicker, half a pixel of jitter, a cut); see `GATES`. Nothing here knows where the pictures come from.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["GATES", "Gates", "Meter", "Motion", "measure"]

_Luma = NDArray[np.uint8]
_Flow = NDArray[np.float32]

_TOP = 0.05
"""Share of the picture, the part that moves most, by which the amount of motion is told."""
_SLOPE = 1.0
"""Mean gradient, steps of luma a pixel, from which a place counts as detailed."""
_BEATS = 8
"""Times a second the amount of motion is looked at."""


@dataclass(frozen=True, slots=True)
class Motion:
    """How a clip moves. Luma is in steps of 8 bits."""

    flicker: float
    """Mean magnitude of the second difference of the frames' mean luma: 0 for any even change of light."""
    acceleration: float
    """Mean magnitude of the change of optical flow from one frame to the next, pixels of the half-size picture.

    Only where there is something to follow: on a plain wall whose light changes, optical flow is a guess."""
    jump: float
    """Largest step between neighbouring frames (mean absolute difference of luma) over the median step."""
    amount: float
    """Mean flow of the fastest 5 % of the picture in an eighth of a second, pixels of the picture."""
    closure: float
    """Difference between the last and the first frame over the median step: about 1 when the clip loops."""
    still: float
    """Share of steps in which nothing changed at all."""


@dataclass(frozen=True, slots=True)
class Gates:
    """What a good clip stays within."""

    flicker: float = 0.05
    acceleration: float = 0.15
    jump: float = 2.5
    amount: float = 0.3
    """The least."""
    closure: float = 1.6
    """Only for a clip that loops."""

    def broken(self, motion: Motion, *, loops: bool = False) -> tuple[str, ...]:
        """The names of the gates a clip does not pass."""
        passed = {
            "flicker": motion.flicker < self.flicker,
            "acceleration": motion.acceleration < self.acceleration,
            "jump": motion.jump < self.jump,
            "amount": motion.amount >= self.amount,
            "closure": not loops or motion.closure <= self.closure,
        }
        return tuple(name for name, fine in passed.items() if not fine)


GATES = Gates()


class Meter:
    """Takes frames one after another and remembers only what the measures need."""

    def __init__(self, rate: Fraction) -> None:
        """`rate` is in frames a second."""
        # Fast flow works on whole frames; medium keeps the small, soft motion that a dream is made of.
        self._flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
        self._stride = max(1, round(rate / _BEATS))
        self._means: list[float] = []
        self._steps: list[float] = []
        self._turns: list[float] = []
        self._amounts: list[float] = []
        self._first = self._last = self._half = self._beat = np.empty((0, 0), np.uint8)
        self._before: _Flow | None = None

    def add(self, luma: _Luma) -> None:
        """One more frame: its luma plane (H×W), at least 32×32.

        Raises:
            ValueError: the plane's size is not that of the first frame, or is too small for optical flow.
        """
        if not self._means:
            if min(luma.shape) < 32:
                raise ValueError(
                    f"a frame of {luma.shape[1]}×{luma.shape[0]} is too small to measure motion in"
                )
            self._first = luma.copy()
        elif luma.shape != self._first.shape:
            raise ValueError("the frames of a clip must all have one size")
        half = _halved(luma)
        if self._means:
            self._compare(luma, half)
        if len(self._means) % self._stride == 0:
            if self._beat.size:
                self._amounts.append(self._fastest(self._beat, half))
            self._beat = half
        self._means.append(float(luma.mean(dtype=np.float64)))
        self._last, self._half = luma.copy(), half

    def _compare(self, luma: _Luma, half: _Luma) -> None:
        self._steps.append(_difference(luma, self._last))
        flow = self._flow_between(self._half, half)
        if self._before is not None:
            turn = np.linalg.norm(flow - self._before, axis=2)
            seen = _detailed(self._half)
            self._turns.append(float(turn[seen].mean()) if seen.any() else 0.0)
        self._before = flow

    def _fastest(self, a: _Luma, b: _Luma) -> float:
        speed = np.linalg.norm(self._flow_between(a, b), axis=2).ravel()
        count = max(1, int(speed.size * _TOP))
        return 2 * float(np.partition(speed, -count)[-count:].mean())

    def _flow_between(self, a: _Luma, b: _Luma) -> _Flow:
        return np.asarray(self._flow.calc(a, b, np.zeros((*a.shape, 2), np.float32)), np.float32)

    def motion(self) -> Motion:
        """The measures of all frames so far.

        Raises:
            ValueError: fewer than three frames.
        """
        if len(self._means) < 3:
            raise ValueError("motion is measured on three frames or more")
        steps = np.array(self._steps)
        usual = float(np.median(steps))
        # Where most steps are zero, any change at all is a jump.
        usual = max(usual, 1e-6)
        return Motion(
            flicker=float(np.abs(np.diff(self._means, 2)).mean()),
            acceleration=float(np.mean(self._turns)),
            jump=float(steps.max()) / usual,
            amount=float(np.mean(self._amounts)) if self._amounts else 0.0,
            closure=_difference(self._last, self._first) / usual,
            still=float((steps == 0).mean()),
        )


def measure(frames: Iterable[_Luma], rate: Fraction) -> Motion:
    """The measures of a whole clip of luma planes at `rate` frames a second; see `Meter`."""
    meter = Meter(rate)
    for luma in frames:
        meter.add(luma)
    return meter.motion()


def _halved(luma: _Luma) -> _Luma:
    size = (luma.shape[1] // 2, luma.shape[0] // 2)
    return np.asarray(cv2.resize(luma, size, interpolation=cv2.INTER_AREA), np.uint8)


def _detailed(half: _Luma) -> NDArray[np.bool_]:
    """Where a patch of 9×9 pixels has gradients that flow can hold on to."""
    dx, dy = (cv2.Scharr(half, cv2.CV_32F, *way) for way in ((1, 0), (0, 1)))
    slope = cv2.blur(cv2.magnitude(dx, dy), (9, 9)) / np.float32(32)
    return np.asarray(slope > _SLOPE, np.bool_)


def _difference(a: _Luma, b: _Luma) -> float:
    return float(cv2.norm(a, b, cv2.NORM_L1)) / a.size
