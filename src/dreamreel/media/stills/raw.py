"""Camera RAW files developed by LibRaw: the camera's own white balance, sRGB, 16 bits, upright."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from dreamreel.errors import DamagedMedia
from dreamreel.media.images import MAX_PIXELS
from dreamreel.media.stills import exif
from dreamreel.media.stills.options import StillOptions
from dreamreel.media.stills.page import Page, as_image
from dreamreel.media.stills.tags import Tags

__all__ = ["opened"]

_TIFF_HEADS: Final = {
    b"IIRO": b"II*\0", b"IIRS": b"II*\0", b"MMOR": b"MM\0*", b"IIU\0": b"II*\0", b"II*\0": b"II*\0", b"MM\0*": b"MM\0*",
}  # fmt: skip
"""Makers' own marks on what is a TIFF structure."""


def opened(path: Path, _options: StillOptions) -> tuple[int, Callable[[int, float, bool], Page]]:
    """One page, and what develops it."""

    def read(_number: int, _factor: float, _streamed: bool) -> Page:
        import rawpy

        module: Any = rawpy
        try:
            with module.imread(str(path)) as raw:
                if raw.sizes.raw_width * raw.sizes.raw_height > MAX_PIXELS:
                    from dreamreel.media.stills.read import too_large

                    raise too_large(path)
                pixels = raw.postprocess(use_camera_wb=True, output_bps=16)
        except module.LibRawError as error:
            raise DamagedMedia(
                f"{path.name} is a damaged RAW file, or of a camera that LibRaw does not know; try the maker's program."
            ) from error
        tags = _tags(path)
        return Page(
            image=as_image(pixels), depth=16, tags=Tags(exif=tags),
            converted=("the sensor's data to a picture with the camera's white balance",),
            lost=() if tags else ("its EXIF, which this RAW format hides",),
        )  # fmt: skip

    return 1, read


def _tags(path: Path) -> bytes | None:
    """The EXIF structure; the picture is upright already, so it says no orientation."""
    data = path.read_bytes()
    if data.startswith(b"FUJIFILMCCD-RAW") and len(data) > 92:
        at, size = struct.unpack_from(">II", data, 84)  # a whole JPEG
        start = data.find(b"Exif\0\0", at, at + min(size, 4096))
        data = data[start + 6 : start + 6 + 65_536] if start >= 0 else b""
    head = _TIFF_HEADS.get(data[:4])
    parsed = exif.parse(head + data[4:]) if head else None
    if parsed is None:
        return None
    order, first = parsed
    first.entries.pop(exif.ORIENTATION, None)
    return exif.cleaned(exif.serialise(order, first), keep_location=True)
