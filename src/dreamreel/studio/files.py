"""Contents by their hash: each kept once, never changed, whatever it is called.

    uploads/….part, work/…  ──hash, fsync──► rename ──► blobs/ab/<sha256> ──fsync of the folder
                                                        thumbs/ab/<sha256>-thumb.jpg, -poster.jpg, …

A crash leaves the part where it was, or the whole file in its place; never a piece under a hash's name. Who needs
which contents is the library's to say. Thumbs can be made again and may be deleted at any time.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final, Literal

from dreamreel.errors import DamagedMedia, DreamreelError, NoSpace, NotFound, NotWritable
from dreamreel.media.atomic import output_error

__all__ = ["CHUNK", "DERIVED", "FRESH_S", "Derived", "Files", "digest", "is_sha256", "sync_folder", "unlink"]

CHUNK: Final = 2**20
"""Bytes that are read at a time."""

FRESH_S: Final = 3600.0
"""Contents younger than this may belong to an item that is just being written down; nobody removes them."""

Derived = Literal["thumb", "poster", "preview", "waves"]
"""What is made from contents: a small picture, a large one, a short film, the shape of the sound."""

DERIVED: Final[dict[Derived, str]] = {
    "thumb": "-thumb.jpg",
    "poster": "-poster.jpg",
    "preview": "-preview.mp4",
    "waves": "-waves.png",
}

_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_NO_FOLLOW: Final = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


class Files:
    """The contents in the folders `blobs` and `thumbs` of a data folder. Safe to use from any thread of one studio."""

    def __init__(self, root: Path, clock: Callable[[], float] = time.time) -> None:
        self.root = root
        self._clock = clock
        self._lock = threading.Lock()
        self._arriving: dict[str, list[float]] = {}

    def path(self, sha256: str) -> Path:
        """Where the contents with this hash are, or would be.

        Raises:
            NotFound: this is no hash.
        """
        return self.root / "blobs" / _checked(sha256)[:2] / sha256

    def derived(self, sha256: str, name: Derived) -> Path:
        """Where this thumb of the contents is, or is to be written; its folder exists afterwards."""
        folder = self.root / "thumbs" / _checked(sha256)[:2]
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise _told(error) from error
        return folder / f"{sha256}{DERIVED[name]}"

    def adopt(self, part: Path) -> tuple[str, int]:
        """Take a finished file in: it moves to the place of its hash. Returns the hash and the number of bytes.

        Contents that are here already are replaced by these equal ones, which heals a damaged copy. The contents are
        safe from removal until `settled`, or for an hour. After an error the part is where it was.

        Raises:
            DamagedMedia: the part is a link, a folder, or gone.
            NoSpace, NotWritable: the disk is full, or refuses.
        """
        try:
            sha256, size = _sealed(part, self._clock())
            place = self.path(sha256)
            if not place.parent.is_dir():
                place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                sync_folder(place.parent.parent)
            with self._lock:
                self._arriving.setdefault(sha256, []).append(self._clock())
                part.replace(place)
            sync_folder(place.parent)
        except OSError as error:
            raise _told(error) from error
        return sha256, size

    def settled(self, sha256: str) -> None:
        """One of those who adopted these contents has written an item down, in a transaction that is still open."""
        with self._lock:
            times = self._arriving.get(sha256, [])
            del times[:1]
            if not times:
                self._arriving.pop(sha256, None)

    def remove(self, sha256: str) -> int:
        """Delete contents and what was made from them, unless they have just been adopted. Returns the bytes freed.

        The caller has made sure, in a transaction that is still open, that no item needs them. What cannot be deleted
        stays, for the integrity check to find.
        """
        with self._lock:
            times = self._arriving.pop(_checked(sha256), [])
            if fresh := [since for since in times if self._clock() - since < FRESH_S]:
                self._arriving[sha256] = fresh
                return 0
            folder = self.root / "thumbs" / sha256[:2]
            return sum(
                map(unlink, [self.path(sha256), *(folder / f"{sha256}{end}" for end in DERIVED.values())])
            )

    def every(self) -> Iterator[tuple[str, Path]]:
        """All contents, as hash and path, in the order of their hashes."""
        for path in sorted((self.root / "blobs").glob("*/*")):
            if is_sha256(path.name) and path.parent.name == path.name[:2]:
                yield path.name, path


def digest(path: Path, stop: threading.Event | None = None) -> str | None:
    """The SHA-256 of a file's contents, or None when `stop` was set meanwhile. Raises `OSError`."""
    found = hashlib.sha256()
    with path.open("rb") as handle:
        while chunk := handle.read(CHUNK):
            if stop is not None and stop.is_set():
                return None
            found.update(chunk)
    return found.hexdigest()


def is_sha256(text: str) -> bool:
    """Whether a text is a hash as it is written here: 64 digits, small letters."""
    return _SHA256.fullmatch(text) is not None


def sync_folder(folder: Path) -> None:
    """Make the names in a folder last; what else could lose a rename when the power goes. Raises `OSError`."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def unlink(path: Path) -> int:
    """Delete a file if it is there and can be deleted; returns the bytes freed."""
    with suppress(OSError):
        size = path.lstat().st_size
        path.unlink()
        return size
    return 0


def _sealed(part: Path, now: float) -> tuple[str, int]:
    """Hash a part and make it last: private, dated now, on the disk."""
    try:
        # A worker that has been taken over could leave a link to somebody's file where its result should be.
        handle = os.open(part, os.O_RDWR | _NO_FOLLOW)
    except FileNotFoundError as error:
        raise DamagedMedia(
            "A file went away before the library could keep it; make or upload it again."
        ) from error
    except OSError as error:
        if part.is_symlink() or part.is_dir():
            raise DamagedMedia(
                "What should be kept in the library is no file; make or upload it again."
            ) from error
        raise
    with os.fdopen(handle, "rb") as opened:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise DamagedMedia("What should be kept in the library is no file; make or upload it again.")
        found, size = hashlib.sha256(), 0
        while chunk := opened.read(CHUNK):
            found.update(chunk)
            size += len(chunk)
        if os.name == "posix":
            os.fchmod(handle, 0o600)
            os.utime(handle, (now, now))
        os.fsync(handle)
    return found.hexdigest(), size


def _checked(sha256: str) -> str:
    if not is_sha256(sha256):
        raise NotFound("These contents are named by no hash; the library does not keep them.")
    return sha256


def _told(error: OSError) -> DreamreelError:
    """What the owner is told about the disk; a hash's name would help nobody."""
    told = output_error(error, Path("library"))
    if isinstance(told, NoSpace):
        return NoSpace(
            "There is no room left to keep a file in the library; free some disk space and try again."
        )
    if told is not None:
        return NotWritable(
            "A file cannot be kept because the studio's data folder does not allow writing; check its permissions."
        )
    return NotWritable(
        f"A file cannot be kept in the library ({error.strerror}); check the disk and try again."
    )
