"""What is in a `.pth` file, without running anything that is in it.

    .pth ─► its pickles, instruction by instruction ─► dicts, lists, numbers, texts, tensors; anything else is a `Name`

A pickle is a program for a small machine that may call any function of Python. This reader follows the instructions
that build data, knows the one function that makes tensors, and calls nothing: what a file wants to be called becomes a
`Name` that nobody uses. Both of torch's containers are read: the zip of torch 1.6 and later, and the older row of
pickles. Sources: Python's Lib/pickletools.py; torch/serialization.py for the containers.
"""

from __future__ import annotations

import io
import math
import pickletools
import warnings
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, cast

import numpy as np
from numpy.typing import NDArray

from dreamreel.errors import BadWeights

__all__ = ["Name", "unpack"]

_STORAGES: Final[Mapping[str, str]] = {
    "DoubleStorage": "<f8", "FloatStorage": "<f4", "HalfStorage": "<f2", "BFloat16Storage": "<u2",
    "LongStorage": "<i8", "IntStorage": "<i4", "ShortStorage": "<i2", "CharStorage": "i1", "ByteStorage": "u1",
    "BoolStorage": "?",
}  # fmt: skip
_MOST = 8 * 2**30
_DEEPEST = 200_000
"""Things on the machine's stack, at most."""


@dataclass(frozen=True, slots=True)
class Name:
    """Something a pickle wanted to be looked up or called; it is not."""

    module: str
    name: str


@dataclass(frozen=True, slots=True)
class _Storage:
    """Numbers that tensors look at."""

    kind: str
    key: str


class _Mark:
    """Where a run of things on the stack begins."""


_Stores = Callable[[_Storage], NDArray[np.generic]]


