"""Networks that give grey pictures colours: what form a file is of, by its shapes, and running it.

    L  (1, 1, H, W), 0 to 100          ─► a, b (1, 2, h, w)       R. Zhang, P. Isola, A. Efros, "Colorful Image
                                                                  Colorization", ECCV 2016, and what followed it
    R'G'B' (1, 3, H, W), grey, 0 to 1  ─► a, b (1, 2, h, w)       X. Kang et al., "DDColor", ICCV 2023
    R'G'B' (1, 3, H, W), grey, 0 to 1  ─► R'G'B' of that size

The last is told from networks that repair by what it makes of grey. a and b are those of CIELAB, in its own units. A
network sees the whole picture, at the size it was made for.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from dreamreel.errors import BadWeights
from dreamreel.machine import cores
from dreamreel.neural.graph import core

if TYPE_CHECKING:
    import openvino as ov

__all__ = ["Colouriser", "Plane", "lightness", "read_colouriser"]

Plane = NDArray[np.float32]
"""(height, width)."""

_Form = Literal["L to ab", "RGB to ab", "RGB to RGB"]
_FORMS: Final[dict[tuple[int, int], _Form]] = {(1, 2): "L to ab", (3, 2): "RGB to ab", (3, 3): "RGB to RGB"}
"""By the channels in and out."""
_USUAL: Final = {1: 256, 3: 512}
"""Sides of pictures for networks that take any."""
_SIDES: Final = range(16, 2049)
_COLOURED: Final = 0.02
"""How far apart the channels of a grey picture's result are where colours were given."""


@dataclass(frozen=True, slots=True)
class _Found:
    form: _Form
    height: int
    width: int


class Colouriser:
    """A network that gives colours, compiled. It belongs to one thread at a time."""

    def __init__(self, model: ov.Model, found: _Found) -> None:
        """`model` has its shapes already."""
        self.height, self.width = found.height, found.width
        self._form = found.form
        config = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32",
                  "INFERENCE_NUM_THREADS": cores()}  # fmt: skip
        self._request = core().compile_model(model, "CPU", config).create_infer_request()

    def __call__(self, grey: Plane) -> NDArray[np.float32]:
        """The colours of a picture, given as luma from 0 to 1 of this network's size: a and b, (h, w, 2)."""
        made = self.raw(grey)
        if self._form == "RGB to RGB":
            made = np.asarray(cv2.cvtColor(made.clip(0, 1), cv2.COLOR_RGB2LAB), np.float32)[..., 1:]
        return np.nan_to_num(made, nan=0, posinf=0, neginf=0).clip(-128, 127)

    def raw(self, grey: Plane) -> NDArray[np.float32]:
        """What the network makes of a picture, (h, w, channels)."""
        plane = lightness(grey) if self._form == "L to ab" else grey
        given = np.repeat(plane[None, None], 1 if self._form == "L to ab" else 3, axis=1)
        half = self._request.get_input_tensor(0).data.dtype == np.float16
        self._request.infer([np.ascontiguousarray(given, np.float16 if half else np.float32)])  # pyright: ignore[reportArgumentType]
        made = np.array(self._request.get_output_tensor(0).data, np.float32)
        return np.ascontiguousarray(made[0].transpose(1, 2, 0))


def lightness(grey: Plane) -> Plane:
    """CIELAB's L of greys given as R'G'B' from 0 to 1."""
    picture = np.repeat(np.asarray(grey, np.float32)[..., None], 3, axis=2)
    return np.ascontiguousarray(cv2.cvtColor(picture, cv2.COLOR_RGB2LAB)[..., 0], np.float32)


def read_colouriser(path: Path) -> tuple[Colouriser, int] | None:
    """The network of an ONNX file, if it is one that gives colours, and how many numbers it holds; None for any other.

    Raises `BadWeights` for one that nearly is, saying what is missing.
    """
    try:
        model = core().read_model(path)
    except (RuntimeError, ValueError) as error:
        if "externally stored" in str(error):
            raise BadWeights(
                f"{path.name} keeps its numbers in a second file; export it again as one file, and add that."
            ) from error
        return None  # Whoever wants to use it otherwise says what is wrong.
    if (found := _form(model, path.name)) is None:
        return None
    try:
        model.reshape([1, 1 if found.form == "L to ab" else 3, found.height, found.width])
        made = Colouriser(model, found)
        probe = made.raw(_probe(found.height, found.width))
    except (RuntimeError, ValueError) as error:
        raise BadWeights(
            f"{path.name} cannot be run on one picture of {found.width}×{found.height}; export it again for that size."
        ) from error
    channels = probe.shape[-1]
    if found.form == "RGB to RGB":
        apart = float(np.asarray(np.ptp(probe, axis=-1), np.float32).mean())
        if probe.shape != (found.height, found.width, 3) or not apart > _COLOURED:
            return None
    elif channels != 2:
        raise BadWeights(
            f"{path.name} makes {channels} channels of grey; a network that gives colours makes two, a and b of CIELAB."
        )
    if not np.isfinite(probe).all():
        raise BadWeights(
            f"{path.name} makes something else than numbers of a grey picture; it cannot be used."
        )
    constants = (one for one in model.get_ops() if one.get_type_name() == "Constant")
    return made, sum(int(np.prod(one.shape)) for one in constants)


def _form(model: ov.Model, name: str) -> _Found | None:
    """What a network takes and gives, by its shapes. Raises `BadWeights`."""
    shapes = [one.get_partial_shape() for one in (*model.inputs, *model.outputs)]
    if any(shape.rank.is_dynamic or len(shape) != 4 for shape in shapes):
        return None
    sides = [[side.get_length() if side.is_static else 0 for side in shape] for shape in shapes]
    given, made = sides[0], sides[len(model.inputs)]
    if given[1] == 1 and (len(model.inputs), len(model.outputs)) != (1, 1):
        raise BadWeights(
            f"{name} takes more than a grey picture, or makes more than its colours; export it with one input and one "
            "output, without hints."
        )
    if (len(model.inputs), len(model.outputs)) != (1, 1) or given[0] > 1:
        return None
    form = _FORMS.get((given[1], made[1] or (2 if given[1] == 1 else 0)))
    if given[1] == 1 and form is None:
        raise BadWeights(
            f"{name} makes {made[1]} channels of grey; a network that gives colours makes two, a and b of CIELAB."
        )
    # A network from colours to colours that takes any size enlarges or repairs.
    if form is None or (form == "RGB to RGB" and not (given[2] and given[3])):
        return None
    height, width = (side or _USUAL[given[1]] for side in given[2:])
    if height not in _SIDES or width not in _SIDES:
        raise BadWeights(
            f"{name} takes pictures of {width}×{height}; from 16 to 2048 along each side can be used."
        )
    return _Found(form, height, width)


def _probe(height: int, width: int) -> Plane:
    """A grey picture with ramps and shapes."""
    down, across = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j]
    waves = 0.5 + 0.25 * np.sin(9 * down) * np.cos(7 * across) + 0.25 * (across - down)
    return waves.astype(np.float32)
