"""One network, and the colour conversions around it, as one model for tiles of one size.

    Y, UV ─► RGB ─► network ─► RGB ─► Y, UV        samples of 8 to 16 bits in and out; nothing is rounded between

`colours` holds the conversions.

In 8-bit arithmetic a convolution's input is laid on 256 steps up to the largest value the manifest tells, and the
weights of each of its output channels on 255 steps; sums stay exact (Jacob et al., "Quantization and Training of Neural
Networks for Efficient Integer-Arithmetic-Only Inference", CVPR 2018). Processors that add two products in 16 bits get
weights on fewer steps, so that these sums are exact as well (`overflows`).
"""

from __future__ import annotations

import sys
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING, Final, cast

import numpy as np
from numpy.typing import NDArray

from dreamreel.machine import cores
from dreamreel.neural.catalog import Network, Precision, weights
from dreamreel.neural.catalog import network as named
from dreamreel.neural.colours import Form, phases_of, phases_to_yuv, to_rgb, to_yuv, weave, woven
from dreamreel.neural.trimmed import crop, trim

if TYPE_CHECKING:
    import openvino as ov

__all__ = [
    "LARGE",
    "RGB",
    "Running",
    "TileModel",
    "around",
    "border",
    "config",
    "core",
    "feed",
    "flexible",
    "halo",
    "model_of",
    "quantise",
    "reach",
    "reach_of_luma",
    "silence",
]

RGB: Final = "rgb"
LARGE: Final = "large-rgb"
"""What the nodes are called between which the network itself lies: a picture's colours, and those of the result."""
_SOFTER: Final = 0.45, 0.4
"""How much of a binomial blur *general* gets, and the strength from which on it does. It saw softer pictures than films
are and sharpens too much: this brought nine films out of nine 0.1 to 0.3 dB nearer to their originals, noisy ones more.
"""


def halo(network: Network) -> int:
    """Samples around a tile that its result depends on, colour conversion included; even."""
    return (network.halo + 4) // 2 * 2


def reach(network: Network) -> int:
    """How far away samples still count, those of colour included; even, and not more than the halo."""
    # One sample more for colour that is made larger, one for colour that is made smaller or luma that is blurred.
    return (network.halo + 3) // 2 * 2


def reach_of_luma(network: Network) -> int:
    """How far to the left, up and down a sample of luma counts; even. Only to the right do chroma samples take more of
    it, and chroma reaches further because it is made larger.
    """
    # Where luma is blurred afterwards, that is one sample more.
    return reach(network) - (0 if network.family == "general" else 2)


def border(network: Network) -> int:
    """Samples on each side that a trimmed model leaves out; even, for colour may be shared by two."""
    return network.halo if network.halo % 2 == 0 else 0


def flexible(precision: Precision) -> bool:
    """Whether models that take tiles of any size are about as fast: 2 % slower in 8-bit arithmetic, 24 in bf16."""
    return precision == "int8"


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
        flexible: bool = False,
    ) -> None:
        """Compile it; about a fifth of a second. With several `lanes` as many tiles are computed at once, each by its
        share of the cores: the cores never wait for one another then, whatever else they have to do. A `trimmed` one
        leaves out the `border` of what it makes, a `flexible` one takes tiles of any even sides: samples that it and
        another make may differ in their last bit, never those of two tiles that it makes.
        """
        made = model_of(network, form, width, height, precision, strength, trimmed=trimmed)
        if flexible:
            made.reshape({"y": [1, 1, -1, -1], "uv": [1, 2, -1, -1]})
        self._model = core().compile_model(made, "CPU", config(precision, lanes))
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
            "INFERENCE_NUM_THREADS": cores(), "NUM_STREAMS": lanes,
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


def core() -> ov.Core:
    """OpenVINO's core: one for the whole process.

    Each new one gives signals a stack of its own, and puts the last one back when it goes. When two go in the order
    they came, what is left in place is memory that is gone, and the next Ctrl-C ends the program by a fault.
    """
    with _ONE_AT_A_TIME:
        return _core()


_ONE_AT_A_TIME: Final = Lock()


@lru_cache(maxsize=1)
def _core() -> ov.Core:
    silence()
    import openvino as ov

    return ov.Core()


def model_of(
    network: Network, form: Form, width: int, height: int, precision: Precision, strength: float, *,
    trimmed: bool = False,
) -> ov.Model:  # fmt: skip
    """The graph for tiles of `width`×`height` samples: luma (1, 1, H, W) and chroma (1, 2, h, w) in, the same out,
    `trimmed` without its `border`.
    """
    inner = core().read_model(weights(network))
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
    softer = _SOFTER[0] * min(1.0, strength / _SOFTER[1]) if network.family == "general" else 0.0
    return around(inner, form, network.scale, network.name, lost, coarse=precision == "bf16", softer=softer)


