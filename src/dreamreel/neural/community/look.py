"""What a file of weights is, found by looking into it, and what runs it.

.onnx ─► OpenVINO      .safetensors ─┬─ known shape, no GPU ─► built for OpenVINO
└─ else ─► spandrel and torch, if they are installed
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from dreamreel.errors import BadWeights, ModelMissing
from dreamreel.neural.community.colours import read_colouriser
from dreamreel.neural.community.compiled import Runner, of_onnx, of_plain
from dreamreel.neural.community.plain import recognised
from dreamreel.neural.community.tensors import numbers, read_tensors
from dreamreel.neural.community.torch_runtime import described, loaded, on_gpu

__all__ = ["Seen", "look", "runner"]


@dataclass(frozen=True, slots=True)
class Seen:
    """What looking into a file tells."""

    architecture: str
    scale: int
    parameters: int
    colours: bool = False
    """Whether it gives grey pictures colours."""


def look(path: Path) -> Seen:
    """What network a file (safetensors or ONNX) holds.

    Raises `BadWeights` when it is none that can be used, `ModelMissing` when only torch could tell and is not there.
    """
    if path.suffix.lower() == ".onnx":
        if (found := read_colouriser(path)) is not None:
            return Seen("ONNX", 1, found[1], colours=True)
        made, count = of_onnx(path)
        return Seen("ONNX", made.scale, count)
    if path.suffix.lower() != ".safetensors":
        raise BadWeights(f"{path.name} is no file of weights; those end in .safetensors, .onnx or .pth.")
    tensors = read_tensors(path)
    if (plain := recognised(tensors)) is not None:
        return Seen(plain.architecture, plain.scale, plain.parameters)
    architecture, scale = described(path)
    return Seen(architecture, scale, numbers(tensors))


def runner(path: Path) -> Runner:
    """What runs a file. Raises what `look` raises."""
    if path.suffix.lower() == ".onnx":
        return of_onnx(path)[0]
    plain = recognised(read_tensors(path))
    if plain is None:
        return loaded(path)
    if on_gpu():
        with suppress(ModelMissing):
            return loaded(path)
    return of_plain(plain)
