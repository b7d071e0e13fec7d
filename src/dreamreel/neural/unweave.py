"""Frames of woven fields made whole by a network, plane by plane and tile by tile.

    the frame and its neighbours ─► edges mirrored ─► five fields: two before, the one that is kept, two after
    ─► tiles with a halo ─► network ─► the lines between those of the field that is kept

The lines of the field that is kept stay as they are. Mirrored at its first or last line, a frame keeps its even lines
even, so that fields stay apart; and a frame with its bottom field kept is one with its top field kept, a line further
down. In 4:2:0 the colours of fields alternate by lines as well, and together they lie as those of a whole frame.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from dreamreel.errors import RenderFailed
from dreamreel.machine import cores
from dreamreel.media.planes import like, peak, planes
from dreamreel.neural.catalog import Network, Precision, weights
from dreamreel.neural.graph import core, feed, quantise, silence
from dreamreel.neural.tiling import parted, up

if TYPE_CHECKING:
    from fractions import Fraction

    import av
    import openvino as ov

__all__ = ["TILE", "FieldWorker", "Unweaver"]

TILE: Final = 640 * 180
"""Samples of a tile of a field, at most and about."""
_SMALLEST: Final = 48 * 48
"""Samples of a tile below which smaller ones would not help where memory is short."""

_FIRST: Final = ((0, 0), (0, 1), (1, 0), (1, 1), (2, 0))
_SECOND: Final = ((0, 0), (1, 1), (1, 0), (2, 1), (2, 0))
"""The five fields, first to last, where the kept one is its frame's first or second: in which of the three frames each
is, and 0 where it has the lines that are kept, 1 where it has the others."""

_Plane = NDArray[np.uint8 | np.uint16]

_log = logging.getLogger(__name__)


class Unweaver:
    """Makes frames whole. It belongs to one thread at a time."""

    def __init__(self, network: Network, precision: Precision = "f32", tile: int = TILE) -> None:
        """By a network of the family for fields, in tiles of about `tile` samples; `int8` is fast, all else `f32`."""
        self._network = network
        self._precision: Precision = precision
        self._tile = tile
        self._models: dict[tuple[int, int, int], _Tile] = {}

    def __call__(
        self,
        before: av.VideoFrame | None,
        now: av.VideoFrame,
        after: av.VideoFrame | None,
        kept: int,
        *,
        first: bool,
    ) -> av.VideoFrame:
        """`now` as it was when its field `kept` was taken: 0 is the top field, 1 the bottom one.

        `first` tells whether that field was taken before the other one of its frame. `before` and `after` are the
        frames around it, None at the ends of a film. Frames are planar, 8 to 16 bits, of one size and format. Raises
        `RenderFailed` for want of memory.
        """
        if now.height < 2:
            return now
        made = like(now)
        white = peak(now)
        around = [planes(frame) if frame is not None else None for frame in (before, now, after)]
        for number, (target, own) in enumerate(zip(planes(made), planes(now), strict=True)):
            target[:] = own
            if own.shape[0] > 1:
                near = [each[number] if each is not None else None for each in around]
                target[1 - kept :: 2] = self._lines(near, own, kept, first, white)
        return made

    def _lines(
        self, near: Sequence[_Plane | None], own: _Plane, kept: int, first: bool, white: int
    ) -> _Plane:
        """The lines of a plane between those of the field that is kept."""
        height, width = own.shape
        count = (height + kept) // 2
        while True:
            columns, rows = parted(width, count, self._tile)
            high, wide = math.ceil(count / rows), up(math.ceil(width / columns), 2)
            rim = self._network.halo
            size = (2 * (high * rows + 2 * rim), wide * columns + 4 * rim)
            fields = _five([_mirrored(one, kept, rim, size) for one in near], first)
            made = np.empty((high * rows, wide * columns), own.dtype)
            try:
                for top in range(0, high * rows, high):
                    for left in range(0, wide * columns, wide):
                        box = (slice(top, top + high + 2 * rim), slice(left, left + wide + 4 * rim))
                        tile = np.stack([field[box] for field in fields])
                        lines = self._model(tile, white)(tile)
                        made[top : top + high, left : left + wide] = lines[rim:-rim, 2 * rim : -2 * rim]
            except (MemoryError, RuntimeError) as error:
                self._shrink(width * count, error)
            else:
                return made[:count, :width]

    def _model(self, tile: _Plane, white: int) -> _Tile:
        _, height, width = tile.shape
        key = (height, width, white)
        if key not in self._models:
            self._models[key] = _Tile(self._network, height, width, white, self._precision)
        return self._models[key]

    def _shrink(self, samples: int, error: Exception) -> None:
        """Go on with smaller tiles. Raises `RenderFailed` when they would not help."""
        self._models.clear()
        if self._tile <= _SMALLEST:
            raise RenderFailed(
                f"the network {self._network.name} cannot be computed here, probably for want of memory; "
                "close other programs, or deinterlace by bwdif."
            ) from error
        self._tile = min(self._tile, samples) // 2
        _log.warning("not enough memory; going on with tiles of %d samples", self._tile)
        _log.debug("%s", error)


class FieldWorker:
    """Makes frames of fields out of windows of frames. It belongs to one thread at a time."""

    def __init__(
        self, network: Network, kept: int, rate: Fraction | None, precision: Precision = "f32", *, still: bool
    ) -> None:
        """`kept` is the field that comes first, 0 for the top one.

        With a `rate` frames come twice each, that often a second, and at odd places the second field is shown. Pictures
        that are `still` stay as they are.
        """
        self._unweave = Unweaver(network, precision)
        self._kept, self._rate, self._still = kept, rate, still

    def __call__(self, window: Sequence[av.VideoFrame], at: int, time: Fraction) -> av.VideoFrame:
        """The frame of a field of `window[at]`, which begins at `time`."""
        if self._still:
            return window[at]
        step = 1 if self._rate is None else 2
        second = self._rate is not None and round(time * self._rate) % 2 == 1
        back, ahead = at - step, at + step
        before = window[back] if back >= 0 else None
        after = window[ahead] if ahead < len(window) else None
        kept = 1 - self._kept if second else self._kept
        return self._unweave(before, window[at], after, kept, first=not second)


def _five(near: Sequence[_Plane | None], first: bool) -> list[_Plane]:
    """The fields around and at the one that is kept, as lines of mirrored planes: at a film's ends time turns round."""
    fields: list[_Plane] = []
    order = _FIRST if first else _SECOND
    for number in range(len(order)):
        own = [order[number], order[-1 - number], (1, order[number][1])]
        plane, other = next((near[frame], other) for frame, other in own if near[frame] is not None)
        assert plane is not None
        fields.append(plane[other::2])
    return fields


