"""Colours around a network: from the samples of a picture to what it takes, and back, as nodes of an OpenVINO graph.

Chroma is sited as in MPEG-2 and H.264: beside the left of two luma columns, between two rows. It is made larger by
linear interpolation and smaller by the matching three-point filter: flat colours and ramps come back as they were.

The samples that one sample becomes are channels beside each other, to the end: what the network adds to the picture and
the colours of the result are computed of them, and only luma and chroma are woven.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from dreamreel.media.colour import rgb_matrix
from dreamreel.media.info import Colour

if TYPE_CHECKING:
    import openvino as ov

__all__ = ["Form", "phases_of", "phases_to_yuv", "to_rgb", "to_yuv", "weave", "woven"]


@dataclass(frozen=True, slots=True)
class Form:
    """How samples of a planar picture are to be read and written."""

    bits: int
    across: int
    """Luma columns per chroma column, 1 or 2."""
    down: int
    """Luma rows per chroma row, 1 or 2."""
    colour: Colour
    """Complete."""

    @property
    def sample(self) -> type[np.uint8 | np.uint16]:
        """What holds one sample."""
        return np.uint8 if self.bits == 8 else np.uint16

    @property
    def grey(self) -> float:
        """Chroma without colour."""
        return float(2 ** (self.bits - 1))

    @property
    def spread(self) -> tuple[float, float, float]:
        """Black, the steps from black to white, and the steps that chroma spans."""
        if self.colour.range == 2:
            top = 2**self.bits - 1
            return 0.0, float(top), float(top)
        step = 2 ** (self.bits - 8)
        return 16.0 * step, 219.0 * step, 224.0 * step


def _matrix(form: Form) -> NDArray[np.float32]:
    return np.array(rgb_matrix(form.colour), np.float32)


def _mixed(source: ov.Node, matrix: NDArray[np.float32]) -> ov.Node:
    """Each pixel's channels times a matrix."""
    return _convolved(source, matrix[:, :, None, None])


def to_rgb(form: Form, y: ov.Node, uv: ov.Node, *, coarse: bool) -> ov.Node:
    """Luma counts the same in each of the three colours; `coarse` convolutions would round it."""
    from openvino import opset13 as op

    black, white, span = form.spread
    matrix = _matrix(form)
    bright = op.multiply(op.subtract(op.convert(y, "f32"), np.float32(black)), np.float32(1 / white))
    chroma = op.subtract(op.convert(uv, "f32"), np.float32(form.grey))
    tint = _tint_enlarged(form, chroma, matrix[:, 1:] / np.float32(span))
    light = op.multiply(bright, matrix[:, 0].reshape(1, 3, 1, 1)) if coarse else _mixed(bright, matrix[:, :1])
    return op.clamp(op.add(tint, light), 0.0, 1.0)


_ROWS: Final = {1: ((0, 1, 0),), 2: ((0.25, 0.75, 0), (0, 0.75, 0.25))}
_COLUMNS: Final = {1: ((0, 1, 0),), 2: ((0, 1, 0), (0, 0.5, 0.5))}
"""What a larger sample takes of the chroma samples before, at and after it: rows lie between two, columns left."""
_ACROSS: Final = {1: (1.0,), 2: (0.25, 0.5, 0.25)}
"""What a chroma sample takes of the luma columns around it."""


def _tint_enlarged(form: Form, chroma: ov.Node, matrix: NDArray[np.float32]) -> ov.Node:
    """What chroma adds to each colour, at every luma sample."""
    from openvino import opset13 as op

    count = form.down * form.across
    if count == 1:
        return _mixed(chroma, matrix)
    kernel = np.zeros((3, count, 2, 3, 3), np.float32)
    for number in range(count):
        row, column = divmod(number, form.across)
        taps = np.outer(_ROWS[form.down][row], _COLUMNS[form.across][column])
        kernel[:, number] = matrix[:, :, None, None] * taps
    kernel = kernel.reshape(3 * count, 2, 3, 3)
    made = op.convolution(chroma, op.constant(kernel), [1, 1], [1, 1], [1, 1], [1, 1])
    return weave(made, form.down, form.across)


def weave(phases: ov.Node, down: int, across: int) -> ov.Node:
    """Channels that are the samples of `down` rows and `across` columns, laid beside each other."""
    from openvino import opset13 as op

    if down == across:
        return phases if down == 1 else op.depth_to_space(phases, "depth_first", down)
    count = phases.shape[1] // (down * across)
    # In steps that hold for pictures of any size: 0 is as many as there are, -1 what remains.
    apart = _shaped(_turned(phases, 0, 2, 3, 1), 0, 0, 0, count, down, across)
    rows = _shaped(_turned(apart, 0, 3, 2, 5, 1, 4), 0, 0, 0, 0, -1)
    return _shaped(_turned(rows, 0, 1, 4, 2, 3), 0, 0, 0, -1)


def _turned(source: ov.Node, *order: int) -> ov.Node:
    from openvino import opset13 as op

    return op.transpose(source, np.array(order, np.int64))


def _shaped(source: ov.Node, *sides: int) -> ov.Node:
    from openvino import opset13 as op

    return op.reshape(source, np.array(sides, np.int64), True)


def woven(form: Form, scale: int) -> bool:
    """Whether a whole number of chroma samples comes of each sample that goes in."""
    return scale > 1 and scale % form.across == 0 and scale % form.down == 0


