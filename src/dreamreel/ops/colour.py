"""Ops on light and colour: HDR to SDR, and brightness, contrast, saturation and gamma."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from dreamreel.errors import BadParameter
from dreamreel.media.filters import FilterSpec
from dreamreel.media.info import ClipInfo, Colour, Hdr, VideoInfo
from dreamreel.media.inverse import inverse_spec
from dreamreel.media.tonemap import DEFAULT_PEAK, HLG, PQ, WHITE, is_hdr, tone_map_spec
from dreamreel.ops.base import Filter, need_video
from dreamreel.ops.forms import planar

__all__ = ["Adjust", "ToHdr", "ToneMap", "bits_of", "in_planes"]

_PRECISE = "bicubic+accurate_rnd+full_chroma_int"
_DEPTHS = ("16", "14", "12", "10", "9")


def bits_of(pix_fmt: str) -> int:
    """Bits per component of a planar format, by its name."""
    plain = pix_fmt.removesuffix("le").removesuffix("be")
    return next((int(depth) for depth in _DEPTHS if plain.endswith(("p" + depth, "y" + depth))), 8)


def in_planes(video: VideoInfo) -> tuple[FilterSpec, ...]:
    """What brings a picture into the planar YUV that filters work on; empty when it is there already."""
    form = planar(video)
    if form.pix_fmt == video.pix_fmt:
        return ()
    span = "pc" if form.colour.range == 2 else "tv"
    # RGB becomes BT.709; anything else keeps its matrix.
    matrix = {"out_color_matrix": "bt709"} if form.colour != video.colour and video.colour.matrix == 0 else {}
    return (
        FilterSpec.of("scale", flags=_PRECISE, out_range=span, **matrix),
        FilterSpec.of("format", pix_fmts=form.pix_fmt),
    )


@dataclass(frozen=True, slots=True)
class ToneMap(Filter):
    """A PQ or HLG picture as BT.709, highlights kept by BT.2390's curve. Depth, range and size stay what they are."""

    name = "colour.tone_map"
    peak: float = DEFAULT_PEAK
    """The brightest light of the picture in cd/m², 100 to 10 000."""

    def infer(self, *inputs: ClipInfo) -> ClipInfo:
        (info,) = inputs
        video = need_video("tone map", info)
        if not 100 <= self.peak <= 10_000:
            raise BadParameter(
                f"tone map: a peak of {self.peak:g} cd/m² is out of range; choose 100 to 10000."
            )
        if not is_hdr(video.colour):
            return info
        form = _seen_through(video)
        return replace(info, video=replace(form, colour=Colour(1, form.colour.range, 1, 1)))

    def filters(self, info: ClipInfo) -> tuple[FilterSpec, ...]:
        video = need_video("tone map", info)
        if not is_hdr(video.colour):
            return ()
        form = _seen_through(video)
        transfer = HLG if video.colour.transfer == HLG else PQ
        span = "pc" if form.colour.range == 2 else "tv"
        return (
            FilterSpec.of("scale", flags=_PRECISE),
            FilterSpec.of("format", pix_fmts=_light(video)),
            tone_map_spec(transfer, self.peak),
            FilterSpec.of("setparams", color_primaries="bt709", color_trc="bt709"),
            FilterSpec.of("scale", flags=_PRECISE, out_color_matrix="bt709", out_range=span),
            FilterSpec.of("format", pix_fmts=form.pix_fmt),
        )


_TRANSFER = {"pq": PQ, "hlg": HLG}
_P3 = (34_000, 16_000, 13_250, 34_500, 7_500, 3_000, 15_635, 16_450)
"""Display P3 with D65 as ST 2086 writes it: what HDR is mastered on."""
_DARKEST = 50


