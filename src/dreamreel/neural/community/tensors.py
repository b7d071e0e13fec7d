"""Tensors by name, and the file that holds nothing else: safetensors.

    8 bytes: length of the header │ header: JSON, name ─► dtype, shape, offsets │ the numbers, one tensor after another

Reading checks every number of the header against the file, so that no file can make more of itself than it is.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Final, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from dreamreel.errors import BadWeights

__all__ = ["Tensors", "canonical", "numbers", "read_tensors", "write_tensors"]

Tensors: TypeAlias = "Mapping[str, NDArray[np.generic]]"

_TYPES: Final[Mapping[str, str]] = {
    "F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "i1", "U8": "u1",
    "BOOL": "?",
}  # fmt: skip
_NAMES: Final = {np.dtype(code): name for name, code in _TYPES.items()}
_LONGEST_HEADER = 32 * 2**20
_WRAPPERS: Final = ("model_state_dict", "state_dict", "params_ema", "params-ema", "params", "model", "net")
"""Under which names training programs put a network's tensors into a file that holds more; the best first."""
_PREFIXES: Final = ("module.", "netG.")


def read_tensors(path: Path) -> dict[str, NDArray[np.generic]]:
    """The tensors of a safetensors file; bfloat16 is widened to float32. Raises `BadWeights`."""
    try:
        data = np.memmap(path, np.uint8, "r")
        (length,) = struct.unpack("<Q", bytes(data[:8]))
        if not 2 <= length <= min(_LONGEST_HEADER, len(data) - 8):
            raise ValueError
        rows = cast("dict[str, dict[str, object]]", json.loads(bytes(data[8 : 8 + length])))
        body = data[8 + length :]
        return {name: _tensor(row, body) for name, row in rows.items() if name != "__metadata__"}
    except (
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        OverflowError,
        struct.error,
        RecursionError,
    ) as error:
        raise BadWeights(f"{path.name} is no whole safetensors file; download it again.") from error


def _tensor(row: dict[str, object], body: NDArray[np.uint8]) -> NDArray[np.generic]:
    kind, shape = str(row["dtype"]), [int(side) for side in cast("list[int]", row["shape"])]
    start, end = (int(at) for at in cast("list[int]", row["data_offsets"]))
    if not 0 <= start <= end <= len(body) or any(side < 0 for side in shape):
        raise ValueError
    part = np.array(body[start:end])
    if kind == "BF16":
        wide = part.view("<u2").astype("<u4") << 16
        return wide.view("<f4").reshape(shape)
    return part.view(_TYPES[kind]).reshape(shape)


def write_tensors(path: Path, tensors: Tensors) -> None:
    """Write a safetensors file. Tensors of kinds that it does not know are left out."""
    kept = {name: np.ascontiguousarray(one) for name, one in tensors.items() if one.dtype in _NAMES}
    rows: dict[str, object] = {}
    at = 0
    for name, one in kept.items():
        shape = list(tensors[name].shape)
        rows[name] = {"dtype": _NAMES[one.dtype], "shape": shape, "data_offsets": [at, at + one.nbytes]}
        at += one.nbytes
    header = json.dumps(rows).encode()
    header += b" " * (-len(header) % 8)
    with path.open("wb") as file:
        file.write(struct.pack("<Q", len(header)) + header)
        for one in kept.values():
            file.write(one.tobytes())


def canonical(found: Mapping[str, object]) -> dict[str, NDArray[np.generic]]:
    """The tensors of a network out of what a training program saved: taken out of their wrapping, prefixes dropped."""
    inner = found
    for name in _WRAPPERS:
        if isinstance(value := inner.get(name), dict):
            inner = cast("dict[str, object]", value)
            break
    if len(inner) == 1 and isinstance(value := next(iter(inner.values())), dict):
        inner = cast("dict[str, object]", value)
    kept = {
        name: cast("NDArray[np.generic]", one) for name, one in inner.items() if isinstance(one, np.ndarray)
    }
    for prefix in _PREFIXES:
        if kept and all(name.startswith(prefix) for name in kept):
            kept = {name.removeprefix(prefix): one for name, one in kept.items()}
    return kept


def numbers(tensors: Tensors) -> int:
    """How many numbers there are in all."""
    return sum(math.prod(one.shape) for one in tensors.values())
