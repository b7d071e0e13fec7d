"""What tells drawings from photos: a small network that judges single edges, taught on both after they were encoded.

    drawings by chance, stills of dreams ─┐
    photos, frames of films ──────────────┴─► changed ─► panned ─► H.264 ─► what lies across their edges ─► the judge

    python -m training.drawn --photos FOLDER … --films FOLDER --stills FOLDER --out src/dreamreel/analyse/drawing.f32

Every second photo and film, half of the stills, and other drawings, are kept from it. Of these it prints, for four
qualities of H.264, how many are taken for drawings. The threshold is set on what it was taught with.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from pathlib import Path

import av
import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from dreamreel.analyse.drawing import SHAPE, clues, picture, profiles
from training.cels import cel
from training.photos import found, read

__all__ = ["Example", "changed", "encoded", "examples", "main"]

Picture = NDArray[np.uint8]

_CELS, _TESTED = 220, 120
"""Drawings that are learned from, and others to try."""
_QUALITIES = (6, 12, 18, 22, 26, 28, 30, 32, 34, 36)
_TRIED = (12, 23, 30, 34)
_EDGES = 200
_BATCH, _FEW = 64, 48
"""Pictures in a batch, and edges of each."""
_WEIGHTS = {"still": 0.3, "film": 0.5}
"""How much kinds count beside drawings and photos."""
_FALSE = 0.995
"""Share of photos that the threshold leaves behind."""
_MARGIN = 0.25
"""What the threshold lies above them."""


@dataclass(frozen=True, slots=True)
class Example:
    """An encoded frame: `edges` (N, 5, 21) are its profiles, None where there are too few."""

    kind: str
    crf: int
    edges: Picture | None

    @property
    def is_drawn(self) -> bool:
        """Whether it should be taken for a drawing."""
        return self.kind in ("cel", "still")


def main() -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(prog="python -m training.drawn")
    parser.add_argument("--photos", type=Path, nargs="+", required=True)
    parser.add_argument("--films", type=Path, nargs="*", default=[])
    parser.add_argument("--stills", type=Path, nargs="*", default=[])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=3500)
    told = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    photos, films = found(told.photos), sorted(one for folder in told.films for one in folder.iterdir())
    stills = found(told.stills) if told.stills else []
    half = len(stills) // 2
    learned = list(examples(photos[::2], films[::2], stills[:half:2], _CELS, seed=1))
    print(f"{len(learned)} examples", flush=True)
    judge, threshold = _taught(learned, told.steps)
    _write(told.out, judge, threshold)
    tried = list(examples(photos[1::2], films[1::2], stills[half::3], _TESTED, seed=2, tried=True))
    for name, some in (("learned", learned), ("kept", tried)):
        _print(name, some, judge, threshold)


def examples(
    photos: Sequence[Path],
    films: Sequence[Path],
    stills: Sequence[Path],
    cels: int,
    seed: int,
    *,
    tried: bool = False,
) -> Iterator[Example]:
    """Pictures of all kinds, encoded: each at three qualities, or at all that are `tried`."""
    for kind, frames, rng in _films(photos, films, stills, cels, seed):
        for crf in _TRIED if tried else rng.choice(_QUALITIES, 3, replace=False):
            shown = encoded(frames, int(crf))[-1 if tried else int(rng.integers(1, len(frames)))]
            yield Example(kind, int(crf), profiles(picture(shown), _EDGES))


def _films(
    photos: Sequence[Path], films: Sequence[Path], stills: Sequence[Path], cels: int, seed: int
) -> Iterator[tuple[str, list[Picture], np.random.Generator]]:
    rng = np.random.default_rng(seed)
    for number in range(cels):
        photo = read(photos[int(rng.integers(len(photos)))]) if number % 2 else None
        yield "cel", _moving(changed(cel(rng, photo), rng, drawn=True), rng, int(rng.integers(1, 3))), rng
    for path in stills:
        yield "still", _moving(changed(read(path), rng, drawn=True), rng, 1), rng
    for path in photos:
        yield "photo", _moving(changed(read(path), rng, drawn=False), rng, 1), rng
    for path in films:
        with av.open(str(path)) as container:
            frames = [one.to_ndarray(format="rgb24") for one in islice(container.decode(video=0), 6)]
        for share in (1.7, 1.0, 0.5, 0.35):
            for light in (1.0, 0.5):
                sized = [
                    _lit(_sized(one, share), 1.3, light) if light < 1 else _sized(one, share)
                    for one in frames
                ]
                yield "film", [_even(one) for one in sized], rng


def changed(photo: Picture, rng: np.random.Generator, *, drawn: bool) -> Picture:
    """A picture of another size, blurred, sharpened, denoised, darker, or of another saturation."""
    made = _sized(photo, min(float(rng.choice([0.6, 0.8, 1, 1, 1.4, 1.8])), 760 / max(photo.shape)))
    if rng.random() < (0.25 if drawn else 0.4):
        made = cv2.GaussianBlur(made, (0, 0), float(rng.uniform(0.4, 1.0 if drawn else 3.0)))
    if rng.random() < 0.2:
        made = _bytes(1.7 * made - 0.7 * cv2.GaussianBlur(made.astype(np.float64), (0, 0), 1.2))
    if not drawn and rng.random() < 0.25:
        made = cv2.bilateralFilter(made, 9, float(rng.uniform(15, 45)), 5)
    if not drawn and rng.random() < 0.15:
        made = _near(made, float(rng.uniform(4, 12)))
    if rng.random() < 0.35:
        made = _lit(made, float(rng.uniform(0.7, 2)), float(rng.uniform(0.35, 1)))
    if rng.random() < 0.2:
        hue = cv2.cvtColor(made, cv2.COLOR_RGB2HSV).astype(np.float64)
        hue[..., 1] *= rng.uniform(0, 1.8)
        made = cv2.cvtColor(_bytes(hue), cv2.COLOR_HSV2RGB)
    return np.asarray(made, np.uint8)


def _sized(photo: Picture, share: float) -> Picture:
    way = cv2.INTER_AREA if share < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(photo, None, fx=share, fy=share, interpolation=way), np.uint8)


def _lit(photo: Picture, gamma: float, light: float) -> Picture:
    return _bytes((photo / 255) ** gamma * light * 255)


def _near(photo: Picture, sigma: float) -> Picture:
    """Sharp in the middle alone, as of a lens that is wide open."""
    height, width = photo.shape[:2]
    mask = np.zeros((height, width), np.float32)
    cv2.ellipse(mask, (width // 2, height // 2), (width // 4, height // 3), 0, 0, 360, 1, -1)
    mask = cv2.GaussianBlur(mask, (0, 0), 3)[..., None]
    return _bytes(photo * mask + cv2.GaussianBlur(photo, (0, 0), sigma) * (1 - mask))


def _moving(photo: Picture, rng: np.random.Generator, hold: int) -> list[Picture]:
    """Five frames of a camera that pans, each held for so many; some stand still, some have noise."""
    height, width = ((side - 16) // 4 * 4 for side in photo.shape[:2])
    steps = rng.integers(-1, 2, 2) if rng.random() < 0.8 else (0, 0)
    corners = [tuple(8 + int(step) * (number // hold) for step in steps) for number in range(5)]
    frames = [np.ascontiguousarray(photo[y : y + height, x : x + width]) for y, x in corners]
    sigma = float(rng.choice([0, 0, 0, 0, 1.5, 4]))
    return [_bytes(one + rng.normal(0, sigma, (height, width, 1))) for one in frames] if sigma else frames


def _even(photo: Picture) -> Picture:
    return np.ascontiguousarray(photo[: photo.shape[0] // 4 * 4, : photo.shape[1] // 4 * 4])


def _bytes(values: NDArray[np.float64]) -> Picture:
    return np.clip(np.round(values), 0, 255).astype(np.uint8)


def encoded(frames: Sequence[Picture], crf: int) -> list[av.VideoFrame]:
    """Frames as H.264 leaves them."""
    coder, decoder = av.CodecContext.create("libx264", "w"), av.CodecContext.create("h264", "r")
    assert isinstance(coder, av.VideoCodecContext)
    assert isinstance(decoder, av.VideoCodecContext)
    coder.height, coder.width = frames[0].shape[:2]
    coder.pix_fmt, coder.time_base, coder.framerate = "yuv420p", Fraction(1, 25), Fraction(25)
    coder.thread_count = decoder.thread_count = 1
    coder.options = {"crf": str(crf), "preset": "medium"}
    packets = []
    for number, one in enumerate(frames):
        frame = av.VideoFrame.from_ndarray(one, "rgb24").reformat(format="yuv420p", threads=1)
        frame.pts, frame.time_base = number, Fraction(1, 25)
        packets += coder.encode(frame)
    packets += coder.encode(None)
    if coder.extradata:
        decoder.extradata = coder.extradata
    return [frame for packet in (*packets, None) for frame in decoder.decode(packet)]


def _network() -> nn.Sequential:
    a, b, c, d = SHAPE
    return nn.Sequential(nn.Linear(a, b), nn.ReLU(), nn.Linear(b, c), nn.ReLU(), nn.Linear(c, d))


def _taught(learned: Sequence[Example], steps: int) -> tuple[nn.Sequential, float]:
    torch.manual_seed(0)
    rng = np.random.default_rng(0)
    some = [one for one in learned if one.edges is not None]
    drawn = np.array([one.is_drawn for one in some])
    weight = np.array([_WEIGHTS.get(one.kind, 1.0) for one in some])
    for kind in (True, False):
        weight[drawn == kind] /= 2 * weight[drawn == kind].sum()
    judge = _network()
    optimiser = torch.optim.AdamW(judge.parameters(), 3e-3, weight_decay=3e-2)
    pace = torch.optim.lr_scheduler.OneCycleLR(optimiser, 4e-3, steps, pct_start=0.2)
    loss_of = functional.binary_cross_entropy_with_logits
    for step in range(steps):
        chosen = rng.choice(len(some), _BATCH, p=weight)
        told = judge(torch.from_numpy(_batch([some[n] for n in chosen], rng)))[..., 0]
        wanted = torch.from_numpy(drawn[chosen].astype(np.float32)) * 0.96 + 0.02
        each = loss_of(told.clamp(-6, 6), wanted[:, None].expand_as(told))
        loss = 0.3 * each + loss_of(told.mean(1) * 2, wanted)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        pace.step()
        if step % 500 == 0:
            print(f"step {step}: {float(loss.detach()):.3f}", flush=True)
    filmed = [score for one, score in zip(learned, _scores(learned, judge), strict=True) if not one.is_drawn]
    return judge, float(np.quantile(filmed, _FALSE)) + _MARGIN


def _batch(some: Sequence[Example], rng: np.random.Generator) -> NDArray[np.float32]:
    """What the judge is told of a few edges of each, mirrored, with other contrasts and colours."""
    picked = np.stack(
        [one.edges[rng.integers(0, len(one.edges), _FEW)] for one in some if one.edges is not None]
    )
    values = picked.astype(np.float32)
    values[..., [0, 1, 4], :] *= rng.uniform(0.4, 1.1)
    values[..., 2:4, :] *= rng.uniform(0.3, 1.3) if rng.random() < 0.8 else 0
    if rng.random() < 0.5:
        values = values[..., [4, 1, 2, 3, 0], :]
    if rng.random() < 0.5:
        values = values[..., [0, 1, 3, 2, 4], :]
    return clues(values)


def _scores(some: Sequence[Example], judge: nn.Sequential) -> list[float]:
    with torch.no_grad():
        return [
            -9.0
            if one.edges is None
            else float(judge(torch.from_numpy(clues(one.edges.astype(np.float32)))).mean())
            for one in some
        ]


def _write(path: Path, judge: nn.Sequential, threshold: float) -> None:
    parts = []
    for layer in (judge[0], judge[2], judge[4]):
        assert isinstance(layer, nn.Linear)
        parts += [layer.weight.detach().numpy().T.ravel(), layer.bias.detach().numpy()]
    parts[-1] = parts[-1] - np.float32(threshold)
    path.write_bytes(np.concatenate(parts).astype("<f4").tobytes())


def _print(name: str, some: Sequence[Example], judge: nn.Sequential, threshold: float) -> None:
    scores = np.array(_scores(some, judge))
    for kind in dict.fromkeys(one.kind for one in some):
        told = []
        for crf in _TRIED:
            mine = np.array([one.kind == kind and one.crf == crf for one in some])
            told.append(f"crf {crf}: {int((scores[mine] > threshold).sum())} of {int(mine.sum())}")
        print(f"{name} {kind}: {', '.join(told)}", flush=True)


if __name__ == "__main__":
    main()
