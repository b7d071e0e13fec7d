"""Networks of convolutions that are built for OpenVINO from their tensors alone, so that nothing else is needed.

    Compact   3×3 convolutions with PReLU, pixel shuffle, on top of the nearest neighbour (SRVGG of Real-ESRGAN)
    SPAN      blocks whose own output weighs them (Wan et al., "Swift Parameter-free Attention Network", 2023)
    ESRGAN    dense blocks in residual blocks (Wang et al., "ESRGAN", 2018; Real-ESRGAN, 2021), three ways of naming

What a file holds is recognised by the names of its tensors.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from dreamreel.neural.community.tensors import Tensors, numbers

if TYPE_CHECKING:
    import openvino as ov

__all__ = ["Build", "Plain", "recognised"]

Build: TypeAlias = "Callable[[ov.Node], ov.Node]"
"""From a picture (1, 3, H, W), 0 to 1, to the larger one."""

_MEAN: Final = (0.4488, 0.4371, 0.4040)
_SLOPE: Final = 0.2
_DAMPED: Final = 0.2
_PROBE: Final = 8


@dataclass(frozen=True, slots=True)
class Plain:
    """A network that can be built."""

    architecture: str
    scale: int
    halo: int | None
    """How many pixels around one its result depends on; None where that is more than a tile can have around it."""
    even: int
    """What a picture's sides must be multiples of."""
    parameters: int
    build: Build


def recognised(tensors: Tensors) -> Plain | None:
    """What network these are the tensors of; None for one that is not built here."""
    floats = {name: one.astype(np.float32) for name, one in tensors.items() if one.dtype.kind == "f"}
    try:
        for find in (_compact, _span, _esrgan):
            if (found := find(floats)) is not None:
                return found if _fits(found) else None
    except (KeyError, IndexError, ValueError, RuntimeError):
        return None  # Some names are right, but not all there are: another network.
    return None


def _fits(plain: Plain) -> bool:
    """Whether the tensors fit together: a small picture goes in, one as many times larger comes out."""
    from openvino import opset13 as op

    made = plain.build(op.parameter([1, 3, _PROBE, _PROBE], np.float32))
    return list(made.shape) == [1, 3, _PROBE * plain.scale, _PROBE * plain.scale]


_Floats: TypeAlias = Mapping[str, NDArray[np.float32]]


