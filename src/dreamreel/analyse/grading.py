"""What the light and colour of each shot need: a cast taken off, black and white where they belong, dark shots lifted.

    small pictures twice a second ─► colour of what must be grey; levels ─► per shot: medians ─► Grade (data)

A cast is believed as far as several things agree on it: the pixels that are nearly grey, the bright ones, and all of
them together. Saturated light (a sunset, a stage, a blue wall) speaks against itself and is left alone, and skin is not
asked. Levels are stretched only where the picture does not fill them, and by little.

Sources: nearly grey pixels as witnesses of the light, K.-F. Yang, S.-B. Gao, Y.-J. Li, "Efficient Illuminant Estimation
for Color Constancy Using Grey Pixels", CVPR 2015; means of higher order, G. Finlayson, E. Trezzi, "Shades of Gray and
Colour Constancy", 2004; the curve that lifts is that of E. Reinhard et al., "Photographic Tone Reproduction", 2002.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dreamreel.analyse.look import every, small
from dreamreel.media.grade import Grade

if TYPE_CHECKING:
    import av

__all__ = ["Sample", "detect", "grade_of", "sample", "sample_of", "sampled"]

Pixels = NDArray[np.float32]

_WIDTH, _HEIGHT = 96, 54
_EVERY = Fraction(1, 2)
"""Seconds between looks."""
_SHOT = (64, 36)
"""Size in which cuts are looked for."""

_NEAR_GREY = 0.10
"""Difference of colours, of 1, within which a pixel may be grey."""
_TRUST = 0.055
"""Difference between the witnesses at which a cast is only half believed."""
_UNSEEN = 0.012
"""Logarithm of a cast that nobody sees."""
_MOST_CAST = 0.30
_PLAUSIBLE, _IMPOSSIBLE = 0.34, 0.5
"""Size of a cast that light may have, and that only things have: a meadow is green by itself."""
_KEPT = 0.15
"""Of a cast, so much is left: light has a colour, and a little too much correction is worse than too little."""
_BLACK, _WHITE = 0.06, 0.90
"""Where the darkest and brightest parts of a shot may lie without being stretched."""
_STRETCH = 0.8
"""How much of the missing range is made good."""
_MOST_STRETCH = 0.14
_UNDER = 0.75
"""The brightest things of a well exposed shot are brighter; a shot without any is too dark, not a night."""
_UNDER_STRETCH, _FARTHEST_STRETCH = 0.85, 0.62
"""How much of what is missing then is made good, and the most."""
_DARK, _LIGHT = 0.27, 0.66
"""Medians of luma between which exposure is left alone."""
_NIGHT, _DIM = 0.1, 0.6
"""How far a median under that is lifted: of a shot that has its lights, and of one that is too dark as a whole."""
_MOST_LIFT = 2.2
_NOTHING = 0.06
"""Medians under that are of black, which has nothing to lift."""
_NOISE_AFTER = 3.5
"""8-bit steps of noise that dark parts may have when they are lifted."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What one picture shows of its light."""

    red: float
    """Logarithm of red over green in what ought to be grey."""
    blue: float
    belief: float
    """0 to 1: how far the witnesses agree."""
    low: float
    """The darkest and brightest parts of luma, 0 to 1, and its median."""
    high: float
    middle: float
    extreme: float
    """Between the very brightest parts and `high`: small lamps and reflections."""


