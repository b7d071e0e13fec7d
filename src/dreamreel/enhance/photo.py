"""Photos through the networks: strip by strip, with their depth, profile and tags.

    rows of the photo ─► strips with a halo ─► network ─► their middles ─► rows of a larger photo, again and again
    ─► media.stills: size, profile, EXIF, format

Only a few strips are in memory, and the result lies in a temporary file, so a photo may be larger than memory.
"""

from __future__ import annotations

import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from dreamreel.media.colour import rgb_matrix
from dreamreel.media.info import Colour

if TYPE_CHECKING:
    from dreamreel.enhance.proposal import Proposal, Step
    from dreamreel.graph import JSON
    from dreamreel.media.stills.page import VipsImage
    from dreamreel.neural.catalog import Network

__all__ = ["enhance_photo", "larger_rows", "photo_suffix"]

Rows = NDArray[np.uint8 | np.uint16]
"""(height, width, channels) of 8 or 16 bits: grey, grey and alpha, RGB, or RGB and alpha."""

_BY_NETWORK: Final = frozenset({"upscale", "restore"})
_STRIP = 1_500_000
"""Pixels of a strip, about."""
_PROFILE: Final = "icc-profile-data"
_TOP = 4095
_PIX_FMT: Final = "yuva444p12le"
_FULL: Final = Colour(matrix=1, range=2, primaries=1, transfer=1)
_TO_RGB: Final = np.array(rgb_matrix(_FULL), np.float32)
_TO_YUV: Final = np.linalg.inv(rgb_matrix(_FULL)).astype(np.float32)
"""BT.709, which is exact both ways; the values stay those of the photo's own colours."""
_KEPT: Final = frozenset({".jpg", ".jpeg", ".png", ".webp", ".avif", ".heic", ".heif", ".tif", ".tiff"})


def photo_suffix(path: Path) -> str:
    """The suffix of what a photo becomes: its own where it can be written, else PNG."""
    own = path.suffix.lower()
    return own if own in _KEPT else ".png"


def enhance_photo(source: Path, out: Path, proposal: Proposal) -> dict[str, JSON]:
    """Write a photo as a proposal says, and say what became of it. Raises what `media.stills` raises."""
    from dreamreel.media.stills import convert_still, options_from
    from dreamreel.media.stills.layout import resized

    steps = [step for step in proposal.steps() if step.verb in _BY_NETWORK]

    def grow(image: VipsImage, width: int, height: int) -> VipsImage:
        if steps and _fits(image):
            image = _grown(image, steps)
        return image if (image.width, image.height) == (width, height) else resized(image, width, height)

    options = options_from(width=proposal.width, height=proposal.height, fit="stretch")
    made = convert_still(source, out, options, grow=grow)
    return {
        "source": str(source), "path": str(made.outputs[0]), "bytes_in": source.stat().st_size, "bytes": made.size,
        "width": made.width, "height": made.height, "kept": list(made.kept), "converted": list(made.converted),
        "lost": list(made.lost),
    }  # fmt: skip


def _fits(image: VipsImage) -> bool:
    """Whether a picture's channels are what networks see: grey or RGB of 8 or 16 bits."""
    colours = image.bands - (1 if image.hasalpha() else 0)
    return image.format in ("uchar", "ushort") and colours in (1, 3)


def _grown(image: VipsImage, steps: list[Step]) -> VipsImage:
    from dreamreel.media.stills.page import as_image

    alpha = bool(image.hasalpha())
    width, height, times = image.width, image.height, 1
    rows: Iterator[Rows] = _rows(image)
    for step in steps:
        network = _network(step)
        rows = larger_rows(
            rows, width * times, height * times, network, float(str(step.args.get("strength", 0.0)))
        )
        times *= network.scale
    deep = image.format == "ushort"
    with tempfile.TemporaryFile(prefix=".dreamreel-") as file:
        whole: NDArray[Any] = np.memmap(
            file, np.uint16 if deep else np.uint8, "w+", shape=(height * times, width * times, image.bands)
        )
        at = 0
        for part in rows:
            whole[at : at + part.shape[0]] = part
            at += part.shape[0]
        made = as_image(whole if image.bands > 1 else whole[..., 0], alpha=alpha)
    # The map outlives the file's name; libvips reads it while the picture is written, and keeps it until then.
    result = made.copy(interpretation=image.interpretation)
    if _PROFILE in image.get_fields():
        result.set_type(image.get_typeof(_PROFILE), _PROFILE, image.get(_PROFILE))
    return result


