"""Ops on pictures that move: a steady camera, and frames between frames."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar, Literal, cast

from dreamreel.errors import BadParameter, RecipeInvalid
from dreamreel.media.info import ClipInfo
from dreamreel.ops.base import Frames, Retime, Worker, need_video
from dreamreel.ops.forms import computed_in
from dreamreel.time import figure

if TYPE_CHECKING:
    from dreamreel.motion.steady import Corrections

__all__ = ["UNIT", "Border", "Interpolate", "Stabilise"]

Border = Literal["crop", "fill"]

UNIT = 1e-5
"""Of the whole numbers in `Stabilise.moves`: shares of the picture's width, radians, and logarithms of scale."""
_COLUMNS: dict[Border, int] = {"crop": 6, "fill": 10}
_NEIGHBOURS = 12
"""Frames on each side whose borders are shown where a frame does not reach."""


@dataclass(frozen=True, slots=True)
class Stabilise(Frames):
    """Every frame moved to where a steady camera would have seen it; see `motion.paths` and `motion.steady`.

    `moves` was measured in the clip's film: a row for each frame, packed (`motion.columns`). Its columns are the time
    in microseconds, the number of the shot, and the correction: x, y, angle, scale in `UNIT`s. Where borders are
    filled, the camera's path follows in the same units.
    """

    name = "motion.stabilise"
    timed: ClassVar[bool] = True
    speed: ClassVar[float] = 30e6
    moves: str
    zooms: tuple[float, ...] = ()
    """For each shot how much it is enlarged."""
    border: Border = "crop"

    @property
    def before(self) -> int:  # pyright: ignore[reportIncompatibleVariableOverride]
        """Neighbours are looked at where borders are filled."""
        return _NEIGHBOURS if self.border == "fill" else 0

    @property
    def after(self) -> int:  # pyright: ignore[reportIncompatibleVariableOverride]
        """Neighbours are looked at where borders are filled."""
        return self.before

    def corrections(self) -> Corrections:
        """What moves each frame. Raises `RecipeInvalid` where the recipe is none."""
        from dreamreel.motion.columns import unpack
        from dreamreel.motion.steady import Corrections

        table = unpack(self.moves, _COLUMNS[self.border])
        times, shots = table[:, 0], table[:, 1]
        if not 0 <= int(shots.min()) <= int(shots.max()) < len(self.zooms):
            raise RecipeInvalid("the recipe's measured moves do not fit its shots; stabilise the clip anew.")
        values = table[:, 2:] * UNIT
        paths = values[:, 4:] if self.border == "fill" else None
        return Corrections(cast("list[int]", times.tolist()), values[:, :4], paths, shots)

    def worker(self, info: ClipInfo) -> Worker:
        import numpy as np

        from dreamreel.motion.steady import Steadier

        sar = need_video("stabilise", info).sar
        return Steadier(self.corrections(), np.array(self.zooms), sar, self.border == "fill")

    def told(self) -> str:
        zoom = max(self.zooms, default=1.0)
        kept = f"cropped by up to {100 * (1 - 1 / zoom):.0f} %" if self.border == "crop" else "borders filled"
        return f"steady the camera in {len(self.zooms)} shot{'s' if len(self.zooms) != 1 else ''}, {kept}"


@dataclass(frozen=True, slots=True)
class Interpolate(Retime):
    """A constant frame rate whose frames between those of the clip are made of their motion; see `motion.between`."""

    name = "motion.interpolate"
    rate: Fraction

    def infer(self, *inputs: ClipInfo) -> ClipInfo:
        (info,) = inputs
        if not 0 < self.rate <= 1000:
            raise BadParameter(
                f"interpolate: {figure(self.rate)} is out of range; choose above 0 and up to 1000."
            )
        video = need_video("interpolate", info)
        form = video if video.still else computed_in(video)
        return replace(info, video=replace(form, rate=self.rate))