def detect(path: Path, start: Fraction = Fraction(0), end: Fraction | None = None, strength: float = 1.0,
           noise: float = 0.0) -> list[tuple[Fraction, Grade]]:  # fmt: skip
    """For each shot of a film between `start` and `end`: when it begins, in seconds of the file, and its correction.

    `noise` is the film's in 8-bit steps. Decodes the whole stretch. Raises what opening the file raises,
    `BadParameter` when it has no picture.
    """
    from dreamreel.analyse.scenes import cuts

    times: list[Fraction] = []
    seen: list[tuple[Fraction, Sample]] = []

    def looked() -> Iterable[NDArray[np.uint8]]:
        due = start
        for time, frame in every(path, start, end):
            times.append(time)
            if time >= due:
                seen.append((time, sampled(frame)))
                due = time + _EVERY
            yield small(frame, *_SHOT)

    borders = [0, *cuts(times, looked())]
    if not times:
        return []
    starts = [times[number] for number in borders]
    shots: list[tuple[Fraction, Grade]] = []
    for number, begin in enumerate(starts):
        close = starts[number + 1] if number + 1 < len(starts) else None
        inside = [one for time, one in seen if begin <= time and (close is None or time < close)]
        shots.append((begin, grade_of(inside, strength, noise)))
    return shots


def sampled(frame: av.VideoFrame) -> Sample:
    """What a frame shows of its light."""
    planes = frame.reformat(
        width=_WIDTH, height=_HEIGHT, format="rgb24", interpolation="AREA", threads=1
    ).to_ndarray()
    return sample(np.asarray(planes, np.float32) / np.float32(255))


def sample_of(pixels: NDArray[np.uint8]) -> Sample:
    """What a picture shows of its light; (height, width, 3 or 4) of 8-bit sRGB."""
    import cv2

    colours = np.ascontiguousarray(pixels[..., :3])
    reduced = cv2.resize(colours, (_WIDTH, _HEIGHT), interpolation=cv2.INTER_AREA)
    return sample(np.asarray(reduced, np.float32) / np.float32(255))


def sample(rgb: Pixels) -> Sample:
    """What a small picture shows of its light; (height, width, 3), R'G'B' from 0 to 1."""
    luma = rgb @ np.array([0.2126, 0.7152, 0.0722], np.float32)
    low, middle, high, top = (float(x) for x in np.quantile(luma, (0.005, 0.5, 0.99, 0.9995)))
    usable = (rgb.min(axis=2) > 0.06) & (rgb.max(axis=2) < 0.96) & ~_skin(rgb)
    if usable.sum() < 0.02 * usable.size:
        return Sample(0.0, 0.0, 0.0, low, high, middle, top - high)
    witnesses = [found for found in _witnesses(rgb[usable], luma[usable]) if found is not None]
    points = np.array(witnesses)
    centre = np.median(points, axis=0)
    apart = float(np.abs(points - centre).max()) if len(points) > 1 else 1.0
    belief = 1 / (1 + (apart / _TRUST) ** 2) if len(points) > 1 else 0.0
    belief *= _between(float(np.hypot(*centre)), _IMPOSSIBLE, _PLAUSIBLE)
    return Sample(float(centre[0]), float(centre[1]), belief, low, high, middle, top - high)


def _witnesses(rgb: Pixels, luma: Pixels) -> list[tuple[float, float] | None]:
    """Logarithms of red and blue over green, as several things tell them."""
    logs = np.log(np.maximum(rgb, 1e-3))
    chroma = np.stack([logs[:, 0] - logs[:, 1], logs[:, 2] - logs[:, 1]], axis=1)
    return [_nearly_grey(chroma), _bright(rgb, luma), _mean(rgb)]


def _nearly_grey(chroma: Pixels) -> tuple[float, float] | None:
    """The middle of the densest place near grey, found by moving there (mean shift)."""
    centre = np.zeros(2)
    weight = np.ones(len(chroma))
    for step in range(8):
        width = _NEAR_GREY * (2.0 if step < 3 else 1.0)
        far = ((chroma - centre) ** 2).sum(axis=1) / width**2
        weight = np.exp(-far)
        total = float(weight.sum())
        if total < 0.03 * len(chroma):
            return None
        centre = (chroma * weight[:, None]).sum(axis=0) / total
    return float(centre[0]), float(centre[1])


def _bright(rgb: Pixels, luma: Pixels) -> tuple[float, float] | None:
    """The colour of the brightest tenth."""
    chosen = rgb[luma >= np.quantile(luma, 0.9)]
    mean = np.maximum(np.median(chosen, axis=0), 1e-3)
    return float(np.log(mean[0] / mean[1])), float(np.log(mean[2] / mean[1]))


