"""The floor of the dream benchmark: the very frames of a dream, held in memory, encoded alone.

Draws the frames (not timed), says `ready`, then encodes them once for each line read and answers with two numbers: wall
and processor seconds. The encoder is Dreamreel's own with its settings, x264 medium at CRF 18, and all cores.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from fractions import Fraction
from pathlib import Path

import av

from dreamreel.graph import Recipe
from dreamreel.media.encode import VideoSegmentWriter
from dreamreel.ops import load_recipe, op_of
from dreamreel.ops.generate import Generate, painter
from dreamreel.render.plan import make_plan
from dreamreel.render.target import Target

__all__ = ["main"]


def _drawn(recipe: Recipe) -> list[av.VideoFrame]:
    op = op_of(recipe.main)
    assert isinstance(op, Generate)
    artist = painter(op)
    return [artist.frame(n) for n in range(int(op.duration * op.fps))]


def main(path: str) -> None:
    """Serve the recipe at `path` until standard input ends."""
    recipe = load_recipe(Path(path).read_text(encoding="utf-8"))
    settings = make_plan(recipe.main, Path("floor.mp4"), Target()).settings
    assert settings is not None
    assert (settings.codec, settings.preset, settings.crf, settings.threads) == ("h264", "medium", 18, 0)
    frames, step = _drawn(recipe), 1 / settings.nominal_rate
    print("ready", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        for _ in sys.stdin:
            wall, cpu = time.perf_counter(), time.process_time()
            with VideoSegmentWriter(Path(folder) / "floor.mp4", settings) as writer:
                for n, frame in enumerate(frames):
                    writer.write(frame, Fraction(n) * step, step)
            print(json.dumps([time.perf_counter() - wall, time.process_time() - cpu]), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
