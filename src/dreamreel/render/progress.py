"""Progress: one schema for the terminal, `--json`, the web page and Python callbacks."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from dreamreel.graph import JSON

__all__ = ["Event", "Finished", "Listener", "Meter", "Stage"]

Stage = Literal["plan", "measure", "sound", "picture", "photo", "join", "done"]


@dataclass(frozen=True, slots=True)
class Event:
    """Where a render stands."""

    stage: Stage
    frame: int = 0
    """Frames finished, those found in the store included; of a photo thousandths."""
    frames: int = 0
    """Frames in all."""
    fps: float = 0.0
    """Frames per second of this run so far; 0 before the first."""
    eta: float | None = None
    """Seconds left, or None while unknown."""
    segment: int = 0
    """Segments finished, those found in the store included."""
    segments: int = 0
    message: str = ""
    """A sentence for people, or empty."""
    concealed: int = 0
    """Pictures of the sources that could not be decoded, so that others stand in; those of finished segments."""

    def as_json(self) -> dict[str, JSON]:
        """Plain JSON values, for a line of `--json`."""
        return asdict(self)


Listener = Callable[[Event], None]
Finished = Callable[[Path], None]
"""Called with the file of each segment of the picture when it is finished or found; its frames can be decoded."""


class Meter:
    """Turns counted frames into events, at most ten a second. One thread at a time may use it."""

    def __init__(
        self, frames: int, segments: int, listener: Listener | None, finished: Finished | None = None
    ) -> None:
        self._frames, self._segments, self._listener = frames, segments, listener
        self._told = finished
        self._found = self._done = self._finished = 0
        self._damage: set[str] = set()
        self._start = time.monotonic()
        self._last = 0.0

    def found(self, frames: int, file: Path, damage: Iterable[str] = ()) -> None:
        """A segment of `frames` was in the store already; `damage` as in `segment`."""
        self._found += frames
        self._finish(frames, file, damage)

    def damaged(self, damage: Iterable[str]) -> None:
        """These pictures of the sources could not be decoded; each counts once."""
        self._damage.update(damage)

    def drawn(self, frames: int = 1) -> None:
        """`frames` more were made now."""
        self._done += frames
        now = time.monotonic()
        if now - self._last >= 0.1:
            self._last = now
            self.tell("picture")

    def segment(self, frames: int, file: Path, damage: Iterable[str] = ()) -> None:
        """A segment of `frames` was finished now; `damage` names pictures of the sources that could not be decoded."""
        self._finish(frames, file, damage)
        self.tell("picture")

    def _finish(self, frames: int, file: Path, damage: Iterable[str]) -> None:
        self._finished += 1
        self.damaged(damage)
        if self._told is not None and frames:
            self._told(file)

    def tell(self, stage: Stage, message: str = "") -> None:
        """Send an event now."""
        if self._listener is None:
            return
        spent = time.monotonic() - self._start
        fps = self._done / spent if spent > 0 else 0.0
        left = self._frames - self._found - self._done
        eta = 0.0 if left <= 0 else left / fps if fps else None
        done = min(self._frames, self._found + self._done)
        self._listener(Event(stage, done, self._frames, fps, eta, self._finished, self._segments, message,
                             len(self._damage)))  # fmt: skip
