"""Ops that clean a picture: deinterlace, denoise, sharpen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import ClassVar, Final, Literal

from dreamreel.errors import BadParameter
from dreamreel.media.filters import FilterSpec
from dreamreel.media.info import ClipInfo, VideoInfo
from dreamreel.neural.catalog import deinterlacer
from dreamreel.ops.base import Filter, Frames, Worker, need_video
from dreamreel.ops.colour import in_planes
from dreamreel.ops.forms import computed_in, planar
from dreamreel.ops.repair import check_share

__all__ = ["METHODS", "Deinterlace", "Denoise", "Method", "Sharpen", "Unweave", "unweave"]

Method = Literal["bwdif", "network"]
"""What makes whole frames of fields: FFmpeg's filter, or the network that ships."""
METHODS: Final[tuple[Method, ...]] = ("bwdif", "network")

_NO_RATE = "deinterlace: double needs a constant frame rate; set one with fps, or leave it out."


@dataclass(frozen=True, slots=True)
class Deinterlace(Filter):
    """Whole frames of woven fields (bwdif, after BBC's Weston three-field filter).

    One frame for each, or with `double` one for each field. `film` puts film that was stretched to NTSC by 2:3 pulldown
    together again, field by field; what then is still combed is deinterlaced.
    """

    name = "clean.deinterlace"
    timed = True
    order: Literal["auto", "tff", "bff"] = "auto"
    """Which field comes first; auto takes what each frame says of itself."""
    double: bool = False
    film: bool = False

    def infer(self, *inputs: ClipInfo) -> ClipInfo:
        (info,) = inputs
        video = need_video("deinterlace", info)
        if not self.double:
            return info
        if self.film:
            raise BadParameter(
                "deinterlace: film has no second field to show; choose double or film, not both."
            )
        if video.rate is None:
            raise BadParameter(_NO_RATE)
        return info if video.still else replace(info, video=replace(video, rate=2 * video.rate))

    def filters(self, info: ClipInfo) -> tuple[FilterSpec, ...]:
        if need_video("deinterlace", info).still:
            return ()
        mode = "send_field" if self.double else "send_frame"
        if not self.film:
            return (FilterSpec.of("bwdif", mode=mode, parity=self.order),)
        return (
            FilterSpec.of("fieldmatch", order=self.order, combmatch="full"),
            FilterSpec.of("bwdif", mode=mode, parity=self.order, deint="interlaced"),
            # Matching fields takes 8 bits only.
            FilterSpec.of("format", pix_fmts=need_video("deinterlace", info).pix_fmt),
        )

    def reach(self, info: ClipInfo) -> Fraction:
        rate = need_video("deinterlace", info).rate or Fraction(25)
        return (5 if self.film else 2) / rate

    def second(self, info: ClipInfo) -> Fraction | None:
        video = need_video("deinterlace", info)
        return 1 / (2 * video.rate) if self.double and video.rate and not video.still else None


