"""Enlarging: the networks, the way of frames through them, what is not computed again, and memory at 8K.

    python benchmarks/enlarging.py [--only rates,pipeline,reuse,memory] [--precision int8] [--quick]

Clips are made in code; the one of a fixed camera is used when it is in `DREAMREEL_MEDIA` or `../shared/media`.
"""

from __future__ import annotations

import argparse
import math
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import av
import cv2
import numpy as np
import openvino as ov
import psutil
from numpy.typing import NDArray
from openvino import opset13 as op
from pairs import Cost, Row, command, environment, spread

from dreamreel.media.info import Colour
from dreamreel.media.planes import planes
from dreamreel.neural import graph
from dreamreel.neural.catalog import PRECISIONS, Network, Precision, network, networks
from dreamreel.neural.colours import Form
from dreamreel.neural.enlarge import LANES, Enlarger
from dreamreel.neural.graph import halo

WIDTH, HEIGHT = 640, 360
_FORM = Form(8, 2, 2, Colour(matrix=1, range=1, primaries=1, transfer=1))
_PAIRS = 3
_BARS = {"s": 15.0, "m": 5.0}
_MIB = 2**20


def _compact(channels: int, body: int, precision: Precision, width: int, height: int) -> ov.Model:
    """A network of the size of Real-ESRGAN's animevideov3, ×2: plain convolutions, random weights."""
    rng = np.random.default_rng(1)
    x = op.parameter([1, 3, height, width], np.float32, name="x")
    x.output(0).set_names({"x"})

    def convolved(source: ov.Node, ins: int, outs: int) -> ov.Node:
        kernel = rng.normal(0, math.sqrt(2 / (9 * ins)), (outs, ins, 3, 3)).astype(np.float32)
        made = op.convolution(source, op.constant(kernel), [1, 1], [1, 1], [1, 1], [1, 1])
        if precision == "int8":
            graph.quantise(made, 4.0)
        return made

    node = op.relu(convolved(x, 3, channels))
    for _ in range(body):
        node = op.relu(convolved(node, channels, channels))
    large = op.depth_to_space(convolved(node, channels, 12), "depth_first", 2)
    scales = op.constant(np.array([1, 1, 2, 2], np.float32))
    near = op.interpolate(x, scales, "nearest", "scales", coordinate_transformation_mode="asymmetric",
                          nearest_mode="floor")  # fmt: skip
    y = op.add(large, near)
    y.output(0).set_names({"y"})
    return ov.Model([op.result(y)], [x], "compact")


class _Alone:
    """A network with its colour conversions and nothing else, as many tiles at once as the program computes."""

    def __init__(self, model: ov.Model, precision: Precision) -> None:
        compiled = graph.core().compile_model(model, "CPU", graph.config(precision, LANES))
        self._requests = [compiled.create_infer_request() for _ in range(LANES + 1)]
        rng = np.random.default_rng(1)
        self._given = [rng.integers(60, 190, tuple(one.shape), np.uint8) for one in compiled.inputs]
        self(len(self._requests))

    def __call__(self, count: int) -> Cost:
        """What each of `count` tiles takes."""
        wall, cpu = time.perf_counter(), time.process_time()
        for number in range(count):
            request = self._requests[number % len(self._requests)]
            request.wait()
            request.start_async(self._given, share_inputs=True)
        for request in self._requests:
            request.wait()
        return Cost((time.perf_counter() - wall) / count, (time.process_time() - cpu) / count)


def _sides(one: Network) -> tuple[int, int]:
    """Of a tile for a whole frame."""
    return WIDTH + 2 * halo(one), HEIGHT + 2 * halo(one)


