"""What repairs are worth and what they take, on every clip of a folder that was spoilt on purpose.

    python benchmarks/repairing.py FOLDER

    clip ─► a camera that moves over it ─► noise, blocks or age put on ─► the verb ─► luma against the clip, dB

Temporal denoising stands beside FFmpeg's atadenoise with the best of ten settings for each clip. Frames per second are
those of the repair alone, decoding and no encoding, on as many cores as there are.
"""

from __future__ import annotations

import argparse
import itertools
import math
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

import dreamreel
from dreamreel.media.filters import FilterSpec
from dreamreel.media.planes import like, planes
from dreamreel.render import tree
from dreamreel.render.frames import Room, frames
from dreamreel.render.lower import lower
from dreamreel.time import Span

_FRAMES, _WIDTH, _HEIGHT = 24, 480, 352
_RATE = Fraction(25)
_NOISE = (8.0, 5.0)
Shown = list[av.VideoFrame]


def main() -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    told = parser.parse_args()
    print("| clip | spoilt by | spoilt, dB | atadenoise | Dreamreel | fps |")
    print("|---|---|---|---|---|---|")
    for path in sorted(told.folder.iterdir()):
        if path.suffix in (".mkv", ".mp4", ".mov", ".webm"):
            for row in _rows(path):
                print(row, flush=True)


def _rows(path: Path) -> Iterator[str]:
    clean = _moving(path)
    noisy = [_noised(frame, n) for n, frame in enumerate(clean)]
    aged = [_aged(frame, n) for n, frame in enumerate(noisy)]
    works: list[tuple[str, Shown, str, Callable[[dreamreel.Clip], dreamreel.Clip]]] = [
        ("noise of 8 steps", noisy, "ffv1", lambda clip: clip.denoise(method="temporal")),
        ("MPEG-2 at q 20", clean, "mpeg2video", lambda clip: clip.deblock()),
        (
            "dust, scratches, flicker",
            aged,
            "ffv1",
            lambda clip: clip.restore_film().denoise(method="temporal"),
        ),
    ]
    with tempfile.TemporaryDirectory() as folder:
        for number, (what, spoilt, codec, verb) in enumerate(works):
            file = Path(folder) / f"{number}.mkv"
            _stored(file, spoilt, codec)
            clip = dreamreel.open(file)
            repaired = verb(clip)
            began = time.perf_counter()
            ours = _shown(lower(repaired.node).picture, clip.duration)
            rate = len(ours) / (time.perf_counter() - began)
            theirs = f"{_best_atadenoise(clip, clean):.2f}" if codec == "ffv1" and spoilt is noisy else ""
            before = _decibels(_shown(lower(clip.node).picture, clip.duration), clean)
            name = path.stem
            yield f"| {name} | {what} | {before:.2f} | {theirs} | {_decibels(ours, clean):.2f} | {rate:.1f} |"


def _best_atadenoise(clip: dreamreel.Clip, clean: Shown) -> float:
    return max(_atadenoise(clip, clean, size, limit)
               for size, limit in itertools.product((5, 9), (0.02, 0.04, 0.08, 0.12, 0.2)))  # fmt: skip


def _atadenoise(clip: dreamreel.Clip, clean: Shown, size: int, limit: float) -> float:
    limits = {
        f"{plane}{side}": f"{limit * factor:.3f}" for plane in "012" for side, factor in (("a", 1), ("b", 2))
    }
    picture = lower(clip.node).picture
    assert picture is not None
    spec = FilterSpec.of("atadenoise", s=size, **limits)
    return _decibels(_shown(tree.Filtered(picture, (spec,), timed=True), clip.duration), clean)


def _shown(picture: tree.Picture | None, duration: Fraction) -> Shown:
    assert picture is not None
    return [frame for _, frame in frames(picture, Span(Fraction(0), duration), Room())]


def _moving(path: Path) -> Shown:
    """The clip as a camera would see it that moves over it by hand."""
    made: Shown = []
    with av.open(str(path)) as source:
        for n, frame in enumerate(itertools.islice(source.decode(video=0), _FRAMES)):
            x, y = 40 + 20 * math.sin(n * 0.35) + n, 20 + 10 * math.cos(n * 0.5)
            move = np.array([[1, 0, -x], [0, 1, -y]], np.float32)
            seen = cv2.warpAffine(frame.to_ndarray(format="rgb24"), move, (_WIDTH, _HEIGHT), flags=cv2.INTER_CUBIC,
                                  borderMode=cv2.BORDER_REFLECT)  # fmt: skip
            made.append(av.VideoFrame.from_ndarray(np.asarray(seen, np.uint8), "rgb24").reformat(
                format="yuv420p", threads=1))  # fmt: skip
    return made


def _noised(frame: av.VideoFrame, seed: int) -> av.VideoFrame:
    rng = np.random.default_rng(seed)
    made = like(frame)
    for number, (target, source) in enumerate(zip(planes(made), planes(frame), strict=True)):
        noise = rng.normal(0, _NOISE[min(number, 1)], source.shape)
        target[:] = np.clip(np.rint(source + noise), 0, 255).astype(np.uint8)
    return made


def _aged(frame: av.VideoFrame, seed: int) -> av.VideoFrame:
    """With spots, two scratches and flicker."""
    rng = np.random.default_rng(1000 + seed)
    made = like(frame)
    for target, source in zip(planes(made), planes(frame), strict=True):
        target[:] = source
    light = planes(made)[0].astype(np.float64)
    for _ in range(10):
        x, y, size = int(rng.integers(_WIDTH)), int(rng.integers(_HEIGHT)), int(rng.integers(1, 6))
        cv2.circle(light, (x, y), size, float(rng.choice([30, 225])), -1)
    for column, step in ((_WIDTH // 3, 25.0), (2 * _WIDTH // 3, -28.0)):
        light += step * np.exp(-(((np.arange(_WIDTH) - column - 0.6 * math.sin(seed)) / 1.1) ** 2))
    light = (light - 16) * (1 + 0.07 * rng.normal()) + 16
    planes(made)[0][:] = np.clip(np.rint(light), 0, 255).astype(np.uint8)
    return made


def _stored(path: Path, shown: Sequence[av.VideoFrame], codec: str) -> None:
    with av.open(str(path), "w") as out:
        stream = out.add_stream(codec, rate=_RATE)
        stream.width, stream.height, stream.pix_fmt = _WIDTH, _HEIGHT, "yuv420p"
        if codec == "mpeg2video":
            stream.codec_context.qmin = stream.codec_context.qmax = 20
        for number, frame in enumerate(shown):
            frame.pts, frame.time_base = number, 1 / _RATE
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))


def _decibels(made: Shown, clean: Shown) -> float:
    """The mean PSNR of luma, in dB."""
    pairs = zip(made, clean, strict=True)
    errors = [float(np.mean((_luma(one) - _luma(other)) ** 2)) for one, other in pairs]
    return float(np.mean([10 * math.log10(255**2 / max(error, 1e-9)) for error in errors]))


def _luma(frame: av.VideoFrame) -> NDArray[np.float64]:
    return planes(frame)[0].astype(np.float64)


if __name__ == "__main__":
    main()
