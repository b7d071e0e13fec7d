"""Files that are complete or absent: written beside their place, synced, then renamed into it.

    atomic_write("a.mp4") ──► .a.mp4.<token>.part ──fsync──► os.replace ──► a.mp4 ──fsync of the folder
                                    └─ any error, Ctrl-C: removed

May touch the file system only; knows nothing about media.
"""

from __future__ import annotations

import errno
import os
import secrets
import tempfile
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path

from dreamreel.errors import DreamreelError, NoSpace, NotWritable

__all__ = ["atomic_write", "check_absent", "check_writable", "output_error"]

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_REFUSED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOENT, errno.ENOTDIR, errno.EISDIR})


@contextmanager
def atomic_write(path: Path) -> Generator[Path]:
    """A temporary `.part` path in the folder of `path`; on leaving it becomes `path`, on any error it is removed.

    The part never has the final name, so a reader sees the old file, the new one, or none. Raises `NoSpace` when the
    disk is full and `NotWritable` when the folder is missing or refuses.
    """
    part = path.with_name(f".{path.name[:100]}.{secrets.token_hex(4)}.part")
    try:
        yield part
        _sync(part, os.O_RDWR)
        Path(part).replace(path)
        if os.name == "posix":
            _sync(path.parent, os.O_RDONLY)
    except BaseException as error:
        _let_go(part)
        part.unlink(missing_ok=True)
        if isinstance(error, Exception) and (told := output_error(error, path)):
            raise told from error
        raise


def check_absent(paths: Iterable[Path]) -> None:
    """Raises `NotWritable` for the first that exists."""
    for path in paths:
        if path.exists():
            raise NotWritable(f"{path.name} exists already; give another name, or --yes to replace it.")


def check_writable(path: Path) -> None:
    """Raise `NotWritable` or `NoSpace` now, before work starts, when `path` could not be created later."""
    if path.is_dir():
        raise NotWritable(f"{path.name or path} is a folder; give a file name to write to.")
    try:
        # A real file, because permission bits say nothing about read-only mounts and nothing to an administrator.
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".dreamreel-"):
            return
    except OSError as error:
        raise output_error(error, path) or NotWritable(
            f"{path.name} cannot be written: {error.strerror}."
        ) from error


def output_error(error: Exception, path: Path) -> DreamreelError | None:
    """What the user is told about a failed write, or None when the error is not about the disk.

    FFmpeg's errors carry the same `errno` as those of Python.
    """
    number = getattr(error, "errno", None)
    if isinstance(error, DreamreelError) or number is None:
        return None
    if number in _FULL:
        return NoSpace(
            f"There is no room left to write {path.name}; free some disk space or choose another folder."
        )
    if number in _REFUSED:
        folder = path.parent.name or str(path.parent)
        missing = not path.parent.is_dir()
        why = "does not exist" if missing else "does not allow writing"
        way = "create it" if missing else "choose another one"
        return NotWritable(
            f"{path.name} cannot be written because the folder {folder} {why}; {way} and try again."
        )
    return None


def _let_go(part: Path) -> None:
    """Close what is left open of a failed part: PyAV keeps the file whose header FFmpeg refused (PyAV 18.1)."""
    handles = Path("/proc/self/fd")
    if not handles.is_dir():
        return
    for handle in handles.iterdir():
        try:
            if handle.readlink() == part.absolute():
                os.close(int(handle.name))
        except OSError:  # Closed meanwhile.
            continue


def _sync(path: Path, flags: int) -> None:
    handle = os.open(path, flags)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
