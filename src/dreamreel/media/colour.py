"""Colour: the rules for what files leave unsaid, names for the codes, and conversions that keep their matrix.

Codes are FFmpeg's, which are those of ITU-T H.273. Frames belong to one thread at a time: `Reformatter` writes the
colour fields of its *source* while it works (PyAV `video/reformatter.py`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from dreamreel.media.info import Colour

if TYPE_CHECKING:
    import av
    from av.video.reformatter import Interpolation

__all__ = [
    "ALPHA",
    "HD",
    "PAL",
    "SD",
    "SRGB",
    "Luma",
    "Reformatter",
    "complete",
    "deep",
    "frame_colour",
    "is_rgb",
    "luma",
    "matrix_name",
    "names",
    "output_colour",
    "rgb_matrix",
    "same_samples",
    "tag",
]

HD = Colour(matrix=1, range=1, primaries=1, transfer=1)
"""BT.709 limited: what HD video is when it does not say."""
SD = Colour(matrix=6, range=1, primaries=6, transfer=6)
"""BT.601 limited with SMPTE 170M primaries: NTSC-sized video."""
PAL = Colour(matrix=5, range=1, primaries=5, transfer=6)
"""BT.601 limited with EBU primaries: 576-line video."""
SRGB = Colour(matrix=0, range=2, primaries=1, transfer=13)
"""Full-range sRGB: pictures."""

_UNKNOWN = frozenset({0, 2, 3})
"""Reserved and unspecified codes. Matrix 0 means RGB and is known, so it is looked at apart."""

_MATRIX = {0: "gbr", 1: "bt709", 4: "fcc", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 8: "ycgco", 9: "bt2020nc",
           10: "bt2020c", 14: "ictcp"}  # fmt: skip
_RANGE = {1: "tv", 2: "pc"}
_PRIMARIES = {1: "bt709", 4: "bt470m", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 8: "film", 9: "bt2020",
              10: "smpte428", 11: "smpte431", 12: "smpte432", 22: "ebu3213"}  # fmt: skip
_TRANSFER = {1: "bt709", 4: "gamma22", 5: "gamma28", 6: "smpte170m", 7: "smpte240m", 8: "linear", 9: "log100",
             10: "log316", 11: "iec61966-2-4", 12: "bt1361e", 13: "iec61966-2-1", 14: "bt2020-10", 15: "bt2020-12",
             16: "smpte2084", 17: "smpte428", 18: "arib-std-b67"}  # fmt: skip
_WEIGHTS = {1: (0.2126, 0.0722), 4: (0.30, 0.11), 5: (0.299, 0.114), 6: (0.299, 0.114), 7: (0.212, 0.087),
            9: (0.2627, 0.0593), 10: (0.2627, 0.0593)}  # fmt: skip
_SWSCALE = {1: 1, 4: 4, 5: 5, 6: 5, 7: 7, 9: 9, 10: 9}
"""H.273 matrix to swscale's `SWS_CS_*`."""


class Luma(NamedTuple):
    """The weights of R, G and B in luma."""

    red: float
    green: float
    blue: float


def luma(colour: Colour) -> Luma:
    """The luma weights of a matrix (ITU-T H.273 table 4); those of BT.709 for RGB and unknown matrices."""
    red, blue = _WEIGHTS.get(colour.matrix, _WEIGHTS[1])
    return Luma(red, 1 - red - blue, blue)


def rgb_matrix(colour: Colour) -> tuple[tuple[float, float, float], ...]:
    """R'G'B' from Y', Cb and Cr, of which the first runs from 0 to 1 and the others from −½ to ½ (ITU-T H.273, 8.3)."""
    red, green, blue = luma(colour)
    return (
        (1, 0, 2 * (1 - red)),
        (1, -2 * (1 - blue) * blue / green, -2 * (1 - red) * red / green),
        (1, 2 * (1 - blue), 0),
    )


def is_rgb(pix_fmt: str) -> bool:
    """True for packed and planar RGB formats, with or without alpha."""
    return pix_fmt.startswith(("rgb", "bgr", "gbr", "argb", "abgr", "0rgb", "0bgr", "pal8", "x2rgb", "x2bgr"))


ALPHA = ("yuva", "rgba", "bgra", "argb", "abgr", "gbrap", "ya")
"""How the names of formats with transparency begin."""


def deep(pix_fmt: str) -> bool:
    """True for formats of more than 8 bits per component, by name."""
    return any(mark in pix_fmt for mark in ("p9", "10", "12", "14", "16", "48", "64", "f32"))


