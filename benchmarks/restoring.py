"""How much better a compressed film becomes: the `general` network against FFmpeg's filters and bicubic enlarging.

    python benchmarks/restoring.py FOLDER            every clip of a folder, H.264 at CRF 30, half the size

    clip ─► half the size ─► x264 at CRF 30 ─┬─► Clip.upscale(2, family="general") ─┐
                                             └─► deblock, denoise ─► bicubic × 2 ───┴─► luma against the clip, dB

The best of a dozen chains of filters counts, chosen for each clip by its result; shown is how much `general` is above
it in each arithmetic. Clean input is the same without the encoder: there `general` is compared with `clean`.
"""

from __future__ import annotations

import argparse
import itertools
import tempfile
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import av.filter
import numpy as np
from av.video.reformatter import ColorRange
from numpy.typing import NDArray

import dreamreel
from dreamreel.media.planes import planes
from dreamreel.neural.catalog import PRECISIONS, Precision

_FRAMES = 16
_CHAINS = [
    [*one, *two]
    for one, two in itertools.product(
        ([], [("deblock", "filter=weak:block=8")], [("deblock", "filter=strong:block=8")]),
        ([], [("atadenoise", "")], [("bilateral", "sigmaS=2:sigmaR=0.03")], [("nlmeans", "s=1.5:p=5:r=9")],
         [("fftdnoiz", "sigma=3:block=16:overlap=0.6")]),
    )
]  # fmt: skip


def main() -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--size", default="m")
    parser.add_argument("--crf", type=int, default=30)
    told = parser.parse_args()
    print(
        f"| clip | bicubic | best filters, bicubic | general: {' | '.join(PRECISIONS)} | clean input: clean | general |"
    )
    print("|---|---|---" + "|---" * len(PRECISIONS) + "|---|---|")
    for path in sorted(told.folder.iterdir()):
        if path.suffix in (".mkv", ".mp4", ".mov", ".webm"):
            print(_row(path, told.size, told.crf), flush=True)


def _row(path: Path, size: str, crf: int) -> str:
    whole = _frames(path, _FRAMES)
    half = _through(whole, [("scale", "iw/2:ih/2:flags=bicubic")])
    with tempfile.TemporaryDirectory() as folder:
        worse, clean = Path(folder) / "worse.mkv", Path(folder) / "clean.mkv"
        _encode(half, worse, "libx264", {"crf": str(crf), "preset": "medium"})
        _encode(half, clean, "ffv1", {})
        shown = _frames(worse, _FRAMES)
        large = [("scale", "iw*2:ih*2:flags=bicubic")]
        filtered = [_decibels(_through(shown, [*chain, *large]), whole) for chain in _CHAINS]
        gains = [
            _decibels(_enlarged(worse, Path(folder), size, "general", one), whole) - max(filtered)
            for one in PRECISIONS
        ]
        both = [
            _decibels(_enlarged(clean, Path(folder), size, one, "f32"), whole) for one in ("clean", "general")
        ]
    figures = [f"{one:.2f}" for one in (filtered[0], max(filtered))]
    figures += [f"{one:+.2f}" for one in gains] + [f"{one:.2f}" for one in both]
    return f"| {path.stem} | {' | '.join(figures)} |"


def _enlarged(path: Path, folder: Path, size: str, family: str, precision: Precision) -> list[av.VideoFrame]:
    made = folder / f"{path.stem}-{family}-{precision}.mkv"
    clip = dreamreel.open(path).upscale(2, family=family, size=size, precision=precision)  # pyright: ignore[reportArgumentType]
    clip.write(made, codec="ffv1")
    return _frames(made, _FRAMES)


def _frames(path: Path, count: int) -> list[av.VideoFrame]:
    """The first frames, in 4:2:0 and studio range, which filters then leave alone, with sides that can be halved."""
    with av.open(str(path)) as container:
        found = [
            frame.reformat(format="yuv420p", dst_color_range=ColorRange.MPEG, threads=1)
            for frame in itertools.islice(container.decode(video=0), count)
        ]
    width, height = (side // 4 * 4 for side in (found[0].width, found[0].height))
    return _through(found, [("crop", f"{width}:{height}:0:0")])


def _through(frames: Sequence[av.VideoFrame], chain: Sequence[tuple[str, str]]) -> list[av.VideoFrame]:
    graph = av.filter.Graph()
    first = frames[0]
    node = graph.add_buffer(
        width=first.width, height=first.height, format=first.format, time_base=Fraction(1, 25)
    )
    last = node
    for name, options in (*chain, ("buffersink", "")):
        following = graph.add(name, options or None)
        last.link_to(following)
        last = following
    graph.configure()
    made: list[av.VideoFrame] = []
    for number, frame in enumerate((*frames, None)):
        if frame is not None:
            frame.pts, frame.time_base = number, Fraction(1, 25)
        node.push(frame)
        try:
            while True:
                made.append(last.pull())  # pyright: ignore[reportArgumentType]
        except (av.BlockingIOError, av.EOFError):
            continue
    return made


def _encode(frames: Sequence[av.VideoFrame], path: Path, codec: str, options: dict[str, str]) -> None:
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=25, options=options)
        stream.width, stream.height, stream.pix_fmt = frames[0].width, frames[0].height, "yuv420p"
        for number, frame in enumerate(frames):
            frame.pts, frame.time_base = number, Fraction(1, 25)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def _decibels(made: Sequence[av.VideoFrame], whole: Sequence[av.VideoFrame]) -> float:
    """Mean PSNR of the luma, four pixels left out at each edge."""
    assert len(made) == len(whole)
    return float(np.mean([_psnr(planes(a)[0], planes(b)[0]) for a, b in zip(made, whole, strict=True)]))


def _psnr(one: NDArray[np.generic], other: NDArray[np.generic]) -> float:
    error = (one.astype(np.float64) - other.astype(np.float64))[4:-4, 4:-4]
    return 10 * np.log10(255**2 / np.mean(error**2))


if __name__ == "__main__":
    main()
