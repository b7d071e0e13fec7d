"""What was found in a clip: plain frozen values, one `Shot` for each stretch without a cut."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from dreamreel.time import Span

__all__ = ["Findings", "Shot"]

Scan = Literal["progressive", "tff", "bff", "telecine"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """What was found in one stretch of a clip. Steps of brightness are of 255."""

    start: Fraction
    end: Fraction
    """Exact seconds since the file's start."""
    noise: float = 0.0
    """Standard deviation of the noise, in steps of brightness."""
    noise_colour: float = 0.0
    """The same of the colour planes."""
    blocking: float = 0.0
    """How much of compression's blocks is seen, 0 (nothing) to 1."""
    ringing: float = 0.0
    """How much compression rings around edges, 0 to 1."""
    sharpness: float = 1.0
    """Share of the finest detail a picture of this size could hold that is there, 0 (soft) to 1 (crisp)."""
    brightness: float = 0.5
    """Mean of the luma, 0 (black) to 1 (white)."""
    motion: float = 0.0
    """How far the picture moves in a frame, mean of pixels."""
    detail: float = 0.0
    """Mean gradient of the luma, in steps of brightness for a pixel."""
    drawn: float = 0.0
    """How much it looks like a drawing, 0 (a camera's picture) to 1 (cel art)."""
    faces: int | None = None
    """Most faces seen in one frame; None where nothing looked for them."""
    face_height: int = 0
    """Height of the largest face in pixels."""

    @property
    def span(self) -> Span:
        """From the first frame to the end of the last."""
        return Span(self.start, self.end)


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What was found in a file, before anything is decided."""

    name: str
    """The file's name, without its folder."""
    width: int
    height: int
    """Pixels as displayed."""
    sar: Fraction = Fraction(1)
    """Width over height of one pixel."""
    rate: Fraction | None = None
    """Frames per second; None where they vary, and of stills."""
    duration: Fraction = Fraction(0)
    codec: str = ""
    bits: int = 8
    """Of a sample."""
    bit_rate: int | None = None
    """Of the picture, bits per second, where the file says it."""
    coarse: float | None = None
    """How coarsely it was quantised when it was last encoded, 0 to 1; None where the decoder does not tell."""
    hdr: bool = False
    still: bool = False
    """True for a photo."""
    scan: Scan = "progressive"
    held: float = 0.0
    """Share of frames that repeat the one before, to within what compression does to them."""
    crop: str | None = None
    """The picture without black bars, `WxH+X+Y`; None when there are none."""
    shake: float | None = None
    """How far the camera shakes, per cent of the picture's width; None where nothing looked for it."""
    hard_start: Fraction = Fraction(0)
    hard_end: Fraction = Fraction(0)
    """The five seconds that are hardest to make good."""
    sampled: bool = False
    """True for a long film of which stretches were looked at; then there is one shot."""
    shots: tuple[Shot, ...] = ()
    faces: str = ""
    """Where faces are in all of a film that was looked at whole, as `ops.found_faces.packed` writes it."""

    @property
    def hard(self) -> Span:
        """The seconds that are shown before and after."""
        return Span(self.hard_start, self.hard_end)

    @property
    def display(self) -> tuple[int, int]:
        """Width and height in square pixels."""
        return max(1, round(self.width * self.sar)), self.height

    @property
    def short_side(self) -> int:
        """The shorter of the two, as in 720p."""
        return min(self.display)

    def mean(self, name: str) -> float:
        """The mean of one of the shots' numbers, each shot for as long as it lasts."""
        whole = sum(float(shot.end - shot.start) for shot in self.shots)
        if whole <= 0:
            values = [float(getattr(shot, name)) for shot in self.shots]
            return sum(values) / len(values) if values else 0.0
        return sum(float(getattr(shot, name)) * float(shot.end - shot.start) for shot in self.shots) / whole

    @property
    def kind(self) -> str:
        """What it is, in a word."""
        return "photo" if self.still else "film"

    @property
    def is_drawn(self) -> bool:
        """Whether the film is a drawing rather than a camera's."""
        return self.mean("drawn") >= 0.5
