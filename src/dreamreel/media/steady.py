"""What makes encoders write the same bytes every time, and on every machine of a kind.

x264's AVX-512 code for its macroblock tree reads, at widths that are no multiple of its registers', memory that nobody
wrote: the same frames give other bytes from run to run (measured with x264 165 in PyAV 18.1 at 192×112 and 320×180: up
to eight results of eight runs; with AVX2 one, as fast, and the same as with plain AVX).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

__all__ = ["steady"]

_SKX: Final = 256
"""OpenCV's number for what x264 calls AVX-512: F, CD, BW, DQ and VL together."""
_X264: Final = "asm=avx2,fma3,bmi2"


def steady(encoder: str, options: dict[str, str]) -> dict[str, str]:
    """An encoder's options, with what it needs to repeat itself."""
    if encoder != "libx264" or not _wide():
        return options
    return options | {"x264-params": ":".join(filter(None, (options.get("x264-params"), _X264)))}


@lru_cache(maxsize=1)
def _wide() -> bool:
    """Whether this processor has AVX-512; all that do have AVX2 as well."""
    import cv2

    return bool(cv2.checkHardwareSupport(_SKX))
