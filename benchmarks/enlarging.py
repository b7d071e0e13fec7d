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
from pairs import Row, command, environment, spread

from dreamreel.media.info import Colour
from dreamreel.media.planes import planes
from dreamreel.neural import graph
from dreamreel.neural.catalog import PRECISIONS, Network, Precision, network, networks, weights
from dreamreel.neural.enlarge import Enlarger
from dreamreel.neural.graph import Form, TileModel, halo

WIDTH, HEIGHT = 640, 360
_FORM = Form(8, 2, 2, Colour(matrix=1, range=1, primaries=1, transfer=1))
_RUNS = 7
_BARS = {"s": 15.0, "m": 5.0}
_MIB = 2**20


def _best(work: Callable[[], object], runs: int = _RUNS) -> float:
    """Seconds of the quickest run, after one to warm up."""
    work()
    taken: list[float] = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return min(taken)


def _compact(channels: int, body: int, precision: Precision) -> ov.Model:
    """A network of the size of Real-ESRGAN's animevideov3, ×2: plain convolutions, random weights."""
    rng = np.random.default_rng(1)
    x = op.parameter([1, 3, HEIGHT, WIDTH], np.float32, name="x")

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
    near = op.depth_to_space(op.concat([x] * 4, 1), "blocks_first", 2)
    return ov.Model([op.result(op.add(large, near))], [x], "compact")


def _ours(wanted: Network, precision: Precision) -> ov.Model:
    """The network alone, without colour conversions."""
    inner = ov.Core().read_model(weights(wanted))
    inner.reshape({"x": [1, 3, HEIGHT, WIDTH]})
    if precision == "int8":
        convolutions = [one for one in inner.get_ordered_ops() if one.get_type_name() == "Convolution"]
        for node, top in zip(convolutions, wanted.ranges, strict=True):
            graph.quantise(node, top)
    return inner


def _runner(model: ov.Model, precision: Precision) -> Callable[[], object]:
    config = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "bf16" if precision == "bf16" else "f32",
              "INFERENCE_NUM_THREADS": os.cpu_count() or 1}  # fmt: skip
    request = ov.Core().compile_model(model, "CPU", config).create_infer_request()
    given = {one.get_any_name(): np.full(list(one.shape), 0.5, np.float32) for one in model.inputs}
    return lambda: request.infer(given, share_inputs=True, share_outputs=True)


def rates(precisions: tuple[Precision, ...]) -> Iterator[Row]:
    """Our networks against one of 64 channels and 16 convolutions, in turns, on 640×360."""
    for precision in precisions:
        large = _runner(_compact(64, 16, precision), precision)
        for one in networks():
            if one.scale != 2 or one.family != "clean":
                continue
            small = _runner(_ours(one, precision), precision)
            pairs = [(_best(large, 2), _best(small)) for _ in range(3)]
            ratio = spread([a / b for a, b in pairs])
            bar = _BARS.get(one.size, 1.0)
            note = f"{min(b for _, b in pairs) * 1e3:.0f} ms against {min(a for a, _ in pairs) * 1e3:.0f} ms"
            yield Row(f"{one.name}, {precision}", ratio.median, "× as fast", bar, True, ratio.least, ratio.most,
                      note=note)  # fmt: skip


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
dreamreel.open(source).upscale(**more, size=size, precision=precision).write(out, preset=preset)
"""


def pipeline(folder: Path, precision: Precision, quick: bool) -> Iterator[Row]:
    """A film of 640×360 made twice as large, from file to file, against the network alone on as many frames."""
    count = 48 if quick else 240
    source = _write(folder / "panned.mp4", _panned(count, WIDTH, HEIGHT), {"crf": "18", "preset": "veryfast"})
    empty = _write(folder / "one.mp4", _panned(1, WIDTH, HEIGHT), {"crf": "18", "preset": "veryfast"})
    y = np.zeros((HEIGHT, WIDTH), np.uint8)
    for size in ("s", "m"):
        for preset in ("medium", "veryfast"):
            rim = 2 * halo(network(f"clean-{size}-x2"))
            model = TileModel(network(f"clean-{size}-x2"), _FORM, WIDTH + rim, HEIGHT + rim, precision)
            y = np.full((HEIGHT + rim, WIDTH + rim), 100, np.uint8)
            uv = np.full((2, y.shape[0] // 2, y.shape[1] // 2), 128, np.uint8)
            shares: list[float] = []
            seconds = each = 0.0
            for number in range(1 if quick else 3):
                each = _best(lambda model=model, y=y, uv=uv: model(y, uv), 15)
                walls = [
                    command([sys.executable, "-c", _WRITE, clip, folder / "out.mp4", size, precision, preset],
                            environment(folder / f"home-{size}-{preset}-{number}-{clip.stem}")).wall
                    for clip in (source, empty)
                ]  # fmt: skip
                seconds = walls[0] - walls[1]
                shares.append((count - 1) * each / seconds)
            share = spread(shares)
            note = f"{(count - 1) / seconds:.1f} of {1 / each:.1f} frames per second; start {walls[1]:.1f} s left out"
            yield Row(f"file to file, {size}, {precision}, x264 {preset}", share.median, "× the network's rate", 0.8,
                      True, share.least, share.most, note=note)  # fmt: skip


def _real(name: str) -> Path | None:
    for folder in (os.environ.get("DREAMREEL_MEDIA"), Path(__file__).parents[2] / "shared" / "media"):
        if folder and (found := Path(folder) / "clips" / name).is_file():
            return found
    return None


def reuse(folder: Path, precision: Precision, quick: bool) -> Iterator[Row]:
    """What is not computed again: every frame through the network with and without it, and compared to the bit."""
    count = 48 if quick else 144
    clips = [
        ("held drawings, no loss", _write(folder / "held.mp4", _held(count), {"qp": "0"}), 2.5),
        ("held drawings, x264 crf 18", _write(folder / "held18.mp4", _held(count), {"crf": "18"}), 1.0),
        ("moving camera", _write(folder / "pan.mp4", _panned(count, WIDTH, HEIGHT), {"crf": "18"}), 0.97),
    ]
    if camera := _real("one-by-one-person-detection.mp4"):
        clips.append(("fixed camera", camera, 1.4))
    for name, path, bar in clips:
        with av.open(str(path)) as source:
            frames = [frame for frame, _ in zip(source.decode(video=0), range(count), strict=False)]
        first = frames[0]
        form = (network("clean-m-x2"), first.format.name, first.width, first.height, precision)
        ways = {
            "all": Enlarger(*form, reuse=False),
            "exact": Enlarger(*form),
            "near": Enlarger(*form, tolerance=2),
        }
        taken = dict.fromkeys(ways, 0.0)
        same = True
        for number, frame in enumerate(frames):
            made: dict[str, av.VideoFrame] = {}
            for way, enlarge in ways.items():
                start = time.perf_counter()
                made[way] = enlarge(frame)
                taken[way] += time.perf_counter() - start if number else 0
            pairs = zip(planes(made["all"]), planes(made["exact"]), strict=True)
            same &= all(np.array_equal(one, other) for one, other in pairs)
        ratio = taken["all"] / taken["exact"]
        yield Row(f"{name}, exact", ratio if same else 0.0, "× as fast", bar, True,
                  note="every sample the same" if same else "NOT the same samples")  # fmt: skip
        yield Row(f"{name}, near", taken["all"] / taken["near"], "× as fast", min(bar, 1.0) * 0.95, True)


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
