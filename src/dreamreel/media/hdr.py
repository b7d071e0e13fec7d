"""How bright a picture is meant: SDR, HDR10, HDR10+, HLG or Dolby Vision, and what its mastering display could show.

Structures are FFmpeg's (libavutil `mastering_display_metadata.h`), which carry SMPTE ST 2086 and CTA-861.3.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, cast

from dreamreel.media.info import Hdr

if TYPE_CHECKING:
    from collections.abc import Iterable

    import av
    from av.sidedata.sidedata import SideData

    from dreamreel.graph import JSON
    from dreamreel.media.info import Colour

__all__ = ["Light", "dolby_vision", "hdr_of", "light_of"]

_PQ, _HLG = 16, 18


@dataclass(frozen=True, slots=True)
class Light:
    """What a frame says about light beyond its colour codes."""

    primaries: tuple[tuple[float, float], ...] = ()
    """x and y of red, green, blue and white of the mastering display."""
    luminance: tuple[float, float] | None = None
    """Its darkest and brightest, in candela per square metre."""
    content: tuple[int, int] | None = None
    """MaxCLL and MaxFALL in candela per square metre."""
    dynamic: bool = False
    """True with HDR10+ metadata."""
    dolby: str | None = None
    """Dolby Vision's profile, or "yes" when only frames tell."""
    captions: bool = False
    """True with closed captions (CEA-608 or 708) inside the picture track."""
    interlaced: bool = False
    stereo: bool = False
    spherical: bool = False
    chroma_location: str | None = None

    def with_config(self, dolby: str | None) -> Light:
        """With Dolby Vision's profile as the container says it."""
        return replace(self, dolby=dolby or self.dolby)

    def kind(self, transfer: int) -> str:
        """The name of the format for a transfer characteristic of H.273."""
        if self.dolby:
            return f"Dolby Vision {self.dolby}" if self.dolby != "yes" else "Dolby Vision"
        if transfer == _HLG:
            return "HLG"
        if transfer != _PQ:
            return "SDR"
        return "HDR10+" if self.dynamic else "HDR10" if self.luminance or self.content else "PQ"

    def as_json(self, colour: Colour) -> dict[str, JSON]:
        """Facts of a track by name; a frame's word counts only where it says yes."""
        facts: dict[str, JSON] = {"hdr": self.kind(colour.transfer), "captions": self.captions, "mastering": None,
                                  "content_light": None}  # fmt: skip
        if self.luminance or self.primaries:
            low, high = self.luminance or (None, None)
            facts["mastering"] = {"primaries": [list(pair) for pair in self.primaries],
                                  "min_luminance": low, "max_luminance": high}  # fmt: skip
        if self.content:
            facts["content_light"] = {"max_cll": self.content[0], "max_fall": self.content[1]}
        facts |= {"interlaced": True} if self.interlaced else {}
        facts |= {"stereo": "yes"} if self.stereo else {}
        return facts | ({"spherical": "yes"} if self.spherical else {})


_MASTERING: Final = struct.Struct("=20i2i")


def light_of(frame: av.VideoFrame) -> Light:
    """The light of a decoded frame."""
    data = _side_data(frame)
    light = Light(
        dynamic="DYNAMIC_HDR_PLUS" in data, captions="A53_CC" in data, interlaced=frame.interlaced_frame,
        dolby="yes" if {"DOVI_METADATA", "DOVI_RPU_BUFFER"} & data.keys() else None,
        stereo="STEREO3D" in data, spherical="SPHERICAL" in data,
    )  # fmt: skip
    if len(mastering := data.get("MASTERING_DISPLAY_METADATA", b"")) >= _MASTERING.size:
        numbers = _MASTERING.unpack_from(mastering)
        values = [round(n / d, 5) if d else 0.0 for n, d in zip(numbers[:20:2], numbers[1:20:2], strict=True)]
        if numbers[20]:
            light = replace(light, primaries=tuple(zip(values[0:8:2], values[1:8:2], strict=True)))
        if numbers[21]:
            light = replace(light, luminance=(values[8], values[9]))
    if len(content := data.get("CONTENT_LIGHT_LEVEL", b"")) >= 8:
        light = replace(light, content=struct.unpack_from("=II", content))
    return light


def hdr_of(frame: av.VideoFrame) -> Hdr | None:
    """HDR10's static metadata of a decoded frame, in the integers that encoders take; None where it says none."""
    light = light_of(frame)
    if not (light.primaries or light.luminance or light.content):
        return None
    low, high = light.luminance or (0.0, 0.0)
    content = light.content or (0, 0)
    return Hdr(primaries=tuple(round(value * 50_000) for pair in light.primaries for value in pair),
               darkest=round(low * 10_000), brightest=round(high * 10_000), max_cll=content[0],
               max_fall=content[1])  # fmt: skip


def _side_data(frame: av.VideoFrame) -> dict[str, bytes]:
    try:
        items = cast("Iterable[SideData]", iter(frame.side_data))
        return {item.type.name: bytes(item) for item in items}
    except ValueError:  # A kind that PyAV does not know yet.
        return {}


def dolby_vision(record: bytes) -> str | None:
    """Profile and level out of a `dvcC` or `dvvC` box: `profile 8.1, level 6`.

    Source: Dolby Vision Streams Within the ISO Base Media File Format, §2.2.
    """
    if len(record) < 5:
        return None
    profile, level = record[2] >> 1, (record[2] & 1) << 5 | record[3] >> 3
    compatible = record[4] >> 4
    return f"profile {profile}{f'.{compatible}' if compatible else ''}, level {level}"
