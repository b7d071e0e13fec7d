"""The networks that ship with the program, from the manifest beside their files.

Names are `family-size-scale`: clean-m-x2. A file is trusted only when its hash is the manifest's.
"""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal

from dreamreel.errors import BadParameter, CapabilityMissing

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "DEVICE_PRECISIONS",
    "FAMILIES",
    "PRECISIONS",
    "SIZES",
    "Family",
    "Network",
    "Precision",
    "chosen",
    "deinterlacer",
    "face_network",
    "network",
    "networks",
    "scales",
    "shipped",
    "weights",
]

_FOLDER: Final = Path(__file__).parent / "weights"
_DEINTERLACE: Final = "deinterlace"
"""The family that takes fields and not pictures."""

Precision = Literal[
    "int8", "bf16", "f32", "cuda-f16", "cuda-f32", "directml-f16", "directml-f32", "coreml-f16", "coreml-f32",
    "onnx-f16", "onnx-f32",
]  # fmt: skip
PRECISIONS: Final[tuple[Precision, ...]] = ("int8", "bf16", "f32")
"""What a network is computed in on the processor, usually fastest first."""
DEVICE_PRECISIONS: Final[tuple[Precision, ...]] = (
    "cuda-f16", "cuda-f32", "directml-f16", "directml-f32", "coreml-f16", "coreml-f32", "onnx-f16", "onnx-f32",
)  # fmt: skip
"""What it is computed in by ONNX Runtime: a provider, mostly a graphics card, and its floats; see `runtimes`."""

Family = Literal["clean", "general", "anime", "face"]

FAMILIES: Final[Mapping[Family, str]] = MappingProxyType({
    "clean": "for good sources: as close to the original as can be",
    "general": "for films with noise or the marks of compression, which it takes away",
    "anime": "for drawn films: flat colours, lines, letters; takes noise and the marks of compression away as well",
    "face": "for faces in films, inside soft masks over what another network makes of the rest",
})  # fmt: skip
"""What each family is for."""

SIZES: Final[Mapping[str, str]] = MappingProxyType({
    "s": "small and fast", "m": "the usual choice", "l": "slow and fine",
})  # fmt: skip
"""The sizes, smallest first."""


@dataclass(frozen=True, slots=True)
class Network:
    """One network, as the manifest describes it."""

    name: str
    family: str
    size: str
    scale: int
    """How many times larger a picture becomes, along each side."""
    file: str
    sha256: str
    parameters: int
    """Numbers in it."""
    halo: int
    """Pixels around a tile that its result depends on."""
    ranges: tuple[float, ...]
    """The largest value that reaches each convolution, for 8-bit arithmetic."""
    strength: bool = False
    """Whether a number from 0 to 1 steers it."""
    origin: str = ""
    """The network it is at strength 0, of its own shape."""


@lru_cache(maxsize=1)
def shipped() -> tuple[Network, ...]:
    """All that ship, as the manifest lists them."""
    with (_FOLDER / "manifest.toml").open("rb") as file:
        rows = tomllib.load(file)
    return tuple(Network(name=name, ranges=tuple(row.pop("ranges")), **row) for name, row in rows.items())


def networks() -> tuple[Network, ...]:
    """Those that make pictures larger, and cleaner on the way."""
    return tuple(one for one in shipped() if one.family != _DEINTERLACE)


def deinterlacer() -> Network:
    """The one that makes frames of fields. Raises `CapabilityMissing`."""
    for one in shipped():
        if one.family == _DEINTERLACE:
            return one
    raise CapabilityMissing(
        "The network that deinterlaces is missing from this installation; install dreamreel again."
    )


def network(name: str) -> Network:
    """A network by its name. Raises `BadParameter`, with the names there are."""
    for one in networks():
        if one.name == name:
            return one
    raise BadParameter(f"there is no network {name!r}; choose {', '.join(one.name for one in networks())}.")


def chosen(family: str, size: str, scale: int) -> Network:
    """The network of a family of one scale. Raises `BadParameter`, with what there is."""
    for one in networks():
        if (one.family, one.size, one.scale) == (family, size, scale):
            return one
    sizes = ", ".join(
        f"{one.size} ({SIZES[one.size]})" for one in networks() if (one.family, one.scale) == (family, scale)
    )
    raise BadParameter(
        f"there is no network {family} of size {size!r} for {scale} ×; there is {sizes or 'none'}."
    )


def face_network(size: str, scale: int) -> Network | None:
    """The network for faces of one scale, of that size where there is one; None where there is none."""
    there = [one for one in networks() if (one.family, one.scale) == ("face", scale)]
    return next((one for one in there if one.size == size), there[0] if there else None)


def scales(family: str, size: str) -> tuple[int, ...]:
    """How many times larger the networks of a family and size make a picture, smallest first."""
    return tuple(sorted(one.scale for one in networks() if (one.family, one.size) == (family, size)))


def weights(wanted: Network) -> bytes:
    """The network's ONNX file. Raises `CapabilityMissing` when it is missing or not what the manifest says."""
    try:
        data = (_FOLDER / wanted.file).read_bytes()
    except OSError as error:
        raise CapabilityMissing(
            f"The network {wanted.name} is missing from this installation; install dreamreel again."
        ) from error
    if hashlib.sha256(data).hexdigest() != wanted.sha256:
        raise CapabilityMissing(
            f"The file of the network {wanted.name} was changed or is damaged; install dreamreel again."
        )
    return data
