"""TIFF files for which Pillow has no mode: Lab, floating point in colours, inks with transparency."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from dreamreel.media.stills.colour import fitted
from dreamreel.media.stills.formats import still_format
from dreamreel.media.stills.layout import upright
from dreamreel.media.stills.options import StillOptions
from dreamreel.media.stills.page import as_array, guarded
from dreamreel.media.stills.read import open_source

__all__ = ["rare_tiff"]


def rare_tiff(path: Path) -> Image.Image:
    """The first page, upright, in sRGB of 8 bits. Raises what `open_source` raises."""
    options = StillOptions(srgb=True)
    page = open_source(path, options).page(0)
    with guarded(path):
        made = fitted(page, page.image, still_format(Path("a.png")), options).image
        pixels = as_array(upright(made.colourspace("srgb"), page.turn))
    image = Image.fromarray(pixels if pixels.shape[2] > 1 else pixels[..., 0])
    image.format = "TIFF"
    return image