def _network(step: Step) -> Network:
    from dreamreel.neural.catalog import chosen

    # Restoring is enlarging; the photo is shrunk again afterwards.
    family, scale = str(step.args.get("family", "general")), int(str(step.args.get("scale", 2)))
    return chosen(family, str(step.args["size"]), scale)


def _rows(image: VipsImage) -> Generator[Rows]:
    """The rows of a picture in strips, each read once and in order."""
    from dreamreel.media.stills.page import as_array

    step = max(16, _STRIP // max(1, image.width))
    for top in range(0, image.height, step):
        yield as_array(image.crop(0, top, image.width, min(step, image.height - top)))


def larger_rows(
    rows: Iterator[Rows], width: int, height: int, network: Network, strength: float
) -> Generator[Rows]:
    """Rows of a picture of `width`×`height` made larger by a network: the same as if it had gone in whole."""
    from dreamreel.neural.enlarge import Enlarger
    from dreamreel.neural.graph import halo
    from dreamreel.neural.machine import preferred

    rim, precision = halo(network), preferred()
    rim += rim % 2
    lines = max(2 * rim, _STRIP // max(1, width)) // 2 * 2
    made: dict[tuple[int, int], Enlarger] = {}
    for first, last, strip in _strips(rows, height, lines, rim):
        size = (strip.shape[1] + strip.shape[1] % 2, strip.shape[0] + strip.shape[0] % 2)
        if size not in made:
            made[size] = Enlarger(network, _PIX_FMT, *size, precision, strength, reuse=False)
        large = _through(made[size], strip, network.scale)
        yield large[first * network.scale : last * network.scale]


def _strips(rows: Iterator[Rows], height: int, lines: int, rim: int) -> Generator[tuple[int, int, Rows]]:
    """Strips of `lines` rows with `rim` more on both sides where there are any: where their own rows begin and end."""
    held: list[Rows] = []
    top = at = 0
    for part in rows:
        held = [np.concatenate([*held, part])]
        while at < height:
            end = min(height, at + lines)
            below = min(height, end + rim)
            if top + held[0].shape[0] < below:
                break
            above = max(0, at - rim)
            yield at - above, end - above, held[0][above - top : below - top]
            at = end
            keep = max(0, at - rim)
            held, top = [held[0][keep - top :]], keep


def _through(enlarge: Any, strip: Rows, scale: int) -> Rows:  # noqa: ANN401 (an Enlarger)
    """A strip made larger, in the depth and channels that it has."""
    import av

    from dreamreel.media.colour import tag
    from dreamreel.media.planes import planes

    rows, columns, channels = strip.shape
    top = np.float32(65_535 if strip.dtype == np.uint16 else 255)
    padded = np.pad(strip, ((0, rows % 2), (0, columns % 2), (0, 0)), mode="edge")
    unit = padded.astype(np.float32) / top
    rgb = np.repeat(unit[..., :1], 3, axis=2) if channels < 3 else unit[..., :3]
    yuv = rgb @ _TO_YUV.T
    yuv[..., 1:] += np.float32((_TOP + 1) / 2 / _TOP)
    alpha = unit[..., -1] if channels in (2, 4) else np.ones_like(unit[..., 0])
    frame = av.VideoFrame(padded.shape[1], padded.shape[0], _PIX_FMT)
    for target, plane in zip(planes(frame), (*np.moveaxis(yuv, -1, 0), alpha), strict=True):
        target[:] = np.clip(np.rint(plane * _TOP), 0, _TOP)
    made = enlarge(tag(frame, _FULL))
    parts = [plane[: rows * scale, : columns * scale].astype(np.float32) / _TOP for plane in planes(made)]
    large = np.stack(parts[:3], axis=-1)
    large[..., 1:] -= np.float32((_TOP + 1) / 2 / _TOP)
    colours = large[..., :1] if channels < 3 else large @ _TO_RGB.T
    whole = np.concatenate([colours, parts[3][..., None]], axis=2) if channels in (2, 4) else colours
    return np.clip(np.rint(whole * top), 0, top).astype(strip.dtype)
