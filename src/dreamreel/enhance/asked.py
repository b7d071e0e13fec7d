"""What a user asks of the enhancer, as one frozen value that is also JSON; nothing said means: what is best."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal

from dreamreel.errors import BadParameter, BadSize

__all__ = ["NAMED_SIZES", "Asked", "Goal", "goal_of"]

NAMED_SIZES: Final = {
    "360p": 360, "480p": 480, "540p": 540, "576p": 576, "720p": 720, "1080p": 1080, "1440p": 1440, "2160p": 2160,
    "4320p": 4320, "2k": 1440, "4k": 2160, "8k": 4320, "hd": 720, "fullhd": 1080, "uhd": 2160,
}  # fmt: skip
"""Name → shorter side in pixels; 2K, 4K and 8K as screens are sold: 1440p, 2160p, 4320p."""
_MOST = 16_384
_MOST_TIMES = 8

Choice = Literal["auto", "on", "off"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was asked. Raises `BadParameter` or `BadSize` for a value out of range."""

    to: str = "auto"
    """Size: auto, 720p, 1080p, 2K, 4K, 8K, WxH, x2 … x8, or same."""
    model: str = "auto"
    """A family of networks, the name of installed weights of others, or auto."""
    size: Literal["auto", "s", "m", "l"] = "auto"
    """Of the network."""
    strength: float | None = None
    """How much to clean, 0 (not at all) to 1; None is what was found to be needed."""
    deinterlace: Literal["auto", "off", "tff", "bff", "film"] = "auto"
    deinterlace_by: Literal["network", "bwdif"] = "network"
    """The network is nearer to what was there, the filter faster."""
    denoise: Choice = "auto"
    deblock: Choice = "auto"
    deband: Choice = "auto"
    dehalo: Choice = "auto"
    face: float | None = None
    """How much of a network for faces shows inside soft masks around them, 0 (none) to 1; None is what is best."""
    stabilize: bool = False
    fps: Fraction | None = None
    """Frames per second, made by interpolation."""
    crop: bool = False
    """Black bars away."""
    restore_film: bool = False
    """Dust, scratches and flicker of old film away."""
    auto_colour: bool = False
    colourise: str = ""
    """Weights that give colours, or auto for the first that do; empty leaves the colours as they are."""
    hdr: bool = False
    """SDR as HDR."""
    grain: float | None = None
    """Grain put over the result, 0 to 1."""
    match_grain: bool = False
    """Grain put over the result as the source had it."""
    crf: int | None = None
    codec: str | None = None

    def __post_init__(self) -> None:
        for name in ("strength", "face", "grain"):
            value = getattr(self, name)
            if value is not None and not 0 <= value <= 1:
                raise BadParameter(f"{name}: {value:g} is out of range; choose 0 to 1.")
        if self.fps is not None and not 0 < self.fps <= 1000:
            raise BadParameter(f"fps: {self.fps} is out of range; choose above 0 and up to 1000.")
        if self.crf is not None and not 0 <= self.crf <= 63:
            raise BadParameter(f"crf: {self.crf} is out of range; choose 0 to 63.")
        if self.stabilize and self.crop:
            raise BadParameter(
                "stabilize and crop exclude each other: cut the bars away first, then steady the result."
            )
        if self.grain is not None and self.match_grain:
            raise BadParameter("grain: give a number or match, not both.")
        goal_of(self.to)


@dataclass(frozen=True, slots=True)
class Goal:
    """A size that was asked for: by its shorter side, as a box, or times as large; all None leaves the choice."""

    short_side: int | None = None
    box: tuple[int, int] | None = None
    times: int | None = None


def goal_of(text: str) -> Goal:
    """What a size's text means. Raises `BadSize`."""
    plain = text.strip().lower().replace("×", "x")
    if plain in ("auto", "same"):
        return Goal(times=1 if plain == "same" else None)
    short = NAMED_SIZES.get(plain) or (int(plain[:-1]) if re.fullmatch(r"\d{2,5}p", plain) else None)
    if short is not None and 2 <= short <= _MOST:
        return Goal(short_side=short)
    if (times := re.fullmatch(r"x(\d{1,2})|(\d{1,2})x", plain)) and 1 <= int(
        times[1] or times[2]
    ) <= _MOST_TIMES:
        return Goal(times=int(times[1] or times[2]))
    if box := re.fullmatch(r"(\d{1,5})x(\d{1,5})", plain):
        width, height = int(box[1]), int(box[2])
        if 2 <= width <= _MOST and 2 <= height <= _MOST:
            return Goal(box=(width, height))
    raise BadSize(f"{text[:30]!r} is not a size; write 720p, 1080p, 2K, 4K, 8K, 1920x1080, or x2 to x8.")
