"""Ops that make pictures larger, or repair them, with weights that others have trained."""

from __future__ import annotations

from dataclasses import dataclass, replace

from dreamreel.errors import BadParameter, BadSize
from dreamreel.media.info import ClipInfo, VideoInfo
from dreamreel.ops.base import Frames, Op, Worker, need_video
from dreamreel.ops.geometry import MAX_SIDE, Resize

__all__ = ["Community", "community_ops"]

_USUAL = 1_000_000
_MULTIPLY = 30e9
"""Multiplications of a network per second and core, in single precision."""
_LARGEST = 8


@dataclass(frozen=True, slots=True)
class Community(Frames):
    """Every frame through installed weights; see `neural.community`."""

    name = "neural.community"
    network: str
    """What the weights are called."""
    weights: str
    """The beginning of the hash of the file as its author published it: other weights give another picture."""
    scale: int
    parameters: int = 0
    """How many numbers the network has, for estimates."""
    lock: bool = True
    """Whether the low frequencies of the picture, its colours, stay those of the source."""

    @property
    def speed(self) -> float:  # pyright: ignore[reportIncompatibleVariableOverride]
        """Each number of the network is multiplied about once per pixel."""
        return _MULTIPLY / (self.parameters or _USUAL)

    def infer(self, *inputs: ClipInfo) -> ClipInfo:
        (info,) = inputs
        video = need_video("enlarge", info)
        if not 1 <= self.scale <= _LARGEST or len(self.weights) < 8 or self.parameters < 0:
            raise BadParameter(f"the recipe's weights {self.network} cannot be right; enlarge the clip anew.")
        width, height = video.width * self.scale, video.height * self.scale
        if max(width, height) > MAX_SIDE:
            raise BadSize(
                f"{width}×{height} is larger than {MAX_SIDE} pixels along one side; choose a smaller size."
            )
        return replace(info, video=replace(self.form(video), width=width, height=height))

    def worker(self, info: ClipInfo) -> Worker:
        from dreamreel.neural.community.enlarge import CommunityEnlarger

        del info
        return CommunityEnlarger(self.network, self.weights, self.lock)

    def told(self) -> str:
        kept = ", colours kept" if self.lock else ""
        return f"enlarge ×{self.scale} with the weights {self.network}{kept}"


def community_ops(
    video: VideoInfo, name: str, scale: int | None, height: int | None, lock: bool = True
) -> tuple[Op, ...]:
    """The ops that make a picture `scale` times as large, or `height` lines high, with installed weights.

    Without either it becomes what the network makes of it. A network is used as often as it takes; what is too large
    then is shrunk. Raises `ModelMissing`, with what to do, and `BadParameter`.
    """
    from dreamreel.neural.community.store import usable

    one = usable(name)
    if scale is not None and height is not None:
        raise BadParameter("upscale: give a scale or a height, not both.")
    if scale is not None and not 1 <= scale <= _LARGEST:
        raise BadParameter(
            f"upscale: a scale of {scale} is not possible; choose 1 to {_LARGEST}, or give a height."
        )
    own = one.card.scale
    wanted = video.height * scale if scale is not None else height or video.height * own
    if wanted > video.height and own == 1:
        raise BadParameter(
            f"the weights {name} repair a picture at its own size; they cannot make it larger."
        )
    made, ops = video.height, list[Op]()
    while made < wanted or not ops:
        ops.append(Community(name, one.card.sha256[:16], own, one.parameters, lock))
        made *= own
    if made != wanted:
        size = (video.width * scale, wanted) if scale is not None else (None, wanted)
        ops.append(Resize(*size, "stretch" if scale is not None else "fit"))
    return tuple(ops)
