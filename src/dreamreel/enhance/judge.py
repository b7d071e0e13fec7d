"""What enhancing did to a film, in numbers, on the seconds that were hardest.

    result, made small again ─► against the source: how far it went away from it (invented detail, noise taken away)
    steps from frame to frame where the source stands still ─► flicker that was added
    both blurred ─► ΔE2000: colours that drifted
    source at half the size ─► the same network ─► against the source: what the network is worth here (self-test)

ΔE2000: G. Sharma, W. Wu, E. N. Dalal, "The CIEDE2000 color-difference formula: implementation notes, supplementary test
data, and mathematical observations", Color Research and Application 30(1), 2005.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from dreamreel.enhance.compose import applied
from dreamreel.render.compare import compare_clips, paired
from dreamreel.render.threads import Cancel
from dreamreel.time import Span

if TYPE_CHECKING:
    from pathlib import Path

    import av

    from dreamreel.clip import Clip
    from dreamreel.enhance.proposal import Proposal

__all__ = ["Judgement", "SelfTest", "colour_difference", "flicker_of", "judged", "self_test"]

_LONGEST = Fraction(2)
"""Seconds that are looked at: the middle of the hardest."""
_TEST = Fraction(1)
_TILE = 16
"""Pixels along the sides of the tiles that are told to be still."""
_MEANT = frozenset({"deinterlace", "crop"})
_ELSEWHERE = frozenset({"stabilize", "interpolate", "to_hdr"})
"""Verbs after which pictures lie elsewhere, or mean other light, and cannot be laid over the source."""
_STILL = 1.2
"""Steps of 255 that a tile of the source may differ by from frame to frame and still count as still."""
_BLUR = 16
"""Pixels that are averaged along each side before colours are compared."""
_EVERY = 8
"""Frames from one that colours are compared in to the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfTest:
    """The source made half as large and enlarged again, against itself: decibels, by the network and by Lanczos."""

    frames: int
    psnr: float
    psnr_plain: float
    xpsnr: float
    xpsnr_plain: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A result against its source, on a few seconds."""

    start: Fraction
    end: Fraction
    frames: int
    returned: float | None = None
    """PSNR of the result, made as small as the source again, against the source: decibels of luma."""
    flicker: float | None = None
    """Steps of 255 that still places change by from frame to frame, beyond what they do in the source."""
    colour: float | None = None
    colour_worst: float | None = None
    """ΔE2000 of the blurred pictures: its mean, and what 99 of 100 places stay below."""
    self_test: SelfTest | None = None


def judged(
    clip: Clip, out: Path, hard: Span, proposal: Proposal, cancel: Cancel | None = None, *,
    shift: Fraction = Fraction(0),
) -> Judgement:  # fmt: skip
    """The numbers of a finished film. `clip` is the source; `shift` says how much later than in the source the same
    picture is in `out`. Raises what decoding raises.
    """
    from dreamreel.clip import Clip
    from dreamreel.ops.source import from_file

    cancel = cancel or Cancel()
    middle = (hard.start + hard.end) / 2
    span = Span(max(hard.start, middle - _LONGEST / 2), min(hard.end, middle + _LONGEST / 2))
    # Woven fields and bars are no part of the picture that was meant.
    meant = applied(clip, [step for step in proposal.before if step.verb in _MEANT])
    test = self_test(meant, proposal, span, cancel)
    if any(step.verb in _ELSEWHERE for step in proposal.steps()):
        return Judgement(start=span.start, end=span.end, frames=0, self_test=test)
    result = Clip.of(from_file(out))
    source = meant[span.start : min(span.end, meant.duration)].mute()
    made = result[max(Fraction(0), span.start + shift) : min(span.end + shift, result.duration)].mute()
    back = compare_clips(source, made, cancel)
    flicker, colours = _along(paired(made, source, cancel))
    return Judgement(
        start=span.start, end=span.end, frames=len(back.frames), returned=round(back.pooled("psnr").mean, 2),
        flicker=None if flicker is None else round(flicker, 3),
        colour=round(float(np.mean(colours)), 3) if colours.size else None,
        colour_worst=round(float(np.quantile(colours, 0.99)), 3) if colours.size else None, self_test=test,
    )  # fmt: skip


def self_test(clip: Clip, proposal: Proposal, span: Span, cancel: Cancel) -> SelfTest | None:
    """What the proposal's first network makes of the source at half the size; None when it has none that
    enlarges, or the source is too small.
    """
    video = clip.info.video
    step = next((step for step in proposal.steps() if step.verb == "upscale"), None)
    if step is None or video is None or min(video.width, video.height) < 64:
        return None
    times = int(str(step.args["scale"]))
    if times == 1:
        return None
    end = min(span.end, span.start + _TEST)
    width, height = video.width // (2 * times) * 2 * times, video.height // (2 * times) * 2 * times
    whole = clip[span.start : end].crop(width, height, 0, 0)
    small = whole.resize(width // times, height // times, "stretch")
    # Made small it is clean: noise and blocks are averaged away.
    args = {name: 0.0 if name == "strength" else value for name, value in step.args.items() if name != "face"}
    ours = applied(small, [type(step)(step.verb, args, step.reason)])
    one, two = (compare_clips(whole, made, cancel) for made in (ours, small.resize(width, height, "stretch")))
    return SelfTest(
        frames=len(one.frames), psnr=round(one.pooled("psnr").mean, 2), psnr_plain=round(two.pooled("psnr").mean, 2),
        xpsnr=round(one.pooled("xpsnr").mean, 2), xpsnr_plain=round(two.pooled("xpsnr").mean, 2),
    )  # fmt: skip


def _along(
    pairs: Iterator[tuple[Fraction, av.VideoFrame, av.VideoFrame]],
) -> tuple[float | None, NDArray[np.float64]]:
    """Flicker and colour differences of frames that belong together, the result first."""
    steps: list[float] = []
    colours: list[NDArray[np.float64]] = []
    before: tuple[NDArray[np.float32], NDArray[np.float32]] | None = None
    for number, (_, ours, source) in enumerate(pairs):
        now = _luma(ours), _luma(source)
        if before is not None and (found := flicker_of(*before, *now)) is not None:
            steps.append(found)
        before = now
        if number % _EVERY == 0:
            colours.append(colour_difference(_lab(ours), _lab(source)).ravel())
    flicker = float(np.mean(steps)) if steps else None
    return flicker, np.concatenate(colours) if colours else np.empty(0)


def _luma(frame: av.VideoFrame) -> NDArray[np.float32]:
    from dreamreel.analyse.look import luma

    return luma(frame).plane.astype(np.float32)


def flicker_of(
    before: NDArray[np.float32], source_before: NDArray[np.float32], now: NDArray[np.float32],
    source: NDArray[np.float32],
) -> float | None:  # fmt: skip
    """How much more a frame differs from the one before than the source's does, where the source stands still; planes
    of one size, the result in steps of 255. None when nothing stands still.
    """
    still = np.asarray(source - source_before, np.float32)
    own = np.asarray(now - before, np.float32)
    rows, columns = own.shape[0] // _TILE, own.shape[1] // _TILE
    if not rows or not columns:
        return None
    size = (columns, rows)
    whole = (slice(0, rows * _TILE), slice(0, columns * _TILE))

    def tiles(plane: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.asarray(cv2.resize(np.abs(plane)[whole], size, interpolation=cv2.INTER_AREA), np.float32)

    calm = tiles(still) <= _STILL
    return float(tiles(np.asarray(own - still, np.float32))[calm].mean()) if calm.any() else None


def _lab(frame: av.VideoFrame) -> NDArray[np.float64]:
    """A frame in CIELAB, averaged over 16 pixels each way."""
    rgb = frame.to_ndarray(format="rgb24", threads=1)
    size = (max(1, rgb.shape[1] // _BLUR), max(1, rgb.shape[0] // _BLUR))
    small = cv2.resize(rgb.astype(np.float32) / 255, size, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2LAB), np.float64)


def colour_difference(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    """ΔE2000 of CIELAB colours, (…, 3) each, as Sharma, Wu and Dalal compute it."""
    light1, a1, b1 = (one[..., n] for n in range(3))
    light2, a2, b2 = (other[..., n] for n in range(3))
    mean7 = ((np.hypot(a1, b1) + np.hypot(a2, b2)) / 2) ** 7
    grey = 1 + 0.5 * (1 - np.sqrt(mean7 / (mean7 + 25.0**7)))
    chroma1, chroma2 = np.hypot(grey * a1, b1), np.hypot(grey * a2, b2)
    hue1, hue2 = (np.degrees(np.arctan2(b, grey * a)) % 360 for a, b in ((a1, b1), (a2, b2)))
    coloured = (chroma1 * chroma2) != 0
    turn = np.asarray(np.where(coloured, (hue2 - hue1 + 180) % 360 - 180, 0.0), np.float64)
    apart = np.abs(hue1 - hue2) > 180
    total = hue1 + hue2
    hue = np.where(
        coloured, np.where(apart, np.where(total < 360, total + 360, total - 360), total) / 2, total
    )
    step_light, step_chroma = light2 - light1, chroma2 - chroma1
    step_hue = 2 * np.sqrt(chroma1 * chroma2) * np.sin(np.radians(turn / 2))
    light, chroma = (light1 + light2) / 2, (chroma1 + chroma2) / 2
    tilt = (1 - 0.17 * np.cos(np.radians(hue - 30)) + 0.24 * np.cos(np.radians(2 * hue))
            + 0.32 * np.cos(np.radians(3 * hue + 6)) - 0.20 * np.cos(np.radians(4 * hue - 63)))  # fmt: skip
    scale_light = 1 + 0.015 * (light - 50) ** 2 / np.sqrt(20 + (light - 50) ** 2)
    scale_chroma, scale_hue = 1 + 0.045 * chroma, 1 + 0.015 * chroma * tilt
    bend = 2 * np.sqrt(chroma**7 / (chroma**7 + 25.0**7))
    rotation = -np.sin(np.radians(60 * np.exp(-(((hue - 275) / 25) ** 2)))) * bend
    parts = step_light / scale_light, step_chroma / scale_chroma, step_hue / scale_hue
    return np.sqrt(parts[0] ** 2 + parts[1] ** 2 + parts[2] ** 2 + rotation * parts[1] * parts[2])
