"""Finished pictures to the bytes of a file: one small function per format.

libvips writes pixels and colour profile; the tags are put in afterwards by this package, so that exactly those travel
that should. One quality means the same for all formats: that of a JPEG. `QUALITIES` has what looks alike elsewhere.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from dreamreel.media.stills import tiff
from dreamreel.media.stills.page import VipsImage, as_array, vips
from dreamreel.media.stills.pdf import PdfPage
from dreamreel.media.stills.segments import replaced, with_density
from dreamreel.media.stills.tags import Tags

if TYPE_CHECKING:
    from PIL import Image

__all__ = ["QUALITIES", "WRITERS", "Settings", "encoder_quality", "pdf_page", "tiff_pages"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How one picture is written; everything is decided."""

    quality: int = 90
    """1 to 100, on the scale of JPEG."""
    lossless: bool = False
    effort: int | None = None
    progressive: bool = True
    fine_chroma: bool = True
    """Colours at full resolution."""
    depth: int = 8
    dpi: float | None = None
    tags: Tags = field(default_factory=Tags)
    profile: bytes | None = None
    """The colour profile that is in the picture, for the encoders that want it told."""


QUALITIES: Final[Mapping[str, tuple[tuple[int, int], ...]]] = MappingProxyType({
    "webp": ((1, 1), (30, 30), (50, 52), (75, 77), (90, 88), (95, 93), (100, 100)),
    "avif": ((1, 1), (10, 10), (30, 39), (50, 48), (75, 61), (90, 80), (95, 89), (100, 100)),
    "heic": ((1, 1), (10, 12), (30, 29), (50, 35), (75, 43), (90, 55), (95, 63), (100, 95)),
})  # fmt: skip
"""JPEG's quality and the encoder's own that keeps as much: the same mean SSIM of the luma on seven photos of half a
megapixel. At 90 WebP then takes 0.64 of JPEG's bytes, AVIF 0.60 and HEIC 0.55.
"""


def encoder_quality(name: str, quality: int) -> int:
    """The encoder's own number for `quality`, between the measured ones in a straight line."""
    curve = QUALITIES.get(name)
    if curve is None:
        return quality
    for (low, left), (high, right) in pairwise(curve):
        if quality <= high:
            return round(left + (right - left) * (quality - low) / (high - low))
    return curve[-1][1]


def _jpeg(image: VipsImage, settings: Settings) -> bytes:
    data: bytes = _printed(image, settings).jpegsave_buffer(
        Q=settings.quality, interlace=settings.progressive, optimize_coding=True,
        subsample_mode="off" if settings.fine_chroma else "on", keep="icc",
    )  # fmt: skip
    return replaced("jpeg", with_density(data, settings.dpi), settings.tags)


def _png(image: VipsImage, settings: Settings) -> bytes:
    effort = 4 if settings.effort is None else settings.effort
    data: bytes = _printed(image, settings).pngsave_buffer(
        compression=max(1, effort), filter="all" if effort > 2 else "sub", bitdepth=settings.depth, keep="icc",
    )  # fmt: skip
    return replaced("png", data, settings.tags)


def _webp(image: VipsImage, settings: Settings) -> bytes:
    effort = 4 if settings.effort is None else min(6, settings.effort)
    data: bytes = image.webpsave_buffer(
        Q=encoder_quality("webp", settings.quality), lossless=settings.lossless, exact=settings.lossless,
        effort=effort, keep="icc",
    )  # fmt: skip
    return replaced("webp", data, settings.tags)


def _avif(image: VipsImage, settings: Settings) -> bytes:
    if settings.depth > 8 or settings.lossless:
        return _deep_avif(image, settings)
    out = io.BytesIO()
    effort = 2 if settings.effort is None else settings.effort
    given: dict[str, Any] = {"exif": settings.tags.exif or b"", "xmp": settings.tags.xmp or b""}
    _picture(image).save(
        out, "AVIF", quality=encoder_quality("avif", settings.quality), speed=10 - effort,
        subsampling="4:4:4" if settings.fine_chroma else "4:2:0", icc_profile=settings.profile,
        **{name: value for name, value in given.items() if value},
    )  # fmt: skip
    return out.getvalue()


