"""DNxHD's fixed table: which sizes, frame rates and bitrates there are (SMPTE ST 2019-1, Avid's DNxHD white paper).

The encoder takes a picture only at a bitrate of this table; DNxHR, its successor, takes any size.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType

from dreamreel.errors import BadParameter

__all__ = ["dnxhd_bitrate"]

_RATES = tuple(Fraction(text) for text in ("24000/1001", "24", "25", "30000/1001", "50", "60000/1001"))
_MEGABITS: Mapping[tuple[int, str], tuple[int, ...]] = MappingProxyType({
    (1080, "lb"): (36, 36, 36, 45, 75, 90),
    (1080, "sq"): (115, 115, 120, 145, 240, 290),
    (1080, "hq"): (175, 175, 185, 220, 365, 440),
    (1080, "hqx"): (175, 175, 185, 220, 365, 440),
    (720, "sq"): (60, 60, 60, 75, 120, 145),
    (720, "hq"): (90, 90, 90, 110, 180, 220),
    (720, "hqx"): (90, 90, 90, 110, 180, 220),
})  # fmt: skip
"""Megabits per second at the six rates, by height and profile."""


def dnxhd_bitrate(width: int, height: int, rate: Fraction | None, profile: str) -> int:
    """Bits per second of DNxHD for that picture. Raises `BadParameter` where there is none, with the way out."""
    row = _MEGABITS.get((height, profile))
    if row is None or (width, height) not in ((1920, 1080), (1280, 720)) or rate not in _RATES:
        shown = f"{float(rate):.6g} fps" if rate else "a variable rate"
        raise BadParameter(
            f"DNxHD {profile} has no form for {width}×{height} at {shown}; it takes 1920×1080 and 1280×720 at 23.976, "
            "24, 25, 29.97, 50 and 59.94 fps. Choose dnxhr, which takes any size."
        )
    return row[_RATES.index(rate)] * 1_000_000
