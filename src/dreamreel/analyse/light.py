"""How bright the brightest light of an HDR film is: what its metadata says, else what its frames show."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from dreamreel.analyse.look import Luma, luma, spread
from dreamreel.media.tonemap import DEFAULT_PEAK, HLG, WHITE, from_pq

__all__ = ["peak", "peak_of"]

_FRAMES = 24
_BRIGHTEST = 99.98
"""Per cent of pixels that are no brighter: a few may be noise or ringing."""
_HEADROOM = 1.15
"""Frames that were not looked at may be brighter than those that were."""


def peak(path: Path) -> float:
    """The brightest light of a film in cd/m², 203 to 10 000, to two digits that count.

    MaxCLL when the file carries it; else what two dozen frames show, within what the mastering display could show.
    HLG has its nominal 1000. Raises what opening the file raises, `BadParameter` when it has no picture.
    """
    from dreamreel.media.hdr import light_of

    seen: list[Luma] = []
    mastered = 10_000.0
    for _, frame in spread(path, _FRAMES):
        light = light_of(frame)
        if int(frame.color_trc) == HLG:
            return DEFAULT_PEAK
        if light.luminance and light.luminance[1] >= WHITE:
            mastered = min(mastered, light.luminance[1])
        if light.content and light.content[0] >= WHITE:
            return _rounded(min(float(light.content[0]), mastered))
        seen.append(luma(frame))
    return _rounded(min(peak_of(seen) * _HEADROOM, mastered)) if seen else DEFAULT_PEAK


def peak_of(frames: Iterable[Luma]) -> float:
    """The brightest light in PQ frames, cd/m², without the few brightest pixels of each."""
    codes = [
        (float(np.percentile(one.plane, _BRIGHTEST)) - one.black) / (one.white - one.black) for one in frames
    ]
    return float(from_pq(np.array(max(codes, default=0.0))))


def _rounded(light: float) -> float:
    """To two digits, so that films of one kind share a cube."""
    return float(f"{min(max(light, WHITE), 10_000.0):.1e}") if light > WHITE else WHITE
