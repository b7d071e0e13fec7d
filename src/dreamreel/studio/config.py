"""Where a studio keeps things, who has it open, and what its owner chose.

    data folder ─ studio.db   items, jobs, events, settings        blobs/    contents by their hash
                  token       who may speak to the studio          thumbs/   small pictures of them
                  lock        the process that has it open         uploads/  files on their way in
                                                                   work/     a folder for each running job

Everything is private to its owner: folders 0700, files 0600. The folder must be on a local disk: the database's
write-ahead log is shared memory, which network file systems do not share.
"""

from __future__ import annotations

import errno
import json
import os
import re
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final, cast

from dreamreel.errors import BadParameter, NoSpace, NotWritable, StudioInUse
from dreamreel.graph import JSON
from dreamreel.media.atomic import output_error
from dreamreel.studio.database import Database

__all__ = ["LANGUAGES", "THEMES", "Chosen", "Folders", "Settings", "data_folder", "network_disk", "sole"]

LANGUAGES: Final = ("auto", "en", "es", "fr", "de", "pt", "zh", "ja")
THEMES: Final = ("auto", "light", "dark", "contrast")

_REMOTE: Final = frozenset({
    "9p", "afs", "afpfs", "beegfs", "ceph", "cifs", "davfs", "drvfs", "gfs2", "glusterfs", "gpfs", "lustre", "ncpfs",
    "nfs", "nfs4", "ocfs2", "orangefs", "pvfs2", "smb2", "smb3", "smbfs", "fuse.ceph", "fuse.davfs2", "fuse.glusterfs",
    "fuse.goofys", "fuse.gvfsd-fuse", "fuse.juicefs", "fuse.rclone", "fuse.s3fs", "fuse.sshfs",
    "fuse.smbnetfs", "fuse.curlftpfs",
})  # fmt: skip
"""File systems whose files other machines change too; as /proc/mounts names them. 9p: the drives of Windows in WSL."""


def data_folder() -> Path:
    """Where the studio's data are: `$DREAMREEL_HOME/studio`, else in the user's data folder."""
    if given := os.environ.get("DREAMREEL_HOME"):
        return Path(given) / "studio"
    import platformdirs

    return Path(platformdirs.user_data_dir("dreamreel", appauthor=False)) / "studio"


@dataclass(frozen=True, slots=True)
class Folders:
    """A data folder and the places in it."""

    root: Path

    @property
    def database(self) -> Path:
        """The database file."""
        return self.root / "studio.db"

    @property
    def token(self) -> Path:
        """The file with the token of the studio that is running."""
        return self.root / "token"

    @property
    def lock(self) -> Path:
        """The file that is locked while a studio runs."""
        return self.root / "lock"

    @property
    def blobs(self) -> Path:
        """Contents by their hash."""
        return self.root / "blobs"

    @property
    def thumbs(self) -> Path:
        """What was made from contents to look at."""
        return self.root / "thumbs"

    @property
    def uploads(self) -> Path:
        """Files on their way in."""
        return self.root / "uploads"

    @property
    def work(self) -> Path:
        """What running jobs write, a folder each."""
        return self.root / "work"

    def ensure(self) -> None:
        """Make all folders, private to their owner.

        Raises:
            NotWritable: the place does not allow writing, or is on a network file system.
            NoSpace: the disk is full.
        """
        if (kind := network_disk(self.root)) is not None:
            raise NotWritable(
                f"The studio's data folder {self.root} is on a network file system ({kind}), where its database would "
                "break; set DREAMREEL_HOME to a folder on a local disk."
            )
        try:
            self.root.parent.mkdir(parents=True, exist_ok=True)
            for folder in (self.root, self.blobs, self.thumbs, self.uploads, self.work):
                folder.mkdir(mode=0o700, exist_ok=True)
                if os.name == "posix" and folder.stat().st_mode & 0o077:
                    folder.chmod(0o700)
            # A real file, because permission bits say nothing about read-only mounts.
            with tempfile.NamedTemporaryFile(dir=self.root, prefix=".dreamreel-"):
                pass
        except OSError as error:
            raise _refused(error, self.root) from error


def network_disk(path: Path, mounts: str | None = None) -> str | None:
    """The kind of network file system that a path is, or would be, on; None for a local one, or when unknown.

    Args:
        path: may not exist yet.
        mounts: the text of /proc/mounts; read from there when None, and empty where there is none.
    """
    if mounts is None:
        mounts = ""
        with suppress(OSError):
            mounts = Path("/proc/mounts").read_text(encoding="utf-8", errors="surrogateescape")
    real, best, kind = path.resolve(), Path(), ""
    for mount in mounts.splitlines():
        parts = mount.split(" ")
        if len(parts) < 3:
            continue
        # Blanks, tabs, line ends and backslashes in a folder's name are octal there.
        place = Path(re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), parts[1]))
        # Of two mounts on one place the later hides the earlier.
        if real.is_relative_to(place) and len(place.parts) >= len(best.parts):
            best, kind = place, parts[2]
    if kind == "9p" and best == Path("/"):
        return None  # A sandbox's own root (gVisor), which nobody shares.
    return kind if kind in _REMOTE else None


