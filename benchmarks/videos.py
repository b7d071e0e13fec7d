"""Ordinary video work against the `ffmpeg` command and MoviePy: the same codec, preset and CRF on all sides."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from pairs import ROOT, Cost, Ratio, Row, command, compare, environment

__all__ = ["composite", "moviepy", "transcode"]

_PRESET, _CRF = "medium", "23"
_ENCODE = ("-c:v", "libx264", "-preset", _PRESET, "-crf", _CRF, "-c:a", "aac", "-b:a", "128k")
_SECONDS, _RATE = 20, 30

_TRANSCODE = f"""
import sys, dreamreel as dr
dr.open(sys.argv[1]).resize(height=720).write(sys.argv[2], preset="{_PRESET}", crf={_CRF}, audio_bitrate=128000)
"""
_COMPOSITE = f"""
import sys, dreamreel as dr
base, top = dr.open(sys.argv[1]), dr.image(sys.argv[3], duration=3)
film = base.overlay(top, at=1, anchor="top-right", x=-60, y=60).title("Anna, six weeks", at=1, for_=4)
film.resize(height=720).write(sys.argv[2], preset="{_PRESET}", crf={_CRF}, audio_bitrate=128000)
"""
_TITLE = """
import sys
from fractions import Fraction
from PIL import Image
from dreamreel.ops.text import Title, draw_title
Image.fromarray(draw_title(Title("Anna, six weeks", 1920, 1080, Fraction(4)))).save(sys.argv[1])
"""
_MOVIEPY = f"""
import sys
from moviepy import CompositeVideoClip, ImageClip, VideoFileClip
base = VideoFileClip(sys.argv[1])
top = ImageClip(sys.argv[3]).with_start(1).with_duration(3).with_position((base.w - 480 - 60, 60))
title = ImageClip(sys.argv[4]).with_start(1).with_duration(4)
film = CompositeVideoClip([base, top, title]).resized(height=720).with_audio(base.audio)
film.write_videofile(sys.argv[2], codec="libx264", preset="{_PRESET}", audio_codec="aac", audio_bitrate="128k",
                     ffmpeg_params=["-crf", "{_CRF}", "-pix_fmt", "yuv420p"], logger=None)
"""


def transcode(folder: Path, pairs: int, quick: bool) -> Iterator[Row]:
    """1080p to 720p, H.264 and AAC, against `ffmpeg -vf scale`."""
    sources = [("synthetic", source(folder))] + [("real", path) for path in ([] if quick else _real(folder))]
    for name, clip in sources:
        theirs = ["ffmpeg", "-v", "error", "-y", "-i", clip, "-vf", "scale=-2:720:flags=lanczos", *_ENCODE,
                  folder / "theirs.mp4"]  # fmt: skip
        wall, cpu = _against(folder, _TRANSCODE, [clip, folder / "ours.mp4"], theirs, pairs)
        yield Row(f"transcode, {name}", wall.median, "× ffmpeg", 1.05, least=wall.least, most=wall.most,
                  cpu=cpu.median, note=_ffmpeg())  # fmt: skip


def composite(folder: Path, pairs: int) -> Iterator[Row]:
    """A picture and a title over 1080p, scaled to 720p, against one `ffmpeg` filter graph with the title's pixels."""
    clip, picture, title = source(folder), _picture(folder), _title(folder)
    graph = (
        "[0][1]overlay=W-w-60:60:enable='between(t,1,4)'[a];[a][2]overlay=0:0:enable='between(t,1,5)',"
        "scale=-2:720:flags=lanczos"
    )
    theirs = ["ffmpeg", "-v", "error", "-y", "-i", clip, "-i", picture, "-i", title, "-filter_complex", graph, *_ENCODE,
              folder / "theirs.mp4"]  # fmt: skip
    wall, cpu = _against(folder, _COMPOSITE, [clip, folder / "ours.mp4", picture], theirs, pairs)
    yield Row(
        "composite",
        wall.median,
        "× ffmpeg",
        1.1,
        least=wall.least,
        most=wall.most,
        cpu=cpu.median,
        note=_ffmpeg(),
    )


def moviepy(folder: Path, pairs: int) -> Iterator[Row]:
    """The same composite in MoviePy, in an environment of its own that only this benchmark makes."""
    python, version = _moviepy_environment(folder)
    clip, picture, title = source(folder), _picture(folder), _title(folder)
    theirs = [python, "-c", _MOVIEPY, clip, folder / "theirs.mp4", picture, title]
    wall, cpu = _against(folder, _COMPOSITE, [clip, folder / "ours.mp4", picture], theirs, pairs)
    faster = Ratio(1 / wall.median, 1 / wall.most, 1 / wall.least)
    yield Row("composite", faster.median, "× as fast as MoviePy", 4.0, at_least=True, least=faster.least,
              most=faster.most, cpu=1 / cpu.median, note=f"MoviePy {version}")  # fmt: skip


def _against(
    folder: Path, script: str, args: list[Path], theirs: list[str | Path], pairs: int
) -> tuple[Ratio, Ratio]:
    """How many times as long as `theirs` our `script` takes, each run with an empty store."""
    runs = 0

    def mine() -> Cost:
        nonlocal runs
        runs += 1
        home = folder / f"store-{runs}"
        cost = command([sys.executable, "-c", script, *args], environment(home))
        shutil.rmtree(home)
        return cost

    def other() -> Cost:
        return command(theirs, os.environ)

    mine()
    wall, cpu, _ = compare(mine, other, pairs)
    return wall, cpu


