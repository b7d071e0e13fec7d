"""Writes ONNX files: the few messages of its protocol buffers that models of ours need.

Field numbers are those of `onnx.proto` (ONNX, IR version 8), the encoding is that of Protocol Buffers: a key of field
number and wire type, then a varint (0), or a length and as many bytes (2), or four bytes (5).
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["OPSET", "TYPES", "Attribute", "model", "node", "tensor", "value"]

OPSET: Final = 17
_IR: Final = 8
TYPES: Final[Mapping[str, int]] = {
    "float32": 1, "uint8": 2, "int8": 3, "uint16": 4, "int32": 6, "int64": 7, "float16": 10,
}  # fmt: skip
"""What ONNX calls the types of numbers (`TensorProto.DataType`)."""

Attribute = int | float | str | Sequence[int]


def _varint(number: int) -> bytes:
    number &= 2**64 - 1  # Negative numbers are written as their two's complement of 64 bits.
    made = bytearray()
    while number > 0x7F:
        made.append(number & 0x7F | 0x80)
        number >>= 7
    made.append(number)
    return bytes(made)


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _bytes(field: int, value: bytes | str) -> bytes:
    data = value.encode() if isinstance(value, str) else value
    return _varint(field << 3 | 2) + _varint(len(data)) + data


def _attribute(name: str, value: Attribute) -> bytes:
    match value:
        case int():
            body = _number(3, value) + _number(20, 2)
        case float():
            body = _varint(2 << 3 | 5) + struct.pack("<f", value) + _number(20, 1)
        case str():
            body = _bytes(4, value) + _number(20, 3)
        case _:
            body = b"".join(_number(8, one) for one in value) + _number(20, 7)
    return _bytes(1, name) + body


def node(kind: str, given: Sequence[str], made: str, attributes: Mapping[str, Attribute]) -> bytes:
    """A step: what kind, the names of what it takes (empty for what is left out) and of what it makes."""
    body = b"".join(_bytes(1, name) for name in given) + _bytes(2, made) + _bytes(3, made) + _bytes(4, kind)
    return body + b"".join(_bytes(5, _attribute(name, value)) for name, value in attributes.items())


def tensor(name: str, data: NDArray[np.generic]) -> bytes:
    """Numbers that are part of the model."""
    whole = np.array(data, order="C")
    body = b"".join(_number(1, side) for side in whole.shape) + _number(2, TYPES[str(whole.dtype)])
    return body + _bytes(8, name) + _bytes(9, whole.astype(whole.dtype.newbyteorder("<")).tobytes())


def value(name: str, kind: str, shape: Iterable[int]) -> bytes:
    """What goes in or comes out: its name, type and shape."""
    sides = b"".join(_bytes(1, _number(1, side)) for side in shape)
    return _bytes(1, name) + _bytes(2, _bytes(1, _number(1, TYPES[kind]) + _bytes(2, sides)))


def model(
    name: str, nodes: Sequence[bytes], tensors: Sequence[bytes], inputs: Sequence[bytes], outputs: Sequence[bytes]
) -> bytes:  # fmt: skip
    """A whole file. The nodes are in an order in which they can be computed."""
    parts = ((1, nodes), (5, tensors), (11, inputs), (12, outputs))
    graph = _bytes(2, name) + b"".join(_bytes(field, one) for field, rows in parts for one in rows)
    opset = _bytes(1, "") + _number(2, OPSET)
    return _number(1, _IR) + _bytes(2, "dreamreel") + _bytes(7, graph) + _bytes(8, opset)
