"""Ops that clean a picture: deinterlace, denoise, sharpen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from dreamreel.errors import BadParameter
from dreamreel.media.filters import FilterSpec
from dreamreel.media.info import ClipInfo
from dreamreel.ops.base import Filter, need_video
from dreamreel.ops.colour import in_planes
from dreamreel.ops.forms import planar
from dreamreel.ops.repair import check_share

__all__ = ["Deinterlace", "Denoise", "Sharpen"]


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
            raise BadParameter(
                "deinterlace: double needs a constant frame rate; set one with fps, or leave it out."
            )
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
