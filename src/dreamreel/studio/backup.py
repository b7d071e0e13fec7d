"""A whole studio in one file, and back: the database as it is at one moment, all contents, and what they must hash to.

    backup.tar   backup.json            first: the format, so that an old program stops before it misunderstands
                 studio.db              a consistent copy, also while a studio is at work
                 blobs/ab/<sha256>      as they are; pictures and films do not get smaller by compressing
                 manifest.json          last: the hash of each file above

    restore: everything is unpacked and checked beside the data folder; only then one rename puts it in place

Thumbs, segments and unfinished uploads are not in it: they can be made again. Neither is the token. A backup comes from
outside: it is read by the few lines below, which know plain files under these names and nothing else.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import secrets
import shutil
import sqlite3
import tarfile
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final, cast

from dreamreel.errors import (
    Conflict,
    DatabaseTooNew,
    InputMissing,
    InputRejected,
    NoSpace,
    NotFound,
    NotWritable,
)
from dreamreel.graph import JSON
from dreamreel.media.atomic import atomic_write, output_error
from dreamreel.studio.config import Folders, sole
from dreamreel.studio.files import CHUNK, Files, is_sha256, sync_folder
from dreamreel.studio.schema import MIGRATIONS, VERSION

__all__ = ["FORMAT", "BackedUp", "Restored", "backup", "restore"]

FORMAT: Final = 1
"""Of the archive; the database in it has a version of its own."""

_FIRST, _DATABASE, _LAST = "backup.json", "studio.db", "manifest.json"
_BLOCK: Final = 512
_LONGEST_JSON: Final = 256 * 2**20
"""About two million files."""
_Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class BackedUp:
    """What a backup holds."""

    files: int
    """Contents, without the database."""
    bytes: int
    missing: tuple[str, ...]
    """Hashes of contents that are not in it because they are not in the studio."""
    damaged: tuple[str, ...]
    """Hashes of contents that are in it as they were found: not as they once came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What was restored."""

    files: int
    bytes: int
    kept: Path | None
    """Where the data folder is that was there before."""


# ── out ──


def backup(folders: Folders, target: Path, progress: _Progress | None = None) -> BackedUp:
    """Write everything into one new file, also while a studio is at work; an existing file is replaced at the end.

    Args:
        folders: the data folder.
        target: the archive, a `.tar`.
        progress: called with the bytes written and the bytes there are, of contents.

    Raises:
        NotFound: there is no studio in the data folder.
        NoSpace, NotWritable: the target cannot be written.
    """
    if not folders.database.is_file():
        raise NotFound(f"There is no studio in {folders.root} to back up; check DREAMREEL_HOME.")
    with atomic_write(target) as part:
        # Private from the first byte, whatever the umask.
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        with (
            os.fdopen(handle, "wb") as opened,
            _copied(folders.database, part.with_suffix(".db")) as copy,
            # GNU's way to write sizes above 8 GB needs no headers but the files' own.
            tarfile.TarFile(
                fileobj=opened, mode="w", format=tarfile.GNU_FORMAT, copybufsize=CHUNK
            ) as archive,
        ):
            return _written(archive, copy, Files(folders.root), progress)


def _written(archive: tarfile.TarFile, copy: Path, files: Files, progress: _Progress | None) -> BackedUp:
    with closing(_opened(copy)) as rows:
        version = int(rows.execute("pragma user_version").fetchone()[0])
        wanted = rows.execute(
            "select sha256, max(bytes) from item group by sha256 order by sha256"
        ).fetchall()
    total, done = sum(int(size) for _, size in wanted), 0
    _add_json(archive, _FIRST, {"format": FORMAT, "database": version, "made": time.time(), "bytes": total})
    with copy.open("rb") as opened:
        hashes: dict[str, JSON] = {_DATABASE: _add(archive, _DATABASE, opened)[0]}
    missing: list[str] = []
    damaged: list[str] = []
    for sha256, _ in wanted:
        name = f"blobs/{sha256[:2]}/{sha256}"
        try:
            opened = files.path(sha256).open("rb")
        except OSError:
            missing.append(sha256)
            continue
        with opened:
            found, size = _add(archive, name, opened)
        hashes[name] = found
        done += size
        if found != sha256:
            damaged.append(sha256)
        if progress:
            progress(done, total)
    _add_json(archive, _LAST, {"files": hashes, "missing": cast("list[JSON]", missing)})
    return BackedUp(files=len(hashes) - 1, bytes=done, missing=tuple(missing), damaged=tuple(damaged))


@contextmanager
def _copied(database: Path, copy: Path) -> Generator[Path]:
    """A copy of the database as it is at one moment, without what has been deleted or is only on its way."""
    try:
        os.close(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        try:
            with closing(_opened(database)) as source, closing(_opened(copy)) as rows:
                source.backup(rows)
                # One file that is complete by itself, without a write-ahead log beside it.
                rows.execute("pragma journal_mode=delete")
                rows.execute("delete from upload")
                rows.execute("vacuum")
        except sqlite3.Error as error:
            if "full" in str(error):
                raise NoSpace(
                    "There is no room left to copy the studio's database; free some disk space and try again."
                ) from error
            raise NotWritable(
                f"The studio's database cannot be copied ({error}); check the data folder and the backup's folder."
            ) from error
        yield copy
    finally:
        for end in ("", "-journal", "-wal", "-shm"):
            copy.with_name(copy.name + end).unlink(missing_ok=True)


def _opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None, timeout=30)


class _Hashed(io.RawIOBase):
    """A file that is hashed while it is read. What a bad sector took is zeros; the hash will tell."""

    def __init__(self, source: BinaryIO) -> None:
        super().__init__()
        self.source = source
        self.hash = hashlib.sha256()

    def read(self, size: int = -1, /) -> bytes:
        try:
            chunk = self.source.read(size)
        except OSError:
            chunk = b""
            self.source.seek(size, os.SEEK_CUR)
        chunk = chunk.ljust(size, b"\0")
        self.hash.update(chunk)
        return chunk


def _add(archive: tarfile.TarFile, name: str, opened: BinaryIO) -> tuple[str, int]:
    hashed = _Hashed(opened)
    size = os.fstat(opened.fileno()).st_size
    archive.addfile(_header(name, size), cast("BinaryIO", hashed))
    return hashed.hash.hexdigest(), size


def _add_json(archive: tarfile.TarFile, name: str, value: dict[str, JSON]) -> None:
    said = json.dumps(value, indent=1).encode()
    archive.addfile(_header(name, len(said)), io.BytesIO(said))


def _header(name: str, size: int) -> tarfile.TarInfo:
    header = tarfile.TarInfo(name)
    # No owner, no times: who made it and when each photo came is in the database, for who can read that.
    header.size, header.mode = size, 0o600
    return header


# ── back ──


def restore(
    archive: Path, folders: Folders, replace: bool = False, progress: _Progress | None = None
) -> Restored:
    """Put a backup in the place of the data folder: all of it, or nothing.

    Everything is checked in a folder beside it before anything changes. A data folder that is there already is kept
    under another name.

    Args:
        archive: what `backup` wrote.
        folders: the data folder; may not exist yet.
        replace: whether a data folder with something in it may be moved aside.
        progress: called with the bytes read and the bytes there are.

    Raises:
        InputMissing: there is no such archive.
        InputRejected: it is no backup, is damaged, or holds what no backup does.
        DatabaseTooNew: a newer program wrote it.
        Conflict: the data folder holds something, and `replace` is not set.
        StudioInUse: a studio is running there.
        NoSpace, NotWritable: the place cannot be written.
    """
    if not archive.is_file():
        raise InputMissing(f"There is no backup {archive.name} there; check its name and folder.")
    # Where a link leads, or the studio would move to the disk that the link is on.
    root = folders.root.resolve()
    fresh = root.with_name(f".{root.name}.restore")
    with ExitStack() as held:
        try:
            if root.exists():
                if not replace and _holds_something(root):
                    raise Conflict(
                        f"There is a studio in {folders.root} already; restore with --replace to keep that one under "
                        "another name."
                    )
                held.enter_context(sole(Folders(root)))
            fresh.mkdir(mode=0o700, parents=True, exist_ok=True)
            # Two at once would mix; and what one that was killed has left is only in the way.
            held.enter_context(sole(Folders(fresh)))
            try:
                files, size = _unpacked(archive, Folders(fresh), progress)
                if os.name == "nt":
                    held.close()  # A folder with an open file in it cannot be renamed there.
                return Restored(files=files, bytes=size, kept=_put_in_place(fresh, root))
            except BaseException:
                shutil.rmtree(fresh, ignore_errors=True)
                raise
        except OSError as error:
            if isinstance(output_error(error, root), NoSpace):
                raise _no_room(archive) from error
            raise NotWritable(
                f"{archive.name} cannot be restored to {folders.root} ({error.strerror}); check the permissions "
                "of both."
            ) from error


def _unpacked(archive: Path, fresh: Folders, progress: _Progress | None) -> tuple[int, int]:
    """Unpack a backup into a folder and check it. Returns how many contents there are, and their bytes."""
    for path in fresh.root.iterdir():
        if path != fresh.lock:
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    fresh.ensure()
    total = archive.stat().st_size
    if shutil.disk_usage(fresh.root).free < total:
        raise _no_room(archive)
    said = _Said(archive)
    with archive.open("rb") as opened:
        for name, size in _members(opened, said):
            if name in {_FIRST, _LAST}:
                said.json(name, _whole(opened, size, said))
            else:
                said.file(name, _extracted(opened, size, fresh.root / name, said), size)
            if progress:
                progress(opened.tell(), total)
    said.compare()
    _check_database(fresh.database, said)
    for folder in [*fresh.blobs.iterdir(), fresh.blobs, fresh.root]:
        sync_folder(folder)
    return len(said.hashes) - 1, said.bytes


@dataclass(slots=True)
class _Said:
    """What an archive says about itself, and what it holds."""

    archive: Path
    first: dict[str, JSON] = field(default_factory=dict[str, JSON])
    last: dict[str, JSON] = field(default_factory=dict[str, JSON])
    hashes: dict[str, str] = field(default_factory=dict[str, str])
    bytes: int = 0

    def wrong(self, why: str) -> InputRejected:
        return InputRejected(f"{self.archive.name} cannot be restored because {why}; use another backup.")

    def expect(self, name: str) -> None:
        """Refuse a name that no backup has, or has not here."""
        if not self.first and name != _FIRST:
            raise self.wrong("it is no backup of a studio")
        if self.last:
            raise self.wrong("it goes on after its end")
        if name in self.hashes or (self.first and name == _FIRST):
            raise self.wrong(f"it holds {name[:100]!r} twice")
        parts = name.split("/")
        blob = len(parts) == 3 and parts[0] == "blobs" and is_sha256(parts[2]) and parts[1] == parts[2][:2]
        if not blob and name not in {_FIRST, _DATABASE, _LAST}:
            raise self.wrong(f"it holds {name[:100]!r}, which no backup does")

    def json(self, name: str, text: bytes) -> None:
        try:
            value = cast("JSON", json.loads(text))
        except (ValueError, RecursionError) as error:
            raise self.wrong(f"its {name} is damaged") from error
        if not isinstance(value, dict) or not value:
            raise self.wrong(f"its {name} is damaged")
        if name == _LAST:
            self.last = value
            return
        self.first = value
        for key, known in (("format", FORMAT), ("database", VERSION)):
            version = value.get(key)
            if type(version) is not int or version < 1:
                raise self.wrong(f"its {name} is damaged")
            if version > known:
                raise DatabaseTooNew(
                    f"{self.archive.name} was written by a newer Dreamreel ({key} {version}, this program knows "
                    f"{known}); update Dreamreel and restore it then."
                )

    def file(self, name: str, sha256: str, size: int) -> None:
        self.hashes[name] = sha256
        self.bytes += size if name != _DATABASE else 0

    def compare(self) -> None:
        """Refuse what is not exactly what the manifest says."""
        files = self.last.get("files")
        if not isinstance(files, dict) or _DATABASE not in files:
            raise self.wrong("its list of files is damaged")
        for name in sorted(files.keys() | self.hashes.keys()):
            if self.hashes.get(name) != files.get(name):
                what = "is not in its list" if name not in files else "is not what its list says"
                raise self.wrong(f"{name[:100]!r} {what if name in self.hashes else 'is missing'}")


def _members(opened: BinaryIO, said: _Said) -> Iterator[tuple[str, int]]:
    """The names and sizes of an archive's files, up to the end it declares; who asks reads or skips nothing else.

    A header is one block and says everything. Python's reader would follow links, long names and extended headers,
    and a negative size, for who asks it to (CVE-2007-4559, CVE-2025-8194); here these are not backups.
    """
    while True:
        block = opened.read(_BLOCK)
        try:
            header = tarfile.TarInfo.frombuf(block, "ascii", "surrogateescape")
        except tarfile.HeaderError as error:
            if len(block) == _BLOCK and not any(block):
                break
            why = "it ends early or is damaged" if said.first else "it is no backup of a studio"
            raise said.wrong(why) from error
        if header.type != tarfile.REGTYPE or header.linkname or header.size < 0:
            said.expect(header.name)
            raise said.wrong(f"{header.name[:100]!r} in it is no plain file")
        said.expect(header.name)
        after = opened.tell() + -(-header.size // _BLOCK) * _BLOCK
        yield header.name, header.size
        opened.seek(after)
    if not said.last:
        raise said.wrong("it ends early or is damaged")


def _whole(opened: BinaryIO, size: int, said: _Said) -> bytes:
    text = opened.read(size) if size <= _LONGEST_JSON else b""
    if len(text) != size:
        raise said.wrong("it ends early or is damaged")
    return text


def _extracted(opened: BinaryIO, size: int, path: Path, said: _Said) -> str:
    """Write one file and make it last; returns its hash."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    found = hashlib.sha256()
    with os.fdopen(os.open(path, flags, 0o600), "wb") as written:
        while size:
            chunk = opened.read(min(size, CHUNK))
            if not chunk:
                raise said.wrong("it ends early or is damaged")
            found.update(chunk)
            written.write(chunk)
            size -= len(chunk)
        written.flush()
        os.fsync(written.fileno())
    return found.hexdigest()


