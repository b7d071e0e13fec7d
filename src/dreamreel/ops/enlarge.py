"""Ops that make a picture larger by a network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from types import MappingProxyType
from typing import Final, Literal

from dreamreel.errors import BadParameter, BadSize
from dreamreel.media.info import ClipInfo, VideoInfo
from dreamreel.neural.catalog import Precision, chosen, face_network, network, scales
from dreamreel.neural.stages import stages
from dreamreel.ops.base import Op, need_video
from dreamreel.ops.forms import made_of
from dreamreel.ops.geometry import MAX_SIDE

__all__ = ["Enlarge", "Reuse", "enlargements", "multiplied", "scales_for", "tolerance_of"]

Reuse = Literal["exact", "near"]
"""What counts as unchanged: only the very same samples, or near ones too."""
_TOLERANCES: Final[Mapping[Reuse, int]] = MappingProxyType({"exact": 0, "near": 2})
"""Two steps are about what codecs change from frame to frame where nothing moves, and are not seen."""
_FARTHEST = 16
_MULTIPLY: Final = {"int8": 120e9, "bf16": 50e9, "f32": 30e9}
"""Multiplications of a network per second and core, measured with AVX-512, its VNNI and its BF16."""
_DEVICE: Final = 500e9
"""The same of graphics cards, a careful guess."""


@dataclass(frozen=True, slots=True)
class Enlarge(Op):
    """Every frame as many times larger as the network makes it; see `neural`.

    `precision` is part of what is asked for, because the last bit of a sample depends on it.
    """

    name = "neural.enlarge"
    network: str
    weights: str
    """The beginning of the hash of the network's file: other weights give another picture."""
    precision: Precision = "int8"
    strength: float = 1.0
    """0 to 1, for networks that can be steered."""
    tolerance: int = 0
    """Steps of 8 bits by which samples may differ from those last computed without being computed again."""

    def infer(self, *inputs: ClipInfo) -> ClipInfo:
        (info,) = inputs
        video = need_video("enlarge", info)
        found = network(self.network)
        if not found.sha256.startswith(self.weights) or len(self.weights) < 8:
            raise BadParameter(
                f"the network {found.name} has changed since this recipe was made; enlarge the clip anew."
            )
        if not 0 <= self.strength <= 1:
            raise BadParameter(f"enlarge: a strength of {self.strength:g} is out of range; choose 0 to 1.")
        if not 0 <= self.tolerance <= _FARTHEST:
            raise BadParameter(
                f"enlarge: a tolerance of {self.tolerance} is out of range; choose 0 to {_FARTHEST}."
            )
        width, height = video.width * found.scale, video.height * found.scale
        if max(width, height) > MAX_SIDE:
            raise BadSize(
                f"{width}×{height} is larger than {MAX_SIDE} pixels along one side; choose a smaller size."
            )
        return replace(info, video=replace(made_of(video), width=width, height=height))


def multiplied(precision: Precision) -> float:
    """About how many multiplications of a network are done in a second, on each core; for estimates."""
    return _MULTIPLY.get(precision, _DEVICE)


def tolerance_of(reuse: Reuse) -> int:
    """The tolerance that a way of reusing means. Raises `BadParameter` for one there is not."""
    if reuse not in _TOLERANCES:
        raise BadParameter(f"upscale: reuse {reuse!r} is not known; choose {' or '.join(_TOLERANCES)}.")
    return _TOLERANCES[reuse]


def scales_for(
    video: VideoInfo, scale: int | None, height: int | None, family: str, size: str, *, faces: bool = False
) -> tuple[int, ...]:
    """By which networks a picture becomes `scale` times as large, or at least `height` lines high: their scales.

    Raises `BadParameter` when the two are not one of the two, no networks make it that, or it is as high already. With
    `faces` the first is one that a network for faces goes with, where there is any.
    """
    first, then = (scales(one, size) for one in (family, "clean"))
    if faces:
        first = tuple(one for one in first if face_network(size, one)) or first
    if (scale is None) == (height is None):
        raise BadParameter("upscale: give a scale of 2, 4 or 8, or a height.")
    if scale is not None:
        made = stages(Fraction(scale), first, then, exact=True)
        if not made and first:
            can = [str(one) for one in range(2, 9) if stages(Fraction(one), first, then, exact=True)]
            raise BadParameter(
                f"upscale: a scale of {scale} is not possible; choose {', '.join(can)}, or give a height."
            )
        return made or (scale,)
    assert height is not None
    if height <= video.height:
        raise BadParameter(
            f"upscale: {height} lines are not more than the {video.height} there are; use resize to make it smaller."
        )
    return stages(Fraction(height, video.height), first, then) or (2,)


def enlargements(
    times: Sequence[int],
    size: str,
    precision: Precision,
    family: str = "clean",
    strength: float = 0.0,
    tolerance: int = 0,
) -> tuple[Enlarge, ...]:
    """The ops that make a picture as many times larger as `times` says, one after another. Raises `BadParameter`.

    The first is by a network of `family`; after it nothing is left to be cleaned, so the others are by a clean one. It
    alone has the `tolerance`: what it makes the same is the same to the others.
    """
    families = (family, *("clean",) * (len(times) - 1))
    found = [chosen(one, size, scale) for one, scale in zip(families, times, strict=True)]
    made = [Enlarge(one.name, one.sha256[:16], precision, strength if one.strength else 1.0) for one in found]
    return tuple(replace(op, tolerance=0 if number else tolerance) for number, op in enumerate(made))
