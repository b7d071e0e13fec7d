"""Files as answers: whole or in ranges, kept by browsers for as long as they like, since contents never change."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Final

from fastapi import Header
from fastapi.responses import FileResponse
from starlette.exceptions import HTTPException

from dreamreel.errors import NotFound

__all__ = ["BINARY", "FILE", "Wanted", "sent"]

BINARY: Final = {"schema": {"type": "string", "format": "binary"}}
FILE: Final[dict[int | str, dict[str, object]]] = {
    200: {"description": "The contents", "content": {"*/*": BINARY}},
    206: {"description": "The part that was asked for", "content": {"*/*": BINARY}},
    416: {"description": "It has no such part"},
}
"""The answers of a route that sends a file, for its documentation."""

Wanted = Annotated[str | None, Header(alias="Range", max_length=200)]
"""The part that is asked for, such as `bytes=0-1023`."""

_RANGES: Final = re.compile(r"\s*bytes\s*=\s*(.*)", re.IGNORECASE | re.ASCII)
_RANGE: Final = re.compile(r"\s*(\d{0,18})\s*-\s*(\d{0,18})\s*", re.ASCII)


def sent(
    path: Path, media_type: str, tag: str, wanted: str | None = None, headers: dict[str, str] | None = None
) -> FileResponse:
    """A file that stays what it is under its `tag`. Raises `NotFound`, and what `wanted` deserves."""
    try:
        size = path.stat().st_size
    except OSError:
        raise NotFound(
            "Its file is not there; run the integrity check in Settings to see what is missing."
        ) from None
    if wanted is not None:
        _check(wanted, size)
    told = {
        "Cache-Control": "private, max-age=31536000, immutable",
        "ETag": f'"{tag}"',
        **(headers or {}),
    }
    return FileResponse(path, media_type=media_type, headers=told)


def _check(wanted: str, size: int) -> None:
    """Refuse a Range that says nothing (400), or nothing that is there (416); the rest is Starlette's to answer."""
    given = _RANGES.fullmatch(wanted)
    for part in given[1].split(",") if given else [""]:
        found = _RANGE.fullmatch(part)
        if found is None or not (found[1] or found[2]):
            raise HTTPException(400, "The Range header names no bytes; write it like bytes=0-1023.")
        first = int(found[1]) if found[1] else size - int(found[2])
        last = int(found[2]) if found[1] and found[2] else size - 1
        if found[1] and found[2] and first > last:
            raise HTTPException(400, "The Range header ends before it begins; write it like bytes=0-1023.")
        if first >= size:
            raise HTTPException(
                416,
                f"There is nothing behind byte {size}; ask for less.",
                {"Content-Range": f"bytes */{size}"},
            )
