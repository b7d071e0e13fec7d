"""Pictures in and out: every photo becomes upright 8-bit sRGB, and outputs never carry where it was taken.

    file ─► head sniffed ─► size checked in the header ─► decoded ─► EXIF turn ─► ICC to sRGB ─► Picture

The header is looked at before a pixel is decoded: a PNG of 17 kB can claim gigabytes.
"""

from __future__ import annotations

import io
import struct
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
import pillow_heif
from numpy.typing import NDArray
from PIL import Image, ImageCms, UnidentifiedImageError

from dreamreel.errors import DamagedMedia, DreamreelError, NotMedia, RenderFailed, TooLarge, UsageError
from dreamreel.media.animation import write_animation
from dreamreel.media.atomic import atomic_write
from dreamreel.media.formats import output_format
from dreamreel.media.metadata import embed_recipe
from dreamreel.media.open import check_input, known_format

__all__ = [
    "FORMATS",
    "MAX_PIXELS",
    "Picture",
    "PictureInfo",
    "Pixels",
    "is_still",
    "load_image",
    "opened",
    "orientation",
    "picture_info",
    "save_image",
    "write_animation",
]

MAX_PIXELS = 178_000_000
"""Largest picture, 712 MB as RGBA. Pillow by itself refuses a little above this."""

Pixels = NDArray[np.uint8]
"""Pixels as (height, width, 3 or 4), sRGB; alpha is straight."""

FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF", "AVIF")
"""What Pillow may read; HEIC comes from pillow-heif."""
_HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1", b"avif", b"avis")
_AVIF = (b"avif", b"avis")


@dataclass(frozen=True, slots=True)
class PictureInfo:
    """What a picture's header says; size as displayed, after the EXIF turn."""

    format: str
    width: int
    height: int
    has_alpha: bool
    frames: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """A decoded picture: upright, 8 bits, sRGB."""

    pixels: Pixels
    """(height, width, 4) with `has_alpha`, else (height, width, 3)."""
    width: int
    height: int
    has_alpha: bool
    notes: tuple[str, ...] = ()
    """What was converted or left out, in plain words."""


def is_still(path: Path, head: bytes) -> bool:
    """True when the file that begins with `head` is a picture and not a film: animated GIF and PNG are films."""
    if head[4:8] == b"ftyp":
        return head[8:12] in _HEIF_BRANDS
    kind = known_format(head)
    if kind == "PNG":
        # An acTL chunk before the first IDAT makes it an animation (PNG third edition §11.3.4).
        return b"acTL" not in _png_chunks(path)
    if kind == "GIF":
        return picture_info(path).frames == 1
    if kind == "BMP":
        return int.from_bytes(head[14:18], "little") in (12, 40, 52, 56, 64, 108, 124)
    return kind in ("JPEG", "WebP", "TIFF")


def picture_info(path: Path) -> PictureInfo:
    """What the header of a picture says, without decoding it. Raises as `load_image`."""
    with opened(path) as image:
        try:
            turn = _orientation(path, image)
            frames = int(getattr(image, "n_frames", 1))
        except _BROKEN as error:
            raise _damaged(path) from error
        width, height = image.size[::-1] if turn in _SIDEWAYS else image.size
        notes = (f"only the first of its {frames} pictures is used",) if frames > 1 else ()
        return PictureInfo((image.format or "HEIF").lower(), width, height, _has_alpha(image), frames, notes)


def orientation(path: Path) -> int:
    """The EXIF orientation of a picture, 1 (upright) to 8. Raises as `load_image`."""
    with opened(path) as image:
        try:
            return _orientation(path, image)
        except _BROKEN as error:
            raise _damaged(path) from error


def load_image(path: Path) -> Picture:
    """Decode a JPEG, PNG, WebP, TIFF, BMP, GIF, HEIC or AVIF picture to upright 8-bit sRGB.

    CMYK, 16-bit, palette and grey pictures are converted, an embedded colour profile is applied, of several pictures
    the first is taken; `notes` says so. Raises `InputMissing`, `NotMedia`, `UnsafeMedia`, `DamagedMedia`, and
    `TooLarge` beyond `MAX_PIXELS`, before anything is decoded.
    """
    info = picture_info(path)
    with opened(path) as image:
        try:
            image.load()
            turn = _TURNS.get(_orientation(path, image))
            upright = image if turn is None else image.transpose(turn)
        except _BROKEN as error:
            raise _damaged(path) from error
        pixels, notes = _to_srgb(upright, alpha=info.has_alpha)
    height, width = pixels.shape[:2]
    return Picture(pixels, width, height, info.has_alpha, (*info.notes, *notes))


def save_image(
    path: Path, pixels: Pixels, *, quality: int = 92, recipe: str | None = None, container: str | None = None
) -> None:
    """Write (height, width, 3 or 4) sRGB pixels as PNG or JPEG, complete or absent, with no EXIF at all.

    The format is that of `container` ("png", "jpeg") or of the suffix. `quality` 1 to 100 is for JPEG, which has no
    alpha: the picture is laid on white there. Raises `UsageError` for other formats, `NoSpace`, `NotWritable`.
    """
    if pixels.ndim != 3 or pixels.shape[2] not in (3, 4):
        raise RenderFailed(
            f"{path.name} cannot be made from an array of shape {pixels.shape}; this is a bug."
        )
    kind = output_format(path, container)
    if kind.kind != "picture":
        raise UsageError(f"{path.name} is not a still picture format; choose png or jpeg.")
    image = Image.fromarray(np.ascontiguousarray(pixels))
    with atomic_write(path) as part:
        if kind.name == "jpeg":
            # Full chroma: red lettering on a photo smears at half resolution.
            _flattened(image).save(
                part, "JPEG", quality=quality, subsampling=0 if quality >= 90 else 2, optimize=True
            )
        else:
            image.save(part, "PNG", compress_level=6)
        if recipe is not None:
            embed_recipe(part, recipe)