def rates(precisions: tuple[Precision, ...]) -> Iterator[Row]:
    """Our networks against one of 64 channels and 16 convolutions, in turns, on 640×360; both in the same frame of
    colour conversions, and neither trimmed.
    """
    for precision in precisions:
        for one in networks():
            if one.scale != 2 or one.family != "clean":
                continue
            width, height = _sides(one)
            large = _Alone(
                graph.around(_compact(64, 16, precision, width, height), _FORM, 2, "compact"), precision
            )
            small = _Alone(graph.model_of(one, _FORM, width, height, precision, 1.0), precision)
            pairs = [(large(LANES), small(8 * LANES)) for _ in range(_PAIRS)]
            ratio, cpu = (spread([kind(a) / kind(b) for a, b in pairs]) for kind in (_wall, _cpu))
            best = min(a.wall for a, _ in pairs), min(b.wall for _, b in pairs)
            note = (
                f"{best[1] * 1e3:.0f} ms against {best[0] * 1e3:.0f} ms; in processor time {cpu.median:.1f} ×"
            )
            yield Row(f"{one.name}, {precision}", ratio.median, "× as fast", _BARS.get(one.size, 1.0), True,
                      ratio.least, ratio.most, cpu.median, note)  # fmt: skip


def _wall(cost: Cost) -> float:
    return cost.wall


def _cpu(cost: Cost) -> float:
    return cost.cpu


def _write(path: Path, pictures: Iterator[NDArray[np.uint8]], options: dict[str, str]) -> Path:
    """A film of BGR pictures at 24 frames per second."""
    with av.open(str(path), "w") as out:
        stream = None
        for picture in pictures:
            if stream is None:
                stream = out.add_stream("libx264", rate=24, options=options)
                stream.height, stream.width = picture.shape[:2]
                stream.pix_fmt = "yuv420p"
            out.mux(stream.encode(av.VideoFrame.from_ndarray(picture, "bgr24")))
        if stream is not None:
            out.mux(stream.encode(None))
    return path


def _panned(count: int, width: int, height: int) -> Iterator[NDArray[np.uint8]]:
    """A camera that moves over detail of every size: no frame has anything of the one before."""
    rng = np.random.default_rng(1)
    ground = np.zeros((1024, 2048, 3))
    for octave in range(2, 9):
        cells = rng.normal(0, 255 / 1.7**octave, (2**octave, 2 ** (octave + 1), 3))
        ground += cv2.resize(cells, (2048, 1024), interpolation=cv2.INTER_CUBIC)
    ground = cv2.resize(np.clip(ground + 120, 0, 255).astype(np.uint8), (width * 2, height * 2))
    for number in range(count):
        left = number * 3 % width
        yield ground[number % height :][:height, left : left + width].copy()


def _blob(x: float, y: float, radius: float, phase: float, wobble: float) -> NDArray[np.int32]:
    turn = np.linspace(0, 2 * math.pi, 48, endpoint=False)
    reach = radius * (1 + wobble * np.sin(3 * turn + phase))
    return np.stack([x + reach * np.cos(turn), y + reach * np.sin(turn)], -1).round().astype(np.int32)


_PARTS = ((0, 140, 100, (60, 60, 190)), (0, 0, 115, (170, 205, 238)), (0, -45, 125, (95, 50, 60)),
          (0, 10, 95, (170, 205, 238)), (-38, 12, 18, (250, 250, 250)), (38, 12, 18, (250, 250, 250)),
          (-38, 14, 8, (40, 30, 30)), (38, 14, 8, (40, 30, 30)))  # fmt: skip
"""Of a figure: place, radius and colour of each flat shape, from back to front."""


