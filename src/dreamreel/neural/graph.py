"""One network, and the colour conversions around it, as one model for tiles of one size.

    Y, UV ─► RGB ─► network ─► RGB ─► Y, UV        samples of 8 to 16 bits in and out; nothing is rounded between

Chroma is sited as in MPEG-2 and H.264: beside the left of two luma columns, between two rows. It is made larger by
linear interpolation and smaller by the matching three-point filter: flat colours and ramps come back as they were.

In 8-bit arithmetic a convolution's input is laid on 256 steps up to the largest value the manifest tells, and the
weights of each of its output channels on 255 steps; sums stay exact (Jacob et al., "Quantization and Training of Neural
Networks for Efficient Integer-Arithmetic-Only Inference", CVPR 2018).
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

import numpy as np
from numpy.typing import NDArray

from dreamreel.media.colour import rgb_matrix
from dreamreel.media.info import Colour
from dreamreel.neural.catalog import Network, Precision, weights
from dreamreel.neural.catalog import network as named

if TYPE_CHECKING:
    import openvino as ov

__all__ = ["LARGE", "RGB", "Form", "TileModel", "feed", "halo", "model_of", "quantise", "reach", "silence"]

RGB: Final = "rgb"
LARGE: Final = "large-rgb"
"""What the nodes are called between which the network itself lies: a picture's colours, and those of the result."""


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


def halo(network: Network) -> int:
    """Samples around a tile that its result depends on, colour conversion included; even."""
    return (network.halo + 4) // 2 * 2


def reach(network: Network, form: Form) -> tuple[int, int]:
    """How far away a luma and a chroma sample still count, colour conversion included; not more than the halo."""
    near = network.halo + 1
    return near, near + 2 if max(form.across, form.down) > 1 else near


class TileModel:
    """The network for tiles of `width`×`height` samples, halo included. It belongs to one thread at a time."""

    def __init__(
        self,
        network: Network,
        form: Form,
        width: int,
        height: int,
        precision: Precision,
        strength: float = 1.0,
    ) -> None:
        """Compile it; about a fifth of a second."""
        silence()
        import openvino as ov

        made = model_of(network, form, width, height, precision, strength)
        config = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "bf16" if precision == "bf16" else "f32",
                  "INFERENCE_NUM_THREADS": os.cpu_count() or 1}  # fmt: skip
        self._request = ov.Core().compile_model(made, "CPU", config).create_infer_request()

    def __call__(
        self, y: NDArray[np.uint8 | np.uint16], uv: NDArray[np.uint8 | np.uint16]
    ) -> tuple[NDArray[np.uint8 | np.uint16], NDArray[np.uint8 | np.uint16]]:
        """`y` (H, W) and `uv` (2, h, w) → the same, larger. The result is overwritten by the next call."""
        self._request.infer([y[None, None], uv[None]], share_inputs=True, share_outputs=True)
        made = [self._request.get_output_tensor(number).data for number in (0, 1)]
        return made[0][0, 0], made[1][0]


def silence() -> None:
    """OpenVINO's converter would report its use to its makers: without the package that does, it does not."""
    modules = cast("dict[str, object]", sys.modules)
    modules.setdefault("openvino_telemetry", None)


