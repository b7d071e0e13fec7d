"""Finished segments, found again by what they are: after a crash, in another process, in another render.

    key = digest of (tree, span, encoder settings, contents of the sources, engine version)

    home/segments/ab/abcdef….mp4     the segment, put there by a rename
                    abcdef….json     its facts, written last: a segment without them does not exist

Everything in here may be deleted at any time; it costs time, never data.
"""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from dreamreel.graph import JSON
from dreamreel.media.atomic import atomic_write

__all__ = ["Entry", "Store", "home"]

_MAX_BYTES = 20 * 2**30
_MAX_AGE = 14 * 86_400
_STALE = 86_400


def home() -> Path:
    """Where segments are kept: `$DREAMREEL_HOME`, else the user's cache folder."""
    if given := os.environ.get("DREAMREEL_HOME"):
        return Path(given)
    import platformdirs

    return Path(platformdirs.user_cache_dir("dreamreel", appauthor=False))


@dataclass(frozen=True, slots=True)
class Entry:
    """A finished segment."""

    path: Path
    """The media file; does not exist when there are no frames."""
    frames: int
    """Frames in it, or samples of sound."""
    first: Fraction
    """When its first frame is shown, in seconds of the output."""
    damage: tuple[str, ...] = ()
    """Pictures of its sources that could not be decoded, as `frames.Room` notes them; some may be of the segments
    beside it.
    """


class Store:
    """The segments in one folder. Any number of processes may use it at once."""

    def __init__(self, root: Path | None = None) -> None:
        self.root = (root or home()) / "segments"

    def path(self, key: str, suffix: str) -> Path:
        """Where the segment `key` belongs; its folder exists afterwards."""
        folder = self.root / key[:2]
        # Private, because these are people's pictures.
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return folder / f"{key}{suffix}"

    def find(self, key: str, suffix: str) -> Entry | None:
        """The finished segment `key`, or None."""
        path = self.path(key, suffix)
        try:
            facts = json.loads(path.with_suffix(".json").read_bytes())
            damage = tuple(str(one) for one in facts.get("damage", ()))
            entry = Entry(path, int(facts["frames"]), Fraction(facts["first"]), damage)
            if entry.frames and path.stat().st_size != facts["bytes"]:
                return None
            os.utime(path.with_suffix(".json"))
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return entry

    def record(self, entry: Entry) -> Entry:
        """Declare a segment finished; its media file is in place already."""
        size = entry.path.stat().st_size if entry.frames else 0
        facts: dict[str, JSON] = {"frames": entry.frames, "first": str(entry.first), "bytes": size}
        if entry.damage:
            facts["damage"] = list(entry.damage)
        with atomic_write(entry.path.with_suffix(".json")) as part:
            part.write_text(json.dumps(facts), encoding="ascii")
        return entry

    def sweep(self, max_bytes: int = _MAX_BYTES, max_age: float = _MAX_AGE) -> int:
        """Delete parts of dead renders, then segments unused for `max_age` seconds, then the least recently used
        until `max_bytes` are left. Returns the number of bytes freed.
        """
        freed, now = 0, time.time()
        kept: list[tuple[float, int, Path]] = []
        for path in sorted(self.root.glob("*/*")) if self.root.is_dir() else []:
            used, size = _facts(path)
            if path.suffix == ".part":
                freed += _delete(path, size) if now - used > _STALE else 0
            elif path.suffix == ".json":
                media = [item for item in path.parent.glob(f"{path.stem}.*") if item.suffix != ".json"]
                kept.append((used, sum(_facts(item)[1] for item in media), path))
            elif not path.with_suffix(".json").exists() and now - used > _STALE:
                freed += _delete(path, size)
        total = sum(size for _, size, _ in kept)
        for used, size, facts in sorted(kept):
            if now - used > max_age or total > max_bytes:
                total -= size
                freed += size
                for item in facts.parent.glob(f"{facts.stem}.*"):
                    item.unlink(missing_ok=True)
        return freed


def _facts(path: Path) -> tuple[float, int]:
    """When a file was last used and how large it is; long ago and empty when it has just gone."""
    try:
        facts = path.stat()
    except OSError:
        return 0.0, 0
    return facts.st_mtime, facts.st_size


def _delete(path: Path, size: int) -> int:
    path.unlink(missing_ok=True)
    return size
