"""Networks that only torch can run, loaded by spandrel, which knows how those of the community are built.

Both are an optional extra of this package. They are imported here and nowhere else, when weights need them; only
safetensors are given to them, so nothing of a file is ever run.
"""

from __future__ import annotations

import importlib
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from dreamreel.errors import BadWeights, ModelMissing

if TYPE_CHECKING:
    from dreamreel.neural.community.compiled import Picture, Runner

__all__ = ["available", "described", "loaded", "on_gpu"]

_NEEDED: Final = ("torch", "spandrel")
_TILING: Final = {"INTERNAL": 2**40, "DISCOURAGED": 2**20}
"""Pixels at once for networks that make tiles themselves, and for those that want to see as much as can be."""


class _Descriptor(Protocol):
    """What is used of spandrel's descriptions of models."""

    scale: int
    input_channels: int
    output_channels: int
    supports_half: bool
    purpose: str


def available() -> bool:
    """Whether torch and spandrel are installed; they are not loaded."""
    return all(find_spec(name) is not None for name in _NEEDED)


def on_gpu() -> bool:
    """Whether torch has a GPU here."""
    if not available():
        return False
    return bool(_module("torch").cuda.is_available())


def described(path: Path) -> tuple[str, int]:
    """The architecture and the scale of a safetensors file, by spandrel. Raises `BadWeights` and `ModelMissing`."""
    found = _descriptor(path)
    return str(cast("Any", found).architecture.name), found.scale


def loaded(path: Path) -> Runner:
    """The network of a safetensors file, on the GPU if there is one. Raises `BadWeights` and `ModelMissing`."""
    return _Torch(_descriptor(path))


def _module(name: str) -> Any:  # noqa: ANN401 - modules that may not be installed have no types
    return importlib.import_module(name)


def _descriptor(path: Path) -> _Descriptor:
    if not available():
        raise ModelMissing(
            f"{path.name} needs torch, which is not installed; install it with `pip install dreamreel[torch]`."
        )
    try:
        spandrel = _module("spandrel")
        found = spandrel.ModelLoader("cpu").load_from_file(path)
    except ImportError as error:
        raise ModelMissing(
            f"{path.name} needs spandrel, which does not start here ({error}); install it again with "
            "`pip install dreamreel[torch]`."
        ) from error
    except Exception as error:
        raise BadWeights(
            f"{path.name} holds a network that spandrel does not know or cannot build ({type(error).__name__}); "
            "a newer dreamreel[torch] may."
        ) from error
    if (
        not isinstance(found, spandrel.ImageModelDescriptor)
        or found.input_channels != 3
        or found.output_channels != 3
    ):
        raise BadWeights(
            f"{path.name} does not make one picture of three colours of another; only such networks can be used."
        )
    if found.purpose == "FaceSR":
        raise BadWeights(f"{path.name} repairs faces that were cut out; it cannot be used on whole pictures.")
    return cast("_Descriptor", found)


class _Torch:
    """A network in torch: half precision on a GPU where it is safe, single precision on a processor."""

    even: int = 1  # spandrel pads what is not a multiple of what a network needs.
    halo: int | None = None

    def __init__(self, descriptor: _Descriptor) -> None:
        self.scale = descriptor.scale
        torch = _module("torch")
        self._torch = torch
        self._device = "cuda" if torch.cuda.is_available() else "cpu"
        half = self._device == "cuda" and descriptor.supports_half
        self._kind = torch.float16 if half else torch.float32
        self._model = cast("Any", descriptor).to(device=self._device, dtype=self._kind).eval()
        usual = 2**20 // max(1, self.scale**2) if self.scale > 2 else 2**18
        self.most = _TILING.get(str(cast("Any", descriptor).tiling.name), usual)

    def __call__(self, picture: Picture) -> Picture:
        """The picture larger. A GPU whose memory is full is emptied before that is told."""
        torch = self._torch
        planes = np.ascontiguousarray(picture.transpose(2, 0, 1)[None])
        try:
            with torch.inference_mode():
                given = torch.from_numpy(planes).to(device=self._device, dtype=self._kind)
                made = self._model(given).float().clamp(0, 1).cpu().numpy()
        except torch.cuda.OutOfMemoryError as error:
            torch.cuda.empty_cache()
            raise MemoryError from error
        return cast("NDArray[np.float32]", made)[0].transpose(1, 2, 0)
