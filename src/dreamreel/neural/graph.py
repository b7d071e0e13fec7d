"""One network, and the colour conversions around it, as one model for tiles of one size.

    Y, UV ─► RGB ─► network ─► RGB ─► Y, UV        samples of 8 to 16 bits in and out; nothing is rounded between

Chroma is sited as in MPEG-2 and H.264: beside the left of two luma columns, between two rows. It is made larger by
linear interpolation and smaller by the matching three-point filter: flat colours and ramps come back as they were.

The samples that one sample becomes are channels beside each other, to the end: what the network adds to the picture and
the colours of the result are computed of them, and only luma and chroma are woven.

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
from dreamreel.neural.trimmed import crop, trim

if TYPE_CHECKING:
    import openvino as ov

__all__ = [
    "LARGE",
    "RGB",
    "Form",
    "Running",
    "TileModel",
    "around",
    "border",
    "config",
    "feed",
    "halo",
    "model_of",
    "quantise",
    "reach",
    "silence",
]

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


def reach(network: Network) -> int:
    """How far away samples still count, those of colour included; even, and not more than the halo."""
    # One sample more for colour that is made larger, one for colour that is made smaller.
    return (network.halo + 3) // 2 * 2


def border(network: Network) -> int:
    """Samples on each side that a trimmed model leaves out; even, for colour may be shared by two."""
    return network.halo if network.halo % 2 == 0 else 0


Samples = NDArray[np.uint8 | np.uint16]


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
        lanes: int = 1,
        *,
        trimmed: bool = False,
    ) -> None:
        """Compile it; about a fifth of a second. With several `lanes` as many tiles are computed at once, each by its
        share of the cores: the cores never wait for one another then, whatever else they have to do. A `trimmed` one
        leaves out the `border` of what it makes.
        """
        silence()
        import openvino as ov

        made = model_of(network, form, width, height, precision, strength, trimmed=trimmed)
        self._model = ov.Core().compile_model(made, "CPU", config(precision, lanes))
        self._free: list[ov.InferRequest] = []

    def __call__(self, y: Samples, uv: Samples) -> tuple[Samples, Samples]:
        """`y` (H, W) and `uv` (2, h, w) → the same, larger. The result is overwritten by the next call."""
        running = self.start(y, uv)
        made = running.made()
        running.done()
        return made

    def start(self, y: Samples, uv: Samples) -> Running:
        """Begin to compute a tile; the samples must not be written to until it is made."""
        request = self._free.pop() if self._free else self._model.create_infer_request()
        request.start_async([y[None, None], uv[None]], share_inputs=True)
        return Running(request, self._free)


def config(precision: Precision, lanes: int = 1) -> dict[str, str | int | bool]:
    """OpenVINO's settings for a model."""
    return {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "bf16" if precision == "bf16" else "f32",
            "INFERENCE_NUM_THREADS": os.cpu_count() or 1, "NUM_STREAMS": lanes,
            "ENABLE_CPU_PINNING": lanes == 1}  # fmt: skip


class Running:
    """A tile that is being computed."""

    def __init__(self, request: ov.InferRequest, free: list[ov.InferRequest]) -> None:
        """`request` is put among those that are `free` when it is no longer needed."""
        self._request, self._free = request, free

    def made(self) -> tuple[Samples, Samples]:
        """Wait for the result; it is good until `done`. Raises `RuntimeError` where memory was short."""
        self._request.wait()
        made = [self._request.get_output_tensor(number).data for number in (0, 1)]
        return made[0][0, 0], made[1][0]

    def done(self) -> None:
        """The result is no longer needed."""
        self._free.append(self._request)


def silence() -> None:
    """OpenVINO's converter would report its use to its makers: without the package that does, it does not."""
    modules = cast("dict[str, object]", sys.modules)
    modules.setdefault("openvino_telemetry", None)


def model_of(
    network: Network, form: Form, width: int, height: int, precision: Precision, strength: float, *,
    trimmed: bool = False,
) -> ov.Model:  # fmt: skip
    """The graph for tiles of `width`×`height` samples: luma (1, 1, H, W) and chroma (1, 2, h, w) in, the same out,
    `trimmed` without its `border`.
    """
    import openvino as ov

    inner = ov.Core().read_model(weights(network))
    inner.reshape({"x": [1, 3, height, width]})
    if network.strength:
        _steer(inner, network, strength)
    if precision == "int8":
        # Of ×3 and ×4 the last one alone would cost 0.15 dB: it says nine or sixteen samples at once; of the large
        # network it would cost 0.05, and is next to nothing of its time.
        last = len(network.ranges) - (1 if network.scale > 2 or network.size == "l" else 0)
        for node, top in list(zip(_convolutions(inner), network.ranges, strict=True))[:last]:
            quantise(node, top)
            _share(node)
    lost = border(network) if trimmed else 0
    if lost:
        trim(inner)
    return around(inner, form, network.scale, network.name, lost, coarse=precision == "bf16")


