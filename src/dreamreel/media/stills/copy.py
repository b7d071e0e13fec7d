"""Pictures that keep every compressed pixel: only their tags change.

JPEG, PNG, WebP   the tags' segments are replaced; a JPEG is also turned by its orientation tag
HEIC, AVIF        the places inside the tags are overwritten in place, with nothing moved
GIF, BMP, ICO, PDF   they say nothing that must go, so the file is copied
"""

from __future__ import annotations

import struct
from typing import Final

from dreamreel.errors import DamagedMedia
from dreamreel.media.stills import exif
from dreamreel.media.stills.formats import StillFormat
from dreamreel.media.stills.options import StillOptions
from dreamreel.media.stills.page import Page, guarded
from dreamreel.media.stills.read import Source
from dreamreel.media.stills.segments import replaced, trailing
from dreamreel.media.stills.tags import Tags, travelling

__all__ = ["copied", "may_copy"]

_WHOLE: Final = frozenset({"gif", "bmp", "ico", "pdf"})
_IN_PLACE: Final = frozenset({"heic", "avif"})
_TRAILING: Final = 1024
"""Bytes behind a JPEG that are more than padding."""


def may_copy(source: Source, target: StillFormat, options: StillOptions) -> bool:
    """True when nothing asks for other pixels than those in the file."""
    if source.format.name != target.name or options.reencodes or target.name == "tiff":
        return False
    turned_only = target.name == "jpeg" and not _resizes(options)
    return (not options.reshapes or turned_only) and len(source.pages) == source.total


def copied(source: Source, page: Page, options: StillOptions) -> tuple[bytes, tuple[str, ...]]:
    """The file with other tags, and what was left out. Raises `DamagedMedia`: a broken file is not passed on."""
    data = source.path.read_bytes()
    kind = source.format.name
    if kind in _WHOLE:
        return data, ()
    _check(source)
    if kind in _IN_PLACE:
        return _blanked(data, page.tags, options)
    turn = turned(page.turn, options)
    tags, lost = travelling(
        page.tags if options.tags else Tags(), keep_location=options.keep_location, turn=turn
    )
    if turn != 1 and not tags.exif:
        tags = Tags(_only_turn(turn), tags.xmp, tags.iptc)
    try:
        clean = replaced(kind, data, tags)
        if kind == "jpeg" and trailing(data) > _TRAILING:
            lost = (*lost, "the pictures hidden behind it (film, depth, gain map)")
    except (struct.error, IndexError) as error:
        raise DamagedMedia(
            f"{source.path.name} is a damaged or truncated picture; copy or download it again."
        ) from error
    return clean, lost


def turned(turn: int, options: StillOptions) -> int:
    """The EXIF orientation of a picture that has `turn` and is turned and flipped as `options` say."""
    angle, mirrored = _AS_TURN[turn]
    angle = (angle + options.rotate) % 360
    if options.flip:
        # A flip after a turn is the same flip before the opposite turn.
        angle, mirrored = -angle % 360, not mirrored
        angle = (angle + (180 if options.flip == "vertical" else 0)) % 360
    return next(number for number, one in _AS_TURN.items() if one == (angle, mirrored))


_AS_TURN: Final = {
    1: (0, False), 2: (0, True), 3: (180, False), 4: (180, True), 5: (270, True), 6: (90, False), 7: (90, True),
    8: (270, False),
}  # fmt: skip
"""Mirrored left to right first, then turned clockwise."""


def _resizes(options: StillOptions) -> bool:
    sides = (
        options.width,
        options.height,
        options.max_width,
        options.max_height,
        options.short_side,
        options.crop,
    )
    return any(side is not None for side in sides)


def _only_turn(turn: int) -> bytes:
    entry = exif.Entry(3, 1, struct.pack(">H", turn))
    return exif.serialise(">", exif.Directory({exif.ORIENTATION: entry}))


def _check(source: Source) -> None:
    """Decode it once, a JPEG at an eighth of its size: damage is said, not copied."""
    with guarded(source.path):
        source.page(source.pages[0], factor=1 / 16, streamed=True).image.avg()


def _blanked(data: bytes, tags: Tags, options: StillOptions) -> tuple[bytes, tuple[str, ...]]:
    """HEIC and AVIF name every byte by its place, so what goes is overwritten and nothing moves."""
    kept, lost = travelling(tags if options.tags else Tags(), keep_location=options.keep_location)
    empty = exif.serialise("<", exif.Directory())
    for old, new, filler in ((tags.exif, kept.exif or empty, b"\0"), (tags.xmp, kept.xmp or b"", b" ")):
        if old and old != new:
            data = data.replace(old, (new if len(new) <= len(old) else b"").ljust(len(old), filler))
    return data, lost