@contextmanager
def sole(folders: Folders) -> Generator[None]:
    """Be the only studio in a data folder that exists, until the block ends or the process dies, however it dies.

    Raises:
        StudioInUse: another process has it open; the sentence names it.
        NotWritable: the lock file cannot be written.
    """
    try:
        # Never deleted: a process waiting for the old file and one with a new file would both be alone.
        handle = os.open(folders.lock, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise _refused(error, folders.root) from error
    try:
        if not _locked(handle):
            raise StudioInUse(
                f"A studio is using the data folder {folders.root} already ({_owner(handle)}); use that one, or "
                "stop it first."
            )
        try:
            os.ftruncate(handle, 0)
            os.write(handle, str(os.getpid()).encode())
        except OSError as error:
            raise _refused(error, folders.root) from error
        yield
    finally:
        os.close(handle)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What the owner of a studio chose; the defaults are what nobody has chosen yet."""

    language: str = "auto"
    """"auto": the browser's."""
    theme: str = "auto"
    """"auto": the system's."""
    tour_done: bool = False
    concurrency: int = 0
    """Jobs at a time; 0: what the machine allows."""
    trash_days: int = 30
    """How long the trash is kept; 0: for ever."""
    upload_max: int = 20 * 10**9
    """Bytes of the largest file that is taken in."""


_WORDS: Final = {"language": LANGUAGES, "theme": THEMES}
_RANGES: Final = {"concurrency": (0, 64), "trash_days": (0, 3650), "upload_max": (10**6, 10**13)}
_NAMES: Final = tuple(field.name for field in fields(Chosen))


class Settings:
    """The owner's settings, in the database. Whether the queue is paused is the ledger's to say."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self) -> Chosen:
        """What is chosen. What another version wrote and this one does not understand is as if nobody had chosen."""
        with self._database.read() as rows:
            found = rows.execute("select name, value from setting").fetchall()
        kept: dict[str, JSON] = {}
        for row in found:
            with suppress(ValueError, BadParameter):
                kept[row["name"]] = _checked(row["name"], cast("JSON", json.loads(row["value"])))
        return _chosen(kept)

    def change(self, **wanted: JSON) -> Chosen:
        """Choose what is given, all or nothing, and leave the rest.

        Raises:
            BadParameter: an unknown name, or a value outside its range.
        """
        stored = [(name, json.dumps(_checked(name, value))) for name, value in wanted.items()]
        with self._database.write() as rows:
            rows.executemany(
                "insert into setting (name, value) values (?, ?) "
                "on conflict (name) do update set value = excluded.value",
                stored,
            )
            return self.get()


def _chosen(kept: dict[str, JSON]) -> Chosen:
    usual = Chosen()
    return Chosen(
        language=cast("str", kept.get("language", usual.language)),
        theme=cast("str", kept.get("theme", usual.theme)),
        tour_done=cast("bool", kept.get("tour_done", usual.tour_done)),
        concurrency=cast("int", kept.get("concurrency", usual.concurrency)),
        trash_days=cast("int", kept.get("trash_days", usual.trash_days)),
        upload_max=cast("int", kept.get("upload_max", usual.upload_max)),
    )


def _checked(name: str, value: JSON) -> JSON:
    if name not in _NAMES:
        raise BadParameter(f"There is no setting {name!r}; use one of: {', '.join(_NAMES)}.")
    if name in _WORDS:
        if value not in _WORDS[name]:
            raise BadParameter(
                f"The setting {name} cannot be {value!r}; use one of: {', '.join(_WORDS[name])}."
            )
    elif name in _RANGES:
        least, most = _RANGES[name]
        # Not isinstance: true is an integer to Python, and not to anybody else.
        if type(value) is not int or not least <= value <= most:
            raise BadParameter(
                f"The setting {name} cannot be {value!r}; use a whole number from {least} to {most}."
            )
    elif not isinstance(value, bool):
        raise BadParameter(f"The setting {name} cannot be {value!r}; use true or false.")
    return value


def _locked(handle: int) -> bool:
    """Take the lock, or say that somebody has it. The system gives it back when the process ends."""
    try:
        if sys.platform == "win32":
            import msvcrt

            # Far behind the process id, which others must be able to read.
            os.lseek(handle, 2**20, os.SEEK_SET)
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
            os.lseek(handle, 0, os.SEEK_SET)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in {errno.EACCES, errno.EAGAIN, errno.EDEADLK}:
            return False
        raise NotWritable(
            f"The studio's data folder cannot be locked ({error.strerror}); set DREAMREEL_HOME to a folder on a "
            "local disk."
        ) from error
    return True


def _owner(handle: int) -> str:
    """The process that has the lock; it may be between taking it and writing its number."""
    with suppress(OSError, ValueError):
        os.lseek(handle, 0, os.SEEK_SET)
        return f"process {int(os.read(handle, 20))}"
    return "a process that is just starting"


def _refused(error: OSError, folder: Path) -> NoSpace | NotWritable:
    if isinstance(output_error(error, folder / "studio.db"), NoSpace):
        return NoSpace(
            "There is no room left for the studio's data folder; free some disk space and try again."
        )
    return NotWritable(
        f"The studio's data folder {folder} cannot be written ({error.strerror}); check its permissions, or set "
        "DREAMREEL_HOME to another folder."
    )