def _ffmpeg() -> str:
    found = subprocess.run(["ffmpeg", "-version"], capture_output=True, text=True, check=True)
    return f"ffmpeg {found.stdout.split()[2].split('-')[0]}"


def _moviepy_environment(folder: Path) -> tuple[Path, str]:
    place = folder / "moviepy"
    python = place / "bin" / "python"
    if not python.exists():
        venv.create(place, with_pip=True)
        subprocess.run(
            [
                python,
                "-m",
                "pip",
                "install",
                "-q",
                "--require-hashes",
                "-r",
                ROOT / "requirements" / "bench.txt",
            ],
            check=True,
        )
    asked = "import importlib.metadata as m; print(m.version('moviepy'))"
    return python, subprocess.run(
        [python, "-c", asked], capture_output=True, text=True, check=True
    ).stdout.strip()


# --- what is worked on ---


def source(folder: Path) -> Path:
    """Six seconds of 1080p that behave like a filmed scene: detail of all sizes, a pan, things that move, grain."""
    path = folder / "source.mp4"
    if path.exists():
        return path
    dice = np.random.default_rng(7)
    wide = _landscape(dice, 1080 + 80, 1920 + 400)
    grain = dice.normal(0, 1.4, (4, 1080, 1920, 1)).astype(np.float32)
    with av.open(str(path), "w") as out:
        video = out.add_stream("libx264", _RATE, options={"crf": "19", "preset": "veryfast"})
        video.width, video.height, video.pix_fmt = 1920, 1080, "yuv420p"
        sound = out.add_stream("aac", 48_000, layout="stereo")
        for n in range(_SECONDS * _RATE):
            x, y = n * 400 / (_SECONDS * _RATE), 40 + 30 * np.sin(n / 40)
            move = np.array([[1, 0, -x], [0, 1, -y]])
            frame = cv2.warpAffine(wide, move, (1920, 1080), flags=cv2.INTER_LINEAR)
            for k in range(5):
                centre = (
                    int(960 + 700 * np.sin(n / (30 + 9 * k) + k)),
                    int(540 + 320 * np.cos(n / (37 + 7 * k))),
                )
                cv2.circle(
                    frame, centre, 40 + 18 * k, (40 * k + 30, 200 - 30 * k, 90 + 30 * k), -1, cv2.LINE_AA
                )
            pixels = np.clip(frame + grain[n % 4], 0, 255).astype(np.uint8)
            out.mux(video.encode(av.VideoFrame.from_ndarray(pixels, "rgb24")))
        out.mux(video.encode(None))
        tone = (0.2 * np.sin(np.arange(_SECONDS * 48_000) * 2 * np.pi * 220 / 48_000)).astype(np.float32)
        for start in range(0, tone.size, 1024):
            block = av.AudioFrame.from_ndarray(np.stack([tone[start : start + 1024]] * 2), "fltp", "stereo")
            block.sample_rate, block.pts, block.time_base = 48_000, start, Fraction(1, 48_000)
            out.mux(sound.encode(block))
        out.mux(sound.encode(None))
    return path


def _landscape(
    dice: np.random.Generator, height: int, width: int
) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """Noise whose detail falls off as in photos (about 1/f), in soft colours."""
    picture = np.zeros((height, width, 3), np.float32)
    for octave in range(1, 9):
        cells = (max(2, (height * 2**octave) // 2048), max(2, (width * 2**octave) // 2048), 3)
        part = dice.normal(0, 1, cells).astype(np.float32)
        picture += cv2.resize(part, (width, height), interpolation=cv2.INTER_CUBIC) * (46 / 1.7**octave)
    return picture + np.array([118, 128, 110], np.float32)


def _real(folder: Path) -> Iterator[Path]:
    """A filmed clip lent to the project, brought to 1080p, when there is one."""
    media = Path(os.environ.get("DREAMREEL_MEDIA", ROOT.parent / "shared" / "media"))
    clips = sorted((media / "clips").glob("*.mp4"))
    if clips:
        path = folder / "real.mp4"
        if not path.exists():
            size = ("-t", str(_SECONDS), "-vf", "scale=1920:1080:flags=lanczos", "-pix_fmt", "yuv420p")
            quick = ("-c:v", "libx264", "-crf", "16", "-preset", "veryfast")
            command(["ffmpeg", "-v", "error", "-y", "-i", clips[0], *size, *quick, path])
        yield path


def _picture(folder: Path) -> Path:
    """A small picture with soft transparent edges."""
    path = folder / "picture.png"
    if not path.exists():
        y, x = np.mgrid[-1:1:360j, -1:1:480j]
        alpha = np.clip(4 * (1 - np.hypot(x, y)), 0, 1)
        pixels = np.dstack([200 + 50 * x, 160 + 60 * y, 220 - 40 * x, 255 * alpha])
        cv2.imwrite(str(path), np.clip(pixels, 0, 255).astype(np.uint8))
    return path


def _title(folder: Path) -> Path:
    """Our own title as a picture, so that every side lays the same pixels over the film."""
    path = folder / "title.png"
    if not path.exists():
        command([sys.executable, "-c", _TITLE, path], environment(folder / "title"))
    return path
