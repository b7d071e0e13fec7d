"""Blending whole planes of 8-bit pixels, a few fast passes each (OpenCV): no conversion to RGB and back.

Opacities are uint8, 0 to 255; where one is 0 the result equals the input exactly.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["Planes", "halved", "lerp_planes", "over", "toward", "yuv"]

_Plane = NDArray[np.uint8]
Planes = tuple[_Plane, _Plane, _Plane]
"""Y (HxW), U and V (H/2xW/2), uint8, BT.709 limited range."""


def yuv(colour: int) -> tuple[int, int, int]:
    """Y, U, V (BT.709, limited range, 8 bit) of a 0xRRGGBB colour (ITU-R BT.709-6, 3.3 to 3.5)."""
    r, g, b = (colour >> s & 255 for s in (16, 8, 0))
    y = 0.2126 * r + 0.7152 * g + 0.0722 * b
    return (
        round(16 + y * 219 / 255),
        round(128 + (b - y) / 1.8556 * 224 / 255),
        round(128 + (r - y) / 1.5748 * 224 / 255),
    )


def halved(plane: _Plane) -> _Plane:
    """The plane at half size: mean of 2x2."""
    high, wide = plane.shape
    return np.asarray(cv2.resize(plane, (wide // 2, high // 2), interpolation=cv2.INTER_AREA), np.uint8)


def _times(plane: _Plane, opacity: _Plane) -> _Plane:
    return np.asarray(cv2.multiply(plane, opacity, scale=1 / 255), np.uint8)


def _not(opacity: _Plane) -> _Plane:
    return np.asarray(cv2.bitwise_not(opacity), np.uint8)


def toward(plane: _Plane, value: int, opacity: _Plane) -> _Plane:
    """The plane covered by one even value at that opacity."""
    return np.asarray(
        cv2.add(_times(plane, _not(opacity)), cv2.convertScaleAbs(opacity, alpha=value / 255)), np.uint8
    )


def lerp_planes(below: _Plane, above: _Plane, opacity: _Plane) -> _Plane:
    """`above` at that opacity over `below`."""
    return np.asarray(cv2.add(_times(below, _not(opacity)), _times(above, opacity)), np.uint8)


def over(below: _Plane, above: _Plane, keep: _Plane, zero: int) -> _Plane:
    """Premultiplied `above` over `below`; `keep` is 255 minus its opacity, `zero` the value of nothing (16 luma, 128
    chroma).
    """
    lifted = cv2.subtract(above, cv2.convertScaleAbs(keep, alpha=zero / 255))
    return np.asarray(cv2.add(_times(below, keep), lifted), np.uint8)
