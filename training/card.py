"""`python -m training.card NAME … --tests FOLDER …`: measures a network and writes its card, `cards/NAME.md`.

run ─► curve as a drawing        manifest ─► the shipped file ─► decibels in single precision and in 8 bits
"""

from __future__ import annotations

import argparse
import json
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from training.evaluate import Enlarge, table
from training.train import Recipe, recipe

__all__ = ["curve", "main"]

_HERE = Path(__file__).resolve().parent
_DATA = {
    "clean": ("photos",),
    "damaged": ("photos", "damage"),
    "cels": ("cels", "damage"),
    "faces": ("faces", "damage"),
}
"""Which words tell of which data."""
_WIDTH, _HEIGHT, _EDGE = 720, 260, 48


class Words(TypedDict):
    """What `cards.toml` says."""

    family: dict[str, dict[str, str]]
    data: dict[str, str]
    run: dict[str, str]
    published: dict[str, dict[str, tuple[str, float, float]]]


def main() -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(prog="python -m training.card")
    parser.add_argument("names", nargs="+")
    parser.add_argument("--tests", type=Path, nargs="+", required=True)
    parser.add_argument("--runs", type=Path, default=Path("runs"))
    told = parser.parse_args()
    sys.path.insert(0, str(_HERE.parent / "src"))
    words: Words = tomllib.loads((_HERE / "cards.toml").read_text(encoding="utf-8"))  # pyright: ignore[reportAssignmentType]
    folder = _HERE / "cards"
    folder.mkdir(exist_ok=True)
    for name in told.names:
        lines = (told.runs / name / "curve.jsonl").read_text(encoding="utf-8").splitlines()
        rows = [json.loads(line) for line in lines]
        (folder / f"{name}.svg").write_text(curve(rows), encoding="utf-8")
        (folder / f"{name}.md").write_text(_card(recipe(name), words, told.tests, rows), encoding="utf-8")


def _card(made_by: Recipe, words: Words, tests: list[Path], rows: list[dict[str, float]]) -> str:
    shape, family = made_by.shape, made_by.key.split("-")[0]
    said = words["family"][family]
    more = {
        "drawn": made_by.drawn, "again": made_by.again, "decibels": made_by.decibels, "taught": made_by.teacher,
    }  # fmt: skip
    names = (*_DATA[made_by.data], *(name for name, there in more.items() if there))
    data = [words["data"][name].strip().replace("{teacher}", made_by.teacher) for name in names]
    if made_by.name in words["run"]:
        data.append(words["run"][made_by.name].strip())
    begin = f" It begins as `{made_by.begin}`." if made_by.begin else ""
    return f"""# {made_by.name}: one of {said["title"]}

{said["use"]}

* **Shape**: {shape.depth + 2} plain 3×3 convolutions of {shape.channels} channels, ×{shape.scale}, RGB;
  {shape.parameters:,} numbers.
* **Licence**: MIT, as the program.
* **Made by**: `python -m training {made_by.name} --photos FOLDER …`; {rows[-1]["step"]:,.0f} steps of
  {made_by.batch} patches of {made_by.side}×{made_by.side} pixels.{begin}

## Data

{(chr(10) * 2).join(data)}

## The training

![Decibels on photos that were kept back, over the steps]({made_by.name}.svg)

## Measured

{_figures(made_by, words, tests, rows)}

## Limits

{said["limits"].strip()}
"""


def _figures(made_by: Recipe, words: Words, tests: list[Path], rows: list[dict[str, float]]) -> str:
    scale, said = made_by.shape.scale, list[str]()
    if made_by.data in ("clean", "damaged"):
        found = {precision: _measured(made_by, precision, tests) for precision in ("f32", "int8")}
        at = ", strength 0" if made_by.strength else ""
        said += [
            f"Y-PSNR in dB of bicubically shrunk photos, {scale} pixels left out at the border{at}.",
            _table(made_by, words, found, tests),
        ]
    else:
        said.append(
            f"At strength 0 it is `{made_by.begin}`, whose card tells its decibels on the usual photos."
        )
    if made_by.strength:
        last = rows[-1]
        said.append(
            f"At full strength, on what was kept back: {last['damaged']:.2f} dB on pictures worsened by chance, "
            f"{last['spared']:.2f} dB on photos that were only shrunk."
        )
    return "\n\n".join(said)


