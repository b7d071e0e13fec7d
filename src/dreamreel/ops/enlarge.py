"""Ops that make a picture larger by a network."""

from __future__ import annotations

from dataclasses import dataclass, replace

from dreamreel.errors import BadParameter, BadSize
from dreamreel.media.info import ClipInfo, VideoInfo
from dreamreel.neural.catalog import Precision, chosen, network
from dreamreel.ops.base import Op, need_video
from dreamreel.ops.forms import made_of
from dreamreel.ops.geometry import MAX_SIDE

__all__ = ["Enlarge", "doublings", "enlargements"]


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
        width, height = video.width * found.scale, video.height * found.scale
        if max(width, height) > MAX_SIDE:
            raise BadSize(
                f"{width}×{height} is larger than {MAX_SIDE} pixels along one side; choose a smaller size."
            )
        return replace(info, video=replace(made_of(video), width=width, height=height))


def doublings(video: VideoInfo, scale: int | None, height: int | None) -> int:
    """How often a picture must be doubled to be `scale` times as large, or at least `height` lines high.

    Raises `BadParameter` when the two are not one of the two, or the picture is as high already.
    """
    if (scale is None) == (height is None):
        raise BadParameter("upscale: give a scale of 2, 4 or 8, or a height.")
    if scale is not None:
        if scale not in (2, 4, 8):
            raise BadParameter(
                f"upscale: a scale of {scale} is not possible; choose 2, 4 or 8, or give a height."
            )
        return scale.bit_length() - 1
    assert height is not None
    if height <= video.height:
        raise BadParameter(
            f"upscale: {height} lines are not more than the {video.height} there are; use resize to make it smaller."
        )
    return (-(-height // video.height) - 1).bit_length()


def enlargements(
    times: int, size: str, precision: Precision, family: str = "clean", strength: float = 0.0
) -> tuple[Enlarge, ...]:
    """The ops that double a picture `times` times.

    The first is by a network of `family`; after it nothing is left to be cleaned, so the others are by a clean one.
    """
    families = (family, *("clean",) * (times - 1))[:times]
    found = [chosen(one, size, 2) for one in families]
    return tuple(
        Enlarge(one.name, one.sha256[:16], precision, strength if one.strength else 1.0) for one in found
    )
