"""The op that gives black-and-white films colours, with weights that others have trained."""

from __future__ import annotations

from dataclasses import dataclass, replace

from dreamreel.errors import BadParameter
from dreamreel.media.info import ClipInfo, VideoInfo
from dreamreel.media.tonemap import is_hdr
from dreamreel.ops.base import Frames, Worker, need_video
from dreamreel.ops.forms import computed_in

__all__ = ["Colourise", "colourise_op"]


_PLACES = 32 * 32
_MULTIPLY = 30e9
"""Multiplications of a network per second and core, in single precision."""


@dataclass(frozen=True, slots=True)
class Colourise(Frames):
    """Every frame in the colours that installed weights give it; its luma is kept. See `neural.community.colourise`."""

    name = "neural.colourise"
    before = 6
    after = 6
    speed = 10e6
    network: str
    """What the weights are called."""
    weights: str
    """The beginning of the hash of the file as its author published it: other weights give other colours."""
    strength: float = 1.0
    """What the colours are multiplied by, up to 1."""
    parameters: int = 0
    """How many numbers the network has, for estimates."""

    @property
    def each(self) -> float:  # pyright: ignore[reportIncompatibleVariableOverride]
        """A network sees a small picture, whatever the frame's size, and most of its numbers an eighth of that."""
        return self.parameters * _PLACES / _MULTIPLY

    def form(self, video: VideoInfo) -> VideoInfo:
        if not video.pix_fmt.startswith("gray"):
            return computed_in(video)
        # Grey samples have the full range; at that their values stay.
        deep = video.pix_fmt.startswith("gray1")
        full = replace(video.colour, range=2)
        return replace(video, pix_fmt="yuv420p10le" if deep else "yuv420p", colour=full, alpha=False)

    def infer(self, *inputs: ClipInfo) -> ClipInfo:
        (info,) = inputs
        video = need_video("colourise", info)
        if len(self.weights) < 8 or self.parameters < 0:
            raise BadParameter(f"the recipe's weights {self.network} cannot be right; colour the clip anew.")
        if not 0 < self.strength <= 1:
            raise BadParameter(
                f"colourise: a strength of {self.strength:g} is out of range; choose above 0 and up to 1."
            )
        if is_hdr(video.colour):
            raise BadParameter("colourise works on SDR; use tone_map before it.")
        return Frames.infer(self, *inputs)

    def worker(self, info: ClipInfo) -> Worker:
        from dreamreel.neural.community.colourise import CommunityColouriser

        del info
        return CommunityColouriser(self.network, self.weights, self.strength)

    def told(self) -> str:
        part = "" if self.strength == 1 else f", {self.strength:g} of them"
        return f"colours by the weights {self.network}{part}"


def colourise_op(model: str | None, strength: float) -> Colourise:
    """The op with installed weights: those of that name, else the first that give colours.

    Raises `ModelMissing`, with what to do, and `BadParameter`.
    """
    from dreamreel.neural.community.store import colouring

    one = colouring(model)
    return Colourise(one.card.name, one.card.sha256[:16], strength, one.parameters)