@dataclass(frozen=True, slots=True)
class Unweave(Frames):
    """Whole frames of woven fields, made by a network; see `neural.unweave`.

    One frame for each, or with `double` one for each field. The lines of the field that is shown stay as they are.
    """

    name = "clean.unweave"
    speed: ClassVar[float] = 5e6
    network: str
    weights: str
    """The beginning of the hash of the network's file: other weights give another picture."""
    order: Literal["tff", "bff"] = "tff"
    """Which field comes first."""
    double: bool = False
    precision: Literal["int8", "f32"] = "f32"
    """What it is computed in; the last bit of a sample depends on it."""

    @property
    def before(self) -> int:  # pyright: ignore[reportIncompatibleVariableOverride]
        """One frame, which is there twice where every field is shown."""
        return 2 if self.double else 1

    @property
    def after(self) -> int:  # pyright: ignore[reportIncompatibleVariableOverride]
        """As many as before."""
        return self.before

    @property
    def timed(self) -> bool:  # pyright: ignore[reportIncompatibleVariableOverride]
        """The time tells which field is shown, where it is not always the first."""
        return self.double

    def form(self, video: VideoInfo) -> VideoInfo:
        form = computed_in(video)
        twice = self.double and not video.still and form.rate is not None
        return replace(form, rate=2 * form.rate) if twice and form.rate else form

    def infer(self, *inputs: ClipInfo) -> ClipInfo:
        (info,) = inputs
        video = need_video("deinterlace", info)
        if self.double and not video.still and video.rate is None:
            raise BadParameter(_NO_RATE)
        found = deinterlacer()
        if self.network != found.name or not found.sha256.startswith(self.weights) or len(self.weights) < 8:
            raise BadParameter(
                f"the network {self.network} has changed since this recipe was made; deinterlace the clip anew."
            )
        return replace(info, video=self.form(video))

    def worker(self, info: ClipInfo) -> Worker:
        from dreamreel.neural.unweave import FieldWorker

        video = need_video("deinterlace", info)
        kept = 0 if self.order == "tff" else 1
        rate = video.rate if self.double else None
        return FieldWorker(deinterlacer(), kept, rate, self.precision, still=video.still)

    def told(self) -> str:
        shown = "every field" if self.double else "one frame for two fields"
        return f"deinterlace by {self.network}, {self.precision}, {shown}"


def unweave(order: Literal["tff", "bff"], *, double: bool) -> Unweave:
    """The op of the network that ships, in what is fast on this machine. Raises `CapabilityMissing`."""
    from dreamreel.neural.machine import settled

    found = deinterlacer()
    # Where bf16 is the fastest, 8-bit arithmetic is nearly as fast, and here much more exact.
    precision = "f32" if settled() == "f32" else "int8"
    return Unweave(found.name, found.sha256[:16], order, double, precision)


@dataclass(frozen=True, slots=True)
class Denoise(Filter):
    """Noise of the picture taken away within each frame, edges kept.

    `fast` is a bilateral filter, for a little grain: about 20 ms a frame of 1080p. `fine` shrinks noise in the
    frequency domain (fftdnoiz), about five times slower, and keeps more texture.
    """

    name = "clean.denoise"
    strength: float = 0.3
    """0 (nothing) to 1."""
    method: Literal["fast", "fine"] = "fast"

    def infer(self, *inputs: ClipInfo) -> ClipInfo:
        (info,) = inputs
        video = need_video("denoise", info)
        check_share("denoise", self.strength)
        return info if self.strength == 0 else replace(info, video=replace(planar(video), still=video.still))

    def filters(self, info: ClipInfo) -> tuple[FilterSpec, ...]:
        if self.strength == 0:
            return ()
        if self.method == "fast":
            spread = 0.01 + 0.12 * self.strength
            spec = FilterSpec.of("bilateral", sigmaS=2, sigmaR=f"{spread:.4f}", planes=7)
        else:
            spec = FilterSpec.of(
                "fftdnoiz", sigma=f"{15 * self.strength:.3f}", block=16, overlap="0.6", planes=7
            )
        return (*in_planes(need_video("denoise", info)), spec)


@dataclass(frozen=True, slots=True)
class Sharpen(Filter):
    """Contrast adaptive sharpening (AMD FidelityFX CAS) of the luma: fine detail more than strong edges, no halos."""

    name = "clean.sharpen"
    strength: float = 0.4
    """0 (nothing) to 1."""

    def infer(self, *inputs: ClipInfo) -> ClipInfo:
        (info,) = inputs
        video = need_video("sharpen", info)
        check_share("sharpen", self.strength)
        return info if self.strength == 0 else replace(info, video=replace(planar(video), still=video.still))

    def filters(self, info: ClipInfo) -> tuple[FilterSpec, ...]:
        if self.strength == 0:
            return ()
        sharp = FilterSpec.of("cas", strength=f"{self.strength:.4f}", planes=1)
        return (*in_planes(need_video("sharpen", info)), sharp)
