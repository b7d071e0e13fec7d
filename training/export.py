"""Trained layers as an ONNX file of half-precision weights, and the ranges that 8-bit arithmetic needs.

    x (1, 3, H, W) 0 to 1 ─► y (1, 3, scale·H, scale·W)

Arithmetic is in single precision; weights are widened when the model is loaded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor
from torch.nn import functional

from training.networks import Layer, Shape, Weights

__all__ = ["evened", "ranges", "to_onnx", "unevenness"]

_OPSET = 17


def to_onnx(shape: Shape, layers: Sequence[Layer], name: str) -> onnx.ModelProto:
    """The graph of `shape` with the weights of `layers`, called `name`."""
    graph = _Graph()
    made = first = ""
    source = "x"
    for number, layer in enumerate(layers):
        last = number == len(layers) - 1
        if last and made != first:
            source = graph.add("Add", [made, first], "skip")
        made = graph.convolution(source, layer, f"conv{number}")
        if not last:
            made = source = graph.add("Relu", [made], f"relu{number}")
        first = first or made
    detail = (
        graph.add("DepthToSpace", [made], "detail", blocksize=shape.scale, mode="CRD")
        if shape.scale > 1
        else made
    )
    graph.add("Add", [detail, _enlarged(graph, shape)], "y")
    inputs = [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3, "height", "width"])]
    output = helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 3, None, None])
    made_graph = helper.make_graph(graph.nodes, name, inputs, [output], graph.values)
    model = helper.make_model(
        made_graph, opset_imports=[helper.make_opsetid("", _OPSET)], producer_name="dreamreel"
    )
    model.ir_version = 9
    helper.set_model_props(model, {"licence": "MIT"})
    onnx.checker.check_model(model, full_check=True)
    return model


class _Graph:
    """Nodes and values, as they are added."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.values: list[onnx.TensorProto] = []

    def add(self, op: str, inputs: Sequence[str], name: str, **attributes: object) -> str:
        self.nodes.append(helper.make_node(op, list(inputs), [name], name=name, **attributes))
        return name

    def value(self, name: str, value: NDArray[np.generic]) -> str:
        self.values.append(numpy_helper.from_array(value, name))
        return name

    def convolution(self, source: str, layer: Layer, name: str) -> str:
        stored = self.value(f"{name}.weight", layer.weight.astype(np.float16))
        weight = self.add("Cast", [stored], f"{name}.wide", to=TensorProto.FLOAT)
        bias = self.value(f"{name}.bias", layer.bias)
        return self.add("Conv", [source, weight, bias], name, kernel_shape=[3, 3], pads=[1, 1, 1, 1])


def _enlarged(graph: _Graph, shape: Shape) -> str:
    """What the network adds its detail to: the picture, its pixels repeated."""
    if shape.scale == 1:
        return "x"
    scales = graph.value("scales", np.array([1, 1, shape.scale, shape.scale], np.float32))
    return graph.add("Resize", ["x", "", scales], "large", mode="nearest",
                     coordinate_transformation_mode="asymmetric", nearest_mode="floor")  # fmt: skip


@torch.no_grad()
def ranges(weights: Weights, pictures: Iterable[NDArray[np.float32]]) -> list[float]:
    """The largest value that reaches each convolution, over `pictures` (3, H, W) from 0 to 1.

    The largest of all but one in a hundred thousand: a lone spike would take precision from all the rest.
    """
    tops = np.zeros(len(weights))
    for picture in pictures:
        found = [np.quantile(given.numpy(), 1 - 1e-5) for given in _given(weights, picture)]
        tops = np.maximum(tops, found)
    tops[0] = 1.0
    return [round(float(top), 5) for top in tops]


@torch.no_grad()
def unevenness(weights: Weights, pictures: Iterable[NDArray[np.float32]]) -> Tensor:
    """By what the channels that reach the last convolution should be divided, so that 256 steps suit them all better:
    the root of the largest value of each, about 1 in the mean.
    """
    tops = torch.zeros(len(weights[-1][0][0]))
    for picture in pictures:
        *_, last = _given(weights, picture)
        tops = torch.maximum(
            tops, torch.from_numpy(np.quantile(last[0].flatten(1).numpy(), 1 - 1e-4, 1)).float()
        )
    roots = (tops + 0.05).sqrt()
    return roots / roots.mean()


@torch.no_grad()
def evened(weights: Weights, by: Tensor) -> Weights:
    """The same network, but for rounding, with the channels that reach its last convolution divided by `by`.

    Both ends of the long skip give them and two convolutions take them; a ReLU of a part is that part of the ReLU.
    After Nagel et al., "Data-Free Quantization Through Weight Equalization and Bias Correction", ICCV 2019.
    """
    made = list(weights)
    for number in (0, -2):
        made[number] = (made[number][0] / by[:, None, None, None], made[number][1] / by)
    for number in (1, -1):
        made[number] = (made[number][0] * by[None, :, None, None], made[number][1])
    return made


def _given(weights: Weights, picture: NDArray[np.float32]) -> Iterator[Tensor]:
    """What reaches each convolution."""
    x, first = torch.from_numpy(picture)[None], None
    for number, (weight, bias) in enumerate(weights):
        if number == len(weights) - 1 and first is not None:
            x = x + first
        yield x
        x = functional.relu(functional.conv2d(x, weight, bias, padding=1))
        first = x if first is None else first
