"""Sending a file to a studio so that a cut costs nothing: the client's half of tus 1.0.

hash ─► announce ─► send from the offset ─► the item it has become
                        ▲           └─ cut ─► wait ─► ask for the offset ─┐
                        └─────────────────────────────────────────────────┘
"""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import httpx2

from dreamreel.errors import Conflict, DamagedMedia, InputMissing, NotFound
from dreamreel.studio._wire import Lost, Patience, Wire

__all__ = ["Progress", "send"]

Progress = Callable[[int, int], None]
"""Called with the bytes that are there and the bytes there will be."""

_TUS: Final = {"Tus-Resumable": "1.0.0"}
_BLOCK: Final = 2**18
_LOOKED_AT_S: Final = 600.0
"""The answer to the last part comes when the studio has looked at the whole file."""


def send(wire: Wire, path: Path, progress: Progress | None, patience: Patience) -> str:
    """Send a file; returns the id of the item that it has become.

    Raises:
        InputMissing: it cannot be read.
        DamagedMedia: it changed while it was sent.
        Lost: the studio was not there again before the patience was at its end.
        DreamreelError: the studio refused it, and says why.
    """
    try:
        size, sha256 = _weighed(path)
    except OSError as error:
        raise InputMissing(f"{path.name} cannot be read ({error.strerror}); check the name.") from error
    metadata = {"filename": path.name, "sha256": sha256}
    told = ",".join(f"{name} {base64.b64encode(value.encode('utf-8', 'replace')).decode()}"
                    for name, value in metadata.items())  # fmt: skip
    made = wire.ask("POST", "/uploads", headers={**_TUS, "Upload-Length": str(size), "Upload-Metadata": told})
    place = f"/uploads/{made.headers.get('Location', '').rpartition('/')[2]}"
    offset = 0
    while True:
        try:
            answer = _part(wire, path, place, offset, size, progress)
        except (Lost, Conflict) as error:
            # A conflict is the old connection's last bytes, which were still on their way to the disk.
            patience.wait(error)
            answer = wire.ask("HEAD", place, headers=_TUS, patience=patience)
        if item := answer.headers.get("Dreamreel-Item"):
            return item
        if (arrived := _offset(answer)) > offset:
            patience.renew()
        offset = arrived


def _weighed(path: Path) -> tuple[int, str]:
    """The size and the SHA-256 of a file."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
        return os.fstat(file.fileno()).st_size, digest.hexdigest()


def _part(
    wire: Wire, path: Path, place: str, offset: int, size: int, progress: Progress | None
) -> httpx2.Response:
    """Send everything from an offset on."""
    headers = {
        **_TUS, "Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream",
        "Content-Length": str(size - offset),
    }  # fmt: skip
    blocks = _blocks(path, offset, size, progress)
    return wire.ask("PATCH", place, headers=headers, content=blocks, answer_s=_LOOKED_AT_S)


def _blocks(path: Path, offset: int, size: int, progress: Progress | None) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(offset)
        while offset < size:
            block = file.read(min(_BLOCK, size - offset))
            if not block:
                raise DamagedMedia(f"{path.name} was changed while it was sent; send it again.")
            yield block
            offset += len(block)
            if progress:
                progress(offset, size)


def _offset(answer: httpx2.Response) -> int:
    arrived = answer.headers.get("Upload-Offset", "")
    if not arrived.isdecimal():
        raise NotFound("The studio does not say how much has arrived; send the file again.")
    return int(arrived)
