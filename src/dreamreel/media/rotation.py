"""Rotation as files carry it: the display matrix, its eight upright cases, and the filters that bake it in."""

from __future__ import annotations

import struct
from dataclasses import dataclass

import av

from dreamreel.media.filters import FilterSpec
from dreamreel.media.libav import display_matrix

__all__ = ["Rotation", "frame_rotation", "rotation_filters"]


@dataclass(frozen=True, slots=True)
class Rotation:
    """Turn the frame by `degrees` counter-clockwise, after mirroring it left to right when `mirrored`."""

    degrees: int = 0
    """0, 90, 180 or 270; other angles in the matrix are rounded to these, as players do."""
    mirrored: bool = False

    @property
    def swaps_sides(self) -> bool:
        """True when width and height change places."""
        return self.degrees in (90, 270)

    def __bool__(self) -> bool:
        return self.mirrored or self.degrees != 0


_CLOCK = FilterSpec("transpose", (("dir", "clock"),))
_CCLOCK = FilterSpec("transpose", (("dir", "cclock"),))
_HFLIP, _VFLIP = FilterSpec("hflip"), FilterSpec("vflip")
_FILTERS: dict[tuple[int, bool], tuple[FilterSpec, ...]] = {
    (0, False): (),
    (90, False): (_CCLOCK,),
    (180, False): (_HFLIP, _VFLIP),
    (270, False): (_CLOCK,),
    (0, True): (_HFLIP,),
    (90, True): (FilterSpec("transpose", (("dir", "cclock_flip"),)),),
    (180, True): (_VFLIP,),
    (270, True): (FilterSpec("transpose", (("dir", "clock_flip"),)),),
}


def rotation_filters(rotation: Rotation) -> tuple[FilterSpec, ...]:
    """Filters that turn a frame upright; empty when nothing is to be done."""
    return _FILTERS[rotation.degrees, rotation.mirrored]


def frame_rotation(frame: av.VideoFrame) -> Rotation:
    """The rotation of a decoded frame's display matrix (ISO/IEC 14496-12 §6.2.2; FFmpeg `display.h`)."""
    try:
        data = display_matrix(frame)
    except ValueError:
        # PyAV 18 cannot list side data of kinds that are newer than it (EXIF); the angle alone is still there.
        return Rotation(round(frame.rotation / 90) * 90 % 360)
    if len(data) < 36:
        return Rotation()
    a, b, _, c, d, *_ = struct.unpack("=9i", data[:36])
    # Row vectors: a point (x, y), y down, goes to (a x + c y, b x + d y).
    mirrored = a * d - b * c < 0
    if mirrored:
        a, b = -a, -b
    # (a, b) is now where the x axis goes: (1,0) stays, (0,-1) is up on the screen, that is 90° counter-clockwise.
    if abs(a) >= abs(b):
        return Rotation(0 if a >= 0 else 180, mirrored)
    return Rotation(90 if b < 0 else 270, mirrored)
