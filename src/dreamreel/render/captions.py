"""Subtitles over frames: every distinct picture of words is drawn once, and only its own rectangle is composed.

    base frames ─► what is on show now? ─┬─ nothing: the frame as it is
                                         └─ pieces ─► each over the frame, kept as long as it looks the same

Where frames are held for long (a variable rate), a frame is given out again at the instant words appear or go.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Final

import av
import numpy as np

from dreamreel.media.colour import SRGB, tag
from dreamreel.ops.subtitles import spelled, subtitles_of
from dreamreel.render.graphs import Chain, Over
from dreamreel.time import Span

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dreamreel.media.subtitles.draw import Captions, Layer
    from dreamreel.media.subtitles.tracks import FontFile
    from dreamreel.render import tree

__all__ = ["captioned"]

Timed = tuple[Fraction, av.VideoFrame]

_KEPT: Final = 48
_WHITE: Final = 203.0
"""Nits of white words on an HDR picture (ITU-R BT.2408)."""
_PQ, _HLG = 16, 18
_GAP: Final = Fraction(41, 1000)
"""Seconds between frames that are given out again: more than a tick of any file, so that no two fall on one."""


def captioned(
    picture: tree.Captioned,
    items: Iterator[Timed],
    span: Span,
    again: Callable[[av.VideoFrame], av.VideoFrame],
) -> Iterator[Timed]:
    """`items`, the frames of the base during `span`, with the words of `picture` over them.

    `again` gives another reference to the same pixels.
    """
    words = _Words(picture)
    if picture.info.rate is not None:
        for time, frame in items:
            yield time, words.over(frame, time)
        return
    held: Timed | None = None
    for item in items:
        if held is not None:
            yield from _held(words, held, span.start, item[0], again)
        held = item
    if held is not None:
        yield from _held(words, held, span.start, span.end, again)


def _held(
    words: _Words,
    held: Timed,
    start: Fraction,
    until: Fraction,
    again: Callable[[av.VideoFrame], av.VideoFrame],
) -> Iterator[Timed]:
    """A frame that is on show until `until`, again at each change of the words."""
    time, frame = held
    low = max(time, start)
    moments = _apart([low, *words.captions.changes(low, until)], until)
    for at in moments:
        # Of pixels that are still needed a copy is given out; the last may have the frame itself.
        one = frame if at == moments[-1] else again(frame)
        yield time if at == low else at, words.over(one, at)


def _apart(moments: list[Fraction], until: Fraction) -> list[Fraction]:
    """The first, and the others at least `_GAP` after the one before; none so late that the next frame does for it."""
    kept = moments[:1]
    for moment in moments[1:]:
        at = max(moment, kept[-1] + _GAP)
        if at <= until - _GAP:
            kept.append(at)
    return kept


class _Words:
    """The words of one subtitle op, ready to be laid over frames."""

    def __init__(self, picture: tree.Captioned) -> None:
        from dreamreel.media.subtitles.draw import Captions

        op, info = picture.op, picture.info
        self.captions: Captions = Captions(subtitles_of(op), info.width, info.height, info.sar, spelled(op.look),
                                           _fonts(picture))  # fmt: skip
        self._form = picture.form
        self._tone = _toned(info.colour.transfer)
        self._pieces: OrderedDict[int, tuple[Layer, av.VideoFrame, Over]] = OrderedDict()

    def over(self, frame: av.VideoFrame, time: Fraction) -> av.VideoFrame:
        """`frame` with what is on show at `time`."""
        for layer in self.captions.at(time):
            top, over = self._piece(layer)
            frame = over(frame, top, still=True)
        return frame

    def _piece(self, layer: Layer) -> tuple[av.VideoFrame, Over]:
        found = self._pieces.get(id(layer))
        if found is None:
            pixels = layer.pixels
            if self._tone is not None:
                pixels = np.dstack((self._tone[pixels[:, :, :3]], pixels[:, :, 3]))
            drawn = tag(av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), "rgba"), SRGB)
            found = (layer, Chain(self._form, drawn).one(drawn), Over(layer.x, layer.y))
            self._pieces[id(layer)] = found
            while len(self._pieces) > _KEPT:
                self._pieces.popitem(last=False)
        self._pieces.move_to_end(id(layer))
        return found[1], found[2]


def _fonts(picture: tree.Captioned) -> tuple[FontFile, ...]:
    """The fonts attached to the film, when the words want them and it is there."""
    from dreamreel.media.subtitles.tracks import fonts_of

    return fonts_of(picture.fonts) if picture.fonts is not None else ()


def _toned(transfer: int) -> NDArray[np.uint8] | None:
    """SRGB values as an HDR picture stores them, so that white words are not as bright as the sun.

    ITU-R BT.2100: PQ with white at 203 nits, HLG with white at 75 %.
    """
    if transfer not in (_PQ, _HLG):
        return None
    value = np.arange(256) / 255
    linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    if transfer == _PQ:
        power = (linear * _WHITE / 10_000) ** 0.1593017578125
        stored = ((0.8359375 + 18.8515625 * power) / (1 + 18.6875 * power)) ** 78.84375
    else:
        scene = linear * 0.265
        bright = 0.17883277 * np.log(np.maximum(12 * scene - 0.28466892, 1e-6)) + 0.55991073
        stored = np.where(scene <= 1 / 12, np.sqrt(3 * scene), bright)
    return np.clip(stored * 255 + 0.5, 0, 255).astype(np.uint8)
