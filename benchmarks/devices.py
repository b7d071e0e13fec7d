"""What computes networks here: frames a second and how near to single precision, for every precision there is.

    benchmarks/devices.py [--width 1280] [--height 720] [--frames 8] [--rounds 3]

Frames are noise that moves, so that nothing is used again; from memory to memory, in turns, the best of the rounds
counts. On a graphics card the way there and back is part of it. A precision whose provider is not here is left out,
with the reason.
"""

from __future__ import annotations

import argparse
import time

import av
import cv2
import numpy as np

from dreamreel.media.planes import planes
from dreamreel.neural.catalog import DEVICE_PRECISIONS, PRECISIONS, Network, Precision, networks
from dreamreel.neural.enlarge import Enlarger
from dreamreel.neural.runtimes.providers import fault

__all__ = ["main"]


def _frames(width: int, height: int, count: int) -> list[av.VideoFrame]:
    """Soft shapes under noise, no two alike."""
    rng = np.random.default_rng(1)
    made: list[av.VideoFrame] = []
    for _ in range(count):
        frame = av.VideoFrame(width, height, "yuv420p")
        for plane in planes(frame):
            soft = cv2.resize(
                rng.random((9, 16), np.float32), plane.shape[::-1], interpolation=cv2.INTER_CUBIC
            )
            plane[:] = (soft * 200 + rng.integers(0, 24, plane.shape)).clip(16, 235)
        made.append(frame)
    return made


def _best(network: Network, precision: Precision, frames: list[av.VideoFrame], rounds: int) -> float:
    """Seconds for a frame."""
    first = frames[0]
    enlarge = Enlarger(network, "yuv420p", first.width, first.height, precision, reuse=False)
    enlarge(first)
    taken: list[float] = []
    for _ in range(rounds):
        start = time.perf_counter()
        for frame in frames:
            enlarge(frame)
        taken.append((time.perf_counter() - start) / len(frames))
    return min(taken)


def _apart(network: Network, precision: Precision, frame: av.VideoFrame) -> tuple[int, float]:
    """The largest and the mean difference from single precision by OpenVINO, in steps of 255."""
    results = [
        Enlarger(network, "yuv420p", frame.width, frame.height, one, reuse=False)(frame)
        for one in ("f32", precision)
    ]
    steps = [
        np.abs(one.astype(int) - other.astype(int)) for one, other in zip(*map(planes, results), strict=True)
    ]
    return max(int(one.max()) for one in steps), float(np.concatenate([one.ravel() for one in steps]).mean())


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, usual in (("width", 1280), ("height", 720), ("frames", 8), ("rounds", 3)):
        parser.add_argument(f"--{name}", type=int, default=usual)
    asked = parser.parse_args()
    there: list[Precision] = list(PRECISIONS)
    for name in DEVICE_PRECISIONS:
        if why := fault(name):
            print(f"{name}: {why}")
        else:
            there.append(name)
    frames = _frames(asked.width, asked.height, asked.frames)
    print(f"\n{asked.width}×{asked.height}      frames/s   largest   mean difference, steps of 255")
    for network in networks():
        for precision in there:
            seconds = _best(network, precision, frames, asked.rounds)
            most, mean = _apart(network, precision, frames[0])
            print(f"{network.name:16}{precision:14}{1 / seconds:8.2f}{most:8}{mean:12.4f}")


if __name__ == "__main__":
    main()
