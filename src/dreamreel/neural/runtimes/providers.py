"""Graphics cards that ONNX Runtime can compute on: which there are, and whether they compute right.

onnxruntime installed? ─► its providers ─► one tile through each, against OpenVINO ─► right: it may be used
                                                                                  └► a reason why it is left out
"""

from __future__ import annotations

import contextlib
import importlib
import io
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.util import find_spec
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np
from numpy.typing import NDArray

from dreamreel.errors import CapabilityMissing, DreamreelError, RenderFailed
from dreamreel.media.info import Colour
from dreamreel.neural.catalog import DEVICE_PRECISIONS, Network, Precision, networks
from dreamreel.neural.colours import Form
from dreamreel.neural.graph import TileModel, model_of
from dreamreel.neural.runtimes.export import exported

if TYPE_CHECKING:
    from types import ModuleType

__all__ = ["PROVIDERS", "DeviceTile", "Provider", "available", "fault", "provider_of", "version"]

Samples = NDArray[np.uint8 | np.uint16]

_WANTED: Final = "DREAMREEL_GPU"
"""`off`, or the one provider that may be used, by its key; unset, whichever is best."""
_SIDE: Final = 96
_BOUND: Final = MappingProxyType({"f32": (1, 0.01), "f16": (2, 0.1)})
"""By how many steps of 8 bits a sample may differ from OpenVINO's in single precision: at most, and in the mean."""
_DEEPEST_HALF: Final = 10
"""Bits of a sample up to which half precision is used: between ½ and 1 it has 2048 steps."""
_MEMORY: Final = ("memory", "alloc", "arena")
"""Words with which providers say that memory ran out."""


@dataclass(frozen=True, slots=True)
class Provider:
    """One way of ONNX Runtime to compute."""

    key: str
    """The first half of a precision: cuda-f16."""
    title: str
    execution: str
    """What ONNX Runtime calls it."""
    options: Mapping[str, str] = field(default_factory=dict[str, str])
    chosen: bool = True
    """Whether it is chosen by itself where it is there."""
    fix: str = ""
    """What to do where its libraries do not load."""


PROVIDERS: Final = (
    # Convolutions are chosen by rules, not by a race that another run may decide otherwise; TF32 has 10 bits.
    Provider("cuda", "CUDA", "CUDAExecutionProvider", {
        "cudnn_conv_algo_search": "HEURISTIC", "use_tf32": "0", "arena_extend_strategy": "kSameAsRequested",
    }, fix="install the CUDA and cuDNN that onnxruntime-gpu wants: pip install 'onnxruntime-gpu[cuda,cudnn]'"),
    Provider("directml", "DirectML", "DmlExecutionProvider", fix="install the graphics card's driver anew"),
    Provider("coreml", "Core ML", "CoreMLExecutionProvider",
             {"ModelFormat": "MLProgram", "MLComputeUnits": "CPUAndGPU"}, fix="update macOS"),
    Provider("onnx", "ONNX Runtime on the processor", "CPUExecutionProvider", chosen=False),
)  # fmt: skip
"""Every provider that is known, best first. The last is for comparison: OpenVINO is faster on processors."""


def provider_of(precision: Precision) -> Provider:
    """The provider of a precision such as cuda-f16."""
    key = precision.partition("-")[0]
    return next(one for one in PROVIDERS if one.key == key)


def version() -> str:
    """ONNX Runtime's version, empty where it is not installed."""
    return str(_runtime().__version__) if find_spec("onnxruntime") is not None else ""


def available() -> tuple[Provider, ...]:
    """The graphics cards' providers that this installation has, best first; they have not been tried."""
    wanted = os.environ.get(_WANTED, "").lower()
    if wanted == "off" or find_spec("onnxruntime") is None:
        return ()
    try:
        there = _runtime().get_available_providers()
    except (ImportError, OSError):
        return ()
    return tuple(
        one for one in PROVIDERS if one.execution in there and (one.key == wanted if wanted else one.chosen)
    )


def _runtime() -> ModuleType:
    return importlib.import_module("onnxruntime")


@lru_cache
def _prepared(execution: str) -> ModuleType:
    """ONNX Runtime, silent, with the libraries loaded that a provider needs."""
    runtime = _runtime()
    if hasattr(runtime, "disable_telemetry_events"):
        runtime.disable_telemetry_events()  # Builds for Windows would tell their makers.
    if execution.startswith("CUDA") and hasattr(runtime, "preload_dlls"):
        with contextlib.redirect_stdout(io.StringIO()):
            runtime.preload_dlls()  # From the packages of CUDA and cuDNN, where those are installed.
    return runtime