def _check_database(path: Path, said: _Said) -> None:
    """Refuse a database that is damaged, has other tables than this program makes, or lacks contents."""
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)) as rows:
            rows.execute("pragma trusted_schema=off")
            version = int(rows.execute("pragma user_version").fetchone()[0])
            if version != said.first["database"]:
                raise said.wrong("its database is of another version than it says")
            # A trigger or a view in there would be run by the studio later.
            if _schema(rows) != _own_schema(version):
                raise said.wrong("its database has other tables than a studio's")
            if rows.execute("pragma quick_check(1)").fetchone()[0] != "ok":
                raise said.wrong("its database is damaged")
            wanted = [row[0] for row in rows.execute("select distinct sha256 from item")]
    except sqlite3.Error as error:
        raise said.wrong("its database is damaged") from error
    missing = said.last.get("missing")
    known = {str(name) for name in missing} if isinstance(missing, list) else set[str]()
    for sha256 in wanted:
        if not isinstance(sha256, str) or not is_sha256(sha256):
            raise said.wrong("its database is damaged")
        if f"blobs/{sha256[:2]}/{sha256}" not in said.hashes and sha256 not in known:
            raise said.wrong("contents that its items need are not in it")


def _schema(rows: sqlite3.Connection) -> list[tuple[str, str, str | None]]:
    return rows.execute("select type, name, sql from sqlite_master order by type, name").fetchall()