def _table(made_by: Recipe, words: Words, found: dict[str, list[float]], tests: list[Path]) -> str:
    rows = [["network", "numbers", *(folder.name for folder in tests)], ["---"] * (2 + len(tests))]
    for name, (size, *figures) in words["published"].get(str(made_by.shape.scale), {}).items():
        told = [f"{one:.2f}" for one in figures[: len(tests)]]
        rows.append([name, size, *told, *["–"] * (len(tests) - len(told))])
    own = f"{made_by.shape.parameters / 1000:.1f} K"
    for precision, label in (("f32", "**{}**"), ("int8", f"**{{}}**, 8 bits{_here()}")):
        rows.append([label.format(made_by.name), own, *(f"**{one:.2f}**" for one in found[precision])])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _here() -> str:
    """What is to be said of 8-bit arithmetic on this processor."""
    from dreamreel.neural.graph import overflows

    return " without VNNI" if overflows() else ""


def _measured(made_by: Recipe, precision: str, tests: list[Path]) -> list[float]:
    """The mean of each folder, of the file that ships."""
    enlarge = _shipped(made_by, precision)
    return [float(np.mean(list(table(folder, made_by.shape.scale, enlarge).values()))) for folder in tests]


def _shipped(made_by: Recipe, precision: str) -> Enlarge:
    """The network as the program runs it, on frames of ten bits, so that colour conversion costs nothing."""
    import av

    from dreamreel.media.colour import rgb_matrix, tag
    from dreamreel.media.info import Colour
    from dreamreel.media.planes import planes
    from dreamreel.neural.catalog import chosen
    from dreamreel.neural.enlarge import Enlarger

    colour = Colour(matrix=1, range=2, primaries=1, transfer=1)
    back = np.array(rgb_matrix(colour))
    matrix = np.linalg.inv(back)
    grey = np.array([0, 512, 512])

    def enlarge(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        height, width = image.shape[:2]
        network = chosen(*made_by.key.split("-")[:2], made_by.shape.scale)
        frame = tag(av.VideoFrame(width, height, "yuv444p10le"), colour)
        samples = (image / 255 @ matrix.T * 1023 + grey).round().clip(0, 1023).astype(np.uint16)
        for plane, values in zip(planes(frame), samples.transpose(2, 0, 1), strict=True):
            plane[:] = values
        made = Enlarger(network, "yuv444p10le", width, height, precision, strength=0.0)(frame)
        shown = (np.stack(planes(made), -1) - grey) / 1023 @ back.T
        return (shown * 255).round().clip(0, 255).astype(np.uint8)

    return enlarge


def curve(rows: list[dict[str, float]], names: Mapping[str, str] | None = None) -> str:
    """A drawing of how the watched photos' decibels rose; SVG that is legible on light and dark pages."""
    names = names or _KEYS
    keys = [key for key in names if key in rows[-1]]
    last = max(row["step"] for row in rows)
    box = f'viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" font-size="12" fill="#7a8190"'
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" {box}>']
    values = np.array([[row[key] for key in keys] for row in rows if row["step"] > last / 50])
    low, high = float(np.floor(values.min() * 5) / 5), float(np.ceil(values.max() * 5) / 5)

    def place(step: float, value: float) -> tuple[float, float]:
        x = _EDGE + (_WIDTH - 2 * _EDGE) * step / last
        return x, _EDGE / 2 + (_HEIGHT - 1.5 * _EDGE) * (high - value) / (high - low)

    for level in np.linspace(low, high, 5):
        y = place(0, level)[1]
        parts.append(f'<path d="M{_EDGE} {y:.1f}H{_WIDTH - _EDGE}" stroke="#7a8190" stroke-opacity=".25"/>')
        parts.append(f'<text x="{_EDGE - 6}" y="{y + 4:.1f}" text-anchor="end">{level:.1f}</text>')
    for share in (0.25, 0.5, 0.75, 1):
        x = place(last * share, low)[0]
        parts.append(f'<text x="{x:.1f}" y="{_HEIGHT - 12}" text-anchor="middle">{last * share:,.0f}</text>')
    looks = (("#3b82d9", -8), ("#16a34a", 18), ("#d97706", -8))
    for key, (colour, below) in zip(keys, looks, strict=False):
        points = [place(row["step"], row[key]) for row in rows if low <= row[key] <= high]
        line = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
        parts.append(f'<path d="M{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts.append(
            f'<text x="{_WIDTH - _EDGE}" y="{points[-1][1] + below:.1f}" text-anchor="end" fill="{colour}">'
            f"{names[key]}, dB</text>"
        )
    return "\n".join([*parts, "</svg>"]) + "\n"


_KEYS = {
    "watched": "shrunk photos",
    "spared": "shrunk photos, at full strength",
    "damaged": "damaged photos at full strength",
}


if __name__ == "__main__":
    main()
