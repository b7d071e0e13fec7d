"""Cutting a long film against encoding it again with the `ffmpeg` command, exact to the frame or not."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import videos
from pairs import Cost, Row, command, compare, environment, ours

__all__ = ["cutting"]

_LOOPS, _QUICK_LOOPS = 30, 6
_START, _RATE = Fraction(1003, 30), 30
"""Inside a group of pictures, 33.43 s in."""
_ENCODE = ("-c:v", "libx264", "-preset", "medium", "-crf", "18", "-c:a", "copy")


def cutting(folder: Path, pairs: int, quick: bool) -> Iterator[Row]:
    """Ten minutes of 1080p (two when `quick`), of which all but the two ends are kept."""
    film = _film(folder, _QUICK_LOOPS if quick else _LOOPS)
    end = Fraction(_frames(film) - 551, _RATE)
    made, theirs = folder / "cut.mp4", folder / "cut-theirs.mp4"

    def cut() -> Cost:
        made.unlink(missing_ok=True)
        return command(
            ours("cut", film, f"{_START}-{end}", "-o", made, "--yes"), environment(folder / "cut-home")
        )

    def encode() -> Cost:
        span = ("-ss", f"{float(_START):.6f}", "-to", f"{float(end):.6f}")
        return command(["ffmpeg", "-v", "error", "-y", *span, "-i", film, *_ENCODE, theirs])

    _, cpu, costs = compare(encode, cut, pairs)
    times = [one.wall / two.wall for one, two in costs]
    wanted = _frames(film, _START, end)
    told = f"{min(two.wall for _, two in costs):.2f} s cut, {min(one.wall for one, _ in costs):.1f} s encoded"
    yield Row("cut, times as fast", sorted(times)[len(times) // 2], "× ffmpeg", 30, at_least=True, least=min(times),
              most=max(times), cpu=cpu.median, note=f"{_frames(film) / _RATE:.0f} s of 1080p, {told}")  # fmt: skip
    yield Row("cut, frames missing", abs(wanted - _frames(made)), "frames", 0)


def _film(folder: Path, loops: int) -> Path:
    path = folder / f"film-{loops}.mp4"
    if not path.exists():
        again = ("-stream_loop", str(loops - 1), "-i", videos.source(folder))
        command(["ffmpeg", "-v", "error", "-y", *again, "-c", "copy", path])
    return path


def _frames(path: Path, start: Fraction = Fraction(-1), end: Fraction = Fraction(1_000_000)) -> int:
    """How many frames begin from `start` to `end`, in seconds; half a frame is forgiven."""
    half = Fraction(1, 2 * _RATE)
    with av.open(str(path)) as source:
        zero = source.streams.video[0].start_time or 0
        times = [(packet.pts - zero) * packet.time_base for packet in source.demux(video=0) if packet.size]
    return sum(1 for time in times if start - half <= time < end - half)
