"""Photos through the networks: strip by strip, with their depth, profile and tags.

    rows of the photo ─► colours ─► strips with a halo ─► network ─► their middles ─► rows of a larger photo, again
    ─► media.stills: size, profile, EXIF, format

Only a few strips are in memory, and the result lies in a temporary file, so a photo may be larger than memory.
"""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from dreamreel.enhance.strips import NetworkHand, WeightsHand, larger_rows, rows_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dreamreel.enhance.proposal import Proposal, Step
    from dreamreel.enhance.strips import Hand, Rows
    from dreamreel.graph import JSON
    from dreamreel.media.stills.page import VipsImage
    from dreamreel.neural.catalog import Network
    from dreamreel.neural.faces import Spot
    from dreamreel.render.progress import Listener
    from dreamreel.render.threads import Cancel

__all__ = ["enhance_photo", "faces_in_photo", "photo_suffix", "small_copy"]

_DONE: Final = frozenset({"colourise", "upscale", "restore"})
_PROFILE: Final = "icc-profile-data"
_KEPT: Final = frozenset({".jpg", ".jpeg", ".png", ".webp", ".avif", ".heic", ".heif", ".tif", ".tiff"})
_RARE: Final = frozenset({"lab", "labs", "labq", "lch", "xyz", "hsv", "yxy"})
"""Ways to number colours, as libvips calls them, that mean the same everywhere and that no network has seen."""
_WHOLE: Final = 1000
"""What a finished page counts in events."""
_SURE: Final = 0.05
"""Share of the work after which the time left can be told."""
_LOOKED: Final = 1600
"""Pixels of the longer side of what is looked at."""


def photo_suffix(path: Path) -> str:
    """The suffix of what a photo becomes: its own where it can be written, else PNG."""
    own = path.suffix.lower()
    return own if own in _KEPT else ".png"


def enhance_photo(
    source: Path, out: Path, proposal: Proposal, *, first: bool = False, on_event: Listener | None = None,
    cancel: Cancel | None = None,
) -> dict[str, JSON]:  # fmt: skip
    """Write a photo, or only its `first` page, as a proposal says, and say what became of it.

    Raises what `media.stills` raises, what weights of others raise, and `Cancelled`; then nothing is written.
    """
    from dreamreel.media.stills import convert_still, options_from
    from dreamreel.media.stills.read import open_source

    options = options_from(
        width=proposal.width, height=proposal.height, fit="stretch", pages="1" if first else "all"
    )
    progress = _Progress(out.name, len(open_source(source, options).pages), on_event, cancel)
    steps = [step for step in proposal.steps() if step.verb in _DONE]
    work = _Work(source, steps, proposal.faces, progress)
    made = convert_still(source, out, options, grow=work)
    told: dict[str, JSON] = {
        "source": str(source), "path": str(made.outputs[0]), "paths": [str(path) for path in made.outputs],
        "bytes_in": source.stat().st_size, "bytes": made.size,
        "width": made.width, "height": made.height, "kept": list(made.kept),
        "converted": [*work.converted, *made.converted], "lost": list(made.lost),
    }  # fmt: skip
    return {**told, "faces": work.faced} if work.faced else told


def small_copy(path: Path, number: int = 0, longest: int = _LOOKED) -> NDArray[np.uint8]:
    """Page `number` of a photo, upright, in sRGB: (H, W, 3), no side above `longest`. Raises what opening raises."""
    from dreamreel.media.stills import StillOptions
    from dreamreel.media.stills.colour import to_srgb
    from dreamreel.media.stills.layout import resized, upright
    from dreamreel.media.stills.page import as_array, guarded
    from dreamreel.media.stills.read import open_source

    source = open_source(path, StillOptions())
    share = min(1.0, longest / max(source.page(number).upright))
    page = source.page(number, factor=share)
    with guarded(path):
        image = upright(page.image, page.turn)
        share = min(1.0, longest / max(image.width, image.height))
        if share < 1:
            image = resized(image, *(max(1, round(side * share)) for side in (image.width, image.height)))
        image = to_srgb(image, deep=False) if _speaks(image) else image.colourspace("srgb")
        pixels = as_array(image.flatten(background=255) if image.hasalpha() else image)
    return np.ascontiguousarray(pixels[..., :3], np.uint8)