def model_of(
    network: Network, form: Form, width: int, height: int, precision: Precision, strength: float
) -> ov.Model:
    """The graph for tiles of `width`×`height` samples: luma (1, 1, H, W) and chroma (1, 2, h, w) in, the same out."""
    import openvino as ov
    from openvino import opset13 as op

    inner = ov.Core().read_model(weights(network))
    inner.reshape({"x": [1, 3, height, width]})
    if network.strength:
        _steer(inner, network, strength)
    if precision == "int8":
        # Of ×3 and ×4 the last one alone would cost 0.15 dB: it says nine or sixteen samples at once.
        last = len(network.ranges) - (1 if network.scale > 2 else 0)
        for node, top in list(zip(_convolutions(inner), network.ranges, strict=True))[:last]:
            quantise(node, top)
    y = op.parameter([1, 1, height, width], form.sample, name="y")
    uv = op.parameter([1, 2, height // form.down, width // form.across], form.sample, name="uv")
    rgb = _to_rgb(form, y, uv)
    rgb.set_friendly_name(RGB)
    feed(inner.input("x"), rgb)
    large = op.clamp(inner.output("y").get_node().input_value(0).get_node(), 0.0, 1.0)
    large.set_friendly_name(LARGE)
    return ov.Model([op.result(one) for one in _to_yuv(form, large)], [y, uv], network.name)


def _convolutions(model: ov.Model) -> list[ov.Node]:
    """First to last."""
    return [one for one in model.get_ordered_ops() if one.get_type_name() == "Convolution"]


def _steer(model: ov.Model, network: Network, strength: float) -> None:
    """Put the weights of a strength in: what lies between those of the network's origin and its own.

    Wang et al., "Deep Network Interpolation for Continuous Imagery Effect Transition", CVPR 2019.
    """
    import openvino as ov
    from openvino import opset13 as op

    source = ov.Core().read_model(weights(named(network.origin)))  # Its nodes live as long as it does.
    for node, other in zip(_convolutions(model), _convolutions(source), strict=True):
        both = zip(_numbers(other), _numbers(node), strict=True)
        weight, bias = (_between(theirs, mine, strength) for theirs, mine in both)
        node.input(1).replace_source_output(op.constant(weight).output(0))
        _bias(node).input(1).replace_source_output(op.constant(bias[None, :, None, None]).output(0))


def _between(one: NDArray[np.float32], other: NDArray[np.float32], share: float) -> NDArray[np.float32]:
    return (one + np.float32(share) * (other - one)).astype(np.float32)


def _numbers(convolution: ov.Node) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Its weight and its bias."""
    places = convolution, _bias(convolution)
    weight, bias = (_values(place.input_value(1).get_node()) for place in places)
    return weight, bias


def _bias(convolution: ov.Node) -> ov.Node:
    """The addition that follows a convolution."""
    for follower in convolution.output(0).get_target_inputs():
        node = follower.get_node()
        if node.get_type_name() == "Add":
            return node
    raise AssertionError


def feed(wanted: ov.Output, given: ov.Node) -> None:
    """Give `given` to all that took the input `wanted`."""
    for target in wanted.get_node().output(0).get_target_inputs():
        target.replace_source_output(given.output(0))


def quantise(convolution: ov.Node, top: float) -> None:
    """Lay what goes into a convolution, and its weights, on as many steps as 8 bits have."""
    from openvino import opset13 as op

    low, high = np.float32(0), np.float32(top)
    source = convolution.input_value(0).get_node()
    given = op.fake_quantize(source, low, high, low, high, 256)
    convolution.input(0).replace_source_output(given.output(0))
    kernel = _values(convolution.input_value(1).get_node())
    most = np.abs(kernel).max((1, 2, 3), keepdims=True) + np.float32(1e-12)
    stepped = op.fake_quantize(op.constant(kernel), -most, most, -most, most, 255)
    convolution.input(1).replace_source_output(stepped.output(0))


def _values(node: ov.Node) -> NDArray[np.float32]:
    """The numbers of a constant, half-precision ones widened."""
    while node.get_type_name() != "Constant":
        node = node.input_value(0).get_node()
    return np.array(node.data, np.float32)


def _matrix(form: Form) -> NDArray[np.float32]:
    return np.array(rgb_matrix(form.colour), np.float32)


def _mixed(source: ov.Node, matrix: NDArray[np.float32]) -> ov.Node:
    """Each pixel's channels times a matrix."""
    from openvino import opset13 as op

    return op.convolution(source, op.constant(matrix[:, :, None, None]), [1, 1], [0, 0], [0, 0], [1, 1])


def _to_rgb(form: Form, y: ov.Node, uv: ov.Node) -> ov.Node:
    from openvino import opset13 as op

    black, white, span = form.spread
    grey = np.float32(form.grey)
    bright = op.multiply(op.subtract(op.convert(y, "f32"), np.float32(black)), np.float32(1 / white))
    chroma = op.multiply(op.subtract(op.convert(uv, "f32"), grey), np.float32(1 / span))
    picture = op.concat([bright, _chroma_enlarged(form, chroma)], 1)
    return op.clamp(_mixed(picture, _matrix(form)), 0.0, 1.0)


_ROWS: Final = {1: ((0, 1, 0),), 2: ((0.25, 0.75, 0), (0, 0.75, 0.25))}
_COLUMNS: Final = {1: ((0, 1, 0),), 2: ((0, 1, 0), (0, 0.5, 0.5))}
"""What a larger sample takes of the chroma samples before, at and after it: rows lie between two, columns left."""


def _chroma_enlarged(form: Form, chroma: ov.Node) -> ov.Node:
    from openvino import opset13 as op

    phases = form.down * form.across
    if phases == 1:
        return chroma
    kernel = np.zeros((2 * phases, 2, 3, 3), np.float32)
    for plane in (0, 1):
        for number in range(phases):
            row, column = divmod(number, form.across)
            kernel[plane * phases + number, plane] = np.outer(
                _ROWS[form.down][row], _COLUMNS[form.across][column]
            )
    made = op.convolution(chroma, op.constant(kernel), [1, 1], [1, 1], [1, 1], [1, 1])
    if form.down == form.across:
        return op.depth_to_space(made, "depth_first", form.down)
    _, _, height, width = chroma.shape
    split = op.reshape(made, np.array([2, form.down, form.across, height, width]), False)
    woven = op.transpose(split, np.array([0, 3, 1, 4, 2]))
    return op.reshape(woven, np.array([1, 2, height * form.down, width * form.across]), False)


def _to_yuv(form: Form, rgb: ov.Node) -> tuple[ov.Node, ov.Node]:
    from openvino import opset13 as op

    black, white, span = form.spread
    back = np.linalg.inv(_matrix(form).astype(np.float64)).astype(np.float32)
    y = op.add(_mixed(rgb, back[:1] * np.float32(white)), np.float32(black))
    down = (1.0,) if form.down == 1 else (0.5, 0.5)
    across = (1.0,) if form.across == 1 else (0.25, 0.5, 0.25)
    kernel = np.einsum("ij,y,x->ijyx", back[1:] * span, down, across).astype(np.float32)
    strides, before = [form.down, form.across], [0, form.across - 1]
    chroma = op.convolution(rgb, op.constant(kernel), strides, before, [0, 0], [1, 1])
    return _stored(form, y), _stored(form, op.add(chroma, np.float32(form.grey)))


def _stored(form: Form, plane: ov.Node) -> ov.Node:
    from openvino import opset13 as op

    top = float(2**form.bits - 1)
    return op.convert(op.clamp(op.round(plane, "half_to_even"), 0.0, top), "u8" if form.bits == 8 else "u16")
