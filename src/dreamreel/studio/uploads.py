"""Files on their way in: announced, sent in parts, gone on with after a cut. The half of tus 1.0 that knows no HTTP.

    create ─► append … append ─► complete ─► the library looks at it ─► done
       │         └─ cut, full disk, restart: what arrived counts        └─ failed
       └─ uploads/<id>.part, named by its id alone; what its owner calls it is text in the database

How much has arrived is the part's size on the disk, nothing else: every `append` is synced before it is answered.
"""

from __future__ import annotations

import errno
import os
import re
import secrets
import shutil
import sqlite3
import threading
import unicodedata
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from weakref import WeakValueDictionary

from dreamreel.errors import (
    BadParameter,
    Conflict,
    DamagedMedia,
    InputRejected,
    NoSpace,
    NotFound,
    NotWritable,
    TooLarge,
)
from dreamreel.studio.database import Database
from dreamreel.studio.files import digest, is_sha256, sync_folder, unlink

__all__ = ["Upload", "Uploads", "safe_name"]

NAME_CHARACTERS: Final = 120
_NAME_BYTES: Final = 240
"""File systems take 255 bytes; a browser that saves the file again may have to add " (1)"."""
_SUFFIX_CHARACTERS: Final = 16
_RESERVE: Final = 64 * 2**20
"""Bytes that stay free for the database, which must be able to write down that the disk is full."""
_ID: Final = re.compile(r"u[0-9a-f]{16}")
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_FLAGS: Final = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file on its way in."""

    id: str
    name: str
    """What its owner calls it, made harmless by `safe_name`."""
    length: int
    """Bytes it will have."""
    sha256: str | None
    """What it must turn out to be, where the sender said so."""
    created: float
    item: str | None
    """The item that it has become."""
    error: str | None
    """Why it was refused, as a sentence."""


class Uploads:
    """The uploads in a folder. Safe to use from any thread of one studio."""

    def __init__(
        self, database: Database, folder: Path, limit: Callable[[], int], clock: Callable[[], float]
    ) -> None:
        """Keep parts in `folder`, none longer than `limit()` bytes."""
        self._database, self._folder, self._limit, self._clock = database, folder, limit, clock
        self._lock = threading.Lock()
        self._alone: WeakValueDictionary[str, _Turn] = WeakValueDictionary()

    def create(self, name: str, length: int, sha256: str | None = None) -> Upload:
        """Announce a file of `length` bytes, with the SHA-256 of its contents if known.

        Raises:
            BadParameter: a length below zero, or something that is no SHA-256.
            DamagedMedia: a length of zero.
            TooLarge: more than the studio takes.
            NoSpace, NotWritable: the disk cannot take it.
        """
        name = safe_name(name)
        if length < 0:
            raise BadParameter(f"{name} cannot have {length} bytes; send its real length.")
        if length == 0:
            raise DamagedMedia(f"{name} is empty; choose another file.")
        if length > (limit := self._limit()):
            raise TooLarge(
                f"{name} has {length / 1e9:.1f} GB and the studio takes {limit / 1e9:.1f} GB; "
                "send a shorter film, or raise the limit in the settings."
            )
        if sha256 is not None and not is_sha256(sha256 := sha256.lower()):
            raise BadParameter(
                f"The SHA-256 sent for {name} is none; send 64 hexadecimal digits, or leave it out."
            )
        upload = Upload(f"u{secrets.token_hex(8)}", name, length, sha256, self._clock(), None, None)
        with _told(upload):
            if shutil.disk_usage(self._folder).free < length + _RESERVE:
                raise NoSpace(
                    f"There is no room for {name} ({length / 1e6:.0f} MB); free some disk space and try again."
                )
            handle = os.open(self._part(upload.id), os.O_WRONLY | os.O_CREAT | os.O_EXCL | _FLAGS, 0o600)
            try:
                os.utime(self._part(upload.id), (upload.created, upload.created))
            finally:
                os.close(handle)
            sync_folder(self._folder)
        with self._database.write() as rows:
            rows.execute(
                "insert into upload (id, name, length, sha256, created) values (?, ?, ?, ?, ?)",
                [upload.id, name, length, sha256, upload.created],
            )
        return upload

    def get(self, upload: str) -> Upload:
        """The upload with this id. Raises `NotFound`."""
        if _ID.fullmatch(upload):
            with self._database.read() as rows:
                row = rows.execute("select * from upload where id = ?", [upload]).fetchone()
            if row is not None:
                return _upload_of(row)
        raise NotFound("There is no such upload, or it was given up; send the file again.")

    def offset(self, upload: str) -> int:
        """How many bytes have arrived: where to go on.

        Raises:
            NotFound: it is not known, or its part is gone.
            InputRejected: it was refused; the message says why.
        """
        found = self.get(upload)
        return found.length if found.item is not None else self._arrived(found)

    def append(self, upload: str, at: int, chunks: Iterable[bytes]) -> int:
        """Add the bytes from offset `at` on; returns the new offset, which is on the disk then.

        If `chunks` raises, as it does when the connection is cut, what came before is kept, and the error goes on.

        Raises:
            Conflict: `at` is not where this upload goes on, or it is in the library already.
            TooLarge: there are more bytes than were announced; those of the chunk that goes too far are not taken.
            NoSpace: the disk is full; what fitted counts.
            NotFound, InputRejected: as for `offset`.
        """
        with self._turn(upload):
            found = self.get(upload)
            if found.item is not None:
                raise Conflict(f"{found.name} has arrived already; look for it in the library.")
            size = self._arrived(found)
            if at != size:
                raise Conflict(
                    f"{found.name} goes on at byte {size}, not at {at}; ask for the offset and go on there."
                )
            with self._opened(found, at) as handle:
                for chunk in chunks:
                    if size + len(chunk) > found.length:
                        raise TooLarge(
                            f"{found.name} is longer than the {found.length} bytes that were announced; send it again."
                        )
                    with _told(found):
                        _write(handle, chunk)
                    size += len(chunk)
            return size

    def complete(self, upload: str) -> Path:
        """The whole file, checked: its length, and its contents where their SHA-256 was sent.

        Raises:
            Conflict: bytes are missing, or it is in the library already.
            DamagedMedia: the contents are not what was announced; the upload is gone then.
            NotFound, InputRejected: as for `offset`.
        """
        with self._turn(upload):
            found = self.get(upload)
            if found.item is not None:
                raise Conflict(f"{found.name} is in the library already; look for it there.")
            part, size = self._part(upload), self._arrived(found)
            if size != found.length:
                raise Conflict(f"{found.name} has {size} of {found.length} bytes so far; send the rest.")
            with _told(found):
                whole = found.sha256 is None or digest(part) == found.sha256
            if not whole:
                self._forget(upload)
                raise DamagedMedia(f"{found.name} was damaged on its way; send it again.")
            return part

    def done(self, upload: str, item: str) -> None:
        """It has become this item; whoever asks for the upload is told so."""
        self._settle(upload, "item", item)

    def failed(self, upload: str, sentence: str) -> None:
        """It was refused; whoever asks for the upload is told why. Its part is deleted."""
        self._settle(upload, "error", sentence)

    def remove(self, upload: str) -> None:
        """Forget an upload and its part; not the item that it has become. Raises `NotFound`."""
        with self._turn(upload):
            self.get(upload)
            self._forget(upload)

    def sweep(self, older_than: float) -> int:
        """Forget uploads to which nothing has happened for `older_than` seconds. Returns how many."""
        before = self._clock() - older_than
        with self._database.read() as rows:
            known = [_upload_of(row) for row in rows.execute("select * from upload").fetchall()]
        old = [upload.id for upload in known if self._touched(upload) < before]
        for upload in old:
            with self._turn(upload):
                self._forget(upload)
        # Parts whose row was never written, or is gone: a crash in the middle of `create` or `remove`.
        for part in self._folder.glob("u*.part"):
            with suppress(OSError):
                if part.lstat().st_mtime < before:
                    unlink(part)
        return len(old)

    def _part(self, upload: str) -> Path:
        return self._folder / f"{upload}.part"

    def _arrived(self, upload: Upload) -> int:
        """The size of its part."""
        if upload.error is not None:
            raise InputRejected(upload.error)
        try:
            return self._part(upload.id).lstat().st_size
        except FileNotFoundError as error:
            raise NotFound(f"What had arrived of {upload.name} was given up; send it again.") from error

    def _touched(self, upload: Upload) -> float:
        try:
            return max(upload.created, self._part(upload.id).lstat().st_mtime)
        except OSError:
            return upload.created

    @contextmanager
    def _opened(self, upload: Upload, at: int) -> Generator[int]:
        """Its part, open for appending; when the block ends, however it ends, what was written is on the disk.

        If the disk does not take it after all, the part is as long as it was.
        """
        part = self._part(upload.id)
        with _told(upload):
            handle = os.open(part, os.O_WRONLY | os.O_APPEND | _FLAGS)
        try:
            try:
                yield handle
            finally:
                with _told(upload):
                    try:
                        os.fsync(handle)
                    except OSError:
                        os.ftruncate(handle, at)
                        raise
        finally:
            os.close(handle)
            now = self._clock()
            os.utime(part, (now, now))

    def _settle(self, upload: str, column: str, value: str) -> None:
        with self._turn(upload):
            self.get(upload)
            with self._database.write() as rows:
                rows.execute(f"update upload set {column} = ? where id = ?", [value, upload])  # noqa: S608
            unlink(self._part(upload))

    def _forget(self, upload: str) -> None:
        with self._database.write() as rows:
            rows.execute("delete from upload where id = ?", [upload])
        unlink(self._part(upload))

    @contextmanager
    def _turn(self, upload: str) -> Generator[None]:
        """One at a time for each upload: a connection that hangs and the one that replaces it must not both write."""
        with self._lock:
            turn = self._alone.get(upload)
            if turn is None:
                turn = self._alone[upload] = _Turn()
        with turn.lock:
            yield


class _Turn:
    """A lock that goes away with the last one who wants it."""

    __slots__ = ("__weakref__", "lock")

    def __init__(self) -> None:
        self.lock = threading.Lock()


def safe_name(name: str) -> str:
    """What a file may be called in the library: its last component, printable, short, never empty and never hidden.

    It is shown, searched and offered for downloads, and never used as a path here.
    """
    last = re.split(r"[/\\]", name.rstrip("/\\"))[-1]
    text = unicodedata.normalize("NFC", "".join(c if c.isprintable() else " " for c in last))
    text = re.sub(r"\s+", " ", text).lstrip(" .").rstrip(" .")
    stem, dot, suffix = text.rpartition(".")
    if not stem or len(suffix) >= _SUFFIX_CHARACTERS or len(suffix.encode()) > _NAME_BYTES // 4:
        stem, dot, suffix = text, "", ""
    tail = dot + suffix
    stem = stem[: NAME_CHARACTERS - len(tail)]
    stem = stem.encode()[: _NAME_BYTES - len(tail.encode())].decode(errors="ignore")
    return (stem.rstrip(" .") + tail) or "unnamed"


def _upload_of(row: sqlite3.Row) -> Upload:
    return Upload(
        row["id"],
        row["name"],
        int(row["length"]),
        row["sha256"],
        float(row["created"]),
        row["item"],
        row["error"],
    )


def _write(handle: int, chunk: bytes) -> None:
    left = memoryview(chunk)
    while left:
        left = left[os.write(handle, left) :]


@contextmanager
def _told(upload: Upload) -> Generator[None]:
    """What the disk says about an upload, as a sentence."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise NoSpace(
                f"There is no room left for {upload.name}; free some disk space and send the rest."
            ) from error
        raise NotWritable(
            f"{upload.name} cannot be kept because the studio's data folder does not allow writing "
            f"({error.strerror}); check its permissions."
        ) from error