def unpack(path: Path) -> dict[str, object]:
    """What a `.pth` file holds, tensors as arrays. Raises `BadWeights`."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Strange texts in a pickle are its own affair.
            found = _zipped(path) if zipfile.is_zipfile(path) else _rowed(path)
    except (ValueError, KeyError, IndexError, TypeError, EOFError, OSError, OverflowError, zipfile.BadZipFile,
            RecursionError, NotImplementedError, AttributeError, MemoryError) as error:  # fmt: skip
        raise BadWeights(f"{path.name} is no whole .pth file of weights; download it again.") from error
    if not isinstance(found, dict):
        raise BadWeights(f"{path.name} holds no tensors by name; only such files of weights can be read.")
    return cast("dict[str, object]", found)


def _zipped(path: Path) -> object:
    """The newer container: one pickle, and a file for each storage."""
    with zipfile.ZipFile(path) as archive:
        names = {info.filename: info for info in archive.infolist()}
        if any("/code/" in name for name in names):
            raise BadWeights(f"{path.name} is a program (TorchScript); only files of tensors can be read.")
        if sum(info.file_size for info in names.values()) > _MOST:
            raise ValueError
        (head,) = [name for name in names if name.endswith("/data.pkl")]
        folder = head.removesuffix("data.pkl")

        def numbers(storage: _Storage) -> NDArray[np.generic]:
            return _typed(storage.kind, archive.read(f"{folder}data/{storage.key}"))

        return _Machine(numbers).run(io.BytesIO(archive.read(head)))


def _rowed(path: Path) -> object:
    """The older container: three pickles about the file, one with what is in it, one with keys; then the storages."""
    with path.open("rb") as file:
        nothing = _Machine(None)
        if nothing.run(file) != 0x1950_A86A_20F9_469C_FC6C:
            raise ValueError
        for _ in ("protocol", "machine"):
            nothing.run(file)
        start = file.tell()
        first = _Machine(None)
        first.run(file)  # Once to learn of the storages, then, when their numbers are known, once more.
        keys = cast("list[str]", nothing.run(file))
        held: dict[str, NDArray[np.generic]] = {}
        for key in keys:
            kind = first.kinds[key]
            count = int.from_bytes(file.read(8), "little")
            size = count * np.dtype(_STORAGES[kind]).itemsize
            data = file.read(size) if size <= _MOST else b""
            if len(data) != size:
                raise EOFError
            held[key] = _typed(kind, data)
        file.seek(start)
        return _Machine(lambda storage: held[storage.key]).run(file)


def _typed(kind: str, data: bytes) -> NDArray[np.generic]:
    made = np.frombuffer(data, _STORAGES[kind])
    return (made.astype("<u4") << 16).view("<f4") if kind == "BFloat16Storage" else made


class _Machine:
    """Follows the instructions of one pickle."""

    def __init__(self, numbers: _Stores | None) -> None:
        """`numbers` gives what is in a storage; without it tensors are left empty."""
        self._numbers = numbers
        self._stack: list[object] = []
        self._memo: dict[int, object] = {}
        self.kinds: dict[str, str] = {}
        """The storages that were met: key and kind."""

    def run(self, file: IO[bytes]) -> object:
        """What the next pickle of `file` builds. Raises `ValueError` and its like for what it does not know."""
        self._stack.clear()
        self._memo.clear()
        for code, argument, _ in pickletools.genops(file):
            if code.name == "STOP":
                break
            self._step(code.name, argument)
            if len(self._stack) > _DEEPEST:
                raise ValueError
        return self._stack.pop()

    def _step(self, name: str, argument: object) -> None:  # noqa: C901 - one case for each instruction
        stack = self._stack
        match name:
            case "PROTO" | "FRAME":
                pass
            case "MARK":
                stack.append(_Mark())
            case "POP":
                stack.pop()
            case "NONE" | "NEWTRUE" | "NEWFALSE":
                stack.append({"NONE": None, "NEWTRUE": True, "NEWFALSE": False}[name])
            case "EMPTY_DICT" | "EMPTY_LIST" | "EMPTY_TUPLE" | "EMPTY_SET":
                stack.append({} if name == "EMPTY_DICT" else [] if name != "EMPTY_TUPLE" else ())
            case "GLOBAL":
                stack.append(Name(*str(argument).split(" ", 1)))
            case "STACK_GLOBAL":
                attribute, module = stack.pop(), stack.pop()
                stack.append(Name(str(module), str(attribute)))
            case "TUPLE1" | "TUPLE2" | "TUPLE3":
                count = int(name[-1])
                stack[-count:] = [tuple(stack[-count:])]
            case "TUPLE" | "LIST" | "DICT":
                items = self._run_of()
                made = dict(zip(items[::2], items[1::2], strict=True)) if name == "DICT" else items
                stack.append(tuple(items) if name == "TUPLE" else made)
            case "APPEND" | "APPENDS" | "ADDITEMS":
                items = [stack.pop()] if name == "APPEND" else self._run_of()
                cast("list[object]", stack[-1]).extend(items)
            case "SETITEM" | "SETITEMS":
                items = [stack.pop(-2), stack.pop()] if name == "SETITEM" else self._run_of()
                if isinstance(target := stack[-1], dict):
                    cast("dict[object, object]", target).update(zip(items[::2], items[1::2], strict=True))
            case "BUILD":
                stack.pop()  # A state for an object: there are none.
            case "REDUCE" | "NEWOBJ":
                arguments, called = stack.pop(), stack.pop()
                stack.append(self._called(called, cast("tuple[object, ...]", arguments)))
            case "BINPERSID":
                stack.append(self._storage(cast("tuple[object, ...]", stack.pop())))
            case "MEMOIZE":
                self._memo[len(self._memo)] = stack[-1]
            case "PUT" | "BINPUT" | "LONG_BINPUT":
                self._memo[cast("int", argument)] = stack[-1]
            case "GET" | "BINGET" | "LONG_BINGET":
                stack.append(self._memo[cast("int", argument)])
            case _ if isinstance(argument, (int, float, str, bytes)):
                stack.append(argument)
            case _:
                raise ValueError(name)

    def _run_of(self) -> list[object]:
        """What lies on the stack above the last mark, which is taken off with it."""
        at = max(n for n, one in enumerate(self._stack) if isinstance(one, _Mark))
        items = self._stack[at + 1 :]
        del self._stack[at:]
        return items

    def _storage(self, words: tuple[object, ...]) -> _Storage:
        kind, key = words[1], str(words[2])
        if words[0] != "storage" or not isinstance(kind, Name) or kind.name not in _STORAGES:
            raise ValueError
        self.kinds[key] = kind.name
        return _Storage(kind.name, key)

    def _called(self, called: object, arguments: tuple[object, ...]) -> object:
        """What torch and Python would have made of a call; the call itself where it is not one that makes data."""
        if not isinstance(called, Name):
            return None
        match called.module, called.name:
            case "collections", "OrderedDict":
                return {}
            case "torch._utils", "_rebuild_tensor_v2" | "_rebuild_tensor":
                return self._tensor(arguments)
            case "torch._utils", "_rebuild_parameter":
                return arguments[0]
            case _:
                return called

    def _tensor(self, arguments: tuple[object, ...]) -> NDArray[np.generic]:
        storage, offset, shape, strides = arguments[:4]
        if not isinstance(storage, _Storage) or self._numbers is None:
            return np.zeros(0, np.float32)
        sizes = [int(side) for side in cast("tuple[int, ...]", shape)]
        steps = [int(step) for step in cast("tuple[int, ...]", strides)]
        flat = self._numbers(storage)
        start = int(cast("int", offset))
        last = start + sum((side - 1) * step for side, step in zip(sizes, steps, strict=True))
        if min([start, *sizes, *steps], default=0) < 0 or (math.prod(sizes) and last >= len(flat)):
            raise ValueError
        item = flat.itemsize
        view = np.lib.stride_tricks.as_strided(flat[start:], sizes, [step * item for step in steps])
        if math.prod(sizes) * item > max(flat.nbytes, 1):
            raise ValueError
        return np.array(view)
