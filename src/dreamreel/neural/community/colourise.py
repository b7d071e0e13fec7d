"""Frames that get colours from a network: their luma stays as it is, to the bit.

    luma ─► small ─► network ─► a, b ─► averaged over the frames around, where the light is the same ─► enlarged
    luma at the size of chroma + a, b ─► R'G'B' ─► chroma

A network colours each frame by itself, and a wall may be brown in one and grey in the next. So each place takes the
mean of the colours that it was given in the frames around it of the same shot, each as far as its light is as it is
now: what moves takes its colours along, and nothing is carried over a cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from dreamreel.errors import BadWeights, ModelMissing, NotFound
from dreamreel.media.colour import complete, frame_colour, rgb_matrix, tag
from dreamreel.media.planes import like, planes, steps
from dreamreel.neural.colours import Form
from dreamreel.neural.community.colours import Plane, lightness, read_colouriser
from dreamreel.neural.community.store import colouring, same, verified

if TYPE_CHECKING:
    import av

__all__ = ["CommunityColouriser", "blended", "same_shot"]

Colours = NDArray[np.float32]
"""CIELAB's a and b, (height, width, 2)."""

_LIGHT: Final = 6.0
"""How much lightness, of 100, a place may differ by and still count by 0.6 (one sigma)."""
_CUT: Final = 12.0
"""Mean difference of lightness, of 100, between frames of one shot, at most …"""
_ALIKE: Final = 0.75
"""… unless their pictures correlate by so much."""
_SMALL: Final = (48, 32)


class CommunityColouriser:
    """Gives frames colours with installed weights. It belongs to one thread at a time."""

    def __init__(self, name: str, weights: str, strength: float) -> None:
        """`weights` is the beginning of the hash of the published file, `strength` what colours are multiplied by.

        Raises `ModelMissing` when they are not installed, `BadWeights` when they are other ones or damaged.
        """
        try:
            one = colouring(name)
        except NotFound as error:
            raise ModelMissing(
                f"The weights {name} that this film was made with are not installed; add the file that they came from "
                f"by `dreamreel models add FILE --name {name}`."
            ) from error
        found = read_colouriser(verified(same(one, weights, "colour")))
        if found is None:
            raise BadWeights(f"The weights {name} do not give colours; remove them and add them again.")
        self._network = found[0]
        self._strength = np.float32(strength)
        self._seen: dict[int, tuple[av.VideoFrame, Plane, Colours]] = {}

    def __call__(self, window: Sequence[av.VideoFrame], at: int, time: Fraction) -> av.VideoFrame:
        """The frame in colours; its luma, time and format are kept."""
        del time
        known = self._known(window)
        first, last = same_shot([light for _, light, _ in known], at)
        colours = blended([(light, ab) for _, light, ab in known[first:last]], at - first)
        return _coloured(window[at], colours * self._strength)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of what the network sees."""
        return self._network.width, self._network.height

    def colours(self, grey: Plane) -> Colours:
        """The colours of one picture by itself, given as luma from 0 to 1 of the network's size."""
        return self._network(grey) * self._strength

    def _known(self, window: Sequence[av.VideoFrame]) -> list[tuple[av.VideoFrame, Plane, Colours]]:
        """Each frame with its lightness in small and its colours; kept as long as it is in the window."""
        kept: dict[int, tuple[av.VideoFrame, Plane, Colours]] = {}
        for frame in window:
            kept[id(frame)] = self._seen.get(id(frame)) or self._looked(frame)
        self._seen = kept
        return [kept[id(frame)] for frame in window]

    def _looked(self, frame: av.VideoFrame) -> tuple[av.VideoFrame, Plane, Colours]:
        grey = _grey(frame, self.size)
        colours = self._network(grey)
        light = lightness(grey)
        if light.shape != colours.shape[:2]:
            light = np.asarray(cv2.resize(light, (colours.shape[1], colours.shape[0])), np.float32)
        return frame, light, colours


def same_shot(lights: Sequence[Plane], at: int) -> tuple[int, int]:
    """The frames around `at` that no cut divides from it: from the first to behind the last."""
    small = [np.asarray(cv2.resize(one, _SMALL, interpolation=cv2.INTER_AREA), np.float32) for one in lights]
    first, last = at, at + 1
    while first > 0 and _alike(small[first - 1], small[first]):
        first -= 1
    while last < len(small) and _alike(small[last - 1], small[last]):
        last += 1
    return first, last


def _alike(one: Plane, other: Plane) -> bool:
    if float(np.abs(one - other).mean()) <= _CUT / 4:
        return True
    spread = float(one.std() * other.std())
    together = float(((one - one.mean()) * (other - other.mean())).mean())
    return float(np.abs(one - other).mean()) <= _CUT and spread > 0 and together / spread >= _ALIKE


def blended(shot: Sequence[tuple[Plane, Colours]], at: int) -> Colours:
    """The colours of the frame `at` of a shot: those that it and its neighbours were given, as far as the light of each
    place is the same. Near ones count more; the weights fall to both sides in a straight line.
    """
    now = shot[at][0]
    reach = max(at, len(shot) - 1 - at) + 1
    total: Colours = np.zeros_like(shot[at][1])
    weight: Plane = np.zeros_like(now)
    for number, (light, colours) in enumerate(shot):
        near = np.float32(1 - abs(number - at) / reach)
        share = near * np.exp(-((light - now) ** 2) / np.float32(2 * _LIGHT**2))
        total += colours * share[..., None]
        weight += share
    return np.asarray(total / weight[..., None], np.float32)


def _form(frame: av.VideoFrame) -> Form:
    colour = complete(frame_colour(frame), frame.format.name, frame.height)
    return Form(frame.format.components[0].bits, *steps(frame.format.name), colour)


def _grey(frame: av.VideoFrame, size: tuple[int, int]) -> Plane:
    """A frame's luma from 0 to 1, at another size: (width, height)."""
    black, white, _ = _form(frame).spread
    luma = planes(frame)[0].astype(np.float32)
    shrinks = size[0] * size[1] < luma.size
    small = cv2.resize(luma, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
    return np.asarray((small - np.float32(black)) / np.float32(white), np.float32).clip(0, 1)


def _coloured(frame: av.VideoFrame, colours: Colours) -> av.VideoFrame:
    """A new frame with the luma of `frame` and chroma of CIELAB's a and b."""
    form = _form(frame)
    made = like(frame)
    sources, targets = planes(frame), planes(made)
    targets[0][:] = sources[0]
    if len(sources) == 4:
        targets[3][:] = sources[3]
    height, width = sources[1].shape
    grey = _grey(frame, (width, height))
    large = np.asarray(cv2.resize(colours, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
    lab = np.dstack([lightness(grey), large])
    rgb = np.asarray(cv2.cvtColor(lab.astype(np.float32), cv2.COLOR_LAB2RGB), np.float32).clip(0, 1)
    chroma = cv2.transform(rgb, np.linalg.inv(rgb_matrix(form.colour))[1:].astype(np.float32))
    _, _, span = form.spread
    for number in (0, 1):
        plane = np.rint(chroma[..., number] * np.float32(span) + np.float32(form.grey))
        targets[1 + number][:] = plane.clip(0, 2**form.bits - 1)
    return tag(made, form.colour)
