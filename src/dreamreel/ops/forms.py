"""The planar forms in which pictures are composed and computed: what goes into a blend, a network, or code."""

from __future__ import annotations

from dataclasses import replace

from dreamreel.media.colour import is_rgb
from dreamreel.media.info import Colour, VideoInfo
from dreamreel.media.planes import is_planar

__all__ = ["computed_in", "made_of", "planar"]

_COMPOSED = (
    "yuv420p",
    "yuv422p",
    "yuv444p",
    "yuv420p10le",
    "yuv422p10le",
    "yuva420p",
    "yuva422p",
    "yuva444p",
)
"""What FFmpeg's overlay blends without a conversion of its own."""
_FULL = ("yuv444p10le", "yuva444p10le", "yuva444p12le")
"""What networks take besides."""
_RGB = ("rgb", "bgr", "gbr", "argb", "abgr", "0rgb", "0bgr", "pal", "gray", "ya", "mono")


def planar(video: VideoInfo) -> VideoInfo:
    """The planar YUV form in which pictures are composed: RGB becomes BT.709, rare layouts the nearest common one,
    where there is transparency one of 8 bits.
    """
    if video.pix_fmt in _COMPOSED:
        return video
    if video.pix_fmt.startswith(_RGB):
        return replace(video, pix_fmt="yuva420p" if video.alpha else "yuv420p", colour=Colour())
    if video.pix_fmt.startswith("yuvj"):
        return replace(
            video, pix_fmt=video.pix_fmt.replace("yuvj", "yuv"), colour=replace(video.colour, range=2)
        )
    if video.alpha:
        # Transparency is worth more than the last bits.
        own = video.pix_fmt[: len("yuva444p")]
        return replace(video, pix_fmt=own if own in _COMPOSED else "yuva420p")
    shallow = video.pix_fmt.startswith(("nv12", "nv16", "yuv410", "uyyvyy"))
    deep = not shallow and any(mark in video.pix_fmt for mark in ("10", "12", "14", "16"))
    return replace(video, pix_fmt="yuv420p10le" if deep else "yuv420p", alpha=False)


def made_of(video: VideoInfo) -> VideoInfo:
    """The form in which a picture goes into a network: planar, and with all its colour samples if it has them all."""
    if video.pix_fmt in _FULL:
        return video
    form = planar(video)
    if video.pix_fmt.startswith("gray1"):
        form = replace(form, pix_fmt="yuv420p10le")
    elif is_rgb(video.pix_fmt):
        form = replace(form, pix_fmt="yuva444p" if video.alpha else "yuv444p")
    return replace(form, rate=video.rate, still=video.still)


def computed_in(video: VideoInfo) -> VideoInfo:
    """The form in which code reads and writes a picture: its own where that is planar YUV, else as for a network."""
    return video if is_planar(video.pix_fmt) else made_of(video)
