"""Picture sizes: `720p`, `1280x720` and `photo` become even pixels. Pure arithmetic, used by every front end."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final

from dreamreel.errors import BadSize
from dreamreel.time import nearest

__all__ = ["ASPECTS", "RESOLUTIONS", "Size", "dream_size"]

RESOLUTIONS: Final = {
    "360p": 360,
    "480p": 480,
    "540p": 540,
    "720p": 720,
    "1080p": 1080,
    "1440p": 1440,
    "2160p": 2160,
}
"""Name → the shorter side in pixels, so that an upright 720p is 720 wide; `2K` and `4K` are 1440p and 2160p."""
ASPECTS: Final = {"16:9": Fraction(16, 9), "9:16": Fraction(9, 16), "1:1": Fraction(1), "4:5": Fraction(4, 5)}
"""Name → width over height; `photo` is the photo's own."""
_ALIASES: Final = {"2k": "1440p", "4k": "2160p", "hd": "720p", "fullhd": "1080p", "uhd": "2160p"}
_LEAST, _MOST, _WIDEST = 128, 4096, Fraction(4)

Size = tuple[int, int]


def dream_size(photo: Size, resolution: str = "720p", aspect: str = "photo") -> tuple[Size, tuple[str, ...]]:
    """The video's width and height in even pixels, and sentences about what had to be rounded.

    Args:
        photo: width and height of the photo as displayed.
        resolution: a name of `RESOLUTIONS` (its shorter side), or `WxH`.
        aspect: `photo`, a name of `ASPECTS`, or `W:H`; with an explicit `WxH` it must stay `photo`.

    Raises:
        BadSize: an unknown name, or sides outside 128..4096 pixels.
    """
    text = resolution.strip().lower().replace("×", "x")
    if exact := re.fullmatch(r"(\d{1,6})x(\d{1,6})", text):
        if aspect != "photo":
            raise BadSize(f"give either a size ({resolution}) or an aspect ({aspect}), not both.")
        return _even(int(exact[1]), int(exact[2]))
    text = _ALIASES.get(text, text)
    short = RESOLUTIONS.get(text) or (int(text[:-1]) if re.fullmatch(r"\d{2,5}p", text) else None)
    if short is None:
        raise BadSize(
            f"{resolution!r} is not a resolution; choose one of {', '.join(RESOLUTIONS)}, or a size such as 1280x720."
        )
    ratio, notes = _ratio(photo, aspect)
    long = 2 * nearest(short * max(ratio, 1 / ratio) / 2)
    wide, high = (long, short) if ratio >= 1 else (short, long)
    size, more = _even(wide, high, told=False)
    return size, notes + more


def _ratio(photo: Size, aspect: str) -> tuple[Fraction, tuple[str, ...]]:
    if aspect == "photo":
        own = Fraction(photo[0], photo[1])
        held = min(max(own, 1 / _WIDEST), _WIDEST)
        return held, (
            () if held == own else ("The photo is very long and narrow; the video is kept to 4:1.",)
        )
    parts = re.fullmatch(r"(\d{1,5}):(\d{1,5})", aspect.strip())
    if not parts or not int(parts[1]) or not int(parts[2]):
        raise BadSize(f"{aspect!r} is not an aspect; choose photo, {', '.join(ASPECTS)}, or W:H.")
    ratio = Fraction(int(parts[1]), int(parts[2]))
    if not 1 / _WIDEST <= ratio <= _WIDEST:
        raise BadSize(f"an aspect of {aspect} is too narrow; stay between 1:4 and 4:1.")
    return ratio, ()


def _even(width: int, height: int, told: bool = True) -> tuple[Size, tuple[str, ...]]:
    if not (_LEAST <= width <= _MOST and _LEAST <= height <= _MOST):
        raise BadSize(f"{width}x{height} is out of range; both sides must be {_LEAST} to {_MOST} pixels.")
    even = (width + width % 2, height + height % 2)
    changed = told and even != (width, height)
    return even, (
        (
            f"{width}x{height} has an odd side; the video is {even[0]}x{even[1]}, because video needs even ones.",
        )
        if changed
        else ()
    )
