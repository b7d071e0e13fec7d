"""Weights made in code: ONNX by its wire format, tensors of small networks, `.pth` files without torch."""

import io
import pickle
import struct
import sys
import types
import zipfile
from collections import OrderedDict
from itertools import pairwise

import numpy as np

from dreamreel.neural.community.catalog import Card
from dreamreel.neural.community.tensors import write_tensors


def _varint(value):
    out = bytearray()
    while True:
        value, low = value >> 7, value & 127
        out.append(low | (128 if value else 0))
        if not value:
            return bytes(out)


def _field(number, value):
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    data = value.encode() if isinstance(value, str) else value
    return _varint(number << 3 | 2) + _varint(len(data)) + data


def _attribute(name, value):
    if isinstance(value, str):
        return _field(1, name) + _field(4, value) + _field(20, 3)
    if isinstance(value, int):
        return _field(1, name) + _field(3, value) + _field(20, 2)
    return _field(1, name) + b"".join(_field(8, item) for item in value) + _field(20, 7)


def _node(op, inputs, output, attributes):
    body = b"".join(_field(1, one) for one in inputs) + _field(2, output) + _field(4, op)
    return body + b"".join(_field(5, _attribute(*row)) for row in attributes.items())


def _value(name, channels):
    dims = [_field(1, 1), _field(1, channels), _field(2, "h"), _field(2, "w")]
    shape = b"".join(_field(1, one) for one in dims)
    return _field(1, name) + _field(2, _field(1, _field(1, 1) + _field(2, shape)))


def onnx(nodes, tensors, channels=3, inputs=("x",)):
    """An ONNX file: nodes are (op, inputs, output, attributes); the last output is that of the network."""
    graph = b"".join(_field(1, _node(*row)) for row in nodes) + _field(2, "made")
    for name, data in tensors.items():
        dims = b"".join(_field(1, side) for side in data.shape)
        graph += _field(5, dims + _field(2, 1) + _field(8, name) + _field(9, data.astype("<f4").tobytes()))
    graph += b"".join(_field(11, _value(name, channels)) for name in inputs)
    graph += _field(12, _value(nodes[-1][2], 3))
    return _field(1, 8) + _field(8, _field(1, "") + _field(2, 13)) + _field(7, graph)


def shifting(matrix, offset):
    """A network that makes pictures twice as large and does to every colour what a careless one might do."""
    kernel = np.repeat(np.array(matrix, np.float32)[:, :, None, None], 4, 0)
    shuffle = ("DepthToSpace", ["a"], "y", {"blocksize": 2, "mode": "CRD"})
    return onnx(
        [("Conv", ["x", "w", "b"], "a", {}), shuffle], {"w": kernel, "b": np.repeat(np.float32(offset), 4)}
    )


def looking(seed=1, reach=2):
    """A network at a picture's own size that looks `reach` pixels around each."""
    rng = np.random.default_rng(seed)
    side = 2 * reach + 1
    kernel = rng.normal(0, 1 / side**2, (3, 3, side, side))
    kernel[range(3), range(3), reach, reach] += 0.7
    return onnx([("Conv", ["x", "w"], "y", {"pads": [reach] * 4})], {"w": kernel})


def wide():
    """A network whose result depends on the mean of all that it is given: every tile would be of another brightness."""
    nodes = [
        ("GlobalAveragePool", ["x"], "m", {}), ("Mul", ["m", "k"], "a", {}), ("Add", ["x", "a"], "y", {}),
    ]  # fmt: skip
    return onnx(nodes, {"k": np.full((1,), 0.3, np.float32)})


def compact(scale=2, features=8, body=1, seed=1):
    """The tensors of a small Compact network."""
    rng = np.random.default_rng(seed)
    found = OrderedDict()
    widths = [3, *[features] * (body + 1), 3 * scale**2]
    for number, (given, made) in enumerate(pairwise(widths)):
        found[f"body.{2 * number}.weight"] = rng.normal(0, 0.1, (made, given, 3, 3)).astype(np.float32)
        found[f"body.{2 * number}.bias"] = rng.normal(0, 0.02, made).astype(np.float32)
        if number < len(widths) - 2:
            found[f"body.{2 * number + 1}.weight"] = np.full(made, 0.1, np.float32)
    return found


def safetensors(path, tensors):
    write_tensors(path, tensors)
    return path


class _Tensor:
    """Stands for one of torch's while it is pickled."""

    def __init__(self, key, array):
        self.key, self.array = key, array

    def __reduce__(self):
        array = self.array
        strides = tuple(step // array.itemsize for step in array.strides)
        storage = _Storage(self.key, array)
        torch = sys.modules["torch._utils"]
        return torch._rebuild_tensor_v2, (storage, 0, array.shape, strides, False, OrderedDict())


class _Storage:
    def __init__(self, key, array):
        self.key, self.array = key, array


def pth(path, saved, monkeypatch, old=False, also=None):
    """Write what torch.save would for dicts of arrays; `also` is pickled beside them."""
    torch, utils = types.ModuleType("torch"), types.ModuleType("torch._utils")
    torch.FloatStorage = type("FloatStorage", (), {"__module__": "torch"})
    utils._rebuild_tensor_v2 = lambda *_: None
    utils._rebuild_tensor_v2.__module__, utils._rebuild_tensor_v2.__qualname__ = (
        "torch._utils",
        "_rebuild_tensor_v2",
    )
    monkeypatch.setitem(sys.modules, "torch", torch)
    monkeypatch.setitem(sys.modules, "torch._utils", utils)
    arrays = []

    class Writer(pickle.Pickler):
        def persistent_id(self, one):
            if not isinstance(one, _Storage):
                return None
            return ("storage", torch.FloatStorage, one.key, "cpu", one.array.size, *((None,) if old else ()))

    def packed(value):
        if isinstance(value, np.ndarray):
            arrays.append(value)
            return _Tensor(str(len(arrays) - 1), value)
        return (
            type(value)((key, packed(one)) for key, one in value.items())
            if isinstance(value, dict)
            else value
        )

    def dumped(value):
        out = io.BytesIO()
        Writer(out, 2).dump(value)
        return out.getvalue()

    body = dumped({**packed(saved), **({"also": also} if also is not None else {})})
    if old:
        rows = [dumped(one) for one in (0x1950A86A20F9469CFC6C, 1001, {"little_endian": True})]
        rows += [body, dumped([str(n) for n in range(len(arrays))])]
        rows += [struct.pack("<q", one.size) + one.ravel("K").astype("<f4").tobytes() for one in arrays]
        path.write_bytes(b"".join(rows))
    else:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("made/data.pkl", body)
            for number, one in enumerate(arrays):
                archive.writestr(f"made/data/{number}", one.ravel("K").astype("<f4").tobytes())
    monkeypatch.undo()
    return path


def card(**changes):
    """A card for tests."""
    about = {
        "name": "made", "purpose": "tests", "use": "enlarge", "architecture": "Compact", "scale": 2, "file": "made.pth",
        "sha256": "00" * 32, "bytes": 1, "licence": "BSD-3-Clause", "author": "nobody", "origin": "this test",
    }  # fmt: skip
    return Card(**{**about, **changes})