def _own_schema(version: int) -> list[tuple[str, str, str | None]]:
    """The tables as this program makes them."""
    with closing(sqlite3.connect(":memory:")) as rows:
        for statements in MIGRATIONS[:version]:
            for statement in statements:
                rows.execute(statement)
        return _schema(rows)


def _put_in_place(fresh: Path, root: Path) -> Path | None:
    """Rename the checked folder into place; what was there gets another name, which is returned if it held anything."""
    aside = None
    if root.exists():
        aside = root.with_name(f"{root.name}-{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(2)}")
        root.rename(aside)
    try:
        fresh.rename(root)
    except OSError:
        if aside is not None:
            aside.rename(root)
        raise
    sync_folder(root.parent)
    if aside is not None and not _holds_something(aside):
        shutil.rmtree(aside, ignore_errors=True)
        return None
    return aside


def _holds_something(root: Path) -> bool:
    """Whether a data folder has files in it that mean something; a studio that never was used has none."""
    if not root.is_dir():
        return True
    return any(
        path.name not in {"lock", "token"}
        for path in root.rglob("*")
        if path.is_symlink() or not path.is_dir()
    )


def _no_room(archive: Path) -> NoSpace:
    return NoSpace(f"There is no room left to restore {archive.name}; free some disk space and try again.")
