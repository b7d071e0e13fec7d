"""A studio with a real photo in it, for tests: scikit-image's astronaut (NASA, public domain); tiny dreams of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image
from skimage import data

from dreamreel.studio.config import Folders
from dreamreel.studio.items import Item
from dreamreel.studio.ledger import Job
from dreamreel.studio.service import Studio

__all__ = ["astronaut", "eventually", "form", "new_studio", "taken_in"]

PATIENCE = 90.0
"""Seconds that a busy machine may need for what takes two."""


def astronaut(path: Path, side: int = 512) -> Path:
    """The photo as a file."""
    picture = Image.fromarray(data.astronaut())
    picture.resize((side, side)).save(path)
    return path


def new_studio(home: Path) -> Studio:
    """A studio in an empty folder; its jobs wait until `open`."""
    return Studio(Folders(home / "studio"))


def taken_in(studio: Studio, photo: Path) -> Item:
    """Upload a photo and have it looked at."""
    contents = photo.read_bytes()
    upload = studio.uploads.create(photo.name, len(contents), None)
    studio.uploads.append(upload.id, 0, [contents])
    return studio.take_in(upload.id)


def form(photo: str, **more: Any) -> dict[str, Any]:
    """A dream that takes a second or two: small and short."""
    return {
        "photo": photo, "dream": "two sheep and a moon", "resolution": "128x128", "fps": 6, "duration": 1, "seed": 7,
        **more,
    }  # fmt: skip


def long_form(photo: str) -> dict[str, Any]:
    """A dream with many segments, for stopping in the middle."""
    return form(photo, duration=24, fps=24, resolution="256x256")


def eventually(found: Callable[[], Any], what: str = "it") -> Any:
    """Wait until `found` gives something true, and return it."""
    ended = time.monotonic() + PATIENCE
    pause = threading.Event()
    while time.monotonic() < ended:
        if value := found():
            return value
        pause.wait(0.05)
    raise AssertionError(f"{what} did not happen within {PATIENCE:.0f} s")


def ended(studio: Studio, job: Job) -> Job:
    """Wait for the end of a job."""

    def look() -> Job | None:
        now = studio.ledger.get(job.id)
        return now if now.state in ("done", "failed", "cancelled") else None

    return eventually(look, "the job's end")


def segments(home: Path) -> int:
    """How many finished segments are kept."""
    return len(list((home / "segments").glob("*/*.json")))
