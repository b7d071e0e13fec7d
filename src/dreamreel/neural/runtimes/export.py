"""A graph of OpenVINO's as an ONNX model, node by node: the same steps, the same numbers.

Shapes are settled, so what only computes with shapes, or with constants, is written down as its result. Between the
nodes called `RGB` and `LARGE`, which is the network itself, half precision can be used; colours never are.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np
from numpy.typing import NDArray

from dreamreel.errors import CapabilityMissing
from dreamreel.neural.graph import LARGE, RGB
from dreamreel.neural.runtimes import file

if TYPE_CHECKING:
    import openvino as ov

__all__ = ["exported"]

_SAME: Final[Mapping[str, str]] = {
    "Add": "Add", "Subtract": "Sub", "Multiply": "Mul", "Divide": "Div", "Relu": "Relu", "Sigmoid": "Sigmoid",
    "Tanh": "Tanh", "Minimum": "Min", "Maximum": "Max",
}  # fmt: skip
"""Steps that take and give the same in both, by what OpenVINO and ONNX call them."""
_PICTURE_ONLY: Final = frozenset({"Reshape", "Transpose", "Interpolate"})
"""Steps whose further inputs only tell shapes."""
_ELEMENT: Final = {"u8": "uint8", "u16": "uint16", "f32": "float32", "i64": "int64"}
_ORDERS: Final = {"depth_first": "CRD", "blocks_first": "DCR"}


def exported(model: ov.Model, *, half: bool = False) -> bytes:
    """The model as an ONNX file, its outputs called out0, out1 …; with `half` its network computes with 16-bit floats.

    Raises `CapabilityMissing` for a step that has no counterpart here.
    """
    made = _Export(half=half)
    inputs = [made.given(node) for node in model.get_ordered_ops() if node.get_type_name() == "Parameter"]
    outputs = [made.result(one.get_node(), number) for number, one in enumerate(model.outputs)]
    return file.model(model.get_friendly_name(), made.nodes, made.tensors, inputs, outputs)


class _Export:
    """The nodes and numbers written so far."""

    def __init__(self, *, half: bool) -> None:
        self.nodes: list[bytes] = []
        self.tensors: list[bytes] = []
        self._half = half
        self._names: dict[str, str] = {}
        """What holds the result of each node, by the node's name in its graph, which no other has."""
        self._inside: set[str] = set()
        """Nodes whose results are 16-bit floats."""

    def given(self, node: ov.Node) -> bytes:
        """An input of the model."""
        name = node.get_friendly_name()
        self._names[node.get_name()] = name
        return file.value(name, _kind(node), node.shape)

    def result(self, node: ov.Node, number: int) -> bytes:
        """An output of the model, and everything it is made of."""
        source = node.input_value(0).get_node()
        self._emit("Identity", [self._of(source)], f"out{number}")
        return file.value(f"out{number}", _kind(source), source.shape)

    def _emit(self, kind: str, given: list[str], made: str, **attributes: file.Attribute) -> str:
        self.nodes.append(file.node(kind, given, made, attributes))
        return made

    def _constant(self, data: NDArray[np.generic], *, half: bool = False) -> str:
        name = f"c{len(self.tensors)}"
        self.tensors.append(file.tensor(name, data.astype(np.float16) if half else data))
        return name

    def _of(self, node: ov.Node) -> str:
        """The name of a node's result; the node is written when it is first asked for."""
        known = node.get_name()
        if known not in self._names:
            self._names[known] = self._written(node, f"{known}.{len(self.nodes)}")
        return self._names[known]

    def _written(self, node: ov.Node, name: str) -> str:
        sources = [one.get_node() for one in node.input_values()]
        if node.get_type_name() in _PICTURE_ONLY:
            del sources[1:]
        # Those that are computed first: whether they are inside is known when they are written.
        taken = {one: self._of(source) for one, source in enumerate(sources) if _values(source) is None}
        within = any(sources[one].get_name() in self._inside for one in taken)
        for one, source in enumerate(sources):
            if (data := _values(source)) is not None:
                channels = node.get_type_name() == "PRelu" and data.ndim == 1
                taken[one] = self._constant(data.reshape(-1, 1, 1) if channels else data, half=within)
        made = self._step(node, name, [taken[one] for one in range(len(sources))], within)
        called = node.get_friendly_name()
        if self._half and called == RGB:
            made = self._emit("Cast", [made], f"{name}.half", to=file.TYPES["float16"])
        elif within and called == LARGE:
            return self._emit("Cast", [made], f"{name}.whole", to=file.TYPES["float32"])
        if within or made.endswith(".half"):
            self._inside.add(node.get_name())
        return made

    def _step(self, node: ov.Node, name: str, taken: list[str], half: bool) -> str:
        """One step, its inputs named; with `half` it computes with 16-bit floats. Raises `CapabilityMissing`."""
        kind, told = node.get_type_name(), cast("Mapping[str, Any]", node.get_attributes())
        match kind:
            case _ if kind in _SAME:
                return self._emit(_SAME[kind], taken, name)
            case "PRelu":
                return self._emit(kind, taken, name)
            case "Convert":
                return self._emit("Cast", taken, name, to=file.TYPES[_ELEMENT[str(told["destination_type"])]])
            case "Clamp":
                ends = [self._constant(np.array(told[end], np.float32), half=half) for end in ("min", "max")]
                return self._emit("Clip", [*taken, *ends], name)
            case "Round" if told["mode"] == "half_to_even":
                return self._emit(kind, taken, name)
            case "Swish":
                return self._emit("Mul", [*taken, self._emit("Sigmoid", taken, f"{name}.gate")], name)
            case _:
                return self._placed(node, name, taken)

    def _placed(self, node: ov.Node, name: str, taken: list[str]) -> str:
        """A step that looks at more than the sample at the same place, or moves it. Raises `CapabilityMissing`."""
        kind, told = node.get_type_name(), cast("Mapping[str, Any]", node.get_attributes())
        match kind:
            case "Concat":
                return self._emit(kind, taken, name, axis=int(told["axis"]))
            case "Reshape":
                return self._emit(kind, [*taken, self._constant(np.array(node.shape, np.int64))], name)
            case "Transpose":
                order = _values(node.input_value(1).get_node())
                assert order is not None
                return self._emit(kind, taken, name, perm=[int(one) for one in order])
            case "Convolution" if told["auto_pad"] == "explicit":
                pads = [int(one) for one in (*told["pads_begin"], *told["pads_end"])]
                return self._emit("Conv", taken, name, pads=pads, strides=list(told["strides"]),
                                  dilations=list(told["dilations"]))  # fmt: skip
            case "DepthToSpace":
                block = int(told["block_size"])
                return self._emit(kind, taken, name, mode=_ORDERS[str(told["mode"])], blocksize=block)
            case "Interpolate" if told["mode"] == "nearest" and told["nearest_mode"] == "floor":
                given = node.input_value(0).shape
                scales = [large / small for large, small in zip(node.shape, given, strict=True)]
                return self._emit(
                    "Resize", [*taken, "", self._constant(np.array(scales, np.float32))], name, mode="nearest",
                    nearest_mode="floor", coordinate_transformation_mode="asymmetric",
                )  # fmt: skip
            case _:
                raise CapabilityMissing(
                    f"a graphics card is not told how to compute {kind}, which this network needs; use the processor."
                )


def _values(node: ov.Node) -> NDArray[np.generic] | None:
    """The numbers of a node that holds constants, or only turns them; None for any other."""
    kind = node.get_type_name()
    if kind == "Constant":
        return np.array(node.data)
    if kind not in ("Convert", "Reshape", "Unsqueeze"):
        return None
    data = _values(node.input_value(0).get_node())
    if data is None:
        return None
    if kind == "Convert":
        return data.astype(_ELEMENT[str(node.get_attributes()["destination_type"])])
    return data.reshape(tuple(node.shape))


def _kind(node: ov.Node) -> str:
    return _ELEMENT[node.get_element_type().get_type_name()]
