"""A little room that is kept for writing down that there is none.

A full disk also stops the database, in which the job that filled it should say what it waits for.
"""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Final

__all__ = ["Reserve"]

SIZE: Final = 2**21
_PLENTY: Final = 16 * SIZE


class Reserve:
    """A file that takes room until it is needed."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def keep(self) -> None:
        """Take the room, unless there is little."""
        with suppress(OSError):
            if not self._path.exists() and shutil.disk_usage(self._path.parent).free > _PLENTY:
                handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with os.fdopen(handle, "wb") as file:
                    # Real bytes: a file with a hole takes none.
                    file.write(os.urandom(SIZE))

    def give(self) -> None:
        """Give the room back to whoever has something to write now."""
        with suppress(OSError):
            self._path.unlink(missing_ok=True)
