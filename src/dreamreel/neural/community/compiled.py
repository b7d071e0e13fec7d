"""Networks of others in OpenVINO: built from tensors, or read as ONNX.

How far a network looks is found by walking its graph: where that is known, tiles can be exact.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from dreamreel.errors import BadWeights
from dreamreel.machine import cores
from dreamreel.neural.community.plain import Plain
from dreamreel.neural.graph import core

if TYPE_CHECKING:
    import openvino as ov

__all__ = ["Compiled", "Picture", "Runner", "of_onnx", "of_plain"]

Picture = NDArray[np.float32]
"""R'G'B', 0 to 1, (H, W, 3)."""

_SAME: Final = frozenset({
    "Parameter", "Constant", "Result", "Convert", "Add", "Subtract", "Multiply", "Divide", "Concat", "Relu", "PRelu",
    "Sigmoid", "Swish", "Tanh", "Clamp", "Elu", "Gelu", "HSwish", "Mish", "Squeeze", "Unsqueeze", "Split",
    "VariadicSplit", "Power", "Negative", "Abs", "SoftPlus", "HSigmoid", "Minimum", "Maximum", "ShapeOf",
})  # fmt: skip
"""What makes a sample out of the one at the same place."""
_ROOM = 48
"""Beyond so many pixels around a tile, feathered seams cost less than exact ones."""
_PROBE = 64


class Runner(Protocol):
    """A network that is ready to be used, by one thread at a time."""

    scale: int

    @property
    def halo(self) -> int | None:
        """How many pixels around one its result depends on; None where that is too many, or not known."""
        ...

    even: int
    """What the sides of a picture must be multiples of."""
    most: int
    """Pixels of a picture that it takes at once, at most and about."""

    def __call__(self, picture: Picture) -> Picture:
        """The picture larger. Raises `MemoryError` or `RuntimeError` when there is not enough memory."""
        ...


class Compiled:
    """A network in OpenVINO, compiled for one size of picture after another."""

    def __init__(
        self, model: Callable[[int, int], ov.Model], scale: int, halo: int | None, even: int
    ) -> None:
        """`model` gives the graph for a height and a width: (1, 3, H, W) in, larger out."""
        self.scale, self.halo, self.even = scale, halo, even
        self.most = 640 * 360 if halo is not None else 2**20 // scale**2 if scale > 2 else 2**18
        self._model = model
        self._size = (0, 0)
        self._request: ov.InferRequest | None = None

    def __call__(self, picture: Picture) -> Picture:
        """The picture larger, clipped to 0 and 1."""
        size = picture.shape[:2]
        if self._request is None or size != self._size:
            self._request = None
            config = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32",
                      "INFERENCE_NUM_THREADS": cores()}  # fmt: skip
            made = core().compile_model(self._model(*size), "CPU", config)
            self._request, self._size = made.create_infer_request(), size
        planes = np.ascontiguousarray(picture.transpose(2, 0, 1)[None])
        half = self._request.get_input_tensor(0).data.dtype == np.float16
        given = [planes.astype(np.float16)] if half else [planes]
        self._request.infer(given, share_inputs=True, share_outputs=True)
        larger = self._request.get_output_tensor(0).data.astype(np.float32)
        return np.clip(larger[0], 0, 1).transpose(1, 2, 0)


def of_plain(plain: Plain) -> Compiled:
    """A network that is built here."""

    def model(height: int, width: int) -> ov.Model:
        import openvino as ov
        from openvino import opset13 as op

        picture = op.parameter([1, 3, height, width], np.float32, name="x")
        return ov.Model([op.result(plain.build(picture))], [picture], plain.architecture)

    return Compiled(model, plain.scale, plain.halo, plain.even)


def of_onnx(path: Path) -> tuple[Compiled, int]:
    """A network in a file, and how many numbers it holds. Raises `BadWeights` unless it is from picture to picture."""
    other = BadWeights(
        f"{path.name} does not make one picture of three colours of another; only such networks can be used."
    )
    try:
        inner = core().read_model(path)
        if (len(inner.inputs), len(inner.outputs)) != (1, 1):
            raise other
        inner.reshape([1, 3, _PROBE, _PROBE])
        shape = list(inner.output(0).shape)
    except (RuntimeError, ValueError) as error:
        raise other from error
    scale, rest = divmod(shape[-1], _PROBE)
    if len(shape) != 4 or shape[1] != 3 or shape[2] != shape[3] or rest or not 1 <= scale <= 8:
        raise other

    def model(height: int, width: int) -> ov.Model:
        found = core().read_model(path)
        found.reshape([1, 3, height, width])
        return found

    constants = (one for one in inner.get_ops() if one.get_type_name() == "Constant")
    count = sum(int(np.prod(one.shape)) for one in constants)
    return Compiled(model, scale, reach(inner), 1), count


def reach(model: ov.Model) -> int | None:
    """How many pixels around one a result depends on; None where the graph does not say, or it is too many.

    Where a graph has parts of several sizes, each step of a convolution counts as a pixel of the smallest: never too
    few.
    """
    far: dict[str, int] = {}
    for node in model.get_ordered_ops():
        given = max((far[one.get_node().get_friendly_name()] for one in node.input_values()), default=0)
        step = _looks(node)
        if step is None:
            return None
        far[node.get_friendly_name()] = given + step
    most = max(far.values())
    return most if most <= _ROOM else None


def _looks(node: ov.Node) -> int | None:
    """How many samples around one a step looks at; None for a step that is not known to look near only."""
    kind = node.get_type_name()
    attributes = node.get_attributes()
    if kind in _SAME:
        return 0
    if kind in ("Convolution", "GroupConvolution"):
        if list(cast("list[int]", attributes["strides"])) != [1, 1]:
            return None
        rims = zip(node.input_value(1).shape[-2:], cast("list[int]", attributes["dilations"]), strict=True)
        return max((side - 1) * wide // 2 for side, wide in rims)
    if kind in ("Reshape", "Broadcast"):
        # Of a bias, as converters write it; of a picture it could be anything.
        source = node.input_value(0).get_node()
        if source.get_type_name() == "Convert":
            source = source.input_value(0).get_node()
        return 0 if source.get_type_name() == "Constant" else None
    if kind == "DepthToSpace":
        return 0
    if kind == "Interpolate":
        return 0 if attributes.get("mode") == "nearest" else 2
    return None