def _session(data: bytes, provider: Provider) -> Any:  # noqa: ANN401 - ONNX Runtime has no types
    if not version() or provider.execution not in _runtime().get_available_providers():
        raise CapabilityMissing(
            f"ONNX Runtime with {provider.title} is not installed here; install the extra dreamreel[gpu], or use the "
            "processor."
        )
    runtime = _prepared(provider.execution)
    options = runtime.SessionOptions()
    options.log_severity_level = 4
    options.use_deterministic_compute = True
    if provider.key == "directml":  # It takes no other way.
        options.enable_mem_pattern = False
    rest = [] if provider.execution.startswith("CPU") else ["CPUExecutionProvider"]
    made = runtime.InferenceSession(data, options, [(provider.execution, dict(provider.options)), *rest])
    if provider.execution not in made.get_providers():
        raise CapabilityMissing(f"{provider.title} does not start; {provider.fix}.")
    return made


@dataclass(frozen=True, slots=True)
class _Made:
    """A tile that was computed at once."""

    planes: tuple[Samples, Samples]

    def made(self) -> tuple[Samples, Samples]:
        """The result."""
        return self.planes

    def done(self) -> None:
        """The result is no longer needed."""


class DeviceTile:
    """`graph.TileModel` on a graphics card: samples go to it, samples come back. One thread at a time may use it."""

    def __init__(
        self, network: Network, form: Form, width: int, height: int, precision: Precision, strength: float = 1.0
    ) -> None:  # fmt: skip
        """Make it ready; about a second. Raises `CapabilityMissing` where the provider does not start."""
        self._provider = provider_of(precision)
        half = precision.endswith("f16") and form.bits <= _DEEPEST_HALF
        data = exported(model_of(network, form, width, height, "f32", strength), half=half)
        try:
            self._session = _session(data, self._provider)
        except DreamreelError:
            raise
        except Exception as error:  # ONNX Runtime's errors have no class in common.
            raise self._failed(error) from error

    def __call__(self, y: Samples, uv: Samples) -> tuple[Samples, Samples]:
        """`y` (H, W) and `uv` (2, h, w) → the same, larger. Raises `MemoryError` and `RenderFailed`."""
        try:
            made = cast("list[Samples]", self._session.run(None, {"y": y[None, None], "uv": uv[None]}))
        except Exception as error:  # As above.
            raise self._failed(error) from error
        return made[0][0, 0], made[1][0]

    def start(self, y: Samples, uv: Samples) -> _Made:
        """`__call__`, as something that is waited for."""
        return _Made(self(y, uv))

    def _failed(self, error: Exception) -> Exception:
        words = " ".join(str(error).split())[:200]
        if isinstance(error, MemoryError) or any(one in words.lower() for one in _MEMORY):
            return MemoryError(words)
        return RenderFailed(
            f"{self._provider.title} failed while it computed a network ({words}); run the same again, or with "
            f"{_WANTED}=off in the environment, which uses the processor."
        )


@lru_cache
def fault(precision: Precision) -> str:
    """Why a precision of a graphics card cannot be used here, in words without a full stop; empty when it can.

    A tile is computed and compared with OpenVINO's in single precision; about a second, once in a process.
    """
    assert precision in DEVICE_PRECISIONS
    provider = provider_of(precision)
    if provider not in available() and (provider.chosen or not version()):
        wanted = os.environ.get(_WANTED, "")
        return (
            f"{_WANTED} is {wanted}"
            if wanted
            else f"ONNX Runtime with {provider.title} is not installed here"
        )
    network = min(networks(), key=lambda one: one.parameters)
    form = Form(8, 2, 2, Colour(matrix=1, range=1, primaries=1, transfer=1))
    picture = _picture()
    try:
        made = DeviceTile(network, form, _SIDE, _SIDE, precision)(*picture)
    except (DreamreelError, MemoryError, OSError, ImportError) as error:
        return " ".join(str(error).split()).rstrip(".")
    right = TileModel(network, form, _SIDE, _SIDE, "f32")(*picture)
    apart = [np.abs(one.astype(int) - other.astype(int)) for one, other in zip(made, right, strict=True)]
    most, mean = max(int(one.max()) for one in apart), max(float(one.mean()) for one in apart)
    limit = _BOUND[precision.rpartition("-")[2]]
    if most > limit[0] or mean > limit[1]:
        return f"it computes other numbers than the processor, by up to {most} steps of 255"
    return ""


def _picture() -> tuple[Samples, Samples]:
    """Luma and chroma with everything in them: ramps, an edge, noise."""
    rng = np.random.default_rng(7)
    y = np.add.outer(np.arange(_SIDE), np.arange(_SIDE)) + rng.integers(0, 30, (_SIDE, _SIDE))
    y[:, _SIDE // 2 :] = 235 - y[:, _SIDE // 2 :]
    half = _SIDE // 2
    uv = 90 + np.add.outer(np.arange(half), np.arange(half))[None] // np.array([1, 2])[:, None, None]
    return y.clip(16, 235).astype(np.uint8), uv.clip(16, 240).astype(np.uint8)
