"""An hour of film enhanced, in peace and killed five times: the same file, sound in its place, and flat memory.

    python benchmarks/hour.py [--minutes 60]

A film of flashes and clicks, one of each every ten seconds, goes through `dreamreel enhance` twice: in peace, and
killed (SIGKILL, with all its workers) five times and begun again. About ten minutes on two cores.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import psutil

_WIDTH, _HEIGHT, _RATE, _SOUND = 96, 54, 10, 8000
_EVERY = 10
"""Seconds between two flashes."""
_KILLS = 5


def main() -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--minutes", type=int, default=60)
    told = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        source, homes = folder / "hour.mp4", (folder / "peace", folder / "killed")
        made = [home / "made.mp4" for home in homes]  # Of one name: it is told in the recipe inside.
        for home in homes:
            home.mkdir()
        _film(source, told.minutes * 60)
        taken, peaks = _run(source, made[0], homes[0], None)
        shutil.copy(homes[0] / "precision.json", homes[1])  # Another precision would make other samples.
        kills = 0
        while kills < _KILLS and _run(source, made[1], homes[1], taken / (_KILLS + 1)) is None:
            kills += 1
        if not made[1].exists():
            _run(source, made[1], homes[1], None)
        same = _hash(made[0]) == _hash(made[1])
        before, after = _offsets(source), _offsets(made[1])
        print(f"{told.minutes} minutes of {_WIDTH}×{_HEIGHT} at {_RATE} frames a second, made twice as large")
        said = ", ".join(f"{one / 2**20:.0f}" for one in peaks)
        print(f"in peace: {taken:.0f} s; peaks of its three thirds: {said} MiB")
        print(f"killed {kills} times: {'the same file' if same else 'ANOTHER FILE'}")
        for name, found in (("source", before), ("result", after)):
            print(
                f"flash to click in the {name}: first {1000 * found[0]:+.1f} ms, last {1000 * found[-1]:+.1f} ms, "
                f"{len(found)} of them"
            )


def _film(path: Path, seconds: int) -> None:
    y, x = np.mgrid[0:_HEIGHT, 0:_WIDTH]
    with av.open(str(path), "w") as container:
        video = container.add_stream("libx264", rate=_RATE, options={"preset": "ultrafast", "crf": "24"})
        video.width, video.height, video.pix_fmt = _WIDTH, _HEIGHT, "yuv420p"
        sound = container.add_stream("aac", rate=_SOUND, layout="mono")
        click = np.zeros((1, _SOUND * _EVERY), np.float32)
        click[0, :80] = 0.8 * np.sin(np.arange(80))
        for number in range(seconds * _RATE):
            flash = number % (_EVERY * _RATE) == 0
            grey = (
                np.full((_HEIGHT, _WIDTH), 240) if flash else 60 + 40 * np.sin((x + 2 * y + 3 * number) / 9)
            )
            picture = np.full((_HEIGHT * 3 // 2, _WIDTH), 128, np.uint8)
            picture[:_HEIGHT] = grey
            frame = av.VideoFrame.from_ndarray(picture, "yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, _RATE)
            container.mux(video.encode(frame))
            if flash:
                heard = av.AudioFrame.from_ndarray(click, "fltp", "mono")
                heard.sample_rate, heard.pts = _SOUND, number * _SOUND // _RATE
                heard.time_base = Fraction(1, _SOUND)
                container.mux(sound.encode(heard))
        container.mux(video.encode(None))
        container.mux(sound.encode(None))


def _run(source: Path, out: Path, home: Path, until: float | None) -> tuple[float, list[float]] | None:
    """Seconds, and the largest memory of its processes in each third; None when it was killed at `until` seconds."""
    command = [
        str(Path(sys.executable).with_name("dreamreel")),
        "enhance",
        str(source),
        "--to",
        "x2",
        "--size",
        "s",
        "-o",
        str(out),
    ]
    start, seen = time.monotonic(), []
    with subprocess.Popen(command, env={**os.environ, "DREAMREEL_HOME": str(home)}, stdout=subprocess.DEVNULL,
                          start_new_session=True) as process:  # fmt: skip
        while process.poll() is None:
            time.sleep(0.25)
            seen.append(_memory(process.pid))
            if until is not None and time.monotonic() - start > until:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                return None
    if process.returncode:
        sys.exit(f"dreamreel enhance ended with {process.returncode}")
    return time.monotonic() - start, [float(max(part, default=0)) for part in np.array_split(seen, 3)]


def _memory(pid: int) -> int:
    total = 0
    try:
        whole = psutil.Process(pid)
        for one in (whole, *whole.children(recursive=True)):
            total += one.memory_info().rss
    except psutil.NoSuchProcess:
        pass
    return total


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _offsets(path: Path) -> list[float]:
    """Seconds from each flash to its click."""
    with av.open(str(path)) as container:
        flashes = [float(frame.time or 0) for frame in container.decode(video=0)
                   if np.asarray(frame.reformat(format="gray", threads=1).to_ndarray()).mean() > 200]  # fmt: skip
    with av.open(str(path)) as container:
        clicks: list[float] = []
        for frame in container.decode(audio=0):
            loud = np.flatnonzero(np.abs(frame.to_ndarray()).max(0) > 0.3)
            at = float(frame.time or 0) + (loud[0] / frame.sample_rate if len(loud) else 0)
            if len(loud) and (not clicks or at - clicks[-1] > 1):
                clicks.append(at)
    return [click - flash for flash, click in zip(flashes, clicks, strict=False)]


if __name__ == "__main__":
    main()
