"""One page of a picture file as libvips holds it, and libvips itself, set up to be safe with files of strangers.

libvips and not Pillow carries the pixels. It keeps 16 bits per channel in colour, which Pillow cannot; it streams, so a
large photo is never whole in memory on the plain paths; it lets go of Python's lock, so a batch uses every core; and a
JPEG that is to become small is decoded small. Photos of 12 megapixels on two cores, seconds each (libvips 8.18, Pillow
13): PNG 0.4 against 2.9, a JPEG of 1600 pixels 0.06 against 0.08, WebP alike. AVIF alone is written by Pillow (8 bits),
1.2 against 1.8 with the same encoder.

Its loaders of the formats that everyone sends are fuzzed around the clock (OSS-Fuzz); those that are not, it calls
untrusted, and they are blocked here. SVG is the exception: librsvg is written in a memory-safe language, and gets the
bytes without an address, so that a drawing cannot name another file. No loader is ever chosen by libvips: `sniff` has
looked at the file, and the loader of that one format is called.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from dreamreel.errors import CapabilityMissing, DamagedMedia, TooLarge
from dreamreel.media.stills.tags import Tags

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Page", "VipsImage", "as_array", "as_image", "guarded", "vips"]


_setting_up: Final = threading.Lock()

VipsImage: TypeAlias = Any
"""A `pyvips.Image`. Its methods are made while the program runs, and the types that come with it do not fit them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A picture as it is stored: not yet upright, in its own colours and depth."""

    image: VipsImage
    """Its fields hold nothing but the colour profile."""
    turn: int = 1
    """EXIF orientation, 1 to 8, still to be applied."""
    tags: Tags = field(default_factory=Tags)
    profile: bytes | None = None
    depth: int = 8
    """Bits per channel that carry something; more than 8 are held as 16."""
    dpi: float | None = None
    converted: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    """What reading alone changed or left out, in words."""

    @property
    def upright(self) -> tuple[int, int]:
        """Width and height as displayed."""
        width, height = self.image.width, self.image.height
        return (height, width) if self.turn >= 5 else (width, height)


def vips() -> Any:  # noqa: ANN401 (a module)
    """The module pyvips, with untrusted loaders blocked. Raises `CapabilityMissing` where it does not load."""
    with _setting_up:  # Threads of a batch come here together.
        return _vips()


@cache
def _vips() -> Any:  # noqa: ANN401 (a module)
    # With this libvips keeps its warnings to itself; what matters of them is in its errors.
    os.environ.setdefault("VIPS_WARNING", "0")
    try:
        import pyvips
    except (ImportError, OSError) as error:
        raise CapabilityMissing(
            "This installation has no libvips, which converts pictures; install dreamreel anew, with pyvips-binary."
        ) from error
    module: Any = pyvips
    # The binding's own listener fails on warnings that quote broken files, which are no UTF-8.
    if silence := getattr(module, "_remove_log_handler", None):
        silence()
    module.block_untrusted_set(True)
    module.operation_block_set("VipsForeignLoadSvg", False)
    # A cached result would be that of an earlier file of the same name.
    module.cache_set_max(0)
    return module


@contextmanager
def guarded(path: Path) -> Generator[None]:
    """Turns what libvips says about a file into `DamagedMedia`, and no memory into `TooLarge`."""
    module = vips()
    try:
        yield
    except module.Error as error:
        if "out of memory" in str(error).lower():
            raise _too_large(path) from error
        raise DamagedMedia(
            f"{path.name} is a damaged or truncated picture; copy or download it again."
        ) from error
    except MemoryError as error:
        raise _too_large(path) from error


def as_image(array: NDArray[Any], *, alpha: bool = False) -> VipsImage:
    """A libvips picture of (height, width[, channels]) pixels of 8 or 16 bits."""
    import numpy as np

    height, width = array.shape[:2]
    bands = 1 if array.ndim == 2 else array.shape[2]
    wide = array.dtype == np.uint16
    kinds = ("grey16", "rgb16") if wide else ("b-w", "srgb")
    image = vips().Image.new_from_memory(
        np.ascontiguousarray(array).data, width, height, bands, "ushort" if wide else "uchar"
    )
    return image.copy(interpretation=kinds[bands - (1 if alpha else 0) >= 3])


def as_array(image: VipsImage) -> NDArray[Any]:
    """The pixels as (height, width, channels)."""
    import numpy as np

    array: NDArray[Any] = np.asarray(image.numpy())
    return array.reshape(image.height, image.width, image.bands)


def _too_large(path: Path) -> TooLarge:
    return TooLarge(
        f"{path.name} needs more memory than there is; scale it down first, or close other programs."
    )