def _speaks(image: VipsImage) -> bool:
    """Whether a picture says what its numbers mean, or has none that could be shown as they are."""
    from dreamreel.media.stills.colour import profile_name

    cmyk = image.interpretation == "cmyk"
    return cmyk or bool(image.get_typeof(_PROFILE) and profile_name(image.get(_PROFILE)))


def faces_in_photo(path: Path, number: int = 0) -> str:
    """Where faces are on a page of a photo, as `ops.found_faces.packed` writes it, during its one second."""
    from fractions import Fraction

    from dreamreel.analyse.face_tracks import Seen, in_picture
    from dreamreel.ops.found_faces import packed

    boxes = in_picture(np.ascontiguousarray(small_copy(path, number)[..., ::-1]))
    return packed([(Seen(Fraction(0), box), Seen(Fraction(1), box)) for box in boxes])


@dataclass(slots=True)
class _Progress:
    """Tells how far a photo is, strip by strip, and ends the work where that is asked for."""

    name: str
    pages: int
    listener: Listener | None
    cancel: Cancel | None
    started: float = field(default_factory=time.monotonic)

    def of(self, rows: Iterator[Rows], page: int, height: int) -> Iterator[Rows]:
        """The rows of a page of that height as they pass. Raises `Cancelled`."""
        at = 0
        self._tell(page * _WHOLE)
        for part in rows:
            yield part
            at += len(part)
            self._tell(page * _WHOLE + at * _WHOLE // height)

    def _tell(self, done: int) -> None:
        from dreamreel.errors import Cancelled
        from dreamreel.render.progress import Event

        if self.cancel is not None and self.cancel.is_set:
            raise Cancelled(f"Stopped before {self.name} was finished.")
        if self.listener is not None:
            whole, spent = self.pages * _WHOLE, time.monotonic() - self.started
            eta = spent * (whole - done) / done if whole * _SURE < done < whole else None
            self.listener(Event("photo", done, whole, eta=eta))


@dataclass(slots=True)
class _Work:
    """Makes pages of a photo as large as they shall be, by what a proposal says; page after page."""

    source: Path
    steps: Sequence[Step]
    faces: str
    """Where they are on the first page, where somebody has looked."""
    progress: _Progress
    page: int = 0
    converted: list[str] = field(default_factory=list[str])
    faced: dict[str, JSON] | None = None
    """What was done about faces."""

    def __call__(self, image: VipsImage, width: int, height: int) -> VipsImage:
        """See `media.stills.layout.Grow`."""
        from dreamreel.media.stills.layout import resized

        # A drawing was drawn at its new size; what only repairs is done at any.
        drawn = (image.width, image.height) == (width, height)
        steps = [
            step for step in self.steps if not drawn or step.verb != "upscale" or step.args["scale"] == 1
        ]
        if steps:
            image = self._done(image, steps)
        self.page += 1
        return image if (image.width, image.height) == (width, height) else resized(image, width, height)

    def _done(self, image: VipsImage, steps: Sequence[Step]) -> VipsImage:
        image = self._fitting(image, coloured=any(step.verb == "colourise" for step in steps))
        if not _fits(image):
            self.converted.append("nothing by networks: they take grey or colours of 8 or 16 bits")
            return image
        alpha, bands = bool(image.hasalpha()), image.bands
        own = width, height = image.width, image.height
        rows: Iterator[Rows] = rows_of(image)
        for step in steps:
            if step.verb == "colourise":
                rows, bands = self._coloured(rows, own, step), 3 + alpha
                continue
            hand = self._hand(step, width, height)
            rows = larger_rows(rows, width, height, hand)
            # What was restored is shrunk afterwards.
            width, height = width * hand.scale, height * hand.scale
        rows = self.progress.of(rows, self.page, height)
        made = _pictured(rows, (height, width, bands), deep=image.format == "ushort", alpha=alpha)
        if bands != image.bands:
            return made
        made = made.copy(interpretation=image.interpretation)
        if image.get_typeof(_PROFILE):
            made.set_type(image.get_typeof(_PROFILE), _PROFILE, image.get(_PROFILE))
        return made

    def _fitting(self, image: VipsImage, *, coloured: bool) -> VipsImage:
        """The picture in channels that networks see; a grey one with a profile in RGB, if it gets colours."""
        from dreamreel.media.stills.colour import profile_name, to_srgb

        deep = image.format == "ushort"
        if image.interpretation == "cmyk":
            self.converted.append("CMYK to sRGB")
            return to_srgb(image, deep=deep)
        if image.interpretation in _RARE:
            self.converted.append(f"{image.interpretation} colours to sRGB")
            return image.colourspace("rgb16")
        if coloured and image.bands < 3 and _speaks(image):
            self.converted.append(f"the greys of {profile_name(image.get(_PROFILE))} to sRGB")
            return to_srgb(image, deep=deep)
        return image

    def _coloured(self, rows: Iterator[Rows], size: tuple[int, int], step: Step) -> Iterator[Rows]:
        from dreamreel.enhance.tinted import coloured_rows, colours_of

        named = step.args.get("model")
        colours = colours_of(str(named) if named else None, small_copy(self.source, self.page))
        return coloured_rows(rows, *size, colours)

    def _hand(self, step: Step, width: int, height: int) -> Hand:
        """What makes a picture of that size larger."""
        if model := step.args.get("model"):
            return WeightsHand(str(model))
        network, share = _network(step), float(str(step.args.get("face", 0.0)))
        strength = float(str(step.args.get("strength", 0.0)))
        if not share:
            return NetworkHand(network, strength)
        from dreamreel.neural.catalog import face_network

        face = face_network(network.size, network.scale)
        assert face is not None
        spots = self._spots(width, height)
        count = int(str(self.faced["count"])) if self.faced else 0
        self.faced = {"network": face.name, "share": share, "count": count + len(spots)}
        return NetworkHand(network, strength, spots=spots, face=face, share=share)

    def _spots(self, width: int, height: int) -> list[Spot]:
        from fractions import Fraction

        from dreamreel.motion.columns import unpack
        from dreamreel.neural.faces import COLUMNS, Faces

        known = self.faces if self.page == 0 and self.faces else faces_in_photo(self.source, self.page)
        return Faces(unpack(known, COLUMNS)).at(Fraction(0), width, height) if known else []


def _fits(image: VipsImage) -> bool:
    """Whether a picture's channels are what networks see: grey or RGB of 8 or 16 bits."""
    colours = image.bands - (1 if image.hasalpha() else 0)
    return image.format in ("uchar", "ushort") and colours in (1, 3)


def _network(step: Step) -> Network:
    from dreamreel.neural.catalog import chosen

    # Restoring is enlarging; the photo is shrunk again afterwards.
    family, scale = str(step.args.get("family", "general")), int(str(step.args.get("scale", 2)))
    return chosen(family, str(step.args["size"]), scale)


def _pictured(rows: Iterator[Rows], shape: tuple[int, int, int], *, deep: bool, alpha: bool) -> VipsImage:
    """The rows as a picture that lies in a temporary file. Raises `NoSpace`."""
    from dreamreel.media.atomic import output_error
    from dreamreel.media.stills.page import as_image

    place = Path(f"a picture of {shape[1]}×{shape[0]} in the folder for temporary files")
    with tempfile.TemporaryFile(prefix=".dreamreel-") as file:
        for part in rows:
            try:
                file.write(np.ascontiguousarray(part).data)
                file.flush()
            except OSError as error:
                raise output_error(error, place) or error from error
        whole: NDArray[Any] = np.memmap(file, np.uint16 if deep else np.uint8, "r", shape=shape)
        # The map outlives the file's name; libvips reads it while the picture is written, and keeps it until then.
        return as_image(whole if shape[2] > 1 else whole[..., 0], alpha=alpha).copy()
