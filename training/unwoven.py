"""`python -m training.unwoven ship|card`: the network that deinterlaces becomes a part of the program.

python -m training.unwoven ship --clips FOLDER       its file, and its row in the manifest
python -m training.unwoven card --measured FILE      its card; FILE holds what `benchmarks/deinterlacing.py` told
"""

from __future__ import annotations

import argparse
import hashlib
import json
import tomllib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from torch.nn import functional

from training.card import curve
from training.deinterlace import RECIPE, SLOPE, learned, tensors
from training.fields import FIELDS, HELD_OUT, Sample, clips, woven
from training.networks import Weights
from training.ship import WEIGHTS, rows, write

__all__ = ["card", "main", "ranges", "ship", "to_onnx"]

_CARDS = Path(__file__).resolve().parent / "cards"
_WATCHED = {"clips": "clips that were kept back", "moved": "photos set in motion"}


def to_onnx(weights: Weights, name: str) -> onnx.ModelProto:
    """The network as an ONNX file: `fields` (1, 5, H, W) → `lines` (1, 1, H, W), weights in half precision."""
    nodes: list[onnx.NodeProto] = []
    values: list[onnx.TensorProto] = []

    def add(op: str, inputs: list[str], name: str, **attributes: object) -> str:
        nodes.append(helper.make_node(op, inputs, [name], name=name, **attributes))
        return name

    def value(name: str, data: NDArray[np.generic]) -> str:
        values.append(numpy_helper.from_array(data, name))
        return name

    first = made = add("Sub", ["fields", value("half", np.float32(0.5))], "centred")
    for number, (weight, bias) in enumerate(weights):
        head, last = number == 0, number == len(weights) - 1
        kernel = _over_columns(weight.numpy()) if head else weight.numpy()
        stored = value(f"conv{number}.weight", kernel.astype(np.float16))
        wide = add("Cast", [stored], f"conv{number}.wide", to=TensorProto.FLOAT)
        source = add("Add", [made, first], "skip") if last else made
        form = {"strides": [1, 2], "pads": [1, 2, 1, 2]} if head else {"pads": [1, 1, 1, 1]}
        made = add("Conv", [source, wide, value(f"conv{number}.bias", bias.numpy())], f"conv{number}", **form)
        made = made if last else add("Relu", [made], f"relu{number}")
        first = made if head else first
    # Three values for each of the two columns of a pair, laid side by side again.
    apart = np.zeros((6, 1, 1, 2), np.float32)
    apart[0::2, 0, 0, 0] = apart[1::2, 0, 0, 1] = 1
    told = add("ConvTranspose", [made, value("apart", apart)], "told", group=3, strides=[1, 2])
    kernel = np.zeros((1, FIELDS, 4, 1), np.float32)
    kernel[0, 2, :, 0] = np.array([-1, 9, 9, -1]) / 16
    own = add("Conv", ["fields", value("cubic", kernel)], "own", pads=[1, 0, 2, 0])
    nodes.append(
        helper.make_node("Split", [told, value("thirds", np.array([1, 1, 1]))], ["a", "b", "detail"], axis=1)
    )
    ones = value("ones", np.array([1] * FIELDS))
    nodes.append(helper.make_node("Split", ["fields", ones], ["f0", "before", "f2", "after", "f4"], axis=1))
    steep = add("Mul", [add("Sigmoid", ["a"], "soft"), value("slope", np.float32(SLOPE))], "steep")
    low = add("Sub", [steep, value("foot", np.float32((SLOPE - 1) / 2))], "low")
    moves = add("Clip", [low, value("none", np.float32(0)), value("all", np.float32(1))], "moves")
    whence = add("Sigmoid", ["b"], "whence")
    way = add("Mul", [add("Sub", ["after", "before"], "step"), whence], "part")
    rest = add("Add", ["before", way], "rest")
    anew = add("Add", [own, "detail"], "anew")
    share = add("Mul", [add("Sub", [anew, rest], "apart_from_rest"), moves], "share")
    add("Add", [rest, share], "lines")
    inputs = [helper.make_tensor_value_info("fields", TensorProto.FLOAT, [1, FIELDS, "height", "width"])]
    outputs = [helper.make_tensor_value_info("lines", TensorProto.FLOAT, [1, 1, None, None])]
    graph = helper.make_graph(nodes, name, inputs, outputs, values)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], producer_name="dreamreel")
    model.ir_version = 9
    helper.set_model_props(model, {"licence": "MIT"})
    onnx.checker.check_model(model, full_check=True)
    return model


