"""Ops that work on what is heard: channels, noise, fades of the sound alone; and how loud the world wants it.

Channels are mixed by the coefficients of ITU-R BS.775-3 (0.707 for centre and surrounds), scaled so that nothing can
add up to more than full scale.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from types import MappingProxyType
from typing import Final, NamedTuple

from dreamreel.errors import BadDuration, BadParameter
from dreamreel.media.filters import FilterSpec
from dreamreel.media.info import AudioInfo, ClipInfo
from dreamreel.ops.base import Filter, Gain, need_audio
from dreamreel.time import Span, figure

__all__ = ["LAYOUTS", "LOUDNESS", "Channels", "DenoiseSound", "FadeSound", "Loudness", "loudness_named"]

LAYOUTS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType({
    "mono": ("FC",), "stereo": ("FL", "FR"), "2.1": ("FL", "FR", "LFE"), "3.0": ("FL", "FR", "FC"),
    "quad": ("FL", "FR", "BL", "BR"), "5.0": ("FL", "FR", "FC", "BL", "BR"),
    "5.0(side)": ("FL", "FR", "FC", "SL", "SR"), "5.1": ("FL", "FR", "FC", "LFE", "BL", "BR"),
    "5.1(side)": ("FL", "FR", "FC", "LFE", "SL", "SR"), "6.1": ("FL", "FR", "FC", "LFE", "BC", "SL", "SR"),
    "7.1": ("FL", "FR", "FC", "LFE", "BL", "BR", "SL", "SR"),
})  # fmt: skip
"""Channels of FFmpeg's layouts that can be mixed into each other, in order."""

_HALF = 0.5**0.5
_FOLD: Final[Mapping[str, tuple[tuple[str, float], ...]]] = MappingProxyType({
    "FC": (("FL", _HALF), ("FR", _HALF)), "BC": (("BL", _HALF), ("BR", _HALF)),
    "BL": (("SL", 1.0), ("FL", _HALF)), "BR": (("SR", 1.0), ("FR", _HALF)),
    "SL": (("BL", 1.0), ("FL", _HALF)), "SR": (("BR", 1.0), ("FR", _HALF)),
    "FL": (("FC", _HALF),), "FR": (("FC", _HALF),), "LFE": (),
})  # fmt: skip
"""Where a channel goes that the new layout lacks: into the first of these, or, of a pair with centre gains, both."""


@dataclass(frozen=True, slots=True)
class Channels(Filter):
    """The sound in another layout, mixed by BS.775, or made of chosen channels.

    The LFE channel is left out of mixes, as BS.775 has it: what is in it is felt, and would only distort elsewhere.
    """

    name = "sound.channels"
    layout: str = "stereo"
    """mono, stereo, 2.1, 3.0, quad, 5.0, 5.1, 6.1 or 7.1 as FFmpeg names them."""
    take: tuple[int, ...] = ()
    """For each new channel the number, from 0, of the old channel it is; empty mixes."""

    def infer(self, *inputs: ClipInfo) -> ClipInfo:
        (info,) = inputs
        audio = need_audio("channels", info)
        if self.layout not in LAYOUTS:
            raise BadParameter(f"channels: {self.layout!r} is not a layout; choose {', '.join(LAYOUTS)}.")
        count = len(LAYOUTS[self.layout])
        if self.take and len(self.take) != count:
            raise BadParameter(
                f"channels: {self.layout} has {count} channels, but {len(self.take)} were chosen."
            )
        if any(not 0 <= number < audio.channels for number in self.take):
            raise BadParameter(
                f"channels: this sound has {audio.channels} channels, numbered from 0; choose of those."
            )
        if not self.take and audio.layout not in LAYOUTS:
            raise BadParameter(f"channels: {audio.layout} sound cannot be mixed; say which channels to take.")
        return replace(info, audio=AudioInfo(audio.rate, self.layout, count))

    def sound_filters(self, info: ClipInfo) -> tuple[FilterSpec, ...]:
        audio = need_audio("channels", info)
        if not self.take and audio.layout == self.layout:
            return ()
        if self.take:
            rows = [f"c{new}=c{old}" for new, old in enumerate(self.take)]
        else:
            rows = _mixed(audio.layout, self.layout)
        return (FilterSpec.of("pan", args="|".join([self.layout, *rows])),)


def _mixed(source: str, target: str) -> list[str]:
    """The rows of `pan` that mix one layout into another."""
    old, new = LAYOUTS[source], LAYOUTS[target]
    gains: dict[str, dict[str, float]] = {name: {} for name in new}
    for channel in old:
        for place, gain in _places(channel, new):
            gains[place][channel] = gains[place].get(channel, 0.0) + gain
    if source == "mono" and target != "mono" and "FC" not in new:
        # One voice in the middle: as loud from two loudspeakers as it is written.
        gains = {name: ({"FC": 1.0} if name in ("FL", "FR") else {}) for name in new}
    loudest = max((sum(row.values()) for row in gains.values()), default=1.0)
    scale = 1 / max(1.0, loudest)
    rows: list[str] = []
    for name in new:
        parts = [f"{gain * scale:.6f}*c{old.index(channel)}" for channel, gain in gains[name].items()]
        rows.append(f"{name}={'+'.join(parts) if parts else '0*c0'}")
    return rows