def around(
    inner: ov.Model, form: Form, scale: int, name: str, lost: int = 0, *, coarse: bool = False
) -> ov.Model:
    """The colour conversions of a form around a network that makes a picture x (1, 3, H, W) into one y, `scale` times
    as large, but for `lost` samples on each side. With `coarse` convolutions, of 16 bits, the picture's luma goes
    through none but those of the network: they would round bright samples to half a step.
    """
    import openvino as ov
    from openvino import opset13 as op

    _, _, height, width = inner.input("x").get_node().output(0).shape
    y = op.parameter([1, 1, height, width], form.sample, name="y")
    uv = op.parameter([1, 2, height // form.down, width // form.across], form.sample, name="uv")
    rgb = _to_rgb(form, y, uv)
    rgb.set_friendly_name(RGB)
    feed(inner.input("x"), rgb)
    made = inner.output("y").get_node().input_value(0).get_node()
    phases = _phases(made, crop(rgb, lost), scale, coarse=coarse) if coarse or _woven(form, scale) else None
    if phases is not None and not _woven(form, scale):
        made, phases = _weave(phases, scale, scale), None
    large = op.clamp(made if phases is None else phases, 0.0, 1.0)
    large.set_friendly_name(LARGE)
    planes = (
        _to_yuv(form, large, coarse=coarse)
        if phases is None
        else _phases_to_yuv(form, large, scale, coarse=coarse)
    )
    return ov.Model([op.result(one) for one in planes], [y, uv], name)


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


def _share(convolution: ov.Node) -> None:
    """Give what was laid on steps for a convolution to all that take the same, so that no finer one need be kept."""
    given = convolution.input_value(0)
    source = given.get_node().input_value(0)
    if source.get_node().get_type_name() != "Relu":
        return
    for target in source.get_target_inputs():
        if target.get_node() != given.get_node():
            target.replace_source_output(given)


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
    """Luma counts the same in each of the three colours."""
    from openvino import opset13 as op

    black, white, span = form.spread
    matrix = _matrix(form)
    bright = op.multiply(op.subtract(op.convert(y, "f32"), np.float32(black)), np.float32(1 / white))
    chroma = op.subtract(op.convert(uv, "f32"), np.float32(form.grey))
    tint = _tint_enlarged(form, chroma, matrix[:, 1:] / np.float32(span))
    return op.clamp(op.add(tint, op.multiply(bright, matrix[:, 0].reshape(1, 3, 1, 1))), 0.0, 1.0)


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
    return _weave(made, form.down, form.across)


def _weave(phases: ov.Node, down: int, across: int) -> ov.Node:
    """Channels that are the samples of `down` rows and `across` columns, laid beside each other."""
    from openvino import opset13 as op

    if down == across:
        return phases if down == 1 else op.depth_to_space(phases, "depth_first", down)
    _, channels, height, width = phases.shape
    count = channels // (down * across)
    split = op.reshape(phases, np.array([count, down, across, height, width]), False)
    woven = op.transpose(split, np.array([0, 3, 1, 4, 2]))
    return op.reshape(woven, np.array([1, count, height * down, width * across]), False)


def _woven(form: Form, scale: int) -> bool:
    """Whether a whole number of chroma samples comes of each sample that goes in."""
    return scale > 1 and scale % form.across == 0 and scale % form.down == 0


def _phases(made: ov.Node, rgb: ov.Node, scale: int, *, coarse: bool) -> ov.Node | None:
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


def _luma(form: Form, source: ov.Node, count: int, *, coarse: bool) -> ov.Node:
    """Of `count` channels of each colour."""
    from openvino import opset13 as op

    black, white, _ = form.spread
    shares = _inverse(form)[0] * np.float32(white)
    if coarse:
        red, green, blue = (
            op.multiply(one, share) for one, share in zip(_colours(source), shares, strict=True)
        )
        made = op.add(op.add(red, green), blue)
    else:
        made = _mixed(source, np.hstack([share * np.eye(count, dtype=np.float32) for share in shares]))
    return op.add(made, np.float32(black))


def _to_yuv(form: Form, rgb: ov.Node, *, coarse: bool) -> tuple[ov.Node, ov.Node]:
    from openvino import opset13 as op

    _, _, span = form.spread
    back = _inverse(form)
    y = _luma(form, rgb, 1, coarse=coarse)
    down, across = (1 / form.down,) * form.down, _ACROSS[form.across]
    kernel = np.einsum("ij,y,x->ijyx", back[1:] * span, down, across).astype(np.float32)
    strides, before = [form.down, form.across], [0, form.across - 1]
    chroma = op.convolution(rgb, op.constant(kernel), strides, before, [0, 0], [1, 1])
    return _stored(form, y), _stored(form, op.add(chroma, np.float32(form.grey)))


def _phases_to_yuv(form: Form, phases: ov.Node, scale: int, *, coarse: bool) -> tuple[ov.Node, ov.Node]:
    """`_to_yuv` of samples that are not woven yet."""
    from openvino import opset13 as op

    y = _luma(form, phases, scale * scale, coarse=coarse)
    kernel = op.constant(_chroma_kernel(form, scale))
    chroma = op.convolution(phases, kernel, [1, 1], [0, form.across - 1], [0, 0], [1, 1])
    chroma = _weave(op.add(chroma, np.float32(form.grey)), scale // form.down, scale // form.across)
    return _stored(form, _weave(y, scale, scale)), _stored(form, chroma)


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