def _mirrored(plane: _Plane | None, kept: int, rim: int, size: tuple[int, int]) -> _Plane | None:
    """A plane with its edges mirrored, `size` lines and columns in all, so that its first line is one that is kept."""
    if plane is None:
        return None
    height, width = plane.shape
    above, left = 2 * rim + kept, 2 * rim
    edges = (above, size[0] - above - height, left, size[1] - left - width)
    return cast("_Plane", cv2.copyMakeBorder(plane, *edges, cv2.BORDER_REFLECT_101))


class _Tile:
    """The network for tiles of one size. It belongs to one thread at a time."""

    def __init__(self, network: Network, height: int, width: int, white: int, precision: Precision) -> None:
        """`height` and `width` with the halo; `white` is the largest value of a sample."""
        silence()
        import openvino as ov
        from openvino import opset13 as op

        inner = core().read_model(weights(network))
        inner.reshape({"fields": [1, 5, height, width]})
        if precision == "int8":
            for node, top in zip(_inner_convolutions(inner), network.ranges, strict=True):
                quantise(node, top)
        sample, kind = (np.uint8, "u8") if white == 255 else (np.uint16, "u16")
        given = op.parameter([1, 5, height, width], sample, name="samples")
        feed(inner.input("fields"), op.multiply(op.convert(given, "f32"), np.float32(1 / white)))
        lines = op.multiply(inner.output("lines").get_node().input_value(0).get_node(), np.float32(white))
        stored = op.convert(op.clamp(op.round(lines, "half_to_even"), 0.0, float(white)), kind)
        model = ov.Model([op.result(stored)], [given], network.name)
        config = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32",
                  "INFERENCE_NUM_THREADS": cores()}  # fmt: skip
        self._request = core().compile_model(model, "CPU", config).create_infer_request()

    def __call__(self, fields: _Plane) -> _Plane:
        """`fields` (5, H, W) → lines (H, W), overwritten by the next call."""
        self._request.infer([fields[None]], share_inputs=True, share_outputs=True)
        return self._request.get_output_tensor(0).data[0, 0]


def _inner_convolutions(model: ov.Model) -> list[ov.Node]:
    """Those that take what others made: of 3×3 samples. What goes into the first is not only above zero."""
    found = [one for one in model.get_ordered_ops() if one.get_type_name() == "Convolution"]
    return [one for one in found if list(one.input_value(1).get_node().shape)[2:] == [3, 3]]
