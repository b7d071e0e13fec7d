"""`python -m training.ship NAME …`: what a run has learned becomes a file of the program, and a row of its manifest."""

from __future__ import annotations

import argparse
import hashlib
import json
import tomllib
from pathlib import Path

import numpy as np

from training.export import ranges, to_onnx
from training.photos import found, read
from training.resize import bicubic
from training.train import learned, recipe

__all__ = ["main"]

_WEIGHTS = Path(__file__).resolve().parents[1] / "src" / "dreamreel" / "neural" / "weights"
_LOOKED_AT = 20
"""Photos from which the ranges of 8-bit arithmetic are taken."""


def main() -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(prog="python -m training.ship")
    parser.add_argument("names", nargs="+")
    parser.add_argument("--photos", type=Path, nargs="+", required=True)
    parser.add_argument("--runs", type=Path, default=Path("runs"))
    told = parser.parse_args()
    manifest = _WEIGHTS / "manifest.toml"
    rows = tomllib.loads(manifest.read_text(encoding="utf-8")) if manifest.exists() else {}
    photos = found(told.photos)
    photos = photos[:: max(1, len(photos) // _LOOKED_AT)]
    for name in told.names:
        made_by = recipe(name)
        shape, layers = made_by.shape, learned(made_by, told.runs).layers()
        family, size = name.split("-")[:2]
        key = f"{family}-{size}-x{shape.scale}"
        strengths = (0.0, 0.5, 1.0) if shape.strength else (1.0,)
        tops = ranges(layers, [_small(path, shape.scale) for path in photos], strengths)
        path = _WEIGHTS / f"{key}.onnx"
        path.write_bytes(to_onnx(shape, layers, key).SerializeToString())
        rows[key] = {
            "family": family, "size": size, "scale": shape.scale, "file": path.name,
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "parameters": shape.parameters,
            "halo": shape.halo, "ranges": tops, "strength": shape.strength,
        }  # fmt: skip
    manifest.write_text(_toml(rows), encoding="utf-8")


def _small(path: Path, scale: int) -> np.ndarray:
    photo = read(path)
    height, width = (side // scale for side in photo.shape[:2])
    return bicubic(photo, height, width).transpose(2, 0, 1).astype(np.float32) / 255


def _toml(rows: dict[str, dict[str, object]]) -> str:
    """A table for each row; JSON's texts, numbers and lists are TOML's too."""
    tables = ["\n".join([f"[{name}]", *(f"{key} = {json.dumps(value)}" for key, value in row.items())])
              for name, row in sorted(rows.items())]  # fmt: skip
    return "# Written by `python -m training.ship`.\n\n" + "\n\n".join(tables) + "\n"


if __name__ == "__main__":
    main()