def around(
    inner: ov.Model,
    form: Form,
    scale: int,
    name: str,
    lost: int = 0,
    *,
    coarse: bool = False,
    softer: float = 0.0,
) -> ov.Model:
    """The colour conversions of a form around a network that makes a picture x (1, 3, H, W) into one y, `scale` times
    as large, but for `lost` samples on each side. With `coarse` convolutions, of 16 bits, the picture's luma goes
    through none but those of the network: they would round bright samples to half a step. `softer`, 0 to 1, is how far
    its luma is on the way to a blur by 1 2 1.
    """
    import openvino as ov
    from openvino import opset13 as op

    _, _, height, width = inner.input("x").get_node().output(0).shape
    y = op.parameter([1, 1, height, width], form.sample, name="y")
    uv = op.parameter([1, 2, height // form.down, width // form.across], form.sample, name="uv")
    rgb = to_rgb(form, y, uv, coarse=coarse)
    rgb.set_friendly_name(RGB)
    feed(inner.input("x"), rgb)
    made = inner.output("y").get_node().input_value(0).get_node()
    phases = phases_of(made, crop(rgb, lost), scale, coarse=coarse) if coarse or woven(form, scale) else None
    if phases is not None and not woven(form, scale):
        made, phases = weave(phases, scale, scale), None
    large = op.clamp(made if phases is None else phases, 0.0, 1.0)
    large.set_friendly_name(LARGE)
    planes = (
        to_yuv(form, large, coarse=coarse)
        if phases is None
        else phases_to_yuv(form, large, scale, coarse=coarse, softer=softer)
    )
    return ov.Model([op.result(one) for one in planes], [y, uv], name)


def _convolutions(model: ov.Model) -> list[ov.Node]:
    """First to last."""
    return [one for one in model.get_ordered_ops() if one.get_type_name() == "Convolution"]


def _steer(model: ov.Model, network: Network, strength: float) -> None:
    """Put the weights of a strength in: what lies between those of the network's origin and its own.

    Wang et al., "Deep Network Interpolation for Continuous Imagery Effect Transition", CVPR 2019.
    """
    from openvino import opset13 as op

    source = core().read_model(weights(named(network.origin)))  # Its nodes live as long as it does.
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
    kernel = _values(convolution.input_value(1).get_node())
    most = _most_of_two(kernel) if overflows() else np.abs(kernel).max((1, 2, 3))
    _stepped(convolution, top, most[:, None, None, None] + np.float32(1e-12))


def _stepped(convolution: ov.Node, top: float, most: NDArray[np.float32]) -> None:
    """Inputs from 0 to `top`, weights of each output from `-most` to `most`."""
    from openvino import opset13 as op

    low, high = np.float32(0), np.float32(top)
    source = convolution.input_value(0).get_node()
    given = op.fake_quantize(source, low, high, low, high, 256)
    convolution.input(0).replace_source_output(given.output(0))
    kernel = _values(convolution.input_value(1).get_node())
    stepped = op.fake_quantize(op.constant(kernel), -most, most, -most, most, 255)
    convolution.input(1).replace_source_output(stepped.output(0))


def _most_of_two(kernel: NDArray[np.float32]) -> NDArray[np.float32]:
    """For each output (outputs,) the most that any two weights of one sign come to that may be added first, which are
    those of two of four neighbouring inputs; at least the largest weight.

    Where that is called 127, two products with inputs of 255 steps stay below 2¹⁵. It costs half a bit, where halving
    all weights, as is usual, would cost a whole one.
    """
    outputs, inputs, *place = kernel.shape
    fours = np.pad(kernel, ((0, 0), (0, -inputs % 4), (0, 0), (0, 0))).reshape(outputs, -1, 4, *place)
    sides = [np.sort(np.maximum(side, 0), axis=2)[:, :, 2:].sum(axis=2) for side in (fours, -fours)]
    return np.maximum(*sides).max((1, 2, 3))


@lru_cache(maxsize=1)
def overflows() -> bool:
    """Whether this processor adds two products of 8 bits in 16, and stops at their top: x86 without VNNI does."""
    import openvino as ov
    from openvino import opset13 as op

    ones = np.ones((32, 32, 3, 3), np.float32)
    x = op.parameter([1, 32, 16, 16], np.float32, name="x")
    convolution = op.convolution(x, op.constant(ones), [1, 1], [0, 0], [0, 0], [1, 1])
    _stepped(convolution, 1.0, np.ones((32, 1, 1, 1), np.float32))
    model = ov.Model([op.result(convolution)], [x], "sums")
    request = core().compile_model(model, "CPU", config("int8")).create_infer_request()
    request.start_async([np.ones((1, 32, 16, 16), np.float32)])
    request.wait()
    return bool(request.get_output_tensor(0).data.min() < 0.99 * ones[0].sum())


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
