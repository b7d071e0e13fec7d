"""`python -m training.ship NAME …`: what a run has learned becomes a file of the program, and a row of its manifest."""

from __future__ import annotations

import argparse
import hashlib
import json
import tomllib
from pathlib import Path

import numpy as np
import torch

from training.export import evened, ranges, to_onnx, unevenness
from training.networks import layers
from training.photos import found, read
from training.resize import bicubic
from training.train import applied, recipe

__all__ = ["WEIGHTS", "main", "rows", "write"]

WEIGHTS = Path(__file__).resolve().parents[1] / "src" / "dreamreel" / "neural" / "weights"
_LOOKED_AT = 20
"""Photos from which the ranges of 8-bit arithmetic are taken."""


def main() -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(prog="python -m training.ship")
    parser.add_argument("names", nargs="+")
    parser.add_argument("--photos", type=Path, nargs="+", required=True)
    parser.add_argument("--runs", type=Path, default=Path("runs"))
    told = parser.parse_args()
    there = rows()
    photos = found(told.photos)
    photos = photos[:: max(1, len(photos) // _LOOKED_AT)]
    for name in told.names:
        made_by = recipe(name)
        shape = made_by.shape
        key = made_by.key
        family, size, _ = key.split("-")
        origin = recipe(made_by.begin) if made_by.strength else None
        strengths = (0.0, 0.5, 1.0) if made_by.strength else (1.0,)
        small = [_small(path, shape.scale) for path in photos]
        # By the origin's channels where there is one, for what lies between two networks needs the same for both. Of
        # larger networks and scales the last convolution is in floats.
        by = torch.ones(shape.channels)
        if shape.scale == 2 and size != "l":
            by = unevenness(applied(made_by, told.runs, 0.0), small)
        tops = np.max([ranges(evened(applied(made_by, told.runs, one), by), small) for one in strengths], 0)
        path = WEIGHTS / f"{key}.onnx"
        kept = layers(evened(applied(made_by, told.runs, 1.0), by))
        path.write_bytes(to_onnx(shape, kept, key).SerializeToString())
        there[key] = {
            "family": family, "size": size, "scale": shape.scale, "file": path.name,
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "parameters": shape.parameters,
            "halo": shape.halo, "ranges": tops.tolist(), "strength": made_by.strength,
            "origin": origin.key if origin else "",
        }  # fmt: skip
    write(there)


def rows() -> dict[str, dict[str, object]]:
    """The manifest's rows, by the networks' names."""
    path = WEIGHTS / "manifest.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def write(networks: dict[str, dict[str, object]]) -> None:
    """The manifest anew."""
    (WEIGHTS / "manifest.toml").write_text(_toml(networks), encoding="utf-8")


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
