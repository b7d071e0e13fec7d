"""Which studio is meant, and what lets in: what was given, the environment, or the studio of this user's data folder.

data folder ─ address   written while a studio runs     $DREAMREEL_STUDIO         an address elsewhere
              token     what lets in there, only there  $DREAMREEL_STUDIO_TOKEN   what lets in there
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from dreamreel.errors import StudioUnavailable
from dreamreel.studio._wire import checked_address
from dreamreel.studio.config import data_folder

__all__ = ["located"]


def located(address: str | None, token: str | None) -> tuple[str, str]:
    """An address and its token.

    Raises:
        StudioUnavailable: no studio is running, or its token is not known.
        BadParameter: the address is none.
    """
    folder = data_folder()
    given = address or os.environ.get("DREAMREEL_STUDIO") or None
    key = token or os.environ.get("DREAMREEL_STUDIO_TOKEN") or None
    own = _running(folder)
    if given is None and own is None:
        raise StudioUnavailable(
            f"No studio is running on the data folder {folder}; start one with `dreamreel studio`."
        )
    where = checked_address(given or own or "")
    if key is None and own is not None and where == checked_address(own):
        key = _read(folder / "token")
    if not key:
        raise StudioUnavailable(
            f"The token of the studio at {where} is not known; set DREAMREEL_STUDIO_TOKEN to the one in the address "
            "that the studio shows."
        )
    return where, key


def _running(folder: Path) -> str | None:
    """The address that a running studio wrote into its data folder; None when there is none, or it has died."""
    address = _read(folder / "address")
    pid = _read(folder / "lock") or ""
    if address is None or os.name != "posix" or not pid.isdecimal():
        return address
    try:
        # A token must not be shown to whoever listens now where a studio was killed.
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return None
    except OSError:
        return address
    return address


def _read(path: Path) -> str | None:
    with suppress(OSError, UnicodeDecodeError):
        return path.read_text(encoding="ascii").strip() or None
    return None