def _convolved(source: ov.Node, kernel: NDArray[np.float32], bias: NDArray[np.float32]) -> ov.Node:
    """A convolution that keeps the size."""
    from openvino import opset13 as op

    rim = [side // 2 for side in kernel.shape[2:]]
    made = op.convolution(source, op.constant(np.ascontiguousarray(kernel)), [1, 1], rim, rim, [1, 1])
    return op.add(made, op.constant(bias.reshape(1, -1, 1, 1)))


def _layer(source: ov.Node, tensors: _Floats, name: str) -> ov.Node:
    return _convolved(source, tensors[f"{name}.weight"], tensors[f"{name}.bias"])


def _doubled(source: ov.Node, times: int) -> ov.Node:
    """Every sample `times` times as wide and high."""
    from openvino import opset13 as op

    for axis in (2, 3):
        shape = list(source.shape)
        spread = op.broadcast(
            op.unsqueeze(source, np.array([axis + 1])),
            np.array([*shape[: axis + 1], times, *shape[axis + 1 :]]),
        )
        shape[axis] *= times
        source = op.reshape(spread, np.array(shape), False)
    return source


def _shuffled(source: ov.Node, scale: int) -> ov.Node:
    from openvino import opset13 as op

    return op.depth_to_space(source, "depth_first", scale) if scale > 1 else source


def _leaky(source: ov.Node) -> ov.Node:
    from openvino import opset13 as op

    return op.prelu(source, op.constant(np.array([_SLOPE], np.float32)))


def _side(channels: int) -> int:
    """The scale of a pixel shuffle that leaves three of so many channels. Raises `ValueError`."""
    scale = math.isqrt(channels // 3)
    if scale < 1 or scale * scale * 3 != channels:
        raise ValueError
    return scale


# ── Compact ───────────────────────────────────────────────────────────────────────────────────────────────


def _compact(tensors: _Floats) -> Plain | None:
    if not {"body.0.weight", "body.1.weight"} <= set(tensors) or tensors["body.1.weight"].ndim != 1:
        return None
    last = max(int(name.split(".")[1]) for name in tensors if re.fullmatch(r"body\.\d+\.weight", name))
    if tensors["body.0.weight"].shape[1] != 3:
        raise ValueError
    scale = _side(len(tensors[f"body.{last}.bias"]))

    def build(picture: ov.Node) -> ov.Node:
        from openvino import opset13 as op

        made = picture
        for number in range(0, last, 2):
            made = _layer(made, tensors, f"body.{number}")
            made = op.prelu(made, op.constant(tensors[f"body.{number + 1}.weight"]))
        made = _shuffled(_layer(made, tensors, f"body.{last}"), scale)
        return op.add(made, _doubled(picture, scale) if scale > 1 else picture)

    return Plain("Compact", scale, last // 2 + 1, 1, numbers(tensors), build)


# ── SPAN ──────────────────────────────────────────────────────────────────────────────────────────────────


def _span(tensors: _Floats) -> Plain | None:
    if not {"conv_1.sk.weight", "block_1.c1_r.sk.weight", "conv_cat.weight"} <= set(tensors):
        return None
    if tensors["conv_1.sk.weight"].shape[1] != 3:
        raise ValueError
    names = ["conv_1", "conv_2", *(f"block_{b}.c{c}_r" for b in range(1, 7) for c in (1, 2, 3))]
    merged = {name: _merged(tensors, name) for name in names}
    scale = _side(len(tensors["upsampler.0.bias"]))
    scaled = "no_norm" not in tensors

    def block(source: ov.Node, number: int) -> tuple[ov.Node, ov.Node]:
        from openvino import opset13 as op

        first = _convolved(source, *merged[f"block_{number}.c1_r"])
        second = _convolved(op.swish(first), *merged[f"block_{number}.c2_r"])
        third = _convolved(op.swish(second), *merged[f"block_{number}.c3_r"])
        attention = op.subtract(op.sigmoid(third), np.float32(0.5))
        return op.multiply(op.add(third, source), attention), op.swish(first)

    def build(picture: ov.Node) -> ov.Node:
        from openvino import opset13 as op

        made = picture
        if scaled:
            mean = op.constant(np.array(_MEAN, np.float32).reshape(1, 3, 1, 1))
            made = op.multiply(op.subtract(picture, mean), np.float32(255))
        start = made = _convolved(made, *merged["conv_1"])
        outputs: list[tuple[ov.Node, ov.Node]] = []
        for number in range(1, 7):
            outputs.append(block(made, number))
            made = outputs[-1][0]
        last = _convolved(made, *merged["conv_2"])
        joined = op.concat([start, last, outputs[0][0], outputs[5][1]], 1)
        return _shuffled(_layer(_layer(joined, tensors, "conv_cat"), tensors, "upsampler.0"), scale)

    return Plain("SPAN", scale, 21, 1, numbers(tensors), build)


def _merged(tensors: _Floats, name: str) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """One 3×3 convolution for the three in a row and the one beside them that a network was trained with."""
    (w1, b1), (w2, b2), (w3, b3), (beside, base) = (
        (
            tensors[f"{name}.{part}.weight"].astype(np.float64),
            tensors[f"{name}.{part}.bias"].astype(np.float64),
        )
        for part in ("conv.0", "conv.1", "conv.2", "sk")
    )
    kernel = np.einsum("om,mnyx,ni->oiyx", w3[:, :, 0, 0], w2, w1[:, :, 0, 0])
    kernel[:, :, 1, 1] += beside[:, :, 0, 0]
    bias = w3[:, :, 0, 0] @ (np.einsum("mnyx,n->m", w2, b1) + b2) + b3 + base
    return kernel.astype(np.float32), bias.astype(np.float32)


# ── ESRGAN ────────────────────────────────────────────────────────────────────────────────────────────────


def _esrgan(tensors: _Floats) -> Plain | None:
    state = _renamed(tensors)
    if "0.1.1.weight" not in state or any("conv1x1" in name for name in tensors):
        return None
    blocks = 1 + max(int(name.split(".")[0]) for name in state if re.match(r"\d+\.\d\.\d\.", name))
    ups = sum(1 for name in state if re.fullmatch(r"up\d+\.weight", name))
    folded = math.isqrt(state["first.weight"].shape[1] // 3)
    if folded not in (1, 2, 4) or folded * folded * 3 != state["first.weight"].shape[1] or (2**ups) % folded:
        raise ValueError

    def dense(source: ov.Node, name: str) -> ov.Node:
        from openvino import opset13 as op

        held = [source]
        for number in range(1, 5):
            joined = op.concat(held, 1) if len(held) > 1 else source
            held.append(_leaky(_layer(joined, state, f"{name}.{number}")))
        last = _layer(op.concat(held, 1), state, f"{name}.5")
        return op.add(op.multiply(last, np.float32(_DAMPED)), source)

    def build(picture: ov.Node) -> ov.Node:
        from openvino import opset13 as op

        made = op.space_to_depth(picture, "depth_first", folded) if folded > 1 else picture
        first = made = _layer(made, state, "first")
        for number in range(blocks):
            inner = made
            for part in (1, 2, 3):
                inner = dense(inner, f"{number}.{part}")
            made = op.add(op.multiply(inner, np.float32(_DAMPED)), made)
        made = op.add(_layer(made, state, "body"), first)
        for number in range(1, ups + 1):
            made = _leaky(_layer(_doubled(made, 2), state, f"up{number}"))
        return _layer(_leaky(_layer(made, state, "hr")), state, "last")

    return Plain("ESRGAN", 2**ups // folded, None, folded, numbers(tensors), build)


_NEW: Final = (
    (r"(?:body|RRDB_trunk)\.(\d+)\.(?:rdb|RDB)(\d)\.conv(\d)\.(weight|bias)", r"\1.\2.\3.\4"),
    (r"conv_first\.(weight|bias)", r"first.\1"),
    (r"(?:conv_body|trunk_conv)\.(weight|bias)", r"body.\1"),
    (r"(?:conv_up|upconv)(\d)\.(weight|bias)", r"up\1.\2"),
    (r"(?:conv_hr|HRconv)\.(weight|bias)", r"hr.\1"),
    (r"conv_last\.(weight|bias)", r"last.\1"),
)
_OLD: Final = re.compile(r"model\.1\.sub\.(\d+)\.RDB(\d)\.conv(\d)\.0\.(weight|bias)")


def _renamed(tensors: _Floats) -> dict[str, NDArray[np.float32]]:
    """The tensors of an ESRGAN under one kind of names: first, N.M.K, body, upN, hr, last."""
    found: dict[str, NDArray[np.float32]] = {}
    for name, one in tensors.items():
        for pattern, wanted in _NEW:
            if match := re.fullmatch(pattern, name):
                found[match.expand(wanted)] = one
    if "first.weight" in found or "model.0.weight" not in tensors:
        return found
    # The first ESRGAN numbers its layers: a convolution, the blocks, three for each doubling, then two more.
    last = max(int(match[1]) for name in tensors if (match := re.match(r"model\.(\d+)\.", name)))
    doublings = (last - 4) // 3
    places = {0: "first", last - 2: "hr", last: "last"} | {3 * n: f"up{n}" for n in range(1, doublings + 1)}
    for name, one in tensors.items():
        if match := _OLD.fullmatch(name):
            found[match.expand(r"\1.\2.\3.\4")] = one
        elif match := re.fullmatch(r"model\.1\.sub\.\d+\.(weight|bias)", name):
            found[f"body.{match[1]}"] = one
        elif (match := re.fullmatch(r"model\.(\d+)\.(weight|bias)", name)) and int(match[1]) in places:
            found[f"{places[int(match[1])]}.{match[2]}"] = one
    return found
