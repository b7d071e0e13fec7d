"""Converting, next to the `ffmpeg` command with the same settings: wall time, processor time and peak memory.

    benchmarks/converting.py [--seconds 24] [--rounds 2] [--only 720p]

Sources are made here: moving gradients with grain, and music-like tones. Both run in turn, from start to end, so
that whatever else the computer does falls on both; the best of each counts. Of a batch of sounds Dreamreel is one
command, and there are as many `ffmpeg` commands at a time as there are processors. The bar is
a wall time of at most 1.0 and a peak of at most 1.2 times the command's.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

__all__ = ["main"]

_OURS = """
import sys
from pathlib import Path
from dreamreel.clip import Clip
import dreamreel
options = eval(sys.argv[1])
for source, out in zip(sys.argv[2::2], sys.argv[3::2]):
    dreamreel.open(source).write(out, copy=False, **options)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One conversion, as each program is told it."""

    name: str
    source: str
    copies: int
    suffix: str
    ours: dict[str, object] | tuple[str, ...]
    """Options of `write`, or of the `convert` command."""
    theirs: tuple[str, ...]


_X264 = (
    "-c:v",
    "libx264",
    "-preset",
    "medium",
    "-crf",
    "23",
    "-g",
    "50",
    "-flags",
    "+cgop",
    "-c:a",
    "aac",
    "-b:a",
    "192k",
)
_H264: dict[str, object] = {
    "codec": "h264",
    "preset": "medium",
    "crf": 23,
    "audio_codec": "aac",
    "audio_bitrate": 192_000,
}
TASKS = (
    Task(name="H.264 to H.264 720p", source="720p", copies=1, suffix=".mp4", ours=_H264, theirs=_X264),
    Task(name="H.264 to H.264 1080p", source="1080p", copies=1, suffix=".mp4", ours=_H264, theirs=_X264),
    Task(name="WAV to MP3, 8 files", source="wav", copies=8, suffix=".mp3",
         ours=("--to", "mp3", "--audio-bitrate", "192k"), theirs=("-c:a", "libmp3lame", "-b:a", "192k")),
    Task(name="FLAC to Opus, 8 files", source="flac", copies=8, suffix=".opus",
         ours=("--to", "opus", "--audio-bitrate", "160k"), theirs=("-c:a", "libopus", "-b:a", "160k")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Run:
    """What one process took."""

    wall: float
    cpu: float
    memory: int
    """Peak resident bytes; of commands that run at once, together."""


_METER = """
import json, os, subprocess, sys, time
commands, most = json.loads(sys.argv[1]), int(sys.argv[2])
start, running, cpu, peak = time.perf_counter(), 0, 0.0, 0
while commands or running:
    while commands and running < most:
        subprocess.Popen(commands.pop(0), stdout=subprocess.DEVNULL)
        running += 1
    _, status, usage = os.wait3(0)
    if status:
        raise SystemExit(f"failed: {status}")
    running, cpu, peak = running - 1, cpu + usage.ru_utime + usage.ru_stime, max(peak, usage.ru_maxrss * 1024)