def phases_of(made: ov.Node, rgb: ov.Node, scale: int, *, coarse: bool) -> ov.Node | None:
    """The result of a network before its samples are woven, those of each colour as channels; None for other networks.

    What is woven and then added to the picture with its samples repeated, is added first.
    """
    from openvino import opset13 as op

    if made.get_type_name() != "Add":
        return None
    detail, large = (made.input_value(number).get_node() for number in (0, 1))
    if detail.get_type_name() != "DepthToSpace" or large.get_type_name() != "Interpolate":
        return None
    added = detail.input_value(0).get_node()
    if coarse:
        both = zip(_colours(added), _colours(rgb), strict=True)
        return op.concat([op.add(more, one) for more, one in both], 1)
    return op.add(added, _mixed(rgb, np.repeat(np.eye(3, dtype=np.float32), scale * scale, 0)))


def _colours(source: ov.Node) -> list[ov.Output]:
    """The channels of red, of green and of blue."""
    from openvino import opset13 as op

    return op.split(source, op.constant(np.int64(1)), 3).outputs()


def _luma(form: Form, source: ov.Node, scale: int, *, coarse: bool, softer: float = 0.0) -> ov.Node:
    """Of `scale`² channels of each colour, the samples that one became."""
    from openvino import opset13 as op

    black, white, _ = form.spread
    shares = _inverse(form)[0] * np.float32(white)
    each, blur = np.eye(scale**2, dtype=np.float32)[:, :, None, None], _blur(scale, softer)
    if coarse:
        red, green, blue = (
            op.multiply(one, share) for one, share in zip(_colours(source), shares, strict=True)
        )
        made = op.add(op.add(red, green), blue)
        if softer:
            made = op.add(made, _convolved(made, blur - np.pad(each, ((0, 0), (0, 0), (1, 1), (1, 1)))))
    else:
        kernel = blur if softer else each
        made = _convolved(source, np.concatenate([share * kernel for share in shares], 1))
    return op.add(made, np.float32(black))


def _blur(scale: int, softer: float) -> NDArray[np.float32]:
    """A kernel over the samples that each sample became, for a blur of what they are when woven."""
    taps = softer * np.outer((0.25, 0.5, 0.25), (0.25, 0.5, 0.25))
    taps[1, 1] += 1 - softer
    kernel = np.zeros((scale, scale, scale, scale, 3, 3), np.float32)
    for row, column, down, across in np.ndindex(scale, scale, 3, 3):
        (y, to_row), (x, to_column) = divmod(row + down - 1, scale), divmod(column + across - 1, scale)
        kernel[row, column, to_row, to_column, y + 1, x + 1] += taps[down, across]
    return kernel.reshape(scale**2, scale**2, 3, 3)


def _convolved(source: ov.Node, kernel: NDArray[np.float32]) -> ov.Node:
    """Of the same size."""
    from openvino import opset13 as op

    rim = [side // 2 for side in kernel.shape[2:]]
    return op.convolution(source, op.constant(kernel), [1, 1], rim, rim, [1, 1])


def to_yuv(form: Form, rgb: ov.Node, *, coarse: bool) -> tuple[ov.Node, ov.Node]:
    """Luma and chroma, as samples, of colours from 0 to 1."""
    from openvino import opset13 as op

    _, _, span = form.spread
    back = _inverse(form)
    y = _luma(form, rgb, 1, coarse=coarse)
    down, across = (1 / form.down,) * form.down, _ACROSS[form.across]
    kernel = np.einsum("ij,y,x->ijyx", back[1:] * span, down, across).astype(np.float32)
    strides, before = [form.down, form.across], [0, form.across - 1]
    chroma = op.convolution(rgb, op.constant(kernel), strides, before, [0, 0], [1, 1])
    return _stored(form, y), _stored(form, op.add(chroma, np.float32(form.grey)))


def phases_to_yuv(
    form: Form, phases: ov.Node, scale: int, *, coarse: bool, softer: float
) -> tuple[ov.Node, ov.Node]:
    """`to_yuv` of samples that are not woven yet."""
    from openvino import opset13 as op

    y = _luma(form, phases, scale, coarse=coarse, softer=softer)
    kernel = op.constant(_chroma_kernel(form, scale))
    chroma = op.convolution(phases, kernel, [1, 1], [0, form.across - 1], [0, 0], [1, 1])
    chroma = weave(op.add(chroma, np.float32(form.grey)), scale // form.down, scale // form.across)
    return _stored(form, weave(y, scale, scale)), _stored(form, chroma)


def _chroma_kernel(form: Form, scale: int) -> NDArray[np.float32]:
    """From the samples that one became, and those of the one to its left, to its chroma samples."""
    _, _, span = form.spread
    colours = _inverse(form)[1:] * np.float32(span)
    wide, high, taps = scale // form.across, scale // form.down, _ACROSS[form.across]
    kernel = np.zeros((2, high, wide, 3, scale, scale, form.across), np.float32)
    for row in range(high):
        for column in range(wide):
            for number, tap in enumerate(taps):
                place = form.across * column + number - len(taps) // 2
                before, x = (0, place + scale) if place < 0 else (form.across - 1, place)
                rows = slice(form.down * row, form.down * (row + 1))
                kernel[:, row, column, :, rows, x, before] += colours[:, :, None] * np.float32(
                    tap / form.down
                )
    return kernel.reshape(2 * high * wide, 3 * scale * scale, 1, form.across)


def _inverse(form: Form) -> NDArray[np.float32]:
    return np.linalg.inv(_matrix(form).astype(np.float64)).astype(np.float32)


def _stored(form: Form, plane: ov.Node) -> ov.Node:
    from openvino import opset13 as op

    top = float(2**form.bits - 1)
    return op.convert(op.clamp(op.round(plane, "half_to_even"), 0.0, top), "u8" if form.bits == 8 else "u16")
