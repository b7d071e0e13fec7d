"""Ops that mend what age does to film: flicker, dust, scratches. And grain, which belongs to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from dreamreel.errors import BadParameter
from dreamreel.media.info import ClipInfo, VideoInfo
from dreamreel.ops.base import Frames, Worker, need_video
from dreamreel.ops.repair import check_share

__all__ = ["Deflicker", "Descratch", "Dust", "Grain", "film_repairs", "grain_of"]

_FULL = 12.0
"""8-bit steps of grain at a strength of 1."""
_COLOUR = 0.4
"""Of luma's grain, how much the colours have."""
_FINE = 1350.0
"""Lines of a picture over the size of its grain: 35 mm film scanned at 1080 lines has grains of about 0.8 pixels."""
_MOST, _COARSEST = 64.0, 16.0


@dataclass(frozen=True, slots=True)
class Deflicker(Frames):
    """The light of frames evened out, as a whole and in large parts; fades and cuts stay. See `retouch.flicker`."""

    name = "film.flicker"
    before: ClassVar[int] = 7
    after: ClassVar[int] = 7
    speed: ClassVar[float] = 40e6
    strength: float = 0.8
    """0 (nothing) to 1 (all of it)."""

    def infer(self, *inputs: ClipInfo) -> ClipInfo:
        return _checked(self, "flicker", self.strength, *inputs)

    def worker(self, info: ClipInfo) -> Worker:
        from dreamreel.retouch.flicker import Deflickerer

        del info
        return Deflickerer(self.strength)

    def told(self) -> str:
        return f"take out {self.strength:.0%} of the flicker, over 15 frames"


@dataclass(frozen=True, slots=True)
class Dust(Frames):
    """Spots that are on one frame only, filled from its neighbours; see `retouch.dust`."""

    name = "film.dust"
    before: ClassVar[int] = 1
    after: ClassVar[int] = 1
    speed: ClassVar[float] = 7e6
    strength: float = 0.5
    """0 (only the strongest spots) to 1 (faint ones as well)."""

    def infer(self, *inputs: ClipInfo) -> ClipInfo:
        return _checked(self, "dust", self.strength, *inputs)

    def worker(self, info: ClipInfo) -> Worker:
        from dreamreel.retouch.dust import Duster

        del info
        return Duster(self.strength)

    def told(self) -> str:
        return "fill dust and dirt from the frames before and after"


@dataclass(frozen=True, slots=True)
class Descratch(Frames):
    """Vertical lines that stay while the picture moves, taken off; see `retouch.scratch`."""

    name = "film.scratches"
    before: ClassVar[int] = 2
    after: ClassVar[int] = 2
    speed: ClassVar[float] = 60e6
    strength: float = 0.5
    """0 (only the strongest lines) to 1 (faint ones as well)."""

    def infer(self, *inputs: ClipInfo) -> ClipInfo:
        return _checked(self, "scratches", self.strength, *inputs)

    def worker(self, info: ClipInfo) -> Worker:
        from dreamreel.retouch.scratch import Scratcher

        del info
        return Scratcher(self.strength)

    def told(self) -> str:
        return "take off scratches from top to bottom"


@dataclass(frozen=True, slots=True)
class Grain(Frames):
    """Grain on every frame, drawn by its seed and the frame's time; see `retouch.grain`."""

    name = "film.grain"
    speed: ClassVar[float] = 80e6
    luma: float
    """Standard deviation in the middle tones, in 8-bit steps, 0 to 64."""
    chroma: float = 0.0
    size: float = 0.0
    """How coarse: sigma of the blur that makes it, in pixels of luma, 0 to 16."""
    seed: int = 0
    moving: bool = True
    """False for still pictures, whose grain stays."""

    @property
    def timed(self) -> bool:  # pyright: ignore[reportIncompatibleVariableOverride]
        """Grain that moves is another for every frame."""
        return self.moving

    def infer(self, *inputs: ClipInfo) -> ClipInfo:
        need_video("grain", inputs[0])
        if not (0 <= self.luma <= _MOST and 0 <= self.chroma <= _MOST and 0 <= self.size <= _COARSEST):
            raise BadParameter(
                f"grain: a strength of {max(self.luma, self.chroma):g} steps or a size of {self.size:g} is out of "
                f"range; choose up to {_MOST:g} and {_COARSEST:g}."
            )
        if self.seed < 0:
            raise BadParameter(f"grain: a seed of {self.seed} is out of range; choose 0 or more.")
        return Frames.infer(self, *inputs)

    def worker(self, info: ClipInfo) -> Worker:
        from dreamreel.retouch.grain import Grainer

        del info
        return Grainer(self.luma, self.chroma, self.size, self.seed)

    def told(self) -> str:
        return f"put on grain of {self.luma:.1f} steps, {self.size:.1f} pixels coarse"


def grain_of(video: VideoInfo, strength: float, seed: int) -> Grain:
    """Grain by taste, 0 to 1, as fine as that of film at the size of the picture."""
    check_share("grain", strength)
    return Grain(
        round(_FULL * strength, 3), round(_FULL * strength * _COLOUR, 3), round(min(video.height / _FINE, 4.0), 3),
        seed, not video.still,
    )  # fmt: skip


def _checked(op: Frames, what: str, strength: float, *inputs: ClipInfo) -> ClipInfo:
    need_video("restore film", inputs[0])
    check_share(what, strength)
    return Frames.infer(op, *inputs)


def film_repairs(info: ClipInfo, dust: float, scratches: float, flicker: float) -> tuple[Frames, ...]:
    """The ops for strengths of 0 (left out) to 1, in the order in which they help each other.

    Even light comes first, so that nothing is taken for dust only because a frame is brighter; then scratches, which
    lie elsewhere in neighbours that follow the picture. A still picture has no neighbours: only its scratches can go.
    """
    for what, strength in (("dust", dust), ("scratches", scratches), ("flicker", flicker)):
        check_share(what, strength)
    still = need_video("restore film", info).still
    ops: list[Frames] = [Deflicker(float(flicker))] if flicker and not still else []
    ops += [Descratch(float(scratches))] if scratches else []
    ops += [Dust(float(dust))] if dust and not still else []
    return tuple(ops)
