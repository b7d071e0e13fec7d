"""Sizes met and quality that means the same: `python benchmarks/sizes.py [--quick] [--quality]`.

Twelve clips by four sizes, from 15 % to 80 % of what the clip takes at crf 18: the file must be within (−2 %, 0]
of what was asked for. Then one quality asked of four codecs: how far apart their XPSNR lies. Clips are made in code
(noise, pans, cuts, stills, sound), and those in `DREAMREEL_MEDIA` or `../shared/media` are used when there.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
import wave
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

import dreamreel
from dreamreel.clip import Clip
from dreamreel.errors import DreamreelError
from dreamreel.media.encode import VideoSegmentWriter, settings_for
from dreamreel.media.formats import output_format, video_codec
from dreamreel.media.info import VideoInfo
from dreamreel.render.compare import compare
from dreamreel.render.progress import Event

WIDTH, HEIGHT, RATE = 480, 270, 25
SHARES = (0.15, 0.3, 0.5, 0.8)
FAST = {"preset": "veryfast"}
QUALITIES = (50, 75, 90)
CODECS = (("h264", ".mp4"), ("h265", ".mp4"), ("av1", ".mp4"), ("vp9", ".webm"))
REAL_SECONDS = 12

Painter = Callable[[int], np.ndarray]


def _ground(seed: int) -> np.ndarray:
    """A large picture with detail of every size, as nature has."""
    rng = np.random.default_rng(seed)
    ground = np.zeros((1024, 2048, 3))
    for octave in range(2, 9):
        cells = rng.normal(0, 255 / 1.7**octave, (2**octave, 2 ** (octave + 1), 3))
        ground += cv2.resize(cells, (2048, 1024), interpolation=cv2.INTER_CUBIC)
    return np.clip(ground + 120, 0, 255)


def _pan(seed: int, speed: int, noise: float = 0) -> Painter:
    ground = _ground(seed)

    def paint(number: int) -> np.ndarray:
        left = number * speed % (2048 - WIDTH)
        picture = ground[100 : 100 + HEIGHT, left : left + WIDTH]
        rng = np.random.default_rng(number)
        return picture + rng.normal(0, noise, picture.shape) if noise else picture

    return paint


def _cuts(seed: int) -> Painter:
    pans = [_pan(seed + n, 1 + 2 * n) for n in range(4)]
    return lambda number: pans[number // 60 % 4](number)


def _calm_then_wild(seed: int) -> Painter:
    calm, wild = _pan(seed, 0), _pan(seed + 1, 7, 12)
    return lambda number: calm(0) if number < 12 * RATE else wild(number)


def _write(path: Path, paint: Painter, seconds: int) -> Path:
    info = VideoInfo(WIDTH, HEIGHT, rate=Fraction(RATE))
    settings = settings_for(info, video_codec("h264", output_format(path)), crf=6, preset="ultrafast")
    with VideoSegmentWriter(path, settings) as writer:
        for number in range(seconds * RATE):
            pixels = np.ascontiguousarray(np.clip(paint(number), 0, 255).astype(np.uint8))
            writer.write(
                av.VideoFrame.from_ndarray(pixels, "rgb24"), Fraction(number, RATE), Fraction(1, RATE)
            )
    return path


def _sound(path: Path, seconds: int) -> Path:
    time_ = np.arange(seconds * 44_100) / 44_100
    tune = np.sin(2 * np.pi * (220 + 40 * np.floor(time_ * 2) % 7) * time_) * 9000
    both = np.stack([tune, np.random.default_rng(1).normal(0, 900, len(tune))], axis=1)
    with wave.open(str(path), "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(2)
        out.setframerate(44_100)
        out.writeframes(both.astype("<i2").tobytes())
    return path


def _made(work: Path) -> Iterator[tuple[str, Clip]]:
    films = {"still": (_pan(1, 0), 6), "slow pan": (_pan(2, 1), 10), "fast pan": (_pan(3, 9), 5),
             "noise": (_pan(4, 1, 9), 6), "cuts": (_cuts(5), 10), "calm, wild": (_calm_then_wild(6), 20),
             "one second": (_pan(7, 3), 1)}  # fmt: skip
    for name, (paint, seconds) in films.items():
        yield name, dreamreel.open(_write(work / f"{name.replace(', ', '-')}.mp4", paint, seconds))
    tune = dreamreel.open(_sound(work / "tune.wav", 10))
    yield "with sound", dreamreel.open(work / "slow pan.mp4").replace_sound(tune)
    yield "sped up", dreamreel.open(work / "cuts.mp4").speed(2)


def _real() -> list[tuple[str, Clip]]:
    folder = (
        Path(os.environ.get("DREAMREEL_MEDIA") or Path(__file__).parents[2] / "shared" / "media") / "clips"
    )
    found = sorted(folder.glob("*.m*")) if folder.is_dir() else []
    clips = [(path.stem[:16], dreamreel.open(path)) for path in found]
    return [(name, clip[:REAL_SECONDS] if clip.duration > REAL_SECONDS else clip) for name, clip in clips]


def sizes(work: Path, clips: list[tuple[str, Clip]]) -> int:
    """Print the table of sizes; return how many missed."""
    missed = total = 0
    print(f"{'clip':18}{'asked':>10}{'written':>10}{'off':>9}{'tries':>7}{'seconds':>9}")
    for name, clip in clips:
        whole = clip.write(work / "whole.mp4", crf=18, **FAST).stat().st_size
        for share in SHARES:
            asked = int(whole * share)
            words: list[str] = []

            def heard(event: Event, words: list[str] = words) -> None:
                words.append(event.message)

            out, started = work / "sized.mp4", time.monotonic()
            try:
                clip.write(out, target_size=asked, on_event=heard, **FAST)
            except DreamreelError as error:
                print(f"{name:18}{asked:10}   {error}")
                missed += 1
                total += 1
                continue
            written = out.stat().st_size
            off = written / asked - 1
            fine = -0.02 < off <= 0
            total += 1
            missed += not fine
            tries = 1 + len({word for word in words if "once more" in word})
            print(f"{name:18}{asked:10}{written:10}{off:9.2%}{tries:7}{time.monotonic() - started:9.1f}"
                  f"{'' if fine else '   missed'}", flush=True)  # fmt: skip
    print(f"{total - missed} of {total} within (−2 %, 0]")
    return missed


def qualities(work: Path, clips: list[tuple[str, Clip]]) -> None:
    """Print what XPSNR one quality gives with each codec."""
    print(
        f"\n{'clip':18}{'quality':>8}" + "".join(f"{codec:>9}" for codec, _ in CODECS) + f"{'band, dB':>10}"
    )
    for name, clip in clips:
        # Everything is compared with one file, not with the clip's sources, which may be of another length.
        original = clip.mute().write(work / "original.mkv", codec="ffv1")
        for wanted in QUALITIES:
            row: list[float] = []
            for codec, suffix in CODECS:
                preset = FAST if codec in ("h264", "h265") else {}
                out = dreamreel.open(original).write(
                    work / f"quality{suffix}", codec=codec, quality=wanted, **preset
                )
                row.append(compare(original, out).pooled("xpsnr").mean)
            values = "".join(f"{value:9.2f}" for value in row)
            print(f"{name:18}{wanted:8}{values}{max(row) - min(row):10.2f}", flush=True)


def main() -> int:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="three clips only")
    parser.add_argument("--quality", action="store_true", help="the table of qualities as well")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        os.environ["DREAMREEL_HOME"] = folder
        made, real = list(_made(work)), _real()
        clips = [*made, *real[:1], *real[-2:]] if real else [*made, *[(f"{n}, half", c[: c.duration / 2])
                                                                     for n, c in made[1:4]]]  # fmt: skip
        missed = sizes(work, clips[:3] if asked.quick else clips)
        if asked.quality:
            qualities(work, [clips[1], clips[4], *clips[-3:]])
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