def _mean(rgb: Pixels) -> tuple[float, float] | None:
    """The mean of the sixth order."""
    mean = np.maximum((rgb.astype(np.float64) ** 6).mean(axis=0) ** (1 / 6), 1e-3)
    return float(np.log(mean[0] / mean[1])), float(np.log(mean[2] / mean[1]))


def _skin(rgb: Pixels) -> NDArray[np.bool_]:
    """Where colours are those of skin, under any usual light."""
    red, green, blue = rgb[..., 0], rgb[..., 1], rgb[..., 2]
    ordered = (red > green) & (green > blue * 0.95)
    return ordered & (red > 1.12 * green) & (red < 2.2 * green) & (red > 0.2)


def grade_of(samples: Sequence[Sample], strength: float = 1.0, noise: float = 0.0) -> Grade:
    """The correction of a shot that shows `samples`; by `strength`, 0 to 1, of what it would need."""
    if not samples:
        return Grade()
    values = np.array([[one.red, one.blue, one.belief, one.low, one.high, one.middle, one.extreme]
                       for one in samples])  # fmt: skip
    red, blue, belief, _, _, middle, extreme = (float(x) for x in np.median(values, axis=0))
    low, high = float(values[:, 3].min()), float(values[:, 4].max())
    red, blue = (_corrected(value) * belief * strength for value in (red, blue))
    gains = np.exp([-red, 0.0, -blue])
    gains = gains / float(gains @ np.array([0.2126, 0.7152, 0.0722]))
    black, white = _stretched(low, high, extreme, strength)
    slope = max(1.0, _NOISE_AFTER / noise) if noise > 0 else 8.0
    white = max(white, black + 1 / slope)
    lift = _lifted(middle, high + extreme, black, white, strength)
    lift = min(lift, max(0.0, slope * (white - black) - 1))
    told = [round(float(gain), 4) for gain in gains]
    return Grade(*told, low=round(black, 4), high=round(min(white, 1.0), 4), lift=round(lift, 3))


def _corrected(cast: float) -> float:
    """How much of a cast is taken off."""
    size = min(max(abs(cast) - _UNSEEN, 0.0), _MOST_CAST) * (1 - _KEPT)
    return size if cast > 0 else -size


def _stretched(low: float, high: float, extreme: float, strength: float) -> tuple[float, float]:
    """What becomes black and what white."""
    black = min(max(low - _BLACK, 0.0) * _STRETCH, _MOST_STRETCH) * strength
    # Lamps and reflections above the rest would be cut off: they keep their room.
    room = min(max(_WHITE - high - extreme, 0.0) * _STRETCH, _MOST_STRETCH)
    under = max(0.0, 1 - (high + extreme) / _UNDER)
    return black, 1 - max(room, min(under * _UNDER_STRETCH, _FARTHEST_STRETCH)) * strength


def _lifted(middle: float, brightest: float, black: float, white: float, strength: float) -> float:
    """How much dark parts are lifted (or, below 0, bright ones held back) for the median to be in its place."""
    now = min(max((middle - black) / (white - black), _NOTHING), 0.99)
    if now < _DARK:
        share = _NIGHT + (_DIM - _NIGHT) * _between(brightest, _UNDER, _UNDER / 2)
        return min(_needed(now, now + share * (_DARK - now)), _MOST_LIFT) * strength
    if now > _LIGHT:
        return max(_needed(now, now + 0.5 * (_LIGHT - now)), -0.35) * strength
    return 0.0


def _between(value: float, none: float, whole: float) -> float:
    """0 at `none`, 1 at `whole`, straight between."""
    return min(max((value - none) / (whole - none), 0.0), 1.0)


def _needed(now: float, goal: float) -> float:
    """The lift k for which (1 + k)x / (1 + kx) takes `now` to `goal`."""
    return (goal - now) / (now * (1 - goal))