_ORIENTATION = 0x0112
"""EXIF tag; its values 2 to 8 are turns and flips (CIPA DC-008 §4.6.5)."""
_SIDEWAYS = frozenset({5, 6, 7, 8})
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, IndexError, struct.error)
"""What Pillow's decoders raise on damaged files."""


@contextmanager
def opened(path: Path, formats: tuple[str, ...] = FORMATS) -> Generator[Image.Image]:
    """The picture with only its header read, its size allowed; `formats` are Pillow's names. Raises as `load_image`."""
    head = check_input(path)
    try:
        with warnings.catch_warnings():
            # The size is judged below, and what is damaged is said in our own words.
            warnings.simplefilter("ignore")
            image = _heif(path) if _is_heif(head) else Image.open(path, "r", formats)
    except Image.DecompressionBombError as error:
        raise _too_large(path) from error
    except UnidentifiedImageError as error:
        if known_format(head) != "TIFF" or "TIFF" not in formats:
            raise _not_a_picture(path, head) from error
        from dreamreel.media.stills.rare import rare_tiff

        image = rare_tiff(path)
    except _BROKEN as error:
        raise _damaged(path) from error
    with image:
        if image.width * image.height > MAX_PIXELS:
            raise _too_large(path)
        yield image


def _is_heif(head: bytes) -> bool:
    return head[4:8] == b"ftyp" and head[8:12] in _HEIF_BRANDS and head[8:12] not in _AVIF


def _heif(path: Path) -> Image.Image:
    opened = pillow_heif.open_heif(path, convert_hdr_to_8bit=True)  # pyright: ignore[reportUnknownMemberType]
    width, height = opened.size
    if width * height > MAX_PIXELS:
        raise Image.DecompressionBombError
    return opened.to_pillow()


def _not_a_picture(path: Path, head: bytes) -> DreamreelError:
    kind = known_format(head)
    if kind in ("JPEG", "PNG", "WebP", "GIF", "TIFF", "BMP"):
        return _damaged(path)
    if kind:
        return NotMedia(f"{path.name} is {kind} and not a picture; take a frame of it, or choose a photo.")
    if head.isascii():
        return NotMedia(f"{path.name} is a text, not a picture; choose a photo.")
    return NotMedia(f"{path.name} is not a picture this program reads; convert it to JPEG or PNG.")


def _damaged(path: Path) -> DamagedMedia:
    return DamagedMedia(f"{path.name} is a damaged or truncated picture; copy or download it again.")


def _too_large(path: Path) -> TooLarge:
    return TooLarge(
        f"{path.name} has more than {MAX_PIXELS // 1_000_000} million pixels; scale it down first."
    )


def _orientation(path: Path, image: Image.Image) -> int:
    # Asked for EXIF, Pillow decodes a whole PNG in search of a late chunk; looking for it is cheaper.
    if image.format == "PNG" and b"eXIf" not in _png_chunks(path):
        return 1
    return int(image.getexif().get(_ORIENTATION, 1))


def _png_chunks(path: Path) -> list[bytes]:
    """The names of a PNG's chunks in file order, a run of IDAT as one."""
    names: list[bytes] = []
    with path.open("rb") as file:
        file.seek(8)
        while len(header := file.read(8)) == 8:
            if names[-1:] != [header[4:]]:
                names.append(header[4:])
            file.seek(int.from_bytes(header[:4]) + 4, 1)
    return names


def _has_alpha(image: Image.Image) -> bool:
    return image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info


def _to_srgb(image: Image.Image, *, alpha: bool) -> tuple[Pixels, tuple[str, ...]]:
    """Upright 8-bit sRGB pixels, and what had to be converted."""
    notes: list[str] = []
    profile = cast("bytes | None", image.info.get("icc_profile"))
    mask = image.convert("RGBA").getchannel("A") if alpha else None
    if image.mode.startswith("I;16") or image.mode in ("I", "F"):
        image = _eight_bit(image)
        notes.append("16-bit grey was converted to 8 bits")
    elif image.mode == "CMYK":
        notes.append("CMYK was converted to RGB")
    if image.mode not in ("RGB", "L", "CMYK"):
        image = image.convert("RGB")
    if profile:
        image, note = _profiled(image, profile)
        notes += [note] if note else []
    colours = np.asarray(image.convert("RGB"), np.uint8)
    pixels = np.dstack((colours, np.asarray(mask, np.uint8))) if mask else colours.copy()
    return pixels, tuple(notes)


def _eight_bit(image: Image.Image) -> Image.Image:
    values = np.asarray(image, np.float32)
    top = 1.0 if image.mode == "F" and values.max(initial=0) <= 1 else 65535.0
    return Image.fromarray(np.clip(values * (255 / top) + 0.5, 0, 255).astype(np.uint8))


def _profiled(image: Image.Image, profile: bytes) -> tuple[Image.Image, str | None]:
    """`image` from its colour profile to sRGB (relative colorimetric with black point compensation)."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        name = (ImageCms.getProfileDescription(source) or "").strip()
        if "sRGB" in name:
            return image, None
        srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
        changed = ImageCms.profileToProfile(
            image, source, srgb, renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
            outputMode="RGB", flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )  # fmt: skip
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image, "its colour profile is unreadable and was ignored"
    return changed or image, f"colours were converted from {name or 'its profile'} to sRGB"


def _flattened(image: Image.Image) -> Image.Image:
    if image.mode == "RGB":
        return image
    ground = Image.new("RGB", image.size, "white")
    ground.paste(image, mask=image.getchannel("A"))
    return ground