@dataclass(frozen=True, slots=True)
class ToHdr(Filter):
    """An SDR picture as HDR in BT.2020, ten bits: `media.inverse`. Tone mapping it with the same peak gives it back."""

    name = "colour.to_hdr"
    format: Literal["pq", "hlg"] = "pq"
    peak: float = DEFAULT_PEAK
    """Light of what is white in SDR, in cd/m²: 203 to 10 000, to 1000 for HLG."""

    def infer(self, *inputs: ClipInfo) -> ClipInfo:
        (info,) = inputs
        video = need_video("to hdr", info)
        most = DEFAULT_PEAK if self.format == "hlg" else 10_000
        if not WHITE <= self.peak <= most:
            raise BadParameter(
                f"to hdr: a peak of {self.peak:g} cd/m² is out of range; choose {WHITE:g} to {most:g}."
            )
        if is_hdr(video.colour):
            return info
        colour = Colour(9, 1, 9, _TRANSFER[self.format])
        light = (
            Hdr(_P3, _DARKEST, round(self.peak * 10_000), round(self.peak)) if self.format == "pq" else None
        )
        form = replace(planar(video), pix_fmt=_deep(video), alpha=video.alpha, colour=colour, hdr=light)
        return replace(info, video=replace(form, rate=video.rate, still=video.still))

    def filters(self, info: ClipInfo) -> tuple[FilterSpec, ...]:
        video = need_video("to hdr", info)
        if is_hdr(video.colour):
            return ()
        transfer = {"pq": "smpte2084", "hlg": "arib-std-b67"}[self.format]
        return (
            FilterSpec.of("scale", flags=_PRECISE),
            FilterSpec.of("format", pix_fmts=_light(video)),
            inverse_spec(_TRANSFER[self.format], self.peak),
            FilterSpec.of("setparams", color_primaries="bt2020", color_trc=transfer),
            FilterSpec.of("scale", flags=_PRECISE, out_color_matrix="bt2020nc", out_range="tv"),
            FilterSpec.of("format", pix_fmts=_deep(video)),
        )


def _light(video: VideoInfo) -> str:
    """The form in which light is looked up; what is see-through stays so."""
    return "gbrap12le" if video.alpha else "gbrp12le"


def _seen_through(video: VideoInfo) -> VideoInfo:
    """The planar form of a picture, with its transparency and ten bits where it has more than eight."""
    form = planar(video)
    deep = video.pix_fmt.startswith("yuva") and bits_of(video.pix_fmt) > 8
    return replace(form, pix_fmt="yuva444p10le") if deep else form


def _deep(video: VideoInfo) -> str:
    """The ten-bit format with as many colour samples; of those with transparency there is one."""
    if video.alpha:
        return "yuva444p10le"
    form = planar(video).pix_fmt
    return next((f"yuv{count}p10le" for count in ("444", "422") if count in form), "yuv420p10le")


@dataclass(frozen=True, slots=True)
class Adjust(Filter):
    """Brightness, contrast and gamma of the luma, saturation of the chroma; 0, 1, 1, 1 change nothing."""

    name = "colour.adjust"
    brightness: float = 0.0
    """Added, −1 to 1 of the way from black to white."""
    contrast: float = 1.0
    """Factor about the middle, 0 to 4."""
    saturation: float = 1.0
    """Factor, 0 (grey) to 4."""
    gamma: float = 1.0
    """Above 1 lifts the middle tones, 0.1 to 10."""

    def infer(self, *inputs: ClipInfo) -> ClipInfo:
        (info,) = inputs
        video = need_video("adjust", info)
        for name, low, high in (
            ("brightness", -1, 1), ("contrast", 0, 4), ("saturation", 0, 4), ("gamma", 0.1, 10)
        ):  # fmt: skip
            value: float = getattr(self, name)
            if not low <= value <= high:
                raise BadParameter(
                    f"adjust: a {name} of {value:g} is out of range; choose {low:g} to {high:g}."
                )
        return info if self._neutral else replace(info, video=replace(planar(video), still=video.still))

    @property
    def _neutral(self) -> bool:
        return (self.brightness, self.contrast, self.saturation, self.gamma) == (0, 1, 1, 1)

    def filters(self, info: ClipInfo) -> tuple[FilterSpec, ...]:
        video = need_video("adjust", info)
        if self._neutral:
            return ()
        form = planar(video)
        depth = bits_of(form.pix_fmt)
        unit = 1 << (depth - 8)
        full = form.colour.range == 2
        low, high = (0, (1 << depth) - 1) if full else (16 * unit, 235 * unit)
        middle = 128 * unit
        # Footroom and headroom of limited range are kept where nothing but saturation changes.
        offset = 0.5 - self.contrast / 2 + self.brightness
        level = f"clip((val-{low})/{high - low}*{self.contrast:.6f}+{offset:.6f},0,1)"
        curved = level if self.gamma == 1 else f"pow({level},{1 / self.gamma:.6f})"
        same = (self.brightness, self.contrast, self.gamma) == (0, 1, 1)
        luma = "val" if same else f"{curved}*{high - low}+{low}"
        chroma = f"clip((val-{middle})*{self.saturation:.6f}+{middle},0,{(1 << depth) - 1})"
        return (*in_planes(video), FilterSpec.of("lutyuv", y=luma, u=chroma, v=chroma))