print(json.dumps([time.perf_counter() - start, cpu, peak]))
"""


def _run(commands: Sequence[Sequence[str]], home: Path, at_once: int = 1) -> Run:
    # A process begins with the peak of the one it was forked from, so a small one starts it.
    meter = [
        sys.executable,
        "-I",
        "-S",
        "-c",
        _METER,
        json.dumps([list(one) for one in commands]),
        str(at_once),
    ]
    told = subprocess.run(
        meter, stdout=subprocess.PIPE, check=True, env={**os.environ, "DREAMREEL_HOME": str(home)}
    )
    return Run(*json.loads(told.stdout))


def _ours(task: Task, sources: Sequence[Path], outs: Sequence[Path], home: Path) -> Run:
    shutil.rmtree(home, ignore_errors=True)
    if isinstance(task.ours, tuple):
        made = outs[0].parent / "ours"
        shutil.rmtree(made, ignore_errors=True)
        command = [
            str(Path(sys.executable).with_name("dreamreel")),
            "convert",
            *map(str, sources),
            *task.ours,
        ]
        return _run([[*command, "--output", str(made)]], home)
    pairs = [str(path) for pair in zip(sources, outs, strict=True) for path in pair]
    return _run([[sys.executable, "-c", _OURS, repr(task.ours), *pairs]], home)


def _theirs(task: Task, sources: Sequence[Path], outs: Sequence[Path], home: Path) -> Run:
    commands = [["ffmpeg", "-v", "error", "-y", "-i", str(source), *task.theirs, str(out)]
                for source, out in zip(sources, outs, strict=True)]  # fmt: skip
    at_once = min(len(commands), os.cpu_count() or 1)
    run = _run(commands, home, at_once)
    return Run(run.wall, run.cpu, run.memory * at_once)


def _video(path: Path, width: int, height: int, seconds: int) -> None:
    grain = np.random.default_rng(1).integers(-6, 7, (height, 2 * width), np.int16)
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    with av.open(str(path), "w") as target:
        stream = target.add_stream("libx264", rate=25, options={"preset": "ultrafast", "crf": "16"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for number in range(25 * seconds):
            wave = 128 + 60 * np.sin((x + 6 * number) / 90) + 50 * np.cos((y - 3 * number) / 70)
            shift = number * 37 % width
            luma = np.clip(wave + grain[:, shift : shift + width], 16, 235).astype(np.uint8)
            frame = av.VideoFrame.from_ndarray(np.stack([luma, luma, np.flip(luma, 1)], -1), "rgb24")
            frame.pts, frame.time_base = number, Fraction(1, 25)
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))


def _sound(path: Path, seconds: int, number: int) -> None:
    at = np.arange(44_100 * seconds)
    left = sum(
        0.1 * np.sin(at * 2 * np.pi * hertz / 44_100) * np.exp(-(at % 22_050) / 9000)
        for hertz in (220 + number, 331, 554, 1760)
    )
    both = np.stack([left, np.roll(left, 2000)])
    with av.open(str(path), "w") as target:
        stream = target.add_stream(
            "flac" if path.suffix == ".flac" else "pcm_s16le", rate=44_100, layout="stereo"
        )
        for start in range(0, len(at), 4096):
            block = np.ascontiguousarray(
                (both[:, start : start + 4096] * 32_767).astype(np.int16).T.reshape(1, -1)
            )
            frame = av.AudioFrame.from_ndarray(block, "s16", "stereo")
            frame.sample_rate, frame.pts = 44_100, start
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))


def _sources(folder: Path, task: Task, seconds: int) -> list[Path]:
    """The files to convert; all different, because what was made once is not made again."""
    sound = task.source in ("wav", "flac")
    paths = [folder / f"{task.source}{n}.{task.source if sound else 'mp4'}" for n in range(task.copies)]
    for number, path in enumerate(paths):
        if sound:
            _sound(path, 10 * seconds, number)
        else:
            _video(path, *((1280, 720) if task.source == "720p" else (1920, 1080)), seconds)
    return paths


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seconds", type=int, default=24)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--only", default="")
    told = parser.parse_args()
    if shutil.which("ffmpeg") is None:
        raise SystemExit("the ffmpeg command is not installed; this benchmark measures against it")
    print(f"{'':24}{'wall s':>17}{'processor s':>17}{'memory MB':>17}{'wall':>7}{'cpu':>7}{'memory':>8}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for task in TASKS:
            if told.only not in task.name:
                continue
            sources = _sources(folder, task, told.seconds)
            outs = [folder / f"out{number}{task.suffix}" for number in range(task.copies)]
            measured = [(_ours(task, sources, outs, folder / "home"),
                         _theirs(task, sources, outs, folder / "home"))
                        for _ in range(told.rounds)]  # fmt: skip
            _tell(task.name, [run for run, _ in measured], [run for _, run in measured])


def _tell(name: str, ours: Sequence[Run], theirs: Sequence[Run]) -> None:
    wall = min(run.wall for run in ours), min(run.wall for run in theirs)
    cpu = min(run.cpu for run in ours), min(run.cpu for run in theirs)
    memory = max(run.memory for run in ours) / 1e6, max(run.memory for run in theirs) / 1e6
    figures = (
        "".join(f"{one:8.2f} /{other:7.2f}" for one, other in (wall, cpu))
        + f"{memory[0]:8.0f} /{memory[1]:7.0f}"
    )
    print(
        f"{name:24}{figures}{wall[0] / wall[1]:7.2f}{cpu[0] / cpu[1]:7.2f}{memory[0] / memory[1]:8.2f}",
        flush=True,
    )


if __name__ == "__main__":
    main()
