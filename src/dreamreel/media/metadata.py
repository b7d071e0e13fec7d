"""What an output says about itself: its recipe and its tags; and what it never says: where a photo was taken.

Matroska, WebM, MP3, FLAC, Ogg, WAV        a tag, written by the muxer from `recipe_tags`
MP4, MOV, M4A, GIF, WebP, PNG, JPEG        a payload in the finished part, by `embed_recipe`, see `carriers`
"""

from __future__ import annotations

import re
import struct
import uuid
import zlib
from collections.abc import Mapping
from pathlib import Path

from dreamreel.errors import NoRecipe, RecipeInvalid
from dreamreel.media.carriers import carrier_for
from dreamreel.media.formats import Container
from dreamreel.media.open import check_input, open_media

__all__ = [
    "RECIPE_KEY",
    "RECIPE_UUID",
    "embed_recipe",
    "export_tags",
    "is_place",
    "length_without_recipe",
    "read_recipe",
    "recipe_tags",
]

RECIPE_KEY = "DREAMREEL_RECIPE"
"""Name of the recipe's tag."""
RECIPE_UUID = uuid.UUID("6f2d8f0c-5f0e-4c5b-9b0e-d7ea3ee11ec1")
"""Type of the recipe's box in ISO-BMFF files and its mark in the others; never changes."""

_MOST = 64 * 2**20
"""No recipe unpacks to more than this."""

_IN_TEXT = f"{RECIPE_KEY}="
_PLACE_WORDS = (
    "location",
    "gps",
    "geo",
    "xyz",
    "latitude",
    "longitude",
    "altitude",
    "coordinate",
    "place",
    "position",
)
_PLACE_VALUE = re.compile(r"[+-]\d{1,3}(?:\.\d+)?[+-]\d{1,3}(?:\.\d+)?")
"""ISO 6709, as cameras write it: +48.1374+011.5755/."""
_HOUSEKEEPING = frozenset({
    "major_brand", "minor_version", "compatible_brands", "encoder", "encoded_by_dreamreel", "duration",
    "dreamreel_recipe", "variant_bitrate", "hw", "maxrate", "te_is_reencode", "vendor_id",
})  # fmt: skip
"""What containers and their writers say about themselves."""


def is_place(key: str, value: str) -> bool:
    """True for a tag that may say where something was recorded.

    Coordinates hide under a dozen names (`location`, `©xyz`, `com.apple.quicktime.location.ISO6709`, `location-eng` …),
    and makers of cameras invent more, so the value is looked at as well.
    """
    plain = key.lower()
    return any(word in plain for word in _PLACE_WORDS) or _PLACE_VALUE.match(value.strip()) is not None


def export_tags(tags: Mapping[str, str], *, keep_location: bool = False) -> dict[str, str]:
    """The tags that travel to an output: all but those that say a place, and those that a muxer writes for itself.

    Apple's long names become the short ones that other containers know.
    """
    kept: dict[str, str] = {}
    for key, value in tags.items():
        plain = key.lower().removeprefix("com.apple.quicktime.").removesuffix("-eng")
        value = value.partition(_IN_TEXT)[0].rstrip("\n")
        hidden = plain in _HOUSEKEEPING or key.upper() == RECIPE_KEY
        if value and not hidden and (keep_location or not is_place(key, value)):
            kept[plain] = value
    return kept


def recipe_tags(container: Container, recipe: str | None, comment: str = "") -> dict[str, str]:
    """The tags that carry `recipe` where the muxer writes it; empty for containers that `embed_recipe` handles.

    Where there are no free names it stands in the comment, below the file's own.
    """
    if recipe is None or container.recipe not in ("tag", "text"):
        return {}
    if container.recipe == "tag":
        return {RECIPE_KEY: recipe}
    return {"comment": f"{comment}\n{_IN_TEXT}{recipe}" if comment else f"{_IN_TEXT}{recipe}"}


def embed_recipe(path: Path, recipe: str) -> None:
    """Add `recipe` in place to a finished MP4, MOV, M4A, GIF, WebP, PNG or JPEG file, before others can see it.

    Raises `RecipeInvalid` for any other kind of file: those carry it as a tag from the start.
    """
    with path.open("r+b") as file:
        carrier = carrier_for(file.read(16))
        if carrier is None:
            raise RecipeInvalid(
                f"{path.name} cannot take a recipe after it was written; write it again with one."
            )
        carrier.write(file, RECIPE_UUID.bytes, zlib.compress(recipe.encode(), 9))


def length_without_recipe(path: Path) -> int:
    """How many bytes of an MP4 or MOV file come before its recipe, which is its last box: the file up to there is the
    same film without one. The whole length when there is no recipe at the end.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        at = 0
        while at + 8 <= size:
            file.seek(at)
            box, kind = struct.unpack(">I4s", file.read(8))
            if box == 1:
                box = int.from_bytes(file.read(8))
            if kind == b"uuid" and box >= 24 and at + box == size and file.read(16) == RECIPE_UUID.bytes:
                return at
            if box < 8:
                return size
            at += box
    return size


def read_recipe(path: Path) -> str:
    """The recipe that `path` carries. Raises `NoRecipe`, and what `open_media` raises for files it does not read."""
    carrier = carrier_for(check_input(path))
    if carrier is None:
        return _tagged_recipe(path)
    with path.open("rb") as file:
        packed = carrier.read(file, RECIPE_UUID.bytes)
    if packed is None:
        raise _none(path)
    try:
        unpacker = zlib.decompressobj()
        text = unpacker.decompress(packed, _MOST).decode()
    except (zlib.error, UnicodeDecodeError):
        raise RecipeInvalid(
            f"The recipe inside {path.name} is damaged; use a saved recipe file instead."
        ) from None
    if not unpacker.eof:
        raise RecipeInvalid(
            f"The recipe inside {path.name} is damaged or absurdly large; use a saved recipe file."
        )
    return text


def _tagged_recipe(path: Path) -> str:
    with open_media(path) as container:
        tags = dict(container.metadata)
        for stream in container.streams:  # Ogg keeps its comments in the stream.
            tags.update(stream.metadata)
    for key, value in tags.items():
        if key.upper() == RECIPE_KEY:
            return value
        own, mark, recipe = value.partition(_IN_TEXT)
        if mark and (not own or own.endswith("\n")):
            return recipe
    raise _none(path)


def _none(path: Path) -> NoRecipe:
    return NoRecipe(f"{path.name} carries no recipe; only files made by Dreamreel do.")
