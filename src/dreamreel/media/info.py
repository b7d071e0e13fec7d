"""What is known about a clip without decoding it: plain frozen values, shared by every room above.

Times are exact `Fraction` seconds, sizes are pixels as displayed after rotation was applied.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

__all__ = ["AudioInfo", "ClipInfo", "Colour", "Hdr", "VideoInfo"]


@dataclass(frozen=True, slots=True)
class Colour:
    """Colour properties by FFmpeg's integer codes (ITU-T H.273); 2 means unspecified."""

    matrix: int = 1
    """`AVColorSpace`: 1 BT.709, 5/6 BT.601, 9 BT.2020 NCL, 0 RGB."""
    range: int = 1
    """`AVColorRange`: 1 limited (tv), 2 full (pc)."""
    primaries: int = 1
    """`AVColorPrimaries`: 1 BT.709, 9 BT.2020."""
    transfer: int = 1
    """`AVColorTransferCharacteristic`: 1 BT.709, 13 sRGB, 16 PQ, 18 HLG."""


@dataclass(frozen=True, slots=True)
class Hdr:
    """HDR10's static metadata (SMPTE ST 2086 and CTA-861.3); zeros and no primaries where a file does not say."""

    primaries: tuple[int, ...] = ()
    """x and y of red, green, blue and white of the mastering display, in 1/50 000."""
    darkest: int = 0
    """Least luminance of the mastering display, in 1/10 000 cd/m²."""
    brightest: int = 0
    """Greatest luminance of the mastering display, in 1/10 000 cd/m²."""
    max_cll: int = 0
    """Brightest pixel of the film, in cd/m²."""
    max_fall: int = 0
    """Brightest frame average of the film, in cd/m²."""


@dataclass(frozen=True, slots=True)
class VideoInfo:
    """A picture track."""

    width: int
    height: int
    pix_fmt: str = "yuv420p"
    rate: Fraction | None = Fraction(25)
    """Frames per second, or None when the frame durations vary (VFR)."""
    sar: Fraction = Fraction(1)
    """Sample aspect ratio, width over height of one pixel."""
    colour: Colour = Colour()
    alpha: bool = False
    still: bool = False
    """True when every frame is the same picture (an image, a colour): it is drawn once and held."""
    hdr: Hdr | None = None
    """HDR10's static metadata, where the file has any."""


@dataclass(frozen=True, slots=True)
class AudioInfo:
    """A sound track."""

    rate: int = 48_000
    """Samples per second."""
    layout: str = "stereo"
    """FFmpeg channel layout name: mono, stereo, 5.1 …"""
    channels: int = 2
    bits: int = 0
    """Bits per sample of a lossless source, 0 for others."""


@dataclass(frozen=True, slots=True)
class ClipInfo:
    """A clip's tracks and its length in exact seconds. At least one track is present."""

    duration: Fraction
    video: VideoInfo | None = None
    audio: AudioInfo | None = None
