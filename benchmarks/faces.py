"""What the network for faces is worth, and what it takes, on every clip of a folder that shows people.

    python benchmarks/faces.py FOLDER [--network NAME] [--crf 26 32]

    clip ─► half the size, H.264 ─► enlarged by the network `general m`, its faces by their own ─► luma in the masks, dB

Decibels count only what lies inside the masks. Frames per second are those of enlarging, decoding included. A film of
which no face is found is left out.
"""

from __future__ import annotations

import argparse
import math
import tempfile
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import dreamreel
from dreamreel.clip import Clip
from dreamreel.media.planes import planes
from dreamreel.motion.columns import unpack
from dreamreel.neural.catalog import Network, chosen, face_network, network
from dreamreel.neural.faces import COLUMNS, Faces, mask
from dreamreel.neural.machine import settled
from dreamreel.ops.enlarge import Enlarge
from dreamreel.ops.faces import EnlargeFaces
from dreamreel.ops.found_faces import faces_for
from dreamreel.render.frames import Room, frames
from dreamreel.render.lower import lower
from dreamreel.time import Span

_SECONDS = 2
_SHARES = (0.25, 0.5, 0.75, 1.0)
Luma = NDArray[np.uint8]


def main() -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--network", help="the network that faces go through; the one for faces by default")
    parser.add_argument("--crf", type=int, nargs="+", default=[26, 32])
    told = parser.parse_args()
    face = network(told.network) if told.network else face_network("m", 2)
    if face is None:
        parser.error("there is no network for faces; name another with --network")
    print(f"| clip | crf | general m, dB | fps | {' | '.join(f'{share:g}, dB' for share in _SHARES)} | fps |")
    print("|---|---|---|---|" + "---|" * len(_SHARES) + "---|")
    for path in sorted(told.folder.iterdir()):
        if path.suffix in (".mkv", ".mp4", ".mov", ".webm"):
            for crf in told.crf:
                for row in _rows(path, crf, face):
                    print(row, flush=True)


def _rows(path: Path, crf: int, face: Network) -> Iterator[str]:
    source = dreamreel.open(path)
    video = source.info.video
    assert video is not None
    whole = source[0 : min(source.duration, Fraction(_SECONDS))].mute()
    whole = whole.crop(video.width // 4 * 4, video.height // 4 * 4, 0, 0)
    assert whole.info.video is not None
    width, height = whole.info.video.width, whole.info.video.height
    with tempfile.TemporaryDirectory() as folder:
        small = Path(folder) / "small.mp4"
        whole.resize(width // 2, height // 2, "stretch").write(small, crf=crf)
        clip = dreamreel.open(small)
        net = chosen("general", "m", 2)
        base = Enlarge(net.name, net.sha256[:16], settled(), 1.0)
        op = faces_for(clip.node, clip.info, base, 1.0, face=face)
        if not isinstance(op, EnlargeFaces):
            return
        meant, _ = _shown(whole)
        plain, rate = _shown(Clip.of(base, clip))
        faced, slower = _shown(Clip.of(op, clip))
        weights = _weights(op, [time for time, _ in meant], width // 2, height // 2)
        ours = [_decibels([(1 - share) * one + share * two for (_, one), (_, two) in zip(plain, faced, strict=True)],
                          [one for _, one in meant], weights) for share in (0.0, *_SHARES)]  # fmt: skip
    told = " | ".join(f"{one:.2f}" for one in ours[1:])
    yield f"| {path.stem} | {crf} | {ours[0]:.2f} | {rate:.1f} | {told} | {slower:.1f} |"


def _shown(clip: Clip) -> tuple[list[tuple[Fraction, Luma]], float]:
    """The luma of all frames, and how many were made in a second."""
    picture = lower(clip.node).picture
    assert picture is not None
    began = time.perf_counter()
    made = [(at, np.array(planes(frame)[0], np.uint8))
            for at, frame in frames(picture, Span(Fraction(0), clip.duration), Room())]  # fmt: skip
    return made, len(made) / (time.perf_counter() - began)


def _weights(op: EnlargeFaces, times: list[Fraction], width: int, height: int) -> list[NDArray[np.float32]]:
    """The masks of all frames, twice as large as what faces were found in."""
    faces = Faces(unpack(op.tracks, COLUMNS))
    x, y = (((np.arange(2 * side) + 0.5) / 2).astype(np.float32) for side in (width, height))
    return [mask(faces.at(time, width, height), x, y) for time in times]


def _decibels(
    ours: list[NDArray[np.float64]], meant: list[Luma], weights: list[NDArray[np.float32]]
) -> float:
    lost = sum(float((w * (one - two.astype(np.float64)) ** 2).sum())
               for one, two, w in zip(ours, meant, weights, strict=True))  # fmt: skip
    return 10 * math.log10(255**2 / (lost / max(1e-9, sum(float(w.sum()) for w in weights))))


if __name__ == "__main__":
    main()