def _held(count: int, hold: int = 2) -> Iterator[NDArray[np.uint8]]:
    """A figure of flat colours and dark lines before a painted background, drawn anew every `hold` frames."""
    rng = np.random.default_rng(1)
    width, height = 2 * WIDTH, 2 * HEIGHT
    down = np.linspace(0, 1, height)[:, None, None]
    sky = (1 - down) * np.array([232, 190, 140]) + down * np.array([150, 200, 225])
    back = np.broadcast_to(sky, (height, width, 3)).astype(np.uint8).copy()
    for _ in range(40):
        colour = [int(value) for value in rng.integers(50, 220, 3)]
        shape = _blob(
            rng.integers(width), rng.integers(height), rng.integers(20, 110), rng.random() * 6, 0.15
        )
        cv2.fillPoly(back, [shape], colour, cv2.LINE_AA)
        cv2.polylines(back, [shape], True, [value // 2 for value in colour], 2, cv2.LINE_AA)
    back = cv2.GaussianBlur(back, (0, 0), 2)
    picture = back
    for number in range(count):
        if number % hold == 0:
            picture = back.copy()
            x, y = width * (0.3 + 0.3 * math.sin(number / hold / 9)), height * 0.55
            for across, below, radius, colour in _PARTS:
                shape = _blob(x + across, y + below, radius, number / hold / 3, 0.05)
                cv2.fillPoly(picture, [shape], colour, cv2.LINE_AA)
                cv2.polylines(picture, [shape], True, (25, 15, 20), 5, cv2.LINE_AA)
        yield cv2.resize(picture, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)


_WRITE = """
import sys, dreamreel
source, out, size, precision, preset = sys.argv[1:6]
more = dict(height=int(sys.argv[6])) if len(sys.argv) > 6 else dict(scale=2)
more = dict(size=size, precision=precision) | more
dreamreel.open(source).upscale(**more).write(out, **(dict(preset=preset) if preset != "usual" else {}))
"""


def pipeline(folder: Path, precision: Precision, quick: bool) -> Iterator[Row]:
    """A film of 640×360 made twice as large, from file to file, against the network alone, in turns."""
    count = 48 if quick else 240
    source = _write(folder / "panned.mp4", _panned(count, WIDTH, HEIGHT), {"crf": "18", "preset": "veryfast"})
    empty = _write(folder / "one.mp4", _panned(1, WIDTH, HEIGHT), {"crf": "18", "preset": "veryfast"})
    for size in ("s", "m"):
        one = network(f"clean-{size}-x2")
        alone = _Alone(graph.model_of(one, _FORM, *_sides(one), precision, 1.0, trimmed=True), precision)
        for preset in ("usual", "medium"):
            pairs: list[tuple[Cost, Cost]] = []
            starts: list[Cost] = []
            for number in range(1 if quick else _PAIRS):
                before = alone(count // 2)
                whole, start = (
                    command([sys.executable, "-c", _WRITE, clip, folder / "out.mp4", size, precision, preset],
                            environment(folder / f"home-{size}-{preset}-{number}-{clip.stem}"))
                    for clip in (source, empty)
                )  # fmt: skip
                after = alone(count // 2)
                each = Cost((before.wall + after.wall) / 2, (before.cpu + after.cpu) / 2)
                rest = Cost((whole.wall - start.wall) / (count - 1), (whole.cpu - start.cpu) / (count - 1))
                pairs.append((each, rest))
                starts.append(start)
            share, cpu = (spread([kind(a) / kind(b) for a, b in pairs]) for kind in (_wall, _cpu))
            made, can = (1 / min(pair[number].wall for pair in pairs) for number in (1, 0))
            note = (f"{made:.1f} of {can:.1f} frames per second; in processor time {cpu.median:.2f}; "
                    f"start {min(start.wall for start in starts):.1f} s left out")  # fmt: skip
            name = f"file to file, {size}, {precision}, x264 {preset}"
            bar = 0.8 if preset == "usual" else 0.0  # The other row is there to compare.
            yield Row(
                name,
                share.median,
                "× the network's rate",
                bar,
                True,
                share.least,
                share.most,
                cpu.median,
                note,
            )
            if bar and size == "m":
                yield Row(f"frames per second, {size}, {precision}", made, "a second", 15.0, True)


def _real(name: str) -> Path | None:
    for folder in (os.environ.get("DREAMREEL_MEDIA"), Path(__file__).parents[2] / "shared" / "media"):
        if folder and (found := Path(folder) / "clips" / name).is_file():
            return found
    return None


def reuse(folder: Path, precision: Precision, quick: bool) -> Iterator[Row]:
    """What is not computed again: every frame through the network with and without it, in turns, in processor time, and
    compared to the bit. The figure is of the second half, for in the first models for sheets are compiled; that of all
    frames, compiling included, stands beside it. Each tile is computed by its share of the cores, as in a render.
    """
    count = 48 if quick else 240
    held = {
        "on twos, no loss": (2, {"qp": "0"}),
        "on twos, x264 crf 18": (2, {"crf": "18"}),
        "on twos, x264 crf 23": (2, {"crf": "23"}),
        "on threes, x264 crf 23": (3, {"crf": "23"}),
    }
    clips = [
        (f"held drawings {name}", _write(folder / f"held{number}.mp4", _held(count, hold), options), 2.5)
        for number, (name, (hold, options)) in enumerate(held.items())
    ]
    pan = _write(folder / "pan.mp4", _panned(min(count, 96), WIDTH, HEIGHT), {"crf": "18"})
    clips.append(("moving camera", pan, 0.97))
    if camera := _real("one-by-one-person-detection.mp4"):
        clips.append(("fixed camera", camera, 1.4))
    for name, path, bar in clips:
        with av.open(str(path)) as source:
            frames = [frame for frame, _ in zip(source.decode(video=0), range(count), strict=False)]
        yield from _reused(name, frames, bar, precision)


def _reused(name: str, frames: list[av.VideoFrame], bar: float, precision: Precision) -> Iterator[Row]:
    first = frames[0]
    form = (network("clean-m-x2"), first.format.name, first.width, first.height, precision)
    ways = {
        "all": Enlarger(*form, reuse=False, lanes=LANES),
        "exact": Enlarger(*form, lanes=LANES),
        "near": Enlarger(*form, tolerance=2, lanes=LANES),
    }
    taken: dict[str, list[float]] = {way: [] for way in ways}
    same = True
    for frame in frames:
        made: dict[str, av.VideoFrame] = {}
        for way, enlarge in ways.items():
            start = time.process_time()
            made[way] = enlarge(frame)
            taken[way].append(time.process_time() - start)
        pairs = zip(planes(made["all"]), planes(made["exact"]), strict=True)
        same &= all(np.array_equal(one, other) for one, other in pairs)
    half = len(frames) // 2
    for way in ("exact", "near"):
        ratio = sum(taken["all"][half:]) / sum(taken[way][half:])
        right = "every sample the same, " if same else "NOT the same samples, "
        share = ways[way].computed / ways["all"].computed
        note = (
            f"{share:.0%} went through the network; all {sum(taken['all'][1:]) / sum(taken[way][1:]):.2f} ×"
        )
        yield Row(f"{name}, {way}", ratio if same or way == "near" else 0.0, "× as fast", bar, True,
                  note=(right if way == "exact" else "") + note)  # fmt: skip


def memory(folder: Path, quick: bool) -> Iterator[Row]:
    """720p made 8K by the small network, a whole render in a process of its own: its peak, and whether it grows."""
    count = 24 if quick else 72
    source = _write(folder / "wide.mp4", _panned(count, 1280, 720), {"crf": "20", "preset": "veryfast"})
    env = environment(folder / "home-8k")
    args = [
        sys.executable,
        "-c",
        _WRITE,
        str(source),
        str(folder / "8k.mp4"),
        "s",
        "int8",
        "veryfast",
        "4320",
    ]
    process = psutil.Popen(args, env=env)
    seen: list[float] = []
    while process.poll() is None:
        try:
            seen.append(process.memory_info().rss / _MIB)
        except psutil.Error:
            break
        time.sleep(0.2)
    if process.wait():
        raise SystemExit("the render to 8K failed")
    third = len(seen) // 3
    peaks = [max(seen[part * third : (part + 1) * third]) for part in range(3)]
    yield Row(
        "720p to 8K, peak memory",
        max(seen),
        "MiB",
        3 * 1024,
        note=f"thirds: {', '.join(f'{one:.0f}' for one in peaks)}",
    )


def main() -> int:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--only", default="rates,pipeline,reuse,memory")
    parser.add_argument("--precision", default="int8", choices=PRECISIONS)
    parser.add_argument("--quick", action="store_true", help="shorter clips")
    asked = parser.parse_args()
    missed = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        parts: dict[str, Callable[[], Iterator[Row]]] = {
            "rates": lambda: rates(("f32", "int8")),
            "pipeline": lambda: pipeline(folder, asked.precision, asked.quick),
            "reuse": lambda: reuse(folder, asked.precision, asked.quick),
            "memory": lambda: memory(folder, asked.quick),
        }
        for part in asked.only.split(","):
            for row in parts[part]():
                missed += not row.holds
                spans = f" ({row.least:.2f} to {row.most:.2f})" if row.least is not None else ""
                print(f"{row.name:48}{row.figure:9.2f} {row.unit}{spans}, bar {row.bar:g}"
                      f"{'' if row.holds else '   MISSED'}   {row.note}", flush=True)  # fmt: skip
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