def _over_columns(weight: NDArray[np.float32]) -> NDArray[np.float32]:
    """A 3×3 kernel over pairs of columns as a 3×6 one over columns that moves on by two: (out, 5, 3, 6)."""
    out = weight.shape[0]
    return weight.reshape(out, FIELDS, 2, 3, 3).transpose(0, 1, 3, 4, 2).reshape(out, FIELDS, 3, 6)


@torch.no_grad()
def ranges(weights: Weights, samples: Sequence[Sample]) -> list[float]:
    """The largest value that reaches each convolution but the first, all but one in a hundred thousand."""
    tops = np.zeros(len(weights))
    for sample in samples:
        fields, _ = tensors([sample])
        _, _, height, width = fields.shape
        x = fields.view(1, FIELDS, height, width // 2, 2).permute(0, 1, 4, 2, 3) - 0.5
        made = first = x.reshape(1, 2 * FIELDS, height, width // 2)
        for number, (weight, bias) in enumerate(weights):
            made = made + first if number == len(weights) - 1 else made
            tops[number] = max(tops[number], float(np.quantile(made.numpy(), 1 - 1e-5)))
            made = functional.relu(functional.conv2d(made, weight, bias, padding=1))
            first = made if number == 0 else first
    return [round(float(top), 5) for top in tops[1:]]


def ship(runs: Path, folder: Path) -> None:
    """Write the network into the program, and its row into the manifest; `folder` has the clips it learned from."""
    path = WEIGHTS / f"{RECIPE.name}.onnx"
    samples = [
        woven(film[n : n + FIELDS].astype(np.float32)) for film in clips(folder) for n in range(0, 40, 10)
    ]
    with torch.no_grad():
        weights = learned(runs).weights()
        made = to_onnx(weights, RECIPE.name)
    path.write_bytes(made.SerializeToString())
    write(rows() | {RECIPE.name: {
        "family": "deinterlace", "size": "s", "scale": 1, "file": path.name,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "parameters": RECIPE.parameters,
        "halo": RECIPE.halo, "ranges": ranges(weights, samples),
    }})  # fmt: skip


def card(runs: Path, measured: Path) -> None:
    """Write the network's card and the drawing of its training."""
    told = [
        json.loads(line)
        for line in (runs / RECIPE.name / "curve.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    words = tomllib.loads(_CARDS.with_suffix(".toml").read_text(encoding="utf-8"))["family"]["deinterlace"]
    (_CARDS / f"{RECIPE.name}.svg").write_text(curve(told, _WATCHED), encoding="utf-8")
    table = "\n".join(
        f"    {line}".rstrip() for line in measured.read_text(encoding="utf-8").rstrip().split("\n")
    )
    text = f"""# {RECIPE.name}: {words["title"]}

{words["use"]}

* **Shape**: {RECIPE.depth + 2} plain 3×3 convolutions of {RECIPE.channels} channels over pairs of columns of five
  fields, one plane at a time; {RECIPE.parameters:,} numbers.
* **Licence**: MIT, as the program.
* **Made by**: `python -m training.deinterlace --clips FOLDER --photos FOLDER …`; {told[-1]["step"]:,} steps of
  {RECIPE.batch} patches of {RECIPE.side}×{RECIPE.side} pixels.

## Data

{words["data"].strip()}

Kept back, and measured with: {", ".join(HELD_OUT)}.

## The training

![Decibels of the lines that were made, over the steps]({RECIPE.name}.svg)

## Measured

By `benchmarks/deinterlacing.py`, of the file that ships:

{table}

## Limits

{words["limits"].strip()}
"""
    (_CARDS / f"{RECIPE.name}.md").write_text(text, encoding="utf-8")


def main() -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(prog="python -m training.unwoven")
    parser.add_argument("what", choices=("ship", "card"))
    parser.add_argument("--clips", type=Path, help="what it learned from")
    parser.add_argument("--measured", type=Path)
    parser.add_argument("--runs", type=Path, default=Path("runs"))
    told = parser.parse_args()
    if told.what == "ship":
        ship(told.runs, told.clips)
    else:
        card(told.runs, told.measured)


if __name__ == "__main__":
    main()
