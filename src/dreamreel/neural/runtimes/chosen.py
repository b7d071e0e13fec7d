"""Tiles by the runtime that a precision names: OpenVINO on the processor, or ONNX Runtime on a graphics card."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from dreamreel.neural.catalog import DEVICE_PRECISIONS, PRECISIONS, Network, Precision
from dreamreel.neural.graph import TileModel

if TYPE_CHECKING:
    from dreamreel.neural.colours import Form

__all__ = ["Running", "Tile", "device_precision", "on_device", "tile_model", "told"]

Samples = NDArray[np.uint8 | np.uint16]


class Running(Protocol):
    """A tile that is being computed."""

    def made(self) -> tuple[Samples, Samples]:
        """Wait for the result; it is good until `done`."""
        ...

    def done(self) -> None:
        """The result is no longer needed."""
        ...


class Tile(Protocol):
    """A network for tiles of one size, colours converted in it."""

    def __call__(self, y: Samples, uv: Samples) -> tuple[Samples, Samples]:
        """`y` (H, W) and `uv` (2, h, w) → the same, larger. The next call may overwrite the result."""
        ...

    def start(self, y: Samples, uv: Samples) -> Running:
        """Begin to compute a tile; the samples must not be written to until it is made."""
        ...


def on_device(precision: Precision) -> bool:
    """Whether a precision is one of a graphics card."""
    return precision not in PRECISIONS


def device_precision(name: object) -> Precision | None:
    """The precision of a graphics card that `name` is; None for anything else."""
    return name if name in DEVICE_PRECISIONS else None


def tile_model(
    network: Network,
    form: Form,
    width: int,
    height: int,
    precision: Precision,
    strength: float,
    lanes: int = 1,
    *,
    trimmed: bool = False,
    flexible: bool = False,
) -> Tile:
    """The network for tiles of `width`×`height` samples, `lanes` of them computed at once on the processor, and there
    `trimmed` and `flexible`; see `TileModel`.

    Raises `CapabilityMissing` where it cannot be computed.
    """
    if not on_device(precision):
        return TileModel(
            network, form, width, height, precision, strength, lanes, trimmed=trimmed, flexible=flexible
        )
    from dreamreel.neural.runtimes.providers import DeviceTile

    return DeviceTile(network, form, width, height, precision, strength)


def told(precision: Precision) -> str:
    """What computes, for people: `CUDA, half precision`."""
    kinds = {
        "int8": "8-bit arithmetic",
        "bf16": "bfloat16",
        "f32": "single precision",
        "f16": "half precision",
    }
    if not on_device(precision):
        return f"OpenVINO on the processor, {kinds[precision]}"
    from dreamreel.neural.runtimes.providers import provider_of

    return f"{provider_of(precision).title}, {kinds[precision.rpartition('-')[2]]}"