def _places(channel: str, new: tuple[str, ...]) -> list[tuple[str, float]]:
    """Where a channel is heard in a layout, and how strongly."""
    if channel in new:
        return [(channel, 1.0)]
    ways = _FOLD[channel]
    if channel in ("FC", "BC"):
        return [place for name, gain in ways for place in _scaled(name, gain, new)]
    for name, gain in ways:
        if found := _scaled(name, gain, new):
            return found
    return []


def _scaled(name: str, gain: float, new: tuple[str, ...]) -> list[tuple[str, float]]:
    if name in new:
        return [(name, gain)]
    if name in ("FL", "FR") and "FC" in new:
        return [("FC", gain * _HALF)]
    return _scaled(_FRONT[name], gain * _HALF, new) if name in _FRONT else []


_FRONT: Final[Mapping[str, str]] = MappingProxyType({"BL": "FL", "SL": "FL", "BR": "FR", "SR": "FR"})


@dataclass(frozen=True, slots=True)
class DenoiseSound(Filter):
    """Steady noise (hiss, hum, fans) lowered by spectral subtraction (FFmpeg's afftdn)."""

    name = "sound.denoise"
    sound_delay = Fraction(1, 40)
    reduction: float = 12.0
    """dB by which noise becomes quieter, 1 to 40; much of it makes voices hollow."""
    floor: float = -50.0
    """How loud the noise is, RMS in dB of full scale, −80 to −20."""

    def infer(self, *inputs: ClipInfo) -> ClipInfo:
        (info,) = inputs
        need_audio("denoise sound", info)
        if not 1 <= self.reduction <= 40 or not -80 <= self.floor <= -20:
            raise BadParameter(
                "denoise sound: choose a reduction of 1 to 40 dB and a floor of -80 to -20 dB."
            )
        return info

    def sound_filters(self, info: ClipInfo) -> tuple[FilterSpec, ...]:
        del info
        # The filter wants to hear where noise ends; 4 dB over its mean hold nearly all of it.
        end = min(-20.0, self.floor + 4)
        return (FilterSpec.of("afftdn", nr=f"{self.reduction:.2f}", nf=f"{end:.2f}"),)


@dataclass(frozen=True, slots=True)
class FadeSound(Filter):
    """The sound alone from silence over the first `start` seconds, and to silence over the last `end` seconds."""

    name = "sound.fade"
    start: Fraction = Fraction(0)
    end: Fraction = Fraction(0)

    def infer(self, *inputs: ClipInfo) -> ClipInfo:
        (info,) = inputs
        need_audio("fade sound", info)
        if self.start < 0 or self.end < 0 or max(self.start, self.end) > info.duration:
            longest = figure(info.duration)
            raise BadDuration(
                f"fade sound: a fade takes from 0 s to the whole clip of {longest} s; choose a shorter one."
            )
        return info

    def gains(self, info: ClipInfo) -> tuple[Gain, ...]:
        rise = (Gain(Span(Fraction(0), self.start), 0.0, 1.0),) if self.start else ()
        fall = (Gain(Span(info.duration - self.end, info.duration), 1.0, 0.0),) if self.end else ()
        return (*rise, *fall)


class Loudness(NamedTuple):
    """What a platform or standard asks for."""

    target: float
    """LUFS."""
    peak: float
    """dBTP."""
    what: str


LOUDNESS: Final[Mapping[str, Loudness]] = MappingProxyType({
    "ebu": Loudness(-23.0, -1.0, "European broadcast, EBU R 128"),
    "atsc": Loudness(-24.0, -2.0, "American broadcast, ATSC A/85"),
    "arib": Loudness(-24.0, -1.0, "Japanese broadcast, ARIB TR-B32"),
    "streaming": Loudness(-14.0, -1.0, "music and video services: YouTube, Spotify, Tidal, Amazon Music"),
    "youtube": Loudness(-14.0, -1.0, "YouTube"),
    "spotify": Loudness(-14.0, -1.0, "Spotify"),
    "apple": Loudness(-16.0, -1.0, "Apple Music and Apple Podcasts"),
    "podcast": Loudness(-16.0, -1.0, "speech in stereo, AES TD1008"),
    "podcast-mono": Loudness(-19.0, -1.0, "speech in mono, as loud as -16 in stereo"),
    "netflix": Loudness(-27.0, -2.0, "film for services that measure dialogue, Netflix"),
    "cinema": Loudness(-27.0, -2.0, "film with its full range"),
    "audiobook": Loudness(-20.0, -3.0, "audiobooks, ACX"),
})  # fmt: skip
"""Loudness by platform; peaks leave room for what lossy codecs add."""


def loudness_named(name: str) -> Loudness:
    """A row of `LOUDNESS`. Raises `BadParameter` for a name that is none."""
    if name not in LOUDNESS:
        raise BadParameter(
            f"{name!r} is not a known loudness; choose {', '.join(LOUDNESS)}, or a number of LUFS."
        )
    return LOUDNESS[name]
