"""`python -m training.ship NAME …`: what a run has learned becomes a file of the program, and a row of its manifest."""

from __future__ import annotations

import argparse
import hashlib
import json
import tomllib
from pathlib import Path

import numpy as np
from safetensors.torch import load_file

from training.export import ranges, write
from training.networks import Plain
from training.photos import found, read
from training.resize import bicubic
from training.train import recipe

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
    for name in told.names:
        made_by = recipe(name)
        state = load_file(told.runs / name / "state.safetensors")
        network = Plain(made_by.shape, made_by.expansion)
        weights = {
            key.removeprefix("network."): one for key, one in state.items() if key.startswith("network.")
        }
        network.load_state_dict(weights, strict=True)
        family, size = name.split("-")[:2]
        key = f"{family}-{size}-x{made_by.shape.scale}"
        photos = found(told.photos)[:: max(1, len(found(told.photos)) // _LOOKED_AT)]
        tops = ranges(network.layers(), (_small(path, made_by.shape.scale) for path in photos))
        path = _WEIGHTS / f"{key}.onnx"
        write(path, made_by.shape, network.layers(), key, tops, {"licence": "MIT"})
        rows[key] = {
            "family": family, "size": size, "scale": made_by.shape.scale, "file": path.name,
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "parameters": made_by.shape.parameters,
            "halo": made_by.shape.halo, "ranges": tops, "strength": made_by.shape.strength,
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
