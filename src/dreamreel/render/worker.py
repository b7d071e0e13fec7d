"""A worker process: reads what to render from standard input, line by line, and renders it into the store.

    ← {"pid": 4711}                                  only from a twin: who it is
    → {"recipe": …, "out": "a.mp4", "target": …, "sound_key": …}   first line
    → {"segment": 3}                                 then, one at a time
    ← {"drawn": 12}                                  frames since the last message
    ← {"done": 30, "first": "15/2", "damage": []}    the segment is in the store
    ← {"error": "NoSpace", "message": …}             a sentence for the user; the worker ends

It ends with its standard input, so it never outlives the render that started it by more than a few frames.
"""

from __future__ import annotations

import importlib
import json
import math
import os
import signal
import sys
import time
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import IO, cast

from dreamreel.errors import DreamreelError, RenderFailed
from dreamreel.graph import JSON, FrozenJSON, freeze
from dreamreel.machine import return_memory
from dreamreel.ops import load_recipe
from dreamreel.ops.params import from_params
from dreamreel.render.pipeline import encode_segments
from dreamreel.render.plan import Plan, Segment, make_plan
from dreamreel.render.store import Entry, Store
from dreamreel.render.target import Target
from dreamreel.render.threads import Cancel

__all__ = ["main"]


class _Voice:
    """The way back, kept apart from standard output, onto which libraries may print."""

    def __init__(self) -> None:
        self._out: IO[str] = os.fdopen(os.dup(1), "w", encoding="utf-8")
        os.dup2(2, 1)
        self._drawn, self._last = 0, time.monotonic()

    def say(self, message: dict[str, JSON]) -> None:
        """Send one message; a reader that has gone ends the process."""
        try:
            self._out.write(json.dumps(message) + "\n")
            self._out.flush()
        except BrokenPipeError:
            # The render that asked is gone. Not sys.exit: encoder threads must not finish a segment nobody waits for.
            os._exit(1)

    def drawn(self, frames: int) -> None:
        """Count frames, and tell five times a second."""
        self._drawn += frames
        if (now := time.monotonic()) - self._last >= 0.2:
            self.flush()
            self._last = now

    def flush(self) -> None:
        """Tell the frames counted so far."""
        self.say({"drawn": self._drawn})
        self._drawn = 0


def _planned(line: str) -> Plan:
    job = json.loads(line)
    recipe = load_recipe(json.dumps(job["recipe"]))
    # One encoder thread: the other cores have workers of their own.
    target = replace(from_params(Target, cast("Mapping[str, FrozenJSON]", freeze(job["target"]))), threads=1)
    plan = make_plan(recipe.main, Path(job["out"]), target)
    if plan.sound_key != job["sound_key"]:
        # Keys hold the drawing code's digest: this process loaded another version than the one that planned.
        raise RenderFailed("Dreamreel was updated while it was drawing; run the same again.")
    return plan


def _load() -> None:
    """Load what drawing needs, while the parent still looks at the photo; the other cores have workers of their own."""
    import cv2

    for name in ("dreamreel.dream.painter", "dreamreel.dream.prompt", "dreamreel.media.images"):
        importlib.import_module(name)
    cv2.setNumThreads(1)


def _fork(ends: Sequence[int]) -> bool:
    """Fork a twin for each pair of pipe ends (to read from, to write to); True in a twin.

    Nothing has been read and no thread has been started yet, which is what makes forking safe.
    """
    if not ends:
        return False
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # Nobody here waits for twins; the system reaps them.
    for read, write in zip(ends[::2], ends[1::2], strict=True):
        if os.fork() == 0:
            os.dup2(read, 0)
            os.dup2(write, 1)
            _close(ends)
            return True
    _close(ends)
    return False


def _close(ends: Sequence[int]) -> None:
    for end in ends:
        os.close(end)


def main() -> int:
    """Serve until standard input ends. Returns the exit code."""
    # Ctrl-C goes to the whole terminal group; the parent decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _load()
    twin = _fork([int(end) for end in sys.argv[1:]])
    voice, store = _Voice(), Store()
    if twin:
        voice.say({"pid": os.getpid()})
    try:
        first = sys.stdin.readline()
        if not first:
            return 0
        plan = _planned(first)
        for line in sys.stdin:
            _render(plan, int(json.loads(line)["segment"]), store, voice)
    except DreamreelError as error:
        voice.say({"error": type(error).__name__, "message": str(error)})
        return error.exit_code
    except Exception as error:  # noqa: BLE001 - a bug must reach the user as a sentence
        traceback.print_exc()
        sentence = f"drawing failed ({type(error).__name__}: {error}); please report it."
        voice.say({"error": "RenderFailed", "message": sentence})
        return 1
    return 0


def _render(plan: Plan, number: int, store: Store, voice: _Voice) -> None:
    if plan.picture is None or plan.settings is None:
        raise RenderFailed("a worker was asked for pictures of a sound file; this is a bug in the plan.")

    def finished(segment: Segment, entry: Entry) -> None:
        del segment
        voice.flush()
        voice.say({"done": entry.frames, "first": str(entry.first), "damage": list(entry.damage)})

    segment, rate = plan.segments[number], plan.settings.nominal_rate
    left = math.ceil(segment.span.end * rate) - math.ceil(segment.span.start * rate)

    def drawn(frames: int) -> None:
        nonlocal left
        voice.drawn(frames)
        left -= frames
        if left <= 0:
            # Only the encoder still works, and now it takes most: what painting has freed is its to have.
            return_memory()

    encode_segments(plan.picture, plan.settings, [segment], store, Cancel(), drawn, finished, depth=3)


if __name__ == "__main__":
    sys.exit(main())