def complete(colour: Colour, pix_fmt: str, height: int) -> Colour:
    """Fill what a file left unsaid: BT.601 up to 576 lines, BT.709 above, sRGB for RGB; `yuvj*` is full range."""
    video = SD if height <= 480 else PAL if height <= 576 else HD
    base = SRGB if is_rgb(pix_fmt) else video
    matrix_known = colour.matrix not in _UNKNOWN and not is_rgb(pix_fmt)
    full = pix_fmt.startswith("yuvj") or is_rgb(pix_fmt)
    return Colour(
        matrix=colour.matrix if matrix_known else base.matrix,
        range=2 if full else (colour.range or base.range),
        primaries=base.primaries if colour.primaries in _UNKNOWN else colour.primaries,
        transfer=base.transfer if colour.transfer in _UNKNOWN else colour.transfer,
    )


def output_colour(colour: Colour, pix_fmt: str) -> Colour:
    """The colour to encode `pix_fmt` with: RGB pictures become BT.709 limited video, video stays what it is."""
    if is_rgb(pix_fmt):
        return replace(colour, matrix=0, range=2)
    video = HD if colour.matrix == 0 else colour
    return replace(video, range=2) if pix_fmt.startswith("yuvj") else video


def same_samples(one: Colour, other: Colour) -> bool:
    """True when both mean the same R'G'B' for the same samples: equal range, and matrices of equal weights."""
    return one.range == other.range and _SWSCALE.get(one.matrix) == _SWSCALE.get(other.matrix)


def frame_colour(frame: av.VideoFrame) -> Colour:
    """What a frame says about itself, unspecified codes included."""
    return Colour(
        int(frame.colorspace), int(frame.color_range), int(frame.color_primaries), int(frame.color_trc)
    )


def tag(frame: av.VideoFrame, colour: Colour) -> av.VideoFrame:
    """Write all four colour properties on `frame`, which is returned."""
    frame.colorspace, frame.color_range = colour.matrix, colour.range
    frame.color_primaries, frame.color_trc = colour.primaries, colour.transfer
    return frame


def matrix_name(colour: Colour) -> str:
    """FFmpeg's name of the matrix, as filters take it."""
    return _MATRIX.get(colour.matrix, "bt709")


def names(colour: Colour) -> dict[str, str]:
    """All four properties by name, for people; `unknown` where unspecified."""
    return {
        "matrix": _MATRIX.get(colour.matrix, "unknown"),
        "range": _RANGE.get(colour.range, "unknown"),
        "primaries": _PRIMARIES.get(colour.primaries, "unknown"),
        "transfer": _TRANSFER.get(colour.transfer, "unknown"),
    }


class Reformatter:
    """Size, pixel format, matrix and range conversion of the frames of one stream, on the calling thread.

    Keep one per worker and per pair of formats: FFmpeg 8 holds about 15 MB in each (PyAV#2320), and its own threads
    are slower than none (PyAV#2200) and, to ten bits at widths that are no multiple of 16, spoil the first pixels of
    one another's slices. Primaries and transfer are carried, never converted.
    """

    def __init__(
        self, pix_fmt: str, colour: Colour, *, width: int | None = None, height: int | None = None,
        interpolation: Interpolation | None = None,
    ) -> None:  # fmt: skip
        """`pix_fmt`, `colour` and size (None keeps that of the frame) are what comes out; bicubic unless told."""
        self.pix_fmt, self.colour = pix_fmt, colour
        self.width, self.height = width, height
        from av.video.reformatter import Interpolation, VideoReformatter

        # Accurate rounding and full chroma keep greys grey; without them an RGB round trip shifts by up to 3.
        self._flags = (
            (interpolation or Interpolation.BICUBIC)
            | Interpolation.ACCURATE_RND
            | Interpolation.FULL_CHR_H_INT
        )
        self._scaler = VideoReformatter()

    def __call__(self, frame: av.VideoFrame) -> av.VideoFrame:
        """A frame in the wanted format, tagged with its colour; pts, time base and duration are kept."""
        source = complete(frame_colour(frame), frame.format.name, frame.height)
        result = self._scaler.reformat(
            frame, self.width, self.height, self.pix_fmt,
            src_colorspace=_SWSCALE.get(source.matrix, _SWSCALE.get(self.colour.matrix, 1)),
            dst_colorspace=_SWSCALE.get(self.colour.matrix, _SWSCALE.get(source.matrix, 1)),
            src_color_range=source.range, dst_color_range=self.colour.range,
            interpolation=self._flags, threads=1,
        )  # fmt: skip
        return tag(result, self.colour)