def _deep_avif(image: VipsImage, settings: Settings) -> bytes:
    """10 and 12 bits, and without loss, which Pillow cannot write."""
    image = image.copy()
    blob = vips().GValue.blob_type
    if settings.tags.exif:
        image.set_type(blob, "exif-data", b"Exif\0\0" + settings.tags.exif)
    if settings.tags.xmp:
        image.set_type(blob, "xmp-data", settings.tags.xmp)
    effort = 2 if settings.effort is None else settings.effort
    return image.heifsave_buffer(
        Q=encoder_quality("avif", settings.quality), compression="av1", lossless=settings.lossless,
        bitdepth=settings.depth, effort=effort,
        subsample_mode="off" if settings.fine_chroma or settings.lossless else "on", keep="all",
    )  # fmt: skip


def _heic(image: VipsImage, settings: Settings) -> bytes:
    import pillow_heif

    array = as_array(image)
    mode = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}[array.shape[2]] + (";16" if array.itemsize == 2 else "")
    module: Any = pillow_heif
    file = module.from_bytes(mode, (image.width, image.height), array.tobytes())
    out = io.BytesIO()
    given: dict[str, Any] = {
        "exif": settings.tags.exif,
        "xmp": settings.tags.xmp,
        "icc_profile": settings.profile,
    }
    if settings.lossless:
        given["matrix_coefficients"] = 0  # RGB itself: any other matrix rounds.
    file.save(
        out, quality=-1 if settings.lossless else encoder_quality("heic", settings.quality),
        chroma=444 if settings.fine_chroma or settings.lossless else 420,
        **{name: value for name, value in given.items() if value is not None},
    )  # fmt: skip
    return out.getvalue()


def _gif(image: VipsImage, settings: Settings) -> bytes:
    return image.gifsave_buffer(effort=7 if settings.effort is None else max(1, settings.effort), keep="none")


def _bmp(image: VipsImage, settings: Settings) -> bytes:
    out = io.BytesIO()
    dots = settings.dpi or 96
    _picture(image).save(out, "BMP", dpi=(dots, dots))
    return out.getvalue()


_ICON_SIDES: Final = (16, 24, 32, 48, 64, 128, 256)


def _ico(image: VipsImage, settings: Settings) -> bytes:
    """An icon in all the usual sizes up to that of `image`, in the middle of a square."""
    from PIL import Image

    del settings
    out = io.BytesIO()
    side = max(image.width, image.height)
    sides = sorted({*(one for one in _ICON_SIDES if one <= side), side})
    square = Image.new("RGBA", (side, side))
    square.paste(_picture(image), ((side - image.width) // 2, (side - image.height) // 2))
    square.save(out, "ICO", sizes=[(one, one) for one in sides])
    return out.getvalue()


WRITERS: Final[Mapping[str, Callable[[Any, Settings], bytes]]] = MappingProxyType({
    "jpeg": _jpeg, "png": _png, "webp": _webp, "avif": _avif, "heic": _heic, "gif": _gif, "bmp": _bmp, "ico": _ico,
})  # fmt: skip
"""One function per format of single pictures; TIFF and PDF are assembled from pages."""


def tiff_pages(pages: Sequence[tuple[VipsImage, Settings]]) -> bytes:
    """A TIFF file of `pages`, packed without loss."""
    written = [
        _printed(image, settings).tiffsave_buffer(compression="deflate", predictor="horizontal", keep="icc")
        for image, settings in pages
    ]
    return tiff.assembled(written, [settings.tags for _, settings in pages])


def pdf_page(image: VipsImage, settings: Settings) -> PdfPage:
    """A page that holds `image`, without loss or as a JPEG."""
    alpha = None
    if image.hasalpha():
        alpha = as_array(image.extract_band(image.bands - 1)).tobytes()
        image = image.extract_band(0, n=image.bands - 1)
    lossy = not settings.lossless
    data = _jpeg(image, settings) if lossy else as_array(image).tobytes()
    return PdfPage(
        width=image.width, height=image.height, bands=image.bands, data=data, jpeg=lossy, alpha=alpha,
        profile=settings.profile, dpi=settings.dpi or 96,
    )  # fmt: skip


def _printed(image: VipsImage, settings: Settings) -> VipsImage:
    """The picture with its dots per inch, which libvips counts per millimetre."""
    per_mm = (settings.dpi or 72) / 25.4
    return image.copy(xres=per_mm, yres=per_mm)


def _picture(image: VipsImage) -> Image.Image:
    from PIL import Image

    array = as_array(image)
    return Image.fromarray(array[..., 0] if array.shape[2] == 1 else array)
